//! The reason of a result in the words of the package, where it has a folder `reasons`: cases in order, each with a
//! condition, a sentence in both languages and its article. Form: `docs/decisions/laws-reasons-and-proofs.md`.

use super::Case;
use super::words::{Words, value_words};
use crate::command::CalculationError;
use crate::diagnostic::Diagnostic;
use crate::graph::{Binary, Shape};
use crate::number::Rational;
use crate::parameter::{Item, ParameterValue};
use crate::period::{Instant, Period, Unit};
use crate::system::Package;
use crate::unknown::evaluate::at;
use crate::unknown::needs::needs;
use crate::unknown::{Inquiry, Known, Possible};
use crate::variable::{ValueType, Variable};
use crate::yaml::{self, Node};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why, in a sentence, and where the law says so.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reason {
    /// The sentence.
    pub text: Words,
    /// The article.
    pub basis: Words,
}

struct Look<'look> {
    case: &'look Case,
    inquiry: Inquiry,
    names: BTreeMap<String, usize>,
    period: Period,
}

fn wrong(file: &Path, message: &str) -> Diagnostic {
    Diagnostic::limit(format!("{}: {message}", file.display()), "see docs/decisions/laws-reasons-and-proofs.md")
}

/// Names of variables and parameters in a condition or a sentence.
fn names(text: &str, found: &mut Vec<String>, is_condition: bool) {
    let parts: Vec<String> = if is_condition {
        // What stands after «is» is a member of an enumeration, no name.
        let names = text.split(" and ").map(|clause| clause.split(" is ").next().unwrap_or(clause));
        names.flat_map(str::split_whitespace).map(str::to_owned).collect()
    } else {
        text.split('{')
            .skip(1)
            .filter_map(|part| part.split('}').next())
            .flat_map(|inner| inner.split(" - ").map(str::to_owned))
            .collect()
    };
    found.extend(parts.into_iter().filter(|part| {
        part.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '_')
            && !["and", "not", "is", "otherwise"].contains(&part.as_str())
    }));
}

/// The cases of a variable, and the texts for what is unknown.
fn cases(folder: &Path, variable: &str) -> Result<Option<(PathBuf, Node)>, Diagnostic> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(None) };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files.into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "yaml")) {
        let text = std::fs::read_to_string(&file).map_err(|error| wrong(&file, &error.to_string()))?;
        let data = yaml::parse(&text, &file)?;
        if let Some(found) = data.get(variable) {
            return Ok(Some((file, found.clone())));
        }
    }
    Ok(None)
}

/// The reason of a result; nothing where the package gives none.
pub(super) fn reason(package: &Package, case: &Case, period: Period) -> Result<Option<Reason>, CalculationError> {
    let folder = package.root.join("reasons");
    let Some((file, cases)) = cases(&folder, &case.variable.name)? else { return Ok(None) };
    let text = |case: &Node, key: &str| case.get(key).and_then(Node::as_text).unwrap_or_default().to_owned();
    let mut wanted: Vec<String> = vec![case.variable.name.to_string()];
    for entry in cases.items().unwrap_or_default() {
        names(&text(entry, "when"), &mut wanted, true);
        names(&text(entry, "ko"), &mut wanted, false);
        names(&text(entry, "en"), &mut wanted, false);
    }
    let look = Look::new(case, &wanted, period)?;
    if !look.possible(&case.variable.name).is_some_and(|value| value.is_known()) {
        return Ok(Some(unknown(&folder, case)?));
    }
    for entry in cases.items().unwrap_or_default() {
        match look.holds(&text(entry, "when"), &file)? {
            Some(true) => {
                return Ok(Some(Reason {
                    text: Words {
                        ko: look.filled(&text(entry, "ko"), true),
                        en: look.filled(&text(entry, "en"), false),
                    },
                    basis: Words { ko: text(entry, "basis"), en: text(entry, "basis_en") },
                }));
            }
            Some(false) => {}
            None => return Ok(Some(unknown(&folder, case)?)),
        }
    }
    Ok(None)
}

