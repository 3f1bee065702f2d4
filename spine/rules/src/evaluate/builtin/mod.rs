//! Python's built-in functions, the standard library's few that packages use, and OpenFisca's own.

mod modules;
mod openfisca;

use super::{Arguments, Evaluator};
use crate::diagnostic::Diagnostic;
use crate::number::{Number, Rational};
use crate::period::{Instant, Period, Unit, days_from_civil, days_in_month};
use crate::syntax::Arithmetic;
use crate::value::{ClassKind, Dictionary, Key, Outcome, Value, lock, shared};
use std::cmp::Ordering;
use std::sync::Arc;

/// `openfisca_core.periods.period(value)`
pub(crate) fn period(value: &Value) -> Outcome<Period> {
    match value {
        Value::Period(period) => Ok(*period),
        Value::Instant(instant) => Ok(Period::one(Unit::Day, *instant)),
        Value::Date(days) => Ok(Period::one(Unit::Day, Instant::from_days(*days))),
        Value::Int(year) => {
            i32::try_from(*year).ok().and_then(Period::year).ok_or_else(|| period_error(&value.display()))
        }
        Value::Text(text) => Period::parse(text).ok_or_else(|| period_error(text)),
        Value::Unit(Unit::Eternity) => Ok(Period::ETERNITY),
        other => Err(period_error(&other.display())),
    }
}

/// The refusal of a text that is no period, in OpenFisca's words.
pub(crate) fn period_error(text: &str) -> Diagnostic {
    Diagnostic::raised(
        "ValueError",
        format!(
            "Expected a period (eg. '2017', 'month:2017-01', 'week:2017-W01-1:3', ...); got: '{text}'. Learn more about legal period formats in OpenFisca: <https://openfisca.org/doc/coding-the-legislation/35_periods.html#periods-in-simulations>."
        ),
    )
}

/// `openfisca_core.periods.instant(value)`
pub(crate) fn instant(value: &Value) -> Outcome<Instant> {
    match value {
        Value::Instant(instant) => Ok(*instant),
        Value::Period(period) => Ok(period.start),
        Value::Date(days) => Ok(Instant::from_days(*days)),
        Value::Text(text) => match Instant::parse(text) {
            Some((instant, _)) => Ok(instant),
            None => Period::parse(text)
                .map(|period| period.start)
                .ok_or_else(|| Diagnostic::raised("ValueError", format!("'{text}' is not a valid instant string"))),
        },
        Value::Int(year) => i32::try_from(*year)
            .ok()
            .and_then(|year| Instant::new(year, 1, 1))
            .ok_or_else(|| Diagnostic::raised("ValueError", format!("'{year}' is not a valid instant"))),
        Value::List(_) | Value::Tuple(_) => {
            let parts: Vec<i64> = match value {
                Value::List(items) => lock(items).iter().filter_map(Value::as_int).collect(),
                Value::Tuple(items) => items.iter().filter_map(Value::as_int).collect(),
                _ => Vec::new(),
            };
            let part = |place: usize| parts.get(place).copied().unwrap_or(1);
            date(part(0), part(1), part(2)).map(Instant::from_days)
        }
        other => Err(Diagnostic::raised("ValueError", format!("'{}' is not a valid instant", other.display()))),
    }
}

/// Days of a date given in parts.
pub(crate) fn date(year: i64, month: i64, day: i64) -> Outcome<i32> {
    let parts = (i32::try_from(year), u8::try_from(month), u8::try_from(day));
    match parts {
        (Ok(year), Ok(month), Ok(day))
            if (1..=9999).contains(&year)
                && (1..=12).contains(&month)
                && day >= 1
                && day <= days_in_month(year, month) =>
        {
            Ok(days_from_civil(year, month, day))
        }
        _ => Err(Diagnostic::raised("ValueError", format!("{year}-{month}-{day} is not a date"))),
    }
}

