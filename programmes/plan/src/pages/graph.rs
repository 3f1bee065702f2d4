//! What waits for what as a picture: columns are how many steps lie before, lines lead from what must be done first to what
//! waits. A red line: the first ends no earlier than the second needs it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use maru_web::{Html, Language};

use super::words;
use crate::{
    domain::{Number, Status},
    service::Whole,
};

const WIDTH: usize = 92;
const HEIGHT: usize = 40;
const GAP_X: usize = 76;
const GAP_Y: usize = 14;

/// Where each recommendation stands: column and row.
fn places(whole: &Whole) -> BTreeMap<Number, (usize, usize)> {
    let depths = whole.graph.depths();
    let mut rows: BTreeMap<usize, Vec<Number>> = BTreeMap::new();
    for (number, depth) in &depths {
        rows.entry(*depth).or_default().push(*number);
    }
    let mut places: BTreeMap<Number, (usize, usize)> = BTreeMap::new();
    for (column, mut numbers) in rows {
        // As near as can be to what it waits for, so that lines cross little.
        numbers.sort_by_key(|number| {
            let before: Vec<usize> =
                whole.graph.prerequisites(*number).filter_map(|one| places.get(&one).map(|(_, row)| *row)).collect();
            let mean = if before.is_empty() { usize::MAX } else { before.iter().sum::<usize>() * 8 / before.len() };
            (mean, *number)
        });
        for (row, number) in numbers.into_iter().enumerate() {
            places.insert(number, (column, row));
        }
    }
    places
}

/// The picture; nothing where nothing waits for anything. Without `links` it can be shown anywhere.
pub(super) fn picture(language: Language, whole: &Whole, links: bool) -> String {
    let places = places(whole);
    if places.is_empty() {
        return String::new();
    }
    let columns = places.values().map(|(column, _)| column + 1).max().unwrap_or(1);
    let rows = places.values().map(|(_, row)| row + 1).max().unwrap_or(1);
    let (width, height) = (columns * (WIDTH + GAP_X) - GAP_X + 4, rows * (HEIGHT + GAP_Y) - GAP_Y + 4);
    let title = language.say("권고 사이의 선후관계", "What waits for what");
    let description = language.say(
        "왼쪽 권고가 끝나야 오른쪽 권고를 마칠 수 있습니다. 빨간 선은 앞선 권고의 기한이 뒤따르는 권고의 기한과 같거나 늦은 곳입니다. 아래 표에 같은 내용이 있습니다.",
        "What stands left must be done before what stands right. A red line: the first is due no earlier than the second. The table below says the same.",
    );
    let mut svg = format!(
        "<svg class=\"graph\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"{}\" aria-labelledby=\"graph-title graph-description\" font-family=\"Pretendard, 'Noto Sans KR', sans-serif\" font-size=\"14\"><title id=\"graph-title\">{title}</title><desc id=\"graph-description\">{description}</desc>",
        if links { "group" } else { "img" }
    );
    if !links {
        let _ = write!(svg, "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
    }
    let clashing: BTreeSet<(Number, Number)> =
        whole.clashes().into_iter().map(|clash| (clash.dependent, clash.prerequisite)).collect();
    for link in whole.links.accepted() {
        let (Some(from), Some(to)) = (places.get(&link.prerequisite), places.get(&link.dependent)) else { continue };
        line(&mut svg, *from, *to, clashing.contains(&(link.dependent, link.prerequisite)));
    }
    for (number, place) in &places {
        node(&mut svg, language, whole, *number, (*place, links));
    }
    svg.push_str("</svg>");
    svg
}

fn corner((column, row): (usize, usize)) -> (usize, usize) {
    (2 + column * (WIDTH + GAP_X), 2 + row * (HEIGHT + GAP_Y))
}

fn line(svg: &mut String, from: (usize, usize), to: (usize, usize), clashes: bool) {
    let ((x1, y1), (x2, y2)) = (corner(from), corner(to));
    let (x1, y1, x2, y2) = (x1 + WIDTH, y1 + HEIGHT / 2, x2, y2 + HEIGHT / 2);
    let bend = GAP_X / 2;
    let (class, tip, colour) =
        if clashes { (" graph-clash", " graph-tip-clash", "#de3412") } else { ("", "", "#346fb2") };
    let end = x2.saturating_sub(7);
    let _ = write!(
        svg,
        "<path class=\"graph-line{class}\" d=\"M{x1} {y1}C{} {y1} {} {y2} {end} {y2}\" fill=\"none\" stroke=\"{colour}\"/><path class=\"graph-tip{tip}\" d=\"M{x2} {y2}l-8 -5v10z\" fill=\"{colour}\"/>",
        x1 + bend,
        x2.saturating_sub(bend),
    );
}

fn node(svg: &mut String, language: Language, whole: &Whole, number: Number, (place, links): ((usize, usize), bool)) {
    let (x, y) = corner(place);
    let seen = whole.seen(number);
    let status = seen.map(|seen| seen.standing.status);
    let class = match status {
        Some(Status::Late) => " graph-late",
        Some(Status::DoneReported | Status::Confirmed) => " graph-met",
        _ => "",
    };
    let note = status.map_or("", |status| words::status_name(language, status));
    let title = seen.and_then(|seen| seen.recommendation.entry.as_ref()).map_or("", |entry| entry.task_title.as_str());
    if links {
        let _ = write!(
            svg,
            "<a href=\"/plan/tasks/{}#r{number}\"><title>{number} {} ({note})</title>",
            number.task,
            Html::text(title)
        );
    }
    let _ = write!(
        svg,
        "<rect class=\"graph-node{class}\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\" fill=\"#ffffff\" stroke=\"#58616a\"/><text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-weight=\"700\">{number}</text><text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"11\">{note}</text>",
        x + WIDTH / 2,
        y + 17,
        x + WIDTH / 2,
        y + 32,
    );
    if links {
        svg.push_str("</a>");
    }
}
