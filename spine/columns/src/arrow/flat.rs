//! Flatbuffers read by hand: tables whose fields lie where a small index says. Every place is checked before it is read.

use super::Fault;

/// No head is as long as this.
const FARTHEST: usize = 1 << 26;

/// A table within a message's head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<'head> {
    bytes: &'head [u8],
    at: usize,
}

fn damaged() -> Fault {
    "a message of it is damaged: its head points beyond its end".to_owned()
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Fault> {
    let end = at.checked_add(N).filter(|_| at < FARTHEST).ok_or_else(damaged)?;
    bytes.get(at..end).and_then(|part| part.try_into().ok()).ok_or_else(damaged)
}

/// Where an offset at a place leads: forward from itself.
fn follow(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    let offset = u32::from_le_bytes(number(bytes, at)?) as usize;
    at.checked_add(offset).ok_or_else(damaged)
}

impl<'head> Table<'head> {
    /// The outermost table of a head.
    pub(super) fn root(bytes: &'head [u8]) -> Result<Self, Fault> {
        Ok(Self { bytes, at: follow(bytes, 0)? })
    }

    /// Where a field lies; none where it has its default.
    fn field(&self, place: usize) -> Result<Option<usize>, Fault> {
        let back = i64::from(i32::from_le_bytes(number(self.bytes, self.at)?));
        let index = usize::try_from(self.at as i64 - back).map_err(|_| damaged())?;
        let size = usize::from(u16::from_le_bytes(number(self.bytes, index)?));
        if 4 + 2 * place + 2 > size {
            return Ok(None);
        }
        let offset = usize::from(u16::from_le_bytes(number(self.bytes, index + 4 + 2 * place)?));
        Ok((offset != 0).then_some(self.at + offset))
    }

    pub(super) fn byte(&self, place: usize) -> Result<u8, Fault> {
        Ok(match self.field(place)? {
            Some(at) => number::<1>(self.bytes, at)?[0],
            None => 0,
        })
    }

    pub(super) fn short(&self, place: usize, default: i16) -> Result<i16, Fault> {
        self.field(place)?.map_or(Ok(default), |at| Ok(i16::from_le_bytes(number(self.bytes, at)?)))
    }

    pub(super) fn int(&self, place: usize, default: i32) -> Result<i32, Fault> {
        self.field(place)?.map_or(Ok(default), |at| Ok(i32::from_le_bytes(number(self.bytes, at)?)))
    }

    /// A number of 64 bits, zero where it is left out.
    pub(super) fn long(&self, place: usize) -> Result<i64, Fault> {
        self.field(place)?.map_or(Ok(0), |at| Ok(i64::from_le_bytes(number(self.bytes, at)?)))
    }

    pub(super) fn table(&self, place: usize) -> Result<Option<Self>, Fault> {
        let at = self.field(place)?.map(|at| follow(self.bytes, at)).transpose()?;
        Ok(at.map(|at| Self { bytes: self.bytes, at }))
    }

    /// Where the elements of a vector begin, and how many there are.
    fn vector(&self, place: usize) -> Result<(usize, usize), Fault> {
        let Some(at) = self.field(place)? else { return Ok((0, 0)) };
        let at = follow(self.bytes, at)?;
        Ok((at + 4, u32::from_le_bytes(number(self.bytes, at)?) as usize))
    }

    pub(super) fn text(&self, place: usize) -> Result<String, Fault> {
        let (begin, count) = self.vector(place)?;
        let bytes = begin.checked_add(count).and_then(|end| self.bytes.get(begin..end)).ok_or_else(damaged)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| damaged())
    }

    pub(super) fn tables(&self, place: usize) -> Result<Vec<Self>, Fault> {
        let (begin, count) = self.vector(place)?;
        // Each has four bytes at least: a count that the head cannot hold fails at once.
        if count > self.bytes.len() / 4 {
            return Err(damaged());
        }
        (0..count).map(|one| Ok(Self { bytes: self.bytes, at: follow(self.bytes, begin + 4 * one)? })).collect()
    }

    /// A vector of numbers of 64 bits, or of structures of `width` of them.
    pub(super) fn longs(&self, place: usize, width: usize) -> Result<Vec<i64>, Fault> {
        let (begin, count) = self.vector(place)?;
        let count = count.checked_mul(width).filter(|count| *count <= self.bytes.len() / 8).ok_or_else(damaged)?;
        (0..count).map(|one| Ok(i64::from_le_bytes(number(self.bytes, begin + 8 * one)?))).collect()
    }
}
