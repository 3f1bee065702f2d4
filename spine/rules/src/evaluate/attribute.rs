//! Attributes: `object.name`.

use super::{Evaluator, library};
use crate::diagnostic::Diagnostic;
use crate::graph::Kind;
use crate::number::Number;
use crate::period::{Instant, Period, Unit};
use crate::syntax::Name;
use crate::value::{Outcome, Value, lock, shared};
use std::sync::Arc;

fn missing(value: &Value, name: &str) -> Diagnostic {
    Diagnostic::raised("AttributeError", format!("'{}' object has no attribute '{name}'", value.type_name()))
}

fn no_date() -> Diagnostic {
    Diagnostic::raised("OverflowError", "date value out of range")
}

pub(crate) fn period_attribute(period: Period, name: &str) -> Outcome<Option<Value>> {
    let size = |size: Option<i32>, unit: &str| {
        size.map(|size| Value::Int(i64::from(size))).ok_or_else(|| {
            Diagnostic::raised("ValueError", format!("Can't calculate number of {unit} in a {}.", period.unit.name()))
        })
    };
    let moved = |base: Period, size: i32, by: i32| {
        Period { size, ..base }.offset(by, None).map(Value::Period).ok_or_else(no_date)
    };
    let start_one = |unit: Unit| Ok(Value::Period(Period::one(unit, period.start)));
    Ok(Some(match name {
        "start" => Value::Instant(period.start),
        "stop" => Value::Instant(period.stop().ok_or_else(no_date)?),
        "unit" => Value::Unit(period.unit),
        "size" => Value::Int(i64::from(period.size)),
        "date" => Value::Date(period.start.days()),
        "days" | "size_in_days" => size(period.size_in_days(), "days")?,
        "size_in_years" => size(period.size_in_years(), "years")?,
        "size_in_months" => size(period.size_in_months(), "months")?,
        "size_in_weeks" => size(period.size_in_weeks(), "weeks")?,
        "size_in_weekdays" => size(period.size_in_weekdays(), "weekdays")?,
        "this_year" => Value::Period(period.first(Unit::Year)),
        "first_month" => Value::Period(period.first(Unit::Month)),
        "first_week" => Value::Period(period.first(Unit::Week)),
        "first_day" => start_one(Unit::Day)?,
        "first_weekday" => start_one(Unit::Weekday)?,
        "last_month" => moved(period.first(Unit::Month), 1, -1)?,
        "last_3_months" => moved(period.first(Unit::Month), 3, -3)?,
        "last_year" => moved(period.first(Unit::Year), 1, -1)?,
        "n_2" => moved(period.first(Unit::Year), 1, -2)?,
        "last_week" => moved(period.first(Unit::Week), 1, -1)?,
        "last_fortnight" => moved(period.first(Unit::Week), 1, -2)?,
        "last_2_weeks" => moved(period.first(Unit::Week), 2, -2)?,
        "last_26_weeks" => moved(period.first(Unit::Week), 26, -26)?,
        "last_52_weeks" => moved(period.first(Unit::Week), 52, -52)?,
        "is_eternal" => Value::Bool(period == Period::ETERNITY),
        _ => return Ok(None),
    }))
}

