//! Drafts for consultation: opened by the committee, from its own words or from recommendations of the plan; prolonged; and all
//! comments as a file.

use std::collections::HashMap;

use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maru_web::{
    FieldError, Form as Sent, Html, Page, PageKind, Path, Problem, Query, Visitor,
    components::{Button, Choice, Disclosure, ErrorSummary, Field, Form},
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    Here, Pages, consultation,
    data::{BYTE_ORDER_MARK, quoted},
    file, words,
};
use crate::{
    ServiceError,
    domain::{
        Number,
        consultation::{Draft, Outcome, Paragraph, USUAL_DAYS, Voice},
    },
    service::{ConsultationReport, Grouped, Overview},
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/consultations/new", get(new))
        .route("/plan/consultations/{id}/prolonging", post(prolong))
        .route("/plan/consultations/{id}/comments.csv", get(comments))
}

/// What opens a consultation.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Opening {
    title: String,
    summary: String,
    text: String,
    from: String,
    until: String,
    urgent: String,
}

/// From which area recommendations are put into the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    area: String,
}

async fn new(here: Here, Query(wanted): Query<Wanted>) -> Result<Page, Problem> {
    here.permit("consult")?;
    let overview = here.pages.service.overview(&here.caller).await?;
    let opening = Opening { text: of_area(&overview, &wanted.area), ..Opening::default() };
    Ok(form(&here.visitor, &overview, &opening, &[]))
}

/// The recommendations of an area as paragraphs of a draft; nothing where none is chosen.
fn of_area(overview: &Overview, area: &str) -> String {
    let Ok(area) = area.parse::<u16>() else { return String::new() };
    let entries = overview.seen.iter().filter_map(|seen| seen.recommendation.entry.as_ref());
    let of_area = entries.filter(|entry| entry.area == area);
    let parts: Vec<String> =
        of_area.map(|entry| format!("# [{}] {}\n{}", entry.number, entry.task_title, entry.text)).collect();
    parts.join("\n\n")
}

/// The paragraphs that the committee's form means: parted by blank lines, with a heading where the first line begins with «#», and of a
/// recommendation where the heading names it in brackets.
fn paragraphs(text: &str) -> Vec<Paragraph> {
    let text = text.replace("\r\n", "\n");
    text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).map(paragraph).collect()
}

fn paragraph(part: &str) -> Paragraph {
    let Some(first) = part.strip_prefix('#') else {
        return Paragraph { heading: String::new(), text: part.to_owned(), recommendation: None };
    };
    let (heading, text) = first.split_once('\n').unwrap_or((first, ""));
    let heading = heading.trim();
    let bracketed = heading.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let named = bracketed.and_then(|(number, rest)| Some((number.trim().parse::<Number>().ok()?, rest.trim())));
    let (recommendation, heading) = named.map_or((None, heading), |(number, rest)| (Some(number), rest));
    Paragraph { heading: heading.to_owned(), text: text.trim().to_owned(), recommendation }
}

