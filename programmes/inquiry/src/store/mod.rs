//! What is asked of inquiries: the queue, a case, a citizen's own cases, figures, examples to learn from.

mod cases;
mod models;
mod pairs;
mod queue;
mod statistics;
mod timeline;
mod views;

use std::sync::Arc;

use jiff::Timestamp;
use maru_ledger::{
    Aggregate as _, DatabaseError, Ledger, LedgerError, Projection, RecordedEvent, Row, StreamId, StreamIdError, Value,
};

pub use cases::Cases;
pub use models::{Learned, Lessons, ModelKind, StoredModel};
pub use pairs::{PairExample, Pairs};
pub use queue::{Cursor, Queue, QueueCounts, QueueFilter, QueuePage, QueueRow};
pub use statistics::{Figures, StatisticsRow};
pub use timeline::{Audience, TimelineEntry, timeline};
pub use views::{
    AnswerView, CitizenAction, CitizenView, Colleague, CompletionView, DeadlineView, NoteView, ObjectionView,
    OfficialAction, OfficialView, PairView, PersonalData, RefusalView, SimilarCase, citizen_view, official_view,
};

use crate::domain::{Event, Inquiry, Receipt};

/// The projections of the programme, to be given to [`Ledger::open`].
pub fn projections() -> Vec<Arc<dyn Projection>> {
    vec![Arc::new(Cases), Arc::new(Pairs)]
}

/// The questions that are asked of inquiries. Clone it freely.
#[derive(Debug, Clone)]
pub struct Store {
    ledger: Ledger,
}

/// A case in full: its state and everything that happened, with personal facts open.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its state.
    pub inquiry: Inquiry,
    /// Everything that happened, in order.
    pub events: Vec<RecordedEvent>,
    /// How often it changed: what an editor saw, to be compared before writing.
    pub version: u64,
}

/// What policies and the code check need to know about a case: one row, nothing personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseHead {
    /// The receipt number.
    pub receipt: Receipt,
    /// The account whose it is.
    pub account: Option<String>,
    /// The digest of the code that opens it.
    pub code_digest: String,
    /// The department that has it.
    pub department: String,
    /// Departments that had it before.
    pub involved: Vec<String>,
}

/// A labelled example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingExample {
    /// The case.
    pub receipt: String,
    /// Title, masked.
    pub title: String,
    /// Text, masked.
    pub text: String,
    /// The category that a person stated or an official's answer confirmed.
    pub category: Option<String>,
    /// The department likewise.
    pub department: String,
    /// The kind under the Act, as identifier.
    pub kind: String,
    /// The answer, masked, where one was served.
    pub answer: Option<String>,
    /// Whether a person put it right (else an answer confirmed it).
    pub corrected: bool,
}

/// The columns of [`similar_case`].
const SIMILAR_COLUMNS: &str = "receipt, title, state, department, received_at, answer";
/// How many closed cases are looked through for those of one field: a rare one must not make a page slow.
const LATELY: u32 = 2_000;

/// The stream of a case.
///
/// # Errors
/// Never for a valid receipt number, whose letters all may stand in a stream's name.
pub fn stream_of(receipt: &Receipt) -> Result<StreamId, StreamIdError> {
    StreamId::new(Inquiry::KIND, receipt)
}

