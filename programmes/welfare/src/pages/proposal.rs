//! A proposal for its citizen: what, how much, why, and the decision in one place.

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{Button, DefinitionList, Disclosure, ErrorSummary, Field, Form, Notice, NoticeKind, Table},
};

use super::{asked, easy, grounds, proofs, recoveries, words};
use crate::{
    domain::{
        Household, Proposal, Recovery, Status,
        proposal::{Basis, Objection},
    },
    evaluation::Grounds,
    service::Question,
    store::Named,
};

/// What the official saw when they confirmed it.
pub(super) fn seen(proposal: &Proposal) -> Option<Grounds> {
    let text = proposal.confirmation.as_ref()?.grounds.value.as_deref()?;
    serde_json::from_str(text).ok()
}

/// What the page needs beside the proposal.
pub(super) struct Beside<'a> {
    pub(super) household: &'a Household,
    /// What was asked for and not told yet.
    pub(super) questions: &'a [Question],
    /// What is to be paid back.
    pub(super) recoveries: &'a [Named<Recovery>],
}

pub(super) fn page(
    visitor: &Visitor,
    proposal: &Named<Proposal>,
    &Beside { household, questions, recoveries }: &Beside<'_>,
    errors: &[FieldError],
) -> Option<Page> {
    let language = visitor.language;
    let finding = proposal.state.finding.as_ref()?;
    let benefit = proposal.state.benefit()?;
    let title = format!("{}: {}", words::benefit(language, benefit), words::amount(language, benefit, finding.amount));
    let lead = format!(
        "{} · {}",
        words::whose(language, household, finding.member.as_deref()),
        language.say(benefit.plain_ko, benefit.plain_en)
    );
    let mut body = Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(Html::trusted("<p>"))
        .and(words::status_tag(language, proposal.state.status))
        .and(Html::trusted("</p>"))
        .and(next(visitor, proposal))
        .and(asked::form(
            visitor,
            format!("/welfare/proposals/{}/facts", proposal.id),
            (questions, household),
            (language.say("알리기", "Tell them"), true),
            errors,
        ))
        .and(easy::ways(visitor, &proposal.id));
    if let Some(explained) = seen(&proposal.state) {
        body = body
            .and(words::heading(language.say("왜 받을 수 있나요?", "Why?")))
            .and(grounds::reason(language, &explained))
            .and(Disclosure::new(
                language.say("무엇을 보고 판단했나요?", "What was looked at?"),
                grounds::facts(visitor, household, &explained).and(grounds::figures(visitor, &explained)),
            ));
    }
    body = body
        .and(decided(visitor, &proposal.state))
        .and(paid(visitor, &proposal.state))
        .and(recoveries::citizen(visitor, recoveries))
        .and(contest(visitor, proposal, errors))
        .and(proofs::links(visitor, proposal));
    let page = Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("내가 받을 수 있는 급여", "What you are entitled to"), "/welfare/mine")
        .lead(lead)
        .personal()
        .body(body);
    Some(if errors.is_empty() { page } else { page.with_errors() })
}

/// The notice in plain words: what happens next, why, the decision with its remedy.
pub(super) fn told(visitor: &Visitor, proposal: &Named<Proposal>) -> Html {
    let language = visitor.language;
    let mut html = match proposal.state.status {
        Status::Confirmed => Html::paragraphs(language.say(
            "동의하시면 그날 신청한 것으로 보고 그 달분부터 드립니다. 따로 낼 서류는 없습니다. 받지 않아도 불이익은 없습니다.",
            "If you agree, it counts as applied for on that day and is given from that month on. No documents are needed. There is no disadvantage in not receiving it.",
        )),
        _ => next(visitor, proposal),
    };
    if let Some(explained) = seen(&proposal.state) {
        html = html
            .and(words::heading(language.say("왜 받을 수 있나요?", "Why?")))
            .and(grounds::reason(language, &explained));
    }
    // Why a decision on an objection takes longer is told in the letter too.
    let objection = proposal.state.objection.as_ref().filter(|one| one.upheld.is_none() && !one.extended.is_empty());
    if let Some(objection) = objection {
        html = html.and(Html::paragraphs(&objection_text(language, objection)));
    }
    html.and(decided(visitor, &proposal.state)).and(remedy(visitor, &proposal.state))
}