/// `format(value, specification)`: widths, zeros and decimals.
pub(crate) fn format(value: &Value, specification: &str) -> Outcome<String> {
    if specification.is_empty() {
        return Ok(value.display());
    }
    let unknown = || Diagnostic::unsupported(format!("the format «{specification}»"), "use formats such as 02d or .2f");
    let (body, letter) = match specification.chars().last() {
        Some(last) if last.is_ascii_alphabetic() => (&specification[..specification.len() - 1], Some(last)),
        _ => (specification, None),
    };
    let (width, decimals) = body.split_once('.').map_or((body, None), |(width, decimals)| (width, Some(decimals)));
    let zero = width.starts_with('0');
    let width: usize = if width.is_empty() { 0 } else { width.parse().map_err(|_| unknown())? };
    let text = match (letter, decimals) {
        (Some('f') | None, Some(decimals)) => {
            let decimals: usize = decimals.parse().map_err(|_| unknown())?;
            let number = value.as_number().ok_or_else(unknown)?;
            format!("{:.*}", decimals.min(30), number.float)
        }
        (Some('d' | 's') | None, None) => value.display(),
        (Some('%'), _) => return Err(unknown()),
        _ => return Err(unknown()),
    };
    let width = width.min(200);
    Ok(if zero { format!("{text:0>width$}") } else { format!("{text:>width$}") })
}

impl Evaluator {
    /// Calls something of Python, NumPy or OpenFisca by its name.
    pub(crate) fn call_builtin(&mut self, name: &str, arguments: &Arguments) -> Outcome<Value> {
        if let Some(function) = name.strip_prefix("numpy.") {
            return self.call_numpy(function, arguments);
        }
        if let Some(function) = name.strip_prefix("openfisca.") {
            return self.call_openfisca(function, arguments);
        }
        if let Some((module, function)) = name.split_once('.') {
            return self.call_library(module, function, arguments);
        }
        self.call_python(name, arguments)
    }

