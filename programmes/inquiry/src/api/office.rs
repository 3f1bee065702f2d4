//! Operations that concern all cases.

use axum::{extract::State, http::StatusCode};
use jiff::civil::Date;
use maru_web::{
    Json, Problem, Query,
    api::{ReadProblems, WriteProblems},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::schemas::{HolidayRequest, Statistics, Trained};
use crate::{Caller, InquiryService, service::Announcement};

/// Which time figures are given for.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Within {
    /// The first day.
    #[param(value_type = String, format = Date)]
    from: Date,
    /// The last day, at most ten years later.
    #[param(value_type = String, format = Date)]
    until: Date,
    /// The language of messages; the header `Accept-Language` serves as well.
    #[serde(rename = "lang")]
    #[param(rename = "lang", inline)]
    _language: Option<super::schemas::MessageLanguage>,
}

/// Gives figures.
#[utoipa::path(
    get,
    path = "/api/v1/statistics",
    tag = "office",
    operation_id = "statistics",
    summary = "Figures",
    description = "How many came in, were answered, and in time, by department and kind.",
    params(Within),
    responses((status = 200, description = "The figures.", body = Statistics), ReadProblems)
)]
pub(super) async fn statistics(
    State(service): State<InquiryService>,
    caller: Caller,
    Query(within): Query<Within>,
) -> Result<Json<Statistics>, Problem> {
    let rows = service.statistics(&caller, within.from, within.until).await?;
    Ok(Json(Statistics::new(within.from, within.until, rows)))
}

/// Enters an announced holiday.
#[utoipa::path(
    post,
    path = "/api/v1/holidays",
    tag = "office",
    operation_id = "announce_holiday",
    summary = "Enter an announced holiday",
    description = "The due times of all running cases, and of the committee's recommendations to agencies, are reckoned anew; who waits or answers is told where one moves.",
    params(),
    request_body = HolidayRequest,
    responses((status = 202, description = "It is entered; due times are being reckoned anew."), WriteProblems)
)]
pub(super) async fn announce_holiday(
    State(service): State<InquiryService>,
    caller: Caller,
    Json(request): Json<HolidayRequest>,
) -> Result<StatusCode, Problem> {
    let clean = |text: &str| crate::domain::clean(text);
    let announcement = Announcement {
        date: request.date,
        name_ko: clean(&request.name_ko),
        name_en: clean(&request.name_en),
        reference: clean(&request.reference),
    };
    service.announce_holiday(&caller, announcement).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Learns anew.
#[utoipa::path(
    post,
    path = "/api/v1/models",
    tag = "office",
    operation_id = "train",
    summary = "Learn anew",
    description = "From everything that people put right or confirmed. All servers take the models up.",
    params(),
    responses((status = 200, description = "What learning came to.", body = Trained), WriteProblems)
)]
pub(super) async fn train(State(service): State<InquiryService>, caller: Caller) -> Result<Json<Trained>, Problem> {
    let report = service.retrain(&caller).await?;
    Ok(Json(Trained {
        examples: report.examples,
        pairs: report.pairs,
        models: report.models,
        revision: report.revision,
    }))
}
