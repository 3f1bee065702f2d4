//! «무엇을 도와드릴까요?»: one box.

use std::fmt::Write as _;

use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{Button, ErrorSummary, Field, Form},
};

use crate::pages::limits;

/// The name under which the browser keeps what is being written.
pub(in crate::pages) const DRAFT: &str = "inquiry";

/// Things that people ask, to begin with.
const EXAMPLES: [(&str, &str); 3] = [
    ("집 앞 가로등이 꺼졌는데 언제 고쳐지나요?", "The street light outside my house is out. When will it be repaired?"),
    ("이사했는데 전입신고는 언제까지 해야 하나요?", "I have moved. By when do I have to report it?"),
    ("대형폐기물은 어떻게 버리나요?", "How do I dispose of a large piece of furniture?"),
];

/// The page, with what was written so far.
pub(in crate::pages) fn page(visitor: &Visitor, text: &str, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let title = language.say("무엇을 도와드릴까요?", "How can we help?");
    let field = Field::area(language, "text", title)
        .hidden_label()
        .hint(language.say(
            "평소 말하듯이 쓰세요. 한국어와 영어로 쓸 수 있어요. 주민등록번호는 쓰지 않아도 돼요.",
            "Write as you would speak, in Korean or English. You do not need to give a resident registration number.",
        ))
        .rows(6)
        .counted(limits::TEXT)
        .value(text)
        .errors(errors);
    let form = Form::post(visitor, "/inquiries/check")
        .keep_draft(DRAFT)
        .body(Html::empty().and(field).and(Button::primary(language.say("다음", "Next")).large()));
    let body = Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(form)
        .and(what_happens(visitor))
        .and(examples(visitor))
        .and(other_ways(visitor));
    let page = Page::new(visitor, title, PageKind::Citizen).body(body);
    if errors.is_empty() { page } else { page.with_errors() }
}

fn what_happens(visitor: &Visitor) -> Html {
    Html::trusted("<p class=\"after-button\">")
        .and(Html::text(visitor.say(
            "다음 화면에서 어떻게 이해했는지 보여 드려요. 확인하고 고친 뒤에 접수해요.",
            "On the next page we show what we understood. You check it, correct it, and then send it.",
        )))
        .and(Html::trusted("</p>"))
}

fn examples(visitor: &Visitor) -> Html {
    let heading = visitor.say("이런 것을 물어볼 수 있어요", "Things you can ask");
    let items: Html = EXAMPLES
        .iter()
        .map(|(korean, english)| {
            let text = visitor.say(korean, english);
            let address = format!("/?text={}", encode(text));
            Html::trusted("<li><a href=\"")
                .and(Html::text(&address))
                .and(Html::trusted("\">"))
                .and(Html::text(text))
                .and(Html::trusted("</a></li>"))
        })
        .collect();
    section(heading, &Html::trusted("<ul class=\"links\">").and(items).and(Html::trusted("</ul>")))
}

fn other_ways(visitor: &Visitor) -> Html {
    let links = [
        ("/inquiries/find", visitor.say("접수한 문의를 접수번호로 찾기", "Find an inquiry by its receipt number")),
        ("/search", visitor.say("법령과 안내에서 직접 찾기", "Search the law and our answers yourself")),
    ];
    let items: Html = links
        .iter()
        .map(|(address, label)| {
            Html::trusted(format!("<li><a href=\"{address}\">")).and(Html::text(label)).and(Html::trusted("</a></li>"))
        })
        .collect();
    section(
        visitor.say("다른 방법", "Other ways"),
        &Html::trusted("<ul class=\"links\">").and(items).and(Html::trusted("</ul>")),
    )
}

/// A part of a page under a heading of the second level.
pub(in crate::pages) fn section(heading: &str, body: &Html) -> Html {
    section_of("", heading, body)
}

/// A section of things to do, which paper cannot do.
pub(in crate::pages) fn section_on_screen(heading: &str, body: &Html) -> Html {
    section_of(" class=\"on-screen\"", heading, body)
}

fn section_of(class: &'static str, heading: &str, body: &Html) -> Html {
    Html::trusted(format!("<section{class}><h2>"))
        .and(Html::text(heading))
        .and(Html::trusted("</h2>"))
        .and(body.clone())
        .and(Html::trusted("</section>"))
}

/// Percent-encoding for a value in a query (RFC 3986).
pub(in crate::pages) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing into a String does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
