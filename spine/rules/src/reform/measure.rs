//! What a reform does to a population: cost, who wins and loses, poverty, inequality.
//!
//! Everybody in a household counts with its income over the square root of its members (the OECD's scale). Deciles are of
//! persons by that income under the rules in force; the poverty line is half its median under them, and stays. Sums of whole
//! won are exact up to nine quadrillion.

use super::homes::{Homes, Paid};
use crate::period::Period;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// One line of a table of winners and losers.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Line {
    /// Which part of the population.
    pub name: String,
    /// Persons in it.
    pub persons: usize,
    /// Households.
    pub households: usize,
    /// Cost of the reform for it: what is paid more.
    pub cost: f64,
    /// Mean change of a household's income.
    pub mean_change: f64,
    /// Persons in households that win.
    pub winners: usize,
    /// Persons in households that lose.
    pub losers: usize,
}

/// Poverty and inequality under one set of rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Distribution {
    /// What is paid in all.
    pub paid: f64,
    /// Persons below the line, of all.
    pub poverty_rate: f64,
    /// How far below they are, as a part of the line, on the mean of all persons.
    pub poverty_gap: f64,
    /// The Gini coefficient of persons.
    pub gini: f64,
}

/// A study. Counts and costs stand for the whole population where the one studied is a sample of it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Study {
    /// The reform's name.
    pub name: String,
    /// The period.
    pub period: String,
    /// How many months it has, where it is made of months.
    pub months: Option<i32>,
    /// Persons and households.
    pub population: (usize, usize),
    /// Persons and households that were calculated.
    pub sample: (usize, usize),
    /// For how many each of them stands.
    pub weight: f64,
    /// Persons and households of the sample for whom the law leaves some amount open: it counts as nothing for them.
    pub open: (usize, usize),
    /// The poverty line.
    pub line: f64,
    /// The rules in force.
    pub before: Distribution,
    /// The reform.
    pub after: Distribution,
    /// By what is paid out.
    pub benefits: Vec<Paid>,
    /// By decile, the poorest first.
    pub deciles: Vec<Line>,
    /// By other traits: household size and composition, then each variable asked for.
    pub groups: Vec<(String, Vec<Line>)>,
    /// Operations of the rules in force, of the reform, and of both together.
    pub operations: (usize, usize, usize),
    /// All together.
    pub total: Line,
}

/// The number that a name begins with; names without one come first.
fn leading_number(name: &str) -> Option<u64> {
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Which decile each household lies in, and the median; `order` is by income.
fn deciles(order: &[usize], members: &[u16], income: &[f64]) -> (Vec<u8>, f64) {
    let persons: usize = order.iter().map(|home| usize::from(members[*home])).sum();
    let mut decile = vec![0_u8; members.len()];
    let (mut seen, mut median) = (0, 0.0);
    for home in order {
        let own = usize::from(members[*home]);
        // A household lies in the decile in which its middle person does.
        decile[*home] = ((2 * seen + own) * 5 / persons.max(1)).min(9) as u8;
        if 2 * seen <= persons {
            median = income[*home];
        }
        seen += own;
    }
    (decile, median)
}

impl Homes {
    fn equivalised(&self, side: usize) -> Vec<f64> {
        let each = self.income[side].iter().zip(&self.members);
        each.map(|(income, count)| income / f64::from(*count).max(1.0).sqrt()).collect()
    }

    /// The lines of a table: households gathered by a name.
    fn lines<'homes>(&'homes self, name: impl Fn(usize) -> &'homes str) -> Vec<Line> {
        let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
        for home in 0..self.members.len() {
            let key = name(home);
            let line = lines.entry(key).or_insert_with(|| Line { name: key.to_owned(), ..Line::default() });
            let persons = usize::from(self.members[home]);
            let change = self.income[1][home] - self.income[0][home];
            line.persons += persons;
            line.households += 1;
            line.cost += self.paid[1][home] - self.paid[0][home];
            line.mean_change += change;
            line.winners += if change > 0.0 { persons } else { 0 };
            line.losers += if change < 0.0 { persons } else { 0 };
        }
        let mean = |line: Line| Line { mean_change: line.mean_change / (line.households as f64).max(1.0), ..line };
        let mut lines: Vec<Line> = lines.into_values().map(mean).collect();
        // Names that begin with a number stand in the order of their numbers.
        lines.sort_by_key(|line| leading_number(&line.name));
        lines
    }

    /// What the reform does to them. `weight` says for how many households each stands.
    pub fn study(&self, name: &str, period: Period, weight: f64) -> Study {
        const DECILES: [&str; 10] = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10"];
        let (before, after) = (self.equivalised(0), self.equivalised(1));
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        order.sort_by(|a, b| before[*a].total_cmp(&before[*b]));
        let (decile, median) = deciles(&order, &self.members, &before);
        let line = median / 2.0;
        let total = |side: usize| self.paid[side].iter().sum::<f64>();
        let first = distribution(&order, &self.members, &before, total(0), line);
        order.sort_by(|a, b| after[*a].total_cmp(&after[*b]));
        let persons = self.members.iter().map(|count| usize::from(*count)).sum();
        let traits = self.traits.iter();
        let study = Study {
            name: name.to_owned(),
            period: period.to_string(),
            months: period.size_in_months(),
            population: (persons, self.members.len()),
            sample: (persons, self.members.len()),
            weight: 1.0,
            open: self.open,
            line,
            before: first,
            after: distribution(&order, &self.members, &after, total(1), line),
            benefits: self.benefits.clone(),
            deciles: self.lines(|home| DECILES[usize::from(decile[home])]),
            groups: traits.map(|one| (one.name.clone(), self.lines(|home| one.of(home)))).collect(),
            operations: self.operations,
            total: self.lines(|_| "all").pop().unwrap_or_default(),
        };
        study.weighted(weight).rounded()
    }
}

