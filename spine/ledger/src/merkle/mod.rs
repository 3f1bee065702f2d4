//! The Merkle tree of RFC 6962 (the same as RFC 9162), its tiles and checkpoints as C2SP has them.

pub mod checkpoint;
pub mod proofs;
pub(crate) mod tail;
pub mod tiles;

use sha2::{Digest as _, Sha256};

/// A node of the tree: a SHA-256 digest.
pub type Hash = [u8; 32];

/// The root of the tree without leaves.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The hash of a leaf (RFC 6962, section 2.1).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of an inner node (RFC 6962, section 2.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a perfect subtree over `hashes`, whose number must be a power of two.
pub(crate) fn perfect_root(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty_root(),
        [single] => *single,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&perfect_root(left), &perfect_root(right))
        }
    }
}

/// Splits the bytes of a tile into hashes; what remains after the last whole hash is dropped.
pub(crate) fn hashes_of(bytes: &[u8]) -> Vec<Hash> {
    bytes.as_chunks::<32>().0.to_vec()
}
