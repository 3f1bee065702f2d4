//! Civil petitions (민원): from a citizen's own words to a served answer.
//!
//! | room | holds |
//! |---|---|
//! | [`domain`] | what can be asked of a case, what happens, why something is refused; two pure functions |
//! | [`store`] | the projection of cases, and the questions asked of it: queue, case, figures, examples to learn from |
//! | [`understanding`] | language, kind, category, department, urgency, near-duplicates, each with its grounds |
//! | [`service`] | who asks, may they, and then what; pages and API stand on it |
//! | [`api`] | REST routes with OpenAPI |
//! | [`triage`] | inquiries in bulk |
//! | `worker` | the jobs that cases call for: [`InquiryService::handle`] |

pub mod agency;
pub mod api;
pub mod domain;
mod drafting;
mod hexadecimal;
pub mod pages;
pub mod service;
pub mod store;
pub mod triage;
pub mod understanding;
mod worker;

pub use agency::Agency;
pub use service::{Caller, Dependencies, InquiryService, ServiceError, Settings};
pub use store::projections;
