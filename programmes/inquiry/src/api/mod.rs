//! The REST interface under `/api/v1`, described by an OpenAPI 3.1 document. It decides nothing: who asks comes from the
//! web, everything else from [`crate::service`].
//!
//! Petitioners without an account present number (in the path) and code (in the header `X-Access-Code`, never in the
//! address, which ends up in logs). People who signed in use their session's cookie, with the token of their pages in
//! `X-CSRF-Token` for whatever changes something.

#![allow(clippy::result_large_err, reason = "a problem is made once for a request, and told at once")]

mod citizen;
mod knowledge;
mod office;
mod official;
mod schemas;

use axum::{Router, extract::FromRequestParts, http::request::Parts};
use maru_web::{
    Problem, Visitor,
    api::{ProblemDocument, idempotency_key},
    routing::{delete, get, post, put},
};
use utoipa::{IntoParams, OpenApi};

use crate::{
    domain::{AccessCode, Channel, Receipt},
    service::{Caller, InquiryService},
};

/// The header with the code of a case.
pub const CODE_HEADER: &str = "x-access-code";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Maru: inquiries",
        version = "1.0.0",
        description = "Civil petitions (민원) from a citizen's own words to a served answer, within the statutory period.\n\nPeriods, extensions, completions and objections follow the Civil Petitions Treatment Act (민원 처리에 관한 법률) and its decree as in force on 2026-05-06. What the law forbids is refused with reason, article and remedy. Artificial intelligence classifies and drafts; an official decides.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        citizen::submit,
        citizen::preview,
        citizen::list,
        citizen::read,
        citizen::timeline,
        citizen::proof,
        citizen::download,
        citizen::correct,
        citizen::supply_completion,
        citizen::prolong_completion,
        citizen::withdraw,
        citizen::object,
        citizen::rate,
        citizen::erase,
        official::read_case,
        official::read_personal_data,
        official::judge_pair,
        official::assign,
        official::transfer,
        official::save_draft,
        official::draft_again,
        official::note,
        official::request_completion,
        official::send_back,
        official::extend,
        official::exclude_time,
        official::approve,
        official::undo_approval,
        official::close_as_repeated,
        official::extend_objection,
        official::decide_objection,
        office::statistics,
        office::announce_holiday,
        office::train,
        knowledge::search,
        knowledge::passage,
        knowledge::citations,
    ),
    components(schemas(ProblemDocument)),
    tags(
        (name = "inquiries", description = "For petitioners: file, follow, complete, withdraw, object, rate, download with proof."),
        (name = "work", description = "For officials: queue, drafts, transfer, extension, completion, approval, objections."),
        (name = "office", description = "Figures, announced holidays, learning."),
        (name = "knowledge", description = "What the state has said: statutes, answers, services; references to law in a text.")
    )
)]
struct Description;

/// The description of the interface.
pub fn document() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The routes. Put them into [`maru_web::router`].
pub fn router(service: InquiryService) -> Router {
    let case = Router::new()
        .route("/", get(citizen::read).merge(delete(citizen::erase)))
        .route("/timeline", get(citizen::timeline))
        .route("/proof", get(citizen::proof))
        .route("/download", get(citizen::download))
        .route("/correction", post(citizen::correct))
        .route("/completion", post(citizen::supply_completion))
        .route("/completion/extension", post(citizen::prolong_completion))
        .route("/withdrawal", post(citizen::withdraw))
        .route("/objection", post(citizen::object))
        .route("/rating", post(citizen::rate))
        .route("/case", get(official::read_case))
        .route("/personal-data", post(official::read_personal_data))
        .route("/pairs", post(official::judge_pair))
        .route("/assignment", post(official::assign))
        .route("/transfer", post(official::transfer))
        .route("/draft", post(official::draft_again).merge(put(official::save_draft)))
        .route("/note", post(official::note))
        .route("/completion-request", post(official::request_completion))
        .route("/return", post(official::send_back))
        .route("/extension", post(official::extend))
        .route("/excluded-time", post(official::exclude_time))
        .route("/approval", post(official::approve).merge(delete(official::undo_approval)))
        .route("/closing", post(official::close_as_repeated))
        .route("/objection/extension", post(official::extend_objection))
        .route("/objection/decision", post(official::decide_objection));
    Router::new()
        .route("/api/v1/inquiries", get(citizen::list).merge(post(citizen::submit)))
        .route("/api/v1/understand", post(citizen::preview))
        .route("/api/v1/statistics", get(office::statistics))
        .route("/api/v1/holidays", post(office::announce_holiday))
        .route("/api/v1/models", post(office::train))
        .route("/api/v1/knowledge/search", get(knowledge::search))
        .route("/api/v1/knowledge/passage", get(knowledge::passage))
        .route("/api/v1/knowledge/citations", post(knowledge::citations))
        .nest("/api/v1/inquiries/{receipt}", case)
        .with_state(service)
}

/// Who asks, with what in the hand.
impl FromRequestParts<InquiryService> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &InquiryService) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, service).await?;
        let code = parts.headers.get(CODE_HEADER).and_then(|value| AccessCode::parse(value.to_str().ok()?.trim()));
        let key = idempotency_key(&parts.headers)?;
        Ok(Self::new(visitor.principal, visitor.now).with_code(code).idempotent(key).through(Channel::Api))
    }
}

/// The number of a case in the path, as OpenAPI describes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it only describes")]
struct ReceiptParameter {
    /// The receipt number.
    #[param(value_type = String, pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD")]
    receipt: Receipt,
}

/// What petitioners without an account present, as OpenAPI describes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it only describes")]
struct CodeParameter {
    /// The code of the case, for petitioners without an account.
    #[param(rename = "X-Access-Code", max_length = 64)]
    code: Option<String>,
}
