//! Memory for the columns of a population. Where there is much of it, the system is asked for large pages, as NumPy asks for its
//! arrays: five hundred times fewer pages to be found, and the processor keeps the addresses of all. What columns give back is kept for
//! the next ones, up to a bound, as the C library keeps what is freed: the system clears each page before it hands it out, which for a
//! month of the country template took a quarter as long as calculating it.

use memmap2::MmapMut;
use std::ops::{Deref, DerefMut};
use std::sync::Mutex;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// From so many bytes on large pages are worth it.
const MANY: usize = 1 << 20;

/// How large a large page is.
const PAGE: usize = 2 << 20;

/// How many bytes are kept for the columns to come.
const MOST_KEPT: usize = 64 << 20;

/// What columns gave back.
static KEPT: Mutex<Vec<MmapMut>> = Mutex::new(Vec::new());

/// Whole numbers of 8, 16 or 32 bits.
pub trait Narrow:
    Copy + Default + Ord + std::fmt::Debug + Into<i64> + TryFrom<i64> + FromBytes + IntoBytes + Immutable + KnownLayout
{
    /// How wide they are.
    const BITS: Bits;

    /// The lowest bits of a number.
    fn cut(value: i64) -> Self;
}

/// How wide whole numbers are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bits {
    /// 8 bits.
    Eight,
    /// 16 bits.
    Sixteen,
    /// 32 bits.
    ThirtyTwo,
}

impl Bits {
    /// The fewest that hold all numbers between two, these included; none where it takes more than 32.
    pub fn holding(low: i128, high: i128) -> Option<Self> {
        let fits = |least: i128, most: i128| least <= low && high <= most;
        if fits(i8::MIN.into(), i8::MAX.into()) {
            Some(Self::Eight)
        } else if fits(i16::MIN.into(), i16::MAX.into()) {
            Some(Self::Sixteen)
        } else if fits(i32::MIN.into(), i32::MAX.into()) {
            Some(Self::ThirtyTwo)
        } else {
            None
        }
    }
}

macro_rules! narrow {
    ($type:ty, $bits:ident) => {
        impl Narrow for $type {
            const BITS: Bits = Bits::$bits;

            #[inline]
            fn cut(value: i64) -> Self {
                value as Self
            }
        }
    };
}
narrow!(i8, Eight);
narrow!(i16, Sixteen);
narrow!(i32, ThirtyTwo);

/// Numbers of one width, in large pages where there are many.
#[derive(Debug)]
pub struct Room<T>(Held<T>);

#[derive(Debug)]
enum Held<T> {
    Own(Vec<T>),
    Pages(Pages),
}

/// Memory of the system that begins where a large page does.
#[derive(Debug)]
struct Pages {
    /// None only while it is given back.
    map: Option<MmapMut>,
    begin: usize,
    bytes: usize,
}

impl Pages {
    /// None where the system has no more.
    fn of(bytes: usize) -> Option<Self> {
        let map = kept(bytes).or_else(|| {
            let map = MmapMut::map_anon(bytes.checked_add(PAGE)?).ok()?;
            // Without large pages it is memory all the same.
            #[cfg(target_os = "linux")]
            let _ = map.advise(memmap2::Advice::HugePage);
            Some(map)
        })?;
        let begin = map.as_ptr().align_offset(PAGE);
        (begin <= PAGE).then_some(Self { map: Some(map), begin, bytes })
    }
}

impl Deref for Pages {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let map = self.map.as_deref().unwrap_or_default();
        map.get(self.begin..self.begin + self.bytes).unwrap_or_default()
    }
}

impl DerefMut for Pages {
    fn deref_mut(&mut self) -> &mut [u8] {
        let map = self.map.as_deref_mut().unwrap_or_default();
        map.get_mut(self.begin..self.begin + self.bytes).unwrap_or_default()
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        let Some(map) = self.map.take() else { return };
        let mut kept = crate::value::lock(&KEPT);
        if kept.iter().map(|map| map.len()).sum::<usize>() + map.len() <= MOST_KEPT {
            kept.push(map);
        }
    }
}

/// The smallest of the pages kept that are enough, unless they are twice as many as that.
fn kept(bytes: usize) -> Option<MmapMut> {
    let enough = bytes.checked_add(PAGE)?;
    let mut kept = crate::value::lock(&KEPT);
    let fitting = kept.iter().enumerate().filter(|(_, map)| map.len() >= enough && map.len() / 2 <= enough);
    let (place, _) = fitting.min_by_key(|(_, map)| map.len())?;
    Some(kept.swap_remove(place))
}

/// Gives the memory that is kept for columns to come back to the system, as after a large piece of work, or to measure without it.
pub fn give_back() {
    crate::value::lock(&KEPT).clear();
}

impl<T: Narrow> Room<T> {
    /// Room for so many numbers, all of which the caller writes: until then they are zeros or what another column held.
    pub fn to_be_written(count: usize) -> Self {
        let pages = (count >= MANY / size_of::<T>()).then(|| Pages::of(count * size_of::<T>())).flatten();
        Self(pages.map_or_else(|| Held::Own(vec![T::default(); count]), Held::Pages))
    }

    /// Each value at the place that its row had.
    pub(super) fn scattered(&self, order: &[u32]) -> Self {
        let mut placed = Self::to_be_written(self.len());
        super::structure::scatter(self, order, &mut placed);
        placed
    }
}

impl<T: Narrow> Deref for Room<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Held::Own(values) => values,
            Held::Pages(pages) => <[T]>::ref_from_bytes(pages).unwrap_or_default(),
        }
    }
}

impl<T: Narrow> DerefMut for Room<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Held::Own(values) => values,
            Held::Pages(pages) => <[T]>::mut_from_bytes(pages).unwrap_or_default(),
        }
    }
}

impl<T: Narrow> Clone for Room<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::to_be_written(self.len());
        copy.copy_from_slice(self);
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_memory_keeps_what_is_written() {
        for count in [0, 1, 1_000, MANY / 4, MANY] {
            let mut words = Room::<i32>::to_be_written(count);
            assert_eq!(words.len(), count);
            for (place, word) in words.iter_mut().enumerate() {
                *word = place as i32;
            }
            let copy = words.clone();
            assert!(copy.iter().enumerate().all(|(place, word)| *word == place as i32));
        }
    }

    #[test]
    fn what_is_given_back_is_used_again_where_it_fits() {
        let bytes = 5 * MANY;
        // Other tests give memory back at the same time: one that nobody else asks for.
        drop(Pages::of(bytes));
        let found = (0..100).any(|_| {
            drop(Pages::of(bytes));
            kept(bytes).is_some_and(|map| map.len() >= bytes)
        });
        assert!(found);
        assert!(kept(MOST_KEPT * 2).is_none());
    }

    #[test]
    fn bits_hold_their_ends() {
        assert_eq!(Bits::holding(-128, 127), Some(Bits::Eight));
        assert_eq!(Bits::holding(-129, 0), Some(Bits::Sixteen));
        assert_eq!(Bits::holding(0, 32_768), Some(Bits::ThirtyTwo));
        assert_eq!(Bits::holding(0, 1 << 31), None);
    }
}
