//! What keeps strangers' cookies and form tokens from being forged: message authentication codes under the
//! deployment's secret, and a mask that makes every response carry the token differently.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use maru_ledger::Entropy;
use sha2::Sha256;

const TOKEN_BYTES: usize = 32;
const IDENTIFIER_BYTES: usize = 16;

/// 32 secret bytes, the same on all servers of a deployment.
#[derive(Clone)]
pub struct WebSecret([u8; 32]);

impl fmt::Debug for WebSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebSecret(not shown)")
    }
}

impl WebSecret {
    /// The secret. Derive it from the deployment's master key, so that all servers have the same.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The code of `message`, for one `purpose`.
    fn code(&self, purpose: &str, message: &[u8]) -> Hmac<Sha256> {
        // A key is filled up with zeros to the block of the hash (RFC 2104, section 2).
        let mut key = [0; 64];
        key[..32].copy_from_slice(&self.0);
        let mut code = Hmac::<Sha256>::new(&key.into());
        code.update(purpose.as_bytes());
        code.update(b"\n");
        code.update(message);
        code
    }

    /// The cookie of a visitor.
    pub(crate) fn visitor_cookie(&self, visitor: VisitorIdentifier) -> String {
        let code = self.code("visitor", &visitor.0).finalize().into_bytes();
        format!("{}.{}", URL_SAFE_NO_PAD.encode(visitor.0), URL_SAFE_NO_PAD.encode(code))
    }

    /// The visitor of a cookie that this deployment gave out.
    pub(crate) fn read_visitor_cookie(&self, cookie: &str) -> Option<VisitorIdentifier> {
        let (identifier, code) = cookie.split_once('.')?;
        let identifier: [u8; IDENTIFIER_BYTES] = URL_SAFE_NO_PAD.decode(identifier).ok()?.try_into().ok()?;
        let code = URL_SAFE_NO_PAD.decode(code).ok()?;
        self.code("visitor", &identifier).verify_slice(&code).ok()?;
        Some(VisitorIdentifier(identifier))
    }

    /// The token that forms of this visitor carry while signed in to `account`, masked anew.
    pub(crate) fn token(&self, visitor: VisitorIdentifier, account: Option<&str>, entropy: &dyn Entropy) -> CsrfToken {
        masked(self.form_code(visitor, account), entropy)
    }

    /// The token of a form that is kept while its author signs in: it fits whatever account that will be, since the
    /// page says so and asks.
    pub(crate) fn token_of_kept_form(&self, visitor: VisitorIdentifier, entropy: &dyn Entropy) -> CsrfToken {
        masked(self.code("kept form", &visitor.0), entropy)
    }

    /// The token is one that this visitor was given for this account.
    pub(crate) fn token_fits(&self, visitor: VisitorIdentifier, account: Option<&str>, token: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
        if bytes.len() != 2 * TOKEN_BYTES {
            return false;
        }
        let (mask, masked) = bytes.split_at(TOKEN_BYTES);
        let token: Vec<u8> = mask.iter().zip(masked).map(|(mask, byte)| mask ^ byte).collect();
        let codes = [self.form_code(visitor, account), self.code("kept form", &visitor.0)];
        codes.into_iter().any(|code| code.verify_slice(&token).is_ok())
    }

    fn form_code(&self, visitor: VisitorIdentifier, account: Option<&str>) -> Hmac<Sha256> {
        let mut code = self.code("form", &visitor.0);
        code.update(account.unwrap_or("").as_bytes());
        code
    }
}

/// The code under a random mask, and the mask.
fn masked(code: Hmac<Sha256>, entropy: &dyn Entropy) -> CsrfToken {
    let mut mask = [0; TOKEN_BYTES];
    entropy.fill(&mut mask);
    let code = code.finalize().into_bytes();
    let masked = code.iter().zip(mask).map(|(byte, mask)| byte ^ mask);
    let bytes: Vec<u8> = mask.iter().copied().chain(masked).collect();
    CsrfToken(URL_SAFE_NO_PAD.encode(bytes))
}

/// Which browser it is, by a random number and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VisitorIdentifier([u8; IDENTIFIER_BYTES]);

impl VisitorIdentifier {
    /// A new visitor: an identifier that nobody can guess.
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        let mut identifier = [0; IDENTIFIER_BYTES];
        entropy.fill(&mut identifier);
        Self(identifier)
    }
}

/// The token that a form carries, so that no other site can send it. Different in every response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsrfToken(String);

impl CsrfToken {
    /// A token for tests of templates: it fits nobody.
    pub fn for_tests() -> Self {
        Self("token-of-the-test".to_owned())
    }

    /// As forms and headers carry it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CsrfToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use maru_ledger::SeededEntropy;

    use super::*;

    #[test]
    fn a_token_fits_its_visitor_and_nobody_else() {
        let entropy = SeededEntropy::new(1);
        let secret = WebSecret::new([7; 32]);
        let (one, two) = (VisitorIdentifier::new(&entropy), VisitorIdentifier::new(&entropy));
        let token = secret.token(one, Some("a"), &entropy);
        assert!(secret.token_fits(one, Some("a"), token.as_str()));
        assert!(!secret.token_fits(one, Some("b"), token.as_str()), "another account");
        assert!(!secret.token_fits(one, None, token.as_str()), "signed out");
        assert!(!secret.token_fits(two, Some("a"), token.as_str()), "another browser");
        assert!(!WebSecret::new([8; 32]).token_fits(one, Some("a"), token.as_str()));
        assert_ne!(token, secret.token(one, Some("a"), &entropy), "masked anew");
        let kept = secret.token_of_kept_form(one, &entropy);
        assert!(secret.token_fits(one, Some("b"), kept.as_str()) && secret.token_fits(one, None, kept.as_str()));
        assert!(!secret.token_fits(two, None, kept.as_str()));
        for nonsense in ["", "a", "AAAA", "한글", &"A".repeat(86)] {
            assert!(!secret.token_fits(one, None, nonsense));
        }
    }

    #[test]
    fn a_cookie_that_was_not_given_out_is_nobody() {
        let entropy = SeededEntropy::new(2);
        let secret = WebSecret::new([7; 32]);
        let visitor = VisitorIdentifier::new(&entropy);
        let cookie = secret.visitor_cookie(visitor);
        assert_eq!(secret.read_visitor_cookie(&cookie), Some(visitor));
        assert_eq!(WebSecret::new([8; 32]).read_visitor_cookie(&cookie), None);
        for nonsense in ["", ".", "AAAA.BBBB", &cookie[1..]] {
            assert_eq!(secret.read_visitor_cookie(nonsense), None);
        }
    }
}
