//! What formulas come to: a graph of operations on columns, each node once however often it is asked for.
//!
//! A node carries the type that NumPy would give it, because formulas rely on NumPy's rules (`True + True` is `True`,
//! a whole number divided is a float). How exactly it is calculated is the back end's affair.

use crate::diagnostic::Diagnostic;
use crate::entity::EntityIndex;
use crate::number::{Number, Rational};
use crate::parameter::Scale;
use crate::period::{Instant, Period};
use std::collections::HashMap;
use std::sync::Arc;

/// A node by its place.
pub type NodeId = u32;

/// The type of a column, as NumPy would have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Truth values.
    Bool,
    /// `int32`, what variables of type `int` are.
    Int32,
    /// `int64`, what counting gives.
    Int64,
    /// `float32`, what variables of type `float` are.
    Float32,
    /// `float64`.
    Float64,
    /// `datetime64[D]`.
    Date,
    /// `datetime64[M]`.
    Month,
    /// `datetime64[Y]`.
    Year,
    /// `timedelta64[D]`.
    Days,
    /// `timedelta64[M]`.
    Months,
    /// `timedelta64[Y]`.
    Years,
    /// The index of a member, of the enumeration with this number.
    Enum(u32),
    /// Text.
    Text,
}

impl Kind {
    /// Whether arithmetic is meant for it.
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Bool | Self::Int32 | Self::Int64 | Self::Float32 | Self::Float64)
    }

    /// Whether it is a whole number.
    pub const fn is_integer(self) -> bool {
        matches!(self, Self::Int32 | Self::Int64)
    }

    /// Whether it has decimals.
    pub const fn is_float(self) -> bool {
        matches!(self, Self::Float32 | Self::Float64)
    }

    const fn is_moment(self) -> bool {
        matches!(self, Self::Date | Self::Month | Self::Year)
    }

    const fn is_duration(self) -> bool {
        matches!(self, Self::Days | Self::Months | Self::Years)
    }

    /// What a person would call it.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Bool => "truth values",
            Self::Int32 | Self::Int64 => "whole numbers",
            Self::Float32 | Self::Float64 => "numbers",
            Self::Date | Self::Month | Self::Year => "dates",
            Self::Days | Self::Months | Self::Years => "durations",
            Self::Enum(_) => "members of an enumeration",
            Self::Text => "texts",
        }
    }
}

/// What a column runs along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One value for all.
    Scalar,
    /// One value for each entity of a kind.
    Entity(EntityIndex),
}

/// A value known while compiling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// A truth value.
    Bool(bool),
    /// A whole number, a date in days, months or years since 1970, a duration, or the index of an enumeration's member.
    Int(i64),
    /// A number with decimals.
    Float(Number),
    /// A text.
    Text(Arc<str>),
}

impl Constant {
    /// As a number.
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::Bool(value) => Some(Number::from_integer(i64::from(*value))),
            Self::Int(value) => Some(Number::from_integer(*value)),
            Self::Float(value) => Some(*value),
            Self::Text(_) => None,
        }
    }

    fn is_zero(&self) -> bool {
        match self {
            Self::Bool(value) => !value,
            Self::Int(value) => *value == 0,
            Self::Float(value) => value.float == 0.0,
            Self::Text(_) => false,
        }
    }

    fn is_one(&self) -> bool {
        match self {
            Self::Bool(value) => *value,
            Self::Int(value) => *value == 1,
            Self::Float(value) => value.exact == Some(Rational::ONE),
            Self::Text(_) => false,
        }
    }
}

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
    const fn is_comparison(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual | Self::Less | Self::LessOrEqual)
    }

    const fn is_logic(self) -> bool {
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

/// Values by key, for parameters indexed by a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Table {
    /// The node's path, for messages.
    pub name: Arc<str>,
    /// Values by the index of an enumeration's member, by whole number or by text; a truth value as key stands for all
    /// that are not named.
    pub entries: Vec<(Constant, Option<Constant>)>,
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
    /// The name of an enumeration's member.
    MemberName(Arc<[Arc<str>]>, NodeId),
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it does.
    pub operation: Operation,
    /// Its type.
    pub kind: Kind,
    /// What it runs along.
    pub shape: Shape,
}

