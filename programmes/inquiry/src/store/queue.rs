//! The queue: cases by due time, page by page.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use maru_ledger::{DatabaseError, Row, Value};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Store, cases::NO_DUE_TIME, receipt_of, state_of};
use crate::domain::{Kind, Receipt, State, TextLanguage, Urgency, clean};

/// Most rows of a page.
const LARGEST_PAGE: u32 = 200;
/// Closed cases are counted by state for so many days back.
const COUNTED_BACK: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Which cases are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// Those of this department.
    pub department: Option<String>,
    /// Those that this official has.
    pub official: Option<String>,
    /// Those of this petitioner's account.
    pub account: Option<String>,
    /// Those in one of these states; empty means all that are open (or all, for an account).
    pub states: Vec<State>,
    /// Those of this kind.
    pub kind: Option<Kind>,
    /// Those of this category.
    pub category: Option<String>,
    /// Those whose due time has passed at this instant.
    pub overdue_at: Option<Timestamp>,
    /// Those whose receipt number, masked title or masked text holds these words.
    pub search: Option<String>,
    /// Those after this place.
    pub after: Option<Cursor>,
    /// At most so many; 50 if 0, never more than 200.
    pub limit: u32,
}

/// A place in the queue, where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    queue_at: i64,
    receipt: String,
}

impl Cursor {
    /// Reads what [`Cursor`]'s `Display` writes; nothing if it is something else.
    pub fn parse(text: &str) -> Option<Self> {
        let (queue_at, receipt) = text.split_once('~')?;
        let receipt = Receipt::parse(receipt).ok()?;
        Some(Self { queue_at: queue_at.parse().ok()?, receipt: receipt.to_string() })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}~{}", self.queue_at, self.receipt)
    }
}

/// A case in the queue. Everything in it is masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueRow {
    /// The receipt number.
    pub receipt: Receipt,
    /// The title, masked.
    pub title: String,
    /// The beginning of the text, masked.
    pub beginning: String,
    /// Where it stands.
    pub state: State,
    /// The kind under the Act.
    pub kind: Kind,
    /// The category.
    pub category: Option<String>,
    /// The department.
    pub department: String,
    /// The official who has it.
    pub official: Option<String>,
    /// The language.
    pub language: TextLanguage,
    /// How urgent it is.
    pub urgency: Urgency,
    /// When it came in.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// Until when it must be answered; none while the clock stands still.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// How often the period was extended.
    pub extensions: u8,
    /// How many earlier cases say nearly the same.
    pub duplicates: u32,
    /// When the outcome was served.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub served_at: Option<Timestamp>,
    /// Whether it was served in time.
    pub in_time: Option<bool>,
    /// The rating.
    pub stars: Option<u8>,
}

/// A page of the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueuePage {
    /// Its rows, the one due first at the top.
    pub rows: Vec<QueueRow>,
    /// Where the next page begins; none at the end.
    pub next: Option<Cursor>,
}

/// How many cases stand where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueCounts {
    /// By state, in the order of [`State::ALL`]; closed ones of the last thirty days.
    #[schema(value_type = Vec<Vec<Value>>)]
    pub by_state: Vec<(State, u64)>,
    /// Open.
    pub open: u64,
    /// Open, and the due time has passed.
    pub overdue: u64,
    /// Open, and due within the next 24 hours.
    pub due_within_a_day: u64,
}

/// A page with the counts beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// The page.
    pub page: QueuePage,
    /// The counts, of the department and official asked for, whatever state or words are asked for.
    pub counts: QueueCounts,
}

const COLUMNS: &str = "receipt, title, text, state, kind, category, department, official, language, urgency, received_at, \
                       due_at, extensions, duplicates, served_at, in_time, stars, queue_at";

/// Conditions with their parameters.
#[derive(Default)]
struct Conditions {
    texts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn fixed(&mut self, condition: &str) {
        self.texts.push(condition.to_owned());
    }

    /// A condition in which `?` stands for the value.
    fn with(&mut self, condition: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.texts.push(condition.replace('?', &format!("${}", self.values.len())));
    }

    fn text(&self) -> String {
        if self.texts.is_empty() { "1 = 1".to_owned() } else { self.texts.join(" AND ") }
    }
}

fn whose(filter: &QueueFilter) -> Conditions {
    let mut conditions = Conditions::default();
    if let Some(department) = &filter.department {
        conditions.with("department = ?", department);
    }
    if let Some(official) = &filter.official {
        conditions.with("official = ?", official);
    }
    if let Some(account) = &filter.account {
        conditions.with("account = ?", account);
    }
    conditions
}

