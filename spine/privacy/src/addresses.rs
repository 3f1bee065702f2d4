//! Addresses from the house number on: roads, lots, flats, and addresses in Latin letters.
//!
//! The patterns look for an ending such as «로» or «동» with a figure behind it; what stands before and behind then says whether
//! the figure is the number of a house: «전화로 3회» and «종로3가» have the same form as «테헤란로 152».

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::{Kind, context::View, rules::Accept};

type Accepted = Option<(Kind, usize, usize)>;

/// The number of a house or lot: «152», «206-17», «산 12-3», and as people say it, «206 다시 17».
const NUMBER: &str = r"((?:산 ?|지하 ?)?[1-9][0-9]{0,4}(?: ?(?:[\-‐‑‒–—−]|다시) ?[1-9][0-9]{0,3})?)";
/// A number in words: «천이백삼», «일공이».
const SPOKEN: &str = "[공영일이삼사오육륙칠팔구십백천]{1,8}";
/// A block of flats: «101동», «나동», «B동», «제101동».
const BLOCK: &str = r"(?:(?:제 ?)?[0-9]{1,4}|[가나다라마바사아자차카타파하A-Z])[ \-]?동";
/// A storey: «3층», «지하 1층», «B1층».
const STOREY: &str = r"(?:제 ?|지하 ?|지상 ?|B)?[0-9]{1,3}(?:[~·\-][0-9]{1,3})? ?층";
/// A flat: «302호», «B02호», «지하1호», «가-101호».
const FLAT: &str = r"(?:제 ?)?(?:지하 ?|[A-Z]-?|[가나다라마바사]-)?[0-9]{1,5}(?:-[0-9]{1,4})? ?호";
/// A flat or storey as those write it who write in Latin letters: «Room 402», «#2107», «3F», «101-dong».
const LATIN_DETAIL: &str = r"(?:(?i:room|rm|apt|apartment|unit|suite|bldg|building|floor|ho)\.? ?#?[A-Z]?[0-9]{1,4}(?:-[0-9]{1,4})?[A-Z]?(?-u:\b)|#[0-9]{1,4}(?:-[0-9]{1,4})?(?-u:\b)|B?[0-9]{1,2}/?F(?-u:\b)|[0-9]{1,4}-(?:dong|ho)(?-u:\b)|[0-9]{1,2}(?:st|nd|rd|th) (?i:floor)(?-u:\b))";
/// Houses in which people live, as those call them who write in Latin letters.
const LATIN_HOUSE: &str = "(?i:villas?|apartments?|apts?|dorm(?:itory)?|goshiwon|officetel|mansion|residence)";
/// What the names of houses end in.
const BUILDINGS: &str = "아파트|APT|빌라|빌딩|연립|맨션|맨숀|오피스텔|타워|원룸|고시원|고시텔|하이츠|캐슬|자이|래미안|푸르지오|힐스테이트|상가|기숙사|생활관|관사|숙소|하우스|마을|단지|프라자|플라자|다세대|여인숙|여관|쪽방|빌";

/// Patterns and their checks, the strictest first.
pub(crate) fn rules() -> [(String, Accept); 27] {
    let latin = r"[A-Z][a-z]{1,20}(?:-[a-z]{1,12})?";
    let latin_road = format!(
        r"{latin}(?:[\- ]?daero|[\- ](?:ro|gil|dong)|-(?:ri|ga))(?:[ \-]?[0-9]{{1,4}}(?:beon|ga|na|da)?-?(?:gil|ga))?(?-u:\b)"
    );
    [
        (format!(r"[로길][ ,]{{0,2}}{NUMBER}"), road),
        (format!(r"(?:[동로][1-9]가|동|리|읍|면)[ ,]{{0,2}}{NUMBER}"), lot),
        (format!(r"(?:[로길동리]|[동로][1-9]가)[ ,]{{0,2}}({SPOKEN}(?: ?(?:다시|에|의) ?{SPOKEN})?)"), spoken_place),
        (format!(r"{NUMBER} ?번지"), numbered_lot),
        (format!(r"{latin_road},? ?([1-9][0-9]{{0,4}}(?:-[1-9][0-9]{{0,3}})?)(?-u:\b)"), latin_road_first),
        (
            format!(r"(?-u:\b)((?:{LATIN_DETAIL},? )?[1-9][0-9]{{0,3}}(?:-[1-9][0-9]{{0,3}})?),? {latin_road}"),
            latin_number_first,
        ),
        (
            format!(
                r"((?:[1-9][0-9]{{0,4}}(?:-[1-9][0-9]{{0,3}})?, ?)?{BLOCK}(?:[ ,\-/]{{0,3}}|[의에] )(?:{STOREY}[ ,]{{0,2}})?(?:(?:[1-9][0-9]{{2,3}}[,·/~] ?){{0,3}}{FLAT}|[1-9][0-9]{{2,3}}))"
            ),
            flat,
        ),
        (
            r"(?i:동 ?[/·,]? ?호 ?수?|상세 ?주소|나머지 ?주소|addr(?:ess)?_?(?:dtl|detail|2)|detail_?addr(?:ess)?)[\x22' \])]{0,2}[:=은는 ]{1,3}[\x22']?".into(),
            detail_by_name,
        ),
        (
            format!(
                r"(?:{BUILDINGS}) ?,? ?((?:{BLOCK}[ ,]{{0,2}})?(?:{STOREY}[ ,]{{0,2}})?(?:{FLAT}|[1-9][0-9]{{0,3}}-[1-9][0-9]{{2,3}}))"
            ),
            flat_in_building,
        ),
        (format!(r"({STOREY}[ ,]{{0,2}}{FLAT})"), flat_on_storey),
        (format!(r"([1-9][0-9]{{2,3}} ?동 ?{STOREY})"), flat_on_storey),
        (r"([1-9][0-9]{0,3}-[1-9][0-9]{2,3} ?호)".into(), flat_by_pair),
        (format!(r"((?:{SPOKEN}|[0-9]{{1,4}}) ?동 ?(?:{SPOKEN}|[0-9]{{1,5}}) ?호)"), spoken_flat),
        (format!(r"({SPOKEN}(?: ?다시 ?{SPOKEN})? ?번지|{SPOKEN} ?다시 ?{SPOKEN})"), spoken_lot),
        (r"((?:지하 ?|[A-Z]-?|[가나다라마바사]-)?[0-9]{1,4} ?호)".into(), home),
        (r"([1-9][0-9]{2,3}(?:[,·/~] ?[1-9][0-9]{2,3}){1,3} ?호)".into(), row_of_flats),
        (r"([1-9][0-9]{2,3}[\-/][1-9][0-9]{2,3})".into(), cued_flat),
        (
            r"(?:지번|번지 ?수|번지|소재지|집 ?주소|주소지?)[은는]?[\x22' )\]]{0,2}[ :=|]{1,3}[\x22']?((?:산 ?)?[1-9][0-9]{0,4}(?: ?- ?[1-9][0-9]{0,3})?)".into(),
            lot_by_name,
        ),
        (r"동[ :]{1,2}([0-9]{1,4}[ ,/]{1,3}호수?[ :]{1,2}[0-9]{1,4})".into(), flat_by_names),
        (r"호 ?[수실][ :은는]{1,3}([A-Z]?[0-9]{3,4}(?:-[0-9]{3,4})?)".into(), flat_by_names),
        (r"([1-9][0-9]{0,2}통 ?[1-9][0-9]{0,1}반)".into(), flat),
        (r"((?:[0-9] ){1,3}[0-9] ?동 ?(?:[0-9] ){1,4}[0-9] ?호)".into(), flat),
        (r"(?:사서함 ?(?:제 ?)?|P\.? ?O\.? ?Box )([0-9]{1,6}(?:-[0-9]{1,4})?)".into(), box_of_post),
        (format!(r"(?-u:\b){LATIN_HOUSE}[ ,.]{{1,2}}({LATIN_DETAIL}|[1-9][0-9]{{1,3}}-[1-9][0-9]{{2,3}})"), flat),
        (format!(r"({LATIN_DETAIL}|[1-9][0-9]{{1,3}}-[1-9][0-9]{{2,3}}),? (?:[A-Z][a-z]{{1,15}} )?{LATIN_HOUSE}(?-u:\b)"), flat),
        (
            r"(?-u:\b)((?:[1-9][0-9]{0,3}[ \-]?dong,? ?[0-9]{1,4}[ \-]?ho|(?i:apt|apartment)\.? ?#?[1-9][0-9]{2,3}(?:-[0-9]{1,4})?))(?-u:\b)"
                .into(),
            flat,
        ),
        (
            r"([1-9][0-9]{1,3}-[1-9][0-9]{0,2}) ?(?:반지하|지층|옥탑|앞|옆|뒤|맞은편|건너편|담벼락|골목|\([가-힣]{1,5}[0-9]?동[,)])".into(),
            bare_lot,
        ),
    ]
}

