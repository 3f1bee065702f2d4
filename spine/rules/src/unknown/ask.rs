//! What a situation leaves open, as JSON and in words.

use super::{Answer, Inquiry, Possible, known_cells};
use crate::command::CalculationError;
use crate::number::Rational;
use crate::period::Period;
use crate::run::Column;
use crate::system::Package;
use crate::variable::{ValueType, Variable};
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use std::fmt::Write as _;

/// What a situation leaves open about a variable: the result where it is known, else what to ask.
#[allow(clippy::implicit_hasher, reason = "names that a caller typed: a few, in the usual set")]
pub fn ask(
    package: &Package,
    situation: &Json,
    variable: &str,
    period: Period,
    assumed: &HashSet<String>,
) -> Result<Json, CalculationError> {
    let simulation = package.situation(&package.system, situation, None)?;
    let known = known_cells(&simulation, situation);
    let inquiry = Inquiry::new(simulation, known, &[(variable.to_owned(), period)], assumed)?;
    let of = inquiry.simulation.system.variable(variable)?;
    let answers = inquiry.answers(0)?;
    let instances: serde_json::Map<String, Json> =
        answers.iter().map(|answer| (answer.instance.clone(), answer.to_json(&inquiry, of))).collect();
    Ok(json!({ "variable": variable, "label": of.label, "period": period.to_string(), "results": instances }))
}

impl Answer {
    /// The answer as JSON: `value` where it is known, else `unknown` with bounds, questions and open figures.
    pub fn to_json(&self, inquiry: &Inquiry, variable: &Variable) -> Json {
        if let Some(value) = possible_json(&self.possible, variable) {
            return json!({ "value": value });
        }
        let questions: Vec<Json> = self
            .questions
            .iter()
            .map(|question| {
                let asked = inquiry.simulation.system.variable(&question.variable).ok();
                json!({
                    "variable": &*question.variable, "period": question.period.to_string(),
                    "entity": &*question.entity, "instance": question.instance,
                    "label": asked.and_then(|variable| variable.label.clone()),
                    "documentation": asked.and_then(|variable| variable.documentation.clone()),
                    "settles": question.settles, "tried": question.tried, "left": question.left,
                })
            })
            .collect();
        let figures: Vec<Json> = self
            .figures
            .iter()
            .map(|figure| {
                json!({ "parameter": figure.name, "from": figure.from, "description": figure.description,
                        "note": figure.note, "reference": figure.reference })
            })
            .collect();
        let bound = |value: Rational| value.is_finite().then(|| value.to_float());
        let (low, high) = self.possible.range().map_or((None, None), |(low, high, _)| (bound(low), bound(high)));
        let members = match (&self.possible, &variable.value_type) {
            (Possible::Members(set), ValueType::Enum(enumeration)) => Some(
                enumeration
                    .members
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| *index < 128 && set >> index & 1 == 1)
                    .map(|(_, (name, _))| name.to_string())
                    .collect::<Vec<_>>(),
            ),
            _ => None,
        };
        json!({ "unknown": { "least": low, "greatest": high, "possible": members }, "needs": questions, "open_figures": figures })
    }
}

pub(crate) fn possible_json(possible: &Possible, variable: &Variable) -> Option<Json> {
    if let Possible::Text(text) = possible {
        return text.as_ref().map(|text| Json::String(text.to_string()));
    }
    let number = possible.known_number()?;
    let column = match variable.value_type {
        ValueType::Float => Column::Ratio(vec![number]),
        _ => Column::Int(vec![i64::try_from(number.truncate()).ok()?]),
    };
    Some(crate::situation::json_value(variable, &column, 0))
}

/// The answer in words, Korean or English.
pub fn ask_text(answer: &Json, korean: bool) -> String {
    let mut text = String::new();
    let say = |in_korean: &'static str, in_english: &'static str| if korean { in_korean } else { in_english };
    for (name, result) in answer["results"].as_object().into_iter().flatten() {
        if let Some(value) = result.get("value") {
            let _ = writeln!(text, "{name}: {} = {value}", answer["variable"].as_str().unwrap_or_default());
            continue;
        }
        let _ = writeln!(
            text,
            "{name}: {}",
            say("아직 알 수 없습니다. 다음을 알려 주세요.", "not known yet. What is needed:")
        );
        for need in result["needs"].as_array().into_iter().flatten() {
            let label = need["label"].as_str().or_else(|| need["variable"].as_str()).unwrap_or_default();
            let (settles, tried) = (need["settles"].as_u64().unwrap_or(0), need["tried"].as_u64().unwrap_or(0));
            let _ = writeln!(
                text,
                "  - {} · {label} ({}) — {}",
                need["instance"].as_str().unwrap_or_default(),
                need["period"].as_str().unwrap_or_default(),
                if korean {
                    format!("대답 {tried}가지 가운데 {settles}가지에서 바로 정해집니다")
                } else {
                    format!("settles it for {settles} of {tried} answers tried")
                }
            );
        }
        for figure in result["open_figures"].as_array().into_iter().flatten() {
            let _ = writeln!(
                text,
                "  - {}: {} ({})",
                say("법령에서 확인되지 않은 금액", "a figure not confirmed in the law"),
                figure["description"].as_str().or_else(|| figure["parameter"].as_str()).unwrap_or_default(),
                figure["from"].as_str().unwrap_or_default()
            );
        }
    }
    text
}
