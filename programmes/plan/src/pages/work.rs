//! The desks: a ministry's and the committee's.

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{
        Button, Card, Choice, ClockBadge, DefinitionList, Disclosure, EmptyState, ErrorSummary, Field, Form, Notice,
        NoticeKind, Tag, Tone,
    },
};

use super::{desk, files, lists, task, words};
use crate::{
    domain::{
        Advice, Book, Evidence, Number, Particulars, Quarter, Status, advice::ARTICLE, bodies, evidence::MOST_EVIDENCE,
    },
    service::{Assigned, Caller, Filter, Seen, Whole},
    store::Named,
};

/// What a desk is made of.
pub(super) struct Desk {
    pub(super) whole: Whole,
    pub(super) advices: Vec<Named<Advice>>,
    pub(super) assigned: Vec<Assigned>,
    pub(super) held: Vec<(Number, Particulars)>,
    pub(super) book: Book,
}

/// What is on the desk of the caller.
pub(super) fn page(visitor: &Visitor, caller: &Caller, desk: &Desk) -> Page {
    let language = visitor.language;
    let page = Page::new(visitor, language.say("행동계획 업무", "Work on the action plan"), PageKind::Official)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan");
    if caller.is_committee() {
        return page.body(committee(visitor, desk));
    }
    if caller.body().is_empty() {
        let empty = EmptyState::new(
            language.say("맡은 권고가 없습니다", "Nothing is yours to do here"),
            language.say(
                "행동계획에 참여하는 기관의 담당자로 로그인하면 보고할 일이 여기에 나옵니다.",
                "Sign in as an official of a body that takes part in the plan to see what to report.",
            ),
        );
        return page.body(Html::empty().and(empty));
    }
    page.body(ministry(visitor, caller, desk))
}

fn heading(text: &str) -> Html {
    Html::trusted(format!("<h2>{text}</h2>"))
}

fn ministry(visitor: &Visitor, caller: &Caller, Desk { whole, advices, assigned, held, .. }: &Desk) -> Html {
    let language = visitor.language;
    let filter = Filter { body: Some(caller.body().to_owned()), ..Filter::default() };
    let leads = whole.overview.filtered(&filter).into_iter().filter(|seen| is_lead(seen, caller.body()));
    let (owed, others): (Vec<&Seen>, Vec<&Seen>) =
        leads.partition(|seen| seen.standing.report_missing || seen.standing.status == Status::Late);
    let own: Vec<&Named<Advice>> = advices
        .iter()
        .filter(|named| named.state.given.as_ref().is_some_and(|given| given.body == caller.body()))
        .collect();
    let mut html = Html::empty();
    if !own.is_empty() {
        html = html.and(heading(language.say("위원회 권고", "Recommendations of the committee")));
        html = own.iter().fold(html, |html, named| html.and(advice(visitor, named, false)));
    }
    let back = |number: Number| whole.seen(number).is_some_and(|seen| is_lead(seen, caller.body()));
    html.and(desk::of_ministry(visitor, caller.body(), whole, assigned))
        .and(desk::sent_back(language, held, back))
        .and(heading(language.say("보고할 것", "To be reported")))
        .and(links(visitor, &owed))
        .and(heading(language.say("그 밖에 주관하는 것", "All else that you lead")))
        .and(links(visitor, &others))
}

fn is_lead(seen: &Seen, body: &str) -> bool {
    seen.recommendation.entry.as_ref().is_some_and(|entry| entry.lead == body)
}

/// As lists are, with the way to the form first.
fn links(visitor: &Visitor, seen: &[&Seen]) -> Html {
    let language = visitor.language;
    if seen.is_empty() {
        return Html::paragraphs(language.say("없습니다.", "None."));
    }
    let items = seen.iter().filter_map(|seen| {
        let entry = seen.recommendation.entry.as_ref()?;
        let next = seen.standing.next.map(|due| words::deadline(language, due.quarter, due.bound)).unwrap_or_default();
        Some(format!(
            "<li><a href=\"/plan/work/{}\">{} {}</a> {} <span>{next}</span></li>",
            entry.number,
            entry.number,
            words::korean(language, &entry.task_title),
            words::status_tag(language, seen.standing.status),
        ))
    });
    Html::trusted(format!("<ul class=\"plain-list\">{}</ul>", items.collect::<String>()))
}

