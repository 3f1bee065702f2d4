//! Parameters of the law: values by date, scales by bracket, in a tree of files (OpenFisca's YAML).

use crate::diagnostic::{Diagnostic, Location};
use crate::number::Number;
use crate::yaml::{self, Node, Yaml};
use indexmap::IndexMap;
use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Keys that describe a node rather than being children of it.
const COMMON_KEYS: [&str; 5] = ["description", "metadata", "unit", "reference", "documentation"];

/// What stands beside a node, a parameter or a scale.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The path from the root, with points.
    pub name: String,
    /// A few words.
    pub description: Option<String>,
    /// More words.
    pub documentation: Option<String>,
    /// Unit, reference and whatever else the author wrote.
    pub metadata: Map<String, Json>,
    /// Where it was read.
    pub file: Option<PathBuf>,
}

/// A child in the tree.
#[derive(Clone, Debug)]
pub enum Item {
    /// An inner node.
    Node(Arc<ParameterNode>),
    /// Values by date.
    Parameter(Arc<Parameter>),
    /// Brackets.
    Scale(Arc<ParameterScale>),
}

impl Item {
    /// What stands beside it.
    pub fn about(&self) -> &About {
        match self {
            Self::Node(node) => &node.about,
            Self::Parameter(parameter) => &parameter.about,
            Self::Scale(scale) => &scale.about,
        }
    }
}

/// An inner node.
#[derive(Clone, Debug, Default)]
pub struct ParameterNode {
    /// What stands beside it.
    pub about: About,
    /// The children by name.
    pub children: IndexMap<String, Item>,
}

/// A value that a parameter takes.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterValue {
    /// No longer, or not yet, in the law.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with decimals.
    Float(Number),
    /// A text.
    Text(Arc<str>),
    /// Several.
    List(Vec<ParameterValue>),
}

/// A value from a date on.
#[derive(Clone, Debug)]
pub struct DatedValue {
    /// The date as written, `YYYY-MM-DD` mostly; dates compare as texts.
    pub instant: String,
    /// The value.
    pub value: ParameterValue,
    /// Reference and whatever else the author wrote.
    pub metadata: Map<String, Json>,
}

/// Values by date.
#[derive(Clone, Debug, Default)]
pub struct Parameter {
    /// What stands beside it.
    pub about: About,
    /// The values, newest first.
    pub values: Vec<DatedValue>,
}

/// Brackets, each a node of `threshold` and `rate`, `amount` or `average_rate`.
#[derive(Clone, Debug, Default)]
pub struct ParameterScale {
    /// What stands beside it.
    pub about: About,
    /// The brackets in the order written.
    pub brackets: Vec<ParameterNode>,
}

/// How a scale calculates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScaleKind {
    /// Each slice of the base at its rate.
    MarginalRate,
    /// The amounts of all brackets reached, added.
    MarginalAmount,
    /// The amount of the last bracket reached.
    SingleAmount,
    /// A rate that rises linearly between thresholds.
    AverageRate,
}

/// A scale at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scale {
    /// The path of the parameter.
    pub name: Arc<str>,
    /// How it calculates.
    pub kind: ScaleKind,
    /// Thresholds, ascending.
    pub thresholds: Vec<Number>,
    /// Rates or amounts.
    pub values: Vec<Number>,
    /// Whether all amounts are whole numbers.
    pub whole: bool,
}

impl Scale {
    /// Adds a bracket in its place; the same threshold twice adds up, as OpenFisca has it.
    pub fn add_bracket(&mut self, threshold: Number, value: Number) {
        let position =
            self.thresholds.iter().position(|known| known.compare(threshold) != Some(std::cmp::Ordering::Less));
        match position {
            Some(index) if self.thresholds[index].compare(threshold) == Some(std::cmp::Ordering::Equal) => {
                self.values[index] = self.values[index].combine(value, |a, b| a + b, crate::number::Rational::plus);
            }
            _ => {
                let index = position.unwrap_or(self.thresholds.len());
                self.thresholds.insert(index, threshold);
                self.values.insert(index, value);
            }
        }
    }
}

