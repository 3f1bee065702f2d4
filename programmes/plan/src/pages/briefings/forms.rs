//! The forms of briefings: for organisations that come, for who asks, for the committee.

use std::fmt::Write as _;

use maru_web::{
    FieldError, Html, Page, Visitor,
    components::{Button, Choice, Disclosure, ErrorSummary, Field, Form},
};

use super::{Written, show::frame};
use crate::{
    domain::{
        Briefing, Consultation,
        briefing::{LONGEST_QUESTION, MOST_PEOPLE, Notice, Question},
    },
    pages::words,
    store::Named,
};

type Again<'a> = (&'a Written, &'a [FieldError]);

fn begun(visitor: &Visitor, notice: &Notice) -> bool {
    notice.at <= maru_web::in_korea(visitor.now)
}

/// For everybody but officials: to come, and to ask.
pub(super) fn take_part(visitor: &Visitor, named: &Named<Briefing>, notice: &Notice, again: Again<'_>) -> Html {
    if visitor.is_staff() {
        return ask(visitor, &named.id, again);
    }
    let (language, (written, errors)) = (visitor.language, again);
    let mut html = Html::empty();
    if !begun(visitor, notice) {
        let fields = Html::empty()
            .and(
                Field::text(language, "organisation", language.say("단체 이름", "Organisation"))
                    .longest(200)
                    .autocomplete("organization")
                    .value(written.organisation.clone())
                    .errors(errors),
            )
            .and(
                Field::text(language, "people", language.say("몇 명이 오나요?", "How many come?"))
                    .hint(language.pick(
                        format!("{MOST_PEOPLE}명까지. 못 오면 0을 적습니다."),
                        format!("Up to {MOST_PEOPLE}; 0 if nobody can."),
                    ))
                    .input_mode("numeric")
                    .value(written.people.clone())
                    .errors(errors),
            )
            .and(Button::primary(language.say("신청하기", "Register")));
        let form = Form::post(visitor, format!("/plan/briefings/{}/organisations", named.id)).body(fields);
        let title = language.say("우리 단체도 갑니다", "Our organisation comes");
        html = html.and(Html::trusted(format!("<h2>{title}</h2>"))).and(form);
    }
    html.and(ask(visitor, &named.id, again))
}

fn ask(visitor: &Visitor, id: &str, (written, errors): Again<'_>) -> Html {
    let language = visitor.language;
    let question = Field::area(language, "question", language.say("질문", "Question"))
        .hint(language.say(
            "답과 함께 공개됩니다. 개인정보는 자동으로 가립니다.",
            "It is public together with its answer; personal data are masked.",
        ))
        .rows(3)
        .counted(LONGEST_QUESTION)
        .value(written.question.clone())
        .errors(errors);
    let organisation = words::one_of_several("organisation", "ask", |name| {
        Field::text(language, name, language.say("단체 이름", "Organisation")).longest(200).optional()
    });
    let fields =
        Html::empty().and(question).and(organisation).and(Button::secondary(language.say("질문 보내기", "Send it")));
    let title = if visitor.is_staff() {
        language.say("현장에서 나온 질문 적기", "Put in what was asked in the room")
    } else {
        language.say("질문하기", "Ask")
    };
    let form = Form::post(visitor, format!("/plan/briefings/{id}/questions")).body(fields);
    Html::trusted(format!("<h2>{title}</h2>")).and(form)
}

pub(super) fn answer(visitor: &Visitor, id: &str, question: &Question) -> Html {
    let language = visitor.language;
    let field = words::one_of_several("answer", &question.number.to_string(), |name| {
        Field::area(language, name, language.say("답변", "Answer")).rows(3)
    });
    let form = Form::post(visitor, format!("/plan/briefings/{id}/questions/{}", question.number))
        .body(field.and(Button::primary(language.say("답하기", "Answer"))));
    Html::empty().and(form)
}