/// An operand: a column, or a Python scalar whose type yields to the column's (NEP 50).
#[derive(Clone, Debug)]
pub enum Operand {
    /// A column.
    Node(NodeId),
    /// A Python scalar.
    Weak(Constant),
}

/// The graph.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The nodes; arguments stand before what uses them.
    pub nodes: Vec<Node>,
    index: HashMap<(Operation, Kind, Shape), NodeId>,
    /// Inputs by the variable's name and period.
    pub inputs: Vec<(Arc<str>, Period)>,
    /// What the back end made of it for populations before.
    pub(crate) programs: crate::run::Programs,
}

type Built = Result<NodeId, Diagnostic>;

fn type_error(message: String) -> Diagnostic {
    Diagnostic::raised("TypeError", message)
}

/// The type that two NumPy types meet in.
pub fn promote(left: Kind, right: Kind) -> Option<Kind> {
    use Kind::{Bool, Date, Float32, Float64, Int32, Int64, Month, Year};
    if left == right {
        return Some(left);
    }
    Some(match (left, right) {
        (Bool, other) | (other, Bool) if other.is_numeric() => other,
        (Int32, Int64) | (Int64, Int32) => Int64,
        (a, b) if a.is_numeric() && b.is_numeric() => Float64,
        (Date, Month | Year) | (Month | Year, Date) => Date,
        (Month, Year) | (Year, Month) => Month,
        (Kind::Days, other) | (other, Kind::Days) if other.is_integer() => Kind::Days,
        (Kind::Months, other) | (other, Kind::Months) if other.is_integer() => Kind::Months,
        (Kind::Years, other) | (other, Kind::Years) if other.is_integer() => Kind::Years,
        (Float32, _) | (_, Float32) => return None,
        _ => return None,
    })
}

impl Graph {
    /// The most nodes a plan may have.
    const MOST_NODES: usize = 4_000_000;

    /// The node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// Its type.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// What it runs along.
    pub fn shape(&self, id: NodeId) -> Shape {
        self.node(id).shape
    }

    /// The value, where it is the same in every row.
    pub fn constant(&self, id: NodeId) -> Option<&Constant> {
        match &self.node(id).operation {
            Operation::Constant(constant) | Operation::Fill(constant) => Some(constant),
            _ => None,
        }
    }

    /// The node of an operation, made once.
    pub fn add(&mut self, operation: Operation, kind: Kind, shape: Shape) -> Built {
        let key = (operation, kind, shape);
        if let Some(id) = self.index.get(&key) {
            return Ok(*id);
        }
        if self.nodes.len() >= Self::MOST_NODES {
            return Err(Diagnostic::limit(
                "the calculation has more than four million operations",
                "ask for fewer variables or periods at a time",
            ));
        }
        let id = self.nodes.len() as NodeId;
        self.nodes.push(Node { operation: key.0.clone(), kind, shape });
        self.index.insert(key, id);
        Ok(id)
    }

    /// The column of an input.
    pub fn input(&mut self, variable: &Arc<str>, period: Period, kind: Kind, shape: Shape) -> Built {
        let place =
            self.inputs.iter().position(|(name, known)| name == variable && *known == period).unwrap_or_else(|| {
                self.inputs.push((Arc::clone(variable), period));
                self.inputs.len() - 1
            });
        self.add(Operation::Input(place as u32), kind, shape)
    }

    /// A constant of a type, for all rows of a shape.
    #[allow(clippy::needless_pass_by_value, reason = "constants are made where they are filled in")]
    pub fn fill(&mut self, constant: Constant, kind: Kind, shape: Shape) -> Built {
        let constant = convert_constant(&constant, kind)?;
        match shape {
            Shape::Scalar => self.add(Operation::Constant(constant), kind, shape),
            Shape::Entity(_) => self.add(Operation::Fill(constant), kind, shape),
        }
    }

