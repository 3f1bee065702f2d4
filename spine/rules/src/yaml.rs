//! YAML as PyYAML reads it (version 1.1: `yes` is true, `010` is eight), with places, because OpenFisca's files are written for PyYAML.

use crate::diagnostic::{Diagnostic, Location};
use crate::number::{Number, Rational};
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::collections::HashMap;
use std::path::Path;

/// How deep a document may nest.
const DEEPEST: usize = 128;
/// How many nodes a document may have, aliases followed.
const MOST_NODES: usize = 4_000_000;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Yaml,
    /// The text as written, for scalars.
    pub text: String,
    /// The line, from 1.
    pub line: usize,
}

/// A YAML value.
#[derive(Clone, Debug, PartialEq)]
pub enum Yaml {
    /// `null`, `~` or nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with decimals.
    Float(Number),
    /// A text; dates stay texts, as OpenFisca's loader keeps them.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order written.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries()?.iter().find(|(name, _)| name.text == key).map(|(_, value)| value)
    }

    /// The entries of a mapping.
    pub fn entries(&self) -> Option<&[(Self, Self)]> {
        match &self.value {
            Yaml::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items of a sequence.
    pub fn items(&self) -> Option<&[Self]> {
        match &self.value {
            Yaml::List(items) => Some(items),
            _ => None,
        }
    }

    /// A scalar's text.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Yaml::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is null.
    pub const fn is_null(&self) -> bool {
        matches!(self.value, Yaml::Null)
    }

    /// The same as JSON; numbers keep their shortest decimals.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Yaml::Null => serde_json::Value::Null,
            Yaml::Bool(value) => (*value).into(),
            Yaml::Int(value) => (*value).into(),
            Yaml::Float(value) => {
                serde_json::Number::from_f64(value.float).map_or(serde_json::Value::Null, serde_json::Value::Number)
            }
            Yaml::Text(text) => text.clone().into(),
            Yaml::List(items) => items.iter().map(Self::to_json).collect(),
            Yaml::Map(entries) => serde_json::Value::Object(
                entries.iter().map(|(key, value)| (key.text.clone(), value.to_json())).collect(),
            ),
        }
    }
}

/// Reads the first document of a text; an empty one is null.
pub fn parse(text: &str, file: &Path) -> Result<Node, Diagnostic> {
    let mut reader = Reader { parser: Parser::new_from_str(text), file, text, anchors: HashMap::new(), nodes: 0 };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => return Ok(Node { value: Yaml::Null, text: String::new(), line: 1 }),
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            event => return reader.node(event, span, 0),
        }
    }
}

struct Reader<'text> {
    parser: Parser<'text, saphyr_parser::StrInput<'text>>,
    file: &'text Path,
    text: &'text str,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

impl<'text> Reader<'text> {
    fn fault(&self, line: usize, column: usize, message: impl Into<String>) -> Diagnostic {
        let snippet = self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default().to_owned();
        Diagnostic::raised("YAMLError", message).at(|| Location {
            file: self.file.to_path_buf(),
            line,
            column: column + 1,
            snippet,
        })
    }

