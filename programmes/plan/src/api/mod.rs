//! The REST interface under `/api/v1/plan`, described by an OpenAPI 3.1 document. It decides nothing: who asks comes from
//! the web, everything else from [`crate::service`].
//!
//! The description refers to `ProblemDocument`, which the description of inquiries holds: the two are shown as one.

#![allow(clippy::result_large_err, reason = "a problem is made once for a request, and told at once")]

mod audits;
mod briefings;
mod deliberation;
mod entry;
mod files;
mod for_all;
mod meetings;
mod moderation;
mod operations;
mod outlook;
mod overlaps;
mod panels;
mod particulars;
mod quarters;
mod schemas;
mod surveys;
mod versions;
mod visits;
mod words;

use axum::{Router, extract::FromRequestParts, http::request::Parts};
use maru_web::{
    Problem, Visitor,
    api::idempotency_key,
    routing::{get, post, put},
};
use utoipa::{IntoParams, OpenApi};

pub(crate) use files::{address as file_address, answer as file_answer};
pub(crate) use particulars::particular_views;
pub use schemas::RecommendationView;

use crate::{Caller, PlanService, domain::Number};

#[derive(OpenApi)]
#[openapi(
    info(title = "Maru: action plan", version = "1.0.0"),
    paths(
        operations::list,
        operations::read,
        operations::history,
        operations::report,
        operations::confirm,
        operations::send_back,
        operations::changes,
        files::open,
        files::withdraw,
        entry::read,
        entry::amend,
        operations::consultation,
        operations::comment,
        operations::answer,
        moderation::queue,
        moderation::moderate,
        moderation::flag,
        moderation::appeal,
        moderation::decide,
        moderation::close,
        moderation::prolong,
        words::queue,
        words::moderate,
        words::read,
        words::flag,
        words::appeal,
        words::decide,
        briefings::list,
        briefings::read,
        briefings::register,
        briefings::invite,
        briefings::ask,
        meetings::list,
        meetings::read,
        meetings::attend,
        meetings::open,
        meetings::cast,
        meetings::vote,
        meetings::report_assignment,
        visits::list,
        visits::read,
        visits::record,
        visits::photo,
        visits::follow_up,
        visits::felt,
        outlook::outlook,
        outlook::dependencies,
        outlook::decide_dependency,
        overlaps::list,
        overlaps::decide,
        deliberation::list,
        deliberation::opinions,
        deliberation::vote,
        deliberation::propose,
        for_all::reach,
        for_all::enter_reach,
        for_all::problems,
        for_all::pose,
        for_all::help,
        for_all::log_help,
        audits::list,
        audits::read,
        audits::record,
        audits::repair,
        audits::look,
        panels::list,
        panels::read,
        quarters::list,
        quarters::read,
        quarters::freeze,
        quarters::proof,
        quarters::proof_of_recommendation,
        surveys::list,
        surveys::read,
        surveys::invite,
        surveys::answer,
        versions::list,
        versions::differences,
        particulars::list,
        particulars::all,
        particulars::enter,
        particulars::rewrite,
        particulars::measure,
        particulars::confirm,
        particulars::send_back,
        particulars::remove,
    ),
    tags((name = "plan", description = "The national AI action plan: recommendations, progress, changes, consultation, meetings, field visits, outlook."))
)]
struct Description;

