//! Who is joined with whom: the persons and groups that any group joins with some rows.

use crate::run::{Membership, Population};
use std::collections::{BTreeSet, HashMap};

/// The members of each group, by kind of entity; found once, so that a change need not walk over everybody.
pub(super) struct Kin {
    person: usize,
    /// For each kind: where each group's members begin, and the members.
    members: Vec<(Vec<usize>, Vec<u32>)>,
}

impl Kin {
    pub(super) fn new(population: &Population, person: usize) -> Self {
        let kinds = population.memberships.iter().zip(&population.counts).enumerate();
        let members =
            kinds.map(
                |(kind, (membership, groups))| {
                    if kind == person { (Vec::new(), Vec::new()) } else { listed(&membership.group, *groups) }
                },
            );
        Self { person, members: members.collect() }
    }

    fn members_of(&self, kind: usize, group: usize) -> &[u32] {
        let (begins, members) = &self.members[kind];
        begins.get(group..group + 2).and_then(|ends| members.get(ends[0]..ends[1])).unwrap_or_default()
    }

    /// The rows, by kind of entity, that groups join with some; in order.
    pub(super) fn joined(&self, population: &Population, kind: usize, rows: &[usize]) -> Vec<Vec<usize>> {
        let mut found: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); population.counts.len()];
        let mut open: Vec<(usize, usize)> = rows.iter().map(|row| (kind, *row)).collect();
        while let Some((kind, row)) = open.pop() {
            if !found[kind].insert(row) {
                continue;
            }
            if kind == self.person {
                let groups = (0..found.len()).filter(|group| *group != self.person);
                open.extend(
                    groups.filter_map(|group| Some((group, *population.memberships[group].group.get(row)? as usize))),
                );
            } else {
                open.extend(self.members_of(kind, row).iter().map(|person| (self.person, *person as usize)));
            }
        }
        found.into_iter().map(|rows| rows.into_iter().collect()).collect()
    }
}

/// Persons in the order of their groups, and where each group begins.
fn listed(group_of: &[u32], groups: usize) -> (Vec<usize>, Vec<u32>) {
    let mut begins = vec![0; groups + 1];
    for group in group_of {
        begins[*group as usize + 1] += 1;
    }
    for group in 0..groups {
        begins[group + 1] += begins[group];
    }
    let mut next = begins.clone();
    let mut members = vec![0; group_of.len()];
    for (person, group) in group_of.iter().enumerate() {
        let place = &mut next[*group as usize];
        members[*place] = person as u32;
        *place += 1;
    }
    (begins, members)
}

/// The population of some rows alone, in their order.
pub(super) fn part(whole: &Population, person: usize, rows: &[Vec<usize>]) -> Population {
    let membership = |kind: usize| {
        if kind == person {
            return Membership::default();
        }
        let place: HashMap<u32, u32> =
            rows[kind].iter().enumerate().map(|(new, old)| (*old as u32, new as u32)).collect();
        let of = &whole.memberships[kind];
        Membership {
            group: rows[person].iter().map(|row| place.get(&of.group[*row]).copied().unwrap_or(0)).collect(),
            role: rows[person].iter().map(|row| of.role[*row]).collect(),
        }
    };
    Population { counts: rows.iter().map(Vec::len).collect(), memberships: (0..rows.len()).map(membership).collect() }
}
