//! Registers too large for memory, in parts: each household belongs to one of them, and each part is loaded by itself from the same
//! files. No copy of them is made: they hold personal numbers.

use std::{collections::HashMap, path::Path};

use super::{
    mapping::{ColumnMapping, Mapping, TableMapping},
    rows::{self, Item},
};
use crate::tables::TableError;

/// Most parts.
pub const MOST_PARTS: u16 = 1_000;

/// Where the columns of a file stand.
#[derive(Debug, Default)]
pub(super) struct Places(HashMap<String, usize>);

impl Places {
    pub(super) fn of(columns: &[String]) -> Self {
        Self(columns.iter().enumerate().map(|(place, name)| (name.trim().to_owned(), place)).collect())
    }

    pub(super) fn has(&self, mapping: &ColumnMapping) -> bool {
        self.0.contains_key(&mapping.from)
    }

    pub(super) fn cell<'row>(&self, mapping: &ColumnMapping, cells: &'row [String]) -> &'row str {
        self.0.get(&mapping.from).and_then(|place| cells.get(*place)).map_or("", |cell| cell.trim())
    }
}

/// Which household, and whose, belongs to which part. It holds some 24 bytes for a person, and no number of anybody.
#[derive(Debug)]
pub struct Shares {
    parts: u16,
    /// By the hash of a person's number, the part of their household.
    persons: HashMap<u64, u16>,
}

/// A number however it is written, with a hyphen or without, as FNV-1a: the same on every machine and in every version, so that
/// a household stays in its part from load to load.
fn hash(cell: &str) -> u64 {
    let bytes = cell.bytes().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Shares {
    /// All in one part.
    pub fn whole() -> Self {
        Self { parts: 1, persons: HashMap::new() }
    }

    /// How many parts there are.
    pub fn parts(&self) -> usize {
        usize::from(self.parts)
    }

    /// Reads who belongs to which household, for so many parts.
    ///
    /// # Errors
    /// [`TableError`] where a file cannot be read at all.
    pub fn read(mapping: &Mapping, folder: &Path, parts: u16) -> Result<Self, TableError> {
        let mut shares = Self { parts: parts.clamp(1, MOST_PARTS), persons: HashMap::new() };
        if shares.parts == 1 {
            return Ok(shares);
        }
        for table in mapping.table.iter().filter(|table| table.is_founding()) {
            let mut places = Places::default();
            rows::each(&folder.join(&table.file), &mut |item| match item {
                Item::Columns(columns) => places = Places::of(&columns),
                Item::Row(_, cells) => shares.take(table, &places, &cells),
                Item::Broken(..) => {}
            })?;
        }
        Ok(shares)
    }

    /// The part of a household by its number, where there are so many.
    pub(super) fn part_for(cell: &str, parts: usize) -> usize {
        let parts = u64::try_from(parts.max(1)).unwrap_or(1);
        usize::try_from(hash(cell) % parts).unwrap_or(0)
    }

    fn of_household(&self, cell: &str) -> u16 {
        u16::try_from(Self::part_for(cell, self.parts())).unwrap_or(0)
    }

    fn take(&mut self, table: &TableMapping, places: &Places, cells: &[String]) {
        let cell = |name: &str| table.columns.get(name).map_or("", |mapping| places.cell(mapping, cells));
        let part = self.of_household(cell("household"));
        // Who stands in two households belongs to the first, so that the second is told there.
        self.persons.entry(hash(cell("person"))).or_insert(part);
    }

    /// The part of a row. What is nobody's, as far as can be seen, is the first part's: there it is set aside.
    pub(super) fn part_of(&self, table: &TableMapping, places: &Places, cells: &[String]) -> usize {
        if self.parts == 1 {
            return 0;
        }
        let cell = |name: &str| table.columns.get(name).map_or("", |mapping| places.cell(mapping, cells));
        let of_person = || self.persons.get(&hash(cell("person"))).copied();
        let household = cell("household");
        let part = if household.is_empty() || table.is_founding() {
            of_person().unwrap_or(0)
        } else {
            self.of_household(household)
        };
        usize::from(part)
    }
}
