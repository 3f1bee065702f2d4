//! The parts that pages are made of. Each is a small struct; put it into a template with `{{ … }}` or into an
//! [`Html`](crate::Html) with [`and`](crate::Html::and). Texts are escaped, markup is [`Html`](crate::Html).
//!
//! `/design` shows every one in every state.

mod buttons;
mod chart;
mod containers;
mod field;
mod form;
mod icon;
mod navigation;
mod notice;
mod sources;
mod status;
mod table;
mod time_chart;
mod undo;

pub use buttons::{Button, ButtonKind, ButtonSize};
pub use chart::BarChart;
pub use containers::{Card, DefinitionList, Disclosure, EmptyState, Shortcuts, SplitView, WorkItem};
pub use field::{Choice, ErrorSummary, Field};
pub use form::Form;
pub use icon::Icon;
pub use navigation::{Breadcrumb, Moment, Pagination, Steps, Tabs, Timeline};
pub use notice::{Notice, NoticeKind};
pub use sources::{CitationMark, Sources, highlighted};
pub use status::{ClockBadge, KeyFigure, KeyFigures, MachineLabel, Tag, Tone};
pub use table::Table;
pub use time_chart::TimeChart;
pub use undo::UndoBar;

/// Marks components whose templates escape every text as safe to put into pages.
macro_rules! safe_in_pages {
    ($($component:ty),+ $(,)?) => { $(impl askama::filters::HtmlSafe for $component {})+ };
}
pub(crate) use safe_in_pages;
