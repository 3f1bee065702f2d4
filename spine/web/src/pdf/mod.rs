//! Documents as PDF (ISO 32000-1), for files and printing: headings, paragraphs, facts, tables and bars on A4, in Korean and English.
//!
//! No font is carried along: Latin letters are Helvetica, which every reader has, and Korean ones are Adobe-Korea1 by the predefined
//! `UniKS-UTF16-H`, for which readers use a Korean font of the system. The same document is the same bytes whenever it is made. It is not
//! tagged: the page is the form for screen readers.

mod file;
mod layout;
pub(crate) mod of_page;
mod text;

use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};

use crate::language::Language;

/// A document.
///
/// ```
/// use maru_web::{Language, pdf::Document};
/// let document = Document::new(Language::Korean, "개정안 모의계산").paragraph("한 달에 2,486억 원이 더 듭니다.");
/// assert!(document.to_bytes().starts_with(b"%PDF-1.7"));
/// ```
#[derive(Debug, Clone)]
pub struct Document {
    title: String,
    language: Language,
    items: Vec<Item>,
}

#[derive(Debug, Clone)]
enum Item {
    Heading(String),
    Paragraph(String),
    Facts(Vec<(String, String)>),
    Table(Table),
    Bars(Bars),
    Lines(String),
}

/// A table; its header stands again on every page.
#[derive(Debug, Clone, Default)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug, Clone)]
struct Column {
    name: String,
    /// How wide it is beside the others.
    weight: f64,
    is_figures: bool,
}

impl Table {
    /// A table without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// A column of texts, so wide beside the others.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>, weight: f64) -> Self {
        self.columns.push(Column { name: name.into(), weight, is_figures: false });
        self
    }

    /// A column of figures: they end at the same edge.
    #[must_use]
    pub fn figures(mut self, name: impl Into<String>, weight: f64) -> Self {
        self.columns.push(Column { name: name.into(), weight, is_figures: true });
        self
    }

    /// A row, a cell for each column.
    #[must_use]
    pub fn row(mut self, cells: impl IntoIterator<Item = String>) -> Self {
        self.rows.push(cells.into_iter().collect());
        self
    }
}

/// Bars to both sides of nothing, each with its name and figure.
#[derive(Debug, Clone, Default)]
pub struct Bars {
    lines: Vec<(String, f64, String)>,
}

impl Bars {
    /// No bars yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A bar: what it is called, how long it is, and the figure as it is read.
    #[must_use]
    pub fn bar(mut self, name: impl Into<String>, length: f64, figure: impl Into<String>) -> Self {
        self.lines.push((name.into(), length, figure.into()));
        self
    }
}

impl Document {
    /// A document with a title, which stands above everything else.
    pub fn new(language: Language, title: impl Into<String>) -> Self {
        Self { title: title.into(), language, items: Vec::new() }
    }

    fn with(mut self, item: Item) -> Self {
        self.items.push(item);
        self
    }

    /// A heading.
    #[must_use]
    pub fn heading(self, text: impl Into<String>) -> Self {
        self.with(Item::Heading(text.into()))
    }

    /// A paragraph.
    #[must_use]
    pub fn paragraph(self, text: impl Into<String>) -> Self {
        self.with(Item::Paragraph(text.into()))
    }

    /// Facts, each with its name.
    #[must_use]
    pub fn facts(self, facts: impl IntoIterator<Item = (String, String)>) -> Self {
        self.with(Item::Facts(facts.into_iter().collect()))
    }

    /// A table.
    #[must_use]
    pub fn table(self, table: Table) -> Self {
        self.with(Item::Table(table))
    }

    /// Bars.
    #[must_use]
    pub fn bars(self, bars: Bars) -> Self {
        self.with(Item::Bars(bars))
    }

    /// Lines as they stand, such as a command.
    #[must_use]
    pub fn lines(self, text: impl Into<String>) -> Self {
        self.with(Item::Lines(text.into()))
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let pages = layout::pages(&self.title, &self.items);
        file::write(&self.title, self.language, &pages)
    }

    /// The file as an answer that a browser saves under this name (ASCII without quotation marks). No cache keeps it: it may be of a person.
    pub fn download(&self, name: &str) -> Response {
        let headers = [
            (header::CONTENT_TYPE, "application/pdf".to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        (headers, self.to_bytes()).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long() -> Document {
        let rows = (1..=200).map(|place| vec![format!("{place}분위"), format!("{place},000원")]);
        let table = rows.fold(Table::new().column("분위", 1.0).figures("금액", 1.0), Table::row);
        Document::new(Language::Korean, "개정안: 기초연금 (40만 원)")
            .paragraph("한 달에 2,486억 원이 더 듭니다. ".repeat(20))
            .heading("누가 얻고 누가 잃나요?")
            .facts([("가구 소득".to_owned(), "근로·사업·재산 소득과 급여".to_owned())])
            .bars(Bars::new().bar("1분위", 41_200.0, "+41,200원").bar("10분위", -300.0, "-300원"))
            .table(table)
            .lines("maru rules reform LAW \\\n  --period 2026-03")
    }

    /// Every object stands where the table of the file says, and the file ends with where that table stands.
    #[test]
    fn a_reader_finds_every_object() {
        let bytes = long().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(text.is_ascii());
        let start: usize = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        assert!(bytes[start..].starts_with(b"xref\n0 "));
        let table = std::str::from_utf8(&bytes[start..]).unwrap();
        let count: usize = table.lines().nth(1).unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let entries: Vec<&str> = table.lines().skip(2).take(count).collect();
        assert_eq!(entries[0], "0000000000 65535 f ");
        for (number, entry) in entries.iter().enumerate().skip(1) {
            let at: usize = entry[..10].parse().unwrap();
            assert!(bytes[at..].starts_with(format!("{number} 0 obj\n").as_bytes()), "object {number}");
        }
        assert!(table.contains(&format!("/Size {count}")));
    }

    #[test]
    fn streams_are_as_long_as_they_say_and_long_tables_take_pages() {
        let bytes = long().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut streams = 0;
        for part in text.split("/Length ").skip(1) {
            let length: usize = part.split(' ').next().unwrap().parse().unwrap();
            let body = part.split_once("stream\n").unwrap().1;
            assert!(body[length..].starts_with("\nendstream"), "{}", &body[..40]);
            streams += 1;
        }
        assert!((4..12).contains(&streams), "{streams} pages");
        assert!(text.contains(&format!("/Count {streams}")));
        // The header of the table stands on every page of it: «금액» as UTF-16.
        let headers = text.matches("<AE08C561>").count();
        assert!((streams - 1..=streams).contains(&headers), "{headers} headers on {streams} pages");
        assert!(text.contains(" 2,486) Tj"), "Latin figures are Latin");
        assert_eq!(bytes, long().to_bytes(), "the same document, the same bytes");
    }

    #[test]
    fn what_a_file_keeps_for_itself_is_written_out() {
        let bytes = Document::new(Language::English, "A (b) \\ c").paragraph("– ’ “x” − €").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(text.contains("(A \\(b\\) \\\\ c) Tj"), "{text}");
        assert!(text.contains("/Lang (en)"));
        let empty = Document::new(Language::Korean, "").to_bytes();
        assert!(empty.ends_with(b"%%EOF\n"));
    }
}