impl Evaluator {
    /// `object.name`
    pub(crate) fn attribute(&mut self, object: &Value, name: &Name) -> Outcome<Value> {
        let method = || Value::Method(Arc::new((object.clone(), Arc::clone(name))));
        match object {
            Value::Period(period) => Ok(period_attribute(*period, name)?.unwrap_or_else(method)),
            Value::Instant(instant) => Ok(match &**name {
                "year" => Value::Int(i64::from(instant.year)),
                "month" => Value::Int(i64::from(instant.month)),
                "day" => Value::Int(i64::from(instant.day)),
                "date" => Value::Date(instant.days()),
                "is_eternal" => Value::Bool(*instant == Instant::ETERNITY),
                _ => method(),
            }),
            Value::Date(days) => {
                let instant = Instant::from_days(*days);
                Ok(match &**name {
                    "year" => Value::Int(i64::from(instant.year)),
                    "month" => Value::Int(i64::from(instant.month)),
                    "day" => Value::Int(i64::from(instant.day)),
                    _ => method(),
                })
            }
            Value::Days(days) => Ok(match &**name {
                "days" => Value::Int(*days),
                _ => method(),
            }),
            Value::Unit(unit) => match &**name {
                "name" | "value" => Ok(Value::text(unit.name())),
                _ => Ok(method()),
            },
            Value::Column(id) => self.column_attribute(*id, name, &method),
            Value::EnumType(enumeration) => {
                if let Some(index) = enumeration.index(name) {
                    return Ok(Value::EnumMember(Arc::clone(enumeration), index));
                }
                match &**name {
                    "__name__" => Ok(Value::Text(Arc::clone(&enumeration.name))),
                    "names" | "_member_names_" => Ok(Value::list(
                        enumeration.members.iter().map(|(name, _)| Value::Text(Arc::clone(name))).collect(),
                    )),
                    "encode" | "items" => Ok(method()),
                    "__members__" | "_member_map_" => {
                        let mut members = crate::value::Dictionary::new();
                        for (index, (member, _)) in enumeration.members.iter().enumerate() {
                            let key = Value::Text(Arc::clone(member));
                            members.insert(key.key()?, (key, Value::EnumMember(Arc::clone(enumeration), index)));
                        }
                        Ok(Value::Dict(shared(members)))
                    }
                    _ => Err(Diagnostic::raised(
                        "AttributeError",
                        format!("{} has no member '{name}'", enumeration.name),
                    )),
                }
            }
            Value::EnumMember(enumeration, index) => match &**name {
                "name" => Ok(Value::Text(Arc::clone(&enumeration.members[*index].0))),
                "value" => Ok(match enumeration.numbers.get(*index) {
                    Some(Some(number)) => Value::Int(*number),
                    _ => Value::text(&enumeration.members[*index].1),
                }),
                "index" => Ok(Value::Int(*index as i64)),
                "possible_values" | "__class__" => Ok(Value::EnumType(Arc::clone(enumeration))),
                _ => Err(missing(object, name)),
            },
            Value::Entity(entity) => {
                if let Some(role) = entity.role_in_capitals(name) {
                    return Ok(Value::Role(Arc::new(role)));
                }
                let roles = || {
                    entity
                        .roles
                        .iter()
                        .filter_map(|role| entity.role(&role.key))
                        .map(|role| Value::Role(Arc::new(role)))
                        .collect::<Vec<_>>()
                };
                Ok(match &**name {
                    "key" => Value::Text(Arc::clone(&entity.key)),
                    "plural" => Value::Text(Arc::clone(&entity.plural)),
                    "label" => Value::text(&entity.label),
                    "is_person" => Value::Bool(entity.is_person),
                    "roles" => Value::list(roles()),
                    "flattened_roles" => Value::list(
                        entity
                            .flattened_roles()
                            .iter()
                            .filter_map(|key| entity.role(key))
                            .map(|role| Value::Role(Arc::new(role)))
                            .collect(),
                    ),
                    _ => return Err(missing(object, name)),
                })
            }
            Value::Role(role) => Ok(match &**name {
                "key" => Value::Text(Arc::clone(&role.key)),
                "max" => role.max.map_or(Value::None, |max| Value::Int(max as i64)),
                _ => return Err(missing(object, name)),
            }),
            Value::Population(projector) => self.population_attribute(projector, name),
            Value::Holder(variable) => self.holder_attribute(variable, name),
            Value::ParameterAt(node, instant) => self.parameter_attribute(node, instant, name),
            Value::Indexed(indexed) => self.indexed_child(indexed, name),
            Value::Scale(scale) => {
                let scale = lock(scale).clone();
                let numbers =
                    |numbers: &[Number]| Value::list(numbers.iter().map(|number| Value::Float(*number)).collect());
                Ok(match &**name {
                    "thresholds" => numbers(&scale.thresholds),
                    "rates" | "amounts" => numbers(&scale.values),
                    "name" => Value::Text(Arc::clone(&scale.name)),
                    _ => method(),
                })
            }
            Value::Tree(_) => Self::tree_attribute(object, name),
            Value::Module(module) => self.module_attribute(module, name),
            Value::Library(path) => Ok(library::attribute(path, name)),
            Value::Builtin(builtin) => Ok(library::builtin_attribute(builtin, name)),
            Value::Class(class) => {
                if let Some(value) = class.attribute(name) {
                    return Ok(unmark(value, object));
                }
                match &**name {
                    "__name__" => Ok(Value::Text(Arc::clone(&class.name))),
                    _ => Err(Diagnostic::raised(
                        "AttributeError",
                        format!("type object '{}' has no attribute '{name}'", class.name),
                    )),
                }
            }
            Value::Object(instance) => {
                if let Some(value) = lock(&instance.attributes).get(name).cloned() {
                    return Ok(value);
                }
                match instance.class.attribute(name) {
                    Some(Value::Bound(bound)) if is_property(&bound.1) => {
                        self.call(&bound.0, super::Arguments::positional(vec![object.clone()]))
                    }
                    Some(value) => Ok(bind(value, object)),
                    None if &**name == "__class__" => Ok(Value::Class(Arc::clone(&instance.class))),
                    None => Err(missing(object, name)),
                }
            }
            Value::System(system) => self.system_attribute(system, object, name),
            Value::Function(function) => match &**name {
                "__name__" => Ok(Value::Text(Arc::clone(&function.definition.name))),
                "__doc__" => Ok(function.definition.documentation.clone().map_or(Value::None, Value::Text)),
                _ => Err(missing(object, name)),
            },
            Value::Kind(_) => Ok(method()),
            Value::Exception(..) if &**name == "args" => Ok(Value::tuple(vec![Value::text(object.display())])),
            Value::Poison(diagnostic) => Err((**diagnostic).clone()),
            Value::None | Value::Ellipsis => Err(missing(object, name)),
            _ => Ok(method()),
        }
    }

