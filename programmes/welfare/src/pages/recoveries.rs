//! What was paid too much: demanded back on the desk, agreed on in instalments, seen by its citizen.

use axum::{
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem, Visitor,
    components::{
        Button, Choice, DefinitionList, Disclosure, EmptyState, ErrorSummary, Field, Form, KeyFigure, KeyFigures,
        Notice, NoticeKind, Table, Tag, Tone,
    },
};
use serde::Deserialize;

use super::{Pages, caller_of, payments, sent::Sender, words};
use crate::{
    ServiceError,
    domain::{
        Month, Recovery, Status,
        recovery::{Ground, Instalment, LEAST_DAYS, MOST_INSTALMENTS},
    },
    service::Prepared,
    store::Named,
};

/// What an official writes in these forms.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    first_month: String,
    last_month: String,
    ground: String,
    won: String,
    instalments: String,
    first: String,
    reference: String,
    waiver: String,
}

/// Whole won as people write them.
fn won(field: &str, text: &str) -> Result<i64, FieldError> {
    let plain: String = text.chars().filter(|letter| !matches!(letter, ',' | ' ' | '원')).collect();
    plain.parse().map_err(|_| {
        FieldError::new(field, "금액을 숫자로 적어 주세요. 예: 350000", "Write the amount in figures, such as 350000.")
    })
}

fn month(field: &str, text: &str) -> Result<Month, FieldError> {
    let wrong = |_| FieldError::new(field, "달을 2026-03처럼 적어 주세요.", "Write the month as 2026-03.");
    text.trim().parse().map_err(wrong)
}

impl Written {
    /// The months from the first to the last.
    fn months(&self) -> Result<Vec<Month>, FieldError> {
        let (first, last) = (month("first_month", &self.first_month)?, month("last_month", &self.last_month)?);
        let all: Vec<Month> = (0..=600).map(|number| first.plus(number)).take_while(|month| *month <= last).collect();
        if all.is_empty() || all.len() > 600 {
            let (ko, en) = ("첫 달보다 뒤의 달을 적어 주세요.", "Write a month that is not before the first.");
            return Err(FieldError::new("last_month", ko, en));
        }
        Ok(all)
    }
}

/// On the desk of an award: what was paid too much, what is demanded back, and the form to demand it.
pub(super) fn desk(visitor: &Visitor, prepared: &Prepared, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let state = &prepared.proposal.state;
    if !matches!(state.status, Status::Awarded | Status::Ended) || state.payments.is_empty() {
        return Html::empty();
    }
    let mut html = Html::empty();
    for one in &prepared.recoveries {
        let text = language.pick(
            format!("환수 {} 가운데 {} 남음", language.won(one.state.amount), language.won(one.state.open())),
            format!("{} of {} still to be paid back", language.won(one.state.open()), language.won(one.state.amount)),
        );
        html = html.and(Html::trusted(format!(
            "<p><a href=\"/welfare/work/recoveries/{}\">{}</a></p>",
            Html::text(&one.id),
            Html::text(&text)
        )));
    }
    let overpaid = prepared.overpaid();
    let sum: i64 = overpaid.iter().map(|(_, amount)| amount).sum();
    let form = demand_form(visitor, prepared, &overpaid, errors);
    if sum > 0 {
        let text = language.pick(
            format!("지금 결정된 금액보다 {}을 더 지급했습니다.", language.won(sum)),
            format!("{} more was paid than is due as the award stands now.", language.won(sum)),
        );
        html = html.and(Notice::new(language, NoticeKind::Warning, &text));
    }
    let title = language.say("더 지급한 돈을 돌려받으려면", "To have money paid back");
    let folded = Disclosure::new(title, Html::empty().and(form));
    html.and(if sum > 0 || is_about_demand(errors) { folded.open() } else { folded })
}

fn is_about_demand(errors: &[FieldError]) -> bool {
    errors.iter().any(|error| matches!(error.field.as_str(), "won" | "first_month" | "last_month" | "ground"))
}

