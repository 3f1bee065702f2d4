//! Public AI laboratories and the problems that citizens pose to them.

use axum::response::Response;
use jiff::civil::Date;
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem as Fault,
    components::{
        Button, Card, Choice, DefinitionList, Disclosure, EmptyState, ErrorSummary, Field, Form, KeyFigure, KeyFigures,
        Tag, Tone,
    },
};
use serde::Deserialize;

use super::{Here, answer, frame, stage};
use crate::{
    ServiceError,
    domain::for_all::{Chosen, Labs, Posed, Problem, Solved, Stage},
    pages::{moderation, sent_meetings::evidence_of, task, words},
    store::Named,
};

const ADDRESS: &str = "/plan/ai-for-all/problems";
const RUN: &str = "consult";

/// What somebody wrote, whichever form.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    title: String,
    text: String,
    lab: String,
    reason: String,
    solved: String,
    evidence_title: String,
    evidence_address: String,
    name: String,
    place: String,
    opened: Option<Date>,
}

async fn shown(here: &Here, written: &Written, errors: &[FieldError]) -> Result<Page, Fault> {
    let language = here.visitor.language;
    let store = here.pages.service.store();
    let labs = store.labs().await.map_err(ServiceError::from)?;
    let problems = store.problems().await.map_err(ServiceError::from)?;
    let runs = here.may(RUN);
    let count = |wanted: Stage| problems.iter().filter(|named| named.state.stage() == wanted).count();
    let figures = [Stage::Posed, Stage::Working, Stage::Solved].map(|one| KeyFigure {
        label: stage(language, one).to_owned(),
        value: count(one).to_string(),
        note: String::new(),
    });
    let mut body = Html::empty().and(ErrorSummary::new(language, errors)).and(KeyFigures::new(figures));
    if !here.visitor.is_staff() {
        body = body.and(pose_form(here, written, errors));
    }
    body = body.and(Html::trusted(format!("<h2>{}</h2>", language.say("나온 문제", "Problems"))));
    if problems.is_empty() {
        body = body.and(EmptyState::new(
            language.say("아직 나온 문제가 없습니다", "No problem was posed yet"),
            language.say("누구나 문제를 낼 수 있습니다.", "Anyone may pose one."),
        ));
    }
    body = problems.iter().rev().fold(body, |body, named| body.and(card(here, named, &labs, runs, errors)));
    body = body.and(labs_list(here, &labs));
    if runs {
        body = body.and(lab_form(here));
    }
    let title = language.say("모두의 AI 실험실", "Public AI laboratories");
    Ok(frame(&here.visitor, title, PageKind::Citizen)
        .lead(language.say(
            "동네와 일터의 문제를 내면, 위원회가 고르고 실험실이 AI로 풀어 봅니다. 고르지 않으면 이유를 적습니다.",
            "Pose a problem of your street or work: the committee chooses, a laboratory tries to solve it with AI. What is not chosen gets a reason.",
        ))
        .body(body))
}

fn pose_form(here: &Here, written: &Written, errors: &[FieldError]) -> Html {
    let language = here.visitor.language;
    let fields = Html::empty()
        .and(
            Field::text(language, "title", language.say("어떤 문제인가요?", "What is the problem?"))
                .longest(200)
                .value(written.title.clone())
                .errors(errors),
        )
        .and(
            Field::area(language, "text", language.say("누가 어떻게 겪고 있나요?", "Whom does it trouble, and how?"))
                .hint(
                    language
                        .say("공개됩니다. 개인정보는 자동으로 가립니다.", "It is public; personal data are masked."),
                )
                .rows(5)
                .value(written.text.clone())
                .errors(errors),
        )
        .and(Button::primary(language.say("문제 내기", "Pose the problem")));
    Html::trusted(format!("<h2>{}</h2>", language.say("문제 내기", "Pose a problem")))
        .and(Form::post(&here.visitor, ADDRESS).guarded().body(fields))
}

