//! What was said at the counter or on the telephone, or handed over on paper: an official writes it down (the Act, 제8조).

use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{Button, Choice, DefinitionList, ErrorSummary, Field, Form, Notice, NoticeKind},
};

use crate::{
    agency::Agency,
    domain::Kind,
    pages::{citizen::form::Sent, limits, words},
};

pub(in crate::pages) fn page(visitor: &Visitor, agency: &Agency, sent: &Sent, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let key = if sent.key.is_empty() { visitor.request_id.clone() } else { sent.key.clone() };
    let form = Form::post(visitor, "/work/new")
        .guarded()
        .hidden("key", key)
        .body(fields(visitor, agency, sent, errors).and(Button::primary(language.say("접수하기", "Register"))));
    let page = Page::new(visitor, language.say("대신 접수하기", "Register for a petitioner"), PageKind::Official)
        .breadcrumb(language.say("처리할 문의", "Inquiries to handle"), "/work")
        .lead(language.say(
            "창구나 전화로 들은 민원, 종이로 받은 민원을 적습니다. 처리기간은 접수하는 때부터 흐릅니다.",
            "For what was said at the counter or on the telephone, or handed over on paper. Its period runs from the registration.",
        ))
        .personal()
        .body(Html::empty().and(ErrorSummary::new(language, errors)).and(form));
    if errors.is_empty() { page } else { page.with_errors() }
}

fn fields(visitor: &Visitor, agency: &Agency, sent: &Sent, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let undecided = || Choice::new("", language.say("글을 보고 판단", "By what the text says"));
    let kinds = Kind::ALL.iter().map(|kind| Choice::new(kind.identifier(), words::kind(language, *kind)));
    let categories =
        agency.categories.iter().map(|one| Choice::new(&one.id, words::category(language, agency, Some(&one.id))));
    Html::empty()
        .and(
            Field::text(language, "title", language.say("제목", "Title"))
                .optional()
                .longest(limits::TITLE)
                .value(&sent.title)
                .errors(errors),
        )
        .and(
            Field::area(language, "text", language.say("민원인이 한 말", "What the petitioner said"))
                .rows(8)
                .counted(limits::TEXT)
                .value(&sent.text)
                .errors(errors),
        )
        .and(
            Field::select(language, "kind", language.say("종류", "Kind"), std::iter::once(undecided()).chain(kinds))
                .hint(language.say(
                    "말이나 전화로는 기타민원만 신청할 수 있습니다 (법 제8조 단서). 다른 종류는 문서로 받으십시오.",
                    "By word of mouth only other petitions may be filed (the Act, article 8, proviso); take the rest in writing.",
                ))
                .value(&sent.kind)
                .errors(errors),
        )
        .and(
            Field::text(language, "period_days", language.say("법정민원의 처리기간 (일)", "Period of an application, in days"))
                .hint(language.say(
                    "민원처리기준표에 있는 기간입니다. 다른 종류에는 쓰지 않습니다.",
                    "As the table of petitions has it. Other kinds do not use it.",
                ))
                .input_mode("numeric")
                .longest(3)
                .optional()
                .value(&sent.period_days)
                .errors(errors),
        )
        .and(
            Field::select(
                language,
                "category",
                language.say("분야", "Category"),
                std::iter::once(undecided()).chain(categories),
            )
            .value(&sent.category)
            .errors(errors),
        )
        .and(
            Field::text(language, "name", language.say("민원인의 이름", "The petitioner's name"))
                .optional()
                .longest(limits::NAME)
                .value(&sent.name)
                .errors(errors),
        )
        .and(
            Field::text(language, "contact", language.say("전화번호나 전자우편", "Telephone or e-mail"))
                .optional()
                .longest(limits::CONTACT)
                .value(&sent.contact)
                .errors(errors),
        )
}

/// What is handed to the petitioner.
pub(in crate::pages) fn registered(visitor: &Visitor, receipt: &str, code: &str, due: &(String, String)) -> Page {
    let language = visitor.language;
    let strong =
        |text: &str| Html::trusted("<strong class=\"code\">").and(Html::text(text)).and(Html::trusted("</strong>"));
    let notice = Notice::new(
        language,
        NoticeKind::Warning,
        language.say(
            "이 화면을 인쇄하거나 접수번호와 확인코드를 적어 민원인에게 주십시오. 확인코드는 다시 볼 수 없습니다.",
            "Print this page, or write number and code down for the petitioner. The code is not shown again.",
        ),
    );
    let list = DefinitionList::new()
        .markup(language.say("접수번호", "Receipt number"), strong(receipt))
        .markup(language.say("확인코드", "Code"), strong(code));
    let buttons = Html::trusted("<div class=\"button-row on-screen\">")
        .and(Button::primary(language.say("하나 더 접수하기", "Register another")).link("/work/new"))
        .and(Button::secondary(language.say("처리할 문의로", "To the queue")).link("/work"))
        .and(Html::trusted("</div>"));
    Page::new(visitor, language.say("접수증", "Receipt"), PageKind::Official)
        .breadcrumb(language.say("처리할 문의", "Inquiries to handle"), "/work")
        .lead(language.say(&due.0, &due.1))
        .personal()
        .body(Html::empty().and(list).and(notice).and(buttons))
}
