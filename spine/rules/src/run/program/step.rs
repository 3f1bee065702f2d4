//! The steps of a program: one loop over the rows of a block each.

use crate::graph::{Kind, NodeId};
use std::sync::Arc;

/// How wide the values of a register are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Lane {
    /// Truth values, a byte each.
    Truth,
    /// Whole numbers of 32 bits.
    Small,
    /// Whole numbers of 64 bits.
    Whole,
}

/// A column of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Register {
    pub(super) lane: Lane,
    pub(super) place: u32,
}

/// What a step reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Source {
    Register(Register),
    /// The same in every row.
    Constant(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Maximum,
    Minimum,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Logic {
    And,
    /// The first without the second.
    AndNot,
    Or,
    Xor,
}

/// Which whole number stands for a quotient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Rounding {
    Floor,
    Truncate,
    /// The nearest, halves to the even neighbour.
    HalfEven,
}

/// How a division by a constant is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Divider {
    /// `(x + offset) × factor >> shift`, less `back`: no division at all, see [`super::divide`].
    Multiply { offset: i64, factor: u32, shift: u32, back: i64 },
    /// In double precision, exact while numerators are below 2⁵¹.
    Float,
    /// As it stands.
    Plain,
}

/// Brackets of a scale over the same units as the base.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Brackets {
    /// What the base is multiplied by to get there.
    pub(super) up: i64,
    pub(super) cuts: Vec<i64>,
    /// Rates, or amounts: one more than cuts then, the first for a base below all cuts.
    pub(super) values: Vec<i64>,
}

/// Results by number, as narrow as they allow, so that the table stays in the cache.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Cells {
    /// The number that the first cell is for.
    pub(super) first: i64,
    /// What is added to each cell.
    pub(super) base: i64,
    pub(super) results: Narrow,
}

/// Numbers of 8, 16 or 32 bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Narrow {
    Bytes(Vec<u8>),
    Halves(Vec<u16>),
    Words(Vec<u32>),
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Action {
    /// Reads an input by its place.
    Load(usize),
    /// The same numbers, in the width of the result.
    Widen(Register),
    Arithmetic(Arithmetic, Source, Source),
    Absolute(Register),
    Sign(Register),
    /// By a constant above one.
    Divide(Rounding, Register, i64, Divider),
    /// By a column, towards minus infinity; by zero it is zero. In double precision where that is exact.
    Quotient {
        above: Source,
        below: Source,
        float: bool,
    },
    Compare(Comparison, Source, Source),
    Logic(Logic, Register, Register),
    Not(Register),
    Choose(Register, Source, Source),
    /// The value where the truth holds, else zero.
    Keep(Register, Source),
    /// A date in another unit.
    Moment(Register, Kind, Kind),
    /// A group's value for each of its members.
    Project(usize, Register),
    /// Members' values added up for their group.
    Sum(usize, Register),
    /// Whether any member's truth holds.
    Any(usize, Register),
    /// The greatest or smallest of the members' values; a group without members has the default.
    Extreme {
        group: usize,
        of: Register,
        largest: bool,
        default: i64,
    },
    /// How many members a group has.
    Members(usize),
    HasRole(usize, u64),
    Position(usize),
    /// The value of the n-th member.
    Nth {
        group: usize,
        of: Register,
        place: usize,
        default: i64,
    },
    /// The value of the last member with a role.
    OfRole {
        group: usize,
        of: Register,
        role: Register,
        default: i64,
    },
    /// Marginal rates.
    Marginal(Register, Arc<Brackets>),
    /// The value of the last bracket reached; `strict` where a base at a cut is still below it.
    Reached {
        base: Register,
        brackets: Arc<Brackets>,
        strict: bool,
    },
    /// Values by key; refuses the block where a key has none.
    Lookup {
        keys: Register,
        known: u64,
        values: Arc<[i64; 64]>,
    },
    /// What was found beforehand for each number that the register may hold.
    Tabulated(Register, Arc<Cells>),
    /// Refuses the block where a value is not above zero.
    Above(Register),
    /// Takes what the general way calculated; refuses the block where it is beyond the bound.
    Import(NodeId, i64),
    /// Hands a column to the general way.
    Export(NodeId, Held),
    /// One node calculated the general way.
    General(NodeId),
    /// A node whose values are another's, for the general way.
    Same(NodeId, NodeId),
}

/// A column for the general way: a truth, numbers with their range, or a fraction in each row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Held {
    Truth(Source),
    Number(Source, (i128, i128)),
    /// One number over another; the third tells what is not a number.
    Fraction(Source, Source, Source),
}

/// One loop.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) action: Action,
    /// Whose rows there are.
    pub(super) entity: usize,
    pub(super) into: Option<Register>,
    /// Nodes of the general way that nobody needs after this.
    pub(super) drop: Vec<NodeId>,
}

fn visit(source: &mut Source, each: &mut dyn FnMut(&mut Register)) {
    if let Source::Register(register) = source {
        each(register);
    }
}

impl Action {
    /// Shows every register that it reads.
    pub(super) fn registers(&mut self, each: &mut dyn FnMut(&mut Register)) {
        match self {
            Self::Load(_)
            | Self::Members(_)
            | Self::HasRole(..)
            | Self::Position(_)
            | Self::Import(..)
            | Self::General(_)
            | Self::Same(..) => {}
            Self::Widen(a)
            | Self::Absolute(a)
            | Self::Sign(a)
            | Self::Divide(_, a, ..)
            | Self::Not(a)
            | Self::Moment(a, ..)
            | Self::Project(_, a)
            | Self::Sum(_, a)
            | Self::Any(_, a)
            | Self::Extreme { of: a, .. }
            | Self::Nth { of: a, .. }
            | Self::Marginal(a, _)
            | Self::Reached { base: a, .. }
            | Self::Lookup { keys: a, .. }
            | Self::Tabulated(a, _)
            | Self::Above(a) => each(a),
            Self::OfRole { of: a, role: b, .. } | Self::Logic(_, a, b) => {
                each(a);
                each(b);
            }
            Self::Arithmetic(_, a, b) | Self::Compare(_, a, b) | Self::Quotient { above: a, below: b, .. } => {
                visit(a, each);
                visit(b, each);
            }
            Self::Choose(condition, a, b) => {
                each(condition);
                visit(a, each);
                visit(b, each);
            }
            Self::Keep(truth, value) => {
                each(truth);
                visit(value, each);
            }
            Self::Export(_, Held::Truth(source) | Held::Number(source, _)) => visit(source, each),
            Self::Export(_, Held::Fraction(above, below, unknown)) => {
                visit(above, each);
                visit(below, each);
                visit(unknown, each);
            }
        }
    }

    /// The registers that it reads.
    pub(super) fn reads(&self) -> Vec<Register> {
        let mut read = Vec::new();
        self.clone().registers(&mut |register| read.push(*register));
        read
    }

    /// Whether it must run even if nobody reads its result.
    pub(super) const fn is_kept(&self) -> bool {
        matches!(self, Self::Above(_) | Self::Export(..) | Self::General(_) | Self::Same(..))
    }
}
