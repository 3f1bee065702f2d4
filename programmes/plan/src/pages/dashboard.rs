//! The public dashboard.

use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{
        BarChart, Button, Card, Disclosure, EmptyState, Icon, KeyFigure, KeyFigures, Notice, NoticeKind, Table,
    },
};

use super::{changes, heat_map, ways, words};
use crate::{
    domain::{Quarter, Status},
    service::Overview,
    store::Change,
};

pub(super) fn page(visitor: &Visitor, overview: &Overview, recent: &[Change]) -> Page {
    let language = visitor.language;
    let page =
        Page::new(visitor, language.say("국가 인공지능 행동계획", "The national AI action plan"), PageKind::Overview);
    if overview.seen.is_empty() {
        let empty = EmptyState::new(
            language.say("아직 계획이 없습니다", "There is no plan yet"),
            language.say(
                "위원회가 의결한 계획을 들여오면 과제와 권고, 기한과 추진 상황이 여기에 나옵니다.",
                "When the committee has decided a plan and it is imported, its tasks, recommendations, deadlines and progress stand here.",
            ),
        );
        return page.body(Html::empty().and(empty));
    }
    page.lead(language.pick(
        format!("과제 {}개, 권고 {}개가 어디까지 왔는지 누구나 볼 수 있습니다.", overview.tasks(), overview.seen.len()),
        format!(
            "{} tasks and {} recommendations: anyone can see how far they are.",
            overview.tasks(),
            overview.seen.len()
        ),
    ))
    .body(
        invented(visitor)
            .and(figures(visitor, overview))
            .and(map(visitor, overview))
            .and(ways::list(visitor))
            .and(week(visitor, recent))
            .and(by_body(visitor, overview))
            .and(data(visitor)),
    )
}

/// In a demonstration the plan is real, and how far it is is not.
fn invented(visitor: &Visitor) -> Html {
    if visitor.site.demonstration.is_none() {
        return Html::empty();
    }
    let text = visitor.say(
        "시연용입니다. 번호, 제목, 기관, 기한은 공개된 행동계획에서 가져왔고, 추진 상황과 의견은 모두 지어낸 것입니다.",
        "This is a demonstration. Numbers, titles, bodies and quarters are those of the published plan; all progress and comments are invented.",
    );
    Html::empty().and(Notice::new(visitor.language, NoticeKind::Warning, text))
}

fn figures(visitor: &Visitor, overview: &Overview) -> KeyFigures {
    let language = visitor.language;
    let all = overview.seen.len();
    let figures = Status::ALL.into_iter().map(|status| {
        let count = overview.count(status);
        KeyFigure {
            label: words::status_name(language, status).to_owned(),
            value: words::count(language, count),
            note: language.percentage(if all == 0 { 0.0 } else { count as f64 / all as f64 }),
        }
    });
    KeyFigures::new(figures)
}

fn map(visitor: &Visitor, overview: &Overview) -> Html {
    let language = visitor.language;
    let title = language.say("언제 무엇을 마치나", "What is due when");
    let hint = language
        .say("칸을 누르면 그 분기에 마칠 일을 볼 수 있습니다.", "Choose a cell to see what is due in that quarter.");
    let region = language.say("영역과 분기 표, 옆으로 움직일 수 있음", "Areas and quarters, can be moved sideways");
    let table = Disclosure::new(
        language.say("표로 보기", "Show as a table"),
        Html::empty().and(heat_map::table(language, overview)),
    );
    let head = format!(
        "<section class=\"chart\"><h2>{title}</h2><p>{hint}</p>{}",
        words::sideways("heat-frame", region, &heat_map::picture(language, overview, true))
    );
    Html::trusted(head).and(legend(visitor)).and(table).and(Html::trusted(format!(
        "<p class=\"chart-source\">{}</p></section>",
        Html::text(&words::source(language, overview.day))
    )))
}

fn legend(visitor: &Visitor) -> Html {
    let language = visitor.language;
    let entries = [
        ("late", language.say("늦은 일이 있음", "something is late")),
        ("met", language.say("모두 마침", "all done")),
        ("few", language.say("1~2건", "1 to 2")),
        ("some", language.say("3~5건", "3 to 5")),
        ("many", language.say("6건 이상", "6 or more")),
    ];
    let items = entries.map(|(class, label)| {
        format!("<li><svg width=\"16\" height=\"16\" aria-hidden=\"true\"><rect class=\"heat heat-{class}\" width=\"16\" height=\"16\" rx=\"3\"/></svg> {label}</li>")
    });
    Html::trusted(format!("<ul class=\"heat-legend\">{}</ul>", items.concat()))
}

fn week(visitor: &Visitor, recent: &[Change]) -> Html {
    let language = visitor.language;
    let title = language.say("이번 주에 바뀐 것", "What changed this week");
    let all = Button::tertiary(language.say("모두 보기", "Show all")).small().icon(Icon::Forward).link("/plan/changes");
    let body = if recent.is_empty() {
        Html::text(language.say("지난 7일 동안 바뀐 것이 없습니다.", "Nothing changed in the last seven days."))
    } else {
        changes::list(visitor, recent.get(..recent.len().min(6)).unwrap_or_default())
    };
    Html::empty().and(Card::new(title).body(body).actions(Html::empty().and(all)))
}

