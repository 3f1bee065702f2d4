//! A question to the rules over a population: what is given, what is asked, and the answers with what they rest on.

mod own_input;

use crate::diagnostic::Diagnostic;
use crate::evaluate::Evaluator;
use crate::graph::{Graph, NodeId};
use crate::period::Period;
use crate::run::{Column, Inputs, Mode, Population, Runner, settled};
use crate::session::{Calculation, Combine, Session};
use crate::system::{Library, Package, System, on_deep_stack};
use crate::variable::{SetInput, ValueType, Variable};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

/// How a question is calculated.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Exactly, or as Core does.
    pub mode: Mode,
    /// On how many threads.
    pub threads: usize,
    /// How often a formula may come back to its own variable at other periods before the default is taken.
    pub max_spiral_loops: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { mode: Mode::Exact, threads: 1, max_spiral_loops: 1 }
    }
}

/// A question compiled: the graph, and for each output its place in the calculations.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The operations.
    pub graph: Graph,
    /// Every variable at every period that was met, those asked for first met last.
    pub calculations: Vec<Calculation>,
    /// The columns asked for, in order; what could not be compiled says why.
    pub outputs: Vec<Result<NodeId, Diagnostic>>,
}

/// What a compiled question depends on: the rules, what is asked, what is given, and how deep a spiral may go.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Asked {
    /// The rules' address; the entry keeps them alive.
    system: usize,
    questions: Vec<(String, Period)>,
    given: Vec<(Arc<str>, Period)>,
    spirals: usize,
}

/// Questions compiled before: the second of the same shape is only calculated.
#[derive(Debug, Default)]
pub(crate) struct Plans(Mutex<HashMap<Asked, Known>>);

/// The rules that a plan was made for, and the plan.
type Known = (Arc<System>, Arc<Plan>);

impl Plans {
    /// How many are kept before all are forgotten.
    const MOST: usize = 512;

    /// How many nodes all of them may have, and cells of tables: a nation's law in one plan may have some hundred thousand.
    const MOST_WEIGHT: usize = 1_000_000;

    /// Keeps a plan; forgets all others first where there are many, or large ones.
    fn keep(&self, asked: Asked, known: Known) {
        let mut plans = crate::value::lock(&self.0);
        let weight: usize = plans.values().chain([&known]).map(|(_, plan)| plan.weight()).sum();
        if plans.len() >= Self::MOST || weight > Self::MOST_WEIGHT {
            plans.clear();
        }
        plans.insert(asked, known);
    }
}

impl Plan {
    /// Whether the population may be calculated in parts. A value of everybody would then be one of those in the same part.
    pub fn divisible(&self, system: &System) -> Result<(), Diagnostic> {
        let outputs: Vec<NodeId> = self.outputs.iter().filter_map(|output| output.as_ref().ok().copied()).collect();
        let wholes = self.graph.over_everybody(&self.graph.needed(&outputs));
        if wholes.is_empty() {
            return Ok(());
        }
        // What a variable rests on was met before it: the first that reaches one has it in its own formula.
        let reaches = |node: NodeId| self.graph.needed(&[node]).iter().any(|id| wholes.contains(id));
        let fault = Diagnostic::unsupported(
            "this takes a column of everybody together, who are only there where a situation is calculated as a whole",
            "aggregate within a group: group.sum(…), group.any(…), group.max(…); or calculate one situation with maru rules calculate",
        );
        let Some(owner) = self.calculations.iter().find(|calculation| reaches(calculation.node)) else {
            return Err(fault);
        };
        let mut fault = match system.variable(&owner.variable)?.formula(owner.period) {
            Some((_, formula)) => {
                let function = &formula.function;
                fault.at(|| function.source.location(function.definition.span.0))
            }
            None => fault,
        };
        fault.within.push(format!("{}@{}", owner.variable, owner.period));
        Err(fault)
    }

