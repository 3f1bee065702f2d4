//! Server-sent events of a chat completion: what comes in, what may go out. No input or output of its own.

use std::sync::Arc;

use bytes::{Buf as _, Bytes, BytesMut};

use super::{
    channel::{Channel, Need},
    chunk::{Chunk, Usage, frame_of, text_of},
    events::{Payload, end_of_event, payload_of, rewrite},
    frame::Frame,
};
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
    /// What stood around the last text.
    frame: Option<Frame>,
    /// The texts of events that are looked at together.
    together: String,
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
            frame: None,
            together: String::new(),
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
        data.advance(data.len());
    }

    /// The stream has ended, in order or not: what is held goes out.
    pub(crate) fn end(&mut self, out: &mut BytesMut) {
        self.release(true, out);
    }

    /// Lets those events go that data begin with and that have the known frame, if nothing in all their texts needs a closer look.
    fn pass_together(&mut self, data: &[u8], out: &mut BytesMut) -> Together {
        let is_held = self.held.iter().any(|held| held.rewrite);
        let Some(frame) = self.frame.as_ref().filter(|_| !is_held) else { return Together::Nothing };
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
        let key = (frame.choice, 0);
        let place = self.place_of(key);
        self.channels[place].push(&self.together);
        self.channels[place].last_begins(last.1);
        let need = self.need();
        if !matches!(need, Need::Nothing | Need::Last) {
            self.channels[place].take_back(self.together.len());
            return Together::NeedsLook(end);
        }
        self.pieces += pieces;
        self.touched.clear();
        self.touched.push(key);
        let waits = need == Need::Last;
        self.let_go(waits, out);
        let goes = if waits { last.0 } else { end };
        out.extend_from_slice(&data[..goes]);
        if waits {
            self.held.push(Held { raw: Bytes::copy_from_slice(&data[goes..end]), rewrite: false });
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
        let place = self.place_of(key);
        self.channels[place].push(text);
    }

    /// Where the channel stands, which is made if need be.
    fn place_of(&mut self, key: (u32, u32)) -> usize {
        self.channels.iter().position(|channel| channel.key == key).unwrap_or_else(|| {
            self.channels.push(Channel::new(key));
            self.channels.len() - 1
        })
    }

    /// What the texts of all channels ask for.
    fn need(&self) -> Need {
        let masks = self.options.masker.as_ref().is_some_and(|masker| !masker.is_empty());
        let hold_back = self.options.policy.hold_back;
        self.channels.iter().map(|channel| channel.need(masks, hold_back)).max().unwrap_or(Need::Nothing)
    }

    fn pass(&mut self, raw: Bytes, ends: bool, out: &mut BytesMut) {
        let need = self.need();
        let may_go = matches!(need, Need::Nothing | Need::Last);
        if may_go && !ends && self.held.iter().all(|held| !held.rewrite) {
            // Nothing is changed; where the last pieces may go on, the event that brought them waits for the next.
            let waits = need == Need::Last;
            self.let_go(waits, out);
            if waits {
                self.held.push(Held { raw, rewrite: false });
            } else {
                out.extend_from_slice(&raw);
            }
            return;
        }
        self.held.push(Held { raw, rewrite: false });
        if ends || need != Need::More {
            self.release(ends, out);
        }
    }

    /// Events that waited go as they came, and so do the texts of all channels but for the last pieces where those wait.
    fn let_go(&mut self, without_last: bool, out: &mut BytesMut) {
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
