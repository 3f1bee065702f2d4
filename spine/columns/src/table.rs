//! One Parquet file, read column by column.

use crate::error::ColumnsError;
use parquet::basic::{ConvertedType, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Values as the file has them.
#[derive(Clone, Debug)]
pub(crate) enum Raw {
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Single(Vec<f32>),
    Float(Vec<f64>),
    Text(Vec<ByteArray>),
}

impl Raw {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int(values) => values.len(),
            Self::Single(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Takes the first rows away.
    pub(crate) fn take(&mut self, count: usize) -> Self {
        fn first<T>(values: &mut Vec<T>, count: usize) -> Vec<T> {
            let rest = values.split_off(count.min(values.len()));
            std::mem::replace(values, rest)
        }
        match self {
            Self::Bool(values) => Self::Bool(first(values, count)),
            Self::Int(values) => Self::Int(first(values, count)),
            Self::Single(values) => Self::Single(first(values, count)),
            Self::Float(values) => Self::Float(first(values, count)),
            Self::Text(values) => Self::Text(first(values, count)),
        }
    }

    /// Whether a row differs from the one before it.
    pub(crate) fn changes(&self, row: usize) -> bool {
        fn differ<T: PartialEq>(values: &[T], row: usize) -> bool {
            match (row.checked_sub(1).and_then(|before| values.get(before)), values.get(row)) {
                (Some(a), Some(b)) => a != b,
                _ => true,
            }
        }
        match self {
            Self::Bool(values) => differ(values, row),
            Self::Int(values) => differ(values, row),
            Self::Single(values) => differ(values, row),
            Self::Float(values) => differ(values, row),
            Self::Text(values) => differ(values, row),
        }
    }

    /// A row as a person reads it.
    pub(crate) fn show(&self, row: usize) -> String {
        match self {
            Self::Bool(values) => values.get(row).map(ToString::to_string),
            Self::Int(values) => values.get(row).map(ToString::to_string),
            Self::Single(values) => values.get(row).map(ToString::to_string),
            Self::Float(values) => values.get(row).map(ToString::to_string),
            Self::Text(values) => values.get(row).map(|text| String::from_utf8_lossy(text.data()).into_owned()),
        }
        .unwrap_or_default()
    }
}

/// Values with the rows that have none.
#[derive(Debug)]
pub(crate) struct Values {
    pub(crate) raw: Raw,
    /// By row; empty where all are there.
    pub(crate) missing: Vec<bool>,
}

/// Whether a row has no value.
pub(crate) fn is_missing(missing: &[bool], row: usize) -> bool {
    missing.get(row) == Some(&true)
}

/// A column of a file as its schema describes it.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    pub(crate) name: String,
    pub(crate) place: usize,
    physical: Physical,
    optional: bool,
    unsigned: bool,
    /// How many decimals its whole numbers have.
    pub(crate) decimals: u32,
    /// Whether its whole numbers are days since 1970.
    pub(crate) is_date: bool,
}

/// A Parquet file, open for one thread: clones of a handle share their place in the file.
pub(crate) struct Table {
    pub(crate) path: PathBuf,
    pub(crate) reader: Arc<SerializedFileReader<File>>,
    pub(crate) columns: Vec<Described>,
}

impl Table {
    pub(crate) fn open(path: &Path) -> Result<Self, ColumnsError> {
        let file = File::open(path).map_err(|source| ColumnsError::file(path, source))?;
        let reader = SerializedFileReader::new(file).map_err(|source| ColumnsError::parquet(path, source))?;
        let mut columns = Vec::new();
        for (place, column) in reader.metadata().file_metadata().schema_descr().columns().iter().enumerate() {
            if column.max_rep_level() > 0 || column.max_def_level() > 1 {
                continue;
            }
            let converted = column.converted_type();
            let decimals = if converted == ConvertedType::DECIMAL { column.type_scale().unsigned_abs() } else { 0 };
            columns.push(Described {
                name: column.name().to_owned(),
                place,
                physical: column.physical_type(),
                optional: column.max_def_level() == 1,
                unsigned: converted == ConvertedType::UINT_32,
                decimals,
                is_date: converted == ConvertedType::DATE,
            });
        }
        Ok(Self { path: path.to_path_buf(), reader: Arc::new(reader), columns })
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Described> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub(crate) fn groups(&self) -> usize {
        self.reader.metadata().num_row_groups()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.reader.metadata().row_groups().iter().map(|group| group.num_rows().unsigned_abs()).sum()
    }

    /// How many rows some row groups have.
    pub(crate) fn rows_of(&self, groups: Range<usize>) -> usize {
        let rows = |group| self.reader.metadata().row_group(group).num_rows().max(0) as usize;
        groups.map(rows).sum()
    }

    /// Reads a column of some row groups from its beginning.
    pub(crate) fn cursor(&self, column: &Described, groups: Range<usize>) -> Cursor {
        Cursor { path: self.path.clone(), reader: Arc::clone(&self.reader), column: column.clone(), groups, open: None }
    }
}

/// Where a column is read on.
pub(crate) struct Cursor {
    pub(crate) path: PathBuf,
    reader: Arc<SerializedFileReader<File>>,
    pub(crate) column: Described,
    groups: Range<usize>,
    open: Option<ColumnReader>,
}

impl Cursor {
    fn empty(&self) -> Result<Raw, ColumnsError> {
        Ok(match self.column.physical {
            Physical::BOOLEAN => Raw::Bool(Vec::new()),
            Physical::INT32 | Physical::INT64 => Raw::Int(Vec::new()),
            Physical::FLOAT => Raw::Single(Vec::new()),
            Physical::DOUBLE => Raw::Float(Vec::new()),
            Physical::BYTE_ARRAY => Raw::Text(Vec::new()),
            Physical::INT96 | Physical::FIXED_LEN_BYTE_ARRAY => {
                return Err(ColumnsError::content(
                    &self.path,
                    format!(
                        "column {} has a type that the rules do not read: write whole numbers, decimals in 64 bits, doubles, texts, truth values or dates",
                        self.column.name
                    ),
                ));
            }
        })
    }

    /// Reads so many rows; fewer at the end.
    pub(crate) fn read(&mut self, rows: usize) -> Result<Values, ColumnsError> {
        let mut values = Values { raw: self.empty()?, missing: Vec::new() };
        self.read_into(&mut values, rows)?;
        Ok(values)
    }

    /// Reads so many rows more; says how many there were.
    pub(crate) fn read_into(&mut self, values: &mut Values, rows: usize) -> Result<usize, ColumnsError> {
        let mut done = 0;
        while done < rows {
            if self.open.is_none() {
                let Some(group) = self.groups.next() else { break };
                let opened = self
                    .reader
                    .get_row_group(group)
                    .and_then(|group| group.get_column_reader(self.column.place))
                    .map_err(|source| ColumnsError::parquet(&self.path, source))?;
                self.open = Some(opened);
            }
            let Some(open) = self.open.as_mut() else { break };
            let read = read_some(open, &self.column, values, rows - done)
                .map_err(|source| ColumnsError::parquet(&self.path, source))?;
            if read == 0 {
                self.open = None;
            }
            done += read;
        }
        Ok(done)
    }
}

type Read = Result<usize, parquet::errors::ParquetError>;

fn read_some(open: &mut ColumnReader, column: &Described, values: &mut Values, rows: usize) -> Read {
    let missing = &mut values.missing;
    match (open, &mut values.raw) {
        (ColumnReader::BoolColumnReader(reader), Raw::Bool(into)) => {
            typed(reader, column.optional, rows, missing, into, |value| value)
        }
        (ColumnReader::Int32ColumnReader(reader), Raw::Int(into)) => {
            if column.unsigned {
                typed(reader, column.optional, rows, missing, into, |value| i64::from(value.cast_unsigned()))
            } else {
                typed(reader, column.optional, rows, missing, into, i64::from)
            }
        }
        (ColumnReader::Int64ColumnReader(reader), Raw::Int(into)) => {
            typed(reader, column.optional, rows, missing, into, |value| value)
        }
        (ColumnReader::FloatColumnReader(reader), Raw::Single(into)) => {
            typed(reader, column.optional, rows, missing, into, |value| value)
        }
        (ColumnReader::DoubleColumnReader(reader), Raw::Float(into)) => {
            typed(reader, column.optional, rows, missing, into, |value| value)
        }
        (ColumnReader::ByteArrayColumnReader(reader), Raw::Text(into)) => {
            let before = into.len();
            let read = typed(reader, column.optional, rows, missing, into, |value| value)?;
            // A missing text has no bytes at all, not even none.
            let texts = into.iter_mut().zip(missing.iter()).skip(before);
            for (text, _) in texts.filter(|(_, missing)| **missing) {
                *text = ByteArray::from("");
            }
            Ok(read)
        }
        _ => Err(parquet::errors::ParquetError::General(format!("column {} changes its type", column.name))),
    }
}

fn typed<D: DataType, T: Clone + Default>(
    reader: &mut ColumnReaderImpl<D>,
    optional: bool,
    rows: usize,
    missing: &mut Vec<bool>,
    into: &mut Vec<T>,
    convert: impl Fn(D::T) -> T,
) -> Read {
    let mut levels: Vec<i16> = Vec::new();
    let mut found: Vec<D::T> = Vec::with_capacity(rows);
    let (read, _, _) = reader.read_records(rows, optional.then_some(&mut levels), None, &mut found)?;
    if found.len() == read {
        if !missing.is_empty() {
            missing.resize(into.len() + read, false);
        }
        into.extend(found.into_iter().map(convert));
        return Ok(read);
    }
    missing.resize(into.len(), false);
    let mut found = found.into_iter();
    for level in levels {
        missing.push(level == 0);
        into.push(if level == 0 { T::default() } else { found.next().map(&convert).unwrap_or_default() });
    }
    Ok(read)
}
