//! Which other cases are like a case, and which of them are the same matter: the program proposes, officials say.

use std::time::Duration;

use super::{Caller, Done, InquiryService, ServiceError};
use crate::{
    domain::{Order, Receipt},
    store::OfficialView,
};

/// How many cases answered lately in the same field fill the list up.
const ANSWERED_LATELY: u32 = 3;
/// How many similar cases are shown beside one.
const SIMILAR: usize = 5;
/// How long a page waits for the memory of earlier texts to catch up.
const CATCH_UP: Duration = Duration::from_millis(500);

impl InquiryService {
    /// An official says whether another case is the same matter, whatever the program proposed. A pair that is not is not
    /// proposed again; each word is an example to learn from.
    ///
    /// # Errors
    /// As [`Self::assign`]; [`ServiceError::Invalid`] for a number that was neither proposed nor may be read by the caller,
    /// which is not told from one that does not exist.
    pub async fn judge_pair(
        &self,
        caller: &Caller,
        receipt: &Receipt,
        other: &Receipt,
        same: bool,
    ) -> Result<Done, ServiceError> {
        self.permit_official(caller, "correct-understanding", receipt).await?;
        let before = self.inner.store.pair(receipt, other).await?;
        if before.is_none() && receipt != other && !self.may_pair(caller, receipt, other).await? {
            return Err(ServiceError::field(
                "other",
                "이 접수번호의 문의가 없거나 다른 부서의 것이어서 볼 수 없습니다.",
                "There is no inquiry with this receipt number, or it is another department's, which you may not read.",
            ));
        }
        let order = Order::JudgePair { other: other.clone(), same, before, official: Self::account(caller)? };
        self.order(caller, receipt, order).await
    }

    /// Whether the other case was proposed as a near-duplicate, or is one that the caller may read.
    async fn may_pair(&self, caller: &Caller, receipt: &Receipt, other: &Receipt) -> Result<bool, ServiceError> {
        let Some(head) = self.inner.store.head(other).await? else { return Ok(false) };
        let resource = Self::resource_of(&head);
        if self.inner.policies.decide(caller.principal.as_ref(), "read", &resource).allowed {
            return Ok(true);
        }
        let understood = self.case(receipt).await?.inquiry.understood;
        Ok(understood.iter().flat_map(|known| &known.near_duplicates).any(|near| near.id == other.as_str()))
    }

    /// Puts similar cases beside the case: first those that officials said are the same matter, then those whose texts are
    /// alike, then some of the same field that were answered lately. Whatever was said not to be the same matter is left out.
    pub(super) async fn find_similar(&self, view: &mut OfficialView) -> Result<(), ServiceError> {
        // After a start there may be many texts to take up; the page does not wait for all of them.
        if let Ok(caught_up) = tokio::time::timeout(CATCH_UP, self.similar().catch_up(&self.inner.store)).await {
            caught_up?;
        }
        let text = format!("{}\n{}", view.title, view.text);
        let alike = self.similar().similar(&view.receipt, &text, SIMILAR + view.pairs.len());
        let likeness = |receipt: &str| alike.iter().find(|(id, _)| id == receipt).map(|(_, likeness)| *likeness);
        let same = view.pairs.iter().filter(|pair| pair.same).map(|pair| pair.receipt.clone());
        let mut shown: Vec<(String, Option<f64>)> = same.map(|receipt| (receipt.clone(), likeness(&receipt))).collect();
        let judged = |receipt: &str| view.pairs.iter().any(|pair| pair.receipt == receipt);
        shown.extend(alike.iter().filter(|(id, _)| !judged(id)).map(|(id, likeness)| (id.clone(), Some(*likeness))));
        shown.truncate(SIMILAR);
        let mut similar = self.inner.store.similar_cases(shown).await?;
        if let Some(category) = view.category.as_deref().filter(|_| similar.len() < SIMILAR) {
            let lately = self.inner.store.answered_lately(&view.department, category, ANSWERED_LATELY).await?;
            let known: Vec<String> = similar.iter().map(|case| case.receipt.clone()).collect();
            let new = lately.into_iter().filter(|case| {
                case.receipt != view.receipt.as_str() && !known.contains(&case.receipt) && !judged(&case.receipt)
            });
            let room = SIMILAR - similar.len();
            similar.extend(new.take(room));
        }
        let is_same = |receipt: &str| view.pairs.iter().any(|pair| pair.same && pair.receipt == receipt);
        for case in similar.iter_mut().chain(&mut view.earlier) {
            case.same_matter = is_same(&case.receipt);
        }
        view.similar = similar;
        Ok(())
    }
}
