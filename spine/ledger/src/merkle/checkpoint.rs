//! Checkpoints as C2SP tlog-checkpoint, signed as C2SP signed notes with Ed25519.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::Hash;

/// The kind of key in signed notes: Ed25519.
const ED25519: u8 = 1;

/// The state of a log at one moment: how many entries, and the root of the tree over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root of the tree.
    pub root: Hash,
}

/// Why a checkpoint is not to be trusted.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum CheckpointError {
    /// It is not a signed note with a checkpoint in it.
    #[error("this is not a checkpoint: {reason}")]
    Form {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// No signature by the expected key.
    #[error("the checkpoint carries no signature of {key}")]
    NoSignature {
        /// The name of the key.
        key: String,
    },
    /// A signature that does not fit.
    #[error("the signature of {key} under the checkpoint is wrong: it was changed, or signed by another key")]
    WrongSignature {
        /// The name of the key.
        key: String,
    },
    /// The public key cannot be read.
    #[error("this is not a public key of a log: expected NAME+HASH+KEY as C2SP signed-note has it")]
    Key,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// The signed note.
    pub fn sign(&self, key: &SigningKey) -> String {
        let body = self.body();
        let verifier = NoteVerifier { name: self.origin.clone(), key: key.verifying_key() };
        let mut signature = verifier.key_hash().to_vec();
        signature.extend_from_slice(&key.sign(body.as_bytes()).to_bytes());
        format!("{body}\n\u{2014} {} {}\n", self.origin, STANDARD.encode(signature))
    }

    /// Reads a signed note and checks its signature by `verifier`. Signatures of others (witnesses) are passed over.
    pub fn verify(note: &str, verifier: &NoteVerifier) -> Result<Self, CheckpointError> {
        let form = |reason| CheckpointError::Form { reason };
        let (body, signatures) =
            note.rsplit_once("\n\n").ok_or(form("there is no line between text and signatures"))?;
        let body = format!("{body}\n");
        let mut found = None;
        for line in signatures.lines() {
            let (name, encoded) = line
                .strip_prefix("\u{2014} ")
                .and_then(|rest| rest.split_once(' '))
                .ok_or(form("a line of signature is malformed"))?;
            let bytes = STANDARD.decode(encoded).map_err(|_| form("a signature is not base64"))?;
            let Some((hash, signature)) = bytes.split_first_chunk::<4>() else {
                return Err(form("a signature is too short"));
            };
            if name == verifier.name && *hash == verifier.key_hash() {
                found = Some(Signature::from_slice(signature).map_err(|_| form("a signature has the wrong length"))?);
            }
        }
        let signature = found.ok_or_else(|| CheckpointError::NoSignature { key: verifier.name.clone() })?;
        if verifier.key.verify_strict(body.as_bytes(), &signature).is_err() {
            return Err(CheckpointError::WrongSignature { key: verifier.name.clone() });
        }
        let checkpoint = Self::parse_body(&body)?;
        if checkpoint.origin != verifier.name {
            return Err(form("it is the checkpoint of another log"));
        }
        Ok(checkpoint)
    }

    fn parse_body(body: &str) -> Result<Self, CheckpointError> {
        let form = |reason| CheckpointError::Form { reason };
        let mut lines = body.lines();
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or(form("there is no origin"))?;
        let size = lines.next().unwrap_or_default();
        let plain =
            size == "0" || !size.starts_with('0') && !size.is_empty() && size.bytes().all(|b| b.is_ascii_digit());
        let size = size.parse().ok().filter(|_| plain).ok_or(form("the size is not a number"))?;
        let root = STANDARD.decode(lines.next().unwrap_or_default()).map_err(|_| form("the root is not base64"))?;
        let root = root.try_into().map_err(|_| form("the root is not a SHA-256 digest"))?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

/// The public key of a log, by which everybody checks its checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    key: VerifyingKey,
}

impl NoteVerifier {
    pub(crate) fn new(name: &str, key: VerifyingKey) -> Self {
        Self { name: name.to_owned(), key }
    }

    /// The log's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads `NAME+HASH+KEY`.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(hash), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(CheckpointError::Key);
        };
        let bytes = STANDARD.decode(encoded).map_err(|_| CheckpointError::Key)?;
        let Some((&ED25519, key)) = bytes.split_first() else { return Err(CheckpointError::Key) };
        let key = key.try_into().map_err(|_| CheckpointError::Key)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| CheckpointError::Key)?;
        let verifier = Self { name: name.to_owned(), key };
        if verifier.to_string().split('+').nth(1) != Some(hash) {
            return Err(CheckpointError::Key);
        }
        Ok(verifier)
    }

    fn key_hash(&self) -> [u8; 4] {
        let digest = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.as_bytes())
            .finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }
}

impl fmt::Display for NoteVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519];
        key.extend_from_slice(self.key.as_bytes());
        let hash = u32::from_be_bytes(self.key_hash());
        write!(formatter, "{}+{hash:08x}+{}", self.name, STANDARD.encode(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Go's `golang.org/x/mod/sumdb/note`, by which C2SP signed notes are defined.
    #[test]
    fn notes_of_others_are_understood() {
        let verifier =
            NoteVerifier::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
        let text =
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let note = format!(
            "{text}\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
        );
        // The signature holds; what is signed is no checkpoint.
        assert_eq!(
            Checkpoint::verify(&note, &verifier),
            Err(CheckpointError::Form { reason: "the size is not a number" })
        );
        let changed = note.replace("problem is", "problem was");
        assert!(matches!(Checkpoint::verify(&changed, &verifier), Err(CheckpointError::WrongSignature { .. })));
    }

    #[test]
    fn a_checkpoint_is_signed_and_read_back() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let checkpoint = Checkpoint { origin: "maru.example.go.kr/log".to_owned(), size: 42, root: [9; 32] };
        let verifier = NoteVerifier::new(&checkpoint.origin, key.verifying_key());
        let note = checkpoint.sign(&key);
        assert_eq!(Checkpoint::verify(&note, &verifier).unwrap(), checkpoint);
        assert_eq!(NoteVerifier::parse(&verifier.to_string()).unwrap(), verifier);
        for index in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[index] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert!(Checkpoint::verify(&changed, &verifier).is_err(), "byte {index} of {note:?}");
        }
        let other = NoteVerifier::new(&checkpoint.origin, SigningKey::from_bytes(&[8; 32]).verifying_key());
        assert!(matches!(Checkpoint::verify(&note, &other), Err(CheckpointError::NoSignature { .. })));
    }
}
