//! What citizens write beside comments: read, named by readers, looked at by the committee, appealed against.

use axum::{extract::State, http::StatusCode};
use maru_web::{
    Json, Path, Problem,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::moderation::{AppealDecision, AppealRequest, FlagRequest, MOST_AT_ONCE, Waiting};
use crate::{
    Caller, PlanService,
    domain::{
        Number,
        moderation::{Breach, Decided, Moderation, Showing},
    },
    store::{Words, WordsAddress, WordsKind},
};

/// Where words stand.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct At {
    /// What they are: `felt` or `problem`.
    #[param(inline)]
    kind: WordsKind,
    /// Their key: of words on a recommendation as the list of waiting words gives it, of a problem its name.
    key: String,
}

impl From<At> for WordsAddress {
    fn from(At { kind, key }: At) -> Self {
        Self { kind, key }
    }
}

/// What somebody wrote, and whether everybody may read it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct WordsView {
    /// What it is.
    kind: WordsKind,
    /// Its key.
    key: String,
    /// The recommendation that it is about; nothing for a problem.
    #[schema(value_type = Option<String>, example = "58-1")]
    recommendation: Option<Number>,
    /// What it says; nothing where it is hidden or held.
    text: Option<String>,
    /// Whether everybody may read it.
    showing: Showing,
    /// How it breaks the rules, where it is hidden.
    breach: Option<Breach>,
    /// Why it is hidden; empty where it is not.
    reason: String,
}

impl From<Words> for WordsView {
    fn from(words: Words) -> Self {
        let showing = words.showing();
        let hidden = words.moderated.hidden;
        Self {
            kind: words.address.kind,
            key: words.address.key,
            recommendation: words.recommendation,
            text: (showing == Showing::Shown).then_some(words.text),
            showing,
            breach: hidden.as_ref().map(|hidden| hidden.breach),
            reason: hidden.map(|hidden| hidden.reason).unwrap_or_default(),
        }
    }
}

/// Words that wait for a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct WaitingWords {
    /// What they are.
    kind: WordsKind,
    /// Their key.
    key: String,
    /// What they say.
    text: String,
    /// How they stand with the rules.
    #[serde(flatten)]
    waiting: Waiting,
}

/// Words that wait, and how many there are in all.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct WordsQueue {
    /// How many wait.
    waiting: u64,
    /// The first of them: appeals, then the oldest.
    words: Vec<WaitingWords>,
}

/// Lists words that wait for a person.
#[utoipa::path(
    get,
    path = "/api/v1/plan/words",
    tag = "plan",
    operation_id = "plan_words_queue",
    summary = "Words to be looked at",
    description = "For the committee: what citizens said reached them and problems that they pose, where a rule holds them back, readers name them, or their author appeals.",
    responses((status = 200, description = "The queue.", body = WordsQueue), ReadProblems)
)]
pub(super) async fn queue(State(service): State<PlanService>, caller: Caller) -> Result<Json<WordsQueue>, Problem> {
    let (words, waiting) = service.words_queue(&caller).await?;
    let words = words.into_iter().map(|words| WaitingWords {
        kind: words.address.kind,
        key: words.address.key,
        text: words.text,
        waiting: words.moderated.into(),
    });
    Ok(Json(WordsQueue { waiting, words: words.collect() }))
}

/// Words by their address.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WordsName {
    /// What they are.
    kind: WordsKind,
    /// Their key.
    key: String,
}

/// What is decided of several words.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WordsModeration {
    /// Which.
    #[schema(max_items = 200)]
    words: Vec<WordsName>,
    /// How they break the rules; left out, they are shown.
    #[serde(default)]
    breach: Option<Breach>,
    /// Why; needed where they are hidden.
    #[serde(default)]
    #[schema(max_length = 4000)]
    reason: String,
}

/// Decides of several words.
#[utoipa::path(
    post,
    path = "/api/v1/plan/words",
    tag = "plan",
    operation_id = "plan_moderate_words",
    summary = "Show or hide words",
    description = "For the committee. What is hidden keeps its place and is counted; its author can appeal once.",
    request_body = WordsModeration,
    responses((status = 204, description = "It is decided."), WriteProblems)
)]
pub(super) async fn moderate(
    State(service): State<PlanService>,
    caller: Caller,
    Json(request): Json<WordsModeration>,
) -> Result<StatusCode, Problem> {
    if request.words.len() > MOST_AT_ONCE {
        return Err(Problem::bad_request()
            .detail("글은 한 번에 200개까지 정할 수 있습니다.", "At most 200 can be decided at once."));
    }
    let moderation = Moderation { breach: request.breach, reason: request.reason.trim().to_owned() };
    let words = request.words.into_iter().map(|WordsName { kind, key }| WordsAddress { kind, key });
    service.moderate_words(&caller, &words.collect::<Vec<_>>(), &moderation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads what somebody wrote.
#[utoipa::path(
    get,
    path = "/api/v1/plan/words/{kind}/{key}",
    tag = "plan",
    operation_id = "plan_words",
    summary = "Read what somebody wrote",
    description = "Where it is hidden, the ground and the reason stand in its place.",
    params(At),
    responses((status = 200, description = "The words.", body = WordsView), ReadProblems)
)]
pub(super) async fn read(State(service): State<PlanService>, Path(at): Path<At>) -> Result<Json<WordsView>, Problem> {
    Ok(Json(service.words(&at.into()).await?.into()))
}

/// Names words.
#[utoipa::path(
    post,
    path = "/api/v1/plan/words/{kind}/{key}/flags",
    tag = "plan",
    operation_id = "plan_flag_words",
    summary = "Say that words break the rules",
    description = "With or without an account. A person looks at them; they are shown until then.",
    params(At),
    request_body = FlagRequest,
    responses((status = 204, description = "It was received."), WriteProblems)
)]
pub(super) async fn flag(
    State(service): State<PlanService>,
    caller: Caller,
    Path(at): Path<At>,
    Json(request): Json<FlagRequest>,
) -> Result<StatusCode, Problem> {
    service.flag_words(&caller, &at.into(), request.breach, &request.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Appeals.
#[utoipa::path(
    post,
    path = "/api/v1/plan/words/{kind}/{key}/appeal",
    tag = "plan",
    operation_id = "plan_appeal_words",
    summary = "Appeal against hiding words",
    description = "Once, by their author. Somebody else than who hid them decides.",
    params(At),
    request_body = AppealRequest,
    responses((status = 204, description = "It was received."), WriteProblems)
)]
pub(super) async fn appeal(
    State(service): State<PlanService>,
    caller: Caller,
    Path(at): Path<At>,
    Json(request): Json<AppealRequest>,
) -> Result<StatusCode, Problem> {
    service.appeal_words(&caller, &at.into(), &request.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decides on an appeal.
#[utoipa::path(
    post,
    path = "/api/v1/plan/words/{kind}/{key}/appeal/decision",
    tag = "plan",
    operation_id = "plan_decide_words_appeal",
    summary = "Decide on an appeal against hiding words",
    description = "For the committee; not for who hid them.",
    params(At),
    request_body = AppealDecision,
    responses((status = 204, description = "It is decided."), WriteProblems)
)]
pub(super) async fn decide(
    State(service): State<PlanService>,
    caller: Caller,
    Path(at): Path<At>,
    Json(AppealDecision { restored, reason }): Json<AppealDecision>,
) -> Result<StatusCode, Problem> {
    service.decide_words_appeal(&caller, &at.into(), Decided { restored, reason }).await?;
    Ok(StatusCode::NO_CONTENT)
}
