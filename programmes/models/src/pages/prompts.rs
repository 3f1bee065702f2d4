//! The library of prompts: what there is, what changed when and why, and the form for a new version.

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use maru_gateway::{Prompt, PromptLibrary, PromptRefusal, PromptVersion};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem, Visitor,
    components::{Button, Card, Disclosure, EmptyState, ErrorSummary, Field, Form, Moment, Table, Tag, Timeline, Tone},
    routing::{get, post},
};
use serde::Deserialize;

use super::{Pages, under_gateway, words};
use crate::{Caller, ServiceError, api};

pub(super) fn router() -> Router<Pages> {
    Router::new()
        .route("/models/prompts", get(list))
        .route("/models/prompts/new", get(new).merge(post(create)))
        .route("/models/prompts/{id}", get(one).merge(post(save)))
        .route("/models/prompts/{id}/withdraw", post(withdraw))
}

/// What was written into the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Written {
    id: String,
    title: String,
    text: String,
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Why {
    why: String,
}

async fn library(pages: &Pages, visitor: &Visitor) -> Result<(PromptLibrary, bool), Problem> {
    let caller = Caller::from(visitor);
    let library = pages.service.prompts(&caller).await.map_err(api::problem)?;
    Ok((library, pages.service.may(&caller, "write-prompt")))
}

async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let (library, may_write) = library(&pages, &visitor).await?;
    Ok(list_page(&visitor, &library, may_write))
}

async fn new(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let (_, may_write) = library(&pages, &visitor).await?;
    if may_write { Ok(new_page(&visitor, &Written::default(), &[])) } else { Err(Problem::forbidden()) }
}

async fn create(Of(pages): Of<Pages>, visitor: Visitor, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let (library, _) = library(&pages, &visitor).await?;
    let id = written.id.trim().to_owned();
    if library.prompts.contains_key(&id) {
        let korean = "같은 이름의 지시문이 있습니다. 그 지시문의 새 판을 써 주세요.";
        let error = FieldError::new("id", korean, "There is a prompt of this name. Write a new version of it.");
        return Ok(new_page(&visitor, &written, &[error]).with_errors().into_response());
    }
    match saved(&pages, &visitor, &id, &written).await? {
        Ok(response) => Ok(response),
        Err(errors) => Ok(new_page(&visitor, &written, &errors).with_errors().into_response()),
    }
}

async fn one(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    let (library, may_write) = library(&pages, &visitor).await?;
    let prompt = library.prompts.get(&id).ok_or_else(Problem::not_found)?;
    page(&visitor, &id, prompt, may_write, None, &[]).ok_or_else(Problem::not_found)
}

async fn save(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let (library, may_write) = library(&pages, &visitor).await?;
    let prompt = library.prompts.get(&id).ok_or_else(Problem::not_found)?;
    match saved(&pages, &visitor, &id, &written).await? {
        Ok(response) => Ok(response),
        Err(errors) => {
            let page =
                page(&visitor, &id, prompt, may_write, Some(&written), &errors).ok_or_else(Problem::not_found)?;
            Ok(page.with_errors().into_response())
        }
    }
}

/// Saves what was written; what the library refuses stands beside its field.
async fn saved(
    pages: &Pages,
    visitor: &Visitor,
    id: &str,
    written: &Written,
) -> Result<Result<Response, Vec<FieldError>>, Problem> {
    let (title, text) = (written.title.as_str(), written.text.as_str());
    match pages.service.save_prompt(&Caller::from(visitor), id, (title, text), &written.reason).await {
        Ok(()) => Ok(Ok(Redirect::to(&format!("/models/prompts/{id}")).into_response())),
        Err(ServiceError::Prompt(refusal)) => Ok(Err(vec![in_form(refusal)])),
        Err(error) => Err(api::problem(error)),
    }
}

async fn withdraw(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(why): Sent<Why>,
) -> Result<Response, Problem> {
    pages.service.withdraw_prompt(&Caller::from(&visitor), &id, &why.why).await.map_err(api::problem)?;
    Ok(Redirect::to(&format!("/models/prompts/{id}")).into_response())
}

