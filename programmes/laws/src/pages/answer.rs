//! A result and everything it rests on: the figure first, then the picture of how it goes, then why, what would change
//! it, the facts with what proves them, and the certificate.

use maru_rules::explain::{Account, Source, change::Change};
use maru_web::{
    Html, Language, Page, PageKind, Visitor, capital,
    components::{Button, Card, Choice, Disclosure, Field, Form, Icon, Table, Tag, Tone},
};

use super::{ask, curve, say, tree, words};
use crate::{
    service::{Answer, Question},
    shelf::{Example, Law},
};

/// Everything that the page shows.
pub(super) struct Shown<'page> {
    pub(super) law: &'page Law,
    pub(super) question: &'page Question,
    pub(super) answer: &'page Answer,
    /// The example whose situation it is; none where somebody wrote it.
    pub(super) example: Option<&'page Example>,
    /// Whether the visitor may put the certificate on the log.
    pub(super) may_record: bool,
}

/// Rows of the table of changes: what matters most comes first.
const CHANGES: usize = 10;

pub(super) fn page(visitor: &Visitor, shown: &Shown) -> Page {
    let language = visitor.language;
    let account = &shown.answer.account;
    let title = capital(say(language, &account.label));
    let period = maru_rules::explain::period_in_words(account.period);
    let page = Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("계산하는 법령", "Laws as code"), "/laws")
        .breadcrumb(say(language, &shown.law.title), format!("/laws/{}", shown.law.name))
        .lead(format!("{} · {}", account.instance, say(language, &period)));
    page.body(
        result(language, account)
            .and(picture(visitor, shown))
            .and(why(language, account))
            .and(changes(language, &shown.answer.changes))
            .and(facts(language, account))
            .and(certificate(visitor, shown)),
    )
}

fn result(language: Language, account: &Account) -> Html {
    let mut html = Html::trusted("<section class=\"law-result\" aria-label=\"")
        .and(Html::text(language.say("결과", "Result")))
        .and(Html::trusted("\"><p class=\"law-figure\">"))
        .and(Html::text(say(language, &account.shown)))
        .and(Html::trusted("</p>"));
    if let Some(reason) = &account.reason {
        html = html.and(Html::trusted("<p class=\"law-reason\">")).and(Html::text(say(language, &reason.text)));
        let basis = say(language, &reason.basis);
        if !basis.is_empty() {
            html = html.and(Html::trusted("</p><p class=\"law-basis\">")).and(Html::text(basis));
        }
        html = html.and(Html::trusted("</p>"));
    }
    html.and(Html::trusted("</section>"))
}

/// How the result goes along a fact, and the choice of another fact.
fn picture(visitor: &Visitor, shown: &Shown) -> Html {
    let language = visitor.language;
    let account = &shown.answer.account;
    let Some(along) = shown.answer.along.as_ref().filter(|_| account.value.is_number()) else { return Html::empty() };
    let drawing = curve::picture(language, along, account);
    let inputs = account.inputs();
    let money = inputs.iter().filter(|input| input.unit.as_deref().is_some_and(|unit| unit.starts_with("currency")));
    let choices = money.map(|input| {
        let name = format!("{} · {}", input.instance, say(language, &input.label));
        Choice::new(format!("{}@{}", input.variable, input.instance), name)
    });
    let chosen = format!("{}@{}", along.fact.variable, along.fact.instance);
    let field = Field::select(language, "along", language.say("다른 사실로 그리기", "Along another fact"), choices)
        .value(chosen);
    let fields = Html::empty().and(field).and(Button::secondary(language.say("그리기", "Draw")));
    drawing.and(again(visitor, shown, "law-along", fields, "calculation"))
}

/// A form that asks the same question again: of an example by its address, else with the situation in it.
fn again(visitor: &Visitor, shown: &Shown, class: &str, fields: Html, address: &str) -> Form {
    let Question { situation, variable, period, of } = shown.question;
    let form = match shown.example {
        Some(example) if address == "calculation" => {
            Form::get(format!("/laws/{}/examples/{}", shown.law.name, example.name))
        }
        _ => Form::post(visitor, format!("/laws/{}/{address}", shown.law.name))
            .hidden("situation", ask::pretty(situation)),
    };
    form.hidden("variable", variable)
        .hidden("period", period.to_string())
        .hidden("of", of.clone().unwrap_or_default())
        .class(class)
        .body(fields)
}

