//! Evaluations: begun on a page, watched while they are made, and what came out with its intervals.

mod form;
mod results;

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use maru_gateway::{Registry, evaluate::EvaluationRow};
use maru_web::{
    FieldError, Html, Page, PageKind, Path, Problem, SentFile, SentParts, Visitor,
    components::{Button, EmptyState, Table, Tag, Tone},
    routing::{get, post},
};

use self::form::Written;
use super::{Pages, under_registry, words};
use crate::{Caller, ServiceError, api};

pub(super) fn router() -> Router<Pages> {
    Router::new()
        .route("/models/evaluations", get(list))
        .route("/models/evaluations/new", get(new).merge(post(begin)))
        .route("/models/evaluations/{id}", get(one))
        .route("/models/evaluations/{id}/resume", post(resume))
}

async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let rows = pages.service.evaluations(&caller).await.map_err(api::problem)?;
    Ok(list_page(&visitor, &rows, pages.service.may(&caller, "propose-change")))
}

/// Only who may propose changes may have models evaluated.
async fn registry_for(pages: &Pages, visitor: &Visitor) -> Result<Registry, Problem> {
    visitor.signed_in()?;
    let caller = Caller::from(visitor);
    if !pages.service.may(&caller, "propose-change") {
        return Err(Problem::forbidden());
    }
    Ok(pages.service.registry(&caller).await.map_err(api::problem)?.registry)
}

async fn new(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let registry = registry_for(&pages, &visitor).await?;
    Ok(form::page(&visitor, &registry, &Written::default(), &[]))
}

async fn begin(Of(pages): Of<Pages>, visitor: Visitor, sent: SentParts) -> Result<Response, Problem> {
    let registry = registry_for(&pages, &visitor).await?;
    let written: Written = sent.form()?;
    let file = sent.file(form::FILE);
    match begun(&pages, &visitor, &written, file).await? {
        Ok(id) => Ok(Redirect::to(&format!("/models/evaluations/{id}")).into_response()),
        Err(error) => Ok(form::page(&visitor, &registry, &written, &[error]).with_errors().into_response()),
    }
}

/// The name of the evaluation that was begun, or what is wrong with the form.
async fn begun(
    pages: &Pages,
    visitor: &Visitor,
    written: &Written,
    file: Option<&SentFile>,
) -> Result<Result<String, FieldError>, Problem> {
    let wanted = match form::wanted(written, file) {
        Ok(wanted) => wanted,
        Err(error) => return Ok(Err(error)),
    };
    match pages.service.begin_evaluation(&Caller::from(visitor), wanted).await {
        Ok(id) => Ok(Ok(id)),
        Err(ServiceError::Evaluation(refusal)) => Ok(Err(form::in_form(file, &refusal))),
        Err(error) => Err(api::problem(error)),
    }
}

async fn one(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let run = pages.service.evaluation(&caller, &id).await.map_err(api::problem)?;
    results::page(&visitor, &id, &run, pages.service.may(&caller, "propose-change")).ok_or_else(Problem::not_found)
}

async fn resume(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    pages.service.resume_evaluation(&Caller::from(&visitor), &id).await.map_err(api::problem)?;
    Ok(Redirect::to(&format!("/models/evaluations/{id}")).into_response())
}

fn crumbs(visitor: &Visitor, title: impl Into<String>) -> Page {
    under_registry(visitor, title, PageKind::Official)
}

fn list_page(visitor: &Visitor, rows: &[EvaluationRow], may_begin: bool) -> Page {
    let language = visitor.language;
    let label = language.say("평가 시작", "Evaluate models");
    let begin = if may_begin {
        Html::empty().and(Button::primary(label).link("/models/evaluations/new"))
    } else {
        Html::empty()
    };
    let page = crumbs(visitor, language.say("모델 평가", "Evaluations")).lead(language.say(
        "같은 문제를 모델에 내고, 맞힌 몫을 95% 구간과 함께 적습니다. 최근 180일 안의 평가가 있어야 모델을 승인할 수 있습니다.",
        "Models answer the same questions; the share they get right stands with its interval at 95 %. No model is approved without an evaluation of the last 180 days.",
    ));
    if rows.is_empty() {
        let title = language.say("아직 평가가 없습니다", "There are no evaluations yet");
        let text = language.say(
            "시스템 관리자가 평가를 시작하면 여기에 진행과 결과가 나옵니다.",
            "When an administrator begins one, its progress and result stand here.",
        );
        return page.body(Html::empty().and(EmptyState::new(title, text).action(begin)));
    }
    let mut table = Table::new(language.say("평가", "Evaluations"))
        .hidden_caption()
        .column(language.say("문제 모음", "Suite"))
        .column(language.say("모델", "Models"))
        .column(language.say("상태", "State"))
        .column(language.say("시작한 사람", "Begun by"))
        .column(language.say("때", "When"));
    for row in rows {
        let link = format!("<a href=\"/models/evaluations/{}\">{}</a>", Html::text(&row.id), Html::text(&row.suite));
        let (tone, state) = if row.has_ended {
            (Tone::Good, language.say("끝남", "Ended"))
        } else {
            (Tone::Active, language.say("끝나지 않음", "Not ended"))
        };
        table = table.row([
            Html::trusted(link),
            Html::text(&row.models.join(", ")),
            Html::empty().and(Tag::new(tone, state)),
            words::account(&row.by),
            Html::text(&language.date_time(row.at)),
        ]);
    }
    page.actions(begin).body(Html::empty().and(table))
}
