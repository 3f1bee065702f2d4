//! Kinds of petitions (민원의 종류): the Act, 제2조, and the period of each.

use serde::{Deserialize, Serialize};

use crate::Period;

/// A kind of petition with its statutory period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PetitionKind {
    /// 기타민원: simple information, a report of a nuisance; done at once (decree 제16조①, 제19조).
    Immediate,
    /// 질의민원 about a statute: 14 days (decree 제14조제1호).
    LegalQuestion,
    /// 질의민원 about systems and procedures: 7 days (decree 제14조제2호).
    Question,
    /// 건의민원: 14 days (decree 제15조).
    Suggestion,
    /// 고충민원: 7 days (decree 제17조①).
    Grievance,
}

impl PetitionKind {
    /// All kinds with a general period.
    pub const ALL: [Self; 5] =
        [Self::Immediate, Self::LegalQuestion, Self::Question, Self::Suggestion, Self::Grievance];

    /// The name in commands and data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::LegalQuestion => "legal-question",
            Self::Question => "question",
            Self::Suggestion => "suggestion",
            Self::Grievance => "grievance",
        }
    }

    /// The kind of that name.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.identifier() == name)
    }

    /// The statutory period.
    pub fn period(self) -> Period {
        match self {
            Self::Immediate => Period::Hours(3),
            Self::LegalQuestion | Self::Suggestion => Period::Days(14),
            Self::Question | Self::Grievance => Period::Days(7),
        }
    }

    /// The article that sets the period.
    pub fn article(self) -> &'static str {
        match self {
            Self::Immediate => "민원 처리에 관한 법률 시행령 제16조제1항·제19조",
            Self::LegalQuestion => "민원 처리에 관한 법률 시행령 제14조제1호",
            Self::Question => "민원 처리에 관한 법률 시행령 제14조제2호",
            Self::Suggestion => "민원 처리에 관한 법률 시행령 제15조",
            Self::Grievance => "민원 처리에 관한 법률 시행령 제17조제1항",
        }
    }

    /// The name in Korean law.
    pub fn korean(self) -> &'static str {
        match self {
            Self::Immediate => "기타민원",
            Self::LegalQuestion => "질의민원(법령)",
            Self::Question => "질의민원(제도·절차)",
            Self::Suggestion => "건의민원",
            Self::Grievance => "고충민원",
        }
    }

    /// The name in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::Immediate => "Other petition, done at once",
            Self::LegalQuestion => "Question about a statute",
            Self::Question => "Question about a procedure",
            Self::Suggestion => "Suggestion",
            Self::Grievance => "Grievance",
        }
    }
}
