//! Field visits: planned, recorded on the spot, followed until their findings are closed.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::civil::Date;
use maru_identity::Resource;
use maru_ledger::Personal;

use super::{Caller, PlanService, ServiceError, mask};
use crate::{
    digest::sha256,
    domain::{
        Evidence, Felt, Number, Photo, Refusal, Visit,
        felt::{FeltOrder, Said},
        visit::{
            LARGEST_PHOTO, PhotoOrder, Planned, Record, Taken, VisitOrder, VisitRefusal, checklist, without_metadata,
        },
    },
    store::Named,
};

/// Most photos of a visit.
const MOST_PHOTOS: usize = 30;

/// A visit that is to be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVisit {
    /// What is visited.
    pub recommendation: Number,
    /// The body; empty for the lead.
    pub body: String,
    /// Where.
    pub place: String,
    /// When.
    pub on: Date,
}

/// A photo that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPhoto {
    /// SHA-256 of the file, in hexadecimal digits.
    pub digest: String,
    /// What it shows.
    pub caption: String,
    /// The file.
    pub file: Vec<u8>,
}

/// The record with personal data masked: it is public.
fn masked(mut record: Record) -> Record {
    record.summary = mask(&record.summary);
    record.answers.values_mut().for_each(|answer| answer.note = mask(&answer.note));
    record.findings.iter_mut().for_each(|finding| finding.text = mask(&finding.text));
    record
}

impl PlanService {
    /// Plans a visit, with the points of the rule as they stand; gives its identifier.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] for a day that has passed.
    pub async fn plan_visit(&self, caller: &Caller, new: NewVisit) -> Result<String, ServiceError> {
        let by = self.deciding(caller, "run-visits")?;
        let whole = self.whole(caller).await?;
        let seen = whole.seen(new.recommendation).ok_or(ServiceError::NotFound)?;
        let lead = seen.recommendation.entry.as_ref().map(|entry| entry.lead.clone()).unwrap_or_default();
        let planned = Planned {
            recommendation: new.recommendation,
            body: if new.body.is_empty() { lead } else { new.body },
            place: new.place.trim().to_owned(),
            on: new.on,
            reasons: whole.risk_of(seen),
            questions: checklist(),
        };
        let id = self.draw();
        drop(self.order::<Visit>(caller, &id, VisitOrder::Plan(planned, by)).await?);
        Ok(id)
    }

    /// A visit; while it is ahead or was called off it is seen by the committee alone.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none for this caller.
    pub async fn visit(&self, caller: &Caller, id: &str) -> Result<Named<Visit>, ServiceError> {
        let found = self.inner.store.visit(id).await?.ok_or(ServiceError::NotFound)?;
        let shown = !found.state.records.is_empty() || self.may(caller, "run-visits", &Self::committee());
        if shown { Ok(found) } else { Err(ServiceError::NotFound) }
    }

