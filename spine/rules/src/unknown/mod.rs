//! Three-valued calculation: what is not known stays unknown, and a result says what it still needs.
//!
//! A missing input may be anything that its type allows, and an amount of money anything from nothing up. The graph is
//! evaluated on all that values may be; where one value is left, it is the result whatever the missing answers are.
//! What is left open is traced back to the inputs that could settle it, those that decide most first: so a person is
//! asked as little as possible. A figure that the law itself leaves open cannot be asked of anybody; it is named apart.

mod ask;
pub(crate) mod evaluate;
pub(crate) mod figures;
pub(crate) mod needs;
pub(crate) mod possible;
pub(crate) mod rows;

pub(crate) use ask::possible_json;
pub use ask::{ask, ask_text};
pub use evaluate::Values;
pub use figures::{OpenFigure, open_figures};
pub use possible::Possible;

use crate::diagnostic::Diagnostic;
use crate::graph::{Constant, NodeId, Operation};
use crate::number::Rational;
use crate::period::{Instant, Period};
use crate::run::Column;
use crate::session::Origin;
use crate::simulation::{Plan, Simulation};
use crate::variable::{ValueType, Variable};
use evaluate::Ground;
use needs::{Needs, dependents};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Which rows of which inputs are known; inputs that are given but not named here are known in every row.
pub type Known = HashMap<(Arc<str>, Period), Vec<bool>>;

/// A question with its unknown inputs, compiled.
#[derive(Clone, Debug)]
pub struct Inquiry {
    /// The population with every input that the question rests on; rows not known hold the default.
    pub simulation: Simulation,
    /// The operations.
    pub plan: Plan,
    /// Which rows are known.
    pub known: Known,
    /// Figures that the law leaves open.
    pub figures: Vec<OpenFigure>,
}

/// An input of one person or group.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The variable.
    pub variable: Arc<str>,
    /// The period.
    pub period: Period,
    /// The kind of entity, by its key.
    pub entity: Arc<str>,
    /// Whose it is.
    pub instance: String,
    /// Of the answers tried, how many settle the result.
    pub settles: usize,
    /// How many answers were tried.
    pub tried: usize,
    /// How many questions are left afterwards, on the mean of the answers tried.
    pub left: f64,
}

/// One result: what it may be, and what could settle it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Whose it is.
    pub instance: String,
    /// What it may be.
    pub possible: Possible,
    /// What to ask, what decides most first.
    pub questions: Vec<Question>,
    /// Figures of the law without which it cannot be known.
    pub figures: Vec<OpenFigure>,
}

/// What is missing for a population.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Rows whose result stays open.
    pub open: usize,
    /// For how many rows each unknown input matters, most first.
    pub inputs: Vec<(Arc<str>, Period, usize)>,
}

impl Inquiry {
    /// Compiles questions; what is neither given nor in `assumed` is unknown instead of being its default.
    pub fn new(
        mut simulation: Simulation,
        mut known: Known,
        questions: &[(String, Period)],
        assumed: &HashSet<String>,
    ) -> Result<Self, Diagnostic> {
        let (system, figures) = figures::marked(&simulation.system);
        simulation.system = Arc::new(system);
        loop {
            // The rules are marked anew for each inquiry: its plan would only fill the memory of plans.
            let plan = simulation.compile(questions, false)?;
            let mut complete = true;
            for calculation in plan.calculations.iter().filter(|calculation| calculation.origin == Origin::Default) {
                let variable = Arc::clone(simulation.system.variable(&calculation.variable)?);
                let key = (Arc::clone(&variable.name), calculation.period);
                if !variable.formulas.is_empty() || assumed.contains(&*variable.name) || known.contains_key(&key) {
                    continue;
                }
                let count = simulation.population.counts[variable.entity];
                simulation.inputs.insert(key.clone(), default_column(&variable, count));
                known.insert(key, vec![false; count]);
                complete = false;
            }
            if complete {
                return Ok(Self { simulation, plan, known, figures });
            }
        }
    }

