//! AI for all (AI 기본사회): seven fields with who is reached in each, problems that citizens pose to public AI laboratories, help given at
//! counters, and audits of accessibility.
//!
//! The seven fields are those of task 81 of the plan (노동·복지·교육·금융·문화·안전·환경), laboratories and problems those of task 85.

mod assist;
mod audit;
mod problem;
mod reach;
mod refusals;

pub use assist::{Assist, AssistEvent, AssistOrder, Assisted, Need};
pub use audit::{Audit, AuditEvent, AuditOrder, Audited, Criterion, Manner, Repair, Seen, Verdict, criteria};
pub use problem::{Chosen, Lab, Labs, LabsEvent, LabsOrder, Posed, Problem, ProblemEvent, ProblemOrder, Solved, Stage};
pub use reach::{Breakdown, Dimension, Part, Reach, ReachEvent, ReachOrder, Reached};
pub use refusals::ForAllRefusal;

/// One of the seven fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name in addresses.
    pub id: &'static str,
    /// What it is called.
    pub korean: &'static str,
    /// The same in English.
    pub english: &'static str,
    /// The body that writes who is reached in it.
    pub lead: &'static str,
}

/// The seven fields. Which ministry answers for which is not in the plan's text: the ministry in charge of the subject was taken.
pub const FIELDS: [Field; 7] = [
    Field { id: "labour", korean: "노동", english: "Work", lead: "moel" },
    Field { id: "welfare", korean: "복지", english: "Welfare", lead: "mohw" },
    Field { id: "education", korean: "교육", english: "Education", lead: "moe" },
    Field { id: "finance", korean: "금융", english: "Finance", lead: "fsc" },
    Field { id: "culture", korean: "문화", english: "Culture", lead: "mcst" },
    Field { id: "safety", korean: "안전", english: "Safety", lead: "mois" },
    Field { id: "environment", korean: "환경", english: "Environment", lead: "mcee" },
];

/// One by its name.
pub fn field(id: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::body;

    #[test]
    fn every_field_has_a_body_that_answers_for_it() {
        for one in FIELDS {
            assert!(body(one.lead).is_some(), "{}", one.lead);
            assert_eq!(field(one.id), Some(&one));
        }
    }
}