/// What can be done against it, and what is to be told.
fn remedy(visitor: &Visitor, proposal: &Proposal) -> Html {
    let language = visitor.language;
    let mut lines = vec![language.say(
        "사람이 다시 살펴보고 설명해 달라고 할 수 있습니다. 30일 안에 답해 드립니다 (개인정보 보호법 제37조의2).",
        "You may ask that a person looks at it and explains it; you have an answer within 30 days (Personal Information Protection Act, article 37-2).",
    )];
    if proposal.objection_until.is_some() {
        lines.push(language.say(
            "행정심판이나 행정소송도 할 수 있습니다.",
            "Administrative appeal and litigation are open to you too.",
        ));
    }
    if proposal.award.is_some() {
        lines.push(language.say(
            "사는 곳, 가구원, 소득이나 재산이 달라지면 바로 알려 주십시오 (사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제20조).",
            "Tell us at once when your address, household, income or property changes (Act on the Use and Provision of Social Security Benefits and Search for Eligible Beneficiaries, article 20).",
        ));
    }
    words::heading(language.say("알아 두실 것", "What you should know"))
        .and(words::list(lines.into_iter().map(Html::text)))
}

/// What can be done now, or what happens next.
fn next(visitor: &Visitor, proposal: &Named<Proposal>) -> Html {
    let language = visitor.language;
    let text = match proposal.state.status {
        Status::Found | Status::Asked if proposal.state.application.is_some() => {
            return waits(visitor, &proposal.state);
        }
        Status::Found => language.say(
            "국가가 먼저 찾았습니다. 담당 공무원이 확인한 뒤 알려 드립니다. 지금 하실 일은 없습니다.",
            "The state found this for you. An official looks at it and tells you. There is nothing to do now.",
        ),
        Status::Asked => language.say(
            "등록된 자료로는 알 수 없는 것이 있어 여쭙니다. 이 화면에서, 또는 창구나 전화로 알려 주세요.",
            "Something is asked that no register holds. Please tell it here, at the counter or by telephone.",
        ),
        Status::Confirmed => return decide(visitor, proposal),
        Status::Awarded => language.say(
            "결정되었습니다. 매달 정해진 날에 등록된 계좌로 들어갑니다.",
            "Awarded. It reaches your account on the pay day of the month.",
        ),
        Status::Declined => language.say(
            "받지 않겠다고 하셨습니다. 마음이 바뀌면 창구에 말씀해 주세요.",
            "You said that you do not want it. If you change your mind, tell the counter.",
        ),
        Status::Denied => language.say(
            "드릴 수 없다고 결정했습니다. 까닭과 방법이 아래에 있습니다.",
            "It was refused. Reason and remedy stand below.",
        ),
        Status::Withdrawn => {
            language.say("상황이 바뀌어 지금은 해당하지 않습니다.", "Things changed, and it is not due now.")
        }
        Status::Ended => language.say("끝난 급여입니다.", "This award has ended."),
    };
    let html = Html::paragraphs(text);
    if proposal.state.status == Status::Found { html.and(apply(visitor, proposal)) } else { html }
}

/// The citizen need not wait until an official looks by themselves.
fn apply(visitor: &Visitor, proposal: &Named<Proposal>) -> Html {
    let language = visitor.language;
    let form = Form::post(visitor, format!("/welfare/proposals/{}/application", proposal.id)).body(
        Html::paragraphs(language.say(
            "지금 신청하시면 30일 안에 결정해 알려 드립니다. 조사에 시간이 더 걸리면 까닭을 알리고 60일 안에 결정합니다.",
            "If you apply now, you are told the decision within 30 days; where an inquiry takes longer, within 60 days, and you are told why.",
        ))
        .and(Button::secondary(language.say("지금 신청하기", "Apply now"))),
    );
    Html::empty().and(Disclosure::new(
        language.say("기다리지 않고 신청하려면", "To apply without waiting"),
        Html::empty().and(form),
    ))
}

/// The application and by when it is decided.
fn waits(visitor: &Visitor, proposal: &Proposal) -> Html {
    let language = visitor.language;
    let Some(application) = &proposal.application else { return Html::empty() };
    let (on, due) = (language.date(application.on), language.date(application.due));
    let text = language.pick(
        format!("{on}에 신청하셨습니다. {due}까지 결정해 알려 드립니다."),
        format!("You applied on {on}. You are told the decision by {due}."),
    );
    let html = Html::paragraphs(&text);
    if application.extended.is_empty() {
        return html;
    }
    html.and(Html::paragraphs(&language.pick(
        format!("늦어지는 까닭: {}", application.extended),
        format!("Why it takes longer: {}", application.extended),
    )))
}

