//! What happens in people's lives, by its name in data and its words.

use serde::{Deserialize, Serialize};

/// How origins of proposals begin that are life events.
const ORIGIN: &str = "life event: ";

/// What happened in somebody's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LifeEvent {
    /// A child was born.
    Birth,
    /// Somebody died.
    Death,
    /// The household moved.
    Move,
    /// A marriage.
    Marriage,
    /// A divorce or separation.
    Separation,
    /// Work was lost.
    JobLost,
    /// Work was found.
    JobFound,
    /// A disability was registered.
    Disability,
    /// An age was reached.
    AgeReached,
    /// An income or property changed.
    Means,
    /// What a register said was put right.
    Correction,
    /// Facts that no register holds were told by the people themselves.
    Told,
    /// The account to which money goes changed.
    Account,
}

impl LifeEvent {
    /// All of them, in the order in which people choose.
    pub const ALL: [Self; 13] = [
        Self::Birth,
        Self::Death,
        Self::Move,
        Self::Marriage,
        Self::Separation,
        Self::JobLost,
        Self::JobFound,
        Self::Disability,
        Self::AgeReached,
        Self::Means,
        Self::Correction,
        Self::Told,
        Self::Account,
    ];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Birth => "birth",
            Self::Death => "death",
            Self::Move => "move",
            Self::Marriage => "marriage",
            Self::Separation => "separation",
            Self::JobLost => "job-lost",
            Self::JobFound => "job-found",
            Self::Disability => "disability",
            Self::AgeReached => "age-reached",
            Self::Means => "means",
            Self::Correction => "correction",
            Self::Told => "told",
            Self::Account => "account",
        }
    }

    /// What a proposal names as its origin that was opened, changed or closed by it.
    pub fn origin(self) -> String {
        format!("{ORIGIN}{}", self.identifier())
    }

    /// The event that an origin names, where it names one.
    pub fn from_origin(origin: &str) -> Option<Self> {
        origin.strip_prefix(ORIGIN).and_then(Self::from_identifier)
    }

    /// The event called so in data.
    pub fn from_identifier(identifier: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.identifier() == identifier)
    }

    /// In Korean and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Birth => ("출생", "Birth"),
            Self::Death => ("사망", "Death"),
            Self::Move => ("이사", "Move"),
            Self::Marriage => ("혼인", "Marriage"),
            Self::Separation => ("이혼·별거", "Divorce or separation"),
            Self::JobLost => ("실직", "Job lost"),
            Self::JobFound => ("취업", "Job found"),
            Self::Disability => ("장애 등록", "Disability registered"),
            Self::AgeReached => ("나이 도달", "Age reached"),
            Self::Means => ("소득·재산 변동", "Income or property changed"),
            Self::Correction => ("정보 정정", "Correction"),
            Self::Told => ("본인이 알린 사실", "Facts that were told"),
            Self::Account => ("받을 계좌 변경", "Account changed"),
        }
    }
}
