//! How calls find their way, beside the weights of routes: what the registry says of it.

use serde::{Deserialize, Serialize};

use super::Registry;

/// How the calls of a model find their way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Routing {
    /// Calls that begin alike go to the same place, which still knows what it computed for the beginning (the KV cache of vLLM and its like),
    /// as long as that place is not busier than its share.
    pub prefix_affinity: bool,
    /// Where the first place has said nothing for so many milliseconds, a second one is asked too, and who answers first is heard.
    pub hedge_after_ms: Option<u32>,
    /// Seconds that a call waits for a place where all are busy; with 0 it is told at once to come back.
    pub queue_seconds: u32,
    /// A model that is asked the same beside this one, to see how it would do.
    pub shadow: Option<Shadow>,
}

impl Default for Routing {
    fn default() -> Self {
        Self { prefix_affinity: false, hedge_after_ms: None, queue_seconds: 10, shadow: None }
    }
}

/// A model that gets a copy of calls. Its answers stand on the record, and nobody else sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shadow {
    /// The model.
    pub model: String,
    /// Of a thousand calls so many are copied.
    pub per_mille: u16,
}

/// How urgent the calls of a key are, where calls must wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// People wait for it and it is urgent.
    High,
    /// People wait for it.
    #[default]
    Normal,
    /// Nobody waits for it: work of the night.
    Low,
}

impl Priority {
    /// As how many turns of its agency a call counts.
    pub(crate) fn turns(self) -> u64 {
        match self {
            Self::High => 1,
            Self::Normal => 4,
            Self::Low => 16,
        }
    }
}

/// What does not fit together in the ways of a model's calls.
pub(super) fn wrong_in(registry: &Registry) -> Option<String> {
    registry.models.iter().find_map(|model| {
        let shadow = model.routing.shadow.as_ref()?;
        let known = registry.model(&shadow.model);
        let reason = match known {
            None => "which is not registered",
            Some(_) if shadow.model == model.id => "which is itself",
            Some(_) if shadow.per_mille > 1_000 => "with more than all calls",
            Some(_) => return None,
        };
        Some(format!("model {:?} is shadowed by {:?}, {reason}", model.id, shadow.model))
    })
}
