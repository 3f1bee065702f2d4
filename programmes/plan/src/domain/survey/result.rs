//! What a survey says, and how sure it is: shares weighted to the frame, an interval of 95 %, and the bounds that hold whatever those
//! who did not answer think.
//!
//! | figure | how |
//! |---|---|
//! | share | strata weighted by their people in the frame; who did not answer is taken to be like those of the stratum who did |
//! | interval | Wilson's at the effective size by Kish, 1 / Σ (weight² / answers); that strata make it surer is not counted on |
//! | bounds | all who did not answer think otherwise, or all think so: nothing is supposed |
//!
//! Strata with fewer than five answers are joined with their neighbours before that; of fewer than ten answers in all nothing is said.

use serde::{Deserialize, Serialize};

use super::Stratum;

/// Strata with fewer answers are joined with the next.
const LEAST_ANSWERS: u64 = 5;
/// From so many answers on a share is given.
pub const ENOUGH: u64 = 10;
/// The quantile of the normal distribution for 95 %.
const Z: f64 = 1.96;

/// What was answered, counted when the survey was closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SurveyTally)]
pub struct Tally {
    /// How many answered, by stratum.
    pub answered: Vec<u64>,
    /// How many chose what: by question, stratum and option.
    pub counts: Vec<Vec<Vec<u64>>>,
}

impl Tally {
    /// How many answered.
    pub fn all(&self) -> u64 {
        self.answered.iter().sum()
    }
}

/// The share of an option.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SurveyShare)]
pub struct Share {
    /// The share, weighted to the frame.
    pub share: f64,
    /// The lower end of the interval of 95 %.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The share if all who did not answer think otherwise.
    pub least: f64,
    /// The share if all who did not answer think so.
    pub most: f64,
}

/// A part of the frame: one stratum, or several that were joined.
#[derive(Default)]
struct Cell {
    people: f64,
    invited: f64,
    answers: u64,
    counts: Vec<u64>,
}

/// The cells of a question: neighbours are joined until each has enough answers.
fn cells(strata: &[Stratum], counts: &[Vec<u64>]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for (stratum, counts) in strata.iter().zip(counts) {
        let (people, invited) = (stratum.people as f64, stratum.drawn.len() as f64);
        if cells.last().is_none_or(|cell| cell.answers >= LEAST_ANSWERS) {
            cells.push(Cell::default());
        }
        if let Some(cell) = cells.last_mut() {
            join(cell, people, invited, counts);
        }
    }
    // What is left over at the end joins what stands before it.
    if cells.len() > 1
        && cells.last().is_some_and(|cell| cell.answers < LEAST_ANSWERS)
        && let Some(rest) = cells.pop()
        && let Some(cell) = cells.last_mut()
    {
        join(cell, rest.people, rest.invited, &rest.counts);
    }
    cells
}

fn join(cell: &mut Cell, people: f64, invited: f64, counts: &[u64]) {
    cell.people += people;
    cell.invited += invited;
    cell.answers += counts.iter().sum::<u64>();
    cell.counts.resize(cell.counts.len().max(counts.len()), 0);
    for (sum, count) in cell.counts.iter_mut().zip(counts) {
        *sum += count;
    }
}

/// The shares of the options of a question, whose counts are by stratum and option; nothing where too few answered it.
pub fn shares(strata: &[Stratum], counts: &[Vec<u64>]) -> Option<Vec<Share>> {
    let answers: u64 = counts.iter().flatten().sum();
    if answers < ENOUGH {
        return None;
    }
    let cells = cells(strata, counts);
    let people: f64 = cells.iter().map(|cell| cell.people).sum();
    let weight = |cell: &Cell| cell.people / people;
    let size = 1.0 / cells.iter().map(|cell| weight(cell).powi(2) / cell.answers as f64).sum::<f64>();
    let options = cells.iter().map(|cell| cell.counts.len()).max().unwrap_or_default();
    let share = |option: usize| {
        let of = |cell: &Cell| cell.counts.get(option).copied().unwrap_or_default() as f64;
        let share: f64 = cells.iter().map(|cell| weight(cell) * of(cell) / cell.answers as f64).sum();
        let least: f64 = cells.iter().map(|cell| weight(cell) * of(cell) / cell.invited).sum();
        let silent: f64 =
            cells.iter().map(|cell| weight(cell) * (cell.invited - cell.answers as f64) / cell.invited).sum();
        let (low, high) = wilson(share, size);
        Share { share, low, high, least, most: (least + silent).min(1.0) }
    };
    Some((0..options).map(share).collect())
}

