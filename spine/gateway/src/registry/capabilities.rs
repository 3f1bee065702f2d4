//! What a model can do, as its entry says.

use serde::{Deserialize, Serialize};

use super::ModelEntry;

/// Something that a request wants of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Capability {
    /// It answers in words.
    Chat,
    /// It calls tools.
    Tools,
    /// It keeps to a JSON schema.
    Schema,
    /// It looks at images.
    Images,
    /// It makes vectors of texts.
    Embeddings,
    /// It puts documents in order.
    Rerank,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Chat, Self::Tools, Self::Schema, Self::Images, Self::Embeddings, Self::Rerank];

    /// As entries write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Tools => "tools",
            Self::Schema => "schema",
            Self::Images => "images",
            Self::Embeddings => "embeddings",
            Self::Rerank => "rerank",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.as_str() == name)
    }
}

impl ModelEntry {
    /// What of these the entry says that it cannot; an entry that says nothing is taken at the word of whoever names it.
    pub(crate) fn lacks(&self, needs: &[Capability]) -> Option<Capability> {
        if self.capabilities.is_empty() {
            return None;
        }
        needs.iter().copied().find(|need| !self.capabilities.contains(need))
    }

    /// Whether it is known to do all of these: an entry that says nothing is known to answer in words.
    pub(crate) fn is_known_to(&self, needs: &[Capability]) -> bool {
        let usual = [Capability::Chat, Capability::Tools, Capability::Schema];
        let known = if self.capabilities.is_empty() { &usual[..] } else { &self.capabilities };
        needs.iter().all(|need| known.contains(need))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_that_says_nothing_is_believed_where_it_is_named_and_not_chosen_for_more_than_words() {
        let mut model = ModelEntry::new("m", "maker");
        assert_eq!(model.lacks(&[Capability::Images]), None);
        assert!(model.is_known_to(&[Capability::Chat, Capability::Tools]) && !model.is_known_to(&[Capability::Images]));
        model.capabilities = vec![Capability::Embeddings];
        assert_eq!(model.lacks(&[Capability::Embeddings, Capability::Chat]), Some(Capability::Chat));
        assert!(model.is_known_to(&[Capability::Embeddings]) && !model.is_known_to(&[Capability::Chat]));
        for capability in Capability::ALL {
            assert_eq!(Capability::from_name(capability.as_str()), Some(capability));
            assert_eq!(serde_json::to_value(capability).unwrap(), capability.as_str());
        }
    }
}
