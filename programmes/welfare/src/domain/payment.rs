//! A payment run: the instructions of one agency for one month, prepared by one person and released by another.
//!
//! Who prepares, who releases and who keeps the accounts are different people (국고금 관리법 제27조, 지방회계법).
//! A run holds no amounts of its own: they stand in the awards, each month once ([`super::proposal`]). So a run that breaks off at
//! any step is begun again and comes to the same file.

use jiff::{Timestamp, civil::Date};
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::{
    month::Month,
    proposal::Official,
    refusals::{Refusal, check_words},
};
use crate::payment::AccountFault;

/// Most awards that a run names as left out; the others are counted.
const MOST_LEFT_OUT: usize = 500;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// Instructions are being put in.
    #[default]
    Collecting,
    /// It is whole, and waits for the second person.
    Closed,
    /// A second person released it.
    Released,
    /// The file was handed to the bank.
    Transmitted,
    /// It was cancelled before its release.
    Cancelled,
}

/// What a run comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// How many payments.
    pub count: u64,
    /// Their sum in won.
    pub sum: i64,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
}

/// Awards that were due and could not be put into a run, because no money can go to them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// How many.
    pub count: u64,
    /// The first of them, each with what is wrong.
    pub awards: Vec<(String, AccountFault)>,
}

impl LeftOut {
    /// One more.
    pub fn add(&mut self, award: &str, fault: AccountFault) {
        self.count = self.count.saturating_add(1);
        if self.awards.len() < MOST_LEFT_OUT {
            self.awards.push((award.to_owned(), fault));
        }
    }
}

