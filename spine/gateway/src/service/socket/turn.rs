//! One turn: the message that begins it, the events that answer it, and what is remembered of it.

use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};
use serde_json::{Map, Value, json};

use crate::{
    error::Refusal,
    policy::DataClass,
    service::{after::ai_notice, stored::items_of},
    stream::{Payload, end_of_event, payload_of},
};

/// The one message that clients send.
const CREATE: &str = "response.create";

/// The last response of a connection, where it was not stored.
#[derive(Debug, PartialEq)]
pub(super) struct Memory {
    id: String,
    /// The stored response that its conversation goes on from; empty where there is none.
    after: String,
    /// What was said since, as the caller said and saw it.
    items: Vec<Value>,
    class: DataClass,
}

/// A turn.
#[derive(Debug)]
pub(super) struct Turn {
    /// The request as HTTP would have brought it.
    pub(super) body: String,
    /// The class of what this connection remembers of the conversation.
    pub(super) class: DataClass,
    /// It goes on from what this connection remembers.
    pub(super) goes_on_here: bool,
    /// The response that it goes on from, as the caller named it.
    previous: Value,
    after: String,
    items: Vec<Value>,
    /// What every response says of itself: that a machine wrote it, and where to find it on the record.
    label: Value,
}

/// What an event of an answer is for the client.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Goes(Value),
    /// The last one of an answer that broke off.
    Ends(Value),
    /// The last one of an answer that came to its end, and what is remembered from now on.
    Completes(Value, Option<Memory>),
}

impl Turn {
    /// Reads a message; what is remembered stands before its input where it goes on from there.
    pub(super) fn read(text: &str, memory: Option<&Memory>) -> Result<Self, Refusal> {
        let mut body: Value = serde_json::from_str(text).map_err(|error| no_message(&error.to_string()))?;
        let Some(fields) = body.as_object_mut() else { return Err(no_message("no object")) };
        if fields.shift_remove("type").is_none_or(|kind| kind != CREATE) {
            return Err(no_message("its type is another"));
        }
        refuse_what_is_not_done(fields)?;
        fields.insert("stream".into(), true.into());
        let previous = fields.get("previous_response_id").cloned().unwrap_or_default();
        let memory = memory.filter(|memory| previous.as_str() == Some(&memory.id));
        let mut items = items_of(fields.get("input"));
        let mut after = previous.as_str().unwrap_or_default().to_owned();
        if let Some(memory) = memory {
            items.splice(0..0, memory.items.iter().cloned());
            after.clone_from(&memory.after);
            let before = if after.is_empty() { Value::Null } else { after.as_str().into() };
            fields.insert("previous_response_id".into(), before);
            // Another kind of input is wrong: it stays, so that the call says so.
            if matches!(fields.get("input"), None | Some(Value::Null | Value::String(_) | Value::Array(_))) {
                fields.insert("input".into(), items.clone().into());
            }
        }
        Ok(Self {
            body: body.to_string(),
            class: memory.map(|memory| memory.class).unwrap_or_default(),
            goes_on_here: memory.is_some(),
            previous,
            after,
            items,
            label: Value::Null,
        })
    }

    /// The answer begins: what its headers say of the call stands in its events here.
    pub(super) fn begins(&mut self, call: &str, class: &str) {
        self.class = DataClass::from_letter(class).unwrap_or(self.class).max(self.class);
        self.label = json!({ "ai_generated": true, "notice": ai_notice(), "call": call, "class": class });
    }

    /// What an event of the answer is for the client.
    pub(super) fn step(&mut self, mut event: Value) -> Step {
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        if kind.is_empty() || kind == "error" {
            let error = if event["error"].is_object() { &event["error"] } else { &event };
            return Step::Ends(error_event(StatusCode::BAD_GATEWAY, error));
        }
        if event["response"].is_object() {
            self.write_into(&mut event["response"]);
        }
        match kind.as_str() {
            "response.completed" | "response.incomplete" => {
                let memory = self.remembered(&event["response"]);
                Step::Completes(event, memory)
            }
            "response.failed" | "response.cancelled" => Step::Ends(event),
            _ => Step::Goes(event),
        }
    }

    fn write_into(&self, response: &mut Value) {
        response["previous_response_id"].clone_from(&self.previous);
        let said = response["maru"].as_object().cloned().unwrap_or_default();
        let mut label = self.label.clone();
        for (name, value) in said {
            label[name] = value;
        }
        response["maru"] = label;
    }

