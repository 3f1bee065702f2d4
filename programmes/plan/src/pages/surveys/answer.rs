//! Where who was drawn answers: the number of the letter, then the questions, once.

use axum::response::{IntoResponse, Response};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, Path, Problem, Query,
    components::{Button, Choice, ErrorSummary, Field, Form},
};
use serde::Deserialize;

use super::ROOM;
use crate::{
    domain::{Survey, survey::Notice},
    pages::{Here, words, words::in_form},
    store::Named,
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    number: String,
}

/// The questions where the number holds; else the field for it.
pub(super) async fn show(
    here: Here,
    Path(id): Path<String>,
    Query(Asked { number }): Query<Asked>,
) -> Result<Page, Problem> {
    let known = here.pages.service.survey(&id).await?;
    if number.trim().is_empty() {
        return number_page(&here, &known, &number, &[]);
    }
    match here.pages.service.may_answer(&id, &number).await {
        Ok(known) => questions_page(&here, &known, &number, (&[], &[])),
        Err(error) => number_page(&here, &known, &number, &in_form(error, "number")?),
    }
}

/// Takes the answer in: `answer-0`, `answer-1` and so on hold the place of what was chosen.
pub(super) async fn give(
    here: Here,
    Path(id): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let of = |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let number = of("number").to_owned();
    let known = here.pages.service.survey(&id).await?;
    let notice = known.state.notice.as_ref().ok_or_else(Problem::not_found)?;
    let answers: Vec<Option<usize>> =
        (0..notice.questions.len()).map(|at| of(&format!("answer-{at}")).parse().ok()).collect();
    match here.pages.service.answer_survey(&here.caller, &id, &number, answers.clone()).await {
        Ok(()) => Ok(received(&here, &id).into_response()),
        Err(error) => {
            let errors = in_form(error, "number")?;
            Ok(questions_page(&here, &known, &number, (&answers, &errors))?.into_response())
        }
    }
}

fn titled<'a>(here: &Here, known: &'a Named<Survey>) -> Result<(Page, &'a Notice), Problem> {
    let language = here.visitor.language;
    let notice = known.state.notice.as_ref().ok_or_else(Problem::not_found)?;
    let page = ROOM
        .frame(&here.visitor, &notice.title)
        .titled_in(Language::Korean)
        .personal()
        .breadcrumb(language.say("조사", "The survey"), format!("/plan/surveys/{}", known.id))
        .lead_in(Language::Korean, notice.text.clone());
    Ok((page, notice))
}

fn number_field(language: Language, number: &str, errors: &[FieldError]) -> Field {
    Field::text(language, "number", language.say("편지에 적힌 번호", "The number in your letter"))
        .hint(language.say(
            "글자와 숫자 열여섯 개입니다. 예: 7KQD-3MFX-90AB-1CDE",
            "Sixteen letters and digits, such as 7KQD-3MFX-90AB-1CDE",
        ))
        .longest(40)
        .autocomplete("off")
        .value(number)
        .errors(errors)
}

fn number_page(here: &Here, known: &Named<Survey>, number: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let (mut page, _) = titled(here, known)?;
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let fields = Html::empty()
        .and(number_field(language, number, errors))
        .and(Button::primary(language.say("다음", "Continue")));
    let form = Form::get(format!("/plan/surveys/{}/answer", known.id)).body(fields);
    Ok(page.body(Html::empty().and(ErrorSummary::new(language, errors)).and(form)))
}

fn questions_page(
    here: &Here,
    known: &Named<Survey>,
    number: &str,
    (answers, errors): (&[Option<usize>], &[FieldError]),
) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let (mut page, notice) = titled(here, known)?;
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let note = language.pick(
        format!(
            "{}까지 한 번 답할 수 있습니다. 답은 이름 없이 모아서만 쓰고, 답하기 싫은 질문은 비워 두어도 됩니다.",
            language.date(notice.until)
        ),
        format!(
            "You can answer once, until {}. Answers are used without names and only in sums; leave empty what you do not want to answer.",
            language.date(notice.until)
        ),
    );
    let questions: Html = notice
        .questions
        .iter()
        .enumerate()
        .map(|(at, question)| {
            let choices = question
                .options
                .iter()
                .enumerate()
                .map(|(place, option)| Choice::new(place.to_string(), option.clone()));
            let field = Field::radios(language, format!("answer-{at}"), question.text.clone(), choices)
                .optional()
                .errors(errors);
            match answers.get(at).copied().flatten() {
                Some(chosen) => field.value(chosen.to_string()),
                None => field,
            }
        })
        .collect();
    // Questions and options are as they were announced, in Korean.
    let questions = match language {
        Language::Korean => questions,
        Language::English => Html::trusted("<div lang=\"ko\">").and(questions).and(Html::trusted("</div>")),
    };
    let fields = Html::empty()
        .and(number_field(language, number, errors))
        .and(questions)
        .and(Button::primary(language.say("답 보내기", "Send the answers")));
    let form = Form::post(&here.visitor, format!("/plan/surveys/{}/answer", known.id)).guarded().body(fields);
    Ok(page.body(Html::empty().and(ErrorSummary::new(language, errors)).and(Html::paragraphs(&note)).and(form)))
}

fn received(here: &Here, id: &str) -> Page {
    let language = here.visitor.language;
    let back =
        words::link(&format!("/plan/surveys/{id}"), language.say("조사와 결과 보기", "The survey and its results"));
    ROOM.frame(&here.visitor, language.say("답을 받았습니다", "Your answers were received"))
        .personal()
        .lead(language.say(
            "고맙습니다. 조사를 마치면 결과를 공개합니다. 이 번호로 다시 답할 수는 없습니다.",
            "Thank you. Results are published when the survey is over. This number cannot be used again.",
        ))
        .body(Html::trusted("<p>").and(back).and(Html::trusted("</p>")))
}