fn accepted(start: usize, end: usize) -> Accepted {
    Some((Kind::Address, start, end))
}

/// «테헤란로 152, 3층 302호», «난곡로26길 9-14, 옥탑»: with something that says so, for «전화로 3» has the same form.
fn road(view: &View, captures: &Captures<'_>) -> Accepted {
    let place = Place::new(view, captures)?;
    // «느티나무 3길 18».
    let is_apart = place.before.strip_suffix(' ').is_some_and(|before| before.ends_with(maru_korean::is_syllable));
    let is_side_street = is_apart
        && place.name.len() > '길'.len_utf8()
        && place.name.trim_start_matches(|one: char| one.is_ascii_digit()) == "길";
    if is_side_street && place.is_clear() {
        return accepted(place.number_start, place.end());
    }
    let is_short = place.name.chars().count() < 2;
    // «APEC로 17» is a road in its city, «PDF로 20» is none.
    let is_latin = place.name.starts_with(|one: char| one.is_ascii_alphabetic());
    if is_latin && !place.is_certain() && !place.has_cue() {
        return None;
    }
    let is_no_road = !is_latin && is_no_road(place.name) && !(place.is_surely_there() && !place.name.ends_with("으로"));
    if is_short || is_no_road || view.before(place.number_start) == Some('제') {
        return None;
    }
    let has_numbered_street = place.name.ends_with('길') && place.name.contains(|one: char| one.is_ascii_digit());
    let is_plain = place.is_plain() && place.name.chars().count() > 2;
    (has_numbered_street || is_plain || place.is_clear()).then_some(())?;
    accepted(place.number_start, place.end())
}

/// «우동 1408-5», «미아동 산 12-3», «장충동2가 186-27», «봉천동 1688의 14».
fn lot(view: &View, captures: &Captures<'_>) -> Accepted {
    let place = Place::new(view, captures)?;
    let begins_with_syllable = place.name.starts_with(maru_korean::is_syllable);
    if !begins_with_syllable
        || place.name.chars().count() < 2
        || (is_no_district(place.name) && !place.is_surely_there())
    {
        return None;
    }
    // «하면 3-4», «반면 12»: a township needs its city or county before it.
    let is_township = place.name.ends_with(['읍', '면']);
    let is_clear = if is_township {
        !is_clause(place.name) && place.is_behind_city()
    } else {
        place.is_clear() || place.is_plain()
    };
    is_clear.then_some(())?;
    accepted(place.number_start, place.end())
}

/// «도봉로 오백오십이», «역삼동 칠백삼십육에 십칠».
fn spoken_place(view: &View, captures: &Captures<'_>) -> Accepted {
    let place = Place::new(view, captures)?;
    let is_other =
        if place.name.ends_with(['로', '길']) { is_no_road(place.name) } else { is_no_district(place.name) };
    let first = place.number.split([' ', '다', '에', '의']).next().unwrap_or(place.number);
    let is_number = first.contains(['십', '백']) && first.chars().count() > 2;
    let ends = !place.rest.starts_with(maru_korean::is_syllable)
        || PARTICLES_OF_PLACES.iter().any(|particle| place.rest.starts_with(particle));
    let is_long = place.name.chars().count() > 2;
    (is_number && ends && is_long && !is_other).then_some(())?;
    accepted(place.number_start, place.end())
}

/// «27-3번지», «17-3번지 1층», «407번지의 3».
fn numbered_lot(view: &View, captures: &Captures<'_>) -> Accepted {
    let number = captures.get(1)?;
    // «관광 1번지» is a saying.
    let is_saying = number.as_str() == "1";
    if is_saying || touches_figure(view, number.start()) || view.before(number.start()) == Some('제') {
        return None;
    }
    accepted(number.start(), number.end() + details(&view.text[number.end()..]))
}

/// A name of a road or district, and the figure behind it.
struct Place<'a> {
    /// What stands before the name.
    before: &'a str,
    name: &'a str,
    /// Whether the number stands right behind the name.
    touches: bool,
    number: &'a str,
    number_start: usize,
    /// What stands behind the number.
    rest: &'a str,
    details: usize,
}

impl<'a> Place<'a> {
    /// Nothing if the figure counts or goes on: «종로3가», «카드로 2회», «6·25».
    fn new(view: &'a View, captures: &Captures<'a>) -> Option<Self> {
        let number = captures.get(1)?;
        let gap = view.text[..number.start()].trim_end_matches([' ', ',']).len();
        let name_start = name_start(&view.text[..gap]);
        let rest = &view.text[number.end()..];
        let row = row_of_lots(number.as_str(), rest);
        let details = row + details(&rest[row..]);
        let place = Self {
            before: &view.text[..name_start],
            name: &view.text[name_start..gap],
            touches: gap == number.start(),
            number: number.as_str(),
            number_start: number.start(),
            rest,
            details,
        };
        (!place.counts() && (details > 0 || !goes_on(rest))).then_some(place)
    }

    fn end(&self) -> usize {
        let is_lot = self.details == 0 && self.is_pair() && !self.is_road() && self.rest.starts_with('호');
        let lot = if is_lot { '호'.len_utf8() } else { 0 };
        self.number_start + self.number.len() + lot + self.details
    }

