//! How likely a deadline is missed: learned from this plan's own history, explained feature by feature.
//!
//! 1. Every deadline that has passed is an example, seen from the beginning of its own quarter and of the three before, as far
//!    as the plan was there then: what was known on that day, and whether the report of the deadline's own quarter said that it
//!    was met.
//! 2. A logistic regression with few features, each of which an official can check by hand, drawn towards the base rate by a
//!    ridge ([`fit`]).
//! 3. Too short a history gives no forecast: then only the base rate is told.
//!
//! The forecast decides nothing: it orders visits and is shown with what it rests on.

mod features;
mod fit;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use features::{FEATURES, Feature, History, Row};
pub use fit::{Model, brier};

use super::{
    entry::Number,
    extract::Bound,
    links::Graph,
    quarter::Quarter,
    recommendation::{Recommendation, Report},
};

/// What a report said, as far as forecasts ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The quarter that it was of.
    pub quarter: Quarter,
    /// Which deadlines it said were met.
    pub met: Vec<(Quarter, Bound)>,
    /// Whether it said that everything is done.
    pub complete: bool,
    /// Whether it spoke of an obstacle.
    pub obstacle: bool,
}

impl Told {
    /// What `report` told of deadlines.
    pub fn of(report: &Report, recommendation: &Recommendation) -> Self {
        let deadlines = recommendation.entry.as_ref().map_or(&[][..], |entry| &entry.deadlines);
        let met = report.done.iter().filter_map(|place| deadlines.get(*place));
        Self {
            quarter: report.quarter,
            met: met.map(|deadline| (deadline.quarter, deadline.bound)).collect(),
            complete: report.complete,
            obstacle: !report.obstacle.trim().is_empty(),
        }
    }
}

/// From so many passed deadlines on, a forecast is made.
pub const ENOUGH: usize = 40;
/// From so many quarters before its own a deadline is looked at.
pub const HORIZON: i32 = 3;

/// What a forecast says of one deadline.
#[derive(Debug, Clone, PartialEq)]
pub struct Chance {
    /// Of which recommendation.
    pub number: Number,
    /// Which deadline, by its place from 0.
    pub place: usize,
    /// Its quarter.
    pub quarter: Quarter,
    /// How likely it is missed, from 0 to 1.
    pub of_delay: f64,
    /// What raises and lowers it most, the strongest first.
    pub because: Vec<(Feature, f64)>,
}

/// The forecasts of a plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outlook {
    /// How many passed deadlines it was learned from.
    pub examples: usize,
    /// The share of them that was missed.
    pub base_rate: f64,
    /// What each open deadline's chance is; nothing where the history is too short.
    pub chances: Vec<Chance>,
    /// How it would have done in the quarter that ended last, learned only from what was before.
    pub check: Option<Check>,
}

/// A forecast of the past against what happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Check {
    /// The quarter.
    pub quarter: Quarter,
    /// How many deadlines it had.
    pub deadlines: usize,
    /// Mean of the squared errors of the forecast: 0 is perfect.
    pub brier: f64,
    /// The same of the base rate of the time before.
    pub brier_of_base: f64,
}

impl Outlook {
    /// The next open deadline's chance, by recommendation.
    pub fn next(&self) -> BTreeMap<Number, f64> {
        let mut next: BTreeMap<Number, (Quarter, f64)> = BTreeMap::new();
        for chance in &self.chances {
            let known = next.entry(chance.number).or_insert((chance.quarter, chance.of_delay));
            if chance.quarter < known.0 {
                *known = (chance.quarter, chance.of_delay);
            }
        }
        next.into_iter().map(|(number, (_, chance))| (number, chance)).collect()
    }
}

/// The outlook at the beginning of `now`. Only accepted dependencies are in `graph`.
pub fn outlook(recommendations: &[Recommendation], graph: &Graph, now: Quarter) -> Outlook {
    let history = History::of(recommendations, graph);
    let passed = history.examples(now);
    let base_rate = share(&passed);
    let examples = history.passed(now);
    let mut outlook = Outlook { examples, base_rate, chances: Vec::new(), check: None };
    if examples < ENOUGH {
        return outlook;
    }
    let model = Model::fit(&passed);
    outlook.chances = history
        .open(now)
        .into_iter()
        .map(|(number, place, quarter, row)| Chance {
            number,
            place,
            quarter,
            of_delay: model.probability(&row),
            because: model.because(&row),
        })
        .collect();
    outlook.check = check(&history, now.previous());
    outlook
}

