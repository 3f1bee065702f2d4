//! How columns are kept in SQL: truths, whole numbers over a denominator (dates and members too), double precision, texts.

use super::expression::Writer;
use crate::diagnostic::Diagnostic;
use crate::form::Manner;
use crate::graph::{Kind, NodeId};
use crate::number::power_of_ten;

pub(super) use crate::form::{Form, exact_constant, multiplied};

/// Beyond this denominator a column is double precision: its numerators would soon not fit in 64 bits.
pub(super) const MANNER: Manner = Manner { largest: 1_000_000_000, beyond: Form::Float, powers: false };

pub(super) fn meet(a: Form, b: Form) -> Form {
    MANNER.meet(a, b)
}

impl Writer<'_> {
    /// The form of an operation's result.
    pub(super) fn form(&self, id: NodeId) -> Result<Form, Diagnostic> {
        let node = self.graph.node(id);
        let input = |_| {
            Ok(match node.kind {
                Kind::Bool => Form::Bool,
                Kind::Text => Form::Text,
                kind if kind.is_float() => MANNER.scaled(power_of_ten(self.options.decimals)),
                _ => Form::Scaled(1),
            })
        };
        let extreme = |with_role: bool, form: Form| if with_role { Form::Float } else { form };
        MANNER.of_node(self.graph, node, &self.forms, input, extreme)
    }
}