    /// «3회», «15시», «종로3가», «12호선»; «현충로2. 국립…», the next number of a list; «119».
    fn counts(&self) -> bool {
        let is_figure = self.number.len() == 1;
        let is_ward = is_figure && self.rest.trim_start().starts_with('가') && !self.rest.starts_with("가 아니");
        let is_enumerated =
            is_figure && self.rest.starts_with('.') && (self.touches || !self.rest[1..].starts_with([' ', '\n']));
        let is_hot_line = ["110", "112", "119", "120"].contains(&self.number) && !self.is_certain();
        // «1688-14호» is a lot as well.
        let is_lot = self.is_pair()
            && !self.is_road()
            && self.rest.starts_with('호')
            && ends_as_unit("호", &self.rest['호'.len_utf8()..]);
        let counts =
            !is_lot && counts(self.rest) && !(self.is_pair() && self.rest.strip_prefix(" 대").is_some_and(is_area));
        is_ward || is_enumerated || counts || is_hot_line
    }

    /// A number of two figures or more that no word counts. What people count they say: «330드럼», «18대».
    fn is_plain(&self) -> bool {
        let next = self.rest.trim_start_matches([' ', '.', ')']).chars().next();
        let goes_on = next.is_some_and(|one| one.is_ascii_digit() && one != '0');
        let is_word = self.rest.starts_with(maru_korean::is_syllable)
            && !PARTICLES_OF_PLACES.iter().any(|particle| self.rest.starts_with(particle));
        self.number.len() > 1 && !is_year(self.number) && !goes_on && !is_word
    }

    /// Whether anything says that it is an address.
    fn is_clear(&self) -> bool {
        self.is_pair() || self.is_certain() || self.has_cue() || self.is_in_brackets() || self.is_alone()
    }

    fn is_road(&self) -> bool {
        self.name.ends_with(['로', '길'])
    }

    /// «206-17», «산 12».
    fn is_pair(&self) -> bool {
        self.number.len() > 2 && !self.number.bytes().all(|one| one.is_ascii_digit()) && !self.number.starts_with("20")
            || self.number.starts_with("20") && self.number.find('-').is_some_and(|at| at != 4)
    }

    /// «기장군 수리 12-3»: what is no name elsewhere is one here.
    fn is_surely_there(&self) -> bool {
        self.is_behind_city() && (self.details > 0 || self.is_pair()) && self.name.chars().count() > 1
    }

    fn is_certain(&self) -> bool {
        let has_details = self.details > 0 && !self.rest.starts_with(['의', '에']);
        has_details || self.is_behind_city() || is_followed_by_place(self.rest)
    }

    fn is_behind_city(&self) -> bool {
        ends_in_city(self.before)
    }

    /// «주소: 성산로 128», «집은 은하수로 45», with at most a city and one other word between.
    fn has_cue(&self) -> bool {
        let start = self.before.char_indices().rev().take(CUE_REACH).last().map_or(0, |(offset, _)| offset);
        let near = &self.before[start..];
        let sentence = near.rsplit(['\n', '.', '?', '!']).next().unwrap_or(near);
        let Some(behind) = CUES.iter().filter_map(|cue| sentence.rfind(cue).map(|at| at + cue.len())).max() else {
            return false;
        };
        let is_other = |word: &&str| !["곳은", "곳이", "곳", ":", "=", "-"].contains(word) && !is_city(word);
        let others = sentence[behind..].split_whitespace().skip(usize::from(!sentence[behind..].starts_with(' ')));
        others.filter(is_other).count() <= usize::from(self.number.len() > 1)
    }

    /// «문구점(동명로 31, 사업자 …)».
    fn is_in_brackets(&self) -> bool {
        self.before.ends_with(['(', '[', '"', '\''])
            && self.rest.starts_with([',', ')', ']', '"', '\''])
            && self.number.len() > 1
    }

    /// «도봉로 552» in a line of its own.
    fn is_alone(&self) -> bool {
        let begins_line = self.before.is_empty() || self.before.ends_with('\n');
        let ends_line = self.rest.is_empty() || self.rest.starts_with('\n');
        begins_line && ends_line && self.number.len() > 1
    }
}

/// What follows a number of a house without a space: «552입니다», «552에서».
const PARTICLES_OF_PLACES: [&str; 30] = [
    "이", "입", "예", "에", "의", "은", "는", "을", "를", "로", "으로", "와", "과", "가", "요", "라", "랑", "하고",
    "부터", "까지", "도 ", "번지", "인데", "일대", "앞", "옆", "뒤", "인근", "근처", "쪽",
];

/// How far before a name a cue may stand.
const CUE_REACH: usize = 16;

/// Words before an address.
const CUES: [&str; 36] = [
    "주소",
    "위치",
    "장소",
    "소재",
    "거주",
    "사는",
    "집은",
    "집이",
    "자택",
    "현장",
    "배송",
    "배달",
    "거소",
    "체류지",
    "전입",
    "이사",
    "발견",
    "업소",
    "사업장",
    "대상물",
    "물건지",
    "본점",
    "수령",
    "받는 곳",
    "받을 곳",
    "보낼 곳",
    "본적",
    "등록기준지",
    "영업소",
    "가게는",
    "매장은",
    "지번",
    "도로명",
    "살던",
    "살고",
    "ddress",
];

/// Where a name begins that ends a text: «난곡로26길», and with the road before it «통일로 68길».
fn name_start(text: &str) -> usize {
    let begins = |text: &str| {
        let is_part =
            |one: &char| maru_korean::is_syllable(*one) || one.is_ascii_alphanumeric() || matches!(one, '.' | '·');
        text.len() - text.chars().rev().take(MOST_OF_NAME).take_while(is_part).map(char::len_utf8).sum::<usize>()
    };
    let start = begins(text);
    let before = text[..start].strip_suffix(' ').filter(|before| before.ends_with('로'));
    let is_side_street = text[start..].starts_with(|one: char| one.is_ascii_digit()) && text.ends_with('길');
    match before {
        Some(before) if is_side_street => begins(before),
        _ => start,
    }
}

/// The longest names of roads have twelve letters.
const MOST_OF_NAME: usize = 16;

/// Whether a figure goes on in what follows it: «1.400», «6·25», «500m», «12:30», «3~5».
fn goes_on(rest: &str) -> bool {
    let mut characters = rest.chars();
    let Some(first) = characters.next() else { return false };
    let next = characters.next();
    first.is_ascii_alphanumeric()
        || (matches!(first, '.' | '·' | ',' | ':' | '/' | '~' | '-' | '–' | '×' | '*' | '+')
            && next.is_some_and(|one| one.is_ascii_alphanumeric()))
        || (matches!(first, '%' | '℃' | '°' | '+' | '~' | '×'))
        || (first == ' ' && matches!(next, Some('~' | '×' | ':')))
        || rest.strip_prefix(' ').is_some_and(|rest| {
            ["km", "m ", "m,", "m.", "cm", "kg", "mm", "KM", "Km"].iter().any(|unit| rest.starts_with(unit))
        })
}

