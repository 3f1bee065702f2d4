//! Reforms: other figures, or a package's own reform, over the same population in one pass with the rules in force.
//!
//! Both sets of rules become one graph; what they share is calculated once. Out of it come cost, winners and losers, poverty
//! and inequality, and what is left of a further won.

mod chart;
mod measure;
mod population;
mod rates;
mod table;

pub use chart::page;
pub use measure::{Distribution, Line, Study};
pub(crate) use population::own_period;
pub use population::read_csv;
pub use rates::{Axis, Curve, rates};
pub use table::{Cells, Table, tables};

use crate::diagnostic::Diagnostic;
use crate::merge::merge;
use crate::parameter::ParameterValue;
use crate::parameter::{Item, Parameter, ParameterNode, ParameterScale, is_instant, parameter_value};
use crate::period::Period;
use crate::run::Column;
use crate::simulation::{Plan, Simulation};
use crate::system::{Package, System};
use crate::yaml::{self, Node};
use std::path::Path;
use std::sync::Arc;

/// One figure from a day on.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureChange {
    /// The parameter's path; a bracket of a scale is `path[place].rate`.
    pub name: String,
    /// From this day.
    pub from: String,
    /// To the day before this one; without end where none.
    pub until: Option<String>,
    /// The new value.
    pub value: ParameterValue,
}

/// What to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Variables that are paid out: their sum is the cost.
    pub cost: Vec<String>,
    /// Variables whose sum is a household's income.
    pub income: Vec<String>,
    /// Variables of the household by which results are shown.
    pub groups: Vec<String>,
    /// The kind of entity that shares its income; the first group where none is named.
    pub unit: Option<String>,
}

/// A reform as a file describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reform {
    /// A few words.
    pub name: String,
    /// Reforms of the package (`package.reforms.module.name`).
    pub reforms: Vec<String>,
    /// Other figures.
    pub figures: Vec<FigureChange>,
    /// What to look at.
    pub look: Look,
}

fn wrong(message: String) -> Diagnostic {
    Diagnostic::limit(
        message,
        "write «parameters:» with a path, below it a date and the new value, such as «benefits.amount: {2026-01-01: 700}»",
    )
}

fn texts(node: Option<&Node>) -> Vec<String> {
    let Some(node) = node else { return Vec::new() };
    match node.items() {
        Some(items) => items.iter().filter_map(Node::as_text).map(str::to_owned).collect(),
        None => node.as_text().map(str::to_owned).into_iter().collect(),
    }
}

impl Reform {
    /// Reads a reform from YAML.
    pub fn parse(text: &str, file: &Path) -> Result<Self, Diagnostic> {
        let data = yaml::parse(text, file)?;
        let mut reform = Self {
            name: data.get("name").and_then(Node::as_text).unwrap_or("reform").to_owned(),
            reforms: texts(data.get("reforms")),
            look: Look {
                cost: texts(data.get("cost")),
                income: texts(data.get("income")),
                groups: texts(data.get("groups")),
                unit: data.get("unit").and_then(Node::as_text).map(str::to_owned),
            },
            ..Self::default()
        };
        for (path, dated) in data.get("parameters").and_then(Node::entries).unwrap_or_default() {
            for (day, value) in dated.entries().unwrap_or_default() {
                let (from, until) = match day.text.split_once("..") {
                    Some((from, until)) => (from.trim().to_owned(), Some(until.trim().to_owned())),
                    None => (day.text.clone(), None),
                };
                if !is_instant(&from) || until.as_deref().is_some_and(|until| !is_instant(until)) {
                    return Err(wrong(format!("«{}» below {} is not a date", day.text, path.text)));
                }
                let value = parameter_value(value)
                    .ok_or_else(|| wrong(format!("the value of {} from {from} is not a figure", path.text)))?;
                reform.figures.push(FigureChange { name: path.text.clone(), from, until, value });
            }
        }
        if reform.figures.is_empty() && reform.reforms.is_empty() {
            return Err(wrong(format!(
                "{} changes nothing: there are neither «parameters» nor «reforms»",
                file.display()
            )));
        }
        Ok(reform)
    }

