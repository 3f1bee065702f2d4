//! What a recommendation is held to beside its deadlines: milestones, indicators with baseline and target, budgets, bills.
//!
//! Who leads the recommendation writes them, the committee confirms or sends back. What is sent back returns to the form that was
//! confirmed last; what never was confirmed stays as it is, with the reason, until it is written anew.

mod items;
mod refusals;

use jiff::Timestamp;
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

pub use items::{Bill, BillEnd, BillStage, Budget, Course, Indicator, Item, Measure, Milestone};
pub use refusals::ParticularRefusal;

use super::{
    recommendation::{Actor, LONGEST_NOTE},
    refusals::{Refusal, check_words},
};

/// Most things that one recommendation is held to.
pub const MOST_ITEMS: usize = 60;

/// One of them as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Its name in addresses.
    pub id: String,
    /// What it says.
    pub item: Item,
    /// What it said when the committee confirmed it last; nothing before.
    pub confirmed: Option<Item>,
    /// Why it was sent back last, until it is written anew.
    #[serde(default)]
    pub sent_back: String,
}

impl Kept {
    /// Whether the committee confirmed it as it is.
    pub fn is_confirmed(&self) -> bool {
        self.confirmed.as_ref() == Some(&self.item)
    }
}

/// The state: everything that a recommendation is held to, in the order in which it was entered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Particulars {
    /// The things.
    pub items: Vec<Kept>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum ParticularsOrder {
    /// Enter a thing, or write it anew.
    Put {
        /// Its name.
        id: String,
        /// What it says.
        item: Box<Item>,
        /// For whom.
        by: Actor,
    },
    /// Add a value to an indicator.
    Measure {
        /// Its name.
        id: String,
        /// The value.
        measure: Measure,
        /// For whom.
        by: Actor,
    },
    /// Confirm it as it is.
    Confirm {
        /// Its name.
        id: String,
        /// What was looked at.
        note: String,
        /// Who.
        by: Actor,
    },
    /// It is not so.
    SendBack {
        /// Its name.
        id: String,
        /// Why.
        reason: String,
        /// Who.
        by: Actor,
    },
    /// Take it out.
    Remove {
        /// Its name.
        id: String,
        /// Why.
        reason: String,
        /// Who.
        by: Actor,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ParticularsEvent {
    /// A thing was entered or written anew.
    ItemPut {
        /// Its name.
        id: String,
        /// What it says.
        item: Box<Item>,
        /// For whom.
        by: Actor,
    },
    /// An indicator was measured.
    ItemMeasured {
        /// Its name.
        id: String,
        /// What it is called.
        title: String,
        /// In what it is measured.
        unit: String,
        /// The value.
        measure: Measure,
        /// For whom.
        by: Actor,
    },
    /// The committee confirmed it.
    ItemConfirmed {
        /// Its name.
        id: String,
        /// What it is called.
        title: String,
        /// What was looked at.
        note: String,
        /// Who.
        by: Actor,
    },
    /// The committee sent it back.
    ItemSentBack {
        /// Its name.
        id: String,
        /// What it is called.
        title: String,
        /// Why.
        reason: String,
        /// Who.
        by: Actor,
    },
    /// It was taken out.
    ItemRemoved {
        /// Its name.
        id: String,
        /// What it was called.
        title: String,
        /// Why.
        reason: String,
        /// Who.
        by: Actor,
    },
}

type Decision = Result<Vec<ParticularsEvent>, Refusal>;

impl Particulars {
    /// One thing by its name.
    pub fn of(&self, id: &str) -> Option<&Kept> {
        self.items.iter().find(|kept| kept.id == id)
    }

    fn known(&self, id: &str) -> Result<&Kept, Refusal> {
        self.of(id).ok_or(Refusal::Unknown)
    }

    /// Those that wait for the committee.
    pub fn waiting(&self) -> impl Iterator<Item = &Kept> {
        self.items.iter().filter(|kept| !kept.is_confirmed() && kept.sent_back.is_empty())
    }

    fn put(&self, id: String, item: Box<Item>, by: Actor, now: Timestamp) -> Decision {
        item.check(seoul(now).date())?;
        match self.of(&id) {
            Some(kept) if kept.item == *item => return Ok(Vec::new()),
            Some(kept) if kept.item.kind() != item.kind() => return Err(ParticularRefusal::OtherKind.into()),
            None if self.items.len() >= MOST_ITEMS => {
                return Err(ParticularRefusal::TooMany { most: MOST_ITEMS }.into());
            }
            _ => {}
        }
        Ok(vec![ParticularsEvent::ItemPut { id, item, by }])
    }

    fn measure(&self, id: String, measure: Measure, by: Actor, now: Timestamp) -> Decision {
        let Item::Indicator(indicator) = &self.known(&id)?.item else {
            return Err(ParticularRefusal::NoIndicator.into());
        };
        let (title, unit) = (indicator.title.clone(), indicator.unit.clone());
        let after = indicator.clone().measured(measure);
        if after == *indicator {
            return Ok(Vec::new());
        }
        Item::Indicator(after).check(seoul(now).date())?;
        Ok(vec![ParticularsEvent::ItemMeasured { id, title, unit, measure, by }])
    }

    fn confirm(&self, id: String, note: String, by: Actor) -> Decision {
        let kept = self.known(&id)?;
        if kept.is_confirmed() {
            return Err(ParticularRefusal::ConfirmedAlready.into());
        }
        check_words(&note, ("확인한 내용", "what was looked at"), LONGEST_NOTE)?;
        Ok(vec![ParticularsEvent::ItemConfirmed { title: kept.item.title().to_owned(), id, note, by }])
    }

    fn send_back(&self, id: String, reason: String, by: Actor) -> Decision {
        let kept = self.known(&id)?;
        if kept.is_confirmed() {
            return Err(ParticularRefusal::ConfirmedAlready.into());
        }
        check_words(&reason, ("돌려보내는 이유", "reason"), LONGEST_NOTE)?;
        Ok(vec![ParticularsEvent::ItemSentBack { title: kept.item.title().to_owned(), id, reason, by }])
    }

    fn remove(&self, id: String, reason: String, by: Actor) -> Decision {
        let kept = self.known(&id)?;
        check_words(&reason, ("빼는 이유", "reason"), LONGEST_NOTE)?;
        Ok(vec![ParticularsEvent::ItemRemoved { title: kept.item.title().to_owned(), id, reason, by }])
    }

    fn change(&mut self, id: &str, change: impl FnOnce(&mut Kept)) {
        if let Some(kept) = self.items.iter_mut().find(|kept| kept.id == id) {
            change(kept);
        }
    }
}

impl Aggregate for Particulars {
    const KIND: &'static str = "particulars";
    type Command = ParticularsOrder;
    type Event = ParticularsEvent;
    type Refusal = Refusal;

    fn decide(&self, order: ParticularsOrder, now: Timestamp) -> Decision {
        match order {
            ParticularsOrder::Put { id, item, by } => self.put(id, item, by, now),
            ParticularsOrder::Measure { id, measure, by } => self.measure(id, measure, by, now),
            ParticularsOrder::Confirm { id, note, by } => self.confirm(id, note, by),
            ParticularsOrder::SendBack { id, reason, by } => self.send_back(id, reason, by),
            ParticularsOrder::Remove { id, reason, by } => self.remove(id, reason, by),
        }
    }

    fn evolve(&mut self, event: &ParticularsEvent) {
        match event {
            ParticularsEvent::ItemPut { id, item, .. } if self.of(id).is_none() => {
                let item = (**item).clone();
                self.items.push(Kept { id: id.clone(), item, confirmed: None, sent_back: String::new() });
            }
            ParticularsEvent::ItemPut { id, item, .. } => self.change(id, |kept| {
                kept.item = (**item).clone();
                kept.sent_back.clear();
            }),
            ParticularsEvent::ItemMeasured { id, measure, .. } => self.change(id, |kept| {
                if let Item::Indicator(indicator) = &kept.item {
                    kept.item = Item::Indicator(indicator.clone().measured(*measure));
                }
                kept.sent_back.clear();
            }),
            ParticularsEvent::ItemConfirmed { id, .. } => {
                self.change(id, |kept| kept.confirmed = Some(kept.item.clone()));
            }
            ParticularsEvent::ItemSentBack { id, reason, .. } => {
                self.change(id, |kept| {
                    kept.sent_back.clone_from(reason);
                    if let Some(confirmed) = &kept.confirmed {
                        kept.item = confirmed.clone();
                    }
                });
            }
            ParticularsEvent::ItemRemoved { id, .. } => self.items.retain(|kept| kept.id != *id),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::*;
    use crate::domain::quarter::Quarter;

    fn by() -> Actor {
        Actor { account: "a".to_owned(), body: "msit".to_owned() }
    }

    fn quarter(text: &str) -> Quarter {
        text.parse().unwrap()
    }

    fn indicator() -> Indicator {
        let measure = |at: &str, value| Measure { quarter: quarter(at), value };
        Indicator {
            title: "기한 안에 답한 비율".to_owned(),
            unit: "%".to_owned(),
            baseline: measure("26Q1", 80.0),
            target: measure("27Q1", 96.0),
            measures: Vec::new(),
            source: "민원 기록".to_owned(),
            figure: String::new(),
        }
    }

    fn after(state: &Particulars, order: ParticularsOrder) -> Particulars {
        let now = maru_calendar::instant(date(2026, 11, 26).at(10, 0, 0, 0));
        let mut state = state.clone();
        for event in state.decide(order, now).unwrap() {
            state.evolve(&event);
        }
        state
    }

    #[test]
    fn an_indicator_is_held_against_the_line_to_its_target() {
        let mut one = indicator();
        assert_eq!(one.course(), Course::NotMeasured);
        for (at, value, course) in
            [("26Q2", 84.0, Course::OnCourse), ("26Q3", 87.0, Course::Behind), ("26Q4", 96.5, Course::Reached)]
        {
            one = one.measured(Measure { quarter: quarter(at), value });
            assert_eq!(one.course(), course, "{at}");
        }
        assert!((one.expected(quarter("26Q3")) - 88.0).abs() < 1e-9);
        assert!((one.share().unwrap() - 16.5 / 16.0).abs() < 1e-9);
        let falls = Indicator { target: Measure { quarter: quarter("27Q1"), value: 10.0 }, ..indicator() };
        assert_eq!(falls.measured(Measure { quarter: quarter("26Q2"), value: 70.0 }).course(), Course::Behind);
    }

    #[test]
    fn what_is_sent_back_returns_to_what_was_confirmed() {
        let item = Box::new(Item::Indicator(indicator()));
        let id = || "i".to_owned();
        let state = after(&Particulars::default(), ParticularsOrder::Put { id: id(), item, by: by() });
        assert_eq!(state.waiting().count(), 1);
        let confirmed = after(&state, ParticularsOrder::Confirm { id: id(), note: "보았음".to_owned(), by: by() });
        assert!(confirmed.items[0].is_confirmed());
        let measure = Measure { quarter: quarter("26Q3"), value: 90.0 };
        let measured = after(&confirmed, ParticularsOrder::Measure { id: id(), measure, by: by() });
        assert_eq!(measured.waiting().count(), 1, "a new value is confirmed anew");
        let back = after(&measured, ParticularsOrder::SendBack { id: id(), reason: "근거 없음".to_owned(), by: by() });
        let Item::Indicator(kept) = &back.items[0].item else { panic!() };
        assert_eq!(kept.measures, []);
        assert_eq!(back.waiting().count(), 0, "it is the body's turn, not the committee's");
        let measured = after(&back, ParticularsOrder::Measure { id: id(), measure, by: by() });
        assert_eq!(measured.waiting().count(), 1);
    }

    #[test]
    fn bills_pass_their_stages_in_order() {
        let bill = |stages: &[(BillStage, Date)]| {
            Item::Bill(Bill {
                law: "저작권법".to_owned(),
                number: "2200001".to_owned(),
                quarter: Some(quarter("26Q3")),
                stages: stages.iter().copied().collect(),
                ended: None,
                address: String::new(),
            })
        };
        let today = date(2026, 11, 26);
        let early = (BillStage::Proposed, date(2026, 9, 1));
        assert_eq!(bill(&[early, (BillStage::Committee, date(2026, 11, 1))]).check(today), Ok(()));
        let turned = bill(&[early, (BillStage::Committee, date(2026, 8, 1))]).check(today);
        assert_eq!(turned, Err(ParticularRefusal::StagesOutOfOrder.into()));
        let ahead = bill(&[(BillStage::Proposed, date(2026, 12, 1))]).check(today);
        assert_eq!(ahead, Err(ParticularRefusal::FutureDay.into()));
        for address in ["ftp://likms.assembly.go.kr".to_owned(), format!("https://example.go.kr/{}", "a".repeat(1_000))]
        {
            let Item::Bill(wrong) = bill(&[]) else { panic!() };
            let refused = Item::Bill(Bill { address, ..wrong }).check(today);
            assert_eq!(refused, Err(ParticularRefusal::BillAddress.into()));
        }
        let Item::Bill(late) = bill(&[]) else { panic!() };
        assert!(late.is_late(today) && !late.is_late(date(2026, 9, 30)));
        let Item::Bill(sent) = bill(&[(BillStage::Transferred, date(2026, 11, 20))]) else { panic!() };
        assert_eq!(sent.promulgate_until(), Some(date(2026, 12, 5)));
    }
}
