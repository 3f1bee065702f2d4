//! The one door to every model.
//!
//! Two things live here. [`Gateway`] is the door that every agency's systems use: it speaks OpenAI's API in front, and behind it stand
//! whatever OpenAI-compatible servers the country has, models that this program itself holds ([`LocalModel`](maru_local_llm::LocalModel)), or the embedded model
//! `maru-extractive`, so that nothing is needed to start.
//! [`Model`] is what Maru's own programmes ask of a model; [`Client`] gives them one that passes the same door.
//!
//! A call passes, in this order: key → size and shape → policy before (class, injection, secrets, personal data) → budget reserved → a
//! back end that may see it → policy after (personal data and secrets that leak, the notice that a machine wrote it) → budget settled → the
//! record. Refusals have OpenAI's shape, with the reason in Korean and English.
//!
//! Invariants: text that leaves for a back end has passed `policy`; what a key spends was reserved before; every call, also one that was
//! refused or broken off, is on the record, whose texts are masked and sealed.

mod actions;
mod alone;
mod budget;
mod cache;
mod client;
mod dry_run;
mod embedded;
mod error;
pub mod evaluate;
mod gateway;
mod keys;
mod local;
mod model;
mod objects;
mod policy;
pub mod process;
mod prompts;
mod record;
mod registry;
mod replay;
mod service;
mod stream;
mod telemetry;
mod unheard;
mod upstream;
mod uses;

pub use actions::{
    ActionCommand, ActionDecision, ActionEvent, ActionRefusal, ActionRow, ActionState, AskedAction, WantedAction,
};
pub use alone::{Until, for_gateway_alone, serve};
pub use budget::{BudgetLimit, Period, Unit};
pub use cache::Gist;
pub use client::{Client, ClientAnswer, GatewayModel};
pub use dry_run::{DryRun, dry_run};
pub use embedded::{EMBEDDED_MODEL, KnowledgeSource, SourcePassage, embed};
pub use gateway::{BackendState, Environment, Gateway, GatewayError, GatewayOptions};
pub use keys::{FormerKey, KeyScope, LEAST_ALIKE, hash_key, new_key};
pub use model::{Completion, CompletionFuture, CompletionRequest, Message, Model, ModelError, Role};
pub use policy::{
    Action, DataClass, Inspected, LEARNED_RULE, PolicySettings, Purposes, Screened, Stores, Topic, injection_rules,
    screen, screen_answer, screening_concepts, screening_form, screening_grounds, unsafe_categories,
};
pub use prompts::{Prompt, PromptCommand, PromptEvent, PromptLibrary, PromptRefusal, PromptVersion};
pub use record::{
    BackendUse, CallQuery, CallRecord, CallRow, Forecast, Latencies, RecordedCall, RuleCount, Spending, Spent, Traffic,
    TrafficQuery, TrafficSlot, TrafficSums, end_of_day, end_of_month, projections,
};
pub use registry::{
    Backend, Capability, Certainty, Change, ChangeDecision, ChangeRefusal, ChangeState, EvaluationResult, Fact,
    ModelEntry, ModelState, Priority, ProposedChange, Purpose, RecordedEvaluation, Registry, RegistryCommand,
    RegistryError, RegistryEvent, RegistryState, Route, Routing, Shadow, ToolGrant, ToolServer, Zone, tool_pin,
};
pub use replay::{Replay, ReplayError};
pub use service::OwnTools;
pub use uses::{AskedUse, UseDecision, UsePolicy};
