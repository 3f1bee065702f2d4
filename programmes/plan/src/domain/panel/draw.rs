//! The draw: greedy stratified selection, as the Sortition Foundation drew citizens' assemblies with it and as it is described (as LEGACY)
//! in Flanigan, Gölz, Gupta, Hennig, Procaccia, «Fair algorithms for selecting citizens' assemblies», Nature 596 (2021).
//!
//! Again and again the value is taken that is scarcest (most are still needed of those who are left), and one of those who have it
//! is drawn; once the most of a value are drawn, who else has it leaves the pool. Where somebody is missing at the end, the draw begins
//! anew. It keeps every quota; it does not give everybody the same chance (LEXIMIN of the same article comes closer, with a solver).
//!
//! Chance comes from a seed that was nobody's to choose: a text that becomes public only after the pool is fixed. As RFC 3797 draws
//! committees, anybody with the pool, the quotas and that text draws the same people.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{
    PanelRefusal,
    table::{Candidate, Quota, digest, write_pool, write_quotas},
};

/// How often the draw begins anew before it is given up.
const MOST_ATTEMPTS: usize = 1_000;

/// Who was drawn, and in which attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The codes, in the order in which they were drawn.
    pub codes: Vec<String>,
    /// The attempt that succeeded, from 1.
    pub attempt: usize,
}

/// What is drawn from, and by what.
#[derive(Debug, Clone, Copy)]
pub struct Lot<'a> {
    /// Who may be drawn.
    pub pool: &'a [Candidate],
    /// How many of whom.
    pub quotas: &'a [Quota],
    /// How many in all.
    pub size: usize,
    /// The text that became public.
    pub seed: &'a str,
    /// Which draw it is, from 1: the second fills the places of those who withdrew.
    pub round: usize,
}

/// Numbers from a seed: the first eight bytes of SHA-256 over the seed's hash and a counter (8 bytes, highest first).
struct Numbers {
    seed: [u8; 32],
    counter: u64,
}

impl Numbers {
    fn of(lot: &Lot<'_>) -> Self {
        let text = format!(
            "maru-lot-1\n{}\n{}\n{}\n{}\n{}",
            digest(&write_pool(lot.pool)),
            digest(&write_quotas(lot.quotas)),
            lot.size,
            lot.round,
            lot.seed.trim()
        );
        Self { seed: Sha256::digest(text).into(), counter: 0 }
    }

    fn next(&mut self) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.counter.to_be_bytes());
        self.counter += 1;
        let bytes: [u8; 32] = hash.finalize().into();
        bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// Evenly below `most`: what would make low numbers likelier is drawn again.
    fn below(&mut self, most: usize) -> usize {
        let most = most.max(1) as u64;
        let limit = u64::MAX - u64::MAX % most;
        loop {
            let number = self.next();
            if number < limit {
                return usize::try_from(number % most).unwrap_or(0);
            }
        }
    }
}

/// Draws so many that `members` and those drawn come to the size; `gone` are drawn no more.
///
/// # Errors
/// [`PanelRefusal`] where the quotas cannot be kept.
pub fn draw(lot: &Lot<'_>, members: &[String], gone: &[String]) -> Result<Drawn, PanelRefusal> {
    feasible(lot.pool, lot.quotas, lot.size)?;
    let mut numbers = Numbers::of(lot);
    let mut sorted: Vec<&Candidate> = lot.pool.iter().collect();
    sorted.sort_by(|one, other| one.code.cmp(&other.code));
    for attempt in 1..=MOST_ATTEMPTS {
        if let Some(codes) = attempted(lot, &sorted, members, gone, &mut numbers) {
            return Ok(Drawn { codes, attempt });
        }
    }
    Err(PanelRefusal::NotFound)
}

