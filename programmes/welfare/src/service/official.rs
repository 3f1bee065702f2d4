//! What an official does with a proposal: looks, asks, confirms singly or in batches of like cases, refuses, answers.

use jiff::{ToSpan, civil::Date};
use maru_identity::Resource;
use maru_ledger::Personal;

use super::{Caller, DECISION_DAYS, OBJECTION_DAYS, REVIEW_DAYS, ServiceError, WelfareService, life, unknown_fact};
use crate::{
    domain::{
        Automatic, Household, Month, Order, Proposal, Record, RecordOrder, Recovery, Refusal, Representative,
        proposal::{Finding, Means, Official, Status},
        switch::{SWITCHES, SwitchOrder, Switches},
    },
    evaluation::{Fact, Grounds},
    store::{Home, Named, Wanted},
};

/// Most proposals that are confirmed at once.
const LARGEST_BATCH: usize = 50;

/// A proposal as an official sees it, with the explanation and what may still be asked.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The proposal, with its sealed words.
    pub proposal: Named<Proposal>,
    /// The household; what is known of it now.
    pub household: Household,
    /// Why, and on what it rests.
    pub grounds: Grounds,
    /// What no register holds and could change it.
    pub open: Vec<Fact>,
    /// What was asked for and not told yet.
    pub questions: Vec<super::Question>,
    /// The agency that gives the same already.
    pub received_from: Option<String>,
    /// Other proposals that are alike: the same benefit and amount, nothing to ask.
    pub alike: Vec<String>,
    /// The statute that makes it automatic today.
    pub automatic: Option<Automatic>,
    /// What is recovered of it.
    pub recoveries: Vec<Named<Recovery>>,
    /// Who acts for the people of the household today, by their places in the record.
    pub representatives: Vec<(usize, Representative)>,
}

/// How a proposal is confirmed.
#[derive(Debug, Clone, Default)]
pub struct Confirming {
    /// What was looked at.
    pub note: String,
    /// How the citizen is told.
    pub means: Means,
}

impl Prepared {
    /// What was paid too much and nobody demanded back yet, by month.
    pub fn overpaid(&self) -> Vec<(Month, i64)> {
        let demanded =
            |month: &Month| self.recoveries.iter().any(|one| !one.state.waived && one.state.months.contains(month));
        self.proposal.state.overpaid().into_iter().filter(|(month, _)| !demanded(month)).collect()
    }
}

