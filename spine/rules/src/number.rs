//! Numbers that formulas and parameters are written in: exact fractions, with the binary floating-point value beside them.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A fraction in lowest terms with a positive denominator. A denominator of zero stands for the infinities (numerator ±1)
/// and for «not a number» (numerator 0), as IEEE 754 has them, so that `where(b > 0, a / b, 0)` means what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rational {
    numerator: i128,
    denominator: i128,
}

/// Powers of ten that fit, by exponent.
pub(crate) fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// The greatest common divisor, never negative.
pub(crate) fn greatest_common_divisor(left: i128, right: i128) -> i128 {
    let (mut a, mut b) = (left.unsigned_abs(), right.unsigned_abs());
    while b != 0 {
        // Half-width division is several times faster, and nearly every amount fits.
        if let (Ok(mut small), Ok(mut smaller)) = (u64::try_from(a), u64::try_from(b)) {
            while smaller != 0 {
                (small, smaller) = (smaller, small % smaller);
            }
            return i128::from(small);
        }
        (a, b) = (b, a % b);
    }
    i128::try_from(a).unwrap_or(i128::MAX)
}

impl Rational {
    /// Zero.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// One.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };
    /// Positive infinity, the neutral element of a minimum.
    pub const INFINITY: Self = Self { numerator: 1, denominator: 0 };
    /// Not a number.
    pub const NOT_A_NUMBER: Self = Self { numerator: 0, denominator: 0 };

