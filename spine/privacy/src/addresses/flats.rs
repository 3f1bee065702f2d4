//! Flats: blocks, storeys and doors without the road they stand at.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{
    Accepted, BUILDINGS, address,
    details::{counts, details, ends_as_unit, goes_on},
    is_year,
    latin::counts_in_english,
    touches_figure, words,
};
use crate::context::View;

/// «101동 1203호», «나동 301호», «101동 1203», and the number before them in a form: «15, 708동 1901호».
pub(super) fn flat(view: &View, captures: &Captures<'_>) -> Accepted {
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
        let is_long = block.trim_end().len() > 2
            || words::HOMES.split('|').any(|cue| view.preceding(found.start(), 14).contains(cue));
        // «B동 1203», and not «자동 1203».
        let flat = text.rsplit(['동', ' ', '-']).next().unwrap_or(text);
        let is_lettered = is_number_of_flat(flat) && !is_year(flat) && !text.starts_with(['자', '아', '차', '파']);
        if !(is_lettered || (is_long && begins_with_figure)) || counts(rest) || goes_on(rest) {
            return None;
        }
    }
    Some(address(found.start(), found.end() + details_of_flat(rest)))
}

/// What stands behind a flat: «301동 502호 문간방».
fn details_of_flat(rest: &str) -> usize {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?:실|(?:(?:와|과|하고|이랑| 및|,|·|~|부터) ?[1-9][0-9]{2,3}호){1,4}|[ ,]{0,2}[A-Z가나다라마]호|[ ,]{0,2}(?:문간방|옥탑방?|[1-9][0-9]?번 ?방|(?:왼쪽|오른쪽|좌측|우측)(?: ?[집방])?))").ok()
    });
    PATTERN.as_ref().and_then(|pattern| pattern.find(rest)).map_or(0, |found| found.end())
}

fn ends_in_building(text: &str) -> bool {
    BUILDINGS.split('|').any(|building| text.ends_with(building))
}

/// «동호수: 1102-2703», «"addrDtl":"15, 3층"».
pub(super) fn detail_by_name(view: &View, captures: &Captures<'_>) -> Accepted {
    static NUMBERED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^(?:[A-Z]-?)?[0-9]{1,5}(?: ?[\-–—−] ?[0-9]{1,4}){0,2}").ok());
    let start = captures.get(0)?.end();
    let rest = &view.text[start..];
    let number = NUMBERED.as_ref()?.find(rest).map_or(0, |found| found.end());
    let end = number + details(&rest[number..]);
    if end > number && rest[..end].contains(|one: char| one.is_ascii_digit()) {
        return Some(address(start, start + end));
    }
    let behind = &rest[number..];
    (number > 0 && !counts(behind) && !goes_on(behind) && !is_hot_line(&rest[..number])).then_some(())?;
    Some(address(start, start + number))
}

/// The figures on both sides of what joins them.
fn pair(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(|one: char| !one.is_ascii_digit()).filter(|figures| !figures.is_empty())
}

/// «1588-2188» and its like.
pub(super) fn is_hot_line(number: &str) -> bool {
    let first = pair(number).next().unwrap_or(number);
    first.len() == 4
        && pair(number).next_back().is_some_and(|last| last.len() == 4)
        && ["15", "16", "18"].iter().any(|begin| first.starts_with(begin))
}

/// «월드타워 508호», «상가 1층 107호», «푸른숲아파트 203-1105».
pub(super) fn flat_in_building(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let (text, rest) = (found.as_str(), &view.text[found.end()..]);
    if !ends_as_unit(text, rest) || is_hot_line(text) || goes_on(rest) {
        return None;
    }
    let is_bare = text.trim_start_matches('B').bytes().all(|one| one.is_ascii_digit());
    if is_bare && !rest.starts_with('호') && !is_bare_flat(view, found.start(), text, rest) {
        return None;
    }
    // «빌딩 3호» counts houses.
    let figures = text.chars().filter(char::is_ascii_digit).count();
    let is_flat =
        figures > 1 || text.contains(['동', '층', '하']) || text.starts_with(|one: char| one.is_ascii_uppercase());
    let end = if text.ends_with('호') || !rest.starts_with('호') { 0 } else { '호'.len_utf8() };
    is_flat.then_some(())?;
    Some(address(found.start(), found.end() + end + details_of_flat(&rest[end..])))
}

