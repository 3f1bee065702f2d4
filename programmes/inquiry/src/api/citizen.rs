//! Operations of petitioners.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use maru_web::{
    Json, Path, Problem, Query,
    api::{IdempotencyParameter, ReadProblems, WriteProblems},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    CodeParameter, ReceiptParameter,
    schemas::{
        CommandDone, CorrectionRequest, Days, InquiryList, LongWords, NewInquiry, OptionalReason, Rating, ReceiptSlip,
        UnderstandingPreview,
    },
};
use crate::{
    Caller, InquiryService, ServiceError,
    domain::{Kind, Receipt, State as CaseState},
    store::{CitizenView, Cursor, QueueFilter, TimelineEntry},
};

/// Files an inquiry.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries",
    tag = "inquiries",
    operation_id = "submit",
    summary = "File an inquiry",
    description = "Anybody may, with or without an account. The answer is given after the inquiry is durable.",
    params(IdempotencyParameter),
    request_body = NewInquiry,
    responses((status = 201, description = "It was received.", body = ReceiptSlip), WriteProblems)
)]
pub(super) async fn submit(
    State(service): State<InquiryService>,
    caller: Caller,
    Json(new): Json<NewInquiry>,
) -> Result<Response, Problem> {
    let submitted = service.submit(&caller, new.into()).await?;
    let place = format!("/api/v1/inquiries/{}", submitted.receipt);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(ReceiptSlip::from(&submitted))).into_response())
}

/// Says what would be understood.
#[utoipa::path(
    post,
    path = "/api/v1/understand",
    tag = "inquiries",
    operation_id = "preview",
    summary = "See what would be understood",
    description = "Language, kind, category, department and urgency, each with confidence and grounds, and until when it would have to be answered. Nothing is kept.",
    params(),
    request_body = NewInquiry,
    responses((status = 200, description = "What would be understood.", body = UnderstandingPreview), WriteProblems)
)]
pub(super) async fn preview(
    State(service): State<InquiryService>,
    caller: Caller,
    Json(new): Json<NewInquiry>,
) -> Result<Json<UnderstandingPreview>, Problem> {
    Ok(Json(service.preview(&caller, new.into()).await?.into()))
}

/// Which cases are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListParameters {
    /// Those of this department; officials see their own, auditors any.
    #[param(max_length = 100)]
    department: Option<String>,
    /// Those that this official has (an account; `me` for yourself).
    #[param(max_length = 200)]
    official: Option<String>,
    /// Those in this state; left out, all that are open.
    state: Option<CaseState>,
    /// Those of this kind.
    kind: Option<Kind>,
    /// Those of this category.
    #[param(max_length = 100)]
    category: Option<String>,
    /// Only those whose due time has passed.
    overdue: Option<bool>,
    /// Those whose receipt number, masked title or masked text holds these words.
    #[param(max_length = 100)]
    search: Option<String>,
    /// Where the page begins: `next` of the page before.
    #[param(pattern = "^-?[0-9]{1,19}~[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$")]
    after: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The language of messages; the header `Accept-Language` serves as well.
    #[serde(rename = "lang")]
    #[param(rename = "lang", inline)]
    _language: Option<super::schemas::MessageLanguage>,
}

impl ListParameters {
    fn filter(self, caller: &Caller) -> Result<QueueFilter, Problem> {
        let wrong = |field: &'static str, ko: &str, en: &str| Problem::from(ServiceError::field(field, ko, en));
        let limit = self.limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return Err(wrong("limit", "1에서 200까지입니다.", "It must be 1 to 200."));
        }
        let after = match self.after.as_deref() {
            Some(text) => {
                let wrong =
                    || wrong("after", "앞 쪽의 next를 그대로 보내 주세요.", "Give back the `next` of the page before.");
                Some(Cursor::parse(text).ok_or_else(wrong)?)
            }
            None => None,
        };
        let me = caller.principal.as_ref().map(|principal| principal.account.clone());
        Ok(QueueFilter {
            department: self.department,
            official: if self.official.as_deref() == Some("me") { me } else { self.official },
            account: None,
            states: self.state.into_iter().collect(),
            kind: self.kind,
            category: self.category,
            overdue_at: self.overdue.unwrap_or_default().then_some(caller.now),
            search: self.search,
            after,
            limit,
        })
    }
}

/// Lists cases.
#[utoipa::path(
    get,
    path = "/api/v1/inquiries",
    tag = "inquiries",
    operation_id = "list",
    summary = "List inquiries",
    description = "For petitioners who signed in: their own. For officials: the queue of their department by due time, with counts. Words are masked.",
    params(ListParameters),
    responses((status = 200, description = "A page of cases.", body = InquiryList), ReadProblems)
)]
pub(super) async fn list(
    State(service): State<InquiryService>,
    caller: Caller,
    Query(parameters): Query<ListParameters>,
) -> Result<Json<InquiryList>, Problem> {
    let filter = parameters.filter(&caller)?;
    let staff = caller.principal.as_ref().is_some_and(|principal| principal.role.is_staff());
    if !staff {
        let page = service.my_cases(&caller, filter).await?;
        return Ok(Json(InquiryList::new(page, None)));
    }
    let queue = service.queue(&caller, filter).await?;
    Ok(Json(InquiryList::new(queue.page, Some(queue.counts))))
}

