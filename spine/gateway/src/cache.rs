//! Answers that are given again: to the same masked request, for the same agency, purpose, class and model, as long as its key says. In the
//! memory of one server, as the back end wrote them: policy looks at every answer anew, and each caller's own data are put back.

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
    time::{Duration, Instant},
};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::upstream::lock;

/// Answers are kept up to so many bytes together; the oldest go first.
const MOST_BYTES: usize = 32 << 20;
/// A larger answer is not kept.
const LARGEST: usize = 256 << 10;

/// What an answer is kept under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Asked([u8; 32]);

impl Asked {
    /// `scope` is everything that keeps requests apart whose bodies are the same; each part with its length, so that none runs into the next.
    pub(crate) fn new(scope: &[&str], body: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        for part in scope {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.update(body);
        Self(hasher.finalize().into())
    }
}

/// An answer that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) bytes: Bytes,
    /// The version of the model that wrote it.
    pub(crate) version: String,
    /// When.
    pub(crate) at: Instant,
}

#[derive(Default)]
struct Rack {
    answers: HashMap<Asked, Kept>,
    order: VecDeque<(Asked, Instant)>,
    bytes: usize,
}

/// The answers of one server.
#[derive(Default)]
pub(crate) struct Cache {
    rack: Mutex<Rack>,
}

impl Cache {
    /// An answer that is not older than that.
    pub(crate) fn get(&self, asked: Asked, oldest: Duration, now: Instant) -> Option<Kept> {
        let rack = lock(&self.rack);
        rack.answers.get(&asked).filter(|kept| now.saturating_duration_since(kept.at) < oldest).cloned()
    }

    pub(crate) fn put(&self, asked: Asked, kept: Kept) {
        if kept.bytes.len() > LARGEST {
            return;
        }
        let mut rack = lock(&self.rack);
        rack.bytes += kept.bytes.len();
        rack.order.push_back((asked, kept.at));
        if let Some(before) = rack.answers.insert(asked, kept) {
            rack.bytes -= before.bytes.len();
        }
        while rack.bytes > MOST_BYTES
            && let Some((oldest, at)) = rack.order.pop_front()
        {
            // Where it was written anew it has another place in the order.
            if rack.answers.get(&oldest).is_some_and(|kept| kept.at == at)
                && let Some(gone) = rack.answers.remove(&oldest)
            {
                rack.bytes -= gone.bytes.len();
            }
        }
        // Answers that are written anew all the time leave their old places behind.
        if rack.order.len() > 2 * rack.answers.len() + 64 {
            let Rack { answers, order, .. } = &mut *rack;
            order.retain(|(asked, at)| answers.get(asked).is_some_and(|kept| kept.at == *at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(size: usize, at: Instant) -> Kept {
        Kept { bytes: Bytes::from(vec![0; size]), version: String::new(), at }
    }

    #[test]
    fn what_is_apart_stays_apart() {
        let body = b"{}";
        let one = Asked::new(&["agency", "purpose", "O"], body);
        assert_eq!(one, Asked::new(&["agency", "purpose", "O"], body));
        for other in [["agency", "purpose", "S"], ["agencyp", "urpose", "O"], ["agency", "", "O"]] {
            assert_ne!(one, Asked::new(&other, body), "{other:?}");
        }
    }

    #[test]
    fn answers_grow_old_and_make_room() {
        let cache = Cache::default();
        let began = Instant::now();
        let name = |number: usize| Asked::new(&[], number.to_string().as_bytes());
        cache.put(name(0), kept(10, began));
        let minute = Duration::from_mins(1);
        assert!(cache.get(name(0), minute, began + Duration::from_secs(59)).is_some());
        assert!(cache.get(name(0), minute, began + minute).is_none(), "too old");
        assert!(cache.get(name(1), minute, began).is_none());
        cache.put(name(1), kept(LARGEST + 1, began));
        assert!(cache.get(name(1), minute, began).is_none(), "too large");
        for number in 0..300 {
            cache.put(name(number), kept(LARGEST, began + Duration::from_millis(number as u64)));
        }
        let rack = lock(&cache.rack);
        assert!(rack.bytes <= MOST_BYTES && rack.answers.len() == MOST_BYTES / LARGEST);
        assert_eq!(rack.bytes, rack.answers.values().map(|kept| kept.bytes.len()).sum::<usize>());
        assert!(rack.answers.contains_key(&name(299)) && !rack.answers.contains_key(&name(0)));
        drop(rack);
        for again in 0..1_000 {
            cache.put(name(0), kept(1, began + Duration::from_secs(again)));
        }
        assert!(lock(&cache.rack).order.len() < 400);
    }
}
