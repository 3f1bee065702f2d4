//! Whose site it is: names, responsibility, navigation.

use maru_identity::{Principal, Role};

use crate::bilingual::Bilingual;

/// Who sees a place of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeenBy {
    /// Everybody.
    Everybody,
    /// Strangers and citizens: what officials have no use for at work.
    Public,
    /// Whoever signed in.
    SignedIn,
    /// Everybody who works for the agency.
    Staff,
    /// Who has to do with cases: everybody who works for the agency, but for who runs the machines.
    Casework,
    /// Who works for one of these departments, and auditors.
    Departments(Vec<String>),
    /// One role.
    Role(Role),
}

impl SeenBy {
    fn includes(&self, principal: Option<&Principal>) -> bool {
        let role = principal.map(|principal| principal.role);
        match self {
            Self::Everybody => true,
            Self::Public => role.is_none_or(|role| role == Role::Citizen),
            Self::SignedIn => role.is_some(),
            Self::Staff => role.is_some_and(Role::is_staff),
            Self::Casework => role.is_some_and(|role| role.is_staff() && role != Role::Administrator),
            Self::Departments(wanted) => principal.is_some_and(|person| {
                let works_there = person.department.as_ref().is_some_and(|own| wanted.contains(own));
                person.role == Role::Auditor || person.role.needs_department() && works_there
            }),
            Self::Role(wanted) => role == Some(*wanted),
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
    /// Where somebody begins who went nowhere in particular: the first place of those who work here, the first page for
    /// everybody else.
    pub fn first_place(&self, principal: &Principal) -> &str {
        let places = self.navigation_of(Some(principal));
        places.first().filter(|_| principal.role.is_staff()).map_or("/", |place| place.path.as_str())
    }

    /// The places of the main navigation for this person.
    pub fn navigation_of(&self, principal: Option<&Principal>) -> Vec<&NavigationItem> {
        self.navigation.iter().filter(|item| item.is_shown_to(principal)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_shown_to_who_may_enter_them() {
        let person = |role, department: Option<&str>| Principal {
            account: "a".to_owned(),
            name: "가".to_owned(),
            role,
            department: department.map(str::to_owned),
        };
        let welfare = NavigationItem::new("/welfare/work", "급여", "Benefits")
            .seen_by(SeenBy::Departments(vec!["welfare".to_owned()]));
        let queue = NavigationItem::new("/work", "문의", "Work").seen_by(SeenBy::Casework);
        let [official, elsewhere] = ["welfare", "roads"].map(|department| person(Role::Official, Some(department)));
        let (auditor, administrator) = (person(Role::Auditor, None), person(Role::Administrator, Some("welfare")));
        assert!(welfare.is_shown_to(Some(&official)) && welfare.is_shown_to(Some(&auditor)));
        assert!(!welfare.is_shown_to(Some(&elsewhere)) && !welfare.is_shown_to(Some(&administrator)));
        assert!(queue.is_shown_to(Some(&elsewhere)) && !queue.is_shown_to(Some(&administrator)));
        let site = Site { navigation: vec![welfare.clone(), queue.clone()], ..crate::testing::site() };
        assert_eq!(site.first_place(&official), "/welfare/work");
        assert_eq!(site.first_place(&elsewhere), "/work");
        assert_eq!(site.first_place(&person(Role::Citizen, None)), "/");
        assert!(!welfare.is_shown_to(None) && !queue.is_shown_to(None));
        let own = NavigationItem::new("/account", "내 계정", "Your account").seen_by(SeenBy::SignedIn);
        assert!(own.is_shown_to(Some(&person(Role::Citizen, None))) && !own.is_shown_to(None));
    }

    #[test]
    fn a_place_holds_the_pages_below_it() {
        let place = NavigationItem::new("/work", "일", "Work");
        assert!(place.holds("/work") && place.holds("/work/7"));
        assert!(!place.holds("/workers") && !place.holds("/"));
        assert!(!NavigationItem::new("/", "처음", "Home").holds("/work"));
    }
}
