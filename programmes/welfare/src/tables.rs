//! Parquet files of plain columns: what registers, screenings and populations are written to and read from.

use std::{
    fs::File,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use parquet::{
    basic::{Compression, LogicalType, Repetition, Type as Physical},
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type},
    errors::ParquetError,
    file::{
        properties::WriterProperties,
        reader::{FileReader, SerializedFileReader},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::Type,
};

/// Why a table could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file system refused.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no Parquet, or another one than expected.
    #[error("{path}: {source}")]
    Parquet {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: ParquetError,
    },
    /// A column is missing or has another type.
    #[error("{path}: {reason}")]
    Content {
        /// Which file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
}

/// Values of a column. Where a value is nothing, the file has a null.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Truth values.
    Bool(Vec<Option<bool>>),
    /// Whole numbers.
    Int(Vec<Option<i64>>),
    /// Numbers with decimals.
    Double(Vec<Option<f64>>),
    /// Days since 1970.
    Date(Vec<Option<i32>>),
    /// Texts.
    Text(Vec<Option<String>>),
}

impl Values {
    /// A row as text, the same for the same value whatever type the file gives it; nothing where the file has none.
    pub fn text(&self, row: usize) -> Option<String> {
        match self {
            Self::Bool(values) => values.get(row)?.map(|value| value.to_string()),
            Self::Int(values) => values.get(row)?.map(|value| value.to_string()),
            Self::Double(values) => values.get(row)?.map(|value| value.to_string()),
            Self::Date(values) => values.get(row)?.map(|value| value.to_string()),
            Self::Text(values) => values.get(row)?.clone(),
        }
    }
}

/// A column with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The name.
    pub name: String,
    /// The values, one for each row.
    pub values: Values,
}

impl Column {
    /// Whole numbers that are all there.
    pub fn whole(name: &str, values: Vec<i64>) -> Self {
        Self { name: name.to_owned(), values: Values::Int(values.into_iter().map(Some).collect()) }
    }

    /// Texts that are all there.
    pub fn texts(name: &str, values: Vec<String>) -> Self {
        Self { name: name.to_owned(), values: Values::Text(values.into_iter().map(Some).collect()) }
    }
}

/// Writes a table row group by row group; each call of [`TableWriter::write`] makes one.
pub struct TableWriter {
    path: PathBuf,
    writer: Option<SerializedFileWriter<File>>,
}

impl TableWriter {
    /// A table at `path`; the first row group decides its columns.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), writer: None }
    }

    /// Writes a row group.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn write(&mut self, columns: &[Column]) -> Result<(), TableError> {
        let fault = |source: ParquetError| TableError::Parquet { path: self.path.clone(), source };
        if self.writer.is_none() {
            let file =
                File::create(&self.path).map_err(|source| TableError::File { path: self.path.clone(), source })?;
            let fields = columns.iter().map(field).collect::<Result<Vec<_>, _>>().map_err(fault)?;
            let schema = Type::group_type_builder("schema").with_fields(fields).build().map_err(fault)?;
            let properties = WriterProperties::builder()
                .set_compression(Compression::SNAPPY)
                .set_created_by(format!("maru {}", env!("CARGO_PKG_VERSION")))
                .build();
            let writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).map_err(fault)?;
            self.writer = Some(writer);
        }
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let mut group = writer.next_row_group().map_err(fault)?;
        for column in columns {
            write_column(&mut group, &column.values).map_err(fault)?;
        }
        group.close().map_err(fault)?;
        Ok(())
    }

    /// Finishes the file.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn close(self) -> Result<(), TableError> {
        match self.writer {
            Some(writer) => {
                writer.close().map_err(|source| TableError::Parquet { path: self.path, source })?;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

fn field(column: &Column) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match column.values {
        Values::Bool(_) => (Physical::BOOLEAN, None),
        Values::Int(_) => (Physical::INT64, None),
        Values::Double(_) => (Physical::DOUBLE, None),
        Values::Date(_) => (Physical::INT32, Some(LogicalType::Date)),
        Values::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
        .map(Arc::new)
}

type Group<'file> = SerializedRowGroupWriter<'file, File>;

fn write_column(group: &mut Group<'_>, values: &Values) -> Result<(), ParquetError> {
    match values {
        Values::Bool(values) => write_typed::<BoolType, _>(group, values, |value| *value),
        Values::Int(values) => write_typed::<Int64Type, _>(group, values, |value| *value),
        Values::Double(values) => write_typed::<DoubleType, _>(group, values, |value| *value),
        Values::Date(values) => write_typed::<Int32Type, _>(group, values, |value| *value),
        Values::Text(values) => write_typed::<ByteArrayType, _>(group, values, |value| ByteArray::from(value.as_str())),
    }
}

fn write_typed<D: DataType, T>(
    group: &mut Group<'_>,
    values: &[Option<T>],
    convert: impl Fn(&T) -> D::T,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("there are more columns than in the first row group".to_owned()));
    };
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let present: Vec<D::T> = values.iter().flatten().map(convert).collect();
    column.typed::<D>().write_batch(&present, Some(&levels), None)?;
    column.close()
}

