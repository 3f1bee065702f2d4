//! Applications and who makes them, on the desk: its forms, and what happens when they are sent.

use axum::response::Response;
use jiff::civil::Date;
use maru_web::{
    FieldError, Form as Sent, Html, Language, Problem, Visitor,
    components::{Button, Choice, ClockBadge, Disclosure, Field, Form, Notice, NoticeKind, Table},
};
use serde::Deserialize;

use super::{
    acting,
    sent::{Sender, place_of},
    words,
    work::May,
};
use crate::{
    domain::{
        Ground, Representative, Status,
        proposal::{ForWhom, Incapacity},
        representation::Power,
    },
    service::{Prepared, Representing},
};

/// What an official writes in these forms.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    representative: String,
    incapacity: String,
    evidence: String,
    extension: String,
    member: String,
    name: String,
    ground: String,
    shown_by: String,
    from: String,
    to: String,
    powers: Vec<String>,
}

impl Written {
    /// The place of who acts for the person; nothing where they act themselves.
    fn representative(&self) -> Option<usize> {
        place_of(&self.representative)
    }
}

fn to(prepared: &Prepared, what: &str) -> String {
    format!("/welfare/work/{}/{what}", prepared.proposal.id)
}

/// Who acts, as people read it: «성년후견인 김보호 (박순자)».
fn who_acts(language: Language, prepared: &Prepared, one: &Representative) -> String {
    let ground = language.say(one.ground.words().0, one.ground.words().1);
    let whom = words::member(language, &prepared.household, &one.member);
    format!("{ground} {} ({whom})", one.name.value_or(""))
}

/// By whom something is said: by the person, or by who acts for them.
pub(super) fn by_whom(language: Language, prepared: &Prepared, consents: bool) -> Html {
    let able: Vec<_> = prepared
        .representatives
        .iter()
        .filter(|(_, one)| one.has(if consents { Power::Consent } else { Power::Apply }))
        .collect();
    if able.is_empty() {
        return Html::empty();
    }
    let own = Choice::new("", language.say("본인", "The person"));
    let others = able.iter().map(|(place, one)| Choice::new(place.to_string(), who_acts(language, prepared, one)));
    let label = language.say("누가 했나요?", "By whom?");
    Html::empty()
        .and(Field::radios(language, "representative", label, std::iter::once(own).chain(others)).value(String::new()))
}

/// The application that waits, with its clock; the form to take one down where there is none.
pub(super) fn application(visitor: &Visitor, prepared: &Prepared, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let state = &prepared.proposal.state;
    if !matches!(state.status, Status::Found | Status::Asked) {
        return Html::empty();
    }
    let Some(application) = state.open_application() else {
        let form = Form::post(visitor, to(prepared, "application")).body(
            by_whom(language, prepared, false)
                .and(Button::secondary(language.say("받은 신청 적기", "Take down an application"))),
        );
        return Html::empty().and(Disclosure::new(
            language.say("창구나 전화로 신청을 받았다면", "If it was applied for at the counter or by telephone"),
            Html::empty().and(form),
        ));
    };
    let end = maru_calendar::instant(maru_calendar::WorkingCalendar::closing(application.due));
    let (on, due) = (language.date(application.on), language.date(application.due));
    let text = language.pick(
        format!("{on}에 신청을 받았습니다. {due}까지 결정을 알려야 합니다. 확인하면 신청한 달부터 지급이 결정됩니다."),
        format!("Applied for on {on}: the decision is told by {due}. Confirming it awards it from that month on."),
    );
    let mut html = Html::trusted("<h3>")
        .and(Html::text(language.say("신청", "Application")))
        .and(Html::trusted("</h3>"))
        .and(ClockBadge::counting(language, visitor.now, end))
        .and(Html::paragraphs(&text));
    if let Some(acting) = &application.for_whom {
        html = html.and(Html::paragraphs(&acted(language, acting)));
    }
    if !application.extended.is_empty() {
        return html.and(Html::paragraphs(&language.pick(
            format!("늦어지는 까닭: {}", application.extended),
            format!("Why it takes longer: {}", application.extended),
        )));
    }
    let form = Form::post(visitor, to(prepared, "extension")).body(
        Html::empty()
            .and(
                Field::area(language, "extension", language.say("늦어지는 까닭", "Why it takes longer"))
                    .rows(2)
                    .errors(errors),
            )
            .and(Button::secondary(language.say("60일로 늘리기", "Extend to 60 days"))),
    );
    html.and(Disclosure::new(
        language.say("조사에 시간이 더 걸린다면", "If the inquiry takes longer"),
        Html::empty().and(form),
    ))
}

