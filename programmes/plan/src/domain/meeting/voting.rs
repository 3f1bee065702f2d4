//! Who takes no part in an item, and how votes fall.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Why a member takes no part in an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecusalGround {
    /// The member, or an organisation the member belongs to, is directly concerned (제척, 법 제9조①1호).
    Interest,
    /// The member's family is concerned (제척, 법 제9조①2호).
    Family,
    /// A party challenged the member, and the committee found it justified by a vote (기피, 법 제9조②).
    Challenge,
    /// The member withdrew (회피, 법 제9조③).
    Withdrawal,
}

impl RecusalGround {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Withdrawal, Self::Interest, Self::Family, Self::Challenge];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Interest => "interest",
            Self::Family => "family",
            Self::Challenge => "challenge",
            Self::Withdrawal => "withdrawal",
        }
    }

    /// The ground of that name.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.identifier() == name)
    }

    /// The article.
    pub fn article(self) -> &'static str {
        match self {
            Self::Interest => "인공지능기본법 제9조제1항제1호",
            Self::Family => "인공지능기본법 제9조제1항제2호",
            Self::Challenge => "인공지능기본법 제9조제2항",
            Self::Withdrawal => "인공지능기본법 제9조제3항",
        }
    }
}

/// A member who takes no part in an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Recusal {
    /// The seat.
    pub seat: String,
    /// Why.
    pub ground: RecusalGround,
    /// In words.
    pub reason: String,
    /// Of a challenge: how many voted that it is justified.
    #[serde(default)]
    pub in_favour: usize,
}

/// What a member votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ballot {
    /// For it.
    For,
    /// Against it.
    Against,
    /// Neither.
    Abstain,
}

impl Ballot {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::For, Self::Against, Self::Abstain];

    /// The name in data and forms.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Abstain => "abstain",
        }
    }

    /// The ballot of that name.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ballot| ballot.identifier() == name)
    }
}

/// How votes fell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Tally {
    /// Members of the council.
    pub members: usize,
    /// Of them present in the room.
    pub present: usize,
    /// Of those present, those who take no part in this item.
    pub recused: usize,
    /// For it.
    pub in_favour: usize,
    /// Against it.
    pub against: usize,
    /// Neither.
    pub abstained: usize,
    /// Whether it passed.
    pub passed: bool,
}

/// A vote that was held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// Who voted how, by seats.
    pub ballots: BTreeMap<String, Ballot>,
    /// The seats that voted by themselves; the secretariat put the others in.
    #[serde(default)]
    pub own: BTreeSet<String>,
    /// How they fell.
    pub tally: Tally,
}
