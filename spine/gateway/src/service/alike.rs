//! What of a request may be put in other words and still get the answer that another one got.

use serde_json::Value;

use super::Kind;
use crate::cache::{Asked, Gist, Likeness, Question};

/// Fields of a request whose answer is more than a text, or whose text does more than answer.
const MORE_THAN_TEXT: &[&str] = &["tools", "functions", "audio", "web_search_options", "documents"];

/// The question of a chat completion, with everything that must be the same to be answered by the answer to another; nothing where such an
/// answer would not do. `scope` keeps apart whose requests are the same; the body is as it was before when this returns.
pub(super) fn question(kind: Kind, body: &mut Value, scope: &[&str], least: Likeness) -> Option<Question> {
    if !matches!(kind, Kind::Chat | Kind::Responses) || !is_text_alone(body) {
        return None;
    }
    let text = std::mem::take(last_words(body)?);
    let question = Gist::of(&text).map(|gist| {
        let parts: Vec<&str> = ["alike", gist.words()].into_iter().chain(scope.iter().copied()).collect();
        let same = Asked::new(&parts, body.to_string().as_bytes());
        Question::new(same, gist, &text, least)
    });
    *last_words(body)? = text;
    question
}

/// Whether texts alone go in, and one text comes out.
fn is_text_alone(body: &Value) -> bool {
    let is_one = |name: &str| body.get(name).is_none_or(|count| count.is_null() || count == 1);
    let is_empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let messages = body.get("messages").and_then(Value::as_array);
    is_one("n")
        && is_one("best_of")
        && MORE_THAN_TEXT.iter().all(|name| body.get(name).is_none_or(is_empty))
        && messages.is_some_and(|messages| messages.iter().all(is_plain))
}

/// Whether a message is text, and nothing else.
fn is_plain(message: &Value) -> bool {
    let content = &message["content"];
    let is_text =
        content.is_string() || content.as_array().is_some_and(|parts| parts.iter().all(|part| part["type"] == "text"));
    let role = message["role"].as_str().unwrap_or_default();
    let has_calls = ["tool_calls", "function_call", "audio"].iter().any(|name| !message[*name].is_null());
    is_text && !has_calls && matches!(role, "system" | "developer" | "user" | "assistant")
}

/// The text of the last message, where a person wrote it in one piece.
fn last_words(body: &mut Value) -> Option<&mut String> {
    let last = body.get_mut("messages")?.as_array_mut()?.last_mut()?;
    if last["role"] != "user" {
        return None;
    }
    match last.get_mut("content")? {
        Value::String(text) => Some(text),
        Value::Array(parts) if parts.len() == 1 => match parts.first_mut()?.get_mut("text")? {
            Value::String(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}
