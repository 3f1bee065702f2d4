//! What recommendations cost in a year, beside what they have in common: where two bodies are given money for the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    entry::Number,
    overlap::{Overlap, Overlaps},
    particulars::{Item, Particulars},
};

/// What is granted and spent for a recommendation in a year, in won.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Money {
    /// Granted, in won.
    pub granted: i64,
    /// Spent by now, in won, as far as it was said.
    pub spent: i64,
}

/// The money of a year beside the overlaps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoneyBeside {
    /// The year; nothing where no budget was entered.
    pub year: Option<i16>,
    /// The years of which budgets were entered, in order.
    pub years: BTreeSet<i16>,
    /// By recommendation.
    pub of: BTreeMap<Number, Money>,
    /// Granted for all of them together, in won.
    pub all: i64,
    /// Granted for those that overlap with another which was not decided to stay apart, each counted once, in won.
    pub overlapping: i64,
}

impl MoneyBeside {
    /// The money of `year`, or of the newest year of which budgets were entered.
    pub fn of(held: &[(Number, Particulars)], year: Option<i16>, (found, decided): (&[Overlap], &Overlaps)) -> Self {
        let budgets = held.iter().flat_map(|(number, particulars)| {
            particulars.items.iter().filter_map(move |kept| match &kept.item {
                Item::Budget(budget) => Some((*number, budget)),
                _ => None,
            })
        });
        let years: BTreeSet<i16> = budgets.clone().map(|(_, budget)| budget.year).collect();
        let Some(year) = year.or_else(|| years.last().copied()) else { return Self::default() };
        let mut of: BTreeMap<Number, Money> = BTreeMap::new();
        for (number, budget) in budgets.filter(|(_, budget)| budget.year == year) {
            let money = of.entry(number).or_default();
            money.granted = money.granted.saturating_add(budget.granted);
            money.spent = money.spent.saturating_add(budget.spent.unwrap_or_default());
        }
        let stays_apart = |one: &&Overlap| decided.of(one.one, one.other).is_some_and(|joined| !joined.join);
        let overlap = found.iter().filter(|one| !stays_apart(one)).flat_map(|one| [one.one, one.other]);
        let numbers: BTreeSet<Number> = overlap.collect();
        let granted = |number: &Number| of.get(number).map_or(0, |money| money.granted);
        let overlapping = numbers.iter().map(granted).sum();
        let all = of.values().map(|money| money.granted).sum();
        Self { year: Some(year), years, of, all, overlapping }
    }

    /// The most that two could be given twice: the smaller of both amounts. Nothing where the money of one is not known.
    pub fn at_most_twice(&self, overlap: &Overlap) -> Option<i64> {
        let granted = |number| self.of.get(&number).map(|money| money.granted);
        Some(granted(overlap.one)?.min(granted(overlap.other)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        overlap::Joined,
        particulars::{Budget, Kept},
    };

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    fn held(number_of: &str, budgets: &[(i16, i64)]) -> (Number, Particulars) {
        let item = |(year, granted): &(i16, i64)| {
            Item::Budget(Budget { title: "사업".to_owned(), year: *year, granted: *granted, spent: None })
        };
        let kept = |budget| Kept { id: String::new(), item: item(budget), confirmed: None, sent_back: String::new() };
        (number(number_of), Particulars { items: budgets.iter().map(kept).collect() })
    }

    fn overlap(one: &str, other: &str) -> Overlap {
        let (one, other) = (number(one), number(other));
        Overlap { one, other, likeness: 0.5, names: vec![], laws: vec![], words: vec![], apart: None }
    }

    #[test]
    fn each_recommendation_counts_once_and_what_stays_apart_does_not() {
        let held = [
            held("1-1", &[(2026, 500), (2026, 200), (2025, 9)]),
            held("2-1", &[(2026, 300)]),
            held("3-1", &[(2026, 40)]),
        ];
        let found = [overlap("1-1", "2-1"), overlap("1-1", "3-1"), overlap("2-1", "4-1")];
        let mut decided = Overlaps::default();
        let beside = MoneyBeside::of(&held, None, (&found, &decided));
        assert_eq!((beside.year, beside.all, beside.overlapping), (Some(2026), 1_040, 1_040));
        assert_eq!(beside.at_most_twice(&found[0]), Some(300));
        assert_eq!(beside.at_most_twice(&found[2]), None, "the money of one is not known");
        let apart = Joined { one: number("1-1"), other: number("3-1"), join: false, reason: "다름".to_owned() };
        decided.decided.insert("1-1+3-1".to_owned(), apart);
        assert_eq!(MoneyBeside::of(&held, None, (&found, &decided)).overlapping, 1_000);
        assert_eq!(MoneyBeside::of(&held, Some(2025), (&found, &decided)).all, 9);
        assert_eq!(MoneyBeside::of(&[], None, (&found, &decided)), MoneyBeside::default());
    }
}
