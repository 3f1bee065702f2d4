//! Evidence has its time: what the programme found is kept for five years after it served last, and then forgotten, each on record.

use std::path::PathBuf;

use jiff::Timestamp;
use maru_ledger::{Aggregate, CommandContext, Executed, StreamId};

use super::{ServiceError, WelfareService};
use crate::domain::{
    Refusal, ScreeningRun,
    lot::{LotOrder, ProposalLot},
    retention,
    screening_run::ScreeningOrder,
};

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Lots of proposals.
    pub lots: usize,
    /// Screenings with their files.
    pub screenings: usize,
}

impl WelfareService {
    /// Forgets evidence whose five years are over: the bytes of lots in whose place others came, and what screenings wrote. What the
    /// log committed to stays on it. Called again, or by several servers, it forgets nothing twice; each server takes away the
    /// files on its own machine.
    ///
    /// # Errors
    /// Where the database cannot be used, or a folder cannot be taken away.
    pub async fn forget_old_evidence(&self, now: Timestamp) -> Result<Forgotten, ServiceError> {
        let cut_off = retention::cut_off(now);
        let mut forgotten = Forgotten::default();
        for (lot, held_until) in self.inner.store.lots_out_of_use(cut_off).await? {
            self.forget::<ProposalLot>(&lot, LotOrder::Forget { held_until }, now).await?;
            forgotten.lots += 1;
        }
        // Asked of the log and not of this run: one before it may have been broken off after the event and before the bytes were gone.
        if self.inner.store.forgotten_lots().await? > 0 {
            self.inner.store.forget_lots().await?;
        }
        for named in self.inner.store.old_screenings(cut_off).await? {
            self.forget::<ScreeningRun>(&named.id, ScreeningOrder::Forget, now).await?;
            forgotten.screenings += 1;
        }
        self.remove_forgotten_files().await?;
        Ok(forgotten)
    }

    async fn forget<A: Aggregate<Refusal = Refusal>>(
        &self,
        id: &str,
        order: A::Command,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let stream = StreamId::new(A::KIND, id).map_err(|_| ServiceError::NotFound)?;
        let context = CommandContext::new(maru_ledger::Actor::system(), now);
        let executed: Executed<A> = self.inner.store.ledger().execute::<A>(&stream, order, context).await?;
        drop(executed);
        Ok(())
    }

    /// Takes away what is left on this machine of screenings that were forgotten, wherever that was recorded.
    async fn remove_forgotten_files(&self) -> Result<(), ServiceError> {
        let folder = self.inner.settings.work.join("screenings");
        let Ok(entries) = std::fs::read_dir(&folder) else { return Ok(()) };
        let folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        for path in folders {
            let Some(id) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let known = self.inner.store.screening(id).await?;
            if known.is_some_and(|named| named.state.forgotten.is_some()) {
                let removed = tokio::task::spawn_blocking(move || std::fs::remove_dir_all(path)).await;
                let removed = removed.map_err(|error| ServiceError::Internal(error.to_string()))?;
                removed
                    .map_err(|error| ServiceError::Internal(format!("old evidence could not be removed: {error}")))?;
            }
        }
        Ok(())
    }
}
