//! Models of the demonstration: servers that do not exist, a month of invented traffic, a change that waits for a second person.

use anyhow::Context;
use jiff::Timestamp;
use maru_gateway::{
    Action, Backend, BudgetLimit, CallRecord, Change, DataClass, EvaluationResult, Gateway, KeyScope, ModelState,
    Period, PromptCommand, Purpose, RegistryCommand, Route, Screened, Unit, WantedAction, Zone, evaluate::Interval,
};
use maru_ledger::{Entropy as _, Personal, SeededEntropy};

/// Who proposes and who approves in the city.
const ADMINISTRATOR: &str = "seo-jiho";
const SUPERVISOR: &str = "han-seoyun";

const LARGE: &str = "exaone-4.0-32b";
const SMALL: &str = "maru-extractive";
const WAITING: &str = "solar-open-100b";
const EVALUATED: &str = "kanana-2-30b-a3b";

/// Days of invented traffic.
const DAYS: i64 = 30;
/// Calls in the busiest hour.
const BUSIEST: u64 = 24;

/// An agency whose system calls models.
struct Caller {
    agency: &'static str,
    /// Its share of the calls, in a hundred.
    share: u64,
    key: &'static str,
    system: &'static str,
    purpose: &'static str,
}

const CALLERS: [Caller; 4] = [
    Caller {
        agency: "마루시",
        share: 52,
        key: "portal-2026",
        system: "대표 누리집",
        purpose: crate::composition::DRAFTS,
    },
    Caller {
        agency: "마루시 상수도사업본부",
        share: 21,
        key: "call-centre-2026",
        system: "수도 상담센터",
        purpose: "상담 내용 요약",
    },
    Caller {
        agency: "마루시 교육지원청",
        share: 17,
        key: "documents-2026",
        system: "문서관리시스템",
        purpose: "회의록 정리",
    },
    Caller {
        agency: "마루시 도서관", share: 10, key: "library-2026", system: "도서 검색", purpose: "도서 추천"
    },
];
/// Whose machine wants to do something.
const ASKING: &Caller = &CALLERS[1];

/// Makes registry and traffic as they might have become until `now`.
///
/// # Errors
/// Where the database cannot be used.
pub(crate) async fn seed(gateway: &Gateway, now: Timestamp) -> anyhow::Result<()> {
    register(gateway).await?;
    ask_people(gateway).await?;
    gateway.record_invented(traffic(now));
    gateway.flush().await;
    Ok(())
}

/// An evaluation as it might have come out: 40 questions, as the city is invented.
fn invented_evaluation(model: &str) -> EvaluationResult {
    let right: Vec<bool> = (0..40).map(|number| number % 10 != 7).collect();
    let all = Interval::of_share(&right);
    EvaluationResult {
        model: model.into(),
        suite: "시연용 민원 문제".into(),
        suite_sha256: maru_gateway::hash_key("demonstration"),
        all,
        by_measure: [("contains".to_owned(), all)].into(),
        compared_with: String::new(),
        difference: None,
        is_regression: false,
    }
}

/// What a machine wants to do, and prompts that people share.
async fn ask_people(gateway: &Gateway) -> anyhow::Result<()> {
    let arguments = r#"{"case":"20261124-0007","to":"도로과","reason":"가로등 고장 신고입니다."}"#;
    let wanted = WantedAction {
        id: "demo-action-1".into(),
        server: "cases".into(),
        tool: "transfer_case".into(),
        description: "민원을 다른 부서로 넘깁니다.".into(),
        arguments: Personal::new("gateway-demonstration", arguments),
        arguments_sha256: maru_gateway::hash_key(arguments),
        key: ASKING.key.into(),
        agency: ASKING.agency.into(),
        system: ASKING.system.into(),
        purpose: ASKING.purpose.into(),
        month: "2026-11".into(),
    };
    gateway.ask_invented(wanted).await?;
    for (id, title, text) in [
        (
            "minutes-summary",
            "회의록 요약",
            "회의록을 다섯 줄로 요약한다. 결정한 일, 담당 부서, 기한을 빠뜨리지 않는다. 회의록에 없는 내용은 쓰지 않는다.",
        ),
        (
            "plain-notice",
            "쉬운 안내문",
            "안내문을 초등학교 6학년이 읽을 수 있게 고친다. 한 문장은 마흔 자를 넘지 않는다. 금액, 날짜, 연락처는 바꾸지 않는다.",
        ),
    ] {
        let [id, title, text, reason] = [id, title, text, "처음 씁니다."].map(str::to_owned);
        let command = PromptCommand::Save { id, title, text, reason, by: SUPERVISOR.into() };
        gateway.change_prompts(command, SUPERVISOR).await?;
    }
    Ok(())
}

