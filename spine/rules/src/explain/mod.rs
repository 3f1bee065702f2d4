//! Why a result is what it is: the tree of what it rests on for one person, in words that an official can sign.
//!
//! The tree follows the calculation row by row: another member's pension is named where it mattered, a branch that was not
//! taken is not. Labels, articles and proofs are the package's own: the engine adds no law.

pub mod along;
pub mod certificate;
pub mod change;
mod page;
mod reasons;
mod rests;
mod words;

pub(crate) use page::escape;
pub use page::page;
pub use reasons::Reason;
pub use words::Words;
pub(crate) use words::grouped;

use crate::command::{CalculationError, parameter_json};
use crate::diagnostic::Diagnostic;
use crate::graph::{NodeId, Shape};
use crate::parameter::{Item, ParameterValue};
use crate::period::Period;
use crate::session::{Calculation, Origin, ParameterRead};
use crate::system::{Package, System};
use crate::unknown::evaluate::at;
use crate::unknown::{Inquiry, Known, Possible, Values, known_cells};
use crate::variable::Variable;
use serde_json::{Value as Json, json};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// How deep a tree goes at most; beyond, what is there is named and not unfolded.
const DEEPEST: usize = 60;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// It was given.
    Given,
    /// Nothing was said: the usual value stands.
    Usual,
    /// A formula.
    Formula,
    /// No formula is in force then.
    NotInForce,
    /// A reform switched it off.
    SwitchedOff,
}

/// A figure of the law that a formula read.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Figure {
    /// The path.
    pub name: String,
    /// What it is.
    pub description: Words,
    /// The day it was read for.
    pub instant: String,
    /// The day from which it has this value.
    pub since: Option<String>,
    /// The value; a list of brackets for a scale; nothing where the law leaves it open.
    pub value: Json,
    /// The value in words.
    pub shown: Words,
    /// Titles and addresses of where the law says so.
    pub references: Vec<(String, Option<String>)>,
    /// How certain it is (L official text, P press or public body, S secondary, U not verified).
    pub mark: Option<String>,
}

/// A value and what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// The variable.
    pub variable: String,
    /// Its label.
    pub label: Words,
    /// Whose value it is.
    pub instance: String,
    /// The kind of entity, by its key.
    pub entity: String,
    /// The period.
    pub period: Period,
    /// The value.
    pub value: Json,
    /// What it is measured in, as the package says.
    pub unit: Option<String>,
    /// The value in words.
    pub shown: Words,
    /// Where it comes from.
    pub source: Source,
    /// The reason in the package's words, for the result asked for.
    pub reason: Option<Reason>,
    /// What the formula says, with its article; what an input is and what proves it.
    pub text: Words,
    /// Where the law says so.
    pub references: Vec<String>,
    /// File and line of the formula, within the package.
    pub formula: Option<String>,
    /// Figures of the law that were read.
    pub figures: Vec<Figure>,
    /// What it rests on.
    pub children: Vec<Account>,
    /// Whether it is unfolded elsewhere in the tree.
    pub elsewhere: bool,
}

/// A question calculated for one person or group, every value of every row kept.
pub(crate) struct Case {
    pub(crate) inquiry: Inquiry,
    given: Known,
    pub(crate) node: NodeId,
    pub(crate) row: usize,
    pub(crate) variable: Arc<Variable>,
    root: std::path::PathBuf,
}

impl Case {
    /// Calculates a variable of one person or group; the first where none is named.
    pub(crate) fn new(
        package: &Package,
        situation: &Json,
        (variable, period): (&str, Period),
        instance: Option<&str>,
    ) -> Result<Self, CalculationError> {
        let simulation = package.situation(&package.system, situation, None)?;
        let given = known_cells(&simulation, situation);
        let question = [(variable.to_owned(), period)];
        let mut inquiry = Inquiry::new(simulation, given.clone(), &question, &HashSet::new())?;
        // Here what was not said is the usual value, as the law's calculation takes it.
        inquiry.known.clear();
        let of = Arc::clone(inquiry.simulation.system.variable(variable)?);
        let names = &inquiry.simulation.identifiers[of.entity];
        let row = match instance {
            None => 0,
            Some(name) => names.iter().position(|known| known == name).ok_or_else(|| {
                Diagnostic::raised("ValueError", format!("there is no «{name}»; there are: {}", names.join(", ")))
            })?,
        };
        let node = inquiry
            .plan
            .outputs
            .first()
            .cloned()
            .unwrap_or_else(|| Err(Diagnostic::limit("nothing was asked", "name a variable")))?;
        Ok(Self { inquiry, given, node, row, variable: of, root: package.root.clone() })
    }

