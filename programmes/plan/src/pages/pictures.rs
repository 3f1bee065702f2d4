//! Pictures for other sites: each stands alone, carries its title, day and source, and comes with the line that shows it there.

use std::fmt::Write as _;

use axum::{Router, response::Response};
use maru_web::{Html, Language, Page, PageKind, Problem, Query, components::Button, routing::get};
use serde::Deserialize;

use super::{Here, Pages, file, graph, words};
use crate::{
    domain::{Status, frozen::count},
    service::{FrozenQuarter, Overview},
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/pictures", get(list))
        .route("/plan/pictures/statuses.svg", get(statuses))
        .route("/plan/pictures/bodies.svg", get(bodies))
        .route("/plan/pictures/quarters.svg", get(quarters))
        .route("/plan/pictures/dependencies.svg", get(dependencies))
}

/// The pictures: address, title in Korean and English.
const PICTURES: [(&str, &str, &str); 6] = [
    ("/plan/heat-map.svg", "영역과 분기마다 마쳐야 할 일", "What is due, by area and quarter"),
    ("/plan/pictures/statuses.svg", "권고가 어디까지 왔나", "How far the recommendations are"),
    ("/plan/pictures/bodies.svg", "어느 기관이 맡았나", "Who is responsible"),
    ("/plan/pictures/quarters.svg", "분기 끝마다 어디까지 왔나", "How far the plan was at each quarter's end"),
    ("/plan/gantt.svg", "과제마다 언제부터 언제까지", "From when to when, by task"),
    ("/plan/pictures/dependencies.svg", "권고 사이의 선후관계", "What waits for what"),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    lang: String,
}

impl Wanted {
    fn language(&self, here: &Here) -> Language {
        Language::from_tag(&self.lang).unwrap_or(here.visitor.language)
    }
}

async fn list(here: Here) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let site = &here.pages.public_url;
    let mut body = Html::empty();
    for (at, (address, korean, english)) in PICTURES.into_iter().enumerate() {
        let title = language.say(korean, english);
        let source = format!("{address}?lang={}", language.code());
        let code = format!("<a href=\"{site}/plan\"><img src=\"{site}{source}\" alt=\"{title}\" loading=\"lazy\"></a>");
        let preview = format!("<img src=\"{source}\" alt=\"{}\" loading=\"lazy\">", Html::text(title));
        let region =
            language.pick(format!("{title}, 옆으로 움직일 수 있음"), format!("{title}, can be moved sideways"));
        let identifier = format!("embed-{at}");
        body = body
            .and(Html::trusted(format!("<section class=\"chart\"><h2>{}</h2>", Html::text(title))))
            .and(words::sideways("heat-frame", &region, &preview))
            .and(Html::trusted(format!(
                "<pre tabindex=\"0\"><code id=\"{identifier}\">{}</code></pre>",
                Html::text(&code)
            )))
            .and(Button::tertiary(language.say("복사", "Copy")).small().copies(identifier))
            .and(Html::trusted("</section>"));
    }
    Ok(Page::new(&here.visitor, language.say("다른 누리집에 넣는 그림", "Pictures for other sites"), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "아래 한 줄을 누리집에 붙이면 그림이 나오고, 늘 지금의 것으로 바뀝니다. 누구나 쓸 수 있습니다.",
            "Put the line below a picture into your site: it is shown there, and is always the present one. Anyone may use it.",
        ))
        .body(body))
}

/// What is drawn where no stylesheet is.
fn fill(status: Status) -> &'static str {
    match status {
        Status::Late => "#f7afa1",
        Status::NotStarted => "#cdd1d5",
        Status::OnCourse => "#86aff9",
        Status::DoneReported => "#ffc95c",
        Status::Confirmed => "#a9dab4",
    }
}

const WIDTH: usize = 720;
const LABEL: usize = 190;
const BAR: usize = 400;
const ROW: usize = 34;
const HEAD: usize = 56;
const FOOT: usize = 34;

/// A picture of that height: title above, day and source below.
fn begin(title: &str, source: &str, height: usize) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title\" font-family=\"Pretendard, 'Noto Sans KR', sans-serif\" font-size=\"14\"><title id=\"title\">{title}</title><rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/><text x=\"16\" y=\"32\" font-size=\"18\" font-weight=\"700\" fill=\"#131416\">{title}</text><text x=\"16\" y=\"{}\" font-size=\"12\" fill=\"#58616a\">{source}</text>",
        height - 12,
        title = Html::text(title),
        source = Html::text(source),
    )
}

