//! What formulas come to: a graph of operations on columns, each node once however often it is asked for.
//!
//! A node carries the type that NumPy would give it, because formulas rely on NumPy's rules (`True + True` is `True`,
//! a whole number divided is a float). How exactly it is calculated is the back end's affair.

mod arguments;
mod combine;
mod constant;
mod everybody;
mod fold;
mod kind;
mod operation;

use crate::diagnostic::Diagnostic;
use crate::entity::EntityIndex;
use crate::period::Period;
use std::collections::HashMap;
use std::sync::Arc;

pub use arguments::Arguments;
pub use constant::{Constant, convert_constant};
pub(crate) use fold::{floor_divide, fold_binary, fold_unary};
pub(crate) use kind::convert_moment;
pub use kind::{Kind, promote};
pub use operation::{Aggregation, Binary, Operation, Table, TextTest, Unary, Whole};

/// A node by its place.
pub type NodeId = u32;

/// What a column runs along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One value for all.
    Scalar,
    /// One value for each entity of a kind.
    Entity(EntityIndex),
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it does.
    pub operation: Operation,
    /// Its type.
    pub kind: Kind,
    /// What it runs along.
    pub shape: Shape,
}

/// An operand: a column, or a Python scalar whose type yields to the column's (NEP 50).
#[derive(Clone, Debug)]
pub enum Operand {
    /// A column.
    Node(NodeId),
    /// A Python scalar.
    Weak(Constant),
}

/// The graph.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The nodes; arguments stand before what uses them.
    pub nodes: Vec<Node>,
    index: HashMap<(Operation, Kind, Shape), NodeId>,
    /// Inputs by the variable's name and period.
    pub inputs: Vec<(Arc<str>, Period)>,
    /// What the back end made of it for populations before.
    pub(crate) programs: crate::run::Programs,
    /// How its questions are calculated.
    pub(crate) ways: crate::run::Ways,
}

type Built = Result<NodeId, Diagnostic>;

fn type_error(message: String) -> Diagnostic {
    Diagnostic::raised("TypeError", message)
}

impl Graph {
    /// The most nodes a plan may have.
    const MOST_NODES: usize = 4_000_000;

    /// The node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// Its type.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// What it runs along.
    pub fn shape(&self, id: NodeId) -> Shape {
        self.node(id).shape
    }

    /// The value, where it is the same in every row.
    pub fn constant(&self, id: NodeId) -> Option<&Constant> {
        match &self.node(id).operation {
            Operation::Constant(constant) | Operation::Fill(constant) => Some(constant),
            _ => None,
        }
    }

    /// The node of an operation, made once.
    pub fn add(&mut self, operation: Operation, kind: Kind, shape: Shape) -> Built {
        let key = (operation, kind, shape);
        if let Some(id) = self.index.get(&key) {
            return Ok(*id);
        }
        if self.nodes.len() >= Self::MOST_NODES {
            return Err(Diagnostic::limit(
                "the calculation has more than four million operations",
                "ask for fewer variables or periods at a time",
            ));
        }
        let id = self.nodes.len() as NodeId;
        self.nodes.push(Node { operation: key.0.clone(), kind, shape });
        self.index.insert(key, id);
        Ok(id)
    }

    /// The column of an input.
    pub fn input(&mut self, variable: &Arc<str>, period: Period, kind: Kind, shape: Shape) -> Built {
        let place =
            self.inputs.iter().position(|(name, known)| name == variable && *known == period).unwrap_or_else(|| {
                self.inputs.push((Arc::clone(variable), period));
                self.inputs.len() - 1
            });
        self.add(Operation::Input(place as u32), kind, shape)
    }

    /// A constant of a type, for all rows of a shape.
    #[allow(clippy::needless_pass_by_value, reason = "constants are made where they are filled in")]
    pub fn fill(&mut self, constant: Constant, kind: Kind, shape: Shape) -> Built {
        let constant = convert_constant(&constant, kind)?;
        match shape {
            Shape::Scalar => self.add(Operation::Constant(constant), kind, shape),
            Shape::Entity(_) => self.add(Operation::Fill(constant), kind, shape),
        }
    }

