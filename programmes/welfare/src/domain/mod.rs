//! The field: benefits, households, proposals, payments, recoveries. Pure.

pub mod benefit;
pub mod crisis;
pub mod household;
pub mod month;
pub mod payment;
pub mod proposal;
pub mod recovery;
pub mod reform;
pub mod refusals;
pub mod screening_run;
pub mod study_refusals;
pub mod switch;

pub use benefit::{BENEFITS, Benefit, benefit};
pub use household::{Household, LifeEvent, Member, Received, Record, RecordEvent, RecordOrder};
pub use month::Month;
pub use payment::{Run, RunEvent, RunOrder};
pub use proposal::{Order, Proposal, ProposalEvent, Status};
pub use recovery::{Recovery, RecoveryEvent, RecoveryOrder};
pub use reform::{Design, ReformStudy};
pub use refusals::{Explained, Refusal};
pub use screening_run::ScreeningRun;
pub use study_refusals::StudyRefusal;
pub use switch::{Automatic, Switches};
