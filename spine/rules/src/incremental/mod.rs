//! After one change only what depends on it is calculated again.
//!
//! Two kinds of change: a row of a household, then the same plan runs for the persons and groups that any group joins with
//! it; and a figure of the law, then only the columns whose operations are other than before run, and everything below them
//! that stayed is taken as it is.

mod columns;
mod cut;
mod kin;

use crate::diagnostic::Diagnostic;
use crate::graph::{NodeId, Operation, Shape};
use crate::merge::merge;
use crate::period::Period;
use crate::run::Column;
use crate::simulation::{Plan, Simulation};
use crate::system::System;
use crate::unknown::needs::dependents;
use columns::{picked, splice};
use cut::Cut;
use kin::Kin;
use std::collections::HashMap;
use std::sync::Arc;

/// A calculation that is kept: its plan, and the columns of every variable in it.
pub struct Standing {
    /// The population and what is given.
    pub simulation: Simulation,
    questions: Vec<(String, Period)>,
    plan: Plan,
    outputs: Vec<NodeId>,
    columns: HashMap<NodeId, Column>,
    /// Who is in which group; made at the first change of a row.
    kin: Option<Kin>,
    /// What runs after a change of an input, once it was asked for.
    prepared: HashMap<(Arc<str>, Period), Prepared>,
}

/// What runs after a change of one input.
struct Prepared {
    cut: Cut,
    /// The columns that are other then, with their kind of entity.
    again: Vec<(NodeId, usize)>,
    operations: usize,
    of_operations: usize,
}

/// How much ran again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Redone {
    /// Operations that ran.
    pub operations: usize,
    /// Operations of the whole plan.
    pub of_operations: usize,
    /// Persons for whom they ran.
    pub persons: usize,
}

