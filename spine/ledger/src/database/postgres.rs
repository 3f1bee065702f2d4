//! PostgreSQL, by the synchronous driver on the ledger's own threads.

use std::{collections::HashMap, error::Error as StdError, sync::Arc, time::Duration};

use postgres::{
    Client, Config, NoTls, Statement,
    error::SqlState,
    fallible_iterator::FallibleIterator as _,
    types::{FromSql, IsNull, ToSql, Type, private::BytesMut},
};

use super::{
    Access, Connection, DatabaseError, Row, Sql, Value, shown,
    translate::{Dialect, translate},
};

/// All servers on one database write one after another: the log is one sequence. The lock is held from the beginning of
/// a writing transaction to its end, so that the writers of two servers cannot wait for each other in a circle.
const WRITER_LOCK: i64 = 0x6d61_7275_6c6f_6701;

/// Statements kept prepared on one connection.
const PREPARED_STATEMENTS: usize = 512;

/// A connection to PostgreSQL, made when it is first needed and again after it broke.
pub(super) struct PostgresConnection {
    config: Config,
    access: Access,
    client: Option<Client>,
    prepared: HashMap<String, Statement>,
    in_transaction: bool,
}

impl PostgresConnection {
    pub(super) fn new(address: &str, access: Access) -> Result<Self, DatabaseError> {
        let mut config: Config =
            address.parse().map_err(|_| DatabaseError::Address { address: "what was given".to_owned() })?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        config.keepalives_idle(Duration::from_secs(30));
        config.application_name("maru");
        Ok(Self { config, access, client: None, prepared: HashMap::new(), in_transaction: false })
    }

    fn client(&mut self) -> Result<&mut Client, DatabaseError> {
        if self.client.as_ref().is_none_or(Client::is_closed) {
            self.disconnect();
            let connected = self.config.connect(NoTls);
            let mut client = connected.map_err(|error| database_error(&error, true, "connecting"))?;
            // Acknowledged means durable, whatever the server's default.
            let setup =
                "SET synchronous_commit = on; SET client_min_messages = warning; SET standard_conforming_strings = on";
            client.batch_execute(setup).map_err(|error| database_error(&error, client.is_closed(), setup))?;
            self.client = Some(client);
        }
        self.client.as_mut().ok_or(DatabaseError::Closed)
    }

    fn disconnect(&mut self) {
        self.client = None;
        self.prepared.clear();
        self.in_transaction = false;
    }

    fn batch(&mut self, statements: &str) -> Result<(), DatabaseError> {
        let client = self.client()?;
        let done = client.batch_execute(statements);
        done.map_err(|error| {
            let error = database_error(&error, self.client.as_ref().is_none_or(Client::is_closed), statements);
            self.after_error(&error);
            error
        })
    }

    /// The open transaction is lost with the connection; nothing may run on a new one as if it were still open.
    fn after_error(&mut self, error: &DatabaseError) {
        if error.breaks_connection() {
            self.disconnect();
        }
    }

    fn prepared(&mut self, statement: &str) -> Result<Statement, DatabaseError> {
        if let Some(prepared) = self.prepared.get(statement) {
            return Ok(prepared.clone());
        }
        if self.prepared.len() >= PREPARED_STATEMENTS {
            self.prepared.clear();
        }
        let translated = translate(statement, Dialect::Postgres).into_owned();
        let client = self.client()?;
        let prepared = client.prepare(&translated);
        let closed = client.is_closed();
        let prepared = prepared.map_err(|error| database_error(&error, closed, statement))?;
        self.prepared.insert(statement.to_owned(), prepared.clone());
        Ok(prepared)
    }

    fn refuse_outside_transaction(&self) -> Result<(), DatabaseError> {
        if self.in_transaction && self.client.as_ref().is_some_and(|client| !client.is_closed()) {
            return Ok(());
        }
        Err(DatabaseError::Unavailable { reason: "the connection broke in the middle of a transaction".to_owned() })
    }

