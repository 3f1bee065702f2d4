//! The keys of a deployment: the master key that wraps the persons' keys, and the key that signs checkpoints.

use std::{
    fmt, fs,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::SigningKey;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    entropy::{Entropy, draw},
    record::hexadecimal,
};

/// 32 secret bytes, wiped when dropped.
pub(crate) type SecretBytes = Zeroizing<[u8; 32]>;

/// The variable of the environment with the master key, in base64.
pub const MASTER_KEY_VARIABLE: &str = "MARU_MASTER_KEY";
/// The variable with former master keys that are still accepted, in base64, separated by commas.
pub const PREVIOUS_MASTER_KEYS_VARIABLE: &str = "MARU_MASTER_KEY_PREVIOUS";
/// The variable with the seed of the signing key, in base64.
pub const SIGNING_KEY_VARIABLE: &str = "MARU_SIGNING_KEY";

const MASTER_KEY_FILE: &str = "master.key";
const SIGNING_KEY_FILE: &str = "signing.key";

/// Why the keys cannot be used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// Others may read the file.
    #[error("{path} may be read by others (mode {mode:o}); run: chmod 600 {path}")]
    Mode {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file cannot be read or written.
    #[error("{path} cannot be read or written: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// What is given is not a key.
    #[error("{place} does not hold a key: expected 32 bytes in base64, such as `openssl rand -base64 32` gives")]
    Form {
        /// The file or the variable.
        place: String,
    },
}

/// A master key with its identifier, which is stored beside what it wraps.
#[derive(Clone)]
pub(crate) struct MasterKey {
    pub(crate) identifier: String,
    pub(crate) bytes: SecretBytes,
}

impl MasterKey {
    fn new(bytes: SecretBytes) -> Self {
        let digest = Sha256::new().chain_update(b"maru-master-key\n").chain_update(bytes.as_slice()).finalize();
        Self { identifier: hexadecimal(&digest[..8]), bytes }
    }
}

/// The keys of a deployment. All servers on one database have the same.
#[derive(Clone)]
pub struct LedgerKeys {
    signing: SecretBytes,
    /// The first wraps; the others are accepted.
    masters: Vec<MasterKey>,
}

impl fmt::Debug for LedgerKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LedgerKeys(not shown)")
    }
}

impl LedgerKeys {
    /// Keys given as bytes: for tests, and for deployments that fetch them from elsewhere.
    pub fn new(signing: [u8; 32], master: [u8; 32]) -> Self {
        Self { signing: Zeroizing::new(signing), masters: vec![MasterKey::new(Zeroizing::new(master))] }
    }

    /// The same keys with a new master key; the former ones stay accepted until everything is wrapped anew
    /// ([`crate::Ledger::rewrap_subject_keys`]).
    #[must_use]
    pub fn with_new_master(mut self, master: [u8; 32]) -> Self {
        self.masters.insert(0, MasterKey::new(Zeroizing::new(master)));
        self
    }

    /// Takes each key from the environment ([`MASTER_KEY_VARIABLE`], [`SIGNING_KEY_VARIABLE`]) or else from a file in
    /// `directory`, made at the first start and readable by its owner alone.
    pub fn load(
        directory: &Path,
        environment: impl Fn(&str) -> Option<String>,
        entropy: &dyn Entropy,
    ) -> Result<Self, KeyError> {
        let from_environment = |variable: &str| match environment(variable).filter(|text| !text.trim().is_empty()) {
            Some(text) => text.split(',').map(|one| decode(one, variable)).collect::<Result<Vec<_>, _>>(),
            None => Ok(Vec::new()),
        };
        let mut masters = from_environment(MASTER_KEY_VARIABLE)?;
        if masters.is_empty() {
            masters = read_or_make(&directory.join(MASTER_KEY_FILE), entropy)?;
        }
        masters.extend(from_environment(PREVIOUS_MASTER_KEYS_VARIABLE)?);
        let mut signing = from_environment(SIGNING_KEY_VARIABLE)?;
        if signing.is_empty() {
            signing = read_or_make(&directory.join(SIGNING_KEY_FILE), entropy)?;
        }
        let none = || KeyError::Form { place: directory.display().to_string() };
        let signing = signing.into_iter().next().ok_or_else(none)?;
        Ok(Self { signing, masters: masters.into_iter().map(MasterKey::new).collect() })
    }

    /// Puts a new master key before the others in the file in `directory`. Restart the servers, wrap everything anew,
    /// then call [`LedgerKeys::drop_previous_masters`].
    pub fn add_master_to_file(directory: &Path, entropy: &dyn Entropy) -> Result<(), KeyError> {
        let path = directory.join(MASTER_KEY_FILE);
        let mut keys = read_or_make(&path, entropy)?;
        keys.insert(0, Zeroizing::new(draw(entropy)));
        write_keys(&path, &keys)
    }

