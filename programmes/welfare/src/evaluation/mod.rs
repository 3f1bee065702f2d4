//! The law applied to one household: what it is entitled to, why, what would change it, what is still to be asked.
//!
//! A month's question is compiled once and then only calculated: every household is given the same columns, with the law's
//! usual value where nothing is known, so that all share one plan.

mod ages;
mod compiled;
mod grounds;
mod situation;

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use maru_rules::{
    command::CalculationError,
    diagnostic::Diagnostic,
    explain::{self, Words, certificate},
    period::Period,
    system::{Package, PackageError},
    unknown,
    variable::{ValueType, Variable},
};
use serde::{Deserialize, Serialize};

use crate::domain::{
    BENEFITS, Benefit, Household, Month,
    benefit::{Rhythm, Whose},
};

pub use ages::AgesReached;
pub(crate) use ages::BIRTH;
use compiled::Compiled;
pub(crate) use compiled::checked;
pub use grounds::{Change, FigureUsed, Grounds, InputUsed};

/// Facts that no register holds, or not reliably: only these are ever asked of a person.
pub const ASKED_OF_PEOPLE: [&str; 14] = [
    "monthly_rent",
    "counted_private_transfers",
    "chronic_medical_cost",
    "is_pregnant",
    "cannot_work",
    "car_use",
    "is_paid_in_local_currency",
    "heats_with_kerosene_or_gas",
    "gets_other_heating_support",
    "has_supporter",
    "support_cannot_be_had",
    "deposit_owed",
    "child_home_value",
    "is_abroad_for_90_days",
];

/// Why the law could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// The package cannot be read.
    #[error("the rules could not be read: {0}")]
    Package(#[from] PackageError),
    /// The rules do not compile or calculate.
    #[error("{0}")]
    Rules(#[from] Diagnostic),
    /// A fact is not what the law knows.
    #[error("the fact {fact} of {whose} cannot be read: {reason}")]
    Fact {
        /// The variable.
        fact: String,
        /// Whose.
        whose: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The explanation failed.
    #[error(transparent)]
    Explanation(#[from] CalculationError),
    /// The package's digest could not be made.
    #[error(transparent)]
    Digest(#[from] certificate::CertificateError),
}

/// What a household is entitled to, one benefit of one person or of the household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    /// The benefit.
    pub benefit: &'static Benefit,
    /// Whose, where it is a person's.
    pub member: Option<String>,
    /// How much, in whole won of the benefit's rhythm; for a status 1 or 0; nothing where the law leaves it open.
    pub amount: Option<i64>,
}

/// What a household is entitled to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assessment {
    /// By benefit, in their order, then by member.
    pub entitlements: Vec<Entitlement>,
}

impl Assessment {
    /// One of them.
    pub fn of(&self, benefit: &str, member: Option<&str>) -> Option<&Entitlement> {
        self.entitlements.iter().find(|one| one.benefit.id == benefit && one.member.as_deref() == member)
    }

    /// Those that are due.
    pub fn due(&self) -> impl Iterator<Item = &Entitlement> {
        self.entitlements.iter().filter(|one| one.amount.is_some_and(|amount| amount > 0))
    }

    /// What comes every month in money, in won.
    pub fn monthly(&self) -> i64 {
        let every_month = self.due().filter(|one| one.benefit.rhythm == Rhythm::Monthly && one.benefit.is_paid());
        every_month.filter_map(|one| one.amount).sum()
    }
}

/// A fact that the law asks about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The variable.
    pub id: String,
    /// Its name in Korean.
    pub ko: String,
    /// Its name in English.
    pub en: String,
}

/// The law of a deployment. Clone it freely.
#[derive(Clone)]
pub struct LawBook {
    inner: Arc<Inner>,
}

struct Inner {
    package: Package,
    digest: String,
    compiled: Mutex<HashMap<Month, Arc<Compiled>>>,
}

impl std::fmt::Debug for LawBook {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("LawBook").field("rules", &self.rules()).finish_non_exhaustive()
    }
}

impl LawBook {
    /// Reads the law from the folder of an OpenFisca package.
    ///
    /// # Errors
    /// Where the folder holds none.
    pub fn load(folder: &Path) -> Result<Self, EvaluationError> {
        let package = Package::load(folder)?;
        let digest = certificate::package_hash(&package)?;
        Ok(Self { inner: Arc::new(Inner { package, digest, compiled: Mutex::new(HashMap::new()) }) })
    }

    /// The package.
    pub fn package(&self) -> &Package {
        &self.inner.package
    }

    /// Name, version and digest of the rules, as decisions name them.
    pub fn rules(&self) -> String {
        let package = &self.inner.package;
        let short: String = self.inner.digest.chars().take(16).collect();
        format!("{} {} {short}", package.published, package.version)
    }

    /// The variable of a fact.
    pub fn fact(&self, id: &str) -> Option<&Arc<Variable>> {
        self.inner.package.system.variables.get(id).filter(|variable| variable.formulas.is_empty())
    }

    /// What a variable is called.
    pub fn label(&self, id: &str) -> Words {
        let known = self.inner.package.system.variables.get(id).and_then(|variable| variable.label.as_deref());
        Words::of_label(known.unwrap_or(id))
    }

