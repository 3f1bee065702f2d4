//! Changes of the registry: events, and four eyes. Whoever proposes does not approve. What only takes away (a model suspended, a key
//! withdrawn) takes effect at once, because it may not wait.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Backend, ModelEntry, ModelState, Registry};
use crate::{keys::KeyScope, policy::PolicySettings};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "change", content = "value")]
pub enum Change {
    /// A model is registered, approved, routed otherwise.
    PutModel(ModelEntry),
    /// A back end is registered or changed.
    PutBackend(Backend),
    /// A key is given out.
    PutKey(KeyScope),
    /// The rules change.
    PutPolicy(PolicySettings),
    /// A model may no longer be used.
    SuspendModel(String),
    /// A key no longer holds.
    WithdrawKey(String),
}

impl Change {
    /// Whether it only takes away: then one person is enough.
    pub fn only_takes_away(&self) -> bool {
        matches!(self, Self::SuspendModel(_) | Self::WithdrawKey(_))
    }

    fn apply(&self, registry: &mut Registry) {
        match self {
            Self::PutModel(model) => registry.put_model(model.clone()),
            Self::PutBackend(backend) => registry.put_backend(backend.clone()),
            Self::PutKey(key) => {
                registry.keys.retain(|other| other.id != key.id);
                registry.keys.push(key.clone());
            }
            Self::PutPolicy(policy) => registry.policy = policy.clone(),
            Self::SuspendModel(id) => {
                for model in registry.models.iter_mut().filter(|model| model.id == *id) {
                    model.state = ModelState::Suspended;
                }
            }
            Self::WithdrawKey(id) => registry.keys.retain(|key| key.id != *id),
        }
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeState {
    /// Waits for a second person.
    Proposed,
    /// In force.
    Approved,
    /// Refused.
    Rejected,
}

/// What may be asked of the registry.
#[derive(Debug, Clone)]
pub enum RegistryCommand {
    /// Takes the file of the deployment as the beginning; only an empty registry takes one.
    Adopt(Box<Registry>),
    /// Proposes a change.
    Propose {
        /// Its number, chosen by the caller.
        id: String,
        /// The change.
        change: Box<Change>,
        /// Who proposes: an account.
        by: String,
    },
    /// Approves a change that somebody else proposed.
    Approve {
        /// Its number.
        id: String,
        /// Who approves: an account.
        by: String,
    },
    /// Refuses a change; whoever proposed it may do so too.
    Reject {
        /// Its number.
        id: String,
        /// Who refuses: an account.
        by: String,
    },
}

/// What can happen to the registry.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum RegistryEvent {
    /// The file of the deployment became the beginning.
    GatewayRegistryAdopted {
        /// What it held.
        registry: Box<Registry>,
    },
    /// Somebody proposed a change.
    GatewayChangeProposed {
        /// Its number.
        id: String,
        /// The change.
        change: Box<Change>,
        /// Who.
        by: String,
    },
    /// The change is in force.
    GatewayChangeApproved {
        /// Its number.
        id: String,
        /// Who approved; of changes that only take away, whoever asked for it.
        by: String,
    },
    /// The change was refused.
    GatewayChangeRejected {
        /// Its number.
        id: String,
        /// Who refused.
        by: String,
    },
}

/// Why a command to the registry is refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ChangeRefusal {
    /// There was a registry already.
    #[error("the gateway has a registry already; propose changes to it instead of adopting a file")]
    Adopted,
    /// The number was used.
    #[error("there is a change {0} already")]
    Known(String),
    /// There is no such change that waits.
    #[error("no change {0} waits for a decision")]
    NotWaiting(String),
    /// The same person cannot do both.
    #[error("{0} proposed this change; another person must approve it (four eyes)")]
    SamePerson(String),
    /// What would come out does not fit together.
    #[error("{0}")]
    Wrong(String),
}

/// The registry with the changes that wait.
#[derive(Debug, Clone, Default)]
pub struct RegistryState {
    /// What is in force.
    pub registry: Registry,
    /// Changes by number: what, by whom, what became of it.
    pub changes: BTreeMap<String, (Change, String, ChangeState)>,
    adopted: bool,
}

impl RegistryState {
    fn waiting(&self, id: &str) -> Result<(&Change, &str), ChangeRefusal> {
        match self.changes.get(id) {
            Some((change, by, ChangeState::Proposed)) => Ok((change, by)),
            _ => Err(ChangeRefusal::NotWaiting(id.to_owned())),
        }
    }

