//! What the commands do, as functions that give their results: whoever prints them decides how.

mod calculate;

use crate::diagnostic::{Diagnostic, Trouble};
use crate::evaluate::Evaluator;
use crate::parameter::{Item, ParameterValue};
use crate::period::{Instant, Period, Unit};
use crate::run::Column;
use crate::session::{Origin, Session};
use crate::simulation::{Options, Simulation};
use crate::situation::json_value;
use crate::system::{Package, on_deep_stack};
use crate::variable::Variable;
use serde_json::{Map, Value as Json, json};
use std::path::PathBuf;
use std::sync::Arc;

pub use calculate::{CalculationError, calculate};

/// A formula that does not compile, or fails at the date at which it was tried.
#[derive(Clone, Debug)]
pub struct FormulaTrouble {
    /// The variable.
    pub variable: String,
    /// The formula's first day.
    pub from: String,
    /// The period at which it was tried.
    pub period: Period,
    /// What is the matter.
    pub diagnostic: Diagnostic,
}

/// How much of a package compiles.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// All variables.
    pub variables: usize,
    /// Those with a formula.
    pub with_formula: usize,
    /// Those of which every formula compiles.
    pub compiled: usize,
    /// Those that compile together with everything that they rest on.
    pub compiled_whole: usize,
    /// Formulas in all.
    pub formulas: usize,
    /// Constructs that Maru does not compile.
    pub unsupported: Vec<FormulaTrouble>,
    /// Formulas that raise an error at the period tried, as Python would: mostly parameters not in force then.
    pub raised: Vec<FormulaTrouble>,
    /// What was wrong while reading the package.
    pub reading: Vec<Diagnostic>,
}

/// A construct that keeps formulas from compiling, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The construct.
    pub construct: String,
    /// What to write instead.
    pub help: String,
    /// How many formulas it keeps.
    pub formulas: usize,
    /// One of them.
    pub example: String,
}

/// Tries every formula of a package: at `on` where it is in force then, else at its own first day.
pub fn check(package: &Package, on: Instant) -> Result<Coverage, Diagnostic> {
    let system = Arc::clone(&package.system);
    let mut coverage =
        Coverage { variables: system.variables.len(), reading: package.diagnostics.clone(), ..Coverage::default() };
    for variable in system.variables.values().filter(|variable| !variable.formulas.is_empty()) {
        coverage.with_formula += 1;
        coverage.formulas += variable.formulas.len();
        let tried = periods(variable, on);
        let (name, library, rules) = (Arc::clone(&variable.name), Arc::clone(&package.library), Arc::clone(&system));
        let outcomes = on_deep_stack(move || {
            let try_one = |period: Period, alone: bool| {
                let session = if alone {
                    Session::alone(Arc::clone(&rules))
                } else {
                    Session::new(Arc::clone(&rules), std::collections::HashSet::new(), 1)
                };
                Evaluator::with_session(Arc::clone(&library), session).calculate(&name, period).err()
            };
            let each: Vec<Option<Diagnostic>> = tried.iter().map(|(_, period)| try_one(*period, true)).collect();
            let whole = tried.last().and_then(|(_, period)| try_one(*period, false));
            (tried, each, whole)
        })?;
        let (tried, each, whole) = outcomes;
        let mut compiles = true;
        for ((from, period), diagnostic) in tried.into_iter().zip(each) {
            let Some(diagnostic) = diagnostic else { continue };
            let trouble = FormulaTrouble { variable: variable.name.to_string(), from, period, diagnostic };
            if is_unsupported(&trouble.diagnostic) {
                compiles = false;
                coverage.unsupported.push(trouble);
            } else {
                coverage.raised.push(trouble);
            }
        }
        coverage.compiled += usize::from(compiles);
        coverage.compiled_whole += usize::from(compiles && !whole.is_some_and(|fault| is_unsupported(&fault)));
    }
    Ok(coverage)
}

fn is_unsupported(diagnostic: &Diagnostic) -> bool {
    !matches!(diagnostic.trouble, Trouble::Raised(_))
}

