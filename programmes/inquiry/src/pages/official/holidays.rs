//! Announced holidays: what was entered, and a form for the next one.

use maru_holidays::HolidayAnnounced;
use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{Button, EmptyState, ErrorSummary, Field, Form, Table},
};
use serde::Deserialize;

use crate::pages::limits;

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::pages) struct Announced {
    /// The day, as `2026-11-27`.
    pub date: String,
    /// Its Korean name.
    pub name_ko: String,
    /// Its English name.
    pub name_en: String,
    /// The notice it rests on.
    pub reference: String,
}

pub(in crate::pages) fn page(
    visitor: &Visitor,
    known: &[HolidayAnnounced],
    written: &Announced,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let page = Page::new(visitor, language.say("공휴일", "Holidays"), PageKind::Overview)
        .lead(language.say(
            "정부가 새로 지정한 공휴일을 넣으면, 처리 중인 민원과 위원회 권고의 기한을 다시 계산하고 기한이 바뀐 민원인과 기관에 알립니다.",
            "Enter a day that the government designated: running due times of inquiries and of the committee's recommendations are reckoned anew, and everyone whose due time moves is told.",
        ))
        .personal()
        .body(
            Html::empty()
                .and(ErrorSummary::new(language, errors))
                .and(form(visitor, written, errors))
                .and(table(visitor, known)),
        );
    if errors.is_empty() { page } else { page.with_errors() }
}

fn form(visitor: &Visitor, written: &Announced, errors: &[FieldError]) -> Form {
    let language = visitor.language;
    let text = |name: &'static str, label: &str, value: &str| {
        Field::text(language, name, label).value(value).longest(limits::HOLIDAY).errors(errors)
    };
    Form::post(visitor, "/work/holidays").guarded().body(
        Html::empty()
            .and(Field::date(language, "date", language.say("날짜", "Day")).value(&written.date).errors(errors))
            .and(text("name_ko", language.say("이름 (한국어)", "Name in Korean"), &written.name_ko))
            .and(text("name_en", language.say("이름 (영어)", "Name in English"), &written.name_en))
            .and(text("reference", language.say("지정 근거", "The notice it rests on"), &written.reference).hint(
                language.say("관보나 공고의 번호와 날짜를 적어 주세요.", "Number and date of the official notice."),
            ))
            .and(Button::primary(language.say("공휴일 넣기", "Enter the holiday"))),
    )
}

fn table(visitor: &Visitor, known: &[HolidayAnnounced]) -> Html {
    let language = visitor.language;
    if known.is_empty() {
        return Html::empty().and(EmptyState::new(
            language.say("넣은 공휴일이 아직 없습니다", "No holiday has been entered yet"),
            language.say(
                "법으로 정한 공휴일과 대체공휴일은 이미 들어 있으므로 넣지 않아도 됩니다.",
                "Holidays set by law and their substitute days are already known and need not be entered.",
            ),
        ));
    }
    let mut table = Table::new(language.say("넣은 공휴일", "Holidays entered here"))
        .column(language.say("날짜", "Day"))
        .column(language.say("이름", "Name"))
        .column(language.say("지정 근거", "Notice"));
    for day in known {
        let name = language.say(&day.name_ko, &day.name_en);
        table = table.row([Html::text(&language.date(day.date)), Html::text(name), Html::text(&day.reference)]);
    }
    Html::empty().and(table)
}
