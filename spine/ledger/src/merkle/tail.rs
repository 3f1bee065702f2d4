//! The right edge of the tree, to which leaves are added.

use std::collections::BTreeMap;

use super::{
    Hash, empty_root, hashes_of, node_hash, perfect_root,
    tiles::{TILE_HEIGHT, TILE_WIDTH},
};

/// The tiles at the right edge: of each level the one that is not full yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tail {
    size: u64,
    /// By level; below 256 hashes each.
    open: Vec<Vec<Hash>>,
    /// How many hashes of each open tile were there when its changes were last taken.
    taken: Vec<usize>,
}

/// Tiles that changed, by level and number.
pub(crate) type ChangedTiles = BTreeMap<(u32, u64), Vec<u8>>;

impl Tail {
    /// The edge of the empty tree.
    pub(crate) fn empty() -> Self {
        Self { size: 0, open: Vec::new(), taken: Vec::new() }
    }

    /// The edge of a tree with `size` leaves out of its tiles; nothing if one is missing or too short.
    pub(crate) fn load<E>(
        size: u64,
        mut tile: impl FnMut(u32, u64) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Option<Self>, E> {
        let mut open = Vec::new();
        let (mut level, mut hashes) = (0, size);
        while hashes > 0 {
            let width = usize::try_from(hashes % TILE_WIDTH).unwrap_or_default();
            let mut found = Vec::new();
            if width > 0 {
                found = hashes_of(&tile(level, hashes / TILE_WIDTH)?.unwrap_or_default());
                if found.len() < width {
                    return Ok(None);
                }
                found.truncate(width);
            }
            open.push(found);
            level += 1;
            hashes >>= TILE_HEIGHT;
        }
        let taken = open.iter().map(Vec::len).collect();
        Ok(Some(Self { size, open, taken }))
    }

    /// How many leaves the tree has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; gives the tiles that it made full.
    pub(crate) fn push(&mut self, leaf: Hash, full: &mut ChangedTiles) {
        let mut hash = leaf;
        let mut level: u32 = 0;
        let mut place = self.size;
        self.size += 1;
        loop {
            let index = level as usize;
            if self.open.len() <= index {
                self.open.push(Vec::new());
                self.taken.push(0);
            }
            let tile = &mut self.open[index];
            tile.push(hash);
            if (tile.len() as u64) < TILE_WIDTH {
                return;
            }
            full.insert((level, place / TILE_WIDTH), tile.concat());
            hash = perfect_root(tile);
            tile.clear();
            self.taken[index] = 0;
            place /= TILE_WIDTH;
            level += 1;
        }
    }

    /// Gives the open tiles to which hashes were added since they were last given.
    pub(crate) fn take_changed(&mut self, changed: &mut ChangedTiles) {
        let mut number = self.size;
        for ((level, tile), taken) in (0..).zip(&self.open).zip(&mut self.taken) {
            number /= TILE_WIDTH;
            if tile.len() > *taken {
                changed.insert((level, number), tile.concat());
                *taken = tile.len();
            }
        }
    }

    /// The root of the tree.
    pub(crate) fn root(&self) -> Hash {
        let mut root: Option<Hash> = None;
        for tile in &self.open {
            let mut rest = tile.as_slice();
            while !rest.is_empty() {
                // From the right, perfect subtrees grow: the lowest set bit of the width is the next one.
                let (before, subtree) = rest.split_at(rest.len() - (1 << rest.len().trailing_zeros()));
                let hash = perfect_root(subtree);
                root = Some(root.map_or(hash, |right| node_hash(&hash, &right)));
                rest = before;
            }
        }
        root.unwrap_or_else(empty_root)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            leaf_hash,
            proofs::root,
            tiles::{LogPath, TileNodes},
        },
        *,
    };

    #[test]
    fn the_edge_and_the_tiles_tell_the_same_root() {
        let mut tail = Tail::empty();
        let mut tiles = ChangedTiles::new();
        assert_eq!(tail.root(), empty_root());
        for index in 0_u64..66_100 {
            let mut changed = ChangedTiles::new();
            tail.push(leaf_hash(&index.to_be_bytes()), &mut changed);
            tail.take_changed(&mut changed);
            tiles.extend(changed);
            let size = index + 1;
            if !(size < 600 || size % 256 < 2 || (65_500..65_600).contains(&size)) || (size > 3_000 && size % 256 > 1) {
                continue;
            }
            let fetch = |path| {
                let LogPath::Tile { level, number, .. } = path else { unreachable!() };
                Ok::<_, ()>(tiles.get(&(level, number)).cloned())
            };
            assert_eq!(root(&mut TileNodes::new(size, fetch), size).unwrap(), tail.root(), "size {size}");
            let loaded = Tail::load(size, |level, number| Ok::<_, ()>(tiles.get(&(level, number)).cloned()));
            assert_eq!(loaded.unwrap().unwrap().root(), tail.root());
        }
    }
}