fn why(language: Language, account: &Account) -> Html {
    let heading = words::heading(language.say("이 결과가 나온 까닭", "Why this is the result"));
    heading.and(tree::tree(language, account))
}

fn changes(language: Language, changes: &[Change]) -> Html {
    if changes.is_empty() {
        return Html::empty();
    }
    let heading = words::heading(language.say("무엇이 달라지면 결과가 달라지나", "What would change the result"));
    let hint = language.say(
        "다른 것은 그대로이고 한 가지만 달라질 때, 결과가 달라지는 가장 가까운 값입니다.",
        "For each fact alone, everything else as it is: the nearest value at which the result is another.",
    );
    let table = Table::new(language.say("한 가지만 달라질 때", "One fact at a time"))
        .hidden_caption()
        .column(language.say("사실", "Fact"))
        .figures(language.say("지금", "Now"))
        .figures(language.say("달라지면", "If it were"))
        .figures(language.say("그때 결과", "Result then"));
    let table = changes.iter().take(CHANGES).fold(table, |table, change| {
        table.row([
            Html::text(&format!("{} · {}", change.instance, say(language, &change.label))),
            Html::text(say(language, &change.now)),
            Html::text(say(language, &change.then)),
            Html::text(say(language, &change.result)),
        ])
    });
    heading.and(Html::paragraphs(hint)).and(table)
}

/// What was given stands open; what nobody said, and the law's usual value stands for, is folded: it is long.
fn facts(language: Language, account: &Account) -> Html {
    let (given, usual): (Vec<&Account>, Vec<&Account>) =
        account.inputs().into_iter().partition(|input| input.source == Source::Given);
    if given.is_empty() && usual.is_empty() {
        return Html::empty();
    }
    let mut html = words::heading(language.say("확인한 사실과 증빙", "Facts and what proves them"));
    if !given.is_empty() {
        html = html.and(fact_table(language, language.say("말한 사실", "What was said"), &given));
    }
    if !usual.is_empty() {
        let title = language.pick(
            format!("말하지 않아 보통의 값으로 본 사실 {}가지", usual.len()),
            format!("{} facts that nobody gave: the usual value stands for them", usual.len()),
        );
        html = html.and(Disclosure::new(&title, fact_table(language, &title, &usual)));
    }
    html
}

fn fact_table(language: Language, caption: &str, facts: &[&Account]) -> Html {
    let table = Table::new(caption)
        .hidden_caption()
        .column(language.say("사실", "Fact"))
        .figures(language.say("값", "Value"))
        .column(language.say("무엇으로 확인하나", "What proves it"));
    let rows = facts.iter().fold(table, |table, fact| {
        table.row([
            Html::text(&format!("{} · {}", fact.instance, say(language, &fact.label))),
            Html::text(say(language, &fact.shown)),
            Html::trusted("<span>").and(Html::text(say(language, &fact.text))).and(Html::trusted("</span>")),
        ])
    });
    Html::empty().and(rows)
}

/// The mark of a fact about which nothing was said.
pub(super) fn not_given(language: Language) -> Tag {
    Tag::new(Tone::Attention, language.say("입력 없음", "not given"))
}

fn certificate(visitor: &Visitor, shown: &Shown) -> Html {
    let language = visitor.language;
    let text = language.say(
        "무엇을 무엇으로 계산했는지 적은 파일입니다. 같은 법령 꾸러미를 가진 사람은 누구나 다시 계산해 확인할 수 있습니다.",
        "A file that says what was calculated from what. Whoever has the same package of law can calculate it again and compare.",
    );
    let download =
        Button::secondary(language.say("계산 증명 내려받기", "Download the certificate")).icon(Icon::Download);
    let mut actions =
        Html::empty().and(again(visitor, shown, "law-action", Html::empty().and(download), "certificate"));
    if shown.may_record {
        let record = Button::primary(language.say("증명의 지문을 기록에 남기기", "Put its fingerprint on the log"));
        actions = actions.and(again(visitor, shown, "law-action", Html::empty().and(record), "recorded-certificate"));
    }
    let card = Card::new(language.say("계산 증명", "Certificate of the calculation"))
        .body(Html::paragraphs(text))
        .actions(actions);
    Html::trusted("<div class=\"law-next\">").and(card).and(Html::trusted("</div>"))
}
