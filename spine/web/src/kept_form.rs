//! A form that cannot be taken now, because its author has to sign in first or its page was open for too long: nothing
//! of it is lost. The page shows what was written and sends it again when its author says so.

use askama::Template;
use axum::response::{IntoResponse, Response};

use crate::{
    components::{Button, Form, Icon},
    forgery::SentForm,
    html::Html,
    page::{Page, PageKind},
    problem::Problem,
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
struct KeptForm<'a> {
    visitor: &'a Visitor,
    needs_sign_in: bool,
    sign_in: Button,
    written: Vec<Written<'a>>,
    form: Form,
}

/// What is shorter is a choice or an identifier, not something that somebody wrote.
const WORTH_SHOWING: usize = 20;

/// The page that keeps `form`, which was sent to `path`.
pub(crate) fn kept_form_page(
    visitor: &Visitor,
    problem: &Problem,
    path: &str,
    form: &SentForm,
    token: CsrfToken,
) -> Response {
    let visitor = &Visitor { csrf: token, ..visitor.clone() };
    let again = Button::primary(visitor.say("계속 보내기", "Send it now")).large();
    let frame = Form::post(visitor, path).body(Html::empty().and(again));
    let frame = form.fields.iter().fold(frame, |frame, (name, value)| frame.hidden(name, value));
    let written = form.fields.iter().map(|(_, value)| value.as_str());
    let written = written.filter(|value| value.chars().count() >= WORTH_SHOWING);
    let sign_in = visitor.say("새 창에서 로그인", "Sign in in a new window");
    let body = Html::render(&KeptForm {
        visitor,
        needs_sign_in: visitor.principal.is_none() && problem.status == axum::http::StatusCode::UNAUTHORIZED,
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
    Page::new(visitor, title, PageKind::Citizen).status(problem.status).personal().body(body).into_response()
}
