//! Answers that are given again: to the same masked request, for the same agency, purpose, class and model, as long as its key says. In the
//! memory of one server, as the back end wrote them: policy looks at every answer anew, and each caller's own data are put back.
//!
//! Where a key says so, the answer to a question that asks the same in other words is given too ([`Gist`]).

mod gist;
mod near;

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
    time::{Duration, Instant},
};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

pub use gist::Gist;
use near::Neighbours;
pub(crate) use near::{Likeness, Question};

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

/// An answer, and under what those that ask alike find it.
struct Held {
    kept: Kept,
    near: Option<Asked>,
}

#[derive(Default)]
struct Rack {
    answers: HashMap<Asked, Held>,
    order: VecDeque<(Asked, Instant)>,
    neighbours: Neighbours,
    bytes: usize,
}

impl Rack {
    /// Whether this answer is there since then: where it was written anew it has another place in the order.
    fn has(&self, asked: &Asked, at: Instant) -> bool {
        self.answers.get(asked).is_some_and(|held| held.kept.at == at)
    }

    fn all_bytes(&self) -> usize {
        self.bytes + self.neighbours.bytes()
    }

    fn forget(&mut self, asked: Asked) {
        let Some(gone) = self.answers.remove(&asked) else { return };
        self.bytes -= gone.kept.bytes.len();
        if let Some(near) = gone.near {
            self.neighbours.forget(near, asked);
        }
    }
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
        let kept = rack.answers.get(&asked).map(|held| &held.kept);
        kept.filter(|kept| now.saturating_duration_since(kept.at) < oldest).cloned()
    }

    /// The answer to the question that is most like this one, and how much so, where one that is not older than that is like it enough.
    pub(crate) fn get_alike(&self, question: &Question, oldest: Duration, now: Instant) -> Option<(Kept, Likeness)> {
        let rack = lock(&self.rack);
        let is_young = |at: Instant| now.saturating_duration_since(at) < oldest;
        let (asked, likeness) = rack.neighbours.nearest(question, is_young)?;
        Some((rack.answers.get(&asked)?.kept.clone(), likeness))
    }

    /// Keeps an answer; with a question, those who ask alike find it too.
    pub(crate) fn put(&self, asked: Asked, question: Option<Question>, kept: Kept) {
        if kept.bytes.len() > LARGEST {
            return;
        }
        let mut rack = lock(&self.rack);
        rack.forget(asked);
        rack.bytes += kept.bytes.len();
        rack.order.push_back((asked, kept.at));
        let at = kept.at;
        let near = question.map(|question| rack.neighbours.put(question, asked, at));
        rack.answers.insert(asked, Held { kept, near });
        while rack.all_bytes() > MOST_BYTES
            && let Some((oldest, at)) = rack.order.pop_front()
        {
            if rack.has(&oldest, at) {
                rack.forget(oldest);
            }
        }
        // Answers that are written anew all the time leave their old places behind.
        if rack.order.len() > 2 * rack.answers.len() + 64 {
            let mut order = std::mem::take(&mut rack.order);
            order.retain(|(asked, at)| rack.has(asked, *at));
            rack.order = order;
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
        cache.put(name(0), None, kept(10, began));
        let minute = Duration::from_mins(1);
        assert!(cache.get(name(0), minute, began + Duration::from_secs(59)).is_some());
        assert!(cache.get(name(0), minute, began + minute).is_none(), "too old");
        assert!(cache.get(name(1), minute, began).is_none());
        cache.put(name(1), None, kept(LARGEST + 1, began));
        assert!(cache.get(name(1), minute, began).is_none(), "too large");
        for number in 0..300 {
            cache.put(name(number), None, kept(LARGEST, began + Duration::from_millis(number as u64)));
        }
        let rack = lock(&cache.rack);
        assert!(rack.bytes <= MOST_BYTES && rack.answers.len() == MOST_BYTES / LARGEST);
        assert_eq!(rack.bytes, rack.answers.values().map(|held| held.kept.bytes.len()).sum::<usize>());
        assert!(rack.answers.contains_key(&name(299)) && !rack.answers.contains_key(&name(0)));
        drop(rack);
        for again in 0..1_000 {
            cache.put(name(0), None, kept(1, began + Duration::from_secs(again)));
        }
        assert!(lock(&cache.rack).order.len() < 400);
    }

    fn question(same: Asked, text: &str) -> Question {
        Question::new(same, Gist::of("여권 재발급").unwrap(), text, Likeness(70))
    }

    #[test]
    fn the_answer_to_the_question_most_alike_is_found_while_it_is_young() {
        let cache = Cache::default();
        let began = Instant::now();
        let name = |number: usize| Asked::new(&[], number.to_string().as_bytes());
        let (here, elsewhere) = (Asked::new(&["here"], b""), Asked::new(&["elsewhere"], b""));
        let second = Duration::from_secs(1);
        let texts = ["여권 재발급은 어떻게 하나요?", "안녕하세요. 여권 재발급은 어떻게 하나요?"];
        for (number, text) in texts.iter().enumerate() {
            cache.put(name(number), Some(question(here, text)), kept(number + 1, began + second));
        }
        let asked = question(here, "여권 재발급은 어떻게 합니까?");
        let (found, likeness) = cache.get_alike(&asked, second, began + second).unwrap();
        assert!(found.bytes.len() == 1 && (Likeness(70)..Likeness(100)).contains(&likeness), "{likeness}");
        let same = cache.get_alike(&question(here, texts[1]), second, began + second).unwrap();
        assert_eq!((same.0.bytes.len(), same.1.to_string().as_str()), (2, "1.00"));
        assert!(cache.get_alike(&asked, second, began + 2 * second).is_none(), "too old");
        assert!(cache.get_alike(&question(elsewhere, texts[0]), second, began + second).is_none(), "kept apart");
        assert!(cache.get_alike(&question(here, "다른 글"), second, began + second).is_none(), "too little alike");
    }

    #[test]
    fn neighbours_are_bounded_and_go_with_their_answers() {
        let cache = Cache::default();
        let began = Instant::now();
        let name = |number: usize| Asked::new(&[], number.to_string().as_bytes());
        let same = |number: usize| Asked::new(&["scope"], (number % 7).to_string().as_bytes());
        for number in 0..40_000 {
            let at = began + Duration::from_millis(number as u64);
            cache.put(name(number % 30_000), Some(question(same(number), "여권 재발급")), kept(1, at));
        }
        let count = |cache: &Cache| lock(&cache.rack).neighbours.bytes();
        assert!(count(&cache) <= 7 * 16 * 5_000, "{}", count(&cache));
        for number in 0..40_000 {
            let at = began + Duration::from_mins(number as u64);
            cache.put(name(number), Some(question(name(number), "여권 재발급")), kept(1, at));
        }
        let rack = lock(&cache.rack);
        assert!(rack.all_bytes() <= MOST_BYTES && rack.answers.len() < 20_000, "{}", rack.answers.len());
        let placed = rack.answers.values().filter(|held| held.near.is_some()).count();
        drop(rack);
        assert!(placed > 5_000);
        for number in 0..200 {
            cache.put(name(number), None, kept(LARGEST, began));
        }
        assert_eq!(count(&cache), 0, "large answers push all others out");
    }
}