    /// The members of an enumeration with their names; nothing for other facts.
    pub fn choices(&self, id: &str) -> Vec<(String, Words)> {
        let Some(ValueType::Enum(enumeration)) = self.fact(id).map(|variable| &variable.value_type) else {
            return Vec::new();
        };
        enumeration.members.iter().map(|(name, label)| (name.to_string(), Words::of_label(label))).collect()
    }

    /// The facts that a benefit's amount depends on in a month.
    ///
    /// # Errors
    /// Where the rules do not compile.
    pub fn depends_on(&self, benefit: &Benefit, month: Month) -> Result<HashSet<String>, EvaluationError> {
        compiled::inputs_of(&self.inner.package, benefit, month)
    }

    fn compiled(&self, month: Month) -> Result<Arc<Compiled>, EvaluationError> {
        let known =
            |inner: &Inner| inner.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&month).map(Arc::clone);
        if let Some(compiled) = known(&self.inner) {
            return Ok(compiled);
        }
        let compiled = Arc::new(Compiled::new(&self.inner.package, month)?);
        let mut all = self.inner.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        // A year of months and some to look back: more are not asked for at a time.
        if all.len() > 36 {
            all.clear();
        }
        all.insert(month, Arc::clone(&compiled));
        Ok(compiled)
    }

    /// What a household is entitled to in a month, every benefit.
    ///
    /// # Errors
    /// [`EvaluationError::Fact`] where a fact is not what the law knows.
    pub fn assess(&self, household: &Household, month: Month) -> Result<Assessment, EvaluationError> {
        self.compiled(month)?.assess(&self.inner.package, household)
    }

    /// Why a benefit is due or not, and what it rests on.
    ///
    /// # Errors
    /// As [`LawBook::assess`].
    pub fn explain(
        &self,
        household: &Household,
        month: Month,
        benefit: &Benefit,
        member: Option<&str>,
    ) -> Result<Grounds, EvaluationError> {
        let compiled = self.compiled(month)?;
        let situation = situation::of(&self.inner.package, household, compiled.inputs());
        let period = period_of(benefit, month);
        let instance = instance_of(benefit, member);
        let account = explain::explain(&self.inner.package, &situation, benefit.id, period, Some(instance))?;
        Ok(Grounds::of(&account))
    }

    /// What would change a result: for each fact the nearest other value.
    ///
    /// # Errors
    /// As [`LawBook::assess`].
    pub fn changes(
        &self,
        household: &Household,
        month: Month,
        benefit: &Benefit,
        member: Option<&str>,
    ) -> Result<Vec<Change>, EvaluationError> {
        let compiled = self.compiled(month)?;
        let situation = situation::of(&self.inner.package, household, compiled.inputs());
        let period = period_of(benefit, month);
        let instance = instance_of(benefit, member);
        let found = explain::change::changes(&self.inner.package, &situation, benefit.id, period, Some(instance))?;
        Ok(found.iter().map(Change::of).collect())
    }

    /// The facts that no register holds and that could still change the result, what decides most first.
    ///
    /// # Errors
    /// As [`LawBook::assess`].
    pub fn open_facts(
        &self,
        household: &Household,
        month: Month,
        benefit: &Benefit,
        member: Option<&str>,
    ) -> Result<Vec<Fact>, EvaluationError> {
        let compiled = self.compiled(month)?;
        let package = &self.inner.package;
        let situation = situation::of(package, household, compiled.inputs());
        let simulation = package.situation(&package.system, &situation, None).map_err(CalculationError::from)?;
        let mut known = unknown::known_cells(&simulation, &situation);
        // What a register holds for one member it holds for all: only what people are asked can be unknown.
        for (key, rows) in &mut known {
            if !ASKED_OF_PEOPLE.contains(&&*key.0) {
                rows.fill(true);
            }
        }
        let facts = package.system.variables.values().filter(|variable| variable.formulas.is_empty());
        let assumed: HashSet<String> =
            facts.map(|fact| fact.name.to_string()).filter(|name| !ASKED_OF_PEOPLE.contains(&name.as_str())).collect();
        let question = (benefit.id.to_owned(), period_of(benefit, month));
        let inquiry = unknown::Inquiry::new(simulation, known, &[question], &assumed)?;
        let wanted = instance_of(benefit, member);
        let answers = inquiry.answers(0)?;
        let answer = answers.into_iter().find(|answer| answer.instance == wanted);
        let mut found: Vec<Fact> = Vec::new();
        for question in answer.into_iter().flat_map(|answer| answer.questions) {
            if !found.iter().any(|fact| fact.id == *question.variable) {
                let label = self.label(&question.variable);
                found.push(Fact { id: question.variable.to_string(), ko: label.ko, en: label.en });
            }
        }
        Ok(found)
    }
}

/// The period for which a benefit is reckoned: its month, or the year in which the month lies.
pub fn period_of(benefit: &Benefit, month: Month) -> Period {
    if benefit.rhythm == Rhythm::Yearly { month.year_period() } else { month.period() }
}

fn instance_of<'a>(benefit: &Benefit, member: Option<&'a str>) -> &'a str {
    match benefit.whose {
        Whose::Household => situation::HOUSEHOLD,
        Whose::Person => member.unwrap_or_default(),
    }
}

/// The benefits by the variables that they are.
pub(crate) fn variables() -> impl Iterator<Item = &'static Benefit> {
    BENEFITS.iter()
}
