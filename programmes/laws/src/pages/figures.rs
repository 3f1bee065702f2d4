//! The figures of a law on a day: value, since when, where it says so, how certain.

use maru_rules::{
    explain::{Figure, Words, figure_of},
    parameter::{Item, ParameterNode},
};
use maru_web::{
    Html, Language, Page, PageKind, Visitor, capital,
    components::{Button, Disclosure, Field, Form, Table},
};

use super::{say, words};
use crate::shelf::Law;

/// How many figures there are.
pub(super) fn count(node: &ParameterNode) -> usize {
    let counted = |item: &Item| match item {
        Item::Node(node) => count(node),
        Item::Parameter(_) | Item::Scale(_) => 1,
    };
    node.children.values().map(counted).sum()
}

pub(super) fn page(visitor: &Visitor, law: &Law, on: &str) -> Page {
    let language = visitor.language;
    let day = Field::date(language, "on", language.say("기준일", "On the day")).value(on);
    let form = Form::get(format!("/laws/{}/figures", law.name))
        .class("law-day")
        .body(Html::empty().and(day).and(Button::secondary(language.say("이날의 기준 보기", "Show"))));
    let body = law.package.system.parameters.children.iter().fold(Html::empty().and(form), |html, (name, item)| {
        let mut found = Vec::new();
        collect(law, item, on, &mut found);
        let about = item.about().description.as_deref();
        let title = Words::of_label(about.unwrap_or(&name.replace('_', " ")));
        let open = found.iter().filter(|figure| is_open(figure)).count();
        let title = language.pick(
            format!("{} · {}개{}", say(language, &title), found.len(), open_note(language, open)),
            format!("{} · {}{}", capital(say(language, &title)), found.len(), open_note(language, open)),
        );
        html.and(Disclosure::new(title, table(language, &found)))
    });
    Page::new(visitor, language.say("기준과 금액", "Figures of the law"), PageKind::Overview)
        .breadcrumb(language.say("계산하는 법령", "Laws as code"), "/laws")
        .breadcrumb(say(language, &law.title), format!("/laws/{}", law.name))
        .lead(language.pick(
            format!("{on}에 시행 중인 값입니다. 자료에서 확인하지 못한 값은 비워 두었습니다."),
            format!("Values in force on {on}. What the sources do not settle is left open."),
        ))
        .body(body)
}

fn open_note(language: Language, open: usize) -> String {
    match open {
        0 => String::new(),
        _ => language.pick(format!(", 확인되지 않음 {open}개"), format!(", {open} open")),
    }
}

fn is_open(figure: &Figure) -> bool {
    figure.mark.as_deref() == Some("U") || figure.value.is_null()
}

fn collect(law: &Law, item: &Item, on: &str, found: &mut Vec<Figure>) {
    match item {
        Item::Node(node) => node.children.values().for_each(|child| collect(law, child, on, found)),
        Item::Parameter(_) | Item::Scale(_) => found.push(figure_of(&law.package.system, &item.about().name, on)),
    }
}

fn table(language: Language, figures: &[Figure]) -> Html {
    let table = Table::new(language.say("기준과 금액", "Figures"))
        .hidden_caption()
        .column(language.say("이름", "Name"))
        .figures(language.say("값", "Value"))
        .column(language.say("시행일", "Since"))
        .column(language.say("근거", "Source"));
    let rows = figures.iter().fold(table, |table, figure| {
        let sources = figure.references.iter().enumerate().fold(Html::empty(), |html, (place, (title, href))| {
            let html = if place > 0 { html.and(Html::trusted("<br>")) } else { html };
            html.and(words::link(title, href.as_deref()))
        });
        let mark = words::certainty(language, figure.mark.as_deref());
        let sources = match mark {
            Some(mark) => sources.and(Html::trusted("<div class=\"law-mark\">")).and(mark).and(Html::trusted("</div>")),
            None => sources,
        };
        table.row([
            Html::text(say(language, &figure.description)),
            Html::text(say(language, &figure.shown)),
            Html::trusted("<span class=\"law-date\">")
                .and(Html::text(figure.since.as_deref().unwrap_or("–")))
                .and(Html::trusted("</span>")),
            Html::trusted("<div>").and(sources).and(Html::trusted("</div>")),
        ])
    });
    Html::empty().and(rows)
}
