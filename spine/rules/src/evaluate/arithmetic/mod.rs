//! Operators: Python's rules on ordinary values, nodes of the graph on columns.

mod container;
mod scalar;

pub(crate) use container::place;

use super::{Evaluator, bounded};
use crate::diagnostic::Diagnostic;
use crate::graph::{Binary, Constant, Kind, Operand, Shape, Unary};
use crate::number::{Number, Rational};
use crate::syntax::{Arithmetic, Comparison};
use crate::value::{Outcome, Value, lock, shared};
use scalar::{add_days, percent_format, scalar_arithmetic};
use std::cmp::Ordering;
use std::sync::Arc;

const fn binary_of(operator: Arithmetic) -> Option<Binary> {
    Some(match operator {
        Arithmetic::Add => Binary::Add,
        Arithmetic::Subtract => Binary::Subtract,
        Arithmetic::Multiply => Binary::Multiply,
        Arithmetic::Divide => Binary::Divide,
        Arithmetic::FloorDivide => Binary::FloorDivide,
        Arithmetic::Modulo => Binary::Modulo,
        Arithmetic::Power => Binary::Power,
        Arithmetic::And => Binary::And,
        Arithmetic::Or => Binary::Or,
        Arithmetic::Xor => Binary::Xor,
        Arithmetic::ShiftLeft | Arithmetic::ShiftRight | Arithmetic::MatrixMultiply => return None,
    })
}

const fn symbol(operator: Arithmetic) -> &'static str {
    match operator {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
        Arithmetic::Divide => "/",
        Arithmetic::FloorDivide => "//",
        Arithmetic::Modulo => "%",
        Arithmetic::Power => "**",
        Arithmetic::And => "&",
        Arithmetic::Or => "|",
        Arithmetic::Xor => "^",
        Arithmetic::ShiftLeft => "<<",
        Arithmetic::ShiftRight => ">>",
        Arithmetic::MatrixMultiply => "@",
    }
}

fn unfit(operator: &str, left: &Value, right: &Value) -> Diagnostic {
    Diagnostic::raised(
        "TypeError",
        format!("unsupported operand type(s) for {operator}: '{}' and '{}'", left.type_name(), right.type_name()),
    )
}

fn overflow() -> Diagnostic {
    Diagnostic::raised("OverflowError", "this whole number does not fit in 64 bits")
}

impl Evaluator {
    /// Whether a value takes part in operations on columns.
    pub(crate) fn is_columnar(value: &Value) -> bool {
        matches!(value, Value::Column(_))
    }

    /// A value as operand beside a column.
    pub(crate) fn operand(&mut self, value: &Value) -> Outcome<Operand> {
        Ok(match value {
            Value::Column(id) => Operand::Node(*id),
            Value::Bool(value) => Operand::Weak(Constant::Bool(*value)),
            Value::Int(value) => Operand::Weak(Constant::Int(*value)),
            Value::Float(number) => Operand::Weak(Constant::Float(*number)),
            Value::Text(text) => Operand::Weak(Constant::Text(Arc::clone(text))),
            Value::Date(days) => {
                Operand::Node(self.session()?.graph.fill(Constant::Int(i64::from(*days)), Kind::Date, Shape::Scalar)?)
            }
            Value::Instant(instant) => Operand::Node(self.session()?.graph.fill(
                Constant::Int(i64::from(instant.days())),
                Kind::Date,
                Shape::Scalar,
            )?),
            Value::Days(days) => {
                Operand::Node(self.session()?.graph.fill(Constant::Int(*days), Kind::Days, Shape::Scalar)?)
            }
            Value::EnumMember(enumeration, index) => {
                self.session()?.learn(enumeration);
                Operand::Node(self.session()?.graph.fill(
                    Constant::Int(*index as i64),
                    Kind::Enum(enumeration.id),
                    Shape::Scalar,
                )?)
            }
            // A list of one is broadcast as its only element.
            Value::List(items) if lock(items).len() == 1 => {
                let only = lock(items)[0].clone();
                return self.operand(&only);
            }
            Value::Poison(diagnostic) => return Err((**diagnostic).clone()),
            Value::Scale(_) => {
                return Err(Diagnostic::raised(
                    "TypeError",
                    "a scale takes part in no arithmetic; call its method calc(…)",
                ));
            }
            Value::ParameterAt(node, _) => {
                return Err(Diagnostic::raised(
                    "TypeError",
                    format!(
                        "the parameter node '{}' takes part in no arithmetic; name one of its children",
                        node.about.name
                    ),
                ));
            }
            Value::Count(entity) => Operand::Node(self.session()?.graph.headcount(*entity)?),
            other => {
                return Err(Diagnostic::raised(
                    "TypeError",
                    format!("'{}' takes part in no operation on columns", other.type_name()),
                ));
            }
        })
    }

