//! What happens on an order, or why it is refused. Pure: the instant and the calendar are arguments.

mod after;
mod intake;
mod outcome;
mod periods;
mod routing;

use jiff::Timestamp;

use super::{
    commands::Order,
    events::{Event, Filing},
    inquiry::Inquiry,
    refusals::Refusal,
    values::{NamedOfficial, State, Statement},
};
use maru_holidays::OfficialCalendar;

/// Longest title, in characters.
pub const LONGEST_TITLE: usize = 200;
/// Longest text of an inquiry, an objection or a completion, in characters.
pub const LONGEST_TEXT: usize = 20_000;
/// Longest answer, in characters.
pub const LONGEST_ANSWER: usize = 40_000;
/// Longest reason, comment or note, in characters.
pub const LONGEST_NOTE: usize = 4_000;

type Decision = Result<Vec<Event>, Refusal>;

impl Inquiry {
    /// What happens on `order` at `now`, by `calendar`.
    ///
    /// # Errors
    /// [`Refusal`]; nothing happened then.
    pub fn decide_on(&self, order: Order, calendar: &OfficialCalendar, now: Timestamp) -> Decision {
        // Facts are kept to the microsecond, as the ledger keeps its instants.
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        if let Order::Receive(filing) = order {
            return self.take_in(filing, calendar, now);
        }
        if self.filing.is_none() {
            return Err(Refusal::Unknown);
        }
        if self.erased && !matches!(order, Order::Erase) {
            return Err(Refusal::Erased);
        }
        match order {
            Order::Receive(_) => Err(Refusal::ReceiptTaken),
            Order::Understand(understood) => self.understand(*understood, calendar),
            Order::Correct { by, correction } => self.correct_by(by, correction, calendar),
            Order::JudgePair { other, same, before, official } => self.judge_pair(other, same, before, official),
            Order::Assign { official } => self.assign(official),
            Order::Pass { to, reason, by } => self.pass(to, reason, by, calendar, now),
            Order::Draft(draft) => self.keep_draft(draft),
            Order::DraftAbsent { ko, en } => self.note_no_draft(ko, en),
            Order::EditDraft { text, seen, official } => self.edit(text, seen, official),
            Order::RequestCompletion { what, days, by } => self.request_completion(what, days, by, calendar, now),
            Order::ProlongCompletion { days } => self.prolong_completion(days),
            Order::SupplyCompletion { text } => self.supply_completion(text, calendar, now),
            Order::LapseCompletion => self.lapse_completion(calendar, now),
            Order::Return { reason, by } => self.send_back(reason, by),
            Order::Extend { ground, reason, consent, by } => self.extend((ground, reason, consent), by, calendar, now),
            Order::ExcludeTime { reason, from, until } => self.exclude_time(reason, (from, until), calendar, now),
            Order::Reckon => self.reckon_anew(calendar),
            Order::NoticeProgress { number } => self.notice_progress(number, now),
            Order::WarnDueSoon => Ok(self.warn_due_soon(now)),
            Order::Approve(approve) => self.approve(*approve, now),
            Order::UndoApproval { official } => self.undo_approval(official),
            Order::Serve => self.serve(calendar, now),
            Order::Withdraw { reason } => self.withdraw(reason),
            Order::CloseAsRepeated { earlier, reason, by } => self.close_as_repeated(earlier, reason, by),
            Order::Object { text } => self.object(text, calendar, now),
            Order::ExtendObjection { reason, by } => self.extend_objection(reason, by, calendar),
            Order::DecideObjection { upheld, text, by } => self.decide_objection(upheld, text, by, now),
            Order::Rate { stars, comment } => self.rate(stars, comment),
            Order::Note { text, official } => note(text, official),
            Order::ReadPersonalData { reason, official } => read_personal_data(reason, official),
            Order::Erase => self.erase(),
        }
    }

    /// Where an answer is still owed and nothing was approved.
    fn must_be_open(&self) -> Result<(), Refusal> {
        match self.state {
            State::Received | State::Understood | State::Drafted | State::CompletionRequested => Ok(()),
            state => Err(Refusal::WrongState { state }),
        }
    }

    /// As [`Self::must_be_open`], and not waiting for the petitioner.
    fn must_be_running(&self) -> Result<(), Refusal> {
        match self.state {
            State::Received | State::Understood | State::Drafted => Ok(()),
            state => Err(Refusal::WrongState { state }),
        }
    }

    fn wrong_state(&self) -> Refusal {
        Refusal::WrongState { state: self.state }
    }
}

fn note(text: maru_ledger::Personal, official: String) -> Decision {
    check_words(text.value_or(""), ("메모", "note"), LONGEST_NOTE)?;
    Ok(vec![Event::Noted { text, official }])
}

fn read_personal_data(reason: String, official: String) -> Decision {
    check_words(&reason, ("열람 사유", "reason for reading"), 500)?;
    Ok(vec![Event::PersonalDataRead { reason, official }])
}

fn check_words(words: &str, (ko, en): (&'static str, &'static str), limit: usize) -> Result<(), Refusal> {
    if words.trim().is_empty() {
        return Err(Refusal::Empty { ko, en });
    }
    if words.chars().count() > limit {
        return Err(Refusal::TooLong { limit });
    }
    Ok(())
}

fn check_statement(statement: &Statement, name: (&'static str, &'static str), limit: usize) -> Result<(), Refusal> {
    check_words(statement.words(), name, limit)
}

fn check_filing(filing: &Filing) -> Result<(), Refusal> {
    check_statement(&filing.title, ("제목", "title"), LONGEST_TITLE)?;
    check_statement(&filing.text, ("내용", "text"), LONGEST_TEXT)?;
    for (personal, name) in [(&filing.name, ("이름", "name")), (&filing.contact, ("연락처", "contact"))] {
        if let Some(personal) = personal {
            check_words(personal.value_or(""), name, LONGEST_TITLE)?;
        }
    }
    Ok(())
}

/// AI never decides: somebody with a name, a unit and a telephone does.
fn check_official(official: &NamedOfficial) -> Result<(), Refusal> {
    let named = [&official.account, &official.name, &official.department, &official.telephone];
    if named.iter().any(|text| text.trim().is_empty()) { Err(Refusal::NoOfficial) } else { Ok(()) }
}
