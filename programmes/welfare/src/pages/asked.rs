//! The form in which people tell what no register holds, and what was written in it.

use std::collections::BTreeMap;

use axum::response::Response;
use maru_web::{
    FieldError, Form as Sent, Html, Language, Problem, Visitor,
    components::{Button, Choice, Field, Form},
};
use serde_json::Value as Json;

use super::{sent::Sender, words};
use crate::{
    domain::Household,
    service::{Answered, GivenFact, Question},
};

/// The name of the field for a fact of somebody.
pub(super) fn name(question: &Question, member: Option<&str>) -> String {
    format!("{}.{}", question.fact.id, member.unwrap_or("all"))
}

/// A field for each fact and each of whom it is asked; empty where nothing is asked.
pub(super) fn form(
    visitor: &Visitor,
    address: String,
    (questions, household): (&[Question], &Household),
    (button, is_citizen): (&str, bool),
    errors: &[FieldError],
) -> Html {
    let language = visitor.language;
    if questions.is_empty() {
        return Html::empty();
    }
    let mut fields = Html::paragraphs(if is_citizen {
        language.say(
            "국가의 자료에 없어서 여쭙니다. 아는 것만 적어 주세요. 모르면 비워 두셔도 됩니다. 적어 주신 내용은 담당자가 확인합니다.",
            "No register holds this, so you are asked. Write what you know, and leave the rest. An official looks at what you write.",
        )
    } else {
        language.say(
            "창구나 전화로 들은 답을 적습니다. 모른다고 한 것은 비워 둡니다.",
            "Take down what was told at the counter or by telephone; leave what is not known.",
        )
    });
    for question in questions {
        for member in &question.whose {
            fields = fields.and(field(language, question, (household, member.as_deref()), errors));
        }
    }
    let button = if is_citizen { Button::primary(button).large() } else { Button::primary(button) };
    Html::empty().and(Form::post(visitor, address).body(fields.and(button)))
}

pub(super) fn field(
    language: Language,
    question: &Question,
    (household, member): (&Household, Option<&str>),
    errors: &[FieldError],
) -> Html {
    let fact = language.say(&question.fact.ko, &question.fact.en);
    let label = match member {
        Some(id) if question.whose.len() > 1 => format!("{} · {fact}", words::member(language, household, id)),
        _ => fact.to_owned(),
    };
    let name = name(question, member);
    let unknown = || Choice::new("", language.say("모름", "Not known"));
    let field = match &question.answered {
        Answered::YesNo => Field::radios(
            language,
            name,
            label,
            [Choice::new("yes", language.say("예", "Yes")), Choice::new("no", language.say("아니요", "No")), unknown()],
        )
        .inline()
        .value(""),
        Answered::Choice(members) => {
            let korean = language == Language::Korean;
            let members = members.iter().map(|(id, words)| Choice::new(id, words.in_language(korean).to_owned()));
            Field::select(language, name, label, std::iter::once(unknown()).chain(members)).value("")
        }
        Answered::Won => {
            let label = language.pick(format!("{label} (원)"), format!("{label} (won)"));
            Field::text(language, name, label).input_mode("numeric").longest(20).optional()
        }
        Answered::Number => Field::text(language, name, label).input_mode("numeric").longest(20).optional(),
        Answered::Day => Field::date(language, name, label).optional(),
    };
    Html::empty().and(field.errors(errors))
}

/// What was written, or what is wrong with it. What is empty is not known.
fn read(questions: &[Question], written: &BTreeMap<String, String>) -> Result<Vec<GivenFact>, Vec<FieldError>> {
    let (mut given, mut errors) = (Vec::new(), Vec::new());
    for question in questions {
        for member in &question.whose {
            let name = name(question, member.as_deref());
            let text = written.get(&name).map_or("", |text| text.trim());
            if text.is_empty() {
                continue;
            }
            match value(&question.answered, text) {
                Ok(value) => given.push(GivenFact { member: member.clone(), fact: question.fact.id.clone(), value }),
                Err((ko, en)) => errors.push(FieldError::new(name, ko, en)),
            }
        }
    }
    if errors.is_empty() { Ok(given) } else { Err(errors) }
}

