//! What a question asks: its words without what only says how it is asked. Two texts of one gist differ in spaces, marks, particles that may
//! be left out, endings of questions, greetings and thanks. Whatever else differs (a number, a negation, a name, «분야» before «기준», must for may) is
//! another gist: what may differ is a closed list, and what matters is everything else.

use maru_korean::{consonant_below, normalise};

/// Texts of less content than that, in letters, say what they ask by what stands around them.
const SHORTEST: usize = 4;
/// Longer texts, in letters, are stories: no two of them are the same.
const LONGEST: usize = 400;

/// Words that say that something is asked, or politely so, and nothing of what is asked.
#[rustfmt::skip]
const ASKING: &[&str] = &[
    "안녕하세요", "안녕하십니까", "안녕", "수고하십니다", "수고하세요", "수고", "많으십니다", "많으세요", "고생", "감사합니다", "감사드립니다", "감사해요",
    "고맙습니다", "문의드립니다", "문의드려요", "문의합니다", "문의해요", "질문드립니다", "질문드려요", "질문합니다", "질문있습니다", "질문이요", "여쭤봅니다",
    "여쭙니다", "궁금합니다", "궁금해요", "궁금한데요", "궁금해서요", "궁금", "알려주세요", "알려주십시오", "알려줘요", "알려줘", "알려주시기", "알려주시겠어요",
    "알려주실", "알려", "주세요", "주십시오", "주시기", "바랍니다", "부탁드립니다", "부탁드려요", "부탁합니다", "부탁해요", "알고", "싶습니다", "싶어요",
    "싶은데요", "싶은데", "알고싶습니다", "알고싶어요", "하고", "하려면", "하려고", "하나요", "합니까", "하는지", "하는지요", "할까요", "해요", "하죠", "인가요",
    "입니까", "인지요", "관련해", "관련하여", "관련해서", "좀", "혹시", "그런데", "근데", "제가", "저는", "요",
    "please", "hello", "hi", "thanks", "kindly", "the",
];
/// Words that say what is asked about, behind a place that is none: 발급에 대해.
const ABOUT: &[&str] = &["대해", "대해서", "대하여", "대한", "관해", "관해서", "관하여", "관한"];
/// With so many words behind it, or fewer, a word that asks how or what may stand before or behind what it asks about.
const NEAR: usize = 2;
/// Ways to ask how.
const HOW: &[&str] = &["어떻게", "어떡해", "어찌", "방법"];
/// Ways to ask what something is; 무엇을 하나요 asks something else.
#[rustfmt::skip]
const WHAT: &[&str] = &[
    "무엇인가요", "무엇입니까", "무엇인지", "무엇인지요", "무엇이죠", "무엇인가", "뭔가요", "뭐예요", "뭐에요", "뭐죠", "뭔지", "뭔지요", "뭡니까",
];
/// What is asked for, where it stands before a word that asks.
const ANSWER: &[&str] = &["답변", "회신", "안내", "설명", "문의", "질문"];
/// Ends of questions that say nothing but that they are questions, the longest first.
#[rustfmt::skip]
const ENDS: &[&str] = &[
    "하시나요", "하는가요", "하는지요", "하십니까", "시나요", "십니까", "하나요", "하는지", "는가요", "는지요", "습니까", "인가요", "인지요", "입니까", "이에요", "일까요", "입니다",
    "을까요", "은가요", "하려면", "하려고", "나요", "는지", "예요", "지요", "이죠", "죠",
];
/// Nouns that end like a word with a particle.
#[rustfmt::skip]
const WHOLE: &[&str] = &[
    "회의", "주의", "동의", "협의", "합의", "이의", "심의", "정의", "문의", "건의", "결의", "강의", "논의", "유의", "명의", "민의", "창의", "상의", "고의", "어린이", "나이", "아이",
    "차이", "높이", "길이", "넓이", "놀이", "먹이", "종이", "매매가", "전세가", "공시가", "시가", "국가", "휴가", "평가", "허가", "증가", "추가", "참가", "인가", "주가", "물가",
    "단가", "원가", "정가", "대가", "농가", "여가", "가구", "마을", "가을", "은행", "불가", "상가", "어가",
];
/// Syllables that are verbs more than nouns, after which 은 and 을 tell times apart.
const VERBS: &str =
    "받않없있같찾갚맡많높낮넓좋먹읽잡얻뽑갖찍늦짧넘닿놓넣쌓낳앉잃겪닦섞깎묶믿닫뜯듣씻벗짓붓낫겠했됐었았였";

/// Marks that only part words, or end them.
const MARKS: &str = ".,?!;:…·~-–—/\"'“”‘’`()[]{}<>「」『』〈〉《》【】*_^※。、";

