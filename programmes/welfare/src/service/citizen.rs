//! What a citizen does: sees what they are entitled to, says yes or no, objects, asks a person, puts data right.

use maru_identity::Resource;
use maru_ledger::{Aggregate as _, Personal, StreamId};

use super::{Caller, DECISION_DAYS, OBJECTION_DAYS, REVIEW_DAYS, ServiceError, WelfareService, life};
use crate::{
    domain::{
        Household, Month, Order, Proposal, Record, RecordOrder, benefit,
        household::correction_due,
        proposal::{Finding, ForWhom, Means},
    },
    evaluation::{Assessment, Change, Grounds},
    store::{Home, Look, Named},
};

/// What a citizen sees of their own.
#[derive(Debug, Clone)]
pub struct Mine {
    /// The household.
    pub home: Home,
    /// What it is entitled to this month.
    pub assessment: Assessment,
    /// The month.
    pub month: Month,
    /// Proposals and awards.
    pub proposals: Vec<Named<Proposal>>,
}

/// What a proof is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofOf {
    /// Everything that happened.
    Case,
    /// That it stood in a lot when it was found.
    Lot,
}

impl ProofOf {
    /// What is called so in addresses; nothing else is.
    pub fn from_identifier(name: &str) -> Option<Self> {
        match name {
            "" | "case" => Some(Self::Case),
            "lot" => Some(Self::Lot),
            _ => None,
        }
    }
}

/// A calculation without sign-in.
#[derive(Debug, Clone)]
pub struct Situation {
    /// What was entered.
    pub household: Household,
    /// What comes out.
    pub assessment: Assessment,
    /// The month.
    pub month: Month,
}

impl WelfareService {
    /// Calculates for a household that somebody describes. Nothing is stored.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where a fact is not what the law knows.
    pub fn calculate(&self, caller: &Caller, household: Household, month: Month) -> Result<Situation, ServiceError> {
        self.permit(caller, "calculate", &Resource::new("welfare", ""))?;
        if household.members.is_empty() || household.members.len() > crate::domain::household::MOST_MEMBERS {
            let most = crate::domain::household::MOST_MEMBERS;
            return Err(crate::domain::Refusal::MemberCount { most }.into());
        }
        let assessment = self.inner.law.assess(&household, month)?;
        Ok(Situation { household, assessment, month })
    }

    /// The caller's household and what it is entitled to; nothing where no household is theirs.
    ///
    /// # Errors
    /// [`ServiceError::SignInRequired`] for strangers.
    pub async fn mine(&self, caller: &Caller) -> Result<Option<Mine>, ServiceError> {
        let account = caller.account().ok_or(ServiceError::SignInRequired)?;
        let Some(home) = self.inner.store.home_of(account).await? else { return Ok(None) };
        self.permit(caller, "read-household", &self.record_of(&home))?;
        let month = Month::of(caller.today());
        let assessment = match &home.household {
            Some(household) => self.inner.law.assess(household, month)?,
            None => Assessment::default(),
        };
        let proposals = self.inner.store.proposals_of(&home.id).await?;
        Ok(Some(Mine { home, assessment, month, proposals }))
    }

    /// Who of the staff looked at the caller's household.
    ///
    /// # Errors
    /// As [`WelfareService::mine`].
    pub async fn looks(&self, caller: &Caller) -> Result<Vec<Look>, ServiceError> {
        let account = caller.account().ok_or(ServiceError::SignInRequired)?;
        let Some(home) = self.inner.store.home_of(account).await? else { return Ok(Vec::new()) };
        self.permit(caller, "read-household", &self.record_of(&home))?;
        Ok(self.inner.store.looks(&home.id).await?)
    }

