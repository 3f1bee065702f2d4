//! The Responses API, carried over chat completions: back ends need not know it. What was said before stands in the input already.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use http_body::Frame;
use serde_json::{Map, Value, json};

use crate::{error::Refusal, stream::Relay};

/// A request of the Responses API as one for chat completions.
pub(super) fn to_chat(body: &Value) -> Result<Value, Refusal> {
    if body.get("conversation").is_some_and(|id| !id.is_null()) {
        return Err(Refusal::bad(
            "unsupported_parameter",
            "conversation: 대화 객체는 없습니다. previous_response_id로 앞선 답변을 이어 가세요.",
            "conversation: there are no conversation objects here. Go on from an earlier response with previous_response_id.",
        )
        .at("conversation"));
    }
    let mut messages = Vec::new();
    if let Some(instructions) = body.get("instructions").and_then(Value::as_str) {
        messages.push(json!({ "role": "system", "content": instructions }));
    }
    match body.get("input") {
        Some(Value::String(text)) => messages.push(json!({ "role": "user", "content": text })),
        Some(Value::Array(items)) => {
            for item in items {
                messages.extend(message_of_item(item)?);
            }
        }
        // With instructions or nothing alone the model begins.
        None | Some(Value::Null) => messages.push(json!({ "role": "user", "content": "" })),
        _ => return Err(wrong_input()),
    }
    let mut chat = Map::new();
    chat.insert("messages".into(), messages.into());
    for (from, to) in [
        ("model", "model"),
        ("stream", "stream"),
        ("temperature", "temperature"),
        ("top_p", "top_p"),
        ("user", "user"),
        ("max_output_tokens", "max_tokens"),
        ("parallel_tool_calls", "parallel_tool_calls"),
        ("seed", "seed"),
    ] {
        if let Some(value) = body.get(from).filter(|value| !value.is_null()) {
            chat.insert(to.into(), value.clone());
        }
    }
    if let Some(effort) = body.pointer("/reasoning/effort").filter(|effort| !effort.is_null()) {
        chat.insert("reasoning_effort".into(), effort.clone());
    }
    if let Some(tools) = body.get("tools").and_then(Value::as_array).filter(|tools| !tools.is_empty()) {
        chat.insert("tools".into(), tools.iter().map(chat_tool).collect::<Result<Vec<_>, _>>()?.into());
        if let Some(choice) = body.get("tool_choice").filter(|choice| !choice.is_null()) {
            let name = choice.get("name").cloned();
            let choice =
                name.map_or_else(|| choice.clone(), |name| json!({ "type": "function", "function": { "name": name } }));
            chat.insert("tool_choice".into(), choice);
        }
    }
    if let Some(format) = body.pointer("/text/format").filter(|format| format["type"] != "text") {
        chat.insert("response_format".into(), response_format(format));
    }
    Ok(Value::Object(chat))
}

fn wrong_input() -> Refusal {
    Refusal::bad(
        "invalid_value",
        "input: 글이나 항목의 목록이어야 합니다.",
        "input: it must be text or a list of items.",
    )
    .at("input")
}

fn message_of_item(item: &Value) -> Result<Option<Value>, Refusal> {
    let kind = item.get("type").and_then(Value::as_str).unwrap_or("message");
    Ok(Some(match kind {
        "message" => {
            let role = match item.get("role").and_then(Value::as_str) {
                Some("developer") => "system",
                Some(role) => role,
                None => return Err(wrong_input()),
            };
            json!({ "role": role, "content": chat_content(item.get("content").unwrap_or(&Value::Null))? })
        }
        "function_call" => {
            json!({ "role": "assistant", "content": null, "tool_calls": [{ "id": item["call_id"], "type": "function",
            "function": { "name": item["name"], "arguments": item["arguments"] } }] })
        }
        "function_call_output" => json!({ "role": "tool", "tool_call_id": item["call_id"], "content": item["output"] }),
        // What a model thought is its own.
        "reasoning" => return Ok(None),
        _ => {
            return Err(Refusal::bad(
                "unsupported_value",
                format!("input: {kind} 항목은 받지 않습니다."),
                format!("input: items of type {kind:?} are not taken."),
            )
            .at("input"));
        }
    }))
}

