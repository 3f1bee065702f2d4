//! How an evaluation goes on, and what came out of it.

use std::collections::BTreeMap;

use maru_gateway::evaluate::{Comparison, EvaluationRun, EvaluationState, Interval, ModelResult};
use maru_korean::{Josa, with_josa};
use maru_web::{
    Html, Language, Page, Visitor,
    components::{Button, Card, DefinitionList, Disclosure, Form, Notice, NoticeKind, Table, Tag, Tone},
};

use super::crumbs;
use crate::pages::{documents::share, words};

/// Nothing where it was never begun.
pub(super) fn page(visitor: &Visitor, id: &str, run: &EvaluationRun, may_begin: bool) -> Option<Page> {
    let language = visitor.language;
    let (wanted, by, at) = run.begun.as_ref()?;
    let about = DefinitionList::new()
        .text(language.say("모델", "Models"), &wanted.models.join(", "))
        .text(language.say("문제 수", "Questions"), &run.questions().len().to_string())
        .markup(
            language.say("시작", "Begun"),
            words::account(by).and(Html::text(&format!(" · {}", language.date_time(*at)))),
        );
    let mut body = Html::empty().and(progress(visitor, id, run, may_begin));
    let results = run.results();
    if !results.is_empty() {
        body = body.and(shares(language, &results));
    }
    for comparison in run.comparisons() {
        body = body.and(compared(language, &comparison));
    }
    if !results.is_empty() {
        body = body.and(by_family(language, run, &results)).and(by_question(language, run, &results));
    }
    let page = crumbs(visitor, &wanted.suite)
        .breadcrumb(language.say("모델 평가", "Evaluations"), "/models/evaluations")
        .body(body.and(Card::new(language.say("무엇을 평가하나", "What is evaluated")).body(Html::empty().and(about))));
    Some(page)
}

fn progress(visitor: &Visitor, id: &str, run: &EvaluationRun, may_begin: bool) -> Html {
    let language = visitor.language;
    let (done, all) = run.progress();
    let said = language
        .pick(format!("{all}문제 가운데 {done}문제를 물었습니다."), format!("{done} of {all} questions are answered."));
    let bar = Html::trusted(format!(
        "<progress class=\"lab-progress\" max=\"{}\" value=\"{done}\" aria-label=\"{}\"></progress>",
        all.max(1),
        language.say("진행", "Progress")
    ));
    match run.state(visitor.now) {
        EvaluationState::Ended => Html::empty(),
        EvaluationState::Running => {
            let notice = Notice::new(language, NoticeKind::Information, &said)
                .title(language.say("평가하고 있습니다", "It is being evaluated"))
                .announced();
            let again =
                Button::secondary(language.say("새로 보기", "Look again")).link(format!("/models/evaluations/{id}"));
            Html::empty().and(notice).and(bar).and(Html::trusted("<p>")).and(again).and(Html::trusted("</p>"))
        }
        EvaluationState::StandsStill => {
            let notice = Notice::new(language, NoticeKind::Warning, &said).title(language.say(
                "5분 넘게 멈춰 있습니다. 서버가 다시 시작되었을 수 있습니다.",
                "Nothing was heard of it for more than five minutes; the server may have restarted.",
            ));
            let body = Html::empty().and(notice).and(bar);
            if !may_begin {
                return body;
            }
            let button = Button::primary(language.say("이어서 하기", "Go on"));
            body.and(Form::post(visitor, format!("/models/evaluations/{id}/resume")).body(Html::empty().and(button)))
        }
    }
}

fn shares(language: Language, results: &[ModelResult]) -> Html {
    let mut table = Table::new(language.say("맞힌 몫 (95% 구간)", "Share right (95 % interval)"))
        .column(language.say("모델", "Model"))
        .figures(language.say("모두", "All"));
    let measures: Vec<&str> = results[0].by_measure.keys().copied().collect();
    for measure in &measures {
        table = table.figures(measure_words(language, measure));
    }
    for result in results {
        let by_measure = measures.iter().filter_map(|measure| result.by_measure.get(measure));
        let cells = std::iter::once(Html::text(&result.model)).chain(
            std::iter::once(&result.all).chain(by_measure).map(|interval| Html::text(&share(language, *interval))),
        );
        table = table.row(cells.collect::<Vec<_>>());
    }
    Html::empty().and(table)
}

