//! Many labels with few examples each.
//!
//! Three kinds of likeness between a document and a label are added up. The first is learned: ridge regression over questions, the
//! answers that were given to them, and the descriptions of the labels, all of them texts that bear a label. The others need no
//! example: how much of the label's name stands in the document, and how near the document is to the words of the public matters
//! that such a name speaks of.

mod lessons;
mod names;
mod pupils;
mod ridge;
mod trades;

use crate::bytes::{Form, Reader, Writer};
use crate::calibration::{Confidence, highest, probabilities};
use crate::collection::Collection;
use crate::evidence::Words;
use crate::features::{Analysis, BlockWeights, Sparse, Vocabulary, unit};
use crate::linear::narrow;
use crate::random::in_parallel;
use crate::{Candidate, Classification, Document, Evidence, LearningError, TrainingOptions};
use pupils::{BIAS, Pupils};
use std::collections::HashSet;
use trades::Trades;

/// A document with its label and, where there is one, the answer that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RankedExample<'a> {
    /// What was asked.
    pub document: Document<'a>,
    /// Who answered, or what else is to be proposed.
    pub label: &'a str,
    /// What was answered; tells what the label is about in its own words. May be empty.
    pub answer: &'a str,
}

/// What is known about a label beside its examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelDescription<'a> {
    /// The label.
    pub label: &'a str,
    /// Its name as people write it, such as 「보행자전거과」.
    pub name: &'a str,
    /// What it is in charge of. May be empty.
    pub duties: &'a str,
}

/// Kinds of likeness between a document and a label: learned, by the pieces of the name, by the matters that it speaks of.
const KINDS: usize = 3;
/// What each kind counts, once the likenesses of all kinds are spread equally. Chosen once, for all deployments: to learn them
/// from a few hundred examples was worse.
type Counts = [f64; KINDS];
/// What counts for the first place, which is likelier to belong to a label that has examples.
const FIRST: Counts = [1.0, 0.2, 0.3];
/// What counts for the places after it: who is not found by examples is found there, by its name and by the lexicon.
const FURTHER: Counts = [1.0, 0.3, 1.0];
/// How far likenesses are spread where no examples tell.
const USUAL_SPREADS: [f64; KINDS] = [0.04, 0.6, 0.01];
/// How sharply scores are told apart where no examples tell: cautiously.
const USUAL_SHARPNESS: f64 = 0.4;
/// Character n-grams of everything and of the title; words as such help little where examples are few.
const BLOCKS: BlockWeights = [1.0, 0.7, 0.0];
/// Features of a single text are kept: a label that has one example has no other words of its own.
const LEAST_DOCUMENTS: u32 = 1;
/// What the bytes of a ranker begin with.
const FORM: Form = Form { name: *b"marurank", version: 3 };

/// Ranks many labels for a document: the department that should answer. Cheap to ask, `Send` and `Sync`.
#[derive(Debug, Clone)]
pub struct Ranker {
    names: Vec<String>,
    /// Pairs of neighbouring characters of what each name is about, with how rare they are.
    pieces: Vec<Vec<([char; 2], f32)>>,
    vocabulary: Vocabulary,
    /// The texts that were learned from.
    texts: Collection,
    /// For each of them what it speaks for each label.
    shares: Vec<f32>,
    trades: Trades,
    spreads: [f64; KINDS],
    sharpness: f64,
    confidence: Confidence,
    abstain_below: f64,
}

