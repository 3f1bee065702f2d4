//! Rules by which what a screening finds becomes proposals, without a batch ordered by hand.

use axum::{
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maru_web::{
    FieldError, Form as Sent, Html, Language, Problem, Visitor,
    components::{Button, Choice, Field, Form, Table},
};
use serde::Deserialize;

use super::{Pages, caller_of, screenings, words};
use crate::domain::{BENEFITS, ProposalRules, Switches};

/// What an official writes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    benefit: String,
    least: String,
    lift: String,
}

pub(super) async fn set(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    visitor.signed_in()?;
    let caller = caller_of(&visitor);
    let least = written.least.replace([',', ' '], "");
    let outcome = match (written.lift.as_str(), least.parse::<i64>()) {
        ("yes", _) => pages.service.lift_proposal_rule(&caller, written.benefit).await,
        (_, Ok(least)) => pages.service.set_proposal_rule(&caller, written.benefit, least).await,
        (_, Err(_)) if least.is_empty() => pages.service.set_proposal_rule(&caller, written.benefit, 0).await,
        (_, Err(_)) => {
            let error = FieldError::new("least", "금액을 숫자로 적어 주세요.", "Write the amount in figures.");
            return Ok(screenings::list_page(&pages, &visitor, "", &[error]).await?.into_response());
        }
    };
    match outcome {
        Ok(()) => Ok(Redirect::to("/welfare/work/screenings").into_response()),
        Err(error) => {
            let errors = error.in_form("least")?;
            Ok(screenings::list_page(&pages, &visitor, "", &errors).await?.into_response())
        }
    }
}

/// The rules that stand, and the form to set one.
pub(super) fn section(
    visitor: &Visitor,
    (rules, switches, today): (&ProposalRules, &Switches, Date),
    may: bool,
    errors: &[FieldError],
) -> Html {
    let language = visitor.language;
    let html = words::heading(language.say("찾으면 바로 제안하는 급여", "Proposed as soon as it is found"))
        .and(Html::paragraphs(language.say(
            "점검이 끝나면 여기 적힌 급여는 찾은 가구 모두에게 제안을 엽니다. 확인과 결정은 담당자가 합니다. 법률이 자동으로 주도록 정한 급여는 언제나 제안합니다.",
            "After a screening, what it found of these benefits becomes proposals for every household. Officials confirm and decide. What a statute makes automatic is always proposed.",
        )))
        .and(table(visitor, (rules, switches, today), may));
    if !may {
        return html;
    }
    let choices = BENEFITS.iter().map(|benefit| Choice::new(benefit.id, words::benefit(language, benefit)));
    let fields = Html::empty()
        .and(Field::select(language, "benefit", language.say("급여", "Benefit"), choices))
        .and(
            Field::text(
                language,
                "least",
                language.say("얼마부터 (원, 비우면 모두)", "From which amount on, in won; all if empty"),
            )
            .longest(15)
            .input_mode("numeric")
            .optional()
            .errors(errors),
        )
        .and(Button::secondary(language.say("규칙 정하기", "Set the rule")));
    html.and(Form::post(visitor, "/welfare/work/screenings/rules").body(fields))
}

fn table(visitor: &Visitor, (rules, switches, today): (&ProposalRules, &Switches, Date), may: bool) -> Html {
    let language = visitor.language;
    let mut table = Table::new(language.say("찾으면 바로 제안하는 급여", "Proposed as soon as it is found"))
        .hidden_caption()
        .column(language.say("급여", "Benefit"))
        .figures(language.say("얼마부터", "From"))
        .column(language.say("정한 사람이나 조문", "Set by"))
        .column(language.say("풀기", "Lift"));
    let mut any = false;
    for benefit in &BENEFITS {
        let name = words::benefit(language, benefit);
        let (least, by, lift) = match (switches.on(benefit.id, today), rules.rules.get(benefit.id)) {
            (Some(automatic), _) => (0, language.law(&automatic.article), Html::empty()),
            (None, Some(rule)) => {
                let by = format!("{} ({})", rule.by.name, language.date_time(rule.at));
                (rule.least, by, if may { lift(visitor, benefit.id, name) } else { Html::empty() })
            }
            (None, None) => continue,
        };
        any = true;
        table = table.row([Html::text(name), Html::text(&from(language, least)), Html::text(&by), lift]);
    }
    if any { Html::empty().and(table) } else { Html::paragraphs(language.say("아직 없습니다.", "None yet.")) }
}

fn from(language: Language, least: i64) -> String {
    if least == 0 { language.say("모두", "all").to_owned() } else { language.won(least) }
}

fn lift(visitor: &Visitor, benefit: &str, name: &str) -> Html {
    let language = visitor.language;
    let label = language.pick(format!("풀기: {name}"), format!("Lift: {name}"));
    let form = Form::post(visitor, "/welfare/work/screenings/rules").hidden("benefit", benefit).hidden("lift", "yes");
    Html::empty().and(form.body(Html::empty().and(Button::tertiary(label).small())))
}