/// A value as it was written; or what is wrong with it, in both languages.
pub(super) fn value(answered: &Answered, text: &str) -> Result<Json, (&'static str, &'static str)> {
    let whole = || -> Option<i64> {
        let plain: String = text.chars().filter(|letter| !matches!(letter, ',' | ' ' | '원')).collect();
        plain.parse().ok().filter(|number| (0..=100_000_000_000_000).contains(number))
    };
    match answered {
        Answered::YesNo if matches!(text, "yes" | "no") => Ok(Json::from(text == "yes")),
        Answered::Choice(members) if members.iter().any(|(id, _)| id == text) => Ok(Json::from(text)),
        Answered::YesNo | Answered::Choice(_) => Err(("하나를 골라 주세요.", "Choose one.")),
        Answered::Won | Answered::Number => {
            whole().map(Json::from).ok_or(("숫자로 적어 주세요. 예: 350000", "Write it in figures, such as 350000."))
        }
        Answered::Day => text
            .parse::<jiff::civil::Date>()
            .map(|day| Json::from(day.to_string()))
            .map_err(|_| ("날짜를 2026-03-02처럼 적어 주세요.", "Write the day as 2026-03-02.")),
    }
}

/// The citizen tells it.
pub(super) async fn tell(sender: Sender, Sent(written): Sent<BTreeMap<String, String>>) -> Result<Response, Problem> {
    let (proposal, household) = sender.service().proposal_with_household(&sender.caller, &sender.id).await?;
    let given = match read(&sender.service().questions(&proposal.state, &household), &written) {
        Ok(given) => given,
        Err(errors) => return sender.citizen_again(&errors).await,
    };
    let outcome = sender.service().give_facts(&sender.caller, &sender.id, given).await;
    sender.citizen("words", outcome).await
}

/// An official takes it down.
pub(super) async fn take_down(
    sender: Sender,
    Sent(written): Sent<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let prepared = sender.service().prepare(&sender.caller, &sender.id).await?;
    let given = match read(&prepared.questions, &written) {
        Ok(given) => given,
        Err(errors) => return sender.desk_again(&errors).await,
    };
    let outcome = sender.service().give_facts(&sender.caller, &sender.id, given).await;
    sender.same_desk("facts", outcome).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::Fact;

    #[test]
    fn what_is_written_is_read_or_told_where_it_is_wrong() {
        let fact = |id: &str| Fact { id: id.to_owned(), ko: String::new(), en: String::new() };
        let questions = [
            Question { fact: fact("monthly_rent"), answered: Answered::Won, whose: vec![None] },
            Question {
                fact: fact("is_pregnant"),
                answered: Answered::YesNo,
                whose: vec![Some("p1".to_owned()), Some("p2".to_owned())],
            },
        ];
        let written = |fields: &[(&str, &str)]| {
            fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect::<BTreeMap<_, _>>()
        };
        let told = written(&[("monthly_rent.all", "260,000원"), ("is_pregnant.p2", "no"), ("is_pregnant.p1", "")]);
        let given = read(&questions, &told).unwrap();
        assert_eq!(given.len(), 2, "what is empty is not known");
        assert_eq!((given[0].value.clone(), given[1].member.as_deref()), (Json::from(260_000), Some("p2")));
        let wrong = read(&questions, &written(&[("monthly_rent.all", "much"), ("is_pregnant.p1", "maybe")]));
        let wrong: Vec<String> = wrong.unwrap_err().into_iter().map(|error| error.field).collect();
        assert_eq!(wrong, ["monthly_rent.all", "is_pregnant.p1"]);
    }
}
