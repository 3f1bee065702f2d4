//! In what form a node's values are kept in exact mode: known before the calculation, from constants and inputs.

use super::super::{Column, Inputs, Population};
use crate::diagnostic::Diagnostic;
use crate::form::Manner;
use crate::graph::{Aggregation, Graph, Kind, Node, NodeId, Operation, Shape};

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

/// What the forms of nodes depend on beside the graph.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ground {
    /// Of the graph's inputs, by place; none for what is not given.
    inputs: Vec<Option<Form>>,
    /// By kind of entity, whether a group has no member.
    memberless: Vec<bool>,
}

impl Ground {
    pub(crate) fn of(graph: &Graph, population: &Population, inputs: &Inputs) -> Self {
        let inputs = graph.inputs.iter().map(|key| inputs.get(key).map(of_column)).collect();
        // Only an extreme asks whether a group is empty.
        let asked = graph.nodes.iter().any(|node| {
            matches!(node.operation, Operation::Aggregate(Aggregation::Largest | Aggregation::Smallest, ..))
        });
        let memberless =
            population.memberships.iter().zip(&population.counts).filter(|_| asked).map(|(membership, count)| {
                let mut has_member = vec![false; *count];
                for group in &membership.group {
                    has_member[*group as usize] = true;
                }
                has_member.contains(&false)
            });
        Self { inputs, memberless: memberless.collect() }
    }
}

/// The forms of the nodes needed, in order.
pub(crate) fn forms(graph: &Graph, needed: &[NodeId], ground: &Ground) -> Result<Vec<Form>, Diagnostic> {
    let mut forms = vec![Form::Bool; graph.nodes.len()];
    for id in needed {
        let node = graph.node(*id);
        let input = |place: usize| of_input(node, ground.inputs.get(place).copied().flatten());
        // A group without such a member has an infinite extreme.
        let extreme = |with_role: bool, form: Form| {
            let empty = match node.shape {
                Shape::Entity(entity) => ground.memberless.get(entity).copied().unwrap_or(true),
                Shape::Scalar => true,
            };
            if matches!(form, Form::Scaled(_)) && (with_role || empty) { Form::Ratio } else { form }
        };
        forms[*id as usize] = MANNER.of_node(graph, node, &forms, input, extreme)?;
    }
    Ok(forms)
}

/// The form that an input's column has by itself.
fn of_column(column: &Column) -> Form {
    match column {
        Column::Bool(_) => Form::Bool,
        Column::Int(_) => Form::Scaled(1),
        Column::Scaled { denominator, .. } | Column::Small { denominator, .. } => {
            Form::Scaled(i128::from(*denominator))
        }
        Column::Ratio(_) | Column::Single(_) => Form::Ratio,
        Column::Float(_) => Form::Float,
        Column::Text(_) => Form::Text,
    }
}

fn of_input(node: &Node, form: Option<Form>) -> Result<Form, Diagnostic> {
    match form {
        Some(Form::Scaled(1)) if node.kind == Kind::Bool => Ok(Form::Bool),
        Some(form) => Ok(form),
        None => Err(Diagnostic::raised("KeyError", "an input that the plan was made for is missing")),
    }
}
