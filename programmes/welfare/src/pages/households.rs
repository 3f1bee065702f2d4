//! What happened in a household's life, as an official writes it down: a fact that is another, somebody who came or left.

use std::collections::BTreeMap;

use axum::{
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem, Query, Visitor,
    components::{Button, Choice, Disclosure, ErrorSummary, Field, Form, Notice, NoticeKind, Table},
};
use serde::Deserialize;

use super::{Pages, asked, caller_of, words};
use crate::{
    ServiceError,
    domain::{Household, LifeEvent, household::Facts},
    evaluation::LawBook,
    service::{HouseholdChange, Question},
};

/// What stands in the address: the fact that is chosen, and what the last change came to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    whose: String,
    fact: String,
    opened: Option<usize>,
    changed: Option<usize>,
    closed: Option<usize>,
}

/// Events that change a fact.
const OF_FACTS: [LifeEvent; 7] = [
    LifeEvent::Means,
    LifeEvent::JobLost,
    LifeEvent::JobFound,
    LifeEvent::Move,
    LifeEvent::Disability,
    LifeEvent::AgeReached,
    LifeEvent::Correction,
];
/// Events with which somebody comes.
const OF_JOINING: [LifeEvent; 3] = [LifeEvent::Birth, LifeEvent::Marriage, LifeEvent::Move];
/// Events with which somebody leaves.
const OF_LEAVING: [LifeEvent; 3] = [LifeEvent::Death, LifeEvent::Separation, LifeEvent::Move];

pub(super) async fn page(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(address): Query<Address>,
) -> Result<Page, Problem> {
    shown(&pages, &visitor, (&id, &address), &[]).await
}

async fn shown(
    pages: &Pages,
    visitor: &Visitor,
    (id, address): (&str, &Address),
    errors: &[FieldError],
) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let language = visitor.language;
    let home = pages.service.household_to_change(&caller_of(visitor), id).await?;
    let household = home.household.ok_or_else(Problem::not_found)?;
    let chosen = pages.service.question(&address.fact, &household);
    let law = pages.service.law();
    let mut body = Html::empty().and(ErrorSummary::new(language, errors)).and(came_to(language, address));
    if let Some(question) = &chosen {
        body = body.and(fact_form(visitor, (id, &address.whose), (question, &household), errors));
    }
    body = body
        .and(facts(visitor, law, id, &household))
        .and(choose_fact(visitor, law, id, &household))
        .and(join_form(visitor, id, errors))
        .and(leave_form(visitor, id, &household, errors));
    let title = language.say("가구에 일어난 일 적기", "What happened in a household");
    let page = Page::new(visitor, title, PageKind::Official)
        .breadcrumb(language.say("찾은 급여", "Benefits found"), "/welfare/work")
        .lead(language.say(
            "적으면 모든 급여를 바로 다시 계산해, 새로 받을 급여를 열고 해당하지 않는 제안을 닫습니다.",
            "What you write down is reckoned at once: benefits that are due open, and proposals that are not due any more close.",
        ))
        .personal()
        .body(body);
    Ok(if errors.is_empty() { page } else { page.with_errors() })
}

/// What the last change came to.
fn came_to(language: Language, address: &Address) -> Html {
    let (Some(opened), Some(changed), Some(closed)) = (address.opened, address.changed, address.closed) else {
        return Html::empty();
    };
    let text = language.pick(
        format!("적었습니다. 새로 찾은 급여 {opened}건, 금액이 바뀐 것 {changed}건, 닫은 제안 {closed}건."),
        format!("Written down. Benefits found: {opened}, other amounts: {changed}, closed: {closed}."),
    );
    Html::empty().and(Notice::new(language, NoticeKind::Success, &text).announced())
}

/// What is known of everybody, with the way to change it.
fn facts(visitor: &Visitor, law: &LawBook, id: &str, household: &Household) -> Html {
    let language = visitor.language;
    let mut html = Html::empty();
    for member in &household.members {
        let title = words::member(language, household, &member.id);
        html = html.and(table(visitor, law, (id, &member.id, &title), &member.facts));
        // Couples come with the first of them.
        let couple = household.couples.iter().find(|couple| couple.partners.first() == Some(&member.id));
        if let Some(couple) = couple.filter(|couple| !couple.facts.is_empty()) {
            let title = language.say("부부", "Couple");
            html = html.and(table(visitor, law, (id, &member.id, title), &couple.facts));
        }
    }
    html.and(table(visitor, law, (id, "all", language.say("가구", "Household")), &household.facts))
}

