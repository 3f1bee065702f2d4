//! What changed since the last load: households by a digest of what is known of them, so that only those are reckoned anew.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::Path,
};

use crate::{domain::Household, payment::digest};

/// The file of digests in a folder of registers.
const FILE: &str = "households.digests";

/// How a household differs from the last load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// It was not there.
    New,
    /// Something about it is other.
    Changed,
    /// It is not there any more.
    Gone,
}

impl Difference {
    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Gone => "gone",
        }
    }
}

/// The digest of what is known of a household.
pub(super) fn digest_of(household: &Household) -> String {
    digest(serde_json::to_string(household).unwrap_or_default().as_bytes())
}

fn digests(households: &BTreeMap<String, Household>) -> BTreeMap<String, String> {
    households.iter().map(|(id, household)| (id.clone(), digest_of(household))).collect()
}

/// Writes the digests into the folder of the registers, for the next load to compare.
///
/// # Errors
/// Where the folder cannot be written.
pub fn write(households: &BTreeMap<String, Household>, folder: &Path) -> io::Result<()> {
    write_digests(&digests(households), folder)
}

/// Writes digests that are known.
pub(super) fn write_digests(digests: &BTreeMap<String, String>, folder: &Path) -> io::Result<()> {
    let mut file = io::BufWriter::new(fs::File::create(folder.join(FILE))?);
    for (id, digest) in digests {
        writeln!(file, "{id} {digest}")?;
    }
    file.flush()
}

/// The digests of a folder.
pub(super) fn read(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let text = fs::read_to_string(folder.join(FILE))?;
    Ok(text.lines().filter_map(|line| line.split_once(' ')).map(|(id, of)| (id.to_owned(), of.to_owned())).collect())
}

/// What differs from the load whose folder is given.
///
/// # Errors
/// Where that folder holds no digests.
pub fn differences(
    households: &BTreeMap<String, Household>,
    previous: &Path,
) -> io::Result<BTreeMap<String, Difference>> {
    let text = fs::read_to_string(previous.join(FILE))?;
    let before: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once(' ')).collect();
    let now = digests(households);
    let mut found = BTreeMap::new();
    for (id, digest) in &now {
        match before.get(id.as_str()) {
            None => drop(found.insert(id.clone(), Difference::New)),
            Some(known) if known != digest => drop(found.insert(id.clone(), Difference::Changed)),
            Some(_) => {}
        }
    }
    let gone = before.keys().filter(|id| !now.contains_key(**id));
    found.extend(gone.map(|id| ((*id).to_owned(), Difference::Gone)));
    Ok(found)
}
