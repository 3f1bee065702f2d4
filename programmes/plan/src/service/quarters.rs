//! Quarters whose standing was frozen, and the documents that prove without us what stands in the log.

use jiff::Timestamp;
use maru_ledger::{Aggregate, StreamId};

use super::{PlanService, ServiceError};
use crate::{
    domain::{Book, Number, Quarter, Recommendation, book::BookEvent, frozen::Standings},
    store::BOOK,
};

/// A quarter with the standing that was frozen at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenQuarter {
    /// The quarter.
    pub quarter: Quarter,
    /// When it was frozen.
    pub at: Timestamp,
    /// Its place in the log.
    pub position: u64,
    /// What stood where.
    pub standing: Standings,
}

impl PlanService {
    /// The quarters that were frozen, the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn frozen_quarters(&self) -> Result<Vec<FrozenQuarter>, ServiceError> {
        let mut frozen = Vec::new();
        for event in self.inner.store.ledger().events(&Self::book_stream()?).await? {
            if let Ok(BookEvent::QuarterFrozen { quarter, standing, .. }) = serde_json::from_value(event.payload) {
                frozen.push(FrozenQuarter { quarter, at: event.at, position: event.position, standing });
            }
        }
        frozen.sort_by_key(|one| one.quarter);
        Ok(frozen)
    }

    /// A frozen quarter, and the one that was frozen before it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the quarter was not frozen.
    pub async fn frozen_quarter(
        &self,
        quarter: Quarter,
    ) -> Result<(FrozenQuarter, Option<FrozenQuarter>), ServiceError> {
        let mut frozen = self.frozen_quarters().await?;
        frozen.retain(|one| one.quarter <= quarter);
        let wanted = frozen.pop().filter(|one| one.quarter == quarter).ok_or(ServiceError::NotFound)?;
        Ok((wanted, frozen.pop()))
    }

    /// The document that proves, without us, every version of the plan and every frozen quarter.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no plan yet.
    pub async fn proof_of_plan(&self) -> Result<String, ServiceError> {
        self.proof_of(&Self::book_stream()?).await
    }

    /// The document that proves, without us, everything that happened to a recommendation.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub async fn proof_of_recommendation(&self, number: Number) -> Result<String, ServiceError> {
        let stream = StreamId::new(Recommendation::KIND, number).map_err(|_| ServiceError::NotFound)?;
        self.proof_of(&stream).await
    }

    async fn proof_of(&self, stream: &StreamId) -> Result<String, ServiceError> {
        // Nothing in these streams is sealed: nothing is to be opened.
        self.inner.store.ledger().stream_proof(stream, &[]).await?.ok_or(ServiceError::NotFound)
    }

    fn book_stream() -> Result<StreamId, ServiceError> {
        StreamId::new(Book::KIND, BOOK).map_err(|_| ServiceError::NotFound)
    }
}
