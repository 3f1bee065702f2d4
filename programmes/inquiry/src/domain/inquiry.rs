//! The state of a case, and how events change it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date};
use maru_calendar::{Clock, Exclusion, ExclusionReason, Period, seoul};
use maru_ledger::{Aggregate, NewJob, Personal};
use serde_json::json;

use super::{
    commands::Command,
    draft::Draft,
    events::{Approval, Destination, Event, Filing, Outcome},
    identifiers::Receipt,
    refusals::Refusal,
    understood::{Correction, Understood},
    values::{Deadline, DepartmentId, Kind, Said, State, TextLanguage, Urgency},
};

/// Names of the jobs that cases call for. Their payload is `{"receipt": …}` and what is said beside each.
pub mod job {
    /// Understand the inquiry.
    pub const UNDERSTAND: &str = "inquiry.understand";
    /// Draft an answer.
    pub const DRAFT: &str = "inquiry.draft";
    /// Warn the official that the period ends soon.
    pub const DUE_SOON: &str = "inquiry.due-soon";
    /// Tell the petitioner how far it is; with `number`.
    pub const PROGRESS_NOTICE: &str = "inquiry.progress-notice";
    /// Serve what was approved.
    pub const SERVE: &str = "inquiry.serve";
    /// Note that the time to complete passed.
    pub const COMPLETION_LAPSES: &str = "inquiry.completion-lapses";
    /// Destroy the keys of an erased petitioner.
    pub const ERASE: &str = "inquiry.erase";
    /// Reckon the due times of all running cases anew; with `revision`.
    pub const RECKON_ALL: &str = "inquiry.reckon-all";
    /// All of them.
    pub const ALL: [&str; 8] =
        [UNDERSTAND, DRAFT, DUE_SOON, PROGRESS_NOTICE, SERVE, COMPLETION_LAPSES, ERASE, RECKON_ALL];
}

/// A completion that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The last day to send what is missing.
    pub until: Date,
    /// 1 or 2.
    pub number: u8,
    /// How often the petitioner got more time.
    pub prolonged: u8,
    /// Whether it still runs.
    pub open: bool,
    /// Whether its time passed without anything coming.
    pub lapsed: bool,
}

/// An objection to a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// When it was filed.
    pub filed_at: Timestamp,
    /// Until when it must be decided.
    pub deadline: Deadline,
    /// Whether the decision was put off.
    pub extended: bool,
    /// Whether it was upheld, once decided.
    pub upheld: Option<bool>,
}

/// The state of a case.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inquiry {
    /// What came in; nothing before the receipt.
    pub filing: Option<Filing>,
    /// Where it stands.
    pub state: State,
    /// What the program understood.
    pub understood: Option<Understood>,
    /// Of which other cases officials said here that they are the same matter, or are not.
    pub pairs: BTreeMap<Receipt, bool>,
    /// The language.
    pub language: Option<TextLanguage>,
    /// The kind under the Act.
    pub kind: Option<Kind>,
    /// Who said so.
    pub kind_said_by: Option<Said>,
    /// The published period of an application.
    pub period: Option<Period>,
    /// The category.
    pub category: Option<String>,
    /// The department that has it.
    pub department: DepartmentId,
    /// Whether a person said which category is right.
    pub category_said: bool,
    /// Whether a person said which department is right.
    pub department_said: bool,
    /// The urgency.
    pub urgency: Option<Urgency>,
    /// The official who has it.
    pub official: Option<String>,
    /// Since when the department has it: the short clock of passing on runs from here.
    pub at_department_since: Option<Timestamp>,
    /// How often it was passed on.
    pub passed: u32,
    /// The clock.
    pub clock: Option<Clock>,
    /// Until when it must be answered.
    pub deadline: Deadline,
    /// The machine's draft.
    pub draft: Option<Draft>,
    /// The official's own text of the answer.
    pub edited: Option<Personal>,
    /// How often officials saved their text: tells an editor who saw an older one.
    pub edits: u32,
    /// The completion that was asked for last.
    pub completion: Option<Completion>,
    /// What was approved last.
    pub approval: Option<Approval>,
    /// When the outcome was served.
    pub served: bool,
    /// The last day to object.
    pub object_until: Option<Date>,
    /// The objection.
    pub objection: Option<Objection>,
    /// The rating, 1 to 5.
    pub stars: Option<u8>,
    /// How many notices of progress went out.
    pub notices: u32,
    /// Whether the petitioner's data were erased.
    pub erased: bool,
}