fn chat_content(content: &Value) -> Result<Value, Refusal> {
    let Some(parts) = content.as_array() else {
        return if content.is_string() { Ok(content.clone()) } else { Err(wrong_input()) };
    };
    let part = |part: &Value| match part.get("type").and_then(Value::as_str) {
        Some("input_text" | "output_text" | "text") => Ok(json!({ "type": "text", "text": part["text"] })),
        Some("input_image") => {
            let detail = part.get("detail").cloned().unwrap_or_else(|| json!("auto"));
            Ok(json!({ "type": "image_url", "image_url": { "url": part["image_url"], "detail": detail } }))
        }
        Some("refusal") => Ok(json!({ "type": "text", "text": part["refusal"] })),
        _ => Err(wrong_input()),
    };
    Ok(Value::Array(parts.iter().map(part).collect::<Result<_, _>>()?))
}

fn chat_tool(tool: &Value) -> Result<Value, Refusal> {
    if tool.get("type").and_then(Value::as_str) != Some("function") {
        return Err(Refusal::bad(
            "unsupported_value",
            "tools: function 도구만 쓸 수 있습니다.",
            "tools: only tools of type function can be used.",
        )
        .at("tools"));
    }
    let mut function = tool.clone();
    if let Some(fields) = function.as_object_mut() {
        fields.remove("type");
        fields.retain(|_, value| !value.is_null());
    }
    Ok(json!({ "type": "function", "function": function }))
}

fn response_format(format: &Value) -> Value {
    if format["type"] != "json_schema" {
        return format.clone();
    }
    let mut schema = format.clone();
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("type");
    }
    json!({ "type": "json_schema", "json_schema": schema })
}

fn response_id(call: &str) -> String {
    format!("resp_{call}")
}

/// The object of a response with what the request said; `output` and `usage` come later.
fn frame(original: &Value, id: &str, created: &Value, model: &Value) -> Value {
    let said = |name: &str, otherwise: Value| {
        original.get(name).filter(|value| !value.is_null()).cloned().unwrap_or(otherwise)
    };
    let mut tools = said("tools", json!([]));
    tools
        .as_array_mut()
        .into_iter()
        .flatten()
        .for_each(|tool| name_all(tool, &["description", "parameters", "strict"]));
    let mut reasoning = said("reasoning", json!({}));
    name_all(&mut reasoning, &["effort", "summary"]);
    json!({
        "id": response_id(id), "object": "response", "created_at": created, "completed_at": null, "status": "in_progress",
        "background": false, "error": null, "incomplete_details": null, "instructions": said("instructions", Value::Null),
        "max_output_tokens": said("max_output_tokens", Value::Null), "max_tool_calls": said("max_tool_calls", Value::Null),
        "model": model, "output": [], "parallel_tool_calls": said("parallel_tool_calls", json!(true)),
        "previous_response_id": said("previous_response_id", Value::Null), "reasoning": reasoning, "store": said("store", json!(false)),
        "temperature": said("temperature", json!(1.0)), "text": said("text", json!({ "format": { "type": "text" } })),
        "tool_choice": said("tool_choice", json!("auto")), "tools": tools, "top_p": said("top_p", json!(1.0)),
        "presence_penalty": said("presence_penalty", json!(0.0)), "frequency_penalty": said("frequency_penalty", json!(0.0)),
        "top_logprobs": said("top_logprobs", json!(0)), "truncation": said("truncation", json!("disabled")), "usage": null,
        "service_tier": said("service_tier", json!("default")), "safety_identifier": said("safety_identifier", Value::Null),
        "prompt_cache_key": said("prompt_cache_key", Value::Null), "user": said("user", Value::Null),
        "metadata": said("metadata", json!({})),
    })
}

/// Puts in what an object names also where nothing is known of it.
fn name_all(object: &mut Value, names: &[&str]) {
    let Some(fields) = object.as_object_mut() else { return };
    for name in names {
        fields.entry(*name).or_insert(Value::Null);
    }
}

/// Puts the end of a response into its object: how it came, and when, in seconds, where nothing is missing.
fn close(response: &mut Value, (status, details): (&str, Value), now: i64) {
    response["status"] = status.into();
    response["incomplete_details"] = details;
    if status == "completed" {
        response["completed_at"] = now.into();
    }
}

fn usage(chat: &Value) -> Value {
    let tokens = |pointer: &str| chat.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
    let (tokens_in, tokens_out) = (tokens("/prompt_tokens"), tokens("/completion_tokens"));
    json!({ "input_tokens": tokens_in, "output_tokens": tokens_out, "total_tokens": tokens_in + tokens_out,
        "input_tokens_details": { "cached_tokens": tokens("/prompt_tokens_details/cached_tokens"),
            "cache_write_tokens": tokens("/prompt_tokens_details/cache_write_tokens") },
        "output_tokens_details": { "reasoning_tokens": tokens("/completion_tokens_details/reasoning_tokens") } })
}

