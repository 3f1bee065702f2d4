//! What is known of a deadline on a day, as numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::HORIZON;
use crate::domain::{
    entry::{Entry, Number},
    extract::{Bound, Deadline, Precision},
    links::Graph,
    quarter::Quarter,
    recommendation::Recommendation,
};

/// Something that is asked of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// How much more often than all the lead body has missed deadlines so far.
    LeadMissed,
    /// An earlier deadline of the same recommendation was missed.
    MissedBefore,
    /// The report of the last quarter did not come.
    ReportMissing,
    /// The last report speaks of an obstacle.
    Obstacle,
    /// How many bodies take part besides the lead.
    Bodies,
    /// A law must be amended.
    Law,
    /// The quarters until it is due.
    QuartersLeft,
    /// What it waits for is overdue.
    Prerequisite,
    /// Its schedule was put back before.
    PutBack,
    /// The text names a year or a half of it, not a quarter.
    Vague,
}

/// All of them, in the order of a [`Row`].
pub const FEATURES: [Feature; 10] = [
    Feature::LeadMissed,
    Feature::MissedBefore,
    Feature::ReportMissing,
    Feature::Obstacle,
    Feature::Bodies,
    Feature::Law,
    Feature::QuartersLeft,
    Feature::Prerequisite,
    Feature::PutBack,
    Feature::Vague,
];

/// What is known of a deadline, a number for each of [`FEATURES`].
pub type Row = [f64; FEATURES.len()];

/// How many deadlines of a body weigh as much as what is known of all: a body with few tells little of itself.
const WEIGHT_OF_ALL: f64 = 6.0;

/// The plan's past.
pub struct History<'p> {
    known: BTreeMap<Number, (&'p Recommendation, &'p Entry)>,
    graph: &'p Graph,
}

impl<'p> History<'p> {
    /// The past of these recommendations.
    pub fn of(recommendations: &'p [Recommendation], graph: &'p Graph) -> Self {
        let known =
            recommendations.iter().filter_map(|one| Some((one.entry.as_ref()?.number, one, one.entry.as_ref()?)));
        Self { known: known.map(|(number, one, entry)| (number, (one, entry))).collect(), graph }
    }

    /// Whether the report of the deadline's own quarter, or an earlier one, said that it was met.
    fn in_time(recommendation: &Recommendation, deadline: &Deadline) -> bool {
        met_by(recommendation, (deadline.quarter, deadline.bound), deadline.quarter)
    }

    /// The deadlines that ended before `now` since their recommendation was entered.
    fn ended(
        &self,
        now: Quarter,
    ) -> impl Iterator<Item = (Number, &'p Recommendation, &'p Entry, usize)> + use<'_, 'p> {
        let all = self.known.iter().flat_map(|(number, (one, entry))| {
            (0..entry.deadlines.len()).map(move |place| (*number, *one, *entry, place))
        });
        all.filter(move |(_, one, entry, place)| {
            let quarter = entry.deadlines[*place].quarter;
            quarter < now && one.since.is_some_and(|since| since <= quarter)
        })
    }

    /// How many deadlines ended before `now`.
    pub fn passed(&self, now: Quarter) -> usize {
        self.ended(now).count()
    }

    /// What was known of every deadline that ended before `now`, from its own quarter and those before, and whether it was missed.
    pub fn examples(&self, now: Quarter) -> Vec<(Row, bool)> {
        let mut rates: BTreeMap<Quarter, Rates> = BTreeMap::new();
        let mut examples = Vec::new();
        for (number, one, entry, place) in self.ended(now) {
            let deadline = &entry.deadlines[place];
            let missed = !Self::in_time(one, deadline);
            let mut seen_from = deadline.quarter;
            for _ in 0..=HORIZON {
                if one.since.is_none_or(|since| seen_from < since) {
                    break;
                }
                let rates = rates.entry(seen_from).or_insert_with(|| self.rates(seen_from));
                examples.push((self.row(number, one, entry, place, seen_from, rates), missed));
                seen_from = seen_from.previous();
            }
        }
        examples
    }

