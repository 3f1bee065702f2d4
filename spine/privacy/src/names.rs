//! Names, where something says that they are names: a label («성명: 홍길동», «보호자 홍길동»), a title («홍길동 씨»), an introduction («저는 홍길동입니다»), a
//! column («성명 | 연락처»), or another personal datum beside them («홍길동, 010-…»). The more a cue says, the less a word must look like a name.

use std::{collections::HashSet, sync::LazyLock};

use regex::{Match, Regex};

use crate::{Kind, context::View};

/// Family names of one syllable (성씨, as the census counts them).
const FAMILIES: &str = "가간갈감강개견경계고곡공곽관교구국군궁궉권근금기길김나난남낭내노뇌누단담당대도독돈동두등라란랑려로뢰류리림마만매맹명모목묘묵문미민박반방배백범변복봉부비빈빙사산삼상서석선설섭성소손송수순숭승시신심십아안애야양어엄여연염엽영예오옥온옹완왕요용우운욱원위유육윤은음이인임자장저전점정제조종좌주준즙증지진차창채천초총최추축춘충탁탄태판패팽편평포표풍피필하학한함해허현형호홍화확환황후흥";
/// Family names of two syllables.
const DOUBLE_FAMILIES: [&str; 14] =
    ["남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방", "망절", "강전", "소봉", "어금", "장곡", "무본"];
/// Syllables of which given names are made.
const GIVEN: &str = "가갑강건겸결경계고곤관광교구국권귀규균근금기길김나낙난남내노녀누늘능니다단달담대덕도돈돌동두드득든들라란람랑래량려련렬령례로록롱룡루류륜률름리린림마만말매맹명모목몽무묵문미민밀바박반방배백범벽별병보복본봄봉부북분비빈빛사산삼상새샘서석선설섬섭성세소손솔송수숙순술숭슬승시식신실심쌍아안애야양언얼여연열염엽영예오옥온완왕요용우욱운울웅원월위유육윤율은을음의이익인일임자작장재저전절점정제조종좌주준중지직진집차찬창채척천철첨청초총최추춘출충치칠쾌탁태택토통판팔평포표풍필하학한함해행향허헌혁현협형혜호홍화환활황회효후훈휘휴흔흠흥희";
/// Words that begin with a family name's syllable but are no names.
const NOT_NAMES: &str = include_str!("../data/not-names.txt");
/// The same, as texts of law and questions of citizens have them (`benches/privacy/words.py`).
const WORDS: &str = include_str!("../data/words.txt");

