//! The projection `inquiry-pairs`: which two cases officials said are the same matter, or are not. The newest word on a pair
//! holds, from whichever side it was said.

use maru_ledger::{Aggregate as _, DatabaseError, Projection, RecordedEvent, Row, Sql, Value};

use super::{PairView, Store};
use crate::domain::{Inquiry, Receipt};

/// The projection `inquiry-pairs`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pairs;

impl Projection for Pairs {
    fn name(&self) -> &'static str {
        "inquiry-pairs"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &[&str] {
        &[
            "CREATE TABLE inquiry_pairs (one TEXT NOT NULL, other TEXT NOT NULL, same BIGINT NOT NULL, official TEXT NOT NULL, \
             judged_at BIGINT NOT NULL, position BIGINT NOT NULL, PRIMARY KEY (one, other))",
            "CREATE INDEX inquiry_pairs_other ON inquiry_pairs (other)",
            "CREATE INDEX inquiry_pairs_by_position ON inquiry_pairs (position)",
        ]
    }

    fn tables(&self) -> &[&str] {
        &["inquiry_pairs"]
    }

    fn apply(&self, sql: &mut dyn Sql, event: &RecordedEvent) -> Result<(), DatabaseError> {
        if event.stream.kind() != Inquiry::KIND || event.kind != "pair-judged" {
            return Ok(());
        }
        let Some(other) = event.payload["other"].as_str() else { return Ok(()) };
        let (one, other) = in_order(event.stream.identifier(), other);
        sql.execute(
            "INSERT INTO inquiry_pairs (one, other, same, official, judged_at, position) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (one, other) DO UPDATE SET same = excluded.same, official = excluded.official, \
             judged_at = excluded.judged_at, position = excluded.position",
            &[
                one.into(),
                other.into(),
                event.payload["same"].as_bool().unwrap_or_default().into(),
                event.payload["official"].as_str().unwrap_or_default().into(),
                event.at.into(),
                event.position.into(),
            ],
        )
        .map(drop)
    }
}

/// A pair has no first: its row is found from both sides.
fn in_order<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    if one < other { (one, other) } else { (other, one) }
}

/// Two cases that an official judged: an example to learn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairExample {
    /// Title and text of the one, masked.
    pub one: String,
    /// Title and text of the other, masked.
    pub other: String,
    /// Whether they are the same matter.
    pub same: bool,
}

/// Both cases of a pair are still there.
const EXAMPLES: &str = "FROM inquiry_pairs JOIN inquiry_cases AS a ON a.receipt = inquiry_pairs.one AND a.erased = 0 \
                        JOIN inquiry_cases AS b ON b.receipt = inquiry_pairs.other AND b.erased = 0";

impl Store {
    /// What was last said of two cases.
    pub(crate) async fn pair(&self, one: &Receipt, other: &Receipt) -> Result<Option<bool>, DatabaseError> {
        let (one, other) = in_order(one.as_str(), other.as_str());
        let parameters = [Value::from(one), other.into()];
        let select = "SELECT same FROM inquiry_pairs WHERE one = $1 AND other = $2";
        let rows = self.ledger().read(move |sql| sql.query(select, &parameters)).await?;
        rows.first().map(|row| row.truth(0)).transpose()
    }

    /// What was last said of this case and others, the newest word first; nothing of those that were erased.
    pub(crate) async fn pairs_of(&self, receipt: &Receipt) -> Result<Vec<PairView>, DatabaseError> {
        let side = |own: &str, other: &str| {
            format!(
                "SELECT receipt, title, department, same, inquiry_pairs.official, judged_at, inquiry_pairs.position AS place \
                 FROM inquiry_pairs JOIN inquiry_cases ON receipt = {other} AND erased = 0 WHERE {own} = $1"
            )
        };
        let (here, there) = (side("one", "other"), side("other", "one"));
        let select = format!("{here} UNION ALL {there} ORDER BY place DESC");
        let number = Value::from(receipt.as_str());
        let rows = self.ledger().read(move |sql| sql.query(&select, &[number])).await?;
        rows.iter().map(pair_view).collect()
    }

    /// Pairs that people judged, the oldest first, from `position` (excluded) on, at most `limit`; the last position is given back
    /// for the next call.
    pub async fn pair_examples(
        &self,
        position: i64,
        limit: u32,
    ) -> Result<(Vec<PairExample>, Option<i64>), DatabaseError> {
        let select = format!(
            "SELECT inquiry_pairs.position, a.title, a.text, b.title, b.text, same {EXAMPLES} \
             WHERE inquiry_pairs.position > $1 ORDER BY inquiry_pairs.position LIMIT $2"
        );
        let rows = self.ledger().read(move |sql| sql.query(&select, &[position.into(), limit.into()])).await?;
        let last = rows.last().map(|row| row.integer(0)).transpose()?;
        let whole = |row: &Row, title: usize| Ok(format!("{}\n{}", row.text(title)?, row.text(title + 1)?));
        let examples =
            rows.iter().map(|row| Ok(PairExample { one: whole(row, 1)?, other: whole(row, 3)?, same: row.truth(5)? }));
        Ok((examples.collect::<Result<_, DatabaseError>>()?, last))
    }

    /// How many pairs people judged.
    pub(crate) async fn judged_pairs(&self) -> Result<u64, DatabaseError> {
        let select = format!("SELECT COUNT(*) {EXAMPLES}");
        let rows = self.ledger().read(move |sql| sql.query(&select, &[])).await?;
        rows.first().map_or(Ok(0), |row| row.unsigned(0))
    }
}

fn pair_view(row: &Row) -> Result<PairView, DatabaseError> {
    Ok(PairView {
        receipt: row.text(0)?,
        title: row.text(1)?,
        department: row.text(2)?,
        same: row.truth(3)?,
        official: row.text(4)?,
        name: None,
        at: row.timestamp(5)?,
    })
}
