//! The form with which a model is registered or changed.

use maru_gateway::{Capability, DataClass, ModelEntry, ModelState, Registry, Route, Routing, Shadow};
use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{Button, Choice, Disclosure, ErrorSummary, Field, Form},
};
use serde::Deserialize;

use super::{under_registry, words};

/// What was written into the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    id: String,
    maker: String,
    sovereign: String,
    state: String,
    class: String,
    context: String,
    answer_tokens: String,
    capabilities: Vec<String>,
    won_in: String,
    won_out: String,
    high_impact: String,
    supervisor: String,
    routes: String,
    affinity: String,
    hedge: String,
    queue: String,
    shadow: String,
    shadow_share: String,
    pub(super) reason: String,
}

fn state_of(text: &str) -> ModelState {
    match text {
        "approved" => ModelState::Approved,
        "suspended" => ModelState::Suspended,
        _ => ModelState::Trial,
    }
}

fn name_of(state: ModelState) -> &'static str {
    match state {
        ModelState::Trial => "trial",
        ModelState::Approved => "approved",
        ModelState::Suspended => "suspended",
    }
}

impl Written {
    /// The form as the model stands now.
    pub(super) fn of(model: &ModelEntry) -> Self {
        let yes = |is_so: bool| if is_so { "yes".to_owned() } else { String::new() };
        let route = |route: &Route| {
            let parts = [route.backend.as_str(), &route.model, &route.weight.to_string(), &route.version];
            parts.map(|part| if part.is_empty() { "-" } else { part }.to_owned()).join(" ")
        };
        Self {
            id: model.id.clone(),
            maker: model.maker.clone(),
            sovereign: yes(model.sovereign),
            state: name_of(model.state).to_owned(),
            class: model.highest_class.letter().to_owned(),
            context: model.context.to_string(),
            answer_tokens: model.answer_tokens.to_string(),
            capabilities: model.capabilities.iter().map(|can| can.as_str().to_owned()).collect(),
            won_in: model.won_per_million_in.to_string(),
            won_out: model.won_per_million_out.to_string(),
            high_impact: yes(model.high_impact),
            supervisor: model.supervisor.clone(),
            routes: model.routes.iter().map(route).collect::<Vec<_>>().join("\n"),
            affinity: yes(model.routing.prefix_affinity),
            hedge: model.routing.hedge_after_ms.map(|millis| millis.to_string()).unwrap_or_default(),
            queue: model.routing.queue_seconds.to_string(),
            shadow: model.routing.shadow.as_ref().map(|shadow| shadow.model.clone()).unwrap_or_default(),
            shadow_share: model.routing.shadow.as_ref().map(|shadow| shadow.per_mille.to_string()).unwrap_or_default(),
            reason: String::new(),
        }
    }

    /// The model that is proposed; what the form does not ask stays as it is in `before`.
    pub(super) fn model(
        &self,
        before: Option<&ModelEntry>,
        registry: &Registry,
    ) -> Result<ModelEntry, Vec<FieldError>> {
        let mut errors = Vec::new();
        let id = before.map_or_else(|| self.id.trim().to_owned(), |model| model.id.clone());
        let is_name = |name: &str| {
            !name.is_empty()
                && name.len() <= 80
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        };
        if !is_name(&id) {
            let korean = "이름은 영문자, 숫자, -._로 80자까지 써 주세요.";
            errors.push(FieldError::new("id", korean, "Write a name of letters, digits and -._ of at most 80."));
        } else if before.is_none() && registry.model(&id).is_some() {
            let korean = "같은 이름의 모델이 이미 있습니다. 그 모델의 변경을 제안해 주세요.";
            errors.push(FieldError::new("id", korean, "There is a model of this name. Propose a change of it."));
        }
        if self.maker.trim().is_empty() {
            errors.push(FieldError::new("maker", "만든 곳을 써 주세요.", "Write who made it."));
        }
        if self.reason.trim().is_empty() {
            let korean = "두 번째 사람이 판단할 수 있게 까닭을 써 주세요.";
            errors.push(FieldError::new("reason", korean, "Write a reason that the second person can weigh."));
        }
        if self.high_impact == "yes" && self.supervisor.trim().is_empty() {
            let korean = "고영향 인공지능은 관리·감독하는 사람의 성명과 연락처가 필요합니다.";
            errors.push(FieldError::new(
                "supervisor",
                korean,
                "High-impact AI needs the supervising person's name and contact.",
            ));
        }
        let mut model = before.cloned().unwrap_or_else(|| ModelEntry::new(&id, ""));
        self.maker.trim().clone_into(&mut model.maker);
        model.sovereign = self.sovereign == "yes";
        model.state = state_of(&self.state);
        model.highest_class = DataClass::from_letter(&self.class).unwrap_or_default();
        model.context = whole("context", &self.context, &mut errors);
        model.capabilities = self.capabilities.iter().filter_map(|name| Capability::from_name(name)).collect();
        if !self.answer_tokens.trim().is_empty() {
            model.answer_tokens = whole("answer_tokens", &self.answer_tokens, &mut errors);
        }
        self.read_routing(&mut model.routing, &mut errors);
        model.won_per_million_in = whole("won_in", &self.won_in, &mut errors);
        model.won_per_million_out = whole("won_out", &self.won_out, &mut errors);
        model.high_impact = self.high_impact == "yes";
        self.supervisor.trim().clone_into(&mut model.supervisor);
        model.routes = self.read_routes(registry, &mut errors);
        if errors.is_empty() { Ok(model) } else { Err(errors) }
    }