fn in_form(refusal: PromptRefusal) -> FieldError {
    let field = match refusal {
        PromptRefusal::Name => "id",
        PromptRefusal::NoReason => "reason",
        _ => "text",
    };
    FieldError::new(field, api::prompt_words(refusal), refusal.to_string())
}

fn crumbs(visitor: &Visitor, title: impl Into<String>) -> Page {
    under_gateway(visitor, title, PageKind::Official)
}

fn list_page(visitor: &Visitor, library: &PromptLibrary, may_write: bool) -> Page {
    let language = visitor.language;
    let label = language.say("지시문 쓰기", "Write a prompt");
    let write =
        if may_write { Html::empty().and(Button::primary(label).link("/models/prompts/new")) } else { Html::empty() };
    let mut page = crumbs(visitor, language.say("지시문 모음", "Library of prompts")).lead(language.say(
        "잘 쓴 지시문을 함께 씁니다. 고칠 때마다 새 판이 되고, 앞의 판은 그대로 남습니다.",
        "Prompts that work, shared. Every change is a new version, and the earlier ones stay.",
    ));
    if library.prompts.is_empty() {
        let title = language.say("아직 지시문이 없습니다", "There are no prompts yet");
        let text = language.say("공무원이 지시문을 쓰면 여기에 모입니다.", "What officials write is gathered here.");
        return page.body(Html::empty().and(EmptyState::new(title, text).action(write)));
    }
    page = page.actions(write);
    let mut table = Table::new(language.say("지시문", "Prompts"))
        .column(language.say("제목", "Title"))
        .column(language.say("이름", "Name"))
        .column(language.say("판", "Version"))
        .column(language.say("쓴 사람", "Written by"))
        .column(language.say("때", "When"));
    for (id, prompt) in &library.prompts {
        let Some((number, newest)) = prompt.newest() else { continue };
        let link = format!("<a href=\"/models/prompts/{}\">{}</a>", Html::text(id), Html::text(&newest.title));
        table = table.row([
            Html::trusted(link).and(withdrawn(language, prompt)),
            words::account(id),
            Html::text(&number.to_string()),
            words::account(&newest.by),
            Html::text(&language.date_time(newest.at)),
        ]);
    }
    page.body(Html::empty().and(table))
}

fn withdrawn(language: Language, prompt: &Prompt) -> Html {
    if !prompt.is_withdrawn {
        return Html::empty();
    }
    Html::text(" ").and(Tag::new(Tone::Bad, language.say("쓰지 않음", "Not in use")))
}

fn new_page(visitor: &Visitor, written: &Written, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let mut body = Html::empty();
    if !errors.is_empty() {
        body = body.and(ErrorSummary::new(language, errors));
    }
    let name = Field::text(language, "id", language.say("이름", "Name"))
        .hint(
            language.say("주소에 쓰입니다. 예: minutes-summary", "It stands in the address, such as minutes-summary."),
        )
        .longest(60)
        .value(&written.id)
        .errors(errors);
    let form =
        Form::post(visitor, "/models/prompts/new").body(Html::empty().and(name).and(fields(language, written, errors)));
    crumbs(visitor, language.say("지시문 쓰기", "Write a prompt"))
        .breadcrumb(language.say("지시문 모음", "Library of prompts"), "/models/prompts")
        .body(body.and(form))
}

fn fields(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    Html::empty()
        .and(
            Field::text(language, "title", language.say("제목", "Title"))
                .longest(60)
                .value(&written.title)
                .errors(errors),
        )
        .and(
            Field::area(language, "text", language.say("지시문", "Prompt"))
                .hint(language.say(
                    "모델에게 주는 지시입니다. 개인정보는 쓰지 마세요. 지워지지 않습니다.",
                    "Instructions for the model. Write nothing personal: it stays for ever.",
                ))
                .rows(10)
                .longest(16_000)
                .value(&written.text)
                .errors(errors),
        )
        .and(
            Field::text(language, "reason", language.say("까닭", "Reason"))
                .hint(language.say("무엇을 왜 바꾸었는지 적어 주세요.", "What you changed, and why."))
                .longest(300)
                .value(&written.reason)
                .errors(errors),
        )
        .and(Button::primary(language.say("저장", "Save")))
}

