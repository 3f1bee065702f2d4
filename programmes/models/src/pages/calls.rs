//! Calls on the record: the list, one call with what was sent and answered, and the same call sent to another model.

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse as _, Response},
};
use jiff::Timestamp;
use maru_gateway::{CallQuery, CallRecord, CallRow, RecordedCall, Registry, Replay};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem, Query, Visitor,
    components::{
        Button, Card, Choice, DefinitionList, EmptyState, Field, Form, MachineLabel, Notice, NoticeKind, Table, Tag,
        Tone,
    },
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::Value;

use super::{Pages, sandbox, under_gateway, words};
use crate::{Caller, api::problem};

/// Lines of a page of the list.
const LINES: u32 = 50;

pub(super) fn router() -> Router<Pages> {
    Router::new()
        .route("/models/calls", get(list))
        .route("/models/calls/{id}", get(one))
        .route("/models/calls/{id}/replay", post(replay))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    agency: String,
    model: String,
    key: String,
    /// `refused` for those alone that were refused or failed.
    only: String,
    /// Microseconds since 1970 UTC, before which they came.
    before: String,
}

impl Wanted {
    fn query(&self) -> CallQuery {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let before = self.before.parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok());
        CallQuery {
            agency: filled(&self.agency),
            model: filled(&self.model),
            key: filled(&self.key),
            only_refused: self.only == "refused",
            before,
            most: LINES,
        }
    }

    /// The address of the page after the one that ends with `last`.
    fn after(&self, last: Timestamp) -> String {
        let mut address = form_urlencoded::Serializer::new("/models/calls?".to_owned());
        let pairs = [("agency", &self.agency), ("model", &self.model), ("key", &self.key), ("only", &self.only)];
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            address.append_pair(name, value);
        }
        address.append_pair("before", &last.as_microsecond().to_string());
        address.finish()
    }
}

async fn list(Of(pages): Of<Pages>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let calls = pages.service.calls(&caller, wanted.query()).await.map_err(problem)?;
    let registry = pages.service.registry(&caller).await.map_err(problem)?.registry;
    Ok(list_page(&visitor, &wanted, &calls, &registry))
}

async fn one(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    shown(&pages, &visitor, &id, &Chosen::default(), &[]).await
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    model: String,
}

async fn replay(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(chosen): Sent<Chosen>,
) -> Result<Response, Problem> {
    let caller = Caller::from(&visitor);
    let registry = pages.service.registry(&caller).await.map_err(problem)?.registry;
    if registry.model(&chosen.model).is_none() {
        let error = FieldError::new("model", "모델을 골라 주세요.", "Choose a model.");
        return Ok(shown(&pages, &visitor, &id, &chosen, &[error]).await?.with_errors().into_response());
    }
    let replayed = pages.service.replay(&caller, &id, &chosen.model).await.map_err(problem)?;
    Ok(replay_page(&visitor, &replayed, &chosen.model).into_response())
}

async fn shown(
    pages: &Pages,
    visitor: &Visitor,
    id: &str,
    chosen: &Chosen,
    errors: &[FieldError],
) -> Result<Page, Problem> {
    let caller = Caller::from(visitor);
    let call = pages.service.call(&caller, id).await.map_err(problem)?;
    let registry = pages.service.registry(&caller).await.map_err(problem)?.registry;
    let may = |action: &str| pages.service.may(&caller, action);
    let may_read = may("read-calls");
    let may_replay = may_read && may("try-models");
    let form = may_replay.then(|| replay_form(visitor, &call, &registry, chosen, errors));
    Ok(call_page(visitor, &call, may_read, form))
}

fn crumbs(visitor: &Visitor, title: impl Into<String>) -> Page {
    under_gateway(visitor, title, PageKind::Official)
}

