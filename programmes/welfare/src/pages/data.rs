//! «What the state knows about you»: each item with who holds it and «this is wrong»; who acts for whom; who looked.

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{Button, Card, Field, Form, Table, Tag, Tone},
};

use super::{applications, words};
use crate::{
    domain::{CrisisModel, Household, Representative, household::Facts},
    evaluation::LawBook,
    service::Mine,
    store::Look,
};

/// What somebody says is wrong: whose, which, in what words.
pub(super) struct Disputing<'a> {
    pub(super) item: &'a str,
    pub(super) words: &'a str,
    pub(super) errors: &'a [FieldError],
}

pub(super) fn data(
    visitor: &Visitor,
    (law, crisis): (&LawBook, &CrisisModel),
    mine: &Mine,
    (looks, representatives): (&[Look], &[Representative]),
    disputing: Option<&Disputing<'_>>,
) -> Page {
    let language = visitor.language;
    let errors = disputing.map_or(&[][..], |one| one.errors);
    let mut body = Html::empty().and(maru_web::components::ErrorSummary::new(language, errors));
    if let Some(disputing) = disputing {
        body = body.and(dispute_form(visitor, (law, crisis), disputing));
    }
    if let Some(household) = &mine.home.household {
        for member in &household.members {
            let title = words::member(language, household, &member.id);
            body = body.and(items(visitor, law, mine, (&title, Some(&member.id)), &member.facts));
        }
        for couple in household.couples.iter().filter(|couple| !couple.facts.is_empty()) {
            let title = language.say("부부", "Couple");
            body = body.and(items(visitor, law, mine, (title, couple.partners.first()), &couple.facts));
        }
        let title = language.say("가구", "Household");
        body = body.and(items(visitor, law, mine, (title, None), &household.facts));
        body = body.and(received(visitor, household)).and(signals(visitor, mine, household, crisis));
    }
    body = body
        .and(answered(visitor, (law, crisis), mine))
        .and(acting(visitor, mine, representatives))
        .and(looked(visitor, looks));
    let page = Page::new(
        visitor,
        language.say("국가가 보는 내 정보", "What the state knows about you"),
        PageKind::Citizen,
    )
    .breadcrumb(language.say("내가 받을 수 있는 급여", "What you are entitled to"), "/welfare/mine")
    .lead(language.say(
        "급여를 계산하는 데 쓰는 정보입니다. 틀린 것이 있으면 ‘다릅니다’를 눌러 알려 주세요. 10일 안에 답해 드립니다.",
        "This is what benefits are calculated from. If something is wrong, say so: you have an answer within 10 days.",
    ))
    .personal()
    .body(body);
    if errors.is_empty() { page } else { page.with_errors() }
}

fn items(
    visitor: &Visitor,
    law: &LawBook,
    mine: &Mine,
    (title, member): (&str, Option<&String>),
    facts: &Facts,
) -> Html {
    let language = visitor.language;
    let mut html = words::heading(title);
    let told = |id: &str| {
        let on = mine.home.household.as_ref()?.told_on(member.map(String::as_str), id)?;
        Some(
            language
                .pick(format!("본인이 알림 ({})", language.date(on)), format!("you told it ({})", language.date(on))),
        )
    };
    if facts.is_empty() {
        return html.and(Html::paragraphs(language.say("알려진 것이 없습니다.", "Nothing is known.")));
    }
    let mut table = Table::new(title)
        .hidden_caption()
        .column(language.say("항목", "Item"))
        .column(language.say("값", "Value"))
        .column(language.say("가진 기관", "Held by"))
        .column(language.say("다르다면", "If it is wrong"));
    for (id, value) in facts {
        let label = law.label(id);
        table = table.row([
            Html::text(label.in_language(language == Language::Korean)),
            Html::text(&words::fact(language, law, id, value)),
            Html::text(&told(id).unwrap_or_else(|| holder(language, law, id))),
            wrong(visitor, mine, (member, id), label.in_language(language == Language::Korean)),
        ]);
    }
    html = html.and(table);
    html
}

/// The line of a fact's description that names who holds the register.
fn holder(language: Language, law: &LawBook, id: &str) -> String {
    let word = language.say("기관:", "Held by:");
    let text = law.fact(id).and_then(|variable| variable.documentation.clone()).unwrap_or_default();
    let line = text.lines().map(str::trim).find_map(|line| line.strip_prefix(word));
    line.map_or_else(|| "–".to_owned(), |line| line.trim().to_owned())
}

/// The form for the item that was chosen.
fn dispute_form(visitor: &Visitor, (law, crisis): (&LawBook, &CrisisModel), disputing: &Disputing<'_>) -> Html {
    let language = visitor.language;
    let id = disputing.item.split_once('.').map_or(disputing.item, |(_, id)| id);
    let signal = crisis.signal(id, maru_web::in_korea(visitor.now).date());
    let label = law.label(id);
    let of_law = label.in_language(language == Language::Korean);
    let name = signal.map_or(of_law, |signal| language.say(&signal.ko, &signal.en));
    let field = Field::area(language, "words", language.say("실제로는 어떤가요?", "How is it really?"))
        .rows(3)
        .value(disputing.words.to_owned())
        .errors(disputing.errors);
    let form = Form::post(visitor, "/welfare/mine/data")
        .hidden("item", disputing.item.to_owned())
        .body(Html::empty().and(field).and(Button::primary(language.say("알리기", "Send"))));
    let title = language.pick(format!("‘{name}’ 바로잡기"), format!("Correct “{name}”"));
    Html::empty().and(Card::new(title).body(Html::empty().and(form)))
}

