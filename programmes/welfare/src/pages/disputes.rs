//! Corrections that people asked for, and the answer to one of them.

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{Button, Card, EmptyState, ErrorSummary, Field, Form, Table},
};

use crate::{
    domain::{CrisisModel, Record},
    evaluation::LawBook,
    store::Named,
};

/// The correction that is being answered.
pub(super) struct Open<'a> {
    pub(super) household: &'a str,
    pub(super) place: usize,
    /// What the citizen says is wrong.
    pub(super) words: Option<&'a str>,
}

pub(super) fn page(
    visitor: &Visitor,
    (law, crisis): (&LawBook, &CrisisModel),
    found: &[Named<Record>],
    open: &Open<'_>,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let korean = language == Language::Korean;
    let mut table = Table::new(language.say("정정 요구", "Corrections"))
        .hidden_caption()
        .column(language.say("가구", "Household"))
        .column(language.say("항목", "Item"))
        .column(language.say("답할 날", "Answer by"))
        .column(language.say("답", "Answer"));
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    let mut any = false;
    for record in found {
        for (at, dispute) in record.state.disputes.iter().enumerate().filter(|(_, one)| one.answered.is_none()) {
            any = true;
            let label = law.label(&dispute.item);
            let signal = crisis.signal(&dispute.item, dispute.on);
            let label = signal.map_or(label.in_language(korean), |signal| language.say(&signal.ko, &signal.en));
            if record.id == open.household && at == open.place {
                body = body.and(form(visitor, open, label, errors));
            }
            let short: String = record.id.chars().take(12).collect();
            table = table.row([
                Html::text(&short),
                Html::text(label),
                Html::text(&language.date(dispute.due)),
                Html::trusted(format!(
                    "<a href=\"/welfare/work/disputes?household={}&amp;place={at}\">{}<span class=\"visually-hidden\"> {}</span></a>",
                    Html::text(&record.id),
                    language.say("답하기", "Answer"),
                    Html::text(label),
                )),
            ]);
        }
    }
    body = if any {
        body.and(table)
    } else {
        body.and(EmptyState::new(
            language.say("답할 정정 요구가 없습니다", "No corrections to answer"),
            language.say(
                "국민이 ‘다릅니다’를 누르면 여기에 나옵니다.",
                "When somebody says that an item is wrong, it stands here.",
            ),
        ))
    };
    let page = Page::new(visitor, language.say("정정 요구", "Corrections"), PageKind::Official)
        .breadcrumb(language.say("찾은 급여", "Proposals"), "/welfare/work")
        .personal()
        .body(body);
    if errors.is_empty() { page } else { page.with_errors() }
}

fn form(visitor: &Visitor, open: &Open<'_>, label: &str, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let said = open.words.unwrap_or_else(|| language.say("적은 내용이 없습니다.", "Nothing was written."));
    let way = Html::trusted(format!(
        "<p><a href=\"/welfare/work/households/{}\">{}</a></p>",
        Html::text(open.household),
        language.say("가구 정보 열어 바로잡기", "Open the household, and put it right")
    ));
    let form = Form::post(visitor, "/welfare/work/disputes")
        .hidden("household", open.household)
        .hidden("place", open.place.to_string())
        .body(
            Html::empty()
                .and(Field::area(language, "answer", language.say("답", "Answer")).rows(3).errors(errors))
                .and(Button::primary(language.say("바로잡음", "Put right")).named("corrected", "yes"))
                .and(Button::secondary(language.say("그대로 둠", "Left as it is")).named("corrected", "no")),
        );
    Html::empty().and(Card::new(label).body(Html::paragraphs(said).and(way).and(form)))
}
