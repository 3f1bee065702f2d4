//! What came of a consultation: figures, groups of comments, and the desk from which they are answered.

use std::collections::{BTreeSet, HashMap};

use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{
        Button, Card, Choice, Disclosure, Field, Form, Icon, KeyFigure, KeyFigures, MachineLabel, Notice, NoticeKind,
        Table, Tag, Tone,
    },
};

use super::{briefings, moderation, words};
use crate::{
    domain::{Briefing, Comment, Number, consultation::Outcome, moderation::Showing},
    service::{Caller, ConsultationReport, Grouped},
    store::{Named, OpenComments},
};

fn count(visitor: &Visitor, number: usize) -> String {
    words::count(visitor.language, number)
}

/// What the page needs to know beside the consultation.
pub(super) struct Around {
    /// What is still to be done.
    pub(super) open: OpenComments,
    /// Its briefings.
    pub(super) briefings: Vec<Named<Briefing>>,
    /// The recommendations that were ever in the plan: answers that name them lead to them.
    pub(super) known: BTreeSet<Number>,
}

pub(super) fn report(visitor: &Visitor, caller: &Caller, report: &ConsultationReport, around: &Around) -> Page {
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
    let mut body = state(visitor, caller, report, around.open).and(figures).and(outcomes);
    body = body.and(briefings::summary(visitor, &around.briefings));
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
        let comments: HashMap<&str, &Comment> =
            report.comments.iter().map(|named| (named.id.as_str(), &named.state)).collect();
        let known = (&comments, &around.known);
        body =
            report.groups.iter().fold(body, |body, group| body.and(group_card(visitor, caller, report, known, group)));
    }
    let file = Button::tertiary(language.say("모든 의견과 답변 (CSV)", "All comments and answers (CSV)"))
        .small()
        .icon(Icon::Download)
        .link(format!("/plan/consultations/{}/comments.csv", report.id));
    body = body
        .and(Html::trusted("<p>"))
        .and(file)
        .and(Html::trusted("</p>"))
        .and(words::save_as_pdf(language, &format!("/plan/consultations/{}/report.pdf", report.id)));
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

/// Whether it was closed, what is not shown of it and why, and for the committee what is to be done.
fn state(visitor: &Visitor, caller: &Caller, report: &ConsultationReport, open: OpenComments) -> Html {
    let language = visitor.language;
    let mut html = Html::empty();
    if let Some(on) = report.draft.closed {
        let text = language.pick(
            format!("모든 의견에 답하고 {}에 종결했습니다. 의견과 답변은 더 바뀌지 않습니다.", language.date(on)),
            format!("Closed on {}: every comment is answered, comments and answers change no more.", language.date(on)),
        );
        html = html.and(Notice::new(language, NoticeKind::Success, &text));
    }
    if report.hidden + report.held > 0 {
        let text = language.pick(
            format!(
                "규칙에 어긋나 가린 의견 {}건, 살펴보는 의견 {}건도 함께 셉니다. 가린 의견에도 답합니다.",
                report.hidden, report.held
            ),
            format!(
                "{} hidden because they break the rules and {} that are looked at are counted too. Hidden ones are answered all the same.",
                report.hidden, report.held
            ),
        );
        html = html.and(Html::paragraphs(&text));
    }
    if !caller.is_committee() || report.draft.closed.is_some() {
        return html;
    }
    let address = format!("/plan/consultations/{}", report.id);
    let label =
        language.pick(format!("살펴볼 의견 {}건", open.waiting), format!("{} comments to be looked at", open.waiting));
    html = html
        .and(Html::trusted("<div class=\"button-row\">"))
        .and(Button::secondary(label).link(format!("{address}/moderation")));
    let over = maru_web::in_korea(visitor.now).date() > report.draft.until;
    if over && open == OpenComments::default() {
        let button = Button::primary(language.say("의견수렴 종결하기", "Close the consultation"));
        html = html.and(Form::post(visitor, format!("{address}/close")).body(Html::empty().and(button)));
    }
    html.and(Html::trusted("</div>"))
}

/// Comments that are shown of a group; all of them are in the data.
const SHOWN: usize = 20;

fn group_card(
    visitor: &Visitor,
    caller: &Caller,
    report: &ConsultationReport,
    (comments, known): (&HashMap<&str, &Comment>, &BTreeSet<Number>),
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
    let members = group.comments.iter().take(SHOWN).filter_map(|id| Some((id, comments.get(id.as_str())?)));
    let mut answers = Html::empty();
    for (id, comment) in members {
        let (Some(filed), answer) = (&comment.filed, &comment.answer) else { continue };
        let hidden = comment.moderated.hidden.as_ref().map(|hidden| (hidden.breach, hidden.reason.as_str()));
        let text = match comment.showing() {
            Showing::Shown => words::korean(language, &filed.text),
            other => moderation::in_place(language, other, hidden),
        };
        answers = answers
            .and(Html::trusted("<div class=\"comment\"><p>"))
            .and(text)
            .and(Html::trusted("<span class=\"on-screen\"> "))
            .and(words::link(&format!("/plan/comments/{id}"), language.say("이 의견 보기", "This comment")))
            .and(Html::trusted("</span></p>"));
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
                .and(words::linked(language, &format!("{} {}", answer.reason, answer.change), known))
                .and(Html::trusted("</p>"));
        }
        answers = answers.and(Html::trusted("</div>"));
    }
    if group.comments.len() > SHOWN {
        let text = language.pick(
            format!("가장 대표적인 {SHOWN}건입니다. 모두는 아래의 CSV 파일에 있습니다."),
            format!("The {SHOWN} most typical; all are in the CSV file below."),
        );
        answers = answers.and(Html::paragraphs(&text));
    }
    body = body.and(Disclosure::new(language.say("의견과 답변", "Comments and answers"), answers));
    if caller.is_committee() && !group.pending && report.draft.closed.is_none() {
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