    /// `numerator / denominator` in lowest terms; `None` where it does not fit.
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return Some(Self { numerator: numerator.signum(), denominator: 0 });
        }
        if denominator == 1 {
            return Some(Self { numerator, denominator });
        }
        let divisor = greatest_common_divisor(numerator, denominator);
        let divisor = if denominator < 0 { -divisor } else { divisor };
        Some(Self { numerator: numerator.checked_div(divisor)?, denominator: denominator.checked_div(divisor)? })
    }

    /// A whole number.
    pub const fn integer(value: i128) -> Self {
        Self { numerator: value, denominator: 1 }
    }

    /// The part above the line.
    pub const fn numerator(self) -> i128 {
        self.numerator
    }

    /// The part below the line; zero for infinities and «not a number».
    pub const fn denominator(self) -> i128 {
        self.denominator
    }

    /// Whether it is an ordinary number.
    pub const fn is_finite(self) -> bool {
        self.denominator != 0
    }

    /// The decimal number that a text such as `-12.5`, `1_000` or `1.5e3` stands for.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|character| *character != '_').collect();
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text.as_str(), 0),
        };
        let (sign, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let mut value: i128 = 0;
        for character in whole.chars().chain(fraction.chars()) {
            value = value.checked_mul(10)?.checked_add(i128::from(character.to_digit(10)?))?;
        }
        let scale = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let power = power_of_ten(scale.unsigned_abs())?;
        if scale >= 0 { Self::new((sign * value).checked_mul(power)?, 1) } else { Self::new(sign * value, power) }
    }

    /// The decimal number that a person would write for this floating-point value: the shortest that reads back as it.
    pub fn from_float(value: f64) -> Option<Self> {
        if value.is_nan() {
            return Some(Self::NOT_A_NUMBER);
        }
        if value.is_infinite() {
            return Some(if value > 0.0 { Self::INFINITY } else { Self { numerator: -1, denominator: 0 } });
        }
        Self::parse(&format!("{value:e}"))
    }

    /// The same for a single-precision value.
    pub fn from_single(value: f32) -> Option<Self> {
        if value.is_finite() { Self::parse(&format!("{value:e}")) } else { Self::from_float(f64::from(value)) }
    }

    /// The nearest floating-point number.
    pub fn to_float(self) -> f64 {
        if self.denominator == 0 {
            return self.numerator as f64 / 0.0;
        }
        if self.denominator == 1 {
            return self.numerator as f64;
        }
        // A decimal text is rounded once by the parser; a quotient of two rounded parts would be rounded three times.
        if self.numerator.unsigned_abs() < 1 << 53 && self.denominator < 1 << 53 {
            return self.numerator as f64 / self.denominator as f64;
        }
        self.to_string().parse().unwrap_or(self.numerator as f64 / self.denominator as f64)
    }

    /// The sum; `None` where it does not fit.
    pub fn plus(self, other: Self) -> Option<Self> {
        if !self.is_finite() || !other.is_finite() {
            return Some(Self::add_special(self, other));
        }
        if self.denominator == other.denominator {
            return Self::new(self.numerator.checked_add(other.numerator)?, self.denominator);
        }
        let divisor = greatest_common_divisor(self.denominator, other.denominator);
        let left = self.numerator.checked_mul(other.denominator / divisor)?;
        let right = other.numerator.checked_mul(self.denominator / divisor)?;
        Self::new(left.checked_add(right)?, (self.denominator / divisor).checked_mul(other.denominator)?)
    }

    fn add_special(left: Self, right: Self) -> Self {
        match (left.is_finite(), right.is_finite()) {
            (false, true) => left,
            (true, false) => right,
            _ if left == right => left,
            _ => Self::NOT_A_NUMBER,
        }
    }

    /// The number with the other sign.
    pub fn negate(self) -> Option<Self> {
        Some(Self { numerator: self.numerator.checked_neg()?, denominator: self.denominator })
    }

    /// The difference; `None` where it does not fit.
    pub fn subtract(self, other: Self) -> Option<Self> {
        self.plus(other.negate()?)
    }

    /// The product; `None` where it does not fit.
    pub fn multiply(self, other: Self) -> Option<Self> {
        if !self.is_finite() || !other.is_finite() {
            return Some(Self { numerator: self.numerator.signum() * other.numerator.signum(), denominator: 0 });
        }
        let first = greatest_common_divisor(self.numerator, other.denominator).max(1);
        let second = greatest_common_divisor(other.numerator, self.denominator).max(1);
        Self::new(
            (self.numerator / first).checked_mul(other.numerator / second)?,
            (self.denominator / second).checked_mul(other.denominator / first)?,
        )
    }

    /// The quotient, infinite or «not a number» where the divisor is zero; `None` where it does not fit.
    pub fn divide(self, other: Self) -> Option<Self> {
        if !other.is_finite() {
            return Some(if self.is_finite() && other.numerator != 0 { Self::ZERO } else { Self::NOT_A_NUMBER });
        }
        if !self.is_finite() {
            return self.multiply(Self::integer(if other.numerator < 0 { -1 } else { 1 }));
        }
        if other.numerator == 0 {
            return Some(Self { numerator: self.numerator.signum(), denominator: 0 });
        }
        let (numerator, denominator) = if other.numerator < 0 {
            (other.denominator.checked_neg()?, other.numerator.checked_neg()?)
        } else {
            (other.denominator, other.numerator)
        };
        self.multiply(Self { numerator, denominator })
    }

    /// The order; `None` where one side is not a number.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        if (self.denominator == 0 && self.numerator == 0) || (other.denominator == 0 && other.numerator == 0) {
            return None;
        }
        if self.denominator == 0 || other.denominator == 0 {
            let rank = |value: Self| if value.denominator == 0 { value.numerator } else { 0 };
            return Some(rank(self).cmp(&rank(other)));
        }
        if self.denominator == other.denominator {
            return Some(self.numerator.cmp(&other.numerator));
        }
        match (self.numerator.checked_mul(other.denominator), other.numerator.checked_mul(self.denominator)) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => Some(Self::compare_by_continued_fraction(self, other)),
        }
    }

    /// Compares without any product, so that it cannot overflow: whole parts first, then the reciprocals of what is left.
    fn compare_by_continued_fraction(left: Self, right: Self) -> Ordering {
        let (mut left, mut right, mut reversed) = (left, right, false);
        loop {
            let (whole_left, whole_right) = (left.floor(), right.floor());
            if whole_left != whole_right {
                let order = whole_left.cmp(&whole_right);
                return if reversed { order.reverse() } else { order };
            }
            let rest_left = left.numerator.rem_euclid(left.denominator);
            let rest_right = right.numerator.rem_euclid(right.denominator);
            if rest_left == 0 || rest_right == 0 {
                let order = (rest_left != 0).cmp(&(rest_right != 0));
                return if reversed { order.reverse() } else { order };
            }
            left = Self { numerator: left.denominator, denominator: rest_left };
            right = Self { numerator: right.denominator, denominator: rest_right };
            reversed = !reversed;
        }
    }

    /// The greatest whole number not above; zero for what is not finite.
    pub fn floor(self) -> i128 {
        if self.denominator == 0 { 0 } else { self.numerator.div_euclid(self.denominator) }
    }

    /// The smallest whole number not below.
    pub fn ceiling(self) -> i128 {
        if self.denominator == 0 {
            return 0;
        }
        self.floor() + i128::from(self.numerator.rem_euclid(self.denominator) != 0)
    }

    /// The whole number towards zero.
    pub fn truncate(self) -> i128 {
        if self.denominator == 0 { 0 } else { self.numerator / self.denominator }
    }

    /// Rounded to so many decimals, halves to the even neighbour as NumPy does.
    pub fn round_half_even(self, digits: i32) -> Option<Self> {
        if !self.is_finite() {
            return Some(self);
        }
        let power = power_of_ten(digits.unsigned_abs())?;
        let scaled =
            if digits >= 0 { self.multiply(Self::integer(power))? } else { self.divide(Self::integer(power))? };
        let floor = scaled.floor();
        let twice_rest = scaled.numerator.rem_euclid(scaled.denominator).checked_mul(2)?;
        let up = match twice_rest.cmp(&scaled.denominator) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => floor % 2 != 0,
        };
        let whole = floor.checked_add(i128::from(up))?;
        if digits >= 0 { Self::new(whole, power) } else { Self::new(whole.checked_mul(power)?, 1) }
    }

    /// A whole power; `None` where it does not fit.
    pub fn power(self, exponent: i64) -> Option<Self> {
        let mut result = Self::ONE;
        for _ in 0..exponent.unsigned_abs().min(256) {
            result = result.multiply(self)?;
        }
        if exponent.unsigned_abs() > 256 {
            return None;
        }
        if exponent < 0 { Self::ONE.divide(result) } else { Some(result) }
    }
}

