//! Who is asked next.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use super::{Address, Place, zone_suffices};
use crate::policy::DataClass;

/// The places of one model, with the counter that spreads its traffic by weight.
pub(crate) struct Balance {
    places: Vec<Place>,
    counter: AtomicU64,
}

/// Why nobody can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nobody {
    /// The model runs nowhere.
    Nowhere,
    /// No place may see this class.
    Class,
}

/// A place that is preferred for what it still knows takes at most so much more than its share of the calls under way, in hundredths.
const PREFERRED_LOAD: u64 = 125;

impl Balance {
    pub(crate) fn new(places: Vec<Place>) -> Self {
        Self { places, counter: AtomicU64::new(0) }
    }

    /// Whether a call of this class stays in this program.
    pub(crate) fn is_embedded(&self, class: DataClass) -> bool {
        let first = self.places.iter().find(|place| zone_suffices(place.upstream.zone, class));
        first.is_some_and(|place| place.upstream.address == Address::Embedded)
    }

    /// The places to be asked in turn: the first by what the call begins with or by weight, then the others, those that rest last.
    pub(crate) fn order(&self, class: DataClass, beginning: Option<u64>, now: Instant) -> Result<Vec<Place>, Nobody> {
        if self.places.is_empty() {
            return Err(Nobody::Nowhere);
        }
        let mut allowed: Vec<&Place> =
            self.places.iter().filter(|place| zone_suffices(place.upstream.zone, class)).collect();
        if allowed.is_empty() {
            return Err(Nobody::Class);
        }
        if allowed.len() > 1 {
            let near = beginning.and_then(|beginning| nearest(&allowed, beginning, now));
            let first = near.unwrap_or_else(|| self.draw(&allowed));
            let first = allowed[first];
            allowed.sort_by_key(|place| {
                let resting = place.upstream.health.is_resting(now);
                (resting, !std::ptr::eq(*place, first), place.weight == 0, place.upstream.load())
            });
        }
        Ok(allowed.into_iter().cloned().collect())
    }

    /// Where the model runs.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// How busy the least busy place is that may see this class and does not rest, in thousandths of what it takes; nothing where there is
    /// none.
    pub(crate) fn busy(&self, class: DataClass, now: Instant) -> Option<u64> {
        let usable = self
            .places
            .iter()
            .filter(|place| zone_suffices(place.upstream.zone, class) && !place.upstream.health.is_resting(now));
        usable.map(|place| u64::from(place.upstream.load()) * 1_000 / u64::from(place.upstream.capacity)).min()
    }

    /// A place by weight: a low-discrepancy sequence, so that a share of 5 % is 5 % also of the first hundred calls.
    fn draw(&self, allowed: &[&Place]) -> usize {
        let total: u64 = allowed.iter().map(|place| u64::from(place.weight)).sum();
        if total == 0 {
            return 0;
        }
        let turn = self.counter.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let mut point = (turn * total) >> 32;
        for (place, allowed) in allowed.iter().enumerate() {
            let weight = u64::from(allowed.weight);
            if point < weight {
                return place;
            }
            point -= weight;
        }
        0
    }
}