fn acted(language: Language, acting: &ForWhom) -> String {
    let (ko, en) = acting.ground.words();
    let article = language.law(acting.ground.article());
    language.pick(format!("대신한 사람: {ko} ({article})"), format!("Done for them by a {en} ({article})"))
}

/// For who cannot consent: the application by the official, and its report to the head of the agency.
pub(super) fn ex_officio(visitor: &Visitor, prepared: &Prepared, may: May, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let state = &prepared.proposal.state;
    if let Some(applied) = &state.ex_officio {
        let (ko, en) = applied.incapacity.words();
        let text = language.pick(
            format!(
                "{}에 {}이(가) 동의 없이 직권으로 신청했습니다. 까닭: {ko}",
                language.date(applied.on),
                applied.by.name
            ),
            format!("{} applied without consent on {}: {en}.", applied.by.name, language.date(applied.on)),
        );
        let html = Html::empty()
            .and(Notice::new(language, NoticeKind::Information, &text))
            .and(Html::paragraphs(applied.evidence.value_or("")));
        if applied.seen_by.is_some() {
            return html;
        }
        if !may.decide_objection {
            return html
                .and(Html::paragraphs(language.say("책임자가 보고를 확인합니다.", "A supervisor reads the report.")));
        }
        return html.and(
            Form::post(visitor, to(prepared, "report"))
                .body(Html::empty().and(Button::primary(language.say("보고 확인", "Report read")))),
        );
    }
    if state.status != Status::Confirmed {
        return Html::empty();
    }
    let reasons = Incapacity::ALL.map(|one| Choice::new(one.identifier(), language.say(one.words().0, one.words().1)));
    let form = Form::post(visitor, to(prepared, "ex-officio")).guarded().body(
        Html::paragraphs(language.say(
            "심신미약이나 심신상실처럼 동의할 수 없는 사람만 동의 없이 직권으로 신청할 수 있습니다. 책임자에게 바로 보고됩니다 (사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제5조제3항, 같은 법 시행령 제2조제3항).",
            "Only for people who cannot consent may an official apply without consent; it is reported to a supervisor at once (Act on the Use and Provision of Social Security Benefits and Search for Eligible Beneficiaries, article 5(3); its decree, article 2(3)).",
        ))
        .and(Field::radios(language, "incapacity", language.say("까닭", "Why"), reasons).errors(errors))
        .and(
            Field::area(
                language,
                "evidence",
                language.say("확인한 자료 (심판문, 진단, 의사 자문)", "What shows it: an order of the court, a diagnosis, a doctor's advice"),
            )
            .rows(3)
            .errors(errors),
        )
        .and(Button::danger(language.say("동의 없이 직권으로 신청하기", "Apply without consent"))),
    );
    Html::empty().and(Disclosure::new(
        language.say("동의할 수 없는 사람이라면", "If the person cannot consent"),
        Html::empty().and(form),
    ))
}

