//! The versions of the plan, and what differs between two of them, or between one and the plan as it stands.

use maru_ledger::{Aggregate, StreamId};

use super::{PlanService, ServiceError};
use crate::{
    domain::{Basis, Book, Difference, Entry, Event, LeftOut, Number, Recommendation, Version, book::BookEvent},
    store::BOOK,
};

/// A version with its place in the log: what was recorded before it belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionAt {
    /// The version.
    pub version: Version,
    /// Its place in the log.
    pub position: u64,
}

/// A recommendation that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// Its number.
    pub number: Number,
    /// What the plan said before; nothing where it was not in it.
    pub before: Option<Entry>,
    /// What it says after; nothing where it was left out.
    pub after: Option<Entry>,
    /// What differs; empty where it is new or was left out.
    pub changed: Vec<Difference>,
    /// On what the changes between rest, and why, in order.
    pub grounds: Vec<(Basis, String)>,
}

/// Two states of the plan and what differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The versions that there are, the oldest first.
    pub versions: Vec<VersionAt>,
    /// The place of the first among them.
    pub from: usize,
    /// The place of the second; nothing where the plan as it stands is meant.
    pub to: Option<usize>,
    /// What differs, by number.
    pub differing: Vec<Differing>,
}

/// What a recommendation said at some point, and the changes with their places in the log.
struct Past {
    /// Nothing from where it was left out.
    entries: Vec<(u64, Option<Entry>)>,
    grounds: Vec<(u64, Basis, String)>,
}

impl Past {
    fn at(&self, position: u64) -> Option<&Entry> {
        self.entries.iter().rev().find(|(at, _)| *at <= position).and_then(|(_, entry)| entry.as_ref())
    }

    fn differing(self, number: Number, from: u64, to: u64) -> Option<Differing> {
        let (before, after) = (self.at(from).cloned(), self.at(to).cloned());
        let changed = match (&before, &after) {
            (None, None) => return None,
            (Some(before), Some(after)) => before.differences(after),
            _ => Vec::new(),
        };
        if before.is_some() && after.is_some() && changed.is_empty() {
            return None;
        }
        let between = |at: &u64| (from + 1..=to).contains(at);
        let grounds = self.grounds.into_iter().filter(|(at, ..)| between(at));
        let grounds = grounds.map(|(_, basis, reason)| (basis, reason)).collect();
        Some(Differing { number, before, after, changed, grounds })
    }
}

impl PlanService {
    /// The versions of the plan, the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn versions(&self) -> Result<Vec<VersionAt>, ServiceError> {
        let Ok(stream) = StreamId::new(Book::KIND, BOOK) else { return Ok(Vec::new()) };
        let mut versions = Vec::new();
        for event in self.inner.store.ledger().events(&stream).await? {
            if let Ok(BookEvent::VersionImported { version }) = serde_json::from_value(event.payload) {
                versions.push(VersionAt { version, position: event.position });
            }
        }
        Ok(versions)
    }

    /// What differs between version `from` and version `to`, counted from 0; without `to`, the plan as it stands.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such version.
    pub async fn compare(&self, from: usize, to: Option<usize>) -> Result<Compared, ServiceError> {
        let versions = self.versions().await?;
        let position = |at: usize| versions.get(at).map(|one| one.position).ok_or(ServiceError::NotFound);
        let (start, end) = (position(from)?, to.map_or(Ok(u64::MAX), position)?);
        let mut differing = Vec::new();
        for recommendation in self.inner.store.recommendations_ever().await? {
            let Some(number) = recommendation.entry.as_ref().map(|entry| entry.number) else { continue };
            let past = self.past(number, recommendation, &versions).await?;
            differing.extend(past.differing(number, start, end));
        }
        Ok(Compared { versions, from, to, differing })
    }

    /// Only what was amended or left out has a past that must be read: the rest says what it said when it was entered.
    async fn past(&self, number: Number, known: Recommendation, versions: &[VersionAt]) -> Result<Past, ServiceError> {
        if known.amended == 0 && known.left_out.is_none() {
            let entered = versions.iter().find(|one| one.version.label == known.version);
            let at = entered.map_or(0, |one| one.position);
            return Ok(Past {
                entries: known.entry.map(|entry| (at, Some(entry))).into_iter().collect(),
                grounds: Vec::new(),
            });
        }
        let mut past = Past { entries: Vec::new(), grounds: Vec::new() };
        for event in self.inner.store.history(number).await? {
            match serde_json::from_value(event.payload) {
                Ok(Event::Entered { entry, .. }) => past.entries.push((event.position, Some(*entry))),
                Ok(Event::Amended { entry, basis, reason, .. } | Event::TakenInAgain { entry, basis, reason, .. }) => {
                    past.entries.push((event.position, Some(*entry)));
                    past.grounds.push((event.position, basis, reason));
                }
                // The text said so from the beginning; it was read otherwise.
                Ok(Event::ReadingCorrected { entry, .. }) => {
                    if let Some((_, last)) = past.entries.last_mut() {
                        *last = Some(*entry);
                    }
                }
                Ok(Event::LeftOut { left_out: LeftOut { basis, reason, .. } }) => {
                    past.entries.push((event.position, None));
                    past.grounds.push((event.position, basis, reason));
                }
                _ => {}
            }
        }
        Ok(past)
    }
}
