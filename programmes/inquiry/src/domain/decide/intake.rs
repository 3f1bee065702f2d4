//! Receipt, understanding, corrections, drafts.

use jiff::Timestamp;
use maru_holidays::OfficialCalendar;
use maru_ledger::Personal;

use super::{Decision, LONGEST_ANSWER, check_filing, check_words};
use crate::domain::{
    draft::Draft,
    events::{Event, Filing},
    identifiers::Receipt,
    inquiry::Inquiry,
    refusals::Refusal,
    understood::{Correction, Understood},
    values::{Deadline, Kind, Said, State},
};

impl Inquiry {
    pub(super) fn take_in(&self, filing: Box<Filing>, calendar: &OfficialCalendar, now: Timestamp) -> Decision {
        if self.filing.is_some() {
            return Err(Refusal::ReceiptTaken);
        }
        check_filing(&filing)?;
        let period = filing.kind.period(filing.period);
        let clock = maru_calendar::Clock::new(period, filing.kind.article(), maru_calendar::seoul(now));
        let deadline = Deadline::reckoned(&clock, calendar)?;
        Ok(vec![Event::Received { filing, deadline, at: now }])
    }

    /// Takes the program's proposal. What a person said stays. A kind that the program proposes is taken only where the
    /// petitioner would not wait longer than the receipt promised; else an official has to say so.
    pub(super) fn understand(&self, understood: Understood, calendar: &OfficialCalendar) -> Decision {
        if self.understood.is_some() || !self.state.is_open() || self.objection.is_some() {
            return Ok(Vec::new());
        }
        let (kind, deadline) = self.proposed_kind(&understood, calendar)?;
        let proposed = understood.category.as_ref().map(|judged| judged.value.clone());
        let category = if self.category_said { self.category.clone() } else { proposed };
        let department =
            if self.department_said { self.department.clone() } else { understood.department.value.clone() };
        Ok(vec![Event::Understood { understood: Box::new(understood), kind, category, department, deadline }])
    }

    fn proposed_kind(&self, understood: &Understood, calendar: &OfficialCalendar) -> Result<(Kind, Deadline), Refusal> {
        let holds = (self.kind.unwrap_or(Kind::Question), self.deadline);
        let proposed = understood.kind.value;
        let open_to_change = self.kind_said_by == Some(Said::Machine) && self.state != State::CompletionRequested;
        if !open_to_change || !understood.kind.certain || Some(proposed) == self.kind || proposed == Kind::Application {
            return Ok(holds);
        }
        let Some(clock) = self.clock_for(proposed, None) else { return Ok(holds) };
        let deadline = Deadline::reckoned(&clock, calendar)?;
        let sooner = deadline.due.zip(self.deadline.due).is_some_and(|(new, promised)| new <= promised);
        Ok(if sooner { (proposed, deadline) } else { holds })
    }

    pub(super) fn correct_by(&self, by: Said, correction: Correction, calendar: &OfficialCalendar) -> Decision {
        self.must_be_open()?;
        if correction.is_empty() {
            return Err(Refusal::Empty { ko: "고칠 값", en: "what to correct" });
        }
        for text in [&correction.category, &correction.department].into_iter().flatten() {
            check_words(text, ("분야·부서", "category or department"), 100)?;
        }
        let unchanged = correction.kind.is_none() && correction.period.is_none();
        let deadline = if unchanged {
            self.deadline
        } else {
            let kind = correction.kind.or(self.kind).unwrap_or(Kind::Question);
            let clock = self.clock_for(kind, correction.period.or(self.period)).ok_or(Refusal::Unknown)?;
            Deadline::reckoned(&clock, calendar)?
        };
        Ok(vec![Event::Corrected { by, correction, deadline }])
    }

    /// Whatever state the case is in: what the two are about does not change, and nobody's period hangs on it.
    pub(super) fn judge_pair(&self, other: Receipt, same: bool, before: Option<bool>, official: String) -> Decision {
        if self.understood.is_none() {
            return Err(self.wrong_state());
        }
        if self.receipt() == Some(&other) {
            return Err(Refusal::OwnNumber);
        }
        if before == Some(same) {
            return Ok(Vec::new());
        }
        let duplicates = self.duplicates_once(&other, same);
        Ok(vec![Event::PairJudged { other, same, duplicates, official }])
    }

    pub(super) fn keep_draft(&self, draft: Box<Draft>) -> Decision {
        self.must_be_open()?;
        check_words(&draft.text, ("초안", "draft"), LONGEST_ANSWER)?;
        Ok(vec![Event::Drafted { draft }])
    }

    pub(super) fn note_no_draft(&self, ko: String, en: String) -> Decision {
        self.must_be_open()?;
        Ok(vec![Event::DraftAbsent { ko, en }])
    }

    pub(super) fn edit(&self, text: Personal, seen: Option<u32>, official: String) -> Decision {
        self.must_be_open()?;
        if seen.is_some_and(|seen| seen != self.edits) {
            return Err(Refusal::EditedMeanwhile);
        }
        check_words(text.value_or(""), ("답변", "answer"), LONGEST_ANSWER)?;
        Ok(vec![Event::DraftEdited { text, official }])
    }
}
