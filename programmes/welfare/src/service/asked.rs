//! What no register holds is asked of people: they tell it, or an official takes it down, and the proposal goes on.

use std::collections::BTreeMap;

use maru_rules::{explain::Words, variable::ValueType};
use serde_json::Value as Json;

use super::{Caller, Lived, ServiceError, WelfareService, life::Change, unknown_fact};
use crate::{
    domain::{Household, Order, Proposal, Status, household::Told},
    evaluation::{Fact, checked},
    store::Named,
};

/// How a fact is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    /// Yes or no.
    YesNo,
    /// Whole won.
    Won,
    /// A whole number.
    Number,
    /// A day.
    Day,
    /// One of these.
    Choice(Vec<(String, Words)>),
}

/// A fact that is asked for, and of whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The fact.
    pub fact: Fact,
    /// How it is told.
    pub answered: Answered,
    /// Of whom: members, or nobody where it is the household's.
    pub whose: Vec<Option<String>>,
}

/// A fact as somebody tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenFact {
    /// Whose; nobody's for the household's own.
    pub member: Option<String>,
    /// The variable.
    pub fact: String,
    /// The value.
    pub value: Json,
}

/// Whom the law knows a fact of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Person,
    Couple,
    Household,
}

impl WelfareService {
    /// What a proposal asks for, as people are asked.
    pub fn questions(&self, proposal: &Proposal, household: &Household) -> Vec<Question> {
        let asked = proposal.asked.iter().filter(|_| proposal.status == Status::Asked);
        asked.filter_map(|fact| self.question(fact, household)).collect()
    }

    /// A fact as people are asked for it; nothing where the law knows no such fact.
    pub fn question(&self, id: &str, household: &Household) -> Option<Question> {
        let law = &self.inner.law;
        let variable = law.fact(id)?;
        let is_won = variable.unit.as_deref().is_some_and(|unit| unit.starts_with("currency"));
        let answered = match &variable.value_type {
            ValueType::Bool => Answered::YesNo,
            ValueType::Int if is_won => Answered::Won,
            ValueType::Int | ValueType::Float => Answered::Number,
            ValueType::Date => Answered::Day,
            ValueType::Enum(_) => Answered::Choice(law.choices(id)),
            ValueType::Text => return None,
        };
        let everybody = || household.members.iter().map(|member| Some(member.id.clone()));
        let whose = match self.kind_of(id)? {
            Kind::Household => vec![None],
            Kind::Person => everybody().collect(),
            // One of a couple speaks for both.
            Kind::Couple => {
                let second = |id: &Option<String>| {
                    let id = id.as_deref().unwrap_or_default();
                    household.couples.iter().any(|couple| couple.partners.iter().skip(1).any(|partner| partner == id))
                };
                everybody().filter(|id| !second(id)).collect()
            }
        };
        let label = law.label(id);
        Some(Question { fact: Fact { id: id.to_owned(), ko: label.ko, en: label.en }, answered, whose })
    }

    pub(super) fn kind_of(&self, id: &str) -> Option<Kind> {
        let law = &self.inner.law;
        let entity = law.package().system.entities.get(law.fact(id)?.entity)?;
        match &*entity.key {
            "household" => Some(Kind::Household),
            "couple" => Some(Kind::Couple),
            _ => Some(Kind::Person),
        }
    }

    /// Tells facts that a proposal asked for: by its citizen, or taken down by an official. What is not told stands at the law's usual
    /// value; the proposal waits for an official again.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] where nothing is asked for; [`ServiceError::Invalid`] for a fact that was not asked for, or is not what
    /// the law knows.
    pub async fn give_facts(&self, caller: &Caller, id: &str, given: Vec<GivenFact>) -> Result<Lived, ServiceError> {
        let is_staff = caller.principal.as_ref().is_some_and(|principal| principal.role.is_staff());
        let known = self.known(caller, if is_staff { "ask-facts" } else { "give-facts" }, id).await?;
        let household = self.household_with(caller, &known, given).await?;
        match household {
            // Nothing is known to them either.
            None => {
                self.order::<Proposal>(caller, id, Order::Answer).await?;
                Ok(Lived::default())
            }
            Some((home, household)) => {
                let change = Change::Tell { proposal: id.to_owned(), on: caller.today(), household };
                self.change(caller, &home, &change).await
            }
        }
    }

    /// The household of a proposal with what was told; nothing where nothing was.
    async fn household_with(
        &self,
        caller: &Caller,
        known: &Named<Proposal>,
        given: Vec<GivenFact>,
    ) -> Result<Option<(String, Household)>, ServiceError> {
        if given.is_empty() {
            return Ok(None);
        }
        let finding = known.state.finding.as_ref().ok_or(ServiceError::NotFound)?;
        let home = self.inner.store.home(&finding.household).await?.ok_or(ServiceError::NotFound)?;
        let mut household = home.household.ok_or(ServiceError::NotFound)?;
        // The same fact told twice counts as it was told last.
        let given: BTreeMap<(String, Option<String>), Json> =
            given.into_iter().map(|one| ((one.fact, one.member), one.value)).collect();
        for ((fact, member), value) in given {
            let is_asked = known.state.asked.contains(&fact);
            let (Some(variable), Some(kind), true) = (self.inner.law.fact(&fact), self.kind_of(&fact), is_asked) else {
                return Err(unknown_fact(&format!("{fact} was not asked for")));
            };
            let is_theirs = member.as_deref().is_none_or(|id| household.member(id).is_some());
            if !is_theirs || member.is_none() != (kind == Kind::Household) {
                return Err(unknown_fact(&format!("{fact}: nobody of the household is called so")));
            }
            checked(variable, &value).map_err(|reason| unknown_fact(&format!("{fact}: {reason}")))?;
            let is_negative = value.as_i64().is_some_and(|value| value < 0);
            if is_negative {
                return Err(unknown_fact(&format!("{fact}: it cannot be less than nothing")));
            }
            household.tell(Told { member, fact, on: caller.today() }, value, kind == Kind::Couple);
        }
        Ok(Some((finding.household.clone(), household)))
    }
}