/// Reads one's own case.
#[utoipa::path(
    get,
    path = "/api/v1/inquiries/{receipt}",
    tag = "inquiries",
    operation_id = "read",
    summary = "Read your inquiry",
    description = "The case as its petitioner sees it, in own words: state, due time with its reasoning, timeline, answer with sources, and what can be done now.",
    params(ReceiptParameter, CodeParameter),
    responses((status = 200, description = "The case.", body = CitizenView), ReadProblems)
)]
pub(super) async fn read(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
) -> Result<Json<CitizenView>, Problem> {
    Ok(Json(service.citizen_case(&caller, &receipt).await?))
}

/// Reads the timeline of one's own case.
#[utoipa::path(
    get,
    path = "/api/v1/inquiries/{receipt}/timeline",
    tag = "inquiries",
    operation_id = "timeline",
    summary = "Read the timeline",
    description = "What happened, oldest first, in plain words.",
    params(ReceiptParameter, CodeParameter),
    responses((status = 200, description = "The timeline.", body = Vec<TimelineEntry>), ReadProblems)
)]
pub(super) async fn timeline(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
) -> Result<Json<Vec<TimelineEntry>>, Problem> {
    let view = service.citizen_case(&caller, &receipt).await?;
    Ok(Json(view.timeline))
}

/// Downloads the proof.
#[utoipa::path(
    get,
    path = "/api/v1/inquiries/{receipt}/proof",
    tag = "inquiries",
    operation_id = "proof",
    summary = "Download the proof",
    description = "A document that proves to anybody, without us, what happened in the case and that the log was not changed since.",
    params(ReceiptParameter, CodeParameter),
    responses((status = 200, description = "The proof.", body = Object), ReadProblems)
)]
pub(super) async fn proof(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
) -> Result<Response, Problem> {
    let proof = service.proof(&caller, &receipt).await?;
    Ok(attachment(&format!("{receipt}-proof.json"), proof))
}

/// Downloads everything.
#[utoipa::path(
    get,
    path = "/api/v1/inquiries/{receipt}/download",
    tag = "inquiries",
    operation_id = "download",
    summary = "Download everything",
    description = "The whole case with its proof in one document.",
    params(ReceiptParameter, CodeParameter),
    responses((status = 200, description = "The case and its proof.", body = Object), ReadProblems)
)]
pub(super) async fn download(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
) -> Result<Response, Problem> {
    let document = service.download(&caller, &receipt).await?;
    Ok(attachment(&format!("{receipt}.json"), format!("{document:#}")))
}

fn attachment(name: &str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        // Receipt numbers hold nothing that would have to be quoted.
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, body).into_response()
}

/// Correct what was understood.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/correction",
    tag = "inquiries",
    operation_id = "correct",
    summary = "Correct what was understood",
    description = "Petitioners correct kind, category, urgency and language; officials department and period too. Each correction is an example to learn from.",
    params(ReceiptParameter, CodeParameter, IdempotencyParameter),
    request_body = CorrectionRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn correct(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<CorrectionRequest>,
) -> Result<Json<CommandDone>, Problem> {
    if !request.period_fits() {
        return Err(ServiceError::field("period_days", "1일부터 366일까지입니다.", "It must be 1 to 366 days.").into());
    }
    Ok(Json(service.correct(&caller, &receipt, request.into()).await?.into()))
}

/// Send what was missing.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/completion",
    tag = "inquiries",
    operation_id = "supply_completion",
    summary = "Send what was missing",
    description = "The clock runs again.",
    params(ReceiptParameter, CodeParameter, IdempotencyParameter),
    request_body = LongWords,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn supply_completion(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<LongWords>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.supply_completion(&caller, &receipt, &request.text).await?.into()))
}

/// Ask for more time to complete.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/completion/extension",
    tag = "inquiries",
    operation_id = "prolong_completion",
    summary = "Ask for more time to complete",
    description = "Twice at most (decree, article 24).",
    params(ReceiptParameter, CodeParameter, IdempotencyParameter),
    request_body = Days,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn prolong_completion(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<Days>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.prolong_completion(&caller, &receipt, request.days).await?.into()))
}

/// Withdraw.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/withdrawal",
    tag = "inquiries",
    operation_id = "withdraw",
    summary = "Withdraw",
    description = "Until the answer is served (the Act, article 22).",
    params(ReceiptParameter, CodeParameter, IdempotencyParameter),
    request_body = OptionalReason,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn withdraw(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<OptionalReason>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.withdraw(&caller, &receipt, request.reason.as_deref()).await?.into()))
}

/// Object to a refusal.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/objection",
    tag = "inquiries",
    operation_id = "object",
    summary = "Object to a refusal",
    description = "Within 60 days of the refusal of an application (the Act, article 35).",
    params(ReceiptParameter, CodeParameter, IdempotencyParameter),
    request_body = LongWords,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn object(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<LongWords>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.object(&caller, &receipt, &request.text).await?.into()))
}

/// Rate the answer.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/rating",
    tag = "inquiries",
    operation_id = "rate",
    summary = "Rate the answer",
    description = "Once.",
    params(ReceiptParameter, CodeParameter, IdempotencyParameter),
    request_body = Rating,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn rate(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<Rating>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.rate(&caller, &receipt, request.stars, request.comment.as_deref()).await?.into()))
}

/// Have your personal data erased.
#[utoipa::path(
    delete,
    path = "/api/v1/inquiries/{receipt}",
    tag = "inquiries",
    operation_id = "erase",
    summary = "Have your personal data erased",
    description = "After the case is closed. The keys are destroyed; every proof stays whole.",
    params(ReceiptParameter, CodeParameter, IdempotencyParameter),
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn erase(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.erase(&caller, &receipt).await?.into()))
}