/// What a text asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gist {
    words: String,
    /// Where words end.
    ends: Vec<usize>,
    /// Where words end that do something, and those to which it is done.
    subjects: Vec<usize>,
    objects: Vec<usize>,
}

/// What a particle makes of its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Subject,
    Object,
    Any,
}

impl Gist {
    /// The gist of a text; nothing where it is too short or too long to be told from others.
    pub fn of(text: &str) -> Option<Self> {
        if text.len() > 4 * LONGEST || has_powers(text) {
            return None;
        }
        let normal = normalise(text).text().to_lowercase();
        let words = words(&normal);
        let (mut gist, mut asks_how, mut asks_what) = (Self::default(), false, false);
        for (place, word) in words.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|place| words.get(place)).map_or("", String::as_str);
            let next = words.get(place + 1).map_or("", String::as_str);
            if only_asks(before, word, next) {
                continue;
            }
            let named = named(word, next);
            let (whole, role) = stem(named.unwrap_or(word), next);
            // Further before the end it asks about what follows it there.
            let is_near = words[place + 1..].iter().filter(|word| !ASKING.contains(&word.as_str())).count() <= NEAR;
            let stem = whole.strip_suffix("방법").filter(|_| is_near).unwrap_or(&whole);
            let (is_how, is_what) = (is_near && HOW.contains(&stem), is_near && WHAT.contains(&word.as_str()));
            // 방법은 무엇인가요 asks how.
            asks_what |= named.is_some() || (is_what && !before.contains("방법"));
            asks_how |= is_how || stem.len() < whole.len();
            if !is_how && !is_what && !stem.is_empty() {
                gist.push(stem, role);
            }
        }
        if !(SHORTEST..=LONGEST).contains(&gist.words.chars().count()) {
            return None;
        }
        gist.words.push_str(if asks_how { "\nhow" } else { "" });
        gist.words.push_str(if asks_what { "\nwhat" } else { "" });
        Some(gist)
    }

    /// What it takes, in bytes.
    pub(super) fn size(&self) -> usize {
        let places = self.ends.len() + self.subjects.len() + self.objects.len();
        self.words.len() + places * size_of::<usize>()
    }

    /// The words of it: texts whose words differ ask different things.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Whether two gists of the same words may be one: who does something in one does not suffer it in the other, and spaces were left out
    /// or put in, not moved (서울 대공원 is no 서울대 공원).
    pub fn fits(&self, other: &Self) -> bool {
        let is_within = |one: &[usize], other: &[usize]| one.iter().all(|place| other.contains(place));
        let agree = |one: &[usize], other: &[usize]| is_within(one, other) || is_within(other, one);
        let is_apart = |one: &[usize], other: &[usize]| !one.iter().any(|place| other.contains(place));
        self.words == other.words
            && agree(&self.ends, &other.ends)
            && agree(&self.subjects, &other.subjects)
            && agree(&self.objects, &other.objects)
            && is_apart(&self.subjects, &other.objects)
            && is_apart(&self.objects, &other.subjects)
    }

    /// Words stand behind one another as if nobody had put spaces between them, which people do as they like; figures and Latin letters do
    /// not run into each other.
    fn push(&mut self, stem: &str, role: Role) {
        let is_apart = |letter: Option<char>| letter.is_some_and(|letter| !maru_korean::is_syllable(letter));
        if is_apart(self.words.chars().next_back()) && is_apart(stem.chars().next()) {
            self.words.push(' ');
        }
        self.words.push_str(stem);
        let end = self.words.len();
        self.ends.push(end);
        match role {
            Role::Subject => self.subjects.push(end),
            Role::Object => self.objects.push(end),
            Role::Any => {}
        }
    }
}

/// Whether a word between two others says only that something is asked.
fn only_asks(before: &str, word: &str, next: &str) -> bool {
    let is_asking = |word: &str| ASKING.contains(&word);
    is_asking(word) || (ABOUT.contains(&word) && before.ends_with('에')) || (ANSWER.contains(&word) && is_asking(next))
}

