//! Why: the reason with its article, what would change it, the facts with what proves them, the law's figures with their
//! sources. One picture for citizens and officials.

use maru_web::{
    Html, Language, Visitor,
    components::{Disclosure, Table},
};

use super::words;
use crate::{
    domain::Household,
    evaluation::{Change, Grounds},
};

/// The reason with its article.
pub(super) fn reason(language: Language, grounds: &Grounds) -> Html {
    let (text, article) = language.pick((&grounds.ko, &grounds.article_ko), (&grounds.en, &grounds.article_en));
    if text.is_empty() {
        let missing = language.say("이 결과의 설명 문장이 아직 없습니다.", "There is no sentence for this result yet.");
        return Html::paragraphs(missing);
    }
    let article = if article.is_empty() { String::new() } else { format!(" ({article})") };
    Html::trusted("<p>").and(Html::text(text)).and(Html::text(&article)).and(Html::trusted("</p>"))
}

/// The facts that mattered.
pub(super) fn facts(visitor: &Visitor, household: &Household, grounds: &Grounds) -> Html {
    let language = visitor.language;
    let mut table = Table::new(language.say("확인한 사실과 증빙", "Facts and what proves them"))
        .column(language.say("사실과 증빙", "Fact, and what proves it"))
        .column(language.say("값", "Value"));
    // What is known comes first; what the law assumes where nothing is known stands below it.
    let known = grounds.inputs.iter().filter(|input| !input.assumed);
    let assumed: Vec<_> = grounds.inputs.iter().filter(|input| input.assumed).collect();
    for input in known {
        let fact = named(language, household, &input.whose, language.pick(&input.ko, &input.en));
        table = table.row([
            words::with_more(&fact, language.pick(&input.proof_ko, &input.proof_en)),
            words::unbroken(language.pick(&input.value_ko, &input.value_en)),
        ]);
    }
    let mut html = Html::empty().and(table);
    if !assumed.is_empty() {
        let items = assumed.iter().map(|input| {
            let who = whose(language, household, &input.whose);
            Html::text(&language.pick(
                format!("{who}: {} — {}", input.ko, input.value_ko),
                format!("{who}: {} — {}", input.en, input.value_en),
            ))
        });
        let title = language.pick(
            format!("자료가 없어 일반적인 값으로 본 사실 {}가지", assumed.len()),
            format!("Facts without data, taken at their usual value: {}", assumed.len()),
        );
        html = html.and(Disclosure::new(title, words::list(items)));
    }
    html
}

/// A fact with whose it is.
fn named(language: Language, household: &Household, id: &str, fact: &str) -> String {
    format!("{} · {fact}", whose(language, household, id))
}

fn whose(language: Language, household: &Household, id: &str) -> String {
    if household.member(id).is_some() {
        words::member(language, household, id)
    } else if id.starts_with("couple") {
        language.say("부부", "Couple").to_owned()
    } else {
        language.say("가구", "Household").to_owned()
    }
}

/// The law's figures that were used.
pub(super) fn figures(visitor: &Visitor, grounds: &Grounds) -> Html {
    let language = visitor.language;
    if grounds.figures.is_empty() {
        return Html::empty();
    }
    let mut table = Table::new(language.say("적용한 기준", "Figures of the law"))
        .column(language.say("기준", "Figure"))
        .figures(language.say("값", "Value"))
        .column(language.say("시행일", "Since"))
        .column(language.say("출처", "Source"));
    for figure in &grounds.figures {
        let source = match (&figure.source, &figure.address) {
            (Some(title), Some(address)) if address.starts_with("https://") => Html::trusted(format!(
                "<a href=\"{}\" rel=\"noreferrer\">{}</a>",
                Html::text(address),
                Html::text(title)
            )),
            (Some(title), _) => Html::text(title),
            (None, _) => Html::text("–"),
        };
        let mark = figure.mark.as_deref().map(|mark| certainty(language, mark)).unwrap_or_default();
        table = table.row([
            Html::text(language.pick(&figure.ko, &figure.en)),
            Html::text(language.pick(&figure.value_ko, &figure.value_en)),
            words::unbroken(figure.since.as_deref().unwrap_or("–")),
            source.and(Html::text(mark)),
        ]);
    }
    Html::empty().and(Disclosure::new(
        language.pick(
            format!("적용한 법의 기준 {}가지와 출처", grounds.figures.len()),
            format!("Figures of the law with their sources: {}", grounds.figures.len()),
        ),
        Html::empty().and(table),
    ))
}

fn certainty(language: Language, mark: &str) -> &'static str {
    match mark {
        "L" => language.say(" · 공식 원문", " · official text"),
        "P" => language.say(" · 공공기관 안내", " · public body"),
        "S" => language.say(" · 2차 자료, 확인 필요", " · secondary source, to be checked"),
        "U" => language.say(" · 확인되지 않음", " · not verified"),
        _ => "",
    }
}

/// How many changes are told.
const MOST_CHANGES: usize = 8;

/// What would change it: at most a handful, what decides first.
pub(super) fn changes(visitor: &Visitor, household: &Household, changes: &[Change]) -> Html {
    let language = visitor.language;
    if changes.is_empty() {
        return Html::empty();
    }
    let title = language.say("무엇이 바뀌면 달라지나요?", "What would change it?");
    let table = Table::new(title)
        .hidden_caption()
        .column(language.say("사실", "Fact"))
        .column(language.say("지금", "Now"))
        .column(language.say("이렇게 바뀌면", "If it were"))
        .figures(language.say("받는 금액", "You would get"));
    let table = changes.iter().take(MOST_CHANGES).fold(table, |table, change| {
        let (now, then, result) = language.pick(&change.words_ko, &change.words_en);
        let fact = named(language, household, &change.whose, language.pick(&change.ko, &change.en));
        table.row([Html::text(&fact), words::unbroken(now), words::unbroken(then), words::unbroken(result)])
    });
    words::heading(title).and(table)
}
