//! AI for all: ministries write who is reached, citizens pose problems, the committee chooses, officials at counters write down their help.

use maru_identity::Resource;

use super::{Caller, PlanService, ServiceError, mask};
use crate::{
    domain::for_all::{
        Assist, AssistOrder, Assisted, Audit, AuditOrder, Audited, Breakdown, Chosen, Field, Labs, LabsOrder, Posed,
        Problem, ProblemOrder, Reach, ReachOrder, Solved, field,
    },
    store::{LABS, Named},
};

impl PlanService {
    /// A field as policies know it: its body reports on it.
    pub fn field_resource(field: &Field) -> Resource {
        Resource::new("plan", field.id).in_department(field.lead)
    }

    /// Enters who is reached.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other bodies; [`ServiceError::Refused`] for parts in which people could be recognised.
    pub async fn enter_reach(&self, caller: &Caller, id: &str, breakdown: Breakdown) -> Result<Reach, ServiceError> {
        let field = field(id).ok_or(ServiceError::NotFound)?;
        self.permit(caller, "report-progress", &Self::field_resource(field))?;
        let by = caller.acting()?;
        self.order(caller, field.id, ReachOrder::Enter(breakdown, by)).await
    }

    /// Confirms a figure, or sends it back with a reason.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where it was decided already.
    pub async fn decide_reach(
        &self,
        caller: &Caller,
        id: &str,
        number: usize,
        reason: Option<String>,
    ) -> Result<Reach, ServiceError> {
        let field = field(id).ok_or(ServiceError::NotFound)?;
        let by = self.deciding(caller, "confirm-progress")?;
        self.order(caller, field.id, ReachOrder::Decide { number, reason, by }).await
    }

    /// Poses a problem; gives its name. Personal data in it are masked.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for officials; [`ServiceError::Refused`] where words are missing.
    pub async fn pose_problem(&self, caller: &Caller, posed: Posed) -> Result<String, ServiceError> {
        self.permit(caller, "comment", &Resource::new("plan-comment", ""))?;
        let posed = Posed { title: mask(&posed.title), text: mask(&posed.text) };
        let id = self.draw();
        let account = caller.principal.as_ref().map(|principal| principal.account.clone());
        drop(self.order::<Problem>(caller, &id, ProblemOrder::Pose(posed, account)).await?);
        Ok(id)
    }

    /// Chooses a problem for a laboratory, or not.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::NotFound`] where there is no such laboratory.
    pub async fn choose_problem(&self, caller: &Caller, id: &str, chosen: Chosen) -> Result<Problem, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        if let Some(lab) = chosen.lab {
            let known = self.inner.store.labs().await?;
            known.labs.iter().find(|one| one.number == lab).ok_or(ServiceError::NotFound)?;
        }
        self.order(caller, id, ProblemOrder::Choose(chosen, by)).await
    }

    /// Says what became of a problem.
    ///
    /// # Errors
    /// As [`Self::choose_problem`]; [`ServiceError::Refused`] where it is said to be solved without evidence.
    pub async fn finish_problem(&self, caller: &Caller, id: &str, outcome: Solved) -> Result<Problem, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        self.order(caller, id, ProblemOrder::Finish(outcome, by)).await
    }

    /// Enters a laboratory.
    ///
    /// # Errors
    /// As [`Self::choose_problem`].
    pub async fn open_lab(
        &self,
        caller: &Caller,
        (name, place): (String, String),
        opened: jiff::civil::Date,
    ) -> Result<Labs, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        self.order(caller, LABS, LabsOrder::Open(name, place, opened, by)).await
    }

    /// One accessibility audit.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub async fn audit(&self, id: &str) -> Result<Named<Audit>, ServiceError> {
        self.inner.store.audit(id).await?.ok_or(ServiceError::NotFound)
    }

    /// Records an accessibility audit; gives its name.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where something is missing.
    pub async fn record_audit(&self, caller: &Caller, audited: Audited) -> Result<String, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        let id = self.draw();
        drop(self.order::<Audit>(caller, &id, AuditOrder::Record(audited, by)).await?);
        Ok(id)
    }

    /// An audit as policies know it: the body that runs the service puts right what failed.
    pub fn audit_resource(audit: &Audit) -> Resource {
        let body = audit.audited.as_ref().map(|audited| audited.body.clone()).unwrap_or_default();
        Resource::new("plan", "").in_department(body)
    }

    /// Says what the body that runs the service did about a criterion that failed.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other bodies; [`ServiceError::Refused`] where it did not fail.
    pub async fn repair_audit(
        &self,
        caller: &Caller,
        id: &str,
        (criterion, done): (String, String),
    ) -> Result<Audit, ServiceError> {
        let known = self.audit(id).await?.state;
        self.permit(caller, "follow-finding", &Self::audit_resource(&known))?;
        let by = caller.acting()?;
        self.order(caller, id, AuditOrder::Repair { criterion, done, by }).await
    }

    /// Says whether what failed is right now, with the reason where it is not.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where the body did nothing since.
    pub async fn look_again(
        &self,
        caller: &Caller,
        id: &str,
        (criterion, not_right): (String, Option<String>),
    ) -> Result<Audit, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        self.order(caller, id, AuditOrder::LookAgain { criterion, not_right, by }).await
    }

    /// Writes down a help that was given at a counter.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than officials.
    pub async fn log_help(&self, caller: &Caller, assisted: Assisted) -> Result<(), ServiceError> {
        self.permit(caller, "log-assistance", &Resource::new("plan-comment", ""))?;
        let service = mask(&assisted.service);
        let id = self.draw();
        drop(self.order::<Assist>(caller, &id, AssistOrder::Log(Assisted { service, ..assisted })).await?);
        Ok(())
    }
}