    /// The type a Python scalar has of itself.
    fn own_kind(constant: &Constant) -> Kind {
        match constant {
            Constant::Bool(_) => Kind::Bool,
            Constant::Int(_) => Kind::Int64,
            Constant::Float(_) => Kind::Float64,
            Constant::Text(_) => Kind::Text,
        }
    }

    /// The type that operands meet in; scalars yield.
    pub fn common(&self, operands: &[&Operand]) -> Result<Kind, Diagnostic> {
        let mut strong: Option<Kind> = None;
        for operand in operands {
            if let Operand::Node(id) = operand {
                let kind = self.kind(*id);
                strong = Some(match strong {
                    None => kind,
                    Some(known) => promote(known, kind).ok_or_else(|| {
                        type_error(format!("{} and {} do not go together", known.describe(), kind.describe()))
                    })?,
                });
            }
        }
        let mut result = strong;
        for operand in operands {
            if let Operand::Weak(constant) = operand {
                let own = Self::own_kind(constant);
                result = Some(match (result, own) {
                    (None, own) => own,
                    (Some(Kind::Bool), Kind::Int64) => Kind::Int64,
                    (Some(Kind::Bool | Kind::Int32 | Kind::Int64), Kind::Float64) => Kind::Float64,
                    (Some(known), Kind::Bool | Kind::Int64 | Kind::Float64) if known.is_numeric() => known,
                    (Some(known), Kind::Int64)
                        if known.is_moment() || known.is_duration() || matches!(known, Kind::Enum(_)) =>
                    {
                        known
                    }
                    (Some(Kind::Text), Kind::Text) => Kind::Text,
                    (Some(known), own) => {
                        return Err(type_error(format!(
                            "{} and {} do not go together",
                            known.describe(),
                            own.describe()
                        )));
                    }
                });
            }
        }
        Ok(result.unwrap_or(Kind::Float64))
    }

    fn shape_of(&self, operands: &[&Operand]) -> Result<Shape, Diagnostic> {
        let mut shape = Shape::Scalar;
        for operand in operands {
            if let Operand::Node(id) = operand {
                shape = match (shape, self.shape(*id)) {
                    (Shape::Scalar, other) | (other, Shape::Scalar) => other,
                    (left, right) if left == right => left,
                    _ => {
                        return Err(Diagnostic::unsupported(
                            "columns of different entities are combined",
                            "bring both to one entity: group.sum(…) from persons to their group, person.group(…) from the group to its persons",
                        ));
                    }
                };
            }
        }
        Ok(shape)
    }

    /// The node of an operand in a type.
    pub fn settle(&mut self, operand: &Operand, kind: Kind) -> Built {
        match operand {
            Operand::Node(id) => self.convert(*id, kind),
            Operand::Weak(constant) => {
                let constant = convert_constant(constant, kind)?;
                self.add(Operation::Constant(constant), kind, Shape::Scalar)
            }
        }
    }

    /// `astype`: the same column in another type.
    pub fn convert(&mut self, id: NodeId, kind: Kind) -> Built {
        let node = self.node(id);
        let (own, shape) = (node.kind, node.shape);
        if own == kind {
            return Ok(id);
        }
        if let Some(constant) = self.constant(id).cloned() {
            let constant = match constant {
                Constant::Int(value) if own.is_moment() || own.is_duration() => {
                    Constant::Int(convert_moment(value, own, kind))
                }
                other => other,
            };
            return self.fill(constant, kind, shape);
        }
        let possible = match (own, kind) {
            (Kind::Text, _) => kind.is_numeric(),
            (_, Kind::Text) => matches!(own, Kind::Int32 | Kind::Int64),
            (Kind::Enum(_), to) => to.is_numeric(),
            (from, Kind::Enum(_)) => from.is_integer() || from == Kind::Bool,
            _ => true,
        };
        if !possible {
            return Err(type_error(format!("{} cannot become {}", own.describe(), kind.describe())));
        }
        self.add(Operation::Convert(id), kind, shape)
    }

