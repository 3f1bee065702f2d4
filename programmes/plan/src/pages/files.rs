//! Files of reports: listed beside the addresses, attached in the form of a report, opened, withdrawn.

use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Form, Html, Language, Path, Problem, Visitor,
    components::{self, Button, Choice, Disclosure, Field},
    routing::{get, post},
};
use serde::Deserialize;

use super::{Here, Pages, sent, task, words, work};
use crate::{
    ServiceError, api,
    domain::{
        EvidenceFile, FileKind, Number, Recommendation,
        file::{LARGEST_FILE, LARGEST_TOGETHER, MOST_FILES, Withdrawn},
    },
};

/// What browsers offer to choose.
const ACCEPT: &str = ".pdf,.hwp,.hwpx,.docx,.xlsx,.csv,.txt,.jpg,.jpeg,.png,.webp";

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/recommendations/{number}/files/{sha256}", get(open))
        .route("/plan/work/{number}/files/{sha256}/withdrawal", post(withdraw))
}

fn kind_name(language: Language, kind: FileKind) -> &'static str {
    match kind {
        FileKind::Pdf => "PDF",
        FileKind::Jpeg => language.say("JPEG 사진", "JPEG picture"),
        FileKind::Png => language.say("PNG 그림", "PNG picture"),
        FileKind::Webp => language.say("WebP 그림", "WebP picture"),
        FileKind::Hwp => language.say("한글(HWP)", "HWP"),
        FileKind::Hwpx => language.say("한글(HWPX)", "HWPX"),
        FileKind::Docx => language.say("워드(DOCX)", "Word (DOCX)"),
        FileKind::Xlsx => language.say("엑셀(XLSX)", "Excel (XLSX)"),
        FileKind::Csv => "CSV",
        FileKind::Text => language.say("텍스트", "plain text"),
    }
}

/// How large a file is, as people read it: what is smaller than a kilobyte counts as one.
fn size(language: Language, bytes: u64) -> String {
    const MEBIBYTE: u64 = 1 << 20;
    if bytes < MEBIBYTE {
        return language.pick(format!("{}KB", bytes.div_ceil(1024)), format!("{} kB", bytes.div_ceil(1024)));
    }
    let tenths = bytes.saturating_mul(10).div_ceil(MEBIBYTE);
    let megabytes =
        if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) };
    language.pick(format!("{megabytes}MB"), format!("{megabytes} MB"))
}

/// What a file is and how large, in a few words.
fn facts(language: Language, file: &EvidenceFile) -> String {
    format!("{}, {}", kind_name(language, file.kind), size(language, file.size))
}

/// A file with the way to it; or that it was withdrawn, and why.
fn line(language: Language, number: Number, file: &EvidenceFile, withdrawn: Option<&Withdrawn>) -> Html {
    let facts = facts(language, file);
    let hash = format!("<br><small class=\"breaks\">SHA-256 <code>{}</code></small>", file.sha256);
    let Some(withdrawn) = withdrawn else {
        let link = words::korean_link(language, &api::file_address("", number, &file.sha256), file.name());
        return link.and(Html::text(&format!(" ({facts})"))).and(Html::trusted(hash));
    };
    let day = language.date(withdrawn.on);
    let what = language.pick(
        format!("철회한 파일 ({facts}, {day}). 이유: "),
        format!("A file that was withdrawn ({facts}, {day}). Why: "),
    );
    Html::text(&what).and(words::korean(language, &withdrawn.reason)).and(Html::trusted(hash))
}

/// All that the last report shows: addresses of the web and files; nothing where there is neither.
pub(super) fn evidence(visitor: &Visitor, recommendation: &Recommendation) -> Html {
    let (Some(report), Some(entry)) = (&recommendation.last_report, &recommendation.entry) else {
        return Html::empty();
    };
    let addresses = task::evidence(visitor, &report.evidence);
    list(
        visitor.language,
        entry.number,
        &report.files,
        |sha256| recommendation.withdrawal_of(sha256).cloned(),
        addresses,
    )
}