    /// A value as a column's node.
    pub(crate) fn node(&mut self, value: &Value) -> Outcome<u32> {
        match self.operand(value)? {
            Operand::Node(id) => Ok(id),
            Operand::Weak(constant) => {
                let graph = &mut self.session()?.graph;
                let kind = graph.common(&[&Operand::Weak(constant.clone())])?;
                graph.fill(constant, kind, Shape::Scalar)
            }
        }
    }

    pub(crate) fn columns(&mut self, operation: Binary, left: &Value, right: &Value) -> Outcome<Value> {
        let left = self.operand(left)?;
        let right = self.operand(right)?;
        self.session()?.graph.binary(operation, &left, &right).map(Value::Column)
    }

    /// Lists as NumPy arrays: element by element.
    fn elementwise(&mut self, operator: Arithmetic, left: &Value, right: &Value) -> Option<Outcome<Value>> {
        let items = |value: &Value| match value {
            Value::List(items) => Some(lock(items).clone()),
            _ => None,
        };
        match (items(left), items(right)) {
            (Some(items), None) if right.as_number().is_some() && operator != Arithmetic::Multiply => Some(
                items
                    .iter()
                    .map(|item| self.arithmetic(operator, item, right))
                    .collect::<Outcome<Vec<_>>>()
                    .map(Value::list),
            ),
            (None, Some(items)) if left.as_number().is_some() && operator != Arithmetic::Multiply => Some(
                items
                    .iter()
                    .map(|item| self.arithmetic(operator, left, item))
                    .collect::<Outcome<Vec<_>>>()
                    .map(Value::list),
            ),
            _ => None,
        }
    }

    pub(crate) fn arithmetic(&mut self, operator: Arithmetic, left: &Value, right: &Value) -> Outcome<Value> {
        if Self::is_columnar(left) || Self::is_columnar(right) {
            let Some(operation) = binary_of(operator) else {
                return Err(Diagnostic::unsupported(
                    format!("«{}» on columns", symbol(operator)),
                    "use ordinary arithmetic",
                ));
            };
            return self.columns(operation, left, right);
        }
        if let Some(result) = self.elementwise(operator, left, right) {
            return result;
        }
        match (operator, left, right) {
            (Arithmetic::Add, Value::Text(a), Value::Text(b)) => {
                bounded(a.len() + b.len())?;
                Ok(Value::text(format!("{a}{b}")))
            }
            (Arithmetic::Add, Value::List(a), Value::List(b)) => {
                let mut items = lock(a).clone();
                bounded(items.len())?;
                items.extend(lock(b).clone());
                Ok(Value::list(items))
            }
            (Arithmetic::Add, Value::Tuple(a), Value::Tuple(b)) => {
                bounded(a.len() + b.len())?;
                Ok(Value::tuple(a.iter().chain(b.iter()).cloned().collect()))
            }
            (Arithmetic::Multiply, Value::List(items), Value::Int(times))
            | (Arithmetic::Multiply, Value::Int(times), Value::List(items)) => {
                let items = lock(items).clone();
                let times = usize::try_from(*times).unwrap_or(0);
                if items.len().saturating_mul(times) > 1_000_000 {
                    return Err(Diagnostic::limit("a list with more than a million elements", "use columns"));
                }
                Ok(Value::list(items.iter().cycle().take(items.len() * times).cloned().collect()))
            }
            (Arithmetic::Multiply, Value::Text(text), Value::Int(times)) if *times < 10_000 => {
                let times = usize::try_from(*times).unwrap_or(0);
                bounded(text.len().saturating_mul(times))?;
                Ok(Value::text(text.repeat(times)))
            }
            (Arithmetic::Modulo, Value::Text(text), right) => percent_format(text, right),
            (Arithmetic::Subtract, Value::Date(a), Value::Date(b)) => Ok(Value::Days(i64::from(*a) - i64::from(*b))),
            (Arithmetic::Add, Value::Date(a), Value::Days(b)) | (Arithmetic::Add, Value::Days(b), Value::Date(a)) => {
                add_days(*a, *b)
            }
            (Arithmetic::Subtract, Value::Date(a), Value::Days(b)) => add_days(*a, -*b),
            (Arithmetic::Add, Value::Date(a), Value::Int(b)) => add_days(*a, *b),
            (Arithmetic::Subtract, Value::Date(a), Value::Int(b)) => add_days(*a, -*b),
            (Arithmetic::Or, Value::Set(a), Value::Set(b)) => {
                let mut all = lock(a).clone();
                all.extend(lock(b).clone());
                Ok(Value::Set(shared(all)))
            }
            (Arithmetic::Or, Value::Dict(a), Value::Dict(b)) => {
                let mut all = lock(a).clone();
                all.extend(lock(b).clone());
                Ok(Value::Dict(shared(all)))
            }
            (Arithmetic::And, Value::Set(a), Value::Set(b)) => {
                let other = lock(b).clone();
                Ok(Value::Set(shared(
                    lock(a)
                        .iter()
                        .filter(|(key, _)| other.contains_key(*key))
                        .map(|(key, value)| (key.clone(), value.clone()))
                        .collect(),
                )))
            }
            (Arithmetic::Subtract, Value::Set(a), Value::Set(b)) => {
                let other = lock(b).clone();
                Ok(Value::Set(shared(
                    lock(a)
                        .iter()
                        .filter(|(key, _)| !other.contains_key(*key))
                        .map(|(key, value)| (key.clone(), value.clone()))
                        .collect(),
                )))
            }
            _ => scalar_arithmetic(operator, left, right),
        }
    }

