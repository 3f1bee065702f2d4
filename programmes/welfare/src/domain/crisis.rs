//! Signals of a crisis, and a model of points whose weights anyone can read.
//!
//! The signals are those that the Act lets be looked at (사회보장급여법 제12조제1항). **The points are a starting table, set by
//! hand and not estimated from any data**: a deployment replaces them, and [`errors_by_group`] measures what they do.
//! Every weight has the day from which it holds. The score decides nothing: it says whom an official visits first.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

const TABLE: &str = include_str!("../../data/crisis-model.toml");

/// A signal with its weight from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// The name in data.
    pub id: String,
    /// In Korean.
    pub ko: String,
    /// In English.
    pub en: String,
    /// The points.
    pub points: u32,
    /// Whether an official goes there, rather than telephones.
    #[serde(default)]
    pub visit: bool,
    /// From this day.
    pub from: Date,
    /// The article that lets it be looked at.
    pub article: String,
}

/// From how many points on a household is looked at, from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// From this day.
    pub from: Date,
    /// So many points, or more.
    pub points: u32,
}

/// A signal that a register tells of a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// Which, by its name in data.
    pub signal: String,
    /// Since when.
    pub since: Date,
    /// The last day on which it was so; nothing where it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The agency that says so.
    #[serde(default)]
    pub agency: String,
}

impl Present {
    /// Whether it is there on a day.
    pub fn is_there(&self, day: Date) -> bool {
        self.since <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// A part of a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The signal, with the weight of that day.
    pub signal: Signal,
    /// Since when it is there.
    pub since: Date,
    /// The agency that says so.
    pub agency: String,
}

/// A score with what it is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The sum.
    pub points: u32,
    /// The signals that are there, the heaviest first, each once.
    pub parts: Vec<Part>,
}

impl Score {
    /// Whether one of its signals is looked after by going there.
    pub fn asks_for_visit(&self) -> bool {
        self.parts.iter().any(|part| part.signal.visit)
    }
}

/// A model that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the crisis model: {0}")]
pub struct ModelError(String);

/// The model: which signals, with how many points, since when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrisisModel {
    line: Vec<Line>,
    signal: Vec<Signal>,
}

impl CrisisModel {
    /// The model that ships with the program.
    ///
    /// # Errors
    /// Where its table is damaged; a test reads it.
    pub fn shipped() -> Result<Self, ModelError> {
        Self::parse(TABLE)
    }

    /// Reads a model from TOML: `[[line]]` and `[[signal]]`.
    ///
    /// # Errors
    /// [`ModelError`] says what is wrong and what to do.
    pub fn parse(table: &str) -> Result<Self, ModelError> {
        let model: Self = toml::from_str(table).map_err(|error| ModelError(error.to_string()))?;
        let twice = model.signal.iter().enumerate().find(|(place, signal)| {
            model.signal.iter().take(*place).any(|other| other.id == signal.id && other.from == signal.from)
        });
        if let Some((_, signal)) = twice {
            return Err(ModelError(format!("{} stands twice from {} on: take one away", signal.id, signal.from)));
        }
        if model.signal.is_empty() || model.line.is_empty() {
            return Err(ModelError("name at least one [[signal]] and one [[line]] with its day and points".to_owned()));
        }
        if let Some(signal) = model.signal.iter().find(|signal| signal.article.trim().is_empty()) {
            return Err(ModelError(format!("{}: name the article that lets it be looked at", signal.id)));
        }
        Ok(model)
    }

    /// Whether a signal is called so, on whatever day.
    pub fn knows(&self, id: &str) -> bool {
        self.signal.iter().any(|signal| signal.id == id)
    }

    /// A signal with the weight that holds on a day; nothing before its first.
    pub fn signal(&self, id: &str, day: Date) -> Option<&Signal> {
        let holding = self.signal.iter().filter(|signal| signal.id == id && signal.from <= day);
        holding.max_by_key(|signal| signal.from)
    }

    /// The signals with the weights that hold on a day, in the order of the table.
    pub fn signals(&self, day: Date) -> Vec<&Signal> {
        let holds = |signal: &&Signal| self.signal(&signal.id, day).is_some_and(|holding| holding == *signal);
        self.signal.iter().filter(holds).collect()
    }

    /// From how many points on a household is looked at; out of reach before the first line holds.
    pub fn line(&self, day: Date) -> u32 {
        let holding = self.line.iter().filter(|line| line.from <= day).max_by_key(|line| line.from);
        holding.map_or(u32::MAX, |line| line.points)
    }

