//! Laws as code, in the open: read them, calculate with them, see why a result is what it is, keep the proof.
//!
//! | room | holds |
//! |---|---|
//! | [`shelf`] | the packages that a deployment serves, read once at its start |
//! | [`domain`] | the certificate of a calculation on the log: its hash and its package, nothing of the person |
//! | [`store`] | the projection of recorded certificates |
//! | [`service`] | calculations with their reasons; who may record a certificate |
//! | [`web_api`] | OpenFisca's Web API, and whole populations from Parquet to Parquet |
//! | [`api`] | REST routes with OpenAPI |
//! | [`pages`] | what people see |
//!
//! A situation that somebody sends is calculated and forgotten.

pub mod api;
pub mod domain;
pub mod pages;
pub mod service;
pub mod shelf;
pub mod store;
pub mod web_api;

pub use service::{Answer, Caller, LawsService, Question, ServiceError};
pub use shelf::{Law, LawSettings, Shelf};
pub use store::projections;
