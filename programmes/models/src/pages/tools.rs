//! Servers of tools (MCP): what each says of its tools now, which of them may be used, and which change something.

use axum::{
    Router,
    extract::State as Of,
    response::{IntoResponse as _, Response},
};
use maru_gateway::{Change, Registry, ToolGrant, ToolServer, tool_pin};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, Path, Problem, Visitor,
    components::{Choice, Field, Form, Notice, NoticeKind, Table, Tag, Tone},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Pages,
    parts::{self, ListWords, Part, Why},
    servers::{zone_field, zone_name, zone_of},
    words,
};
use crate::{Caller, api::problem};

/// Seconds that a server may be allowed to say nothing.
const LONGEST_SILENCE: u64 = 3_600;
/// The tools of this program.
const OWN: &str = "maru";

pub(super) fn router() -> Router<Pages> {
    Router::new()
        .route("/models/tools", get(list))
        .route("/models/tools/new", get(new).merge(post(create)))
        .route("/models/tools/{id}", get(one).merge(post(change)))
        .route("/models/tools/{id}/withdraw", post(withdraw))
}

/// What was written into the form. A tool that may be used is its pin and its name: what was seen is what is allowed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Written {
    id: String,
    url: String,
    zone: String,
    key_variable: String,
    agencies: String,
    idle: String,
    allowed: Vec<String>,
    acting: Vec<String>,
    reason: String,
}

/// What a server says of one of its tools, or what stands in the registry where it cannot be asked.
struct Said {
    name: String,
    description: String,
    pin: String,
    /// It says of itself that it only reads.
    only_reads: bool,
}

impl Said {
    fn of(tool: &Value) -> Option<Self> {
        let text = |name: &str| tool.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let name = Some(text("name")).filter(|name| !name.is_empty())?;
        let only_reads = tool.pointer("/annotations/readOnlyHint").and_then(Value::as_bool).unwrap_or(false);
        Some(Self { name, description: text("description"), pin: tool_pin(tool), only_reads })
    }

    fn of_grant(grant: &ToolGrant) -> Self {
        Self { name: grant.name.clone(), description: String::new(), pin: grant.pin.clone(), only_reads: !grant.acts }
    }

    fn value(&self) -> String {
        format!("{} {}", self.pin, self.name)
    }
}

impl Written {
    fn of(server: &ToolServer) -> Self {
        Self {
            id: server.id.clone(),
            url: server.url.clone(),
            zone: zone_name(server.zone).to_owned(),
            key_variable: server.key_variable.clone(),
            agencies: server.agencies.join("\n"),
            idle: server.idle_seconds.to_string(),
            allowed: server.tools.iter().map(|grant| format!("{} {}", grant.pin, grant.name)).collect(),
            acting: server.tools.iter().filter(|grant| grant.acts).map(|grant| grant.name.clone()).collect(),
            reason: String::new(),
        }
    }

    fn server(&self, before: Option<&ToolServer>, registry: &Registry) -> Result<ToolServer, Vec<FieldError>> {
        let mut errors = Vec::new();
        let id = before.map_or_else(|| self.id.trim(), |server| server.id.as_str());
        if before.is_none() {
            let is_taken = id == OWN || registry.tool_servers.iter().any(|known| known.id == id);
            parts::check_name(id, is_taken, &mut errors);
        }
        if self.url.trim().is_empty() {
            let korean = "주소를 써 주세요. 예: http://10.0.0.7:9000/mcp";
            errors.push(FieldError::new("url", korean, "Write the address, such as http://10.0.0.7:9000/mcp."));
        }
        let idle_seconds = match self.idle.trim() {
            "" => ToolServer::USUAL_SILENCE,
            seconds => {
                seconds.parse().ok().filter(|seconds| (1..=LONGEST_SILENCE).contains(seconds)).unwrap_or_else(|| {
                    errors.push(FieldError::new(
                        "idle",
                        "1에서 3600 사이의 정수를 써 주세요.",
                        "Write a whole number from 1 to 3600.",
                    ));
                    ToolServer::USUAL_SILENCE
                })
            }
        };
        parts::check_reason("reason", &self.reason, &mut errors);
        let grant = |allowed: &String| {
            let (pin, name) = allowed.split_once(' ')?;
            let acts = self.acting.iter().any(|acting| acting == name);
            Some(ToolGrant { name: name.to_owned(), pin: pin.to_owned(), acts })
        };
        let server = ToolServer {
            id: id.to_owned(),
            url: self.url.trim().to_owned(),
            zone: zone_of(&self.zone),
            key_variable: self.key_variable.trim().to_owned(),
            agencies: parts::lines(&self.agencies),
            tools: self.allowed.iter().filter_map(grant).collect(),
            idle_seconds,
        };
        if errors.is_empty() { Ok(server) } else { Err(errors) }
    }
}