/// How a forecast made at the beginning of `quarter` would have done.
fn check(history: &History<'_>, quarter: Quarter) -> Option<Check> {
    let before = history.examples(quarter);
    let asked: Vec<(Row, bool)> = history.due_in(quarter);
    if history.passed(quarter) < ENOUGH || asked.is_empty() {
        return None;
    }
    let model = Model::fit(&before);
    let base = share(&before);
    let pairs = |guess: &dyn Fn(&Row) -> f64| brier(asked.iter().map(|(row, missed)| (guess(row), *missed)));
    Some(Check {
        quarter,
        deadlines: asked.len(),
        brier: pairs(&|row| model.probability(row)),
        brier_of_base: pairs(&|_| base),
    })
}

fn share(examples: &[(Row, bool)]) -> f64 {
    let missed = examples.iter().filter(|(_, missed)| *missed).count();
    if examples.is_empty() { 0.0 } else { missed as f64 / examples.len() as f64 }
}

#[cfg(test)]
mod tests {
    use maru_ledger::Aggregate as _;

    use super::*;
    use crate::{
        domain::{
            evidence::Evidence,
            recommendation::{Actor, Event},
        },
        import,
    };

    /// Sixty recommendations of two bodies: one reports in time what it did, the other reports nothing.
    fn two_bodies() -> Vec<Recommendation> {
        let head = "task_no\taxis\tarea_no\tarea\ttitle\trec_seq\tministry\tcontent\n";
        let row = |task: usize| {
            let body = if task.is_multiple_of(2) { "교육부" } else { "행안부" };
            format!("{task}\t축\t1\t영역\t과제\t1\t{body}\t’26년 2분기까지, ’26년 3분기까지, ’27년 1분기까지 한다.\n")
        };
        let plan = import::read(&(head.to_owned() + &(1..=60).map(row).collect::<String>()));
        plan.entries.into_iter().map(lived).collect()
    }

    fn lived(entry: super::super::Entry) -> Recommendation {
        let reports = entry.lead == "mois";
        let mut one = Recommendation::default();
        let since = "26Q1".parse().unwrap();
        one.evolve(&Event::Entered { entry: Box::new(entry), version: String::new(), since });
        for (place, quarter) in ["26Q2", "26Q3"].into_iter().enumerate().filter(|_| reports) {
            let report = Report {
                quarter: quarter.parse().unwrap(),
                summary: "했습니다.".to_owned(),
                done: [place].into(),
                complete: false,
                obstacle: String::new(),
                evidence: vec![Evidence { title: "가".to_owned(), address: "https://a.kr/1".to_owned() }],
                files: Vec::new(),
            };
            let by = Actor { account: "a".to_owned(), body: "mois".to_owned() };
            one.evolve(&Event::Reported { report, by });
        }
        one
    }

    #[test]
    fn who_was_late_is_likely_to_be_late_again() {
        let known = two_bodies();
        let outlook = outlook(&known, &Graph::default(), "26Q4".parse().unwrap());
        assert_eq!(outlook.examples, 120, "two deadlines of each have passed");
        assert!((outlook.base_rate - 0.5).abs() < 1e-9, "{}", outlook.base_rate);
        for chance in outlook.chances.iter().filter(|chance| chance.quarter == "27Q1".parse().unwrap()) {
            let late = chance.number.task.is_multiple_of(2);
            assert_eq!(chance.of_delay > 0.7, late, "{chance:?}");
            assert_eq!(chance.of_delay < 0.3, !late, "{chance:?}");
            assert!(!chance.because.is_empty());
        }
        assert_eq!(outlook.chances.iter().filter(|chance| !chance.number.task.is_multiple_of(2)).count(), 30);
        let check = outlook.check.unwrap();
        assert_eq!((check.quarter, check.deadlines), ("26Q3".parse().unwrap(), 60));
        // Before the first deadline had passed nothing told the two apart: then the forecast is the base rate, and no worse.
        assert!((check.brier - check.brier_of_base).abs() < 1e-3, "{check:?}");
    }
}