    fn column_attribute(&mut self, id: u32, name: &Name, method: &dyn Fn() -> Value) -> Outcome<Value> {
        let session = self.session()?;
        match &**name {
            "possible_values" => match session.graph.kind(id) {
                Kind::Enum(number) => session.enumeration(number).map(Value::EnumType),
                _ => Err(Diagnostic::raised("AttributeError", "only columns of an enumeration have possible values")),
            },
            "dtype" => Ok(Value::Kind(session.graph.kind(id))),
            "T" => Ok(Value::Column(id)),
            "size" => match session.graph.shape(id) {
                crate::graph::Shape::Entity(entity) => Ok(Value::Count(entity)),
                crate::graph::Shape::Scalar => Ok(Value::Int(1)),
            },
            "shape" => match session.graph.shape(id) {
                crate::graph::Shape::Entity(entity) => Ok(Value::tuple(vec![Value::Count(entity)])),
                crate::graph::Shape::Scalar => Ok(Value::tuple(vec![])),
            },
            _ => Ok(method()),
        }
    }

    /// `object.name = value`
    pub(crate) fn set_attribute(&mut self, object: &Value, name: &Name, value: Value) -> Outcome<()> {
        match object {
            Value::Object(instance) => {
                lock(&instance.attributes).insert(Arc::clone(name), value);
                Ok(())
            }
            Value::Class(class) => {
                lock(&class.attributes).insert(Arc::clone(name), value);
                Ok(())
            }
            Value::System(system) => self.set_system_attribute(system, name, value),
            Value::Tree(_) => Self::set_tree_attribute(object, name, value),
            Value::Module(module) => {
                module.scope.set(name, value);
                Ok(())
            }
            other => Err(Diagnostic::raised(
                "AttributeError",
                format!("'{}' object attribute '{name}' is read-only", other.type_name()),
            )),
        }
    }
}

fn is_property(marks: &[Value]) -> bool {
    matches!(marks.first(), Some(Value::Builtin(name)) if &**name == "property")
}

/// A method of an instance knows its object; static ones do not.
pub(crate) fn bind(value: Value, object: &Value) -> Value {
    match value {
        Value::Function(_) => Value::Bound(Arc::new((value, vec![object.clone()]))),
        other => unmark(other, object),
    }
}

/// A function without the mark of its decorator.
pub(crate) fn unmark(value: Value, object: &Value) -> Value {
    let Value::Bound(bound) = &value else { return value };
    match bound.1.first() {
        Some(Value::Builtin(name)) if &**name == "staticmethod" => bound.0.clone(),
        Some(Value::Builtin(name)) if &**name == "classmethod" => {
            let class = match object {
                Value::Object(instance) => Value::Class(Arc::clone(&instance.class)),
                Value::System(system) => Value::Class(Arc::clone(&system.class)),
                other => other.clone(),
            };
            Value::Bound(Arc::new((bound.0.clone(), vec![class])))
        }
        _ => value,
    }
}