    /// How calls find their way; what is left empty is as it usually is.
    fn read_routing(&self, routing: &mut Routing, errors: &mut Vec<FieldError>) {
        let filled = |text: &str| !text.trim().is_empty();
        routing.prefix_affinity = self.affinity == "yes";
        routing.hedge_after_ms = filled(&self.hedge).then(|| whole("hedge", &self.hedge, errors));
        routing.queue_seconds =
            if filled(&self.queue) { whole("queue", &self.queue, errors) } else { Routing::default().queue_seconds };
        routing.shadow = filled(&self.shadow).then(|| Shadow {
            model: self.shadow.clone(),
            per_mille: whole("shadow_share", &self.shadow_share, errors),
        });
    }

    fn read_routes(&self, registry: &Registry, errors: &mut Vec<FieldError>) -> Vec<Route> {
        let mut routes = Vec::new();
        for line in self.routes.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let parts: Vec<&str> = line.split_whitespace().collect();
            let part = |place: usize| parts.get(place).copied().filter(|part| *part != "-").unwrap_or_default();
            let backend = part(0);
            if !registry.backends.iter().any(|known| known.id == backend) {
                let korean = format!("등록되지 않은 서버입니다: {backend}");
                errors.push(FieldError::new("routes", korean, format!("This server is not registered: {backend}")));
                continue;
            }
            let weight = if part(2).is_empty() { Ok(100) } else { part(2).parse::<u32>() };
            let Ok(weight) = weight else {
                let korean = format!("몫은 0 이상의 정수여야 합니다: {}", part(2));
                errors.push(FieldError::new(
                    "routes",
                    korean,
                    format!("A weight is a whole number from 0: {}", part(2)),
                ));
                continue;
            };
            let mut route = Route::new(backend);
            part(1).clone_into(&mut route.model);
            route.weight = weight;
            part(3).clone_into(&mut route.version);
            routes.push(route);
        }
        routes
    }
}

/// A whole number of a field; an empty field is 0.
pub(super) fn whole<T: std::str::FromStr + Default>(field: &str, text: &str, errors: &mut Vec<FieldError>) -> T {
    let digits: String = text.chars().filter(|letter| !matches!(letter, ',' | ' ')).collect();
    if digits.is_empty() {
        return T::default();
    }
    digits.parse().unwrap_or_else(|_| {
        errors.push(FieldError::new(field, "0 이상의 정수를 써 주세요.", "Write a whole number of at least 0."));
        T::default()
    })
}

