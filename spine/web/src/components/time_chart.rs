//! Charts over time: columns that stand on each other, or lines. SVG made on the server, with title, description and the figures in a
//! table beside them. Lengths are percents, so that texts keep their size on every screen. Axes begin at zero.

use std::fmt::Write as _;

use askama::Template;

use super::{Button, Icon, Table, Tone, safe_in_pages};
use crate::{html::Html, language::Language};

/// How the values are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Columns,
    Lines,
}

/// One figure for every slot of time.
#[derive(Debug, Clone)]
struct Series {
    name: String,
    tone: Tone,
    values: Vec<Option<f64>>,
}

/// A column as it is drawn: places and lengths in percent of the plot.
struct Column {
    class: &'static str,
    x: String,
    y: String,
    width: String,
    height: String,
}

/// A line as it is drawn, in units of a hundredth of the plot, and where its name stands.
struct Line {
    class: &'static str,
    path: String,
    dot: Option<(String, String)>,
}

/// A chart of what happened over time.
#[derive(Debug, Clone, Template)]
#[template(path = "components/time_chart.html")]
pub struct TimeChart {
    language: Language,
    identifier: String,
    title: String,
    description: String,
    times: String,
    slots: Vec<(String, bool)>,
    series: Vec<Series>,
    shape: Shape,
    top: f64,
    axis: Vec<String>,
    cells: Vec<Vec<String>>,
    source: String,
    download: Option<String>,
}

/// How much of its slot a column fills.
const FILL: f64 = 0.72;

impl TimeChart {
    fn new(
        language: Language,
        identifier: impl Into<String>,
        title: impl Into<String>,
        times: impl Into<String>,
        shape: Shape,
    ) -> Self {
        Self {
            language,
            identifier: identifier.into(),
            title: title.into(),
            description: String::new(),
            times: times.into(),
            slots: Vec::new(),
            series: Vec::new(),
            shape,
            top: 1.0,
            axis: Vec::new(),
            cells: Vec::new(),
            source: String::new(),
            download: None,
        }
    }

    /// Columns that stand on each other: parts of a whole. `identifier` is its own on the page; `times` is the first column of its table.
    pub fn columns(
        language: Language,
        identifier: impl Into<String>,
        title: impl Into<String>,
        times: impl Into<String>,
    ) -> Self {
        Self::new(language, identifier, title, times, Shape::Columns)
    }

    /// Lines; where there is no value a line has a gap.
    pub fn lines(
        language: Language,
        identifier: impl Into<String>,
        title: impl Into<String>,
        times: impl Into<String>,
    ) -> Self {
        Self::new(language, identifier, title, times, Shape::Lines)
    }

    /// What the picture tells, for who does not see it.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// A slot of time; those that are `marked` carry their name under the axis.
    #[must_use]
    pub fn slot(mut self, name: impl Into<String>, marked: bool) -> Self {
        self.slots.push((name.into(), marked));
        self
    }

    /// A figure for every slot, in their order.
    #[must_use]
    pub fn series(
        mut self,
        name: impl Into<String>,
        tone: Tone,
        values: impl IntoIterator<Item = Option<f64>>,
    ) -> Self {
        let whole = |value: f64| if value.is_finite() { value.max(0.0) } else { 0.0 };
        let values = values.into_iter().map(|value| value.map(whole)).collect();
        self.series.push(Series { name: name.into(), tone, values });
        self
    }

