//! What happens in a household's life as an official writes it down: one change at a time, and everything is reckoned anew.

use jiff::civil::Date;
use serde_json::Value as Json;

use super::{Caller, Lived, ServiceError, WelfareService, asked::Kind, unknown_fact};
use crate::{
    domain::{Household, LifeEvent, Member, Record, Refusal, household::Facts},
    evaluation::checked,
    store::Home,
};

/// What changes in a household.
#[derive(Debug, Clone, PartialEq)]
pub enum HouseholdChange {
    /// A fact is another; nothing is known of it any more where there is no value.
    Fact {
        /// Whose; nobody's for the household's own.
        member: Option<String>,
        /// The variable.
        fact: String,
        /// The value.
        value: Option<Json>,
    },
    /// Somebody comes.
    Join {
        /// `spouse`, `child`, `parent` or `other`.
        role: String,
        /// What the household calls them.
        name: String,
        /// The date of birth.
        birth: Date,
    },
    /// Somebody leaves or died.
    Leave {
        /// Who.
        member: String,
    },
}

impl WelfareService {
    /// A household as an official sees it who writes down what happened; the look is recorded.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where it is not known, [`ServiceError::Forbidden`] for other departments.
    pub async fn household_to_change(&self, caller: &Caller, id: &str) -> Result<Home, ServiceError> {
        self.may_change(caller, id).await?;
        self.look(caller, id, "가구의 변동 기록").await
    }

    /// Refuses who may not change a household. One that stands in a lot leaves it.
    async fn may_change(&self, caller: &Caller, id: &str) -> Result<(), ServiceError> {
        let Some((resource, is_in_lot)) = self.record_known(id).await? else {
            return Err(if caller.principal.is_some() { ServiceError::NotFound } else { ServiceError::SignInRequired });
        };
        self.permit(caller, "record-life-event", &resource)?;
        if is_in_lot { self.touch(caller.now, id).await } else { Ok(()) }
    }

    /// Writes down what happened on a day, and reckons the household anew.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] for a day to come; [`ServiceError::Invalid`] for what the law does not know.
    pub async fn change_household(
        &self,
        caller: &Caller,
        id: &str,
        (event, on): (LifeEvent, Date),
        change: HouseholdChange,
    ) -> Result<Lived, ServiceError> {
        self.may_change(caller, id).await?;
        let home = self.inner.store.home(id).await?.ok_or(ServiceError::NotFound)?;
        let household = home.household.ok_or(ServiceError::NotFound)?;
        let household = match change {
            HouseholdChange::Fact { member, fact, value } => self.with_fact(household, (member, fact), value)?,
            HouseholdChange::Join { role, name, birth } => {
                let is_role = matches!(role.as_str(), "spouse" | "child" | "parent" | "other");
                let is_second = role == "spouse" && household.members.iter().any(|one| one.role == "spouse");
                if !is_role || is_second || birth > caller.today() {
                    return Err(Refusal::MemberName.into());
                }
                let facts = Facts::from([("birth".to_owned(), Json::from(birth.to_string()))]);
                // A name of its own until a register tells the person's pseudonym.
                let id = self.draw();
                household.joined_by(Member { id, role, name: name.trim().chars().take(80).collect(), facts })
            }
            HouseholdChange::Leave { member } => {
                if household.member(&member).is_none() {
                    return Err(Refusal::MemberName.into());
                }
                household.left_by(&member)
            }
        };
        self.live(caller, id, event, on, household).await
    }

    fn with_fact(
        &self,
        mut household: Household,
        (member, fact): (Option<String>, String),
        value: Option<Json>,
    ) -> Result<Household, ServiceError> {
        let (Some(variable), Some(kind)) = (self.inner.law.fact(&fact), self.kind_of(&fact)) else {
            return Err(unknown_fact(&format!("the law knows no fact {fact}")));
        };
        if member.is_none() != (kind == Kind::Household) {
            return Err(unknown_fact(&format!("{fact}: choose of whom it is")));
        }
        if let Some(value) = &value {
            checked(variable, value).map_err(|reason| unknown_fact(&format!("{fact}: {reason}")))?;
        }
        let whose = member.as_deref();
        if whose.is_some_and(|id| household.member(id).is_none()) {
            return Err(Refusal::MemberName.into());
        }
        household.put(whose, &fact, value, kind == Kind::Couple);
        Ok(household)
    }

    /// What somebody said is wrong, in their words.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn disputed_words(
        &self,
        caller: &Caller,
        household: &str,
        place: usize,
    ) -> Result<Option<String>, ServiceError> {
        self.kept(caller, household).await?;
        let record = self.inner.store.opened::<Record>(household).await?;
        let dispute = record.and_then(|record| record.disputes.into_iter().nth(place));
        Ok(dispute.and_then(|dispute| dispute.words).and_then(|words| words.value))
    }
}
