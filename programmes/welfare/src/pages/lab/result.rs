//! A study: while it is calculated, and what it came to.

use maru_rules::reform::Study;
use maru_web::{
    Html, Language, Page, PageKind, Visitor,
    components::{Button, DefinitionList, Disclosure, Field, Form, KeyFigure, KeyFigures, Notice, NoticeKind, Table},
};

use super::{
    charts::{self, Changes},
    words::{
        benefit_name, count, large, percent, reference_links, share, signed_large, times_a_year, trait_name, unit,
        value,
    },
};
use crate::{
    domain::{
        Design, ReformStudy,
        reform::{FigureChange, Outcome},
    },
    laboratory::{figures::Figure, households},
    pages::words,
    service::Studying,
    store::Named,
};

/// What the page needs beside the study.
pub(super) struct Beside<'a> {
    /// The changed figures as the law has them, in the order of the design.
    pub(super) figures: &'a [Option<Figure>],
    /// The command that gives every figure again.
    pub(super) command: &'a str,
    /// Whether the visitor may rename it and put it away.
    pub(super) may_change: bool,
}

pub(super) fn page(visitor: &Visitor, studying: &Studying, beside: &Beside<'_>) -> Page {
    let language = visitor.language;
    let state = &studying.study.state;
    let body = match (&state.outcome, &state.failed) {
        (Some(outcome), _) => done(visitor, &studying.study, outcome, beside),
        (None, Some(reason)) => failed(language, reason).and(changes(language, state, beside.figures)),
        (None, None) => waiting(language, studying).and(changes(language, state, beside.figures)),
    };
    let asked = state.by.as_ref().zip(state.at).map(|(by, at)| format!("{}, {}", by.name, language.date_time(at)));
    Page::new(visitor, state.name(), PageKind::Overview)
        .breadcrumb(language.say("개정안 모의계산", "Reform laboratory"), "/welfare/lab")
        .lead(asked.unwrap_or_default())
        .body(body)
}

fn waiting(language: Language, studying: &Studying) -> Html {
    let (done, all) = studying.progress.map_or((0, 0), |progress| (progress.done, progress.all));
    let text = if all == 0 {
        language.say("계산을 시작합니다.", "The calculation begins.").to_owned()
    } else {
        language
            .pick(format!("{all}부분 가운데 {done}부분을 계산했습니다."), format!("{done} of {all} parts are done."))
    };
    let bar = Html::trusted(format!(
        "<progress class=\"lab-progress\" max=\"{}\" value=\"{done}\" aria-label=\"{}\"></progress>",
        all.max(1),
        language.say("진행", "Progress")
    ));
    let hint = Html::paragraphs(language.say(
        "이 화면은 스스로 새로 열립니다. 닫아도 계산은 이어지고, 서버가 다시 시작되어도 사라지지 않습니다.",
        "This page opens itself anew. The calculation goes on when you leave, and is not lost when the server restarts.",
    ));
    let notice = Notice::new(language, NoticeKind::Information, &text)
        .title(language.say("계산하고 있습니다", "It is being calculated"))
        .announced();
    Html::empty().and(notice).and(bar).and(hint)
}

fn failed(language: Language, reason: &str) -> Html {
    let text = language.pick(format!("계산하지 못했습니다: {reason}"), format!("It could not be calculated: {reason}"));
    Html::empty().and(Notice::new(language, NoticeKind::Warning, &text))
}

/// The figures that are changed: in force, and new.
pub(super) fn changes(language: Language, state: &ReformStudy, figures: &[Option<Figure>]) -> Html {
    let Some(design) = &state.design else { return Html::empty() };
    let mut html = words::heading(language.say("무엇을 바꾸나요?", "What changes"));
    if !design.changes.is_empty() {
        let mut table = Table::new(language.say("바꾸는 값", "Changed figures"))
            .hidden_caption()
            .column(language.say("값", "Figure"))
            .figures(language.say("지금", "In force"))
            .figures(language.say("개정안", "Reform"))
            .column(language.say("기간", "When"))
            .column(language.say("근거", "Basis"));
        for (place, change) in design.changes.iter().enumerate() {
            table = table.row(change_row(language, change, figures.get(place).and_then(Option::as_ref)));
        }
        html = html.and(table);
    }
    if !design.formulas.trim().is_empty() {
        html = html
            .and(Html::trusted("<p>"))
            .and(Html::text(language.say("바꾸는 규칙", "Other rules")))
            .and(Html::trusted("</p><pre class=\"lab-command\" tabindex=\"0\">"))
            .and(Html::text(&design.formulas))
            .and(Html::trusted("</pre>"));
    }
    html.and(take_up(language, design))
}