fn attempted(
    lot: &Lot<'_>,
    sorted: &[&Candidate],
    members: &[String],
    gone: &[String],
    numbers: &mut Numbers,
) -> Option<Vec<String>> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for member in sorted.iter().filter(|one| members.contains(&one.code)) {
        count(&mut counts, member);
    }
    let mut left: Vec<&Candidate> =
        sorted.iter().copied().filter(|one| !members.contains(&one.code) && !gone.contains(&one.code)).collect();
    let mut codes = Vec::new();
    leave(&mut left, lot.quotas, &counts);
    while members.len() + codes.len() < lot.size {
        let among = scarcest(&left, lot.quotas, &counts)?;
        if among.is_empty() {
            return None;
        }
        let chosen = left.remove(among[numbers.below(among.len())]);
        count(&mut counts, chosen);
        codes.push(chosen.code.clone());
        leave(&mut left, lot.quotas, &counts);
    }
    let kept = lot.quotas.iter().all(|quota| counted(&counts, quota) >= quota.least);
    kept.then_some(codes)
}

fn count<'a>(counts: &mut BTreeMap<(&'a str, &'a str), usize>, one: &'a Candidate) {
    for (name, value) in &one.traits {
        *counts.entry((name, value)).or_default() += 1;
    }
}

fn counted(counts: &BTreeMap<(&str, &str), usize>, quota: &Quota) -> usize {
    counts.get(&(quota.name.as_str(), quota.value.as_str())).copied().unwrap_or_default()
}

fn has(one: &Candidate, quota: &Quota) -> bool {
    one.traits.get(&quota.name) == Some(&quota.value)
}

/// Who has a value of which the most are drawn leaves.
fn leave(left: &mut Vec<&Candidate>, quotas: &[Quota], counts: &BTreeMap<(&str, &str), usize>) {
    for quota in quotas.iter().filter(|quota| counted(counts, quota) >= quota.most) {
        left.retain(|one| !has(one, quota));
    }
}

/// The places of those who have the scarcest value; of all where nothing is needed any more; nothing where too few are left.
fn scarcest(left: &[&Candidate], quotas: &[Quota], counts: &BTreeMap<(&str, &str), usize>) -> Option<Vec<usize>> {
    let mut worst: Option<(f64, Vec<usize>)> = None;
    for quota in quotas {
        let needed = quota.least.saturating_sub(counted(counts, quota));
        if needed == 0 {
            continue;
        }
        let having: Vec<usize> = (0..left.len()).filter(|at| has(left[*at], quota)).collect();
        if having.len() < needed {
            return None;
        }
        let ratio = needed as f64 / having.len() as f64;
        if worst.as_ref().is_none_or(|(before, _)| ratio > *before) {
            worst = Some((ratio, having));
        }
    }
    Some(worst.map_or_else(|| (0..left.len()).collect(), |(_, having)| having))
}

