//! The receipt (접수증): the number, the code, and until when the answer comes.

use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{Button, DefinitionList, Notice, NoticeKind},
};

use super::ask::{DRAFT, section};

/// What the page shows.
pub(in crate::pages) struct Received<'a> {
    /// The receipt number.
    pub receipt: &'a str,
    /// The code that opens the case without an account; shown this once.
    pub code: &'a str,
    /// Until when the answer comes, in a sentence, in both languages.
    pub due: (String, String),
}

pub(in crate::pages) fn page(visitor: &Visitor, received: &Received<'_>) -> Page {
    let language = visitor.language;
    let case = format!("/inquiries/{}", received.receipt);
    let numbers = DefinitionList::new()
        .with_action(
            language.say("접수번호", "Receipt number"),
            Html::trusted("<strong class=\"code\" id=\"receipt\">")
                .and(Html::text(received.receipt))
                .and(Html::trusted("</strong>")),
            Html::empty().and(Button::tertiary(language.say("복사", "Copy")).small().copies("receipt")),
        )
        .with_action(
            language.say("확인코드", "Code"),
            Html::trusted("<strong class=\"code\" id=\"code\">")
                .and(Html::text(received.code))
                .and(Html::trusted("</strong>")),
            Html::empty().and(Button::tertiary(language.say("복사", "Copy")).small().copies("code")),
        );
    let keep = Notice::new(
        language,
        NoticeKind::Warning,
        language.say(
            "접수번호와 확인코드를 함께 적어 두세요. 로그인하지 않고 처리 상황과 답변을 볼 때 필요하고, 확인코드는 다시 보여 드릴 수 없어요.",
            "Write down both. You need them to follow the case and read the answer without signing in, and we cannot show the code again.",
        ),
    );
    let next = section(
        language.say("이제 이렇게 진행돼요", "What happens next"),
        &Html::trusted("<ol class=\"steps-plain\"><li>")
            .and(Html::text(language.say(
                "담당 부서의 공무원이 글을 읽고 답변을 준비해요. 인공지능은 초안만 쓰고, 결정은 사람이 해요.",
                "An official of the department reads your text and prepares the answer. AI only drafts; a person decides.",
            )))
            .and(Html::trusted("</li><li>"))
            .and(Html::text(language.say(&received.due.0, &received.due.1)))
            .and(Html::trusted("</li><li>"))
            .and(Html::text(language.say(
                "더 필요한 것이 있으면 이 문의에 남겨 드려요. 그동안은 처리기간이 멈춰요.",
                "If something is missing we ask for it here; the clock stops meanwhile.",
            )))
            .and(Html::trusted("</li></ol>")),
    );
    let body = Html::empty()
        .and(numbers)
        .and(keep)
        .and(Button::primary(language.say("처리 상황 보기", "Follow the case")).large().link(case))
        .and(next);
    Page::new(visitor, language.say("접수했어요", "We have received it"), PageKind::Citizen)
        .lead(language.say(&received.due.0, &received.due.1))
        .personal()
        .forget_draft(DRAFT)
        .body(body)
}
