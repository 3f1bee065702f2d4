//! Copies of calls to a model that is to be known better: answered, judged and put on the record like any call, and shown to nobody.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::Value;

use super::{
    Draft, Kind,
    after::{After, whole_response},
    call::Prepared,
    local,
    remote::{Attempt, Remote, ask, bytes_for},
};
use crate::{
    gateway::{Copies, Inner, Served},
    policy::{Checks, DataClass, Masker, PolicySettings},
    registry::ModelState,
};

/// Copies of one model's calls that are under way at most; what comes beyond is not copied.
const MOST_UNDER_WAY: u32 = 32;

/// A copy on its way.
struct Copy {
    inner: Arc<Inner>,
    shadow: Arc<Served>,
    kind: Kind,
    class: DataClass,
    policy: Arc<PolicySettings>,
    body: Value,
    draft: Draft,
    under_way: UnderWay,
}

/// Counts a copy, at the model whose calls are copied, while it is under way.
struct UnderWay(Arc<Served>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.copies.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Sends a copy of a call where the model's routing wants one; the call does not wait for it.
pub(super) fn copy(remote: &Remote<'_>, prepared: &Prepared, call: &str) {
    let Some(wanted) = &remote.served.entry.routing.shadow else { return };
    let Some(shadow) = remote.snapshot.models.get(&wanted.model) else { return };
    // What a server keeps for one agency is not to be kept twice.
    if prepared.kind.is_native() || !shadow.works_for(&remote.key.scope.agency) {
        return;
    }
    let may_see = shadow.entry.state != ModelState::Suspended && prepared.class <= shadow.entry.highest_class;
    if !may_see || !remote.served.copies.draw(wanted.per_mille) {
        return;
    }
    let mut draft = Draft::new(remote.inner, remote.key, "shadow", Instant::now());
    draft.of_model(&shadow.entry);
    prepared.class.letter().clone_into(&mut draft.record.class);
    call.clone_into(&mut draft.record.shadow_of);
    let mut body = prepared.body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.shift_remove("stream");
        fields.shift_remove("stream_options");
    }
    // A call of the Responses API has become a chat completion by now.
    let kind = if prepared.kind == Kind::Responses { Kind::Chat } else { prepared.kind };
    let copy = Copy {
        inner: Arc::clone(remote.inner),
        shadow: Arc::clone(shadow),
        kind,
        class: prepared.class,
        policy: Arc::clone(&prepared.policy),
        body,
        draft,
        under_way: UnderWay(Arc::clone(remote.served)),
    };
    tokio::spawn(copy.send());
}

impl Copies {
    /// Whether the next call is copied: evenly, so that 50 of a thousand are one in twenty; never too many at once.
    fn draw(&self, per_mille: u16) -> bool {
        let before = self.calls.fetch_add(1, Ordering::Relaxed).wrapping_mul(u64::from(per_mille));
        if (before + u64::from(per_mille)) / 1_000 == before / 1_000 {
            return false;
        }
        let more = |under_way: u32| (under_way < MOST_UNDER_WAY).then(|| under_way + 1);
        self.under_way.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }
}

impl Copy {
    async fn send(mut self) {
        let answered = self.answer().await;
        let Self { kind, policy, mut draft, under_way, .. } = self;
        match answered {
            Ok((status, bytes)) => {
                let (masker, checks) = (Masker::default(), Checks::default());
                let after = After { kind, masker, restore: false, policy, original: None, checks };
                drop(whole_response(status, bytes, &after, draft));
            }
            Err(code) => draft.ended(503, code),
        }
        drop(under_way);
    }

    async fn answer(&mut self) -> Result<(StatusCode, Bytes), &'static str> {
        let places = self.shadow.balance.order(self.class, None, Instant::now()).map_err(|_| "no_place")?;
        let is_here = self.shadow.balance.is_embedded(self.class);
        let free = places.into_iter().find_map(|place| Some((place.upstream.take_seat()?, place)));
        // Nobody waits in line for a copy.
        let (seat, place) = free.ok_or("all_backends_busy")?;
        let model = if place.model.is_empty() { &self.shadow.entry.id } else { &place.model };
        let bytes = bytes_for(&mut self.body, model);
        self.draft.record.attempts = 1;
        self.draft.tells(&place, &bytes, self.policy.keep_contents);
        if is_here {
            let id = self.draft.record.id.clone();
            let body = std::mem::take(&mut self.body);
            let local = local::compute(&self.inner, self.kind, &id, body, false).await;
            return local.map(|local| (StatusCode::OK, Bytes::from(local.bytes))).map_err(|refusal| refusal.code);
        }
        match ask(&place, seat, self.kind, false, bytes).await {
            Ok(Attempt::Whole(status, bytes)) => Ok((status, bytes)),
            Ok(Attempt::Stream(..)) | Err(_) => Err("no_backend_answered"),
        }
    }
}
