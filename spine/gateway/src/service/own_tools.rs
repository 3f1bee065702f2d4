//! Maru's own services as tools (MCP): the server of tools that is called `maru` and runs in this program. None of them changes anything.

use std::sync::Arc;

use axum::{body::Body, http::Response};
use serde_json::{Value, json};

use super::{
    Draft,
    tools::{
        NO_SUCH_METHOD, Refused, WRONG_PARAMETERS, accepted, error_response, look_at_arguments, look_at_result, refused,
    },
};
use crate::{
    gateway::Key,
    policy::{DataClass, PolicySettings},
};

/// The name of the server in addresses; no registered one may have it.
pub(crate) const OWN_SERVER: &str = "maru";
/// Versions of the protocol that are spoken, the newest first.
const VERSIONS: [&str; 3] = ["2025-06-18", "2025-03-26", "2024-11-05"];

/// Services of this program that are offered to models as tools.
pub trait OwnTools: Send + Sync {
    /// What each says of itself, as MCP lists it: `name`, `description`, `inputSchema`.
    fn list(&self) -> Vec<Value>;

    /// Calls one. It may compute for a while: it is called where nobody waits for the thread.
    ///
    /// # Errors
    /// What is wrong with the arguments, in words for whoever called.
    fn call(&self, name: &str, arguments: &Value) -> Result<String, String>;
}

/// One message to the server in this program.
pub(super) struct OwnExchange<'a> {
    pub(super) own: &'a Arc<dyn OwnTools>,
    pub(super) key: &'a Key,
    pub(super) policy: &'a PolicySettings,
    pub(super) confirmed: &'a str,
}

impl OwnExchange<'_> {
    pub(super) async fn answer(&self, message: &Value, draft: &mut Draft) -> Response<Body> {
        let method = message.get("method").and_then(Value::as_str).unwrap_or_default();
        let result = match method {
            "initialize" => Ok(begun(message)),
            "ping" => Ok(json!({})),
            "tools/list" => Ok(json!({ "tools": self.own.list() })),
            "tools/call" => self.call(message, draft).await,
            method if method.starts_with("notifications/") => return accepted(),
            method => refused(NO_SUCH_METHOD, "method", format!("{method} is not offered here")),
        };
        match result {
            Ok(result) => {
                let mut answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
                if method == "tools/call" {
                    look_at_result(self.policy, &mut answer, message, draft);
                }
                super::json_response(&answer)
            }
            Err(refused) => error_response(message, &refused, draft),
        }
    }

    async fn call(&self, message: &Value, draft: &mut Draft) -> Result<Value, Refused> {
        let name = message.pointer("/params/name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if !self.own.list().iter().any(|tool| tool["name"] == name.as_str()) {
            return refused(WRONG_PARAMETERS, "tool-not-allowed", format!("there is no tool {name:?}"));
        }
        // What stays in this program may be of any class that the key may send.
        let highest = DataClass::Classified.min(self.key.scope.highest_class);
        look_at_arguments(self.policy, self.key, highest, self.confirmed, message, draft)?;
        let arguments = message.pointer("/params/arguments").cloned().unwrap_or_else(|| json!({}));
        let own = Arc::clone(self.own);
        let called = tokio::task::spawn_blocking(move || own.call(&name, &arguments));
        let (text, is_error) = match called.await {
            Ok(Ok(text)) => (text, false),
            Ok(Err(why)) => (why, true),
            Err(_) => ("the tool failed".to_owned(), true),
        };
        Ok(json!({ "content": [{ "type": "text", "text": text }], "isError": is_error }))
    }
}

fn begun(message: &Value) -> Value {
    let asked = message.pointer("/params/protocolVersion").and_then(Value::as_str).unwrap_or_default();
    let version = VERSIONS.iter().find(|version| **version == asked).unwrap_or(&VERSIONS[0]);
    json!({ "protocolVersion": version, "capabilities": { "tools": {} },
        "serverInfo": { "name": "maru", "version": env!("CARGO_PKG_VERSION") } })
}
