//! What comes in and goes out. An inline type is described by its own words: a second description beside it would make an
//! object of it in the document.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    domain::{Household, LifeEvent, Proposal, Status, proposal::Means},
    service::{Lived, Situation},
    store::Named,
};

/// A household to calculate for.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CalculationRequest {
    /// The month.
    #[schema(example = "2026-03")]
    pub(super) month: String,
    /// The household: `members` (`id`, `role`, `facts` by the law's variables), `couples`, `facts`.
    #[schema(value_type = Object)]
    pub(super) household: Json,
}

/// A benefit that was calculated.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalculatedBenefit {
    /// The law's variable.
    benefit: &'static str,
    /// Its name in Korean.
    ko: &'static str,
    /// Its name in English.
    en: &'static str,
    /// Whose, where it is a person's.
    member: Option<String>,
    /// Won of its rhythm; 1 for a status; nothing where the law leaves it open.
    amount: Option<i64>,
    /// The article.
    article: &'static str,
}

/// What a household is entitled to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Calculation {
    /// The month.
    month: String,
    /// The rules: name, version, digest.
    rules: String,
    /// What comes every month in money, in won.
    monthly: i64,
    /// Every benefit.
    benefits: Vec<CalculatedBenefit>,
}

impl Calculation {
    pub(super) fn of(situation: &Situation, rules: String) -> Self {
        let benefits = situation.assessment.entitlements.iter().map(|one| CalculatedBenefit {
            benefit: one.benefit.id,
            ko: one.benefit.ko,
            en: one.benefit.en,
            member: one.member.clone(),
            amount: one.amount,
            article: one.benefit.article,
        });
        Self {
            month: situation.month.to_string(),
            rules,
            monthly: situation.assessment.monthly(),
            benefits: benefits.collect(),
        }
    }
}

/// A proposal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProposalView {
    /// Its name.
    id: String,
    #[schema(inline)]
    status: Status,
    /// The household, by its pseudonym.
    household: String,
    /// The benefit.
    benefit: String,
    /// Whose, where it is a person's.
    member: Option<String>,
    /// Won of the benefit's rhythm.
    amount: i64,
    /// For which month it was reckoned.
    month: String,
    /// The rules by which it was reckoned.
    rules: String,
    /// What found it.
    origin: String,
    /// By when the decision on its application is told, where it was applied for.
    #[schema(value_type = Option<String>, format = Date)]
    application_due: Option<Date>,
    /// From which month it is given.
    from: Option<String>,
    /// The last day to object.
    #[schema(value_type = Option<String>, format = Date)]
    objection_until: Option<Date>,
    /// The day by which a person answers, where that was asked for.
    #[schema(value_type = Option<String>, format = Date)]
    review_due: Option<Date>,
}

impl ProposalView {
    pub(super) fn of(named: &Named<Proposal>) -> Option<Self> {
        let finding = named.state.finding.as_ref()?;
        Some(Self {
            id: named.id.clone(),
            status: named.state.status,
            household: finding.household.clone(),
            benefit: finding.benefit.clone(),
            member: finding.member.clone(),
            amount: finding.amount,
            month: finding.month.to_string(),
            rules: finding.rules.clone(),
            origin: finding.origin.clone(),
            application_due: named.state.open_application().map(|application| application.due),
            from: named.state.award.as_ref().map(|award| award.from.to_string()),
            objection_until: named.state.objection_until,
            review_due: named.state.review.as_ref().map(|review| review.due),
        })
    }
}

/// Proposals.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProposalList {
    /// They, those due first at the top.
    pub(super) proposals: Vec<ProposalView>,
}

/// An official's confirmation.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ConfirmProposalRequest {
    /// What was looked at.
    #[schema(max_length = 4000)]
    pub(super) note: String,
    #[schema(inline)]
    #[serde(default)]
    pub(super) means: Means,
}

/// A refusal.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DenialRequest {
    /// Why.
    #[schema(max_length = 4000)]
    pub(super) reason: String,
    /// The article, with the act's full name.
    #[schema(max_length = 4000)]
    pub(super) article: String,
}

/// A few words of a citizen.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CitizenWords {
    /// The words.
    #[schema(max_length = 4000)]
    #[serde(default)]
    pub(super) words: String,
}

/// A fact that was asked for.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ToldFact {
    /// Whose, by the name in the household; nobody's for the household's own.
    #[serde(default)]
    pub(super) member: Option<String>,
    /// The law's variable.
    #[schema(example = "monthly_rent")]
    pub(super) fact: String,
    /// The value.
    #[schema(value_type = Object)]
    pub(super) value: Json,
}

/// Facts that a proposal asked for.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FactsRequest {
    /// What is known; what is left out is not.
    #[schema(max_items = 900)]
    pub(super) facts: Vec<ToldFact>,
}

/// What happened in somebody's life, with the household after it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LifeEventRequest {
    #[schema(inline)]
    pub(super) event: LifeEvent,
    /// When.
    #[schema(value_type = String, format = Date)]
    pub(super) on: Date,
    /// The household after it.
    #[schema(value_type = Object)]
    pub(super) household: Json,
}

/// What a life event came to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LifeEventOutcome {
    /// Proposals that were opened.
    opened: Vec<String>,
    /// Proposals and awards with another amount.
    changed: Vec<String>,
    /// Proposals that are no longer due.
    closed: Vec<String>,
}

impl From<Lived> for LifeEventOutcome {
    fn from(lived: Lived) -> Self {
        Self { opened: lived.opened, changed: lived.changed, closed: lived.closed }
    }
}

/// The household that was sent.
pub(super) fn household(json: Json) -> Result<Household, crate::ServiceError> {
    serde_json::from_value(json).map_err(|error| crate::service::unknown_fact(&format!("the household: {error}")))
}
