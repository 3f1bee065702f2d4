//! What groups are called: a group keeps the letter of the one that most of its people were in last time, so that who comes back finds the
//! same group under the same letter, however groups grow past each other.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// People that are remembered, those with the smallest names: names are by chance, and a sample tells groups apart as well as all do.
const MOST_REMEMBERED: usize = 2_000;
/// Letters that are remembered, groups of now first.
const MOST_LETTERS: usize = 8;

/// Who was in which group, by letter (0 is A).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letters {
    members: BTreeMap<usize, BTreeSet<String>>,
}

impl Letters {
    /// The letters of groups, given as the names of who is in each: those of whom most share with the last groups, new letters for the
    /// rest. Gives what is to be remembered too.
    pub(super) fn call(&self, groups: &[Vec<&str>]) -> (Vec<usize>, Self) {
        let sampled = sample(groups);
        let shared: Vec<Vec<(usize, usize)>> = sampled.iter().map(|group| self.shared(group)).collect();
        let mut best = (0, vec![None; groups.len()]);
        search(&shared, &mut vec![None; groups.len()], 0, 0, &mut best);
        let mut taken: BTreeSet<usize> = best.1.iter().flatten().copied().collect();
        let letters: Vec<usize> = best
            .1
            .iter()
            .map(|known| {
                known.unwrap_or_else(|| {
                    let free = |letter: &usize| !taken.contains(letter) && !self.members.contains_key(letter);
                    // So many letters cannot all be taken.
                    let letter = (0..=MOST_LETTERS + groups.len()).find(free).unwrap_or_default();
                    taken.insert(letter);
                    letter
                })
            })
            .collect();
        let owned = |group: &BTreeSet<&str>| group.iter().map(|name| (*name).to_owned()).collect();
        let mut members: BTreeMap<usize, BTreeSet<String>> =
            letters.iter().copied().zip(sampled.iter().map(owned)).collect();
        // A group that is not there now may come back.
        for (letter, before) in &self.members {
            if members.len() < MOST_LETTERS {
                members.entry(*letter).or_insert_with(|| before.clone());
            }
        }
        (letters, Self { members })
    }

    /// How many a group shares with each letter of last time, where any.
    fn shared(&self, group: &BTreeSet<&str>) -> Vec<(usize, usize)> {
        let count = |members: &BTreeSet<String>| group.iter().filter(|name| members.contains(**name)).count();
        let all = self.members.iter().map(|(letter, members)| (*letter, count(members)));
        all.filter(|(_, count)| *count > 0).collect()
    }
}

/// The people with the smallest names, by group.
fn sample<'a>(groups: &[Vec<&'a str>]) -> Vec<BTreeSet<&'a str>> {
    let mut names: Vec<&str> = groups.iter().flatten().copied().collect();
    names.sort_unstable();
    let last = names.get(MOST_REMEMBERED).copied();
    groups
        .iter()
        .map(|group| group.iter().copied().filter(|name| last.is_none_or(|last| *name < last)).collect())
        .collect()
}

/// Tries every way to give known letters to groups; keeps the one in which most people keep theirs. There are five groups at most.
fn search(
    shared: &[Vec<(usize, usize)>],
    given: &mut Vec<Option<usize>>,
    at: usize,
    kept: usize,
    best: &mut (usize, Vec<Option<usize>>),
) {
    let Some(choices) = shared.get(at) else {
        if kept > best.0 {
            *best = (kept, given.clone());
        }
        return;
    };
    for (letter, count) in choices {
        if given.iter().take(at).any(|before| *before == Some(*letter)) {
            continue;
        }
        given[at] = Some(*letter);
        search(shared, given, at + 1, kept + count, best);
    }
    given[at] = None;
    search(shared, given, at + 1, kept, best);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call<'a>(known: &Letters, groups: &[&'a [&'a str]]) -> (Vec<usize>, Letters) {
        known.call(&groups.iter().map(|group| group.to_vec()).collect::<Vec<_>>())
    }

    #[test]
    fn groups_keep_the_letters_of_their_people() {
        let (letters, known) = call(&Letters::default(), &[&["a", "b", "c"], &["x", "y"]]);
        assert_eq!(letters, [0, 1]);
        // The second grew past the first, and one went over.
        let (letters, known) = call(&known, &[&["x", "y", "z", "c"], &["a", "b"]]);
        assert_eq!(letters, [1, 0]);
        // A third part is new, and is gone again, and comes back.
        let (letters, known) = call(&known, &[&["n", "m", "o"], &["x", "y", "z"], &["a", "b", "c"]]);
        assert_eq!(letters, [2, 1, 0]);
        let (letters, known) = call(&known, &[&["x", "y", "z", "n", "m"], &["a", "b", "c"]]);
        assert_eq!(letters, [1, 0]);
        let (letters, _) = call(&known, &[&["n", "m", "o"], &["x", "y", "z"], &["a", "b", "c"]]);
        assert_eq!(letters, [2, 1, 0]);
    }

    #[test]
    fn most_people_keep_their_letter() {
        let (_, known) = call(&Letters::default(), &[&["a", "b", "c", "d"], &["w", "x", "y", "z"]]);
        // The first shares three with A and two with B, the second one with A and none with B: A goes where most would change.
        let (letters, _) = call(&known, &[&["a", "b", "c", "w", "x"], &["d"]]);
        assert_eq!(letters, [0, 2], "three keep A; the other is new, as nobody in it was in B");
    }
}