/// A period for each formula of a variable.
fn periods(variable: &Variable, on: Instant) -> Vec<(String, Period)> {
    let dates: Vec<&String> = variable.formulas.keys().collect();
    let mut tried = Vec::new();
    for (place, from) in dates.iter().enumerate() {
        let begins = Instant::parse(from).map_or(on, |(instant, _)| instant);
        let ends = dates.get(place + 1).and_then(|next| Instant::parse(next)).map(|(instant, _)| instant);
        let within = begins <= on && ends.is_none_or(|ends| on < ends) && variable.end.is_none_or(|end| on <= end);
        // A formula without date, replaced or ended before the day asked for, is tried on its last days.
        let day = match (within, begins.year <= 1, ends.or(variable.end)) {
            (true, ..) => on,
            (false, true, Some(ends)) => ends.offset(-1, Unit::Year).unwrap_or(begins),
            _ => begins,
        };
        let mut period = match variable.definition_period {
            Unit::Eternity => Period::one(Unit::Month, day.first_of(Unit::Month)),
            unit => Period::one(unit, day.first_of(unit)),
        };
        if period.start < begins {
            period = period.offset(1, None).unwrap_or(period);
        }
        tried.push(((*from).clone(), period));
    }
    tried
}

/// Constructs that do not compile, the most frequent first.
pub fn gaps(coverage: &Coverage) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for trouble in &coverage.unsupported {
        let example = trouble
            .diagnostic
            .location
            .as_ref()
            .map_or_else(|| trouble.variable.clone(), |place| format!("{}:{}", place.file.display(), place.line));
        match gaps.iter_mut().find(|gap| gap.construct == trouble.diagnostic.message) {
            Some(gap) => gap.formulas += 1,
            None => gaps.push(Gap {
                construct: trouble.diagnostic.message.clone(),
                help: trouble.diagnostic.help.clone().unwrap_or_default(),
                formulas: 1,
                example,
            }),
        }
    }
    gaps.sort_by(|left, right| right.formulas.cmp(&left.formulas).then(left.construct.cmp(&right.construct)));
    gaps
}

/// What a value rests on.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The variable.
    pub variable: String,
    /// Its label.
    pub label: Option<String>,
    /// The period.
    pub period: Period,
    /// The value for each instance looked at.
    pub value: Json,
    /// Where it comes from.
    pub origin: Origin,
    /// Where the law says so.
    pub references: Vec<String>,
    /// The formula's file and first line.
    pub formula: Option<(PathBuf, usize)>,
    /// Parameters read: path, day, value, reference.
    pub parameters: Vec<ParameterUse>,
    /// What it asked for.
    pub children: Vec<Explanation>,
}

/// A parameter that a formula read.
#[derive(Clone, Debug)]
pub struct ParameterUse {
    /// Its path.
    pub name: String,
    /// The day it was read for.
    pub instant: String,
    /// The value, or the brackets of a scale.
    pub value: Json,
    /// The reference beside it.
    pub reference: Option<Json>,
}

/// Explains a variable at a period: every value, formula and parameter that it rests on, with their sources.
pub fn explain(
    package: &Package,
    situation: &Json,
    variable: &str,
    period: Period,
    options: Options,
) -> Result<Explanation, CalculationError> {
    let mut simulation = package.situation(&package.system, situation, None)?;
    simulation.options = options;
    let plan = simulation.plan(&[(variable.to_owned(), period)])?;
    let asked = plan
        .outputs
        .first()
        .cloned()
        .unwrap_or_else(|| Err(Diagnostic::limit("nothing was asked", "name a variable")))?;
    let nodes: Vec<u32> = plan.calculations.iter().map(|calculation| calculation.node).collect();
    let columns = simulation.run(&plan, &nodes)?;
    let top = plan
        .calculations
        .iter()
        .rposition(|calculation| calculation.node == asked && *calculation.variable == *variable)
        .ok_or_else(|| Diagnostic::limit("the calculation left no trace", "report this with the package"))?;
    Ok(explanation(&simulation, &plan.calculations, &columns, top, &mut std::collections::HashSet::new())?)
}

fn explanation(
    simulation: &Simulation,
    calculations: &[crate::session::Calculation],
    columns: &[Column],
    place: usize,
    shown: &mut std::collections::HashSet<usize>,
) -> Result<Explanation, Diagnostic> {
    let calculation = &calculations[place];
    let variable = simulation.system.variable(&calculation.variable)?;
    let names = &simulation.identifiers[variable.entity];
    let mut value = Map::new();
    for (row, name) in names.iter().enumerate() {
        value.insert(name.clone(), json_value(variable, &columns[place], row));
    }
    let formula = match &calculation.origin {
        Origin::Formula(from) => variable.formulas.get(from).map(crate::variable::Formula::place),
        _ => None,
    };
    let mut children = Vec::new();
    // What was explained once is named again, not unfolded again: the tree stays as large as the calculation.
    if shown.insert(place) {
        for child in &calculation.children {
            children.push(explanation(simulation, calculations, columns, *child, shown)?);
        }
    }
    Ok(Explanation {
        variable: calculation.variable.to_string(),
        label: variable.label.clone(),
        period: calculation.period,
        value: Json::Object(value),
        origin: calculation.origin.clone(),
        references: variable.references.clone(),
        formula,
        parameters: calculation.parameters.iter().map(|read| parameter_use(simulation, read)).collect(),
        children,
    })
}

