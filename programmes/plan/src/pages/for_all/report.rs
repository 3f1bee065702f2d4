//! The annual report on AI for all, as one document.

use axum::response::Response;
use jiff::civil::{Date, date};
use maru_web::{Html, Page, PageKind, Problem, Query, components::Table};

use super::{Here, audits, dimension, field_name, fields, frame, help, stage};
use crate::{
    ServiceError,
    domain::for_all::{Audit, FIELDS, Stage},
    pages::{particulars::live_value, white_paper::Wanted, words},
    store::Named,
};

pub(super) async fn show(here: Here, Query(wanted): Query<Wanted>) -> Result<Page, Problem> {
    page(&here, wanted.year(here.caller.today())?).await
}

pub(super) async fn file(here: Here, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let year = wanted.year(here.caller.today())?;
    Ok(page(&here, year).await?.document().download(&format!("ai-for-all-{year}.pdf")))
}

async fn page(here: &Here, year: i16) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let (first, last): (Date, Date) = (date(year, 1, 1), date(year, 12, 31));
    let store = here.pages.service.store();
    let all = store.all_reach().await.map_err(ServiceError::from)?;
    let helped = store.help(first, last).await.map_err(ServiceError::from)?;
    let problems = store.problems().await.map_err(ServiceError::from)?;
    let figures = here.pages.service.figures(here.caller.now).await?;
    let heading = |text: &str| Html::trusted(format!("<h2>{text}</h2>"));

    let mut reach = Table::new(language.say("누구에게 닿았나", "Who is reached"))
        .hidden_caption()
        .column(language.say("분야", "Field"))
        .column(language.say("무엇에", "What"))
        .column(language.say("나눔", "By"))
        .column(language.say("분기", "Quarter"))
        .column(language.say("벌어진 정도", "Gap"));
    let mut missing = Vec::new();
    for (field, (_, known)) in FIELDS.iter().zip(&all) {
        let of_year = known.figures.iter().filter(|one| one.confirmed && one.breakdown.quarter.year() == year);
        let newest = fields::newest(of_year);
        if newest.is_empty() {
            missing.push(field_name(language, field));
        }
        for one in newest {
            reach = reach.row([
                Html::text(field_name(language, field)),
                words::korean(language, &one.breakdown.title),
                Html::text(dimension(language, one.breakdown.dimension)),
                Html::text(&words::quarter(language, one.breakdown.quarter)),
                Html::text(&fields::gap(language, &one.breakdown)),
            ]);
        }
    }
    let mut body = heading(language.say("누구에게 닿았나", "Who is reached")).and(reach);
    if !missing.is_empty() {
        let text = language.pick(
            format!("확인된 지표가 없는 분야: {}", missing.join(", ")),
            format!("Fields without a confirmed figure: {}", missing.join(", ")),
        );
        body = body.and(Html::paragraphs(&text));
    }
    body = body.and(heading(language.say("마루가 세는 서비스", "Services that Maru counts")));
    let mut live = Table::new(language.say("마루가 세는 서비스", "Services that Maru counts"))
        .hidden_caption()
        .column(language.say("수치", "Figure"))
        .figures(language.say("지금", "Now"));
    for one in figures.iter() {
        live = live.row([Html::text(one.title.say(language)), Html::text(&live_value(language, one))]);
    }
    body = body.and(live);
    body =
        body.and(heading(language.say("창구에서 도운 일", "Help at counters"))).and(help::figures(language, &helped));
    body = body.and(heading(language.say("서비스의 접근성", "Accessibility of services")));
    let audits = store.audits().await.map_err(ServiceError::from)?;
    let of_year = |named: &&Named<Audit>| named.state.audited.as_ref().is_some_and(|one| one.on.year() == year);
    let audits: Vec<&Named<Audit>> = audits.iter().filter(of_year).collect();
    body = match audits::table(language, &audits) {
        Some(table) => body.and(table),
        None => body.and(Html::paragraphs(language.say("점검한 서비스가 없습니다.", "No service was audited."))),
    };
    body = body.and(heading(language.say("국민이 낸 문제", "Problems that citizens posed")));
    let mut table = Table::new(language.say("국민이 낸 문제", "Problems"))
        .hidden_caption()
        .column(language.say("어디까지", "Stage"))
        .figures(language.say("문제", "Problems"));
    for one in [Stage::Posed, Stage::Working, Stage::Solved, Stage::NotSolved, Stage::NotChosen] {
        let count = problems.iter().filter(|named| named.state.stage() == one).count();
        table = table.row([Html::text(stage(language, one)), Html::text(&count.to_string())]);
    }
    body = body.and(table);
    let title = language.pick(format!("{year}년 AI 기본사회 보고서"), format!("Report on AI for all, {year}"));
    let lead = language.say("확인된 지표만 싣습니다.", "Only confirmed figures stand here.");
    let body = words::save_as_pdf(language, &format!("/plan/ai-for-all/report.pdf?year={year}")).and(body);
    Ok(frame(&here.visitor, &title, PageKind::Overview).lead(lead).body(body))
}
