//! Households with signals of a crisis: who is looked after first, each signal with its points, and what was found.

use axum::{
    extract::State as Of,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Html, Language, Page, PageKind, Path, Problem, Query, Visitor,
    components::{
        Button, Choice, DefinitionList, EmptyState, ErrorSummary, Field, Form, MachineLabel, SplitView, Table, Tabs,
        Tag, Tone, WorkItem,
    },
};
use serde::Deserialize;

use super::{Pages, caller_of, words};
use crate::{
    domain::{
        CrisisCase,
        crisis_case::{Contact, Found, Step},
    },
    service::{CrisisList, CrisisLook},
    store::{Named, Standing},
};

const ADDRESS: &str = "/welfare/work/crisis";

/// Which part of the worklist.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CrisisAddress {
    standing: String,
}

/// What an official writes after a call, a visit or an offer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    step: String,
    found: String,
    note: String,
}

pub(super) async fn list(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Query(address): Query<CrisisAddress>,
) -> Result<Page, Problem> {
    visitor.signed_in()?;
    let standing = Standing::from_identifier(&address.standing);
    let list = pages.service.crisis_list(&caller_of(&visitor), standing).await?;
    let language = visitor.language;
    let empty = EmptyState::new(
        language.say("가구를 고르세요", "Choose a household"),
        language.say(
            "왼쪽에서 고르면 신호와 점수, 다음에 할 일이 나옵니다.",
            "Its signals with their points and what to do next open here.",
        ),
    );
    let view =
        split(&visitor, &list, None).detail(language.say("고른 가구", "Chosen household"), Html::empty().and(empty));
    Ok(framed(&visitor, language.say("위기가구", "Households in crisis").to_owned(), &list, Html::empty().and(view)))
}

pub(super) async fn one(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(household): Path<String>,
    Query(address): Query<CrisisAddress>,
) -> Result<Page, Problem> {
    visitor.signed_in()?;
    one_page(&pages, &visitor, (&household, &address.standing), &Written::default(), &[]).await
}

pub(super) async fn record(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(household): Path<String>,
    maru_web::Form(written): maru_web::Form<Written>,
) -> Result<Response, Problem> {
    let (Some(step), Some(found)) = (Step::from_identifier(&written.step), Found::from_identifier(&written.found))
    else {
        let error =
            FieldError::new("found", "무엇을 했고 어땠는지 골라 주세요.", "Choose what was done and what came of it.");
        pages.service.crisis_list(&caller_of(&visitor), Standing::Open).await?;
        return Ok(one_page(&pages, &visitor, (&household, ""), &written, &[error]).await?.into_response());
    };
    let caller = caller_of(&visitor);
    match pages.service.record_contact(&caller, &household, (step, found), &written.note).await {
        Ok(_) => Ok(Redirect::to(&format!("{ADDRESS}/{household}")).into_response()),
        Err(error) => {
            let errors = error.in_form("note")?;
            Ok(one_page(&pages, &visitor, (&household, ""), &written, &errors).await?.into_response())
        }
    }
}

async fn one_page(
    pages: &Pages,
    visitor: &Visitor,
    (household, standing): (&str, &str),
    written: &Written,
    errors: &[FieldError],
) -> Result<Page, Problem> {
    let caller = caller_of(visitor);
    let look = pages.service.crisis_look(&caller, household).await?;
    let list = pages.service.crisis_list(&caller, Standing::from_identifier(standing)).await?;
    let language = visitor.language;
    let title = title(language, &look.case);
    let detail = Html::trusted("<div class=\"case-title\"><h2>")
        .and(Html::text(&title))
        .and(Html::trusted("</h2></div>"))
        .and(ErrorSummary::new(language, errors))
        .and(Html::trusted("<div class=\"case-columns\"><section class=\"case-question\">"))
        .and(seen(visitor, &look))
        .and(Html::trusted("</section><section class=\"case-answer\">"))
        .and(todo(visitor, &look, written, errors))
        .and(Html::trusted("</section></div>"));
    let view = split(visitor, &list, Some(household)).detail(language.say("고른 가구", "Chosen household"), detail);
    let page = framed(visitor, title, &list, Html::empty().and(view));
    Ok(if errors.is_empty() { page } else { page.with_errors() })
}

