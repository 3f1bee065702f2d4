//! Taking over statutes, answers and services.
//!
//! Sources are read on a thread of their own, packed, and laid ready in the database in small transactions; at the end one transaction lets
//! them take the place of the old. What lies ready from an import that was stopped is used again.

mod lines;
mod matter;
mod notes;
mod reading;
mod statutes;
mod types;

pub use types::{
    BadLine, ImportContent, ImportListener, ImportProgress, ImportReport, ImportSource, ImportStage, Reader,
};

use std::collections::HashMap;

use maru_ledger::Ledger;
use tokio::sync::mpsc;

use crate::{
    error::KnowledgeError,
    store::{self, Digest, SourceKey},
};
use reading::Intake;

/// Batches that wait for the database: few, so that memory stays small.
const WAITING: usize = 2;

/// Reads sources and lets them take the place of the old ones.
pub(crate) async fn import(
    ledger: &Ledger,
    sources: Vec<ImportSource>,
    listener: Option<ImportListener>,
) -> Result<ImportReport, KnowledgeError> {
    let known = store::known(ledger).await?;
    let (stored, revision) = (known.stored, known.revision);
    let (sender, mut batches) = mpsc::channel(WAITING);
    let intake = Intake::new(known.ready, stored, sender, listener.clone());
    let reading = tokio::task::spawn_blocking(move || intake.read_all(sources));
    let mut laying = Ok(());
    while let Some(rows) = batches.recv().await {
        laying = store::lay_ready(ledger, rows, revision).await;
        if laying.is_err() {
            // Dropping the channel stops the reader at its next batch.
            break;
        }
    }
    drop(batches);
    let read = reading.await.map_err(|error| KnowledgeError::Stopped { reason: error.to_string() })?;
    laying?;
    let read = read?;
    let mut report = read.report;
    report.revision = revision;
    let rows = new_rows(read.found, &read.stored, &mut report);
    if rows.is_empty() {
        return Ok(report);
    }
    if let Some(listener) = &listener {
        let total = Some(report.read);
        listener(&ImportProgress { stage: ImportStage::TakingOver, source: String::new(), done: report.read, total });
    }
    report.revision = store::take_over(ledger, rows).await?;
    Ok(report)
}

/// What differs from what is stored; counts it.
fn new_rows(
    found: HashMap<SourceKey, Digest>,
    stored: &HashMap<SourceKey, Digest>,
    report: &mut ImportReport,
) -> Vec<(SourceKey, Digest)> {
    let mut rows = Vec::new();
    for (key, digest) in found {
        match stored.get(&key) {
            Some(before) if *before == digest => report.unchanged += 1,
            Some(_) => {
                report.changed += 1;
                rows.push((key, digest));
            }
            None => {
                report.added += 1;
                rows.push((key, digest));
            }
        }
    }
    rows.sort();
    rows
}
