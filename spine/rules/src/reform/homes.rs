//! What households come to under both rules, folded from columns part by part: a whole nation fits into memory so.

use super::asked::Asked;
use crate::diagnostic::Diagnostic;
use crate::run::Column;
use crate::simulation::Simulation;
use crate::variable::ValueType;
use std::collections::HashMap;

/// What is paid out of one variable, under the rules in force and under the reform.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Paid {
    /// The variable.
    pub name: String,
    /// How much in the period.
    pub paid: [f64; 2],
    /// How many receive it.
    pub takers: [usize; 2],
    /// For how many the law leaves it open: it counts as nothing for them, under both rules.
    pub unknown: usize,
}

/// A trait of households: a name for each, kept once.
#[derive(Clone, Debug, Default)]
pub(super) struct Trait {
    pub(super) name: String,
    pub(super) names: Vec<String>,
    places: HashMap<String, u16>,
    pub(super) codes: Vec<u16>,
}

impl Trait {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// As it was, with the places of its names found anew.
    pub(super) fn of_parts(name: String, names: Vec<String>, codes: Vec<u16>) -> Self {
        let places = names.iter().zip(0_u16..).map(|(name, place)| (name.clone(), place)).collect();
        Self { name, names, places, codes }
    }

    fn place(&mut self, name: &str) -> u16 {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        // More kinds than fit are one kind: nobody reads a table of that length.
        let place = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
        if place < u16::MAX {
            self.names.push(name.to_owned());
            self.places.insert(name.to_owned(), place);
        }
        place
    }

    fn push(&mut self, name: &str) {
        let place = self.place(name);
        self.codes.push(place);
    }

    fn extend(&mut self, other: &Self) {
        let places: Vec<u16> = other.names.iter().map(|name| self.place(name)).collect();
        self.codes.extend(other.codes.iter().map(|code| places.get(usize::from(*code)).copied().unwrap_or(u16::MAX)));
    }

    pub(super) fn of(&self, home: usize) -> &str {
        self.codes.get(home).and_then(|code| self.names.get(usize::from(*code))).map_or("", String::as_str)
    }
}

/// What households come to under both rules.
#[derive(Clone, Debug, Default)]
pub struct Homes {
    /// Members of each household.
    pub(super) members: Vec<u16>,
    /// Income under the rules in force and under the reform.
    pub(super) income: [Vec<f64>; 2],
    /// What is paid to each.
    pub(super) paid: [Vec<f64>; 2],
    pub(super) traits: Vec<Trait>,
    pub(super) benefits: Vec<Paid>,
    /// Persons and households for whom the law leaves some amount open: it counts as nothing for them.
    pub(super) open: (usize, usize),
    /// Operations of the rules in force, of the reform, and of both together.
    pub operations: (usize, usize, usize),
}

impl Homes {
    /// How many persons there are.
    pub fn persons(&self) -> usize {
        self.members.iter().map(|count| usize::from(*count)).sum()
    }

    /// Takes in another part of the same population.
    pub fn extend(&mut self, other: Self) {
        if self.traits.is_empty() && self.members.is_empty() {
            let open = self.open;
            *self = other;
            self.open = (self.open.0 + open.0, self.open.1 + open.1);
            return;
        }
        self.members.extend(other.members);
        for side in 0..2 {
            self.income[side].extend_from_slice(&other.income[side]);
            self.paid[side].extend_from_slice(&other.paid[side]);
        }
        for (own, more) in self.traits.iter_mut().zip(&other.traits) {
            own.extend(more);
        }
        for (own, more) in self.benefits.iter_mut().zip(other.benefits) {
            for side in 0..2 {
                own.paid[side] += more.paid[side];
                own.takers[side] += more.takers[side];
            }
            own.unknown += more.unknown;
        }
        self.open = (self.open.0 + other.open.0, self.open.1 + other.open.1);
    }

    /// Folds the columns of a population, those of the rules in force first, then those of the reform.
    pub fn fold(simulation: &Simulation, asked: &Asked, columns: &[&Column]) -> Result<Self, Diagnostic> {
        let count = asked.wanted.len();
        if columns.len() != 2 * count {
            return Err(Diagnostic::limit("a study lacks columns", "report this with the package"));
        }
        let fold = Fold::new(simulation, asked, columns);
        Ok(fold.homes())
    }
}

