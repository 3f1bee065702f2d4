//! Who is reached in each of the seven fields.

use axum::response::Response;
use maru_korean::{Josa, with_josa};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem,
    components::{BarChart, Button, Card, Choice, Disclosure, EmptyState, ErrorSummary, Field, Form, Tag, Tone},
};
use serde::Deserialize;

use super::{Here, answer, dimension, field_name, frame};
use crate::{
    PlanService, ServiceError,
    domain::{
        Quarter,
        for_all::{Breakdown, Dimension, FIELDS, Part, Reached, field},
    },
    pages::words,
};

/// The newest figures of a field that are confirmed or wait, one for each title and dimension.
pub(super) fn newest<'a>(figures: impl DoubleEndedIterator<Item = &'a Reached>) -> Vec<&'a Reached> {
    let mut newest: Vec<&Reached> = Vec::new();
    for one in figures.rev().filter(|one| one.sent_back.is_empty()) {
        let key = (&one.breakdown.title, one.breakdown.dimension);
        if !newest.iter().any(|known| (&known.breakdown.title, known.breakdown.dimension) == key) {
            newest.push(one);
        }
    }
    newest.reverse();
    newest
}

/// The gap of a figure in a sentence.
pub(super) fn gap(language: Language, breakdown: &Breakdown) -> String {
    let Some((most, least)) = breakdown.gap() else { return String::new() };
    language.pick(
        format!(
            "{} {}, {} {}에게 닿았습니다.",
            with_josa(&most.group, Josa::Topic),
            language.percentage(most.share()),
            with_josa(&least.group, Josa::Topic),
            language.percentage(least.share())
        ),
        format!(
            "{} are reached by {}, {} by {}.",
            most.group,
            language.percentage(most.share()),
            least.group,
            language.percentage(least.share())
        ),
    )
}

pub(super) async fn list(here: Here) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let all = here.pages.service.store().all_reach().await.map_err(ServiceError::from)?;
    let cards = FIELDS.iter().zip(&all).map(|(field, (_, reach))| {
        let figures = newest(reach.figures.iter());
        let mut body = Html::trusted("<p>").and(words::body_link(language, field.lead)).and(Html::trusted("</p>"));
        match figures.last() {
            Some(last) => {
                let text = format!("{} ({})", last.breakdown.title, dimension(language, last.breakdown.dimension));
                body = body.and(Html::trusted("<p>")).and(words::korean(language, &text));
                body =
                    body.and(Html::text(&format!(": {}", gap(language, &last.breakdown)))).and(Html::trusted("</p>"));
            }
            None => body = body.and(Html::paragraphs(language.say("아직 지표가 없습니다.", "There is no figure yet."))),
        }
        Card::new(field_name(language, field)).link(format!("/plan/ai-for-all/fields/{}", field.id)).body(body)
    });
    let ways = [
        (
            "/plan/ai-for-all/problems",
            language.say("문제 내기와 모두의 AI 실험실", "Problems and public AI laboratories"),
        ),
        ("/plan/ai-for-all/help", language.say("창구에서 도운 일", "Help at counters")),
        ("/plan/ai-for-all/audits", language.say("접근성 점검", "Accessibility audits")),
        ("/plan/ai-for-all/report", language.say("올해 보고서", "This year's report")),
    ];
    let buttons: Html = ways.into_iter().map(|(address, label)| Button::secondary(label).link(address)).collect();
    let page = Page::new(&here.visitor, language.say("AI 기본사회", "AI for all"), PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(language.say(
            "일곱 분야에서 AI 서비스가 누구에게 닿고 누구에게 닿지 않는지 봅니다.",
            "In seven fields: whom services with AI reach, and whom they do not.",
        ));
    let cards = Html::trusted("<div class=\"cards\">").and(cards.collect::<Html>()).and(Html::trusted("</div>"));
    Ok(page.body(cards.and(Html::trusted("<div class=\"button-row\">")).and(buttons).and(Html::trusted("</div>"))))
}

/// What somebody wrote.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    title: String,
    quarter: String,
    dimension: String,
    parts: String,
    source: String,
    reason: String,
    confirm: String,
}

