//! What may be done with a thing that a recommendation is held to: a value entered, confirmed, sent back, taken out.

use maru_web::{
    Html, Visitor,
    components::{Button, Choice, Disclosure, Field, Form},
};

use super::Rights;
use crate::{
    domain::{
        Number, Quarter,
        particulars::{Item, Kept},
    },
    pages::words,
};

pub(super) fn live_form(visitor: &Visitor, number: Number, id: &str) -> Form {
    let label = visitor.say("지금 값을 이번 분기 값으로 넣기", "Take the live value for this quarter");
    let button = Html::empty().and(Button::secondary(label).small());
    Form::post(visitor, format!("/plan/particulars/{number}/{id}/live")).body(button)
}

pub(super) fn forms(visitor: &Visitor, number: Number, kept: &Kept, rights: Rights) -> Html {
    let language = visitor.language;
    let base = format!("/plan/particulars/{number}/{}", kept.id);
    let words_form = |action: &str, name: &str, label: &str, button: Button| {
        let field = words::one_of_several(name, &format!("{}-{action}", kept.id), |unique| {
            Field::area(language, unique, label).rows(2)
        });
        Html::empty().and(Form::post(visitor, format!("{base}/{action}")).body(field.and(button)))
    };
    let mut html = Html::empty();
    if rights.writes {
        if let Item::Indicator(_) = &kept.item {
            html = html
                .and(Disclosure::new(language.say("값 넣기", "Enter a value"), measure_form(visitor, &base, &kept.id)));
        }
        let edit = Button::tertiary(language.say("고치기", "Write anew")).small().link(base.clone());
        html = html.and(Html::trusted("<p>")).and(edit).and(Html::trusted("</p>"));
    }
    if rights.confirms && !kept.is_confirmed() {
        let confirm = words_form(
            "confirm",
            "note",
            language.say("무엇을 보고 확인했나요?", "What did you look at?"),
            Button::primary(language.say("확인", "Confirm")),
        );
        let back = words_form(
            "send-back",
            "reason",
            language.say("왜 돌려보내나요?", "Why is it sent back?"),
            Button::secondary(language.say("돌려보내기", "Send back")),
        );
        html = html
            .and(Disclosure::new(language.say("확인하기", "Confirm it"), confirm))
            .and(Disclosure::new(language.say("돌려보내기", "Send it back"), back));
    }
    if rights.confirms || (rights.writes && kept.confirmed.is_none()) {
        let remove = words_form(
            "remove",
            "reason",
            language.say("왜 빼나요?", "Why is it taken out?"),
            Button::danger(language.say("빼기", "Take it out")),
        );
        html = html.and(Disclosure::new(language.say("빼기", "Take it out"), remove));
    }
    html
}

fn measure_form(visitor: &Visitor, base: &str, id: &str) -> Html {
    let language = visitor.language;
    let now = Quarter::of(maru_web::in_korea(visitor.now).date());
    let quarters =
        [now.previous(), now].map(|quarter| Choice::new(quarter.to_string(), words::quarter(language, quarter)));
    let quarter = words::one_of_several("quarter", id, |unique| {
        Field::select(language, unique, language.say("어느 분기인가요?", "Which quarter?"), quarters)
    });
    let value = words::one_of_several("value", id, |unique| {
        Field::text(language, unique, language.say("값", "Value")).input_mode("decimal")
    });
    let fields = quarter.and(value).and(Button::primary(language.say("값 넣기", "Enter the value")));
    Html::empty().and(Form::post(visitor, format!("{base}/measure")).body(fields))
}