/// A changed figure in words: what it is, its value in force, the new one, and from when until when.
pub(super) fn change_words(language: Language, change: &FigureChange, law: Option<&Figure>) -> [String; 4] {
    let korean = language == Language::Korean;
    let unit_of = law.map_or("", |law| law.unit.as_str());
    let words_of_unit = unit(language, unit_of);
    let name = law.map_or(change.path.clone(), |law| law.words.in_language(korean).to_owned());
    let name = if words_of_unit.is_empty() { name } else { format!("{name} ({words_of_unit})") };
    let from = language.date(change.from);
    let when = match change.until {
        Some(until) => {
            let until = language.date(until);
            language.pick(format!("{from}부터 {until} 전까지"), format!("from {from} to before {until}"))
        }
        None => language.pick(format!("{from}부터"), format!("from {from}")),
    };
    let in_force = value(language, law.and_then(|law| law.value.as_deref()), unit_of);
    [name, in_force, value(language, Some(&change.value), unit_of), when]
}

fn change_row(language: Language, change: &FigureChange, law: Option<&Figure>) -> [Html; 5] {
    let [name, in_force, reform, when] = change_words(language, change, law).map(|text| Html::text(&text));
    [name, in_force, reform, when, law.map_or_else(Html::empty, |law| reference_links(&law.references))]
}

fn take_up(language: Language, design: &Design) -> Html {
    if design.take_up.is_empty() {
        return Html::paragraphs(language.say(
            "받을 수 있는 사람은 모두 받는 것으로 계산했습니다.",
            "Everybody who is entitled is taken to receive it.",
        ));
    }
    let mut table = Table::new(language.say("받는 비율", "Take-up"))
        .column(language.say("급여", "Benefit"))
        .figures(language.say("지금", "In force"))
        .figures(language.say("개정안", "Reform"));
    for one in &design.take_up {
        table = table.row([
            Html::text(&benefit_name(language, &one.benefit)),
            Html::text(&format!("{}%", one.in_force)),
            Html::text(&format!("{}%", one.reform)),
        ]);
    }
    Html::empty().and(table)
}

fn done(visitor: &Visitor, named: &Named<ReformStudy>, outcome: &Outcome, beside: &Beside<'_>) -> Html {
    let language = visitor.language;
    let study = &outcome.study;
    let mut html = Html::paragraphs(&answer(language, study))
        .and(key_figures(language, study))
        .and(changes(language, &named.state, beside.figures))
        .and(words::heading(language.say("급여별 비용", "Cost by benefit")))
        .and(benefits(language, study))
        .and(words::heading(language.say("누가 얻고 누가 잃나요?", "Who gains and who loses")))
        .and(
            Changes {
                identifier: "deciles",
                title: language
                    .say(
                        "소득 분위별 가구 소득의 평균 변화, 가난한 쪽부터",
                        "Mean change of household income by decile, the poorest first",
                    )
                    .to_owned(),
                of: "deciles",
                names: language.say("소득 분위", "Decile").to_owned(),
                lines: &study.deciles,
                most: None,
            }
            .draw(language),
        );
    for (place, (name, lines)) in study.groups.iter().enumerate() {
        let called = trait_name(language, name);
        let title = language.pick(format!("{called}별 평균 변화"), format!("Mean change by {}", called.to_lowercase()));
        let identifier = format!("group-{place}");
        let picture = Changes { identifier: &identifier, title, of: name, names: called, lines, most: None };
        html = html.and(picture.draw(language));
    }
    html.and(incentive(language, &named.state, outcome))
        .and(method(language, outcome))
        .and(again(visitor, named, beside))
}

