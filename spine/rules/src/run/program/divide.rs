//! Divisions that vectors can do, and why they are exact.
//!
//! *By a constant c, in 32 bits.* Let 2^(l−1) < c ≤ 2^l and m = ⌊2^(31+l) / c⌋ + 1, so that c·m = 2^(31+l) + e with 0 < e ≤ c. For
//! 0 ≤ x < 2³¹ the product x·m / 2^(31+l) exceeds x / c by x·e / (c·2^(31+l)) < 2^−l ≤ 1 / c, and the fraction of x / c is at most
//! 1 − 1 / c: the floor is the same. Below zero, a multiple of c is added first and its quotient taken away after.
//!
//! *In double precision, for |x| ≤ 2⁵¹.* x and c are doubles. Where x / c is no whole number it is at least 1 / c away from the next
//! one, k; doubles there are at most 2⁻⁵²·|k| apart, and 2⁻⁵²·|k| ≤ 2⁻⁵²·(2⁵¹ / c + 1) < 1 / c: rounding never reaches k.

use super::range::Range;
use super::registers::Word;
use super::step::Divider;

/// How far from zero numerators may be for a division in double precision.
pub(super) const FLOAT_REACH: u128 = 1 << 51;

/// One and a half times 2⁵²: added to a whole number of 51 bits, it leaves that number in the last bits of the double.
const SHIFT: f64 = 6_755_399_441_055_744.0;

/// A whole double below 2⁵¹ as a whole number, without a conversion that vectors lack.
#[inline(always)]
fn whole(value: f64) -> i64 {
    ((value + SHIFT).to_bits() as i64).wrapping_sub(SHIFT.to_bits() as i64)
}

/// The way to divide a range by a constant above one.
pub(super) fn divider(range: Range, divisor: i64, small: bool) -> Divider {
    if small && let Some(divider) = multiplier(range, divisor) {
        return divider;
    }
    if range.reach() <= FLOAT_REACH && divisor.unsigned_abs() < 1 << 51 { Divider::Float } else { Divider::Plain }
}

fn multiplier(range: Range, divisor: i64) -> Option<Divider> {
    let back = if range.low < 0 { (-range.low + i128::from(divisor) - 1) / i128::from(divisor) } else { 0 };
    let offset = back * i128::from(divisor);
    if range.high + offset >= 1 << 31 || !(2..1 << 31).contains(&divisor) {
        return None;
    }
    let length = 64 - (divisor - 1).leading_zeros();
    let factor = (1_u128 << (31 + length)) / u128::from(divisor.unsigned_abs()) + 1;
    Some(Divider::Multiply {
        offset: i64::try_from(offset).ok()?,
        factor: u32::try_from(factor).ok()?,
        shift: 31 + length,
        back: i64::try_from(back).ok()?,
    })
}

/// The floor by multiplication; see above.
#[inline(always)]
pub(super) fn by_multiplication(value: i32, offset: i32, factor: u64, shift: u32, back: i32) -> i32 {
    let shifted = u64::from(value.wrapping_add(offset).cast_unsigned());
    ((shifted * factor) >> shift) as i32 - back
}

/// The floor in double precision.
#[inline(always)]
pub(super) fn floor_float<T: Word>(value: T, divisor: T) -> T {
    T::of(whole((value.wide() as f64 / divisor.wide() as f64).floor()))
}

/// Towards zero in double precision.
#[inline(always)]
pub(super) fn truncate_float<T: Word>(value: T, divisor: T) -> T {
    T::of(whole((value.wide() as f64 / divisor.wide() as f64).trunc()))
}

/// The floor as the processor divides.
#[inline(always)]
pub(super) fn floor_plain<T: Word>(value: T, divisor: T) -> T {
    let (value, divisor) = (value.wide(), divisor.wide());
    T::of(if divisor == 0 {
        0
    } else {
        let quotient = value.wrapping_div(divisor);
        if value.wrapping_rem(divisor) != 0 && (value < 0) != (divisor < 0) { quotient - 1 } else { quotient }
    })
}

/// The whole number nearest to `value / divisor`, halves to the even one, from the floor of the quotient.
#[inline(always)]
pub(super) fn half_even<T: Word>(value: T, floor: T, divisor: T) -> T {
    let rest = value.subtract(floor.multiply(divisor));
    // Twice the rest could leave the width; what is missing to the divisor cannot.
    let missing = divisor.subtract(rest);
    let odd = floor.wide() & 1 == 1;
    let up = rest > missing || (rest == missing && odd);
    T::of(floor.wide() + i64::from(up))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way gives the floor that whole numbers have, at random places and at those around multiples of the divisor.
    #[test]
    fn divisions_are_exact() {
        let mut state = 1_u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 11
        };
        for _ in 0..20_000 {
            let divisor = (next() % (1 << (next() % 31 + 1))).max(2) as i64;
            let multiple = (next() as i64 % (1 << 31) / divisor) * divisor;
            for value in [next() as i64 % (1 << 30), multiple, multiple - 1, multiple + 1, -multiple, -multiple - 1] {
                if value.unsigned_abs() >= 1 << 30 {
                    continue;
                }
                let range = Range::new(-(1 << 30) + 1, (1 << 30) - 1);
                let range = if value >= 0 { Range::new(0, i128::from(value)) } else { range };
                if let Some(Divider::Multiply { offset, factor, shift, back }) = multiplier(range, divisor) {
                    let found = by_multiplication(value as i32, offset as i32, factor.into(), shift, back as i32);
                    assert_eq!(i64::from(found), value.div_euclid(divisor), "{value} by {divisor}");
                }
            }
            let divisor = (next() % (1 << (next() % 50 + 1))).max(1) as i64;
            let multiple = (next() as i64 % (1 << 51) / divisor) * divisor;
            for value in [next() as i64 % (1 << 51), multiple, multiple - 1, multiple + 1, -multiple, 1 - multiple] {
                assert_eq!(floor_float(value, divisor), value.div_euclid(divisor), "{value} by {divisor}");
                assert_eq!(truncate_float(value, divisor), value / divisor, "{value} by {divisor}");
                assert_eq!(floor_plain(value, divisor), value.div_euclid(divisor), "{value} by {divisor}");
            }
        }
    }

    #[test]
    fn halves_go_to_the_even_neighbour() {
        for (value, divisor, expected) in
            [(5_i64, 10, 0), (15, 10, 2), (25, 10, 2), (-5, 10, 0), (-15, 10, -2), (14, 10, 1)]
        {
            assert_eq!(half_even(value, floor_plain(value, divisor), divisor), expected, "{value} by {divisor}");
        }
    }
}