    fn run<T>(
        &mut self,
        statement: &str,
        work: impl FnOnce(&mut Client, &Statement) -> Result<Result<T, DatabaseError>, postgres::Error>,
    ) -> Result<T, DatabaseError> {
        self.refuse_outside_transaction()?;
        let prepared = match self.prepared(statement) {
            Ok(prepared) => prepared,
            Err(error) => {
                self.after_error(&error);
                return Err(error);
            }
        };
        let client = self.client()?;
        let done = work(client, &prepared);
        let closed = client.is_closed();
        match done {
            Ok(result) => result,
            Err(error) => {
                if error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED) {
                    // A table changed under a prepared statement (a projection was derived again by another server).
                    self.prepared.clear();
                }
                let error = database_error(&error, closed, statement);
                self.after_error(&error);
                Err(error)
            }
        }
    }
}

impl Sql for PostgresConnection {
    fn execute(&mut self, statement: &str, parameters: &[Value]) -> Result<u64, DatabaseError> {
        let wrapped: Vec<Parameter<'_>> = parameters.iter().map(Parameter).collect();
        let parameters: Vec<&(dyn ToSql + Sync)> = wrapped.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        self.run(statement, |client, prepared| client.execute(prepared, &parameters).map(Ok))
    }

    fn query(&mut self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let mut found = Vec::new();
        self.query_each(statement, parameters, &mut |row| {
            found.push(row);
            Ok(())
        })?;
        Ok(found)
    }

    fn query_each(
        &mut self,
        statement: &str,
        parameters: &[Value],
        each: &mut dyn FnMut(Row) -> Result<(), DatabaseError>,
    ) -> Result<(), DatabaseError> {
        let wrapped: Vec<Parameter<'_>> = parameters.iter().map(Parameter).collect();
        self.run(statement, |client, prepared| {
            let columns: Arc<[String]> = prepared.columns().iter().map(|column| column.name().to_owned()).collect();
            let mut rows = client.query_raw(prepared, wrapped)?;
            while let Some(row) = rows.next()? {
                let mut values = Vec::with_capacity(columns.len());
                for index in 0..columns.len() {
                    values.push(row.try_get::<_, Cell>(index)?.0);
                }
                if let Err(error) = each(Row::new(columns.clone(), values)) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        })
    }
}

impl Connection for PostgresConnection {
    fn begin(&mut self) -> Result<(), DatabaseError> {
        let begin = match self.access {
            Access::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned(),
            Access::Write => format!("BEGIN; SELECT pg_advisory_xact_lock({WRITER_LOCK})"),
        };
        let fresh = self.client.is_none();
        let mut done = self.batch(&begin);
        if !fresh && done.as_ref().is_err_and(DatabaseError::breaks_connection) {
            // The connection had died while it was idle; nothing was lost, so try once on a new one.
            done = self.batch(&begin);
        }
        if done.is_err() {
            // The lock was not given (a timeout, a cancelled statement): the transaction is open, and of no use.
            self.disconnect();
        }
        self.in_transaction = done.is_ok();
        done
    }

    fn commit(&mut self) -> Result<(), DatabaseError> {
        self.refuse_outside_transaction()?;
        self.in_transaction = false;
        self.batch("COMMIT")
    }

    fn rollback(&mut self) {
        if self.in_transaction && self.batch("ROLLBACK").is_err() {
            self.disconnect();
        }
        self.in_transaction = false;
    }

    fn savepoint(&mut self) -> Result<(), DatabaseError> {
        self.refuse_outside_transaction()?;
        self.batch("SAVEPOINT item")
    }

    fn renew_savepoint(&mut self) -> Result<(), DatabaseError> {
        self.refuse_outside_transaction()?;
        self.batch("RELEASE item; SAVEPOINT item")
    }

    fn rollback_to_savepoint(&mut self) -> Result<(), DatabaseError> {
        self.refuse_outside_transaction()?;
        self.batch("ROLLBACK TO item")
    }

    fn in_transaction(&self) -> bool {
        self.in_transaction && self.client.as_ref().is_some_and(|client| !client.is_closed())
    }

    fn forget_deleted(&mut self) -> Result<(), DatabaseError> {
        // Old row versions are overwritten once vacuum has passed.
        self.batch("VACUUM subject_keys")
    }
}

/// A value as a parameter. The database says what type it expects; another kind of value is refused.
#[derive(Debug)]
struct Parameter<'a>(&'a Value);

