//! Changes of the registry: events, and four eyes. Whoever proposes does not approve. What only takes away (a model suspended, a key
//! withdrawn) takes effect at once, because it may not wait.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    Backend, EvaluationResult, ModelEntry, ModelState, Purpose, RecordedEvaluation, Registry, ToolServer,
    evaluations::let_approve,
};
use crate::{keys::KeyScope, policy::PolicySettings};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "change", content = "value")]
pub enum Change {
    /// A model is registered, approved, routed otherwise.
    PutModel(ModelEntry),
    /// A back end is registered or changed.
    PutBackend(Backend),
    /// A server of tools is registered or changed.
    PutToolServer(ToolServer),
    /// A key is given out.
    PutKey(KeyScope),
    /// The rules change.
    PutPolicy(PolicySettings),
    /// An agency gets rules of its own.
    PutAgencyPolicy {
        /// The agency as keys write it.
        agency: String,
        /// Its rules.
        policy: Box<PolicySettings>,
    },
    /// A purpose is approved, or approved otherwise.
    PutPurpose(Purpose),
    /// A purpose is given up: keys may use no model for it where purposes must be registered.
    WithdrawPurpose {
        /// The agency whose it is; empty for that of all.
        agency: String,
        /// Its name.
        id: String,
    },
    /// A model may no longer be used.
    SuspendModel(String),
    /// A key no longer holds.
    WithdrawKey(String),
    /// A back end is not asked any more: no model runs on it.
    WithdrawBackend(String),
    /// A server of tools is not asked any more.
    WithdrawToolServer(String),
    /// An agency gives up its own rules; those for all agencies hold for it again.
    WithdrawAgencyPolicy(String),
}

impl Change {
    /// Whether it only takes away: then one person is enough.
    pub fn only_takes_away(&self) -> bool {
        matches!(
            self,
            Self::SuspendModel(_) | Self::WithdrawKey(_) | Self::WithdrawBackend(_) | Self::WithdrawToolServer(_)
        )
    }

    fn apply(&self, registry: &mut Registry) {
        match self {
            Self::PutModel(model) => registry.put_model(model.clone()),
            Self::PutBackend(backend) => registry.put_backend(backend.clone()),
            Self::PutToolServer(server) => {
                registry.tool_servers.retain(|other| other.id != server.id);
                registry.tool_servers.push(server.clone());
            }
            Self::PutKey(key) => {
                registry.keys.retain(|other| other.id != key.id);
                registry.keys.push(key.clone());
            }
            Self::PutPolicy(policy) => registry.policy = policy.clone(),
            Self::PutAgencyPolicy { agency, policy } => {
                registry.agency_policies.insert(agency.clone(), (**policy).clone());
            }
            Self::PutPurpose(purpose) => registry.put_purpose(purpose.clone()),
            Self::WithdrawPurpose { agency, id } => {
                registry.purposes.retain(|purpose| (&purpose.agency, &purpose.id) != (agency, id));
            }
            Self::SuspendModel(id) => {
                for model in registry.models.iter_mut().filter(|model| model.id == *id) {
                    model.state = ModelState::Suspended;
                }
            }
            Self::WithdrawKey(id) => registry.keys.retain(|key| key.id != *id),
            Self::WithdrawBackend(id) => {
                registry.backends.retain(|backend| backend.id != *id);
                registry.models.iter_mut().for_each(|model| model.routes.retain(|route| route.backend != *id));
            }
            Self::WithdrawToolServer(id) => registry.tool_servers.retain(|server| server.id != *id),
            Self::WithdrawAgencyPolicy(agency) => {
                registry.agency_policies.remove(agency);
            }
        }
    }

