//! The frame of every form: it carries the visitor's token.

use askama::Template;

use super::safe_in_pages;
use crate::{html::Html, secret::CsrfToken, visitor::Visitor};

/// A form that is sent with POST and carries the visitor's token, or with GET and does not.
///
/// ```
/// use maru_web::{Html, Language, components::{Button, Form}, testing};
/// let visitor = testing::visitor(Language::Korean);
/// let form = Form::post(&visitor, "/inquiries").body(Html::empty().and(Button::primary("보내기")));
/// assert!(form.to_string().contains(r#"name="csrf_token""#));
/// ```
#[derive(Debug, Clone, Template)]
#[template(path = "components/form.html")]
pub struct Form {
    action: String,
    token: Option<CsrfToken>,
    hidden: Vec<(String, String)>,
    body: Html,
    draft: Option<String>,
    guarded: bool,
    class: String,
    identifier: Option<String>,
    is_search: bool,
    has_files: bool,
}

impl Form {
    fn new(action: impl Into<String>, token: Option<CsrfToken>) -> Self {
        Self {
            action: action.into(),
            token,
            hidden: Vec::new(),
            body: Html::empty(),
            draft: None,
            guarded: false,
            class: String::new(),
            identifier: None,
            is_search: false,
            has_files: false,
        }
    }

    /// A form that changes something.
    pub fn post(visitor: &Visitor, action: impl Into<String>) -> Self {
        Self::new(action, Some(visitor.csrf.clone()))
    }

    /// A form that asks for something: its fields stand in the address.
    pub fn get(action: impl Into<String>) -> Self {
        Self::new(action, None)
    }

    /// What stands in the form.
    #[must_use]
    pub fn body(mut self, body: Html) -> Self {
        self.body = body;
        self
    }

    /// A field that is sent but not shown.
    #[must_use]
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// The browser keeps what is written until it was sent ([`crate::Page::forget_draft`]) or the tab is closed.
    #[must_use]
    pub fn keep_draft(mut self, name: impl Into<String>) -> Self {
        self.draft = Some(name.into());
        self
    }

    /// The browser asks before changes that were not sent are left behind.
    #[must_use]
    pub fn guarded(mut self) -> Self {
        self.guarded = true;
        self
    }

    /// A class of its own, for its place in the layout.
    #[must_use]
    pub fn class(mut self, class: impl Into<String>) -> Self {
        self.class = class.into();
        self
    }

    /// An identifier.
    #[must_use]
    pub fn identifier(mut self, identifier: impl Into<String>) -> Self {
        self.identifier = Some(identifier.into());
        self
    }

    /// Files are sent with it; whoever answers it takes an [`crate::Upload`].
    #[must_use]
    pub fn with_files(mut self) -> Self {
        self.has_files = true;
        self
    }

    /// The form searches: a landmark of the page.
    #[must_use]
    pub fn search(mut self) -> Self {
        self.is_search = true;
        self
    }
}

safe_in_pages!(Form);
