//! What a ministry does: it reports, and answers the committee's recommendations.

use jiff::civil::Date;
use maru_identity::Resource;

use super::{Caller, Files, PlanService, ServiceError};
use crate::domain::{
    Actor, Advice, Number, Recommendation, Report,
    advice::{AdviceOrder, Asked},
};

impl PlanService {
    /// Reports a quarter, without files.
    ///
    /// # Errors
    /// As [`Self::report_with_files`].
    pub async fn report(
        &self,
        caller: &Caller,
        number: Number,
        report: Report,
    ) -> Result<Recommendation, ServiceError> {
        self.report_with_files(caller, number, report, Files::default()).await
    }

    async fn advised(&self, caller: &Caller, id: &str) -> Result<Actor, ServiceError> {
        let advice = self.inner.store.advice(id).await?.ok_or(ServiceError::NotFound)?;
        let body = advice.state.given.map(|given| given.body).unwrap_or_default();
        self.permit(caller, "answer-advice", &Resource::new("plan", id).in_department(body))?;
        caller.acting()
    }

    /// Asks for more time to answer a recommendation of the committee.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other bodies; [`ServiceError::Refused`] after the period.
    pub async fn ask_extension(
        &self,
        caller: &Caller,
        id: &str,
        until: Date,
        reason: String,
    ) -> Result<Advice, ServiceError> {
        let by = self.advised(caller, id).await?;
        self.order(caller, id, AdviceOrder::AskExtension(Asked { until, reason }, by)).await
    }

    /// Reports the improvement and action plan that a recommendation of the committee calls for.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other bodies; [`ServiceError::Refused`] where it was answered already.
    pub async fn answer_advice(
        &self,
        caller: &Caller,
        id: &str,
        improvement: String,
        action: String,
    ) -> Result<Advice, ServiceError> {
        let by = self.advised(caller, id).await?;
        self.order(caller, id, AdviceOrder::Answer { improvement, action, by }).await
    }
}
