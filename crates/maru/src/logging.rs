//! What servers say about themselves, on standard error. Never a name, an address, a text or a query.

use tracing_subscriber::EnvFilter;

/// Begins to log, by `RUST_LOG` or from `info` on.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,tantivy=warn"));
    // A second call in the same process changes nothing.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