async fn register(gateway: &Gateway) -> anyhow::Result<()> {
    let mut npu = Backend::new("npu-1", "http://npu-1.maru.invalid:8000/v1", Zone::Work);
    npu.accelerator = "npu:furiosa-rngd".into();
    npu.capacity = 48;
    let mut gpu = Backend::new("gpu-1", "http://gpu-1.maru.invalid:8000/v1", Zone::Work);
    gpu.accelerator = "gpu:h100".into();
    gpu.capacity = 64;
    decided(gateway, "demo-1", Change::PutBackend(npu), "FuriosaAI 서버를 업무망에 설치했습니다.").await?;
    decided(gateway, "demo-2", Change::PutBackend(gpu), "기존 서버를 등록합니다.").await?;
    for (number, purpose) in (1..).zip(purposes()) {
        let change = Change::PutPurpose(purpose);
        decided(gateway, &format!("demo-purpose-{number}"), change, "용도와 영향을 살폈습니다.").await?;
    }
    for Caller { agency, key: id, system, purpose, .. } in CALLERS {
        let mut key = KeyScope::new(id, maru_gateway::hash_key(&format!("demonstration {id}")), agency);
        (key.system, key.purpose) = (system.into(), purpose.into());
        key.models = vec![LARGE.into(), SMALL.into()];
        key.budgets = vec![BudgetLimit { unit: Unit::Won, period: Period::Month, limit: 30_000 }];
        decided(gateway, &format!("demo-key-{id}"), Change::PutKey(key), "시스템마다 키를 따로 둡니다.").await?;
    }
    let registry = gateway.registry().await?.registry;
    let mut large = registry.model(LARGE).with_context(|| format!("{LARGE} does not ship"))?.clone();
    large.state = ModelState::Approved;
    (large.won_per_million_in, large.won_per_million_out) = (300, 1_200);
    let route = |backend: &str, weight, version: &str| Route { weight, version: version.into(), ..Route::new(backend) };
    large.routes = vec![route("npu-1", 70, "4.0-w8"), route("gpu-1", 30, "4.0-fp8")];
    for model in [LARGE, EVALUATED] {
        let result = Box::new(invented_evaluation(model));
        let command = RegistryCommand::RecordEvaluation { result, by: ADMINISTRATOR.into() };
        gateway.change(command, ADMINISTRATOR).await?;
    }
    decided(gateway, "demo-3", Change::PutModel(large), "이용 허락과 평가 결과를 확인했습니다.").await?;
    let mut waiting = registry.model(WAITING).with_context(|| format!("{WAITING} does not ship"))?.clone();
    waiting.routes = vec![route("gpu-1", 100, "trial")];
    let reason = "회의록 요약을 두 주 동안 시험하려고 합니다.";
    propose(gateway, "demo-4", Change::PutModel(waiting), reason).await
}

/// What the city's systems use models for.
fn purposes() -> impl Iterator<Item = Purpose> {
    let approved = [
        ("민원 답변의 초안을 쓰고, 담당 공무원이 고쳐서 보냅니다.", DataClass::Sensitive),
        ("상담 내용을 요약하고, 상담사가 확인합니다.", DataClass::Sensitive),
        ("회의록을 정리하고, 간사가 확인합니다.", DataClass::Sensitive),
        ("도서를 추천하고, 사서가 확인합니다.", DataClass::Open),
    ];
    CALLERS.iter().zip(approved).map(|(caller, (description, highest_class))| Purpose {
        id: caller.purpose.into(),
        agency: String::new(),
        description: description.into(),
        models: Vec::new(),
        highest_class,
        high_impact: false,
        until: None,
    })
}

async fn propose(gateway: &Gateway, id: &str, change: Change, reason: &str) -> anyhow::Result<()> {
    let command = RegistryCommand::Propose {
        id: id.into(),
        change: Box::new(change),
        reason: reason.into(),
        by: ADMINISTRATOR.into(),
    };
    gateway.change(command, ADMINISTRATOR).await?;
    Ok(())
}

async fn decided(gateway: &Gateway, id: &str, change: Change, reason: &str) -> anyhow::Result<()> {
    propose(gateway, id, change, reason).await?;
    let command = RegistryCommand::Approve { id: id.into(), note: "확인했습니다.".into(), by: SUPERVISOR.into() };
    gateway.change(command, SUPERVISOR).await?;
    Ok(())
}