    /// The type a Python scalar has of itself.
    fn own_kind(constant: &Constant) -> Kind {
        match constant {
            Constant::Bool(_) => Kind::Bool,
            Constant::Int(_) => Kind::Int64,
            Constant::Float(_) => Kind::Float64,
            Constant::Text(_) => Kind::Text,
        }
    }

    /// The type that operands meet in; scalars yield.
    pub fn common(&self, operands: &[&Operand]) -> Result<Kind, Diagnostic> {
        let mut strong: Option<Kind> = None;
        for operand in operands {
            if let Operand::Node(id) = operand {
                let kind = self.kind(*id);
                strong = Some(match strong {
                    None => kind,
                    Some(known) => promote(known, kind).ok_or_else(|| {
                        type_error(format!("{} and {} do not go together", known.describe(), kind.describe()))
                    })?,
                });
            }
        }
        let mut result = strong;
        for operand in operands {
            if let Operand::Weak(constant) = operand {
                let own = Self::own_kind(constant);
                result = Some(match (result, own) {
                    (None, own) => own,
                    (Some(Kind::Bool), Kind::Int64) => Kind::Int64,
                    (Some(Kind::Bool | Kind::Int32 | Kind::Int64), Kind::Float64) => Kind::Float64,
                    (Some(known), Kind::Bool | Kind::Int64 | Kind::Float64) if known.is_numeric() => known,
                    (Some(known), Kind::Int64)
                        if known.is_moment() || known.is_duration() || matches!(known, Kind::Enum(_)) =>
                    {
                        known
                    }
                    (Some(Kind::Text), Kind::Text) => Kind::Text,
                    (Some(known), own) => {
                        return Err(type_error(format!(
                            "{} and {} do not go together",
                            known.describe(),
                            own.describe()
                        )));
                    }
                });
            }
        }
        Ok(result.unwrap_or(Kind::Float64))
    }

    fn shape_of(&self, operands: &[&Operand]) -> Result<Shape, Diagnostic> {
        let mut shape = Shape::Scalar;
        for operand in operands {
            if let Operand::Node(id) = operand {
                shape = match (shape, self.shape(*id)) {
                    (Shape::Scalar, other) | (other, Shape::Scalar) => other,
                    (left, right) if left == right => left,
                    _ => {
                        return Err(Diagnostic::unsupported(
                            "columns of different entities are combined",
                            "bring both to one entity: group.sum(…) from persons to their group, person.group(…) from the group to its persons",
                        ));
                    }
                };
            }
        }
        Ok(shape)
    }

    /// The node of an operand in a type.
    pub fn settle(&mut self, operand: &Operand, kind: Kind) -> Built {
        match operand {
            Operand::Node(id) => self.convert(*id, kind),
            Operand::Weak(constant) => {
                let constant = convert_constant(constant, kind)?;
                self.add(Operation::Constant(constant), kind, Shape::Scalar)
            }
        }
    }

    /// `astype`: the same column in another type.
    pub fn convert(&mut self, id: NodeId, kind: Kind) -> Built {
        let node = self.node(id);
        let (own, shape) = (node.kind, node.shape);
        if own == kind {
            return Ok(id);
        }
        if let Some(constant) = self.constant(id).cloned() {
            let constant = match constant {
                Constant::Int(value) if own.is_moment() || own.is_duration() => {
                    Constant::Int(convert_moment(value, own, kind))
                }
                other => other,
            };
            return self.fill(constant, kind, shape);
        }
        let possible = match (own, kind) {
            (Kind::Text, _) => kind.is_numeric(),
            (_, Kind::Text) => matches!(own, Kind::Int32 | Kind::Int64),
            (Kind::Enum(_), to) => to.is_numeric(),
            (from, Kind::Enum(_)) => from.is_integer() || from == Kind::Bool,
            _ => true,
        };
        if !possible {
            return Err(type_error(format!("{} cannot become {}", own.describe(), kind.describe())));
        }
        self.add(Operation::Convert(id), kind, shape)
    }
}