fn message_item(id: &str, text: &str, status: &str) -> Value {
    json!({ "id": format!("msg_{id}"), "type": "message", "role": "assistant", "status": status,
        "content": [{ "type": "output_text", "text": text, "annotations": [], "logprobs": [] }] })
}

fn call_item(place: usize, id: &str, call: &Value, status: &str) -> Value {
    json!({ "id": format!("fc_{id}_{place}"), "type": "function_call", "status": status, "call_id": call["id"],
        "name": call["function"]["name"], "arguments": call["function"]["arguments"] })
}

fn end_status(finish: &str) -> (&'static str, Value) {
    match finish {
        "length" => ("incomplete", json!({ "reason": "max_output_tokens" })),
        "content_filter" => ("incomplete", json!({ "reason": "content_filter" })),
        _ => ("completed", Value::Null),
    }
}

/// A chat completion as a response that came to its end at `now`, in seconds.
pub(super) fn from_chat(chat: &Value, original: &Value, id: &str, now: i64) -> Value {
    let mut response = frame(original, id, &chat["created"], &chat["model"]);
    let choice = &chat["choices"][0];
    let mut output = Vec::new();
    if let Some(text) = choice["message"]["content"].as_str() {
        output.push(message_item(id, text, "completed"));
    }
    for (place, call) in choice["message"]["tool_calls"].as_array().into_iter().flatten().enumerate() {
        output.push(call_item(place, id, call, "completed"));
    }
    response["output"] = output.into();
    close(&mut response, end_status(choice["finish_reason"].as_str().unwrap_or_default()), now);
    response["usage"] = usage(&chat["usage"]);
    response
}

/// A stream of chat chunks as a stream of events of the Responses API.
pub(super) struct ResponsesRelay {
    inner: Relay,
    translator: Translator,
    out: BytesMut,
    ended: bool,
}

impl ResponsesRelay {
    pub(super) fn new(inner: Relay, original: &Value) -> Self {
        let id = inner.call().to_owned();
        Self { inner, translator: Translator::new(id, original.clone()), out: BytesMut::new(), ended: false }
    }
}

impl http_body::Body for ResponsesRelay {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let relay = self.get_mut();
        loop {
            if !relay.out.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(relay.out.split().freeze()))));
            }
            if relay.ended {
                return Poll::Ready(None);
            }
            let frame = ready!(Pin::new(&mut relay.inner).poll_frame(context));
            let Some(Ok(frame)) = frame else {
                relay.ended = true;
                relay.translator.end(relay.inner.now(), &mut relay.out);
                continue;
            };
            if let Ok(data) = frame.into_data() {
                relay.translator.feed(&data, &mut relay.out);
            }
        }
    }
}

/// The state of a translated stream. What comes in are whole events: the relay below puts out nothing else.
struct Translator {
    id: String,
    original: Value,
    number: u64,
    response: Option<Value>,
    text: Option<String>,
    calls: Vec<Value>,
    finish: String,
    usage: Value,
    /// What the whole answer was found to be, where the caller asked.
    verdict: Value,
    failed: Option<Value>,
}

impl Translator {
    fn new(id: String, original: Value) -> Self {
        Self {
            id,
            original,
            number: 0,
            response: None,
            text: None,
            calls: Vec::new(),
            finish: String::new(),
            usage: Value::Null,
            verdict: Value::Null,
            failed: None,
        }
    }

    fn emit(&mut self, kind: &str, mut event: Value, out: &mut BytesMut) {
        event["type"] = kind.into();
        event["sequence_number"] = self.number.into();
        self.number += 1;
        out.extend_from_slice(format!("event: {kind}\ndata: {event}\n\n").as_bytes());
    }

    fn feed(&mut self, data: &[u8], out: &mut BytesMut) {
        let text = String::from_utf8_lossy(data);
        for payload in text.split("\n\n").filter_map(|event| event.trim_start().strip_prefix("data:")) {
            if let Ok(chunk) = serde_json::from_str::<Value>(payload.trim()) {
                self.chunk(&chunk, out);
            }
        }
    }

