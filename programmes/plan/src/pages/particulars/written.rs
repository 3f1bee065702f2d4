//! What somebody wrote into the form of a milestone, an indicator, a budget or a bill, and what it means.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maru_web::FieldError;
use serde::Deserialize;

use crate::{
    domain::{
        Quarter,
        particulars::{Bill, BillEnd, BillStage, Budget, Indicator, Item, Measure, Milestone},
    },
    pages::sent_meetings::evidence_of,
};

/// What somebody wrote, whatever the kind.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) quarter: String,
    pub(super) reached: String,
    pub(super) evidence_title: String,
    pub(super) evidence_address: String,
    pub(super) unit: String,
    pub(super) baseline_quarter: String,
    pub(super) baseline: String,
    pub(super) target_quarter: String,
    pub(super) target: String,
    pub(super) source: String,
    pub(super) figure: String,
    pub(super) year: String,
    pub(super) granted: String,
    pub(super) spent: String,
    pub(super) bill_number: String,
    pub(super) stage_proposed: String,
    pub(super) stage_committee: String,
    pub(super) stage_legislation: String,
    pub(super) stage_plenary: String,
    pub(super) stage_transferred: String,
    pub(super) stage_promulgated: String,
    pub(super) ended: String,
    pub(super) ended_on: String,
    pub(super) address: String,
}

/// A number as people write it: with commas, with a sign.
pub(super) fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', "").replace('−', "-").parse().ok().filter(|value: &f64| value.is_finite())
}

/// A whole number as people write it.
fn whole(text: &str) -> Option<i64> {
    text.trim().replace(',', "").parse().ok()
}

/// The field to which a refusal belongs.
pub(super) fn field_of(kind: &str) -> &'static str {
    match kind {
        "milestone" => "reached",
        "indicator" => "target",
        "budget" => "granted",
        _ => "stage_proposed",
    }
}

/// What could not be read, by field.
#[derive(Default)]
struct Wrong(Vec<FieldError>);

impl Wrong {
    fn note(&mut self, field: &str, korean: &str, english: &str) {
        self.0.push(FieldError::new(field, korean, english));
    }

    fn quarter(&mut self, field: &str, text: &str) -> Option<Quarter> {
        let read = text.trim().parse().ok();
        if read.is_none() {
            self.note(field, "분기를 26Q4처럼 적어 주십시오.", "Write the quarter as 26Q4.");
        }
        read
    }

    fn date(&mut self, field: &str, text: &str) -> Option<Date> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let read = text.parse().ok();
        if read.is_none() {
            self.note(field, "날짜를 2026-11-26처럼 적어 주십시오.", "Write the day as 2026-11-26.");
        }
        read
    }

    fn number(&mut self, field: &str, text: &str) -> f64 {
        number(text).unwrap_or_else(|| {
            self.note(field, "숫자만 적어 주십시오.", "Write a number alone.");
            0.0
        })
    }

    fn amount(&mut self, field: &str, text: &str) -> i64 {
        whole(text).unwrap_or_else(|| {
            self.note(field, "원 단위의 숫자만 적어 주십시오.", "Write whole won as a number.");
            0
        })
    }
}

impl Written {
    /// What is kept, to be written anew.
    pub(super) fn of(item: &Item) -> Self {
        let mut written = Self { kind: item.kind().to_owned(), title: item.title().to_owned(), ..Self::default() };
        let date = |day: Option<&Date>| day.map(ToString::to_string).unwrap_or_default();
        match item {
            Item::Milestone(milestone) => {
                written.quarter = milestone.quarter.to_string();
                written.reached = date(milestone.reached.as_ref());
                if let Some(evidence) = milestone.evidence.first() {
                    written.evidence_title.clone_from(&evidence.title);
                    written.evidence_address.clone_from(&evidence.address);
                }
            }
            Item::Indicator(indicator) => {
                written.unit.clone_from(&indicator.unit);
                written.baseline_quarter = indicator.baseline.quarter.to_string();
                written.baseline = indicator.baseline.value.to_string();
                written.target_quarter = indicator.target.quarter.to_string();
                written.target = indicator.target.value.to_string();
                written.source.clone_from(&indicator.source);
                written.figure.clone_from(&indicator.figure);
            }
            Item::Budget(budget) => {
                written.year = budget.year.to_string();
                written.granted = budget.granted.to_string();
                written.spent = budget.spent.map(|spent| spent.to_string()).unwrap_or_default();
            }
            Item::Bill(bill) => {
                written.bill_number.clone_from(&bill.number);
                written.quarter = bill.quarter.map(|quarter| quarter.to_string()).unwrap_or_default();
                written.address.clone_from(&bill.address);
                let day = |stage| date(bill.stages.get(&stage));
                written.stage_proposed = day(BillStage::Proposed);
                written.stage_committee = day(BillStage::Committee);
                written.stage_legislation = day(BillStage::Legislation);
                written.stage_plenary = day(BillStage::Plenary);
                written.stage_transferred = day(BillStage::Transferred);
                written.stage_promulgated = day(BillStage::Promulgated);
                if let Some((end, day)) = &bill.ended {
                    end.identifier().clone_into(&mut written.ended);
                    written.ended_on = day.to_string();
                }
            }
        }
        written
    }

