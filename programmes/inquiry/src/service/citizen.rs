//! What petitioners ask and do.

use maru_identity::Role;
use serde_json::{Value as Json, json};

use super::{Caller, Done, InquiryService, ServiceError};
use crate::{
    domain::{AccessCode, Correction, Order, Receipt, Said, Statement, petitioner_subject},
    store::{CitizenView, QueueFilter, QueuePage, citizen_view, stream_of},
};

impl InquiryService {
    /// A case as its petitioner sees it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for who may not see it.
    pub async fn citizen_case(&self, caller: &Caller, receipt: &Receipt) -> Result<CitizenView, ServiceError> {
        // The petitioner's own words are personal originals.
        self.permit_citizen(caller, "read-personal", receipt).await?;
        let case = self.case(receipt).await?;
        let calendar = self.calendar(caller.now).await?;
        let mut view = citizen_view(&case, self.agency(), &calendar, caller.now).ok_or(ServiceError::NotFound)?;
        self.name_entries(&mut view.timeline).await?;
        Ok(view)
    }

    /// As `permit`, but officials are sent to their own view, in which words are masked and every look is recorded.
    async fn permit_citizen(&self, caller: &Caller, action: &str, receipt: &Receipt) -> Result<(), ServiceError> {
        if caller.principal.as_ref().is_some_and(|principal| principal.role != Role::Citizen) {
            return Err(ServiceError::forbidden(
                "민원인의 화면입니다. 공무원은 처리 화면에서 보십시오.",
                "This is the petitioner's view; officials use the work view.",
            ));
        }
        self.permit(caller, action, receipt).await.map(drop)
    }

    /// The caller's own cases.
    ///
    /// # Errors
    /// [`ServiceError::SignInRequired`] for a stranger.
    pub async fn my_cases(&self, caller: &Caller, mut filter: QueueFilter) -> Result<QueuePage, ServiceError> {
        let account = Self::account(caller)?;
        filter.account = Some(account);
        filter.department = None;
        filter.official = None;
        Ok(self.inner.store.queue_page(filter).await?)
    }

    /// Opens a case by number and code: gives its code back if they fit together. For the page that asks for both.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where they do not.
    pub async fn opens(&self, receipt: &Receipt, code: &AccessCode) -> Result<(), ServiceError> {
        let head = self.inner.store.head(receipt).await?.ok_or(ServiceError::NotFound)?;
        if code.digest(receipt) == head.code_digest { Ok(()) } else { Err(ServiceError::NotFound) }
    }

    /// The petitioner, or an official, puts right what was understood.
    ///
    /// # Errors
    /// As all commands: who may not, [`ServiceError::Forbidden`] or [`ServiceError::NotFound`]; a [`ServiceError::Refused`]
    /// with reason, article and remedy.
    pub async fn correct(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        correction: Correction,
    ) -> Result<Done, ServiceError> {
        self.permit(caller, "correct-understanding", receipt).await?;
        self.check_correction(&correction)?;
        let staff = caller.principal.as_ref().is_some_and(|principal| principal.role.is_staff());
        let by = if staff { Said::Official } else { Said::Citizen };
        if !staff && (correction.department.is_some() || correction.period.is_some()) {
            return Err(ServiceError::field(
                "department",
                "부서와 처리기간은 담당자가 정해요.",
                "Department and period are for officials to set.",
            ));
        }
        self.order(caller, receipt, Order::Correct { by, correction }).await
    }

    fn check_correction(&self, correction: &Correction) -> Result<(), ServiceError> {
        if let Some(category) = &correction.category
            && self.agency().category(category).is_none()
        {
            return Err(ServiceError::field("category", "없는 분야예요.", "There is no such category."));
        }
        if let Some(department) = &correction.department
            && self.agency().department(department).is_none()
        {
            return Err(ServiceError::field("department", "없는 부서예요.", "There is no such department."));
        }
        Ok(())
    }

    /// The petitioner sends what was missing.
    ///
    /// # Errors
    /// As [`Self::correct`].
    pub async fn supply_completion(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        text: &str,
    ) -> Result<Done, ServiceError> {
        self.permit(caller, "complete", receipt).await?;
        let text = Statement::new(&Self::subject(receipt), text);
        self.order(caller, receipt, Order::SupplyCompletion { text }).await
    }

