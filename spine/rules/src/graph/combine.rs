//! Operations on columns and constants, each with the type that NumPy would give its result.

use super::fold::{fold_binary, fold_unary};
use super::{Binary, Built, Constant, Graph, Kind, NodeId, Operand, Operation, Shape, Unary, promote, type_error};
use crate::diagnostic::Diagnostic;

impl Graph {
    /// An operation on one column.
    pub fn unary(&mut self, operation: Unary, id: NodeId) -> Built {
        let (kind, shape) = (self.kind(id), self.shape(id));
        let float = |kind: Kind| if kind == Kind::Float32 { Kind::Float32 } else { Kind::Float64 };
        let result = match operation {
            Unary::Not => {
                let id = self.truth(id)?;
                if let Some(Constant::Bool(value)) = self.constant(id) {
                    let value = !*value;
                    return self.fill(Constant::Bool(value), Kind::Bool, shape);
                }
                if let Operation::Unary(Unary::Not, inner) = self.node(id).operation {
                    return Ok(inner);
                }
                return self.add(Operation::Unary(Unary::Not, id), Kind::Bool, shape);
            }
            Unary::Exponential | Unary::Logarithm | Unary::SquareRoot => float(kind),
            Unary::IsNotANumber | Unary::IsInfinite => Kind::Bool,
            Unary::Negate if kind == Kind::Bool => {
                return Err(type_error("the minus sign is not for truth values; use not_(…)".to_owned()));
            }
            Unary::Floor | Unary::Ceiling | Unary::Truncate | Unary::Round(_)
                if kind.is_integer() || kind == Kind::Bool =>
            {
                if !matches!(operation, Unary::Round(digits) if digits < 0) {
                    return Ok(id);
                }
                kind
            }
            _ => kind,
        };
        if !kind.is_numeric() && !kind.is_duration() {
            return Err(type_error(format!("this is not for {}", kind.describe())));
        }
        if let Some(constant) = self.constant(id).and_then(|constant| fold_unary(operation, constant)) {
            return self.fill(constant, result, shape);
        }
        let id = if result.is_float() { self.convert(id, result)? } else { id };
        self.add(Operation::Unary(operation, id), result, shape)
    }

    /// Whether each row is other than zero.
    pub fn truth(&mut self, id: NodeId) -> Built {
        match self.kind(id) {
            Kind::Bool => Ok(id),
            kind if kind.is_numeric() || kind.is_duration() => {
                if let Some(constant) = self.constant(id) {
                    let value = Constant::Bool(!constant.is_zero());
                    let shape = self.shape(id);
                    return self.fill(value, Kind::Bool, shape);
                }
                self.convert(id, Kind::Bool)
            }
            kind => Err(type_error(format!("{} are neither true nor false", kind.describe()))),
        }
    }

    /// An operation on two operands of which one at least is a column.
    pub fn binary(&mut self, operation: Binary, left: &Operand, right: &Operand) -> Built {
        let shape = self.shape_of(&[left, right])?;
        if let Some(id) = self.moment(operation, left, right, shape)? {
            return Ok(id);
        }
        let common = match (operation, self.common(&[left, right])) {
            // NumPy compares what has nothing in common as unequal.
            (Binary::Equal, Err(_)) => return self.fill(Constant::Bool(false), Kind::Bool, shape),
            (Binary::NotEqual, Err(_)) => return self.fill(Constant::Bool(true), Kind::Bool, shape),
            (_, common) => common?,
        };
        let (operation, argument, result) = self.arithmetic_kinds(operation, common)?;
        let left = self.settle(left, argument)?;
        let right = self.settle(right, argument)?;
        if let (Some(a), Some(b)) = (self.constant(left), self.constant(right))
            && let Some(folded) = fold_binary(operation, a, b, argument)
        {
            return self.fill(folded, result, shape);
        }
        if let Some(same) = self.neutral(operation, left, right, result, shape) {
            return Ok(same);
        }
        self.add(Operation::Binary(operation, left, right), result, shape)
    }

