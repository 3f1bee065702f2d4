//! The recovery of what was paid too much (사회보장급여법 제22조, 같은 법 시행령 제11조).

use jiff::{Timestamp, ToSpan, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::{
    month::Month,
    proposal::Official,
    refusals::{Refusal, check_words},
};

/// The least time between the notice and the day of payment (시행령 제11조제2항).
pub const LEAST_DAYS: i64 = 30;
/// Most instalments.
pub const MOST_INSTALMENTS: u32 = 60;

/// On what a recovery rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = RecoveryGround)]
pub enum Ground {
    /// Paid too much after a change (제22조제2항): may be waived where it was spent in good faith.
    Overpaid,
    /// Got by fraud or by hiding a change (제22조제1항).
    Fraud,
}

/// One instalment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instalment {
    /// The last day to pay it.
    pub due: Date,
    /// How much, in won.
    pub amount: i64,
    /// How much of it came in.
    pub paid: i64,
}

/// The state of a recovery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// The award that was paid too much.
    pub award: String,
    /// The months.
    pub months: Vec<Month>,
    /// On what it rests.
    pub ground: Option<Ground>,
    /// How much, in won.
    pub amount: i64,
    /// The instalments.
    pub plan: Vec<Instalment>,
    /// Whether it was waived.
    pub waived: bool,
    /// The day to which the debtor was reminded.
    pub reminded_until: Option<Date>,
    /// References of payments that were taken in.
    pub received: Vec<String>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecoveryOrder {
    /// Order it.
    Demand {
        /// The award.
        award: String,
        /// The months.
        months: Vec<Month>,
        /// On what it rests.
        ground: Ground,
        /// How much, in won.
        amount: i64,
        /// The last day to pay.
        due: Date,
        /// Who.
        by: Official,
    },
    /// Agree on instalments.
    Spread {
        /// How many.
        instalments: u32,
        /// The last day to pay the first.
        first: Date,
        /// Who.
        by: Official,
    },
    /// Money came in.
    Receive {
        /// How much, in won.
        amount: i64,
        /// What the bank calls it: the same reference counts once.
        reference: String,
    },
    /// Remind the debtor (시행령 제11조제3항).
    Remind {
        /// The new last day.
        until: Date,
        /// Who.
        by: Official,
    },
    /// Waive it (제22조제2항 단서).
    Waive {
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum RecoveryEvent {
    /// It was ordered.
    RecoveryDemanded {
        /// The award.
        award: String,
        /// The months.
        months: Vec<Month>,
        /// On what it rests.
        ground: Ground,
        /// How much.
        amount: i64,
        /// The last day to pay.
        due: Date,
        /// Who.
        by: Official,
    },
    /// Instalments were agreed.
    InstalmentsAgreed {
        /// They.
        plan: Vec<Instalment>,
        /// Who.
        by: Official,
    },
    /// Money came in.
    RecoveryReceived {
        /// How much.
        amount: i64,
        /// What the bank calls it.
        reference: String,
    },
    /// The debtor was reminded.
    DebtorReminded {
        /// The new last day.
        until: Date,
        /// Who.
        by: Official,
    },
    /// It was waived.
    RecoveryWaived {
        /// Why.
        reason: String,
        /// Who.
        by: Official,
    },
}

impl Ground {
    /// Both, the usual first.
    pub const ALL: [Self; 2] = [Self::Overpaid, Self::Fraud];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Overpaid => "overpaid",
            Self::Fraud => "fraud",
        }
    }

    /// The ground called so.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.identifier() == name)
    }

    /// In Korean and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Overpaid => ("변경·중지로 더 지급한 돈", "paid too much after a change"),
            Self::Fraud => ("신고를 일부러 하지 않았거나 속여서 받은 돈", "got by hiding a change or by fraud"),
        }
    }

    /// The article.
    pub fn article(self) -> &'static str {
        match self {
            Self::Overpaid => "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제22조제2항",
            Self::Fraud => "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제22조제1항",
        }
    }
}

type Decision = Result<Vec<RecoveryEvent>, Refusal>;

impl Recovery {
    /// What has not come in, in won; nothing after it was waived.
    pub fn open(&self) -> i64 {
        if self.waived { 0 } else { self.plan.iter().map(|one| one.amount.saturating_sub(one.paid)).sum() }
    }

