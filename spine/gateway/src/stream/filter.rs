//! Server-sent events of a chat completion: what comes in, what may go out. No input or output of its own.

use std::{borrow::Cow, sync::Arc};

use bytes::{Buf as _, Bytes, BytesMut};
use serde::Deserialize;
use serde_json::Value;

use super::channel::{Channel, Need};
use crate::policy::{Checks, Masker, PolicySettings, Screened};

/// An event may have so many bytes: a back end that sends more without an end is broken.
const LARGEST_EVENT: usize = 4 << 20;

/// How a stream is to be treated.
pub(crate) struct FilterOptions {
    pub(crate) policy: Arc<PolicySettings>,
    /// Placeholders of the request; nothing where the key is not to see what stood there.
    pub(crate) masker: Option<Masker>,
    /// The caller did not ask for the chunk with the usage, we did.
    pub(crate) strip_usage: bool,
    /// What the whole answer is held against at its end.
    pub(crate) checks: Checks,
}

/// Tokens as the back end counted them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Usage {
    #[serde(default)]
    pub(crate) prompt_tokens: u64,
    #[serde(default)]
    pub(crate) completion_tokens: u64,
}

/// A text of an event: borrowed from it where nothing in it is escaped.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(default, borrow)]
    choices: Vec<Choice<'a>>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(default)]
    index: u32,
    #[serde(default, borrow)]
    delta: Option<Delta<'a>>,
    /// Of the old completions.
    #[serde(default, borrow)]
    text: Option<Text<'a>>,
    #[serde(default, borrow)]
    finish_reason: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(default, borrow)]
    content: Option<Text<'a>>,
    #[serde(default, borrow)]
    reasoning_content: Option<Text<'a>>,
    #[serde(default, borrow)]
    tool_calls: Option<Vec<ToolCall<'a>>>,
}

#[derive(Deserialize)]
struct ToolCall<'a> {
    #[serde(default)]
    index: u32,
    #[serde(default, borrow)]
    function: Option<Function<'a>>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(default, borrow)]
    arguments: Option<Text<'a>>,
}

fn text_of<'a>(text: Option<&'a Text<'_>>) -> Option<&'a str> {
    text.map(|text| &*text.0)
}

/// An event that waits.
struct Held {
    raw: Bytes,
    /// Its text was sent before; it stands here for what remained.
    rewrite: bool,
}

/// The state of one stream.
pub(crate) struct Filter {
    options: FilterOptions,
    pending: BytesMut,
    held: Vec<Held>,
    channels: Vec<Channel>,
    /// Channels that the last event brought text for.
    touched: Vec<(u32, u32)>,
    pub(crate) usage: Option<Usage>,
    /// Pieces of text: an estimate of tokens where the back end counts none.
    pub(crate) pieces: u64,
    answer: String,
    fired: Vec<Screened>,
    /// A choice has come to its end.
    pub(crate) finished: bool,
    /// The end was marked.
    pub(crate) done: bool,
    /// The back end sent what is no stream of chat completions.
    pub(crate) broken: Option<&'static str>,
}

impl Filter {
    pub(crate) fn new(options: FilterOptions) -> Self {
        Self {
            options,
            pending: BytesMut::new(),
            held: Vec::new(),
            channels: Vec::new(),
            touched: Vec::new(),
            usage: None,
            pieces: 0,
            answer: String::new(),
            fired: Vec::new(),
            finished: false,
            done: false,
            broken: None,
        }
    }

    /// The answer as it goes on the record, with the rules that fired on it; what has gone out cannot be held back any more.
    pub(crate) fn take_answer(&mut self) -> (String, Vec<Screened>) {
        let answer = std::mem::take(&mut self.answer);
        let mut fired = std::mem::take(&mut self.fired);
        fired.extend(self.options.checks.judge(&answer, &self.options.policy).fired);
        (answer, fired)
    }

    /// The end of the stream is to wait for the record.
    pub(crate) fn records_first(&self) -> bool {
        self.options.policy.record_first
    }

    /// Takes in bytes as they come; puts out what may go.
    pub(crate) fn feed(&mut self, mut data: Bytes, out: &mut BytesMut) {
        if !self.pending.is_empty() {
            self.pending.extend_from_slice(&data);
            data = self.pending.split().freeze();
        }
        while self.broken.is_none() {
            let Some((length, skip)) = end_of_event(&data) else { break };
            let event = data.split_to(length + skip);
            self.event(event, length, out);
        }
        if data.len() > LARGEST_EVENT {
            self.broken = Some("an event without an end");
        } else if self.broken.is_none() {
            self.pending.extend_from_slice(&data);
        }
        data.advance(data.len());
    }

    /// The stream has ended, in order or not: what is held goes out.
    pub(crate) fn end(&mut self, out: &mut BytesMut) {
        self.release(true, out);
    }

