//! The steps of a program over one block.

use super::divide::{by_multiplication, floor_float, floor_plain, half_even, truncate_float};
use super::group;
use super::registers::{Registers, Word};
use super::scales::{marginal, reached};
use super::step::{
    Action, Arithmetic, Cells, Comparison, Divider, Lane, Logic, Narrow, Register, Rounding, Source, Step,
};
use super::vector::{all, map, select, zip};
use crate::graph::Kind;
use crate::run::exact::{first_of_month, year_and_month};
use crate::run::{Column, Context, each_width};

/// Runs one step that knows its ranges; false where the block is not as the program assumed.
pub(super) fn execute(registers: &mut Registers, step: &Step, context: &Context) -> bool {
    let rows = context.block.ranges[step.entity].len();
    let Some(into) = step.into else {
        return match step.action {
            Action::Above(a) if a.lane == Lane::Small => all(registers.read::<i32>(a, rows), |value| value > 0),
            Action::Above(a) => all(registers.read::<i64>(a, rows), |value| value > 0),
            _ => true,
        };
    };
    match into.lane {
        Lane::Truth => truth(registers, step, into, rows, context),
        Lane::Small => number::<i32>(registers, step, into, rows, context),
        Lane::Whole => number::<i64>(registers, step, into, rows, context),
    }
}

/// Steps that any width has.
fn common<T: Word>(registers: &mut Registers, step: &Step, into: Register, rows: usize, context: &Context) -> bool {
    match &step.action {
        Action::Choose(condition, a, b) => choose::<T>(registers, *condition, *a, *b, into, rows),
        Action::Project(group, a) => group::project::<T>(registers, context, *group, *a, into),
        Action::Nth { group, of, place, default } => {
            group::nth(registers, context, *group, *of, *place, T::of(*default), into);
        }
        Action::OfRole { group, of, role, default } => {
            group::of_role(registers, context, *group, (*of, *role), T::of(*default), into);
        }
        Action::Tabulated(of, cells) => tabulated::<T>(registers, *of, cells, into, rows),
        Action::Lookup { keys, known, values } => return lookup::<T>(registers, *keys, *known, values, into, rows),
        _ => return false,
    }
    true
}

fn truth(registers: &mut Registers, step: &Step, into: Register, rows: usize, context: &Context) -> bool {
    match &step.action {
        Action::Load(place) => return load_truth(registers, context, *place, step.entity, into, rows),
        Action::Not(a) => registers.unary(*a, into, rows, |a: u8| a ^ 1),
        Action::Logic(operation, a, b) => {
            let (a, b) = (Source::Register(*a), Source::Register(*b));
            match operation {
                Logic::And => registers.binary(a, b, into, rows, |a: u8, b: u8| a & b),
                Logic::AndNot => registers.binary(a, b, into, rows, |a: u8, b: u8| a & (b ^ 1)),
                Logic::Or => registers.binary(a, b, into, rows, |a: u8, b: u8| a | b),
                Logic::Xor => registers.binary(a, b, into, rows, |a: u8, b: u8| a ^ b),
            }
        }
        Action::Compare(comparison, a, b) => {
            let lane = [*a, *b].iter().find_map(|source| match source {
                Source::Register(register) => Some(register.lane),
                Source::Constant(_) => None,
            });
            match lane {
                Some(Lane::Truth) => compare::<u8>(registers, *comparison, *a, *b, into, rows),
                Some(Lane::Small) => compare::<i32>(registers, *comparison, *a, *b, into, rows),
                _ => compare::<i64>(registers, *comparison, *a, *b, into, rows),
            }
        }
        Action::HasRole(group, mask) => group::has_role(registers, context, *group, *mask, into),
        Action::Any(group, a) => group::any(registers, context, *group, *a, into),
        _ => return common::<u8>(registers, step, into, rows, context),
    }
    true
}

