//! Surveys with a sample.

use axum::{extract::State, http::StatusCode};
use maru_web::{
    Json, Path, Problem,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Caller, PlanService, ServiceError,
    domain::{
        Survey,
        panel::digest,
        survey::{Notice, Share, Stratum},
    },
    service::Letter,
    store::Named,
};

/// A survey with everything that it takes to draw it again, and what came of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SurveyView {
    /// Its name.
    id: String,
    /// What was announced.
    notice: Notice,
    /// SHA-256 of the frame, in hexadecimal; empty before it is fixed. The frame itself is at `/plan/surveys/{id}/frame.tsv`.
    frame_digest: String,
    /// The seed; empty before the sample is drawn.
    seed: String,
    /// The strata with the codes of those who were drawn.
    strata: Vec<Stratum>,
    /// How many letters were made.
    invited: usize,
    /// What came of it; nothing before it was closed.
    result: Option<SurveyResult>,
}

/// What came of a survey.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SurveyResult {
    /// How many answered, by stratum.
    answered: Vec<u64>,
    /// Answered by invited.
    response_rate: f64,
    /// The questions in their order.
    questions: Vec<QuestionResult>,
}

/// What came of a question.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SurveyQuestionResult)]
pub(super) struct QuestionResult {
    /// How many answered it.
    answers: u64,
    /// The shares of its options, in their order; nothing where too few answered.
    shares: Option<Vec<Share>>,
}

fn result(survey: &Survey) -> Option<SurveyResult> {
    let tally = survey.tally.as_ref()?;
    let question = |(at, counts): (usize, &Vec<Vec<u64>>)| QuestionResult {
        answers: counts.iter().flatten().sum(),
        shares: survey.shares(at),
    };
    Some(SurveyResult {
        answered: tally.answered.clone(),
        response_rate: tally.all() as f64 / survey.drawn().max(1) as f64,
        questions: tally.counts.iter().enumerate().map(question).collect(),
    })
}

fn view(named: Named<Survey>) -> Option<SurveyView> {
    let result = result(&named.state);
    let Survey { notice, frame, seed, strata, invited, .. } = named.state;
    let frame_digest = if frame.is_empty() { String::new() } else { digest(&frame) };
    Some(SurveyView { id: named.id, notice: notice?, frame_digest, seed, strata, invited: invited.len(), result })
}

/// Lists surveys.
#[utoipa::path(
    get,
    path = "/api/v1/plan/surveys",
    tag = "plan",
    operation_id = "plan_surveys",
    summary = "List surveys",
    description = "What was announced, who was drawn (by codes), and what came of it, with response rate, intervals and bounds.",
    responses((status = 200, description = "The surveys.", body = Vec<SurveyView>), ReadProblems)
)]
pub(super) async fn list(State(service): State<PlanService>) -> Result<Json<Vec<SurveyView>>, Problem> {
    let known = service.store().surveys().await.map_err(ServiceError::from)?;
    Ok(Json(known.into_iter().filter_map(view).collect()))
}

/// Reads a survey.
#[utoipa::path(
    get,
    path = "/api/v1/plan/surveys/{id}",
    tag = "plan",
    operation_id = "plan_survey",
    summary = "Read a survey",
    description = "Everything that it takes to draw its sample again, and what came of it.",
    params(("id" = String, Path, description = "The survey.")),
    responses((status = 200, description = "The survey.", body = SurveyView), ReadProblems)
)]
pub(super) async fn read(
    State(service): State<PlanService>,
    Path(id): Path<String>,
) -> Result<Json<SurveyView>, Problem> {
    view(service.survey(&id).await?).map(Json).ok_or_else(Problem::not_found)
}

/// A letter to somebody who was drawn.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct LetterView {
    /// The code of who is invited.
    code: String,
    /// The number by which they answer once.
    #[schema(example = "7KQD-3MFX-90AB-1CDE")]
    number: String,
}

/// Makes the letters.
#[utoipa::path(
    post,
    path = "/api/v1/plan/surveys/{id}/letters",
    tag = "plan",
    operation_id = "plan_survey_letters",
    summary = "Make the letters of a survey",
    description = "For the committee. Numbers are given this once; only their digests are kept. Until answers are taken letters can be made anew.",
    params(("id" = String, Path, description = "The survey.")),
    responses((status = 200, description = "The letters.", body = Vec<LetterView>), WriteProblems)
)]
pub(super) async fn invite(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Vec<LetterView>>, Problem> {
    let letters = service.invite_sample(&caller, &id).await?;
    Ok(Json(letters.into_iter().map(|Letter { code, number }| LetterView { code, number }).collect()))
}

/// An answer to a survey.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(super) struct SurveyAnswer {
    /// The number of the letter.
    #[schema(example = "7KQD-3MFX-90AB-1CDE")]
    number: String,
    /// The place of the option that is chosen, from 0, for each question; `null` where none is.
    answers: Vec<Option<usize>>,
}

/// Takes an answer in.
#[utoipa::path(
    post,
    path = "/api/v1/plan/surveys/{id}/answers",
    tag = "plan",
    operation_id = "plan_survey_answer",
    summary = "Answer a survey",
    description = "Once, by who was drawn: the number of the letter is the right to it. The same answer again changes nothing.",
    params(("id" = String, Path, description = "The survey.")),
    request_body = SurveyAnswer,
    responses((status = 204, description = "It was received."), WriteProblems)
)]
pub(super) async fn answer(
    State(service): State<PlanService>,
    caller: Caller,
    Path(id): Path<String>,
    Json(given): Json<SurveyAnswer>,
) -> Result<StatusCode, Problem> {
    service.answer_survey(&caller, &id, &given.number, given.answers).await?;
    Ok(StatusCode::NO_CONTENT)
}
