//! Surveys with a sample: what is announced, who was drawn, how anybody draws again, letters, answers, results.

mod answer;
mod forms;
mod result;

use std::fmt::Write as _;

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, Path, Problem, Visitor,
    components::{Button, DefinitionList, ErrorSummary, Table, Tag, Tone},
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    Here, Pages, drawing,
    drawing::{Room, TABLE},
    file, words,
};
use crate::{
    ServiceError,
    domain::{
        Survey,
        survey::{Notice, Question},
    },
    service::Letter,
    store::Named,
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/surveys", get(list).merge(post(announce)))
        .route("/plan/surveys/new", get(new))
        .route("/plan/surveys/{id}", get(one))
        .route("/plan/surveys/{id}/answer", get(answer::show).merge(post(answer::give)))
        .route("/plan/surveys/{id}/frame", post(fix))
        .route("/plan/surveys/{id}/sample", post(draw))
        .route("/plan/surveys/{id}/letters", post(invite))
        .route("/plan/surveys/{id}/close", post(close))
        .route("/plan/surveys/{id}/frame.tsv", get(frame_file))
        .route("/plan/surveys/{id}/sample.tsv", get(sample_file))
}

const RUN: &str = "consult";

const ROOM: Room =
    Room { name: ("표본조사", "Surveys"), address: "/plan/surveys", announces: ("조사", "survey") };

fn state_tag(visitor: &Visitor, survey: &Survey, notice: &Notice) -> Tag {
    let language = visitor.language;
    let today = maru_web::in_korea(visitor.now).date();
    if survey.tally.is_some() {
        Tag::new(Tone::Good, language.say("결과 나옴", "Results are there"))
    } else if !survey.invited.is_empty() && notice.is_open(today) {
        Tag::new(Tone::Active, language.say("답 받는 중", "Answers are taken"))
    } else if !survey.strata.is_empty() {
        Tag::new(Tone::Active, language.say("표본 추첨함", "Sample drawn"))
    } else if survey.frame.is_empty() {
        Tag::new(Tone::Neutral, language.say("알림", "Announced"))
    } else {
        Tag::new(Tone::Neutral, language.say("명단 확정", "Frame fixed"))
    }
}

async fn list(here: Here) -> Result<Page, Problem> {
    let (visitor, language) = (&here.visitor, here.visitor.language);
    let known = here.pages.service.store().surveys().await.map_err(ServiceError::from)?;
    let cards = known.iter().rev().filter_map(|named| {
        let notice = named.state.notice.as_ref()?;
        let (from, until) = (language.date(notice.from), language.date(notice.until));
        let text = language.pick(
            format!("{}명에게 {from}부터 {until}까지 묻습니다.", notice.size),
            format!("{} people are asked from {from} to {until}.", notice.size),
        );
        let card = words::card(&notice.title)
            .link(format!("/plan/surveys/{}", named.id))
            .mark(Html::empty().and(state_tag(visitor, &named.state, notice)))
            .body(Html::text(&text));
        Some(card)
    });
    let lead = language.say(
        "추첨으로 뽑힌 사람에게 한 번만 묻습니다. 몇 명이 답했고 얼마나 확실한지 결과와 함께 밝힙니다.",
        "People drawn by lot are asked once. How many answered, and how sure the results are, stands beside them.",
    );
    Ok(ROOM.list(visitor, lead, here.may(RUN), cards.collect()))
}

/// What announces a survey, and whatever else its forms send.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Written {
    title: String,
    text: String,
    recommendation: String,
    questions: String,
    size: String,
    source: String,
    seed_on: String,
    from: String,
    until: String,
    frame: String,
    seed: String,
}

impl Written {
    fn notice(&self) -> Result<Notice, ServiceError> {
        let size = self.size.trim().replace(',', "").parse().map_err(|_| drawing::no_size())?;
        Ok(Notice {
            title: self.title.trim().to_owned(),
            text: self.text.trim().to_owned(),
            recommendation: words::number_written(&self.recommendation, "84-2")?,
            questions: self.questions.lines().filter(|line| !line.trim().is_empty()).map(question).collect(),
            size,
            source: self.source.trim().to_owned(),
            seed_on: drawing::day_written("seed_on", &self.seed_on)?,
            from: drawing::day_written("from", &self.from)?,
            until: drawing::day_written("until", &self.until)?,
        })
    }
}

/// A question as it is written in one line: the text and its options, parted by |.
fn question(line: &str) -> Question {
    let mut parts = line.split('|').map(|part| part.trim().to_owned());
    let text = parts.next().unwrap_or_default();
    Question { text, options: parts.filter(|part| !part.is_empty()).collect() }
}

