//! The conversation with a provider: authorization code with PKCE (RFC 6749, RFC 7636, OpenID Connect Core 1.0).

use std::{
    fmt::{self, Write as _},
    sync::Arc,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::digest;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::{
    HttpClient, OidcError, OidcSettings,
    claims::Vouched,
    document::{ProviderDocument, address_of},
    http::HttpAnswer,
    id_token::{self, Claims, Distrust, Expected},
    keys::KeySet,
};
use crate::{session::later, token};

/// What came back with the person from the provider: the query of the redirection.
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
pub struct OidcCallback {
    /// The code that is exchanged for the ID token.
    pub code: Option<String>,
    /// What was sent along when the sign-in was begun.
    pub state: Option<String>,
    /// The provider's error code, if it refused.
    pub error: Option<String>,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
}

impl fmt::Debug for OidcCallback {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OidcCallback").field("error", &self.error).finish_non_exhaustive()
    }
}

/// How long the document and the keys are kept before they are asked for again.
const KEPT: Duration = Duration::from_hours(1);

/// An unknown key makes the keys be asked for again, but not more often than this: whoever sends invented tokens must
/// not make this server storm the provider.
const KEYS_AT_MOST_EVERY: Duration = Duration::from_secs(30);

/// After a failure the provider is left alone for this long.
const PAUSE: Duration = Duration::from_secs(5);

/// A provider.
pub(crate) struct OidcClient {
    settings: OidcSettings,
    http: Arc<dyn HttpClient>,
    document: Mutex<Remembered<ProviderDocument>>,
    keys: Mutex<Remembered<KeySet>>,
}

struct Remembered<T> {
    value: Option<(Arc<T>, Timestamp)>,
    failure: Option<(OidcError, Timestamp)>,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self { value: None, failure: None }
    }
}

impl<T> Remembered<T> {
    /// The value, if it is younger than `age`.
    fn younger_than(&self, age: Duration, now: Timestamp) -> Option<Arc<T>> {
        self.value.as_ref().filter(|(_, since)| now < later(*since, age)).map(|(value, _)| Arc::clone(value))
    }

    /// The failure of a moment ago, if there was one.
    fn recent_failure(&self, now: Timestamp) -> Option<OidcError> {
        self.failure.as_ref().filter(|(_, since)| now < later(*since, PAUSE)).map(|(error, _)| error.clone())
    }

    /// Takes in what was fetched. Where that failed, an older value does for the time being.
    fn take(&mut self, fetched: Result<T, OidcError>, now: Timestamp) -> Result<Arc<T>, OidcError> {
        match fetched {
            Ok(value) => {
                let value = Arc::new(value);
                self.value = Some((Arc::clone(&value), now));
                self.failure = None;
                Ok(value)
            }
            Err(error) => {
                self.failure = Some((error.clone(), now));
                self.value.as_ref().map(|(value, _)| Arc::clone(value)).ok_or(error)
            }
        }
    }
}

impl OidcClient {
    pub(crate) fn new(settings: OidcSettings, http: Arc<dyn HttpClient>) -> Result<Self, OidcError> {
        settings.check()?;
        Ok(Self { settings, http, document: Mutex::default(), keys: Mutex::default() })
    }

    /// Where to send the person. Everything secret in it is derived from `binding`, which only their browser keeps.
    pub(crate) async fn begin(&self, binding: &str, now: Timestamp) -> Result<String, OidcError> {
        let document = self.document(now).await?;
        let secrets = Secrets::of(binding)?;
        let scopes: Vec<&str> =
            std::iter::once("openid").chain(self.settings.scopes.iter().map(String::as_str)).collect();
        Ok(with_parameters(
            &document.authorization_endpoint,
            &[
                ("response_type", "code"),
                ("client_id", &self.settings.client_id),
                ("redirect_uri", &self.settings.redirect_url),
                ("scope", &scopes.join(" ")),
                ("state", &secrets.state),
                ("nonce", &secrets.nonce),
                ("code_challenge", &secrets.challenge()),
                ("code_challenge_method", "S256"),
            ],
        ))
    }

    /// Whether the answer belongs to the sign-in that this browser began.
    pub(crate) fn belongs(binding: &str, callback: &OidcCallback) -> bool {
        let state = callback.state.as_deref().unwrap_or_default();
        Secrets::of(binding).is_ok_and(|secrets| token::same_secret(&secrets.state, state))
    }

