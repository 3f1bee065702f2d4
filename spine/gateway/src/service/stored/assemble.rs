//! A chat completion put together from the chunks of its stream.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What has come so far.
#[derive(Debug, Default)]
pub(super) struct Assembled {
    first: Value,
    choices: BTreeMap<u64, Value>,
    usage: Value,
}

impl Assembled {
    /// Takes in a chunk.
    pub(super) fn take(&mut self, chunk: &Value) {
        if self.first.is_null() {
            self.first = chunk.clone();
        }
        if chunk["usage"].is_object() {
            self.usage = chunk["usage"].clone();
        }
        for choice in chunk["choices"].as_array().into_iter().flatten() {
            let index = choice["index"].as_u64().unwrap_or_default();
            let whole = self.choices.entry(index).or_insert_with(|| {
                json!({ "index": index, "message": { "role": "assistant", "content": null, "refusal": null },
                    "logprobs": null, "finish_reason": null })
            });
            take_choice(whole, choice);
        }
    }

    /// The whole completion; nothing where no choice came to its end.
    pub(super) fn completion(self) -> Option<Value> {
        let choices: Vec<Value> = self.choices.into_values().collect();
        if choices.is_empty() || choices.iter().any(|choice| choice["finish_reason"].is_null()) {
            return None;
        }
        let mut completion = json!({ "id": self.first["id"], "object": "chat.completion", "created": self.first["created"],
            "model": self.first["model"], "choices": choices });
        if !self.usage.is_null() {
            completion["usage"] = self.usage;
        }
        Some(completion)
    }
}

fn take_choice(whole: &mut Value, choice: &Value) {
    let delta = &choice["delta"];
    for name in ["content", "refusal", "reasoning_content"] {
        append(&mut whole["message"], name, &delta[name]);
    }
    for call in delta["tool_calls"].as_array().into_iter().flatten() {
        take_call(&mut whole["message"], call);
    }
    if let Some(more) = choice.pointer("/logprobs/content").and_then(Value::as_array) {
        match whole.pointer_mut("/logprobs/content").and_then(Value::as_array_mut) {
            Some(known) => known.extend(more.iter().cloned()),
            None => whole["logprobs"] = json!({ "content": more, "refusal": null }),
        }
    }
    if choice["finish_reason"].is_string() {
        whole["finish_reason"] = choice["finish_reason"].clone();
    }
}

fn append(to: &mut Value, name: &str, more: &Value) {
    let Some(more) = more.as_str() else { return };
    match to.get_mut(name) {
        Some(Value::String(text)) => text.push_str(more),
        _ => to[name] = more.into(),
    }
}

/// Calls of one message at most.
const MOST_CALLS: u64 = 128;

fn take_call(message: &mut Value, call: &Value) {
    let place = usize::try_from(call["index"].as_u64().unwrap_or_default().min(MOST_CALLS - 1)).unwrap_or_default();
    if !message["tool_calls"].is_array() {
        message["tool_calls"] = json!([]);
    }
    let Some(calls) = message["tool_calls"].as_array_mut() else { return };
    while calls.len() <= place {
        calls.push(json!({ "id": "", "type": "function", "function": { "name": "", "arguments": "" } }));
    }
    let known = &mut calls[place];
    if call["id"].is_string() {
        known["id"] = call["id"].clone();
    }
    append(&mut known["function"], "name", &call["function"]["name"]);
    append(&mut known["function"], "arguments", &call["function"]["arguments"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_a_whole() {
        let mut assembled = Assembled::default();
        let chunk = |delta: Value, finish: Value| json!({ "id": "c", "created": 1, "model": "m", "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }] });
        for (delta, finish) in [
            (json!({ "role": "assistant", "content": "안" }), Value::Null),
            (json!({ "content": "녕" }), Value::Null),
            (
                json!({ "tool_calls": [{ "index": 0, "id": "t", "function": { "name": "f", "arguments": "{" } }] }),
                Value::Null,
            ),
            (json!({ "tool_calls": [{ "index": 0, "function": { "arguments": "}" } }] }), json!("tool_calls")),
        ] {
            assembled.take(&chunk(delta, finish));
        }
        assembled.take(&json!({ "choices": [], "usage": { "total_tokens": 3 } }));
        let whole = assembled.completion().unwrap();
        assert_eq!(whole["choices"][0]["message"]["content"], "안녕");
        assert_eq!(
            whole["choices"][0]["message"]["tool_calls"],
            json!([{ "id": "t", "type": "function", "function": { "name": "f", "arguments": "{}" } }])
        );
        assert_eq!((&whole["usage"]["total_tokens"], &whole["object"]), (&json!(3), &json!("chat.completion")));
    }

    #[test]
    fn what_broke_off_is_no_completion() {
        let mut assembled = Assembled::default();
        assembled.take(&json!({ "choices": [{ "index": 0, "delta": { "content": "a" }, "finish_reason": null }] }));
        assert!(assembled.completion().is_none());
        assert!(Assembled::default().completion().is_none());
    }
}
