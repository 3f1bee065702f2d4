//! The picture, and the table that says the same.

use std::fmt::Write as _;

use maru_web::{Html, Language, components::Table};

use super::{Chart, Mark, Row, words};
use crate::domain::Quarter;

const LABEL: usize = 300;
const COLUMN: usize = 44;
const ROW: usize = 28;
const HEAD: usize = 50;

/// The colours where no stylesheet is: fill of a bar.
fn fill(class: &str) -> &'static str {
    match class {
        "late" => "#f7afa1",
        "met" => "#a9dab4",
        _ => "#d8e5fd",
    }
}

impl Chart {
    fn x(&self, quarter: Quarter) -> usize {
        let place = self.quarters.iter().position(|one| *one == quarter).unwrap_or(0);
        LABEL + place * COLUMN
    }

    pub(super) fn picture(&self, language: Language, links: bool) -> String {
        let (width, height) = (LABEL + self.quarters.len() * COLUMN + 8, HEAD + self.rows.len() * ROW + 8);
        let description = language.say(
            "행마다 시작부터 마지막 기한까지의 막대가 있습니다. 아래 표에 같은 내용이 있습니다.",
            "Each row has a bar from its beginning to its last deadline. The table below says the same.",
        );
        let mut svg = format!(
            "<svg class=\"gantt\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"{}\" aria-labelledby=\"gantt-title gantt-description\" font-family=\"Pretendard, 'Noto Sans KR', sans-serif\" font-size=\"13\"><title id=\"gantt-title\">{}</title><desc id=\"gantt-description\">{description}</desc>",
            if links { "group" } else { "img" },
            Html::text(&self.title),
        );
        if !links {
            let _ = write!(svg, "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        }
        self.head(&mut svg, language, height);
        for (at, row) in self.rows.iter().enumerate() {
            self.draw(&mut svg, language, row, HEAD + at * ROW, links);
        }
        svg.push_str("</svg>");
        svg
    }

    fn head(&self, svg: &mut String, language: Language, height: usize) {
        for (at, quarter) in self.quarters.iter().enumerate() {
            let x = LABEL + at * COLUMN;
            if quarter.number() == 1 || at == 0 {
                let year = language.pick(format!("{}년", quarter.year()), quarter.year().to_string());
                let _ = write!(
                    svg,
                    "<text class=\"gantt-head\" x=\"{x}\" y=\"18\" fill=\"#464c53\" font-weight=\"700\">{year}</text><line class=\"gantt-line\" x1=\"{x}\" x2=\"{x}\" y1=\"26\" y2=\"{height}\" stroke=\"#cdd1d5\"/>"
                );
            }
            let label = language.pick(format!("{}분기", quarter.number()), format!("Q{}", quarter.number()));
            let _ = write!(
                svg,
                "<text class=\"gantt-head\" x=\"{}\" y=\"38\" text-anchor=\"middle\" fill=\"#464c53\" font-size=\"12\">{label}</text>",
                x + COLUMN / 2
            );
        }
        let now = self.x(self.now) + COLUMN / 2;
        let _ = write!(
            svg,
            "<line class=\"gantt-now\" x1=\"{now}\" x2=\"{now}\" y1=\"42\" y2=\"{height}\" stroke=\"#0b50d0\" stroke-dasharray=\"4 4\"/>"
        );
    }

    fn draw(&self, svg: &mut String, language: Language, row: &Row, top: usize, links: bool) {
        let middle = top + ROW / 2;
        if row.heading {
            let _ = write!(
                svg,
                "<text x=\"0\" y=\"{}\" font-weight=\"700\" fill=\"#131416\">{}</text>",
                middle + 5,
                Html::text(&row.label)
            );
            return;
        }
        let short: String = if row.label.chars().count() > 23 {
            row.label.chars().take(22).chain(['…']).collect()
        } else {
            row.label.clone()
        };
        if links {
            let span = Self::span_words(language, row);
            let _ = write!(
                svg,
                "<a href=\"{}\"><title>{} ({}) {span}</title>",
                row.address,
                Html::text(&row.label),
                row.state
            );
        }
        let _ = write!(svg, "<text x=\"0\" y=\"{}\" fill=\"#1e2124\">{}</text>", middle + 5, Html::text(&short));
        if let Some((first, last)) = row.bar {
            let (x, end) = (self.x(first) + 2, self.x(last) + COLUMN - 2);
            let _ = write!(
                svg,
                "<rect class=\"gantt-{}\" x=\"{x}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\" fill=\"{}\"/>",
                row.class,
                top + 4,
                end.saturating_sub(x),
                ROW - 8,
                fill(row.class),
            );
        }
        for mark in &row.marks {
            self.mark(svg, *mark, middle);
        }
        if links {
            svg.push_str("</a>");
        }
    }

    fn mark(&self, svg: &mut String, mark: Mark, middle: usize) {
        if !self.quarters.contains(&mark.quarter) {
            return;
        }
        let end = self.x(mark.quarter) + COLUMN - 9;
        let (class, paint) = if mark.met {
            ("gantt-mark", "fill=\"#131416\"")
        } else {
            ("gantt-mark-open", "fill=\"#ffffff\" stroke=\"#131416\"")
        };
        let _ = if mark.milestone {
            write!(svg, "<circle class=\"{class}\" cx=\"{}\" cy=\"{middle}\" r=\"5\" {paint}/>", end - 12)
        } else {
            write!(svg, "<path class=\"{class}\" d=\"M{end} {}l6 6l-6 6l-6 -6z\" {paint}/>", middle - 6)
        };
    }

    fn span_words(language: Language, row: &Row) -> String {
        row.bar.map_or_else(String::new, |(first, last)| {
            format!("{} – {}", words::quarter(language, first), words::quarter(language, last))
        })
    }

    pub(super) fn table(&self, language: Language) -> Table {
        let mut table = Table::new(self.title.clone())
            .hidden_caption()
            .column(language.say("무엇", "What"))
            .column(language.say("언제부터", "From"))
            .column(language.say("언제까지", "Until"))
            .column(language.say("기한과 이정표", "Deadlines and milestones"))
            .column(language.say("상태", "Standing"));
        for row in self.rows.iter().filter(|row| !row.heading) {
            let quarter = |at: Option<Quarter>| at.map_or_else(|| "–".to_owned(), |at| words::quarter(language, at));
            let marks = row.marks.iter().map(|mark| {
                let done = if mark.met { language.say(" 마침", " met") } else { "" };
                let kind = if mark.milestone { language.say(" 이정표", " milestone") } else { "" };
                format!("{}{kind}{done}", words::quarter(language, mark.quarter))
            });
            table = table.row([
                Html::trusted(format!("<a href=\"{}\">{}</a>", row.address, words::korean(language, &row.label))),
                Html::text(&quarter(row.bar.map(|bar| bar.0))),
                Html::text(&quarter(row.bar.map(|bar| bar.1))),
                Html::text(&marks.collect::<Vec<_>>().join(", ")),
                Html::text(&row.state),
            ]);
        }
        table
    }
}
