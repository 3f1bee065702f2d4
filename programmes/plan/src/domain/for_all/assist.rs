//! Help that officials at counters give to people who cannot use a digital service by themselves: counted, without anything about the person.

use jiff::{Timestamp, civil::Date};
use maru_calendar::seoul;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

use super::ForAllRefusal;
use crate::domain::refusals::{Refusal, check_words};

/// The longest help in minutes: a working day.
const LONGEST: u32 = 480;

/// Why help was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = HelpNeed)]
pub enum Need {
    /// No device, or no connection.
    NoDevice,
    /// The service was hard to understand.
    HardToUse,
    /// The service does not work with the person's aids.
    Disability,
    /// The service does not speak the person's language.
    Language,
    /// Signing in did not work.
    SignIn,
    /// The service itself did not work.
    Broken,
}

impl Need {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::NoDevice, Self::HardToUse, Self::Disability, Self::Language, Self::SignIn, Self::Broken];

    /// The name in data and forms.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::NoDevice => "no-device",
            Self::HardToUse => "hard-to-use",
            Self::Disability => "disability",
            Self::Language => "language",
            Self::SignIn => "sign-in",
            Self::Broken => "broken",
        }
    }

    /// The need of that name.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|need| need.identifier() == name)
    }
}

/// A help that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AssistedHelp)]
pub struct Assisted {
    /// On which day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// With which service.
    #[schema(max_length = 100)]
    pub service: String,
    /// Why.
    pub need: Need,
    /// Whether the person got what they came for.
    pub solved: bool,
    /// How long it took, in minutes.
    pub minutes: u32,
}

/// The state: one help.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assist {
    /// It; nothing before.
    pub assisted: Option<Assisted>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum AssistOrder {
    /// Write it down.
    Log(Assisted),
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum AssistEvent {
    /// It was written down.
    HelpLogged {
        /// It.
        assisted: Assisted,
    },
}

impl Aggregate for Assist {
    const KIND: &'static str = "assist";
    type Command = AssistOrder;
    type Event = AssistEvent;
    type Refusal = Refusal;

    fn decide(&self, order: AssistOrder, now: Timestamp) -> Result<Vec<AssistEvent>, Refusal> {
        let AssistOrder::Log(assisted) = order;
        if self.assisted.is_some() {
            return Err(Refusal::Exists);
        }
        check_words(&assisted.service, ("어느 서비스", "service"), 100)?;
        if assisted.on > seoul(now).date() {
            return Err(ForAllRefusal::DayAhead.into());
        }
        if !(1..=LONGEST).contains(&assisted.minutes) {
            return Err(ForAllRefusal::Minutes { most: LONGEST }.into());
        }
        Ok(vec![AssistEvent::HelpLogged { assisted }])
    }

    fn evolve(&mut self, event: &AssistEvent) {
        let AssistEvent::HelpLogged { assisted } = event;
        self.assisted = Some(assisted.clone());
    }
}
