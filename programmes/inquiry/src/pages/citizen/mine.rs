//! A citizen's own inquiries.

use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{Button, Card, EmptyState},
};

use crate::{pages::words, store::QueueRow};

pub(in crate::pages) fn page(visitor: &Visitor, rows: &[(QueueRow, String)]) -> Page {
    let language = visitor.language;
    let ask = Button::primary(language.say("새로 물어보기", "Ask something")).link("/");
    let page = Page::new(visitor, language.say("내 문의", "Your inquiries"), PageKind::Citizen);
    if rows.is_empty() {
        let empty = EmptyState::new(
            language.say("아직 문의가 없어요", "No inquiries yet"),
            language.say(
                "문의를 접수하면 처리 상황과 답변이 여기에 모여요.",
                "Inquiries you send appear here with their state and answer.",
            ),
        )
        .action(Html::empty().and(ask));
        return page.body(Html::empty().and(empty));
    }
    let cards: Html = rows
        .iter()
        .map(|(row, title)| {
            let received = language.date(maru_web::in_korea(row.received_at).date());
            let received = language.pick(format!("{received} 접수"), format!("Received {received}"));
            let line = Html::trusted("<p>")
                .and(Html::text(&received))
                .and(Html::trusted(" · <span class=\"receipt\">"))
                .and(Html::text(row.receipt.as_str()))
                .and(Html::trusted("</span></p>"));
            Card::new(title)
                .link(format!("/inquiries/{}", row.receipt))
                .mark(Html::empty().and(words::state_tag(language, row.state)))
                .body(line.and(words::row_clock(language, row, visitor.now)))
        })
        .collect();
    page.actions(Html::empty().and(ask))
        .body(Html::trusted("<div class=\"cards\">").and(cards).and(Html::trusted("</div>")))
}
