//! What one recommendation is held to: cards for all, forms for who writes and who confirms.

use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{Button, Card, DefinitionList, EmptyState, ErrorSummary, Notice, NoticeKind, Tag, TimeChart, Tone},
};

use super::{Rights, actions, tracking::course_tag};
use crate::{
    domain::{
        Number, Particulars, Quarter,
        particulars::{Bill, BillEnd, BillStage, Budget, Course, Indicator, Item, Kept, Milestone},
    },
    figures::Figure,
    pages::{task, words},
    service::Seen,
};

/// What a kind is called; nothing for one that there is not.
pub(super) fn kind_name(language: Language, kind: &str) -> Option<&'static str> {
    Some(match kind {
        "milestone" => language.say("이정표", "milestone"),
        "indicator" => language.say("성과지표", "indicator"),
        "budget" => language.say("예산", "budget"),
        "bill" => language.say("법률안", "bill"),
        _ => return None,
    })
}

/// What a stage of a bill is called.
pub(super) fn stage_name(language: Language, stage: BillStage) -> &'static str {
    match stage {
        BillStage::Proposed => language.say("발의·제출", "Brought in"),
        BillStage::Committee => language.say("소관위 의결", "Committee"),
        BillStage::Legislation => language.say("법사위 심사", "Legislation and judiciary"),
        BillStage::Plenary => language.say("본회의 의결", "Plenary"),
        BillStage::Transferred => language.say("정부 이송", "Sent to the government"),
        BillStage::Promulgated => language.say("공포", "Promulgated"),
    }
}

/// What an end of a bill is called.
pub(super) fn end_name(language: Language, end: BillEnd) -> &'static str {
    match end {
        BillEnd::Merged => language.say("대안반영폐기", "Merged into another bill"),
        BillEnd::Withdrawn => language.say("철회", "Withdrawn"),
        BillEnd::Rejected => language.say("폐기·부결", "Rejected"),
        BillEnd::Expired => language.say("임기만료폐기", "Ended with the Assembly's term"),
    }
}

/// A value of an indicator as it is read: two decimals at most.
pub(super) fn figure(language: Language, value: f64, unit: &str) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    let text = if rounded.fract() == 0.0 && rounded.abs() < 1e15 {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below a quadrillion")]
        language.number(rounded as i64)
    } else {
        rounded.to_string()
    };
    if unit == "%" { format!("{text}%") } else { format!("{text} {unit}") }
}

pub(super) fn state_tag(language: Language, kept: &Kept) -> Tag {
    if !kept.sent_back.is_empty() && !kept.is_confirmed() {
        Tag::new(Tone::Bad, language.say("돌려보냄", "Sent back"))
    } else if kept.is_confirmed() {
        Tag::new(Tone::Good, language.say("위원회 확인", "Confirmed"))
    } else {
        Tag::new(Tone::Attention, language.say("확인 전", "Not confirmed yet"))
    }
}

/// In a task: how many there are, and the way to them; for who may write also where there are none.
pub(in crate::pages) fn summary(language: Language, number: Number, known: &Particulars, writes: bool) -> Html {
    if known.items.is_empty() && !writes {
        return Html::empty();
    }
    let mut parts = Vec::new();
    for kind in ["milestone", "indicator", "budget", "bill"] {
        let count = known.items.iter().filter(|kept| kept.item.kind() == kind).count();
        if let (1.., Some(name)) = (count, kind_name(language, kind)) {
            parts.push(language.pick(format!("{name} {count}"), format!("{name}: {count}")));
        }
    }
    let label = if parts.is_empty() {
        language.say("이정표·지표·예산·법률안 넣기", "Enter milestones, indicators, budgets, bills").to_owned()
    } else {
        parts.join(" · ")
    };
    Html::trusted("<p>").and(words::link(&format!("/plan/particulars/{number}"), &label)).and(Html::trusted("</p>"))
}

