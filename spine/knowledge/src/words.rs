//! How text becomes terms: pairs of neighbouring syllables for Korean, whole words for everything else.
//!
//! Pairs of syllables find «대형폐기물» in «대형 폐기물을» without a dictionary. Documents keep their particles; questions lose them, and lose
//! the words that only ask.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// Latin words and numbers longer than this are no words.
const LONGEST_WORD: usize = 32;

/// A text in the form in which terms are slices of it: same length in characters, letters small, full width made half.
pub(crate) fn fold(text: &str) -> String {
    text.chars().map(fold_character).collect()
}

fn fold_character(character: char) -> char {
    match character {
        'A'..='Z' => character.to_ascii_lowercase(),
        '\u{ff01}'..='\u{ff5e}' => {
            let half = u32::from(character) - 0xff01 + 0x21;
            char::from_u32(half).map_or(character, |half| half.to_ascii_lowercase())
        }
        _ => character,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// Hangul syllables and Chinese characters: cut into pairs.
    Syllables,
    /// Letters and digits of other scripts: kept whole.
    Letters,
    /// Everything that is no word. The middle dot of the law («ㆍ») counts as a letter in Unicode, not here.
    Gap,
}

fn script(character: char) -> Script {
    match character {
        '가'..='힣' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => Script::Syllables,
        '\u{318d}' | '\u{119e}' => Script::Gap,
        _ if character.is_alphanumeric() => Script::Letters,
        _ => Script::Gap,
    }
}

/// Calls `term` with the byte range of every term of a folded text, in order.
pub(crate) fn each_term(folded: &str, mut term: impl FnMut(usize, usize)) {
    let mut run = Script::Gap;
    let mut start = 0;
    let mut previous = 0;
    let mut length = 0_usize;
    for (offset, character) in folded.char_indices() {
        let here = script(character);
        if here != run {
            end_run(run, start, offset, length, &mut term);
            (run, start, length) = (here, offset, 0);
        }
        if here == Script::Syllables && length > 0 {
            term(previous, offset + character.len_utf8());
        }
        previous = offset;
        length += 1;
    }
    end_run(run, start, folded.len(), length, &mut term);
}

fn end_run(run: Script, start: usize, end: usize, length: usize, term: &mut impl FnMut(usize, usize)) {
    match run {
        Script::Syllables if length == 1 => term(start, end),
        Script::Letters if length <= LONGEST_WORD => term(start, end),
        _ => {}
    }
}

/// A word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Folded, without its particle: what is looked for and highlighted.
    pub(crate) stem: String,
    /// How often it stands in the question.
    pub(crate) times: u32,
}

/// Words that ask and say nothing about what is asked. Each is compared with a whole word whose particle is gone, or with its beginning
/// where it ends in `*`.
const ASKING: &str = "무엇* 무슨* 뭔가* 뭐* 어떤* 어떻게* 어떠* 어떡* 어디* 언제* 얼마* 누구* 누가* 몇* 왜* 어느* 궁금* 문의* 질문* 알려* 알고* \
    알수* 싶* 있나* 있는* 있습* 있을* 있어* 있다* 없나* 없는* 없습* 인가* 인지* 입니까* 됩니까* 합니까* 습니까* 되나* 되는* 되어* 하나요* 하는* 하려* \
    하고* 하면* 하지* 하여* 해야* 해서* 한가* 한지* 할까* 할지* 가능한* 가능여부* 수* 것* 때* 등* 및* 또는* 그* 이* 저* 제* 관련* 관하여* \
    대하여* 대해* 대한* 위한* 위해* 위하여* 따른* 따라* 경우* 정의 의미 뜻* 이란* 란* 좀* 요* 안녕* 감사* 부탁* 바랍* 드립* 수고* 주세요* 주십* 합니다* \
    입니다* 됩니다* 제가* 저는* 우리* 그런데* 그래서* 그리고* 하는데* 라고* 라는* 이라* 않* 못* 안* 너무* 정말* 계속* 많이* 여부* 은 는 을 를 가 의 에";

/// English words that only hold a question together.
const ASKING_ENGLISH: &str = "a an the i my me we our you your it its is are was were be been do does did can could would should will \
    may might must have has had what which who whom where when why how to of in on at for from by with about and or if not no there \
    this that these those please hello thank thanks want need like get as so any some am they them their he she his her but into than";

/// A word that only asks, and whether all words that begin so do.
type Asking = (&'static str, bool);

/// The words of [`ASKING`] by their first character.
static ASKING_BY_FIRST: LazyLock<HashMap<char, Vec<Asking>>> = LazyLock::new(|| {
    let mut by_first: HashMap<char, Vec<Asking>> = HashMap::new();
    for word in ASKING.split_whitespace() {
        let start = word.trim_end_matches('*');
        // A single syllable opens too many words to stand for all of them.
        let opens = start.len() < word.len() && start.chars().count() > 1;
        if let Some(first) = start.chars().next() {
            by_first.entry(first).or_default().push((start, opens));
        }
    }
    by_first
});

static ASKING_IN_ENGLISH: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| ASKING_ENGLISH.split_whitespace().collect());

fn only_asks(stem: &str) -> bool {
    if stem.is_ascii() {
        return ASKING_IN_ENGLISH.contains(stem);
    }
    let words = stem.chars().next().and_then(|first| ASKING_BY_FIRST.get(&first));
    words.into_iter().flatten().any(|(word, opens)| if *opens { stem.starts_with(word) } else { stem == *word })
}

