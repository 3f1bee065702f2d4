//! What models there are and where they run: data, with the mark of certainty of every fact.

mod capabilities;
mod changes;
mod evaluations;
mod purposes;
mod routing;
mod tools;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    embedded,
    keys::KeyScope,
    policy::{DataClass, PolicySettings},
};

pub use capabilities::Capability;
pub use changes::{
    Change, ChangeDecision, ChangeRefusal, ChangeState, ProposedChange, RegistryCommand, RegistryEvent, RegistryState,
};
pub use evaluations::{EvaluationResult, RecordedEvaluation};
pub use purposes::Purpose;
pub(crate) use purposes::purpose_of;
pub use routing::{Priority, Routing, Shadow};
pub(crate) use tools::canonical;
pub use tools::{ToolGrant, ToolServer, tool_pin};

/// Where a back end stands, in the words of N2SF: what may be sent there follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// The internet, clouds included: class O alone.
    Internet,
    /// The work network of an agency: classes S and O.
    Work,
    /// The secret network: every class.
    Secret,
}

impl Zone {
    /// The highest class that may be seen there.
    pub fn highest_class(self) -> DataClass {
        match self {
            Self::Internet => DataClass::Open,
            Self::Work => DataClass::Sensitive,
            Self::Secret => DataClass::Classified,
        }
    }
}

/// How sure a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Read at the maker's own publication, which stands beside it.
    Maker,
    /// Read at somebody else's publication, which stands beside it.
    Secondary,
    /// Nobody has checked it: whoever approves the model must.
    Unchecked,
}

/// A fact about a model with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What it is about: `parameters`, `context`, `licence`, `release`, `languages`, `accelerator`.
    pub about: String,
    /// The fact.
    pub is: String,
    /// How sure it is.
    pub certainty: Certainty,
    /// Where it was read.
    #[serde(default)]
    pub source: String,
    /// When it was read.
    #[serde(default)]
    pub read: Option<Date>,
}

/// Whether a model may be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelState {
    /// Under trial: only keys that name it may use it.
    #[default]
    Trial,
    /// Approved.
    Approved,
    /// Nobody may use it.
    Suspended,
}

/// A model as the API lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelEntry {
    /// The name that callers use.
    pub id: String,
    /// Who made it.
    pub maker: String,
    /// Whether it was made in Korea.
    #[serde(default)]
    pub sovereign: bool,
    /// Whether it may be used.
    #[serde(default)]
    pub state: ModelState,
    /// The highest class that it may see, wherever it runs.
    #[serde(default = "sensitive")]
    pub highest_class: DataClass,
    /// The longest conversation in tokens.
    #[serde(default = "usual_context")]
    pub context: u32,
    /// Tokens of an answer where the caller names none: what a budget reserves.
    #[serde(default = "usual_answer")]
    pub answer_tokens: u32,
    /// What it can do; nothing where nobody has said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<Capability>,
    /// Price of a million tokens in, in won.
    #[serde(default)]
    pub won_per_million_in: u64,
    /// Price of a million tokens out, in won.
    #[serde(default)]
    pub won_per_million_out: u64,
    /// Used in decisions of high impact (AI Basic Act Article 2(4)); then a person must be named.
    #[serde(default)]
    pub high_impact: bool,
    /// The person who supervises such use (AI Basic Act Article 34; decree Article 27 has it published).
    #[serde(default)]
    pub supervisor: String,
    /// What is known about it.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// Where it runs, with the share of traffic each gets.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// How its calls find their way.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub routing: Routing,
}

fn is_usual(routing: &Routing) -> bool {
    *routing == Routing::default()
}

fn sensitive() -> DataClass {
    DataClass::Sensitive
}

fn usual_context() -> u32 {
    32_768
}

fn usual_answer() -> u32 {
    4_096
}

/// A place where a model runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The back end.
    pub backend: String,
    /// The name of the model there; empty means the same name.
    #[serde(default)]
    pub model: String,
    /// Share of the traffic against the other routes; 0 takes over only when all others fail.
    #[serde(default = "whole_weight")]
    pub weight: u32,
    /// The version that runs there, for records (`4.0-fp8`, `canary`).
    #[serde(default)]
    pub version: String,
}

fn whole_weight() -> u32 {
    100
}

/// A server that speaks OpenAI's API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backend {
    /// Its name on records.
    pub id: String,
    /// Base address up to and including the version (`http://10.0.0.5:8000/v1`); `local:NAME` is a model that was
    /// loaded into this program, `embedded:` the one that is always there.
    pub url: String,
    /// Where it stands.
    pub zone: Zone,
    /// What it computes on: `gpu:h100`, `npu:rebellions-atom`, `npu:furiosa-rngd`, `cpu`.
    #[serde(default)]
    pub accelerator: String,
    /// Calls that it takes at once; more wait for another back end or are told to come back.
    #[serde(default = "usual_capacity")]
    pub capacity: u32,
    /// Name of the environment variable that holds its key; never the key.
    #[serde(default)]
    pub key_variable: String,
    /// Seconds until a connection must stand.
    #[serde(default = "usual_connect")]
    pub connect_seconds: u64,
    /// Seconds until the first byte of an answer.
    #[serde(default = "usual_first")]
    pub first_byte_seconds: u64,
    /// Seconds that a stream may stand still.
    #[serde(default = "usual_idle")]
    pub idle_seconds: u64,
    /// The one agency that this server works for; empty for a server that several share. Only keys of that agency reach models on it, and
    /// what they store lies there, masked, not in the gateway: calls about stored completions and responses, the Responses API, and models
    /// that it trained go through to it, after policy. All keys of the agency see all of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tenant: String,
}

