//! The field: benefits, households, proposals, payments, recoveries. Pure.

pub mod benefit;
pub mod crisis;
pub mod crisis_case;
pub mod household;
pub mod life_event;
pub mod lot;
pub mod month;
pub mod payment;
pub mod proposal;
pub mod proposal_rule;
pub mod recovery;
pub mod reform;
mod refusal_words;
pub mod refusals;
pub mod representation;
pub mod screening_run;
pub mod study_refusals;
pub mod switch;

pub use benefit::{BENEFITS, Benefit, benefit};
pub use crisis::CrisisModel;
pub use crisis_case::CrisisCase;
pub use household::{Household, Member, Received, Record, RecordEvent, RecordOrder};
pub use life_event::LifeEvent;
pub use month::Month;
pub use payment::{Run, RunEvent, RunOrder};
pub use proposal::{Order, Proposal, ProposalEvent, Status};
pub use proposal_rule::ProposalRules;
pub use recovery::{Recovery, RecoveryEvent, RecoveryOrder};
pub use reform::{Design, ReformStudy};
pub use refusals::Refusal;
pub use representation::{Ground, Representative};
pub use screening_run::ScreeningRun;
pub use study_refusals::StudyRefusal;
pub use switch::{Automatic, Switches};