    /// The score of a household on a day.
    pub fn score(&self, present: &[Present], day: Date) -> Score {
        let mut parts: Vec<Part> = Vec::new();
        for one in present.iter().filter(|one| one.is_there(day)) {
            let Some(signal) = self.signal(&one.signal, day) else { continue };
            match parts.iter_mut().find(|part| part.signal.id == signal.id) {
                Some(known) if known.since <= one.since => {}
                Some(known) => (known.since, known.agency) = (one.since, one.agency.clone()),
                None => parts.push(Part { signal: signal.clone(), since: one.since, agency: one.agency.clone() }),
            }
        }
        parts.sort_by(|one, other| (other.signal.points, &one.signal.id).cmp(&(one.signal.points, &other.signal.id)));
        Score { points: parts.iter().map(|part| part.signal.points).sum(), parts }
    }
}

/// A household that was scored and later looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked<'a> {
    /// The group by which errors are told apart: an age band, a region.
    pub group: &'a str,
    /// Whether its score then was at the line or above.
    pub above: bool,
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
    /// How many were looked at.
    pub fn looked_at(&self) -> u32 {
        [self.overlooked, self.in_vain, self.rightly_left].into_iter().fold(self.found, u32::saturating_add)
    }

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

/// The errors that the line makes, by group: so that it is seen whom the model overlooks.
pub fn errors_by_group<'a>(looked: &[Looked<'a>]) -> BTreeMap<&'a str, Errors> {
    let mut found: BTreeMap<&str, Errors> = BTreeMap::new();
    for one in looked {
        let errors = found.entry(one.group).or_default();
        let cell = match (one.in_need, one.above) {
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
    use jiff::civil::date;

    use super::*;

    fn present(signal: &str, since: Date, until: Option<Date>) -> Present {
        Present { signal: signal.to_owned(), since, until, agency: "한국전력공사".to_owned() }
    }

    #[test]
    fn points_add_up_and_show_what_they_are_made_of() {
        let model = CrisisModel::shipped().unwrap();
        let day = date(2026, 3, 2);
        assert!(model.signals(day).iter().all(|signal| signal.article.contains('제')));
        assert_eq!(model.line(day), 30);
        let all = [
            present("debts_in_arrears", date(2026, 1, 5), None),
            present("electricity_cut", date(2026, 2, 5), None),
            present("no_such_signal", date(2026, 1, 5), None),
            // Twice: it counts once, since the earlier day.
            present("debts_in_arrears", date(2025, 11, 5), None),
            // Over, and not yet.
            present("gas_cut", date(2025, 11, 5), Some(date(2026, 3, 1))),
            present("water_cut", date(2026, 3, 3), None),
        ];
        let score = model.score(&all, day);
        assert_eq!(score.points, 40);
        assert_eq!(score.parts[0].signal.id, "electricity_cut");
        assert_eq!(score.parts[1].since, date(2025, 11, 5));
        assert!(score.asks_for_visit());
        assert_eq!(model.score(&[], day), Score::default());
        assert_eq!(model.score(&all, date(2025, 12, 1)), Score::default(), "no weight holds so early");
    }

    #[test]
    fn the_weight_of_the_day_counts() {
        let table = "[[line]]\nfrom = \"2026-01-01\"\npoints = 5\n[[line]]\nfrom = \"2026-07-01\"\npoints = 9\n";
        let signal = |from: &str, points: u32| {
            format!(
                "[[signal]]\nid = \"a\"\nko = \"가\"\nen = \"a\"\npoints = {points}\nfrom = \"{from}\"\narticle = \"제1조\"\n"
            )
        };
        let model =
            CrisisModel::parse(&format!("{table}{}{}", signal("2026-07-01", 8), signal("2026-01-01", 6))).unwrap();
        let all = [present("a", date(2025, 1, 1), None)];
        let on = |day| (model.score(&all, day).points, model.line(day), model.signals(day).len());
        assert_eq!(on(date(2026, 6, 30)), (6, 5, 1));
        assert_eq!(on(date(2026, 7, 1)), (8, 9, 1));
        let twice = format!("{table}{}{}", signal("2026-01-01", 1), signal("2026-01-01", 2));
        assert!(CrisisModel::parse(&twice).unwrap_err().to_string().contains("twice"));
        assert!(CrisisModel::parse("[[signal]]\nid = \"a\"\n").is_err());
        assert!(CrisisModel::parse("line = []\nsignal = []\n").unwrap_err().to_string().contains("[[line]]"));
    }

    #[test]
    fn errors_are_told_by_group() {
        let looked = |group, above, in_need| Looked { group, above, in_need };
        let all = [
            looked("65+", true, true),
            looked("65+", false, true),
            looked("65+", false, false),
            looked("19-34", true, false),
            looked("19-34", true, true),
        ];
        let errors = errors_by_group(&all);
        assert_eq!(errors["65+"].overlooked_share(), Some(0.5));
        assert_eq!(errors["65+"].in_vain_share(), Some(0.0));
        assert_eq!(errors["65+"].looked_at(), 3);
        assert_eq!(errors["19-34"].overlooked_share(), Some(0.0));
        assert_eq!(errors["19-34"].in_vain_share(), Some(1.0));
    }
}
