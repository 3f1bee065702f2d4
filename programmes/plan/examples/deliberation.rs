//! Groups of opinion in simulated votes: whether groups that were put in are found again, and how long many people take.
//! Usage: cargo run --release -p maru-plan --example deliberation -- 10000 100      (people, statements)

use std::{collections::BTreeMap, time::Instant};

use maru_plan::domain::deliberation::{Letters, Stance, Voter, opinions};

/// Shares of the groups.
const SHARES: [usize; 4] = [50, 25, 15, 10];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<usize> = std::env::args().skip(1).map(|one| one.parse()).collect::<Result<_, _>>()?;
    let [people, statements] = arguments.as_slice() else { return Err("give people and statements".into()) };
    println!("people voted on half of the statements; noise: votes that are turned at random");
    println!("noise\tgroups put in\tgroups found\tsilhouette\tseconds");
    for noise in [0, 10, 20, 30] {
        let votes = votes(*people, *statements, noise).into_iter().enumerate();
        let numbered: Vec<Voter> = votes.map(|(at, votes)| (format!("{at:06}"), votes)).collect();
        let numbers: Vec<usize> = (1..=*statements).collect();
        let began = Instant::now();
        let (found, _) = opinions(&numbers, &numbered, &Letters::default());
        let seconds = began.elapsed().as_secs_f64();
        let put_in: Vec<usize> = SHARES.iter().map(|share| people * share / 100).collect();
        let sizes: Vec<usize> = found.groups.iter().map(|group| group.size).collect();
        println!("{noise} %\t{put_in:?}\t{sizes:?}\t{:.2}\t{seconds:.2}", found.silhouette.unwrap_or_default());
    }
    Ok(())
}

/// Every group agrees or disagrees with each statement as chance had it once; each vote is turned with the noise.
fn votes(people: usize, statements: usize, noise: usize) -> Vec<BTreeMap<usize, Stance>> {
    let mut state = 9_u64;
    let mut draw = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % most
    };
    let views: Vec<Vec<bool>> = SHARES.iter().map(|_| (0..statements).map(|_| draw(2) == 0).collect()).collect();
    let groups = SHARES.iter().enumerate().flat_map(|(group, share)| vec![group; people * share / 100]);
    groups
        .collect::<Vec<_>>()
        .into_iter()
        .map(|group| {
            let mut votes = BTreeMap::new();
            for number in 1..=statements {
                if draw(2) == 0 {
                    continue;
                }
                let agrees = if draw(100) < noise { draw(2) == 0 } else { views[group][number - 1] };
                votes.insert(number, if agrees { Stance::Agree } else { Stance::Disagree });
            }
            votes
        })
        .collect()
}
