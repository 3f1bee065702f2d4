//! The form in which a situation is written by hand, and what was sent with it.

use maru_rules::period::Period;
use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{Button, ErrorSummary, Field, Form},
};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{LONGEST_SITUATION, say};
use crate::{service::Question, shelf::Law};

/// What somebody wrote.
#[derive(Clone, Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Sent {
    pub(super) situation: String,
    pub(super) variable: String,
    pub(super) period: String,
    pub(super) of: String,
    /// The fact along which the picture goes, as `variable@whose`.
    pub(super) along: String,
}

/// JSON as people read it.
pub(super) fn pretty(json: &Json) -> String {
    serde_json::to_string_pretty(json).unwrap_or_default()
}

/// What was sent as a question, or what is wrong with it.
pub(super) fn question(law: &Law, sent: &Sent) -> Result<Question, Vec<FieldError>> {
    let mut errors = Vec::new();
    let situation = match serde_json::from_str::<Json>(&sent.situation) {
        Ok(situation) if sent.situation.len() <= LONGEST_SITUATION => Some(situation),
        Ok(_) => {
            errors.push(FieldError::new(
                "situation",
                "상황이 너무 깁니다. 많은 사람은 API나 명령으로 계산하십시오.",
                "The situation is too long. Use the API or the command for many people.",
            ));
            None
        }
        Err(error) => {
            errors.push(FieldError::new(
                "situation",
                format!("JSON 형식이 아닙니다. {}번째 줄 {}번째 글자를 확인하십시오.", error.line(), error.column()),
                format!("This is not JSON. Look at line {}, column {}.", error.line(), error.column()),
            ));
            None
        }
    };
    let period = Period::parse(sent.period.trim());
    if period.is_none() {
        errors.push(FieldError::new(
            "period",
            "기간은 2026-03이나 2026처럼 쓰십시오.",
            "Write the period as 2026-03 or 2026.",
        ));
    }
    let variable = sent.variable.trim();
    if !law.package.system.variables.contains_key(variable) {
        errors.push(FieldError::new("variable", "결과를 고르십시오.", "Choose a result."));
    }
    match (situation, period) {
        (Some(situation), Some(period)) if errors.is_empty() => {
            let of = Some(sent.of.trim().to_owned()).filter(|of| !of.is_empty());
            Ok(Question { situation, variable: variable.to_owned(), period, of })
        }
        _ => Err(errors),
    }
}

/// The situation names something that the law does not know, or is not a situation.
pub(super) fn wrong_situation(reason: &str) -> FieldError {
    FieldError::new(
        "situation",
        format!("이 상황은 계산할 수 없습니다. 가리킨 곳을 고치십시오: {reason}"),
        format!("This situation cannot be calculated. Correct the place that is named: {reason}"),
    )
}

pub(super) fn page(visitor: &Visitor, law: &Law, sent: &Sent, errors: &[FieldError]) -> Page {
    let language = visitor.language;
    let mut body = Html::empty();
    if !errors.is_empty() {
        body = body.and(ErrorSummary::new(language, errors));
    }
    let results = law.acts.iter().flat_map(|act| &act.results);
    let choices = results.map(|variable| {
        let label = crate::shelf::label(variable);
        maru_web::components::Choice::new(variable.name.as_ref(), say(language, &label))
    });
    let fields = Html::empty()
        .and(
            Field::select(language, "variable", language.say("무엇을 계산할까요", "What to calculate"), choices)
                .value(&sent.variable)
                .errors(errors),
        )
        .and(
            Field::text(language, "period", language.say("언제", "When"))
                .value(&sent.period)
                .hint(language.say("달은 2026-03, 해는 2026처럼 씁니다.", "A month as 2026-03, a year as 2026."))
                .errors(errors),
        )
        .and(
            Field::text(language, "of", language.say("누구의", "Whose"))
                .value(&sent.of)
                .optional()
                .hint(language.say(
                    "아래 상황에 쓴 이름입니다. 비우면 처음 사람입니다.",
                    "A name in the situation below; the first where none is given.",
                ))
                .errors(errors),
        )
        .and(
            Field::area(language, "situation", language.say("사람과 사실", "People and facts"))
                .rows(18)
                .value(&sent.situation)
                .hint(language.say(
                    "OpenFisca 형식의 JSON입니다. 보내신 내용은 계산에만 쓰고 저장하지 않습니다.",
                    "JSON in the form of OpenFisca. It is used for the calculation only and not stored.",
                ))
                .errors(errors),
        )
        .and(Button::primary(language.say("계산하고 까닭 보기", "Calculate and show why")).large());
    let form = Form::post(visitor, format!("/laws/{}/calculation", law.name)).class("law-form").body(fields);
    let page = Page::new(visitor, language.say("직접 계산해 보기", "Calculate your own"), PageKind::Citizen)
        .breadcrumb(language.say("계산하는 법령", "Laws as code"), "/laws")
        .breadcrumb(say(language, &law.title), format!("/laws/{}", law.name))
        .body(body.and(form));
    if errors.is_empty() { page } else { page.with_errors() }
}
