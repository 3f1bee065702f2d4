//! Keys: who calls. Only a hash of each is kept; the key itself is shown once.

use jiff::Timestamp;
use maru_ledger::{Entropy, hexadecimal};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{budget::BudgetLimit, policy::DataClass, registry::Priority};

/// Questions that are less alike than so many hundredths never get each other's answers: `docs/benchmarks/gateway.md` says why.
pub const LEAST_ALIKE: u8 = 60;

/// What every key begins with, so that scanners for secrets find one that went astray.
const PREFIX: &str = "maru_sk_";

/// What a key allows: one system of one agency, for one registered purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyScope {
    /// Name of the key on records; never the key.
    pub id: String,
    /// SHA-256 of the key in hexadecimal ([`hash_key`]).
    pub hash: String,
    /// The agency that answers for it.
    pub agency: String,
    /// The system that holds it.
    pub system: String,
    /// The registered purpose.
    pub purpose: String,
    /// Models that it may use; `*` at the end stands for anything. Empty allows all approved ones.
    #[serde(default)]
    pub models: Vec<String>,
    /// The model of requests that name none; without it they are refused.
    #[serde(default)]
    pub default_model: String,
    /// The class that its requests have at least (N2SF). A request may declare more, never less.
    #[serde(default)]
    pub class: DataClass,
    /// The highest class that it may send.
    #[serde(default = "highest_by_default")]
    pub highest_class: DataClass,
    /// Whether answers come back with the personal data that were masked on the way.
    #[serde(default = "yes")]
    pub restore: bool,
    /// From when on it no longer holds.
    #[serde(default)]
    pub expires: Option<Timestamp>,
    /// The key that this one replaced, which holds beside it for a while, so that systems can change over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<FormerKey>,
    /// Calls a second, over a short while; nothing for no limit.
    #[serde(default)]
    pub calls_per_second: Option<u32>,
    /// What it may spend.
    #[serde(default)]
    pub budgets: Vec<BudgetLimit>,
    /// How urgent its calls are, where calls must wait.
    #[serde(default)]
    pub priority: Priority,
    /// For so many seconds the answer to the same request is given again, to the keys of the same agency and purpose; nothing asks anew each
    /// time. Streams and requests with the header `cache-control: no-store` or `no-cache` are always asked anew.
    #[serde(default)]
    pub cache_seconds: Option<u32>,
    /// From how many hundredths of likeness on a chat completion gets the answer that was given to a question that asks the same in other
    /// words, of [`LEAST_ALIKE`] to 100; nothing keeps every wording apart. It needs `cache_seconds`. Only the last message of a person may
    /// differ, and only in what says how it asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_alike: Option<u8>,
}

/// A key that was replaced by a newer one of the same name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormerKey {
    /// SHA-256 of the key in hexadecimal.
    pub hash: String,
    /// From when on it no longer holds.
    pub until: Timestamp,
}

fn yes() -> bool {
    true
}

fn highest_by_default() -> DataClass {
    DataClass::Sensitive
}

impl KeyScope {
    /// A key without limits for `agency`; `hash` as [`hash_key`] gives it.
    pub fn new(id: impl Into<String>, hash: impl Into<String>, agency: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            hash: hash.into(),
            agency: agency.into(),
            system: "-".into(),
            purpose: "-".into(),
            models: Vec::new(),
            default_model: String::new(),
            class: DataClass::Open,
            highest_class: DataClass::Sensitive,
            restore: true,
            expires: None,
            former: None,
            calls_per_second: None,
            budgets: Vec::new(),
            priority: Priority::Normal,
            cache_seconds: None,
            cache_alike: None,
        }
    }

    /// Whether the key may use a model.
    pub fn allows(&self, model: &str) -> bool {
        names_model(&self.models, model)
    }

    /// What does not fit together in which answers are given again.
    pub(crate) fn wrong_cache(&self) -> Option<String> {
        let alike = self.cache_alike?;
        if !(LEAST_ALIKE..=100).contains(&alike) {
            return Some(format!("cache_alike is {alike}: it must be a whole number of {LEAST_ALIKE} to 100"));
        }
        let seconds = self.cache_seconds.unwrap_or(0);
        (seconds == 0)
            .then(|| "cache_alike is there without cache_seconds: say for how long answers are kept".to_owned())
    }

    /// Whether the key has expired.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }

    /// Whether the key with this digest is the former one, and its time is over.
    pub(crate) fn was_replaced(&self, digest: &[u8; 32], now: Timestamp) -> bool {
        let former = self.former.as_ref().filter(|former| former.until <= now);
        former.is_some_and(|former| parse_hash(&former.hash).as_ref() == Some(digest))
    }

    /// A newer key in its place: `hash` is the new one's, and the present one holds beside it until then.
    #[must_use]
    pub fn replaced_by(&self, hash: impl Into<String>, until: Timestamp) -> Self {
        let former = Some(FormerKey { hash: self.hash.clone(), until });
        Self { hash: hash.into(), former, ..self.clone() }
    }
}

/// Whether a list names a model; `*` at the end stands for anything, and an empty list for all.
pub(crate) fn names_model(models: &[String], model: &str) -> bool {
    models.is_empty()
        || models.iter().any(|allowed| match allowed.strip_suffix('*') {
            Some(beginning) => model.starts_with(beginning),
            None => allowed == model,
        })
}

/// The hash under which a key is kept. Keys are 256 random bits, so that a plain hash is enough: there is nothing to guess.
pub fn hash_key(key: &str) -> String {
    hexadecimal(&key_digest(key))
}

pub(crate) fn key_digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// The digest that a hexadecimal hash stands for.
pub(crate) fn parse_hash(hash: &str) -> Option<[u8; 32]> {
    if hash.len() != 64 || !hash.is_ascii() {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, place) in digest.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&hash[place..place + 2], 16).ok()?;
    }
    Some(digest)
}

/// A new key.
pub fn new_key(entropy: &dyn Entropy) -> String {
    use base64::Engine as _;
    let mut bytes = [0_u8; 32];
    entropy.fill(&mut bytes);
    format!("{PREFIX}{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_its_hash_and_allows_what_it_names() {
        let key = new_key(&maru_ledger::SeededEntropy::new(1));
        assert!(key.starts_with(PREFIX) && key.len() > 50);
        assert_eq!(parse_hash(&hash_key(&key)), Some(key_digest(&key)));
        assert_eq!(parse_hash("zz"), None);
        let mut scope = KeyScope::new("k", hash_key(&key), "agency");
        assert!(scope.allows("anything"));
        let newer = scope.replaced_by(hash_key("new"), Timestamp::UNIX_EPOCH);
        assert!(newer.was_replaced(&key_digest(&key), Timestamp::UNIX_EPOCH));
        assert!(!newer.was_replaced(&key_digest("new"), Timestamp::UNIX_EPOCH));
        assert!(!newer.was_replaced(&key_digest(&key), Timestamp::MIN));
        scope.models = vec!["exaone-*".into(), "maru-extractive".into()];
        assert!(scope.allows("exaone-4.0-32b") && scope.allows("maru-extractive") && !scope.allows("solar"));
    }
}
