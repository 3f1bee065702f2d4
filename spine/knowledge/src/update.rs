//! The index of this machine follows the rows of the database.

use std::{sync::Arc, time::Duration};

use maru_ledger::{DatabaseError, Ledger};
use tantivy::IndexWriter;

use crate::{
    citation::Resolver,
    error::KnowledgeError,
    import::{ImportListener, ImportProgress, ImportStage},
    index::{SearchIndex, Versions, documents_of},
    library::Library,
    store::{self, Changes},
};

/// How long to wait for another process that updates the same index before looking again.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// How often to look: ten minutes, far longer than an index of all statutes takes.
const LOOKS: u32 = 3_000;
/// Documents between two words of progress.
const STEP: u64 = 5_000;

/// Brings the index to the database's revision and opens it.
pub(crate) async fn follow(
    ledger: &Ledger,
    index: &SearchIndex,
    listener: Option<ImportListener>,
) -> Result<Library, KnowledgeError> {
    for _ in 0..LOOKS {
        let headers = store::act_headers(ledger).await?;
        let resolver = Arc::new(Resolver::new(&headers));
        let revision = store::revision(ledger).await?;
        let shown = index.revision()?;
        // An index that is ahead belongs to a database that was restored from a backup: it begins again.
        let since = if shown > revision { 0 } else { shown };
        if shown == revision {
            return blocking({
                let index = index.clone();
                move || Library::open(&index, &headers, resolver, revision)
            })
            .await;
        }
        let Some(writer) = index.writer()? else {
            tokio::time::sleep(LOOK_AGAIN).await;
            continue;
        };
        let changes = store::changes(ledger, since).await?;
        if changes.revision != revision {
            // Somebody imported in between: what was read of the acts is out of date.
            continue;
        }
        let versions = Versions::new(&headers);
        write(ledger, index, writer, since, changes, versions, resolver, listener.clone()).await?;
    }
    Err(index.failed(&"another process has been writing it for ten minutes"))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KnowledgeError> + Send + 'static,
) -> Result<T, KnowledgeError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| KnowledgeError::Stopped { reason: error.to_string() })?
}

#[expect(clippy::too_many_arguments, reason = "one call; a struct would only name them twice")]
async fn write(
    ledger: &Ledger,
    index: &SearchIndex,
    writer: IndexWriter,
    since: u64,
    changes: Changes,
    versions: Versions,
    resolver: Arc<Resolver>,
    listener: Option<ImportListener>,
) -> Result<(), KnowledgeError> {
    let Changes { revision, gone, acts_changed, count } = changes;
    if since == 0 {
        writer.set_merge_policy(Box::new(tantivy::merge_policy::NoMergePolicy));
        writer.delete_all_documents().map_err(|error| index.failed(&error))?;
    }
    for key in &gone {
        writer.delete_term(index.source_term(&key.kind, &key.name));
    }
    let writer = Arc::new(writer);
    let adding = Arc::clone(&writer);
    let fields = index.fields;
    let mut done = 0;
    let mut told = 0;
    store::each_changed(ledger, since, acts_changed, move |packed| {
        let work = |error: &dyn std::fmt::Display| DatabaseError::work(error.to_string());
        for document in documents_of(&fields, &packed, &versions, &resolver).map_err(|error| work(&error))? {
            adding.add_document(document).map_err(|error| work(&error))?;
        }
        done += 1;
        if let Some(listener) = listener.as_ref().filter(|_| done - told >= STEP / 50 || done == count) {
            told = done;
            let source = String::new();
            listener(&ImportProgress { stage: ImportStage::Indexing, source, done, total: Some(count) });
        }
        Ok(())
    })
    .await?;
    let index = index.clone();
    blocking(move || {
        let writer = Arc::into_inner(writer)
            .ok_or_else(|| KnowledgeError::Stopped { reason: "the index is still being written".to_owned() })?;
        index.commit(writer, revision, since == 0)
    })
    .await
}