    /// The visits that the caller may see, the newest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn visits(&self, caller: &Caller) -> Result<Vec<Named<Visit>>, ServiceError> {
        let all = self.may(caller, "run-visits", &Self::committee());
        let mut visits = self.inner.store.visits().await?;
        visits.retain(|named| all || !named.state.records.is_empty());
        visits.sort_by_key(|named| std::cmp::Reverse(named.state.planned.as_ref().map(|planned| planned.on)));
        Ok(visits)
    }

    /// Calls a visit off.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where it was recorded.
    pub async fn cancel_visit(&self, caller: &Caller, id: &str, reason: String) -> Result<Visit, ServiceError> {
        let by = self.deciding(caller, "run-visits")?;
        self.order(caller, id, VisitOrder::Cancel(reason, by)).await
    }

    /// Takes in what was recorded on the spot. The same record again changes nothing.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] where answers are missing.
    pub async fn record_visit(&self, caller: &Caller, id: &str, record: Record) -> Result<Visit, ServiceError> {
        let by = self.deciding(caller, "run-visits")?;
        self.order(caller, id, VisitOrder::Record(masked(record), by)).await
    }

    /// Takes in a photo, without what the camera wrote into it. The same photo again changes nothing; gives its identifier.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where it is no JPEG picture, too large, or not what its digest says.
    pub async fn add_photo(&self, caller: &Caller, visit: &str, new: NewPhoto) -> Result<String, ServiceError> {
        let by = self.deciding(caller, "run-visits")?;
        let known = self.inner.store.visit(visit).await?.ok_or(ServiceError::NotFound)?;
        if !known.state.cancelled.is_empty() {
            return Err(Refusal::from(VisitRefusal::Cancelled).into());
        }
        let not_a_photo = || ServiceError::from(Refusal::from(VisitRefusal::NotAPhoto));
        let fits = new.file.len() <= LARGEST_PHOTO && sha256(&new.file) == new.digest;
        if !fits {
            return Err(not_a_photo());
        }
        let clean = without_metadata(&new.file).map_err(|_| not_a_photo())?;
        let id = format!("{visit}.{}", new.digest);
        let photos = self.inner.store.photos(visit).await?;
        if photos.len() >= MOST_PHOTOS && !photos.iter().any(|photo| photo.id == id) {
            return Err(Refusal::from(VisitRefusal::TooMuch).into());
        }
        let picture = Personal::new(format!("fieldvisit-{visit}"), STANDARD.encode(clean));
        let taken = Taken { visit: visit.to_owned(), digest: new.digest, caption: mask(&new.caption), picture };
        drop(self.order::<Photo>(caller, &id, PhotoOrder::Take(taken, by)).await?);
        Ok(id)
    }

    /// Whether the caller may see photos of a visit: the committee, and the body that was visited.
    pub fn may_see_photos(&self, caller: &Caller, visit: &Visit) -> bool {
        let body = visit.planned.as_ref().map(|planned| planned.body.clone()).unwrap_or_default();
        self.may(caller, "run-visits", &Self::committee())
            || self.may(caller, "follow-finding", &Resource::new("plan", "").in_department(body))
    }

    /// A photo as a JPEG file.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none, or not for this caller.
    pub async fn photo(&self, caller: &Caller, visit: &str, digest: &str) -> Result<Vec<u8>, ServiceError> {
        let known = self.visit(caller, visit).await?;
        if !self.may_see_photos(caller, &known.state) {
            return Err(ServiceError::NotFound);
        }
        let picture = self.inner.store.picture(&format!("{visit}.{digest}")).await?.ok_or(ServiceError::NotFound)?;
        STANDARD.decode(picture).map_err(|error| ServiceError::Internal(error.to_string()))
    }

    /// Says what the caller's body did about a finding.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other bodies; [`ServiceError::Refused`] where the finding is closed.
    pub async fn follow_finding(
        &self,
        caller: &Caller,
        id: &str,
        finding: usize,
        text: String,
        evidence: Vec<Evidence>,
    ) -> Result<Visit, ServiceError> {
        let known = self.inner.store.visit(id).await?.ok_or(ServiceError::NotFound)?;
        let body = known.state.planned.map(|planned| planned.body).unwrap_or_default();
        self.permit(caller, "follow-finding", &Resource::new("plan", id).in_department(body))?;
        let by = caller.acting()?;
        self.order(caller, id, VisitOrder::FollowUp(finding, text, evidence, by)).await
    }

    /// What a body did about a finding is not enough.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where nothing was done since.
    pub async fn send_back_finding(
        &self,
        caller: &Caller,
        id: &str,
        finding: usize,
        reason: String,
    ) -> Result<Visit, ServiceError> {
        let by = self.deciding(caller, "run-visits")?;
        self.order(caller, id, VisitOrder::SendBack(finding, reason, by)).await
    }

    /// Closes a finding.
    ///
    /// # Errors
    /// As [`Self::send_back_finding`].
    pub async fn close_finding(
        &self,
        caller: &Caller,
        id: &str,
        finding: usize,
        note: String,
    ) -> Result<Visit, ServiceError> {
        let by = self.deciding(caller, "run-visits")?;
        self.order(caller, id, VisitOrder::Close(finding, note, by)).await
    }

    /// Takes in what a citizen says of a recommendation. Who signed in says it once, and may change it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such recommendation; [`ServiceError::Forbidden`] for officials.
    pub async fn say_felt(&self, caller: &Caller, said: Said) -> Result<Felt, ServiceError> {
        self.permit(caller, "comment", &Resource::new("plan-comment", ""))?;
        self.in_plan(said.recommendation).await?;
        let account = caller.principal.as_ref().map(|principal| principal.account.as_str());
        let own = account.map(|account| format!("{}.{}", said.recommendation, sha256(account.as_bytes())));
        let id = own.unwrap_or_else(|| self.draw());
        let said = Said { text: mask(&said.text), ..said };
        self.order(caller, &id, FeltOrder::Say(said, account.map(str::to_owned))).await
    }
}
