//! The bills, indicators, budgets and milestones of the whole plan.

use jiff::civil::Date;
use maru_web::{
    Html, Language, Page, PageKind, Problem, Visitor,
    components::{EmptyState, KeyFigure, KeyFigures, Table, Tabs, Tag, Tone},
};

use super::show::{end_name, figure, stage_name, state_tag};
use crate::{
    ServiceError,
    domain::{
        Number, Particulars,
        particulars::{Bill, BillStage, Budget, Course, Indicator, Item, Kept, Milestone},
    },
    figures::Figure,
    pages::{Here, words},
};

/// The items of the whole plan of one kind, each with its recommendation.
type Found<'a, T> = Vec<(Number, &'a Kept, &'a T)>;

macro_rules! of_kind {
    ($all:expr, $kind:ident) => {
        $all.iter()
            .flat_map(|(number, particulars)| particulars.items.iter().map(move |kept| (*number, kept)))
            .filter_map(|(number, kept)| match &kept.item {
                Item::$kind(item) => Some((number, kept, item)),
                _ => None,
            })
            .collect()
    };
}

async fn all(here: &Here) -> Result<Vec<(Number, Particulars)>, Problem> {
    Ok(here.pages.service.store().all_particulars().await.map_err(ServiceError::from)?)
}

fn frame(visitor: &Visitor, current: usize, source: &str) -> (Page, Html) {
    let language = visitor.language;
    let entries = [
        ("/plan/tracking", language.say("법률안", "Bills")),
        ("/plan/tracking/indicators", language.say("성과지표", "Indicators")),
        ("/plan/tracking/budgets", language.say("예산", "Budgets")),
        ("/plan/tracking/milestones", language.say("이정표", "Milestones")),
    ];
    let tabs = entries
        .iter()
        .enumerate()
        .fold(Tabs::new(language.say("무엇을 보나요", "What to look at")), |tabs, (at, (address, label))| {
            tabs.tab(*label, *address, at == current)
        });
    let titles = [
        language.say("고쳐야 할 법률과 법률안", "Laws to be amended, and their bills"),
        language.say("성과지표", "Indicators"),
        language.say("예산", "Budgets"),
        language.say("이정표", "Milestones"),
    ];
    let page = Page::new(visitor, titles.get(current).copied().unwrap_or_default(), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .lead(source.to_owned());
    (page, Html::empty().and(tabs))
}

fn empty(language: Language) -> EmptyState {
    EmptyState::new(
        language.say("아직 적은 것이 없습니다", "Nothing was entered yet"),
        language.say("주관기관이 권고마다 적으면 여기에 모입니다.", "What lead bodies enter is gathered here."),
    )
}

fn count(language: Language, label: &str, number: usize) -> KeyFigure {
    KeyFigure { label: label.to_owned(), value: words::count(language, number), note: String::new() }
}

fn item_link(number: Number, title: &str) -> Html {
    words::link(&format!("/plan/particulars/{number}"), title)
}

fn state(language: Language, kept: &Kept) -> Html {
    Html::empty().and(state_tag(language, kept))
}

/// The tag of where an indicator stands.
pub(in crate::pages) fn course_tag(language: Language, course: Course) -> Html {
    let (tone, label) = match course {
        Course::NotMeasured => (Tone::Neutral, language.say("재지 않음", "Not measured")),
        Course::Reached => (Tone::Good, language.say("목표 달성", "Reached")),
        Course::OnCourse => (Tone::Active, language.say("순조로움", "On course")),
        Course::Behind => (Tone::Bad, language.say("뒤처짐", "Behind")),
    };
    Html::empty().and(Tag::new(tone, label))
}

/// Bills as a table.
pub(in crate::pages) fn bill_table(language: Language, known: &[(Number, Particulars)], day: Date) -> Option<Table> {
    let found: Found<'_, Bill> = of_kind!(known, Bill);
    if found.is_empty() {
        return None;
    }
    let table = Table::new(language.say("법률안", "Bills"))
        .hidden_caption()
        .column(language.say("법률", "Law"))
        .column(language.say("권고", "No."))
        .column(language.say("어디까지", "Stage"))
        .column(language.say("다음", "Next"))
        .column(language.say("확인", "Confirmed"));
    Some(found.into_iter().fold(table, |table, one| table.row(bill_row(language, one, day))))
}

fn bill_row(language: Language, (number, kept, bill): (Number, &Kept, &Bill), day: Date) -> [Html; 5] {
    let stage = match (bill.ended, bill.stage()) {
        (Some((end, on)), _) => format!("{} ({})", end_name(language, end), language.date(on)),
        (None, Some(stage)) => {
            let on = bill.stages.get(&stage).map(|on| language.date(*on)).unwrap_or_default();
            format!("{} ({on})", stage_name(language, stage))
        }
        (None, None) if bill.is_late(day) => language.say("제출이 늦음", "Late").to_owned(),
        (None, None) => language.say("제출 전", "Not brought in yet").to_owned(),
    };
    let next = match (bill.promulgate_until(), bill.stage(), bill.quarter) {
        _ if bill.ended.is_some() || bill.stage() == Some(BillStage::Promulgated) => String::new(),
        (Some(until), _, _) => language
            .pick(format!("{}까지 공포", language.date(until)), format!("promulgate by {}", language.date(until))),
        (None, None, Some(quarter)) => words::deadline(language, quarter, crate::domain::Bound::By),
        (None, stage, _) => {
            let ahead = BillStage::ALL.into_iter().find(|one| stage.is_none_or(|stage| *one > stage));
            ahead.map(|one| stage_name(language, one).to_owned()).unwrap_or_default()
        }
    };
    [
        words::korean(language, &bill.law),
        item_link(number, &number.to_string()),
        Html::text(&stage),
        Html::text(&next),
        state(language, kept),
    ]
}

pub(super) async fn bills(here: Here) -> Result<Page, Problem> {
    let (visitor, language, day) = (&here.visitor, here.visitor.language, here.caller.today());
    let known = all(&here).await?;
    let found: Found<'_, Bill> = of_kind!(known, Bill);
    let lead = language.say(
        "어느 법률안이 국회 어디까지 왔는지, 제출이 늦은 것이 무엇인지 봅니다.",
        "How far each bill has come in the National Assembly, and which are late.",
    );
    let (page, mut body) = frame(visitor, 0, lead);
    let Some(table) = bill_table(language, &known, day) else { return Ok(page.body(body.and(empty(language)))) };
    let passed = found.iter().filter(|(_, _, bill)| bill.stage() == Some(BillStage::Promulgated)).count();
    let late = found.iter().filter(|(_, _, bill)| bill.is_late(day)).count();
    let inside = found.iter().filter(|(_, _, bill)| {
        bill.ended.is_none() && bill.stage().is_some_and(|stage| stage != BillStage::Promulgated)
    });
    body = body.and(KeyFigures::new([
        count(language, language.say("법률안", "Bills"), found.len()),
        count(language, language.say("국회·정부에 있음", "In the Assembly or government"), inside.count()),
        count(language, language.say("공포", "Promulgated"), passed),
        count(language, language.say("제출이 늦음", "Late"), late),
    ]));
    Ok(page.body(body.and(table)))
}

/// Indicators as a table.
pub(in crate::pages) fn indicator_table(language: Language, known: &[(Number, Particulars)]) -> Option<Table> {
    let found: Found<'_, Indicator> = of_kind!(known, Indicator);
    if found.is_empty() {
        return None;
    }
    let mut table = Table::new(language.say("성과지표", "Indicators"))
        .hidden_caption()
        .column(language.say("지표", "Indicator"))
        .column(language.say("권고", "No."))
        .figures(language.say("기준", "Baseline"))
        .figures(language.say("마지막 값", "Last value"))
        .figures(language.say("목표", "Target"))
        .column(language.say("어디쯤", "Standing"))
        .column(language.say("확인", "Confirmed"));
    for (number, kept, indicator) in found {
        let say = |value: f64| Html::text(&figure(language, value, &indicator.unit));
        table = table.row([
            words::korean(language, &indicator.title),
            item_link(number, &number.to_string()),
            say(indicator.baseline.value),
            indicator.last().map_or_else(|| Html::text("–"), |last| say(last.value)),
            say(indicator.target.value),
            course_tag(language, indicator.course()),
            state(language, kept),
        ]);
    }
    Some(table)
}

pub(super) async fn indicators(here: Here) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let lead = language.say(
        "권고마다 기준과 목표를 정하고 분기마다 잽니다. 순조로운지는 기준에서 목표까지의 곧은 선과 견주어 정합니다.",
        "Each has a baseline and a target and is measured by quarter. Standing follows from the straight line between them.",
    );
    let (page, body) = frame(&here.visitor, 1, lead);
    Ok(page.body(match indicator_table(language, &all(&here).await?) {
        Some(table) => body.and(table),
        None => body.and(empty(language)),
    }))
}

