//! Finding a case without an account: by its number and code.

use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{Button, ErrorSummary, Field, Form},
};

pub(in crate::pages) fn page(visitor: &Visitor, receipt: &str, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let form = Form::post(visitor, "/inquiries/find").body(
        Html::empty()
            .and(
                Field::text(language, "receipt", language.say("접수번호", "Receipt number"))
                    .hint(language.say(
                        "2026-7KQ4-M2XD 같은 모양이에요. 대소문자와 줄표는 상관없어요.",
                        "It looks like 2026-7KQ4-M2XD; capitals and dashes do not matter.",
                    ))
                    .value(receipt)
                    .longest(40)
                    .errors(errors),
            )
            .and(
                Field::text(language, "code", language.say("확인코드", "Code"))
                    .hint(language.say(
                        "접수할 때 함께 보여 드린 열여섯 글자예요.",
                        "The sixteen letters shown with your receipt.",
                    ))
                    .longest(60)
                    .errors(errors),
            )
            .and(Button::primary(language.say("찾기", "Find")).large()),
    );
    let page = Page::new(visitor, language.say("접수한 문의 찾기", "Find your inquiry"), PageKind::Citizen)
        .breadcrumb(language.say("처음", "Home"), "/")
        .lead(language.say(
            "접수증에 있는 접수번호와 확인코드를 넣어 주세요.",
            "Enter the receipt number and the code from your receipt.",
        ))
        .personal()
        .body(Html::empty().and(ErrorSummary::new(language, errors)).and(form));
    if errors.is_empty() { page } else { page.with_errors() }
}
