//! `maru rules serve`: OpenFisca's Web API over HTTP.

use std::{
    net::{SocketAddr, TcpListener},
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context;
use axum::Router;
use clap::Args;
use maru_laws::web_api::Served;

use super::{ModeArguments, PackageArguments};
use crate::logging;

/// Serve a package.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maru rules serve laws/korea/openfisca_korea
  maru rules serve laws/korea/openfisca_korea --address 127.0.0.1:2000 --parity
  curl http://127.0.0.1:5000/variables
  curl --json @situation.json http://127.0.0.1:5000/calculate

Addresses, status codes, headers and error bodies are those of openfisca serve: /calculate, /trace, /variables,
/variable/ID, /parameters, /parameter/ID, /entities, /spec. A population goes in as Parquet files or Arrow streams, one for
each kind of entity, and comes out as one; with -H 'Accept: application/vnd.apache.arrow.stream' as an Arrow stream:

  curl -F person=@person.parquet -F household=@household.parquet -o answer.parquet \\
    'http://127.0.0.1:5000/batch?period=2026-03&variables=basic_pension'")]
pub(crate) struct Arguments {
    #[command(flatten)]
    package: PackageArguments,
    /// Address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:5000")]
    address: SocketAddr,
    /// Reforms that are served, such as package.reforms.module.name.
    #[arg(short, long, value_name = "PATHS", value_delimiter = ',')]
    reforms: Vec<String>,
    /// Extensions that are served: packages beside this one.
    #[arg(short, long, value_name = "NAMES", value_delimiter = ',')]
    extensions: Vec<String>,
    /// The greeting at /, instead of OpenFisca's.
    #[arg(long)]
    welcome_message: Option<String>,
    #[command(flatten)]
    mode: ModeArguments,
}

/// Serves until told to stop.
///
/// # Errors
/// Where the package cannot be read or the address cannot be listened on.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    logging::start();
    let mut package = arguments.package.load()?;
    package.system = package.reformed(&arguments.reforms, &arguments.extensions)?;
    let package = Arc::new(package);
    let served = Served::new(Arc::clone(&package), arguments.mode.options());
    let served = served.welcome(arguments.welcome_message.as_deref());
    let listener = TcpListener::bind(arguments.address).with_context(|| {
        format!(
            "{} cannot be listened on; is another server running there? Choose another with --address",
            arguments.address
        )
    })?;
    listener.set_nonblocking(true).context("the address cannot be listened on without waiting")?;
    tracing::info!(
        address = %arguments.address,
        package = package.name,
        variables = package.system.variables.len(),
        "serving"
    );
    serve_on_all_processors(&listener, &served.router())?;
    Ok(ExitCode::SUCCESS)
}

/// A thread for each processor, each with connections of its own: a small question is read, calculated and answered without waking
/// another thread, which takes longer than the calculation.
fn serve_on_all_processors(listener: &TcpListener, router: &Router) -> anyhow::Result<()> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let servers: Vec<_> = (0..processors).map(|_| scope.spawn(|| serve(listener, router))).collect();
        servers.into_iter().try_for_each(|server| {
            server.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a thread of the server broke off")))
        })
    })
}

fn serve(listener: &TcpListener, router: &Router) -> anyhow::Result<()> {
    let listener = listener.try_clone().context("the address cannot be listened on by several threads")?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime could be started")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).context("the address cannot be listened on")?;
        maru_web::serve_promptly(listener, router.clone(), Box::pin(told_to_stop())).await;
        Ok(())
    })
}

async fn told_to_stop() {
    // Where signals cannot be had, the server runs until it is killed.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