fn table(visitor: &Visitor, law: &LawBook, (id, whose, title): (&str, &str, &str), facts: &Facts) -> Html {
    let language = visitor.language;
    let mut table = Table::new(title)
        .column(language.say("항목", "Item"))
        .column(language.say("값", "Value"))
        .column(language.say("바꾸기", "Change"));
    for (fact, value) in facts {
        let label = law.label(fact);
        let label = label.in_language(language == Language::Korean);
        table = table.row([
            Html::text(label),
            Html::text(&words::fact(language, law, fact, value)),
            Html::trusted(format!(
                "<a class=\"tap\" href=\"/welfare/work/households/{}?whose={}&amp;fact={}\">{}<span class=\"visually-hidden\"> {}</span></a>",
                Html::text(id),
                Html::text(whose),
                Html::text(fact),
                language.say("바꾸기", "Change"),
                Html::text(label),
            )),
        ]);
    }
    Html::empty().and(table)
}

/// The events from which one is chosen, and the day.
fn happened(visitor: &Visitor, prefix: &str, events: &[LifeEvent], errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let choices = events.iter().map(|event| {
        let (ko, en) = event.words();
        Choice::new(event.identifier(), language.say(ko, en))
    });
    let today = maru_web::in_korea(visitor.now).date();
    Html::empty()
        .and(Field::select(language, format!("{prefix}_event"), language.say("무슨 일", "What happened"), choices))
        .and(
            Field::date(language, format!("{prefix}_on"), language.say("언제", "When"))
                .value(today.to_string())
                .errors(errors),
        )
}

/// The form for the fact that was chosen.
fn fact_form(
    visitor: &Visitor,
    (id, whose): (&str, &str),
    (question, household): (&Question, &Household),
    errors: &[FieldError],
) -> Html {
    let language = visitor.language;
    let member = member_of(whose);
    let is_theirs = question.whose.iter().any(|one| one.as_deref() == member);
    if !is_theirs {
        return Html::paragraphs(language.say("누구의 사실인지 골라 주세요.", "Choose of whom the fact is."));
    }
    let form = Form::post(visitor, address_of(id)).hidden("fact", &question.fact.id).hidden("whose", whose).body(
        asked::field(language, question, (household, member), errors)
            .and(happened(visitor, "fact", &OF_FACTS, errors))
            .and(Button::primary(language.say("적기", "Write it down")))
            .and(Button::secondary(language.say("값 지우기 (모름)", "Not known any more")).named("what", "forget")),
    );
    let title = language.say(&question.fact.ko, &question.fact.en);
    words::heading(title).and(form)
}

fn member_of(whose: &str) -> Option<&str> {
    Some(whose).filter(|whose| !whose.is_empty() && *whose != "all")
}

fn address_of(id: &str) -> String {
    format!("/welfare/work/households/{id}")
}

/// Chooses a fact of which nothing is known yet.
fn choose_fact(visitor: &Visitor, law: &LawBook, id: &str, household: &Household) -> Html {
    let language = visitor.language;
    let korean = language == Language::Korean;
    let all = law.package().system.variables.values().filter(|variable| variable.formulas.is_empty());
    let mut facts: Vec<(String, String)> = all
        .map(|variable| {
            let label = law.label(&variable.name);
            (label.in_language(korean).to_owned(), variable.name.to_string())
        })
        .collect();
    facts.sort();
    let everybody = Choice::new("all", language.say("가구", "Household"));
    let members =
        household.members.iter().map(|member| Choice::new(&member.id, words::member(language, household, &member.id)));
    let facts = facts.into_iter().map(|(label, name)| Choice::new(name, label));
    let form = Form::get(address_of(id)).body(
        Html::empty()
            .and(Field::select(
                language,
                "whose",
                language.say("누구", "Whose"),
                std::iter::once(everybody).chain(members),
            ))
            .and(Field::select(language, "fact", language.say("항목", "Item"), facts))
            .and(Button::secondary(language.say("고르기", "Choose"))),
    );
    Html::empty().and(Disclosure::new(
        language.say("아직 알려지지 않은 사실을 적으려면", "To write down what is not known yet"),
        Html::empty().and(form),
    ))
}

fn join_form(visitor: &Visitor, id: &str, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let roles = [
        Choice::new("child", language.say("자녀", "Child")),
        Choice::new("spouse", language.say("배우자", "Spouse")),
        Choice::new("parent", language.say("부모", "Parent")),
        Choice::new("other", language.say("그 밖의 가구원", "Another member")),
    ];
    let form = Form::post(visitor, address_of(id)).hidden("what", "join").body(
        Html::empty()
            .and(Field::select(language, "role", language.say("가구주와의 관계", "To the head"), roles))
            .and(Field::text(language, "name", language.say("이름", "Name")).longest(80).optional())
            .and(Field::date(language, "birth", language.say("생년월일", "Date of birth")).errors(errors))
            .and(happened(visitor, "join", &OF_JOINING, errors))
            .and(Button::primary(language.say("가구원 더하기", "Add them"))),
    );
    let folded = Disclosure::new(language.say("가구원이 늘었다면", "If somebody came"), Html::empty().and(form));
    let is_open = errors.iter().any(|error| matches!(error.field.as_str(), "birth" | "join_on"));
    Html::empty().and(if is_open { folded.open() } else { folded })
}