/// What is said where an open figure keeps the result from being told.
fn unknown(folder: &Path, case: &Case) -> Result<Reason, Diagnostic> {
    let file = folder.join("unknown.yaml");
    let text = std::fs::read_to_string(&file).map_err(|error| wrong(&file, &error.to_string()))?;
    let data = yaml::parse(&text, &file)?;
    let ground = case.inquiry.ground();
    let values = case.inquiry.all(&ground, &[case.node])?;
    let figures: Vec<Words> = needs(&ground, &values, case.node, case.row)?
        .figures
        .iter()
        .filter_map(|figure| case.inquiry.figures.get(*figure))
        .map(|figure| Words::of_label(figure.description.as_deref().unwrap_or(&figure.name)))
        .collect();
    let said = |key: &str, korean: bool| {
        let first = data.get(key).and_then(Node::as_text).unwrap_or_default().to_owned();
        if figures.is_empty() {
            return first;
        }
        let listed: Vec<&str> = figures.iter().map(|words| words.in_language(korean)).collect();
        let gaps = data.get(&format!("{key}_gaps")).and_then(Node::as_text).unwrap_or_default();
        format!("{first} {}", gaps.replace("{gaps}", &listed.join(", ")))
    };
    Ok(Reason { text: Words { ko: said("ko", true), en: said("en", false) }, basis: Words::default() })
}

impl<'look> Look<'look> {
    fn new(case: &'look Case, wanted: &[String], period: Period) -> Result<Self, Diagnostic> {
        let mut names = BTreeMap::new();
        let mut questions = Vec::new();
        for name in wanted.iter().filter(|name| !name.contains('.')) {
            if names.contains_key(name) {
                continue;
            }
            let (variable, month) =
                name.split_once('@').map_or((name.as_str(), None), |(name, month)| (name, Some(month)));
            let of = case.inquiry.simulation.system.variable(variable)?;
            let at = match month.and_then(|month| Instant::new(period.start.year, month.parse().ok()?, 1)) {
                Some(first) => Period::one(Unit::Month, first),
                None => crate::reform::own_period(of, period),
            };
            names.insert(name.clone(), questions.len());
            questions.push((variable.to_owned(), at));
        }
        let mut inquiry = Inquiry::new(case.inquiry.simulation.clone(), Known::new(), &questions, &HashSet::new())?;
        inquiry.known.clear();
        Ok(Self { case, inquiry, names, period })
    }

    fn variable(&self, name: &str) -> Option<&Arc<Variable>> {
        self.inquiry.simulation.system.variables.get(name.split('@').next().unwrap_or(name))
    }

    /// A variable's value for the one whom the result is of: its own, or that of its group.
    fn possible(&self, name: &str) -> Option<Possible> {
        let node = self.inquiry.plan.outputs.get(*self.names.get(name)?)?.clone().ok()?;
        let values = self.inquiry.evaluate(&[node]).ok()?.pop()?;
        let row = match self.inquiry.plan.graph.shape(node) {
            Shape::Entity(entity) if entity == self.case.variable.entity => self.case.row,
            Shape::Entity(group) if self.case.variable.entity == self.inquiry.simulation.system.person => {
                *self.inquiry.simulation.population.memberships[group].group.get(self.case.row)? as usize
            }
            _ => return None,
        };
        Some(at(&values, row).clone())
    }

    fn parameter(&self, path: &str) -> Option<(Possible, Option<String>)> {
        let Some(Item::Parameter(parameter)) = self.inquiry.simulation.system.parameters.find(path) else {
            return None;
        };
        let value = match &parameter.at(&self.period.start.to_string())?.value {
            ParameterValue::Int(value) => Possible::number(Rational::integer(i128::from(*value))),
            ParameterValue::Float(number) => number.exact.map_or(Possible::Nothing, Possible::number),
            _ => return None,
        };
        let unit = parameter.about.metadata.get("unit").and_then(serde_json::Value::as_str).map(str::to_owned);
        Some((value, unit))
    }

