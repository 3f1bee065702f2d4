//! Keyed pseudonyms: who has the key can make the same pseudonym again, nobody can go back (개인정보 보호법 제28조의2).

use std::path::Path;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::resident_number::ResidentNumber;

/// The key of the pseudonyms of a deployment.
pub struct PseudonymKey([u8; 32]);

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PseudonymKey(not shown)")
    }
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum PseudonymKeyError {
    /// The file cannot be read.
    #[error("the key {path} cannot be read ({source}); make one with: head -c 32 /dev/urandom > {path}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file holds no key.
    #[error("the key {path} must hold exactly 32 bytes; make one with: head -c 32 /dev/urandom > {path}")]
    Length {
        /// Which file.
        path: String,
    },
}

impl PseudonymKey {
    /// A key of 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads the key from a file.
    ///
    /// # Errors
    /// [`PseudonymKeyError`].
    pub fn read(path: &Path) -> Result<Self, PseudonymKeyError> {
        let shown = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|source| PseudonymKeyError::File { path: shown.clone(), source })?;
        let bytes = bytes.try_into().map_err(|_| PseudonymKeyError::Length { path: shown })?;
        Ok(Self(bytes))
    }

    /// The pseudonym of a value of a kind (`person`, `household`): 32 letters.
    pub fn of(&self, kind: &str, value: &str) -> String {
        // A key of 32 bytes is taken by every HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(kind.as_bytes());
        mac.update(b"\n");
        mac.update(value.as_bytes());
        let bytes = mac.finalize().into_bytes();
        maru_ledger::hexadecimal(bytes.get(..16).unwrap_or_default())
    }

    /// The pseudonym of a person, by the number that registers hold: a resident registration number (주민등록번호) however it is
    /// written, or another agency's own number as it stands.
    pub fn of_person(&self, identifier: &str) -> String {
        match ResidentNumber::parse(identifier) {
            Ok(number) => self.of("person", &number.plain()),
            Err(_) => self.of("person", identifier),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_gives_the_same_pseudonym_and_another_another() {
        let (one, other) = (PseudonymKey::new([1; 32]), PseudonymKey::new([2; 32]));
        assert_eq!(one.of("person", "x"), one.of("person", "x"));
        assert_ne!(one.of("person", "x"), other.of("person", "x"));
        assert_ne!(one.of("person", "x"), one.of("household", "x"));
        assert_eq!(one.of("person", "x").len(), 32);
        assert!(!format!("{one:?}").contains('1'));
    }
}
