//! A task: its recommendations, what each says, where it stands and by which rule, and everything that happened.

use maru_ledger::RecordedEvent;
use maru_web::{
    Html, Page, PageKind, Visitor,
    components::{Button, DefinitionList, Disclosure, Icon, MachineLabel, Moment, Tag, Timeline, Tone, highlighted},
};

use super::{around, changes, files, particulars, words};
use crate::{
    domain::{Basis, Difference, Entry, Evidence, Particulars, Recommendation},
    service::{Seen, Whole},
    store::Change,
};

/// A recommendation with everything that happened to it.
pub(super) struct Told {
    pub(super) seen: Seen,
    pub(super) history: Vec<RecordedEvent>,
    /// What citizens say of it in words.
    pub(super) said: Vec<crate::store::Words>,
    /// What it is held to beside its deadlines.
    pub(super) held: Particulars,
    /// Whether the visitor may report its progress, and whether what the plan says of it may be put right.
    pub(super) rights: (bool, bool),
}

/// A recommendation that a version left out, with everything that happened to it.
pub(super) struct Gone {
    pub(super) recommendation: Recommendation,
    pub(super) history: Vec<RecordedEvent>,
}

pub(super) fn page(visitor: &Visitor, whole: &Whole, told: &[Told], gone: &[Gone]) -> Option<Page> {
    let language = visitor.language;
    let mut known =
        told.iter().map(|told| &told.seen.recommendation).chain(gone.iter().map(|gone| &gone.recommendation));
    let first = known.find_map(|known| known.entry.as_ref())?;
    let title = language
        .pick(format!("과제 {}. {}", first.number.task, first.task_title), format!("Task {}", first.number.task));
    let mut page = Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(words::place(language, &first.area_title), format!("/plan/list?area={}", first.area));
    if language == maru_web::Language::English {
        page = page.lead(language.pick(
            String::new(),
            format!("{} · {}", words::place(language, &first.pillar), words::place(language, &first.area_title)),
        ));
    } else {
        page = page.lead(format!("{} · {}", first.pillar, first.area_title));
    }
    let mut body = Html::empty();
    if language == maru_web::Language::English {
        body =
            body.and(Html::trusted("<p>")).and(words::korean(language, &first.task_title)).and(Html::trusted("</p>"));
    }
    let body = told.iter().fold(body, |body, told| body.and(recommendation(visitor, whole, told)));
    Some(page.body(gone.iter().fold(body, |body, gone| body.and(left_out(visitor, gone)))))
}

/// What was in the plan once: what it said, why it went, what happened to it.
fn left_out(visitor: &Visitor, gone: &Gone) -> Html {
    let language = visitor.language;
    let recommendation = &gone.recommendation;
    let (Some(entry), Some(left_out)) = (&recommendation.entry, &recommendation.left_out) else {
        return Html::empty();
    };
    let number = entry.number;
    let head = format!(
        "<section class=\"card\" id=\"r{number}\" aria-labelledby=\"h{number}\"><h2 id=\"h{number}\" class=\"card-title\">{}</h2>",
        language.pick(format!("권고 {number}"), format!("Recommendation {number}"))
    );
    let list = DefinitionList::new()
        .markup(language.say("빠진 판", "Left out by"), words::korean(language, &left_out.version))
        .markup(language.say("이유", "Why"), words::korean(language, &left_out.reason))
        .text(language.say("근거", "Basis"), &words::basis(language, &left_out.basis))
        .markup(language.say("주관", "Responsible"), words::body_links(language, &entry.responsible));
    Html::trusted(head)
        .and(Html::trusted("<p>"))
        .and(Tag::new(Tone::Neutral, language.say("계획에서 빠짐", "Left out of the plan")))
        .and(Html::text(language.say(
            " 지금의 계획에 없고, 현황의 어느 수치에도 들어가지 않습니다. 지난 기록은 남습니다.",
            " It is not in the present plan and counts in none of its figures. Its record stays.",
        )))
        .and(Html::trusted("</p>"))
        .and(text(visitor, entry))
        .and(list)
        .and(Disclosure::new(
            language.say("지금까지 있었던 일", "Everything that happened"),
            history(visitor, &gone.history),
        ))
        .and(Html::trusted("</section>"))
}

