//! Where everything stands: pages of A4 as the operators that draw them.

use std::fmt::Write as _;

use super::{
    Bars, Column, Item, Table,
    text::{lines, shown, width},
};

pub(super) const PAGE_WIDTH: f64 = 595.0;
pub(super) const PAGE_HEIGHT: f64 = 842.0;
const MARGIN: f64 = 48.0;
const INNER: f64 = PAGE_WIDTH - 2.0 * MARGIN;
const BOTTOM: f64 = 60.0;

const TITLE: f64 = 18.0;
const HEADING: f64 = 13.0;
const BODY: f64 = 10.0;
const SMALL: f64 = 8.5;
/// The height of a line beside the size of its letters.
const LEADING: f64 = 1.5;
/// Between the cells of a table.
const GAP: f64 = 6.0;

/// Colours as the operators that set them for what is filled: text, quiet text, more, less, and lines.
const INK: &str = "0.118 0.129 0.141 rg";
const QUIET: &str = "0.345 0.380 0.416 rg";
const MORE: &str = "0.145 0.431 0.957 rg";
const LESS: &str = "0.741 0.173 0.059 rg";
const RULE: &str = "0.804 0.820 0.835 rg";

#[derive(Default)]
struct Layout {
    pages: Vec<String>,
    page: String,
    /// How far below the upper edge the next thing begins.
    y: f64,
}

/// The pages of a document, each with its number at the foot.
pub(super) fn pages(title: &str, items: &[Item]) -> Vec<String> {
    let mut layout = Layout { y: MARGIN, ..Layout::default() };
    layout.text(title, (MARGIN, TITLE), INNER, (INK, true));
    layout.y += 8.0;
    for item in items {
        layout.item(item);
    }
    layout.pages.push(std::mem::take(&mut layout.page));
    let count = layout.pages.len();
    let short = lines(title, SMALL, INNER - 60.0).into_iter().next().unwrap_or_default();
    let numbered = layout.pages.into_iter().enumerate().map(|(place, page)| {
        let number = format!("{} / {count}", place + 1);
        let left = at(&short, (MARGIN, PAGE_HEIGHT - 36.0), SMALL, (QUIET, false));
        let right = PAGE_WIDTH - MARGIN - width(&number, SMALL);
        format!("{page}{left}{}", at(&number, (right, PAGE_HEIGHT - 36.0), SMALL, (QUIET, false)))
    });
    numbered.collect()
}

/// A line of text with its left foot there; strong text has its letters drawn round.
fn at(text: &str, (x, y): (f64, f64), size: f64, (colour, is_strong): (&str, bool)) -> String {
    let stroke = colour.replace("rg", "RG");
    let strong = if is_strong { format!("{stroke} 0.3 w 2 Tr ") } else { "0 Tr ".to_owned() };
    format!("BT {colour} {strong}{x:.2} {:.2} Td {}ET\n", PAGE_HEIGHT - y, shown(text, size))
}

fn rectangle((x, y): (f64, f64), (width, height): (f64, f64), colour: &str) -> String {
    format!("{colour} {x:.2} {:.2} {width:.2} {height:.2} re f\n", PAGE_HEIGHT - y - height)
}

impl Layout {
    /// Room for so much; on the next page where this one has none.
    fn room(&mut self, height: f64) -> bool {
        if self.y + height <= PAGE_HEIGHT - BOTTOM {
            return false;
        }
        self.pages.push(std::mem::take(&mut self.page));
        self.y = MARGIN;
        true
    }

    /// A text from a left edge on, in as many lines as it needs.
    fn text(&mut self, text: &str, (x, size): (f64, f64), most: f64, look: (&str, bool)) {
        for line in lines(text, size, most) {
            self.room(size * LEADING);
            self.y += size * LEADING;
            self.page.push_str(&at(&line, (x, self.y - size * (LEADING - 1.0) / 2.0), size, look));
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Heading(text) => {
                // A heading does not stand alone at the foot of a page.
                self.room(HEADING * 4.0);
                self.y += 14.0;
                self.text(text, (MARGIN, HEADING), INNER, (INK, true));
                self.y += 4.0;
            }
            Item::Paragraph(text) => {
                self.text(text, (MARGIN, BODY), INNER, (INK, false));
                self.y += 6.0;
            }
            Item::Facts(facts) => {
                for (name, value) in facts {
                    self.fact(name, value);
                }
            }
            Item::Lines(text) => {
                for line in text.lines() {
                    self.text(line, (MARGIN, SMALL), INNER, (QUIET, false));
                }
                self.y += 6.0;
            }
            Item::Bars(bars) => self.bars(bars),
            Item::Table(table) => self.table(table),
        }
    }