/// Who acts for the people of the household, and the form to write somebody down.
pub(super) fn representatives(visitor: &Visitor, prepared: &Prepared, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let mut html = Html::empty();
    for (place, one) in &prepared.representatives {
        let end =
            Form::post(visitor, to(prepared, "representatives/end")).hidden("representative", place.to_string()).body(
                Html::empty()
                    .and(
                        Field::date(language, "to", language.say("마지막 날", "Last day"))
                            .value(maru_web::in_korea(visitor.now).date().to_string()),
                    )
                    .and(Button::secondary(language.say("대리 끝내기", "End it")).small()),
            );
        html = html
            .and(listed(language, prepared, std::slice::from_ref(one)))
            .and(invitation(visitor, prepared, *place, one))
            .and(Disclosure::new(language.say("이 대리가 끝났다면", "If this has ended"), Html::empty().and(end)));
    }
    let members = prepared
        .household
        .members
        .iter()
        .map(|member| Choice::new(&member.id, words::member(language, &prepared.household, &member.id)));
    let grounds = Ground::ALL.map(|ground| {
        let name = language.say(ground.words().0, ground.words().1);
        Choice::new(ground.identifier(), format!("{name} ({})", language.law(ground.article())))
    });
    let scope = Power::ALL.map(|power| Choice::new(power.identifier(), language.say(power.words().0, power.words().1)));
    let form = Form::post(visitor, to(prepared, "representatives")).body(
        Html::empty()
            .and(Field::select(language, "member", language.say("누구를 대신하나요?", "For whom?"), members))
            .and(Field::text(language, "name", language.say("대신하는 사람", "Who acts")).longest(80).errors(errors))
            .and(Field::select(language, "ground", language.say("근거", "Ground"), grounds).errors(errors))
            .and(
                Field::text(
                    language,
                    "shown_by",
                    language.say(
                        "확인한 자료 (후견등기사항증명서, 가족관계증명서)",
                        "What shows it, such as a register's extract",
                    ),
                )
                .longest(200)
                .errors(errors),
            )
            .and(Field::date(language, "from", language.say("언제부터", "From")).errors(errors))
            .and(Field::date(language, "to", language.say("언제까지", "Until")).optional().errors(errors))
            .and(
                Field::checkboxes(language, "powers", language.say("권한의 범위", "Scope of the power"), scope)
                    .hint(language.say(
                        "한정·특정·임의후견인은 심판이나 계약이 준 것만 고릅니다. 그 밖에는 고르지 않으면 근거가 주는 모든 권한입니다.",
                        "For limited and specific guardians and those by contract choose what the court or the contract gave; for others, none chosen means all that the ground gives.",
                    ))
                    .optional()
                    .errors(errors),
            )
            .and(Button::secondary(language.say("대신하는 사람 적기", "Write them down"))),
    );
    html.and(Disclosure::new(
        language.say("법정대리인·후견인·보호자", "Representatives and guardians"),
        Html::empty().and(form),
    ))
}

/// The way to an account of their own, for who may see something.
fn invitation(visitor: &Visitor, prepared: &Prepared, place: usize, one: &Representative) -> Html {
    let language = visitor.language;
    if one.account.is_some() {
        let text = language.say("자기 계정으로 볼 수 있습니다.", "They see it by an account of their own.");
        return Html::paragraphs(text);
    }
    if !one.has(Power::See) {
        return Html::empty();
    }
    let form = Form::post(visitor, to(prepared, "representatives/invitation"))
        .hidden("representative", place.to_string())
        .body(Html::paragraphs(language.say(
            "본인 확인을 마친 뒤 번호를 건네 주세요. 14일 안에 한 번 쓸 수 있고, 권한의 범위와 기간 안에서만 보입니다.",
            "Hand the code over once you know who they are. It serves once within 14 days; they see what their powers and time allow.",
        )).and(Button::secondary(language.say("연결 번호 만들기", "Make a code")).small()));
    Html::empty().and(Disclosure::new(
        language.say("자기 계정으로 보게 하려면", "To let them see it by their own account"),
        Html::empty().and(form),
    ))
}

/// Who acts for whom, on what ground, shown by what, from when until when.
pub(super) fn listed(language: Language, prepared: &Prepared, all: &[Representative]) -> Html {
    table(language, all, |member| words::member(language, &prepared.household, member))
}

/// The same for the people whom it concerns.
pub(super) fn table(language: Language, all: &[Representative], member: impl Fn(&str) -> String) -> Html {
    let mut table = Table::new(language.say("대신하는 사람", "Who acts for whom"))
        .hidden_caption()
        .column(language.say("누구를", "For whom"))
        .column(language.say("대신하는 사람", "Who acts"))
        .column(language.say("근거", "Ground"))
        .column(language.say("권한", "Powers"))
        .column(language.say("확인한 자료", "Shown by"))
        .column(language.say("기간", "Period"));
    for one in all {
        let ground = language.say(one.ground.words().0, one.ground.words().1);
        let until = one.until.map(|until| language.date(until)).unwrap_or_default();
        table = table.row(
            [
                member(&one.member),
                one.name.value_or("").to_owned(),
                format!("{ground} ({})", language.law(one.ground.article())),
                acting::powers(language, one),
                one.evidence.clone(),
                format!("{} ~ {until}", language.date(one.from)),
            ]
            .map(|text| Html::text(&text)),
        );
    }
    Html::empty().and(table)
}

