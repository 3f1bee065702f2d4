//! Bars over quarters: from when to when something is done, with its deadlines. A picture made on the server, and the same as a
//! table. The whole plan by tasks, or an area by recommendations with their milestones.

mod picture;

use std::collections::{BTreeMap, BTreeSet};

use axum::{Router, response::Response};
use maru_web::{
    Html, Language, Page, PageKind, Problem, Query,
    components::{Button, Choice, Disclosure, EmptyState, Field, Form, Icon},
    routing::get,
};
use serde::Deserialize;

use super::{Here, Pages, file, words};
use crate::{
    ServiceError,
    domain::{Bound, Number, Particulars, Quarter, Status, particulars::Item},
    service::{Overview, Seen},
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new().route("/plan/gantt", get(show)).route("/plan/gantt.svg", get(picture_alone))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    area: String,
    lang: String,
}

/// A deadline or milestone on a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    quarter: Quarter,
    /// Whether it was met.
    met: bool,
    /// A milestone stands between deadlines.
    milestone: bool,
}

/// A row: a heading without a bar, or something with one.
struct Row {
    label: String,
    address: String,
    /// A heading is the name of an area.
    heading: bool,
    bar: Option<(Quarter, Quarter)>,
    class: &'static str,
    state: String,
    marks: BTreeSet<Mark>,
}

/// The whole as it is drawn.
struct Chart {
    title: String,
    rows: Vec<Row>,
    quarters: Vec<Quarter>,
    now: Quarter,
}

/// From when to when: work begins when the plan orders it to, else with the plan.
fn span(seen: &Seen) -> Option<(Quarter, Quarter)> {
    let entry = seen.recommendation.entry.as_ref()?;
    let last = entry.quarters().last().copied()?;
    let begins = entry.deadlines.iter().filter(|one| one.bound == Bound::From).map(|one| one.quarter).min();
    let alone = entry.deadlines.iter().all(|one| one.bound == Bound::From);
    let first = if alone { begins } else { None };
    let since = first.or(seen.recommendation.since).unwrap_or(last);
    Some((since.min(last), last))
}

fn class_of(statuses: &[Status]) -> &'static str {
    if statuses.contains(&Status::Late) {
        "late"
    } else if statuses.iter().all(|status| status.is_done()) {
        "met"
    } else {
        "open"
    }
}

fn marks_of(seen: &Seen) -> impl Iterator<Item = Mark> {
    let recommendation = &seen.recommendation;
    let deadlines = recommendation.entry.iter().flat_map(|entry| entry.deadlines.iter().enumerate());
    deadlines.map(|(place, deadline)| Mark {
        quarter: deadline.quarter,
        met: recommendation.complete || recommendation.done.contains(&place),
        milestone: false,
    })
}

fn milestones_of(held: Option<&Particulars>) -> impl Iterator<Item = Mark> {
    held.into_iter().flat_map(|held| &held.items).filter_map(|kept| match &kept.item {
        Item::Milestone(one) => Some(Mark { quarter: one.quarter, met: one.reached.is_some(), milestone: true }),
        _ => None,
    })
}

fn state_of(language: Language, members: &[&Seen]) -> String {
    let count = |status| members.iter().filter(|seen| seen.standing.status == status).count();
    let parts = Status::ALL.into_iter().filter(|status| count(*status) > 0);
    let said = |status| {
        let name = words::status_name(language, status);
        if members.len() == 1 { name.to_owned() } else { format!("{name} {}", count(status)) }
    };
    parts.map(said).collect::<Vec<_>>().join(", ")
}

fn row(language: Language, label: String, members: &[&Seen], held: Option<&Particulars>) -> Row {
    let spans: Vec<(Quarter, Quarter)> = members.iter().filter_map(|seen| span(seen)).collect();
    let bar = spans.iter().map(|span| span.0).min().zip(spans.iter().map(|span| span.1).max());
    let statuses: Vec<Status> = members.iter().map(|seen| seen.standing.status).collect();
    let number = members.first().map_or(Number { task: 0, place: 0 }, |seen| seen.number());
    let anchor = if members.len() == 1 { format!("#r{number}") } else { String::new() };
    Row {
        label,
        address: format!("/plan/tasks/{}{anchor}", number.task),
        heading: false,
        bar,
        class: class_of(&statuses),
        state: state_of(language, members),
        marks: members.iter().flat_map(|seen| marks_of(seen)).chain(milestones_of(held)).collect(),
    }
}

fn heading(label: String) -> Row {
    let (address, state) = (String::new(), String::new());
    Row { label, address, heading: true, bar: None, class: "open", state, marks: BTreeSet::new() }
}

/// The rows of the whole plan: tasks under their areas.
fn by_task(language: Language, overview: &Overview) -> Vec<Row> {
    let mut tasks: BTreeMap<(u16, u16), Vec<&Seen>> = BTreeMap::new();
    for seen in &overview.seen {
        let area = seen.recommendation.entry.as_ref().map_or(0, |entry| entry.area);
        tasks.entry((area, seen.number().task)).or_default().push(seen);
    }
    let areas = overview.areas();
    let (mut rows, mut current) = (Vec::new(), None);
    for ((area, task), members) in &tasks {
        if current != Some(*area) {
            current = Some(*area);
            rows.push(heading(words::place(language, areas.get(area).map_or("", |(_, name)| *name)).to_owned()));
        }
        let title = members.first().and_then(|seen| seen.recommendation.entry.as_ref());
        let title = title.map_or("", |entry| entry.task_title.as_str());
        rows.push(row(language, format!("{task}. {title}"), members, None));
    }
    rows
}

