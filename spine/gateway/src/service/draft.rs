//! The record of a call while it runs. Whatever ends the call, this is dropped, and then the call is booked and recorded.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use maru_ledger::{Clock, hexadecimal};
use sha2::{Digest as _, Sha256};

use crate::{
    budget::{Cost, Reservation},
    cache::Likeness,
    error::Refusal,
    gateway::{Inner, Key},
    policy::{Action, Screened},
    record::{CallRecord, Finished, Recorder},
    registry::ModelEntry,
    telemetry::TraceParent,
    upstream::Place,
};

/// What stands on the record in place of a back end where an answer was given before.
const CACHE: &str = "cache";

/// A call that runs.
pub(crate) struct Draft {
    inner: Arc<Inner>,
    pub(crate) record: CallRecord,
    began: Instant,
    reservation: Reservation,
    prices: (u64, u64),
    sent: Option<Bytes>,
    answer: String,
    keeps_contents: bool,
    /// The answer was given before and costs nothing.
    is_given_again: bool,
    pub(crate) parent: Option<TraceParent>,
}

impl Draft {
    pub(crate) fn new(inner: &Arc<Inner>, key: &Key, route: &'static str, began: Instant) -> Self {
        let record = CallRecord {
            id: inner.call_id(),
            at: inner.clock.now().as_microsecond(),
            route: route.to_owned(),
            key: key.scope.id.clone(),
            agency: key.scope.agency.clone(),
            system: key.scope.system.clone(),
            purpose: key.scope.purpose.clone(),
            // Whoever drops it without a word went away.
            status: 499,
            code: "cancelled".to_owned(),
            ..CallRecord::default()
        };
        Self {
            inner: Arc::clone(inner),
            record,
            began,
            reservation: Reservation::default(),
            prices: (0, 0),
            sent: None,
            answer: String::new(),
            keeps_contents: false,
            is_given_again: false,
            parent: None,
        }
    }

    pub(crate) fn of_model(&mut self, entry: &ModelEntry) {
        self.record.model.clone_from(&entry.id);
        self.prices = (entry.won_per_million_in, entry.won_per_million_out);
    }

    pub(crate) fn cost(&self, tokens_in: u64, tokens_out: u64) -> Cost {
        let microwon = tokens_in.saturating_mul(self.prices.0).saturating_add(tokens_out.saturating_mul(self.prices.1));
        Cost { tokens: tokens_in.saturating_add(tokens_out), microwon }
    }

    pub(crate) fn reserved(&mut self, reservation: Reservation) {
        self.reservation = reservation;
    }

    pub(crate) fn recorder(&self) -> Recorder {
        self.inner.recorder.clone()
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.inner.clock)
    }

    /// A rule fired.
    pub(crate) fn note(&mut self, rule: &str, action: Action) {
        self.record.rules.push(Screened { rule: rule.to_owned(), action });
    }

    /// What leaves for the back end.
    pub(crate) fn sends(&mut self, body: &Bytes, keeps_contents: bool) {
        self.sent = Some(body.clone());
        self.keeps_contents = keeps_contents;
    }

    /// Which place is asked, and what it is sent.
    pub(crate) fn tells(&mut self, place: &Place, body: &Bytes, keeps_contents: bool) {
        self.record.backend.clone_from(&place.upstream.id);
        self.record.version.clone_from(&place.version);
        self.sends(body, keeps_contents);
    }

    /// Nobody is asked: a model of this version gave the answer before, to the same request or to one that much alike.
    pub(crate) fn answered_before(&mut self, version: &str, likeness: Option<Likeness>) {
        CACHE.clone_into(&mut self.record.backend);
        version.clone_into(&mut self.record.version);
        self.record.likeness = likeness.map_or(0, |Likeness(hundredths)| hundredths);
        self.is_given_again = true;
    }

    pub(crate) fn refused(&mut self, refusal: &Refusal) {
        self.ended(refusal.status.as_u16(), refusal.code);
    }

    /// The answer's text as it goes on the record, and rules that fired on it.
    pub(crate) fn answered(&mut self, text: String, fired: Vec<Screened>) {
        self.answer = text;
        self.record.rules.extend(fired);
    }

    pub(crate) fn used(&mut self, tokens_in: u64, tokens_out: u64) {
        if self.is_given_again {
            return;
        }
        self.record.tokens_in = tokens_in;
        self.record.tokens_out = tokens_out;
    }

    /// The back end counted nothing (it was broken off): three bytes of the request are a token, and so is each piece of the answer.
    pub(crate) fn used_about(&mut self, pieces: u64) {
        let sent = self.sent.as_ref().map_or(0, |sent| sent.len() as u64);
        self.used(sent.div_ceil(3), pieces);
    }

    pub(crate) fn first_byte(&mut self) {
        if self.record.first_us == 0 {
            self.record.first_us = self.micros();
        }
    }

    pub(crate) fn ended(&mut self, status: u16, code: &str) {
        self.record.status = status;
        code.clone_into(&mut self.record.code);
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX).max(1)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let mut record = std::mem::take(&mut self.record);
        record.total_us = self.micros();
        let cost = self.cost(record.tokens_in, record.tokens_out);
        record.microwon = cost.microwon;
        self.reservation.settle(cost);
        let mut contents = None;
        if let Some(sent) = self.sent.take() {
            record.request_sha256 = hexadecimal(&Sha256::digest(&sent)[..]);
            record.answer_sha256 = hexadecimal(&Sha256::digest(self.answer.as_bytes())[..]);
            if self.keeps_contents {
                // What was sent was made by us from a value: it is UTF-8.
                let request = String::from_utf8(sent.into()).unwrap_or_default();
                contents = Some((request, std::mem::take(&mut self.answer)));
            }
        }
        self.inner.recorder.hand_in(Finished { record, contents, parent: self.parent });
    }
}
