//! What machines want to do with tools that change something: a person looks at it and decides.

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use maru_gateway::{ActionRefusal, ActionRow, ActionState, AskedAction, WantedAction};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem, Visitor,
    components::{
        Button, Card, DefinitionList, Disclosure, ErrorSummary, Field, Form, Notice, NoticeKind, Table, Tag, Tone,
    },
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::Value;

use super::{Pages, under_gateway, words};
use crate::{Caller, ServiceError, api};

pub(super) fn router() -> Router<Pages> {
    Router::new()
        .route("/models/actions", get(list))
        .route("/models/actions/{id}", get(one))
        .route("/models/actions/{id}/approve", post(approve))
        .route("/models/actions/{id}/refuse", post(refuse))
}

async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let (waiting, decided) = pages.service.actions(&Caller::from(&visitor)).await.map_err(api::problem)?;
    Ok(list_page(&visitor, &waiting, &decided))
}

async fn one(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    let action = pages.service.action(&Caller::from(&visitor), &id).await.map_err(api::problem)?;
    page(&visitor, &action, &Note::default(), &[]).ok_or_else(Problem::not_found)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Note {
    note: String,
}

async fn approve(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(note): Sent<Note>,
) -> Result<Response, Problem> {
    decide(&pages, &visitor, &id, true, &note).await
}

async fn refuse(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(note): Sent<Note>,
) -> Result<Response, Problem> {
    decide(&pages, &visitor, &id, false, &note).await
}

async fn decide(pages: &Pages, visitor: &Visitor, id: &str, approved: bool, note: &Note) -> Result<Response, Problem> {
    let caller = Caller::from(visitor);
    match pages.service.decide_action(&caller, id, approved, &note.note).await {
        Ok(()) => Ok(Redirect::to(&format!("/models/actions/{id}")).into_response()),
        Err(ServiceError::Action(refusal @ ActionRefusal::NoReason)) => {
            let errors =
                [FieldError::new("note", api::action_words(&refusal), "Write why. The system that asked is told.")];
            let action = pages.service.action(&caller, id).await.map_err(api::problem)?;
            let page = page(visitor, &action, note, &errors).ok_or_else(Problem::not_found)?;
            Ok(page.with_errors().into_response())
        }
        Err(error) => Err(api::problem(error)),
    }
}

fn tag(language: Language, state: ActionState) -> Html {
    let (tone, label) = match state {
        ActionState::Waiting => (Tone::Attention, language.say("결정 대기", "Waits for a decision")),
        ActionState::Approved => (Tone::Good, language.say("승인됨", "Approved")),
        ActionState::Refused => (Tone::Bad, language.say("반려됨", "Refused")),
        ActionState::Used => (Tone::Good, language.say("실행됨", "Done")),
        ActionState::Expired => (Tone::Neutral, language.say("기한 지남", "Out of time")),
    };
    Html::empty().and(Tag::new(tone, label))
}

fn list_page(visitor: &Visitor, waiting: &[ActionRow], decided: &[ActionRow]) -> Page {
    let language = visitor.language;
    let mut body = Html::empty();
    if waiting.is_empty() {
        let text = language.say(
            "결정을 기다리는 일이 없습니다. 인공지능이 무엇을 바꾸는 도구를 쓰려 하면 여기에 나타납니다.",
            "Nothing waits for a decision. When a machine wants to use a tool that changes something, it is shown here.",
        );
        body = body.and(Notice::new(language, NoticeKind::Information, text));
    } else {
        body =
            body.and(table(language, language.say("결정을 기다리는 일", "What waits for a decision"), waiting, false));
    }
    if !decided.is_empty() {
        let table = table(language, language.say("결정된 일", "What was decided"), decided, true);
        let label = language.say("결정된 일 보기", "Show what was decided");
        body = body.and(Disclosure::new(label, Html::empty().and(table.hidden_caption())));
    }
    under_gateway(visitor, language.say("인공지능이 하려는 일", "What machines want to do"), PageKind::Official)
        .lead(language.say(
            "인공지능은 제안하고, 사람이 결정합니다. 승인은 같은 내용으로 한 번만, 24시간 안에 쓸 수 있습니다.",
            "A machine proposes, a person decides. An approval holds once, for exactly this, within 24 hours.",
        ))
        .body(body)
}

fn table(language: Language, title: &str, rows: &[ActionRow], is_decided: bool) -> Table {
    let mut table = Table::new(title)
        .column(language.say("하려는 일", "What"))
        .column(language.say("기관과 시스템", "Agency and system"))
        .column(language.say("요청한 때", "Asked"));
    if is_decided {
        table = table.column(language.say("결과", "Outcome")).column(language.say("결정", "Decided by"));
    }
    for row in rows {
        let address = Html::text(&row.id);
        let name = Html::text(&format!("{} · {}", row.server, row.tool));
        let mut cells = vec![
            Html::trusted(format!("<a href=\"/models/actions/{address}\">{name}</a>")),
            Html::text(&format!("{} · {}", row.agency, row.system)),
            Html::text(&language.date_time(row.at)),
        ];
        if is_decided {
            cells.extend([tag(language, row.state), words::account(&row.decided_by)]);
        }
        table = table.row(cells);
    }
    table
}

fn page(visitor: &Visitor, action: &AskedAction, note: &Note, errors: &[FieldError]) -> Option<Page> {
    let language = visitor.language;
    let (wanted, at) = action.asked.as_ref()?;
    let state = action.state(visitor.now);
    let mut body = Html::empty();
    if !errors.is_empty() {
        body = body.and(ErrorSummary::new(language, errors));
    }
    body = body.and(about(language, wanted, *at)).and(arguments(language, wanted)).and(outcome(language, action));
    if state == ActionState::Waiting {
        body = body.and(decision(visitor, &wanted.id, note, errors));
    }
    let page = under_gateway(visitor, format!("{} · {}", wanted.server, wanted.tool), PageKind::Official)
        .breadcrumb(language.say("인공지능이 하려는 일", "What machines want to do"), "/models/actions")
        .actions(tag(language, state))
        .personal()
        .body(body);
    Some(page)
}

fn about(language: Language, wanted: &WantedAction, at: Timestamp) -> DefinitionList {
    DefinitionList::new()
        .text(language.say("도구가 하는 일", "What the tool does"), &wanted.description)
        .text(language.say("기관과 시스템", "Agency and system"), &format!("{} · {}", wanted.agency, wanted.system))
        .text(language.say("목적", "Purpose"), &wanted.purpose)
        .markup(language.say("키", "Key"), words::account(&wanted.key))
        .text(language.say("요청한 때", "Asked"), &language.date_time(at))
        .markup(language.say("기록 번호", "On record as"), words::account(&wanted.id))
}

/// The arguments, field by field, as the tool would get them.
fn arguments(language: Language, wanted: &WantedAction) -> Html {
    let Some(text) = &wanted.arguments.value else {
        let text = language
            .say("보관 기간이 지나 내용이 지워졌습니다.", "The arguments were forgotten when their time was over.");
        return Html::empty().and(Notice::new(language, NoticeKind::Information, text));
    };
    let fields: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let fields = fields.as_object().filter(|fields| !fields.is_empty());
    let Some(fields) = fields else {
        let text = language.say("넘기는 값이 없습니다.", "It is called without any values.");
        return Html::empty().and(Notice::new(language, NoticeKind::Information, text));
    };
    let mut table = Table::new(language.say("도구에 넘기는 값", "What the tool gets"))
        .column(language.say("항목", "Field"))
        .column(language.say("값", "Value"));
    for (name, value) in fields {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        table = table.row([words::account(name), Html::text(&shown)]);
    }
    Html::empty().and(table)
}

fn outcome(language: Language, action: &AskedAction) -> Html {
    let Some(decision) = &action.decision else { return Html::empty() };
    let who = words::account(&decision.by).and(Html::text(&format!(" · {}", language.date_time(decision.at))));
    let label = if decision.approved { language.say("승인", "Approved") } else { language.say("반려", "Refused") };
    let mut list = DefinitionList::new().markup(label, who);
    if !decision.note.is_empty() {
        list = list.text(language.say("결정 의견", "Note"), &decision.note);
    }
    if let Some((call, at)) = &action.used {
        let when = words::account(call).and(Html::text(&format!(" · {}", language.date_time(*at))));
        list = list.markup(language.say("실행", "Done"), when);
    }
    Html::empty().and(Card::new(language.say("결정", "Decision")).body(Html::empty().and(list)))
}

fn decision(visitor: &Visitor, id: &str, note: &Note, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let field = Field::area(language, "note", language.say("결정 의견", "Note"))
        .hint(language.say(
            "반려할 때는 까닭을 꼭 적어 주세요. 요청한 시스템에 전달됩니다.",
            "To refuse, write why. The system that asked is told.",
        ))
        .optional()
        .rows(3)
        .longest(500)
        .value(&note.note)
        .errors(errors);
    let refuse = Button::secondary(language.say("반려", "Refuse")).sends_to(format!("/models/actions/{id}/refuse"));
    let buttons = Html::trusted("<p class=\"button-row\">")
        .and(Button::primary(language.say("한 번 실행하도록 승인", "Approve, for one time")))
        .and(Html::text(" "))
        .and(refuse)
        .and(Html::trusted("</p>"));
    let form = Form::post(visitor, format!("/models/actions/{id}/approve")).body(Html::empty().and(field).and(buttons));
    Html::empty().and(Card::new(language.say("결정", "Decision")).body(Html::empty().and(form)))
}
