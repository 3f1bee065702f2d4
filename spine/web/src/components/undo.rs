//! Undo instead of «are you sure»: what was done can be taken back from the page that tells of it.

use askama::Template;

use super::{Button, Form, Icon, Notice, NoticeKind, safe_in_pages};
use crate::{html::Html, visitor::Visitor};

/// Tells what was done, and takes it back at a press. It stays until the next page: nothing vanishes by itself.
#[derive(Debug, Clone, Template)]
#[template(ext = "html", source = r#"<div class="undo-bar">{{ notice }}</div>"#)]
pub struct UndoBar {
    notice: Notice,
}

impl UndoBar {
    /// `message` says what was done; `undo` is the form that takes it back (its body is added here).
    pub fn new(visitor: &Visitor, message: &str, undo: Form) -> Self {
        let label = visitor.say("되돌리기", "Undo");
        let button = Button::tertiary(label).small().icon(Icon::Undo).shortcut("u");
        let form = undo.body(Html::empty().and(button));
        let notice = Notice::new(visitor.language, NoticeKind::Success, message);
        Self { notice: notice.announced().actions(Html::empty().and(form)) }
    }
}

safe_in_pages!(UndoBar);