/// The words of a text without marks that only part or end it. Between figures a mark is part of the number.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_in_number = is_in_number(before, letter, letters.peek().copied().unwrap_or(' '));
        match letter {
            ',' if is_in_number => {}
            letter if letter.is_whitespace() || (is_mark(letter) && !is_in_number) => words.push(String::new()),
            letter => words.iter_mut().next_back().into_iter().for_each(|word| word.push(letter)),
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a mark is part of a number: 3.5, 2026-01-02, -5, ~5, 5~.
fn is_in_number(before: char, mark: char, next: char) -> bool {
    match (before.is_ascii_digit(), next.is_ascii_digit()) {
        (true, true) => true,
        (false, true) => matches!(mark, '-' | '~' | '.' | '<' | '>') && !before.is_alphanumeric(),
        (true, false) => matches!(mark, '~' | '<' | '>'),
        (false, false) => false,
    }
}

/// Whether a figure stands raised behind another, which the normal form would put beside it: 10², 102.
fn has_powers(text: &str) -> bool {
    let is_raised = |letter: char| matches!(letter, '¹' | '²' | '³' | '⁰'..='⁹' | '₀'..='₉');
    text.chars().zip(text.chars().skip(1)).any(|(before, letter)| before.is_ascii_digit() && is_raised(letter))
}

/// Whether a mark says nothing. Any other (%, +, #, ℃ …) is part of what is said.
fn is_mark(letter: char) -> bool {
    MARKS.contains(letter)
}

/// What a word that ends a text, or stands before what asks, names as that of which it is asked what it is: 한계선이란 무엇인가요, 한계선이란?
fn named<'a>(word: &'a str, next: &str) -> Option<&'a str> {
    let ends = next.is_empty() || [WHAT, ASKING, ANSWER].iter().any(|words| words.contains(&next));
    let named = word.strip_suffix("이란").or(word.strip_suffix('란')).filter(|_| ends)?;
    (named.chars().count() >= 2).then_some(named)
}

/// A word without the end of a question, and without the particles that a word may have or not.
fn stem(word: &str, next: &str) -> (String, Role) {
    let mut stem = word.to_owned();
    if let Some(shorter) = without_end(&stem) {
        stem = shorter;
    }
    if ABOUT.contains(&next)
        && let Some(about) = stem.strip_suffix('에')
    {
        stem = about.to_owned();
    }
    let mut role = Role::Any;
    while let Some((shorter, found)) = without_particle(&stem) {
        let length = shorter.len();
        if role == Role::Any {
            role = found;
        }
        stem.truncate(length);
    }
    (stem, role)
}

/// A word without the end of a question.
fn without_end(word: &str) -> Option<String> {
    let end = ENDS.iter().find(|end| word.len() > end.len() && word.ends_with(**end));
    let stem = match end {
        Some(end) => word.strip_suffix(end)?.to_owned(),
        None => {
            ["니까", "까요", "가요"].iter().zip(FINALS).find_map(|(end, last)| opened(word.strip_suffix(end)?, last))?
        }
    };
    let stem = stem.strip_suffix('하').filter(|noun| noun.chars().count() >= 2).map(str::to_owned).unwrap_or(stem);
    Some(stem)
}

/// The last consonants that an ending of a question puts under the syllable before it: 됩니까, 될까요, 된가요.
const FINALS: [u32; 3] = [17, 8, 4];

/// A word whose last syllable ends in that consonant, without it.
fn opened(word: &str, last: u32) -> Option<String> {
    let syllable = word.chars().next_back()?;
    let opened = (consonant_below(syllable)? == last).then(|| char::from_u32(u32::from(syllable) - last)).flatten()?;
    let before = word.strip_suffix(syllable)?;
    Some(format!("{before}{opened}"))
}

