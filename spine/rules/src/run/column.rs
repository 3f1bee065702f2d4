//! Values of one variable for one period.

use super::numbers::Numbers;
use crate::number::Rational;
use std::sync::Arc;

/// Values of one variable for one period, one for each entity.
#[derive(Clone, Debug)]
pub enum Column {
    /// Truth values.
    Bool(Vec<bool>),
    /// Whole numbers, days since 1970, or indexes of an enumeration's members.
    Int(Vec<i64>),
    /// Numbers as whole numbers over one denominator.
    Scaled {
        /// The numerators.
        values: Vec<i64>,
        /// The denominator, above zero.
        denominator: i64,
    },
    /// Either of the two where 32 bits or fewer hold every numerator: less memory to read and to write.
    Small {
        /// The numerators.
        values: Numbers,
        /// The denominator, above zero; 1 where the values are whole numbers.
        denominator: i64,
    },
    /// Fractions each with its own denominator.
    Ratio(Vec<Rational>),
    /// Single precision: parity mode only.
    Single(Vec<f32>),
    /// Double precision: what no fraction stands for.
    Float(Vec<f64>),
    /// Texts.
    Text(Vec<Arc<str>>),
}

/// Columns are equal where they hold the same values; how wide whole numbers are kept does not matter.
impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Ratio(a), Self::Ratio(b)) => a == b,
            (Self::Single(a), Self::Single(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            _ => match (self.denominator(), other.denominator()) {
                (Some(a), Some(b)) => {
                    a == b
                        && self.len() == other.len()
                        && (0..self.len()).all(|row| self.numerator(row) == other.numerator(row))
                }
                _ => false,
            },
        }
    }
}

impl Column {
    /// How many values.
    pub fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int(values) | Self::Scaled { values, .. } => values.len(),
            Self::Small { values, .. } => values.len(),
            Self::Ratio(values) => values.len(),
            Self::Single(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The denominator of a column of whole numbers over one denominator.
    pub const fn denominator(&self) -> Option<i64> {
        match self {
            Self::Int(_) => Some(1),
            Self::Scaled { denominator, .. } | Self::Small { denominator, .. } => Some(*denominator),
            _ => None,
        }
    }

    /// A row's numerator over [`Self::denominator`].
    pub fn numerator(&self, row: usize) -> Option<i64> {
        match self {
            Self::Int(values) | Self::Scaled { values, .. } => values.get(row).copied(),
            Self::Small { values, .. } => values.get(row),
            _ => None,
        }
    }

    /// The value in a row, as floating point; texts have none.
    pub fn float(&self, row: usize) -> Option<f64> {
        match self {
            Self::Single(values) => values.get(row).map(|value| f64::from(*value)),
            Self::Float(values) => values.get(row).copied(),
            other => other.exact(row).map(Rational::to_float),
        }
    }

    /// The value in a row, exactly; texts and logarithms have none.
    pub fn exact(&self, row: usize) -> Option<Rational> {
        match self {
            Self::Bool(values) => values.get(row).map(|value| Rational::integer(i128::from(*value))),
            Self::Int(values) => values.get(row).map(|value| Rational::integer(i128::from(*value))),
            Self::Scaled { values, denominator } => {
                values.get(row).and_then(|value| Rational::new(i128::from(*value), i128::from(*denominator)))
            }
            Self::Small { values, denominator } => {
                values.get(row).and_then(|value| Rational::new(i128::from(value), i128::from(*denominator)))
            }
            Self::Ratio(values) => values.get(row).copied(),
            Self::Single(values) => values.get(row).and_then(|value| Rational::from_single(*value)),
            Self::Float(_) | Self::Text(_) => None,
        }
    }

    /// The same values in as few bits as hold them all, where 32 do.
    #[must_use]
    pub fn narrowed(self) -> Self {
        let (values, denominator) = match &self {
            Self::Int(values) => (values, 1),
            Self::Scaled { values, denominator } => (values, *denominator),
            _ => return self,
        };
        match Numbers::of(values) {
            Some(values) => Self::Small { values, denominator },
            None => self,
        }
    }

    /// Numbers given as floating point, taken for the decimals that a person would write for them.
    pub fn from_floats(values: &[f64]) -> Self {
        // Nearly always whole, or with a few decimals: the quotient then reads back as the very number given.
        for denominator in [1_i64, 100, 10_000, 1_000_000] {
            let factor = denominator as f64;
            let scaled: Option<Vec<i64>> = values
                .iter()
                .map(|value| {
                    let whole = (value * factor).round();
                    (whole.abs() < 1e15 && (whole / factor).to_bits() == value.to_bits()).then_some(whole as i64)
                })
                .collect();
            if let Some(values) = scaled {
                return Self::Scaled { values, denominator };
            }
        }
        Self::from_exact(
            values.iter().map(|value| Rational::from_float(*value).unwrap_or(Rational::NOT_A_NUMBER)).collect(),
        )
    }

    /// Numbers given exactly, over one denominator where they share a decimal one.
    pub fn from_exact(values: Vec<Rational>) -> Self {
        for power in [1_i64, 100, 10_000, 1_000_000, 1_000_000_000] {
            let scaled: Option<Vec<i64>> = values
                .iter()
                .map(|value| {
                    if value.denominator() == 0 || i128::from(power) % value.denominator() != 0 {
                        return None;
                    }
                    i64::try_from(value.numerator().checked_mul(i128::from(power) / value.denominator())?).ok()
                })
                .collect();
            if let Some(values) = scaled {
                return Self::Scaled { values, denominator: power };
            }
        }
        Self::Ratio(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_columns_hold_the_same_values() {
        let wide = Column::Scaled { values: vec![-5, 0, i64::from(i32::MAX)], denominator: 100 };
        let small = wide.clone().narrowed();
        assert!(matches!(small, Column::Small { .. }));
        assert_eq!(small, wide);
        assert_eq!(small.exact(0), Rational::new(-5, 100));
        assert_ne!(small, Column::Int(vec![-5, 0, i64::from(i32::MAX)]));
        let beyond = Column::Int(vec![i64::from(i32::MAX) + 1]);
        assert!(matches!(beyond.clone().narrowed(), Column::Int(_)));
        let below = Column::Int(vec![i64::from(i32::MIN) - 1, 0]);
        assert!(matches!(below.narrowed(), Column::Int(_)));
    }
}
