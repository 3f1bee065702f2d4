//! Scales over the rows of a block: few brackets in one loop, which then reads and writes each row once; many, one loop each.

use super::registers::{Registers, Word};
use super::step::{Brackets, Register};
use super::vector::{accumulate, map};

/// Each slice at its rate. From each cut on, what is beyond it counts at the difference to the rate before: sums may wrap on the way,
/// as whole numbers do, but what they come to fits.
pub(super) fn marginal<T: Word>(
    registers: &mut Registers,
    base: Register,
    brackets: &Brackets,
    into: Register,
    rows: usize,
) {
    let mut before = 0_i64;
    let rises: Vec<(T, T)> = (brackets.cuts.iter().zip(&brackets.values))
        .map(|(cut, rate)| (T::of(*cut), T::of(rate.wrapping_sub(std::mem::replace(&mut before, *rate)))))
        .collect();
    let up = T::of(brackets.up);
    registers.write::<T>(into, rows, |registers, into| {
        let base = registers.read::<T>(base, rows);
        match rises.as_slice() {
            [a] => together(base, up, [*a], into),
            [a, b] => together(base, up, [*a, *b], into),
            [a, b, c] => together(base, up, [*a, *b, *c], into),
            [a, b, c, d] => together(base, up, [*a, *b, *c, *d], into),
            [a, b, c, d, rest @ ..] => {
                together(base, up, [*a, *b, *c, *d], into);
                for (cut, rise) in rest.iter().copied() {
                    accumulate(base, into, move |sum: T, base| sum.add(beyond(base.multiply(up), cut).multiply(rise)));
                }
            }
            [] => into.fill(T::default()),
        }
    });
}

#[inline(always)]
fn beyond<T: Word>(base: T, cut: T) -> T {
    base.subtract(cut).max(T::default())
}

fn together<T: Word, const COUNT: usize>(base: &[T], up: T, rises: [(T, T); COUNT], into: &mut [T]) {
    let sum = move |base: T| {
        let mut sum = T::default();
        for (cut, rise) in rises {
            sum = sum.add(beyond(base, cut).multiply(rise));
        }
        sum
    };
    if up.wide() == 1 {
        map(base, into, sum);
    } else {
        map(base, into, move |base| sum(base.multiply(up)));
    }
}

/// The value of the last bracket reached.
pub(super) fn reached<A: Word, R: Word>(
    registers: &mut Registers,
    base: Register,
    brackets: &Brackets,
    strict: bool,
    into: Register,
    rows: usize,
) {
    registers.write::<R>(into, rows, |registers, into| {
        let base = registers.read::<A>(base, rows);
        let up = A::of(brackets.up);
        into.fill(R::of(brackets.values.first().copied().unwrap_or(0)));
        for (cut, value) in brackets.cuts.iter().zip(brackets.values.iter().skip(1)) {
            let (cut, value) = (A::of(*cut), R::of(*value));
            if strict {
                accumulate(base, into, move |known, base: A| if base.multiply(up) > cut { value } else { known });
            } else {
                accumulate(base, into, move |known, base: A| if base.multiply(up) >= cut { value } else { known });
            }
        }
    });
}