fn framed(visitor: &Visitor, title: String, list: &CrisisList, view: Html) -> Page {
    let language = visitor.language;
    let mut tabs = Tabs::new(language.say("보기", "Views"));
    for (standing, count) in &list.counts {
        let label = format!(
            "{} ({})",
            standing_words(language, *standing),
            language.number(i64::try_from(*count).unwrap_or(i64::MAX))
        );
        tabs = tabs.tab(label, format!("{ADDRESS}?standing={}", standing.identifier()), *standing == list.standing);
    }
    Page::new(visitor, title, PageKind::Official)
        .breadcrumb(language.say("찾은 급여", "Benefits found"), "/welfare/work")
        .lead(language.say(
            "점수는 누구를 먼저 살필지만 정합니다. 급여를 주거나 거부하는 데 쓰지 않습니다.",
            "The points say only who is looked after first. Nothing is given or refused by them.",
        ))
        .personal()
        .body(Html::empty().and(tabs).and(note(language, list.standing)).and(view))
}

fn note(language: Language, standing: Standing) -> Html {
    if standing != Standing::Below {
        return Html::empty();
    }
    Html::paragraphs(language.say(
        "기준 점수에 못 미치는 가구입니다. 이 가운데 몇 집을 골라 살피고 결과를 적으면, 점수가 누구를 놓치는지 잴 수 있습니다.",
        "These households lie below the line. Look at some of them and record what you find: only so can it be measured whom the points overlook.",
    ))
}

fn standing_words(language: Language, standing: Standing) -> &'static str {
    match standing {
        Standing::Open => language.say("살필 가구", "To look after"),
        Standing::Below => language.say("기준 아래", "Below the line"),
        Standing::Done => language.say("살핀 가구", "Looked after"),
    }
}

pub(super) fn step_words(language: Language, step: Step) -> &'static str {
    match step {
        Step::Visit => language.say("찾아가기", "Visit"),
        Step::Telephone => language.say("전화하기", "Telephone"),
        Step::Offer => language.say("신청 도와주기", "Offer to apply"),
    }
}

fn found_words(language: Language, found: Found) -> &'static str {
    match found {
        Found::InNeed => language.say("도움이 필요함 (신청 돕기: 신청함)", "In need (after an offer: applies)"),
        Found::NotInNeed => language.say("도움이 필요하지 않음", "Not in need"),
        Found::NotReached => language.say("만나지 못함", "Nobody reached"),
        Found::Unwilling => language.say("원하지 않음", "Wants no help"),
    }
}

fn title(language: Language, case: &Named<CrisisCase>) -> String {
    let short: String = case.id.chars().take(12).collect();
    let points = language.number(i64::from(case.state.points));
    language.pick(format!("가구 {short} · {points}점"), format!("Household {short} · {points} points"))
}

fn split(visitor: &Visitor, list: &CrisisList, open: Option<&str>) -> SplitView {
    let language = visitor.language;
    let items = list.cases.iter().map(|case| {
        let mut marks = Html::empty();
        if case.state.is_open() {
            let tone = if case.state.next() == Step::Visit { Tone::Attention } else { Tone::Active };
            marks = marks.and(Tag::new(tone, step_words(language, case.state.next())));
        }
        let before = case.state.contacts.last().map_or_else(
            || language.say("아직 아무도 살피지 않음", "nobody looked yet").to_owned(),
            |contact| told(language, contact),
        );
        let address = format!("{ADDRESS}/{}?standing={}", case.id, list.standing.identifier());
        WorkItem::new(title(language, case), address).marks(marks).note(before).selected(open == Some(case.id.as_str()))
    });
    let empty = EmptyState::new(
        language.say("여기에는 가구가 없습니다", "Nothing here"),
        language.say(
            "체납, 단전·단수, 급여 탈락 같은 신호를 등록 자료에서 읽으면 점수가 높은 가구부터 나옵니다.",
            "When registers tell of arrears, disconnections or refusals, households stand here, the most points first.",
        ),
    );
    SplitView::new(language.say("점수가 높은 차례", "Most points first"), items).empty(empty)
}

fn told(language: Language, contact: &Contact) -> String {
    format!(
        "{} · {} · {}",
        language.date(contact.on),
        step_words(language, contact.step),
        found_words(language, contact.found)
    )
}

