//! Spherical k-means with several beginnings.

use std::thread;

use super::matrix::{Dense, dot};
use crate::chance::Chance;

/// Beginnings that are tried; the best stays.
const BEGINNINGS: u64 = 8;
/// Rounds at most.
const ROUNDS: usize = 40;
/// Rows on which beginnings are tried.
const SAMPLE: usize = 12_000;

/// Which row belongs to which cluster.
pub(super) struct Clusters {
    /// How many clusters.
    pub(super) count: usize,
    /// The cluster of each row.
    pub(super) of: Vec<usize>,
    /// How close each row is to the middle of its cluster.
    pub(super) closeness: Vec<f32>,
}

/// Parts the rows, each as long as one, into `count` clusters.
pub(super) fn cluster(space: &Dense, count: usize) -> Clusters {
    let rows = space.rows();
    let count = count.clamp(1, rows.max(1));
    let sample = sample(space);
    let tried = (0..BEGINNINGS).map(|beginning| {
        let mut centres = begin(&sample, count, &mut Chance(beginning));
        let total = settle(&sample, &mut centres);
        (total, centres)
    });
    let best = tried.max_by(|one, other| one.0.total_cmp(&other.0));
    let Some((_, mut centres)) = best else {
        return Clusters { count, of: Vec::new(), closeness: Vec::new() };
    };
    if rows > SAMPLE {
        for _ in 0..3 {
            let (of, closeness) = assign(space, &centres);
            renew(space, &of, &closeness, &mut centres);
        }
    }
    let (of, closeness) = assign(space, &centres);
    Clusters { count, of, closeness }
}

fn sample(space: &Dense) -> Dense {
    let rows = space.rows();
    if rows <= SAMPLE {
        return space.clone();
    }
    let mut chance = Chance(7);
    let numbers = (0..SAMPLE).flat_map(|_| {
        let row = usize::try_from(chance.draw() % rows as u64).unwrap_or(0);
        space.row(row).to_vec()
    });
    Dense { numbers: numbers.collect(), width: space.width }
}

/// k-means++: each centre is drawn among the rows, those far from the centres so far more likely.
fn begin(space: &Dense, count: usize, chance: &mut Chance) -> Vec<Vec<f32>> {
    let rows = space.rows();
    let first = usize::try_from(chance.draw() % rows.max(1) as u64).unwrap_or(0);
    let mut centres = vec![space.row(first).to_vec()];
    let mut far: Vec<f64> = vec![f64::MAX; rows];
    while centres.len() < count {
        let Some(newest) = centres.last() else { break };
        for (row, distance) in far.iter_mut().enumerate() {
            *distance = distance.min(f64::from((1.0 - dot(space.row(row), newest)).max(0.0)));
        }
        let mut left = chance.share() * far.iter().sum::<f64>();
        let drawn = far.iter().position(|distance| {
            left -= distance;
            left <= 0.0
        });
        centres.push(space.row(drawn.unwrap_or(0)).to_vec());
    }
    centres
}

/// Moves the centres until they stay; gives how close all rows are to theirs.
fn settle(space: &Dense, centres: &mut [Vec<f32>]) -> f64 {
    let mut before = f64::MIN;
    for _ in 0..ROUNDS {
        let (of, closeness) = assign(space, centres);
        let total: f64 = closeness.iter().map(|close| f64::from(*close)).sum();
        if total - before < 1e-4 * total.abs() {
            return total;
        }
        before = total;
        renew(space, &of, &closeness, centres);
    }
    before
}

fn assign(space: &Dense, centres: &[Vec<f32>]) -> (Vec<usize>, Vec<f32>) {
    let rows = space.rows();
    let mut found = vec![(0_usize, 0.0_f32); rows];
    let share = rows.div_ceil(2).max(1);
    thread::scope(|scope| {
        for (part, chunk) in found.chunks_mut(share).enumerate() {
            scope.spawn(move || {
                for (at, place) in chunk.iter_mut().enumerate() {
                    *place = nearest(space.row(part * share + at), centres);
                }
            });
        }
    });
    found.into_iter().unzip()
}

fn nearest(row: &[f32], centres: &[Vec<f32>]) -> (usize, f32) {
    let close = centres.iter().map(|centre| dot(row, centre)).enumerate();
    close.max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0))).unwrap_or((0, 0.0))
}

/// Each centre becomes the direction of its rows; one without rows moves to the row that is farthest from its own.
fn renew(space: &Dense, of: &[usize], closeness: &[f32], centres: &mut [Vec<f32>]) {
    let mut sums = vec![vec![0.0_f32; space.width]; centres.len()];
    for (row, cluster) in of.iter().enumerate() {
        sums[*cluster].iter_mut().zip(space.row(row)).for_each(|(sum, number)| *sum += number);
    }
    for (centre, sum) in centres.iter_mut().zip(sums) {
        let length = dot(&sum, &sum).sqrt();
        if length > 1e-6 {
            *centre = sum.into_iter().map(|number| number / length).collect();
        } else if let Some((row, _)) = closeness.iter().enumerate().min_by(|one, other| one.1.total_cmp(other.1)) {
            *centre = space.row(row).to_vec();
        }
    }
}
