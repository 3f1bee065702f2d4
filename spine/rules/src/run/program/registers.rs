//! The columns of a block while it runs: buffers of one width each, used again and again.

use super::step::{Lane, Register, Source};
use super::vector::{map, zip};

/// Numbers of one width. Ranges were proven before, so that nothing here ever wraps.
pub(super) trait Word: Copy + Ord + Default + 'static {
    fn of(value: i64) -> Self;
    fn wide(self) -> i64;
    fn add(self, other: Self) -> Self;
    fn subtract(self, other: Self) -> Self;
    fn multiply(self, other: Self) -> Self;
    /// The value, or nothing where the truth is 0.
    fn keep(self, truth: u8) -> Self;
    /// The sums of the first, the first two, … of eight values.
    fn sums<T: Word>(eight: [Self; 8]) -> [T; 8];
    fn file(registers: &Registers) -> &[Vec<Self>];
    fn file_mut(registers: &mut Registers) -> &mut Vec<Vec<Self>>;
    /// Room for running sums.
    fn running(registers: &mut Registers) -> &mut Vec<Self>;
}

macro_rules! word {
    ($type:ty, $file:ident, $running:ident, $sums:ident) => {
        impl Word for $type {
            #[inline(always)]
            fn of(value: i64) -> Self {
                value as Self
            }
            #[inline(always)]
            fn wide(self) -> i64 {
                i64::from(self)
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn subtract(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            #[inline(always)]
            fn multiply(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            #[inline(always)]
            fn keep(self, truth: u8) -> Self {
                self & Self::of(-i64::from(truth))
            }
            #[inline(always)]
            fn sums<T: Word>(eight: [Self; 8]) -> [T; 8] {
                $sums(eight)
            }
            fn file(registers: &Registers) -> &[Vec<Self>] {
                &registers.$file
            }
            fn file_mut(registers: &mut Registers) -> &mut Vec<Vec<Self>> {
                &mut registers.$file
            }
            fn running(registers: &mut Registers) -> &mut Vec<Self> {
                &mut registers.$running
            }
        }
    };
}
word!(u8, truth, running_truth, sums_of_truths);
word!(i32, small, running_small, sums_of_numbers);
word!(i64, whole, running_whole, sums_of_numbers);

/// Three additions of all at once.
#[inline(always)]
fn sums_of_numbers<A: Word, T: Word>(eight: [A; 8]) -> [T; 8] {
    let mut local = eight.map(|value| T::of(value.wide()));
    for distance in [1, 2, 4] {
        let before = local;
        for (local, before) in local.iter_mut().skip(distance).zip(before) {
            *local = local.add(before);
        }
    }
    local
}

/// One multiplication: each byte of the product is the sum of the bytes up to it.
#[inline(always)]
fn sums_of_truths<T: Word>(eight: [u8; 8]) -> [T; 8] {
    let product = u64::from_le_bytes(eight).wrapping_mul(0x0101_0101_0101_0101);
    product.to_le_bytes().map(|sum| T::of(sum.into()))
}

/// All columns of a block.
#[derive(Default)]
pub(super) struct Registers {
    truth: Vec<Vec<u8>>,
    small: Vec<Vec<i32>>,
    whole: Vec<Vec<i64>>,
    running_truth: Vec<u8>,
    running_small: Vec<i32>,
    running_whole: Vec<i64>,
    /// By kind of group: where each group's members begin, and where the last one's end.
    pub(super) starts: Vec<Vec<u32>>,
}

impl Registers {
    /// Room for so many columns of each width.
    pub(super) fn with(counts: [usize; 3], entities: usize) -> Self {
        Self {
            truth: vec![Vec::new(); counts[0]],
            small: vec![Vec::new(); counts[1]],
            whole: vec![Vec::new(); counts[2]],
            starts: vec![Vec::new(); entities],
            ..Self::default()
        }
    }

    pub(super) fn read<T: Word>(&self, register: Register, rows: usize) -> &[T] {
        T::file(self).get(register.place as usize).and_then(|column| column.get(..rows)).unwrap_or_default()
    }

    /// Writes a column; what it reads are others.
    #[inline(always)]
    pub(super) fn write<T: Word>(&mut self, into: Register, rows: usize, fill: impl FnOnce(&Self, &mut [T])) {
        let Some(column) = T::file_mut(self).get_mut(into.place as usize) else { return };
        let mut column = std::mem::take(column);
        if column.len() < rows {
            column.resize(rows, T::default());
        }
        fill(self, &mut column[..rows]);
        T::file_mut(self)[into.place as usize] = column;
    }

    #[inline(always)]
    pub(super) fn unary<A: Word, R: Word>(
        &mut self,
        a: Register,
        into: Register,
        rows: usize,
        operation: impl Fn(A) -> R,
    ) {
        self.write(into, rows, |registers, into| map(registers.read(a, rows), into, operation));
    }

    /// Two columns, or a column and a constant.
    #[inline(always)]
    pub(super) fn binary<A: Word, R: Word>(
        &mut self,
        a: Source,
        b: Source,
        into: Register,
        rows: usize,
        operation: impl Fn(A, A) -> R,
    ) {
        self.write(into, rows, |registers, into| match (a, b) {
            (Source::Register(a), Source::Register(b)) => {
                zip(registers.read(a, rows), registers.read(b, rows), into, operation);
            }
            (Source::Register(a), Source::Constant(b)) => {
                let b = A::of(b);
                map(registers.read(a, rows), into, move |a| operation(a, b));
            }
            (Source::Constant(a), Source::Register(b)) => {
                let a = A::of(a);
                map(registers.read(b, rows), into, move |b| operation(a, b));
            }
            (Source::Constant(a), Source::Constant(b)) => into.fill(operation(A::of(a), A::of(b))),
        });
    }

    /// A column's values as numbers of 64 bits.
    pub(super) fn numbers(&self, source: Source, rows: usize) -> Vec<i64> {
        match source {
            Source::Constant(value) => vec![value],
            Source::Register(register) => match register.lane {
                Lane::Truth => self.read::<u8>(register, rows).iter().map(|value| i64::from(*value)).collect(),
                Lane::Small => self.read::<i32>(register, rows).iter().map(|value| i64::from(*value)).collect(),
                Lane::Whole => self.read::<i64>(register, rows).to_vec(),
            },
        }
    }
}