impl Default for State {
    /// Before anything happened; an inquiry without a filing does not exist.
    fn default() -> Self {
        Self::Received
    }
}

impl Inquiry {
    /// The receipt number; nothing before the receipt.
    pub fn receipt(&self) -> Option<&Receipt> {
        self.filing.as_ref().map(|filing| &filing.receipt)
    }

    /// How often the period was extended.
    pub fn extensions(&self) -> u8 {
        self.clock.as_ref().map_or(0, |clock| clock.extensions)
    }

    /// The clock with another kind, keeping what happened to it.
    pub(crate) fn clock_for(&self, kind: Kind, published: Option<Period>) -> Option<Clock> {
        let mut clock = self.clock.clone()?;
        clock.period = kind.period(published);
        kind.article().clone_into(&mut clock.article);
        Some(clock)
    }

    /// Whether the refusal that was served can be contested by an objection under the Act (제35조: applications).
    pub fn allows_objection(&self) -> bool {
        self.kind == Some(Kind::Application)
    }

    fn set_kind(&mut self, kind: Kind, period: Option<Period>, said_by: Said) {
        self.clock = self.clock_for(kind, period);
        self.kind = Some(kind);
        self.period = period;
        self.kind_said_by = Some(said_by);
    }

    fn receive(&mut self, filing: &Filing, deadline: Deadline, received: Timestamp) {
        let period = filing.kind.period(filing.period);
        self.clock = Some(Clock::new(period, filing.kind.article(), seoul(received)));
        self.deadline = deadline;
        self.kind = Some(filing.kind);
        self.kind_said_by = Some(filing.kind_said_by);
        self.period = filing.period;
        self.language = Some(filing.language);
        self.category.clone_from(&filing.category);
        self.category_said = filing.category.is_some();
        self.department.clone_from(&filing.department);
        self.at_department_since = Some(received);
        self.filing = Some(filing.clone());
    }

    fn correct(&mut self, by: Said, correction: &Correction) {
        if correction.kind.is_some() || correction.period.is_some() {
            let kind = correction.kind.or(self.kind).unwrap_or(Kind::Question);
            self.set_kind(kind, correction.period.or(self.period), by);
        }
        if let Some(category) = &correction.category {
            self.category = Some(category.clone());
            self.category_said = true;
        }
        if let Some(department) = &correction.department {
            self.department.clone_from(department);
            self.department_said = true;
        }
        self.urgency = correction.urgency.or(self.urgency);
        self.language = correction.language.or(self.language);
    }

    /// How many other cases hold as the same matter once `other` was said to be, or not to be: those that the program
    /// found and nobody took away, and those that people added.
    pub(crate) fn duplicates_once(&self, other: &Receipt, same: bool) -> u32 {
        let found = self.understood.iter().flat_map(|understood| &understood.near_duplicates);
        let found = found.map(|near| (near.id.as_str(), true));
        let said = self.pairs.iter().map(|(receipt, same)| (receipt.as_str(), *same));
        let all: BTreeMap<&str, bool> = found.chain(said).chain([(other.as_str(), same)]).collect();
        u32::try_from(all.values().filter(|same| **same).count()).unwrap_or(u32::MAX)
    }

    fn stop_clock(&mut self, since: Timestamp) {
        if let Some(clock) = &mut self.clock {
            let from = seoul(since);
            clock.exclusions.push(Exclusion { reason: ExclusionReason::Completion, from, until: None });
        }
    }

    pub(crate) fn restarted_clock(&self, at: Timestamp) -> Option<Clock> {
        let mut clock = self.clock.clone()?;
        for exclusion in &mut clock.exclusions {
            if exclusion.until.is_none() {
                exclusion.until = Some(seoul(at).max(exclusion.from));
            }
        }
        Some(clock)
    }

    fn restart_clock(&mut self, at: Timestamp, deadline: Deadline, state: State) {
        self.clock = self.restarted_clock(at);
        self.deadline = deadline;
        self.state = state;
    }

