//! Steps that nobody needs left out, and registers used again once their values are not needed any more.

use super::build::Value;
use super::fractions::Fraction;
use super::range::Part;
use super::step::{Action, Lane, Register, Source, Step};
use super::{Assumed, Program};
use crate::graph::{Graph, NodeId};
use std::collections::{HashMap, HashSet};

impl Value {
    /// Shows every register in which its values are.
    pub(super) fn registers(&mut self, each: &mut dyn FnMut(&mut Register)) {
        let mut visit = |source: &mut Source| {
            if let Source::Register(register) = source {
                each(register);
            }
        };
        match self {
            Self::Truth(source) | Self::Number(Part { source, .. }) => visit(source),
            Self::Fraction(Fraction { above, below, unknown }) => {
                visit(&mut above.source);
                visit(&mut below.source);
                visit(unknown);
            }
            Self::Slot => {}
        }
    }
}

/// Registers of each lane, those free first.
#[derive(Default)]
struct Pool {
    free: [Vec<u32>; 3],
    counts: [usize; 3],
}

impl Pool {
    fn take(&mut self, lane: Lane) -> Register {
        let place = self.free[lane as usize].pop().unwrap_or_else(|| {
            self.counts[lane as usize] += 1;
            self.counts[lane as usize] as u32 - 1
        });
        Register { lane, place }
    }
}

pub(super) fn allocate(
    graph: &Graph,
    steps: Vec<Step>,
    outputs: &[NodeId],
    mut values: Vec<Value>,
    assumed: Assumed,
) -> Program {
    let mut wanted: HashSet<Register> = HashSet::new();
    for value in &mut values {
        value.registers(&mut |register| {
            wanted.insert(*register);
        });
    }
    let lasting = wanted.clone();
    let mut steps = needed(steps, wanted);
    drop_early(graph, &mut steps, outputs);
    let counts = reuse(&mut steps, &mut values, &lasting);
    let starts: HashSet<usize> = steps.iter().filter_map(|step| reads_members(&step.action)).collect();
    Program { steps, counts, outputs: values, starts: starts.into_iter().collect(), assumed }
}

/// The kind of group whose stretches of members a step reads.
const fn reads_members(action: &Action) -> Option<usize> {
    match action {
        Action::Sum(group, _)
        | Action::Any(group, _)
        | Action::Members(group)
        | Action::Extreme { group, .. }
        | Action::Nth { group, .. } => Some(*group),
        _ => None,
    }
}

/// Steps whose result somebody reads.
fn needed(steps: Vec<Step>, mut wanted: HashSet<Register>) -> Vec<Step> {
    let mut kept: Vec<Step> = Vec::with_capacity(steps.len());
    for step in steps.into_iter().rev() {
        if step.action.is_kept() || step.into.is_some_and(|into| wanted.contains(&into)) {
            wanted.extend(step.action.reads());
            kept.push(step);
        }
    }
    kept.reverse();
    kept
}

/// Notes after which step each column of the general way is not needed any more.
fn drop_early(graph: &Graph, steps: &mut [Step], outputs: &[NodeId]) {
    let mut last: HashMap<NodeId, usize> = HashMap::new();
    for (place, step) in steps.iter().enumerate() {
        match &step.action {
            Action::General(id) => {
                last.insert(*id, place);
                last.extend(graph.node(*id).operation.arguments().into_iter().map(|argument| (argument, place)));
            }
            Action::Same(id, same) => {
                last.insert(*id, place);
                last.insert(*same, place);
            }
            Action::Import(id, _) | Action::Export(id, _) => {
                last.insert(*id, place);
            }
            _ => {}
        }
    }
    for (id, place) in last {
        if !outputs.contains(&id) {
            steps[place].drop.push(id);
        }
    }
}

/// Gives each value a register that is free while it is needed; says how many there are of each lane.
fn reuse(steps: &mut [Step], values: &mut [Value], lasting: &HashSet<Register>) -> [usize; 3] {
    let mut last: HashMap<Register, usize> = HashMap::new();
    for (place, step) in steps.iter().enumerate() {
        last.extend(step.into.iter().map(|into| (*into, place)));
        last.extend(step.action.reads().into_iter().map(|read| (read, place)));
    }
    let mut pool = Pool::default();
    let mut names: HashMap<Register, Register> = HashMap::new();
    for (place, step) in steps.iter_mut().enumerate() {
        let reads: HashSet<Register> = step.action.reads().into_iter().chain(step.into).collect();
        if let Some(into) = step.into {
            let name = pool.take(into.lane);
            names.insert(into, name);
            step.into = Some(name);
        }
        step.action.registers(&mut |register| *register = names.get(register).copied().unwrap_or(*register));
        for register in reads {
            if last.get(&register) == Some(&place)
                && !lasting.contains(&register)
                && let Some(name) = names.get(&register)
            {
                pool.free[name.lane as usize].push(name.place);
            }
        }
    }
    for value in values {
        value.registers(&mut |register| *register = names.get(register).copied().unwrap_or(*register));
    }
    pool.counts
}