/// For the committee: invite, put in questions, write down who came, call it off.
pub(super) fn desk(visitor: &Visitor, named: &Named<Briefing>, notice: &Notice, again: Again<'_>) -> Html {
    let (language, (written, errors)) = (visitor.language, again);
    let post = |to: &str, fields: Html| Form::post(visitor, format!("/plan/briefings/{}/{to}", named.id)).body(fields);
    let mut html = Html::trusted(format!("<h2>{}</h2>", language.say("위원회가 할 일", "For the committee")));
    let guests = named.state.guests.len();
    let count =
        language.pick(format!("단체 {guests}곳이 목록에 있습니다."), format!("{guests} organisations are listed."));
    html = html.and(Html::paragraphs(&count));
    if begun(visitor, notice) {
        html = html.and(record(visitor, named, again));
    } else {
        let field =
            Field::area(language, "organisations", language.say("초대할 단체", "Organisations to be invited"))
                .hint(language.say(
                    "한 줄에 하나씩. 이미 있는 단체는 그대로입니다.",
                    "One on each line; those that are listed stay.",
                ))
                .rows(8)
                .value(written.organisations.clone())
                .errors(errors);
        let fields = Html::empty().and(field).and(Button::primary(language.say("초대하기", "Invite")));
        html = html.and(post("invitations", fields).guarded());
        let reason = Field::text(language, "reason", language.say("취소하는 이유", "Why it is called off"))
            .longest(500)
            .errors(errors);
        let cancel = Html::empty().and(reason).and(Button::danger(language.say("취소하기", "Call it off")));
        let title = language.say("설명회 취소", "Call it off");
        html = html.and(Disclosure::new(title, Html::empty().and(post("cancel", cancel))));
    }
    html.and(ask(visitor, &named.id, again))
}

/// Who came: a line for each organisation that is listed, to be put right.
fn record(visitor: &Visitor, named: &Named<Briefing>, (written, errors): Again<'_>) -> Html {
    let language = visitor.language;
    let listed = named.state.guests.iter().fold(String::new(), |mut text, (name, guest)| {
        // Writing to a text never fails.
        let _ = writeln!(text, "{name}, {}", guest.came.or(guest.announced).unwrap_or_default());
        text
    });
    let came = if written.came.is_empty() { listed } else { written.came.clone() };
    let summary = if written.summary.is_empty() { named.state.summary.clone() } else { written.summary.clone() };
    let fields = Html::empty()
        .and(
            Field::area(language, "came", language.say("온 단체와 사람 수", "Who came, and how many"))
                .hint(language.say(
                    "한 줄에 단체 이름, 쉼표, 사람 수. 목록에 없던 단체도 적을 수 있습니다.",
                    "On each line the organisation, a comma, and how many. Others than those listed can be added.",
                ))
                .rows(10)
                .value(came)
                .errors(errors),
        )
        .and(
            Field::area(language, "summary", language.say("오간 말", "What was said"))
                .rows(5)
                .value(summary)
                .errors(errors),
        )
        .and(Button::primary(language.say("결과 적기", "Write it down")));
    let form = Form::post(visitor, format!("/plan/briefings/{}/record", named.id)).guarded().body(fields);
    Html::empty().and(form)
}

pub(super) fn announce(
    visitor: &Visitor,
    consultations: &[Named<Consultation>],
    written: &Written,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let line =
        |name: &'static str, label: &str, value: &str| Field::text(language, name, label).value(value).errors(errors);
    let none = Choice::new("", language.say("의견수렴과 상관없음", "Of no consultation"));
    let each = consultations.iter().rev().filter_map(|named| {
        let draft = named.state.draft.as_ref()?;
        Some(Choice::new(named.id.clone(), draft.title.clone()))
    });
    let fields = Html::empty()
        .and(line("title", language.say("설명회 이름", "Name of the briefing"), &written.title).longest(200))
        .and(
            Field::area(language, "text", language.say("무엇을 누구에게 설명하나요?", "What is explained to whom?"))
                .rows(3)
                .value(written.text.clone())
                .errors(errors),
        )
        .and(
            Field::select(
                language,
                "consultation",
                language.say("어느 의견수렴의 설명회인가요?", "Of which consultation?"),
                std::iter::once(none).chain(each),
            )
            .value(written.consultation.clone()),
        )
        .and(Field::date(language, "date", language.say("날짜", "Day")).value(written.date.clone()).errors(errors))
        .and(
            line("time", language.say("시각", "Time"), &written.time)
                .hint(language.say("예: 14:00", "For example: 14:00"))
                .longest(5),
        )
        .and(line("place", language.say("장소", "Place"), &written.place).longest(300))
        .and(line("seats", language.say("자리 수", "Seats"), &written.seats).input_mode("numeric"))
        .and(Button::primary(language.say("설명회 알리기", "Announce the briefing")));
    let mut page = frame(visitor, language.say("설명회 알리기", "Announce a briefing"));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let form = Form::post(visitor, "/plan/briefings").guarded().body(fields);
    page.body(Html::empty().and(ErrorSummary::new(language, errors)).and(form))
}
