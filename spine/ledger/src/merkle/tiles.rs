//! Paths and bytes of C2SP tlog-tiles: <https://c2sp.org/tlog-tiles>.

use std::{collections::HashMap, fmt};

use super::{Hash, hashes_of, perfect_root, proofs::Nodes};

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u64 = 256;

/// Levels of the tree that one tile spans.
pub(crate) const TILE_HEIGHT: u32 = 8;

/// What a path of the log names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogPath {
    /// `checkpoint`
    Checkpoint,
    /// `tile/<level>/<number>[.p/<width>]`: hashes.
    Tile {
        /// 0 for leaves; each level stands eight levels of the tree above the one before.
        level: u32,
        /// The place in the level.
        number: u64,
        /// 1 to 255 hashes of a tile that is not full yet, 256 of a full one.
        width: u64,
    },
    /// `tile/entries/<number>[.p/<width>]`: what the leaves are made of.
    Entries {
        /// The place.
        number: u64,
        /// As for tiles.
        width: u64,
    },
}

impl LogPath {
    /// Reads a path without leading slash; nothing if no log has such a path.
    pub fn parse(path: &str) -> Option<Self> {
        if path == "checkpoint" {
            return Some(Self::Checkpoint);
        }
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, plain_number(width).filter(|width| (1..TILE_WIDTH).contains(width))?),
            None => (rest, TILE_WIDTH),
        };
        let number = grouped_number(number)?;
        if level == "entries" {
            return Some(Self::Entries { number, width });
        }
        let level = u32::try_from(plain_number(level)?).ok().filter(|level| *level < 64)?;
        Some(Self::Tile { level, number, width })
    }

    /// The tile at `level` and `number` of a log with `size` entries, as wide as it is; nothing if it has none.
    pub fn tile_of(size: u64, level: u32, number: u64) -> Option<Self> {
        let width = width_at(size, level, number)?;
        Some(Self::Tile { level, number, width })
    }

    /// The bundle `number` of a log with `size` entries, as wide as it is; nothing if it has none.
    pub fn entries_of(size: u64, number: u64) -> Option<Self> {
        Some(Self::Entries { number, width: width_at(size, 0, number)? })
    }
}

fn width_at(size: u64, level: u32, number: u64) -> Option<u64> {
    let hashes = size.checked_shr(TILE_HEIGHT * level).unwrap_or(0);
    let before = number.checked_mul(TILE_WIDTH)?;
    hashes.checked_sub(before).map(|rest| rest.min(TILE_WIDTH)).filter(|width| *width > 0)
}

/// A decimal number without leading zeros.
fn plain_number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// A number in groups of three digits, all but the last with an x before them: `x001/x234/067`.
fn grouped_number(text: &str) -> Option<u64> {
    let mut groups = text.split('/').peekable();
    let mut number: u64 = 0;
    let mut first = true;
    while let Some(group) = groups.next() {
        let digits = if groups.peek().is_some() { group.strip_prefix('x')? } else { group };
        if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if first && groups.peek().is_some() && digits == "000" {
            return None;
        }
        first = false;
        number = number.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    Some(number)
}

impl fmt::Display for LogPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, width) = match self {
            Self::Checkpoint => return formatter.write_str("checkpoint"),
            Self::Tile { level, number, width } => {
                write!(formatter, "tile/{level}/")?;
                (*number, *width)
            }
            Self::Entries { number, width } => {
                formatter.write_str("tile/entries/")?;
                (*number, *width)
            }
        };
        let mut groups = vec![format!("{:03}", number % 1000)];
        let mut rest = number / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        formatter.write_str(&groups.join("/"))?;
        if width < TILE_WIDTH { write!(formatter, ".p/{width}") } else { Ok(()) }
    }
}

/// The bytes of a bundle of entries: each with its length in two bytes, big-endian.
pub fn bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        // Our entries have 46 bytes; nothing longer than the format allows can come here.
        let length = u16::try_from(entry.len()).unwrap_or(u16::MAX);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&entry[..usize::from(length)]);
    }
    bytes
}

/// The entries of a bundle; nothing if it is not whole.
pub fn unbundle(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bytes = rest;
    }
    Some(entries)
}

/// The nodes of a log with `size` entries, out of tiles that `fetch` gives.
pub struct TileNodes<F> {
    size: u64,
    fetch: F,
    tiles: HashMap<(u32, u64), Vec<Hash>>,
}

