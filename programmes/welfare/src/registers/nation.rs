//! Households as the Parquet files that a screening reads: `person`, `household`, `couple`, `received` and `signal`.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use jiff::civil::Date;
use maru_rules::{
    period::Instant,
    variable::{ValueType, Variable},
};
use serde_json::Value as Json;

use crate::{
    domain::{Household, crisis::Present, household::Facts},
    evaluation::LawBook,
    tables::{Column, TableError, TableWriter, Values},
};

/// Households that one row group holds.
const HOUSEHOLDS_AT_A_TIME: usize = 100_000;

/// Writes households to a folder, in the order of their pseudonyms.
///
/// # Errors
/// [`TableError`] where the folder cannot be written.
pub fn write(households: &BTreeMap<String, Household>, law: &LawBook, folder: &Path) -> Result<(), TableError> {
    std::fs::create_dir_all(folder).map_err(|source| TableError::File { path: folder.to_owned(), source })?;
    let all: Vec<(&String, &Household)> = households.iter().collect();
    let persons = facts_of(all.iter().flat_map(|(_, home)| home.members.iter().map(|member| &member.facts)), law);
    let homes = facts_of(all.iter().map(|(_, home)| &home.facts), law);
    let couples = facts_of(all.iter().flat_map(|(_, home)| home.couples.iter().map(|couple| &couple.facts)), law);
    let mut writers = ["person", "household", "couple", "received", "signal"]
        .map(|name| TableWriter::new(&folder.join(format!("{name}.parquet"))));
    let mut first_couple = 0_i64;
    for group in all.chunks(HOUSEHOLDS_AT_A_TIME) {
        let [person, household, couple, received, signal] = &mut writers;
        let (person_columns, couple_columns) = people(group, &persons, &couples, &mut first_couple);
        person.write(&person_columns)?;
        couple.write(&couple_columns)?;
        let mut columns = vec![Column::texts("household_id", group.iter().map(|(id, _)| (*id).clone()).collect())];
        for fact in &homes {
            columns.push(column(fact, group.iter().map(|(_, home)| home.facts.get(&*fact.name))));
        }
        household.write(&columns)?;
        received.write(&receipts(group))?;
        signal.write(&signals(group))?;
    }
    for writer in writers {
        writer.close()?;
    }
    Ok(())
}

/// The facts that occur, as the law knows them.
fn facts_of<'a>(all: impl Iterator<Item = &'a Facts>, law: &LawBook) -> Vec<Arc<Variable>> {
    let mut names: Vec<&String> = all.flat_map(Facts::keys).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().filter_map(|name| law.fact(name).cloned()).collect()
}

fn people(
    group: &[(&String, &Household)],
    persons: &[Arc<Variable>],
    couples: &[Arc<Variable>],
    first_couple: &mut i64,
) -> (Vec<Column>, Vec<Column>) {
    let (mut ids, mut homes, mut roles, mut pairs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut couple_ids, mut couple_facts): (Vec<i64>, Vec<Option<&Facts>>) = (Vec::new(), Vec::new());
    for (id, home) in group {
        let mut known: Vec<(usize, i64)> = Vec::new();
        for member in &home.members {
            let couple = home.couples.iter().position(|couple| couple.partners.contains(&member.id));
            let shared =
                couple.and_then(|place| known.iter().find(|(other, _)| *other == place).map(|(_, number)| *number));
            // Couples come in the order of their first member; who stands in none is one alone.
            let number = shared.unwrap_or_else(|| {
                let number = *first_couple;
                *first_couple += 1;
                couple_ids.push(number);
                couple_facts.push(couple.and_then(|place| home.couples.get(place)).map(|couple| &couple.facts));
                if let Some(place) = couple {
                    known.push((place, number));
                }
                number
            });
            ids.push(member.id.clone());
            homes.push((*id).clone());
            roles.push(member.role.clone());
            pairs.push(number);
        }
    }
    let mut person = vec![
        Column::texts("person_id", ids),
        Column::texts("household_id", homes),
        Column::whole("couple_id", pairs),
        Column::texts("role", roles),
    ];
    for fact in persons {
        let members = group.iter().flat_map(|(_, home)| &home.members);
        person.push(column(fact, members.map(|member| member.facts.get(&*fact.name))));
    }
    let mut couple = vec![Column::whole("couple_id", couple_ids)];
    for fact in couples {
        couple.push(column(fact, couple_facts.iter().map(|facts| facts.and_then(|facts| facts.get(&*fact.name)))));
    }
    (person, couple)
}

fn receipts(group: &[(&String, &Household)]) -> Vec<Column> {
    let all = || group.iter().flat_map(|(id, home)| home.received.iter().map(move |one| (*id, one)));
    vec![
        Column::texts("household_id", all().map(|(id, _)| id.clone()).collect()),
        Column::texts("person_id", all().map(|(_, one)| one.member.clone().unwrap_or_default()).collect()),
        Column::texts("benefit", all().map(|(_, one)| one.benefit.clone()).collect()),
        Column::whole("amount", all().map(|(_, one)| one.amount).collect()),
        Column::texts("agency", all().map(|(_, one)| one.agency.clone()).collect()),
    ]
}

fn signals(group: &[(&String, &Household)]) -> Vec<Column> {
    let all = || group.iter().flat_map(|(id, home)| home.signals.iter().map(move |one| (*id, one)));
    let days = |day: fn(&Present) -> Option<Date>| {
        Values::Date(all().map(|(_, one)| Some(Instant::parse(&day(one)?.to_string())?.0.days())).collect())
    };
    vec![
        Column::texts("household_id", all().map(|(id, _)| id.clone()).collect()),
        Column::texts("signal", all().map(|(_, one)| one.signal.clone()).collect()),
        Column { name: "since".to_owned(), values: days(|one| Some(one.since)) },
        Column { name: "until".to_owned(), values: days(|one| one.until) },
        Column::texts("agency", all().map(|(_, one)| one.agency.clone()).collect()),
    ]
}

fn column<'a>(fact: &Variable, values: impl Iterator<Item = Option<&'a Json>>) -> Column {
    let text = |value: &Json| value.as_str().map(str::to_owned);
    let values = match fact.value_type {
        ValueType::Bool => Values::Bool(values.map(|value| value.and_then(Json::as_bool)).collect()),
        ValueType::Int => Values::Int(values.map(|value| value.and_then(Json::as_i64)).collect()),
        ValueType::Float => Values::Double(values.map(|value| value.and_then(Json::as_f64)).collect()),
        ValueType::Date => {
            let days = |text: &str| Instant::parse(text).map(|(instant, _)| instant.days());
            Values::Date(values.map(|value| value.and_then(Json::as_str).and_then(days)).collect())
        }
        ValueType::Text | ValueType::Enum(_) => Values::Text(values.map(|value| value.and_then(text)).collect()),
    };
    Column { name: fact.name.to_string(), values }
}