/// Fifteen significant digits: what every reader of decimals gives back as it was written.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.14e}").parse().unwrap_or(value)
}

/// A share to twelve decimals: what lies beyond is the error of adding up, not inequality.
fn rounded_share(value: f64) -> f64 {
    (value * 1e12).round() / 1e12
}

/// Poverty and inequality; `order` is by this income.
fn distribution(order: &[usize], members: &[u16], income: &[f64], paid: f64, line: f64) -> Distribution {
    let persons: f64 = order.iter().map(|home| f64::from(members[*home])).sum();
    let (mut poor, mut gap) = (0.0, 0.0);
    let (mut seen, mut held, mut area) = (0.0, 0.0, 0.0);
    for home in order {
        let (weight, value) = (f64::from(members[*home]), income[*home]);
        if value < line {
            poor += weight;
            gap += weight * (line - value) / line;
        }
        // Twice the area below the Lorenz curve, slice by slice.
        area += weight * (2.0 * held + weight * value);
        held += weight * value;
        seen += weight;
    }
    let gini = if held > 0.0 && seen > 0.0 { 1.0 - area / (held * seen) } else { 0.0 };
    let share = |value: f64| if persons > 0.0 { value / persons } else { 0.0 };
    Distribution { paid, poverty_rate: share(poor), poverty_gap: share(gap), gini }
}

fn times(count: usize, weight: f64) -> usize {
    (count as f64 * weight).round() as usize
}

impl Line {
    fn weighted(self, weight: f64) -> Self {
        Self {
            persons: times(self.persons, weight),
            households: times(self.households, weight),
            cost: self.cost * weight,
            winners: times(self.winners, weight),
            losers: times(self.losers, weight),
            ..self
        }
    }
}

impl Distribution {
    fn rounded(self) -> Self {
        Self {
            paid: rounded(self.paid),
            poverty_rate: rounded_share(self.poverty_rate),
            poverty_gap: rounded_share(self.poverty_gap),
            gini: rounded_share(self.gini),
        }
    }
}

impl Study {
    fn rounded(mut self) -> Self {
        let line = |line: &mut Line| {
            line.cost = rounded(line.cost);
            line.mean_change = rounded(line.mean_change);
        };
        self.weight = rounded(self.weight);
        self.line = rounded(self.line);
        (self.before, self.after) = (self.before.rounded(), self.after.rounded());
        for benefit in &mut self.benefits {
            benefit.paid = benefit.paid.map(rounded);
        }
        self.deciles.iter_mut().chain(self.groups.iter_mut().flat_map(|(_, lines)| lines)).for_each(line);
        line(&mut self.total);
        self
    }

    /// Counts and costs as they are in a population of which each household stands for so many.
    fn weighted(mut self, weight: f64) -> Self {
        if weight == 1.0 {
            return self;
        }
        let lines = |lines: Vec<Line>| lines.into_iter().map(|line| line.weighted(weight)).collect::<Vec<_>>();
        self.weight = weight;
        self.population = (times(self.sample.0, weight), times(self.sample.1, weight));
        self.before.paid *= weight;
        self.after.paid *= weight;
        for benefit in &mut self.benefits {
            benefit.paid = benefit.paid.map(|paid| paid * weight);
            benefit.takers = benefit.takers.map(|takers| times(takers, weight));
            benefit.unknown = times(benefit.unknown, weight);
        }
        self.deciles = lines(self.deciles);
        self.groups = self.groups.into_iter().map(|(name, group)| (name, lines(group))).collect();
        self.total = self.total.weighted(weight);
        self
    }

