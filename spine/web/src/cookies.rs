//! Cookies: reading them from a request, and writing them as safe as they can be.

use axum::http::{HeaderMap, HeaderValue, header};

/// How long preferences are kept, in seconds: a year.
const PREFERENCE_SECONDS: u32 = 365 * 24 * 3600;

/// The value of the cookie `name`.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The names and attributes of cookies on this deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CookieRules {
    /// The public address is https.
    pub(crate) secure: bool,
}

impl CookieRules {
    /// `__Host-` binds a cookie to this host, this path and TLS (RFC 6265bis, section 4.1.3.2).
    fn named(self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// The cookie of the signed-in session.
    pub(crate) fn session_name(self) -> String {
        self.named("maru-session")
    }

    /// The cookie that tells one browser from another, for form tokens.
    pub(crate) fn visitor_name(self) -> String {
        self.named("maru-visitor")
    }

    /// The cookie that carries a sign-in at the identity provider back to the browser that began it.
    pub(crate) fn oidc_name(self) -> String {
        self.named("maru-sign-in")
    }

    /// A cookie that scripts cannot read and that ends with the browser's session, or after `seconds`.
    pub(crate) fn secret(self, name: &str, value: &str, seconds: Option<u32>) -> Option<HeaderValue> {
        let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
        let secure = self.secure_attribute();
        HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")).ok()
    }

    /// Removes a cookie.
    pub(crate) fn removed(self, name: &str) -> Option<HeaderValue> {
        self.secret(name, "", Some(0))
    }

    /// A preference, such as the language: kept for a year, readable by the page's script, no secret.
    pub(crate) fn preference(self, name: &str, value: &str) -> Option<HeaderValue> {
        let secure = self.secure_attribute();
        HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={PREFERENCE_SECONDS}; SameSite=Lax{secure}"))
            .ok()
    }

    fn secure_attribute(self) -> &'static str {
        if self.secure { "; Secure" } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; maru-session=x=y"));
        headers.append(header::COOKIE, HeaderValue::from_static("b=2"));
        assert_eq!(cookie(&headers, "maru-session"), Some("x=y"));
        assert_eq!(cookie(&headers, "b"), Some("2"));
        assert_eq!(cookie(&headers, "session"), None);
    }

    #[test]
    fn on_https_cookies_are_bound_to_the_host() {
        let rules = CookieRules { secure: true };
        let cookie = rules.secret(&rules.session_name(), "token", Some(60)).unwrap();
        assert_eq!(cookie, "__Host-maru-session=token; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60");
        let rules = CookieRules { secure: false };
        assert_eq!(
            rules.removed(&rules.visitor_name()).unwrap(),
            "maru-visitor=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        );
    }
}
