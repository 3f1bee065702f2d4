//! What the pages of the registry's parts have in common: the way from one to the other, and how a form becomes a proposal.

use axum::response::{IntoResponse as _, Redirect, Response};
use maru_gateway::{Change, Registry};
use maru_web::{
    FieldError, Html, Language, Page, PageKind, Problem, Visitor,
    components::{Button, Disclosure, EmptyState, ErrorSummary, Field, Form, Tabs},
};
use serde::Deserialize;

use super::{Pages, under_registry, words};
use crate::{Caller, ServiceError, api::problem};

/// A part of the registry with a page of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Models,
    Servers,
    Purposes,
    Keys,
    Tools,
    Rules,
}

impl Part {
    const ALL: [Self; 6] = [Self::Models, Self::Servers, Self::Purposes, Self::Keys, Self::Tools, Self::Rules];

    fn label(self, language: Language) -> &'static str {
        match self {
            Self::Models => language.say("모델", "Models"),
            Self::Servers => language.say("서버", "Servers"),
            Self::Purposes => language.say("용도", "Purposes"),
            Self::Keys => language.say("키", "Keys"),
            Self::Tools => language.say("도구 서버", "Servers of tools"),
            Self::Rules => language.say("보안 규칙", "Rules"),
        }
    }

    fn address(self) -> &'static str {
        match self {
            Self::Models => "/models/registry",
            Self::Servers => "/models/servers",
            Self::Purposes => "/models/purposes",
            Self::Keys => "/models/keys",
            Self::Tools => "/models/tools",
            Self::Rules => "/models/rules",
        }
    }
}

/// The parts of the registry, the present one marked.
pub(super) fn tabs(language: Language, current: Part) -> Tabs {
    let tabs = Tabs::new(language.say("등록부의 부분", "Parts of the registry"));
    Part::ALL.into_iter().fold(tabs, |tabs, part| tabs.tab(part.label(language), part.address(), part == current))
}

/// The list of a part.
pub(super) fn list_page(visitor: &Visitor, part: Part, lead: &'static str, body: Html) -> Page {
    let language = visitor.language;
    under_registry(visitor, part.label(language), PageKind::Overview)
        .lead(lead)
        .body(Html::empty().and(tabs(language, part)).and(body))
}

/// What a list says of itself.
pub(super) struct ListWords {
    /// Under its title.
    pub(super) lead: &'static str,
    /// On the button with which one more is proposed.
    pub(super) propose: &'static str,
    /// Where there is none yet.
    pub(super) nothing: &'static str,
    /// How one comes to be then.
    pub(super) how: &'static str,
}

/// How most things come to be.
pub(super) fn how_one_comes(language: Language) -> &'static str {
    language.say(
        "시스템 관리자가 제안하고 다른 사람이 승인하면 여기에 나옵니다.",
        "When an administrator proposes one and another person approves it, it stands here.",
    )
}

/// The list of a part, with what stands before it, and the button with which one more is proposed at its address under `new`.
pub(super) fn listed(
    visitor: &Visitor,
    part: Part,
    words: &ListWords,
    (before, list): (Html, Option<Html>),
    may_propose: bool,
) -> Page {
    let button = || Button::primary(words.propose).link(format!("{}/new", part.address()));
    let propose = if may_propose { Html::empty().and(button()) } else { Html::empty() };
    if let Some(list) = list {
        return list_page(visitor, part, words.lead, before.and(list)).actions(propose);
    }
    let nothing = EmptyState::new(words.nothing, words.how).action(propose);
    list_page(visitor, part, words.lead, before.and(nothing))
}

/// A page below the list of a part.
pub(super) fn under(visitor: &Visitor, part: Part, title: impl Into<String>) -> Page {
    let label = part.label(visitor.language);
    under_registry(visitor, title, PageKind::Official).breadcrumb(label, part.address())
}

/// Where the four eyes are told of.
pub(super) fn by_two(language: Language) -> &'static str {
    language.say(
        "다른 사람이 승인해야 바뀝니다. 제안과 승인은 모두 기록에 남습니다.",
        "It changes when another person approves it. Both stand on the record.",
    )
}