    /// How much memory it takes, about: its nodes and the cells of its tables.
    fn weight(&self) -> usize {
        let cells = |node: &crate::graph::Node| match &node.operation {
            crate::graph::Operation::Lookup(table, _) => table.entries.len(),
            _ => 0,
        };
        self.graph.nodes.iter().map(|node| 1 + cells(node)).sum()
    }
}

/// A population with what is known of it.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The rules.
    pub system: Arc<System>,
    /// Who is there.
    pub population: Population,
    /// Names by kind of entity.
    pub identifiers: Vec<Vec<String>>,
    /// What is given.
    pub inputs: Inputs,
    /// How it is calculated.
    pub options: Options,
    pub(crate) library: Arc<Library>,
}

impl Simulation {
    /// A population about which nothing is known yet.
    pub fn new(package: &Package, system: &Arc<System>, population: Population, identifiers: Vec<Vec<String>>) -> Self {
        Self {
            system: Arc::clone(system),
            population,
            identifiers,
            inputs: Inputs::new(),
            options: Options::default(),
            library: Arc::clone(&package.library),
        }
    }

    /// Gives a variable's values for a period; longer periods are taken apart as the variable says.
    pub fn set_input(&mut self, name: &str, period: Period, column: Column) -> Result<(), Diagnostic> {
        let variable = Arc::clone(self.system.variable(name)?);
        if variable.end.is_some_and(|end| period.start > end) || variable.is_neutralized {
            return Ok(());
        }
        let count = self.population.counts[variable.entity];
        if column.len() != count {
            return Err(Diagnostic::raised(
                "ValueError",
                format!(
                    "Unable to set value for variable \"{name}\", as its length is {} while there are {count} {} in the simulation.",
                    column.len(),
                    self.system.entities[variable.entity].plural
                ),
            ));
        }
        let eternal = variable.definition_period == crate::period::Unit::Eternity;
        if period == Period::ETERNITY && !eternal {
            return Err(mismatch(format!(
                "Unable to set a value for variable {name} for ETERNITY. {name} is only defined for {}s. Please adapt your input.",
                variable.definition_period.name()
            )));
        }
        match &variable.set_input {
            Some(SetInput::Dispatch) if !eternal => self.dispatch(&variable, period, column),
            Some(SetInput::Divide) if !eternal => self.divide(&variable, period, column),
            Some(SetInput::Own(own)) => self.set_as_the_package_says(&variable, own, period, column),
            _ => self.keep(&variable, period, column),
        }
    }

    fn keep(&mut self, variable: &Variable, period: Period, column: Column) -> Result<(), Diagnostic> {
        let kept = crate::session::kept_period(variable, period);
        if kept != Period::ETERNITY && (variable.definition_period != period.unit || period.size > 1) {
            let length = if period.size == 1 {
                period.unit.name().to_owned()
            } else {
                format!("{}-{}s", period.size, period.unit.name())
            };
            let name = &variable.name;
            return Err(mismatch(format!(
                "Unable to set a value for variable \"{name}\" for {length}-long period \"{period}\".\n\"{name}\" can only be set for one {} at a time. Please adapt your input.\nIf you are the maintainer of \"{name}\", you can consider adding it a set_input attribute to enable automatic period casting.",
                variable.definition_period.name()
            )));
        }
        self.inputs.insert((Arc::clone(&variable.name), kept), as_kept(column, variable));
        Ok(())
    }

    fn dispatch(&mut self, variable: &Variable, period: Period, column: Column) -> Result<(), Diagnostic> {
        // Once for all parts: what is as it is kept stays so.
        let mut column = as_kept(column, variable);
        for part in variable.parts(period) {
            match self.inputs.get(&(Arc::clone(&variable.name), part)) {
                // What is known already goes on for what follows: OpenFisca has it so.
                Some(known) => column = known.clone(),
                None => self.keep(variable, part, column.clone())?,
            }
        }
        Ok(())
    }

