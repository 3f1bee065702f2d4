//! The studies of the laboratory, and up to four beside each other.

use maru_web::{
    Html, Language, Page, PageKind, Visitor,
    components::{Button, Choice, EmptyState, Field, Form, Notice, NoticeKind, Table, Tag, Tone},
};

use super::{
    charts::{Changes, largest},
    result::answer,
    words::{large, percent, population_note, share, signed, signed_large, times_a_year},
};
use crate::{
    domain::{ReformStudy, reform::Outcome},
    pages::words,
    population::sample::About,
    store::Named,
};

/// Most reforms that are compared.
pub(super) const MOST_COMPARED: usize = 4;

pub(super) fn page(visitor: &Visitor, studies: &[Named<ReformStudy>], about: Option<&About>, may: bool) -> Page {
    let language = visitor.language;
    let new = Button::primary(language.say("새 개정안", "A new reform")).link("/welfare/lab/new");
    let page = Page::new(visitor, language.say("개정안 모의계산", "Reform laboratory"), PageKind::Overview).lead(
        language.say(
            "법의 값을 바꾸면 나라의 비용과 가구의 소득이 어떻게 달라지는지 미리 봅니다.",
            "What other figures of the law would do to the nation's cost and to household incomes.",
        ),
    );
    let page = if may { page.actions(Html::empty().and(new)) } else { page };
    let body = if studies.is_empty() {
        Html::empty().and(EmptyState::new(
            language.say("아직 계산한 개정안이 없습니다", "No reform was studied yet"),
            language.say(
                "새 개정안에서 값을 골라 계산하면 여기에 모입니다.",
                "Choose figures under a new reform; what is calculated is kept here.",
            ),
        ))
    } else {
        table(language, studies).and(choose(language, studies))
    };
    page.body(body.and(population_note(language, about)))
}

fn standing(language: Language, state: &ReformStudy) -> Html {
    let (tone, label) = match (&state.outcome, &state.failed) {
        (Some(_), _) => (Tone::Good, language.say("계산됨", "Done")),
        (_, Some(_)) => (Tone::Bad, language.say("계산 못 함", "Failed")),
        _ => (Tone::Active, language.say("계산 중", "Being calculated")),
    };
    Html::empty().and(Tag::new(tone, label))
}

fn link(id: &str, name: &str) -> Html {
    Html::trusted(format!("<a href=\"/welfare/lab/{}\">{}</a>", Html::text(id), Html::text(name)))
}

fn table(language: Language, studies: &[Named<ReformStudy>]) -> Html {
    let mut table = Table::new(language.say("계산한 개정안", "Reforms that were studied"))
        .hidden_caption()
        .column(language.say("개정안", "Reform"))
        .column(language.say("달", "Month"))
        .figures(language.say("한 달 비용", "Cost a month"))
        .figures(language.say("느는 사람", "Gain"))
        .figures(language.say("주는 사람", "Lose"))
        .column(language.say("누가, 언제", "By, when"))
        .column(language.say("상태", "Standing"));
    for study in studies {
        let state = &study.state;
        let total = state.outcome.as_ref().map(|outcome| &outcome.study.total);
        let of = |part: Option<usize>| match (part, total) {
            (Some(part), Some(total)) => percent(share(part, total.persons)),
            _ => String::new(),
        };
        let month = state.design.as_ref().map(|design| words::month(language, design.month)).unwrap_or_default();
        let by = state.by.as_ref().map(|by| by.name.clone()).unwrap_or_default();
        let at = state.at.map(|at| language.date(maru_web::in_korea(at).date())).unwrap_or_default();
        table = table.row([
            link(&study.id, state.name()),
            Html::text(&month),
            Html::text(&total.map(|total| signed_large(language, total.cost)).unwrap_or_default()),
            Html::text(&of(total.map(|total| total.winners))),
            Html::text(&of(total.map(|total| total.losers))),
            Html::text(&format!("{by}, {at}")),
            standing(language, state),
        ]);
    }
    Html::empty().and(table)
}

fn choose(language: Language, studies: &[Named<ReformStudy>]) -> Html {
    let done: Vec<&Named<ReformStudy>> = studies.iter().filter(|study| study.state.outcome.is_some()).collect();
    if done.len() < 2 {
        return Html::empty();
    }
    let choices = done.iter().map(|study| Choice::new(&study.id, study.state.name()));
    let field = Field::checkboxes(
        language,
        "study",
        language.say("나란히 볼 개정안 (넷까지)", "Reforms to see side by side (up to four)"),
        choices,
    );
    let button = Button::secondary(language.say("나란히 보기", "Compare"));
    Html::empty().and(Form::get("/welfare/lab/compare").body(Html::empty().and(field).and(button)))
}

