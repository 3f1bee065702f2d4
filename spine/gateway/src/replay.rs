//! A call of the past, sent again to another model: what it would say now beside what was said then.

use std::time::{Duration, Instant};

use serde_json::Value;
use thiserror::Error;

use crate::{
    ClientAnswer, KeyScope,
    gateway::{Gateway, GatewayError},
    record::RecordedCall,
};

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// The call as it was, with its texts.
    pub recorded: RecordedCall,
    /// What the other model answers.
    pub answer: ClientAnswer,
    /// How long it took.
    pub took: Duration,
}

/// Why a call cannot be sent again.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// No call of that name is on the record.
    #[error("no call {0} is on the record")]
    Unknown(String),
    /// Its texts are not kept, or their time is over.
    #[error("the texts of this call are not kept, or their time is over")]
    NoTexts,
    /// It asked for no text.
    #[error("only calls that asked for a text can be sent again, not {0}")]
    Route(String),
    /// The record cannot be read.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
}

/// Where a call of a route is sent again. Responses stand on the record as the chat completions that they were sent as.
fn address_of(route: &str) -> Option<&'static str> {
    match route {
        "chat" | "responses" => Some("/chat/completions"),
        "completions" => Some("/completions"),
        _ => None,
    }
}

impl Gateway {
    /// Sends a recorded call to another model, as it was sent then: masked. What comes back is a call of its own on the record.
    ///
    /// # Errors
    /// [`ReplayError`] where there is no such call or it cannot be sent again.
    pub async fn replay(&self, call: &str, model: &str) -> Result<Replay, ReplayError> {
        let recorded = self.recorded_call(call).await?.ok_or_else(|| ReplayError::Unknown(call.to_owned()))?;
        let route = recorded.record.route.clone();
        let address = address_of(&route).ok_or(ReplayError::Route(route))?;
        let request = recorded.texts.as_ref().and_then(|(request, _)| serde_json::from_str::<Value>(request).ok());
        let mut body = request.filter(Value::is_object).ok_or(ReplayError::NoTexts)?;
        body["model"] = model.into();
        if let Some(fields) = body.as_object_mut() {
            fields.shift_remove("stream");
            fields.shift_remove("stream_options");
        }
        let mut scope = KeyScope::new("replay", "", "replay");
        scope.system = "maru".into();
        scope.purpose = "replay".into();
        // A key that names its models may use those under trial too.
        scope.models = vec![model.to_owned()];
        let class = recorded.record.class.clone();
        let began = Instant::now();
        let answer = self.client(scope).post(address, &body, &[("x-maru-class", class.as_str())]).await;
        Ok(Replay { recorded, answer, took: began.elapsed() })
    }
}