/// The answer in a sentence.
pub(super) fn answer(language: Language, study: &Study) -> String {
    let cost = study.total.cost;
    let (gain, lose) = (
        percent(share(study.total.winners, study.total.persons)),
        percent(share(study.total.losers, study.total.persons)),
    );
    let amount = large(language, cost.abs());
    if cost.abs() < 0.5 && study.total.winners + study.total.losers == 0 {
        return language
            .say(
                "이 달에는 아무것도 달라지지 않습니다. 바꾼 값의 시작일과 계산한 달을 확인해 주세요.",
                "Nothing changes in this month. Check from when the new values hold, and the month that was calculated.",
            )
            .to_owned();
    }
    if cost >= 0.0 {
        language.pick(
            format!("한 달에 {amount}이 더 듭니다. 국민의 {gain}는 가구 소득이 늘고 {lose}는 줄어듭니다."),
            format!("It costs {amount} more a month. The household income of {gain} of the people rises, that of {lose} falls."),
        )
    } else {
        language.pick(
            format!("한 달에 {amount}이 덜 듭니다. 국민의 {gain}는 가구 소득이 늘고 {lose}는 줄어듭니다."),
            format!("It costs {amount} less a month. The household income of {gain} of the people rises, that of {lose} falls."),
        )
    }
}

fn key_figures(language: Language, study: &Study) -> Html {
    Html::empty().and(KeyFigures::new(figures_of(language, study)))
}

/// The figures that answer what a reform does.
pub(super) fn figures_of(language: Language, study: &Study) -> [KeyFigure; 7] {
    let figure = |label: &str, value: String, note: String| KeyFigure { label: label.to_owned(), value, note };
    let moved = |before: f64, after: f64| format!("{} → {}", percent(before), percent(after));
    let (before, after) = (&study.before, &study.after);
    let people = |part: usize| {
        language.pick(format!("{}명", count(language, part)), format!("{} persons", count(language, part)))
    };
    [
        figure(language.say("한 달 비용", "Cost a month"), signed_large(language, study.total.cost), String::new()),
        figure(
            language.say("한 해 비용", "Cost a year"),
            signed_large(language, study.total.cost * times_a_year(study)),
            language.say("같은 달이 열두 번이라면", "twelve months like this one").to_owned(),
        ),
        figure(
            language.say("소득이 느는 사람", "Gain"),
            percent(share(study.total.winners, study.total.persons)),
            people(study.total.winners),
        ),
        figure(
            language.say("소득이 주는 사람", "Lose"),
            percent(share(study.total.losers, study.total.persons)),
            people(study.total.losers),
        ),
        figure(
            language.say("빈곤율", "Poverty rate"),
            percent(after.poverty_rate),
            moved(before.poverty_rate, after.poverty_rate),
        ),
        figure(
            language.say("빈곤갭", "Poverty gap"),
            percent(after.poverty_gap),
            moved(before.poverty_gap, after.poverty_gap),
        ),
        figure(
            language.say("지니계수", "Gini"),
            format!("{:.4}", after.gini),
            format!("{:.4} → {:.4}", before.gini, after.gini),
        ),
    ]
}

fn benefits(language: Language, study: &Study) -> Html {
    let mut table = Table::new(language.say("급여별 비용", "Cost by benefit"))
        .hidden_caption()
        .column(language.say("급여", "Benefit"))
        .figures(language.say("지금, 한 달", "In force, a month"))
        .figures(language.say("개정안, 한 달", "Reform, a month"))
        .figures(language.say("차이, 한 달", "Difference, a month"))
        .figures(language.say("차이, 한 해", "Difference, a year"))
        .figures(language.say("받는 수, 지금", "Takers, in force"))
        .figures(language.say("받는 수, 개정안", "Takers, reform"))
        .figures(language.say("알 수 없음", "Not known"));
    for one in &study.benefits {
        let [before, after] = one.paid;
        table = table.row([
            Html::text(&benefit_name(language, &one.name)),
            Html::text(&large(language, before)),
            Html::text(&large(language, after)),
            Html::text(&signed_large(language, after - before)),
            Html::text(&signed_large(language, (after - before) * times_a_year(study))),
            Html::text(&count(language, one.takers[0])),
            Html::text(&count(language, one.takers[1])),
            Html::text(&count(language, one.unknown)),
        ]);
    }
    Html::empty().and(table)
}

