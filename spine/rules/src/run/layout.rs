//! Where persons and groups lie: members of a group together, blocks that cut no group.

use super::program::vectorised;
use std::borrow::Cow;
use std::ops::Range;

/// How many persons a block holds, about: the columns that a step reads and writes then stay in the first-level cache.
const BLOCK: usize = 1_024;

/// Which group each person belongs to, and in which role.
#[derive(Clone, Debug, Default)]
pub struct Membership {
    /// The group's place, by person.
    pub group: Vec<u32>,
    /// The role's place among the flattened roles, by person.
    pub role: Vec<u8>,
}

/// Who is there.
#[derive(Clone, Debug, Default)]
pub struct Population {
    /// How many of each kind of entity.
    pub counts: Vec<usize>,
    /// Memberships by kind of entity; the person's own is empty.
    pub memberships: Vec<Membership>,
}

/// Rows of each kind of entity that are calculated together.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) ranges: Vec<Range<usize>>,
}

/// What a plan needs to know of memberships beyond who belongs where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needs {
    /// Each person's place among the members.
    pub(crate) positions: bool,
    /// How many members each group has.
    pub(crate) members: bool,
}

/// The population in the order in which it is calculated.
pub(crate) struct Layout<'run> {
    pub(crate) person: usize,
    pub(crate) blocks: Vec<Block>,
    /// By kind of entity: whether the members of each group stand together, in the order of the groups.
    pub(crate) sorted: Vec<bool>,
    /// By kind of entity: which row of the population stands at each place; none where they are the same.
    pub(crate) order: Vec<Option<Vec<u32>>>,
    /// Memberships in the layout's order.
    pub(crate) group: Vec<Cow<'run, [u32]>>,
    pub(crate) role: Vec<Cow<'run, [u8]>>,
    /// Each person's place among the members of the group, where it is needed.
    pub(crate) position: Vec<Vec<u32>>,
    /// How many members each group has, where it is needed.
    pub(crate) members: Vec<Vec<u32>>,
}

/// Whether groups come in order.
#[allow(clippy::needless_bitwise_bool, reason = "a lazy operator would be a branch for each person")]
fn is_sorted(group: &[u32]) -> bool {
    let later = group.get(1..).unwrap_or_default();
    vectorised(
        #[inline(always)]
        move || group.iter().zip(later).fold(true, |sorted, (before, after)| sorted & (before <= after)),
    )
}

impl<'run> Layout<'run> {
    /// Of nobody: for steps that only read inputs, row by row.
    pub(crate) fn bare(entities: usize, person: usize) -> Self {
        Self {
            person,
            blocks: Vec::new(),
            sorted: vec![false; entities],
            order: vec![None; entities],
            group: vec![Cow::default(); entities],
            role: vec![Cow::default(); entities],
            position: vec![Vec::new(); entities],
            members: vec![Vec::new(); entities],
        }
    }

    pub(crate) fn new(population: &'run Population, person: usize, needs: Needs) -> Self {
        let entities = population.counts.len();
        let groups: Vec<usize> = (0..entities).filter(|entity| *entity != person).collect();
        let memberships = &population.memberships;
        let mut layout = Self {
            person,
            blocks: Vec::new(),
            sorted: vec![false; entities],
            order: vec![None; entities],
            group: memberships.iter().map(|membership| Cow::Borrowed(membership.group.as_slice())).collect(),
            role: memberships.iter().map(|membership| Cow::Borrowed(membership.role.as_slice())).collect(),
            position: vec![Vec::new(); entities],
            members: vec![Vec::new(); entities],
        };
        layout.note_order(&groups);
        if groups.iter().any(|group| !layout.sorted[*group]) {
            layout.rearrange(population, person, &groups);
            layout.note_order(&groups);
        }
        if needs.positions || needs.members {
            layout.count(population, &groups, needs);
        }
        layout.cut(population, person, &groups);
        layout
    }

    fn note_order(&mut self, groups: &[usize]) {
        for group in groups {
            self.sorted[*group] = is_sorted(&self.group[*group]);
        }
    }

    /// How many persons there are.
    pub(crate) fn persons(&self) -> usize {
        self.blocks.last().map_or(0, |block| block.ranges[self.person].end)
    }