fn demand_form(visitor: &Visitor, prepared: &Prepared, overpaid: &[(Month, i64)], errors: &[FieldError]) -> Form {
    let language = visitor.language;
    let shown = |month: Option<&(Month, i64)>| month.map(|(month, _)| month.to_string()).unwrap_or_default();
    let sum: i64 = overpaid.iter().map(|(_, amount)| amount).sum();
    let text = |name: &str, label: &str| Field::text(language, name, label).errors(errors);
    let grounds = Ground::ALL.map(|ground| {
        Choice::new(ground.identifier(), language.say(ground.words().0, ground.words().1))
            .hint(language.law(ground.article()))
    });
    let note = language.pick(
        format!("알린 날부터 {LEAST_DAYS}일 안에 내도록 하고, 나누어 낼 수 있습니다."),
        format!("It is to be paid within {LEAST_DAYS} days of the notice, or by instalments."),
    );
    let fields = Html::paragraphs(&note)
        .and(
            text("first_month", language.say("처음 달 (예: 2026-03)", "First month, such as 2026-03"))
                .longest(7)
                .value(shown(overpaid.first())),
        )
        .and(text("last_month", language.say("마지막 달", "Last month")).longest(7).value(shown(overpaid.last())))
        .and(
            text("won", language.say("돌려받을 금액 (원)", "Amount (won)"))
                .input_mode("numeric")
                .longest(20)
                .value(if sum > 0 { sum.to_string() } else { String::new() }),
        )
        .and(
            Field::radios(language, "ground", language.say("근거", "Ground"), grounds)
                .value(Ground::Overpaid.identifier())
                .errors(errors),
        )
        .and(Button::danger(language.say("반환을 명하고 알리기", "Demand it back, and tell the citizen")));
    Form::post(visitor, format!("/welfare/work/{}/recovery", prepared.proposal.id)).guarded().body(fields)
}

/// Demands it back.
pub(super) async fn demand(sender: Sender, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    // Who may not see the desk learns nothing of what was written.
    sender.service().household_of(&sender.caller, &sender.id).await?;
    let asked = written.months().and_then(|months| Ok((months, won("won", &written.won)?)));
    let (months, amount) = match asked {
        Ok(asked) => asked,
        Err(error) => return sender.desk_again(&[error]).await,
    };
    let ground = Ground::from_identifier(&written.ground).unwrap_or(Ground::Overpaid);
    match sender.service().demand(&sender.caller, &sender.id, months, ground, amount).await {
        Ok((id, _)) => Ok(Redirect::to(&format!("/welfare/work/recoveries/{id}")).into_response()),
        Err(error) => sender.desk_again(&error.in_form("won")?).await,
    }
}

/// All of them.
pub(super) async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let language = visitor.language;
    let all = pages.service.recoveries(&caller_of(&visitor)).await?;
    let mut table = Table::new(language.say("환수", "Money to be paid back"))
        .hidden_caption()
        .column(language.say("급여", "Award"))
        .column(language.say("근거", "Ground"))
        .figures(language.say("금액", "Amount"))
        .figures(language.say("남음", "Open"))
        .column(language.say("다음 기한", "Next due"));
    for one in &all {
        let benefit = one.state.award.split('.').nth(1).and_then(crate::domain::benefit);
        let name = benefit.map_or(one.state.award.as_str(), |benefit| words::benefit(language, benefit));
        table = table.row([
            Html::trusted(format!(
                "<a href=\"/welfare/work/recoveries/{}\">{}</a>",
                Html::text(&one.id),
                Html::text(name)
            )),
            Html::text(&ground(language, &one.state)),
            Html::text(&language.won(one.state.amount)),
            Html::text(&language.won(one.state.open())),
            Html::text(&next_due(&one.state).map(|day| language.date(day)).unwrap_or_default()),
        ]);
    }
    let body = if all.is_empty() {
        Html::empty().and(EmptyState::new(
            language.say("돌려받을 돈이 없습니다", "Nothing is to be paid back"),
            language.say(
                "더 지급한 돈의 반환을 급여 화면에서 명하면 여기에 나옵니다.",
                "When the desk of an award demands back what was paid too much, it stands here.",
            ),
        ))
    } else {
        Html::empty().and(table)
    };
    Ok(Page::new(&visitor, language.say("환수", "Money to be paid back"), PageKind::Official)
        .breadcrumb(language.say("급여 지급", "Payments"), "/welfare/work/payments")
        .personal()
        .body(body))
}

/// The day by which the next instalment is due.
fn next_due(recovery: &Recovery) -> Option<jiff::civil::Date> {
    let open = recovery.plan.iter().find(|one| one.paid < one.amount && !recovery.waived)?;
    Some(recovery.reminded_until.map_or(open.due, |until| until.max(open.due)))
}

fn ground(language: Language, recovery: &Recovery) -> String {
    let Some(ground) = recovery.ground else { return String::new() };
    format!("{} ({})", language.say(ground.words().0, ground.words().1), language.law(ground.article()))
}