    fn call_python(&mut self, name: &str, arguments: &Arguments) -> Outcome<Value> {
        let first = || arguments.require(0, "object", name);
        if let Some(found) = self.python_of_everybody(name, arguments)? {
            return Ok(found);
        }
        Ok(match name {
            "len" => self.length(&first()?)?,
            "sum" => {
                let mut total = arguments.take(1, "start").unwrap_or(Value::Int(0));
                for item in self.iterate(&first()?)? {
                    total = self.arithmetic(Arithmetic::Add, &total, &item)?;
                }
                total
            }
            "min" | "max" => self.least_or_greatest(name, arguments)?,
            "abs" => self.call_numpy("absolute", arguments)?,
            "round" => self.round(&first()?, arguments.take(1, "ndigits"))?,
            "int" => self.int_of(&first().unwrap_or(Value::Int(0)))?,
            "float" => self.float_of(&first().unwrap_or(Value::Int(0)))?,
            "bool" => Value::Bool(self.truth(&first().unwrap_or(Value::None))?),
            "str" => match first() {
                Ok(Value::Column(_)) => {
                    return Err(Diagnostic::unsupported(
                        "str(…) of a column",
                        "use values that are known from period and parameters",
                    ));
                }
                Ok(value) => Value::text(value.display()),
                Err(_) => Value::text(""),
            },
            "repr" => Value::text(first()?.represent()),
            "list" | "iter" => {
                Value::list(if arguments.positional.is_empty() { Vec::new() } else { self.iterate(&first()?)? })
            }
            "tuple" => {
                Value::tuple(if arguments.positional.is_empty() { Vec::new() } else { self.iterate(&first()?)? })
            }
            "set" | "frozenset" => {
                if arguments.positional.is_empty() {
                    Value::Set(shared(Dictionary::new()))
                } else {
                    self.set_from(&first()?)?
                }
            }
            "dict" => self.dictionary_of(arguments)?,
            "range" => range(arguments)?,
            "enumerate" => {
                let start = arguments.take(1, "start").and_then(|start| start.as_int()).unwrap_or(0);
                let items = self.iterate(&first()?)?;
                Value::list(
                    items
                        .into_iter()
                        .enumerate()
                        .map(|(index, item)| Value::tuple(vec![Value::Int(start + index as i64), item]))
                        .collect(),
                )
            }
            "zip" => {
                let columns =
                    arguments.positional.iter().map(|value| self.iterate(value)).collect::<Outcome<Vec<_>>>()?;
                let length = columns.iter().map(Vec::len).min().unwrap_or(0);
                Value::list(
                    (0..length)
                        .map(|index| Value::tuple(columns.iter().map(|column| column[index].clone()).collect()))
                        .collect(),
                )
            }
            "map" => {
                let columns = arguments
                    .positional
                    .iter()
                    .skip(1)
                    .map(|value| self.iterate(value))
                    .collect::<Outcome<Vec<_>>>()?;
                let length = columns.iter().map(Vec::len).min().unwrap_or(0);
                let function = first()?;
                let mut results = Vec::with_capacity(length);
                for index in 0..length {
                    results.push(self.call(
                        &function,
                        Arguments::positional(columns.iter().map(|column| column[index].clone()).collect()),
                    )?);
                }
                Value::list(results)
            }
            "filter" => {
                let function = first()?;
                let mut kept = Vec::new();
                for item in self.iterate(&arguments.require(1, "iterable", name)?)? {
                    let wanted = if function.is_none() {
                        item.clone()
                    } else {
                        self.call(&function, Arguments::positional(vec![item.clone()]))?
                    };
                    if self.truth(&wanted)? {
                        kept.push(item);
                    }
                }
                Value::list(kept)
            }
            "sorted" => self.sorted(arguments)?,
            "reversed" => {
                let mut items = self.iterate(&first()?)?;
                items.reverse();
                Value::list(items)
            }
            "any" | "all" => {
                for item in self.iterate(&first()?)? {
                    if self.truth(&item)? == (name == "any") {
                        return Ok(Value::Bool(name == "any"));
                    }
                }
                Value::Bool(name == "all")
            }
            "isinstance" | "issubclass" => {
                Value::Bool(is_instance(&first()?, &arguments.require(1, "classinfo", name)?))
            }
            "hasattr" => {
                let attribute = self.attribute(&first()?, &Arc::from(arguments.require(1, "name", name)?.display()));
                Value::Bool(!matches!(attribute, Err(_) | Ok(Value::Method(_))))
            }
            "getattr" => {
                let attribute = arguments.require(1, "name", name)?;
                let Value::Text(attribute) = attribute else {
                    return Err(Diagnostic::raised("TypeError", "attribute name must be string"));
                };
                match (self.attribute(&first()?, &attribute), arguments.take(2, "default")) {
                    (Err(fault), Some(default))
                        if Self::is_raised(&fault, "AttributeError")
                            || Self::is_raised(&fault, "ParameterNotFoundError") =>
                    {
                        default
                    }
                    (result, _) => result?,
                }
            }
            "setattr" => {
                let attribute: crate::syntax::Name = Arc::from(arguments.require(1, "name", name)?.display());
                self.set_attribute(&first()?, &attribute, arguments.require(2, "value", name)?)?;
                Value::None
            }
            "type" => self.type_of(arguments)?,
            "print" => Value::None,
            "callable" => Value::Bool(matches!(
                first()?,
                Value::Function(_) | Value::Builtin(_) | Value::Method(_) | Value::Bound(_) | Value::Class(_)
            )),
            "divmod" => {
                let (a, b) = (first()?, arguments.require(1, "y", name)?);
                Value::tuple(vec![
                    self.arithmetic(Arithmetic::FloorDivide, &a, &b)?,
                    self.arithmetic(Arithmetic::Modulo, &a, &b)?,
                ])
            }
            "pow" => self.arithmetic(Arithmetic::Power, &first()?, &arguments.require(1, "exp", name)?)?,
            "next" => self
                .iterate(&first()?)?
                .into_iter()
                .next()
                .or_else(|| arguments.take(1, "default"))
                .ok_or_else(|| Diagnostic::raised("StopIteration", ""))?,
            "format" => Value::text(format(
                &first()?,
                &arguments.take(1, "format_spec").map_or_else(String::new, |spec| spec.display()),
            )?),
            "ord" => {
                Value::Int(first()?.display().chars().next().map_or(0, |character| i64::from(u32::from(character))))
            }
            "chr" => Value::text(
                first()?
                    .as_int()
                    .and_then(|code| u32::try_from(code).ok())
                    .and_then(char::from_u32)
                    .map(String::from)
                    .unwrap_or_default(),
            ),
            "object" | "property" | "staticmethod" | "classmethod" => first().unwrap_or(Value::None),
            "slice" => Value::Slice(Arc::new([
                arguments.take(0, "start").unwrap_or(Value::None),
                arguments.take(1, "stop").unwrap_or(Value::None),
                Value::None,
            ])),
            "open" => {
                let path = self.readable(&first()?.display())?;
                Value::Bound(Arc::new((Value::builtin("file"), vec![Value::text(path.to_string_lossy())])))
            }
            exception
                if exception.ends_with("Error")
                    || exception.ends_with("Exception")
                    || exception.ends_with("Iteration")
                    || exception.ends_with("Warning") =>
            {
                Value::Exception(
                    Arc::from(exception),
                    Arc::from(arguments.positional.first().map_or_else(String::new, Value::display)),
                )
            }
            other => {
                return Err(Diagnostic::unsupported(
                    format!("{other}() is not compiled"),
                    "use operations on columns, and values known from period and parameters",
                ));
            }
        })
    }

