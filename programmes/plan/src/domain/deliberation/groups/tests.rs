//! Groups that were put into votes are found again; small ones are not shown; a majority does not make a consensus alone.

use super::*;
use crate::chance::Chance;

/// People of some groups: each agrees with its own statements nine times out of ten, with what all share as often, and
/// disagrees with the rest as often; one in four statements is not voted on.
fn votes(sizes: &[usize], own: usize, shared: usize) -> (Vec<usize>, Vec<BTreeMap<usize, Stance>>) {
    let count = sizes.len() * own + shared;
    let mut chance = Chance(11);
    let mut people = Vec::new();
    for (group, size) in sizes.iter().enumerate() {
        for _ in 0..*size {
            let mut votes = BTreeMap::new();
            for number in 1..=count {
                if chance.below(4) == 0 {
                    continue;
                }
                let is_theirs = number > sizes.len() * own || (number - 1) / own == group;
                let usual = chance.below(10) > 0;
                let stance = if is_theirs == usual { Stance::Agree } else { Stance::Disagree };
                votes.insert(number, stance);
            }
            people.push(votes);
        }
    }
    ((1..=count).collect(), people)
}

/// The same with names by which people are known, without anything remembered.
fn opinions(statements: &[usize], people: &[BTreeMap<usize, Stance>]) -> Opinions {
    super::opinions(statements, &named(people), &Letters::default()).0
}

fn named(people: &[BTreeMap<usize, Stance>]) -> Vec<Voter> {
    people.iter().enumerate().map(|(at, votes)| (format!("{at:05}"), votes.clone())).collect()
}

#[test]
fn groups_keep_their_letters_while_they_grow_past_each_other() {
    let (statements, people) = votes(&[60, 60], 6, 2);
    let people = named(&people);
    // First sixty of one kind and twenty of the other, then all.
    let early: Vec<Voter> = people.iter().take(80).cloned().collect();
    let (first, known) = super::opinions(&statements, &early, &Letters::default());
    assert_eq!(first.groups.iter().map(|group| group.letter).collect::<Vec<_>>(), ['A', 'B']);
    assert!(first.groups[0].size > first.groups[1].size);
    let turned: Vec<Voter> = people.iter().skip(40).cloned().collect();
    let (second, _) = super::opinions(&statements, &turned, &known);
    assert_eq!(second.groups.iter().map(|group| group.letter).collect::<Vec<_>>(), ['A', 'B']);
    assert!(second.groups[0].size < second.groups[1].size, "the larger one is still B: {:?}", second.groups);
}

#[test]
fn groups_are_found_with_what_stands_for_them() {
    let (statements, people) = votes(&[120, 60, 30], 6, 4);
    let found = opinions(&statements, &people);
    assert_eq!((found.participants, found.placed), (210, 210));
    let sizes: Vec<usize> = found.groups.iter().map(|group| group.size).collect();
    assert_eq!(sizes.len(), 3, "{sizes:?}");
    assert!(sizes[0].abs_diff(120) <= 4 && sizes[1].abs_diff(60) <= 4 && sizes[2].abs_diff(30) <= 4, "{sizes:?}");
    let smallest = &found.groups[2].representative;
    assert!(smallest.iter().filter(|one| one.agree).all(|one| (13..=18).contains(&one.statement)), "{smallest:?}");
    let mut by_consensus: Vec<&StatementOpinion> = found.statements.iter().collect();
    by_consensus.sort_by(|one, other| other.consensus.total_cmp(&one.consensus));
    let first: Vec<usize> = by_consensus.iter().take(4).map(|one| one.statement).collect();
    assert!(first.iter().all(|number| *number > 18), "what all share, not what the largest group wants: {first:?}");
    assert_eq!(found, opinions(&statements, &people), "the same each time");
}

#[test]
fn nobody_is_shown_in_a_group_of_four() {
    let (statements, people) = votes(&[40, 4], 6, 0);
    let found = opinions(&statements, &people);
    assert!(found.groups.iter().all(|group| group.size >= LEAST_GROUP), "{:?}", found.groups);
    assert_eq!(opinions(&statements, &people[..8]).groups, [], "eight people part into no two groups of five");
    let nobody = opinions(&[], &[]);
    assert_eq!((nobody.participants, nobody.groups.len(), nobody.statements.len()), (0, 0, 0));
    let alike: Vec<BTreeMap<usize, Stance>> = vec![BTreeMap::from([(1, Stance::Agree), (2, Stance::Pass)]); 30];
    let found = opinions(&[1, 2], &alike);
    assert_eq!(found.statements[0].all, Counts { agree: 30, disagree: 0, pass: 0 });
}

#[test]
fn a_small_group_weighs_as_much_as_a_large_one() {
    let large = Counts { agree: 900, disagree: 90, pass: 10 };
    let against = Counts { agree: 1, disagree: 19, pass: 0 };
    let divided = opinion(1, large, vec![large, against]);
    let milder = Counts { agree: 600, disagree: 300, pass: 100 };
    let accepted = Counts { agree: 13, disagree: 5, pass: 2 };
    let shared = opinion(2, milder, vec![milder, accepted]);
    assert!(shared.consensus > divided.consensus, "{shared:?} {divided:?}");
    assert!(divided.apart > 0.8);
}
