//! What things are called.

use std::collections::BTreeSet;

use jiff::civil::Date;
use maru_web::{
    FieldError, Html, Language, Problem,
    components::{Button, Card, Field, Icon, Tag, Tone},
};

use crate::{
    ServiceError,
    domain::{Basis, Bound, Difference, Ground, Number, Quarter, Standing, Status, body, consultation::Outcome},
};

/// Pillars and areas of the plan in English.
const ENGLISH: [(&str, &str); 15] = [
    ("AI 혁신 생태계 조성", "An ecosystem for AI innovation"),
    ("범국가 AI 기반 대전환", "Transformation with AI across the nation"),
    ("글로벌 AI 기본사회 기여", "Towards a global society with AI for all"),
    ("AI 고속도로 구축", "AI highway"),
    ("차세대 AI기술 선점", "Next-generation AI technology"),
    ("AI 핵심인재 확보", "AI talent"),
    ("AI 모델 확보", "AI models"),
    ("AI 규제혁신", "Regulatory reform"),
    ("산업 AX", "AI in industry"),
    ("공공 AX", "AI in government"),
    ("지역 AX", "AI in the regions"),
    ("AI기반 문화강국", "Culture with AI"),
    ("AI기반 국방강국", "Defence with AI"),
    ("AI기본사회", "Society with AI for all"),
    ("글로벌 AI이니셔티브", "Global AI initiative"),
];

/// The name of a pillar or an area.
pub(super) fn place(language: Language, korean: &str) -> &str {
    let english = ENGLISH.iter().find(|(known, _)| *known == korean).map_or(korean, |(_, english)| english);
    language.say(korean, english)
}

/// Words of the plan itself, which are Korean whatever the page's language.
pub(super) fn korean(language: Language, text: &str) -> Html {
    match language {
        Language::Korean => Html::text(text),
        Language::English => Html::trusted(format!("<span lang=\"ko\">{}</span>", Html::text(text))),
    }
}

/// The same, with its paragraphs.
pub(super) fn korean_paragraphs(language: Language, text: &str) -> Html {
    match language {
        Language::Korean => Html::paragraphs(text),
        Language::English => {
            Html::trusted("<div lang=\"ko\">").and(Html::paragraphs(text)).and(Html::trusted("</div>"))
        }
    }
}

/// A field that is sent as `name` and stands in the page under an identifier of its own, where a page shows several of its kind.
pub(super) fn one_of_several(name: &str, of: &str, field: impl FnOnce(String) -> Field) -> Html {
    let unique = format!("{name}-{of}");
    let (own, sent) = (format!("name=\"{unique}\""), format!("name=\"{name}\""));
    Html::trusted(field(unique).to_string().replacen(&own, &sent, 1))
}

/// How many, as people read it.
pub(super) fn count(language: Language, number: impl TryInto<i64>) -> String {
    language.number(number.try_into().unwrap_or(i64::MAX))
}

/// The beginning of a text, at most so many characters; that something was left out is seen.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let short: String = text.chars().take(most).collect();
    if short.len() < text.len() { short + "…" } else { short }
}

/// A picture that may be wider than the screen, as a region that can be moved sideways with the keyboard too; `label` says so.
pub(super) fn sideways(class: &str, label: &str, picture: &str) -> Html {
    Html::trusted(format!(
        "<div class=\"{class}\" role=\"region\" aria-label=\"{label}\" tabindex=\"0\">{picture}</div>"
    ))
}

/// A link.
pub(super) fn link(address: &str, label: &str) -> Html {
    Html::trusted(format!("<a href=\"{}\">{}</a>", Html::text(address), Html::text(label)))
}

/// The way to a page as PDF; it is not printed.
pub(super) fn save_as_pdf(language: Language, address: &str) -> Html {
    let button = Button::secondary(language.say("PDF로 저장", "Save as PDF")).icon(Icon::Download).link(address);
    Html::trusted("<p class=\"on-screen\">").and(button).and(Html::trusted("</p>"))
}

/// Links beside each other; nothing where there are none.
pub(super) fn in_one_line(links: Vec<Html>) -> Html {
    if links.is_empty() {
        return Html::empty();
    }
    let joined = links.into_iter().enumerate().fold(Html::empty(), |html, (place, link)| {
        if place == 0 { link } else { html.and(Html::text(" · ")).and(link) }
    });
    Html::trusted("<p>").and(joined).and(Html::trusted("</p>"))
}

