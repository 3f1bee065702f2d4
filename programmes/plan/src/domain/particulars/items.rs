//! The things that a recommendation is held to: what each says, and by which rule it stands well or badly.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::ParticularRefusal;
use crate::domain::{
    evidence::{Evidence, LONGEST_ADDRESS, check_evidence_list, is_of_the_web},
    quarter::Quarter,
    refusals::{Refusal, check_words},
};

/// Longest title, in characters.
const LONGEST_TITLE: usize = 200;
/// Most values of an indicator: ten years of quarters.
const MOST_MEASURES: usize = 40;
/// The highest amount of a budget, in won: a hundred trillion.
const HIGHEST_AMOUNT: i64 = 100_000_000_000_000;
/// Within so many days after it came to the government a bill is promulgated (대한민국헌법 제53조제1항).
const DAYS_TO_PROMULGATE: i64 = 15;

/// Something between now and a deadline (이정표).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PlanMilestone)]
pub struct Milestone {
    /// What is to be reached.
    #[schema(max_length = 200)]
    pub title: String,
    /// By the end of which quarter.
    #[schema(value_type = String, example = "26Q4")]
    pub quarter: Quarter,
    /// The day on which it was reached; nothing before.
    #[schema(value_type = Option<String>, format = Date)]
    pub reached: Option<Date>,
    /// What shows it; one piece at least where it was reached.
    pub evidence: Vec<Evidence>,
}

/// A value of an indicator at the end of a quarter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PlanMeasure)]
pub struct Measure {
    /// The quarter.
    #[schema(value_type = String, example = "26Q4")]
    pub quarter: Quarter,
    /// The value, in the indicator's unit.
    pub value: f64,
}

/// A figure that shows whether the recommendation does what it is for (성과지표).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PlanIndicator)]
pub struct Indicator {
    /// What is measured.
    #[schema(max_length = 200)]
    pub title: String,
    /// In what: percent, persons, days.
    #[schema(max_length = 30)]
    pub unit: String,
    /// Where it stood before.
    pub baseline: Measure,
    /// Where it is to stand, and when.
    pub target: Measure,
    /// What was measured since, in the order of quarters.
    pub measures: Vec<Measure>,
    /// Where the values come from.
    #[schema(max_length = 300)]
    pub source: String,
    /// The live figure of this server that it follows, such as `inquiry/answered-in-time`; empty where it follows none.
    #[serde(default)]
    pub figure: String,
}

/// Where an indicator stands, by a rule: beside the straight line from its baseline to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = IndicatorCourse)]
pub enum Course {
    /// Nothing was measured since the baseline.
    NotMeasured,
    /// The last value is as good as the target.
    Reached,
    /// It is on the line or better.
    OnCourse,
    /// It is worse than the line.
    Behind,
}

impl Indicator {
    /// The last value that was measured.
    pub fn last(&self) -> Option<Measure> {
        self.measures.iter().copied().max_by_key(|measure| measure.quarter)
    }

    /// What the straight line from baseline to target says for a quarter; beyond its ends, the end.
    pub fn expected(&self, quarter: Quarter) -> f64 {
        let whole = f64::from(self.target.quarter.since(self.baseline.quarter)).max(1.0);
        let gone = (f64::from(quarter.since(self.baseline.quarter)) / whole).clamp(0.0, 1.0);
        self.baseline.value + (self.target.value - self.baseline.value) * gone
    }

    /// How much of the way from baseline to target is gone; below zero where it went the other way.
    pub fn share(&self) -> Option<f64> {
        let way = self.target.value - self.baseline.value;
        self.last().map(|last| (last.value - self.baseline.value) / way).filter(|share| share.is_finite())
    }

    /// Where it stands.
    pub fn course(&self) -> Course {
        let Some(last) = self.last() else { return Course::NotMeasured };
        let rises = self.target.value > self.baseline.value;
        let as_good = |value: f64, than: f64| if rises { value >= than } else { value <= than };
        if as_good(last.value, self.target.value) {
            Course::Reached
        } else if as_good(last.value, self.expected(last.quarter)) {
            Course::OnCourse
        } else {
            Course::Behind
        }
    }

    /// The same with a value of a quarter; what was there for the quarter before is replaced.
    #[must_use]
    pub fn measured(mut self, measure: Measure) -> Self {
        self.measures.retain(|other| other.quarter != measure.quarter);
        self.measures.push(measure);
        self.measures.sort_by_key(|one| one.quarter);
        self
    }
}

