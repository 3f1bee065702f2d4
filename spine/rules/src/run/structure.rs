//! Operations between persons and groups, the same for every type of value.

use super::{Context, Data, Slot};
use crate::graph::{NodeId, Operation, Shape};
use std::cmp::Ordering;

/// The rows of a column: of all values, or the one that stands for all.
pub(super) fn row<T>(values: &[T], place: usize) -> &T {
    if values.len() == 1 { &values[0] } else { &values[place] }
}

/// Puts each value at the place that its row had.
pub(super) fn scatter<T: Copy>(values: &[T], order: &[u32], into: &mut [T]) {
    for (value, place) in values.iter().zip(order) {
        into[*place as usize] = *value;
    }
}

/// The order in which NumPy sorts: both zeros are equal, and what is not a number comes last.
pub(super) fn in_order(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Applies an operation to each pair of rows, single values spread.
pub(super) fn zip<A: Copy, B: Copy, R>(a: &[A], b: &[B], operation: impl Fn(A, B) -> R) -> Vec<R> {
    match (a.len(), b.len()) {
        (left, right) if left == right => a.iter().zip(b).map(|(x, y)| operation(*x, *y)).collect(),
        (1, _) => {
            let x = a[0];
            b.iter().map(|y| operation(x, *y)).collect()
        }
        _ => {
            let y = b[0];
            a.iter().map(|x| operation(*x, y)).collect()
        }
    }
}

/// `where` on rows, single values spread.
pub(super) fn choose<T: Clone>(condition: &[u8], then: &[T], otherwise: &[T]) -> Vec<T> {
    let rows = condition.len().max(then.len()).max(otherwise.len());
    if condition.len() == rows && then.len() == rows && otherwise.len() == rows {
        return condition
            .iter()
            .zip(then.iter().zip(otherwise))
            .map(|(test, (a, b))| if *test == 0 { b.clone() } else { a.clone() })
            .collect();
    }
    (0..rows)
        .map(|place| if *row(condition, place) == 0 { row(otherwise, place).clone() } else { row(then, place).clone() })
        .collect()
}

/// The block's memberships of a group: each person's group within the block.
pub(super) struct Members<'run> {
    pub(super) group: &'run [u32],
    pub(super) role: &'run [u8],
    pub(super) position: &'run [u32],
    pub(super) first: u32,
    pub(super) groups: usize,
}

impl<'run> Members<'run> {
    pub(super) fn of(context: &Context<'run>, group: usize) -> Self {
        let persons = context.block.ranges[context.person].clone();
        Self {
            group: context.layout.group[group].get(persons.clone()).unwrap_or_default(),
            role: context.layout.role[group].get(persons.clone()).unwrap_or_default(),
            position: context.layout.position[group].get(persons).unwrap_or_default(),
            first: context.block.ranges[group].start as u32,
            groups: context.block.ranges[group].len(),
        }
    }

    /// Each person's group, counted from the block's first.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.group.iter().map(|group| (*group - self.first) as usize)
    }

    pub(super) fn has_role(&self, person: usize, mask: Option<u64>) -> bool {
        mask.is_none_or(|mask| mask >> self.role[person] & 1 == 1)
    }

    /// Gathers members' values: `each` sees the group's value so far.
    pub(super) fn fold<T: Copy, R: Copy>(
        &self,
        values: &[T],
        neutral: R,
        mask: Option<u64>,
        each: impl Fn(R, T) -> R,
    ) -> Vec<R> {
        let mut result = vec![neutral; self.groups];
        if mask.is_none() && values.len() == self.group.len() {
            for (group, value) in self.group.iter().zip(values) {
                let place = (*group - self.first) as usize;
                result[place] = each(result[place], *value);
            }
            return result;
        }
        for (person, place) in self.places().enumerate() {
            if self.has_role(person, mask) {
                result[place] = each(result[place], *row(values, person));
            }
        }
        result
    }

    /// The value of the last member that qualifies.
    pub(super) fn pick<T: Clone>(&self, values: &[T], default: &T, qualifies: impl Fn(usize) -> bool) -> Vec<T> {
        let mut result = vec![default.clone(); self.groups];
        for (person, place) in self.places().enumerate() {
            if qualifies(person) {
                result[place] = row(values, person).clone();
            }
        }
        result
    }

    /// Ranks members by a key, those without the condition last; equal keys keep the members' order, as NumPy's sort leaves small groups.
    pub(super) fn rank<K: Clone>(
        &self,
        keys: &[K],
        condition: &[u8],
        compare: impl Fn(&K, &K) -> Ordering,
    ) -> Vec<i64> {
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); self.groups];
        for (person, place) in self.places().enumerate() {
            members[place].push(person);
        }
        let mut ranks = vec![-1_i64; self.group.len()];
        for mut group in members {
            group.retain(|person| *row(condition, *person) != 0);
            group.sort_by(|a, b| compare(row(keys, *a), row(keys, *b)));
            for (rank, person) in group.into_iter().enumerate() {
                ranks[person] = rank as i64;
            }
        }
        ranks
    }
}

/// Operations that read no value but who belongs where.
pub(super) fn without_values(context: &Context, id: NodeId) -> Option<Slot> {
    let node = context.graph.node(id);
    match &node.operation {
        Operation::Members => {
            let group = context.group(id);
            let range = context.block.ranges[group].clone();
            let members: Vec<i64> = context.layout.members[group]
                .get(range)
                .unwrap_or_default()
                .iter()
                .map(|count| i64::from(*count))
                .collect();
            let most = members.iter().copied().max().unwrap_or(0);
            Some(Slot { data: Data::Int(members), bounds: (0, i128::from(most)) })
        }
        Operation::HasRole(group, mask) => {
            let members = Members::of(context, *group);
            let data = members.role.iter().map(|role| (mask >> role & 1) as u8).collect();
            Some(Slot { data: Data::Bool(data), bounds: (0, 1) })
        }
        Operation::Position(group) => {
            let members = Members::of(context, *group);
            let data: Vec<i64> = members.position.iter().map(|place| i64::from(*place)).collect();
            Some(Slot { bounds: (0, data.len() as i128), data: Data::Int(data) })
        }
        _ => None,
    }
}

/// Each person's group's value; a value that stands for all stays alone.
fn spread<T: Clone>(members: &Members, values: &[T]) -> Vec<T> {
    if values.len() == 1 && members.groups != 1 {
        return values.to_vec();
    }
    members.places().map(|place| values[place].clone()).collect()
}

/// A group's values for its members.
pub(super) fn project(context: &Context, of: NodeId, data: &Data) -> Data {
    let group = match context.graph.shape(of) {
        Shape::Entity(group) => group,
        Shape::Scalar => return data.clone(),
    };
    let members = Members::of(context, group);
    match data {
        Data::Bool(values) => Data::Bool(spread(&members, values)),
        Data::Int(values) => Data::Int(spread(&members, values)),
        Data::Wide(values) => Data::Wide(spread(&members, values)),
        Data::Ratio(values) => Data::Ratio(spread(&members, values)),
        Data::Single(values) => Data::Single(spread(&members, values)),
        Data::Float(values) => Data::Float(spread(&members, values)),
        Data::Text(values) => Data::Text(spread(&members, values)),
    }
}