    /// Exchanges the code, verifies what comes back, and says who it is.
    pub(crate) async fn finish(
        &self,
        binding: &str,
        callback: &OidcCallback,
        now: Timestamp,
    ) -> Result<Vouched, OidcError> {
        let document = self.document(now).await?;
        check_sender(&document, callback)?;
        if let Some(error) = &callback.error {
            return Err(OidcError::Refused { reason: error_code(error) });
        }
        let Some(code) = callback.code.as_deref().filter(|code| !code.is_empty() && code.len() <= 4_096) else {
            return Err(OidcError::Refused { reason: "it sent no code".to_owned() });
        };
        let secrets = Secrets::of(binding)?;
        let tokens = self.exchange(&document, code, &secrets).await?;
        let mut claims = self.verified(&document, &tokens.id_token, &secrets, now).await?;
        if self.settings.userinfo {
            self.add_userinfo(&document, tokens.access_token.as_deref(), &mut claims).await?;
        }
        let subject = id_token::subject(&claims).unwrap_or_default().to_owned();
        self.settings.mapping.person(&document.issuer, &subject, &claims)
    }

    /// Where to send people who signed out, so that they are signed out at the provider too; nothing if the provider
    /// has no such place (OpenID Connect RP-Initiated Logout 1.0).
    pub(crate) async fn sign_out_address(&self, return_to: &str, now: Timestamp) -> Result<Option<String>, OidcError> {
        let document = self.document(now).await?;
        let Some(address) = &document.end_session_endpoint else { return Ok(None) };
        let parameters = [("client_id", self.settings.client_id.as_str()), ("post_logout_redirect_uri", return_to)];
        Ok(Some(with_parameters(address, &parameters)))
    }

    async fn document(&self, now: Timestamp) -> Result<Arc<ProviderDocument>, OidcError> {
        let mut remembered = self.document.lock().await;
        if let Some(document) = remembered.younger_than(KEPT, now) {
            return Ok(document);
        }
        if let Some(error) = remembered.recent_failure(now) {
            return remembered.value.as_ref().map(|(document, _)| Arc::clone(document)).ok_or(error);
        }
        let fetched = async {
            let address = address_of(&self.settings.issuer);
            let body = fine(&address, self.http.get(&address, None).await?)?;
            ProviderDocument::read(&self.settings.issuer, &body)
        };
        let fetched = fetched.await;
        remembered.take(fetched, now)
    }

    /// The provider's keys: those of the last hour, or, where one was missing among them, new ones.
    async fn keys(
        &self,
        document: &ProviderDocument,
        at_most_old: Duration,
        now: Timestamp,
    ) -> Result<Arc<KeySet>, OidcError> {
        let mut remembered = self.keys.lock().await;
        if let Some(keys) = remembered.younger_than(at_most_old, now) {
            return Ok(keys);
        }
        if let Some(error) = remembered.recent_failure(now) {
            return remembered.value.as_ref().map(|(keys, _)| Arc::clone(keys)).ok_or(error);
        }
        let address = &document.jwks_uri;
        let fetched = async {
            let body = fine(address, self.http.get(address, None).await?)?;
            KeySet::read(&body).map_err(|reason| OidcError::Answer { address: address.clone(), reason })
        };
        let fetched = fetched.await;
        remembered.take(fetched, now)
    }