    /// Leaves only the newest master key in the file in `directory`.
    pub fn drop_previous_masters(directory: &Path, entropy: &dyn Entropy) -> Result<(), KeyError> {
        let path = directory.join(MASTER_KEY_FILE);
        let mut keys = read_or_make(&path, entropy)?;
        keys.truncate(1);
        write_keys(&path, &keys)
    }

    pub(crate) fn signing_key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.signing)
    }

    pub(crate) fn current_master(&self) -> Option<&MasterKey> {
        self.masters.first()
    }

    pub(crate) fn master(&self, identifier: &str) -> Option<&MasterKey> {
        self.masters.iter().find(|master| master.identifier == identifier)
    }
}

fn decode(text: &str, place: &str) -> Result<SecretBytes, KeyError> {
    let form = || KeyError::Form { place: place.to_owned() };
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| form())?);
    let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| form())?;
    Ok(Zeroizing::new(key))
}

fn read_or_make(path: &Path, entropy: &dyn Entropy) -> Result<Vec<SecretBytes>, KeyError> {
    let failed = |cause| KeyError::File { path: path.to_owned(), cause };
    match fs::metadata(path) {
        Ok(metadata) => {
            let mode = metadata.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(KeyError::Mode { path: path.to_owned(), mode });
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            write_keys(path, &[Zeroizing::new(draw(entropy))])?;
        }
        Err(error) => return Err(failed(error)),
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(failed)?);
    let place = path.display().to_string();
    let keys = text.lines().filter(|line| !line.trim().is_empty()).map(|line| decode(line, &place));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() { Err(KeyError::Form { place }) } else { Ok(keys) }
}

/// Writes beside the file and renames, so that a crash leaves the former or the new keys, never none.
fn write_keys(path: &Path, keys: &[SecretBytes]) -> Result<(), KeyError> {
    let failed = |cause| KeyError::File { path: path.to_owned(), cause };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(failed)?;
    }
    let beside = path.with_extension("key.new");
    let mut text = Zeroizing::new(String::new());
    for key in keys {
        text.push_str(&STANDARD.encode(key.as_slice()));
        text.push('\n');
    }
    let _ = fs::remove_file(&beside);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)?;
    // The name must be on the disk before anything is sealed under the key.
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn keys_are_made_once_and_kept_private() {
        let directory = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        let first = LedgerKeys::load(directory.path(), |_| None, &entropy).unwrap();
        let again = LedgerKeys::load(directory.path(), |_| None, &entropy).unwrap();
        assert_eq!(first.signing, again.signing);
        assert_eq!(first.masters[0].bytes, again.masters[0].bytes);
        assert_ne!(first.signing, first.masters[0].bytes);
        let path = directory.path().join(MASTER_KEY_FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = LedgerKeys::load(directory.path(), |_| None, &entropy).unwrap_err().to_string();
        assert!(refused.contains("chmod 600"), "{refused}");
    }

    #[test]
    fn the_environment_comes_before_the_files() {
        let directory = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        let given = |variable: &str| match variable {
            MASTER_KEY_VARIABLE => Some(STANDARD.encode([1; 32])),
            PREVIOUS_MASTER_KEYS_VARIABLE => Some(format!("{},{}", STANDARD.encode([2; 32]), STANDARD.encode([3; 32]))),
            _ => Some(STANDARD.encode([4; 32])),
        };
        let keys = LedgerKeys::load(directory.path(), given, &entropy).unwrap();
        assert_eq!(keys.masters.len(), 3);
        assert_eq!(*keys.signing, [4; 32]);
        assert!(fs::read_dir(directory.path()).unwrap().next().is_none(), "nothing is written");
        let wrong = LedgerKeys::load(directory.path(), |_| Some("c2hvcnQ=".to_owned()), &entropy).unwrap_err();
        assert!(wrong.to_string().starts_with(MASTER_KEY_VARIABLE));
    }

    #[test]
    fn a_new_master_key_stands_before_the_old_until_that_is_dropped() {
        let directory = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        let before = LedgerKeys::load(directory.path(), |_| None, &entropy).unwrap();
        LedgerKeys::add_master_to_file(directory.path(), &entropy).unwrap();
        let both = LedgerKeys::load(directory.path(), |_| None, &entropy).unwrap();
        assert_eq!(both.masters.len(), 2);
        assert_eq!(both.masters[1].bytes, before.masters[0].bytes);
        LedgerKeys::drop_previous_masters(directory.path(), &entropy).unwrap();
        let after = LedgerKeys::load(directory.path(), |_| None, &entropy).unwrap();
        assert_eq!(after.masters.len(), 1);
        assert_eq!(after.masters[0].bytes, both.masters[0].bytes);
    }
}