/// The description of the interface.
pub fn document() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The routes. Put them into [`maru_web::router`].
pub fn router(service: PlanService) -> Router {
    let particular = Router::new()
        .route("/", put(particulars::rewrite))
        .route("/measures", post(particulars::measure))
        .route("/confirmation", post(particulars::confirm))
        .route("/return", post(particulars::send_back))
        .route("/removal", post(particulars::remove));
    let one = Router::new()
        .route("/", get(operations::read))
        .route("/history", get(operations::history))
        .route("/proof", get(quarters::proof_of_recommendation))
        .route("/reading", put(entry::read))
        .route("/amendments", post(entry::amend))
        .route("/reports", post(operations::report))
        .route("/confirmation", post(operations::confirm))
        .route("/return", post(operations::send_back))
        .route("/files/{sha256}", get(files::open))
        .route("/files/{sha256}/withdrawal", post(files::withdraw))
        .route("/particulars", get(particulars::list).merge(post(particulars::enter)))
        .nest("/particulars/{id}", particular)
        .route("/felt", post(visits::felt));
    let meeting = Router::new()
        .route("/", get(meetings::read))
        .route("/attendance", post(meetings::attend))
        .route("/items/{item}/opening", post(meetings::open))
        .route("/items/{item}/ballot", post(meetings::cast))
        .route("/items/{item}/vote", post(meetings::vote))
        .route("/items/{item}/report", post(meetings::report_assignment));
    let visit = Router::new()
        .route("/", get(visits::read))
        .route("/records", post(visits::record))
        .route("/photos/{digest}", put(visits::photo))
        .route("/findings/{finding}/follow-ups", post(visits::follow_up));
    Router::new()
        .route("/api/v1/plan/recommendations", get(operations::list))
        .nest("/api/v1/plan/recommendations/{number}", one)
        .route("/api/v1/plan/deliberations", get(deliberation::list))
        .route("/api/v1/plan/deliberations/{id}/opinions", get(deliberation::opinions))
        .route("/api/v1/plan/deliberations/{id}/votes", post(deliberation::vote))
        .route("/api/v1/plan/deliberations/{id}/statements", post(deliberation::propose))
        .route("/api/v1/plan/ai-for-all/reach", get(for_all::reach))
        .route("/api/v1/plan/ai-for-all/reach/{field}", post(for_all::enter_reach))
        .route("/api/v1/plan/ai-for-all/problems", get(for_all::problems).merge(post(for_all::pose)))
        .route("/api/v1/plan/ai-for-all/help", get(for_all::help).merge(post(for_all::log_help)))
        .route("/api/v1/plan/ai-for-all/audits", get(audits::list).merge(post(audits::record)))
        .route("/api/v1/plan/ai-for-all/audits/{id}", get(audits::read))
        .route("/api/v1/plan/ai-for-all/audits/{id}/repairs", post(audits::repair))
        .route("/api/v1/plan/ai-for-all/audits/{id}/looks", post(audits::look))
        .route("/api/v1/plan/panels", get(panels::list))
        .route("/api/v1/plan/panels/{id}", get(panels::read))
        .route("/api/v1/plan/surveys", get(surveys::list))
        .route("/api/v1/plan/surveys/{id}", get(surveys::read))
        .route("/api/v1/plan/surveys/{id}/letters", post(surveys::invite))
        .route("/api/v1/plan/surveys/{id}/answers", post(surveys::answer))
        .route("/api/v1/plan/quarters", get(quarters::list))
        .route("/api/v1/plan/quarters/{quarter}", get(quarters::read).merge(post(quarters::freeze)))
        .route("/api/v1/plan/proof", get(quarters::proof))
        .route("/api/v1/plan/versions", get(versions::list))
        .route("/api/v1/plan/versions/differences", get(versions::differences))
        .route("/api/v1/plan/particulars", get(particulars::all))
        .route("/api/v1/plan/changes", get(operations::changes))
        .route("/api/v1/plan/meetings", get(meetings::list))
        .nest("/api/v1/plan/meetings/{id}", meeting)
        .route("/api/v1/plan/visits", get(visits::list))
        .nest("/api/v1/plan/visits/{id}", visit)
        .route("/api/v1/plan/outlook", get(outlook::outlook))
        .route("/api/v1/plan/overlaps", get(overlaps::list).merge(post(overlaps::decide)))
        .route("/api/v1/plan/dependencies", get(outlook::dependencies).merge(post(outlook::decide_dependency)))
        .route("/api/v1/plan/consultations/{id}", get(operations::consultation))
        .route("/api/v1/plan/consultations/{id}/comments", post(operations::comment))
        .route("/api/v1/plan/consultations/{id}/moderation", get(moderation::queue))
        .route("/api/v1/plan/consultations/{id}/closing", post(moderation::close))
        .route("/api/v1/plan/consultations/{id}/prolonging", post(moderation::prolong))
        .route("/api/v1/plan/moderation", post(moderation::moderate))
        .route("/api/v1/plan/words", get(words::queue).merge(post(words::moderate)))
        .route("/api/v1/plan/words/{kind}/{key}", get(words::read))
        .route("/api/v1/plan/words/{kind}/{key}/flags", post(words::flag))
        .route("/api/v1/plan/words/{kind}/{key}/appeal", post(words::appeal))
        .route("/api/v1/plan/words/{kind}/{key}/appeal/decision", post(words::decide))
        .route("/api/v1/plan/comments/{id}/answer", post(operations::answer))
        .route("/api/v1/plan/comments/{id}/flags", post(moderation::flag))
        .route("/api/v1/plan/comments/{id}/appeal", post(moderation::appeal))
        .route("/api/v1/plan/comments/{id}/appeal/decision", post(moderation::decide))
        .route("/api/v1/plan/briefings", get(briefings::list))
        .route("/api/v1/plan/briefings/{id}", get(briefings::read))
        .route("/api/v1/plan/briefings/{id}/organisations", post(briefings::register))
        .route("/api/v1/plan/briefings/{id}/invitations", post(briefings::invite))
        .route("/api/v1/plan/briefings/{id}/questions", post(briefings::ask))
        .with_state(service)
}

/// Who asks.
impl FromRequestParts<PlanService> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &PlanService) -> Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, service).await?;
        Ok(Self::new(visitor.principal, visitor.now).idempotent(idempotency_key(&parts.headers)?))
    }
}

/// The number of a recommendation in the path, as OpenAPI describes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it only describes")]
struct NumberParameter {
    /// Task and place in it.
    #[param(value_type = String, example = "58-1")]
    number: Number,
}