/// A table that is read column by column.
pub struct TableReader {
    path: PathBuf,
    reader: SerializedFileReader<File>,
    /// The row groups that are read.
    groups: Range<usize>,
    /// The rows that are read, in their order; all where nothing is said.
    only: Option<Vec<usize>>,
}

impl TableReader {
    /// Opens a table.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn open(path: &Path) -> Result<Self, TableError> {
        let file = File::open(path).map_err(|source| TableError::File { path: path.to_owned(), source })?;
        let reader =
            SerializedFileReader::new(file).map_err(|source| TableError::Parquet { path: path.to_owned(), source })?;
        let groups = 0..reader.num_row_groups();
        Ok(Self { path: path.to_owned(), reader, groups, only: None })
    }

    /// The names of its columns.
    pub fn columns(&self) -> Vec<String> {
        let schema = self.reader.metadata().file_metadata().schema_descr();
        schema.columns().iter().map(|column| column.name().to_owned()).collect()
    }

    /// How many row groups it has.
    pub fn row_groups(&self) -> usize {
        self.reader.num_row_groups()
    }

    /// From now on only the rows of one row group are read: a large file in bounded memory.
    pub fn only_group(&mut self, number: usize) {
        self.groups = number..(number + 1).min(self.reader.num_row_groups());
    }

    /// From now on only these rows are read, which must be in their order: the pages between them are passed over.
    pub fn only_rows(&mut self, rows: Vec<usize>) {
        self.only = Some(rows);
    }

    /// The rows in which a column of keys or names has a value that is wanted.
    ///
    /// # Errors
    /// As [`TableReader::texts`].
    pub fn rows_where(&self, name: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<usize>, TableError> {
        let values = self.texts(name)?;
        Ok(values.iter().enumerate().filter(|(_, value)| wanted(value)).map(|(row, _)| row).collect())
    }

    /// How many rows it has, or are read of it.
    pub fn rows(&self) -> usize {
        if let Some(only) = &self.only {
            return only.len();
        }
        let metadata = self.reader.metadata();
        let rows = self.groups.clone().map(|number| metadata.row_group(number).num_rows()).sum::<i64>();
        usize::try_from(rows).unwrap_or(0)
    }

    fn place(&self, name: &str) -> Result<usize, TableError> {
        self.columns().iter().position(|column| column == name).ok_or_else(|| TableError::Content {
            path: self.path.clone(),
            reason: format!("the column {name} is missing"),
        })
    }

    fn other_type(&self, name: &str) -> TableError {
        TableError::Content {
            path: self.path.clone(),
            reason: format!("the column {name} has another type than it should have"),
        }
    }

    fn each(
        &self,
        place: usize,
        mut take: impl FnMut(ColumnReader, Runs<'_>) -> Result<bool, ParquetError>,
        name: &str,
    ) -> Result<(), TableError> {
        let fault = |source: ParquetError| TableError::Parquet { path: self.path.clone(), source };
        let mut first = 0;
        for number in self.groups.clone() {
            let group = self.reader.get_row_group(number).map_err(fault)?;
            let behind = first + usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            let runs = self.only.as_deref().map(|rows| runs_within(rows, first..behind));
            first = behind;
            if runs.as_ref().is_some_and(Vec::is_empty) {
                continue;
            }
            let column = group.get_column_reader(place).map_err(fault)?;
            if !take(column, runs.as_deref()).map_err(fault)? {
                return Err(self.other_type(name));
            }
        }
        Ok(())
    }

    /// A column of numbers; nothing and what is no number are NaN, truth values are 0 and 1.
    ///
    /// # Errors
    /// [`TableError`] where the column is missing or holds texts.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, TableError> {
        let place = self.place(name)?;
        let mut found = Vec::with_capacity(self.rows());
        let take = |reader, runs: Runs<'_>| {
            match reader {
                ColumnReader::BoolColumnReader(reader) => {
                    append(reader, runs, &mut found, f64::NAN, |value| f64::from(u8::from(value)))?;
                }
                ColumnReader::Int32ColumnReader(reader) => append(reader, runs, &mut found, f64::NAN, f64::from)?,
                ColumnReader::Int64ColumnReader(reader) => {
                    append(reader, runs, &mut found, f64::NAN, |value| value as f64)?;
                }
                ColumnReader::DoubleColumnReader(reader) => append(reader, runs, &mut found, f64::NAN, |value| value)?,
                ColumnReader::FloatColumnReader(reader) => append(reader, runs, &mut found, f64::NAN, f64::from)?,
                _ => return Ok(false),
            }
            Ok(true)
        };
        self.each(place, take, name)?;
        Ok(found)
    }

    /// A column of keys or names, as texts: whole numbers in figures.
    ///
    /// # Errors
    /// [`TableError`] where the column is missing or holds something else.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, TableError> {
        let place = self.place(name)?;
        let mut found = Vec::with_capacity(self.rows());
        let take = |reader, runs: Runs<'_>| {
            match reader {
                ColumnReader::Int32ColumnReader(reader) => {
                    append(reader, runs, &mut found, String::new(), |value: i32| value.to_string())?;
                }
                ColumnReader::Int64ColumnReader(reader) => {
                    append(reader, runs, &mut found, String::new(), |value: i64| value.to_string())?;
                }
                ColumnReader::ByteArrayColumnReader(reader) => {
                    append(reader, runs, &mut found, String::new(), |value: ByteArray| {
                        String::from_utf8_lossy(value.data()).into_owned()
                    })?;
                }
                _ => return Ok(false),
            }
            Ok(true)
        };
        self.each(place, take, name)?;
        Ok(found)
    }

    /// A column in the type that it has; days stand as whole numbers.
    ///
    /// # Errors
    /// [`TableError`] where the column is missing or has a type that no register has.
    pub fn values(&self, name: &str) -> Result<Values, TableError> {
        let place = self.place(name)?;
        let (mut bools, mut wholes, mut doubles, mut texts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let take = |reader, runs: Runs<'_>| {
            match reader {
                ColumnReader::BoolColumnReader(reader) => append(reader, runs, &mut bools, None, Some)?,
                ColumnReader::Int32ColumnReader(reader) => {
                    append(reader, runs, &mut wholes, None, |value| Some(i64::from(value)))?;
                }
                ColumnReader::Int64ColumnReader(reader) => append(reader, runs, &mut wholes, None, Some)?,
                ColumnReader::FloatColumnReader(reader) => {
                    append(reader, runs, &mut doubles, None, |value| Some(f64::from(value)))?;
                }
                ColumnReader::DoubleColumnReader(reader) => append(reader, runs, &mut doubles, None, Some)?,
                ColumnReader::ByteArrayColumnReader(reader) => {
                    append(reader, runs, &mut texts, None, |value: ByteArray| {
                        Some(String::from_utf8_lossy(value.data()).into_owned())
                    })?;
                }
                _ => return Ok(false),
            }
            Ok(true)
        };
        self.each(place, take, name)?;
        Ok(match (bools.is_empty(), wholes.is_empty(), doubles.is_empty()) {
            (false, ..) => Values::Bool(bools),
            (_, false, _) => Values::Int(wholes),
            (.., false) => Values::Double(doubles),
            _ => Values::Text(texts),
        })
    }

    /// A column of whole numbers.
    ///
    /// # Errors
    /// [`TableError`] where the column is missing or holds something else.
    pub fn whole(&self, name: &str) -> Result<Vec<i64>, TableError> {
        let place = self.place(name)?;
        let mut found = Vec::with_capacity(self.rows());
        let take = |reader, runs: Runs<'_>| {
            match reader {
                ColumnReader::Int32ColumnReader(reader) => append(reader, runs, &mut found, 0, i64::from)?,
                ColumnReader::Int64ColumnReader(reader) => append(reader, runs, &mut found, 0, |value| value)?,
                _ => return Ok(false),
            }
            Ok(true)
        };
        self.each(place, take, name)?;
        Ok(found)
    }
}

