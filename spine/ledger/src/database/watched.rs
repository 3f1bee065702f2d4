//! Statements of one unit of work, watched.

use super::{DatabaseError, Row, Sql, Value};

/// Passes statements on until one fails; from then on the work is lost as a whole. PostgreSQL demands this within a
/// transaction, SQLite does not: so that work which passes over an error means the same on both, it means nothing.
pub(crate) struct Watched<'a> {
    sql: &'a mut dyn Sql,
    failed: Option<DatabaseError>,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(sql: &'a mut dyn Sql) -> Self {
        Self { sql, failed: None }
    }

    /// What the work came to: the first error of a statement, even if the work passed over it.
    pub(crate) fn outcome<T, E: From<DatabaseError>>(self, outcome: Result<T, E>) -> Result<T, E> {
        match (outcome, self.failed) {
            (Ok(_), Some(error)) => Err(error.into()),
            (outcome, _) => outcome,
        }
    }

    fn pass<T>(&mut self, run: impl FnOnce(&mut dyn Sql) -> Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let done = run(self.sql);
        self.failed = done.as_ref().err().cloned();
        done
    }
}

impl Sql for Watched<'_> {
    fn execute(&mut self, statement: &str, parameters: &[Value]) -> Result<u64, DatabaseError> {
        self.pass(|sql| sql.execute(statement, parameters))
    }

    fn query(&mut self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        self.pass(|sql| sql.query(statement, parameters))
    }

    fn query_each(
        &mut self,
        statement: &str,
        parameters: &[Value],
        each: &mut dyn FnMut(Row) -> Result<(), DatabaseError>,
    ) -> Result<(), DatabaseError> {
        self.pass(|sql| sql.query_each(statement, parameters, each))
    }
}
