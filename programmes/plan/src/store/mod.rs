//! What is asked of the plan.

mod briefings;
mod comments;
mod deliberation;
mod files;
mod for_all;
mod groupings;
pub mod messages;
mod more;
mod panels;
mod particulars;
mod projection;
mod surveys;
mod words;

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use maru_ledger::{Aggregate, DatabaseError, Ledger, LedgerError, Projection, RecordedEvent, Row, StreamId, Value};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tokio::sync::OnceCell;

pub use comments::OpenComments;
pub use deliberation::Marker;
pub(crate) use for_all::LABS;
pub use for_all::{Help, HelpCounts};
pub(crate) use groupings::CommentsMarker;
pub use messages::Message;
pub use projection::PlanTables;
pub(crate) use surveys::SurveysMarker;
pub use words::{Words, WordsAddress, WordsKind};

use crate::domain::{Advice, Comment, Consultation, Number, Particulars, Recommendation, book::Book};

/// The projections of the programme, to be given to [`Ledger::open`].
pub fn projections() -> Vec<Arc<dyn Projection>> {
    vec![Arc::new(PlanTables)]
}

/// The stream of the plan as a whole.
pub const BOOK: &str = "national";

/// The questions that are asked of the plan. Clone it freely.
#[derive(Debug, Clone)]
pub struct Store {
    ledger: Ledger,
    /// Whether the tables that are no projection are there.
    defined: Arc<OnceCell<()>>,
}

/// Something with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<T> {
    /// The name.
    pub id: String,
    /// What it is.
    pub state: T,
    /// When it changed last.
    pub changed_at: Timestamp,
}

/// Something that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The place in the log.
    pub position: u64,
    /// When.
    pub at: Timestamp,
    /// The kind of thing.
    pub kind: String,
    /// Which.
    pub id: String,
    /// What happened.
    pub what: String,
    /// The role of who did it.
    pub role: String,
    /// The facts.
    pub facts: Json,
}

/// How many comments there are, and how many of them were answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CommentCounts {
    /// All.
    pub all: u64,
    /// Answered.
    pub answered: u64,
}

const COLUMNS: &str = "SELECT id, state, changed_at FROM plan_states";
const CHANGES: &str = "SELECT position, at, kind, id, what, role, facts FROM plan_changes";