pub(super) fn page(
    visitor: &Visitor,
    seen: &Seen,
    (particulars, figures): (&Particulars, &[Figure]),
    rights: Rights,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let number = seen.number();
    let title = language.pick(
        format!("권고 {number}: 이정표·지표·예산·법률안"),
        format!("Recommendation {number}: milestones, indicators, budgets, bills"),
    );
    let mut page = Page::new(visitor, title, PageKind::Overview)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(
            language.pick(format!("과제 {}", number.task), format!("Task {}", number.task)),
            format!("/plan/tasks/{}#r{number}", number.task),
        )
        .lead(language.say(
            "주관기관이 적고 위원회가 확인합니다. 바뀐 내용은 다시 확인합니다.",
            "The lead body writes these, the committee confirms them. What changes is confirmed anew.",
        ));
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let mut body = Html::empty().and(ErrorSummary::new(language, errors));
    for error in errors {
        body = body.and(Notice::new(language, NoticeKind::Danger, error.message.say(language)));
    }
    if rights.writes {
        body = body.and(new_buttons(visitor, seen, particulars));
    }
    if particulars.items.is_empty() {
        body = body.and(EmptyState::new(
            language.say("아직 적은 것이 없습니다", "Nothing was entered yet"),
            language.say(
                "주관기관이 이정표, 성과지표, 예산, 법률안을 적으면 여기에 나옵니다.",
                "What the lead body enters stands here.",
            ),
        ));
    }
    let (mut indicators, mut others): (Vec<&Kept>, Vec<&Kept>) =
        particulars.items.iter().partition(|kept| matches!(kept.item, Item::Indicator(_)));
    indicators.append(&mut others);
    page.body(indicators.into_iter().fold(body, |body, kept| body.and(card(visitor, (number, figures), kept, rights))))
}

fn new_buttons(visitor: &Visitor, seen: &Seen, particulars: &Particulars) -> Html {
    let language = visitor.language;
    let number = seen.number();
    let mut html = Html::trusted("<div class=\"button-row\">");
    for kind in ["milestone", "indicator", "budget", "bill"] {
        let name = kind_name(language, kind).unwrap_or_default();
        let label = language.pick(format!("{name} 넣기"), format!("Enter a {name}"));
        let button = Button::secondary(label).small().link(format!("/plan/particulars/{number}/new?kind={kind}"));
        html = html.and(button);
    }
    html = html.and(Html::trusted("</div>"));
    // Laws that the text names and nobody follows yet.
    let entry = seen.recommendation.entry.as_ref();
    let known = |law: &str| particulars.items.iter().any(|kept| kept.item.kind() == "bill" && kept.item.title() == law);
    let laws: Vec<&String> = entry.iter().flat_map(|entry| &entry.laws).filter(|law| !known(law)).collect();
    if laws.is_empty() {
        return html;
    }
    let items = laws.iter().map(|law| {
        let address = format!("/plan/particulars/{number}/new?kind=bill&law={}", query(law));
        format!("<li>{}</li>", words::link(&address, law))
    });
    let text = language.say(
        "권고 글에 나오는 법률 가운데 아직 법률안을 적지 않은 것입니다.",
        "Laws that the text names for which no bill was entered yet.",
    );
    html.and(Html::trusted(format!("<p>{text}</p><ul>{}</ul>", items.collect::<String>())))
}