    pub(crate) fn ground(&self) -> Ground<'_> {
        let mut ground = Ground::new(&self.plan.graph, self.simulation.system.person, &self.simulation.population);
        for variable in self.simulation.system.variables.values() {
            if let ValueType::Enum(enumeration) = &variable.value_type {
                ground.enumerations.insert(enumeration.id, enumeration.members.len());
            }
        }
        ground.open = (0..self.figures.len()).map(|figure| (figures::bits(figure), figure)).collect();
        ground
    }

    pub(crate) fn input(&self, ground: &Ground, place: u32) -> Option<Values> {
        let key = self.plan.graph.inputs.get(place as usize)?;
        let column = self.simulation.inputs.get(key)?;
        let variable = self.simulation.system.variable(&key.0).ok()?;
        let mask = self.known.get(key);
        let unknown = anything_of(ground, variable);
        Some(Arc::new(
            (0..column.len())
                .map(|row| {
                    if mask.is_none_or(|mask| mask.get(row).copied().unwrap_or(false)) {
                        cell(ground, variable, column, row)
                    } else {
                        unknown.clone()
                    }
                })
                .collect(),
        ))
    }

    /// What the values of nodes may be, for every row of the population at once.
    pub fn evaluate(&self, nodes: &[NodeId]) -> Result<Vec<Values>, Diagnostic> {
        let ground = self.ground();
        let values = self.all(&ground, nodes)?;
        nodes
            .iter()
            .map(|id| {
                values[*id as usize]
                    .clone()
                    .ok_or_else(|| Diagnostic::limit("an output was not calculated", "report this with the package"))
            })
            .collect()
    }

    pub(crate) fn all(&self, ground: &Ground, nodes: &[NodeId]) -> Result<Vec<Option<Values>>, Diagnostic> {
        let mut values = vec![None; self.plan.graph.nodes.len()];
        ground.evaluate(&self.plan.graph.needed(nodes), &mut values, |place| self.input(ground, place))?;
        Ok(values)
    }

    /// The answers for an output, each row with what could settle it.
    pub fn answers(&self, output: usize) -> Result<Vec<Answer>, Diagnostic> {
        let node = self.output(output)?;
        let ground = self.ground();
        let order = self.plan.graph.needed(&[node]);
        let values = self.all(&ground, &[node])?;
        let crate::graph::Shape::Entity(entity) = self.plan.graph.shape(node) else {
            return Err(Diagnostic::limit("the result belongs to nobody", "ask for a variable of an entity"));
        };
        let names = &self.simulation.identifiers[entity];
        let mut answers = Vec::with_capacity(names.len());
        for (row, name) in names.iter().enumerate() {
            let possible =
                values[node as usize].as_deref().map_or(Possible::Nothing, |values| evaluate::at(values, row).clone());
            let needs = needs::needs(&ground, &values, node, row)?;
            answers.push(Answer {
                instance: name.clone(),
                possible,
                questions: self.ordered(&ground, &order, &values, (node, row), &needs)?,
                figures: needs.figures.iter().filter_map(|figure| self.figures.get(*figure).cloned()).collect(),
            });
        }
        Ok(answers)
    }

    /// How many rows of an output stay open, and for how many of them each unknown input matters, most first.
    pub fn survey(&self, output: usize) -> Result<Survey, Diagnostic> {
        let node = self.output(output)?;
        let ground = self.ground();
        let values = self.all(&ground, &[node])?;
        let rows = ground.rows(self.plan.graph.shape(node));
        let mut open = 0;
        let mut counts: HashMap<u32, usize> = HashMap::new();
        for row in 0..rows {
            let needs = needs::needs(&ground, &values, node, row)?;
            let is_open = values[node as usize].as_deref().is_some_and(|values| !evaluate::at(values, row).is_known());
            open += usize::from(is_open);
            let places: HashSet<u32> = needs.inputs.iter().map(|(place, _)| *place).collect();
            for place in places {
                *counts.entry(place).or_default() += 1;
            }
        }
        let mut list: Vec<(Arc<str>, Period, usize)> = counts
            .into_iter()
            .filter_map(|(place, count)| {
                let (name, period) = self.plan.graph.inputs.get(place as usize)?;
                Some((Arc::clone(name), *period, count))
            })
            .collect();
        list.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        Ok(Survey { open, inputs: list })
    }

    fn output(&self, output: usize) -> Result<NodeId, Diagnostic> {
        self.plan
            .outputs
            .get(output)
            .cloned()
            .unwrap_or_else(|| Err(Diagnostic::limit("nothing was asked", "name a variable")))
    }

    /// Questions with how much each decides: every plausible answer is tried, the others left unknown.
    fn ordered(
        &self,
        ground: &Ground,
        order: &[NodeId],
        values: &[Option<Values>],
        (node, row): (NodeId, usize),
        needs: &Needs,
    ) -> Result<Vec<Question>, Diagnostic> {
        let tries = (320 / needs.inputs.len().max(1)).clamp(2, 12);
        let mut questions = Vec::new();
        for (place, of) in &needs.inputs {
            let Some((name, period)) = self.plan.graph.inputs.get(*place as usize) else { continue };
            let variable = self.simulation.system.variable(name)?;
            let sources: Vec<NodeId> = order
                .iter()
                .copied()
                .filter(|id| matches!(self.plan.graph.node(*id).operation, Operation::Input(known) if known == *place))
                .collect();
            let depends = dependents(&self.plan.graph, order, &sources);
            let mut question = Question {
                variable: Arc::clone(name),
                period: *period,
                entity: Arc::clone(&self.simulation.system.entities[variable.entity].key),
                instance: self.simulation.identifiers[variable.entity].get(*of).cloned().unwrap_or_default(),
                settles: 0,
                tried: 0,
                left: 0.0,
            };
            let mut left = 0;
            for answer in plausible(ground, variable, *period, tries) {
                let mut tried: Vec<Option<Values>> = values
                    .iter()
                    .enumerate()
                    .map(|(id, values)| if depends[id] { None } else { values.clone() })
                    .collect();
                for source in &sources {
                    let mut column = values[*source as usize].as_deref().cloned().unwrap_or_default();
                    if let Some(cell) = column.get_mut(*of) {
                        *cell = answer.clone();
                    }
                    tried[*source as usize] = Some(Arc::new(column));
                }
                ground.evaluate(order, &mut tried, |place| self.input(ground, place))?;
                let rest = needs::needs(ground, &tried, node, row)?;
                question.tried += 1;
                question.settles += usize::from(
                    tried[node as usize].as_deref().is_some_and(|values| evaluate::at(values, row).is_known()),
                );
                left += rest.inputs.len();
            }
            question.left = left as f64 / question.tried.max(1) as f64;
            questions.push(question);
        }
        questions.sort_by(|a, b| {
            (b.settles * a.tried)
                .cmp(&(a.settles * b.tried))
                .then_with(|| a.left.total_cmp(&b.left))
                .then_with(|| a.variable.cmp(&b.variable))
        });
        Ok(questions)
    }
}

