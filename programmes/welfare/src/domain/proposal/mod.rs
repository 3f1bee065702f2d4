//! A proposal: a benefit that a household was found to miss, from the finding to the award and its reviews.
//!
//! ```text
//! found ── asked ── found            facts that no register holds
//!   │
//! confirmed (an official) ── noticed ── consented ── awarded ── ended
//!   │                            └───── declined
//!   └─ denied (reason, article, remedy)
//! ```
//! Where a statute makes the benefit automatic, or it was applied for already, the confirmation awards it at once
//! ([`super::switch`]). For who cannot consent, an official applies ex officio and reports it.

mod application;
mod contest;
mod decide;
mod events;
mod evolve;
mod orders;
mod state;

pub use application::{Application, ExOfficio, ForWhom, Incapacity};
pub use events::ProposalEvent;
pub use orders::{Order, Reassessed};
pub use state::{
    Award, Basis, Confirmation, Consent, Denial, Finding, HumanReview, Means, NoticeSent, Objection, Official, Payment,
    PaymentState, Proposal, Status,
};

/// The name of a proposal: there is one for each benefit of each person, so that nothing is found twice.
pub fn proposal_id(household: &str, benefit: &str, member: Option<&str>) -> String {
    format!("{household}.{benefit}.{}", member.unwrap_or("all"))
}