fn leave_form(visitor: &Visitor, id: &str, household: &Household, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let members =
        household.members.iter().map(|member| Choice::new(&member.id, words::member(language, household, &member.id)));
    let form = Form::post(visitor, address_of(id)).hidden("what", "leave").body(
        Html::paragraphs(language.say(
            "가구주가 떠나면 배우자가, 배우자가 없으면 첫 번째 가구원이 가구주가 됩니다.",
            "Where the head leaves, the spouse heads the household, else who stands first.",
        ))
        .and(Field::select(language, "whose", language.say("누구", "Who"), members))
        .and(happened(visitor, "leave", &OF_LEAVING, errors))
        .and(Button::danger(language.say("가구에서 빼기", "Take them out"))),
    );
    let folded =
        Disclosure::new(language.say("가구원이 줄었다면", "If somebody left or died"), Html::empty().and(form));
    let is_open = errors.iter().any(|error| error.field == "leave_on");
    Html::empty().and(if is_open { folded.open() } else { folded })
}

/// Writes down what happened.
pub(super) async fn write(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(written): Sent<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let caller = caller_of(&visitor);
    let text = |name: &str| written.get(name).map_or("", |text| text.trim());
    let address = Address { whose: text("whose").to_owned(), fact: text("fact").to_owned(), ..Address::default() };
    let home = pages.service.household_to_change(&caller, &id).await?;
    let household = home.household.ok_or_else(Problem::not_found)?;
    let question = pages.service.question(&address.fact, &household);
    let change = match change(&written, (&address, question.as_ref())) {
        Ok(change) => change,
        Err(error) => return Ok(shown(&pages, &visitor, (&id, &address), &[error]).await?.into_response()),
    };
    let Asked { field, happened, change } = change;
    match pages.service.change_household(&caller, &id, happened, change).await {
        Ok(lived) => {
            let (opened, changed, closed) = (lived.opened.len(), lived.changed.len(), lived.closed.len());
            let address = address_of(&id);
            let to = format!("{address}?opened={opened}&changed={changed}&closed={closed}");
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => failed((&pages, &visitor), (&id, &address), &field, error).await,
    }
}

async fn failed(
    (pages, visitor): (&Pages, &Visitor),
    at: (&str, &Address),
    field: &str,
    error: ServiceError,
) -> Result<Response, Problem> {
    let errors = error.in_form(field)?;
    Ok(shown(pages, visitor, at, &errors).await?.into_response())
}

/// What is asked for, and the field that a refusal is about.
struct Asked {
    field: String,
    happened: (LifeEvent, Date),
    change: HouseholdChange,
}

fn change(
    written: &BTreeMap<String, String>,
    (address, question): (&Address, Option<&Question>),
) -> Result<Asked, FieldError> {
    let text = |name: &str| written.get(name).map_or("", |text| text.trim());
    let when = |prefix: &str| {
        let field = format!("{prefix}_on");
        let event = LifeEvent::from_identifier(text(&format!("{prefix}_event"))).unwrap_or(LifeEvent::Correction);
        match text(&field).parse::<Date>() {
            Ok(on) => Ok(((event, on), field)),
            Err(_) => Err(FieldError::new(field, "날짜를 골라 주세요.", "Choose the day.")),
        }
    };
    match text("what") {
        "join" => {
            let (happened, field) = when("join")?;
            let birth = text("birth").parse().map_err(|_| {
                FieldError::new(
                    "birth",
                    "생년월일을 1960-05-31처럼 적어 주세요.",
                    "Write the date of birth as 1960-05-31.",
                )
            })?;
            let change = HouseholdChange::Join { role: text("role").to_owned(), name: text("name").to_owned(), birth };
            Ok(Asked { field, happened, change })
        }
        "leave" => {
            let (happened, field) = when("leave")?;
            Ok(Asked { field, happened, change: HouseholdChange::Leave { member: address.whose.clone() } })
        }
        what => {
            let (happened, field) = when("fact")?;
            let Some(question) = question else {
                return Err(FieldError::new(field, "바꿀 사실을 골라 주세요.", "Choose the fact."));
            };
            let member = member_of(&address.whose).map(str::to_owned);
            let name = asked::name(question, member.as_deref());
            let value = match text(&name) {
                _ if what == "forget" => None,
                "" => return Err(FieldError::new(name, "값을 적어 주세요.", "Write the value.")),
                text => {
                    let read = asked::value(&question.answered, text);
                    Some(read.map_err(|(ko, en)| FieldError::new(name.as_str(), ko, en))?)
                }
            };
            let change = HouseholdChange::Fact { member, fact: question.fact.id.clone(), value };
            Ok(Asked { field: name, happened, change })
        }
    }
}