/// A text as a value in the query of an address.
fn query(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn card(visitor: &Visitor, (number, figures): (Number, &[Figure]), kept: &Kept, rights: Rights) -> Card {
    let language = visitor.language;
    let kind = maru_web::capital(kind_name(language, kept.item.kind()).unwrap_or_default());
    let mut body = match &kept.item {
        Item::Milestone(milestone) => milestone_body(visitor, milestone),
        Item::Indicator(indicator) => {
            let live = figures.iter().find(|figure| figure.id == indicator.figure);
            let mut body = indicator_body(visitor, &kept.id, indicator, live);
            if rights.writes && live.is_some_and(|live| live.value.is_some()) {
                body = body.and(actions::live_form(visitor, number, &kept.id));
            }
            body
        }
        Item::Budget(budget) => budget_body(language, budget),
        Item::Bill(bill) => bill_body(visitor, bill),
    };
    if !kept.sent_back.is_empty() {
        let text = language
            .pick(format!("돌려보낸 이유: {}", kept.sent_back), format!("Why it was sent back: {}", kept.sent_back));
        body = body.and(Notice::new(language, NoticeKind::Warning, &text));
    }
    if rights.writes || rights.confirms {
        body = body.and(actions::forms(visitor, number, kept, rights));
    }
    Card::new(format!("{kind}: {}", kept.item.title())).mark(Html::empty().and(state_tag(language, kept))).body(body)
}

fn milestone_body(visitor: &Visitor, milestone: &Milestone) -> Html {
    let language = visitor.language;
    let mut list = DefinitionList::new()
        .text(language.say("기한", "Due"), &words::deadline(language, milestone.quarter, crate::domain::Bound::By));
    let state = match milestone.reached {
        Some(day) => language.pick(format!("{}에 이룸", language.date(day)), format!("on {}", language.date(day))),
        None if milestone.quarter.last_day() < maru_web::in_korea(visitor.now).date() => {
            language.say("기한이 지남", "Overdue").to_owned()
        }
        None => language.say("아직 이루지 못함", "Not yet").to_owned(),
    };
    list = list.text(language.say("이룬 날", "Reached"), &state);
    if !milestone.evidence.is_empty() {
        list = list.markup(language.say("증빙", "Evidence"), task::evidence(visitor, &milestone.evidence));
    }
    Html::empty().and(list)
}

fn indicator_body(visitor: &Visitor, id: &str, indicator: &Indicator, live: Option<&Figure>) -> Html {
    let language = visitor.language;
    let unit = indicator.unit.as_str();
    let at = |measure: crate::domain::particulars::Measure| {
        format!("{} ({})", figure(language, measure.value, unit), words::quarter(language, measure.quarter))
    };
    let mut list = DefinitionList::new()
        .text(language.say("기준", "Baseline"), &at(indicator.baseline))
        .text(language.say("목표", "Target"), &at(indicator.target));
    if let Some(last) = indicator.last() {
        list = list.text(language.say("마지막 값", "Last value"), &at(last));
    }
    if let Some(share) = indicator.share() {
        list = list.text(language.say("간 거리", "Way gone"), &language.percentage(share));
    }
    list = list.markup(language.say("자료 출처", "Source"), words::korean(language, &indicator.source));
    if !indicator.figure.is_empty() {
        let link = words::link(&format!("/plan/figures#{}", indicator.figure.replace('/', "-")), &indicator.figure);
        let now = live.and_then(|live| live.value).map(|value| figure(language, value, unit));
        let now = now.unwrap_or_else(|| language.say("아직 값이 없음", "no value yet").to_owned());
        let label = language.say("살아 있는 수치 (지금)", "Live figure (now)");
        list = list.markup(label, Html::text(&format!("{now} ")).and(link));
    }
    Html::trusted("<p>")
        .and(course_tag(language, indicator.course()))
        .and(Html::text(&format!(" {}", course_words(language, indicator))))
        .and(Html::trusted("</p>"))
        .and(chart(visitor, id, indicator))
        .and(list)
}

/// The rule by which an indicator stands, as a sentence.
fn course_words(language: Language, indicator: &Indicator) -> String {
    let Some(last) = indicator.last() else {
        return language.say("기준을 정한 뒤 잰 값이 없습니다.", "Nothing was measured since the baseline.").to_owned();
    };
    let expected = figure(language, indicator.expected(last.quarter), &indicator.unit);
    let quarter = words::quarter(language, last.quarter);
    match indicator.course() {
        Course::Reached => language.say("목표에 이르렀습니다.", "The target is reached.").to_owned(),
        _ => language.pick(
            format!("기준에서 목표까지 곧게 이으면 {quarter}에는 {expected}여야 합니다."),
            format!("On a straight line from baseline to target it should stand at {expected} in {quarter}."),
        ),
    }
}

fn chart(visitor: &Visitor, id: &str, indicator: &Indicator) -> TimeChart {
    let language = visitor.language;
    let first = indicator.baseline.quarter;
    let last =
        indicator.measures.iter().map(|one| one.quarter).chain([indicator.target.quarter]).max().unwrap_or(first);
    let quarters = first.until(last);
    let now = Quarter::of(maru_web::in_korea(visitor.now).date());
    let measured = |quarter: Quarter| {
        let known = indicator.measures.iter().chain([&indicator.baseline]);
        known.filter(|one| one.quarter == quarter).map(|one| one.value).next()
    };
    let mut chart =
        TimeChart::lines(language, format!("chart-{id}"), indicator.title.clone(), language.say("분기", "Quarter"))
            .description(course_words(language, indicator));
    for quarter in &quarters {
        let marked = [first, now, indicator.target.quarter].contains(quarter);
        chart = chart.slot(words::quarter(language, *quarter), marked);
    }
    let unit = indicator.unit.clone();
    chart
        .series(language.say("실적", "Measured"), Tone::Active, quarters.iter().map(|quarter| measured(*quarter)))
        .series(
            language.say("목표까지의 길", "The line to the target"),
            Tone::Neutral,
            quarters.iter().map(|quarter| Some(indicator.expected(*quarter))),
        )
        .source(indicator.source.clone())
        .read_as(move |value| figure(language, value, &unit))
}

fn budget_body(language: Language, budget: &Budget) -> Html {
    let mut list = DefinitionList::new()
        .text(language.say("연도", "Year"), &budget.year.to_string())
        .text(language.say("편성", "Granted"), &language.won_read(budget.granted));
    if let Some(spent) = budget.spent {
        let share = if budget.granted > 0 { spent as f64 / budget.granted as f64 } else { 0.0 };
        let text = format!("{} ({})", language.won_read(spent), language.percentage(share));
        list = list.text(language.say("집행", "Spent"), &text);
    }
    Html::empty().and(list)
}

fn bill_body(visitor: &Visitor, bill: &Bill) -> Html {
    let language = visitor.language;
    let mut list = DefinitionList::new();
    if !bill.number.is_empty() {
        list = list.text(language.say("의안번호", "Number"), &bill.number);
    }
    if let Some(quarter) = bill.quarter {
        let due = words::deadline(language, quarter, crate::domain::Bound::By);
        list = list.text(language.say("제출 기한", "To be brought in"), &due);
    }
    if let Some((end, day)) = bill.ended {
        let text = format!("{} ({})", end_name(language, end), language.date(day));
        list = list.text(language.say("끝", "Ended"), &text);
    }
    if let Some(day) = bill.promulgate_until() {
        let text = format!("{} ({})", language.date(day), language.law(BillStage::Promulgated.article()));
        list = list.text(language.say("공포 기한", "To be promulgated by"), &text);
    }
    if !bill.address.is_empty() {
        let link = format!(
            "<a href=\"{}\" rel=\"noreferrer nofollow\">{}</a>",
            Html::text(&bill.address),
            language.say("국회 의안정보시스템", "At the National Assembly")
        );
        list = list.markup(language.say("의안", "Bill"), Html::trusted(link));
    }
    stages(language, bill).and(list)
}

/// The six stages in order, those that were passed with their days.
pub(super) fn stages(language: Language, bill: &Bill) -> Html {
    let current = bill.stage();
    let items = BillStage::ALL.map(|stage| {
        let name = stage_name(language, stage);
        match bill.stages.get(&stage) {
            Some(day) => {
                let here = if current == Some(stage) { " aria-current=\"step\"" } else { "" };
                format!("<li class=\"bill-passed\"{here}><strong>{name}</strong> {}</li>", language.date(*day))
            }
            None => format!("<li>{name}</li>"),
        }
    });
    let label = language.say("법률안의 단계", "Stages of the bill");
    Html::trusted(format!("<ol class=\"bill-stages\" aria-label=\"{label}\">{}</ol>", items.concat()))
}
