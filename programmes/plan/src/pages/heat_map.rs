//! The whole plan at a glance: what is due in each area by the end of each quarter. A picture made on the server; each cell
//! leads to what it counts. Beside it the same as a table.

use std::fmt::Write as _;

use maru_web::{Html, Language, components::Table};

use super::words;
use crate::{
    domain::Quarter,
    service::{Cell, Overview},
};

const LABEL: usize = 190;
const CELL: usize = 66;
const ROW: usize = 46;
const HEAD: usize = 62;

/// How a cell is painted: class for pages, colours for where no stylesheet is, in order of what needs attention.
fn paint(cell: Cell) -> (&'static str, &'static str, &'static str) {
    if cell.missed > 0 {
        ("late", "#f7afa1", "#8a240f")
    } else if cell.met == cell.due {
        ("met", "#a9dab4", "#1f4d27")
    } else {
        match cell.due {
            0..=2 => ("few", "#ecf2fe", "#052561"),
            3..=5 => ("some", "#d8e5fd", "#052561"),
            _ => ("many", "#b1cefb", "#03163a"),
        }
    }
}

fn words_of(language: Language, cell: Cell) -> String {
    if cell.missed > 0 {
        language.pick(format!("{}건 늦음", cell.missed), format!("{} late", cell.missed))
    } else if cell.met > 0 {
        language.pick(format!("{}건 완료", cell.met), format!("{} done", cell.met))
    } else {
        String::new()
    }
}

/// The quarters that the plan has deadlines in.
fn columns(overview: &Overview) -> Vec<Quarter> {
    let mut quarters: Vec<Quarter> = overview.cells().keys().map(|(_, quarter)| *quarter).collect();
    quarters.sort_unstable();
    quarters.dedup();
    quarters
}