/// Budgets as a table, with their sum by year.
pub(in crate::pages) fn budget_table(language: Language, known: &[(Number, Particulars)]) -> Option<Table> {
    let mut found: Found<'_, Budget> = of_kind!(known, Budget);
    if found.is_empty() {
        return None;
    }
    found.sort_by_key(|(number, _, budget)| (budget.year, *number));
    let mut table = Table::new(language.say("예산", "Budgets"))
        .hidden_caption()
        .column(language.say("세부사업", "Programme"))
        .column(language.say("권고", "No."))
        .figures(language.say("연도", "Year"))
        .figures(language.say("편성", "Granted"))
        .figures(language.say("집행", "Spent"))
        .column(language.say("확인", "Confirmed"));
    for (number, kept, budget) in &found {
        table = table.row([
            words::korean(language, &budget.title),
            item_link(*number, &number.to_string()),
            Html::text(&budget.year.to_string()),
            Html::text(&language.won_read(budget.granted)),
            Html::text(&budget.spent.map_or_else(|| "–".to_owned(), |spent| language.won_read(spent))),
            state(language, kept),
        ]);
    }
    let mut years: Vec<i16> = found.iter().map(|(_, _, budget)| budget.year).collect();
    years.dedup();
    for year in years {
        let of_year = || found.iter().filter(|(_, _, budget)| budget.year == year).map(|(_, _, budget)| budget);
        table = table.row([
            Html::text(&language.pick(format!("{year}년 모두"), format!("All of {year}"))),
            Html::empty(),
            Html::text(&year.to_string()),
            Html::text(&language.won_read(of_year().map(|budget| budget.granted).sum())),
            Html::text(&language.won_read(of_year().filter_map(|budget| budget.spent).sum())),
            Html::empty(),
        ]);
    }
    Some(table)
}