fn committee(visitor: &Visitor, Desk { whole, advices, assigned, held, book }: &Desk) -> Html {
    let language = visitor.language;
    let overview = &whole.overview;
    let of =
        |status: Status| -> Vec<&Seen> { overview.seen.iter().filter(|seen| seen.standing.status == status).collect() };
    let mut html = heading(language.say("확인할 완료 보고", "Reported done, to be confirmed"))
        .and(links(visitor, &of(Status::DoneReported)));
    html = html
        .and(desk::waiting(language, held))
        .and(desk::of_committee(visitor, whole, assigned))
        .and(heading(language.say("기관에 한 권고", "Recommendations to agencies")));
    if advices.is_empty() {
        html = html.and(Html::paragraphs(language.say("아직 없습니다.", "None yet.")));
    }
    html = advices.iter().fold(html, |html, named| html.and(advice(visitor, named, true)));
    html.and(advise_form(visitor))
        .and(heading(language.say("분기 현황", "Standing of a quarter")))
        .and(freezing(visitor, Quarter::of(overview.day).previous(), book))
        .and(heading(language.say("늦은 권고", "Late")))
        .and(lists::list(visitor, &of(Status::Late)))
}

/// The quarter that ended last can be frozen, once; those that were are there to be read.
fn freezing(visitor: &Visitor, ended: Quarter, book: &Book) -> Html {
    let language = visitor.language;
    let all = words::link("/plan/quarters", language.say("확정한 분기 보기", "Frozen quarters"));
    let html = Html::paragraphs(language.say(
        "확정한 현황은 기록에 남아 나중에 바뀌지 않습니다.",
        "What is frozen stays in the log and does not change later.",
    ))
    .and(Html::trusted("<p>"))
    .and(all)
    .and(Html::trusted("</p>"));
    if book.frozen.contains_key(&ended) {
        let text = language
            .pick(format!("{} 현황은 확정했습니다.", ended.korean()), format!("{} is frozen.", ended.english()));
        return html.and(Html::paragraphs(&text));
    }
    let label = language.pick(format!("{} 현황 확정", ended.korean()), format!("Freeze {}", ended.english()));
    html.and(
        Form::post(visitor, "/plan/work/freeze")
            .hidden("quarter", ended.to_string())
            .body(Html::empty().and(Button::secondary(label).small())),
    )
}

fn advise_form(visitor: &Visitor) -> Html {
    let language = visitor.language;
    let choices = bodies::bodies()
        .iter()
        .filter(|body| body.id != bodies::ALL_CONCERNED && body.id != bodies::COMMITTEE)
        .map(|body| Choice::new(body.id, language.say(body.name, body.name_en)));
    let form = Form::post(visitor, "/plan/work/advice").body(
        Html::empty()
            .and(Field::select(language, "body", language.say("기관", "Body"), choices))
            .and(Field::text(language, "title", language.say("제목", "Title")).longest(200))
            .and(Field::area(language, "text", language.say("권고 내용", "What is recommended")).rows(5))
            .and(Field::text(language, "meeting", language.say("의결한 회의", "Meeting that decided it")).longest(200))
            .and(
                Field::date(language, "received", language.say("기관이 받은 날", "Day of receipt"))
                    .value(maru_web::in_korea(visitor.now).date().to_string()),
            )
            .and(Button::secondary(language.say("권고하기", "Recommend"))),
    );
    let title = language.say("새 권고", "A new recommendation to an agency");
    Html::empty().and(Disclosure::new(title, Html::empty().and(form)))
}

