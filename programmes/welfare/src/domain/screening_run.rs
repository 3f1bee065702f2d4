//! A screening of all households for a month, done as a job. What it found becomes proposals only when an official says so.

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::{Aggregate, NewJob};
use serde::{Deserialize, Serialize};

use super::{
    benefit, month::Month, proposal::Official, reform::long_job, refusals::Refusal, retention,
    study_refusals::StudyRefusal,
};
use crate::screening::Summary;

/// What does a screening.
pub const SCREENING_JOB: &str = "welfare-screening";
/// What makes proposals of what was found.
pub const PROPOSALS_JOB: &str = "welfare-screening-proposals";
/// Most households whose findings become proposals at once.
pub const LARGEST_BATCH: u32 = 500;

/// Findings of one benefit that become proposals together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The benefit.
    pub benefit: String,
    /// At most so many households; everybody where a rule ordered it.
    pub most: u32,
    /// From this amount on.
    #[serde(default)]
    pub least: i64,
    /// Whether a rule ordered it.
    #[serde(default)]
    pub by_rule: bool,
    /// Who ordered it, or set the rule.
    pub by: Official,
    /// What came of it: households looked at, proposals opened; nothing while it is being done.
    pub done: Option<(u32, u32)>,
}

/// The state of a screening.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScreeningRun {
    /// Its own name on the log.
    #[serde(default)]
    pub id: String,
    /// Its month.
    pub month: Option<Month>,
    /// The folder of the population.
    pub population: String,
    /// The screening that it is compared with.
    pub previous: Option<String>,
    /// Who asked for it.
    pub by: Option<Official>,
    /// When.
    pub at: Option<Timestamp>,
    /// What it came to.
    pub summary: Option<Summary>,
    /// Why it could not be done.
    pub failed: Option<String>,
    /// Findings that became proposals, batch by batch.
    pub batches: Vec<Batch>,
    /// The day on which what it wrote was forgotten; what it came to stays.
    #[serde(default)]
    pub forgotten: Option<Date>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum ScreeningOrder {
    /// Screen this month.
    Request {
        /// Its own name on the log, which its job carries.
        id: String,
        /// The month.
        month: Month,
        /// The folder of the population.
        population: String,
        /// The screening to compare with.
        previous: Option<String>,
        /// Who.
        by: Official,
    },
    /// Forget what it wrote: households one by one, in files.
    Forget,
    /// It is done.
    Finish {
        /// What it came to.
        summary: Box<Summary>,
        /// What becomes proposals by rule: benefit, from which amount on, who set the rule.
        rules: Vec<(String, i64, Official)>,
    },
    /// It cannot be done.
    Fail {
        /// Why.
        reason: String,
    },
    /// Make proposals of what was found.
    Propose {
        /// Its own name on the log.
        id: String,
        /// Of which benefit.
        benefit: String,
        /// For at most so many households.
        most: u32,
        /// Who.
        by: Official,
    },
    /// Proposals were made.
    Proposed {
        /// Which batch.
        batch: usize,
        /// Households looked at.
        households: u32,
        /// Proposals opened.
        opened: u32,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ScreeningEvent {
    /// It was asked for.
    ScreeningRequested {
        /// Its own name on the log.
        id: String,
        /// The month.
        month: Month,
        /// The folder of the population.
        population: String,
        /// The screening to compare with.
        previous: Option<String>,
        /// When.
        at: Timestamp,
        /// Who.
        by: Official,
    },
    /// What it wrote was forgotten, five years after it.
    ScreeningForgotten {
        /// The day.
        on: Date,
    },
    /// It is done.
    ScreeningFinished {
        /// What it came to.
        summary: Box<Summary>,
    },
    /// It could not be done.
    ScreeningFailed {
        /// Why.
        reason: String,
    },
    /// What was found is to become proposals.
    FindingsChosen {
        /// Its own name on the log.
        id: String,
        /// Of which benefit.
        benefit: String,
        /// For at most so many households.
        most: u32,
        /// From this amount on.
        #[serde(default)]
        least: i64,
        /// Whether a rule ordered it.
        #[serde(default)]
        by_rule: bool,
        /// Who, or who set the rule.
        by: Official,
    },
    /// What was found became proposals.
    FindingsProposed {
        /// Which batch.
        batch: usize,
        /// Households looked at.
        households: u32,
        /// Proposals opened.
        opened: u32,
    },
}

type Decision = Result<Vec<ScreeningEvent>, Refusal>;

/// Whether a screening need not be kept as evidence any more.
fn is_old(run: &ScreeningRun, now: Timestamp) -> Result<(), Refusal> {
    let at = run.at.ok_or(Refusal::Unknown)?;
    if run.is_open() || !retention::is_over(at, now) {
        return Err(Refusal::EvidenceKept { until: retention::kept_until(at) });
    }
    Ok(())
}

impl ScreeningRun {
    /// Whether it is still to be done.
    pub fn is_open(&self) -> bool {
        self.month.is_some() && self.summary.is_none() && self.failed.is_none()
    }

    /// The batch that is being done.
    pub fn open_batch(&self) -> Option<(usize, &Batch)> {
        self.batches.iter().enumerate().find(|(_, batch)| batch.done.is_none())
    }

    fn finish(&self, summary: Box<Summary>, rules: Vec<(String, i64, Official)>) -> Vec<ScreeningEvent> {
        if !self.is_open() {
            return Vec::new();
        }
        let id = self.id.clone();
        let chosen = rules.into_iter().map(|(benefit, least, by)| ScreeningEvent::FindingsChosen {
            id: id.clone(),
            benefit,
            most: u32::MAX,
            least,
            by_rule: true,
            by,
        });
        std::iter::once(ScreeningEvent::ScreeningFinished { summary }).chain(chosen).collect()
    }

    fn propose(&self, id: String, benefit: String, most: u32, by: Official) -> Decision {
        // What was forgotten can open nothing any more.
        if self.summary.is_none() || self.forgotten.is_some() {
            return Err(StudyRefusal::NotDone.into());
        }
        if self.open_batch().is_some() {
            return Err(StudyRefusal::Running.into());
        }
        if benefit::benefit(&benefit).is_none() {
            return Err(Refusal::UnknownBenefit { id: benefit });
        }
        let most = most.clamp(1, LARGEST_BATCH);
        Ok(vec![ScreeningEvent::FindingsChosen { id, benefit, most, least: 0, by_rule: false, by }])
    }
}

impl From<StudyRefusal> for Refusal {
    fn from(refusal: StudyRefusal) -> Self {
        Self::Study(refusal)
    }
}

impl Aggregate for ScreeningRun {
    const KIND: &'static str = "screening_run";
    type Command = ScreeningOrder;
    type Event = ScreeningEvent;
    type Refusal = Refusal;

    fn decide(&self, order: ScreeningOrder, now: Timestamp) -> Decision {
        if self.month.is_none() && !matches!(order, ScreeningOrder::Request { .. }) {
            return Err(Refusal::Unknown);
        }
        match order {
            ScreeningOrder::Request { id, month, population, previous, by } => {
                if self.month.is_some() {
                    return Err(Refusal::Exists);
                }
                Ok(vec![ScreeningEvent::ScreeningRequested { id, month, population, previous, at: now, by }])
            }
            ScreeningOrder::Forget if self.forgotten.is_some() => Ok(Vec::new()),
            ScreeningOrder::Forget => {
                is_old(self, now)?;
                Ok(vec![ScreeningEvent::ScreeningForgotten { on: seoul(now).date() }])
            }
            ScreeningOrder::Finish { summary, rules } => Ok(self.finish(summary, rules)),
            ScreeningOrder::Fail { reason } => {
                Ok(if self.is_open() { vec![ScreeningEvent::ScreeningFailed { reason }] } else { Vec::new() })
            }
            ScreeningOrder::Propose { id, benefit, most, by } => self.propose(id, benefit, most, by),
            ScreeningOrder::Proposed { batch, households, opened } => {
                let is_open = self.batches.get(batch).is_some_and(|batch| batch.done.is_none());
                let event = ScreeningEvent::FindingsProposed { batch, households, opened };
                Ok(if is_open { vec![event] } else { Vec::new() })
            }
        }
    }

    fn evolve(&mut self, event: &ScreeningEvent) {
        match event {
            ScreeningEvent::ScreeningRequested { id, month, population, previous, at, by } => {
                self.id.clone_from(id);
                self.month = Some(*month);
                self.population.clone_from(population);
                self.previous.clone_from(previous);
                self.at = Some(*at);
                self.by = Some(by.clone());
            }
            ScreeningEvent::ScreeningForgotten { on } => self.forgotten = Some(*on),
            ScreeningEvent::ScreeningFinished { summary } => self.summary = Some((**summary).clone()),
            ScreeningEvent::ScreeningFailed { reason } => self.failed = Some(reason.clone()),
            ScreeningEvent::FindingsChosen { benefit, most, least, by_rule, by, .. } => {
                let (benefit, by) = (benefit.clone(), by.clone());
                let (most, least, by_rule) = (*most, *least, *by_rule);
                self.batches.push(Batch { benefit, most, least, by_rule, by, done: None });
            }
            ScreeningEvent::FindingsProposed { batch, households, opened } => {
                if let Some(batch) = self.batches.get_mut(*batch) {
                    batch.done = Some((*households, *opened));
                }
            }
        }
    }

    fn follow_up(&self, event: &ScreeningEvent) -> Vec<NewJob> {
        match event {
            ScreeningEvent::ScreeningRequested { id, .. } => vec![long_job(SCREENING_JOB, id)],
            // Each choice has a job of its own: what is done first is the first that is open.
            ScreeningEvent::FindingsChosen { id, benefit, .. } => {
                let mut job = long_job(PROPOSALS_JOB, id);
                job.key = job.key.map(|key| format!("{key}/{}/{benefit}", self.batches.len()));
                vec![job]
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by() -> Official {
        Official { account: "o".to_owned(), name: "소예린".to_owned() }
    }

    fn after(run: &mut ScreeningRun, order: ScreeningOrder) -> Vec<NewJob> {
        let mut jobs = Vec::new();
        for event in run.decide(order, Timestamp::UNIX_EPOCH).unwrap() {
            run.evolve(&event);
            jobs.extend(run.follow_up(&event));
        }
        jobs
    }

    fn propose(benefit: &str, most: u32) -> ScreeningOrder {
        ScreeningOrder::Propose { id: "s".to_owned(), benefit: benefit.to_owned(), most, by: by() }
    }

    #[test]
    fn rules_open_everything_from_their_amount_on() {
        let mut run = ScreeningRun::default();
        let request = ScreeningOrder::Request {
            id: "s".to_owned(),
            month: "2026-03".parse().unwrap(),
            population: "nation".to_owned(),
            previous: None,
            by: by(),
        };
        after(&mut run, request);
        let rules = vec![("basic_pension".to_owned(), 10_000, by()), ("rent_support".to_owned(), 0, by())];
        let jobs = after(&mut run, ScreeningOrder::Finish { summary: Box::default(), rules });
        assert_eq!(jobs.len(), 2);
        assert!(jobs[0].key != jobs[1].key, "two jobs, not one job twice");
        let (number, batch) = run.open_batch().unwrap();
        assert_eq!((number, batch.least, batch.most, batch.by_rule), (0, 10_000, u32::MAX, true));
        after(&mut run, ScreeningOrder::Proposed { batch: 0, households: 7, opened: 9 });
        assert_eq!(run.open_batch().unwrap().1.benefit, "rent_support");
    }

    #[test]
    fn findings_become_proposals_after_the_screening_one_batch_at_a_time() {
        let mut run = ScreeningRun::default();
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(run.decide(propose("basic_pension", 10), now), Err(Refusal::Unknown));
        let request = ScreeningOrder::Request {
            id: "s".to_owned(),
            month: "2026-03".parse().unwrap(),
            population: "nation".to_owned(),
            previous: None,
            by: by(),
        };
        assert_eq!(after(&mut run, request).len(), 1);
        assert_eq!(run.decide(propose("basic_pension", 10), now), Err(StudyRefusal::NotDone.into()));
        after(&mut run, ScreeningOrder::Finish { summary: Box::default(), rules: Vec::new() });
        assert_eq!(after(&mut run, propose("basic_pension", 100_000)).len(), 1);
        assert_eq!(run.batches[0].most, LARGEST_BATCH);
        assert_eq!(run.decide(propose("rent_support", 10), now), Err(StudyRefusal::Running.into()));
        after(&mut run, ScreeningOrder::Proposed { batch: 0, households: 7, opened: 9 });
        assert_eq!(run.batches[0].done, Some((7, 9)));
        assert!(run.open_batch().is_none());
        assert!(matches!(run.decide(propose("nothing", 1), now), Err(Refusal::UnknownBenefit { .. })));
    }
}
