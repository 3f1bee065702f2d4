//! What a question asks: its words without what only says how it is asked. Two texts of one gist differ in spaces, marks, particles,
//! endings of questions, greetings and thanks. Whatever else differs (a number, a negation, a name, «분야» before «기준», must for may) is
//! another gist: what may differ is a closed list, and what matters is everything else.

use maru_korean::normalise;

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
    "please", "hello", "hi", "thanks", "thank", "could", "you", "tell", "me", "kindly", "the",
];
/// Words that say what is asked about, behind a place that is none: 발급에 대해.
const ABOUT: &[&str] = &["대해", "대해서", "대하여", "대한", "관해", "관해서", "관하여", "관한"];
/// Ways to ask how.
const HOW: &[&str] = &["어떻게", "어떡해", "어찌", "방법"];
/// Ways to ask what.
#[rustfmt::skip]
const WHAT: &[&str] = &[
    "무엇인가요", "무엇입니까", "무엇인지", "무엇인지요", "무엇이죠", "무엇인가", "무엇", "뭔가요", "뭐예요", "뭐에요", "뭐죠", "뭔지", "뭔지요", "뭡니까", "뭐",
];
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
    "단가", "원가", "정가", "대가", "농가", "여가", "가구", "마을", "가을", "은행", "불가", "부가", "초가", "폐가", "처가", "상가", "어가",
];
/// Syllables that are verbs more than nouns, after which 은 and 을 tell times apart.
const VERBS: &str = "받않없있같찾갚맡많높낮넓좋먹읽잡얻뽑갖찍늦짧넘닿놓넣쌓낳앉잃겪닦섞깎묶믿닫뜯듣씻벗짓붓낫겠했됐었았였";

/// What a text asks, as one line that is the same for all ways to ask it that are known to be the same; nothing for a text that is too short
/// or too long to be told from others.
pub fn gist(text: &str) -> Option<String> {
    if text.len() > 4 * LONGEST {
        return None;
    }
    let normal = normalise(text).text().to_lowercase();
    let words = words(&normal);
    let (mut gist, mut signs, mut roles) = (String::with_capacity(text.len()), [false; 2], Roles::default());
    for (place, word) in words.iter().enumerate() {
        let next = words.get(place + 1).map_or("", String::as_str);
        let is_about = ABOUT.contains(&word.as_str()) && place > 0 && words[place - 1].ends_with('에');
        if is_about || ASKING.contains(&word.as_str()) {
            continue;
        }
        let (stem, role) = stem(word, next);
        let stem = match stem.strip_suffix("방법") {
            Some(before) => {
                signs[0] = true;
                before
            }
            None => &stem,
        };
        if HOW.contains(&stem) {
            signs[0] = true;
        } else if WHAT.contains(&stem) || WHAT.contains(&word.as_str()) {
            signs[1] = true;
        } else if !stem.is_empty() {
            join(&mut gist, stem);
            roles.note(role, gist.len());
        }
    }
    let letters = gist.chars().count();
    if !(SHORTEST..=LONGEST).contains(&letters) {
        return None;
    }
    for (sign, name) in signs.into_iter().zip(["\nhow", "\nwhat"]) {
        gist.push_str(if sign { name } else { "" });
    }
    roles.tell(&mut gist);
    Some(gist)
}

/// Who does and to whom: where a text names both, they are part of what it asks.
#[derive(Default)]
struct Roles {
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

impl Roles {
    fn note(&mut self, role: Role, place: usize) {
        match role {
            Role::Subject => self.subjects.push(place),
            Role::Object => self.objects.push(place),
            Role::Any => {}
        }
    }

