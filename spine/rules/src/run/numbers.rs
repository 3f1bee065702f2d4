//! Whole numbers of a column in as few bits as hold them all: less memory to read, to write and to be cleared by the system.

use super::memory::{Bits, Narrow, Room};
use super::program::extremes;
use std::sync::OnceLock;

/// Whole numbers in 8, 16 or 32 bits.
#[derive(Clone, Debug)]
pub struct Numbers {
    cells: Cells,
    /// Smallest and greatest, zero between them; found when it is asked for.
    extremes: OnceLock<(i64, i64)>,
}

/// The numbers, by width.
#[derive(Clone, Debug)]
pub(crate) enum Cells {
    Eight(Room<i8>),
    Sixteen(Room<i16>),
    ThirtyTwo(Room<i32>),
}

/// The same code for the numbers of each width.
macro_rules! each_width {
    ($cells:expr, $values:ident => $body:expr) => {
        match $cells {
            $crate::run::Cells::Eight($values) => $body,
            $crate::run::Cells::Sixteen($values) => $body,
            $crate::run::Cells::ThirtyTwo($values) => $body,
        }
    };
}
pub(crate) use each_width;

fn copied<A: Copy + Into<i64>, T: Narrow>(values: &[A]) -> Room<T> {
    let mut room = Room::to_be_written(values.len());
    for (cell, value) in room.iter_mut().zip(values) {
        *cell = T::cut((*value).into());
    }
    room
}

/// Numbers in the width that holds the extremes; none where 32 bits do not.
fn fitted<A: Copy + Into<i64>>(values: &[A], extremes: (i64, i64)) -> Option<Numbers> {
    let cells = match Bits::holding(extremes.0.into(), extremes.1.into())? {
        Bits::Eight => Cells::Eight(copied(values)),
        Bits::Sixteen => Cells::Sixteen(copied(values)),
        Bits::ThirtyTwo => Cells::ThirtyTwo(copied(values)),
    };
    Some(Numbers { cells, extremes: OnceLock::from(extremes) })
}

impl Numbers {
    /// Numbers in as few bits as hold them; none where it takes more than 32.
    pub fn of(values: &[i64]) -> Option<Self> {
        fitted(values, extremes(values))
    }

    /// Numbers of 32 bits, in fewer where these hold them.
    pub fn of_words(values: Room<i32>) -> Self {
        let (low, high) = extremes(&values);
        let extremes = (low.into(), high.into());
        match Bits::holding(low.into(), high.into()) {
            Some(Bits::Eight | Bits::Sixteen) => fitted(&values, extremes),
            _ => None,
        }
        .unwrap_or_else(|| Self { cells: Cells::ThirtyTwo(values), extremes: OnceLock::from(extremes) })
    }

    /// Room for numbers of a width, all of which the caller writes.
    pub(super) fn to_be_written(count: usize, bits: Bits) -> Self {
        let cells = match bits {
            Bits::Eight => Cells::Eight(Room::to_be_written(count)),
            Bits::Sixteen => Cells::Sixteen(Room::to_be_written(count)),
            Bits::ThirtyTwo => Cells::ThirtyTwo(Room::to_be_written(count)),
        };
        Self { cells, extremes: OnceLock::new() }
    }

    /// How many.
    pub fn len(&self) -> usize {
        each_width!(&self.cells, values => values.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How wide they are kept.
    pub fn bits(&self) -> Bits {
        match self.cells {
            Cells::Eight(_) => Bits::Eight,
            Cells::Sixteen(_) => Bits::Sixteen,
            Cells::ThirtyTwo(_) => Bits::ThirtyTwo,
        }
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        each_width!(&self.cells, values => size_of_val::<[_]>(values))
    }

    /// The number in a row.
    pub fn get(&self, row: usize) -> Option<i64> {
        each_width!(&self.cells, values => values.get(row).map(|value| i64::from(*value)))
    }

    /// All, in 64 bits.
    pub fn to_wide(&self) -> Vec<i64> {
        each_width!(&self.cells, values => values.iter().map(|value| i64::from(*value)).collect())
    }

    /// Smallest and greatest; zero is always between them.
    pub fn extremes(&self) -> (i64, i64) {
        *self.extremes.get_or_init(|| {
            each_width!(&self.cells, values => {
                let (low, high) = extremes(values);
                (low.into(), high.into())
            })
        })
    }

    /// Puts a number into a row; false where it is wider than the others.
    pub(crate) fn put(&mut self, row: usize, value: i64) -> bool {
        self.extremes = OnceLock::new();
        each_width!(&mut self.cells, values => match (values.get_mut(row), value.try_into()) {
            (Some(cell), Ok(value)) => {
                *cell = value;
                true
            }
            (None, _) => true,
            (_, Err(_)) => false,
        })
    }

    pub(crate) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// The numbers, to be changed.
    pub(super) fn cells_mut(&mut self) -> &mut Cells {
        self.extremes = OnceLock::new();
        &mut self.cells
    }

    /// Each number at the place that its row had.
    pub(super) fn scattered(&self, order: &[u32]) -> Self {
        let cells = match &self.cells {
            Cells::Eight(values) => Cells::Eight(values.scattered(order)),
            Cells::Sixteen(values) => Cells::Sixteen(values.scattered(order)),
            Cells::ThirtyTwo(values) => Cells::ThirtyTwo(values.scattered(order)),
        };
        Self { cells, extremes: self.extremes.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_narrow_as_they_allow_and_stay_the_same() {
        let cases: [(&[i64], Bits); 4] = [
            (&[], Bits::Eight),
            (&[-128, 127], Bits::Eight),
            (&[0, 128, -32_768], Bits::Sixteen),
            (&[i64::from(i32::MIN), 7], Bits::ThirtyTwo),
        ];
        for (values, bits) in cases {
            let numbers = Numbers::of(values).unwrap();
            assert_eq!((numbers.bits(), numbers.to_wide()), (bits, values.to_vec()));
            let mut words = Room::to_be_written(values.len());
            for (word, value) in words.iter_mut().zip(values) {
                *word = *value as i32;
            }
            let numbers = Numbers::of_words(words);
            assert_eq!((numbers.bits(), numbers.to_wide()), (bits, values.to_vec()));
        }
        assert!(Numbers::of(&[1 << 31]).is_none());
    }

    #[test]
    fn a_changed_number_changes_the_extremes() {
        let mut numbers = Numbers::of(&[1, 2, 3]).unwrap();
        assert_eq!(numbers.extremes(), (0, 3));
        assert!(numbers.put(1, -100));
        assert_eq!(numbers.extremes(), (-100, 3));
        assert!(!numbers.put(0, 128));
        assert_eq!(numbers.to_wide(), [1, -100, 3]);
    }
}
