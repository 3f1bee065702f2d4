//! Quarters as they were frozen: what stood where at the end of each, what was finished in it, and how anyone checks that
//! nothing of it was changed since.

use std::collections::BTreeMap;

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
};
use maru_web::{
    Html, Language, Page, PageKind, Path, Problem, Visitor,
    components::{Button, DefinitionList, Disclosure, EmptyState, Icon, KeyFigure, KeyFigures, Table, TimeChart},
    routing::get,
};

use super::{
    Here, Pages,
    data::{BYTE_ORDER_MARK, quoted},
    file, words,
};
use crate::{
    ServiceError,
    domain::{
        Entry, Number, Quarter, Status,
        frozen::{Moved, Standings, count, moved},
    },
    service::FrozenQuarter,
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/quarters", get(list))
        .route("/plan/quarters/proof.json", get(proof))
        .route("/plan/quarters/{quarter}", get(show))
        .route("/plan/quarters/{quarter}/standing.csv", get(csv))
        .route("/plan/proofs/{number}", get(proof_of_one))
}

/// What was finished in a quarter, and what fell behind in it; nothing for the first, which stands beside none.
fn in_quarter(frozen: &[FrozenQuarter], at: usize) -> Option<(usize, usize)> {
    let before = frozen.get(at.checked_sub(1)?)?;
    let moves = moved(&before.standing, &frozen.get(at)?.standing);
    let finished = moves.iter().filter(|one| one.finished()).count();
    Some((finished, moves.iter().filter(|one| one.fell_behind()).count()))
}

fn done(standing: &Standings) -> usize {
    standing.values().filter(|status| status.is_done()).count()
}

async fn list(here: Here) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let frozen = here.pages.service.frozen_quarters().await?;
    let page = Page::new(&here.visitor, language.say("분기마다 확정한 현황", "Quarter by quarter"), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "분기가 끝나면 위원회가 그때의 현황을 확정합니다. 확정한 현황은 뒤에 온 보고로 바뀌지 않고, 누구나 검증할 수 있습니다.",
            "When a quarter has ended the committee freezes where everything stands. Later reports do not change it, and anyone can verify it.",
        ));
    if frozen.is_empty() {
        let empty = EmptyState::new(
            language.say("아직 확정한 분기가 없습니다", "No quarter is frozen yet"),
            language.say(
                "위원회가 끝난 분기의 현황을 확정하면 여기에 나옵니다.",
                "When the committee freezes a quarter that has ended, it stands here.",
            ),
        );
        return Ok(page.body(Html::empty().and(empty)));
    }
    let body = Html::empty().and(chart(language, &frozen)).and(table(language, &frozen)).and(verification(language));
    Ok(page.body(body))
}

/// How many stood where at the end of each quarter.
fn chart(language: Language, frozen: &[FrozenQuarter]) -> TimeChart {
    let mut chart = TimeChart::columns(
        language,
        "quarters",
        language.say("분기 끝마다 어디까지 왔나", "How far the plan was at the end of each quarter"),
        language.say("분기", "Quarter"),
    )
    .description(language.say(
        "기둥은 분기, 높이는 그때 계획에 있던 권고의 수이고, 색은 상태입니다. 아래 표에 같은 수가 있습니다.",
        "Columns are quarters, their height the recommendations of the plan then, colours the status. The table says the same.",
    ));
    for one in frozen {
        chart = chart.slot(words::quarter(language, one.quarter), true);
    }
    // What is done stands at the bottom.
    for status in Status::ALL.into_iter().rev() {
        let values = frozen.iter().map(|one| Some(count(&one.standing, status) as f64));
        chart = chart.series(words::status_name(language, status), words::tone(status), values);
    }
    chart.read_as(|value| format!("{value:.0}"))
}

fn table(language: Language, frozen: &[FrozenQuarter]) -> Table {
    let mut table = Table::new(language.say("확정한 분기", "Frozen quarters"))
        .column(language.say("분기", "Quarter"))
        .column(language.say("확정한 날", "Frozen on"))
        .figures(language.say("이 분기에 마친 것", "Finished in it"))
        .figures(language.say("이 분기에 늦어진 것", "Fell behind in it"))
        .figures(language.say("마친 것 모두", "Done in all"))
        .figures(language.say("늦은 것 모두", "Late in all"))
        .figures(language.say("권고", "Recommendations"));
    for (at, one) in frozen.iter().enumerate().rev() {
        let (finished, behind) = match in_quarter(frozen, at) {
            Some((finished, behind)) => (finished.to_string(), behind.to_string()),
            None => ("–".to_owned(), "–".to_owned()),
        };
        table = table.row([
            words::link(&format!("/plan/quarters/{}", one.quarter), &words::quarter(language, one.quarter)),
            Html::text(&language.date(maru_web::in_korea(one.at).date())),
            Html::text(&finished),
            Html::text(&behind),
            Html::text(&done(&one.standing).to_string()),
            Html::text(&count(&one.standing, Status::Late).to_string()),
            Html::text(&one.standing.len().to_string()),
        ]);
    }
    table
}

