//! Proofs that a leaf is in the tree, and that one tree is the beginning of another (RFC 6962, section 2.1).

use super::{Hash, empty_root, node_hash, perfect_root};

/// Where the nodes of a tree come from: a database, files, a server.
pub trait Nodes {
    /// Why a node could not be had.
    type Error;

    /// The root of the perfect subtree with 2^`height` leaves that starts at leaf `index` · 2^`height`.
    fn node(&mut self, height: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The leaves of a small tree, all in memory.
#[derive(Debug, Clone, Copy)]
pub struct LeafHashes<'a>(pub &'a [Hash]);

impl Nodes for LeafHashes<'_> {
    type Error = std::convert::Infallible;

    fn node(&mut self, height: u32, index: u64) -> Result<Hash, Self::Error> {
        let place = |index: u64| usize::try_from(index.checked_shl(height).unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        Ok(perfect_root(self.0.get(place(index)..place(index + 1)).unwrap_or_default()))
    }
}

/// The root of the tree over leaves that are all in memory.
pub fn root_of(leaves: &[Hash]) -> Hash {
    match root(&mut LeafHashes(leaves), leaves.len() as u64) {
        Ok(root) => root,
        Err(never) => match never {},
    }
}

/// The path from a leaf to [`root_of`] leaves that are all in memory; nothing if there is no such leaf.
pub fn path_among(leaves: &[Hash], index: u64) -> Option<Vec<Hash>> {
    match inclusion_proof(&mut LeafHashes(leaves), index, leaves.len() as u64) {
        Ok(path) => path,
        Err(never) => match never {},
    }
}

/// The root of the tree over the first `size` leaves.
pub fn root<N: Nodes>(nodes: &mut N, size: u64) -> Result<Hash, N::Error> {
    if size == 0 {
        return Ok(empty_root());
    }
    range_root(nodes, 0, size)
}

/// The path from leaf `index` to the root of the tree over `size` leaves; nothing if the tree has no such leaf.
pub fn inclusion_proof<N: Nodes>(nodes: &mut N, index: u64, size: u64) -> Result<Option<Vec<Hash>>, N::Error> {
    if index >= size {
        return Ok(None);
    }
    let mut path = Vec::new();
    let (mut low, mut high) = (0, size);
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(range_root(nodes, middle, high)?);
            high = middle;
        } else {
            path.push(range_root(nodes, low, middle)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(Some(path))
}

/// The proof that the tree over `old` leaves is the beginning of the tree over `new`; nothing if it is not smaller.
pub fn consistency_proof<N: Nodes>(nodes: &mut N, old: u64, new: u64) -> Result<Option<Vec<Hash>>, N::Error> {
    if old > new {
        return Ok(None);
    }
    if old == 0 || old == new {
        return Ok(Some(Vec::new()));
    }
    let mut proof = Vec::new();
    let (mut low, mut high, mut complete) = (0, new, true);
    while old != high {
        let middle = low + split(high - low);
        if old <= middle {
            proof.push(range_root(nodes, middle, high)?);
            high = middle;
        } else {
            proof.push(range_root(nodes, low, middle)?);
            low = middle;
            complete = false;
        }
    }
    if !complete {
        proof.push(range_root(nodes, low, high)?);
    }
    proof.reverse();
    Ok(Some(proof))
}

/// The largest power of two below `size`, which must be at least 2.
fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

fn range_root<N: Nodes>(nodes: &mut N, low: u64, high: u64) -> Result<Hash, N::Error> {
    let size = high - low;
    if size.is_power_of_two() {
        let height = size.trailing_zeros();
        return nodes.node(height, low >> height);
    }
    let middle = low + split(size);
    let left = range_root(nodes, low, middle)?;
    let right = range_root(nodes, middle, high)?;
    Ok(node_hash(&left, &right))
}

/// Whether `proof` shows that `leaf` is at `index` of the tree over `size` leaves with `root` (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(sibling, &hash);
            if place & 1 == 0 {
                let skipped = place.trailing_zeros().min(63);
                place >>= skipped;
                last >>= skipped;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree over `old` leaves with `old_root` is the beginning of the tree over `new` leaves
/// with `new_root` (RFC 9162, 2.1.4.2). The empty tree is the beginning of every tree.
pub fn verify_consistency(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    if old > new {
        return false;
    }
    if old == 0 {
        return proof.is_empty() && *old_root == empty_root();
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    let mut siblings = proof.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { siblings.next() };
    let Some(first) = first else { return false };
    let (mut place, mut last) = (old - 1, new - 1);
    let odd = place.trailing_ones();
    place >>= odd;
    last >>= odd;
    let (mut from_old, mut from_new) = (*first, *first);
    for sibling in siblings {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            from_old = node_hash(sibling, &from_old);
            from_new = node_hash(sibling, &from_new);
            if place & 1 == 0 {
                let skipped = place.trailing_zeros().min(63);
                place >>= skipped;
                last >>= skipped;
            }
        } else {
            from_new = node_hash(&from_new, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && from_old == *old_root && from_new == *new_root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::leaf_hash, *};

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|index| leaf_hash(&index.to_be_bytes())).collect()
    }

    fn hex(text: &str) -> Hash {
        let mut hash = [0; 32];
        for (index, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).unwrap();
        }
        hash
    }

    /// The vectors that implementations of Certificate Transparency share: eight inputs, the roots of their trees, and
    /// some proofs.
    #[test]
    fn roots_and_proofs_are_those_of_certificate_transparency() {
        let inputs: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let leaves: Vec<Hash> = inputs.iter().map(|input| leaf_hash(input)).collect();
        let mut nodes = LeafHashes(&leaves);
        for (size, expected) in roots.iter().enumerate() {
            assert_eq!(root(&mut nodes, size as u64).unwrap(), hex(expected), "size {size}");
        }
        let one = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
        let two = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
        let three = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
        let four = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
        let five = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
        let six = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
        for (index, size, path) in [
            (0, 1, vec![]),
            (0, 8, vec![one, two, three]),
            (5, 8, vec![four, five, roots[4]]),
            (2, 3, vec![roots[2]]),
            (1, 5, vec![roots[1], two, four]),
        ] {
            let path: Vec<Hash> = path.into_iter().map(hex).collect();
            assert_eq!(inclusion_proof(&mut nodes, index, size).unwrap().unwrap(), path, "leaf {index} of {size}");
        }
        for (old, new, proof) in
            [(1, 1, vec![]), (1, 8, vec![one, two, three]), (6, 8, vec![six, five, roots[4]]), (2, 5, vec![two, four])]
        {
            let proof: Vec<Hash> = proof.into_iter().map(hex).collect();
            assert_eq!(consistency_proof(&mut nodes, old, new).unwrap().unwrap(), proof, "{old} of {new}");
        }
    }

    #[test]
    fn all_proofs_of_small_trees_hold_and_no_other() {
        for size in 1..=40 {
            let leaves = leaves(size);
            let mut nodes = LeafHashes(&leaves);
            let whole = root_of(&leaves);
            for index in 0..size {
                let leaf = leaves[usize::try_from(index).unwrap()];
                let proof = path_among(&leaves, index).unwrap();
                assert!(verify_inclusion(&leaf, index, size, &proof, &whole));
                assert!(!verify_inclusion(&leaf, index + 1, size, &proof, &whole));
                assert!(!verify_inclusion(&whole, index, size, &proof, &whole) || size == 1);
                let longer: Vec<Hash> = proof.iter().copied().chain([leaf]).collect();
                assert!(!verify_inclusion(&leaf, index, size, &longer, &whole));
            }
            for old in 0..=size {
                let begin = root(&mut nodes, old).unwrap();
                let proof = consistency_proof(&mut nodes, old, size).unwrap().unwrap();
                assert!(verify_consistency(old, &begin, size, &whole, &proof), "{old} of {size}");
                if old > 0 && old < size {
                    assert!(!verify_consistency(old, &whole, size, &whole, &proof));
                    assert!(!verify_consistency(old, &begin, size, &begin, &proof));
                    assert!(!verify_consistency(old, &begin, size, &whole, &proof[1..]));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn proofs_of_larger_trees_hold(size in 1_u64..3_000, part in 0_u64..3_000, flipped in 0_usize..64) {
            let leaves = leaves(size);
            let mut nodes = LeafHashes(&leaves);
            let whole = root(&mut nodes, size).unwrap();
            let index = part % size;
            let leaf = leaves[usize::try_from(index).unwrap()];
            let mut proof = inclusion_proof(&mut nodes, index, size).unwrap().unwrap();
            prop_assert!(verify_inclusion(&leaf, index, size, &proof, &whole));
            if let Some(hash) = proof.get_mut(flipped) {
                hash[flipped % 32] ^= 1;
                prop_assert!(!verify_inclusion(&leaf, index, size, &proof, &whole));
            }
            let begin = root(&mut nodes, index).unwrap();
            let mut proof = consistency_proof(&mut nodes, index, size).unwrap().unwrap();
            prop_assert!(verify_consistency(index, &begin, size, &whole, &proof));
            if let Some(hash) = proof.get_mut(flipped) {
                hash[flipped % 32] ^= 1;
                prop_assert!(!verify_consistency(index, &begin, size, &whole, &proof));
            }
        }
    }
}
