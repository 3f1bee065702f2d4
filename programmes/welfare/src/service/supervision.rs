//! Who supervises which benefit: named by a supervisor, told to everybody.

use maru_identity::Resource;

use super::{Caller, ServiceError, WelfareService};
use crate::domain::{
    Supervision, Supervisor,
    supervision::{NameSupervisor, SUPERVISION},
};

impl WelfareService {
    /// Names who supervises what the programme finds of a benefit, from a day on.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who is no supervisor; [`ServiceError::Refused`] without name, office or telephone number.
    pub async fn name_supervisor(
        &self,
        caller: &Caller,
        benefit: &str,
        supervisor: Supervisor,
    ) -> Result<Supervision, ServiceError> {
        self.permit(caller, "name-supervisor", &Resource::new("welfare", ""))?;
        let by = caller.official()?.account;
        let clean = |text: &str| text.trim().to_owned();
        let supervisor = Supervisor {
            name: clean(&supervisor.name),
            office: clean(&supervisor.office),
            telephone: clean(&supervisor.telephone),
            from: supervisor.from,
        };
        self.order(caller, SUPERVISION, NameSupervisor { benefit: benefit.to_owned(), supervisor, by }).await
    }

    /// Whom to ask about a benefit, in Korean and English: who supervises it today; where nobody is named, the department's head.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn contact(&self, caller: &Caller, benefit: &str) -> Result<(String, String), ServiceError> {
        let supervision = self.inner.store.supervision().await?;
        Ok(supervision.on(benefit, caller.today()).map_or_else(
            || self.inner.settings.supervision.clone(),
            |one| {
                let told = format!("{} {} ({})", one.office, one.name, one.telephone);
                (told.clone(), told)
            },
        ))
    }
}
