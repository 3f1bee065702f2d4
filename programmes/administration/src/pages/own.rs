//! What everybody sees of their own account: where it is signed in, and who looked at their data.

use std::collections::BTreeMap;

use maru_identity::{AccessRecord, SessionView};
use maru_web::{
    Bilingual, Html, Page, PageKind, Visitor,
    components::{Button, DefinitionList, EmptyState, Form, Table},
};

use super::words;

pub(super) fn page(
    visitor: &Visitor,
    sessions: &[SessionView],
    looks: &[AccessRecord],
    names: &BTreeMap<String, String>,
    departments: &BTreeMap<String, Bilingual>,
) -> Page {
    let language = visitor.language;
    Page::new(visitor, language.say("내 계정", "Your account"), PageKind::Citizen).personal().body(
        facts(visitor, departments)
            .and(heading(language.say("로그인한 곳", "Where you are signed in")))
            .and(session_table(visitor, sessions))
            .and(heading(language.say("내 개인정보를 본 사람", "Who looked at your personal data")))
            .and(look_table(visitor, looks, names)),
    )
}

fn heading(text: &str) -> Html {
    Html::trusted("<h2>").and(Html::text(text)).and(Html::trusted("</h2>"))
}

fn facts(visitor: &Visitor, departments: &BTreeMap<String, Bilingual>) -> Html {
    let language = visitor.language;
    let Some(principal) = &visitor.principal else { return Html::empty() };
    let name = visitor.called.as_deref().unwrap_or(&principal.name);
    let mut list = DefinitionList::new()
        .text(language.say("이름", "Name"), name)
        .text(language.say("역할", "Role"), words::role(language, principal.role));
    if let Some(id) = &principal.department {
        list = list.text(language.say("부서", "Department"), &words::department(language, departments, id));
    }
    Html::empty().and(list)
}

fn session_table(visitor: &Visitor, sessions: &[SessionView]) -> Table {
    let language = visitor.language;
    let mut table = Table::new(language.say("로그인한 곳", "Sessions"))
        .hidden_caption()
        .column(language.say("로그인한 때", "Since"))
        .column(language.say("마지막으로 쓴 때", "Last used"))
        .column(language.say("끝내기", "End it"));
    for session in sessions {
        let since = language.date_time(session.signed_in_at);
        // Each button says which session it ends, also to who only hears it.
        let button =
            Button::tertiary(language.pick(format!("{since} 로그인 끝내기"), format!("End the session of {since}")));
        let form = Form::post(visitor, format!("/account/sessions/{}", words::encoded(&session.handle)));
        table = table.row([
            Html::text(&since),
            Html::text(&language.date_time(session.last_seen_at)),
            Html::empty().and(form.body(Html::empty().and(button.small()))),
        ]);
    }
    table
}

fn look_table(visitor: &Visitor, looks: &[AccessRecord], names: &BTreeMap<String, String>) -> Html {
    let language = visitor.language;
    if looks.is_empty() {
        return Html::empty().and(EmptyState::new(
            language.say("아직 없어요", "Nobody yet"),
            language.say(
                "담당자가 개인정보 원문을 보면 누가 언제 왜 보았는지 여기에 남아요.",
                "When an official looks at your personal data in the original, who, when and why is kept here.",
            ),
        ));
    }
    let mut table = Table::new(language.say("내 개인정보를 본 사람", "Who looked at your personal data"))
        .hidden_caption()
        .column(language.say("때", "When"))
        .column(language.say("누가", "Who"))
        .column(language.say("문의", "Inquiry"))
        .column(language.say("이유", "Why"));
    for look in looks {
        let receipt = look.resource.as_deref().filter(|_| look.resource_kind.as_deref() == Some("inquiry"));
        let link = receipt.map_or_else(Html::empty, |receipt| {
            Html::trusted("<a href=\"/inquiries/")
                .and(Html::text(&words::encoded(receipt)))
                .and(Html::trusted("\">"))
                .and(Html::text(receipt))
                .and(Html::trusted("</a>"))
        });
        table = table.row([
            Html::text(&language.date_time(look.at)),
            Html::text(names.get(&look.account).unwrap_or(&look.account)),
            link,
            Html::text(look.reason.as_deref().unwrap_or_default()),
        ]);
    }
    Html::empty().and(table)
}
