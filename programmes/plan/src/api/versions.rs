//! Versions of the plan.

use axum::extract::State;
use jiff::civil::Date;
use maru_web::{Json, Problem, Query, api::ReadProblems};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    PlanService,
    domain::{Difference, Entry, Number},
    service::{Differing, VersionAt},
};

/// A version of the plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct VersionView {
    /// Its place, from 0: what comparisons name it by.
    place: usize,
    /// Its name.
    label: String,
    /// The day on which it was decided.
    #[schema(value_type = String, format = Date)]
    decided: Date,
    /// How many recommendations it has.
    recommendations: usize,
    /// How many of them were new.
    entered: usize,
    /// How many differ from the version before.
    amended: usize,
    /// How many of the version before it leaves out.
    left_out: usize,
}

/// What the plan says of a recommendation in one version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct VersionEntry {
    /// The text.
    text: String,
    /// All bodies that are ordered to do something.
    responsible: Vec<String>,
    /// Those with which co-operation is ordered.
    cooperating: Vec<String>,
    /// The quarters of the deadlines.
    #[schema(value_type = Vec<String>)]
    deadlines: Vec<crate::domain::Quarter>,
}

impl From<Entry> for VersionEntry {
    fn from(entry: Entry) -> Self {
        let deadlines = entry.deadlines.iter().map(|deadline| deadline.quarter).collect();
        Self { text: entry.text, responsible: entry.responsible, cooperating: entry.cooperating, deadlines }
    }
}

/// A recommendation that differs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct DifferingView {
    /// Its number.
    #[schema(value_type = String, example = "58-1")]
    number: Number,
    /// What differs; empty where it is new or was left out.
    changed: Vec<Difference>,
    /// What the plan said before; nothing where it was not in it.
    before: Option<VersionEntry>,
    /// What it says after; nothing where it was left out.
    after: Option<VersionEntry>,
    /// The article on which each change between rests.
    articles: Vec<String>,
    /// Why, in the same order.
    reasons: Vec<String>,
}

impl From<Differing> for DifferingView {
    fn from(differing: Differing) -> Self {
        let (articles, reasons) =
            differing.grounds.into_iter().map(|(basis, reason)| (basis.article().to_owned(), reason)).unzip();
        Self {
            number: differing.number,
            changed: differing.changed,
            before: differing.before.map(VersionEntry::from),
            after: differing.after.map(VersionEntry::from),
            articles,
            reasons,
        }
    }
}

/// Lists versions.
#[utoipa::path(
    get,
    path = "/api/v1/plan/versions",
    tag = "plan",
    operation_id = "plan_versions",
    summary = "Versions of the plan",
    description = "As they were read in, the oldest first.",
    responses((status = 200, description = "The versions.", body = Vec<VersionView>), ReadProblems)
)]
pub(super) async fn list(State(service): State<PlanService>) -> Result<Json<Vec<VersionView>>, Problem> {
    let views =
        service.versions().await?.into_iter().enumerate().map(|(place, VersionAt { version, .. })| VersionView {
            place,
            label: version.label,
            decided: version.decided,
            recommendations: version.recommendations,
            entered: version.entered,
            amended: version.amended,
            left_out: version.left_out,
        });
    Ok(Json(views.collect()))
}

/// Which versions are compared.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Pair {
    /// The place of the first.
    from: usize,
    /// The place of the second; left out, the plan as it stands.
    to: Option<usize>,
}

/// Compares versions.
#[utoipa::path(
    get,
    path = "/api/v1/plan/versions/differences",
    tag = "plan",
    operation_id = "plan_version_differences",
    summary = "What differs between two versions",
    description = "Every recommendation that is new, differs or was left out, with the ground of each change.",
    params(Pair),
    responses((status = 200, description = "What differs.", body = Vec<DifferingView>), ReadProblems)
)]
pub(super) async fn differences(
    State(service): State<PlanService>,
    Query(pair): Query<Pair>,
) -> Result<Json<Vec<DifferingView>>, Problem> {
    let compared = service.compare(pair.from, pair.to).await?;
    Ok(Json(compared.differing.into_iter().map(DifferingView::from).collect()))
}
