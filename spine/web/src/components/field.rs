//! Fields of forms: one label, an optional hint, the error where it belongs, and the control.

use askama::Template;

use super::{Icon, safe_in_pages};
use crate::{language::Language, problem::FieldError};

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A sentence under the label; not in a [`Field::select`].
    pub hint: Option<String>,
    chosen: bool,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None, chosen: false }
    }

    /// With a sentence that explains it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LabelStyle {
    Plain,
    Large,
    Hidden,
}

impl LabelStyle {
    fn classes(self) -> &'static str {
        match self {
            Self::Plain => "label",
            Self::Large => "label label-large",
            Self::Hidden => "label visually-hidden",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Control {
    Line { input_type: &'static str },
    Area { rows: usize, limit: Option<usize> },
    Select,
    Radios,
    Checkboxes,
    Files { accept: &'static str, several: bool },
}

/// A field of a form.
///
/// ```
/// use maru_web::{FieldError, Language, components::Field};
/// let errors = [FieldError::new("title", "제목을 써 주세요.", "Enter a title.")];
/// let field = Field::text(Language::English, "title", "Title").hint("In a few words.").errors(&errors).to_string();
/// assert!(field.contains("Enter a title.") && field.contains(r#"aria-invalid="true""#));
/// ```
#[derive(Debug, Clone, Template)]
#[template(path = "components/field.html")]
pub struct Field {
    language: Language,
    name: String,
    label: String,
    label_style: LabelStyle,
    hint: Option<String>,
    error: Option<String>,
    optional: bool,
    value: String,
    choices: Vec<Choice>,
    control: Control,
    autocomplete: Option<&'static str>,
    input_mode: Option<&'static str>,
    longest: Option<usize>,
    disabled: bool,
    shortcut: Option<String>,
    inline: bool,
}

impl Field {
    fn new(language: Language, name: impl Into<String>, label: impl Into<String>, control: Control) -> Self {
        Self {
            language,
            name: name.into(),
            label: label.into(),
            label_style: LabelStyle::Plain,
            hint: None,
            error: None,
            optional: false,
            value: String::new(),
            choices: Vec::new(),
            control,
            autocomplete: None,
            input_mode: None,
            longest: None,
            disabled: false,
            shortcut: None,
            inline: false,
        }
    }

    /// One line of text.
    pub fn text(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(language, name, label, Control::Line { input_type: "text" })
    }

    /// An address for mail.
    pub fn email(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { autocomplete: Some("email"), ..Self::new(language, name, label, Control::Line { input_type: "email" }) }
    }

    /// A telephone number.
    pub fn telephone(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { autocomplete: Some("tel"), ..Self::new(language, name, label, Control::Line { input_type: "tel" }) }
    }

    /// A line to search by.
    pub fn search(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(language, name, label, Control::Line { input_type: "search" })
    }

    /// A date; sent as `2026-02-13`.
    pub fn date(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(language, name, label, Control::Line { input_type: "date" })
    }

    /// A date with a time of the day, in Korean time; sent as `2026-02-13T16:30`.
    pub fn date_time(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(language, name, label, Control::Line { input_type: "datetime-local" })
    }

    /// Text of several lines.
    pub fn area(language: Language, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(language, name, label, Control::Area { rows: 8, limit: None })
    }

    /// One of many, folded.
    pub fn select(
        language: Language,
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Self {
        Self { choices: choices.into_iter().collect(), ..Self::new(language, name, label, Control::Select) }
    }

    /// One of few, all visible.
    pub fn radios(
        language: Language,
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Self {
        Self { choices: choices.into_iter().collect(), ..Self::new(language, name, label, Control::Radios) }
    }

    /// Any of several.
    pub fn checkboxes(
        language: Language,
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Self {
        Self { choices: choices.into_iter().collect(), ..Self::new(language, name, label, Control::Checkboxes) }
    }

    /// One file; otherwise as [`Field::files`].
    pub fn file(language: Language, name: impl Into<String>, label: impl Into<String>, accept: &'static str) -> Self {
        Self::new(language, name, label, Control::Files { accept, several: false })
    }

    /// Files, several at once; `accept` lists endings and media types that the browser offers (HTML, section 4.10.5.1.17). The form
    /// must be one [`with files`](super::Form::with_files). Browsers do not fill it in again: say so where something is wrong.
    pub fn files(language: Language, name: impl Into<String>, label: impl Into<String>, accept: &'static str) -> Self {
        Self::new(language, name, label, Control::Files { accept, several: true })
    }

    /// What stands in it; of choices the one that is chosen. Call it several times for several checkboxes.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        let value = value.into();
        for choice in &mut self.choices {
            choice.chosen |= choice.value == value;
        }
        self.value = value;
        self
    }

    /// A sentence that helps to fill it in.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What is wrong with it.
    #[must_use]
    pub fn error(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }

    /// The error among these that is its own, if there is one.
    #[must_use]
    pub fn errors(mut self, errors: &[FieldError]) -> Self {
        if let Some(error) = errors.iter().find(|error| error.field == self.name) {
            self.error = Some(error.message.say(self.language).to_owned());
        }
        self
    }

    /// It may stay empty, and says so.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The label is the question of the page.
    #[must_use]
    pub fn large_label(mut self) -> Self {
        self.label_style = LabelStyle::Large;
        self
    }

    /// The label is only said, not shown: where the place says enough.
    #[must_use]
    pub fn hidden_label(mut self) -> Self {
        self.label_style = LabelStyle::Hidden;
        self
    }

    /// Of an area: how many lines it shows.
    #[must_use]
    pub fn rows(mut self, lines: usize) -> Self {
        if let Control::Area { rows, .. } = &mut self.control {
            *rows = lines;
        }
        self
    }

    /// Of an area: how many characters it takes; they are counted while one writes. Nothing is cut off: more is an
    /// error that the server tells.
    #[must_use]
    pub fn counted(mut self, characters: usize) -> Self {
        if let Control::Area { limit, .. } = &mut self.control {
            *limit = Some(characters);
        }
        self
    }

    /// Of a line: how many characters it takes.
    #[must_use]
    pub fn longest(mut self, characters: usize) -> Self {
        self.longest = Some(characters);
        self
    }

    /// What browsers may fill in, such as `name` (HTML, section 4.10.18.7).
    #[must_use]
    pub fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = Some(what);
        self
    }

    /// The keyboard that phones show, such as `numeric`.
    #[must_use]
    pub fn input_mode(mut self, keyboard: &'static str) -> Self {
        self.input_mode = Some(keyboard);
        self
    }

    /// It cannot be changed now, and is not sent.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }

    /// A key that leads here, such as `/`.
    #[must_use]
    pub fn shortcut(mut self, key: impl Into<String>) -> Self {
        self.shortcut = Some(key.into());
        self
    }

    /// Of radios and checkboxes: beside each other where there is room.
    #[must_use]
    pub fn inline(mut self) -> Self {
        self.inline = true;
        self
    }

    fn is_group(&self) -> bool {
        matches!(self.control, Control::Radios | Control::Checkboxes)
    }

    fn described_by(&self) -> String {
        let mut identifiers = Vec::new();
        if self.hint.is_some() {
            identifiers.push(format!("{}-hint", self.name));
        }
        if self.error.is_some() {
            identifiers.push(format!("{}-error", self.name));
        }
        if matches!(self.control, Control::Area { limit: Some(_), .. }) {
            identifiers.push(format!("{}-count", self.name));
        }
        identifiers.join(" ")
    }

    /// The choices with their identifiers: the first carries the field's own, so that the summary of errors leads to it.
    fn identified_choices(&self) -> impl Iterator<Item = (String, &Choice)> {
        self.choices.iter().enumerate().map(|(place, choice)| {
            let identifier = if place == 0 { self.name.clone() } else { format!("{}-{}", self.name, place + 1) };
            (identifier, choice)
        })
    }

    /// Of an area that counts: how much it takes, in words.
    fn limit_sentence(&self) -> Option<String> {
        let Control::Area { limit: Some(limit), .. } = self.control else { return None };
        let limit = self.language.number(i64::try_from(limit).unwrap_or(i64::MAX));
        Some(
            self.language
                .pick(format!("{limit}자까지 쓸 수 있어요."), format!("You can write up to {limit} characters.")),
        )
    }
}

safe_in_pages!(Field);

/// What is wrong with a form, at the top of its page; each error leads to its field.
#[derive(Debug, Clone, Template)]
#[template(path = "components/error_summary.html")]
pub struct ErrorSummary {
    language: Language,
    errors: Vec<FieldError>,
}

impl ErrorSummary {
    /// The summary of these errors; nothing is shown where there are none.
    pub fn new(language: Language, errors: &[FieldError]) -> Self {
        Self { language, errors: errors.to_vec() }
    }
}

safe_in_pages!(ErrorSummary);