fn recommendation(visitor: &Visitor, whole: &Whole, told: &Told) -> Html {
    let language = visitor.language;
    let Some(entry) = &told.seen.recommendation.entry else { return Html::empty() };
    let (number, (may_report, may_amend)) = (entry.number, told.rights);
    let head = format!(
        "<section class=\"card\" id=\"r{number}\" aria-labelledby=\"h{number}\"><h2 id=\"h{number}\" class=\"card-title\">{}</h2>",
        language.pick(format!("권고 {number}"), format!("Recommendation {number}"))
    );
    let mut html = Html::trusted(head)
        .and(Html::trusted("<p>"))
        .and(words::status_tag(language, told.seen.standing.status))
        .and(Html::text(&format!(" {}", words::ground(language, &told.seen.standing))))
        .and(Html::trusted("</p>"))
        .and(around::contradictions(visitor, whole, number))
        .and(text(visitor, entry))
        .and(facts(visitor, told, entry))
        .and(around::facts(visitor, whole, number))
        .and(particulars::summary(language, number, &told.held, may_report));
    if !entry.checked {
        html = html.and(MachineLabel::new(
            language,
            language.say(
                "기관과 기한은 프로그램이 글에서 찾았습니다. 아직 사람이 하나하나 확인하지 않았습니다.",
                "Bodies and deadlines were found in the text by a program; no person has checked each of them yet.",
            ),
        ));
    }
    if may_report {
        let report =
            Button::primary(language.say("추진 실적 보고하기", "Report progress")).link(format!("/plan/work/{number}"));
        html = html.and(Html::trusted("<p>")).and(report).and(Html::trusted("</p>"));
    }
    if may_amend {
        html = html.and(ways_to_amend(visitor, entry));
    }
    html.and(around::felt(visitor, whole, number, &told.said))
        .and(Disclosure::new(
            language.say("지금까지 있었던 일", "Everything that happened"),
            history(visitor, &told.history),
        ))
        .and(Html::trusted("</section>"))
}

/// Where the committee checks how the text is read, and changes what needs no vote.
pub(super) fn ways_to_amend(visitor: &Visitor, entry: &Entry) -> Html {
    let language = visitor.language;
    let number = entry.number;
    let link = |label: &str, what: &str| Button::tertiary(label).small().link(format!("/plan/work/{number}/{what}"));
    let reading = if entry.checked {
        language.say("읽은 것 바로잡기", "Put the reading right")
    } else {
        language.say("읽은 것 확인하기", "Check the reading")
    };
    Html::trusted("<div class=\"button-row\">")
        .and(link(reading, "reading"))
        .and(link(language.say("경미한 변경", "Minor change"), "amendment"))
        .and(Html::trusted("</div>"))
}

/// The text with its deadlines marked.
pub(super) fn text(visitor: &Visitor, entry: &Entry) -> Html {
    let places: Vec<usize> = entry.text.char_indices().map(|(at, _)| at).chain([entry.text.len()]).collect();
    let ranges: Vec<_> = entry
        .deadlines
        .iter()
        .filter(|deadline| deadline.end > deadline.start)
        .filter_map(|deadline| Some(*places.get(deadline.start)?..*places.get(deadline.end)?))
        .collect();
    let marked = highlighted(&entry.text, &ranges);
    let open = if visitor.language == maru_web::Language::Korean { "<p>" } else { "<p lang=\"ko\">" };
    Html::trusted(open).and(marked).and(Html::trusted("</p>"))
}

fn facts(visitor: &Visitor, told: &Told, entry: &Entry) -> DefinitionList {
    let language = visitor.language;
    let mut list = DefinitionList::new()
        .markup(language.say("주관", "Responsible"), words::body_links(language, &entry.responsible));
    if !entry.cooperating.is_empty() {
        list = list.markup(language.say("협력", "With"), words::body_links(language, &entry.cooperating));
    }
    let recommendation = &told.seen.recommendation;
    let deadlines = entry.deadlines.iter().enumerate().map(|(place, deadline)| {
        let met = recommendation.complete || recommendation.done.contains(&place);
        let mark = if met {
            language.say(" (마침)", " (done)")
        } else if deadline.quarter.last_day() < maru_web::in_korea(visitor.now).date() {
            language.say(" (지남)", " (passed)")
        } else {
            ""
        };
        words::deadline(language, deadline.quarter, deadline.bound) + mark
    });
    let deadlines: Vec<String> = deadlines.collect();
    let none = language.say("정한 기한이 없습니다.", "No deadline is set.");
    list = list.text(
        language.say("기한", "Deadlines"),
        &if deadlines.is_empty() { none.to_owned() } else { deadlines.join(", ") },
    );
    if !entry.laws.is_empty() {
        list = list.markup(language.say("법령", "Laws"), words::korean(language, &entry.laws.join(", ")));
    }
    if let Some(report) = &recommendation.last_report {
        list = list.markup(language.say("마지막 보고", "Last report"), words::korean(language, &report.summary));
        if !report.obstacle.is_empty() {
            list = list
                .markup(language.say("어려운 점", "What stands in the way"), words::korean(language, &report.obstacle));
        }
        let shown = files::evidence(visitor, recommendation);
        if !shown.is_empty() {
            list = list.markup(language.say("증빙", "Evidence"), shown);
        }
    }
    list
}