    /// `a += b`: lists grow in place.
    pub(crate) fn update(&mut self, operator: Arithmetic, old: &Value, value: &Value) -> Outcome<Value> {
        if let (Arithmetic::Add, Value::List(items)) = (operator, old)
            && !Self::is_columnar(value)
        {
            let more = self.iterate(value)?;
            bounded(more.len())?;
            lock(items).extend(more);
            return Ok(old.clone());
        }
        self.arithmetic(operator, old, value)
    }

    pub(crate) fn negate(&mut self, operand: &Value) -> Outcome<Value> {
        match operand {
            Value::Column(id) => self.session()?.graph.unary(Unary::Negate, *id).map(Value::Column),
            Value::Int(value) => value.checked_neg().map(Value::Int).ok_or_else(overflow),
            Value::Bool(value) => Ok(Value::Int(-i64::from(*value))),
            Value::Days(days) => Ok(Value::Days(-days)),
            Value::Float(number) => {
                Ok(Value::Float(Number { float: -number.float, exact: number.exact.and_then(Rational::negate) }))
            }
            other => {
                Err(Diagnostic::raised("TypeError", format!("bad operand type for unary -: '{}'", other.type_name())))
            }
        }
    }

    pub(crate) fn invert(&mut self, operand: &Value) -> Outcome<Value> {
        match operand {
            Value::Column(id) if self.session()?.graph.kind(*id) == Kind::Bool => {
                self.session()?.graph.unary(Unary::Not, *id).map(Value::Column)
            }
            Value::Bool(value) => Ok(Value::Bool(!value)),
            Value::Int(value) => Ok(Value::Int(!value)),
            other => {
                Err(Diagnostic::raised("TypeError", format!("bad operand type for unary ~: '{}'", other.type_name())))
            }
        }
    }

