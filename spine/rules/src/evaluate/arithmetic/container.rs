//! What holds other values: membership, iteration, subscripts, tables looked up by a column.

use super::super::{Evaluator, branch_on_column, set_of};
use crate::diagnostic::Diagnostic;
use crate::graph::{Binary, Constant, Kind, Operand, TextTest};
use crate::syntax::Comparison;
use crate::value::{Key, Mutable, Outcome, Value, lock, shared};
use std::sync::Arc;

impl Evaluator {
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
            Value::Dict(entries) | Value::Set(entries) => self.is_key(entries, item),
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
            (Value::List(_), Value::Tuple(indices)) => self.index_along(object, indices),
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
                self.look_up_in(entries, index, None)
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

    /// An array of several dimensions, as `table[rows, 1:]` or `table[np.newaxis, :]` index it: one index for each.
    fn index_along(&mut self, object: &Value, indices: &[Value]) -> Outcome<Value> {
        let Some((first, rest)) = indices.split_first() else { return Ok(object.clone()) };
        if first.is_none() {
            return Ok(Value::list(vec![self.index_along(object, rest)?]));
        }
        let Value::List(items) = object else {
            return Err(Diagnostic::raised("IndexError", "too many indices for array"));
        };
        let items = lock(items).clone();
        let mut each = |items: Vec<Value>| -> Outcome<Vec<Value>> {
            items.iter().map(|item| self.index_along(item, rest)).collect()
        };
        match first {
            Value::Slice(bounds) => {
                Ok(Value::list(each(slice(bounds, items.len())?.into_iter().map(|at| items[at].clone()).collect())?))
            }
            Value::Column(key) => {
                let items = each(items)?;
                self.choose_from(&items, *key)
            }
            index => self.index_along(&items[place(index, items.len())?].clone(), rest),
        }
    }

    /// A list indexed by a column: the element that each row names. Plain values become one table, others a choice.
    fn choose_from(&mut self, items: &[Value], key: u32) -> Outcome<Value> {
        if items.len() > 2 && items.iter().all(|item| !Self::is_columnar(item)) && leaf_kind(items.iter()).is_some() {
            let mut table = crate::value::Dictionary::new();
            for (index, item) in items.iter().enumerate() {
                let index = Value::Int(index as i64);
                table.insert(index.key()?, (index, item.clone()));
            }
            return self.look_up(&table, &Value::Column(key), items.last());
        }
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
