//! The programme watches itself: where objections showed it wrong, by group and region, and which benefits are missed more.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Caller, ServiceError, WelfareService};
use crate::{
    domain::{BENEFITS, Household, Month, benefit::Form},
    store::Objected,
};

/// Objections that are looked at: the newest so many.
const LOOKED_AT: u32 = 2_000;
/// Screened months that are shown.
const MONTHS: usize = 12;
/// What a missed share rises by before it is pointed out: half of a hundredth.
const RISES_BY: f64 = 0.005;

/// Objections of a group: how many were decided, and in how many the citizen was right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Decided {
    /// Decided.
    pub decided: u32,
    /// The decision before them was wrong.
    pub upheld: u32,
}

impl Decided {
    fn add(&mut self, upheld: bool) {
        self.decided += 1;
        self.upheld += u32::from(upheld);
    }
}

/// What was missed of a benefit in the months that were screened, the oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Missed {
    /// The benefit.
    pub benefit: &'static str,
    /// By month: the share of those entitled who do not receive it; nothing where nobody is entitled.
    pub shares: Vec<(Month, Option<f64>)>,
}

impl Missed {
    /// By how much the last share lies above the one before it, where that is worth a look.
    pub fn rise(&self) -> Option<f64> {
        let mut known = self.shares.iter().rev().filter_map(|(_, share)| *share);
        let (last, before) = (known.next()?, known.next()?);
        Some(last - before).filter(|rise| *rise >= RISES_BY)
    }
}

/// What the programme sees of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Watching {
    /// Objections by benefit.
    pub by_benefit: BTreeMap<String, Decided>,
    /// By province, as the law's variable names it; empty where the household was erased.
    pub by_province: BTreeMap<String, Decided>,
    /// By the age of the household's first member, in bands.
    pub by_age: BTreeMap<&'static str, Decided>,
    /// What is missed, month by month.
    pub missed: Vec<Missed>,
}

impl WelfareService {
    /// What the programme sees of itself: nobody's name or number is in it.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for other departments.
    pub async fn watch(&self, caller: &Caller) -> Result<Watching, ServiceError> {
        self.permit(caller, "list-proposals", &self.desk())?;
        let mut watching = Watching { missed: self.missed_shares().await?, ..Watching::default() };
        let objections = self.inner.store.objections(LOOKED_AT).await?;
        let homes = self.inner.store.facts_of(objections.iter().map(|one| one.household.clone()).collect()).await?;
        for objected in &objections {
            watching.take(objected, homes.get(&objected.household), caller.today());
        }
        Ok(watching)
    }

    async fn missed_shares(&self) -> Result<Vec<Missed>, ServiceError> {
        let mut months = BTreeMap::new();
        // The newest come first: the last screening of a month counts.
        for run in self.inner.store.screenings().await? {
            if let (Some(month), Some(summary)) = (run.state.month, run.state.summary) {
                months.entry(month).or_insert(summary);
            }
        }
        let skipped = months.len().saturating_sub(MONTHS);
        let shown: Vec<_> = months.into_iter().skip(skipped).collect();
        let of = |benefit: &'static str| Missed {
            benefit,
            shares: shown
                .iter()
                .map(|(month, summary)| {
                    let counts = summary.benefits.get(benefit).filter(|counts| counts.entitled > 0);
                    (*month, counts.map(|counts| counts.missed as f64 / counts.entitled as f64))
                })
                .collect(),
        };
        let counted = BENEFITS.iter().filter(|benefit| benefit.form != Form::Status);
        Ok(if shown.is_empty() { Vec::new() } else { counted.map(|benefit| of(benefit.id)).collect() })
    }
}

impl Watching {
    fn take(&mut self, objected: &Objected, household: Option<&Household>, today: Date) {
        self.by_benefit.entry(objected.benefit.clone()).or_default().add(objected.upheld);
        let province = household.and_then(|home| home.facts.get("province")).and_then(|value| value.as_str());
        self.by_province.entry(province.unwrap_or_default().to_owned()).or_default().add(objected.upheld);
        self.by_age.entry(age_band(household, today)).or_default().add(objected.upheld);
    }
}

/// The band of ages in which the household's first member lies.
pub(super) fn age_band(household: Option<&Household>, today: Date) -> &'static str {
    let birth = household.and_then(|home| home.members.first()).and_then(|member| member.facts.get("birth"));
    let birth = birth.and_then(|value| value.as_str()).and_then(|text| text.parse::<Date>().ok());
    let Some(age) = birth.map(|birth| {
        let has_had_birthday = (today.month(), today.day()) >= (birth.month(), birth.day());
        today.year() - birth.year() - i16::from(!has_had_birthday)
    }) else {
        return "";
    };
    match age {
        ..35 => "-34",
        35..50 => "35-49",
        50..65 => "50-64",
        65..80 => "65-79",
        _ => "80-",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objections_are_counted_by_group() {
        let mut watching = Watching::default();
        let objected = |upheld| Objected {
            household: "h".to_owned(),
            benefit: "basic_pension".to_owned(),
            upheld,
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let home: Household = serde_json::from_value(serde_json::json!({
            "members": [{"id": "p", "role": "head", "facts": {"birth": "1946-03-12"}}],
            "facts": {"province": "jeju"}
        }))
        .unwrap();
        let today = jiff::civil::date(2026, 3, 11);
        watching.take(&objected(true), Some(&home), today);
        watching.take(&objected(false), Some(&home), today);
        watching.take(&objected(true), None, today);
        assert_eq!(watching.by_benefit["basic_pension"], Decided { decided: 3, upheld: 2 });
        assert_eq!(watching.by_province["jeju"], Decided { decided: 2, upheld: 1 });
        // One day before the eightieth birthday.
        assert_eq!(watching.by_age["65-79"], Decided { decided: 2, upheld: 1 });
        assert_eq!(watching.by_age[""], Decided { decided: 1, upheld: 1 });
    }

    #[test]
    fn a_missed_share_that_rises_is_pointed_out() {
        let month = |number: i32| "2026-01".parse::<Month>().unwrap().plus(number);
        let missed = |shares: &[Option<f64>]| Missed {
            benefit: "basic_pension",
            shares: shares.iter().enumerate().map(|(at, share)| (month(i32::try_from(at).unwrap()), *share)).collect(),
        };
        assert!(missed(&[Some(0.10), None, Some(0.12)]).rise().is_some_and(|rise| (rise - 0.02).abs() < 1e-9));
        assert_eq!(missed(&[Some(0.10), Some(0.102)]).rise(), None, "as good as the same");
        assert_eq!(missed(&[Some(0.12), Some(0.10)]).rise(), None);
        assert_eq!(missed(&[Some(0.12)]).rise(), None);
    }
}
