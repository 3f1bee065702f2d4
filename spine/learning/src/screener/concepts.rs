//! What a text speaks of: lists of words and turns of phrase, each list a concept, in whatever languages the lists are in.

use aho_corasick::AhoCorasick;

use crate::LearningError;

/// A concept by name with what says it. Phrases are in the normal form in which texts are screened, without the spaces between Korean
/// syllables; a phrase of Latin letters stands for whole words, and `*` at its end lets the last word go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concept {
    /// Its name.
    pub id: String,
    /// What says it.
    pub phrases: Vec<String>,
}

/// Finds all concepts of a text in one pass.
#[derive(Debug, Clone)]
pub struct Concepts {
    ids: Vec<String>,
    automaton: AhoCorasick,
    phrases: Vec<Phrase>,
    mark: u64,
}

#[derive(Debug, Clone, Copy)]
struct Phrase {
    concept: usize,
    goes_on: bool,
}

/// A concept that stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) concept: usize,
    /// From where to where, in characters of the text.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Concepts {
    /// Concepts from their lists; their order is part of every model that is trained with them.
    ///
    /// # Errors
    /// [`LearningError::NoWords`] where the lists hold nothing that can be looked for.
    pub fn new(lists: &[Concept]) -> Result<Self, LearningError> {
        let (mut phrases, mut words) = (Vec::new(), Vec::new());
        let mut mark = 0xcbf2_9ce4_8422_2325_u64;
        for (concept, list) in lists.iter().enumerate() {
            for phrase in &list.phrases {
                let word = phrase.trim_end_matches('*');
                phrases.push(Phrase { concept, goes_on: word.len() < phrase.len() });
                words.push(word);
            }
            let letters = list.phrases.iter().flat_map(|phrase| phrase.bytes().chain([0]));
            for byte in list.id.bytes().chain([1]).chain(letters) {
                mark = (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        if words.is_empty() || words.iter().any(|word| word.is_empty()) {
            return Err(LearningError::NoWords);
        }
        let automaton = AhoCorasick::new(words).map_err(|_| LearningError::NoWords)?;
        Ok(Self { ids: lists.iter().map(|list| list.id.clone()).collect(), automaton, phrases, mark })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.ids.len()
    }

    /// What tells these lists from any others.
    pub(super) fn mark(&self) -> u64 {
        self.mark
    }

    /// The concepts of a text by name with the words that say them, in the order in which they stand there.
    pub fn found(&self, text: &str) -> Vec<(&str, String)> {
        let characters: Vec<char> = text.chars().collect();
        let hits = self.hits(&characters);
        hits.iter().map(|hit| (&*self.ids[hit.concept], characters[hit.start..hit.end].iter().collect())).collect()
    }

    /// The concepts of a text in the order in which they end there.
    pub(super) fn hits(&self, text: &[char]) -> Vec<Hit> {
        let (mut close, mut places) = (String::with_capacity(text.len() * 3), Vec::with_capacity(text.len() * 3));
        for (place, character) in text.iter().enumerate() {
            let is_between = *character == ' ' && place > 0 && maru_korean::is_syllable(text[place - 1]);
            if is_between && text.get(place + 1).is_some_and(|next| maru_korean::is_syllable(*next)) {
                continue;
            }
            close.push(if *character == '\n' { ' ' } else { *character });
            places.resize(close.len(), place);
        }
        let bytes = close.as_bytes();
        let continues = |place: usize| bytes.get(place).is_some_and(u8::is_ascii_alphanumeric);
        let found = self.automaton.find_overlapping_iter(&close).filter_map(|found| {
            let phrase = self.phrases[found.pattern().as_usize()];
            let (start, end) = (found.start(), found.end());
            let begins_inside = start > 0 && continues(start) && continues(start - 1);
            let ends_inside = !phrase.goes_on && continues(end - 1) && continues(end);
            let hit = Hit { concept: phrase.concept, start: places[start], end: places[end - 1] + 1 };
            (!begins_inside && !ends_inside).then_some(hit)
        });
        found.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concepts() -> Concepts {
        let lists = [
            ("drop", vec!["ignor*", "무시"]),
            ("hidden", vec!["system prompt", "시스템프롬프트"]),
            ("any", vec!["no"]),
        ];
        let lists = lists.map(|(id, phrases)| Concept {
            id: id.to_owned(),
            phrases: phrases.into_iter().map(str::to_owned).collect(),
        });
        Concepts::new(&lists).unwrap()
    }

    #[test]
    fn whole_words_are_found_and_korean_ones_whatever_their_spaces() {
        let found =
            |text| concepts().found(text).into_iter().map(|(id, words)| format!("{id}: {words}")).collect::<Vec<_>>();
        assert_eq!(found("ignoring the system\nprompt"), ["drop: ignor", "hidden: system\nprompt"]);
        assert_eq!(found("시스템 프롬프트 무 시"), ["hidden: 시스템 프롬프트", "drop: 무 시"]);
        assert!(found("now know nothing, ecosystem prompts").is_empty());
        assert_eq!(found("no."), ["any: no"]);
    }

    #[test]
    fn lists_without_words_are_refused() {
        assert_eq!(Concepts::new(&[]).unwrap_err(), LearningError::NoWords);
        let star = Concept { id: "star".into(), phrases: vec!["*".into()] };
        assert_eq!(Concepts::new(&[star]).unwrap_err(), LearningError::NoWords);
    }
}