/// What figures count: the figure before such a word is no number of a house.
const COUNTED: [&str; 83] = [
    "개월",
    "개소",
    "가구",
    "조",
    "항",
    "호",
    "시",
    "분",
    "초",
    "월",
    "일",
    "년",
    "명",
    "개",
    "만",
    "억",
    "원",
    "천",
    "백",
    "차",
    "층",
    "동",
    "회",
    "건",
    "대",
    "번",
    "인",
    "도",
    "주",
    "달",
    "배",
    "권",
    "장",
    "매",
    "통",
    "병",
    "쪽",
    "점",
    "급",
    "등",
    "위",
    "곳",
    "칸",
    "톤",
    "평",
    "박",
    "줄",
    "편",
    "부",
    "반",
    "팀",
    "세",
    "살",
    "여",
    "단",
    "구역",
    "블록",
    "공구",
    "코스",
    "구간",
    "킬로",
    "미터",
    "센티",
    "퍼센트",
    "프로",
    "달러",
    "유로",
    "엔",
    "길",
    "종",
    "학년",
    "기",
    "가지",
    "필지",
    "자리",
    "페이지",
    "순위",
    "석",
    "심",
    "해리",
    "과목",
    "화면",
    "학기",
];
/// Words that begin as if they were counted and are none.
const NOT_COUNTED: [&str; 15] = [
    "번지",
    "대로",
    "도로",
    "기도",
    "부동산",
    "장로",
    "시의",
    "분식",
    "주변",
    "인데",
    "인근",
    "일대",
    "부터",
    "부근",
    "여기",
];

/// Whether what follows a figure says that it counts something, or names a side street: «연희로11가길», «85에서 90».
fn counts(rest: &str) -> bool {
    let is_street = rest.strip_prefix(['가', '나', '다', '라', '마', '바', '사']).unwrap_or(rest).starts_with('길');
    let is_range = rest.strip_prefix("에서 ").is_some_and(|rest| rest.starts_with(|one: char| one.is_ascii_digit()));
    if is_street || is_range {
        return true;
    }
    let word = rest.strip_prefix(' ').unwrap_or(rest);
    let is_apart = word.len() < rest.len();
    // «18 쪽 등산로»: beside it; pages would be «18쪽».
    if (is_apart && word.starts_with('쪽')) || NOT_COUNTED.iter().any(|other| word.starts_with(other)) {
        return false;
    }
    let Some(unit) = COUNTED.iter().find(|unit| word.starts_with(**unit)) else { return false };
    if !is_apart {
        return true;
    }
    // Behind a space the word itself must be what is counted: «552 일식집» counts nothing; «736 대 120㎡» is the use of a lot.
    let behind = &word[unit.len()..];
    let is_use = *unit == "대" && is_area(behind);
    // «20 만원», «3 천명».
    let is_large = ["만", "억", "천", "백"].contains(unit);
    let next = COUNTED.iter().filter(|_| is_large).find_map(|unit| behind.strip_prefix(unit)).unwrap_or(behind);
    let particle = next.split(|one: char| !maru_korean::is_syllable(one)).next().unwrap_or(next);
    !is_use && (particle.is_empty() || PARTICLES.contains(&particle))
}

/// « 120.5㎡», « 36평».
fn is_area(text: &str) -> bool {
    let area = text.strip_prefix(' ').unwrap_or(text);
    let unit = area.trim_start_matches(|one: char| one.is_ascii_digit() || matches!(one, '.' | ',' | ' '));
    unit.len() < area.len() && ["m", "㎡", "평", "제곱"].iter().any(|name| unit.starts_with(name))
}

/// What may follow a counted word.
const PARTICLES: [&str; 46] = [
    "이",
    "가",
    "은",
    "는",
    "을",
    "를",
    "의",
    "와",
    "과",
    "도",
    "에",
    "로",
    "으로",
    "만",
    "입니다",
    "이고",
    "까지",
    "부터",
    "간",
    "째",
    "씩",
    "정도",
    "당",
    "이상",
    "이하",
    "쯤",
    "여",
    "에서",
    "짜리",
    "이나",
    "밖에",
    "동안",
    "이며",
    "이라",
    "에는",
    "에도",
    "에만",
    "마다",
    "이면",
    "이라도",
    "부터는",
    "까지는",
    "정도로",
    "이에요",
    "예요",
    "간의",
];

/// Words that say that a place was named before them.
const PLACES: [&str; 52] = [
    "앞",
    "옆",
    "뒤",
    "뒷",
    "근처",
    "맞은편",
    "건너",
    "담벼락",
    "담장",
    "부근",
    "인근",
    "일대",
    "주변",
    "골목",
    "입구",
    "지하",
    "옥상",
    "마당",
    "건물",
    "주택",
    "빌라",
    "아파트",
    "빌딩",
    "대문",
    "현관",
    "축대",
    "주차장",
    "공터",
    "보도",
    "인도",
    "횡단보도",
    "가로등",
    "전봇대",
    "상가",
    "창고",
    "공사",
    "신축",
    "현장",
    "토지",
    "임야",
    "거주",
    "사는",
    "살고",
    "삽니다",
    "살아요",
    "에 있",
    "에 사",
    "에 살",
    "에 거주",
    "에 위치",
    "로 이사",
    "에서",
];

/// «552 앞», «552에서», «552(창동)».
fn is_followed_by_place(rest: &str) -> bool {
    static IN_BRACKETS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^ ?\((?:[가-힣]{1,6}[0-9]{0,2}(?:동|리|가)|[가-힣]{2,8})[,)]").ok());
    let word = rest.strip_prefix(' ').unwrap_or(rest);
    let word = word.strip_prefix("의 ").unwrap_or(word);
    PLACES.iter().any(|place| word.starts_with(place))
        || IN_BRACKETS.as_ref().is_some_and(|pattern| pattern.is_match(rest))
}

/// Provinces and cities that people name without «시» or «도».
const CITIES: [&str; 93] = [
    "서울",
    "부산",
    "대구",
    "인천",
    "광주",
    "대전",
    "울산",
    "세종",
    "경기",
    "강원",
    "충북",
    "충남",
    "전북",
    "전남",
    "경북",
    "경남",
    "제주",
    "수원",
    "성남",
    "용인",
    "고양",
    "부천",
    "안산",
    "안양",
    "화성",
    "평택",
    "의정부",
    "파주",
    "김포",
    "남양주",
    "시흥",
    "하남",
    "춘천",
    "원주",
    "강릉",
    "청주",
    "충주",
    "천안",
    "아산",
    "전주",
    "익산",
    "군산",
    "목포",
    "여수",
    "순천",
    "포항",
    "경주",
    "구미",
    "창원",
    "김해",
    "진주",
    "서귀포",
    "속초",
    "양산",
    "거제",
    "통영",
    "밀양",
    "안동",
    "영주",
    "상주",
    "문경",
    "김천",
    "영천",
    "경산",
    "사천",
    "광양",
    "나주",
    "보령",
    "서산",
    "논산",
    "당진",
    "제천",
    "동해",
    "태백",
    "삼척",
    "정읍",
    "남원",
    "김제",
    "오산",
    "안성",
    "구리",
    "광명",
    "군포",
    "의왕",
    "과천",
    "여주",
    "양주",
    "포천",
    "동탄",
    "분당",
    "일산",
    "해운대",
    "서초",
];
/// Words that end as cities, districts and townships do.
const NO_CITIES: [&str; 46] = [
    "역시",
    "즉시",
    "다시",
    "반드시",
    "혹시",
    "잠시",
    "당시",
    "일시",
    "표시",
    "실시",
    "게시",
    "무시",
    "제시",
    "지시",
    "예시",
    "명시",
    "공시",
    "고시",
    "동시",
    "감시",
    "접시",
    "수시",
    "상시",
    "임시",
    "또다시",
    "평시",
    "도시",
    "택시",
    "요구",
    "친구",
    "연구",
    "청구",
    "지구",
    "도구",
    "입구",
    "출구",
    "기구",
    "누구",
    "가구",
    "복구",
    "촉구",
    "영구",
    "국군",
    "화면",
    "서면",
    "정도",
];

