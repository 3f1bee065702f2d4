//! The two directions in which votes differ most, and where everybody stands in their plane.

use super::Stance;

/// Rounds of the power iteration.
const ROUNDS: usize = 100;

fn worth(stance: Stance) -> f64 {
    match stance {
        Stance::Agree => 1.0,
        Stance::Disagree => -1.0,
        Stance::Pass => 0.0,
    }
}

/// Where each row of votes stands. What somebody did not vote on counts as the mean of who did; who voted on little is moved outward by
/// the root of all statements over those voted on, as else all who voted on little would gather in the middle.
pub(super) fn place(rows: &[&[(usize, Stance)]], columns: usize) -> Vec<(f64, f64)> {
    let means = means(rows, columns);
    let first = component(rows, &means, &[]);
    let second = component(rows, &means, std::slice::from_ref(&first));
    let placed = rows.iter().map(|row| {
        let along = |axis: &[f64]| -> f64 {
            row.iter().map(|(column, stance)| (worth(*stance) - means[*column]) * axis[*column]).sum()
        };
        let outward = (columns as f64 / (row.len() as f64).max(1.0)).sqrt();
        (along(&first) * outward, along(&second) * outward)
    });
    placed.collect()
}

fn means(rows: &[&[(usize, Stance)]], columns: usize) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); columns];
    for (column, stance) in rows.iter().copied().flatten() {
        sums[*column].0 += worth(*stance);
        sums[*column].1 += 1.0;
    }
    sums.into_iter().map(|(sum, count): (f64, f64)| if count > 0.0 { sum / count } else { 0.0 }).collect()
}

/// The direction of most variance at right angles to `before`, by power iteration from a fixed beginning.
fn component(rows: &[&[(usize, Stance)]], means: &[f64], before: &[Vec<f64>]) -> Vec<f64> {
    // Not all alike, or the beginning could be at right angles to what is sought.
    let mut axis: Vec<f64> = (0..means.len()).map(|column| 1.0 + (column % 7) as f64 * 0.1).collect();
    for _ in 0..ROUNDS {
        let mut next = vec![0.0; means.len()];
        for row in rows {
            let along: f64 = row.iter().map(|(column, stance)| (worth(*stance) - means[*column]) * axis[*column]).sum();
            for (column, stance) in *row {
                next[*column] += (worth(*stance) - means[*column]) * along;
            }
        }
        for other in before {
            let share = dot(&next, other);
            next.iter_mut().zip(other).for_each(|(number, along)| *number -= share * along);
        }
        let length = dot(&next, &next).sqrt();
        if length < 1e-12 {
            return vec![0.0; means.len()];
        }
        for number in &mut next {
            *number /= length;
        }
        let moved: f64 = next.iter().zip(&axis).map(|(new, old)| (new - old).abs()).sum();
        axis = next;
        if moved < 1e-10 {
            break;
        }
    }
    axis
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