/// Money of one year for a recommendation (예산).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PlanBudget)]
pub struct Budget {
    /// The programme in the budget that it belongs to (세부사업).
    #[schema(max_length = 200)]
    pub title: String,
    /// The year of the budget.
    #[schema(example = 2026)]
    pub year: i16,
    /// What was granted, in won.
    pub granted: i64,
    /// What was spent by now, in won; nothing before it is known.
    pub spent: Option<i64>,
}

/// How far a bill has come. The day of each stage is the one on which it was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BillStage {
    /// Brought in by members or the government (발의·제출).
    Proposed,
    /// Passed by the standing committee in charge (소관 상임위원회).
    Committee,
    /// Its system and wording examined by the Legislation and Judiciary Committee (법제사법위원회).
    Legislation,
    /// Passed by the plenary (본회의).
    Plenary,
    /// Sent to the government (정부 이송).
    Transferred,
    /// Promulgated (공포).
    Promulgated,
}

impl BillStage {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Proposed, Self::Committee, Self::Legislation, Self::Plenary, Self::Transferred, Self::Promulgated];

    /// The name in data and forms.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Committee => "committee",
            Self::Legislation => "legislation",
            Self::Plenary => "plenary",
            Self::Transferred => "transferred",
            Self::Promulgated => "promulgated",
        }
    }

    /// The article that has it.
    pub fn article(self) -> &'static str {
        match self {
            Self::Proposed => "국회법 제79조제1항, 대한민국헌법 제52조",
            Self::Committee => "국회법 제81조제1항",
            Self::Legislation => "국회법 제86조제1항",
            Self::Plenary => "국회법 제93조",
            Self::Transferred => "국회법 제98조제1항",
            Self::Promulgated => "대한민국헌법 제53조제1항",
        }
    }
}

/// How a bill ended without becoming law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BillEnd {
    /// Its content went into another bill of the committee (대안반영폐기: 국회법 제51조).
    Merged,
    /// Withdrawn (철회: 국회법 제90조).
    Withdrawn,
    /// Not put to the plenary, or voted down (폐기·부결: 국회법 제87조).
    Rejected,
    /// The Assembly's term ended (임기만료폐기: 대한민국헌법 제51조).
    Expired,
}

impl BillEnd {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Merged, Self::Withdrawn, Self::Rejected, Self::Expired];

    /// The name in data and forms.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Merged => "merged",
            Self::Withdrawn => "withdrawn",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
        }
    }
}

/// A law that must be made or amended, and the bill that does it (법률안).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PlanBill)]
pub struct Bill {
    /// The law.
    #[schema(max_length = 200, example = "저작권법")]
    pub law: String,
    /// The number of the bill in the National Assembly (의안번호), seven digits; empty before it has one.
    #[schema(example = "2200001")]
    pub number: String,
    /// By the end of which quarter it is to be brought in; nothing where the plan does not say.
    #[schema(value_type = Option<String>, example = "26Q3")]
    pub quarter: Option<Quarter>,
    /// The days on which it passed its stages.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub stages: BTreeMap<BillStage, Date>,
    /// How and when it ended without becoming law.
    #[schema(value_type = Option<Vec<String>>)]
    pub ended: Option<(BillEnd, Date)>,
    /// Where the Assembly shows it; empty where it is not known.
    #[schema(max_length = 1000)]
    pub address: String,
}

impl Bill {
    /// The last stage that it passed.
    pub fn stage(&self) -> Option<BillStage> {
        self.stages.keys().next_back().copied()
    }

    /// Until when it is to be promulgated: fifteen days after it came to the government (대한민국헌법 제53조제1항). The day on which
    /// it came is not counted (민법 제157조).
    pub fn promulgate_until(&self) -> Option<Date> {
        if self.stages.contains_key(&BillStage::Promulgated) {
            return None;
        }
        self.stages.get(&BillStage::Transferred).map(|day| day.saturating_add(DAYS_TO_PROMULGATE.days()))
    }

    /// Whether it should have been brought in by `day` and was not.
    pub fn is_late(&self, day: Date) -> bool {
        self.stages.is_empty() && self.ended.is_none() && self.quarter.is_some_and(|quarter| quarter.last_day() < day)
    }
}