pub(super) async fn budgets(here: Here) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let lead = language.say(
        "권고에 편성하고 쓴 돈입니다. 주관기관이 적은 것으로, 적지 않은 권고의 돈은 들어 있지 않습니다.",
        "What was granted and spent for recommendations, as lead bodies entered it; what they did not enter is not here.",
    );
    let (page, body) = frame(&here.visitor, 2, lead);
    Ok(page.body(match budget_table(language, &all(&here).await?) {
        Some(table) => body.and(table),
        None => body.and(empty(language)),
    }))
}

pub(super) async fn milestones(here: Here) -> Result<Page, Problem> {
    let (language, day) = (here.visitor.language, here.caller.today());
    let lead = language.say("기한과 기한 사이에 이루기로 한 것입니다.", "What is to be reached between the deadlines.");
    let (page, body) = frame(&here.visitor, 3, lead);
    let known = all(&here).await?;
    let mut found: Found<'_, Milestone> = of_kind!(known, Milestone);
    if found.is_empty() {
        return Ok(page.body(body.and(empty(language))));
    }
    found.sort_by_key(|(number, _, milestone)| (milestone.quarter, *number));
    let mut table = Table::new(language.say("이정표", "Milestones"))
        .hidden_caption()
        .column(language.say("이정표", "Milestone"))
        .column(language.say("권고", "No."))
        .column(language.say("기한", "Due"))
        .column(language.say("이룬 날", "Reached"))
        .column(language.say("확인", "Confirmed"));
    for (number, kept, milestone) in found {
        let late = milestone.quarter.last_day() < day;
        let reached = match milestone.reached {
            Some(on) => Html::text(&language.date(on)),
            None if late => Html::empty().and(Tag::new(Tone::Bad, language.say("늦음", "Late"))),
            None => Html::text("–"),
        };
        table = table.row([
            words::korean(language, &milestone.title),
            item_link(number, &number.to_string()),
            Html::text(&words::quarter(language, milestone.quarter)),
            reached,
            state(language, kept),
        ]);
    }
    Ok(page.body(body.and(table)))
}

/// A live figure as it is read.
pub(in crate::pages) fn live_value(language: Language, live: &Figure) -> String {
    live.value.map_or_else(
        || language.say("아직 없음", "none yet").to_owned(),
        |value| figure(language, value, live.unit.say(language)),
    )
}

/// The live figures of the other programmes on this server.
pub(super) async fn live(here: Here) -> Result<Page, Problem> {
    let language = here.visitor.language;
    let figures = here.pages.service.figures(here.caller.now).await?;
    let page = Page::new(&here.visitor, language.say("살아 있는 수치", "Live figures"), PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("성과지표", "Indicators"), "/plan/tracking/indicators")
        .lead(language.say(
            "이 서버의 다른 프로그램이 지금 세는 수치입니다. 성과지표가 이름으로 이어 둘 수 있습니다.",
            "What the other programmes on this server count now. Indicators can follow them by name.",
        ));
    if figures.is_empty() {
        let empty = EmptyState::new(
            language.say("이어진 프로그램이 없습니다", "No programme gives figures"),
            language.say(
                "민원이나 복지 프로그램이 함께 돌면 여기에 나옵니다.",
                "Programmes that run beside it stand here.",
            ),
        );
        return Ok(page.body(Html::empty().and(empty)));
    }
    let mut table = Table::new(language.say("살아 있는 수치", "Live figures"))
        .hidden_caption()
        .column(language.say("수치", "Figure"))
        .figures(language.say("지금", "Now"))
        .column(language.say("어떻게 세나", "How it is counted"))
        .column(language.say("이름", "Name"));
    for one in figures.iter() {
        let value = live_value(language, one);
        let name = format!("<code id=\"{}\">{}</code>", one.id.replace('/', "-"), Html::text(&one.id));
        table = table.row([
            Html::text(one.title.say(language)),
            Html::text(&value),
            Html::text(one.note.say(language)),
            Html::trusted(name),
        ]);
    }
    Ok(page.body(Html::empty().and(table)))
}
