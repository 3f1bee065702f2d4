//! The committee's forms: announce a survey, fix the frame, draw, make the letters, close.

use maru_web::{
    FieldError, Html, Page, Visitor,
    components::{Button, Field, Form},
};

use super::{ROOM, Written, drawing};
use crate::domain::{Survey, survey::Notice};

/// What the committee can do next; one thing at a time.
pub(super) fn desk(visitor: &Visitor, id: &str, survey: &Survey, notice: &Notice, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let today = maru_web::in_korea(visitor.now).date();
    let head = Html::trusted(format!("<h2>{}</h2>", language.say("위원회가 할 일", "For the committee")));
    let post = |to: &str, fields: Html| Form::post(visitor, format!("/plan/surveys/{id}/{to}")).body(fields);
    if survey.tally.is_some() {
        return Html::empty();
    }
    if survey.frame.is_empty() && today < notice.seed_on {
        let field = Field::area(language, "frame", language.say("명단", "Frame"))
            .hint(language.say(
                "첫 줄은 code와 특성 이름, 다음 줄부터 한 사람에 한 줄, 탭으로 나눕니다. 특성이 모두 같은 사람이 한 집단입니다. 이름과 연락처는 넣지 마십시오. 공개됩니다.",
                "The first line names code and traits, then one line for each person, with tabs. People whose traits are all the same make one stratum. No names, no addresses: it is public.",
            ))
            .rows(8)
            .errors(errors);
        let fields = Html::empty().and(field).and(Button::primary(language.say("명단 확정", "Fix the frame")));
        return head.and(post("frame", fields).guarded());
    }
    if survey.strata.is_empty() && !survey.frame.is_empty() && today >= notice.seed_on {
        let field = drawing::seed_field(language, errors);
        let fields = Html::empty().and(field).and(Button::primary(language.say("표본 뽑기", "Draw the sample")));
        return head.and(post("sample", fields));
    }
    if !survey.strata.is_empty() && today > notice.until {
        let button = Button::primary(language.say("조사를 마치고 결과 내기", "Close it and count"));
        return head.and(post("close", Html::empty().and(button)));
    }
    if survey.strata.is_empty() || (!survey.invited.is_empty() && today >= notice.from) {
        return head.and(Html::paragraphs(language.say("지금은 할 일이 없습니다.", "Nothing is to be done now.")));
    }
    let note = language.say(
        "사람마다 번호가 하나인 편지 목록을 내려받습니다. 번호는 여기에 남지 않으므로 다시 받을 수 없습니다. 답을 받기 시작할 때까지는 새로 만들 수 있고, 그러면 앞의 번호는 쓸 수 없습니다.",
        "A list of letters with a number for each person is downloaded. The numbers are not kept here and cannot be had again. Until answers are taken the letters can be made anew; numbers of the earlier ones then no longer hold.",
    );
    let label = if survey.invited.is_empty() {
        language.say("편지 만들기", "Make the letters")
    } else {
        language.say("편지 새로 만들기", "Make the letters anew")
    };
    head.and(Html::paragraphs(note)).and(post("letters", Html::empty().and(Button::primary(label))))
}

pub(super) fn announce(visitor: &Visitor, written: &Written, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let line =
        |name: &'static str, label: &str, value: &str| Field::text(language, name, label).value(value).errors(errors);
    let day =
        |name: &'static str, label: &str, value: &str| Field::date(language, name, label).value(value).errors(errors);
    let fields = Html::empty()
        .and(line("title", language.say("조사 이름", "Name of the survey"), &written.title).longest(200))
        .and(
            Field::area(language, "text", language.say("무엇을 위해 묻나요?", "What is it for?"))
                .rows(3)
                .value(written.text.clone())
                .errors(errors),
        )
        .and(
            line(
                "recommendation",
                language.say("어느 권고의 일인가요?", "Of which recommendation?"),
                &written.recommendation,
            )
            .hint(language.say(
                "예: 84-2. 적으면 첫 질문은 닿았는지 묻는 것이 되고 답은 ‘그렇다, 일부 그렇다, 아니다’입니다.",
                "For example: 84-2. The first question is then whether it reached people, answered by yes, in part, no.",
            ))
            .optional(),
        )
        .and(
            Field::area(language, "questions", language.say("질문", "Questions"))
                .hint(language.say(
                    "한 줄에 질문 하나와 보기를 | 로 나누어 적습니다. 예: 어디에서 알았습니까? | 이웃 | 방송 | 인터넷",
                    "On each line a question and its options, parted by |. For example: Where did you hear of it? | Neighbours | News | Internet",
                ))
                .rows(6)
                .value(written.questions.clone())
                .errors(errors),
        )
        .and(
            line("size", language.say("몇 명을 뽑나요?", "How many are drawn?"), &written.size).input_mode("numeric"),
        )
        .and(drawing::source_field(language, &written.source, errors))
        .and(drawing::seed_day_field(language, &written.seed_on, errors))
        .and(day("from", language.say("답을 받는 첫날", "First day of answers"), &written.from))
        .and(day("until", language.say("답을 받는 마지막 날", "Last day of answers"), &written.until));
    ROOM.announcing(visitor, fields, errors)
}
