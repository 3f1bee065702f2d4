//! What meetings and visits put on a desk: things that bodies were told to do, findings, contradictions, where to look.

use std::fmt::Write as _;

use maru_web::{
    Html, Language, Visitor,
    components::{Button, Card, DefinitionList, Disclosure, Field, Form, Tag, Tone},
};

use super::{outlook, task, visits, words};
use crate::{
    domain::{Number, Particulars, particulars::Kept, visit::total},
    service::{Assigned, Whole},
};

fn heading(text: &str) -> Html {
    Html::trusted(format!("<h2>{text}</h2>"))
}

/// What a body was told to do, and the findings that it must put right; nothing where there is nothing.
pub(super) fn of_ministry(visitor: &Visitor, body: &str, whole: &Whole, assigned: &[Assigned]) -> Html {
    let language = visitor.language;
    let mut html = Html::empty();
    let own: Vec<&Assigned> =
        assigned.iter().filter(|one| one.body == body && one.item.assignment.closed.is_none()).collect();
    if !own.is_empty() {
        html = html.and(heading(language.say("위원회가 정한 할 일", "What the committee told you to do")));
        html = own.into_iter().fold(html, |html, one| html.and(assignment(visitor, one, false)));
    }
    let findings = findings(language, whole, |visited| visited == body);
    if !findings.is_empty() {
        html = html
            .and(heading(language.say("현장점검에서 고칠 것", "Findings to be put right")))
            .and(Html::trusted(format!("<ul class=\"plain-list\">{findings}</ul>")));
    }
    html
}

/// Open findings of the bodies that fit, as items of a list.
fn findings(language: Language, whole: &Whole, fits: impl Fn(&str) -> bool) -> String {
    let mut items = String::new();
    for named in &whole.visits {
        let Some(planned) = named.state.planned.as_ref().filter(|planned| fits(&planned.body)) else { continue };
        for (number, finding) in named.state.open_findings() {
            let label = language.pick(
                format!("권고 {} 지적사항 {number}", planned.recommendation),
                format!("Recommendation {}, finding {number}", planned.recommendation),
            );
            let state = if finding.follow_ups.is_empty() || !finding.sent_back.is_empty() {
                Tag::new(Tone::Attention, language.say("조치할 것", "To be put right"))
            } else {
                Tag::new(Tone::Active, language.say("확인할 것", "To be checked"))
            };
            let until = language
                .pick(format!("{}까지", language.date(finding.due)), format!("by {}", language.date(finding.due)));
            let _ = write!(
                items,
                "<li>{} {} <span>{until}</span><br>{}</li>",
                words::link(&format!("/plan/visits/{}", named.id), &label),
                Html::empty().and(state),
                words::korean(language, &finding.text)
            );
        }
    }
    items
}

/// What the committee looks at beside reports.
pub(super) fn of_committee(visitor: &Visitor, whole: &Whole, assigned: &[Assigned]) -> Html {
    let language = visitor.language;
    let mut html = Html::trusted("<div class=\"button-row\">")
        .and(Button::secondary(language.say("위원회 회의", "Meetings")).small().link("/plan/meetings"))
        .and(Button::secondary(language.say("현장점검", "Field visits")).small().link("/plan/visits"))
        .and(Button::secondary(language.say("앞으로 무엇이 늦을까", "Outlook")).small().link("/plan/outlook"))
        .and(Button::secondary(language.say("선후관계", "Dependencies")).small().link("/plan/dependencies"))
        .and(Button::secondary(language.say("겹치는 권고", "Overlaps")).small().link("/plan/overlaps"))
        .and(Button::secondary(language.say("살펴볼 글", "Words to be looked at")).small().link("/plan/words"))
        .and(Button::secondary(unchecked(language, whole)).small().link("/plan/work/unchecked"))
        .and(Html::trusted("</div>"))
        .and(heading(language.say("보고와 어긋나는 것", "What contradicts reports")))
        .and(outlook::contradictions(visitor, whole))
        .and(heading(language.say("어디부터 볼까", "Where to look first")))
        .and(first_by_risk(language, whole));
    let findings = findings(language, whole, |_| true);
    if !findings.is_empty() {
        html = html
            .and(heading(language.say("종결하지 않은 지적사항", "Open findings")))
            .and(Html::trusted(format!("<ul class=\"plain-list\">{findings}</ul>")));
    }
    let open: Vec<&Assigned> = assigned.iter().filter(|one| one.item.assignment.closed.is_none()).collect();
    if !open.is_empty() {
        html = html.and(heading(language.say("위원회가 정한 할 일", "What the committee told bodies to do")));
        html = open.into_iter().fold(html, |html, one| html.and(assignment(visitor, one, true)));
    }
    html
}

/// Of how many recommendations no person has checked what was read out of the text.
fn unchecked(language: Language, whole: &Whole) -> String {
    let entries = whole.overview.seen.iter().filter_map(|seen| seen.recommendation.entry.as_ref());
    let open = entries.filter(|entry| !entry.checked).count();
    language.pick(format!("읽은 것 확인 ({open}건 남음)"), format!("Check what was read ({open} to do)"))
}

/// As many as fit on a desk; the rest is on the page of visits.
const FIRST: usize = 5;

