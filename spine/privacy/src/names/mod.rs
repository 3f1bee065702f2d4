//! Names, where something says that they are names: a label («성명: 홍길동», «보호자 홍길동»), a title («홍길동 씨»), an introduction («저는 홍길동입니다»), a
//! column («성명 | 연락처»), or another personal datum beside them («홍길동, 010-…»). The more a sign says, the less a word must look like a name.
//!
//! Signs are found in one pass; what stands beside each is looked at where it stands.

mod beside;
mod signs;
mod tables;
mod word;

use std::sync::LazyLock;

use regex::{Match, Regex};

pub(crate) use beside::beside;
pub(crate) use signs::words_of_signs;

use self::{
    signs::{Hit, SPEAKERS, SURE, Sign, signs},
    word::{Cue, has_title, is_common, is_latin_name, is_short_name, korean, looks_like_name, looks_like_occupation},
};
use crate::context::View;

/// What a name in Latin letters looks like.
const LATIN: &str = r"\p{Lu}[\p{L}'’\-]+(?:[ ,]{1,2}\p{Lu}[\p{L}'’\-]*\.?){0,3}";
/// Bytes behind a label in which a name stands.
const REACH: usize = 120;

/// What stands behind a label up to the name.
struct Patterns {
    /// 1: what stands in brackets, 2: what stands between, 3: the name.
    behind: Option<Regex>,
    /// 1: the name.
    english: Option<Regex>,
    /// A name in Latin letters at the end of a text.
    latin_end: Option<Regex>,
    /// As airlines write them, family name first: LIM/SORA.
    ticket: Option<Regex>,
    /// «김 경 수 010-…».
    spaced: Option<Regex>,
}

fn patterns() -> &'static Patterns {
    static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
        Patterns {
        behind: Regex::new(&format!(
            r#"^(?: ?(?:성명|이름|성함|명))?(?: ?[0-9①-⑳]{{1,2}})?(?: ?\(([^()\n]{{1,12}})\))?(?: (?:부|모|자|손녀|손자|아들|딸)[ :])?((?:은|는|이|가|의 이름은)? ?(?:[:：=|>,·\-–—\t\]]|"[:,]"| - )? ?["'“‘(\[]{{0,2}})({LATIN}|[가-힣]{{2,8}}(?: [가-힣]{{1,3}})?)"#
        ))
        .ok(),
        english: Regex::new(&format!(
            r#"^(?: of [a-z]{{3,12}})?(?: is)?\.?(?: ?\([^()\n]{{1,24}}\))?[ :=|,"\-–]{{1,4}}({LATIN}|[가-힣]{{2,6}})"#
        ))
        .ok(),
        latin_end: Regex::new(&format!("(?:{LATIN})$")).ok(),
        ticket: Regex::new(r"(?-u:\b)[A-Z]{2,15}/[A-Z]{2,15}(?: [A-Z]{2,15})?(?-u:\b)").ok(),
        spaced: Regex::new(r"([가-힣] [가-힣] [가-힣])[ ,:(/]{1,3}(?:☎ ?|[Hh]\.?[Pp]\.?[ :]*|휴대폰[ :]*|연락처[ :]*|전화[ :]*)?01[016789][ \-.)]?[0-9]").ok(),
    }
    });
    &PATTERNS
}

/// Names in a text, by what stands before and behind them.
pub(crate) fn find(view: &View, report: &mut impl FnMut(usize, usize)) {
    let mut names = Vec::new();
    let mut note = |start: usize, end: usize| names.push((start, end));
    for hit in signs(&view.text) {
        match hit.sign {
            Sign::Label => behind_label(view, hit, &mut note),
            Sign::English => behind_english(view, hit, &mut note),
            Sign::Title => before_title(view, hit, &mut note),
            Sign::Ending => introduced(view, hit, &mut note),
        }
    }
    spaced(view, &mut note);
    on_tickets(view, &mut note);
    tables::columns(view, &mut note);
    tables::cells(view, &mut note);
    tables::line_ends(view, &mut note);
    for (start, end) in names {
        report(start, end);
        in_a_row(view, end, report);
    }
}

/// The text from a place on, as far as a name may be.
fn reach(view: &View, place: usize) -> &str {
    let mut end = (place + REACH).min(view.text.len());
    while !view.text.is_char_boundary(end) {
        end -= 1;
    }
    &view.text[place..end]
}

