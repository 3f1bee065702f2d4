//! The ledger's own tables, and the definitions of everybody else's.

use std::ops::Range;

use crate::database::{DatabaseError, Sql, Value};

/// The owner under whose name the ledger's tables are defined.
pub(crate) const LEDGER: &str = "ledger";

const DEFINITIONS: &str = "CREATE TABLE IF NOT EXISTS definitions (owner TEXT NOT NULL, number BIGINT NOT NULL, \
                           statement TEXT NOT NULL, PRIMARY KEY (owner, number))";

/// The list only grows at its end.
const LEDGER_TABLES: &[&str] = &[
    "CREATE TABLE events (position BIGINT PRIMARY KEY, stream TEXT NOT NULL, version BIGINT NOT NULL, \
     kind TEXT NOT NULL, at BIGINT NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL, payload TEXT NOT NULL, \
     salt BYTES NOT NULL, digest BYTES NOT NULL)",
    "CREATE UNIQUE INDEX events_by_stream ON events (stream, version)",
    "CREATE TABLE streams (stream TEXT PRIMARY KEY, version BIGINT NOT NULL)",
    "CREATE TABLE tiles (level BIGINT NOT NULL, number BIGINT NOT NULL, hashes BYTES NOT NULL, \
     PRIMARY KEY (level, number))",
    "CREATE TABLE log_head (id BIGINT PRIMARY KEY, size BIGINT NOT NULL, root BYTES NOT NULL, note TEXT NOT NULL, \
     next_job BIGINT NOT NULL, generation BIGINT NOT NULL)",
    "CREATE TABLE idempotency (actor TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, \
     stream TEXT NOT NULL, first_position BIGINT NOT NULL, count BIGINT NOT NULL, version BIGINT NOT NULL, \
     at BIGINT NOT NULL, PRIMARY KEY (actor, key))",
    "CREATE INDEX idempotency_by_time ON idempotency (at)",
    "CREATE TABLE subject_keys (subject TEXT PRIMARY KEY, master TEXT NOT NULL, wrapped BYTES, \
     made_at BIGINT NOT NULL, erased_at BIGINT)",
    "CREATE TABLE jobs (id BIGINT PRIMARY KEY, kind TEXT NOT NULL, key TEXT, payload TEXT NOT NULL, \
     state TEXT NOT NULL, run_at BIGINT NOT NULL, attempts BIGINT NOT NULL, max_attempts BIGINT NOT NULL, \
     fence BIGINT NOT NULL, worker TEXT, leased_until BIGINT, last_error TEXT, made_at BIGINT NOT NULL)",
    "CREATE INDEX jobs_by_time ON jobs (state, run_at)",
    "CREATE INDEX jobs_by_key ON jobs (key)",
    "CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, held_until BIGINT NOT NULL, \
     term BIGINT NOT NULL)",
    "CREATE TABLE projections (name TEXT PRIMARY KEY, version BIGINT NOT NULL)",
    // Who looks for jobs of one kind does not walk through those of all others.
    "CREATE INDEX jobs_by_kind ON jobs (state, kind, run_at)",
    "DROP INDEX jobs_by_time",
];

/// Makes the ledger's tables where they are missing.
pub(crate) fn define_ledger(sql: &mut dyn Sql) -> Result<(), DatabaseError> {
    sql.execute(DEFINITIONS, &[])?;
    define(sql, LEDGER, LEDGER_TABLES)
}

/// Runs those of the `statements` of `owner` that did not run yet. Refuses if those that ran were others.
pub(crate) fn define(sql: &mut dyn Sql, owner: &str, statements: &[&str]) -> Result<(), DatabaseError> {
    let ran = sql.query("SELECT statement FROM definitions WHERE owner = $1 ORDER BY number", &[owner.into()])?;
    if ran.len() > statements.len() {
        return Err(DatabaseError::work(format!(
            "the tables of {owner} were defined by a newer version of the program; run that version"
        )));
    }
    for (number, row) in ran.iter().enumerate() {
        if row.text(0)? != statements[number] {
            return Err(DatabaseError::work(format!(
                "statement {number} of the tables of {owner} differs from the one that ran; add a new statement at the end instead"
            )));
        }
    }
    for (number, statement) in statements.iter().enumerate().skip(ran.len()) {
        sql.execute(statement, &[])?;
        record_definition(sql, owner, number, statement)?;
    }
    Ok(())
}

pub(crate) fn record_definition(
    sql: &mut dyn Sql,
    owner: &str,
    number: usize,
    statement: &str,
) -> Result<(), DatabaseError> {
    sql.execute(
        "INSERT INTO definitions (owner, number, statement) VALUES ($1, $2, $3)",
        &[owner.into(), number.into(), statement.into()],
    )
    .map(drop)
}

/// Inserts many rows with few statements. `values` holds the rows one after another; `ending` is what follows them, such
/// as `ON CONFLICT …`.
pub(crate) fn insert_many(
    sql: &mut (impl Sql + ?Sized),
    table: &str,
    columns: &[&str],
    values: &[Value],
    ending: &str,
) -> Result<(), DatabaseError> {
    for rows in portions(values.len() / columns.len().max(1)) {
        let values = &values[rows.start * columns.len()..rows.end * columns.len()];
        sql.execute(&insert_statement(table, columns, rows.len(), ending), values)?;
    }
    Ok(())
}

