//! Calls of functions of Python's own modules: `datetime`, `functools`, `os`, `csv` and their like.

use super::super::{Arguments, Evaluator};
use super::date;
use crate::diagnostic::Diagnostic;
use crate::period::{Instant, days_in_month};
use crate::syntax::Arithmetic;
use crate::value::{Dictionary, Key, Outcome, Value, lock, shared};
use std::sync::Arc;

impl Evaluator {
    pub(super) fn call_library(&mut self, module: &str, function: &str, arguments: &Arguments) -> Outcome<Value> {
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
                let path = self.readable(&first()?.display());
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
                let folder = self.readable(&first()?.display())?;
                let mut names: Vec<String> = std::fs::read_dir(&folder)
                    .map_err(|error| Diagnostic::raised("OSError", error.to_string()))?
                    .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                    .collect();
                names.sort();
                Value::list(names.into_iter().map(Value::text).collect())
            }
            ("importlib", "resources.files") => {
                let path = self.readable(&first()?.display().replace('.', "/"))?;
                Value::Bound(Arc::new((Value::builtin("file"), vec![Value::text(path.to_string_lossy())])))
            }
            ("codecs", "getreader") => Value::builtin("codecs.reader"),
            ("codecs", "reader") | ("io", "TextIOWrapper") => first()?,
            ("csv", "DictReader" | "reader") => {
                let text = self.file_text(&first()?)?;
                let delimiter = arguments.named("delimiter").map_or_else(|| ",".to_owned(), |value| value.display());
                let rows = super::super::table::read(&text, delimiter.chars().next().unwrap_or(','))?;
                super::super::table::rows(rows, function == "DictReader")?
            }
            ("yaml", "safe_load" | "load") => {
                let text = self.file_text(&first()?)?;
                yaml_value(&crate::yaml::parse(&text, std::path::Path::new("a file of the package"))?)
            }
            ("json", "load" | "loads") => {
                let text = self.file_text(&first()?)?;
                let data: serde_json::Value = serde_json::from_str(&text)
                    .map_err(|error| Diagnostic::raised("JSONDecodeError", error.to_string()))?;
                super::super::tree::json_value(&data)
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
                    super::super::bounded(all.len().saturating_mul(items.len()))?;
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

    /// The text of a file that `open` gave, or a text itself.
    pub(crate) fn file_text(&self, file: &Value) -> Outcome<String> {
        match file {
            Value::Text(text) => Ok(text.to_string()),
            Value::Bound(file) if matches!(&file.0, Value::Builtin(name) if &**name == "file") => {
                let path = self.readable(&file.1.first().map_or_else(String::new, Value::display))?;
                std::fs::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(|error| {
                    Diagnostic::raised("FileNotFoundError", format!("{} cannot be read: {error}", path.display()))
                })
            }
            other => Err(Diagnostic::raised("TypeError", format!("'{}' is no file", other.type_name()))),
        }
    }
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
