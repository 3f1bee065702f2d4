//! The page on which a new key is shown, this once.

use maru_web::{
    Html, Page, Visitor,
    components::{Button, Card, DefinitionList, Notice, NoticeKind},
};

use crate::pages::parts::{self, Part};

/// The key, shown once.
pub(super) fn page(visitor: &Visitor, id: &str, change: &str, secret: &str) -> Page {
    let language = visitor.language;
    let text = language.say(
        "지금 옮겨 적어 주세요. 이 화면을 떠나면 다시 볼 수 없습니다. 서버에는 지문만 남습니다.",
        "Write it down now. It cannot be shown again once you leave this page: the server keeps a hash alone.",
    );
    let notice = Notice::new(language, NoticeKind::Warning, text)
        .title(language.say("키는 이번 한 번만 보입니다", "The key is shown this once"));
    let shown = Html::trusted("<p><code id=\"new-key\">").and(Html::text(secret)).and(Html::trusted("</code></p>"));
    let copy = Button::secondary(language.say("복사", "Copy")).copies("new-key");
    let next = Button::primary(language.say("제안한 변경 보기", "See what you proposed"))
        .link(format!("/models/changes/{change}"));
    let how = DefinitionList::new()
        .markup(language.say("주소", "Address"), Html::trusted("<code>/ai/v1</code>"))
        .markup(language.say("머리글", "Header"), Html::trusted("<code>Authorization: Bearer …</code>"))
        .text(
            language.say("언제부터", "From when on"),
            language.say("다른 사람이 승인한 때부터", "as soon as another person approves it"),
        );
    let card = Card::new(language.say("새 키", "The new key")).body(shown.and(copy).and(how));
    let title = language.pick(format!("「{id}」의 키"), format!("The key of {id}"));
    parts::under(visitor, Part::Keys, title)
        .personal()
        .body(Html::empty().and(notice).and(card).and(Html::trusted("<p>")).and(next).and(Html::trusted("</p>")))
}