    pub(crate) fn compare(&mut self, comparison: Comparison, left: &Value, right: &Value) -> Outcome<Value> {
        match comparison {
            Comparison::Is => return Ok(Value::Bool(self.same(left, right))),
            Comparison::IsNot => return Ok(Value::Bool(!self.same(left, right))),
            Comparison::In => return self.contains(right, left).map(Value::Bool),
            Comparison::NotIn => return self.contains(right, left).map(|found| Value::Bool(!found)),
            _ => {}
        }
        if Self::is_columnar(left) || Self::is_columnar(right) {
            if (left.is_none() || right.is_none()) && matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
                return Ok(Value::Bool(comparison == Comparison::NotEqual));
            }
            return match comparison {
                Comparison::Equal => self.columns(Binary::Equal, left, right),
                Comparison::NotEqual => self.columns(Binary::NotEqual, left, right),
                Comparison::Less => self.columns(Binary::Less, left, right),
                Comparison::LessOrEqual => self.columns(Binary::LessOrEqual, left, right),
                Comparison::Greater => self.columns(Binary::Less, right, left),
                _ => self.columns(Binary::LessOrEqual, right, left),
            };
        }
        match comparison {
            Comparison::Equal => self.equal(left, right).map(Value::Bool),
            Comparison::NotEqual => self.equal(left, right).map(|equal| Value::Bool(!equal)),
            _ => {
                let order = self.order(left, right)?;
                Ok(Value::Bool(order.is_some_and(|order| match comparison {
                    Comparison::Less => order.is_lt(),
                    Comparison::LessOrEqual => order.is_le(),
                    Comparison::Greater => order.is_gt(),
                    _ => order.is_ge(),
                })))
            }
        }
    }

    /// Python's order; `None` where one side is not a number.
    pub(crate) fn order(&mut self, left: &Value, right: &Value) -> Outcome<Option<Ordering>> {
        if let (Some(a), Some(b)) = (left.as_number(), right.as_number()) {
            return Ok(a.compare(b));
        }
        Ok(Some(match (left, right) {
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            (Value::Date(a), Value::Date(b)) => a.cmp(b),
            (Value::Days(a), Value::Days(b)) => a.cmp(b),
            (Value::Instant(a), Value::Instant(b)) => a.cmp(b),
            (Value::Instant(a), Value::Date(b)) => a.days().cmp(b),
            (Value::Date(a), Value::Instant(b)) => a.cmp(&b.days()),
            (Value::Period(a), Value::Period(b)) => a.start.cmp(&b.start).then(a.size.cmp(&b.size)),
            (Value::List(_) | Value::Tuple(_), Value::List(_) | Value::Tuple(_)) => {
                let (a, b) = (self.iterate(left)?, self.iterate(right)?);
                for (x, y) in a.iter().zip(&b) {
                    match self.order(x, y)? {
                        Some(Ordering::Equal) => {}
                        other => return Ok(other),
                    }
                }
                a.len().cmp(&b.len())
            }
            (Value::Poison(diagnostic), _) | (_, Value::Poison(diagnostic)) => return Err((**diagnostic).clone()),
            _ => return Err(unfit("<", left, right)),
        }))
    }

    /// Python's `==` on ordinary values.
    pub(crate) fn equal(&mut self, left: &Value, right: &Value) -> Outcome<bool> {
        if let (Some(a), Some(b)) = (left.as_number(), right.as_number()) {
            return Ok(a.compare(b) == Some(Ordering::Equal));
        }
        Ok(match (left, right) {
            (Value::List(_), Value::List(_)) | (Value::Tuple(_), Value::Tuple(_)) => {
                let (a, b) = (self.iterate(left)?, self.iterate(right)?);
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (x, y) in a.iter().zip(&b) {
                    let equal = self.compare(Comparison::Equal, x, y)?;
                    if !self.truth(&equal)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Unit(a), Value::Unit(b)) => a == b,
            (Value::Unit(unit), Value::Text(text)) | (Value::Text(text), Value::Unit(unit)) => unit.name() == &**text,
            (Value::Entity(a), Value::Entity(b)) => a.key == b.key,
            (Value::Population(a), Value::Population(b)) => a == b,
            (Value::Column(a), Value::Column(b)) => a == b,
            (Value::Builtin(a), Value::Builtin(b)) => a == b,
            (Value::EnumType(a), Value::EnumType(b)) => a.id == b.id,
            _ => match (left.key(), right.key()) {
                (Ok(a), Ok(b)) => a == b,
                _ => false,
            },
        })
    }

    fn same(&mut self, left: &Value, right: &Value) -> bool {
        match (left, right) {
            (Value::None, other) | (other, Value::None) => other.is_none(),
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::List(a), Value::List(b)) => Arc::ptr_eq(a, b),
            (Value::Dict(a), Value::Dict(b)) => Arc::ptr_eq(a, b),
            (Value::Bool(_), _) | (_, Value::Bool(_)) => false,
            (Value::Column(a), Value::Column(b)) => a == b,
            (Value::Column(_), _) | (_, Value::Column(_)) => false,
            _ => self.equal(left, right).unwrap_or(false),
        }
    }
}
