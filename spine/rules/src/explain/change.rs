//! What would change a result: for each fact, one at a time, the nearest value at which the result is another.
//!
//! The search is exact. A stretch of values is evaluated at once; where the result is the same all along, the stretch is
//! done with, else it is halved, the nearer half first, down to a single won, day or unit. Where a stretch cannot be
//! settled within the effort allowed, nothing is said about it.

use super::words::{Words, value_words};
use super::{Case, Source};
use crate::command::CalculationError;
use crate::diagnostic::Diagnostic;
use crate::graph::{NodeId, Operation};
use crate::number::Rational;
use crate::period::Period;
use crate::system::Package;
use crate::unknown::evaluate::{Ground, at};
use crate::unknown::needs::dependents;
use crate::unknown::{Possible, Values};
use crate::variable::{ValueType, Variable};
use serde_json::{Value as Json, json};
use std::cmp::Ordering;
use std::sync::Arc;

/// How many stretches are evaluated for one fact in one direction.
const EFFORT: usize = 1_500;

/// What about the result is other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Any difference, such as the first won less.
    Any,
    /// Something becomes nothing, or nothing something.
    Entitlement,
}

/// One fact that would change the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The variable.
    pub variable: String,
    /// Its label.
    pub label: Words,
    /// Whose fact.
    pub instance: String,
    /// Its period.
    pub period: Period,
    /// The value now.
    pub now: Words,
    /// The nearest value that changes the result.
    pub then: Words,
    /// The same as a number; of a member of an enumeration its place.
    pub value: Json,
    /// The result there.
    pub result: Words,
    /// What changes.
    pub what: What,
    /// Whether the fact was given, or its usual value stood for it.
    pub source: Source,
}

struct Probe<'probe, 'run> {
    ground: &'probe Ground<'run>,
    order: Vec<NodeId>,
    values: &'probe [Option<Values>],
    sources: Vec<NodeId>,
    depends: Vec<bool>,
    row: usize,
    target: (NodeId, usize),
}

impl Probe<'_, '_> {
    /// The result where the fact may be this.
    fn result(&self, fact: &Possible) -> Result<Possible, Diagnostic> {
        let mut values: Vec<Option<Values>> = self
            .values
            .iter()
            .enumerate()
            .map(|(id, values)| if self.depends[id] { None } else { values.clone() })
            .collect();
        for source in &self.sources {
            let mut column = self.values[*source as usize].as_deref().cloned().unwrap_or_default();
            if let Some(cell) = column.get_mut(self.row) {
                *cell = fact.clone();
            }
            values[*source as usize] = Some(Arc::new(column));
        }
        self.ground.evaluate(&self.order, &mut values, |_| None)?;
        Ok(values[self.target.0 as usize]
            .as_deref()
            .map_or(Possible::Nothing, |values| at(values, self.target.1).clone()))
    }

    /// Whether the result is another: `None` where it may or may not be.
    fn differs(result: &Possible, now: &Possible, what: What) -> Option<bool> {
        if what == What::Entitlement {
            let positive = |value: &Possible| {
                let (low, high, hole) = value.range()?;
                if hole {
                    return None;
                }
                match (low.numerator() > 0, high.numerator() <= 0) {
                    (true, _) => Some(true),
                    (_, true) => Some(false),
                    _ => None,
                }
            };
            return Some(positive(result)? != positive(now)?);
        }
        if result.is_known() {
            return Some(result != now);
        }
        let ((low, high, hole), (value, _, _)) = (result.range()?, now.range()?);
        let apart = value.compare(low) == Some(Ordering::Less) || high.compare(value) == Some(Ordering::Less);
        (apart && !hole).then_some(true)
    }

    /// The nearest whole number from `near` towards `far` at which the result differs.
    fn nearest(
        &self,
        (near, far): (i128, i128),
        now: &Possible,
        what: What,
        effort: &mut usize,
    ) -> Result<Option<i128>, Diagnostic> {
        let mut open = vec![(near, far)];
        while let Some((near, far)) = open.pop() {
            if *effort == 0 {
                return Ok(None);
            }
            *effort -= 1;
            let stretch = Possible::between(Rational::integer(near.min(far)), Rational::integer(near.max(far)));
            match Self::differs(&self.result(&stretch)?, now, what) {
                Some(true) => return Ok(Some(near)),
                Some(false) => {}
                None if near == far => {}
                None => {
                    let middle = near + (far - near) / 2;
                    let next = if far > near { middle + 1 } else { middle - 1 };
                    open.push((next, far));
                    open.push((near, middle));
                }
            }
        }
        Ok(None)
    }

    /// Searches away from the value now, in steps that double.
    fn away(&self, from: i128, limit: i128, now: &Possible, what: What) -> Result<Option<i128>, Diagnostic> {
        let direction = if limit >= from { 1 } else { -1 };
        let (mut near, mut width, mut effort) = (from + direction, 1_i128, EFFORT);
        while (limit - near) * direction >= 0 && effort > 0 {
            let far = if (limit - near) * direction < width { limit } else { near + (width - 1) * direction };
            if let Some(found) = self.nearest((near, far), now, what, &mut effort)? {
                return Ok(Some(found));
            }
            near = far + direction;
            width = width.saturating_mul(2);
        }
        Ok(None)
    }
}

