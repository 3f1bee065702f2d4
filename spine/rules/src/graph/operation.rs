//! What nodes do.

use super::{Constant, NodeId};
use crate::entity::EntityIndex;
use crate::parameter::Scale;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Operations on one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// `-a`
    Negate,
    /// `not_(a)`
    Not,
    /// `abs(a)`
    Absolute,
    /// `floor(a)`
    Floor,
    /// `ceil(a)`
    Ceiling,
    /// `trunc(a)`
    Truncate,
    /// `round_(a, digits)`
    Round(i32),
    /// `exp(a)`
    Exponential,
    /// `log(a)`
    Logarithm,
    /// `sqrt(a)`
    SquareRoot,
    /// `sign(a)`
    Sign,
    /// `isnan(a)`
    IsNotANumber,
    /// `isinf(a)`
    IsInfinite,
}

/// Operations on two columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `a * b`
    Multiply,
    /// `a / b`
    Divide,
    /// `a // b`
    FloorDivide,
    /// `a % b`
    Modulo,
    /// `a ** b`
    Power,
    /// `maximum(a, b)`
    Maximum,
    /// `minimum(a, b)`
    Minimum,
    /// `a & b`
    And,
    /// `a | b`
    Or,
    /// `a ^ b`
    Xor,
    /// `a == b`
    Equal,
    /// `a != b`
    NotEqual,
    /// `a < b`
    Less,
    /// `a <= b`
    LessOrEqual,
}

impl Binary {
    pub(super) const fn is_comparison(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual | Self::Less | Self::LessOrEqual)
    }

    pub(super) const fn is_logic(self) -> bool {
        matches!(self, Self::And | Self::Or | Self::Xor)
    }
}

/// Questions about texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// Begins with.
    StartsWith,
    /// Ends with.
    EndsWith,
    /// Contains.
    Contains,
}

/// How members of a group become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aggregation {
    /// The sum.
    Sum,
    /// Whether the sum is above zero.
    Any,
    /// Whether all are true.
    All,
    /// The greatest; minus infinity for none.
    Largest,
    /// The smallest; infinity for none.
    Smallest,
}

/// How the values of everybody in a simulation become one, as `sum(column)` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whole {
    /// NumPy's sum, which adds in pairs.
    Sum,
    /// Python's sum, which adds one value after the other: in single precision it gives something else.
    SumInTurn,
    /// Whether any is true.
    Any,
    /// Whether all are true.
    All,
    /// The greatest.
    Largest,
    /// The smallest.
    Smallest,
}

impl Whole {
    /// The same of the members of a group.
    pub(crate) const fn of_members(self) -> Aggregation {
        match self {
            Self::Sum | Self::SumInTurn => Aggregation::Sum,
            Self::Any => Aggregation::Any,
            Self::All => Aggregation::All,
            Self::Largest => Aggregation::Largest,
            Self::Smallest => Aggregation::Smallest,
        }
    }
}

/// Values by key, for parameters indexed by a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The node's path, for messages.
    pub name: Arc<str>,
    /// Values by the index of an enumeration's member, by whole number or by text; a truth value as key stands for all
    /// that are not named.
    pub entries: Vec<(Constant, Option<Constant>)>,
}

/// A table of all municipalities has tens of thousands of entries: how many there are, and the last, tell tables apart nearly always, and
/// equality looks at all of them.
impl Hash for Table {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.entries.len().hash(state);
        self.entries.last().hash(state);
    }
}

/// What a node does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// One value for all.
    Constant(Constant),
    /// The same value in every row.
    Fill(Constant),
    /// A column of the population: variable and period by the place in the plan's inputs.
    Input(u32),
    /// One column.
    Unary(Unary, NodeId),
    /// Two columns.
    Binary(Binary, NodeId, NodeId),
    /// `where(condition, then, otherwise)`
    Choose(NodeId, NodeId, NodeId),
    /// `astype`
    Convert(NodeId),
    /// A text test.
    Test(TextTest, NodeId, Arc<str>),
    /// A group's value for each of its members.
    Project(NodeId),
    /// Members' values for their group, of some roles.
    Aggregate(Aggregation, NodeId, Option<u64>),
    /// How many members a group has.
    Members,
    /// Whether a person has one of some roles in a group.
    HasRole(EntityIndex, u64),
    /// A person's place in a group, from 0.
    Position(EntityIndex),
    /// The value of a group's n-th member.
    Nth(u32, NodeId, Constant),
    /// The value of the member with a role that one person has.
    OfRole(u64, NodeId, Constant),
    /// A person's rank among the members of a group by a criterion, those without the condition last and −1.
    Rank(EntityIndex, NodeId, NodeId),
    /// A scale.
    Scale {
        /// The brackets.
        scale: Arc<Scale>,
        /// What they are applied to.
        base: NodeId,
        /// Whether a base at a threshold still lies below it.
        right: bool,
    },
    /// A parameter by a column's value.
    Lookup(Arc<Table>, NodeId),
    /// One value of everybody in the simulation.
    Everybody(Whole, NodeId),
    /// The name of an enumeration's member.
    MemberName(Arc<[Arc<str>]>, NodeId),
}