async fn new(here: Here) -> Result<Page, Problem> {
    here.permit(RUN)?;
    Ok(forms::announce(&here.visitor, &Written::default(), &[]))
}

async fn announce(here: Here, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    here.permit(RUN)?;
    let result = match written.notice() {
        Ok(notice) => here.pages.service.announce_survey(&here.caller, notice).await,
        Err(error) => Err(error),
    };
    ROOM.sent(result, "title", |errors| forms::announce(&here.visitor, &written, errors))
}

async fn shown(here: &Here, id: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    let known = here.pages.service.survey(id).await?;
    let answers = here.pages.service.store().survey_answers(id).await.map_err(ServiceError::from)?;
    page(&here.visitor, &known, (answers, here.may(RUN)), errors).ok_or_else(Problem::not_found)
}

async fn one(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    shown(&here, &id, &[]).await
}

async fn answered<T>(here: &Here, id: &str, field: &str, result: Result<T, ServiceError>) -> Result<Response, Problem> {
    let on = format!("/plan/surveys/{id}");
    super::answer(result, (field, &on), async |errors| shown(here, id, &errors).await).await
}

async fn fix(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let result = here.pages.service.fix_frame(&here.caller, &id, written.frame).await;
    answered(&here, &id, "frame", result).await
}

async fn draw(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let result = here.pages.service.draw_sample(&here.caller, &id, written.seed).await;
    answered(&here, &id, "seed", result).await
}

async fn close(here: Here, Path(id): Path<String>) -> Result<Response, Problem> {
    let result = here.pages.service.close_survey(&here.caller, &id).await;
    answered(&here, &id, "main", result).await
}

/// The letters as a file: their numbers are given this once.
async fn invite(here: Here, Path(id): Path<String>) -> Result<Response, Problem> {
    match here.pages.service.invite_sample(&here.caller, &id).await {
        Ok(letters) => {
            let headers = [
                (header::CONTENT_TYPE, TABLE),
                (header::CACHE_CONTROL, "no-store"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"letters.tsv\""),
            ];
            Ok((headers, letters_file(&letters, &here.pages.public_url, &id)).into_response())
        }
        Err(error) => answered::<()>(&here, &id, "main", Err(error)).await,
    }
}

fn letters_file(letters: &[Letter], site: &str, id: &str) -> String {
    letters.iter().fold(String::from("code\tnumber\taddress\n"), |mut text, Letter { code, number }| {
        // Writing to a text never fails.
        let _ = writeln!(text, "{code}\t{number}\t{site}/plan/surveys/{id}/answer?number={number}");
        text
    })
}

async fn frame_file(here: Here, Path(id): Path<String>) -> Result<Response, Problem> {
    Ok(file(TABLE, here.pages.service.survey(&id).await?.state.frame))
}

async fn sample_file(here: Here, Path(id): Path<String>) -> Result<Response, Problem> {
    let survey = here.pages.service.survey(&id).await?.state;
    let lines = survey.strata.iter().flat_map(|one| one.drawn.iter().map(|code| format!("{code}\t{}\n", one.name)));
    Ok(file(TABLE, std::iter::once("code\tstratum\n".to_owned()).chain(lines).collect::<String>()))
}

fn page(visitor: &Visitor, named: &Named<Survey>, (answers, runs): (u64, bool), errors: &[FieldError]) -> Option<Page> {
    let language = visitor.language;
    let survey = &named.state;
    let notice = survey.notice.as_ref()?;
    let today = maru_web::in_korea(visitor.now).date();
    let mut page =
        ROOM.frame(visitor, &notice.title).titled_in(Language::Korean).lead_in(Language::Korean, notice.text.clone());
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let takes_answers = !survey.invited.is_empty() && survey.tally.is_none() && notice.is_open(today);
    if takes_answers {
        let button = Button::primary(language.say("편지를 받았어요", "I got a letter"))
            .link(format!("/plan/surveys/{}/answer", named.id));
        page = page.actions(Html::empty().and(button));
    }
    let mut body = Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(Html::trusted("<p>"))
        .and(state_tag(visitor, survey, notice))
        .and(Html::trusted("</p>"));
    body = match &survey.tally {
        Some(tally) => {
            body.and(result::figures(language, survey, tally)).and(result::questions(language, named, notice))
        }
        None => body.and(questions(language, notice)),
    };
    body = body.and(facts(language, survey, notice)).and(strata(language, survey, answers)).and(again(language, named));
    if runs {
        body = body.and(forms::desk(visitor, &named.id, survey, notice, errors));
    }
    Some(page.body(body))
}

