//! Whose site it is: names, responsibility, navigation.

use maru_identity::{Principal, Role};

use crate::bilingual::Bilingual;

/// Who sees a place of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenBy {
    /// Everybody.
    Everybody,
    /// Strangers and citizens: what officials have no use for at work.
    Public,
    /// Everybody who works for the agency.
    Staff,
    /// One role.
    Role(Role),
}

impl SeenBy {
    fn includes(self, principal: Option<&Principal>) -> bool {
        let role = principal.map(|principal| principal.role);
        match self {
            Self::Everybody => true,
            Self::Public => role.is_none_or(|role| role == Role::Citizen),
            Self::Staff => role.is_some_and(Role::is_staff),
            Self::Role(wanted) => role == Some(wanted),
        }
    }
}

/// A place of the main navigation or the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavigationItem {
    /// Its path; a place holds the pages whose path begins with it.
    pub path: String,
    /// What it is called.
    pub label: Bilingual,
    /// Who sees it.
    pub seen_by: SeenBy,
}

impl NavigationItem {
    /// A place that everybody sees.
    pub fn new(path: impl Into<String>, korean: impl Into<String>, english: impl Into<String>) -> Self {
        Self { path: path.into(), label: Bilingual::new(korean, english), seen_by: SeenBy::Everybody }
    }

    /// Only for some.
    #[must_use]
    pub fn seen_by(mut self, seen_by: SeenBy) -> Self {
        self.seen_by = seen_by;
        self
    }

    /// The place is shown to this person.
    pub fn is_shown_to(&self, principal: Option<&Principal>) -> bool {
        self.seen_by.includes(principal)
    }

    /// The page at `path` lies in this place.
    pub fn holds(&self, path: &str) -> bool {
        if self.path == "/" {
            return path == "/";
        }
        path.strip_prefix(self.path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Whose site it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// What the service is called, in the header and in the title of every page.
    pub service: Bilingual,
    /// The agency that is responsible.
    pub agency: Bilingual,
    /// Its address.
    pub address: Bilingual,
    /// Its telephone.
    pub telephone: String,
    /// For a demonstration: the sentence that says so. Nothing means that this is an official site.
    pub demonstration: Option<Bilingual>,
    /// The main navigation.
    pub navigation: Vec<NavigationItem>,
    /// Further places in the footer.
    pub footer: Vec<NavigationItem>,
    /// Where the source code is.
    pub source_code: String,
}

impl Site {
    /// The places of the main navigation for this person.
    pub fn navigation_of(&self, principal: Option<&Principal>) -> Vec<&NavigationItem> {
        self.navigation.iter().filter(|item| item.is_shown_to(principal)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_holds_the_pages_below_it() {
        let place = NavigationItem::new("/work", "일", "Work");
        assert!(place.holds("/work") && place.holds("/work/7"));
        assert!(!place.holds("/workers") && !place.holds("/"));
        assert!(!NavigationItem::new("/", "처음", "Home").holds("/work"));
    }
}
