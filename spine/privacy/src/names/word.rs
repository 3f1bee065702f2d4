//! Whether a word can be a name.

use std::{collections::HashSet, sync::LazyLock};

use super::signs::LABELS;

/// Family names of one syllable (성씨, as the census counts them).
const FAMILIES: &str = "가간갈감강개견경계고곡공곽관교구국군궁궉권근금기길김나난남낭내노뇌누단담당대도독돈동두등라란랑려로뢰류리림마만매맹명모목묘묵문미민박반방배백범변복봉부비빈빙사산삼상서석선설섭성소손송수순숭승시신심십아안애야양어엄여연염엽영예오옥온옹완왕요용우운욱원위유육윤은음이인임자장저전점정제조종좌주준즙증지진차창채천초총최추축춘충탁탄태판패팽편평포표풍피필하학한함해허현형호홍화확환황후흥";
/// Family names of two syllables.
const DOUBLE_FAMILIES: [&str; 14] =
    ["남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방", "망절", "강전", "소봉", "어금", "장곡", "무본"];
/// Syllables of which given names are made.
const GIVEN: &str = "가갑강건겸결경계고곤관광교구국권귀규균근금기길김나낙난남내노녀누늘능니다단달담대덕도돈돌동두드득든들라란람랑래량려련렬령례로록롱룡루류륜률름리린림마만말매맹명모목몽무묵문미민밀바박반방배백범벽별병보복본봄봉부북분비빈빛사산삼상새샘서석선설섬섭성세소손솔송수숙순술숭슬승시식신실심쌍아안애야양언얼여연열염엽영예오옥온완왕요용우욱운울웅원월위유육윤율은을음의이익인일임자작장재저전절점정제조종좌주준중지직진집차찬창채척천철첨청초총최추춘출충치칠쾌탁태택토통판팔평포표풍필하학한함해행향허헌혁현협형혜호홍화환활황회효후훈휘휴흔흠흥희";
/// Words that begin with a family name's syllable but are no names.
const NOT_NAMES: &str = include_str!("../../data/not-names.txt");
/// The same, as texts of law and questions of citizens have them (`benches/privacy/words.py`).
const WORDS: &str = include_str!("../../data/words.txt");
/// Endings of words behind a name, the longest first.
#[rustfmt::skip]
const ENDINGS: &[&str] = &[
    "이라는데요", "이라던데", "이라고요", "이라면서", "입니다만", "이었습니다", "이라고", "이라는", "이라며", "이라서", "입니다", "이에요", "이예요", "이요", "이고요", "이신데", "이시고", "인데요", "이랑은",
    "으로는", "으로도", "에게서", "에게는", "한테서", "이라", "이고", "이며", "이나", "이랑", "인데", "예요", "에요", "라고", "라는", "라며", "라서", "으로", "에게", "한테", "께서", "이와", "에서",
    "이가", "이는", "이를", "이의", "이도", "씨네", "님께", "님이", "님은", "님의", "씨가", "씨는", "씨의", "씨를", "씨에", "씨와", "이", "가", "은", "는", "을", "를", "의", "과", "와", "도",
    "로", "께", "님", "씨", "군", "양", "랑", "만", "외", "요",
];
/// Words in Latin letters that are no names.
#[rustfmt::skip]
const NOT_LATIN: &[&str] = &[
    "Bank", "Woori", "Shinhan", "Kookmin", "Hana", "Nonghyup", "Kakao", "Toss", "Account", "Card", "Room", "Street", "Road", "Ambassador", "Mayor", "President", "Minister", "Sir", "Madam", "Officer", "Director", "Manager", "Korean", "Korea", "Seoul", "The", "This",
    "That", "Please", "Thank", "Name", "Passport", "Address", "Phone", "Number", "Status", "Date", "Birth", "Nationality", "Email", "Tel", "Visa",
    "ID", "No", "Not", "Info", "Team", "Dear", "Department", "Office", "Russian", "English", "Chinese", "Vietnamese", "Japanese", "Thai",
    "Mongolian", "Nepali", "Uzbek", "Filipino", "Indonesian", "American", "Unknown", "None", "Null", "True", "False",
];

/// How sure it is that a name stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    /// Nothing but a name stands there.
    Sure,
    /// A name may stand there.
    Likely,
}

/// The length of the name that a run of Korean words begins with, where one does.
pub(super) fn korean(run: &str, cue: Cue, takes_any: bool) -> Option<usize> {
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
pub(super) fn looks_like_name(word: &str) -> bool {
    has_shape(word) && !is_common(word)
}

/// Whether a word can be a family name and a given name of one syllable.
pub(super) fn is_short_name(word: &str) -> bool {
    let mut letters = word.chars();
    let is_made_so = letters.next().is_some_and(|family| FAMILIES.contains(family))
        && letters.next().is_some_and(|given| GIVEN.contains(given));
    is_made_so && letters.next().is_none() && !is_common(word)
}

/// Whether a word is made as names are, be it a name or not («배수지»).
pub(super) fn has_shape(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    let given = match letters.len() {
        3 | 4 if has_double_family(word) => &letters[2..],
        3 if letters.first().is_some_and(|first| FAMILIES.contains(*first)) => &letters[1..],
        _ => return false,
    };
    given.iter().all(|syllable| GIVEN.contains(*syllable)) && !ends_with_particle(given)
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

pub(super) fn is_common(word: &str) -> bool {
    static COMMON: LazyLock<HashSet<&'static str>> =
        LazyLock::new(|| NOT_NAMES.lines().chain(WORDS.lines()).chain(LABELS.iter().copied()).collect());
    COMMON.contains(word)
}

/// Whether a word is written down as no name, whatever stands beside it.
pub(super) fn is_no_name(word: &str) -> bool {
    NOT_NAMES.lines().any(|other| other == word)
}

/// «조사관», «선교사», «지점장», «이모부» are titles.
pub(super) fn has_title(word: &str) -> bool {
    let middle = word.chars().nth(1).unwrap_or_default();
    match word.chars().last() {
        // «춘자», «영자» are given names of a generation.
        Some('자') => !"춘영순옥명정금미화경숙복말길희선은연봉광계귀남덕막분애양용임점종진향현혜".contains(middle),
        Some('장' | '사' | '관' | '부' | '표' | '보') => !"정민지현수은영".contains(middle),
        _ => false,
    }
}

/// «저는 공무원입니다», «저는 장애인입니다».
pub(super) fn looks_like_occupation(word: &str) -> bool {
    word.ends_with(['인', '생', '자', '원', '사', '민', '주', '부', '장', '모', '가', '관', '직'])
        && !word.chars().nth(1).is_some_and(|middle| "정민지현수준영성은태동상재희".contains(middle))
}

/// Whether words in Latin letters can be a name.
pub(super) fn is_latin_name(name: &str) -> bool {
    name.chars().count() > 2 && !name.split([' ', ',', '/']).any(|word| NOT_LATIN.contains(&word))
}
