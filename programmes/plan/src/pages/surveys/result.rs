//! What a survey says, how sure it is, and what those who did not answer leave open.

use maru_web::{
    Html, Language,
    components::{BarChart, KeyFigure, KeyFigures, Table, Tone},
};

use crate::{
    domain::{
        Survey,
        survey::{ENOUGH, Notice, Share, Tally},
    },
    pages::words,
    store::Named,
};

/// How many were asked, how many answered.
pub(super) fn figures(language: Language, survey: &Survey, tally: &Tally) -> Html {
    let (drawn, answered) = (survey.drawn(), tally.all());
    let rate = answered as f64 / drawn.max(1) as f64;
    let figure =
        |label: &str, value: String, note: &str| KeyFigure { label: label.to_owned(), value, note: note.to_owned() };
    let figures = KeyFigures::new([
        figure(language.say("초대한 사람", "Invited"), words::count(language, drawn), ""),
        figure(language.say("답한 사람", "Answered"), words::count(language, answered), ""),
        figure(
            language.say("응답률", "Response rate"),
            language.percentage(rate),
            language.say("답한 사람 ÷ 초대한 사람", "answered ÷ invited"),
        ),
    ]);
    let note = language.say(
        "비율은 명단의 집단 크기에 맞추어 셈했습니다. 95% 신뢰구간은 답하지 않은 사람이 같은 집단의 답한 사람과 비슷할 때 맞습니다. 그렇지 않다면 참값은 ‘답하지 않은 사람까지’에 적은 범위 어디에나 있을 수 있습니다.",
        "Shares are weighted to the strata of the frame. The 95% interval holds where those who did not answer are like those of their stratum who did. Where they are not, the truth may lie anywhere in the range “with those who did not answer”.",
    );
    Html::empty().and(figures).and(Html::paragraphs(note))
}

/// Each question with its shares: a picture, then the figures.
pub(super) fn questions(language: Language, named: &Named<Survey>, notice: &Notice) -> Html {
    let survey = &named.state;
    let mut html = Html::empty();
    for (at, question) in notice.questions.iter().enumerate() {
        html = html
            .and(Html::trusted(format!("<h2>{}. ", at + 1)))
            .and(words::korean(language, &question.text))
            .and(Html::trusted("</h2>"));
        let counts = survey.tally.as_ref().and_then(|tally| tally.counts.get(at));
        let answers: u64 = counts.into_iter().flatten().flatten().sum();
        let Some(shares) = survey.shares(at) else {
            let text = language.pick(
                format!("답이 {answers}건뿐이어서 비율을 내지 않습니다. {ENOUGH}건부터 냅니다."),
                format!("Only {answers} answered; shares are given from {ENOUGH} answers on."),
            );
            html = html.and(Html::paragraphs(&text));
            continue;
        };
        let options: Vec<(&str, Share)> = question.options.iter().map(String::as_str).zip(shares).collect();
        html =
            html.and(chart(language, (at, answers), question.text.as_str(), &options)).and(table(language, &options));
    }
    html
}

fn range(language: Language, low: f64, high: f64) -> String {
    format!("{} ~ {}", language.percentage(low), language.percentage(high))
}

fn chart(language: Language, (at, answers): (usize, u64), title: &str, options: &[(&str, Share)]) -> BarChart {
    let chart = BarChart::new(
        language,
        format!("question-{}", at + 1),
        title,
        language.say("답", "Answer"),
        language.say("비율 (95% 신뢰구간)", "Share (95% interval)"),
    )
    .source(language.pick(format!("답 {answers}건"), format!("{answers} answers")));
    options.iter().fold(chart, |chart, (option, share)| {
        let said = format!("{} ({})", language.percentage(share.share), range(language, share.low, share.high));
        chart.bar(*option, share.share * 100.0, said, Tone::Active)
    })
}

fn table(language: Language, options: &[(&str, Share)]) -> Table {
    let table = Table::new(language.say("얼마나 확실한가", "How sure it is"))
        .hidden_caption()
        .column(language.say("답", "Answer"))
        .figures(language.say("비율", "Share"))
        .figures(language.say("95% 신뢰구간", "95% interval"))
        .figures(language.say("답하지 않은 사람까지", "With those who did not answer"));
    options.iter().fold(table, |table, (option, share)| {
        table.row([
            words::korean(language, option),
            Html::text(&language.percentage(share.share)),
            Html::text(&range(language, share.low, share.high)),
            Html::text(&range(language, share.least, share.most)),
        ])
    })
}
