//! Sign-in by an OpenID Connect provider: authorization code with PKCE (S256), state and nonce; ID tokens signed with
//! RS256 or ES256.
//!
//! [`Identity::begin_oidc`](crate::Identity::begin_oidc) and [`Identity::finish_oidc`](crate::Identity::finish_oidc) are
//! the two steps. What ties them together (state, nonce, verifier) is derived from one secret in the browser's cookie.

mod claims;
mod client;
mod document;
mod error;
mod http;
mod id_token;
mod keys;
mod settings;

pub use client::OidcCallback;
pub use error::OidcError;
pub use http::{HttpAnswer, HttpClient, HttpFuture, PlatformClient};
pub use settings::{ClaimMapping, OidcSettings, RoleRule};

pub(crate) use claims::Vouched;
pub(crate) use client::OidcClient;
