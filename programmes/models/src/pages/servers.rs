//! Servers on which models run: how they are, and the form with which one is registered or changed.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse as _, Response},
};
use maru_gateway::{Backend, BackendState, Change, Registry, Zone};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, Path, Problem, Visitor,
    components::{Choice, Field, Form, Table, Tag, Tone},
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    Pages,
    parts::{self, ListWords, Part, Why},
    proposal::whole,
    words,
};
use crate::{Caller, api::problem};

pub(super) fn router() -> Router<Pages> {
    Router::new()
        .route("/models/servers", get(list))
        .route("/models/servers/new", get(new).merge(post(create)))
        .route("/models/servers/{id}/change", get(one).merge(post(change)))
        .route("/models/servers/{id}/withdraw", post(withdraw))
}

/// What was written into the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Written {
    id: String,
    url: String,
    zone: String,
    accelerator: String,
    capacity: String,
    key_variable: String,
    connect: String,
    first: String,
    idle: String,
    tenant: String,
    reason: String,
}

impl Written {
    fn of(backend: &Backend) -> Self {
        Self {
            id: backend.id.clone(),
            url: backend.url.clone(),
            zone: zone_name(backend.zone).to_owned(),
            accelerator: backend.accelerator.clone(),
            capacity: backend.capacity.to_string(),
            key_variable: backend.key_variable.clone(),
            connect: backend.connect_seconds.to_string(),
            first: backend.first_byte_seconds.to_string(),
            idle: backend.idle_seconds.to_string(),
            tenant: backend.tenant.clone(),
            reason: String::new(),
        }
    }

    /// The server that is proposed.
    fn backend(&self, before: Option<&Backend>, registry: &Registry) -> Result<Backend, Vec<FieldError>> {
        let mut errors = Vec::new();
        let id = before.map_or_else(|| self.id.trim(), |backend| backend.id.as_str());
        if before.is_none() {
            parts::check_name(id, registry.backends.iter().any(|known| known.id == id), &mut errors);
        }
        if self.url.trim().is_empty() {
            let korean = "주소를 써 주세요. 예: http://10.0.0.5:8000/v1";
            errors.push(FieldError::new("url", korean, "Write the address, such as http://10.0.0.5:8000/v1."));
        }
        parts::check_reason("reason", &self.reason, &mut errors);
        let mut backend = Backend::new(id, self.url.trim(), zone_of(&self.zone));
        self.accelerator.trim().clone_into(&mut backend.accelerator);
        self.key_variable.trim().clone_into(&mut backend.key_variable);
        self.tenant.trim().clone_into(&mut backend.tenant);
        if !self.capacity.trim().is_empty() {
            backend.capacity = whole("capacity", &self.capacity, &mut errors);
        }
        for (name, text, seconds) in [
            ("connect", &self.connect, &mut backend.connect_seconds),
            ("first", &self.first, &mut backend.first_byte_seconds),
            ("idle", &self.idle, &mut backend.idle_seconds),
        ] {
            if !text.trim().is_empty() {
                *seconds = whole(name, text, &mut errors);
            }
        }
        if errors.is_empty() { Ok(backend) } else { Err(errors) }
    }
}

pub(super) fn zone_of(text: &str) -> Zone {
    match text {
        "work" => Zone::Work,
        "secret" => Zone::Secret,
        _ => Zone::Internet,
    }
}

pub(super) fn zone_name(zone: Zone) -> &'static str {
    match zone {
        Zone::Internet => "internet",
        Zone::Work => "work",
        Zone::Secret => "secret",
    }
}

/// The choice of a zone, with what may be sent there.
pub(super) fn zone_field(language: Language, value: &str) -> Field {
    let choices = [Zone::Internet, Zone::Work, Zone::Secret].map(|zone| {
        let highest = words::class(language, zone.highest_class());
        let label = words::zone(language, zone);
        Choice::new(
            zone_name(zone),
            language.pick(format!("{label} ({highest}까지)"), format!("{label} (up to {highest})")),
        )
    });
    Field::select(language, "zone", language.say("서 있는 영역", "Zone"), choices)
        .hint(language.say(
            "국가 망 보안체계(N2SF)의 영역입니다. 이보다 높은 등급의 내용은 보내지 않습니다.",
            "A zone of N2SF: nothing of a higher class is sent there.",
        ))
        .value(value)
}

async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let registry = pages.service.registry(&caller).await.map_err(problem)?.registry;
    let states = pages.service.backend_states(&caller).map_err(problem)?;
    Ok(list_page(&visitor, &registry, &states, pages.service.may(&caller, "propose-change")))
}

