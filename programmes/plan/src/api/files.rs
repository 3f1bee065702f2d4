//! Files of reports: sent with a report, opened by everybody, withdrawn.

use axum::{
    extract::{FromRequest, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maru_web::{
    Json, Path, Problem, SentFile, SentParts,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    operations::as_it_stands,
    schemas::{RecommendationView, ReportRequest},
};
use crate::{
    Caller, PlanService,
    domain::{
        AttachedFile, EvidenceFile, FileKind, Number,
        file::{Withdrawn, charset},
    },
    service::{NewFile, Opened},
};

/// A file that shows what was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FileView {
    /// What it is called; nothing after it was withdrawn.
    #[schema(example = "운영 결과.pdf")]
    name: String,
    /// What it is, by its content.
    kind: FileKind,
    /// The same as a media type.
    #[schema(example = "application/pdf")]
    media_type: &'static str,
    /// How many bytes it has.
    size: u64,
    /// SHA-256 of the file, in hexadecimal digits; the log holds it.
    #[schema(min_length = 64, max_length = 64)]
    sha256: String,
    /// Where it is: in the open data with the server, in this interface without.
    #[schema(
        example = "/plan/recommendations/58-1/files/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    address: String,
    /// The quarter of the report that brought it first.
    #[schema(value_type = String, example = "26Q3")]
    quarter: crate::domain::Quarter,
    /// That it was withdrawn: its content is erased. Nothing while it is there.
    withdrawn: Option<Withdrawn>,
}

/// Where a file is.
pub(crate) fn address(site: &str, number: Number, sha256: &str) -> String {
    format!("{site}/plan/recommendations/{number}/files/{sha256}")
}

impl FileView {
    /// A file as the API gives it.
    pub(super) fn of(attached: &AttachedFile, number: Number, site: &str) -> Self {
        let AttachedFile { file, quarter, withdrawn } = attached;
        Self {
            name: file.name().to_owned(),
            kind: file.kind,
            media_type: file.kind.media_type(),
            size: file.size,
            sha256: file.sha256.clone(),
            address: address(site, number, &file.sha256),
            quarter: *quarter,
            withdrawn: withdrawn.clone(),
        }
    }
}

/// A report with files, in parts.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it only describes")]
pub(super) struct ReportWithFiles {
    /// The report, as JSON.
    report: ReportRequest,
    /// The files, one part each: PDF, HWP, HWPX, DOCX, XLSX, CSV, plain text, JPEG, PNG or WebP; at most five, of 10 MiB each and 20 MiB
    /// together. What a file is, is recognised by its content.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
}

/// A report as it is sent: JSON, or JSON and files in parts.
pub(super) struct SentReport {
    pub(super) request: ReportRequest,
    pub(super) files: Vec<NewFile>,
}

impl<S: Send + Sync> FromRequest<S> for SentReport {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !SentParts::are_in(&request) {
            let Json(request) = Json::from_request(request, state).await?;
            return Ok(Self { request, files: Vec::new() });
        }
        let sent = SentParts::from_request(request, state).await?;
        let text = sent.field("report").ok_or_else(|| {
            Problem::bad_request().detail("report라는 부분이 없어요.", "There is no part called report.").what_to_do(
                "보고를 JSON으로 report 부분에, 파일을 file 부분에 담아 보내 주세요.",
                "Send the report as JSON in a part called report, and files in parts called file.",
            )
        })?;
        let report = serde_json::from_str(text).map_err(|error| {
            Problem::invalid(Vec::new()).detail(
                format!("report 부분의 JSON을 읽을 수 없어요: {error}"),
                format!("The JSON in the part called report cannot be read: {error}"),
            )
        })?;
        Ok(Self { request: report, files: sent.files.into_iter().map(NewFile::from).collect() })
    }
}

impl From<SentFile> for NewFile {
    fn from(SentFile { name, size, content, .. }: SentFile) -> Self {
        Self { name, size, content }
    }
}

/// The bytes of a file.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it only describes")]
pub(super) struct EvidenceContent(Vec<u8>);

/// A file in a path, as OpenAPI describes it.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it only describes")]
pub(super) struct FileParameters {
    /// Task and place in it.
    #[param(value_type = String, example = "58-1")]
    number: Number,
    /// SHA-256 of the file in hexadecimal digits.
    #[param(min_length = 64, max_length = 64)]
    sha256: String,
}