/// What is asked, before it is answered.
fn questions(language: Language, notice: &Notice) -> Html {
    let items = notice.questions.iter().map(|question| {
        let options = words::korean(language, &question.options.join(" · "));
        format!("<li>{}<br>{options}</li>", words::korean(language, &question.text))
    });
    let title = language.say("무엇을 묻나요?", "What is asked?");
    let note = language.say(
        "결과는 조사를 마친 뒤에 나옵니다. 답하는 동안에는 아무도 보지 못합니다.",
        "Results come when it is over. Nobody sees any while answers are taken.",
    );
    Html::trusted(format!("<h2>{title}</h2><ol>{}</ol><p>{note}</p>", items.collect::<String>()))
}

fn facts(language: Language, survey: &Survey, notice: &Notice) -> DefinitionList {
    let (from, until) = (language.date(notice.from), language.date(notice.until));
    let facts = DefinitionList::new()
        .text(language.say("답을 받는 기간", "Answers are taken"), &format!("{from} ~ {until}"))
        .text(
            language.say("표본", "Sample"),
            &language.pick(format!("{}명", notice.size), format!("{} people", notice.size)),
        );
    let mut facts = drawing::announced(facts, language, (&notice.source, notice.seed_on), notice.recommendation);
    if !survey.seed.is_empty() {
        facts = facts.text(language.say("추첨수", "Seed"), &survey.seed);
    }
    if !survey.frame.is_empty() {
        facts = facts.markup(
            language.say("명단의 지문 (SHA-256)", "Digest of the frame (SHA-256)"),
            drawing::fingerprint(&survey.frame),
        );
    }
    facts
}

/// Who was drawn and, once it is over, who answered, by stratum.
fn strata(language: Language, survey: &Survey, answers: u64) -> Html {
    if survey.strata.is_empty() {
        return Html::empty();
    }
    let heading = language.say("누가 뽑히고 누가 답했나", "Who was drawn and who answered");
    let mut table = Table::new(heading)
        .hidden_caption()
        .column(language.say("집단", "Stratum"))
        .figures(language.say("명단", "In the frame"))
        .figures(language.say("뽑힘", "Drawn"));
    if survey.tally.is_some() {
        table = table.figures(language.say("답함", "Answered")).figures(language.say("응답률", "Response rate"));
    }
    let number = |number: usize| Html::text(&words::count(language, number));
    for (at, stratum) in survey.strata.iter().enumerate() {
        let mut cells =
            vec![words::korean(language, &stratum.name), number(stratum.people), number(stratum.drawn.len())];
        if let Some(tally) = &survey.tally {
            let answered = tally.answered.get(at).copied().unwrap_or_default();
            cells.push(Html::text(&words::count(language, answered)));
            cells.push(Html::text(&language.percentage(answered as f64 / stratum.drawn.len().max(1) as f64)));
        }
        table = table.row(cells);
    }
    let mut html = Html::trusted(format!("<h2>{heading}</h2>")).and(table);
    if survey.tally.is_none() && !survey.invited.is_empty() {
        let drawn = survey.drawn();
        let text = language.pick(
            format!("지금까지 {drawn}명 가운데 {answers}명이 답했습니다."),
            format!("{answers} of {drawn} answered so far."),
        );
        html = html.and(Html::paragraphs(&text));
    }
    html
}

/// How anybody draws again.
fn again(language: Language, named: &Named<Survey>) -> Html {
    let (id, survey) = (&named.id, &named.state);
    if survey.frame.is_empty() {
        return Html::empty();
    }
    let text = language.say(
        "추첨수는 명단이 정해진 뒤에 공개되므로 누가 뽑힐지 아무도 정할 수 없습니다. 명단에는 이름이 없습니다. 한 집단 안에서는 모두의 확률이 같습니다. 명단을 내려받아 아래 명령을 돌리면 같은 표본이 나옵니다.",
        "The seed becomes public after the frame is fixed, so that nobody can choose who is drawn. There are no names in the frame. Within a stratum everybody has the same chance. Download the frame and run the command below: it prints the same sample.",
    );
    let size = survey.notice.as_ref().map_or(0, |notice| notice.size);
    let seed = Some(survey.seed.as_str()).filter(|seed| !seed.is_empty());
    let command = format!("maru plan sample --frame frame.tsv --size {size}");
    let files: &[&str] = if survey.strata.is_empty() { &["frame.tsv"] } else { &["frame.tsv", "sample.tsv"] };
    drawing::again(language, text, &command, seed, (&format!("/plan/surveys/{id}"), files))
}
