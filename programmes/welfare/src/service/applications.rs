//! Applications and who makes them: the citizen, who acts for them, or the official for who cannot consent.

use jiff::civil::Date;
use maru_ledger::Personal;

use super::{Caller, OBJECTION_DAYS, ServiceError, WelfareService, life};
use crate::{
    domain::{
        Order, Proposal, Record, RecordOrder, Representative,
        proposal::{Finding, ForWhom, Incapacity, Means},
        representation::{Ground, Power},
    },
    store::Home,
};

/// Days within which the decision on an application is told (사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 시행령 제6조제1항;
/// 국민기초생활 보장법 제26조제4항).
pub(super) const APPLICATION_DAYS: i64 = 30;
/// Days from the application on, where an inquiry takes time for a special reason that is told (같은 조 제2항; 같은 항 단서).
const EXTENDED_DAYS: i64 = 60;

/// Somebody who acts for a person, as an official writes them down.
#[derive(Debug, Clone)]
pub struct Representing {
    /// For whom, by the name in the household.
    pub member: String,
    /// The name of who acts.
    pub name: String,
    /// On what ground.
    pub ground: Ground,
    /// What shows it.
    pub evidence: String,
    /// From this day.
    pub from: Date,
    /// Until this day, where it is known.
    pub until: Option<Date>,
    /// What they may do; none where the ground alone says so.
    pub powers: Vec<Power>,
}

impl WelfareService {
    /// The citizen applies for what was found, without waiting until an official confirms it.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where it was applied for already, or is confirmed.
    pub async fn apply(&self, caller: &Caller, id: &str) -> Result<Proposal, ServiceError> {
        self.known(caller, "consent", id).await?;
        let due = self.days_from_now(caller, APPLICATION_DAYS).await?;
        self.order(caller, id, Order::Apply { due, for_whom: None }).await
    }

    /// Takes down an application that was made at the counter or by telephone, by the citizen or by who may apply for them.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where who is named does not act for the person.
    pub async fn take_down_application(
        &self,
        caller: &Caller,
        id: &str,
        representative: Option<usize>,
    ) -> Result<Proposal, ServiceError> {
        let known = self.known(caller, "take-down-consent", id).await?;
        let finding = known.state.finding.ok_or(ServiceError::NotFound)?;
        let for_whom = self.acting(caller, &finding, representative, Power::Apply).await?;
        let due = self.days_from_now(caller, APPLICATION_DAYS).await?;
        self.order(caller, id, Order::Apply { due, for_whom }).await
    }

    /// Takes more time to decide on an application: until sixty days after it, once, and says why.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] the second time.
    pub async fn extend_application(
        &self,
        caller: &Caller,
        id: &str,
        reason: String,
    ) -> Result<Proposal, ServiceError> {
        let known = self.known(caller, "confirm-proposal", id).await?;
        let on = known.state.application.as_ref().map_or_else(|| caller.today(), |application| application.on);
        let (by, due) = (caller.official()?, self.after(caller.now, on, EXTENDED_DAYS).await?);
        self.order(caller, id, Order::ExtendApplication { due, reason, by }).await
    }

    /// Takes down the consent of the person, or of who speaks for them.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] before it was confirmed, or where who is named may not consent.
    pub async fn take_down_consent_of(
        &self,
        caller: &Caller,
        id: &str,
        means: Means,
        representative: Option<usize>,
    ) -> Result<Proposal, ServiceError> {
        let known = self.known(caller, "take-down-consent", id).await?;
        let finding = known.state.finding.ok_or(ServiceError::NotFound)?;
        let order = Order::Consent {
            means,
            taken_by: Some(caller.official()?),
            for_whom: self.acting(caller, &finding, representative, Power::Consent).await?,
            received_from: self.received_from(&finding).await?,
            objection_until: self.days_from_now(caller, OBJECTION_DAYS).await?,
        };
        self.order(caller, id, order).await
    }