    fn count(&mut self, population: &Population, groups: &[usize], needs: Needs) {
        for group in groups {
            let mut members = vec![0_u32; population.counts[*group]];
            if needs.positions {
                let mut positions = Vec::with_capacity(self.group[*group].len());
                for place in self.group[*group].iter() {
                    let count = &mut members[*place as usize];
                    positions.push(*count);
                    *count += 1;
                }
                self.position[*group] = positions;
            } else {
                for place in self.group[*group].iter() {
                    members[*place as usize] += 1;
                }
            }
            self.members[*group] = members;
        }
    }

    /// Puts persons that any group joins side by side, and groups in the order of their persons.
    fn rearrange(&mut self, population: &Population, person: usize, groups: &[usize]) {
        let persons = population.counts[person];
        let mut parent: Vec<u32> = (0..persons as u32).collect();
        let find = |parent: &mut Vec<u32>, mut place: u32| {
            while parent[place as usize] != place {
                let above = parent[parent[place as usize] as usize];
                parent[place as usize] = above;
                place = above;
            }
            place
        };
        for group in groups {
            let mut first: Vec<Option<u32>> = vec![None; population.counts[*group]];
            for (place, belongs) in population.memberships[*group].group.iter().enumerate() {
                match first[*belongs as usize] {
                    None => first[*belongs as usize] = Some(place as u32),
                    Some(known) => {
                        let (a, b) = (find(&mut parent, known), find(&mut parent, place as u32));
                        parent[a.max(b) as usize] = a.min(b);
                    }
                }
            }
        }
        let mut order: Vec<u32> = (0..persons as u32).collect();
        let roots: Vec<u32> = (0..persons as u32).map(|place| find(&mut parent, place)).collect();
        order.sort_by_key(|place| roots[*place as usize]);
        for group in groups {
            let membership = &population.memberships[*group];
            let mut new_place: Vec<Option<u32>> = vec![None; population.counts[*group]];
            let mut group_order = Vec::with_capacity(population.counts[*group]);
            for person in &order {
                let belongs = membership.group[*person as usize];
                if new_place[belongs as usize].is_none() {
                    new_place[belongs as usize] = Some(group_order.len() as u32);
                    group_order.push(belongs);
                }
            }
            for (belongs, place) in new_place.iter_mut().enumerate() {
                if place.is_none() {
                    *place = Some(group_order.len() as u32);
                    group_order.push(belongs as u32);
                }
            }
            self.group[*group] = order
                .iter()
                .map(|person| new_place[membership.group[*person as usize] as usize].unwrap_or(0))
                .collect::<Vec<_>>()
                .into();
            self.role[*group] = order.iter().map(|person| membership.role[*person as usize]).collect::<Vec<_>>().into();
            self.order[*group] = Some(group_order);
        }
        self.order[person] = Some(order);
    }

    /// Cuts between persons that no group joins. Groups stand in the order of their first members, so that everybody before a
    /// place has a lower group than everybody after it once the neighbours have, in groups of sorted members.
    fn cut(&mut self, population: &Population, person: usize, groups: &[usize]) {
        let persons = population.counts[person];
        let all_sorted = groups.iter().all(|group| self.sorted[*group]);
        let mut starts = vec![0_usize; population.counts.len()];
        let mut highest: Vec<usize> = vec![0; population.counts.len()];
        let mut begin = 0;
        let mut place = if all_sorted { BLOCK.min(persons.max(1)) - 1 } else { 0 };
        while place < persons {
            for group in groups {
                highest[*group] = highest[*group].max(self.group[*group][place] as usize + 1);
            }
            let last = place + 1 == persons;
            let full = place + 1 - begin >= BLOCK;
            let clean =
                full && !last && groups.iter().all(|group| self.group[*group][place + 1] as usize >= highest[*group]);
            if last || clean {
                let mut ranges: Vec<Range<usize>> = vec![0..0; population.counts.len()];
                ranges[person] = begin..place + 1;
                for group in groups {
                    let end = if last { population.counts[*group] } else { highest[*group] };
                    ranges[*group] = starts[*group]..end;
                    starts[*group] = end;
                }
                self.blocks.push(Block { ranges });
                begin = place + 1;
                if all_sorted {
                    // Nothing in between needs to be looked at.
                    place = (begin + BLOCK - 2).min(persons.saturating_sub(2)).max(place);
                }
            }
            place += 1;
        }
        if persons == 0 {
            self.blocks.push(Block { ranges: population.counts.iter().map(|count| 0..*count).collect() });
        }
    }
}