fn which(filter: &QueueFilter) -> Conditions {
    let mut conditions = whose(filter);
    if filter.states.is_empty() {
        if filter.account.is_none() {
            conditions.fixed("open = 1");
        }
    } else {
        let open: Vec<&State> = filter.states.iter().filter(|state| state.is_open()).collect();
        if open.len() == filter.states.len() {
            conditions.fixed("open = 1");
        }
        let names: Vec<String> = filter.states.iter().map(|state| format!("'{}'", state.identifier())).collect();
        conditions.fixed(&format!("state IN ({})", names.join(", ")));
    }
    if let Some(kind) = filter.kind {
        conditions.with("kind = ?", kind.identifier());
    }
    if let Some(category) = &filter.category {
        conditions.with("category = ?", category);
    }
    if let Some(overdue_at) = filter.overdue_at {
        conditions.with("due_at < ?", overdue_at);
    }
    if let Some(search) = filter.search.as_deref().map(str::trim).filter(|search| !search.is_empty()) {
        let words: String = clean(search).chars().take(100).flat_map(char::to_lowercase).collect();
        let escaped = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        conditions.with(
            "(LOWER(title) LIKE ? ESCAPE '\\' OR LOWER(text) LIKE ? ESCAPE '\\' OR LOWER(receipt) LIKE ? ESCAPE '\\')",
            format!("%{escaped}%"),
        );
    }
    if let Some(after) = &filter.after {
        conditions.with("(queue_at, receipt) > (?", after.queue_at);
        conditions.values.push(after.receipt.as_str().into());
        if let Some(last) = conditions.texts.last_mut() {
            *last = format!("{last}, ${})", conditions.values.len());
        }
    }
    conditions
}

impl Store {
    /// A page of cases, the one due first at the top.
    pub async fn queue_page(&self, filter: QueueFilter) -> Result<QueuePage, DatabaseError> {
        let limit = match filter.limit {
            0 => 50,
            limit => limit.min(LARGEST_PAGE),
        };
        let conditions = which(&filter);
        let statement = format!(
            "SELECT {COLUMNS} FROM inquiry_cases WHERE {} ORDER BY queue_at, receipt LIMIT {}",
            conditions.text(),
            limit + 1
        );
        let mut found = self.ledger().read(move |sql| sql.query(&statement, &conditions.values)).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = if more { found.last().map(cursor_of).transpose()? } else { None };
        Ok(QueuePage { rows: found.iter().map(row_of).collect::<Result<_, _>>()?, next })
    }

    /// How many cases stand where: of the department, official or account of the filter.
    pub async fn queue_counts(&self, filter: &QueueFilter, now: Timestamp) -> Result<QueueCounts, DatabaseError> {
        let soon = now.checked_add(SignedDuration::from_hours(24)).unwrap_or(now);
        let back = now.checked_sub(COUNTED_BACK).unwrap_or(now);
        let whose = whose(filter);
        let next = whose.values.len();
        let open = format!(
            "SELECT state, COUNT(*), COALESCE(SUM(CASE WHEN due_at < ${} THEN 1 ELSE 0 END), 0), \
             COALESCE(SUM(CASE WHEN due_at >= ${} AND due_at < ${} THEN 1 ELSE 0 END), 0) \
             FROM inquiry_cases WHERE open = 1 AND {} GROUP BY state",
            next + 1,
            next + 1,
            next + 2,
            whose.text()
        );
        let closed = format!(
            "SELECT state, COUNT(*) FROM inquiry_cases WHERE open = 0 AND closed_at >= ${} AND {} GROUP BY state",
            next + 1,
            whose.text()
        );
        let mut of_open = whose.values.clone();
        of_open.extend([now.into(), soon.into()]);
        let mut of_closed = whose.values;
        of_closed.push(back.into());
        let (open, closed) =
            self.ledger().read(move |sql| Ok((sql.query(&open, &of_open)?, sql.query(&closed, &of_closed)?))).await?;
        let mut counts = QueueCounts::default();
        for row in &open {
            counts.by_state.push((state_of(&row.text(0)?), row.unsigned(1)?));
            counts.open += row.unsigned(1)?;
            counts.overdue += row.unsigned(2)?;
            counts.due_within_a_day += row.unsigned(3)?;
        }
        for row in &closed {
            counts.by_state.push((state_of(&row.text(0)?), row.unsigned(1)?));
        }
        counts.by_state.sort();
        Ok(counts)
    }
}

fn cursor_of(row: &Row) -> Result<Cursor, DatabaseError> {
    Ok(Cursor { queue_at: row.integer(17)?, receipt: row.text(0)? })
}

fn row_of(row: &Row) -> Result<QueueRow, DatabaseError> {
    let small = |column: usize| -> Result<Option<u8>, DatabaseError> {
        Ok(row.optional_integer(column)?.and_then(|number| u8::try_from(number).ok()))
    };
    let due = row.optional_timestamp(11)?;
    debug_assert!(due.is_some() || row.integer(17)? == NO_DUE_TIME, "cases without a due time stand at the end");
    Ok(QueueRow {
        receipt: receipt_of(row)?,
        title: row.text(1)?,
        beginning: row.text(2)?.chars().take(120).collect(),
        state: state_of(&row.text(3)?),
        kind: Kind::from_identifier(&row.text(4)?).unwrap_or(Kind::Question),
        category: row.optional_text(5)?,
        department: row.text(6)?,
        official: row.optional_text(7)?,
        language: TextLanguage::from_identifier(&row.text(8)?).unwrap_or(TextLanguage::Other),
        urgency: Urgency::from_identifier(&row.text(9)?).unwrap_or(Urgency::Normal),
        received_at: row.timestamp(10)?,
        due_at: due,
        extensions: small(12)?.unwrap_or_default(),
        duplicates: u32::try_from(row.unsigned(13)?).unwrap_or(u32::MAX),
        served_at: row.optional_timestamp(14)?,
        in_time: row.optional_integer(15)?.map(|truth| truth != 0),
        stars: small(16)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_returns_from_its_text() {
        let cursor = Cursor { queue_at: -5, receipt: Receipt::draw(2026, [3; 7]).to_string() };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        for text in ["", "5", "~", "x~2026-7KQ4-M2XD", "5~nothing"] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