/// Opens a file of a report.
#[utoipa::path(
    get,
    path = "/api/v1/plan/recommendations/{number}/files/{sha256}",
    tag = "plan",
    operation_id = "plan_evidence_file",
    summary = "Open a file of a report",
    description = "The file as it is kept, checked against the hash that the log holds. Everybody may open it, as the report itself.",
    params(FileParameters),
    responses(
        (
            status = 200,
            description = "The file, as what its content shows it to be; tables and texts with their character set.",
            content(
                (EvidenceContent = "application/pdf"),
                (EvidenceContent = "image/jpeg"),
                (EvidenceContent = "image/png"),
                (EvidenceContent = "image/webp"),
                (EvidenceContent = "application/x-hwp"),
                (EvidenceContent = "application/hwp+zip"),
                (EvidenceContent = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
                (EvidenceContent = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                (EvidenceContent = "text/csv"),
                (EvidenceContent = "text/plain"),
            )
        ),
        (status = 410, description = "It was withdrawn; its content is erased."),
        (status = 500, description = "What lies there is not what the log says."),
        ReadProblems
    )
)]
pub(super) async fn open(
    State(service): State<PlanService>,
    caller: Caller,
    Path((number, sha256)): Path<(Number, String)>,
) -> Result<Response, Problem> {
    answer(service.open_file(&caller, number, &sha256).await?)
}

/// Why a file must go.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FileWithdrawalRequest {
    /// Why. It is public; personal data are masked.
    #[schema(min_length = 1, max_length = 4000)]
    reason: String,
}

/// Withdraws a file of a report.
#[utoipa::path(
    post,
    path = "/api/v1/plan/recommendations/{number}/files/{sha256}/withdrawal",
    tag = "plan",
    operation_id = "plan_withdraw_evidence_file",
    summary = "Withdraw a file of a report",
    description = "For the bodies that report, until the committee has confirmed, and for its secretariat at any time. Name and content are erased; the hash, the reason and that it was there stay. The same file cannot be attached again.",
    params(FileParameters),
    request_body = FileWithdrawalRequest,
    responses((status = 200, description = "It is withdrawn.", body = RecommendationView), WriteProblems)
)]
pub(super) async fn withdraw(
    State(service): State<PlanService>,
    caller: Caller,
    Path((number, sha256)): Path<(Number, String)>,
    Json(request): Json<FileWithdrawalRequest>,
) -> Result<Json<RecommendationView>, Problem> {
    service.withdraw_file(&caller, number, &sha256, &request.reason).await?;
    as_it_stands(&service, &caller, number).await
}

/// The file itself, or why it is not there.
pub(crate) fn answer(opened: Opened) -> Result<Response, Problem> {
    match opened {
        Opened::Whole(file, content) => Ok(whole(&file, content)),
        Opened::Withdrawn(withdrawn) => Err(Problem::not_found()
            .with_status(StatusCode::GONE)
            .title("철회한 파일이에요", "The file was withdrawn")
            .detail(
                format!("{}에 철회하고 내용을 지웠어요. 이유: {}", withdrawn.on, withdrawn.reason),
                format!("It was withdrawn on {} and its content was erased. Why: {}", withdrawn.on, withdrawn.reason),
            )
            .what_to_do(
                "보고에 다른 증빙이 있는지 권고 화면에서 확인해 주세요.",
                "See on the page of the recommendation whether the report shows other evidence.",
            )),
        Opened::Damaged => Err(Problem::internal()
            .title("파일이 기록과 달라요", "The file is not what the log says")
            .detail(
                "보관된 내용의 SHA-256이 기록에 남은 값과 달라서 내드리지 않았어요.",
                "The SHA-256 of what lies here differs from the one in the log, so it was not handed out.",
            )
            .what_to_do(
                "아래 요청 번호를 위원회 지원단에 알려 주세요.",
                "Tell the committee's secretariat the request number below.",
            )),
    }
}

fn whole(file: &EvidenceFile, content: Vec<u8>) -> Response {
    let kind = file.kind.media_type();
    let kind = match file.kind {
        FileKind::Csv | FileKind::Text => format!("{kind}; charset={}", charset(&content)),
        _ => kind.to_owned(),
    };
    // Only pictures and PDF are shown; whatever else a browser might make of a file, it saves it.
    let manner = if file.kind.is_shown() { "inline" } else { "attachment" };
    let digest = format!("\"{}\"", file.sha256);
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, format!("{manner}; {}", named(file.name()))),
        (header::ETAG, digest),
        // What is withdrawn must not stay behind on the way.
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let mut response = content.into_response();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The name in a header: in ASCII for old programs, and as it is (RFC 6266, RFC 8187).
fn named(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|one| if one.is_ascii_alphanumeric() || matches!(one, '.' | '-' | '_' | ' ') { one } else { '_' })
        .collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::named;
    use crate::domain::FileKind;

    #[test]
    fn the_document_names_every_kind_of_file() {
        let document = serde_json::to_value(super::super::document()).unwrap();
        let path = "/paths/~1api~1v1~1plan~1recommendations~1{number}~1files~1{sha256}/get/responses/200/content";
        let named = document.pointer(path).unwrap().as_object().unwrap();
        assert_eq!(named.len(), FileKind::ALL.len());
        for kind in FileKind::ALL {
            assert!(named.contains_key(kind.media_type()), "{}", kind.media_type());
        }
    }

    #[test]
    fn names_stand_in_headers_as_they_are() {
        assert_eq!(named("a b.pdf"), "filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf");
        assert_eq!(named("글\"\r\n.pdf"), "filename=\"____.pdf\"; filename*=UTF-8''%EA%B8%80%22%0D%0A.pdf");
    }
}
