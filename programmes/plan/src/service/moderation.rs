//! Comments that break the rules: named by readers, looked at in batches, appealed against; and the closing of a consultation.

use maru_identity::Resource;

use super::{Caller, PlanService, ServiceError, mask};
use crate::{
    digest::sha256,
    domain::{
        Comment, Consultation, Refusal,
        consultation::{CommentOrder, ConsultationOrder, ConsultationRefusal},
        moderation::{Breach, Decided, Flag, Moderation, ModerationOrder},
    },
    store::Named,
};

/// Comments that are shown to be looked at together.
pub const BATCH: u32 = 50;

impl PlanService {
    /// Comments of a consultation that wait for a person, appeals first, with how many there are in all.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee.
    pub async fn moderation_queue(
        &self,
        caller: &Caller,
        consultation: &str,
    ) -> Result<(Vec<Named<Comment>>, u64), ServiceError> {
        self.permit(caller, "consult", &Self::committee())?;
        self.draft(consultation).await?;
        let all = self.inner.store.open_comments(consultation).await?.waiting;
        Ok((self.inner.store.waiting_comments(consultation, BATCH).await?, all))
    }

    /// Says that a comment breaks the rules. Who signed in says it once of each.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such comment; [`ServiceError::Forbidden`] for officials, who look at comments themselves.
    pub async fn flag_comment(
        &self,
        caller: &Caller,
        id: &str,
        breach: Breach,
        note: &str,
    ) -> Result<(), ServiceError> {
        let flag = self.flag_of(caller, id, breach, note)?;
        drop(self.order_moderation(caller, id, ModerationOrder::Flag(flag)).await?);
        Ok(())
    }

    /// What a reader says of what stands under `id`.
    pub(super) fn flag_of(&self, caller: &Caller, id: &str, breach: Breach, note: &str) -> Result<Flag, ServiceError> {
        self.permit(caller, "comment", &Resource::new("plan-comment", ""))?;
        let account = caller.principal.as_ref().map(|principal| principal.account.as_str());
        let who = account.map_or_else(|| self.draw(), |account| sha256(format!("{id}\n{account}").as_bytes()));
        Ok(Flag { breach, note: mask(note), who })
    }

    async fn order_moderation(
        &self,
        caller: &Caller,
        id: &str,
        order: ModerationOrder,
    ) -> Result<Comment, ServiceError> {
        self.order(caller, id, CommentOrder::Moderation(order)).await
    }

    /// Decides of several comments alike: shows them, or hides them with ground and reason; says of how many.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] without a reason, and for what was decided
    /// already. What stands before that in the list is done.
    pub async fn moderate_comments(
        &self,
        caller: &Caller,
        ids: &[String],
        moderation: &Moderation,
    ) -> Result<usize, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        for id in ids {
            let order = ModerationOrder::Moderate(moderation.clone(), by.clone());
            drop(self.order_moderation(caller, id, order).await?);
        }
        Ok(ids.len())
    }

    /// Says why a comment should not be hidden, once. Where it was made with an account, its author alone may.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for others than its author; [`ServiceError::Refused`] where it is not hidden.
    pub async fn appeal_comment(&self, caller: &Caller, id: &str, text: &str) -> Result<Comment, ServiceError> {
        self.permit(caller, "comment", &Resource::new("plan-comment", ""))?;
        if !self.is_author(caller, id).await? {
            return Err(ServiceError::NotFound);
        }
        self.order_moderation(caller, id, ModerationOrder::Appeal(mask(text))).await
    }

    /// Whether the caller may be the author of a comment: whoever has its address, where no account made it.
    async fn is_author(&self, caller: &Caller, id: &str) -> Result<bool, ServiceError> {
        let known = self.inner.store.comment(id).await?.ok_or(ServiceError::NotFound)?;
        Ok(wrote(caller, known.state.filed.and_then(|filed| filed.account).as_ref()))
    }

    /// Decides on an appeal; not who hid the comment.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] for who hid it.
    pub async fn decide_appeal(&self, caller: &Caller, id: &str, decided: Decided) -> Result<Comment, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        self.order_moderation(caller, id, ModerationOrder::DecideAppeal(decided, by)).await
    }

    /// Closes a consultation: every comment is answered, nothing changes any more.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] while comments are taken, unanswered or wait.
    pub async fn close_consultation(&self, caller: &Caller, id: &str) -> Result<Consultation, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        self.draft(id).await?;
        let open = self.inner.store.open_comments(id).await?;
        let order = ConsultationOrder::Close { unanswered: open.unanswered, waiting: open.waiting, by };
        self.order(caller, id, order).await
    }
}

/// Whether the caller may be who wrote something: whoever has its address, where no account did.
pub(super) fn wrote(caller: &Caller, account: Option<&String>) -> bool {
    account.is_none() || account == caller.principal.as_ref().map(|principal| &principal.account)
}

/// What a form or a program says of comments: a breach by its name with a reason, or that they are shown.
///
/// # Errors
/// [`ServiceError::Refused`] where they are to be hidden without a breach.
pub fn moderation_of(show: bool, breach: &str, reason: &str) -> Result<Moderation, ServiceError> {
    let breach = if show {
        None
    } else {
        Some(Breach::from_identifier(breach).ok_or_else(|| Refusal::from(ConsultationRefusal::NoBreach))?)
    };
    Ok(Moderation { breach, reason: reason.trim().to_owned() })
}
