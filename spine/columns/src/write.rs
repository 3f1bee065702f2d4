//! The answer's files: keys as they were given, then one column for each variable.

use crate::error::ColumnsError;
use crate::plan::{Output, Prepared};
use crate::table::Raw;
use maru_rules::run::Column;
use maru_rules::system::System;
use maru_rules::variable::{ValueType, Variable};
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, Type};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a chunk came to, by kind of entity.
pub(crate) struct Answer {
    pub(crate) keys: Vec<Vec<Raw>>,
    /// In the order of the outputs.
    pub(crate) columns: Vec<Column>,
}

struct Table {
    entity: usize,
    path: PathBuf,
    /// Places among the outputs.
    outputs: Vec<usize>,
    writer: Option<SerializedFileWriter<File>>,
    /// The first rows decide the keys' types.
    rows: u64,
}

/// The files while they are written.
pub(crate) struct Writer {
    tables: Vec<Table>,
}

impl Writer {
    pub(crate) fn new(system: &System, prepared: &Prepared, folder: &Path) -> Result<Self, ColumnsError> {
        std::fs::create_dir_all(folder).map_err(|source| ColumnsError::file(folder, source))?;
        let mut tables = Vec::new();
        for (entity, described) in system.entities.iter().enumerate() {
            let outputs: Vec<usize> = (0..prepared.outputs.len())
                .filter(|place| prepared.outputs[*place].variable.entity == entity)
                .collect();
            if !outputs.is_empty() {
                let path = folder.join(format!("{}.parquet", described.key));
                tables.push(Table { entity, path, outputs, writer: None, rows: 0 });
            }
        }
        Ok(Self { tables })
    }

    /// Writes a chunk as one row group of each file.
    pub(crate) fn write(
        &mut self,
        prepared: &Prepared,
        names: &[Vec<String>],
        answer: &Answer,
    ) -> Result<(), ColumnsError> {
        for table in &mut self.tables {
            let path = table.path.clone();
            let rows = write_table(table, prepared, names, answer).map_err(|fault| match fault {
                Fault::File(source) => ColumnsError::file(&path, source),
                Fault::Parquet(source) => ColumnsError::parquet(&path, source),
            })?;
            table.rows += rows as u64;
        }
        Ok(())
    }

    /// Finishes the files; says how many rows each has.
    pub(crate) fn close(self) -> Result<Vec<(PathBuf, u64)>, ColumnsError> {
        let mut written = Vec::new();
        for table in self.tables {
            if let Some(writer) = table.writer {
                writer.close().map_err(|source| ColumnsError::parquet(&table.path, source))?;
                written.push((table.path, table.rows));
            }
        }
        Ok(written)
    }
}

enum Fault {
    File(std::io::Error),
    Parquet(ParquetError),
}

impl From<ParquetError> for Fault {
    fn from(source: ParquetError) -> Self {
        Self::Parquet(source)
    }
}

fn field(name: &str, physical: Physical, logical: Option<LogicalType>) -> Result<Arc<Type>, ParquetError> {
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(logical)
        .build()
        .map(Arc::new)
}

fn key_field(name: &str, raw: &Raw) -> Result<Arc<Type>, ParquetError> {
    match raw {
        Raw::Text(_) => field(name, Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Raw::Bool(_) => field(name, Physical::BOOLEAN, None),
        Raw::Single(_) | Raw::Float(_) => field(name, Physical::DOUBLE, None),
        Raw::Int(_) => field(name, Physical::INT64, None),
    }
}

fn output_field(variable: &Variable) -> Result<Arc<Type>, ParquetError> {
    let name = &variable.name;
    match variable.value_type {
        ValueType::Bool => field(name, Physical::BOOLEAN, None),
        ValueType::Int => field(name, Physical::INT64, None),
        ValueType::Float => field(name, Physical::DOUBLE, None),
        ValueType::Date => field(name, Physical::INT32, Some(LogicalType::Date)),
        ValueType::Enum(_) | ValueType::Text => field(name, Physical::BYTE_ARRAY, Some(LogicalType::String)),
    }
}

fn begin(
    path: &Path,
    names: &[String],
    keys: &[Raw],
    outputs: &[&Output],
) -> Result<SerializedFileWriter<File>, Fault> {
    let mut fields = Vec::new();
    for (name, raw) in names.iter().zip(keys) {
        fields.push(key_field(name, raw)?);
    }
    for output in outputs {
        fields.push(output_field(&output.variable)?);
    }
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by(format!("maru {}", env!("CARGO_PKG_VERSION")));
    for field in &fields {
        let path = ColumnPath::from(field.name());
        // Only texts repeat enough for a dictionary to pay; identifiers rise.
        properties = match field.get_physical_type() {
            Physical::BYTE_ARRAY => properties,
            Physical::INT64 => properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            _ => properties.set_column_dictionary_enabled(path, false),
        };
    }
    let schema = Type::group_type_builder("schema").with_fields(fields).build()?;
    let file = File::create(path).map_err(Fault::File)?;
    Ok(SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties.build()))?)
}

