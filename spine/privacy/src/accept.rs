//! Whether what a pattern found is a personal datum: addresses and names. Numbers have a file of their own.

use regex::Captures;

use crate::{Kind, context::View};

type Accepted = Option<(Kind, usize, usize)>;

/// The whole match, if no figure or Latin letter touches it.
pub(crate) fn standing_alone(view: &View, captures: &Captures<'_>) -> Option<(usize, usize)> {
    let whole = captures.get(0)?;
    let touches = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphanumeric());
    if touches(view.before(whole.start())) || touches(view.after(whole.end())) {
        return None;
    }
    Some((whole.start(), whole.end()))
}

/// From the house number on, with the building, the floor and the flat that follow it.
pub(crate) fn address(view: &View, captures: &Captures<'_>) -> Accepted {
    let number = captures.get(1)?;
    if view.before(number.start()) == Some('제') {
        return None;
    }
    let rest = &view.text[number.end()..];
    // «종로3가», «3시», «5년»: what follows says that the figure counts something else.
    let counts = rest.trim_start().starts_with([
        '조', '항', '시', '분', '월', '일', '년', '명', '개', '만', '억', '원', '%', '차', '층', '회', '건', '대',
        '가', ',',
    ]) && !rest.starts_with(", ");
    // «1.400만원», «6·25», «500m».
    let goes_on = rest.starts_with(|character: char| character.is_ascii_alphabetic())
        || (rest.starts_with(['.', '·', ',', ':']) && figure_follows(rest));
    if counts || goes_on {
        return None;
    }
    Some((Kind::Address, number.start(), number.end() + detail_length(rest)))
}

/// Whether a figure stands right after the first character.
pub(crate) fn figure_follows(rest: &str) -> bool {
    rest.chars().nth(1).is_some_and(|character| character.is_ascii_digit())
}

/// The length in bytes of «번지 101동 1203호», «, 3층 302호», «(역삼동)» after a house number.
fn detail_length(rest: &str) -> usize {
    let mut end = 0;
    let mut words = 0;
    let mut place = 0;
    for piece in rest.split_inclusive([' ', ',']) {
        let word = piece.trim_end_matches([' ', ',']);
        let is_first = place == 0;
        let detail = if word.is_empty() {
            true
        } else if is_first {
            word == "번지" || word.starts_with("번지")
        } else {
            let figures = word.chars().any(|character| character.is_ascii_digit());
            let unit = ["동", "호", "층"].iter().any(|unit| word.ends_with(unit) || word.contains(unit));
            figures && unit || ["아파트", "빌라", "오피스텔", "빌딩"].iter().any(|building| word.ends_with(building))
        };
        if !detail || words > 4 {
            break;
        }
        if !word.is_empty() {
            end = place + word_part(word);
        }
        words += usize::from(!word.is_empty());
        place += piece.len();
    }
    end
}

/// Of «1203호입니다» the part up to the flat.
fn word_part(word: &str) -> usize {
    for unit in ["호", "층", "동", "번지"] {
        if let Some(place) = word.rfind(unit) {
            return place + unit.len();
        }
    }
    word.len()
}

pub(crate) fn apartment(view: &View, captures: &Captures<'_>) -> Accepted {
    let whole = captures.get(0)?;
    if view.before(whole.start()).is_some_and(|character| character.is_ascii_digit()) {
        return None;
    }
    Some((Kind::Address, whole.start(), whole.end()))
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