/// Whether a city, county, district or township ends a text: «… 달서구 », «부산 ».
fn ends_in_city(before: &str) -> bool {
    let text = before.trim_end_matches([' ', ',']);
    text.len() < before.len() && is_city(&text[name_start(text)..])
}

fn is_city(word: &str) -> bool {
    let mut syllables = word.chars().rev();
    let is_district = syllables.next().is_some_and(|last| "시군구읍면도동".contains(last))
        && syllables.next().is_some_and(maru_korean::is_syllable);
    let is_other = NO_CITIES.contains(&word) || is_no_district(word) || is_clause(word);
    CITIES.contains(&word) || (is_district && !is_other)
}

/// «신청하면», «되면», «이사 가면» are no townships.
fn is_clause(word: &str) -> bool {
    [
        "하면", "되면", "으면", "이면", "려면", "가면", "오면", "다면", "라면", "쓰면", "보면", "반면", "측면", "정면",
        "전면",
    ]
    .iter()
    .any(|ending| word.ends_with(ending))
}

/// Words in «로» and «길» that name no road.
const NO_ROADS: [&str; 64] = [
    "도로",
    "경로",
    "통로",
    "선로",
    "차로",
    "진로",
    "항로",
    "활로",
    "수로",
    "회로",
    "가로",
    "세로",
    "서로",
    "별로",
    "바로",
    "새로",
    "주로",
    "따로",
    "스스로",
    "실제로",
    "때로",
    "홀로",
    "절로",
    "위로",
    "뒤로",
    "아래로",
    "제대로",
    "절대로",
    "대로",
    "소로",
    "중로",
    "광로",
    "뜻대로",
    "말대로",
    "법대로",
    "멋대로",
    "맘대로",
    "죄로",
    "외로",
    "글로",
    "말로",
    "비로",
    "수시로",
    "임의로",
    "추가로",
    "제외로",
    "사유로",
    "신고로",
    "문제로",
    "국도로",
    "산길",
    "갓길",
    "안길",
    "옆길",
    "앞길",
    "뒷길",
    "손길",
    "발길",
    "밤길",
    "눈길",
    "빗길",
    "샛길",
    "시골길",
    "이길",
];
/// Endings of words in «로» and «길» that name no road, of which people make longer words: «신용카드로», «예정대로».
const NO_ROAD_ENDINGS: [&str; 51] = [
    "고속도로",
    "일반도로",
    "이면도로",
    "정도로",
    "제도로",
    "온도로",
    "속도로",
    "각도로",
    "년도로",
    "한도로",
    "별도로",
    "으로",
    "그대로",
    "이대로",
    "저대로",
    "마음대로",
    "나름대로",
    "규정대로",
    "예정대로",
    "계획대로",
    "절차대로",
    "순서대로",
    "약속대로",
    "사실대로",
    "원칙대로",
    "기준대로",
    "신청대로",
    "안내대로",
    "요청대로",
    "설명대로",
    "전화로",
    "카드로",
    "문자로",
    "번호로",
    "계좌로",
    "코드로",
    "이유로",
    "결과로",
    "단위로",
    "용도로",
    "거리로",
    "미터로",
    "골목길",
    "지름길",
    "등굣길",
    "하굣길",
    "출근길",
    "퇴근길",
    "귀갓길",
    "둘레길",
    "오솔길",
];

fn is_no_road(name: &str) -> bool {
    // «12로», «3길» alone name no road, «1차로» is a lane; «4·19로» and «3공단로» are roads.
    let syllables = name.chars().filter(|one| maru_korean::is_syllable(*one)).count();
    let begins_with_figure = name.starts_with(|one: char| one.is_ascii_digit());
    let is_day = begins_with_figure && name.contains(['·', '.']);
    let is_lane = syllables < if begins_with_figure { 3 } else { 2 } && !is_day;
    is_lane || NO_ROADS.contains(&name) || NO_ROAD_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Words in «동» and «리» that name no district: «방이동» is one, «이동» is none.
const NO_DISTRICTS: [&str; 58] = [
    "이동", "진동", "부동", "구동", "소동", "변동", "작동", "감동", "공동", "자동", "발동", "시동", "합동", "협동",
    "전동", "수동", "아동", "충동", "파동", "가동", "율동", "연동", "기동", "선동", "수리", "정리", "다리", "소리",
    "허리", "요리", "유리", "승리", "비리", "무리", "논리", "물리", "의리", "도리", "영리", "편리", "불리", "오리",
    "고리", "우리", "자리", "머리", "빨리", "미리", "분리", "권리", "심리", "원리", "멀리", "금리", "격리", "총리",
    "경리", "대리",
];
/// Endings of words in «동» and «리» that name no district: «봉사활동», «쓰레기 처리».
const NO_DISTRICT_ENDINGS: [&str; 12] =
    ["활동", "운동", "행동", "노동", "출동", "거리", "처리", "관리", "마무리", "울타리", "따리", "목소리"];

fn is_no_district(name: &str) -> bool {
    NO_DISTRICTS.contains(&name) || NO_DISTRICT_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// At most so many details belong to one address.
const MOST_DETAILS: usize = 8;

/// The length in bytes of what belongs to a number and stands behind it: «번지 101동 1203호», «, 3층 302호», « (은하빌) 401호», «, 99-5».
fn details(rest: &str) -> usize {
    let mut end = sub_lot(rest);
    for _ in 0..MOST_DETAILS {
        match detail(&rest[end..]) {
            0 => break,
            length => end += length,
        }
    }
    end
}

/// The length of the next numbers in a row: «552, 554», «99-4, 5», «99-4와 99-5».
fn row_of_lots(number: &str, rest: &str) -> usize {
    static NEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?: ?[,·/~] ?|[와과] | 및 |부터 | 내지 )((?:[1-9][0-9]{0,4}-)?([1-9][0-9]{0,4}))").ok()
    });
    let last = |text: &str| text.rsplit(['-', ' ']).next().and_then(|text| text.parse::<u32>().ok());
    let (mut end, mut before) = (0, last(number));
    while let Some(captures) = NEXT.as_ref().and_then(|pattern| pattern.captures(&rest[end..])) {
        let (Some(whole), Some(next)) = (captures.get(0), captures.get(2)) else { break };
        if detail(&rest[end..]) > 0 {
            break;
        }
        let behind = &rest[end + whole.end()..];
        let number = last(next.as_str());
        let is_near = before.zip(number).is_some_and(|(one, other)| one.abs_diff(other) <= NEAR);
        let is_other =
            behind.starts_with(['동', '호', '층', '길', '-']) || (counts(behind) && !behind.starts_with("번지"));
        if !is_near || is_other || (goes_on(behind) && !NEXT.as_ref().is_some_and(|pattern| pattern.is_match(behind))) {
            break;
        }
        (end, before) = (end + whole.end(), number);
    }
    end
}

