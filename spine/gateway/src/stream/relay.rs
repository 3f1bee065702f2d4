//! The body of a streamed answer.

use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use http_body::Frame;
use maru_ledger::Clock;
use serde_json::json;

use super::Sieve;
use crate::{
    service::{Draft, answer_stopped},
    upstream::Answer,
};

/// Where the events come from.
pub(crate) enum Source {
    /// A back end.
    Server(Box<Answer>),
    /// The embedded model.
    Ready(VecDeque<Bytes>),
}

/// A streamed answer on its way to the caller. Dropped before its end (the caller went away) it ends the call to the back end too.
pub(crate) struct Relay {
    source: Source,
    filter: Box<dyn Sieve>,
    /// Handed in when the call is over.
    draft: Option<Draft>,
    /// Where the last bytes wait until the call is durably on the record.
    closing: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    call: String,
    clock: Arc<dyn Clock>,
    out: BytesMut,
    idle: Duration,
    timer: Pin<Box<tokio::time::Sleep>>,
    last: Instant,
    /// When what is held back has waited long enough; stands still while nothing is.
    held_until: Option<Pin<Box<tokio::time::Sleep>>>,
    ended: bool,
}

impl Relay {
    /// `first` has already come: so long another back end could still be asked.
    pub(crate) fn new(source: Source, first: Option<Bytes>, filter: Box<dyn Sieve>, draft: Draft) -> Self {
        let idle = match &source {
            Source::Server(answer) => answer.idle(),
            Source::Ready(_) => Duration::from_mins(1),
        };
        let mut relay = Self {
            source,
            filter,
            call: draft.record.id.clone(),
            clock: draft.clock(),
            draft: Some(draft),
            closing: None,
            out: BytesMut::new(),
            idle,
            timer: Box::pin(tokio::time::sleep(idle)),
            last: Instant::now(),
            held_until: None,
            ended: false,
        };
        if let Some(first) = first {
            relay.filter.feed(first, &mut relay.out);
            relay.look_whether_broken();
        }
        relay
    }

    /// The call's name on the record.
    pub(crate) fn call(&self) -> &str {
        &self.call
    }

    /// The time, in seconds.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    fn look_whether_broken(&mut self) {
        if let Some(reason) = self.filter.state().broken {
            self.break_off("upstream_unreadable", reason);
        } else if let Some(refusal) = self.filter.stopped().map(answer_stopped) {
            self.out.extend_from_slice(format!("data: {}\n\n", refusal.json()).as_bytes());
            self.finish(refusal.status.as_u16(), refusal.code);
        }
    }

    /// Ends with an error that clients understand: an event with `error`.
    fn break_off(&mut self, code: &'static str, reason: &str) {
        self.filter.end(&mut self.out);
        let error = json!({ "error": {
            "message": format!("The model server broke off ({reason}); what came so far may be incomplete. / 모델 서버의 답변이 중간에 끊겼습니다. 지금까지 받은 내용은 불완전할 수 있습니다."),
            "type": "server_error", "param": null, "code": code } });
        self.out.extend_from_slice(format!("data: {error}\n\n").as_bytes());
        self.finish(502, code);
    }

    /// Books the call and hands it in. Where the record comes first, what has not gone out yet waits for it.
    fn finish(&mut self, status: u16, code: &'static str) {
        self.ended = true;
        let Some(mut draft) = self.draft.take() else { return };
        let filter = &mut self.filter;
        let (answer, fired) = filter.take_answer();
        draft.answered(answer, fired);
        let state = filter.state();
        match state.usage {
            Some(usage) => draft.used(usage.prompt_tokens, usage.completion_tokens),
            None => draft.used_about(state.pieces),
        }
        draft.ended(status, code);
        if !self.out.is_empty() {
            draft.first_byte();
        }
        if filter.records_first() {
            let recorder = draft.recorder();
            drop(draft);
            self.closing = Some(Box::pin(async move { recorder.flush().await }));
        }
    }

    fn came_to_its_end(&mut self) {
        let state = self.filter.state();
        if state.done {
            self.finish(200, "");
        } else if state.finished {
            // Some servers forget the mark of the end.
            self.filter.end(&mut self.out);
            self.look_whether_broken();
            if self.ended {
                return;
            }
            self.out.extend_from_slice(b"data: [DONE]\n\n");
            self.finish(200, "");
        } else {
            self.break_off("upstream_ended_early", "it ended before its end");
        }
    }

    fn poll_source(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, String>>> {
        match &mut self.source {
            Source::Ready(events) => Poll::Ready(events.pop_front().map(Ok)),
            Source::Server(answer) => answer.poll_bytes(context).map_err(|error| error.to_string()),
        }
    }

    /// What is held back waits no longer than it may, whether more comes or not.
    fn poll_held(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.filter.holds() {
            self.held_until = None;
            return Poll::Pending;
        }
        let patience = self.filter.patience();
        let until = self.held_until.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(until.as_mut().poll(context));
        // A number that may go on stays; it is asked for again after as long a time.
        self.held_until = None;
        self.filter.late(&mut self.out);
        Poll::Ready(())
    }

    fn poll_idle(&mut self, context: &mut Context<'_>) -> bool {
        while self.timer.as_mut().poll_elapsed(context) {
            let until = self.last + self.idle;
            if until <= Instant::now() {
                return true;
            }
            self.timer.as_mut().reset(until.into());
        }
        false
    }
}

/// The timer asked as a future.
trait Elapsed {
    fn poll_elapsed(self, context: &mut Context<'_>) -> bool;
}

impl Elapsed for Pin<&mut tokio::time::Sleep> {
    fn poll_elapsed(self, context: &mut Context<'_>) -> bool {
        Future::poll(self, context).is_ready()
    }
}

impl http_body::Body for Relay {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let relay = self.get_mut();
        loop {
            if let Some(closing) = &mut relay.closing {
                ready!(closing.as_mut().poll(context));
                relay.closing = None;
            }
            if !relay.out.is_empty() {
                if let Some(draft) = &mut relay.draft {
                    draft.first_byte();
                }
                return Poll::Ready(Some(Ok(Frame::data(relay.out.split().freeze()))));
            }
            if relay.ended {
                return Poll::Ready(None);
            }
            match relay.poll_source(context) {
                Poll::Pending => {
                    if relay.poll_idle(context) {
                        relay.break_off("upstream_stands_still", "nothing came for too long");
                        continue;
                    }
                    ready!(relay.poll_held(context));
                }
                Poll::Ready(Some(Ok(data))) => {
                    relay.last = Instant::now();
                    relay.filter.feed(data, &mut relay.out);
                    relay.look_whether_broken();
                }
                Poll::Ready(Some(Err(_))) => relay.break_off("upstream_broke", "the connection broke"),
                Poll::Ready(None) => relay.came_to_its_end(),
            }
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if !self.ended {
            self.finish(499, "cancelled");
        }
    }
}
