//! Households of one part of a population as bytes, bit for bit: so that a study that broke off goes on where it stood.

use super::homes::{Homes, Paid, Trait};
use serde::{Deserialize, Serialize};

/// The first bytes: another form has another.
const MARK: &[u8; 8] = b"homes/1\n";

/// What is not by household.
#[derive(Serialize, Deserialize)]
struct Head {
    homes: usize,
    traits: Vec<(String, Vec<String>)>,
    benefits: Vec<Paid>,
    open: (usize, usize),
    operations: (usize, usize, usize),
}

/// Takes numbers from the front of bytes.
struct Reader<'bytes>(&'bytes [u8]);

impl<'bytes> Reader<'bytes> {
    fn take(&mut self, count: usize) -> Option<&'bytes [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn small(&mut self, count: usize) -> Option<Vec<u16>> {
        let bytes = self.take(count.checked_mul(2)?)?;
        Some(bytes.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?))).collect())
    }

    fn numbers(&mut self, count: usize) -> Option<Vec<f64>> {
        let bytes = self.take(count.checked_mul(8)?)?;
        Some(bytes.chunks_exact(8).filter_map(|eight| Some(f64::from_le_bytes(eight.try_into().ok()?))).collect())
    }
}

impl Homes {
    /// As bytes; nothing that was calculated is rounded.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = Head {
            homes: self.members.len(),
            traits: self.traits.iter().map(|one| (one.name.clone(), one.names.clone())).collect(),
            benefits: self.benefits.clone(),
            open: self.open,
            operations: self.operations,
        };
        // Numbers and names alone: it can always be written.
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let mut bytes = MARK.to_vec();
        bytes.extend(u64::try_from(head.len()).unwrap_or(u64::MAX).to_le_bytes());
        bytes.extend(head);
        bytes.extend(self.members.iter().flat_map(|number| number.to_le_bytes()));
        for column in self.income.iter().chain(&self.paid) {
            bytes.extend(column.iter().flat_map(|number| number.to_le_bytes()));
        }
        for one in &self.traits {
            bytes.extend(one.codes.iter().flat_map(|code| code.to_le_bytes()));
        }
        bytes
    }

    /// Read back; nothing where the bytes are no such, or not all of them are there.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes.strip_prefix(MARK.as_slice())?);
        let length = u64::from_le_bytes(reader.take(8)?.try_into().ok()?);
        let head: Head = serde_json::from_slice(reader.take(usize::try_from(length).ok()?)?).ok()?;
        let members = reader.small(head.homes)?;
        let mut column = || reader.numbers(head.homes);
        let (income, paid) = ([column()?, column()?], [column()?, column()?]);
        let mut traits = Vec::with_capacity(head.traits.len());
        for (name, names) in head.traits {
            traits.push(Trait::of_parts(name, names, reader.small(head.homes)?));
        }
        let is_whole = reader.0.is_empty();
        let (benefits, open, operations) = (head.benefits, head.open, head.operations);
        is_whole.then_some(Self { members, income, paid, traits, benefits, open, operations })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_back_is_what_was_written() {
        let homes = Homes {
            members: vec![1, 4],
            income: [vec![0.1 + 0.2, f64::NAN], vec![1e300, -0.0]],
            paid: [vec![349_700.0, 0.0], vec![1.0, 2.0]],
            traits: vec![Trait::of_parts(
                "province".to_owned(),
                vec!["seoul".to_owned(), "제주".to_owned()],
                vec![1, 0],
            )],
            benefits: vec![Paid { name: "basic_pension".to_owned(), paid: [1.5, 2.5], takers: [3, 4], unknown: 5 }],
            open: (6, 7),
            operations: (8, 9, 10),
        };
        let bytes = homes.to_bytes();
        let back = Homes::from_bytes(&bytes).unwrap();
        assert_eq!(back.to_bytes(), bytes);
        assert_eq!((back.traits[0].of(0), back.members[1], back.benefits.clone()), ("제주", 4, homes.benefits));
        for cut in [0, 7, 15, 40, bytes.len() - 1] {
            assert!(Homes::from_bytes(&bytes[..cut]).is_none(), "{cut} bytes");
        }
        assert!(Homes::from_bytes(&[bytes.as_slice(), b"x"].concat()).is_none());
    }
}
