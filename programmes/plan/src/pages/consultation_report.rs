//! What came of a consultation: figures, groups of comments, and the desk from which they are answered.

use std::collections::HashMap;

use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{
        Button, Card, Choice, Disclosure, Field, Form, KeyFigure, KeyFigures, MachineLabel, Table, Tag, Tone,
    },
};

use super::words;
use crate::{
    domain::{Comment, consultation::Outcome},
    service::{Caller, ConsultationReport, Grouped},
};

fn count(visitor: &Visitor, number: usize) -> String {
    words::count(visitor.language, number)
}

pub(super) fn report(visitor: &Visitor, caller: &Caller, report: &ConsultationReport) -> Page {
    let language = visitor.language;
    let answered = report.all - report.unanswered.min(report.all);
    let figure = |label: &str, value: usize, note: String| KeyFigure {
        label: label.to_owned(),
        value: count(visitor, value),
        note,
    };
    let share = if report.all == 0 { 0.0 } else { answered as f64 / report.all as f64 };
    let [persons, organisations, paper] = report.voices;
    let figures = KeyFigures::new([
        figure(
            language.say("의견", "Comments"),
            report.all,
            language.pick(
                format!("개인 {persons}, 단체 {organisations}, 종이·회의 {paper}"),
                format!("persons {persons}, organisations {organisations}, on paper {paper}"),
            ),
        ),
        figure(language.say("답변", "Answered"), answered, language.percentage(share)),
        figure(language.say("아직 답하지 않음", "Not answered yet"), report.unanswered, String::new()),
    ]);
    let mut outcomes = Table::new(language.say("답변의 결과", "Outcomes"))
        .column(language.say("결과", "Outcome"))
        .figures(language.say("건수", "Comments"));
    for (outcome, number) in &report.outcomes {
        outcomes = outcomes.row([
            Html::empty().and(Tag::new(words::outcome_tone(*outcome), words::outcome(language, *outcome))),
            Html::text(&count(visitor, *number)),
        ]);
    }
    outcomes = outcomes
        .row([
            Html::text(language.say("아직 답하지 않음", "Not answered yet")),
            Html::text(&count(visitor, report.unanswered)),
        ])
        .row([Html::text(language.say("모두", "All")), Html::text(&count(visitor, report.all))]);
    let mut body = Html::empty().and(figures).and(outcomes);
    if !report.groups.is_empty() {
        body = body.and(Html::trusted(format!("<h2>{}</h2>", language.say("무엇을 말했나", "What was said")))).and(
            MachineLabel::new(
                language,
                language.say(
                    "의견의 묶음은 프로그램이 만들었습니다. 답변은 사람이 합니다.",
                    "A program made these groups. People give the answers.",
                ),
            ),
        );
        let known: HashMap<&str, &Comment> =
            report.comments.iter().map(|named| (named.id.as_str(), &named.state)).collect();
        body =
            report.groups.iter().fold(body, |body, group| body.and(group_card(visitor, caller, report, &known, group)));
    }
    Page::new(
        visitor,
        language.pick(
            format!("{}: 의견과 답변", report.draft.title),
            format!("{}: comments and answers", report.draft.title),
        ),
        PageKind::Overview,
    )
    .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
    .breadcrumb(language.say("의견수렴", "Consultations"), "/plan/consultations")
    .body(body)
}

/// Comments that are shown of a group; all of them are in the data.
const SHOWN: usize = 20;

fn group_card(
    visitor: &Visitor,
    caller: &Caller,
    report: &ConsultationReport,
    known: &HashMap<&str, &Comment>,
    group: &Grouped,
) -> Html {
    let language = visitor.language;
    let kind = if group.pending {
        Tag::new(Tone::Neutral, language.say("아직 묶지 않음", "Not grouped yet"))
    } else if group.campaign {
        Tag::new(Tone::Attention, language.say("같은 글을 여럿이 냄", "Copies of one text"))
    } else {
        Tag::new(Tone::Neutral, language.say("비슷한 주제", "One topic"))
    };
    let title = if group.pending {
        language.say("새로 들어온 의견", "Comments that came since").to_owned()
    } else if group.words.is_empty() {
        language.pick(format!("묶음 {}", group.number), format!("Group {}", group.number))
    } else {
        group.words.join(" · ")
    };
    let figures = language.pick(
        format!("의견 {}건, 답변 {}건", group.comments.len(), group.answered),
        format!("{} comments, {} answered", group.comments.len(), group.answered),
    );
    let mut body = Html::trusted(format!("<p>{figures}</p>"));
    for quotation in &group.quotations {
        body = body
            .and(Html::trusted("<blockquote>"))
            .and(words::korean(language, quotation))
            .and(Html::trusted("</blockquote>"));
    }
    let members = group.comments.iter().take(SHOWN).filter_map(|id| known.get(id.as_str()));
    let mut answers = Html::empty();
    for comment in members {
        let (Some(filed), answer) = (&comment.filed, &comment.answer) else { continue };
        answers = answers
            .and(Html::trusted("<div class=\"comment\"><p>"))
            .and(words::korean(language, &filed.text))
            .and(Html::trusted("</p>"));
        if !filed.organisation.is_empty() {
            answers = answers
                .and(Html::trusted("<p>"))
                .and(words::korean(language, &filed.organisation))
                .and(Html::trusted("</p>"));
        }
        if let Some(answer) = answer {
            answers = answers
                .and(Html::trusted("<p>"))
                .and(Tag::new(words::outcome_tone(answer.outcome), words::outcome(language, answer.outcome)))
                .and(Html::text(" "))
                .and(words::korean(language, &format!("{} {}", answer.reason, answer.change)))
                .and(Html::trusted("</p>"));
        }
        answers = answers.and(Html::trusted("</div>"));
    }
    body = body.and(Disclosure::new(language.say("의견과 답변", "Comments and answers"), answers));
    if caller.is_committee() && !group.pending {
        body = body.and(Disclosure::new(
            language.say("이 묶음에 답하기", "Answer this group"),
            answer_form(visitor, report, group),
        ));
    }
    Html::empty().and(Card::new(title).third_level().mark(Html::empty().and(kind)).body(body))
}

fn answer_form(visitor: &Visitor, report: &ConsultationReport, group: &Grouped) -> Html {
    let language = visitor.language;
    let choices = Outcome::ALL.map(|outcome| Choice::new(outcome.identifier(), words::outcome(language, outcome)));
    let form = Form::post(visitor, format!("/plan/consultations/{}/answers", report.id))
        // The group is named by one of its comments: it stays the same where groups are made anew meanwhile.
        .hidden("group", group.comments.first().cloned().unwrap_or_default())
        .hidden("count", group.comments.len().to_string())
        .body(
            Html::empty()
                .and(Field::radios(language, "outcome", language.say("결과", "Outcome"), choices))
                .and(Field::area(language, "reason", language.say("이유", "Reason")).rows(3))
                .and(
                    Field::text(
                        language,
                        "change",
                        language.say(
                            "무엇을 바꾸었나요? (권고 번호나 내용)",
                            "What was changed? (number of the recommendation, or what)",
                        ),
                    )
                    .optional(),
                )
                .and(Button::primary(language.pick(
                    format!("{}건에 답하기", group.comments.len()),
                    format!("Answer {} comments", group.comments.len()),
                ))),
        );
    Html::empty().and(form)
}
