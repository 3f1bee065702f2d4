//! Arrow's interprocess format beside Parquet: what other programs hold in memory comes in as a stream or a file of record batches, and
//! answers go out as a stream. Each is turned into, or made from, the Parquet file that the run knows, batch by batch.
//!
//! The format (Apache Arrow, «Columnar Format», 1.5) is messages: a head in flatbuffers that says where the buffers of the columns lie in the
//! body behind it. Read are whole numbers, numbers, truth values, dates, decimals and texts, plain or by dictionary; compressed bodies are
//! not.

mod batch;
mod build;
mod flat;
mod message;
mod schema;
mod texts;
mod write;

use crate::error::ColumnsError;
use crate::table::{Raw, Values, is_missing};
use crate::write::days;
use crate::write_table::column;
use batch::{Dictionaries, Reader};
use message::{Head, Messages};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use schema::{Field, Kind};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

pub use write::to_arrow;

/// What is wrong with a stream.
type Fault = String;

/// Whether a file is in Arrow's format, going by how it begins.
///
/// # Errors
/// [`ColumnsError`] where it cannot be read.
pub fn is_arrow(path: &Path) -> Result<bool, ColumnsError> {
    let file = |source| ColumnsError::file(path, source);
    let mut first = Vec::new();
    File::open(path).map_err(file)?.take(8).read_to_end(&mut first).map_err(file)?;
    Ok(first.starts_with(&message::CONTINUES) || first.starts_with(message::MAGIC))
}

/// Turns a file in Arrow's format into Parquet, a row group for each record batch.
///
/// # Errors
/// [`ColumnsError`] says what the file has that is not read, or where it is damaged.
pub fn to_parquet(from: &Path, into: &Path) -> Result<(), ColumnsError> {
    let file = File::open(from).map_err(|source| ColumnsError::file(from, source))?;
    let mut messages = Messages::new(BufReader::new(file));
    let wrong = |fault: Fault| ColumnsError::content(from, fault);
    let mut writer: Option<(Vec<Field>, SerializedFileWriter<File>)> = None;
    let mut dictionaries = Dictionaries::default();
    while let Some(message) = messages.next().map_err(wrong)? {
        match (message.head().map_err(wrong)?, &mut writer) {
            (Head::Schema(schema), None) => {
                let fields = schema::fields(&schema).map_err(wrong)?;
                let file = File::create(into).map_err(|source| ColumnsError::file(into, source))?;
                let begun = begin(&fields, file).map_err(|source| ColumnsError::parquet(into, source))?;
                writer = Some((fields, begun));
            }
            (Head::Dictionary(dictionary), Some((fields, _))) => {
                dictionaries.learn(&dictionary, fields, &message.body).map_err(wrong)?;
            }
            (Head::Batch(batch), Some((fields, writer))) => {
                let columns = Reader::new(&batch, &message.body).and_then(|mut reader| {
                    fields.iter().map(|field| reader.column(field, &dictionaries)).collect::<Result<Vec<_>, _>>()
                });
                let columns = columns.map_err(wrong)?;
                write_batch(writer, fields, &columns).map_err(|source| ColumnsError::parquet(into, source))?;
            }
            (Head::Schema(_), Some(_)) => return Err(wrong("it has two schemas".to_owned())),
            (_, None) => return Err(wrong("it does not begin with a schema".to_owned())),
        }
    }
    let (_, writer) = writer.ok_or_else(|| wrong("it has no schema".to_owned()))?;
    writer.close().map(drop).map_err(|source| ColumnsError::parquet(into, source))
}

fn begin(fields: &[Field], file: File) -> Result<SerializedFileWriter<File>, ParquetError> {
    let of = |field: &Field| {
        let (physical, logical) = match field.kind {
            Kind::Bool => (Physical::BOOLEAN, None),
            Kind::Int { .. } => (Physical::INT64, None),
            Kind::Single => (Physical::FLOAT, None),
            Kind::Double => (Physical::DOUBLE, None),
            Kind::Date { .. } => (Physical::INT32, Some(LogicalType::Date)),
            Kind::Decimal { scale, .. } => (Physical::INT64, Some(LogicalType::decimal(scale, schema::MOST_DIGITS))),
            Kind::Text { .. } => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let mut builder = Type::primitive_type_builder(&field.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        if let Kind::Decimal { scale, .. } = field.kind {
            builder = builder.with_scale(scale).with_precision(schema::MOST_DIGITS);
        }
        builder.build().map(Arc::new)
    };
    let fields = fields.iter().filter(|field| field.is_read).map(of).collect::<Result<Vec<_>, _>>()?;
    let schema = Type::group_type_builder("schema").with_fields(fields).build()?;
    // It is read once, and soon: nothing is gained by packing it.
    let properties = WriterProperties::builder().set_compression(Compression::UNCOMPRESSED);
    SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties.set_dictionary_enabled(false).build()))
}

fn write_batch(
    writer: &mut SerializedFileWriter<File>,
    fields: &[Field],
    columns: &[Option<Values>],
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for (field, values) in fields.iter().zip(columns) {
        let Some(values) = values else { continue };
        let missing = values.missing.as_slice();
        match (&values.raw, &field.kind) {
            (Raw::Bool(values), _) => optional::<BoolType>(&mut group, values, missing)?,
            (Raw::Int(values), Kind::Date { .. }) => optional::<Int32Type>(&mut group, &days(values), missing)?,
            (Raw::Int(values), _) => optional::<Int64Type>(&mut group, values, missing)?,
            (Raw::Single(values), _) => optional::<FloatType>(&mut group, values, missing)?,
            (Raw::Float(values), _) => optional::<DoubleType>(&mut group, values, missing)?,
            (Raw::Text(values), _) => optional::<ByteArrayType>(&mut group, values, missing)?,
        }
    }
    group.close().map(drop)
}

/// Writes a column in which values may be missing.
fn optional<D: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    values: &[D::T],
    missing: &[bool],
) -> Result<(), ParquetError> {
    let levels: Vec<i16> = (0..values.len()).map(|row| i16::from(!is_missing(missing, row))).collect();
    let there: Vec<D::T>;
    let values = if missing.contains(&true) {
        let rows = values.iter().enumerate().filter(|(row, _)| !is_missing(missing, *row));
        there = rows.map(|(_, value)| value.clone()).collect();
        &there
    } else {
        values
    };
    column::<D, _>(group, values, Some(&levels))
}