/// Numbers of one row are not farther from each other.
const NEAR: u32 = 30;

/// «번지», «번지의 3», «번지 2호», «의 14».
fn sub_lot(rest: &str) -> usize {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?: ?번지(?: ?[의\-] ?[0-9]{1,4}| ?[0-9]{1,3} ?호|[0-9]{1,3})?|[의에] ?[1-9][0-9]{0,3})(?: ?호)?")
            .ok()
    });
    let Some(found) = PATTERN.as_ref().and_then(|pattern| pattern.find(rest)) else { return 0 };
    let behind = &rest[found.end()..];
    let is_share = !found.as_str().contains("번지") && (counts(behind) || goes_on(behind));
    if is_share { 0 } else { found.end() }
}

/// One detail: a block, storey or flat, with the name of the house before it; or the next lot of a row.
fn detail(rest: &str) -> usize {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let unit = format!(
            r"{BLOCK}|{STOREY}|{FLAT}실?|지하 ?호|반지하|지층|옥탑방?|문간방|(?:오른쪽|왼쪽|우측|좌측|안쪽)(?: ?[집방])?|B[1-9]|[1-9][0-9]{{0,2}}통 ?[1-9][0-9]?반|[A-Z가나다라마바사]-[0-9]{{3,4}}|지하층?|{LATIN_DETAIL}"
        );
        let word = "[0-9]{0,2}[가-힣A-Za-z][가-힣A-Za-z0-9·&]{0,15}";
        let house = format!(r"{word}(?: (?:{BUILDINGS}))?");
        let pair = r"[1-9][0-9]{0,3}-[1-9][0-9]{0,3}";
        Regex::new(&format!(
            r"^(?:[, /]{{0,3}}(?:{unit})|(?:, ?|와 |과 | 및 | ?· ?){pair}| ?\([가-힣A-Za-z0-9, ]{{1,20}}\)[ ,]{{0,2}}(?:{unit})| ?\([가-힣A-Za-z0-9, ]{{0,16}}[0-9A-Z가-사]{{1,4}} ?[호층]\)|[, ]{{1,2}}(?P<house>{house})[ ,]{{1,2}}(?:{unit}|[1-9][0-9]{{0,3}}-[1-9][0-9]{{2,3}})|[, ]{{1,2}}{word}(?: {word}){{1,2}}[ ,]{{1,2}}{BLOCK}[ ,]{{0,2}}{FLAT}|, ?(?P<flat>[1-9][0-9]{{2,3}})|[, ]{{1,2}}(?P<alone>[가-힣A-Za-z0-9]{{1,12}}(?:아파트|빌라|오피스텔|빌딩|타워|맨션|연립)))"
        ))
        .ok()
    });
    let Some(captures) = PATTERN.as_ref().and_then(|pattern| pattern.captures(rest)) else { return 0 };
    let length = captures.get(0).map_or(0, |whole| whole.end());
    if captures.name("house").is_some_and(|house| is_no_house(house.as_str())) {
        return 0;
    }
    if captures
        .name("flat")
        .is_some_and(|flat| !is_number_of_flat(flat.as_str()) || is_year(flat.as_str()) || goes_on(&rest[length..]))
    {
        return 0;
    }
    if captures.name("alone").is_some() || ends_as_unit(&rest[..length], &rest[length..]) { length } else { 0 }
}

/// Words between a number and a storey that name no house: «앞 3층 건물», «에서 2층».
fn is_no_house(word: &str) -> bool {
    const PARTICLES: [&str; 14] =
        ["에서", "에", "의", "은", "는", "이고", "인데", "이며", "까지", "부터", "으로", "또는", "관련", "등"];
    const POSITIONS: [&str; 14] =
        ["앞", "옆", "뒤", "뒷", "근처", "맞은편", "건너", "담벼락", "부근", "인근", "일대", "주변", "골목", "및"];
    POSITIONS.iter().any(|position| word.starts_with(position))
        || PARTICLES.iter().any(|particle| word.ends_with(particle))
}

/// Whether a block, storey or flat really ends there: «3동안», «12호선», «3층짜리», «, 051-746-…» go on.
fn ends_as_unit(unit: &str, rest: &str) -> bool {
    let Some(next) = rest.chars().next() else { return true };
    match unit.chars().next_back() {
        Some('동') => !"안네".contains(next),
        Some('호') => !"선기차봉점".contains(next),
        Some('층') => next != '짜' && next != '간',
        Some('하') => !maru_korean::is_syllable(next) || "에의로".contains(next),
        Some(last) if last.is_ascii_digit() => {
            !next.is_ascii_alphanumeric() && !matches!(next, '-' | '~') && !(counts(rest) && !rest.starts_with(' '))
        }
        _ => true,
    }
}

/// Whether a figure or what joins figures stands right before a place.
fn touches_figure(view: &View, start: usize) -> bool {
    view.before(start).is_some_and(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '–' | '.' | '/'))
}

/// «101동 1203호», «나동 301호», «101동 1203», and the number before them in a form: «15, 708동 1901호».
fn flat(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let (text, rest) = (found.as_str(), &view.text[found.end()..]);
    let behind_syllable = view.before(found.start()).is_some_and(maru_korean::is_syllable);
    let begins_with_figure = text.trim_start_matches(['제', ' ']).starts_with(|one: char| one.is_ascii_digit());
    // «이동 305호»: a block in a letter stands alone or right behind the name of its house.
    let is_part_of_word = behind_syllable && !begins_with_figure && !ends_in_building(&view.text[..found.start()]);
    let is_sum = text.is_ascii() && counts_in_english(rest);
    if is_part_of_word || is_sum || touches_figure(view, found.start()) || !ends_as_unit(text, rest) {
        return None;
    }
    if text.contains('동') && !text.ends_with('호') {
        let block = text.split('동').next().unwrap_or(text);
        let is_long =
            block.trim_end().len() > 2 || HOMES.iter().any(|cue| view.preceding(found.start(), 14).contains(cue));
        if !is_long || !begins_with_figure || counts(rest) || goes_on(rest) {
            return None;
        }
    }
    accepted(found.start(), found.end() + details_of_flat(rest))
}