impl WelfareService {
    /// The proposals that fit.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn queue(&self, caller: &Caller, wanted: &Wanted) -> Result<Vec<Named<Proposal>>, ServiceError> {
        self.permit(caller, "list-proposals", &self.desk())?;
        Ok(self.inner.store.proposals(wanted).await?)
    }

    /// Looks at a household, and records that and why.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn look(&self, caller: &Caller, id: &str, purpose: &str) -> Result<Home, ServiceError> {
        let home = self.inner.store.home(id).await?.ok_or(ServiceError::NotFound)?;
        self.permit(caller, "read-household", &self.record_of(&home))?;
        let reader = match &caller.principal {
            Some(principal) => format!("{} ({})", principal.name, self.inner.settings.agency),
            None => self.inner.settings.agency.clone(),
        };
        self.order::<Record>(caller, id, RecordOrder::Look { purpose: purpose.to_owned(), reader }).await?;
        Ok(home)
    }

    /// A proposal with everything that an official needs to decide. That the household was looked at is recorded.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn prepare(&self, caller: &Caller, id: &str) -> Result<Prepared, ServiceError> {
        let known = self.known(caller, "confirm-proposal", id).await?;
        let state = self.inner.store.opened::<Proposal>(id).await?.ok_or(ServiceError::NotFound)?;
        let proposal = Named { state, ..known };
        let finding = proposal.state.finding.clone().ok_or(ServiceError::NotFound)?;
        let benefit = proposal.state.benefit().ok_or(ServiceError::NotFound)?;
        let home = self.look(caller, &finding.household, benefit.ko).await?;
        let household = home.household.ok_or(ServiceError::NotFound)?;
        let member = finding.member.as_deref();
        let grounds = self.inner.law.explain(&household, finding.month, benefit, member)?;
        let open = self.inner.law.open_facts(&household, finding.month, benefit, member)?;
        let questions = self.questions(&proposal.state, &household);
        let received = household.receives(benefit.id, member).map(|received| received.agency.clone());
        let alike = if proposal.state.status == Status::Found && received.is_none() {
            self.alike(id, &finding).await?
        } else {
            Vec::new()
        };
        let automatic = self.inner.store.switches().await?.on(benefit.id, caller.today()).cloned();
        let recoveries = self.inner.store.recoveries_of(id).await?;
        let today = caller.today();
        let known = self.representatives(caller, &finding.household).await?;
        let representatives = known.into_iter().enumerate().filter(|(_, one)| one.acts(today)).collect();
        Ok(Prepared {
            proposal,
            household,
            grounds,
            open,
            questions,
            received_from: received,
            alike,
            automatic,
            recoveries,
            representatives,
        })
    }

    /// Proposals of the same benefit and amount that stand as this one does: like cases (행정절차의 동종 사안).
    async fn alike(&self, id: &str, finding: &Finding) -> Result<Vec<String>, ServiceError> {
        let wanted = Wanted {
            status: Some(Status::Found),
            benefit: Some(finding.benefit.clone()),
            waiting: false,
            due_by: None,
            amount: Some(finding.amount),
            limit: Some(200),
        };
        let found = self.inner.store.proposals(&wanted).await?;
        let others = found.into_iter().map(|other| other.id).filter(|other| other != id);
        Ok(others.take(LARGEST_BATCH - 1).collect())
    }

    /// Confirms a proposal and tells the citizen; where a statute makes the benefit automatic, it is given at once.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where another agency gives it already, or the facts say something else by now.
    pub async fn confirm(&self, caller: &Caller, id: &str, how: &Confirming) -> Result<Proposal, ServiceError> {
        self.confirm_in(caller, id, how, None).await
    }

    async fn confirm_in(
        &self,
        caller: &Caller,
        id: &str,
        how: &Confirming,
        batch: Option<String>,
    ) -> Result<Proposal, ServiceError> {
        let known = self.known(caller, "confirm-proposal", id).await?;
        let by = caller.official()?;
        let finding = known.state.finding.clone().ok_or(ServiceError::NotFound)?;
        let benefit = known.state.benefit().ok_or(ServiceError::NotFound)?;
        let home = self.inner.store.home(&finding.household).await?.ok_or(ServiceError::NotFound)?;
        let household = home.household.ok_or(ServiceError::NotFound)?;
        let grounds = self.inner.law.explain(&household, finding.month, benefit, finding.member.as_deref())?;
        let grounds = serde_json::to_string(&grounds).map_err(|error| ServiceError::Internal(error.to_string()))?;
        let order = Order::Confirm {
            note: how.note.clone(),
            grounds: Personal::new(life::subject(&finding.household), grounds),
            batch,
            means: how.means,
            received_from: self.received_from(&finding).await?,
            automatic: self.inner.store.switches().await?.on(benefit.id, caller.today()).cloned(),
            objection_until: self.days_from_now(caller, OBJECTION_DAYS).await?,
            by,
        };
        self.order(caller, id, order).await
    }

    /// Confirms like cases together: the same benefit, the same amount, each with an explanation of its own. What cannot be
    /// confirmed stays and says why.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where the cases are not alike.
    pub async fn confirm_batch(
        &self,
        caller: &Caller,
        ids: &[String],
        how: &Confirming,
    ) -> Result<Vec<(String, Result<(), ServiceError>)>, ServiceError> {
        if ids.is_empty() || ids.len() > LARGEST_BATCH {
            return Err(Refusal::Empty { ko: "함께 확인할 건", en: "cases to confirm" }.into());
        }
        let mut kind: Option<(String, i64)> = None;
        for id in ids {
            let known = self.known(caller, "confirm-proposal", id).await?;
            let finding = known.state.finding.ok_or(ServiceError::NotFound)?;
            let this = (finding.benefit, finding.amount);
            if kind.as_ref().is_some_and(|first| *first != this) {
                return Err(Refusal::NotNow { status: known.state.status }.into());
            }
            kind = Some(this);
        }
        let batch = self.draw();
        let mut outcomes = Vec::with_capacity(ids.len());
        for id in ids {
            let outcome = self.confirm_in(caller, id, how, Some(batch.clone())).await;
            outcomes.push((id.clone(), outcome.map(drop)));
        }
        Ok(outcomes)
    }

    /// Asks the citizen for facts that no register holds.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] for facts that a register holds: those are not asked for.
    pub async fn ask_facts(&self, caller: &Caller, id: &str, facts: Vec<String>) -> Result<Proposal, ServiceError> {
        self.known(caller, "ask-facts", id).await?;
        if let Some(other) = facts.iter().find(|fact| !crate::evaluation::ASKED_OF_PEOPLE.contains(&fact.as_str())) {
            return Err(unknown_fact(&format!("{other} stands in a register: look there instead of asking")));
        }
        let by = caller.official()?;
        self.order(caller, id, Order::Ask { facts, by }).await
    }

    /// Refuses a benefit, with reason and article.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] without a reason.
    pub async fn deny(
        &self,
        caller: &Caller,
        id: &str,
        reason: String,
        article: String,
    ) -> Result<Proposal, ServiceError> {
        self.known(caller, "deny", id).await?;
        let (by, objection_until) = (caller.official()?, self.days_from_now(caller, OBJECTION_DAYS).await?);
        self.order(caller, id, Order::Deny { reason, article, objection_until, by }).await
    }

    /// Takes down the consent that a citizen gave at the counter, on a visit or by telephone.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] before it was confirmed.
    pub async fn take_down_consent(&self, caller: &Caller, id: &str, means: Means) -> Result<Proposal, ServiceError> {
        self.take_down_consent_of(caller, id, means, None).await
    }

    /// Decides an objection; not by who decided before.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who is no supervisor of the department.
    pub async fn decide_objection(
        &self,
        caller: &Caller,
        id: &str,
        upheld: bool,
        reason: String,
    ) -> Result<Proposal, ServiceError> {
        self.known(caller, "decide-contest", id).await?;
        let by = caller.official()?;
        self.order(caller, id, Order::DecideObjection { upheld, reason, by }).await
    }

    /// Takes ten days more to decide an objection, where that cannot be avoided: counted from the day after the first ten end, once. The
    /// citizen is told on their page why.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who is no supervisor of the department; [`ServiceError::Refused`] the second time, and after
    /// the first ten days.
    pub async fn extend_objection(&self, caller: &Caller, id: &str, reason: String) -> Result<Proposal, ServiceError> {
        let known = self.known(caller, "decide-contest", id).await?;
        let due = known.state.objection.as_ref().map_or_else(|| caller.today(), |objection| objection.due);
        let (by, due) = (caller.official()?, self.after(caller.now, due, DECISION_DAYS).await?);
        self.order(caller, id, Order::ExtendObjection { due, reason, by }).await
    }

    /// Answers a citizen who asked that a person looks at it.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] for who confirmed it.
    pub async fn answer_review(&self, caller: &Caller, id: &str, answer: String) -> Result<Proposal, ServiceError> {
        self.known(caller, "answer-review", id).await?;
        let by = caller.official()?;
        self.order(caller, id, Order::AnswerReview { answer, by }).await
    }

    /// Takes thirty days more to answer that, at most twice.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] the third time.
    pub async fn extend_review(&self, caller: &Caller, id: &str, reason: String) -> Result<Proposal, ServiceError> {
        let known = self.known(caller, "answer-review", id).await?;
        let due = known.state.review.as_ref().map_or_else(|| caller.today(), |review| review.due);
        let (by, due) = (caller.official()?, self.after(caller.now, due, REVIEW_DAYS).await?);
        self.order(caller, id, Order::ExtendReview { due, reason, by }).await
    }

    /// Looks at an award again, and lets it go on for another year.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where nothing is awarded.
    pub async fn renew(&self, caller: &Caller, id: &str) -> Result<Proposal, ServiceError> {
        self.known(caller, "review-award", id).await?;
        let order = Order::Renew { review_on: caller.today().saturating_add(12.months()), by: caller.official()? };
        self.order(caller, id, order).await
    }

    /// Ends an award after a month.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where nothing is awarded.
    pub async fn end(&self, caller: &Caller, id: &str, until: Month, reason: String) -> Result<Proposal, ServiceError> {
        self.known(caller, "review-award", id).await?;
        let by = caller.official()?;
        self.order(caller, id, Order::End { until, reason, by }).await
    }

    /// Households whose people said that something is wrong.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn disputed(&self, caller: &Caller) -> Result<Vec<Named<Record>>, ServiceError> {
        let desk = Resource::new("household-record", "").in_department(&self.inner.settings.department);
        self.permit(caller, "answer-dispute", &desk)?;
        Ok(self.inner.store.disputed(200).await?)
    }

    /// Answers a citizen who said that an item is wrong.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn answer_dispute(
        &self,
        caller: &Caller,
        household: &str,
        place: usize,
        corrected: bool,
        answer: String,
    ) -> Result<Record, ServiceError> {
        let home = self.inner.store.home(household).await?.ok_or(ServiceError::NotFound)?;
        self.permit(caller, "answer-dispute", &self.record_of(&home))?;
        self.order(caller, household, RecordOrder::AnswerDispute { place, corrected, answer }).await
    }

    /// Records that a statute makes a benefit automatic.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who is no supervisor.
    pub async fn make_automatic(
        &self,
        caller: &Caller,
        benefit: &str,
        from: Date,
        until: Option<Date>,
        article: String,
    ) -> Result<Switches, ServiceError> {
        self.permit(caller, "make-automatic", &Resource::new("welfare", ""))?;
        let Official { account, .. } = caller.official()?;
        let automatic = Automatic { from, until, article };
        let order = SwitchOrder::Set { benefit: benefit.to_owned(), automatic, by: account };
        self.order(caller, SWITCHES, order).await
    }

    /// Records the last day on which a statute makes a benefit automatic.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who is no supervisor; [`ServiceError::Refused`] where no statute does so without an end.
    pub async fn end_automatic(&self, caller: &Caller, benefit: &str, until: Date) -> Result<Switches, ServiceError> {
        self.permit(caller, "make-automatic", &Resource::new("welfare", ""))?;
        let Official { account, .. } = caller.official()?;
        self.order(caller, SWITCHES, SwitchOrder::End { benefit: benefit.to_owned(), until, by: account }).await
    }

    /// Which statutes make which benefits automatic.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn statutes(&self, caller: &Caller) -> Result<Switches, ServiceError> {
        self.permit(caller, "list-proposals", &self.desk())?;
        Ok(self.inner.store.switches().await?)
    }
}
