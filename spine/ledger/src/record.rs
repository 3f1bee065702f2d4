//! What a leaf of the log commits to: the bytes of an event's record. They are fixed for ever; a change would make every
//! proof ever handed out worthless. A new form would get a new first line and stand beside this one.

use sha2::{Digest as _, Sha256};

use crate::merkle::{Hash, leaf_hash};

/// The first line of records and of the log's entries.
pub const RECORD_VERSION: &str = "maru-event-v1\n";

/// The columns of an event exactly as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// The place in the log, from 0.
    pub position: u64,
    /// The stream.
    pub stream: String,
    /// The place in the stream, from 1.
    pub version: u64,
    /// What happened.
    pub kind: String,
    /// When, in microseconds since 1970 UTC.
    pub at: i64,
    /// Who acted.
    pub actor: String,
    /// In which role.
    pub role: String,
    /// The facts as JSON text, to the byte; personal facts sealed.
    pub payload: String,
    /// Random bytes, so that nobody can guess a record from its digest in the public log.
    pub salt: Vec<u8>,
}

impl EventRecord {
    /// The canonical bytes: the line `maru-event-v1`, then the fields position, stream, version, kind, at, actor, role,
    /// payload, salt (hexadecimal), each as `LENGTH:BYTES,` (a netstring; numbers in decimal).
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.payload.len() + 256);
        self.each_piece(|piece| bytes.extend_from_slice(piece));
        bytes
    }

    /// Hands over the canonical bytes piece by piece.
    fn each_piece(&self, mut take: impl FnMut(&[u8])) {
        take(RECORD_VERSION.as_bytes());
        let mut field = |text: &str| {
            take(text.len().to_string().as_bytes());
            take(b":");
            take(text.as_bytes());
            take(b",");
        };
        field(&self.position.to_string());
        field(&self.stream);
        field(&self.version.to_string());
        field(&self.kind);
        field(&self.at.to_string());
        field(&self.actor);
        field(&self.role);
        field(&self.payload);
        field(&hexadecimal(&self.salt));
    }

    /// SHA-256 over the canonical bytes.
    pub fn digest(&self) -> Hash {
        let mut digest = Sha256::new();
        self.each_piece(|piece| digest.update(piece));
        digest.finalize().into()
    }
}

/// The log's entry for a record with `digest`: the line `maru-event-v1`, then the 32 bytes.
pub fn entry(digest: &[u8]) -> Vec<u8> {
    [RECORD_VERSION.as_bytes(), digest].concat()
}

/// The hash of the leaf of a record with `digest`.
pub fn leaf(digest: &[u8]) -> Hash {
    leaf_hash(&entry(digest))
}

/// Bytes in lower-case hexadecimal, as digests, roots and names of keys are written everywhere.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_a_record_never_change() {
        let record = EventRecord {
            position: 41,
            stream: "inquiry-7".to_owned(),
            version: 2,
            kind: "inquiry-received".to_owned(),
            at: 1_793_000_000_123_456,
            actor: "account-3".to_owned(),
            role: "citizen".to_owned(),
            payload: r#"{"type":"inquiry-received","제목":"여권"}"#.to_owned(),
            salt: (0..16).collect(),
        };
        let expected = "maru-event-v1\n2:41,9:inquiry-7,1:2,16:inquiry-received,16:1793000000123456,9:account-3,7:citizen,\
                        45:{\"type\":\"inquiry-received\",\"제목\":\"여권\"},32:000102030405060708090a0b0c0d0e0f,";
        assert_eq!(String::from_utf8(record.canonical_bytes()).unwrap(), expected);
        assert_eq!(entry(&record.digest()).len(), 46);
        assert_eq!(hexadecimal(&record.digest()), "96f49c8df8c51c11d683ecb4696751dc0307e9ba0586239f5b9ee99f9bcf3d9b");
        assert_eq!(
            hexadecimal(&leaf(&record.digest())),
            "0454743e2cc1beba7f5069c2e3b3cb5d88a6a78d3f3a1f5dbebe4170392e230c"
        );
    }
}
