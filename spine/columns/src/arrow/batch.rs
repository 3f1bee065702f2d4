//! A record batch: where the buffers of each column lie, and the values in them.

use super::Fault;
use super::flat::Table;
use super::schema::{Field, Kind, Layout};
use super::texts;
use crate::table::{Raw, Values, is_missing};
use parquet::data_type::ByteArray;
use std::collections::HashMap;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Buffers of a batch, taken one after the other.
pub(super) struct Reader<'batch> {
    body: &'batch [u8],
    rows: usize,
    nodes: std::vec::IntoIter<i64>,
    buffers: std::vec::IntoIter<i64>,
    /// How many buffers of text each column of views has.
    variadic: std::vec::IntoIter<i64>,
}

fn damaged(name: &str) -> Fault {
    format!("column {name} is damaged: its values lie beyond the record batch")
}

impl<'batch> Reader<'batch> {
    pub(super) fn new(batch: &Table, body: &'batch [u8]) -> Result<Self, Fault> {
        if batch.table(3)?.is_some() {
            return Err("its record batches are compressed: write them without compression".to_owned());
        }
        let rows = usize::try_from(batch.long(0)?).map_err(|_| damaged("1"))?;
        let (nodes, buffers) = (batch.longs(1, 2)?.into_iter(), batch.longs(2, 2)?.into_iter());
        Ok(Self { body, rows, nodes, buffers, variadic: batch.longs(4, 1)?.into_iter() })
    }

    /// The next buffer.
    pub(super) fn buffer(&mut self) -> Option<&'batch [u8]> {
        let (begin, length) = (self.buffers.next()?, self.buffers.next()?);
        let begin = usize::try_from(begin).ok()?;
        self.body.get(begin..begin.checked_add(usize::try_from(length).ok()?)?)
    }

    /// How many buffers of text the next column of views has.
    pub(super) fn variadic(&mut self) -> Option<usize> {
        usize::try_from(self.variadic.next()?).ok()
    }

    /// The next column; none where its type has no values.
    pub(super) fn column(&mut self, field: &Field, dictionaries: &Dictionaries) -> Result<Option<Values>, Fault> {
        let wrong = || damaged(&field.name);
        let rows = usize::try_from(self.nodes.next().ok_or_else(wrong)?).map_err(|_| wrong())?;
        let nulls = self.nodes.next().ok_or_else(wrong)?;
        if rows != self.rows {
            return Err(wrong());
        }
        if !field.is_read {
            return Ok(None);
        }
        let valid = self.buffer().ok_or_else(wrong)?;
        let missing = if nulls == 0 { Vec::new() } else { absent(valid, rows).ok_or_else(wrong)? };
        let raw = match &field.dictionary {
            None => self.values(field.kind, rows, &missing)?,
            Some((number, places)) => {
                let Raw::Int(places) = self.values(*places, rows, &missing)? else { return Err(wrong()) };
                dictionaries.texts(*number, &places, &missing).ok_or_else(wrong)?
            }
        };
        Ok(Some(Values { raw, missing }))
    }

    fn values(&mut self, kind: Kind, rows: usize, missing: &[bool]) -> Result<Raw, Fault> {
        let broken = || damaged("of a record batch");
        if let Kind::Text { layout } = kind {
            let texts = match layout {
                Layout::Offsets => texts::by_offsets::<4>(self, rows),
                Layout::LongOffsets => texts::by_offsets::<8>(self, rows),
                Layout::Views => texts::by_views(self, rows, missing),
            };
            return texts.map(Raw::Text).ok_or_else(broken);
        }
        let bytes = self.buffer().ok_or_else(broken)?;
        numbers(kind, bytes, rows, missing)
    }
}

/// Values of one width in a buffer.
fn of_width<const N: usize, T>(bytes: &[u8], rows: usize, value: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
    let values = bytes.as_chunks::<N>().0.get(..rows)?;
    Some(values.iter().map(|bytes| value(*bytes)).collect())
}

/// Whole numbers of one width.
fn whole<const N: usize, T: Into<i64>>(bytes: &[u8], rows: usize, value: impl Fn([u8; N]) -> T) -> Option<Raw> {
    of_width(bytes, rows, |bytes| value(bytes).into()).map(Raw::Int)
}

