//! The report of a study as a document to be filed or printed: what the page shows, as PDF.

use maru_rules::reform::{Line, Study};
use maru_web::{
    Language,
    pdf::{Bars, Document, Table},
};

use super::{
    charts::largest,
    result::{Beside, answer, change_words, figures_of, method_facts},
    words::{benefit_name, count, large, line_name, percent, share, signed, signed_large, trait_name, whole},
};
use crate::{
    domain::{Design, ReformStudy, reform::Outcome},
    laboratory::households,
};

/// The report of a study.
pub(super) fn document(language: Language, state: &ReformStudy, outcome: &Outcome, beside: &Beside<'_>) -> Document {
    let study = &outcome.study;
    let asked = state.by.as_ref().zip(state.at).map(|(by, at)| format!("{}, {}", by.name, language.date_time(at)));
    let figures = figures_of(language, study).map(|figure| {
        let note = if figure.note.is_empty() { String::new() } else { format!(" ({})", figure.note) };
        (figure.label, format!("{}{note}", figure.value))
    });
    let mut document =
        Document::new(language, format!("{}: {}", language.say("개정안 모의계산", "Study of a reform"), state.name()))
            .paragraph(asked.unwrap_or_default())
            .paragraph(answer(language, study))
            .facts(figures);
    if let Some(design) = &state.design {
        document = changes(language, document, design, beside);
    }
    document = document
        .heading(language.say("급여별 비용", "Cost by benefit"))
        .table(benefits(language, study))
        .heading(language.say("누가 얻고 누가 잃나요?", "Who gains and who loses"));
    document = lines(language, document, ("deciles", language.say("소득 분위", "Decile").to_owned()), &study.deciles);
    for (name, of_group) in &study.groups {
        document = lines(language, document, (name.as_str(), trait_name(language, name)), of_group);
    }
    incentive(language, document, state, outcome)
        .heading(language.say("어떻게 계산했나요?", "How it was calculated"))
        .facts(method_facts(language, outcome))
        .heading(language.say("다시 계산하려면", "To calculate it again"))
        .paragraph(language.say(
            "화면에서 개정안 파일과 가구 파일을 받아 이 명령을 실행하면 이 보고서의 모든 수가 그대로 나옵니다.",
            "With the files of the reform and of the household from the page, this command gives every figure of this report.",
        ))
        .lines(beside.command)
}

fn changes(language: Language, document: Document, design: &Design, beside: &Beside<'_>) -> Document {
    let mut document = document.heading(language.say("무엇을 바꾸나요?", "What changes"));
    if !design.changes.is_empty() {
        let mut table = Table::new()
            .column(language.say("값", "Figure"), 3.0)
            .figures(language.say("지금", "In force"), 1.4)
            .figures(language.say("개정안", "Reform"), 1.4)
            .column(language.say("기간", "When"), 2.0);
        for (place, change) in design.changes.iter().enumerate() {
            let law = beside.figures.get(place).and_then(Option::as_ref);
            table = table.row(change_words(language, change, law));
        }
        document = document.table(table);
    }
    if !design.formulas.trim().is_empty() {
        document = document.paragraph(language.say("바꾸는 규칙", "Other rules")).lines(design.formulas.clone());
    }
    if design.take_up.is_empty() {
        return document.paragraph(language.say(
            "받을 수 있는 사람은 모두 받는 것으로 계산했습니다.",
            "Everybody who is entitled is taken to receive it.",
        ));
    }
    let mut table = Table::new()
        .column(language.say("받는 비율", "Take-up"), 3.0)
        .figures(language.say("지금", "In force"), 1.0)
        .figures(language.say("개정안", "Reform"), 1.0);
    for one in &design.take_up {
        let shares = [one.in_force, one.reform].map(|share| format!("{share}%"));
        table = table.row(std::iter::once(benefit_name(language, &one.benefit)).chain(shares));
    }
    document.table(table)
}

fn benefits(language: Language, study: &Study) -> Table {
    let mut table = Table::new()
        .column(language.say("급여", "Benefit"), 2.0)
        .figures(language.say("지금, 한 달", "In force, a month"), 2.0)
        .figures(language.say("개정안, 한 달", "Reform, a month"), 2.0)
        .figures(language.say("차이, 한 달", "Difference, a month"), 2.0)
        .figures(language.say("받는 수, 지금", "Takers, in force"), 1.3)
        .figures(language.say("받는 수, 개정안", "Takers, reform"), 1.3);
    for one in &study.benefits {
        let [before, after] = one.paid;
        table = table.row([
            benefit_name(language, &one.name),
            large(language, before),
            large(language, after),
            signed_large(language, after - before),
            count(language, one.takers[0]),
            count(language, one.takers[1]),
        ]);
    }
    table
}

/// How incomes change by a trait: as bars, then with figures.
fn lines(language: Language, document: Document, (of, name): (&str, String), lines: &[Line]) -> Document {
    let title = language.pick(format!("{name}별 평균 변화"), format!("Mean change by {}", name.to_lowercase()));
    let mut document = document.paragraph(title);
    if largest(lines) > 0.0 {
        let bars = lines.iter().fold(Bars::new(), |bars, line| {
            bars.bar(line_name(language, of, line), line.mean_change, signed(language, line.mean_change))
        });
        document = document.bars(bars);
    }
    let mut table = Table::new()
        .column(name, 2.2)
        .figures(language.say("사람", "Persons"), 1.4)
        .figures(language.say("평균 변화", "Mean change"), 1.4)
        .figures(language.say("느는 사람", "Gain"), 1.0)
        .figures(language.say("주는 사람", "Lose"), 1.0)
        .figures(language.say("비용", "Cost"), 2.0);
    for line in lines {
        table = table.row([
            line_name(language, of, line),
            count(language, line.persons),
            signed(language, line.mean_change),
            percent(share(line.winners, line.persons)),
            percent(share(line.losers, line.persons)),
            signed_large(language, line.cost),
        ]);
    }
    document.table(table)
}

fn incentive(language: Language, document: Document, state: &ReformStudy, outcome: &Outcome) -> Document {
    let document = document.heading(language.say("일할 이유가 남나요?", "Does work still pay"));
    let Some(curve) = &outcome.curve else {
        return document.paragraph(language.say(
            "법이 정한 값 가운데 확인되지 않은 것이 있어 이 가구는 계산하지 않았습니다.",
            "A figure of the law is not known for this household: it was not calculated.",
        ));
    };
    let name = state.design.as_ref().and_then(|design| households::example(&design.household));
    let name = name.map_or("", |example| language.say(example.ko, example.en));
    let title = language.pick(
        format!("{name}: 더 번 돈 가운데 급여가 줄어 남지 않는 몫"),
        format!("{name}: what of each further won earned does not stay"),
    );
    let mut table = Table::new()
        .figures(language.say("월 근로소득", "Earnings a month"), 1.0)
        .figures(language.say("지금", "In force"), 1.0)
        .figures(language.say("개정안", "Reform"), 1.0);
    let (before, after) = (curve.marginal(false), curve.marginal(true));
    // Every fifth step is enough on paper; the file has all of them.
    for (place, amount) in curve.amounts.iter().enumerate().step_by(5) {
        let rate = |rates: &[f64]| rates.get(place).map_or_else(String::new, |rate| percent(*rate));
        table = table.row([language.won(whole(*amount)), rate(&before), rate(&after)]);
    }
    document.paragraph(title).table(table)
}