impl Store {
    /// The questions over `ledger`.
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger, defined: Arc::default() }
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The recommendations of the plan as it stands, in the order of their numbers.
    pub async fn recommendations(&self) -> Result<Vec<Recommendation>, DatabaseError> {
        let mut known = self.recommendations_ever().await?;
        known.retain(|one| one.left_out.is_none());
        Ok(known)
    }

    /// The recommendations that were ever in the plan, in the order of their numbers.
    pub async fn recommendations_ever(&self) -> Result<Vec<Recommendation>, DatabaseError> {
        let rows = self.all::<Recommendation>(Recommendation::KIND, "").await?;
        let mut known: Vec<Recommendation> = rows.into_iter().map(|named| named.state).collect();
        self.name_files(&mut known).await?;
        Ok(known)
    }

    /// One recommendation, also one that a version left out.
    pub async fn recommendation(&self, number: Number) -> Result<Option<Recommendation>, DatabaseError> {
        let found = self.one::<Recommendation>(Recommendation::KIND, &number.to_string()).await?;
        let mut found: Vec<Recommendation> = found.into_iter().map(|named| named.state).collect();
        self.name_files(&mut found).await?;
        Ok(found.pop())
    }

    /// The recommendations to agencies, the oldest first.
    pub async fn advices(&self) -> Result<Vec<Named<Advice>>, DatabaseError> {
        self.all(Advice::KIND, "").await
    }

    /// One of them.
    pub async fn advice(&self, id: &str) -> Result<Option<Named<Advice>>, DatabaseError> {
        self.one(Advice::KIND, id).await
    }

    /// The consultations, the oldest first.
    pub async fn consultations(&self) -> Result<Vec<Named<Consultation>>, DatabaseError> {
        self.all(Consultation::KIND, "").await
    }

    /// One of them.
    pub async fn consultation(&self, id: &str) -> Result<Option<Named<Consultation>>, DatabaseError> {
        self.one(Consultation::KIND, id).await
    }

    /// The comments of a consultation, in the order in which they came.
    pub async fn comments(&self, consultation: &str) -> Result<Vec<Named<Comment>>, DatabaseError> {
        self.all(Comment::KIND, consultation).await
    }

    /// One comment.
    pub async fn comment(&self, id: &str) -> Result<Option<Named<Comment>>, DatabaseError> {
        self.one(Comment::KIND, id).await
    }

    /// The consultations, the oldest first, each with how many comments it has.
    pub async fn counted_consultations(&self) -> Result<Vec<(Named<Consultation>, CommentCounts)>, DatabaseError> {
        let select =
            "SELECT owner, COUNT(*), COALESCE(SUM(answered), 0) FROM plan_states WHERE kind = $1 GROUP BY owner";
        let parameters = [Value::from(Comment::KIND)];
        let rows = self.ledger.read(move |sql| sql.query(select, &parameters)).await?;
        let mut counts = HashMap::new();
        for row in rows {
            counts.insert(row.text(0)?, CommentCounts { all: row.unsigned(1)?, answered: row.unsigned(2)? });
        }
        let counted = |named: Named<Consultation>| {
            let counts = counts.remove(&named.id).unwrap_or_default();
            (named, counts)
        };
        Ok(self.consultations().await?.into_iter().map(counted).collect())
    }

    /// The plan as a whole.
    pub async fn book(&self) -> Result<Book, DatabaseError> {
        Ok(self.one::<Book>(Book::KIND, BOOK).await?.map(|named| named.state).unwrap_or_default())
    }

    /// What changed from `from` (included) to `until` (excluded), the newest first, at most `limit`.
    pub async fn changes(&self, from: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<Change>, DatabaseError> {
        let select = format!("{CHANGES} WHERE at >= $1 AND at < $2 ORDER BY at DESC, position DESC LIMIT $3");
        let parameters = [Value::from(from), Value::from(until), Value::from(limit)];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.iter().map(change_of).collect()
    }

    /// Every change of one kind from `from` (included) to `until` (excluded), the newest first.
    pub async fn changes_called(
        &self,
        what: &'static str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Change>, DatabaseError> {
        let select = format!("{CHANGES} WHERE what = $1 AND at >= $2 AND at < $3 ORDER BY at DESC, position DESC");
        let parameters = [Value::from(what), Value::from(from), Value::from(until)];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.iter().map(change_of).collect()
    }

    /// What changed of recommendations in these tasks, and of what they are held to, the newest first, at most `limit`.
    pub async fn changes_of_tasks(
        &self,
        tasks: &[u16],
        (from, until): (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<Change>, DatabaseError> {
        // Numbers of our own, so that they can stand in the text: databases take only so many parameters.
        let of_tasks: Vec<String> = tasks.iter().map(|task| format!("id LIKE '{task}-%'")).collect();
        if of_tasks.is_empty() {
            return Ok(Vec::new());
        }
        let select = format!(
            "{CHANGES} WHERE at >= $1 AND at < $2 AND kind IN ($3, $4) AND ({}) ORDER BY at DESC, position DESC LIMIT $5",
            of_tasks.join(" OR ")
        );
        let parameters = [
            Value::from(from),
            Value::from(until),
            Value::from(Recommendation::KIND),
            Value::from(Particulars::KIND),
            Value::from(limit),
        ];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.iter().map(change_of).collect()
    }

    /// Everything that happened to a recommendation, in order.
    pub async fn history(&self, number: Number) -> Result<Vec<RecordedEvent>, LedgerError> {
        let Ok(stream) = StreamId::new(Recommendation::KIND, number) else { return Ok(Vec::new()) };
        self.ledger.events(&stream).await
    }

    async fn all<T: DeserializeOwned>(&self, kind: &'static str, owner: &str) -> Result<Vec<Named<T>>, DatabaseError> {
        let select = format!("{COLUMNS} WHERE kind = $1 AND owner = $2 ORDER BY place");
        let parameters = [Value::from(kind), Value::from(owner)];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.iter().map(named).collect()
    }

    async fn one<T: DeserializeOwned>(&self, kind: &'static str, id: &str) -> Result<Option<Named<T>>, DatabaseError> {
        let select = format!("{COLUMNS} WHERE kind = $1 AND id = $2");
        let parameters = [Value::from(kind), Value::from(id)];
        let rows = self.ledger.read(move |sql| sql.query(&select, &parameters)).await?;
        rows.first().map(named).transpose()
    }
}

fn named<T: DeserializeOwned>(row: &Row) -> Result<Named<T>, DatabaseError> {
    Ok(Named { id: row.text(0)?, state: json_of(&row.text(1)?)?, changed_at: row.timestamp(2)? })
}

fn change_of(row: &Row) -> Result<Change, DatabaseError> {
    Ok(Change {
        position: row.unsigned(0)?,
        at: row.timestamp(1)?,
        kind: row.text(2)?,
        id: row.text(3)?,
        what: row.text(4)?,
        role: row.text(5)?,
        facts: json_of(&row.text(6)?)?,
    })
}

fn json_of<T: DeserializeOwned>(text: &str) -> Result<T, DatabaseError> {
    serde_json::from_str(text).map_err(|error| DatabaseError::Work {
        reason: format!(
            "a row of the projection plan cannot be read ({error}); derive it again with: maru ledger rebuild"
        ),
    })
}
