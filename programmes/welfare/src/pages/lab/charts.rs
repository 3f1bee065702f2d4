//! Pictures of a study: what changes up and down from nothing, and what of a further won does not stay. Each with its table.

use std::fmt::Write as _;

use maru_rules::reform::{Curve, Line};
use maru_web::{
    Html, Language,
    components::{Disclosure, Table},
};

use super::words::{count, line_name, percent, share, signed, signed_large, whole};

/// The height of a bar with its label, in rem.
const ROW: f64 = 5.2;

/// A picture of the mean change of each line, and its table below.
pub(super) struct Changes<'a> {
    /// Its own on the page.
    pub(super) identifier: &'a str,
    pub(super) title: String,
    /// Of which trait the lines are.
    pub(super) of: &'a str,
    /// What the first column of the table is called.
    pub(super) names: String,
    pub(super) lines: &'a [Line],
    /// The change that fills half of the picture; the largest of the lines where none is given.
    pub(super) most: Option<f64>,
}

/// The largest change, up or down.
pub(super) fn largest(lines: &[Line]) -> f64 {
    lines.iter().map(|line| line.mean_change.abs()).fold(0.0, f64::max)
}

impl Changes<'_> {
    pub(super) fn draw(&self, language: Language) -> Html {
        Html::trusted("<figure class=\"chart\"><figcaption class=\"chart-title\">")
            .and(Html::text(&self.title))
            .and(Html::trusted("</figcaption>"))
            .and(Html::trusted(self.drawing(language)))
            .and(Disclosure::new(language.say("표로 보기", "Show as a table"), self.table(language)))
            .and(Html::trusted("</figure>"))
    }

    fn drawing(&self, language: Language) -> String {
        let most = self.most.unwrap_or_else(|| largest(self.lines)).max(1e-9);
        let id = self.identifier;
        let mut svg = format!(
            "<svg class=\"bars\" width=\"100%\" height=\"{:.1}rem\" role=\"img\" aria-labelledby=\"{id}-title {id}-description\"><title id=\"{id}-title\">{}</title><desc id=\"{id}-description\">",
            self.lines.len() as f64 * ROW,
            Html::text(&self.title)
        );
        for line in self.lines {
            let text = format!("{}: {}. ", line_name(language, self.of, line), signed(language, line.mean_change));
            let _ = write!(svg, "{}", Html::text(&text));
        }
        svg.push_str("</desc>");
        for (place, line) in self.lines.iter().enumerate() {
            let top = place as f64 * ROW;
            let width = line.mean_change.abs() / most * 50.0;
            let (from, class) =
                if line.mean_change < 0.0 { (50.0 - width, "bar-attention") } else { (50.0, "bar-active") };
            let _ = write!(
                svg,
                "<text class=\"bar-label\" x=\"0\" y=\"{0:.1}rem\">{1}</text><text class=\"bar-figure\" x=\"100%\" y=\"{0:.1}rem\" text-anchor=\"end\">{2}</text><rect class=\"bar-track\" x=\"0\" y=\"{3:.1}rem\" width=\"100%\" height=\"1.2rem\"/><rect class=\"bar {class}\" x=\"{from:.2}%\" y=\"{3:.1}rem\" width=\"{width:.2}%\" height=\"1.2rem\"/>",
                top + 1.8,
                Html::text(&line_name(language, self.of, line)),
                Html::text(&signed(language, line.mean_change)),
                top + 2.6,
            );
        }
        svg.push_str("<line class=\"lab-zero\" x1=\"50%\" x2=\"50%\" y1=\"0\" y2=\"100%\"/></svg>");
        svg
    }

    fn table(&self, language: Language) -> Html {
        let mut table = Table::new(&self.title)
            .hidden_caption()
            .column(&self.names)
            .figures(language.say("사람", "Persons"))
            .figures(language.say("가구", "Households"))
            .figures(language.say("가구 소득의 평균 변화", "Mean change of household income"))
            .figures(language.say("소득이 느는 사람", "Persons who gain"))
            .figures(language.say("소득이 주는 사람", "Persons who lose"))
            .figures(language.say("비용", "Cost"));
        for line in self.lines {
            let of = |part: usize| format!("{} ({})", count(language, part), percent(share(part, line.persons)));
            table = table.row([
                Html::text(&line_name(language, self.of, line)),
                Html::text(&count(language, line.persons)),
                Html::text(&count(language, line.households)),
                Html::text(&signed(language, line.mean_change)),
                Html::text(&of(line.winners)),
                Html::text(&of(line.losers)),
                Html::text(&signed_large(language, line.cost)),
            ]);
        }
        Html::empty().and(table)
    }
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 24.0;
/// A marginal rate above this is drawn at the edge; the table has its figure.
const HIGHEST: f64 = 1.5;