fn list_page(visitor: &Visitor, wanted: &Wanted, calls: &[CallRow], registry: &Registry) -> Page {
    let language = visitor.language;
    let page = crumbs(visitor, language.say("호출 기록", "Record of calls")).lead(language.say(
        "모든 호출이 남습니다. 막히거나 끊긴 것도 남습니다. 개인정보는 가린 뒤에 적힙니다.",
        "Every call stands here, also those that were stopped or broke off. Personal data were masked before.",
    ));
    let form = choices(language, wanted, registry);
    if calls.is_empty() {
        let empty = EmptyState::new(
            language.say("그런 호출이 없습니다", "There are no such calls"),
            language.say(
                "기관의 시스템이 모델을 부르면 1초 안에 여기에 나타납니다.",
                "As soon as an agency's system calls a model, it shows here within a second.",
            ),
        );
        return page.body(Html::empty().and(form).and(empty));
    }
    let mut table = Table::new(language.say("호출", "Calls"))
        .hidden_caption()
        .column(language.say("때", "When"))
        .column(language.say("기관", "Agency"))
        .column(language.say("키", "Key"))
        .column(language.say("모델", "Model"))
        .column(language.say("등급", "Class"))
        .column(language.say("결과", "Outcome"))
        .figures(language.say("토큰", "Tokens"))
        .figures(language.say("첫 응답까지", "To the first byte"));
    for call in calls {
        let id = Html::text(&call.id);
        let time = Html::text(&language.date_time(call.at));
        let first = if call.first_us == 0 { "–".to_owned() } else { words::duration(language, call.first_us as f64) };
        table = table.row([
            Html::trusted(format!("<a href=\"/models/calls/{id}\">{time}</a>")),
            Html::text(&call.agency),
            words::account(&call.key),
            Html::text(if call.model.is_empty() { "–" } else { &call.model }),
            Html::text(&call.class),
            outcome(language, call.status, &call.code),
            Html::text(&words::count(language, call.tokens)),
            Html::text(&first),
        ]);
    }
    let mut body = Html::empty().and(form).and(table);
    if let Some(last) = calls.last().filter(|_| calls.len() >= LINES as usize) {
        let more = Button::secondary(language.say("그 앞의 호출", "Earlier calls")).link(wanted.after(last.at));
        body = body.and(Html::trusted("<p>")).and(more).and(Html::trusted("</p>"));
    }
    page.body(body)
}

fn choices(language: Language, wanted: &Wanted, registry: &Registry) -> Form {
    let named = |label: &str, names: Vec<String>| {
        std::iter::once(Choice::new("", label))
            .chain(names.into_iter().map(|name| Choice::new(&name, &name)))
            .collect::<Vec<_>>()
    };
    let mut agencies: Vec<String> = registry.keys.iter().map(|key| key.agency.clone()).collect();
    agencies.extend(Some(wanted.agency.clone()).filter(|agency| !agency.is_empty()));
    agencies.sort();
    agencies.dedup();
    let models = registry.models.iter().map(|model| model.id.clone()).collect();
    let only = [
        Choice::new("", language.say("모두", "All")),
        Choice::new("refused", language.say("막히거나 실패한 것", "Refused or failed")),
    ];
    let mut form = Form::get("/models/calls").class("list-search").search();
    if !wanted.key.is_empty() {
        form = form.hidden("key", &wanted.key);
    }
    form.body(
        Html::empty()
            .and(
                Field::select(
                    language,
                    "agency",
                    language.say("기관", "Agency"),
                    named(language.say("모든 기관", "All agencies"), agencies),
                )
                .value(&wanted.agency),
            )
            .and(
                Field::select(
                    language,
                    "model",
                    language.say("모델", "Model"),
                    named(language.say("모든 모델", "All models"), models),
                )
                .value(&wanted.model),
            )
            .and(Field::select(language, "only", language.say("결과", "Outcome"), only).value(&wanted.only))
            .and(Button::secondary(language.say("보기", "Show"))),
    )
}

fn outcome(language: Language, status: u16, code: &str) -> Html {
    let (tone, label) = match (status, code) {
        (..400, _) => (Tone::Good, language.say("답함", "answered").to_owned()),
        (_, "blocked_by_policy") => (Tone::Attention, language.say("규칙이 막음", "stopped by a rule").to_owned()),
        (499, _) => (Tone::Neutral, language.say("부른 쪽이 끊음", "the caller went away").to_owned()),
        (status, code) => (Tone::Bad, format!("{status} {code}")),
    };
    Html::empty().and(Tag::new(tone, label))
}

fn call_page(visitor: &Visitor, call: &RecordedCall, may_read: bool, form: Option<Html>) -> Page {
    let language = visitor.language;
    let record = &call.record;
    let mut body = Html::empty().and(about(language, record)).and(fired(language, record));
    body = body.and(texts(language, call, may_read));
    if let Some(form) = form {
        body = body.and(form);
    }
    let title = language.pick("호출 한 건", "One call");
    crumbs(visitor, title)
        .breadcrumb(language.say("호출 기록", "Record of calls"), "/models/calls")
        .actions(outcome(language, record.status, &record.code))
        .body(body)
}

