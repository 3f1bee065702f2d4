//! Registers: persons, households, incomes, property, current benefits, from the files of their keepers to households of the
//! law, with personal numbers replaced at the door.
//!
//! | module | holds |
//! |---|---|
//! | [`mapping`] | which column of which file is which fact |
//! | [`resident_number`] | what a resident registration number says, and how far it can be trusted |
//! | [`pseudonym`] | keyed pseudonyms |
//! | [`rows`] | CSV and Parquet as rows of texts |
//! | [`shares`] | registers of a nation in parts, each loaded by itself |
//! | [`load`] | from rows to households; what cannot be taken is set aside with its place and reason |
//! | [`nation`] | households as the Parquet files that a screening reads |
//! | [`read`] | some of them read back |
//! | [`feed`] | what changed since the last load |
//! | [`export`] | a population as CSV with its mapping, to try a load of any size |
//! | [`changes`] | a feed of rows that were added, changed or ended |

pub mod changes;
pub mod export;
pub mod feed;
pub mod load;
pub mod mapping;
pub mod nation;
pub mod pseudonym;
pub mod read;
pub mod resident_number;
pub mod rows;
pub mod shares;

pub use load::{Loaded, SetAside, load, load_part};
pub use mapping::{Mapping, MappingError};
pub use pseudonym::{PseudonymKey, PseudonymKeyError};
pub use shares::Shares;