fn parameter_use(simulation: &Simulation, read: &crate::session::ParameterRead) -> ParameterUse {
    let item = simulation.system.parameters.find(&read.name);
    let (value, reference) = match &item {
        Some(Item::Parameter(parameter)) => {
            let dated = parameter.at(&read.instant);
            let reference = dated
                .and_then(|dated| dated.metadata.get("reference"))
                .or_else(|| parameter.about.metadata.get("reference"));
            (dated.map_or(Json::Null, |dated| parameter_json(&dated.value)), reference.cloned())
        }
        Some(Item::Scale(scale)) => {
            let at = scale.at(&read.instant);
            let brackets = at
                .thresholds
                .iter()
                .zip(&at.values)
                .map(|(threshold, value)| json!({ "threshold": threshold.float, "value": value.float }))
                .collect();
            (Json::Array(brackets), scale.about.metadata.get("reference").cloned())
        }
        _ => (read.value.as_ref().map_or(Json::Null, parameter_json), None),
    };
    ParameterUse { name: read.name.clone(), instant: read.instant.clone(), value, reference }
}

/// A parameter's value as JSON.
pub fn parameter_json(value: &ParameterValue) -> Json {
    match value {
        ParameterValue::Null => Json::Null,
        ParameterValue::Bool(value) => (*value).into(),
        ParameterValue::Int(value) => (*value).into(),
        ParameterValue::Float(number) => serde_json::Number::from_f64(number.float).map_or(Json::Null, Json::Number),
        ParameterValue::Text(text) => text.to_string().into(),
        ParameterValue::List(items) => items.iter().map(parameter_json).collect(),
    }
}

impl Explanation {
    /// The tree as JSON.
    pub fn to_json(&self) -> Json {
        json!({
            "variable": self.variable,
            "label": self.label,
            "period": self.period.to_string(),
            "value": self.value,
            "origin": self.origin_name(),
            "references": self.references,
            "formula": self.formula.as_ref().map(|(file, line)| format!("{}:{line}", file.display())),
            "parameters": self.parameters.iter().map(|used| json!({
                "name": used.name, "instant": used.instant, "value": used.value, "reference": used.reference,
            })).collect::<Vec<_>>(),
            "children": self.children.iter().map(Self::to_json).collect::<Vec<_>>(),
        })
    }

    const fn origin_name(&self) -> &'static str {
        match self.origin {
            Origin::Input => "input",
            Origin::Formula(_) => "formula",
            Origin::Default => "default",
            Origin::Neutralized => "neutralized",
            Origin::Spiral => "spiral",
        }
    }

    /// The tree as indented text, Korean where `korean` is set.
    pub fn to_text(&self, korean: bool) -> String {
        let mut text = String::new();
        self.write(&mut text, 0, korean);
        text
    }

    fn write(&self, text: &mut String, depth: usize, korean: bool) {
        let say = |in_korean: &'static str, in_english: &'static str| if korean { in_korean } else { in_english };
        let indent = "  ".repeat(depth);
        let origin = match self.origin {
            Origin::Input => say("입력값", "given"),
            Origin::Formula(_) => say("산식", "formula"),
            Origin::Default => say("기본값", "default"),
            Origin::Neutralized => say("적용 제외", "switched off"),
            Origin::Spiral => say("순환으로 기본값", "default, because the formula comes back to itself"),
        };
        let values: Vec<String> =
            self.value.as_object().into_iter().flatten().map(|(name, value)| format!("{name}: {value}")).collect();
        let label = self.label.as_deref().map(|label| format!(" ({label})")).unwrap_or_default();
        let mut line = |parts: &[&str]| {
            text.push_str(&indent);
            text.push_str(&parts.concat());
            text.push('\n');
        };
        line(&[&self.variable, &label, " ", &self.period.to_string(), " = ", &values.join(", "), " [", origin, "]"]);
        for reference in &self.references {
            line(&["  ", say("근거", "law"), " ", reference]);
        }
        for used in &self.parameters {
            let reference = used.reference.as_ref().map(|reference| format!(" — {reference}")).unwrap_or_default();
            let value = used.value.to_string();
            line(&["  ", say("기준", "parameter"), " ", &used.name, " (", &used.instant, ") = ", &value, &reference]);
        }
        for child in &self.children {
            child.write(text, depth + 1, korean);
        }
    }
}