impl ToSql for Parameter<'_> {
    fn to_sql(&self, expected: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match (self.0, expected) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Integer(value), &Type::INT8) => value.to_sql(expected, out),
            (Value::Integer(value), &Type::INT4) => i32::try_from(*value)?.to_sql(expected, out),
            (Value::Integer(value), &Type::INT2) => i16::try_from(*value)?.to_sql(expected, out),
            (Value::Text(value), &(Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN)) => {
                value.to_sql(expected, out)
            }
            (Value::Bytes(value), &Type::BYTEA) => value.to_sql(expected, out),
            (value, _) => Err(format!("a parameter is {}, the database expects {expected}", value.kind()).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// A column as it comes back.
struct Cell(Value);

impl<'a> FromSql<'a> for Cell {
    fn from_sql(found: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(match *found {
            Type::INT8 => Value::Integer(i64::from_sql(found, raw)?),
            Type::INT4 => Value::Integer(i32::from_sql(found, raw)?.into()),
            Type::INT2 => Value::Integer(i16::from_sql(found, raw)?.into()),
            Type::BOOL => Value::Integer(bool::from_sql(found, raw)?.into()),
            Type::NUMERIC => Value::Integer(whole_number(raw).ok_or("a number that is not whole or too large")?),
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            Type::VOID => Value::Null,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => {
                Value::Text(std::str::from_utf8(raw)?.to_owned())
            }
            _ => return Err(format!("a column of type {found}; use BIGINT, TEXT or BYTES").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A whole number out of PostgreSQL's binary NUMERIC: sums of BIGINT come as such. Four 16-bit numbers (count of digits,
/// weight of the first, sign, scale), then digits of base 10,000.
fn whole_number(raw: &[u8]) -> Option<i64> {
    let (words, rest) = raw.as_chunks::<2>();
    let words: Vec<i16> = words.iter().map(|word| i16::from_be_bytes(*word)).collect();
    let [count, weight, sign, _scale, digits @ ..] = words.as_slice() else { return None };
    if !rest.is_empty() || usize::try_from(*count).ok()? != digits.len() {
        return None;
    }
    let mut number: i128 = 0;
    for place in 0..=(*weight).max(-1) {
        let digit = usize::try_from(place).ok().and_then(|place| digits.get(place)).copied().unwrap_or(0);
        number = number.checked_mul(10_000)?.checked_add(i128::from(digit))?;
    }
    let whole_digits = usize::try_from(weight.checked_add(1)?).unwrap_or(0);
    if digits.iter().skip(whole_digits).any(|digit| *digit != 0) {
        return None;
    }
    match *sign {
        0 => i64::try_from(number).ok(),
        0x4000 => i64::try_from(-number).ok(),
        _ => None,
    }
}

/// `closed` is whether the connection is gone. The detail of an error is left out: it may quote personal values.
fn database_error(error: &postgres::Error, closed: bool, statement: &str) -> DatabaseError {
    let Some(refusal) = error.as_db_error() else {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        let reason = format!("{error}{cause}");
        if closed {
            return DatabaseError::Unavailable { reason };
        }
        return DatabaseError::Statement { reason, statement: shown(statement) };
    };
    let reason = refusal.message().to_owned();
    let code = refusal.code().code();
    match (code, code.get(..2).unwrap_or_default()) {
        ("53100" | "53200", _) => DatabaseError::Full { reason },
        ("40001" | "40P01" | "55P03" | "57014", _) => DatabaseError::Busy { reason },
        ("57P01" | "57P02" | "57P03" | "25006", _) | (_, "08" | "28" | "3D" | "53" | "58") => {
            DatabaseError::Unavailable { reason }
        }
        (_, "23") => DatabaseError::Constraint { reason },
        (_, "XX") => DatabaseError::Damaged { reason },
        _ if closed => DatabaseError::Unavailable { reason },
        _ => DatabaseError::Statement { reason, statement: shown(statement) },
    }
}

#[cfg(test)]
mod tests {
    use super::whole_number;

    fn numeric(words: &[i16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn sums_are_whole_numbers() {
        assert_eq!(whole_number(&numeric(&[0, 0, 0, 0])), Some(0));
        assert_eq!(whole_number(&numeric(&[2, 1, 0, 0, 12, 3456])), Some(123_456));
        assert_eq!(whole_number(&numeric(&[1, 1, 0x4000, 0, 5])), Some(-50_000));
        assert_eq!(whole_number(&numeric(&[1, -1, 0, 1, 5000])), None, "one half");
        assert_eq!(whole_number(&numeric(&[1, 9, 0, 0, 9999])), None, "too large");
    }
}
