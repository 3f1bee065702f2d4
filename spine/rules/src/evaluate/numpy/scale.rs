//! Scales of the law on columns: marginal rates, amounts, averages.

use super::super::{Arguments, Evaluator};
use crate::diagnostic::Diagnostic;
use crate::graph::{Binary, Kind, Operation, Unary};
use crate::number::{Number, Rational};
use crate::parameter::{Item, ParameterNode, Scale, ScaleKind};
use crate::syntax::{Arithmetic, Comparison};
use crate::value::{Outcome, Value, lock, shared};
use std::sync::Arc;

impl Evaluator {
    /// `scale.calc(base, factor, round_base_decimals, right)`
    pub(crate) fn scale_calc(&mut self, scale: &Scale, arguments: &Arguments) -> Outcome<Value> {
        let base = arguments.require(0, "tax_base", "calc")?;
        if scale.thresholds.is_empty() {
            return self.arithmetic(Arithmetic::Multiply, &base, &Value::Int(0));
        }
        match scale.kind {
            ScaleKind::MarginalRate => self.marginal_rate(scale, &base, arguments),
            ScaleKind::AverageRate => self.average_rate(scale, &base),
            ScaleKind::SingleAmount | ScaleKind::MarginalAmount => {
                let right = matches!(arguments.take(1, "right"), Some(Value::Bool(true)));
                let kind = if scale.whole { Kind::Int64 } else { Kind::Float64 };
                self.scale_node(scale, &base, kind, right)
            }
        }
    }

    fn scale_node(&mut self, scale: &Scale, base: &Value, kind: Kind, right: bool) -> Outcome<Value> {
        let base = self.node(base)?;
        let graph = &mut self.session()?.graph;
        if !graph.kind(base).is_numeric() {
            return Err(Diagnostic::raised("TypeError", format!("a scale is not for {}", graph.kind(base).describe())));
        }
        // Scales calculate in double precision whatever the base is.
        let base = graph.convert(base, Kind::Float64)?;
        let shape = graph.shape(base);
        graph.add(Operation::Scale { scale: Arc::new(scale.clone()), base, right }, kind, shape).map(Value::Column)
    }

    fn marginal_rate(&mut self, scale: &Scale, base: &Value, arguments: &Arguments) -> Outcome<Value> {
        let factor = arguments.take(1, "factor").filter(|factor| !factor.is_none()).unwrap_or(Value::Int(1));
        let digits = arguments.take(2, "round_base_decimals").filter(|digits| !digits.is_none());
        let digits = digits
            .map(|digits| {
                digits
                    .as_int()
                    .and_then(|digits| i32::try_from(digits).ok())
                    .ok_or_else(|| Diagnostic::raised("TypeError", "round_base_decimals is a whole number"))
            })
            .transpose()?;
        if let (Some(factor), None) = (factor.as_number(), digits) {
            let mut scaled = scale.clone();
            for threshold in &mut scaled.thresholds {
                *threshold = threshold.combine(factor, |a, b| a * b, Rational::multiply);
            }
            return self.scale_node(&scaled, base, Kind::Float64, false);
        }
        let mut thresholds = Vec::new();
        for threshold in &scale.thresholds {
            let scaled = self.arithmetic(Arithmetic::Multiply, &factor, &Value::Float(*threshold))?;
            thresholds.push(match digits {
                Some(digits) => self.unary(Unary::Round(digits), &scaled)?,
                None => scaled,
            });
        }
        let mut total = Value::float(0.0);
        for (index, rate) in scale.values.iter().enumerate() {
            let upper = match thresholds.get(index + 1) {
                Some(next) => self.extreme(Binary::Minimum, base, next)?,
                None => base.clone(),
            };
            let slice = self.arithmetic(Arithmetic::Subtract, &upper, &thresholds[index])?;
            let slice = self.extreme(Binary::Maximum, &slice, &Value::Int(0))?;
            let rate = Value::Float(*rate);
            let part = match digits {
                None => self.arithmetic(Arithmetic::Multiply, &slice, &rate)?,
                Some(digits) => {
                    let slice = self.unary(Unary::Round(digits), &slice)?;
                    let product = self.arithmetic(Arithmetic::Multiply, &slice, &rate)?;
                    self.unary(Unary::Round(digits), &product)?
                }
            };
            total = self.arithmetic(Arithmetic::Add, &total, &part)?;
        }
        Ok(total)
    }

