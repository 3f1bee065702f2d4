//! Who is asked next.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use super::{Place, zone_suffices};
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
    /// All are at their capacity.
    Busy,
}

impl Balance {
    pub(crate) fn new(places: Vec<Place>) -> Self {
        Self { places, counter: AtomicU64::new(0) }
    }

    /// The places to be asked in turn: the first by weight, then the others, those that rest last.
    pub(crate) fn order(&self, class: DataClass, now: Instant) -> Result<Vec<Place>, Nobody> {
        if self.places.is_empty() {
            return Err(Nobody::Nowhere);
        }
        let mut allowed: Vec<&Place> =
            self.places.iter().filter(|place| zone_suffices(place.upstream.zone, class)).collect();
        if allowed.is_empty() {
            return Err(Nobody::Class);
        }
        allowed.retain(|place| place.upstream.has_room());
        if allowed.is_empty() {
            return Err(Nobody::Busy);
        }
        if allowed.len() > 1 {
            let first = self.draw(&allowed);
            let first = allowed[first].upstream.id.clone();
            allowed.sort_by_key(|place| {
                let resting = place.upstream.health.is_resting(now);
                (resting, place.upstream.id != first, place.weight == 0, place.upstream.load())
            });
        }
        Ok(allowed.into_iter().cloned().collect())
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::registry::{Backend, Zone};

    fn place(id: &str, zone: Zone, weight: u32) -> Place {
        let text = format!("id = \"{id}\"\nurl = \"http://127.0.0.1:1/v1\"\nzone = \"internet\"\ncapacity = 1");
        let backend = Backend { zone, ..toml::from_str(&text).unwrap() };
        let upstream = super::super::upstream_of(&backend, None, Instant::now()).unwrap();
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
            let order = balance.order(DataClass::Open, Instant::now()).unwrap();
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
            let order = balance.order(DataClass::Sensitive, now).unwrap();
            let names: Vec<&str> = order.iter().map(|place| place.upstream.id.as_str()).collect();
            assert_eq!(names, ["b", "a"]);
        }
        assert_eq!(balance.order(DataClass::Classified, now).err(), Some(Nobody::Class));
        assert_eq!(Balance::new(vec![]).order(DataClass::Open, now).err(), Some(Nobody::Nowhere));
    }
}