fn tone(stage: Stage) -> Tone {
    match stage {
        Stage::Posed => Tone::Neutral,
        Stage::Working => Tone::Active,
        Stage::NotChosen | Stage::NotSolved => Tone::Attention,
        Stage::Solved => Tone::Good,
    }
}

fn card(here: &Here, named: &Named<Problem>, labs: &Labs, runs: bool, errors: &[FieldError]) -> Html {
    let language = here.visitor.language;
    let problem = &named.state;
    if problem.posed.is_none() {
        return Html::empty();
    }
    let mut list = DefinitionList::new();
    if let Some(chosen) = &problem.chosen {
        let lab = chosen.lab.and_then(|number| labs.labs.iter().find(|lab| lab.number == number));
        if let Some(lab) = lab {
            list = list.markup(language.say("실험실", "Laboratory"), words::korean(language, &lab.name));
        }
        list = list.markup(language.say("이유", "Why"), words::korean(language, &chosen.reason));
    }
    if let Some(outcome) = &problem.outcome {
        list = list.markup(language.say("결과", "Outcome"), words::korean(language, &outcome.text));
        if !outcome.evidence.is_empty() {
            list = list.markup(language.say("증빙", "Evidence"), task::evidence(&here.visitor, &outcome.evidence));
        }
    }
    let mut body = said(language, problem).and(list);
    if !here.visitor.is_staff() {
        let look = language.say("이 문제 보기", "This problem");
        body = body.and(Html::trusted("<p>")).and(words::link(&format!("/plan/words/problem/{}", named.id), look));
        body = body.and(Html::trusted("</p>"));
    }
    if runs {
        body = body.and(forms(here, named, labs, errors));
    }
    let mark = Tag::new(tone(problem.stage()), stage(language, problem.stage()));
    let title = problem.shown().map_or_else(
        || Card::new(language.say("국민이 낸 문제", "A problem that was posed")),
        |posed| words::card(&posed.title),
    );
    Html::empty().and(title.third_level().mark(Html::empty().and(mark)).body(body))
}

/// What was posed, or what stands in its place.
fn said(language: Language, problem: &Problem) -> Html {
    let hidden = problem.moderated.hidden.as_ref().map(|hidden| (hidden.breach, hidden.reason.as_str()));
    match problem.shown() {
        Some(posed) => words::korean_paragraphs(language, &posed.text),
        None => moderation::in_place(language, problem.moderated.showing(), hidden),
    }
}

fn forms(here: &Here, named: &Named<Problem>, labs: &Labs, errors: &[FieldError]) -> Html {
    let (language, id) = (here.visitor.language, named.id.as_str());
    if named.state.stage() == Stage::Working {
        let solved = [
            Choice::new("yes", language.say("풀었음", "Solved")),
            Choice::new("no", language.say("풀지 못함", "Not solved")),
        ];
        let one = |name: &str, field: &dyn Fn(String) -> Field| words::one_of_several(name, id, field);
        let fields = words::one_of_several("solved", id, |name| {
            Field::select(language, name, language.say("어떻게 되었나요?", "What became of it?"), solved)
        })
        .and(one("text", &|name| {
            Field::area(language, name, language.say("무엇을 만들고 배웠나요?", "What was made and learned?"))
                .rows(3)
                .errors(errors)
        }))
        .and(one("evidence_title", &|name| {
            Field::text(language, name, language.say("증빙 이름", "Name of the evidence")).optional()
        }))
        .and(one("evidence_address", &|name| {
            Field::text(language, name, language.say("증빙 주소 (https://)", "Address of the evidence (https://)"))
                .optional()
        }))
        .and(Button::primary(language.say("결과 알리기", "Publish it")));
        let form = Form::post(&here.visitor, format!("{ADDRESS}/{id}/outcome")).body(fields);
        return Html::empty()
            .and(Disclosure::new(language.say("결과 적기", "Enter the outcome"), Html::empty().and(form)));
    }
    if named.state.outcome.is_some() {
        return Html::empty();
    }
    let none = Choice::new("", language.say("고르지 않음", "Not chosen"));
    let choices =
        std::iter::once(none).chain(labs.labs.iter().map(|lab| Choice::new(lab.number.to_string(), lab.name.clone())));
    let fields = words::one_of_several("lab", id, |name| {
        Field::select(language, name, language.say("어느 실험실이 푸나요?", "Which laboratory?"), choices)
    })
    .and(words::one_of_several("reason", id, |name| {
        Field::text(language, name, language.say("이유", "Why")).longest(1_000)
    }))
    .and(Button::primary(language.say("정하기", "Decide")));
    let form = Form::post(&here.visitor, format!("{ADDRESS}/{id}/choice")).body(fields);
    Html::empty().and(Disclosure::new(language.say("고르기", "Choose"), Html::empty().and(form)))
}

