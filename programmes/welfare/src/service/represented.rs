//! What somebody does by an account of their own for whom they act: within the powers and the time that are written down, and every look
//! on record where the person sees it.

use jiff::{ToSpan, civil::Date};
use maru_identity::Resource;
use maru_ledger::Personal;
use sha2::{Digest as _, Sha256};

use super::{Caller, OBJECTION_DAYS, REVIEW_DAYS, ServiceError, WelfareService, life};
use crate::{
    domain::{
        Household, Month, Order, Proposal, Record, RecordOrder, Refusal, Representative,
        proposal::{ForWhom, Means},
        representation::{Invitation, Power},
    },
    evaluation::{Assessment, Entitlement},
    store::{Home, Named},
};

/// Days within which a code links an account.
const CODE_DAYS: i64 = 14;
/// Letters and digits of a code in groups of four: 80 bits that nobody guesses.
const CODE_GROUPS: usize = 5;

/// Somebody for whom the caller acts today.
#[derive(Debug, Clone, PartialEq)]
pub struct ActsFor {
    /// The household, by its pseudonym.
    pub household: String,
    /// The place in the record of representatives, from 0.
    pub place: usize,
    /// Who acts, with the name; for whom, on what ground, with which powers, until when.
    pub representative: Representative,
    /// What the household calls the person; their pseudonym where no register says.
    pub name: String,
}

/// What who acts for a person sees of them: their own facts and benefits, and the household's where they head it; of the others nothing.
#[derive(Debug, Clone)]
pub struct Represented {
    /// Who acts for whom.
    pub acting: ActsFor,
    /// The household with the facts of the person alone.
    pub household: Household,
    /// What is due to the person this month.
    pub entitlements: Vec<Entitlement>,
    /// The month.
    pub month: Month,
    /// Proposals and awards of the person, without sealed words.
    pub proposals: Vec<Named<Proposal>>,
}

/// A code as people type it: without blanks and hyphens, in capitals.
fn digest_of(code: &str) -> String {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_uppercase()).collect();
    maru_ledger::hexadecimal(&Sha256::digest(code.as_bytes()))
}

impl WelfareService {
    /// The right to act for somebody, as policies know it: whose account was linked.
    fn representation_of(representative: &Representative) -> Resource {
        let resource = Resource::new("welfare-representation", "");
        match &representative.account {
            Some(account) => resource.owned_by(account),
            None => resource,
        }
    }

    /// Gives a code that links the account of who acts, once, within fourteen days; the official hands it to whom they know to be the one.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments; [`ServiceError::Refused`] for who does not act today, or may see nothing.
    pub async fn invite_representative(
        &self,
        caller: &Caller,
        household: &str,
        place: usize,
    ) -> Result<String, ServiceError> {
        self.kept(caller, household).await?;
        let mut bytes = [0_u8; CODE_GROUPS * 2];
        self.inner.entropy.fill(&mut bytes);
        let groups: Vec<String> = bytes.chunks(2).map(|pair| maru_ledger::hexadecimal(pair).to_uppercase()).collect();
        let code = groups.join("-");
        let invitation =
            Invitation { digest: digest_of(&code), until: caller.today().saturating_add(CODE_DAYS.days()) };
        let order = RecordOrder::InviteRepresentative { place, invitation, by: caller.official()? };
        self.order::<Record>(caller, household, order).await?;
        Ok(code)
    }

    /// Links the caller's account to whom the code is for.
    ///
    /// # Errors
    /// [`ServiceError::SignInRequired`] for strangers; [`ServiceError::Refused`] where no such code may be used now.
    pub async fn accept_representation(&self, caller: &Caller, code: &str) -> Result<(), ServiceError> {
        let account = caller.account().ok_or(ServiceError::SignInRequired)?.to_owned();
        self.permit(caller, "link-representation", &Resource::new("welfare-representation", "").owned_by(&account))?;
        let digest = digest_of(code);
        let household = self.inner.store.invited(&digest).await?.ok_or(Refusal::NotRepresenting)?;
        self.order::<Record>(caller, &household, RecordOrder::LinkRepresentative { digest, account }).await?;
        Ok(())
    }

