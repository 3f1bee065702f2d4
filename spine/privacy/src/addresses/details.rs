//! What belongs to the number of a house and stands behind it, and what says that a figure is no such number.

use std::sync::LazyLock;

use regex::Regex;

use super::{
    BLOCK, BUILDINGS, DASH, FLAT, LATIN_DETAIL, SPOKEN, STOREY,
    flats::is_number_of_flat,
    is_year,
    words::{self, has},
};

/// Whether a figure goes on in what follows it: «1.400», «6·25», «500m», «12:30», «3~5».
pub(super) fn goes_on(rest: &str) -> bool {
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

/// Whether what follows a figure says that it counts something, or names a side street: «연희로11가길», «85에서 90».
pub(super) fn counts(rest: &str) -> bool {
    let is_street = rest.strip_prefix(['가', '나', '다', '라', '마', '바', '사']).unwrap_or(rest).starts_with('길');
    let is_range = rest.strip_prefix("에서 ").is_some_and(|rest| rest.starts_with(|one: char| one.is_ascii_digit()));
    if is_street || is_range {
        return true;
    }
    let word = rest.strip_prefix(' ').unwrap_or(rest);
    let is_apart = word.len() < rest.len();
    // «18 쪽 등산로»: beside it; pages would be «18쪽».
    if (is_apart && word.starts_with('쪽')) || words::NOT_COUNTED.split('|').any(|other| word.starts_with(other)) {
        return false;
    }
    let Some(unit) = words::COUNTED.split('|').find(|unit| word.starts_with(*unit)) else { return false };
    if !is_apart {
        return true;
    }
    // Behind a space the word itself must be what is counted: «552 일식집» counts nothing; «736 대 120㎡» is the use of a lot.
    let behind = &word[unit.len()..];
    let is_use = unit == "대" && is_area(behind);
    // «20 만원», «3 천명».
    let is_large = ["만", "억", "천", "백"].contains(&unit);
    let next =
        words::COUNTED.split('|').filter(|_| is_large).find_map(|unit| behind.strip_prefix(unit)).unwrap_or(behind);
    let particle = next.split(|one: char| !maru_korean::is_syllable(one)).next().unwrap_or(next);
    !is_use && (particle.is_empty() || has(words::PARTICLES, particle))
}

/// « 120.5㎡», « 36평».
pub(super) fn is_area(text: &str) -> bool {
    let area = text.strip_prefix(' ').unwrap_or(text);
    let unit = area.trim_start_matches(|one: char| one.is_ascii_digit() || matches!(one, '.' | ',' | ' '));
    unit.len() < area.len() && ["m", "㎡", "평", "제곱"].iter().any(|name| unit.starts_with(name))
}

/// At most so many details belong to one address.
const MOST_DETAILS: usize = 8;

/// The length in bytes of what belongs to a number and stands behind it: «번지 101동 1203호», «, 3층 302호», « (은하빌) 401호», «, 99-5».
pub(super) fn details(rest: &str) -> usize {
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
pub(super) fn row_of_lots(number: &str, rest: &str) -> usize {
    static NEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?: ?[,·/~] ?|[와과] | 및 |부터 | 내지 )((?:[1-9][0-9]{0,4}-)?([1-9][0-9]{0,4}))").ok()
    });
    let last = |text: &str| text.rsplit(['-', ' ']).next().and_then(|text| text.parse::<u32>().ok());
    let (mut end, mut before) = (0, last(number));
    for _ in 0..MOST_DETAILS {
        let Some(captures) = NEXT.as_ref().and_then(|pattern| pattern.captures(&rest[end..])) else { break };
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
pub(super) fn detail(rest: &str) -> usize {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let unit = format!(
            r"{BLOCK}|{STOREY}|(?:[1-9][0-9]{{1,3}}[,·~/\-] ?){{0,3}}{FLAT}실?|[A-Z가나다라마] ?호|외 ?[0-9]{{1,3}} ?필지|지하 ?호|반지하|지층|옥탑방?|문간방|(?:오른쪽|왼쪽|우측|좌측|안쪽)(?: ?[집방])?|B[1-9]|[1-9][0-9]{{0,2}}통 ?[1-9][0-9]?반|[A-Z가나다라마바사]-[0-9]{{3,4}}|지하층?|(?i:basement|rooftop)|{SPOKEN} ?층(?: ?{SPOKEN} ?호)?|{SPOKEN} ?동 ?{SPOKEN} ?호|{LATIN_DETAIL}"
        );
        let word = "[0-9]{0,2}[가-힣A-Za-z][가-힣A-Za-z0-9·&\\-]{0,15}";
        let house = format!(r"{word}(?: (?:{BUILDINGS}))?");
        let pair = format!("[1-9][0-9]{{0,3}}{DASH}[0-9]{{1,4}}");
        Regex::new(&format!(
            r"^(?:[, /]{{0,3}}(?:{unit})|(?:와|과|하고|이랑| 및|·|~|부터) ?{FLAT}|(?:, ?|와 |과 | 및 | ?· ?){pair}| ?\([가-힣A-Za-z0-9, ]{{1,20}}\)[ ,]{{0,2}}(?:{unit})| ?\([가-힣A-Za-z0-9, ]{{0,16}}[0-9A-Z가-사]{{1,4}} ?(?:[호층]|F)\)| ?\([가-힣]{{1,6}}[0-9]{{0,2}}[동리가], ?[가-힣A-Za-z0-9 ]{{2,16}}\)| ?\([1-9][0-9]?/[1-9][0-9]?\)|[, ]{{1,2}}(?P<house>{house})[ ,]{{1,2}}(?:{unit}|[1-9][0-9]{{0,3}}{DASH}[0-9]{{3,4}})|[, ]{{1,2}}{word}(?: {word}){{1,2}}[ ,]{{1,2}}{BLOCK}[ ,]{{0,2}}{FLAT}|, ?(?P<flat>[1-9][0-9]{{2,3}})|[, ]{{1,2}}(?P<alone>[가-힣A-Za-z0-9]{{1,12}}(?:아파트|빌라|오피스텔|빌딩|타워|맨션|연립|하이츠|캐슬|래미안|푸르지오|힐스테이트|원룸|고시원|고시텔|기숙사|하우스|프라자|플라자|빌)))"
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
    const ENDINGS: &str = "에서|에|의|은|는|이고|인데|이며|까지|부터|으로|또는|관련|등";
    const POSITIONS: &str = "앞|옆|뒤|뒷|근처|맞은편|건너|담벼락|부근|인근|일대|주변|골목|및";
    POSITIONS.split('|').any(|position| word.starts_with(position))
        || ENDINGS.split('|').any(|particle| word.ends_with(particle))
}

/// Whether a block, storey or flat really ends there: «3동안», «12호선», «3층짜리», «, 051-746-…» go on.
pub(super) fn ends_as_unit(unit: &str, rest: &str) -> bool {
    let Some(next) = rest.chars().next() else { return true };
    match unit.chars().next_back() {
        Some('동') => !"안네".contains(next),
        Some('호') => !"선기차봉점".contains(next),
        Some('층') => next != '짜' && next != '간',
        Some('하') => !maru_korean::is_syllable(next) || "에의로".contains(next),
        Some(last) if last.is_ascii_digit() => {
            !next.is_ascii_alphanumeric() && !matches!(next, '-' | '~') && (!counts(rest) || rest.starts_with(' '))
        }
        _ => true,
    }
}