fn labs_list(here: &Here, labs: &Labs) -> Html {
    let language = here.visitor.language;
    let head = Html::trusted(format!("<h2>{}</h2>", language.say("실험실", "Laboratories")));
    if labs.labs.is_empty() {
        return head.and(Html::paragraphs(language.say("아직 없습니다.", "None yet.")));
    }
    let items = labs.labs.iter().map(|lab| {
        format!(
            "<li>{} · {} · {}</li>",
            words::korean(language, &lab.name),
            words::korean(language, &lab.place),
            language.date(lab.opened)
        )
    });
    head.and(Html::trusted(format!("<ul>{}</ul>", items.collect::<String>())))
}

fn lab_form(here: &Here) -> Disclosure {
    let language = here.visitor.language;
    let fields = Html::empty()
        .and(Field::text(language, "name", language.say("이름", "Name")).longest(100))
        .and(Field::text(language, "place", language.say("곳", "Place")).longest(200))
        .and(Field::date(language, "opened", language.say("연 날", "Opened on")).value(here.caller.today().to_string()))
        .and(Button::secondary(language.say("실험실 넣기", "Enter it")));
    let form = Form::post(&here.visitor, "/plan/ai-for-all/labs").body(fields);
    Disclosure::new(language.say("실험실 넣기", "Enter a laboratory"), Html::empty().and(form))
}

pub(super) async fn list(here: Here) -> Result<Page, Fault> {
    shown(&here, &Written::default(), &[]).await
}

pub(super) async fn pose(here: Here, Sent(written): Sent<Written>) -> Result<Response, Fault> {
    let posed = Posed { title: written.title.clone(), text: written.text.clone() };
    let result = here.pages.service.pose_problem(&here.caller, posed).await;
    answer(result, ("text", ADDRESS), async |errors| shown(&here, &written, &errors).await).await
}

pub(super) async fn choose(
    here: Here,
    Path(id): Path<String>,
    Sent(written): Sent<Written>,
) -> Result<Response, Fault> {
    let chosen = Chosen { lab: written.lab.parse().ok(), reason: written.reason.trim().to_owned() };
    let result = here.pages.service.choose_problem(&here.caller, &id, chosen).await;
    answer(result, ("reason", ADDRESS), async |errors| shown(&here, &Written::default(), &errors).await).await
}

pub(super) async fn finish(
    here: Here,
    Path(id): Path<String>,
    Sent(written): Sent<Written>,
) -> Result<Response, Fault> {
    let outcome = Solved {
        solved: written.solved == "yes",
        text: written.text.trim().to_owned(),
        evidence: evidence_of(&written.evidence_title, &written.evidence_address),
        on: here.caller.today(),
    };
    let result = here.pages.service.finish_problem(&here.caller, &id, outcome).await;
    answer(result, ("text", ADDRESS), async |errors| shown(&here, &Written::default(), &errors).await).await
}

pub(super) async fn open_lab(here: Here, Sent(written): Sent<Written>) -> Result<Response, Fault> {
    let opened = written.opened.unwrap_or_else(|| here.caller.today());
    let names = (written.name.trim().to_owned(), written.place.trim().to_owned());
    let result = here.pages.service.open_lab(&here.caller, names, opened).await;
    answer(result, ("name", ADDRESS), async |errors| shown(&here, &Written::default(), &errors).await).await
}
