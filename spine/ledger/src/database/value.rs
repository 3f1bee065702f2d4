//! What goes into statements and comes out of rows: four kinds of values that both databases hold alike.

use std::sync::Arc;

use super::DatabaseError;

/// A value in a column or a parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Nothing.
    Null,
    /// `BIGINT`: numbers, instants (microseconds UTC), truth (0 or 1).
    Integer(i64),
    /// `TEXT`
    Text(String),
    /// `BYTES`
    Bytes(Vec<u8>),
}

impl Value {
    /// The kind of value in words, for errors.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Integer(_) => "an integer",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<u64> for Value {
    /// Counts and positions; beyond `i64::MAX`, which no database holds, the largest stands.
    fn from(value: u64) -> Self {
        Self::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<jiff::Timestamp> for Value {
    /// Instants are stored as microseconds UTC.
    fn from(value: jiff::Timestamp) -> Self {
        Self::Integer(value.as_microsecond())
    }
}

impl From<jiff::civil::Date> for Value {
    /// Dates are stored as ISO text.
    fn from(value: jiff::civil::Date) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row that a query gave. Columns are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    columns: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    /// A row of `values` under the names `columns`.
    pub fn new(columns: Arc<[String]>, values: Vec<Value>) -> Self {
        Self { columns, values }
    }

    /// The names of the columns, in their order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The values, in the order of the columns.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The values, taken out of the row.
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// The integer in column `column`.
    pub fn integer(&self, column: usize) -> Result<i64, DatabaseError> {
        self.optional_integer(column)?.ok_or_else(|| self.wrong(column, "an integer"))
    }

    /// The integer in column `column`, if there is one.
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>, DatabaseError> {
        match self.values.get(column) {
            Some(Value::Integer(value)) => Ok(Some(*value)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.wrong(column, "an integer")),
        }
    }

    /// The count, version or position (an integer that is not negative) in column `column`.
    pub fn unsigned(&self, column: usize) -> Result<u64, DatabaseError> {
        u64::try_from(self.integer(column)?).map_err(|_| self.wrong(column, "an integer that is not negative"))
    }

    /// The truth in column `column`: 0 is false, all else is true.
    pub fn truth(&self, column: usize) -> Result<bool, DatabaseError> {
        Ok(self.integer(column)? != 0)
    }

    /// The text in column `column`.
    pub fn text(&self, column: usize) -> Result<String, DatabaseError> {
        self.optional_text(column)?.ok_or_else(|| self.wrong(column, "text"))
    }

    /// The text in column `column`, if there is some.
    pub fn optional_text(&self, column: usize) -> Result<Option<String>, DatabaseError> {
        match self.values.get(column) {
            Some(Value::Text(value)) => Ok(Some(value.clone())),
            Some(Value::Null) => Ok(None),
            _ => Err(self.wrong(column, "text")),
        }
    }

    /// The bytes in column `column`.
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, DatabaseError> {
        self.optional_bytes(column)?.ok_or_else(|| self.wrong(column, "bytes"))
    }

    /// The bytes in column `column`, if there are some.
    pub fn optional_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, DatabaseError> {
        match self.values.get(column) {
            Some(Value::Bytes(value)) => Ok(Some(value.clone())),
            Some(Value::Null) => Ok(None),
            _ => Err(self.wrong(column, "bytes")),
        }
    }

    /// The instant (stored as microseconds UTC) in column `column`.
    pub fn timestamp(&self, column: usize) -> Result<jiff::Timestamp, DatabaseError> {
        self.optional_timestamp(column)?.ok_or_else(|| self.wrong(column, "an instant"))
    }

    /// The instant in column `column`, if there is one.
    pub fn optional_timestamp(&self, column: usize) -> Result<Option<jiff::Timestamp>, DatabaseError> {
        self.optional_integer(column)?
            .map(jiff::Timestamp::from_microsecond)
            .transpose()
            .map_err(|_| self.wrong(column, "an instant in microseconds"))
    }

    /// The date (stored as ISO text) in column `column`.
    pub fn date(&self, column: usize) -> Result<jiff::civil::Date, DatabaseError> {
        self.text(column)?.parse().map_err(|_| self.wrong(column, "a date"))
    }

    fn wrong(&self, column: usize, expected: &'static str) -> DatabaseError {
        let found = self.values.get(column).map_or("no such column", Value::kind);
        DatabaseError::Column { column, expected, found }
    }
}