    /// What is remembered of a response; nothing where it is found in the store.
    fn remembered(&mut self, response: &Value) -> Option<Memory> {
        if response["store"] == true {
            return None;
        }
        let mut items = std::mem::take(&mut self.items);
        items.extend(response["output"].as_array().into_iter().flatten().cloned());
        let id = response["id"].as_str()?.to_owned();
        Some(Memory { id, after: std::mem::take(&mut self.after), items, class: self.class })
    }
}

/// The events of a stream, as they come in pieces.
#[derive(Default)]
pub(super) struct Events {
    pending: BytesMut,
}

impl Events {
    pub(super) fn feed(&mut self, data: &Bytes) {
        self.pending.extend_from_slice(data);
    }
}

impl Iterator for Events {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        while let Some((length, skip)) = end_of_event(&self.pending) {
            let event = self.pending.split_to(length + skip);
            let read = match payload_of(&event[..length]) {
                Payload::None => continue,
                Payload::Line(line) => serde_json::from_slice(line),
                Payload::Lines(lines) => serde_json::from_slice(&lines),
            };
            // What is no JSON is the mark of the end.
            if let Ok(event) = read {
                return Some(event);
            }
        }
        None
    }
}

/// A refusal as an event.
pub(super) fn refusal_event(refusal: &Refusal) -> Value {
    let mut event = error_event(refusal.status, &refusal.json()["error"]);
    if let Some(seconds) = refusal.retry_after {
        event["error"]["retry_after"] = seconds.into();
    }
    event
}

/// An error as an event: Open Responses asks for a code and a message, which not every server has.
pub(super) fn error_event(status: StatusCode, error: &Value) -> Value {
    let text = |name: &str| error[name].as_str().filter(|text| !text.is_empty());
    let code = text("code").or(text("type").filter(|kind| *kind != "error")).unwrap_or("upstream_refused");
    let message = text("message").unwrap_or("The model server gave no reason. / 모델 서버가 까닭을 말하지 않았습니다.");
    let mut said = error.as_object().cloned().unwrap_or_default();
    for of_event in ["sequence_number", "type"] {
        said.shift_remove(of_event);
    }
    let mut event = json!({ "type": "error", "status": status.as_u16(), "error": said });
    if let Some(kind) = text("type").filter(|kind| *kind != "error") {
        event["error"]["type"] = kind.into();
    }
    event["error"]["code"] = code.into();
    event["error"]["message"] = message.into();
    event
}

fn no_message(reason: &str) -> Refusal {
    Refusal::bad(
        "invalid_message",
        format!("메시지는 \"type\": \"{CREATE}\"인 JSON 객체여야 합니다. 고쳐서 다시 보내세요."),
        format!(
            "A message must be a JSON object with \"type\": \"{CREATE}\" ({reason}). Correct it and send it again."
        ),
    )
}