fn received(visitor: &Visitor, household: &Household) -> Html {
    let language = visitor.language;
    if household.received.is_empty() {
        return Html::empty();
    }
    let mut table = Table::new(language.say("지금 받는 급여", "Benefits received now"))
        .column(language.say("급여", "Benefit"))
        .column(language.say("누구", "Whose"))
        .figures(language.say("금액", "Amount"))
        .column(language.say("기관", "Agency"));
    for one in &household.received {
        let Some(benefit) = crate::domain::benefit(&one.benefit) else { continue };
        table = table.row([
            Html::text(words::benefit(language, benefit)),
            Html::text(&words::whose(language, household, one.member.as_deref())),
            Html::text(&words::amount(language, benefit, one.amount)),
            Html::text(&one.agency),
        ]);
    }
    Html::empty().and(table)
}

/// Signals of a crisis that registers told of the household.
fn signals(visitor: &Visitor, mine: &Mine, household: &Household, crisis: &CrisisModel) -> Html {
    let language = visitor.language;
    if household.signals.is_empty() {
        return Html::empty();
    }
    let today = maru_web::in_korea(visitor.now).date();
    let mut table = Table::new(language.say("어려움을 알리는 신호", "Signals of hardship"))
        .hidden_caption()
        .column(language.say("신호", "Signal"))
        .column(language.say("언제부터", "Since"))
        .column(language.say("알린 기관", "Told by"))
        .column(language.say("다르다면", "If it is wrong"));
    for one in &household.signals {
        let signal = crisis.signal(&one.signal, today);
        let name = signal.map_or(one.signal.as_str(), |signal| language.say(&signal.ko, &signal.en));
        let until = one.until.map(|until| format!(" ~ {}", language.date(until))).unwrap_or_default();
        table = table.row([
            Html::text(name),
            Html::text(&format!("{}{until}", language.date(one.since))),
            Html::text(&one.agency),
            wrong(visitor, mine, (None, &one.signal), name),
        ]);
    }
    words::heading(language.say("어려움을 알리는 신호", "Signals of hardship"))
        .and(Html::paragraphs(language.say(
            "이런 신호가 있으면 담당자가 먼저 연락해 도울 수 있습니다. 급여를 줄이는 데 쓰지 않습니다.",
            "With such signals an official may call on you and help. They never lower a benefit.",
        )))
        .and(table)
}

/// What was said to be wrong, and what was answered.
fn answered(visitor: &Visitor, (law, crisis): (&LawBook, &CrisisModel), mine: &Mine) -> Html {
    let language = visitor.language;
    let mut table = Table::new(language.say("바로잡아 달라고 하신 것의 답", "Answers to what you said is wrong"))
        .column(language.say("항목", "Item"))
        .column(language.say("결과", "Outcome"))
        .column(language.say("답", "Answer"));
    let mut any = false;
    for dispute in &mine.home.record.disputes {
        let Some(corrected) = dispute.answered else { continue };
        any = true;
        let signal = crisis.signal(&dispute.item, dispute.on);
        let label = law.label(&dispute.item);
        let label = signal
            .map_or(label.in_language(language == Language::Korean), |signal| language.say(&signal.ko, &signal.en));
        let (tone, outcome) = if corrected {
            (Tone::Good, language.say("바로잡음", "Put right"))
        } else {
            (Tone::Neutral, language.say("그대로 둠", "Left as it is"))
        };
        let outcome = Html::empty().and(Tag::new(tone, outcome));
        table = table.row([Html::text(label), outcome, Html::text(&dispute.answer)]);
    }
    if any { Html::empty().and(table) } else { Html::empty() }
}

/// «This is wrong», or by when it is answered.
fn wrong(visitor: &Visitor, mine: &Mine, (member, id): (Option<&String>, &str), label: &str) -> Html {
    let language = visitor.language;
    let disputes = &mine.home.record.disputes;
    let open = disputes.iter().find(|one| one.item == id && one.member.as_ref() == member && one.answered.is_none());
    if let Some(dispute) = open {
        let due = language.date(dispute.due);
        let label = language.pick(format!("{due}까지 답함"), format!("answer by {due}"));
        return Html::empty().and(Tag::new(Tone::Active, label));
    }
    Html::trusted(format!(
        "<a class=\"tap\" href=\"/welfare/mine/data?item={}.{}\">{}<span class=\"visually-hidden\"> {}</span></a>",
        Html::text(member.map_or("all", String::as_str)),
        Html::text(id),
        language.say("다릅니다", "This is wrong"),
        Html::text(label),
    ))
}

/// Who acts for the people of the household.
fn acting(visitor: &Visitor, mine: &Mine, all: &[Representative]) -> Html {
    let language = visitor.language;
    let (Some(household), false) = (&mine.home.household, all.is_empty()) else { return Html::empty() };
    words::heading(language.say("누가 나를 대신할 수 있나요?", "Who may act for you?")).and(applications::table(
        language,
        all,
        |member| words::member(language, household, member),
    ))
}

fn looked(visitor: &Visitor, looks: &[Look]) -> Html {
    let language = visitor.language;
    let html = words::heading(language.say("누가 내 정보를 보았나요?", "Who looked at your data?"));
    if looks.is_empty() {
        return html.and(Html::paragraphs(language.say("아직 아무도 보지 않았습니다.", "Nobody yet.")));
    }
    let mut table = Table::new(language.say("열람 기록", "Looks"))
        .hidden_caption()
        .column(language.say("언제", "When"))
        .column(language.say("누가", "Who"))
        .column(language.say("무엇 때문에", "For what"));
    for look in looks {
        table =
            table.row([Html::text(&language.date_time(look.at)), Html::text(&look.reader), Html::text(&look.purpose)]);
    }
    html.and(table)
}