impl ParameterNode {
    /// The child at a path with points or slashes; brackets of scales are not children.
    pub fn find(&self, path: &str) -> Option<Item> {
        let mut node: Option<Arc<Self>> = None;
        let mut parts = path.split(['.', '/']).peekable();
        loop {
            let part = parts.next()?;
            let child = node.as_deref().unwrap_or(self).children.get(part)?.clone();
            if parts.peek().is_none() {
                return Some(child);
            }
            match child {
                Item::Node(inner) => node = Some(inner),
                _ => return None,
            }
        }
    }

    /// All below, parents before children.
    pub fn descendants(&self) -> Vec<Item> {
        let mut all = Vec::new();
        for child in self.children.values() {
            all.push(child.clone());
            if let Item::Node(node) = child {
                all.extend(node.descendants());
            }
        }
        all
    }
}

impl Parameter {
    /// The value on a day, unless there is none.
    pub fn at(&self, instant: &str) -> Option<&DatedValue> {
        self.values
            .iter()
            .find(|dated| dated.instant.as_str() <= instant)
            .filter(|dated| dated.value != ParameterValue::Null)
    }

    /// Sets a value from one day to another, as `parameter.update(…)` does.
    pub fn update(&mut self, start: &str, after_stop: Option<&str>, value: ParameterValue) {
        let old = std::mem::take(&mut self.values);
        let dated = |instant: &str, value: ParameterValue| DatedValue {
            instant: instant.to_owned(),
            value,
            metadata: Map::new(),
        };
        let mut new: Vec<DatedValue> = Vec::new();
        if let Some(stop) = after_stop {
            new.extend(old.iter().filter(|known| known.instant.as_str() >= stop).cloned());
            if new.last().is_none_or(|known| known.instant != stop) {
                let overlapped = old
                    .iter()
                    .find(|known| known.instant.as_str() < stop)
                    .map_or(ParameterValue::Null, |known| known.value.clone());
                new.push(dated(stop, overlapped));
            }
        }
        new.push(dated(start, value));
        new.extend(old.into_iter().filter(|known| known.instant.as_str() < start));
        self.values = new;
    }
}

impl ParameterScale {
    /// The scale on a day.
    pub fn at(&self, instant: &str) -> Scale {
        let number = |bracket: &ParameterNode, key: &str| match bracket.children.get(key) {
            Some(Item::Parameter(parameter)) => match parameter.at(instant).map(|dated| &dated.value) {
                Some(ParameterValue::Int(value)) => Some((Number::from_integer(*value), true)),
                Some(ParameterValue::Float(value)) => Some((*value, false)),
                Some(ParameterValue::Bool(value)) => Some((Number::from_integer(i64::from(*value)), true)),
                _ => None,
            },
            _ => None,
        };
        let any = |key: &str| self.brackets.iter().any(|bracket| number(bracket, key).is_some());
        let single = self.about.metadata.get("type").and_then(Json::as_str) == Some("single_amount");
        let (kind, key) = if single {
            (ScaleKind::SingleAmount, "amount")
        } else if any("amount") {
            (ScaleKind::MarginalAmount, "amount")
        } else if any("average_rate") {
            (ScaleKind::AverageRate, "average_rate")
        } else {
            (ScaleKind::MarginalRate, "rate")
        };
        let mut scale = Scale {
            name: Arc::from(self.about.name.as_str()),
            kind,
            thresholds: Vec::new(),
            values: Vec::new(),
            whole: true,
        };
        for bracket in &self.brackets {
            if let (Some((value, whole)), Some((threshold, _))) = (number(bracket, key), number(bracket, "threshold")) {
                scale.whole &= whole;
                scale.add_bracket(threshold, value);
            }
        }
        scale
    }
}

/// Whether a text is a date as parameter files write them.
pub(crate) fn is_instant(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    match bytes.len() {
        4 => digits(0..4),
        7 => digits(0..4) && bytes[4] == b'-' && digits(5..7),
        10 => digits(0..4) && bytes[4] == b'-' && digits(5..7) && bytes[7] == b'-' && digits(8..10),
        _ => false,
    }
}

