//! Steps between persons and their groups. Members stand side by side, so that a group is a stretch of rows; running sums make a
//! group's sum a difference of two.

use super::registers::{Registers, Word};
use super::step::Register;
use super::vector::{map, vectorised, zip};
use crate::run::Context;
use crate::run::structure::Members;

/// Finds where each group of a block begins.
pub(super) fn starts(registers: &mut Registers, context: &Context, group: usize) {
    let members = Members::of(context, group);
    let Some(starts) = registers.starts.get_mut(group) else { return };
    starts.clear();
    starts.resize(members.groups + 1, 0);
    for (row, place) in members.places().enumerate() {
        if let Some(end) = starts.get_mut(place + 1) {
            *end = row as u32 + 1;
        }
    }
    // A group without members begins where the one before it ends.
    let mut known = 0;
    for start in starts.iter_mut() {
        known = known.max(*start);
        *start = known;
    }
}

/// Each group of a block with the rows of its members.
fn stretches(starts: &[u32]) -> impl Iterator<Item = (usize, usize)> + '_ {
    starts.windows(2).map(|ends| (ends[0] as usize, ends[1] as usize))
}

pub(super) fn project<T: Word>(
    registers: &mut Registers,
    context: &Context,
    group: usize,
    a: Register,
    into: Register,
) {
    let members = Members::of(context, group);
    let (first, groups) = (members.first, members.groups);
    registers.write::<T>(into, members.group.len(), |registers, into| {
        let values = registers.read::<T>(a, groups);
        if values.is_empty() {
            return;
        }
        for (into, place) in into.iter_mut().zip(members.group) {
            *into = values.get((place - first) as usize).copied().unwrap_or_default();
        }
    });
}

/// Sums from the block's first row to each; differences are right even where these themselves do not fit.
fn running<A: Word, T: Word>(values: &[A], running: &mut Vec<T>) {
    running.resize((values.len() + 1).max(running.len()), T::default());
    let (eights, rest) = values.as_chunks::<8>();
    let (into, after) = running[1..].split_at_mut(eights.len() * 8);
    let mut sum = vectorised(
        #[inline(always)]
        move || {
            let mut sum = T::default();
            for (into, eight) in into.as_chunks_mut::<8>().0.iter_mut().zip(eights) {
                let local: [T; 8] = A::sums(*eight);
                *into = local.map(|local| local.add(sum));
                sum = sum.add(local[7]);
            }
            sum
        },
    );
    for (running, value) in after.iter_mut().zip(rest) {
        sum = sum.add(T::of(value.wide()));
        *running = sum;
    }
}

/// Members' running sums taken at the ends of each group.
fn differences<A: Word, T: Word, R: Word>(
    registers: &mut Registers,
    context: &Context,
    group: usize,
    a: Register,
    into: Register,
    result: impl Fn(T) -> R,
) {
    let members = Members::of(context, group);
    let mut sums = std::mem::take(T::running(registers));
    running(registers.read::<A>(a, members.group.len()), &mut sums);
    registers.write::<R>(into, members.groups, |registers, into| {
        let starts = &registers.starts[group];
        let at = |row: u32| sums.get(row as usize).copied().unwrap_or_default();
        let mut before = at(0);
        for (into, end) in into.iter_mut().zip(&starts[1..]) {
            let after = at(*end);
            *into = result(after.subtract(before));
            before = after;
        }
    });
    *T::running(registers) = sums;
}

pub(super) fn sum<A: Word, R: Word>(
    registers: &mut Registers,
    context: &Context,
    group: usize,
    a: Register,
    into: Register,
) {
    differences::<A, R, R>(registers, context, group, a, into, |sum| sum);
}

/// Whether the truth of any member holds.
pub(super) fn any(registers: &mut Registers, context: &Context, group: usize, a: Register, into: Register) {
    differences::<u8, i32, u8>(registers, context, group, a, into, |sum| u8::from(sum > 0));
}

pub(super) fn extreme<T: Word>(
    registers: &mut Registers,
    context: &Context,
    group: usize,
    a: Register,
    largest: bool,
    into: Register,
) {
    let members = Members::of(context, group);
    registers.write::<T>(into, members.groups, |registers, into| {
        let values = registers.read::<T>(a, members.group.len());
        for (into, (start, end)) in into.iter_mut().zip(stretches(&registers.starts[group])) {
            let values = values.get(start..end).unwrap_or_default().iter().copied();
            *into = if largest { values.max() } else { values.min() }.unwrap_or_default();
        }
    });
}

pub(super) fn members<T: Word>(registers: &mut Registers, context: &Context, group: usize, into: Register) {
    let groups = context.block.ranges[group].len();
    registers.write::<T>(into, groups, |registers, into| {
        let starts = &registers.starts[group];
        zip(&starts[1..], starts, into, |end, start| T::of(i64::from(end - start)));
    });
}

pub(super) fn position<T: Word>(registers: &mut Registers, context: &Context, group: usize, into: Register) {
    let members = Members::of(context, group);
    registers.write::<T>(into, members.group.len(), |_, into| {
        map(members.position, into, |place| T::of(place.into()));
    });
}

pub(super) fn has_role(registers: &mut Registers, context: &Context, group: usize, mask: u64, into: Register) {
    let members = Members::of(context, group);
    registers.write::<u8>(into, members.role.len(), |_, into| {
        if mask.is_power_of_two() {
            let wanted = mask.trailing_zeros() as u8;
            map(members.role, into, move |role| u8::from(role == wanted));
        } else {
            map(members.role, into, move |role| (mask >> role & 1) as u8);
        }
    });
}

pub(super) fn nth<T: Word>(
    registers: &mut Registers,
    context: &Context,
    group: usize,
    a: Register,
    place: usize,
    default: T,
    into: Register,
) {
    let members = Members::of(context, group);
    registers.write::<T>(into, members.groups, |registers, into| {
        let values = registers.read::<T>(a, members.group.len());
        for (into, (start, end)) in into.iter_mut().zip(stretches(&registers.starts[group])) {
            *into = if start + place < end { values[start + place] } else { default };
        }
    });
}

pub(super) fn of_role<T: Word>(
    registers: &mut Registers,
    context: &Context,
    group: usize,
    (a, role): (Register, Register),
    default: T,
    into: Register,
) {
    let members = Members::of(context, group);
    let rows = members.group.len();
    registers.write::<T>(into, members.groups, |registers, into| {
        into.fill(default);
        let values = registers.read::<T>(a, rows).iter().zip(registers.read::<u8>(role, rows));
        for ((value, has), place) in values.zip(members.places()) {
            if *has != 0
                && let Some(into) = into.get_mut(place)
            {
                *into = *value;
            }
        }
    });
}

/// A number of members, a power of two, that no group exceeds, of memberships in order.
pub(super) fn largest(group: &[u32]) -> usize {
    let mut most = 4;
    while most < group.len() {
        // In order, a group with more members stands in two rows that far apart.
        let (near, far) = (&group[..group.len() - most], &group[most..]);
        let exceeded = vectorised(
            #[inline(always)]
            move || near.iter().zip(far).fold(false, |exceeded, (near, far)| exceeded | (near == far)),
        );
        if !exceeded {
            break;
        }
        most *= 2;
    }
    most
}
