//! The lexicon of public matters («공공 사무 어휘»): for each matter that people bring before ministries, cities and districts, the words in
//! which citizens, reporters and officials speak of it. A lens that every deployment has from its first day: it knows «전세사기» from
//! «청약통장» before anybody has labelled an inquiry.
//!
//! The words stand in `matters/`, a file for each area. They were written for Maru from general knowledge, without any of the texts
//! that models are measured on.

use crate::Document;
use crate::bytes::{Reader, Writer, checksum};
use crate::collection::Collection;
use crate::features::{Analysis, BlockWeights, Sparse, Vocabulary};
use crate::linear::{Dense, Row};
use crate::random::in_parallel;
use std::sync::LazyLock;

const AREAS: [&str; 18] = [
    include_str!("../matters/administration.txt"),
    include_str!("../matters/animals.txt"),
    include_str!("../matters/culture.txt"),
    include_str!("../matters/education.txt"),
    include_str!("../matters/environment.txt"),
    include_str!("../matters/equality.txt"),
    include_str!("../matters/finance.txt"),
    include_str!("../matters/foreign-and-defence.txt"),
    include_str!("../matters/health.txt"),
    include_str!("../matters/housing.txt"),
    include_str!("../matters/industry.txt"),
    include_str!("../matters/labour.txt"),
    include_str!("../matters/land-and-sea.txt"),
    include_str!("../matters/redress.txt"),
    include_str!("../matters/safety.txt"),
    include_str!("../matters/technology.txt"),
    include_str!("../matters/transport.txt"),
    include_str!("../matters/welfare.txt"),
];

/// What a matter's heading begins with: `== name | English name`.
const HEADING: &str = "== ";
/// Character n-grams of everything, and nothing else.
const BLOCKS: BlockWeights = [1.0, 0.0, 0.0];
/// The words of a matter are its own: features of a single one are kept.
const LEAST_MATTERS: u32 = 1;

/// A matter with its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Matter<'a> {
    name: &'a str,
    words: &'a str,
}

/// The matters as a lens: what a text shares with each of them tells what it is about, also where it shares no word with what was
/// learned from.
#[derive(Debug)]
pub(crate) struct Matters {
    vocabulary: Vocabulary,
    /// The words of each, labelled with its number.
    described: Collection,
    mark: u64,
}

static MATTERS: LazyLock<Matters> = LazyLock::new(|| Matters::of(&AREAS));

/// All matters, read once.
pub(crate) fn matters() -> &'static Matters {
    &MATTERS
}

impl Matters {
    fn of(areas: &[&str]) -> Self {
        let matters = areas.iter().flat_map(|area| matters_of(area));
        let documents: Vec<_> = matters.map(|matter| Document { title: matter.name, text: matter.words }).collect();
        let vocabulary = Vocabulary::build(documents.iter().copied(), BLOCKS, LEAST_MATTERS);
        let vectors = documents.iter().map(|document| vocabulary.vector(&Analysis::of(*document))).collect();
        let numbers = (0..).take(documents.len()).collect();
        let described = Collection::new(vectors, numbers, vocabulary.len());
        Self { vocabulary, described, mark: checksum(areas.concat().as_bytes()) }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.described.len()
    }

    /// The features of their words.
    pub(crate) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// How near a text is to each, by its features that they know.
    pub(crate) fn nearness(&self, text: &Sparse) -> Vec<f32> {
        self.described.products(text)
    }

    /// The matters that hold a feature, with how much of it.
    pub(crate) fn holders(&self, feature: u32) -> &[(u32, f32)] {
        self.described.holders(feature)
    }

    /// Matters added up, each as often as it is said: a weight for each feature.
    pub(crate) fn sum(&self, times: &[f32]) -> Vec<f32> {
        let mut sums = vec![0.0_f32; self.vocabulary.len()];
        for (vector, times) in self.described.vectors.iter().zip(times).filter(|entry| *entry.1 != 0.0) {
            for (feature, value) in vector {
                sums[*feature as usize] += times * value;
            }
        }
        sums
    }

    /// Tells one state of the lexicon from another.
    pub(crate) fn mark(&self) -> u64 {
        self.mark
    }
}

