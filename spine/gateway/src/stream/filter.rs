//! Server-sent events of a chat completion: what comes in, what may go out. No input or output of its own.

use std::{sync::Arc, time::Duration};

use bytes::{Buf as _, Bytes, BytesMut};
use serde_json::{Value, json};

use super::{
    Sieve, State,
    channel::{Channel, Need},
    chunk::{Chunk, Usage, frame_of, text_of},
    events::{Payload, end_of_event, payload_of, rewrite},
    frame::Frame,
    watch::Watch,
};
use crate::policy::{Checks, Judged, Masker, PolicySettings, Screened};

/// An event may have so many bytes: a back end that sends more without an end is broken.
const LARGEST_EVENT: usize = 4 << 20;

/// How a stream is to be treated.
pub(crate) struct FilterOptions {
    pub(crate) policy: Arc<PolicySettings>,
    /// Placeholders of the request; nothing where the key is not to see what stood there.
    pub(crate) masker: Option<Masker>,
    /// The caller did not ask for the chunk with the usage, we did.
    pub(crate) strip_usage: bool,
    /// The caller wants to know at the end what the answer was found to be.
    pub(crate) tells_verdict: bool,
    /// What the whole answer is held against at its end.
    pub(crate) checks: Checks,
}

/// A text of a stream: its choice, and 0 for the content, 1 for the reasoning, from 2 on for tool calls.
type Key = (u32, u32);

/// An event that waits.
struct Held {
    raw: Bytes,
    /// Its text was sent before; it stands here for what remained.
    rewrite: bool,
    /// The one text that it brings; nothing where it brings several.
    key: Option<Key>,
}

impl Held {
    /// Whether it waits for this text; for any, where none is named.
    fn waits_for(&self, only: Option<Key>) -> bool {
        only.is_none() || self.key.is_none() || self.key == only
    }
}

