//! Recommendations of different bodies that speak of the same: a program finds them, a person decides whether they are joined.
//!
//! | what two share | counts |
//! |---|---|
//! | a name in quotation marks that few texts hold | as the same thing |
//! | a law that few texts name | as the same law; with different deadlines, as a conflict |
//! | many words that few texts hold | as alike: cosine of the words' weights |

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::{
    bodies,
    entry::{Entry, Number},
    links::names,
    quarter::Quarter,
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// A name or law in more texts than this is one of the whole plan.
const MOST_TEXTS: usize = 6;
/// From this cosine on two texts are alike.
const ALIKE: f64 = 0.34;
/// A word in more than this share of all texts says nothing of any of them.
const COMMON: f64 = 0.1;
/// So few texts hold a word that is not common, however short the plan.
const ALWAYS_TELLING: f64 = 3.0;
/// One word that two share makes them alike in nothing.
const LEAST_SHARED: usize = 2;
/// Words that are shown of what two texts share.
const SHOWN: usize = 6;

/// Two recommendations that speak of the same.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Overlap {
    /// The one with the smaller number.
    #[schema(value_type = String, example = "4-1")]
    pub one: Number,
    /// The other.
    #[schema(value_type = String, example = "31-4")]
    pub other: Number,
    /// Cosine of their words, from 0 to 1.
    pub likeness: f64,
    /// Things that both name.
    pub names: Vec<String>,
    /// Laws that both name.
    pub laws: Vec<String>,
    /// The most telling words that both hold.
    pub words: Vec<String>,
    /// The last quarters of both, where they name the same law and are to be done at different times.
    #[schema(value_type = Option<Vec<String>>)]
    pub apart: Option<(Quarter, Quarter)>,
}

/// The overlaps between bodies, what is most alike first.
pub fn overlaps(entries: &[Entry]) -> Vec<Overlap> {
    let read: Vec<Read> = entries.iter().map(Read::of).collect();
    let weights = weights(&read);
    let vectors: Vec<Vector> = read.iter().map(|one| vector(one, &weights)).collect();
    let rare_names = rare(read.iter().map(|one| &one.names));
    let rare_laws = rare(read.iter().map(|one| &one.laws));
    let mut found = Vec::new();
    for one in 0..entries.len() {
        for other in one + 1..entries.len() {
            if entries[one].lead == entries[other].lead || entries[one].number.task == entries[other].number.task {
                continue;
            }
            let shared = |a: &BTreeSet<String>, b: &BTreeSet<String>, rare: &BTreeSet<&String>| -> Vec<String> {
                a.intersection(b).filter(|name| rare.contains(name)).cloned().collect()
            };
            let likeness = cosine(&vectors[one], &vectors[other]);
            let names = shared(&read[one].names, &read[other].names, &rare_names);
            let laws = shared(&read[one].laws, &read[other].laws, &rare_laws);
            let shares_a_thing = !names.is_empty() || !laws.is_empty();
            if likeness < ALIKE && !shares_a_thing {
                continue;
            }
            let words = telling(&vectors[one], &vectors[other]);
            if words.len() < LEAST_SHARED && !shares_a_thing {
                continue;
            }
            let apart = (!laws.is_empty()).then(|| apart(&entries[one], &entries[other])).flatten();
            found.push(Overlap {
                one: entries[one].number,
                other: entries[other].number,
                likeness,
                names,
                laws,
                words,
                apart,
            });
        }
    }
    found.sort_by(|one, other| {
        let things = |overlap: &Overlap| overlap.names.len() + overlap.laws.len();
        things(other).cmp(&things(one)).then(other.likeness.total_cmp(&one.likeness)).then(one.one.cmp(&other.one))
    });
    found
}

/// The last quarters of two, where they differ.
fn apart(one: &Entry, other: &Entry) -> Option<(Quarter, Quarter)> {
    let last = |entry: &Entry| entry.quarters().last().copied();
    let (first, second) = (last(one)?, last(other)?);
    (first != second).then_some((first, second))
}

struct Read {
    words: BTreeMap<String, f64>,
    names: BTreeSet<String>,
    laws: BTreeSet<String>,
}

impl Read {
    fn of(entry: &Entry) -> Self {
        let mut words: BTreeMap<String, f64> = BTreeMap::new();
        for word in maru_korean::words(&entry.text).map(maru_korean::strip_particle) {
            let tells = word.chars().count() >= 2
                && !word.chars().next().is_some_and(|first| first.is_ascii_digit())
                && bodies::body_called(word).is_none();
            if tells {
                *words.entry(word.to_owned()).or_default() += 1.0;
            }
        }
        Self { words, names: names(&entry.text), laws: entry.laws.iter().cloned().collect() }
    }
}

type Vector = BTreeMap<String, f64>;

fn weights(read: &[Read]) -> BTreeMap<&str, f64> {
    let mut spread: BTreeMap<&str, f64> = BTreeMap::new();
    for word in read.iter().flat_map(|one| one.words.keys()) {
        *spread.entry(word.as_str()).or_default() += 1.0;
    }
    let all = read.len() as f64;
    let most = (all * COMMON).max(ALWAYS_TELLING);
    let telling = spread.into_iter().filter(|(_, texts)| *texts <= most);
    telling.map(|(word, texts)| (word, ((all + 1.0) / (texts + 1.0)).ln())).collect()
}

/// The words of a text by weight, of length one.
fn vector(read: &Read, weights: &BTreeMap<&str, f64>) -> Vector {
    let weighed = read
        .words
        .iter()
        .filter_map(|(word, count)| Some((word.clone(), (1.0 + count.ln()) * weights.get(word.as_str())?)));
    let mut vector: Vector = weighed.collect();
    let length = vector.values().map(|weight| weight * weight).sum::<f64>().sqrt();
    if length > 0.0 {
        for weight in vector.values_mut() {
            *weight /= length;
        }
    }
    vector
}

