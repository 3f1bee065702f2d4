//! Tables in CSV, as the package's Python reads them.

use crate::diagnostic::Diagnostic;
use crate::value::{Dictionary, Key, Outcome, Value, shared};
use std::sync::Arc;

/// The most cells of a table.
const MOST_CELLS: usize = 20_000_000;

/// The cells by row; quotes as RFC 4180 has them.
pub(super) fn read(text: &str, delimiter: char) -> Outcome<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    let (mut row, mut cell) = (Vec::new(), String::new());
    let (mut quoted, mut cells) = (false, 0_usize);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            '\r' if !quoted && characters.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other if other == delimiter && !quoted => {
                row.push(std::mem::take(&mut cell));
                cells += 1;
                if cells > MOST_CELLS {
                    return Err(Diagnostic::limit(
                        "a table of more than 20 million cells",
                        "keep in the package what its rules need",
                    ));
                }
            }
            other => cell.push(other),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    // A line with nothing on it is no row.
    rows.retain(|row: &Vec<String>| row.len() > 1 || row.first().is_some_and(|cell| !cell.is_empty()));
    Ok(rows)
}

/// `csv.reader`: lists of cells; `csv.DictReader`: dictionaries by the first row.
pub(super) fn rows(rows: Vec<Vec<String>>, by_name: bool) -> Outcome<Value> {
    if !by_name {
        let lists = rows.into_iter().map(|row| Value::list(row.into_iter().map(Value::text).collect()));
        return Ok(Value::list(lists.collect()));
    }
    let mut rows = rows.into_iter();
    let names: Vec<Arc<str>> = rows.next().unwrap_or_default().into_iter().map(Arc::from).collect();
    let dictionaries = rows.map(|row| {
        let mut cells = row.into_iter();
        let entries: Dictionary = names
            .iter()
            .map(|name| {
                let cell = cells.next().map_or(Value::None, Value::text);
                (Key::Text(Arc::clone(name)), (Value::Text(Arc::clone(name)), cell))
            })
            .collect();
        Value::Dict(shared(entries))
    });
    Ok(Value::list(dictionaries.collect()))
}
