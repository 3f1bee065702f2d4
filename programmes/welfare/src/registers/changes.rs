//! A feed of changes: rows that were added, changed or ended since the load before, laid over the households that they touch. Nothing
//! else is read of the registers, and nobody else is reckoned anew.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    path::{Path, PathBuf},
};

use super::{
    Loaded, feed,
    load::lay_over,
    mapping::{Kind, Mapping, TableMapping},
    nation,
    pseudonym::PseudonymKey,
    read,
    resident_number::ResidentNumber,
    rows::{self, Item},
    shares::{Places, Shares},
};
use crate::{
    domain::Household,
    evaluation::LawBook,
    tables::{TableError, TableReader},
};

/// What a feed came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changed {
    /// The households that it touched and that are there, as they are now, with what was set aside.
    pub loaded: Loaded,
    /// Those of whom everybody left.
    pub gone: BTreeSet<String>,
    /// Those that differ from before, and how.
    pub differences: BTreeMap<String, feed::Difference>,
    /// The part to which each of them belongs.
    parts: HashMap<String, usize>,
}

/// Whom the rows of a feed are about.
#[derive(Default)]
struct Touched {
    persons: HashSet<String>,
    /// Households with the part in which a load of all rows would put them.
    households: HashMap<String, usize>,
}

/// Lays a feed over the load whose parts are given.
///
/// # Errors
/// [`TableError`] where a file cannot be read.
pub fn apply(
    mapping: &Mapping,
    folder: &Path,
    (law, key): (&LawBook, &PseudonymKey),
    previous: &[PathBuf],
) -> Result<Changed, TableError> {
    let touched = touched(mapping, folder, key, previous.len())?;
    let mut parts = touched.households.clone();
    let mut before: BTreeMap<String, Household> = BTreeMap::new();
    for (place, part) in previous.iter().enumerate() {
        let homes = homes(part, &touched)?;
        let known = read::households(part, |id| homes.contains(id), law)?;
        parts.extend(known.keys().map(|id| (id.clone(), place)));
        before.extend(known);
    }
    let mut loaded = lay_over(mapping, folder, (law, key), before.clone())?;
    let (there, empty): (BTreeMap<_, _>, BTreeMap<_, _>) =
        std::mem::take(&mut loaded.households).into_iter().partition(|(_, household)| !household.members.is_empty());
    let gone: BTreeSet<String> = empty.into_keys().filter(|id| before.contains_key(id)).collect();
    let mut differences: BTreeMap<String, feed::Difference> =
        gone.iter().map(|id| (id.clone(), feed::Difference::Gone)).collect();
    for (id, household) in &there {
        match before.get(id) {
            None => drop(differences.insert(id.clone(), feed::Difference::New)),
            Some(known) if known != household => drop(differences.insert(id.clone(), feed::Difference::Changed)),
            Some(_) => {}
        }
    }
    loaded.households = there;
    Ok(Changed { loaded, gone, differences, parts })
}

impl Changed {
    /// Writes a part as it is after the feed, with its digests, from the same part of the load before; says how many households it
    /// holds.
    ///
    /// # Errors
    /// [`TableError`] where a folder cannot be read or written.
    pub fn write_part(
        &self,
        place: usize,
        (previous, output): (&Path, &Path),
        law: &LawBook,
    ) -> Result<usize, TableError> {
        let mut all = read::households(previous, |_| true, law)?;
        let mut digests = feed::read(previous).unwrap_or_default();
        for id in &self.gone {
            all.remove(id);
            digests.remove(id);
        }
        let of_part = |id: &str| self.parts.get(id).copied().unwrap_or(0) == place;
        for (id, household) in self.loaded.households.iter().filter(|(id, _)| of_part(id)) {
            all.insert(id.clone(), household.clone());
            digests.insert(id.clone(), feed::digest_of(household));
        }
        nation::write(&all, law, output)?;
        let fault = |source| TableError::File { path: output.to_owned(), source };
        feed::write_digests(&digests, output).map_err(fault)?;
        Ok(all.len())
    }
}

/// The pseudonym of a key, as a load makes it; nothing where the cell says nothing.
fn pseudonym(
    table: &TableMapping,
    places: &Places,
    cells: &[String],
    key: &PseudonymKey,
    name: &str,
) -> Option<String> {
    let mapping = table.columns.get(name)?;
    let cell = places.cell(mapping, cells);
    let kind = if name == "household" { "household" } else { "person" };
    match mapping.kind {
        _ if cell.is_empty() => None,
        Kind::ResidentNumber => Some(key.of(kind, &ResidentNumber::parse(cell).ok()?.plain())),
        _ => Some(key.of(kind, cell)),
    }
}

fn touched(mapping: &Mapping, folder: &Path, key: &PseudonymKey, parts: usize) -> Result<Touched, TableError> {
    let mut touched = Touched::default();
    for table in &mapping.table {
        let mut places = Places::default();
        rows::each(&folder.join(&table.file), &mut |item| match item {
            Item::Columns(columns) => places = Places::of(&columns),
            Item::Row(_, cells) => {
                let of = |name: &str| pseudonym(table, &places, &cells, key, name);
                touched.persons.extend(["person", "partner"].into_iter().filter_map(of));
                if let (Some(household), Some(mapped)) = (of("household"), table.columns.get("household")) {
                    let part = Shares::part_for(places.cell(mapped, &cells), parts);
                    touched.households.insert(household, part);
                }
            }
            Item::Broken(..) => {}
        })?;
    }
    Ok(touched)
}

/// The households of a part that a feed touches: named in it, or with somebody who is.
fn homes(part: &Path, touched: &Touched) -> Result<HashSet<String>, TableError> {
    let table = TableReader::open(&part.join("person.parquet"))?;
    let (persons, homes) = (table.texts("person_id")?, table.texts("household_id")?);
    let is_touched =
        |(person, home): &(String, String)| touched.persons.contains(person) || touched.households.contains_key(home);
    Ok(persons.into_iter().zip(homes).filter(is_touched).map(|(_, home)| home).collect())
}
