//! Server-sent events of the Responses API as a server speaks it itself. Pieces of text are held back as those of a chat completion are; every
//! other event is looked at as a whole, after everything before it has gone out.

use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use serde_json::Value;

use super::{
    FilterOptions, Sieve, State,
    channel::{Channel, Need},
    chunk::Usage,
    events::{Payload, end_of_event, payload_of},
    watch::Watch,
};
use crate::{
    policy::{Screened, leaks},
    service::{for_each_text, forget_tokens},
};

/// An event may have so many bytes: a server that sends more without an end is broken.
const LARGEST_EVENT: usize = 8 << 20;

/// The state of one stream.
pub(crate) struct NativeFilter {
    options: FilterOptions,
    pending: BytesMut,
    /// The channel of the text that comes, with the last event that brought some of it.
    open: Option<(String, Channel, Value)>,
    answer: String,
    fired: Vec<Screened>,
    watch: Watch,
    state: State,
}

impl NativeFilter {
    pub(crate) fn new(options: FilterOptions) -> Self {
        Self {
            options,
            pending: BytesMut::new(),
            open: None,
            answer: String::new(),
            fired: Vec::new(),
            watch: Watch::default(),
            state: State::default(),
        }
    }

    fn event(&mut self, raw: &Bytes, length: usize, out: &mut BytesMut) {
        let payload = match payload_of(&raw[..length]) {
            Payload::Line(line) => line.to_vec(),
            Payload::Lines(lines) => lines,
            Payload::None => {
                out.extend_from_slice(raw);
                return;
            }
        };
        if payload == b"[DONE]" {
            self.release(true, out);
            out.extend_from_slice(raw);
            return;
        }
        let Ok(event) = serde_json::from_slice::<Value>(&payload) else {
            self.state.broken = Some("an event that is no event of a response");
            return;
        };
        let piece = event["type"].as_str().is_some_and(|kind| kind.rsplit('.').next() == Some("delta"));
        match event["delta"].as_str().map(str::to_owned) {
            Some(text) if piece => self.piece(&text, event, out),
            _ => self.whole(event, out),
        }
    }

    /// A piece of a text.
    fn piece(&mut self, text: &str, event: Value, out: &mut BytesMut) {
        self.state.pieces += u64::from(!text.is_empty());
        let name =
            format!("{} {} {} {}", event["type"], event["item_id"], event["content_index"], event["summary_index"]);
        if self.open.as_ref().is_some_and(|(open, ..)| *open != name) {
            self.release(true, out);
        }
        let (_, mut channel, _) =
            self.open.take().unwrap_or_else(|| (String::new(), Channel::new((0, 0)), Value::Null));
        channel.push(text);
        let masks = self.options.masker.as_ref().is_some_and(|masker| !masker.is_empty());
        let need = channel.need(masks, self.options.policy.hold_back);
        self.open = Some((name, channel, event));
        if matches!(need, Need::Nothing | Need::Check) {
            self.release(false, out);
        }
    }

    /// An event that is no piece of a text: what came before it goes first.
    fn whole(&mut self, mut event: Value, out: &mut BytesMut) {
        self.release(true, out);
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        if matches!(
            kind.as_str(),
            "response.completed" | "response.incomplete" | "response.failed" | "response.cancelled"
        ) {
            self.state.done = true;
            let tokens = |name: &str| event.pointer(name).and_then(Value::as_u64);
            let (tokens_in, tokens_out) =
                (tokens("/response/usage/input_tokens"), tokens("/response/usage/output_tokens"));
            if let (Some(prompt_tokens), Some(completion_tokens)) = (tokens_in, tokens_out) {
                self.state.usage = Some(Usage { prompt_tokens, completion_tokens });
            }
        }
        let (policy, masker, fired) = (&self.options.policy, self.options.masker.as_ref(), &mut self.fired);
        // Some servers send no pieces.
        let (mut answer, came_whole) = (String::new(), self.state.done && self.answer.is_empty());
        let mut removed = false;
        for_each_text(&mut event, &mut |name, text| {
            for (range, instead) in leaks(text, policy, fired).into_iter().rev() {
                text.replace_range(range, &instead);
                removed = true;
            }
            if came_whole && name == "text" {
                answer.push_str(text);
            }
            if let Some(restored) = masker.and_then(|masker| masker.restore(text)) {
                *text = restored;
            }
        });
        self.answer.push_str(&answer);
        if removed {
            forget_tokens(&mut event);
        }
        write(&event, out);
    }

