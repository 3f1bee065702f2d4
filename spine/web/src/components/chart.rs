//! Charts: SVG made on the server, with title, description and the figures in a table beside them. No legend: every
//! bar carries its name and its figure. Axes begin at zero.

use askama::Template;

use super::{Button, Icon, Table, Tone, safe_in_pages};
use crate::{html::Html, language::Language};

#[derive(Debug, Clone)]
struct Bar {
    label: String,
    value: f64,
    words: String,
    tone: Tone,
}

/// A bar as it is drawn: lengths in percent of the width, places in units of the text's size.
struct Drawn<'a> {
    bar: &'a Bar,
    text_at: String,
    bar_at: String,
    width: String,
}

/// A chart of bars that lie: one figure for each of several names.
#[derive(Debug, Clone, Template)]
#[template(path = "components/bar_chart.html")]
pub struct BarChart {
    language: Language,
    identifier: String,
    title: String,
    description: String,
    names: String,
    figures: String,
    bars: Vec<Bar>,
    source: String,
    download: Option<String>,
}

/// The height of a bar with its label, in rem.
const ROW: f64 = 5.2;

impl BarChart {
    /// A chart. `identifier` is its own on the page; `title` says what the picture shows, best as the answer to the
    /// reader's question; `names` and `figures` are the columns of its table.
    pub fn new(
        language: Language,
        identifier: impl Into<String>,
        title: impl Into<String>,
        names: impl Into<String>,
        figures: impl Into<String>,
    ) -> Self {
        Self {
            language,
            identifier: identifier.into(),
            title: title.into(),
            description: String::new(),
            names: names.into(),
            figures: figures.into(),
            bars: Vec::new(),
            source: String::new(),
            download: None,
        }
    }

    /// What the picture tells, for who does not see it.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// A bar: its name, its length, the figure as it is read, and what it means. What is below zero has no length.
    #[must_use]
    pub fn bar(mut self, label: impl Into<String>, value: f64, words: impl Into<String>, tone: Tone) -> Self {
        let value = if value.is_finite() { value.max(0.0) } else { 0.0 };
        self.bars.push(Bar { label: label.into(), value, words: words.into(), tone });
        self
    }

    /// Date and source of the figures.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// Where the figures can be downloaded.
    #[must_use]
    pub fn download(mut self, address: impl Into<String>) -> Self {
        self.download = Some(address.into());
        self
    }

    fn height(&self) -> String {
        format!("{:.1}rem", self.bars.len() as f64 * ROW)
    }

    fn drawn(&self) -> Vec<Drawn<'_>> {
        let longest = self.bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        let drawn = self.bars.iter().enumerate().map(|(at, bar)| {
            let top = at as f64 * ROW;
            let share = if longest > 0.0 { bar.value / longest * 100.0 } else { 0.0 };
            Drawn {
                bar,
                text_at: format!("{:.1}rem", top + 1.8),
                bar_at: format!("{:.1}rem", top + 2.6),
                width: format!("{share:.2}%"),
            }
        });
        drawn.collect()
    }

    fn table(&self) -> Table {
        let table = Table::new(&self.title).hidden_caption().column(&self.names).figures(&self.figures);
        let rows = self.bars.iter();
        rows.fold(table, |table, bar| table.row([Html::text(&bar.label), Html::text(&bar.words)]))
    }

    fn download_button(&self) -> Option<Button> {
        let label = self.language.say("자료 내려받기", "Download the figures");
        self.download.as_ref().map(|address| Button::tertiary(label).small().icon(Icon::Download).link(address))
    }
}

safe_in_pages!(BarChart);