/// What other servers do over WebSockets, and what has a meaning over HTTP alone, is refused, never left out: a turn is always a stream, one at a time.
fn refuse_what_is_not_done(fields: &Map<String, Value>) -> Result<(), Refusal> {
    let unsupported = |name: &str, korean: &str, english: &str| {
        Err(Refusal::bad("unsupported_parameter", format!("{name}: {korean}"), format!("{name}: {english}")).at(name))
    };
    if fields.get("stream").is_some_and(|stream| !stream.is_null() && *stream != true) {
        return unsupported(
            "stream",
            "WebSocket에서는 늘 스트림입니다. 빼고 보내세요.",
            "a WebSocket always brings a stream. Leave it out.",
        );
    }
    if fields.get("generate").is_some_and(|generate| !generate.is_null() && *generate != true) {
        return unsupported(
            "generate",
            "답변 없이 준비만 하지 않습니다. 빼고 보내세요.",
            "nothing is prepared without an answer. Leave it out.",
        );
    }
    if fields.get("stream_id").is_some_and(|id| !id.is_null()) {
        return unsupported(
            "stream_id",
            "한 연결에서는 한 번에 답변 하나만 만듭니다. 동시에 받으려면 연결을 더 여세요.",
            "one response at a time comes over a connection. Open more of them for several at once.",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(more: &Value) -> String {
        let mut body = json!({ "type": CREATE, "model": "m", "input": "안녕" });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body.to_string()
    }

    fn completed(turn: &mut Turn, output: &Value, stored: bool) -> (Value, Option<Memory>) {
        let response = json!({ "id": "resp_1", "output": output, "store": stored });
        match turn.step(json!({ "type": "response.completed", "response": response })) {
            Step::Completes(event, memory) => (event, memory),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_has_no_meaning_here_is_refused_and_what_is_usual_is_not() {
        for (wrong, name) in [
            (json!({ "stream": false }), "stream"),
            (json!({ "generate": false }), "generate"),
            (json!({ "stream_id": "a" }), "stream_id"),
        ] {
            let refusal = Turn::read(&create(&wrong), None).unwrap_err();
            assert_eq!((refusal.code, refusal.parameter.as_deref()), ("unsupported_parameter", Some(name)));
        }
        let usual = json!({ "stream": true, "generate": true, "stream_id": null, "background": null });
        let turn = Turn::read(&create(&usual), None).unwrap();
        assert!(turn.body.contains("\"stream\":true") && !turn.body.contains(CREATE), "{}", turn.body);
        for text in ["", "1", "{}", "{\"type\":\"response.steer\"}"] {
            assert_eq!(Turn::read(text, None).unwrap_err().code, "invalid_message", "{text}");
        }
    }

    #[test]
    fn a_conversation_is_remembered_until_it_is_stored() {
        let mut first = Turn::read(&create(&json!({})), None).unwrap();
        first.begins("maru-1", "S");
        let (event, memory) = completed(&mut first, &json!([{ "type": "message" }]), false);
        assert_eq!(
            (&event["response"]["maru"]["call"], &event["response"]["previous_response_id"]),
            (&json!("maru-1"), &Value::Null)
        );
        let memory = memory.unwrap();
        assert_eq!((memory.items.len(), memory.class, memory.after.as_str()), (2, DataClass::Sensitive, ""));
        let mut next = Turn::read(&create(&json!({ "previous_response_id": "resp_1" })), Some(&memory)).unwrap();
        assert!(next.goes_on_here && next.class == DataClass::Sensitive);
        let body: Value = serde_json::from_str(&next.body).unwrap();
        assert_eq!((body["input"].as_array().unwrap().len(), &body["previous_response_id"]), (3, &Value::Null));
        next.begins("maru-2", "O");
        assert_eq!(next.class, DataClass::Sensitive, "what was said before does not become less");
        let (event, memory) = completed(&mut next, &json!([]), true);
        assert_eq!((&event["response"]["previous_response_id"], memory), (&json!("resp_1"), None));
    }

    #[test]
    fn what_goes_on_from_a_stored_response_remembers_only_what_came_since() {
        let mut turn = Turn::read(&create(&json!({ "previous_response_id": "resp_0" })), None).unwrap();
        assert!(!turn.goes_on_here && turn.body.contains("resp_0"));
        turn.begins("maru-1", "O");
        let memory = completed(&mut turn, &json!([]), false).1.unwrap();
        assert_eq!((memory.after.as_str(), memory.items.len()), ("resp_0", 1));
        let next = Turn::read(&create(&json!({ "previous_response_id": "resp_1" })), Some(&memory)).unwrap();
        assert!(next.body.contains("\"previous_response_id\":\"resp_0\""), "{}", next.body);
    }

    #[test]
    fn errors_of_every_server_have_a_code_and_a_message() {
        let mut turn = Turn::read(&create(&json!({})), None).unwrap();
        for (event, code) in [
            (
                json!({ "error": { "code": "upstream_broke", "message": "m", "type": "server_error", "param": null } }),
                "upstream_broke",
            ),
            (json!({ "type": "error", "code": "rate", "message": "m", "sequence_number": 3 }), "rate"),
            (
                json!({ "type": "error", "error": { "type": "server_error", "code": null, "message": "m" } }),
                "server_error",
            ),
            (json!({ "type": "error" }), "upstream_refused"),
        ] {
            let Step::Ends(event) = turn.step(event) else { panic!("an error ends a turn") };
            assert_eq!(
                (&event["type"], &event["status"], &event["error"]["code"]),
                (&json!("error"), &json!(502), &json!(code))
            );
            assert!(event["error"]["message"].as_str().is_some_and(|message| !message.is_empty()));
            assert!(event["error"].get("sequence_number").is_none());
        }
    }

    #[test]
    fn events_are_read_however_they_are_cut() {
        let stream =
            "event: a\ndata: {\"type\":\"a\"}\n\n: nothing\n\ndata: {\"type\":\ndata: \"b\"}\n\ndata: [DONE]\n\n";
        for size in 1..stream.len() {
            let mut events = Events::default();
            let mut read = Vec::new();
            for piece in stream.as_bytes().chunks(size) {
                events.feed(&Bytes::copy_from_slice(piece));
                read.extend(events.by_ref().map(|event| event["type"].clone()));
            }
            assert_eq!(read, [json!("a"), json!("b")], "{size}");
        }
    }
}