pub(super) fn page(
    visitor: &Visitor,
    id: Option<&str>,
    written: &Written,
    registry: &Registry,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let action = id.map_or_else(|| "/models/registry/new".to_owned(), |id| format!("/models/registry/{id}/change"));
    let title = match id {
        Some(id) => language.pick(format!("{id} 변경 제안"), format!("Propose a change of {id}")),
        None => language.say("모델 등록 제안", "Propose a model").to_owned(),
    };
    let mut body = Html::empty();
    if !errors.is_empty() {
        body = body.and(ErrorSummary::new(language, errors));
    }
    let form = Form::post(visitor, action).body(
        names(language, id, written, errors)
            .and(terms(language, written, errors))
            .and(routes(language, written, registry, errors))
            .and(ways(language, id, written, registry, errors))
            .and(
                Field::area(language, "reason", language.say("까닭", "Reason"))
                    .hint(language.say(
                        "승인할 사람이 읽습니다. 무엇을 확인했는지 적어 주세요.",
                        "Whoever approves it reads this. Say what you checked.",
                    ))
                    .rows(3)
                    .value(&written.reason)
                    .errors(errors),
            )
            .and(Button::primary(language.say("제안하기", "Propose"))),
    );
    under_registry(visitor, title, PageKind::Official)
        .lead(language.say(
            "다른 사람이 승인해야 바뀝니다. 제안과 승인은 모두 기록에 남습니다.",
            "It changes when another person approves it. Both stand on the record.",
        ))
        .body(body.and(form))
}

fn yes(language: Language) -> [Choice; 2] {
    [Choice::new("", language.say("아니요", "No")), Choice::new("yes", language.say("예", "Yes"))]
}

fn names(language: Language, id: Option<&str>, written: &Written, errors: &[FieldError]) -> Html {
    let mut fields = Html::empty();
    if id.is_none() {
        fields = fields.and(
            Field::text(language, "id", language.say("이름", "Name"))
                .hint(language.say(
                    "시스템이 부르는 이름입니다. 예: exaone-4.0-32b",
                    "What systems call it, such as exaone-4.0-32b.",
                ))
                .longest(80)
                .value(&written.id)
                .errors(errors),
        );
    }
    fields
        .and(
            Field::text(language, "maker", language.say("만든 곳", "Maker"))
                .longest(120)
                .value(&written.maker)
                .errors(errors),
        )
        .and(
            Field::radios(
                language,
                "sovereign",
                language.say("국내에서 만든 모델인가요?", "Was it made in Korea?"),
                yes(language),
            )
            .inline()
            .value(&written.sovereign),
        )
}

fn terms(language: Language, written: &Written, errors: &[FieldError]) -> Html {
    let states = [ModelState::Trial, ModelState::Approved, ModelState::Suspended]
        .map(|state| Choice::new(name_of(state), words::model_state(state).say(language)));
    let classes = [DataClass::Open, DataClass::Sensitive, DataClass::Classified]
        .map(|class| Choice::new(class.letter(), words::class(language, class)));
    let number = |name: &'static str, label: &str, value: &str| {
        Field::text(language, name, label).input_mode("numeric").longest(20).value(value).errors(errors)
    };
    Html::empty()
        .and(Field::select(language, "state", language.say("상태", "State"), states).value(&written.state))
        .and(
            Field::select(
                language,
                "class",
                language.say("볼 수 있는 가장 높은 등급", "Highest class it may see"),
                classes,
            )
            .hint(language.say(
                "국가 망 보안체계(N2SF)의 등급입니다. 도는 서버의 영역이 더 낮으면 그 영역을 따릅니다.",
                "Classes of N2SF. Where a server's zone allows less, the zone holds.",
            ))
            .value(&written.class),
        )
        .and(capabilities(language, written))
        .and(number("context", language.say("문맥 길이 (토큰)", "Context (tokens)"), &written.context))
        .and(
            number(
                "answer_tokens",
                language.say(
                    "답변 길이를 말하지 않은 호출에 잡아 두는 토큰",
                    "Tokens set aside for an answer where the caller names none",
                ),
                &written.answer_tokens,
            )
            .optional(),
        )
        .and(number(
            "won_in",
            language.say("입력 100만 토큰의 값 (원)", "Price of a million tokens in (won)"),
            &written.won_in,
        ))
        .and(number(
            "won_out",
            language.say("출력 100만 토큰의 값 (원)", "Price of a million tokens out (won)"),
            &written.won_out,
        ))
        .and(
            Field::radios(
                language,
                "high_impact",
                language.say("고영향 인공지능으로 쓰나요?", "Is it used as high-impact AI?"),
                yes(language),
            )
            .hint(language.say(
                "인공지능 발전과 신뢰 기반 조성 등에 관한 기본법 제2조제4호의 영역에서 쓰는 경우입니다.",
                "That is, in one of the fields of the AI Basic Act, article 2(4).",
            ))
            .inline()
            .value(&written.high_impact),
        )
        .and(
            Field::text(
                language,
                "supervisor",
                language.say("관리·감독하는 사람의 성명과 연락처", "Supervising person: name and contact"),
            )
            .hint(language.say(
                "같은 법 시행령 제27조제1항제4호에 따라 게시됩니다.",
                "It is published (decree of the AI Basic Act, article 27(1)4).",
            ))
            .optional()
            .longest(200)
            .value(&written.supervisor)
            .errors(errors),
        )
}