    /// The rules after the reform.
    pub fn apply(&self, package: &Package) -> Result<Arc<System>, Diagnostic> {
        let system = package.reformed(&self.reforms, &[])?;
        if self.figures.is_empty() {
            return Ok(system);
        }
        let mut parameters = (*system.parameters).clone();
        for change in &self.figures {
            let parts: Vec<&str> = change.name.split('.').collect();
            parameters = set(&parameters, &parts, change)?;
        }
        Ok(Arc::new(System { parameters: Arc::new(parameters), ..(*system).clone() }))
    }
}

/// A node with one figure below it changed; everything beside the path is shared.
fn set(node: &ParameterNode, path: &[&str], change: &FigureChange) -> Result<ParameterNode, Diagnostic> {
    let missing = || {
        Diagnostic::raised(
            "ParameterNotFoundError",
            format!("the reform changes «{}», which is no parameter of the package", change.name),
        )
    };
    let (first, rest) = path.split_first().ok_or_else(missing)?;
    let (name, bracket) = match first.strip_suffix(']').and_then(|inner| inner.split_once('[')) {
        Some((name, place)) => (name, Some(place.parse::<usize>().map_err(|_| missing())?)),
        None => (*first, None),
    };
    let mut changed = node.clone();
    let child = changed.children.get_mut(name).ok_or_else(missing)?;
    *child = match (&*child, bracket) {
        (Item::Node(inner), None) if !rest.is_empty() => Item::Node(Arc::new(set(inner, rest, change)?)),
        (Item::Parameter(parameter), None) if rest.is_empty() => {
            let mut parameter: Parameter = (**parameter).clone();
            parameter.update(&change.from, change.until.as_deref(), change.value.clone());
            Item::Parameter(Arc::new(parameter))
        }
        (Item::Scale(scale), Some(place)) if !rest.is_empty() => {
            let mut scale: ParameterScale = (**scale).clone();
            let bracket = scale.brackets.get_mut(place).ok_or_else(missing)?;
            *bracket = set(bracket, rest, change)?;
            Item::Scale(Arc::new(scale))
        }
        _ => return Err(missing()),
    };
    Ok(changed)
}

/// Columns of the rules in force and of the reform, variable by variable.
pub struct Compared {
    /// The rules in force.
    pub before: Vec<Column>,
    /// The reform.
    pub after: Vec<Column>,
    /// Operations of the rules in force, of the reform, and of both together.
    pub operations: (usize, usize, usize),
}

/// Calculates variables under both rules in one pass over the population.
pub fn compare(
    simulation: &Simulation,
    reformed: &Arc<System>,
    questions: &[(String, Period)],
) -> Result<Compared, Diagnostic> {
    let before = simulation.compile(questions, false)?;
    let mut other = simulation.clone();
    other.system = Arc::clone(reformed);
    let after = other.compile(questions, false)?;
    let counts = (before.graph.nodes.len(), after.graph.nodes.len());
    let mut graph = before.graph.clone();
    let places = merge(&mut graph, &after.graph)?;
    let mut nodes = before.outputs.iter().cloned().collect::<Result<Vec<_>, _>>()?;
    for output in &after.outputs {
        nodes.push(places[output.clone()? as usize]);
    }
    let operations = (counts.0, counts.1, graph.nodes.len());
    let plan = Plan { graph, calculations: Vec::new(), outputs: Vec::new() };
    // An output asked for twice is calculated once.
    let mut unique = nodes.clone();
    unique.sort_unstable();
    unique.dedup();
    let columns = simulation.run(&plan, &unique)?;
    let column = |id: &u32| {
        unique
            .binary_search(id)
            .ok()
            .and_then(|place| columns.get(place).cloned())
            .ok_or_else(|| Diagnostic::limit("an output was not calculated", "report this with the package"))
    };
    let all = nodes.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    let (before, after) = all.split_at(questions.len());
    Ok(Compared { before: before.to_vec(), after: after.to_vec(), operations })
}

/// Studies a reform over a population.
pub fn study(package: &Package, simulation: &Simulation, reform: &Reform, period: Period) -> Result<Study, Diagnostic> {
    let reformed = reform.apply(package)?;
    measure::study(simulation, &reformed, reform, period)
}