fn number<T: Word>(registers: &mut Registers, step: &Step, into: Register, rows: usize, context: &Context) -> bool {
    match &step.action {
        Action::Load(place) => return load::<T>(registers, context, *place, step.entity, into, rows),
        Action::Widen(a) => match a.lane {
            Lane::Truth => registers.unary(*a, into, rows, |value: u8| T::of(i64::from(value))),
            Lane::Small => registers.unary(*a, into, rows, |value: i32| T::of(i64::from(value))),
            Lane::Whole => registers.unary(*a, into, rows, |value: i64| T::of(value)),
        },
        Action::Arithmetic(operation, a, b) => arithmetic::<T>(registers, *operation, *a, *b, into, rows),
        Action::Absolute(a) => registers.unary(*a, into, rows, |value: T| T::of(value.wide().wrapping_abs())),
        Action::Sign(a) => registers.unary(*a, into, rows, |value: T| T::of(value.wide().signum())),
        Action::Divide(rounding, a, divisor, divider) => {
            divide::<T>(registers, *rounding, *a, *divisor, *divider, into, rows);
        }
        Action::Quotient { above, below, float } => quotient::<T>(registers, *above, *below, *float, into, rows),
        Action::Keep(truth, value) => keep::<T>(registers, *truth, *value, into, rows),
        Action::Moment(a, from, to) => moment::<T>(registers, *a, (*from, *to), into, rows),
        Action::Sum(group, a) => match a.lane {
            Lane::Truth => group::sum::<u8, T>(registers, context, *group, *a, into),
            Lane::Small => group::sum::<i32, T>(registers, context, *group, *a, into),
            Lane::Whole => group::sum::<i64, T>(registers, context, *group, *a, into),
        },
        Action::Extreme { group, of, largest, default } => {
            group::extreme::<T>(registers, context, *group, (*of, *largest), T::of(*default), into);
        }
        Action::Members(group) => group::members::<T>(registers, context, *group, into),
        Action::Position(group) => group::position::<T>(registers, context, *group, into),
        Action::Marginal(base, brackets) => marginal::<T>(registers, *base, brackets, into, rows),
        Action::Reached { base, brackets, strict } => match base.lane {
            Lane::Whole => reached::<i64, T>(registers, *base, brackets, *strict, into, rows),
            _ => reached::<i32, T>(registers, *base, brackets, *strict, into, rows),
        },
        _ => return common::<T>(registers, step, into, rows, context),
    }
    true
}

/// The rows of an input that the block holds.
fn rows_of<'run, T>(context: &Context<'run>, entity: usize, values: &'run [T]) -> Option<&'run [T]> {
    values.get(context.block.ranges[entity].clone())
}

/// Copies the block's rows of an input, in the order of the layout.
#[inline(always)]
fn copy<A: Copy, R>(
    context: &Context,
    entity: usize,
    values: &[A],
    into: &mut [R],
    convert: impl Fn(A) -> R,
) -> Option<()> {
    match &context.layout.order[entity] {
        None => map(values.get(context.block.ranges[entity].clone())?, into, convert),
        Some(order) => {
            for (into, place) in into.iter_mut().zip(rows_of(context, entity, order)?) {
                *into = convert(*values.get(*place as usize)?);
            }
        }
    }
    Some(())
}

fn load_truth(
    registers: &mut Registers,
    context: &Context,
    place: usize,
    entity: usize,
    into: Register,
    rows: usize,
) -> bool {
    let mut read = None;
    registers.write::<u8>(into, rows, |_, into| {
        read = match context.inputs.get(place).copied().flatten() {
            Some(Column::Bool(values)) => copy(context, entity, values, into, u8::from),
            Some(Column::Int(values)) => copy(context, entity, values, into, |value| u8::from(value != 0)),
            Some(Column::Small { values, .. }) => {
                each_width!(values.cells(), values => copy(context, entity, values, into, |value| u8::from(value != 0)))
            }
            _ => None,
        };
    });
    read.is_some()
}

