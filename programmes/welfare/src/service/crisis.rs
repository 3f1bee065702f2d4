//! Households with signals of a crisis: scored when registers are read, looked after by officials, and what was found
//! measured against the score.

use std::collections::BTreeMap;

use maru_ledger::Personal;

use super::{Caller, ServiceError, WelfareService, life::subject, watching::age_band};
use crate::{
    domain::{
        CrisisCase, Household, Proposal,
        crisis::{Errors, Looked, Score, errors_by_group},
        crisis_case::{CrisisOrder, Found, Step},
    },
    store::{Named, Standing},
};

/// Outcomes that are looked at: the newest so many.
const LOOKED_AT: u32 = 2_000;
/// What a look at a household says of its purpose.
const PURPOSE: &str = "위기가구 발굴";

/// The worklist.
#[derive(Debug, Clone)]
pub struct CrisisList {
    /// Which part.
    pub standing: Standing,
    /// The cases, the most points first.
    pub cases: Vec<Named<CrisisCase>>,
    /// How many stand in each part.
    pub counts: Vec<(Standing, u64)>,
}

/// A household with its score, part by part, and what is open for it.
#[derive(Debug, Clone)]
pub struct CrisisLook {
    /// The case, with the words of who looked.
    pub case: Named<CrisisCase>,
    /// The score of today.
    pub score: Score,
    /// The line of today.
    pub line: u32,
    /// Proposals of the household that wait for somebody.
    pub proposals: Vec<Named<Proposal>>,
    /// The household; nothing after it was erased.
    pub household: Option<Household>,
}

/// What the line of points did, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrisisErrors {
    /// All together.
    pub all: Errors,
    /// By the age of the household's first member, in bands.
    pub by_age: BTreeMap<String, Errors>,
    /// By province, as the law's variable names it.
    pub by_province: BTreeMap<String, Errors>,
}

impl WelfareService {
    /// What the signals of a household are worth today.
    pub(super) fn crisis_order(&self, caller: &Caller, id: &str, household: &Household) -> CrisisOrder {
        let (score, line) = self.scored(caller, household);
        CrisisOrder::Score {
            points: score.points,
            line,
            visit: score.asks_for_visit(),
            parts: Personal::new(subject(id), serde_json::to_string(&score.parts).unwrap_or_default()),
        }
    }

    fn scored(&self, caller: &Caller, household: &Household) -> (Score, u32) {
        let today = caller.today();
        (self.inner.crisis.score(&household.signals, today), self.inner.crisis.line(today))
    }

    /// The model of points that is in use.
    pub fn crisis_model(&self) -> &crate::domain::CrisisModel {
        &self.inner.crisis
    }

    /// The worklist: who is looked after first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn crisis_list(&self, caller: &Caller, standing: Standing) -> Result<CrisisList, ServiceError> {
        self.permit(caller, "screen-households", &self.desk())?;
        let store = &self.inner.store;
        Ok(CrisisList { standing, cases: store.crisis_cases(standing).await?, counts: store.crisis_counts().await? })
    }

    /// A household with its score. That it was looked at is recorded, and the household can see it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn crisis_look(&self, caller: &Caller, household: &str) -> Result<CrisisLook, ServiceError> {
        self.permit(caller, "screen-households", &self.desk())?;
        let named = self.inner.store.crisis_case(household).await?.ok_or(ServiceError::NotFound)?;
        let state = self.inner.store.opened::<CrisisCase>(household).await?.ok_or(ServiceError::NotFound)?;
        let home = self.look(caller, household, PURPOSE).await?;
        let (score, line) = match &home.household {
            Some(household) => self.scored(caller, household),
            None => (Score::default(), self.inner.crisis.line(caller.today())),
        };
        let mut proposals = self.inner.store.proposals_of(household).await?;
        proposals.retain(|proposal| proposal.state.status.is_open());
        Ok(CrisisLook { case: Named { state, ..named }, score, line, proposals, household: home.household })
    }

    /// Records a call, a visit or an offer, and what came of it.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] without a word on what was found.
    pub async fn record_contact(
        &self,
        caller: &Caller,
        household: &str,
        (step, found): (Step, Found),
        note: &str,
    ) -> Result<CrisisCase, ServiceError> {
        self.permit(caller, "screen-households", &self.desk())?;
        let by = caller.official()?;
        let note = Personal::new(subject(household), note.trim());
        self.order(caller, household, CrisisOrder::Contact { step, found, note, by }).await
    }

    /// What the line did, by group: measured from what officials found.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn crisis_errors(&self, caller: &Caller) -> Result<CrisisErrors, ServiceError> {
        self.permit(caller, "list-proposals", &self.desk())?;
        let cases = self.inner.store.known_crisis_cases(LOOKED_AT).await?;
        let homes = self.inner.store.facts_of(cases.iter().map(|case| case.id.clone()).collect()).await?;
        let mut seen: Vec<Seen> = Vec::new();
        for case in &cases {
            let Some((contact, in_need)) = case.state.known_need() else { continue };
            let household = homes.get(&case.id);
            let province = household.and_then(|home| home.facts.get("province")?.as_str().map(str::to_owned));
            let above = contact.points >= contact.line;
            let age = age_band(household, contact.on);
            seen.push(Seen { above, in_need, age, province: province.unwrap_or_default() });
        }
        Ok(CrisisErrors {
            all: grouped(&seen, |_| "").into_values().next().unwrap_or_default(),
            by_age: grouped(&seen, |one| one.age),
            by_province: grouped(&seen, |one| &one.province),
        })
    }
}

/// A household of which it is known whether it was in need.
struct Seen {
    above: bool,
    in_need: bool,
    age: &'static str,
    province: String,
}

fn grouped(seen: &[Seen], group: impl Fn(&Seen) -> &str) -> BTreeMap<String, Errors> {
    let looked: Vec<Looked<'_>> =
        seen.iter().map(|one| Looked { group: group(one), above: one.above, in_need: one.in_need }).collect();
    errors_by_group(&looked).into_iter().map(|(group, errors)| (group.to_owned(), errors)).collect()
}
