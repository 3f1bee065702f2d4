//! One value of everybody: `sum(column)` in a formula adds up a column over all who are in the simulation.

use super::{Binary, Built, Constant, Graph, Kind, NodeId, Operand, Operation, Shape, Whole, type_error};
use crate::entity::EntityIndex;
use std::collections::HashMap;

impl Graph {
    /// What becomes of everybody's values; one value for all has nobody beside it.
    pub(crate) fn everybody(&mut self, whole: Whole, of: NodeId) -> Built {
        let of = match whole {
            Whole::Any | Whole::All => self.truth(of)?,
            Whole::Sum if self.kind(of) == Kind::Int32 => self.convert(of, Kind::Int64)?,
            Whole::Sum | Whole::SumInTurn if self.kind(of) == Kind::Bool => self.convert(of, Kind::Int64)?,
            _ => of,
        };
        let kind = self.kind(of);
        let extreme = matches!(whole, Whole::Largest | Whole::Smallest);
        if !(kind.is_numeric() || kind.is_duration() || extreme && kind.is_moment()) {
            return Err(type_error(format!("this is not for {}", kind.describe())));
        }
        if self.shape(of) == Shape::Scalar {
            return Ok(of);
        }
        self.add(Operation::Everybody(whole, of), kind, Shape::Scalar)
    }

    /// How many there are of a kind of entity.
    pub(crate) fn headcount(&mut self, entity: EntityIndex) -> Built {
        let each = self.fill(Constant::Int(1), Kind::Int64, Shape::Entity(entity))?;
        self.everybody(Whole::Sum, each)
    }

    /// The mean of everybody's values, in single precision where they are.
    pub(crate) fn mean(&mut self, of: NodeId) -> Built {
        let kind = if self.kind(of) == Kind::Float32 { Kind::Float32 } else { Kind::Float64 };
        let of = self.convert(of, kind)?;
        let Shape::Entity(entity) = self.shape(of) else { return Ok(of) };
        let total = self.everybody(Whole::Sum, of)?;
        let count = self.headcount(entity)?;
        let count = self.convert(count, kind)?;
        self.binary(Binary::Divide, &Operand::Node(total), &Operand::Node(count))
    }

    /// One value for all as a column: chosen in every row.
    pub(crate) fn spread(&mut self, id: NodeId, shape: Shape) -> Built {
        let always = self.fill(Constant::Bool(true), Kind::Bool, shape)?;
        let kind = self.kind(id);
        self.add(Operation::Choose(always, id, id), kind, shape)
    }

    /// The nodes among these that are one value of everybody.
    pub(crate) fn over_everybody(&self, nodes: &[NodeId]) -> Vec<NodeId> {
        let is_one = |id: &NodeId| matches!(self.node(*id).operation, Operation::Everybody(..));
        nodes.iter().copied().filter(is_one).collect()
    }

    /// The same graph with values in the places of some nodes, which keep their numbers. Nothing is added to it.
    pub(crate) fn with_values(&self, values: &HashMap<NodeId, Constant>) -> Self {
        let mut nodes = self.nodes.clone();
        for (id, value) in values {
            nodes[*id as usize].operation = Operation::Constant(value.clone());
        }
        Self { nodes, inputs: self.inputs.clone(), ..Self::default() }
    }
}
