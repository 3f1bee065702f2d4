//! A population from CSV files: one for each kind of entity, named by its plural (`persons.csv`, `households.csv`).
//!
//! Persons have `person_id`, for each group `<group>_id` and `<group>_role` (`role` does for the first group), groups have
//! `<group>_id`; every other column is a variable. A group without a file is known from the persons alone.

use crate::diagnostic::Diagnostic;
use crate::entity::Entity;
use crate::number::Rational;
use crate::period::{Instant, Period, Unit};
use crate::run::{Column, Membership, Population};
use crate::simulation::Simulation;
use crate::system::Package;
use crate::variable::{ValueType, Variable};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

struct Table {
    file: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn wrong(message: String) -> Diagnostic {
    Diagnostic::limit(message, "see the form of the files in docs/decisions/rules-reforms-in-one-pass.md")
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    fields.push(field);
    fields
}

fn table(path: &Path) -> Result<Table, Diagnostic> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Diagnostic::raised("OSError", format!("{file} cannot be read: {error}")))?;
    let mut lines = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.is_empty());
    let columns = fields(lines.next().ok_or_else(|| wrong(format!("{file} is empty")))?);
    let mut rows = Vec::new();
    for (place, line) in lines.enumerate() {
        let row = fields(line);
        if row.len() != columns.len() {
            return Err(wrong(format!(
                "{file}, row {}: {} columns instead of {}",
                place + 2,
                row.len(),
                columns.len()
            )));
        }
        rows.push(row);
    }
    Ok(Table { file, columns, rows })
}

impl Table {
    fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    fn identifiers(&self, key: &str) -> Result<Vec<String>, Diagnostic> {
        let place = self.place(key).ok_or_else(|| wrong(format!("{} has no column «{key}»", self.file)))?;
        Ok(self.rows.iter().map(|row| row[place].clone()).collect())
    }
}

/// Reads a population of a package and what is given about it, for one period.
pub fn read_csv(package: &Package, folder: &Path, period: Period) -> Result<Simulation, Diagnostic> {
    let system = &package.system;
    let person = &system.entities[system.person];
    let persons = table(&folder.join(format!("{}.csv", person.plural)))?;
    let mut identifiers: Vec<Vec<String>> = vec![Vec::new(); system.entities.len()];
    identifiers[system.person] = persons.identifiers(&format!("{}_id", person.key))?;
    let mut tables: Vec<Option<Table>> = Vec::new();
    let mut memberships = vec![Membership::default(); system.entities.len()];
    let mut first = true;
    let mut keys: Vec<String> = vec![format!("{}_id", person.key), "role".to_owned()];
    for (index, entity) in system.entities.iter().enumerate() {
        if entity.is_person {
            tables.push(None);
            continue;
        }
        let path = folder.join(format!("{}.csv", entity.plural));
        let own = if path.is_file() { Some(table(&path)?) } else { None };
        let key = format!("{}_id", entity.key);
        let mut names = own.as_ref().map_or_else(|| Ok(Vec::new()), |own| own.identifiers(&key))?;
        memberships[index] = membership(&persons, entity, &key, first, own.is_some(), &mut names)?;
        keys.extend([key, format!("{}_role", entity.key)]);
        identifiers[index] = names;
        tables.push(own);
        first = false;
    }
    let counts = identifiers.iter().map(Vec::len).collect();
    let mut simulation = Simulation::new(package, system, Population { counts, memberships }, identifiers);
    tables[system.person] = Some(persons);
    for table in tables.into_iter().flatten() {
        for (place, name) in table.columns.iter().enumerate().filter(|(_, name)| !keys.contains(name)) {
            let variable = Arc::clone(system.variable(name)?);
            let cells: Vec<&str> = table.rows.iter().map(|row| row[place].trim()).collect();
            let column = column(&variable, &cells)
                .map_err(|cell| wrong(format!("{}: «{cell}» is no value of {name}", table.file)))?;
            simulation.set_input(name, own_period(&variable, period), column)?;
        }
    }
    Ok(simulation)
}

/// The variable's own period around the one asked for.
pub(crate) fn own_period(variable: &Variable, period: Period) -> Period {
    match variable.definition_period {
        Unit::Eternity => Period::ETERNITY,
        unit if unit == period.unit => period,
        unit => Period::one(unit, period.start.first_of(unit)),
    }
}

fn membership(
    persons: &Table,
    entity: &Entity,
    key: &str,
    first: bool,
    listed: bool,
    names: &mut Vec<String>,
) -> Result<Membership, Diagnostic> {
    let mut places: HashMap<String, u32> =
        names.iter().enumerate().map(|(place, name)| (name.clone(), place as u32)).collect();
    let column = persons.place(key);
    let role_column =
        persons.place(&format!("{}_role", entity.key)).or_else(|| persons.place("role").filter(|_| first));
    let mut membership = Membership::default();
    for (row, cells) in persons.rows.iter().enumerate() {
        // Who is in no group is alone in one.
        let name = column.map_or_else(|| format!("alone-{row}"), |column| cells[column].clone());
        let place = match places.get(&name) {
            Some(place) => *place,
            None if listed && column.is_some() => {
                return Err(wrong(format!("{}, row {}: there is no {} «{name}»", persons.file, row + 2, entity.key)));
            }
            None => {
                places.insert(name.clone(), names.len() as u32);
                names.push(name);
                names.len() as u32 - 1
            }
        };
        let role = match role_column {
            None => 0,
            Some(column) => {
                entity.role(&cells[column]).map(|role| role.mask.trailing_zeros() as u8).ok_or_else(|| {
                    wrong(format!(
                        "{}, row {}: «{}» is no role in a {}",
                        persons.file,
                        row + 2,
                        cells[column],
                        entity.key
                    ))
                })?
            }
        };
        membership.group.push(place);
        membership.role.push(role);
    }
    Ok(membership)
}

fn column<'cell>(variable: &Variable, cells: &[&'cell str]) -> Result<Column, &'cell str> {
    let default = variable.default.number().and_then(|number| number.exact).unwrap_or(Rational::ZERO);
    let each = |read: &dyn Fn(&str) -> Option<Rational>| -> Result<Vec<Rational>, &'cell str> {
        cells.iter().map(|cell| if cell.is_empty() { Ok(default) } else { read(cell).ok_or(*cell) }).collect()
    };
    let whole = |values: Vec<Rational>| Column::Int(values.into_iter().map(|value| value.truncate() as i64).collect());
    Ok(match &variable.value_type {
        ValueType::Text => Column::Text(cells.iter().map(|cell| Arc::from(*cell)).collect()),
        ValueType::Bool => {
            let values = each(&|cell| match cell {
                "true" | "True" | "TRUE" | "1" => Some(Rational::ONE),
                "false" | "False" | "FALSE" | "0" => Some(Rational::ZERO),
                _ => None,
            })?;
            Column::Bool(values.into_iter().map(|value| value.numerator() != 0).collect())
        }
        ValueType::Int => whole(each(&Rational::parse)?),
        ValueType::Float => Column::from_exact(each(&Rational::parse)?),
        ValueType::Date => {
            whole(each(&|cell| Instant::parse(cell).map(|(day, _)| Rational::integer(i128::from(day.days()))))?)
        }
        ValueType::Enum(enumeration) => {
            whole(each(&|cell| enumeration.index(cell).map(|index| Rational::integer(index as i128)))?)
        }
    })
}