    /// An operation on one column.
    pub fn unary(&mut self, operation: Unary, id: NodeId) -> Built {
        let (kind, shape) = (self.kind(id), self.shape(id));
        let float = |kind: Kind| if kind == Kind::Float32 { Kind::Float32 } else { Kind::Float64 };
        let result = match operation {
            Unary::Not => {
                let id = self.truth(id)?;
                if let Some(Constant::Bool(value)) = self.constant(id) {
                    let value = !*value;
                    return self.fill(Constant::Bool(value), Kind::Bool, shape);
                }
                if let Operation::Unary(Unary::Not, inner) = self.node(id).operation {
                    return Ok(inner);
                }
                return self.add(Operation::Unary(Unary::Not, id), Kind::Bool, shape);
            }
            Unary::Exponential | Unary::Logarithm | Unary::SquareRoot => float(kind),
            Unary::IsNotANumber | Unary::IsInfinite => Kind::Bool,
            Unary::Negate if kind == Kind::Bool => {
                return Err(type_error("the minus sign is not for truth values; use not_(…)".to_owned()));
            }
            Unary::Floor | Unary::Ceiling | Unary::Truncate | Unary::Round(_)
                if kind.is_integer() || kind == Kind::Bool =>
            {
                if !matches!(operation, Unary::Round(digits) if digits < 0) {
                    return Ok(id);
                }
                kind
            }
            _ => kind,
        };
        if !kind.is_numeric() && !kind.is_duration() {
            return Err(type_error(format!("this is not for {}", kind.describe())));
        }
        if let Some(constant) = self.constant(id).and_then(|constant| fold_unary(operation, constant)) {
            return self.fill(constant, result, shape);
        }
        let id = if result.is_float() { self.convert(id, result)? } else { id };
        self.add(Operation::Unary(operation, id), result, shape)
    }

    /// Whether each row is other than zero.
    pub fn truth(&mut self, id: NodeId) -> Built {
        match self.kind(id) {
            Kind::Bool => Ok(id),
            kind if kind.is_numeric() || kind.is_duration() => {
                if let Some(constant) = self.constant(id) {
                    let value = Constant::Bool(!constant.is_zero());
                    let shape = self.shape(id);
                    return self.fill(value, Kind::Bool, shape);
                }
                self.convert(id, Kind::Bool)
            }
            kind => Err(type_error(format!("{} are neither true nor false", kind.describe()))),
        }
    }

    /// An operation on two operands of which one at least is a column.
    pub fn binary(&mut self, operation: Binary, left: &Operand, right: &Operand) -> Built {
        let shape = self.shape_of(&[left, right])?;
        if let Some(id) = self.moment(operation, left, right, shape)? {
            return Ok(id);
        }
        let common = match (operation, self.common(&[left, right])) {
            // NumPy compares what has nothing in common as unequal.
            (Binary::Equal, Err(_)) => return self.fill(Constant::Bool(false), Kind::Bool, shape),
            (Binary::NotEqual, Err(_)) => return self.fill(Constant::Bool(true), Kind::Bool, shape),
            (_, common) => common?,
        };
        let (operation, argument, result) = self.arithmetic_kinds(operation, common)?;
        let left = self.settle(left, argument)?;
        let right = self.settle(right, argument)?;
        if let (Some(a), Some(b)) = (self.constant(left), self.constant(right))
            && let Some(folded) = fold_binary(operation, a, b, argument)
        {
            return self.fill(folded, result, shape);
        }
        if let Some(same) = self.neutral(operation, left, right, result, shape) {
            return Ok(same);
        }
        self.add(Operation::Binary(operation, left, right), result, shape)
    }