/// The effective marginal rate along earnings, under the rules in force and under the reform.
pub(super) fn rates(language: Language, curve: &Curve, household: &str) -> Html {
    let title = language.pick(
        format!("{household}: 더 번 돈 가운데 급여가 줄어 남지 않는 몫"),
        format!("{household}: what of each further won earned does not stay"),
    );
    Html::trusted("<figure class=\"chart\"><figcaption class=\"chart-title\">")
        .and(Html::text(&title))
        .and(Html::trusted("</figcaption><ul class=\"chart-key\"><li><svg width=\"32\" height=\"4\" aria-hidden=\"true\"><line class=\"curve-now\" x1=\"0\" y1=\"2\" x2=\"32\" y2=\"2\"/></svg>"))
        .and(Html::text(language.say("지금 (점선)", "in force (dashed)")))
        .and(Html::trusted("</li><li><svg width=\"32\" height=\"4\" aria-hidden=\"true\"><line class=\"curve-line\" x1=\"0\" y1=\"2\" x2=\"32\" y2=\"2\"/></svg>"))
        .and(Html::text(language.say("개정안 (실선)", "reform (solid)")))
        .and(Html::trusted("</li></ul>"))
        .and(Html::trusted(rates_drawing(language, curve, &title)))
        .and(Disclosure::new(language.say("표로 보기", "Show as a table"), rates_table(language, curve, &title)))
        .and(Html::trusted("</figure>"))
}

fn rates_drawing(language: Language, curve: &Curve, title: &str) -> String {
    let most = curve.amounts.last().copied().unwrap_or(1.0).max(1.0);
    let across = |amount: f64| LEFT + amount / most * (WIDTH - LEFT - 10.0);
    let up = |rate: f64| TOP + HEIGHT - rate.clamp(0.0, HIGHEST) / HIGHEST * HEIGHT;
    let mut svg = format!(
        "<svg class=\"curve\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-labelledby=\"rates-title rates-description\"><title id=\"rates-title\">{}</title><desc id=\"rates-description\">{}</desc>",
        HEIGHT + TOP + 60.0,
        Html::text(title),
        Html::text(language.say("값은 아래 표에 있습니다.", "The figures are in the table below."))
    );
    for rate in [0.0, 0.5, 1.0, 1.5] {
        let y = up(rate);
        let _ = write!(
            svg,
            "<line class=\"curve-grid\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{WIDTH}\" y2=\"{y:.1}\"/><text class=\"curve-mark\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}%</text>",
            LEFT - 8.0,
            y + 5.0,
            rate * 100.0
        );
    }
    for part in [0.0, 0.4, 0.8] {
        let _ = write!(
            svg,
            "<text class=\"curve-mark\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            across(most * part),
            TOP + HEIGHT + 22.0,
            Html::text(&language.won_read(whole(most * part)))
        );
    }
    let _ = write!(
        svg,
        "<text class=\"curve-mark\" x=\"{WIDTH}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
        TOP + HEIGHT + 46.0,
        Html::text(language.say("월 근로소득 →", "earnings a month →"))
    );
    for (class, after) in [("curve-now", false), ("curve-line", true)] {
        let mut path = String::new();
        for (place, rate) in curve.marginal(after).into_iter().enumerate() {
            let (Some(from), Some(to)) = (curve.amounts.get(place), curve.amounts.get(place + 1)) else { continue };
            let step = if place == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{step}{:.1},{1:.1} L{2:.1},{1:.1} ", across(*from), up(rate), across(*to));
        }
        let _ = write!(svg, "<path class=\"{class}\" fill=\"none\" d=\"{path}\"/>");
    }
    svg.push_str("</svg>");
    svg
}

fn rates_table(language: Language, curve: &Curve, title: &str) -> Html {
    let mut table = Table::new(title)
        .hidden_caption()
        .figures(language.say("월 근로소득", "Earnings a month"))
        .figures(language.say("가구 소득, 지금", "Household income, in force"))
        .figures(language.say("가구 소득, 개정안", "Household income, reform"))
        .figures(language.say("남지 않는 몫, 지금", "Does not stay, in force"))
        .figures(language.say("남지 않는 몫, 개정안", "Does not stay, reform"));
    let (before, after) = (curve.marginal(false), curve.marginal(true));
    for (place, amount) in curve.amounts.iter().enumerate() {
        let won = |side: &[f64]| side.get(place).map_or_else(String::new, |value| language.won(whole(*value)));
        let rate = |rates: &[f64]| rates.get(place).map_or_else(String::new, |rate| percent(*rate));
        table = table.row([
            Html::text(&language.won(whole(*amount))),
            Html::text(&won(&curve.before)),
            Html::text(&won(&curve.after)),
            Html::text(&rate(&before)),
            Html::text(&rate(&after)),
        ]);
    }
    Html::empty().and(table)
}
