//! Models as bytes: a name, a version, the content, and a checksum over all of it.

use crate::LearningError;

/// What the bytes of a kind of model begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) name: [u8; 8],
    /// Raised whenever the content changes.
    pub(crate) version: u64,
}

/// Writes little-endian.
#[derive(Debug)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new(form: Form) -> Self {
        let mut writer = Self(form.name.to_vec());
        writer.number(form.version);
        writer
    }

    pub(crate) fn number(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    pub(crate) fn length(&mut self, value: usize) {
        self.number(value as u64);
    }

    pub(crate) fn place(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    pub(crate) fn float(&mut self, value: f32) {
        self.0.extend(value.to_le_bytes());
    }

    pub(crate) fn double(&mut self, value: f64) {
        self.0.extend(value.to_le_bytes());
    }

    pub(crate) fn short(&mut self, value: i16) {
        self.0.extend(value.to_le_bytes());
    }

    pub(crate) fn half(&mut self, value: u16) {
        self.0.extend(value.to_le_bytes());
    }

    pub(crate) fn text(&mut self, value: &str) {
        self.length(value.len());
        self.0.extend(value.as_bytes());
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let sum = checksum(&self.0);
        self.number(sum);
        self.0
    }
}

/// Reads what [`Writer`] wrote; every answer is `None` once the bytes do not suffice.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Checks name, version and checksum.
    pub(crate) fn open(bytes: &'a [u8], form: Form) -> Result<Self, LearningError> {
        let unreadable = |reason| LearningError::Unreadable { reason };
        let (content, sum) = bytes.split_last_chunk::<8>().ok_or_else(|| unreadable("they are cut off"))?;
        let rest = content.strip_prefix(&form.name).ok_or_else(|| unreadable("they are something else"))?;
        if checksum(content) != u64::from_le_bytes(*sum) {
            return Err(unreadable("they were changed or cut off"));
        }
        let mut reader = Self(rest);
        if reader.number() != Some(form.version) {
            return Err(unreadable("they were written by another version"));
        }
        Ok(reader)
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// A count of things of at least `size` bytes each; none if so many cannot follow.
    pub(crate) fn length(&mut self, size: usize) -> Option<usize> {
        let length = usize::try_from(self.number()?).ok()?;
        (length.checked_mul(size)? <= self.0.len()).then_some(length)
    }

    pub(crate) fn place(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    pub(crate) fn float(&mut self) -> Option<f32> {
        self.take().map(f32::from_le_bytes).filter(|value| value.is_finite())
    }

    pub(crate) fn double(&mut self) -> Option<f64> {
        self.take().map(f64::from_le_bytes).filter(|value| value.is_finite())
    }

    pub(crate) fn short(&mut self) -> Option<i16> {
        self.take().map(i16::from_le_bytes)
    }

    pub(crate) fn half(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        let length = self.length(1)?;
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        String::from_utf8(head.to_vec()).ok()
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(*head)
    }
}

/// Against accidents, not against people. Every step is a bijection, so that no single change goes unseen.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut sum = bytes.len() as u64;
    for word in words {
        sum = fold(sum, u64::from_le_bytes(*word));
    }
    rest.iter().fold(sum, |sum, byte| fold(sum, u64::from(*byte)))
}

fn fold(sum: u64, word: u64) -> u64 {
    let mixed = (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 32)
}
