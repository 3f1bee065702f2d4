//! Citizens' panels: announced, their pool fixed, drawn by lot, filled up.

use super::{Caller, PlanService, ServiceError};
use crate::{
    domain::{
        Actor, Panel,
        panel::{Notice, PanelOrder},
    },
    store::Named,
};

impl PlanService {
    /// One panel.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub async fn panel(&self, id: &str) -> Result<Named<Panel>, ServiceError> {
        self.inner.store.panel(id).await?.ok_or(ServiceError::NotFound)
    }

    /// Announces a panel; gives its name.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where the seed could be known already.
    pub async fn announce_panel(&self, caller: &Caller, notice: Notice) -> Result<String, ServiceError> {
        let id = self.draw();
        self.panel_order(caller, &id, |by| PanelOrder::Announce(notice, by)).await?;
        Ok(id)
    }

    /// Fixes the pool, given as a table with tabs.
    ///
    /// # Errors
    /// As [`Self::announce_panel`]; [`ServiceError::Refused`] from the day of the seed on, and where quotas cannot be kept.
    pub async fn fix_pool(&self, caller: &Caller, id: &str, table: String) -> Result<Panel, ServiceError> {
        self.panel_order(caller, id, |by| PanelOrder::FixPool(table, by)).await
    }

    /// Draws with the seed that became public, or fills up with the same.
    ///
    /// # Errors
    /// As [`Self::announce_panel`]; [`ServiceError::Refused`] before the day of the seed.
    pub async fn draw_panel(&self, caller: &Caller, id: &str, seed: String) -> Result<Panel, ServiceError> {
        self.panel_order(caller, id, |by| PanelOrder::Draw(seed, by)).await
    }

    /// Enters that a member withdrew.
    ///
    /// # Errors
    /// As [`Self::announce_panel`]; [`ServiceError::Refused`] for a code that is no member's.
    pub async fn withdraw_member(&self, caller: &Caller, id: &str, code: String) -> Result<Panel, ServiceError> {
        self.panel_order(caller, id, |by| PanelOrder::Withdraw(code, by)).await
    }

    async fn panel_order(
        &self,
        caller: &Caller,
        id: &str,
        order: impl FnOnce(Actor) -> PanelOrder,
    ) -> Result<Panel, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        self.order(caller, id, order(by)).await
    }
}
