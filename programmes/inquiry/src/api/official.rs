//! Operations of officials on a case.

use axum::{extract::State, http::HeaderMap};
use maru_web::{Json, Path, Problem, Visitor};

use super::{
    caller,
    problems::{ReadProblems, WriteProblems, problem},
    receipt,
    schemas::{
        ApprovalRequest, AssignmentRequest, ClosingRequest, CommandDone, CompletionRequest, DraftText, ExcludedTime,
        ExtensionRequest, ObjectionDecision, Reason, TransferRequest, Words,
    },
};
use crate::{
    domain::Destination,
    service::{AnswerRequest, Decision, InquiryService, ServiceError},
    store::{OfficialView, PersonalData},
};

/// Reads a case as an official.
#[utoipa::path(
    get,
    path = "/api/v1/inquiries/{receipt}/case",
    tag = "work",
    operation_id = "read_case",
    summary = "Read a case",
    description = "As officials see it: words masked, what was understood with its grounds, the draft with its sources, similar cases, the clock, and what can be done now.",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD")),
    responses((status = 200, description = "The case.", body = OfficialView), ReadProblems)
)]
pub(super) async fn read_case(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Result<Json<OfficialView>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let view = service.official_case(&caller, &receipt(&number)?).await.map_err(problem)?;
    Ok(Json(view))
}

/// Reads the petitioner's data in the original.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/personal-data",
    tag = "work",
    operation_id = "read_personal_data",
    summary = "Read personal data",
    description = "Who read, and why, is recorded first; the petitioner can see it.",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD")),
    request_body = Reason,
    responses((status = 200, description = "The originals.", body = PersonalData), WriteProblems)
)]
pub(super) async fn read_personal_data(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<Reason>,
) -> Result<Json<PersonalData>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let data = service.read_personal_data(&caller, &number, &request.reason).await.map_err(problem)?;
    Ok(Json(data))
}

/// Assign.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/assignment",
    tag = "work",
    operation_id = "assign",
    summary = "Assign",
    description = "Take the case, or give it to an official.",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = AssignmentRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn assign(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<AssignmentRequest>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let own = visitor.principal.as_ref().map(|principal| principal.account.clone());
    let official = request.official.or(own).unwrap_or_default();
    let done = service.assign(&caller, &number, &official).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Transfer.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/transfer",
    tag = "work",
    operation_id = "transfer",
    summary = "Transfer",
    description = "To another department, or to another agency; the petitioner is told (decree, article 13).",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = TransferRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn transfer(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<TransferRequest>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let to = match (request.department, request.agency) {
        (Some(department), None) => Destination::Department { department },
        (None, Some(agency)) => Destination::Agency { agency: crate::domain::clean(&agency) },
        _ => {
            return Err(problem(ServiceError::field(
                "department",
                "department와 agency 가운데 하나만 보내 주세요.",
                "Give exactly one of department and agency.",
            )));
        }
    };
    let done = service.pass_on(&caller, &number, to, &request.reason).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Save the answer's text.
#[utoipa::path(
    put,
    path = "/api/v1/inquiries/{receipt}/draft",
    tag = "work",
    operation_id = "save_draft",
    summary = "Save the answer's text",
    description = "It stands in place of the draft.",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = DraftText,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn save_draft(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<DraftText>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let done = service.edit_draft(&caller, &number, &request.text, request.seen).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Draft again.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/draft",
    tag = "work",
    operation_id = "draft_again",
    summary = "Draft again",
    description = "The machine drafts anew, by what is known now.",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn draft_again(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let done = service.draft_again(&caller, &number).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Note something for colleagues.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/note",
    tag = "work",
    operation_id = "note",
    summary = "Note something for colleagues",
    description = "Petitioners do not see it.",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = Words,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn note(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<Words>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let done = service.note(&caller, &number, &request.text).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Ask for completion.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/completion-request",
    tag = "work",
    operation_id = "request_completion",
    summary = "Ask for completion",
    description = "The clock stands still until it comes (the Act, article 22).",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = CompletionRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn request_completion(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<CompletionRequest>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let done = service.request_completion(&caller, &number, &request.what, request.days).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Return.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/return",
    tag = "work",
    operation_id = "send_back",
    summary = "Return",
    description = "After completion was asked for and did not come (decree, article 25).",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = Words,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn send_back(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<Words>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let done = service.send_back(&caller, &number, &request.text).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Extend the period.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/extension",
    tag = "work",
    operation_id = "extend",
    summary = "Extend the period",
    description = "Once, on lawful grounds; a second time by a supervisor with the petitioner's consent (decree, article 21).",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = ExtensionRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn extend(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<ExtensionRequest>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let done =
        service.extend(&caller, &number, request.ground, &request.reason, request.consent).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Note time that does not count.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/excluded-time",
    tag = "work",
    operation_id = "exclude_time",
    summary = "Note time that does not count",
    description = "Outages, hearings, tests, field surveys (decree, articles 17 and 20).",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = ExcludedTime,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn exclude_time(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<ExcludedTime>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let done =
        service.exclude_time(&caller, &number, request.reason, (request.from, request.until)).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Approve an answer or refusal.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/approval",
    tag = "work",
    operation_id = "approve",
    summary = "Approve an answer or refusal",
    description = "It is served after a short time in which it can be taken back. Citations that do not exist are refused.",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = ApprovalRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn approve(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<ApprovalRequest>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let decision = match request.refusal {
        None => Decision::Answer,
        Some(refusal) => Decision::Refusal { reason: refusal.reason, article: refusal.article, remedy: refusal.remedy },
    };
    let confirm_citations = request.confirm_citations;
    let answer = AnswerRequest { text: request.text, decision, confirm_citations, at_once: false };
    let done = service.approve(&caller, &number, answer).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Take an approval back.
#[utoipa::path(
    delete,
    path = "/api/v1/inquiries/{receipt}/approval",
    tag = "work",
    operation_id = "undo_approval",
    summary = "Take an approval back",
    description = "Before it is served, by who approved it.",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn undo_approval(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let done = service.undo_approval(&caller, &number).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Close as repeated.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/closing",
    tag = "work",
    operation_id = "close_as_repeated",
    summary = "Close as repeated",
    description = "The same content three times, after two answers (the Act, article 23).",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = ClosingRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn close_as_repeated(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<ClosingRequest>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let done = service.close_as_repeated(&caller, &number, &request.earlier, &request.reason).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Put the decision on an objection off.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/objection/extension",
    tag = "work",
    operation_id = "extend_objection",
    summary = "Put the decision on an objection off",
    description = "Once, by ten days (the Act, article 35).",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = Words,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn extend_objection(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<Words>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let done = service.extend_objection(&caller, &number, &request.text).await.map_err(problem)?;
    Ok(Json(done.into()))
}

/// Decide an objection.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/objection/decision",
    tag = "work",
    operation_id = "decide_objection",
    summary = "Decide an objection",
    description = "A supervisor decides within ten days (the Act, article 35).",
    params(("receipt" = String, Path, description = "The receipt number.", pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD"), ("Idempotency-Key" = Option<String>, Header, description = "A key of your choice: the same request with the same key is done once.", min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = ObjectionDecision,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn decide_objection(
    State(service): State<InquiryService>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Json(request): Json<ObjectionDecision>,
) -> Result<Json<CommandDone>, Problem> {
    let caller = caller(&visitor, &headers)?;
    let number = receipt(&number)?;
    let done = service.decide_objection(&caller, &number, request.upheld, &request.text).await.map_err(problem)?;
    Ok(Json(done.into()))
}