/// Labels behind which a name stands.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "성 ?명", "성 ?함", "이 ?름", "영문명", "신청인", "신청자", "민원인", "신고인", "신고자", "청구인", "청구자", "고소인", "고발인", "예금주", "계좌주", "명의자", "명의인",
    "대표자", "대표", "보호자", "세대주", "세대원", "진정인", "제보자", "작성자", "제출자", "미제출자", "제안자", "건의자", "담당자", "담당", "대상자", "대상", "환자", "수급자", "아동", "증인",
    "대리인", "위임인", "위임자", "수임인", "수임자", "인계자", "인수자", "건축주", "소유자", "소유주", "차주", "운전자", "경작자", "체납자", "납세자", "납세의무자", "양도인",
    "양수인", "매도인", "매수인", "임대인", "임차인", "사건본인", "본인", "훈련생", "수강생", "수령자", "수령인", "수신인", "수 ?신 ?자", "발신인", "받는 ?(?:사람|이|분)", "보내는 ?(?:사람|이|분)",
    "받을 ?(?:사람|분)", "이용자", "의뢰인", "선주", "사망자", "망인", "고인", "기부자", "영업자", "승계자", "관계인", "경영주", "농가주", "책임자", "입금자", "송금인", "현장대리인", "위원", "피해자",
    "가해자", "집주인", "건물주", "동대표", "위촉위원", "심사위원", "평가위원", "[0-9]급", "고용주", "사업주", "초청인", "초청자", "피초청인", "통역", "참고인", "피의자", "원고", "피고", "채무자", "채권자", "상속인",
    "당사자", "상대방", "상대", "수진자", "수취인", "점포주", "회원", "고객", "요청자", "접수자", "발명자", "탑승자", "총무", "신부", "신랑", "학부모", "부모", "보호의무자", "위탁아동", "학생", "원아",
    "장애인", "지원사", "어르신", "[0-9]{1,2}번", "어머니", "아버지", "할머니", "할아버지", "엄마", "아빠", "딸아이", "딸", "아들", "아이", "언니", "오빠", "누나", "동생", "조카", "손자", "손녀", "남편", "아내", "장남", "장녀", "모친", "부친",
    "(?:학생|원아|아동|환자|고객|회원)명", "[a-z]+_name", "피상속인", "유족", "후견인", "구매자", "주문자", "예약자", "응시자", "합격자", "당첨자", "가입자", "계약자", "피보험자", "근로자", "배우자", "자녀", "점주", "주무관", "담임",
];
/// Labels behind which nothing but a name stands.
const SURE: [&str; 12] = [
    "성명",
    "성함",
    "이름",
    "예금주",
    "명의자",
    "영문명",
    "받는사람",
    "받는이",
    "학생명",
    "원아명",
    "아동명",
    "환자명",
];
/// Labels of those who speak in a transcript.
const SPEAKERS: [&str; 14] = [
    "고객",
    "상대",
    "상대방",
    "학생",
    "엄마",
    "아빠",
    "어머니",
    "아버지",
    "딸",
    "아들",
    "남편",
    "아내",
    "민원인",
    "기사",
];
/// Words behind a name that end it.
#[rustfmt::skip]
const TITLES: &[&str] = &[
    "씨", "님", "군", "양", "귀하", "드림", "올림", "배상", "주무관", "여사", "어르신", "명의", "앞으로", "이름으로", "팀장", "과장", "대리", "반장", "선생", "교수", "원장", "기사", "간호사", "학생", "할머니",
    "할아버지", "고객님", "환자",
];
/// What a name in Latin letters looks like.
const LATIN: &str = r"\p{Lu}[\p{L}'’\-]+(?:[ ,]{1,2}\p{Lu}[\p{L}'’\-]*\.?){0,3}";
/// Words in Latin letters that are no names.
#[rustfmt::skip]
const NOT_LATIN: &[&str] = &[
    "Ambassador", "Mayor", "President", "Minister", "Sir", "Madam", "Officer", "Director", "Manager", "Korean", "Korea", "Seoul", "The", "This", "That", "Please", "Thank", "Name",
    "Passport", "Address", "Phone", "Number", "Status", "Date", "Birth", "Nationality", "Email", "Tel", "Visa", "ID", "No", "Not", "Info", "Team", "Dear", "Department", "Office", "Russian", "English", "Chinese", "Vietnamese", "Japanese", "Thai", "Mongolian", "Nepali", "Uzbek", "Filipino", "Indonesian", "American", "Unknown", "None", "Null", "True", "False",
];

/// Endings of words behind a name, the longest first.
#[rustfmt::skip]
const ENDINGS: &[&str] = &[
    "이라는데요", "이라던데", "이라고요", "이라면서", "입니다만", "이었습니다", "이라고", "이라는", "이라며", "이라서", "입니다", "이에요", "이예요", "이요", "이고요", "이신데", "이시고", "인데요", "이랑은", "으로는", "으로도", "에게서", "에게는", "한테서",
    "이라", "이고", "이며", "이나", "이랑", "인데", "예요", "에요", "라고", "라는", "라며", "라서", "으로", "에게", "한테", "께서", "이와", "에서", "이가", "이는", "이를", "이의", "이도", "씨네", "님께", "님이", "님은", "님의", "씨가", "씨는", "씨의", "씨를", "씨에", "씨와",
    "이", "가", "은", "는", "을", "를", "의", "과", "와", "도", "로", "께", "님", "씨", "군", "양", "랑", "만", "외", "요",
];

struct Patterns {
    labels: Regex,
    titles: Regex,
    introductions: Regex,
    english: Regex,
    latin_titles: Regex,
    spaced: Regex,
    ticket: Regex,
    header: Regex,
}

