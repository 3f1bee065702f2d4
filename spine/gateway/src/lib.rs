//! The one door to every model.
//!
//! Two things live here. [`Model`] is what Maru's own programmes ask of a model. [`Gateway`] is the door that every agency's systems use:
//! it speaks OpenAI's API in front, and behind it stand whatever OpenAI-compatible servers the country has, or the embedded model
//! `maru-extractive`, so that nothing is needed to start.
//!
//! A call passes, in this order: key → size and shape → policy before (class, injection, secrets, personal data) → budget reserved → a
//! back end that may see it → policy after (personal data and secrets that leak, the notice that a machine wrote it) → budget settled → the
//! record. Refusals have OpenAI's shape, with the reason in Korean and English.
//!
//! Invariants: text that leaves for a back end has passed `policy`; what a key spends was reserved before; every call, also one that was
//! refused or broken off, is on the record, whose texts are masked and sealed.

mod budget;
mod embedded;
mod error;
mod gateway;
mod keys;
mod model;
mod openai;
mod policy;
mod record;
mod registry;
mod service;
mod stream;
mod upstream;

pub use budget::{BudgetLimit, Period, Unit};
pub use embedded::{EMBEDDED_MODEL, KnowledgeSource, SourcePassage, embed};
pub use gateway::{Environment, Gateway, GatewayError, GatewayOptions, serve};
pub use keys::{KeyScope, hash_key, new_key};
pub use model::{Completion, CompletionFuture, CompletionRequest, Message, Model, ModelError, Role};
pub use openai::{OpenAiCompatible, OpenAiSettings};
pub use policy::{Action, DataClass, PolicySettings, Screened, screen};
pub use record::projections;
pub use registry::{
    Backend, Certainty, Change, ChangeRefusal, ChangeState, Fact, ModelEntry, ModelState, Registry, RegistryCommand,
    RegistryError, RegistryEvent, RegistryState, Route, Zone,
};
