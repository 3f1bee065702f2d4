//! After one change only what depends on it is calculated again.
//!
//! Two kinds of change: a row of a household, then the same plan runs for the persons and groups that any group joins with
//! it; and a figure of the law, then only the columns whose operations are other than before run, and everything below them
//! that stayed is taken as it is.

use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, NodeId, Operation};
use crate::merge::{merge, remap};
use crate::period::Period;
use crate::run::{Column, Membership, Population};
use crate::simulation::{Plan, Simulation};
use crate::system::System;
use crate::unknown::needs::{dependents, needed};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A calculation that is kept: its plan, and the columns of every variable in it.
pub struct Standing {
    /// The population and what is given.
    pub simulation: Simulation,
    questions: Vec<(String, Period)>,
    plan: Plan,
    outputs: Vec<NodeId>,
    columns: HashMap<NodeId, Column>,
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
        let outputs = plan.outputs.iter().cloned().collect::<Result<Vec<_>, _>>()?;
        let kept = kept(&plan, &outputs);
        let columns = simulation.run(&plan, &kept)?;
        let columns = kept.into_iter().zip(columns).collect();
        Ok(Self { simulation, questions: questions.to_vec(), plan, outputs, columns })
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
        let part = self.joined(variable.entity, &touched);
        let small = self.part(&part)?;
        let sources: Vec<NodeId> = self
            .plan
            .graph
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| matches!(node.operation, Operation::Input(place) if self.plan.graph.inputs.get(place as usize) == Some(&key)))
            .map(|(id, _)| id as NodeId)
            .collect();
        let all = needed(&self.plan.graph, &self.outputs);
        let depends = dependents(&self.plan.graph, &all, &sources);
        let again: Vec<NodeId> =
            kept(&self.plan, &self.outputs).into_iter().filter(|id| depends[*id as usize]).collect();
        let columns = small.run(&self.plan, &again)?;
        for (id, column) in again.iter().zip(&columns) {
            let crate::graph::Shape::Entity(entity) = self.plan.graph.shape(*id) else { continue };
            let whole = self.columns.get_mut(id).ok_or_else(inconsistent)?;
            splice(whole, &part[entity], column)?;
        }
        Ok(Redone {
            operations: needed(&self.plan.graph, &again).len(),
            of_operations: all.len(),
            persons: part[self.simulation.system.person].len(),
        })
    }

    /// The rows, by kind of entity, that groups join with some.
    fn joined(&self, entity: usize, rows: &[usize]) -> Vec<Vec<usize>> {
        let population = &self.simulation.population;
        let person = self.simulation.system.person;
        let mut found: Vec<HashSet<usize>> = vec![HashSet::new(); population.counts.len()];
        found[entity].extend(rows);
        loop {
            let before: usize = found.iter().map(HashSet::len).sum();
            for group in (0..population.counts.len()).filter(|group| *group != person) {
                for (row, place) in population.memberships[group].group.iter().enumerate() {
                    let place = *place as usize;
                    if found[group].contains(&place) {
                        found[person].insert(row);
                    } else if found[person].contains(&row) {
                        found[group].insert(place);
                    }
                }
            }
            if found.iter().map(HashSet::len).sum::<usize>() == before {
                break;
            }
        }
        found
            .into_iter()
            .map(|rows| {
                let mut rows: Vec<usize> = rows.into_iter().collect();
                rows.sort_unstable();
                rows
            })
            .collect()
    }

    /// The simulation of some rows alone.
    fn part(&self, rows: &[Vec<usize>]) -> Result<Simulation, Diagnostic> {
        let whole = &self.simulation;
        let person = whole.system.person;
        let memberships = (0..rows.len())
            .map(|group| {
                if group == person {
                    return Membership::default();
                }
                let place: HashMap<u32, u32> =
                    rows[group].iter().enumerate().map(|(new, old)| (*old as u32, new as u32)).collect();
                let membership = &whole.population.memberships[group];
                Membership {
                    group: rows[person]
                        .iter()
                        .map(|row| place.get(&membership.group[*row]).copied().unwrap_or(0))
                        .collect(),
                    role: rows[person].iter().map(|row| membership.role[*row]).collect(),
                }
            })
            .collect();
        let mut inputs = crate::run::Inputs::new();
        for (key, column) in &whole.inputs {
            let entity = whole.system.variable(&key.0)?.entity;
            inputs.insert(key.clone(), picked(column, &rows[entity]));
        }
        Ok(Simulation {
            system: Arc::clone(&whole.system),
            population: Population { counts: rows.iter().map(Vec::len).collect(), memberships },
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
        let (cut, at, below) = self.cut(&plan.graph, &missing)?;
        let nodes: Vec<NodeId> = missing.iter().map(|id| at[id]).collect();
        let operations = needed(&cut, &nodes).len();
        // The columns below stand among the inputs while what is above them runs; they are moved, not copied.
        for (id, key) in &below {
            if let Some(column) = self.columns.remove(id) {
                self.simulation.inputs.insert(key.clone(), column);
            }
        }
        let ran = self.simulation.run(&Plan { graph: cut, calculations: Vec::new(), outputs: Vec::new() }, &nodes);
        for (id, key) in below {
            if let Some(column) = self.simulation.inputs.remove(&key) {
                self.columns.insert(id, column);
            }
        }
        self.columns.extend(missing.into_iter().zip(ran?));
        self.columns.retain(|id, _| kept.binary_search(id).is_ok());
        let of_operations = needed(&plan.graph, &outputs).len();
        self.outputs = outputs;
        self.plan = plan;
        Ok(Redone {
            operations,
            of_operations,
            persons: self.simulation.population.counts[self.simulation.system.person],
        })
    }

    /// The graph above the columns that are kept, which stand in it as inputs.
    #[allow(clippy::type_complexity, reason = "three results of one walk")]
    fn cut(
        &self,
        graph: &Graph,
        wanted: &[NodeId],
    ) -> Result<(Graph, HashMap<NodeId, NodeId>, Vec<(NodeId, (Arc<str>, Period))>), Diagnostic> {
        let mut cut = Graph::default();
        let mut at: HashMap<NodeId, NodeId> = HashMap::new();
        let mut inputs = Vec::new();
        // From above: what is kept is not looked below.
        let mut wanted_nodes: HashSet<NodeId> = HashSet::new();
        let mut open: Vec<NodeId> = wanted.to_vec();
        while let Some(id) = open.pop() {
            if wanted_nodes.insert(id) && !self.columns.contains_key(&id) {
                open.extend(crate::run::arguments(&graph.node(id).operation));
            }
        }
        let mut order: Vec<NodeId> = wanted_nodes.into_iter().collect();
        order.sort_unstable();
        for id in order {
            let node = graph.node(id);
            let place = if self.columns.contains_key(&id) {
                let name: Arc<str> = Arc::from(format!("#{id}"));
                inputs.push((id, (Arc::clone(&name), Period::ETERNITY)));
                cut.input(&name, Period::ETERNITY, node.kind, node.shape)?
            } else if let Operation::Input(input) = node.operation {
                let (name, period) = graph.inputs.get(input as usize).ok_or_else(inconsistent)?;
                cut.input(name, *period, node.kind, node.shape)?
            } else {
                let operation = remap(&node.operation, |id| at.get(&id).copied().unwrap_or(0));
                cut.add(operation, node.kind, node.shape)?
            };
            at.insert(id, place);
        }
        Ok((cut, at, inputs))
    }
}

fn picked(column: &Column, rows: &[usize]) -> Column {
    fn of<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
        rows.iter().filter_map(|row| values.get(*row).cloned()).collect()
    }
    match column {
        Column::Bool(values) => Column::Bool(of(values, rows)),
        Column::Int(values) => Column::Int(of(values, rows)),
        Column::Scaled { values, denominator } => {
            Column::Scaled { values: of(values, rows), denominator: *denominator }
        }
        Column::Ratio(values) => Column::Ratio(of(values, rows)),
        Column::Single(values) => Column::Single(of(values, rows)),
        Column::Float(values) => Column::Float(of(values, rows)),
        Column::Text(values) => Column::Text(of(values, rows)),
    }
}