impl Written {
    fn breakdown(&self) -> Result<Breakdown, ServiceError> {
        let wrong = |field: &str, ko: &str, en: &str| ServiceError::field(field, ko, en);
        let mut parts = Vec::new();
        for line in self.parts.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = line.split([',', '\t']).map(str::trim).collect();
            let read = match cells.as_slice() {
                [group, people, reached] => people
                    .parse()
                    .ok()
                    .zip(reached.parse().ok())
                    .map(|(people, reached)| Part { group: (*group).to_owned(), people, reached }),
                _ => None,
            };
            parts.push(read.ok_or_else(|| {
                wrong(
                    "parts",
                    "한 줄에 집단, 사람 수, 닿은 사람 수를 쉼표로 나누어 적어 주십시오.",
                    "On each line write group, people, people reached, with commas.",
                )
            })?);
        }
        Ok(Breakdown {
            title: self.title.trim().to_owned(),
            quarter: self
                .quarter
                .trim()
                .parse()
                .map_err(|_| wrong("quarter", "분기를 26Q3처럼 적어 주십시오.", "Write the quarter as 26Q3."))?,
            dimension: Dimension::from_identifier(&self.dimension).ok_or_else(|| {
                wrong("dimension", "무엇으로 나누었는지 골라 주십시오.", "Choose by what people are parted.")
            })?,
            parts,
            source: self.source.trim().to_owned(),
        })
    }
}

async fn shown(here: &Here, id: &str, written: &Written, errors: &[FieldError]) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let known = field(id).ok_or_else(Problem::not_found)?;
    let reach = here.pages.service.store().reach(known.id).await.map_err(ServiceError::from)?;
    let writes = here.pages.service.may(&here.caller, "report-progress", &PlanService::field_resource(known));
    let confirms = here.may("confirm-progress");
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    let figures = newest(reach.figures.iter());
    if figures.is_empty() {
        body = body.and(EmptyState::new(
            language.say("아직 지표가 없습니다", "There is no figure yet"),
            language.say("담당 부처가 적으면 여기에 나옵니다.", "What the ministry in charge enters stands here."),
        ));
    }
    for one in figures {
        body = body.and(chart(here, one));
        if confirms && !one.confirmed {
            body = body.and(decide_form(here, known.id, one));
        }
    }
    let back: Html = reach
        .figures
        .iter()
        .filter(|one| writes && !one.sent_back.is_empty())
        .map(|one| {
            let text = format!("{}: {}", one.breakdown.title, one.sent_back);
            Html::trusted(format!("<li>{}</li>", words::korean(language, &text)))
        })
        .collect();
    if !back.is_empty() {
        body = body.and(Html::trusted(format!("<h2>{}</h2><ul>", language.say("돌려보낸 것", "Sent back")))).and(back);
        body = body.and(Html::trusted("</ul>"));
    }
    if writes {
        body = body.and(form(here, known.id, written, errors));
    }
    Ok(frame(&here.visitor, field_name(language, known), PageKind::Overview)
        .lead(language.pick(
            format!("담당: {}", words::body_name(language, known.lead)),
            format!("In charge: {}", words::body_name(language, known.lead)),
        ))
        .body(body))
}

fn chart(here: &Here, one: &Reached) -> Html {
    let language = here.visitor.language;
    let breakdown = &one.breakdown;
    let least = breakdown.gap().map(|(_, least)| least.group.clone());
    let by = dimension(language, breakdown.dimension);
    let mut chart = BarChart::new(
        language,
        format!("reach-{}", one.number),
        format!("{} · {by}", breakdown.title),
        by,
        language.say("닿은 비율", "Share reached"),
    )
    .description(gap(language, breakdown))
    .source(format!("{} · {}", words::quarter(language, breakdown.quarter), breakdown.source));
    for part in &breakdown.parts {
        let figure = language.pick(
            format!("{} ({}명 가운데 {}명)", language.percentage(part.share()), part.people, part.reached),
            format!("{} ({} of {})", language.percentage(part.share()), part.reached, part.people),
        );
        let tone = if least.as_ref() == Some(&part.group) { Tone::Attention } else { Tone::Active };
        chart = chart.bar(part.group.clone(), part.share(), figure, tone);
    }
    let mark = if one.confirmed {
        Tag::new(Tone::Good, language.say("위원회 확인", "Confirmed"))
    } else {
        Tag::new(Tone::Attention, language.say("확인 전", "Not confirmed yet"))
    };
    Html::empty()
        .and(chart)
        .and(Html::trusted("<p>"))
        .and(mark)
        .and(Html::text(&format!(" {}", gap(language, breakdown))))
        .and(Html::trusted("</p>"))
}

