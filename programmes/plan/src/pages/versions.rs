//! The versions of the plan, and what differs between two of them.

use axum::Router;
use maru_web::{
    Html, Language, Page, PageKind, Problem, Query, Visitor,
    components::{Button, Card, Choice, DefinitionList, EmptyState, Field, Form, KeyFigure, KeyFigures, Table},
    routing::get,
};
use serde::Deserialize;

use super::{Here, Pages, words};
use crate::{
    domain::{
        Entry,
        difference::{Piece, compare},
    },
    service::{Compared, Differing, VersionAt},
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new().route("/plan/versions", get(list)).route("/plan/versions/compare", get(compared))
}

/// Most that are shown; all are in the API.
const SHOWN: usize = 150;

async fn list(here: Here) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let versions = here.pages.service.versions().await?;
    let page = Page::new(&here.visitor, language.say("계획의 판", "Versions of the plan"), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "들여온 판을 서로, 또는 지금의 계획과 견주어 볼 수 있습니다.",
            "Versions that were read in can be compared with each other and with the plan as it stands.",
        ));
    if versions.is_empty() {
        let empty = EmptyState::new(
            language.say("아직 계획이 없습니다", "There is no plan yet"),
            language.say("위원회가 의결한 계획을 들여오면 여기에 나옵니다.", "A plan that is imported stands here."),
        );
        return Ok(page.body(Html::empty().and(empty)));
    }
    let mut table = Table::new(language.say("계획의 판", "Versions"))
        .hidden_caption()
        .column(language.say("판", "Version"))
        .column(language.say("의결한 날", "Decided"))
        .figures(language.say("권고", "Recommendations"))
        .figures(language.say("새로 들어옴", "New"))
        .figures(language.say("바뀜", "Changed"))
        .figures(language.say("빠짐", "Left out"));
    for VersionAt { version, .. } in &versions {
        table = table.row([
            words::korean(language, &version.label),
            Html::text(&language.date(version.decided)),
            Html::text(&version.recommendations.to_string()),
            Html::text(&version.entered.to_string()),
            Html::text(&version.amended.to_string()),
            Html::text(&version.left_out.to_string()),
        ]);
    }
    Ok(page.body(Html::empty().and(table).and(choose(language, &versions, (versions.len() - 1, None)))))
}

