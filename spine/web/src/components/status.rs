//! Small marks: tags, clocks, what AI made. Icon and text say what the colour does.

use askama::Template;
use jiff::Timestamp;

use super::{Icon, safe_in_pages};
use crate::{format::Remaining, language::Language};

/// What a mark means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// No judgement.
    Neutral,
    /// Under way.
    Active,
    /// Good, done.
    Good,
    /// To be taken care of.
    Attention,
    /// Wrong, late, refused.
    Bad,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Active => "active",
            Self::Good => "good",
            Self::Attention => "attention",
            Self::Bad => "bad",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Neutral => Icon::Waiting,
            Self::Active => Icon::Forward,
            Self::Good => Icon::Check,
            Self::Attention => Icon::Warning,
            Self::Bad => Icon::Danger,
        }
    }
}

/// A state in a word.
#[derive(Debug, Clone, Template)]
#[template(
    ext = "html",
    source = r#"<span class="tag tag-{{ tone.class() }}">{{ icon }}<span>{{ label }}</span></span>"#
)]
pub struct Tag {
    label: String,
    tone: Tone,
    icon: Icon,
}

impl Tag {
    /// The state called `label`.
    pub fn new(tone: Tone, label: impl Into<String>) -> Self {
        Self { label: label.into(), tone, icon: tone.icon() }
    }

    /// With another icon.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = icon;
        self
    }
}

/// The clock of a case: how long it still may take.
#[derive(Debug, Clone, Template)]
#[template(path = "components/clock.html")]
pub struct ClockBadge {
    language: Language,
    state: ClockState,
    label: String,
    due: Option<Timestamp>,
    /// The label is the time until `due` and nothing else: the script may write it anew.
    counts: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClockState {
    Calm,
    Soon,
    Over,
    Paused,
    Stopped,
}

impl ClockState {
    fn class(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Soon => "soon",
            Self::Over => "over",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Calm => Icon::Clock,
            Self::Soon => Icon::Warning,
            Self::Over => Icon::Danger,
            Self::Paused => Icon::Pause,
            Self::Stopped => Icon::Check,
        }
    }
}

/// What is due within so many minutes is soon: a day.
const SOON: i64 = 1440;

impl ClockBadge {
    /// It is due at `due`. What is left is shown as time on the wall; where the law counts working time, say that with
    /// [`ClockBadge::label`].
    pub fn counting(language: Language, now: Timestamp, due: Timestamp) -> Self {
        let remaining = Remaining::between(now, due);
        let state = match remaining.minutes {
            ..0 => ClockState::Over,
            0..SOON => ClockState::Soon,
            _ => ClockState::Calm,
        };
        Self { language, state, label: language.remaining(remaining), due: Some(due), counts: true }
    }

    /// The time does not count now; `label` says why, such as `보완 대기`.
    pub fn paused(language: Language, label: impl Into<String>) -> Self {
        Self { language, state: ClockState::Paused, label: label.into(), due: None, counts: false }
    }

    /// It is done; `label` says how, such as `기한 안에 처리`.
    pub fn stopped(language: Language, label: impl Into<String>) -> Self {
        Self { language, state: ClockState::Stopped, label: label.into(), due: None, counts: false }
    }

    /// Other words for what is left.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self.counts = false;
        self
    }

    fn due_words(&self) -> Option<String> {
        self.due.map(|due| self.language.date_time(due))
    }
}

/// Says that artificial intelligence made something, in the size of the rest (AI Basic Act, article 31).
#[derive(Debug, Clone, Template)]
#[template(
    ext = "html",
    source = r#"<p class="machine-label">{{ Icon::Machine }}<span><strong>{{ language.say("인공지능", "AI") }}</strong> {{ sentence }}</span></p>"#
)]
pub struct MachineLabel {
    language: Language,
    sentence: String,
}

impl MachineLabel {
    /// A draft that nobody has checked yet.
    pub fn draft(language: Language) -> Self {
        let sentence = language
            .say("초안입니다. 담당자가 아직 확인하지 않았습니다.", "drafted this. No official has checked it yet.");
        Self { language, sentence: sentence.to_owned() }
    }

    /// An answer that was drafted so and approved by an official.
    pub fn approved(language: Language) -> Self {
        let sentence = language.say(
            "초안을 담당 공무원이 확인하고 승인한 답변입니다.",
            "drafted this answer. The official in charge checked and approved it.",
        );
        Self { language, sentence: sentence.to_owned() }
    }

    /// Another sentence; it goes on after the word «인공지능» or «AI».
    pub fn new(language: Language, sentence: impl Into<String>) -> Self {
        Self { language, sentence: sentence.into() }
    }
}

/// A figure that matters, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFigure {
    /// What it counts.
    pub label: String,
    /// The figure, with its unit.
    pub value: String,
    /// What it rests on: period, source, comparison.
    pub note: String,
}

/// A few figures beside each other.
#[derive(Debug, Clone, Template)]
#[template(
    ext = "html",
    source = r#"<dl class="key-figures">{% for figure in figures %}<div class="key-figure"><dt>{{ figure.label }}</dt><dd><span class="figure">{{ figure.value }}</span>{% if !figure.note.is_empty() %}<span class="figure-note">{{ figure.note }}</span>{% endif %}</dd></div>{% endfor %}</dl>"#
)]
pub struct KeyFigures {
    figures: Vec<KeyFigure>,
}

impl KeyFigures {
    /// These figures.
    pub fn new(figures: impl IntoIterator<Item = KeyFigure>) -> Self {
        Self { figures: figures.into_iter().collect() }
    }
}

safe_in_pages!(Tag, ClockBadge, MachineLabel, KeyFigures);