/// Reads parameter files; troubles are collected, and what is sound is kept.
#[derive(Debug, Default)]
pub struct ParameterReader {
    /// What was wrong.
    pub diagnostics: Vec<Diagnostic>,
}

impl ParameterReader {
    /// A folder becomes a node, a file a child of it, `index.yaml` the words about the folder.
    pub fn folder(&mut self, path: &Path, name: &str) -> ParameterNode {
        let mut node = ParameterNode {
            about: About { name: name.to_owned(), file: Some(path.to_path_buf()), ..About::default() },
            children: IndexMap::new(),
        };
        let mut entries: Vec<PathBuf> = match std::fs::read_dir(path) {
            Ok(entries) => entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect(),
            Err(error) => {
                self.diagnostics
                    .push(Diagnostic::raised("OSError", format!("{} cannot be read: {error}", path.display())));
                return node;
            }
        };
        entries.sort();
        for entry in entries {
            let Some(stem) = entry.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned) else { continue };
            if entry.is_dir() {
                let Some(child) = entry.file_name().and_then(|file| file.to_str()).map(str::to_owned) else { continue };
                let inner = self.folder(&entry, &compose(name, &child));
                self.add(&mut node, &child, Item::Node(Arc::new(inner)));
            } else if matches!(entry.extension().and_then(|extension| extension.to_str()), Some("yaml" | "yml")) {
                if stem == "index" {
                    if let Some(data) = self.read(&entry) {
                        describe(&mut node.about, &data);
                    }
                } else if let Some(item) = self.file(&entry, &compose(name, &stem)) {
                    self.add(&mut node, &stem, item);
                }
            }
        }
        node
    }

    /// One file.
    pub fn file(&mut self, path: &Path, name: &str) -> Option<Item> {
        let data = self.read(path)?;
        match item(name, &data, path) {
            Ok(item) => Some(item),
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn read(&mut self, path: &Path) -> Option<Node> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                self.diagnostics
                    .push(Diagnostic::raised("OSError", format!("{} cannot be read: {error}", path.display())));
                return None;
            }
        };
        match yaml::parse(&text, path) {
            Ok(data) => Some(data),
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn add(&mut self, node: &mut ParameterNode, child: &str, item: Item) {
        if node.children.contains_key(child) {
            let message = format!("{} has already a child named {child}", node.about.name);
            self.diagnostics.push(Diagnostic::raised("ValueError", message));
            return;
        }
        node.children.insert(child.to_owned(), item);
    }
}

pub(crate) fn compose(path: &str, child: &str) -> String {
    if path.is_empty() { child.to_owned() } else { format!("{path}.{child}") }
}

fn fault(file: &Path, node: &Node, message: String) -> Diagnostic {
    Diagnostic::raised("ParameterParsingError", message).at(|| Location {
        file: file.to_path_buf(),
        line: node.line,
        column: 1,
        snippet: String::new(),
    })
}

fn describe(about: &mut About, data: &Node) {
    let text = |key: &str| data.get(key).and_then(Node::as_text).map(str::to_owned);
    about.description = text("description");
    about.documentation = text("documentation");
    for key in ["unit", "reference"] {
        if let Some(value) = data.get(key).filter(|value| !value.is_null()) {
            about.metadata.insert(key.to_owned(), value.to_json());
        }
    }
    if let Some(Json::Object(metadata)) = data.get("metadata").map(Node::to_json) {
        about.metadata.extend(metadata);
    }
}

/// What a mapping of a parameter file is: a parameter, a scale or a node.
pub(crate) fn item(name: &str, data: &Node, file: &Path) -> Result<Item, Diagnostic> {
    let Some(entries) = data.entries() else {
        if data.is_null() {
            return Ok(Item::Node(Arc::new(ParameterNode {
                about: About { name: name.to_owned(), ..About::default() },
                children: IndexMap::new(),
            })));
        }
        return Err(fault(file, data, format!("'{name}' must be of type object.")));
    };
    let mut about = About { name: name.to_owned(), file: Some(file.to_path_buf()), ..About::default() };
    if let Some(values) = data.get("values") {
        describe(&mut about, data);
        return parameter(
            about,
            if values.entries().is_some_and(|inner| !inner.is_empty()) { values } else { data },
            file,
        );
    }
    if let Some(brackets) = data.get("brackets") {
        describe(&mut about, data);
        return scale(about, brackets, file);
    }
    if entries.iter().all(|(key, _)| is_instant(&key.text)) {
        return parameter(about, data, file);
    }
    node(name, data, file).map(|node| Item::Node(Arc::new(node)))
}