    /// For whom the caller acts today.
    ///
    /// # Errors
    /// [`ServiceError::SignInRequired`] for strangers.
    pub async fn acting_for(&self, caller: &Caller) -> Result<Vec<ActsFor>, ServiceError> {
        let account = caller.account().ok_or(ServiceError::SignInRequired)?;
        let mut found = Vec::new();
        for (household, place) in self.inner.store.acted_for(account).await? {
            match self.acts(caller, &household, place, Power::See).await {
                Ok((acting, _)) => found.push(acting),
                // Its time is over, or the household was erased.
                Err(ServiceError::NotFound | ServiceError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// Whom the caller acts for at a place of a household's record, with the household.
    async fn acts(
        &self,
        caller: &Caller,
        household: &str,
        place: usize,
        power: Power,
    ) -> Result<(ActsFor, Home), ServiceError> {
        let record = self.inner.store.opened::<Record>(household).await?.ok_or(ServiceError::NotFound)?;
        let known = record.representatives.get(place).cloned().ok_or(ServiceError::NotFound)?;
        self.permit(caller, "act-for-person", &Self::representation_of(&known))?;
        record.acting(place, caller.today(), power)?;
        let home = self.inner.store.home(household).await?.ok_or(ServiceError::NotFound)?;
        let person = home.household.as_ref().and_then(|home| home.member(&known.member));
        let person = person.ok_or(ServiceError::NotFound)?;
        let name = if person.name.is_empty() { person.id.clone() } else { person.name.clone() };
        Ok((ActsFor { household: household.to_owned(), place, representative: known, name }, home))
    }

    /// What the caller may see of whom they act for; the look is recorded, and the household sees it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for who does not act for them; [`ServiceError::Refused`] outside the time or without the power.
    pub async fn represented(
        &self,
        caller: &Caller,
        household: &str,
        place: usize,
    ) -> Result<Represented, ServiceError> {
        let (acting, home) = self.acts(caller, household, place, Power::See).await?;
        let whole = home.household.ok_or(ServiceError::NotFound)?;
        let (ground, _) = acting.representative.ground.words();
        let look = RecordOrder::Look {
            purpose: "대신하는 사람이 봄".to_owned(),
            // Names of who acts are sealed: the record says which of them it is.
            reader: format!("{ground} (대신하는 사람 {})", place.saturating_add(1)),
        };
        self.order::<Record>(caller, household, look).await?;
        let month = Month::of(caller.today());
        let assessment: Assessment = self.inner.law.assess(&whole, month)?;
        let representative = &acting.representative;
        let heads = representative.heads(&whole);
        let theirs = |member: Option<&str>| member.map_or(heads, |member| member == representative.member);
        let entitlements = assessment.due().filter(|one| theirs(one.member.as_deref())).cloned().collect();
        let mut proposals = self.inner.store.proposals_of(household).await?;
        proposals.retain(|one| {
            let finding = one.state.finding.as_ref();
            finding.is_some_and(|finding| representative.concerns(&whole, finding))
        });
        let household = only(&whole, &representative.member);
        Ok(Represented { acting, household, entitlements, month, proposals })
    }

    /// A proposal of whom the caller acts for, where they have the power; as whom they act.
    async fn proposal_for(
        &self,
        caller: &Caller,
        (household, place): (&str, usize),
        id: &str,
        power: Power,
    ) -> Result<(Named<Proposal>, ForWhom), ServiceError> {
        let (acting, home) = self.acts(caller, household, place, power).await?;
        let proposal = self.inner.store.proposal(id).await?.ok_or(ServiceError::NotFound)?;
        let finding = proposal.state.finding.as_ref().ok_or(ServiceError::NotFound)?;
        let whole = home.household.as_ref().ok_or(ServiceError::NotFound)?;
        if finding.household != household || !acting.representative.concerns(whole, finding) {
            return Err(ServiceError::NotFound);
        }
        if finding.lot.is_some() {
            self.touch(caller.now, household).await?;
        }
        Ok((proposal, acting.representative.named(place)))
    }

    /// Applies for the person.
    ///
    /// # Errors
    /// As [`Self::represented`]; [`ServiceError::Refused`] where it was applied for already, or is confirmed.
    pub async fn apply_for(&self, caller: &Caller, at: (&str, usize), id: &str) -> Result<Proposal, ServiceError> {
        let (_, for_whom) = self.proposal_for(caller, at, id, Power::Apply).await?;
        let due = self.days_from_now(caller, super::applications::APPLICATION_DAYS).await?;
        self.order(caller, id, Order::Apply { due, for_whom: Some(for_whom) }).await
    }

    /// Agrees for the person.
    ///
    /// # Errors
    /// As [`Self::represented`]; [`ServiceError::Refused`] before an official confirmed it.
    pub async fn consent_for(&self, caller: &Caller, at: (&str, usize), id: &str) -> Result<Proposal, ServiceError> {
        let (proposal, for_whom) = self.proposal_for(caller, at, id, Power::Consent).await?;
        let finding = proposal.state.finding.ok_or(ServiceError::NotFound)?;
        let order = Order::Consent {
            means: Means::Message,
            taken_by: None,
            for_whom: Some(for_whom),
            received_from: self.received_from(&finding).await?,
            objection_until: self.days_from_now(caller, OBJECTION_DAYS).await?,
        };
        self.order(caller, id, order).await
    }

    /// Says for the person that it is not wanted.
    ///
    /// # Errors
    /// As [`Self::represented`].
    pub async fn decline_for(
        &self,
        caller: &Caller,
        at: (&str, usize),
        id: &str,
        reason: String,
    ) -> Result<Proposal, ServiceError> {
        let (_, for_whom) = self.proposal_for(caller, at, id, Power::Consent).await?;
        self.order(caller, id, Order::Decline { reason, for_whom: Some(for_whom) }).await
    }

    /// Objects for the person.
    ///
    /// # Errors
    /// As [`Self::represented`]; [`ServiceError::Refused`] after the period.
    pub async fn object_for(
        &self,
        caller: &Caller,
        at: (&str, usize),
        id: &str,
        words: &str,
    ) -> Result<Proposal, ServiceError> {
        let (proposal, for_whom) = self.proposal_for(caller, at, id, Power::Contest).await?;
        self.order_objection(caller, &proposal, words, Some(for_whom)).await
    }

    /// Asks for the person that a person looks at it.
    ///
    /// # Errors
    /// As [`Self::represented`]; [`ServiceError::Refused`] while one is looking.
    pub async fn ask_review_for(
        &self,
        caller: &Caller,
        at: (&str, usize),
        id: &str,
        words: &str,
    ) -> Result<Proposal, ServiceError> {
        let (_, for_whom) = self.proposal_for(caller, at, id, Power::Contest).await?;
        let due = self.days_from_now(caller, REVIEW_DAYS).await?;
        let words = Personal::new(life::subject(at.0), words.trim());
        self.order(caller, id, Order::AskReview { words, due, for_whom: Some(for_whom) }).await
    }
}

/// The household with one person in it: who acts for them sees nobody else's facts.
fn only(household: &Household, member: &str) -> Household {
    let mut one = household.clone();
    one.members.retain(|known| known.id == member);
    one.couples.clear();
    one.signals.clear();
    one.told.retain(|told| told.member.as_deref() == Some(member));
    one.received.retain(|received| received.member.as_deref() == Some(member));
    one
}

/// The last day of a code.
pub fn code_until(today: Date) -> Date {
    today.saturating_add(CODE_DAYS.days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        assert_eq!(digest_of("00AF-12bc"), digest_of(" 00af 12BC "));
        assert_ne!(digest_of("00AF-12BC"), digest_of("00AF-12BD"));
        assert_eq!(digest_of("x").len(), 64);
    }
}