fn load<T: Word>(
    registers: &mut Registers,
    context: &Context,
    place: usize,
    entity: usize,
    into: Register,
    rows: usize,
) -> bool {
    let mut read = None;
    registers.write::<T>(into, rows, |_, into| {
        read = match context.inputs.get(place).copied().flatten() {
            Some(Column::Int(values) | Column::Scaled { values, .. }) => copy(context, entity, values, into, T::of),
            Some(Column::Small { values, .. }) => {
                each_width!(values.cells(), values => copy(context, entity, values, into, |value| T::of(i64::from(value))))
            }
            _ => None,
        };
    });
    read.is_some()
}

fn arithmetic<T: Word>(
    registers: &mut Registers,
    operation: Arithmetic,
    a: Source,
    b: Source,
    into: Register,
    rows: usize,
) {
    match operation {
        Arithmetic::Add => registers.binary(a, b, into, rows, T::add),
        Arithmetic::Subtract => registers.binary(a, b, into, rows, T::subtract),
        Arithmetic::Multiply => registers.binary(a, b, into, rows, T::multiply),
        Arithmetic::Maximum => registers.binary(a, b, into, rows, |a: T, b: T| a.max(b)),
        Arithmetic::Minimum => registers.binary(a, b, into, rows, |a: T, b: T| a.min(b)),
    }
}

fn compare<T: Word>(
    registers: &mut Registers,
    comparison: Comparison,
    a: Source,
    b: Source,
    into: Register,
    rows: usize,
) {
    match comparison {
        Comparison::Equal => registers.binary(a, b, into, rows, |a: T, b: T| u8::from(a == b)),
        Comparison::NotEqual => registers.binary(a, b, into, rows, |a: T, b: T| u8::from(a != b)),
        Comparison::Less => registers.binary(a, b, into, rows, |a: T, b: T| u8::from(a < b)),
        Comparison::LessOrEqual => registers.binary(a, b, into, rows, |a: T, b: T| u8::from(a <= b)),
    }
}

fn choose<T: Word>(registers: &mut Registers, condition: Register, a: Source, b: Source, into: Register, rows: usize) {
    registers.write::<T>(into, rows, |registers, into| {
        let condition = registers.read::<u8>(condition, rows);
        match (a, b) {
            (Source::Register(a), Source::Register(b)) => {
                select(condition, registers.read::<T>(a, rows), registers.read::<T>(b, rows), into);
            }
            (Source::Register(a), Source::Constant(b)) => {
                let b = T::of(b);
                zip(
                    condition,
                    registers.read::<T>(a, rows),
                    into,
                    move |condition, a| if condition == 0 { b } else { a },
                );
            }
            (Source::Constant(a), Source::Register(b)) => {
                let a = T::of(a);
                zip(
                    condition,
                    registers.read::<T>(b, rows),
                    into,
                    move |condition, b| if condition == 0 { b } else { a },
                );
            }
            (Source::Constant(a), Source::Constant(b)) => {
                let (a, b) = (T::of(a), T::of(b));
                map(condition, into, move |condition| if condition == 0 { b } else { a });
            }
        }
    });
}

fn keep<T: Word>(registers: &mut Registers, truth: Register, value: Source, into: Register, rows: usize) {
    registers.write::<T>(into, rows, |registers, into| {
        let truth = registers.read::<u8>(truth, rows);
        match value {
            Source::Constant(value) => {
                let value = T::of(value);
                map(truth, into, move |truth| value.keep(truth));
            }
            Source::Register(value) => {
                zip(truth, registers.read::<T>(value, rows), into, move |truth, value: T| value.keep(truth));
            }
        }
    });
}

