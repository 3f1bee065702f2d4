//! Where different bodies do the same, or the same law at different times; a person decides whether they join.

use axum::{Router, response::Response};
use maru_web::{
    FieldError, Form as Sent, Html, Page, PageKind, Problem, Query, Visitor,
    components::{
        Button, Card, Choice, DefinitionList, Disclosure, EmptyState, ErrorSummary, Field, Form, KeyFigure, KeyFigures,
        MachineLabel, Table, Tag, Tone,
    },
    routing::{get, post},
};
use serde::Deserialize;

use super::{Here, Pages, answer, words};
use crate::{
    domain::{
        Number,
        money::MoneyBeside,
        overlap::{Joined, Overlap, Overlaps},
    },
    service::Overview,
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new().route("/plan/overlaps", get(show).merge(post(decide)))
}

/// Of which year the money is shown; the newest where none is said.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    year: String,
}

async fn shown(here: &Here, year: Option<i16>, errors: &[FieldError]) -> Result<Page, Problem> {
    let (found, decided, money) = here.pages.service.overlaps_with_money(year).await?;
    let overview = here.pages.service.overview(&here.caller).await?;
    let may_decide = here.may("edit-dependencies");
    Ok(page(&here.visitor, &overview, &found, (&decided, &money), (may_decide, errors)))
}

async fn show(here: Here, Query(wanted): Query<Wanted>) -> Result<Page, Problem> {
    shown(&here, wanted.year.parse().ok(), &[]).await
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
    answer(result, ("main", "/plan/overlaps"), async |errors| shown(&here, None, &errors).await).await
}

/// Most that are shown; all are in the API.
const SHOWN: usize = 40;

fn page(
    visitor: &Visitor,
    overview: &Overview,
    found: &[Overlap],
    (decided, money): (&Overlaps, &MoneyBeside),
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
    body = body.and(beside(visitor, found, decided, money));
    for overlap in found.iter().take(SHOWN) {
        let known = (decided.of(overlap.one, overlap.other), money);
        body = body.and(card(visitor, overview, overlap, known, may_decide));
    }
    page.body(body)
}

/// Pairs of which the money of both is known, the most that could be given twice first.
fn beside(visitor: &Visitor, found: &[Overlap], decided: &Overlaps, money: &MoneyBeside) -> Html {
    let language = visitor.language;
    let title = language.say("겹치는 곳의 예산", "Budgets where they overlap");
    let heading = Html::trusted(format!("<h2>{title}</h2>"));
    let Some(year) = money.year else {
        return heading.and(Html::paragraphs(language.say(
            "주관기관이 예산을 적으면 겹치는 곳마다 함께 보여 줍니다.",
            "Once lead bodies enter budgets they stand here beside the overlaps.",
        )));
    };
    let share = money.overlapping as f64 / money.all.max(1) as f64;
    let figure = |label: &str, value: i64, note: String| KeyFigure {
        label: label.to_owned(),
        value: language.won_read(value),
        note,
    };
    let figures = KeyFigures::new([
        figure(
            &language.pick(format!("{year}년 적힌 예산"), format!("Budgets entered for {year}")),
            money.all,
            language.pick(format!("권고 {}건", money.of.len()), format!("{} recommendations", money.of.len())),
        ),
        figure(
            language.say("그 가운데 다른 기관과 겹치는 권고", "Of these, for those that overlap with another body's"),
            money.overlapping,
            language.percentage(share),
        ),
    ]);
    let mut pairs: Vec<(&Overlap, i64)> =
        found.iter().filter_map(|overlap| Some((overlap, money.at_most_twice(overlap)?))).collect();
    pairs.sort_by_key(|(overlap, most)| (std::cmp::Reverse(*most), overlap.one, overlap.other));
    let mut table = Table::new(title)
        .hidden_caption()
        .column(language.say("하나", "One"))
        .figures(language.say("예산", "Budget"))
        .column(language.say("다른 하나", "Other"))
        .figures(language.say("예산", "Budget"))
        .figures(language.say("겹쳐도 많아야", "Twice at most"))
        .column(language.say("정한 것", "Decided"));
    for (overlap, most) in pairs.iter().take(SHOWN) {
        let won = |number| money.of.get(&number).map_or(0, |money| money.granted);
        table = table.row([
            words::number_link(language, overlap.one),
            Html::text(&language.won_read(won(overlap.one))),
            words::number_link(language, overlap.other),
            Html::text(&language.won_read(won(overlap.other))),
            Html::text(&language.won_read(*most)),
            Html::empty().and(mark(visitor, decided.of(overlap.one, overlap.other))),
        ]);
    }
    let unknown = found.len() - pairs.len();
    let note = language.pick(
        format!("겹친다고 해서 돈이 두 번 쓰이는 것은 아닙니다. 두 예산 가운데 작은 쪽이 겹칠 수 있는 가장 큰 돈입니다. {unknown}쌍은 한쪽의 예산을 몰라 표에 없습니다."),
        format!("That two overlap does not mean that money is spent twice; the smaller of both budgets is the most that could be. {unknown} pairs are not in the table, as the budget of one is not known."),
    );
    let html = heading.and(figures).and(Html::paragraphs(&note));
    let html = if pairs.is_empty() { html } else { html.and(table) };
    let years = money.years.iter().map(|year| Choice::new(year.to_string(), year.to_string()));
    let field = Field::select(language, "year", language.say("연도", "Year"), years).value(year.to_string());
    let fields = Html::empty().and(field).and(Button::secondary(language.say("보기", "Show")).small());
    html.and(Form::get("/plan/overlaps").body(fields))
}

/// What was decided of two.
fn mark(visitor: &Visitor, decided: Option<&Joined>) -> Tag {
    let language = visitor.language;
    match decided {
        Some(joined) if joined.join => Tag::new(Tone::Good, language.say("함께 하기로 제안", "To be joined")),
        Some(_) => Tag::new(Tone::Neutral, language.say("따로 두기로 함", "Stay apart")),
        None => Tag::new(Tone::Attention, language.say("정할 것", "To be decided")),
    }
}

fn card(
    visitor: &Visitor,
    overview: &Overview,
    overlap: &Overlap,
    (decided, money): (Option<&Joined>, &MoneyBeside),
    may_decide: bool,
) -> Card {
    let language = visitor.language;
    let won = |number: Number| money.of.get(&number).map(|money| format!(" · {}", language.won_read(money.granted)));
    let side = |number: Number| {
        let entry = overview.seen.iter().find(|seen| seen.number() == number)?.recommendation.entry.as_ref()?;
        let html = words::number_link(language, number)
            .and(Html::text(" "))
            .and(words::korean(language, &entry.task_title))
            .and(Html::text(" · "))
            .and(words::body_link(language, &entry.lead))
            .and(Html::text(&won(number).unwrap_or_default()));
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
    let mut body = Html::empty().and(list);
    if may_decide {
        body = body.and(decide_form(visitor, overlap));
    }
    let title = format!("{} · {}", overlap.one, overlap.other);
    Card::new(title).mark(Html::empty().and(mark(visitor, decided))).body(body)
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
