//! The parts that pages are made of. Each is a small struct; put it into a template with `{{ … }}` or into an
//! [`Html`](crate::Html) with [`and`](crate::Html::and). Texts are escaped, markup is [`Html`](crate::Html).

mod buttons;
mod form;
mod icon;
mod navigation;
mod notice;

pub use buttons::{Button, ButtonKind, ButtonSize};
pub use form::Form;
pub use icon::Icon;
pub use navigation::Breadcrumb;
pub use notice::{Notice, NoticeKind};

/// Marks components whose templates escape every text as safe to put into pages.
macro_rules! safe_in_pages {
    ($($component:ty),+ $(,)?) => { $(impl askama::filters::HtmlSafe for $component {})+ };
}
pub(crate) use safe_in_pages;
