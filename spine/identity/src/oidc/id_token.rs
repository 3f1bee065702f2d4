//! ID tokens: what a provider signs about a person (OpenID Connect Core 1.0, section 3.1.3.7).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::keys::{Algorithm, KeySet, Verdict};
use crate::token::same_secret;

/// The claims about a person.
pub(super) type Claims = Map<String, Json>;

/// How far the clocks of provider and server may differ, in seconds.
const LEEWAY: i64 = 60;

/// An ID token that was issued longer ago than this, in seconds, does not belong to a sign-in that is under way.
const OLDEST: i64 = 15 * 60;

/// What the token must say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
}

/// Why a token is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Distrust {
    /// It bears the name of a key that is not known; it may be a new one.
    KeyUnknown,
    /// Something is wrong with it.
    Wrong(String),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Json>,
}

fn wrong<T>(reason: impl Into<String>) -> Result<T, Distrust> {
    Err(Distrust::Wrong(reason.into()))
}

fn part(text: &str, name: &str) -> Result<Vec<u8>, Distrust> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Distrust::Wrong(format!("its {name} is not base64url")))
}

/// The claims of `token`, if the provider signed it for this deployment, this sign-in and this moment.
pub(super) fn verify(token: &str, keys: &KeySet, expected: &Expected<'_>, now: Timestamp) -> Result<Claims, Distrust> {
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return wrong("it does not consist of three parts");
    };
    let message = token.get(..header.len() + 1 + payload.len()).unwrap_or_default();
    let header: Header = serde_json::from_slice(&part(header, "header")?)
        .map_err(|error| Distrust::Wrong(format!("its header cannot be read: {error}")))?;
    if header.crit.is_some() {
        return wrong("its header demands extensions that are not known");
    }
    let Some(algorithm) = Algorithm::parse(&header.alg) else {
        return wrong("it is signed with neither RS256 nor ES256");
    };
    let signature = part(signature, "signature")?;
    match keys.verify(algorithm, header.kid.as_deref(), message.as_bytes(), &signature) {
        Verdict::Genuine => {}
        Verdict::KeyUnknown => return Err(Distrust::KeyUnknown),
        Verdict::Forged => return wrong("its signature does not fit"),
    }
    let claims: Claims = serde_json::from_slice(&part(payload, "payload")?)
        .map_err(|error| Distrust::Wrong(format!("its claims cannot be read: {error}")))?;
    check_addressee(&claims, expected)?;
    check_time(&claims, now.as_second())?;
    let nonce = claims.get("nonce").and_then(Json::as_str).unwrap_or_default();
    if !same_secret(nonce, expected.nonce) {
        return wrong("it belongs to another sign-in (nonce)");
    }
    if subject(&claims).is_none() {
        return wrong("it does not say whom it is about (sub)");
    }
    Ok(claims)
}

/// Whom the claims are about: at most 255 letters of ASCII (section 2).
pub(super) fn subject(claims: &Claims) -> Option<&str> {
    claims.get("sub").and_then(Json::as_str).filter(|subject| !subject.is_empty() && subject.len() <= 255)
}

fn check_addressee(claims: &Claims, expected: &Expected<'_>) -> Result<(), Distrust> {
    if claims.get("iss").and_then(Json::as_str) != Some(expected.issuer) {
        return wrong("it comes from another issuer (iss)");
    }
    let (for_us, several) = match claims.get("aud") {
        Some(Json::String(one)) => (one == expected.client_id, false),
        Some(Json::Array(list)) => (list.iter().any(|one| one.as_str() == Some(expected.client_id)), list.len() > 1),
        _ => (false, false),
    };
    if !for_us {
        return wrong("it is for another client (aud)");
    }
    let party = claims.get("azp").and_then(Json::as_str);
    if party.is_some_and(|party| party != expected.client_id) || several && party.is_none() {
        return wrong("it was issued to another client (azp)");
    }
    Ok(())
}

fn check_time(claims: &Claims, now: i64) -> Result<(), Distrust> {
    let Some(expires) = seconds(claims, "exp") else { return wrong("it does not say when it expires (exp)") };
    if now >= expires.saturating_add(LEEWAY) {
        return wrong("it has expired (exp); check the clocks of provider and server");
    }
    let Some(issued) = seconds(claims, "iat") else { return wrong("it does not say when it was issued (iat)") };
    if issued > now.saturating_add(LEEWAY) {
        return wrong("it was issued in the future (iat); check the clocks of provider and server");
    }
    if issued < now.saturating_sub(OLDEST) {
        return wrong("it was issued too long ago (iat)");
    }
    if seconds(claims, "nbf").is_some_and(|begins| begins > now.saturating_add(LEEWAY)) {
        return wrong("it is not valid yet (nbf)");
    }
    Ok(())
}

/// A date in seconds since 1970; providers may give fractions.
fn seconds(claims: &Claims, name: &str) -> Option<i64> {
    let value = claims.get(name)?;
    #[expect(clippy::cast_possible_truncation, reason = "a float beyond i64 becomes the largest, which is meant")]
    value.as_i64().or_else(|| value.as_f64().map(|value| value as i64))
}
