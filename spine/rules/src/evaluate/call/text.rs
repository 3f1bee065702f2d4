//! Methods of texts.

use super::super::{Arguments, Evaluator, bounded, builtin};
use crate::diagnostic::Diagnostic;
use crate::graph::TextTest;
use crate::syntax::Name;
use crate::value::{Outcome, Value};
use std::sync::Arc;

impl Evaluator {
    pub(super) fn text_method(&mut self, text: &Name, name: &Name, arguments: &Arguments) -> Outcome<Value> {
        let first = || arguments.positional.first().map(Value::display);
        Ok(match &**name {
            "startswith" | "endswith" => {
                let test = if &**name == "startswith" { TextTest::StartsWith } else { TextTest::EndsWith };
                self.text_test(test, &Value::Text(Arc::clone(text)), &arguments.require(0, "prefix", name)?)?
            }
            "upper" => Value::text(text.to_uppercase()),
            "lower" | "casefold" => Value::text(text.to_lowercase()),
            "title" | "capitalize" => {
                let mut characters = text.chars();
                Value::text(characters.next().map_or_else(String::new, |first| {
                    first.to_uppercase().chain(characters.as_str().to_lowercase().chars()).collect()
                }))
            }
            "strip" => Value::text(text.trim()),
            "lstrip" => Value::text(text.trim_start_matches(|character: char| {
                first().map_or(character.is_whitespace(), |set| set.contains(character))
            })),
            "rstrip" => Value::text(text.trim_end_matches(|character: char| {
                first().map_or(character.is_whitespace(), |set| set.contains(character))
            })),
            "replace" => {
                let old = arguments.require(0, "old", name)?.display();
                let new = arguments.require(1, "new", name)?.display();
                bounded(text.matches(old.as_str()).count().saturating_mul(new.len()))?;
                Value::text(text.replace(&old, &new))
            }
            "removeprefix" => Value::text(text.strip_prefix(first().unwrap_or_default().as_str()).unwrap_or(text)),
            "removesuffix" => Value::text(text.strip_suffix(first().unwrap_or_default().as_str()).unwrap_or(text)),
            "split" => match arguments.positional.first() {
                Some(Value::Text(separator)) if !separator.is_empty() => {
                    Value::list(text.split(&**separator).map(Value::text).collect())
                }
                _ => Value::list(text.split_whitespace().map(Value::text).collect()),
            },
            "rsplit" => {
                let separator = first().unwrap_or_default();
                let most = arguments.take(1, "maxsplit").and_then(|most| most.as_int()).unwrap_or(i64::MAX);
                let mut parts: Vec<Value> = text
                    .rsplitn(
                        usize::try_from(most).map_or(usize::MAX, |most| most.saturating_add(1)),
                        separator.as_str(),
                    )
                    .map(Value::text)
                    .collect();
                parts.reverse();
                Value::list(parts)
            }
            "join" => {
                let items = self.iterate(&arguments.require(0, "iterable", name)?)?;
                let long = |item: &Value| if let Value::Text(text) = item { text.len() } else { 8 };
                bounded(items.iter().map(|item| long(item) + text.len()).sum())?;
                Value::text(items.iter().map(Value::display).collect::<Vec<_>>().join(text))
            }
            "format" => Value::text(self.text_format(text, arguments)?),
            "zfill" => {
                let width = arguments
                    .positional
                    .first()
                    .and_then(Value::as_int)
                    .and_then(|width| usize::try_from(width).ok())
                    .unwrap_or(0)
                    .min(1_000);
                Value::text(format!("{text:0>width$}"))
            }
            "count" => Value::Int(text.matches(first().unwrap_or_default().as_str()).count() as i64),
            "find" => Value::Int(
                text.find(first().unwrap_or_default().as_str())
                    .map_or(-1, |byte| text.get(..byte).unwrap_or_default().chars().count() as i64),
            ),
            "isdigit" | "isnumeric" => Value::Bool(!text.is_empty() && text.chars().all(char::is_numeric)),
            "isupper" => Value::Bool(text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_lowercase)),
            "islower" => Value::Bool(text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_uppercase)),
            "isalpha" => Value::Bool(!text.is_empty() && text.chars().all(char::is_alphabetic)),
            "encode" | "decode" => Value::Text(Arc::clone(text)),
            _ => return Err(Diagnostic::raised("AttributeError", format!("'str' object has no attribute '{name}'"))),
        })
    }

    /// `"{} and {name}".format(…)`
    fn text_format(&mut self, text: &str, arguments: &Arguments) -> Outcome<String> {
        let mut result = String::new();
        let mut rest = text;
        let mut next = 0;
        while let Some(open) = rest.find(['{', '}']) {
            result.push_str(rest.get(..open).unwrap_or_default());
            rest = rest.get(open..).unwrap_or_default();
            if rest.starts_with("{{") || rest.starts_with("}}") {
                result.push_str(rest.get(..1).unwrap_or_default());
                rest = rest.get(2..).unwrap_or_default();
                continue;
            }
            let Some(close) = rest.find('}') else {
                return Err(Diagnostic::raised("ValueError", "Single '{' encountered in format string"));
            };
            let field = rest.get(1..close).unwrap_or_default();
            rest = rest.get(close + 1..).unwrap_or_default();
            let (name, format) = field.split_once(':').unwrap_or((field, ""));
            let value = if name.is_empty() {
                next += 1;
                arguments.positional.get(next - 1).cloned()
            } else if let Ok(place) = name.parse::<usize>() {
                arguments.positional.get(place).cloned()
            } else {
                arguments.named(name)
            };
            let value = value.ok_or_else(|| {
                Diagnostic::raised("IndexError", "Replacement index out of range for positional args tuple")
            })?;
            if Self::is_columnar(&value) {
                return Err(Diagnostic::unsupported(
                    "a column in a text",
                    "use values that are known from period and parameters",
                ));
            }
            result.push_str(&builtin::format(&value, format)?);
            super::super::bounded(result.len())?;
        }
        result.push_str(rest);
        Ok(result)
    }
}
