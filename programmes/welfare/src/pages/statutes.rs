//! Statutes that make a benefit automatic: each with its article, from a day on, recorded by a supervisor.

use axum::{
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maru_web::{
    FieldError, Form as Sent, Html, Page, PageKind, Problem, Visitor,
    components::{Button, Choice, Disclosure, EmptyState, ErrorSummary, Field, Form, Table, Tag, Tone},
};
use serde::Deserialize;

use super::{Pages, caller_of, words};
use crate::{
    ServiceError,
    domain::{BENEFITS, benefit, switch::Switches},
};

/// What a supervisor writes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    benefit: String,
    article: String,
    from: String,
    until: String,
    last_day: String,
}

pub(super) async fn page(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    shown(&pages, &visitor, &[]).await
}

async fn shown(pages: &Pages, visitor: &Visitor, errors: &[FieldError]) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let (caller, language) = (caller_of(visitor), visitor.language);
    let switches = pages.service.statutes(&caller).await?;
    let mut body = Html::empty().and(ErrorSummary::new(language, errors)).and(table(visitor, &switches));
    if pages.service.may(&caller, "make-automatic", &pages.service.everything()) {
        body = body.and(forms(visitor, &switches, errors));
    }
    let title = language.say("법률이 자동으로 주도록 정한 급여", "Benefits that a statute makes automatic");
    let page = Page::new(visitor, title, PageKind::Official)
        .breadcrumb(language.say("찾은 급여", "Benefits found"), "/welfare/work")
        .lead(language.say(
            "여기에 적힌 날부터는 담당자가 확인하면 동의 없이 드립니다. 법률에 재량이 없을 때만 적습니다 (행정기본법 제20조).",
            "From the day recorded here an official's confirmation gives the benefit without consent. Only where the statute leaves no discretion (General Act on Public Administration, article 20).",
        ))
        .personal()
        .body(body);
    Ok(if errors.is_empty() { page } else { page.with_errors() })
}

fn table(visitor: &Visitor, switches: &Switches) -> Html {
    let language = visitor.language;
    let today = maru_web::in_korea(visitor.now).date();
    let mut table = Table::new(language.say("조문과 기간", "Statutes and days"))
        .hidden_caption()
        .column(language.say("급여", "Benefit"))
        .column(language.say("근거 조문", "Article"))
        .column(language.say("언제부터", "From"))
        .column(language.say("언제까지", "Until"))
        .column(language.say("오늘", "Today"));
    let mut any = false;
    for (id, all) in &switches.automatic {
        let name = benefit(id).map_or(id.as_str(), |one| words::benefit(language, one));
        for one in all {
            any = true;
            let holds = one.from <= today && one.until.is_none_or(|until| today <= until);
            let (tone, label) = if holds {
                (Tone::Active, language.say("시행 중", "In force"))
            } else {
                (Tone::Neutral, language.say("시행하지 않음", "Not in force"))
            };
            table = table.row([
                Html::text(name),
                Html::text(&language.law(&one.article)),
                words::unbroken(&language.date(one.from)),
                words::unbroken(&one.until.map(|until| language.date(until)).unwrap_or_default()),
                Html::empty().and(Tag::new(tone, label)),
            ]);
        }
    }
    if any {
        return Html::empty().and(table);
    }
    Html::empty().and(EmptyState::new(
        language.say("자동으로 주는 급여가 없습니다", "No benefit is automatic"),
        language.say(
            "모든 급여는 본인의 동의를 받아 드립니다. 법률이 자동으로 주도록 정하면 책임자가 조문과 시행일을 여기에 적습니다.",
            "Every benefit needs the person's consent. When a statute makes one automatic, a supervisor records article and day here.",
        ),
    ))
}

fn forms(visitor: &Visitor, switches: &Switches, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let day = |name: &str, label: &str| Field::date(language, name, label).errors(errors);
    let benefits = BENEFITS.iter().map(|one| Choice::new(one.id, words::benefit(language, one)));
    let set = Form::post(visitor, "/welfare/work/statutes").body(
        Html::empty()
            .and(Field::select(language, "benefit", language.say("급여", "Benefit"), benefits))
            .and(
                Field::text(
                    language,
                    "article",
                    language.say("근거 조문 (법률 이름 전부)", "Article, with the act's full name"),
                )
                .longest(300)
                .errors(errors),
            )
            .and(day("from", language.say("언제부터", "From")))
            .and(day("until", language.say("언제까지 (정해졌으면)", "Until, where that is known")).optional())
            .and(Button::danger(language.say("자동 지급으로 적기", "Record that it is automatic"))),
    );
    let title = language.say("법률이 새로 정했다면", "If a statute makes another automatic");
    let folded = Disclosure::new(title, Html::empty().and(set));
    let mut html = Html::empty().and(if errors.is_empty() { folded } else { folded.open() });
    let open: Vec<_> = BENEFITS.iter().filter(|one| switches.open(one.id).is_some()).collect();
    if !open.is_empty() {
        let benefits = open.iter().map(|one| Choice::new(one.id, words::benefit(language, one)));
        let end = Form::post(visitor, "/welfare/work/statutes/end").body(
            Html::empty()
                .and(Field::select(language, "benefit", language.say("급여", "Benefit"), benefits))
                .and(day("last_day", language.say("마지막 날", "Last day")))
                .and(Button::secondary(language.say("끝나는 날 적기", "Record its last day"))),
        );
        let title = language.say("그 법률이 끝났다면", "If that statute ends");
        html = html.and(Disclosure::new(title, Html::empty().and(end)));
    }
    html
}

fn day(field: &str, text: &str) -> Result<Date, FieldError> {
    let wrong = |_| FieldError::new(field, "날짜를 골라 주세요.", "Choose the day.");
    text.trim().parse().map_err(wrong)
}

async fn done<T>(
    (pages, visitor): (&Pages, &Visitor),
    field: &str,
    outcome: Result<T, ServiceError>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(Redirect::to("/welfare/work/statutes").into_response()),
        Err(error) => Ok(shown(pages, visitor, &error.in_form(field)?).await?.into_response()),
    }
}

/// A statute makes a benefit automatic.
pub(super) async fn set(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let until = Some(written.until.trim()).filter(|text| !text.is_empty()).map(|text| day("until", text)).transpose();
    let (from, until) = match day("from", &written.from).and_then(|from| Ok((from, until?))) {
        Ok(days) => days,
        Err(error) => return Ok(shown(&pages, &visitor, &[error]).await?.into_response()),
    };
    let Written { benefit, article, .. } = written;
    let field = if article.trim().is_empty() { "article" } else { "until" };
    let outcome = pages.service.make_automatic(&caller_of(&visitor), &benefit, from, until, article).await;
    done((&pages, &visitor), field, outcome).await
}

/// It does so no longer.
pub(super) async fn end(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    match day("last_day", &written.last_day) {
        Ok(until) => {
            let outcome = pages.service.end_automatic(&caller_of(&visitor), &written.benefit, until).await;
            done((&pages, &visitor), "last_day", outcome).await
        }
        Err(error) => Ok(shown(&pages, &visitor, &[error]).await?.into_response()),
    }
}