/// A word without one particle of those that may be left out, and what that made of it.
fn without_particle(word: &str) -> Option<(&str, Role)> {
    if WHOLE.iter().any(|whole| word.ends_with(whole)) {
        return None;
    }
    let particle = word.chars().next_back()?;
    let stem = word.strip_suffix(particle)?;
    let before = stem.chars().next_back()?;
    let needs_consonant = match particle {
        '은' | '이' | '을' => Some(true),
        '는' | '가' | '를' => Some(false),
        '의' => None,
        _ => return None,
    };
    let fits = match needs_consonant {
        Some(true) if particle != '이' && VERBS.contains(before) => false,
        Some(needed) => consonant_below(before).is_none_or(|below| (below != 0) == needed),
        None => true,
    };
    let role = match particle {
        '이' | '가' => Role::Subject,
        '을' | '를' => Role::Object,
        _ => Role::Any,
    };
    // Of a word of one syllable before a vowel's particle (나는, 차를) the rest is short but whole.
    (fits && (stem.chars().count() >= 2 || matches!(particle, '를' | '을'))).then_some((stem, role))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ways to ask the same.
    const SAME: &[(&str, &str)] = &[
        ("여권 재발급은 어떻게 하나요?", "안녕하세요. 여권 재발급 어떻게 합니까"),
        ("여권 재발급은 어떻게 하나요?", "여권 재발급 방법은 무엇인가요? 알려 주세요."),
        ("대형 폐기물을 버릴 때 수수료는 얼마인가요?", "대형폐기물 버릴때 수수료가 얼마입니까?"),
        ("전입신고에 필요한 서류는 무엇인가요?", "전입신고에 필요한 서류가 무엇인지 알려주세요. 감사합니다"),
        ("주차 단속은 언제까지 되나요?", "주차단속은 언제까지 됩니까?"),
        ("청년수당 신청 자격이 궁금합니다.", "청년수당 신청 자격 문의드립니다"),
        ("과태료가 1,000원인가요?", "과태료는 1000원입니까?"),
        ("건축한계선이란?", "건축한계선은 무엇인가요?"),
        ("의료기관이 환자를 받나요?", "의료기관은 환자 받나요?"),
        (
            "종로구에서 여권 재발급을 신청하려면 수수료 5,000원이 필요한가요?",
            "종로구에서 여권 재발급 신청하려면 수수료 5000원이 필요합니까",
        ),
        ("What is the fee for a passport?", "Hello, what is the fee for a passport please"),
    ];

    /// Questions that look alike and are not.
    const OTHERS: &[(&str, &str)] = &[
        ("여권을 신청할 수 있나요?", "여권을 신청할 수 없나요?"),
        ("신고하지 않으면 과태료가 있나요?", "신고하면 과태료가 있나요?"),
        ("재발급이 안 되나요?", "재발급이 되나요?"),
        ("영업 신고 취소는 어떻게 하나요?", "영업 신고는 어떻게 하나요?"),
        ("주차가 가능한가요?", "주차가 불가능한가요?"),
        ("지원금 10만원을 받나요?", "지원금 100만원을 받나요?"),
        ("제3조 제12항이 무엇인가요?", "제31조 제2항이 무엇인가요?"),
        ("기한이 3월 1일까지인가요?", "기한이 3월 11일까지인가요?"),
        ("요금이 3.5% 오르나요?", "요금이 35% 오르나요?"),
        ("「주택법」에서 정한 기준은?", "「건축법」에서 정한 기준은?"),
        ("강남구 재활용 센터는 어디인가요?", "강동구 재활용 센터는 어디인가요?"),
        ("서울에서 부산으로 전입하나요?", "부산에서 서울로 전입하나요?"),
        ("임차인이 임대인을 신고하나요?", "임차인을 임대인이 신고하나요?"),
        ("임차인은 임대인을 신고하나요?", "임차인을 임대인은 신고하나요?"),
        ("보건환경연구원은 무엇을 하나요?", "보건환경연구원은 무엇인가요?"),
        ("서울 대공원은 어디에 있나요?", "서울대 공원은 어디에 있나요?"),
        ("기온이 -5도에서 되나요?", "기온이 5도에서 되나요?"),
        ("정원이 5~명인가요?", "정원이 ~5명인가요?"),
        ("수수료를 내지 못하나요?", "수수료를 내지 하나요?"),
        ("Does he owe me the fine?", "Does he owe you the fine?"),
        ("병역판정검사란?", "병역판정검사"),
        ("등록은 어떻게 되고 말소는 언제 되나요?", "등록은 언제 되고 말소는 어떻게 되나요?"),
        ("국적은 어떻게 되고 여권은 되나요?", "국적은 되고 여권은 어떻게 되나요?"),
        ("출생을 신고해야 하나요?", "출생을 신고해도 되나요?"),
        ("장학금을 지급받은 경우는?", "장학금을 지급받을 경우는?"),
        ("민원 접수가 됐나요?", "민원 접수가 되나요?"),
        ("수입인지는 어디서 사나요?", "수입은 어디서 사나요?"),
        ("토지 감정평가는 어떻게 하나요?", "토지 감정은 어떻게 하나요?"),
        ("전문가 상담은 언제 하나요?", "전문 상담은 언제 하나요?"),
        ("May I park here at night?", "May I not park here at night?"),
        ("C++ 교육이 있나요?", "C 교육이 있나요?"),
        ("신청은 언제 하나요?", "신청은 어디서 하나요?"),
    ];

    #[test]
    fn ways_to_ask_the_same_have_one_gist() {
        for (one, other) in SAME {
            let gists = (Gist::of(one).unwrap(), Gist::of(other).unwrap());
            assert!(gists.0.fits(&gists.1), "{gists:?}");
        }
    }

    #[test]
    fn what_asks_something_else_has_another() {
        for (one, other) in OTHERS {
            let gists = (Gist::of(one).unwrap(), Gist::of(other).unwrap());
            assert!(!gists.0.fits(&gists.1) && !gists.1.fits(&gists.0), "{gists:?}");
        }
    }

    #[test]
    fn what_is_too_short_or_too_long_has_none() {
        for text in
            ["", "?", "네", "알려 주세요.", "넓이가 10²제곱미터인가요?", &"가나다라".repeat(101), &"가".repeat(10_000)]
        {
            assert_eq!(Gist::of(text), None, "{}", text.len());
        }
    }
}