async fn new(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    super::permit_proposal(&pages, &visitor)?;
    let written = Written { zone: "work".into(), ..Written::default() };
    Ok(form_page(&visitor, None, &written, &[]))
}

async fn one(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    let (_, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let backend = registry.backends.iter().find(|backend| backend.id == id).ok_or_else(Problem::not_found)?;
    Ok(form_page(&visitor, Some(&id), &Written::of(backend), &[]))
}

async fn create(Of(pages): Of<Pages>, visitor: Visitor, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    proposed(&pages, &visitor, None, &written).await
}

async fn change(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    proposed(&pages, &visitor, Some(&id), &written).await
}

async fn proposed(pages: &Pages, visitor: &Visitor, id: Option<&str>, written: &Written) -> Result<Response, Problem> {
    let (caller, registry) = parts::registry_for_proposal(pages, visitor).await?;
    let before = match id {
        Some(id) => Some(registry.backends.iter().find(|backend| backend.id == id).ok_or_else(Problem::not_found)?),
        None => None,
    };
    let wanted = written.backend(before, &registry).map(Change::PutBackend);
    match parts::propose(pages, &caller, wanted, &written.reason).await? {
        Ok(response) => Ok(response),
        Err(errors) => Ok(form_page(visitor, id, written, &errors).with_errors().into_response()),
    }
}

async fn withdraw(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(why): Sent<Why>,
) -> Result<Response, Problem> {
    parts::take_away(&pages, &visitor, Change::WithdrawBackend(id), &why.why).await
}

fn list_page(
    visitor: &Visitor,
    registry: &Registry,
    states: &BTreeMap<String, BackendState>,
    may_propose: bool,
) -> Page {
    let language = visitor.language;
    let mut table = Table::new(language.say("서버", "Servers"))
        .hidden_caption()
        .column(language.say("서버", "Server"))
        .column(language.say("영역", "Zone"))
        .column(language.say("가속기", "Accelerator"))
        .column(language.say("도는 모델", "Models on it"))
        .column(language.say("지금", "Now"))
        .figures(language.say("동시 호출 (지금 / 한도)", "At once (now of limit)"));
    for backend in &registry.backends {
        let state = states.get(&backend.id);
        table = table.row([
            name(backend, may_propose),
            Html::text(words::zone(language, backend.zone)),
            Html::text(if backend.accelerator.is_empty() { "–" } else { &backend.accelerator }),
            Html::text(&models_on(registry, &backend.id)),
            health(language, state),
            Html::text(&format!("{} / {}", state.map_or(0, |state| state.at_once), backend.capacity)),
        ]);
    }
    let words = ListWords {
        lead: language.say(
            "모델이 도는 곳입니다. 영역에 따라 보낼 수 있는 내용의 등급이 정해집니다.",
            "Where models run. The zone decides which class of content may be sent there.",
        ),
        propose: language.say("서버 등록 제안", "Propose a server"),
        nothing: language.say("등록된 서버가 없습니다", "No server is registered"),
        how: parts::how_one_comes(language),
    };
    let table = (!registry.backends.is_empty()).then(|| Html::empty().and(table));
    parts::listed(visitor, Part::Servers, &words, (Html::empty(), table), may_propose)
}

fn name(backend: &Backend, may_propose: bool) -> Html {
    let id = Html::text(&backend.id);
    if may_propose { Html::trusted(format!("<a href=\"/models/servers/{id}/change\">{id}</a>")) } else { id }
}

fn models_on(registry: &Registry, backend: &str) -> String {
    let runs = registry.models.iter().filter(|model| model.routes.iter().any(|route| route.backend == backend));
    let names: Vec<&str> = runs.map(|model| model.id.as_str()).collect();
    if names.is_empty() { "–".to_owned() } else { names.join(", ") }
}

fn health(language: Language, state: Option<&BackendState>) -> Html {
    let (tone, label) = match state {
        None => (Tone::Neutral, language.say("알 수 없음", "not known")),
        Some(state) if state.rests => (Tone::Bad, language.say("응답 없음, 잠시 쉼", "failed, rests")),
        Some(_) => (Tone::Good, language.say("쓸 수 있음", "in use")),
    };
    Html::empty().and(Tag::new(tone, label))
}

fn form_page(visitor: &Visitor, id: Option<&str>, written: &Written, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let action = id.map_or_else(|| "/models/servers/new".to_owned(), |id| format!("/models/servers/{id}/change"));
    let title = match id {
        Some(id) => language.pick(format!("{id} 변경 제안"), format!("Propose a change of {id}")),
        None => language.say("서버 등록 제안", "Propose a server").to_owned(),
    };
    let fields = place(language, id, written, errors).and(limits(language, written, errors)).and(parts::reason(
        language,
        &written.reason,
        errors,
    ));
    let mut body = parts::with_summary(language, errors, Form::post(visitor, action).body(fields));
    if let Some(id) = id {
        body = body.and(parts::withdrawal(visitor, (format!("/models/servers/{id}/withdraw"), &[]), (
            language.say("그만 쓰기", "Withdraw"),
            language.say(
                "혼자서도 바로 뺄 수 있습니다. 이 서버에서 돌던 모델은 다른 서버에서만 돕니다. 다시 쓰려면 두 사람이 필요합니다.",
                "One person is enough, and it holds at once: models run on their other servers alone. Two people are needed to use it again.",
            ),
            language.say("지금 빼기", "Withdraw it now"),
        )));
    }
    parts::under(visitor, Part::Servers, title).lead(parts::by_two(language)).body(body)
}

fn place(language: Language, id: Option<&str>, written: &Written, errors: &[FieldError]) -> Html {
    let mut fields = Html::empty();
    if id.is_none() {
        let field = Field::text(language, "id", language.say("이름", "Name"))
            .hint(language.say("기록에 남는 이름입니다. 예: npu-1", "It stands on records, such as npu-1."));
        fields = fields.and(field.longest(80).value(&written.id).errors(errors));
    }
    fields
        .and(
            Field::text(language, "url", language.say("주소", "Address"))
                .hint(language.say(
                    "OpenAI 방식 API의 주소를 판까지 씁니다. 예: http://10.0.0.5:8000/v1. 비밀번호는 쓰지 않습니다.",
                    "Of an OpenAI-compatible API, up to its version: http://10.0.0.5:8000/v1. Write no password into it.",
                ))
                .longest(300)
                .value(&written.url)
                .errors(errors),
        )
        .and(zone_field(language, &written.zone))
        .and(
            Field::text(language, "accelerator", language.say("가속기", "Accelerator"))
                .hint(language.say(
                    "예: npu:rebellions-atom, npu:furiosa-rngd, gpu:h100, cpu",
                    "Such as npu:rebellions-atom, npu:furiosa-rngd, gpu:h100, cpu.",
                ))
                .optional()
                .longest(80)
                .value(&written.accelerator),
        )
        .and(
            Field::text(language, "key_variable", language.say("키가 든 환경 변수의 이름", "Variable that holds its key"))
                .hint(language.say(
                    "서버에 키가 필요하면 게이트웨이의 환경 변수에 넣고 그 이름만 씁니다. 키 자체는 쓰지 마세요.",
                    "Where it needs a key, the gateway reads it from this variable of its environment. Never write the key.",
                ))
                .optional()
                .longest(80)
                .value(&written.key_variable),
        )
        .and(
            Field::text(language, "tenant", language.say("한 기관 전용일 때 그 기관", "The one agency that it works for"))
                .hint(language.say(
                    "비우면 함께 쓰는 서버입니다. 쓰면 그 기관의 키만 이 서버의 모델을 쓰고, 보관 객체도 이 서버에 남습니다.",
                    "Empty for a server that is shared. Otherwise only that agency's keys reach it, and what they store lies there.",
                ))
                .optional()
                .longest(120)
                .value(&written.tenant),
        )
}

fn limits(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let number = |name: &'static str, label: &str, hint: &str, value: &str| {
        Field::text(language, name, label)
            .hint(hint)
            .optional()
            .input_mode("numeric")
            .longest(10)
            .value(value)
            .errors(errors)
    };
    Html::empty()
        .and(number(
            "capacity",
            language.say("동시에 받는 호출", "Calls at once"),
            language.say("비우면 1,024입니다.", "Empty stands for 1,024."),
            &written.capacity,
        ))
        .and(number(
            "connect",
            language.say("연결까지 기다리는 시간 (초)", "Seconds until it is connected"),
            language.say("비우면 3초입니다.", "Empty stands for 3."),
            &written.connect,
        ))
        .and(number(
            "first",
            language.say("첫 응답까지 기다리는 시간 (초)", "Seconds until the first byte"),
            language.say("비우면 120초입니다.", "Empty stands for 120."),
            &written.first,
        ))
        .and(number(
            "idle",
            language.say("스트림이 멈춰도 기다리는 시간 (초)", "Seconds that a stream may stand still"),
            language.say("비우면 60초입니다.", "Empty stands for 60."),
            &written.idle,
        ))
}
