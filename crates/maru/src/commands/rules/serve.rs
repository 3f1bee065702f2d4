//! `maru rules serve`: OpenFisca's Web API over HTTP.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::Context;
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use clap::Args;
use maru_rules::{
    simulation::Options,
    system::Package,
    web::{self, Request},
};
use tokio::net::TcpListener;

use super::{ModeArguments, PackageArguments};
use crate::logging;

/// The largest situation, in bytes.
const LARGEST: usize = 32 << 20;

/// Serve a package.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maru rules serve laws/korea/openfisca_korea
  maru rules serve laws/korea/openfisca_korea --address 127.0.0.1:2000 --parity
  curl http://127.0.0.1:5000/variables
  curl --json @situation.json http://127.0.0.1:5000/calculate

Addresses, status codes, headers and error bodies are those of openfisca serve: /calculate, /trace, /variables,
/variable/ID, /parameters, /parameter/ID, /entities, /spec.")]
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

/// What every request reads.
#[derive(Clone)]
struct Served {
    package: Arc<Package>,
    options: Options,
    welcome: Option<Arc<str>>,
}

/// Serves until told to stop.
///
/// # Errors
/// Where the package cannot be read or the address cannot be listened on.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    logging::start();
    let mut package = arguments.package.load()?;
    package.system = package.reformed(&arguments.reforms, &arguments.extensions)?;
    let served = Served {
        package: Arc::new(package),
        options: arguments.mode.options(),
        welcome: arguments.welcome_message.as_deref().map(Arc::from),
    };
    super::super::block_on(async {
        let listener = TcpListener::bind(arguments.address).await.with_context(|| {
            format!(
                "{} cannot be listened on; is another server running there? Choose another with --address",
                arguments.address
            )
        })?;
        tracing::info!(
            address = %arguments.address,
            package = served.package.name,
            variables = served.package.system.variables.len(),
            "serving"
        );
        axum::serve(listener, router(served)).with_graceful_shutdown(told_to_stop()).await.context("serving broke off")
    })?;
    Ok(ExitCode::SUCCESS)
}

fn router(served: Served) -> Router {
    Router::new().fallback(answer).layer(DefaultBodyLimit::max(LARGEST)).with_state(served)
}

async fn told_to_stop() {
    // Where signals cannot be had, the server runs until it is killed.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Every address: the rules decide what it means. Calculating is work for a thread of its own.
async fn answer(State(served): State<Served>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let host = format!("http://{}/", text(header::HOST).unwrap_or_else(|| "localhost".to_owned()));
    let (content_type, origin) = (text(header::CONTENT_TYPE), text(header::ORIGIN));
    let wanted_headers = text(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let answered = tokio::task::spawn_blocking(move || {
        let request = Request {
            method: method.as_str(),
            path: uri.path(),
            content_type: content_type.as_deref(),
            origin: origin.as_deref(),
            wanted_headers: wanted_headers.as_deref(),
            host: &host,
            welcome: served.welcome.as_deref(),
            body: &body,
        };
        web::respond(&served.package, &request, served.options)
    })
    .await;
    match answered {
        Ok(answered) => into_http(answered),
        Err(error) => {
            tracing::error!(%error, "a request broke off");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn into_http(answered: web::Response) -> Response {
    let mut response = match &answered.body {
        web::Body::Json(body) => {
            let mut text = body.to_string();
            text.push('\n');
            ([(header::CONTENT_TYPE, "application/json")], text).into_response()
        }
        web::Body::Html(page) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.clone()).into_response(),
    };
    *response.status_mut() = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answered.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}
