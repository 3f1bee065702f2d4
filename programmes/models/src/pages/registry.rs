//! Which models may be used: the list, and one model with its facts and its history.

use maru_gateway::{Change, ChangeState, ModelEntry, ModelState, ProposedChange, RegistryState};
use maru_web::{
    Html, Language, Page, PageKind, Visitor,
    components::{
        Button, Card, DefinitionList, Disclosure, Field, Form, Icon, Moment, Notice, NoticeKind, Table, Tag, Timeline,
        Tone,
    },
};

use super::{
    documents,
    parts::{self, Part},
    under_gateway, under_registry, words,
};

/// What the visitor may do with a model.
#[derive(Debug, Clone, Copy)]
pub(super) struct May {
    pub(super) propose: bool,
    pub(super) suspend: bool,
    pub(super) try_it: bool,
}

/// Which of the pages beside the registry the visitor may enter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doors {
    pub(super) actions: bool,
    pub(super) prompts: bool,
}

pub(super) fn page(visitor: &Visitor, state: &RegistryState, may_propose: bool, doors: Doors) -> Page {
    let language = visitor.language;
    let mut actions = Html::empty();
    for (is_open, label, address) in [
        (doors.actions, language.say("인공지능이 하려는 일", "What machines want to do"), "/models/actions"),
        (doors.prompts, language.say("지시문 모음", "Library of prompts"), "/models/prompts"),
        (true, language.say("모델 평가", "Evaluations"), "/models/evaluations"),
    ] {
        if is_open {
            actions = actions.and(Button::secondary(label).link(address)).and(Html::text(" "));
        }
    }
    if may_propose {
        let label = language.say("모델 등록 제안", "Propose a model");
        actions = actions.and(Button::primary(label).link("/models/registry/new"));
    }
    under_gateway(visitor, language.say("모델 등록부", "Registry of models"), PageKind::Overview)
        .lead(language.say(
            "모델마다 누가 만들었고, 어떤 내용을 볼 수 있고, 어디서 도는지 적혀 있습니다. 바꾸려면 두 사람이 필요합니다.",
            "Who made each model, what it may see and where it runs. A change takes two people.",
        ))
        .actions(actions)
        .body(
            Html::empty()
                .and(parts::tabs(language, Part::Models))
                .and(waiting(language, state))
                .and(models(language, state))
                .and(decided(language, state)),
        )
}

/// Changes in a state, the newest first.
fn changes(state: &RegistryState, waiting: bool) -> Vec<(&String, &ProposedChange)> {
    let mut found: Vec<_> =
        state.changes.iter().filter(|(_, change)| (change.state == ChangeState::Proposed) == waiting).collect();
    found.sort_by_key(|(_, change)| std::cmp::Reverse(change.at));
    found
}

fn change_link(language: Language, id: &str, change: &Change) -> Html {
    let label = Html::text(&words::change(language, change));
    Html::trusted(format!("<a href=\"/models/changes/{}\">{label}</a>", Html::text(id)))
}

fn waiting(language: Language, state: &RegistryState) -> Html {
    let waiting = changes(state, true);
    if waiting.is_empty() {
        return Html::empty();
    }
    let mut table = Table::new(language.say("승인을 기다리는 변경", "Changes that wait for approval"))
        .column(language.say("변경", "Change"))
        .column(language.say("까닭", "Reason"))
        .column(language.say("제안한 사람", "Proposed by"))
        .column(language.say("때", "When"));
    for (id, change) in waiting {
        table = table.row([
            change_link(language, id, &change.change),
            Html::text(&change.reason),
            words::account(&change.by),
            Html::text(&language.date_time(change.at)),
        ]);
    }
    Html::empty().and(table)
}

fn models(language: Language, state: &RegistryState) -> Table {
    let mut table = Table::new(language.say("모델", "Models"))
        .column(language.say("모델", "Model"))
        .column(language.say("만든 곳", "Maker"))
        .column(language.say("상태", "State"))
        .column(language.say("볼 수 있는 등급", "Highest class"))
        .column(language.say("도는 곳", "Runs on"))
        .column(language.say("값", "Price"));
    for model in &state.registry.models {
        table = table.row([
            Html::trusted(format!("<a href=\"/models/registry/{0}\">{0}</a>", Html::text(&model.id))),
            maker(language, model),
            words::model_tag(language, model.state),
            Html::text(words::class(language, model.highest_class)),
            Html::text(&places(language, model)),
            Html::text(&words::price(language, model)),
        ]);
    }
    table
}