/// What would change the result of one person or group: for each fact the nearest other value up and down.
pub fn changes(
    package: &Package,
    situation: &Json,
    variable: &str,
    period: Period,
    instance: Option<&str>,
) -> Result<Vec<Change>, CalculationError> {
    let case = Case::new(package, situation, (variable, period), instance)?;
    let graph = &case.inquiry.plan.graph;
    let ground = case.inquiry.ground();
    let order = graph.needed(&[case.node]);
    let values = case.inquiry.all(&ground, &[case.node])?;
    let now = values[case.node as usize].as_deref().map_or(Possible::Nothing, |values| at(values, case.row).clone());
    let mut found = Vec::new();
    for (place, key) in graph.inputs.iter().enumerate() {
        let of = Arc::clone(case.inquiry.simulation.system.variable(&key.0)?);
        let sources: Vec<NodeId> = order
            .iter()
            .copied()
            .filter(|id| matches!(graph.node(*id).operation, Operation::Input(known) if known as usize == place))
            .collect();
        let Some(first) = sources.first().copied() else { continue };
        let depends = dependents(graph, &order, &sources);
        for (row, name) in case.inquiry.simulation.identifiers[of.entity].iter().enumerate() {
            let probe = Probe {
                ground: &ground,
                order: order.clone(),
                values: &values,
                sources: sources.clone(),
                depends: depends.clone(),
                row,
                target: (case.node, case.row),
            };
            let fact = values[first as usize].as_deref().map_or(Possible::Nothing, |values| at(values, row).clone());
            // A fact that does not matter whatever it is needs no search.
            let anything = crate::unknown::anything_of(&ground, &of);
            if Probe::differs(&probe.result(&anything)?, &now, What::Any) == Some(false) {
                continue;
            }
            for (value, what) in others(&probe, &of, &fact, &anything, &now)? {
                let result = probe.result(&value)?;
                found.push(Change {
                    variable: key.0.to_string(),
                    label: of.label.as_deref().map_or_else(|| Words::of_label(&key.0), Words::of_label),
                    instance: name.clone(),
                    period: key.1,
                    now: value_words(&of, &fact),
                    then: value_words(&of, &value),
                    value: crate::unknown::possible_json(&value, &of).unwrap_or(Json::Null),
                    result: value_words(&case.variable, &result),
                    what,
                    source: if case.is_given(key, row) { Source::Given } else { Source::Usual },
                });
            }
        }
    }
    // What decides whether there is anything at all comes first, then what was given.
    found.sort_by_key(|change| (change.what == What::Any, change.source != Source::Given));
    Ok(found)
}

/// The nearest other values of a fact that change the result.
fn others(
    probe: &Probe,
    variable: &Variable,
    fact: &Possible,
    anything: &Possible,
    now: &Possible,
) -> Result<Vec<(Possible, What)>, Diagnostic> {
    let mut found: Vec<(Possible, What)> = Vec::new();
    let kind = |result: &Possible| match Probe::differs(result, now, What::Entitlement) {
        Some(true) => What::Entitlement,
        _ => What::Any,
    };
    match (&variable.value_type, anything) {
        (ValueType::Text, _) => {}
        (ValueType::Bool, _) => {
            let other = Possible::truth(fact.truths() == (true, false));
            let result = probe.result(&other)?;
            if Probe::differs(&result, now, What::Any) == Some(true) {
                found.push((other, kind(&result)));
            }
        }
        (ValueType::Enum(_), Possible::Members(set)) => {
            for index in (0..128_u32).filter(|index| set >> index & 1 == 1) {
                let other = Possible::Members(1 << index);
                if other == *fact {
                    continue;
                }
                let result = probe.result(&other)?;
                if Probe::differs(&result, now, What::Any) == Some(true) {
                    found.push((other, kind(&result)));
                }
            }
        }
        _ => {
            let Some(value) = fact.known_number() else { return Ok(found) };
            let is_date = matches!(variable.value_type, ValueType::Date);
            let lowest = anything.range().map(|(low, _, _)| low).filter(|low| low.is_finite()).map(Rational::ceiling);
            let (most, least) = if is_date {
                (value.truncate() + 36_525, value.truncate() - 36_525)
            } else {
                (1_000_000_000_000, lowest.unwrap_or(-1_000_000_000_000))
            };
            for limit in [most, least] {
                let from = if limit > 0 && limit >= value.floor() { value.floor() } else { value.ceiling() };
                let entitlement = probe.away(from, limit, now, What::Entitlement)?;
                let any = probe.away(from, limit, now, What::Any)?;
                let number = |value: i128| Possible::number(Rational::integer(value));
                if let Some(value) = any.filter(|any| Some(*any) != entitlement) {
                    found.push((number(value), What::Any));
                }
                if let Some(value) = entitlement {
                    found.push((number(value), What::Entitlement));
                }
            }
        }
    }
    Ok(found)
}

impl Change {
    /// As JSON.
    pub fn to_json(&self) -> Json {
        json!({
            "variable": self.variable, "label": self.label, "instance": self.instance, "period": self.period.to_string(),
            "now": self.now, "then": self.then, "value": self.value, "result": self.result, "what": self.what,
            "source": self.source,
        })
    }

    /// A sentence, Korean or English.
    pub fn to_text(&self, korean: bool) -> String {
        let words = |words: &Words| words.in_language(korean).to_owned();
        if korean {
            format!(
                "{}의 {}: 지금 {}, {}일 때 결과는 {}",
                self.instance,
                words(&self.label),
                words(&self.now),
                words(&self.then),
                words(&self.result)
            )
        } else {
            format!(
                "{} of {}: now {}; at {} the result is {}",
                words(&self.label),
                self.instance,
                words(&self.now),
                words(&self.then),
                words(&self.result)
            )
        }
    }
}