/// What the model can do.
fn capabilities(language: Language, written: &Written) -> Field {
    let choices = Capability::ALL.map(|can| Choice::new(can.as_str(), words::capability(language, can)));
    let label = language.say("할 수 있는 일", "What it can do");
    let field = Field::checkboxes(language, "capabilities", label, choices).inline().hint(language.say(
        "고르면 다른 일을 시키는 호출은 거절합니다. 하나도 고르지 않으면 정하지 않은 것으로 봅니다. model을 auto로 보낸 호출의 모델을 고를 때도 씁니다.",
        "Calls that want something else are refused then. None ticked says nothing. It also decides which model answers calls that name `auto`.",
    ));
    written.capabilities.iter().fold(field, Field::value)
}

/// How calls find their way, folded: usual for most models.
fn ways(language: Language, id: Option<&str>, written: &Written, registry: &Registry, errors: &[FieldError]) -> Html {
    let none = Choice::new("", language.say("없음", "None"));
    let others = registry.models.iter().filter(|model| Some(model.id.as_str()) != id);
    let others = others.map(|model| Choice::new(&model.id, &model.id));
    let number = |name: &'static str, label: &str, value: &str| {
        Field::text(language, name, label).optional().input_mode("numeric").longest(6).value(value).errors(errors)
    };
    let fields = Html::empty()
        .and(
            Field::radios(
                language,
                "affinity",
                language.say("같은 대화를 같은 서버로 보내나요?", "Do calls that begin alike go to the same server?"),
                yes(language),
            )
            .hint(language.say(
                "서버가 앞부분의 계산을 다시 쓸 수 있습니다.",
                "It still knows what it computed for the beginning.",
            ))
            .inline()
            .value(&written.affinity),
        )
        .and(number(
            "hedge",
            language.say(
                "다른 서버에도 묻기까지 기다리는 시간 (밀리초)",
                "Milliseconds until a second server is asked too",
            ),
            &written.hedge,
        ))
        .and(number(
            "queue",
            language.say("모두 바쁠 때 기다리는 시간 (초)", "Seconds that a call waits where all are busy"),
            &written.queue,
        ))
        .and(
            Field::select(
                language,
                "shadow",
                language.say("나란히 시험해 볼 모델", "Model that is asked the same beside it"),
                std::iter::once(none).chain(others),
            )
            .hint(language.say(
                "그 모델의 답은 기록에만 남고 아무에게도 보이지 않습니다.",
                "Its answers stand on the record, and nobody else sees them.",
            ))
            .value(&written.shadow)
            .errors(errors),
        )
        .and(number(
            "shadow_share",
            language.say("그 모델에도 보내는 호출 (천 건 가운데)", "Calls of a thousand that are copied to it"),
            &written.shadow_share,
        ));
    let disclosure = Disclosure::new(language.say("호출을 보내는 방법", "How calls find their way"), fields);
    let names = ["hedge", "queue", "shadow", "shadow_share"];
    let is_open = errors.iter().any(|error| names.contains(&error.field.as_str()));
    Html::empty().and(if is_open { disclosure.open() } else { disclosure })
}

fn routes(language: Language, written: &Written, registry: &Registry, errors: &[FieldError]) -> Html {
    let known: Vec<&str> = registry.backends.iter().map(|backend| backend.id.as_str()).collect();
    let hint = language.pick(
        format!(
            "한 줄에 하나씩: 서버, 그곳에서의 이름, 몫, 판. 비울 자리는 -로 씁니다. 등록된 서버: {}",
            known.join(", ")
        ),
        format!(
            "One a line: server, name there, weight, version; - for nothing. Registered servers: {}",
            known.join(", ")
        ),
    );
    let field = Field::area(language, "routes", language.say("도는 곳", "Where it runs"))
        .hint(hint)
        .optional()
        .rows(3)
        .value(&written.routes)
        .errors(errors);
    Html::empty().and(field)
}
