//! Running the system (시스템 관리): who may do what, who looked at what, which work was put aside.
//!
//! Accounts and records of access lie in `maru-identity`, jobs in `maru-ledger`. This programme adds who may ask and decide, and what
//! people see. Those who run the system are not those who look over their shoulder: administrators change accounts and see no record
//! of access, auditors see the records and change nothing (`spine/identity/policies/system.cedar`).
//!
//! | room | holds |
//! |---|---|
//! | [`service`] | who asks, may they, and then what; pages and API stand on it |
//! | [`api`] | REST routes with OpenAPI |
//! | [`pages`] | accounts, records of access, jobs, and what everybody sees of themselves |

pub mod api;
pub mod pages;
pub mod service;

pub use service::{AdministrationService, Caller};
