//! CSV (RFC 4180, UTF-8) and Parquet as rows of texts, each with its place in the file.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
};

use crate::tables::{TableError, TableReader};

/// A file's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows: line in the file (CSV) or number of the row (Parquet), and the cells.
    pub rows: Vec<(usize, Vec<String>)>,
    /// Lines that are no rows.
    pub broken: Vec<(usize, String)>,
}

/// What a file holds, in its order: first the names of its columns.
#[derive(Debug)]
pub enum Item {
    /// The names of the columns.
    Columns(Vec<String>),
    /// A row: line in the file (CSV) or number of the row (Parquet), and the cells.
    Row(usize, Vec<String>),
    /// A line that is no row, and why.
    Broken(usize, String),
}

impl Rows {
    fn take(&mut self, item: Item) {
        match item {
            Item::Columns(columns) => self.columns = columns,
            Item::Row(line, cells) => self.rows.push((line, cells)),
            Item::Broken(line, reason) => self.broken.push((line, reason)),
        }
    }
}

/// Reads a file by its ending: `.parquet`, else CSV. It is never held as a whole.
///
/// # Errors
/// [`TableError`] where it cannot be read.
pub fn each(path: &Path, take: &mut dyn FnMut(Item)) -> Result<(), TableError> {
    if path.extension().is_some_and(|ending| ending == "parquet") {
        return parquet(path, take);
    }
    let fault = |source| TableError::File { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(fault)?;
    csv_each(file, take).map_err(fault)
}

/// Row group by row group.
fn parquet(path: &Path, take: &mut dyn FnMut(Item)) -> Result<(), TableError> {
    let mut reader = TableReader::open(path)?;
    let columns = reader.columns();
    take(Item::Columns(columns.clone()));
    let mut before = 0;
    for group in 0..reader.row_groups() {
        reader.only_group(group);
        let mut cells: Vec<Vec<String>> = Vec::with_capacity(columns.len());
        for column in &columns {
            let texts = reader.texts(column).or_else(|_| {
                let numbers = reader.numbers(column)?;
                let shown =
                    numbers.iter().map(|number| if number.is_nan() { String::new() } else { number.to_string() });
                Ok::<_, TableError>(shown.collect())
            })?;
            cells.push(texts);
        }
        for place in 0..reader.rows() {
            let row = cells.iter_mut().map(|column| column.get_mut(place).map(std::mem::take).unwrap_or_default());
            take(Item::Row(before + place + 1, row.collect()));
        }
        before += reader.rows();
    }
    Ok(())
}

/// Reads CSV. A line whose number of cells differs from the first's is broken; so is one that is no UTF-8.
///
/// # Errors
/// Where the reader fails.
pub fn csv(reader: impl Read) -> std::io::Result<Rows> {
    let mut found = Rows::default();
    csv_each(reader, &mut |item| found.take(item))?;
    Ok(found)
}

fn csv_each(reader: impl Read, take: &mut dyn FnMut(Item)) -> std::io::Result<()> {
    let mut reader = BufReader::new(reader);
    let (mut line, mut bytes, mut width) = (0, Vec::new(), None);
    loop {
        bytes.clear();
        let begins = line + 1;
        line += read_record(&mut reader, &mut bytes)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let Ok(text) = std::str::from_utf8(&bytes) else {
            take(Item::Broken(begins, "the line is no UTF-8: convert the file first".to_owned()));
            continue;
        };
        let text = text.trim_start_matches('\u{feff}').trim_end_matches(['\n', '\r']);
        if text.is_empty() {
            continue;
        }
        let cells = cells(text);
        match width {
            None => {
                width = Some(cells.len());
                take(Item::Columns(cells));
            }
            Some(width) if cells.len() == width => take(Item::Row(begins, cells)),
            Some(width) => {
                let reason = format!("the line has {} cells, the first line {width}", cells.len());
                take(Item::Broken(begins, reason));
            }
        }
    }
}

/// Reads lines until the quotation marks are even; says how many.
fn read_record(reader: &mut impl BufRead, bytes: &mut Vec<u8>) -> std::io::Result<usize> {
    let mut lines = 0;
    loop {
        let read = reader.read_until(b'\n', bytes)?;
        if read == 0 {
            return Ok(lines);
        }
        lines += 1;
        let quotes = bytes.split(|byte| *byte == b'"').count() - 1;
        // A quotation mark that is never closed must not swallow the whole file.
        if quotes % 2 == 0 || bytes.len() > 1 << 20 {
            return Ok(lines);
        }
    }
}

fn cells(line: &str) -> Vec<String> {
    let (mut found, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => found.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    found.push(cell);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_rows_and_broken_lines() {
        let text = "\u{feff}a,b,c\r\n1,\"x, \"\"y\"\"\",\n\n1,2\n4,\"two\nlines\",6\n7,8,9";
        let rows = csv(text.as_bytes()).unwrap();
        assert_eq!(rows.columns, ["a", "b", "c"]);
        assert_eq!(rows.rows[0], (2, vec!["1".to_owned(), "x, \"y\"".to_owned(), String::new()]));
        assert_eq!(rows.rows[1].1[1], "two\nlines");
        assert_eq!(rows.rows[2].0, 7);
        assert_eq!(rows.broken.len(), 1);
        assert_eq!(rows.broken[0].0, 4);
        let no_utf8 = csv(&b"a\n\xff\n"[..]).unwrap();
        assert_eq!(no_utf8.broken[0].0, 2);
        assert_eq!(csv(&b""[..]).unwrap(), Rows::default());
    }
}
