//! Tables. On a phone each row becomes a card in which every figure carries the name of its column.

use askama::Template;

use super::safe_in_pages;
use crate::html::Html;

/// A column of a table.
#[derive(Debug, Clone)]
struct Column {
    title: String,
    figures: bool,
}

/// A table with a caption. The first cell of a row names the row.
///
/// ```
/// use maru_web::{Html, components::Table};
/// let table = Table::new("Cases by department").column("Department").figures("Cases")
///     .row([Html::text("Roads"), Html::text("1,204")]);
/// assert!(table.to_string().contains(r#"<th scope="row">"#));
/// ```
#[derive(Debug, Clone, Template)]
#[template(path = "components/table.html")]
pub struct Table {
    caption: String,
    hidden_caption: bool,
    plain: bool,
    columns: Vec<Column>,
    rows: Vec<Vec<Html>>,
}

impl Table {
    /// A table called `caption`.
    pub fn new(caption: impl Into<String>) -> Self {
        Self { caption: caption.into(), hidden_caption: false, plain: false, columns: Vec::new(), rows: Vec::new() }
    }

    /// The caption is only said, not shown: where the heading before it says the same.
    #[must_use]
    pub fn hidden_caption(mut self) -> Self {
        self.hidden_caption = true;
        self
    }

    /// Its cells speak for themselves: on a phone each row is one paragraph, without the names of columns.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// A column of texts.
    #[must_use]
    pub fn column(mut self, title: impl Into<String>) -> Self {
        self.columns.push(Column { title: title.into(), figures: false });
        self
    }

    /// A column of figures: aligned at the end.
    #[must_use]
    pub fn figures(mut self, title: impl Into<String>) -> Self {
        self.columns.push(Column { title: title.into(), figures: true });
        self
    }

    /// A row, one cell for each column.
    #[must_use]
    pub fn row(mut self, cells: impl IntoIterator<Item = Html>) -> Self {
        self.rows.push(cells.into_iter().take(self.columns.len()).collect());
        self
    }

    fn cells<'a>(&'a self, row: &'a [Html]) -> impl Iterator<Item = (&'a Column, &'a Html)> {
        self.columns.iter().zip(row)
    }
}

safe_in_pages!(Table);
