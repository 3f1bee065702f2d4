//! The field: recommendations and their standing, meetings and what they decide, visits, what waits for what, what a text
//! says. Pure.

pub mod advice;
pub mod bodies;
pub mod book;
pub mod consultation;
pub mod contradiction;
pub mod council;
pub mod deliberation;
pub mod difference;
pub mod entry;
pub mod extract;
pub mod felt;
pub mod for_all;
pub mod forecast;
pub mod links;
pub mod meeting;
pub mod overlap;
pub mod panel;
pub mod particulars;
pub mod quarter;
pub mod recommendation;
pub mod refusals;
pub mod situation;
pub mod status;
pub mod visit;

pub use advice::Advice;
pub use bodies::{Body, COMMITTEE, body, body_called};
pub use book::{Book, Version};
pub use consultation::{Comment, Consultation};
pub use contradiction::Contradiction;
pub use council::Council;
pub use deliberation::{Deliberation, Stances};
pub use entry::{Difference, Due, Entry, Number};
pub use extract::{Bound, Deadline, Precision};
pub use felt::{Felt, FeltCounts};
pub use links::{Graph, Links};
pub use meeting::Meeting;
pub use overlap::Overlaps;
pub use panel::Panel;
pub use particulars::Particulars;
pub use quarter::Quarter;
pub use recommendation::{Actor, Basis, Event, Evidence, Order, Recommendation, Report};
pub use refusals::Refusal;
pub use status::{Ground, Standing, Status, standing};
pub use visit::{Photo, Visit};
