//! What a study asks of the rules: incomes, what is paid out, and traits to show results by, each in its own period.

use super::Reform;
use super::population::own_period;
use crate::diagnostic::Diagnostic;
use crate::entity::EntityIndex;
use crate::period::Period;
use crate::run::Column;
use crate::system::System;
use crate::variable::Variable;
use std::sync::Arc;

/// A variable of a study.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) variable: Arc<Variable>,
    /// What of its amount falls into the period studied: a twelfth of a year's where that is a month.
    pub(super) factor: f64,
    /// Who of those entitled takes it up, under the rules in force and under the reform: shares up to 1.
    pub(super) take_up: [f64; 2],
}

/// What a study asks of the rules, made ready once for all parts of a population.
#[derive(Clone, Debug)]
pub struct Asked {
    pub(super) unit: EntityIndex,
    pub(super) wanted: Vec<Wanted>,
    pub(super) incomes: usize,
    pub(super) costs: usize,
    /// The bands of the traits after incomes and costs.
    pub(super) bands: Vec<Option<i64>>,
    /// What traits are called, bands included.
    pub(super) traits: Vec<String>,
    questions: Vec<(String, Period)>,
}

impl Asked {
    /// What a reform's study asks for a period.
    pub fn new(system: &System, reform: &Reform, period: Period) -> Result<Self, Diagnostic> {
        let look = &reform.look;
        let unit = match &look.unit {
            Some(key) => system.entity(key)?,
            None => (0..system.entities.len()).find(|index| *index != system.person).ok_or_else(|| {
                Diagnostic::limit("the package has no group that could share an income", "name one with «unit:»")
            })?,
        };
        if look.income.is_empty() {
            return Err(Diagnostic::limit(
                "the reform's file says nothing of income",
                "name the variables whose sum is a household's income: «income: [disposable_income]»",
            ));
        }
        let (mut wanted, mut questions, mut bands) = (Vec::new(), Vec::new(), Vec::new());
        let traits = look.groups.iter().map(|group| band(group));
        let names = look.income.iter().chain(&look.cost).map(|name| (name.as_str(), None)).chain(traits);
        for (place, (name, band)) in names.enumerate() {
            let variable = Arc::clone(system.variable(name)?);
            questions.push((name.to_owned(), own_period(&variable, period)));
            let take_up = look.take_up.iter().find(|(of, _)| of == name).map_or([1.0, 1.0], |(_, shares)| *shares);
            wanted.push(Wanted { factor: factor(reform, &variable, period), variable, take_up });
            if place >= look.income.len() + look.cost.len() {
                bands.push(band);
            }
        }
        let (incomes, costs) = (look.income.len(), look.income.len() + look.cost.len());
        Ok(Self { unit, wanted, incomes, costs, bands, traits: look.groups.clone(), questions })
    }

    /// Variables and periods, in the order in which columns are expected.
    pub fn questions(&self) -> &[(String, Period)] {
        &self.questions
    }

    /// Whether it matters who is who: somebody does not take up what is due.
    pub fn draws(&self) -> bool {
        self.wanted.iter().any(|one| one.take_up != [1.0, 1.0])
    }

    /// The values of a column as they count: in the period studied, nothing where it is not taken up.
    pub(super) fn amounts(&self, place: usize, side: usize, column: &Column, names: &[String]) -> Vec<f64> {
        let wanted = &self.wanted[place];
        let mut values = floats(column);
        if wanted.factor != 1.0 {
            for value in &mut values {
                *value *= wanted.factor;
            }
        }
        let share = wanted.take_up[side];
        if share < 1.0 {
            for (value, name) in values.iter_mut().zip(names) {
                if *value != 0.0 && lot(&wanted.variable.name, name) >= share {
                    *value = 0.0;
                }
            }
        }
        values
    }
}

/// A trait and the width of its bands: `age/10` is by decades.
fn band(group: &str) -> (&str, Option<i64>) {
    match group.split_once('/') {
        Some((name, width)) => (name, width.parse().ok().filter(|width| *width > 0)),
        None => (group, None),
    }
}

/// What of a variable's amount falls into the period. A month's amount stands for every month of a longer period.
pub(super) fn factor(reform: &Reform, variable: &Variable, period: Period) -> f64 {
    let own = own_period(variable, period);
    let months = |period: Period| period.size_in_months().map(f64::from).filter(|months| *months > 0.0);
    match (months(period), months(own)) {
        (Some(asked), Some(_)) if reform.look.once_a_year.iter().any(|name| **name == *variable.name) => asked / 12.0,
        (Some(asked), Some(own)) => asked / own,
        _ => 1.0,
    }
}

/// Values as floating point: whole won stay exact.
fn floats(column: &Column) -> Vec<f64> {
    match column {
        Column::Int(values) | Column::Scaled { values, denominator: 1 } => {
            values.iter().map(|value| *value as f64).collect()
        }
        Column::Scaled { values, denominator } => {
            values.iter().map(|value| *value as f64 / *denominator as f64).collect()
        }
        Column::Bool(values) => values.iter().map(|value| f64::from(u8::from(*value))).collect(),
        other => (0..other.len()).map(|row| other.float(row).unwrap_or(f64::NAN)).collect(),
    }
}

/// A number from 0 up to 1 that is always the same for somebody and a benefit, and looks like chance.
fn lot(variable: &str, name: &str) -> f64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for byte in variable.bytes().chain([0]).chain(name.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((hash ^ (hash >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_are_spread_evenly_and_always_the_same() {
        let lots: Vec<f64> = (0..20_000).map(|person| lot("basic_pension", &person.to_string())).collect();
        let mean = lots.iter().sum::<f64>() / lots.len() as f64;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        let below = lots.iter().filter(|lot| **lot < 0.2).count();
        assert!((3_800..4_200).contains(&below), "{below}");
        assert_eq!(lots[7].to_bits(), lot("basic_pension", "7").to_bits());
        assert_ne!(lot("basic_pension", "7").to_bits(), lot("rent_support", "7").to_bits());
    }

    #[test]
    fn bands_are_read() {
        assert_eq!(band("age/10"), ("age", Some(10)));
        assert_eq!(band("province"), ("province", None));
        assert_eq!(band("age/0"), ("age", None));
    }
}
