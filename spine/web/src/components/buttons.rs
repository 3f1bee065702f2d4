//! Buttons, and links that look like them. On a page for citizens exactly one is primary: the next step.

use askama::Template;

use super::{Icon, safe_in_pages};

/// How much a button weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonKind {
    /// The next step.
    Primary,
    /// Another good step.
    Secondary,
    /// A step aside.
    Tertiary,
    /// A step that cannot be undone.
    Danger,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Tertiary => "tertiary",
            Self::Danger => "danger",
        }
    }
}

/// How large a button is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonSize {
    /// For rows of tables and bars of officials.
    Small,
    /// For most places.
    Medium,
    /// For the next step of a citizen.
    Large,
}

impl ButtonSize {
    fn class(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// A button that sends its form, or a link that looks like one.
///
/// ```
/// use maru_web::components::Button;
/// let button = Button::primary("보내기").to_string();
/// assert!(button.contains(r#"type="submit""#) && button.contains("보내기"));
/// ```
#[derive(Debug, Clone, Template)]
#[template(path = "components/button.html")]
pub struct Button {
    label: String,
    kind: ButtonKind,
    size: ButtonSize,
    address: Option<String>,
    name: Option<(String, String)>,
    form_action: Option<String>,
    icon: Option<Icon>,
    disabled: bool,
    described_by: Option<String>,
    shortcut: Option<String>,
    copies: Option<String>,
    opens_dialog: Option<String>,
    new_window: bool,
}

impl Button {
    /// A button of `kind`.
    pub fn new(kind: ButtonKind, label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            kind,
            size: ButtonSize::Medium,
            address: None,
            name: None,
            form_action: None,
            icon: None,
            disabled: false,
            described_by: None,
            shortcut: None,
            copies: None,
            opens_dialog: None,
            new_window: false,
        }
    }

    /// The next step.
    pub fn primary(label: impl Into<String>) -> Self {
        Self::new(ButtonKind::Primary, label)
    }

    /// Another good step.
    pub fn secondary(label: impl Into<String>) -> Self {
        Self::new(ButtonKind::Secondary, label)
    }

    /// A step aside.
    pub fn tertiary(label: impl Into<String>) -> Self {
        Self::new(ButtonKind::Tertiary, label)
    }

    /// A step that cannot be undone.
    pub fn danger(label: impl Into<String>) -> Self {
        Self::new(ButtonKind::Danger, label)
    }

    /// Larger.
    #[must_use]
    pub fn large(mut self) -> Self {
        self.size = ButtonSize::Large;
        self
    }

    /// Smaller.
    #[must_use]
    pub fn small(mut self) -> Self {
        self.size = ButtonSize::Small;
        self
    }

    /// A link to `address` that looks like a button.
    #[must_use]
    pub fn link(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// The form learns by this field which of its buttons was pressed.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.name = Some((name.into(), value.into()));
        self
    }

    /// The form is sent to another address.
    #[must_use]
    pub fn sends_to(mut self, address: impl Into<String>) -> Self {
        self.form_action = Some(address.into());
        self
    }

    /// With an icon before the label.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// It cannot be pressed now; the element with the identifier `reason` says why.
    #[must_use]
    pub fn disabled(mut self, reason: impl Into<String>) -> Self {
        self.disabled = true;
        self.described_by = Some(reason.into());
        self
    }

    /// A key that presses it, such as `a`; the page's list of keys shows it.
    #[must_use]
    pub fn shortcut(mut self, key: impl Into<String>) -> Self {
        self.shortcut = Some(key.into());
        self
    }

    /// Copies the text of the element with this identifier. Shown only where scripts run.
    #[must_use]
    pub fn copies(mut self, identifier: impl Into<String>) -> Self {
        self.copies = Some(identifier.into());
        self
    }

    /// Opens the `<dialog>` with this identifier. Shown only where scripts run.
    #[must_use]
    pub fn opens_dialog(mut self, identifier: impl Into<String>) -> Self {
        self.opens_dialog = Some(identifier.into());
        self
    }

    /// The link opens a new window. Its label must say so.
    #[must_use]
    pub fn new_window(mut self) -> Self {
        self.new_window = true;
        self
    }

    fn needs_script(&self) -> bool {
        self.copies.is_some() || self.opens_dialog.is_some()
    }
}

safe_in_pages!(Button);
