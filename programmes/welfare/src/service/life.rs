//! What the registers say, and what happens in a life: a household is reckoned anew, and proposals open, change or close.

use jiff::civil::Date;

use super::{Caller, ServiceError, WelfareService};
use crate::{
    domain::{
        Benefit, Household, LifeEvent, Month, Order, Proposal, Record, RecordOrder,
        benefit::Rhythm,
        proposal::{Finding, Reassessed, Status},
    },
    evaluation::{Assessment, Entitlement},
    store::Named,
};

/// What a change came to: names of proposals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lived {
    /// Newly found.
    pub opened: Vec<String>,
    /// Due with another amount.
    pub changed: Vec<String>,
    /// No longer due.
    pub closed: Vec<String>,
}

/// The name of a proposal: there is one for each benefit of each person, so that nothing is found twice.
pub(super) fn proposal_id(household: &str, benefit: &Benefit, member: Option<&str>) -> String {
    format!("{household}.{}.{}", benefit.id, member.unwrap_or("all"))
}

/// Whose key seals what is known of a household.
pub(super) fn subject(household: &str) -> String {
    format!("household-{household}")
}

impl WelfareService {
    /// Takes a household in as the registers have it now, and reckons it.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where a fact is not what the law knows; then nothing is stored.
    pub async fn register(
        &self,
        caller: &Caller,
        id: &str,
        household: Household,
        account: Option<String>,
        source: &str,
    ) -> Result<Lived, ServiceError> {
        if !caller.by_system {
            return Err(ServiceError::SignInRequired);
        }
        let month = Month::of(caller.today());
        let assessment = self.inner.law.assess(&household, month)?;
        let order = RecordOrder::Register {
            household: Box::new(household.clone()),
            subject: subject(id),
            account: account.clone(),
            source: source.to_owned(),
        };
        self.order::<Record>(caller, id, order).await?;
        self.score_crisis(caller, id, &household).await?;
        let seen = Seen { id, household: &household, account: account.as_deref(), month, origin: source };
        self.settle(caller, &seen, &assessment).await
    }

    /// Records what happened in somebody's life, and reckons the household anew.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments, [`ServiceError::Invalid`] where a fact is not what the law knows.
    pub async fn live(
        &self,
        caller: &Caller,
        id: &str,
        event: LifeEvent,
        on: Date,
        household: Household,
    ) -> Result<Lived, ServiceError> {
        let home = self.inner.store.home(id).await?.ok_or(ServiceError::NotFound)?;
        self.permit(caller, "record-life-event", &self.record_of(&home))?;
        let month = Month::of(caller.today());
        let assessment = self.inner.law.assess(&household, month)?;
        let order = RecordOrder::Live { event, on, household: Box::new(household.clone()), subject: subject(id) };
        self.order::<Record>(caller, id, order).await?;
        self.score_crisis(caller, id, &household).await?;
        let account = home.record.account.as_deref();
        let origin = format!("life event: {}", event.identifier());
        let seen = Seen { id, household: &household, account, month, origin: &origin };
        self.settle(caller, &seen, &assessment).await
    }

    /// Opens what is due and not received, changes what is due otherwise, closes what is not due any more.
    async fn settle(&self, caller: &Caller, seen: &Seen<'_>, assessment: &Assessment) -> Result<Lived, ServiceError> {
        let known = self.inner.store.proposals_of(seen.id).await?;
        let mut lived = Lived::default();
        for one in &assessment.entitlements {
            let name = proposal_id(seen.id, one.benefit, one.member.as_deref());
            let standing = known.iter().find(|proposal| proposal.id == name);
            self.settle_one(caller, seen, one, (&name, standing), &mut lived).await?;
        }
        // Who left the household, or died, is not assessed any more: what was proposed for them is not due.
        let gone = |proposal: &&Named<Proposal>| {
            let finding = proposal.state.finding.as_ref();
            let member = finding.and_then(|finding| finding.member.as_deref());
            member.is_some_and(|member| seen.household.member(member).is_none())
        };
        for proposal in known.iter().filter(gone).filter(|proposal| proposal.state.status.is_open()) {
            self.order::<Proposal>(caller, &proposal.id, Order::Reassess { now: Box::new(self.now(seen, 0)) }).await?;
            lived.closed.push(proposal.id.clone());
        }
        Ok(lived)
    }

    async fn settle_one(
        &self,
        caller: &Caller,
        seen: &Seen<'_>,
        one: &Entitlement,
        (name, standing): (&String, Option<&Named<Proposal>>),
        lived: &mut Lived,
    ) -> Result<(), ServiceError> {
        // What the law leaves open is neither proposed nor taken away: an official has to look.
        let Some(amount) = one.amount else { return Ok(()) };
        let received = seen.household.receives(one.benefit.id, one.member.as_deref()).is_some();
        match standing.map(|proposal| proposal.state.status) {
            Some(Status::Found | Status::Asked | Status::Confirmed | Status::Awarded) => {
                let before = standing.and_then(|proposal| current_amount(&proposal.state));
                if before == Some(amount) {
                    return Ok(());
                }
                let order = Order::Reassess { now: Box::new(self.now(seen, amount)) };
                let after: Proposal = self.order(caller, name, order).await?;
                let list = if after.status == Status::Withdrawn { &mut lived.closed } else { &mut lived.changed };
                list.push(name.clone());
            }
            _ if amount > 0 && !received && is_to_be_proposed(one.benefit, standing) => {
                let finding = Finding {
                    household: seen.id.to_owned(),
                    account: seen.account.map(str::to_owned),
                    benefit: one.benefit.id.to_owned(),
                    member: one.member.clone(),
                    amount,
                    month: seen.month,
                    rules: self.inner.law.rules(),
                    origin: seen.origin.to_owned(),
                };
                let after: Proposal = self.order(caller, name, Order::Find { finding: Box::new(finding) }).await?;
                if after.status == Status::Found {
                    lived.opened.push(name.clone());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn now(&self, seen: &Seen<'_>, amount: i64) -> Reassessed {
        Reassessed { amount, month: seen.month, rules: self.inner.law.rules(), origin: seen.origin.to_owned() }
    }
}

/// A household while it is reckoned.
struct Seen<'a> {
    id: &'a str,
    household: &'a Household,
    account: Option<&'a str>,
    month: Month,
    origin: &'a str,
}

fn current_amount(proposal: &Proposal) -> Option<i64> {
    let awarded = proposal.award.as_ref().and_then(|award| award.amounts.last()).map(|(_, amount)| *amount);
    awarded.or(proposal.finding.as_ref().map(|finding| finding.amount))
}

/// What was given once is not proposed again; what was declined or refused, not in the same year.
fn is_to_be_proposed(benefit: &Benefit, standing: Option<&Named<Proposal>>) -> bool {
    standing.is_none_or(|proposal| benefit.rhythm != Rhythm::Once || proposal.state.award.is_none())
}