/// A bar that lies: its parts in their colours, the figure behind it.
struct Bar {
    label: String,
    parts: Vec<(usize, &'static str)>,
    figure: String,
}

fn bars(title: &str, source: &str, bars: &[Bar]) -> String {
    let longest = bars.iter().map(|bar| bar.parts.iter().map(|(length, _)| length).sum::<usize>()).max();
    let longest = longest.unwrap_or(0).max(1);
    let mut svg = begin(title, source, HEAD + bars.len() * ROW + FOOT);
    for (at, bar) in bars.iter().enumerate() {
        let (top, mut x) = (HEAD + at * ROW, LABEL);
        let _ = write!(svg, "<text x=\"16\" y=\"{}\" fill=\"#1e2124\">{}</text>", top + 18, Html::text(&bar.label));
        for (length, fill) in &bar.parts {
            let width = length * BAR / longest;
            let _ = write!(
                svg,
                "<rect x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"{}\" fill=\"{fill}\"/>",
                top + 4,
                ROW - 14
            );
            x += width;
        }
        let _ =
            write!(svg, "<text x=\"{}\" y=\"{}\" fill=\"#33363d\">{}</text>", x + 8, top + 18, Html::text(&bar.figure));
    }
    svg.push_str("</svg>");
    svg
}

fn status_bars(language: Language, overview: &Overview) -> String {
    let all = overview.seen.len().max(1);
    let found: Vec<Bar> = Status::ALL
        .into_iter()
        .map(|status| {
            let number = overview.count(status);
            let share = language.percentage(number as f64 / all as f64);
            Bar {
                label: words::status_name(language, status).to_owned(),
                parts: vec![(number, fill(status))],
                figure: format!("{} ({share})", words::count(language, number)),
            }
        })
        .collect();
    let title = language.say(
        "국가 인공지능 행동계획: 권고가 어디까지 왔나",
        "National AI action plan: how far the recommendations are",
    );
    bars(title, &words::source(language, overview.day), &found)
}

async fn statuses(here: Here, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    Ok(file("image/svg+xml", status_bars(wanted.language(&here), &overview)))
}

/// Bodies that are shown.
const BODIES: usize = 12;

fn body_bars(language: Language, overview: &Overview) -> String {
    let mut leading: Vec<(&str, usize, usize)> = overview
        .bodies()
        .into_iter()
        .filter(|(_, counts)| counts.0 > 0)
        .map(|(id, (leads, _, late))| (id, leads, late))
        .collect();
    leading.sort_by_key(|(id, leads, _)| (std::cmp::Reverse(*leads), *id));
    let found: Vec<Bar> = leading
        .into_iter()
        .take(BODIES)
        .map(|(id, leads, late)| Bar {
            label: words::body_name(language, id),
            parts: vec![(late, fill(Status::Late)), (leads - late.min(leads), fill(Status::OnCourse))],
            figure: if late == 0 {
                leads.to_string()
            } else {
                language.pick(format!("{leads}, 늦음 {late}"), format!("{leads}, {late} late"))
            },
        })
        .collect();
    let title = language.say(
        "국가 인공지능 행동계획: 주관하는 권고와 늦은 것",
        "National AI action plan: recommendations led, and late ones",
    );
    bars(title, &words::source(language, overview.day), &found)
}

async fn bodies(here: Here, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    Ok(file("image/svg+xml", body_bars(wanted.language(&here), &overview)))
}

/// One bar for each frozen quarter, parted by status.
fn quarter_bars(language: Language, overview: &Overview, frozen: &[FrozenQuarter]) -> String {
    let found: Vec<Bar> = frozen
        .iter()
        .map(|one| {
            let parts = Status::ALL.into_iter().rev().map(|status| (count(&one.standing, status), fill(status)));
            let done = one.standing.values().filter(|status| status.is_done()).count();
            Bar {
                label: words::quarter(language, one.quarter),
                parts: parts.collect(),
                figure: language.pick(format!("마침 {done}"), format!("{done} done")),
            }
        })
        .collect();
    let title = language.say(
        "국가 인공지능 행동계획: 분기 끝마다 어디까지 왔나",
        "National AI action plan: how far at each quarter's end",
    );
    let key = Status::ALL.into_iter().rev().map(|status| words::status_name(language, status));
    let source = format!("{} · {}", key.collect::<Vec<_>>().join(" → "), words::source(language, overview.day));
    bars(title, &source, &found)
}

async fn quarters(here: Here, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let overview = here.pages.service.overview(&here.caller).await?;
    let frozen = here.pages.service.frozen_quarters().await?;
    Ok(file("image/svg+xml", quarter_bars(wanted.language(&here), &overview, &frozen)))
}

async fn dependencies(here: Here, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let whole = here.pages.service.whole(&here.caller).await?;
    let language = wanted.language(&here);
    let drawn = graph::picture(language, &whole, false);
    let title = language.say("권고 사이의 선후관계", "What waits for what");
    // Where nothing waits for anything, the picture says so.
    let none = || bars(title, &words::source(language, whole.overview.day), &[]);
    Ok(file("image/svg+xml", if drawn.is_empty() { none() } else { drawn }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_parts() {
        let parts = |first, second| vec![(first, "#f7afa1"), (second, "#86aff9")];
        let two = [
            Bar { label: "하나 & 둘".to_owned(), parts: parts(1, 3), figure: "4".to_owned() },
            Bar { label: "셋".to_owned(), parts: parts(0, 2), figure: "2".to_owned() },
        ];
        let svg = bars("제목", "출처", &two);
        assert!(
            svg.contains("width=\"100\"") && svg.contains("width=\"300\"") && svg.contains("width=\"200\""),
            "{svg}"
        );
        assert!(svg.contains("하나 &amp; 둘") && svg.ends_with("</svg>"), "{svg}");
        assert!(bars("제목", "출처", &[]).ends_with("</svg>"), "nothing to show is no error");
    }
}