/// What stands behind a flat: «301동 502호 문간방».
fn details_of_flat(rest: &str) -> usize {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(?:실|[ ,]{0,2}(?:문간방|옥탑방?))").ok());
    PATTERN.as_ref().and_then(|pattern| pattern.find(rest)).map_or(0, |found| found.end())
}

fn ends_in_building(text: &str) -> bool {
    BUILDINGS.split('|').any(|building| text.ends_with(building))
}

/// «동호수: 1102-2703», «"addrDtl":"15, 3층"».
fn detail_by_name(view: &View, captures: &Captures<'_>) -> Accepted {
    static NUMBERED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^(?:[A-Z]-?)?[0-9]{1,5}(?:-[0-9]{1,4}){0,2}").ok());
    let start = captures.get(0)?.end();
    let rest = &view.text[start..];
    let number = NUMBERED.as_ref()?.find(rest).map_or(0, |found| found.end());
    let end = number + details(&rest[number..]);
    if end > number {
        return accepted(start, start + end);
    }
    let behind = &rest[number..];
    (number > 0 && !counts(behind) && !goes_on(behind) && !is_hot_line(&rest[..number])).then_some(())?;
    accepted(start, start + number)
}

/// «1588-2188» and its like.
fn is_hot_line(number: &str) -> bool {
    let first = number.split('-').next().unwrap_or(number);
    first.len() == 4 && number.len() == 9 && ["15", "16", "18"].iter().any(|begin| first.starts_with(begin))
}

/// «월드타워 508호», «상가 1층 107호», «푸른숲아파트 203-1105».
fn flat_in_building(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let (text, rest) = (found.as_str(), &view.text[found.end()..]);
    if !ends_as_unit(text, rest) || is_hot_line(text) || goes_on(rest) {
        return None;
    }
    // «빌딩 3호» counts houses.
    let figures = text.chars().filter(char::is_ascii_digit).count();
    let is_flat =
        figures > 1 || text.contains(['동', '층', '하']) || text.starts_with(|one: char| one.is_ascii_uppercase());
    let end = if text.ends_with('호') || !rest.starts_with('호') { 0 } else { '호'.len_utf8() };
    is_flat.then_some(())?;
    accepted(found.start(), found.end() + end + details_of_flat(&rest[end..]))
}

/// «3층 302호», unless it is a room of an office: «본관 3층 302호 회의실».
fn flat_on_storey(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let ends = ends_as_unit(found.as_str(), &view.text[found.end()..]);
    if !ends || touches_figure(view, found.start()) || is_room_or_document(view, found.start(), found.end()) {
        return None;
    }
    accepted(found.start(), found.end())
}

/// «203-1105호», unless it is the number of a document: «고시 2024-317호».
fn flat_by_pair(view: &View, captures: &Captures<'_>) -> Accepted {
    const DOCUMENTS: [&str; 17] = [
        "제", "고시", "공고", "훈령", "예규", "허가", "신고", "등록", "문서", "지정", "번호", "법률", "의안", "사건",
        "인증", "특허", "법정",
    ];
    let found = captures.get(1)?;
    let is_year =
        ["19", "20"].iter().any(|begin| found.as_str().starts_with(begin)) && found.as_str().find('-') == Some(4);
    let is_document = DOCUMENTS.iter().any(|word| view.preceding(found.start(), 8).contains(word));
    let ends = ends_as_unit(found.as_str(), &view.text[found.end()..]);
    (!is_year && !is_document && ends && !touches_figure(view, found.start())).then_some(())?;
    accepted(found.start(), found.end())
}

/// «윗집 1504호», «302호에 사는», and «302호» unless something says that it is a room of an office or the number of a document.
fn home(view: &View, captures: &Captures<'_>) -> Accepted {
    const BEFORE: [&str; 13] = [
        "윗집 ",
        "아랫집 ",
        "옆집 ",
        "앞집 ",
        "뒷집 ",
        "윗층 ",
        "위층 ",
        "아래층 ",
        "우리 집 ",
        "저희 집 ",
        "집은 ",
        "옆방 ",
        "맞은편 집 ",
    ];
    const BEHIND: [&str; 14] = [
        "에 사는",
        "에 살",
        "에 삽",
        "에 거주",
        " 사는",
        " 살고",
        " 삽니다",
        " 거주",
        " 세입자",
        " 주민",
        " 입주",
        " 아저씨",
        " 아주머니",
        " 할머니",
    ];
    let found = captures.get(1)?;
    let (text, rest) = (found.as_str(), &view.text[found.end()..]);
    let before = &view.text[..found.start()];
    let is_numbered = before.ends_with(',') || before.trim_end().ends_with('제') || touches_figure(view, found.start());
    if is_numbered || !ends_as_unit(text, rest) {
        return None;
    }
    let figures = text.trim_start_matches(|one: char| !one.is_ascii_digit()).trim_end_matches(['호', ' ']);
    let is_under_ground = !text.starts_with(|one: char| one.is_ascii_digit()) && figures.len() > 1;
    let is_somebodys = BEFORE.iter().any(|word| view.text[..found.start()].ends_with(word))
        || BEHIND.iter().any(|word| rest.starts_with(word));
    let is_home = (is_somebodys && figures.len() > 2) || is_under_ground || is_number_of_flat(figures);
    (is_home && !is_room_or_document(view, found.start(), found.end())).then_some(())?;
    accepted(found.start(), found.end())
}

/// «301, 302호».
fn row_of_flats(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let figures = found.as_str().trim_end_matches(['호', ' ']);
    let are_flats = figures.split([',', '·', '/', '~']).all(|flat| is_number_of_flat(flat.trim()));
    let ends = ends_as_unit(found.as_str(), &view.text[found.end()..]);
    let is_other = is_room_or_document(view, found.start(), found.end());
    (are_flats && ends && !is_other && !touches_figure(view, found.start())).then_some(())?;
    accepted(found.start(), found.end())
}

/// Storey and place on it: «302», «1203», and hardly «266» or «317».
fn is_number_of_flat(figures: &str) -> bool {
    figures.len() > 2 && figures.parse::<u32>().is_ok_and(|number| (1..=20).contains(&(number % 100)))
}

/// «본관 302호», «302호 법정», «의안번호 2203호», «양돈농가 302호».
fn is_room_or_document(view: &View, start: usize, end: usize) -> bool {
    const BEFORE: [&str; 52] = [
        "본관",
        "별관",
        "신관",
        "청사",
        "시청",
        "구청",
        "군청",
        "도청",
        "센터",
        "법원",
        "검찰",
        "지검",
        "대학",
        "병원",
        "학교",
        "회관",
        "연구",
        "회의실",
        "강의실",
        "사무실",
        "법정",
        "교실",
        "호실",
        "고시",
        "공고",
        "훈령",
        "예규",
        "허가",
        "신고",
        "등록",
        "문서",
        "지정",
        "번호",
        "법률",
        "대통령령",
        "조례",
        "규칙",
        "의안",
        "사건",
        "진정",
        "인증",
        "특허",
        "농가",
        "서식",
        "별표",
        "별지",
        "열차",
        "객실",
        "권익위",
        "태풍",
        "국도",
        "지방도",
    ];
    const BEHIND: [&str; 13] =
        ["실", "회의실", "강의실", "민원실", "사무실", "상담실", "법정", "교실", "조사실", "서식", "고시", "공고", "("];
    let before = view.preceding(start, 10);
    let behind = view.following(end, 8);
    BEFORE.iter().any(|word| before.contains(word)) || BEHIND.iter().any(|word| behind.trim_start().starts_with(word))
}