    fn event(&mut self, raw: Bytes, length: usize, out: &mut BytesMut) {
        let joined;
        let payload = match payload_of(&raw[..length]) {
            Payload::None => {
                out.extend_from_slice(&raw);
                return;
            }
            Payload::Line(line) => line,
            Payload::Lines(lines) => {
                joined = lines;
                &joined
            }
        };
        if payload == b"[DONE]" {
            self.done = true;
            self.release(true, out);
            out.extend_from_slice(&raw);
            return;
        }
        let Ok(chunk) = serde_json::from_slice::<Chunk<'_>>(payload) else {
            self.broken = Some("an event that is no chunk of a completion");
            return;
        };
        if let Some(usage) = chunk.usage {
            self.usage = Some(usage);
            if chunk.choices.is_empty() && self.options.strip_usage {
                return;
            }
        }
        let ends = self.take_in(&chunk);
        self.pass(raw, ends, out);
    }

    /// Adds the texts of a chunk to their channels; says whether a choice ends.
    fn take_in(&mut self, chunk: &Chunk<'_>) -> bool {
        let mut ends = false;
        self.touched.clear();
        for choice in &chunk.choices {
            ends |= choice.finish_reason.is_some();
            let delta = choice.delta.as_ref();
            let content = delta.and_then(|delta| delta.content.as_ref()).or(choice.text.as_ref());
            let content = text_of(content);
            self.push((choice.index, 0), content);
            let Some(delta) = delta else { continue };
            self.push((choice.index, 1), text_of(delta.reasoning_content.as_ref()));
            for call in delta.tool_calls.iter().flatten() {
                let arguments = call.function.as_ref().and_then(|function| function.arguments.as_ref());
                self.push((choice.index, 2 + call.index), text_of(arguments));
            }
        }
        self.finished |= ends;
        ends
    }

    fn push(&mut self, key: (u32, u32), text: Option<&str>) {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return };
        self.pieces += 1;
        self.touched.push(key);
        let place = self.channels.iter().position(|channel| channel.key == key);
        let place = place.unwrap_or_else(|| {
            self.channels.push(Channel::new(key));
            self.channels.len() - 1
        });
        self.channels[place].push(text);
    }

    fn pass(&mut self, raw: Bytes, ends: bool, out: &mut BytesMut) {
        let masks = self.options.masker.as_ref().is_some_and(|masker| !masker.is_empty());
        let hold_back = self.options.policy.hold_back;
        let need = self.channels.iter().map(|channel| channel.need(masks, hold_back)).max().unwrap_or(Need::Nothing);
        let may_go = matches!(need, Need::Nothing | Need::Last);
        if may_go && !ends && self.held.iter().all(|held| !held.rewrite) {
            self.pass_as_it_is(raw, need == Need::Last, out);
            return;
        }
        self.held.push(Held { raw, rewrite: false });
        if ends || need != Need::More {
            self.release(ends, out);
        }
    }

    /// Nothing is changed; where the last pieces may go on, the event that brought them waits for the next.
    fn pass_as_it_is(&mut self, raw: Bytes, without_last: bool, out: &mut BytesMut) {
        for held in self.held.drain(..) {
            out.extend_from_slice(&held.raw);
        }
        for channel in &mut self.channels {
            let is_content = channel.key.1 == 0;
            let waits = without_last && self.touched.contains(&channel.key);
            let text = if waits { channel.release_before_last() } else { channel.release_as_it_is() };
            if is_content {
                self.answer.push_str(text);
            }
        }
        if without_last {
            self.held.push(Held { raw, rewrite: false });
        } else {
            out.extend_from_slice(&raw);
        }
    }

    fn release(&mut self, is_end: bool, out: &mut BytesMut) {
        let mut texts: Vec<((u32, u32), String)> = Vec::new();
        let mut changed = self.held.iter().any(|held| held.rewrite);
        let mut remains = false;
        for channel in self.channels.iter_mut().filter(|channel| channel.has_unsent()) {
            let masker = self.options.masker.as_ref();
            let release = channel.release(masker, &self.options.policy, &mut self.fired, is_end);
            if channel.key.1 == 0 {
                self.answer.push_str(&release.recorded);
            }
            changed |= release.changed | release.remains;
            remains |= release.remains;
            texts.push((channel.key, release.text));
        }
        let held = std::mem::take(&mut self.held);
        if remains && let Some(last) = held.last() {
            self.held.push(Held { raw: last.raw.clone(), rewrite: true });
        }
        if !changed {
            for held in held {
                out.extend_from_slice(&held.raw);
            }
            return;
        }
        for held in held {
            rewrite(&held.raw, &mut texts, out);
        }
    }
}

/// Writes an event with the texts that its channels are to have: the first event of a channel gets all of it.
fn rewrite(raw: &Bytes, texts: &mut [((u32, u32), String)], out: &mut BytesMut) {
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
        let Some(delta) = choice.get_mut("delta") else { continue };
        if delta.get("content").is_some_and(Value::is_string) {
            delta["content"] = text_of(index, 0);
        }
        if delta.get("reasoning_content").is_some_and(Value::is_string) {
            delta["reasoning_content"] = text_of(index, 1);
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
fn end_of_event(data: &[u8]) -> Option<(usize, usize)> {
    for place in memchr::memchr_iter(b'\n', data) {
        match data.get(place + 1) {
            Some(b'\n') => return Some((place, 2)),
            Some(b'\r') if data.get(place + 2) == Some(&b'\n') => return Some((place, 3)),
            _ => {}
        }
    }
    None
}

enum Payload<'a> {
    None,
    Line(&'a [u8]),
    Lines(Vec<u8>),
}

/// What stands behind `data:` in an event.
fn payload_of(event: &[u8]) -> Payload<'_> {
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

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