    fn is_given(&self, key: &(Arc<str>, Period), row: usize) -> bool {
        self.given.get(key).is_some_and(|mask| mask.get(row).copied().unwrap_or(false))
    }
}

/// Explains a variable of one person or group at a period.
pub fn explain(
    package: &Package,
    situation: &Json,
    variable: &str,
    period: Period,
    instance: Option<&str>,
) -> Result<Account, CalculationError> {
    let case = Case::new(package, situation, (variable, period), instance)?;
    let calculations = &case.inquiry.plan.calculations;
    let nodes: Vec<NodeId> = calculations.iter().map(|calculation| calculation.node).collect();
    let ground = case.inquiry.ground();
    let values = case.inquiry.all(&ground, &nodes)?;
    let top = calculations
        .iter()
        .rposition(|calculation| *calculation.variable == *variable && calculation.node == case.node)
        .ok_or_else(|| Diagnostic::limit("the calculation left no trace", "report this with the package"))?;
    let mut teller = Teller { case: &case, ground: &ground, values: &values, told: HashSet::new() };
    let mut account = teller.account(top, case.row, 0)?;
    account.reason = reasons::reason(package, &case, period)?;
    Ok(account)
}

struct Teller<'case> {
    case: &'case Case,
    ground: &'case crate::unknown::evaluate::Ground<'case>,
    values: &'case [Option<Values>],
    told: HashSet<(usize, usize)>,
}

impl Teller<'_> {
    fn account(&mut self, place: usize, row: usize, depth: usize) -> Result<Account, Diagnostic> {
        let calculation = &self.case.inquiry.plan.calculations[place];
        let system = &self.case.inquiry.simulation.system;
        let variable = system.variable(&calculation.variable)?;
        let value = self.values[calculation.node as usize]
            .as_deref()
            .map_or(Possible::Nothing, |values| at(values, row).clone());
        let source = match &calculation.origin {
            Origin::Input if self.case.is_given(&(Arc::clone(&calculation.variable), calculation.period), row) => {
                Source::Given
            }
            Origin::Input => Source::Usual,
            Origin::Formula(_) => Source::Formula,
            Origin::Default | Origin::Spiral => Source::NotInForce,
            Origin::Neutralized => Source::SwitchedOff,
        };
        let formula = match &calculation.origin {
            Origin::Formula(from) => variable.formulas.get(from),
            _ => None,
        };
        let text = match formula.and_then(crate::variable::Formula::documentation) {
            Some(text) => Words::of_text(text),
            None => variable.documentation.as_deref().map(Words::of_text).unwrap_or_default(),
        };
        let mut account = Account {
            variable: calculation.variable.to_string(),
            label: variable.label.as_deref().map_or_else(|| Words::of_label(&calculation.variable), Words::of_label),
            instance: self.case.inquiry.simulation.identifiers[variable.entity].get(row).cloned().unwrap_or_default(),
            entity: system.entities[variable.entity].key.to_string(),
            period: calculation.period,
            value: crate::unknown::possible_json(&value, variable).unwrap_or(Json::Null),
            unit: variable.unit.clone(),
            shown: words::value_words(variable, &value),
            source,
            reason: None,
            text,
            references: variable.references.clone(),
            formula: formula.map(|formula| {
                let (file, line) = formula.place();
                format!("{}:{line}", file.strip_prefix(&self.case.root).unwrap_or(&file).display())
            }),
            figures: calculation.parameters.iter().map(|read| figure(system, read)).collect(),
            children: Vec::new(),
            elsewhere: false,
        };
        if calculation.children.is_empty() {
            return Ok(account);
        }
        if depth >= DEEPEST || !self.told.insert((place, row)) {
            account.elsewhere = true;
            return Ok(account);
        }
        for (child, row) in self.children(calculation, row) {
            account.children.push(self.account(child, row, depth + 1)?);
        }
        Ok(account)
    }

    /// The calculations that mattered, with the rows that did.
    fn children(&self, calculation: &Calculation, row: usize) -> Vec<(usize, usize)> {
        let calculations = &self.case.inquiry.plan.calculations;
        let stops: HashSet<NodeId> = calculation.children.iter().map(|child| calculations[*child].node).collect();
        let mut children = Vec::new();
        // A formula that only hands on another variable has the same node.
        if let Some(same) = calculation.children.iter().find(|child| calculations[**child].node == calculation.node) {
            return vec![(*same, row)];
        }
        let mut rows: HashMap<NodeId, Vec<usize>> = HashMap::new();
        for (node, row) in rests::rests_on(self.ground, self.values, (calculation.node, row), &stops) {
            rows.entry(node).or_default().push(row);
        }
        let mut used: HashSet<NodeId> = HashSet::new();
        for child in &calculation.children {
            let node = calculations[*child].node;
            // Two variables may be the same column of the graph, such as two that are switched off: the first stands for both.
            if matches!(self.ground.graph.shape(node), Shape::Entity(_)) && used.insert(node) {
                children.extend(rows.get(&node).into_iter().flatten().map(|row| (*child, *row)));
            }
        }
        children
    }
}

