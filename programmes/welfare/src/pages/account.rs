//! Where the money of a household goes: said by its citizen, or taken down at the desk.

use axum::{
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Form as Sent, Html, Page, PageKind, Problem, Visitor,
    components::{Button, Choice, Disclosure, ErrorSummary, Field, Form, Notice, NoticeKind},
};
use serde::Deserialize;

use super::{Pages, caller_of, mine, sent::Sender};
use crate::{
    domain::{Household, Status},
    payment::{BANKS, PayTo},
    service::{Mine, Prepared},
};

/// What somebody writes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    bank: String,
    bic: String,
    number: String,
    holder: String,
}

impl Written {
    fn pay_to(&self) -> PayTo {
        let bank = if self.bic.trim().is_empty() { &self.bank } else { &self.bic };
        let number = self.number.chars().filter(|letter| !letter.is_whitespace()).collect();
        PayTo { bank: bank.trim().to_uppercase(), number, holder: self.holder.trim().to_owned() }
    }

    /// The field that a refusal is about.
    fn field(&self) -> &'static str {
        let to = self.pay_to();
        match crate::payment::file::fault_of(&to) {
            Some(crate::payment::AccountFault::Number) => "number",
            Some(crate::payment::AccountFault::Holder) => "holder",
            _ => "bank",
        }
    }
}

/// The bank as people know it; its code where it is none of those that are chosen by name.
fn bank_name(visitor: &Visitor, bic: &str) -> String {
    let known = BANKS.iter().find(|bank| bank.bic == bic.get(..8).unwrap_or(bic));
    known.map_or_else(|| bic.to_owned(), |bank| visitor.say(bank.ko, bank.en).to_owned())
}

/// The account as it stands, masked.
pub(super) fn shown(visitor: &Visitor, household: &Household) -> String {
    match &household.pay_to {
        Some(to) => format!("{} {} ({})", bank_name(visitor, &to.bank), to.shown(), to.holder),
        None => visitor.say("아직 모릅니다", "not known yet").to_owned(),
    }
}

fn fields(visitor: &Visitor, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let banks = BANKS.iter().map(|bank| Choice::new(bank.bic, language.say(bank.ko, bank.en)));
    let other = Choice::new("", language.say("목록에 없는 은행", "another bank"));
    let text = |name: &str, label: &str| Field::text(language, name, label).errors(errors);
    Html::empty()
        .and(Field::select(language, "bank", language.say("은행", "Bank"), banks.chain([other])).errors(errors))
        .and(
            text("bic", language.say("목록에 없으면 은행 코드 (BIC)", "If it is not in the list, its code (BIC)"))
                .hint(language.say("영문자와 숫자 8자리나 11자리", "8 or 11 letters and figures"))
                .longest(11)
                .optional(),
        )
        .and(text("number", language.say("계좌번호", "Account number")).input_mode("numeric").longest(34))
        .and(text("holder", language.say("예금주", "Name of the holder")).longest(140).autocomplete("name"))
}

/// The citizen's page.
pub(super) async fn page(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    answered(&pages, &visitor, &[]).await
}

async fn answered(pages: &Pages, visitor: &Visitor, errors: &[FieldError]) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let Some(mine) = pages.service.mine(&caller_of(visitor)).await? else { return Ok(mine::nothing(visitor)) };
    let language = visitor.language;
    let household = mine.home.household.clone().unwrap_or_default();
    let now = language.pick(
        format!("지금 받을 계좌: {}", shown(visitor, &household)),
        format!("Your account now: {}", shown(visitor, &household)),
    );
    let button = Button::primary(language.say("이 계좌로 받기", "Receive it there")).large();
    let form = Form::post(visitor, "/welfare/mine/account").body(fields(visitor, errors).and(button));
    let body = Html::empty().and(ErrorSummary::new(language, errors)).and(Html::paragraphs(&now)).and(form);
    let page = Page::new(visitor, language.say("급여를 받을 계좌", "Where your benefits go"), PageKind::Citizen)
        .breadcrumb(language.say("내가 받을 수 있는 급여", "What you are entitled to"), "/welfare/mine")
        .lead(language.say(
            "본인 이름으로 된 계좌를 적어 주세요. 계좌번호는 암호화해 보관하고, 지급할 때만 씁니다 (국민기초생활 보장법 제27조의2제1항).",
            "Write an account in your own name. It is kept encrypted and used for payments alone (National Basic Living Security Act, article 27-2(1)).",
        ))
        .personal()
        .body(body);
    Ok(if errors.is_empty() { page } else { page.with_errors() })
}

/// The citizen says where their money goes.
pub(super) async fn write(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    match pages.service.give_own_account(&caller_of(&visitor), written.pay_to()).await {
        Ok(()) => Ok(Redirect::to("/welfare/mine").into_response()),
        Err(error) => {
            let errors = error.in_form(written.field())?;
            Ok(answered(&pages, &visitor, &errors).await?.into_response())
        }
    }
}

/// Said above everything else where something is given and nobody knows whereto.
pub(super) fn missing(visitor: &Visitor, mine: &Mine) -> Html {
    let language = visitor.language;
    let is_given = mine.proposals.iter().any(|one| {
        let is_paid = one.state.benefit().is_some_and(crate::domain::Benefit::is_paid);
        is_paid && matches!(one.state.status, Status::Confirmed | Status::Awarded)
    });
    let is_known = mine.home.household.as_ref().is_none_or(|household| household.pay_to.is_some());
    if is_known || !is_given {
        return Html::empty();
    }
    let text = language.say(
        "돈을 보낼 계좌를 아직 모릅니다. 계좌를 알려 주시면 다음 지급일에 함께 드립니다.",
        "Nobody knows yet where your money goes. Tell the account, and it comes on the next pay day.",
    );
    let link = Button::primary(language.say("받을 계좌 알리기", "Say where it goes")).link("/welfare/mine/account");
    Html::empty().and(Notice::new(language, NoticeKind::Warning, text)).and(link)
}

/// The account on the desk, with the form to take it down.
pub(super) fn desk(visitor: &Visitor, prepared: &Prepared, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let address = format!("/welfare/work/{}/account", prepared.proposal.id);
    let form = Form::post(visitor, address)
        .body(fields(visitor, errors).and(Button::secondary(language.say("계좌 적기", "Take it down"))));
    let title = language.pick(
        format!("받을 계좌: {}", shown(visitor, &prepared.household)),
        format!("Account: {}", shown(visitor, &prepared.household)),
    );
    Html::empty().and(Disclosure::new(title, Html::empty().and(form)))
}

/// An official takes it down.
pub(super) async fn take_down(sender: Sender, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let household = sender.service().household_of(&sender.caller, &sender.id).await?;
    let outcome = sender.service().give_account(&sender.caller, &household, written.pay_to()).await;
    sender.same_desk(written.field(), outcome).await
}
