//! A recommendation of the plan: what is asked of it, what happens to it.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::{Aggregate, NewJob};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    basis::{Basis, check_basis, check_whole},
    bodies,
    entry::{Difference, Due, Entry},
    evidence::{Evidence, check_evidence_list},
    file::{AttachedFile, ERASE_JOB, EvidenceFile, FileRefusal, MOST_FILES, Withdrawer, Withdrawn},
    forecast::Told,
    quarter::Quarter,
    reading::Reading,
    refusals::{Refusal, check_words},
};

/// Longest summary, reason or note, in characters.
pub const LONGEST_NOTE: usize = 4_000;

/// The state of a recommendation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// What the plan says; nothing before it was entered.
    pub entry: Option<Entry>,
    /// The version of the plan that it is from.
    pub version: String,
    /// The quarter in which it was entered: reports are owed from then on.
    pub since: Option<Quarter>,
    /// Which of its deadlines were reported met, by their places.
    pub done: BTreeSet<usize>,
    /// Those of them that were reported before the last report: what stays where it is sent back.
    pub met_before: BTreeSet<usize>,
    /// The quarter of the last report.
    pub reported: Option<Quarter>,
    /// What the last report says.
    pub last_report: Option<Report>,
    /// Whether everything was reported done.
    pub complete: bool,
    /// Whether the committee confirmed that.
    pub confirmed: bool,
    /// How often it was amended.
    pub amended: u32,
    /// What every report said of deadlines, in order; what was sent back is not in it.
    #[serde(default)]
    pub told: Vec<Told>,
    /// How often its schedule was put back.
    #[serde(default)]
    pub moved: u32,
    /// By which version it was left out, and why; nothing while it is in the plan.
    #[serde(default)]
    pub left_out: Option<LeftOut>,
    /// The files that were ever attached to its reports, in the order in which they came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<AttachedFile>,
}

/// That a version of the plan left a recommendation out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The version.
    pub version: String,
    /// On what it rests.
    pub basis: Basis,
    /// Why.
    pub reason: String,
}

/// A ministry's report of a quarter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The quarter that it is of.
    pub quarter: Quarter,
    /// What was done, in sentences.
    pub summary: String,
    /// Which deadlines were met, by their places from 0.
    pub done: BTreeSet<usize>,
    /// Whether everything is done.
    pub complete: bool,
    /// What stands in the way; empty where nothing does.
    pub obstacle: String,
    /// What shows it, elsewhere on the web.
    pub evidence: Vec<Evidence>,
    /// What shows it, kept here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<EvidenceFile>,
}

