//! The clock of ages: up to which month households were looked at whose people grow older.
//!
//! An age that is reached tells nobody. The law's answer is one for a month: `age` is the age on the month's first day, and benefits
//! that begin or end with a birthday count months from the month of birth. So it differs with the ages of the people on the first day
//! of a month and on no other, and on that day the clock strikes. What was missed while no server ran is made up for in one step, from
//! the month that was reckoned last to the present one: what is proposed is proposed for the present month.

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::{Aggregate, NewJob};
use serde::{Deserialize, Serialize};

use super::{month::Month, reform::long_job, refusals::Refusal};

/// What reckons the households in which an age was reached.
pub const AGES_JOB: &str = "welfare-ages";
/// The stream of a deployment's clock.
pub const AGE_CLOCK: &str = "ages";

/// A reckoning that is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeRun {
    /// The month that was reckoned before.
    pub since: Month,
    /// The month in which it was begun.
    pub month: Month,
    /// When.
    pub at: Timestamp,
}

/// At how many households somebody grew older so that the law's answer may be another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgesLooked {
    /// On the log.
    pub on_log: u64,
    /// In the folder of the population.
    pub in_population: u64,
    /// In which something was opened, changed or closed.
    pub reckoned: u64,
    /// That stand in the population alone and become entitled to what no rule asks for: they stay findings of the next screening.
    pub left: u64,
    /// That could not be reckoned: their facts cannot be read, or are not what the law knows.
    pub unread: u64,
    /// Parts of the population that could not be read.
    pub parts_unread: u64,
}

impl AgesLooked {
    /// Households that were looked at.
    pub fn households(&self) -> u64 {
        self.on_log.saturating_add(self.in_population)
    }
}

/// A reckoning that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgesReckoned {
    /// The month that was reckoned before.
    pub since: Month,
    /// Up to which month.
    pub month: Month,
    /// When it was done.
    pub at: Timestamp,
    /// What was looked at.
    pub looked: AgesLooked,
}

impl AgesReckoned {
    /// The first day from which ages count that were not looked at.
    pub fn next_on(&self) -> Date {
        self.month.plus(1).first_day()
    }
}

/// The state of the clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeClock {
    /// What is being done.
    pub running: Option<AgeRun>,
    /// What was done last.
    pub last: Option<AgesReckoned>,
}

/// What may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgeOrder {
    /// The present month, if it was not reckoned.
    Strike,
    /// It is done.
    Finish {
        /// Up to which month.
        month: Month,
        /// What was looked at.
        looked: AgesLooked,
    },
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum AgeEvent {
    /// A month began: those who grew older are to be looked at.
    AgesCalled {
        /// What.
        run: AgeRun,
    },
    /// That was done.
    AgesReckoned {
        /// What came of it.
        reckoned: AgesReckoned,
    },
}

impl Aggregate for AgeClock {
    const KIND: &'static str = "age_clock";
    type Command = AgeOrder;
    type Event = AgeEvent;
    type Refusal = Refusal;

    fn decide(&self, order: AgeOrder, now: Timestamp) -> Result<Vec<AgeEvent>, Refusal> {
        Ok(match order {
            AgeOrder::Strike => {
                let month = Month::of(seoul(now).date());
                let known = self.last.map(|last| last.month);
                if self.running.map(|run| run.month).max(known).is_some_and(|known| known >= month) {
                    return Ok(Vec::new());
                }
                // What was called a month ago and is not done yet is called again. A clock that never struck looks back at one month:
                // who grew older before was reckoned so when they came.
                let since = self.running.map(|run| run.since).or(known).unwrap_or_else(|| month.plus(-1));
                vec![AgeEvent::AgesCalled { run: AgeRun { since, month, at: now } }]
            }
            AgeOrder::Finish { month, looked } => {
                let done = |run: AgeRun| AgesReckoned { since: run.since, month, at: now, looked };
                self.running.map(|run| AgeEvent::AgesReckoned { reckoned: done(run) }).into_iter().collect()
            }
        })
    }

    fn evolve(&mut self, event: &AgeEvent) {
        match event {
            AgeEvent::AgesCalled { run } => self.running = Some(*run),
            AgeEvent::AgesReckoned { reckoned } => *self = Self { running: None, last: Some(*reckoned) },
        }
    }

    fn follow_up(&self, event: &AgeEvent) -> Vec<NewJob> {
        match event {
            AgeEvent::AgesCalled { .. } => vec![long_job(AGES_JOB, AGE_CLOCK)],
            AgeEvent::AgesReckoned { .. } => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(clock: &mut AgeClock, order: AgeOrder, at: &str) -> (usize, usize) {
        let events = clock.decide(order, at.parse().unwrap()).unwrap();
        let mut jobs = 0;
        for event in &events {
            clock.evolve(event);
            jobs += clock.follow_up(event).len();
        }
        (events.len(), jobs)
    }

    #[test]
    fn it_strikes_once_a_month_in_korean_time_and_makes_up_for_what_was_missed() {
        let month = |text: &str| text.parse::<Month>().unwrap();
        let mut clock = AgeClock::default();
        // Still the last day of May in Greenwich, the first of June in Korea.
        assert_eq!(order(&mut clock, AgeOrder::Strike, "2026-05-31T14:59:59Z"), (1, 1));
        let run = clock.running.unwrap();
        assert_eq!((run.since, run.month), (month("2026-04"), month("2026-05")));
        assert_eq!(order(&mut clock, AgeOrder::Strike, "2026-05-31T14:59:59Z"), (0, 0), "called once");
        let looked = AgesLooked { on_log: 3, in_population: 4, ..AgesLooked::default() };
        let finish = AgeOrder::Finish { month: month("2026-05"), looked };
        assert_eq!(order(&mut clock, finish, "2026-05-31T14:59:59Z"), (1, 0));
        assert_eq!(order(&mut clock, finish, "2026-05-31T14:59:59Z"), (0, 0), "done once");
        assert_eq!(clock.last.unwrap().looked.households(), 7);
        assert_eq!(order(&mut clock, AgeOrder::Strike, "2026-05-31T14:59:59Z"), (0, 0), "May was reckoned");
        assert_eq!(order(&mut clock, AgeOrder::Strike, "2026-08-31T15:00:00Z"), (1, 1));
        let run = clock.running.unwrap();
        assert_eq!((run.since, run.month), (month("2026-05"), month("2026-09")), "all months in between at once");
        // Not done within a month, it is called again, and nothing is passed over.
        assert_eq!(order(&mut clock, AgeOrder::Strike, "2026-10-02T00:00:00Z"), (1, 1));
        let run = clock.running.unwrap();
        assert_eq!((run.since, run.month), (month("2026-05"), month("2026-10")));
    }
}
