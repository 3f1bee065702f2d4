//! Certificates: checking one that somebody shows, and its place on the log.

use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{Button, DefinitionList, Disclosure, ErrorSummary, Field, Form, Icon, Notice, NoticeKind},
};
use serde_json::Value as Json;

use super::ask;
use crate::{domain::Sha256, service::Checked, store::Recorded};

/// The text is no certificate.
pub(super) fn wrong(reason: &str) -> FieldError {
    FieldError::new(
        "certificate",
        format!("계산 증명이나 그 지문이 아닙니다. 내려받은 파일의 내용을 모두 붙여 넣으십시오. ({reason})"),
        format!("This is neither a certificate nor its fingerprint. Paste the whole content of the file. ({reason})"),
    )
}

fn frame(visitor: &Visitor, title: &str) -> Page {
    let language = visitor.language;
    Page::new(visitor, title, PageKind::Citizen).breadcrumb(language.say("계산하는 법령", "Laws as code"), "/laws")
}

/// The form.
pub(super) fn page(visitor: &Visitor, written: &str, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let mut body = Html::empty();
    if !errors.is_empty() {
        body = body.and(ErrorSummary::new(language, errors));
    }
    let field = Field::area(language, "certificate", language.say("계산 증명", "Certificate"))
        .rows(12)
        .value(written)
        .hint(language.say(
            "파일의 내용이나 64자 지문을 붙여 넣으십시오. 확인에만 쓰고 저장하지 않습니다.",
            "Paste the content of the file, or its fingerprint of 64 characters. It is used for the check only and not stored.",
        ))
        .errors(errors);
    let check = Button::primary(language.say("확인하기", "Check")).large();
    let form = Form::post(visitor, "/laws/certificates").class("law-form").body(Html::empty().and(field).and(check));
    let page = frame(visitor, language.say("계산 증명 확인하기", "Check a certificate"))
        .lead(language.say(
            "증명이 바뀌지 않았는지, 다시 계산해도 같은 결과인지, 기록에 있는지 확인합니다.",
            "Whether it was changed, whether the calculation gives the same again, and whether it is on the log.",
        ))
        .body(body.and(form));
    if errors.is_empty() { page } else { page.with_errors() }
}

/// What the check found.
pub(super) fn checked(visitor: &Visitor, checked: &Checked) -> Page {
    let language = visitor.language;
    let notice = match &checked.fault {
        None => Notice::new(
            language,
            NoticeKind::Success,
            language.say(
                "바뀐 곳이 없고, 지금 다시 계산해도 결과가 같습니다.",
                "Nothing in it was changed, and the calculation gives the same result again.",
            ),
        )
        .title(language.say("맞는 증명입니다", "The certificate holds")),
        Some(fault) => Notice::new(language, NoticeKind::Danger, fault)
            .title(language.say("이 증명은 그대로 믿을 수 없습니다", "The certificate does not hold")),
    };
    let body = Html::empty().and(notice).and(standing(visitor, &checked.sha256, checked.recorded.as_ref()));
    frame(visitor, language.say("계산 증명 확인 결과", "The certificate was checked")).body(body).personal()
}

/// What the log knows of a fingerprint.
pub(super) fn found(visitor: &Visitor, sha256: &Sha256, recorded: Option<&Recorded>) -> Page {
    let language = visitor.language;
    frame(visitor, language.say("계산 증명 확인 결과", "The certificate was checked"))
        .body(standing(visitor, sha256, recorded))
}

fn standing(visitor: &Visitor, sha256: &Sha256, recorded: Option<&Recorded>) -> Html {
    let language = visitor.language;
    match recorded {
        Some(recorded) => facts(visitor, recorded),
        None => Html::empty()
            .and(Notice::new(
                language,
                NoticeKind::Information,
                language.say("이 지문은 기록에 없습니다.", "This fingerprint is not on the log."),
            ))
            .and(DefinitionList::new().markup(language.say("지문", "Fingerprint"), code(sha256.as_str()))),
    }
}

/// A certificate on the log; with the certificate itself where it was just made.
pub(super) fn recorded(visitor: &Visitor, recorded: &Recorded, certificate: Option<&Json>) -> Page {
    let language = visitor.language;
    let mut body = Html::empty();
    if certificate.is_some() {
        let done = language.say(
            "증명은 저장하지 않습니다. 아래 내용을 보관하십시오.",
            "The certificate itself is not stored here. Keep the text below.",
        );
        let notice = Notice::new(language, NoticeKind::Success, done)
            .title(language.say("지문을 기록에 남겼습니다", "The fingerprint is on the log"))
            .announced();
        body = body.and(notice);
    }
    body = body.and(facts(visitor, recorded));
    if let Some(certificate) = certificate {
        let text = Html::trusted("<pre tabindex=\"0\" id=\"certificate-text\"><code>")
            .and(Html::text(&ask::pretty(certificate)))
            .and(Html::trusted("</code></pre>"));
        let copy = Button::tertiary(language.say("복사", "Copy")).small().icon(Icon::Copy).copies("certificate-text");
        body = body.and(Disclosure::new(language.say("계산 증명 보기", "Show the certificate"), text.and(copy)).open());
    }
    let page = frame(visitor, language.say("기록에 있는 계산 증명", "A certificate on the log")).body(body);
    if certificate.is_some() { page.personal() } else { page }
}

fn facts(visitor: &Visitor, recorded: &Recorded) -> Html {
    let language = visitor.language;
    let at = maru_web::in_korea(recorded.at);
    let when = language.pick(
        format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute()),
        format!("{} {:02}:{:02} (Seoul)", at.date(), at.hour(), at.minute()),
    );
    let list = DefinitionList::new()
        .markup(language.say("지문", "Fingerprint"), code(&recorded.sha256))
        .text(language.say("기록한 때", "Recorded"), &when)
        .text(
            language.say("기록의 번호", "Entry of the log"),
            &language.number(i64::try_from(recorded.position).unwrap_or(i64::MAX)),
        )
        .text(language.say("법령 꾸러미", "Package of law"), &format!("{} {}", recorded.law, recorded.version))
        .markup(language.say("꾸러미의 지문", "The package's fingerprint"), code(&recorded.package));
    let verify = Button::tertiary(language.say("기록을 확인하는 방법", "How to verify the log")).small().link("/log");
    Html::empty().and(list).and(verify)
}

fn code(text: &str) -> Html {
    Html::trusted("<code class=\"breaks\">").and(Html::text(text)).and(Html::trusted("</code>"))
}
