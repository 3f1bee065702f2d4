//! What was paid too much comes back: ordered with at least thirty days, by instalments, waived where the Act allows it.

use jiff::civil::Date;

use super::{Caller, ServiceError, WelfareService};
use crate::{
    domain::{
        Month, Recovery, RecoveryOrder, Refusal,
        proposal::PaymentState,
        recovery::{Ground, LEAST_DAYS},
    },
    store::{Named, recovery_id},
};

impl WelfareService {
    /// Orders the return of what was paid too much for some months of an award. The amount cannot be more than was paid.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] for an amount above what was paid, or too short a period.
    pub async fn demand(
        &self,
        caller: &Caller,
        award: &str,
        months: Vec<Month>,
        ground: Ground,
        amount: i64,
    ) -> Result<(String, Recovery), ServiceError> {
        self.permit(caller, "recover", &self.payments_desk())?;
        let known = self.inner.store.proposal(award).await?.ok_or(ServiceError::NotFound)?;
        let before = self.inner.store.recoveries_of(award).await?;
        let is_same = |one: &&Named<Recovery>| one.state.months.iter().any(|month| months.contains(month));
        // What was waived does not come back: it may be demanded on another ground.
        let demanded: i64 =
            before.iter().filter(is_same).filter(|one| !one.state.waived).map(|one| one.state.amount).sum();
        let paid: i64 = months
            .iter()
            .filter_map(|month| known.state.payments.get(month))
            .flatten()
            .filter(|payment| payment.state == PaymentState::Booked)
            .map(|payment| payment.amount)
            .sum();
        if amount > paid.saturating_sub(demanded) {
            return Err(Refusal::Amount.into());
        }
        // The day of the notice is not counted, and a last day on which banks are closed moves on.
        let due = self.days_from_now(caller, LEAST_DAYS).await?;
        let id = recovery_id(award, before.len() + 1);
        let by = caller.official()?;
        let order = RecoveryOrder::Demand { award: award.to_owned(), months, ground, amount, due, by };
        let recovery = self.order(caller, &id, order).await?;
        Ok((id, recovery))
    }

    /// All recoveries, the newest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn recoveries(&self, caller: &Caller) -> Result<Vec<Named<Recovery>>, ServiceError> {
        self.permit(caller, "read-payments", &self.payments_desk())?;
        Ok(self.inner.store.recoveries().await?)
    }

    /// One of them.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none, [`ServiceError::Forbidden`] for other departments.
    pub async fn recovery(&self, caller: &Caller, id: &str) -> Result<Named<Recovery>, ServiceError> {
        self.permit(caller, "read-payments", &self.payments_desk())?;
        self.inner.store.recovery(id).await?.ok_or(ServiceError::NotFound)
    }

    /// Reminds the debtor, with at least thirty days more (시행령 제11조제3항).
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where nothing is left.
    pub async fn remind(&self, caller: &Caller, id: &str) -> Result<Recovery, ServiceError> {
        let (by, until) = (caller.official()?, self.days_from_now(caller, LEAST_DAYS).await?);
        self.recover(caller, id, RecoveryOrder::Remind { until, by }).await
    }

    async fn recover(&self, caller: &Caller, id: &str, order: RecoveryOrder) -> Result<Recovery, ServiceError> {
        self.permit(caller, "recover", &self.payments_desk())?;
        self.order(caller, id, order).await
    }

    /// Agrees on instalments, the first on a day and then month by month.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] for too many.
    pub async fn spread(
        &self,
        caller: &Caller,
        id: &str,
        instalments: u32,
        first: Date,
    ) -> Result<Recovery, ServiceError> {
        let by = caller.official()?;
        self.recover(caller, id, RecoveryOrder::Spread { instalments, first, by }).await
    }

    /// Takes in money that came back; the same reference counts once.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] for more than is open.
    pub async fn receive(
        &self,
        caller: &Caller,
        id: &str,
        amount: i64,
        reference: String,
    ) -> Result<Recovery, ServiceError> {
        self.recover(caller, id, RecoveryOrder::Receive { amount, reference }).await
    }

    /// Waives what is left, where it was spent in good faith.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] for what was got by fraud.
    pub async fn waive(&self, caller: &Caller, id: &str, reason: String) -> Result<Recovery, ServiceError> {
        let by = caller.official()?;
        self.recover(caller, id, RecoveryOrder::Waive { reason, by }).await
    }
}