/// Files one under the other, behind what stands before them.
fn list(
    language: Language,
    number: Number,
    files: &[EvidenceFile],
    withdrawal_of: impl Fn(&str) -> Option<Withdrawn>,
    before: Html,
) -> Html {
    files.iter().fold(before, |html, file| {
        let gap = if html.is_empty() { Html::empty() } else { Html::trusted("<br>") };
        html.and(gap).and(line(language, number, file, withdrawal_of(&file.sha256).as_ref()))
    })
}

/// The files that an event of the log brought; what was withdrawn since has no name any more.
pub(super) fn of_event(language: Language, number: &str, report: &serde_json::Value, gone: &[Gone]) -> Html {
    let files: Vec<EvidenceFile> = serde_json::from_value(report["files"].clone()).unwrap_or_default();
    let Ok(number) = number.parse::<Number>() else { return Html::empty() };
    let withdrawal_of = |sha256: &str| gone.iter().find(|(hash, _)| hash == sha256).map(|(_, how)| how.clone());
    list(language, number, &files, withdrawal_of, Html::empty())
}

/// A file that was withdrawn, by its hash.
pub(super) type Gone = (String, Withdrawn);

/// What was withdrawn, by the events of the log.
pub(super) fn gone(events: &[maru_ledger::RecordedEvent]) -> Vec<Gone> {
    let withdrawn = events.iter().filter(|event| event.kind == "file-withdrawn");
    let of = |event: &maru_ledger::RecordedEvent| {
        let how = serde_json::from_value(event.payload["withdrawn"].clone()).ok()?;
        Some((event.payload["sha256"].as_str()?.to_owned(), how))
    };
    withdrawn.filter_map(of).collect()
}

/// The part of the form of a report in which files are attached.
pub(super) fn fields(
    language: Language,
    recommendation: &Recommendation,
    written: &work::Written,
    errors: &[FieldError],
) -> Html {
    let known: Vec<&EvidenceFile> = recommendation.files_shown().collect();
    let mut html = Html::empty();
    if !known.is_empty() {
        let choices = known
            .iter()
            .map(|file| Choice::new(file.sha256.clone(), format!("{} ({})", file.name(), facts(language, file))));
        let label = language.say("앞선 보고에 붙인 파일", "Files of the report before");
        let mut field = Field::checkboxes(language, "keep", label, choices)
            .hint(language.say("이번 보고에도 붙일 것을 골라 두세요.", "Leave those chosen that show this report too."))
            .optional();
        let again = written.shown == "yes";
        for file in known.iter().filter(|file| !again || written.keep.contains(&file.sha256)) {
            field = field.value(file.sha256.clone());
        }
        html = html.and(field);
    }
    html.and(
        Field::files(language, "file", language.say("증빙 파일", "Files of evidence"), ACCEPT)
            .hint(hint(language, &written.file))
            .optional()
            .errors(errors),
    )
}

fn hint(language: Language, lost: &[String]) -> String {
    let (one, together) = (LARGEST_FILE >> 20, LARGEST_TOGETHER >> 20);
    let usual = language.pick(
        format!(
            "PDF, 한글(HWP·HWPX), DOCX, XLSX, CSV, 텍스트, 사진(JPEG·PNG·WebP)을 한 번에 {MOST_FILES}개까지 고를 수 있어요. \
             파일 하나는 {one}MB, 모두 합해 {together}MB까지예요. 누구나 볼 수 있게 공개되니 개인정보가 없는지 먼저 확인해 \
             주세요. 사진에 든 촬영 장소와 기기 정보는 지워요."
        ),
        format!(
            "Choose up to {MOST_FILES} at once: PDF, HWP, HWPX, DOCX, XLSX, CSV, plain text, JPEG, PNG or WebP, {one} MB each \
             and {together} MB together. Everybody will see them: check first that no personal data are in them. Place and \
             device are removed from pictures."
        ),
    );
    let lost: Vec<&str> = lost.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    if lost.is_empty() {
        return usual;
    }
    let names = lost.join(", ");
    let again = language.pick(
        format!("고른 파일은 아직 받지 않았으니 다시 골라 주세요: {names}."),
        format!("What you chose was not taken yet; choose it again: {names}."),
    );
    format!("{again} {usual}")
}

