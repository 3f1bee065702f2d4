//! The field: recommendations and their standing, recommendations to agencies, what a text says. Pure.

pub mod advice;
pub mod bodies;
pub mod book;
pub mod consultation;
pub mod entry;
pub mod extract;
pub mod quarter;
pub mod recommendation;
pub mod refusals;
pub mod status;

pub use advice::Advice;
pub use bodies::{Body, COMMITTEE, body, body_called};
pub use book::{Book, Version};
pub use consultation::{Comment, Consultation};
pub use entry::{Difference, Due, Entry, Number};
pub use extract::{Bound, Deadline, Precision};
pub use quarter::Quarter;
pub use recommendation::{Actor, Basis, Event, Evidence, Order, Recommendation, Report};
pub use refusals::Refusal;
pub use status::{Ground, Standing, Status, standing};
