//! What things are called.

use maru_gateway::{
    Capability, Certainty, Change, ChangeRefusal, ChangeState, DataClass, ModelEntry, ModelState, Registry, Zone,
};
use maru_web::{
    Bilingual, FieldError, Html, Language,
    components::{Choice, Tag, Tone},
};

/// A refusal beside the field that it is about.
pub(super) fn in_form(refusal: &ChangeRefusal, otherwise: &str) -> FieldError {
    let (korean, english) = crate::api::refusal_words(refusal);
    let field = if *refusal == ChangeRefusal::NoReason { "reason" } else { otherwise };
    FieldError::new(field, korean, english)
}

pub(super) fn model_state(state: ModelState) -> Bilingual {
    match state {
        ModelState::Trial => Bilingual::new("시험 중", "Trial"),
        ModelState::Approved => Bilingual::new("승인", "Approved"),
        ModelState::Suspended => Bilingual::new("중지", "Suspended"),
    }
}

/// The models that can be asked, to choose from.
pub(super) fn usable_models(language: Language, registry: &Registry) -> Vec<Choice> {
    let usable =
        registry.models.iter().filter(|model| model.state != ModelState::Suspended && !model.routes.is_empty());
    let named = |model: &ModelEntry| format!("{} ({})", model.id, model_state(model.state).say(language));
    usable.map(|model| Choice::new(&model.id, named(model))).collect()
}

pub(super) fn model_tag(language: Language, state: ModelState) -> Html {
    let tone = match state {
        ModelState::Trial => Tone::Neutral,
        ModelState::Approved => Tone::Good,
        ModelState::Suspended => Tone::Bad,
    };
    Html::empty().and(Tag::new(tone, model_state(state).say(language)))
}

pub(super) fn change_tag(language: Language, state: ChangeState) -> Html {
    let (tone, label) = match state {
        ChangeState::Proposed => (Tone::Attention, language.say("승인 대기", "Waits for approval")),
        ChangeState::Approved => (Tone::Good, language.say("승인됨", "Approved")),
        ChangeState::Rejected => (Tone::Bad, language.say("반려됨", "Rejected")),
    };
    Html::empty().and(Tag::new(tone, label))
}

/// A class of N2SF with what it means.
pub(super) fn class(language: Language, class: DataClass) -> &'static str {
    match class {
        DataClass::Open => language.say("O 공개", "O, open"),
        DataClass::Sensitive => language.say("S 민감", "S, sensitive"),
        DataClass::Classified => language.say("C 기밀", "C, classified"),
    }
}

pub(super) fn zone(language: Language, zone: Zone) -> &'static str {
    match zone {
        Zone::Internet => language.say("인터넷 영역", "Internet zone"),
        Zone::Work => language.say("업무망 영역", "Work zone"),
        Zone::Secret => language.say("기밀 영역", "Secret zone"),
    }
}

pub(super) fn certainty(language: Language, certainty: Certainty) -> Html {
    let (tone, label) = match certainty {
        Certainty::Maker => (Tone::Good, language.say("만든 곳에서 확인", "Read at the maker")),
        Certainty::Secondary => (Tone::Neutral, language.say("다른 곳에서 읽음", "Read elsewhere")),
        Certainty::Unchecked => (Tone::Attention, language.say("확인되지 않음", "Not checked")),
    };
    Html::empty().and(Tag::new(tone, label))
}

/// What a fact is about; makers of registries may name others.
pub(super) fn about(language: Language, about: &str) -> &str {
    match about {
        "parameters" => language.say("크기", "Size"),
        "context" => language.say("문맥 길이", "Context"),
        "licence" => language.say("이용 허락", "Licence"),
        "release" => language.say("공개일", "Release"),
        "languages" => language.say("언어", "Languages"),
        "accelerator" => language.say("가속기", "Accelerator"),
        other => other,
    }
}

/// An account as people know it; the name of the system where no person acted.
pub(super) fn account(account: &str) -> Html {
    Html::trusted("<code>").and(Html::text(account)).and(Html::trusted("</code>"))
}

/// The number of a call, which leads to it.
pub(super) fn call(id: &str) -> Html {
    let id = Html::text(id);
    Html::trusted(format!("<a href=\"/models/calls/{id}\"><code>{id}</code></a>"))
}

pub(super) fn capability(language: Language, capability: Capability) -> &'static str {
    match capability {
        Capability::Chat => language.say("글로 답하기", "Answering in words"),
        Capability::Tools => language.say("도구 부르기", "Calling tools"),
        Capability::Schema => language.say("JSON 형식 지키기", "Keeping to a JSON schema"),
        Capability::Images => language.say("그림 보기", "Looking at images"),
        Capability::Embeddings => language.say("글을 벡터로", "Vectors of texts"),
        Capability::Rerank => language.say("문서 순서 정하기", "Putting documents in order"),
    }
}

