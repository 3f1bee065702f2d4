//! What citizens write beside comments: looked at as comments are.

use maru_identity::Resource;

use super::{BATCH, Caller, PlanService, ServiceError, mask, moderation::wrote};
use crate::{
    domain::{
        Felt,
        felt::FeltOrder,
        for_all::{Problem, ProblemOrder},
        moderation::{Breach, Decided, Moderation, ModerationOrder},
    },
    store::{Words, WordsAddress, WordsKind},
};

impl PlanService {
    /// What somebody wrote.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub async fn words(&self, address: &WordsAddress) -> Result<Words, ServiceError> {
        self.inner.store.words(address).await?.ok_or(ServiceError::NotFound)
    }

    /// Words that wait for a person, appeals first, with how many there are in all.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee.
    pub async fn words_queue(&self, caller: &Caller) -> Result<(Vec<Words>, u64), ServiceError> {
        self.permit(caller, "consult", &Self::committee())?;
        Ok(self.inner.store.waiting_words(BATCH).await?)
    }

    /// Says that words break the rules. Who signed in says it once of each.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there are none; [`ServiceError::Forbidden`] for officials, who look at them themselves.
    pub async fn flag_words(
        &self,
        caller: &Caller,
        address: &WordsAddress,
        breach: Breach,
        note: &str,
    ) -> Result<(), ServiceError> {
        let flag = self.flag_of(caller, &address.to_string(), breach, note)?;
        let words = self.words(address).await?;
        self.order_words(caller, &words, ModerationOrder::Flag(flag)).await
    }

    /// Decides of several words alike: shows them, or hides them with ground and reason; says of how many.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] without a reason, and for what was decided
    /// already. What stands before that in the list is done.
    pub async fn moderate_words(
        &self,
        caller: &Caller,
        addresses: &[WordsAddress],
        moderation: &Moderation,
    ) -> Result<usize, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        for address in addresses {
            let words = self.words(address).await?;
            let order = ModerationOrder::Moderate(moderation.clone(), by.clone());
            self.order_words(caller, &words, order).await?;
        }
        Ok(addresses.len())
    }

    /// Says why words should not be hidden, once. Where an account wrote them, it alone may.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for others than their author; [`ServiceError::Refused`] where they are not hidden.
    pub async fn appeal_words(&self, caller: &Caller, address: &WordsAddress, text: &str) -> Result<(), ServiceError> {
        self.permit(caller, "comment", &Resource::new("plan-comment", ""))?;
        let words = self.words(address).await?;
        if !wrote(caller, words.account.as_ref()) {
            return Err(ServiceError::NotFound);
        }
        self.order_words(caller, &words, ModerationOrder::Appeal(mask(text))).await
    }

    /// Decides on an appeal; not who hid the words.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] for who hid them.
    pub async fn decide_words_appeal(
        &self,
        caller: &Caller,
        address: &WordsAddress,
        decided: Decided,
    ) -> Result<(), ServiceError> {
        let by = self.deciding(caller, "consult")?;
        let words = self.words(address).await?;
        self.order_words(caller, &words, ModerationOrder::DecideAppeal(decided, by)).await
    }

    async fn order_words(&self, caller: &Caller, words: &Words, order: ModerationOrder) -> Result<(), ServiceError> {
        match words.address.kind {
            WordsKind::Felt => {
                drop(self.order::<Felt>(caller, &words.stream, FeltOrder::Moderation(order)).await?);
            }
            WordsKind::Problem => {
                drop(self.order::<Problem>(caller, &words.stream, ProblemOrder::Moderation(order)).await?);
            }
        }
        Ok(())
    }
}