    /// Which operation it really is, on what type, with what result.
    fn arithmetic_kinds(&self, operation: Binary, common: Kind) -> Result<(Binary, Kind, Kind), Diagnostic> {
        if operation.is_comparison() {
            if matches!(common, Kind::Enum(_)) && !matches!(operation, Binary::Equal | Binary::NotEqual) {
                return Err(type_error("members of an enumeration only compare with == and !=".to_owned()));
            }
            return Ok((operation, common, Kind::Bool));
        }
        if operation.is_logic() {
            return match common {
                Kind::Bool | Kind::Int32 | Kind::Int64 => Ok((operation, common, common)),
                _ => Err(type_error(format!("«&», «|» and «^» are not for {}", common.describe()))),
            };
        }
        let allowed = common.is_numeric() || common.is_duration() || (common == Kind::Text && operation == Binary::Add);
        let extreme = matches!(operation, Binary::Maximum | Binary::Minimum);
        if !(allowed || extreme && common.is_moment()) {
            return Err(type_error(format!("this operation is not for {}", common.describe())));
        }
        match (operation, common) {
            (Binary::Add | Binary::Maximum, Kind::Bool) => Ok((Binary::Or, Kind::Bool, Kind::Bool)),
            (Binary::Multiply | Binary::Minimum, Kind::Bool) => Ok((Binary::And, Kind::Bool, Kind::Bool)),
            (Binary::Subtract, Kind::Bool) => Err(type_error(
                "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.".to_owned(),
            )),
            (Binary::Divide, kind) if !kind.is_float() => Ok((operation, if kind.is_numeric() { Kind::Float64 } else { kind }, Kind::Float64)),
            (Binary::FloorDivide | Binary::Modulo | Binary::Power, Kind::Bool) => Ok((operation, Kind::Int64, Kind::Int64)),
            _ => Ok((operation, common, common)),
        }
    }

    /// Dates minus dates, dates and durations.
    fn moment(
        &mut self,
        operation: Binary,
        left: &Operand,
        right: &Operand,
        shape: Shape,
    ) -> Result<Option<NodeId>, Diagnostic> {
        let kind = |operand: &Operand| match operand {
            Operand::Node(id) => self.kind(*id),
            Operand::Weak(constant) => Self::own_kind(constant),
        };
        let (a, b) = (kind(left), kind(right));
        let duration = |moment: Kind| match moment {
            Kind::Date => Kind::Days,
            Kind::Month => Kind::Months,
            _ => Kind::Years,
        };
        if operation == Binary::Subtract && a.is_moment() && b.is_moment() {
            let common = promote(a, b).unwrap_or(Kind::Date);
            let (left, right) = (self.settle(left, common)?, self.settle(right, common)?);
            return self.add(Operation::Binary(operation, left, right), duration(common), shape).map(Some);
        }
        if matches!(operation, Binary::Add | Binary::Subtract)
            && (a.is_moment() || (operation == Binary::Add && b.is_moment()))
        {
            let moment = if a.is_moment() { a } else { b };
            let (left, right) = if a.is_moment() { (left, right) } else { (right, left) };
            let moment = match if a.is_moment() { b } else { a } {
                Kind::Days => Kind::Date,
                _ => moment,
            };
            let left = self.settle(left, moment)?;
            let right = self.settle(right, duration(moment))?;
            return self.add(Operation::Binary(operation, left, right), moment, shape).map(Some);
        }
        Ok(None)
    }

