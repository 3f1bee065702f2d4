//! Who asks, in what language, and what is needed to answer them. Every handler that makes a page takes a [`Visitor`].

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use jiff::Timestamp;
use maru_identity::{Principal, is_local_path};

use crate::{language::Language, problem::Problem, secret::CsrfToken, site::Site};

/// The scheme of colours that the visitor chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device is set.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// As cookies, addresses and markup write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads what [`Theme::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }
}

/// Where the visitor is, without what only concerns language and colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path of the address.
    pub path: String,
    /// The query without `lang` and `theme`; empty where there is none.
    pub query: String,
}

impl Place {
    /// The place at `path` with `query`. A path such as `//elsewhere`, which in a link is another site, is the first page.
    pub fn new(path: &str, query: &str) -> Self {
        let kept = query.split('&').filter(|pair| {
            let name = pair.split('=').next().unwrap_or("");
            !name.is_empty() && name != "lang" && name != "theme"
        });
        let path = if is_local_path(path) { path } else { "/" };
        Self { path: path.to_owned(), query: kept.collect::<Vec<_>>().join("&") }
    }

    /// The address of this place.
    pub fn address(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The address of this place with a parameter, in the place of what it had under this name. The value must not need
    /// encoding.
    pub fn with(&self, name: &str, value: &str) -> String {
        let others = self.query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name));
        let parameter = format!("{name}={value}");
        let query: Vec<&str> = others.chain([parameter.as_str()]).collect();
        format!("{}?{}", self.path, query.join("&"))
    }
}

/// Who asks, in what language, and what is needed to answer them.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The language of the answer.
    pub language: Language,
    /// Who signed in; nobody for a stranger.
    pub principal: Option<Principal>,
    /// What the visitor is called in this language, where that is another name than the principal's.
    pub called: Option<String>,
    /// The token that every form of the answer must carry; [`crate::components::Form`] does.
    pub csrf: CsrfToken,
    /// The scheme of colours.
    pub theme: Theme,
    /// The number of the request, a UUID: in the log, on error pages, in the header `X-Request-Id`.
    pub request_id: String,
    /// The instant at which the request arrived.
    pub now: Timestamp,
    /// Where the visitor is.
    pub place: Place,
    /// Whose site it is.
    pub site: Arc<Site>,
}

impl Visitor {
    /// The text in the visitor's language.
    pub fn say<'a>(&self, korean: &'a str, english: &'a str) -> &'a str {
        self.language.say(korean, english)
    }

    /// Who signed in, or the problem that nobody did.
    pub fn signed_in(&self) -> Result<&Principal, Problem> {
        self.principal.as_ref().ok_or_else(Problem::sign_in_required)
    }

    /// The visitor signed in and works for the agency.
    pub fn is_staff(&self) -> bool {
        self.principal.as_ref().is_some_and(|principal| principal.role.is_staff())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            tracing::error!("a handler asked for the visitor outside of maru_web::router");
            Problem::internal()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_forgets_language_and_colours() {
        let place = Place::new("/work", "state=open&lang=en&theme=dark&page=2");
        assert_eq!(place.address(), "/work?state=open&page=2");
        assert_eq!(place.with("lang", "ko"), "/work?state=open&page=2&lang=ko");
        assert_eq!(Place::new("/", "lang=en").with("lang", "ko"), "/?lang=ko");
        assert_eq!(place.with("page", "3"), "/work?state=open&page=3");
        assert_eq!(Place::new("//evil.example/x", "a=1").address(), "/?a=1", "no link to another site");
    }
}