/// «한솔빌라 302», «은하아파트 1203에 삽니다»: of a house in which people live, and not «아파트 120 세대».
fn is_bare_flat(view: &View, start: usize, text: &str, rest: &str) -> bool {
    const LIVED_IN: &str =
        "아파트|빌라|연립|맨션|오피스텔|원룸|고시원|고시텔|하이츠|캐슬|자이|래미안|푸르지오|힐스테이트|기숙사";
    let before = view.text[..start].trim_end_matches([' ', ',']);
    let figures = text.trim_start_matches('B');
    LIVED_IN.split('|').any(|house| before.ends_with(house))
        && is_number_of_flat(figures)
        && !is_year(figures)
        && !counts(rest)
        && !goes_on(rest)
}

/// «3층 302호», unless it is a room of an office: «본관 3층 302호 회의실».
pub(super) fn flat_on_storey(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let ends = ends_as_unit(found.as_str(), &view.text[found.end()..]);
    if !ends || touches_figure(view, found.start()) || is_room_or_document(view, found.start(), found.end()) {
        return None;
    }
    Some(address(found.start(), found.end()))
}

/// «203-1105호», unless it is the number of a document: «고시 2024-317호».
pub(super) fn flat_by_pair(view: &View, captures: &Captures<'_>) -> Accepted {
    const DOCUMENTS: &str = "제|고시|공고|훈령|예규|허가|신고|등록|문서|지정|번호|법률|의안|사건|인증|특허|법정";
    let found = captures.get(1)?;
    let is_year =
        ["19", "20"].iter().any(|begin| found.as_str().starts_with(begin)) && found.as_str().find('-') == Some(4);
    let is_document = DOCUMENTS.split('|').any(|word| view.preceding(found.start(), 8).contains(word));
    let ends = ends_as_unit(found.as_str(), &view.text[found.end()..]);
    (!is_year && !is_document && ends && !touches_figure(view, found.start())).then_some(())?;
    Some(address(found.start(), found.end()))
}

/// «윗집 1504호», «302호에 사는», and «302호» unless something says that it is a room of an office or the number of a document.
pub(super) fn home(view: &View, captures: &Captures<'_>) -> Accepted {
    const BEFORE: &str = "\
        윗집 |아랫집 |옆집 |앞집 |뒷집 |윗층 |위층 |아래층 |우리 집 |저희 집 |집은 |옆방 |맞은편 집 ";
    const BEHIND: &str = "\
        에 사는|에 살|에 삽|에 거주| 사는| 살고| 삽니다| 거주| 세입자| 주민| 입주| 아저씨| 아주머니| 할머니";
    let found = captures.get(1)?;
    let (text, rest) = (found.as_str(), &view.text[found.end()..]);
    let before = &view.text[..found.start()];
    let is_numbered = before.ends_with(',') || before.trim_end().ends_with('제') || touches_figure(view, found.start());
    if is_numbered || !ends_as_unit(text, rest) {
        return None;
    }
    let figures = text.trim_start_matches(|one: char| !one.is_ascii_digit()).trim_end_matches(['호', ' ']);
    let is_under_ground = !text.starts_with(|one: char| one.is_ascii_digit()) && figures.len() > 1;
    let is_somebodys = BEFORE.split('|').any(|word| view.text[..found.start()].ends_with(word))
        || BEHIND.split('|').any(|word| rest.starts_with(word));
    let is_home = (is_somebodys && figures.len() > 2) || is_under_ground || is_number_of_flat(figures);
    (is_home && !is_room_or_document(view, found.start(), found.end())).then_some(())?;
    Some(address(found.start(), found.end()))
}

/// «301, 302호».
pub(super) fn row_of_flats(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let figures = found.as_str().trim_end_matches(['호', ' ']);
    let are_flats = figures.split([',', '·', '/', '~']).all(|flat| is_number_of_flat(flat.trim()));
    let ends = ends_as_unit(found.as_str(), &view.text[found.end()..]);
    let is_other = is_room_or_document(view, found.start(), found.end());
    (are_flats && ends && !is_other && !touches_figure(view, found.start())).then_some(())?;
    Some(address(found.start(), found.end()))
}