fn numbers(kind: Kind, bytes: &[u8], rows: usize, missing: &[bool]) -> Result<Raw, Fault> {
    let there = |row: usize| !is_missing(missing, row);
    let raw = match kind {
        Kind::Bool => bits(bytes, rows).map(Raw::Bool),
        Kind::Int { bits: 8, signed: true } => whole(bytes, rows, i8::from_le_bytes),
        Kind::Int { bits: 8, .. } => whole(bytes, rows, u8::from_le_bytes),
        Kind::Int { bits: 16, signed: true } => whole(bytes, rows, i16::from_le_bytes),
        Kind::Int { bits: 16, .. } => whole(bytes, rows, u16::from_le_bytes),
        Kind::Int { bits: 32, signed: false } => whole(bytes, rows, u32::from_le_bytes),
        Kind::Int { bits: 32, .. } | Kind::Date { milliseconds: false } | Kind::Decimal { bits: 32, .. } => {
            whole(bytes, rows, i32::from_le_bytes)
        }
        Kind::Int { signed, .. } => {
            let values = of_width(bytes, rows, i64::from_le_bytes);
            let beyond = |values: &Vec<i64>| values.iter().enumerate().any(|(row, value)| *value < 0 && there(row));
            if !signed && values.as_ref().is_some_and(beyond) {
                return Err("it has a whole number beyond 63 bits".to_owned());
            }
            values.map(Raw::Int)
        }
        Kind::Single => of_width(bytes, rows, f32::from_le_bytes).map(Raw::Single),
        Kind::Double => of_width(bytes, rows, f64::from_le_bytes).map(Raw::Float),
        Kind::Date { milliseconds: true } => whole(bytes, rows, |value| i64::from_le_bytes(value).div_euclid(DAY)),
        Kind::Decimal { bits: 64, .. } => whole(bytes, rows, i64::from_le_bytes),
        Kind::Decimal { .. } => {
            let values = of_width(bytes, rows, i128::from_le_bytes);
            let values = values.map(|values| {
                let small =
                    |(row, value): (usize, &i128)| if there(row) { i64::try_from(*value).ok() } else { Some(0) };
                values.iter().enumerate().map(small).collect::<Option<Vec<i64>>>()
            });
            match values {
                Some(None) => return Err("it has a decimal of more than eighteen digits".to_owned()),
                values => values.flatten().map(Raw::Int),
            }
        }
        Kind::Text { .. } => None,
    };
    raw.ok_or_else(|| damaged("of a record batch"))
}

/// A bit for each row, the lowest first.
fn bits(bytes: &[u8], rows: usize) -> Option<Vec<bool>> {
    if rows.div_ceil(8) > bytes.len() {
        return None;
    }
    Some((0..rows).map(|row| bytes[row / 8] >> (row % 8) & 1 == 1).collect())
}

/// Which rows have no value.
fn absent(valid: &[u8], rows: usize) -> Option<Vec<bool>> {
    Some(bits(valid, rows)?.into_iter().map(|valid| !valid).collect())
}

/// Texts that columns name by their place.
#[derive(Default)]
pub(super) struct Dictionaries(HashMap<i64, Vec<ByteArray>>);

impl Dictionaries {
    /// A dictionary, or what is added to one.
    pub(super) fn learn(&mut self, dictionary: &Table, fields: &[Field], body: &[u8]) -> Result<(), Fault> {
        let number = dictionary.long(0)?;
        let user = fields.iter().find(|field| field.dictionary.is_some_and(|(known, _)| known == number));
        let user = user.ok_or("it has a dictionary that no column uses")?;
        let batch = dictionary.table(1)?.ok_or("a dictionary of it is empty")?;
        let plain = Field { dictionary: None, ..user.clone() };
        let values = Reader::new(&batch, body)?.column(&plain, self)?;
        let Some(Values { raw: Raw::Text(texts), .. }) = values else {
            return Err(format!("column {} has a dictionary of something else than texts", user.name));
        };
        if dictionary.byte(2)? != 0 {
            self.0.entry(number).or_default().extend(texts);
        } else {
            self.0.insert(number, texts);
        }
        Ok(())
    }

    fn texts(&self, number: i64, places: &[i64], missing: &[bool]) -> Option<Raw> {
        let texts = self.0.get(&number)?;
        let text = |(row, place): (usize, &i64)| {
            if is_missing(missing, row) {
                return Some(ByteArray::from(""));
            }
            texts.get(usize::try_from(*place).ok()?).cloned()
        };
        places.iter().enumerate().map(text).collect::<Option<Vec<_>>>().map(Raw::Text)
    }
}