/// How anyone checks it without us.
fn verification(language: Language) -> Html {
    let text = language.say(
        "증명 파일에는 계획의 모든 판과 확정한 분기가 기록된 그대로, 기록에 들어 있다는 증명과 함께 있습니다. 저희 서버 없이도 확인할 수 있습니다. 공개키는 기록 확인 화면에 있습니다.",
        "The proof holds every version of the plan and every frozen quarter as recorded, with the proof that they are in the log. It can be checked without this server. The public key stands on the page of the log.",
    );
    let download = Button::secondary(language.say("증명 내려받기 (JSON)", "Download the proof (JSON)"))
        .icon(Icon::Download)
        .link("/plan/quarters/proof.json");
    Html::trusted(format!("<h2>{}</h2>", language.say("바뀌지 않았는지 확인하려면", "How to check it")))
        .and(Html::paragraphs(text))
        .and(Html::trusted(
            "<pre tabindex=\"0\"><code>maru ledger proof plan.proof.json --key KEY</code></pre><div class=\"button-row\">",
        ))
        .and(download)
        .and(Button::tertiary(language.say("기록과 공개키", "The log and its key")).link("/log"))
        .and(Html::trusted("</div>"))
}

/// A quarter with everything that its page shows.
struct Shown {
    quarter: FrozenQuarter,
    before: Option<FrozenQuarter>,
    /// What the plan says of each recommendation, also of those that were left out since.
    entries: BTreeMap<Number, Entry>,
}

impl Shown {
    async fn of(here: &Here, quarter: Quarter) -> Result<Self, ServiceError> {
        let (quarter, before) = here.pages.service.frozen_quarter(quarter).await?;
        let known = here.pages.service.store().recommendations_ever().await?;
        let entries = known.into_iter().filter_map(|one| one.entry).map(|entry| (entry.number, entry)).collect();
        Ok(Self { quarter, before, entries })
    }

    /// What moved since the quarter that was frozen before; nothing where there is none.
    fn moves(&self) -> Option<Vec<Moved>> {
        self.before.as_ref().map(|before| moved(&before.standing, &self.quarter.standing))
    }

    fn before_of(&self, number: Number) -> Option<Status> {
        self.before.as_ref().and_then(|before| before.standing.get(&number).copied())
    }
}

async fn show(here: Here, Path(quarter): Path<Quarter>) -> Result<Page, Problem> {
    let shown = Shown::of(&here, quarter).await?;
    Ok(page(&here.visitor, &shown))
}

fn page(visitor: &Visitor, shown: &Shown) -> Page {
    let language = visitor.language;
    let quarter = words::quarter(language, shown.quarter.quarter);
    let title = language.pick(format!("{quarter} 현황"), format!("Standing at the end of {quarter}"));
    let at = language.date_time(shown.quarter.at);
    let heading = |text: &str| Html::trusted(format!("<h2>{text}</h2>"));
    let body = figures(language, shown)
        .and(heading(language.say("이 분기에 달라진 것", "What moved in it")))
        .and(moves(language, shown))
        .and(heading(language.say("영역마다", "By area")))
        .and(areas(language, shown))
        .and(Disclosure::new(language.say("모든 권고", "All recommendations"), Html::empty().and(all(language, shown))))
        .and(files(language, shown))
        .and(verification(language));
    Page::new(visitor, title, PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("분기마다 확정한 현황", "Quarter by quarter"), "/plan/quarters")
        .lead(language.pick(
            format!("{at}에 확정했습니다. 그 뒤의 보고로 바뀌지 않습니다."),
            format!("Frozen on {at}. Later reports do not change it."),
        ))
        .body(body)
}

/// How many stand where, and how many more or fewer than at the quarter that was frozen before.
fn figures(language: Language, shown: &Shown) -> Html {
    let figures = Status::ALL.into_iter().map(|status| {
        let now = count(&shown.quarter.standing, status);
        let note = shown.before.as_ref().map(|before| change(language, count(&before.standing, status), now, before));
        KeyFigure {
            label: words::status_name(language, status).to_owned(),
            value: words::count(language, now),
            note: note.unwrap_or_default(),
        }
    });
    Html::empty().and(KeyFigures::new(figures))
}

fn change(language: Language, before: usize, now: usize, at: &FrozenQuarter) -> String {
    let quarter = words::quarter(language, at.quarter);
    let by = if now >= before { format!("+{}", now - before) } else { format!("−{}", before - now) };
    language.pick(format!("{quarter}보다 {by}"), format!("{by} since {quarter}"))
}

fn status_or_none(language: Language, status: Option<Status>) -> Html {
    let none = language.say("계획에 없음", "not in the plan");
    status.map_or_else(|| Html::text(none), |status| words::status_tag(language, status))
}