fn about(language: Language, record: &CallRecord) -> Card {
    let at = Timestamp::from_microsecond(record.at).unwrap_or_default();
    let time = |micros: u64| words::duration(language, micros as f64);
    let tokens = |number: u64| words::count(language, number);
    let mut list = DefinitionList::new()
        .markup(language.say("기록 번호", "On record as"), words::account(&record.id))
        .text(language.say("때", "When"), &language.date_time(at))
        .text(language.say("기관과 시스템", "Agency and system"), &format!("{} · {}", record.agency, record.system))
        .text(language.say("용도", "Purpose"), &record.purpose)
        .markup(language.say("키", "Key"), words::account(&record.key))
        .markup(language.say("주소", "Route"), words::account(&record.route));
    if !record.model.is_empty() {
        let place = if record.backend.is_empty() {
            String::new()
        } else {
            format!(" · {} {}", record.backend, record.version)
        };
        list =
            list.text(language.say("모델과 서버", "Model and server"), format!("{}{place}", record.model).trim_end());
    }
    if !record.prompt.is_empty() {
        list = list.markup(language.say("지시문", "Prompt"), words::account(&record.prompt));
    }
    list = list
        .text(language.say("등급", "Class"), if record.class.is_empty() { "–" } else { &record.class })
        .text(language.say("가린 것", "Masked"), &tokens(record.masked as u64))
        .text(
            language.say("토큰 (입력 / 출력)", "Tokens (in / out)"),
            &format!("{} / {}", tokens(record.tokens_in), tokens(record.tokens_out)),
        )
        .text(language.say("비용", "Cost"), &words::won(language, record.microwon))
        .text(
            language.say("첫 응답까지 / 끝까지", "To the first byte / to the end"),
            &format!("{} / {}", time(record.first_us), time(record.total_us)),
        );
    if record.queued_us > 0 {
        list = list.text(language.say("자리를 기다린 시간", "Waited for a place"), &time(record.queued_us));
    }
    if record.likeness > 0 {
        let label = language.say("닮은 질문에 했던 답 (닮은 정도)", "Answer to a question that asks alike (likeness)");
        list = list.text(label, &format!("{}%", record.likeness));
    }
    if record.attempts > 1 {
        list = list.text(language.say("시도", "Attempts"), &record.attempts.to_string());
    }
    if !record.shadow_of.is_empty() {
        let copy = Html::text(&record.shadow_of);
        let link = Html::trusted(format!("<a href=\"/models/calls/{copy}\">{copy}</a>"));
        list = list.markup(language.say("이 호출을 따라 한 것", "A copy of"), link);
    }
    if !record.request_sha256.is_empty() {
        list = list
            .markup(
                language.say("보낸 내용의 지문", "SHA-256 of what was sent"),
                words::account(&record.request_sha256),
            )
            .markup(language.say("답변의 지문", "SHA-256 of the answer"), words::account(&record.answer_sha256));
    }
    Card::new(language.say("무엇이 있었나", "What happened")).body(Html::empty().and(list))
}

fn fired(language: Language, record: &CallRecord) -> Html {
    if record.rules.is_empty() {
        return Html::empty();
    }
    let rules = Html::trusted("<p>").and(sandbox::fired(language, &record.rules)).and(Html::trusted("</p>"));
    Html::empty().and(Card::new(language.say("움직인 규칙", "Rules that fired")).body(rules))
}

fn texts(language: Language, call: &RecordedCall, may_read: bool) -> Html {
    if !may_read {
        let text = language.say(
            "가린 내용은 부서 책임자와 감사 담당자만 볼 수 있습니다.",
            "The masked texts are for heads of departments and auditors.",
        );
        return Html::empty().and(Notice::new(language, NoticeKind::Information, text));
    }
    let Some((request, answer)) = &call.texts else {
        let text = language.say(
            "내용은 남아 있지 않습니다. 기관이 보관하지 않거나, 보관 기간이 끝났거나, 모델에 보내기 전에 막혔습니다.",
            "No texts are kept: the agency keeps none, their time is over, or the call was stopped before it left.",
        );
        return Html::empty().and(Notice::new(language, NoticeKind::Information, text));
    };
    let sent = Card::new(language.say("모델에 보낸 내용 (가린 뒤)", "What the model was sent, masked"))
        .body(conversation(language, request));
    let came =
        Card::new(language.say("모델의 답", "What it answered")).body(answered(language, &call.record.model, answer));
    Html::trusted("<div class=\"answer-pair\">").and(sent).and(came).and(Html::trusted("</div>"))
}