/// A recommendation to an agency with its clock.
fn advice(visitor: &Visitor, named: &Named<Advice>, for_committee: bool) -> Html {
    let language = visitor.language;
    let advice = &named.state;
    let (Some(given), Some(due)) = (&advice.given, advice.due) else { return Html::empty() };
    let clock = match &advice.answer {
        Some(answer) if answer.in_time => {
            Html::empty().and(Tag::new(Tone::Good, language.say("기한 안에 보고", "Reported in time")))
        }
        Some(_) => Html::empty().and(Tag::new(Tone::Attention, language.say("늦게 보고", "Reported late"))),
        None => {
            let end = maru_calendar::instant(maru_calendar::WorkingCalendar::closing(due));
            Html::empty().and(ClockBadge::counting(language, visitor.now, end))
        }
    };
    let mut facts = DefinitionList::new()
        .markup(language.say("기관", "Body"), words::body_link(language, &given.body))
        .text(language.say("받은 날", "Received"), &language.date(given.received))
        .text(language.say("보고 기한", "Due"), &format!("{} ({})", language.date(due), language.law(ARTICLE)))
        .markup(language.say("내용", "Text"), words::korean(language, &given.text));
    if let Some(asked) = &advice.asked {
        facts = facts.text(
            language.say("연장 요청", "More time asked for"),
            &format!("{}: {}", language.date(asked.until), asked.reason),
        );
    }
    if let Some(answer) = &advice.answer {
        facts = facts
            .markup(language.say("개선방안", "Improvement"), words::korean(language, &answer.improvement))
            .markup(language.say("실천방안", "Action"), words::korean(language, &answer.action));
    }
    let mut body = Html::empty();
    if let Some(before) = advice.moved_from.filter(|_| advice.answer.is_none()) {
        let (before, due) = (language.date(before), language.date(due));
        let text = language.pick(
            format!("정부가 공휴일을 새로 지정하여 보고 기한이 {before}에서 {due}로 바뀌었습니다 (민법 제161조)."),
            format!("The government announced a holiday: the report is due on {due}, no longer on {before} (Civil Act, article 161)."),
        );
        body = body.and(Notice::new(language, NoticeKind::Information, &text));
    }
    body = body.and(facts);
    if for_committee && advice.asked.is_some() {
        body = body.and(
            Form::post(visitor, format!("/plan/work/advice/{}/decision", named.id)).body(
                Html::empty()
                    .and(Button::secondary(language.say("연장", "Grant")).small().named("granted", "yes"))
                    .and(Button::secondary(language.say("연장하지 않음", "Refuse")).small().named("granted", "no")),
            ),
        );
    }
    if !for_committee && advice.answer.is_none() {
        body = body.and(answer_forms(visitor, &named.id));
    }
    Html::empty().and(Card::new(given.title.clone()).third_level().mark(clock).body(body))
}

fn answer_forms(visitor: &Visitor, id: &str) -> Html {
    let language = visitor.language;
    let area = |name: &str, label: &'static str, rows: usize| {
        words::one_of_several(name, id, |name| Field::area(language, name, label).rows(rows))
    };
    let answer = Form::post(visitor, format!("/plan/work/advice/{id}/answer")).body(
        area("improvement", language.say("개선방안", "Improvement plan"), 4)
            .and(area("action", language.say("실천방안", "Action plan"), 4))
            .and(Button::primary(language.say("보고하기", "Report"))),
    );
    let until =
        words::one_of_several("until", id, |name| Field::date(language, name, language.say("언제까지", "Until")));
    let more = Form::post(visitor, format!("/plan/work/advice/{id}/extension")).body(
        until
            .and(area("reason", language.say("불가피한 사유", "Why it cannot be avoided"), 3))
            .and(Button::secondary(language.say("기한 연장 요청", "Ask for more time"))),
    );
    Html::empty()
        .and(Disclosure::new(language.say("개선방안과 실천방안 보고", "Report the plan"), Html::empty().and(answer)))
        .and(Disclosure::new(language.say("기한 연장 요청", "Ask for more time"), Html::empty().and(more)))
}

/// What an official wrote, to be shown again with its errors.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default)]
pub(super) struct Written {
    pub(super) quarter: String,
    pub(super) summary: String,
    pub(super) obstacle: String,
    pub(super) done: Vec<String>,
    pub(super) complete: String,
    pub(super) evidence_title: Vec<String>,
    pub(super) evidence_address: Vec<String>,
    /// Names of files that were chosen; browsers do not send them twice.
    pub(super) file: Vec<String>,
    /// Hashes of files of earlier reports that stay.
    pub(super) keep: Vec<String>,
    /// Whether it was asked which of these stay.
    pub(super) shown: String,
    /// By which the same form that is sent twice is recognised.
    pub(super) key: String,
}