impl Ranker {
    /// Learns from examples, from the descriptions of labels, and from the lexicon of public matters. A label need not have examples.
    /// The order of nothing matters.
    pub fn train(
        examples: &[RankedExample<'_>],
        labels: &[LabelDescription<'_>],
        options: &TrainingOptions,
    ) -> Result<Self, LearningError> {
        let described = labels.iter().map(|label| label.label);
        let places = crate::classifier::number_labels(examples.iter().map(|example| example.label).chain(described))?;
        let pupils = Pupils::choose(examples, labels, &places, options.seed);
        let vocabulary = Vocabulary::build(pupils.documents(), BLOCKS, LEAST_DOCUMENTS);
        if vocabulary.len() == 0 {
            return Err(LearningError::NoWords);
        }
        let names: Vec<String> = places.keys().map(|name| (*name).to_owned()).collect();
        let mut shown = names.clone();
        let mut duties = vec![""; names.len()];
        for label in labels {
            label.name.clone_into(&mut shown[places[label.label]]);
            duties[places[label.label]] = label.duties;
        }
        let trades: Vec<String> =
            shown.iter().zip(duties).map(|(name, duties)| format!("{} {duties}", names::trade_of(name))).collect();
        let vectors = in_parallel(options.threads, pupils.texts.len(), |place| {
            unit(vocabulary.vector(&Analysis::of(pupils.texts[place].document)))
        });
        let of_texts = pupils.texts.iter().map(|text| text.label).collect();
        let mut ranker = Self {
            pieces: shown.iter().map(|name| names::pieces_of(name, &vocabulary)).collect(),
            texts: Collection::new(vectors, of_texts, vocabulary.len()),
            shares: Vec::new(),
            trades: Trades::describe(&trades, options.threads),
            names,
            vocabulary,
            spreads: USUAL_SPREADS,
            sharpness: USUAL_SHARPNESS,
            confidence: Confidence::default(),
            abstain_below: options.abstain_below,
        };
        lessons::teach(&mut ranker, &pupils, options);
        Ok(ranker)
    }

    /// The labels, sorted.
    pub fn labels(&self) -> &[String] {
        &self.names
    }

    /// The likeliest labels of a document, at most `limit`.
    pub fn rank(&self, document: Document<'_>, limit: usize) -> Classification {
        let analysis = Analysis::of(document);
        let vector = unit(self.vocabulary.vector(&analysis));
        let likeness = self.likeness(&analysis, &self.learned(&vector));
        let shares = probabilities(&self.scores(&likeness, &FIRST));
        let first = highest(&shares);
        let sure = self.confidence.of(shares[first]);
        let mut further = probabilities(&self.scores(&likeness, &FURTHER));
        let rest = (1.0 - further[first]).max(f64::MIN_POSITIVE);
        for (place, share) in further.iter_mut().enumerate() {
            *share = if place == first { sure } else { (*share / rest * (1.0 - sure)).min(sure) };
        }
        let further_than = |one: usize, other: usize| further[other].total_cmp(&further[one]).then(one.cmp(&other));
        let mut order: Vec<usize> = (0..further.len()).collect();
        order.sort_by(|one, other| (*one != first).cmp(&(*other != first)).then_with(|| further_than(*one, *other)));
        let abstains = vector.is_empty() || sure < self.abstain_below;
        let evidence = self.evidence(&analysis, &vector, first);
        order.truncate(limit);
        let candidate = |place: usize| Candidate { label: self.names[place].clone(), confidence: further[place] };
        Classification { ranked: order.into_iter().map(candidate).collect(), abstains, evidence }
    }

    /// What ridge regression says of each label.
    fn learned(&self, vector: &Sparse) -> Vec<f64> {
        let mut sums = vec![0.0_f32; self.names.len()];
        for (product, shares) in self.texts.products(vector).iter().zip(self.shares.chunks_exact(self.names.len())) {
            let likeness = product + narrow(BIAS);
            for (sum, share) in sums.iter_mut().zip(shares) {
                *sum += likeness * share;
            }
        }
        sums.into_iter().map(f64::from).collect()
    }

    /// All kinds of likeness to each label.
    fn likeness(&self, analysis: &Analysis, learned: &[f64]) -> Vec<[f64; KINDS]> {
        let own: HashSet<[char; 2]> = analysis.words.iter().flat_map(|word| pairs_of(word)).collect();
        let by_trades = self.trades.likeness(analysis);
        let of_label =
            |place: usize| [learned[place], names::found(&self.pieces[place], &own), f64::from(by_trades[place])];
        (0..self.names.len()).map(of_label).collect()
    }

    fn scores(&self, likeness: &[[f64; KINDS]], counts: &Counts) -> Vec<f64> {
        let weighed = |kinds: &[f64; KINDS], kind: usize| counts[kind] / self.spreads[kind] * kinds[kind];
        let score = |kinds| self.sharpness * (0..KINDS).map(|kind| weighed(kinds, kind)).sum::<f64>();
        likeness.iter().map(score).collect()
    }

    /// The words of the document that spoke for the label: by the texts that bear it, and by the matters of its name.
    fn evidence(&self, analysis: &Analysis, vector: &Sparse, label: usize) -> Vec<Evidence> {
        let mut words = Words::of(analysis);
        let counted = |kind: usize| narrow(FIRST[kind] / self.spreads[kind]);
        words.hear(&self.vocabulary, vector, |feature| {
            let share = |text: u32| self.shares[text as usize * self.names.len() + label];
            let holders = self.texts.holders(feature).iter();
            holders.map(|(text, value)| value * share(*text)).sum::<f32>() * counted(0)
        });
        self.trades.testify(&mut words, analysis, label, counted(2));
        words.weightiest()
    }

    /// The model as bytes with version and checksum.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(FORM);
        self.vocabulary.write(&mut writer);
        writer.length(self.names.len());
        for (name, pieces) in self.names.iter().zip(&self.pieces) {
            writer.text(name);
            writer.length(pieces.len());
            for ([one, other], rarity) in pieces {
                writer.place(u32::from(*one));
                writer.place(u32::from(*other));
                writer.float(*rarity);
            }
        }
        self.texts.write(&mut writer);
        for share in &self.shares {
            writer.float(*share);
        }
        self.trades.write(&mut writer);
        for spread in self.spreads {
            writer.double(spread);
        }
        writer.double(self.sharpness);
        self.confidence.write(&mut writer);
        writer.double(self.abstain_below);
        writer.finish()
    }

    /// A model from its bytes. Bytes of another version, cut off or changed are an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearningError> {
        let mut reader = Reader::open(bytes, FORM)?;
        Self::read(&mut reader)
            .filter(|_| reader.is_at_end())
            .ok_or(LearningError::Unreadable { reason: "their content does not fit together" })
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let vocabulary = Vocabulary::read(reader)?;
        let (mut names, mut pieces) = (Vec::new(), Vec::new());
        for _ in 0..reader.length(16)? {
            names.push(reader.text()?);
            pieces.push(read_pieces(reader)?);
        }
        let texts = Collection::read(reader, vocabulary.len(), names.len())?;
        let mut shares = Vec::new();
        for _ in 0..texts.len().checked_mul(names.len())? {
            shares.push(reader.float()?);
        }
        let trades = Trades::read(reader, names.len())?;
        let mut spreads = [0.0; KINDS];
        for spread in &mut spreads {
            *spread = reader.double().filter(|spread| *spread > 0.0)?;
        }
        let sharpness = reader.double()?;
        let confidence = Confidence::read(reader)?;
        let abstain_below = reader.double()?;
        let ranker =
            Self { names, pieces, vocabulary, texts, shares, trades, spreads, sharpness, confidence, abstain_below };
        (ranker.names.len() >= 2).then_some(ranker)
    }
}

