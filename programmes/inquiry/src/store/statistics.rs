//! Figures: how many came in, were answered, and in time.

use jiff::civil::Date;
use maru_ledger::DatabaseError;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Store, day_begins};
use crate::domain::Kind;

/// The figures of one department and kind.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StatisticsRow {
    /// The department.
    pub department: String,
    /// The kind under the Act.
    pub kind: Kind,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Counts of cases that came in within the time asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct Figures {
    /// Received.
    pub received: u64,
    /// Answered or refused, and served.
    pub served: u64,
    /// Of these in time.
    pub in_time: u64,
    /// Still open.
    pub open: u64,
    /// Of these with the due time passed.
    pub overdue: u64,
    /// Passed to another agency, returned, withdrawn or closed.
    pub ended_otherwise: u64,
    /// Rated.
    pub rated: u64,
    /// All stars of the rated ones.
    pub stars: u64,
    /// Hours from receipt to service, over all that were served (hours of the clock, nights and holidays included).
    pub hours: u64,
}

impl Figures {
    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.served += other.served;
        self.in_time += other.in_time;
        self.open += other.open;
        self.overdue += other.overdue;
        self.ended_otherwise += other.ended_otherwise;
        self.rated += other.rated;
        self.stars += other.stars;
        self.hours += other.hours;
    }
}

impl Store {
    /// The figures of what came in from `first` to `last` (both included), by department and kind.
    pub async fn statistics(
        &self,
        first: Date,
        last: Date,
        now: jiff::Timestamp,
    ) -> Result<Vec<StatisticsRow>, DatabaseError> {
        let from = day_begins(first);
        let until = day_begins(last.tomorrow().unwrap_or(last));
        let statement = "SELECT department, kind, COUNT(*), \
             SUM(CASE WHEN served_at IS NOT NULL THEN 1 ELSE 0 END), \
             SUM(CASE WHEN in_time = 1 THEN 1 ELSE 0 END), \
             SUM(open), \
             SUM(CASE WHEN open = 1 AND due_at < $3 THEN 1 ELSE 0 END), \
             SUM(CASE WHEN open = 0 AND served_at IS NULL THEN 1 ELSE 0 END), \
             SUM(CASE WHEN stars IS NOT NULL THEN 1 ELSE 0 END), \
             COALESCE(SUM(stars), 0), \
             COALESCE(SUM((served_at - received_at) / 3600000000), 0) \
             FROM inquiry_cases WHERE received_at >= $1 AND received_at < $2 \
             GROUP BY department, kind ORDER BY department, kind";
        let rows =
            self.ledger().read(move |sql| sql.query(statement, &[from.into(), until.into(), now.into()])).await?;
        rows.iter()
            .map(|row| {
                Ok(StatisticsRow {
                    department: row.text(0)?,
                    kind: Kind::from_identifier(&row.text(1)?).unwrap_or(Kind::Question),
                    figures: Figures {
                        received: row.unsigned(2)?,
                        served: row.unsigned(3)?,
                        in_time: row.unsigned(4)?,
                        open: row.unsigned(5)?,
                        overdue: row.unsigned(6)?,
                        ended_otherwise: row.unsigned(7)?,
                        rated: row.unsigned(8)?,
                        stars: row.unsigned(9)?,
                        hours: row.unsigned(10)?,
                    },
                })
            })
            .collect()
    }
}
