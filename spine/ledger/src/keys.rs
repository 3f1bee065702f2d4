//! The keys of a deployment: the master key that wraps the persons' keys, and the key that signs checkpoints.

use std::fmt;

use zeroize::Zeroizing;

/// 32 secret bytes, wiped when dropped.
pub(crate) type SecretBytes = Zeroizing<[u8; 32]>;

/// The keys of a deployment.
#[derive(Clone)]
pub struct LedgerKeys {
    pub(crate) signing: SecretBytes,
    pub(crate) master: SecretBytes,
    pub(crate) previous_masters: Vec<SecretBytes>,
}

impl fmt::Debug for LedgerKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LedgerKeys(not shown)")
    }
}

impl LedgerKeys {
    /// Keys given as bytes: for tests, and for deployments that fetch them from elsewhere.
    pub fn new(signing: [u8; 32], master: [u8; 32]) -> Self {
        Self { signing: Zeroizing::new(signing), master: Zeroizing::new(master), previous_masters: Vec::new() }
    }
}
