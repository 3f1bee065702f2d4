//! Who acts for a person of a household, on what ground, shown by what, from when until when.

use jiff::civil::Date;
use maru_ledger::Personal;
use serde::{Deserialize, Serialize};

use super::proposal::Official;

/// On what ground somebody acts for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// A parent of a minor.
    Parent,
    /// A guardian of a minor.
    MinorGuardian,
    /// A guardian of an adult.
    AdultGuardian,
    /// A guardian for some matters, where the court gave the power.
    LimitedGuardian,
    /// A guardian for one matter or time, where the court gave the power.
    SpecificGuardian,
    /// A guardian by a contract of guardianship, once its supervisor was appointed.
    ContractGuardian,
    /// A relative, who may apply.
    Relative,
    /// Who looks after the person in fact, and may apply.
    Carer,
}

impl Ground {
    /// All of them, in the order in which people choose.
    pub const ALL: [Self; 8] = [
        Self::Parent,
        Self::MinorGuardian,
        Self::AdultGuardian,
        Self::LimitedGuardian,
        Self::SpecificGuardian,
        Self::ContractGuardian,
        Self::Relative,
        Self::Carer,
    ];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::MinorGuardian => "minor-guardian",
            Self::AdultGuardian => "adult-guardian",
            Self::LimitedGuardian => "limited-guardian",
            Self::SpecificGuardian => "specific-guardian",
            Self::ContractGuardian => "contract-guardian",
            Self::Relative => "relative",
            Self::Carer => "carer",
        }
    }

    /// What is called so.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.identifier() == name)
    }

    /// In Korean and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Parent => ("친권자", "parent"),
            Self::MinorGuardian => ("미성년후견인", "guardian of a minor"),
            Self::AdultGuardian => ("성년후견인", "guardian of an adult"),
            Self::LimitedGuardian => ("한정후견인", "limited guardian"),
            Self::SpecificGuardian => ("특정후견인", "guardian for one matter"),
            Self::ContractGuardian => ("임의후견인", "guardian by contract"),
            Self::Relative => ("친족", "relative"),
            Self::Carer => ("사실상 보호하는 사람", "carer in fact"),
        }
    }

    /// The article on which it rests.
    pub fn article(self) -> &'static str {
        match self {
            Self::Parent => "민법 제911조",
            Self::MinorGuardian => "민법 제928조, 제938조제1항",
            Self::AdultGuardian => "민법 제929조, 제938조",
            Self::LimitedGuardian => "민법 제959조의4",
            Self::SpecificGuardian => "민법 제959조의11",
            Self::ContractGuardian => "민법 제959조의14",
            Self::Relative | Self::Carer => "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제5조제1항",
        }
    }

    /// Whether they speak for the person, so that their consent is the person's. Who may only apply does not.
    pub fn may_consent(self) -> bool {
        !matches!(self, Self::Relative | Self::Carer)
    }
}

/// Somebody who acts for a person of the household.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Representative {
    /// For whom.
    pub member: String,
    /// The name of who acts, sealed.
    pub name: Personal,
    /// On what ground.
    pub ground: Ground,
    /// What shows it: a register's extract, an order of the court with its number.
    pub evidence: String,
    /// From this day.
    pub from: Date,
    /// Until this day, included; until it ends where none.
    pub until: Option<Date>,
    /// The official who looked at the evidence.
    pub by: Official,
    /// The day on which it was written down.
    pub on: Date,
}

impl Representative {
    /// Whether they act on a day.
    pub fn acts(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}