fn choose(language: Language, versions: &[VersionAt], (from, to): (usize, Option<usize>)) -> Html {
    let named = |(at, one): (usize, &VersionAt)| Choice::new(at.to_string(), one.version.label.clone());
    let now = Choice::new("now", language.say("지금의 계획", "The plan as it stands"));
    let fields = Html::empty()
        .and(
            Field::select(language, "from", language.say("이 판에서", "From"), versions.iter().enumerate().map(named))
                .value(from.to_string()),
        )
        .and(
            Field::select(
                language,
                "to",
                language.say("이 판까지", "To"),
                versions.iter().enumerate().map(named).chain([now]),
            )
            .value(to.map_or_else(|| "now".to_owned(), |to| to.to_string())),
        )
        .and(Button::secondary(language.say("견주어 보기", "Compare")));
    Html::trusted(format!("<h2>{}</h2>", language.say("견주어 보기", "Compare")))
        .and(Form::get("/plan/versions/compare").body(fields))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pair {
    from: usize,
    to: String,
}

async fn compared(here: Here, Query(pair): Query<Pair>) -> Result<Page, Problem> {
    let to = match pair.to.as_str() {
        "" | "now" => None,
        place => Some(place.parse().map_err(|_| Problem::not_found())?),
    };
    let compared = here.pages.service.compare(pair.from, to).await?;
    Ok(page(&here.visitor, &compared))
}

fn page(visitor: &Visitor, compared: &Compared) -> Page {
    let language = visitor.language;
    let label = |at: usize| compared.versions.get(at).map(|one| one.version.label.clone()).unwrap_or_default();
    let now = language.say("지금의 계획", "the plan as it stands").to_owned();
    let (from, to) = (label(compared.from), compared.to.map_or(now, label));
    let page = Page::new(visitor, language.say("두 판의 차이", "What differs"), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("계획의 판", "Versions"), "/plan/versions")
        .lead(format!("{from} → {to}"));
    let new = compared.differing.iter().filter(|one| one.before.is_none()).count();
    let gone = compared.differing.iter().filter(|one| one.after.is_none()).count();
    let changed = compared.differing.len() - new - gone;
    let minor = compared.differing.iter().filter(|one| is_minor(one)).count();
    let figure = |label: &str, count: usize| KeyFigure {
        label: label.to_owned(),
        value: words::count(language, count),
        note: String::new(),
    };
    let mut body = Html::empty().and(KeyFigures::new([
        figure(language.say("새 권고", "New"), new),
        figure(language.say("바뀐 권고", "Changed"), changed),
        figure(language.say("그 가운데 경미한 변경", "Of these, minor changes"), minor),
        figure(language.say("빠진 권고", "Left out"), gone),
    ]));
    if compared.differing.is_empty() {
        body = body.and(EmptyState::new(
            language.say("다른 것이 없습니다", "Nothing differs"),
            language.say("두 판의 모든 권고가 같습니다.", "All recommendations of both are the same."),
        ));
    }
    body = compared.differing.iter().take(SHOWN).fold(body, |body, one| body.and(card(language, one)));
    if compared.differing.len() > SHOWN {
        let text = language.pick(
            format!("처음 {SHOWN}건만 보여 줍니다. 모두는 API에 있습니다."),
            format!("The first {SHOWN} are shown; all are in the API."),
        );
        body = body.and(Html::paragraphs(&text));
    }
    page.body(body.and(choose(language, &compared.versions, (compared.from, compared.to))))
}

/// Whether no vote was needed for any of the changes.
fn is_minor(differing: &Differing) -> bool {
    differing.before.is_some()
        && differing.after.is_some()
        && differing.grounds.iter().all(|(basis, _)| basis.is_minor())
}

fn card(language: Language, differing: &Differing) -> Card {
    let number = differing.number;
    let title = language.pick(format!("권고 {number}"), format!("Recommendation {number}"));
    let card = Card::new(title).link(format!("/plan/tasks/{}#r{number}", number.task));
    let mut list = match (&differing.before, &differing.after) {
        (Some(before), Some(after)) => {
            let pairs = pairs(language, before, after).into_iter().filter(|(_, old, new)| old != new);
            pairs
                .fold(DefinitionList::new(), |list, (title, old, new)| list.markup(title, marked(language, &old, &new)))
        }
        (Some(before), None) => whole(language, language.say("빠진 권고", "Left out"), before),
        (None, Some(after)) => whole(language, language.say("새 권고", "New"), after),
        (None, None) => DefinitionList::new(),
    };
    for (basis, reason) in &differing.grounds {
        let why = words::korean(language, reason).and(Html::text(&format!(" ({})", words::basis(language, basis))));
        list = list.markup(language.say("근거와 이유", "Ground and reason"), why);
    }
    card.body(Html::empty().and(list))
}

/// All that the plan says of one that came or went.
fn whole(language: Language, title: &str, entry: &Entry) -> DefinitionList {
    DefinitionList::new()
        .markup(title, words::korean(language, &entry.text))
        .markup(language.say("주관", "Responsible"), words::body_links(language, &entry.responsible))
        .text(language.say("기한", "Deadlines"), &deadlines(language, entry))
}

fn deadlines(language: Language, entry: &Entry) -> String {
    let all = entry.deadlines.iter().map(|one| words::deadline(language, one.quarter, one.bound));
    all.collect::<Vec<_>>().join(", ")
}

/// What may differ of an entry, as texts before and after.
fn pairs(language: Language, before: &Entry, after: &Entry) -> [(&'static str, String, String); 5] {
    let names = |ids: &[String]| ids.iter().map(|id| words::body_name(language, id)).collect::<Vec<_>>().join(", ");
    let place = |entry: &Entry| format!("{} · {} · {}", entry.pillar, entry.area_title, entry.task_title);
    [
        (language.say("내용", "Text"), before.text.clone(), after.text.clone()),
        (language.say("과제와 영역", "Task and area"), place(before), place(after)),
        (language.say("주관", "Responsible"), names(&before.responsible), names(&after.responsible)),
        (language.say("협력", "With"), names(&before.cooperating), names(&after.cooperating)),
        (language.say("기한", "Deadlines"), deadlines(language, before), deadlines(language, after)),
    ]
}

/// Both texts in one, what went and what came marked and said.
fn marked(language: Language, before: &str, after: &str) -> Html {
    let (gone, new) = (language.say("뺀 것: ", "Removed: "), language.say("더한 것: ", "Added: "));
    let said = |element: &str, label: &str, text: &str| {
        format!(
            "<{element}><span class=\"visually-hidden\">{label}</span>{}</{element}>",
            words::korean(language, text)
        )
    };
    let pieces = compare(before, after).into_iter().map(|piece| match piece {
        Piece::Same(text) => words::korean(language, &text).to_string(),
        Piece::Gone(text) => said("del", gone, &text),
        Piece::New(text) => said("ins", new, &text),
    });
    Html::trusted(format!("<span class=\"difference\">{}</span>", pieces.collect::<Vec<_>>().concat()))
}
