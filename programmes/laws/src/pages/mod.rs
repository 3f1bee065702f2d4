//! What people see: the laws that are served, what each calculates, its figures with their sources, and for one situation
//! the result with everything it rests on.

#![allow(clippy::unused_async, reason = "a handler is asynchronous, whether or not this one waits")]

mod answer;
mod ask;
mod certificates;
mod curve;
mod figures;
mod law;
mod result;
mod shelf;
mod tree;
mod words;

use axum::{
    Router,
    extract::State as Of,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use maru_rules::{explain::Words, period::Period};
use maru_web::{
    Form, Language, Page, Path, Problem, Query, Visitor,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::{
    Caller, LawsService,
    domain::Sha256,
    service::{Question, ServiceError},
};

pub(crate) use crate::service::problem;

/// The longest situation that a form takes, in bytes.
const LONGEST_SITUATION: usize = 200_000;

/// All addresses. Put it into [`maru_web::router`].
pub fn router(service: LawsService) -> Router {
    Router::new()
        .route("/laws", get(shelf_page))
        .route("/laws/certificates", get(certificates_page).merge(post(check)))
        .route("/laws/certificates/{sha256}", get(certificate_page))
        .route("/laws/{law}", get(law_page))
        .route("/laws/{law}/figures", get(figures_page))
        .route("/laws/{law}/results/{variable}", get(result_page))
        .route("/laws/{law}/examples/{example}", get(example))
        .route("/laws/{law}/calculation", get(form).merge(post(calculated)))
        .route("/laws/{law}/certificate", post(download))
        .route("/laws/{law}/recorded-certificate", post(record))
        .with_state(service)
}

/// A text of the rules in the visitor's language.
fn say(language: Language, words: &Words) -> &str {
    words.in_language(language == Language::Korean)
}

async fn shelf_page(Of(service): Of<LawsService>, visitor: Visitor) -> Page {
    shelf::page(&visitor, service.shelf())
}

async fn law_page(Of(service): Of<LawsService>, visitor: Visitor, Path(law): Path<String>) -> Result<Page, Problem> {
    let law = service.law(&law).map_err(problem)?;
    Ok(law::page(&visitor, &law))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct FiguresAddress {
    on: String,
}

async fn figures_page(
    Of(service): Of<LawsService>,
    visitor: Visitor,
    Path(law): Path<String>,
    Query(address): Query<FiguresAddress>,
) -> Result<Page, Problem> {
    let law = service.law(&law).map_err(problem)?;
    let today = maru_web::in_korea(visitor.now).date().to_string();
    let on = address.on.parse::<jiff::civil::Date>().map_or(today, |date| date.to_string());
    Ok(figures::page(&visitor, &law, &on))
}

async fn result_page(
    Of(service): Of<LawsService>,
    visitor: Visitor,
    Path((law, variable)): Path<(String, String)>,
) -> Result<Page, Problem> {
    let law = service.law(&law).map_err(problem)?;
    let variable = law.package.system.variables.get(variable.as_str()).ok_or_else(Problem::not_found)?;
    Ok(result::page(&visitor, &law, variable))
}

/// Which fact the picture goes along, and another result of the same situation.
#[derive(Clone, Deserialize, Default)]
#[serde(default)]
struct ExampleAddress {
    variable: String,
    period: String,
    of: String,
    along: String,
}

/// Somebody's choice of a fact, written `variable@whose`.
fn fact(choice: &str) -> Option<(String, String)> {
    choice.split_once('@').map(|(variable, of)| (variable.to_owned(), of.to_owned()))
}

async fn example(
    Of(service): Of<LawsService>,
    visitor: Visitor,
    Path((law, name)): Path<(String, String)>,
    Query(address): Query<ExampleAddress>,
) -> Result<Page, Problem> {
    let law = service.law(&law).map_err(problem)?;
    let korean = visitor.language == Language::Korean;
    let example = law.example(&name).ok_or_else(Problem::not_found)?;
    let asked = Period::parse(&address.period)
        .filter(|_| !address.variable.is_empty())
        .map(|period| (address.variable.clone(), period, Some(address.of.clone()).filter(|of| !of.is_empty())));
    let (variable, period, of) = asked.or_else(|| example.question(korean)).ok_or_else(Problem::not_found)?;
    let question = Question { situation: example.situation(korean).clone(), variable, period, of };
    let fact = fact(&address.along);
    let told = service.answer_for_all(law.clone(), question.clone(), fact).await.map_err(problem)?;
    let shown = answer::Shown {
        law: &law,
        question: &question,
        answer: &told,
        example: Some(example),
        may_record: service.may(&Caller::from(&visitor), "record"),
    };
    Ok(answer::page(&visitor, &shown))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct FormAddress {
    variable: String,
    example: String,
}

async fn form(
    Of(service): Of<LawsService>,
    visitor: Visitor,
    Path(law): Path<String>,
    Query(address): Query<FormAddress>,
) -> Result<Page, Problem> {
    let law = service.law(&law).map_err(problem)?;
    let korean = visitor.language == Language::Korean;
    let example = law.example(&address.example).or_else(|| law.examples.first());
    let asked = example.and_then(|example| example.question(korean));
    let mut sent = ask::Sent {
        situation: example.map(|example| ask::pretty(example.situation(korean))).unwrap_or_default(),
        variable: address.variable,
        ..ask::Sent::default()
    };
    if let Some((variable, period, of)) = asked {
        if sent.variable.is_empty() {
            sent.variable = variable;
            sent.of = of.unwrap_or_default();
        }
        sent.period = period.to_string();
    }
    Ok(ask::page(&visitor, &law, &sent, &[]))
}

async fn calculated(
    Of(service): Of<LawsService>,
    visitor: Visitor,
    Path(law): Path<String>,
    Form(sent): Form<ask::Sent>,
) -> Result<Page, Problem> {
    let law = service.law(&law).map_err(problem)?;
    let question = match ask::question(&law, &sent) {
        Ok(question) => question,
        Err(errors) => return Ok(ask::page(&visitor, &law, &sent, &errors)),
    };
    let fact = fact(&sent.along);
    match service.answer(law.clone(), question.clone(), fact).await {
        Ok(told) => {
            let may_record = service.may(&Caller::from(&visitor), "record");
            let shown = answer::Shown { law: &law, question: &question, answer: &told, example: None, may_record };
            Ok(answer::page(&visitor, &shown).personal())
        }
        Err(ServiceError::Situation(reason)) => Ok(ask::page(&visitor, &law, &sent, &[ask::wrong_situation(&reason)])),
        Err(other) => Err(problem(other)),
    }
}

/// The certificate as a file. It holds facts about a person: no cache keeps it.
async fn download(
    Of(service): Of<LawsService>,
    Path(law): Path<String>,
    Form(sent): Form<ask::Sent>,
) -> Result<Response, Problem> {
    let law = service.law(&law).map_err(problem)?;
    let question = ask::question(&law, &sent).map_err(Problem::invalid)?;
    let certificate = service.certificate(law, question).await.map_err(problem)?;
    Ok(file(&certificate))
}

fn file(certificate: &Json) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"certificate.json\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, ask::pretty(certificate)).into_response()
}

/// Puts the certificate's hash on the log, and shows where it is.
async fn record(
    Of(service): Of<LawsService>,
    visitor: Visitor,
    Path(law): Path<String>,
    Form(sent): Form<ask::Sent>,
) -> Result<Page, Problem> {
    let law = service.law(&law).map_err(problem)?;
    let question = ask::question(&law, &sent).map_err(Problem::invalid)?;
    let (certificate, recorded) = service.record(&Caller::from(&visitor), law, question).await.map_err(problem)?;
    Ok(certificates::recorded(&visitor, &recorded, Some(&certificate)))
}

async fn certificates_page(visitor: Visitor) -> Page {
    certificates::page(&visitor, "", &[])
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Shown {
    certificate: String,
}

async fn check(Of(service): Of<LawsService>, visitor: Visitor, Form(shown): Form<Shown>) -> Result<Page, Problem> {
    let text = shown.certificate.trim();
    let checked = match Sha256::try_from(text.to_owned()) {
        Ok(sha256) => {
            let recorded = service.recorded(&sha256).await.map_err(problem)?;
            return Ok(certificates::found(&visitor, &sha256, recorded.as_ref()));
        }
        Err(_) => match serde_json::from_str::<Json>(text) {
            Ok(certificate) => service.check(certificate).await,
            Err(error) => Err(ServiceError::Situation(error.to_string())),
        },
    };
    match checked {
        Ok(checked) => Ok(certificates::checked(&visitor, &checked)),
        Err(ServiceError::Situation(reason)) => {
            Ok(certificates::page(&visitor, &shown.certificate, &[certificates::wrong(&reason)]))
        }
        Err(other) => Err(problem(other)),
    }
}

async fn certificate_page(
    Of(service): Of<LawsService>,
    visitor: Visitor,
    Path(sha256): Path<String>,
) -> Result<Page, Problem> {
    let sha256 = Sha256::try_from(sha256).map_err(|_| Problem::not_found())?;
    let recorded = service.recorded(&sha256).await.map_err(problem)?;
    let recorded = recorded.ok_or_else(Problem::not_found)?;
    Ok(certificates::recorded(&visitor, &recorded, None))
}
