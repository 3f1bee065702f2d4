//! Where to look first: points by a rule that anyone can add up. The committee chooses; the rule only orders.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::{
    recommendation::Recommendation,
    status::{Ground, Standing, Status},
};

/// Why points are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RiskReason {
    /// It is late.
    Late,
    /// It has been late for two quarters or more.
    LateForLong,
    /// It was reported done, and nobody has confirmed it.
    ReportedDone,
    /// The report contradicts what else is known.
    Contradicted,
    /// The last report did not come.
    Silent,
    /// The last report speaks of an obstacle.
    Obstacle,
    /// It is likely to be late.
    LikelyLate,
    /// Much waits for it.
    OthersWait,
    /// Nobody has been there.
    NeverVisited,
    /// Somebody was there in the last half year.
    VisitedLately,
    /// Findings are open: follow them instead of another visit.
    FindingsOpen,
}

impl RiskReason {
    /// The points that it gives.
    pub fn points(self) -> i32 {
        match self {
            Self::Contradicted => 4,
            Self::Late => 3,
            Self::LateForLong | Self::ReportedDone | Self::Silent | Self::OthersWait | Self::LikelyLate => 2,
            Self::Obstacle | Self::NeverVisited => 1,
            Self::FindingsOpen => -2,
            Self::VisitedLately => -3,
        }
    }

    /// Every reason, in the order in which the rule asks.
    pub const ALL: [Self; 11] = [
        Self::Contradicted,
        Self::Late,
        Self::LateForLong,
        Self::ReportedDone,
        Self::Silent,
        Self::LikelyLate,
        Self::OthersWait,
        Self::Obstacle,
        Self::NeverVisited,
        Self::FindingsOpen,
        Self::VisitedLately,
    ];
}

/// Points that were given, with the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RiskPoint {
    /// Why.
    pub reason: RiskReason,
    /// How many.
    pub points: i32,
}

/// What else is known of a recommendation.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Known {
    /// How likely its next deadline is missed; nothing where no forecast can be made.
    pub chance_of_delay: Option<f64>,
    /// How many recommendations wait for it.
    pub dependents: usize,
    /// How many contradictions were found.
    pub contradictions: usize,
    /// The day of the last visit.
    pub last_visit: Option<Date>,
    /// How many findings are open.
    pub open_findings: usize,
}

/// A chance from which on a delay counts as likely.
const LIKELY: f64 = 0.5;
/// As many waiting recommendations as count as much.
const MUCH: usize = 2;
/// A visit counts as lately for so many days.
const LATELY: i32 = 183;

/// The points of a recommendation on `day`.
pub fn risk(recommendation: &Recommendation, standing: &Standing, known: &Known, day: Date) -> Vec<RiskPoint> {
    if standing.status == Status::Confirmed && known.contradictions == 0 {
        return Vec::new();
    }
    let late_since = match standing.ground {
        Ground::Overdue { quarter } => Some(crate::domain::Quarter::of(day).since(quarter)),
        _ => None,
    };
    let days_since = known.last_visit.and_then(|visit| visit.until(day).ok()).map(|span| span.get_days());
    let obstacle = recommendation.last_report.as_ref().is_some_and(|report| !report.obstacle.trim().is_empty());
    let holds = |reason: RiskReason| match reason {
        RiskReason::Contradicted => known.contradictions > 0,
        RiskReason::Late => late_since.is_some(),
        RiskReason::LateForLong => late_since.is_some_and(|quarters| quarters > 2),
        RiskReason::ReportedDone => standing.status == Status::DoneReported,
        RiskReason::Silent => standing.report_missing,
        RiskReason::LikelyLate => known.chance_of_delay.is_some_and(|chance| chance >= LIKELY),
        RiskReason::OthersWait => known.dependents >= MUCH && standing.status != Status::Confirmed,
        RiskReason::Obstacle => obstacle,
        RiskReason::NeverVisited => known.last_visit.is_none(),
        RiskReason::FindingsOpen => known.open_findings > 0,
        RiskReason::VisitedLately => days_since.is_some_and(|days| (0..=LATELY).contains(&days)),
    };
    let given = RiskReason::ALL.into_iter().filter(|reason| holds(*reason));
    given.map(|reason| RiskPoint { reason, points: reason.points() }).collect()
}

/// The sum.
pub fn total(points: &[RiskPoint]) -> i32 {
    points.iter().map(|point| point.points).sum()
}
