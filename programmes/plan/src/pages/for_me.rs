//! What the plan means for somebody in a situation of life: what is coming, what is there, what is late, what changed.

use axum::Router;
use maru_web::{
    Html, Language, Page, PageKind, Path, Problem,
    components::{Button, Card},
    routing::get,
};

use super::{Here, Pages, changes, words};
use crate::{
    domain::{
        Status,
        situation::{Situation, situation, situations},
    },
    service::{Overview, Seen},
    store::Change,
};

/// How far back changes are shown, in days.
const DAYS: i64 = 90;
/// Most changes that are shown.
const SHOWN: u32 = 10;

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new().route("/plan/for-me", get(list)).route("/plan/for-me/{id}", get(show))
}

fn of<'a>(overview: &'a Overview, situation: &Situation) -> Vec<&'a Seen> {
    overview.seen.iter().filter(|seen| situation.tasks.contains(&seen.number().task)).collect()
}

async fn list(here: Here) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let overview = here.pages.service.overview(&here.caller).await?;
    let cards = situations().iter().map(|one| {
        let found = of(&overview, one);
        let done = found.iter().filter(|seen| is_done(seen)).count();
        let text = language.pick(
            format!("{}가지 일이 있고 {done}가지를 마쳤습니다.", found.len()),
            format!("{} things, {done} of them done.", found.len()),
        );
        Card::new(language.say(one.korean, one.english))
            .link(format!("/plan/for-me/{}", one.id))
            .body(Html::text(&text))
    });
    let page = Page::new(
        &here.visitor,
        language.say("나에게 무엇이 달라지나요?", "What does it mean for me?"),
        PageKind::Citizen,
    )
    .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
    .lead(language.say(
        "내 처지에 가까운 것을 고르면 무엇이 언제 달라지는지 보여 드려요.",
        "Choose what is closest to you to see what changes, and when.",
    ));
    let cards = Html::trusted("<div class=\"cards\">").and(cards.collect::<Html>()).and(Html::trusted("</div>"));
    Ok(page.body(cards))
}

fn is_done(seen: &Seen) -> bool {
    seen.standing.status.is_done()
}

async fn show(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let situation = situation(&id).ok_or_else(Problem::not_found)?;
    let overview = here.pages.service.overview(&here.caller).await?;
    let found = of(&overview, situation);
    let (done, open): (Vec<&Seen>, Vec<&Seen>) = found.into_iter().partition(|seen| is_done(seen));
    let (late, mut ahead): (Vec<&Seen>, Vec<&Seen>) =
        open.into_iter().partition(|seen| seen.standing.status == Status::Late);
    ahead.sort_by_key(|seen| (seen.standing.next.is_none(), seen.standing.next.map(|due| due.quarter), seen.number()));
    let recent = here.pages.service.changes_in_situation(situation, (here.caller.today(), DAYS), SHOWN).await?;
    let body = section(language, language.say("앞으로 달라질 것", "What is coming"), &ahead)
        .and(section(language, language.say("늦어지고 있는 것", "What is late"), &late))
        .and(section(language, language.say("이미 된 것", "What is there already"), &done))
        .and(changed(&here, &recent))
        .and(mapped(language))
        .and(further(language));
    Ok(Page::new(&here.visitor, language.say(situation.korean, situation.english), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("나에게 무엇이 달라지나요?", "What does it mean for me?"), "/plan/for-me")
        .lead(language.pick(
            format!(
                "앞으로 {}가지, 늦어지는 것 {}가지, 이미 된 것 {}가지가 있어요.",
                ahead.len(),
                late.len(),
                done.len()
            ),
            format!("{} things are coming, {} are late, {} are there.", ahead.len(), late.len(), done.len()),
        ))
        .body(body))
}

fn section(language: Language, title: &str, list: &[&Seen]) -> Html {
    if list.is_empty() {
        return Html::empty();
    }
    let items = list.iter().filter_map(|seen| {
        let entry = seen.recommendation.entry.as_ref()?;
        let text = words::shortened(&entry.text, 140);
        // A short title that says nothing («권고 3») is left out; the task says what it is about.
        let own = Some(text).filter(|text| !text.starts_with("권고 "));
        let when = match seen.standing.next {
            Some(due) => words::deadline(language, due.quarter, due.bound),
            None if is_done(seen) => words::status_name(language, seen.standing.status).to_owned(),
            None => language.say("기한을 정하지 않음", "no deadline").to_owned(),
        };
        let line = format!(
            "<li><strong>{}</strong>{}<br>{} · {} {}</li>",
            words::korean(language, &entry.task_title),
            own.map(|own| format!("<br>{}", words::korean(language, &own))).unwrap_or_default(),
            Html::text(&when),
            words::body_link(language, &entry.lead),
            words::number_link(language, entry.number),
        );
        Some(line)
    });
    Html::trusted(format!("<h2>{title}</h2><ul class=\"plain-list\">{}</ul>", items.collect::<String>()))
}

fn changed(here: &Here, recent: &[Change]) -> Html {
    let language = here.visitor.language;
    let title = language.pick(format!("지난 {DAYS}일 동안 바뀐 것"), format!("What changed in the last {DAYS} days"));
    let head = Html::trusted(format!("<h2>{title}</h2>"));
    if recent.is_empty() {
        return head.and(Html::paragraphs(language.say("바뀐 것이 없습니다.", "Nothing changed.")));
    }
    head.and(changes::list(&here.visitor, recent))
}

fn mapped(language: Language) -> Html {
    Html::paragraphs(language.say(
        "어느 과제가 어느 처지에 닿는지는 과제 제목을 사람이 읽고 골랐습니다. 빠진 것이 있을 수 있습니다.",
        "Which task reaches into which situation was chosen by a person who read the tasks' titles; something may be missing.",
    ))
}

fn further(language: Language) -> Html {
    let ways = [
        ("/plan/consultations", language.say("의견 내기", "Comment")),
        ("/plan/deliberations", language.say("공론장에서 말하기", "Take part in a deliberation")),
        ("/", language.say("물어보기", "Ask a question")),
    ];
    let buttons: Html = ways.into_iter().map(|(address, label)| Button::secondary(label).link(address)).collect();
    Html::trusted("<div class=\"button-row\">").and(buttons).and(Html::trusted("</div>"))
}
