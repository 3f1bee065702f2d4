//! What holds other things: cards, definition lists, disclosures, empty places, the split view of officials.

use askama::Template;

use super::{Icon, safe_in_pages};
use crate::{html::Html, language::Language};

/// A card: one thing among several, or a part of a page that stands for itself.
#[derive(Debug, Clone, Template)]
#[template(path = "components/card.html")]
pub struct Card {
    title: String,
    level: u8,
    title_language: Option<Language>,
    address: Option<String>,
    mark: Html,
    body: Html,
    actions: Html,
}

impl Card {
    /// A card under a second-level heading.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            level: 2,
            title_language: None,
            address: None,
            mark: Html::empty(),
            body: Html::empty(),
            actions: Html::empty(),
        }
    }

    /// Under a heading of the third level.
    #[must_use]
    pub fn third_level(mut self) -> Self {
        self.level = 3;
        self
    }

    /// Its title is in this language, whatever the page's is.
    #[must_use]
    pub fn titled_in(mut self, language: Language) -> Self {
        self.title_language = Some(language);
        self
    }

    /// Its title leads somewhere.
    #[must_use]
    pub fn link(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// A state beside the title.
    #[must_use]
    pub fn mark(mut self, mark: Html) -> Self {
        self.mark = mark;
        self
    }

    /// What it holds.
    #[must_use]
    pub fn body(mut self, body: Html) -> Self {
        self.body = body;
        self
    }

    /// What can be done with it.
    #[must_use]
    pub fn actions(mut self, actions: Html) -> Self {
        self.actions = actions;
        self
    }
}

/// A row of a [`DefinitionList`].
#[derive(Debug, Clone)]
struct DefinitionRow {
    term: String,
    definition: Html,
    action: Html,
}

/// What is known about something: terms and what they are here.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/definition_list.html")]
pub struct DefinitionList {
    rows: Vec<DefinitionRow>,
}

impl DefinitionList {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// A term and a text.
    #[must_use]
    pub fn text(self, term: impl Into<String>, definition: &str) -> Self {
        self.markup(term, Html::text(definition))
    }

    /// A term and markup.
    #[must_use]
    pub fn markup(self, term: impl Into<String>, definition: Html) -> Self {
        self.with_action(term, definition, Html::empty())
    }

    /// A term, what it is, and what can be done about it.
    #[must_use]
    pub fn with_action(mut self, term: impl Into<String>, definition: Html, action: Html) -> Self {
        self.rows.push(DefinitionRow { term: term.into(), definition, action });
        self
    }
}

/// Something that is folded until it is wanted.
#[derive(Debug, Clone, Template)]
#[template(
    ext = "html",
    source = r#"<details class="disclosure"{% if open %} open{% endif %}{% if let Some(key) = shortcut %} data-shortcut="{{ key }}"{% endif %}><summary>{{ Icon::Forward }}<span>{{ title }}</span>{{ mark }}</summary><div class="disclosure-body">{{ body }}</div></details>"#
)]
pub struct Disclosure {
    title: String,
    mark: Html,
    body: Html,
    open: bool,
    shortcut: Option<String>,
}

impl Disclosure {
    /// What is folded under `title`.
    pub fn new(title: impl Into<String>, body: Html) -> Self {
        Self { title: title.into(), mark: Html::empty(), body, open: false, shortcut: None }
    }

    /// A state beside the title, seen folded too.
    #[must_use]
    pub fn mark(mut self, mark: Html) -> Self {
        self.mark = mark;
        self
    }

    /// Unfolded from the beginning.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// A key that folds and unfolds it.
    #[must_use]
    pub fn shortcut(mut self, key: impl Into<String>) -> Self {
        self.shortcut = Some(key.into());
        self
    }
}

/// A place where nothing is yet: says what will be here and how it gets here.
#[derive(Debug, Clone, Template)]
#[template(
    ext = "html",
    source = r#"<div class="empty-state">{{ Icon::Document }}<p class="empty-title">{{ title }}</p><p>{{ text }}</p>{% if !action.is_empty() %}<div>{{ action }}</div>{% endif %}</div>"#
)]
pub struct EmptyState {
    title: String,
    text: String,
    action: Html,
}

