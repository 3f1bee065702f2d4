//! A population in one request: Parquet files or Arrow streams in, one of either out.
//!
//! `POST …/batch?period=2026-03&variables=a,b` with `multipart/form-data`: one part for each kind of entity, named by its
//! key (`person`, `household` …), holding what `maru rules run` reads from `person.parquet`. All variables asked for belong
//! to one kind of entity; the answer is its file. A part may be an Arrow stream or file with the same columns; who accepts
//! `application/vnd.apache.arrow.stream` gets one back.

use std::{io::Write as _, path::Path, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, Query, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use maru_columns::{ColumnsError, arrow};
use maru_rules::{period::Period, simulation::Options, system::System};
use serde::Deserialize;
use serde_json::json;

use super::Served;

/// The largest population in one request, in bytes: some twenty million persons with a few facts. Larger ones are files
/// for `maru rules run`.
const LARGEST: usize = 512 << 20;
/// Populations that are received and calculated at once: each may take as much room on the disk as a request may send.
pub(super) const AT_ONCE: usize = 2;
/// How long a population may take to arrive.
const ARRIVES_WITHIN: Duration = Duration::from_mins(10);
/// The media type of Parquet.
const PARQUET: &str = "application/vnd.apache.parquet";
/// The media type of a stream of Arrow's record batches.
const ARROW: &str = "application/vnd.apache.arrow.stream";

/// How much a request may send.
pub(super) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(LARGEST)
}

/// What is asked.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    period: String,
    variables: String,
}

/// Why a population was not calculated.
#[derive(Debug, thiserror::Error)]
enum BatchError {
    #[error("{0}")]
    Request(String),
    #[error("other populations are being calculated; try again in a minute")]
    Busy,
    #[error("the population did not arrive within {} minutes; send it over a faster line, or use maru rules run", ARRIVES_WITHIN.as_secs() / 60)]
    Slow,
    #[error(transparent)]
    Parts(#[from] multer::Error),
    #[error("{0}")]
    Columns(#[from] ColumnsError),
    #[error("{0}")]
    Files(#[from] std::io::Error),
    #[error("{0}")]
    Thread(#[from] tokio::task::JoinError),
}

impl IntoResponse for BatchError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Parts(multer::Error::StreamSizeExceeded { .. } | multer::Error::StreamReadFailed(_)) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::Request(_) | Self::Parts(_) => StatusCode::BAD_REQUEST,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Columns(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Files(_) | Self::Thread(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(error = %self, "a population was not calculated");
            return (status, axum::Json(json!({ "error": "The population could not be calculated. Try again." })))
                .into_response();
        }
        (status, axum::Json(json!({ "error": self.to_string() }))).into_response()
    }
}

/// Calculates a population.
pub(super) async fn answer(State(served): State<Served>, Query(asked): Query<Asked>, request: Request) -> Response {
    let mut accepted = request.headers().get_all(header::ACCEPT).iter().filter_map(|kinds| kinds.to_str().ok());
    let as_arrow = accepted.any(|kinds| kinds.contains(ARROW));
    let kind = if as_arrow { ARROW } else { PARQUET };
    match population(served, asked, request, as_arrow).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn population(served: Served, asked: Asked, request: Request, as_arrow: bool) -> Result<Vec<u8>, BatchError> {
    let period = Period::parse(&asked.period)
        .ok_or_else(|| BatchError::Request("write the period as 2026, 2026-01 or 2026-01-15".to_owned()))?;
    let variables: Vec<String> = asked.variables.split(',').map(|name| name.trim().to_owned()).collect();
    let entity = entity_of(&served.package.system, &variables)?;
    let _upload = Arc::clone(&served.uploads).try_acquire_owned().map_err(|_| BatchError::Busy)?;
    let folder = tempfile::tempdir()?;
    let (input, output) = (folder.path().join("in"), folder.path().join("out"));
    std::fs::create_dir(&input)?;
    let arrival = receive(&served.package.system, request, &input);
    tokio::time::timeout(ARRIVES_WITHIN, arrival).await.map_err(|_| BatchError::Slow)??;
    // Only what is there takes a place among the calculations.
    let _place = Arc::clone(&served.room).acquire_owned().await.map_err(|_| BatchError::Busy)?;
    let done = tokio::task::spawn_blocking(move || {
        for entity in &served.package.system.entities {
            in_parquet(&input.join(format!("{}.parquet", entity.key)))?;
        }
        let question = maru_columns::Question {
            input: &input,
            output: &output,
            period,
            variables: &variables,
            options: Options { threads: 1, ..served.options },
            done: None,
        };
        maru_columns::run_parquet(&served.package, &question)?;
        let mut path = output.join(format!("{entity}.parquet"));
        if as_arrow {
            let stream = path.with_extension("arrow");
            arrow::to_arrow(&path, &stream)?;
            path = stream;
        }
        let answer = std::fs::read(path)?;
        // The folder goes when the answer is read.
        drop(folder);
        Ok(answer)
    });
    done.await?
}

/// A part as a Parquet file: what came as Arrow is turned into one.
fn in_parquet(path: &Path) -> Result<(), BatchError> {
    if path.exists() && arrow::is_arrow(path)? {
        let arrived = path.with_extension("arrow");
        std::fs::rename(path, &arrived)?;
        arrow::to_parquet(&arrived, path)?;
        std::fs::remove_file(&arrived)?;
    }
    Ok(())
}

/// The kind of entity that all variables belong to.
fn entity_of(system: &System, variables: &[String]) -> Result<String, BatchError> {
    let mut entities = Vec::new();
    for name in variables {
        let variable = system.variables.get(name.as_str());
        let variable = variable
            .ok_or_else(|| BatchError::Request(format!("there is no variable «{name}»; /variables lists them")))?;
        entities.push(&system.entities[variable.entity].key);
    }
    let first =
        entities.first().ok_or_else(|| BatchError::Request("name variables, such as variables=a,b".to_owned()))?;
    match entities.iter().find(|entity| *entity != first) {
        None => Ok(first.to_string()),
        Some(other) => Err(BatchError::Request(format!(
            "the variables belong to «{first}» and to «{other}», and an answer is one table; ask once for each"
        ))),
    }
}

/// Writes the parts of a request into files.
async fn receive(system: &System, request: Request, folder: &Path) -> Result<(), BatchError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| {
        let keys: Vec<&str> = system.entities.iter().map(|entity| &*entity.key).collect();
        BatchError::Request(format!(
            "send multipart/form-data with one file for each kind of entity, Parquet or Arrow, in parts called {}",
            keys.join(", ")
        ))
    })?;
    let limits = multer::SizeLimit::new().whole_stream(LARGEST as u64);
    let body: Body = request.into_body();
    let constraints = multer::Constraints::new().size_limit(limits);
    let mut parts = multer::Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    while let Some(mut part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        if !system.entities.iter().any(|entity| *entity.key == *name) {
            let keys: Vec<&str> = system.entities.iter().map(|entity| &*entity.key).collect();
            return Err(BatchError::Request(format!(
                "there is no kind of entity «{name}»; parts are called {}",
                keys.join(", ")
            )));
        }
        // What arrives goes into the system's cache of files: that takes less time than handing it to another thread.
        let mut file = std::fs::File::create(folder.join(format!("{name}.parquet")))?;
        while let Some(bytes) = part.chunk().await? {
            file.write_all(&bytes)?;
        }
    }
    Ok(())
}
