//! Pages' shell, design system, forms, errors, OpenAPI: what every programme's pages and interfaces share.
//!
//! A handler takes a [`Visitor`] (who asks, in what language), reads what was sent with [`Form`], [`Query`], [`Path`] or
//! [`Json`], and returns a [`Page`] or a [`Problem`]. [`router()`] puts everything else around it: sign-in, sessions, form
//! tokens, security headers, limits, error pages, the log of requests. No handler needs to remember any of it.
//!
//! ```
//! use maru_web::{Html, Page, PageKind, Problem, Visitor};
//!
//! async fn greeting(visitor: Visitor) -> Result<Page, Problem> {
//!     let body = Html::paragraphs(visitor.say("무엇을 도와드릴까요?", "How can we help?"));
//!     Ok(Page::new(&visitor, visitor.say("처음", "Home"), PageKind::Citizen).body(body))
//! }
//! let programme = axum::Router::<()>::new().route("/", maru_web::routing::get(greeting));
//! ```
//!
//! Pages are made of [`components`]; each is put into an askama template of any crate with `{{ … }}`, and `/design`
//! shows them all.

mod accessibility;
mod answer;
pub mod api;
mod assets;
mod bilingual;
pub mod components;
mod context;
mod cookies;
mod foreign;
mod forgery;
mod form;
mod format;
mod gallery;
mod health;
mod html;
mod kept_form;
mod language;
mod law;
mod openapi;
mod page;
pub mod pdf;
mod people;
mod problem;
mod problem_pages;
mod router;
pub mod routing;
mod secret;
mod serve;
mod service_error;
mod sign_in;
mod site;
mod state;
pub mod testing;
mod upload;
mod visitor;

pub use bilingual::Bilingual;
pub use context::ClientAddress;
pub use form::{CSRF_FIELD, CSRF_HEADER, Form, Json, Path, Query};
pub use format::{Remaining, capital, in_korea};
pub use html::Html;
pub use language::Language;
pub use openapi::ApiDocument;
pub use page::{Page, PageKind};
pub use problem::{FieldError, PROBLEM_MEDIA_TYPE, Problem, ProblemWords};
pub use router::{Embeddable, router};
pub use secret::{CsrfToken, WebSecret};
pub use serve::{Until, serve};
pub use service_error::{Explained, Finding, ServiceError};
pub use site::{NavigationItem, SeenBy, Site};
pub use state::{Health, RateLimits, WebOptions, WebState};
/// The OpenAPI document that [`ApiDocument`] shows.
pub use upload::{SentFile, Upload};
pub use utoipa::openapi::OpenApi;
pub use visitor::{Place, Theme, Visitor};