    fn divide(&mut self, variable: &Variable, period: Period, column: Column) -> Result<(), Diagnostic> {
        let parts = variable.parts(period);
        // One part is the whole: whole numbers stay as they are.
        if let [only] = parts.as_slice()
            && column.denominator().is_some()
            && !self.inputs.contains_key(&(Arc::clone(&variable.name), *only))
        {
            return self.keep(variable, *only, column);
        }
        let exact = |column: &Column, row: usize| {
            column.exact(row).or_else(|| column.float(row).and_then(crate::number::Rational::from_float))
        };
        let overflow = || Diagnostic::raised("OverflowError", format!("an input for {} is too large", variable.name));
        let mut rest: Vec<crate::number::Rational> =
            (0..column.len()).map(|row| exact(&column, row).ok_or_else(overflow)).collect::<Result<_, _>>()?;
        let mut open = Vec::new();
        for part in parts {
            match self.inputs.get(&(Arc::clone(&variable.name), part)) {
                Some(known) => {
                    for (row, value) in rest.iter_mut().enumerate() {
                        *value = exact(known, row).and_then(|known| value.subtract(known)).ok_or_else(overflow)?;
                    }
                }
                None => open.push(part),
            }
        }
        if open.is_empty() {
            if rest.iter().any(|value| value.numerator() != 0) {
                return Err(Diagnostic::raised(
                    "ValueError",
                    format!(
                        "Inconsistent input: variable {} has already been set for all months contained in period {period}, and the value provided for {period} doesn't match the total. This error may also be thrown if you try to call set_input twice for the same variable and period.",
                        variable.name
                    ),
                ));
            }
            return Ok(());
        }
        let share = crate::number::Rational::integer(open.len() as i128);
        let shares: Vec<crate::number::Rational> =
            rest.iter().map(|value| value.divide(share).ok_or_else(overflow)).collect::<Result<_, _>>()?;
        let column = as_kept(Column::from_exact(shares), variable);
        for part in open {
            self.keep(variable, part, column.clone())?;
        }
        Ok(())
    }

    /// Compiles questions, in order.
    pub fn plan(&self, questions: &[(String, Period)]) -> Result<Arc<Plan>, Diagnostic> {
        let asked = self.asked(questions.to_vec());
        if let Some((_, known)) = crate::value::lock(&self.library.plans.0).get(&asked) {
            return Ok(Arc::clone(known));
        }
        let plan = Arc::new(self.compile(questions, false)?);
        self.library.plans.keep(asked, (Arc::clone(&self.system), Arc::clone(&plan)));
        Ok(plan)
    }

    /// The plan of questions that were compiled before.
    pub(crate) fn known_plan(&self, questions: Vec<(String, Period)>) -> Option<Arc<Plan>> {
        crate::value::lock(&self.library.plans.0).get(&self.asked(questions)).map(|(_, known)| Arc::clone(known))
    }

    /// What a plan for questions depends on.
    fn asked(&self, questions: Vec<(String, Period)>) -> Asked {
        let mut given: Vec<_> = self.inputs.keys().cloned().collect();
        given.sort_unstable_by(|(a, from), (b, to)| a.cmp(b).then_with(|| order(*from).cmp(&order(*to))));
        Asked { system: Arc::as_ptr(&self.system) as usize, questions, given, spirals: self.options.max_spiral_loops }
    }

    /// Compiles questions; `output` lets variables answer for other periods as their `calculate_output` says.
    pub(crate) fn compile(&self, questions: &[(String, Period)], output: bool) -> Result<Plan, Diagnostic> {
        use crate::variable::CalculateOutput;
        self.compile_as(questions, |variable| match variable.calculate_output {
            Some(CalculateOutput::Add) if output => Combine::Add,
            Some(CalculateOutput::Divide) if output => Combine::Divide,
            _ => Combine::None,
        })
    }

    /// Compiles totals: variables over periods longer than their own, whose parts are added up (Core's `calculate_add`).
    pub fn plan_totals(&self, questions: &[(String, Period)]) -> Result<Plan, Diagnostic> {
        self.compile_as(questions, |_| Combine::Add)
    }

