//! A plain HTTP client for the public log: what any third party would use.

use std::time::Duration;

use anyhow::bail;

/// Fetches resources under one address.
pub(crate) struct Fetcher {
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
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
        // Another part of the program may have chosen the provider already; it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { client, runtime, base: url.trim_end_matches('/').to_owned() })
    }

    /// The body of a resource of the log.
    ///
    /// # Errors
    /// A sentence that says why it could not be had.
    pub(crate) fn get(&self, path: &str) -> Result<Vec<u8>, String> {
        let url = format!("{}/{}", self.base, path.trim_start_matches('/'));
        self.runtime.block_on(async {
            let response = self.client.get(&url).send().await.map_err(|error| error.without_url().to_string())?;
            if !response.status().is_success() {
                return Err(format!("the server answered {}", response.status()));
            }
            Ok(response.bytes().await.map_err(|error| error.without_url().to_string())?.to_vec())
        })
    }
}