fn by_body(visitor: &Visitor, overview: &Overview) -> Html {
    let language = visitor.language;
    let mut bodies: Vec<(&str, (usize, usize, usize))> =
        overview.bodies().into_iter().filter(|(_, counts)| counts.0 > 0).collect();
    bodies.sort_by_key(|(id, (leads, _, _))| (std::cmp::Reverse(*leads), *id));
    let mut chart = BarChart::new(
        language,
        "by-body",
        language.say("어느 기관이 맡았나", "Who is responsible"),
        language.say("기관", "Body"),
        language.say("주관하는 권고", "Recommendations led"),
    )
    .source(words::source(language, overview.day))
    .download("/plan/data/recommendations.csv");
    for (id, (leads, _, late)) in bodies.iter().take(8) {
        let figure = if *late > 0 {
            language.pick(format!("{leads}건, 늦음 {late}건"), format!("{leads}, {late} late"))
        } else {
            language.pick(format!("{leads}건"), leads.to_string())
        };
        let tone = if *late > 0 { maru_web::components::Tone::Attention } else { maru_web::components::Tone::Active };
        chart = chart.bar(words::body_name(language, id), *leads as f64, figure, tone);
    }
    let all = Button::secondary(language.say("모든 기관 보기", "Show all bodies")).link("/plan/bodies");
    Html::empty().and(chart).and(Html::trusted("<p>")).and(all).and(Html::trusted("</p>"))
}

fn data(visitor: &Visitor) -> Html {
    let language = visitor.language;
    let link = |address: &str, label: &str| {
        Html::empty().and(Button::tertiary(label).small().icon(Icon::Download).link(address))
    };
    let body = Html::paragraphs(language.say(
        "모든 권고와 기한, 추진 상황을 내려받아 쓰실 수 있습니다. 그림은 다른 누리집에 넣을 수 있습니다.",
        "All recommendations, deadlines and standings can be downloaded and used. Pictures can be put into other sites.",
    ));
    let links = link("/plan/data/recommendations.csv", "CSV")
        .and(link("/plan/data/recommendations.json", "JSON"))
        .and(link("/plan/data/recommendations.parquet", "Parquet"))
        .and(link("/plan/data/catalogue.jsonld", "DCAT (JSON-LD)"))
        .and(
            Button::tertiary(language.say("다른 누리집에 넣는 그림", "Pictures for other sites"))
                .small()
                .link("/plan/pictures"),
        );
    Html::empty().and(Card::new(language.say("자료 받기", "Open data")).body(body).actions(links))
}

/// Everything that is due next: for the list of bodies.
pub(super) fn bodies_page(visitor: &Visitor, overview: &Overview) -> Page {
    let language = visitor.language;
    let mut table = Table::new(language.say("기관마다", "By body"))
        .hidden_caption()
        .column(language.say("기관", "Body"))
        .figures(language.say("주관", "Leads"))
        .figures(language.say("함께 함", "Takes part"));
    for status in Status::ALL {
        table = table.figures(words::status_name(language, status));
    }
    table = table.column(language.say("다음 기한", "Next deadline"));
    let standings = overview.standings_of_bodies();
    let mut bodies: Vec<_> = overview.bodies().into_iter().collect();
    bodies.sort_by_key(|(id, (leads, others, _))| (std::cmp::Reverse(*leads), std::cmp::Reverse(*others), *id));
    for (id, (leads, others, _)) in bodies {
        let next = next_of(overview, id).map_or_else(|| "–".to_owned(), |quarter| words::quarter(language, quarter));
        let of = standings.get(id);
        let mut row =
            vec![words::body_link(language, id), Html::text(&leads.to_string()), Html::text(&others.to_string())];
        for status in Status::ALL {
            let number = of.and_then(|of| of.get(&status)).copied().unwrap_or_default();
            row.push(count_link(id, status, number));
        }
        row.push(Html::text(&next));
        table = table.row(row);
    }
    Page::new(visitor, language.say("기관마다 맡은 일", "What each body does"), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "주관하는 권고가 어디까지 왔는지 기관마다 셉니다. 수를 누르면 그 권고를 볼 수 있습니다.",
            "How far the recommendations are that each body leads. Choose a figure to see which.",
        ))
        .body(Html::empty().and(table))
}

/// A figure that leads to what it counts; a nought leads nowhere.
fn count_link(body: &str, status: Status, number: usize) -> Html {
    if number == 0 {
        return Html::text("0");
    }
    words::link(&format!("/plan/list?lead={body}&status={}", status.identifier()), &number.to_string())
}

fn next_of(overview: &Overview, id: &str) -> Option<Quarter> {
    let leads =
        overview.seen.iter().filter(|seen| seen.recommendation.entry.as_ref().is_some_and(|entry| entry.lead == id));
    leads.filter_map(|seen| seen.standing.next.map(|due| due.quarter)).min()
}