/// The state of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The month that it pays.
    pub month: Option<Month>,
    /// The day on which the bank executes it: a banking day.
    pub execution: Option<Date>,
    /// How far it has come.
    pub status: RunStatus,
    /// Who prepared it.
    pub prepared_by: Option<Official>,
    /// What it comes to.
    pub totals: Option<Totals>,
    /// Who released it.
    pub released_by: Option<Official>,
    /// The instant at which it was opened: the file's own.
    pub opened_at: Option<Timestamp>,
    /// Documents of the bank that were booked, by digest.
    pub booked: Vec<String>,
    /// What was due and could not be put in.
    #[serde(default)]
    pub left_out: LeftOut,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum RunOrder {
    /// Open it.
    Open {
        /// The month.
        month: Month,
        /// The day on which the bank executes it.
        execution: Date,
        /// The last instant at which the bank takes it for that day.
        cut_off: Timestamp,
        /// Who.
        by: Official,
    },
    /// It is whole.
    Close {
        /// What it comes to.
        totals: Totals,
        /// What was due and could not be put in.
        left_out: LeftOut,
        /// Who.
        by: Official,
    },
    /// Release it.
    Release {
        /// The digest of the file that was looked at.
        digest: String,
        /// Who.
        by: Official,
    },
    /// The file was handed to the bank.
    Transmit {
        /// The digest of the file.
        digest: String,
    },
    /// A document of the bank was booked.
    Book {
        /// The digest of the document.
        digest: String,
    },
    /// Cancel it before its release.
    Cancel {
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum RunEvent {
    /// It was opened.
    RunOpened {
        /// The month.
        month: Month,
        /// The day of execution.
        execution: Date,
        /// When.
        at: Timestamp,
        /// Who.
        by: Official,
    },
    /// It is whole.
    RunClosed {
        /// What it comes to.
        totals: Totals,
        /// What was due and could not be put in.
        #[serde(default)]
        left_out: LeftOut,
        /// Who.
        by: Official,
    },
    /// It was released.
    RunReleased {
        /// The digest of the file.
        digest: String,
        /// Who.
        by: Official,
    },
    /// The file was handed over.
    RunTransmitted {
        /// The digest of the file.
        digest: String,
    },
    /// A document of the bank was booked.
    BankDocumentBooked {
        /// Its digest.
        digest: String,
    },
    /// It was cancelled.
    RunCancelled {
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
}

type Decision = Result<Vec<RunEvent>, Refusal>;

impl Run {
    fn stands(&self, wanted: RunStatus) -> Result<(), Refusal> {
        if self.month.is_none() {
            return Err(Refusal::Unknown);
        }
        if self.status == wanted { Ok(()) } else { Err(Refusal::RunNotNow) }
    }

    fn close(&self, totals: Totals, left_out: LeftOut, by: Official) -> Decision {
        if self.totals.as_ref() == Some(&totals) {
            return Ok(Vec::new());
        }
        self.stands(RunStatus::Collecting)?;
        if totals.count == 0 {
            return Err(Refusal::EmptyRun);
        }
        Ok(vec![RunEvent::RunClosed { totals, left_out, by }])
    }

    fn release(&self, digest: String, by: Official) -> Decision {
        self.stands(RunStatus::Closed)?;
        if self.prepared_by.as_ref().is_some_and(|prepared| prepared.account == by.account) {
            return Err(Refusal::FourEyes);
        }
        if self.totals.as_ref().is_none_or(|totals| totals.digest != digest) {
            return Err(Refusal::OtherFile);
        }
        Ok(vec![RunEvent::RunReleased { digest, by }])
    }

    fn transmit(&self, digest: String) -> Decision {
        if self.totals.as_ref().is_none_or(|totals| totals.digest != digest) {
            return Err(Refusal::OtherFile);
        }
        // Handed over again after a crash: the same file under the same name, told once.
        if self.status == RunStatus::Transmitted {
            return Ok(Vec::new());
        }
        self.stands(RunStatus::Released)?;
        Ok(vec![RunEvent::RunTransmitted { digest }])
    }
}

impl Aggregate for Run {
    const KIND: &'static str = "payment_run";
    type Command = RunOrder;
    type Event = RunEvent;
    type Refusal = Refusal;

    fn decide(&self, order: RunOrder, now: Timestamp) -> Decision {
        match order {
            RunOrder::Open { month, execution, cut_off, by } => {
                if self.month == Some(month) {
                    return Ok(Vec::new());
                }
                if self.month.is_some() {
                    return Err(Refusal::Exists);
                }
                if now >= cut_off {
                    return Err(Refusal::CutOff { execution });
                }
                Ok(vec![RunEvent::RunOpened { month, execution, at: now, by }])
            }
            RunOrder::Close { totals, left_out, by } => self.close(totals, left_out, by),
            RunOrder::Release { digest, by } => self.release(digest, by),
            RunOrder::Transmit { digest } => self.transmit(digest),
            RunOrder::Book { digest } => {
                self.stands(RunStatus::Transmitted)?;
                let known = self.booked.contains(&digest);
                Ok(if known { Vec::new() } else { vec![RunEvent::BankDocumentBooked { digest }] })
            }
            RunOrder::Cancel { reason, by } => {
                if !matches!(self.status, RunStatus::Collecting | RunStatus::Closed) || self.month.is_none() {
                    return Err(Refusal::RunNotNow);
                }
                check_words(&reason, ("이유", "reason"))?;
                Ok(vec![RunEvent::RunCancelled { reason, by }])
            }
        }
    }

    fn evolve(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunOpened { month, execution, at, by } => {
                self.month = Some(*month);
                self.execution = Some(*execution);
                self.opened_at = Some(*at);
                self.prepared_by = Some(by.clone());
            }
            RunEvent::RunClosed { totals, left_out, by } => {
                self.status = RunStatus::Closed;
                self.left_out = left_out.clone();
                self.totals = Some(totals.clone());
                self.prepared_by = Some(by.clone());
            }
            RunEvent::RunReleased { by, .. } => {
                self.status = RunStatus::Released;
                self.released_by = Some(by.clone());
            }
            RunEvent::RunTransmitted { .. } => self.status = RunStatus::Transmitted,
            RunEvent::BankDocumentBooked { digest } => self.booked.push(digest.clone()),
            RunEvent::RunCancelled { .. } => self.status = RunStatus::Cancelled,
        }
    }
}
