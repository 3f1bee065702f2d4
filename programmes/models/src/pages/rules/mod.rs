//! The rules that stand before and after every model: those for all agencies, those of one, and what others would have done with the
//! calls on the record.

mod form;
mod list;
mod tried;
mod written;

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse as _, Response},
};
use maru_gateway::{Action, Change, PolicySettings, Registry};
use maru_web::{
    Form as Sent, Language, Page, Problem, Query, Visitor,
    routing::{get, post},
};
use serde::Deserialize;

use self::written::Written;
use super::{
    Pages,
    parts::{self, Why},
};
use crate::{Caller, api::problem};

pub(super) fn router() -> Router<Pages> {
    Router::new()
        .route("/models/rules", get(list))
        .route("/models/rules/change", get(one).merge(post(change)))
        .route("/models/rules/try", post(try_them))
        .route("/models/rules/withdraw", post(withdraw))
}

/// Whose rules.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Whose {
    /// The agency; empty for the rules of all.
    agency: String,
    /// Rules of one more agency are begun.
    new: String,
}

fn action_of(text: &str) -> Option<Action> {
    [Action::Observe, Action::Mask, Action::Ask, Action::Block].into_iter().find(|action| action.as_str() == text)
}

fn action_words(language: Language, action: Action) -> &'static str {
    match action {
        Action::Observe => language.say("기록만", "Note it"),
        Action::Mask => language.say("가림", "Mask it"),
        Action::Ask => language.say("확인 요청", "Ask the caller"),
        Action::Block => language.say("막음", "Stop it"),
    }
}

/// The rules that hold for an agency, or for all where none is named.
fn rules_of<'a>(registry: &'a Registry, agency: &str) -> &'a PolicySettings {
    registry.agency_policies.get(agency).unwrap_or(&registry.policy)
}

async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let registry = pages.service.registry(&caller).await.map_err(problem)?.registry;
    Ok(list::page(&visitor, &registry, pages.service.may(&caller, "propose-change")))
}

async fn one(Of(pages): Of<Pages>, visitor: Visitor, Query(whose): Query<Whose>) -> Result<Page, Problem> {
    let (_, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    if !whose.agency.is_empty() && !registry.agency_policies.contains_key(&whose.agency) {
        return Err(Problem::not_found());
    }
    let written = Written { new: whose.new, ..Written::of(&whose.agency, rules_of(&registry, &whose.agency)) };
    Ok(form::page(&visitor, &registry, &written, None, &[]))
}

async fn change(Of(pages): Of<Pages>, visitor: Visitor, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    match parts::propose(&pages, &caller, written.wanted(), &written.reason).await? {
        Ok(response) => Ok(response),
        Err(errors) => Ok(form::page(&visitor, &registry, &written, None, &errors).with_errors().into_response()),
    }
}

/// What these rules would have done with the calls of the last days.
async fn try_them(Of(pages): Of<Pages>, visitor: Visitor, Sent(written): Sent<Written>) -> Result<Page, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let policy = match written.policy() {
        Ok(policy) => policy,
        Err(errors) => return Ok(form::page(&visitor, &registry, &written, None, &errors).with_errors()),
    };
    let agency = Some(written.agency.trim()).filter(|agency| !agency.is_empty());
    let report = pages.service.try_rules(&caller, &policy, agency).await.map_err(problem)?;
    Ok(form::page(&visitor, &registry, &written, Some(&report), &[]))
}

async fn withdraw(Of(pages): Of<Pages>, visitor: Visitor, Sent(why): Sent<Why>) -> Result<Response, Problem> {
    parts::take_away(&pages, &visitor, Change::WithdrawAgencyPolicy(why.of), &why.why).await
}