fn measure_words(language: Language, measure: &str) -> &str {
    match measure {
        "exact" => language.say("정답과 같음", "exact"),
        "contains" => language.say("정답을 담음", "contains"),
        "grounded" => language.say("자료에 근거함", "grounded"),
        "schema" => language.say("형식을 지킴", "schema"),
        "refuses" => language.say("거절함", "refuses"),
        "answers" => language.say("거절하지 않음", "answers"),
        other => other,
    }
}

fn compared(language: Language, comparison: &Comparison) -> Html {
    let Comparison { before, after, difference, is_regression } = comparison;
    let points = |value: f64| format!("{:+.1}", value * 100.0);
    let (value, low, high) = (points(difference.value), points(difference.low), points(difference.high));
    let text = language.pick(
        format!(
            "{} 「{before}」보다 {value}%p 더 맞혔습니다(95% 구간 {low}~{high}%p).",
            with_josa(&format!("「{after}」"), Josa::Subject)
        ),
        format!("{after} gets {value} points more right than {before} (95 % interval {low} to {high})."),
    );
    let (kind, title) = if *is_regression {
        (NoticeKind::Warning, language.say("확실히 나쁨: 승인할 수 없음", "Surely worse: not to be approved"))
    } else {
        (NoticeKind::Information, language.say("나빠졌다고 할 수 없음", "Not surely worse"))
    };
    Html::empty().and(Notice::new(language, kind, &text).title(title))
}

/// Questions whose names differ in their last number alone are of one family: how each did by family, where there are some.
fn by_family(language: Language, run: &EvaluationRun, results: &[ModelResult]) -> Html {
    let mut families: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, question) in run.questions().iter().enumerate() {
        let family = question.id.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches('-');
        families.entry(family).or_default().push(place);
    }
    if families.len() < 2 || families.values().all(|places| places.len() == 1) {
        return Html::empty();
    }
    let mut table = Table::new(language.say("갈래별 결과", "By family")).column(language.say("갈래", "Family"));
    for result in results {
        table = table.figures(&result.model);
    }
    for (family, places) in families {
        let share_of = |result: &ModelResult| {
            let right: Vec<bool> = places.iter().map(|place| result.right.get(*place) == Some(&true)).collect();
            Html::text(&share(language, Interval::of_share(&right)))
        };
        let cells = std::iter::once(words::account(family)).chain(results.iter().map(share_of));
        table = table.row(cells.collect::<Vec<_>>());
    }
    Html::empty().and(table)
}

/// What each model made of each question.
fn by_question(language: Language, run: &EvaluationRun, results: &[ModelResult]) -> Html {
    let mut table = Table::new(language.say("문제별 결과", "Question by question"))
        .hidden_caption()
        .column(language.say("문제", "Question"))
        .column(language.say("재는 법", "Measure"));
    for result in results {
        table = table.column(&result.model);
    }
    for (place, question) in run.questions().iter().enumerate() {
        let verdict = |result: &ModelResult| {
            let (tone, text) = if result.right.get(place) == Some(&true) {
                (Tone::Good, language.say("맞음", "right"))
            } else {
                (Tone::Bad, language.say("틀림", "wrong"))
            };
            Html::empty().and(Tag::new(tone, text))
        };
        let cells = [words::account(&question.id), Html::text(measure_words(language, question.measure.as_str()))];
        table = table.row(cells.into_iter().chain(results.iter().map(verdict)).collect::<Vec<_>>());
    }
    let title = language.say("문제별 결과", "Question by question");
    Html::empty().and(Disclosure::new(title, Html::empty().and(table)))
}
