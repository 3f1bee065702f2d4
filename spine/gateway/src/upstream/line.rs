//! Who waits for a seat, and who gets the next: agencies in turn, however much each asks at once. A call of low priority counts as several
//! of its agency's turns, one of high priority as part of one, so that nobody waits for ever (start-time fair queueing).

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use super::{Place, Seat, Upstream, lock};
use crate::registry::Priority;

/// So many calls wait at most.
const MOST: usize = 4_096;
/// What is said where nothing is known yet of how fast seats become free.
const UNKNOWN: Duration = Duration::from_secs(1);
/// The longest time that is said.
const LONGEST: Duration = Duration::from_mins(10);

/// Everybody who waits at this server of the gateway.
#[derive(Default)]
pub(crate) struct Line {
    /// How many wait: looked at whenever a seat is freed, which is all that costs while nobody does.
    waiting: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By their turn, then as they came.
    waiters: BTreeMap<(u64, u64), Waiter>,
    /// The last turn of each agency that waited since nobody did.
    last_turns: HashMap<String, u64>,
    turn: u64,
    arrivals: u64,
    /// How fast seats were given out while somebody waited.
    interval: Option<Duration>,
    given: Option<Instant>,
}

struct Waiter {
    places: Vec<Arc<Upstream>>,
    reply: oneshot::Sender<(usize, Seat)>,
}

/// Who asks for a seat, and how long it may take.
pub(crate) struct Asking<'a> {
    pub(crate) agency: &'a str,
    pub(crate) priority: Priority,
    pub(crate) places: &'a [Place],
    pub(crate) patience: Duration,
}

/// There is no seat, and waiting any longer is no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ComeBack {
    /// After so many seconds it is worth another attempt.
    pub(crate) seconds: u64,
}

/// Somebody who waits: gone when this is.
struct Ticket<'a> {
    line: &'a Line,
    key: (u64, u64),
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.line.state);
        drop(state.waiters.remove(&self.key));
        self.line.note(&mut state);
    }
}

impl Line {
    /// A seat at one of the places, the first where several are free; waits for one where none is.
    pub(crate) async fn seat(&self, asking: Asking<'_>) -> Result<(usize, Seat), ComeBack> {
        if self.waiting.load(Ordering::SeqCst) == 0
            && let Some(found) = free(asking.places.iter().map(|place| &place.upstream))
        {
            return Ok(found);
        }
        let (reply, given) = oneshot::channel();
        let ticket = self.stand_in_line(&asking, reply)?;
        self.serve();
        let given = tokio::time::timeout(asking.patience, given).await;
        drop(ticket);
        match given {
            Ok(Ok(given)) => Ok(given),
            _ => Err(lock(&self.state).come_back()),
        }
    }

    fn stand_in_line(
        &self,
        asking: &Asking<'_>,
        reply: oneshot::Sender<(usize, Seat)>,
    ) -> Result<Ticket<'_>, ComeBack> {
        let mut state = lock(&self.state);
        let is_long = state.waiters.len() >= MOST || state.expected().is_some_and(|wait| wait > asking.patience);
        if is_long {
            return Err(state.come_back());
        }
        let places = asking.places.iter().map(|place| Arc::clone(&place.upstream)).collect();
        let key = state.turn_of(asking.agency, asking.priority);
        state.given.get_or_insert_with(Instant::now);
        state.waiters.insert(key, Waiter { places, reply });
        self.note(&mut state);
        Ok(Ticket { line: self, key })
    }

    /// A seat may be free.
    pub(super) fn ring(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.serve();
        }
    }

    /// Gives free seats to those who wait for them, in turn.
    fn serve(&self) {
        // Seats of those who have just gone: given back when the line is no longer held.
        let mut left_over = Vec::new();
        let mut state = lock(&self.state);
        while let Some((key, seat)) = state.next() {
            if let Some(waiter) = state.waiters.remove(&key)
                && let Err(seat) = waiter.reply.send(seat)
            {
                left_over.push(seat);
            } else {
                state.gave(key.0);
            }
        }
        self.note(&mut state);
        drop(state);
    }

    fn note(&self, state: &mut State) {
        self.waiting.store(state.waiters.len(), Ordering::SeqCst);
        if state.waiters.is_empty() {
            state.last_turns.clear();
            state.given = None;
        }
    }
}

/// The first seat that is free, with its place.
fn free<'a>(places: impl Iterator<Item = &'a Arc<Upstream>>) -> Option<(usize, Seat)> {
    places.enumerate().find_map(|(place, upstream)| Some((place, upstream.take_seat()?)))
}

impl State {
    fn next(&self) -> Option<((u64, u64), (usize, Seat))> {
        self.waiters.iter().find_map(|(key, waiter)| Some((*key, free(waiter.places.iter())?)))
    }

    /// When it is an agency's turn: after its own last one, and never before now.
    fn turn_of(&mut self, agency: &str, priority: Priority) -> (u64, u64) {
        let last = self.last_turns.entry(agency.to_owned()).or_default();
        *last = (*last).max(self.turn) + priority.turns();
        self.arrivals += 1;
        (*last, self.arrivals)
    }