pub(super) async fn take_down_application(sender: Sender, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let representative = written.representative();
    let outcome = sender.service().take_down_application(&sender.caller, &sender.id, representative).await;
    sender.desk("representative", outcome).await
}

pub(super) async fn extend_application(sender: Sender, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let outcome = sender.service().extend_application(&sender.caller, &sender.id, written.extension).await;
    sender.desk("extension", outcome).await
}

pub(super) async fn extend_objection(sender: Sender, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let outcome = sender.service().extend_objection(&sender.caller, &sender.id, written.extension).await;
    sender.desk("extension", outcome).await
}

pub(super) async fn apply_ex_officio(sender: Sender, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let Some(incapacity) = Incapacity::from_identifier(&written.incapacity) else {
        let error = FieldError::new("incapacity", "까닭을 골라 주세요.", "Choose why.");
        return sender.desk_again(&[error]).await;
    };
    let outcome = sender.service().apply_ex_officio(&sender.caller, &sender.id, incapacity, &written.evidence).await;
    sender.desk("evidence", outcome).await
}

pub(super) async fn see_ex_officio(sender: Sender) -> Result<Response, Problem> {
    let outcome = sender.service().see_ex_officio(&sender.caller, &sender.id).await;
    sender.desk("report", outcome).await
}

/// A day that somebody wrote; an error beside the field where it is none.
fn day(field: &str, text: &str) -> Result<Date, FieldError> {
    let day = text.trim().parse::<Date>();
    day.map_err(|_| FieldError::new(field, "날짜를 2026-03-02처럼 적어 주세요.", "Write the day as 2026-03-02."))
}

impl Written {
    fn representing(&self) -> Result<Representing, FieldError> {
        let ground = Ground::from_identifier(&self.ground)
            .ok_or_else(|| FieldError::new("ground", "근거를 골라 주세요.", "Choose the ground."))?;
        let until = if self.to.trim().is_empty() { None } else { Some(day("to", &self.to)?) };
        Ok(Representing {
            member: self.member.clone(),
            name: self.name.clone(),
            ground,
            evidence: self.shown_by.clone(),
            from: day("from", &self.from)?,
            until,
            powers: self.powers.iter().filter_map(|name| Power::from_identifier(name)).collect(),
        })
    }
}

pub(super) async fn represent(sender: Sender, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let household = sender.service().household_of(&sender.caller, &sender.id).await?;
    let outcome = match written.representing() {
        Ok(asked) => sender.service().represent(&sender.caller, &household, asked).await,
        Err(error) => {
            return sender.desk_again(&[error]).await;
        }
    };
    let field = match (&written.name, &written.shown_by) {
        (name, _) if name.trim().is_empty() => "name",
        (_, shown_by) if shown_by.trim().is_empty() => "shown_by",
        _ => "powers",
    };
    sender.same_desk(field, outcome).await
}

/// Makes a code, which is shown once: nobody can read it again.
pub(super) async fn invite(sender: Sender, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let household = sender.service().household_of(&sender.caller, &sender.id).await?;
    let place = written.representative().ok_or_else(Problem::bad_request)?;
    match sender.service().invite_representative(&sender.caller, &household, place).await {
        Ok(code) => sender.desk_with_code(&code).await,
        Err(error) => sender.same_desk::<()>("representative", Err(error)).await,
    }
}

pub(super) async fn end_representation(sender: Sender, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let household = sender.service().household_of(&sender.caller, &sender.id).await?;
    let outcome = match (written.representative(), day("to", &written.to)) {
        (Some(place), Ok(until)) => sender.service().end_representation(&sender.caller, &household, place, until).await,
        (_, Err(error)) => {
            return sender.desk_again(&[error]).await;
        }
        (None, Ok(_)) => return Err(Problem::bad_request()),
    };
    sender.same_desk("to", outcome).await
}
