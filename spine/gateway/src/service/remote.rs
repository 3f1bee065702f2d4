//! A call to back ends: what was answered before, who waits for a place, who is asked next where one fails or is slow.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use bytes::Bytes;
use serde_json::Value;

use super::{
    Draft, Kind,
    after::{After, stream_response, whole_response},
    alike,
    call::{GivenAgain, Prepared, class_refused},
    shadow, shape,
};
use crate::{
    cache::{Asked, Kept, Likeness, Question},
    error::Refusal,
    gateway::{Inner, Key, Served, Snapshot},
    policy::DataClass,
    stream::{Relay, Source},
    upstream::{Answer, Asking, ComeBack, Nobody, Place, Seat, UpstreamError},
};

/// The largest answer that is not a stream.
const LARGEST_ANSWER: usize = 64 << 20;
/// A wait for a place that is worth a word on the record.
const WAIT_ON_RECORD: Duration = Duration::from_millis(1);

/// What a call to back ends stands on.
pub(super) struct Remote<'a> {
    pub(super) inner: &'a Arc<Inner>,
    pub(super) snapshot: &'a Snapshot,
    pub(super) key: &'a Arc<Key>,
    pub(super) served: &'a Arc<Served>,
}

/// What the answer to a call is kept under.
struct Keeping {
    asked: Asked,
    /// Under what those who ask alike find it, where they may.
    question: Option<Question>,
    /// How old an answer may be that is given again.
    oldest: Duration,
}

/// What a place is asked.
struct Try {
    place: Place,
    seat: Seat,
    bytes: Bytes,
}

/// What became of it.
struct Heard {
    place: Place,
    bytes: Bytes,
    outcome: Result<Attempt, String>,
}

pub(super) enum Attempt {
    Whole(StatusCode, Bytes),
    Stream(Box<Answer>, Bytes),
}

/// The body of a call, made into bytes once for each name that its model has at a place.
struct Bodies<'a> {
    body: &'a mut Value,
    made: Option<(String, Bytes)>,
}

impl Bodies<'_> {
    fn bytes(&mut self, model: &str) -> Bytes {
        if let Some((_, bytes)) = self.made.as_ref().filter(|(name, _)| name == model) {
            return bytes.clone();
        }
        let bytes = bytes_for(self.body, model);
        self.made = Some((model.to_owned(), bytes.clone()));
        bytes
    }
}

/// A body as a place wants it where the model has that name.
pub(super) fn bytes_for(body: &mut Value, model: &str) -> Bytes {
    body["model"] = Value::from(model);
    serde_json::to_vec(body).map(Bytes::from).unwrap_or_default()
}