    /// `x + 0`, `x * 1`, `x and true`: the column itself.
    fn neutral(&self, operation: Binary, left: NodeId, right: NodeId, result: Kind, shape: Shape) -> Option<NodeId> {
        let same = |id: NodeId| (self.kind(id) == result && self.shape(id) == shape).then_some(id);
        let (a, b) = (self.constant(left), self.constant(right));
        match operation {
            Binary::Add if a.is_some_and(Constant::is_zero) => same(right),
            Binary::Add | Binary::Subtract if b.is_some_and(Constant::is_zero) => same(left),
            Binary::Multiply if a.is_some_and(Constant::is_one) => same(right),
            Binary::Multiply | Binary::Divide if b.is_some_and(Constant::is_one) => same(left),
            Binary::Or if a == Some(&Constant::Bool(false)) => same(right),
            Binary::Or if b == Some(&Constant::Bool(false)) => same(left),
            Binary::And if a == Some(&Constant::Bool(true)) => same(right),
            Binary::And if b == Some(&Constant::Bool(true)) => same(left),
            Binary::And | Binary::Or | Binary::Maximum | Binary::Minimum if left == right => same(left),
            _ => None,
        }
    }

    /// `where(condition, then, otherwise)`
    pub fn choose(&mut self, condition: &Operand, then: &Operand, otherwise: &Operand) -> Built {
        let kind = self.common(&[then, otherwise])?;
        let shape = self.shape_of(&[condition, then, otherwise])?;
        let condition = match condition {
            Operand::Node(id) => self.truth(*id)?,
            Operand::Weak(constant) => {
                self.add(Operation::Constant(Constant::Bool(!constant.is_zero())), Kind::Bool, Shape::Scalar)?
            }
        };
        let then = self.settle(then, kind)?;
        let otherwise = self.settle(otherwise, kind)?;
        if let Some(Constant::Bool(value)) = self.constant(condition) {
            let chosen = if *value { then } else { otherwise };
            if self.shape(chosen) == shape {
                return Ok(chosen);
            }
            if let Some(constant) = self.constant(chosen).cloned() {
                return self.fill(constant, kind, shape);
            }
        }
        if then == otherwise && self.shape(then) == shape {
            return Ok(then);
        }
        self.add(Operation::Choose(condition, then, otherwise), kind, shape)
    }
}

/// A date or duration in another unit, as NumPy converts it: dates to the unit that holds them, durations by the mean length
/// of the Gregorian month and year, towards zero.
pub(crate) fn convert_moment(value: i64, from: Kind, to: Kind) -> i64 {
    let month_of = |days: i64| {
        let (year, month, _) = crate::period::civil_from_days(days as i32);
        (i64::from(year) - 1970) * 12 + i64::from(month) - 1
    };
    let first_day = |months: i64| {
        i64::from(crate::period::days_from_civil(
            (1970 + months.div_euclid(12)) as i32,
            (months.rem_euclid(12) + 1) as u8,
            1,
        ))
    };
    match (from, to) {
        (Kind::Date, Kind::Month) => month_of(value),
        (Kind::Date, Kind::Year) => month_of(value).div_euclid(12),
        (Kind::Month, Kind::Date) => first_day(value),
        (Kind::Month, Kind::Year) => value.div_euclid(12),
        (Kind::Year, Kind::Month) | (Kind::Years, Kind::Months) => value.saturating_mul(12),
        (Kind::Year, Kind::Date) => first_day(value.saturating_mul(12)),
        (Kind::Days, Kind::Months) => (i128::from(value) * 4_800 / 146_097) as i64,
        (Kind::Days, Kind::Years) => (i128::from(value) * 400 / 146_097) as i64,
        (Kind::Months, Kind::Years) => value / 12,
        (Kind::Months, Kind::Days) => (i128::from(value) * 146_097 / 4_800) as i64,
        (Kind::Years, Kind::Days) => (i128::from(value) * 146_097 / 400) as i64,
        _ => value,
    }
}