/// The interval of E. B. Wilson (1927) for a share that `size` people gave.
fn wilson(share: f64, size: f64) -> (f64, f64) {
    let square = Z * Z;
    let middle = (share + square / (2.0 * size)) / (1.0 + square / size);
    let half = Z / (1.0 + square / size) * (share * (1.0 - share) / size + square / (4.0 * size * size)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    fn stratum(people: usize, drawn: usize) -> Stratum {
        Stratum { name: String::new(), people, drawn: vec![String::new(); drawn] }
    }

    fn close(one: f64, other: f64) {
        assert!((one - other).abs() < 1e-3, "{one} is not {other}");
    }

    #[test]
    fn one_stratum_gives_wilsons_interval() {
        // 20 of 50: Wilson's interval of 95 % is 0.276 to 0.538, as in tables.
        let shares = shares(&[stratum(1_000, 100)], &[vec![20, 30]]).unwrap();
        close(shares[0].share, 0.4);
        close(shares[0].low, 0.276);
        close(shares[0].high, 0.538);
        close(shares[0].least, 0.2);
        close(shares[0].most, 0.7);
    }

    #[test]
    fn strata_weigh_as_much_as_their_people() {
        let strata = [stratum(900, 50), stratum(100, 50)];
        let shares = shares(&strata, &[vec![10, 30], vec![40, 10]]).unwrap();
        close(shares[0].share, 0.9 * 0.25 + 0.1 * 0.8);
        close(shares.iter().map(|one| one.share).sum(), 1.0);
        close(shares[0].least, 0.9 * 0.2 + 0.1 * 0.8);
        close(shares[0].most, 0.9 * 0.4 + 0.1 * 0.8);
        assert!(shares.iter().all(|one| one.least <= one.share && one.share <= one.most && one.low < one.share));
    }

    #[test]
    fn strata_with_few_answers_are_joined_and_few_answers_say_nothing() {
        let strata = [stratum(100, 10), stratum(100, 10), stratum(100, 10)];
        let cells = cells(&strata, &[vec![3, 1], vec![4, 2], vec![0, 1]]);
        assert_eq!(cells.len(), 1, "the first two are joined, and the last joins them");
        assert_eq!((cells[0].answers, cells[0].counts.clone()), (11, vec![7, 4]));
        assert_eq!(shares(&strata, &[vec![3, 1], vec![2, 2], vec![0, 1]]), None);
    }

    /// The interval holds the truth in about 95 of 100 draws, where who does not answer is like who does.
    #[test]
    fn the_interval_holds_what_it_promises() {
        let mut chance = Chance(20_261_127);
        let (strata, truth) = ([stratum(6_000, 120), stratum(3_000, 60), stratum(1_000, 20)], [0.3, 0.5, 0.8]);
        let whole: f64 = strata.iter().zip(truth).map(|(one, share)| one.people as f64 / 10_000.0 * share).sum();
        let held = (0..2_000).filter(|_| {
            let counts: Vec<Vec<u64>> = strata
                .iter()
                .zip(truth)
                .map(|(one, share)| {
                    let answered = one.drawn.iter().filter(|_| chance.share() < 0.5).count();
                    let yes = (0..answered).filter(|_| chance.share() < share).count() as u64;
                    vec![yes, answered as u64 - yes]
                })
                .collect();
            let yes = shares(&strata, &counts).unwrap()[0];
            (yes.low..=yes.high).contains(&whole)
        });
        let held = held.count();
        assert!(held >= 1_880, "{held} of 2,000");
    }
}
