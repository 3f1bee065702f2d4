//! What became of a comment: its answer, and where the recommendations stand now that it speaks of or that it changed.

use super::{Caller, PlanService, Seen, ServiceError};
use crate::{
    domain::{Comment, Number, consultation::Answered},
    store::Named,
};

/// A comment with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The consultation.
    pub consultation: String,
    /// Its title.
    pub title: String,
    /// What the comment says.
    pub text: String,
    /// The answer; nothing before.
    pub answer: Option<Answered>,
    /// The recommendations that its paragraph is of, or that its answer names, as they stand now.
    pub moves: Vec<Seen>,
}

/// The numbers of recommendations that a text names («권고 58-1»).
fn named(text: &str) -> Vec<Number> {
    let parts = text.split(|character: char| !(character.is_ascii_digit() || character == '-'));
    parts.filter_map(|part| part.parse().ok()).collect()
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

    async fn follow_up(&self, caller: &Caller, comment: Named<Comment>) -> Result<Followed, ServiceError> {
        let filed = comment.state.filed.ok_or(ServiceError::NotFound)?;
        let draft = self.draft(&filed.consultation).await?;
        let answer = comment.state.answer;
        let paragraph = filed.paragraph.and_then(|place| draft.paragraphs.get(place));
        let mut numbers: Vec<Number> = paragraph.and_then(|paragraph| paragraph.recommendation).into_iter().collect();
        numbers.extend(answer.iter().flat_map(|answer| named(&answer.change)));
        numbers.sort_unstable();
        numbers.dedup();
        let mut moves = Vec::new();
        for number in numbers {
            if let Ok(seen) = self.recommendation(caller, number).await {
                moves.push(seen);
            }
        }
        Ok(Followed { consultation: filed.consultation, title: draft.title, text: filed.text, answer, moves })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_words() {
        let found: Vec<String> =
            named("권고 58-1과 9-4를 고쳤습니다. 2026-11").iter().map(ToString::to_string).collect();
        assert_eq!(found, ["58-1", "9-4", "2026-11"]);
        assert_eq!(named("첫째 문단"), []);
    }
}
