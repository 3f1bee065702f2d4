//! Flatbuffers written by hand: each table after its index, what it points to behind it.

/// A field of a table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell {
    /// Left out: it has its default.
    Default,
    Byte(u8),
    Short(i16),
    Int(i32),
    Long(i64),
    /// Points to what is written later.
    Link,
}

impl Cell {
    const fn width(self) -> usize {
        match self {
            Self::Default => 0,
            Self::Byte(_) => 1,
            Self::Short(_) => 2,
            Self::Int(_) | Self::Link => 4,
            Self::Long(_) => 8,
        }
    }
}

/// Where a link stands that is not yet set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link(usize);

/// A flatbuffer as it grows.
#[derive(Debug, Default)]
pub(super) struct Flat {
    pub(super) bytes: Vec<u8>,
}

impl Flat {
    /// With a link to the outermost table.
    pub(super) fn new() -> (Self, Link) {
        (Self { bytes: vec![0; 8] }, Link(0))
    }

    /// Fills up to where the next byte lies `after` a multiple of eight.
    fn align(&mut self, after: usize) {
        while self.bytes.len() % 8 != after {
            self.bytes.push(0);
        }
    }

    /// Lets a link point to where the next thing begins.
    fn point(&mut self, link: Link) {
        let offset = (self.bytes.len() - link.0) as u32;
        self.bytes[link.0..link.0 + 4].copy_from_slice(&offset.to_le_bytes());
    }

    /// A table; gives its links in order.
    pub(super) fn table(&mut self, link: Link, cells: &[Cell]) -> Vec<Link> {
        let mut places = Vec::new();
        let mut size: usize = 4;
        for cell in cells {
            let width = cell.width();
            if width > 0 {
                size = size.next_multiple_of(width);
            }
            places.push(if width > 0 { size } else { 0 });
            size += width;
        }
        let index_size = 4 + 2 * cells.len();
        // The table begins at a multiple of eight, its index ends there.
        self.align((8 - index_size % 8) % 8);
        for short in [index_size, size].into_iter().chain(places.iter().copied()) {
            self.bytes.extend((short as u16).to_le_bytes());
        }
        self.point(link);
        let begin = self.bytes.len();
        self.bytes.extend((index_size as i32).to_le_bytes());
        self.bytes.resize(begin + size, 0);
        let mut links = Vec::new();
        for (cell, place) in cells.iter().zip(places) {
            let at = begin + place;
            match cell {
                Cell::Default => {}
                Cell::Byte(value) => self.bytes[at] = *value,
                Cell::Short(value) => self.bytes[at..at + 2].copy_from_slice(&value.to_le_bytes()),
                Cell::Int(value) => self.bytes[at..at + 4].copy_from_slice(&value.to_le_bytes()),
                Cell::Long(value) => self.bytes[at..at + 8].copy_from_slice(&value.to_le_bytes()),
                Cell::Link => links.push(Link(at)),
            }
        }
        links
    }

    pub(super) fn text(&mut self, link: Link, text: &str) {
        self.align(0);
        self.point(link);
        self.bytes.extend((text.len() as u32).to_le_bytes());
        self.bytes.extend(text.as_bytes());
        self.bytes.push(0);
    }

    /// A vector of tables that are written later.
    pub(super) fn tables(&mut self, link: Link, count: usize) -> Vec<Link> {
        self.align(0);
        self.point(link);
        self.bytes.extend((count as u32).to_le_bytes());
        let begin = self.bytes.len();
        self.bytes.resize(begin + 4 * count, 0);
        (0..count).map(|one| Link(begin + 4 * one)).collect()
    }

    /// A vector of structures of `width` numbers of 64 bits.
    pub(super) fn longs(&mut self, link: Link, values: &[i64], width: usize) {
        // Behind the count the numbers lie at multiples of eight.
        self.align(4);
        self.point(link);
        self.bytes.extend(((values.len() / width) as u32).to_le_bytes());
        self.bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
}