/// A part while it is folded.
struct Fold<'part> {
    simulation: &'part Simulation,
    asked: &'part Asked,
    columns: &'part [&'part Column],
    members: Vec<u16>,
    /// By kind of entity, the household of each row.
    homes: Vec<Vec<Option<u32>>>,
}

impl<'part> Fold<'part> {
    fn new(simulation: &'part Simulation, asked: &'part Asked, columns: &'part [&'part Column]) -> Self {
        let population = &simulation.population;
        let unit = &population.memberships[asked.unit].group;
        let mut members = vec![0_u16; population.counts[asked.unit]];
        for home in unit {
            if let Some(count) = members.get_mut(*home as usize) {
                *count = count.saturating_add(1);
            }
        }
        let homes = (0..population.counts.len()).map(|entity| home_of(simulation, asked.unit, entity)).collect();
        Self { simulation, asked, columns, members, homes }
    }

    fn column(&self, place: usize, side: usize) -> &'part Column {
        self.columns[side * self.asked.wanted.len() + place]
    }

    /// The amounts of a variable under both rules, the household of each row, and in which rows the law leaves it open: there
    /// it is nothing under both, so that what is not known is no change.
    fn amounts(&self, place: usize) -> ([Vec<f64>; 2], &[Option<u32>], Vec<usize>) {
        let entity = self.asked.wanted[place].variable.entity;
        let names = self.simulation.identifiers.get(entity).map_or(&[][..], Vec::as_slice);
        let mut sides = [0, 1].map(|side| self.asked.amounts(place, side, self.column(place, side), names));
        let is_open = |row: &usize| sides.iter().any(|side| side[*row].is_nan());
        let open: Vec<usize> = (0..sides[0].len()).filter(is_open).collect();
        for row in &open {
            sides[0][*row] = 0.0;
            sides[1][*row] = 0.0;
        }
        (sides, &self.homes[entity], open)
    }

    /// Adds variables up by household, and notes for whom one of them is open.
    fn sums(&self, places: std::ops::Range<usize>, is_open: &mut [bool]) -> [Vec<f64>; 2] {
        let mut sums = [vec![0.0; self.members.len()], vec![0.0; self.members.len()]];
        for place in places {
            let (sides, homes, open) = self.amounts(place);
            for (row, home) in homes.iter().enumerate() {
                let Some(home) = home.map(|home| home as usize).filter(|home| *home < self.members.len()) else {
                    continue;
                };
                sums[0][home] += sides[0][row];
                sums[1][home] += sides[1][row];
            }
            for home in open.iter().filter_map(|row| homes[*row]) {
                is_open[home as usize] = true;
            }
        }
        sums
    }

    fn homes(&self) -> Homes {
        let (incomes, costs) = (self.asked.incomes, self.asked.costs);
        let mut is_open = vec![false; self.members.len()];
        let income = self.sums(0..incomes, &mut is_open);
        // Where nothing is named as paid out, the households' income is what the reform moves.
        let paid = if incomes == costs { income.clone() } else { self.sums(incomes..costs, &mut is_open) };
        let chosen: Vec<usize> = (0..self.members.len()).filter(|home| self.members[*home] > 0).collect();
        let pick = |values: &[f64]| chosen.iter().map(|home| values[*home]).collect::<Vec<f64>>();
        let open = chosen.iter().filter(|home| is_open[**home]).map(|home| usize::from(self.members[*home]));
        Homes {
            members: chosen.iter().map(|home| self.members[*home]).collect(),
            income: income.map(|side| pick(&side)),
            paid: paid.map(|side| pick(&side)),
            traits: self.traits(&chosen),
            benefits: (incomes..costs).map(|place| self.paid_out(place)).collect(),
            open: open.fold((0, 0), |(persons, homes), count| (persons + count, homes + 1)),
            operations: (0, 0, 0),
        }
    }

    fn paid_out(&self, place: usize) -> Paid {
        let (sides, _, open) = self.amounts(place);
        let takers = |side: &[f64]| side.iter().filter(|value| **value > 0.0).count();
        Paid {
            name: self.asked.wanted[place].variable.name.to_string(),
            paid: [sides[0].iter().sum(), sides[1].iter().sum()],
            takers: [takers(&sides[0]), takers(&sides[1])],
            unknown: open.len(),
        }
    }

    fn traits(&self, chosen: &[usize]) -> Vec<Trait> {
        let mut size = Trait::new("household size");
        for home in chosen {
            match self.members[*home] {
                count @ 1..=5 => size.push(&count.to_string()),
                _ => size.push("6+"),
            }
        }
        let mut composition = Trait::new("household composition");
        let compositions = self.compositions();
        for home in chosen {
            composition.push(&compositions[*home]);
        }
        let mut traits = vec![size, composition];
        for (place, (name, band)) in self.asked.traits.iter().zip(&self.asked.bands).enumerate() {
            let mut named = Trait::new(name);
            let labels = self.labels(self.asked.costs + place, *band);
            for home in chosen {
                named.push(labels.get(*home).map_or("", String::as_str));
            }
            traits.push(named);
        }
        traits
    }

    /// The roles that occur in each household, in the order in which the rules name them.
    fn compositions(&self) -> Vec<String> {
        let membership = &self.simulation.population.memberships[self.asked.unit];
        let mut masks = vec![0_u64; self.members.len()];
        for (home, role) in membership.group.iter().zip(&membership.role) {
            if let Some(mask) = masks.get_mut(*home as usize) {
                *mask |= 1_u64 << role.min(&63);
            }
        }
        let roles = self.simulation.system.entities[self.asked.unit].flattened_roles();
        let mut known: HashMap<u64, String> = HashMap::new();
        let words = |mask: u64| {
            let present = roles.iter().enumerate().filter(|(place, _)| mask & (1 << place) != 0);
            present.map(|(_, role)| role.to_string()).collect::<Vec<_>>().join(" + ")
        };
        masks.into_iter().map(|mask| known.entry(mask).or_insert_with(|| words(mask)).clone()).collect()
    }

    /// A name for each household, from a variable of its own or of its first member.
    fn labels(&self, place: usize, band: Option<i64>) -> Vec<String> {
        let entity = self.asked.wanted[place].variable.entity;
        let column = self.column(place, 0);
        let mut labels = vec![String::new(); self.members.len()];
        let mut named = vec![false; self.members.len()];
        for (row, home) in self.homes[entity].iter().enumerate() {
            let Some(home) = home.map(|home| home as usize) else { continue };
            if !std::mem::replace(&mut named[home], true) {
                labels[home] = self.shown(place, column, row, band);
            }
        }
        labels
    }

    fn shown(&self, place: usize, column: &Column, row: usize, band: Option<i64>) -> String {
        let exact = column.exact(row);
        match (&self.asked.wanted[place].variable.value_type, column, band) {
            (_, Column::Text(values), _) => values.get(row).map_or_else(String::new, ToString::to_string),
            (ValueType::Enum(enumeration), _, _) => {
                let index = exact.and_then(|value| usize::try_from(value.truncate()).ok()).unwrap_or(usize::MAX);
                enumeration.members.get(index).map_or_else(String::new, |(_, label)| label.clone())
            }
            (ValueType::Bool, _, _) if exact.is_none_or(|value| value.numerator() == 0) => "아니요 (no)".to_owned(),
            (ValueType::Bool, _, _) => "예 (yes)".to_owned(),
            (_, _, Some(width)) => {
                let width = i128::from(width);
                let from = exact.map_or(0, |value| value.floor().div_euclid(width) * width);
                format!("{from}–{}", from + width - 1)
            }
            _ => exact.map_or_else(String::new, |value| value.to_string()),
        }
    }
}

/// The household of each row of a kind of entity. A group that is not the household belongs to that of its first member.
fn home_of(simulation: &Simulation, unit: usize, entity: usize) -> Vec<Option<u32>> {
    let population = &simulation.population;
    let count = population.counts[entity];
    let of_persons = &population.memberships[unit].group;
    if entity == unit {
        return (0..count as u32).map(Some).collect();
    }
    if entity == simulation.system.person {
        return (0..count).map(|row| of_persons.get(row).copied()).collect();
    }
    let mut homes: Vec<Option<u32>> = vec![None; count];
    for (row, group) in population.memberships[entity].group.iter().enumerate() {
        if let Some(home) = homes.get_mut(*group as usize).filter(|home| home.is_none()) {
            *home = of_persons.get(row).copied();
        }
    }
    homes
}