/// The picture. With `links`, each cell leads to the list of what it counts; without, it can be shown anywhere.
pub(super) fn picture(language: Language, overview: &Overview, links: bool) -> String {
    let (areas, cells, columns) = (overview.areas(), overview.cells(), columns(overview));
    let (width, height) = (LABEL + columns.len() * CELL, HEAD + areas.len() * ROW + 4);
    let title = language.say("영역과 분기마다 마쳐야 할 일", "What is due, by area and quarter");
    let description = language.say(
        "행은 영역, 열은 분기입니다. 칸의 수는 그 분기 끝까지 마치거나 시작하기로 한 일의 수이고, 빨간 칸에는 늦은 일이 있습니다.",
        "Rows are areas, columns are quarters. The figure in a cell counts what is to be done or begun by the end of the quarter; red cells hold something late.",
    );
    let mut svg = format!(
        "<svg class=\"heat-map\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"{}\" aria-labelledby=\"heat-map-title heat-map-description\" font-family=\"Pretendard, 'Noto Sans KR', sans-serif\" font-size=\"14\"><title id=\"heat-map-title\">{title}</title><desc id=\"heat-map-description\">{description}</desc>",
        if links { "group" } else { "img" },
    );
    if !links {
        let _ = write!(svg, "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
    }
    draw_heads(&mut svg, language, &columns, Quarter::of(overview.day));
    for (row, (area, (_, name))) in areas.iter().enumerate() {
        let top = HEAD + row * ROW;
        let _ = write!(
            svg,
            "<text class=\"heat-label\" x=\"0\" y=\"{}\" fill=\"#1e2124\">{}</text>",
            top + ROW / 2 + 4,
            Html::text(words::place(language, name)),
        );
        for (at, quarter) in columns.iter().enumerate() {
            let Some(cell) = cells.get(&(*area, *quarter)) else { continue };
            draw(&mut svg, language, *cell, (LABEL + at * CELL, top), links.then_some((*area, *quarter, *name)));
        }
    }
    svg.push_str("</svg>");
    svg
}

/// The quarters above their columns, each year once; which of them is now, is said.
fn draw_heads(svg: &mut String, language: Language, columns: &[Quarter], now: Quarter) {
    let mut year_before = None;
    for (at, quarter) in columns.iter().enumerate() {
        let middle = LABEL + at * CELL + CELL / 2;
        if year_before != Some(quarter.year()) {
            let year = language.pick(format!("{}년", quarter.year()), quarter.year().to_string());
            let _ = write!(
                svg,
                "<text class=\"heat-head\" x=\"{middle}\" y=\"14\" text-anchor=\"middle\" fill=\"#464c53\" font-weight=\"700\">{year}</text>"
            );
        }
        year_before = Some(quarter.year());
        let (weight, mark) = if *quarter == now { ("700", language.say("이번 분기", "now")) } else { ("400", "") };
        let _ = write!(
            svg,
            "<text class=\"heat-head\" x=\"{middle}\" y=\"34\" text-anchor=\"middle\" fill=\"#464c53\" font-weight=\"{weight}\">{}</text><text class=\"heat-now\" x=\"{middle}\" y=\"52\" text-anchor=\"middle\" fill=\"#0b50d0\" font-size=\"12\" font-weight=\"700\">{mark}</text>",
            language.pick(format!("{}분기", quarter.number()), format!("Q{}", quarter.number())),
        );
    }
}

fn draw(svg: &mut String, language: Language, cell: Cell, (x, y): (usize, usize), link: Option<(u16, Quarter, &str)>) {
    let (class, fill, letters) = paint(cell);
    if let Some((area, quarter, name)) = link {
        // Said and not seen: the link is named by what stands in it, beginning with area and quarter.
        let said = format!("{}, {}: ", words::place(language, name), words::quarter(language, quarter));
        let _ = write!(
            svg,
            "<a href=\"/plan/list?area={area}&amp;quarter={quarter}\"><text x=\"{x}\" y=\"{y}\" font-size=\"1\" opacity=\"0\">{}</text>",
            Html::text(&said)
        );
    }
    let (middle, note) = (x + CELL / 2, words_of(language, cell));
    let figure_at = if note.is_empty() { y + ROW / 2 + 5 } else { y + ROW / 2 - 1 };
    let _ = write!(
        svg,
        "<rect class=\"heat heat-{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\" fill=\"{fill}\"/><text class=\"heat-figure heat-ink-{class}\" x=\"{middle}\" y=\"{figure_at}\" text-anchor=\"middle\" font-weight=\"700\" fill=\"{letters}\">{} </text>",
        x + 2,
        y + 2,
        CELL - 4,
        ROW - 4,
        cell.due,
    );
    if !note.is_empty() {
        let _ = write!(
            svg,
            "<text class=\"heat-note heat-ink-{class}\" x=\"{middle}\" y=\"{}\" text-anchor=\"middle\" font-size=\"11\" fill=\"{letters}\">{}</text>",
            y + ROW / 2 + 14,
            Html::text(&note),
        );
    }
    if link.is_some() {
        svg.push_str("</a>");
    }
}

/// The same figures as a table: rows are areas, columns the years, so that it fits on a phone.
pub(super) fn table(language: Language, overview: &Overview) -> Table {
    let (areas, cells, columns) = (overview.areas(), overview.cells(), columns(overview));
    let title = language.say("영역과 분기마다 마쳐야 할 일", "What is due, by area and quarter");
    let mut table = Table::new(title).hidden_caption().column(language.say("영역", "Area"));
    for quarter in &columns {
        table = table.figures(words::quarter(language, *quarter));
    }
    for (area, (_, name)) in &areas {
        let mut row = vec![Html::text(words::place(language, name))];
        for quarter in &columns {
            let text = match cells.get(&(*area, *quarter)) {
                Some(cell) if words_of(language, *cell).is_empty() => cell.due.to_string(),
                Some(cell) => format!("{} ({})", cell.due, words_of(language, *cell)),
                None => "–".to_owned(),
            };
            row.push(Html::text(&text));
        }
        table = table.row(row);
    }
    table
}
