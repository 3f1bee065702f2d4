//! What became of a comment: its answer, and where the recommendations stand now that it speaks of or that it changed.

use super::{Caller, PlanService, Seen, ServiceError};
use crate::{
    domain::{
        Comment, Number,
        consultation::{Answered, numbers_in},
        moderation::{Appeal, Breach, Showing},
    },
    store::{Message, Named},
};

/// Messages that are shown.
const MESSAGES: u32 = 30;

/// A comment with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The consultation.
    pub consultation: String,
    /// Its title.
    pub title: String,
    /// Its name.
    pub id: String,
    /// What the comment says; empty where it is hidden or held.
    pub text: String,
    /// Whether everybody may read it.
    pub showing: Showing,
    /// Why it is hidden: how it breaks the rules, and the reason.
    pub hidden: Option<(Breach, String)>,
    /// What its author says against that, and what was decided.
    pub appeal: Option<Appeal>,
    /// The answer; nothing before.
    pub answer: Option<Answered>,
    /// The recommendations that its paragraph is of, or that its answer names, as they stand now.
    pub moves: Vec<Seen>,
}

impl PlanService {
    /// The caller's own comments, the newest first.
    ///
    /// # Errors
    /// [`ServiceError::SignInRequired`] for who did not sign in.
    pub async fn own_comments(&self, caller: &Caller) -> Result<Vec<Followed>, ServiceError> {
        let principal = caller.principal.as_ref().ok_or(ServiceError::SignInRequired)?;
        let mut followed = Vec::new();
        for named in self.inner.store.comments_of(&principal.account).await?.into_iter().rev() {
            followed.push(self.follow_up(caller, named).await?);
        }
        Ok(followed)
    }

    /// What became of a comment: comments are public, and so is this.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub async fn followed(&self, caller: &Caller, id: &str) -> Result<Followed, ServiceError> {
        let named = self.inner.store.comment(id).await?.ok_or(ServiceError::NotFound)?;
        self.follow_up(caller, named).await
    }

    /// What moved for the caller: answers to own comments and what became of their recommendations, the newest first.
    ///
    /// # Errors
    /// [`ServiceError::SignInRequired`] for who did not sign in.
    pub async fn own_messages(&self, caller: &Caller) -> Result<Vec<Message>, ServiceError> {
        let principal = caller.principal.as_ref().ok_or(ServiceError::SignInRequired)?;
        Ok(self.inner.store.messages_to(&principal.account, MESSAGES).await?)
    }

    async fn follow_up(&self, caller: &Caller, comment: Named<Comment>) -> Result<Followed, ServiceError> {
        let showing = comment.state.showing();
        let text = comment.state.shown_text().to_owned();
        let moderated = comment.state.moderated;
        let hidden = moderated.hidden.map(|hidden| (hidden.breach, hidden.reason));
        let (id, appeal) = (comment.id, moderated.appeal);
        let filed = comment.state.filed.ok_or(ServiceError::NotFound)?;
        let draft = self.draft(&filed.consultation).await?;
        let answer = comment.state.answer;
        let paragraph = filed.paragraph.and_then(|place| draft.paragraphs.get(place));
        let mut numbers: Vec<Number> = paragraph.and_then(|paragraph| paragraph.recommendation).into_iter().collect();
        numbers.extend(answer.iter().flat_map(|answer| numbers_in(&answer.change)));
        numbers.sort_unstable();
        numbers.dedup();
        let mut moves = Vec::new();
        for number in numbers {
            if let Ok(seen) = self.recommendation(caller, number).await {
                moves.push(seen);
            }
        }
        let (consultation, title) = (filed.consultation, draft.title);
        Ok(Followed { consultation, title, id, text, showing, hidden, appeal, answer, moves })
    }
}