fn behind_label(view: &View, hit: Hit, report: &mut impl FnMut(usize, usize)) {
    let text = &view.text[hit.start..hit.end];
    if matches!(text, "급" | "번") && !is_rank(view.preceding(hit.start, 3)) {
        return;
    }
    let Some(captures) = patterns().behind.as_ref().and_then(|behind| behind.captures(reach(view, hit.end))) else {
        return;
    };
    let (Some(between), Some(name)) = (captures.get(2), captures.get(3)) else { return };
    if let Some(inside) = captures.get(1).filter(|inside| looks_like_name(inside.as_str())) {
        report(hit.end + inside.start(), hit.end + inside.end());
    }
    let label = Label::new(view, text, hit.start, between.as_str());
    if name.start() == 0 || !label.stands_alone {
        return;
    }
    let start = hit.end + name.start();
    if !name.as_str().starts_with(maru_korean::is_syllable) {
        if label.is_sure || label.is_marked || name.as_str().contains(' ') {
            latin(start, name.as_str(), report);
        }
    } else if let Some(length) =
        korean(name.as_str(), label.cue(view, start, &name), label.takes_any(view, start, &name))
    {
        report(start, start + length);
    } else if label.is_marked
        && let Some((start, end)) = second_word(view, start)
    {
        report(start, end);
    }
}

/// «6급», «17번»: one figure or two, and no more.
fn is_rank(before: &str) -> bool {
    let figures = before.chars().rev().take_while(char::is_ascii_digit).count();
    (1..=2).contains(&figures)
}

/// A label, and how much it says.
struct Label {
    /// Nothing but a name stands behind it.
    is_sure: bool,
    /// A colon or the like stands behind it.
    is_marked: bool,
    /// It is no part of another word.
    stands_alone: bool,
}

impl Label {
    fn new(view: &View, text: &str, start: usize, between: &str) -> Self {
        let is_sure = SURE.contains(&text);
        let is_short = text.chars().count() < 3 && !matches!(text, "급" | "번");
        // In a transcript anything may stand behind who speaks.
        let marks = [':', '=', '|', '-', '–', '—', '>', '"', '\'', '“', '‘', '：', ']'];
        let is_marked = !SPEAKERS.contains(&text) && between.contains(marks);
        Self { is_sure, is_marked, stands_alone: is_sure || !is_short || begins_word(view, start) }
    }

    fn cue(&self, view: &View, start: usize, name: &Match<'_>) -> Cue {
        let rest = view.text[start + name.len()..].trim_start();
        let ends_there = name.as_str().chars().count() == 2
            && rest.chars().next().is_none_or(|next| matches!(next, '/' | ',' | '(' | '|'));
        if self.is_marked || (self.is_sure && ends_there) { Cue::Sure } else { Cue::Likely }
    }

    /// Whether a word that looks like no Korean name may be one here.
    fn takes_any(&self, view: &View, start: usize, name: &Match<'_>) -> bool {
        let after = view.after(start + name.len()).unwrap_or('\n');
        self.is_sure && (self.is_marked || is_foreign(name.as_str(), after))
    }
}

/// «이름은 바트에르덴 오윤, …»: a long word that ends there, and not as a verb does.
fn is_foreign(run: &str, after: char) -> bool {
    run.chars().count() >= 4
        && matches!(after, ',' | '.' | '(' | '\n')
        && !run.ends_with([
            '요', '다', '데', '서', '고', '는', '은', '게', '지', '가', '에', '로', '를', '도', '만', '호', '음',
        ])
}

/// «미제출자: 급식실 홍길동»: the second word behind a label, where it looks like a name and ends there.
fn second_word(view: &View, start: usize) -> Option<(usize, usize)> {
    let line = view.text[start..].split('\n').next().unwrap_or_default();
    let (first, rest) = line.split_once(' ')?;
    let word: String = rest.chars().take_while(|one| maru_korean::is_syllable(*one)).collect();
    let place = start + first.len() + 1;
    (first.chars().all(maru_korean::is_syllable) && looks_like_name(&word) && !has_title(&word))
        .then_some((place, place + word.len()))
}

/// «Applicant: Jane Doe», «Mr. Doe», «"nm":"홍길동"».
fn behind_english(view: &View, hit: Hit, report: &mut impl FnMut(usize, usize)) {
    let touches = |one: Option<char>| one.is_some_and(|one| one.is_ascii_alphanumeric());
    if touches(view.before(hit.start)) || touches(view.after(hit.end)) {
        return;
    }
    let Some(captures) = patterns().english.as_ref().and_then(|english| english.captures(reach(view, hit.end))) else {
        return;
    };
    let Some(name) = captures.get(1) else { return };
    let start = hit.end + name.start();
    if !name.as_str().starts_with(maru_korean::is_syllable) {
        latin(start, name.as_str(), report);
    } else if let Some(length) = korean(name.as_str(), Cue::Likely, false) {
        report(start, start + length);
    }
}

