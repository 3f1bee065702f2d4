//! Why a result differs from that of the last screening: which facts of the household are other than then.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::deciding::deciding;
use crate::{
    domain::{BENEFITS, Month},
    evaluation::LawBook,
    tables::{TableError, TableReader},
};

/// How what is missed differs from the last screening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// Missed now and not before.
    New,
    /// Missed with another amount.
    OtherAmount,
    /// Not due any more.
    NoLongerDue,
}

/// The people of the household are others.
pub const MEMBERS: &str = "members";
/// The household was not in the population then.
pub const NOT_THERE: &str = "not-there-before";
/// What is received is other than then.
pub const RECEIVED: &str = "received";
/// No fact on which the benefit depends differs: another month, an age reached, or other rules.
pub const NO_FACT: &str = "no-fact";

/// Households of a part for which it is tried which of several facts decided; for the others all of them are told.
const MOST_TRIED: usize = 5_000;

/// How many results differ, by benefit, by how, and by the fact that is other than then.
pub type Reasons = BTreeMap<String, BTreeMap<Difference, BTreeMap<String, u64>>>;

/// Adds the counts of another part.
pub(super) fn add(all: &mut Reasons, other: &Reasons) {
    for (benefit, differences) in other {
        for (difference, facts) in differences {
            let own = all.entry(benefit.clone()).or_default().entry(*difference).or_default();
            for (fact, count) in facts {
                *own.entry(fact.clone()).or_default() += count;
            }
        }
    }
}

/// A result that differs.
#[derive(Debug, Clone)]
pub(super) struct Differs {
    /// The benefit's place.
    pub(super) benefit: usize,
    pub(super) household: String,
    pub(super) difference: Difference,
}

/// The facts of a household: by person (nobody for its own) and variable.
type Facts = HashMap<(String, String), String>;

/// What the populations then and now say, and on what each benefit depends.
pub(super) struct Then<'a> {
    /// The same part of the population then.
    pub(super) part: &'a Path,
    /// By benefit, the facts that its amount depends on.
    pub(super) depends: &'a BTreeMap<String, HashSet<String>>,
    /// The law, by which is tried which of several facts decided.
    pub(super) law: &'a LawBook,
    /// The month now.
    pub(super) month: Month,
}

/// Counts why results differ.
pub(super) fn count(now: &Path, then: &Then<'_>, differing: &[Differs]) -> Result<Reasons, TableError> {
    let wanted: HashSet<&str> = differing.iter().map(|one| one.household.as_str()).collect();
    let mut reasons = Reasons::new();
    if wanted.is_empty() {
        return Ok(reasons);
    }
    let (before, after) = (facts(then.part, &wanted)?, facts(now, &wanted)?);
    let nothing = Facts::new();
    let no_names = HashSet::new();
    let mut told: Vec<(&Differs, Vec<String>)> = Vec::with_capacity(differing.len());
    for one in differing {
        let Some(benefit) = BENEFITS.get(one.benefit) else { continue };
        let depends = then.depends.get(benefit.id).unwrap_or(&no_names);
        let found = match before.get(&one.household) {
            None => vec![NOT_THERE.to_owned()],
            Some(before) => {
                let after = after.get(&one.household).unwrap_or(&nothing);
                other_facts(before, after, depends, &receipt_of(benefit.id))
            }
        };
        told.push((one, found));
    }
    drop((before, after));
    decide(now, then, &mut told)?;
    for (one, found) in told {
        let Some(benefit) = BENEFITS.get(one.benefit) else { continue };
        let own = reasons.entry(benefit.id.to_owned()).or_default().entry(one.difference).or_default();
        for fact in found {
            *own.entry(fact).or_default() += 1;
        }
    }
    Ok(reasons)
}

/// Where several facts differ, leaves those that decided, found by changing back one at a time.
fn decide(now: &Path, then: &Then<'_>, told: &mut [(&Differs, Vec<String>)]) -> Result<(), TableError> {
    let several: HashSet<&str> = told
        .iter()
        .filter(|(_, found)| found.len() > 1)
        .map(|(one, _)| one.household.as_str())
        .take(MOST_TRIED)
        .collect();
    if several.is_empty() {
        return Ok(());
    }
    let read = |part| crate::registers::read::households(part, |id| several.contains(id), then.law);
    let (before, after) = (read(then.part)?, read(now)?);
    for (one, found) in told.iter_mut().filter(|(_, found)| found.len() > 1) {
        let homes = before.get(&one.household).zip(after.get(&one.household));
        let (Some(benefit), Some((before, after))) = (BENEFITS.get(one.benefit), homes) else { continue };
        *found = deciding((then.law, then.month), benefit, (before, after), found);
    }
    Ok(())
}

