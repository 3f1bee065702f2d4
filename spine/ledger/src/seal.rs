//! Sealing of personal facts: XChaCha20-Poly1305 under a key per person, with a commitment by which the person can later
//! show what was sealed.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, AeadInOut as _, Payload},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::{
    database::DatabaseError,
    entropy::{Entropy, draw},
    event::Personal,
    keys::SecretBytes,
};

/// Why a personal fact could not be sealed or opened.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum SealError {
    /// The person was erased; nothing more may be recorded about them under this subject.
    #[error("the subject {subject} was erased; record new facts under a new subject")]
    Erased {
        /// The subject.
        subject: String,
    },
    /// The name of the subject cannot be used.
    #[error("a subject's name must have 1 to 200 bytes and no control characters")]
    Subject,
    /// There is no key for the subject at all, not even the mark of an erased one.
    #[error("there is no key for the subject {subject}; restore the table subject_keys from a backup")]
    KeyMissing {
        /// The subject.
        subject: String,
    },
    /// The key is wrapped under a master key that this server does not have.
    #[error(
        "the key of {subject} is wrapped under the master key {master}, which is not configured; add it as a previous master key"
    )]
    MasterKeyMissing {
        /// The subject.
        subject: String,
        /// The identifier of the master key.
        master: String,
    },
    /// The sealed value was changed, or is not a sealed value.
    #[error("the sealed value cannot be opened: {reason}")]
    Damaged {
        /// What is wrong.
        reason: String,
    },
    /// The database could not be read.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// A personal fact as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Whose key seals it.
    pub subject: String,
    /// Nonce and ciphertext, in base64.
    #[serde(rename = "box")]
    pub sealed: String,
    /// SHA-256 over the line `maru-opening-v1`, the salt and the value, in base64: shows nothing without the salt, which
    /// is sealed with the value.
    pub commitment: String,
}

/// What opens a commitment: given to the person, who may show it to anybody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// 32 random bytes, in base64.
    pub salt: String,
    /// The value.
    pub value: String,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Opening(not shown)")
    }
}

impl Opening {
    /// The commitment that this opens.
    pub fn commitment(&self) -> Option<String> {
        let salt = STANDARD.decode(&self.salt).ok().filter(|salt| salt.len() == SALT_LENGTH)?;
        Some(commitment(&salt, self.value.as_bytes()))
    }
}

const SALT_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 24;
const TAG_LENGTH: usize = 16;
const PERSONAL: &str = "$personal";
const SEALED: &str = "$sealed";

fn commitment(salt: &[u8], value: &[u8]) -> String {
    let digest = Sha256::new().chain_update(b"maru-opening-v1\n").chain_update(salt).chain_update(value).finalize();
    STANDARD.encode(digest)
}

/// Encrypts the pieces of `plain`, bound to `purpose` and `subject`: nonce, then ciphertext.
pub(crate) fn encrypt(
    key: &SecretBytes,
    purpose: &str,
    subject: &str,
    plain: &[&[u8]],
    entropy: &dyn Entropy,
) -> Vec<u8> {
    let nonce: [u8; NONCE_LENGTH] = draw(entropy);
    let bound = format!("{purpose}\n{subject}");
    let cipher = XChaCha20Poly1305::new((&**key).into());
    let length: usize = plain.iter().map(|piece| piece.len()).sum();
    let mut sealed = Vec::with_capacity(NONCE_LENGTH + length + TAG_LENGTH);
    sealed.extend_from_slice(&nonce);
    for piece in plain {
        sealed.extend_from_slice(piece);
    }
    let (_, text) = sealed.split_at_mut(NONCE_LENGTH);
    match cipher.encrypt_inout_detached(&XNonce::from(nonce), bound.as_bytes(), text.into()) {
        Ok(tag) => sealed.extend_from_slice(&tag),
        // The cipher fails only for texts of more than 256 GiB.
        Err(_) => sealed.truncate(NONCE_LENGTH),
    }
    sealed
}

/// Decrypts what [`encrypt`] made; nothing if any byte of it, the purpose, the subject or the key differs.
pub(crate) fn decrypt(key: &SecretBytes, purpose: &str, subject: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, encrypted) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
    let bound = format!("{purpose}\n{subject}");
    let cipher = XChaCha20Poly1305::new((&**key).into());
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: encrypted, aad: bound.as_bytes() }).ok()
}