    /// A proposal with its sealed words, for its citizen or its officials.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for whose it is not.
    pub async fn proposal(&self, caller: &Caller, id: &str) -> Result<Named<Proposal>, ServiceError> {
        let known = self.known(caller, "read-proposal", id).await?;
        let state = self.inner.store.opened::<Proposal>(id).await?.ok_or(ServiceError::NotFound)?;
        Ok(Named { state, ..known })
    }

    /// The same with its household, as far as it is known.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for whose it is not.
    pub async fn proposal_with_household(
        &self,
        caller: &Caller,
        id: &str,
    ) -> Result<(Named<Proposal>, Household), ServiceError> {
        let proposal = self.proposal(caller, id).await?;
        let household = proposal.state.finding.as_ref().map(|finding| finding.household.clone()).unwrap_or_default();
        let home = self.inner.store.home(&household).await?;
        Ok((proposal, home.and_then(|home| home.household).unwrap_or_default()))
    }

    /// The proof of a proposal, to be checked by anybody without us: of everything that happened in it, or that it stood in a lot when it was
    /// found. To who is no citizen of it sealed words stay sealed; the proof holds all the same.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for whose it is not, and where it never stood in a lot.
    pub async fn proposal_proof(&self, caller: &Caller, id: &str, of: ProofOf) -> Result<String, ServiceError> {
        let known = self.known(caller, "read-proposal", id).await?;
        if of == ProofOf::Lot {
            return self.inner.store.proposal_proof(id).await?.ok_or(ServiceError::NotFound);
        }
        let finding = known.state.finding.as_ref().ok_or(ServiceError::NotFound)?;
        let is_own = finding.account.as_deref().is_some_and(|account| caller.account() == Some(account));
        let open = if is_own { vec![life::subject(&finding.household)] } else { Vec::new() };
        let stream = StreamId::new(Proposal::KIND, id).map_err(|_| ServiceError::NotFound)?;
        self.inner.store.ledger().stream_proof(&stream, &open).await?.ok_or(ServiceError::NotFound)
    }

    /// The household to which a letter about a proposal goes; a look of the staff is recorded.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for whose it is not.
    pub async fn addressee(&self, caller: &Caller, proposal: &Named<Proposal>) -> Result<Household, ServiceError> {
        let finding = proposal.state.finding.as_ref().ok_or(ServiceError::NotFound)?;
        let is_staff = caller.principal.as_ref().is_some_and(|principal| principal.role.is_staff());
        let home = if is_staff {
            self.look(caller, &finding.household, "통지서 인쇄").await?
        } else {
            let home = self.inner.store.home(&finding.household).await?.ok_or(ServiceError::NotFound)?;
            self.permit(caller, "read-household", &self.record_of(&home))?;
            home
        };
        home.household.ok_or(ServiceError::NotFound)
    }

    /// Why a benefit of the caller's household is due or not, and what would change it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such benefit or household.
    pub async fn why(
        &self,
        caller: &Caller,
        benefit_id: &str,
        member: Option<&str>,
    ) -> Result<(Mine, Grounds, Vec<Change>), ServiceError> {
        let mine = self.mine(caller).await?.ok_or(ServiceError::NotFound)?;
        let benefit = benefit(benefit_id).ok_or(ServiceError::NotFound)?;
        mine.assessment.of(benefit_id, member).ok_or(ServiceError::NotFound)?;
        let Some(household) = &mine.home.household else { return Err(ServiceError::NotFound) };
        let grounds = self.inner.law.explain(household, mine.month, benefit, member)?;
        let changes = self.inner.law.changes(household, mine.month, benefit, member)?;
        Ok((mine, grounds, changes))
    }

    async fn finding_of(&self, caller: &Caller, action: &str, id: &str) -> Result<Finding, ServiceError> {
        self.known(caller, action, id).await?.state.finding.ok_or(ServiceError::NotFound)
    }

