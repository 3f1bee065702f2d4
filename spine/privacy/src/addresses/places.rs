//! Roads and lots: a name, and the number of a house behind it.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{
    Accepted, address,
    details::{counts, details, ends_as_unit, goes_on, is_area, row_of_lots},
    flats::is_hot_line,
    is_year, touches_figure,
    words::{self, has},
};
use crate::context::View;

/// «테헤란로 152, 3층 302호», «난곡로26길 9-14, 옥탑»: with something that says so, for «전화로 3» has the same form.
pub(super) fn road(view: &View, captures: &Captures<'_>) -> Accepted {
    let place = Place::new(view, captures)?;
    let has_numbered_street = place.name.ends_with('길') && place.name.contains(|one: char| one.is_ascii_digit());
    let is_plain = place.is_plain() && place.name.chars().count() > 2;
    let is_road = if place.is_side_street() {
        place.is_clear()
    } else if place.name.starts_with(|one: char| one.is_ascii_alphabetic()) {
        // «APEC로 17» is a road in its city, «PDF로 20» is none.
        place.is_certain() || place.has_cue()
    } else if is_no_road(place.name) {
        place.is_surely_there() && !place.name.ends_with("으로")
    } else {
        has_numbered_street || is_plain || place.is_clear()
    };
    (is_road && place.name.chars().count() > 1).then_some(())?;
    Some(address(place.number_start, place.end()))
}

/// «우동 1408-5», «미아동 산 12-3», «장충동2가 186-27», «봉천동 1688의 14».
pub(super) fn lot(view: &View, captures: &Captures<'_>) -> Accepted {
    let place = Place::new(view, captures)?;
    let begins_with_syllable = place.name.starts_with(maru_korean::is_syllable);
    // «나동 302» is a flat.
    let is_block = place.name.chars().count() == 2 && place.name.starts_with(['가', '나', '다', '라', '마', '바']);
    if is_block && !place.is_pair() && !place.is_behind_city() {
        return None;
    }
    if !begins_with_syllable
        || place.name.chars().count() < 2
        || (is_no_district(place.name) && !place.is_surely_there())
    {
        return None;
    }
    // «하면 3-4», «반면 12»: a township needs its city or county before it, or a number that nothing else has.
    let is_township = place.name.ends_with(['읍', '면']);
    let is_clear = if is_township {
        let is_name = !has(words::NO_TOWNSHIPS, place.name);
        !is_clause(place.name) && (place.is_behind_city() || (is_name && place.is_long_pair()))
    } else {
        place.is_clear() || place.is_plain()
    };
    is_clear.then_some(())?;
    Some(address(place.number_start, place.end()))
}

/// «도봉로 오백오십이», «역삼동 칠백삼십육에 십칠».
pub(super) fn spoken_place(view: &View, captures: &Captures<'_>) -> Accepted {
    let place = Place::new(view, captures)?;
    let first = place.number.split([' ', '다', '에', '의']).next().unwrap_or(place.number);
    let is_number = first.contains(['십', '백', '공']) && first.chars().count() > 2;
    let ends = !place.rest.starts_with(maru_korean::is_syllable)
        || words::PARTICLES_OF_PLACES.split('|').any(|particle| place.rest.starts_with(particle));
    (is_number && ends && is_name(place.name)).then_some(())?;
    Some(address(place.number_start, place.end()))
}

/// Whether a word in «로», «길», «동» or «리» may be a name.
fn is_name(name: &str) -> bool {
    let is_other = if name.ends_with(['로', '길']) { is_no_road(name) } else { is_no_district(name) };
    !is_other && name.chars().count() > 2
}

/// «도봉로 5 5 2 앞»: figures apart from each other, where something says that it is an address.
pub(super) fn figures_apart(view: &View, captures: &Captures<'_>) -> Accepted {
    let place = Place::new(view, captures)?;
    (is_name(place.name) && (place.is_certain() || place.has_cue() || place.is_alone())).then_some(())?;
    Some(address(place.number_start, place.end()))
}