fn divide<T: Word>(
    registers: &mut Registers,
    rounding: Rounding,
    a: Register,
    divisor: i64,
    divider: Divider,
    into: Register,
    rows: usize,
) {
    let by = T::of(divisor);
    match (rounding, divider) {
        (Rounding::Floor, Divider::Multiply { offset, factor, shift, back }) => {
            let (offset, factor, back) = (offset as i32, u64::from(factor), back as i32);
            registers.unary(a, into, rows, move |value: i32| by_multiplication(value, offset, factor, shift, back));
        }
        (Rounding::HalfEven, Divider::Multiply { offset, factor, shift, back }) => {
            let (offset, factor, back) = (offset as i32, u64::from(factor), back as i32);
            registers.unary(a, into, rows, move |value: i32| {
                half_even(value, by_multiplication(value, offset, factor, shift, back), divisor as i32)
            });
        }
        (Rounding::Floor, Divider::Float) => registers.unary(a, into, rows, move |value: T| floor_float(value, by)),
        (Rounding::HalfEven, Divider::Float) => {
            registers.unary(a, into, rows, move |value: T| half_even(value, floor_float(value, by), by));
        }
        (Rounding::Truncate, Divider::Float) => {
            registers.unary(a, into, rows, move |value: T| truncate_float(value, by));
        }
        (Rounding::Floor, Divider::Plain) => registers.unary(a, into, rows, move |value: T| floor_plain(value, by)),
        (Rounding::HalfEven, Divider::Plain) => {
            registers.unary(a, into, rows, move |value: T| half_even(value, floor_plain(value, by), by));
        }
        (Rounding::Truncate, _) => registers.unary(a, into, rows, move |value: T| T::of(value.wide() / divisor.max(1))),
    }
}

fn quotient<T: Word>(
    registers: &mut Registers,
    above: Source,
    below: Source,
    float: bool,
    into: Register,
    rows: usize,
) {
    if float {
        registers.binary(above, below, into, rows, |a: T, b: T| {
            let floor = floor_float(a, b);
            if b == T::default() { T::default() } else { floor }
        });
    } else {
        registers.binary(above, below, into, rows, floor_plain::<T>);
    }
}

fn moment<T: Word>(registers: &mut Registers, a: Register, kinds: (Kind, Kind), into: Register, rows: usize) {
    match kinds {
        (Kind::Date, Kind::Year) => {
            registers.unary(a, into, rows, |day: i32| T::of(i64::from(year_and_month(day).0) - 1970));
        }
        (Kind::Date, Kind::Month) => registers.unary(a, into, rows, |day: i32| {
            let (year, month) = year_and_month(day);
            T::of(i64::from(year * 12 + month) - 1970 * 12 - 1)
        }),
        _ => registers.unary(a, into, rows, |month: i32| T::of(first_of_month(month).into())),
    }
}

fn tabulated<T: Word>(registers: &mut Registers, of: Register, cells: &Cells, into: Register, rows: usize) {
    registers.write::<T>(into, rows, |registers, into| match of.lane {
        Lane::Whole => found(registers.read::<i64>(of, rows), cells, into),
        _ => found(registers.read::<i32>(of, rows), cells, into),
    });
}

fn found<A: Word, T: Word>(keys: &[A], cells: &Cells, into: &mut [T]) {
    let (first, base) = (A::of(cells.first), T::of(cells.base));
    match &cells.results {
        Narrow::Bytes(cells) => cell(keys, first, cells, base, into),
        Narrow::Halves(cells) => cell(keys, first, cells, base, into),
        Narrow::Words(cells) => cell(keys, first, cells, base, into),
    }
}

fn cell<A: Word, C: Copy + Default + Into<i64>, T: Word>(keys: &[A], first: A, cells: &[C], base: T, into: &mut [T]) {
    for (into, key) in into.iter_mut().zip(keys) {
        let place = key.subtract(first).wide() as usize;
        *into = base.add(T::of(cells.get(place).copied().unwrap_or_default().into()));
    }
}

fn lookup<T: Word>(
    registers: &mut Registers,
    keys: Register,
    known: u64,
    values: &[i64; 64],
    into: Register,
    rows: usize,
) -> bool {
    let table = values.map(T::of);
    let has = move |key: i64| (0..64).contains(&key) && known >> (key & 63) & 1 == 1;
    let found = match keys.lane {
        Lane::Whole => all(registers.read::<i64>(keys, rows), has),
        _ => all(registers.read::<i32>(keys, rows), move |key| has(key.into())),
    };
    if found {
        match keys.lane {
            Lane::Whole => registers.unary(keys, into, rows, move |key: i64| table[(key & 63) as usize]),
            _ => registers.unary(keys, into, rows, move |key: i32| table[(key & 63) as usize]),
        }
    }
    found
}