/// The facts that are other than then, each once.
fn other_facts(before: &Facts, after: &Facts, depends: &HashSet<String>, receipt: &str) -> Vec<String> {
    let people = |facts: &Facts| facts.keys().map(|(person, _)| person.clone()).collect::<HashSet<String>>();
    let mut found: Vec<String> = Vec::new();
    if people(before) != people(after) {
        found.push(MEMBERS.to_owned());
    }
    let mut names: Vec<&(String, String)> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for key in names {
        let name = if key.1 == receipt { RECEIVED } else { key.1.as_str() };
        let counts = name == RECEIVED || depends.contains(name);
        if counts && before.get(key) != after.get(key) && !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    // Who came or went brings facts along: the people are the reason.
    if found.first().is_some_and(|first| first == MEMBERS) {
        found.truncate(1);
    }
    if found.is_empty() {
        found.push(NO_FACT.to_owned());
    }
    found
}

fn facts(part: &Path, wanted: &HashSet<&str>) -> Result<HashMap<String, Facts>, TableError> {
    let mut found: HashMap<String, Facts> = HashMap::new();
    for (file, key) in [("household", None), ("person", Some("person_id")), ("received", Some("person_id"))] {
        let path = part.join(format!("{file}.parquet"));
        if !path.is_file() {
            continue;
        }
        let table = TableReader::open(&path)?;
        let homes = table.texts("household_id")?;
        let persons = key.map(|key| table.texts(key)).transpose()?;
        let rows: Vec<(usize, &String)> =
            homes.iter().enumerate().filter(|(_, home)| wanted.contains(home.as_str())).collect();
        let person = |row: usize| persons.as_ref().and_then(|ids| ids.get(row)).cloned().unwrap_or_default();
        if file == "received" {
            receipts(&table, &rows, &mut found)?;
            continue;
        }
        for name in table.columns() {
            if name.ends_with("_id") || name == "role" {
                continue;
            }
            let values = table.values(&name)?;
            for (row, home) in &rows {
                if let Some(value) = values.text(*row) {
                    found.entry((*home).clone()).or_default().insert((person(*row), name.clone()), value);
                }
            }
        }
    }
    Ok(found)
}

/// Under which name the receipts of a benefit stand among the facts.
fn receipt_of(benefit: &str) -> String {
    format!("{RECEIVED}:{benefit}")
}

/// What a household receives, benefit by benefit.
fn receipts(
    table: &TableReader,
    rows: &[(usize, &String)],
    found: &mut HashMap<String, Facts>,
) -> Result<(), TableError> {
    let (benefits, amounts) = (table.texts("benefit")?, table.whole("amount")?);
    for (row, home) in rows {
        let (Some(benefit), Some(amount)) = (benefits.get(*row), amounts.get(*row)) else { continue };
        // Nobody's: the household's own, so that its people stay those of the register of persons.
        let key = (String::new(), receipt_of(benefit));
        let text = found.entry((*home).clone()).or_default().entry(key).or_default();
        *text = format!("{text}{amount};");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(known: &[(&str, &str, &str)]) -> Facts {
        let one = |(person, name, value): &(&str, &str, &str)| {
            (((*person).to_owned(), (*name).to_owned()), (*value).to_owned())
        };
        known.iter().map(one).collect()
    }

    #[test]
    fn the_fact_that_is_other_than_then_is_named() {
        let depends = HashSet::from(["earned_income".to_owned()]);
        let before = facts(&[("", "province", "seoul"), ("p1", "earned_income", "100")]);
        let told =
            |after: &[(&str, &str, &str)]| other_facts(&before, &facts(after), &depends, "received:rent_support");
        assert_eq!(told(&[("", "province", "seoul"), ("p1", "earned_income", "0")]), ["earned_income"]);
        // The province does not matter to this benefit.
        assert_eq!(told(&[("", "province", "jeju"), ("p1", "earned_income", "100")]), [NO_FACT]);
        let came = [("", "province", "seoul"), ("p1", "earned_income", "0"), ("p2", "earned_income", "5")];
        assert_eq!(told(&came), [MEMBERS]);
        let received = [("", "province", "seoul"), ("", "received:rent_support", "9;"), ("p1", "earned_income", "100")];
        assert_eq!(told(&received), [RECEIVED]);
    }
}