fn decide(visitor: &Visitor, proposal: &Named<Proposal>) -> Html {
    let language = visitor.language;
    let yes = Form::post(visitor, format!("/welfare/proposals/{}/consent", proposal.id)).body(
        Html::empty()
            .and(Html::paragraphs(language.say(
                "동의하시면 오늘 신청한 것으로 보고 이번 달분부터 드립니다. 따로 낼 서류는 없습니다.",
                "If you agree, it counts as applied for today and is given from this month on. No documents are needed.",
            )))
            .and(Button::primary(language.say("동의하고 받기", "Agree and receive")).large()),
    );
    let no = Form::post(visitor, format!("/welfare/proposals/{}/decline", proposal.id)).body(
        Html::empty()
            .and(Field::area(language, "words", language.say("까닭 (적지 않아도 됩니다)", "Why")).rows(2).optional())
            .and(Button::secondary(language.say("받지 않기", "Do not receive it"))),
    );
    Html::empty().and(yes).and(Disclosure::new(
        language.say("받지 않으려면", "If you do not want it"),
        Html::paragraphs(
            language.say("받지 않아도 불이익은 없습니다.", "There is no disadvantage in not receiving it."),
        )
        .and(no),
    ))
}

fn decided(visitor: &Visitor, proposal: &Proposal) -> Html {
    let language = visitor.language;
    let mut list = DefinitionList::new();
    let mut any = false;
    if let Some(award) = &proposal.award {
        any = true;
        let basis = match &award.basis {
            Basis::Consent => language
                .say(
                    "본인 동의 (사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제5조제2항)",
                    "your consent (Social Security Benefits Act, article 5(2))",
                )
                .to_owned(),
            Basis::Statute { article } => article.clone(),
            Basis::Objection => language.say("이의신청 인용", "your objection was upheld").to_owned(),
            Basis::Application => language
                .say(
                    "신청 (사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제5조제1항)",
                    "your application (Act on the Use and Provision of Social Security Benefits and Search for Eligible Beneficiaries, article 5(1))",
                )
                .to_owned(),
            Basis::ExOfficio { incapacity } => {
                let (ko, en) = incapacity.words();
                language.pick(
                    format!("직권 신청: {ko} (사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제5조제3항)"),
                    format!("applied for by the official: {en} (Act on the Use and Provision of Social Security Benefits and Search for Eligible Beneficiaries, article 5(3))"),
                )
            }
        };
        list = list
            .text(language.say("언제부터", "From"), &words::month(language, award.from))
            .text(language.say("결정한 날", "Decided on"), &language.date(award.on))
            .text(language.say("확인한 담당자", "Confirmed by"), &award.by.name)
            .text(language.say("결정의 근거", "Basis"), &basis)
            .text(language.say("다시 살펴보는 날", "Looked at again on"), &language.date(award.review_on));
        let consented = proposal.consent.as_ref().and_then(|consent| consent.for_whom.as_ref());
        let applied = proposal.application.as_ref().and_then(|application| application.for_whom.as_ref());
        if let Some(acting) = consented.or(applied) {
            list = list.text(
                language.say("대신한 사람", "Acted for you"),
                &format!(
                    "{} ({})",
                    language.say(acting.ground.words().0, acting.ground.words().1),
                    language.law(acting.ground.article())
                ),
            );
        }
    }
    if let Some(denial) = &proposal.denial {
        any = true;
        list = list
            .text(language.say("드릴 수 없는 까닭", "Why it was refused"), &denial.reason)
            .text(language.say("근거 조문", "Article"), &denial.article)
            .text(language.say("결정한 담당자", "Decided by"), &denial.by.name);
    }
    if let Some(until) = proposal.objection_until.filter(|_| any) {
        list = list.text(
            language.say("이의신청할 수 있는 마지막 날", "Last day to object"),
            &format!(
                "{} ({})",
                language.date(until),
                language.say(
                    "사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제17조제1항",
                    "Act on the Use and Provision of Social Security Benefits and Search for Eligible Beneficiaries, article 17(1)"
                )
            ),
        );
    }
    if !any {
        return Html::empty();
    }
    words::heading(language.say("결정", "Decision")).and(list)
}

