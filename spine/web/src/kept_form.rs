//! A form that cannot be taken now, because its author has to sign in first or its page was open for too long: nothing
//! of it is lost. The page shows what was written and sends it again when its author says so.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use maru_identity::is_local_path;

use crate::{
    components::{Button, Form, Icon},
    forgery::SentForm,
    html::Html,
    page::{Page, PageKind},
    secret::CsrfToken,
    visitor::Visitor,
};

/// A text of the form as its author may read it again; short technical values are not shown.
struct Written<'a> {
    number: usize,
    text: &'a str,
}

#[derive(Template)]
#[template(path = "kept_form.html")]
struct KeptFormBody<'a> {
    visitor: &'a Visitor,
    needs_sign_in: bool,
    sign_in: Button,
    written: Vec<Written<'a>>,
    form: Form,
}

/// What is shorter is a choice or an identifier, not something that somebody wrote.
const WORTH_SHOWING: usize = 20;

/// A form to be kept.
pub(crate) struct KeptForm<'a> {
    /// Where it was sent.
    pub(crate) address: &'a str,
    /// What stood in it.
    pub(crate) form: &'a SentForm,
    /// The token with which it can be sent again.
    pub(crate) token: CsrfToken,
    /// Its author has to sign in before.
    pub(crate) needs_sign_in: bool,
}

/// The page that keeps a form.
pub(crate) fn kept_form_page(visitor: &Visitor, status: StatusCode, kept: KeptForm<'_>) -> Response {
    let KeptForm { address, form, token, needs_sign_in } = kept;
    // An address such as //elsewhere/path is a path here and another site in a link.
    let address = if is_local_path(address) { address } else { "/" };
    let visitor = &Visitor { csrf: token, ..visitor.clone() };
    let again = Button::primary(visitor.say("계속 보내기", "Send it now")).large();
    let frame = Form::post(visitor, address).body(Html::empty().and(again));
    let frame = form.fields.iter().fold(frame, |frame, (name, value)| frame.hidden(name, value));
    let written = form.fields.iter().map(|(_, value)| value.as_str());
    let written = written.filter(|value| value.chars().count() >= WORTH_SHOWING);
    let sign_in = visitor.say("새 창에서 로그인", "Sign in in a new window");
    let body = Html::render(&KeptFormBody {
        visitor,
        needs_sign_in,
        sign_in: Button::secondary(sign_in)
            .link(crate::sign_in::address("/sign-in/done"))
            .icon(Icon::External)
            .new_window(),
        written: written.enumerate().map(|(at, text)| Written { number: at + 1, text }).collect(),
        form: frame,
    });
    let body = match body {
        Ok(body) => body,
        Err(problem) => return problem.json_response(visitor.language, &visitor.request_id),
    };
    let title = visitor.say("쓰신 내용은 그대로 있어요", "What you wrote is safe");
    Page::new(visitor, title, PageKind::Citizen).status(status).personal().body(body).into_response()
}
