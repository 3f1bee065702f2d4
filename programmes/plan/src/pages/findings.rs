//! Findings of a visit: what is to be put right, what was done, and the forms of both sides.

use maru_web::{
    FieldError, Html, Visitor,
    components::{Button, Card, DefinitionList, Disclosure, Field, Form, Tag, Tone},
};

use super::{task, visits::Rights, words};
use crate::domain::visit::Finding;

pub(super) fn card(
    visitor: &Visitor,
    visit: &str,
    finding: &Finding,
    number: usize,
    rights: Rights,
    errors: &[FieldError],
) -> Card {
    let language = visitor.language;
    let mark = if finding.closed.is_some() {
        Tag::new(Tone::Good, language.say("종결", "Closed"))
    } else if finding.due < maru_web::in_korea(visitor.now).date() {
        Tag::new(Tone::Bad, language.say("기한 지남", "Overdue"))
    } else {
        Tag::new(Tone::Attention, language.say("조치 중", "Open"))
    };
    let mut list = DefinitionList::new().text(language.say("조치 기한", "Until"), &language.date(finding.due));
    for follow_up in &finding.follow_ups {
        let told = words::korean(language, &follow_up.text)
            .and(Html::trusted(if follow_up.evidence.is_empty() { "" } else { "<br>" }))
            .and(task::evidence(visitor, &follow_up.evidence));
        let label = language
            .pick(format!("조치 ({})", language.date(follow_up.on)), format!("Done ({})", language.date(follow_up.on)));
        list = list.markup(label, told);
    }
    if !finding.sent_back.is_empty() {
        list = list.markup(language.say("부족한 점", "What is missing"), words::korean(language, &finding.sent_back));
    }
    if let Some(note) = &finding.closed {
        list = list.markup(language.say("확인한 내용", "What was looked at"), words::korean(language, note));
    }
    let mut body = words::korean_paragraphs(language, &finding.text).and(list);
    if finding.closed.is_none() {
        let answered = !finding.follow_ups.is_empty() && finding.sent_back.is_empty();
        if rights.follows {
            body = body.and(follow_form(visitor, visit, number, errors));
        }
        if rights.runs && answered {
            body = body.and(close_forms(visitor, visit, number, errors));
        }
    }
    let title = language.pick(format!("지적사항 {number}"), format!("Finding {number}"));
    Card::new(title).third_level().mark(Html::empty().and(mark)).body(body)
}

fn follow_form(visitor: &Visitor, visit: &str, number: usize, errors: &[FieldError]) -> Disclosure {
    let language = visitor.language;
    let name = |field: &str| format!("{field}-{number}");
    let fields = Html::empty()
        .and(
            Field::area(language, name("text"), language.say("무엇을 조치했나요?", "What was done?"))
                .rows(3)
                .errors(errors),
        )
        .and(
            Field::text(language, name("evidence_title"), language.say("증빙 이름", "Name of the evidence")).optional(),
        )
        .and(
            Field::text(
                language,
                name("evidence_address"),
                language.say("증빙 주소 (https://)", "Address of the evidence (https://)"),
            )
            .optional()
            .input_mode("url"),
        )
        .and(Button::primary(language.say("조치 결과 내기", "Send it")));
    let form = Form::post(visitor, format!("/plan/visits/{visit}/findings/{number}/follow-up")).body(fields);
    Disclosure::new(language.say("조치 결과 내기", "Say what was done"), Html::empty().and(form))
}

fn close_forms(visitor: &Visitor, visit: &str, number: usize, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let close = Form::post(visitor, format!("/plan/visits/{visit}/findings/{number}/close")).body(
        Html::empty()
            .and(
                Field::area(
                    language,
                    format!("note-{number}"),
                    language.say("무엇을 보고 종결하나요?", "What did you look at?"),
                )
                .rows(2)
                .errors(errors),
            )
            .and(Button::primary(language.say("종결하기", "Close it"))),
    );
    let back = Form::post(visitor, format!("/plan/visits/{visit}/findings/{number}/send-back")).body(
        Html::empty()
            .and(
                Field::area(
                    language,
                    format!("reason-{number}"),
                    language.say("무엇이 부족한가요?", "What is missing?"),
                )
                .rows(2)
                .errors(errors),
            )
            .and(Button::secondary(language.say("돌려보내기", "Send back"))),
    );
    Html::empty()
        .and(Disclosure::new(language.say("종결하기", "Close it"), Html::empty().and(close)))
        .and(Disclosure::new(language.say("돌려보내기", "Send back"), Html::empty().and(back)))
}