    fn running(&self) -> Result<(), Refusal> {
        if self.ground.is_none() {
            return Err(Refusal::Unknown);
        }
        if self.open() == 0 { Err(Refusal::RecoveryDone) } else { Ok(()) }
    }

    fn spread(&self, instalments: u32, first: Date, by: Official, today: Date) -> Decision {
        self.running()?;
        if !(1..=MOST_INSTALMENTS).contains(&instalments) {
            return Err(Refusal::Instalments { most: MOST_INSTALMENTS });
        }
        if first < today {
            return Err(Refusal::Future { day: first });
        }
        Ok(vec![RecoveryEvent::InstalmentsAgreed { plan: spread(self.open(), instalments, first), by }])
    }
}

/// Equal instalments, month by month; the first ones bear what does not divide, a won each.
pub fn spread(amount: i64, instalments: u32, first: Date) -> Vec<Instalment> {
    let count = i64::from(instalments.max(1));
    let (each, rest) = (amount.div_euclid(count), amount.rem_euclid(count));
    let one = |place: i64| Instalment {
        due: first.saturating_add(place.months()),
        amount: each + i64::from(place < rest),
        paid: 0,
    };
    (0..count).map(one).collect()
}

impl Aggregate for Recovery {
    const KIND: &'static str = "recovery";
    type Command = RecoveryOrder;
    type Event = RecoveryEvent;
    type Refusal = Refusal;

    fn decide(&self, order: RecoveryOrder, now: Timestamp) -> Decision {
        let today = seoul(now).date();
        match order {
            RecoveryOrder::Demand { award, months, ground, amount, due, by } => {
                if self.ground.is_some() {
                    return Err(Refusal::Exists);
                }
                if amount <= 0 || months.is_empty() {
                    return Err(Refusal::Amount);
                }
                if due < today.saturating_add(LEAST_DAYS.days()) {
                    return Err(Refusal::RecoveryTooSoon { days: LEAST_DAYS });
                }
                Ok(vec![RecoveryEvent::RecoveryDemanded { award, months, ground, amount, due, by }])
            }
            RecoveryOrder::Spread { instalments, first, by } => self.spread(instalments, first, by, today),
            RecoveryOrder::Receive { amount, reference } => {
                if self.received.contains(&reference) {
                    return Ok(Vec::new());
                }
                self.running()?;
                if amount <= 0 || amount > self.open() {
                    return Err(Refusal::Amount);
                }
                Ok(vec![RecoveryEvent::RecoveryReceived { amount, reference }])
            }
            RecoveryOrder::Remind { until, by } => {
                self.running()?;
                if until < today.saturating_add(LEAST_DAYS.days()) {
                    return Err(Refusal::RecoveryTooSoon { days: LEAST_DAYS });
                }
                Ok(vec![RecoveryEvent::DebtorReminded { until, by }])
            }
            RecoveryOrder::Waive { reason, by } => {
                self.running()?;
                if self.ground == Some(Ground::Fraud) {
                    return Err(Refusal::NoWaiver);
                }
                check_words(&reason, ("면제 사유", "reason for the waiver"))?;
                Ok(vec![RecoveryEvent::RecoveryWaived { reason, by }])
            }
        }
    }

    fn evolve(&mut self, event: &RecoveryEvent) {
        match event {
            RecoveryEvent::RecoveryDemanded { award, months, ground, amount, due, .. } => {
                self.award.clone_from(award);
                self.months.clone_from(months);
                self.ground = Some(*ground);
                self.amount = *amount;
                self.plan = vec![Instalment { due: *due, amount: *amount, paid: 0 }];
            }
            RecoveryEvent::InstalmentsAgreed { plan, .. } => {
                // What came in before stays as instalments of its own.
                self.plan.retain_mut(|one| {
                    one.amount = one.paid;
                    one.paid > 0
                });
                self.plan.extend(plan.iter().cloned());
            }
            RecoveryEvent::RecoveryReceived { amount, reference } => {
                self.received.push(reference.clone());
                let mut left = *amount;
                for one in &mut self.plan {
                    let part = left.min(one.amount.saturating_sub(one.paid));
                    one.paid = one.paid.saturating_add(part);
                    left = left.saturating_sub(part);
                }
            }
            RecoveryEvent::DebtorReminded { until, .. } => self.reminded_until = Some(*until),
            RecoveryEvent::RecoveryWaived { .. } => self.waived = true,
        }
    }
}
