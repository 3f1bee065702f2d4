//! A household with signals of a crisis: its score, who went there or telephoned, and what was found.
//!
//! The signals themselves are sealed; the sum of points stands open, as that by which the worklist is sorted. What was found
//! is kept beside the score of that day, so that the model's errors can be measured ([`super::crisis::errors_by_group`]).

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::{Aggregate, Personal};
use serde::{Deserialize, Serialize};

use super::{
    proposal::Official,
    refusals::{Refusal, check_words},
};

/// What an official does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Telephones.
    Telephone,
    /// Goes there.
    Visit,
    /// Offers to apply for what is due (사회보장급여법 제9조의2제2항).
    Offer,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// The household is in need; after an offer: it takes the offer up.
    InNeed,
    /// It is not in need.
    NotInNeed,
    /// Nobody was reached.
    NotReached,
    /// It wants no help; after an offer: it turns the offer down.
    Unwilling,
}

impl Step {
    /// All of them, in the order in which people choose.
    pub const ALL: [Self; 3] = [Self::Visit, Self::Telephone, Self::Offer];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Telephone => "telephone",
            Self::Visit => "visit",
            Self::Offer => "offer",
        }
    }

    /// The step called so.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.identifier() == name)
    }
}

impl Found {
    /// All of them, in the order in which people choose.
    pub const ALL: [Self; 4] = [Self::InNeed, Self::NotInNeed, Self::NotReached, Self::Unwilling];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::InNeed => "in-need",
            Self::NotInNeed => "not-in-need",
            Self::NotReached => "not-reached",
            Self::Unwilling => "unwilling",
        }
    }

    /// What is called so.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|found| found.identifier() == name)
    }
}

/// A call, a visit, an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// What was done.
    pub step: Step,
    /// What came of it.
    pub found: Found,
    /// The score then.
    pub points: u32,
    /// The line then.
    pub line: u32,
    /// The day.
    pub on: Date,
    /// Who.
    pub by: Official,
    /// In the official's words, sealed.
    pub note: Personal,
}

impl Contact {
    /// Whether nothing more is to be done after it.
    fn is_last(&self) -> bool {
        match self.found {
            Found::NotReached => false,
            Found::InNeed => self.step == Step::Offer,
            Found::NotInNeed | Found::Unwilling => true,
        }
    }
}