    fn gave(&mut self, turn: u64) {
        self.turn = self.turn.max(turn);
        let now = Instant::now();
        let since = self.given.replace(now).map_or(Duration::ZERO, |given| now.saturating_duration_since(given));
        // The mean of about the last eight.
        self.interval = Some(self.interval.map_or(since, |mean| (mean * 7 + since) / 8));
    }

    /// How long whoever comes now will probably wait.
    fn expected(&self) -> Option<Duration> {
        let ahead = u32::try_from(self.waiters.len() + 1).unwrap_or(u32::MAX);
        self.interval.map(|interval| interval.saturating_mul(ahead))
    }

    fn come_back(&self) -> ComeBack {
        let wait = self.expected().unwrap_or(UNKNOWN).clamp(UNKNOWN, LONGEST);
        ComeBack { seconds: wait.as_secs() + u64::from(wait.subsec_nanos() > 0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        registry::{Backend, Zone},
        upstream::upstream_of,
    };

    fn place(line: &Arc<Line>, capacity: u32) -> Place {
        let mut backend = Backend::new("b", "http://127.0.0.1:1/v1", Zone::Work);
        backend.capacity = capacity;
        let upstream = upstream_of(&backend, None, |_| None, Instant::now(), Arc::clone(line)).unwrap();
        Place { upstream: Arc::new(upstream), model: String::new(), version: String::new(), weight: 1 }
    }

    fn asking<'a>(agency: &'a str, priority: Priority, places: &'a [Place], patience: u64) -> Asking<'a> {
        Asking { agency, priority, places, patience: Duration::from_millis(patience) }
    }

    /// Everybody stands in line behind one seat that is taken; who gets it when, by name.
    async fn order_of(waiting: &[(&'static str, Priority)]) -> Vec<&'static str> {
        let line = Arc::<Line>::default();
        let places = vec![place(&line, 1)];
        let (_, taken) = line.seat(asking("first", Priority::Normal, &places, 0)).await.unwrap();
        let (served, mut order) = tokio::sync::mpsc::unbounded_channel();
        for (agency, priority) in waiting.iter().copied() {
            let (line, places, served) = (Arc::clone(&line), places.clone(), served.clone());
            tokio::spawn(async move {
                let (_, seat) = line.seat(asking(agency, priority, &places, 5_000)).await.unwrap();
                served.send(agency).unwrap();
                drop(seat);
            });
            // As they came.
            tokio::task::yield_now().await;
        }
        drop((taken, served));
        let mut names = Vec::new();
        while let Some(name) = order.recv().await {
            names.push(name);
        }
        names
    }

    #[tokio::test]
    async fn agencies_take_turns_however_much_one_asks() {
        let normal = Priority::Normal;
        let greedy = [("greedy", normal); 6];
        let order = order_of(&[&greedy[..], &[("small", normal), ("small", normal)]].concat()).await;
        assert_eq!(order, ["greedy", "small", "greedy", "small", "greedy", "greedy", "greedy", "greedy"]);
    }

    #[tokio::test]
    async fn what_is_urgent_goes_first_and_what_can_wait_still_gets_its_turn() {
        let waiting =
            [("batch", Priority::Low), ("batch", Priority::Low), ("desk", Priority::Normal), ("alarm", Priority::High)];
        assert_eq!(order_of(&waiting).await, ["alarm", "desk", "batch", "batch"]);
        let flood = [("alarm", Priority::High); 40];
        let order = order_of(&[&[("batch", Priority::Low)], &flood[..]].concat()).await;
        assert_eq!(order.iter().position(|name| *name == "batch"), Some(15), "not starved: {order:?}");
    }

    #[tokio::test]
    async fn who_cannot_be_served_in_time_is_told_when_to_come_back() {
        let line = Arc::<Line>::default();
        let places = [place(&line, 1)];
        let (_, taken) = line.seat(asking("a", Priority::Normal, &places, 0)).await.unwrap();
        let refused = line.seat(asking("a", Priority::Normal, &places, 20)).await.err();
        assert_eq!(refused, Some(ComeBack { seconds: 1 }));
        assert!(lock(&line.state).waiters.is_empty(), "who gave up waits no longer");
        lock(&line.state).interval = Some(Duration::from_secs(7));
        let at_once =
            tokio::time::timeout(Duration::from_millis(5), line.seat(asking("a", Priority::Normal, &places, 5_000)));
        assert_eq!(at_once.await.unwrap().err(), Some(ComeBack { seconds: 7 }), "waiting would be no use");
        drop(taken);
        assert!(line.seat(asking("a", Priority::Normal, &places, 5_000)).await.is_ok());
    }

    #[tokio::test]
    async fn a_seat_for_somebody_who_has_gone_is_not_lost() {
        let line = Arc::<Line>::default();
        let places = [place(&line, 1)];
        let (_, taken) = line.seat(asking("a", Priority::Normal, &places, 0)).await.unwrap();
        let mut gone = Box::pin(line.seat(asking("a", Priority::Normal, &places, 5_000)));
        assert!(tokio::time::timeout(Duration::from_millis(5), &mut gone).await.is_err());
        drop(taken);
        // The seat was sent to it, and it never looked.
        drop(gone);
        assert!(line.seat(asking("b", Priority::Normal, &places, 100)).await.is_ok());
        assert_eq!(line.waiting.load(Ordering::SeqCst), 0);
    }
}