fn first_by_risk(language: Language, whole: &Whole) -> Html {
    let items = whole.by_risk().into_iter().take(FIRST).filter_map(|(seen, points)| {
        let entry = seen.recommendation.entry.as_ref()?;
        let sum = language.pick(format!("{}점", total(&points)), format!("{} points", total(&points)));
        Some(format!(
            "<li>{} {} <strong>{sum}</strong> <span>{}</span></li>",
            words::number_link(language, entry.number),
            words::korean(language, &entry.task_title),
            Html::text(&visits::points(language, &points))
        ))
    });
    Html::trusted(format!("<ul class=\"plain-list\">{}</ul>", items.collect::<String>()))
}

fn assignment(visitor: &Visitor, one: &Assigned, for_committee: bool) -> Card {
    let language = visitor.language;
    let report = one.item.assignment.report.as_ref();
    let mark = match report {
        Some(_) => Tag::new(Tone::Active, language.say("보고됨, 확인할 것", "Reported, to be checked")),
        None if one.due < maru_web::in_korea(visitor.now).date() => {
            Tag::new(Tone::Bad, language.say("기한 지남", "Overdue"))
        }
        None => Tag::new(Tone::Neutral, language.say("이행할 것", "To be done")),
    };
    let mut list = DefinitionList::new()
        .markup(language.say("기관", "Body"), words::body_link(language, &one.body))
        .text(language.say("기한", "Until"), &language.date(one.due))
        .markup(
            language.say("의결", "Resolution"),
            words::link(&format!("/plan/meetings/{}#item-{}", one.meeting, one.number), &one.reference),
        );
    if let Some(report) = report {
        list = list.markup(
            language.say("이행 보고", "Reported"),
            words::korean(language, &report.text).and(Html::text(" ")).and(task::evidence(visitor, &report.evidence)),
        );
    }
    let mut body = Html::empty().and(list);
    if for_committee && report.is_some() {
        body = body.and(done_form(visitor, one));
    }
    if !for_committee {
        body = body.and(report_form(visitor, one));
    }
    words::card(&one.item.agenda.title).third_level().mark(Html::empty().and(mark)).body(body)
}

fn address(one: &Assigned, action: &str) -> String {
    format!("/plan/meetings/{}/items/{}/{action}", one.meeting, one.number)
}

fn done_form(visitor: &Visitor, one: &Assigned) -> Disclosure {
    let language = visitor.language;
    let of = format!("{}-{}", one.meeting, one.number);
    let note = words::one_of_several("note", &of, |name| {
        Field::area(language, name, language.say("무엇을 보고 확인했나요?", "What did you look at?")).rows(2)
    });
    let fields = note.and(Button::primary(language.say("이행 확인", "Confirm that it is done")));
    let form = Form::post(visitor, address(one, "done")).body(fields);
    Disclosure::new(language.say("이행 확인", "Confirm that it is done"), Html::empty().and(form))
}

fn report_form(visitor: &Visitor, one: &Assigned) -> Disclosure {
    let language = visitor.language;
    let of = format!("{}-{}", one.meeting, one.number);
    let text = words::one_of_several("text", &of, |name| {
        Field::area(language, name, language.say("무엇을 했나요?", "What was done?")).rows(3)
    });
    let title = words::one_of_several("evidence_title", &of, |name| {
        Field::text(language, name, language.say("증빙 이름", "Name of the evidence")).optional()
    });
    let address_field = words::one_of_several("evidence_address", &of, |name| {
        let label = language.say("증빙 주소 (https://)", "Address of the evidence (https://)");
        Field::text(language, name, label).optional().input_mode("url")
    });
    let fields = text.and(title).and(address_field).and(Button::primary(language.say("보고하기", "Report")));
    let form = Form::post(visitor, address(one, "report")).body(fields);
    Disclosure::new(language.say("이행 보고하기", "Report that it is done"), Html::empty().and(form))
}

/// Things that recommendations are held to, as links; nothing where there are none.
fn held_list(language: Language, title: &str, found: &[(Number, &Kept)]) -> Html {
    if found.is_empty() {
        return Html::empty();
    }
    let items = found.iter().map(|(number, kept)| {
        let label = format!("{number} · {}", kept.item.title());
        format!("<li>{}</li>", words::link(&format!("/plan/particulars/{number}"), &label))
    });
    let tag = language.say("<ul class=\"plain-list\">", "<ul class=\"plain-list\" lang=\"ko\">");
    heading(title).and(Html::trusted(format!("{tag}{}</ul>", items.collect::<String>())))
}

/// Milestones, indicators, budgets and bills that wait for the committee.
pub(super) fn waiting(language: Language, held: &[(Number, Particulars)]) -> Html {
    let found: Vec<(Number, &Kept)> =
        held.iter().flat_map(|(number, held)| held.waiting().map(|kept| (*number, kept))).collect();
    let title =
        language.say("확인할 이정표·지표·예산·법률안", "Milestones, indicators, budgets, bills to be confirmed");
    held_list(language, title, &found)
}

/// Those that the committee sent back to who leads their recommendation.
pub(super) fn sent_back(language: Language, held: &[(Number, Particulars)], own: impl Fn(Number) -> bool) -> Html {
    let own = held.iter().filter(|(number, _)| own(*number));
    let found: Vec<(Number, &Kept)> = own
        .flat_map(|(number, held)| held.items.iter().map(|kept| (*number, kept)))
        .filter(|(_, kept)| !kept.sent_back.is_empty())
        .collect();
    held_list(language, language.say("위원회가 돌려보낸 항목", "Sent back by the committee"), &found)
}
