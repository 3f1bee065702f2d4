//! Payment runs.

use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{
        Button, DefinitionList, EmptyState, ErrorSummary, Field, Form, KeyFigure, KeyFigures, Notice, NoticeKind, Table,
    },
};

use super::words;
use crate::{
    domain::{
        Month, Run,
        payment::{LeftOut, RunStatus},
    },
    store::{Named, RunPayment},
};

pub(super) fn list(visitor: &Visitor, runs: &[Named<Run>], month: Month, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let mut table = Table::new(language.say("지급", "Payment runs"))
        .hidden_caption()
        .column(language.say("지급", "Run"))
        .column(language.say("달", "Month"))
        .column(language.say("지급일", "Day"))
        .figures(language.say("건수", "Payments"))
        .figures(language.say("합계", "Sum"))
        .column(language.say("상태", "Standing"));
    for run in runs {
        let (count, sum) = run.state.totals.as_ref().map_or((0, 0), |totals| (totals.count, totals.sum));
        table = table.row([
            Html::trusted(format!("<a href=\"/welfare/work/payments/{0}\">{0}</a>", run.id)),
            Html::text(&run.state.month.map(|month| words::month(language, month)).unwrap_or_default()),
            Html::text(&run.state.execution.map(|day| language.date(day)).unwrap_or_default()),
            Html::text(&language.number(i64::try_from(count).unwrap_or(i64::MAX))),
            Html::text(&language.won(sum)),
            Html::text(words::run_status(language, run.state.status)),
        ]);
    }
    let form = Form::post(visitor, "/welfare/work/payments").guarded().body(
        Html::empty()
            .and(
                Field::text(language, "month", language.say("지급할 달", "Month to pay"))
                    .value(month.to_string())
                    .longest(7)
                    .errors(errors),
            )
            .and(Button::primary(language.say("지급 만들기", "Prepare a run"))),
    );
    let body = if runs.is_empty() {
        let empty = EmptyState::new(
            language.say("아직 지급이 없습니다", "No payments yet"),
            language.say(
                "결정된 급여를 달마다 모아 지급을 만들면 여기에 나옵니다.",
                "A run that collects the awards of a month stands here.",
            ),
        );
        Html::empty().and(empty)
    } else {
        Html::empty().and(table)
    };
    let page = Page::new(visitor, language.say("급여 지급", "Payments"), PageKind::Official)
        .breadcrumb(language.say("찾은 급여", "Proposals"), "/welfare/work")
        .lead(language.say(
            "만든 사람과 승인하는 사람이 다릅니다. 한 급여의 한 달분은 한 번만 나갑니다.",
            "Who prepares a run does not release it. A month of an award is paid once.",
        ))
        .personal()
        .body(Html::empty().and(ErrorSummary::new(language, errors)).and(body).and(form).and(Html::trusted(format!(
            "<p><a href=\"/welfare/work/recoveries\">{}</a></p>",
            language.say("더 지급한 돈의 환수", "Money that is to be paid back")
        ))));
    if errors.is_empty() { page } else { page.with_errors() }
}

pub(super) fn one(
    visitor: &Visitor,
    run: &Named<Run>,
    payments: &[RunPayment],
    may_release: bool,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let state = &run.state;
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    if let Some(totals) = &state.totals {
        let figure = |label: &str, value: String| KeyFigure { label: label.to_owned(), value, note: String::new() };
        let count = language.number(i64::try_from(totals.count).unwrap_or(i64::MAX));
        body = body.and(KeyFigures::new([
            figure(language.say("건수", "Payments"), count),
            figure(language.say("합계", "Sum"), language.won(totals.sum)),
        ]));
    }
    let mut facts = DefinitionList::new()
        .text(language.say("상태", "Standing"), words::run_status(language, state.status))
        .text(
            language.say("지급일", "Day of execution"),
            &state.execution.map(|day| language.date(day)).unwrap_or_default(),
        )
        .text(
            language.say("만든 사람", "Prepared by"),
            &state.prepared_by.as_ref().map(|by| by.name.clone()).unwrap_or_default(),
        );
    if let Some(by) = &state.released_by {
        facts = facts.text(language.say("승인한 사람", "Released by"), &by.name);
    }
    if let Some(totals) = &state.totals {
        facts = facts.text(language.say("파일 지문(SHA-256)", "Digest of the file (SHA-256)"), &totals.digest);
    }
    body = body.and(facts).and(Html::trusted(format!(
        "<p><a href=\"/welfare/work/payments/{}/file\">{}</a></p>",
        run.id,
        language
            .say("은행에 보내는 파일 (ISO 20022 pain.001) 내려받기", "Download the bank's file (ISO 20022 pain.001)")
    )));
    body = body.and(forms(visitor, run, may_release, errors)).and(left_out(visitor, &state.left_out));
    body = body.and(table(visitor, payments));
    let page =
        Page::new(visitor, language.pick(format!("지급 {}", run.id), format!("Run {}", run.id)), PageKind::Official)
            .breadcrumb(language.say("급여 지급", "Payments"), "/welfare/work/payments")
            .personal()
            .body(body);
    if errors.is_empty() { page } else { page.with_errors() }
}