/// The state of a household's case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CrisisCase {
    /// The points.
    pub points: u32,
    /// The line of the day on which it was scored.
    pub line: u32,
    /// Whether one of the signals is looked after by going there.
    pub visit: bool,
    /// The day on which it was scored.
    pub scored_on: Option<Date>,
    /// Calls, visits and offers, the oldest first.
    pub contacts: Vec<Contact>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum CrisisOrder {
    /// The registers were read.
    Score {
        /// The points.
        points: u32,
        /// The line.
        line: u32,
        /// Whether one of the signals is looked after by going there.
        visit: bool,
        /// The parts of the score as JSON, sealed where they are stored.
        parts: Personal,
    },
    /// Somebody telephoned, went there, made an offer.
    Contact {
        /// What was done.
        step: Step,
        /// What came of it.
        found: Found,
        /// In the official's words.
        note: Personal,
        /// Who.
        by: Official,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum CrisisEvent {
    /// The score is another one.
    HouseholdScored {
        /// The points.
        points: u32,
        /// The line.
        line: u32,
        /// Whether one of the signals is looked after by going there.
        visit: bool,
        /// The parts of the score as JSON, sealed.
        parts: Personal,
        /// The day.
        on: Date,
    },
    /// Somebody telephoned, went there, made an offer.
    HouseholdContacted {
        /// What, with what came of it.
        contact: Contact,
    },
}

impl CrisisCase {
    /// The last contact after which nothing more was to be done.
    fn closing(&self) -> Option<&Contact> {
        self.contacts.last().filter(|contact| contact.is_last())
    }

    /// Whether it stands at the line or above.
    pub fn is_above(&self) -> bool {
        self.points > 0 && self.points >= self.line
    }

    /// Whether something is to be done: it stands above the line, and nobody looked since, or it is worse than when somebody did.
    pub fn is_open(&self) -> bool {
        let is_begun = self.contacts.last().is_some_and(|contact| !contact.is_last());
        let is_worse = self.closing().is_none_or(|closing| self.points > closing.points);
        is_begun || self.is_above() && is_worse
    }

    /// What to do next. The rule is plain: where electricity, water or gas is cut, or the score is twice the line, one goes
    /// there; else one telephones, and goes there where nobody answers; who is in need is offered to apply.
    pub fn next(&self) -> Step {
        match self.contacts.last() {
            Some(
                Contact { found: Found::InNeed, step: Step::Telephone | Step::Visit, .. }
                | Contact { found: Found::NotReached, step: Step::Offer, .. },
            ) => Step::Offer,
            Some(Contact { found: Found::NotReached, .. }) => Step::Visit,
            _ if self.visit || self.points >= self.line.saturating_mul(2) => Step::Visit,
            _ => Step::Telephone,
        }
    }

    /// The last contact that says whether the household is in need, with that; nothing where nobody knows.
    pub fn known_need(&self) -> Option<(&Contact, bool)> {
        self.contacts.iter().rev().find_map(|contact| match (contact.step, contact.found) {
            (Step::Telephone | Step::Visit, Found::InNeed) => Some((contact, true)),
            (_, Found::NotInNeed) => Some((contact, false)),
            _ => None,
        })
    }
}

impl Aggregate for CrisisCase {
    const KIND: &'static str = "crisis_case";
    type Command = CrisisOrder;
    type Event = CrisisEvent;
    type Refusal = Refusal;

    fn decide(&self, order: CrisisOrder, now: Timestamp) -> Result<Vec<CrisisEvent>, Refusal> {
        let on = seoul(now).date();
        match order {
            CrisisOrder::Score { points, line, visit, parts } => {
                let is_same = (self.points, self.line, self.visit) == (points, line, visit);
                if is_same && self.scored_on.is_some() || points == 0 && self.scored_on.is_none() {
                    return Ok(Vec::new());
                }
                Ok(vec![CrisisEvent::HouseholdScored { points, line, visit, parts, on }])
            }
            CrisisOrder::Contact { step, found, note, by } => {
                if self.scored_on.is_none() {
                    return Err(Refusal::Unknown);
                }
                check_words(note.value_or(""), ("확인한 내용", "what was found"))?;
                if step == Step::Offer && found == Found::NotInNeed {
                    return Err(Refusal::OfferWithoutNeed);
                }
                let contact = Contact { step, found, points: self.points, line: self.line, on, by, note };
                Ok(vec![CrisisEvent::HouseholdContacted { contact }])
            }
        }
    }

    fn evolve(&mut self, event: &CrisisEvent) {
        match event {
            CrisisEvent::HouseholdScored { points, line, visit, on, .. } => {
                (self.points, self.line, self.visit, self.scored_on) = (*points, *line, *visit, Some(*on));
            }
            CrisisEvent::HouseholdContacted { contact } => self.contacts.push(contact.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(case: &mut CrisisCase, order: CrisisOrder) {
        for event in case.decide(order, Timestamp::UNIX_EPOCH).unwrap() {
            case.evolve(&event);
        }
    }

    fn score(points: u32, visit: bool) -> CrisisOrder {
        CrisisOrder::Score { points, line: 30, visit, parts: Personal::new("household-h", "[]") }
    }

    fn contact(step: Step, found: Found) -> CrisisOrder {
        let by = Official { account: "o".to_owned(), name: "소예린".to_owned() };
        CrisisOrder::Contact { step, found, note: Personal::new("household-h", "문 앞에서 만남"), by }
    }

    #[test]
    fn what_is_next_follows_from_what_was_done() {
        let mut case = CrisisCase::default();
        let refused = case.decide(contact(Step::Visit, Found::InNeed), Timestamp::UNIX_EPOCH);
        assert_eq!(refused, Err(Refusal::Unknown), "a household without signals has no case");
        after(&mut case, score(0, false));
        assert_eq!(case, CrisisCase::default());
        after(&mut case, score(35, false));
        assert!(case.is_open());
        assert_eq!(case.next(), Step::Telephone);
        after(&mut case, contact(Step::Telephone, Found::NotReached));
        assert_eq!(case.next(), Step::Visit);
        after(&mut case, contact(Step::Visit, Found::InNeed));
        assert!(case.is_open());
        assert_eq!(case.next(), Step::Offer);
        after(&mut case, contact(Step::Offer, Found::InNeed));
        assert!(!case.is_open(), "the offer was taken up");
        let (known, in_need) = case.known_need().unwrap();
        assert!(in_need && known.points == 35 && known.step == Step::Visit);
        after(&mut case, score(20, false));
        assert!(!case.is_open());
        after(&mut case, score(60, false));
        assert!(case.is_open(), "worse than when somebody looked");
        assert_eq!(case.next(), Step::Visit, "twice the line");
    }

    #[test]
    fn below_the_line_nothing_is_asked_and_what_is_seen_counts() {
        let mut case = CrisisCase::default();
        after(&mut case, score(10, true));
        assert!(!case.is_open());
        assert_eq!(case.next(), Step::Visit, "something is cut");
        after(&mut case, contact(Step::Visit, Found::NotInNeed));
        assert!(!case.is_open());
        let (known, in_need) = case.known_need().unwrap();
        assert!(!in_need && known.points < known.line);
        let wrong = case.decide(contact(Step::Offer, Found::NotInNeed), Timestamp::UNIX_EPOCH);
        assert_eq!(wrong, Err(Refusal::OfferWithoutNeed));
    }

    #[test]
    fn the_same_score_again_is_nothing_new() {
        let mut case = CrisisCase::default();
        after(&mut case, score(35, false));
        assert!(case.decide(score(35, false), Timestamp::UNIX_EPOCH).unwrap().is_empty());
        assert_eq!(case.decide(score(0, false), Timestamp::UNIX_EPOCH).unwrap().len(), 1, "all signals are gone");
    }
}
