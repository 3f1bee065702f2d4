//! A table of a study as Parquet: one row group, texts and numbers.

use crate::error::ColumnsError;
use maru_rules::reform::{Cells, Table};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Writes a table of a study to a file.
///
/// # Errors
/// [`ColumnsError`] where the file cannot be written.
pub fn write_table(table: &Table, path: &Path) -> Result<(), ColumnsError> {
    let file = File::create(path).map_err(|source| ColumnsError::file(path, source))?;
    write(table, file).map_err(|source| ColumnsError::parquet(path, source))
}

/// A table of a study as the bytes of a file.
///
/// # Errors
/// [`ColumnsError`] where its columns differ in length.
pub fn table_bytes(table: &Table) -> Result<Vec<u8>, ColumnsError> {
    let mut bytes = Vec::new();
    write(table, &mut bytes).map_err(|source| ColumnsError::parquet(Path::new(&table.name), source))?;
    Ok(bytes)
}

fn write(table: &Table, file: impl Write + Send) -> Result<(), ParquetError> {
    let fields = table.columns.iter().map(|(name, cells)| field(name, cells)).collect::<Result<Vec<_>, _>>()?;
    let schema = Type::group_type_builder("schema").with_fields(fields).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("maru {}", env!("CARGO_PKG_VERSION")))
        .build();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for (_, cells) in &table.columns {
        match cells {
            Cells::Texts(texts) => {
                let texts: Vec<ByteArray> = texts.iter().map(|text| ByteArray::from(text.as_str())).collect();
                column::<ByteArrayType, _>(&mut group, &texts, None)?;
            }
            Cells::Counts(counts) => column::<Int64Type, _>(&mut group, counts, None)?,
            Cells::Numbers(numbers) => column::<DoubleType, _>(&mut group, numbers, None)?,
        }
    }
    group.close()?;
    writer.close().map(drop)
}

fn field(name: &str, cells: &Cells) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match cells {
        Cells::Texts(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Cells::Counts(_) => (Physical::INT64, None),
        Cells::Numbers(_) => (Physical::DOUBLE, None),
    };
    let builder = Type::primitive_type_builder(name, physical).with_repetition(Repetition::REQUIRED);
    builder.with_logical_type(logical).build().map(Arc::new)
}

/// Writes the next column; where values may be missing, `levels` has one for each value that is there and zero for each that is not.
pub(crate) fn column<D: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[D::T],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("there are more columns than the schema names".to_owned()));
    };
    column.typed::<D>().write_batch(values, levels, None)?;
    column.close()
}