/// The page of one recommendation for who works on it.
pub(super) fn recommendation(
    visitor: &Visitor,
    caller: &Caller,
    seen: &Seen,
    (may_report, may_confirm, may_amend, may_withdraw): (bool, bool, bool, bool),
    written: &Written,
    errors: &[FieldError],
) -> Option<Page> {
    let language = visitor.language;
    let entry = seen.recommendation.entry.as_ref()?;
    let title =
        language.pick(format!("권고 {} 보고", entry.number), format!("Report on recommendation {}", entry.number));
    let mut page = Page::new(visitor, title, PageKind::Citizen)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("업무", "Work"), "/plan/work");
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    body = body
        .and(Html::trusted("<p>"))
        .and(words::status_tag(language, seen.standing.status))
        .and(Html::text(&format!(" {}", words::ground(language, &seen.standing))))
        .and(Html::trusted("</p><blockquote>"))
        .and(words::korean(language, &entry.text))
        .and(Html::trusted("</blockquote>"))
        .and(task::back(visitor, entry.number.task));
    if may_amend {
        body = body.and(task::ways_to_amend(visitor, entry));
    }
    if may_report && seen.standing.status != Status::Confirmed {
        body = body.and(report_form(visitor, caller, seen, written, errors));
    }
    if may_confirm && seen.recommendation.complete {
        body = body.and(confirm_forms(visitor, seen, errors));
    }
    if may_withdraw {
        body = body.and(files::withdrawals(visitor, &seen.recommendation, errors));
    }
    if let Some(left_out) = &seen.recommendation.left_out {
        let notice = Notice::new(language, NoticeKind::Information, "")
            .title(language.say("계획에서 빠진 권고입니다", "It was left out of the plan"))
            .markup(words::korean(language, &format!("{}: {}", left_out.version, left_out.reason)));
        body = body.and(notice);
    } else if !may_report && !may_confirm {
        let text = language.say(
            "이 권고를 맡은 기관만 보고할 수 있습니다.",
            "Only the bodies that take part in this recommendation report on it.",
        );
        body = body.and(Notice::new(language, NoticeKind::Information, text));
    }
    Some(page.body(body))
}

fn report_form(visitor: &Visitor, caller: &Caller, seen: &Seen, written: &Written, errors: &[FieldError]) -> Form {
    let language = visitor.language;
    let now = Quarter::of(caller.today());
    let quarters =
        [now.previous(), now].map(|quarter| Choice::new(quarter.to_string(), words::quarter(language, quarter)));
    let chosen = if written.quarter.is_empty() { now.previous().to_string() } else { written.quarter.clone() };
    let entry = seen.recommendation.entry.as_ref();
    let number = seen.number();
    let deadlines = entry.iter().flat_map(|entry| entry.deadlines.iter().enumerate());
    let deadlines = deadlines.map(|(place, deadline)| {
        Choice::new(place.to_string(), words::deadline(language, deadline.quarter, deadline.bound))
    });
    let mut done =
        Field::checkboxes(language, "done", language.say("마친 기한", "Deadlines that were met"), deadlines).optional();
    for place in &seen.recommendation.done {
        done = done.value(place.to_string());
    }
    for place in &written.done {
        done = done.value(place.clone());
    }
    let all = Choice::new("yes", language.say("권고한 일을 모두 마쳤습니다", "Everything recommended is done"));
    let complete = Field::checkboxes(language, "complete", language.say("완료", "Completion"), [all])
        .optional()
        .value(written.complete.clone());
    // Prefilled with what was reported last: a few words are put right, not written anew.
    let last = seen.recommendation.last_report.as_ref();
    let summary = if written.summary.is_empty() {
        last.map(|report| report.summary.clone()).unwrap_or_default()
    } else {
        written.summary.clone()
    };
    let mut fields = Html::empty()
        .and(
            Field::radios(language, "quarter", language.say("어느 분기 실적인가요?", "Which quarter?"), quarters)
                .value(chosen)
                .errors(errors),
        )
        .and(
            Field::area(language, "summary", language.say("무엇을 했나요?", "What was done?"))
                .hint(language.say(
                    "형용사 대신 한 일을 적어 주세요. 상태는 규칙이 정합니다.",
                    "Say what was done rather than how well it goes. The status follows from rules.",
                ))
                .rows(5)
                .counted(4_000)
                .value(summary)
                .errors(errors),
        );
    if entry.is_some_and(|entry| !entry.deadlines.is_empty()) {
        fields = fields.and(done);
    }
    fields = fields.and(complete).and(
        Field::area(language, "obstacle", language.say("어려운 점이 있나요?", "What stands in the way?"))
            .rows(3)
            .optional()
            .value(written.obstacle.clone()),
    );
    let shown = if written.evidence_title.is_empty() && written.evidence_address.is_empty() {
        last.map(|report| report.evidence.clone()).unwrap_or_default()
    } else {
        let pairs = written.evidence_title.iter().zip(&written.evidence_address);
        pairs.map(|(title, address)| Evidence { title: title.clone(), address: address.clone() }).collect()
    };
    fields = fields
        .and(evidence_fields(language, &shown, errors))
        .and(files::fields(language, &seen.recommendation, written, errors))
        .and(Button::primary(language.say("보고하기", "Send the report")));
    Form::post(visitor, format!("/plan/work/{number}/report"))
        .hidden("key", &written.key)
        .hidden("shown", "yes")
        .with_files()
        .guarded()
        .body(fields)
}