fn incentive(language: Language, state: &ReformStudy, outcome: &Outcome) -> Html {
    let name = state.design.as_ref().and_then(|design| households::example(&design.household));
    let name = name.map_or("", |example| language.say(example.ko, example.en));
    let html = words::heading(language.say("일할 이유가 남나요?", "Does work still pay"));
    let Some(curve) = &outcome.curve else {
        return html.and(Html::paragraphs(language.say(
            "법이 정한 값 가운데 확인되지 않은 것이 있어 이 가구의 그림을 그리지 않았습니다.",
            "A figure of the law is not known for this household: nothing is drawn.",
        )));
    };
    html.and(charts::rates(language, curve, name)).and(Html::paragraphs(language.say(
        "근로·자녀장려금은 지난해 소득으로 정해지므로 이 그림에서는 움직이지 않습니다. 세금과 사회보험료는 들어 있지 않습니다.",
        "Tax credits follow last year's income and do not move in this picture. Taxes and contributions are not in it.",
    )))
}

/// Who was calculated, how, and what was left out.
fn method(language: Language, outcome: &Outcome) -> Html {
    let facts = method_facts(language, outcome);
    let list = facts.iter().fold(DefinitionList::new(), |list, (name, text)| list.text(name, text));
    words::heading(language.say("어떻게 계산했나요?", "How it was calculated")).and(list)
}

