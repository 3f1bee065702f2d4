//! One package of law: what it calculates, act by act, and situations to look at.

use maru_rules::unknown::open_figures;
use maru_web::{
    Html, Language, Page, PageKind, Visitor, capital,
    components::{Button, Card, Disclosure, Icon, KeyFigure, KeyFigures, Table},
};

use super::{say, words};
use crate::shelf::{Act, Law, label};

pub(super) fn page(visitor: &Visitor, law: &Law) -> Page {
    let language = visitor.language;
    Page::new(visitor, say(language, &law.title), PageKind::Overview)
        .breadcrumb(language.say("계산하는 법령", "Laws as code"), "/laws")
        .lead(language.say(
            "법령의 기준과 산식을 그대로 옮겼습니다. 결과마다 까닭과 근거 조문을 보여 줍니다.",
            "Figures and formulas of the law, written as code. Every result shows why, and the article it rests on.",
        ))
        .body(figures(visitor, law).and(examples(language, law)).and(acts(language, law)).and(programs(language, law)))
}

fn figures(visitor: &Visitor, law: &Law) -> Html {
    let language = visitor.language;
    let today = maru_web::in_korea(visitor.now).date().to_string();
    let open = open_figures(&law.package.system, &today).len();
    let number = |count: usize| language.number(i64::try_from(count).unwrap_or(i64::MAX));
    let figure = |label: &str, value: usize, note: &str| KeyFigure {
        label: label.to_owned(),
        value: number(value),
        note: note.to_owned(),
    };
    let all = crate::pages::figures::count(&law.package.system.parameters);
    let figures = KeyFigures::new([
        figure(
            language.say("결과", "Results"),
            law.results(),
            language.say("산식으로 계산", "calculated by a formula"),
        ),
        figure(
            language.say("사실", "Facts"),
            law.facts(),
            language.say("물어보거나 조회하는 것", "asked or looked up"),
        ),
        figure(
            language.say("기준과 금액", "Figures of the law"),
            all,
            language.say("시행일과 출처가 있음", "each with date and source"),
        ),
        figure(
            language.say("확인되지 않은 값", "Open figures"),
            open,
            language.say("추측하지 않고 비워 둠", "left open, never guessed"),
        ),
    ]);
    let link = Button::secondary(language.say("기준과 금액 모두 보기", "Show all figures"))
        .link(format!("/laws/{}/figures", law.name));
    Html::empty().and(figures).and(Html::trusted("<p>")).and(link).and(Html::trusted("</p>"))
}

fn examples(language: Language, law: &Law) -> Html {
    let own = Button::primary(language.say("직접 계산해 보기", "Calculate your own"))
        .icon(Icon::Forward)
        .link(format!("/laws/{}/calculation", law.name));
    let heading = words::heading(language.say("계산 결과와 까닭 보기", "See a result and why"));
    let korean = language == Language::Korean;
    let cards = law.examples.iter().fold(Html::trusted("<div class=\"cards\">"), |cards, example| {
        let asked = example.question(korean).map(|(variable, period, _)| {
            let name = law.package.system.variables.get(variable.as_str()).map(|variable| label(variable));
            let name = name.map_or(variable, |label| say(language, &label).to_owned());
            format!("{name} · {period}")
        });
        let card = Card::new(capital(say(language, &example.label)))
            .third_level()
            .link(format!("/laws/{}/examples/{}", law.name, example.name))
            .body(Html::text(&asked.unwrap_or_default()));
        cards.and(card)
    });
    heading.and(cards).and(Html::trusted("</div><p class=\"law-next\">")).and(own).and(Html::trusted("</p>"))
}

fn acts(language: Language, law: &Law) -> Html {
    let heading = words::heading(language.say("무엇을 계산하나", "What is calculated"));
    law.acts.iter().fold(heading, |html, act| {
        if act.results.is_empty() {
            return html;
        }
        let title = language.pick(
            format!("{} · 결과 {}가지", say(language, &act.title), act.results.len()),
            format!("{} · {} results", capital(say(language, &act.title)), act.results.len()),
        );
        html.and(Disclosure::new(title, table(language, law, act)))
    })
}

fn table(language: Language, law: &Law, act: &Act) -> Html {
    let table = Table::new(say(language, &act.title))
        .hidden_caption()
        .column(language.say("결과", "Result"))
        .column(language.say("누구의", "Whose"))
        .column(language.say("언제", "When"));
    let rows = act.results.iter().fold(table, |table, variable| {
        let entity = &law.package.system.entities[variable.entity];
        let link = Html::trusted(format!("<a href=\"/laws/{}/results/{}\">", law.name, Html::text(&variable.name)))
            .and(Html::text(say(language, &label(variable))))
            .and(Html::trusted("</a>"));
        let whose = maru_rules::explain::Words::of_label(&entity.label);
        table.row([
            link,
            Html::text(say(language, &whose)),
            Html::text(words::every(language, variable.definition_period)),
        ])
    });
    Html::empty().and(rows)
}

/// For programs: OpenFisca's Web API, and where the rules come from.
fn programs(language: Language, law: &Law) -> Html {
    let api = format!("/laws/{}/api", law.name);
    let body = Html::paragraphs(language.say(
        "OpenFisca 웹 API와 같은 주소와 형식으로 답합니다. 많은 사람은 Parquet 파일로 한꺼번에 계산할 수 있습니다.",
        "Answers at the addresses and in the form of OpenFisca's Web API. Many people at once go in as Parquet files.",
    ))
    .and(Html::trusted("<ul><li><code>POST "))
    .and(Html::text(&format!("{api}/calculate")))
    .and(Html::trusted("</code></li><li><code>GET "))
    .and(Html::text(&format!("{api}/spec")))
    .and(Html::trusted("</code></li><li><code>POST "))
    .and(Html::text(&format!("{api}/batch")))
    .and(Html::trusted("</code></li></ul>"));
    let source = language.pick(
        format!(
            "꾸러미 {} {}, 지문 {}",
            law.package.name,
            law.package.version,
            &law.sha256[..16.min(law.sha256.len())]
        ),
        format!(
            "Package {} {}, fingerprint {}",
            law.package.name,
            law.package.version,
            &law.sha256[..16.min(law.sha256.len())]
        ),
    );
    let spec = Button::tertiary(language.say("API 설명", "API description")).small().link(format!("{api}/spec"));
    let card = Card::new(language.say("프로그램에서 쓰기", "For programs"))
        .body(body.and(Html::trusted("<p class=\"fine-print\">")).and(Html::text(&source)).and(Html::trusted("</p>")))
        .actions(Html::empty().and(spec));
    Html::trusted("<div class=\"law-next\">").and(card).and(Html::trusted("</div>"))
}