/// Storey and place on it: «302», «1203», and hardly «266» or «317».
pub(super) fn is_number_of_flat(figures: &str) -> bool {
    figures.len() > 2 && figures.parse::<u32>().is_ok_and(|number| (1..=20).contains(&(number % 100)))
}

/// «본관 302호», «302호 법정», «의안번호 2203호», «양돈농가 302호».
fn is_room_or_document(view: &View, start: usize, end: usize) -> bool {
    const BEFORE: &str = "\
        본관|별관|신관|청사|시청|구청|군청|도청|센터|법원|검찰|지검|대학|병원|학교|회관|연구|회의실|강의실|사무실|\
        법정|교실|호실|고시|공고|훈령|예규|허가|신고|등록|문서|지정|번호|법률|대통령령|조례|규칙|의안|사건|진정|\
        인증|특허|농가|서식|별표|별지|열차|객실|권익위|태풍|국도|지방도";
    const BEHIND: &str = "실|회의실|강의실|민원실|사무실|상담실|법정|교실|조사실|서식|고시|공고|(";
    let before = view.preceding(start, 10);
    let behind = view.following(end, 8);
    BEFORE.split('|').any(|word| before.contains(word))
        || BEHIND.split('|').any(|word| behind.trim_start().starts_with(word))
}

/// «관리비 101-1203», «101-1203 세대»: a flat where something says that it is one.
pub(super) fn cued_flat(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let (text, rest) = (found.as_str(), &view.text[found.end()..]);
    let before = view.preceding(found.start(), 14);
    let has_cue =
        words::HOMES.split('|').any(|cue| before.contains(cue) || view.following(found.end(), 6).contains(cue));
    let is_flat = pair(text).next_back().is_some_and(is_number_of_flat) && !is_hot_line(text);
    let has_long_block = pair(text).next().is_some_and(is_number_of_flat);
    let is_said =
        ["입니다", "이에요", "예요", "이요", "인데", "이고", " 집", " 사"].iter().any(|word| rest.starts_with(word));
    let is_other = before.contains("번호") || before.contains("전화") || before.contains("지번");
    (is_flat
        && (has_cue || (is_said && has_long_block))
        && !is_other
        && !touches_figure(view, found.start())
        && !goes_on(rest))
    .then_some(())?;
    Some(address(found.start(), found.end()))
}

/// Words for figures and for tens, hundreds and thousands.
const SPOKEN_FIGURES: &str = "공영일이삼사오육륙칠팔구십백천";

/// «백이동 천삼호», «삼층 이호», «삼백이호», «일공이동 1203호».
pub(super) fn spoken_flat(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let begins = !view.before(found.start()).is_some_and(|one| maru_korean::is_syllable(one) || one.is_ascii_digit());
    let text = found.as_str();
    let flat = text.rsplit(['동', '층']).next().unwrap_or(text).trim_matches(['호', ' ']);
    let is_whole = flat.len() < text.len() - "호 ".len();
    let is_large = flat.chars().count() > 2 && flat.contains(['백', '천']);
    let is_number = flat.chars().count() > 2 || flat.contains(['십', '백', '천']) || text.contains('층');
    let is_said = text.chars().filter(|one| SPOKEN_FIGURES.contains(*one)).count() > 1;
    let ends = ends_as_unit(found.as_str(), &view.text[found.end()..]);
    (begins && ends && is_said && ((is_whole && is_number) || is_large)).then_some(())?;
    Some(address(found.start(), found.end()))
}

/// «칠백삼십육번지», «이백육 다시 십칠».
pub(super) fn spoken_lot(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let begins = !view.before(found.start()).is_some_and(|one| maru_korean::is_syllable(one) || one.is_ascii_digit());
    let text = found.as_str();
    let ends = text.ends_with("번지") || !view.after(found.end()).is_some_and(maru_korean::is_syllable);
    let is_number = text.contains(['십', '백']) && text.chars().count() > "십번지".chars().count();
    (begins && ends && is_number).then_some(())?;
    Some(address(found.start(), found.end()))
}

/// «동: 101, 호: 1203», «호실 302».
pub(super) fn flat_by_names(view: &View, captures: &Captures<'_>) -> Accepted {
    let found = captures.get(1)?;
    let rest = &view.text[found.end()..];
    (!counts(rest) && !goes_on(rest)).then_some(())?;
    Some(address(found.start(), found.end() + if rest.starts_with('호') { '호'.len_utf8() } else { 0 }))
}
