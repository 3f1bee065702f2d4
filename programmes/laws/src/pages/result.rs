//! One variable of a law: what it is, what it says, and how it is calculated.

use maru_rules::{explain::Words, variable::Variable};
use maru_web::{
    Html, Language, Page, PageKind, Visitor, capital,
    components::{Button, DefinitionList, Disclosure, Icon},
};

use super::{say, words};
use crate::shelf::{Law, label};

pub(super) fn page(visitor: &Visitor, law: &Law, variable: &Variable) -> Page {
    let language = visitor.language;
    let mut body = Html::empty();
    if let Some(text) = variable.documentation.as_deref() {
        body = body.and(paragraph(language, &Words::of_text(text)));
    }
    body = body.and(facts(language, law, variable));
    for (from, formula) in variable.formulas.iter().rev() {
        let title = if from.as_str() <= "0001-01-01" {
            language.say("어떻게 계산하나", "How it is calculated").to_owned()
        } else {
            language.pick(format!("{from}부터 어떻게 계산하나"), format!("How it is calculated since {from}"))
        };
        body = body.and(words::heading(&title));
        if let Some(text) = formula.documentation() {
            body = body.and(paragraph(language, &Words::of_text(text)));
        }
        let source = Html::trusted("<pre tabindex=\"0\"><code>")
            .and(Html::text(&undented(formula.source())))
            .and(Html::trusted("</code></pre>"));
        body = body.and(Disclosure::new(language.say("산식 보기", "Show the formula"), source));
    }
    if !variable.formulas.is_empty() {
        let try_it = Button::primary(language.say("계산해 보기", "Calculate it")).icon(Icon::Forward).link(format!(
            "/laws/{}/calculation?variable={}",
            law.name,
            Html::text(&variable.name)
        ));
        body = body.and(Html::trusted("<p class=\"law-next\">")).and(try_it).and(Html::trusted("</p>"));
    }
    Page::new(visitor, capital(say(language, &label(variable))), PageKind::Citizen)
        .breadcrumb(language.say("계산하는 법령", "Laws as code"), "/laws")
        .breadcrumb(say(language, &law.title), format!("/laws/{}", law.name))
        .body(body)
}

fn paragraph(language: Language, text: &Words) -> Html {
    Html::trusted("<p>").and(Html::text(say(language, text))).and(Html::trusted("</p>"))
}

fn facts(language: Language, law: &Law, variable: &Variable) -> DefinitionList {
    let entity = &law.package.system.entities[variable.entity];
    let mut list = DefinitionList::new()
        .text(language.say("누구의", "Whose"), say(language, &Words::of_label(&entity.label)))
        .text(language.say("언제", "When"), words::every(language, variable.definition_period))
        .text(language.say("값", "Values"), words::kind(language, &variable.value_type));
    if let Some(end) = variable.end {
        list = list.text(language.say("마지막 날", "Last day"), &end.to_string());
    }
    let sources = variable.references.iter().fold(Html::empty(), |html, reference| {
        html.and(Html::trusted("<div>")).and(words::link(reference, Some(reference))).and(Html::trusted("</div>"))
    });
    if !sources.is_empty() {
        list = list.markup(language.say("법령", "Law"), sources);
    }
    let name = Html::trusted("<code>").and(Html::text(&variable.name)).and(Html::trusted("</code>"));
    list.markup(language.say("이름(프로그램용)", "Name for programs"), name)
}

/// A formula without the indentation that its class gave it.
fn undented(source: &str) -> String {
    let inner = source.lines().skip(1).filter(|line| !line.trim().is_empty());
    let indent = inner.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0).saturating_sub(4);
    let mut lines = source.lines();
    let first = lines.next().unwrap_or_default().trim_start().to_owned();
    lines.fold(first, |text, line| format!("{text}\n{}", line.get(indent..).unwrap_or_else(|| line.trim_start())))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_formula_begins_at_the_margin() {
        let source = "def formula(person, period):\n        a = 1\n        return a";
        assert_eq!(super::undented(source), "def formula(person, period):\n    a = 1\n    return a");
    }
}