fn moves(language: Language, shown: &Shown) -> Html {
    let Some(moves) = shown.moves() else {
        return Html::paragraphs(language.say(
            "처음 확정한 분기라서 견줄 분기가 없습니다.",
            "It is the first that was frozen: there is none to compare it with.",
        ));
    };
    if moves.is_empty() {
        return Html::paragraphs(language.say("달라진 것이 없습니다.", "Nothing moved."));
    }
    let mut table = Table::new(language.say("이 분기에 달라진 것", "What moved in it"))
        .hidden_caption()
        .column(language.say("권고", "No."))
        .column(language.say("과제", "Task"))
        .column(language.say("주관", "Lead"))
        .column(language.say("앞서", "Before"))
        .column(language.say("확정한 때", "When frozen"));
    for one in &moves {
        let entry = shown.entries.get(&one.number);
        table = table.row([
            words::number_link(language, one.number),
            entry.map(|entry| words::korean(language, &entry.task_title)).unwrap_or_default(),
            entry.map(|entry| words::body_link(language, &entry.lead)).unwrap_or_default(),
            status_or_none(language, one.before),
            status_or_none(language, one.after),
        ]);
    }
    Html::empty().and(table)
}

fn areas(language: Language, shown: &Shown) -> Table {
    let mut counts: BTreeMap<(u16, &str), BTreeMap<Status, usize>> = BTreeMap::new();
    for (number, status) in &shown.quarter.standing {
        let Some(entry) = shown.entries.get(number) else { continue };
        *counts.entry((entry.area, entry.area_title.as_str())).or_default().entry(*status).or_default() += 1;
    }
    let mut table =
        Table::new(language.say("영역마다", "By area")).hidden_caption().column(language.say("영역", "Area"));
    for status in Status::ALL {
        table = table.figures(words::status_name(language, status));
    }
    for ((_, title), of) in &counts {
        let cells =
            Status::ALL.iter().map(|status| Html::text(&of.get(status).copied().unwrap_or_default().to_string()));
        table = table.row(std::iter::once(Html::text(words::place(language, title))).chain(cells));
    }
    table
}

fn all(language: Language, shown: &Shown) -> Table {
    let mut table = Table::new(language.say("모든 권고", "All recommendations"))
        .hidden_caption()
        .column(language.say("권고", "No."))
        .column(language.say("과제", "Task"))
        .column(language.say("주관", "Lead"))
        .column(language.say("상태", "Standing"));
    for (number, status) in &shown.quarter.standing {
        let entry = shown.entries.get(number);
        table = table.row([
            words::number_link(language, *number),
            entry.map(|entry| words::korean(language, &entry.task_title)).unwrap_or_default(),
            entry.map(|entry| words::body_link(language, &entry.lead)).unwrap_or_default(),
            words::status_tag(language, *status),
        ]);
    }
    table
}

fn files(language: Language, shown: &Shown) -> Html {
    let quarter = shown.quarter.quarter;
    let facts = DefinitionList::new()
        .text(language.say("기록에서의 자리", "Its place in the log"), &words::count(language, shown.quarter.position));
    let link = |address: String, label: &str| Button::tertiary(label).small().icon(Icon::Download).link(address);
    Html::empty()
        .and(facts)
        .and(Html::trusted("<div class=\"button-row\">"))
        .and(link(format!("/plan/quarters/{quarter}/standing.csv"), "CSV"))
        .and(link(format!("/api/v1/plan/quarters/{quarter}"), "JSON"))
        .and(Html::trusted("</div>"))
}

async fn csv(here: Here, Path(quarter): Path<Quarter>) -> Result<Response, Problem> {
    let shown = Shown::of(&here, quarter).await?;
    let mut text = format!("{BYTE_ORDER_MARK}quarter,number,area,task_title,lead,status,before\r\n");
    for (number, status) in &shown.quarter.standing {
        let entry = shown.entries.get(number);
        let of = |part: fn(&Entry) -> String| entry.map(part).unwrap_or_default();
        let before = shown.before_of(*number).map(Status::identifier).unwrap_or_default();
        let cells = [
            quarter.to_string(),
            number.to_string(),
            of(|entry| entry.area.to_string()),
            of(|entry| entry.task_title.clone()),
            of(|entry| words::body_name(Language::Korean, &entry.lead)),
            status.identifier().to_owned(),
            before.to_owned(),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push_str("\r\n");
    }
    Ok(file("text/csv; charset=utf-8", text))
}

/// A document of the log, to be kept.
fn document(name: &str, proof: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.proof.json\"")),
    ];
    (headers, proof).into_response()
}

async fn proof(here: Here) -> Result<Response, Problem> {
    Ok(document("plan", here.pages.service.proof_of_plan().await?))
}

async fn proof_of_one(here: Here, Path(number): Path<Number>) -> Result<Response, Problem> {
    Ok(document(&format!("plan-{number}"), here.pages.service.proof_of_recommendation(number).await?))
}