/// A period as people say it.
pub fn period_in_words(period: Period) -> Words {
    words::period_words(period)
}

/// A figure of the law on a day, as it is told.
pub fn figure_of(system: &System, name: &str, instant: &str) -> Figure {
    let value = match system.parameters.find(name) {
        Some(Item::Parameter(parameter)) => parameter.at(instant).map(|dated| dated.value.clone()),
        _ => None,
    };
    figure(system, &ParameterRead { name: name.to_owned(), instant: instant.to_owned(), value })
}

/// What a formula read of the law, with its source.
fn figure(system: &System, read: &ParameterRead) -> Figure {
    let item = system.parameters.find(&read.name);
    let about = item.as_ref().map(Item::about);
    let unit = about.and_then(|about| about.metadata.get("unit")).and_then(Json::as_str);
    let mut mark = about.and_then(|about| about.metadata.get("mark")).and_then(Json::as_str);
    let mut reference = about.and_then(|about| about.metadata.get("reference"));
    let (value, shown, since) = match &item {
        Some(Item::Parameter(parameter)) => {
            let dated = parameter.at(&read.instant);
            if let Some(dated) = dated {
                mark = dated.metadata.get("mark").and_then(Json::as_str).or(mark);
                reference = dated.metadata.get("reference").or(reference);
            }
            let value = dated.map_or(Json::Null, |dated| parameter_json(&dated.value));
            (value, figure_words(dated.map(|dated| &dated.value), unit), dated.map(|dated| dated.instant.clone()))
        }
        Some(Item::Scale(scale)) => {
            let at = scale.at(&read.instant);
            let brackets: Vec<String> = at
                .thresholds
                .iter()
                .zip(&at.values)
                .map(|(threshold, value)| {
                    format!("{} → {}", words::grouped(&threshold.to_string()), words::grouped(&value.to_string()))
                })
                .collect();
            let shown = brackets.join(", ");
            let value = at
                .thresholds
                .iter()
                .zip(&at.values)
                .map(|(threshold, value)| json!({ "threshold": threshold.float, "value": value.float }))
                .collect();
            (Json::Array(value), Words { ko: shown.clone(), en: shown }, None)
        }
        _ => (read.value.as_ref().map_or(Json::Null, parameter_json), figure_words(read.value.as_ref(), unit), None),
    };
    Figure {
        name: read.name.clone(),
        description: about
            .and_then(|about| about.description.as_deref())
            .map_or_else(|| Words::of_label(&read.name), Words::of_label),
        instant: read.instant.clone(),
        since,
        value,
        shown,
        references: reference.map(references).unwrap_or_default(),
        mark: mark.map(str::to_owned),
    }
}

fn figure_words(value: Option<&ParameterValue>, unit: Option<&str>) -> Words {
    match value {
        Some(ParameterValue::Float(number)) if number.float.is_nan() => {
            Words { ko: "확인되지 않음".to_owned(), en: "not confirmed".to_owned() }
        }
        Some(ParameterValue::Float(number)) => words::with_unit(&number.to_string(), unit),
        Some(ParameterValue::Int(number)) => words::with_unit(&number.to_string(), unit),
        None | Some(ParameterValue::Null) => Words { ko: "없음".to_owned(), en: "none".to_owned() },
        Some(other) => {
            let shown = parameter_json(other).to_string();
            Words { ko: shown.clone(), en: shown }
        }
    }
}

