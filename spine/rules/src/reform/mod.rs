//! Reforms: other figures, or a package's own reform, over the same population in one pass with the rules in force.
//!
//! Both sets of rules become one graph; what they share is calculated once. Out of it come cost, winners and losers, poverty
//! and inequality, and what is left of a further won.

mod asked;
mod chart;
mod homes;
mod kept;
mod measure;
mod population;
mod rates;
mod table;
mod write;

pub use asked::Asked;
pub use chart::page;
pub use homes::{Homes, Paid};
pub use measure::{Distribution, Line, Study};
pub(crate) use population::own_period;
pub use population::read_csv;
pub use rates::{Axis, Curve, rates};
pub use table::{Cells, Table, tables};

use crate::diagnostic::Diagnostic;
use crate::graph::NodeId;
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// Variables that are paid out: their sum is the cost.
    pub cost: Vec<String>,
    /// Variables whose sum is a household's income.
    pub income: Vec<String>,
    /// Variables of the household, or of its first member, by which results are shown; `age/10` by bands of ten.
    pub groups: Vec<String>,
    /// Variables of a month that are paid once in a year.
    pub once_a_year: Vec<String>,
    /// Who of those entitled takes a variable up, under the rules in force and under the reform: shares up to 1.
    pub take_up: Vec<(String, [f64; 2])>,
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
    /// Reforms of formulas whose text stands in the file itself.
    pub formulas: String,
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

/// Shares of take-up: one for both rules, or one for each.
fn take_up(data: &Node) -> Result<Vec<(String, [f64; 2])>, Diagnostic> {
    let share = |node: &Node| node.text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    let mut found = Vec::new();
    for (name, value) in data.get("take_up").and_then(Node::entries).unwrap_or_default() {
        let shares = match value.items() {
            None => share(value).map(|share| [share, share]),
            Some([before, after]) => share(before).zip(share(after)).map(|(before, after)| [before, after]),
            Some(_) => None,
        };
        let shares = shares.ok_or_else(|| wrong(format!("the take-up of {} is no share from 0 to 1", name.text)))?;
        found.push((name.text.clone(), shares));
    }
    Ok(found)
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
            formulas: data.get("formulas").and_then(Node::as_text).unwrap_or_default().to_owned(),
            look: Look {
                cost: texts(data.get("cost")),
                income: texts(data.get("income")),
                groups: texts(data.get("groups")),
                once_a_year: texts(data.get("once_a_year")),
                take_up: take_up(&data)?,
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
        if reform.figures.is_empty() && reform.reforms.is_empty() && reform.formulas.is_empty() {
            return Err(wrong(format!(
                "{} changes nothing: there are neither «parameters» nor «reforms» nor «formulas»",
                file.display()
            )));
        }
        Ok(reform)
    }

    /// The rules after the reform.
    pub fn apply(&self, package: &Package) -> Result<Arc<System>, Diagnostic> {
        let mut system = package.reformed(&self.reforms, &[])?;
        if !self.formulas.trim().is_empty() {
            system = package.reformed_by(&system, &self.formulas)?;
        }
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

/// Both sets of rules as one plan: what they share is calculated once.
#[derive(Clone, Debug)]
pub struct Both {
    /// The plan.
    pub plan: Arc<Plan>,
    /// The nodes to be calculated, each once.
    pub nodes: Vec<NodeId>,
    /// For each question under the rules in force, then for each under the reform, its place among the nodes.
    places: Vec<usize>,
    /// Operations of the rules in force, of the reform, and of both together.
    pub operations: (usize, usize, usize),
}

impl Both {
    /// Compiles questions under both rules.
    pub fn compile(
        simulation: &Simulation,
        reformed: &Arc<System>,
        questions: &[(String, Period)],
    ) -> Result<Self, Diagnostic> {
        let before = simulation.compile(questions, false)?;
        let mut other = simulation.clone();
        other.system = Arc::clone(reformed);
        let after = other.compile(questions, false)?;
        let counts = (before.graph.nodes.len(), after.graph.nodes.len());
        let mut graph = before.graph.clone();
        let moved = merge(&mut graph, &after.graph)?;
        let mut outputs = before.outputs.iter().cloned().collect::<Result<Vec<_>, _>>()?;
        for output in &after.outputs {
            outputs.push(moved[output.clone()? as usize]);
        }
        let mut nodes = outputs.clone();
        nodes.sort_unstable();
        nodes.dedup();
        let places = outputs.iter().map(|node| nodes.binary_search(node).unwrap_or_default()).collect();
        let operations = (counts.0, counts.1, graph.nodes.len());
        let outputs = nodes.iter().copied().map(Ok).collect();
        let plan = Arc::new(Plan { graph, calculations: before.calculations, outputs });
        Ok(Self { plan, nodes, places, operations })
    }

    /// The columns of all questions, those under the rules in force first; `calculated` are those of the nodes.
    pub fn columns<'run>(&self, calculated: &'run [Column]) -> Vec<&'run Column> {
        self.places.iter().filter_map(|place| calculated.get(*place)).collect()
    }
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
    let both = Both::compile(simulation, reformed, questions)?;
    let calculated = simulation.run(&both.plan, &both.nodes)?;
    let all: Vec<Column> = both.columns(&calculated).into_iter().cloned().collect();
    let (before, after) = all.split_at(questions.len().min(all.len()));
    Ok(Compared { before: before.to_vec(), after: after.to_vec(), operations: both.operations })
}

/// Studies a reform over a population; `weight` says for how many households each stands.
pub fn study(
    package: &Package,
    simulation: &Simulation,
    reform: &Reform,
    period: Period,
    weight: f64,
) -> Result<Study, Diagnostic> {
    let reformed = reform.apply(package)?;
    let asked = Asked::new(&simulation.system, reform, period)?;
    let both = Both::compile(simulation, &reformed, asked.questions())?;
    let calculated = simulation.run(&both.plan, &both.nodes)?;
    let mut homes = Homes::fold(simulation, &asked, &both.columns(&calculated))?;
    homes.operations = both.operations;
    Ok(homes.study(&reform.name, period, weight))
}