    fn length(&mut self, value: &Value) -> Outcome<Value> {
        Ok(match value {
            Value::Column(id) => match self.session()?.graph.shape(*id) {
                crate::graph::Shape::Entity(entity) => Value::Count(entity),
                crate::graph::Shape::Scalar => Value::Int(1),
            },
            Value::Text(text) => Value::Int(text.chars().count() as i64),
            other => Value::Int(self.iterate(other)?.len() as i64),
        })
    }

    fn least_or_greatest(&mut self, name: &str, arguments: &Arguments) -> Outcome<Value> {
        let items = if arguments.positional.len() == 1 {
            self.iterate(&arguments.positional[0])?
        } else {
            arguments.positional.clone()
        };
        let key = arguments.named("key");
        if key.is_none() && items.iter().any(Self::is_columnar) {
            return self.extreme_of(name, &items);
        }
        let mut best: Option<(Value, Value)> = None;
        for item in items {
            if Self::is_columnar(&item) {
                return Err(Diagnostic::unsupported(
                    format!("Python's {name}() of columns by a key"),
                    format!("use {name}_(a, b), numpy's {name}imum"),
                ));
            }
            let measure = match &key {
                Some(key) => self.call(key, Arguments::positional(vec![item.clone()]))?,
                None => item.clone(),
            };
            let better = match &best {
                None => true,
                Some((_, known)) => {
                    self.order(&measure, known)? == Some(if name == "min" { Ordering::Less } else { Ordering::Greater })
                }
            };
            if better {
                best = Some((item, measure));
            }
        }
        best.map(|(item, _)| item)
            .or_else(|| arguments.named("default"))
            .ok_or_else(|| Diagnostic::raised("ValueError", format!("{name}() arg is an empty sequence")))
    }

    /// Python's `max(a, b)` of columns asks whether one array is greater: an answer for one household only. Here each row keeps its own.
    fn extreme_of(&mut self, name: &str, items: &[Value]) -> Outcome<Value> {
        use crate::graph::Binary;
        let operation = if name == "min" { Binary::Minimum } else { Binary::Maximum };
        let mut items = items.iter();
        let first = items.next().cloned().unwrap_or(Value::None);
        items.try_fold(first, |best, item| self.extreme(operation, &best, item))
    }

    fn round(&mut self, value: &Value, digits: Option<Value>) -> Outcome<Value> {
        let whole = digits.as_ref().is_none_or(Value::is_none);
        let digits =
            digits.and_then(|digits| digits.as_int()).and_then(|digits| i32::try_from(digits).ok()).unwrap_or(0);
        if let Value::Column(id) = value {
            return self.session()?.graph.unary(crate::graph::Unary::Round(digits), *id).map(Value::Column);
        }
        let number = value.as_number().ok_or_else(|| {
            Diagnostic::raised("TypeError", format!("type {} doesn't define __round__ method", value.type_name()))
        })?;
        let rounded = number.exact.and_then(|exact| exact.round_half_even(digits));
        match (rounded, value) {
            (_, Value::Int(_)) if digits >= 0 => Ok(value.clone()),
            (Some(exact), _) if whole && exact.denominator() == 1 => i64::try_from(exact.numerator())
                .map(Value::Int)
                .map_err(|_| Diagnostic::raised("OverflowError", "the number is too large")),
            (Some(exact), _) => Ok(Value::Float(Number::from_exact(exact))),
            (None, _) => Ok(Value::Float(Number::inexact(number.float.round_ties_even()))),
        }
    }

