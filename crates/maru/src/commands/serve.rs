//! `maru serve`

use std::process::ExitCode;

use clap::Args;

use crate::{
    deployment::{DeploymentArguments, open_ledger},
    files, logging,
    server::{self, House, Manner},
};

/// Which deployment, and where.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maru serve --config maru.toml
  maru serve --data /var/lib/maru --database postgres://maru@127.0.0.1/maru --address 127.0.0.1:8420

It starts empty: import knowledge (maru knowledge import), train the classifier (maru inquiry train), sign in through
your OpenID Connect provider. docs/operation.md describes the configuration. Several servers may run on one PostgreSQL
database, each with the same keys.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// Address and port to listen on.
    #[arg(long)]
    address: Option<String>,
    /// No limits on how often one address may ask: for measurements, and behind a gateway that limits.
    #[arg(long)]
    no_rate_limits: bool,
}

/// Serves until told to stop.
///
/// # Errors
/// Where the deployment cannot be opened or the address cannot be listened on.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    logging::start();
    maru_gateway::process::raise_descriptor_limit();
    let mut configuration = arguments.deployment.configuration()?;
    if let Some(address) = &arguments.address {
        configuration.server.address.clone_from(address);
    }
    let manner = Manner { demonstration: false, unlimited: arguments.no_rate_limits };
    super::block_on(async {
        let ledger = open_ledger(&configuration, &files::counting_bar("opening")).await?;
        let house = House::open(&configuration, configuration.agency.clone(), ledger, None).await?;
        server::serve(&configuration, house, manner).await?;
        Ok(ExitCode::SUCCESS)
    })
}