fn patterns() -> Option<&'static Patterns> {
    static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| made().ok());
    PATTERNS.as_ref()
}

fn made() -> Result<Patterns, regex::Error> {
    let (labels, titles) = (LABELS.join("|"), TITLES.join("|"));
    Ok(Patterns {
        labels: Regex::new(&format!(
            r#"({labels})(?: ?(?:성명|이름|성함|명))?(?: ?[0-9①-⑳]{{1,2}})?(?: ?\(([^()\n]{{1,12}})\))?(?: (?:부|모|자|손녀|손자|아들|딸)[ :])?((?:은|는|이|가|의 이름은)? ?(?:[:：=|>,·\-–—\t\]]|"[:,]"| - )? ?["'“‘(\[]{{0,2}})({LATIN}|[가-힣]{{2,8}}(?: [가-힣]{{1,3}})?)"#
        ))?,
        titles: Regex::new(&format!(r#"([가-힣]{{2,6}})(["'”’]? ?)({titles})"#))?,
        introductions: Regex::new(&format!(
            r"({LATIN}|[가-힣]{{2,7}}?)(입니다|이라고 |라고 |이라 합니다|이고요|이고 |이에요|예요|이요|인데요|이며|올시다)"
        ))?,
        english: Regex::new(&format!(
            r#"\b(?i:my name is|name of [a-z]{{3,12}}|full name|[a-z]+_name|name|i am called|signed|applicant|landlord|landlady|tenant|recipient|sponsor|insured person|spouse|husband|wife|inviter|invitee|student|holder|contact|owner|guarantor|employer|employee|worker|driver|patient|guardian|interpreter|witness|mr|mrs|ms|miss|dr|nm)\b\.?(?: ?\([^()\n]{{1,24}}\))?[ :=|,"\-–]{{1,4}}({LATIN}|[가-힣]{{2,6}})"#
        ))?,
        latin_titles: Regex::new(&format!(r"({LATIN}) ?(씨|님|군|양|귀하)"))?,
        spaced: Regex::new(
            r"([가-힣] [가-힣] [가-힣])[ ,:(/]{1,3}(?:☎ ?|[Hh]\.?[Pp]\.?[ :]*|휴대폰[ :]*|연락처[ :]*|전화[ :]*)?01[016789][ \-.)]?[0-9]",
        )?,
        ticket: Regex::new(r"\b[A-Z]{2,15}/[A-Z]{2,15}(?: [A-Z]{2,15})?\b")?,
        header: Regex::new(
            r"(?m)^[^\n]*(?:성명|이름|신청인|\bname\b)[^\n]*[|,\t][^\n]*$|^[^\n]*[|,\t][^\n]*(?:성명|이름|신청인|\bname\b)[^\n]*$",
        )?,
    })
}

/// How sure it is that a name stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
    /// Nothing but a name stands there.
    Sure,
    /// A name may stand there.
    Likely,
}

/// Names in a text, by what stands before and behind them.
pub(crate) fn find(view: &View, report: &mut impl FnMut(usize, usize)) {
    let mut names = Vec::new();
    with_cues(view, &mut |start, end| names.push((start, end)));
    for (start, end) in names {
        report(start, end);
        in_a_row(view, end, report);
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

fn with_cues(view: &View, report: &mut impl FnMut(usize, usize)) {
    let Some(patterns) = patterns() else { return };
    behind_labels(view, &patterns.labels, report);
    before_titles(view, &patterns.titles, report);
    introduced(view, &patterns.introductions, report);
    for captures in patterns.english.captures_iter(&view.text) {
        let Some(name) = captures.get(1) else { continue };
        if !name.as_str().starts_with(maru_korean::is_syllable) {
            latin(name.start(), name.as_str(), report);
        } else if let Some(length) = korean(name.as_str(), Cue::Likely, false) {
            report(name.start(), name.start() + length);
        }
    }
    for captures in patterns.latin_titles.captures_iter(&view.text) {
        if let (Some(name), Some(title)) = (captures.get(1), captures.get(2))
            && ends_word(view, title.end())
        {
            latin(name.start(), name.as_str(), report);
        }
    }
    for captures in patterns.spaced.captures_iter(&view.text) {
        let Some(name) = captures.get(1) else { continue };
        let word: String = name.as_str().chars().filter(|one| *one != ' ').collect();
        if begins_word(view, name.start()) && looks_like_name(&word) {
            report(name.start(), name.end());
        }
    }
    // As airlines write them, family name first: LIM/SORA.
    if ["탑승", "여권", "승객", "항공", "passport", "Passport", "passenger"].iter().any(|cue| view.text.contains(cue))
    {
        patterns.ticket.find_iter(&view.text).for_each(|name| report(name.start(), name.end()));
    }
    in_columns(view, &patterns.header, report);
    in_cells(view, report);
}

/// «| 홍길동 |»: a cell of a line of cells that holds nothing but what looks like a name.
fn in_cells(view: &View, report: &mut impl FnMut(usize, usize)) {
    let mut start = 0;
    for line in view.text.split('\n') {
        let mut cell_start = start;
        for cell in line.split('|') {
            let name = cell.trim();
            if cell.len() < line.len() && looks_like_name(name) && !has_title(name) {
                let offset = cell_start + cell.len() - cell.trim_start().len();
                report(offset, offset + name.len());
            }
            cell_start += cell.len() + 1;
        }
        start += line.len() + 1;
    }
}

fn behind_labels(view: &View, pattern: &Regex, report: &mut impl FnMut(usize, usize)) {
    let mut place = 0;
    while let Some(captures) = pattern.captures_at(&view.text, place) {
        let (Some(label), Some(between), Some(name)) = (captures.get(1), captures.get(3), captures.get(4)) else {
            return;
        };
        // A word that was no name may be a label itself: «신청인 성명 홍길동».
        place = name.start().max(label.end());
        if let Some(inside) = captures.get(2).filter(|inside| looks_like_name(inside.as_str())) {
            report(inside.start(), inside.end());
        }
        let label = Label::new(view, label.as_str(), label.start(), between.as_str());
        if captures.get(1).is_none_or(|label| label.end() == name.start()) || !label.stands_alone {
            continue;
        }
        if !name.as_str().starts_with(maru_korean::is_syllable) {
            if label.is_sure || label.is_marked || name.as_str().contains(' ') {
                latin(name.start(), name.as_str(), report);
            }
        } else if let Some(length) = korean(name.as_str(), label.cue(view, &name), label.takes_any(view, &name)) {
            report(name.start(), name.start() + length);
            place = name.start() + length;
        } else if label.is_marked
            && let Some((start, end)) = second_word(view, name.start())
        {
            report(start, end);
        }
    }
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
        let is_sure = SURE.contains(&text.replace(' ', "").as_str());
        let is_short = text.chars().count() < 3 && !text.starts_with(|one: char| one.is_ascii_digit());
        // In a transcript anything may stand behind who speaks.
        let speaks = SPEAKERS.contains(&text);
        let is_marked =
            !speaks && between.contains([':', '=', '|', '-', '–', '—', '>', '"', '\'', '“', '‘', '：', ']']);
        Self { is_sure, is_marked, stands_alone: is_sure || !is_short || begins_word(view, start) }
    }

    fn cue(&self, view: &View, name: &Match<'_>) -> Cue {
        let rest = view.text[name.end()..].trim_start();
        let ends_there = name.as_str().chars().count() == 2
            && rest.chars().next().is_none_or(|next| matches!(next, '/' | ',' | '(' | '|'));
        if self.is_marked || (self.is_sure && ends_there) { Cue::Sure } else { Cue::Likely }
    }

    /// Whether a word that looks like no Korean name may be one here.
    fn takes_any(&self, view: &View, name: &Match<'_>) -> bool {
        let is_foreign = is_foreign(name.as_str(), view.after(name.end()).unwrap_or('\n'));
        self.is_sure && (self.is_marked || is_foreign)
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

fn before_titles(view: &View, pattern: &Regex, report: &mut impl FnMut(usize, usize)) {
    let mut place = 0;
    while let Some(captures) = pattern.captures_at(&view.text, place) {
        let (Some(name), Some(gap), Some(title)) = (captures.get(1), captures.get(2), captures.get(3)) else { return };
        place = title.start().max(name.start() + 1);
        while !view.text.is_char_boundary(place) {
            place += 1;
        }
        if !begins_word(view, name.start()) || !ends_word(view, title.end()) {
            continue;
        }
        // «홍길동님 앞으로», «홍길동님 환자»: the nearer title counts.
        let nearer = ["씨", "님"].iter().find_map(|title| name.as_str().strip_suffix(title));
        let word = nearer.filter(|word| looks_like_name(word)).unwrap_or(name.as_str());
        let is_apart = word.len() == name.as_str().len() && !gap.as_str().is_empty();
        let title = if word.len() == name.as_str().len() { title.as_str() } else { "님" };
        let is_name = match title {
            "씨" if is_apart => word.chars().count() <= 6 && !is_common(word) && !has_title(word),
            "씨" | "님" if !is_apart => looks_like_name(word) && !has_title(word),
            _ if !is_apart && !matches!(title, "귀하" | "드림" | "올림") => false,
            _ => looks_like_name(word),
        };
        if is_name {
            report(name.start(), name.start() + word.len());
        }
    }
}

fn introduced(view: &View, pattern: &Regex, report: &mut impl FnMut(usize, usize)) {
    for captures in pattern.captures_iter(&view.text) {
        let (Some(name), Some(ending)) = (captures.get(1), captures.get(2)) else { continue };
        let before = view.preceding(name.start(), 40);
        let says_who =
            ["저는", "나는", "제 이름", "내 이름", "본인은", "이름", "성함", "저희는", "안녕하세요", "안녕하십니까"]
                .iter()
                .any(|cue| before.contains(cue));
        let says_what = ["사는 ", "다니는 ", "저 ", " 된 ", "서 온 "].iter().any(|cue| before.ends_with(cue));
        let calls = ending.as_str().contains("라고")
            && view.following(ending.end(), 6).starts_with(['합', '해', '하', '불', '부']);
        if !begins_word(view, name.start()) || !(says_who || says_what || calls) {
            continue;
        }
        let word = name.as_str();
        let from_abroad =
            before.ends_with("온 ") && says_who && (3..=6).contains(&word.chars().count()) && !is_common(word);
        if !word.starts_with(maru_korean::is_syllable) {
            latin(name.start(), word, report);
        } else if !looks_like_occupation(word)
            && (looks_like_name(word)
                || from_abroad
                || (calls && says_who && (3..=6).contains(&word.chars().count()) && !is_common(word)))
        {
            report(name.start(), name.end());
        }
    }
}

/// Names in the column of a table whose head says that they are names.
fn in_columns(view: &View, header: &Regex, report: &mut impl FnMut(usize, usize)) {
    for head in header.find_iter(&view.text) {
        let mark = if head.as_str().contains('|') {
            '|'
        } else if head.as_str().contains('\t') {
            '\t'
        } else {
            ','
        };
        let is_head = |cell: &str| {
            matches!(cell.trim().to_lowercase().as_str(), "성명" | "이름" | "신청인" | "name" | "성명(한글)" | "성 명")
        };
        let Some(column) = head.as_str().split(mark).position(is_head) else { continue };
        let cells = head.as_str().split(mark).count();
        let mut start = head.end() + 1;
        for line in view.text.get(start..).unwrap_or_default().split('\n') {
            if line.split(mark).count() + 1 < cells {
                break;
            }
            let mut cell_start = start;
            for (place, cell) in line.split(mark).enumerate() {
                if place == column {
                    let name = cell.trim();
                    let offset = cell_start + cell.len() - cell.trim_start().len();
                    let is_korean =
                        name.chars().all(maru_korean::is_syllable) && (2..=6).contains(&name.chars().count());
                    if is_korean && !NOT_NAMES.lines().any(|other| other == name) {
                        report(offset, offset + name.len());
                    } else if name.chars().next().is_some_and(char::is_uppercase) {
                        latin(offset, name, report);
                    }
                }
                cell_start += cell.len() + mark.len_utf8();
            }
            start += line.len() + 1;
        }
    }
}

/// Names right before or behind other personal data.
pub(crate) fn beside(view: &View, found: &[(Kind, usize, usize)], report: &mut impl FnMut(usize, usize)) {
    for (kind, start, end) in found {
        if matches!(kind, Kind::Name | Kind::Address | Kind::NumberPlate) {
            continue;
        }
        if let Some((from, until)) = word_before(&view.text[..*start]) {
            let word = &view.text[from..until];
            if begins_word(view, from) && is_beside(word) {
                report(from, until);
            }
        }
        if matches!(kind, Kind::BankAccount | Kind::ResidentNumber | Kind::ForeignerNumber | Kind::Passport) {
            let rest = view.following(*end, 16);
            let gap = rest.len() - rest.trim_start_matches([' ', ',', '(', '|', '/', '\n', ')']).len();
            let word: String = rest[gap..].chars().take_while(|one| maru_korean::is_syllable(*one)).collect();
            if gap > 0 && word.chars().count() == 3 && looks_like_name(&word) {
                report(end + gap, end + gap + word.len());
            }
        }
    }
}

fn is_beside(word: &str) -> bool {
    if word.chars().all(maru_korean::is_syllable) {
        looks_like_name(word) && !has_title(word)
    } else {
        let parts: Vec<&str> = word.split(' ').collect();
        parts.len() >= 2 && parts.iter().all(|part| part.chars().count() > 1 && !NOT_LATIN.contains(part))
    }
}

/// The word before a datum, without what only names the datum: «홍길동 (전화 010-…», «홍길동 / 주민번호 …».
fn word_before(before: &str) -> Option<(usize, usize)> {
    const NAMES_OF_DATA: [&str; 22] = [
        "주민등록번호",
        "외국인등록번호",
        "주민번호",
        "등록번호",
        "휴대전화",
        "휴대폰",
        "핸드폰",
        "연락처",
        "전화번호",
        "전화",
        "여권번호",
        "passport",
        "phone",
        "tel",
        "H.P",
        "HP",
        "여권",
        "☎",
        "남",
        "여",
        "(남",
        "(여",
    ];
    let is_mark = |one: char| {
        matches!(one, ' ' | ',' | '(' | '|' | '/' | '·' | '–' | '—' | '-' | ':' | '<' | '"' | '\'' | '\n' | ';' | '=')
    };
    let mut rest = before.trim_end_matches(is_mark);
    if let Some(shorter) = NAMES_OF_DATA.iter().find_map(|name| rest.strip_suffix(name)) {
        rest = shorter.trim_end_matches(is_mark);
    }
    let gap = before.len() - rest.len();
    if gap == 0 || gap > 40 {
        return None;
    }
    let is_syllable = rest.chars().next_back().is_some_and(maru_korean::is_syllable);
    let start = if is_syllable {
        rest.char_indices().rev().take_while(|(_, one)| maru_korean::is_syllable(*one)).last()?.0
    } else {
        static LAST: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&format!("(?:{LATIN})$")).ok());
        let from = rest.char_indices().rev().take(60).last()?.0;
        from + LAST.as_ref()?.find(&rest[from..])?.start()
    };
    Some((start, rest.len()))
}

/// The length of the name that a run of Korean words begins with, where one does.
fn korean(run: &str, cue: Cue, takes_any: bool) -> Option<usize> {
    let first = run.split(' ').next().unwrap_or(run);
    let count = first.chars().count();
    if is_common(first) {
        return None;
    }
    let joined = run.replace(' ', "");
    let is_two = run.len() > first.len();
    // The family name stands apart: «홍 길동»; foreigners have names of several words.
    if is_two && ((count == 1 && looks_like_name(&joined)) || (takes_any && count > 3 && !looks_like_name(first))) {
        return Some(run.len());
    }
    if count == 1 {
        return None;
    }
    if (count <= 3 || (count == 4 && has_double_family(first))) && is_name(first, cue) {
        return Some(first.len());
    }
    let stems = ENDINGS.iter().filter_map(|ending| first.strip_suffix(ending));
    let named = stems.filter(|stem| (2..=4).contains(&stem.chars().count()) && is_name(stem, cue) && !is_common(stem));
    let best = named.min_by_key(|stem| (stem.chars().count() != 3, stem.chars().count()));
    match best {
        Some(stem) => Some(stem.len()),
        None if takes_any && (2..=6).contains(&count) => Some(first.len()),
        None => None,
    }
}

/// Whether a word can be a name where a cue of that kind stands.
fn is_name(word: &str, cue: Cue) -> bool {
    match cue {
        Cue::Sure => {
            let count = word.chars().count();
            let has_family =
                word.chars().next().is_some_and(|first| FAMILIES.contains(first)) || has_double_family(word);
            has_family && (2..=4).contains(&count) && !is_common(word)
        }
        Cue::Likely => looks_like_name(word),
    }
}

/// Whether a word looks like a name by itself: a family name and two syllables of a given name.
fn looks_like_name(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    let given = match letters.len() {
        3 | 4 if has_double_family(word) => &letters[2..],
        3 if letters.first().is_some_and(|first| FAMILIES.contains(*first)) => &letters[1..],
        _ => return false,
    };
    given.iter().all(|syllable| GIVEN.contains(*syllable)) && !is_common(word) && !ends_with_particle(given)
}

/// «전화로», «여권은», «사람이»: given names may end with the same syllables, but only behind some others.
fn ends_with_particle(given: &[char]) -> bool {
    let [.., before, last] = given else { return false };
    let before_in_names = match last {
        '은' => "지하예채가나다성소시주정혜영경세유고서조보새재태희기승동상효향아라수민윤",
        '이' => "분순옥덕금정영월선봉복말점연향하한숙남애",
        '을' => "가노다",
        '로' => "수마새바하이",
        '도' => "병상창철영형정현태승인성종용민유경남희",
        '만' => "병상종수재영용창기동석성순승춘정천복",
        '가' | '의' | '고' | '는' | '를' | '에' | '과' | '와' => "",
        _ => return false,
    };
    !before_in_names.contains(*before)
}

fn has_double_family(word: &str) -> bool {
    DOUBLE_FAMILIES.iter().any(|family| word.starts_with(family) && word.len() > family.len())
}

fn is_common(word: &str) -> bool {
    static COMMON: LazyLock<HashSet<&'static str>> =
        LazyLock::new(|| NOT_NAMES.lines().chain(WORDS.lines()).chain(LABELS.iter().copied()).collect());
    COMMON.contains(word)
}

/// «조사관», «선교사», «지점장», «이모부» are titles.
fn has_title(word: &str) -> bool {
    let middle = word.chars().nth(1).unwrap_or_default();
    match word.chars().last() {
        // «춘자», «영자» are given names of a generation.
        Some('자') => !"춘영순옥명정금미화경숙복말길희선은연봉광계귀남덕막분애양용임점종진향현혜".contains(middle),
        Some('장' | '사' | '관' | '부' | '표' | '보') => !"정민지현수은영".contains(middle),
        _ => false,
    }
}

/// «저는 공무원입니다», «저는 장애인입니다».
fn looks_like_occupation(word: &str) -> bool {
    ["인", "생", "자", "원", "사", "민", "주", "부", "장", "모", "가", "관", "직"]
        .iter()
        .any(|ending| word.ends_with(ending))
        && !["정", "민", "지", "현", "수"]
            .iter()
            .any(|middle| word.chars().nth(1).is_some_and(|one| middle.starts_with(one)))
}

fn latin(start: usize, name: &str, report: &mut impl FnMut(usize, usize)) {
    let name = name.trim_end_matches([',', ' ']);
    let first = name.split([' ', ',']).next().unwrap_or_default();
    if name.chars().count() > 2 && !NOT_LATIN.contains(&first) {
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
    use super::*;

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