fn read_pieces(reader: &mut Reader<'_>) -> Option<Vec<([char; 2], f32)>> {
    let mut pieces = Vec::new();
    for _ in 0..reader.length(12)? {
        let pair = [char::from_u32(reader.place()?)?, char::from_u32(reader.place()?)?];
        pieces.push((pair, reader.float()?));
    }
    Some(pieces)
}

fn pairs_of(word: &str) -> Vec<[char; 2]> {
    let characters: Vec<char> = word.chars().filter(|character| character.is_alphanumeric()).collect();
    characters.windows(2).map(|pair| [pair[0], pair[1]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTIONS: [(&str, &str, &str); 6] = [
        ("가로등이 꺼져 있습니다", "도로", "가로등을 고쳤습니다"),
        ("도로가 패여 위험합니다", "도로", "도로를 다시 포장했습니다"),
        ("가로등 불빛이 너무 밝아요", "도로", "가로등 밝기를 낮췄습니다"),
        ("쓰레기를 수거해 가지 않아요", "청소", "쓰레기를 수거했습니다"),
        ("재활용 쓰레기는 언제 내놓나요", "청소", "재활용품은 화요일에 수거합니다"),
        ("쓰레기 봉투는 어디에서 사나요", "청소", "가까운 가게에서 봉투를 팝니다"),
    ];

    fn train(threads: usize) -> Ranker {
        let examples: Vec<RankedExample<'_>> = QUESTIONS
            .iter()
            .map(|(text, label, answer)| RankedExample { document: Document { title: "", text }, label, answer })
            .collect();
        let described = ["도로", "청소", "동물보호과"].map(|name| LabelDescription { label: name, name, duties: "" });
        let options = TrainingOptions { threads, ..TrainingOptions::default() };
        Ranker::train(&examples, &described, &options).unwrap()
    }

    fn first(ranker: &Ranker, text: &str) -> String {
        ranker.rank(Document { title: "", text }, 1).ranked[0].label.clone()
    }

    #[test]
    fn examples_names_and_the_lexicon_speak_for_labels() {
        let ranker = train(1);
        assert_eq!(first(&ranker, "가로등을 더 설치해 주세요"), "도로");
        assert_eq!(first(&ranker, "쓰레기 수거 시간이 궁금합니다"), "청소");
        assert_eq!(first(&ranker, "동물보호 상담은 어디로 하나요"), "동물보호과", "by its name alone");
        let found = ranker.rank(Document { title: "", text: "유기견이 돌아다녀요" }, 3);
        assert_eq!(found.ranked[0].label, "동물보호과", "by the words of the matter: {found:?}");
        assert!(found.evidence.iter().any(|evidence| evidence.word.contains("유기견")), "{found:?}");
    }

    #[test]
    fn words_of_an_only_example_speak_for_its_label() {
        let mut examples: Vec<RankedExample<'_>> = QUESTIONS
            .iter()
            .map(|(text, label, answer)| RankedExample { document: Document { title: "", text }, label, answer })
            .collect();
        let document = Document { title: "", text: "맨홀 뚜껑이 들썩거려요" };
        examples.push(RankedExample { document, label: "물재생과", answer: "" });
        let ranker = Ranker::train(&examples, &[], &TrainingOptions::default()).unwrap();
        assert_eq!(first(&ranker, "길에 맨홀이 열려 있어요"), "물재생과");
    }

    #[test]
    fn who_never_answered_comes_before_who_answered_other_things() {
        let ranker = train(1);
        let asked = Document { title: "", text: "가로등이 꺼져 있어서 동물도 무서워해요" };
        let found = ranker.rank(asked, 3);
        let labels: Vec<&str> = found.ranked.iter().map(|candidate| candidate.label.as_str()).collect();
        assert_eq!(labels, ["도로", "동물보호과", "청소"], "{found:?}");
        assert!(found.ranked.is_sorted_by(|one, other| one.confidence >= other.confidence), "{found:?}");
        assert!(found.ranked.iter().map(|candidate| candidate.confidence).sum::<f64>() <= 1.0 + 1e-9);
    }

    #[test]
    fn a_ranker_is_the_same_on_any_number_of_threads_and_from_its_bytes() {
        let bytes = train(1).to_bytes();
        assert_eq!(bytes, train(3).to_bytes());
        let read = Ranker::from_bytes(&bytes).unwrap();
        assert_eq!(bytes, read.to_bytes());
        assert!(Ranker::from_bytes(&bytes[..bytes.len() - 9]).is_err());
    }
}
