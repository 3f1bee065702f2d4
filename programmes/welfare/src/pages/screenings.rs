//! Screenings of all households: started, watched, looked at; findings made into proposals.

use axum::{
    extract::State as Of,
    http::HeaderName,
    response::{IntoResponse, Redirect, Response},
};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, PageKind, Path, Problem, Visitor,
    components::{
        Button, Choice, DefinitionList, EmptyState, ErrorSummary, Field, Form, KeyFigure, KeyFigures, Notice,
        NoticeKind, Table, Tag, Tone,
    },
};
use serde::Deserialize;

use super::{Pages, ages, caller_of, proposal_rules, words};
use crate::{
    ServiceError,
    domain::{
        BENEFITS, Benefit, Month, ScreeningRun,
        screening_run::{Batch, LARGEST_BATCH},
    },
    evaluation::LawBook,
    screening::{BenefitCounts, Compared, Difference, Summary, reasons},
    service::Watched,
    store::Named,
};

/// Seconds after which the page of a screening that runs opens itself anew.
const ANEW: &str = "3";
/// Households of a batch unless said otherwise.
const USUAL_BATCH: &str = "50";
/// Reasons that are shown for each way to differ.
const REASONS_SHOWN: usize = 6;

fn count(language: Language, count: u64) -> String {
    language.number(i64::try_from(count).unwrap_or(i64::MAX))
}

pub(super) async fn list(Of(pages): Of<Pages>, visitor: Visitor) -> Result<Page, Problem> {
    visitor.signed_in()?;
    list_page(&pages, &visitor, "", &[]).await
}

pub(super) async fn list_page(
    pages: &Pages,
    visitor: &Visitor,
    month: &str,
    errors: &[FieldError],
) -> Result<Page, Problem> {
    let language = visitor.language;
    let caller = caller_of(visitor);
    let runs = pages.service.screenings(&caller).await?;
    let may = pages.service.may(&caller, "screen-households", &pages.service.desk());
    let month = if month.is_empty() { Month::of(caller.today()).to_string() } else { month.to_owned() };
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    if may {
        body = body.and(start_form(visitor, &month, errors));
    }
    body = if runs.is_empty() {
        body.and(EmptyState::new(
            language.say("아직 점검한 달이 없습니다", "No month was screened yet"),
            language.say(
                "달을 정해 점검하면 받을 수 있는데 받지 않는 가구의 수가 여기에 나옵니다.",
                "Screen a month: how many households miss something is told here.",
            ),
        ))
    } else {
        body.and(runs_table(language, &runs))
    };
    body = body.and(ages::section(language, &pages.service.ages(&caller).await?));
    let rules = pages.service.proposal_rules(&caller).await?;
    let switches = pages.service.store().switches().await.map_err(ServiceError::from)?;
    body = body.and(proposal_rules::section(visitor, (&rules, &switches, caller.today()), may, errors));
    let page = Page::new(visitor, language.say("모든 가구 점검", "Screening of all households"), PageKind::Official)
        .breadcrumb(language.say("찾은 급여", "Benefits found"), "/welfare/work")
        .lead(language.say(
            "모든 가구를 모든 급여와 견주어 받을 수 있는데 받지 않는 것, 더 받는 것, 기준에 가까운 것을 셉니다.",
            "Every household against every benefit: what is missed, what is paid too much, who is near a line.",
        ))
        .personal()
        .body(body);
    Ok(if errors.is_empty() { page } else { page.with_errors() })
}

fn start_form(visitor: &Visitor, month: &str, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let field = Field::text(language, "month", language.say("점검할 달", "Month to screen"))
        .longest(7)
        .value(month)
        .errors(errors);
    let button = Button::primary(language.say("점검 시작", "Start"));
    Html::empty().and(Form::post(visitor, "/welfare/work/screenings").body(Html::empty().and(field).and(button)))
}

fn standing(language: Language, run: &ScreeningRun) -> Html {
    let (tone, label) = match (&run.summary, &run.failed) {
        (Some(_), _) => (Tone::Good, language.say("끝남", "Done")),
        (_, Some(_)) => (Tone::Bad, language.say("하지 못함", "Failed")),
        _ => (Tone::Active, language.say("진행 중", "Running")),
    };
    Html::empty().and(Tag::new(tone, label))
}

