//! The reform laboratory: addresses, and what happens when its form is sent.

mod charts;
mod draft;
mod form;
mod list;
mod report;
mod result;
mod words;

use std::collections::BTreeMap;

use axum::{
    extract::State as Of,
    http::{HeaderName, header},
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{FieldError, Form, Page, Path, Problem, Query, Visitor};
use serde::Deserialize;

use self::draft::{Draft, Wish};
use super::{Pages, caller_of};
use crate::{
    Caller, ServiceError,
    domain::{Design, Month, reform::Outcome},
    laboratory::{self, design, figures, figures::Figure},
    service::Studying,
};

/// Seconds after which the page of a study that is calculated opens itself anew.
const ANEW: &str = "2";

pub(super) async fn studies(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let caller = caller_of(&visitor);
    let studies = pages.service.studies(&caller).await?;
    let may = pages.service.may(&caller, "study-reforms", &pages.service.everything());
    Ok(list::page(&visitor, &studies, pages.service.population().as_ref(), may))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewAddress {
    search: String,
    pick: Vec<String>,
    from: String,
}

pub(super) async fn new(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Query(address): Query<NewAddress>,
) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let caller = caller_of(&visitor);
    let mut draft = Draft::of(Month::of(caller.today()));
    if !address.from.is_empty() {
        let earlier = pages.service.study(&caller, &address.from).await?;
        if let Some(design) = &earlier.study.state.design {
            draft = Draft::again(design);
        }
    }
    for path in &address.pick {
        add(&pages, &mut draft, path);
    }
    draft.search = address.search;
    form_page(&pages, &visitor, &draft, &[])
}

/// Puts a figure in with its value in force; what the law does not know is left.
fn add(pages: &Pages, draft: &mut Draft, path: &str) {
    let day = first_day(&draft.month);
    if let Some(figure) = figures::at(pages.service.law().package(), path, &day) {
        draft.add(path, figure.value);
    }
}

/// The day whose values are those in force for the month that is written.
fn first_day(month: &str) -> String {
    month.parse::<Month>().map_or_else(|_| "2026-01-01".to_owned(), |month| month.first_day().to_string())
}

fn form_page(pages: &Pages, visitor: &Visitor, draft: &Draft, errors: &[FieldError]) -> Result<Page, Problem> {
    let caller = caller_of(visitor);
    let service = &pages.service;
    let day = first_day(&draft.month).parse().unwrap_or_else(|_| caller.today());
    let all = service.figures(&caller, &draft.search, day)?;
    let found = (!draft.search.is_empty()).then_some(all.as_slice());
    let chosen: Vec<Option<Figure>> =
        of_law(pages, draft.figures.iter().map(|figure| figure.path.as_str()), &draft.month);
    let population = service.population();
    let shown = form::Shown {
        draft,
        found,
        chosen: &chosen,
        population: population.as_ref(),
        has_nation: service.settings().nation.is_some(),
        errors,
    };
    Ok(form::page(visitor, &shown))
}

fn of_law<'a>(pages: &Pages, paths: impl Iterator<Item = &'a str>, month: &str) -> Vec<Option<Figure>> {
    let all = figures::all(pages.service.law().package(), &first_day(month));
    paths.map(|path| all.iter().find(|figure| figure.path == path).cloned()).collect()
}

pub(super) async fn write(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    visitor.signed_in()?;
    let (mut draft, wish) = Draft::read(&fields);
    match wish {
        Wish::Search => {}
        Wish::Add(path) => {
            add(&pages, &mut draft, &path);
            draft.search.clear();
        }
        Wish::Remove(path) => draft.figures.retain(|figure| figure.path != path),
        Wish::Study => return study(&pages, &visitor, &draft).await,
    }
    Ok(form_page(&pages, &visitor, &draft, &[])?.into_response())
}

async fn study(pages: &Pages, visitor: &Visitor, draft: &Draft) -> Result<Response, Problem> {
    let errors = match draft.design() {
        Ok(design) => match pages.service.request_study(&caller_of(visitor), design).await {
            Ok(id) => return Ok(Redirect::to(&format!("/welfare/lab/{id}")).into_response()),
            Err(ServiceError::Refused(explained)) if explained.code == "formulas" => explained.field_errors("formulas"),
            Err(error) => error.in_form("search")?,
        },
        Err(errors) => errors,
    };
    Ok(form_page(pages, visitor, draft, &errors)?.into_response())
}

fn command_of(pages: &Pages, design: &Design, outcome: Option<&Outcome>) -> String {
    let package = pages.service.law().package();
    let (folder, represents) =
        outcome.map_or(("NATION", None), |one| (one.studied.folder.as_str(), one.studied.represents));
    laboratory::command(&package.root, folder, represents, design.month)
}

