//! Signals of a crisis, and a model of points whose weights anyone can read.
//!
//! The signals are those that the Act lets be looked at (사회보장급여법 제12조제1항). **The points are a starting table, set by
//! hand and not estimated from any data**: a deployment replaces them, and [`errors_by_group`] measures what they do.
//! The score decides nothing: it says whom an official visits first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

const TABLE: &str = include_str!("../../data/crisis-signals.tsv");

/// A signal with its weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// The name in data.
    pub id: String,
    /// In Korean.
    pub ko: String,
    /// In English.
    pub en: String,
    /// The points.
    pub points: u32,
    /// The article that lets it be looked at.
    pub article: String,
}

/// A score with what it is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The sum.
    pub points: u32,
    /// The signals that are there, the heaviest first.
    pub parts: Vec<Signal>,
}

/// A table of signals that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the crisis signals: {reason}")]
pub struct SignalError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub reason: String,
}

/// The model: which signals, with how many points.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrisisModel {
    signals: Vec<Signal>,
}

impl CrisisModel {
    /// The model that ships with the program.
    ///
    /// # Errors
    /// Where its table is damaged; a test reads it.
    pub fn shipped() -> Result<Self, SignalError> {
        Self::parse(TABLE)
    }

    /// Reads a model from a table with tabs: signal, Korean, English, points, article.
    ///
    /// # Errors
    /// [`SignalError`] names the line.
    pub fn parse(table: &str) -> Result<Self, SignalError> {
        let mut signals: Vec<Signal> = Vec::new();
        for (place, line) in table.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |reason: &str| SignalError { line: place + 1, reason: reason.to_owned() };
            let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
            let [id, ko, en, points, article] = cells[..] else {
                return Err(wrong("write five columns, parted by tabs"));
            };
            let points = points.parse().map_err(|_| wrong("write the points as a whole number"))?;
            if signals.iter().any(|signal| signal.id == id) {
                return Err(wrong("the signal stands twice"));
            }
            signals.push(Signal {
                id: id.to_owned(),
                ko: ko.to_owned(),
                en: en.to_owned(),
                points,
                article: article.to_owned(),
            });
        }
        Ok(Self { signals })
    }

    /// The signals, in the order of the table.
    pub fn signals(&self) -> &[Signal] {
        &self.signals
    }

    /// The score of a household for which these signals are there.
    pub fn score<'a>(&self, present: impl IntoIterator<Item = &'a str>) -> Score {
        let present: Vec<&str> = present.into_iter().collect();
        let there = self.signals.iter().filter(|signal| present.contains(&signal.id.as_str()));
        let mut parts: Vec<Signal> = there.cloned().collect();
        parts.sort_by_key(|signal| std::cmp::Reverse(signal.points));
        Score { points: parts.iter().map(|signal| signal.points).sum(), parts }
    }
}

/// A household that was scored and later looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked<'a> {
    /// The group by which errors are told apart: an age band, a region.
    pub group: &'a str,
    /// Its score then.
    pub points: u32,
    /// Whether it was in need indeed.
    pub in_need: bool,
}

/// What a line of points does to a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errors {
    /// In need and above the line.
    pub found: u32,
    /// In need and below the line: overlooked.
    pub overlooked: u32,
    /// Not in need and above the line: visited in vain.
    pub in_vain: u32,
    /// Not in need and below the line.
    pub rightly_left: u32,
}

impl Errors {
    /// The share of those in need who are overlooked; nothing where nobody is in need.
    pub fn overlooked_share(&self) -> Option<f64> {
        share(self.overlooked, self.found.saturating_add(self.overlooked))
    }

    /// The share of those not in need who are visited; nothing where everybody is in need.
    pub fn in_vain_share(&self) -> Option<f64> {
        share(self.in_vain, self.in_vain.saturating_add(self.rightly_left))
    }
}

fn share(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

/// The errors that a line of points makes, by group: so that it is seen whom the model overlooks.
pub fn errors_by_group<'a>(looked: &[Looked<'a>], line: u32) -> BTreeMap<&'a str, Errors> {
    let mut found: BTreeMap<&str, Errors> = BTreeMap::new();
    for one in looked {
        let errors = found.entry(one.group).or_default();
        let cell = match (one.in_need, one.points >= line) {
            (true, true) => &mut errors.found,
            (true, false) => &mut errors.overlooked,
            (false, true) => &mut errors.in_vain,
            (false, false) => &mut errors.rightly_left,
        };
        *cell = cell.saturating_add(1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_add_up_and_show_what_they_are_made_of() {
        let model = CrisisModel::shipped().unwrap();
        assert_eq!(model.signals().len(), 9);
        let score = model.score(["debts_in_arrears", "electricity_cut", "no_such_signal", "debts_in_arrears"]);
        assert_eq!(score.points, 40);
        assert_eq!(score.parts[0].id, "electricity_cut");
        assert!(score.parts.iter().all(|part| part.article.contains("제12조제1항")));
        assert_eq!(model.score([]), Score::default());
    }

    #[test]
    fn a_damaged_table_names_its_line() {
        assert_eq!(CrisisModel::parse("head\na\tb\tc\tmany\td\n").unwrap_err().line, 2);
        assert_eq!(CrisisModel::parse("head\na\tb\tc\t1\td\na\tb\tc\t1\td\n").unwrap_err().line, 3);
        assert!(CrisisModel::parse("head\na\tb\n").unwrap_err().reason.contains("five"));
    }

    #[test]
    fn errors_are_told_by_group() {
        let looked = |group, points, in_need| Looked { group, points, in_need };
        let all = [
            looked("65+", 40, true),
            looked("65+", 10, true),
            looked("65+", 10, false),
            looked("19-34", 40, false),
            looked("19-34", 40, true),
        ];
        let errors = errors_by_group(&all, 30);
        assert_eq!(errors["65+"].overlooked_share(), Some(0.5));
        assert_eq!(errors["65+"].in_vain_share(), Some(0.0));
        assert_eq!(errors["19-34"].overlooked_share(), Some(0.0));
        assert_eq!(errors["19-34"].in_vain_share(), Some(1.0));
    }
}
