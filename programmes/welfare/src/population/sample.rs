//! What a folder of a population says of itself (`population.json`), and a small synthetic one that is made where none is
//! there yet.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Nation, generate, margins};
use crate::{
    domain::Month,
    evaluation::LawBook,
    screening::{ScreeningError, parts, receipts},
};

/// The file in which a population says what it is.
const FILE: &str = "population.json";

/// What a population says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Whether nobody in it is real.
    pub synthetic: bool,
    /// How many persons are in it.
    pub persons: u64,
    /// How many households.
    pub households: u64,
    /// How many persons it stands for.
    pub represents: u64,
    /// The seed that it was drawn from.
    #[serde(default)]
    pub seed: u64,
}

impl About {
    /// What the folder says; nothing where it says nothing.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(folder.join(FILE)).ok()?).ok()
    }

    /// Says it in the folder.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        fs::write(folder.join(FILE), serde_json::to_string_pretty(self)?)
    }

    pub(super) fn of_synthetic(persons: u64, households: u64, seed: u64) -> Self {
        Self { synthetic: true, persons, households, represents: margins::PERSONS.max(persons), seed }
    }
}

/// Makes a synthetic sample where the folder is not there: with receipts of invented take-up for a month. It appears whole or
/// not at all.
///
/// # Errors
/// Where it cannot be written, or the law cannot be applied.
pub fn make_where_missing(
    law: &LawBook,
    folder: &Path,
    persons: u64,
    month: Month,
    threads: usize,
) -> Result<(), ScreeningError> {
    if !maru_columns::parts(folder).is_empty() {
        return Ok(());
    }
    let unfinished: PathBuf = folder.with_extension("unfinished");
    let fault = |source| ScreeningError::File { path: unfinished.clone(), source };
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(fault)?;
    }
    generate(&Nation { persons, seed: 1, output: &unfinished, threads }, |_, _| {})?;
    for part in parts(&unfinished)? {
        receipts::draw_part(law, &part, month, 1, threads)?;
    }
    fs::rename(&unfinished, folder).map_err(fault)
}
