//! A plain HTTP client for the public log: what any third party would use.

use std::{sync::Arc, time::Duration};

use anyhow::bail;
use ureq::tls::{RootCerts, TlsConfig};

/// How long one resource may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A tile has 256 entries, each at most 64 KiB (C2SP tlog-tiles); nothing of a log is larger.
const LARGEST: u64 = 256 * (65_535 + 2);

/// Fetches resources under one address.
pub(crate) struct Fetcher {
    agent: ureq::Agent,
    base: String,
}

impl Fetcher {
    /// A client for `http://…` or `https://…`.
    ///
    /// # Errors
    /// Where the address is not one.
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            bail!("{url:?} is not an address; write it as http://127.0.0.1:8420");
        }
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .build()
            .new_agent();
        Ok(Self { agent, base: url.trim_end_matches('/').to_owned() })
    }

    /// The body of a resource of the log.
    ///
    /// # Errors
    /// A sentence that says why it could not be had.
    pub(crate) fn get(&self, path: &str) -> Result<Vec<u8>, String> {
        let url = format!("{}/{}", self.base, path.trim_start_matches('/'));
        let response = self.agent.get(&url).call().map_err(|error| error.to_string())?;
        if !response.status().is_success() {
            return Err(format!("the server answered {}", response.status()));
        }
        response.into_body().into_with_config().limit(LARGEST).read_to_vec().map_err(|error| error.to_string())
    }
}
