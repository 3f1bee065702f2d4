//! The shell of every page: identifier, header, navigation, title, footer.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maru_identity::Principal;

use crate::{
    assets::{ASSETS, Assets},
    components::{Breadcrumb, Icon, Notice},
    foreign::mark_korean,
    html::Html,
    language::Language,
    pdf::{Document, of_page},
    site::{NavigationItem, Site},
    visitor::{Theme, Visitor},
};

/// What kind of page it is; each looks as its readers need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// One thing at a time, much air.
    Citizen,
    /// Dense, calm, keyboard first, the whole width.
    Official,
    /// The picture that answers the question, then the table under it.
    Overview,
}

impl PageKind {
    fn class(self) -> &'static str {
        match self {
            Self::Citizen => "page-citizen",
            Self::Official => "page-official",
            Self::Overview => "page-overview",
        }
    }
}

/// The answer did something that the citizen's draft in the browser was kept for: it can be forgotten now.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SentDraft(String);

/// A page. Return it from a handler.
///
/// ```
/// use maru_web::{Html, Page, PageKind, testing};
/// let visitor = testing::visitor(maru_web::Language::English);
/// let page = Page::new(&visitor, "Your inquiry was received", PageKind::Citizen)
///     .breadcrumb("Home", "/")
///     .body(Html::text("Receipt number 2026-000123"));
/// assert!(page.html().unwrap().as_str().contains("Receipt number 2026-000123"));
/// ```
#[derive(Debug, Clone)]
pub struct Page {
    visitor: Visitor,
    title: String,
    title_language: Option<Language>,
    kind: PageKind,
    heading: bool,
    lead: Option<String>,
    lead_language: Option<Language>,
    actions: Html,
    breadcrumbs: Vec<Breadcrumb>,
    messages: Vec<Notice>,
    body: Html,
    status: StatusCode,
    personal: bool,
    has_errors: bool,
    sent_draft: Option<SentDraft>,
}

impl Page {
    /// A page of `kind`. Its title is its heading too.
    pub fn new(visitor: &Visitor, title: impl Into<String>, kind: PageKind) -> Self {
        Self {
            visitor: visitor.clone(),
            title: title.into(),
            title_language: None,
            kind,
            heading: true,
            lead: None,
            lead_language: None,
            actions: Html::empty(),
            breadcrumbs: Vec::new(),
            messages: Vec::new(),
            body: Html::empty(),
            status: StatusCode::OK,
            personal: visitor.principal.is_some(),
            has_errors: false,
            sent_draft: None,
        }
    }

    /// What the page holds.
    #[must_use]
    pub fn body(mut self, body: Html) -> Self {
        self.body = body;
        self
    }