impl Remote<'_> {
    pub(super) async fn answer(&self, mut prepared: Prepared, mut draft: Draft) -> Result<Response<Body>, Refusal> {
        let keeping = self.keeping(&mut prepared);
        if let Some(before) = keeping.as_ref().and_then(|keeping| self.answered_before(keeping)) {
            return Ok(given_again(before, prepared, draft));
        }
        shadow::copy(self, &prepared, &draft.record.id);
        let (version, attempt) = match self.heard(&mut prepared, &mut draft).await {
            Ok(heard) => heard,
            Err(refusal) => {
                draft.refused(&refusal);
                return Err(refusal);
            }
        };
        Ok(match attempt {
            Attempt::Whole(status, bytes) => {
                if let Some(Keeping { asked, question, .. }) = keeping.filter(|_| status == StatusCode::OK) {
                    self.inner.cache.put(asked, question, Kept { bytes: bytes.clone(), version, at: Instant::now() });
                }
                let Prepared { kind, masker, restore, policy, original, checks, .. } = prepared;
                whole_response(status, bytes, &After { kind, masker, restore, policy, original, checks }, draft)
            }
            Attempt::Stream(answer, first) => {
                let (sieve, original) = prepared.sieve();
                stream_response(Relay::new(Source::Server(answer), Some(first), sieve, draft), original)
            }
        })
    }

    /// What an answer to this call is kept under; nothing where the key has none kept.
    fn keeping(&self, prepared: &mut Prepared) -> Option<Keeping> {
        let scope = &self.key.scope;
        let GivenAgain { oldest, alike } = prepared.given_again?;
        let model = &self.served.entry.id;
        let body = bytes_for(&mut prepared.body, model);
        // Whatever changes in the registry, nothing older is given again.
        let version = self.snapshot.version.to_string();
        let apart =
            [scope.agency.as_str(), &scope.purpose, prepared.class.letter(), prepared.kind.name(), model, &version];
        let asked = Asked::new(&apart, &body);
        let question = alike.and_then(|least| alike::question(prepared.kind, &mut prepared.body, &apart, least));
        Some(Keeping { asked, question, oldest })
    }

    /// The answer to the same request, or to one that asks alike where that may be.
    fn answered_before(&self, Keeping { asked, question, oldest }: &Keeping) -> Option<(Kept, Option<Likeness>)> {
        let (cache, now) = (&self.inner.cache, Instant::now());
        if let Some(same) = cache.get(*asked, *oldest, now) {
            return Some((same, None));
        }
        let (kept, likeness) = cache.get_alike(question.as_ref()?, *oldest, now)?;
        Some((kept, Some(likeness)))
    }

    /// The answer of the first place that gives one, with the model's version there.
    async fn heard(&self, prepared: &mut Prepared, draft: &mut Draft) -> Result<(String, Attempt), Refusal> {
        let routing = &self.served.entry.routing;
        let beginning = routing.prefix_affinity.then(|| shape::beginning(&prepared.body));
        let ordered = self.served.balance.order(prepared.class, beginning, Instant::now());
        let mut places = ordered.map_err(|nobody| nobody_answers(nobody, prepared.class, &self.served.entry.id))?;
        let (first, seat) = self.seat(&places, draft).await?;
        self.served.retries.earn();
        let mut next = Some((places.remove(first), seat));
        let mut rest = VecDeque::from(places);
        let (kind, stream, keeps) = (prepared.kind, prepared.stream, prepared.policy.keep_contents);
        let mut bodies = Bodies { body: &mut prepared.body, made: None };
        let mut begin = |(place, seat): (Place, Seat), draft: &mut Draft| {
            let bytes = bodies.bytes(if place.model.is_empty() { &self.served.entry.id } else { &place.model });
            draft.record.attempts += 1;
            draft.tells(&place, &bytes, keeps);
            Try { place, seat, bytes }
        };
        let mut last = String::new();
        while let Some(one) = next.take() {
            let first = begin(one, draft);
            let second = || self.next_place(&mut rest).map(|other| begin(other, draft));
            let Heard { place, bytes, outcome } = self.hear(first, second, (kind, stream)).await;
            match outcome {
                Ok(attempt) => {
                    place.upstream.health.answered();
                    draft.tells(&place, &bytes, keeps);
                    return Ok((place.version, attempt));
                }
                Err(reason) => last = reason,
            }
            next = self.next_place(&mut rest);
        }
        Err(Refusal::no_backend_answered(&last))
    }

    async fn seat(&self, places: &[Place], draft: &mut Draft) -> Result<(usize, Seat), Refusal> {
        let patience = Duration::from_secs(u64::from(self.served.entry.routing.queue_seconds));
        let (agency, priority) = (self.key.scope.agency.as_str(), self.key.scope.priority);
        let began = Instant::now();
        let seat = self.inner.line.seat(Asking { agency, priority, places, patience }).await;
        let waited = began.elapsed();
        if waited >= WAIT_ON_RECORD {
            draft.record.queued_us = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
        }
        seat.map_err(|ComeBack { seconds }| Refusal::all_backends_busy(seconds))
    }

    /// The next place with a free seat, as long as second attempts are left.
    fn next_place(&self, rest: &mut VecDeque<Place>) -> Option<(Place, Seat)> {
        loop {
            let place = rest.pop_front()?;
            if let Some(seat) = place.upstream.take_seat() {
                return self.served.retries.spend().then_some((place, seat));
            }
        }
    }

    /// Asks one place, and where it is slow and the model's routing wants it a second one beside it: who answers first is heard, and what
    /// the other computes is broken off.
    async fn hear(&self, first: Try, second: impl FnOnce() -> Option<Try>, (kind, stream): (Kind, bool)) -> Heard {
        let mut one = pin!(attempt(first, kind, stream));
        let Some(after) = self.served.entry.routing.hedge_after_ms else { return one.await };
        if let Ok(heard) = tokio::time::timeout(Duration::from_millis(u64::from(after)), &mut one).await {
            return heard;
        }
        let Some(second) = second() else { return one.await };
        let mut two = pin!(attempt(second, kind, stream));
        tokio::select! {
            heard = &mut one => if heard.outcome.is_ok() { heard } else { two.await },
            heard = &mut two => if heard.outcome.is_ok() { heard } else { one.await },
        }
    }
}