/// «27-3번지», «17-3번지 1층», «407번지의 3».
pub(super) fn numbered_lot(view: &View, captures: &Captures<'_>) -> Accepted {
    let number = captures.get(1)?;
    // «관광 1번지» is a saying.
    let is_saying = number.as_str() == "1";
    if is_saying || touches_figure(view, number.start()) || view.before(number.start()) == Some('제') {
        return None;
    }
    Some(address(number.start(), number.end() + details(&view.text[number.end()..])))
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
        let lot = if self.details == 0 && self.is_numbered_lot() { '호'.len_utf8() } else { 0 };
        self.number_start + self.number.len() + lot + self.details
    }

    /// «3회», «15시», «종로3가», «12호선»; «현충로2. 국립…», the next number of a list; «119».
    fn counts(&self) -> bool {
        let is_figure = self.number.len() == 1;
        let is_ward = is_figure && self.rest.trim_start().starts_with('가') && !self.rest.starts_with("가 아니");
        let is_list =
            is_figure && self.rest.strip_prefix('.').is_some_and(|rest| self.touches || !rest.starts_with([' ', '\n']));
        let is_hot_line = ["110", "112", "119", "120"].contains(&self.number) && !self.is_certain();
        let has_area = self.is_pair() && self.rest.strip_prefix(" 대").is_some_and(is_area);
        let counts = counts(self.rest) && !has_area && !self.is_numbered_lot();
        is_ward || is_list || is_hot_line || counts
    }

    /// «1077-2», and not «3-4».
    fn is_long_pair(&self) -> bool {
        self.is_pair() && self.number.split('-').next().is_some_and(|first| first.len() > 1)
    }

    /// «봉천동 1688-14호».
    fn is_numbered_lot(&self) -> bool {
        let ends = self.rest.strip_prefix('호').is_some_and(|rest| ends_as_unit("호", rest));
        ends && self.is_pair() && !self.is_road()
    }

    /// A number of two figures or more that no word counts. What people count they say: «330드럼», «18대».
    fn is_plain(&self) -> bool {
        let next = self.rest.trim_start_matches([' ', '.', ')']).chars().next();
        let goes_on = next.is_some_and(|one| one.is_ascii_digit() && one != '0');
        let is_word = self.rest.starts_with(maru_korean::is_syllable)
            && !words::PARTICLES_OF_PLACES.split('|').any(|particle| self.rest.starts_with(particle));
        let is_said = ["입니다", "이에요", "예요", "이고", "인데"].iter().any(|word| self.rest.starts_with(word));
        (self.number.len() > 1 || is_said) && !is_year(self.number) && !goes_on && !is_word
    }

    /// Whether anything says that it is an address.
    fn is_clear(&self) -> bool {
        self.is_pair() || self.is_certain() || self.has_cue() || self.is_in_brackets() || self.is_alone()
    }

    /// «느티나무 3길 18».
    fn is_side_street(&self) -> bool {
        let figures = self.name.strip_suffix('길').unwrap_or_default();
        let is_apart = self.before.strip_suffix(' ').is_some_and(|before| before.ends_with(maru_korean::is_syllable));
        is_apart && !figures.is_empty() && figures.bytes().all(|one| one.is_ascii_digit())
    }

    fn is_road(&self) -> bool {
        self.name.ends_with(['로', '길'])
    }

    /// «206-17», «산 12»; «2024-317» begins with a year.
    fn is_pair(&self) -> bool {
        let begins_with_year = self.number.starts_with("20") && self.number.find('-') == Some(4);
        self.number.bytes().any(|one| !one.is_ascii_digit()) && !begins_with_year
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
        let Some(behind) = words::CUES.split('|').filter_map(|cue| sentence.rfind(cue).map(|at| at + cue.len())).max()
        else {
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

/// How far before a name a cue may stand.
const CUE_REACH: usize = 16;

/// Where a name begins that ends a text: «난곡로26길», and with what stands before it «통일로 68길», «성수동 2가».
fn name_start(text: &str) -> usize {
    let begins = |text: &str| {
        let is_part =
            |one: &char| maru_korean::is_syllable(*one) || one.is_ascii_alphanumeric() || matches!(one, '.' | '·');
        text.len() - text.chars().rev().take(MOST_OF_NAME).take_while(is_part).map(char::len_utf8).sum::<usize>()
    };
    let start = begins(text);
    let before = text[..start].strip_suffix(' ').filter(|before| before.ends_with(['로', '동']));
    let is_part = text[start..].starts_with(|one: char| one.is_ascii_digit()) && text.ends_with(['길', '가']);
    match before {
        Some(before) if is_part => begins(before),
        _ => start,
    }
}

/// The longest names of roads have twelve letters.
const MOST_OF_NAME: usize = 16;

/// «552 앞», «552에서», «552(창동)».
fn is_followed_by_place(rest: &str) -> bool {
    static IN_BRACKETS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^ ?\((?:[가-힣]{1,6}[0-9]{0,2}(?:동|리|가)|[가-힣]{2,8})[,)]").ok());
    let word = rest.strip_prefix(' ').unwrap_or(rest);
    let word = word.strip_prefix("의 ").unwrap_or(word);
    words::PLACES.split('|').any(|place| word.starts_with(place))
        || IN_BRACKETS.as_ref().is_some_and(|pattern| pattern.is_match(rest))
}

/// Whether a city, county, district or township ends a text: «… 달서구 », «부산 ».
fn ends_in_city(before: &str) -> bool {
    let text = before.trim_end_matches([' ', ',']);
    text.len() < before.len() && is_city(&text[name_start(text)..])
}

fn is_city(word: &str) -> bool {
    let mut syllables = word.chars().rev();
    let is_district = syllables.next().is_some_and(|last| "시군구읍면도동".contains(last))
        && syllables.next().is_some_and(maru_korean::is_syllable);
    let is_other = has(words::NO_CITIES, word) || is_no_district(word) || is_clause(word);
    has(words::CITIES, word) || (is_district && !is_other)
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

fn is_no_road(name: &str) -> bool {
    // «12로», «3길» alone name no road, «1차로» is a lane; «4·19로» and «3공단로» are roads.
    let syllables = name.chars().filter(|one| maru_korean::is_syllable(*one)).count();
    let begins_with_figure = name.starts_with(|one: char| one.is_ascii_digit());
    let is_day = begins_with_figure && name.contains(['·', '.']);
    let is_lane = syllables < if begins_with_figure { 3 } else { 2 } && !is_day;
    is_lane || has(words::NO_ROADS, name) || words::NO_ROAD_ENDINGS.split('|').any(|ending| name.ends_with(ending))
}

fn is_no_district(name: &str) -> bool {
    has(words::NO_DISTRICTS, name) || words::NO_DISTRICT_ENDINGS.split('|').any(|ending| name.ends_with(ending))
}

/// «지번: 1024-3», «주소 산 12-3».
pub(super) fn lot_by_name(view: &View, captures: &Captures<'_>) -> Accepted {
    let (whole, number) = (captures.get(0)?, captures.get(1)?);
    let rest = &view.text[number.end()..];
    let details = details(rest);
    let is_lot = number.as_str().contains(['-', '산']) || details > 0 || whole.as_str().starts_with("지번");
    let begins = !view.before(whole.start()).is_some_and(|one| one.is_ascii_digit());
    (is_lot && begins && !is_hot_line(number.as_str()) && !counts(rest) && (details > 0 || !goes_on(rest)))
        .then_some(())?;
    Some(address(number.start(), number.end() + details))
}

/// «사서함 12-3호», «P.O. Box 102».
pub(super) fn box_of_post(view: &View, captures: &Captures<'_>) -> Accepted {
    let number = captures.get(1)?;
    let rest = &view.text[number.end()..];
    (!goes_on(rest) && !rest.starts_with('번')).then_some(())?;
    Some(address(number.start(), number.end()))
}

/// «산 12-3»: nothing else is written so.
pub(super) fn bare_hill(view: &View, captures: &Captures<'_>) -> Accepted {
    let number = captures.get(1)?;
    let rest = &view.text[number.end()..];
    let begins = !view.before(number.start()).is_some_and(char::is_alphanumeric);
    let details = details(rest);
    (begins && !counts(rest) && (details > 0 || !goes_on(rest))).then_some(())?;
    Some(address(number.start(), number.end() + details))
}

/// «412-9 반지하», «38-2 앞»: a lot of which the district is not named.
pub(super) fn bare_lot(view: &View, captures: &Captures<'_>) -> Accepted {
    const OTHERS: &str = "버스|노선|번호|승강장|정류장|호선|국도|서식|열차|칸|문|제";
    let number = captures.get(1)?;
    if touches_figure(view, number.start())
        || OTHERS.split('|').any(|word| view.preceding(number.start(), 10).contains(word))
    {
        return None;
    }
    Some(address(number.start(), number.end() + details(&view.text[number.end()..])))
}