/// One thing that a recommendation is held to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[schema(as = PlanParticular)]
pub enum Item {
    /// A milestone.
    Milestone(Milestone),
    /// An indicator.
    Indicator(Indicator),
    /// A budget.
    Budget(Budget),
    /// A bill.
    Bill(Bill),
}

impl Item {
    /// The name of its kind in data and forms.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Milestone(_) => "milestone",
            Self::Indicator(_) => "indicator",
            Self::Budget(_) => "budget",
            Self::Bill(_) => "bill",
        }
    }

    /// What it is called.
    pub fn title(&self) -> &str {
        match self {
            Self::Milestone(milestone) => &milestone.title,
            Self::Indicator(indicator) => &indicator.title,
            Self::Budget(budget) => &budget.title,
            Self::Bill(bill) => &bill.law,
        }
    }

    /// Whether it may be taken as it is.
    pub(super) fn check(&self, today: Date) -> Result<(), Refusal> {
        check_words(self.title(), ("이름", "name"), LONGEST_TITLE)?;
        match self {
            Self::Milestone(milestone) => check_milestone(milestone, today),
            Self::Indicator(indicator) => check_indicator(indicator, today),
            Self::Budget(budget) => check_budget(budget),
            Self::Bill(bill) => check_bill(bill, today),
        }
    }
}

fn check_milestone(milestone: &Milestone, today: Date) -> Result<(), Refusal> {
    check_evidence_list(&milestone.evidence)?;
    let Some(reached) = milestone.reached else { return Ok(()) };
    if reached > today {
        return Err(ParticularRefusal::FutureDay.into());
    }
    if milestone.evidence.is_empty() { Err(Refusal::NoEvidence) } else { Ok(()) }
}

fn check_indicator(indicator: &Indicator, today: Date) -> Result<(), Refusal> {
    check_words(&indicator.unit, ("단위", "unit"), 30)?;
    check_words(&indicator.source, ("자료 출처", "source of the values"), 300)?;
    if indicator.target.quarter <= indicator.baseline.quarter {
        return Err(ParticularRefusal::TargetNotLater.into());
    }
    let values = indicator.measures.iter().chain([&indicator.baseline, &indicator.target]);
    if values.clone().any(|measure| !measure.value.is_finite()) {
        return Err(ParticularRefusal::NoNumber.into());
    }
    // To no thousandth: a target that is the baseline asks for nothing.
    if (indicator.target.value - indicator.baseline.value).abs() < f64::EPSILON {
        return Err(ParticularRefusal::TargetIsBaseline.into());
    }
    if let Some(measure) = indicator.measures.iter().find(|measure| measure.quarter.first_day() > today) {
        return Err(Refusal::FutureQuarter { quarter: measure.quarter });
    }
    if indicator.measures.len() > MOST_MEASURES {
        return Err(ParticularRefusal::TooMany { most: MOST_MEASURES }.into());
    }
    Ok(())
}

fn check_budget(budget: &Budget) -> Result<(), Refusal> {
    let amounts = [Some(budget.granted), budget.spent];
    if amounts.into_iter().flatten().any(|amount| !(0..=HIGHEST_AMOUNT).contains(&amount)) {
        return Err(ParticularRefusal::Amount.into());
    }
    if (2020..=2099).contains(&budget.year) { Ok(()) } else { Err(ParticularRefusal::Year.into()) }
}

fn check_bill(bill: &Bill, today: Date) -> Result<(), Refusal> {
    let is_number = bill.number.len() == 7 && bill.number.bytes().all(|byte| byte.is_ascii_digit());
    if !bill.number.is_empty() && !is_number {
        return Err(ParticularRefusal::BillNumber.into());
    }
    if !bill.address.is_empty() && (bill.address.len() > LONGEST_ADDRESS || !is_of_the_web(&bill.address)) {
        return Err(ParticularRefusal::BillAddress.into());
    }
    let ended = bill.ended.map(|(_, day)| day);
    if bill.stages.values().chain(&ended).any(|day| *day > today) {
        return Err(ParticularRefusal::FutureDay.into());
    }
    let days: Vec<Date> = bill.stages.values().copied().chain(ended).collect();
    if days.is_sorted() { Ok(()) } else { Err(ParticularRefusal::StagesOutOfOrder.into()) }
}