fn decide_form(here: &Here, field: &str, one: &Reached) -> Disclosure {
    let language = here.visitor.language;
    let reason = words::one_of_several("reason", &one.number.to_string(), |name| {
        Field::text(language, name, language.say("돌려보낸다면 그 이유", "Why, if it is sent back")).optional()
    });
    let buttons = Html::trusted("<div class=\"button-row\">")
        .and(Button::primary(language.say("확인", "Confirm")).named("confirm", "yes"))
        .and(Button::secondary(language.say("돌려보내기", "Send back")).named("confirm", "no"))
        .and(Html::trusted("</div>"));
    let form = Form::post(&here.visitor, format!("/plan/ai-for-all/fields/{field}/{}", one.number));
    Disclosure::new(language.say("확인하기", "Confirm or send back"), Html::empty().and(form.body(reason.and(buttons))))
}

fn form(here: &Here, field: &str, written: &Written, errors: &[FieldError]) -> Html {
    let language = here.visitor.language;
    let now = Quarter::of(here.caller.today()).previous().to_string();
    let choices = Dimension::ALL.map(|one| Choice::new(one.identifier(), dimension(language, one)));
    let quarter = if written.quarter.is_empty() { now } else { written.quarter.clone() };
    let fields = Html::empty()
        .and(
            Field::text(language, "title", language.say("무엇에 닿았나요?", "What counts as reached?"))
                .hint(language.say("예: AI 창구를 혼자 쓸 수 있음", "For example: can use the service alone"))
                .longest(200)
                .value(written.title.clone())
                .errors(errors),
        )
        .and(Field::text(language, "quarter", language.say("분기", "Quarter")).longest(4).value(quarter).errors(errors))
        .and(
            Field::radios(
                language,
                "dimension",
                language.say("무엇으로 나누었나요?", "By what are people parted?"),
                choices,
            )
            .value(written.dimension.clone())
            .errors(errors),
        )
        .and(
            Field::area(language, "parts", language.say("집단마다", "By group"))
                .hint(language.say(
                    "한 줄에 집단, 사람 수, 닿은 사람 수를 쉼표로 나누어 적습니다. 다섯 명보다 적은 집단은 합칩니다.",
                    "On each line group, people, people reached, with commas. Groups of fewer than five are joined.",
                ))
                .rows(5)
                .value(written.parts.clone())
                .errors(errors),
        )
        .and(
            Field::text(language, "source", language.say("자료 출처와 표본", "Source and sample"))
                .longest(300)
                .value(written.source.clone())
                .errors(errors),
        )
        .and(Button::primary(language.say("지표 넣기", "Enter it")));
    Html::trusted(format!("<h2>{}</h2>", language.say("지표 넣기", "Enter a figure")))
        .and(Form::post(&here.visitor, format!("/plan/ai-for-all/fields/{field}")).body(fields))
}

pub(super) async fn one(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    shown(&here, &id, &Written::default(), &[]).await
}

pub(super) async fn enter(
    here: Here,
    Path(id): Path<String>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let result = match written.breakdown() {
        Ok(breakdown) => here.pages.service.enter_reach(&here.caller, &id, breakdown).await,
        Err(error) => {
            // Who may not write is told so before what is wrong with the fields.
            let known = field(&id).ok_or_else(Problem::not_found)?;
            here.visitor.signed_in()?;
            if !here.pages.service.may(&here.caller, "report-progress", &PlanService::field_resource(known)) {
                return Err(Problem::forbidden());
            }
            Err(error)
        }
    };
    let on = format!("/plan/ai-for-all/fields/{id}");
    answer(result, ("parts", &on), async |errors| shown(&here, &id, &written, &errors).await).await
}

pub(super) async fn decide(
    here: Here,
    Path((id, number)): Path<(String, usize)>,
    Sent(written): Sent<Written>,
) -> Result<Response, Problem> {
    let reason = if written.confirm == "yes" { None } else { Some(written.reason.trim().to_owned()) };
    let result = here.pages.service.decide_reach(&here.caller, &id, number, reason).await;
    let on = format!("/plan/ai-for-all/fields/{id}");
    answer(result, ("reason", &on), async |errors| shown(&here, &id, &Written::default(), &errors).await).await
}
