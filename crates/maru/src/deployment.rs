//! A deployment as commands open it: configuration, keys, ledger.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use indicatif::ProgressBar;
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys, SystemEntropy};

use crate::{composition, configuration::Configuration};

/// Which deployment a command is about. Values given here win over the environment, and that over the file.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct DeploymentArguments {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", env = "MARU_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of keys, search index and, unless said otherwise, the database; it is made where it is missing.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// `sqlite:PATH` or `postgres://USER@HOST/NAME`.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) database: Option<String>,
}

impl DeploymentArguments {
    /// File, then environment, then what was given.
    ///
    /// # Errors
    /// Where the file cannot be read or understood.
    pub(crate) fn configuration(&self) -> anyhow::Result<Configuration> {
        let mut configuration = Configuration::load(self.config.as_deref(), |name| std::env::var(name).ok())?;
        if let Some(data) = &self.data {
            configuration.server.data.clone_from(data);
            // A folder that is named is the whole deployment, unless a database is named too.
            if self.database.is_none() {
                configuration.server.database = None;
            }
        }
        if let Some(database) = &self.database {
            configuration.server.database = Some(database.clone());
        }
        Ok(configuration)
    }
}

/// The keys of a deployment: from the environment, or files in the data folder that only its owner reads.
///
/// # Errors
/// Where they cannot be read or made.
pub(crate) fn keys(data: &Path) -> anyhow::Result<LedgerKeys> {
    std::fs::create_dir_all(data).with_context(|| format!("the folder {} could not be made", data.display()))?;
    LedgerKeys::load(data, |name| std::env::var(name).ok(), &SystemEntropy).context("the keys could not be used")
}

/// How the ledger of a deployment is opened; long work is shown on `bar`.
///
/// # Errors
/// As [`keys`].
pub(crate) fn ledger_configuration(configuration: &Configuration, bar: &ProgressBar) -> anyhow::Result<LedgerConfig> {
    let keys = keys(&configuration.server.data)?;
    let mut config = LedgerConfig::new(configuration.database(), keys, configuration.server.log_name.clone());
    let bar = bar.clone();
    config.progress = Some(std::sync::Arc::new(move |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    }));
    Ok(config)
}

/// Opens the ledger with the projections of all programmes.
///
/// # Errors
/// Where the keys, the database or the log in it do not fit; the message says what to do.
pub(crate) async fn open_ledger(configuration: &Configuration, bar: &ProgressBar) -> anyhow::Result<Ledger> {
    open_ledger_with(configuration, bar, |_| {}).await
}

/// The same, opened otherwise than usual.
///
/// # Errors
/// As [`open_ledger`].
pub(crate) async fn open_ledger_with(
    configuration: &Configuration,
    bar: &ProgressBar,
    otherwise: impl FnOnce(&mut LedgerConfig),
) -> anyhow::Result<Ledger> {
    let mut config = ledger_configuration(configuration, bar)?;
    otherwise(&mut config);
    let ledger = Ledger::open(config, composition::projections()).await;
    ledger.with_context(|| format!("the database {} could not be opened", without_password(&configuration.database())))
}

/// Opens the ledger of a deployment that is there: a mistyped folder is no empty log that verifies.
///
/// # Errors
/// As [`open_ledger`], and where there is no database file.
pub(crate) async fn open_existing_ledger(configuration: &Configuration, bar: &ProgressBar) -> anyhow::Result<Ledger> {
    if let Some(path) = configuration.database().strip_prefix("sqlite:")
        && !Path::new(path).exists()
    {
        bail!(
            "there is no database at {path}; name the folder of the deployment with --data, or its database with --database"
        );
    }
    open_ledger(configuration, bar).await
}

/// A database address as it may be shown.
pub(crate) fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let Some((user, host)) = rest.rsplit_once('@') else { return address.to_owned() };
    let user = user.split_once(':').map_or(user, |(name, _)| name);
    format!("{scheme}://{user}@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(without_password("postgres://maru:se@cret@db:5432/maru"), "postgres://maru@db:5432/maru");
        assert_eq!(without_password("sqlite:/var/lib/maru.sqlite"), "sqlite:/var/lib/maru.sqlite");
    }

    #[test]
    fn a_mistyped_folder_is_no_empty_log() {
        let folder = tempfile::tempdir().unwrap().path().join("mistyped");
        let arguments = DeploymentArguments { data: Some(folder.clone()), ..DeploymentArguments::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let opened =
            runtime.block_on(open_existing_ledger(&arguments.configuration().unwrap(), &ProgressBar::hidden()));
        assert!(opened.is_err_and(|error| error.to_string().contains("there is no database at")) && !folder.exists());
    }

    #[test]
    fn a_named_folder_is_the_whole_deployment() {
        let arguments = DeploymentArguments { data: Some("somewhere".into()), ..DeploymentArguments::default() };
        assert_eq!(arguments.configuration().unwrap().database(), "sqlite:somewhere/maru.sqlite");
    }
}