/// Only who may propose changes goes on; gives the registry as it stands.
pub(super) async fn registry_for_proposal(pages: &Pages, visitor: &Visitor) -> Result<(Caller, Registry), Problem> {
    let caller = super::permit_proposal(pages, visitor)?;
    let registry = pages.service.registry(&caller).await.map_err(problem)?.registry;
    Ok((caller, registry))
}

/// Proposes the change that a form makes and goes to it; what is wrong with the form, or refused by the registry, are errors of the form.
pub(super) async fn propose(
    pages: &Pages,
    caller: &Caller,
    wanted: Result<Change, Vec<FieldError>>,
    reason: &str,
) -> Result<Result<Response, Vec<FieldError>>, Problem> {
    let change = match wanted {
        Ok(change) => change,
        Err(errors) => return Ok(Err(errors)),
    };
    match pages.service.propose(caller, change, reason).await {
        Ok(id) => Ok(Ok(Redirect::to(&format!("/models/changes/{id}")).into_response())),
        Err(ServiceError::Refused(refusal)) => Ok(Err(vec![words::in_form(&refusal, "reason")])),
        Err(error) => Err(problem(error)),
    }
}

/// Why something is taken away.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Why {
    pub(super) why: String,
    /// Which one, where the address does not say it.
    pub(super) of: String,
}

/// Takes something away.
pub(super) async fn take_away(
    pages: &Pages,
    visitor: &Visitor,
    change: Change,
    why: &str,
) -> Result<Response, Problem> {
    let caller = super::permit_proposal(pages, visitor)?;
    let id = pages.service.propose(&caller, change, why).await.map_err(problem)?;
    Ok(Redirect::to(&format!("/models/changes/{id}")).into_response())
}

/// A form that takes something away, folded; `hidden` says which, where its address does not.
pub(super) fn withdrawal(
    visitor: &Visitor,
    (action, hidden): (String, &[(&str, &str)]),
    (title, text, button): (&str, &str, &str),
) -> Html {
    let language = visitor.language;
    let field = Field::text(language, "why", language.say("까닭", "Reason"))
        .hint(language.say("기록에 남습니다.", "It stays on the record."))
        .longest(500);
    let form = hidden.iter().fold(Form::post(visitor, action), |form, (name, value)| form.hidden(*name, *value));
    let form = form.body(Html::empty().and(field).and(Button::danger(button)));
    Html::empty().and(Disclosure::new(title, Html::paragraphs(text).and(form)))
}

/// The errors of a form, and the form.
pub(super) fn with_summary(language: Language, errors: &[FieldError], form: Form) -> Html {
    let mut body = Html::empty();
    if !errors.is_empty() {
        body = body.and(ErrorSummary::new(language, errors));
    }
    body.and(form)
}

/// The field for the reason of a proposal, and the button that sends it.
pub(super) fn reason(language: Language, written: &str, errors: &[FieldError]) -> Html {
    let field = Field::area(language, "reason", language.say("까닭", "Reason"))
        .hint(language.say(
            "승인할 사람이 읽습니다. 무엇을 확인했는지 적어 주세요.",
            "Whoever approves it reads this. Say what you checked.",
        ))
        .rows(3)
        .value(written)
        .errors(errors);
    Html::empty().and(field).and(Button::primary(language.say("제안하기", "Propose")))
}

/// Whether a text can be a name of something in the registry, as it stands in addresses.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 80
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

/// Checks the name of something new.
pub(super) fn check_name(name: &str, is_taken: bool, errors: &mut Vec<FieldError>) {
    if !is_name(name) {
        let korean = "이름은 영문자, 숫자, -._로 80자까지 써 주세요.";
        errors.push(FieldError::new("id", korean, "Write a name of letters, digits and -._ of at most 80."));
    } else if is_taken {
        errors.push(taken());
    }
}

/// A name that is taken.
pub(super) fn taken() -> FieldError {
    let korean = "같은 이름이 이미 있습니다. 그것의 변경을 제안해 주세요.";
    FieldError::new("id", korean, "There is one of this name. Propose a change of it.")
}

/// Nothing is proposed without a reason.
pub(super) fn check_reason(field: &str, reason: &str, errors: &mut Vec<FieldError>) {
    if reason.trim().is_empty() {
        let korean = "두 번째 사람이 판단할 수 있게 까닭을 써 주세요.";
        errors.push(FieldError::new(field, korean, "Write a reason that the second person can weigh."));
    }
}

/// Lines of a text, without what is around them and without empty ones.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
