//! What the AI Basic Act wants written down and published of a model, as far as registry, rules and record know it. What only people know is
//! asked of them by name, and nothing is made up in its place.

use maru_gateway::{
    Action, ModelEntry, PolicySettings, RecordedEvaluation, RegistryState, Traffic, evaluate::Interval,
};
use maru_web::{
    Html, Language, Page, PageKind, Visitor,
    components::{Card, DefinitionList, Notice, NoticeKind, Table},
};

use super::{under_registry, words};

/// The documents of one model.
pub(super) fn page(visitor: &Visitor, state: &RegistryState, id: &str, traffic: &Traffic) -> Option<Page> {
    let language = visitor.language;
    let model = state.registry.model(id)?;
    let title =
        language.pick(format!("{id} 게시 문서와 영향평가"), format!("{id}: published terms and impact assessment"));
    let body = Html::empty()
        .and(missing(language, state, model))
        .and(published(language, state, model))
        .and(assessment(language, state, model, traffic))
        .and(evaluations(language, state, id));
    let page = under_registry(visitor, title, PageKind::Overview)
        .breadcrumb(id, format!("/models/registry/{id}"))
        .lead(language.say(
            "등록부, 보안 규칙, 기록에서 자동으로 만든 초안입니다. 담당자가 확인하고 나머지를 채운 뒤 게시합니다.",
            "A draft made from the registry, the rules and the record. Somebody checks it, fills in the rest and publishes it.",
        ))
        .body(body);
    Some(page)
}

/// What a person has to write or to do before this can be published.
fn missing(language: Language, state: &RegistryState, model: &ModelEntry) -> Html {
    let mut items = vec![
        language.say(
            "이 용도의 영향을 받는 사람과 그 가운데 취약한 집단",
            "who is affected by this use, and who among them is vulnerable",
        ),
        language.say(
            "잘못된 결과가 사람에게 미칠 영향과 이를 줄이는 방법",
            "what a wrong result does to them, and how that is made smaller",
        ),
        language.say("이의를 받는 창구와 처리 절차", "where objections are taken, and how"),
    ];
    if model.supervisor.is_empty() {
        items.push(language.say("관리·감독하는 사람의 성명과 연락처", "name and contact of the supervising person"));
    }
    if state.evaluations.get(&model.id).is_none_or(Vec::is_empty) {
        items.push(language.say("평가 결과(기록에 없음)", "the result of an evaluation: none is on the record"));
    }
    if model.facts.iter().any(|fact| fact.certainty == maru_gateway::Certainty::Unchecked) {
        items.push(language.say("확인되지 않은 사실의 확인", "a check of the facts that nobody has checked"));
    }
    let list = items.iter().fold(Html::trusted("<ul>"), |list, item| {
        list.and(Html::trusted("<li>")).and(Html::text(item)).and(Html::trusted("</li>"))
    });
    let notice = Notice::new(language, NoticeKind::Warning, "")
        .title(language.say("사람이 채워야 하는 것", "What people have to fill in"))
        .markup(list.and(Html::trusted("</ul>")));
    Html::empty().and(notice)
}

