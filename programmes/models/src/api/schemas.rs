//! What the API takes and gives.

use jiff::Timestamp;
use maru_gateway::{ChangeState, ProposedChange, RegistryState, Traffic, TrafficSums};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The registry: models and the servers on which they run.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct RegistryView {
    /// Models, as `gateway.toml` writes them.
    #[schema(value_type = Vec<Object>)]
    models: Value,
    /// Back ends, as `gateway.toml` writes them.
    #[schema(value_type = Vec<Object>)]
    backends: Value,
    /// Keys without their hashes.
    #[schema(value_type = Vec<Object>)]
    keys: Value,
    /// Purposes that were approved, as `gateway.toml` writes them.
    #[schema(value_type = Vec<Object>)]
    purposes: Value,
    /// Servers of tools, as `gateway.toml` writes them.
    #[schema(value_type = Vec<Object>)]
    tool_servers: Value,
    /// Rules for all agencies.
    #[schema(value_type = Object)]
    policy: Value,
    /// Rules of agencies that have their own, by the agency's name.
    #[schema(value_type = Object)]
    agency_policies: Value,
    /// Evaluations on the record, by model, the newest last.
    #[schema(value_type = Object)]
    evaluations: Value,
    /// How many changes wait for a second person.
    waiting: usize,
}

impl From<&RegistryState> for RegistryView {
    fn from(state: &RegistryState) -> Self {
        let keys = state.registry.keys.iter().map(|key| {
            let mut key = json!(key);
            if let Some(fields) = key.as_object_mut() {
                fields.remove("hash");
                if let Some(former) = fields.get_mut("former").and_then(Value::as_object_mut) {
                    former.remove("hash");
                }
            }
            key
        });
        Self {
            models: json!(state.registry.models),
            backends: json!(state.registry.backends),
            keys: keys.collect(),
            purposes: json!(state.registry.purposes),
            tool_servers: json!(state.registry.tool_servers),
            policy: json!(state.registry.policy),
            agency_policies: json!(state.registry.agency_policies),
            evaluations: evaluations(state),
            waiting: state.changes.values().filter(|change| change.state == ChangeState::Proposed).count(),
        }
    }
}

fn evaluations(state: &RegistryState) -> Value {
    let made = |made: &Vec<maru_gateway::RecordedEvaluation>| {
        made.iter().map(|one| json!({ "result": one.result, "by": one.by, "at": one.at })).collect::<Value>()
    };
    state.evaluations.iter().map(|(model, all)| (model.clone(), made(all))).collect::<serde_json::Map<_, _>>().into()
}

/// A change and what became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ChangeView {
    /// Its number.
    id: String,
    /// What is to change.
    #[schema(value_type = Object)]
    change: Value,
    /// Why.
    reason: String,
    /// Who proposed it: an account.
    proposed_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    proposed_at: Timestamp,
    /// `proposed`, `approved` or `rejected`.
    #[schema(value_type = String, example = "proposed")]
    state: ChangeState,
    /// Who decided: an account.
    decided_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<Timestamp>,
    /// What was checked, or why it was rejected.
    note: Option<String>,
}

impl ChangeView {
    pub(super) fn of(id: &str, known: &ProposedChange) -> Self {
        let decision = known.decision.as_ref();
        Self {
            id: id.to_owned(),
            change: json!(known.change),
            reason: known.reason.clone(),
            proposed_by: known.by.clone(),
            proposed_at: known.at,
            state: known.state,
            decided_by: decision.map(|decision| decision.by.clone()),
            decided_at: decision.map(|decision| decision.at),
            note: decision.map(|decision| decision.note.clone()),
        }
    }
}

/// A change that is proposed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(super) struct ProposalRequest {
    /// The change: `change` is put-model, put-backend, put-tool-server, put-key, put-purpose, put-policy, put-agency-policy, suspend-model,
    /// withdraw-key, withdraw-backend, withdraw-tool-server, withdraw-purpose or withdraw-agency-policy; `value` is what it puts, or the name of what it takes away.
    #[schema(value_type = Object, example = json!({ "change": "suspend-model", "value": "exaone-4.0-32b" }))]
    pub(super) change: Value,
    /// Why, for the second person.
    #[schema(example = "The maker withdrew the licence.")]
    pub(super) reason: String,
}