    /// Applies without consent for who cannot give it; a supervisor reads the report (사회보장급여법 제5조제3항).
    ///
    /// # Errors
    /// [`ServiceError::Refused`] without evidence, or before it was confirmed.
    pub async fn apply_ex_officio(
        &self,
        caller: &Caller,
        id: &str,
        incapacity: Incapacity,
        evidence: &str,
    ) -> Result<Proposal, ServiceError> {
        let known = self.known(caller, "take-down-consent", id).await?;
        let finding = known.state.finding.ok_or(ServiceError::NotFound)?;
        let order = Order::ApplyExOfficio {
            incapacity,
            evidence: Personal::new(life::subject(&finding.household), evidence.trim()),
            received_from: self.received_from(&finding).await?,
            objection_until: self.days_from_now(caller, OBJECTION_DAYS).await?,
            by: caller.official()?,
        };
        self.order(caller, id, order).await
    }

    /// A supervisor read the report of an application without consent.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who is no supervisor; [`ServiceError::Refused`] for who applied.
    pub async fn see_ex_officio(&self, caller: &Caller, id: &str) -> Result<Proposal, ServiceError> {
        self.known(caller, "decide-contest", id).await?;
        let by = caller.official()?;
        self.order(caller, id, Order::SeeExOfficio { by }).await
    }

    /// Who acts on the day of the caller, as a proposal names them.
    async fn acting(
        &self,
        caller: &Caller,
        finding: &Finding,
        representative: Option<usize>,
        power: Power,
    ) -> Result<Option<ForWhom>, ServiceError> {
        let Some(place) = representative else { return Ok(None) };
        let home = self.inner.store.home(&finding.household).await?.ok_or(ServiceError::NotFound)?;
        Ok(Some(home.record.acting(place, caller.today(), power)?))
    }

    /// The household of a proposal, for who handles it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn household_of(&self, caller: &Caller, id: &str) -> Result<String, ServiceError> {
        let known = self.known(caller, "take-down-consent", id).await?;
        known.state.finding.map(|finding| finding.household).ok_or(ServiceError::NotFound)
    }

    /// Writes down who acts for a person of a household, after looking at the evidence.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] without name or evidence.
    pub async fn represent(
        &self,
        caller: &Caller,
        household: &str,
        asked: Representing,
    ) -> Result<Record, ServiceError> {
        let home = self.kept(caller, household).await?;
        let Representing { member, name, ground, evidence, from, until, powers } = asked;
        let is_there = home.household.as_ref().is_some_and(|home| home.member(&member).is_some());
        if !is_there {
            return Err(crate::domain::Refusal::MemberName.into());
        }
        let name = Personal::new(life::subject(household), name.trim());
        let (by, on) = (caller.official()?, caller.today());
        let (invitation, account) = (None, None);
        let representative =
            Representative { member, name, ground, evidence, from, until, by, on, powers, invitation, account };
        let order = RecordOrder::Represent { representative: Box::new(representative) };
        self.order(caller, household, order).await
    }

    /// Writes down the last day on which somebody acts for a person.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where the day lies before the first.
    pub async fn end_representation(
        &self,
        caller: &Caller,
        household: &str,
        place: usize,
        until: Date,
    ) -> Result<Record, ServiceError> {
        self.kept(caller, household).await?;
        let by = caller.official()?;
        self.order(caller, household, RecordOrder::EndRepresentation { place, until, by }).await
    }

    /// Who acts for the people of a household, with their names, for who may read its record.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for whose it is not.
    pub async fn representatives(&self, caller: &Caller, household: &str) -> Result<Vec<Representative>, ServiceError> {
        let home = self.inner.store.home(household).await?.ok_or(ServiceError::NotFound)?;
        self.permit(caller, "read-household", &self.record_of(&home))?;
        if home.record.representatives.is_empty() {
            return Ok(Vec::new());
        }
        let record = self.inner.store.opened::<Record>(household).await?;
        Ok(record.map(|record| record.representatives).unwrap_or_default())
    }

    /// A household whose record the caller may keep.
    pub(super) async fn kept(&self, caller: &Caller, household: &str) -> Result<Home, ServiceError> {
        let home = self.inner.store.home(household).await?.ok_or(ServiceError::NotFound)?;
        self.permit(caller, "answer-dispute", &self.record_of(&home))?;
        Ok(home)
    }
}
