//! The certificate of a calculation on the log. The log holds its hash and which rules it was made with; the certificate
//! itself, with the facts about a person, stays with whoever has it.

use jiff::Timestamp;
use maru_ledger::Aggregate;
use serde::{Deserialize, Serialize};

/// A SHA-256 in 64 small hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256(String);

impl Sha256 {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sha256 {
    type Error = NoHash;

    fn try_from(text: String) -> Result<Self, NoHash> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 64 && text.bytes().all(is_digit) { Ok(Self(text)) } else { Err(NoHash) }
    }
}

impl From<Sha256> for String {
    fn from(hash: Sha256) -> Self {
        hash.0
    }
}

/// The text is no SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 is 64 digits 0-9 and a-f")]
pub struct NoHash;

/// What is asked of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The package, by its name on the shelf.
    pub law: String,
    /// The version that the package gives itself.
    pub version: String,
    /// The hash of the package's files.
    pub package: Sha256,
}

/// What happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum CertificateEvent {
    /// Its hash, which is the name of the stream, was put on the log.
    CertificateRecorded {
        /// The package, by its name on the shelf.
        law: String,
        /// The package's version.
        version: String,
        /// The hash of the package's files.
        package: Sha256,
    },
}

/// Nothing is refused: recording the same certificate again changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {}

/// A certificate, as the log knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Whether it is recorded.
    pub is_recorded: bool,
}

impl Aggregate for Certificate {
    const KIND: &'static str = "certificate";
    type Command = Record;
    type Event = CertificateEvent;
    type Refusal = Refusal;

    fn decide(&self, record: Record, _now: Timestamp) -> Result<Vec<CertificateEvent>, Refusal> {
        if self.is_recorded {
            return Ok(Vec::new());
        }
        let Record { law, version, package } = record;
        Ok(vec![CertificateEvent::CertificateRecorded { law, version, package }])
    }

    fn evolve(&mut self, event: &CertificateEvent) {
        let CertificateEvent::CertificateRecorded { .. } = event;
        self.is_recorded = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_small_hexadecimal_digits() {
        assert!(Sha256::try_from("0af9".repeat(16)).is_ok());
        for wrong in ["0AF9".repeat(16), "0af9".repeat(15), "0afg".repeat(16)] {
            assert_eq!(Sha256::try_from(wrong), Err(NoHash));
        }
    }

    #[test]
    fn recorded_twice_is_recorded_once() {
        let package = Sha256::try_from("0af9".repeat(16)).unwrap();
        let record = Record { law: "korea".to_owned(), version: "1.0".to_owned(), package };
        let mut certificate = Certificate::default();
        let events = certificate.decide(record.clone(), Timestamp::UNIX_EPOCH).unwrap();
        certificate.evolve(&events[0]);
        assert_eq!(certificate.decide(record, Timestamp::UNIX_EPOCH).unwrap(), []);
    }
}