/// «홍길동 씨», «홍길동 귀하», «Jane Doe 님».
fn before_title(view: &View, hit: Hit, report: &mut impl FnMut(usize, usize)) {
    if !ends_word(view, hit.end) {
        return;
    }
    let title = &view.text[hit.start..hit.end];
    let before = &view.text[..hit.start];
    let word_end = before.strip_suffix(' ').unwrap_or(before).trim_end_matches(['"', '\'', '”', '’']).len();
    let is_apart = word_end < hit.start;
    let run = korean_run(&view.text[..word_end], 7);
    if run.is_empty() {
        if matches!(title, "씨" | "님" | "군" | "양" | "귀하")
            && let Some((start, name)) = latin_before(view, word_end)
        {
            latin(start, name, report);
        }
        return;
    }
    let start = word_end - run.len();
    // «홍길동님 앞으로», «홍길동님 환자»: the nearer title counts, and is a sign of its own.
    if !begins_word(view, start) || (is_apart && run.ends_with(['씨', '님']) && run.chars().count() > 3) {
        return;
    }
    let is_name = match title {
        "씨" if is_apart => (2..=6).contains(&run.chars().count()) && !is_common(run) && !has_title(run),
        "씨" | "님" if !is_apart => looks_like_name(run) && !has_title(run),
        _ if !is_apart && !matches!(title, "귀하" | "드림" | "올림") => false,
        _ => looks_like_name(run),
    };
    if is_name {
        report(start, word_end);
    }
}

/// «저는 홍길동입니다», «홍길동이라고 합니다».
fn introduced(view: &View, hit: Hit, report: &mut impl FnMut(usize, usize)) {
    let ending = &view.text[hit.start..hit.end];
    let word = korean_run(&view.text[..hit.start], 8);
    if word.is_empty() {
        if let Some((start, name)) = latin_before(view, hit.start).filter(|(start, _)| says_who(view, *start)) {
            latin(start, name, report);
        }
        return;
    }
    let start = hit.start - word.len();
    let count = word.chars().count();
    // «성함이 뭐냐고 물어서 안호라고 했더니»
    let is_short = count == 2 && ending == "라고 " && view.following(hit.end, 1) == "했" && is_short_name(word);
    if is_short && begins_word(view, start) && says_who(view, start) {
        report(start, hit.start);
        return;
    }
    if !(3..=6).contains(&count) || !begins_word(view, start) || looks_like_occupation(word) {
        return;
    }
    let looks = looks_like_name(word);
    if !looks && is_common(word) {
        return;
    }
    let before = view.preceding(start, 8);
    let says_what = ["사는 ", "다니는 ", "저 ", " 된 ", "서 온 "].iter().any(|cue| before.ends_with(cue));
    let calls = calls(view, hit, word, ending);
    let may_be_foreign = !looks && (calls || before.ends_with("온 "));
    if (looks && (says_what || calls || says_who(view, start))) || (may_be_foreign && says_who(view, start)) {
        report(start, hit.start);
    }
}

/// «… 이라고 합니다»; «보완하라고 합니다» tells somebody to do something.
fn calls(view: &View, hit: Hit, word: &str, ending: &str) -> bool {
    if ending.ends_with("자필") {
        return true;
    }
    let orders = ending == "라고 "
        && word.ends_with([
            '하', '보', '되', '오', '가', '으', '시', '마', '주', '지', '아', '어', '달', '려', '해', '이',
        ]);
    !orders && ending.ends_with("라고 ") && view.following(hit.end, 2).starts_with(['합', '해', '하', '불', '부'])
}

/// Whether somebody says shortly before who he is.
fn says_who(view: &View, start: usize) -> bool {
    let before = view.preceding(start, 40);
    [
        "저는",
        "나는",
        "제 이름",
        "내 이름",
        "본인은",
        "이름",
        "성함",
        "저희는",
        "안녕하세요",
        "안녕하십니까",
        "예금주는",
        "대표는",
    ]
    .iter()
    .any(|cue| before.contains(cue))
}

fn spaced(view: &View, report: &mut impl FnMut(usize, usize)) {
    if !view.text.contains("01") {
        return;
    }
    for captures in patterns().spaced.iter().flat_map(|spaced| spaced.captures_iter(&view.text)) {
        let Some(name) = captures.get(1) else { continue };
        let word: String = name.as_str().chars().filter(|one| *one != ' ').collect();
        if begins_word(view, name.start()) && looks_like_name(&word) {
            report(name.start(), name.end());
        }
    }
}