/// The score, part by part, and what was found before.
fn seen(visitor: &Visitor, look: &CrisisLook) -> Html {
    let language = visitor.language;
    // Two columns: what belongs to a signal stands under it, so that the table fits beside the form.
    let mut table = Table::new(language.say("위기 신호와 점수", "Signals of a crisis, and their points"))
        .column(language.say("신호와 근거", "Signal, and on what it rests"))
        .figures(language.say("점수", "Points"));
    for part in &look.score.parts {
        let signal = &part.signal;
        let told = language.pick(
            format!("{}부터 · {} 알림", language.date(part.since), part.agency),
            format!("since {} · told by {}", language.date(part.since), part.agency),
        );
        let more = format!("{told} · {}", language.law(&signal.article));
        let cell = words::with_more(language.say(&signal.ko, &signal.en), &more);
        table = table.row([cell, Html::text(&language.number(i64::from(signal.points)))]);
    }
    let (points, line) = (language.number(i64::from(look.score.points)), language.number(i64::from(look.line)));
    let sum = language.pick(
        format!("합계 {points}점, 기준 {line}점 (오늘의 점수표로 계산)"),
        format!("{points} points in all; the line is {line} (by the table of today)"),
    );
    let mut html = Html::empty()
        .and(MachineLabel::new(
            language,
            language.say(
                "신호마다 정해진 점수를 더한 것입니다. 무엇을 할지는 담당자가 정합니다.",
                "The points of the signals are added up. What is done, an official decides.",
            ),
        ))
        .and(table)
        .and(Html::trusted("<p><strong>"))
        .and(Html::text(&sum))
        .and(Html::trusted("</strong></p><p><a href=\"/welfare/about\">"))
        .and(Html::text(language.say("점수표와 기준 보기", "The table of points and the line")))
        .and(Html::trusted("</a></p>"));
    if look.case.state.contacts.is_empty() {
        return html;
    }
    html = html.and(words::heading(language.say("살핀 기록", "What was found before")));
    for contact in look.case.state.contacts.iter().rev() {
        let list = DefinitionList::new()
            .text(told(language, contact), contact.note.value_or(language.say("지워짐", "erased")))
            .text(language.say("담당자", "By"), &contact.by.name);
        html = html.and(list);
    }
    html
}

/// What to do next, and the form to record it.
fn todo(visitor: &Visitor, look: &CrisisLook, written: &Written, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let case = &look.case.state;
    let next = case.next();
    let mut html = words::heading(language.say("다음에 할 일", "What to do next"));
    let text = match next {
        Step::Visit => language.say(
            "찾아가 주세요. 전기·수도·가스가 끊겼거나, 점수가 기준의 두 배이거나, 전화로 만나지 못한 가구입니다.",
            "Go there: something is cut, the score is twice the line, or nobody answered the telephone.",
        ),
        Step::Telephone => language.say("전화로 안부를 묻고 형편을 들어 주세요.", "Telephone, and hear how they are."),
        Step::Offer => language.say(
            "도움이 필요한 가구입니다. 받을 수 있는 급여의 신청을 도와주세요.",
            "The household is in need. Help it to apply for what is due.",
        ),
    };
    html = html
        .and(Html::trusted("<p><strong>"))
        .and(Html::text(step_words(language, next)))
        .and(Html::trusted("</strong></p>"))
        .and(Html::paragraphs(text))
        .and(due(language, look));
    let steps = Step::ALL.map(|step| Choice::new(step.identifier(), step_words(language, step)));
    let founds = Found::ALL.map(|found| Choice::new(found.identifier(), found_words(language, found)));
    let chosen = if written.step.is_empty() { next.identifier() } else { &written.step };
    let body = Html::empty()
        .and(
            Field::radios(language, "step", language.say("무엇을 했나요?", "What was done?"), steps)
                .inline()
                .value(chosen),
        )
        .and(
            Field::radios(language, "found", language.say("어땠나요?", "What came of it?"), founds)
                .value(written.found.clone())
                .errors(errors),
        )
        .and(
            Field::area(language, "note", language.say("확인한 내용", "What was found"))
                .rows(4)
                .value(written.note.clone())
                .errors(errors),
        )
        .and(Button::primary(language.say("적기", "Record")).shortcut("a"));
    html.and(Form::post(visitor, format!("{ADDRESS}/{}", look.case.id)).guarded().body(body))
}

/// What the household misses: what an offer is about.
fn due(language: Language, look: &CrisisLook) -> Html {
    let lines: Vec<Html> = look
        .proposals
        .iter()
        .filter_map(|one| {
            let (finding, benefit) = (one.state.finding.as_ref()?, one.state.benefit()?);
            let name = words::benefit(language, benefit);
            let amount = words::amount(language, benefit, finding.amount);
            Some(
                Html::trusted(format!("<a href=\"/welfare/work/{}\">", Html::text(&one.id)))
                    .and(Html::text(&format!("{name} · {amount}")))
                    .and(Html::trusted("</a>")),
            )
        })
        .collect();
    if lines.is_empty() {
        return Html::paragraphs(language.say(
            "받을 수 있는데 받지 않는 급여는 찾지 못했습니다. 긴급복지지원이 필요한지 살펴 주세요.",
            "No benefit was found that it misses. See whether emergency aid is needed.",
        ));
    }
    Html::trusted("<p>")
        .and(Html::text(language.say("받을 수 있는데 받지 않는 급여:", "Due to it, and not received:")))
        .and(Html::trusted("</p>"))
        .and(words::list(lines))
}