/// One of them.
pub(super) async fn one(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Page, Problem> {
    shown(&pages, &visitor, &id, &[]).await
}

async fn shown(pages: &Pages, visitor: &Visitor, id: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let language = visitor.language;
    let caller = caller_of(visitor);
    let recovery = pages.service.recovery(&caller, id).await?;
    let may = pages.service.may(&caller, "recover", &pages.service.payments_desk());
    let state = &recovery.state;
    let figure = |label: &str, amount: i64| KeyFigure {
        label: label.to_owned(),
        value: language.won(amount),
        note: String::new(),
    };
    let figures = KeyFigures::new([
        figure(language.say("돌려받을 돈", "To be paid back"), state.amount),
        figure(language.say("남은 돈", "Open"), state.open()),
    ]);
    let mut facts = DefinitionList::new()
        .text(language.say("근거", "Ground"), &ground(language, state))
        .text(language.say("달", "Months"), &months(language, &state.months));
    if let Some(until) = state.reminded_until {
        facts = facts.text(language.say("독촉한 기한", "Reminded, until"), &language.date(until));
    }
    let mut body = Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(figures)
        .and(facts)
        .and(Html::trusted("<p>"))
        .and(payments::link(visitor, &state.award))
        .and(Html::trusted("</p>"))
        .and(plan(language, state));
    if may && state.open() > 0 {
        body = body.and(forms(visitor, &recovery, errors));
    }
    let page = Page::new(visitor, language.say("더 지급한 돈의 반환", "Money to be paid back"), PageKind::Official)
        .breadcrumb(language.say("환수", "Money to be paid back"), "/welfare/work/recoveries")
        .personal()
        .body(body);
    Ok(if errors.is_empty() { page } else { page.with_errors() })
}

fn months(language: Language, months: &[Month]) -> String {
    match (months.first(), months.last()) {
        (Some(first), Some(last)) if first == last => words::month(language, *first),
        (Some(first), Some(last)) => format!("{} ~ {}", words::month(language, *first), words::month(language, *last)),
        _ => String::new(),
    }
}

/// The instalments.
fn plan(language: Language, recovery: &Recovery) -> Html {
    let mut table = Table::new(language.say("나누어 내는 계획", "Instalments"))
        .column(language.say("기한", "Due"))
        .figures(language.say("금액", "Amount"))
        .figures(language.say("낸 돈", "Paid"))
        .column(language.say("상태", "Standing"));
    for one in &recovery.plan {
        table = table.row([
            words::unbroken(&language.date(one.due)),
            Html::text(&language.won(one.amount)),
            Html::text(&language.won(one.paid)),
            standing(language, recovery, one),
        ]);
    }
    Html::empty().and(table)
}

fn standing(language: Language, recovery: &Recovery, one: &Instalment) -> Html {
    let (tone, label) = if one.paid >= one.amount {
        (Tone::Good, language.say("냄", "Paid"))
    } else if recovery.waived {
        (Tone::Neutral, language.say("면제", "Waived"))
    } else {
        (Tone::Active, language.say("낼 것", "Open"))
    };
    Html::empty().and(Tag::new(tone, label))
}

fn forms(visitor: &Visitor, recovery: &Named<Recovery>, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let to = |what: &str| format!("/welfare/work/recoveries/{}/{what}", recovery.id);
    let text = |name: &str, label: &str| Field::text(language, name, label).errors(errors);
    let receive = Form::post(visitor, to("received")).body(
        Html::empty()
            .and(text("won", language.say("들어온 금액 (원)", "Amount that came in (won)")).input_mode("numeric"))
            .and(text("reference", language.say("은행의 거래 번호", "The bank's reference")).longest(100))
            .and(Button::primary(language.say("들어온 돈 적기", "Record it"))),
    );
    let today = maru_web::in_korea(visitor.now).date();
    let spread = Form::post(visitor, to("instalments")).body(
        Html::empty()
            .and(
                text(
                    "instalments",
                    &language.pick(
                        format!("몇 번에 나누어 내나요? ({MOST_INSTALMENTS}번까지)"),
                        format!("How many instalments? ({MOST_INSTALMENTS} at most)"),
                    ),
                )
                .input_mode("numeric")
                .longest(2),
            )
            .and(
                Field::date(language, "first", language.say("첫 번째 기한", "The first is due on"))
                    .value(today.to_string())
                    .errors(errors),
            )
            .and(Button::secondary(language.say("나누어 내기로 하기", "Agree on them"))),
    );
    let remind = Form::post(visitor, to("reminder")).body(Html::empty().and(Button::secondary(
        language.pick(format!("독촉하기 ({LEAST_DAYS}일 더)"), format!("Remind ({LEAST_DAYS} days more)")),
    )));
    let html = Html::empty()
        .and(Disclosure::new(language.say("돈이 들어왔다면", "If money came in"), Html::empty().and(receive)).open())
        .and(Disclosure::new(language.say("나누어 내려면", "To pay by instalments"), Html::empty().and(spread)))
        .and(Disclosure::new(language.say("기한이 지났다면", "If the day has passed"), Html::empty().and(remind)));
    if recovery.state.ground != Some(Ground::Overpaid) {
        return html;
    }
    let waive = Form::post(visitor, to("waiver")).body(
        Html::paragraphs(language.say(
            "이미 썼거나 부득이한 사유가 있으면 면제할 수 있습니다 (사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제22조제2항 단서).",
            "It may be waived where it was spent already, or for other compelling reasons (Act on the Use and Provision of Social Security Benefits and Search for Eligible Beneficiaries, article 22(2), proviso).",
        ))
        .and(Field::area(language, "waiver", language.say("면제 사유", "Why it is waived")).rows(3).errors(errors))
        .and(Button::danger(language.say("남은 돈 면제하기", "Waive what is left"))),
    );
    html.and(Disclosure::new(language.say("면제하려면", "To waive it"), Html::empty().and(waive)))
}

/// After a form: the recovery again, or its page with the errors.
async fn done<T>(
    (pages, visitor, id): (&Pages, &Visitor, &str),
    field: &str,
    outcome: Result<T, ServiceError>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("/welfare/work/recoveries/{id}")).into_response()),
        Err(error) => {
            let errors = error.in_form(field)?;
            Ok(shown(pages, visitor, id, &errors).await?.into_response())
        }
    }
}