/// The state of one stream.
pub(crate) struct Filter {
    options: FilterOptions,
    pending: BytesMut,
    held: Vec<Held>,
    channels: Vec<Channel>,
    /// Channels that the last event brought text for.
    touched: Vec<Key>,
    /// What stood around the last text.
    frame: Option<Frame>,
    /// The first event, where the caller wants a last one of the same names.
    sample: Option<Bytes>,
    /// The texts of events that are looked at together.
    together: String,
    pub(crate) usage: Option<Usage>,
    /// Pieces of text: an estimate of tokens where the back end counts none.
    pub(crate) pieces: u64,
    answer: String,
    fired: Vec<Screened>,
    watch: Watch,
    /// What the whole answer was found to be, once somebody asked.
    judged: Option<Judged>,
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
            frame: None,
            sample: None,
            together: String::new(),
            usage: None,
            pieces: 0,
            answer: String::new(),
            fired: Vec::new(),
            watch: Watch::default(),
            judged: None,
            finished: false,
            done: false,
            broken: None,
        }
    }

    /// Lets those events go that data begin with and that have the known frame, if nothing in all their texts needs a closer look.
    fn pass_together(&mut self, data: &[u8], out: &mut BytesMut) -> Together {
        let Some(frame) = self.frame.as_ref() else { return Together::Nothing };
        let key = (frame.choice, 0);
        if self.held.iter().any(|held| held.key.is_none() || (held.rewrite && held.key == Some(key))) {
            return Together::Nothing;
        }
        self.together.clear();
        let (mut pieces, mut end, mut last) = (0, 0, (0, 0));
        while let Some((text, length)) = frame.read(&data[end..]) {
            last = (end, self.together.len());
            pieces += u64::from(!text.is_empty());
            self.together.push_str(text);
            end += length;
        }
        if end == 0 {
            return Together::Nothing;
        }
        let place = self.place_of(key);
        self.channels[place].push(&self.together);
        self.channels[place].last_begins(last.1);
        let need = self.need(Some(key));
        if !matches!(need, Need::Nothing | Need::Last) {
            self.channels[place].take_back(self.together.len());
            return Together::NeedsLook(end);
        }
        self.pieces += pieces;
        self.touched.clear();
        self.touched.push(key);
        let waits = need == Need::Last;
        self.let_go(Some(key), waits, out);
        let goes = if waits { last.0 } else { end };
        out.extend_from_slice(&data[..goes]);
        if waits {
            self.held.push(Held { raw: Bytes::copy_from_slice(&data[goes..end]), rewrite: false, key: Some(key) });
        }
        Together::Passed(end)
    }

    fn event(&mut self, raw: Bytes, length: usize, out: &mut BytesMut) {
        if let Some(frame) = &self.frame
            && let Some((text, _)) = frame.read(&raw)
        {
            let key = (frame.choice, 0);
            self.touched.clear();
            self.push(key, Some(text));
            self.pass(raw, false, out);
            return;
        }
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
            self.release(None, true, out);
            self.tell_verdict(out);
            out.extend_from_slice(&raw);
            return;
        }
        if self.options.tells_verdict && self.sample.is_none() {
            self.sample = Some(Bytes::copy_from_slice(payload));
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
        } else if let Some(frame) = frame_of(&raw, &chunk) {
            self.frame = Some(frame);
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
            self.push((choice.index, 1), text_of(delta.reasoning()));
            for call in delta.tool_calls.iter().flatten() {
                let arguments = call.function.as_ref().and_then(|function| function.arguments.as_ref());
                self.push((choice.index, 2 + call.index), text_of(arguments));
            }
        }
        self.finished |= ends;
        ends
    }

    fn push(&mut self, key: Key, text: Option<&str>) {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return };
        self.pieces += 1;
        if !self.touched.contains(&key) {
            self.touched.push(key);
        }
        let place = self.place_of(key);
        self.channels[place].push(text);
    }

    /// Where the channel stands, which is made if need be.
    fn place_of(&mut self, key: Key) -> usize {
        self.channels.iter().position(|channel| channel.key == key).unwrap_or_else(|| {
            self.channels.push(Channel::new(key));
            self.channels.len() - 1
        })
    }

    /// What a text asks for, or all of them.
    fn need(&self, only: Option<Key>) -> Need {
        let masks = self.options.masker.as_ref().is_some_and(|masker| !masker.is_empty());
        let hold_back = self.options.policy.hold_back;
        let asked = self.channels.iter().filter(|channel| only.is_none_or(|key| channel.key == key));
        asked.map(|channel| channel.need(masks, hold_back)).max().unwrap_or(Need::Nothing)
    }

    /// The one text that is touched: it is held and let go apart from the others. Where an event brought several, all are.
    fn only(&self) -> Option<Key> {
        match self.touched.as_slice() {
            [key] if self.held.iter().all(|held| held.key.is_some()) => Some(*key),
            _ => None,
        }
    }

    fn pass(&mut self, raw: Bytes, ends: bool, out: &mut BytesMut) {
        if self.touched.is_empty() && !ends {
            // It brings no text: there is nothing in it to wait for.
            out.extend_from_slice(&raw);
            return;
        }
        let only = if ends { None } else { self.only() };
        let need = self.need(only);
        let may_go = matches!(need, Need::Nothing | Need::Last);
        let begun = self.held.iter().any(|held| held.rewrite && held.waits_for(only));
        let key = if let [key] = self.touched.as_slice() { Some(*key) } else { None };
        if may_go && !ends && !begun {
            // Nothing is changed; where the last pieces may go on, the event that brought them waits for the next.
            let waits = need == Need::Last;
            self.let_go(only, waits, out);
            if waits {
                self.held.push(Held { raw, rewrite: false, key });
            } else {
                out.extend_from_slice(&raw);
            }
            return;
        }
        self.held.push(Held { raw, rewrite: false, key });
        if ends || need != Need::More {
            self.release(only, ends, out);
        }
    }

    /// Events that waited for a text go as they came, and so does the text but for its last pieces where those wait.
    fn let_go(&mut self, only: Option<Key>, without_last: bool, out: &mut BytesMut) {
        for held in self.held.extract_if(.., |held| held.waits_for(only)) {
            out.extend_from_slice(&held.raw);
        }
        for channel in self.channels.iter_mut().filter(|channel| only.is_none_or(|key| channel.key == key)) {
            let is_content = channel.key.1 == 0;
            let waits = without_last && self.touched.contains(&channel.key);
            let text = if waits { channel.release_before_last() } else { channel.release_as_it_is() };
            if is_content {
                self.answer.push_str(text);
            }
        }
    }

    /// Looks at what is held of a text, or of all, and lets it go; unless it is the end, a number that may go on stays.
    fn release(&mut self, only: Option<Key>, is_end: bool, out: &mut BytesMut) {
        let held: Vec<Held> = self.held.extract_if(.., |held| held.waits_for(only)).collect();
        let mut texts: Vec<(Key, String)> = Vec::new();
        let mut changed = held.iter().any(|held| held.rewrite);
        let mut remains = false;
        let wanted = self.channels.iter_mut().filter(|channel| only.is_none_or(|key| channel.key == key));
        for channel in wanted.filter(|channel| channel.has_unsent()) {
            let masker = self.options.masker.as_ref();
            let release = channel.release(masker, &self.options.policy, &mut self.fired, is_end);
            if channel.key.1 == 0 {
                self.answer.push_str(&release.recorded);
            }
            changed |= release.changed | release.remains;
            remains |= release.remains;
            texts.push((channel.key, release.text));
        }
        if !is_end && held.iter().all(|held| held.rewrite) && texts.iter().all(|(_, text)| text.is_empty()) {
            // Nothing of what waits may go yet.
            self.held.extend(held);
            return;
        }
        if remains && let Some(last) = held.last() {
            self.held.push(Held { raw: last.raw.clone(), rewrite: true, key: last.key });
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

    /// Looks at the answer so far; where a rule ends the stream, what came since `before` is not put out.
    fn look_for_unsafe(&mut self, is_whole: bool, before: usize, out: &mut BytesMut) {
        self.watch.look(&self.answer, is_whole, &self.options.policy, &mut self.fired);
        if self.watch.stopped().is_some() {
            out.truncate(before);
        }
    }

    /// What the whole answer was found to be.
    fn judge(&mut self) -> &Judged {
        let Self { judged, answer, options, .. } = self;
        judged.get_or_insert_with(|| options.checks.judge(answer, &options.policy))
    }

    /// Says what the answer was found to be, where the caller asked: a chunk without choices.
    fn tell_verdict(&mut self, out: &mut BytesMut) {
        if !std::mem::take(&mut self.options.tells_verdict) {
            return;
        }
        let sample = self.sample.take().and_then(|sample| serde_json::from_slice::<Value>(&sample).ok());
        let sample = sample.unwrap_or_default();
        let judged = self.judge();
        let rules: Vec<Value> = judged.fired.iter().map(|fired| json!(fired.rule)).collect();
        let verdict = json!({ "id": sample["id"], "object": "chat.completion.chunk", "created": sample["created"],
            "model": sample["model"], "choices": [],
            "maru": { "rules": rules, "ungrounded": judged.ungrounded, "broken_schema": judged.broken_schema } });
        out.extend_from_slice(format!("data: {verdict}\n\n").as_bytes());
    }
}

impl Sieve for Filter {
    fn feed(&mut self, mut data: Bytes, out: &mut BytesMut) {
        let before = out.len();
        if !self.pending.is_empty() {
            self.pending.extend_from_slice(&data);
            data = self.pending.split().freeze();
        }
        // Events before this place in what remains were found to need a look one by one.
        let mut together_again = data.len();
        while self.broken.is_none() {
            if data.len() <= together_again {
                match self.pass_together(&data, out) {
                    Together::Passed(length) => {
                        data.advance(length);
                        continue;
                    }
                    Together::NeedsLook(length) => together_again = data.len() - length,
                    Together::Nothing => {}
                }
            }
            let Some((length, skip)) = end_of_event(&data) else { break };
            let event = data.split_to(length + skip);
            self.event(event, length, out);
        }
        if data.len() > LARGEST_EVENT {
            self.broken = Some("an event without an end");
        } else if self.broken.is_none() {
            self.pending.extend_from_slice(&data);
        }
        self.look_for_unsafe(self.done || self.finished, before, out);
    }

    fn end(&mut self, out: &mut BytesMut) {
        let before = out.len();
        self.release(None, true, out);
        self.look_for_unsafe(true, before, out);
        if self.finished && self.watch.stopped().is_none() {
            self.tell_verdict(out);
        }
    }

    fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    fn late(&mut self, out: &mut BytesMut) {
        let is_apart = self.held.iter().all(|held| held.key.is_some());
        let unsent = self.channels.iter().filter(|channel| channel.has_unsent());
        let (waiting, going): (Vec<&Channel>, Vec<&Channel>) = unsent.partition(|channel| channel.may_go_on());
        if waiting.is_empty() {
            self.release(None, false, out);
        } else if is_apart {
            for key in going.into_iter().map(|channel| channel.key).collect::<Vec<_>>() {
                self.release(Some(key), false, out);
            }
        }
    }

    fn state(&self) -> State {
        let Self { usage, pieces, finished, done, broken, .. } = *self;
        State { usage, pieces, finished, done, broken }
    }

    fn stopped(&self) -> Option<&str> {
        self.watch.stopped()
    }

    fn take_answer(&mut self) -> (String, Vec<Screened>) {
        let judged = self.judge().fired.clone();
        let mut fired = std::mem::take(&mut self.fired);
        fired.extend(judged);
        (std::mem::take(&mut self.answer), fired)
    }

    fn records_first(&self) -> bool {
        self.options.policy.record_first
    }

    fn patience(&self) -> Duration {
        self.options.policy.hold_back_for()
    }
}

/// What became of events that were looked at together.
enum Together {
    /// So many bytes are done with.
    Passed(usize),
    /// The events in so many bytes need a look one by one.
    NeedsLook(usize),
    /// The next event has another frame.
    Nothing,
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