    fn next(&mut self) -> Result<(Event<'text>, Span), Diagnostic> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(self.fault(error.marker().line(), error.marker().col(), error.info().to_owned())),
            None => Err(self.fault(1, 0, "the document ends early")),
        }
    }

    fn node(&mut self, event: Event<'text>, span: Span, depth: usize) -> Result<Node, Diagnostic> {
        let (line, column) = (span.start.line(), span.start.col());
        self.nodes += 1;
        if depth > DEEPEST || self.nodes > MOST_NODES {
            return Err(self.fault(line, column, "the document nests too deep or is too large"));
        }
        match event {
            Event::Alias(anchor) => {
                let node = self
                    .anchors
                    .get(&anchor)
                    .cloned()
                    .ok_or_else(|| self.fault(line, column, "an alias without its anchor"))?;
                self.nodes += size(&node);
                Ok(node)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let forced_text = style != ScalarStyle::Plain || tag.as_ref().is_some_and(|tag| tag.suffix == "str");
                let value = if forced_text { Yaml::Text(text.to_string()) } else { resolve(&text) };
                let node = Node { value, text: text.into_owned(), line };
                self.remember(anchor, &node);
                Ok(node)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if event == Event::SequenceEnd {
                        break;
                    }
                    items.push(self.node(event, span, depth + 1)?);
                }
                let node = Node { value: Yaml::List(items), text: String::new(), line };
                self.remember(anchor, &node);
                Ok(node)
            }
            Event::MappingStart(anchor, _) => {
                let entries = self.mapping(depth)?;
                let node = Node { value: Yaml::Map(entries), text: String::new(), line };
                self.remember(anchor, &node);
                Ok(node)
            }
            _ => Err(self.fault(line, column, "this does not belong here")),
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Vec<(Node, Node)>, Diagnostic> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        let mut merged: Vec<(Node, Node)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let column = span.start.col();
            let key = self.node(event, span, depth + 1)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            if key.text == "<<" {
                match value.value {
                    Yaml::Map(inner) => merged.extend(inner),
                    Yaml::List(list) => merged.extend(
                        list.into_iter()
                            .filter_map(|item| if let Yaml::Map(inner) = item.value { Some(inner) } else { None })
                            .flatten(),
                    ),
                    _ => return Err(self.fault(key.line, column, "«<<» needs a mapping")),
                }
                continue;
            }
            if !seen.insert(key.text.clone()) {
                return Err(self.fault(key.line, column, format!("Found duplicate key '{}'", key.text)));
            }
            entries.push((key, value));
        }
        for (key, value) in merged {
            if seen.insert(key.text.clone()) {
                entries.push((key, value));
            }
        }
        Ok(entries)
    }

    fn remember(&mut self, anchor: usize, node: &Node) {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
    }
}

fn size(node: &Node) -> usize {
    match &node.value {
        Yaml::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Yaml::Map(entries) => 1 + entries.iter().map(|(key, value)| size(key) + size(value)).sum::<usize>(),
        _ => 1,
    }
}

/// What a plain scalar stands for in YAML 1.1.
pub(crate) fn resolve(text: &str) -> Yaml {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Yaml::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Yaml::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => return Yaml::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Yaml::Float(Number::from_float(f64::INFINITY));
        }
        "-.inf" | "-.Inf" | "-.INF" => return Yaml::Float(Number::from_float(f64::NEG_INFINITY)),
        ".nan" | ".NaN" | ".NAN" => return Yaml::Float(Number::from_float(f64::NAN)),
        _ => {}
    }
    integer(text).map(Yaml::Int).or_else(|| float(text).map(Yaml::Float)).unwrap_or_else(|| Yaml::Text(text.to_owned()))
}

fn integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let clean: String = digits.chars().filter(|character| *character != '_').collect();
    let first = digits.chars().next()?;
    if !first.is_ascii_digit() {
        return None;
    }
    let value = if let Some(hexadecimal) = clean.strip_prefix("0x") {
        i64::from_str_radix(hexadecimal, 16).ok()?
    } else if let Some(binary) = clean.strip_prefix("0b") {
        i64::from_str_radix(binary, 2).ok()?
    } else if clean.len() > 1 && clean.starts_with('0') {
        i64::from_str_radix(&clean, 8).ok()?
    } else if clean.contains(':') {
        sexagesimal(&clean)?
    } else {
        clean.parse().ok()?
    };
    Some(sign * value)
}

/// `190:20:30` is a number to the base of sixty in YAML 1.1.
fn sexagesimal(text: &str) -> Option<i64> {
    let mut value: i64 = 0;
    for (index, part) in text.split(':').enumerate() {
        let digits: i64 = part.parse().ok()?;
        if index > 0 && (digits > 59 || part.len() > 2) {
            return None;
        }
        value = value.checked_mul(60)?.checked_add(digits)?;
    }
    Some(value)
}

fn float(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    // PyYAML wants a point: `1e5` is a text there, `1.e+5` a number, and an exponent carries its sign.
    if !digits.contains('.') || !digits.starts_with(|character: char| character.is_ascii_digit() || character == '.') {
        return None;
    }
    if let Some(position) = digits.find(['e', 'E']) {
        let after = digits.get(position + 1..)?;
        if !after.starts_with(['+', '-']) {
            return None;
        }
    }
    let clean: String = text.chars().filter(|character| *character != '_').collect();
    let value: f64 = clean.parse().ok()?;
    Some(Number { float: value, exact: Rational::parse(&clean) })
}