/// The words of a question without those that only ask; all of them, if nothing else is left.
pub(crate) fn question_words(question: &str) -> Vec<Word> {
    let folded = fold(&maru_korean::normalise(question).text());
    let mut told = Counted::default();
    let mut asking = Counted::default();
    for word in folded.split(|character| script(character) == Script::Gap).filter(|word| !word.is_empty()) {
        let stem = stem(word);
        if only_asks(stem) || only_asks(word) { asking.add(stem) } else { told.add(stem) }
    }
    if told.words.is_empty() { asking.words } else { told.words }
}

/// The terms of a question's words, each once with how much it counts, in the order of their first appearance.
pub(crate) fn question_terms(words: &[Word]) -> Vec<(&str, f32)> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut terms: Vec<(&str, f32)> = Vec::new();
    for word in words {
        let weight = 1.0 + (word.times as f32).ln();
        each_term(&word.stem, |start, end| {
            let Some(term) = word.stem.get(start..end).map(index_form) else { return };
            let place = *places.entry(term).or_insert(terms.len());
            match terms.get_mut(place) {
                Some(known) => known.1 = known.1.max(weight),
                None => terms.push((term, weight)),
            }
        });
    }
    terms
}

/// A text's words without their particles, apart by spaces.
pub(crate) fn stems_apart(text: &str) -> String {
    let folded = fold(text);
    let words = folded.split(|character| script(character) == Script::Gap).filter(|word| !word.is_empty());
    words.map(stem).collect::<Vec<_>>().join(" ")
}

/// The syllables of a text, apart by spaces.
pub(crate) fn syllables_apart(text: &str) -> String {
    text.chars()
        .filter(|character| script(*character) == Script::Syllables)
        .flat_map(|syllable| [syllable, ' '])
        .collect()
}

/// So much of a text as holds a number of terms.
pub(crate) fn beginning(text: &str, terms: usize) -> String {
    let folded = fold(text);
    let (mut count, mut end) = (0, 0);
    each_term(&folded, |_, term_end| {
        count += 1;
        if count <= terms {
            end = term_end;
        }
    });
    folded.get(..end).unwrap_or_default().to_owned()
}

/// Words in the order of their first appearance.
#[derive(Default)]
struct Counted<'a> {
    places: HashMap<&'a str, usize>,
    words: Vec<Word>,
}

impl<'a> Counted<'a> {
    fn add(&mut self, stem: &'a str) {
        let place = *self.places.entry(stem).or_insert(self.words.len());
        match self.words.get_mut(place) {
            Some(known) => known.times += 1,
            None => self.words.push(Word { stem: stem.to_owned(), times: 1 }),
        }
    }
}

/// A word without its particle or plural.
fn stem(word: &str) -> &str {
    if word.is_ascii() { stem_english(word) } else { maru_korean::strip_particle(word) }
}

/// English plurals only: more would join words that differ.
fn stem_english(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() >= 3 && !stem.ends_with('s') && !stem.ends_with("us") => stem,
        _ => word,
    }
}

/// The form in which a whole Latin word is indexed: plurals go here as in questions.
pub(crate) fn index_form(term: &str) -> &str {
    if term.is_ascii() { stem_english(term) } else { term }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn terms(text: &str) -> Vec<String> {
        let folded = fold(text);
        let mut found = Vec::new();
        each_term(&folded, |start, end| found.push(folded[start..end].to_owned()));
        found
    }

    #[test]
    fn syllables_come_in_pairs_and_the_rest_whole() {
        assert_eq!(terms("대형폐기물 수거"), ["대형", "형폐", "폐기", "기물", "수거"]);
        assert_eq!(terms("CCTV를 ＣＣＴＶ 3대"), ["cctv", "를", "cctv", "3", "대"]);
        assert_eq!(terms("신고ㆍ납부"), ["신고", "납부"]);
    }

    #[test]
    fn questions_lose_particles_and_what_only_asks() {
        let stems = |text| question_words(text).into_iter().map(|word| word.stem).collect::<Vec<_>>();
        assert_eq!(stems("대형폐기물은 어떻게 버리나요?"), ["대형폐기물", "버리나요"]);
        assert_eq!(stems("Where do I buy rubbish bags?"), ["buy", "rubbish", "bag"]);
        assert_eq!(stems("무엇인가요?"), ["무엇"]);
    }

    #[test]
    fn finer_forms_of_a_text() {
        assert_eq!(stems_apart("대형폐기물을 버리면, CCTV는?"), "대형폐기물 버리면 cctv");
        assert_eq!(syllables_apart("봉투 A4"), "봉 투 ");
        assert_eq!(beginning("대형폐기물 수거", 3), "대형폐기");
        assert_eq!(beginning("수거", 3), "수거");
        assert_eq!(beginning("?", 3), "");
        let words = question_words("폐기물 수거와 폐기물 신고");
        let terms: Vec<&str> = question_terms(&words).into_iter().map(|(term, _)| term).collect();
        assert_eq!(terms, ["폐기", "기물", "수거", "신고"]);
    }

    proptest! {
        #[test]
        fn terms_are_slices_of_any_text(text in "\\PC*") {
            let folded = fold(&text);
            prop_assert_eq!(folded.chars().count(), text.chars().count());
            each_term(&folded, |start, end| assert!(folded.get(start..end).is_some_and(|term| !term.is_empty())));
            question_words(&text);
        }
    }
}