fn write_table(table: &mut Table, prepared: &Prepared, names: &[Vec<String>], answer: &Answer) -> Result<usize, Fault> {
    let keys = &answer.keys[table.entity];
    let outputs: Vec<&Output> = table.outputs.iter().map(|place| &prepared.outputs[*place]).collect();
    let writer = match &mut table.writer {
        Some(writer) => writer,
        empty => empty.insert(begin(&table.path, &names[table.entity], keys, &outputs)?),
    };
    let mut group = writer.next_row_group()?;
    let mut rows = 0;
    for key in keys {
        rows = key.len();
        write_key(&mut group, key)?;
    }
    for (place, output) in table.outputs.iter().zip(&outputs) {
        let column = &answer.columns[*place];
        rows = column.len();
        write_output(&mut group, column, &output.variable)?;
    }
    group.close()?;
    Ok(rows)
}

type Group<'file> = SerializedRowGroupWriter<'file, File>;

fn write_key(group: &mut Group, raw: &Raw) -> Result<(), ParquetError> {
    match raw {
        Raw::Int(values) => write_column::<Int64Type>(group, values),
        Raw::Text(values) => write_column::<ByteArrayType>(group, values),
        Raw::Bool(values) => write_column::<BoolType>(group, values),
        Raw::Float(values) => write_column::<DoubleType>(group, values),
        Raw::Single(values) => {
            write_column::<DoubleType>(group, &values.iter().map(|value| f64::from(*value)).collect::<Vec<_>>())
        }
    }
}

fn write_column<D: parquet::data_type::DataType>(group: &mut Group, values: &[D::T]) -> Result<(), ParquetError> {
    crate::write_table::column::<D, _>(group, values, None)
}

/// Days since 1970 as files have them.
pub(crate) fn days(values: &[i64]) -> Vec<i32> {
    values.iter().map(|day| i32::try_from(*day).unwrap_or(i32::MAX)).collect()
}

fn write_output(group: &mut Group, column: &Column, variable: &Variable) -> Result<(), ParquetError> {
    match &variable.value_type {
        ValueType::Bool => match column {
            Column::Bool(values) => write_column::<BoolType>(group, values),
            other => write_column::<BoolType>(group, &whole(other).iter().map(|value| *value != 0).collect::<Vec<_>>()),
        },
        ValueType::Int => write_column::<Int64Type>(group, &whole(column)),
        ValueType::Float => write_column::<DoubleType>(group, &doubles(column)),
        ValueType::Date => write_column::<Int32Type>(group, &days(&whole(column))),
        ValueType::Enum(enumeration) => {
            let names: Vec<ByteArray> = enumeration.members.iter().map(|(name, _)| ByteArray::from(&**name)).collect();
            let values: Vec<ByteArray> = whole(column)
                .iter()
                .map(|value| names.get(*value as usize).cloned().unwrap_or_else(|| ByteArray::from("")))
                .collect();
            write_column::<ByteArrayType>(group, &values)
        }
        ValueType::Text => match column {
            Column::Text(values) => {
                let values: Vec<ByteArray> = values.iter().map(|value| ByteArray::from(&**value)).collect();
                write_column::<ByteArrayType>(group, &values)
            }
            _ => Err(ParquetError::General(format!("{} is no text", variable.name))),
        },
    }
}

fn whole(column: &Column) -> Vec<i64> {
    match column {
        Column::Int(values) | Column::Scaled { values, denominator: 1 } => values.clone(),
        Column::Small { values, denominator: 1 } => values.to_wide(),
        Column::Bool(values) => values.iter().map(|value| i64::from(*value)).collect(),
        other => (0..other.len()).map(|row| other.exact(row).map_or(0, |value| value.truncate() as i64)).collect(),
    }
}

/// The double nearest to each value.
fn doubles(column: &Column) -> Vec<f64> {
    match column {
        // Both sides fit into a double, so that the quotient is rounded once.
        Column::Scaled { values, denominator }
            if *denominator < 1 << 53 && values.iter().all(|value| value.unsigned_abs() < 1 << 53) =>
        {
            let divisor = *denominator as f64;
            values.iter().map(|value| *value as f64 / divisor).collect()
        }
        Column::Small { values, denominator } if *denominator < 1 << 53 => {
            let divisor = *denominator as f64;
            values.to_wide().into_iter().map(|value| value as f64 / divisor).collect()
        }
        Column::Int(values) => values.iter().map(|value| *value as f64).collect(),
        Column::Float(values) => values.clone(),
        other => (0..other.len()).map(|row| other.float(row).unwrap_or(f64::NAN)).collect(),
    }
}
