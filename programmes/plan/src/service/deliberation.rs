//! Deliberations: the committee opens them and says what was made of them, people vote and add statements.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use maru_identity::Resource;

use super::{Caller, PlanService, ServiceError, mask};
use crate::{
    digest::sha256,
    domain::{
        Deliberation, Stances,
        deliberation::{DeliberationOrder, Opinions, Question, Stance, StancesOrder, Taken, opinions},
    },
    store::{Marker, Named},
};

/// Groups that were found: by deliberation, with the state of the votes then.
pub(super) type Found = Mutex<HashMap<String, (Marker, Arc<Opinions>)>>;

impl PlanService {
    /// Opens a deliberation with some statements; gives its name.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] for too few statements.
    pub async fn open_deliberation(
        &self,
        caller: &Caller,
        question: Question,
        statements: Vec<String>,
    ) -> Result<String, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        let id = self.draw();
        drop(self.order::<Deliberation>(caller, &id, DeliberationOrder::Open(question, statements, by)).await?);
        Ok(id)
    }

    /// One deliberation.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub async fn deliberation(&self, id: &str) -> Result<Named<Deliberation>, ServiceError> {
        self.inner.store.deliberation(id).await?.ok_or(ServiceError::NotFound)
    }

    /// Whether the caller may take part.
    ///
    /// # Errors
    /// [`ServiceError::SignInRequired`] where it is for those who signed in; [`ServiceError::Forbidden`] for officials.
    pub fn takes_part(&self, caller: &Caller, question: &Question) -> Result<(), ServiceError> {
        self.permit(caller, "comment", &Resource::new("plan-comment", ""))?;
        if question.signed_in && caller.principal.is_none() { Err(ServiceError::SignInRequired) } else { Ok(()) }
    }

    /// Proposes a statement; it waits for the committee. Personal data in it are masked.
    ///
    /// # Errors
    /// As [`Self::takes_part`]; [`ServiceError::Refused`] for what was said already.
    pub async fn propose_statement(&self, caller: &Caller, id: &str, text: &str) -> Result<Deliberation, ServiceError> {
        let known = self.deliberation(id).await?.state;
        self.takes_part(caller, known.question.as_ref().ok_or(ServiceError::NotFound)?)?;
        self.order(caller, id, DeliberationOrder::Propose(mask(text))).await
    }

    /// The name under which the caller's votes are kept: made from the account where somebody signed in, and says nothing of it.
    pub fn voter(caller: &Caller, deliberation: &str) -> Option<String> {
        let account = &caller.principal.as_ref()?.account;
        let mut name = sha256(format!("{deliberation}\n{account}").as_bytes());
        name.truncate(32);
        Some(name)
    }

    /// Takes votes in; gives the name under which they are kept. A stranger gives the name that was given before.
    ///
    /// # Errors
    /// As [`Self::takes_part`]; [`ServiceError::Refused`] outside the period.
    pub async fn vote_on_statements(
        &self,
        caller: &Caller,
        id: &str,
        before: Option<String>,
        votes: BTreeMap<usize, Stance>,
    ) -> Result<String, ServiceError> {
        let known = self.deliberation(id).await?.state;
        let shown = known.shown();
        let question = known.question.ok_or(ServiceError::NotFound)?;
        self.takes_part(caller, &question)?;
        let given =
            before.filter(|name| name.len() == 36 && name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'));
        let name = match (Self::voter(caller, id), given) {
            (Some(name), _) => name,
            (None, Some(name)) if self.inner.store.stances(&name).await?.is_some() => name,
            (None, _) => self.draw(),
        };
        let taken = Taken { deliberation: id.to_owned(), votes: votes.into_iter().collect() };
        let order = StancesOrder::Take(taken, Box::new(question), shown);
        drop(self.order::<Stances>(caller, &name, order).await?);
        Ok(name)
    }

    /// Shows a statement, or says why not.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others than the committee; [`ServiceError::Refused`] without a reason.
    pub async fn moderate_statement(
        &self,
        caller: &Caller,
        id: &str,
        number: usize,
        refused: Option<String>,
    ) -> Result<Deliberation, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        let show = refused.is_none();
        let reason = refused.unwrap_or_default();
        self.order(caller, id, DeliberationOrder::Moderate { number, show, reason, by }).await
    }

    /// Says what was made of it.
    ///
    /// # Errors
    /// As [`Self::moderate_statement`]; [`ServiceError::Refused`] before it is over.
    pub async fn conclude_deliberation(
        &self,
        caller: &Caller,
        id: &str,
        conclusion: String,
    ) -> Result<Deliberation, ServiceError> {
        let by = self.deciding(caller, "consult")?;
        self.order(caller, id, DeliberationOrder::Conclude(conclusion, by)).await
    }

    /// Groups and consensus in the votes that there are; found anew where some came since.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such deliberation.
    pub async fn opinions(&self, id: &str) -> Result<Arc<Opinions>, ServiceError> {
        let known = self.deliberation(id).await?;
        let marker = self.inner.store.stances_marker(id, known.changed_at).await?;
        let before = self.inner.opinions.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some((at, found)) = before
            && at == marker
        {
            return Ok(found);
        }
        let voters = self.inner.store.all_stances(id).await?;
        let people = voters.len();
        let letters = self.inner.store.letters(id).await?;
        let statements: Vec<usize> = known.state.shown().into_iter().collect();
        let found = tokio::task::spawn_blocking(move || {
            let (found, remembered) = opinions(&statements, &voters, &letters);
            (found, (remembered != letters).then_some(remembered))
        });
        let (found, remembered) = found.await.map_err(|error| ServiceError::Internal(error.to_string()))?;
        if let Some(letters) = remembered {
            self.inner.store.keep_letters(id, people, &letters).await?;
        }
        let found = Arc::new(found);
        let mut known = self.inner.opinions.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(id.to_owned(), (marker, Arc::clone(&found)));
        Ok(found)
    }
}