    fn fact(&mut self, name: &str, value: &str) {
        let names = INNER * 0.24;
        let of_name = lines(name, BODY, names - GAP);
        let of_value = lines(value, BODY, INNER - names);
        for place in 0..of_name.len().max(of_value.len()) {
            self.room(BODY * LEADING);
            self.y += BODY * LEADING;
            let foot = self.y - BODY * (LEADING - 1.0) / 2.0;
            if let Some(line) = of_name.get(place) {
                self.page.push_str(&at(line, (MARGIN, foot), BODY, (QUIET, false)));
            }
            if let Some(line) = of_value.get(place) {
                self.page.push_str(&at(line, (MARGIN + names, foot), BODY, (INK, false)));
            }
        }
        self.y += 3.0;
    }

    fn bars(&mut self, bars: &Bars) {
        let most = bars.lines.iter().map(|(_, length, _)| length.abs()).fold(1e-9, f64::max);
        let (names, figures) = (INNER * 0.28, INNER * 0.2);
        let half = (INNER - names - figures) / 2.0;
        let middle = MARGIN + names + half;
        for (name, length, figure) in &bars.lines {
            let height = SMALL * 1.9;
            self.room(height);
            let foot = self.y + height - SMALL * 0.7;
            let line = lines(name, SMALL, names - GAP).into_iter().next().unwrap_or_default();
            let mut drawn = at(&line, (MARGIN, foot), SMALL, (INK, false));
            let right = PAGE_WIDTH - MARGIN - width(figure, SMALL);
            drawn.push_str(&at(figure, (right, foot), SMALL, (INK, false)));
            let long = length.abs() / most * half;
            let (from, colour) = if *length < 0.0 { (middle - long, LESS) } else { (middle, MORE) };
            drawn.push_str(&rectangle((from, self.y + 3.0), (long, height - 6.0), colour));
            drawn.push_str(&rectangle((middle, self.y), (0.5, height), QUIET));
            self.page.push_str(&drawn);
            self.y += height;
        }
        self.y += 6.0;
    }

    fn table(&mut self, table: &Table) {
        let all: f64 = table.columns.iter().map(|column| column.weight).sum::<f64>().max(1e-9);
        let gaps = GAP * f64::from(u32::try_from(table.columns.len().saturating_sub(1)).unwrap_or(0));
        let widths: Vec<f64> = table.columns.iter().map(|column| column.weight / all * (INNER - gaps)).collect();
        let names: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        let header = cells(&names, &widths);
        self.room(height(&header) * 3.0);
        self.row(&table.columns, (&header, &widths), true);
        for row in &table.rows {
            let row = cells(row, &widths);
            if self.room(height(&row)) {
                self.row(&table.columns, (&header, &widths), true);
            }
            self.row(&table.columns, (&row, &widths), false);
        }
        self.y += 6.0;
    }

    fn row(&mut self, columns: &[Column], (row, widths): (&[Vec<String>], &[f64]), is_header: bool) {
        let mut x = MARGIN;
        let mut drawn = String::new();
        for ((column, lines), wide) in columns.iter().zip(row).zip(widths) {
            for (place, line) in (1_u32..).zip(lines) {
                let foot = self.y + SMALL * LEADING * f64::from(place) - SMALL * 0.1;
                let from = if column.is_figures { x + wide - width(line, SMALL) } else { x };
                drawn.push_str(&at(line, (from, foot), SMALL, if is_header { (QUIET, true) } else { (INK, false) }));
            }
            x += wide + GAP;
        }
        self.y += height(row);
        let _ = write!(self.page, "{drawn}{}", rectangle((MARGIN, self.y - 2.0), (INNER, 0.5), RULE));
    }
}

/// The lines of each cell.
fn cells(row: &[String], widths: &[f64]) -> Vec<Vec<String>> {
    row.iter().zip(widths).map(|(cell, wide)| lines(cell, SMALL, *wide)).collect()
}

fn height(row: &[Vec<String>]) -> f64 {
    let most = row.iter().map(Vec::len).max().unwrap_or(1);
    SMALL * LEADING * f64::from(u32::try_from(most).unwrap_or(1)) + 6.0
}
