//! The reform laboratory as an interface.

use axum::{extract::State, response::Response};
use jiff::civil::Date;
use maru_web::{
    Json, Path, Problem, Query,
    api::{ReadProblems, WriteProblems},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{accepted, problems::signed_in};
use crate::{
    Caller, WelfareService,
    domain::{
        Design, Month, ReformStudy,
        reform::{FigureChange, TakeUp},
    },
    laboratory::{self, design, figures::Figure},
    service::Studying,
    store::Named,
};

/// How far long work has come.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Standing {
    /// It waits or is being done.
    Running,
    /// It is done.
    Done,
    /// It could not be done.
    Failed,
}

pub(super) fn month(text: &str) -> Result<Month, Problem> {
    text.parse().map_err(|error: crate::domain::month::MonthError| {
        Problem::invalid(Vec::new()).detail("달을 2026-03처럼 적어 주세요.", error.to_string())
    })
}

/// What is to be found among the figures of the law.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FigureQuery {
    /// Words of names, paths or articles.
    #[serde(default)]
    search: String,
    /// The day whose values are told; today if none.
    #[param(value_type = Option<String>)]
    on: Option<Date>,
}

/// Where a figure stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FigureReference {
    /// The article.
    title: String,
    /// Its address.
    address: String,
}

/// A figure of the law.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FigureView {
    /// The parameter's path.
    path: String,
    /// What it is, in Korean.
    ko: String,
    /// What it is, in English.
    en: String,
    /// Its unit.
    unit: String,
    /// The value in force; nothing where it is not known.
    value: Option<String>,
    /// Since when.
    since: Option<String>,
    /// Where it stands.
    references: Vec<FigureReference>,
}

impl From<Figure> for FigureView {
    fn from(figure: Figure) -> Self {
        let references = figure.references.into_iter().map(|(title, address)| FigureReference { title, address });
        Self {
            path: figure.path,
            ko: figure.words.ko,
            en: figure.words.en,
            unit: figure.unit,
            value: figure.value,
            since: figure.since,
            references: references.collect(),
        }
    }
}

/// Figures of the law.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FigureList {
    /// They, in the order of the law.
    figures: Vec<FigureView>,
}

/// Finds figures.
#[utoipa::path(
    get,
    path = "/api/v1/welfare/figures",
    tag = "welfare",
    operation_id = "welfare_figures",
    summary = "Find figures of the law",
    description = "For officials, supervisors and auditors: figures that a reform can change, with the value in force and its article.",
    params(FigureQuery),
    responses((status = 200, description = "The figures.", body = FigureList), WriteProblems)
)]
pub(super) async fn figures(
    State(service): State<WelfareService>,
    caller: Caller,
    Query(query): Query<FigureQuery>,
) -> Result<Json<FigureList>, Problem> {
    let day = query.on.unwrap_or_else(|| caller.today());
    let found = service.figures(&caller, &query.search, day)?;
    Ok(Json(FigureList { figures: found.into_iter().map(FigureView::from).collect() }))
}

/// A figure from a day on.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FigureChangeRequest {
    /// The parameter's path, from the list of figures.
    #[schema(example = "basic_pension.amount.standard")]
    path: String,
    /// The new value: a number in figures, `true` or `false`.
    #[schema(example = "400000")]
    value: String,
    /// From this day.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// To the day before this one.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Date>,
}

/// Who of those entitled takes a benefit up, in per cent.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TakeUpRequest {
    /// The benefit.
    benefit: String,
    /// Under the rules in force.
    #[schema(maximum = 100)]
    in_force: u8,
    /// Under the reform.
    #[schema(maximum = 100)]
    reform: u8,
}

/// A reform to be studied.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ReformRequest {
    /// Its name.
    #[schema(max_length = 120)]
    name: String,
    /// The month.
    #[schema(example = "2026-03")]
    month: String,
    /// The figures.
    #[schema(max_items = 20)]
    #[serde(default)]
    changes: Vec<FigureChangeRequest>,
    /// Take-up below all.
    #[serde(default)]
    take_up: Vec<TakeUpRequest>,
    /// The household whose work incentive is drawn: `worker`, `single-parent`, `couple` or `elderly`.
    #[serde(default = "usual_household")]
    household: String,
    /// Other rules: the text of a reform in the language of the package. It is compiled, never executed, and reads no files.
    #[schema(max_length = 20_000)]
    #[serde(default)]
    formulas: String,
}

fn usual_household() -> String {
    "single-parent".to_owned()
}

impl ReformRequest {
    fn design(self) -> Result<Design, Problem> {
        let changes = self.changes.into_iter();
        let take_up = self.take_up.into_iter();
        Ok(Design {
            name: self.name,
            month: month(&self.month)?,
            changes: changes
                .map(|one| FigureChange { path: one.path, value: one.value, from: one.from, until: one.until })
                .collect(),
            take_up: take_up
                .map(|one| TakeUp { benefit: one.benefit, in_force: one.in_force, reform: one.reform })
                .collect(),
            household: self.household,
            formulas: self.formulas,
        })
    }
}

