//! Whether what a pattern found is a personal datum.

use regex::Captures;

use crate::{Kind, context::View};

type Accepted = Option<(Kind, usize, usize)>;

/// The figures of a text.
fn figures(text: &str) -> Vec<u32> {
    text.chars().filter_map(|character| character.to_digit(10)).collect()
}

/// The whole match, if no figure or Latin letter touches it.
fn standing_alone(view: &View, captures: &Captures<'_>) -> Option<(usize, usize)> {
    let whole = captures.get(0)?;
    let touches = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphanumeric());
    if touches(view.before(whole.start())) || touches(view.after(whole.end())) {
        return None;
    }
    Some((whole.start(), whole.end()))
}

/// Any of the cues shortly before or just after a place.
fn has_cue(view: &View, start: usize, end: usize, cues: &[&str]) -> bool {
    let before = view.preceding(start, 20);
    let after = view.following(end, 8);
    cues.iter().any(|cue| before.contains(cue) || after.contains(cue))
}

/// The whole match, without a full stop or dash that ends the sentence.
pub(crate) fn email(_: &View, captures: &Captures<'_>) -> Accepted {
    let whole = captures.get(0)?;
    Some((Kind::Email, whole.start(), whole.start() + whole.as_str().trim_end_matches(['.', '-']).len()))
}

/// Six figures of a date of birth, and seven of which the first is the century and sex (1–4) or, for foreigners, 5–8.
pub(crate) fn resident_number(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let [_, _, m1, m2, d1, d2, century, ..] = digits[..] else { return None };
    let (month, day) = (m1 * 10 + m2, d1 * 10 + d2);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let separated = view.was_apart(start) || text.chars().any(|character| !character.is_ascii_digit());
    let cued = has_cue(view, start, end, &["주민", "등록번호", "등록증", "외국인", "거소", "RRN", "생년"]);
    // A bare run of 13 figures may be a serial number: then the checksum, or a birth since October 2020, must speak for it.
    if !separated && !cued && !has_checksum(&digits) && !born_without_checksum(&digits) {
        return None;
    }
    let kind = if century >= 5 { Kind::ForeignerNumber } else { Kind::ResidentNumber };
    Some((kind, start, end))
}

/// The checksum of numbers given before October 2020 (주민등록법 시행규칙 제2조, as then in force).
fn has_checksum(digits: &[u32]) -> bool {
    const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
    let [head @ .., check] = digits else { return false };
    if head.len() != WEIGHTS.len() {
        return false;
    }
    let sum: u32 = head.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let expected = (11 - sum % 11) % 10;
    // Foreigner numbers add two.
    *check == if head[6] >= 5 { (expected + 2) % 10 } else { expected }
}

/// Born since October 2020: the last six figures are random, without a checksum.
fn born_without_checksum(digits: &[u32]) -> bool {
    let [y1, y2, m1, m2, .., century] = digits[..7.min(digits.len())] else { return false };
    let year = y1 * 10 + y2;
    matches!(century, 3 | 4 | 7 | 8) && (year > 20 || (year == 20 && m1 * 10 + m2 >= 10)) && year <= 40
}

