//! Scales, and parameters by a column's value.

use super::build::{Builder, Value, numerator};
use super::range::{Part, Range};
use super::step::{Action, Brackets, Lane, Source};
use crate::graph::{Constant, NodeId, Table};
use crate::parameter::{Scale, ScaleKind};
use crate::run::exact::{self, Form};
use std::sync::Arc;

fn narrow(values: &[i128]) -> Option<Vec<i64>> {
    values.iter().map(|value| i64::try_from(*value).ok()).collect()
}

/// The range around all of some numbers.
fn around(values: &[i64]) -> Option<Range> {
    values.iter().map(|value| Range::exactly((*value).into())).reduce(Range::around)
}

impl Builder<'_> {
    pub(super) fn scale(&mut self, scale: &Scale, base: NodeId, right: bool, form: Form) -> Option<Value> {
        let Form::Scaled(_) = form else { return None };
        if self.form(base) == Form::Ratio {
            return None;
        }
        let part = self.number(base)?;
        match scale.kind {
            ScaleKind::MarginalRate => self.marginal(scale, part, base, form),
            _ => self.amounts(scale, part, base, right, form),
        }
        .map(Value::Number)
    }

    fn marginal(&mut self, scale: &Scale, part: Part, base: NodeId, form: Form) -> Option<Part> {
        let exact::Slices { up, cuts, rates } = exact::slices(scale, self.denominator(base), form).ok()?;
        if cuts.is_empty() || !cuts.is_sorted() {
            return None;
        }
        let raised = part.range.times(Range::exactly(up))?;
        // All slices together are as long as the base reaches beyond the first cut.
        let length = Range::new(0, raised.high.checked_sub(*cuts.first()?)?.max(0));
        let steepest = rates.iter().fold(Range::exactly(0), |range, rate| range.around(Range::exactly(*rate)));
        let range = length.times(steepest)?;
        let between = raised.minus(around(&narrow(&cuts)?)?)?;
        let widths = around(&narrow(&cuts)?)?;
        let lane = [raised, between, range, widths, widths.minus(widths)?, steepest]
            .into_iter()
            .try_fold(part.lane(), |lane, range| Some(lane.max(range.lane()?)))?;
        let Source::Register(register) = self.at(part, lane) else { return None };
        let brackets = Brackets { up: i64::try_from(up).ok()?, cuts: narrow(&cuts)?, values: narrow(&rates)? };
        let entity = self.owner_of(&[Source::Register(register)]);
        let into = self.emit(entity, lane, Action::Marginal(register, Arc::new(brackets)));
        Some(Part { source: Source::Register(into), range })
    }

    fn amounts(&mut self, scale: &Scale, part: Part, base: NodeId, right: bool, form: Form) -> Option<Part> {
        let strict = right || scale.kind == ScaleKind::MarginalAmount;
        let (up, cuts) = exact::cuts(scale, self.denominator(base)).ok()?;
        if !cuts.is_sorted() {
            return None;
        }
        let values =
            exact::amounts_reached(scale).iter().map(|value| numerator(value, form)).collect::<Option<Vec<i64>>>()?;
        if values.len() != cuts.len() + 1 {
            return None;
        }
        let cuts = narrow(&cuts)?;
        let raised = part.range.times(Range::exactly(up))?;
        let lane = raised.around(around(&cuts).unwrap_or(raised)).lane()?.max(part.lane());
        let range = around(&values)?;
        let Source::Register(register) = self.at(part, lane) else { return None };
        let brackets = Arc::new(Brackets { up: i64::try_from(up).ok()?, cuts, values });
        let entity = self.owner_of(&[Source::Register(register)]);
        let into = self.emit(entity, range.lane()?, Action::Reached { base: register, brackets, strict });
        Some(Part { source: Source::Register(into), range })
    }

    pub(super) fn lookup(&mut self, table: &Table, key: NodeId, form: Form) -> Option<Value> {
        let part = self.number(key)?;
        if self.form(key) != Form::Scaled(1) {
            return None;
        }
        let Source::Register(keys) = part.source else { return None };
        let given = |value: &Option<Constant>| match value {
            Some(value) => numerator(value, form).map(Some),
            None => Some(None),
        };
        let otherwise = table.entries.iter().find(|(key, _)| matches!(key, Constant::Bool(_)));
        let otherwise = match otherwise {
            Some((_, value)) => given(value)?,
            None => None,
        };
        let mut values = [otherwise; 64];
        for (key, value) in &table.entries {
            if let Constant::Int(key) = key {
                let place = usize::try_from(*key).ok().filter(|place| *place < 64)?;
                values[place] = given(value)?.or(otherwise);
            }
        }
        let known = (0..64).filter(|place| values[*place].is_some()).fold(0_u64, |known, place| known | 1 << place);
        let values = values.map(|value| value.unwrap_or(0));
        let entity = self.owner_of(&[part.source]);
        let range = around(&values)?;
        let lane = match form {
            Form::Bool => Lane::Truth,
            Form::Scaled(_) => range.lane()?,
            _ => return None,
        };
        let source =
            Source::Register(self.emit(entity, lane, Action::Lookup { keys, known, values: Arc::new(values) }));
        Some(match form {
            Form::Bool => Value::Truth(source),
            _ => Value::Number(Part { source, range }),
        })
    }
}
