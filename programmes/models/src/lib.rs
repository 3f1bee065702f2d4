//! The common AI infrastructure (AI 공통기반) for people: how models are used, which may be used, and who decided it.
//!
//! The domain lies in `maru-gateway`: the registry with its four eyes, the record with its sums. This programme adds who may ask and
//! decide, and what people see.
//!
//! | room | holds |
//! |---|---|
//! | [`service`] | who asks, may they, and then what; pages and API stand on it |
//! | [`api`] | REST routes with OpenAPI |
//! | [`pages`] | the dashboard, the registry and its changes, the sandbox |

pub mod api;
pub mod pages;
pub mod service;

pub use service::{Caller, ModelService, ServiceError};

/// The address that takes a suite of questions as a file.
pub const TAKES_FILES: [maru_web::TakesFiles; 1] =
    [maru_web::TakesFiles { begins: "/models/evaluations/", ends: "new" }];
