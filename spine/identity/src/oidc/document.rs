//! What a provider says about itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;

use super::{OidcError, settings::check_address};

/// The provider's document, as far as it is needed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct ProviderDocument {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    pub(super) userinfo_endpoint: Option<String>,
    pub(super) end_session_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

/// Where the document of `issuer` is (section 4.1).
pub(super) fn address_of(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

impl ProviderDocument {
    /// Reads the document of `issuer`.
    pub(super) fn read(issuer: &str, body: &[u8]) -> Result<Self, OidcError> {
        let wrong = |reason: String| OidcError::Answer { address: address_of(issuer), reason };
        let document: Self = serde_json::from_slice(body).map_err(|error| wrong(format!("no document: {error}")))?;
        if document.issuer != issuer {
            let named: String = document.issuer.chars().take(200).collect();
            return Err(wrong(format!("it is the document of {named}; set issuer to exactly that if it is right")));
        }
        let endpoints = [
            ("authorization_endpoint", Some(&document.authorization_endpoint)),
            ("token_endpoint", Some(&document.token_endpoint)),
            ("jwks_uri", Some(&document.jwks_uri)),
            ("userinfo_endpoint", document.userinfo_endpoint.as_ref()),
            ("end_session_endpoint", document.end_session_endpoint.as_ref()),
        ];
        for (field, address) in endpoints {
            if let Some(address) = address {
                check_address(field, address).map_err(|error| wrong(error.to_string()))?;
            }
        }
        let lacks = |list: &[String], wanted: &[&str]| {
            !list.is_empty() && !list.iter().any(|offered| wanted.contains(&offered.as_str()))
        };
        if lacks(&document.id_token_signing_alg_values_supported, &["RS256", "ES256"]) {
            return Err(wrong("the provider signs with neither RS256 nor ES256".to_owned()));
        }
        if lacks(&document.code_challenge_methods_supported, &["S256"]) {
            return Err(wrong("the provider does not take part in PKCE with S256".to_owned()));
        }
        Ok(document)
    }

    /// Whether the client's secret goes into the form; otherwise it goes before it (HTTP Basic), which is the default.
    pub(super) fn wants_secret_in_form(&self) -> bool {
        let offers = |method: &str| self.token_endpoint_auth_methods_supported.iter().any(|offered| offered == method);
        !offers("client_secret_basic") && offers("client_secret_post")
    }
}