    fn int_of(&mut self, value: &Value) -> Outcome<Value> {
        match value {
            Value::Int(_) => Ok(value.clone()),
            Value::Bool(value) => Ok(Value::Int(i64::from(*value))),
            Value::Float(number) => match number.exact {
                Some(exact) if exact.is_finite() => i64::try_from(exact.truncate())
                    .map(Value::Int)
                    .map_err(|_| Diagnostic::raised("OverflowError", "the number is too large")),
                Some(_) => Err(Diagnostic::raised("OverflowError", "cannot convert float infinity to integer")),
                None => Ok(Value::Int(number.float as i64)),
            },
            Value::Text(text) => text.trim().replace('_', "").parse().map(Value::Int).map_err(|_| {
                Diagnostic::raised("ValueError", format!("invalid literal for int() with base 10: '{text}'"))
            }),
            Value::Column(_) => {
                Err(Diagnostic::raised("TypeError", "only length-1 arrays can be converted to Python scalars"))
            }
            other => Err(Diagnostic::raised(
                "TypeError",
                format!("int() argument must be a string or a number, not '{}'", other.type_name()),
            )),
        }
    }

    fn float_of(&mut self, value: &Value) -> Outcome<Value> {
        match value {
            Value::Float(_) => Ok(value.clone()),
            Value::Text(text) => match text.trim().to_lowercase().as_str() {
                "inf" | "infinity" | "+inf" => Ok(Value::float(f64::INFINITY)),
                "-inf" => Ok(Value::float(f64::NEG_INFINITY)),
                "nan" => Ok(Value::float(f64::NAN)),
                text => Rational::parse(text).map(|exact| Value::Float(Number::from_exact(exact))).ok_or_else(|| {
                    Diagnostic::raised("ValueError", format!("could not convert string to float: '{text}'"))
                }),
            },
            Value::Column(_) => {
                Err(Diagnostic::raised("TypeError", "only length-1 arrays can be converted to Python scalars"))
            }
            other => other.as_number().map(Value::Float).ok_or_else(|| {
                Diagnostic::raised(
                    "TypeError",
                    format!("float() argument must be a string or a number, not '{}'", other.type_name()),
                )
            }),
        }
    }

    fn dictionary_of(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let mut entries = Dictionary::new();
        match arguments.positional.first() {
            Some(Value::Dict(other)) => entries.extend(lock(other).clone()),
            Some(Value::Children(node)) => entries.extend(Self::children_of(node)),
            Some(pairs) => {
                for pair in self.iterate(pairs)? {
                    let pair = self.iterate(&pair)?;
                    let [key, value] = pair.as_slice() else {
                        return Err(Diagnostic::raised(
                            "ValueError",
                            "dictionary update sequence element has not length 2",
                        ));
                    };
                    entries.insert(key.key()?, (key.clone(), value.clone()));
                }
            }
            None => {}
        }
        for (name, value) in &arguments.named {
            entries.insert(Key::Text(Arc::clone(name)), (Value::Text(Arc::clone(name)), value.clone()));
        }
        Ok(Value::Dict(shared(entries)))
    }

    fn sorted(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let items = self.iterate(&arguments.require(0, "iterable", "sorted")?)?;
        let key = arguments.named("key").filter(|key| !key.is_none());
        let mut keyed = Vec::with_capacity(items.len());
        for item in items {
            let measure = match &key {
                Some(key) => self.call(key, Arguments::positional(vec![item.clone()]))?,
                None => item.clone(),
            };
            keyed.push((measure, item));
        }
        let mut fault = None;
        keyed.sort_by(|left, right| match self.order(&left.0, &right.0) {
            Ok(order) => order.unwrap_or(Ordering::Equal),
            Err(error) => {
                fault = Some(error);
                Ordering::Equal
            }
        });
        if let Some(fault) = fault {
            return Err(fault);
        }
        let reverse = match arguments.named("reverse") {
            Some(reverse) => self.truth(&reverse)?,
            None => false,
        };
        if reverse {
            keyed.reverse();
        }
        Ok(Value::list(keyed.into_iter().map(|(_, item)| item).collect()))
    }

