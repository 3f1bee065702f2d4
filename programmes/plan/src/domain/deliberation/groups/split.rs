//! k-means in the plane, first into many small clusters, then of these into few groups; their number by silhouette.

use crate::chance::Chance;

/// Small clusters at most: between their middles silhouettes are reckoned, so that a hundred thousand people take no longer.
const SMALL_CLUSTERS: usize = 100;
/// Groups at most.
const MOST_GROUPS: usize = 5;
/// One more group may be tried for so many small clusters.
const CLUSTERS_FOR_A_GROUP: usize = 12;
/// Beginnings that are tried; the best stays.
const BEGINNINGS: u64 = 6;
const ROUNDS: usize = 60;

type Point = (f64, f64);

/// How people part into groups.
#[derive(Debug)]
pub(super) struct Parted {
    /// From −1 to 1.
    pub(super) silhouette: f64,
    /// Who is in each group, by place.
    pub(super) members: Vec<Vec<usize>>,
}

/// Parts the points into the number of groups that parts best, none smaller than `least`; nothing where there is none.
pub(super) fn part(points: &[Point], least: usize) -> Option<Parted> {
    let weights = vec![1.0; points.len()];
    let small = cluster(points, &weights, SMALL_CLUSTERS.min(points.len()));
    let mut middles = vec![(0.0, 0.0, 0.0); small.iter().max().map_or(0, |most| most + 1)];
    for (point, cluster) in points.iter().zip(&small) {
        let middle = &mut middles[*cluster];
        *middle = (middle.0 + point.0, middle.1 + point.1, middle.2 + 1.0);
    }
    // Clusters that nobody is in have no middle.
    let kept: Vec<usize> = (0..middles.len()).filter(|at| middles[*at].2 > 0.0).collect();
    let centres: Vec<Point> =
        kept.iter().map(|at| (middles[*at].0 / middles[*at].2, middles[*at].1 / middles[*at].2)).collect();
    let sizes: Vec<f64> = kept.iter().map(|at| middles[*at].2).collect();
    let most = MOST_GROUPS.min(2 + centres.len() / CLUSTERS_FOR_A_GROUP);
    let tried = (2..=most).filter_map(|count| {
        let groups = cluster(&centres, &sizes, count);
        let silhouette = silhouette(&centres, &sizes, &groups, count)?;
        let mut members = vec![Vec::new(); count];
        for (person, cluster) in small.iter().enumerate() {
            let place = kept.iter().position(|one| one == cluster)?;
            members[groups[place]].push(person);
        }
        members.iter().all(|group| group.len() >= least).then_some(Parted { silhouette, members })
    });
    tried.max_by(|one, other| one.silhouette.total_cmp(&other.silhouette))
}

fn far(one: Point, other: Point) -> f64 {
    (one.0 - other.0).powi(2) + (one.1 - other.1).powi(2)
}

/// k-means of weighted points with several beginnings: the cluster of each.
fn cluster(points: &[Point], weights: &[f64], count: usize) -> Vec<usize> {
    if count >= points.len() {
        return (0..points.len()).collect();
    }
    let tried = (0..BEGINNINGS).map(|beginning| settle(points, weights, begin(points, weights, count, beginning)));
    tried.min_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, of)| of).unwrap_or_default()
}

/// k-means++.
fn begin(points: &[Point], weights: &[f64], count: usize, beginning: u64) -> Vec<Point> {
    let mut chance = Chance(beginning);
    let mut centres = vec![points[chance.below(points.len())]];
    let mut nearest: Vec<f64> = vec![f64::MAX; points.len()];
    while centres.len() < count {
        let newest = centres[centres.len() - 1];
        nearest.iter_mut().zip(points).for_each(|(near, point)| *near = near.min(far(*point, newest)));
        let mut left = chance.share() * nearest.iter().zip(weights).map(|(near, weight)| near * weight).sum::<f64>();
        let drawn = nearest.iter().zip(weights).position(|(near, weight)| {
            left -= near * weight;
            left <= 0.0
        });
        centres.push(points[drawn.unwrap_or(0)]);
    }
    centres
}

fn settle(points: &[Point], weights: &[f64], mut centres: Vec<Point>) -> (f64, Vec<usize>) {
    let mut of = vec![0; points.len()];
    let mut total = f64::MAX;
    for _ in 0..ROUNDS {
        let mut sums = vec![(0.0, 0.0, 0.0); centres.len()];
        let mut now = 0.0;
        for (at, point) in points.iter().enumerate() {
            let ways = centres.iter().map(|centre| far(*point, *centre)).enumerate();
            let (nearest, way) = ways.min_by(|one, other| one.1.total_cmp(&other.1)).unwrap_or((0, 0.0));
            of[at] = nearest;
            now += way * weights[at];
            let sum = &mut sums[nearest];
            *sum = (sum.0 + point.0 * weights[at], sum.1 + point.1 * weights[at], sum.2 + weights[at]);
        }
        for (centre, sum) in centres.iter_mut().zip(sums) {
            if sum.2 > 0.0 {
                *centre = (sum.0 / sum.2, sum.1 / sum.2);
            }
        }
        if total - now < 1e-9 {
            return (now, of);
        }
        total = now;
    }
    (total, of)
}

/// The mean silhouette of weighted points (Rousseeuw 1987); nothing where a group is empty.
fn silhouette(points: &[Point], weights: &[f64], of: &[usize], count: usize) -> Option<f64> {
    let mut size = vec![0.0; count];
    of.iter().zip(weights).for_each(|(group, weight)| size[*group] += weight);
    if size.contains(&0.0) {
        return None;
    }
    let (mut sum, mut all) = (0.0, 0.0);
    for (at, point) in points.iter().enumerate() {
        let mut ways = vec![0.0; count];
        for ((to, weight), group) in points.iter().zip(weights).zip(of) {
            ways[*group] += far(*point, *to).sqrt() * weight;
        }
        let own = of[at];
        // Who is alone in a group stands at nothing.
        let others = size[own] - weights[at];
        let value = if others <= 0.0 {
            0.0
        } else {
            let near = ways[own] / others;
            let next = (0..count).filter(|group| *group != own).map(|group| ways[group] / size[group]);
            let next = next.fold(f64::MAX, f64::min);
            if near.max(next) > 0.0 { (next - near) / near.max(next) } else { 0.0 }
        };
        sum += value * weights[at];
        all += weights[at];
    }
    Some(sum / all)
}