    fn tell(&self, gist: &mut String) {
        if !self.subjects.is_empty() && !self.objects.is_empty() {
            gist.push_str(&format!("\n{:?} {:?}", self.subjects, self.objects));
        }
    }
}

/// Words stand behind one another as if nobody had put spaces between them, which people do as they like; figures and Latin letters do not
/// run into each other.
fn join(gist: &mut String, stem: &str) {
    let is_apart = |letter: Option<char>| letter.is_some_and(|letter| !maru_korean::is_syllable(letter));
    if is_apart(gist.chars().next_back()) && is_apart(stem.chars().next()) {
        gist.push(' ');
    }
    gist.push_str(stem);
}

/// The words of a text without marks that only part or end it. Between figures a mark is part of the number.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_in_number = before.is_ascii_digit() && letters.peek().is_some_and(char::is_ascii_digit);
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

/// Marks that say nothing. Any other (%, +, #, ℃ …) is part of what is said.
fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '.' | ',' | '?' | '!' | ';' | ':' | '…' | '·' | '~' | '-' | '/' | '"' | '\'' | '“' | '”' | '‘' | '’' | '`' | '(' | ')' | '[' | ']'
            | '{' | '}' | '<' | '>' | '「' | '」' | '『' | '』' | '〈' | '〉' | '《' | '》' | '【' | '】' | '*' | '_' | '^' | '※' | '。' | '、'
    )
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
    if next.is_empty() || WHAT.contains(&next) {
        let named = stem.strip_suffix("이란").or(stem.strip_suffix('란'));
        if let Some(named) = named.filter(|named| named.chars().count() >= 2) {
            stem = named.to_owned();
        }
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
        None => ["니까", "까요", "가요"].iter().zip(FINALS).find_map(|(end, last)| opened(word.strip_suffix(end)?, last))?,
    };
    let stem = stem.strip_suffix('하').filter(|noun| noun.chars().count() >= 2).map(str::to_owned).unwrap_or(stem);
    Some(stem)
}

/// The last consonants that an ending of a question puts under the syllable before it: 됩니까, 될까요, 된가요.
const FINALS: [u32; 3] = [17, 8, 4];

/// A word whose last syllable ends in that consonant, without it.
fn opened(word: &str, last: u32) -> Option<String> {
    let syllable = word.chars().next_back().filter(|letter| maru_korean::is_syllable(*letter))?;
    let opened = (consonant_below(syllable) == last).then(|| char::from_u32(u32::from(syllable) - last)).flatten()?;
    let before = word.strip_suffix(syllable)?;
    Some(format!("{before}{opened}"))
}

/// The place of the consonant below a syllable among the 27 that there are; 0 for none.
fn consonant_below(syllable: char) -> u32 {
    (u32::from(syllable) - u32::from('가')) % 28
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
        Some(needed) if maru_korean::is_syllable(before) => (consonant_below(before) != 0) == needed,
        _ => true,
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
        ("대형폐기물을 버릴 때 수수료는 얼마인가요?", "대형 폐기물 버릴때 수수료가 얼마입니까?"),
        ("전입신고에 필요한 서류는 무엇인가요?", "전입신고에 필요한 서류가 무엇인지 알려주세요. 감사합니다"),
        ("주차 단속은 언제까지 되나요?", "주차단속은 언제까지 됩니까?"),
        ("청년수당 신청 자격이 궁금합니다.", "청년수당 신청 자격 문의드립니다"),
        ("과태료가 1,000원인가요?", "과태료는 1000원입니까?"),
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
        ("출생을 신고해야 하나요?", "출생을 신고해도 되나요?"),
        ("장학금을 지급받은 경우는?", "장학금을 지급받을 경우는?"),
        ("접수가 됐나요?", "접수가 되나요?"),
        ("수입인지는 어디서 사나요?", "수입은 어디서 사나요?"),
        ("감정평가는 어떻게 하나요?", "감정은 어떻게 하나요?"),
        ("전문가 상담은 언제 하나요?", "전문 상담은 언제 하나요?"),
        ("May I park here at night?", "May I not park here at night?"),
        ("C++ 교육이 있나요?", "C 교육이 있나요?"),
        ("신청은 언제 하나요?", "신청은 어디서 하나요?"),
    ];

    #[test]
    fn ways_to_ask_the_same_have_one_gist() {
        for (one, other) in SAME {
            assert_eq!(gist(one), gist(other), "{one} {other}");
            assert!(gist(one).is_some(), "{one}");
        }
    }

    #[test]
    fn what_asks_something_else_has_another() {
        for (one, other) in OTHERS {
            assert_ne!(gist(one), gist(other), "{one} {other}");
        }
    }

    #[test]
    fn what_is_too_short_or_too_long_has_none() {
        for text in ["", "?", "네", "알려 주세요.", &"가나다라".repeat(101), &"가".repeat(10_000)] {
            assert_eq!(gist(text), None, "{}", text.len());
        }
    }
}
