//! Civil petitions (민원): from a citizen's own words to a served answer.

pub mod agency;
pub mod domain;
mod hexadecimal;
pub mod store;
