//! The picture of a result along a fact: a line, where things stand now, and the same as a table.

use std::fmt::Write as _;

use maru_rules::explain::{Account, along::Along};
use maru_web::{
    Html, Language, capital,
    components::{Disclosure, Table},
};

use super::say;

/// The picture's inner measures, in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 92.0;
const TOP: f64 = 34.0;
/// Steps of the table: every point would be too many to read.
const ROWS: usize = 12;

/// Draws it. The account is that of the result, whose value and unit the picture shares.
pub(super) fn picture(language: Language, along: &Along, account: &Account) -> Html {
    let (fact, result) = (say(language, &along.label), say(language, &account.label));
    let whose = &along.fact.instance;
    let title = language.pick(
        format!("{whose}의 {fact}에 따라 {result} 결과가 어떻게 달라지나"),
        format!("{} along {whose}'s {fact}", capital(result)),
    );
    let table = Disclosure::new(language.say("표로 보기", "Show as a table"), table(language, along, (fact, result)));
    Html::trusted("<figure class=\"chart law-curve\"><figcaption class=\"chart-title\">")
        .and(Html::text(&title))
        .and(Html::trusted("</figcaption>"))
        .and(Html::trusted(drawing(language, along, account, (&title, fact))))
        .and(table)
        .and(Html::trusted("</figure>"))
}

/// The nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "amounts of money are far below nine quadrillion")]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// Money as it is said on an axis: in units of ten thousand in Korean.
fn short(language: Language, value: f64) -> String {
    let number = whole(value);
    match language {
        Language::Korean if number != 0 && number % 10_000 == 0 => format!("{}만", language.number(number / 10_000)),
        _ => language.number(number),
    }
}

/// Where a value lies between nothing and the end of an axis.
struct Scale {
    most: f64,
    from: f64,
    to: f64,
}

impl Scale {
    fn at(&self, value: f64) -> f64 {
        self.from + (self.to - self.from) * (value / self.most).clamp(0.0, 1.0)
    }
}

fn drawing(language: Language, along: &Along, account: &Account, (title, fact): (&str, &str)) -> String {
    let most = along.points.iter().filter_map(|(_, value)| *value).fold(0.0, f64::max);
    let end = along.points.last().map_or(1.0, |(at, _)| *at).max(1.0);
    let across = Scale { most: end, from: LEFT, to: WIDTH - 24.0 };
    let up = Scale { most: round_top(most), from: HEIGHT + TOP, to: TOP };
    let mut svg = format!(
        "<svg class=\"curve\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-labelledby=\"along-title along-description\"><title id=\"along-title\">{}</title><desc id=\"along-description\">{}</desc>",
        HEIGHT + TOP + 70.0,
        Html::text(title),
        Html::text(&description(language, along)),
    );
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let y = up.at(up.most * share);
        let _ = write!(
            svg,
            "<line class=\"curve-grid\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\"/><text class=\"curve-mark\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            across.to,
            LEFT - 10.0,
            y + 5.0,
            short(language, up.most * share)
        );
        let x = across.at(end * share);
        let anchor = if share >= 1.0 { "end" } else { "middle" };
        let _ = write!(
            svg,
            "<text class=\"curve-mark\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            up.from + 26.0,
            short(language, end * share)
        );
    }
    let _ = write!(
        svg,
        "<text class=\"curve-mark\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text><path class=\"curve-line\" d=\"{}\"/>",
        across.to,
        up.from + 60.0,
        Html::text(&format!("{fact} →")),
        path(along, &across, &up)
    );
    svg.push_str(&now(language, along, account, (&across, &up)));
    svg.push_str("</svg>");
    svg
}

/// The line; broken where the law leaves a figure open.
fn path(along: &Along, across: &Scale, up: &Scale) -> String {
    let mut path = String::new();
    let mut is_drawn = false;
    for (at, value) in &along.points {
        let Some(value) = value else {
            is_drawn = false;
            continue;
        };
        let step = if is_drawn { 'L' } else { 'M' };
        let _ = write!(path, "{step}{:.1},{:.1} ", across.at(*at), up.at(*value));
        is_drawn = true;
    }
    path
}

/// Where things stand now: a line down to the axis and the result beside a dot.
fn now(language: Language, along: &Along, account: &Account, (across, up): (&Scale, &Scale)) -> String {
    let inputs = account.inputs();
    let fact = &along.fact;
    let given = inputs.iter().find(|input| input.variable == fact.variable && input.instance == fact.instance);
    let (Some(at), Some(value)) = (given.and_then(|input| input.value.as_f64()), account.value.as_f64()) else {
        return String::new();
    };
    let (x, y) = (across.at(at), up.at(value));
    let (anchor, beside) = if x > WIDTH * 0.65 { ("end", -12.0) } else { ("start", 12.0) };
    let label = language
        .pick(format!("지금 {}", say(language, &account.shown)), format!("now {}", say(language, &account.shown)));
    format!(
        "<line class=\"curve-now\" x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\"/><circle class=\"curve-dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\"/><text class=\"curve-label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
        up.from,
        y,
        x + beside,
        y - 12.0,
        Html::text(&label)
    )
}

/// The next round number above, for the end of the axis.
fn round_top(most: f64) -> f64 {
    let mut step = 1.0;
    while step * 10.0 <= most {
        step *= 10.0;
    }
    [1.0, 2.0, 4.0, 6.0, 8.0, 10.0].into_iter().map(|first| first * step).find(|top| *top >= most).unwrap_or(1.0)
}

fn description(language: Language, along: &Along) -> String {
    let known: Vec<(f64, f64)> = along.points.iter().filter_map(|(at, value)| Some((*at, (*value)?))).collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        return language
            .say("법이 정한 값을 확인하지 못해 그리지 못합니다.", "A figure of the law is open.")
            .to_owned();
    };
    let number = |value: f64| language.number(whole(value));
    language.pick(
        format!("{}일 때 {}, {}일 때 {}입니다.", number(first.0), number(first.1), number(last.0), number(last.1)),
        format!("{} at {}, {} at {}.", number(first.1), number(first.0), number(last.1), number(last.0)),
    )
}

fn table(language: Language, along: &Along, (fact, result): (&str, &str)) -> Html {
    let table = Table::new(language.pick(format!("{fact}에 따른 {result}"), format!("{result} by {fact}")))
        .hidden_caption()
        .column(fact)
        .figures(result);
    let step = (along.points.len() / ROWS).max(1);
    let rows = along.points.iter().step_by(step).fold(table, |table, (at, value)| {
        let open = language.say("알 수 없음", "not known").to_owned();
        let shown = value.map_or(open, |value| language.number(whole(value)));
        table.row([Html::text(&language.number(whole(*at))), Html::text(&shown)])
    });
    Html::empty().and(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_on_round_numbers() {
        for (most, top) in [(0.0, 1.0), (279_760.0, 400_000.0), (1_000_000.0, 1_000_000.0), (61.0, 80.0)] {
            assert!((round_top(most) - top).abs() < 1e-6, "{most}");
        }
        assert_eq!(short(Language::Korean, 2_000_000.0), "200만");
        assert_eq!(short(Language::English, 2_000_000.0), "2,000,000");
    }
}