    fn operand(&self, text: &str) -> Option<Possible> {
        if let Some(number) = Rational::parse(text) {
            return Some(Possible::number(number));
        }
        if text.contains('.') { self.parameter(text).map(|(value, _)| value) } else { self.possible(text) }
    }

    /// Whether a condition holds; nothing where that is open.
    fn holds(&self, condition: &str, file: &Path) -> Result<Option<bool>, Diagnostic> {
        if condition == "otherwise" {
            return Ok(Some(true));
        }
        for clause in condition.split(" and ") {
            match self.clause(clause.trim()) {
                Some((true, true)) => return Ok(None),
                Some((_, true)) => {}
                Some(_) => return Ok(Some(false)),
                None => return Err(wrong(file, &format!("«{clause}» is no condition"))),
            }
        }
        Ok(Some(true))
    }

    fn clause(&self, clause: &str) -> Option<(bool, bool)> {
        let words: Vec<&str> = clause.split_whitespace().collect();
        match words.as_slice() {
            ["not", name] => self.possible(name).map(|value| {
                let (no, yes) = value.truths();
                (yes, no)
            }),
            [name] => self.possible(name).map(|value| value.truths()),
            [name, "is", "not", member] => self.is(name, member).map(|(no, yes)| (yes, no)),
            [name, "is", member] => self.is(name, member),
            [left, sign, right] => {
                let (left, right) = (self.operand(left)?, self.operand(right)?);
                let value = match *sign {
                    "<" => left.binary(Binary::Less, &right),
                    "<=" => left.binary(Binary::LessOrEqual, &right),
                    ">" => right.binary(Binary::Less, &left),
                    ">=" => right.binary(Binary::LessOrEqual, &left),
                    "==" => left.binary(Binary::Equal, &right),
                    "!=" => left.binary(Binary::NotEqual, &right),
                    _ => return None,
                };
                Some(value.truths())
            }
            _ => None,
        }
    }

    fn is(&self, name: &str, member: &str) -> Option<(bool, bool)> {
        let ValueType::Enum(enumeration) = &self.variable(name)?.value_type else { return None };
        let index = u32::try_from(enumeration.index(member)?).ok().filter(|index| *index < 128)?;
        Some(self.possible(name)?.binary(Binary::Equal, &Possible::Members(1 << index)).truths())
    }

    fn filled(&self, sentence: &str, korean: bool) -> String {
        let mut text = String::new();
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let Some((name, behind)) = after.split_once('}') else { break };
            text.push_str(&self.shown(name, korean).unwrap_or_else(|| name.to_owned()));
            rest = behind;
        }
        text.push_str(rest);
        text
    }

    fn shown(&self, name: &str, korean: bool) -> Option<String> {
        if let Some((left, right)) = name.split_once(" - ") {
            let value = self.possible(left)?.binary(Binary::Subtract, &self.possible(right)?);
            return Some(value_words(self.variable(left)?, &value).in_language(korean).to_owned());
        }
        if name.contains('.') {
            let (value, unit) = self.parameter(name)?;
            return Some(number_words(value.known_number()?, unit.as_deref(), korean));
        }
        let (variable, value) = (self.variable(name)?, self.possible(name)?);
        match variable.value_type {
            ValueType::Int | ValueType::Float => {
                Some(number_words(value.known_number()?, variable.unit.as_deref(), korean))
            }
            _ => Some(value_words(variable, &value).in_language(korean).to_owned()),
        }
    }
}

/// A number in a sentence: ages in years, rates in per cent.
fn number_words(number: Rational, unit: Option<&str>, korean: bool) -> String {
    let shown = |number: Rational| super::words::grouped(&number.to_string());
    match unit {
        Some("/1") => format!("{}%", shown(number.multiply(Rational::integer(100)).unwrap_or(number))),
        Some("/100") => format!("{}%", shown(number)),
        Some("year") if korean => format!("{}세", shown(number)),
        Some("year" | "person") if !korean => shown(number),
        unit => super::words::with_unit(&number.to_string(), unit).in_language(korean).to_owned(),
    }
}