    /// As JSON.
    pub fn to_json(&self) -> Json {
        let lines = |lines: &[Line]| -> Json { lines.iter().map(Line::to_json).collect() };
        let side = |side: &Distribution| json!({ "paid": side.paid, "poverty_rate": side.poverty_rate, "poverty_gap": side.poverty_gap, "gini": side.gini });
        let groups: serde_json::Map<String, Json> =
            self.groups.iter().map(|(name, group)| (name.clone(), lines(group))).collect();
        let benefits: Json = self.benefits.iter().map(Paid::to_json).collect();
        json!({
            "name": self.name, "period": self.period, "months": self.months,
            "persons": self.population.0, "households": self.population.1,
            "sample": { "persons": self.sample.0, "households": self.sample.1, "weight": self.weight },
            "with_open_amounts": { "persons": self.open.0, "households": self.open.1 },
            "poverty_line": self.line, "before": side(&self.before), "after": side(&self.after),
            "benefits": benefits,
            "total": self.total.to_json(), "deciles": lines(&self.deciles), "groups": groups,
            "operations": { "in_force": self.operations.0, "reform": self.operations.1, "together": self.operations.2 },
        })
    }
}

impl Paid {
    fn to_json(&self) -> Json {
        json!({
            "name": self.name, "in_force": self.paid[0], "reform": self.paid[1],
            "takers_in_force": self.takers[0], "takers_reform": self.takers[1], "unknown": self.unknown,
        })
    }
}

impl Line {
    fn to_json(&self) -> Json {
        json!({
            "name": self.name, "persons": self.persons, "households": self.households, "cost": self.cost,
            "mean_change": self.mean_change, "winners": self.winners, "losers": self.losers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_incomes_have_no_inequality_and_one_owner_nearly_all() {
        let members = vec![1; 10];
        let mut order: Vec<usize> = (0..10).collect();
        let equal = distribution(&order, &members, &[5.0; 10], 0.0, 2.5);
        assert!(equal.gini.abs() < 1e-12 && equal.poverty_rate == 0.0);
        let mut one = [0.0_f64; 10];
        one[3] = 100.0;
        order.sort_by(|a: &usize, b| one[*a].total_cmp(&one[*b]));
        let unequal = distribution(&order, &members, &one, 0.0, 2.5);
        assert!((unequal.gini - 0.9).abs() < 1e-12);
        assert!((unequal.poverty_rate - 0.9).abs() < 1e-12 && (unequal.poverty_gap - 0.9).abs() < 1e-12);
    }

    fn twenty() -> Homes {
        let before: Vec<f64> = (1..=20).map(|value| f64::from(value) * 100.0).collect();
        let mut after = before.clone();
        after[0] += 50.0;
        after[19] -= 10.0;
        let sides = [before, after];
        Homes { members: vec![1; 20], income: sides.clone(), paid: sides, ..Homes::default() }
    }

    #[test]
    fn winners_and_losers_are_counted_by_decile() {
        let study = twenty().study("s", Period::parse("2026-01").unwrap(), 1.0);
        assert_eq!(study.deciles.len(), 10);
        assert_eq!((study.deciles[0].winners, study.deciles[0].persons), (1, 2));
        assert_eq!(study.deciles[9].losers, 1);
        assert!((study.total.cost - 40.0).abs() < 1e-9);
        assert!((study.line - 550.0).abs() < 1e-9, "{}", study.line);
    }

    #[test]
    fn a_study_comes_back_from_json_as_it_was() {
        let mut homes = twenty();
        for (home, income) in homes.income[1].iter_mut().enumerate() {
            *income += 1000.0 / (home as f64 + 3.0);
        }
        let study = homes.study("s", Period::parse("2026-01").unwrap(), 1027.7);
        let text = serde_json::to_string(&study).unwrap();
        assert_eq!(serde_json::from_str::<Study>(&text).unwrap(), study);
        // What an earlier version did not write is nothing.
        assert_eq!(serde_json::from_str::<Paid>(r#"{"name": "a"}"#).unwrap().unknown, 0);
    }

    #[test]
    fn a_sample_stands_for_more_and_says_so() {
        let study = twenty().study("s", Period::parse("2026-01").unwrap(), 2.5);
        assert_eq!((study.population, study.sample), ((50, 50), (20, 20)));
        assert!((study.total.cost - 100.0).abs() < 1e-9 && (study.before.paid - 52_500.0).abs() < 1e-9);
        let once = twenty().study("s", Period::parse("2026-01").unwrap(), 1.0);
        assert_eq!(study.before.gini.to_bits(), once.before.gini.to_bits());
        assert_eq!(study.deciles[0].mean_change.to_bits(), once.deciles[0].mean_change.to_bits());
    }
}
