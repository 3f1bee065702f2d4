//! On what a change of the plan rests: a vote, or one of the grounds on which the decree needs none.

use serde::{Deserialize, Serialize};

use super::{entry::Difference, refusals::Refusal};

/// Why the plan may be changed without a vote (시행령 제3조①), or by which vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Basis {
    /// 1호: who and until when, direction, strategy and aims unchanged.
    Arrangement,
    /// 2호: to agree with the plan for the intelligent information society.
    Consistency,
    /// 3호: a plain mistake.
    Correction,
    /// 4호: a law changed.
    Law,
    /// A change that the committee decided (법 제6조①).
    Resolution {
        /// Which meeting and item.
        reference: String,
    },
}

impl Basis {
    /// Whether no vote is needed.
    pub fn is_minor(&self) -> bool {
        !matches!(self, Self::Resolution { .. })
    }

    /// The article.
    pub fn article(&self) -> &'static str {
        match self {
            Self::Arrangement => "인공지능기본법 시행령 제3조제1항제1호",
            Self::Consistency => "인공지능기본법 시행령 제3조제1항제2호",
            Self::Correction => "인공지능기본법 시행령 제3조제1항제3호",
            Self::Law => "인공지능기본법 시행령 제3조제1항제4호",
            Self::Resolution { .. } => "인공지능기본법 제6조제1항",
        }
    }
}

/// Without a vote only what the decree calls minor may change.
pub(super) fn check_basis(changed: &[Difference], basis: &Basis) -> Result<(), Refusal> {
    match basis {
        Basis::Resolution { reference } if reference.trim().is_empty() => Err(Refusal::NoResolution),
        Basis::Arrangement if !changed.iter().all(|difference| difference.is_minor()) => Err(Refusal::NeedsVote),
        _ => Ok(()),
    }
}

/// A whole recommendation is more than who does it and until when.
pub(super) fn check_whole(basis: &Basis) -> Result<(), Refusal> {
    check_basis(&[Difference::Text], basis)
}
