//! Who handles it: officials, departments, other agencies.

use jiff::Timestamp;
use maru_calendar::{ShortPeriod, instant, seoul};
use maru_holidays::OfficialCalendar;

use super::{Decision, LONGEST_NOTE, check_official, check_statement, check_words};
use crate::domain::{
    events::{Destination, Event},
    inquiry::Inquiry,
    refusals::Refusal,
    values::{NamedOfficial, Statement},
};

impl Inquiry {
    pub(super) fn assign(&self, official: String) -> Decision {
        self.must_be_open()?;
        check_words(&official, ("담당자", "official"), 200)?;
        if self.official.as_ref() == Some(&official) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Assigned { official }])
    }

    /// Passing on never waits for the short clock to end, and is recorded even where it comes too late.
    pub(super) fn pass(
        &self,
        to: Destination,
        reason: Statement,
        by: NamedOfficial,
        calendar: &OfficialCalendar,
        now: Timestamp,
    ) -> Decision {
        self.must_be_running()?;
        check_official(&by)?;
        check_statement(&reason, ("이송 사유", "reason"), LONGEST_NOTE)?;
        let name = match &to {
            Destination::Department { department } => department,
            Destination::Agency { agency } => agency,
        };
        check_words(name, ("보낼 곳", "destination"), 200)?;
        let period = self.passing_period(&to)?;
        let since = seoul(self.at_department_since.unwrap_or(now));
        let pass_by = instant(period.ends(&calendar.working, since)?);
        let from = self.department.clone();
        Ok(vec![Event::Passed { from, to, reason, pass_by, article: period.article().into(), by, at: now }])
    }

    /// The first hand-over from the reception goes within one working hour, within the agency in three, to another
    /// agency in eight: decree 제13조.
    fn passing_period(&self, to: &Destination) -> Result<ShortPeriod, Refusal> {
        match to {
            Destination::Agency { .. } => Ok(ShortPeriod::ToOtherAgency),
            Destination::Department { department } if *department == self.department => Err(Refusal::SameDepartment),
            Destination::Department { .. } if self.passed == 0 && self.is_at_reception() => {
                Ok(ShortPeriod::ToDepartment)
            }
            Destination::Department { .. } => Ok(ShortPeriod::WithinAgency),
        }
    }

    /// Until when it should be passed on if another department of the agency is in charge (decree 제13조①②); nothing
    /// where it cannot be passed on, or the calendar does not reach so far.
    pub fn pass_on_by(&self, calendar: &OfficialCalendar) -> Option<Timestamp> {
        self.must_be_running().ok()?;
        let first = self.passed == 0 && self.is_at_reception();
        let period = if first { ShortPeriod::ToDepartment } else { ShortPeriod::WithinAgency };
        let ends = period.ends(&calendar.working, seoul(self.at_department_since?)).ok()?;
        Some(instant(ends))
    }

    fn is_at_reception(&self) -> bool {
        self.filing.as_ref().is_some_and(|filing| filing.department == self.department)
    }
}