/// Decree of the AI Basic Act, article 27(1): what an operator of high-impact AI publishes.
fn published(language: Language, state: &RegistryState, model: &ModelEntry) -> Card {
    let policy = &state.registry.policy;
    let supervisor = if model.supervisor.is_empty() {
        language.say("(기관이 적습니다)", "(to be filled in)")
    } else {
        &model.supervisor
    };
    let list = DefinitionList::new()
        .text(language.say("모델과 만든 곳", "Model and maker"), &format!("{} · {}", model.id, model.maker))
        .text(language.say("용도", "Use"), if model.high_impact {
            language.say("고영향 인공지능", "high-impact AI")
        } else {
            language.say("고영향 인공지능으로 쓰지 않음", "not used as high-impact AI")
        })
        .text(language.say("위험관리방안의 주요 내용", "Risk management"), &risks(language, policy))
        .text(language.say("설명 방안의 주요 내용", "How results are explained"), language.say(
            "모든 호출은 목적, 모델의 판, 움직인 규칙과 함께 기록에 남고, 근거가 딸린 답변은 문장마다 근거와 맞춰 봅니다. 영향을 받는 사람은 주요 기준에 대한 설명을 요구할 수 있습니다(법 제3조제2항).",
            "Every call is on record with its purpose, the model's version and the rules that acted; answers that came with sources are held against them sentence by sentence. Whoever is affected may ask for the main criteria (article 3(2)).",
        ))
        .text(language.say("이용자 보호 방안의 주요 내용", "How people are protected"), &protection(language, policy, model))
        .text(language.say("사람의 관리·감독", "Human supervision"), language.say(
            "인공지능은 제안하고 사람이 결정합니다. 무엇을 바꾸는 도구는 사람이 승인해야 움직입니다. 모델의 승인에는 두 사람이 필요하고, 멈추는 데는 한 사람이면 됩니다.",
            "AI proposes and a person decides. Tools that change something move only when a person approves. Two people approve a model, one stops it.",
        ))
        .text(language.say("관리·감독하는 사람의 성명과 연락처", "Supervising person: name and contact"), supervisor)
        .text(language.say("문서의 보관", "Kept for"), language.say("5년 (법 제34조)", "5 years (article 34)"));
    let title = language.say("게시할 내용 (시행령 제27조)", "To be published (decree, article 27)");
    Card::new(title).body(Html::empty().and(list))
}

fn acts(language: Language, action: Action) -> &'static str {
    match action {
        Action::Observe => language.say("기록", "recorded"),
        Action::Mask => language.say("가림", "masked"),
        Action::Ask => language.say("확인 요구", "must be confirmed"),
        Action::Block => language.say("차단", "stopped"),
    }
}

fn risks(language: Language, policy: &PolicySettings) -> String {
    let rules = [
        (language.say("요청의 개인정보", "personal data in requests"), policy.personal_data),
        (language.say("요청의 비밀값", "secrets in requests"), policy.secrets),
        (language.say("답변의 개인정보", "personal data in answers"), policy.leaked_personal_data),
        (language.say("근거 없는 답변", "answers without grounds"), policy.ungrounded),
    ];
    let rules: Vec<String> = rules.iter().map(|(name, action)| format!("{name} {}", acts(language, *action))).collect();
    let injection = language
        .say("명령 주입은 규칙과 학습된 표로 걸러 냅니다", "injection is screened by rules and a learned table");
    format!("{} · {injection}", rules.join(" · "))
}

fn protection(language: Language, policy: &PolicySettings, model: &ModelEntry) -> String {
    let kept = match policy.retention_months {
        Some(months) => language.pick(
            format!("가린 내용은 그 달 뒤 {months}개월 동안 봉인해 보관합니다"),
            format!("masked texts are kept sealed for {months} months"),
        ),
        None if policy.keep_contents => language
            .say(
                "가린 내용은 봉인해 보관하며 보관 기간은 정하지 않았습니다",
                "masked texts are kept sealed, with no end set",
            )
            .to_owned(),
        None => language.say("내용은 보관하지 않습니다", "texts are not kept").to_owned(),
    };
    let class = words::class(language, model.highest_class);
    language.pick(
        format!("{class} 등급까지의 내용만 볼 수 있습니다(N2SF). {kept}. 인공지능이 쓴 글에는 그 사실을 표시합니다(법 제31조)."),
        format!("It sees classes up to {class} (N2SF); {kept}. What AI wrote says so (article 31)."),
    )
}