fn usual_capacity() -> u32 {
    1_024
}

fn usual_connect() -> u64 {
    3
}

fn usual_first() -> u64 {
    120
}

fn usual_idle() -> u64 {
    60
}

impl Backend {
    /// A server at `url` with the usual capacity and times.
    pub fn new(id: impl Into<String>, url: impl Into<String>, zone: Zone) -> Self {
        Self {
            id: id.into(),
            url: url.into(),
            zone,
            accelerator: String::new(),
            capacity: usual_capacity(),
            key_variable: String::new(),
            connect_seconds: usual_connect(),
            first_byte_seconds: usual_first(),
            idle_seconds: usual_idle(),
            tenant: String::new(),
        }
    }
}

impl ModelEntry {
    /// A model under trial that runs nowhere yet and of which nothing is known.
    pub fn new(id: impl Into<String>, maker: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            maker: maker.into(),
            sovereign: false,
            state: ModelState::Trial,
            highest_class: sensitive(),
            context: usual_context(),
            answer_tokens: usual_answer(),
            capabilities: Vec::new(),
            won_per_million_in: 0,
            won_per_million_out: 0,
            high_impact: false,
            supervisor: String::new(),
            facts: Vec::new(),
            routes: Vec::new(),
            routing: Routing::default(),
        }
    }
}

impl Route {
    /// The model of the same name on `backend`, with the usual weight.
    pub fn new(backend: impl Into<String>) -> Self {
        Self { backend: backend.into(), model: String::new(), weight: whole_weight(), version: String::new() }
    }
}

/// Models, back ends, keys and rules of a deployment: what `gateway.toml` holds and what events change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registry {
    /// Rules.
    pub policy: PolicySettings,
    /// Rules of agencies that have their own, in place of the former, by the agency's name as keys write it.
    pub agency_policies: BTreeMap<String, PolicySettings>,
    /// Back ends by name.
    pub backends: Vec<Backend>,
    /// Models.
    pub models: Vec<ModelEntry>,
    /// Servers of tools (MCP).
    pub tool_servers: Vec<ToolServer>,
    /// Purposes that were approved.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<Purpose>,
    /// Keys, by their hashes.
    pub keys: Vec<KeyScope>,
}

/// A registry that cannot be used.
#[derive(Debug, Error)]
pub enum RegistryError {
    /// The file is no TOML or holds something unknown.
    #[error("the registry of the gateway could not be understood: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// What it says does not fit together.
    #[error("the registry of the gateway cannot be used: {0}")]
    Wrong(String),
}

/// The longest name of an agency, in bytes: it stands in the name of the key under which its texts are sealed.
const LONGEST_AGENCY: usize = 120;

/// The Korean models that ship with Maru: public facts, no servers. They are under trial until an agency approves them.
const SHIPPED: &str = include_str!("../../data/models.toml");

impl Registry {
    /// Reads `gateway.toml` and lays it over the models that ship with Maru.
    ///
    /// # Errors
    /// [`RegistryError`] where it cannot be understood or does not fit together.
    pub fn from_toml(text: &str) -> Result<Self, RegistryError> {
        let own: Self = toml::from_str(text)?;
        let mut registry = Self::shipped()?;
        registry.policy = own.policy;
        registry.agency_policies = own.agency_policies;
        for backend in own.backends {
            registry.put_backend(backend);
        }
        for model in own.models {
            registry.put_model(model);
        }
        registry.tool_servers = own.tool_servers;
        registry.purposes = own.purposes;
        registry.keys = own.keys;
        registry.check()?;
        Ok(registry)
    }

    /// The models that ship with Maru, and the embedded one, which alone can be used at once.
    ///
    /// # Errors
    /// [`RegistryError`] where the shipped file is damaged; a test reads it.
    pub fn shipped() -> Result<Self, RegistryError> {
        let mut registry: Self = toml::from_str(SHIPPED)?;
        registry.backends.insert(0, embedded::backend());
        registry.models.insert(0, embedded::entry());
        registry.check()?;
        Ok(registry)
    }

    /// Puts a model in, in place of one of the same name.
    pub fn put_model(&mut self, model: ModelEntry) {
        self.models.retain(|other| other.id != model.id);
        self.models.push(model);
    }

    /// Puts a back end in, in place of one of the same name.
    pub fn put_backend(&mut self, backend: Backend) {
        self.backends.retain(|other| other.id != backend.id);
        self.backends.push(backend);
    }

