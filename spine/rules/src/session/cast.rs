//! What a formula gives, as a column of its variable's type.

use crate::diagnostic::Diagnostic;
use crate::entity::EnumType;
use crate::evaluate::Evaluator;
use crate::graph::{Kind, NodeId, Shape};
use crate::value::{Outcome, Value};
use crate::variable::Variable;
use std::sync::Arc;

impl Evaluator {
    /// The result in the variable's type, for every entity.
    pub(crate) fn cast(&mut self, value: &Value, variable: &Variable, kind: Kind, shape: Shape) -> Outcome<NodeId> {
        if let (Kind::Enum(_), crate::variable::ValueType::Enum(enumeration)) = (kind, &variable.value_type)
            && let Some(id) = self.encode(value, enumeration)?
        {
            return self.spread(id, kind, shape);
        }
        let id = self.node(value)?;
        let graph = &mut self.session()?.graph;
        let id = graph.convert(id, kind)?;
        self.spread(id, kind, shape)
    }

    /// Names and members as indexes of an enumeration.
    fn encode(&mut self, value: &Value, enumeration: &Arc<EnumType>) -> Outcome<Option<NodeId>> {
        let graph = &mut self.session()?.graph;
        let constant = |index: usize| crate::graph::Constant::Int(index as i64);
        match value {
            Value::EnumMember(known, index) if known.id == enumeration.id => {
                graph.fill(constant(*index), Kind::Enum(enumeration.id), Shape::Scalar).map(Some)
            }
            Value::Text(name) => {
                let index = enumeration.index(name).ok_or_else(|| {
                    Diagnostic::raised(
                        "EnumMemberNotFoundError",
                        format!("'{name}' is no member of {}", enumeration.name),
                    )
                })?;
                graph.fill(constant(index), Kind::Enum(enumeration.id), Shape::Scalar).map(Some)
            }
            Value::Column(id) if graph.kind(*id) == Kind::Text => {
                let entries = enumeration
                    .members
                    .iter()
                    .enumerate()
                    .map(|(index, (name, _))| (crate::graph::Constant::Text(Arc::clone(name)), Some(constant(index))))
                    .collect();
                let shape = graph.shape(*id);
                let table = crate::graph::Table { name: Arc::clone(&enumeration.name), entries };
                graph
                    .add(crate::graph::Operation::Lookup(Arc::new(table), *id), Kind::Enum(enumeration.id), shape)
                    .map(Some)
            }
            // An enumeration of the same class loaded twice: the places are the same.
            Value::Column(id) if matches!(graph.kind(*id), Kind::Enum(_)) => {
                let (operation, shape) = (graph.node(*id).operation.clone(), graph.shape(*id));
                if graph.kind(*id) == Kind::Enum(enumeration.id) {
                    Ok(Some(*id))
                } else {
                    graph.add(operation, Kind::Enum(enumeration.id), shape).map(Some)
                }
            }
            _ => Ok(None),
        }
    }

    /// One value for all becomes a column.
    pub(super) fn spread(&mut self, id: NodeId, kind: Kind, shape: Shape) -> Outcome<NodeId> {
        let graph = &mut self.session()?.graph;
        if graph.shape(id) == shape {
            return Ok(id);
        }
        match graph.constant(id).cloned() {
            Some(constant) => graph.fill(constant, kind, shape),
            None if graph.shape(id) == Shape::Scalar => graph.spread(id, shape),
            None => Err(Diagnostic::raised(
                "ValueError",
                "the formula gives a column of another entity: aggregate with group.sum(…) or project with person.group(…)",
            )),
        }
    }
}