    fn average_rate(&mut self, scale: &Scale, base: &Value) -> Outcome<Value> {
        if scale.values.len() == 1 {
            return self.arithmetic(Arithmetic::Multiply, base, &Value::Float(scale.values[0]));
        }
        let (mut start, mut threshold, mut slope) = (Value::float(0.0), Value::float(0.0), Value::float(0.0));
        for index in 0..scale.values.len() - 1 {
            let (low, high) = (scale.thresholds[index], scale.thresholds[index + 1]);
            let rise = scale.values[index + 1].combine(scale.values[index], |a, b| a - b, Rational::subtract);
            let run = high.combine(low, |a, b| a - b, Rational::subtract);
            let own_slope = rise.combine(run, |a, b| a / b, Rational::divide);
            let above = self.compare(Comparison::GreaterOrEqual, base, &Value::Float(low))?;
            let below = self.compare(Comparison::Less, base, &Value::Float(high))?;
            let within = self.logical(Binary::And, &above, &below)?;
            start = self.choose(&within, &Value::Float(scale.values[index]), &start)?;
            threshold = self.choose(&within, &Value::Float(low), &threshold)?;
            slope = self.choose(&within, &Value::Float(own_slope), &slope)?;
        }
        let beyond = self.arithmetic(Arithmetic::Subtract, base, &threshold)?;
        let rise = self.arithmetic(Arithmetic::Multiply, &beyond, &slope)?;
        let rate = self.arithmetic(Arithmetic::Add, &start, &rise)?;
        self.arithmetic(Arithmetic::Multiply, base, &rate)
    }

    /// The value that belongs to the bracket of a base. Core widens thresholds by one part in 2⁵², so that a base exactly at
    /// a positive threshold still lies in the bracket below; below the first threshold, Python's index −1 means the last.
    pub(crate) fn bracket_values(&mut self, scale: &Scale, values: &[Number], arguments: &Arguments) -> Outcome<Value> {
        let base = arguments.require(0, "tax_base", "marginal_rates")?;
        let factor = arguments.take(1, "factor").filter(|factor| !factor.is_none()).unwrap_or(Value::Int(1));
        let last = values
            .last()
            .copied()
            .ok_or_else(|| Diagnostic::raised("EmptyArgumentError", "the scale has no brackets"))?;
        let mut result = Value::Float(last);
        for (threshold, value) in scale.thresholds.iter().zip(values) {
            let scaled = self.arithmetic(Arithmetic::Multiply, &factor, &Value::Float(*threshold))?;
            let comparison = if threshold.float > 0.0 { Comparison::Greater } else { Comparison::GreaterOrEqual };
            let reached = self.compare(comparison, &base, &scaled)?;
            result = self.choose(&reached, &Value::Float(*value), &result)?;
        }
        Ok(result)
    }

    /// `combine_tax_scales(node)`: all marginal-rate scales of a node in one.
    pub(crate) fn combine_tax_scales(&mut self, arguments: &Arguments) -> Outcome<Value> {
        let node = arguments.require(0, "node", "combine_tax_scales")?;
        let Value::ParameterAt(node, instant) = &node else {
            return Err(Diagnostic::raised(
                "TypeError",
                format!("combine_tax_scales() needs a parameter node, not '{}'", node.type_name()),
            ));
        };
        let mut combined = if let Some(Value::Scale(scale)) = arguments.take(1, "combined_tax_scales") {
            lock(&scale).clone()
        } else {
            let mut scale = blank(ScaleKind::MarginalRate, &node.about.name);
            scale.add_bracket(Number::from_integer(0), Number::from_integer(0));
            scale
        };
        combine_node(&mut combined, node, instant);
        for name in node.children.keys().cloned().collect::<Vec<_>>() {
            self.parameter_child(node, instant, &name, true).ok();
        }
        Ok(Value::Scale(shared(combined)))
    }
}

fn combine_node(combined: &mut Scale, node: &ParameterNode, instant: &str) {
    for child in node.children.values() {
        if let Item::Scale(scale) = child {
            let scale = scale.at(instant);
            if scale.kind == ScaleKind::MarginalRate {
                add_scale(combined, &scale);
            }
        }
    }
}

fn blank(kind: ScaleKind, name: &str) -> Scale {
    Scale { name: Arc::from(name), kind, thresholds: Vec::new(), values: Vec::new(), whole: false }
}

