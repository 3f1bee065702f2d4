//! Where different bodies do the same, or the same law at different times; a person decides whether they join.

use axum::{Router, response::Response, routing::get};
use maru_web::{
    FieldError, Form as Sent, Html, Page, PageKind, Problem, Visitor,
    components::{
        Button, Card, DefinitionList, Disclosure, EmptyState, ErrorSummary, Field, Form, MachineLabel, Tag, Tone,
    },
};
use serde::Deserialize;

use super::{Here, Pages, answer, words};
use crate::{
    domain::{
        Number,
        overlap::{Joined, Overlap, Overlaps},
    },
    service::Overview,
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new().route("/plan/overlaps", get(show).post(decide))
}

async fn shown(here: &Here, errors: &[FieldError]) -> Result<Page, Problem> {
    let (found, decided) = here.pages.service.overlaps().await?;
    let overview = here.pages.service.overview(&here.caller).await?;
    let may_decide = here.may("edit-dependencies");
    Ok(page(&here.visitor, &overview, &found, &decided, (may_decide, errors)))
}

async fn show(here: Here) -> Result<Page, Problem> {
    shown(&here, &[]).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Decision {
    one: String,
    other: String,
    join: String,
    reason: String,
}

async fn decide(here: Here, Sent(decision): Sent<Decision>) -> Result<Response, Problem> {
    let number = |text: &str| text.parse::<Number>().map_err(|_| Problem::bad_request());
    let pair = (number(&decision.one)?, number(&decision.other)?);
    let reason = decision.reason.trim().to_owned();
    let result = here.pages.service.decide_overlap(&here.caller, pair, decision.join == "yes", reason).await;
    answer(result, ("main", "/plan/overlaps"), async |errors| shown(&here, &errors).await).await
}

/// Most that are shown; all are in the API.
const SHOWN: usize = 40;

fn page(
    visitor: &Visitor,
    overview: &Overview,
    found: &[Overlap],
    decided: &Overlaps,
    (may_decide, errors): (bool, &[FieldError]),
) -> Page {
    let language = visitor.language;
    let mut page = Page::new(visitor, language.say("겹치는 권고", "Overlaps"), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "서로 다른 기관의 권고가 같은 것, 같은 법, 비슷한 일을 말하는 곳입니다. 함께 할지는 사람이 정합니다.",
            "Where recommendations of different bodies speak of the same thing, the same law or the like. A person decides whether they join.",
        ));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    if found.is_empty() {
        body = body.and(EmptyState::new(
            language.say("겹치는 권고를 찾지 못했습니다", "No overlap was found"),
            language.say("계획의 글을 견주어 찾으면 여기에 나옵니다.", "What is found in the texts stands here."),
        ));
        return page.body(body);
    }
    let total = words::count(language, found.len());
    body = body.and(MachineLabel::new(
        language,
        &*language.pick(
            format!(
                "프로그램이 글을 견주어 {total}쌍을 찾았습니다. 가장 뚜렷한 {}쌍을 보여 줍니다.",
                found.len().min(SHOWN)
            ),
            format!(
                "A program compared the texts and found {total} pairs; the {} clearest are shown.",
                found.len().min(SHOWN)
            ),
        ),
    ));
    for overlap in found.iter().take(SHOWN) {
        body = body.and(card(visitor, overview, overlap, decided.of(overlap.one, overlap.other), may_decide));
    }
    page.body(body)
}

fn card(visitor: &Visitor, overview: &Overview, overlap: &Overlap, decided: Option<&Joined>, may_decide: bool) -> Card {
    let language = visitor.language;
    let side = |number: Number| {
        let entry = overview.seen.iter().find(|seen| seen.number() == number)?.recommendation.entry.as_ref()?;
        let html = words::number_link(language, number)
            .and(Html::text(" "))
            .and(words::korean(language, &entry.task_title))
            .and(Html::text(" · "))
            .and(words::body_link(language, &entry.lead));
        Some(html)
    };
    let mut list = DefinitionList::new()
        .markup(language.say("하나", "One"), side(overlap.one).unwrap_or_default())
        .markup(language.say("다른 하나", "Other"), side(overlap.other).unwrap_or_default());
    if !overlap.names.is_empty() {
        list = list.markup(language.say("같은 것", "Same thing"), words::korean(language, &overlap.names.join(", ")));
    }
    if !overlap.laws.is_empty() {
        list = list.markup(language.say("같은 법", "Same law"), words::korean(language, &overlap.laws.join(", ")));
    }
    list = list.markup(
        language.pick(
            format!("같은 낱말 (닮음 {:.2})", overlap.likeness),
            format!("Same words (likeness {:.2})", overlap.likeness),
        ),
        words::korean(language, &overlap.words.join(", ")),
    );
    if let Some((one, other)) = overlap.apart {
        let text = language.pick(
            format!("같은 법인데 기한이 {}와 {}로 다릅니다.", one.korean(), other.korean()),
            format!("The same law, due by {} and by {}.", one.english(), other.english()),
        );
        list = list.text(language.say("어긋남", "Conflict"), &text);
    }
    if let Some(joined) = decided {
        list = list.markup(language.say("이유", "Why"), words::korean(language, &joined.reason));
    }
    let mark = match decided {
        Some(joined) if joined.join => Tag::new(Tone::Good, language.say("함께 하기로 제안", "To be joined")),
        Some(_) => Tag::new(Tone::Neutral, language.say("따로 두기로 함", "Stay apart")),
        None => Tag::new(Tone::Attention, language.say("정할 것", "To be decided")),
    };
    let mut body = Html::empty().and(list);
    if may_decide {
        body = body.and(decide_form(visitor, overlap));
    }
    let title = format!("{} · {}", overlap.one, overlap.other);
    Card::new(title).mark(Html::empty().and(mark)).body(body)
}

fn decide_form(visitor: &Visitor, overlap: &Overlap) -> Disclosure {
    let language = visitor.language;
    let buttons = Html::trusted("<div class=\"button-row\">")
        .and(Button::secondary(language.say("함께 하도록 제안", "Propose to join")).named("join", "yes"))
        .and(Button::tertiary(language.say("따로 두기", "Keep apart")).named("join", "no"))
        .and(Html::trusted("</div>"));
    let pair = format!("{}-{}", overlap.one, overlap.other);
    let reason = words::one_of_several("reason", &pair, |name| {
        Field::text(language, name, language.say("이유", "Why")).longest(500)
    });
    let form = Form::post(visitor, "/plan/overlaps")
        .hidden("one", overlap.one.to_string())
        .hidden("other", overlap.other.to_string())
        .body(reason.and(buttons));
    Disclosure::new(language.say("정하기", "Decide"), Html::empty().and(form))
}
