//! In what form a node's values are kept in exact mode: known before the calculation, from constants and inputs.

use super::super::{Column, Inputs, Population};
use crate::diagnostic::Diagnostic;
use crate::form::Manner;
use crate::graph::{Aggregation, Graph, Kind, Node, NodeId, Operation, Shape};
use std::collections::HashMap;

pub(crate) use crate::form::{Form, exact_constant, multiplied};

/// Beyond this denominator, fractions are kept row by row, in lowest terms.
const MANNER: Manner = Manner { largest: 1_000_000_000_000_000_000_000, beyond: Form::Ratio, powers: true };

/// The least common multiple of denominators that a column may have.
pub(super) fn least_common_multiple(a: i128, b: i128) -> Option<i128> {
    crate::form::least_common_multiple(a, b).filter(|multiple| *multiple <= MANNER.largest)
}

/// The form in which two meet.
pub(in crate::run) fn meet(a: Form, b: Form) -> Form {
    MANNER.meet(a, b)
}

/// The forms of the nodes needed, in order.
pub(crate) fn forms(
    graph: &Graph,
    needed: &[NodeId],
    population: &Population,
    inputs: &Inputs,
) -> Result<Vec<Form>, Diagnostic> {
    let mut memberless: HashMap<usize, bool> = HashMap::new();
    // Only an extreme asks whether a group is empty.
    let asked = needed.iter().any(|id| {
        matches!(graph.node(*id).operation, Operation::Aggregate(Aggregation::Largest | Aggregation::Smallest, ..))
    });
    for (entity, membership) in population.memberships.iter().enumerate().filter(|_| asked) {
        let mut has_member = vec![false; population.counts[entity]];
        for group in &membership.group {
            has_member[*group as usize] = true;
        }
        memberless.insert(entity, has_member.contains(&false));
    }
    let mut forms = vec![Form::Bool; graph.nodes.len()];
    for id in needed {
        let node = graph.node(*id);
        let input = |place: usize| of_input(node, graph.inputs.get(place).and_then(|key| inputs.get(key)));
        // A group without such a member has an infinite extreme.
        let extreme = |with_role: bool, form: Form| {
            let empty = match node.shape {
                Shape::Entity(entity) => memberless.get(&entity).copied().unwrap_or(true),
                Shape::Scalar => true,
            };
            if matches!(form, Form::Scaled(_)) && (with_role || empty) { Form::Ratio } else { form }
        };
        forms[*id as usize] = MANNER.of_node(graph, node, &forms, input, extreme)?;
    }
    Ok(forms)
}

fn of_input(node: &Node, column: Option<&Column>) -> Result<Form, Diagnostic> {
    Ok(match column {
        Some(Column::Bool(_)) => Form::Bool,
        Some(Column::Int(_) | Column::Small { .. }) if node.kind == Kind::Bool => Form::Bool,
        Some(Column::Int(_)) => Form::Scaled(1),
        Some(Column::Scaled { denominator, .. } | Column::Small { denominator, .. }) => {
            Form::Scaled(i128::from(*denominator))
        }
        Some(Column::Ratio(_) | Column::Single(_)) => Form::Ratio,
        Some(Column::Float(_)) => Form::Float,
        Some(Column::Text(_)) => Form::Text,
        None => return Err(Diagnostic::raised("KeyError", "an input that the plan was made for is missing")),
    })
}
