//! Recommendations of different bodies that speak of the same, and what a person decided of them.

use super::{Caller, PlanService, ServiceError};
use crate::domain::{
    Number,
    money::MoneyBeside,
    overlap::{Joined, OVERLAPS, Overlap, OverlapOrder, Overlaps, overlaps},
};

impl PlanService {
    /// What overlaps between bodies, and what was decided.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn overlaps(&self) -> Result<(Vec<Overlap>, Overlaps), ServiceError> {
        let known = self.inner.store.recommendations().await?;
        let entries: Vec<_> = known.into_iter().filter_map(|one| one.entry).collect();
        let found = tokio::task::spawn_blocking(move || overlaps(&entries));
        let found = found.await.map_err(|error| ServiceError::Internal(error.to_string()))?;
        Ok((found, self.inner.store.overlaps().await?))
    }

    /// What overlaps with the money of a year beside it; without `year`, of the newest of which budgets were entered.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn overlaps_with_money(
        &self,
        year: Option<i16>,
    ) -> Result<(Vec<Overlap>, Overlaps, MoneyBeside), ServiceError> {
        let (found, decided) = self.overlaps().await?;
        let held = self.inner.store.all_particulars().await?;
        let money = MoneyBeside::of(&held, year, (&found, &decided));
        Ok((found, decided, money))
    }

    /// Decides whether two are done together.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] without a reason.
    pub async fn decide_overlap(
        &self,
        caller: &Caller,
        (one, other): (Number, Number),
        join: bool,
        reason: String,
    ) -> Result<Overlaps, ServiceError> {
        let by = self.deciding(caller, "edit-dependencies")?;
        for number in [one, other] {
            self.in_plan(number).await?;
        }
        let joined = Joined { one, other, join, reason };
        self.order(caller, OVERLAPS, OverlapOrder::Decide(joined, by)).await
    }
}