/// Runs of rows that are read of a row group; all of it where nothing is said.
type Runs<'a> = Option<&'a [Range<usize>]>;

/// The runs of those rows that lie in a row group, counted from its beginning.
fn runs_within(rows: &[usize], group: Range<usize>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for row in rows.iter().filter(|row| group.contains(row)).map(|row| row - group.start) {
        match runs.last_mut() {
            Some(run) if run.end == row => run.end += 1,
            _ => runs.push(row..row + 1),
        }
    }
    runs
}

/// Reads a column of a row group: runs of its rows, or all to its end.
fn append<D: DataType, T: Clone>(
    mut reader: ColumnReaderImpl<D>,
    runs: Runs<'_>,
    found: &mut Vec<T>,
    missing: T,
    convert: impl Fn(D::T) -> T,
) -> Result<(), ParquetError> {
    let Some(runs) = runs else {
        while append_some(&mut reader, 65_536, found, &missing, &convert)? > 0 {}
        return Ok(());
    };
    let mut row = 0;
    for run in runs {
        reader.skip_records(run.start - row)?;
        let mut left = run.len();
        while left > 0 {
            let read = append_some(&mut reader, left, found, &missing, &convert)?;
            if read == 0 {
                return Err(ParquetError::General("the column has fewer rows than its row group".to_owned()));
            }
            left -= read.min(left);
        }
        row = run.end;
    }
    Ok(())
}