fn forms(visitor: &Visitor, run: &Named<Run>, may_release: bool, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    match (run.state.status, &run.state.totals) {
        (RunStatus::Closed, Some(totals)) if may_release => {
            let label = language.pick(
                format!("{}건 {} 지급 승인", totals.count, language.won(totals.sum)),
                format!("Release {} payments of {}", totals.count, language.won(totals.sum)),
            );
            let form = Form::post(visitor, format!("/welfare/work/payments/{}/release", run.id))
                .hidden("digest", totals.digest.clone())
                .body(Html::empty().and(Button::primary(label)));
            Html::empty().and(form)
        }
        (RunStatus::Released, _) => {
            let button = Button::primary(language.say("은행에 보내기", "Hand it to the bank"));
            let form = Form::post(visitor, format!("/welfare/work/payments/{}/hand-over", run.id))
                .body(Html::empty().and(button));
            Html::paragraphs(language.say(
                "승인한 파일 그대로 은행에 보냅니다. 여러 번 눌러도 한 번만 나갑니다.",
                "The very file that was released goes to the bank. It leaves once, however often you press.",
            ))
            .and(form)
        }
        (RunStatus::Transmitted, _) => {
            let form = Form::post(visitor, format!("/welfare/work/payments/{}/book", run.id)).body(
                Html::empty()
                    .and(
                        Field::area(
                            language,
                            "document",
                            language
                                .say("은행의 답 (pain.002 또는 camt.054)", "The bank's answer (pain.002 or camt.054)"),
                        )
                        .rows(6)
                        .errors(errors),
                    )
                    .and(Button::secondary(language.say("반영하기", "Book it"))),
            );
            Html::empty().and(form)
        }
        _ => Html::empty(),
    }
}

/// Awards that are due and could not be put in, so that somebody asks where their money goes.
fn left_out(visitor: &Visitor, left_out: &LeftOut) -> Html {
    let language = visitor.language;
    if left_out.count == 0 {
        return Html::empty();
    }
    let count = language.number(i64::try_from(left_out.count).unwrap_or(i64::MAX));
    let text = language.pick(
        format!("{count}건은 보낼 계좌가 없어 이 지급에서 빠졌습니다. 계좌를 알게 되면 다음 지급에 들어갑니다."),
        format!("{count} awards are left out because no money can go to them. Once an account is known, the next run pays them."),
    );
    let mut table = Table::new(language.say("빠진 급여", "Awards left out"))
        .column(language.say("급여", "Award"))
        .column(language.say("까닭", "Why"));
    for (award, fault) in &left_out.awards {
        let (ko, en) = fault.words();
        table = table.row([link(visitor, award), Html::text(language.say(ko, en))]);
    }
    Html::empty().and(Notice::new(language, NoticeKind::Warning, &text)).and(table)
}

/// The benefit of an award, with the way to its desk.
pub(super) fn link(visitor: &Visitor, award: &str) -> Html {
    let benefit = award.split('.').nth(1).and_then(crate::domain::benefit);
    let name = benefit.map_or(award, |benefit| words::benefit(visitor.language, benefit));
    Html::trusted(format!("<a href=\"/welfare/work/{}\">{}</a>", Html::text(award), Html::text(name)))
}

fn table(visitor: &Visitor, payments: &[RunPayment]) -> Html {
    let language = visitor.language;
    let mut table = Table::new(language.say("지급 내역", "Payments of the run"))
        .column(language.say("급여", "Award"))
        .figures(language.say("금액", "Amount"))
        .column(language.say("상태", "Standing"));
    for payment in payments.iter().take(500) {
        table = table.row([
            link(visitor, &payment.award),
            Html::text(&language.won(payment.amount)),
            words::payment_state(language, payment.state),
        ]);
    }
    Html::empty().and(table)
}
