//! Some households read back from the Parquet files of a population, as the deployment keeps them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    path::Path,
};

use jiff::civil::Date;
use maru_rules::{period::Instant, variable::ValueType};
use serde_json::Value as Json;

use crate::{
    domain::{
        Household, Member, Received,
        crisis::Present,
        household::{Couple, Facts},
    },
    evaluation::{BIRTH, LawBook},
    tables::{TableError, TableReader, Values},
};

/// The facts of a table: the law's variables that it has as columns.
struct FactColumns<'law> {
    law: &'law LawBook,
    columns: Vec<(String, Values)>,
}

impl<'law> FactColumns<'law> {
    fn read(table: &TableReader, law: &'law LawBook) -> Result<Self, TableError> {
        let names = table.columns().into_iter().filter(|name| law.fact(name).is_some());
        let columns = names.map(|name| Ok((name.clone(), table.values(&name)?))).collect::<Result<_, TableError>>()?;
        Ok(Self { law, columns })
    }

    fn row(&self, row: usize) -> Facts {
        let known = self.columns.iter().filter_map(|(name, values)| {
            let fact = self.law.fact(name)?;
            Some((name.clone(), json(&fact.value_type, values, row)?))
        });
        known.collect()
    }
}

fn json(kind: &ValueType, values: &Values, row: usize) -> Option<Json> {
    match (kind, values) {
        (ValueType::Date, Values::Int(values)) => {
            let days = i32::try_from((*values.get(row)?)?).ok()?;
            Some(Json::from(Instant::from_days(days).to_string()))
        }
        (_, Values::Bool(values)) => (*values.get(row)?).map(Json::from),
        (_, Values::Int(values)) => (*values.get(row)?).map(Json::from),
        (_, Values::Date(values)) => (*values.get(row)?).map(Json::from),
        (_, Values::Double(values)) => (*values.get(row)?).map(Json::from),
        (_, Values::Text(values)) => values.get(row)?.clone().map(Json::from),
    }
}

/// Reads one household from a folder; nothing where it is not there.
///
/// # Errors
/// [`TableError`] where the folder cannot be read.
pub fn household(folder: &Path, id: &str, law: &LawBook) -> Result<Option<Household>, TableError> {
    Ok(households(folder, |one| one == id, law)?.remove(id))
}

/// Reads the households that are wanted, by their names, from a folder.
///
/// # Errors
/// [`TableError`] where the folder cannot be read.
pub fn households(
    folder: &Path,
    wanted: impl Fn(&str) -> bool,
    law: &LawBook,
) -> Result<BTreeMap<String, Household>, TableError> {
    let mut found: BTreeMap<String, Household> = BTreeMap::new();
    let table = open_where(folder, "household", wanted)?;
    let facts = FactColumns::read(&table, law)?;
    for (row, id) in table.texts("household_id")?.into_iter().enumerate() {
        found.insert(id, Household { facts: facts.row(row), ..Household::default() });
    }
    members(folder, &mut found, law)?;
    received(folder, &mut found)?;
    signals(folder, &mut found)?;
    Ok(found)
}

/// A table of a folder, of which only the rows of households that are wanted are read.
fn open_where(folder: &Path, name: &str, wanted: impl Fn(&str) -> bool) -> Result<TableReader, TableError> {
    let mut table = TableReader::open(&folder.join(format!("{name}.parquet")))?;
    table.only_rows(table.rows_where("household_id", wanted)?);
    Ok(table)
}

fn members(folder: &Path, found: &mut BTreeMap<String, Household>, law: &LawBook) -> Result<(), TableError> {
    let table = open_where(folder, "person", |home| found.contains_key(home))?;
    let facts = FactColumns::read(&table, law)?;
    let (ids, homes, roles) = (table.texts("person_id")?, table.texts("household_id")?, table.texts("role")?);
    let couples = if table.columns().iter().any(|name| name == "couple_id") {
        table.texts("couple_id")?
    } else {
        vec![String::new(); ids.len()]
    };
    let of_couples = couple_facts(folder, &couples, law)?;
    for (row, home) in homes.iter().enumerate() {
        let Some(household) = found.get_mut(home) else { continue };
        let (Some(id), Some(role), Some(couple)) = (ids.get(row), roles.get(row), couples.get(row)) else { continue };
        household.members.push(Member {
            id: id.clone(),
            role: role.clone(),
            name: String::new(),
            facts: facts.row(row),
        });
        // Who shares a couple's number with somebody before them is the partner.
        let same = |other: &usize| homes.get(*other) == Some(home) && couples.get(*other) == Some(couple);
        let before = (row.saturating_sub(crate::domain::household::MOST_MEMBERS)..row).find(same);
        if let Some(partner) = before.and_then(|place| ids.get(place)).filter(|_| !couple.is_empty()) {
            let partners = vec![partner.clone(), id.clone()];
            household.couples.push(Couple { partners, facts: of_couples.get(couple).cloned().unwrap_or_default() });
        }
    }
    Ok(())
}