    fn compile_as(
        &self,
        questions: &[(String, Period)],
        combine: impl Fn(&Variable) -> Combine + Sync,
    ) -> Result<Plan, Diagnostic> {
        let keys: HashSet<(Arc<str>, Period)> = self.inputs.keys().cloned().collect();
        let session = Session::new(Arc::clone(&self.system), keys, self.options.max_spiral_loops.max(1));
        on_deep_stack(|| {
            let mut evaluator = Evaluator::with_session(Arc::clone(&self.library), session);
            let mut outputs = Vec::with_capacity(questions.len());
            for (name, period) in questions {
                let variable = self.system.variables.get(name.as_str());
                outputs.push(match variable.map_or(Combine::None, |variable| combine(variable)) {
                    Combine::None => evaluator.calculate(name, *period),
                    Combine::Add => evaluator.calculate_add(name, *period),
                    Combine::Divide => evaluator.calculate_divide(name, *period),
                });
            }
            let (graph, calculations) = evaluator.session.take().map(Session::finish).unwrap_or_default();
            Plan { graph, calculations, outputs }
        })
    }

    /// Calculates columns of a plan.
    pub fn run(&self, plan: &Plan, nodes: &[NodeId]) -> Result<Vec<Column>, Diagnostic> {
        self.run_over(plan, nodes, Vec::new())
    }

    /// Calculates columns of a plan once more, in the memory of those that a run of the same plan gave before: a program that
    /// calculates often need not ask the system for new memory each time.
    pub fn run_over(&self, plan: &Plan, nodes: &[NodeId], before: Vec<Column>) -> Result<Vec<Column>, Diagnostic> {
        let Options { mode, threads, .. } = self.options;
        let (person, population, inputs) = (self.system.person, &self.population, &self.inputs);
        let graph = settled(&plan.graph, nodes, (mode, person, threads), population, inputs)?;
        Runner::new(&graph, nodes, mode, person, population, inputs)?.run(population, inputs, threads, before)
    }

    /// Asks for one variable.
    pub fn calculate(&self, name: &str, period: Period) -> Result<Column, Diagnostic> {
        let plan = self.plan(&[(name.to_owned(), period)])?;
        let node = plan
            .outputs
            .first()
            .cloned()
            .unwrap_or_else(|| Err(Diagnostic::limit("nothing was asked", "name a variable")))?;
        self.run(&plan, &[node])?.pop().ok_or_else(|| Diagnostic::limit("nothing was calculated", "name a variable"))
    }
}

/// Any order of periods, so that the same inputs make the same key.
fn order(period: Period) -> (crate::period::Instant, crate::period::Unit, i64) {
    (period.start, period.unit, i64::from(period.size))
}

fn mismatch(message: String) -> Diagnostic {
    Diagnostic::raised("PeriodMismatchError", message)
}

/// An input as it is kept: in the variable's type, and one of many rows in as few bits as hold it.
fn as_kept(column: Column, variable: &Variable) -> Column {
    let column = cast(column, &variable.value_type);
    if column.len() >= crate::run::WORTHWHILE { column.narrowed() } else { column }
}

/// An input in the variable's type: whole numbers are cut towards zero, as NumPy casts them.
fn cast(column: Column, value_type: &ValueType) -> Column {
    match (value_type, column) {
        (ValueType::Int, column @ (Column::Int(_) | Column::Small { denominator: 1, .. })) => column,
        (ValueType::Int, column) => Column::Int(
            (0..column.len()).map(|row| column.exact(row).map_or(0, |value| value.truncate() as i64)).collect(),
        ),
        (ValueType::Bool, column @ Column::Bool(_)) => column,
        (ValueType::Bool, column) => {
            Column::Bool((0..column.len()).map(|row| column.float(row).is_some_and(|value| value != 0.0)).collect())
        }
        (ValueType::Float, Column::Bool(values)) => Column::Int(values.into_iter().map(i64::from).collect()),
        (_, column) => column,
    }
}