/// A constant in another type, as `astype` would.
pub fn convert_constant(constant: &Constant, kind: Kind) -> Result<Constant, Diagnostic> {
    Ok(match (constant, kind) {
        (Constant::Text(text), Kind::Int32 | Kind::Int64) => Constant::Int(
            text.trim()
                .parse()
                .map_err(|_| Diagnostic::raised("ValueError", format!("could not convert string to int: '{text}'")))?,
        ),
        (Constant::Text(text), Kind::Float32 | Kind::Float64) => {
            Constant::Float(Rational::parse(text).map(Number::from_exact).ok_or_else(|| {
                Diagnostic::raised("ValueError", format!("could not convert string to float: '{text}'"))
            })?)
        }
        (Constant::Text(text), Kind::Date) => Constant::Int(i64::from(
            Instant::parse(text)
                .ok_or_else(|| Diagnostic::raised("ValueError", format!("«{text}» is not a date")))?
                .0
                .days(),
        )),
        (Constant::Text(_), Kind::Text) => constant.clone(),
        (Constant::Text(text), _) => return Err(type_error(format!("'{text}' cannot become {}", kind.describe()))),
        (value, Kind::Bool) => Constant::Bool(!value.is_zero()),
        (Constant::Bool(value), Kind::Float32 | Kind::Float64) => {
            Constant::Float(Number::from_integer(i64::from(*value)))
        }
        (Constant::Int(value), Kind::Float32 | Kind::Float64) => Constant::Float(Number::from_integer(*value)),
        (Constant::Bool(value), Kind::Text) => Constant::Text(Arc::from(if *value { "True" } else { "False" })),
        (Constant::Int(value), Kind::Text) => Constant::Text(Arc::from(value.to_string())),
        (Constant::Float(value), Kind::Text) => Constant::Text(Arc::from(value.to_string())),
        (Constant::Float(value), Kind::Float32 | Kind::Float64) => Constant::Float(*value),
        (Constant::Bool(value), _) => Constant::Int(i64::from(*value)),
        (Constant::Int(value), _) => Constant::Int(*value),
        (Constant::Float(value), _) => match value.exact {
            Some(exact) if exact.is_finite() => Constant::Int(
                i64::try_from(exact.truncate())
                    .map_err(|_| Diagnostic::raised("OverflowError", format!("{exact} is too large")))?,
            ),
            Some(_) => return Err(Diagnostic::raised("OverflowError", "cannot convert float infinity to integer")),
            None => Constant::Int(value.float as i64),
        },
    })
}

pub(crate) fn fold_unary(operation: Unary, constant: &Constant) -> Option<Constant> {
    if let (Unary::Negate, Constant::Int(value)) = (operation, constant) {
        return value.checked_neg().map(Constant::Int);
    }
    if let (Unary::Absolute, Constant::Int(value)) = (operation, constant) {
        return value.checked_abs().map(Constant::Int);
    }
    let number = constant.number()?;
    let exact = |operation: &dyn Fn(Rational) -> Option<Rational>| {
        number.exact.filter(|exact| exact.is_finite()).and_then(operation)
    };
    let whole = |value: i128| Some(Rational::integer(value));
    let (float, exact) = match operation {
        Unary::Negate => (-number.float, number.exact.and_then(Rational::negate)),
        Unary::Absolute => {
            (number.float.abs(), exact(&|value| if value.numerator() < 0 { value.negate() } else { Some(value) }))
        }
        Unary::Floor => (number.float.floor(), exact(&|value| whole(value.floor()))),
        Unary::Ceiling => (number.float.ceil(), exact(&|value| whole(value.ceiling()))),
        Unary::Truncate => (number.float.trunc(), exact(&|value| whole(value.truncate()))),
        Unary::Round(digits) => {
            let exact = exact(&|value| value.round_half_even(digits));
            (exact.map_or(number.float, Rational::to_float), exact)
        }
        Unary::Exponential => (number.float.exp(), None),
        Unary::Logarithm => (number.float.ln(), None),
        Unary::SquareRoot => (number.float.sqrt(), None),
        Unary::Sign => (
            if number.float == 0.0 { 0.0 } else { number.float.signum() },
            exact(&|value| whole(value.numerator().signum())),
        ),
        Unary::IsNotANumber => return Some(Constant::Bool(number.float.is_nan())),
        Unary::IsInfinite => return Some(Constant::Bool(number.float.is_infinite())),
        Unary::Not => return None,
    };
    Some(Constant::Float(Number { float, exact }))
}

