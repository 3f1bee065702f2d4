//! The committee's forms: announce a draw, fix the pool, draw, enter who withdrew.

use maru_web::{
    FieldError, Html, Page, Visitor,
    components::{Button, Disclosure, Field, Form},
};

use super::{ROOM, Written, drawing};
use crate::domain::{Panel, panel::Notice};

pub(super) fn desk(visitor: &Visitor, id: &str, panel: &Panel, notice: &Notice, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let today = maru_web::in_korea(visitor.now).date();
    let mut html = Html::trusted(format!("<h2>{}</h2>", language.say("위원회가 할 일", "For the committee")));
    if panel.pool.is_empty() && today < notice.seed_on {
        let field = Field::area(language, "pool", language.say("명단", "Pool"))
            .hint(language.say(
                "첫 줄은 code와 특성 이름, 다음 줄부터 한 사람에 한 줄, 탭으로 나눕니다. 이름과 연락처는 넣지 마십시오. 공개됩니다.",
                "The first line names code and traits, then one line for each person, with tabs. No names, no addresses: it is public.",
            ))
            .rows(8)
            .errors(errors);
        let fields = Html::empty().and(field).and(Button::primary(language.say("명단 확정", "Fix the pool")));
        return html.and(Form::post(visitor, format!("/plan/panels/{id}/pool")).guarded().body(fields));
    }
    let missing = notice.size.saturating_sub(panel.members().len());
    if missing > 0 && today >= notice.seed_on && !panel.pool.is_empty() {
        let field = drawing::seed_field(language, errors);
        let fields = match panel.draws.first() {
            Some(_) => Html::paragraphs(
                language.say("처음 추첨수로 빈자리를 채웁니다.", "The places are filled with the first seed."),
            ),
            None => Html::empty().and(field),
        };
        let label = language.pick(format!("{missing}명 뽑기"), format!("Draw {missing}"));
        let form = Form::post(visitor, format!("/plan/panels/{id}/draws")).body(fields.and(Button::primary(label)));
        html = html.and(form);
    }
    if !panel.members().is_empty() {
        let field =
            Field::text(language, "code", language.say("그만둔 사람의 코드", "Code of who withdrew")).errors(errors);
        let button = Button::secondary(language.say("그만둠 적기", "Enter it"));
        let form =
            Form::post(visitor, format!("/plan/panels/{id}/withdrawals")).body(Html::empty().and(field).and(button));
        html = html.and(Disclosure::new(language.say("그만둔 사람", "Somebody withdrew"), Html::empty().and(form)));
    }
    html
}

pub(super) fn announce(visitor: &Visitor, written: &Written, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let fields = Html::empty()
        .and(
            Field::text(language, "title", language.say("숙의단 이름", "Name of the panel"))
                .longest(200)
                .value(written.title.clone())
                .errors(errors),
        )
        .and(
            Field::area(language, "text", language.say("무엇을 숙의하나요?", "What does it deliberate on?"))
                .rows(3)
                .value(written.text.clone())
                .errors(errors),
        )
        .and(
            Field::text(language, "size", language.say("몇 명을 뽑나요?", "How many are drawn?"))
                .input_mode("numeric")
                .value(written.size.clone())
                .errors(errors),
        )
        .and(
            Field::area(language, "quotas", language.say("할당", "Quotas"))
                .hint(language.say(
                    "한 줄에 특성, 값, 적어도, 많아도를 탭으로 나누어 적습니다.",
                    "On each line trait, value, at least, at most, with tabs.",
                ))
                .rows(8)
                .value(written.quotas.clone())
                .errors(errors),
        )
        .and(drawing::source_field(language, &written.source, errors))
        .and(drawing::seed_day_field(language, &written.seed_on, errors))
        .and(
            Field::text(language, "recommendation", language.say("어느 권고의 일인가요?", "Of which recommendation?"))
                .hint(language.say("예: 84-2", "For example: 84-2"))
                .optional()
                .value(written.recommendation.clone())
                .errors(errors),
        );
    ROOM.announcing(visitor, fields, errors)
}
