//! The committee and its subcommittees, and who sits in them (인공지능기본법 제7조, 제10조).
//!
//! A seat stands under its office («과학기술정보통신부장관», «위촉위원 3»), which is public. The name of who holds it is sealed:
//! the secretariat needs it for invitations, the public record does not.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maru_ledger::{Aggregate, Personal};
use serde::{Deserialize, Serialize};

use super::{
    bodies,
    meeting::MeetingRefusal,
    recommendation::Actor,
    refusals::{Refusal, check_words},
};

/// The identifier of the committee as a whole.
pub const PLENARY: &str = "plenary";
/// Most members of the committee as a whole (법 제7조②).
pub const MOST_MEMBERS: usize = 60;

/// What kind of council it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CouncilKind {
    /// The committee as a whole (법 제7조).
    Plenary,
    /// A subcommittee for a field (법 제10조①).
    Subcommittee,
    /// A special committee for a pending matter (법 제10조②).
    Special,
}

/// A seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Seat {
    /// Its identifier within the council, such as `07`.
    pub id: String,
    /// The office in Korean.
    pub title: String,
    /// The office in English.
    pub title_en: String,
    /// The body whose head sits here by law; nothing for commissioned members.
    pub office: Option<String>,
}

impl Seat {
    /// Whether an expert was commissioned for it (법 제7조④4호).
    pub fn is_commissioned(&self) -> bool {
        self.office.is_none()
    }
}

/// The state of a council.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Council {
    /// What kind it is; nothing before it was founded.
    pub kind: Option<CouncilKind>,
    /// Its name in Korean.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// Its seats.
    pub seats: BTreeMap<String, Seat>,
}

/// What may be asked.
#[derive(Debug, Clone)]
pub enum CouncilOrder {
    /// Found it.
    Found {
        /// What kind.
        kind: CouncilKind,
        /// Its name in Korean.
        name: String,
        /// Its name in English.
        name_en: String,
        /// Who.
        by: Actor,
    },
    /// Seat somebody.
    Seat {
        /// Where.
        seat: Seat,
        /// The person's name.
        holder: Personal,
        /// Who.
        by: Actor,
    },
    /// Somebody leaves a seat.
    Vacate {
        /// Which.
        seat: String,
        /// Who.
        by: Actor,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum CouncilEvent {
    /// It was founded.
    CouncilFounded {
        /// What kind.
        kind: CouncilKind,
        /// Its name in Korean.
        name: String,
        /// Its name in English.
        name_en: String,
        /// Who.
        by: Actor,
    },
    /// Somebody was seated.
    MemberSeated {
        /// Where.
        seat: Seat,
        /// The person's name.
        holder: Personal,
        /// Who.
        by: Actor,
    },
    /// A seat became vacant.
    SeatVacated {
        /// Which.
        seat: String,
        /// Who.
        by: Actor,
    },
}

type Decision = Result<Vec<CouncilEvent>, Refusal>;

impl Council {
    /// Whether more than half of the seats are held by commissioned experts, as the whole committee must have it (법 제7조②).
    pub fn experts_are_the_majority(&self) -> bool {
        let experts = self.seats.values().filter(|seat| seat.is_commissioned()).count();
        experts * 2 > self.seats.len()
    }

    fn found(&self, kind: CouncilKind, name: String, name_en: String, by: Actor) -> Decision {
        if self.kind.is_some() {
            return Err(Refusal::Exists);
        }
        check_words(&name, ("이름", "name"), 100)?;
        check_words(&name_en, ("영문 이름", "name in English"), 100)?;
        Ok(vec![CouncilEvent::CouncilFounded { kind, name, name_en, by }])
    }

    fn seat(&self, seat: Seat, holder: Personal, by: Actor) -> Decision {
        self.kind.ok_or(Refusal::Unknown)?;
        check_words(&seat.id, ("자리 번호", "number of the seat"), 20)?;
        check_words(&seat.title, ("직위", "office"), 100)?;
        check_words(&seat.title_en, ("영문 직위", "office in English"), 100)?;
        check_words(holder.value_or(""), ("이름", "name"), 100)?;
        if let Some(office) = seat.office.as_ref().filter(|office| bodies::body(office).is_none()) {
            return Err(Refusal::UnknownBody { name: office.clone() });
        }
        let is_new = !self.seats.contains_key(&seat.id);
        if is_new && self.seats.len() >= MOST_MEMBERS {
            return Err(MeetingRefusal::TooManyMembers.into());
        }
        Ok(vec![CouncilEvent::MemberSeated { seat, holder, by }])
    }
}

impl Aggregate for Council {
    const KIND: &'static str = "council";
    type Command = CouncilOrder;
    type Event = CouncilEvent;
    type Refusal = Refusal;

    fn decide(&self, order: CouncilOrder, _now: Timestamp) -> Decision {
        match order {
            CouncilOrder::Found { kind, name, name_en, by } => self.found(kind, name, name_en, by),
            CouncilOrder::Seat { seat, holder, by } => self.seat(seat, holder, by),
            CouncilOrder::Vacate { seat, by } => {
                if !self.seats.contains_key(&seat) {
                    return Err(Refusal::Unknown);
                }
                Ok(vec![CouncilEvent::SeatVacated { seat, by }])
            }
        }
    }

    fn evolve(&mut self, event: &CouncilEvent) {
        match event {
            CouncilEvent::CouncilFounded { kind, name, name_en, .. } => {
                self.kind = Some(*kind);
                self.name.clone_from(name);
                self.name_en.clone_from(name_en);
            }
            CouncilEvent::MemberSeated { seat, .. } => drop(self.seats.insert(seat.id.clone(), seat.clone())),
            CouncilEvent::SeatVacated { seat, .. } => drop(self.seats.remove(seat)),
        }
    }
}