/// Reads at most so many rows; says how many.
fn append_some<D: DataType, T: Clone>(
    reader: &mut ColumnReaderImpl<D>,
    most: usize,
    found: &mut Vec<T>,
    missing: &T,
    convert: &impl Fn(D::T) -> T,
) -> Result<usize, ParquetError> {
    let mut levels: Vec<i16> = Vec::new();
    let mut values: Vec<D::T> = Vec::new();
    let (rows, _, _) = reader.read_records(most, Some(&mut levels), None, &mut values)?;
    if values.len() == rows {
        found.extend(values.into_iter().map(convert));
        return Ok(rows);
    }
    let mut values = values.into_iter();
    for level in levels {
        let value = if level == 0 { None } else { values.next().map(convert) };
        found.push(value.unwrap_or_else(|| missing.clone()));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.parquet");
        let mut writer = TableWriter::new(&path);
        for offset in [0, 10] {
            writer
                .write(&[
                    Column::whole("id", vec![offset, offset + 1]),
                    Column { name: "amount".to_owned(), values: Values::Double(vec![Some(1.5), None]) },
                    Column { name: "name".to_owned(), values: Values::Text(vec![None, Some("가".to_owned())]) },
                    Column { name: "born".to_owned(), values: Values::Date(vec![Some(-1), None]) },
                    Column { name: "truth".to_owned(), values: Values::Bool(vec![Some(true), None]) },
                ])
                .unwrap();
        }
        writer.close().unwrap();
        let reader = TableReader::open(&path).unwrap();
        assert_eq!(reader.rows(), 4);
        assert_eq!(reader.whole("id").unwrap(), [0, 1, 10, 11]);
        assert_eq!(reader.texts("id").unwrap(), ["0", "1", "10", "11"]);
        let amounts = reader.numbers("amount").unwrap();
        assert!(amounts[1].is_nan() && (amounts[2] - 1.5).abs() < f64::EPSILON);
        assert_eq!(reader.texts("name").unwrap(), ["", "가", "", "가"]);
        assert!((reader.numbers("truth").unwrap()[0] - 1.0).abs() < f64::EPSILON);
        assert_eq!(reader.values("truth").unwrap(), Values::Bool(vec![Some(true), None, Some(true), None]));
        assert_eq!(reader.values("born").unwrap().text(0).as_deref(), Some("-1"));
        assert_eq!(reader.values("name").unwrap().text(0), None);
        assert!(reader.numbers("name").is_err() && reader.whole("no").is_err());
        // Some rows, of both row groups; what lies between is passed over.
        let mut some = TableReader::open(&path).unwrap();
        some.only_rows(some.rows_where("id", |id| id == "1" || id == "10").unwrap());
        assert_eq!((some.rows(), some.whole("id").unwrap()), (2, vec![1, 10]));
        assert_eq!(some.texts("name").unwrap(), ["가", ""]);
        some.only_rows(vec![3]);
        assert_eq!(some.texts("id").unwrap(), ["11"]);
        some.only_rows(Vec::new());
        assert!(some.texts("id").unwrap().is_empty());
    }
}
