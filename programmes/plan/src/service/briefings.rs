//! Briefings: the committee announces and records them, organisations come, everybody may ask.

use std::collections::BTreeMap;

use maru_identity::Resource;

use super::{Caller, PlanService, ServiceError, mask};
use crate::{
    domain::{
        Actor, Briefing,
        briefing::{BriefingOrder, Notice},
    },
    store::Named,
};

impl PlanService {
    /// One briefing.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub async fn briefing(&self, id: &str) -> Result<Named<Briefing>, ServiceError> {
        self.inner.store.briefing(id).await?.ok_or(ServiceError::NotFound)
    }

    /// Announces a briefing; gives its name.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::NotFound`] where there is no such consultation.
    pub async fn announce_briefing(&self, caller: &Caller, notice: Notice) -> Result<String, ServiceError> {
        if let Some(consultation) = &notice.consultation {
            self.draft(consultation).await?;
        }
        let id = self.draw();
        self.briefing_order(caller, &id, |by| BriefingOrder::Announce(notice, by)).await?;
        Ok(id)
    }

    /// Invites organisations by name; those that are invited already stay as they are.
    ///
    /// # Errors
    /// As [`Self::announce_briefing`]; [`ServiceError::Refused`] for too many.
    pub async fn invite_organisations(
        &self,
        caller: &Caller,
        id: &str,
        names: Vec<String>,
    ) -> Result<Briefing, ServiceError> {
        self.briefing_order(caller, id, |by| BriefingOrder::Invite(names, by)).await
    }

    /// An organisation says how many come.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for officials; [`ServiceError::Refused`] where it said so already, or too few seats are free.
    pub async fn register_organisation(
        &self,
        caller: &Caller,
        id: &str,
        (organisation, people): (String, u32),
    ) -> Result<Briefing, ServiceError> {
        self.permit(caller, "comment", &Resource::new("plan-comment", ""))?;
        self.order(caller, id, BriefingOrder::Register { organisation, people }).await
    }

    /// Somebody asks; officials put in what was asked in the room. Personal data in it are masked.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where questions are taken no more.
    pub async fn ask_briefing(
        &self,
        caller: &Caller,
        id: &str,
        (organisation, text): (&str, &str),
    ) -> Result<Briefing, ServiceError> {
        let spoken = self.may(caller, "comment-on-behalf", &Resource::new("plan-comment", ""));
        if !spoken {
            self.permit(caller, "comment", &Resource::new("plan-comment", ""))?;
        }
        let order = BriefingOrder::Ask { organisation: organisation.trim().to_owned(), text: mask(text), spoken };
        self.order(caller, id, order).await
    }

    /// Answers a question.
    ///
    /// # Errors
    /// As [`Self::announce_briefing`].
    pub async fn answer_briefing(
        &self,
        caller: &Caller,
        id: &str,
        (number, text): (usize, String),
    ) -> Result<Briefing, ServiceError> {
        self.briefing_order(caller, id, |by| BriefingOrder::Answer { number, text, by }).await
    }

    /// Writes down who came and what was said.
    ///
    /// # Errors
    /// As [`Self::announce_briefing`]; [`ServiceError::Refused`] before it has begun.
    pub async fn record_briefing(
        &self,
        caller: &Caller,
        id: &str,
        (came, summary): (BTreeMap<String, u32>, &str),
    ) -> Result<Briefing, ServiceError> {
        let summary = mask(summary);
        self.briefing_order(caller, id, |by| BriefingOrder::Record { came, summary, by }).await
    }

    /// Calls it off.
    ///
    /// # Errors
    /// As [`Self::announce_briefing`]; [`ServiceError::Refused`] once it has begun.
    pub async fn cancel_briefing(&self, caller: &Caller, id: &str, reason: String) -> Result<Briefing, ServiceError> {
        self.briefing_order(caller, id, |by| BriefingOrder::Cancel { reason, by }).await
    }

    async fn briefing_order(
        &self,
        caller: &Caller,
        id: &str,
        order: impl FnOnce(Actor) -> BriefingOrder,
    ) -> Result<Briefing, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        self.order(caller, id, order(by)).await
    }
}
