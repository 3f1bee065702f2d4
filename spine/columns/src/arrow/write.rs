//! An answer as a stream of record batches, one for each row group.

use super::build::{Cell, Flat, Link};
use super::message::CONTINUES;
use crate::error::ColumnsError;
use crate::table::{Described, Raw, Table, Values};
use parquet::data_type::ByteArray;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// The version of the format's messages.
const VERSION: i16 = 4;

/// Writes a Parquet file of the rules as a stream.
///
/// # Errors
/// [`ColumnsError`] where one of the files cannot be read or written.
pub fn to_arrow(from: &Path, into: &Path) -> Result<(), ColumnsError> {
    let table = Table::open(from)?;
    let file = |source| ColumnsError::file(into, source);
    let mut stream = BufWriter::new(File::create(into).map_err(file)?);
    let mut columns = read(&table, 0..0)?;
    message(&mut stream, 1, 0, |flat, link| schema(flat, link, &table.columns, &columns)).map_err(file)?;
    for group in 0..table.groups() {
        columns = read(&table, group..group + 1)?;
        let (buffers, body) = body(&table.columns, &columns);
        let rows = columns.first().map_or(0, |values| values.raw.len());
        message(&mut stream, 3, body.len(), |flat, link| batch(flat, link, rows, &columns, &buffers)).map_err(file)?;
        stream.write_all(&body).map_err(file)?;
    }
    stream.write_all(&CONTINUES).and_then(|()| stream.write_all(&[0; 4])).and_then(|()| stream.flush()).map_err(file)
}

/// All columns of some row groups.
fn read(table: &Table, groups: std::ops::Range<usize>) -> Result<Vec<Values>, ColumnsError> {
    let rows = table.rows_of(groups.clone());
    table.columns.iter().map(|column| table.cursor(column, groups.clone()).read(rows)).collect()
}

/// A message: its length, its head, and then whoever calls writes the body.
fn message(
    stream: &mut impl Write,
    kind: u8,
    body: usize,
    content: impl FnOnce(&mut Flat, Link),
) -> std::io::Result<()> {
    let (mut flat, root) = Flat::new();
    let links = flat.table(root, &[Cell::Short(VERSION), Cell::Byte(kind), Cell::Link, Cell::Long(body as i64)]);
    if let [link] = links.as_slice() {
        content(&mut flat, *link);
    }
    let length = flat.bytes.len().next_multiple_of(8);
    flat.bytes.resize(length, 0);
    stream.write_all(&CONTINUES)?;
    stream.write_all(&(length as u32).to_le_bytes())?;
    stream.write_all(&flat.bytes)
}

/// Number and content of a type.
fn kind(described: &Described, values: &Values) -> (u8, Vec<Cell>) {
    match &values.raw {
        Raw::Int(_) if described.is_date => (8, vec![Cell::Short(0)]),
        Raw::Int(_) => (2, vec![Cell::Int(64), Cell::Byte(1)]),
        Raw::Single(_) => (3, vec![Cell::Short(1)]),
        Raw::Float(_) => (3, vec![Cell::Short(2)]),
        Raw::Bool(_) => (6, Vec::new()),
        Raw::Text(_) => (20, Vec::new()),
    }
}

fn schema(flat: &mut Flat, link: Link, columns: &[Described], values: &[Values]) {
    let links = flat.table(link, &[Cell::Short(0), Cell::Link]);
    let [fields] = links.as_slice() else { return };
    let fields = flat.tables(*fields, columns.len());
    for ((link, described), values) in fields.into_iter().zip(columns).zip(values) {
        let (number, cells) = kind(described, values);
        let parts = [Cell::Link, Cell::Byte(1), Cell::Byte(number), Cell::Link, Cell::Default, Cell::Link];
        if let [name, of, children] = flat.table(link, &parts).as_slice() {
            flat.text(*name, &described.name);
            flat.table(*of, &cells);
            flat.tables(*children, 0);
        }
    }
}

fn batch(flat: &mut Flat, link: Link, rows: usize, columns: &[Values], buffers: &[i64]) {
    let nodes: Vec<i64> = columns
        .iter()
        .flat_map(|values| [rows as i64, values.missing.iter().filter(|missing| **missing).count() as i64])
        .collect();
    if let [node, buffer] = flat.table(link, &[Cell::Long(rows as i64), Cell::Link, Cell::Link]).as_slice() {
        flat.longs(*node, &nodes, 2);
        flat.longs(*buffer, buffers, 2);
    }
}

/// The buffers of all columns one after the other, each at a multiple of 64 bytes, and where they lie.
fn body(described: &[Described], columns: &[Values]) -> (Vec<i64>, Vec<u8>) {
    let (mut places, mut body) = (Vec::new(), Vec::new());
    let mut add = |buffer: &mut dyn Iterator<Item = u8>| {
        body.resize(body.len().next_multiple_of(64), 0);
        let begin = body.len();
        body.extend(buffer);
        places.extend([begin as i64, (body.len() - begin) as i64]);
    };
    for (described, values) in described.iter().zip(columns) {
        let valid: Vec<bool> = values.missing.iter().map(|missing| !missing).collect();
        add(&mut bits(&valid));
        match &values.raw {
            Raw::Bool(values) => add(&mut bits(values)),
            Raw::Int(values) if described.is_date => {
                add(&mut values.iter().flat_map(|value| (*value as i32).to_le_bytes()));
            }
            Raw::Int(values) => add(&mut values.iter().flat_map(|value| value.to_le_bytes())),
            Raw::Single(values) => add(&mut values.iter().flat_map(|value| value.to_le_bytes())),
            Raw::Float(values) => add(&mut values.iter().flat_map(|value| value.to_le_bytes())),
            Raw::Text(texts) => {
                let mut end = 0;
                let ends = texts.iter().map(|text| {
                    end += text.len() as i64;
                    end
                });
                add(&mut std::iter::once(0).chain(ends).flat_map(i64::to_le_bytes));
                add(&mut texts.iter().flat_map(ByteArray::data).copied());
            }
        }
    }
    body.resize(body.len().next_multiple_of(64), 0);
    (places, body)
}

/// A bit for each truth, the lowest first.
fn bits(values: &[bool]) -> impl Iterator<Item = u8> {
    values.chunks(8).map(|eight| eight.iter().rev().fold(0, |bits, value| bits << 1 | u8::from(*value)))
}
