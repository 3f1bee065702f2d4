//! Files of one JSON object per line.

use std::io::{BufRead, Read as _};

use serde::{Deserialize, Deserializer, de::DeserializeOwned};

/// No act, answer or service comes near this.
const LONGEST_LINE: u64 = 32 << 20;

/// What a reader found on a line.
pub(super) enum Line<T> {
    /// What was expected.
    Good {
        /// From 1.
        number: u64,
        /// The object.
        value: T,
    },
    /// Something else.
    Bad {
        /// From 1.
        number: u64,
        /// What is wrong.
        reason: String,
    },
}

/// Reads objects, one a line, and hands them over; stops where `each` says false.
pub(super) fn read_lines<T: DeserializeOwned>(
    mut reader: impl BufRead,
    mut each: impl FnMut(Line<T>) -> bool,
) -> std::io::Result<()> {
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        if reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        number += 1;
        if line.len() as u64 == LONGEST_LINE && !line.ends_with(b"\n") {
            skip_line(&mut reader)?;
            let reason = format!("the line is longer than {} MiB", LONGEST_LINE >> 20);
            if !each(Line::Bad { number, reason }) {
                return Ok(());
            }
            continue;
        }
        let text = line.trim_ascii();
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        if text.is_empty() {
            continue;
        }
        let found = match serde_json::from_slice(text) {
            Ok(value) => Line::Good { number, value },
            Err(error) => Line::Bad { number, reason: json_reason(&error) },
        };
        if !each(found) {
            return Ok(());
        }
    }
}

fn skip_line(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(length);
        if end.is_some() {
            return Ok(());
        }
    }
}

fn json_reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // «… at line 1 column 7»: the line is ours to say.
    let what = text.split(" at line ").next().unwrap_or_default();
    format!("not the expected JSON object ({what}, column {})", error.column())
}

/// A text that may be missing, nothing, or a number.
pub(super) fn any_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

/// A list of texts, or one text.
pub(super) fn text_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) if !text.trim().is_empty() => vec![text],
        serde_json::Value::Array(items) => items.iter().filter_map(|item| item.as_str()).map(str::to_owned).collect(),
        _ => Vec::new(),
    })
}

/// References to law: texts, or objects with `law` and `article`.
pub(super) fn references<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let serde_json::Value::Array(items) = value else { return Ok(Vec::new()) };
    let field = |item: &serde_json::Value, name: &str| {
        item.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    let written = |item: &serde_json::Value| match item {
        serde_json::Value::String(text) => text.clone(),
        item => format!("「{}」 {}", field(item, "law"), field(item, "article")),
    };
    Ok(items.iter().map(written).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_told_with_their_number_and_the_rest_goes_on() {
        let mut good = Vec::new();
        let mut bad = Vec::new();
        let text = "\u{feff}1\n\nnonsense\n2\n\"x\"\n3";
        read_lines(text.as_bytes(), |line: Line<u64>| {
            match line {
                Line::Good { value, .. } => good.push(value),
                Line::Bad { number, .. } => bad.push(number),
            }
            true
        })
        .unwrap();
        assert_eq!((good, bad), (vec![1, 2, 3], vec![3, 5]));
    }
}
