//! Which of several facts that changed together decided: each is changed back by itself, and the household reckoned again.

use super::reasons::RECEIVED;
use crate::{
    domain::{Benefit, Household, Month, household::Facts},
    evaluation::LawBook,
};

/// What a household misses of a benefit: by holder, what is due and not received. Nothing where the law cannot say.
fn missed(law: &LawBook, month: Month, benefit: &Benefit, household: &Household) -> Option<Vec<(Option<String>, i64)>> {
    let assessment = law.assess(household, month).ok()?;
    let of_benefit = assessment.entitlements.into_iter().filter(|one| one.benefit.id == benefit.id);
    let mut found = Vec::new();
    for one in of_benefit {
        let amount = one.amount?;
        if amount > 0 && household.receives(benefit.id, one.member.as_deref()).is_none() {
            found.push((one.member, amount));
        }
    }
    found.sort();
    Some(found)
}

/// A fact as it is in other facts, or not at all.
fn take(own: &mut Facts, from: &Facts, name: &str) {
    match from.get(name) {
        Some(value) => drop(own.insert(name.to_owned(), value.clone())),
        None => drop(own.remove(name)),
    }
}

/// A household in which one fact is as in another state of the same household.
fn with(household: &Household, from: &Household, name: &str, benefit: &Benefit) -> Household {
    let mut changed = household.clone();
    if name == RECEIVED {
        changed.received.retain(|one| one.benefit != benefit.id);
        changed.received.extend(from.received.iter().filter(|one| one.benefit == benefit.id).cloned());
        return changed;
    }
    take(&mut changed.facts, &from.facts, name);
    for member in &mut changed.members {
        if let Some(other) = from.member(&member.id) {
            take(&mut member.facts, &other.facts, name);
        }
    }
    for couple in &mut changed.couples {
        if let Some(other) = from.couples.iter().find(|other| other.partners == couple.partners) {
            take(&mut couple.facts, &other.facts, name);
        }
    }
    changed
}

/// Of the facts that differ, those that decided: without whose change the result were another one. Where no single one did, those
/// that would have sufficed alone; where none would, all of them together.
pub(super) fn deciding(
    (law, month): (&LawBook, Month),
    benefit: &Benefit,
    (before, after): (&Household, &Household),
    found: &[String],
) -> Vec<String> {
    let missed = |household: &Household| missed(law, month, benefit, household);
    let Some(now) = missed(after) else { return found.to_vec() };
    let chosen =
        |fits: &dyn Fn(&String) -> bool| -> Vec<String> { found.iter().filter(|name| fits(name)).cloned().collect() };
    let needed = chosen(&|name| missed(&with(after, before, name, benefit)).is_some_and(|without| without != now));
    if !needed.is_empty() {
        return needed;
    }
    let enough = chosen(&|name| missed(&with(before, after, name, benefit)).as_ref() == Some(&now));
    if enough.is_empty() { found.to_vec() } else { enough }
}
