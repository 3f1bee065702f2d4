//! Secrets that browsers hold: made from 256 random bits, kept here only as their digest.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use maru_ledger::Entropy;
use ring::{digest, hmac};
use subtle::ConstantTimeEq as _;

/// Bytes of a secret.
const BYTES: usize = 32;

/// What is kept of a secret: its SHA-256.
pub(crate) type Digest = [u8; 32];

/// A new secret for a cookie: 256 random bits as 43 letters, digits, dashes and underscores.
pub fn new_token(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; BYTES];
    entropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The digest of a secret that a browser showed; nothing if it cannot be one.
pub(crate) fn digest_of(token: &str) -> Option<Digest> {
    let secret = bytes_of(token)?;
    digest::digest(&digest::SHA256, &secret).as_ref().try_into().ok()
}

fn bytes_of(token: &str) -> Option<[u8; BYTES]> {
    // 43 letters carry 256 bits; longer texts are not worth decoding.
    if token.len() != 43 {
        return None;
    }
    URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()
}

/// A further secret derived from `token` for one purpose; nothing if `token` is none of [`new_token`].
pub(crate) fn derived(token: &str, purpose: &str) -> Option<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes_of(token)?);
    Some(URL_SAFE_NO_PAD.encode(hmac::sign(&key, purpose.as_bytes())))
}

/// Whether two secrets are the same, in a time that does not tell how much of them is.
pub(crate) fn same_secret(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// The token against forged requests (CSRF) that goes into forms, derived from the secret in the cookie: that of a
/// session, or for strangers one that [`new_token`] made. Nothing if the cookie holds no such secret.
pub fn csrf_token(token: &str) -> Option<String> {
    derived(token, "maru-csrf-v1")
}

/// Whether the token that came with a form belongs to the secret in the cookie.
pub fn csrf_fits(token: &str, given: &str) -> bool {
    csrf_token(token).is_some_and(|expected| same_secret(&expected, given))
}

/// Whether a path from a request may be gone to after sign-in: a path of this site, and no other address in disguise.
pub fn is_local_path(path: &str) -> bool {
    let begins = path.starts_with('/') && !path.starts_with("//");
    begins && path.len() <= 2_000 && !path.chars().any(|letter| letter == '\\' || letter.is_control())
}

#[cfg(test)]
mod tests {
    use maru_ledger::SeededEntropy;

    use super::*;

    #[test]
    fn tokens_are_long_and_different() {
        let entropy = SeededEntropy::new(1);
        let (one, other) = (new_token(&entropy), new_token(&entropy));
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
        assert_ne!(digest_of(&one), digest_of(&other));
        for wrong in
            ["", "x", &"x".repeat(44), &"=".repeat(43), &"가".repeat(43), "../../../../../../../../../../../../../../x"]
        {
            assert_eq!(digest_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_csrf_token_fits_its_own_secret_alone() {
        let entropy = SeededEntropy::new(2);
        let (one, other) = (new_token(&entropy), new_token(&entropy));
        let csrf = csrf_token(&one).unwrap();
        assert!(csrf_fits(&one, &csrf));
        assert!(!csrf_fits(&other, &csrf) && !csrf_fits(&one, &one) && !csrf_fits(&one, "") && !csrf_fits("", ""));
        assert!(!csrf.contains(&one));
    }

    #[test]
    fn only_paths_of_this_site_may_be_gone_to() {
        for path in ["/", "/inquiries/1?language=en#answer", "/민원"] {
            assert!(is_local_path(path), "{path}");
        }
        for path in ["", "//evil.example", "https://evil.example", "/\\evil.example", "inquiries", "/a\nb", "/\t/evil"]
        {
            assert!(!is_local_path(path), "{path}");
        }
    }
}