fn matters_of(area: &str) -> impl Iterator<Item = Matter<'_>> {
    area.split(HEADING).filter_map(|matter| {
        let (heading, words) = matter.split_once('\n')?;
        let name = heading.split(" | ").next()?;
        Some(Matter { name, words: words.trim() })
    })
}

/// How a text looks to the matters: how much nearer than usual it is to each of them, of length one.
#[derive(Debug, Clone)]
pub(crate) struct Outlook {
    usual: Dense,
}

impl Outlook {
    /// Learns from texts, by their features that the matters know, what is usual.
    pub(crate) fn learn(texts: &[&Sparse], threads: usize) -> Self {
        let rows = in_parallel(threads, texts.len(), |place| matters().nearness(texts[place]));
        let mut usual = vec![0.0; matters().len()];
        for row in &rows {
            row.add_to(&mut usual, 1.0 / rows.len() as f32);
        }
        Self { usual }
    }

    /// How a text looks, and by what its nearness was multiplied for it.
    pub(crate) fn see(&self, text: &Sparse) -> (Dense, f32) {
        let mut row = matters().nearness(text);
        self.usual.add_to(&mut row, -1.0);
        let length = row.square().sqrt();
        let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
        for value in &mut row {
            *value *= scale;
        }
        (row, scale)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        write_dense(writer, &self.usual);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self { usual: read_dense(reader)? })
    }
}

/// Writes a number for each matter.
pub(crate) fn write_dense(writer: &mut Writer, row: &Dense) {
    for value in row {
        writer.float(*value);
    }
}

/// Reads a number for each matter.
pub(crate) fn read_dense(reader: &mut Reader<'_>) -> Option<Dense> {
    (0..matters().len()).map(|_| reader.float()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn known_of(text: &str) -> Sparse {
        matters().vocabulary().vector(&Analysis::of(Document { title: "", text }))
    }

    fn all() -> Vec<Matter<'static>> {
        AREAS.iter().flat_map(|area| matters_of(area)).collect()
    }

    #[test]
    fn every_matter_has_a_name_of_its_own_and_words_that_stand_once() {
        let matters = all();
        let names: BTreeSet<&str> = matters.iter().map(|matter| matter.name).collect();
        assert_eq!(names.len(), matters.len());
        assert_eq!(matters.len(), AREAS.iter().map(|area| area.matches(HEADING).count()).sum::<usize>());
        for matter in &matters {
            let words: Vec<&str> = matter.words.split(',').map(str::trim).collect();
            let distinct: BTreeSet<&&str> = words.iter().collect();
            assert!(words.len() >= 60, "{}: {} words", matter.name, words.len());
            assert_eq!(distinct.len(), words.len(), "{}", matter.name);
            assert!(words.iter().all(|word| !word.is_empty()), "{}", matter.name);
        }
    }

    #[test]
    fn a_text_looks_like_what_it_is_about() {
        let nearest = |text| {
            let nearness = matters().nearness(&known_of(text));
            let best = (0..nearness.len()).max_by(|one, other| nearness[*one].total_cmp(&nearness[*other])).unwrap();
            all()[best].name
        };
        assert_eq!(nearest("집주인이 전세 보증금을 돌려주지 않아요"), "전세·월세 임대차");
        assert_eq!(nearest("따릉이 자전거 반납이 안 됩니다"), "자전거·전동킥보드 등 개인형이동장치");
        assert_eq!(nearest("실업급여를 받으려면 며칠을 일해야 하나요"), "실업급여·고용보험");
    }

    #[test]
    fn what_is_usual_of_a_text_does_not_count() {
        let texts = ["버스가 안 옵니다", "지하철이 붐빕니다", "버스 노선이 없어졌어요"];
        let texts = texts.map(known_of);
        let outlook = Outlook::learn(&texts.each_ref(), 1);
        let mut sum = vec![0.0; matters().len()];
        for text in &texts {
            let (row, scale) = outlook.see(text);
            assert!((row.square() - 1.0).abs() < 1e-4);
            row.add_to(&mut sum, 1.0 / scale);
        }
        assert!(sum.square() < 1e-6, "what is beyond the usual adds up to nothing");
        // A text of which nothing is known looks like the opposite of what is usual, and has a length all the same.
        assert!(outlook.see(&known_of("")).0.square() > 0.9);
    }
}
