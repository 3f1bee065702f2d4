//! The nation beside its margins.

use std::fmt::Write as _;

use super::{
    margins::{self, PROVINCES},
    money::{Home, Means, meeting},
};

/// What is counted of a nation.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    households: u64,
    persons: u64,
    sizes: [u64; 5],
    elderly: u64,
    children: u64,
    recipients: u64,
    elderly_recipients: u64,
    in_facilities: u64,
    disabled: u64,
    meets: u64,
    provinces: [u64; PROVINCES.len()],
    incomes_of_four: Vec<i64>,
}

impl Counts {
    pub(super) fn household(&mut self, home: &Home) {
        let size = home.people.len();
        let persons = u64::try_from(size).unwrap_or(0);
        self.households += 1;
        self.persons += persons;
        if let Some(count) = self.sizes.get_mut(size.min(4)) {
            *count += 1;
        }
        if let Some(count) = self.provinces.get_mut(home.province) {
            *count += persons;
        }
        let count = |so: bool| u64::from(so);
        for (person, means) in home.people.iter().zip(&home.means) {
            let old = person.age >= 65;
            self.elderly += count(old);
            self.children += count(person.age < 15);
            self.recipients += count(home.receives);
            self.elderly_recipients += count(home.receives && old);
            self.in_facilities += count(means.in_facility);
            self.disabled += count(means.disability > 0);
        }
        self.meets += u64::from(meeting(home).0);
        if size == 4 {
            self.incomes_of_four.push(home.means.iter().map(Means::income).sum());
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.households += other.households;
        self.persons += other.persons;
        self.elderly += other.elderly;
        self.children += other.children;
        self.recipients += other.recipients;
        self.elderly_recipients += other.elderly_recipients;
        self.in_facilities += other.in_facilities;
        self.disabled += other.disabled;
        self.meets += other.meets;
        for (count, more) in self.sizes.iter_mut().zip(other.sizes) {
            *count += more;
        }
        for (count, more) in self.provinces.iter_mut().zip(other.provinces) {
            *count += more;
        }
        self.incomes_of_four.extend(other.incomes_of_four);
    }
}

/// The number in the middle; nothing of nothing. The list is left in another order.
pub(super) fn median(numbers: &mut [i64]) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    let middle = numbers.len() / 2;
    let (_, found, _) = numbers.select_nth_unstable(middle);
    Some(*found as f64)
}

/// A margin with what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What.
    pub name: String,
    /// What it should be, in this part of the nation.
    pub target: f64,
    /// What it is.
    pub found: f64,
    /// How certain the margin is.
    pub mark: char,
}

impl Line {
    /// How far away it is, as a share of the target.
    pub fn away(&self) -> f64 {
        (self.found - self.target) / self.target
    }
}

/// The nation beside its margins.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// How many persons.
    pub persons: u64,
    /// How many households.
    pub households: u64,
    /// Each margin.
    pub lines: Vec<Line>,
}

impl Report {
    pub(super) fn of(mut counts: Counts) -> Self {
        let part = counts.households as f64 / margins::HOUSEHOLDS as f64;
        let mut lines = Vec::new();
        let mut line = |name: &str, target: f64, found: u64, mark: char| {
            lines.push(Line { name: name.to_owned(), target: target * part, found: found as f64, mark });
        };
        let [_, one, two, three, four] = counts.sizes;
        line("persons", margins::PERSONS as f64, counts.persons, 'P');
        line("households of 1", margins::HOUSEHOLDS_OF_1 as f64, one, 'P');
        line("households of 2", margins::HOUSEHOLDS_OF_2 as f64, two, 'P');
        line("households of 3", margins::HOUSEHOLDS_OF_3 as f64, three, 'P');
        line("households of 4 and more", margins::HOUSEHOLDS_OF_4_OR_MORE as f64, four, 'P');
        line("persons from 65", margins::ELDERLY as f64, counts.elderly, 'P');
        line("persons up to 14", margins::CHILDREN_TO_14 as f64, counts.children, 'U');
        line("recipients of basic livelihood", margins::RECIPIENTS, counts.recipients, 'P');
        let elderly = margins::RECIPIENTS * margins::RECIPIENTS_ELDERLY_SHARE;
        line("of these from 65", elderly, counts.elderly_recipients, 'P');
        line("of these in care facilities", margins::RECIPIENTS_IN_FACILITIES, counts.in_facilities, 'P');
        line("registered disabled", margins::REGISTERED_DISABLED, counts.disabled, 'U');
        let meets = margins::ELDERLY as f64 * margins::BASIC_PENSION_SHARE;
        line("elderly who meet the income condition", meets, counts.meets, 'L');
        for (province, found) in PROVINCES.iter().zip(counts.provinces) {
            line(&format!("persons in {}", province.name), province.persons, found, 'U');
        }
        let found = median(&mut counts.incomes_of_four).unwrap_or(0.0);
        let name = "median income of households of 4, won a month".to_owned();
        lines.push(Line { name, target: margins::MEDIAN_INCOME_OF_FOUR, found, mark: 'L' });
        Self { persons: counts.persons, households: counts.households, lines }
    }

    /// Margins that are missed by more than [`margins::TOLERANCE`].
    pub fn missed(&self) -> Vec<&Line> {
        self.lines.iter().filter(|line| line.away().abs() > margins::TOLERANCE).collect()
    }

    /// The report as a table of text.
    pub fn to_text(&self) -> String {
        let mut text = format!("{} persons in {} households\n\n", self.persons, self.households);
        let _ = writeln!(text, "{:<48}{:>14}{:>14}{:>9}  mark", "margin", "target", "found", "away");
        for line in &self.lines {
            let away = format!("{:+.2} %", line.away() * 100.0);
            let _ =
                writeln!(text, "{:<48}{:>14.0}{:>14.0}{away:>9}  {}", line.name, line.target, line.found, line.mark);
        }
        text
    }
}
