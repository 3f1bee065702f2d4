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
        Column::Small { values, denominator } => {
            let picked = rows.iter().filter_map(|row| values.get(*row)).collect();
            Column::Scaled { values: picked, denominator: *denominator }.narrowed()
        }
        Column::Ratio(values) => Column::Ratio(of(values, rows)),
        Column::Single(values) => Column::Single(of(values, rows)),
        Column::Float(values) => Column::Float(of(values, rows)),
        Column::Text(values) => Column::Text(of(values, rows)),
    }
}

/// Puts whole numbers over a column's own denominator into rows, in the width that holds them; false where it is no such column.
fn splice_whole(column: &mut Column, rows: &[usize], values: &Column) -> bool {
    if column.denominator().is_none() || column.denominator() != values.denominator() {
        return false;
    }
    let new: Vec<i64> = (0..values.len()).filter_map(|row| values.numerator(row)).collect();
    if let Column::Small { values: known, denominator } = column
        && !rows.iter().zip(&new).all(|(row, value)| known.put(*row, *value))
    {
        *column = Column::Scaled { values: known.to_wide(), denominator: *denominator };
    }
    if let Column::Int(known) | Column::Scaled { values: known, .. } = column {
        put(known, rows, &new);
    }
    true
}

fn put<T: Clone>(column: &mut [T], rows: &[usize], values: &[T]) {
    for (row, value) in rows.iter().zip(values) {
        if let Some(cell) = column.get_mut(*row) {
            *cell = value.clone();
        }
    }
}

/// Puts values into rows; where the forms do not meet, the column becomes fractions.
pub(super) fn splice(column: &mut Column, rows: &[usize], values: &Column) -> Result<(), Diagnostic> {
    if splice_whole(column, rows, values) {
        return Ok(());
    }
    match (&mut *column, values) {
        (Column::Bool(column), Column::Bool(values)) => put(column, rows, values),
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
