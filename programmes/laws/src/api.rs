//! The REST interface under `/api/v1/laws`, described by an OpenAPI 3.1 document. It decides nothing: everything comes
//! from [`crate::service`]. OpenFisca's Web API of each law stands beside it, at `/laws/NAME/api`.
//!
//! The description refers to `ProblemDocument`, which the description of inquiries holds: the two are shown as one.

#![allow(clippy::unused_async, reason = "a handler is asynchronous, whether or not this one waits")]
#![allow(clippy::result_large_err, reason = "a problem is made once for a request, and told at once")]

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use jiff::Timestamp;
use maru_rules::period::Period;
use maru_web::{
    Json, Path, Problem, Visitor,
    api::{ReadProblems, WriteProblems},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{OpenApi, ToSchema};

use crate::{
    Caller, LawsService,
    domain::Sha256,
    service::{Question, problem},
    store::Recorded,
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Maru: laws", version = "1.0.0"),
    paths(list, explain, record, certificate),
    tags((name = "laws", description = "Laws as code: results with their reasons, certificates on the log."))
)]
struct Description;

/// The description of the interface.
pub fn document() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The routes. Put them into [`maru_web::router`].
pub fn router(service: LawsService) -> Router {
    Router::new()
        .route("/api/v1/laws", get(list))
        .route("/api/v1/laws/{law}/explanations", post(explain))
        .route("/api/v1/laws/{law}/certificates", post(record))
        .route("/api/v1/laws/certificates/{sha256}", get(certificate))
        .with_state(service)
}

/// A law that is served.
#[derive(Debug, Serialize, ToSchema)]
struct LawView {
    /// The name in addresses.
    name: String,
    /// What people read, in Korean.
    title: String,
    /// The same in English.
    title_en: String,
    /// The package of rules.
    package: String,
    /// Its version.
    version: String,
    /// The SHA-256 of its files.
    sha256: String,
    /// Where OpenFisca's Web API of this law begins.
    web_api: String,
}

/// The laws that are served.
#[derive(Debug, Serialize, ToSchema)]
struct LawList {
    /// By name.
    laws: Vec<LawView>,
}

/// A question to a law.
#[derive(Debug, Deserialize, ToSchema)]
struct QuestionRequest {
    /// Who and what, as OpenFisca writes situations: kinds of entities, their names, variables by period.
    #[schema(value_type = Object)]
    situation: Value,
    /// The variable to explain.
    #[schema(example = "basic_pension")]
    variable: String,
    /// Its period.
    #[schema(example = "2026-03")]
    period: String,
    /// Whose value; the first person or group where none is named.
    of: Option<String>,
}

impl QuestionRequest {
    fn question(self) -> Result<Question, Problem> {
        let Self { situation, variable, period, of } = self;
        let period = Period::parse(&period).ok_or_else(|| {
            Problem::invalid(vec![maru_web::FieldError::new(
                "period",
                "기간은 2026-03이나 2026처럼 쓰십시오.",
                "Write the period as 2026-03 or 2026.",
            )])
        })?;
        Ok(Question { situation, variable, period, of })
    }
}

/// A result with its reasons.
#[derive(Debug, Serialize, ToSchema)]
struct ExplanationView {
    /// The tree: value, words, rule, figures of the law, and what it was calculated from, in Korean and English.
    #[schema(value_type = Object)]
    explanation: Value,
    /// For each fact alone, the nearest value at which the result is another.
    #[schema(value_type = Vec<Object>)]
    changes: Vec<Value>,
}

/// A certificate on the log.
#[derive(Debug, Serialize, ToSchema)]
struct CertificateView {
    /// Its hash.
    sha256: String,
    /// The law, by its name in addresses.
    law: String,
    /// The version of the package.
    version: String,
    /// The hash of the package's files.
    package_sha256: String,
    /// The entry of the log.
    position: u64,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
    /// The certificate itself, only in the answer that made it: it is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    certificate: Option<Value>,
}

impl CertificateView {
    fn of(recorded: Recorded, certificate: Option<Value>) -> Self {
        let Recorded { sha256, law, version, package, position, at } = recorded;
        Self { sha256, law, version, package_sha256: package, position, recorded_at: at, certificate }
    }
}