fn answered(language: Language, model: &str, text: &str) -> Html {
    let sentence = language.pick(
        format!("{model}이 쓴 답입니다. 확인되지 않았습니다."),
        format!("{model} wrote this. Nobody has checked it."),
    );
    Html::empty().and(MachineLabel::new(language, sentence)).and(paragraph(text))
}

fn paragraph(text: &str) -> Html {
    Html::trusted("<p class=\"answer-text\">").and(sandbox::marked(text)).and(Html::trusted("</p>"))
}

/// The messages of a request one by one; what is no conversation as it was sent.
fn conversation(language: Language, request: &str) -> Html {
    let body: Value = serde_json::from_str(request).unwrap_or_default();
    let Some(messages) = body["messages"].as_array() else { return paragraph(request) };
    messages.iter().fold(Html::empty(), |html, message| {
        let who = match message["role"].as_str() {
            Some("system" | "developer") => language.say("지시", "Instructions"),
            Some("assistant") => language.say("모델", "Model"),
            Some("tool") => language.say("도구", "Tool"),
            _ => language.say("묻는 쪽", "Caller"),
        };
        let text = match &message["content"] {
            Value::String(text) => text.clone(),
            Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n"),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let calls = message["tool_calls"].as_array().map(|calls| Value::from(calls.clone()).to_string());
        let text = if text.is_empty() { calls.unwrap_or_default() } else { text };
        html.and(Html::trusted("<h3>")).and(Html::text(who)).and(Html::trusted("</h3>")).and(paragraph(&text))
    })
}

/// The form that sends the call to another model; nothing where its texts are gone or it asked for none.
fn replay_form(
    visitor: &Visitor,
    call: &RecordedCall,
    registry: &Registry,
    chosen: &Chosen,
    errors: &[FieldError],
) -> Html {
    let asks_for_text = matches!(call.record.route.as_str(), "chat" | "responses" | "completions");
    if call.texts.is_none() || !asks_for_text {
        return Html::empty();
    }
    let language = visitor.language;
    let field =
        Field::select(language, "model", language.say("모델", "Model"), words::usable_models(language, registry))
            .hint(language.say(
                "그때 보낸 그대로, 가린 채로 보냅니다. 새 호출로 기록에 남습니다.",
                "It is sent as it was then, masked. The new call stands on the record.",
            ))
            .value(&chosen.model)
            .errors(errors);
    let form = Form::post(visitor, format!("/models/calls/{}/replay", call.record.id))
        .body(Html::empty().and(field).and(Button::primary(language.say("다시 보내기", "Send it again"))));
    Html::empty().and(Card::new(language.say("다른 모델이라면", "Another model")).body(Html::empty().and(form)))
}

fn replay_page(visitor: &Visitor, replayed: &Replay, model: &str) -> Page {
    let language = visitor.language;
    let Replay { recorded, answer, took } = replayed;
    let id = &recorded.record.id;
    let before = recorded.texts.as_ref().map(|(_, answer)| answer.as_str()).unwrap_or_default();
    let then = Card::new(
        language.pick(format!("그때: {}", recorded.record.model), format!("Then: {}", recorded.record.model)),
    )
    .body(answered(language, &recorded.record.model, before));
    let now = Card::new(language.pick(format!("지금: {model}"), format!("Now: {model}")))
        .body(sandbox::answered(language, answer, *took, true));
    let back =
        Button::secondary(language.say("이 호출로 돌아가기", "Back to the call")).link(format!("/models/calls/{id}"));
    let body =
        Html::trusted("<div class=\"answer-pair\">").and(then).and(now).and(Html::trusted("</div><p>")).and(back);
    crumbs(visitor, language.say("다시 보낸 호출", "A call sent again"))
        .breadcrumb(language.say("호출 기록", "Record of calls"), "/models/calls")
        .body(body.and(Html::trusted("</p>")))
}
