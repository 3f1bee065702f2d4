//! Boxes that say something: what was done, what to know, what to take care of, what is wrong.

use askama::Template;

use super::{Icon, safe_in_pages};
use crate::{html::Html, language::Language};

/// What a notice is about. Icon and word say it too, not the colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something to know.
    Information,
    /// Something worked.
    Success,
    /// Something to take care of.
    Warning,
    /// Something is wrong.
    Danger,
}

impl NoticeKind {
    fn class(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Information => Icon::Information,
            Self::Success => Icon::Check,
            Self::Warning => Icon::Warning,
            Self::Danger => Icon::Danger,
        }
    }

    fn word(self, language: Language) -> &'static str {
        match self {
            Self::Information => language.say("알림", "Information"),
            Self::Success => language.say("완료", "Done"),
            Self::Warning => language.say("주의", "Warning"),
            Self::Danger => language.say("중요", "Important"),
        }
    }
}

/// A box that says something.
#[derive(Debug, Clone, Template)]
#[template(path = "components/notice.html")]
pub struct Notice {
    kind: NoticeKind,
    language: Language,
    title: Option<String>,
    body: Html,
    actions: Html,
    announced: bool,
}

impl Notice {
    /// A notice of `kind` with the text `body`.
    pub fn new(language: Language, kind: NoticeKind, body: &str) -> Self {
        let body = if body.is_empty() { Html::empty() } else { Html::paragraphs(body) };
        Self { kind, language, title: None, body, actions: Html::empty(), announced: false }
    }

    /// With a title.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// With markup instead of a text.
    #[must_use]
    pub fn markup(mut self, body: Html) -> Self {
        self.body = body;
        self
    }

    /// With buttons or links, such as the way to undo.
    #[must_use]
    pub fn actions(mut self, actions: Html) -> Self {
        self.actions = actions;
        self
    }

    /// Screen readers say it as soon as the page is there: for the outcome of what was just done.
    #[must_use]
    pub fn announced(mut self) -> Self {
        self.announced = true;
        self
    }
}

safe_in_pages!(Notice);
