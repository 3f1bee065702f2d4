//! Answers and services: JSON lines, tables and Markdown files.

use std::{io::BufRead, path::Path};

use serde::Deserialize;

use super::lines::{any_text, references, text_list};
use super::matter::FrontMatter;
use crate::store::Note;

/// A line of a file of answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AnswerLine {
    #[serde(deserialize_with = "any_text")]
    id: String,
    #[serde(deserialize_with = "any_text", alias = "question")]
    title: String,
    #[serde(deserialize_with = "any_text", alias = "answer")]
    text: String,
    #[serde(deserialize_with = "any_text")]
    title_en: String,
    #[serde(deserialize_with = "any_text")]
    text_en: String,
    #[serde(deserialize_with = "any_text")]
    category: String,
    #[serde(deserialize_with = "any_text")]
    department: String,
    #[serde(deserialize_with = "any_text")]
    url: String,
    #[serde(deserialize_with = "references")]
    cites: Vec<String>,
}

/// A line of a file of services.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ServiceLine {
    #[serde(deserialize_with = "any_text")]
    id: String,
    #[serde(deserialize_with = "any_text")]
    title: String,
    #[serde(deserialize_with = "any_text")]
    title_en: String,
    #[serde(deserialize_with = "any_text")]
    who: String,
    #[serde(deserialize_with = "any_text")]
    who_en: String,
    #[serde(deserialize_with = "any_text")]
    what: String,
    #[serde(deserialize_with = "any_text")]
    what_en: String,
    #[serde(deserialize_with = "any_text")]
    how: String,
    #[serde(deserialize_with = "any_text")]
    how_en: String,
    #[serde(deserialize_with = "any_text")]
    period: String,
    #[serde(deserialize_with = "any_text")]
    period_en: String,
    #[serde(deserialize_with = "text_list")]
    documents: Vec<String>,
    #[serde(deserialize_with = "text_list")]
    documents_en: Vec<String>,
    #[serde(deserialize_with = "any_text")]
    category: String,
    #[serde(deserialize_with = "any_text")]
    department: String,
    #[serde(deserialize_with = "any_text")]
    url: String,
    #[serde(deserialize_with = "references")]
    cites: Vec<String>,
}

impl AnswerLine {
    pub(super) fn into_note(self) -> Result<Note, String> {
        let Self { id, title, text, title_en, text_en, category, department, url, cites } = self;
        checked(Note { id, title, text, title_en, text_en, category, department, url, cites })
    }
}

impl ServiceLine {
    pub(super) fn into_note(self) -> Result<Note, String> {
        let facts = [
            (self.who.as_str(), "신청할 수 있는 사람은 ", "입니다."),
            (self.how.as_str(), "신청 방법은 ", "입니다."),
            (self.period.as_str(), "처리기간은 ", "입니다."),
            (&self.documents.join(", "), "구비서류는 ", "입니다."),
        ];
        let text = described(&self.what, facts);
        let facts = [
            (self.who_en.as_str(), "Who can apply: ", "."),
            (self.how_en.as_str(), "How to apply: ", "."),
            (self.period_en.as_str(), "How long it takes: ", "."),
            (&self.documents_en.join(", "), "What to bring: ", "."),
        ];
        let text_en = described(&self.what_en, facts);
        let Self { id, title, title_en, category, department, url, cites, .. } = self;
        checked(Note { id, title, text, title_en, text_en, category, department, url, cites })
    }
}

/// What a service is, and a sentence on a line of its own for each thing that one needs to know.
fn described(what: &str, facts: [(&str, &str, &str); 4]) -> String {
    let facts = facts.into_iter().filter(|(fact, ..)| !fact.trim().is_empty());
    let lines = facts.map(|(fact, before, after)| format!("{before}{}{after}", fact.trim().trim_end_matches('.')));
    std::iter::once(what.to_owned()).filter(|what| !what.is_empty()).chain(lines).collect::<Vec<_>>().join("\n")
}

fn checked(note: Note) -> Result<Note, String> {
    if note.id.trim().is_empty() {
        return Err("the field `id` is missing or empty".to_owned());
    }
    if note.title.trim().is_empty() && note.text.trim().is_empty() {
        return Err("the fields `title` and `text` are both missing or empty".to_owned());
    }
    Ok(Note { id: note.id.trim().to_owned(), ..note })
}

/// Reads an answer from Markdown: the file's name is its identifier, the first heading its title, unless front matter says otherwise.
pub(super) fn answer_from_markdown(path: &Path, text: &str) -> Result<Note, String> {
    let (matter, body) = FrontMatter::split(text).unwrap_or_else(|| (FrontMatter::default(), text));
    let file_name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let field = |names: &[&str]| matter.text(names).unwrap_or_default();
    let mut title = field(&["title", "제목"]);
    let mut lines = Vec::new();
    for line in body.trim_start_matches('\u{feff}').lines() {
        match line.strip_prefix('#') {
            Some(heading) if title.is_empty() && lines.is_empty() => {
                heading.trim_start_matches('#').trim().clone_into(&mut title);
            }
            Some(heading) => lines.push(heading.trim_start_matches('#').trim().to_owned()),
            None => lines.push(line.replace("**", "")),
        }
    }
    checked(Note {
        id: matter.text(&["id"]).unwrap_or_else(|| file_name.to_owned()),
        title,
        text: lines.join("\n").trim().to_owned(),
        title_en: field(&["title_en"]),
        text_en: field(&["text_en"]),
        category: field(&["category", "분류"]),
        department: field(&["department", "부서"]),
        url: field(&["url", "출처"]),
        cites: matter.list(&["cites", "근거"]),
    })
}