    async fn verified(
        &self,
        document: &ProviderDocument,
        id_token: &str,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<Claims, OidcError> {
        let expected =
            Expected { issuer: &document.issuer, client_id: &self.settings.client_id, nonce: &secrets.nonce };
        for at_most_old in [KEPT, KEYS_AT_MOST_EVERY] {
            let keys = self.keys(document, at_most_old, now).await?;
            match id_token::verify(id_token, &keys, &expected, now) {
                Ok(claims) => return Ok(claims),
                Err(Distrust::Wrong(reason)) => return Err(OidcError::Token { reason }),
                Err(Distrust::KeyUnknown) => {}
            }
        }
        Err(OidcError::Token { reason: "it is signed with a key that the provider does not list".to_owned() })
    }

    async fn exchange(&self, document: &ProviderDocument, code: &str, secrets: &Secrets) -> Result<Tokens, OidcError> {
        let settings = &self.settings;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", settings.redirect_url.as_str()),
            ("code_verifier", secrets.verifier.as_str()),
        ];
        let mut basic = None;
        let (user, password) = (encoded(&settings.client_id), encoded(&settings.client_secret));
        if settings.client_secret.is_empty() {
            fields.push(("client_id", &settings.client_id));
        } else if document.wants_secret_in_form() {
            fields.push(("client_id", &settings.client_id));
            fields.push(("client_secret", &settings.client_secret));
        } else {
            basic = Some((user.as_str(), password.as_str()));
        }
        let address = &document.token_endpoint;
        let answer = self.http.post_form(address, basic, &fields).await?;
        let wrong = |reason: String| OidcError::Answer { address: address.clone(), reason };
        if answer.status != 200 {
            let code = serde_json::from_slice::<TokenError>(&answer.body).map(|error| error_code(&error.error));
            return Err(match code {
                Ok(code) if code == "invalid_grant" => OidcError::Refused { reason: code },
                Ok(code) => wrong(format!("status {}, error {code}", answer.status)),
                Err(_) => wrong(format!("status {}", answer.status)),
            });
        }
        serde_json::from_slice(&answer.body).map_err(|_| wrong("there is no ID token in it".to_owned()))
    }

    /// Adds what the ID token does not say. What it says holds.
    async fn add_userinfo(
        &self,
        document: &ProviderDocument,
        access_token: Option<&str>,
        claims: &mut Claims,
    ) -> Result<(), OidcError> {
        let (Some(address), Some(access_token)) = (&document.userinfo_endpoint, access_token) else { return Ok(()) };
        let body = fine(address, self.http.get(address, Some(access_token)).await?)?;
        let wrong = |reason: &str| OidcError::Answer { address: address.clone(), reason: reason.to_owned() };
        let more: Claims = serde_json::from_slice(&body).map_err(|_| wrong("these are no claims in JSON"))?;
        if id_token::subject(&more) != id_token::subject(claims) {
            return Err(wrong("it is about another person than the ID token"));
        }
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct TokenError {
    error: String,
}

/// What ties the provider's answer to the browser that began: all derived from one secret in its cookie, so that
/// nothing secret is stored here.
struct Secrets {
    state: String,
    nonce: String,
    /// Of RFC 7636: 43 letters.
    verifier: String,
}

impl Secrets {
    fn of(binding: &str) -> Result<Self, OidcError> {
        let secret = |purpose: &str| {
            let none = || OidcError::Refused { reason: "the sign-in was not begun in this browser".to_owned() };
            token::derived(binding, purpose).ok_or_else(none)
        };
        Ok(Self {
            state: secret("maru-oidc-state-v1")?,
            nonce: secret("maru-oidc-nonce-v1")?,
            verifier: secret("maru-oidc-verifier-v1")?,
        })
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.verifier.as_bytes()))
    }
}

/// The body of an answer that is well.
fn fine(address: &str, answer: HttpAnswer) -> Result<Vec<u8>, OidcError> {
    if answer.status == 200 {
        return Ok(answer.body);
    }
    Err(OidcError::Answer { address: address.to_owned(), reason: format!("status {}", answer.status) })
}

/// The address of an endpoint with parameters behind those that it may have already (RFC 6749, section 3.1).
fn with_parameters(address: &str, parameters: &[(&str, &str)]) -> String {
    let (place, own) = address.split_once('?').unwrap_or((address, ""));
    let mut query = form_urlencoded::Serializer::for_suffix(own.to_owned(), 0);
    query.extend_pairs(parameters);
    format!("{place}?{}", query.finish())
}

/// Another provider's answer must not be taken for this one's (mix-up, RFC 9207).
fn check_sender(document: &ProviderDocument, callback: &OidcCallback) -> Result<(), OidcError> {
    let stranger = match &callback.iss {
        Some(sender) => *sender != document.issuer,
        None => document.authorization_response_iss_parameter_supported,
    };
    if stranger {
        return Err(OidcError::Token {
            reason: "the answer does not come from the configured issuer (iss)".to_owned(),
        });
    }
    Ok(())
}

/// An error code as it may be logged: what others wrote, cut down to letters.
fn error_code(code: &str) -> String {
    let known = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    code.chars().filter(known).take(60).collect()
}

/// Percent-encoded as forms are, for HTTP Basic (RFC 6749, section 2.3.1).
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
