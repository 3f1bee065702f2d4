//! Addresses from the house number on: roads, lots, flats, and addresses in Latin letters.
//!
//! The patterns look for an ending such as «로» or «동» with a figure behind it; what stands before and behind then says whether
//! the figure is the number of a house: «전화로 3회» and «종로3가» have the same form as «테헤란로 152».

mod details;
mod flats;
mod latin;
mod places;
mod words;

use flats::{
    cued_flat, detail_by_name, flat, flat_by_names, flat_by_pair, flat_in_building, flat_on_storey, home, row_of_flats,
    spoken_flat, spoken_lot,
};
use latin::{latin_number_first, latin_road_first};
use places::{bare_hill, bare_lot, box_of_post, figures_apart, lot, lot_by_name, numbered_lot, road, spoken_place};

use crate::{Kind, context::View, rules::Accept};

type Accepted = Option<(Kind, usize, usize)>;

/// The number of a house or lot: «152», «206-17», «산 12-3», and as people say it, «206 다시 17».
const NUMBER: &str = r"((?:산 ?|지하 ?)?[1-9][0-9]{0,4}(?: ?(?:[\-‐‑‒–—−]|다시) ?[1-9][0-9]{0,3}(?:-[1-9][0-9]?)?)?)";
/// What joins the figures of a lot or flat: «203-1105», «203 – 1105», «203 다시 1105».
const DASH: &str = r" ?(?:[\-‐‑‒–—−]|다시) ?";
/// A number in words: «천이백삼», «일공이», «5백52».
const SPOKEN: &str = "[공영일이삼사오육륙칠팔구십백천0-9]{1,8}";
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
pub(crate) fn rules() -> [(String, Accept); 32] {
    let latin = r"[A-Z][a-z]{1,20}(?:-[a-z]{1,12})?";
    let latin_road = format!(
        r"(?:{latin}(?:[\- ]?daero|[\- ](?:ro|gil|dong))|[A-Za-z]{{2,20}}-(?i:daero|ro|gil|dong|ri|ga))(?:[ \-]?[0-9]{{1,4}}(?:beon|ga|na|da)?-?(?:gil|ga))?(?-u:\b)"
    );
    [
        (format!(r"[로길][ ,]{{0,2}}{NUMBER}"), road),
        (format!(r"(?:[동로] ?[1-9]가|동|리|읍|면)[ ,]{{0,2}}{NUMBER}"), lot),
        (format!(r"(?:[로길동리]|[동로][1-9]가)[ ,]{{0,2}}({SPOKEN}(?: ?(?:다시|에|의) ?{SPOKEN})?)"), spoken_place),
        (r"((?:산 ?)?[1-9][0-9]{0,4}[에의] ?[1-9][0-9]{0,3}) ?번지".into(), numbered_lot),
        (format!(r"{NUMBER} ?번지"), numbered_lot),
        (format!(r"{latin_road},? ?([1-9][0-9]{{0,4}}(?: ?[\-–—−] ?[1-9][0-9]{{0,3}})?)(?-u:\b)"), latin_road_first),
        (
            format!(r"(?-u:\b)((?:(?:{LATIN_DETAIL}|[1-9][0-9]{{1,3}}-[1-9][0-9]{{2,3}}),? ){{0,2}}[1-9][0-9]{{0,3}}(?:-[1-9][0-9]{{0,3}})?),? {latin_road}"),
            latin_number_first,
        ),
        (
            format!(
                r"((?:[1-9][0-9]{{0,4}}(?:{DASH}[1-9][0-9]{{0,3}})?, ?)?(?:[1-9][0-9]? ?(?:단지|차)[ ,]{{0,2}})?{BLOCK}(?:[ ,\-/]{{0,3}}|[의에] |이?요?[ ,.…]{{1,3}}(?:그|음|어|저기)[ ,.…]{{1,3}}| ?\([가-힣A-Za-z0-9 ]{{1,12}}\) ?| [0-9](?:[-~][0-9])? ?라인 )(?:{STOREY}[ ,]{{0,2}})?(?:(?:[1-9][0-9]{{2,3}}[,·/~] ?){{0,3}}{FLAT}|[0-9]{{3,4}}))"
            ),
            flat,
        ),
        (
            r"(?i:동 ?[/·,]? ?호 ?수?|상세 ?주소|나머지 ?주소|addr(?:ess)?_?(?:dtl|detail|2)|detail_?addr(?:ess)?)[\x22' \])]{0,2}[:=은는 ]{1,3}[\x22']?".into(),
            detail_by_name,
        ),
        (format!(r"({STOREY}[ ,]{{0,2}}(?:[가-힣]{{1,6}} )?{FLAT})"), flat_on_storey),
        (
            format!(
                r"(?:{BUILDINGS}) ?,? ?((?:{BLOCK}[ ,]{{0,2}})?(?:{STOREY}[ ,]{{0,2}})?(?:{FLAT}|[1-9][0-9]{{0,3}}{DASH}[0-9]{{3,4}}|B?[1-9][0-9]{{2,3}})|{BLOCK}[ ,]{{0,2}}{STOREY})"
            ),
            flat_in_building,
        ),
        (format!(r"([1-9][0-9]{{2,3}} ?동 ?{STOREY})"), flat_on_storey),
        (format!(r"([1-9][0-9]{{0,3}}{DASH}[0-9]{{3,4}} ?호)"), flat_by_pair),
        (format!(r"((?:(?:{SPOKEN}|[0-9]{{1,4}}|[가나다라마바사A-Z]|에이|비|씨|디) ?동 ?(?:{SPOKEN} ?층 ?)?|(?:지하 ?)?{SPOKEN} ?층 ?)?(?:{SPOKEN}|[0-9]{{1,5}}) ?호)"), spoken_flat),
        (format!(r"({SPOKEN}(?: ?(?:다시|에|의) ?{SPOKEN})? ?번지|{SPOKEN} ?다시 ?{SPOKEN})"), spoken_lot),
        (r"([1-9][0-9]{2,3} ?호(?: ?\(|[ ,]{1,2})[1-9][0-9]{2,3} ?동)".into(), flat_by_pair),
        (r"((?:지하 ?|[A-Z]-?|[가나다라마바사]-)?[0-9]{1,4} ?호)".into(), home),
        (r"([1-9][0-9]{2,3}(?:[,·/~] ?[1-9][0-9]{2,3}){1,3} ?호)".into(), row_of_flats),
        (format!(r"([1-9][0-9]{{0,3}}(?:{DASH}|/)[0-9]{{3,4}})"), cued_flat),
        (r"(산 ?[1-9][0-9]{0,3}-[1-9][0-9]{0,3})".into(), bare_hill),
        (
            r"(?:지번|번지 ?수|번지|소재지|집 ?주소|주소지?)[은는]?[\x22' )\]]{0,2}[ :=|]{1,3}[\x22']?((?:산 ?)?[1-9][0-9]{0,4}(?: ?- ?[1-9][0-9]{0,3})?)".into(),
            lot_by_name,
        ),
        (r"동[ :]{1,2}([0-9]{1,4}[ ,/]{1,3}호수?[ :]{1,2}[0-9]{1,4})".into(), flat_by_names),
        (r"호 ?[수실][ :은는]{1,3}([A-Z]?[0-9]{3,4}(?: ?[\-–—−] ?[0-9]{3,4})?)".into(), flat_by_names),
        (r"([1-9][0-9]{0,3} ?(?:블록|블럭|BL)[ ,]{0,2}[1-9][0-9]{0,3}(?:-[1-9][0-9]{0,3})? ?(?:로트|롯트|LT|L|호))".into(), flat),
        (r"([1-9][0-9]{0,2}통 ?[1-9][0-9]{0,1}반)".into(), flat),
        (r"((?:[0-9][ .\-]){1,3}[0-9][ .\-]?동[ .\-]?(?:[0-9][ .\-]){1,4}[0-9][ .\-]?호)".into(), flat),
        (r"[로길동리][ ,]{1,2}((?:[0-9] ){1,4}[0-9](?: ?- ?(?:[0-9] ){0,3}[0-9])?)".into(), figures_apart),
        (r"(?:사서함 ?(?:제 ?)?|P\.? ?O\.? ?Box )([0-9]{1,6}(?:-[0-9]{1,4})?)".into(), box_of_post),
        (
            r"(?-u:\b)((?:[1-9][0-9]{0,3}[ \-]?dong,? ?[0-9]{1,4}[ \-]?ho|(?i:building|bldg|block|dong)\.? [0-9A-Z]{1,4},? (?i:unit|room|rm|apt|ho)\.? ?#?[0-9]{1,4}|(?i:apt|apartment)\.? ?#?[1-9][0-9]{2,3}(?:-[0-9]{1,4})?))(?-u:\b)"
                .into(),
            flat,
        ),
        (format!(r"(?-u:\b){LATIN_HOUSE}[ ,.]{{1,2}}({LATIN_DETAIL}|[1-9][0-9]{{1,3}}-[1-9][0-9]{{2,3}})"), flat),
        (format!(r"({LATIN_DETAIL}|[1-9][0-9]{{1,3}}-[1-9][0-9]{{2,3}}),? (?:[A-Z][a-z]{{1,15}} )?{LATIN_HOUSE}(?-u:\b)"), flat),
        (
            r"([1-9][0-9]{1,3}-[1-9][0-9]{0,2}) ?(?:반지하|지층|옥탑|앞|옆|뒤|맞은편|건너편|담벼락|골목|\([가-힣]{1,5}[0-9]?동[,)])".into(),
            bare_lot,
        ),
    ]
}

/// What a rule found.
fn address(start: usize, end: usize) -> (Kind, usize, usize) {
    (Kind::Address, start, end)
}

/// Whether a figure or what joins figures stands right before a place.
fn touches_figure(view: &View, start: usize) -> bool {
    view.before(start).is_some_and(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '–' | '.' | '/'))
}

fn is_year(number: &str) -> bool {
    number.parse::<u32>().is_ok_and(|number| (1950..2050).contains(&number))
}
