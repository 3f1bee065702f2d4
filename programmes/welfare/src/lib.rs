//! Benefits that arrive without being applied for (복지).
//!
//! | room | holds |
//! |---|---|
//! | [`domain`] | benefits, households, proposals, awards, payment runs, recoveries: commands, events, decisions |
//! | [`evaluation`] | the law applied to one household: how much, why, what would change it, what is still to be asked |
//! | [`registers`] | from the files of register keepers to households, with personal numbers replaced at the door |
//! | [`screening`] | every household against every benefit; what changed since the last time |
//! | [`lots`] | proposals by the thousand: sealed lots, their bytes, their proofs |
//! | [`population`] | a synthetic nation whose margins hold |
//! | [`laboratory`] | figures of the law changed on paper, and what that does to the population |
//! | [`payment`] | pay days, the bank's file, the bank's answers |
//! | [`store`] | the projection, and the questions asked of it |
//! | [`service`] | who asks, may they, and then what; pages and API stand on it |
//! | [`api`] | REST routes with OpenAPI |
//! | [`pages`] | what people see |

pub mod api;
pub mod domain;
pub mod evaluation;
pub mod laboratory;
pub mod lots;
pub mod pages;
pub mod payment;
pub mod population;
pub mod registers;
pub mod screening;
pub mod service;
pub mod store;
pub mod tables;

pub use service::{Caller, Dependencies, NationSettings, ServiceError, Settings, Stop, WelfareService};
pub use store::projections;
