//! What keys spent this month, and what it comes to.

use std::collections::BTreeMap;

use maru_gateway::{KeyScope, Period, Registry, Spending, Unit, end_of_month};
use maru_web::{
    Html, Language, Visitor,
    components::{Table, Tag, Tone},
};

use crate::pages::words;

/// What was spent this month by whom for what, and what it comes to.
pub(super) fn table(visitor: &Visitor, registry: &Registry, spending: &[Spending]) -> Html {
    let language = visitor.language;
    if spending.is_empty() {
        return Html::empty();
    }
    let until = language.date(end_of_month(visitor.now));
    let mut table = Table::new(language.say("이번 달에 쓴 것", "Spent this month"))
        .column(language.say("기관과 시스템", "Agency and system"))
        .column(language.say("용도", "Purpose"))
        .figures(language.say("호출", "Calls"))
        .figures(language.say("토큰", "Tokens"))
        .figures(language.say("비용", "Cost"))
        .figures(language.pick(format!("{until}까지 예상"), format!("Expected by {until}")))
        .column(language.say("월 한도", "Limit of the month"));
    let limits: BTreeMap<&str, &KeyScope> = registry.keys.iter().map(|key| (key.id.as_str(), key)).collect();
    for one in spending {
        let key = limits.get(one.key.as_str()).copied();
        table = table.row([
            Html::text(&format!("{} · {}", one.agency, one.system)),
            Html::text(&one.purpose),
            Html::text(&words::count(language, one.month.calls)),
            Html::text(&words::count(language, one.month.tokens)),
            Html::text(&words::won(language, one.month.microwon)),
            Html::text(&expected(language, one)),
            limit(language, key, one),
        ]);
    }
    let note = language.say(
        "예상은 지난 7일(7일이 안 되면 지난 날들)처럼 남은 날도 쓴다고 보고 셈합니다. 오늘은 넣지 않습니다.",
        "Expected, if the days that are left go on like the last seven whole days, or as many as there were.",
    );
    Html::empty().and(table).and(Html::paragraphs(note))
}

fn expected(language: Language, one: &Spending) -> String {
    let Some(forecast) = one.forecast else {
        return language.say("아직 알 수 없음", "not known yet").to_owned();
    };
    let (cost, tokens) = (words::won(language, forecast.microwon), words::count(language, forecast.tokens));
    language.pick(format!("{cost}, 토큰 {tokens}개"), format!("{cost}, {tokens} tokens"))
}

/// The limits of the month, and whether what is expected goes beyond one.
fn limit(language: Language, key: Option<&KeyScope>, one: &Spending) -> Html {
    let monthly = key.into_iter().flat_map(|key| &key.budgets).filter(|limit| limit.period == Period::Month);
    let mut html = Html::empty();
    let mut any = false;
    for limit in monthly {
        let (amount, comes_to, said) = match limit.unit {
            Unit::Tokens => {
                let count = words::count(language, limit.limit);
                let said = language.pick(format!("토큰 {count}개"), format!("{count} tokens"));
                (limit.limit, one.forecast.map(|forecast| forecast.tokens), said)
            }
            Unit::Won => {
                let microwon = limit.limit.saturating_mul(1_000_000);
                (microwon, one.forecast.map(|forecast| forecast.microwon), words::won(language, microwon))
            }
        };
        html = html.and(Html::text(if any { ", " } else { "" })).and(Html::text(&said));
        if comes_to.is_some_and(|comes_to| comes_to > amount) {
            let label = language.say("넘을 것으로 보임", "will not last");
            html = html.and(Html::text(" ")).and(Tag::new(Tone::Attention, label));
        }
        any = true;
    }
    if any { html } else { Html::text("–") }
}
