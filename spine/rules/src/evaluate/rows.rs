//! Generators that go along the rows of a column: `fromiter((rate_of(code) for code in codes), dtype=float)`.
//!
//! The element is evaluated once for all rows, with the column in the place of the row's value. Where it looks its row up in a dictionary
//! whose values are no plain ones, such as a table of tables by municipality, it is evaluated once for each of the dictionary's keys, and
//! once for rows that name none of them; the results are one table.

use super::{Evaluator, Frame};
use crate::diagnostic::Diagnostic;
use crate::graph::{NodeId, Shape};
use crate::syntax::{Expression, Generator};
use crate::value::{Dictionary, Outcome, Shared, Value, lock};
use std::sync::Arc;

/// The generator along a column that is being evaluated.
pub(crate) struct Rows {
    column: NodeId,
    /// The dictionary in which rows were looked up in vain.
    dictionary: Option<Shared<Dictionary>>,
    /// Whether the rows meant are those that the dictionary does not name.
    unlisted: bool,
}

/// Whether a dictionary names the rows of a column.
enum Named {
    /// It is evaluated for the rows that it does not name.
    No,
    /// Only its keys, one by one, could tell.
    Unknown,
}

impl Evaluator {
    /// `(f(x) for x in column)`: the element for all rows at once.
    pub(super) fn row_by_row(
        &mut self,
        column: NodeId,
        generator: &Generator,
        element: &Expression,
        frame: &Frame,
    ) -> Outcome<Value> {
        self.assign(&generator.target, Value::Column(column), frame)?;
        let outer = self.rows.replace(Rows { column, dictionary: None, unlisted: false });
        let together = self.expression(element, frame);
        let looked_up = self.rows.take().and_then(|rows| rows.dictionary);
        let value = match (together, looked_up) {
            (Err(_), Some(dictionary)) => self.key_by_key(column, &dictionary, generator, element, frame),
            (together, _) => together,
        };
        self.rows = outer;
        let value = value?;
        match self.session()?.graph.shape(column) {
            Shape::Entity(entity) if !Self::is_columnar(&value) => {
                self.filled_count(&Value::Count(entity), &value, None)
            }
            _ => Ok(value),
        }
    }

    /// The element for each key of a dictionary, and for all other rows, as a table.
    fn key_by_key(
        &mut self,
        column: NodeId,
        dictionary: &Shared<Dictionary>,
        generator: &Generator,
        element: &Expression,
        frame: &Frame,
    ) -> Outcome<Value> {
        self.rows = Some(Rows { column, dictionary: Some(Arc::clone(dictionary)), unlisted: true });
        let otherwise = self.expression(element, frame);
        self.rows = None;
        let otherwise = match otherwise {
            // Python would stop at such a row; whether there is one is known when calculating.
            Err(fault) if Self::is_raised(&fault, "KeyError") => None,
            otherwise => Some(otherwise?),
        };
        let keys: Vec<Value> = lock(dictionary).values().map(|(key, _)| key.clone()).collect();
        let mut table = Dictionary::with_capacity(keys.len());
        for key in keys {
            self.assign(&generator.target, key.clone(), frame)?;
            let value = self.expression(element, frame)?;
            table.insert(key.key()?, (key, value));
        }
        self.look_up(&table, &Value::Column(column), otherwise.as_ref())
    }

    /// A dictionary indexed by a column: the value that each row names; `default` for rows that name none.
    pub(super) fn look_up_in(
        &mut self,
        dictionary: &Shared<Dictionary>,
        key: &Value,
        default: Option<&Value>,
    ) -> Outcome<Value> {
        if matches!(self.names_rows(dictionary, key), Some(Named::No)) {
            return default
                .cloned()
                .ok_or_else(|| Diagnostic::raised("KeyError", "a row names no key of the dictionary"));
        }
        let found = self.look_up(&lock(dictionary), key, default);
        if found.is_err() {
            self.note_looked_up(dictionary, key);
        }
        found
    }

    /// `row in dictionary`
    pub(super) fn is_key(&mut self, dictionary: &Shared<Dictionary>, key: &Value) -> Outcome<bool> {
        match self.names_rows(dictionary, key) {
            Some(Named::No) => Ok(false),
            Some(Named::Unknown) => {
                self.note_looked_up(dictionary, key);
                Err(Diagnostic::unsupported("«in» with a column", "use isin(column, list(dictionary))"))
            }
            None => Ok(lock(dictionary).contains_key(&key.key()?)),
        }
    }

    /// None where the key is known while compiling.
    fn names_rows(&self, dictionary: &Shared<Dictionary>, key: &Value) -> Option<Named> {
        let Value::Column(column) = key else { return None };
        if lock(dictionary).contains_key(&key.key().ok()?) {
            return None;
        }
        let is_unlisted = self.rows.as_ref().is_some_and(|rows| {
            let same = rows.dictionary.as_ref().is_some_and(|known| Arc::ptr_eq(known, dictionary));
            rows.unlisted && rows.column == *column && same
        });
        Some(if is_unlisted { Named::No } else { Named::Unknown })
    }

    /// Remembers the first dictionary in which the rows were looked up in vain.
    fn note_looked_up(&mut self, dictionary: &Shared<Dictionary>, key: &Value) {
        if let (Some(rows), Value::Column(column)) = (&mut self.rows, key)
            && rows.column == *column
        {
            rows.dictionary.get_or_insert_with(|| Arc::clone(dictionary));
        }
    }
}
