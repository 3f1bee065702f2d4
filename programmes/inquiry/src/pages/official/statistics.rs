//! The whole at a glance: how many came in, how many were answered in time.

use jiff::civil::Date;
use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{BarChart, Button, EmptyState, Field, Form, KeyFigure, KeyFigures, Table, Tone},
};

use crate::{
    agency::Agency,
    pages::words,
    store::{Figures, StatisticsRow},
};

pub(in crate::pages) fn page(
    visitor: &Visitor,
    rows: &[StatisticsRow],
    agency: &Agency,
    first: Date,
    last: Date,
) -> Page {
    let language = visitor.language;
    let period = Form::get("/work/statistics").class("list-search").body(
        Html::empty()
            .and(Field::date(language, "from", language.say("처음 날", "From")).value(first.to_string()))
            .and(Field::date(language, "to", language.say("마지막 날", "To")).value(last.to_string()))
            .and(Button::secondary(language.say("보기", "Show")).small()),
    );
    let page = Page::new(visitor, language.say("처리 현황", "Statistics"), PageKind::Overview);
    if rows.is_empty() {
        let empty = EmptyState::new(
            language.say("이 기간에 접수한 문의가 없습니다", "Nothing was received in this period"),
            language.say("다른 기간을 골라 주세요.", "Choose another period."),
        );
        return page.body(Html::empty().and(period).and(empty));
    }
    let mut all = Figures::default();
    for row in rows {
        all.add(&row.figures);
    }
    page.body(
        Html::empty()
            .and(figures(visitor, &all))
            .and(chart(visitor, rows, agency, first, last))
            .and(period)
            .and(table(visitor, rows, agency)),
    )
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn figures(visitor: &Visitor, all: &Figures) -> Html {
    let language = visitor.language;
    let number = |count: u64| language.number(i64::try_from(count).unwrap_or(i64::MAX));
    let figure = |label: &str, value: String, note: String| KeyFigure { label: label.to_owned(), value, note };
    let stars = if all.rated == 0 { "–".to_owned() } else { format!("{:.1}", share(all.stars, all.rated)) };
    Html::empty().and(KeyFigures::new([
        figure(language.say("접수", "Received"), number(all.received), String::new()),
        figure(
            language.say("기한 안에 답변", "Answered in time"),
            language.percentage(share(all.in_time, all.served)),
            language.pick(
                format!("답변 {}건 가운데 {}건", number(all.served), number(all.in_time)),
                format!("{} of {}", number(all.in_time), number(all.served)),
            ),
        ),
        figure(
            language.say("처리 중", "Open"),
            number(all.open),
            language.pick(format!("기한 지남 {}건", number(all.overdue)), format!("{} overdue", number(all.overdue))),
        ),
        figure(
            language.say("만족도 (5점)", "Rating (of 5)"),
            stars,
            language.pick(format!("평가 {}건", number(all.rated)), format!("{} ratings", number(all.rated))),
        ),
    ]))
}

/// Per department: all kinds together.
fn by_department(rows: &[StatisticsRow]) -> Vec<(String, Figures)> {
    let mut departments: Vec<(String, Figures)> = Vec::new();
    for row in rows {
        match departments.iter_mut().find(|(id, _)| *id == row.department) {
            Some((_, figures)) => figures.add(&row.figures),
            None => departments.push((row.department.clone(), row.figures)),
        }
    }
    departments.sort_by_key(|(_, figures)| std::cmp::Reverse(figures.received));
    departments
}

fn chart(visitor: &Visitor, rows: &[StatisticsRow], agency: &Agency, first: Date, last: Date) -> Html {
    let language = visitor.language;
    let departments = by_department(rows);
    let title = language.say("부서마다 접수한 문의", "Inquiries received by department");
    let mut chart = BarChart::new(
        language,
        "by-department",
        title,
        language.say("부서", "Department"),
        language.say("접수", "Received"),
    )
    .description(language.say(
        "막대가 길수록 많이 접수한 부서입니다. 기한이 지난 문의가 있는 부서는 따로 표시합니다.",
        "The longer the bar, the more was received. Departments with overdue inquiries are marked.",
    ))
    .source(language.pick(
        format!("{} ~ {}, 마루 처리 기록", language.date(first), language.date(last)),
        format!("{} to {}, Maru's own records", language.date(first), language.date(last)),
    ));
    for (id, figures) in &departments {
        let words = if figures.overdue > 0 {
            language.pick(
                format!("{}건, 기한 지남 {}건", figures.received, figures.overdue),
                format!("{}, {} overdue", figures.received, figures.overdue),
            )
        } else {
            language.pick(format!("{}건", figures.received), figures.received.to_string())
        };
        let tone = if figures.overdue > 0 { Tone::Attention } else { Tone::Active };
        chart = chart.bar(words::department(language, agency, id), figures.received as f64, words, tone);
    }
    Html::empty().and(chart)
}

fn table(visitor: &Visitor, rows: &[StatisticsRow], agency: &Agency) -> Html {
    let language = visitor.language;
    let number = |count: u64| Html::text(&language.number(i64::try_from(count).unwrap_or(i64::MAX)));
    let mut table = Table::new(language.say("부서와 종류마다", "By department and kind"))
        .column(language.say("부서", "Department"))
        .column(language.say("종류", "Kind"))
        .figures(language.say("접수", "Received"))
        .figures(language.say("답변", "Answered"))
        .figures(language.say("기한 안", "In time"))
        .figures(language.say("처리 중", "Open"))
        .figures(language.say("기한 지남", "Overdue"))
        .figures(language.say("평균 시간", "Mean hours"));
    for row in rows {
        let figures = &row.figures;
        table = table.row([
            Html::text(&words::department(language, agency, &row.department)),
            Html::text(words::kind(language, row.kind)),
            number(figures.received),
            number(figures.served),
            number(figures.in_time),
            number(figures.open),
            number(figures.overdue),
            // Where nothing was answered there is no mean.
            figures.hours.checked_div(figures.served).map_or_else(|| Html::text("–"), number),
        ]);
    }
    Html::empty().and(table)
}