/// `MarginalRateTaxScale(name = …)` and its like.
pub(crate) fn empty_scale(class: &str, arguments: &Arguments) -> Value {
    let kind = match class {
        "MarginalAmountTaxScale" | "AmountTaxScale" => ScaleKind::MarginalAmount,
        "SingleAmountTaxScale" => ScaleKind::SingleAmount,
        "LinearAverageRateTaxScale" => ScaleKind::AverageRate,
        _ => ScaleKind::MarginalRate,
    };
    Value::Scale(shared(blank(kind, &arguments.take(0, "name").map_or_else(String::new, |name| name.display()))))
}

/// Adds the rates of one marginal scale to another, bracket by bracket.
pub(crate) fn add_scale(scale: &mut Scale, other: &Scale) {
    let same = |a: Number, b: Number| a.compare(b) == Some(std::cmp::Ordering::Equal);
    for (index, (low, rate)) in other.thresholds.iter().zip(&other.values).enumerate() {
        let high = other.thresholds.get(index + 1).copied();
        for bound in std::iter::once(*low).chain(high) {
            if !scale.thresholds.iter().any(|known| same(*known, bound)) {
                let below =
                    scale.thresholds.iter().rposition(|known| known.compare(bound) == Some(std::cmp::Ordering::Less));
                // Below the first bracket, Python's index −1 is the last rate.
                let inherited = below
                    .or_else(|| scale.values.len().checked_sub(1))
                    .map_or(Number::from_integer(0), |place| scale.values[place]);
                scale.add_bracket(bound, inherited);
            }
        }
        for place in 0..scale.thresholds.len() {
            let threshold = scale.thresholds[place];
            let from = threshold.compare(*low) != Some(std::cmp::Ordering::Less);
            let before = high.is_none_or(|high| threshold.compare(high) == Some(std::cmp::Ordering::Less));
            if from && before {
                scale.values[place] = scale.values[place].combine(*rate, |a, b| a + b, Rational::plus);
            }
        }
    }
}

pub(super) fn arithmetic(a: Number, operator: char, b: Number) -> Number {
    match operator {
        '+' => a.combine(b, |x, y| x + y, Rational::plus),
        '-' => a.combine(b, |x, y| x - y, Rational::subtract),
        '*' => a.combine(b, |x, y| x * y, Rational::multiply),
        _ => a.combine(b, |x, y| x / y, Rational::divide),
    }
}

/// The scale that gives gross from net.
pub(crate) fn inverse_scale(scale: &Scale) -> Outcome<Scale> {
    let one = Number::from_integer(1);
    let mut inverse = blank(ScaleKind::MarginalRate, &scale.name);
    let (mut previous, mut theta) = (Number::from_integer(0), Number::from_integer(0));
    for (threshold, rate) in scale.thresholds.iter().zip(&scale.values) {
        if arithmetic(one, '-', *rate).float == 0.0 {
            return Err(Diagnostic::raised("ZeroDivisionError", "a rate of one has no inverse"));
        }
        if threshold.float == 0.0 {
            (previous, theta) = (Number::from_integer(0), Number::from_integer(0));
        }
        let net = arithmetic(arithmetic(arithmetic(one, '-', previous), '*', *threshold), '+', theta);
        inverse.add_bracket(net, arithmetic(one, '/', arithmetic(one, '-', *rate)));
        theta = arithmetic(arithmetic(arithmetic(*rate, '-', previous), '*', *threshold), '+', theta);
        previous = *rate;
    }
    Ok(inverse)
}

/// The linear average scale of a marginal one.
pub(crate) fn average_scale(scale: &Scale) -> Outcome<Scale> {
    let zero = Number::from_integer(0);
    let mut average = blank(ScaleKind::AverageRate, &scale.name);
    average.add_bracket(zero, zero);
    let (Some(first), Some(rate)) = (scale.thresholds.first(), scale.values.first()) else { return Ok(average) };
    let (mut due, mut previous_threshold, mut previous_rate) = (zero, *first, *rate);
    for (threshold, rate) in scale.thresholds.iter().zip(&scale.values).skip(1) {
        due = arithmetic(due, '+', arithmetic(previous_rate, '*', arithmetic(*threshold, '-', previous_threshold)));
        if threshold.float == 0.0 {
            return Err(Diagnostic::raised("ZeroDivisionError", "a threshold of zero after the first"));
        }
        average.add_bracket(*threshold, arithmetic(due, '/', *threshold));
        (previous_threshold, previous_rate) = (*threshold, *rate);
    }
    average.add_bracket(Number::from_float(f64::INFINITY), previous_rate);
    Ok(average)
}