    /// Whether the registry still fits together with a change.
    fn check_with(&self, change: &Change) -> Result<(), ChangeRefusal> {
        let mut registry = self.registry.clone();
        change.apply(&mut registry);
        registry.check().map_err(|error| ChangeRefusal::Wrong(error.to_string()))
    }
}

impl Aggregate for RegistryState {
    const KIND: &'static str = "gateway.registry";
    type Command = RegistryCommand;
    type Event = RegistryEvent;
    type Refusal = ChangeRefusal;

    fn decide(&self, command: RegistryCommand, _now: Timestamp) -> Result<Vec<RegistryEvent>, ChangeRefusal> {
        match command {
            RegistryCommand::Adopt(_) if self.adopted => Err(ChangeRefusal::Adopted),
            RegistryCommand::Adopt(registry) => Ok(vec![RegistryEvent::GatewayRegistryAdopted { registry }]),
            RegistryCommand::Propose { id, .. } if self.changes.contains_key(&id) => Err(ChangeRefusal::Known(id)),
            RegistryCommand::Propose { id, change, by } => {
                self.check_with(&change)?;
                let at_once = change.only_takes_away();
                let mut events = vec![RegistryEvent::GatewayChangeProposed { id: id.clone(), change, by: by.clone() }];
                if at_once {
                    events.push(RegistryEvent::GatewayChangeApproved { id, by });
                }
                Ok(events)
            }
            RegistryCommand::Approve { id, by } => {
                let (change, proposer) = self.waiting(&id)?;
                if proposer == by {
                    return Err(ChangeRefusal::SamePerson(by));
                }
                self.check_with(change)?;
                Ok(vec![RegistryEvent::GatewayChangeApproved { id, by }])
            }
            RegistryCommand::Reject { id, by } => {
                self.waiting(&id)?;
                Ok(vec![RegistryEvent::GatewayChangeRejected { id, by }])
            }
        }
    }

    fn evolve(&mut self, event: &RegistryEvent) {
        match event {
            RegistryEvent::GatewayRegistryAdopted { registry } => {
                self.registry = (**registry).clone();
                self.adopted = true;
            }
            RegistryEvent::GatewayChangeProposed { id, change, by } => {
                self.changes.insert(id.clone(), ((**change).clone(), by.clone(), ChangeState::Proposed));
            }
            RegistryEvent::GatewayChangeApproved { id, .. } => {
                if let Some((change, _, state)) = self.changes.get_mut(id) {
                    *state = ChangeState::Approved;
                    change.apply(&mut self.registry);
                }
            }
            RegistryEvent::GatewayChangeRejected { id, .. } => {
                if let Some((_, _, state)) = self.changes.get_mut(id) {
                    *state = ChangeState::Rejected;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn give(state: &mut RegistryState, command: RegistryCommand) -> Result<(), ChangeRefusal> {
        for event in state.decide(command, Timestamp::UNIX_EPOCH)? {
            state.evolve(&event);
        }
        Ok(())
    }

    fn propose(id: &str, change: Change, by: &str) -> RegistryCommand {
        RegistryCommand::Propose { id: id.into(), change: Box::new(change), by: by.into() }
    }

    #[test]
    fn two_people_change_the_registry_and_one_takes_away() {
        let mut state = RegistryState::default();
        give(&mut state, RegistryCommand::Adopt(Box::new(Registry::shipped().unwrap()))).unwrap();
        let mut model = state.registry.models[1].clone();
        model.state = ModelState::Approved;
        let name = model.id.clone();
        give(&mut state, propose("1", Change::PutModel(model), "account-1")).unwrap();
        assert_eq!(state.registry.model(&name).unwrap().state, ModelState::Trial, "one person is not enough");
        let alone = give(&mut state, RegistryCommand::Approve { id: "1".into(), by: "account-1".into() });
        assert_eq!(alone, Err(ChangeRefusal::SamePerson("account-1".into())));
        give(&mut state, RegistryCommand::Approve { id: "1".into(), by: "account-2".into() }).unwrap();
        assert_eq!(state.registry.model(&name).unwrap().state, ModelState::Approved);
        give(&mut state, propose("2", Change::SuspendModel(name.clone()), "account-1")).unwrap();
        assert_eq!(state.registry.model(&name).unwrap().state, ModelState::Suspended);
        let again = give(&mut state, RegistryCommand::Approve { id: "1".into(), by: "account-3".into() });
        assert_eq!(again, Err(ChangeRefusal::NotWaiting("1".into())));
    }
}
