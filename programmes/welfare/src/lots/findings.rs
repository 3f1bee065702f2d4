//! What a screening found, divided into shards: all of it is in memory at once, some hundred bytes for each finding.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::merge::Found;
use crate::{
    domain::{
        BENEFITS,
        benefit::Whose,
        lot::{SHARDS, shard_of},
    },
    screening::{MISSED, OPEN},
    tables::{TableError, TableReader},
};

/// What was found of the households of a shard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShardFindings {
    /// What is missed.
    pub found: Vec<Found>,
    /// Households with signals of a crisis.
    pub signals: HashSet<String>,
}

/// Reads the findings of all parts of a screening, on so many threads; the parts of the population lie beside them, in the same
/// order.
///
/// # Errors
/// [`TableError`] where a file cannot be read.
pub fn by_shard(outcome: &Path, population: &[PathBuf], threads: usize) -> Result<Vec<ShardFindings>, TableError> {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Ok(vec![ShardFindings::default(); SHARDS]));
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, population.len().max(1)) {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(part) = population.get(place) else { return };
                    let read = of_part(&outcome.join(format!("part-{place:05}")), part, place);
                    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                    match read {
                        Ok(read) => match &mut *all {
                            Ok(shards) => add(shards, read),
                            Err(_) => return,
                        },
                        Err(error) => {
                            *all = Err(error);
                            return;
                        }
                    }
                }
            });
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn add(shards: &mut [ShardFindings], (found, signals): (Vec<Found>, Vec<String>)) {
    for one in found {
        if let Some(shard) = shards.get_mut(usize::from(shard_of(&one.household))) {
            shard.found.push(one);
        }
    }
    for household in signals {
        if let Some(shard) = shards.get_mut(usize::from(shard_of(&household))) {
            shard.signals.insert(household);
        }
    }
}

fn of_part(outcome: &Path, population: &Path, place: usize) -> Result<(Vec<Found>, Vec<String>), TableError> {
    let table = TableReader::open(&outcome.join("findings.parquet"))?;
    let part = u32::try_from(place).unwrap_or(u32::MAX);
    let (homes, holders, benefits) = (table.texts("household_id")?, table.texts("holder")?, table.texts("benefit")?);
    let (kinds, due) = (table.texts("kind")?, table.whole("due")?);
    let mut found = Vec::new();
    for ((household, holder), (id, (kind, due))) in
        homes.into_iter().zip(holders).zip(benefits.iter().zip(kinds.iter().zip(due)))
    {
        let due = match kind.as_str() {
            MISSED => Some(due),
            OPEN => None,
            _ => continue,
        };
        let known = BENEFITS.iter().position(|benefit| benefit.id == id);
        let Some((benefit, of)) = known.and_then(|place| Some((u8::try_from(place).ok()?, BENEFITS.get(place)?)))
        else {
            continue;
        };
        let member = Some(holder).filter(|_| of.whose == Whose::Person);
        found.push(Found { household, benefit, member, due, part });
    }
    let signals = population.join("signal.parquet");
    let signals = if signals.is_file() { TableReader::open(&signals)?.texts("household_id")? } else { Vec::new() };
    Ok((found, signals))
}