/// A person who acts for a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account.
    pub account: String,
    /// The body.
    pub body: String,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// Take it into the plan, or bring it up to a newer version.
    Enter {
        /// What the plan says.
        entry: Box<Entry>,
        /// The version.
        version: String,
        /// On what a difference rests.
        basis: Basis,
        /// Why it differs.
        reason: String,
    },
    /// A version leaves it out.
    LeaveOut(LeftOut),
    /// A person looked at what the program read out of the text. What the plan says does not change.
    Read {
        /// What the person reads.
        reading: Reading,
        /// What the program read wrongly; needed where the reading differs.
        reason: String,
        /// Who.
        by: Actor,
    },
    /// Report a quarter.
    Report {
        /// The report.
        report: Report,
        /// For whom.
        by: Actor,
    },
    /// Confirm that everything is done.
    Confirm {
        /// What was looked at.
        note: String,
        /// Who.
        by: Actor,
    },
    /// It is not done: the report is not accepted, or a look at the place showed otherwise.
    SendBack {
        /// Why.
        reason: String,
        /// Who.
        by: Actor,
    },
    /// A file must go: it is a wrong one, or holds what must not be public.
    WithdrawFile {
        /// Its hash.
        sha256: String,
        /// Why.
        reason: String,
        /// Who.
        by: Withdrawer,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Event {
    /// It was taken into the plan.
    Entered {
        /// What the plan says.
        entry: Box<Entry>,
        /// The version.
        version: String,
        /// The quarter.
        since: Quarter,
    },
    /// It was changed.
    Amended {
        /// What the plan says now.
        entry: Box<Entry>,
        /// The version.
        version: String,
        /// What changed.
        changed: Vec<Difference>,
        /// On what the change rests.
        basis: Basis,
        /// Why.
        reason: String,
    },
    /// A person looked at bodies and deadlines and found them as the program had read them.
    Checked {
        /// Who; nobody where the table that was read in says so.
        by: Option<Actor>,
    },
    /// A person read bodies or deadlines otherwise than the program. What the plan says did not change.
    ReadingCorrected {
        /// What the plan says, as the person reads it.
        entry: Box<Entry>,
        /// What is read otherwise.
        changed: Vec<Difference>,
        /// What was read wrongly.
        reason: String,
        /// Who.
        by: Actor,
    },
    /// A version left it out. What it was stays in the record.
    LeftOut {
        /// The version, the ground, the reason.
        left_out: LeftOut,
    },
    /// A later version took it in again.
    TakenInAgain {
        /// What the plan says now.
        entry: Box<Entry>,
        /// The version.
        version: String,
        /// On what it rests.
        basis: Basis,
        /// Why.
        reason: String,
    },
    /// A ministry reported.
    Reported {
        /// The report.
        report: Report,
        /// For whom.
        by: Actor,
    },
    /// The committee confirmed that everything is done.
    Confirmed {
        /// What was looked at.
        note: String,
        /// Who.
        by: Actor,
    },
    /// The committee did not accept that it is done.
    SentBack {
        /// Why.
        reason: String,
        /// Who.
        by: Actor,
    },
    /// A file was withdrawn: its content is erased.
    FileWithdrawn {
        /// Its hash.
        sha256: String,
        /// Why, and for whom.
        withdrawn: Withdrawn,
        /// Who.
        by: Actor,
    },
}

impl Recommendation {
    /// The deadlines that were not reported met.
    pub fn open_deadlines(&self) -> Vec<Due> {
        let deadlines = self.entry.iter().flat_map(|entry| entry.deadlines.iter().enumerate());
        deadlines
            .filter(|(place, _)| !self.complete && !self.done.contains(place))
            .map(|(place, deadline)| Due { place, quarter: deadline.quarter, bound: deadline.bound })
            .collect()
    }

    /// What the plan says of it now.
    fn in_plan(&self) -> Result<&Entry, Refusal> {
        let entry = self.entry.as_ref().ok_or(Refusal::Unknown)?;
        match &self.left_out {
            Some(left_out) => Err(Refusal::LeftOut { version: left_out.version.clone() }),
            None => Ok(entry),
        }
    }

    fn leave_out(&self, left_out: LeftOut) -> Decision {
        self.in_plan()?;
        check_whole(&left_out.basis)?;
        check_words(&left_out.reason, ("변경 사유", "reason for the change"), LONGEST_NOTE)?;
        Ok(vec![Event::LeftOut { left_out }])
    }

    fn enter(&self, entry: Box<Entry>, version: String, basis: Basis, reason: String, now: Timestamp) -> Decision {
        if bodies::body(&entry.lead).is_none() {
            return Err(Refusal::UnknownBody { name: entry.lead });
        }
        let Some(before) = &self.entry else {
            return Ok(vec![Event::Entered { entry, version, since: Quarter::of(seoul(now).date()) }]);
        };
        if self.left_out.is_some() {
            check_whole(&basis)?;
            check_words(&reason, ("변경 사유", "reason for the change"), LONGEST_NOTE)?;
            return Ok(vec![Event::TakenInAgain { entry, version, basis, reason }]);
        }
        let entry = entry.keeping_the_reading_of(before);
        let changed = before.differences(&entry);
        if changed.is_empty() {
            let newly_checked = entry.checked && !before.checked;
            return Ok(if newly_checked { vec![Event::Checked { by: None }] } else { Vec::new() });
        }
        check_basis(&changed, &basis)?;
        check_words(&reason, ("변경 사유", "reason for the change"), LONGEST_NOTE)?;
        Ok(vec![Event::Amended { entry, version, changed, basis, reason }])
    }

    fn read(&self, reading: Reading, reason: String, by: Actor) -> Decision {
        let before = self.in_plan()?;
        let entry = before.read_by_a_person(reading)?;
        let changed = before.differences(&entry);
        if !changed.is_empty() {
            check_words(&reason, ("바로잡은 이유", "what was read wrongly"), LONGEST_NOTE)?;
            return Ok(vec![Event::ReadingCorrected { entry: Box::new(entry), changed, reason, by }]);
        }
        Ok(if before.checked { Vec::new() } else { vec![Event::Checked { by: Some(by) }] })
    }

    fn report(&self, mut report: Report, by: Actor, today: Date) -> Decision {
        let entry = self.in_plan()?;
        if self.confirmed {
            return Err(Refusal::AlreadyConfirmed);
        }
        if report.quarter.first_day() > today {
            return Err(Refusal::FutureQuarter { quarter: report.quarter });
        }
        check_words(&report.summary, ("추진 실적", "what was done"), LONGEST_NOTE)?;
        if report.obstacle.chars().count() > LONGEST_NOTE {
            return Err(Refusal::TooLong { limit: LONGEST_NOTE });
        }
        if let Some(place) = report.done.iter().find(|place| **place >= entry.deadlines.len()) {
            return Err(Refusal::NoSuchDeadline { place: place.saturating_add(1) });
        }
        let all_met = !entry.deadlines.is_empty() && report.done.len() == entry.deadlines.len();
        report.complete = report.complete || all_met;
        check_evidence(&report)?;
        self.check_files(&report.files)?;
        Ok(vec![Event::Reported { report, by }])
    }

    /// A file that was ever attached, by its hash.
    pub fn attached(&self, sha256: &str) -> Option<&AttachedFile> {
        self.files.iter().find(|attached| attached.file.sha256 == sha256)
    }

    /// The files of the last report that are still there.
    pub fn files_shown(&self) -> impl Iterator<Item = &EvidenceFile> {
        let files = self.last_report.iter().flat_map(|report| &report.files);
        files.filter(|file| self.withdrawal_of(&file.sha256).is_none())
    }

    /// That a file was withdrawn.
    pub fn withdrawal_of(&self, sha256: &str) -> Option<&Withdrawn> {
        self.attached(sha256)?.withdrawn.as_ref()
    }

    /// Whether nothing shows any more what the last report says.
    pub fn shows_nothing(&self) -> bool {
        let addresses = self.last_report.as_ref().is_some_and(|report| !report.evidence.is_empty());
        !addresses && self.files_shown().next().is_none()
    }

    fn check_files(&self, files: &[EvidenceFile]) -> Result<(), Refusal> {
        if files.len() > MOST_FILES {
            return Err(FileRefusal::TooMany.into());
        }
        match files.iter().find_map(|file| self.withdrawal_of(&file.sha256)) {
            Some(withdrawn) => Err(FileRefusal::Withdrawn { on: withdrawn.on }.into()),
            None => Ok(()),
        }
    }

    fn withdraw_file(&self, sha256: String, reason: String, by: Withdrawer, on: Date) -> Decision {
        let known = self.attached(&sha256).ok_or(Refusal::Unknown)?;
        if known.withdrawn.is_some() {
            return Ok(Vec::new());
        }
        if self.confirmed && matches!(by, Withdrawer::Body(_)) {
            return Err(FileRefusal::Confirmed.into());
        }
        check_words(&reason, ("철회하는 이유", "reason for withdrawing it"), LONGEST_NOTE)?;
        let by = by.actor();
        let withdrawn = Withdrawn { reason, on, body: by.body.clone() };
        Ok(vec![Event::FileWithdrawn { sha256, withdrawn, by }])
    }

    fn confirm(&self, note: String, by: Actor) -> Decision {
        self.in_plan()?;
        if self.confirmed {
            return Err(Refusal::AlreadyConfirmed);
        }
        if !self.complete {
            return Err(Refusal::NotReportedDone);
        }
        if self.shows_nothing() {
            return Err(Refusal::NoEvidence);
        }
        check_words(&note, ("확인한 내용", "what was looked at"), LONGEST_NOTE)?;
        Ok(vec![Event::Confirmed { note, by }])
    }

    fn send_back(&self, reason: String, by: Actor) -> Decision {
        self.in_plan()?;
        if !self.complete {
            return Err(Refusal::NotReportedDone);
        }
        check_words(&reason, ("돌려보내는 이유", "reason"), LONGEST_NOTE)?;
        Ok(vec![Event::SentBack { reason, by }])
    }
}

type Decision = Result<Vec<Event>, Refusal>;

fn check_evidence(report: &Report) -> Result<(), Refusal> {
    check_evidence_list(&report.evidence)?;
    let shown = !report.evidence.is_empty() || !report.files.is_empty();
    if (report.complete || !report.done.is_empty()) && !shown {
        return Err(Refusal::NoEvidence);
    }
    Ok(())
}

impl Aggregate for Recommendation {
    const KIND: &'static str = "recommendation";
    type Command = Order;
    type Event = Event;
    type Refusal = Refusal;

    fn decide(&self, order: Order, now: Timestamp) -> Decision {
        match order {
            Order::Enter { entry, version, basis, reason } => self.enter(entry, version, basis, reason, now),
            Order::LeaveOut(left_out) => self.leave_out(left_out),
            Order::Read { reading, reason, by } => self.read(reading, reason, by),
            Order::Report { report, by } => self.report(report, by, seoul(now).date()),
            Order::Confirm { note, by } => self.confirm(note, by),
            Order::SendBack { reason, by } => self.send_back(reason, by),
            Order::WithdrawFile { sha256, reason, by } => self.withdraw_file(sha256, reason, by, seoul(now).date()),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Entered { entry, version, since } => {
                self.entry = Some((**entry).clone());
                self.version.clone_from(version);
                self.since = Some(*since);
            }
            Event::Amended { entry, version, .. } => self.rewrite(entry, version),
            Event::Checked { .. } => {
                if let Some(entry) = &mut self.entry {
                    entry.checked = true;
                }
            }
            Event::ReadingCorrected { entry, .. } => {
                self.put(entry);
            }
            Event::LeftOut { left_out } => self.left_out = Some(left_out.clone()),
            Event::TakenInAgain { entry, version, .. } => {
                self.left_out = None;
                self.rewrite(entry, version);
            }
            Event::Reported { report, .. } => {
                let told = Told::of(report, self);
                self.told.push(told);
                self.met_before.clone_from(&self.done);
                self.done.extend(&report.done);
                self.complete = report.complete;
                self.reported = self.reported.max(Some(report.quarter));
                self.last_report = Some(report.clone());
                self.take_in(report);
            }
            Event::Confirmed { .. } => self.confirmed = true,
            Event::SentBack { .. } => {
                self.confirmed = false;
                self.complete = false;
                self.done.clone_from(&self.met_before);
                drop(self.told.pop());
            }
            Event::FileWithdrawn { sha256, withdrawn, .. } => self.forget_file(sha256, withdrawn),
        }
    }

    fn follow_up(&self, event: &Event) -> Vec<NewJob> {
        let (Event::FileWithdrawn { sha256, .. }, Some(entry)) = (event, &self.entry) else { return Vec::new() };
        // What was withdrawn is erased at once; where the server was stopped in between, the job does it.
        let payload = json!({ "recommendation": entry.number.to_string(), "sha256": sha256 });
        vec![NewJob::new(ERASE_JOB, payload).keyed(format!("{ERASE_JOB}-{}-{sha256}", entry.number))]
    }
}

impl Recommendation {
    /// Remembers the files of a report.
    fn take_in(&mut self, report: &Report) {
        for file in &report.files {
            if self.attached(&file.sha256).is_none() {
                self.files.push(AttachedFile { file: file.clone(), quarter: report.quarter, withdrawn: None });
            }
        }
    }

    /// Says what its files are called, where that was kept apart from its state.
    pub fn name_files(&mut self, called: impl Fn(&str) -> Option<String>) {
        let withdrawn: BTreeSet<String> =
            self.files.iter().filter(|one| one.withdrawn.is_some()).map(|one| one.file.sha256.clone()).collect();
        let shown = self.last_report.iter_mut().flat_map(|report| &mut report.files);
        for file in self.files.iter_mut().map(|known| &mut known.file).chain(shown) {
            file.name.value = if withdrawn.contains(&file.sha256) { None } else { called(&file.sha256) };
        }
    }

    /// That it was there stays, and its hash; what it was called may be what was wrong with it.
    fn forget_file(&mut self, sha256: &str, withdrawn: &Withdrawn) {
        if let Some(known) = self.files.iter_mut().find(|known| known.file.sha256 == sha256) {
            known.withdrawn = Some(withdrawn.clone());
            known.file.name.value = None;
        }
        let shown = self.last_report.iter_mut().flat_map(|report| &mut report.files);
        shown.filter(|file| file.sha256 == sha256).for_each(|file| file.name.value = None);
    }

    /// What the plan says of it from now on.
    fn rewrite(&mut self, entry: &Entry, version: &str) {
        if self.put(entry) {
            self.moved = self.moved.saturating_add(1);
        }
        version.clone_into(&mut self.version);
        self.amended = self.amended.saturating_add(1);
    }

    /// Puts it in place of what was known; says whether the schedule ends later now.
    fn put(&mut self, entry: &Entry) -> bool {
        let before = self.entry.as_ref();
        let mut put_back = false;
        // What was met stays met only where the deadlines are the same ones.
        if before.is_some_and(|before| before.differences(entry).contains(&Difference::Schedule)) {
            let end = |entry: &Entry| entry.quarters().last().copied();
            put_back = before.and_then(end) < end(entry);
            self.keep_met(entry);
        }
        self.entry = Some(entry.clone());
        put_back
    }

    /// Carries what was met over to changed deadlines: the same quarter and manner counts as the same deadline.
    fn keep_met(&mut self, entry: &Entry) {
        let Some(before) = &self.entry else { return };
        let met: Vec<_> = self.done.iter().filter_map(|place| before.deadlines.get(*place)).collect();
        let kept = entry.deadlines.iter().enumerate().filter(|(_, deadline)| {
            met.iter().any(|one| (one.quarter, one.bound) == (deadline.quarter, deadline.bound))
        });
        self.done = kept.map(|(place, _)| place).collect();
        self.met_before.clone_from(&self.done);
        // A new deadline is new work: then not everything is done any more.
        if self.done.len() < entry.deadlines.len() {
            self.complete = false;
            self.confirmed = false;
        }
    }
}