async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    let caller = Caller::from(&visitor);
    let registry = pages.service.registry(&caller).await.map_err(problem)?.registry;
    Ok(list_page(&visitor, &registry, pages.service.may(&caller, "propose-change")))
}

async fn new(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    super::permit_proposal(&pages, &visitor)?;
    let written = Written { zone: "work".into(), ..Written::default() };
    Ok(new_page(&visitor, &written, &[]))
}

async fn create(Of(pages): Of<Pages>, visitor: Visitor, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let wanted = written.server(None, &registry).map(Change::PutToolServer);
    match parts::propose(&pages, &caller, wanted, &written.reason).await? {
        Ok(response) => Ok(response),
        Err(errors) => Ok(new_page(&visitor, &written, &errors).with_errors().into_response()),
    }
}

fn known<'a>(registry: &'a Registry, id: &str) -> Result<&'a ToolServer, Problem> {
    registry.tool_servers.iter().find(|server| server.id == id).ok_or_else(Problem::not_found)
}

async fn one(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let server = known(&registry, &id)?;
    let said = pages.service.tools_said_by(&caller, &id).await.map_err(problem)?;
    Ok(one_page(&visitor, server, &said, &Written::of(server), &[]))
}

async fn change(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let (caller, registry) = parts::registry_for_proposal(&pages, &visitor).await?;
    let before = known(&registry, &id)?;
    let wanted = written.server(Some(before), &registry).map(Change::PutToolServer);
    let errors = match parts::propose(&pages, &caller, wanted, &written.reason).await? {
        Ok(response) => return Ok(response),
        Err(errors) => errors,
    };
    let said = pages.service.tools_said_by(&caller, &id).await.map_err(problem)?;
    Ok(one_page(&visitor, before, &said, &written, &errors).with_errors().into_response())
}

async fn withdraw(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(why): Sent<Why>,
) -> Result<Response, Problem> {
    parts::take_away(&pages, &visitor, Change::WithdrawToolServer(id), &why.why).await
}

fn list_page(visitor: &Visitor, registry: &Registry, may_propose: bool) -> Page {
    let language = visitor.language;
    let own = language.say(
        "이 서버의 기능(법령 찾기, 처리기한 계산, 법령 계산, 개인정보 가리기)은 등록하지 않아도 /ai/v1/mcp/maru 주소에 있습니다.",
        "The services of this server (finding law, reckoning periods, calculating with laws, masking) stand at /ai/v1/mcp/maru without being registered.",
    );
    let own = Html::empty().and(Notice::new(language, NoticeKind::Information, own));
    let words = ListWords {
        lead: language.say(
            "모델이 부를 수 있는 도구(MCP)입니다. 허용한 도구만 있고, 설명이 바뀐 도구는 다시 허용할 때까지 쓸 수 없습니다.",
            "Tools (MCP) that models may call. Only those that were allowed exist; one that describes itself otherwise stops until it is allowed again.",
        ),
        propose: language.say("도구 서버 등록 제안", "Propose a server of tools"),
        nothing: language.say("등록된 도구 서버가 없습니다", "No server of tools is registered"),
        how: parts::how_one_comes(language),
    };
    let table =
        (!registry.tool_servers.is_empty()).then(|| Html::empty().and(servers(language, registry, may_propose)));
    parts::listed(visitor, Part::Tools, &words, (own, table), may_propose)
}

