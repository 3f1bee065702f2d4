//! A proposal: a benefit that a household was found to miss, from the finding to the award and its reviews.
//!
//! ```text
//! found ── asked ── found            facts that no register holds
//!   │
//! confirmed (an official) ── noticed ── consented ── awarded ── ended
//!   │                            └───── declined
//!   └─ denied (reason, article, remedy)
//! ```
//! Where a statute makes the benefit automatic, the confirmation awards it at once ([`super::switch`]).

mod decide;
mod events;
mod orders;
mod state;

pub use events::ProposalEvent;
pub use orders::{Order, Reassessed};
pub use state::{
    Award, Basis, Confirmation, Consent, Denial, Finding, HumanReview, Means, NoticeSent, Objection, Official, Payment,
    PaymentState, Proposal, Status,
};