/// Puts values into rows; where the forms do not meet, the column becomes fractions.
fn splice(column: &mut Column, rows: &[usize], values: &Column) -> Result<(), Diagnostic> {
    fn put<T: Clone>(column: &mut [T], rows: &[usize], values: &[T]) {
        for (row, value) in rows.iter().zip(values) {
            if let Some(cell) = column.get_mut(*row) {
                *cell = value.clone();
            }
        }
    }
    match (&mut *column, values) {
        (Column::Bool(column), Column::Bool(values)) => put(column, rows, values),
        (Column::Int(column), Column::Int(values)) => put(column, rows, values),
        (Column::Scaled { values: column, denominator }, Column::Scaled { values, denominator: own })
            if denominator == own =>
        {
            put(column, rows, values);
        }
        (Column::Ratio(column), Column::Ratio(values)) => put(column, rows, values),
        (Column::Single(column), Column::Single(values)) => put(column, rows, values),
        (Column::Float(column), Column::Float(values)) => put(column, rows, values),
        (Column::Text(column), Column::Text(values)) => put(column, rows, values),
        (known, values) => {
            let exact = |column: &Column, row: usize| {
                column
                    .exact(row)
                    .or_else(|| column.float(row).and_then(crate::number::Rational::from_float))
                    .ok_or_else(inconsistent)
            };
            let mut whole = (0..known.len()).map(|row| exact(known, row)).collect::<Result<Vec<_>, _>>()?;
            let new = (0..values.len()).map(|row| exact(values, row)).collect::<Result<Vec<_>, _>>()?;
            put(&mut whole, rows, &new);
            *known = match known {
                Column::Float(_) => Column::Float(whole.iter().map(|value| value.to_float()).collect()),
                _ => Column::from_exact(whole),
            };
        }
    }
    Ok(())
}