fn on_tickets(view: &View, report: &mut impl FnMut(usize, usize)) {
    let flies = ["탑승", "여권", "승객", "항공", "passport", "Passport", "passenger"];
    if view.text.contains('/') && flies.iter().any(|cue| view.text.contains(cue)) {
        for name in patterns().ticket.iter().flat_map(|ticket| ticket.find_iter(&view.text)) {
            report(name.start(), name.end());
        }
    }
}

/// Names behind a name: «홍길동, 김철수», «홍길동에서 김철수로».
fn in_a_row(view: &View, end: usize, report: &mut impl FnMut(usize, usize)) {
    let mut place = end;
    loop {
        let rest = &view.text[place..];
        let Some(next) =
            [", ", ",", "·", "/", " / ", "에서 ", " 및 ", "와 ", "과 "].iter().find_map(|mark| rest.strip_prefix(mark))
        else {
            return;
        };
        let start = view.text.len() - next.len();
        let run: String = next.chars().take_while(|one| maru_korean::is_syllable(*one)).collect();
        let Some(length) = korean(&run, Cue::Likely, false).filter(|length| !has_title(&run[..*length])) else {
            return;
        };
        report(start, start + length);
        place = start + length;
    }
}

/// The Korean syllables that a text ends with, where they are at most so many.
fn korean_run(text: &str, most: usize) -> &str {
    let mut start = text.len();
    for (count, (place, one)) in text.char_indices().rev().enumerate() {
        if !maru_korean::is_syllable(one) {
            break;
        }
        if count == most {
            return "";
        }
        start = place;
    }
    &text[start..]
}

/// The name in Latin letters that ends at a place or a space before it.
fn latin_before(view: &View, end: usize) -> Option<(usize, &str)> {
    let text = view.text[..end].trim_end_matches(' ');
    text.ends_with(|one: char| one.is_alphabetic() && !maru_korean::is_syllable(one)).then_some(())?;
    let from = text.char_indices().rev().take(60).last()?.0;
    let name = patterns().latin_end.as_ref()?.find(&text[from..])?;
    Some((from + name.start(), name.as_str()))
}

fn latin(start: usize, name: &str, report: &mut impl FnMut(usize, usize)) {
    let name = name.trim_end_matches([',', ' ']);
    // «Marek Kowalczyk, Seoul»: what follows the comma may be something else.
    let first = name.split(',').next().unwrap_or(name);
    if let Some(name) = [name, first].into_iter().find(|name| is_latin_name(name)) {
        report(start, start + name.len());
    }
}

fn begins_word(view: &View, place: usize) -> bool {
    view.before(place).is_none_or(|one| !maru_korean::is_syllable(one) && !one.is_ascii_alphanumeric())
}

/// Whether a word ends at a place, or goes on with a particle.
fn ends_word(view: &View, place: usize) -> bool {
    view.after(place)
        .is_none_or(|one| !maru_korean::is_syllable(one) || "가이은는을를의와과도께에입라랍네로한님".contains(one))
}

#[cfg(test)]
mod tests {
    use crate::Kind;

    fn names(text: &str) -> Vec<String> {
        let letters: Vec<char> = text.chars().collect();
        let found = crate::find(text).into_iter().filter(|found| found.kind == Kind::Name);
        found.map(|found| letters[found.start..found.end].iter().collect()).collect()
    }

    #[test]
    fn names_are_found_by_what_stands_beside_them() {
        for (text, name) in [
            ("신청인: 뇌지은", "뇌지은"),
            ("예금주 표정란으로 적었습니다", "표정란"),
            ("할머니 성함은 맹순임, 연세는 여든", "맹순임"),
            ("저는 무악동에 사는 조금례입니다", "조금례"),
            ("제갈민 씨라는 분", "제갈민"),
            ("성명: 응우옌티란", "응우옌티란"),
            ("이름 Dilshod Karimov, 국적 우즈베키스탄", "Dilshod Karimov"),
            ("Landlord: Park Jae-hoon", "Park Jae-hoon"),
            ("성명 | 연락처\n나윤채 | 02-345-6789", "나윤채"),
            ("① 감덕례\n550302-1748291", "감덕례"),
            ("박하율 군의 병역판정검사", "박하율"),
        ] {
            assert_eq!(names(text), [name], "{text}");
        }
    }

    #[test]
    fn words_that_only_look_like_names_stay() {
        for text in [
            "신청인 자격은 무엇인가요?",
            "보호자가 동의해야 하나요?",
            "담당 공무원이 전화했습니다.",
            "저는 장애인입니다.",
            "조사관님이 다녀가셨습니다.",
            "대표 전화는 120입니다.",
            "날씨가 추운데 글씨가 안 보입니다.",
            "Mr. Ambassador, thank you.",
        ] {
            assert!(names(text).is_empty(), "{text}: {:?}", names(text));
        }
    }
}