    /// Which operation it really is, on what type, with what result.
    fn arithmetic_kinds(&self, operation: Binary, common: Kind) -> Result<(Binary, Kind, Kind), Diagnostic> {
        if operation.is_comparison() {
            if matches!(common, Kind::Enum(_)) && !matches!(operation, Binary::Equal | Binary::NotEqual) {
                return Err(type_error("members of an enumeration only compare with == and !=".to_owned()));
            }
            return Ok((operation, common, Kind::Bool));
        }
        if operation.is_logic() {
            return match common {
                Kind::Bool | Kind::Int32 | Kind::Int64 => Ok((operation, common, common)),
                _ => Err(type_error(format!("«&», «|» and «^» are not for {}", common.describe()))),
            };
        }
        let allowed = common.is_numeric() || common.is_duration() || (common == Kind::Text && operation == Binary::Add);
        let extreme = matches!(operation, Binary::Maximum | Binary::Minimum);
        if !(allowed || extreme && common.is_moment()) {
            return Err(type_error(format!("this operation is not for {}", common.describe())));
        }
        match (operation, common) {
            (Binary::Add | Binary::Maximum, Kind::Bool) => Ok((Binary::Or, Kind::Bool, Kind::Bool)),
            (Binary::Multiply | Binary::Minimum, Kind::Bool) => Ok((Binary::And, Kind::Bool, Kind::Bool)),
            (Binary::Subtract, Kind::Bool) => Err(type_error(
                "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.".to_owned(),
            )),
            (Binary::Divide, kind) if !kind.is_float() => Ok((operation, if kind.is_numeric() { Kind::Float64 } else { kind }, Kind::Float64)),
            (Binary::FloorDivide | Binary::Modulo | Binary::Power, Kind::Bool) => Ok((operation, Kind::Int64, Kind::Int64)),
            _ => Ok((operation, common, common)),
        }
    }

    /// Dates minus dates, dates and durations.
    fn moment(
        &mut self,
        operation: Binary,
        left: &Operand,
        right: &Operand,
        shape: Shape,
    ) -> Result<Option<NodeId>, Diagnostic> {
        let kind = |operand: &Operand| match operand {
            Operand::Node(id) => self.kind(*id),
            Operand::Weak(constant) => Self::own_kind(constant),
        };
        let (a, b) = (kind(left), kind(right));
        let duration = |moment: Kind| match moment {
            Kind::Date => Kind::Days,
            Kind::Month => Kind::Months,
            _ => Kind::Years,
        };
        if operation == Binary::Subtract && a.is_moment() && b.is_moment() {
            let common = promote(a, b).unwrap_or(Kind::Date);
            let (left, right) = (self.settle(left, common)?, self.settle(right, common)?);
            return self.add(Operation::Binary(operation, left, right), duration(common), shape).map(Some);
        }
        if matches!(operation, Binary::Add | Binary::Subtract)
            && (a.is_moment() || (operation == Binary::Add && b.is_moment()))
        {
            let moment = if a.is_moment() { a } else { b };
            let (left, right) = if a.is_moment() { (left, right) } else { (right, left) };
            let moment = match if a.is_moment() { b } else { a } {
                Kind::Days => Kind::Date,
                _ => moment,
            };
            let left = self.settle(left, moment)?;
            let right = self.settle(right, duration(moment))?;
            return self.add(Operation::Binary(operation, left, right), moment, shape).map(Some);
        }
        Ok(None)
    }

    /// `x + 0`, `x * 1`, `x and true`: the column itself.
    fn neutral(&self, operation: Binary, left: NodeId, right: NodeId, result: Kind, shape: Shape) -> Option<NodeId> {
        let same = |id: NodeId| (self.kind(id) == result && self.shape(id) == shape).then_some(id);
        let (a, b) = (self.constant(left), self.constant(right));
        match operation {
            Binary::Add if a.is_some_and(Constant::is_zero) => same(right),
            Binary::Add | Binary::Subtract if b.is_some_and(Constant::is_zero) => same(left),
            Binary::Multiply if a.is_some_and(Constant::is_one) => same(right),
            Binary::Multiply | Binary::Divide if b.is_some_and(Constant::is_one) => same(left),
            Binary::Or if a == Some(&Constant::Bool(false)) => same(right),
            Binary::Or if b == Some(&Constant::Bool(false)) => same(left),
            Binary::And if a == Some(&Constant::Bool(true)) => same(right),
            Binary::And if b == Some(&Constant::Bool(true)) => same(left),
            Binary::And | Binary::Or | Binary::Maximum | Binary::Minimum if left == right => same(left),
            _ => None,
        }
    }

    /// `where(condition, then, otherwise)`
    pub fn choose(&mut self, condition: &Operand, then: &Operand, otherwise: &Operand) -> Built {
        let kind = self.common(&[then, otherwise])?;
        let shape = self.shape_of(&[condition, then, otherwise])?;
        let condition = match condition {
            Operand::Node(id) => self.truth(*id)?,
            Operand::Weak(constant) => {
                self.add(Operation::Constant(Constant::Bool(!constant.is_zero())), Kind::Bool, Shape::Scalar)?
            }
        };
        let then = self.settle(then, kind)?;
        let otherwise = self.settle(otherwise, kind)?;
        if let Some(Constant::Bool(value)) = self.constant(condition) {
            let chosen = if *value { then } else { otherwise };
            if self.shape(chosen) == shape {
                return Ok(chosen);
            }
            if let Some(constant) = self.constant(chosen).cloned() {
                return self.fill(constant, kind, shape);
            }
        }
        if then == otherwise && self.shape(then) == shape {
            return Ok(then);
        }
        self.add(Operation::Choose(condition, then, otherwise), kind, shape)
    }
}