/// The place that calls with this beginning go to, by their weights (weighted rendezvous hashing): where places come or go, most beginnings
/// stay where they are. A place that rests or is busy beyond its share is passed
/// over; nothing where all are.
fn nearest(allowed: &[&Place], beginning: u64, now: Instant) -> Option<usize> {
    let weights: u64 = allowed.iter().map(|place| u64::from(place.weight)).sum();
    let calls: u64 = allowed.iter().map(|place| u64::from(place.upstream.load())).sum::<u64>() + 1;
    let has_room = |place: &Place| {
        let share = (calls * u64::from(place.weight) * PREFERRED_LOAD).div_ceil(weights.max(1) * 100);
        u64::from(place.upstream.load()) < share.min(u64::from(place.upstream.capacity))
    };
    let usable = allowed
        .iter()
        .enumerate()
        .filter(|(_, place)| place.weight > 0 && !place.upstream.health.is_resting(now) && has_room(place));
    let nearness = |place: &Place| {
        let mut hasher = DefaultHasher::new();
        (beginning, &place.upstream.id, &place.model, &place.version).hash(&mut hasher);
        // In (0, 1]; its logarithm is not above nothing.
        let point = ((hasher.finish() >> 11) as f64 + 1.0) / (1_u64 << 53) as f64;
        f64::from(place.weight) / -point.ln().min(-f64::MIN_POSITIVE)
    };
    usable.max_by(|(_, one), (_, other)| nearness(one).total_cmp(&nearness(other))).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::registry::{Backend, Zone};

    fn place(id: &str, zone: Zone, weight: u32) -> Place {
        let text = format!("id = \"{id}\"\nurl = \"http://127.0.0.1:1/v1\"\nzone = \"internet\"\ncapacity = 100");
        let backend = Backend { zone, ..toml::from_str(&text).unwrap() };
        let upstream = super::super::upstream_of(&backend, None, |_| None, Instant::now(), Arc::default()).unwrap();
        Place { upstream: Arc::new(upstream), model: String::new(), version: String::new(), weight }
    }

    #[test]
    fn a_canary_gets_its_share() {
        let balance = Balance::new(vec![
            place("a", Zone::Work, 95),
            place("canary", Zone::Work, 5),
            place("spare", Zone::Work, 0),
        ]);
        let mut canary = 0;
        for _ in 0..1_000 {
            let order = balance.order(DataClass::Open, None, Instant::now()).unwrap();
            assert_ne!(order[0].upstream.id, "spare");
            canary += u32::from(order[0].upstream.id == "canary");
        }
        assert!((40..=60).contains(&canary), "{canary}");
    }

    #[test]
    fn who_rests_is_asked_last_and_what_may_not_see_a_class_never() {
        let balance = Balance::new(vec![
            place("a", Zone::Work, 50),
            place("b", Zone::Work, 50),
            place("cloud", Zone::Internet, 900),
        ]);
        let now = Instant::now();
        balance.places[0].upstream.health.failed(now);
        for _ in 0..50 {
            let order = balance.order(DataClass::Sensitive, None, now).unwrap();
            let names: Vec<&str> = order.iter().map(|place| place.upstream.id.as_str()).collect();
            assert_eq!(names, ["b", "a"]);
        }
        assert_eq!(balance.order(DataClass::Classified, None, now).err(), Some(Nobody::Class));
        assert_eq!(Balance::new(vec![]).order(DataClass::Open, None, now).err(), Some(Nobody::Nowhere));
    }
    #[test]
    fn what_begins_alike_goes_to_one_place_as_long_as_it_has_room() {
        let balance =
            Balance::new(vec![place("a", Zone::Work, 60), place("b", Zone::Work, 30), place("c", Zone::Work, 10)]);
        let first = |balance: &Balance, beginning: u64| {
            let order = balance.order(DataClass::Open, Some(beginning), Instant::now()).unwrap();
            order[0].upstream.id.clone()
        };
        let of_a = (0..1_000).filter(|beginning| first(&balance, *beginning) == "a").count();
        assert!((550..=650).contains(&of_a), "by weight: {of_a}");
        let beginning = (0..1_000).find(|beginning| first(&balance, *beginning) == "b").unwrap();
        assert_eq!((0..50).filter(|_| first(&balance, beginning) == "b").count(), 50);
        let fewer = Balance::new(balance.places[1..].to_vec());
        assert_eq!(first(&fewer, beginning), "b", "it stays when another place goes");
        let held: Vec<_> = (0..40).filter_map(|_| balance.places[1].upstream.take_seat()).collect();
        assert_ne!(first(&balance, beginning), "b", "busy beyond its share");
        drop(held);
        balance.places[1].upstream.health.failed(Instant::now());
        assert_ne!(first(&balance, beginning), "b", "it rests");
    }
}