fn form(visitor: &Visitor, overview: &Overview, opening: &Opening, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let today = maru_web::in_korea(visitor.now).date();
    let until = today.saturating_add(jiff::Span::new().days(USUAL_DAYS - 1));
    let day = |written: &str, usual: Date| if written.is_empty() { usual.to_string() } else { written.to_owned() };
    let fields = Html::empty()
        .and(
            Field::text(language, "title", language.say("제목", "Title"))
                .longest(200)
                .value(opening.title.clone())
                .errors(errors),
        )
        .and(
            Field::area(language, "summary", language.say("쉬운 요약", "Plain summary"))
                .rows(3)
                .value(opening.summary.clone()),
        )
        .and(
            Field::area(language, "text", language.say("계획안", "Draft"))
                .hint(language.say(
                    "빈 줄로 문단을 나눕니다. 문단의 첫 줄을 # 으로 시작하면 제목이 되고, # [58-1] 처럼 적으면 그 권고의 문단이 됩니다.",
                    "Blank lines part the paragraphs. A first line that begins with # is a heading; # [58-1] makes it the paragraph of that recommendation.",
                ))
                .rows(14)
                .value(opening.text.clone()),
        )
        .and(
            Field::date(language, "from", language.say("시작일", "From"))
                .value(day(&opening.from, today))
                .errors(errors),
        )
        .and(
            Field::date(language, "until", language.say("마감일", "Until"))
                .value(day(&opening.until, until))
                .errors(errors),
        )
        .and(
            Field::text(
                language,
                "urgent",
                language.say("20일보다 짧다면 긴급한 사유", "Why it is urgent, if shorter than 20 days"),
            )
            .optional()
            .value(opening.urgent.clone()),
        )
        .and(Button::primary(language.say("의견수렴 열기", "Open the consultation")));
    let page = Page::new(visitor, language.say("의견수렴 열기", "Open a consultation"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("의견수렴", "Consultations"), "/plan/consultations")
        .body(
            Html::empty()
                .and(ErrorSummary::new(language, errors))
                .and(from_the_plan(visitor, overview))
                .and(Form::post(visitor, "/plan/consultations").guarded().body(fields)),
        );
    if errors.is_empty() { page } else { page.with_errors() }
}

/// A draft may begin with what the plan says now.
fn from_the_plan(visitor: &Visitor, overview: &Overview) -> Html {
    let language = visitor.language;
    let areas = overview.areas().into_iter();
    let choices = areas.map(|(number, (_, name))| Choice::new(number.to_string(), words::place(language, name)));
    let fields = Html::empty()
        .and(Field::select(language, "area", language.say("영역", "Area"), choices))
        .and(Button::secondary(language.say("이 영역의 권고로 채우기", "Fill in the recommendations of this area")));
    Html::empty().and(Disclosure::new(
        language.say("지금의 계획에서 시작하기", "Begin with the plan as it stands"),
        Html::empty().and(Form::get("/plan/consultations/new").body(fields)),
    ))
}

fn day_written(field: &str, text: &str) -> Result<Date, ServiceError> {
    text.trim().parse().map_err(|_| ServiceError::field(field, "날짜를 골라 주십시오.", "Choose the date."))
}

impl Opening {
    fn draft(&self) -> Result<Draft, ServiceError> {
        Ok(Draft {
            title: self.title.trim().to_owned(),
            summary: self.summary.trim().to_owned(),
            paragraphs: paragraphs(&self.text),
            from: day_written("from", &self.from)?,
            until: day_written("until", &self.until)?,
            urgent: self.urgent.trim().to_owned(),
            closed: None,
        })
    }
}

/// What was written comes back with its errors.
pub(super) async fn open(here: Here, Sent(opening): Sent<Opening>) -> Result<Response, Problem> {
    here.permit("consult")?;
    let result = match opening.draft() {
        Ok(draft) => here.pages.service.open_consultation(&here.caller, draft).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(id) => Ok(Redirect::to(&format!("/plan/consultations/{id}")).into_response()),
        Err(error) => {
            let errors = words::in_form(error, "title")?;
            let overview = here.pages.service.overview(&here.caller).await?;
            Ok(form(&here.visitor, &overview, &opening, &errors).into_response())
        }
    }
}

/// The form by which the committee takes comments for longer.
pub(super) fn prolong_form(visitor: &Visitor, report: &ConsultationReport, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let fields = Html::empty()
        .and(Field::date(language, "until", language.say("새 마감일", "Until")).errors(errors))
        .and(Button::secondary(language.say("기간 늘리기", "Prolong")));
    let form = Form::post(visitor, format!("/plan/consultations/{}/prolonging", report.id)).body(fields);
    let disclosure =
        Disclosure::new(language.say("의견을 더 오래 받기", "Take comments for longer"), Html::empty().and(form));
    Html::empty().and(if errors.is_empty() { disclosure } else { disclosure.open() })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Prolonging {
    until: String,
}

async fn prolong(here: Here, Path(id): Path<String>, Sent(sent): Sent<Prolonging>) -> Result<Response, Problem> {
    here.permit("consult")?;
    let result = match day_written("until", &sent.until) {
        Ok(until) => here.pages.service.prolong_consultation(&here.caller, &id, until).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(_) => Ok(Redirect::to(&format!("/plan/consultations/{id}")).into_response()),
        Err(error) => {
            let errors = words::in_form(error, "until")?;
            let report = here.pages.service.consultation_report(&id).await?;
            let written = consultation::Written::default();
            Ok(consultation::draft(&here.visitor, &report, (&written, true), &errors).with_errors().into_response())
        }
    }
}

/// Every comment with its group and its answer. What is hidden or held keeps its row, without its words.
async fn comments(here: Here, Path(id): Path<String>) -> Result<Response, Problem> {
    let report = here.pages.service.consultation_report(&id).await?;
    Ok(file("text/csv; charset=utf-8", csv(&report)))
}

fn csv(report: &ConsultationReport) -> String {
    let mut text =
        format!("{BYTE_ORDER_MARK}comment,paragraph,voice,organisation,group,campaign,text,outcome,reason,change\r\n");
    let grouped = report.groups.iter().filter(|group| !group.pending);
    let groups: HashMap<&String, &Grouped> =
        grouped.flat_map(|group| group.comments.iter().map(move |id| (id, group))).collect();
    for named in &report.comments {
        let (comment, group) = (&named.state, groups.get(&named.id));
        let Some(filed) = &comment.filed else { continue };
        let voice = match filed.voice {
            Voice::Person => "person",
            Voice::Organisation => "organisation",
            Voice::OnPaper => "on-paper",
        };
        let answer = comment.answer.as_ref();
        let cells = [
            named.id.clone(),
            filed.paragraph.map(|place| (place + 1).to_string()).unwrap_or_default(),
            voice.to_owned(),
            filed.organisation.clone(),
            group.map(|group| group.number.to_string()).unwrap_or_default(),
            group.map(|group| if group.campaign { "yes" } else { "no" }).unwrap_or_default().to_owned(),
            comment.shown_text().to_owned(),
            answer.map(|answer| Outcome::identifier(answer.outcome)).unwrap_or_default().to_owned(),
            answer.map(|answer| answer.reason.clone()).unwrap_or_default(),
            answer.map(|answer| answer.change.clone()).unwrap_or_default(),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push_str("\r\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_parted_into_paragraphs_of_recommendations() {
        let found = paragraphs(
            "# [58-1] 통합 민원\r\n행안부는 마련한다.\r\n이어서 시행한다.\r\n\r\n제목 없는 글\r\n\r\n# 제목만\n글",
        );
        let number = found[0].recommendation.unwrap();
        assert_eq!((number.to_string().as_str(), found[0].heading.as_str()), ("58-1", "통합 민원"));
        assert_eq!(found[0].text, "행안부는 마련한다.\n이어서 시행한다.");
        assert_eq!((found[1].heading.as_str(), found[1].recommendation), ("", None));
        assert_eq!((found[2].heading.as_str(), found[2].text.as_str()), ("제목만", "글"));
        assert_eq!(paragraph("# [모름] 제목\n글").heading, "[모름] 제목", "what is no number stays in the heading");
    }
}