const FACT: &str = "maru-fact-v1";

/// Seals a value.
pub(crate) fn seal_value(key: &SecretBytes, subject: &str, value: &str, entropy: &dyn Entropy) -> Sealed {
    let salt: [u8; SALT_LENGTH] = draw(entropy);
    let sealed = STANDARD.encode(encrypt(key, FACT, subject, &[&salt, value.as_bytes()], entropy));
    Sealed { subject: subject.to_owned(), sealed, commitment: commitment(&salt, value.as_bytes()) }
}

/// Seals a value and writes at the end of `text` what [`sealed_json`] would give, without making it first.
pub(crate) fn write_sealed(text: &mut String, key: &SecretBytes, subject: &str, value: &str, entropy: &dyn Entropy) {
    let salt: [u8; SALT_LENGTH] = draw(entropy);
    text.push_str("{\"$sealed\":{\"subject\":");
    text.push_str(&Json::from(subject).to_string());
    text.push_str(",\"box\":\"");
    STANDARD.encode_string(encrypt(key, FACT, subject, &[&salt, value.as_bytes()], entropy), text);
    text.push_str("\",\"commitment\":\"");
    text.push_str(&commitment(&salt, value.as_bytes()));
    text.push_str("\"}}");
}

/// Opens a sealed value.
pub(crate) fn open_value(key: &SecretBytes, sealed: &Sealed) -> Result<Opening, SealError> {
    let damaged = |reason: &str| SealError::Damaged { reason: reason.to_owned() };
    let bytes = STANDARD.decode(&sealed.sealed).map_err(|_| damaged("it is not base64"))?;
    let plain = decrypt(key, FACT, &sealed.subject, &bytes).ok_or_else(|| damaged("it was changed"))?;
    let (salt, value) = plain.split_at_checked(SALT_LENGTH).ok_or_else(|| damaged("it is too short"))?;
    let value = String::from_utf8(value.to_vec()).map_err(|_| damaged("it is not text"))?;
    let opening = Opening { salt: STANDARD.encode(salt), value };
    if opening.commitment().as_deref() != Some(sealed.commitment.as_str()) {
        return Err(damaged("it is not what was committed to"));
    }
    Ok(opening)
}

/// The JSON of a sealed value: `{"$sealed": {…}}`.
pub(crate) fn sealed_json(sealed: &Sealed) -> Json {
    json!({ SEALED: sealed })
}

/// Reads `{"$sealed": {…}}`; nothing if it is something else.
pub(crate) fn as_sealed(json: &Json) -> Option<Result<Sealed, SealError>> {
    let inner = only_member(json, SEALED)?;
    Some(Sealed::deserialize(inner).map_err(|error| SealError::Damaged { reason: error.to_string() }))
}

fn as_personal(json: &Json) -> Option<Result<Personal, SealError>> {
    only_member(json, PERSONAL)?;
    Some(Personal::deserialize(json).map_err(|error| SealError::Damaged { reason: error.to_string() }))
}

fn only_member<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    json.as_object().filter(|object| object.len() == 1)?.get(name)
}

/// Puts sealed values in place of the personal facts of a payload that have a value.
pub(crate) fn seal_payload(
    json: &mut Json,
    seal: &mut dyn FnMut(&str, &str) -> Result<Sealed, SealError>,
) -> Result<(), SealError> {
    if as_sealed(json).is_some() {
        return Err(SealError::Damaged { reason: "an event that is appended must not hold $sealed itself".to_owned() });
    }
    if let Some(personal) = as_personal(json) {
        let personal = personal?;
        if let Some(value) = &personal.value {
            *json = sealed_json(&seal(&personal.subject, value)?);
        }
        return Ok(());
    }
    for_each_child(json, &mut |child| seal_payload(child, seal))
}

/// The subjects of the personal facts of a payload that is not sealed yet.
pub(crate) fn personal_subjects<'a>(json: &'a Json, found: &mut BTreeSet<&'a str>) {
    if let Some(personal) = only_member(json, PERSONAL) {
        found.extend(personal.get("subject").and_then(Json::as_str));
        return;
    }
    match json {
        Json::Array(items) => items.iter().for_each(|item| personal_subjects(item, found)),
        Json::Object(members) => members.values().for_each(|member| personal_subjects(member, found)),
        _ => {}
    }
}