/// How many empty places for evidence there are beside what was shown last.
const MORE_EVIDENCE: usize = 3;

/// All evidence that was shown, to be kept or put right, and places for more.
fn evidence_fields(language: Language, shown: &[Evidence], errors: &[FieldError]) -> Html {
    let of =
        |place: usize| shown.get(place).cloned().unwrap_or(Evidence { title: String::new(), address: String::new() });
    let first = of(0);
    let fields = Html::empty()
        .and(
            Field::text(language, "evidence_title", language.say("증빙 이름", "Name of the evidence"))
                .optional()
                .value(first.title),
        )
        .and(
            Field::text(
                language,
                "evidence_address",
                language.say("증빙 주소 (https://)", "Address of the evidence (https://)"),
            )
            .optional()
            .value(first.address)
            .input_mode("url")
            .errors(errors),
        );
    let places = (shown.len().max(1) + MORE_EVIDENCE).min(MOST_EVIDENCE);
    let more = (1..places).fold(Html::empty(), |html, place| {
        let (one, number) = (of(place), place + 1);
        let title = language.pick(format!("증빙 {number}: 이름"), format!("Evidence {number}: name"));
        let address = language.pick(format!("증빙 {number}: 주소"), format!("Evidence {number}: address"));
        html.and(words::one_of_several("evidence_title", &number.to_string(), |name| {
            Field::text(language, name, title).optional().value(one.title)
        }))
        .and(words::one_of_several("evidence_address", &number.to_string(), |name| {
            Field::text(language, name, address).optional().value(one.address).input_mode("url")
        }))
    });
    let disclosure = Disclosure::new(language.say("증빙 더 넣기", "More evidence"), more);
    fields.and(if shown.len() > 1 { disclosure.open() } else { disclosure })
}

fn confirm_forms(visitor: &Visitor, seen: &Seen, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let number = seen.number();
    let evidence = files::evidence(visitor, &seen.recommendation);
    let confirm = Form::post(visitor, format!("/plan/work/{number}/confirm")).body(
        Html::empty()
            .and(
                Field::area(language, "note", language.say("무엇을 보고 확인했나요?", "What did you look at?"))
                    .rows(3)
                    .errors(errors),
            )
            .and(Button::primary(language.say("완료 확인", "Confirm that it is done"))),
    );
    let back = Form::post(visitor, format!("/plan/work/{number}/send-back")).body(
        Html::empty()
            .and(
                Field::area(language, "reason", language.say("왜 돌려보내나요?", "Why is it sent back?"))
                    .rows(3)
                    .errors(errors),
            )
            .and(Button::secondary(language.say("돌려보내기", "Send back"))),
    );
    heading(language.say("위원회 확인", "The committee's confirmation")).and(evidence).and(confirm).and(back)
}
