//! Operations of officials on a case.

use axum::extract::State;
use maru_web::{
    Json, Path, Problem,
    api::{IdempotencyParameter, ReadProblems, WriteProblems},
};

use super::{
    ReceiptParameter,
    schemas::{
        ApprovalRequest, AssignmentRequest, ClosingRequest, CommandDone, CompletionRequest, DraftText, ExcludedTime,
        ExtensionRequest, ObjectionDecision, PairRequest, Reason, TransferRequest, Words,
    },
};
use crate::{
    Caller, InquiryService, ServiceError,
    domain::{Destination, Receipt},
    service::{AnswerRequest, Decision},
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
    params(ReceiptParameter),
    responses((status = 200, description = "The case.", body = OfficialView), ReadProblems)
)]
pub(super) async fn read_case(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
) -> Result<Json<OfficialView>, Problem> {
    Ok(Json(service.official_case(&caller, &receipt).await?))
}

/// Reads the petitioner's data in the original.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/personal-data",
    tag = "work",
    operation_id = "read_personal_data",
    summary = "Read personal data",
    description = "Who read, and why, is recorded first; the petitioner can see it.",
    params(ReceiptParameter),
    request_body = Reason,
    responses((status = 200, description = "The originals.", body = PersonalData), WriteProblems)
)]
pub(super) async fn read_personal_data(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<Reason>,
) -> Result<Json<PersonalData>, Problem> {
    Ok(Json(service.read_personal_data(&caller, &receipt, &request.reason).await?))
}

/// Says whether another case is the same matter.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/pairs",
    tag = "work",
    operation_id = "judge_pair",
    summary = "Say whether another case is the same matter",
    description = "The other case is one that was proposed, or one that you may read. A pair that is not the same matter is not proposed again; each word is an example to learn from. The newest word holds, from whichever side it is said.",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = PairRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn judge_pair(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<PairRequest>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.judge_pair(&caller, &receipt, &request.other, request.same).await?.into()))
}

/// Assign.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/assignment",
    tag = "work",
    operation_id = "assign",
    summary = "Assign",
    description = "Take the case, or give it to an official.",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = AssignmentRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn assign(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<AssignmentRequest>,
) -> Result<Json<CommandDone>, Problem> {
    let own = caller.principal.as_ref().map(|principal| principal.account.clone());
    let official = request.official.or(own).unwrap_or_default();
    Ok(Json(service.assign(&caller, &receipt, &official).await?.into()))
}

/// Transfer.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/transfer",
    tag = "work",
    operation_id = "transfer",
    summary = "Transfer",
    description = "To another department, or to another agency; the petitioner is told (decree, article 13).",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = TransferRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn transfer(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<TransferRequest>,
) -> Result<Json<CommandDone>, Problem> {
    let to = match (request.department, request.agency) {
        (Some(department), None) => Destination::Department { department },
        (None, Some(agency)) => Destination::Agency { agency: crate::domain::clean(&agency) },
        _ => {
            return Err(ServiceError::field(
                "department",
                "department와 agency 가운데 하나만 보내 주세요.",
                "Give exactly one of department and agency.",
            )
            .into());
        }
    };
    Ok(Json(service.pass_on(&caller, &receipt, to, &request.reason).await?.into()))
}

/// Save the answer's text.
#[utoipa::path(
    put,
    path = "/api/v1/inquiries/{receipt}/draft",
    tag = "work",
    operation_id = "save_draft",
    summary = "Save the answer's text",
    description = "It stands in place of the draft.",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = DraftText,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn save_draft(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<DraftText>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.edit_draft(&caller, &receipt, &request.text, request.seen).await?.into()))
}

/// Draft again.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/draft",
    tag = "work",
    operation_id = "draft_again",
    summary = "Draft again",
    description = "The machine drafts anew, by what is known now.",
    params(ReceiptParameter, IdempotencyParameter),
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn draft_again(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.draft_again(&caller, &receipt).await?.into()))
}

/// Note something for colleagues.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/note",
    tag = "work",
    operation_id = "note",
    summary = "Note something for colleagues",
    description = "Petitioners do not see it.",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = Words,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn note(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<Words>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.note(&caller, &receipt, &request.text).await?.into()))
}

