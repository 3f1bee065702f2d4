//! Which column of which file is which fact: a TOML file that stands beside the registers.
//!
//! ```toml
//! [[table]]
//! file = "residents.csv"          # CSV with names in the first line, or Parquet; relative to the mapping
//! holds = "person"                # person, household, couple, received, signal or account
//! [table.columns]
//! person = { from = "RRN", kind = "resident-number" }
//! household = { from = "HH" }
//! role = { from = "REL", values = { "본인" = "head", "배우자" = "spouse" } }
//! birth = { from = "BIRTH", kind = "date", format = "%Y%m%d" }
//! earned_income = { from = "PAY", kind = "won" }
//! ```
//! Columns are the keys of the table, and facts by the names of the law's variables. A file that holds incomes or
//! property alone is a further table that holds `person`; one that holds `signal` tells signals of a crisis of a person's
//! household, or of a household: which, since when, and until when where they are over. In a feed of changes a column mapped as `change` says of each
//! row whether it was `added`, `changed` or `ended`; without one all rows were changed.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::evaluation::LawBook;

/// What a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// Persons, or further facts of them.
    Person,
    /// Facts of households.
    Household,
    /// Couples: two persons.
    Couple,
    /// Benefits that are received.
    Received,
    /// Signals of a crisis: arrears, disconnections, refusals.
    Signal,
    /// Where the money of a household goes. It is taken into a deployment, sealed, and never written to Parquet.
    Account,
}

/// How a cell is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// As the law's variable asks: truth values, whole numbers, days, names.
    #[default]
    Fact,
    /// A key that stays as it is.
    Key,
    /// A resident registration number: replaced by a pseudonym.
    ResidentNumber,
    /// Another personal number: replaced by a pseudonym.
    PersonalNumber,
    /// A day in a form of its own.
    Date,
    /// An amount in won; marks between thousands are taken away.
    Won,
}

/// A column.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnMapping {
    /// The column of the file.
    pub from: String,
    /// How its cells are read.
    #[serde(default)]
    pub kind: Kind,
    /// The form of days, as of `strftime`: `%Y%m%d`.
    #[serde(default)]
    pub format: Option<String>,
    /// What the file's values stand for; a value that is not named here is set aside.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// A table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableMapping {
    /// The file, relative to the mapping.
    pub file: PathBuf,
    /// What it holds.
    pub holds: Holds,
    /// Its columns, by key or fact.
    pub columns: BTreeMap<String, ColumnMapping>,
}

/// A mapping.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The model of crisis signals (TOML), relative to the mapping; that which ships with the program if not given.
    #[serde(default)]
    pub crisis_model: Option<PathBuf>,
    /// The tables, in the order in which they are read.
    pub table: Vec<TableMapping>,
}

/// A mapping that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no mapping.
    #[error("{path}: {reason}")]
    Content {
        /// Which file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
}

/// The key by which a feed says what happened to a row.
pub(super) const CHANGE: &str = "change";

/// The keys that a table must and may have.
pub(super) fn keys_of(holds: Holds) -> (&'static [&'static str], &'static [&'static str]) {
    match holds {
        Holds::Person => (&["person"], &["household", "role", "name"]),
        Holds::Household => (&["household"], &[]),
        Holds::Couple => (&["person", "partner"], &[]),
        Holds::Received => (&["household", "benefit", "amount"], &["person", "agency"]),
        Holds::Signal => (&["signal", "since"], &["household", "person", "until", "agency"]),
        Holds::Account => (&["bank", "number", "holder"], &["household", "person"]),
    }
}

impl Mapping {
    /// Reads a mapping, and checks it against the law.
    ///
    /// # Errors
    /// [`MappingError`].
    pub fn read(path: &Path, law: &LawBook) -> Result<Self, MappingError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| MappingError::File { path: path.to_owned(), source })?;
        Self::parse(&text, law).map_err(|reason| MappingError::Content { path: path.to_owned(), reason })
    }

    /// Reads a mapping from a text.
    ///
    /// # Errors
    /// What is wrong and what to do.
    pub fn parse(text: &str, law: &LawBook) -> Result<Self, String> {
        let mapping: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if !mapping.table.iter().any(TableMapping::is_founding) {
            return Err("no table says who belongs to which household: map person and household of one".to_owned());
        }
        for table in &mapping.table {
            table.check(law).map_err(|reason| format!("{}: {reason}", table.file.display()))?;
        }
        Ok(mapping)
    }
}

impl TableMapping {
    /// Whether it says who belongs to which household.
    pub(super) fn is_founding(&self) -> bool {
        self.holds == Holds::Person && self.columns.contains_key("household")
    }

    fn check(&self, law: &LawBook) -> Result<(), String> {
        let (needed, allowed) = keys_of(self.holds);
        if let Some(missing) = needed.iter().find(|key| !self.columns.contains_key(**key)) {
            return Err(format!("the column {missing} is not mapped"));
        }
        let of_somebody = ["household", "person"].iter().any(|key| self.columns.contains_key(*key));
        if matches!(self.holds, Holds::Signal | Holds::Account) && !of_somebody {
            return Err("map household or person: a signal or an account is somebody's".to_owned());
        }
        let entity = match self.holds {
            Holds::Person => "person",
            Holds::Household => "household",
            Holds::Couple => "couple",
            Holds::Received | Holds::Signal | Holds::Account => "",
        };
        for (name, column) in &self.columns {
            if column.kind == Kind::Date && column.format.is_none() {
                return Err(format!("{name}: say how days are written, such as format = \"%Y%m%d\""));
            }
            if name == CHANGE || needed.contains(&name.as_str()) || allowed.contains(&name.as_str()) {
                continue;
            }
            let fact = law
                .fact(name)
                .filter(|fact| law.package().system.entities.get(fact.entity).is_some_and(|of| &*of.key == entity));
            if fact.is_none() {
                return Err(format!(
                    "{name} is neither a key nor a fact of a {entity} that the law knows; see: maru rules serve, /variables"
                ));
            }
        }
        Ok(())
    }
}
