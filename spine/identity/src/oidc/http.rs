//! The way to a provider: a small trait, so that nothing else here knows the HTTP client.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ureq::{
    http::Response,
    tls::{RootCerts, TlsConfig},
};

use super::OidcError;

/// What a provider answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status, such as 200.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer that is on its way.
pub type HttpFuture<'a> = Pin<Box<dyn Future<Output = Result<HttpAnswer, OidcError>> + Send + 'a>>;

/// Asks providers. Redirections are not followed: a provider's addresses are those of its document.
pub trait HttpClient: Send + Sync {
    /// Gets what stands at `address`, with an access token if one is given.
    fn get<'a>(&'a self, address: &'a str, bearer: Option<&'a str>) -> HttpFuture<'a>;

    /// Posts a form to `address`, with user and password (`basic`) if they are given.
    fn post_form<'a>(
        &'a self,
        address: &'a str,
        basic: Option<(&'a str, &'a str)>,
        fields: &'a [(&'a str, &'a str)],
    ) -> HttpFuture<'a>;
}

/// How long a provider may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Documents, keys and tokens are some kilobytes; what is longer than this is not read.
const LONGEST_BODY: u64 = 1_048_576;

/// The HTTP client for real providers: TLS by rustls, certificates of the platform. It blocks, so each request has a thread of its own
/// for as long as it takes; there are few, one for each sign-in.
#[derive(Debug)]
pub struct PlatformClient {
    agent: ureq::Agent,
}

impl PlatformClient {
    /// A client. No connection is made yet.
    pub fn new() -> Self {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false)
            .accept("application/json")
            .build()
            .new_agent();
        Self { agent }
    }

    /// Sends on a thread that may wait, and reads the answer there.
    fn ask<'a>(
        &self,
        address: &'a str,
        send: impl FnOnce(&ureq::Agent, &str) -> Result<Response<ureq::Body>, ureq::Error> + Send + 'static,
    ) -> HttpFuture<'a> {
        let (agent, to) = (self.agent.clone(), address.to_owned());
        Box::pin(async move {
            let answer = tokio::task::spawn_blocking(move || {
                let response = send(&agent, &to)?;
                let status = response.status().as_u16();
                let body = response.into_body().into_with_config().limit(LONGEST_BODY).read_to_vec()?;
                Ok(HttpAnswer { status, body })
            });
            match answer.await {
                Ok(answer) => answer.map_err(|error| trouble(address, &error)),
                Err(_) => Err(unreachable(address, "the server is being stopped")),
            }
        })
    }
}

impl Default for PlatformClient {
    fn default() -> Self {
        Self::new()
    }
}

fn unreachable(address: &str, reason: &str) -> OidcError {
    OidcError::Unreachable { address: address.to_owned(), reason: reason.to_owned() }
}

/// What went wrong, without what was sent.
fn trouble(address: &str, error: &ureq::Error) -> OidcError {
    match error {
        ureq::Error::BodyExceedsLimit(_) => {
            OidcError::Answer { address: address.to_owned(), reason: "it is longer than a megabyte".to_owned() }
        }
        ureq::Error::Timeout(_) => unreachable(address, "it did not answer within ten seconds"),
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Io(_)
        | ureq::Error::Tls(_)
        | ureq::Error::Rustls(_) => unreachable(
            address,
            "no connection could be made or it broke; check the address, the network and the certificate",
        ),
        _ => unreachable(address, "it answered something that is not HTTP"),
    }
}

/// The value of `Authorization` for a user with a password (RFC 7617).
fn basic_authorization(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

impl HttpClient for PlatformClient {
    fn get<'a>(&'a self, address: &'a str, bearer: Option<&'a str>) -> HttpFuture<'a> {
        let authorization = bearer.map(|bearer| format!("Bearer {bearer}"));
        self.ask(address, move |agent, address| {
            let mut request = agent.get(address);
            if let Some(authorization) = authorization {
                request = request.header("Authorization", authorization);
            }
            request.call()
        })
    }

    fn post_form<'a>(
        &'a self,
        address: &'a str,
        basic: Option<(&'a str, &'a str)>,
        fields: &'a [(&'a str, &'a str)],
    ) -> HttpFuture<'a> {
        let authorization = basic.map(|(user, password)| basic_authorization(user, password));
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask(address, move |agent, address| {
            let mut request = agent.post(address).content_type("application/x-www-form-urlencoded");
            if let Some(authorization) = authorization {
                request = request.header("Authorization", authorization);
            }
            request.send(form)
        })
    }
}