/// Sizes of portions: few, so that prepared statements are found again; close, so that two or three portions are enough.
const SIZES: [usize; 14] = [128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1];

/// Divides `count` things into portions.
pub(crate) fn portions(count: usize) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= count - start)?;
        start += size;
        Some(start - size..start)
    })
}

/// Divides what is asked for into portions, and fills each up with its last item: asking twice for the same is harmless,
/// asking once more is a journey.
pub(crate) fn filled_portions<T: Clone>(all: &[T]) -> impl Iterator<Item = Vec<T>> {
    all.chunks(SIZES[0]).map(|some| {
        let size = SIZES.into_iter().rev().find(|size| *size >= some.len()).unwrap_or(SIZES[0]);
        some.iter().chain(std::iter::repeat(&some[some.len() - 1])).take(size).cloned().collect()
    })
}

fn insert_statement(table: &str, columns: &[&str], rows: usize, ending: &str) -> String {
    use std::fmt::Write as _;
    let mut statement = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    let mut number = 0;
    for row in 0..rows {
        statement.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            number += 1;
            let _ = write!(statement, "{}${number}", if column == 0 { "" } else { ", " });
        }
        statement.push(')');
    }
    statement.push(' ');
    statement.push_str(ending);
    statement
}

/// `$1, $2, …`: as many parameters as there are `values`, from `first` on.
pub(crate) fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

/// The table that `statement` creates, if it does.
pub(crate) fn created_table(statement: &str) -> Option<&str> {
    let (name, more) = table_after(statement, "CREATE")?;
    // IF NOT EXISTS
    if name.eq_ignore_ascii_case("IF") { words(more).nth(2) } else { Some(name) }
}

/// The table that `statement` drops, if it does.
pub(crate) fn dropped_table(statement: &str) -> Option<&str> {
    let (name, more) = table_after(statement, "DROP")?;
    // IF EXISTS
    if name.eq_ignore_ascii_case("IF") { words(more).nth(1) } else { Some(name) }
}

/// What a statement does, as far as restoring a backup must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It makes or changes tables and indexes.
    Shape,
    /// It changes rows.
    Rows,
    /// Something else.
    Other,
}

/// What `statement` does.
pub(crate) fn effect(statement: &str) -> Effect {
    let mut words = words(statement).map(str::to_ascii_uppercase);
    match (words.next().as_deref(), words.next().as_deref()) {
        (Some("CREATE" | "ALTER" | "DROP"), Some("TABLE" | "INDEX" | "UNIQUE")) => Effect::Shape,
        (Some("INSERT" | "UPDATE" | "DELETE"), Some(_)) => Effect::Rows,
        _ => Effect::Other,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter.is_whitespace() || letter == '(' || letter == ';').filter(|word| !word.is_empty())
}

/// The word that follows `verb` and TABLE at the beginning of `statement`, and what follows that.
fn table_after<'a>(statement: &'a str, verb: &str) -> Option<(&'a str, &'a str)> {
    let mut beginning = words(statement);
    let mut next_is = |expected: &str| beginning.next().is_some_and(|word| word.eq_ignore_ascii_case(expected));
    if !next_is(verb) || !next_is("TABLE") {
        return None;
    }
    let name = beginning.next()?;
    let (_, more) = statement.split_once(name)?;
    Some((name, more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tables_are_found() {
        assert_eq!(created_table("CREATE TABLE events (position BIGINT)"), Some("events"));
        assert_eq!(created_table("create table if not exists events(position BIGINT)"), Some("events"));
        assert_eq!(created_table("CREATE INDEX a ON b (c)"), None);
        assert_eq!(dropped_table("DROP TABLE IF EXISTS events"), Some("events"));
        assert_eq!(dropped_table("drop table events;"), Some("events"));
        assert_eq!(dropped_table("DROP INDEX events"), None);
        assert_eq!(effect("create unique index a on b (c)"), Effect::Shape);
        assert_eq!(effect("INSERT INTO a VALUES (1)"), Effect::Rows);
        assert_eq!(effect("COPY a TO PROGRAM 'x'"), Effect::Other);
    }

    #[test]
    fn many_rows_go_into_one_statement() {
        assert_eq!(
            insert_statement("t", &["a", "b"], 2, "ON CONFLICT DO NOTHING"),
            "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING"
        );
        assert_eq!(placeholders(2, 3), "$2, $3, $4");
        let sizes: Vec<usize> = portions(128 + 48 + 3).map(|rows| rows.len()).collect();
        assert_eq!(sizes, [128, 48, 3]);
        assert_eq!(portions(0).count(), 0);
        let filled: Vec<Vec<usize>> = filled_portions(&(0..133).collect::<Vec<_>>()).collect();
        assert_eq!((filled[0].len(), filled[1].as_slice()), (128, [128, 129, 130, 131, 132, 132].as_slice()));
        assert_eq!(filled_portions::<u8>(&[]).count(), 0);
    }
}
