//! Rows taken out of columns and put back.

use super::inconsistent;
use crate::diagnostic::Diagnostic;
use crate::run::Column;

/// The rows of a column, in this order.
pub(super) fn picked(column: &Column, rows: &[usize]) -> Column {
    fn of<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
        rows.iter().filter_map(|row| values.get(*row).cloned()).collect()
    }
    match column {
        Column::Bool(values) => Column::Bool(of(values, rows)),
        Column::Int(values) => Column::Int(of(values, rows)),
        Column::Scaled { values, denominator } => {
            Column::Scaled { values: of(values, rows), denominator: *denominator }
        }
        Column::Ratio(values) => Column::Ratio(of(values, rows)),
        Column::Single(values) => Column::Single(of(values, rows)),
        Column::Float(values) => Column::Float(of(values, rows)),
        Column::Text(values) => Column::Text(of(values, rows)),
    }
}

/// Puts values into rows; where the forms do not meet, the column becomes fractions.
pub(super) fn splice(column: &mut Column, rows: &[usize], values: &Column) -> Result<(), Diagnostic> {
    fn put<T: Clone>(column: &mut [T], rows: &[usize], values: &[T]) {
        for (row, value) in rows.iter().zip(values) {
            if let Some(cell) = column.get_mut(*row) {
                *cell = value.clone();
            }
        }
    }
    match (&mut *column, values) {
        (Column::Bool(column), Column::Bool(values)) => put(column, rows, values),
        (Column::Int(column), Column::Int(values)) => put(column, rows, values),
        (Column::Scaled { values: column, denominator }, Column::Scaled { values, denominator: own })
            if denominator == own =>
        {
            put(column, rows, values);
        }
        (Column::Ratio(column), Column::Ratio(values)) => put(column, rows, values),
        (Column::Single(column), Column::Single(values)) => put(column, rows, values),
        (Column::Float(column), Column::Float(values)) => put(column, rows, values),
        (Column::Text(column), Column::Text(values)) => put(column, rows, values),
        (known, values) => {
            let exact = |column: &Column, row: usize| {
                column
                    .exact(row)
                    .or_else(|| column.float(row).and_then(crate::number::Rational::from_float))
                    .ok_or_else(inconsistent)
            };
            let mut whole = (0..known.len()).map(|row| exact(known, row)).collect::<Result<Vec<_>, _>>()?;
            let new = (0..values.len()).map(|row| exact(values, row)).collect::<Result<Vec<_>, _>>()?;
            put(&mut whole, rows, &new);
            *known = match known {
                Column::Float(_) => Column::Float(whole.iter().map(|value| value.to_float()).collect()),
                _ => Column::from_exact(whole),
            };
        }
    }
    Ok(())
}
