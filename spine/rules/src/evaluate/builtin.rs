//! Python's built-in functions, the standard library's few that packages use, and OpenFisca's own.

use super::{Arguments, Evaluator};
use crate::diagnostic::Diagnostic;
use crate::graph::Binary;
use crate::number::{Number, Rational};
use crate::period::{Instant, Period, Unit, days_from_civil, days_in_month};
use crate::syntax::{Arithmetic, Comparison};
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
                let path = self.library.path(&first()?.display())?;
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
        let mut best: Option<(Value, Value)> = None;
        for item in items {
            if Self::is_columnar(&item) {
                return Err(Diagnostic::unsupported(
                    format!("Python's {name}() on columns"),
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

    fn call_library(&mut self, module: &str, function: &str, arguments: &Arguments) -> Outcome<Value> {
        let first = || arguments.require(0, "argument", function);
        let path = |value: &Value| value.display();
        Ok(match (module, function) {
            ("logging" | "warnings" | "typing" | "gc" | "sys" | "time", _) => {
                Value::builtin(&format!("{module}.{function}"))
            }
            ("datetime", "date" | "datetime") => {
                let part = |place: usize, name: &str| {
                    arguments.take(place, name).and_then(|value| value.as_int()).unwrap_or(1)
                };
                Value::Date(date(part(0, "year"), part(1, "month"), part(2, "day"))?)
            }
            ("datetime", "date.fromisoformat" | "datetime.fromisoformat") => {
                let text = first()?.display();
                Value::Date(
                    Instant::parse(&text)
                        .ok_or_else(|| Diagnostic::raised("ValueError", format!("Invalid isoformat string: '{text}'")))?
                        .0
                        .days(),
                )
            }
            ("datetime", "datetime.strptime") => {
                let text = first()?.display();
                Value::Date(
                    Instant::parse(&text)
                        .ok_or_else(|| Diagnostic::raised("ValueError", format!("time data '{text}' does not match")))?
                        .0
                        .days(),
                )
            }
            ("datetime", "date.today" | "datetime.today" | "datetime.now") => {
                return Err(Diagnostic::unsupported(
                    "today's date",
                    "results must not depend on the day of the calculation; use the period",
                ));
            }
            ("datetime", "timedelta") => {
                let days = arguments.take(0, "days").and_then(|value| value.as_int()).unwrap_or(0);
                let weeks = arguments.named("weeks").and_then(|value| value.as_int()).unwrap_or(0);
                Value::Days(days.saturating_add(weeks.saturating_mul(7)))
            }
            ("calendar", "monthrange") => {
                let (year, month) =
                    (first()?.as_int().unwrap_or(1970), arguments.require(1, "month", function)?.as_int().unwrap_or(1));
                let begin = date(year, month, 1)?;
                Value::tuple(vec![
                    Value::Int(i64::from((begin + 3).rem_euclid(7))),
                    Value::Int(i64::from(days_in_month(
                        i32::try_from(year).unwrap_or(1970),
                        u8::try_from(month).unwrap_or(1),
                    ))),
                ])
            }
            ("calendar", "isleap") => Value::Bool(
                days_in_month(first()?.as_int().and_then(|year| i32::try_from(year).ok()).unwrap_or(1970), 2) == 29,
            ),
            ("os", "path.join") => {
                Value::text(arguments.positional.iter().map(path).fold(String::new(), |base, part| {
                    if part.starts_with('/') || base.is_empty() {
                        part
                    } else {
                        format!("{}/{part}", base.trim_end_matches('/'))
                    }
                }))
            }
            ("os", "path.dirname") => Value::text(path(&first()?).rsplit_once('/').map_or("", |(folder, _)| folder)),
            ("os", "path.basename") => Value::text(path(&first()?).rsplit('/').next().unwrap_or_default()),
            ("os", "path.abspath" | "path.realpath" | "path.normpath") | ("pathlib", "Path") => first()?,
            ("os", "path.exists" | "path.isfile" | "path.isdir") => {
                let path = self.library.path(&first()?.display());
                Value::Bool(path.is_ok_and(|path| match function {
                    "path.isdir" => path.is_dir(),
                    "path.isfile" => path.is_file(),
                    _ => path.exists(),
                }))
            }
            ("os", "path.splitext") => {
                let path = path(&first()?);
                let cut = path
                    .rfind('.')
                    .filter(|dot| path.rfind('/').is_none_or(|slash| slash < *dot))
                    .unwrap_or(path.len());
                Value::tuple(vec![
                    Value::text(path.get(..cut).unwrap_or_default()),
                    Value::text(path.get(cut..).unwrap_or_default()),
                ])
            }
            ("os", "listdir") => {
                let folder = self.library.path(&first()?.display())?;
                let mut names: Vec<String> = std::fs::read_dir(&folder)
                    .map_err(|error| Diagnostic::raised("OSError", error.to_string()))?
                    .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                    .collect();
                names.sort();
                Value::list(names.into_iter().map(Value::text).collect())
            }
            ("importlib", "resources.files") => {
                let path = self.library.path(&first()?.display().replace('.', "/"))?;
                Value::Bound(Arc::new((Value::builtin("file"), vec![Value::text(path.to_string_lossy())])))
            }
            ("codecs", "getreader") => Value::builtin("codecs.reader"),
            ("codecs", "reader") | ("io", "TextIOWrapper") => first()?,
            ("csv", "DictReader" | "reader") => {
                let text = self.file_text(&first()?)?;
                let delimiter = arguments.named("delimiter").map_or_else(|| ",".to_owned(), |value| value.display());
                let rows = super::table::read(&text, delimiter.chars().next().unwrap_or(','))?;
                super::table::rows(rows, function == "DictReader")?
            }
            ("yaml", "safe_load" | "load") => {
                let text = self.file_text(&first()?)?;
                yaml_value(&crate::yaml::parse(&text, std::path::Path::new("a file of the package"))?)
            }
            ("json", "load" | "loads") => {
                let text = self.file_text(&first()?)?;
                let data: serde_json::Value = serde_json::from_str(&text)
                    .map_err(|error| Diagnostic::raised("JSONDecodeError", error.to_string()))?;
                super::tree::json_value(&data)
            }
            ("functools", "partial") => {
                let mut given = arguments.positional.clone();
                let function = if given.is_empty() {
                    return Err(Diagnostic::raised("TypeError", "partial() needs a function"));
                } else {
                    given.remove(0)
                };
                if !arguments.named.is_empty() {
                    return Ok(Value::Partial(Arc::new((function, given, arguments.named.clone()))));
                }
                Value::Bound(Arc::new((function, given)))
            }
            ("functools", "reduce") => {
                let function = first()?;
                let mut items = self.iterate(&arguments.require(1, "iterable", "reduce")?)?.into_iter();
                let mut total = match arguments.take(2, "initial") {
                    Some(initial) => initial,
                    None => items.next().ok_or_else(|| {
                        Diagnostic::raised("TypeError", "reduce() of empty iterable with no initial value")
                    })?,
                };
                for item in items {
                    total = self.call(&function, Arguments::positional(vec![total, item]))?;
                }
                total
            }
            ("functools", _) => first().unwrap_or(Value::None),
            ("itertools", "chain") => {
                let mut all = Vec::new();
                for value in &arguments.positional {
                    all.extend(self.iterate(value)?);
                }
                Value::list(all)
            }
            ("itertools", "chain.from_iterable") => {
                let mut all = Vec::new();
                for value in self.iterate(&first()?)? {
                    all.extend(self.iterate(&value)?);
                }
                Value::list(all)
            }
            ("itertools", "product") => {
                let mut all: Vec<Vec<Value>> = vec![Vec::new()];
                for value in &arguments.positional {
                    let items = self.iterate(value)?;
                    super::bounded(all.len().saturating_mul(items.len()))?;
                    all = all
                        .iter()
                        .flat_map(|known| {
                            items.iter().map(move |item| known.iter().cloned().chain([item.clone()]).collect())
                        })
                        .collect();
                }
                Value::list(all.into_iter().map(Value::tuple).collect())
            }
            ("copy", "copy" | "deepcopy") => match first()? {
                Value::List(items) => Value::list(lock(&items).clone()),
                Value::Dict(entries) => Value::Dict(shared(lock(&entries).clone())),
                Value::Scale(scale) => Value::Scale(shared(lock(&scale).clone())),
                Value::Tree(tree) => {
                    crate::value::freeze(&Value::Tree(tree)).map_or(Value::None, |item| crate::value::thaw(&item))
                }
                other => other,
            },
            ("operator", "add") => {
                self.arithmetic(Arithmetic::Add, &first()?, &arguments.require(1, "b", function)?)?
            }
            ("operator", "mul") => {
                self.arithmetic(Arithmetic::Multiply, &first()?, &arguments.require(1, "b", function)?)?
            }
            ("operator", "or_") => self.arithmetic(Arithmetic::Or, &first()?, &arguments.require(1, "b", function)?)?,
            ("operator", "and_") => {
                self.arithmetic(Arithmetic::And, &first()?, &arguments.require(1, "b", function)?)?
            }
            ("collections", "OrderedDict" | "defaultdict") => {
                let skip = usize::from(function == "defaultdict");
                self.dictionary_of(&Arguments {
                    positional: arguments.positional.iter().skip(skip).cloned().collect(),
                    named: arguments.named.clone(),
                })?
            }
            ("math", function) => {
                let kept = Arguments { positional: arguments.positional.clone(), named: Vec::new() };
                let result = self.call_numpy(function, &kept)?;
                if matches!(function, "floor" | "ceil" | "trunc") && !Self::is_columnar(&result) {
                    self.int_of(&result)?
                } else {
                    result
                }
            }
            ("dict", "fromkeys") => {
                let default = arguments.take(1, "value").unwrap_or(Value::None);
                let mut entries = Dictionary::new();
                for key in self.iterate(&first()?)? {
                    entries.insert(key.key()?, (key, default.clone()));
                }
                Value::Dict(shared(entries))
            }
            ("str", method) => {
                let object = first()?;
                let rest = Arguments {
                    positional: arguments.positional.iter().skip(1).cloned().collect(),
                    named: arguments.named.clone(),
                };
                self.call_method(&object, &Arc::from(method), rest)?
            }
            _ => {
                return Err(Diagnostic::unsupported(
                    format!("{module}.{function}() is not known"),
                    "formulas may use NumPy's functions on columns and plain Python on values known from period and parameters",
                ));
            }
        })
    }

    fn call_openfisca(&mut self, function: &str, arguments: &Arguments) -> Outcome<Value> {
        Ok(match function {
            "period" | "helpers.period" => Value::Period(period(&arguments.require(0, "value", function)?)?),
            "instant" | "helpers.instant" => Value::Instant(instant(&arguments.require(0, "instant", function)?)?),
            "Instant" => Value::Instant(instant(&arguments.require(0, "value", function)?)?),
            "Period" => {
                let parts = self.iterate(&arguments.require(0, "value", function)?)?;
                match parts.as_slice() {
                    [unit, start, size] => {
                        let unit = match unit {
                            Value::Unit(unit) => *unit,
                            other => Unit::parse(&other.display()).ok_or_else(|| {
                                Diagnostic::raised("ValueError", format!("Invalid unit: {}", other.display()))
                            })?,
                        };
                        let size = size.as_int().and_then(|size| i32::try_from(size).ok()).unwrap_or(1);
                        Value::Period(Period { unit, start: instant(start)?, size })
                    }
                    _ => return Err(Diagnostic::raised("ValueError", "Period() needs a unit, a start and a size")),
                }
            }
            "Period.eternity" => Value::Period(Period::ETERNITY),
            "instant_date" => match arguments.require(0, "instant", function)? {
                Value::Instant(instant) => Value::Date(instant.days()),
                other => other,
            },
            "DateUnit" => match arguments.require(0, "value", function)? {
                Value::Unit(unit) => Value::Unit(unit),
                other => Unit::parse(&other.display())
                    .map(Value::Unit)
                    .ok_or_else(|| Diagnostic::raised("ValueError", format!("{} is not a unit", other.display())))?,
            },
            "build_entity" => self.build_entity(arguments)?,
            "Entity" | "SingleEntity" => {
                let mut named = arguments.named.clone();
                named.push((Arc::from("is_person"), Value::Bool(true)));
                self.build_entity(&Arguments { positional: arguments.positional.clone(), named })?
            }
            "GroupEntity" => {
                // key, plural, label, doc, roles, containing_entities: as build_entity has them.
                self.build_entity(arguments)?
            }
            "apply_thresholds" => self.apply_thresholds(arguments)?,
            "switch" => self.switch(arguments)?,
            "concat" => {
                let (this, that) = (arguments.require(0, "this", function)?, arguments.require(1, "that", function)?);
                let this = self.convert_value(&this, crate::graph::Kind::Text)?;
                let that = self.convert_value(&that, crate::graph::Kind::Text)?;
                self.arithmetic(Arithmetic::Add, &this, &that)?
            }
            "Parameter" | "ParameterNode" | "ParameterScale" | "ParameterScaleBracket" => {
                self.new_tree(function, arguments)?
            }
            "load_parameter_file" => self.load_parameter_file(arguments)?,
            "MarginalRateTaxScale"
            | "MarginalAmountTaxScale"
            | "SingleAmountTaxScale"
            | "LinearAverageRateTaxScale"
            | "AmountTaxScale" => super::numpy::empty_scale(function, arguments),
            "combine_tax_scales" => self.combine_tax_scales(arguments)?,
            "calculate_output_add"
            | "calculate_output_divide"
            | "set_input_dispatch_by_period"
            | "set_input_divide_by_period" => Value::None,
            "eval_expression" => arguments.require(0, "expression", function)?,
            "empty_clone" => arguments.require(0, "original", function)?,
            exception if exception.ends_with("Error") || exception.ends_with("NotFound") => Value::Exception(
                Arc::from(exception),
                Arc::from(arguments.positional.first().map_or_else(String::new, Value::display)),
            ),
            other => {
                return Err(Diagnostic::unsupported(
                    format!("openfisca's {other}() is not compiled"),
                    "ask for variables through the population, and for parameters through parameters(period)",
                ));
            }
        })
    }

    /// The text of a file that `open` gave, or a text itself.
    pub(crate) fn file_text(&self, file: &Value) -> Outcome<String> {
        match file {
            Value::Text(text) => Ok(text.to_string()),
            Value::Bound(file) if matches!(&file.0, Value::Builtin(name) if &**name == "file") => {
                let path = self.library.path(&file.1.first().map_or_else(String::new, Value::display))?;
                std::fs::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(|error| {
                    Diagnostic::raised("FileNotFoundError", format!("{} cannot be read: {error}", path.display()))
                })
            }
            other => Err(Diagnostic::raised("TypeError", format!("'{}' is no file", other.type_name()))),
        }
    }

    fn apply_thresholds(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let input = arguments.require(0, "input", "apply_thresholds")?;
        let thresholds = self.iterate(&arguments.require(1, "thresholds", "apply_thresholds")?)?;
        let choices = self.iterate(&arguments.require(2, "choices", "apply_thresholds")?)?;
        let mut conditions = Vec::new();
        for threshold in &thresholds {
            conditions.push(self.compare(Comparison::LessOrEqual, &input, threshold)?);
        }
        if conditions.len() + 1 == choices.len() {
            conditions.push(Value::Bool(true));
        }
        if conditions.len() != choices.len() {
            return Err(Diagnostic::raised(
                "AssertionError",
                "'apply_thresholds' must be called with the same number of thresholds than choices, or one more choice.",
            ));
        }
        self.select(&conditions, &choices, &Value::Int(0))
    }

    fn switch(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let key = arguments.require(0, "conditions", "switch")?;
        let Value::Dict(entries) = arguments.require(1, "value_by_condition", "switch")? else {
            return Err(Diagnostic::raised("TypeError", "switch() needs a dictionary of values by condition"));
        };
        let entries = lock(&entries).clone();
        let mut conditions = Vec::new();
        let mut choices = Vec::new();
        for (wanted, value) in entries.values() {
            conditions.push(self.compare(Comparison::Equal, &key, wanted)?);
            choices.push(value.clone());
        }
        self.select(&conditions, &choices, &Value::Int(0))
    }

    /// `select(conditions, choices, default)`: the first condition that holds decides.
    pub(crate) fn select(&mut self, conditions: &[Value], choices: &[Value], default: &Value) -> Outcome<Value> {
        if conditions.len() != choices.len() {
            return Err(Diagnostic::raised("ValueError", "list of cases must be same length as list of conditions"));
        }
        // A default of zero among members of an enumeration or texts is the first member, the empty text.
        let default = match (default, choices.first()) {
            (Value::Int(0), Some(Value::EnumMember(enumeration, _))) => Value::EnumMember(Arc::clone(enumeration), 0),
            (Value::Int(0), Some(Value::Text(_))) => Value::text("0"),
            (Value::Int(0), Some(Value::Column(id)))
                if matches!(self.session()?.graph.kind(*id), crate::graph::Kind::Text) =>
            {
                Value::text("0")
            }
            _ => default.clone(),
        };
        let mut result = default;
        for (condition, choice) in conditions.iter().zip(choices).rev() {
            result = match condition {
                Value::Bool(true) => choice.clone(),
                Value::Bool(false) => result,
                condition => self.choose(condition, choice, &result)?,
            };
        }
        Ok(result)
    }

    /// The sum of logical alternatives.
    pub(crate) fn fold(&mut self, operation: Binary, values: &[Value]) -> Outcome<Value> {
        let mut items = values.iter();
        let mut total = items.next().cloned().unwrap_or(Value::Bool(operation == Binary::And));
        for item in items {
            total = self.logical(operation, &total, item)?;
        }
        Ok(total)
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

/// A YAML document as Python has it.
fn yaml_value(node: &crate::yaml::Node) -> Value {
    use crate::yaml::Yaml;
    match &node.value {
        Yaml::Null => Value::None,
        Yaml::Bool(value) => Value::Bool(*value),
        Yaml::Int(value) => Value::Int(*value),
        Yaml::Float(number) => Value::Float(*number),
        Yaml::Text(text) => Value::text(text),
        Yaml::List(items) => Value::list(items.iter().map(yaml_value).collect()),
        Yaml::Map(entries) => {
            let pairs = entries.iter().map(|(key, value)| {
                let key = yaml_value(key);
                (key.key().unwrap_or(Key::None), (key, yaml_value(value)))
            });
            Value::Dict(shared(pairs.collect()))
        }
    }
}