/// Lists the laws.
#[utoipa::path(
    get,
    path = "/api/v1/laws",
    tag = "laws",
    operation_id = "laws",
    summary = "List the laws that are served",
    description = "Each with its package, and the address at which OpenFisca's Web API answers for it.",
    responses((status = 200, description = "The laws.", body = LawList), ReadProblems)
)]
async fn list(State(service): State<LawsService>) -> Json<LawList> {
    let view = |law: &std::sync::Arc<crate::Law>| LawView {
        name: law.name.clone(),
        title: law.title.ko.clone(),
        title_en: law.title.en.clone(),
        package: law.package.name.clone(),
        version: law.package.version.clone(),
        sha256: law.sha256.clone(),
        web_api: format!("/laws/{}/api", law.name),
    };
    Json(LawList { laws: service.shelf().laws().map(view).collect() })
}

/// Explains a result.
#[utoipa::path(
    post,
    path = "/api/v1/laws/{law}/explanations",
    tag = "laws",
    operation_id = "law_explanation",
    summary = "Explain a result",
    description = "Calculates a variable of one person or group, with everything it rests on and what would change it. Nothing is stored.",
    params(("law" = String, Path, description = "The law.", example = "korea")),
    request_body = QuestionRequest,
    responses((status = 200, description = "The result and why.", body = ExplanationView), WriteProblems)
)]
async fn explain(
    State(service): State<LawsService>,
    Path(law): Path<String>,
    Json(request): Json<QuestionRequest>,
) -> Result<Json<ExplanationView>, Problem> {
    let law = service.law(&law).map_err(problem)?;
    let answer = service.answer(law, request.question()?, None).await.map_err(problem)?;
    let changes = answer.changes.iter().map(maru_rules::explain::change::Change::to_json).collect();
    Ok(Json(ExplanationView { explanation: answer.account.to_json(), changes }))
}

/// Records a certificate.
#[utoipa::path(
    post,
    path = "/api/v1/laws/{law}/certificates",
    tag = "laws",
    operation_id = "law_certificate_record",
    summary = "Calculate, and put the certificate's hash on the log",
    description = "For officials. The log keeps the hash and the package, nothing of the person; the certificate is in the answer and is not kept. The same question gives the same hash, and is recorded once.",
    params(("law" = String, Path, description = "The law.", example = "korea")),
    request_body = QuestionRequest,
    responses((status = 201, description = "The certificate and its place on the log.", body = CertificateView), WriteProblems)
)]
async fn record(
    State(service): State<LawsService>,
    visitor: Visitor,
    Path(law): Path<String>,
    Json(request): Json<QuestionRequest>,
) -> Result<(StatusCode, HeaderMap, Json<CertificateView>), Problem> {
    let law = service.law(&law).map_err(problem)?;
    let caller = Caller::from(&visitor);
    let (certificate, recorded) = service.record(&caller, law, request.question()?).await.map_err(problem)?;
    let mut headers = HeaderMap::new();
    if let Ok(location) = format!("/api/v1/laws/certificates/{}", recorded.sha256).parse() {
        headers.insert(header::LOCATION, location);
    }
    Ok((StatusCode::CREATED, headers, Json(CertificateView::of(recorded, Some(certificate)))))
}

/// Reads a certificate's place on the log.
#[utoipa::path(
    get,
    path = "/api/v1/laws/certificates/{sha256}",
    tag = "laws",
    operation_id = "law_certificate",
    summary = "Find a certificate on the log",
    description = "Whether a certificate with this hash was recorded, when, and with which package.",
    params(("sha256" = String, Path, description = "The hash in the certificate.", example = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c")),
    responses((status = 200, description = "Its place.", body = CertificateView), ReadProblems)
)]
async fn certificate(
    State(service): State<LawsService>,
    Path(sha256): Path<String>,
) -> Result<Json<CertificateView>, Problem> {
    let sha256 = Sha256::try_from(sha256).map_err(|_| Problem::not_found())?;
    let recorded = service.recorded(&sha256).await.map_err(problem)?;
    recorded.map(|recorded| Json(CertificateView::of(recorded, None))).ok_or_else(Problem::not_found)
}