fn given_again((kept, likeness): (Kept, Option<Likeness>), prepared: Prepared, mut draft: Draft) -> Response<Body> {
    draft.answered_before(&kept.version, likeness);
    let Prepared { kind, masker, restore, policy, original, checks, .. } = prepared;
    let after = After { kind, masker, restore, policy, original, checks };
    let mut response = whole_response(StatusCode::OK, kept.bytes, &after, draft);
    let headers = response.headers_mut();
    headers.insert("x-maru-cache", HeaderValue::from_static(if likeness.is_some() { "alike" } else { "hit" }));
    headers.insert(header::AGE, HeaderValue::from(kept.at.elapsed().as_secs()));
    if let Some(likeness) = likeness.and_then(|likeness| HeaderValue::try_from(likeness.to_string()).ok()) {
        headers.insert("x-maru-cache-likeness", likeness);
    }
    response
}

fn nobody_answers(nobody: Nobody, class: DataClass, model: &str) -> Refusal {
    match nobody {
        Nobody::Class => class_refused(class),
        Nobody::Nowhere => Refusal::unavailable(
            "model_has_no_server",
            format!("「{model}」 모델이 등록되어 있지만 연결된 서버가 없습니다."),
            format!("The model {model:?} is registered, but no server runs it."),
        ),
    }
}

async fn attempt(one: Try, kind: Kind, stream: bool) -> Heard {
    let Try { place, seat, bytes } = one;
    let outcome = ask(&place, seat, kind, stream, bytes.clone()).await;
    if let Err(reason) = &outcome {
        tracing::warn!(backend = place.upstream.id, %reason, "a back end did not answer");
    }
    Heard { place, bytes, outcome }
}

/// Asks one back end. What another could do better is an error; what the caller did wrong is an answer.
pub(super) async fn ask(place: &Place, seat: Seat, kind: Kind, stream: bool, body: Bytes) -> Result<Attempt, String> {
    let said = |error: UpstreamError| error.to_string();
    let mut answer = seat.post(kind.upstream_path(), body).await.map_err(said)?;
    let status = answer.status;
    if status.is_server_error()
        || matches!(status.as_u16(), 401 | 403 | 404 | 407 | 408 | 429)
        || status.is_redirection()
    {
        if status.is_server_error() {
            place.upstream.health.failed(Instant::now());
        }
        // Read to its end, so that the connection can be used again.
        drop(answer.whole(1 << 20).await);
        return Err(format!("status {}", status.as_u16()));
    }
    if stream && status.is_success() && answer.content_type.starts_with("text/event-stream") {
        let idle = answer.idle();
        let first =
            tokio::time::timeout(idle, answer.bytes()).await.map_err(|_| "no first chunk in time".to_owned())?;
        return match first {
            Some(Ok(first)) => Ok(Attempt::Stream(Box::new(answer), first)),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("a stream without chunks".to_owned()),
        };
    }
    let whole = answer
        .whole(LARGEST_ANSWER)
        .await
        .inspect_err(|_| place.upstream.health.failed(Instant::now()))
        .map_err(said)?;
    if status.is_success() && stream {
        return Err("no stream where one was asked for".to_owned());
    }
    Ok(Attempt::Whole(status, whole))
}