    /// The day on which a stage was passed.
    pub(super) fn stage(&self, stage: BillStage) -> &str {
        match stage {
            BillStage::Proposed => &self.stage_proposed,
            BillStage::Committee => &self.stage_committee,
            BillStage::Legislation => &self.stage_legislation,
            BillStage::Plenary => &self.stage_plenary,
            BillStage::Transferred => &self.stage_transferred,
            BillStage::Promulgated => &self.stage_promulgated,
        }
    }

    /// The thing that is meant; what was measured stays.
    pub(super) fn item(&self, before: Option<&Item>) -> Result<Item, Vec<FieldError>> {
        let mut wrong = Wrong::default();
        let item = match self.kind.as_str() {
            "milestone" => self.milestone(&mut wrong).map(Item::Milestone),
            "indicator" => self.indicator(before, &mut wrong).map(Item::Indicator),
            "budget" => Some(Item::Budget(self.budget(&mut wrong))),
            "bill" => Some(Item::Bill(self.bill(&mut wrong))),
            _ => None,
        };
        match item {
            Some(item) if wrong.0.is_empty() => Ok(item),
            _ => Err(wrong.0),
        }
    }

    fn milestone(&self, wrong: &mut Wrong) -> Option<Milestone> {
        let evidence = evidence_of(&self.evidence_title, &self.evidence_address);
        let quarter = wrong.quarter("quarter", &self.quarter);
        let reached = wrong.date("reached", &self.reached);
        let title = self.title.trim().to_owned();
        Some(Milestone { title, quarter: quarter?, reached, evidence })
    }

    fn indicator(&self, before: Option<&Item>, wrong: &mut Wrong) -> Option<Indicator> {
        let (from, until) = (
            wrong.quarter("baseline_quarter", &self.baseline_quarter),
            wrong.quarter("target_quarter", &self.target_quarter),
        );
        let (baseline, target) = (wrong.number("baseline", &self.baseline), wrong.number("target", &self.target));
        let measures = match before {
            Some(Item::Indicator(indicator)) => indicator.measures.clone(),
            _ => Vec::new(),
        };
        Some(Indicator {
            title: self.title.trim().to_owned(),
            unit: self.unit.trim().to_owned(),
            baseline: Measure { quarter: from?, value: baseline },
            target: Measure { quarter: until?, value: target },
            measures,
            source: self.source.trim().to_owned(),
            figure: self.figure.trim().to_owned(),
        })
    }

    fn budget(&self, wrong: &mut Wrong) -> Budget {
        let year = whole(&self.year).and_then(|year| i16::try_from(year).ok()).unwrap_or_else(|| {
            wrong.note("year", "연도를 네 자리로 적어 주십시오.", "Write the year with four digits.");
            0
        });
        let spent = Some(self.spent.trim()).filter(|text| !text.is_empty());
        Budget {
            title: self.title.trim().to_owned(),
            year,
            granted: wrong.amount("granted", &self.granted),
            spent: spent.map(|text| wrong.amount("spent", text)),
        }
    }

    fn bill(&self, wrong: &mut Wrong) -> Bill {
        let mut stages = BTreeMap::new();
        for stage in BillStage::ALL {
            let day = wrong.date(&format!("stage_{}", stage.identifier()), self.stage(stage));
            stages.extend(day.map(|day| (stage, day)));
        }
        let end = BillEnd::ALL.into_iter().find(|end| end.identifier() == self.ended);
        let ended_on = wrong.date("ended_on", &self.ended_on);
        if end.is_some() && ended_on.is_none() {
            wrong.note("ended_on", "끝난 날짜를 적어 주십시오.", "Give the day on which it ended.");
        }
        let due = Some(self.quarter.trim()).filter(|text| !text.is_empty());
        Bill {
            law: self.title.trim().to_owned(),
            number: self.bill_number.trim().to_owned(),
            quarter: due.and_then(|text| wrong.quarter("quarter", text)),
            stages,
            ended: end.zip(ended_on),
            address: self.address.trim().to_owned(),
        }
    }
}