/// How the form of a withdrawal calls its field: a page shows several.
fn of_file(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

/// For who may withdraw files: each that is still there, with why it must go.
pub(super) fn withdrawals(visitor: &Visitor, recommendation: &Recommendation, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let Some(entry) = &recommendation.entry else { return Html::empty() };
    let there: Vec<&EvidenceFile> =
        recommendation.files.iter().filter(|one| one.withdrawn.is_none()).map(|one| &one.file).collect();
    if there.is_empty() {
        return Html::empty();
    }
    let head = Html::trusted(format!("<h2>{}</h2>", language.say("붙인 파일", "Attached files")));
    let text = language.say(
        "개인정보처럼 공개할 수 없는 것이 든 파일은 철회합니다. 이름과 내용을 지우고, 해시와 이유는 기록에 남습니다. 철회한 파일은 다시 붙일 수 없습니다.",
        "A file that holds what must not be public, such as personal data, is withdrawn. Its name and content are erased; its hash and the reason stay in the log. The same file cannot be attached again.",
    );
    there.into_iter().fold(head.and(Html::paragraphs(text)), |html, file| {
        let of = of_file(&file.sha256);
        let reason = words::one_of_several("reason", of, |name| {
            Field::area(language, name, language.say("철회하는 이유", "Why it is withdrawn")).rows(2).errors(errors)
        });
        let address = format!("/plan/work/{}/files/{}/withdrawal", entry.number, file.sha256);
        let form = components::Form::post(visitor, address)
            .body(reason.and(Button::secondary(language.say("파일 철회", "Withdraw the file"))));
        let title = language.pick(format!("‘{}’ 철회", file.name()), format!("Withdraw “{}”", file.name()));
        let disclosure = Disclosure::new(title, Html::empty().and(form));
        let field = format!("reason-{of}");
        let asked = errors.iter().any(|error| error.field == field);
        html.and(Html::trusted("<p>"))
            .and(line(language, entry.number, file, None))
            .and(Html::trusted("</p>"))
            .and(if asked { disclosure.open() } else { disclosure })
    })
}

async fn open(here: Here, Path((number, sha256)): Path<(Number, String)>) -> Result<Response, Problem> {
    api::file_answer(here.pages.service.open_file(&here.caller, number, &sha256).await?)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Why {
    reason: String,
}

async fn withdraw(
    here: Here,
    Path((number, sha256)): Path<(Number, String)>,
    Form(why): Form<Why>,
) -> Result<Response, Problem> {
    let field = format!("reason-{}", of_file(&sha256));
    match here.pages.service.withdraw_file(&here.caller, number, &sha256, &why.reason).await {
        Ok(_) => Ok(Redirect::to(&format!("/plan/work/{number}")).into_response()),
        // Then the page has no form for it any more.
        Err(ServiceError::Refused(why)) if why.code == "file-confirmed" => Err(ServiceError::Refused(why).into()),
        Err(error) => {
            let errors: Vec<FieldError> =
                error.in_form(&field)?.into_iter().map(|error| FieldError { field: field.clone(), ..error }).collect();
            Ok(sent::recommendation_page(&here, number, None, &errors).await?.with_errors().into_response())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        let sizes =
            [1, 1024, 1025, (1 << 20) - 1, 1 << 20, 1_300_000, 10 << 20].map(|bytes| size(Language::Korean, bytes));
        assert_eq!(sizes, ["1KB", "1KB", "2KB", "1024KB", "1MB", "1.3MB", "10MB"]);
    }
}