/// Up to four beside each other; `chosen` are done.
pub(super) fn compare(visitor: &Visitor, chosen: &[(String, String, &Outcome)]) -> Page {
    let language = visitor.language;
    let page = Page::new(visitor, language.say("개정안 나란히 보기", "Reforms side by side"), PageKind::Overview)
        .breadcrumb(language.say("개정안 모의계산", "Reform laboratory"), "/welfare/lab");
    if chosen.is_empty() {
        return page.body(Html::empty().and(EmptyState::new(
            language.say("고른 개정안이 없습니다", "No reform is chosen"),
            language.say("목록에서 둘에서 넷까지 골라 주세요.", "Choose two to four on the list."),
        )));
    }
    let mut body = Html::empty();
    if differ(chosen, basis) {
        body = body.and(Notice::new(
            language,
            NoticeKind::Warning,
            language.say(
                "달이나 인구 자료, 지금의 받는 비율이 서로 다릅니다. 차이가 개정안에서만 온 것이 아닐 수 있고, ‘지금의 법’은 첫째 개정안의 것입니다.",
                "Months, populations or today's take-up differ: what differs may not come from the reforms alone, and the law in force is that of the first.",
            ),
        ));
    }
    let most = chosen.iter().map(|(_, _, outcome)| largest(&outcome.study.deciles)).fold(0.0, f64::max);
    body = body.and(measures(language, chosen)).and(Html::trusted("<div class=\"chart-pair\">"));
    for (place, (_, name, outcome)) in chosen.iter().enumerate() {
        let identifier = format!("deciles-{place}");
        let picture = Changes {
            identifier: &identifier,
            title: language.pick(format!("{name}: 소득 분위별 평균 변화"), format!("{name}: mean change by decile")),
            of: "deciles",
            names: language.say("소득 분위", "Decile").to_owned(),
            lines: &outcome.study.deciles,
            most: Some(most),
        };
        body = body.and(picture.draw(language));
    }
    page.body(body.and(Html::trusted("</div>")).and(deciles(language, chosen)))
}

/// What must be the same for reforms to be compared: the month, the population, and what is paid under the law in force.
fn basis(outcome: &Outcome) -> (String, String, i64) {
    let study = &outcome.study;
    (study.period.clone(), outcome.studied.folder.clone(), super::words::whole(study.before.paid))
}

fn differ<T: PartialEq>(chosen: &[(String, String, &Outcome)], of: impl Fn(&Outcome) -> T) -> bool {
    let mut all = chosen.iter().map(|(_, _, outcome)| of(outcome));
    all.next().is_some_and(|first| all.any(|other| other != first))
}

fn measures(language: Language, chosen: &[(String, String, &Outcome)]) -> Html {
    let mut table = Table::new(language.say("비용과 분배", "Cost and distribution"))
        .hidden_caption()
        .column(language.say("개정안", "Reform"))
        .figures(language.say("한 달 비용", "Cost a month"))
        .figures(language.say("한 해 비용", "Cost a year"))
        .figures(language.say("지급액, 한 달", "Paid, a month"))
        .figures(language.say("느는 사람", "Gain"))
        .figures(language.say("주는 사람", "Lose"))
        .figures(language.say("빈곤율", "Poverty rate"))
        .figures(language.say("빈곤갭", "Poverty gap"))
        .figures(language.say("지니계수", "Gini"));
    if let Some((_, _, first)) = chosen.first() {
        let now = &first.study.before;
        table = table.row([
            Html::text(language.say("지금의 법", "The law in force")),
            Html::empty(),
            Html::empty(),
            Html::text(&large(language, now.paid)),
            Html::empty(),
            Html::empty(),
            Html::text(&percent(now.poverty_rate)),
            Html::text(&percent(now.poverty_gap)),
            Html::text(&format!("{:.4}", now.gini)),
        ]);
    }
    for (id, name, outcome) in chosen {
        let (study, after) = (&outcome.study, &outcome.study.after);
        table = table.row([
            link(id, name),
            Html::text(&signed_large(language, study.total.cost)),
            Html::text(&signed_large(language, study.total.cost * times_a_year(study))),
            Html::text(&large(language, after.paid)),
            Html::text(&percent(share(study.total.winners, study.total.persons))),
            Html::text(&percent(share(study.total.losers, study.total.persons))),
            Html::text(&percent(after.poverty_rate)),
            Html::text(&percent(after.poverty_gap)),
            Html::text(&format!("{:.4}", after.gini)),
        ]);
    }
    let sentences =
        chosen.iter().map(|(_, name, outcome)| Html::text(&format!("{name}: {}", answer(language, &outcome.study))));
    words::list(sentences).and(table)
}

fn deciles(language: Language, chosen: &[(String, String, &Outcome)]) -> Html {
    let title = language.say("소득 분위별 가구 소득의 평균 변화", "Mean change of household income by decile");
    let mut table = Table::new(title).column(language.say("소득 분위", "Decile"));
    for (_, name, _) in chosen {
        table = table.figures(name);
    }
    let Some((_, _, first)) = chosen.first() else { return Html::empty() };
    for (place, line) in first.study.deciles.iter().enumerate() {
        let mut row = vec![Html::text(&super::words::line_name(language, "deciles", line))];
        for (_, _, outcome) in chosen {
            let change = outcome.study.deciles.get(place).map(|line| signed(language, line.mean_change));
            row.push(Html::text(&change.unwrap_or_default()));
        }
        table = table.row(row);
    }
    Html::empty().and(table)
}