/// Anything that an unknown input may be: amounts of money are not negative.
pub(crate) fn anything_of(ground: &Ground, variable: &Variable) -> Possible {
    let is_money = variable.unit.as_deref().is_some_and(|unit| unit.starts_with("currency"));
    match ground.anything(variable.kind()) {
        Possible::Range { high, .. } if is_money => Possible::between(Rational::ZERO, high),
        other => other,
    }
}

/// Answers that people may well give, to see how much a question decides.
fn plausible(ground: &Ground, variable: &Variable, period: Period, most: usize) -> Vec<Possible> {
    let whole = |value: i64| Possible::number(Rational::integer(i128::from(value)));
    let mut answers: Vec<Possible> = match (&variable.value_type, anything_of(ground, variable)) {
        (ValueType::Bool, _) => vec![Possible::truth(false), Possible::truth(true)],
        (_, Possible::Members(set)) => {
            (0..128).filter(|index| set >> index & 1 == 1).map(|index| Possible::Members(1 << index)).collect()
        }
        (ValueType::Date, _) => {
            let year = if period == Period::ETERNITY { 2026 } else { period.start.year };
            [40, 70, 10, 25, 2, 55, 85, 18, 66, 5, 0, 95]
                .into_iter()
                .filter_map(|age| Instant::new(year - age, 1, 1))
                .map(|day| whole(i64::from(day.days())))
                .collect()
        }
        (ValueType::Text, _) => Vec::new(),
        _ if variable.unit.as_deref().is_some_and(|unit| unit.starts_with("currency")) => [
            0,
            2_000_000,
            10_000_000,
            300_000,
            100_000_000,
            1_000_000,
            5_000_000,
            50_000,
            500_000_000,
            30_000_000,
            10_000,
            700_000,
        ]
        .into_iter()
        .map(whole)
        .collect(),
        _ => [0, 1, 10, 70, 2, 30, 3, 1_000, 5, 100, 18, 65].into_iter().map(whole).collect(),
    };
    answers.truncate(most);
    answers
}

