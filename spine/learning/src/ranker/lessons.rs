//! How a ranker learns: what texts speak for which label, and what a score is worth, by leaving one example out at a time.

use super::pupils::{BIAS, Pupils};
use super::ridge::Factor;
use super::{FIRST, KINDS, Ranker, USUAL_SPREADS};
use crate::TrainingOptions;
use crate::calibration::{Confidence, highest, probabilities};
use crate::collection::Collection;
use crate::features::Analysis;
use crate::linear::narrow;
use crate::random::{Random, in_parallel};

/// How strongly ridge regression is held back. Less is better where labels have one to three examples, more where they have dozens.
const HOLD: f64 = 0.5;
/// What of a question counts as known at least.
const LEAST_KNOWN: f64 = 0.1;
/// Examples that are left out to learn what a score is worth; more would not make it better, only slower.
const MOST_LESSONS: usize = 400;
/// How sharply scores may be told apart: as likely as the true labels become.
const SHARPNESS: [f64; 16] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.2, 1.4, 1.7, 2.0, 2.5, 3.0, 4.0];

/// What was like the labels when an example was left out, and which of them was the true one.
struct Lesson {
    likeness: Vec<[f64; KINDS]>,
    truth: usize,
}

/// Learns all that is learned.
///
/// A label of which the only example is left out stays a candidate with its name: how often the answer comes from a label
/// that has not answered yet is part of what a confidence must know. That it has no example left cannot help it, since
/// nothing speaks for having none.
pub(super) fn teach(ranker: &mut Ranker, pupils: &Pupils<'_>, options: &TrainingOptions) {
    let labels = ranker.names.len();
    let factor = Factor::of(matrix(ranker, pupils, options.threads));
    let said = |text: usize, label: usize| f64::from(u8::from(pupils.texts[text].label as usize == label));
    let mut shares: Vec<Vec<f64>> =
        (0..pupils.texts.len()).map(|text| (0..labels).map(|label| said(text, label)).collect()).collect();
    factor.solve(&mut shares);
    ranker.shares = shares.iter().flatten().map(|share| narrow(*share)).collect();
    let mut chosen = pupils.examples.clone();
    Random::new(options.seed).shuffle(&mut chosen);
    chosen.truncate(MOST_LESSONS);
    if chosen.is_empty() {
        return;
    }
    let analyses =
        in_parallel(options.threads, chosen.len(), |turn| Analysis::of(pupils.texts[chosen[turn].0].document));
    ranker.trades.learn_what_is_usual(&analyses, options.threads);
    let left_out = factor.left_out(&chosen, &shares, said, options.threads);
    let lessons = in_parallel(options.threads, chosen.len(), |turn| {
        let longer = 1.0 / known_to_others(&ranker.texts, chosen[turn]).sqrt();
        let learned: Vec<f64> = left_out[turn].iter().map(|score| score * longer).collect();
        Lesson {
            likeness: ranker.likeness(&analyses[turn], &learned),
            truth: pupils.texts[chosen[turn].0].label as usize,
        }
    });
    ranker.spreads = spreads(&lessons);
    ranker.sharpness = sharpness(ranker, &lessons);
    let said = lessons.iter().map(|lesson| {
        let scores = scores(ranker, lesson);
        let first = highest(&scores);
        (probabilities(&scores)[first], first == lesson.truth)
    });
    ranker.confidence = Confidence::fit(said.collect());
}

/// The share of a question, by the squares of its values, that other texts than it and its answer have in common with it. A question that
/// was not learned from is as long as what is known of it: its words of its own must not make a lesson shorter than that.
fn known_to_others(texts: &Collection, (question, answer): (usize, Option<usize>)) -> f64 {
    let of_others = |text: usize| text != question && Some(text) != answer;
    let known = |feature: u32| texts.holders(feature).iter().any(|holder| of_others(holder.0 as usize));
    let entries = texts.vectors[question].iter().filter(|entry| known(entry.0));
    entries.map(|entry| f64::from(entry.1 * entry.1)).sum::<f64>().max(LEAST_KNOWN)
}

/// The likeness of all texts to each other, with what holds ridge regression back on the diagonal: the rows of the lower half.
fn matrix(ranker: &Ranker, pupils: &Pupils<'_>, threads: usize) -> Vec<Vec<f64>> {
    in_parallel(threads, pupils.texts.len(), |row| {
        let products = ranker.texts.products(&ranker.texts.vectors[row]);
        let mut row: Vec<f64> = products[..=row].iter().map(|product| f64::from(*product) + BIAS).collect();
        if let Some(diagonal) = row.pop() {
            let trust = pupils.texts[row.len()].trust;
            row.push(diagonal + HOLD / trust);
        }
        row
    })
}

/// How far likenesses of each kind are spread (standard deviation over all lessons and labels).
fn spreads(lessons: &[Lesson]) -> [f64; KINDS] {
    let mut spreads = USUAL_SPREADS;
    for (kind, spread) in spreads.iter_mut().enumerate() {
        let all = || lessons.iter().flat_map(|lesson| lesson.likeness.iter().map(|kinds| kinds[kind]));
        let count = all().count().max(1) as f64;
        let mean = all().sum::<f64>() / count;
        let deviation = (all().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        // Less than that is no measure: hardly a name was found in these examples.
        *spread = deviation.max(*spread / 4.0);
    }
    spreads
}

fn scores(ranker: &Ranker, lesson: &Lesson) -> Vec<f64> {
    ranker.scores(&lesson.likeness, &FIRST)
}

/// The sharpness under which the true labels are likeliest.
fn sharpness(ranker: &Ranker, lessons: &[Lesson]) -> f64 {
    let of_all: Vec<(Vec<f64>, usize)> = lessons
        .iter()
        .map(|lesson| (scores(ranker, lesson).iter().map(|score| score / ranker.sharpness).collect(), lesson.truth))
        .collect();
    let likelihood = |sharpness: f64| -> f64 {
        let of_one = |(scores, truth): &(Vec<f64>, usize)| {
            let sharpened: Vec<f64> = scores.iter().map(|score| score * sharpness).collect();
            probabilities(&sharpened)[*truth].max(f64::MIN_POSITIVE).ln()
        };
        of_all.iter().map(of_one).sum()
    };
    SHARPNESS.into_iter().max_by(|one, other| likelihood(*one).total_cmp(&likelihood(*other))).unwrap_or(1.0)
}
