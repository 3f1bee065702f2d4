//! Keys: who may call which models for what, what they spend, and the forms with which one is given out, changed, replaced, withdrawn.

mod form;
mod list;
mod shown_once;
mod spending;
mod written;

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse as _, Response},
};
use maru_gateway::{Change, KeyScope, Registry};
use maru_web::{
    Form as Sent, Page, Path, Problem, Visitor,
    routing::{get, post},
};

use self::written::{Replacement, Written};
use super::{
    Pages,
    parts::{self, Why},
    words,
};
use crate::{Caller, ServiceError, api::problem};

pub(super) fn router() -> Router<Pages> {
    Router::new()
        .route("/models/keys", get(list))
        .route("/models/keys/new", get(new).merge(post(create)))
        .route("/models/keys/{id}", get(one).merge(post(change)))
        .route("/models/keys/{id}/replace", post(replace))
        .route("/models/keys/{id}/withdraw", post(withdraw))
}

async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let registry = pages.service.registry(&caller).await.map_err(problem)?.registry;
    let spending = if pages.service.may(&caller, "read-traffic") {
        Some(pages.service.spending(&caller).await.map_err(problem)?)
    } else {
        None
    };
    Ok(list::page(&visitor, &registry, spending.as_deref(), pages.service.may(&caller, "propose-change")))
}

async fn new(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let (_, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    Ok(form::new_page(&visitor, &Written::empty(), &registry, &[]))
}

async fn create(Of(pages): Of<Pages>, visitor: Visitor, Sent(written): Sent<Written>) -> Result<Page, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let errors = match written.key(None, &registry) {
        Ok(key) => match pages.service.propose_new_key(&caller, key, &written.reason).await {
            Ok((change, secret)) => return Ok(shown_once::page(&visitor, &written.id, &change, &secret)),
            Err(ServiceError::Refused(refusal)) => vec![words::in_form(&refusal, "id")],
            Err(error) => return Err(problem(error)),
        },
        Err(errors) => errors,
    };
    Ok(form::new_page(&visitor, &written, &registry, &errors).with_errors())
}

fn known<'a>(registry: &'a Registry, id: &str) -> Result<&'a KeyScope, Problem> {
    registry.keys.iter().find(|key| key.id == id).ok_or_else(Problem::not_found)
}

async fn one(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    let (_, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let key = known(&registry, &id)?;
    Ok(form::one_page(&visitor, key, (&Written::of(key), &Replacement::default()), &registry, &[]))
}

async fn change(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let before = known(&registry, &id)?;
    let wanted = written.key(Some(before), &registry).map(Change::PutKey);
    match parts::propose(&pages, &caller, wanted, &written.reason).await? {
        Ok(response) => Ok(response),
        Err(errors) => {
            let written = (&written, &Replacement::default());
            Ok(form::one_page(&visitor, before, written, &registry, &errors).with_errors().into_response())
        }
    }
}

async fn replace(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(replacement): Sent<Replacement>,
) -> Result<Page, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let before = known(&registry, &id)?;
    let errors = match replacement.days() {
        Ok(days) => match pages.service.propose_replacement(&caller, before, days, &replacement.why_replaced).await {
            Ok((change, secret)) => return Ok(shown_once::page(&visitor, &id, &change, &secret)),
            Err(ServiceError::Refused(refusal)) => vec![words::in_form(&refusal, "days")],
            Err(error) => return Err(problem(error)),
        },
        Err(errors) => errors,
    };
    Ok(form::one_page(&visitor, before, (&Written::of(before), &replacement), &registry, &errors).with_errors())
}

async fn withdraw(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(why): Sent<Why>,
) -> Result<Response, Problem> {
    parts::take_away(&pages, &visitor, Change::WithdrawKey(id), &why.why).await
}