/// A decision on a change.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub(super) struct DecisionRequest {
    /// What was checked, or why it is rejected.
    #[serde(default)]
    #[schema(example = "Licence and evaluation read.")]
    pub(super) note: String,
}

/// Sums of calls.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SumsView {
    /// Calls, refused ones included.
    calls: u64,
    /// Calls that a model server or the gateway failed.
    errors: u64,
    /// Calls that a rule stopped.
    blocked: u64,
    /// Tokens sent.
    tokens_in: u64,
    /// Tokens written.
    tokens_out: u64,
    /// Cost in millionths of a won.
    microwon: u64,
    /// Data that were masked.
    masked: u64,
    /// Half of the calls had their first byte within so many microseconds.
    first_byte_p50_us: Option<u64>,
    /// 95 of 100 had.
    first_byte_p95_us: Option<u64>,
}

impl From<&TrafficSums> for SumsView {
    fn from(sums: &TrafficSums) -> Self {
        Self {
            calls: sums.calls,
            errors: sums.errors,
            blocked: sums.blocked,
            tokens_in: sums.tokens_in,
            tokens_out: sums.tokens_out,
            microwon: sums.microwon,
            masked: sums.masked,
            first_byte_p50_us: sums.first_byte.percentile(0.5),
            first_byte_p95_us: sums.first_byte.percentile(0.95),
        }
    }
}

/// Calls in a slot of time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SlotView {
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    begin: Timestamp,
    /// What happened in it.
    #[serde(flatten)]
    sums: SumsView,
}

/// Calls under a name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct NamedSumsView {
    /// The agency or the model.
    name: String,
    /// What happened.
    #[serde(flatten)]
    sums: SumsView,
}

/// How often a rule fired.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct RuleView {
    /// The rule.
    rule: String,
    /// `observe`, `mask`, `ask` or `block`.
    action: String,
    /// How many calls.
    calls: u64,
}

/// How a back end was used.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct BackendUseView {
    /// The back end.
    backend: String,
    /// Calls.
    calls: u64,
    /// Calls that it failed.
    errors: u64,
    /// Time spent on calls, all together, in microseconds.
    busy_us: u64,
    /// Tokens written.
    tokens_out: u64,
}

/// The traffic of a time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct TrafficView {
    /// Slot by slot, the oldest first.
    slots: Vec<SlotView>,
    /// By agency.
    by_agency: Vec<NamedSumsView>,
    /// By model.
    by_model: Vec<NamedSumsView>,
    /// Rules that fired.
    rules: Vec<RuleView>,
    /// By back end.
    backends: Vec<BackendUseView>,
}

impl From<&Traffic> for TrafficView {
    fn from(traffic: &Traffic) -> Self {
        let named = |(name, sums): (&String, &TrafficSums)| NamedSumsView { name: name.clone(), sums: sums.into() };
        let rule = |rule: &maru_gateway::RuleCount| RuleView {
            rule: rule.rule.clone(),
            action: rule.action.clone(),
            calls: rule.calls,
        };
        let backend = |(name, used): (&String, &maru_gateway::BackendUse)| BackendUseView {
            backend: name.clone(),
            calls: used.calls,
            errors: used.errors,
            busy_us: used.busy_us,
            tokens_out: used.tokens_out,
        };
        Self {
            slots: traffic.slots.iter().map(|slot| SlotView { begin: slot.begin, sums: (&slot.sums).into() }).collect(),
            by_agency: traffic.by_agency.iter().map(named).collect(),
            by_model: traffic.by_model.iter().map(named).collect(),
            rules: traffic.rules.iter().map(rule).collect(),
            backends: traffic.backends.iter().map(backend).collect(),
        }
    }
}