fn servers(language: Language, registry: &Registry, may_propose: bool) -> Table {
    let mut table = Table::new(language.say("도구 서버", "Servers of tools"))
        .hidden_caption()
        .column(language.say("서버", "Server"))
        .column(language.say("주소", "Address"))
        .column(language.say("영역", "Zone"))
        .column(language.say("쓸 수 있는 기관", "Agencies"))
        .column(language.say("허용한 도구", "Tools allowed"));
    for server in &registry.tool_servers {
        let id = Html::text(&server.id);
        let name = if may_propose { Html::trusted(format!("<a href=\"/models/tools/{id}\">{id}</a>")) } else { id };
        let agencies = if server.agencies.is_empty() {
            language.say("모든 기관", "all").to_owned()
        } else {
            server.agencies.join(", ")
        };
        table = table.row([
            name,
            Html::trusted(format!("<code>{}</code>", Html::text(&format!("/ai/v1/mcp/{}", server.id)))),
            Html::text(words::zone(language, server.zone)),
            Html::text(&agencies),
            granted(language, server),
        ]);
    }
    table
}

fn granted(language: Language, server: &ToolServer) -> Html {
    if server.tools.is_empty() {
        return Html::text(language.say("없음", "none"));
    }
    server.tools.iter().enumerate().fold(Html::empty(), |html, (place, grant)| {
        let html = html.and(Html::text(if place == 0 { "" } else { ", " })).and(words::account(&grant.name));
        if grant.acts {
            html.and(Html::text(" ")).and(Tag::new(Tone::Attention, language.say("사람이 승인", "a person approves")))
        } else {
            html
        }
    })
}

fn new_page(visitor: &Visitor, written: &Written, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let id = Field::text(language, "id", language.say("이름", "Name"))
        .hint(language.say("주소에 쓰입니다. 예: buildings", "It stands in the address, such as buildings."))
        .longest(80)
        .value(&written.id)
        .errors(errors);
    let fields = Html::empty().and(id).and(place(language, written, errors)).and(parts::reason(
        language,
        &written.reason,
        errors,
    ));
    let form = Form::post(visitor, "/models/tools/new").body(fields);
    parts::under(visitor, Part::Tools, language.say("도구 서버 등록 제안", "Propose a server of tools"))
        .lead(language.say(
            "서버가 승인된 뒤 그 서버의 도구를 보고 하나씩 허용합니다.",
            "Once it is approved, you see its tools and allow them one by one.",
        ))
        .body(parts::with_summary(language, errors, form))
}

fn place(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    Html::empty()
        .and(
            Field::text(language, "url", language.say("주소", "Address"))
                .hint(language.say(
                    "MCP(스트리밍 HTTP) 주소입니다. 예: http://10.0.0.7:9000/mcp",
                    "Of its MCP endpoint (streamable HTTP), such as http://10.0.0.7:9000/mcp.",
                ))
                .longest(300)
                .value(&written.url)
                .errors(errors),
        )
        .and(zone_field(language, &written.zone))
        .and(
            Field::text(
                language,
                "key_variable",
                language.say("키가 든 환경 변수의 이름", "Variable that holds its key"),
            )
            .optional()
            .longest(80)
            .value(&written.key_variable),
        )
        .and(
            Field::area(language, "agencies", language.say("쓸 수 있는 기관", "Agencies that may use it"))
                .hint(language.say("한 줄에 하나씩. 비우면 모든 기관입니다.", "One a line; empty for all."))
                .optional()
                .rows(2)
                .value(&written.agencies),
        )
        .and(
            Field::text(
                language,
                "idle",
                language
                    .say("답하는 동안 조용해도 기다리는 시간 (초)", "Seconds that it may say nothing while it answers"),
            )
            .hint(language.say("비우면 120초입니다.", "Empty stands for 120."))
            .optional()
            .input_mode("numeric")
            .longest(10)
            .value(&written.idle)
            .errors(errors),
        )
}