/// Money came in.
pub(super) async fn receive(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let reference = written.reference.trim().to_owned();
    let asked = won("won", &written.won).and_then(|amount| {
        let (ko, en) =
            ("거래 번호를 적어 주세요. 같은 번호는 한 번만 셉니다.", "Write the reference: the same one counts once.");
        if reference.is_empty() { Err(FieldError::new("reference", ko, en)) } else { Ok(amount) }
    });
    match asked {
        Ok(amount) => {
            let outcome = pages.service.receive(&caller_of(&visitor), &id, amount, reference).await;
            done((&pages, &visitor, &id), "won", outcome).await
        }
        Err(error) => Ok(shown(&pages, &visitor, &id, &[error]).await?.into_response()),
    }
}

/// Instalments are agreed on.
pub(super) async fn spread(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let (Ok(count), Ok(first)) = (written.instalments.trim().parse(), written.first.trim().parse()) else {
        let error = FieldError::new(
            "instalments",
            "횟수를 숫자로 적고 첫 번째 기한을 골라 주세요.",
            "Write the number in figures, and choose when the first is due.",
        );
        return Ok(shown(&pages, &visitor, &id, &[error]).await?.into_response());
    };
    let outcome = pages.service.spread(&caller_of(&visitor), &id, count, first).await;
    done((&pages, &visitor, &id), "instalments", outcome).await
}

/// The debtor is reminded.
pub(super) async fn remind(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let outcome = pages.service.remind(&caller_of(&visitor), &id).await;
    done((&pages, &visitor, &id), "won", outcome).await
}

/// What is left is waived.
pub(super) async fn waive(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let outcome = pages.service.waive(&caller_of(&visitor), &id, written.waiver).await;
    done((&pages, &visitor, &id), "waiver", outcome).await
}

/// What a citizen is told of what they are to pay back.
pub(super) fn citizen(visitor: &Visitor, recoveries: &[Named<Recovery>]) -> Html {
    let language = visitor.language;
    recoveries.iter().fold(Html::empty(), |html, one| {
        let open = one.state.open();
        let text = language.pick(
            format!("{}분으로 {}을 더 받으셨습니다. 남은 돈은 {}입니다.", months(language, &one.state.months), language.won(one.state.amount), language.won(open)),
            format!("For {} you received {} too much; {} is left to be paid back.", months(language, &one.state.months), language.won(one.state.amount), language.won(open)),
        );
        let mut html = html
            .and(words::heading(language.say("돌려주실 돈", "What you are to pay back")))
            .and(Html::paragraphs(&text))
            .and(Html::paragraphs(&ground(language, &one.state)))
            .and(plan(language, &one.state));
        if open > 0 {
            html = html.and(Html::paragraphs(language.say(
                "한꺼번에 내기 어려우면 나누어 낼 수 있습니다. 이미 썼거나 부득이한 사정이 있으면 면제해 달라고 할 수 있습니다. 담당자에게 말씀해 주세요. 동의하지 않으면 이의를 신청할 수 있습니다.",
                "If you cannot pay at once, you may pay by instalments. If you spent it already, or have compelling reasons, you may ask that it is waived: tell the official. If you disagree, you may object.",
            )));
        }
        html
    })
}