/// Why a node could not be had from tiles.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
pub enum TileError<E> {
    /// The tile could not be fetched.
    #[error(transparent)]
    Fetch(E),
    /// The tile is missing or has too few hashes.
    #[error("the tile {path} is missing or too short")]
    Missing {
        /// Its path.
        path: String,
    },
}

impl<F, E> TileNodes<F>
where
    F: FnMut(LogPath) -> Result<Option<Vec<u8>>, E>,
{
    /// Nodes of the log with `size` entries.
    pub fn new(size: u64, fetch: F) -> Self {
        Self { size, fetch, tiles: HashMap::new() }
    }

    /// The hashes of a tile.
    pub fn tile(&mut self, level: u32, number: u64) -> Result<&[Hash], TileError<E>> {
        let missing = || TileError::Missing { path: format!("tile/{level} number {number}") };
        let path = LogPath::tile_of(self.size, level, number).ok_or_else(missing)?;
        let LogPath::Tile { width, .. } = path else { return Err(missing()) };
        if let std::collections::hash_map::Entry::Vacant(place) = self.tiles.entry((level, number)) {
            let bytes = (self.fetch)(path).map_err(TileError::Fetch)?.unwrap_or_default();
            let hashes = hashes_of(&bytes);
            if bytes.len() % 32 != 0 || (hashes.len() as u64) < width {
                return Err(TileError::Missing { path: path.to_string() });
            }
            place.insert(hashes);
        }
        Ok(self.tiles.get(&(level, number)).map(Vec::as_slice).unwrap_or_default())
    }
}

impl<F, E> Nodes for TileNodes<F>
where
    F: FnMut(LogPath) -> Result<Option<Vec<u8>>, E>,
{
    type Error = TileError<E>;

    fn node(&mut self, height: u32, index: u64) -> Result<Hash, Self::Error> {
        let (level, within) = (height / TILE_HEIGHT, height % TILE_HEIGHT);
        let first = index << within;
        let number = first / TILE_WIDTH;
        let hashes = self.tile(level, number)?;
        let start = usize::try_from(first % TILE_WIDTH).unwrap_or(usize::MAX);
        let wanted = hashes.get(start..start.saturating_add(1 << within));
        let missing = || TileError::Missing { path: format!("tile/{level} number {number}") };
        wanted.map(perfect_root).ok_or_else(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let tile = |level, number, width| LogPath::Tile { level, number, width };
        let cases = [
            ("checkpoint", LogPath::Checkpoint),
            ("tile/0/000", tile(0, 0, 256)),
            ("tile/0/x001/x234/067", tile(0, 1_234_067, 256)),
            ("tile/1/x001/000", tile(1, 1000, 256)),
            ("tile/0/x273/000.p/216", tile(0, 273_000, 216)),
            ("tile/entries/x123/456.p/7", LogPath::Entries { number: 123_456, width: 7 }),
        ];
        for (text, path) in cases {
            assert_eq!(LogPath::parse(text), Some(path));
            assert_eq!(path.to_string(), text);
        }
        let wrong = [
            "",
            "tile",
            "tile/0",
            "tile/0/0",
            "tile/0/1234",
            "tile/00/000",
            "tile/64/000",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/-1/000",
            "/checkpoint",
            "tile/0/+01",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ];
        for text in wrong {
            assert_eq!(LogPath::parse(text), None, "{text}");
        }
    }

    #[test]
    fn tiles_are_as_wide_as_the_log_is_long() {
        assert_eq!(LogPath::tile_of(70_000, 0, 273).unwrap().to_string(), "tile/0/273.p/112");
        assert_eq!(LogPath::tile_of(70_000, 1, 1).unwrap().to_string(), "tile/1/001.p/17");
        assert_eq!(LogPath::tile_of(70_000, 2, 0).unwrap().to_string(), "tile/2/000.p/1");
        assert_eq!(LogPath::tile_of(70_000, 3, 0), None);
        assert_eq!(LogPath::tile_of(70_000, 0, 274), None);
        assert_eq!(LogPath::tile_of(u64::MAX, 20, u64::MAX), None);
    }

    #[test]
    fn a_bundle_gives_its_entries_back() {
        let entries: Vec<&[u8]> = vec![b"", b"a", b"bc"];
        let bytes = bundle(entries.iter().copied());
        assert_eq!(unbundle(&bytes).unwrap(), entries);
        assert_eq!(unbundle(&bytes[..bytes.len() - 1]), None);
    }
}
