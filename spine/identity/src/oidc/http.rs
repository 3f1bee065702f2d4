//! The way to a provider: a small trait, so that nothing else here knows the HTTP client.

use std::{fmt, future::Future, pin::Pin, time::Duration};

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
const LONGEST_BODY: usize = 1_048_576;

/// The HTTP client for real providers: TLS by rustls, certificates of the platform.
pub struct ReqwestClient {
    client: reqwest::Client,
}

impl fmt::Debug for ReqwestClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ReqwestClient")
    }
}

impl ReqwestClient {
    /// A client. No connection is made yet.
    pub fn new() -> Result<Self, OidcError> {
        // Whoever comes first installs the provider for the whole process; all of Maru uses the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client =
            reqwest::Client::builder()
                .timeout(PATIENCE)
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(|error| OidcError::Settings { reason: format!("the HTTP client cannot be made: {error}") })?;
        Ok(Self { client })
    }
}

async fn answer(address: &str, request: reqwest::RequestBuilder) -> Result<HttpAnswer, OidcError> {
    let unreachable = |error: &reqwest::Error| OidcError::Unreachable {
        address: address.to_owned(),
        reason: if error.is_timeout() {
            "it did not answer within ten seconds".to_owned()
        } else if error.is_connect() {
            "no connection could be made; check the address, the network and the certificate".to_owned()
        } else {
            "the connection broke".to_owned()
        },
    };
    let mut response = request.send().await.map_err(|error| unreachable(&error))?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len().saturating_add(chunk.len()) > LONGEST_BODY {
            let reason = "it is longer than a megabyte".to_owned();
            return Err(OidcError::Answer { address: address.to_owned(), reason });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpAnswer { status, body })
}

impl HttpClient for ReqwestClient {
    fn get<'a>(&'a self, address: &'a str, bearer: Option<&'a str>) -> HttpFuture<'a> {
        let mut request = self.client.get(address).header("Accept", "application/json");
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        Box::pin(answer(address, request))
    }

    fn post_form<'a>(
        &'a self,
        address: &'a str,
        basic: Option<(&'a str, &'a str)>,
        fields: &'a [(&'a str, &'a str)],
    ) -> HttpFuture<'a> {
        let mut request = self.client.post(address).header("Accept", "application/json").form(fields);
        if let Some((user, password)) = basic {
            request = request.basic_auth(user, Some(password));
        }
        Box::pin(answer(address, request))
    }
}