/// Titles and addresses, however a package writes them.
fn references(json: &Json) -> Vec<(String, Option<String>)> {
    match json {
        Json::String(text) => vec![(text.clone(), text.starts_with("http").then(|| text.clone()))],
        Json::Array(items) => items.iter().flat_map(references).collect(),
        Json::Object(entries) if entries.contains_key("title") || entries.contains_key("href") => {
            let text = |key: &str| entries.get(key).and_then(Json::as_str).map(str::to_owned);
            let href = text("href");
            vec![(text("title").or_else(|| href.clone()).unwrap_or_default(), href)]
        }
        Json::Object(entries) => entries.values().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

impl Account {
    /// The sentence with which a decision begins.
    pub fn sentence(&self) -> Words {
        let period = words::period_words(self.period);
        Words {
            ko: format!("{}의 {} {}: {}", self.instance, period.ko, self.label.ko, self.shown.ko),
            en: format!("{} of {}, {}: {}", self.label.en, self.instance, period.en, self.shown.en),
        }
    }

    /// Every input that mattered, once, with what proves it.
    pub fn inputs(&self) -> Vec<&Self> {
        let mut found: Vec<&Self> = Vec::new();
        let mut open = vec![self];
        while let Some(account) = open.pop() {
            let same = |known: &&&Self| {
                known.variable == account.variable
                    && known.instance == account.instance
                    && known.period == account.period
            };
            if matches!(account.source, Source::Given | Source::Usual) && !found.iter().any(|known| same(&known)) {
                found.push(account);
            }
            open.extend(account.children.iter().rev());
        }
        found
    }

    /// The tree as JSON.
    pub fn to_json(&self) -> Json {
        let figures: Vec<Json> = self
            .figures
            .iter()
            .map(|figure| {
                let references: Vec<Json> =
                    figure.references.iter().map(|(title, href)| json!({ "title": title, "href": href })).collect();
                json!({ "name": figure.name, "description": figure.description, "instant": figure.instant,
                        "since": figure.since, "value": figure.value, "shown": figure.shown,
                        "references": references, "mark": figure.mark })
            })
            .collect();
        json!({
            "variable": self.variable, "label": self.label, "instance": self.instance, "entity": self.entity,
            "period": self.period.to_string(), "value": self.value, "shown": self.shown, "source": self.source,
            "reason": self.reason, "text": self.text, "references": self.references, "formula": self.formula, "figures": figures,
            "elsewhere": self.elsewhere, "children": self.children.iter().map(Self::to_json).collect::<Vec<_>>(),
        })
    }

    /// The tree as indented text.
    pub fn to_text(&self, korean: bool) -> String {
        let mut text = format!("{}\n", self.sentence().in_language(korean));
        if let Some(reason) = &self.reason {
            let basis = reason.basis.in_language(korean);
            let article = if basis.is_empty() { String::new() } else { format!(" ({basis})") };
            let _ = writeln!(text, "{}{article}", reason.text.in_language(korean));
        }
        self.write(&mut text, 1, korean);
        let inputs = self.inputs();
        if !inputs.is_empty() {
            text.push_str(if korean { "\n확인한 사실과 증빙\n" } else { "\nFacts and what proves them\n" });
            for input in inputs {
                let proof = input.text.in_language(korean);
                let usual = match (input.source, korean) {
                    (Source::Usual, true) => " [입력 없음: 기본값]",
                    (Source::Usual, false) => " [not given: the usual value]",
                    _ => "",
                };
                let _ = writeln!(
                    text,
                    "  {} {} = {}{usual}{}{proof}",
                    input.instance,
                    input.label.in_language(korean),
                    input.shown.in_language(korean),
                    if proof.is_empty() { "" } else { " — " },
                );
            }
        }
        text
    }

    fn write(&self, text: &mut String, depth: usize, korean: bool) {
        let indent = "  ".repeat(depth);
        let own = self.text.in_language(korean);
        if !own.is_empty() && self.source == Source::Formula && !self.elsewhere {
            let _ = writeln!(text, "{indent}{}: {own}", if korean { "근거" } else { "law" });
        }
        for figure in self.figures.iter().filter(|_| !self.elsewhere) {
            let titles: Vec<&str> = figure.references.iter().map(|(title, _)| title.as_str()).collect();
            let _ = writeln!(
                text,
                "{indent}{}: {} = {}{}{}",
                if korean { "기준" } else { "figure" },
                figure.description.in_language(korean),
                figure.shown.in_language(korean),
                figure.since.as_deref().map_or_else(String::new, |since| if korean {
                    format!(" ({since}부터)")
                } else {
                    format!(" (since {since})")
                }),
                if titles.is_empty() { String::new() } else { format!(" — {}", titles.join(", ")) },
            );
        }
        for child in &self.children {
            let _ = writeln!(
                text,
                "{indent}- {} · {} ({}) = {}{}",
                child.instance,
                child.label.in_language(korean),
                words::period_words(child.period).in_language(korean),
                child.shown.in_language(korean),
                match (child.elsewhere, child.source, korean) {
                    (true, _, true) => " (위에 설명함)",
                    (true, _, false) => " (explained above)",
                    (_, Source::Usual, true) => " [입력 없음: 기본값]",
                    (_, Source::Usual, false) => " [not given: the usual value]",
                    _ => "",
                },
            );
            child.write(text, depth + 1, korean);
        }
    }
}