/// The rows of an area: its recommendations under their tasks.
fn by_recommendation(
    language: Language,
    overview: &Overview,
    area: u16,
    held: &BTreeMap<Number, Particulars>,
) -> Vec<Row> {
    let (mut rows, mut current) = (Vec::new(), None);
    for seen in &overview.seen {
        let Some(entry) = seen.recommendation.entry.as_ref().filter(|entry| entry.area == area) else { continue };
        if current != Some(entry.number.task) {
            current = Some(entry.number.task);
            rows.push(heading(format!("{}. {}", entry.number.task, entry.task_title)));
        }
        let lead = words::body_name(language, &entry.lead);
        rows.push(row(language, format!("{} {lead}", entry.number), &[seen], held.get(&entry.number)));
    }
    rows
}

fn quarters(rows: &[Row], now: Quarter) -> Vec<Quarter> {
    let ends = rows.iter().filter_map(|row| row.bar);
    let first = ends.clone().map(|bar| bar.0).min().unwrap_or(now).min(now);
    let last = ends.map(|bar| bar.1).max().unwrap_or(now).max(now);
    first.until(last)
}

async fn chart(here: &Here, language: Language, area: Option<u16>) -> Result<(Overview, Chart), Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    let (title, rows) = match area {
        None => (
            language.say("과제마다 언제부터 언제까지", "From when to when, by task").to_owned(),
            by_task(language, &overview),
        ),
        Some(area) => {
            let known = here.pages.service.store().all_particulars().await.map_err(ServiceError::from)?;
            let held: BTreeMap<Number, Particulars> = known.into_iter().collect();
            let areas = overview.areas();
            let name = areas.get(&area).map(|(_, name)| *name).ok_or_else(Problem::not_found)?;
            let name = words::place(language, name);
            let title = language
                .pick(format!("{name}: 언제부터 언제까지"), format!("{name}: from when to when, by recommendation"));
            (title, by_recommendation(language, &overview, area, &held))
        }
    };
    let now = Quarter::of(overview.day);
    let quarters = quarters(&rows, now);
    Ok((overview, Chart { title, rows, quarters, now }))
}

fn area_of(wanted: &Wanted) -> Result<Option<u16>, Problem> {
    match wanted.area.trim() {
        "" => Ok(None),
        area => area.parse().map(Some).map_err(|_| Problem::not_found()),
    }
}

async fn picture_alone(here: Here, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let language = Language::from_tag(&wanted.lang).unwrap_or(here.visitor.language);
    let (_, chart) = chart(&here, language, area_of(&wanted)?).await?;
    Ok(file("image/svg+xml", chart.picture(language, false)))
}

async fn show(here: Here, Query(wanted): Query<Wanted>) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let area = area_of(&wanted)?;
    let (overview, chart) = chart(&here, language, area).await?;
    let page = Page::new(&here.visitor, language.say("일정표", "Schedule"), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "막대는 시작부터 마지막 기한까지, 마름모는 기한, 동그라미는 이정표입니다. 채운 것은 마친 것입니다.",
            "Bars run from the beginning to the last deadline; diamonds are deadlines, circles milestones. What is filled was met.",
        ));
    if overview.seen.is_empty() {
        let empty = EmptyState::new(
            language.say("아직 계획이 없습니다", "There is no plan yet"),
            language.say("위원회가 의결한 계획을 들여오면 여기에 나옵니다.", "A plan that is imported stands here."),
        );
        return Ok(page.body(Html::empty().and(empty)));
    }
    let areas = overview.areas().into_iter();
    let choices = std::iter::once(Choice::new("", language.say("모든 과제", "All tasks")))
        .chain(areas.map(|(number, (_, name))| Choice::new(number.to_string(), words::place(language, name))));
    let chosen = area.map(|area| area.to_string()).unwrap_or_default();
    let fields = Html::empty()
        .and(Field::select(language, "area", language.say("영역", "Area"), choices).value(chosen.clone()))
        .and(Button::secondary(language.say("보기", "Show")));
    let region = language.say("일정표, 옆으로 움직일 수 있음", "Schedule, can be moved sideways");
    let head = format!(
        "<section class=\"chart\"><h2>{}</h2>{}",
        Html::text(&chart.title),
        words::sideways("heat-frame", region, &chart.picture(language, true))
    );
    let svg = Button::tertiary("SVG").small().icon(Icon::Download).link(format!("/plan/gantt.svg?area={chosen}"));
    let table = Disclosure::new(language.say("표로 보기", "Show as a table"), Html::empty().and(chart.table(language)));
    let body = Html::empty()
        .and(Form::get("/plan/gantt").body(fields))
        .and(Html::trusted(head))
        .and(table)
        .and(Html::trusted(format!("<p class=\"chart-source\">{} ", words::source(language, overview.day))))
        .and(svg)
        .and(Html::trusted("</p></section>"));
    Ok(page.body(body))
}