    /// Where an open case stands when nothing waits.
    pub(crate) fn working_state(&self) -> State {
        if self.draft.is_some() || self.edited.is_some() {
            State::Drafted
        } else if self.understood.is_some() {
            State::Understood
        } else {
            State::Received
        }
    }

    fn pass_on(&mut self, to: &Destination, at: Timestamp) {
        self.passed += 1;
        self.official = None;
        match to {
            Destination::Department { department } => {
                self.department.clone_from(department);
                self.department_said = true;
                self.at_department_since = Some(at);
            }
            Destination::Agency { .. } => self.state = State::Transferred,
        }
    }
}

impl Aggregate for Inquiry {
    const KIND: &'static str = "inquiry";
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn decide(&self, command: Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        self.decide_on(command.order, &command.calendar, now)
    }

    #[expect(clippy::too_many_lines, reason = "one table: each event with what it changes")]
    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Received { filing, deadline, at } => self.receive(filing, *deadline, *at),
            Event::Understood { understood, kind, category, department, deadline } => {
                if self.kind != Some(*kind) {
                    self.set_kind(*kind, self.period, Said::Machine);
                }
                self.category.clone_from(category);
                self.department.clone_from(department);
                self.urgency = Some(understood.urgency.value);
                self.language = Some(understood.language.value);
                self.deadline = *deadline;
                self.understood = Some((**understood).clone());
                if self.state == State::Received {
                    self.state = State::Understood;
                }
            }
            Event::Corrected { by, correction, deadline } => {
                self.correct(*by, correction);
                self.deadline = *deadline;
            }
            Event::PairJudged { other, same, .. } => {
                self.pairs.insert(other.clone(), *same);
            }
            Event::Assigned { official } => self.official = Some(official.clone()),
            Event::Passed { to, at, .. } => self.pass_on(to, *at),
            Event::Drafted { draft } => {
                self.draft = Some((**draft).clone());
                self.show_draft();
            }
            Event::DraftEdited { text, .. } => {
                self.edited = Some(text.clone());
                self.edits = self.edits.saturating_add(1);
                self.show_draft();
            }
            Event::CompletionRequested { until, number, deadline, at, .. } => {
                self.completion =
                    Some(Completion { until: *until, number: *number, prolonged: 0, open: true, lapsed: false });
                self.stop_clock(*at);
                self.deadline = *deadline;
                self.state = State::CompletionRequested;
            }
            Event::CompletionProlonged { until } => {
                if let Some(completion) = &mut self.completion {
                    completion.until = *until;
                    completion.prolonged += 1;
                }
            }
            Event::CompletionSupplied { deadline, at, state, .. } => {
                self.close_completion(false);
                self.restart_clock(*at, *deadline, *state);
            }
            Event::CompletionLapsed { deadline, at, state } => {
                self.close_completion(true);
                self.restart_clock(*at, *deadline, *state);
            }
            Event::Returned { .. } => self.state = State::Returned,
            Event::Extended { number, deadline, .. } => {
                if let Some(clock) = &mut self.clock {
                    clock.extensions = *number;
                }
                self.deadline = *deadline;
            }
            Event::TimeExcluded { reason, from, until, deadline } => {
                if let Some(clock) = &mut self.clock {
                    let (from, until) = (seoul(*from), Some(seoul(*until)));
                    clock.exclusions.push(Exclusion { reason: *reason, from, until });
                }
                self.deadline = *deadline;
            }
            Event::DeadlineMoved { deadline, .. } => match &mut self.objection {
                Some(objection) if objection.upheld.is_none() => objection.deadline = *deadline,
                _ => self.deadline = *deadline,
            },
            Event::ProgressNoticed { number } => self.notices = *number,
            Event::Approved { approval } => {
                self.approval = Some((**approval).clone());
                self.state = State::Approved;
            }
            Event::ApprovalUndone { state, .. } => {
                self.approval = None;
                self.state = *state;
            }
            Event::Answered { .. } => {
                self.served = true;
                self.state = State::Answered;
            }
            Event::Refused { object_until, .. } => {
                self.served = true;
                self.object_until = *object_until;
                self.state = State::Refused;
            }
            Event::Withdrawn { .. } => self.state = State::Withdrawn,
            Event::Closed { .. } => self.state = State::Closed,
            Event::Objected { deadline, at, .. } => {
                self.objection = Some(Objection { filed_at: *at, deadline: *deadline, extended: false, upheld: None });
                self.state = State::Objected;
            }
            Event::ObjectionExtended { deadline, .. } => {
                if let Some(objection) = &mut self.objection {
                    objection.deadline = *deadline;
                    objection.extended = true;
                }
            }
            Event::ObjectionDecided { upheld, .. } => {
                if let Some(objection) = &mut self.objection {
                    objection.upheld = Some(*upheld);
                }
                self.state = if *upheld { State::Answered } else { State::Refused };
            }
            Event::Rated { stars, .. } => self.stars = Some(*stars),
            Event::PersonErased => self.erased = true,
            Event::DraftAbsent { .. } | Event::DueSoonWarned | Event::Noted { .. } | Event::PersonalDataRead { .. } => {
            }
        }
    }

    fn follow_up(&self, event: &Event) -> Vec<NewJob> {
        let Some(receipt) = self.receipt() else { return Vec::new() };
        let of = |kind: &str| NewJob::new(kind, json!({ "receipt": receipt.as_str() }));
        let keyed = |kind: &str, at: Timestamp| of(kind).at(at).keyed(format!("{kind}/{receipt}"));
        let mut jobs = Vec::new();
        if self.state.is_open()
            && let Some(warn_at) = event.new_deadline().and_then(|deadline| deadline.warn_at)
            && !matches!(event, Event::Received { .. })
        {
            jobs.push(keyed(job::DUE_SOON, warn_at));
        }
        match event {
            Event::Received { .. } => jobs.push(of(job::UNDERSTAND)),
            Event::Understood { .. } => {
                jobs.push(of(job::DRAFT));
                jobs.push(self.progress_job(receipt, 1));
            }
            Event::ProgressNoticed { number } => jobs.push(self.progress_job(receipt, number.saturating_add(1))),
            Event::CompletionRequested { until, .. } | Event::CompletionProlonged { until } => {
                let end =
                    until.saturating_add(SignedDuration::from_hours(24)).to_datetime(jiff::civil::Time::midnight());
                jobs.push(keyed(job::COMPLETION_LAPSES, maru_calendar::instant(end)));
            }
            Event::Approved { approval } => jobs.push(keyed(job::SERVE, approval.serve_at)),
            Event::PersonErased => jobs.push(of(job::ERASE)),
            _ => {}
        }
        jobs
    }
}

