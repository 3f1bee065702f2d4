//! Where a recommendation stands: by rule, never by adjective.
//!
//! | status | rule |
//! |---|---|
//! | confirmed | the committee confirmed that everything is done |
//! | done-reported | the ministry reported everything done, with evidence |
//! | late | a deadline's quarter has ended and it was not reported done |
//! | on-course | nothing is late, and the ministry reported something |
//! | not-started | nothing is late, and nothing was reported yet |

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{entry::Due, quarter::Quarter, recommendation::Recommendation};

/// Where a recommendation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// A deadline's quarter has ended and it was not reported done.
    Late,
    /// Nothing is late, nothing was reported yet.
    NotStarted,
    /// Nothing is late, something was reported.
    OnCourse,
    /// Reported done.
    DoneReported,
    /// Confirmed by the committee.
    Confirmed,
}

impl Status {
    /// Every status, what needs attention first.
    pub const ALL: [Self; 5] = [Self::Late, Self::NotStarted, Self::OnCourse, Self::DoneReported, Self::Confirmed];

    /// The name in data.
    pub fn identifier(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::NotStarted => "not-started",
            Self::OnCourse => "on-course",
            Self::DoneReported => "done-reported",
            Self::Confirmed => "confirmed",
        }
    }

    /// The status of that name.
    pub fn from_identifier(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.identifier() == name)
    }

    /// Whether everything is done: reported so, or confirmed.
    pub fn is_done(self) -> bool {
        matches!(self, Self::DoneReported | Self::Confirmed)
    }
}

/// The rule by which a status holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "rule")]
pub enum Ground {
    /// The committee confirmed it.
    Confirmed,
    /// Everything was reported done.
    Reported,
    /// What was due in `quarter` was not reported done by its end.
    Overdue {
        /// The first quarter that was missed.
        quarter: Quarter,
    },
    /// The ministry's last report is of `quarter`.
    LastReport {
        /// The quarter.
        quarter: Quarter,
    },
    /// No report came yet.
    NoReport,
}

/// A status with the rule by which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The status.
    pub status: Status,
    /// The rule.
    pub ground: Ground,
    /// What is due next, where something is.
    pub next: Option<Due>,
    /// Whether the report of the quarter that ended last did not come, though something remained to be done.
    pub report_missing: bool,
}

/// Where `recommendation` stands on `day`.
pub fn standing(recommendation: &Recommendation, day: Date) -> Standing {
    let open = recommendation.open_deadlines();
    let first = open.iter().copied().min_by_key(|due| (due.quarter, due.place));
    let reported = recommendation.reported;
    let (status, ground) = if recommendation.confirmed {
        (Status::Confirmed, Ground::Confirmed)
    } else if recommendation.complete {
        (Status::DoneReported, Ground::Reported)
    } else if let Some(due) = first.filter(|due| due.is_over(day)) {
        (Status::Late, Ground::Overdue { quarter: due.quarter })
    } else if let Some(quarter) = reported {
        (Status::OnCourse, Ground::LastReport { quarter })
    } else {
        (Status::NotStarted, Ground::NoReport)
    };
    let asked = Quarter::of(day).previous();
    let finished = status.is_done();
    let entered = recommendation.since.is_some_and(|since| since <= asked);
    let report_missing = !finished && entered && reported.is_none_or(|quarter| quarter < asked);
    let next = if finished { None } else { first };
    Standing { status, ground, next, report_missing }
}