fn cosine(one: &Vector, other: &Vector) -> f64 {
    one.iter().filter_map(|(word, weight)| other.get(word).map(|same| weight * same)).sum()
}

fn telling(one: &Vector, other: &Vector) -> Vec<String> {
    let mut shared: Vec<(f64, &String)> =
        one.iter().filter_map(|(word, weight)| other.get(word).map(|same| (weight * same, word))).collect();
    shared.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    shared.into_iter().take(SHOWN).map(|(_, word)| word.clone()).collect()
}

fn rare<'a>(sets: impl Iterator<Item = &'a BTreeSet<String>>) -> BTreeSet<&'a String> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for name in sets.flatten() {
        *counts.entry(name).or_default() += 1;
    }
    counts.into_iter().filter(|(_, count)| *count <= MOST_TEXTS).map(|(name, _)| name).collect()
}

/// What a person decided of two recommendations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Joined {
    /// The one with the smaller number.
    #[schema(value_type = String, example = "4-1")]
    pub one: Number,
    /// The other.
    #[schema(value_type = String, example = "31-4")]
    pub other: Number,
    /// Whether the bodies are to do it together; otherwise both stay as they are.
    pub join: bool,
    /// Why.
    pub reason: String,
}

/// The state of all that was decided, by «one+other».
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlaps {
    /// What was decided.
    pub decided: BTreeMap<String, Joined>,
}

/// The stream of the whole plan.
pub const OVERLAPS: &str = "national";

impl Overlaps {
    /// What was decided of two, in either order.
    pub fn of(&self, one: Number, other: Number) -> Option<&Joined> {
        self.decided.get(&key(one, other))
    }
}

fn key(one: Number, other: Number) -> String {
    format!("{}+{}", one.min(other), one.max(other))
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum OverlapOrder {
    /// Decide.
    Decide(Joined, Actor),
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum OverlapEvent {
    /// A person decided.
    OverlapDecided {
        /// What.
        joined: Joined,
        /// Who.
        by: Actor,
    },
}

impl Aggregate for Overlaps {
    const KIND: &'static str = "overlaps";
    type Command = OverlapOrder;
    type Event = OverlapEvent;
    type Refusal = Refusal;

    fn decide(&self, order: OverlapOrder, _now: Timestamp) -> Result<Vec<OverlapEvent>, Refusal> {
        let OverlapOrder::Decide(mut joined, by) = order;
        check_words(&joined.reason, ("이유", "reason"), LONGEST_NOTE)?;
        if joined.one == joined.other {
            return Err(Refusal::Unknown);
        }
        (joined.one, joined.other) = (joined.one.min(joined.other), joined.one.max(joined.other));
        if self.of(joined.one, joined.other) == Some(&joined) {
            return Ok(Vec::new());
        }
        Ok(vec![OverlapEvent::OverlapDecided { joined, by }])
    }

    fn evolve(&mut self, event: &OverlapEvent) {
        let OverlapEvent::OverlapDecided { joined, .. } = event;
        self.decided.insert(key(joined.one, joined.other), joined.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import;

    #[test]
    fn the_same_thing_of_two_bodies_is_found_and_of_one_body_is_not() {
        let head = "task_no\taxis\tarea_no\tarea\ttitle\trec_seq\tministry\tcontent\n";
        let rows = [
            "1\t축\t1\t영역\t가\t1\t교육부\t교육부는 ‘온누리 학습관’을 ’26년 4분기까지 세운다.",
            "2\t축\t1\t영역\t나\t1\t문체부\t문체부는 온 나라 도서관에 ‘온누리 학습관’ 자료를 둔다.",
            "3\t축\t1\t영역\t다\t1\t교육부\t교육부는 ‘온누리 학습관’을 알린다.",
            "4\t축\t1\t영역\t라\t1\t행안부\t행안부는 ｢가나다법｣ 개정안을 ’26년 2분기까지 낸다.",
            "5\t축\t1\t영역\t마\t1\t국토부\t국토부는 ｢가나다법｣ 개정안을 ’27년 2분기까지 낸다.",
            "6\t축\t1\t영역\t바\t1\t국방부\t국방부는 훈련장을 고친다.",
        ];
        let plan = import::read(&format!("{head}{}", rows.join("\n")));
        let found = overlaps(&plan.entries);
        let pairs: BTreeSet<String> = found.iter().map(|one| format!("{}+{}", one.one, one.other)).collect();
        assert!(pairs.contains("1-1+2-1") && pairs.contains("2-1+3-1") && pairs.contains("4-1+5-1"), "{pairs:?}");
        assert!(!pairs.contains("1-1+3-1"), "one body does not overlap with itself");
        let law = found.iter().find(|one| !one.laws.is_empty()).unwrap();
        assert_eq!(law.apart, Some(("26Q2".parse().unwrap(), "27Q2".parse().unwrap())), "one law, two times");
    }

    #[test]
    fn what_every_text_says_makes_no_two_alike() {
        let row = |number: usize| format!("{number}\t축\t1\t영역\t과제\t1\t{}\t권고", ["교육부", "문체부"][number % 2]);
        let rows: Vec<String> = (1..=40).map(row).collect();
        let head = "task_no\taxis\tarea_no\tarea\ttitle\trec_seq\tministry\tcontent\n";
        let plan = import::read(&format!("{head}{}", rows.join("\n")));
        assert_eq!(plan.entries.len(), 40);
        assert_eq!(overlaps(&plan.entries), Vec::new());
    }
}
