//! Memory for the columns of a population. Where there is much of it, the system is asked for large pages, as NumPy asks for its
//! arrays: five hundred times fewer pages to be found, and the processor keeps the addresses of all.

use memmap2::MmapMut;
use std::ops::{Deref, DerefMut};
use zerocopy::FromBytes;

/// From so many bytes on large pages are worth it.
const MANY: usize = 1 << 20;

/// How large a large page is.
const PAGE: usize = 2 << 20;

/// Whole numbers of 32 bits.
#[derive(Debug)]
pub struct Words(Held);

#[derive(Debug)]
enum Held {
    Own(Vec<i32>),
    Pages { pages: MmapMut, begin: usize, bytes: usize },
}

impl Words {
    /// So many zeros.
    pub fn zeros(count: usize) -> Self {
        let pages = if count >= MANY / size_of::<i32>() { large_pages(count * size_of::<i32>()) } else { None };
        Self(pages.unwrap_or_else(|| Held::Own(vec![0; count])))
    }
}

/// Memory that begins where a large page does; none where the system has none of it.
fn large_pages(bytes: usize) -> Option<Held> {
    let pages = MmapMut::map_anon(bytes.checked_add(PAGE)?).ok()?;
    // Without large pages it is memory all the same.
    #[cfg(target_os = "linux")]
    let _ = pages.advise(memmap2::Advice::HugePage);
    let begin = pages.as_ptr().align_offset(PAGE);
    (begin <= PAGE).then_some(Held::Pages { pages, begin, bytes })
}

impl Deref for Words {
    type Target = [i32];

    fn deref(&self) -> &[i32] {
        match &self.0 {
            Held::Own(values) => values,
            Held::Pages { pages, begin, bytes } => {
                let bytes = pages.get(*begin..begin + bytes).unwrap_or_default();
                <[i32]>::ref_from_bytes(bytes).unwrap_or_default()
            }
        }
    }
}

impl DerefMut for Words {
    fn deref_mut(&mut self) -> &mut [i32] {
        match &mut self.0 {
            Held::Own(values) => values,
            Held::Pages { pages, begin, bytes } => {
                let bytes = pages.get_mut(*begin..*begin + *bytes).unwrap_or_default();
                <[i32]>::mut_from_bytes(bytes).unwrap_or_default()
            }
        }
    }
}

impl Clone for Words {
    fn clone(&self) -> Self {
        let mut copy = Self::zeros(self.len());
        copy.copy_from_slice(self);
        copy
    }
}

impl From<Vec<i32>> for Words {
    fn from(values: Vec<i32>) -> Self {
        Self(Held::Own(values))
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_memory_is_zero_and_keeps_what_is_written() {
        for count in [0, 1, 1_000, MANY / 4, MANY] {
            let mut words = Words::zeros(count);
            assert_eq!(words.len(), count);
            assert!(words.iter().all(|word| *word == 0));
            for (place, word) in words.iter_mut().enumerate() {
                *word = place as i32;
            }
            let copy = words.clone();
            assert!(copy.iter().enumerate().all(|(place, word)| *word == place as i32));
            assert_eq!(copy, words);
        }
    }
}