fn maker(language: Language, model: &ModelEntry) -> Html {
    let name = Html::text(&model.maker);
    if !model.sovereign {
        return name;
    }
    name.and(Html::text(" ")).and(Tag::new(Tone::Active, language.say("국내", "Korean")).icon(Icon::Check))
}

fn places(language: Language, model: &ModelEntry) -> String {
    if model.routes.is_empty() {
        return language.say("연결된 서버 없음", "no server").to_owned();
    }
    model.routes.iter().map(|route| route.backend.as_str()).collect::<Vec<_>>().join(", ")
}

fn decided(language: Language, state: &RegistryState) -> Html {
    let decided = changes(state, false);
    if decided.is_empty() {
        return Html::empty();
    }
    let mut table = Table::new(language.say("결정된 변경", "Decided changes"))
        .hidden_caption()
        .column(language.say("변경", "Change"))
        .column(language.say("결과", "Outcome"))
        .column(language.say("제안", "Proposed by"))
        .column(language.say("결정", "Decided by"));
    for (id, change) in decided {
        let decision = change.decision.as_ref();
        table = table.row([
            change_link(language, id, &change.change),
            words::change_tag(language, change.state),
            words::account(&change.by),
            decision.map(|decision| words::account(&decision.by)).unwrap_or_default(),
        ]);
    }
    Html::empty()
        .and(Disclosure::new(language.say("결정된 변경 보기", "Show decided changes"), Html::empty().and(table)))
}

/// One model.
pub(super) fn model(
    visitor: &Visitor,
    state: &RegistryState,
    id: &str,
    may: May,
    may_read_documents: bool,
) -> Option<Page> {
    let language = visitor.language;
    let model = state.registry.model(id)?;
    let mut actions = words::model_tag(language, model.state).and(Html::text(" "));
    if may.propose {
        let address = format!("/models/registry/{id}/change");
        let label = language.say("변경 제안", "Propose a change");
        actions = actions.and(Button::secondary(label).link(address)).and(Html::text(" "));
    }
    if may_read_documents {
        let label = language.say("게시 문서", "Documents");
        let address = format!("/models/registry/{id}/documents");
        actions = actions.and(Button::secondary(label).link(address)).and(Html::text(" "));
    }
    if may.try_it && model.state != ModelState::Suspended && !model.routes.is_empty() {
        let label = language.say("견주어 보기", "Try it");
        actions = actions.and(Button::secondary(label).link(format!("/models/sandbox?first={id}")));
    }
    let mut body = Html::empty().and(terms(language, model)).and(facts(language, model));
    body = body.and(routes(language, state, model)).and(documents::evaluations(language, state, id));
    body = body.and(history(language, state, id));
    if may.suspend && model.state != ModelState::Suspended {
        body = body.and(suspension(visitor, id));
    }
    let page = under_registry(visitor, id, PageKind::Overview).actions(actions).body(body);
    Some(page)
}

fn terms(language: Language, model: &ModelEntry) -> DefinitionList {
    let mut list = DefinitionList::new()
        .markup(language.say("만든 곳", "Maker"), maker(language, model))
        .text(language.say("볼 수 있는 등급", "Highest class"), words::class(language, model.highest_class))
        .text(language.say("문맥 길이", "Context"), &{
            let tokens = language.number(i64::from(model.context));
            language.pick(format!("토큰 {tokens}개"), format!("{tokens} tokens"))
        })
        .text(language.say("값", "Price"), &words::price(language, model));
    if !model.capabilities.is_empty() {
        let can: Vec<&str> = model.capabilities.iter().map(|can| words::capability(language, *can)).collect();
        list = list.text(language.say("할 수 있는 일", "What it can do"), &can.join(", "));
    }
    if let Some(shadow) = &model.routing.shadow {
        let share = language.percentage(f64::from(shadow.per_mille) / 1_000.0);
        let text = language
            .pick(format!("{} (호출의 {share})", shadow.model), format!("{} ({share} of the calls)", shadow.model));
        list = list.text(language.say("나란히 시험하는 모델", "Asked beside it"), &text);
    }
    if model.high_impact {
        let article = language.say(
            "고영향 인공지능으로 씀 (인공지능 발전과 신뢰 기반 조성 등에 관한 기본법 제34조)",
            "Used as high-impact AI (AI Basic Act, article 34)",
        );
        list = list
            .text(language.say("용도", "Use"), article)
            .text(language.say("관리·감독하는 사람", "Supervising person"), &model.supervisor);
    }
    list
}

