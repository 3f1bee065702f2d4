//! Records of access: who signed in, who looked at personal originals and why, who was refused.

use std::collections::BTreeMap;

use maru_identity::{AccessRecord, Role};
use maru_web::{
    Html, Language, Page, PageKind, Visitor,
    components::{Button, Choice, EmptyState, Field, Form, Table},
};

use super::{AccessFilter, words};

/// The kinds of records, with their names.
const KINDS: [(&str, &str, &str); 4] = [
    ("personal-original-read", "개인정보 원문 열람", "Personal original read"),
    ("access-refused", "거절된 시도", "Access refused"),
    ("signed-in", "로그인", "Signed in"),
    ("signed-out", "로그아웃", "Signed out"),
];

pub(super) fn page(
    visitor: &Visitor,
    filter: &AccessFilter,
    records: &[AccessRecord],
    names: &BTreeMap<String, String>,
    more: bool,
) -> Page {
    let language = visitor.language;
    Page::new(visitor, language.say("접속기록", "Access records"), PageKind::Overview)
        .lead(language.say(
            "직원이 로그인한 일, 개인정보 원문을 본 일과 그 이유, 거절된 시도입니다. 최근 것부터 보입니다 (개인정보 보호법 제29조).",
            "Sign-ins of staff, looks at personal originals with their reasons, and refusals; the newest first (Personal Information Protection Act, article 29).",
        ))
        .personal()
        .body(search(visitor, filter).and(table(visitor, records, names)).and(next(visitor, filter, records, more)))
}

fn search(visitor: &Visitor, filter: &AccessFilter) -> Html {
    let language = visitor.language;
    let all = Choice::new("", language.say("모두", "Everything"));
    let kinds = KINDS.iter().map(|(kind, korean, english)| Choice::new(*kind, language.say(korean, english)));
    let form = Form::get("/system/access").search().class("list-search").body(
        Html::empty()
            .and(
                Field::select(language, "kind", language.say("종류", "Kind"), std::iter::once(all).chain(kinds))
                    .value(&filter.kind),
            )
            .and(
                Field::search(language, "account", language.say("계정", "Account"))
                    .value(&filter.account)
                    .longest(200)
                    .shortcut("/"),
            )
            .and(Button::secondary(language.say("보기", "Show")).small()),
    );
    Html::empty().and(form)
}

fn kind(language: Language, kind: &str) -> String {
    let known = KINDS.iter().find(|(name, ..)| *name == kind);
    known.map_or_else(|| kind.to_owned(), |(_, korean, english)| language.say(korean, english).to_owned())
}

/// What it was about: a case leads to its page.
fn resource(record: &AccessRecord) -> Html {
    let (Some(kind), Some(id)) = (&record.resource_kind, &record.resource) else { return Html::empty() };
    if kind == "inquiry" && !id.is_empty() {
        return Html::trusted("<a href=\"/work/")
            .and(Html::text(&words::encoded(id)))
            .and(Html::trusted("\">"))
            .and(Html::text(id))
            .and(Html::trusted("</a>"));
    }
    Html::text(format!("{kind} {id}").trim_end())
}

fn why(visitor: &Visitor, record: &AccessRecord) -> String {
    let language = visitor.language;
    let mut parts: Vec<String> = record.reason.iter().chain(&record.action).cloned().collect();
    if record.times > 1 {
        parts.push(language.pick(format!("{}번", record.times), format!("{} times", record.times)));
    }
    parts.join(" · ")
}

fn table(visitor: &Visitor, records: &[AccessRecord], names: &BTreeMap<String, String>) -> Html {
    let language = visitor.language;
    if records.is_empty() {
        return Html::empty().and(EmptyState::new(
            language.say("기록이 없습니다", "No records"),
            language.say(
                "직원이 로그인하거나 개인정보 원문을 보면 여기에 나옵니다.",
                "They appear here when staff sign in or look at a personal original.",
            ),
        ));
    }
    let mut table = Table::new(language.say("접속기록", "Access records"))
        .hidden_caption()
        .column(language.say("때", "When"))
        .column(language.say("누가", "Who"))
        .column(language.say("무엇을", "What"))
        .column(language.say("대상", "Of what"))
        .column(language.say("이유·하려던 일", "Why, or what was wanted"))
        .column(language.say("주소", "From"));
    for record in records {
        let role = Role::parse(&record.role).map_or(record.role.as_str(), |role| words::role(language, role));
        let name = names.get(&record.account).unwrap_or(&record.account);
        table = table.row([
            Html::text(&language.date_time(record.at)),
            Html::text(&format!("{name} ({role})")),
            Html::text(&kind(language, &record.kind)),
            resource(record),
            Html::text(&why(visitor, record)),
            Html::text(record.source.as_deref().unwrap_or_default()),
        ]);
    }
    Html::empty().and(table)
}

fn next(visitor: &Visitor, filter: &AccessFilter, records: &[AccessRecord], more: bool) -> Html {
    let Some(last) = records.last().filter(|_| more) else { return Html::empty() };
    let link = format!(
        "/system/access?kind={}&account={}&before={}",
        words::encoded(&filter.kind),
        words::encoded(&filter.account),
        last.position
    );
    Html::empty().and(Button::tertiary(visitor.say("이전 기록", "Older records")).small().link(link))
}