/// The nodes whose columns are kept: every variable, and the outputs.
fn kept(plan: &Plan, outputs: &[NodeId]) -> Vec<NodeId> {
    let mut kept: Vec<NodeId> = plan
        .calculations
        .iter()
        .map(|calculation| calculation.node)
        .chain(outputs.iter().copied())
        .filter(|id| {
            plan.graph.constant(*id).is_none() && !matches!(plan.graph.node(*id).operation, Operation::Input(_))
        })
        .collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

fn inconsistent() -> Diagnostic {
    Diagnostic::limit("a kept column is missing", "calculate anew")
}

impl Standing {
    /// Calculates questions and keeps every variable met on the way.
    pub fn new(simulation: Simulation, questions: &[(String, Period)]) -> Result<Self, Diagnostic> {
        let plan = simulation.compile(questions, false)?;
        plan.divisible(&simulation.system)?;
        let outputs = plan.outputs.iter().cloned().collect::<Result<Vec<_>, _>>()?;
        let kept = kept(&plan, &outputs);
        let columns = simulation.run(&plan, &kept)?;
        let columns = kept.into_iter().zip(columns).collect();
        Ok(Self {
            simulation,
            questions: questions.to_vec(),
            plan,
            outputs,
            columns,
            kin: None,
            prepared: HashMap::new(),
        })
    }

    /// The column of a question, by its place.
    pub fn output(&self, place: usize) -> Result<Column, Diagnostic> {
        let id = *self.outputs.get(place).ok_or_else(inconsistent)?;
        match self.columns.get(&id) {
            Some(column) => Ok(column.clone()),
            None => self.simulation.run(&self.plan, &[id])?.pop().ok_or_else(inconsistent),
        }
    }

    /// Changes inputs of some rows, and calculates again for those that any group joins with them.
    pub fn change_rows(&mut self, name: &str, period: Period, rows: &[(usize, Column)]) -> Result<Redone, Diagnostic> {
        let variable = Arc::clone(self.simulation.system.variable(name)?);
        let key = (Arc::clone(&variable.name), crate::session::kept_period(&variable, period));
        let Some(column) = self.simulation.inputs.get_mut(&key) else {
            return Err(Diagnostic::raised(
                "ValueError",
                format!("{name} was not given for {period} before: give it for everybody and calculate anew"),
            ));
        };
        for (row, value) in rows {
            splice(column, &[*row], value)?;
        }
        let touched: Vec<usize> = rows.iter().map(|(row, _)| *row).collect();
        let (population, person) = (&self.simulation.population, self.simulation.system.person);
        let kin = self.kin.get_or_insert_with(|| Kin::new(population, person));
        let part = kin.joined(population, variable.entity, &touched);
        let prepared = match self.prepared.remove(&key) {
            Some(prepared) => prepared,
            None => self.prepare(&key)?,
        };
        let columns = prepared.cut.run(&self.part(&part, &prepared.cut)?)?;
        let redone = Redone {
            operations: prepared.operations,
            of_operations: prepared.of_operations,
            persons: part[person].len(),
        };
        for ((id, entity), column) in prepared.again.iter().zip(&columns) {
            let whole = self.columns.get_mut(id).ok_or_else(inconsistent)?;
            splice(whole, &part[*entity], column)?;
        }
        self.prepared.insert(key, prepared);
        Ok(redone)
    }

    /// What has to run after a change of one input, above the columns that do not depend on it.
    fn prepare(&self, key: &(Arc<str>, Period)) -> Result<Prepared, Diagnostic> {
        let graph = &self.plan.graph;
        let is_changed = |operation: &Operation| matches!(operation, Operation::Input(place) if graph.inputs.get(*place as usize) == Some(key));
        let nodes = graph.nodes.iter().enumerate();
        let sources: Vec<NodeId> =
            nodes.filter(|(_, node)| is_changed(&node.operation)).map(|(id, _)| id as NodeId).collect();
        let all = graph.needed(&self.outputs);
        let depends = dependents(graph, &all, &sources);
        let again: Vec<(NodeId, usize)> = kept(&self.plan, &self.outputs)
            .into_iter()
            .filter(|id| depends[*id as usize])
            .filter_map(|id| match graph.shape(id) {
                Shape::Entity(entity) => Some((id, entity)),
                Shape::Scalar => None,
            })
            .collect();
        let wanted: Vec<NodeId> = again.iter().map(|(id, _)| *id).collect();
        let cut = Cut::new(graph, &wanted, |id| {
            let stays = self.columns.contains_key(&id) && !depends[id as usize];
            stays && matches!(graph.shape(id), Shape::Entity(_))
        })?;
        Ok(Prepared { operations: cut.operations(), of_operations: all.len(), cut, again })
    }

    /// The simulation of some rows alone, with what the cut graph reads.
    fn part(&self, rows: &[Vec<usize>], cut: &Cut) -> Result<Simulation, Diagnostic> {
        let whole = &self.simulation;
        let mut inputs = crate::run::Inputs::new();
        for (name, period) in cut.inputs() {
            // Columns that stand for what is below the cut are put in by their number.
            if let Some(column) = whole.inputs.get(&(Arc::clone(name), *period)) {
                let entity = whole.system.variable(name)?.entity;
                inputs.insert((Arc::clone(name), *period), picked(column, &rows[entity]));
            }
        }
        for (id, key) in &cut.below {
            let Shape::Entity(entity) = self.plan.graph.shape(*id) else { return Err(inconsistent()) };
            let column = self.columns.get(id).ok_or_else(inconsistent)?;
            inputs.insert(key.clone(), picked(column, &rows[entity]));
        }
        Ok(Simulation {
            system: Arc::clone(&whole.system),
            population: kin::part(&whole.population, whole.system.person, rows),
            identifiers: vec![Vec::new(); rows.len()],
            inputs,
            options: crate::simulation::Options { threads: 1, ..whole.options },
            library: Arc::clone(&whole.library),
        })
    }

    /// Takes other rules, such as those after a change of one figure; what did not change stays as it is.
    pub fn change_rules(&mut self, system: &Arc<System>) -> Result<Redone, Diagnostic> {
        let before = std::mem::replace(&mut self.simulation.system, Arc::clone(system));
        let redone = self.take_rules();
        if redone.is_err() {
            self.simulation.system = before;
        }
        redone
    }

    fn take_rules(&mut self) -> Result<Redone, Diagnostic> {
        let new = self.simulation.compile(&self.questions, false)?;
        new.divisible(&self.simulation.system)?;
        let mut graph = self.plan.graph.clone();
        let places = merge(&mut graph, &new.graph)?;
        let mut outputs = Vec::with_capacity(new.outputs.len());
        for output in &new.outputs {
            outputs.push(places[output.clone()? as usize]);
        }
        let mut plan =
            Plan { graph, calculations: new.calculations, outputs: outputs.iter().copied().map(Ok).collect() };
        for calculation in &mut plan.calculations {
            calculation.node = places[calculation.node as usize];
        }
        let kept = kept(&plan, &outputs);
        let missing: Vec<NodeId> = kept.iter().copied().filter(|id| !self.columns.contains_key(id)).collect();
        let cut = Cut::new(&plan.graph, &missing, |id| self.columns.contains_key(&id))?;
        let operations = cut.operations();
        // The columns below stand among the inputs while what is above them runs; they are moved, not copied.
        for (id, key) in &cut.below {
            if let Some(column) = self.columns.remove(id) {
                self.simulation.inputs.insert(key.clone(), column);
            }
        }
        let ran = cut.run(&self.simulation);
        for (id, key) in cut.below {
            if let Some(column) = self.simulation.inputs.remove(&key) {
                self.columns.insert(id, column);
            }
        }
        self.columns.extend(missing.into_iter().zip(ran?));
        self.columns.retain(|id, _| kept.binary_search(id).is_ok());
        let of_operations = plan.graph.needed(&outputs).len();
        self.outputs = outputs;
        self.plan = plan;
        self.prepared.clear();
        Ok(Redone {
            operations,
            of_operations,
            persons: self.simulation.population.counts[self.simulation.system.person],
        })
    }
}
