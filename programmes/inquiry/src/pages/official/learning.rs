//! What the classifier learned, from how much, and a button to learn anew.

use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{Button, EmptyState, ErrorSummary, Form, KeyFigure, KeyFigures, Table},
};

use crate::store::{Learned, Lessons, ModelKind};

pub(in crate::pages) fn page(visitor: &Visitor, lessons: &Lessons, errors: &[FieldError]) -> Page {
    let learned = lessons.learned.as_slice();
    let language = visitor.language;
    let number = |count: u64| language.number(i64::try_from(count).unwrap_or(i64::MAX));
    let figures = KeyFigures::new([
        KeyFigure {
            label: language.say("배울 수 있는 문의", "Labelled inquiries").to_owned(),
            value: number(lessons.labelled),
            note: language.say("사람이 고치거나 답변한 것", "put right or answered by people").to_owned(),
        },
        KeyFigure {
            label: language.say("판단한 짝", "Judged pairs").to_owned(),
            value: number(lessons.pairs),
            note: language
                .say(
                    "같은 사안인지 담당자가 적은 두 문의",
                    "two inquiries of which officials said whether they are the same matter",
                )
                .to_owned(),
        },
        KeyFigure {
            label: language.say("지금 쓰는 판", "Revision in use").to_owned(),
            value: learned.first().map_or_else(|| "–".to_owned(), |newest| number(newest.revision)),
            note: learned.first().map(|newest| language.date_time(newest.made_at)).unwrap_or_default(),
        },
    ]);
    let button = Button::primary(language.say("지금 다시 배우기", "Learn anew now"));
    let form = Form::post(visitor, "/work/learning").body(Html::empty().and(button));
    let page = Page::new(visitor, language.say("분류 학습", "Learning"), PageKind::Overview)
        .lead(language.say(
            "문의의 분야·부서·종류와 거의 같은 문의를 제안하는 모델입니다. 민원인과 담당자가 고친 것, 답변하면서 확인된 것, 같은 사안인지 적은 것에서 배웁니다. 모든 서버가 새 모델을 이어받습니다.",
            "The models that propose category, department, kind and near-duplicates. They learn from what petitioners and officials put right, from what answers confirmed, and from which inquiries were said to be the same matter. All servers take new ones up.",
        ))
        .personal()
        .body(
            Html::empty()
                .and(ErrorSummary::new(language, errors))
                .and(figures)
                .and(form)
                .and(table(visitor, learned)),
        );
    if errors.is_empty() { page } else { page.with_errors() }
}

fn table(visitor: &Visitor, learned: &[Learned]) -> Html {
    let language = visitor.language;
    if learned.is_empty() {
        return Html::empty().and(EmptyState::new(
            language.say("아직 배우지 않았습니다", "Nothing was learned yet"),
            language.say(
                "배우기 전에는 부서의 업무와 관련 법령으로 제안합니다. 표시된 자료가 있으면 maru inquiry train으로도 배울 수 있습니다.",
                "Until then proposals rest on duties of departments and on the law that retrieval finds. Labelled files are learned by `maru inquiry train`.",
            ),
        ));
    }
    let mut table = Table::new(language.say("배운 것", "What was learned"))
        .column(language.say("판", "Revision"))
        .column(language.say("무엇을", "What it says"))
        .figures(language.say("예", "Examples"))
        .column(language.say("언제", "When"));
    for one in learned {
        let what = match one.kind {
            ModelKind::Category => language.say("분야", "Category"),
            ModelKind::Department => language.say("부서", "Department"),
            ModelKind::Kind => language.say("종류", "Kind"),
            ModelKind::Boundary => language.say("거의 같은 문의", "Near-duplicates"),
        };
        table = table.row([
            Html::text(&one.revision.to_string()),
            Html::text(what),
            Html::text(&language.number(i64::try_from(one.examples).unwrap_or(i64::MAX))),
            Html::text(&language.date_time(one.made_at)),
        ]);
    }
    Html::empty().and(table)
}
