//! Where one is, and where one can go from here.

use askama::Template;
use jiff::Timestamp;

use super::{Icon, safe_in_pages};
use crate::{html::Html, language::Language, visitor::Place};

/// A page above this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breadcrumb {
    /// What it is called.
    pub label: String,
    /// Its address.
    pub path: String,
}

impl Breadcrumb {
    /// The page called `label` at `path`.
    pub fn new(label: impl Into<String>, path: impl Into<String>) -> Self {
        Self { label: label.into(), path: path.into() }
    }
}

#[derive(Debug, Clone)]
struct Tab {
    label: String,
    address: String,
    count: Option<String>,
    current: bool,
}

/// Views of the same thing, as links: each has an address.
#[derive(Debug, Clone, Template)]
#[template(
    ext = "html",
    source = r#"<nav class="tabs" aria-label="{{ label }}"><ul>{% for tab in tabs %}<li><a href="{{ tab.address }}"{% if tab.current %} aria-current="page"{% endif %}>{{ tab.label }}{% if let Some(count) = tab.count %} <span class="count">{{ count }}</span>{% endif %}</a></li>{% endfor %}</ul></nav>"#
)]
pub struct Tabs {
    label: String,
    tabs: Vec<Tab>,
}

impl Tabs {
    /// Views of what `label` names.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), tabs: Vec::new() }
    }

    /// A view, and whether it is the one that is shown.
    #[must_use]
    pub fn tab(mut self, label: impl Into<String>, address: impl Into<String>, current: bool) -> Self {
        self.tabs.push(Tab { label: label.into(), address: address.into(), count: None, current });
        self
    }

    /// A view with the number of things in it.
    #[must_use]
    pub fn counted(
        mut self,
        label: impl Into<String>,
        address: impl Into<String>,
        count: impl Into<String>,
        current: bool,
    ) -> Self {
        self.tabs.push(Tab { label: label.into(), address: address.into(), count: Some(count.into()), current });
        self
    }
}

/// The pages of a long list. The address carries the number as `page`.
#[derive(Debug, Clone, Template)]
#[template(path = "components/pagination.html")]
pub struct Pagination {
    language: Language,
    place: Place,
    page: usize,
    pages: usize,
}

/// A page of a list.
struct PageLink {
    number: usize,
    address: String,
    is_current: bool,
    /// It is left out where there is little room.
    is_far: bool,
}

/// How many pages before and after the present one have a link of their own.
const AROUND: usize = 2;

impl Pagination {
    /// Page `page` of `pages`, both counted from 1; nothing is shown where there is but one.
    pub fn new(language: Language, place: &Place, page: usize, pages: usize) -> Self {
        Self { language, place: place.clone(), page: page.clamp(1, pages.max(1)), pages }
    }

    /// What to show; a gap is nothing.
    fn links(&self) -> Vec<Option<PageLink>> {
        let mut links = Vec::new();
        let mut last = 0;
        for number in 1..=self.pages {
            let distance = number.abs_diff(self.page);
            let is_end = number == 1 || number == self.pages;
            if distance > AROUND && !is_end {
                continue;
            }
            if number > last + 1 {
                links.push(None);
            }
            let is_far = distance == AROUND && !is_end;
            links.push(Some(PageLink { number, address: self.address(number), is_current: distance == 0, is_far }));
            last = number;
        }
        links
    }

    fn address(&self, page: usize) -> String {
        self.place.with("page", &page.to_string())
    }

    fn before(&self) -> Option<String> {
        (self.page > 1).then(|| self.address(self.page - 1))
    }

    fn after(&self) -> Option<String> {
        (self.page < self.pages).then(|| self.address(self.page + 1))
    }
}

/// How far one is in a task of several pages.
#[derive(Debug, Clone, Template)]
#[template(path = "components/steps.html")]
pub struct Steps {
    language: Language,
    titles: Vec<String>,
    current: usize,
}

impl Steps {
    /// These steps, of which `current` (counted from 1) is the present one.
    pub fn new<T: Into<String>>(language: Language, steps: impl IntoIterator<Item = T>, current: usize) -> Self {
        Self { language, titles: steps.into_iter().map(Into::into).collect(), current }
    }
}

/// How far something on a [`Timeline`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It happened.
    Past,
    /// It is happening.
    Present,
    /// It will happen.
    Ahead,
}

#[derive(Debug, Clone)]
struct TimelineEntry {
    moment: Moment,
    title: String,
    at: Option<Timestamp>,
    body: Html,
}

/// What happened to a case, what is happening, what comes next.
#[derive(Debug, Clone, Template)]
#[template(path = "components/timeline.html")]
pub struct Timeline {
    language: Language,
    entries: Vec<TimelineEntry>,
}

impl Timeline {
    /// An empty timeline.
    pub fn new(language: Language) -> Self {
        Self { language, entries: Vec::new() }
    }

    /// One thing on it, in the order of time.
    #[must_use]
    pub fn entry(mut self, moment: Moment, title: impl Into<String>, at: Option<Timestamp>, body: Html) -> Self {
        self.entries.push(TimelineEntry { moment, title: title.into(), at, body });
        self
    }
}

impl TimelineEntry {
    fn class(&self) -> &'static str {
        match self.moment {
            Moment::Past => "past",
            Moment::Present => "present",
            Moment::Ahead => "ahead",
        }
    }

    fn icon(&self) -> Icon {
        match self.moment {
            Moment::Past => Icon::Check,
            Moment::Present => Icon::Forward,
            Moment::Ahead => Icon::Waiting,
        }
    }

    fn word(&self, language: Language) -> &'static str {
        match self.moment {
            Moment::Past => language.say("끝남", "Done"),
            Moment::Present => language.say("지금", "Now"),
            Moment::Ahead => language.say("앞으로", "To come"),
        }
    }

    fn at_words(&self, language: Language) -> Option<String> {
        self.at.map(|at| language.date_time(at))
    }
}

safe_in_pages!(Tabs, Pagination, Steps, Timeline);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_show_the_ends_and_what_is_near() {
        let place = Place::new("/work", "page=6&state=open");
        let numbers = |page, pages| {
            let links = Pagination::new(Language::English, &place, page, pages).links().into_iter();
            links.map(|link| link.map_or(0, |link| link.number)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(6, 12), [1, 0, 4, 5, 6, 7, 8, 0, 12]);
        assert_eq!(numbers(1, 3), [1, 2, 3]);
        assert_eq!(numbers(99, 3), [1, 2, 3]);
        assert_eq!(Pagination::new(Language::English, &place, 6, 12).address(7), "/work?state=open&page=7");
        assert!(!Pagination::new(Language::English, &place, 1, 1).to_string().contains("nav"));
    }
}
