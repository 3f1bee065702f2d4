//! The national AI action plan (인공지능행동계획): tasks and recommendations, in the open until they are felt.
//!
//! | room | holds |
//! |---|---|
//! | [`domain`] | recommendations and where they stand, recommendations to agencies, consultation, surveys; what a text says |
//! | [`import`] | a plan as a table |
//! | [`figures`] | what other programmes count, for indicators to follow |
//! | [`grouping`] | comments by what they say: campaigns and topics |
//! | [`store`] | the projection of everything in the plan, and the questions asked of it |
//! | [`service`] | who asks, may they, and then what; pages and API stand on it |
//! | [`api`] | REST routes with OpenAPI |
//! | [`pages`] | what people see, open data |

pub mod api;
mod chance;
mod digest;
pub mod domain;
pub mod figures;
pub mod grouping;
pub mod import;
pub mod pages;
pub mod service;
pub mod store;

pub use service::{Caller, PlanService, ServiceError};
pub use store::projections;

/// The addresses that take files with a report.
pub const TAKES_FILES: [maru_web::TakesFiles; 2] = [
    maru_web::TakesFiles { begins: "/plan/work/", ends: "/report" },
    maru_web::TakesFiles { begins: "/api/v1/plan/recommendations/", ends: "/reports" },
];