/// The same as facts with their names.
pub(super) fn method_facts(language: Language, outcome: &Outcome) -> [(String, String); 5] {
    let study = &outcome.study;
    let kind = if outcome.studied.synthetic {
        language
            .say("합성 표본입니다. 그 안의 누구도 실제 사람이 아닙니다.", "A synthetic sample: nobody in it is real.")
    } else {
        language.say("설정이 정한 인구 자료입니다.", "The population that the configuration names.")
    };
    let (persons, homes) = (count(language, study.sample.0), count(language, study.sample.1));
    let sample = language.pick(
        format!("{kind} {homes}가구 {persons}명을 계산했고, 한 가구가 {:.1}가구를 대표합니다. 작은 표본일수록 시·도처럼 잘게 나눈 값은 우연에 흔들립니다.", study.weight),
        format!("{kind} {persons} persons in {homes} households were calculated; each stands for {:.1}. The smaller the sample, the more chance there is in small groups such as provinces.", study.weight),
    );
    let open = language.pick(
        format!("표본의 {}가구는 법이 정한 값 가운데 확인되지 않은 것이 있어 어느 급여의 금액을 알 수 없습니다. 그 급여는 지금도 개정안에서도 0원으로 셌습니다.", count(language, study.open.1)),
        format!("For {} households of the sample some amount is not known, because a figure of the law is not. It counts as nothing, under both rules.", count(language, study.open.1)),
    );
    let line = language.pick(
        format!(
            "지금의 중위소득의 절반, 한 사람 기준 월 {}. 개정안에서도 같은 선을 씁니다.",
            language.won(super::words::whole(study.line))
        ),
        format!(
            "half the median under the rules in force, {} a month for one person; the same line under the reform",
            language.won(super::words::whole(study.line))
        ),
    );
    let income = language.say(
        "근로·사업·재산·연금 소득과 급여를 더해 가구원 수의 제곱근으로 나눕니다. 세금과 보험료는 빼지 않습니다.",
        "Earnings, business, property and pensions with benefits, over the square root of the members. Taxes are not taken off.",
    );
    let behaviour = language
        .say("사람들이 달리 행동하는 것은 계산하지 않습니다.", "Nobody behaves differently in this calculation.");
    [
        (language.say("계산한 인구", "Population"), sample.as_str()),
        (language.say("알 수 없는 금액", "Amounts not known"), open.as_str()),
        (language.say("가구 소득", "Income"), income),
        (language.say("빈곤선", "Poverty line"), line.as_str()),
        (language.say("행동", "Behaviour"), behaviour),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
}

fn again(visitor: &Visitor, named: &Named<ReformStudy>, beside: &Beside<'_>) -> Html {
    let language = visitor.language;
    let id = &named.id;
    let to = |what: &str| format!("/welfare/lab/{id}/data/{what}");
    let mut files = vec![("reform.yaml".to_owned(), language.say("개정안 파일", "the reform").to_owned())];
    files.push((
        "situation.json".to_owned(),
        language.say("근로 유인의 가구", "the household of the work incentive").to_owned(),
    ));
    files.push(("study.pdf".to_owned(), language.say("보고서 PDF", "the report as PDF").to_owned()));
    files.push(("study.html".to_owned(), language.say("인쇄용 보고서", "the report for printing").to_owned()));
    files.push(("study.json".to_owned(), language.say("모든 결과", "all results").to_owned()));
    let tables = named.state.outcome.as_ref().map(|one| maru_rules::reform::tables(&one.study, one.curve.as_ref()));
    for table in tables.unwrap_or_default() {
        for ending in ["csv", "parquet"] {
            files.push((format!("{}.{ending}", table.name), String::new()));
        }
    }
    let links = files.into_iter().map(|(file, note)| {
        let link = Html::trusted(format!("<a href=\"{}\" download>{}</a>", to(&file), Html::text(&file)));
        if note.is_empty() { link } else { link.and(Html::text(&format!(" – {note}"))) }
    });
    let pdf = Button::secondary(language.say("PDF로 저장", "Save as PDF")).link(to("study.pdf"));
    let report = Button::secondary(language.say("보고서 웹 문서(HTML)로 저장", "Save the report as a web page (HTML)"))
        .link(to("study.html"));
    let copy = Button::secondary(language.say("고쳐서 다시 계산", "Change it and calculate again"))
        .link(format!("/welfare/lab/new?from={id}"));
    let html = words::heading(language.say("다시 계산하고 가져가기", "To calculate it again, and take it along"))
        .and(Html::paragraphs(language.say(
            "아래 파일 두 개를 받아 이 명령을 실행하면 이 화면의 모든 수가 그대로 나옵니다.",
            "With the first two files below, this command gives every figure of this page again.",
        )))
        .and(Html::trusted("<pre class=\"lab-command\" tabindex=\"0\"><code>"))
        .and(Html::text(beside.command))
        .and(Html::trusted("</code></pre><p class=\"lab-buttons\">"))
        .and(pdf)
        .and(Html::trusted(" "))
        .and(report)
        .and(Html::trusted(" "))
        .and(copy)
        .and(Html::trusted("</p>"))
        .and(Disclosure::new(language.say("파일 내려받기", "Download files"), words::list(links)));
    if beside.may_change { html.and(keep(visitor, named)) } else { html }
}

fn keep(visitor: &Visitor, named: &Named<ReformStudy>) -> Html {
    let language = visitor.language;
    let rename = Form::post(visitor, format!("/welfare/lab/{}/name", named.id)).body(
        Html::empty()
            .and(
                Field::text(language, "name", language.say("저장할 이름", "Name to keep it under"))
                    .longest(crate::domain::reform::LONGEST_NAME)
                    .value(named.state.name()),
            )
            .and(Button::secondary(language.say("이름 바꾸기", "Rename"))),
    );
    let away = Form::post(visitor, format!("/welfare/lab/{}/put-away", named.id))
        .body(Html::empty().and(Button::tertiary(language.say("목록에서 빼기", "Take it off the list"))));
    let body = Html::empty().and(rename).and(away);
    Html::empty().and(Disclosure::new(language.say("이름과 목록", "Name and list"), body))
}
