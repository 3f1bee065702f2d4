//! Methods of lists, dictionaries and sets.

use super::super::{Arguments, Evaluator, bounded};
use crate::diagnostic::Diagnostic;
use crate::syntax::{Comparison, Name};
use crate::value::{Key, Outcome, Value, lock, shared};
use std::sync::Arc;

impl Evaluator {
    pub(crate) fn container_method(&mut self, object: &Value, name: &Name, arguments: &Arguments) -> Outcome<Value> {
        let missing = || {
            Diagnostic::raised("AttributeError", format!("'{}' object has no attribute '{name}'", object.type_name()))
        };
        match object {
            Value::List(items) => match &**name {
                "append" => lock(items).push(arguments.require(0, "object", name)?),
                "extend" => {
                    let more = self.iterate(&arguments.require(0, "iterable", name)?)?;
                    bounded(more.len())?;
                    lock(items).extend(more);
                }
                "insert" => {
                    let place = arguments
                        .require(0, "index", name)?
                        .as_int()
                        .and_then(|place| usize::try_from(place).ok())
                        .unwrap_or(0);
                    let mut items = lock(items);
                    let place = place.min(items.len());
                    items.insert(place, arguments.require(1, "object", name)?);
                }
                "pop" => {
                    let mut items = lock(items);
                    let place = super::super::arithmetic::place(
                        &arguments.take(0, "index").unwrap_or(Value::Int(-1)),
                        items.len(),
                    )?;
                    return Ok(items.remove(place));
                }
                "remove" => {
                    let wanted = arguments.require(0, "value", name)?;
                    let known = lock(items).clone();
                    for (place, item) in known.iter().enumerate() {
                        if self.equal(item, &wanted)? {
                            lock(items).remove(place);
                            return Ok(Value::None);
                        }
                    }
                    return Err(Diagnostic::raised("ValueError", "list.remove(x): x not in list"));
                }
                "reverse" => lock(items).reverse(),
                "clear" => lock(items).clear(),
                "sort" => {
                    let sorted = self.call_builtin(
                        "sorted",
                        &Arguments { positional: vec![object.clone()], named: arguments.named.clone() },
                    )?;
                    let sorted = self.iterate(&sorted)?;
                    *lock(items) = sorted;
                }
                "copy" => return Ok(Value::list(lock(items).clone())),
                "astype" | "tolist" | "flatten" => return Ok(object.clone()),
                "index" | "count" => return self.sequence_search(object, name, arguments),
                "sum" | "max" | "min" => return self.call_builtin(name, &Arguments::positional(vec![object.clone()])),
                _ => return Err(missing()),
            },
            Value::Tuple(_) => {
                return if matches!(&**name, "index" | "count") {
                    self.sequence_search(object, name, arguments)
                } else {
                    Err(missing())
                };
            }
            Value::Dict(entries) => {
                let key = || arguments.require(0, "key", name);
                match &**name {
                    "get" if Self::is_columnar(&key()?) => {
                        let default = arguments.take(1, "default").unwrap_or(Value::None);
                        return self.look_up_in(entries, &key()?, Some(&default));
                    }
                    "get" => {
                        let found = lock(entries).get(&key()?.key()?).map(|(_, value)| value.clone());
                        return Ok(found.unwrap_or_else(|| arguments.take(1, "default").unwrap_or(Value::None)));
                    }
                    "keys" => return Ok(Value::list(lock(entries).values().map(|(key, _)| key.clone()).collect())),
                    "values" => {
                        return Ok(Value::list(lock(entries).values().map(|(_, value)| value.clone()).collect()));
                    }
                    "items" => {
                        return Ok(Value::list(
                            lock(entries)
                                .values()
                                .map(|(key, value)| Value::tuple(vec![key.clone(), value.clone()]))
                                .collect(),
                        ));
                    }
                    "pop" => {
                        let found = lock(entries).shift_remove(&key()?.key()?).map(|(_, value)| value);
                        return found
                            .or_else(|| arguments.take(1, "default"))
                            .ok_or_else(|| Diagnostic::raised("KeyError", "no such key"));
                    }
                    "update" => {
                        if let Some(Value::Dict(other)) = arguments.positional.first() {
                            let other = lock(other).clone();
                            lock(entries).extend(other);
                        }
                        for (name, value) in &arguments.named {
                            lock(entries)
                                .insert(Key::Text(Arc::clone(name)), (Value::Text(Arc::clone(name)), value.clone()));
                        }
                    }
                    "setdefault" => {
                        let key = key()?;
                        let default = arguments.take(1, "default").unwrap_or(Value::None);
                        return Ok(lock(entries).entry(key.key()?).or_insert((key, default)).1.clone());
                    }
                    "copy" => return Ok(Value::Dict(shared(lock(entries).clone()))),
                    "clear" => lock(entries).clear(),
                    _ => return Err(missing()),
                }
            }
            Value::Set(entries) => match &**name {
                "add" => {
                    let item = arguments.require(0, "elem", name)?;
                    lock(entries).insert(item.key()?, (item, Value::None));
                }
                "discard" | "remove" => {
                    lock(entries).shift_remove(&arguments.require(0, "elem", name)?.key()?);
                }
                "union" | "intersection" | "difference" | "update" => {
                    let other = self.set_from(&arguments.require(0, "other", name)?)?;
                    let operator = match &**name {
                        "intersection" => crate::syntax::Arithmetic::And,
                        "difference" => crate::syntax::Arithmetic::Subtract,
                        _ => crate::syntax::Arithmetic::Or,
                    };
                    let result = self.arithmetic(operator, object, &other)?;
                    if let ("update", Value::Set(result)) = (&**name, &result) {
                        let result = lock(result).clone();
                        *lock(entries) = result;
                        return Ok(Value::None);
                    }
                    return Ok(result);
                }
                "issubset" => {
                    let other = arguments.require(0, "other", name)?;
                    for item in self.iterate(object)? {
                        if !self.contains(&other, &item)? {
                            return Ok(Value::Bool(false));
                        }
                    }
                    return Ok(Value::Bool(true));
                }
                _ => return Err(missing()),
            },
            _ => return Err(missing()),
        }
        Ok(Value::None)
    }

    fn sequence_search(&mut self, object: &Value, name: &str, arguments: &Arguments) -> Outcome<Value> {
        let wanted = arguments.require(0, "value", name)?;
        let mut count = 0;
        for (place, item) in self.iterate(object)?.iter().enumerate() {
            let equal = self.compare(Comparison::Equal, item, &wanted)?;
            if self.truth(&equal)? {
                if name == "index" {
                    return Ok(Value::Int(place as i64));
                }
                count += 1;
            }
        }
        if name == "index" {
            Err(Diagnostic::raised("ValueError", format!("{} is not in list", wanted.represent())))
        } else {
            Ok(Value::Int(count))
        }
    }
}