impl fmt::Display for Rational {
    /// As a decimal where it has one, else to thirty significant decimals.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 0 {
            return formatter.write_str(match self.numerator {
                0 => "nan",
                1 => "inf",
                _ => "-inf",
            });
        }
        let sign = if self.numerator < 0 { "-" } else { "" };
        let denominator = self.denominator.unsigned_abs();
        let mut rest = self.numerator.unsigned_abs() % denominator;
        write!(formatter, "{sign}{}", self.numerator.unsigned_abs() / denominator)?;
        if rest == 0 {
            return Ok(());
        }
        formatter.write_str(".")?;
        for _ in 0..30 {
            let Some(next) = rest.checked_mul(10) else { return Ok(()) };
            write!(formatter, "{}", next / denominator)?;
            rest = next % denominator;
            if rest == 0 {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// A number as Python's `float` has it, with the exact value that its author wrote beside the rounded one.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// What Python calculates with.
    pub float: f64,
    /// What was written; `None` once an operation left the fractions that fit (a logarithm, an overflow).
    pub exact: Option<Rational>,
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.float.to_bits() == other.float.to_bits() && self.exact == other.exact
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.float.to_bits().hash(state);
        self.exact.hash(state);
    }
}

impl Number {
    /// A number written as a decimal.
    pub fn from_float(float: f64) -> Self {
        Self { float, exact: Rational::from_float(float) }
    }

    /// A number known exactly.
    pub fn from_exact(exact: Rational) -> Self {
        Self { float: exact.to_float(), exact: Some(exact) }
    }

    /// A whole number.
    pub fn from_integer(value: i64) -> Self {
        Self { float: value as f64, exact: Some(Rational::integer(i128::from(value))) }
    }

    /// A number that no fraction stands for.
    pub fn inexact(float: f64) -> Self {
        Self { float, exact: None }
    }

    /// Applies one operation to both faces.
    #[must_use]
    pub fn combine(
        self,
        other: Self,
        float: impl Fn(f64, f64) -> f64,
        exact: impl Fn(Rational, Rational) -> Option<Rational>,
    ) -> Self {
        let rational = match (self.exact, other.exact) {
            (Some(left), Some(right)) => exact(left, right),
            _ => None,
        };
        Self { float: float(self.float, other.float), exact: rational }
    }

    /// The order, exact where both sides are.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self.exact, other.exact) {
            (Some(left), Some(right)) => left.compare(right),
            _ => self.float.partial_cmp(&other.float),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.exact {
            Some(exact) => exact.fmt(formatter),
            None => self.float.fmt(formatter),
        }
    }
}
