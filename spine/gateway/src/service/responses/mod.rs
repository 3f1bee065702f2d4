//! The Responses API, carried over chat completions: back ends need not know it. What was said before stands in the input already.

mod events;

use serde_json::{Map, Value, json};

pub(super) use events::ResponsesRelay;

use crate::error::Refusal;

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
    refuse_what_is_not_done(body)?;
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
        ("frequency_penalty", "frequency_penalty"),
        ("presence_penalty", "presence_penalty"),
        ("service_tier", "service_tier"),
        ("prompt_cache_key", "prompt_cache_key"),
        ("safety_identifier", "safety_identifier"),
    ] {
        if let Some(value) = body.get(from).filter(|value| !value.is_null()) {
            chat.insert(to.into(), value.clone());
        }
    }
    for (pointer, to) in [("/reasoning/effort", "reasoning_effort"), ("/text/verbosity", "verbosity")] {
        if let Some(value) = body.pointer(pointer).filter(|value| !value.is_null()) {
            chat.insert(to.into(), value.clone());
        }
    }
    if wants_tokens(body) {
        chat.insert("logprobs".into(), true.into());
        if let Some(most) = body.get("top_logprobs").filter(|most| most.as_u64().is_some_and(|most| most > 0)) {
            chat.insert("top_logprobs".into(), most.clone());
        }
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

/// What would be left undone is refused, never left out.
fn refuse_what_is_not_done(body: &Value) -> Result<(), Refusal> {
    let refused = |name: &str, korean: &str, english: &str| {
        let refusal = Refusal::bad("unsupported_parameter", format!("{name}: {korean}"), format!("{name}: {english}"));
        Err(refusal.at(name))
    };
    if body["background"] == true {
        return refused(
            "background",
            "뒤에서 따로 실행하지 않습니다. 빼고 보내거나 stream으로 받으세요.",
            "nothing runs in the background here. Leave it out, or take a stream.",
        );
    }
    if body["truncation"] == "auto" {
        return refused(
            "truncation",
            "대화를 잘라서 보내지 않습니다. 앞의 내용을 줄이거나 responses/compact를 쓰세요.",
            "conversations are not cut here. Shorten what was said before, or use responses/compact.",
        );
    }
    Ok(())
}

/// Whether the caller wants log probabilities of the answer's tokens.
fn wants_tokens(body: &Value) -> bool {
    let included = body["include"].as_array().is_some_and(|include| include.iter().any(|what| what == TOKENS));
    included || body["top_logprobs"].as_u64().is_some_and(|most| most > 0)
}

/// How a caller asks for log probabilities in `include`.
const TOKENS: &str = "message.output_text.logprobs";

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

fn message_item(id: &str, text: &str, tokens: &Value) -> Value {
    json!({ "id": format!("msg_{id}"), "type": "message", "role": "assistant", "status": "completed",
        "content": [{ "type": "output_text", "text": text, "annotations": [], "logprobs": tokens }] })
}

/// What a model reasoned before it answered, where its server tells that.
fn reasoning_item(id: &str, text: &str) -> Value {
    json!({ "id": format!("rs_{id}"), "type": "reasoning", "status": "completed", "summary": [],
        "content": [{ "type": "reasoning_text", "text": text }] })
}

/// Log probabilities of a choice or of a piece of it; nothing where there are none.
fn tokens_of(choice: &Value) -> Value {
    choice.pointer("/logprobs/content").filter(|tokens| tokens.is_array()).cloned().unwrap_or_else(|| json!([]))
}

/// What a message or a piece of it holds of the model's reasoning.
fn reasoning_of(message: &Value) -> Option<&str> {
    let text = message["reasoning_content"].as_str().or_else(|| message["reasoning"].as_str());
    text.filter(|text| !text.is_empty())
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
    output.extend(reasoning_of(&choice["message"]).map(|text| reasoning_item(id, text)));
    if let Some(text) = choice["message"]["content"].as_str() {
        output.push(message_item(id, text, &tokens_of(choice)));
    } else if let Some(refusal) = choice["message"]["refusal"].as_str() {
        let mut message = message_item(id, "", &json!([]));
        message["content"] = json!([{ "type": "refusal", "refusal": refusal }]);
        output.push(message);
    }
    for (place, call) in choice["message"]["tool_calls"].as_array().into_iter().flatten().enumerate() {
        output.push(call_item(place, id, call, "completed"));
    }
    response["output"] = output.into();
    close(&mut response, end_status(choice["finish_reason"].as_str().unwrap_or_default()), now);
    response["usage"] = usage(&chat["usage"]);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat_of(more: &Value) -> Result<Value, Refusal> {
        let mut body = json!({ "model": "m", "input": "안녕" });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        to_chat(&body)
    }

    #[test]
    fn what_a_caller_sets_reaches_the_model_or_is_refused() {
        let chat = chat_of(&json!({ "top_logprobs": 3, "frequency_penalty": 0.5, "presence_penalty": -0.5, "service_tier": "flex",
            "prompt_cache_key": "k", "safety_identifier": "s", "text": { "verbosity": "low" }, "reasoning": { "effort": "high" } }))
        .unwrap();
        for (name, value) in [
            ("logprobs", json!(true)),
            ("top_logprobs", json!(3)),
            ("frequency_penalty", json!(0.5)),
            ("presence_penalty", json!(-0.5)),
            ("service_tier", json!("flex")),
            ("prompt_cache_key", json!("k")),
            ("safety_identifier", json!("s")),
            ("verbosity", json!("low")),
            ("reasoning_effort", json!("high")),
        ] {
            assert_eq!(chat[name], value, "{name}");
        }
        let plain = chat_of(&json!({ "top_logprobs": 0, "background": false, "truncation": "disabled" })).unwrap();
        assert!(plain.get("logprobs").is_none() && plain.get("top_logprobs").is_none(), "{plain}");
        assert_eq!(chat_of(&json!({ "include": [TOKENS] })).unwrap()["logprobs"], true);
        for (name, value) in [("background", json!(true)), ("truncation", json!("auto")), ("conversation", json!("c"))]
        {
            let refusal = chat_of(&json!({ name: value })).unwrap_err();
            assert_eq!((refusal.code, refusal.parameter.as_deref()), ("unsupported_parameter", Some(name)));
        }
    }

    #[test]
    fn what_a_model_reasoned_is_an_item_and_so_is_a_refusal() {
        let token = json!({ "token": "답", "logprob": -0.1, "bytes": null, "top_logprobs": [] });
        let chat = json!({ "created": 1, "model": "m", "choices": [{ "finish_reason": "stop", "logprobs": { "content": [token] },
            "message": { "reasoning_content": "생각", "content": "답" } }] });
        let response = from_chat(&chat, &json!({}), "1", 5);
        assert_eq!(response["output"][0]["content"][0]["text"], "생각");
        assert_eq!(response["output"][1]["content"][0]["logprobs"][0], token);
        let refused = json!({ "choices": [{ "message": { "content": null, "refusal": "아니요" } }] });
        assert_eq!(from_chat(&refused, &json!({}), "1", 5)["output"][0]["content"][0]["refusal"], "아니요");
    }
}
