//! The laws that are served.

use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{Button, Card, EmptyState},
};

use super::say;
use crate::shelf::Shelf;

pub(super) fn page(visitor: &Visitor, shelf: &Shelf) -> Page {
    let language = visitor.language;
    let page =
        Page::new(visitor, language.say("계산하는 법령", "Laws as code"), PageKind::Overview).lead(language.say(
            "법령의 기준과 산식을 그대로 옮겼습니다. 결과마다 까닭과 근거 조문을 보여 줍니다.",
            "Figures and formulas of the law, written as code. Every result shows why, and the article it rests on.",
        ));
    if shelf.is_empty() {
        let empty = EmptyState::new(
            language.say("아직 계산하는 법령이 없습니다", "No law is served yet"),
            language.say(
                "운영자가 설정 파일의 [[laws]]에 법령 꾸러미를 적으면 여기에 나옵니다.",
                "When a package of law is named under [[laws]] in the configuration, it appears here.",
            ),
        );
        return page.body(Html::empty().and(empty));
    }
    let cards = shelf.laws().fold(Html::trusted("<div class=\"cards\">"), |cards, law| {
        let counts = language.pick(
            format!("결과 {}가지, 법령 {}개 묶음", law.results(), law.acts.len()),
            format!("{} results from {} groups of acts", law.results(), law.acts.len()),
        );
        cards.and(Card::new(say(language, &law.title)).link(format!("/laws/{}", law.name)).body(Html::text(&counts)))
    });
    let check = Button::secondary(language.say("계산 증명 확인하기", "Check a certificate")).link("/laws/certificates");
    page.body(cards.and(Html::trusted("</div><p class=\"law-next\">")).and(check).and(Html::trusted("</p>")))
}
