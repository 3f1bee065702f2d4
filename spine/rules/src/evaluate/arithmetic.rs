//! Operators: Python's rules on ordinary values, nodes of the graph on columns.

use super::{Evaluator, bounded, branch_on_column, set_of};
use crate::diagnostic::Diagnostic;
use crate::graph::{Binary, Constant, Kind, Operand, Shape, TextTest, Unary, fold_binary};
use crate::number::{Number, Rational};
use crate::period::Instant;
use crate::syntax::{Arithmetic, Comparison};
use crate::value::{Key, Mutable, Outcome, Value, lock, shared};
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

/// The place that an index means in a sequence.
pub(crate) fn place(index: &Value, length: usize) -> Outcome<usize> {
    let Some(index) = index.as_int() else {
        return Err(Diagnostic::raised("TypeError", format!("indices must be integers, not {}", index.type_name())));
    };
    let length_signed = i64::try_from(length).unwrap_or(i64::MAX);
    let absolute = if index < 0 { index.saturating_add(length_signed) } else { index };
    usize::try_from(absolute)
        .ok()
        .filter(|place| *place < length)
        .ok_or_else(|| Diagnostic::raised("IndexError", "list index out of range"))
}

/// The places that a slice means.
fn slice(bounds: &[Value; 3], length: usize) -> Outcome<Vec<usize>> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let step = bounds[2].as_int().unwrap_or(1);
    if step == 0 {
        return Err(Diagnostic::raised("ValueError", "slice step cannot be zero"));
    }
    let bound = |value: &Value, missing: i64, low: i64, high: i64| match value.as_int() {
        None => missing,
        Some(index) if index < 0 => (index + length).clamp(low, high),
        Some(index) => index.clamp(low, high),
    };
    let (start, stop) = if step > 0 {
        (bound(&bounds[0], 0, 0, length), bound(&bounds[1], length, 0, length))
    } else {
        (bound(&bounds[0], length - 1, -1, length - 1), bound(&bounds[1], -1, -1, length - 1))
    };
    let mut places = Vec::new();
    let mut index = start;
    while (step > 0 && index < stop) || (step < 0 && index > stop) {
        places.extend(usize::try_from(index));
        index += step;
    }
    Ok(places)
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
            Value::Count(_) => {
                return Err(Diagnostic::unsupported(
                    "the number of entities takes part in arithmetic",
                    "write the formula so that it does not depend on how many others there are",
                ));
            }
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

    /// Python's `in`.
    pub(crate) fn contains(&mut self, container: &Value, item: &Value) -> Outcome<bool> {
        match container {
            Value::Text(text) => match item {
                Value::Text(part) => Ok(text.contains(&**part)),
                other => Err(Diagnostic::raised(
                    "TypeError",
                    format!("'in <string>' requires string, not {}", other.type_name()),
                )),
            },
            Value::Dict(entries) | Value::Set(entries) => {
                let key = item.key()?;
                Ok(lock(entries).contains_key(&key))
            }
            Value::ParameterAt(node, instant) => {
                let Value::Text(name) = item else { return Ok(false) };
                Ok(self.parameter_child(node, instant, name, false)?.is_some())
            }
            Value::Tree(tree) | Value::Children(tree) => Ok(match (&*lock(tree), item) {
                (Mutable::Node { children, .. }, Value::Text(name)) => children.contains_key(&**name),
                _ => false,
            }),
            Value::Column(_) => Err(branch_on_column()),
            Value::Period(period) => match item {
                Value::Period(other) => Ok(period.contains(*other)),
                other => Ok(other.display() == period.unit.name()),
            },
            _ => {
                if Self::is_columnar(item) {
                    return Err(Diagnostic::unsupported("«in» with a column", "use isin(column, values)"));
                }
                for known in self.iterate(container)? {
                    if self.equal(&known, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    /// The elements of a value, as `for` sees them.
    pub(crate) fn iterate(&mut self, value: &Value) -> Outcome<Vec<Value>> {
        Ok(match value {
            Value::List(items) => lock(items).clone(),
            Value::Tuple(items) => items.to_vec(),
            Value::Dict(entries) | Value::Set(entries) => lock(entries).values().map(|(key, _)| key.clone()).collect(),
            Value::Text(text) => text.chars().map(|character| Value::text(character.to_string())).collect(),
            Value::EnumType(enumeration) => {
                (0..enumeration.members.len()).map(|index| Value::EnumMember(Arc::clone(enumeration), index)).collect()
            }
            Value::Instant(instant) => vec![
                Value::Int(i64::from(instant.year)),
                Value::Int(i64::from(instant.month)),
                Value::Int(i64::from(instant.day)),
            ],
            Value::Period(period) => {
                vec![Value::Unit(period.unit), Value::Instant(period.start), Value::Int(i64::from(period.size))]
            }
            Value::ParameterAt(node, instant) => {
                let names: Vec<String> = node.children.keys().cloned().collect();
                let mut present = Vec::new();
                for name in names {
                    if self.parameter_child(node, instant, &name, false)?.is_some() {
                        present.push(Value::text(name));
                    }
                }
                present
            }
            Value::Tree(tree) | Value::Children(tree) => match &*lock(tree) {
                Mutable::Node { children, .. } => children.keys().map(Value::text).collect(),
                _ => return Err(Diagnostic::raised("TypeError", "this parameter is not iterable")),
            },
            Value::Column(_) => {
                return Err(Diagnostic::unsupported(
                    "a loop over the rows of a column",
                    "operate on the whole column at once",
                ));
            }
            Value::Poison(diagnostic) => return Err((**diagnostic).clone()),
            other => {
                return Err(Diagnostic::raised("TypeError", format!("'{}' object is not iterable", other.type_name())));
            }
        })
    }

    /// `object[index]`
    pub(crate) fn subscript(&mut self, object: &Value, index: &Value) -> Outcome<Value> {
        match (object, index) {
            (Value::List(items), Value::Slice(bounds)) => {
                let items = lock(items).clone();
                Ok(Value::list(slice(bounds, items.len())?.into_iter().map(|place| items[place].clone()).collect()))
            }
            (Value::Tuple(items), Value::Slice(bounds)) => {
                Ok(Value::tuple(slice(bounds, items.len())?.into_iter().map(|place| items[place].clone()).collect()))
            }
            (Value::Text(text), Value::Slice(bounds)) => {
                let characters: Vec<char> = text.chars().collect();
                Ok(Value::text(
                    slice(bounds, characters.len())?.into_iter().map(|place| characters[place]).collect::<String>(),
                ))
            }
            (Value::List(items), Value::Column(key)) => self.choose_from(&lock(items).clone(), *key),
            (Value::List(items), index) => {
                let items = lock(items).clone();
                Ok(items[place(index, items.len())?].clone())
            }
            (Value::Tuple(items), index) => Ok(items[place(index, items.len())?].clone()),
            (Value::Text(text), index) => {
                let characters: Vec<char> = text.chars().collect();
                Ok(Value::text(characters[place(index, characters.len())?].to_string()))
            }
            (Value::Dict(entries), Value::Column(key)) if !lock(entries).contains_key(&Key::Column(*key)) => {
                let entries = lock(entries).clone();
                self.look_up(&entries, index, None)
            }
            (Value::Dict(entries), index) => {
                let key = index.key()?;
                let found = lock(entries).get(&key).map(|(_, value)| value.clone());
                found.ok_or_else(|| Diagnostic::raised("KeyError", index.represent()))
            }
            (Value::Instant(_) | Value::Period(_), index) => {
                let parts = self.iterate(object)?;
                Ok(parts[place(index, parts.len())?].clone())
            }
            (Value::EnumType(enumeration), Value::Text(name)) => match enumeration.index(name) {
                Some(index) => Ok(Value::EnumMember(Arc::clone(enumeration), index)),
                None => Err(Diagnostic::raised("KeyError", format!("'{name}'"))),
            },
            (Value::ParameterAt(node, instant), Value::Column(key)) => self.index_parameters(node, instant, *key),
            (Value::ParameterAt(node, instant), index) => {
                let name = match index {
                    Value::EnumMember(enumeration, index) => Arc::clone(&enumeration.members[*index].0),
                    other => Arc::from(other.display()),
                };
                self.parameter_child(node, instant, &name, true)?
                    .ok_or_else(|| Diagnostic::raised("ParameterNotFoundError", format!("{name} is missing")))
            }
            (Value::Indexed(indexed), Value::Text(name)) => self.indexed_child(indexed, name),
            (Value::Indexed(indexed), Value::Column(key)) => self.index_again(indexed, *key),
            (Value::Tree(_), index) => self.tree_item(object, index),
            (Value::Children(node), index) => self.subscript(&Value::Dict(shared(Self::children_of(node))), index),
            (Value::Column(id), Value::Ellipsis) => Ok(Value::Column(*id)),
            // The first of the population, for all: right for one household, and only for one. Here each keeps its own.
            (Value::Column(id), Value::Int(0)) => Ok(Value::Column(*id)),
            // `b[mask]`, to be put into `a[mask]`: whole columns are chosen from when it is put there.
            (Value::Column(id), Value::Column(mask)) if self.session()?.graph.kind(*mask) == Kind::Bool => {
                Ok(Value::Column(*id))
            }
            (Value::Column(_), _) => {
                Err(Diagnostic::unsupported("a part of a column", "keep whole columns: where(condition, value, 0)"))
            }
            (Value::Poison(diagnostic), _) => Err((**diagnostic).clone()),
            // Annotations such as `list[int]` are looked at by nobody.
            (Value::Builtin(_), _) => Ok(object.clone()),
            (other, _) => {
                Err(Diagnostic::raised("TypeError", format!("'{}' object is not subscriptable", other.type_name())))
            }
        }
    }

    /// A dictionary indexed by a column: the value that each row names; `default` for rows that name none.
    pub(crate) fn look_up(
        &mut self,
        entries: &crate::value::Dictionary,
        key: &Value,
        default: Option<&Value>,
    ) -> Outcome<Value> {
        let key = self.node(key)?;
        let texts = self.session()?.graph.kind(key) == Kind::Text;
        let mut constants = Vec::with_capacity(entries.len() + 1);
        for (known, value) in entries.values() {
            constants.push((
                match known {
                    Value::Text(text) if texts => Constant::Text(Arc::clone(text)),
                    Value::EnumMember(_, index) => Constant::Int(*index as i64),
                    other => match other.as_int() {
                        Some(number) if !texts => Constant::Int(number),
                        _ => continue,
                    },
                },
                value,
            ));
        }
        if let Some(default) = default {
            // A key that is a truth value stands for all that are not named.
            constants.push((Constant::Bool(true), default));
        }
        let Some(kind) = leaf_kind(constants.iter().map(|(_, value)| *value)) else {
            return Err(Diagnostic::unsupported(
                "a dictionary of other than numbers, truth values and texts, indexed by a column",
                "write select([column == key, …], [value, …])",
            ));
        };
        let mut table = Vec::with_capacity(constants.len());
        for (known, value) in constants {
            table.push((known, Some(leaf(value, kind)?)));
        }
        let graph = &mut self.session()?.graph;
        let shape = graph.shape(key);
        let table = crate::graph::Table { name: Arc::from("a dictionary"), entries: table };
        graph.add(crate::graph::Operation::Lookup(Arc::new(table), key), kind, shape).map(Value::Column)
    }

    /// A list indexed by a column: the element that each row names.
    fn choose_from(&mut self, items: &[Value], key: u32) -> Outcome<Value> {
        let mut result = items.last().cloned().ok_or_else(|| Diagnostic::raised("IndexError", "the list is empty"))?;
        for (index, item) in items.iter().enumerate().rev().skip(1) {
            let condition = self.columns(Binary::Equal, &Value::Column(key), &Value::Int(index as i64))?;
            result = self.choose(&condition, item, &result)?;
        }
        Ok(result)
    }

    /// `where(condition, then, otherwise)` on values.
    pub(crate) fn choose(&mut self, condition: &Value, then: &Value, otherwise: &Value) -> Outcome<Value> {
        if let (Some(condition), false) = (condition.as_number(), matches!(condition, Value::Column(_)))
            && !Self::is_columnar(then)
            && !Self::is_columnar(otherwise)
        {
            return Ok(if condition.float == 0.0 { otherwise.clone() } else { then.clone() });
        }
        let (condition, then, otherwise) = (self.operand(condition)?, self.operand(then)?, self.operand(otherwise)?);
        self.session()?.graph.choose(&condition, &then, &otherwise).map(Value::Column)
    }

    /// `column[mask] = value`: a new column.
    pub(crate) fn masked(&mut self, column: &Value, mask: &Value, value: &Value) -> Outcome<Value> {
        match mask {
            Value::Column(id) if self.session()?.graph.kind(*id) == Kind::Bool => {
                let kept = self.node(column)?;
                let chosen = self.choose(mask, value, column)?;
                let chosen = self.node(&chosen)?;
                let graph = &mut self.session()?.graph;
                let kind = graph.kind(kept);
                graph.convert(chosen, kind).map(Value::Column)
            }
            Value::Slice(bounds) if bounds.iter().all(Value::is_none) => {
                let id = self.node(column)?;
                let value = self.operand(value)?;
                let graph = &mut self.session()?.graph;
                let kind = graph.kind(id);
                graph.settle(&value, kind).map(Value::Column)
            }
            _ => Err(Diagnostic::unsupported(
                "an assignment to a part of a column",
                "write column = where(condition, value, column)",
            )),
        }
    }

    /// `container[index] = value`
    pub(crate) fn set_item(&mut self, container: &Value, index: &Value, value: Value) -> Outcome<()> {
        match container {
            Value::Dict(entries) => {
                lock(entries).insert(index.key()?, (index.clone(), value));
                Ok(())
            }
            Value::List(items) => {
                let mut items = lock(items);
                let place = place(index, items.len())?;
                items[place] = value;
                Ok(())
            }
            Value::Tree(tree) | Value::Children(tree) => match (&mut *lock(tree), index) {
                (Mutable::Node { children, .. }, Value::Text(name)) => {
                    children.insert(name.to_string(), value);
                    Ok(())
                }
                _ => Err(Diagnostic::raised("TypeError", "this parameter has no such element")),
            },
            other => Err(Diagnostic::raised(
                "TypeError",
                format!("'{}' object does not support item assignment", other.type_name()),
            )),
        }
    }

    /// The elements of a column that are among some values.
    pub(crate) fn is_in(&mut self, column: &Value, values: &Value) -> Outcome<Value> {
        let mut result = Value::Bool(false);
        for value in self.iterate(values)? {
            let equal = self.compare(Comparison::Equal, column, &value)?;
            result = match (&result, &equal) {
                (Value::Bool(a), Value::Bool(b)) => Value::Bool(*a || *b),
                (Value::Bool(false), other) => other.clone(),
                (known, other) => self.columns(Binary::Or, known, other)?,
            };
        }
        if let (Value::Bool(value), Value::Column(id)) = (&result, column) {
            let graph = &mut self.session()?.graph;
            let shape = graph.shape(*id);
            return graph.fill(Constant::Bool(*value), Kind::Bool, shape).map(Value::Column);
        }
        Ok(result)
    }

    /// A text test on a column or on a text.
    pub(crate) fn text_test(&mut self, test: TextTest, value: &Value, pattern: &Value) -> Outcome<Value> {
        let mut patterns = Vec::new();
        for one in match pattern {
            Value::Tuple(_) | Value::List(_) => self.iterate(pattern)?,
            one => vec![one.clone()],
        } {
            let Value::Text(text) = one else {
                return Err(Diagnostic::raised("TypeError", "a text test needs a text"));
            };
            patterns.push(text);
        }
        if let Value::Text(text) = value {
            return Ok(Value::Bool(patterns.iter().any(|pattern| match test {
                TextTest::StartsWith => text.starts_with(&**pattern),
                TextTest::EndsWith => text.ends_with(&**pattern),
                TextTest::Contains => text.contains(&**pattern),
            })));
        }
        let id = self.node(value)?;
        let mut result: Option<u32> = None;
        for pattern in patterns {
            let graph = &mut self.session()?.graph;
            if graph.kind(id) != Kind::Text {
                return Err(Diagnostic::raised("TypeError", "string operation on non-string array"));
            }
            let shape = graph.shape(id);
            let one = graph.add(crate::graph::Operation::Test(test, id, pattern), Kind::Bool, shape)?;
            result = Some(match result {
                None => one,
                Some(known) => graph.binary(Binary::Or, &Operand::Node(known), &Operand::Node(one))?,
            });
        }
        result.map(Value::Column).ok_or_else(|| Diagnostic::raised("ValueError", "a text test without a text"))
    }

    /// A set made of any iterable.
    pub(crate) fn set_from(&mut self, value: &Value) -> Outcome<Value> {
        let items = self.iterate(value)?;
        set_of(&items)
    }
}

/// The type that holds all of some plain values; none where one of them is no plain value.
fn leaf_kind<'value>(values: impl Iterator<Item = &'value Value>) -> Option<Kind> {
    let mut kind = None;
    for value in values {
        let own = match value {
            Value::Bool(_) => Kind::Bool,
            Value::Int(_) => Kind::Int64,
            Value::Float(_) => Kind::Float64,
            Value::Text(_) | Value::None => Kind::Text,
            Value::EnumMember(enumeration, _) => Kind::Enum(enumeration.id),
            _ => return None,
        };
        kind = Some(match kind {
            None => own,
            Some(known) if known == own => own,
            // NumPy makes texts of everything beside a text.
            Some(Kind::Text) => Kind::Text,
            Some(_) if own == Kind::Text => Kind::Text,
            Some(known) if known.is_numeric() && own.is_numeric() => crate::graph::promote(known, own)?,
            Some(_) => return None,
        });
    }
    kind
}

fn leaf(value: &Value, kind: Kind) -> Outcome<Constant> {
    let constant = match value {
        Value::Bool(value) => Constant::Bool(*value),
        Value::Int(value) => Constant::Int(*value),
        Value::Float(number) => Constant::Float(*number),
        Value::EnumMember(_, index) => return Ok(Constant::Int(*index as i64)),
        other => Constant::Text(Arc::from(other.display())),
    };
    crate::graph::convert_constant(&constant, kind)
}

fn add_days(date: i32, days: i64) -> Outcome<Value> {
    i64::from(date)
        .checked_add(days)
        .and_then(|sum| i32::try_from(sum).ok())
        .filter(|sum| (1..=9999).contains(&Instant::from_days(*sum).year))
        .map(Value::Date)
        .ok_or_else(|| Diagnostic::raised("OverflowError", "date value out of range"))
}

fn scalar_arithmetic(operator: Arithmetic, left: &Value, right: &Value) -> Outcome<Value> {
    if let Value::Poison(diagnostic) = left {
        return Err((**diagnostic).clone());
    }
    if let Value::Poison(diagnostic) = right {
        return Err((**diagnostic).clone());
    }
    let Some(operation) = binary_of(operator) else { return Err(unfit(symbol(operator), left, right)) };
    if let (Value::Bool(a), Value::Bool(b)) = (left, right) {
        match operator {
            Arithmetic::And => return Ok(Value::Bool(a & b)),
            Arithmetic::Or => return Ok(Value::Bool(a | b)),
            Arithmetic::Xor => return Ok(Value::Bool(a ^ b)),
            _ => {}
        }
    }
    let (Some(a), Some(b)) = (left.as_number(), right.as_number()) else {
        return Err(unfit(symbol(operator), left, right));
    };
    if matches!(operator, Arithmetic::Divide | Arithmetic::FloorDivide | Arithmetic::Modulo) && b.float == 0.0 {
        return Err(Diagnostic::raised("ZeroDivisionError", "division by zero"));
    }
    if let (Some(a), Some(b)) = (left.as_int(), right.as_int())
        && operator != Arithmetic::Divide
        && !(operator == Arithmetic::Power && b < 0)
    {
        return match fold_binary(operation, &Constant::Int(a), &Constant::Int(b), Kind::Int64) {
            Some(Constant::Int(value)) => Ok(Value::Int(value)),
            _ => Err(overflow()),
        };
    }
    let exact_floor = |x: Rational, y: Rational| Some(Rational::integer(x.divide(y)?.floor()));
    Ok(Value::Float(match operator {
        Arithmetic::Add => a.combine(b, |x, y| x + y, Rational::plus),
        Arithmetic::Subtract => a.combine(b, |x, y| x - y, Rational::subtract),
        Arithmetic::Multiply => a.combine(b, |x, y| x * y, Rational::multiply),
        Arithmetic::Divide => a.combine(b, |x, y| x / y, Rational::divide),
        Arithmetic::FloorDivide => a.combine(b, |x, y| (x / y).floor(), exact_floor),
        Arithmetic::Modulo => {
            a.combine(b, |x, y| x - y * (x / y).floor(), |x, y| x.subtract(y.multiply(exact_floor(x, y)?)?))
        }
        Arithmetic::Power => power(a, b),
        _ => return Err(unfit(symbol(operator), left, right)),
    }))
}

/// A power; exact for whole exponents.
pub(crate) fn power(base: Number, exponent: Number) -> Number {
    let exact = match (base.exact, exponent.exact) {
        (Some(base), Some(exponent)) if exponent.denominator() == 1 => {
            i64::try_from(exponent.numerator()).ok().and_then(|exponent| base.power(exponent))
        }
        _ => None,
    };
    Number { float: base.float.powf(exponent.float), exact }
}

/// `"…%s…" % values`
fn percent_format(text: &str, values: &Value) -> Outcome<Value> {
    let values = match values {
        Value::Tuple(items) => items.to_vec(),
        one => vec![one.clone()],
    };
    let mut values = values.into_iter();
    let mut result = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            result.push(character);
            continue;
        }
        match characters.next() {
            Some('%') => result.push('%'),
            Some('s' | 'd' | 'r') => {
                let value = values
                    .next()
                    .ok_or_else(|| Diagnostic::raised("TypeError", "not enough arguments for format string"))?;
                result.push_str(&value.display());
                bounded(result.len())?;
            }
            _ => return Err(Diagnostic::unsupported("this «%» format", "write an f-string")),
        }
    }
    Ok(Value::text(result))
}