fn page(
    visitor: &Visitor,
    id: &str,
    prompt: &Prompt,
    may_write: bool,
    written: Option<&Written>,
    errors: &[FieldError],
) -> Option<Page> {
    let language = visitor.language;
    let (number, newest) = prompt.newest()?;
    let mut body = Html::empty();
    if !errors.is_empty() {
        body = body.and(ErrorSummary::new(language, errors));
    }
    let current = Html::trusted("<p class=\"answer-text\">").and(Html::text(&newest.text)).and(Html::trusted("</p>"));
    let title = language.pick(format!("{number}판"), format!("Version {number}"));
    body = body.and(Card::new(title).body(current)).and(history(language, prompt));
    if may_write {
        body = body.and(new_version(visitor, id, newest, written, errors));
        if !prompt.is_withdrawn {
            body = body.and(withdrawal(visitor, id));
        }
    }
    let try_it = Button::secondary(language.say("이 지시문으로 견주어 보기", "Try it with models"));
    let actions =
        withdrawn(language, prompt).and(Html::text(" ")).and(try_it.link(format!("/models/sandbox?prompt={id}")));
    let page = crumbs(visitor, &newest.title)
        .breadcrumb(language.say("지시문 모음", "Library of prompts"), "/models/prompts")
        .actions(if prompt.is_withdrawn { withdrawn(language, prompt) } else { actions });
    Some(page.body(body))
}

fn history(language: Language, prompt: &Prompt) -> Html {
    let newest = prompt.versions.len();
    let timeline =
        prompt.versions.iter().enumerate().rev().fold(Timeline::new(language), |timeline, (place, version)| {
            let number = place + 1;
            let moment = if number == newest { Moment::Present } else { Moment::Past };
            let title = language.pick(format!("{number}판"), format!("Version {number}"));
            timeline.entry(moment, title, Some(version.at), entry(language, version, number == newest))
        });
    Html::empty().and(Card::new(language.say("판의 내력", "Versions")).body(Html::empty().and(timeline)))
}

fn entry(language: Language, version: &PromptVersion, is_newest: bool) -> Html {
    let about = words::account(&version.by).and(Html::text(" ")).and(Html::text(&version.reason));
    if is_newest {
        return about;
    }
    let text = Html::trusted("<p class=\"answer-text\">").and(Html::text(&version.text)).and(Html::trusted("</p>"));
    about.and(Disclosure::new(language.say("이 판의 글", "The text of this version"), text))
}

fn new_version(
    visitor: &Visitor,
    id: &str,
    newest: &PromptVersion,
    written: Option<&Written>,
    errors: &[FieldError],
) -> Html {
    let language = visitor.language;
    let start = Written { title: newest.title.clone(), text: newest.text.clone(), ..Written::default() };
    let fields = fields(language, written.unwrap_or(&start), errors);
    let form = Form::post(visitor, format!("/models/prompts/{id}")).body(fields);
    let disclosure = Disclosure::new(language.say("새 판 쓰기", "Write a new version"), Html::empty().and(form));
    Html::empty().and(if errors.is_empty() { disclosure } else { disclosure.open() })
}

fn withdrawal(visitor: &Visitor, id: &str) -> Html {
    let language = visitor.language;
    let form = Form::post(visitor, format!("/models/prompts/{id}/withdraw")).body(
        Html::empty()
            .and(Field::text(language, "why", language.say("까닭", "Reason")).longest(300))
            .and(Button::danger(language.say("쓰지 않기로 하기", "Take it out of use"))),
    );
    Html::empty().and(Disclosure::new(language.say("그만 쓰기", "Withdraw"), Html::empty().and(form)))
}
