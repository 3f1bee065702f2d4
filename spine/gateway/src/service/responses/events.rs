//! The chunks of a streamed chat completion as the events of a response.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use http_body::Frame;
use serde_json::{Value, json};

use super::{call_item, close, end_status, frame, message_item, reasoning_item, reasoning_of, tokens_of, usage};
use crate::stream::Relay;

/// A stream of chat chunks as a stream of events of the Responses API.
pub(in crate::service) struct ResponsesRelay {
    inner: Relay,
    translator: Translator,
    out: BytesMut,
    ended: bool,
}

impl ResponsesRelay {
    pub(in crate::service) fn new(inner: Relay, original: &Value) -> Self {
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

/// A text that comes in pieces, and its place among the items of the answer.
#[derive(Default)]
struct Piecewise {
    place: usize,
    text: String,
    tokens: Vec<Value>,
}

/// The state of a translated stream. What comes in are whole events: the relay below puts out nothing else.
struct Translator {
    id: String,
    original: Value,
    number: u64,
    response: Option<Value>,
    /// Items that were begun: each has its place from its first piece on.
    begun: usize,
    reasoning: Option<Piecewise>,
    text: Option<Piecewise>,
    calls: Vec<(usize, Value)>,
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
            begun: 0,
            reasoning: None,
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
        if let Some(text) = reasoning_of(&choice["delta"]) {
            self.reasoning_delta(text, out);
        }
        if let Some(text) = choice["delta"]["content"].as_str().filter(|text| !text.is_empty()) {
            self.text_delta(text, &tokens_of(choice), out);
        }
        for call in choice["delta"]["tool_calls"].as_array().into_iter().flatten() {
            self.call_delta(call, out);
        }
        if let Some(finish) = choice["finish_reason"].as_str() {
            finish.clone_into(&mut self.finish);
        }
    }

    /// A new item takes the next place.
    fn begin(&mut self) -> Piecewise {
        let place = self.begun;
        self.begun += 1;
        Piecewise { place, ..Piecewise::default() }
    }

    fn reasoning_delta(&mut self, text: &str, out: &mut BytesMut) {
        let item = format!("rs_{}", self.id);
        let mut whole = if let Some(whole) = self.reasoning.take() {
            whole
        } else {
            let whole = self.begin();
            let opened =
                json!({ "id": item, "type": "reasoning", "status": "in_progress", "summary": [], "content": [] });
            let event = json!({ "output_index": whole.place, "item": opened });
            self.emit("response.output_item.added", event, out);
            let part = json!({ "type": "reasoning_text", "text": "" });
            let event = json!({ "item_id": item, "output_index": whole.place, "content_index": 0, "part": part });
            self.emit("response.content_part.added", event, out);
            whole
        };
        whole.text.push_str(text);
        let event = json!({ "item_id": item, "output_index": whole.place, "content_index": 0, "delta": text });
        self.emit("response.reasoning_text.delta", event, out);
        self.reasoning = Some(whole);
    }

    fn text_delta(&mut self, text: &str, tokens: &Value, out: &mut BytesMut) {
        let item = format!("msg_{}", self.id);
        let mut whole = if let Some(whole) = self.text.take() {
            whole
        } else {
            let whole = self.begin();
            let opened =
                json!({ "id": item, "type": "message", "role": "assistant", "status": "in_progress", "content": [] });
            self.emit("response.output_item.added", json!({ "output_index": whole.place, "item": opened }), out);
            let part = json!({ "type": "output_text", "text": "", "annotations": [], "logprobs": [] });
            let event = json!({ "item_id": item, "output_index": whole.place, "content_index": 0, "part": part });
            self.emit("response.content_part.added", event, out);
            whole
        };
        whole.text.push_str(text);
        whole.tokens.extend(tokens.as_array().into_iter().flatten().cloned());
        let event = json!({ "item_id": item, "output_index": whole.place, "content_index": 0, "delta": text, "logprobs": tokens });
        self.emit("response.output_text.delta", event, out);
        self.text = Some(whole);
    }

    fn call_delta(&mut self, delta: &Value, out: &mut BytesMut) {
        let place = delta["index"].as_u64().and_then(|place| usize::try_from(place).ok()).unwrap_or(0).min(127);
        while self.calls.len() <= place {
            let number = self.calls.len();
            let call = json!({ "id": delta["id"], "function": { "name": delta["function"]["name"], "arguments": "" } });
            let item = call_item(number, &self.id, &call, "in_progress");
            let index = self.begin().place;
            self.calls.push((index, call));
            self.emit("response.output_item.added", json!({ "output_index": index, "item": item }), out);
        }
        let Some(arguments) = delta["function"]["arguments"].as_str().filter(|arguments| !arguments.is_empty()) else {
            return;
        };
        let (index, call) = &mut self.calls[place];
        let whole = format!("{}{arguments}", call["function"]["arguments"].as_str().unwrap_or_default());
        call["function"]["arguments"] = whole.into();
        let event = json!({ "item_id": format!("fc_{}_{place}", self.id), "output_index": *index, "delta": arguments });
        self.emit("response.function_call_arguments.delta", event, out);
    }

    fn reasoning_done(&mut self, whole: &Piecewise, out: &mut BytesMut) -> Value {
        let item = reasoning_item(&self.id, &whole.text);
        let place = json!({ "item_id": item["id"], "output_index": whole.place, "content_index": 0 });
        let mut done = place.clone();
        done["text"] = whole.text.as_str().into();
        self.emit("response.reasoning_text.done", done, out);
        let mut part = place;
        part["part"] = item["content"][0].clone();
        self.emit("response.content_part.done", part, out);
        self.emit("response.output_item.done", json!({ "output_index": whole.place, "item": item }), out);
        item
    }

    fn text_done(&mut self, whole: Piecewise, out: &mut BytesMut) -> Value {
        let Piecewise { place: index, text, tokens } = whole;
        let message = message_item(&self.id, &text, &tokens.into());
        let place = json!({ "item_id": message["id"], "output_index": index, "content_index": 0 });
        let mut done = place.clone();
        done["logprobs"] = message["content"][0]["logprobs"].clone();
        done["text"] = text.into();
        self.emit("response.output_text.done", done, out);
        let mut part = place;
        part["part"] = message["content"][0].clone();
        self.emit("response.content_part.done", part, out);
        self.emit("response.output_item.done", json!({ "output_index": index, "item": message }), out);
        message
    }

    fn call_done(&mut self, number: usize, (index, call): &(usize, Value), out: &mut BytesMut) -> Value {
        let item = call_item(number, &self.id, call, "completed");
        let event = json!({ "item_id": item["id"], "output_index": index, "name": item["name"], "arguments": item["arguments"] });
        self.emit("response.function_call_arguments.done", event, out);
        self.emit("response.output_item.done", json!({ "output_index": index, "item": item }), out);
        item
    }

    /// The end, at `now` in seconds.
    fn end(&mut self, now: i64, out: &mut BytesMut) {
        let mut output: Vec<(usize, Value)> = Vec::new();
        if let Some(whole) = self.reasoning.take() {
            let item = self.reasoning_done(&whole, out);
            output.push((whole.place, item));
        }
        if let Some(whole) = self.text.take() {
            let place = whole.place;
            let item = self.text_done(whole, out);
            output.push((place, item));
        }
        for (number, call) in std::mem::take(&mut self.calls).into_iter().enumerate() {
            let item = self.call_done(number, &call, out);
            output.push((call.0, item));
        }
        output.sort_by_key(|(place, _)| *place);
        let mut response =
            self.response.take().unwrap_or_else(|| frame(&self.original, &self.id, &json!(0), &Value::Null));
        let (mut status, details) = end_status(&self.finish);
        if let Some(error) = self.failed.take() {
            status = "failed";
            response["error"] = json!({ "code": "server_error", "message": error["message"] });
        }
        response["output"] = output.into_iter().map(|(_, item)| item).collect();
        close(&mut response, (status, details), now);
        response["usage"] = usage(&self.usage);
        if !self.verdict.is_null() {
            response["maru"] = self.verdict.take();
        }
        self.emit(&format!("response.{status}"), json!({ "response": response }), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasoning_text_and_calls_are_items_in_the_order_in_which_they_began() {
        let token = json!({ "token": "답", "logprob": -0.1, "bytes": null, "top_logprobs": [] });
        let mut translator = Translator::new("1".into(), json!({}));
        let mut out = BytesMut::new();
        let call = json!({ "index": 0, "id": "c", "function": { "name": "f", "arguments": "{}" } });
        for delta in [
            json!({ "reasoning_content": "생" }),
            json!({ "reasoning_content": "각" }),
            json!({ "tool_calls": [call] }),
            json!({ "content": "답" }),
        ] {
            translator.chunk(&json!({ "created": 1, "model": "m", "choices": [{ "delta": delta, "logprobs": { "content": [token] } }] }), &mut out);
        }
        translator.end(9, &mut out);
        let text = String::from_utf8(out.to_vec()).unwrap();
        let last: Value = serde_json::from_str(text.trim_end().rsplit("data: ").next().unwrap()).unwrap();
        let kinds: Vec<&str> =
            last["response"]["output"].as_array().unwrap().iter().map(|item| item["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["reasoning", "function_call", "message"]);
        assert_eq!(last["response"]["output"][0]["content"][0]["text"], "생각");
        assert_eq!(last["response"]["output"][2]["content"][0]["logprobs"].as_array().unwrap().len(), 1);
        assert_eq!(text.matches("event: response.reasoning_text.delta").count(), 2);
    }
}