/// Reads answers from a table with a header line; hands over each row's number and what it says, or what is wrong with it.
pub(super) fn read_table(
    mut reader: impl BufRead,
    mut each: impl FnMut(u64, Result<Note, String>) -> bool,
) -> std::io::Result<()> {
    let mut text = Vec::new();
    reader.read_to_end(&mut text)?;
    let text = String::from_utf8(text).map_err(|error| {
        let line = 1 + text_before(error.as_bytes(), error.utf8_error().valid_up_to());
        std::io::Error::other(format!("line {line} is not UTF-8; save the table as UTF-8 and import it again"))
    })?;
    let mut rows = TableRows { rest: text.trim_start_matches('\u{feff}'), line: 1 };
    let header = rows.next().map(|(_, cells)| cells).unwrap_or_default();
    let header: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
    for (line, cells) in rows {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if !each(line, note_of_row(&header, &cells)) {
            break;
        }
    }
    Ok(())
}

fn text_before(bytes: &[u8], end: usize) -> usize {
    bytes.iter().take(end).filter(|byte| **byte == b'\n').count()
}

fn note_of_row(header: &[String], cells: &[String]) -> Result<Note, String> {
    if cells.len() != header.len() {
        return Err(format!("it has {} columns, the header line has {}", cells.len(), header.len()));
    }
    let cell = |names: &[&str]| {
        let place = header.iter().position(|name| names.contains(&name.as_str()));
        place.and_then(|place| cells.get(place)).cloned().unwrap_or_default()
    };
    checked(Note {
        id: cell(&["id"]),
        title: cell(&["title", "question", "제목"]),
        text: cell(&["text", "answer", "내용"]),
        title_en: cell(&["title_en"]),
        text_en: cell(&["text_en"]),
        category: cell(&["category", "분류"]),
        department: cell(&["department", "부서"]),
        url: cell(&["url", "출처"]),
        cites: cell(&["cites", "근거"])
            .split(';')
            .map(str::trim)
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}

/// Rows of comma-separated values (RFC 4180): quotes around a cell protect commas, quotes (doubled) and line ends.
struct TableRows<'a> {
    rest: &'a str,
    line: u64,
}

impl Iterator for TableRows<'_> {
    type Item = (u64, Vec<String>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let begins = self.line;
        let mut cells = vec![String::new()];
        let mut quoted = false;
        let mut characters = self.rest.char_indices().peekable();
        let mut end = self.rest.len();
        while let Some((offset, character)) = characters.next() {
            if character == '\n' {
                self.line += 1;
            }
            let cell_is_empty = cells.last().is_none_or(String::is_empty);
            match character {
                '"' if quoted && characters.peek().is_some_and(|next| next.1 == '"') => {
                    characters.next();
                    push(&mut cells, '"');
                }
                '"' if quoted => quoted = false,
                '"' if cell_is_empty => quoted = true,
                ',' if !quoted => cells.push(String::new()),
                '\r' if !quoted => {}
                '\n' if !quoted => {
                    end = offset + 1;
                    break;
                }
                _ => push(&mut cells, character),
            }
        }
        self.rest = self.rest.get(end..).unwrap_or_default();
        Some((begins, cells))
    }
}

fn push(cells: &mut [String], character: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_with_quotes_commas_and_line_ends() {
        let table = "id,title,text,cites\n1,가,\"나, \"\"다\"\"\n라\",민법 제1조; 민법 제2조\n2,마\r\n3,바,사,\n";
        let mut rows = Vec::new();
        read_table(table.as_bytes(), |line, note| {
            rows.push((line, note.map(|note| (note.id, note.text, note.cites.len()))));
            true
        })
        .unwrap();
        assert_eq!(rows[0], (2, Ok(("1".into(), "나, \"다\"\n라".into(), 2))));
        assert!(rows[1].0 == 4 && rows[1].1.is_err());
        assert_eq!(rows[2], (5, Ok(("3".into(), "사".into(), 0))));
    }

    #[test]
    fn answers_in_markdown() {
        let note = answer_from_markdown(Path::new("bulky.md"), "# 대형폐기물은?\n\n**신고**합니다.\n").unwrap();
        assert_eq!(
            (note.id.as_str(), note.title.as_str(), note.text.as_str()),
            ("bulky", "대형폐기물은?", "신고합니다.")
        );
        let note =
            answer_from_markdown(Path::new("x.md"), "---\nid: a\ntitle: 제목\ncites: [민법 제1조]\n---\n본문").unwrap();
        assert_eq!((note.id.as_str(), note.title.as_str(), note.cites.len()), ("a", "제목", 1));
        assert!(answer_from_markdown(Path::new("x.md"), "").is_err());
    }
}
