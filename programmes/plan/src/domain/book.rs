//! The plan as a whole: its versions, and the standing of everything at the end of each quarter, frozen.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::{
    entry::Number,
    quarter::Quarter,
    recommendation::Actor,
    refusals::{Refusal, check_words},
    status::Status,
};

/// The longest name of a version, in characters.
pub const LONGEST_LABEL: usize = 100;

/// A version of the plan as it was read in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its name.
    pub label: String,
    /// The day on which it was decided.
    pub decided: Date,
    /// How many recommendations it has.
    pub recommendations: usize,
    /// How many of them were new.
    pub entered: usize,
    /// How many differ from the version before.
    pub amended: usize,
    /// How many of the version before it leaves out.
    #[serde(default)]
    pub left_out: usize,
}

/// The state of the plan as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// Its versions, the oldest first.
    pub versions: Vec<Version>,
    /// What stood where at the end of a quarter.
    pub frozen: BTreeMap<Quarter, BTreeMap<Number, Status>>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum BookOrder {
    /// A version was read in.
    Version(Version),
    /// Freeze the standing at the end of a quarter.
    Freeze {
        /// The quarter.
        quarter: Quarter,
        /// What stands where.
        standing: BTreeMap<Number, Status>,
        /// Who.
        by: Actor,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum BookEvent {
    /// A version was read in.
    VersionImported {
        /// The version.
        version: Version,
    },
    /// The standing at the end of a quarter was frozen.
    QuarterFrozen {
        /// The quarter.
        quarter: Quarter,
        /// What stands where.
        standing: BTreeMap<Number, Status>,
        /// Who.
        by: Actor,
    },
}

impl Aggregate for Book {
    const KIND: &'static str = "plan";
    type Command = BookOrder;
    type Event = BookEvent;
    type Refusal = Refusal;

    fn decide(&self, order: BookOrder, now: Timestamp) -> Result<Vec<BookEvent>, Refusal> {
        match order {
            BookOrder::Version(version) => {
                check_words(&version.label, ("판 이름", "name of the version"), LONGEST_LABEL)?;
                let known = self.versions.iter().any(|one| one.label == version.label);
                // Reading the same version in again changes nothing and leaves no trace.
                if known && version.entered + version.amended + version.left_out == 0 {
                    return Ok(Vec::new());
                }
                Ok(vec![BookEvent::VersionImported { version }])
            }
            BookOrder::Freeze { quarter, standing, by } => {
                if quarter.last_day() >= seoul(now).date() {
                    return Err(Refusal::FutureQuarter { quarter: quarter.next() });
                }
                if self.frozen.contains_key(&quarter) {
                    return Err(Refusal::Exists);
                }
                Ok(vec![BookEvent::QuarterFrozen { quarter, standing, by }])
            }
        }
    }

    fn evolve(&mut self, event: &BookEvent) {
        match event {
            BookEvent::VersionImported { version } => self.versions.push(version.clone()),
            BookEvent::QuarterFrozen { quarter, standing, .. } => {
                self.frozen.insert(*quarter, standing.clone());
            }
        }
    }
}
