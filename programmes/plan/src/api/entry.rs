//! What the plan says of a recommendation: how its text is read, and changes that need no vote.

use axum::extract::State;
use maru_web::{Json, Path, Problem, api::WriteProblems};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{NumberParameter, operations::as_it_stands, schemas::RecommendationView};
use crate::{
    Caller, PlanService, ServiceError,
    domain::{Basis, Entry, Number, Reading, bodies},
    import::given_deadline,
};

/// How a person reads the text of a recommendation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadingRequest {
    /// All bodies that are ordered to do something, by names or identifiers; who leads stays first.
    #[schema(example = json!(["msit", "mois"]))]
    responsible: Vec<String>,
    /// Those with which co-operation is ordered.
    #[serde(default)]
    cooperating: Vec<String>,
    /// The deadlines.
    #[serde(default)]
    #[schema(example = json!(["by26Q4", "from27Q1"]))]
    deadlines: Vec<String>,
    /// What was read wrongly; needed where the reading differs.
    #[serde(default)]
    #[schema(max_length = 4000)]
    reason: String,
}

fn bodies_of(field: &str, names: &[String]) -> Result<Vec<String>, ServiceError> {
    let id = |name: &String| {
        bodies::named(name).map(|known| known.id.to_owned()).ok_or_else(|| {
            ServiceError::field(
                field,
                format!("‘{name}’이라는 기관이 없습니다."),
                format!("No public body is called “{name}”."),
            )
        })
    };
    names.iter().map(id).collect()
}

fn reading_of(responsible: &[String], cooperating: &[String], deadlines: &[String]) -> Result<Reading, ServiceError> {
    let deadlines = deadlines.iter().map(|word| given_deadline(word)).collect::<Result<Vec<_>, _>>();
    Ok(Reading {
        responsible: bodies_of("responsible", responsible)?,
        cooperating: bodies_of("cooperating", cooperating)?,
        deadlines: deadlines
            .map_err(|error| ServiceError::field("deadlines", "기한을 by26Q4처럼 적어 주십시오.", error))?,
    })
}

/// Says how a text is read.
#[utoipa::path(
    put,
    path = "/api/v1/plan/recommendations/{number}/reading",
    tag = "plan",
    operation_id = "plan_read_recommendation",
    summary = "Say how its text is read",
    description = "For the committee: a person looked at the bodies and deadlines that a program read out of the text. The plan itself does not change; a reading that differs says what was read wrongly.",
    params(NumberParameter),
    request_body = ReadingRequest,
    responses((status = 200, description = "It is recorded.", body = RecommendationView), WriteProblems)
)]
pub(super) async fn read(
    State(service): State<PlanService>,
    caller: Caller,
    Path(number): Path<Number>,
    Json(request): Json<ReadingRequest>,
) -> Result<Json<RecommendationView>, Problem> {
    let reading = reading_of(&request.responsible, &request.cooperating, &request.deadlines)?;
    service.read_again(&caller, number, reading, request.reason.trim().to_owned()).await?;
    as_it_stands(&service, &caller, number).await
}

/// A ground on which the plan is changed without a vote.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum MinorGround {
    /// Who does it and until when; direction, strategy and aims stay (decree of the AI Basic Act, article 3(1)1).
    Arrangement,
    /// To agree with the plan for the intelligent information society (3(1)2).
    Consistency,
    /// A plain mistake (3(1)3).
    Correction,
    /// A law changed (3(1)4).
    Law,
}

impl From<MinorGround> for Basis {
    fn from(ground: MinorGround) -> Self {
        match ground {
            MinorGround::Arrangement => Self::Arrangement,
            MinorGround::Consistency => Self::Consistency,
            MinorGround::Correction => Self::Correction,
            MinorGround::Law => Self::Law,
        }
    }
}

/// A change that needs no vote. What is left out stays as it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MinorChangeRequest {
    /// The ground.
    ground: MinorGround,
    /// Why.
    #[schema(min_length = 1, max_length = 4000)]
    reason: String,
    /// All bodies that are ordered to do something, the lead first.
    #[serde(default)]
    responsible: Option<Vec<String>>,
    /// Those with which co-operation is ordered.
    #[serde(default)]
    cooperating: Option<Vec<String>>,
    /// The deadlines.
    #[serde(default)]
    #[schema(example = json!(["by26Q4"]))]
    deadlines: Option<Vec<String>>,
    /// The text.
    #[serde(default)]
    text: String,
}

impl MinorChangeRequest {
    fn entry(&self, now: &Entry) -> Result<Entry, ServiceError> {
        let [responsible, cooperating, deadlines] =
            [&self.responsible, &self.cooperating, &self.deadlines].map(|given| given.as_deref().unwrap_or_default());
        let reading = reading_of(responsible, cooperating, deadlines)?;
        let mut entry = now.clone();
        if let Some(lead) = reading.responsible.first() {
            entry.lead.clone_from(lead);
            entry.responsible = reading.responsible;
        }
        if self.cooperating.is_some() {
            entry.cooperating = reading.cooperating;
        }
        if self.deadlines.is_some() {
            entry.deadlines = now.where_they_stand(reading.deadlines);
        }
        Ok(entry.rewritten(&self.text, &[]))
    }
}

/// Changes the plan without a vote.
#[utoipa::path(
    post,
    path = "/api/v1/plan/recommendations/{number}/amendments",
    tag = "plan",
    operation_id = "plan_amend",
    summary = "Make a minor change",
    description = "For the committee: only what the decree of the AI Basic Act, article 3(1), lets change without a vote. Other changes go on the agenda of a meeting.",
    params(NumberParameter),
    request_body = MinorChangeRequest,
    responses((status = 200, description = "It is changed.", body = RecommendationView), WriteProblems)
)]
pub(super) async fn amend(
    State(service): State<PlanService>,
    caller: Caller,
    Path(number): Path<Number>,
    Json(request): Json<MinorChangeRequest>,
) -> Result<Json<RecommendationView>, Problem> {
    let seen = service.recommendation(&caller, number).await?;
    let now = seen.recommendation.entry.ok_or_else(Problem::not_found)?;
    let (entry, reason) = (request.entry(&now)?, request.reason.trim().to_owned());
    service.amend(&caller, entry, request.ground.into(), reason).await?;
    as_it_stands(&service, &caller, number).await
}
