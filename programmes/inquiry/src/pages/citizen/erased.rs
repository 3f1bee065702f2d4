//! After the erasure: what is gone, what stays, and how the rest is still reached.

use maru_web::{Html, Page, PageKind, Visitor, components::Button};

use crate::domain::Receipt;

pub(in crate::pages) fn page(visitor: &Visitor, receipt: &Receipt) -> Page {
    let language = visitor.language;
    let words = language.pick(
        format!(
            "이름, 연락처, 글의 원문은 이제 누구도 읽을 수 없어요. 이 문의({receipt})는 더는 계정에 묶여 있지 않아요.\n\n처리한 사실과 가린 글은 기록으로 남아요. 접수번호와 확인코드가 있으면 그 기록을 볼 수 있어요."
        ),
        format!(
            "Nobody can read your name, contact and original words any more. This inquiry ({receipt}) no longer belongs to an account.\n\nThat it was handled, and the masked text, stay on record. With the receipt number and the code you can still see that record."
        ),
    );
    let body = Html::paragraphs(&words)
        .and(Button::secondary(language.say("문의 찾기", "Find an inquiry")).link("/inquiries/find"));
    Page::new(visitor, language.say("개인정보를 파기했어요", "Your personal data are erased"), PageKind::Citizen)
        .personal()
        .body(body)
}