/// A link to a recommendation, by its number.
pub(super) fn number_link(language: Language, number: Number) -> Html {
    let said = language.pick(format!("권고 {number}"), format!("Recommendation {number}"));
    Html::trusted(format!(
        "<a class=\"number\" href=\"/plan/tasks/{}#r{number}\" aria-label=\"{said}\">{number}</a>",
        number.task
    ))
}

/// A sentence that leads to a recommendation.
pub(super) fn recommendation_link(language: Language, number: Number) -> Html {
    let label = language.pick(format!("권고 {number}의 추진 상황"), format!("How recommendation {number} stands"));
    Html::trusted("<p>").and(link(&format!("/plan/tasks/{}#r{number}", number.task), &label)).and(Html::trusted("</p>"))
}

/// Words of the plan in which numbers of `known` recommendations lead to them.
pub(super) fn linked(language: Language, text: &str, known: &BTreeSet<Number>) -> Html {
    let (mut html, mut rest) = (Html::empty(), text);
    while let Some(start) = rest.find(|one: char| one.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|one: char| !one.is_ascii_digit() && one != '-').unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        let number = word.parse::<Number>().ok().filter(|number| known.contains(number));
        html = html.and(korean(language, before));
        html = html.and(number.map_or_else(|| korean(language, word), |number| number_link(language, number)));
        rest = after;
    }
    html.and(korean(language, rest))
}

/// A link whose label is Korean whatever the page's language.
pub(super) fn korean_link(language: Language, address: &str, label: &str) -> Html {
    Html::trusted(format!("<a href=\"{}\">{}</a>", Html::text(address), korean(language, label)))
}

/// A card whose title somebody wrote in Korean, whatever the page's language.
pub(super) fn card(title: &str) -> Card {
    Card::new(title).titled_in(Language::Korean)
}

/// The number of a recommendation as it was written into a form that need not name one.
pub(super) fn number_written(text: &str, example: &str) -> Result<Option<Number>, ServiceError> {
    let wrong = || {
        let (korean, english) =
            (format!("권고 번호를 {example}처럼 적어 주십시오."), format!("Write the number as {example}."));
        ServiceError::field("recommendation", korean, english)
    };
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| wrong()),
    }
}

/// The name of a body.
pub(super) fn body_name(language: Language, id: &str) -> String {
    body(id).map_or_else(|| id.to_owned(), |body| language.say(body.name, body.name_en).to_owned())
}

/// A link to a body's page.
pub(super) fn body_link(language: Language, id: &str) -> Html {
    let name = body_name(language, id);
    if body(id).is_none() {
        return Html::text(&name);
    }
    Html::trusted(format!("<a href=\"/plan/bodies/{id}\">{}</a>", Html::text(&name)))
}

/// Several bodies as links, parted by commas.
pub(super) fn body_links(language: Language, ids: &[String]) -> Html {
    let mut html = Html::empty();
    for (at, id) in ids.iter().enumerate() {
        if at > 0 {
            html = html.and(Html::text(", "));
        }
        html = html.and(body_link(language, id));
    }
    html
}

pub(super) fn quarter(language: Language, quarter: Quarter) -> String {
    language.pick(quarter.korean(), quarter.english())
}

pub(super) fn deadline(language: Language, at: Quarter, bound: Bound) -> String {
    match bound {
        Bound::By => language.pick(format!("{}까지", at.korean()), format!("by {}", at.english())),
        Bound::In => language.pick(format!("{}에", at.korean()), format!("in {}", at.english())),
        Bound::From => language.pick(format!("{}부터", at.korean()), format!("from {}", at.english())),
    }
}

pub(super) fn status_name(language: Language, status: Status) -> &'static str {
    match status {
        Status::Late => language.say("늦음", "Late"),
        Status::NotStarted => language.say("시작 전", "Not started"),
        Status::OnCourse => language.say("추진 중", "On course"),
        Status::DoneReported => language.say("완료 보고", "Reported done"),
        Status::Confirmed => language.say("완료 확인", "Confirmed"),
    }
}

pub(super) fn tone(status: Status) -> Tone {
    match status {
        Status::Late => Tone::Bad,
        Status::NotStarted => Tone::Neutral,
        Status::OnCourse => Tone::Active,
        Status::DoneReported => Tone::Attention,
        Status::Confirmed => Tone::Good,
    }
}