    /// A sentence under the heading.
    #[must_use]
    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = Some(lead.into());
        self
    }

    /// The title is in this language, whatever the page's is.
    #[must_use]
    pub fn titled_in(mut self, language: Language) -> Self {
        self.title_language = Some(language);
        self
    }

    /// A sentence under the heading that is in this language, whatever the page's is.
    #[must_use]
    pub fn lead_in(mut self, language: Language, lead: impl Into<String>) -> Self {
        self.lead_language = Some(language);
        self.lead(lead)
    }

    /// Buttons or a state beside the heading.
    #[must_use]
    pub fn actions(mut self, actions: Html) -> Self {
        self.actions = actions;
        self
    }

    /// The body has its own `<h1>`.
    #[must_use]
    pub fn without_heading(mut self) -> Self {
        self.heading = false;
        self
    }

    /// A page above this one. Call it from the outermost inwards; the page itself is added.
    #[must_use]
    pub fn breadcrumb(mut self, label: impl Into<String>, path: impl Into<String>) -> Self {
        self.breadcrumbs.push(Breadcrumb::new(label, path));
        self
    }

    /// A message above the page's content: what was just done, what is wrong.
    #[must_use]
    pub fn message(mut self, message: Notice) -> Self {
        self.messages.push(message);
        self
    }

    /// Another status than 200.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The page shows something of a person: no cache keeps it, and it is not compressed. Pages for people who signed
    /// in are personal anyway.
    #[must_use]
    pub fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    /// The form on the page has errors: the title says so first, and the status is 422.
    #[must_use]
    pub fn with_errors(mut self) -> Self {
        self.has_errors = true;
        self.status = StatusCode::UNPROCESSABLE_ENTITY;
        self
    }

    /// What the citizen wrote under this name (see [`crate::components::Form::keep_draft`]) has arrived: the browser
    /// forgets its copy.
    #[must_use]
    pub fn forget_draft(mut self, name: impl Into<String>) -> Self {
        self.sent_draft = Some(SentDraft(name.into()));
        self
    }

    /// The markup of the whole page.
    pub fn html(&self) -> Result<Html, crate::Problem> {
        let shell = Shell { page: self, visitor: &self.visitor, site: &self.visitor.site, assets: &ASSETS };
        let html = Html::render(&shell)?;
        Ok(match self.visitor.language {
            Language::Korean => html,
            Language::English => Html::trusted(mark_korean(html.as_str())),
        })
    }

    /// What the page says, as a document for filing and printing: title, sentence under it and body, without pictures and what one acts with.
    pub fn document(&self) -> Document {
        of_page::document(self.visitor.language, &self.title, self.lead.as_deref(), &self.body)
    }

    fn cache_control(&self) -> &'static str {
        // What is not personal still differs by cookie: the language, the token of its forms.
        if self.personal { "no-store" } else { "private, no-cache" }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let html = match self.html() {
            Ok(html) => html,
            Err(problem) => return problem.into_response(),
        };
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CONTENT_LANGUAGE, HeaderValue::from_static(self.visitor.language.code())),
            (header::CACHE_CONTROL, HeaderValue::from_static(self.cache_control())),
        ];
        (self.status, headers, html.into_string()).into_response()
    }
}

#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a> {
    page: &'a Page,
    visitor: &'a Visitor,
    site: &'a Site,
    assets: &'static Assets,
}

impl Shell<'_> {
    fn say<'t>(&self, korean: &'t str, english: &'t str) -> &'t str {
        self.visitor.say(korean, english)
    }

    fn language(&self) -> Language {
        self.visitor.language
    }

    fn navigation(&self) -> Vec<&NavigationItem> {
        self.site.navigation_of(self.visitor.principal.as_ref())
    }

    fn footer(&self) -> impl Iterator<Item = &NavigationItem> {
        let principal = self.visitor.principal.as_ref();
        self.site.footer.iter().filter(move |item| item.is_shown_to(principal))
    }

    /// Of places that lie within each other only the innermost is current.
    fn is_current(&self, item: &NavigationItem) -> bool {
        let path = &self.visitor.place.path;
        let innermost = self.navigation().into_iter().filter(|other| other.holds(path)).map(|other| other.path.len());
        item.holds(path) && innermost.max() == Some(item.path.len())
    }

    fn principal(&self) -> Option<&Principal> {
        self.visitor.principal.as_ref()
    }

    /// What the visitor is called in the language of the page.
    fn name_of<'p>(&'p self, principal: &'p Principal) -> &'p str {
        self.visitor.called.as_deref().unwrap_or(&principal.name)
    }

    fn role_of(&self, principal: &Principal) -> &'static str {
        self.say(principal.role.korean(), principal.role.english())
    }

    fn theme(&self) -> Theme {
        self.visitor.theme
    }

    /// What the switch of colours leads to. Without a script it cannot be seen what the device is set to: then to dark.
    fn next_theme(&self) -> Theme {
        if self.visitor.theme == Theme::Dark { Theme::Light } else { Theme::Dark }
    }

    fn next_theme_label(&self) -> &'static str {
        if self.next_theme() == Theme::Dark {
            self.say("어두운 화면", "Dark")
        } else {
            self.say("밝은 화면", "Light")
        }
    }

    fn sign_in_address(&self) -> String {
        let place = &self.visitor.place;
        let asks_to_sign_in = place.path.starts_with("/sign-in");
        crate::sign_in::address(if asks_to_sign_in { "/".to_owned() } else { place.address() }.as_str())
    }

    fn sent_draft(&self) -> Option<&str> {
        self.page.sent_draft.as_ref().map(|draft| draft.0.as_str())
    }
}