pub(super) async fn one(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    visitor.signed_in()?;
    let caller = caller_of(&visitor);
    let studying = pages.service.study(&caller, &id).await?;
    let state = &studying.study.state;
    let design = state.design.as_ref().ok_or_else(Problem::not_found)?;
    let paths = design.changes.iter().map(|change| change.path.as_str());
    let figures = of_law(&pages, paths, &design.month.to_string());
    let command = command_of(&pages, design, state.outcome.as_ref());
    let may_change = pages.service.may(&caller, "study-reforms", &pages.service.everything());
    let beside = result::Beside { figures: &figures, command: &command, may_change };
    let page = result::page(&visitor, &studying, &beside);
    if state.is_open() {
        let anew = [(HeaderName::from_static("refresh"), ANEW)];
        return Ok((anew, page).into_response());
    }
    Ok(page.into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CompareAddress {
    study: Vec<String>,
}

pub(super) async fn compare(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Query(address): Query<CompareAddress>,
) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let caller = caller_of(&visitor);
    let mut found: Vec<Studying> = Vec::new();
    for id in address.study.iter().take(list::MOST_COMPARED) {
        found.push(pages.service.study(&caller, id).await?);
    }
    // Nobody's study is told apart for who may not read any.
    pages.service.studies(&caller).await?;
    let chosen: Vec<(String, String, &Outcome)> = found
        .iter()
        .filter_map(|one| {
            let outcome = one.study.state.outcome.as_ref()?;
            Some((one.study.id.clone(), one.study.state.name().to_owned(), outcome))
        })
        .collect();
    Ok(list::compare(&visitor, &chosen))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    name: String,
}

pub(super) async fn rename(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(written): Form<Named>,
) -> Result<Response, Problem> {
    pages.service.rename_study(&caller_of(&visitor), &id, written.name).await?;
    Ok(Redirect::to(&format!("/welfare/lab/{id}")).into_response())
}

pub(super) async fn put_away(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    pages.service.put_study_away(&caller_of(&visitor), &id).await?;
    Ok(Redirect::to("/welfare/lab").into_response())
}

async fn finished(pages: &Pages, caller: &Caller, id: &str) -> Result<(Design, Outcome), Problem> {
    let state = pages.service.study(caller, id).await?.study.state;
    state.design.zip(state.outcome).ok_or_else(Problem::not_found)
}

pub(super) async fn data(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    if file == PDF {
        return pdf(&pages, &visitor, &id).await;
    }
    let (design, outcome) = finished(&pages, &caller_of(&visitor), &id).await?;
    let package = pages.service.law().package();
    let rules = format!("{} {}", package.name, package.version);
    let (kind, bytes) = file_of(&design, &outcome, &rules, &file).ok_or_else(Problem::not_found)?;
    let disposition = format!("attachment; filename=\"{file}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}

/// The name of the report as PDF.
const PDF: &str = "study.pdf";

/// The report as PDF, in the language of who asks.
async fn pdf(pages: &Pages, visitor: &Visitor, id: &str) -> Result<Response, Problem> {
    let state = pages.service.study(&caller_of(visitor), id).await?.study.state;
    let (Some(design), Some(outcome)) = (&state.design, &state.outcome) else { return Err(Problem::not_found()) };
    let paths = design.changes.iter().map(|change| change.path.as_str());
    let figures = of_law(pages, paths, &design.month.to_string());
    let command = command_of(pages, design, Some(outcome));
    let beside = result::Beside { figures: &figures, command: &command, may_change: false };
    Ok(report::document(visitor.language, &state, outcome, &beside).download(PDF))
}

/// The report for printing: the page that the command writes. It stands alone, and is downloaded.
fn report(design: &Design, outcome: &Outcome, rules: &str) -> String {
    let study = maru_rules::reform::Study { name: design.name.clone(), ..outcome.study.clone() };
    maru_rules::reform::page(&study, outcome.curve.as_ref(), rules)
}

/// A file of a study, by its name.
fn file_of(design: &Design, outcome: &Outcome, rules: &str, file: &str) -> Option<(&'static str, Vec<u8>)> {
    match file {
        "reform.yaml" => Some(("application/yaml; charset=utf-8", design::yaml(design).into_bytes())),
        "study.html" => Some(("text/html; charset=utf-8", report(design, outcome, rules).into_bytes())),
        "situation.json" => Some(("application/json", laboratory::situation_file(design)?.into_bytes())),
        "study.json" => {
            let json = serde_json::to_string_pretty(&outcome.study.to_json()).ok()?;
            Some(("application/json", json.into_bytes()))
        }
        table => {
            let (name, ending) = table.rsplit_once('.')?;
            let tables = maru_rules::reform::tables(&outcome.study, outcome.curve.as_ref());
            let table = tables.into_iter().find(|table| table.name == name)?;
            match ending {
                "csv" => Some(("text/csv; charset=utf-8", table.to_csv().into_bytes())),
                "parquet" => Some(("application/vnd.apache.parquet", maru_columns::table_bytes(&table).ok()?)),
                _ => None,
            }
        }
    }
}