/// Links to evidence; only addresses of the web are links.
pub(super) fn evidence(visitor: &Visitor, evidence: &[Evidence]) -> Html {
    let mut html = Html::empty();
    for (at, one) in evidence.iter().enumerate() {
        if at > 0 {
            html = html.and(Html::trusted("<br>"));
        }
        let title = words::korean(visitor.language, &one.title);
        let of_the_web = one.address.starts_with("https://") || one.address.starts_with("http://");
        html = if of_the_web {
            html.and(Html::trusted(format!(
                "<a href=\"{}\" rel=\"noreferrer nofollow\">{title}</a>",
                Html::text(&one.address)
            )))
        } else {
            html.and(title)
        };
    }
    html
}

fn history(visitor: &Visitor, events: &[RecordedEvent]) -> Html {
    let language = visitor.language;
    let gone = files::gone(events);
    let timeline = events.iter().rev().fold(Timeline::new(language), |timeline, event| {
        let change = Change {
            position: event.position,
            at: event.at,
            kind: event.stream.kind().to_owned(),
            id: event.stream.identifier().to_owned(),
            what: event.kind.clone(),
            role: event.actor.role.clone(),
            facts: event.payload.clone(),
        };
        timeline.entry(Moment::Past, changes::title(visitor, &change), Some(event.at), details(visitor, event, &gone))
    });
    let number = events.first().map(|event| event.stream.identifier()).unwrap_or_default();
    Html::empty().and(timeline).and(Html::trusted(format!(
        "<p>{} <a href=\"/plan/proofs/{number}\">{}</a></p>",
        language.say(
            "모든 일은 누구나 검증할 수 있는 기록에 남습니다. <a href=\"/log\">기록 확인하기</a>",
            "All of this stands in a log that anyone can verify. <a href=\"/log\">Verify the log</a>"
        ),
        language.pick(format!("권고 {number}의 증명 내려받기"), format!("Download the proof of {number}")),
    )))
}

fn details(visitor: &Visitor, event: &RecordedEvent, gone: &[files::Gone]) -> Html {
    let language = visitor.language;
    let facts = match event.kind.as_str() {
        "left-out" => &event.payload["left_out"],
        "file-withdrawn" => &event.payload["withdrawn"],
        _ => &event.payload,
    };
    let mut list = DefinitionList::new();
    if let Some(by) = event.payload["by"]["body"].as_str().filter(|body| !body.is_empty()) {
        list = list.markup(language.say("누가", "Who"), words::body_link(language, by));
    }
    for (field, ko, en) in
        [("reason", "이유", "Why"), ("note", "확인한 내용", "What was looked at"), ("version", "판", "Version")]
    {
        if let Some(text) = facts[field].as_str().filter(|text| !text.is_empty()) {
            list = list.markup(language.say(ko, en), words::korean(language, text));
        }
    }
    if let Some(summary) = facts["report"]["summary"].as_str() {
        list = list.markup(language.say("추진 실적", "What was done"), words::korean(language, summary));
    }
    let attached = files::of_event(language, event.stream.identifier(), &facts["report"], gone);
    if !attached.is_empty() {
        list = list.markup(language.say("파일", "Files"), attached);
    }
    let basis: Option<Basis> = serde_json::from_value(facts["basis"].clone()).ok();
    if let Some(basis) = basis {
        list = list.text(language.say("근거", "Basis"), &words::basis(language, &basis));
    }
    let changed: Vec<Difference> = serde_json::from_value(facts["changed"].clone()).unwrap_or_default();
    if !changed.is_empty() {
        let names: Vec<&str> = changed.iter().map(|one| words::difference(language, *one)).collect();
        list = list.text(language.say("바뀐 것", "What changed"), &names.join(", "));
    }
    list = list.text(language.say("기록에서의 자리", "Its place in the log"), &words::count(language, event.position));
    Html::empty().and(list)
}

/// A button back to the task.
pub(super) fn back(visitor: &Visitor, task: u16) -> Html {
    let label = visitor.language.pick(format!("과제 {task} 보기"), format!("Show task {task}"));
    let button = Button::tertiary(label).small().icon(Icon::Forward).link(format!("/plan/tasks/{task}"));
    Html::trusted("<p>").and(button).and(Html::trusted("</p>"))
}