/// Puts personal facts in place of the sealed values of a payload. `open` gives nothing for erased persons.
pub(crate) fn open_payload(
    json: &mut Json,
    open: &mut dyn FnMut(&Sealed) -> Result<Option<Opening>, SealError>,
) -> Result<(), SealError> {
    if let Some(sealed) = as_sealed(json) {
        let sealed = sealed?;
        let value = open(&sealed)?.map(|opening| opening.value);
        *json = json!({ PERSONAL: { "subject": sealed.subject, "value": value } });
        return Ok(());
    }
    for_each_child(json, &mut |child| open_payload(child, open))
}

fn for_each_child(json: &mut Json, visit: &mut dyn FnMut(&mut Json) -> Result<(), SealError>) -> Result<(), SealError> {
    match json {
        Json::Array(items) => items.iter_mut().try_for_each(visit),
        Json::Object(members) => members.values_mut().try_for_each(visit),
        _ => Ok(()),
    }
}

/// All sealed values of a payload.
pub(crate) fn sealed_values(json: &Json, found: &mut Vec<Sealed>) {
    if let Some(sealed) = as_sealed(json) {
        found.extend(sealed.ok());
        return;
    }
    match json {
        Json::Array(items) => items.iter().for_each(|item| sealed_values(item, found)),
        Json::Object(members) => members.values().for_each(|member| sealed_values(member, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::entropy::SeededEntropy;

    fn key(byte: u8) -> SecretBytes {
        Zeroizing::new([byte; 32])
    }

    #[test]
    fn a_sealed_value_opens_under_its_key_for_its_subject_and_no_other() {
        let entropy = SeededEntropy::new(3);
        let sealed = seal_value(&key(1), "person-1", "홍길동", &entropy);
        let opening = open_value(&key(1), &sealed).unwrap();
        assert_eq!(opening.value, "홍길동");
        assert_eq!(opening.commitment().unwrap(), sealed.commitment);
        assert!(!format!("{opening:?}").contains("홍길동"));
        assert!(open_value(&key(2), &sealed).is_err());
        assert!(open_value(&key(1), &Sealed { subject: "person-2".to_owned(), ..sealed.clone() }).is_err());
        assert!(open_value(&key(1), &Sealed { commitment: commitment(b"", b""), ..sealed.clone() }).is_err());
        let mut text = String::from("x");
        write_sealed(&mut text, &key(1), "person-\"1\"", "홍길동", &entropy);
        let written: Json = serde_json::from_str(&text[1..]).unwrap();
        let written = as_sealed(&written).unwrap().unwrap();
        assert_eq!(open_value(&key(1), &written).unwrap().value, "홍길동");
        assert_eq!(format!("x{}", sealed_json(&written)), text, "to the byte");
        let again = seal_value(&key(1), "person-1", "홍길동", &entropy);
        assert_ne!(sealed.sealed, again.sealed);
        assert_ne!(sealed.commitment, again.commitment, "equal values cannot be told by their commitments");
    }

    #[test]
    fn personal_facts_are_sealed_wherever_they_stand() {
        let entropy = SeededEntropy::new(4);
        let before = json!({
            "type": "received",
            "name": Personal::new("person-1", "홍길동"),
            "gone": Personal { subject: "person-2".to_owned(), value: None },
            "list": [{ "phone": Personal::new("person-1", "010-1234-5678") }, "text", 3, null],
        });
        let mut subjects = BTreeSet::new();
        personal_subjects(&before, &mut subjects);
        assert_eq!(subjects, BTreeSet::from(["person-1", "person-2"]));
        let mut payload = before.clone();
        seal_payload(&mut payload, &mut |subject, value| Ok(seal_value(&key(1), subject, value, &entropy))).unwrap();
        let text = payload.to_string();
        assert!(!text.contains("홍길동") && !text.contains("5678"), "{text}");
        let mut found = Vec::new();
        sealed_values(&payload, &mut found);
        assert_eq!(found.len(), 2);
        let refused = seal_payload(&mut payload.clone(), &mut |_, _| unreachable!());
        assert!(matches!(refused, Err(SealError::Damaged { .. })), "what is sealed is not given by callers");
        open_payload(&mut payload, &mut |sealed| open_value(&key(1), sealed).map(Some)).unwrap();
        assert_eq!(payload, before);
    }
}
