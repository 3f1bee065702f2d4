//! The committee and its subcommittees, and who sits in them (인공지능기본법 제7조, 제10조).
//!
//! A seat stands under its office («과학기술정보통신부장관», «위촉위원 3»), which is public. The name of who holds it is sealed:
//! the secretariat needs it for invitations, the public record does not.
//!
//! A member votes by an account of its own. It is linked by a code that the secretariat hands over: shown once, good for
//! fourteen days and one use. Digests of code and account are kept, so that nothing here says who it is.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
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

/// For how many days a code links an account.
pub const CODE_DAYS: i32 = 14;

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
    /// Digests of the accounts of who sits there, by seats.
    #[serde(default)]
    pub accounts: BTreeMap<String, String>,
    /// Digests of codes that were not used yet, by seats, with their last days.
    #[serde(default)]
    pub codes: BTreeMap<String, (String, Date)>,
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
    /// Make a code by which a member's account is linked to the seat.
    MakeCode {
        /// Which.
        seat: String,
        /// Its digest.
        code: String,
        /// Who.
        by: Actor,
    },
    /// Link an account to the seat of a code.
    Link {
        /// The digest of the code.
        code: String,
        /// The digest of the account.
        account: String,
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
    /// A code was made by which the account of who sits there is linked.
    SeatCodeMade {
        /// Which seat.
        seat: String,
        /// The digest of the code.
        code: String,
        /// The last day on which it holds.
        until: Date,
        /// Who.
        by: Actor,
    },
    /// The account of who sits there was linked.
    SeatLinked {
        /// Which seat.
        seat: String,
        /// The digest of the account.
        account: String,
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

    /// Whoever sits there now is somebody else.
    fn unlink(&mut self, seat: &str) {
        drop(self.accounts.remove(seat));
        drop(self.codes.remove(seat));
    }

    /// The seat to which an account is linked, by its digest.
    pub fn seat_of(&self, account: &str) -> Option<&Seat> {
        let (seat, _) = self.accounts.iter().find(|(_, linked)| *linked == account)?;
        self.seats.get(seat)
    }

    fn make_code(&self, seat: String, code: String, by: Actor, today: Date) -> Decision {
        if !self.seats.contains_key(&seat) {
            return Err(Refusal::Unknown);
        }
        // Whoever comes second must not take the seat over: who sits there is seated anew first.
        if self.accounts.contains_key(&seat) {
            return Err(MeetingRefusal::SeatLinked.into());
        }
        let until = today.saturating_add(jiff::Span::new().days(CODE_DAYS));
        Ok(vec![CouncilEvent::SeatCodeMade { seat, code, until, by }])
    }

    fn link(&self, code: &str, account: String, today: Date) -> Decision {
        let known = self.codes.iter().find(|(_, (digest, until))| digest == code && today <= *until);
        let (seat, _) = known.ok_or(MeetingRefusal::SeatCode)?;
        if self.accounts.values().any(|linked| *linked == account) {
            return Err(MeetingRefusal::SeatLinked.into());
        }
        Ok(vec![CouncilEvent::SeatLinked { seat: seat.clone(), account }])
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

    fn decide(&self, order: CouncilOrder, now: Timestamp) -> Decision {
        let today = seoul(now).date();
        match order {
            CouncilOrder::MakeCode { seat, code, by } => self.make_code(seat, code, by, today),
            CouncilOrder::Link { code, account } => self.link(&code, account, today),
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
            CouncilEvent::MemberSeated { seat, .. } => {
                self.unlink(&seat.id);
                drop(self.seats.insert(seat.id.clone(), seat.clone()));
            }
            CouncilEvent::SeatVacated { seat, .. } => {
                self.unlink(seat);
                drop(self.seats.remove(seat));
            }
            CouncilEvent::SeatCodeMade { seat, code, until, .. } => {
                drop(self.codes.insert(seat.clone(), (code.clone(), *until)));
            }
            CouncilEvent::SeatLinked { seat, account } => {
                drop(self.codes.remove(seat));
                drop(self.accounts.insert(seat.clone(), account.clone()));
            }
        }
    }
}