/// A change in a line.
pub(super) fn change(language: Language, change: &Change) -> String {
    match change {
        Change::PutModel(model) => language
            .pick(format!("모델 「{}」 등록·변경", model.id), format!("Register or change the model {}", model.id)),
        Change::PutBackend(backend) if !backend.tenant.is_empty() => language.pick(
            format!("서버 「{}」 등록·변경: 「{}」 전용, 보관 객체와 Responses 호출이 그대로 넘어감", backend.id, backend.tenant),
            format!(
                "Register or change the server {} for {} alone: calls about stored objects and the Responses API go through to it",
                backend.id, backend.tenant
            ),
        ),
        Change::PutBackend(backend) => language.pick(
            format!("서버 「{}」 등록·변경", backend.id),
            format!("Register or change the server {}", backend.id),
        ),
        Change::PutToolServer(server) => language.pick(
            format!("도구 서버 「{}」 등록·변경", server.id),
            format!("Register or change the server of tools {}", server.id),
        ),
        Change::PutKey(key) => {
            language.pick(format!("키 「{}」 발급·변경", key.id), format!("Give out or change the key {}", key.id))
        }
        Change::PutAgencyPolicy { agency, .. } => {
            language.pick(format!("「{agency}」의 보안 규칙 변경"), format!("Change the rules of {agency}"))
        }
        Change::PutPolicy(_) => language.pick("보안 규칙 변경".into(), "Change the rules".into()),
        Change::SuspendModel(id) => {
            language.pick(format!("모델 「{id}」 사용 중지"), format!("Suspend the model {id}"))
        }
        Change::WithdrawKey(id) => language.pick(format!("키 「{id}」 회수"), format!("Withdraw the key {id}")),
        Change::PutPurpose(purpose) => {
            let whose = if purpose.agency.is_empty() {
                language.say("모든 기관", "all agencies")
            } else {
                &purpose.agency
            };
            language.pick(
                format!("용도 「{}」 등록·변경 ({whose})", purpose.id),
                format!("Register or change the purpose {} of {whose}", purpose.id),
            )
        }
        Change::WithdrawPurpose { id, .. } => {
            language.pick(format!("용도 「{id}」 거두기"), format!("Withdraw the purpose {id}"))
        }
        Change::WithdrawBackend(id) => {
            language.pick(format!("서버 「{id}」 사용 중지"), format!("Withdraw the server {id}"))
        }
        Change::WithdrawToolServer(id) => {
            language.pick(format!("도구 서버 「{id}」 사용 중지"), format!("Withdraw the server of tools {id}"))
        }
        Change::WithdrawAgencyPolicy(agency) => language.pick(
            format!("「{agency}」의 보안 규칙을 따로 두지 않음"),
            format!("{agency} gives up rules of its own"),
        ),
    }
}

/// Prices for reading.
pub(super) fn price(language: Language, model: &ModelEntry) -> String {
    if model.won_per_million_in == 0 && model.won_per_million_out == 0 {
        return language.say("없음", "none").to_owned();
    }
    let won = |amount: u64| language.number(i64::try_from(amount).unwrap_or(i64::MAX));
    let (input, output) = (won(model.won_per_million_in), won(model.won_per_million_out));
    language.pick(
        format!("100만 토큰에 입력 {input}원, 출력 {output}원"),
        format!("{input} won in, {output} won out, a million tokens"),
    )
}

/// A count.
pub(super) fn count(language: Language, count: u64) -> String {
    language.number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A time of microseconds for reading.
pub(super) fn duration(language: Language, micros: f64) -> String {
    let (figure, korean, english) = match micros {
        ..1_000.0 => (format!("{micros:.0}"), "마이크로초", "µs"),
        ..100_000.0 => (format!("{:.1}", micros / 1e3), "밀리초", "ms"),
        ..1_000_000.0 => (format!("{:.0}", micros / 1e3), "밀리초", "ms"),
        _ => (format!("{:.1}", micros / 1e6), "초", "s"),
    };
    language.pick(format!("{figure}{korean}"), format!("{figure} {english}"))
}

/// An amount of millionths of a won for reading.
pub(super) fn won(language: Language, microwon: u64) -> String {
    language.won(i64::try_from(microwon.div_ceil(1_000_000)).unwrap_or(i64::MAX))
}

/// A rule by name: those that are not about injection have one that people know.
pub(super) fn rule(language: Language, rule: &str) -> String {
    let known = match rule {
        "personal-data" => language.say("개인정보", "Personal data"),
        "secret" => language.say("비밀값(키·비밀번호)", "Secrets (keys, passwords)"),
        "leaked-personal-data" => language.say("답변에 나온 개인정보", "Personal data in answers"),
        "leaked-secret" => language.say("답변에 나온 비밀값", "Secrets in answers"),
        "injection-learned" => language.say("명령 주입 의심(학습)", "Injection, by the classifier"),
        "ungrounded" => language.say("근거 없는 문장", "Sentences without grounds"),
        "schema" => language.say("형식에 맞지 않는 답변", "Answers that break their schema"),
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    if let Some(category) = rule.strip_prefix("unsafe:") {
        let category = unsafe_category(language, category);
        return language.pick(format!("유해 답변: {category}"), format!("Unsafe answer: {category}"));
    }
    match rule.strip_prefix("topic:") {
        Some(topic) => language.pick(format!("금지 주제 {topic}"), format!("Topic {topic}")),
        None => language.pick(format!("명령 주입 {rule}"), format!("Injection: {rule}")),
    }
}

/// A category of unsafe content.
fn unsafe_category(language: Language, category: &str) -> &str {
    match category {
        "weapons" => language.say("무기·폭발물", "weapons and explosives"),
        "drugs" => language.say("마약", "drugs"),
        "self-harm" => language.say("자살·자해", "suicide and self-harm"),
        "minors" => language.say("아동 성착취", "sexual exploitation of children"),
        "hate" => language.say("혐오·비하", "hate"),
        "fraud" => language.say("사기·위조", "fraud and forgery"),
        "intrusion" => language.say("해킹·불법 촬영", "intrusion and covert filming"),
        "threat" => language.say("협박", "threats"),
        other => other,
    }
}
