//! The clock of ages as an interface.

use axum::extract::State;
use maru_web::{Json, Problem, api::ReadProblems};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Caller, WelfareService, domain::age_clock::AgesReckoned, service::Ages, store::AgesTold};

/// What was done when the clock struck last.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgesReckonedView {
    /// The month that was reckoned before.
    #[schema(example = "2026-05")]
    since: String,
    /// Up to which month: ages count on its first day.
    #[schema(example = "2026-06")]
    month: String,
    /// The first day from which ages count that were not looked at.
    #[schema(example = "2026-07-01")]
    next_on: String,
    /// When it was done.
    at: String,
    /// Households on the log that were looked at.
    on_log: u64,
    /// Households of the population that were looked at.
    in_population: u64,
    /// Households in which something was opened, changed or closed.
    changed_households: u64,
    /// Households of the population that become entitled to what no rule asks for.
    left: u64,
    /// Households that could not be reckoned.
    unread: u64,
    /// Parts of the population that could not be read.
    parts_unread: u64,
    /// Proposals opened in that month because an age was reached, whoever told it.
    opened: u64,
    /// Proposals and awards with another amount.
    changed: u64,
    /// Proposals that were closed.
    closed: u64,
}

impl AgesReckonedView {
    fn of(last: &AgesReckoned, told: AgesTold) -> Self {
        let looked = last.looked;
        Self {
            since: last.since.to_string(),
            month: last.month.to_string(),
            next_on: last.next_on().to_string(),
            at: last.at.to_string(),
            on_log: looked.on_log,
            in_population: looked.in_population,
            changed_households: looked.reckoned,
            left: looked.left,
            unread: looked.unread,
            parts_unread: looked.parts_unread,
            opened: told.opened,
            changed: told.changed,
            closed: told.closed,
        }
    }
}

/// The clock of ages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgesView {
    /// The month that is being reckoned; none where nothing is being done.
    running: Option<String>,
    /// Parts of the population that are done, while it runs.
    done: Option<u64>,
    /// Of how many.
    parts: Option<u64>,
    /// What was done last; none before the first time.
    last: Option<AgesReckonedView>,
}

impl AgesView {
    fn of(ages: &Ages) -> Self {
        Self {
            running: ages.clock.running.map(|run| run.month.to_string()),
            done: ages.progress.map(|progress| progress.done),
            parts: ages.progress.map(|progress| progress.all),
            last: ages.clock.last.map(|last| AgesReckonedView::of(&last, ages.told)),
        }
    }
}

/// Reads the clock of ages.
#[utoipa::path(
    get,
    path = "/api/v1/welfare/ages",
    tag = "welfare",
    operation_id = "welfare_ages",
    summary = "Read the clock of ages",
    description = "For officials of the department and auditors: up to which day households were looked at whose people reach an age that makes a difference, and what followed.",
    responses((status = 200, description = "The clock.", body = AgesView), ReadProblems)
)]
pub(super) async fn ages(State(service): State<WelfareService>, caller: Caller) -> Result<Json<AgesView>, Problem> {
    super::problems::signed_in(&caller)?;
    Ok(Json(AgesView::of(&service.ages(&caller).await?)))
}