impl EmptyState {
    /// `title` says what is not here, `text` how it gets here.
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into(), action: Html::empty() }
    }

    /// The way to bring something here.
    #[must_use]
    pub fn action(mut self, action: Html) -> Self {
        self.action = action;
        self
    }
}

/// One of the cases in the list of a [`SplitView`].
#[derive(Debug, Clone, Template)]
#[template(
    ext = "html",
    source = r#"<li class="work-item{% if selected %} work-item-selected{% endif %}" data-item><a href="{{ address }}"{% if selected %} aria-current="true"{% endif %}>{{ title }}</a><div class="work-item-marks">{{ marks }}</div>{% if !note.is_empty() %}<p>{{ note }}</p>{% endif %}</li>"#
)]
pub struct WorkItem {
    title: String,
    address: String,
    marks: Html,
    note: String,
    selected: bool,
}

impl WorkItem {
    /// The case called `title`, opened at `address`.
    pub fn new(title: impl Into<String>, address: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            address: address.into(),
            marks: Html::empty(),
            note: String::new(),
            selected: false,
        }
    }

    /// Its clock and state.
    #[must_use]
    pub fn marks(mut self, marks: Html) -> Self {
        self.marks = marks;
        self
    }

    /// A line more about it.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// It is the one that is open beside the list.
    #[must_use]
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }
}

/// The view of officials: a list, and what is chosen of it, side by side; on a phone one after the other. The keys `j`
/// and `k` go through the list.
#[derive(Debug, Clone, Template)]
#[template(path = "components/split_view.html")]
pub struct SplitView {
    list_title: String,
    list_head: Html,
    items: Vec<WorkItem>,
    empty: Option<EmptyState>,
    detail: Html,
    detail_label: String,
    aside: Html,
    aside_label: String,
}

impl SplitView {
    /// The list called `list_title`.
    pub fn new(list_title: impl Into<String>, items: impl IntoIterator<Item = WorkItem>) -> Self {
        Self {
            list_title: list_title.into(),
            list_head: Html::empty(),
            items: items.into_iter().collect(),
            empty: None,
            detail: Html::empty(),
            detail_label: String::new(),
            aside: Html::empty(),
            aside_label: String::new(),
        }
    }

    /// What stands above the list: filters, search.
    #[must_use]
    pub fn list_head(mut self, head: Html) -> Self {
        self.list_head = head;
        self
    }

    /// What stands there when the list is empty.
    #[must_use]
    pub fn empty(mut self, empty: EmptyState) -> Self {
        self.empty = Some(empty);
        self
    }

    /// What is chosen; `label` names the region.
    #[must_use]
    pub fn detail(mut self, label: impl Into<String>, detail: Html) -> Self {
        self.detail_label = label.into();
        self.detail = detail;
        self
    }

    /// A third column: sources, similar cases.
    #[must_use]
    pub fn aside(mut self, label: impl Into<String>, aside: Html) -> Self {
        self.aside_label = label.into();
        self.aside = aside;
        self
    }
}

/// The keys of a page, told when `?` is pressed. Keys can be switched off there (WCAG 2.2, 2.1.4).
#[derive(Debug, Clone, Template)]
#[template(path = "components/shortcuts.html")]
pub struct Shortcuts {
    language: Language,
    keys: Vec<(String, String)>,
}

impl Shortcuts {
    /// The keys and what they do. Those of the list (`j`, `k`) and of this help are added.
    pub fn new<K: Into<String>, T: Into<String>>(language: Language, keys: impl IntoIterator<Item = (K, T)>) -> Self {
        Self { language, keys: keys.into_iter().map(|(key, what)| (key.into(), what.into())).collect() }
    }
}

safe_in_pages!(Card, DefinitionList, Disclosure, EmptyState, WorkItem, SplitView, Shortcuts);
