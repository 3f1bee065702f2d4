//! How even the chances are that the draw of a panel gives: many draws from one invented pool in which people volunteered unevenly.
//! Usage: cargo run --release -p maru-plan --example panel -- 500 30 2000      (pool, size, draws)
//!
//! No method that keeps the quotas gives everybody of a crowded value more than the most of that value over how many have it: the
//! smallest of these bounds is what the worst-off can get at most, by LEXIMIN too.

use std::{collections::BTreeMap, time::Instant};

use maru_plan::domain::panel::{Candidate, Lot, Quota, draw};

/// A value of a trait: how many of a hundred volunteer, and how many of a hundred are to be drawn.
type Value = (&'static str, u64, usize);

/// Traits with their values.
const TRAITS: [(&str, &[Value]); 4] = [
    ("age", &[("19-39", 14, 33), ("40-59", 36, 37), ("60+", 50, 30)]),
    ("sex", &[("woman", 44, 50), ("man", 56, 50)]),
    ("region", &[("capital", 62, 51), ("elsewhere", 38, 49)]),
    ("schooling", &[("to 12 years", 22, 50), ("longer", 78, 50)]),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<usize> = std::env::args().skip(1).map(|one| one.parse()).collect::<Result<_, _>>()?;
    let [people, size, draws] = arguments.as_slice() else { return Err("give pool, size and draws".into()) };
    let pool = pool(*people);
    let quotas = quotas(*size);
    let mut times_drawn: BTreeMap<String, usize> = pool.iter().map(|one| (one.code.clone(), 0)).collect();
    let (began, mut attempts) = (Instant::now(), 0);
    for number in 0..*draws {
        let seed = format!("example {number}");
        let lot = Lot { pool: &pool, quotas: &quotas, size: *size, seed: &seed, round: 1 };
        let found = draw(&lot, &[], &[]).map_err(|refusal| format!("{refusal:?}"))?;
        attempts += found.attempt;
        for code in found.codes {
            *times_drawn.entry(code).or_default() += 1;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let mut chances: Vec<f64> = times_drawn.values().map(|times| *times as f64 / *draws as f64).collect();
    chances.sort_by(f64::total_cmp);
    let at = |tenths: usize| chances.get(chances.len() * tenths / 10).copied().unwrap_or_default();
    println!("{people} volunteers, panel of {size}, {draws} draws in {seconds:.1} seconds, {attempts} attempts");
    println!("equal chances, without quotas:     {:.4}", *size as f64 / *people as f64);
    println!("least chance of anybody:           {:.4}", at(0));
    println!("a tenth have less than:            {:.4}", at(1));
    println!("half have less than:               {:.4}", at(5));
    println!("the worst-off by any method, at most: {:.4}", bound(&pool, &quotas));
    Ok(())
}

/// What the worst-off can get at most: of the value that is most crowded, its most over how many have it.
fn bound(pool: &[Candidate], quotas: &[Quota]) -> f64 {
    let of = |quota: &Quota| {
        let have = pool.iter().filter(|one| one.traits.get(&quota.name) == Some(&quota.value)).count();
        quota.most as f64 / have.max(1) as f64
    };
    quotas.iter().map(of).fold(1.0, f64::min)
}

fn quotas(size: usize) -> Vec<Quota> {
    let of_trait = |(name, values): &(&str, &[Value])| {
        let quota = |(value, _, share): &Value| {
            let exactly = size * share / 100;
            Quota {
                name: (*name).to_owned(),
                value: (*value).to_owned(),
                least: exactly,
                most: (exactly + 1).min(size),
            }
        };
        values.iter().map(quota).collect::<Vec<_>>()
    };
    TRAITS.iter().flat_map(of_trait).collect()
}

fn pool(people: usize) -> Vec<Candidate> {
    let mut state = 3_u64;
    let mut of_a_hundred = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 100
    };
    let mut candidate = |number: usize| {
        let mut traits = BTreeMap::new();
        for (name, values) in TRAITS {
            let (drawn, mut below) = (of_a_hundred(), 0);
            let found = values.iter().find(|(_, share, _)| {
                below += share;
                drawn < below
            });
            let value = found.map_or("", |(value, ..)| *value);
            traits.insert(name.to_owned(), value.to_owned());
        }
        Candidate { code: format!("P{number:05}"), traits }
    };
    (0..people).map(&mut candidate).collect()
}