/// A mapping whose entries are children.
pub(crate) fn node(name: &str, data: &Node, file: &Path) -> Result<ParameterNode, Diagnostic> {
    let mut about = About { name: name.to_owned(), file: Some(file.to_path_buf()), ..About::default() };
    describe(&mut about, data);
    let mut children = IndexMap::new();
    for (key, child) in data.entries().unwrap_or_default() {
        if !COMMON_KEYS.contains(&key.text.as_str()) {
            children.insert(key.text.clone(), item(&compose(name, &key.text), child, file)?);
        }
    }
    Ok(ParameterNode { about, children })
}

fn parameter(about: About, values: &Node, file: &Path) -> Result<Item, Diagnostic> {
    let mut dated = Vec::new();
    for (key, info) in values.entries().unwrap_or_default() {
        if key.text == "values" {
            continue;
        }
        if !is_instant(&key.text) {
            let message = format!(
                "Invalid property '{}' in '{}'. Properties must be valid YYYY-MM-DD instants, such as 2017-01-15.",
                key.text, about.name
            );
            return Err(fault(file, key, message));
        }
        let (value, metadata) = match info.entries() {
            None if info.as_text() == Some("expected") => continue,
            None => (info, Map::new()),
            Some(_) if info.get("expected").is_some_and(|expected| !expected.is_null()) => continue,
            Some(_) => {
                let mut inner = About::default();
                describe(&mut inner, info);
                let value = info.get("value").ok_or_else(|| {
                    fault(file, key, format!("Missing 'value' property for {}[{}]", about.name, key.text))
                })?;
                (value, inner.metadata)
            }
        };
        let value = parameter_value(value).ok_or_else(|| {
            fault(file, key, format!("Value in {}[{}] is not of an allowed type", about.name, key.text))
        })?;
        dated.push(DatedValue { instant: key.text.clone(), value, metadata });
    }
    dated.sort_by(|left, right| right.instant.cmp(&left.instant));
    Ok(Item::Parameter(Arc::new(Parameter { about, values: dated })))
}

pub(crate) fn parameter_value(node: &Node) -> Option<ParameterValue> {
    Some(match &node.value {
        Yaml::Null => ParameterValue::Null,
        Yaml::Bool(value) => ParameterValue::Bool(*value),
        Yaml::Int(value) => ParameterValue::Int(*value),
        Yaml::Float(value) => ParameterValue::Float(*value),
        Yaml::Text(text) => ParameterValue::Text(Arc::from(text.as_str())),
        Yaml::List(items) => ParameterValue::List(items.iter().map(parameter_value).collect::<Option<_>>()?),
        Yaml::Map(_) => return None,
    })
}

fn scale(about: About, brackets: &Node, file: &Path) -> Result<Item, Diagnostic> {
    let Some(items) = brackets.items() else {
        return Err(fault(
            file,
            brackets,
            format!("Property 'brackets' of scale '{}' must be of type array.", about.name),
        ));
    };
    let brackets = items
        .iter()
        .enumerate()
        .map(|(index, data)| bracket(&format!("{}[{index}]", about.name), data, file))
        .collect::<Result<_, _>>()?;
    Ok(Item::Scale(Arc::new(ParameterScale { about, brackets })))
}

/// One bracket of a scale.
pub(crate) fn bracket(name: &str, data: &Node, file: &Path) -> Result<ParameterNode, Diagnostic> {
    for (key, _) in data.entries().unwrap_or_default() {
        if !["amount", "threshold", "rate", "average_rate"].contains(&key.text.as_str()) {
            return Err(fault(file, key, format!("Unexpected property '{}' in '{name}'.", key.text)));
        }
    }
    node(name, data, file)
}