    /// The model of that name.
    pub fn model(&self, id: &str) -> Option<&ModelEntry> {
        self.models.iter().find(|model| model.id == id)
    }

    /// Whether everything that is named exists.
    ///
    /// # Errors
    /// [`RegistryError::Wrong`] names the first thing that does not fit.
    pub fn check(&self) -> Result<(), RegistryError> {
        let wrong = |what: String| Err(RegistryError::Wrong(what));
        let backends: BTreeMap<&str, &Backend> = self.backends.iter().map(|one| (one.id.as_str(), one)).collect();
        for backend in &self.backends {
            if let Err(reason) = crate::upstream::Address::parse(&backend.url) {
                return wrong(format!("back end {:?}: {reason}", backend.id));
            }
        }
        for model in &self.models {
            if let Some(route) = model.routes.iter().find(|route| !backends.contains_key(route.backend.as_str())) {
                return wrong(format!(
                    "model {:?} runs on back end {:?}, which is not registered",
                    model.id, route.backend
                ));
            }
            let mut tenants =
                model.routes.iter().filter_map(|route| backends.get(route.backend.as_str())).map(|one| &one.tenant);
            let first = tenants.next();
            if tenants.any(|tenant| Some(tenant) != first) {
                return wrong(format!(
                    "model {:?} runs both on a server of one agency (tenant) and elsewhere: register it under two names",
                    model.id
                ));
            }
            if model.high_impact && model.supervisor.is_empty() {
                let article = "AI Basic Act Article 34, decree Article 27";
                return wrong(format!(
                    "model {:?} is for use of high impact and names no supervisor ({article})",
                    model.id
                ));
            }
        }
        if let Some(what) = routing::wrong_in(self) {
            return wrong(what);
        }
        for server in &self.tool_servers {
            if server.id == crate::service::OWN_SERVER {
                return wrong(format!(
                    "server of tools {:?}: this name is that of the tools in this program",
                    server.id
                ));
            }
            if let Err(reason) = crate::upstream::Address::parse(&server.url) {
                return wrong(format!("server of tools {:?}: {reason}", server.id));
            }
        }
        for purpose in &self.purposes {
            if purpose.id.trim().is_empty() || purpose.description.trim().is_empty() {
                return wrong(format!("purpose {:?}: it needs a name and a description", purpose.id));
            }
        }
        let mut names = std::collections::BTreeSet::new();
        for key in &self.keys {
            if key.agency.is_empty() || key.agency.len() > LONGEST_AGENCY || key.agency.chars().any(char::is_control) {
                return wrong(format!(
                    "key {:?}: its agency needs a name of 1 to {LONGEST_AGENCY} bytes in one line",
                    key.id
                ));
            }
            if crate::keys::parse_hash(&key.hash).is_none() {
                return wrong(format!(
                    "key {:?}: its hash is not 64 hexadecimal figures; make one with maru gateway key",
                    key.id
                ));
            }
            if let Some(reason) = key.wrong_cache() {
                return wrong(format!("key {:?}: {reason}", key.id));
            }
            let former = key.former.as_ref().map(|former| &former.hash);
            if former.is_some_and(|hash| crate::keys::parse_hash(hash).is_none() || *hash == key.hash) {
                return wrong(format!("key {:?}: the hash of the key that it replaced is none, or its own", key.id));
            }
            if !names.insert(&key.id) {
                return wrong(format!("key {:?} stands there twice", key.id));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_models_can_be_read_and_say_how_sure_each_fact_is() {
        let registry = Registry::shipped().unwrap();
        assert_eq!(registry.models[0].id, crate::EMBEDDED_MODEL);
        for name in ["exaone", "hyperclovax", "solar", "ax-", "kanana", "k-exaone"] {
            let model =
                registry.models.iter().find(|model| model.id.starts_with(name)).unwrap_or_else(|| panic!("{name}"));
            assert!(model.sovereign && model.state == ModelState::Trial && !model.facts.is_empty(), "{name}");
        }
        for fact in registry.models.iter().flat_map(|model| &model.facts) {
            assert_eq!(fact.certainty == Certainty::Unchecked, fact.source.is_empty(), "{fact:?}");
        }
    }

    #[test]
    fn what_does_not_fit_together_is_named() {
        let unknown = "[[models]]\nid = \"m\"\nmaker = \"x\"\nroutes = [{ backend = \"nowhere\" }]\n";
        let said = Registry::from_toml(unknown).unwrap_err().to_string();
        assert!(said.contains("nowhere"), "{said}");
        let unsupervised = "[[models]]\nid = \"m\"\nmaker = \"x\"\nhigh_impact = true\n";
        assert!(Registry::from_toml(unsupervised).unwrap_err().to_string().contains("Article 34"));
        let misspelt = "[[models]]\nid = \"m\"\nmakr = \"x\"\n";
        assert!(Registry::from_toml(misspelt).unwrap_err().to_string().contains("makr"));
    }
}