    /// Whether what it takes away is there.
    fn finds(&self, registry: &Registry) -> bool {
        match self {
            Self::SuspendModel(id) => registry.model(id).is_some(),
            Self::WithdrawKey(id) => registry.keys.iter().any(|key| key.id == *id),
            Self::WithdrawBackend(id) => registry.backends.iter().any(|backend| backend.id == *id),
            Self::WithdrawToolServer(id) => registry.tool_servers.iter().any(|server| server.id == *id),
            Self::WithdrawAgencyPolicy(agency) => registry.agency_policies.contains_key(agency),
            Self::WithdrawPurpose { agency, id } => {
                registry.purposes.iter().any(|purpose| (&purpose.agency, &purpose.id) == (agency, id))
            }
            _ => true,
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
    /// Puts in what the configuration file of the deployment names: who may write that file decides.
    Configure {
        /// The server.
        backend: Box<Backend>,
        /// The model on it.
        model: Box<ModelEntry>,
    },
    /// Proposes a change.
    Propose {
        /// Its number, chosen by the caller.
        id: String,
        /// The change.
        change: Box<Change>,
        /// Why it should be made.
        reason: String,
        /// Who proposes: an account.
        by: String,
    },
    /// Approves a change that somebody else proposed.
    Approve {
        /// Its number.
        id: String,
        /// What was checked.
        note: String,
        /// Who approves: an account.
        by: String,
    },
    /// Refuses a change; whoever proposed it may do so too.
    Reject {
        /// Its number.
        id: String,
        /// Why.
        note: String,
        /// Who refuses: an account.
        by: String,
    },
    /// Puts what came out of an evaluation on the record.
    RecordEvaluation {
        /// What came out.
        result: Box<EvaluationResult>,
        /// Who had it made: an account.
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
    /// The configuration file of the deployment names a model.
    GatewayModelConfigured {
        /// The server.
        backend: Box<Backend>,
        /// The model on it.
        model: Box<ModelEntry>,
    },
    /// Somebody proposed a change.
    GatewayChangeProposed {
        /// Its number.
        id: String,
        /// The change.
        change: Box<Change>,
        /// Why.
        #[serde(default)]
        reason: String,
        /// Who.
        by: String,
        /// When.
        #[serde(default)]
        at: Timestamp,
    },
    /// The change is in force.
    GatewayChangeApproved {
        /// Its number.
        id: String,
        /// What was checked.
        #[serde(default)]
        note: String,
        /// Who approved; of changes that only take away, whoever asked for it.
        by: String,
        /// When.
        #[serde(default)]
        at: Timestamp,
    },
    /// A model was evaluated.
    GatewayModelEvaluated {
        /// What came out.
        result: Box<EvaluationResult>,
        /// Who had it made: an account.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// The change was refused.
    GatewayChangeRejected {
        /// Its number.
        id: String,
        /// Why.
        #[serde(default)]
        note: String,
        /// Who refused.
        by: String,
        /// When.
        #[serde(default)]
        at: Timestamp,
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
    /// A change without a reason cannot be weighed by the second person.
    #[error("a change needs a reason that the second person can weigh")]
    NoReason,
    /// The same person cannot do both.
    #[error("{0} proposed this change; another person must approve it (four eyes)")]
    SamePerson(String),
    /// What would come out does not fit together.
    #[error("{0}")]
    Wrong(String),
    /// Nobody knows how the model does.
    #[error("{0} has no evaluation of the last 180 days on the record; make one with maru gateway evaluate --record")]
    NotEvaluated(String),
    /// It is known to do worse.
    #[error("the newest evaluation says that {model} is surely worse than {before}; it cannot be approved")]
    Regressed {
        /// The model that was to be approved.
        model: String,
        /// The one that it was to replace.
        before: String,
    },
}

/// A change with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedChange {
    /// What is to change.
    pub change: Change,
    /// Why.
    pub reason: String,
    /// Who proposed it: an account.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Whether it waits, holds or was refused.
    pub state: ChangeState,
    /// Who decided, when, and what they noted.
    pub decision: Option<ChangeDecision>,
}

/// Who decided on a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeDecision {
    /// An account.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What was checked, or why it was refused.
    pub note: String,
}

/// The registry with the changes that wait.
#[derive(Debug, Clone, Default)]
pub struct RegistryState {
    /// What is in force.
    pub registry: Registry,
    /// Changes by number.
    pub changes: BTreeMap<String, ProposedChange>,
    /// Evaluations by model, the newest last.
    pub evaluations: BTreeMap<String, Vec<RecordedEvaluation>>,
    adopted: bool,
}

impl RegistryState {
    fn waiting(&self, id: &str) -> Result<(&Change, &str), ChangeRefusal> {
        match self.changes.get(id) {
            Some(known) if known.state == ChangeState::Proposed => Ok((&known.change, &known.by)),
            _ => Err(ChangeRefusal::NotWaiting(id.to_owned())),
        }
    }

    /// Whether the registry still fits together with a change.
    fn check_with(&self, change: &Change) -> Result<(), ChangeRefusal> {
        if !change.finds(&self.registry) {
            return Err(ChangeRefusal::Wrong("what it takes away does not stand in the registry".to_owned()));
        }
        if let Change::PutPurpose(purpose) = change
            && !maru_privacy::find(&purpose.description).is_empty()
        {
            let what = "the description holds personal data; it is kept for ever, so write it without";
            return Err(ChangeRefusal::Wrong(what.to_owned()));
        }
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

    fn decide(&self, command: RegistryCommand, at: Timestamp) -> Result<Vec<RegistryEvent>, ChangeRefusal> {
        match command {
            RegistryCommand::Adopt(_) if self.adopted => Err(ChangeRefusal::Adopted),
            RegistryCommand::Adopt(registry) => Ok(vec![RegistryEvent::GatewayRegistryAdopted { registry }]),
            RegistryCommand::Configure { backend, model } => {
                if self.registry.backends.contains(&backend) && self.registry.models.contains(&model) {
                    return Ok(Vec::new());
                }
                let mut registry = self.registry.clone();
                registry.put_backend((*backend).clone());
                registry.put_model((*model).clone());
                registry.check().map_err(|error| ChangeRefusal::Wrong(error.to_string()))?;
                Ok(vec![RegistryEvent::GatewayModelConfigured { backend, model }])
            }
            RegistryCommand::Propose { id, .. } if self.changes.contains_key(&id) => Err(ChangeRefusal::Known(id)),
            RegistryCommand::Propose { reason, .. } if reason.trim().is_empty() => Err(ChangeRefusal::NoReason),
            RegistryCommand::Propose { id, change, reason, by } => {
                self.check_with(&change)?;
                let at_once = change.only_takes_away();
                let proposed =
                    RegistryEvent::GatewayChangeProposed { id: id.clone(), change, reason, by: by.clone(), at };
                let note = String::new();
                let approved = at_once.then_some(RegistryEvent::GatewayChangeApproved { id, note, by, at });
                Ok(std::iter::once(proposed).chain(approved).collect())
            }
            RegistryCommand::Approve { id, note, by } => {
                let (change, proposer) = self.waiting(&id)?;
                if proposer == by {
                    return Err(ChangeRefusal::SamePerson(by));
                }
                self.check_with(change)?;
                let_approve(&self.registry, &self.evaluations, change, at)?;
                Ok(vec![RegistryEvent::GatewayChangeApproved { id, note, by, at }])
            }
            RegistryCommand::RecordEvaluation { result, .. } if self.registry.model(&result.model).is_none() => {
                Err(ChangeRefusal::Wrong(format!("model {:?} is not registered", result.model)))
            }
            RegistryCommand::RecordEvaluation { result, by } => {
                Ok(vec![RegistryEvent::GatewayModelEvaluated { result, by, at }])
            }
            RegistryCommand::Reject { id, note, by } => {
                self.waiting(&id)?;
                Ok(vec![RegistryEvent::GatewayChangeRejected { id, note, by, at }])
            }
        }
    }

    fn evolve(&mut self, event: &RegistryEvent) {
        match event {
            RegistryEvent::GatewayRegistryAdopted { registry } => {
                self.registry = (**registry).clone();
                self.adopted = true;
            }
            RegistryEvent::GatewayModelConfigured { backend, model } => {
                self.registry.put_backend((**backend).clone());
                self.registry.put_model((**model).clone());
            }
            RegistryEvent::GatewayChangeProposed { id, change, reason, by, at } => {
                let proposed = ProposedChange {
                    change: (**change).clone(),
                    reason: reason.clone(),
                    by: by.clone(),
                    at: *at,
                    state: ChangeState::Proposed,
                    decision: None,
                };
                self.changes.insert(id.clone(), proposed);
            }
            RegistryEvent::GatewayChangeApproved { id, note, by, at } => {
                if let Some(known) = self.changes.get_mut(id) {
                    known.decided(ChangeState::Approved, note, by, *at);
                    known.change.apply(&mut self.registry);
                }
            }
            RegistryEvent::GatewayModelEvaluated { result, by, at } => {
                let made = RecordedEvaluation { result: (**result).clone(), by: by.clone(), at: *at };
                self.evaluations.entry(made.result.model.clone()).or_default().push(made);
            }
            RegistryEvent::GatewayChangeRejected { id, note, by, at } => {
                if let Some(known) = self.changes.get_mut(id) {
                    known.decided(ChangeState::Rejected, note, by, *at);
                }
            }
        }
    }
}

impl ProposedChange {
    fn decided(&mut self, state: ChangeState, note: &str, by: &str, at: Timestamp) {
        self.state = state;
        self.decision = Some(ChangeDecision { by: by.to_owned(), at, note: note.to_owned() });
    }
}

#[cfg(test)]
#[path = "changes_tests.rs"]
mod tests;
