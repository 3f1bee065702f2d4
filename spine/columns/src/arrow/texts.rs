//! Texts of a record batch.

use super::batch::Reader;
use crate::table::is_missing;
use parquet::data_type::ByteArray;

/// Texts that stand one after the other, with the places where they begin, each of `N` bytes.
pub(super) fn by_offsets<const N: usize>(reader: &mut Reader, rows: usize) -> Option<Vec<ByteArray>> {
    let (offsets, bytes) = (reader.buffer()?, reader.buffer()?);
    if rows == 0 {
        return Some(Vec::new());
    }
    let place = |offset: &[u8; N]| {
        let mut wide = [0; 8];
        wide[..N].copy_from_slice(offset);
        usize::try_from(u64::from_le_bytes(wide)).ok()
    };
    let offsets = offsets.as_chunks::<N>().0.get(..=rows)?;
    offsets.windows(2).map(|ends| bytes.get(place(&ends[0])?..place(&ends[1])?).map(text)).collect()
}

/// Texts each with a view of sixteen bytes: short ones stand in it, of others it says where they are.
pub(super) fn by_views(reader: &mut Reader, rows: usize, missing: &[bool]) -> Option<Vec<ByteArray>> {
    let views = reader.buffer()?;
    let count = reader.variadic()?;
    let mut buffers = Vec::new();
    for _ in 0..count {
        buffers.push(reader.buffer()?);
    }
    let word = |view: &[u8; 16], at: usize| {
        let bytes = view.get(at..at + 4).and_then(|part| part.try_into().ok())?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    };
    let one = |(row, view): (usize, &[u8; 16])| {
        if is_missing(missing, row) {
            return Some(ByteArray::from(""));
        }
        let length = word(view, 0)?;
        if length <= 12 {
            return view.get(4..4 + length).map(text);
        }
        let (buffer, begin) = (buffers.get(word(view, 8)?)?, word(view, 12)?);
        buffer.get(begin..begin.checked_add(length)?).map(text)
    };
    views.as_chunks::<16>().0.get(..rows)?.iter().enumerate().map(one).collect()
}

fn text(bytes: &[u8]) -> ByteArray {
    ByteArray::from(bytes.to_vec())
}