    /// What is held of the open text goes out, in an event like the last that brought some of it.
    fn release(&mut self, is_end: bool, out: &mut BytesMut) {
        let Some((_, channel, event)) = &mut self.open else { return };
        if channel.has_unsent() {
            let masker = self.options.masker.as_ref();
            let release = channel.release(masker, &self.options.policy, &mut self.fired, is_end);
            if event["type"] == "response.output_text.delta" {
                self.answer.push_str(&release.recorded);
            }
            if !release.text.is_empty() {
                if release.changed {
                    forget_tokens(event);
                }
                event["delta"] = release.text.into();
                write(event, out);
            }
        }
        if is_end {
            self.open = None;
        }
    }
}

fn write(event: &Value, out: &mut BytesMut) {
    if let Some(kind) = event["type"].as_str() {
        out.extend_from_slice(b"event: ");
        out.extend_from_slice(kind.replace(['\r', '\n'], " ").as_bytes());
        out.extend_from_slice(b"\n");
    }
    out.extend_from_slice(b"data: ");
    out.extend_from_slice(event.to_string().as_bytes());
    out.extend_from_slice(b"\n\n");
}

impl Sieve for NativeFilter {
    fn feed(&mut self, data: Bytes, out: &mut BytesMut) {
        let before = out.len();
        self.pending.extend_from_slice(&data);
        while self.state.broken.is_none()
            && let Some((length, skip)) = end_of_event(&self.pending)
        {
            let event = self.pending.split_to(length + skip).freeze();
            self.event(&event, length, out);
        }
        if self.pending.len() > LARGEST_EVENT {
            self.state.broken = Some("an event without an end");
            self.pending.advance(self.pending.len());
        }
        self.watch.look(&self.answer, self.state.done, &self.options.policy, &mut self.fired);
        if self.watch.stopped().is_some() {
            out.truncate(before);
        }
    }

    fn end(&mut self, out: &mut BytesMut) {
        self.release(true, out);
    }

    fn holds(&self) -> bool {
        self.open.as_ref().is_some_and(|(_, channel, _)| channel.has_unsent())
    }

    fn late(&mut self, out: &mut BytesMut) {
        if self.open.as_ref().is_some_and(|(_, channel, _)| !channel.may_go_on()) {
            self.release(false, out);
        }
    }

    fn state(&self) -> State {
        self.state
    }

    fn stopped(&self) -> Option<&str> {
        self.watch.stopped()
    }

    fn take_answer(&mut self) -> (String, Vec<Screened>) {
        let answer = std::mem::take(&mut self.answer);
        let mut fired = std::mem::take(&mut self.fired);
        fired.extend(self.options.checks.judge(&answer, &self.options.policy).fired);
        (answer, fired)
    }

    fn records_first(&self) -> bool {
        self.options.policy.record_first
    }

    fn patience(&self) -> Duration {
        self.options.policy.hold_back_for()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::policy::{Checks, PolicySettings};

    fn filtered(events: &[Value]) -> (NativeFilter, String) {
        let policy = Arc::new(PolicySettings::default());
        let options =
            FilterOptions { policy, masker: None, strip_usage: false, tells_verdict: false, checks: Checks::default() };
        let mut filter = NativeFilter::new(options);
        let mut out = BytesMut::new();
        for event in events {
            filter.feed(format!("data: {event}\n\n").into(), &mut out);
        }
        filter.end(&mut out);
        (filter, String::from_utf8(out.to_vec()).unwrap())
    }

    fn delta(text: &str) -> Value {
        json!({ "type": "response.output_text.delta", "item_id": "msg_1", "content_index": 0, "delta": text })
    }

    #[test]
    fn a_number_in_pieces_does_not_leak_nor_does_one_in_the_whole() {
        let done = json!({ "type": "response.completed", "response": { "output": [{ "content": [{ "text": "전화 010-1234-5678" }] }],
            "usage": { "input_tokens": 3, "output_tokens": 5 } } });
        let (mut filter, out) = filtered(&[delta("전화 010-"), delta("1234-"), delta("5678"), done]);
        assert!(!out.contains("5678"), "{out}");
        assert!(out.contains("event: response.completed"), "{out}");
        let state = filter.state();
        assert_eq!((state.done, state.usage.map(|usage| usage.completion_tokens), state.pieces), (true, Some(5), 3));
        let (answer, fired) = filter.take_answer();
        assert!(answer.starts_with("전화 ") && fired.iter().any(|fired| fired.rule == "leaked-personal-data"));
    }

    #[test]
    fn what_is_harmless_goes_piece_by_piece() {
        let (filter, out) = filtered(&[delta("안녕"), delta("하세요")]);
        assert_eq!(out.matches("event: response.output_text.delta").count(), 2, "{out}");
        assert!(!filter.state().done);
    }

    #[test]
    fn what_is_no_event_breaks_the_stream() {
        let mut filter = filtered(&[]).0;
        filter.feed(Bytes::from_static(b"data: {\n\n"), &mut BytesMut::new());
        assert!(filter.state().broken.is_some());
    }
}