pub(super) fn status_tag(language: Language, status: Status) -> Html {
    Html::empty().and(Tag::new(tone(status), status_name(language, status)))
}

/// The rule by which a status holds, as a sentence.
pub(super) fn ground(language: Language, standing: &Standing) -> String {
    match standing.ground {
        Ground::Confirmed => {
            language.say("위원회가 완료를 확인했습니다.", "The committee confirmed that it is done.").to_owned()
        }
        Ground::Reported => language
            .say(
                "담당 부처가 증빙과 함께 완료를 보고했습니다. 위원회 확인을 기다립니다.",
                "The ministry reported it done, with evidence. The committee has not confirmed it yet.",
            )
            .to_owned(),
        Ground::Overdue { quarter } => language.pick(
            format!("{}가 끝났지만 그때까지 할 일이 완료로 보고되지 않았습니다.", quarter.korean()),
            format!("{} has ended, and what was due by then was not reported done.", quarter.english()),
        ),
        Ground::LastReport { quarter } => language.pick(
            format!("{} 실적까지 보고했고, 지난 기한은 없습니다.", quarter.korean()),
            format!("The last report is of {}, and no deadline has passed.", quarter.english()),
        ),
        Ground::NoReport => language
            .say("아직 보고가 없고, 지난 기한도 없습니다.", "No report came yet, and no deadline has passed.")
            .to_owned(),
    }
}

pub(super) fn difference(language: Language, difference: Difference) -> &'static str {
    match difference {
        Difference::Text => language.say("내용", "text"),
        Difference::Place => language.say("과제와 영역", "task and area"),
        Difference::Responsible => language.say("주관기관", "responsible bodies"),
        Difference::Cooperating => language.say("관계 기관", "co-operating bodies"),
        Difference::Schedule => language.say("추진일정", "schedule"),
    }
}

pub(super) fn basis(language: Language, basis: &Basis) -> String {
    let words = match basis {
        Basis::Arrangement => {
            language.say("경미한 변경: 추진체계·일정·기관", "minor change: arrangement, schedule, bodies")
        }
        Basis::Consistency => {
            language.say("경미한 변경: 다른 계획과 맞춤", "minor change: consistency with another plan")
        }
        Basis::Correction => language.say("경미한 변경: 오기 정정", "minor change: a plain mistake"),
        Basis::Law => language.say("경미한 변경: 법령 반영", "minor change: a law changed"),
        Basis::Resolution { .. } => language.say("위원회 의결", "decided by the committee"),
    };
    format!("{words} ({})", language.law(basis.article()))
}

pub(super) fn outcome(language: Language, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => language.say("받아들임", "Accepted"),
        Outcome::InPart => language.say("일부 받아들임", "Accepted in part"),
        Outcome::NotAccepted => language.say("받아들이지 않음", "Not accepted"),
    }
}

pub(super) fn outcome_tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Accepted => Tone::Good,
        Outcome::InPart => Tone::Active,
        Outcome::NotAccepted => Tone::Neutral,
    }
}

/// Date and source of the figures of the plan.
pub(super) fn source(language: Language, day: Date) -> String {
    language.pick(
        format!("{} 기준. 자료: 행동계획 본문과 부처 보고 (마루 기록)", language.date(day)),
        format!("As of {}. Source: the plan's text and the ministries' reports (Maru's records)", language.date(day)),
    )
}

/// Errors that belong into the form that was sent, a refusal at `field` unless its code belongs to another; everything
/// else is a page of its own.
pub(super) fn in_form(error: ServiceError, field: &str) -> Result<Vec<FieldError>, Problem> {
    let code = if let ServiceError::Refused(explained) = &error { explained.code } else { "" };
    let field = match code {
        "no-evidence" | "evidence-address" | "too-much-evidence" => "evidence_address",
        "future-quarter" => "quarter",
        "no-change-named" => "change",
        "bill-address" => "address",
        "bill-number" => "bill_number",
        "survey-questions" | "survey-options" => "questions",
        "survey-period" => "until",
        "sample-size" if field == "title" => "size",
        "seed-not-ahead" => "seed_on",
        "no-answer" => "answer-0",
        "no-breach" => "breach",
        "briefing-not-ahead" => "date",
        "briefing-seats" => "seats",
        "briefing-people" | "briefing-full" if field == "organisation" => "people",
        code if code.starts_with("file-") => "file",
        _ => field,
    };
    error.in_form(field)
}