impl Store {
    /// The questions over `ledger`.
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger }
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// A case in full; nothing if there is none.
    pub async fn case(&self, receipt: &Receipt) -> Result<Option<Case>, LedgerError> {
        let Ok(stream) = stream_of(receipt) else { return Ok(None) };
        let events = self.ledger.events(&stream).await?;
        fold(events)
    }

    /// What policies need to know about a case.
    pub async fn head(&self, receipt: &Receipt) -> Result<Option<CaseHead>, DatabaseError> {
        let number = Value::from(receipt.as_str());
        let rows = self
            .ledger
            .read(move |sql| {
                let select = "SELECT account, code_digest, department, involved FROM inquiry_cases WHERE receipt = $1";
                sql.query(select, &[number])
            })
            .await?;
        rows.first().map(|row| head_of(receipt, row)).transpose()
    }

    /// The running cases whose due time was reckoned before `revision` of the holidays: at most `limit`.
    pub async fn reckoned_before(&self, revision: u64, limit: u32) -> Result<Vec<Receipt>, DatabaseError> {
        let select = "SELECT receipt FROM inquiry_cases WHERE open = 1 AND due_at IS NOT NULL AND calendar < $1 \
                      ORDER BY queue_at, receipt LIMIT $2";
        let rows = self.ledger.read(move |sql| sql.query(select, &[revision.into(), limit.into()])).await?;
        rows.iter().map(receipt_of).collect()
    }

    /// Title and text, masked, of cases received after `position`: at most `limit`, with their positions.
    pub(crate) async fn texts_after(
        &self,
        position: i64,
        limit: u32,
    ) -> Result<Vec<(i64, String, String)>, DatabaseError> {
        let select = "SELECT position, receipt, title, text FROM inquiry_cases WHERE position > $1 AND erased = 0 \
                      ORDER BY position LIMIT $2";
        let rows = self.ledger.read(move |sql| sql.query(select, &[position.into(), limit.into()])).await?;
        rows.iter()
            .map(|row| Ok((row.integer(0)?, row.text(1)?, format!("{}\n{}", row.text(2)?, row.text(3)?))))
            .collect()
    }

    /// The position of the newest case but `count`: where to begin to remember texts.
    pub(crate) async fn position_before_newest(&self, count: u32) -> Result<i64, DatabaseError> {
        let select = "SELECT position FROM inquiry_cases ORDER BY position DESC LIMIT 1 OFFSET $1";
        let rows = self.ledger.read(move |sql| sql.query(select, &[count.into()])).await?;
        rows.first().map_or(Ok(-1), |row| row.integer(0))
    }

    /// Cases that people labelled: put right, or answered as they were classified. The oldest first, from `position`
    /// (excluded) on, at most `limit`; the last position is given back for the next call.
    pub async fn training_examples(
        &self,
        position: i64,
        limit: u32,
    ) -> Result<(Vec<TrainingExample>, Option<i64>), DatabaseError> {
        let select = "SELECT position, receipt, title, text, category, department, answer, corrected, kind FROM inquiry_cases \
                      WHERE (corrected = 1 OR served_at IS NOT NULL) AND erased = 0 AND position > $1 \
                      ORDER BY position LIMIT $2";
        let rows = self.ledger.read(move |sql| sql.query(select, &[position.into(), limit.into()])).await?;
        let last = rows.last().map(|row| row.integer(0)).transpose()?;
        let examples = rows
            .iter()
            .map(|row| {
                Ok(TrainingExample {
                    receipt: row.text(1)?,
                    title: row.text(2)?,
                    text: row.text(3)?,
                    category: row.optional_text(4)?,
                    department: row.text(5)?,
                    answer: row.optional_text(6)?,
                    corrected: row.truth(7)?,
                    kind: row.text(8)?,
                })
            })
            .collect::<Result<_, DatabaseError>>()?;
        Ok((examples, last))
    }

    /// Short descriptions of some cases, in the order in which they are asked for; unknown ones are left out.
    pub async fn similar_cases(&self, ids: Vec<(String, Option<f64>)>) -> Result<Vec<SimilarCase>, DatabaseError> {
        self.ledger
            .read(move |sql| {
                let select = format!("SELECT {SIMILAR_COLUMNS} FROM inquiry_cases WHERE receipt = $1");
                let mut cases = Vec::with_capacity(ids.len());
                for (id, similarity) in ids {
                    for row in sql.query(&select, &[id.as_str().into()])? {
                        cases.push(similar_case(&row, similarity)?);
                    }
                }
                Ok(cases)
            })
            .await
    }

    /// The cases of this department and category that were answered last: at most `limit` of the newest closed cases.
    pub async fn answered_lately(
        &self,
        department: &str,
        category: &str,
        limit: u32,
    ) -> Result<Vec<SimilarCase>, DatabaseError> {
        let select = format!(
            "SELECT {SIMILAR_COLUMNS} FROM (SELECT * FROM inquiry_cases WHERE open = 0 ORDER BY closed_at DESC LIMIT {LATELY}) \
             AS lately WHERE department = $1 AND category = $2 AND served_at IS NOT NULL AND erased = 0 \
             ORDER BY closed_at DESC LIMIT $3"
        );
        let parameters = [Value::from(department), category.into(), limit.into()];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.iter().map(|row| similar_case(row, None)).collect()
    }

    /// How many of a petitioner's own earlier cases, among `receipts`, were answered: for the closing of repeated
    /// petitions (the Act, 제23조).
    pub(crate) async fn answered_of_account(
        &self,
        account: String,
        receipts: Vec<String>,
    ) -> Result<Vec<Receipt>, DatabaseError> {
        let select = "SELECT receipt FROM inquiry_cases WHERE receipt = $1 AND account = $2 AND served_at IS NOT NULL";
        let rows = self
            .ledger
            .read(move |sql| {
                let mut rows = Vec::new();
                for receipt in receipts {
                    rows.extend(sql.query(select, &[receipt.into(), account.as_str().into()])?);
                }
                Ok(rows)
            })
            .await?;
        rows.iter().map(receipt_of).collect()
    }

    /// Other cases of the account that were received before `before`, the newest first, at most `limit`; none that were erased.
    pub(crate) async fn earlier_of_account(
        &self,
        account: &str,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<SimilarCase>, DatabaseError> {
        let select = format!(
            "SELECT {SIMILAR_COLUMNS} FROM inquiry_cases WHERE account = $1 AND received_at < $2 AND erased = 0 \
             ORDER BY received_at DESC LIMIT $3"
        );
        let parameters = [Value::from(account), before.into(), limit.into()];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.iter().map(|row| similar_case(row, None)).collect()
    }
}