    fn chunk(&mut self, chunk: &Value, out: &mut BytesMut) {
        if chunk.get("error").is_some() {
            self.failed = Some(chunk["error"].clone());
            return;
        }
        if self.response.is_none() {
            let response = frame(&self.original, &self.id, &chunk["created"], &chunk["model"]);
            self.response = Some(response.clone());
            self.emit("response.created", json!({ "response": response }), out);
            self.emit("response.in_progress", json!({ "response": response }), out);
        }
        if chunk["usage"].is_object() {
            self.usage = chunk["usage"].clone();
        }
        if chunk["maru"].is_object() {
            self.verdict = chunk["maru"].clone();
        }
        let choice = &chunk["choices"][0];
        if let Some(text) = choice["delta"]["content"].as_str().filter(|text| !text.is_empty()) {
            self.text_delta(text, out);
        }
        for call in choice["delta"]["tool_calls"].as_array().into_iter().flatten() {
            self.call_delta(call, out);
        }
        if let Some(finish) = choice["finish_reason"].as_str() {
            finish.clone_into(&mut self.finish);
        }
    }

    fn text_delta(&mut self, text: &str, out: &mut BytesMut) {
        let item = format!("msg_{}", self.id);
        if self.text.is_none() {
            self.text = Some(String::new());
            let opened =
                json!({ "id": item, "type": "message", "role": "assistant", "status": "in_progress", "content": [] });
            self.emit("response.output_item.added", json!({ "output_index": 0, "item": opened }), out);
            let part = json!({ "type": "output_text", "text": "", "annotations": [], "logprobs": [] });
            let event = json!({ "item_id": item, "output_index": 0, "content_index": 0, "part": part });
            self.emit("response.content_part.added", event, out);
        }
        if let Some(whole) = &mut self.text {
            whole.push_str(text);
        }
        let event = json!({ "item_id": item, "output_index": 0, "content_index": 0, "delta": text, "logprobs": [] });
        self.emit("response.output_text.delta", event, out);
    }

    fn call_delta(&mut self, delta: &Value, out: &mut BytesMut) {
        let place = delta["index"].as_u64().and_then(|place| usize::try_from(place).ok()).unwrap_or(0).min(127);
        while self.calls.len() <= place {
            let index = self.calls.len();
            let call = json!({ "id": delta["id"], "function": { "name": delta["function"]["name"], "arguments": "" } });
            let item = call_item(index, &self.id, &call, "in_progress");
            self.calls.push(call);
            let event = json!({ "output_index": index + usize::from(self.text.is_some()), "item": item });
            self.emit("response.output_item.added", event, out);
        }
        let Some(arguments) = delta["function"]["arguments"].as_str().filter(|arguments| !arguments.is_empty()) else {
            return;
        };
        let whole = format!("{}{arguments}", self.calls[place]["function"]["arguments"].as_str().unwrap_or_default());
        self.calls[place]["function"]["arguments"] = whole.into();
        let event = json!({ "item_id": format!("fc_{}_{place}", self.id), "output_index": place + usize::from(self.text.is_some()),
            "delta": arguments });
        self.emit("response.function_call_arguments.delta", event, out);
    }

    /// The end, at `now` in seconds.
    fn end(&mut self, now: i64, out: &mut BytesMut) {
        let mut output = Vec::new();
        if let Some(text) = self.text.take() {
            let item = format!("msg_{}", self.id);
            let place = json!({ "item_id": item, "output_index": 0, "content_index": 0 });
            let with = |name: &str, value: Value| {
                let mut event = place.clone();
                event[name] = value;
                event
            };
            let mut done = with("text", json!(text));
            done["logprobs"] = json!([]);
            self.emit("response.output_text.done", done, out);
            let message = message_item(&self.id, &text, "completed");
            self.emit("response.content_part.done", with("part", message["content"][0].clone()), out);
            self.emit("response.output_item.done", json!({ "output_index": 0, "item": message }), out);
            output.push(message);
        }
        for (place, call) in std::mem::take(&mut self.calls).into_iter().enumerate() {
            let item = call_item(place, &self.id, &call, "completed");
            let index = output.len();
            let event = json!({ "item_id": item["id"], "output_index": index, "name": item["name"], "arguments": item["arguments"] });
            self.emit("response.function_call_arguments.done", event, out);
            self.emit("response.output_item.done", json!({ "output_index": index, "item": item }), out);
            output.push(item);
        }
        let mut response =
            self.response.take().unwrap_or_else(|| frame(&self.original, &self.id, &json!(0), &Value::Null));
        let (mut status, details) = end_status(&self.finish);
        if let Some(error) = self.failed.take() {
            status = "failed";
            response["error"] = json!({ "code": "server_error", "message": error["message"] });
        }
        response["output"] = output.into();
        close(&mut response, (status, details), now);
        response["usage"] = usage(&self.usage);
        if !self.verdict.is_null() {
            response["maru"] = self.verdict.take();
        }
        self.emit(&format!("response.{status}"), json!({ "response": response }), out);
    }
}