/// Whether quotas and pool go together, as far as counting each trait alone shows.
///
/// # Errors
/// [`PanelRefusal`] with the trait and value that does not fit.
pub fn feasible(pool: &[Candidate], quotas: &[Quota], size: usize) -> Result<(), PanelRefusal> {
    if size == 0 || size > pool.len() {
        return Err(PanelRefusal::SmallPool { people: pool.len(), size });
    }
    let mut traits: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for quota in quotas {
        let people = pool.iter().filter(|one| has(one, quota)).count();
        if people < quota.least {
            let (name, value) = (quota.name.clone(), quota.value.clone());
            return Err(PanelRefusal::TooFew { name, value, people, least: quota.least });
        }
        let sums = traits.entry(quota.name.as_str()).or_default();
        *sums = (sums.0 + quota.least, sums.1 + quota.most);
    }
    for (name, (least, most)) in traits {
        // Values without a quota may fill up what the most of the others leave.
        let all = pool.iter().all(|one| quotas.iter().any(|quota| quota.name == name && has(one, quota)));
        if least > size || (all && most < size) {
            return Err(PanelRefusal::DoesNotAddUp { name: name.to_owned(), least, most, size });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four hundred people: age and region go together, so that quotas pull against each other.
    fn pool() -> Vec<Candidate> {
        (0..400)
            .map(|at: usize| {
                let age = ["19-39", "40-59", "60+"][at % 3];
                let region = if at % 3 == 2 {
                    ["도시", "농어촌"][at / 3 % 2]
                } else {
                    ["도시", "도시", "농어촌"][at / 3 % 3]
                };
                let traits = [("age", age), ("region", region), ("sex", ["여", "남"][at / 7 % 2])];
                let traits = traits.map(|(name, value)| (name.to_owned(), value.to_owned()));
                Candidate { code: format!("P{at:04}"), traits: traits.into() }
            })
            .collect()
    }

    fn quota(name: &str, value: &str, least: usize, most: usize) -> Quota {
        Quota { name: name.to_owned(), value: value.to_owned(), least, most }
    }

    fn quotas() -> Vec<Quota> {
        vec![
            quota("age", "19-39", 10, 12),
            quota("age", "40-59", 10, 12),
            quota("age", "60+", 6, 8),
            quota("region", "도시", 15, 18),
            quota("region", "농어촌", 12, 15),
            quota("sex", "여", 15, 15),
            quota("sex", "남", 15, 15),
        ]
    }

    #[test]
    fn quotas_are_kept_and_anybody_draws_the_same() {
        let (pool, quotas) = (pool(), quotas());
        let lot = |seed| Lot { pool: &pool, quotas: &quotas, size: 30, seed, round: 1 };
        let drawn = draw(&lot("2026-12-01 6 11 19 23 40 44"), &[], &[]).unwrap();
        assert_eq!(drawn.codes.len(), 30);
        for quota in &quotas {
            let count = pool.iter().filter(|one| drawn.codes.contains(&one.code) && has(one, quota)).count();
            assert!((quota.least..=quota.most).contains(&count), "{quota:?}: {count}");
        }
        let mut turned = pool.clone();
        turned.reverse();
        let again = Lot { pool: &turned, ..lot(" 2026-12-01 6 11 19 23 40 44\n") };
        assert_eq!(
            draw(&again, &[], &[]).unwrap(),
            drawn,
            "the order of the pool and blanks around the seed say nothing"
        );
        assert_ne!(draw(&lot("2026-12-01 6 11 19 23 40 45"), &[], &[]).unwrap().codes, drawn.codes);
    }

    #[test]
    fn a_second_draw_fills_up_and_keeps_the_quotas() {
        let (pool, quotas) = (pool(), quotas());
        let lot = Lot { pool: &pool, quotas: &quotas, size: 30, seed: "seed", round: 1 };
        let first = draw(&lot, &[], &[]).unwrap().codes;
        let (gone, members) = first.split_at(4);
        let second = draw(&Lot { round: 2, ..lot }, members, gone).unwrap().codes;
        assert_eq!(second.len(), 4);
        assert!(second.iter().all(|code| !first.contains(code)));
        for quota in &quotas {
            let all = pool.iter().filter(|one| members.contains(&one.code) || second.contains(&one.code));
            let count = all.filter(|one| has(one, quota)).count();
            assert!((quota.least..=quota.most).contains(&count), "{quota:?}: {count}");
        }
    }

    #[test]
    fn without_quotas_everybody_has_the_same_chance() {
        let pool: Vec<Candidate> =
            (0..10).map(|at| Candidate { code: at.to_string(), traits: BTreeMap::new() }).collect();
        let mut counts = [0_u32; 10];
        for seed in 0..2_000 {
            let seed = seed.to_string();
            let lot = Lot { pool: &pool, quotas: &[], size: 2, seed: &seed, round: 1 };
            for code in draw(&lot, &[], &[]).unwrap().codes {
                counts[code.parse::<usize>().unwrap()] += 1;
            }
        }
        // 400 expected each, standard deviation 18.
        assert!(counts.iter().all(|count| (310..=490).contains(count)), "{counts:?}");
    }

    #[test]
    fn what_cannot_be_kept_is_said() {
        let pool = pool();
        let refused = |quotas: &[Quota], size| {
            let lot = Lot { pool: &pool, quotas, size, seed: "s", round: 1 };
            draw(&lot, &[], &[]).unwrap_err()
        };
        assert!(matches!(refused(&[quota("age", "80+", 1, 2)], 30), PanelRefusal::TooFew { people: 0, .. }));
        assert!(matches!(
            refused(&[quota("sex", "여", 20, 30), quota("sex", "남", 20, 30)], 30),
            PanelRefusal::DoesNotAddUp { .. }
        ));
        assert!(matches!(refused(&[], 500), PanelRefusal::SmallPool { .. }));
    }
}