    /// The deadlines of `quarter`, as they looked at its beginning.
    pub fn due_in(&self, quarter: Quarter) -> Vec<(Row, bool)> {
        let rates = self.rates(quarter);
        let due = self.ended(quarter.next()).filter(|(_, _, entry, place)| entry.deadlines[*place].quarter == quarter);
        due.map(|(number, one, entry, place)| {
            let missed = !Self::in_time(one, &entry.deadlines[place]);
            (self.row(number, one, entry, place, quarter, &rates), missed)
        })
        .collect()
    }

    /// The deadlines that are open and due in `now` or later, as they look now.
    pub fn open(&self, now: Quarter) -> Vec<(Number, usize, Quarter, Row)> {
        let rates = self.rates(now);
        let mut rows = Vec::new();
        for (number, (one, entry)) in &self.known {
            for due in one.open_deadlines().into_iter().filter(|due| due.quarter >= now) {
                rows.push((*number, due.place, due.quarter, self.row(*number, one, entry, due.place, now, &rates)));
            }
        }
        rows
    }

    fn row(
        &self,
        number: Number,
        one: &Recommendation,
        entry: &Entry,
        place: usize,
        seen_from: Quarter,
        rates: &Rates,
    ) -> Row {
        let deadline = &entry.deadlines[place];
        let flag = |holds: bool| if holds { 1.0 } else { 0.0 };
        let last = one.told.iter().rfind(|told| told.quarter < seen_from);
        let asked = one.since.is_some_and(|since| since < seen_from);
        let told_last = last.is_some_and(|told| told.quarter >= seen_from.previous());
        let others = entry.responsible.len() + entry.cooperating.len();
        let overdue = self.graph.prerequisites(number).filter(|before| self.overdue(*before, seen_from)).count();
        let missed_before = entry.deadlines.iter().any(|other| {
            other.quarter < seen_from
                && one.since.is_some_and(|since| since <= other.quarter)
                && !met_by(one, (other.quarter, other.bound), seen_from.previous())
        });
        let left = f64::from(deadline.quarter.since(seen_from).clamp(0, 8));
        [
            rates.of(&entry.lead),
            flag(missed_before),
            flag(asked && !told_last),
            flag(last.is_some_and(|told| told.obstacle)),
            (others.saturating_sub(1) as f64).ln_1p(),
            flag(!entry.laws.is_empty()),
            left / 4.0,
            (overdue as f64).ln_1p(),
            flag(one.moved > 0),
            flag(matches!(deadline.precision, Precision::Year | Precision::Half)),
        ]
    }

    /// Whether something of a prerequisite that was due before `seen_from` was not reported met by then.
    fn overdue(&self, number: Number, seen_from: Quarter) -> bool {
        let Some((one, entry)) = self.known.get(&number) else { return false };
        let due = entry.deadlines.iter().filter(|deadline| deadline.quarter < seen_from);
        due.into_iter().any(|deadline| !met_by(one, (deadline.quarter, deadline.bound), seen_from.previous()))
    }

    fn rates(&self, seen_from: Quarter) -> Rates {
        let mut rates = Rates::default();
        for (_, one, entry, place) in self.ended(seen_from) {
            let missed = f64::from(u8::from(!Self::in_time(one, &entry.deadlines[place])));
            for counts in [rates.by_lead.entry(entry.lead.clone()).or_default(), &mut rates.all] {
                counts.0 += missed;
                counts.1 += 1.0;
            }
        }
        rates
    }
}

fn met_by(recommendation: &Recommendation, deadline: (Quarter, Bound), by: Quarter) -> bool {
    recommendation.told.iter().any(|told| told.quarter <= by && (told.complete || told.met.contains(&deadline)))
}

/// How often deadlines were missed: how many, of how many.
#[derive(Default)]
struct Rates {
    by_lead: BTreeMap<String, (f64, f64)>,
    all: (f64, f64),
}

impl Rates {
    /// How much more often than all a body missed deadlines; few of its own are drawn towards all.
    fn of(&self, lead: &str) -> f64 {
        if self.all.1 <= 0.0 {
            return 0.0;
        }
        let overall = self.all.0 / self.all.1;
        let (missed, count) = self.by_lead.get(lead).copied().unwrap_or_default();
        (missed + WEIGHT_OF_ALL * overall) / (count + WEIGHT_OF_ALL) - overall
    }
}
