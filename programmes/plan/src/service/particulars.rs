//! Milestones, indicators, budgets and bills: the lead body writes them, the committee confirms or sends back.

use super::{Caller, PlanService, ServiceError};
use crate::domain::{
    Actor, Number, Particulars, Refusal,
    particulars::{Item, Measure, ParticularRefusal, ParticularsOrder},
};

impl PlanService {
    /// What a recommendation is held to.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such recommendation.
    pub async fn particulars(&self, number: Number) -> Result<Particulars, ServiceError> {
        self.inner.store.recommendation(number).await?.ok_or(ServiceError::NotFound)?;
        Ok(self.inner.store.particulars(number).await?)
    }

    async fn writing(&self, caller: &Caller, number: Number) -> Result<Actor, ServiceError> {
        let known = self.in_plan(number).await?;
        self.permit(caller, "report-progress", &Self::resource_of(&known))?;
        caller.acting()
    }

    /// Enters a milestone, an indicator, a budget or a bill, or writes it anew; gives its name.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for bodies that take no part; [`ServiceError::Refused`] for what does not hold together.
    pub async fn put_item(
        &self,
        caller: &Caller,
        number: Number,
        id: Option<String>,
        item: Item,
    ) -> Result<String, ServiceError> {
        let by = self.writing(caller, number).await?;
        let id = match id {
            Some(id) => {
                self.inner.store.particulars(number).await?.of(&id).ok_or(ServiceError::NotFound)?;
                id
            }
            None => self.draw(),
        };
        let order = ParticularsOrder::Put { id: id.clone(), item: Box::new(item), by };
        drop(self.order::<Particulars>(caller, &number.to_string(), order).await?);
        Ok(id)
    }

    /// Adds a value to an indicator.
    ///
    /// # Errors
    /// As [`Self::put_item`].
    pub async fn measure_item(
        &self,
        caller: &Caller,
        number: Number,
        id: String,
        measure: Measure,
    ) -> Result<Particulars, ServiceError> {
        let by = self.writing(caller, number).await?;
        self.order(caller, &number.to_string(), ParticularsOrder::Measure { id, measure, by }).await
    }

    /// Confirms one of them as it is.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where it was confirmed already.
    pub async fn confirm_item(
        &self,
        caller: &Caller,
        number: Number,
        id: String,
        note: String,
    ) -> Result<Particulars, ServiceError> {
        let by = self.deciding(caller, "confirm-progress")?;
        self.in_plan(number).await?;
        self.order(caller, &number.to_string(), ParticularsOrder::Confirm { id, note, by }).await
    }

    /// Sends one of them back.
    ///
    /// # Errors
    /// As [`Self::confirm_item`].
    pub async fn send_back_item(
        &self,
        caller: &Caller,
        number: Number,
        id: String,
        reason: String,
    ) -> Result<Particulars, ServiceError> {
        let by = self.deciding(caller, "confirm-progress")?;
        self.in_plan(number).await?;
        self.order(caller, &number.to_string(), ParticularsOrder::SendBack { id, reason, by }).await
    }

    /// Takes one of them out. What the committee confirmed, it alone takes out.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for bodies that take no part; [`ServiceError::Refused`] for what was confirmed.
    pub async fn take_out_item(
        &self,
        caller: &Caller,
        number: Number,
        id: String,
        reason: String,
    ) -> Result<Particulars, ServiceError> {
        self.in_plan(number).await?;
        let known = self.particulars(number).await?;
        let kept = known.of(&id).ok_or(ServiceError::NotFound)?;
        let by = if self.may(caller, "confirm-progress", &Self::committee()) {
            caller.acting()?
        } else {
            let by = self.writing(caller, number).await?;
            if kept.confirmed.is_some() {
                return Err(Refusal::from(ParticularRefusal::ConfirmedStays).into());
            }
            by
        };
        self.order(caller, &number.to_string(), ParticularsOrder::Remove { id, reason, by }).await
    }
}