    /// The petitioner gets more time to send it.
    ///
    /// # Errors
    /// As [`Self::correct`].
    pub async fn prolong_completion(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        days: u16,
    ) -> Result<Done, ServiceError> {
        self.permit(caller, "complete", receipt).await?;
        self.order(caller, receipt, Order::ProlongCompletion { days }).await
    }

    /// The petitioner takes the inquiry back.
    ///
    /// # Errors
    /// As [`Self::correct`].
    pub async fn withdraw(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        reason: Option<&str>,
    ) -> Result<Done, ServiceError> {
        self.permit(caller, "withdraw", receipt).await?;
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        let reason = reason.map(|reason| Statement::new(&Self::subject(receipt), reason));
        self.order(caller, receipt, Order::Withdraw { reason }).await
    }

    /// The petitioner objects to the refusal.
    ///
    /// # Errors
    /// As [`Self::correct`].
    pub async fn object(&self, caller: &Caller, receipt: &Receipt, text: &str) -> Result<Done, ServiceError> {
        self.permit(caller, "object", receipt).await?;
        let text = Statement::new(&Self::subject(receipt), text);
        self.order(caller, receipt, Order::Object { text }).await
    }

    /// The petitioner rates the answer.
    ///
    /// # Errors
    /// As [`Self::correct`].
    pub async fn rate(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        stars: u8,
        comment: Option<&str>,
    ) -> Result<Done, ServiceError> {
        self.permit(caller, "rate", receipt).await?;
        let comment = comment.map(str::trim).filter(|comment| !comment.is_empty());
        let comment = comment.map(|comment| Statement::new(&Self::subject(receipt), comment));
        self.order(caller, receipt, Order::Rate { stars, comment }).await
    }

    /// The petitioner has the personal data erased: their keys are destroyed, every proof stays whole. Who may withdraw
    /// may do this; the case must be closed.
    ///
    /// # Errors
    /// As [`Self::correct`].
    pub async fn erase(&self, caller: &Caller, receipt: &Receipt) -> Result<Done, ServiceError> {
        self.permit(caller, "withdraw", receipt).await?;
        let done = self.order(caller, receipt, Order::Erase).await?;
        // The job that the event calls for does the same, should this server stop here.
        self.destroy_keys(receipt, caller.actor(), caller.now).await?;
        Ok(done)
    }

    /// Destroys the keys of an erased case.
    pub(crate) async fn destroy_keys(
        &self,
        receipt: &Receipt,
        actor: maru_ledger::Actor,
        now: jiff::Timestamp,
    ) -> Result<(), ServiceError> {
        for subject in [petitioner_subject(receipt), crate::domain::office_subject(receipt)] {
            self.ledger().erase_subject(&subject, actor.clone(), now).await?;
        }
        self.similar().forget(receipt);
        Ok(())
    }

    /// The document that proves, without us, everything that happened in the case.
    ///
    /// # Errors
    /// As [`Self::citizen_case`].
    pub async fn proof(&self, caller: &Caller, receipt: &Receipt) -> Result<String, ServiceError> {
        self.permit(caller, "download-proof", receipt).await?;
        // To an official the petitioner's words stay sealed; the proof holds all the same.
        let staff = caller.principal.as_ref().is_some_and(|principal| principal.role.is_staff());
        let open = if staff { Vec::new() } else { vec![petitioner_subject(receipt)] };
        let stream = stream_of(receipt).map_err(|_| ServiceError::NotFound)?;
        self.ledger().stream_proof(&stream, &open).await?.ok_or(ServiceError::NotFound)
    }

    /// Everything of the case in one document, with the proof.
    ///
    /// # Errors
    /// As [`Self::citizen_case`].
    pub async fn download(&self, caller: &Caller, receipt: &Receipt) -> Result<Json, ServiceError> {
        let view = self.citizen_case(caller, receipt).await?;
        let proof = self.proof(caller, receipt).await?;
        let internal = |error: serde_json::Error| ServiceError::Internal(error.to_string());
        let proof: Json = serde_json::from_str(&proof).map_err(internal)?;
        Ok(json!({
            "format": "maru-inquiry-v1",
            "inquiry": serde_json::to_value(view).map_err(internal)?,
            "proof": proof,
        }))
    }
}
