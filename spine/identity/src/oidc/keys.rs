//! A provider's public keys (RFC 7517), as far as ID tokens are signed with them: RSA and the curve P-256.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// How an ID token is signed. Nothing else is taken: `none` and shared secrets least of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl Algorithm {
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256 { point: Vec<u8> },
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct PublicKey {
    id: Option<String>,
    material: Material,
}

/// The keys that a provider signs with now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct KeySet {
    keys: Vec<PublicKey>,
}

#[derive(Deserialize)]
struct JsonKeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct JsonKey {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl JsonKey {
    /// The key, if it is one that ID tokens may be signed with; providers list others beside.
    fn usable(self) -> Option<PublicKey> {
        let bytes = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?.trim_end_matches('=')).ok();
        let fits = |algorithm: &str| self.alg.as_deref().is_none_or(|named| named == algorithm);
        if self.purpose.as_deref().is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let material = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) if fits("RS256") => Material::Rsa { modulus: bytes(self.n)?, exponent: bytes(self.e)? },
            ("EC", Some("P-256")) if fits("ES256") => {
                let (x, y) = (bytes(self.x)?, bytes(self.y)?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                // The uncompressed point of SEC 1, section 2.3.3.
                Material::P256 { point: [vec![4], x, y].concat() }
            }
            _ => return None,
        };
        Some(PublicKey { id: self.kid, material })
    }
}

impl PublicKey {
    fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Rsa { .. } => Algorithm::Rs256,
            Material::P256 { .. } => Algorithm::Es256,
        }
    }

    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Rsa { modulus, exponent } => RsaPublicKeyComponents { n: modulus, e: exponent }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            Material::P256 { point } => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
        }
    }
}

/// What became of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// One of the keys made it.
    Genuine,
    /// The key that it names did not make it.
    Forged,
    /// There is no such key; the provider may have a new one.
    KeyUnknown,
}

impl KeySet {
    /// Reads a set of keys, passing over those of other kinds.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let set: JsonKeySet = serde_json::from_slice(body).map_err(|error| format!("no set of keys: {error}"))?;
        let keys = set.keys.into_iter().filter_map(|key| serde_json::from_value::<JsonKey>(key).ok()?.usable());
        Ok(Self { keys: keys.collect() })
    }

    /// Whether `message` bears the signature of the key `id`, or of any key if none is named.
    pub(super) fn verify(&self, algorithm: Algorithm, id: Option<&str>, message: &[u8], signature: &[u8]) -> Verdict {
        let mut candidates = self
            .keys
            .iter()
            .filter(|key| key.algorithm() == algorithm && (id.is_none() || key.id.as_deref() == id))
            .peekable();
        if candidates.peek().is_none() {
            return Verdict::KeyUnknown;
        }
        if candidates.any(|key| key.verifies(message, signature)) {
            return Verdict::Genuine;
        }
        // Without a name the signature may be of a key that is not here yet.
        if id.is_some() { Verdict::Forged } else { Verdict::KeyUnknown }
    }
}