fn facts(language: Language, model: &ModelEntry) -> Html {
    if model.facts.is_empty() {
        let text = language.say(
            "알려진 사실이 적혀 있지 않습니다. 승인하기 전에 만든 곳의 자료를 확인해 주세요.",
            "No facts are written down. Read the maker's papers before you approve it.",
        );
        return Html::empty().and(Notice::new(language, NoticeKind::Information, text));
    }
    let mut table = Table::new(language.say("알려진 사실", "What is known"))
        .column(language.say("무엇", "About"))
        .column(language.say("사실", "Fact"))
        .column(language.say("얼마나 확실한가", "How sure"))
        .column(language.say("출처", "Source"));
    for fact in &model.facts {
        let source = if fact.source.starts_with("https://") {
            let address = Html::text(&fact.source);
            Html::trusted(format!("<a href=\"{address}\" rel=\"noreferrer\">{address}</a>"))
        } else {
            Html::text("–")
        };
        table = table.row([
            Html::text(words::about(language, &fact.about)),
            Html::text(&fact.is),
            words::certainty(language, fact.certainty),
            source,
        ]);
    }
    Html::empty().and(table)
}

fn routes(language: Language, state: &RegistryState, model: &ModelEntry) -> Html {
    if model.routes.is_empty() {
        let text = language.say(
            "이 모델이 도는 서버가 아직 없습니다. 서버를 등록하고 변경을 제안해 주세요.",
            "No server runs this model yet. Register one and propose a change.",
        );
        let servers = Button::secondary(language.say("서버 보기", "See the servers")).link("/models/servers");
        let notice = Notice::new(language, NoticeKind::Information, text).actions(Html::empty().and(servers));
        return Html::empty().and(notice);
    }
    let total: u32 = model.routes.iter().map(|route| route.weight).sum();
    let mut table = Table::new(language.say("도는 곳", "Where it runs"))
        .column(language.say("서버", "Server"))
        .column(language.say("영역", "Zone"))
        .column(language.say("가속기", "Accelerator"))
        .column(language.say("판", "Version"))
        .figures(language.say("몫", "Share"));
    for route in &model.routes {
        let backend = state.registry.backends.iter().find(|backend| backend.id == route.backend);
        let share = if total == 0 { 0.0 } else { f64::from(route.weight) / f64::from(total) };
        table = table.row([
            Html::text(&route.backend),
            Html::text(backend.map_or("–", |backend| words::zone(language, backend.zone))),
            Html::text(backend.map_or("–", |backend| backend.accelerator.as_str())),
            Html::text(if route.version.is_empty() { "–" } else { &route.version }),
            Html::text(&language.percentage(share)),
        ]);
    }
    Html::empty().and(table)
}

fn concerns(change: &Change, id: &str) -> bool {
    match change {
        Change::PutModel(model) => model.id == id,
        Change::SuspendModel(name) => name == id,
        _ => false,
    }
}

fn history(language: Language, state: &RegistryState, id: &str) -> Html {
    let mut found: Vec<_> = state.changes.iter().filter(|(_, change)| concerns(&change.change, id)).collect();
    if found.is_empty() {
        return Html::empty();
    }
    found.sort_by_key(|(_, change)| std::cmp::Reverse(change.at));
    let timeline = found.into_iter().fold(Timeline::new(language), |timeline, (number, change)| {
        let moment = if change.state == ChangeState::Proposed { Moment::Present } else { Moment::Past };
        let body = words::change_tag(language, change.state)
            .and(Html::text(" "))
            .and(Html::text(&change.reason))
            .and(Html::text(" "))
            .and(change_link(language, number, &change.change));
        timeline.entry(moment, words::change(language, &change.change), Some(change.at), body)
    });
    Html::empty()
        .and(Card::new(language.say("이 모델의 변경", "Changes of this model")).body(Html::empty().and(timeline)))
}

fn suspension(visitor: &Visitor, id: &str) -> Disclosure {
    let language = visitor.language;
    let form = Form::post(visitor, format!("/models/registry/{id}/suspend")).body(
        Html::empty()
            .and(
                Field::text(language, "reason", language.say("멈추는 까닭", "Why it is stopped"))
                    .hint(language.say("기록에 남습니다.", "It stays on the record."))
                    .longest(500),
            )
            .and(Button::danger(language.say("지금 멈추기", "Stop it now"))),
    );
    let text = language.say(
        "멈추는 데는 한 사람이면 됩니다. 다시 쓰려면 두 사람이 필요합니다.",
        "One person is enough to stop it. Two are needed to use it again.",
    );
    Disclosure::new(language.say("사용 중지", "Suspend"), Html::paragraphs(text).and(form))
}