fn month_of(language: Language, run: &ScreeningRun) -> String {
    run.month.map(|month| words::month(language, month)).unwrap_or_default()
}

fn runs_table(language: Language, runs: &[Named<ScreeningRun>]) -> Html {
    let mut table = Table::new(language.say("점검한 달", "Screenings"))
        .hidden_caption()
        .column(language.say("달", "Month"))
        .figures(language.say("가구", "Households"))
        .figures(language.say("놓친 것이 있는 가구", "Households that miss something"))
        .column(language.say("누가, 언제", "By, when"))
        .column(language.say("상태", "Standing"));
    for run in runs {
        let state = &run.state;
        let of = |number: Option<u64>| Html::text(&number.map(|number| count(language, number)).unwrap_or_default());
        let by = state.by.as_ref().map(|by| by.name.clone()).unwrap_or_default();
        let at = state.at.map(|at| language.date_time(at)).unwrap_or_default();
        let link = format!(
            "<a href=\"/welfare/work/screenings/{}\">{}</a>",
            Html::text(&run.id),
            Html::text(&month_of(language, state))
        );
        table = table.row([
            Html::trusted(link),
            of(state.summary.as_ref().map(|summary| summary.households)),
            of(state.summary.as_ref().map(|summary| summary.missing_households)),
            Html::text(&format!("{by}, {at}")),
            standing(language, state),
        ]);
    }
    Html::empty().and(table)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Starting {
    month: String,
}

pub(super) async fn start(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Sent(written): Sent<Starting>,
) -> Result<Response, Problem> {
    visitor.signed_in()?;
    let errors = match written.month.trim().parse::<Month>() {
        Ok(month) => match pages.service.request_screening(&caller_of(&visitor), month).await {
            Ok(id) => return Ok(Redirect::to(&format!("/welfare/work/screenings/{id}")).into_response()),
            Err(error) => error.in_form("month")?,
        },
        Err(_) => vec![FieldError::new("month", "달을 2026-03처럼 적어 주세요.", "Write the month as 2026-03.")],
    };
    Ok(list_page(&pages, &visitor, &written.month, &errors).await?.into_response())
}

pub(super) async fn one(Of(pages): Of<Pages>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    visitor.signed_in()?;
    let (page, is_busy) = one_page(&pages, &visitor, &id, &[]).await?;
    if is_busy {
        return Ok(([(HeaderName::from_static("refresh"), ANEW)], page).into_response());
    }
    Ok(page.into_response())
}

async fn one_page(pages: &Pages, visitor: &Visitor, id: &str, errors: &[FieldError]) -> Result<(Page, bool), Problem> {
    let language = visitor.language;
    let caller = caller_of(visitor);
    let watched = pages.service.screening(&caller, id).await?;
    let may = pages.service.may(&caller, "screen-households", &pages.service.desk());
    let state = &watched.run.state;
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    body = match (&state.summary, &state.failed) {
        (Some(summary), _) => {
            let about = pages.service.population().filter(|about| about.synthetic);
            let html = body.and(about.map_or_else(Html::empty, |_| invented(language)));
            let html = html.and(summary_html(language, pages.service.law(), summary));
            html.and(proposals(visitor, &watched, summary, may, errors))
        }
        (None, Some(reason)) => {
            let text = language.pick(format!("점검하지 못했습니다: {reason}"), format!("It failed: {reason}"));
            body.and(Notice::new(language, NoticeKind::Warning, &text))
        }
        (None, None) => body.and(progress(language, &watched, ("점검하고 있습니다", "It is being screened"))),
    };
    let title = language.pick(
        format!("{} 가구 점검", month_of(language, state)),
        format!("Screening of {}", month_of(language, state)),
    );
    let page = Page::new(visitor, title, PageKind::Official)
        .breadcrumb(language.say("모든 가구 점검", "Screening of all households"), "/welfare/work/screenings")
        .personal()
        .body(body);
    let is_busy = state.is_open() || state.open_batch().is_some();
    Ok((if errors.is_empty() { page } else { page.with_errors() }, is_busy))
}

fn progress(language: Language, watched: &Watched, (ko, en): (&str, &str)) -> Html {
    let (done, all) = watched.progress.map_or((0, 0), |progress| (progress.done, progress.all));
    let text = if all == 0 {
        language.say("시작합니다.", "It begins.").to_owned()
    } else {
        language.pick(format!("{all} 가운데 {done}까지 했습니다."), format!("{done} of {all} are done."))
    };
    let bar = Html::trusted(format!(
        "<progress class=\"lab-progress\" max=\"{}\" value=\"{done}\" aria-label=\"{}\"></progress>",
        all.max(1),
        language.say("진행", "Progress")
    ));
    let notice = Notice::new(language, NoticeKind::Information, &text).title(language.say(ko, en)).announced();
    Html::empty().and(notice).and(bar).and(Html::paragraphs(language.say(
        "이 화면은 스스로 새로 열립니다. 서버가 다시 시작되면 끝난 부분 다음부터 이어집니다.",
        "This page opens itself anew. After a restart of the server it goes on behind the parts that are done.",
    )))
}

/// What must not be taken for the nation's own figures.
fn invented(language: Language) -> Html {
    let text = language.say(
        "합성 표본입니다. 그 안의 누구도 실제 사람이 아니고, 지금 받는 급여도 지어낸 비율로 한 번 정한 것입니다.",
        "A synthetic sample: nobody in it is real, and what is received was drawn once, with invented shares.",
    );
    Html::empty().and(Notice::new(language, NoticeKind::Information, text))
}

fn summary_html(language: Language, law: &LawBook, summary: &Summary) -> Html {
    let figure =
        |label: &str, value: String, note: &str| KeyFigure { label: label.to_owned(), value, note: note.to_owned() };
    let sum = |of: fn(&BenefitCounts) -> u64| count(language, summary.benefits.values().map(of).sum());
    let figures = KeyFigures::new([
        figure(language.say("가구", "Households"), count(language, summary.households), ""),
        figure(
            language.say("놓친 것이 있는 가구", "Households that miss something"),
            count(language, summary.missing_households),
            "",
        ),
        figure(language.say("받을 수 있는 급여", "Entitled"), sum(|one| one.entitled), language.say("건", "benefits")),
        figure(language.say("받는 급여", "Received"), sum(|one| one.received), language.say("건", "benefits")),
        figure(language.say("놓친 급여", "Missed"), sum(|one| one.missed), language.say("건", "benefits")),
        figure(language.say("더 받는 급여", "Over-received"), sum(|one| one.over), language.say("건", "benefits")),
        figure(
            language.say("기준에 가까움", "Near a line"),
            sum(|one| one.near),
            language.say("기준의 5% 안", "within 5%"),
        ),
    ]);
    let facts = DefinitionList::new()
        .text(language.say("적용한 법", "Rules"), &summary.rules)
        .text(language.say("인구 자료", "Population"), &summary.population);
    Html::empty()
        .and(figures)
        .and(words::heading(language.say("급여별", "By benefit")))
        .and(by_benefit(language, summary))
        .and(compared(language, law, summary))
        .and(facts)
}

fn by_benefit(language: Language, summary: &Summary) -> Html {
    let mut table = Table::new(language.say("급여별", "By benefit"))
        .hidden_caption()
        .column(language.say("급여", "Benefit"))
        .figures(language.say("받을 수 있음", "Entitled"))
        .figures(language.say("받음", "Received"))
        .figures(language.say("놓침", "Missed"))
        .figures(language.say("놓친 금액", "Won missed"))
        .figures(language.say("덜 받음", "Under"))
        .figures(language.say("더 받음", "Over"))
        .figures(language.say("더 받은 금액", "Won over"))
        .figures(language.say("기준에 가까움", "Near"))
        .figures(language.say("법이 열어 둠", "Left open by law"));
    for benefit in &BENEFITS {
        let Some(one) = summary.benefits.get(benefit.id) else { continue };
        let won = |amount: i64| if benefit.is_paid() { language.won(amount) } else { String::new() };
        table = table.row(
            [
                words::benefit(language, benefit).to_owned(),
                count(language, one.entitled),
                count(language, one.received),
                count(language, one.missed),
                won(one.missed_won),
                count(language, one.under),
                count(language, one.over),
                won(one.over_won),
                count(language, one.near),
                count(language, one.open),
            ]
            .map(|text| Html::text(&text)),
        );
    }
    Html::empty().and(table)
}

fn compared(language: Language, law: &LawBook, summary: &Summary) -> Html {
    if summary.compared.is_empty() {
        return Html::paragraphs(
            language.say("견줄 지난 점검이 없습니다.", "There is no earlier screening to compare with."),
        );
    }
    let mut table = Table::new(language.say("지난 점검과 견주기", "Against the last screening"))
        .hidden_caption()
        .column(language.say("급여", "Benefit"))
        .figures(language.say("새로 놓침", "Newly missed"))
        .figures(language.say("그대로 놓침", "Still missed"))
        .figures(language.say("금액이 달라짐", "Other amount"))
        .figures(language.say("이제 받음", "Received now"))
        .figures(language.say("이제 해당 없음", "Not due now"))
        .figures(language.say("인구에서 빠짐", "Gone"))
        .column(language.say("까닭", "Why"));
    for benefit in &BENEFITS {
        let Some(one) = summary.compared.get(benefit.id) else { continue };
        let Compared { new, same, other_amount, now_received, no_longer_due, gone } = one;
        let numbers = [new, same, other_amount, now_received, no_longer_due, gone];
        let mut row = vec![Html::text(words::benefit(language, benefit))];
        row.extend(numbers.map(|number| Html::text(&count(language, *number))));
        row.push(why(language, law, summary, benefit));
        table = table.row(row);
    }
    let rules = match summary.rules_changed {
        Some(true) => Html::paragraphs(language.say(
            "지난 점검과 법이 다릅니다. 사실이 같아도 결과가 달라질 수 있습니다.",
            "The rules are other than then: results may differ where no fact does.",
        )),
        _ => Html::empty(),
    };
    words::heading(language.say("지난 점검과 견주기", "Against the last screening")).and(rules).and(table)
}

/// The facts that are other than then, those of most results first.
fn why(language: Language, law: &LawBook, summary: &Summary, benefit: &Benefit) -> Html {
    let Some(differences) = summary.reasons.get(benefit.id) else { return Html::empty() };
    let lines = differences.iter().map(|(difference, facts)| {
        let mut facts: Vec<(&String, &u64)> = facts.iter().collect();
        facts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let shown = facts.iter().take(REASONS_SHOWN);
        let told = shown.map(|(fact, number)| format!("{} {}", reason(language, law, fact), count(language, **number)));
        let told = told.collect::<Vec<_>>().join(", ");
        let what = match difference {
            Difference::New => language.say("새로 놓침", "newly missed"),
            Difference::OtherAmount => language.say("금액", "other amount"),
            Difference::NoLongerDue => language.say("해당 없음", "not due"),
        };
        Html::text(&format!("{what}: {told}"))
    });
    words::list(lines)
}

fn reason(language: Language, law: &LawBook, fact: &str) -> String {
    match fact {
        reasons::MEMBERS => language.say("가구원", "members").to_owned(),
        reasons::NOT_THERE => language.say("지난번에 없던 가구", "household not there before").to_owned(),
        reasons::RECEIVED => language.say("받던 것", "what was received").to_owned(),
        reasons::NO_FACT => language.say("달·나이·법", "month, age or rules").to_owned(),
        fact => law.label(fact).in_language(language == Language::Korean).to_owned(),
    }
}

fn proposals(visitor: &Visitor, watched: &Watched, summary: &Summary, may: bool, errors: &[FieldError]) -> Html {
    let language = visitor.language;
    let state = &watched.run.state;
    let mut html = words::heading(language.say("찾은 것을 제안으로", "From findings to proposals"));
    if !state.batches.is_empty() {
        html = html.and(batches(language, &state.batches)).and(in_lots(language, watched.lots));
    }
    if state.open_batch().is_some() {
        return html.and(progress(language, watched, ("제안을 만들고 있습니다", "Proposals are being made")));
    }
    if !may {
        return html;
    }
    let missed = BENEFITS.iter().filter_map(|benefit| {
        let missed = summary.benefits.get(benefit.id).map(|one| one.missed).filter(|missed| *missed > 0)?;
        let name = words::benefit(language, benefit);
        let label = language.pick(
            format!("{name} – 놓친 {}건", count(language, missed)),
            format!("{name} – {} missed", count(language, missed)),
        );
        Some(Choice::new(benefit.id, label))
    });
    let fields = Html::paragraphs(language.say(
        "아직 제안이 없는 가구를 차례로 골라 제안을 만듭니다. 그 가구가 놓친 다른 급여도 함께 제안됩니다. 확인과 결정은 담당자가 합니다.",
        "Households without a proposal are taken in order; what else they miss is proposed with it. Officials confirm and decide.",
    ))
    .and(Field::select(language, "benefit", language.say("급여", "Benefit"), missed).errors(errors))
    .and(
        Field::text(language, "most", language.pick(
            format!("몇 가구까지 (많아야 {LARGEST_BATCH})"),
            format!("Up to how many households ({LARGEST_BATCH} at most)"),
        ))
        .longest(3)
        .value(USUAL_BATCH)
        .errors(errors),
    )
    .and(Button::primary(language.say("제안 만들기", "Make proposals")));
    let form = Form::post(visitor, format!("/welfare/work/screenings/{}/proposals", watched.run.id)).body(fields);
    html.and(form)
}

/// What rules asked for lies in lots.
fn in_lots(language: Language, (lots, proposals): (u64, u64)) -> Html {
    if lots == 0 {
        return Html::empty();
    }
    let (lots, proposals) = (count(language, lots), count(language, proposals));
    Html::paragraphs(&language.pick(
        format!(
            "규칙으로 찾은 제안 {proposals}건은 묶음 {lots}개에 담아 기록에 봉인했습니다. 담당자나 국민이 처음 열 때 그 가구의 제안이 각각의 사안이 됩니다."
        ),
        format!(
            "The {proposals} proposals that rules asked for lie in {lots} lots sealed on the log. When somebody first opens one, the proposals of its household become cases of their own."
        ),
    ))
}

fn batches(language: Language, batches: &[Batch]) -> Html {
    let mut table = Table::new(language.say("만든 제안", "Proposals made"))
        .column(language.say("급여", "Benefit"))
        .column(language.say("시킨 사람", "Ordered by"))
        .figures(language.say("가구", "Households"))
        .figures(language.say("새 제안", "Proposals"));
    for batch in batches {
        let name = crate::domain::benefit(&batch.benefit).map_or("", |benefit| words::benefit(language, benefit));
        let number = |number: u32| language.number(i64::from(number));
        let (households, opened) = match batch.done {
            Some((households, opened)) => (number(households), number(opened)),
            None => (language.say("만드는 중", "in the making").to_owned(), String::new()),
        };
        let by = if batch.by_rule {
            language.pick(format!("규칙 ({})", batch.by.name), format!("by rule ({})", batch.by.name))
        } else {
            batch.by.name.clone()
        };
        table = table.row([name.to_owned(), by, households, opened].map(|text| Html::text(&text)));
    }
    Html::empty().and(table)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Proposing {
    benefit: String,
    most: String,
}

pub(super) async fn propose(
    Of(pages): Of<Pages>,
    visitor: Visitor,
    Path(id): Path<String>,
    Sent(written): Sent<Proposing>,
) -> Result<Response, Problem> {
    visitor.signed_in()?;
    let errors = match written.most.trim().parse::<u32>() {
        Ok(most) if most > 0 => {
            match pages.service.propose_findings(&caller_of(&visitor), &id, written.benefit, most).await {
                Ok(()) => return Ok(Redirect::to(&format!("/welfare/work/screenings/{id}")).into_response()),
                Err(error) => error.in_form("benefit")?,
            }
        }
        _ => vec![FieldError::new("most", "1 이상의 수를 적어 주세요.", "Write a number from 1.")],
    };
    Ok(one_page(&pages, &visitor, &id, &errors).await?.0.into_response())
}
