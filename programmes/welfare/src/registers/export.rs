//! A population as the CSV files of registers, with the mapping that loads them: to try a load of any size with nobody's data.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use maru_rules::variable::ValueType;
use serde_json::Value as Json;

use super::read;
use crate::{
    domain::{Household, household::Facts},
    evaluation::LawBook,
    tables::TableError,
};

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// Persons.
    pub persons: usize,
    /// Households.
    pub households: usize,
}

/// Files of a register that is being written.
struct Registers<'law> {
    folder: PathBuf,
    law: &'law LawBook,
    /// Facts of persons and of households, by their columns.
    person: Vec<String>,
    household: Vec<String>,
    files: [BufWriter<File>; 4],
}

/// The files, in the order in which [`Registers`] holds them.
const FILES: [&str; 4] = ["residents.csv", "homes.csv", "couples.csv", "benefits.csv"];

/// Writes the parts of a population as CSV into a folder, with `mapping.toml`. Pseudonyms stand where registers have numbers.
///
/// # Errors
/// [`TableError`] where something cannot be read or written.
pub fn export(parts: &[PathBuf], law: &LawBook, folder: &Path) -> Result<Exported, TableError> {
    let fault = |source| TableError::File { path: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(fault)?;
    let mut exported = Exported::default();
    let mut registers: Option<Registers<'_>> = None;
    for part in parts {
        let households = read::households(part, |_| true, law)?;
        let registers = match &mut registers {
            Some(registers) => registers,
            // The first part says which facts there are: a population has the same columns in all.
            None => registers.insert(Registers::create(folder, law, &households).map_err(fault)?),
        };
        for (id, household) in &households {
            registers.write(id, household).map_err(fault)?;
            exported.persons += household.members.len();
            exported.households += 1;
        }
    }
    if let Some(registers) = registers {
        registers.finish().map_err(fault)?;
    }
    Ok(exported)
}

fn names<'a>(all: impl Iterator<Item = &'a Facts>) -> Vec<String> {
    let names: BTreeSet<&String> = all.flat_map(Facts::keys).collect();
    names.into_iter().cloned().collect()
}

/// A cell as CSV (RFC 4180).
fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

impl<'law> Registers<'law> {
    fn create(folder: &Path, law: &'law LawBook, households: &BTreeMap<String, Household>) -> io::Result<Self> {
        let person = names(households.values().flat_map(|home| home.members.iter().map(|member| &member.facts)));
        let household = names(households.values().map(|home| &home.facts));
        let [residents, homes, couples, benefits] = FILES.map(|name| File::create(folder.join(name)));
        let files = [residents?, homes?, couples?, benefits?].map(BufWriter::new);
        let mut registers = Self { folder: folder.to_owned(), law, person, household, files };
        let (of_person, of_household) = (registers.person.clone(), registers.household.clone());
        let header = |first: &[&str], facts: &[String]| {
            first.iter().map(|name| (*name).to_owned()).chain(facts.iter().cloned()).collect::<Vec<_>>()
        };
        registers.line(0, &header(&["person", "household", "role"], &of_person))?;
        registers.line(1, &header(&["household"], &of_household))?;
        registers.line(2, &header(&["person", "partner"], &[]))?;
        registers.line(3, &header(&["household", "person", "benefit", "amount", "agency"], &[]))?;
        Ok(registers)
    }

    fn line(&mut self, file: usize, cells: &[String]) -> io::Result<()> {
        let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
        match self.files.get_mut(file) {
            Some(file) => writeln!(file, "{}", cells.join(",")),
            None => Ok(()),
        }
    }

    fn write(&mut self, id: &str, household: &Household) -> io::Result<()> {
        let values = |names: &[String], facts: &Facts| -> Vec<String> {
            names.iter().map(|name| facts.get(name).map(shown).unwrap_or_default()).collect()
        };
        for member in &household.members {
            let mut cells = vec![member.id.clone(), id.to_owned(), member.role.clone()];
            cells.extend(values(&self.person, &member.facts));
            self.line(0, &cells)?;
        }
        let mut cells = vec![id.to_owned()];
        cells.extend(values(&self.household, &household.facts));
        self.line(1, &cells)?;
        for couple in &household.couples {
            if let [one, other] = couple.partners.as_slice() {
                self.line(2, &[one.clone(), other.clone()])?;
            }
        }
        for one in &household.received {
            let person = one.member.clone().unwrap_or_default();
            let amount = one.amount.to_string();
            self.line(3, &[id.to_owned(), person, one.benefit.clone(), amount, one.agency.clone()])?;
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        for file in &mut self.files {
            file.flush()?;
        }
        std::fs::write(self.folder.join("mapping.toml"), self.mapping())
    }

    /// The mapping that loads the files.
    fn mapping(&self) -> String {
        let mut text = String::new();
        let [residents, homes, couples, benefits] = FILES;
        let key = |name: &str| format!("{name} = {{ from = \"{name}\", kind = \"personal-number\" }}\n");
        let plain = |name: &str| format!("{name} = {{ from = \"{name}\" }}\n");
        let mut table = |file: &str, holds: &str, columns: Vec<String>| {
            let _ = write!(
                text,
                "[[table]]\nfile = \"{file}\"\nholds = \"{holds}\"\n[table.columns]\n{}\n",
                columns.concat()
            );
        };
        let facts = |names: &[String]| names.iter().map(|name| self.column(name)).collect::<Vec<_>>();
        let of_person = [key("person"), key("household"), plain("role")].into_iter().chain(facts(&self.person));
        table(residents, "person", of_person.collect());
        table(homes, "household", std::iter::once(key("household")).chain(facts(&self.household)).collect());
        table(couples, "couple", vec![key("person"), key("partner")]);
        let of_benefits = vec![key("household"), key("person"), plain("benefit"), plain("amount"), plain("agency")];
        table(benefits, "received", of_benefits);
        text
    }

    fn column(&self, name: &str) -> String {
        let is_day = self.law.fact(name).is_some_and(|fact| matches!(fact.value_type, ValueType::Date));
        let format = if is_day { ", kind = \"date\", format = \"%Y-%m-%d\"" } else { "" };
        format!("{name} = {{ from = \"{name}\"{format} }}\n")
    }
}

/// A value as registers write it.
fn shown(value: &Json) -> String {
    match value {
        Json::Bool(truth) => if *truth { "1" } else { "0" }.to_owned(),
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}