    /// How figures are read: on the axis and in the table. Call it last.
    #[must_use]
    pub fn read_as(mut self, words: impl Fn(f64) -> String) -> Self {
        self.top = round_up(self.highest());
        self.axis = [1.0, 0.5].map(|share| words(self.top * share)).into();
        let cell = |series: &Series, slot: usize| {
            series.values.get(slot).copied().flatten().map_or_else(|| "–".to_owned(), &words)
        };
        self.cells =
            (0..self.slots.len()).map(|slot| self.series.iter().map(|one| cell(one, slot)).collect()).collect();
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

    /// Series are lines: so are their marks in the key, dashed where the line is.
    fn draws_lines(&self) -> bool {
        self.shape != Shape::Columns
    }

    fn value(&self, series: usize, slot: usize) -> Option<f64> {
        self.series.get(series)?.values.get(slot).copied().flatten()
    }

    fn highest(&self) -> f64 {
        let of_slot = |slot: usize| {
            let values = (0..self.series.len()).filter_map(|series| self.value(series, slot));
            match self.shape {
                Shape::Columns => values.sum(),
                Shape::Lines => values.fold(0.0, f64::max),
            }
        };
        (0..self.slots.len()).map(of_slot).fold(0.0, f64::max)
    }

    fn slot_width(&self) -> f64 {
        100.0 / self.slots.len().max(1) as f64
    }

    fn drawn_columns(&self) -> Vec<Column> {
        let mut drawn = Vec::new();
        if self.shape != Shape::Columns {
            return drawn;
        }
        for slot in 0..self.slots.len() {
            let mut floor = 100.0;
            for (place, series) in self.series.iter().enumerate() {
                let height = self.value(place, slot).unwrap_or(0.0) / self.top * 100.0;
                if height <= 0.0 {
                    continue;
                }
                floor -= height;
                drawn.push(Column {
                    class: series.tone.class(),
                    x: format!("{:.2}%", self.slot_width() * (slot as f64 + (1.0 - FILL) / 2.0)),
                    y: format!("{floor:.2}%"),
                    width: format!("{:.2}%", self.slot_width() * FILL),
                    height: format!("{height:.2}%"),
                });
            }
        }
        drawn
    }

    fn drawn_lines(&self) -> Vec<Line> {
        if self.shape != Shape::Lines {
            return Vec::new();
        }
        let line = |(place, series): (usize, &Series)| {
            let mut path = String::new();
            let mut pen_down = false;
            let mut dot = None;
            for slot in 0..self.slots.len() {
                let Some(value) = self.value(place, slot) else {
                    pen_down = false;
                    continue;
                };
                let (x, y) = (self.slot_width() * (slot as f64 + 0.5), 100.0 - value / self.top * 100.0);
                let _ = write!(path, "{}{x:.2} {y:.2}", if pen_down { "L" } else { "M" });
                pen_down = true;
                dot = Some((format!("{x:.2}%"), format!("{y:.2}%")));
            }
            Line { class: series.tone.class(), path, dot }
        };
        self.series.iter().enumerate().map(line).collect()
    }

    fn ticks(&self) -> Vec<(String, &str)> {
        let marked = self.slots.iter().enumerate().filter(|(_, (_, marked))| *marked);
        marked
            .map(|(slot, (name, _))| (format!("{:.2}%", self.slot_width() * (slot as f64 + 0.5)), name.as_str()))
            .collect()
    }

    fn table(&self) -> Table {
        let mut table = Table::new(&self.title).hidden_caption().column(&self.times);
        for series in &self.series {
            table = table.figures(&series.name);
        }
        for ((name, _), cells) in self.slots.iter().zip(&self.cells) {
            table = table.row(std::iter::once(name).chain(cells).map(|text| Html::text(text)));
        }
        table
    }

    fn download_button(&self) -> Option<Button> {
        let label = self.language.say("자료 내려받기", "Download the figures");
        self.download.as_ref().map(|address| Button::tertiary(label).small().icon(Icon::Download).link(address))
    }
}

/// The next of 1, 2 and 5 times a power of ten: what an axis ends with.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= value * 0.999_999);
    step.unwrap_or(10.0) * power
}

safe_in_pages!(TimeChart);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_figure() {
        for (value, end) in [(0.0, 1.0), (1.0, 1.0), (1.2, 2.0), (37.0, 50.0), (501.0, 1_000.0), (0.03, 0.05)] {
            assert!((round_up(value) - end).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn columns_stand_on_each_other_and_the_table_tells_all() {
        let chart = TimeChart::columns(Language::English, "c", "Calls", "Hour")
            .slot("1 pm", true)
            .slot("2 pm", false)
            .series("Answered", Tone::Active, [Some(30.0), None])
            .series("Stopped", Tone::Attention, [Some(10.0), Some(5.0)])
            .read_as(|value| format!("{value:.0}"));
        let columns = chart.drawn_columns();
        assert_eq!((columns[0].y.as_str(), columns[1].y.as_str(), columns.len()), ("40.00%", "20.00%", 3));
        let markup = chart.to_string();
        assert!(markup.contains(">50<") && markup.contains(">25<"), "the axis: {markup}");
        assert!(markup.contains("2 pm") && markup.contains('–'), "{markup}");
    }

    #[test]
    fn a_line_has_a_gap_where_nothing_is_known() {
        let chart = TimeChart::lines(Language::Korean, "c", "시간", "시각")
            .slot("1시", true)
            .slot("2시", false)
            .slot("3시", true)
            .series("절반", Tone::Active, [Some(1.0), None, Some(2.0)])
            .read_as(|value| format!("{value}초"));
        assert_eq!(chart.drawn_lines()[0].path, "M16.67 50.00M83.33 0.00");
    }
}