/// AI Basic Act, article 35.
fn assessment(language: Language, state: &RegistryState, model: &ModelEntry, traffic: &Traffic) -> Card {
    let total = traffic.total();
    let count = |number: u64| words::count(language, number);
    let zones: Vec<String> = model
        .routes
        .iter()
        .map(|route| {
            let backend = state.registry.backends.iter().find(|backend| backend.id == route.backend);
            let zone = backend.map_or("–", |backend| words::zone(language, backend.zone));
            format!("{} ({zone})", route.backend)
        })
        .collect();
    let none = language.say("없음", "none").to_owned();
    let list = DefinitionList::new()
        .markup(
            language.say("쓰는 기관, 시스템, 목적", "Agencies, systems, purposes"),
            purposes(language, state, model),
        )
        .text(language.say("도는 곳", "Where it runs"), &if zones.is_empty() { none.clone() } else { zones.join(", ") })
        .text(language.say("최근 30일 호출", "Calls in the last 30 days"), &count(total.calls))
        .text(language.say("규칙이 막은 호출", "Stopped by rules"), &count(total.blocked))
        .text(language.say("가린 개인정보", "Personal data masked"), &count(total.masked))
        .text(language.say("실패한 호출", "Failed calls"), &count(total.errors))
        .text(language.say("움직인 규칙", "Rules that acted"), &{
            let fired = traffic.rules.iter().take(8);
            let fired: Vec<String> =
                fired.map(|fired| format!("{} {}", words::rule(language, &fired.rule), count(fired.calls))).collect();
            if fired.is_empty() { none } else { fired.join(" · ") }
        });
    let title = language.say("영향평가에 쓸 사실 (법 제35조)", "Facts for the impact assessment (article 35)");
    Card::new(title).body(Html::empty().and(list))
}

/// Keys that may use the model, as purposes.
fn purposes(language: Language, state: &RegistryState, model: &ModelEntry) -> Html {
    let keys = state.registry.keys.iter().filter(|key| key.allows(&model.id));
    let mut lines: Vec<String> = keys.map(|key| format!("{} · {} · {}", key.agency, key.system, key.purpose)).collect();
    lines.sort();
    lines.dedup();
    if lines.is_empty() {
        return Html::text(language.say("등록된 키가 없습니다", "no key is registered"));
    }
    let items = lines.iter().fold(Html::trusted("<ul>"), |list, line| {
        list.and(Html::trusted("<li>")).and(Html::text(line)).and(Html::trusted("</li>"))
    });
    items.and(Html::trusted("</ul>"))
}

/// Evaluations on the record, the newest first.
pub(super) fn evaluations(language: Language, state: &RegistryState, id: &str) -> Html {
    let made = state.evaluations.get(id).map_or(&[][..], Vec::as_slice);
    if made.is_empty() {
        let text = language.say(
            "평가 결과가 기록에 없습니다. 승인하려면 먼저 「모델 평가」에서 평가해야 합니다.",
            "No evaluation is on the record. Evaluate the model (Evaluations) before it can be approved.",
        );
        return Html::empty().and(Notice::new(language, NoticeKind::Information, text));
    }
    let mut table = Table::new(language.say("평가 결과", "Evaluations"))
        .column(language.say("때", "When"))
        .column(language.say("문제 모음", "Suite"))
        .figures(language.say("맞힌 몫 (95% 구간)", "Share right (95 % interval)"))
        .column(language.say("견준 모델", "Beside"))
        .column(language.say("결과", "Outcome"))
        .column(language.say("평가한 사람", "Made by"));
    for RecordedEvaluation { result, by, at } in made.iter().rev() {
        let outcome = if result.is_regression {
            language.say("확실히 나쁨: 승인할 수 없음", "Surely worse: not to be approved")
        } else {
            language.say("나빠졌다고 할 수 없음", "Not surely worse")
        };
        let beside = if result.compared_with.is_empty() { "–" } else { &result.compared_with };
        table = table.row([
            Html::text(&language.date_time(*at)),
            Html::text(&result.suite),
            Html::text(&share(language, result.all)),
            Html::text(beside),
            Html::text(outcome),
            words::account(by),
        ]);
    }
    Html::empty().and(table)
}

/// A share with its interval.
pub(super) fn share(language: Language, interval: Interval) -> String {
    let Interval { count, value, low, high } = interval;
    let [value, low, high] = [value, low, high].map(|share| language.percentage(share));
    language.pick(format!("{value} ({low}–{high}, {count}문제)"), format!("{value} ({low}–{high}, n = {count})"))
}