pub(crate) fn card(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let digits = figures(&view.text[start..end]);
    // ISO/IEC 7812: 2 to 6 are banks and travel, 9 is for national use, as domestic Korean cards have it.
    let issued = matches!(digits.first(), Some(2..=6 | 9));
    let in_address_of_page = view.before(start) == Some('/') || view.before(start) == Some('=');
    if !(14..=16).contains(&digits.len()) || !issued || in_address_of_page || !luhn(&digits) {
        return None;
    }
    Some((Kind::Card, start, end))
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => *digit,
            _ if *digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

pub(crate) fn driving_licence(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    // Figures of the region: 11 (Seoul) to 28.
    if text.starts_with(|c: char| c.is_ascii_digit()) && !(11..=28).contains(&(digits[0] * 10 + digits[1])) {
        return None;
    }
    let breaks = text.chars().filter(|character| !character.is_alphanumeric()).count();
    // Twelve figures in a row may be anything: something must say that they are a licence.
    if breaks < 3 && !view.was_apart(end - 1) && !has_cue(view, start, end, &["면허", "icence", "icense"]) {
        return None;
    }
    Some((Kind::DrivingLicence, start, end))
}

pub(crate) fn passport(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    Some((Kind::Passport, start, end))
}

pub(crate) fn phone(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let national = if text.starts_with('+') { digits.len() - 1 } else { digits.len() };
    // 02-345-6789 is the shortest, 0505-1234-5678 the longest.
    if !(9..=13).contains(&national) {
        return None;
    }
    // A decimal fraction or a sum with thousands separators is no telephone number.
    let thousands = view.after(end) == Some(',') && figure_follows(&view.text[end..]);
    if matches!(view.before(start), Some('.' | ',')) || thousands || matches!(view.after(end), Some('%' | '원')) {
        return None;
    }
    // «(02) 345-6789» has its bracket; that of «(010-1234-5678)» belongs to the sentence.
    let opened = text.starts_with('(') && !text.contains(')');
    Some((Kind::Phone, start + usize::from(opened), end))
}

pub(crate) fn business_number(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    let digits = figures(text);
    let written_with_breaks =
        view.was_apart(start) || text.chars().filter(|character| !character.is_ascii_digit()).count() >= 2;
    let cued = has_cue(
        view,
        start,
        end,
        &["사업자", "등록번호", "business", "상호", "업체", "가게", "매장", "점포", "거래처", "세금계산서"],
    );
    if (cued || written_with_breaks) && business_checksum(&digits) || (cued && written_with_breaks) {
        return Some((Kind::BusinessNumber, start, end));
    }
    None
}

/// The checksum of a business registration number.
fn business_checksum(digits: &[u32]) -> bool {
    const WEIGHTS: [u32; 9] = [1, 3, 7, 1, 3, 7, 1, 3, 5];
    if digits.len() != 10 || digits[0] == 0 {
        return false;
    }
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum::<u32>() + digits[8] * 5 / 10;
    digits[9] == (10 - sum % 10) % 10
}

const BANK_CUES: [&str; 22] = [
    "계좌",
    "은행",
    "농협",
    "신협",
    "수협",
    "뱅크",
    "새마을금고",
    "우체국",
    "입금",
    "송금",
    "환급",
    "통장",
    "account",
    "국민",
    "신한",
    "우리",
    "하나",
    "기업",
    "카카오",
    "토스",
    "예금",
    "자동이체",
];

pub(crate) fn bank_account(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let digits = figures(&view.text[start..end]);
    if !(10..=16).contains(&digits.len()) || !has_cue(view, start, end, &BANK_CUES) {
        return None;
    }
    // «1AA-1707-231958» is the number of a petition: letters before the dash belong to it.
    let before = view.preceding(start, 6).trim_end();
    let dashed = before.strip_suffix(['-', '–', '—', '−']).map(str::trim_end);
    if dashed.is_some_and(|text| text.ends_with(|character: char| character.is_ascii_alphanumeric())) {
        return None;
    }
    // 2026-02-13 14:30 and periods such as 2026.1.1~2026.12.31 are dates.
    let begins_as_year = digits[0] * 10 + digits[1] == 20 || digits[0] * 10 + digits[1] == 19;
    if begins_as_year && looks_like_date(&view.text[start..end]) {
        return None;
    }
    Some((Kind::BankAccount, start, end))
}

fn looks_like_date(text: &str) -> bool {
    let groups: Vec<&str> =
        text.split(|character: char| !character.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    groups.len() >= 3 && groups[0].len() == 4 && groups[1].len() <= 2 && groups[2].len() <= 2
}

pub(crate) fn number_plate(view: &View, captures: &Captures<'_>) -> Accepted {
    let (start, end) = standing_alone(view, captures)?;
    let text = &view.text[start..end];
    // «제30조 5000원», «14조 2000억», «12호 2020년» are not plates: a plate is written together, or a cue is near.
    let written_apart = text.contains(' ');
    let continues = view
        .after(end)
        .is_some_and(|c| matches!(c, '년' | '억' | '만' | '원' | '조' | '%' | '명' | '호' | '항' | '번' | '개' | '건'));
    // «선고 96도2753» is the number of a court's case.
    let case =
        ["선고", "판결", "대법원", "헌재", "법원", "사건"].iter().any(|cue| view.preceding(start, 12).contains(cue));
    if view.before(start) == Some('제') || continues || case {
        return None;
    }
    if written_apart && !has_cue(view, start, end, &["차량", "차번호", "번호판", "승용차", "트럭", "차가", "plate"])
    {
        return None;
    }
    Some((Kind::NumberPlate, start, end))
}

/// Whether a figure stands right after the first character.
fn figure_follows(rest: &str) -> bool {
    rest.chars().nth(1).is_some_and(|character| character.is_ascii_digit())
}

/// The commonest family names: 99 of 100 Koreans bear one of them.
const FAMILY_NAMES: &str = "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용";

/// Syllables of which given names are made.
const GIVEN_NAMES: &str = "가강건경계고곤관광교구국권궁귀규균근금기길나낙난남내노누늘능다단달담대덕도돈동두득들라란람랑래려련령례로록룡루류륜률름리린림마만말매맹명모목무문미민반방배백범별병보복봄봉부북분비빈빛사산삼상새샘서석선설섭성세소솔송수숙순술슬승시식신실심아안애양언여연열염영예오옥온완왕요용우욱운웅원월위유윤율은을음의이익인일임자작장재전절점정제조종좌주준중지직진집찬창채천철청초총추춘충치칠칸탁탄태택판평표필하학한함해행향헌혁현형혜호홍화확환황회효후훈휘흠흥희";

/// Words that begin with a family name's syllable but are no names.
const NOT_NAMES: &str = include_str!("../data/not-names.txt");

fn is_name(word: &str) -> bool {
    let mut syllables = word.chars();
    let family = syllables.next().is_some_and(|first| FAMILY_NAMES.contains(first));
    let length = word.chars().count();
    family
        && (2..=4).contains(&length)
        && syllables.all(|syllable| GIVEN_NAMES.contains(syllable))
        && !is_common_word(word)
}

fn is_common_word(word: &str) -> bool {
    NOT_NAMES.lines().any(|other| word == other)
}

/// «성명: 홍길동». A particle at the end does not belong to the name.
pub(crate) fn cued_name(view: &View, captures: &Captures<'_>) -> Accepted {
    let name = captures.get(1)?;
    let after = view.after(name.end());
    let mut word = name.as_str();
    let length = word.chars().count();
    let strict_cue = captures.get(0)?.as_str().contains([':', '=']);
    // Four syllables are mostly a name of three and a particle.
    if length == 4
        && word.ends_with(['이', '가', '은', '는', '을', '를', '의', '와', '과', '도', '에', '입', '님', '씨'])
    {
        word = &word[..word.len() - '이'.len_utf8()];
    }
    if !is_name(word) || word.chars().count() < 2 {
        return None;
    }
    // Without a colon only three syllables that end there are taken: «신청인 자격은» is no name.
    let ends_there =
        after.is_none_or(|character| !maru_korean::is_syllable(character)) || word.len() < name.as_str().len();
    let particle_follows = after.is_some_and(|character| "이가은는을를의와과님씨입".contains(character));
    if !strict_cue
        && (word.chars().count() != 3 || !(ends_there || particle_follows) || maru_korean::strip_particle(word) != word)
    {
        return None;
    }
    Some((Kind::Name, name.start(), name.start() + word.len()))
}

/// «저는 홍길동입니다».
pub(crate) fn introduced_name(_: &View, captures: &Captures<'_>) -> Accepted {
    let name = captures.get(1)?;
    let length = name.as_str().chars().count();
    if length != 3 || !is_name(name.as_str()) || looks_like_occupation(name.as_str()) {
        return None;
    }
    Some((Kind::Name, name.start(), name.end()))
}

/// «저는 공무원입니다», «저는 장애인입니다».
fn looks_like_occupation(word: &str) -> bool {
    ["인", "생", "자", "원", "사", "민", "주", "부", "장", "모", "가", "관", "직"]
        .iter()
        .any(|ending| word.ends_with(ending))
        && !["정", "민", "지", "현", "수"]
            .iter()
            .any(|middle| word.chars().nth(1).is_some_and(|c| middle.starts_with(c)))
}

/// «김철수 씨», «박영희님».
pub(crate) fn addressed_name(view: &View, captures: &Captures<'_>) -> Accepted {
    let name = captures.get(1)?;
    let word = name.as_str();
    let begins_there = view.before(name.start()).is_none_or(|character| !maru_korean::is_syllable(character));
    if word.chars().count() != 3 || !begins_there || !is_name(word) {
        return None;
    }
    // «씨» and «님» must end there, or be followed by a particle: «김씨네», «날씨» are other words.
    let whole = captures.get(0)?;
    let ends = view.after(whole.end()).is_none_or(|character| {
        !maru_korean::is_syllable(character) || "가이은는을를의와과도께에입".contains(character)
    });
    // «조사관님», «선교사님», «지점장님», «이모부님» are titles.
    let title = word.ends_with(['장', '사', '관', '부', '표', '자', '보']);
    (ends && !title).then_some((Kind::Name, name.start(), name.end()))
}

pub(crate) fn english_name(view: &View, captures: &Captures<'_>) -> Accepted {
    let name = captures.get(1)?;
    let whole = captures.get(0)?;
    let touches = view.before(whole.start()).is_some_and(|character| character.is_ascii_alphanumeric());
    (!touches).then_some((Kind::Name, name.start(), name.end()))
}

/// «김 경 수 010-…»: three syllables right before a mobile number, together or apart.
pub(crate) fn name_before_mobile(view: &View, captures: &Captures<'_>) -> Accepted {
    let name = captures.get(1)?;
    let word: String = name.as_str().chars().filter(|character| *character != ' ').collect();
    let begins_there = view.before(name.start()).is_none_or(|character| !maru_korean::is_syllable(character));
    (begins_there && is_name(&word)).then_some((Kind::Name, name.start(), name.end()))
}