    /// The agency that gives the same benefit already, where one does.
    pub(super) async fn received_from(&self, finding: &Finding) -> Result<Option<String>, ServiceError> {
        let home = self.inner.store.home(&finding.household).await?;
        let household = home.and_then(|home| home.household);
        let received = household.as_ref().and_then(|one| one.receives(&finding.benefit, finding.member.as_deref()));
        Ok(received.map(|received| received.agency.clone()))
    }

    /// The citizen wants it: with that it counts as applied for, and is given.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] before an official confirmed it, or where it is received already.
    pub async fn consent(&self, caller: &Caller, id: &str) -> Result<Proposal, ServiceError> {
        let finding = self.finding_of(caller, "consent", id).await?;
        let received_from = self.received_from(&finding).await?;
        let objection_until = self.days_from_now(caller, OBJECTION_DAYS).await?;
        let order =
            Order::Consent { means: Means::Message, taken_by: None, for_whom: None, received_from, objection_until };
        self.order(caller, id, order).await
    }

    /// The citizen does not want it.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] after it was given or closed.
    pub async fn decline(&self, caller: &Caller, id: &str, reason: String) -> Result<Proposal, ServiceError> {
        self.known(caller, "decline", id).await?;
        self.order(caller, id, Order::Decline { reason, for_whom: None }).await
    }

    /// The citizen objects.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] after the period.
    pub async fn object(&self, caller: &Caller, id: &str, words: &str) -> Result<Proposal, ServiceError> {
        let known = self.known(caller, "contest", id).await?;
        self.order_objection(caller, &known, words, None).await
    }

    /// The objection, with the day by which it is decided and the last day on which it is in time.
    pub(super) async fn order_objection(
        &self,
        caller: &Caller,
        known: &Named<Proposal>,
        words: &str,
        for_whom: Option<ForWhom>,
    ) -> Result<Proposal, ServiceError> {
        let finding = known.state.finding.as_ref().ok_or(ServiceError::NotFound)?;
        let due = self.days_from_now(caller, DECISION_DAYS).await?;
        let last_day = match known.state.objection_until {
            Some(until) => Some(self.after(caller.now, until, 0).await?),
            None => None,
        };
        let words = Personal::new(life::subject(&finding.household), words.trim());
        self.order(caller, &known.id, Order::Object { words, due, for_whom, last_day }).await
    }

    /// The citizen asks that a person looks at what a program prepared, and explains it.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] while one is looking.
    pub async fn ask_review(&self, caller: &Caller, id: &str, words: &str) -> Result<Proposal, ServiceError> {
        let finding = self.finding_of(caller, "ask-review", id).await?;
        let due = self.days_from_now(caller, REVIEW_DAYS).await?;
        let words = Personal::new(life::subject(&finding.household), words.trim());
        self.order(caller, id, Order::AskReview { words, due, for_whom: None }).await
    }

    /// «This is wrong»: an item of the state's data, of a member or of the household.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such item.
    pub async fn dispute(
        &self,
        caller: &Caller,
        member: Option<String>,
        item: &str,
        words: &str,
    ) -> Result<Record, ServiceError> {
        let account = caller.account().ok_or(ServiceError::SignInRequired)?;
        let home = self.inner.store.home_of(account).await?.ok_or(ServiceError::NotFound)?;
        self.permit(caller, "dispute", &self.record_of(&home))?;
        if !has_item(&home, member.as_deref(), item) {
            return Err(ServiceError::NotFound);
        }
        let words = Personal::new(life::subject(&home.id), words.trim());
        let due = correction_due(caller.today());
        let order = RecordOrder::Dispute { member, item: item.to_owned(), words, due };
        self.order(caller, &home.id, order).await
    }
}

fn has_item(home: &Home, member: Option<&str>, item: &str) -> bool {
    let Some(household) = &home.household else { return false };
    match member {
        Some(member) => household.fact(Some(member), item).is_some(),
        None => {
            household.facts.contains_key(item)
                || household.received.iter().any(|received| received.benefit == item)
                || household.signals.iter().any(|present| present.signal == item)
        }
    }
}
