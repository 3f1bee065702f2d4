//! Help at counters: what officials write down, and what it comes to.

use axum::response::Response;
use jiff::civil::Date;
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Problem,
    components::{Button, Choice, EmptyState, ErrorSummary, Field, Form, KeyFigure, KeyFigures, Table},
};
use serde::Deserialize;

use super::{Here, answer, frame, need};
use crate::{
    ServiceError,
    domain::for_all::{Assisted, Need},
    pages::words,
    store::{Help, HelpCounts},
};

const ADDRESS: &str = "/plan/ai-for-all/help";

/// What somebody wrote.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    on: Option<Date>,
    service: String,
    need: String,
    solved: String,
    minutes: String,
}

/// The figures of help, and a table of why it was needed.
pub(super) fn figures(language: Language, help: &Help) -> Html {
    let number = |number: u64| words::count(language, number);
    let share = |counts: &HelpCounts| language.percentage(counts.solved as f64 / counts.times.max(1) as f64);
    let minutes = number(help.all.minutes / help.all.times.max(1));
    let figures = KeyFigures::new([
        KeyFigure {
            label: language.say("도운 횟수", "Times").to_owned(),
            value: number(help.all.times),
            note: String::new(),
        },
        KeyFigure {
            label: language.say("일을 마친 비율", "Got what they came for").to_owned(),
            value: share(&help.all),
            note: String::new(),
        },
        KeyFigure {
            label: language.say("한 번에 걸린 시간", "Time taken each").to_owned(),
            value: language.pick(format!("{minutes}분"), format!("{minutes} min")),
            note: String::new(),
        },
    ]);
    let table = |title: &str, column: &str, rows: Vec<(String, HelpCounts)>| {
        let table = Table::new(title)
            .column(column)
            .figures(language.say("횟수", "Times"))
            .figures(language.say("마친 비율", "Solved"))
            .figures(language.say("분", "Minutes"));
        rows.into_iter().fold(table, |table, (name, counts)| {
            let cells = [name, number(counts.times), share(&counts), number(counts.minutes)];
            table.row(cells.map(|cell| Html::text(&cell)))
        })
    };
    let needs = help.needs.iter().map(|(one, counts)| (need(language, *one).to_owned(), *counts)).collect();
    let mut services: Vec<(String, HelpCounts)> =
        help.services.iter().map(|(name, counts)| (name.clone(), *counts)).collect();
    services.sort_by_key(|(name, counts)| (std::cmp::Reverse(counts.times), name.clone()));
    Html::empty()
        .and(figures)
        .and(table(language.say("왜 도움이 필요했나", "Why help was needed"), language.say("까닭", "Why"), needs))
        .and(table(language.say("어느 서비스에서", "With which service"), language.say("서비스", "Service"), services))
}

async fn shown(here: &Here, written: &Written, errors: &[FieldError]) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let today = here.caller.today();
    let first = today.saturating_sub(jiff::Span::new().days(364));
    let help = here.pages.service.store().help(first, today).await.map_err(ServiceError::from)?;
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    if here.visitor.is_staff() {
        body = body.and(form(here, written, errors));
    }
    body = if help.all.times == 0 {
        body.and(EmptyState::new(
            language.say("아직 적은 것이 없습니다", "Nothing was written down yet"),
            language.say(
                "창구 공무원이 도운 일을 적으면 여기에 셉니다.",
                "What officials at counters write down is counted here.",
            ),
        ))
    } else {
        body.and(figures(language, &help))
    };
    Ok(frame(&here.visitor, language.say("창구에서 도운 일", "Help at counters"), PageKind::Citizen)
        .lead(language.say(
            "지난 365일 동안 디지털 서비스를 혼자 쓰기 어려운 분을 창구에서 도운 일입니다. 누구인지는 적지 않습니다.",
            "Help given in the last 365 days to people who could not use a digital service alone. Nothing about the person is kept.",
        ))
        .body(body))
}

fn form(here: &Here, written: &Written, errors: &[FieldError]) -> Html {
    let language = here.visitor.language;
    let needs = Need::ALL.map(|one| Choice::new(one.identifier(), need(language, one)));
    let solved =
        [Choice::new("yes", language.say("마쳤음", "Yes")), Choice::new("no", language.say("못 마쳤음", "No"))];
    let on = written.on.unwrap_or_else(|| here.caller.today());
    let fields = Html::empty()
        .and(
            Field::text(language, "service", language.say("어느 서비스였나요?", "With which service?"))
                .hint(language.say("이름이나 번호 같은 개인정보는 적지 마십시오.", "Write nothing about the person."))
                .longest(100)
                .value(written.service.clone())
                .errors(errors),
        )
        .and(
            Field::radios(language, "need", language.say("왜 도움이 필요했나요?", "Why was help needed?"), needs)
                .value(written.need.clone())
                .errors(errors),
        )
        .and(
            Field::radios(
                language,
                "solved",
                language.say("볼일을 마쳤나요?", "Did they get what they came for?"),
                solved,
            )
            .inline()
            .value(if written.solved.is_empty() { "yes" } else { written.solved.as_str() }),
        )
        .and(
            Field::text(language, "minutes", language.say("몇 분 걸렸나요?", "How many minutes?"))
                .input_mode("numeric")
                .value(written.minutes.clone())
                .errors(errors),
        )
        .and(Field::date(language, "on", language.say("언제", "When")).value(on.to_string()).errors(errors))
        .and(Button::primary(language.say("적기", "Write it down")));
    Html::trusted(format!("<h2>{}</h2>", language.say("도운 일 적기", "Write down a help")))
        .and(Form::post(&here.visitor, ADDRESS).body(fields))
}

pub(super) async fn show(here: Here) -> Result<Page, Problem> {
    shown(&here, &Written::default(), &[]).await
}

pub(super) async fn log(here: Here, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    here.visitor.signed_in()?;
    let assisted = Need::from_identifier(&written.need).map(|need| Assisted {
        on: written.on.unwrap_or_else(|| here.caller.today()),
        service: written.service.clone(),
        need,
        solved: written.solved != "no",
        minutes: written.minutes.trim().parse().unwrap_or(0),
    });
    let result = match assisted {
        Some(assisted) => here.pages.service.log_help(&here.caller, assisted).await,
        None if !here.visitor.is_staff() => return Err(Problem::forbidden()),
        None => Err(ServiceError::field("need", "까닭을 골라 주십시오.", "Choose why.")),
    };
    answer(result, ("minutes", ADDRESS), async |errors| shown(&here, &written, &errors).await).await
}
