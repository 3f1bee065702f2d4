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

#[cfg(test)]
mod tests {
    use super::*;

    /// The payload that RFC 7515 signs in appendix A, and its signatures there.
    const PAYLOAD: &str =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const RS256: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    const ES256: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    /// The public keys of appendices A.2 and A.3.
    fn published() -> KeySet {
        let keys = serde_json::json!({"keys": [
            {"kty": "RSA", "kid": "a2", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"},
            {"kty": "EC", "crv": "P-256", "kid": "a3", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
            {"kty": "EC", "crv": "P-256", "use": "enc", "kid": "encryption", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
            {"kty": "oct", "kid": "shared", "k": "AAAA"},
            "nonsense",
        ]});
        KeySet::read(keys.to_string().as_bytes()).unwrap()
    }

    fn verdict(algorithm: Algorithm, id: Option<&str>, header: &str, signature: &str) -> Verdict {
        let message = format!("{header}.{PAYLOAD}");
        published().verify(algorithm, id, message.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap())
    }

    #[test]
    fn the_examples_of_rfc_7515_verify() {
        for id in [None, Some("a2")] {
            assert_eq!(verdict(Algorithm::Rs256, id, "eyJhbGciOiJSUzI1NiJ9", RS256), Verdict::Genuine);
        }
        for id in [None, Some("a3")] {
            assert_eq!(verdict(Algorithm::Es256, id, "eyJhbGciOiJFUzI1NiJ9", ES256), Verdict::Genuine);
        }
        assert_eq!(verdict(Algorithm::Es256, Some("a3"), "eyJhbGciOiJSUzI1NiJ9", ES256), Verdict::Forged);
    }

    #[test]
    fn a_key_is_used_for_its_own_algorithm_and_purpose() {
        for id in ["a3", "shared", "encryption", "unknown"] {
            assert_eq!(verdict(Algorithm::Rs256, Some(id), "eyJhbGciOiJSUzI1NiJ9", RS256), Verdict::KeyUnknown);
        }
        let encryption = verdict(Algorithm::Es256, Some("encryption"), "eyJhbGciOiJFUzI1NiJ9", ES256);
        assert_eq!(encryption, Verdict::KeyUnknown);
        assert!(KeySet::read(b"<html>").is_err());
        assert!(KeySet::read(b"{}").is_err());
    }
}