fn paid(visitor: &Visitor, proposal: &Proposal) -> Html {
    let language = visitor.language;
    if proposal.payments.is_empty() {
        return Html::empty();
    }
    let mut table = Table::new(language.say("지급", "Payments"))
        .column(language.say("달", "Month"))
        .figures(language.say("금액", "Amount"))
        .column(language.say("상태", "Standing"));
    for (month, attempts) in proposal.payments.iter().rev() {
        for payment in attempts.iter().rev() {
            table = table.row([
                Html::text(&words::month(language, *month)),
                Html::text(&language.won(payment.amount)),
                words::payment_state(language, payment.state),
            ]);
        }
    }
    Html::empty().and(table)
}

fn contest(visitor: &Visitor, proposal: &Named<Proposal>, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let state = &proposal.state;
    let mut html = words::heading(language.say("동의하지 않거나 궁금하다면", "If you disagree or wonder"));
    if let Some(review) = &state.review {
        let text = match &review.answer {
            Some(answer) => answer.clone(),
            None => language.pick(
                format!("담당자가 직접 살펴보고 있습니다. {}까지 답해 드립니다.", language.date(review.due)),
                format!("A person is looking at it. You have an answer by {}.", language.date(review.due)),
            ),
        };
        html = html.and(Notice::new(language, NoticeKind::Information, &text));
    }
    if let Some(objection) = &state.objection {
        let text = objection_text(language, objection);
        html = html.and(Notice::new(language, NoticeKind::Information, &text));
    }
    let may_object = matches!(state.status, Status::Denied | Status::Awarded | Status::Ended);
    if state.review.as_ref().is_none_or(|review| review.answer.is_some()) {
        let form = words_form(
            visitor,
            proposal,
            "review",
            (language.say("묻고 싶은 것", "What you want to know"), language.say("사람에게 물어보기", "Ask a person")),
            errors,
        );
        html = html.and(Disclosure::new(
            language.say(
                "사람이 다시 살펴보고 설명해 주기를 원해요 (30일 안에 답)",
                "I want a person to look at it and explain it (answer within 30 days)",
            ),
            Html::empty().and(form),
        ));
    }
    if may_object && state.objection.as_ref().is_none_or(|objection| objection.upheld.is_some()) {
        let form = words_form(
            visitor,
            proposal,
            "objection",
            (language.say("무엇이 잘못되었나요?", "What is wrong?"), language.say("이의신청", "Object")),
            errors,
        );
        html = html.and(Disclosure::new(
            language.say("결정에 이의를 신청해요", "I object to the decision"),
            Html::empty().and(form),
        ));
    }
    html
}

/// Where an objection stands.
fn objection_text(language: Language, objection: &Objection) -> String {
    match objection.upheld {
        None if objection.extended.is_empty() => language.pick(
            format!("이의신청을 심사하고 있습니다. {}까지 결정합니다.", language.date(objection.due)),
            format!("Your objection is being decided, by {}.", language.date(objection.due)),
        ),
        None => language.pick(
            format!(
                "이의신청의 결정이 늦어집니다. {}까지 결정합니다 (사회보장급여의 이용ㆍ제공 및 수급권자 발굴에 관한 법률 제17조제2항). 늦어지는 까닭: {}",
                language.date(objection.due),
                objection.extended
            ),
            format!(
                "The decision on your objection takes longer, until {} (Act on the Use and Provision of Social Security Benefits and Search for Eligible Beneficiaries, article 17(2)). Why: {}",
                language.date(objection.due),
                objection.extended
            ),
        ),
        Some(true) => language.pick(
            format!("이의신청을 받아들였습니다. {}", objection.reason),
            format!("Your objection was upheld. {}", objection.reason),
        ),
        Some(false) => language.pick(
            format!(
                "이의신청을 받아들이지 않았습니다. {} 행정심판이나 행정소송을 할 수 있습니다.",
                objection.reason
            ),
            format!(
                "Your objection was not upheld. {} Administrative appeal and litigation stay open.",
                objection.reason
            ),
        ),
    }
}

fn words_form(
    visitor: &Visitor,
    proposal: &Named<Proposal>,
    what: &str,
    (label, button): (&str, &str),
    errors: &[FieldError],
) -> Form {
    let language = visitor.language;
    let field = Field::area(language, what, label).rows(4).counted(4_000).errors(errors);
    Form::post(visitor, format!("/welfare/proposals/{}/{what}", proposal.id))
        .body(Html::empty().and(field).and(Button::secondary(button)))
}
