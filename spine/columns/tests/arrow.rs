//! What other programs send as Arrow is read as it was meant, and damaged streams are refused. `tests/arrow/make.py` makes the files.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use maru_columns::arrow::{is_arrow, to_arrow, to_parquet};
use maru_columns::write_table;
use maru_rules::reform::{Cells, Table};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use std::fs::File;
use std::path::{Path, PathBuf};

fn made(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/arrow").join(name)
}

/// The rows of a Parquet file: name and value of each cell.
fn rows(path: &Path) -> Vec<Vec<(String, Field)>> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| row.unwrap().get_column_iter().map(|(name, field)| (name.clone(), field.clone())).collect())
        .collect()
}

#[test]
fn every_type_is_read_as_it_was_meant() {
    for name in ["every_type.arrows", "every_type.arrow"] {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("it.parquet");
        assert!(is_arrow(&made(name)).unwrap());
        to_parquet(&made(name), &into).unwrap();
        assert!(!is_arrow(&into).unwrap());
        let rows = rows(&into);
        assert_eq!(rows.len(), 3);
        let shown = |row: usize| {
            let cells = rows[row].iter();
            cells.map(|(name, field)| format!("{name}={field}")).collect::<Vec<_>>().join(" ")
        };
        let whole = |value: &str| {
            ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
                .map(|name| format!("{name}={value}"))
                .join(" ")
        };
        let texts = |text: &str| {
            ["string", "large_string", "string_view", "dictionary"].map(|name| format!("{name}={text}")).join(" ")
        };
        assert_eq!(
            shown(0),
            format!(
                "{} float32=0.5 float64=0.1 bool=true date32=2024-02-29 date64=2024-02-29 decimal128=12.34 {} whole=7",
                whole("1"),
                texts("\"가\"").replace("dictionary=\"가\"", "dictionary=\"head\"")
            )
        );
        assert!(rows[1].iter().all(|(name, field)| name == "whole" || *field == Field::Null), "{}", shown(1));
        assert_eq!(
            shown(2),
            format!(
                "{} float32=-2.25E0 float64=1E300 bool=false date32=1969-12-31 date64=1969-12-31 decimal128=-0.01 {} whole=9",
                whole("100"),
                texts("\"more than twelve letters\"")
            )
        );
    }
}

#[test]
fn what_goes_out_comes_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let [first, stream, second] = ["1.parquet", "it.arrows", "2.parquet"].map(|name| folder.path().join(name));
    let columns = vec![
        ("person_id".to_owned(), Cells::Counts((0..1_000).collect())),
        ("name".to_owned(), Cells::Texts((0..1_000).map(|row| "가나다".repeat(row % 7)).collect())),
        ("amount".to_owned(), Cells::Numbers((0..1_000).map(|row| f64::from(row) / 7.0).collect())),
    ];
    write_table(&Table { name: "it".to_owned(), columns }, &first).unwrap();
    to_arrow(&first, &stream).unwrap();
    to_parquet(&stream, &second).unwrap();
    assert_eq!(rows(&first), rows(&second));
    // Empty cells, dates and truths too, which only come from others.
    to_parquet(&made("every_type.arrows"), &first).unwrap();
    to_arrow(&first, &stream).unwrap();
    to_parquet(&stream, &second).unwrap();
    let plain = |path: &Path| {
        let mut rows = rows(path);
        // Decimals go out as the whole numbers that they are made of.
        for row in &mut rows {
            row.retain(|(name, _)| name != "decimal128");
        }
        rows
    };
    assert_eq!(plain(&first), plain(&second));
}

#[test]
fn damaged_streams_are_refused_or_read_but_do_no_harm() {
    let whole = std::fs::read(made("every_type.arrows")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [from, into] = ["it.arrows", "it.parquet"].map(|name| folder.path().join(name));
    let mut refused = 0;
    for place in (0..whole.len()).step_by(11) {
        for change in [0x01, 0x80, 0xff] {
            let mut damaged = whole.clone();
            damaged[place] ^= change;
            std::fs::write(&from, &damaged).unwrap();
            refused += u32::from(to_parquet(&from, &into).is_err());
        }
    }
    for end in (0..whole.len()).step_by(7) {
        std::fs::write(&from, &whole[..end]).unwrap();
        let _ = to_parquet(&from, &into);
    }
    assert!(refused > 100, "{refused} of {} were refused", whole.len());
}