impl Inquiry {
    fn show_draft(&mut self) {
        if matches!(self.state, State::Received | State::Understood) {
            self.state = State::Drafted;
        }
    }

    fn close_completion(&mut self, lapsed: bool) {
        if let Some(completion) = &mut self.completion {
            completion.open = false;
            completion.lapsed = lapsed;
        }
    }

    /// The notice after `number` times thirty days, at nine in the morning (decree 제23조).
    fn progress_job(&self, receipt: &Receipt, number: u32) -> NewJob {
        let received = self.clock.as_ref().map(|clock| clock.received.date()).unwrap_or_default();
        let day = maru_calendar::transfer::progress_notice(received, number);
        let at = maru_calendar::instant(day.to_datetime(jiff::civil::time(9, 0, 0, 0)));
        let kind = job::PROGRESS_NOTICE;
        NewJob::new(kind, json!({ "receipt": receipt.as_str(), "number": number }))
            .at(at)
            .keyed(format!("{kind}/{receipt}"))
    }

    /// Whether an answer or refusal served at `at` is in time; a clock that stands still is always in time.
    pub(crate) fn in_time(&self, at: Timestamp) -> bool {
        self.deadline.due.is_none_or(|due| at <= due)
    }

    /// The day on which the case was received.
    pub fn received_on(&self) -> Option<Date> {
        self.clock.as_ref().map(|clock| clock.received.date())
    }

    /// Whether the outcome that was approved is a refusal.
    pub fn refuses(&self) -> bool {
        matches!(self.approval.as_ref().map(|approval| &approval.outcome), Some(Outcome::Refusal { .. }))
    }

    /// The deadline that runs now: that of the objection while it is not decided.
    pub fn running_deadline(&self) -> Deadline {
        match &self.objection {
            Some(objection) if objection.upheld.is_none() => objection.deadline,
            _ => self.deadline,
        }
    }
}