fn one_page(
    visitor: &Visitor,
    server: &ToolServer,
    said: &Result<Vec<Value>, String>,
    written: &Written,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let (notice, tools) = match said {
        Ok(tools) => (Html::empty(), tools.iter().filter_map(Said::of).collect::<Vec<_>>()),
        Err(why) => (unreachable(language, why), server.tools.iter().map(Said::of_grant).collect()),
    };
    let fields = place(language, written, errors)
        .and(which(language, server, &tools, written, said.is_ok()))
        .and(parts::reason(language, &written.reason, errors));
    let form = Form::post(visitor, format!("/models/tools/{}", server.id)).body(fields);
    let withdrawal = parts::withdrawal(
        visitor,
        (format!("/models/tools/{}/withdraw", server.id), &[]),
        (
            language.say("그만 쓰기", "Withdraw"),
            language.say(
                "혼자서도 바로 뺄 수 있습니다. 어떤 모델도 이 서버의 도구를 부를 수 없게 됩니다.",
                "One person is enough, and it holds at once: no model can call its tools any more.",
            ),
            language.say("지금 빼기", "Withdraw it now"),
        ),
    );
    parts::under(visitor, Part::Tools, &server.id)
        .lead(parts::by_two(language))
        .body(notice.and(parts::with_summary(language, errors, form)).and(withdrawal))
}

fn unreachable(language: Language, why: &str) -> Html {
    let text = language.pick(
        format!("서버가 지금 도구 목록을 알려 주지 않아({why}) 이미 허용한 도구만 보입니다."),
        format!("The server does not tell its tools now ({why}): only those that are allowed already are shown."),
    );
    Html::empty().and(Notice::new(language, NoticeKind::Warning, &text))
}

/// Which tools may be used, and which of them change something.
fn which(language: Language, server: &ToolServer, tools: &[Said], written: &Written, is_fresh: bool) -> Html {
    if tools.is_empty() {
        let text = language.say("이 서버에는 도구가 없습니다.", "This server has no tools.");
        return Html::empty().and(Notice::new(language, NoticeKind::Information, text));
    }
    let choices = tools
        .iter()
        .map(|tool| Choice::new(tool.value(), tool.name.as_str()).hint(state(language, server, tool, is_fresh)));
    let label = language.say("쓸 수 있는 도구", "Tools that may be used");
    let mut allowed = Field::checkboxes(language, "allowed", label, choices);
    for value in &written.allowed {
        allowed = allowed.value(value);
    }
    let label = language.say("부를 때마다 사람이 승인하는 도구", "Tools of which a person approves each call");
    let choices = tools.iter().map(|tool| Choice::new(tool.name.as_str(), tool.name.as_str()));
    let mut acting = Field::checkboxes(language, "acting", label, choices).hint(language.say(
        "무엇을 바꾸는 도구입니다. 읽기만 한다고 스스로 밝히지 않은 도구는 미리 골라 두었습니다.",
        "Tools that change something. Those that do not say of themselves that they only read are ticked beforehand.",
    ));
    for tool in tools {
        let is_known = server.grant(&tool.name).is_some();
        if written.acting.contains(&tool.name) || (!is_known && !tool.only_reads) {
            acting = acting.value(tool.name.as_str());
        }
    }
    Html::empty().and(allowed).and(acting)
}

/// How a tool stands to what was allowed.
fn state(language: Language, server: &ToolServer, tool: &Said, is_fresh: bool) -> String {
    let state = match server.grant(&tool.name) {
        None => language.say("아직 허용하지 않음", "not allowed yet"),
        Some(grant) if grant.pin != tool.pin => language
            .say("허용한 뒤 설명이 바뀌어 멈춤", "stopped: it describes itself otherwise than when it was allowed"),
        Some(_) if is_fresh => language.say("허용함", "allowed"),
        Some(_) => language.say("허용함, 지금 확인할 수 없음", "allowed; cannot be checked now"),
    };
    if tool.description.is_empty() { state.to_owned() } else { format!("{} ({state})", tool.description) }
}
