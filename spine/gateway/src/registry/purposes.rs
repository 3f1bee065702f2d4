//! Purposes for which models may be used: registered, each with what was approved of it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Registry;
use crate::{keys::names_model, policy::DataClass};

/// A purpose that was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Its name, as keys write it.
    pub id: String,
    /// The agency whose purpose it is, as keys write it; empty where every agency may have it.
    #[serde(default)]
    pub agency: String,
    /// What is done for whom, with whose data, and who looks at what comes out.
    pub description: String,
    /// Models that were approved for it; `*` at the end stands for anything. Empty stands for all approved ones.
    #[serde(default)]
    pub models: Vec<String>,
    /// The highest class that may be sent for it.
    #[serde(default)]
    pub highest_class: DataClass,
    /// It was assessed and approved as use of high impact (AI Basic Act, article 2(4)).
    #[serde(default)]
    pub high_impact: bool,
    /// The last day for which it was approved.
    #[serde(default)]
    pub until: Option<Date>,
}

impl Purpose {
    /// Whether it was approved for a model.
    pub fn names(&self, model: &str) -> bool {
        names_model(&self.models, model)
    }

    /// Whether it is that of `purpose` for a key of `agency`.
    fn is_of(&self, agency: &str, purpose: &str) -> bool {
        self.id == purpose && (self.agency.is_empty() || self.agency == agency)
    }
}

/// The registered purpose of a key; that of its own agency goes before that of all.
pub(crate) fn purpose_of<'a>(purposes: &'a [Purpose], agency: &str, purpose: &str) -> Option<&'a Purpose> {
    let all = || purposes.iter().filter(|one| one.is_of(agency, purpose));
    all().find(|one| !one.agency.is_empty()).or_else(|| all().next())
}

impl Registry {
    /// The registered purpose of a key; that of its own agency goes before that of all.
    pub fn purpose(&self, agency: &str, purpose: &str) -> Option<&Purpose> {
        purpose_of(&self.purposes, agency, purpose)
    }

    /// Puts a purpose in, in place of one of the same name and agency.
    pub(super) fn put_purpose(&mut self, purpose: Purpose) {
        self.purposes.retain(|other| (&other.id, &other.agency) != (&purpose.id, &purpose.agency));
        self.purposes.push(purpose);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purpose(agency: &str) -> Purpose {
        Purpose {
            id: "drafts".into(),
            agency: agency.into(),
            description: "Drafts of answers.".into(),
            models: vec!["exaone-*".into()],
            highest_class: DataClass::Sensitive,
            high_impact: false,
            until: None,
        }
    }

    #[test]
    fn an_agencys_own_purpose_goes_before_that_of_all() {
        let mut registry = Registry::default();
        registry.put_purpose(purpose(""));
        registry.put_purpose(Purpose { models: Vec::new(), ..purpose("city") });
        registry.put_purpose(Purpose { description: "Anew.".into(), ..purpose("") });
        assert_eq!(registry.purposes.len(), 2);
        assert!(registry.purpose("city", "drafts").unwrap().names("solar"));
        let of_all = registry.purpose("library", "drafts").unwrap();
        assert!(of_all.description == "Anew." && of_all.names("exaone-4.0-32b") && !of_all.names("solar"));
        assert_eq!(registry.purpose("city", "minutes"), None);
    }
}
