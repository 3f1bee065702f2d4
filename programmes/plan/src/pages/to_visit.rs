//! What is to be visited, for a phone: kept on it with every checklist, so that all of it opens without a network.

use std::fmt::Write as _;

use maru_web::{
    Html, Language, Page, PageKind, Visitor,
    components::{Button, EmptyState},
};

use super::{visits, words};
use crate::{
    domain::{Visit, visit::total},
    store::Named,
};

/// The page: what lies ahead, the next day first.
pub(super) fn page(visitor: &Visitor, found: &[Named<Visit>]) -> Page {
    let language = visitor.language;
    let mut ahead: Vec<&Named<Visit>> = found.iter().filter(|named| named.state.is_ahead()).collect();
    ahead.sort_by_key(|named| named.state.planned.as_ref().map(|planned| planned.on));
    let page = Page::new(visitor, language.say("가 볼 곳", "What is to be visited"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("현장점검", "Field visits"), "/plan/visits")
        .lead(language.say(
            "떠나기 전에 이 화면을 한 번 열어 두면, 인터넷이 없는 곳에서도 목록과 점검표가 열립니다.",
            "Open this page once before you leave: the list and its checklists then open where there is no network.",
        ))
        .personal();
    if ahead.is_empty() {
        let empty = EmptyState::new(
            language.say("계획한 현장점검이 없습니다", "No visit is planned"),
            language.say("현장점검을 계획하면 여기에 나옵니다.", "What is planned stands here."),
        )
        .action(
            Html::empty().and(Button::primary(language.say("현장점검 계획하기", "Plan a visit")).link("/plan/visits")),
        );
        return page.body(Html::empty().and(empty));
    }
    let items = ahead.iter().fold(String::new(), |mut items, named| {
        let _ = write!(items, "{}", item(language, named));
        items
    });
    page.body(Html::trusted(format!(
        "<div id=\"field-state\" class=\"field-state\" role=\"status\"></div><ul class=\"plain-list\" id=\"to-visit\">{items}</ul>\
         <script src=\"/plan/visits/visits.js\" defer></script>"
    )))
}

/// A visit with its checklist, and room for what the script says of it.
fn item(language: Language, named: &Named<Visit>) -> Html {
    let Some(planned) = &named.state.planned else { return Html::empty() };
    let label = language.pick(
        format!("권고 {} · {}", planned.recommendation, planned.place),
        format!("Recommendation {} · {}", planned.recommendation, planned.place),
    );
    let when = format!("{} · {}", language.date(planned.on), words::body_name(language, &planned.body));
    let why = language.pick(
        format!("{} ({}점)", visits::points(language, &planned.reasons), total(&planned.reasons)),
        format!("{} ({} points)", visits::points(language, &planned.reasons), total(&planned.reasons)),
    );
    Html::trusted(format!(
        "<li data-visit=\"{}\"><p><strong>{}</strong><br>{}<br>{}</p><p class=\"field-mark\"></p></li>",
        Html::text(&named.id),
        words::link(&format!("/plan/visits/{}/field", named.id), &label),
        Html::text(&when),
        Html::text(&why)
    ))
}
