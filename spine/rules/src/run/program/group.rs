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
    // Others use this room too.
    running[0] = T::default();
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

/// Groups of more members are looked at one by one.
const MOST_TOGETHER: usize = 64;

/// The greatest or smallest of each group's members. First the extreme of every two rows in a row, of every four, and so on; a group's is
/// then that of the two longest stretches within it.
pub(super) fn extreme<T: Word>(
    registers: &mut Registers,
    context: &Context,
    group: usize,
    (a, largest): (Register, bool),
    default: T,
    into: Register,
) {
    let members = Members::of(context, group);
    let rows = members.group.len();
    let mut levels = std::mem::take(T::running(registers));
    registers.write::<T>(into, members.groups, |registers, into| {
        let (values, starts) = (registers.read::<T>(a, rows), registers.starts[group].as_slice());
        let most = stretches(starts).fold(0, |most, (start, end)| most.max(end - start));
        if most > MOST_TOGETHER {
            for (into, (start, end)) in into.iter_mut().zip(stretches(starts)) {
                let values = values.get(start..end).unwrap_or_default().iter().copied();
                *into = if largest { values.max() } else { values.min() }.unwrap_or(default);
            }
        } else if largest {
            extremes_of(values, &mut levels, most, |a: T, b: T| a.max(b));
            ends_of(&levels, rows, starts, default, into, |a: T, b: T| a.max(b));
        } else {
            extremes_of(values, &mut levels, most, |a: T, b: T| a.min(b));
            ends_of(&levels, rows, starts, default, into, |a: T, b: T| a.min(b));
        }
    });
    *T::running(registers) = levels;
}

/// The extremes of every 1, 2, 4 … rows in a row, one kind after the other.
fn extremes_of<T: Word>(values: &[T], levels: &mut Vec<T>, most: usize, operation: impl Fn(T, T) -> T + Copy) {
    let (rows, depth) = (values.len(), most.max(1).ilog2() as usize);
    levels.resize(levels.len().max(rows * (depth + 1)), T::default());
    levels[..rows].copy_from_slice(values);
    for level in 1..=depth {
        let (below, own) = levels.split_at_mut(level * rows);
        let below = &below[(level - 1) * rows..];
        let far = &below[rows.min(1 << (level - 1))..];
        zip(below, far, &mut own[..rows], operation);
    }
}

/// Each group's extreme, of the stretch that begins with it and the one that ends with it.
fn ends_of<T: Word>(
    levels: &[T],
    rows: usize,
    starts: &[u32],
    default: T,
    into: &mut [T],
    operation: impl Fn(T, T) -> T,
) {
    let at = |place: usize| levels.get(place).copied().unwrap_or(default);
    for (into, (start, end)) in into.iter_mut().zip(stretches(starts)) {
        let level = (end - start).max(1).ilog2() as usize;
        let found = operation(at(level * rows + start), at((level * rows + end).wrapping_sub(1 << level)));
        *into = if end > start { found } else { default };
    }
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