fn default_column(variable: &Variable, count: usize) -> Column {
    match (&variable.value_type, &variable.default) {
        (ValueType::Text, Constant::Text(text)) => Column::Text(vec![Arc::clone(text); count]),
        (ValueType::Text, _) => Column::Text(vec![Arc::from(""); count]),
        (ValueType::Bool, default) => {
            Column::Bool(vec![default.number().is_some_and(|number| number.float != 0.0); count])
        }
        (ValueType::Float, default) => {
            let value = default.number().and_then(|number| number.exact).unwrap_or(Rational::ZERO);
            Column::from_exact(vec![value; count])
        }
        (_, default) => {
            let value = default.number().and_then(|number| number.exact).map_or(0, |value| value.truncate() as i64);
            Column::Int(vec![value; count])
        }
    }
}

fn cell(ground: &Ground, variable: &Variable, column: &Column, row: usize) -> Possible {
    if let Column::Text(values) = column {
        return Possible::Text(values.get(row).cloned());
    }
    let number = column.exact(row).or_else(|| column.float(row).and_then(Rational::from_float));
    match (ground.anything(variable.kind()), number) {
        (Possible::Members(_), Some(index)) => Possible::Members(1 << index.truncate().clamp(0, 127)),
        (_, Some(number)) => Possible::number(number),
        (_, None) => Possible::Nothing,
    }
}

/// Which cells of a situation are given.
pub fn known_cells(simulation: &Simulation, situation: &Json) -> Known {
    let mut known = Known::new();
    for key in simulation.inputs.keys() {
        let Ok(variable) = simulation.system.variable(&key.0) else { continue };
        let plural = &*simulation.system.entities[variable.entity].plural;
        let mask = simulation.identifiers[variable.entity]
            .iter()
            .map(|name| is_given(&situation[plural][name.as_str()][&*key.0], key.1))
            .collect();
        known.insert(key.clone(), mask);
    }
    known
}

fn is_given(written: &Json, period: Period) -> bool {
    match written {
        Json::Null => false,
        Json::Object(dated) => dated.iter().any(|(text, value)| {
            !value.is_null()
                && (period == Period::ETERNITY
                    || Period::parse(text).is_some_and(|given| given == period || given.contains(period)))
        }),
        _ => true,
    }
}

/// For every output, the rows that stay open as bare truth values: `true` where the value is known.
pub fn known_rows(values: &[Possible], rows: usize) -> Vec<bool> {
    (0..rows).map(|row| evaluate::at(values, row).is_known()).collect()
}