    /// `type(value)`, or `type(name, bases, attributes)` which makes a class.
    fn type_of(&mut self, arguments: &Arguments) -> Outcome<Value> {
        if arguments.positional.len() == 3 {
            return self.make_class(&arguments.positional[0], &arguments.positional[1], &arguments.positional[2]);
        }
        Ok(match arguments.require(0, "object", "type")? {
            Value::Object(instance) => Value::Class(Arc::clone(&instance.class)),
            Value::EnumMember(enumeration, _) => Value::EnumType(enumeration),
            other => Value::builtin(other.type_name()),
        })
    }
}

fn range(arguments: &Arguments) -> Outcome<Value> {
    let whole: Vec<i64> = arguments.positional.iter().filter_map(Value::as_int).collect();
    if whole.len() != arguments.positional.len() {
        return Err(Diagnostic::unsupported(
            "range() over a number that is not known while compiling",
            "use whole numbers known from period and parameters",
        ));
    }
    let (start, stop, step) = match *whole.as_slice() {
        [stop] => (0, stop, 1),
        [start, stop] => (start, stop, 1),
        [start, stop, step] if step != 0 => (start, stop, step),
        _ => return Err(Diagnostic::raised("TypeError", "range() takes one to three whole numbers")),
    };
    if (stop.saturating_sub(start) / step) > 1_000_000 {
        return Err(Diagnostic::limit("a range of more than a million", "use columns"));
    }
    let mut items = Vec::new();
    let mut index = start;
    while (step > 0 && index < stop) || (step < 0 && index > stop) {
        items.push(Value::Int(index));
        index = index.saturating_add(step);
    }
    Ok(Value::list(items))
}

fn is_instance(value: &Value, class: &Value) -> bool {
    match class {
        Value::Tuple(classes) => classes.iter().any(|class| is_instance(value, class)),
        Value::Builtin(name) => {
            let short = name.rsplit('.').next().unwrap_or(name);
            match (short, value) {
                ("object", _) => true,
                ("int" | "Integral", Value::Int(_) | Value::Bool(_)) => true,
                ("Number" | "Real", Value::Int(_) | Value::Float(_) | Value::Bool(_)) => true,
                ("ndarray", Value::Column(_)) => true,
                ("EnumArray", Value::Column(_)) => true,
                ("dict" | "Mapping", Value::Dict(_) | Value::Children(_)) => true,
                ("Sequence" | "Iterable", Value::List(_) | Value::Tuple(_)) => true,
                ("Period", Value::Period(_)) | ("Instant", Value::Instant(_)) => true,
                ("Enum", Value::EnumMember(..)) => true,
                ("Variable", Value::Class(class)) => class.kind == ClassKind::Variable,
                ("Reform", Value::Class(class)) => class.kind == ClassKind::Reform,
                ("ParameterNode" | "Parameter" | "ParameterScale", Value::Tree(tree)) => {
                    let tree = lock(tree);
                    match &*tree {
                        crate::value::Mutable::Node { .. } => short == "ParameterNode",
                        crate::value::Mutable::Parameter { .. } => short == "Parameter",
                        crate::value::Mutable::Scale { .. } => short == "ParameterScale",
                        crate::value::Mutable::Dated(_) => false,
                    }
                }
                ("ParameterNodeAtInstant", Value::ParameterAt(..)) => true,
                (name, Value::Scale(_)) => name.ends_with("TaxScale") || name == "RateTaxScaleLike",
                (name, value) => name == value.type_name(),
            }
        }
        Value::Class(class) => match value {
            Value::Object(object) => Arc::ptr_eq(&object.class, class) || derives(&object.class, class),
            Value::Class(known) => Arc::ptr_eq(known, class) || derives(known, class),
            _ => false,
        },
        Value::EnumType(enumeration) => matches!(value, Value::EnumMember(known, _) if known.id == enumeration.id),
        _ => false,
    }
}

fn derives(class: &Arc<crate::value::Class>, base: &Arc<crate::value::Class>) -> bool {
    class
        .bases
        .iter()
        .any(|known| matches!(known, Value::Class(known) if Arc::ptr_eq(known, base) || derives(known, base)))
}