/// Two constants made one; `None` leaves it to the back end (an overflow, a division by zero).
pub(crate) fn fold_binary(operation: Binary, left: &Constant, right: &Constant, kind: Kind) -> Option<Constant> {
    if let (Constant::Bool(a), Constant::Bool(b)) = (left, right) {
        return Some(Constant::Bool(match operation {
            Binary::And => a & b,
            Binary::Or => a | b,
            Binary::Xor | Binary::NotEqual => a ^ b,
            Binary::Equal => a == b,
            Binary::Less => !a & b,
            Binary::LessOrEqual => a <= b,
            _ => return None,
        }));
    }
    if let (Constant::Text(a), Constant::Text(b)) = (left, right) {
        return match operation {
            Binary::Equal => Some(Constant::Bool(a == b)),
            Binary::NotEqual => Some(Constant::Bool(a != b)),
            Binary::Add => Some(Constant::Text(Arc::from(format!("{a}{b}")))),
            _ => None,
        };
    }
    if let (Constant::Int(a), Constant::Int(b)) = (left, right) {
        return fold_integers(operation, *a, *b);
    }
    let (a, b) = (left.number()?, right.number()?);
    if operation.is_comparison() {
        let order = a.compare(b)?;
        return Some(Constant::Bool(match operation {
            Binary::Equal => order.is_eq(),
            Binary::NotEqual => order.is_ne(),
            Binary::Less => order.is_lt(),
            _ => order.is_le(),
        }));
    }
    if !kind.is_float() {
        return None;
    }
    let folded = match operation {
        Binary::Add => a.combine(b, |x, y| x + y, Rational::plus),
        Binary::Subtract => a.combine(b, |x, y| x - y, Rational::subtract),
        Binary::Multiply => a.combine(b, |x, y| x * y, Rational::multiply),
        Binary::Divide => a.combine(b, |x, y| x / y, Rational::divide),
        Binary::Maximum => {
            if a.compare(b)?.is_ge() {
                a
            } else {
                b
            }
        }
        Binary::Minimum => {
            if a.compare(b)?.is_le() {
                a
            } else {
                b
            }
        }
        Binary::FloorDivide if b.float != 0.0 => {
            a.combine(b, |x, y| (x / y).floor(), |x, y| Some(Rational::integer(x.divide(y)?.floor())))
        }
        _ => return None,
    };
    Some(Constant::Float(folded))
}

fn fold_integers(operation: Binary, a: i64, b: i64) -> Option<Constant> {
    Some(match operation {
        Binary::Add => Constant::Int(a.checked_add(b)?),
        Binary::Subtract => Constant::Int(a.checked_sub(b)?),
        Binary::Multiply => Constant::Int(a.checked_mul(b)?),
        Binary::FloorDivide if b != 0 => Constant::Int(floor_divide(a, b)?),
        Binary::Modulo if b != 0 => Constant::Int(a.checked_sub(floor_divide(a, b)?.checked_mul(b)?)?),
        Binary::Maximum => Constant::Int(a.max(b)),
        Binary::Minimum => Constant::Int(a.min(b)),
        Binary::And => Constant::Int(a & b),
        Binary::Or => Constant::Int(a | b),
        Binary::Xor => Constant::Int(a ^ b),
        Binary::Equal => Constant::Bool(a == b),
        Binary::NotEqual => Constant::Bool(a != b),
        Binary::Less => Constant::Bool(a < b),
        Binary::LessOrEqual => Constant::Bool(a <= b),
        Binary::Power if b >= 0 => Constant::Int(a.checked_pow(u32::try_from(b).ok()?)?),
        _ => return None,
    })
}

/// Division towards minus infinity, as Python has it.
pub(crate) fn floor_divide(a: i64, b: i64) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}