/// A study of a reform.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReformView {
    /// Its name on the log.
    id: String,
    /// Its name.
    name: String,
    /// The month.
    month: String,
    #[schema(inline)]
    standing: Standing,
    /// Parts that are done, while it is calculated.
    done: Option<u64>,
    /// Of how many.
    parts: Option<u64>,
    /// Why it could not be done.
    failed: Option<String>,
    /// The rules in force: name, version, digest.
    rules: String,
    /// The reform as the file that `maru rules reform` reads.
    reform: String,
    /// The command that gives every figure again, once it is done.
    command: Option<String>,
    /// What it came to, as `maru rules reform` prints it.
    #[schema(value_type = Option<Object>)]
    study: Option<Value>,
}

impl ReformView {
    fn of(service: &WelfareService, studying: &Studying) -> Option<Self> {
        let (id, state) = (&studying.study.id, &studying.study.state);
        let asked = state.design.as_ref()?;
        let root = &service.law().package().root;
        let command = state
            .outcome
            .as_ref()
            .map(|outcome| laboratory::command(root, &outcome.studied.folder, outcome.studied.represents, asked.month));
        Some(Self {
            id: id.clone(),
            name: asked.name.clone(),
            month: asked.month.to_string(),
            standing: standing_of(state.outcome.is_some(), state.failed.is_some()),
            done: studying.progress.map(|progress| progress.done),
            parts: studying.progress.map(|progress| progress.all),
            failed: state.failed.clone(),
            rules: state.rules.clone(),
            reform: design::yaml(asked),
            command,
            study: state.outcome.as_ref().map(|outcome| outcome.study.to_json()),
        })
    }
}

pub(super) fn standing_of(is_done: bool, is_failed: bool) -> Standing {
    match (is_done, is_failed) {
        (true, _) => Standing::Done,
        (_, true) => Standing::Failed,
        _ => Standing::Running,
    }
}

/// A study on the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReformLine {
    /// Its name on the log.
    id: String,
    /// Its name.
    name: String,
    #[schema(inline)]
    standing: Standing,
    /// What it costs more in the period, in won.
    cost: Option<f64>,
}

impl ReformLine {
    fn of(named: Named<ReformStudy>) -> Self {
        let state = named.state;
        Self {
            standing: standing_of(state.outcome.is_some(), state.failed.is_some()),
            cost: state.outcome.as_ref().map(|outcome| outcome.study.total.cost),
            name: state.name().to_owned(),
            id: named.id,
        }
    }
}

/// Studies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReformList {
    /// They, the newest first.
    reforms: Vec<ReformLine>,
}

/// Asks for a study.
#[utoipa::path(
    post,
    path = "/api/v1/welfare/reforms",
    tag = "welfare",
    operation_id = "welfare_study_reform",
    summary = "Study a reform over the population",
    description = "For officials and supervisors. The study is calculated as a job: ask for it again at its address.",
    request_body = ReformRequest,
    responses((status = 202, description = "It will be calculated.", body = ReformView), WriteProblems)
)]
pub(super) async fn study(
    State(service): State<WelfareService>,
    caller: Caller,
    Json(request): Json<ReformRequest>,
) -> Result<Response, Problem> {
    signed_in(&caller)?;
    let id = service.request_study(&caller, request.design()?).await?;
    let studying = service.study(&caller, &id).await?;
    let view = ReformView::of(&service, &studying).ok_or_else(Problem::not_found)?;
    Ok(accepted(&format!("/api/v1/welfare/reforms/{id}"), view))
}

/// Lists studies.
#[utoipa::path(
    get,
    path = "/api/v1/welfare/reforms",
    tag = "welfare",
    operation_id = "welfare_reforms",
    summary = "List studies of reforms",
    description = "For officials, supervisors and auditors: at most 200, the newest first.",
    responses((status = 200, description = "The studies.", body = ReformList), ReadProblems)
)]
pub(super) async fn studies(
    State(service): State<WelfareService>,
    caller: Caller,
) -> Result<Json<ReformList>, Problem> {
    let all = service.studies(&caller).await?;
    Ok(Json(ReformList { reforms: all.into_iter().map(ReformLine::of).collect() }))
}

/// Reads a study.
#[utoipa::path(
    get,
    path = "/api/v1/welfare/reforms/{id}",
    tag = "welfare",
    operation_id = "welfare_reform",
    summary = "Read a study of a reform",
    description = "For officials, supervisors and auditors: how far it has come, then cost, winners and losers, poverty and inequality.",
    params(("id" = String, Path, description = "The study.")),
    responses((status = 200, description = "The study.", body = ReformView), ReadProblems)
)]
pub(super) async fn one_study(
    State(service): State<WelfareService>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ReformView>, Problem> {
    let studying = service.study(&caller, &id).await?;
    ReformView::of(&service, &studying).map(Json).ok_or_else(Problem::not_found)
}