/// «관리비 101-1203», «101-1203 세대»: a flat where something says that it is one.
fn cued_flat(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let (text, rest) = (found.as_str(), &view.text[found.end()..]);
    let before = view.preceding(found.start(), 14);
    let has_cue = HOMES.iter().any(|cue| before.contains(cue) || view.following(found.end(), 6).contains(cue));
    let is_flat = text.split(['-', '/']).all(is_number_of_flat) && !is_hot_line(text);
    let is_said =
        ["입니다", "이에요", "예요", "이요", "인데", "이고", " 집", " 사"].iter().any(|word| rest.starts_with(word));
    let is_other = before.contains("번호") || before.contains("전화") || before.contains("지번");
    (is_flat && (has_cue || is_said) && !is_other && !touches_figure(view, found.start()) && !goes_on(rest))
        .then_some(())?;
    accepted(found.start(), found.end())
}

/// Words that say that a flat is meant.
const HOMES: [&str; 22] = [
    "세대",
    "호수",
    "입주",
    "아파트",
    "우리 집",
    "저희 집",
    "우리집",
    "저희집",
    "집은",
    "동호",
    "관리비",
    "단지",
    "택배",
    "배달",
    "배송",
    "주소",
    "거주",
    "사는",
    "살고",
    "윗집",
    "아랫집",
    "옆집",
];

/// «백이동 천삼호», «일공이동 1203호».
fn spoken_flat(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let begins = !view.before(found.start()).is_some_and(|one| maru_korean::is_syllable(one) || one.is_ascii_digit());
    let (block, flat) = found.as_str().split_once('동')?;
    let is_number = |text: &str| text.trim().chars().count() > 2 || text.contains(['십', '백', '천']);
    let ends = ends_as_unit(found.as_str(), &view.text[found.end()..]);
    (begins && ends && is_number(flat.trim_end_matches('호')) && !block.is_empty()).then_some(())?;
    accepted(found.start(), found.end())
}

/// «칠백삼십육번지», «이백육 다시 십칠».
fn spoken_lot(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let begins = !view.before(found.start()).is_some_and(|one| maru_korean::is_syllable(one) || one.is_ascii_digit());
    let text = found.as_str();
    let ends = text.ends_with("번지") || !view.after(found.end()).is_some_and(maru_korean::is_syllable);
    let is_number = text.contains(['십', '백']) && text.chars().count() > "십번지".chars().count();
    (begins && ends && is_number).then_some(())?;
    accepted(found.start(), found.end())
}

/// «지번: 1024-3», «주소 산 12-3».
fn lot_by_name(view: &View, captures: &Captures<'_>) -> Accepted {
    let (whole, number) = (captures.get(0)?, captures.get(1)?);
    let rest = &view.text[number.end()..];
    let details = details(rest);
    let is_lot = number.as_str().contains(['-', '산']) || details > 0 || whole.as_str().starts_with("지번");
    let begins = !view.before(whole.start()).is_some_and(|one| one.is_ascii_digit());
    (is_lot && begins && !is_hot_line(number.as_str()) && !counts(rest) && (details > 0 || !goes_on(rest)))
        .then_some(())?;
    accepted(number.start(), number.end() + details)
}

/// «동: 101, 호: 1203», «호실 302».
fn flat_by_names(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let rest = &view.text[found.end()..];
    (!counts(rest) && !goes_on(rest)).then_some(())?;
    accepted(found.start(), found.end() + if rest.starts_with('호') { '호'.len_utf8() } else { 0 })
}

/// «사서함 12-3호», «P.O. Box 102».
fn box_of_post(view: &View, captures: &Captures<'_>) -> Accepted {
    let number = captures.get(1)?;
    let rest = &view.text[number.end()..];
    (!goes_on(rest) && !rest.starts_with('번')).then_some(())?;
    accepted(number.start(), number.end())
}

/// «412-9 반지하», «38-2 앞»: a lot of which the district is not named.
fn bare_lot(view: &View, captures: &Captures<'_>) -> Accepted {
    const OTHERS: [&str; 12] =
        ["버스", "노선", "번호", "승강장", "정류장", "호선", "국도", "서식", "열차", "칸", "문", "제"];
    let number = captures.get(1)?;
    if touches_figure(view, number.start())
        || OTHERS.iter().any(|word| view.preceding(number.start(), 10).contains(word))
    {
        return None;
    }
    accepted(number.start(), number.end() + details(&view.text[number.end()..]))
}

/// «Wongok-dong 812-3, Room 402», «Noksapyeong-daero 40-gil 23, 3F».
fn latin_road_first(view: &View, captures: &Captures<'_>) -> Accepted {
    let number = captures.get(1)?;
    let rest = &view.text[number.end()..];
    let length = details(rest);
    if touches_figure(view, captures.get(0)?.start()) || (length == 0 && (goes_on(rest) || counts_in_english(rest))) {
        return None;
    }
    (length > 0 || !is_year(number.as_str())).then_some(())?;
    accepted(number.start(), number.end() + length)
}

/// «Room 402, 812-3 Wongok-dong», «23, Noksapyeong-daero 40-gil».
fn latin_number_first(view: &View, captures: &Captures<'_>) -> Accepted {
    const OTHERS: [&str; 24] = [
        "exit",
        "line",
        "bus",
        "no.",
        "number",
        "article",
        "stop",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "aug",
        "sep",
        "dec",
    ];
    let number = captures.get(1)?;
    let before = view.preceding(number.start(), 12).trim_end().to_ascii_lowercase();
    let word = before.rsplit(' ').next().unwrap_or(&before);
    let begins = !touches_figure(view, number.start()) || view.before(number.start()) == Some('.');
    if !begins || OTHERS.contains(&word) || is_year(number.as_str()) {
        return None;
    }
    accepted(number.start(), number.end())
}

fn is_year(number: &str) -> bool {
    number.parse::<u32>().is_ok_and(|number| (1950..2050).contains(&number))
}

/// «Itaewon-ro 3 times», «2 km».
fn counts_in_english(rest: &str) -> bool {
    const COUNTED: [&str; 25] = [
        "time", "day", "minute", "hour", "people", "person", "car", "lane", "km", "m ", "meter", "metre", "year",
        "week", "month", "o'clock", "am", "pm", "station", "exit", "won", "percent", "million", "thousand", "m2",
    ];
    let word = rest.trim_start_matches(' ').to_ascii_lowercase();
    COUNTED.iter().any(|counted| word.starts_with(counted))
}