/// Ask for completion.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/completion-request",
    tag = "work",
    operation_id = "request_completion",
    summary = "Ask for completion",
    description = "The clock stands still until it comes (the Act, article 22).",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = CompletionRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn request_completion(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<CompletionRequest>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.request_completion(&caller, &receipt, &request.what, request.days).await?.into()))
}

/// Return.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/return",
    tag = "work",
    operation_id = "send_back",
    summary = "Return",
    description = "After completion was asked for and did not come (decree, article 25).",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = Words,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn send_back(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<Words>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.send_back(&caller, &receipt, &request.text).await?.into()))
}

/// Extend the period.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/extension",
    tag = "work",
    operation_id = "extend",
    summary = "Extend the period",
    description = "Once, on lawful grounds; a second time by a supervisor with the petitioner's consent (decree, article 21).",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = ExtensionRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn extend(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<ExtensionRequest>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.extend(&caller, &receipt, request.ground, &request.reason, request.consent).await?.into()))
}

/// Note time that does not count.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/excluded-time",
    tag = "work",
    operation_id = "exclude_time",
    summary = "Note time that does not count",
    description = "Outages, hearings, tests, field surveys (decree, articles 17 and 20).",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = ExcludedTime,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn exclude_time(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<ExcludedTime>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.exclude_time(&caller, &receipt, request.reason, (request.from, request.until)).await?.into()))
}

/// Approve an answer or refusal.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/approval",
    tag = "work",
    operation_id = "approve",
    summary = "Approve an answer or refusal",
    description = "It is served after a short time in which it can be taken back. Citations that do not exist are refused.",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = ApprovalRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn approve(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<ApprovalRequest>,
) -> Result<Json<CommandDone>, Problem> {
    let decision = match request.refusal {
        None => Decision::Answer,
        Some(refusal) => Decision::Refusal { reason: refusal.reason, article: refusal.article, remedy: refusal.remedy },
    };
    let confirm_citations = request.confirm_citations;
    let answer = AnswerRequest { text: request.text, decision, confirm_citations, at_once: false };
    Ok(Json(service.approve(&caller, &receipt, answer).await?.into()))
}

/// Take an approval back.
#[utoipa::path(
    delete,
    path = "/api/v1/inquiries/{receipt}/approval",
    tag = "work",
    operation_id = "undo_approval",
    summary = "Take an approval back",
    description = "Before it is served, by who approved it.",
    params(ReceiptParameter, IdempotencyParameter),
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn undo_approval(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.undo_approval(&caller, &receipt).await?.into()))
}

/// Close as repeated.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/closing",
    tag = "work",
    operation_id = "close_as_repeated",
    summary = "Close as repeated",
    description = "The same content three times, after two answers (the Act, article 23).",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = ClosingRequest,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn close_as_repeated(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<ClosingRequest>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.close_as_repeated(&caller, &receipt, &request.earlier, &request.reason).await?.into()))
}

/// Put the decision on an objection off.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/objection/extension",
    tag = "work",
    operation_id = "extend_objection",
    summary = "Put the decision on an objection off",
    description = "Once, by ten days (the Act, article 35).",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = Words,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn extend_objection(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<Words>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.extend_objection(&caller, &receipt, &request.text).await?.into()))
}

/// Decide an objection.
#[utoipa::path(
    post,
    path = "/api/v1/inquiries/{receipt}/objection/decision",
    tag = "work",
    operation_id = "decide_objection",
    summary = "Decide an objection",
    description = "A supervisor decides within ten days (the Act, article 35).",
    params(ReceiptParameter, IdempotencyParameter),
    request_body = ObjectionDecision,
    responses((status = 200, description = "It is done.", body = CommandDone), WriteProblems)
)]
pub(super) async fn decide_objection(
    State(service): State<InquiryService>,
    caller: Caller,
    Path(receipt): Path<Receipt>,
    Json(request): Json<ObjectionDecision>,
) -> Result<Json<CommandDone>, Problem> {
    Ok(Json(service.decide_objection(&caller, &receipt, request.upheld, &request.text).await?.into()))
}