/// Numbers by chance, the same in every demonstration.
struct Chance(SeededEntropy);

impl Chance {
    /// A number below `end`.
    fn below(&self, end: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % end.max(1)
    }
}

/// Calls of an hour in a hundred of the busiest: people work by day, systems a little by night.
fn share_of(hour: i8, is_weekend: bool) -> u64 {
    let share = match hour {
        9..=11 | 13..=17 => 100,
        8 | 12 | 18 => 55,
        19..=22 => 20,
        _ => 6,
    };
    if is_weekend { share / 6 } else { share }
}

fn traffic(now: Timestamp) -> Vec<CallRecord> {
    let chance = Chance(SeededEntropy::new(8_420));
    let mut calls = Vec::new();
    for hours in (0..DAYS * 24).rev() {
        let Ok(begin) = now.checked_sub(jiff::SignedDuration::from_hours(hours)) else { continue };
        let here = maru_calendar::seoul(begin);
        let is_weekend = here.weekday().to_monday_zero_offset() >= 5;
        let most = BUSIEST * share_of(here.hour(), is_weekend) / 100;
        for _ in 0..most / 2 + chance.below(most / 2 + 1) {
            let after = i64::try_from(chance.below(3_600_000_000)).unwrap_or_default();
            let at = (begin.as_microsecond() - after).min(now.as_microsecond());
            calls.push(call(&chance, at, calls.len()));
        }
    }
    calls.sort_by_key(|call| call.at);
    calls
}

fn call(chance: &Chance, at: i64, number: usize) -> CallRecord {
    let mut point = chance.below(100);
    let caller = CALLERS.iter().find(|caller| {
        let is_it = point < caller.share;
        point = point.saturating_sub(caller.share);
        is_it
    });
    let caller = caller.unwrap_or(&CALLERS[0]);
    let is_large = chance.below(100) < 78;
    let mut call = CallRecord {
        id: format!("invented-{number:06}"),
        at,
        route: "chat".into(),
        key: caller.key.into(),
        agency: caller.agency.into(),
        system: caller.system.into(),
        purpose: caller.purpose.into(),
        model: if is_large { LARGE } else { SMALL }.into(),
        class: "O".into(),
        status: 200,
        attempts: 1,
        ..CallRecord::default()
    };
    found(chance, &mut call);
    if call.status == 200 {
        answered(chance, &mut call, is_large);
    }
    call
}

/// What the rules found in a call.
fn found(chance: &Chance, call: &mut CallRecord) {
    let rule = |rule: &str, action| Screened { rule: rule.into(), action };
    if chance.below(100) < 23 {
        call.rules.push(rule("personal-data", Action::Mask));
        call.masked = usize::try_from(1 + chance.below(3)).unwrap_or(1);
        call.class = "S".into();
    }
    match chance.below(1_000) {
        0..9 => call.rules.push(rule("override-ko", Action::Block)),
        9..14 => call.rules.push(rule("injection-learned", Action::Block)),
        14..18 => call.rules.push(rule("reveal-ko", Action::Block)),
        18..24 => call.rules.push(rule("secret", Action::Mask)),
        24..40 => call.rules.push(rule("authority-ko", Action::Observe)),
        40..44 => (call.status, call.code, call.attempts) = (503, "no_backend_answered".into(), 2),
        _ => {}
    }
    if call.rules.iter().any(|rule| rule.action == Action::Block) {
        (call.status, call.code) = (403, "blocked_by_policy".into());
    }
}

fn answered(chance: &Chance, call: &mut CallRecord, is_large: bool) {
    call.tokens_in = 180 + chance.below(900);
    call.tokens_out = 60 + chance.below(500);
    if !is_large {
        call.backend = "embedded".into();
        call.first_us = 1_500 + chance.below(4_000);
        call.total_us = call.first_us + 200;
        return;
    }
    call.stream = true;
    call.backend = if chance.below(100) < 70 { "npu-1" } else { "gpu-1" }.into();
    // Now and then a queue: a long tail.
    let queue = if chance.below(30) == 0 { chance.below(2_500_000) } else { 0 };
    call.first_us = 160_000 + chance.below(240_000) + queue;
    call.total_us = call.first_us + call.tokens_out * 22_000;
    call.microwon = call.tokens_in * 300 + call.tokens_out * 1_200;
}
