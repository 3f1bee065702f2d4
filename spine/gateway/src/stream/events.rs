//! Server-sent events: where they end, what they carry, and how they are written anew.

use bytes::{Bytes, BytesMut};
use serde_json::Value;

/// Writes an event with the texts that its channels are to have: the first event of a channel gets all of it.
pub(super) fn rewrite(raw: &Bytes, texts: &mut [((u32, u32), String)], out: &mut BytesMut) {
    let mut trimmed: &[u8] = raw;
    while let [rest @ .., b'\n' | b'\r'] = trimmed {
        trimmed = rest;
    }
    let joined;
    let payload = match payload_of(trimmed) {
        Payload::None => return,
        Payload::Line(line) => line,
        Payload::Lines(lines) => {
            joined = lines;
            &joined
        }
    };
    let Ok(mut event) = serde_json::from_slice::<Value>(payload) else { return };
    let mut text_of = |choice: u32, slot: u32| {
        let found = texts.iter_mut().find(|(key, _)| *key == (choice, slot));
        Value::String(found.map(|(_, text)| std::mem::take(text)).unwrap_or_default())
    };
    for choice in event.get_mut("choices").and_then(Value::as_array_mut).into_iter().flatten() {
        let index = number(choice.get("index"));
        if choice.get("text").is_some_and(Value::is_string) {
            choice["text"] = text_of(index, 0);
        }
        // Token by token it would tell what was taken out.
        if let Some(tokens) = choice.get_mut("logprobs") {
            *tokens = Value::Null;
        }
        let Some(delta) = choice.get_mut("delta") else { continue };
        if delta.get("content").is_some_and(Value::is_string) {
            delta["content"] = text_of(index, 0);
        }
        for name in ["reasoning_content", "reasoning"] {
            if delta.get(name).is_some_and(Value::is_string) {
                delta[name] = text_of(index, 1);
            }
        }
        for call in delta.get_mut("tool_calls").and_then(Value::as_array_mut).into_iter().flatten() {
            let slot = 2 + number(call.get("index"));
            if let Some(arguments) = call.pointer_mut("/function/arguments").filter(|arguments| arguments.is_string()) {
                *arguments = text_of(index, slot);
            }
        }
    }
    out.extend_from_slice(b"data: ");
    out.extend_from_slice(event.to_string().as_bytes());
    out.extend_from_slice(b"\n\n");
}

fn number(value: Option<&Value>) -> u32 {
    value.and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
}

/// The length of the first event and of the empty line after it.
pub(crate) fn end_of_event(data: &[u8]) -> Option<(usize, usize)> {
    for place in memchr::memchr_iter(b'\n', data) {
        match data.get(place + 1) {
            Some(b'\n') => return Some((place, 2)),
            Some(b'\r') if data.get(place + 2) == Some(&b'\n') => return Some((place, 3)),
            _ => {}
        }
    }
    None
}

/// What an event carries.
pub(crate) enum Payload<'a> {
    None,
    Line(&'a [u8]),
    Lines(Vec<u8>),
}

/// What stands behind `data:` in an event.
pub(crate) fn payload_of(event: &[u8]) -> Payload<'_> {
    let mut found = Payload::None;
    for line in event.split(|byte| *byte == b'\n') {
        let Some(data) = line.strip_prefix(b"data:") else { continue };
        let data = data.strip_prefix(b" ").unwrap_or(data);
        let data = data.strip_suffix(b"\r").unwrap_or(data);
        found = match found {
            Payload::None => Payload::Line(data),
            Payload::Line(first) => Payload::Lines([first, b"\n", data].concat()),
            Payload::Lines(mut lines) => {
                lines.push(b'\n');
                lines.extend_from_slice(data);
                Payload::Lines(lines)
            }
        };
    }
    found
}
