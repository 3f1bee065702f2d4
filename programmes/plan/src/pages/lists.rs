//! Lists of recommendations: what a cell of the map counts, what a body does, what a search finds.

use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{Button, Choice, Disclosure, EmptyState, Field, Form, Table},
};

use super::words;
use crate::{
    domain::{Quarter, Status, body},
    service::{Filter, Overview, Seen},
};

pub(super) fn page(visitor: &Visitor, overview: &Overview, filter: &Filter) -> Page {
    let language = visitor.language;
    let found = overview.filtered(filter);
    let count = words::count(language, found.len());
    Page::new(visitor, language.say("권고 찾기", "Recommendations"), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.pick(format!("{count}건입니다."), format!("{count} found.")))
        .body(Html::empty().and(form(visitor, overview, filter)).and(list(visitor, &found)))
}

pub(super) fn body_page(visitor: &Visitor, overview: &Overview, id: &str) -> Option<Page> {
    let language = visitor.language;
    let known = body(id)?;
    let filter = Filter { body: Some(id.to_owned()), ..Filter::default() };
    let (leads, others): (Vec<&Seen>, Vec<&Seen>) = overview
        .filtered(&filter)
        .into_iter()
        .partition(|seen| seen.recommendation.entry.as_ref().is_some_and(|entry| entry.lead == id));
    let late = leads.iter().filter(|seen| seen.standing.status == Status::Late).count();
    let silent = leads.iter().filter(|seen| seen.standing.report_missing).count();
    let lead = language.pick(
        format!(
            "{}: 주관 {}건, 함께 하는 일 {}건. 늦은 일 {late}건, 지난 분기 보고가 없는 일 {silent}건.",
            known.full_name,
            leads.len(),
            others.len()
        ),
        format!(
            "Leads {}, takes part in {}. {late} late, {silent} without a report of the last quarter.",
            leads.len(),
            others.len()
        ),
    );
    let heading = |text: &str| Html::trusted(format!("<h2>{text}</h2>"));
    let page = Page::new(visitor, words::body_name(language, id), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("기관", "Bodies"), "/plan/bodies")
        .lead(lead)
        .body(
            heading(language.say("주관하는 권고", "Leads"))
                .and(open_first(visitor, leads))
                .and(heading(language.say("함께 하는 권고", "Takes part in")))
                .and(open_first(visitor, others)),
        );
    Some(page)
}

/// Two tables: what is still to be done, and folded below it what the committee confirmed as done.
fn open_first(visitor: &Visitor, found: Vec<&Seen>) -> Html {
    let language = visitor.language;
    let (done, open): (Vec<&Seen>, Vec<&Seen>) =
        found.into_iter().partition(|seen| seen.standing.status == Status::Confirmed);
    if done.is_empty() {
        return list(visitor, &open);
    }
    let count = words::count(language, done.len());
    let title = language.pick(format!("완료를 확인한 권고 {count}건"), format!("{count} confirmed as done"));
    let folded = Disclosure::new(title, list(visitor, &done));
    if open.is_empty() { Html::empty().and(folded.open()) } else { list(visitor, &open).and(folded) }
}

/// A table of recommendations.
pub(super) fn list(visitor: &Visitor, found: &[&Seen]) -> Html {
    let language = visitor.language;
    if found.is_empty() {
        let empty = EmptyState::new(
            language.say("해당하는 권고가 없습니다", "There are none"),
            language.say("조건을 바꾸어 다시 찾아보세요.", "Change what you look for."),
        );
        return Html::empty().and(empty);
    }
    let mut table = Table::new(language.say("권고", "Recommendations"))
        .hidden_caption()
        .plain()
        .column(language.say("번호", "No."))
        .column(language.say("무엇을", "What"))
        .column(language.say("주관", "Lead"))
        .column(language.say("다음 기한", "Next deadline"))
        .column(language.say("상태", "Status"));
    for seen in found {
        let Some(entry) = &seen.recommendation.entry else { continue };
        let short = words::shortened(&entry.text, 90);
        let next =
            seen.standing.next.map_or_else(|| "–".to_owned(), |due| words::deadline(language, due.quarter, due.bound));
        table = table.row([
            Html::trusted(format!(
                "<a class=\"number\" href=\"/plan/tasks/{}#r{}\">{}</a>",
                entry.number.task, entry.number, entry.number
            )),
            Html::trusted("<span><strong>")
                .and(words::korean(language, &entry.task_title))
                .and(Html::trusted("</strong><br>"))
                .and(words::korean(language, &short))
                .and(Html::trusted("</span>")),
            words::body_link(language, &entry.lead),
            Html::text(&next),
            words::status_tag(language, seen.standing.status),
        ]);
    }
    Html::empty().and(table)
}

fn form(visitor: &Visitor, overview: &Overview, filter: &Filter) -> Form {
    let language = visitor.language;
    let any = || Choice::new("", language.say("모두", "All"));
    let areas = overview.areas();
    let areas = areas.iter().map(|(area, (_, name))| Choice::new(area.to_string(), words::place(language, name)));
    let mut quarters: Vec<Quarter> = overview.cells().keys().map(|(_, quarter)| *quarter).collect();
    quarters.sort_unstable();
    quarters.dedup();
    let quarters = quarters.iter().map(|quarter| Choice::new(quarter.to_string(), words::quarter(language, *quarter)));
    let states =
        Status::ALL.iter().map(|status| Choice::new(status.identifier(), words::status_name(language, *status)));
    let chosen = |value: Option<String>| value.unwrap_or_default();
    Form::get("/plan/list").class("list-search").search().body(
        Html::empty()
            .and(
                Field::select(language, "area", language.say("영역", "Area"), std::iter::once(any()).chain(areas))
                    .value(chosen(filter.area.map(|area| area.to_string()))),
            )
            .and(
                Field::select(language, "quarter", language.say("기한", "Due"), std::iter::once(any()).chain(quarters))
                    .value(chosen(filter.quarter.map(|quarter| quarter.to_string()))),
            )
            .and(
                Field::select(language, "status", language.say("상태", "Status"), std::iter::once(any()).chain(states))
                    .value(filter.status.map_or("", Status::identifier)),
            )
            .and(Field::search(language, "words", language.say("낱말", "Words")).value(chosen(filter.words.clone())))
            .and(Button::secondary(language.say("찾기", "Find")).small()),
    )
}
