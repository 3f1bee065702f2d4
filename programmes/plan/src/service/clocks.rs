//! The clocks of recommendations to agencies, reckoned anew when the government announces a holiday.

use jiff::Timestamp;
use maru_ledger::{Actor, Aggregate, CommandContext, Executed, StreamId};

use super::{PlanService, ServiceError};
use crate::domain::{Advice, advice::AdviceOrder};

impl PlanService {
    /// Reckons the last day of every recommendation that waits for its answer anew. Done again, it changes nothing: each decides
    /// by the calendar alone whether its day moves.
    pub(super) async fn reckon_advice(&self, now: Timestamp) -> Result<(), ServiceError> {
        let calendar = self.inner.holidays.refresh(now).await?;
        let running = self.inner.store.advices().await?.into_iter().filter(|named| named.state.answer.is_none());
        for named in running {
            let stream = StreamId::new(Advice::KIND, &named.id).map_err(|_| ServiceError::NotFound)?;
            let context = CommandContext::new(Actor::system(), now);
            let order = AdviceOrder::Reckon(calendar.clone());
            let done = self.inner.store.ledger().execute::<Advice>(&stream, order, context).await;
            match done.map(|executed: Executed<Advice>| executed.version).map_err(ServiceError::from) {
                Ok(_) => {}
                // It was answered meanwhile, or ends in a year whose holidays nobody knows yet.
                Err(ServiceError::Refused(why)) => {
                    tracing::info!(advice = named.id, code = why.code, "the day of a recommendation stays");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