fn similar_case(row: &Row, similarity: Option<f64>) -> Result<SimilarCase, DatabaseError> {
    Ok(SimilarCase {
        receipt: row.text(0)?,
        title: row.text(1)?,
        state: state_of(&row.text(2)?),
        department: row.text(3)?,
        received_at: row.timestamp(4)?,
        answer: row.optional_text(5)?,
        similarity,
        same_matter: false,
    })
}

/// The state of a case out of its events.
///
/// # Errors
/// [`LedgerError::Event`] for an event that is not one of this field.
pub fn fold(events: Vec<RecordedEvent>) -> Result<Option<Case>, LedgerError> {
    use maru_ledger::Aggregate as _;
    let Some(version) = events.last().map(|event| event.version) else { return Ok(None) };
    let mut inquiry = Inquiry::default();
    for recorded in &events {
        inquiry.evolve(&event_of(recorded)?);
    }
    Ok(Some(Case { inquiry, events, version }))
}

/// The event of this field that was recorded.
///
/// # Errors
/// [`LedgerError::Event`] for one that is not.
pub fn event_of(recorded: &RecordedEvent) -> Result<Event, LedgerError> {
    serde_json::from_value(recorded.payload.clone()).map_err(|error| LedgerError::Event {
        position: recorded.position,
        kind: recorded.kind.clone(),
        reason: error.to_string(),
    })
}

fn head_of(receipt: &Receipt, row: &Row) -> Result<CaseHead, DatabaseError> {
    Ok(CaseHead {
        receipt: receipt.clone(),
        account: row.optional_text(0)?,
        code_digest: row.text(1)?,
        department: row.text(2)?,
        involved: serde_json::from_str(&row.text(3)?).unwrap_or_default(),
    })
}

fn receipt_of(row: &Row) -> Result<Receipt, DatabaseError> {
    Receipt::parse(&row.text(0)?).map_err(|error| DatabaseError::Damaged { reason: error.to_string() })
}

fn state_of(name: &str) -> crate::domain::State {
    crate::domain::State::from_identifier(name).unwrap_or_default()
}

/// The beginning of the day in Korea, as an instant.
pub(crate) fn day_begins(day: jiff::civil::Date) -> Timestamp {
    maru_calendar::instant(day.to_datetime(jiff::civil::Time::midnight()))
}