fn couple_facts(folder: &Path, couples: &[String], law: &LawBook) -> Result<HashMap<String, Facts>, TableError> {
    let path = folder.join("couple.parquet");
    if !path.is_file() {
        return Ok(HashMap::new());
    }
    let wanted: HashSet<&str> = couples.iter().map(String::as_str).collect();
    let mut table = TableReader::open(&path)?;
    table.only_rows(table.rows_where("couple_id", |couple| wanted.contains(couple))?);
    let facts = FactColumns::read(&table, law)?;
    Ok(table.texts("couple_id")?.into_iter().enumerate().map(|(row, id)| (id, facts.row(row))).collect())
}

fn signals(folder: &Path, found: &mut BTreeMap<String, Household>) -> Result<(), TableError> {
    if !folder.join("signal.parquet").is_file() {
        return Ok(());
    }
    let table = open_where(folder, "signal", |home| found.contains_key(home))?;
    let (homes, names, agencies) = (table.texts("household_id")?, table.texts("signal")?, table.texts("agency")?);
    let (since, until) = (table.values("since")?, table.values("until")?);
    for (row, ((home, signal), agency)) in homes.iter().zip(names).zip(agencies).enumerate() {
        let (Some(household), Some(since)) = (found.get_mut(home), day(&since, row)) else { continue };
        household.signals.push(Present { signal, since, until: day(&until, row), agency });
    }
    Ok(())
}

/// A day of a column.
fn day(values: &Values, row: usize) -> Option<Date> {
    let days = match values {
        Values::Date(days) => (*days.get(row)?)?,
        Values::Int(days) => i32::try_from((*days.get(row)?)?).ok()?,
        _ => return None,
    };
    Instant::from_days(days).to_string().parse().ok()
}

fn received(folder: &Path, found: &mut BTreeMap<String, Household>) -> Result<(), TableError> {
    if !folder.join("received.parquet").is_file() {
        return Ok(());
    }
    let table = open_where(folder, "received", |home| found.contains_key(home))?;
    let (homes, persons) = (table.texts("household_id")?, table.texts("person_id")?);
    let (benefits, amounts, agencies) = (table.texts("benefit")?, table.whole("amount")?, table.texts("agency")?);
    for ((((home, person), benefit), amount), agency) in
        homes.into_iter().zip(persons).zip(benefits).zip(amounts).zip(agencies)
    {
        if let Some(household) = found.get_mut(&home) {
            let member = Some(person).filter(|person| !person.is_empty());
            household.received.push(Received { benefit, member, amount, agency });
        }
    }
    Ok(())
}

/// The households of a folder in which somebody was born on a day that counts, given in days since 1970. Only dates of birth are read, and
/// the names of those households.
///
/// # Errors
/// [`TableError`] where the folder cannot be read.
pub fn born(folder: &Path, counts: impl Fn(i64) -> bool) -> Result<BTreeSet<String>, TableError> {
    let mut table = TableReader::open(&folder.join("person.parquet"))?;
    if !table.columns().iter().any(|name| name == BIRTH) {
        return Ok(BTreeSet::new());
    }
    let rows = match table.values(BIRTH)? {
        Values::Date(days) => rows_of(days.into_iter().map(|day| day.map(i64::from)), counts),
        Values::Int(days) => rows_of(days.into_iter(), counts),
        _ => Vec::new(),
    };
    table.only_rows(rows);
    Ok(table.texts("household_id")?.into_iter().collect())
}

fn rows_of(days: impl Iterator<Item = Option<i64>>, counts: impl Fn(i64) -> bool) -> Vec<usize> {
    days.enumerate().filter(|(_, day)| day.is_some_and(&counts)).map(|(row, _)| row).collect()
}
