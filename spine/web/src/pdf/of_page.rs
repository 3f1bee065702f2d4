//! What a page says, as a document: its headings, paragraphs, lists, facts and tables in their order. What is only for the screen stays there.

use html5gum::{StartTag, Token, Tokenizer};

use super::{Document, Item, Table, text::width};
use crate::{html::Html, language::Language};

/// What a body of a page says.
pub(crate) fn document(language: Language, title: &str, lead: Option<&str>, body: &Html) -> Document {
    let mut reader = Reader::new(Document::new(language, title));
    reader.document.items.extend(lead.map(|lead| Item::Paragraph(lead.to_owned())));
    for Ok(token) in Tokenizer::new(body.as_str()) {
        match token {
            Token::StartTag(tag) => reader.begin(&Opened::of(&tag)),
            Token::EndTag(tag) => reader.end(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => reader.say(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    reader.paragraph();
    reader.document
}

/// What an element is, as far as it matters here.
struct Opened {
    name: String,
    classes: String,
    /// Nothing stands in it, and nothing ends it.
    is_void: bool,
    is_hidden: bool,
}

impl Opened {
    fn of(tag: &StartTag<()>) -> Self {
        let attribute = |name: &str| {
            let found = tag.attributes.iter().find(|(known, _)| known.as_slice() == name.as_bytes());
            found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
        };
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        Self {
            is_void: tag.self_closing || matches!(name.as_str(), "br" | "hr" | "img" | "input" | "wbr"),
            is_hidden: attribute("hidden").is_some(),
            classes: attribute("class").unwrap_or_default(),
            name,
        }
    }

    fn is(&self, class: &str) -> bool {
        self.classes.split_ascii_whitespace().any(|one| one == class)
    }

    /// Pictures, what one acts with, and what is said for the ear alone have no place on paper.
    fn stays_on_screen(&self) -> bool {
        self.is_hidden
            || matches!(self.name.as_str(), "svg" | "script" | "style" | "template" | "nav" | "form" | "button")
            || ["visually-hidden", "on-screen", "button-row", "button"].into_iter().any(|class| self.is(class))
    }
}

/// What was read so far of what is not finished.
struct Reader {
    document: Document,
    /// The text since the last end of a paragraph, cell or fact.
    text: String,
    /// How many elements are open of what stays on the screen.
    left_out: usize,
    /// The table that is read.
    table: Option<Grid>,
    /// The name of a fact whose value comes.
    term: Option<String>,
}

/// A table as it is read.
#[derive(Default)]
struct Grid {
    header: Vec<(String, bool)>,
    rows: Vec<Vec<String>>,
    in_header: bool,
    is_figures: bool,
}

impl Reader {
    fn new(document: Document) -> Self {
        Self { document, text: String::new(), left_out: 0, table: None, term: None }
    }

    fn begin(&mut self, tag: &Opened) {
        if self.left_out > 0 || tag.stays_on_screen() {
            self.left_out += usize::from(!tag.is_void);
            return;
        }
        match tag.name.as_str() {
            "table" => {
                self.paragraph();
                self.table = Some(Grid::default());
            }
            "thead" | "tbody" | "tr" | "th" | "td" => self.begin_in_table(tag),
            "li" => {
                self.paragraph();
                self.text.push_str("• ");
            }
            "dt" => {
                self.paragraph();
                self.term = Some(String::new());
            }
            "span" if tag.is("figure-note") => self.text.push_str(" – "),
            name if is_block(name) => self.paragraph(),
            _ => {}
        }
    }

    fn begin_in_table(&mut self, tag: &Opened) {
        let Some(grid) = &mut self.table else { return };
        match tag.name.as_str() {
            "thead" => grid.in_header = true,
            "tbody" => grid.in_header = false,
            "tr" if !grid.in_header => grid.rows.push(Vec::new()),
            _ => {
                grid.is_figures = tag.is("figures");
                self.text.clear();
            }
        }
    }

    fn end(&mut self, name: &str) {
        if self.left_out > 0 {
            self.left_out -= 1;
            return;
        }
        match name {
            "h1" | "h2" | "h3" | "h4" if self.table.is_none() => {
                if let Some(text) = self.taken() {
                    self.document.items.push(Item::Heading(text));
                }
            }
            "th" | "td" => {
                let text = self.taken().unwrap_or_default();
                let Some(grid) = &mut self.table else { return };
                if grid.in_header {
                    grid.header.push((text, grid.is_figures));
                } else if let Some(row) = grid.rows.last_mut() {
                    row.push(text);
                }
            }
            "caption" if self.table.is_some() => {
                if let Some(text) = self.taken() {
                    self.document.items.push(Item::Paragraph(text));
                }
            }
            "table" => {
                if let Some(table) = self.table.take().and_then(Grid::table) {
                    self.document.items.push(Item::Table(table));
                }
            }
            "dt" => self.term = self.taken(),
            "dd" => {
                if let Some(value) = self.taken() {
                    let name = self.term.take().unwrap_or_default();
                    self.document.items.push(Item::Facts(vec![(name, value)]));
                }
            }
            name if is_block(name) => self.paragraph(),
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        if self.left_out == 0 {
            self.text.push_str(text);
        }
    }

    /// The text that was read, with single blanks; nothing where there is none.
    fn taken(&mut self) -> Option<String> {
        let text = std::mem::take(&mut self.text).split_whitespace().collect::<Vec<_>>().join(" ");
        Some(text).filter(|text| !text.is_empty() && text != "•")
    }

    /// A paragraph ends here. Within a cell or a fact its words stay together.
    fn paragraph(&mut self) {
        if self.table.is_some() || self.term.is_some() {
            self.text.push(' ');
        } else if let Some(text) = self.taken() {
            self.document.items.push(Item::Paragraph(text));
        }
    }
}

/// Elements that begin and end a paragraph.
const BLOCKS: [&str; 22] = [
    "p",
    "div",
    "section",
    "article",
    "figure",
    "figcaption",
    "blockquote",
    "pre",
    "br",
    "hr",
    "ul",
    "ol",
    "li",
    "dl",
    "details",
    "summary",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
];

fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name)
}

impl Grid {
    /// The table, each column as wide beside the others as its words ask for; nothing where it has no row.
    fn table(self) -> Option<Table> {
        if self.rows.is_empty() {
            return None;
        }
        let mut table = Table::new();
        for (place, (name, is_figures)) in self.header.iter().enumerate() {
            let cells = self.rows.iter().filter_map(|row| row.get(place)).map(|cell| width(cell, 1.0));
            let all: f64 = cells.sum();
            let weight = (all / self.rows.len() as f64).max(width(name, 1.0)).clamp(2.0, 40.0).sqrt();
            table = if *is_figures { table.figures(name, weight) } else { table.column(name, weight) };
        }
        Some(self.rows.into_iter().fold(table, Table::row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::{KeyFigure, KeyFigures, Table as PageTable};

    fn read(body: &Html) -> Vec<String> {
        let document = document(Language::Korean, "백서", Some("2026년 11월 27일의 기록"), body);
        let said = document.items.into_iter().map(|item| match item {
            Item::Heading(text) => format!("# {text}"),
            Item::Paragraph(text) => text,
            Item::Facts(facts) => format!("{facts:?}"),
            Item::Table(table) => {
                let names: Vec<_> = table.columns.iter().map(|one| (one.name.as_str(), one.is_figures)).collect();
                format!("{names:?} {:?}", table.rows)
            }
            Item::Bars(_) | Item::Lines(_) => unreachable!("no page has them"),
        });
        said.collect()
    }

    #[test]
    fn what_is_on_a_page_stands_in_the_document_in_its_order() {
        let figure = KeyFigure { label: "늦음".into(), value: "3".into(), note: "9%".into() };
        let table = PageTable::new("영역마다").hidden_caption().column("영역").figures("늦음");
        let body = Html::trusted("<h2 id=\"s1\">1. 한눈에 보기</h2>")
            .and(Html::paragraphs("규칙으로 정합니다 & 셉니다.\n둘째 줄\n\n새 문단"))
            .and(KeyFigures::new([figure]))
            .and(table.row([Html::trusted("<p>기반</p><p>시설</p>"), Html::text("2")]))
            .and(Html::trusted("<ul><li>하나 <a href=\"/x\">링크</a></li><li></li></ul>"));
        let expected = [
            "2026년 11월 27일의 기록",
            "# 1. 한눈에 보기",
            "규칙으로 정합니다 & 셉니다.",
            "둘째 줄",
            "새 문단",
            r#"[("늦음", "3 – 9%")]"#,
            r#"[("영역", false), ("늦음", true)] [["기반 시설", "2"]]"#,
            "• 하나 링크",
        ];
        assert_eq!(read(&body), expected);
    }

    #[test]
    fn what_is_only_for_the_screen_stays_there() {
        let body = Html::trusted(
            "<p class=\"on-screen\">인쇄</p><nav><ol><li>차례</li></ol></nav><svg><title>지도</title><path d=\"\"/><text>글</text></svg>\
             <form><input name=\"a\"><p>칸<br></p></form><p>남는 글<span class=\"visually-hidden\"> 들리는 글</span></p>",
        );
        assert_eq!(read(&body), ["2026년 11월 27일의 기록", "남는 글"]);
    }

    #[test]
    fn broken_markup_is_read_as_far_as_it_goes() {
        assert_eq!(
            read(&Html::trusted("</td></table><td>가<table><tr><td>나<p>다")).first().map(String::as_str),
            Some("2026년 11월 27일의 기록")
        );
        assert!(read(&Html::trusted("<table><thead><tr><th>이름</th></tr></thead><tbody></tbody></table>")).len() == 1);
    }
}
