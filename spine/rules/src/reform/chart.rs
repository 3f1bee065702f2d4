//! A study as a page and as tables: the picture that answers the question, the table below it, the data to take along.

use super::measure::{Line, Study};
use super::rates::Curve;
use crate::explain::{escape, grouped};
use std::fmt::Write;

const STYLE: &str = "
:root{--text:#1e2124;--quiet:#58616a;--line:#cdd1d5;--ground:#fff;--more:#256ef4;--less:#9e6a00}
@media (prefers-color-scheme:dark){:root{--text:#f4f5f6;--quiet:#b1b8be;--line:#464c53;--ground:#131416;--more:#86aff9;--less:#ffc95c}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:17px/1.5 'Pretendard GOV',Pretendard,'Noto Sans KR','Apple SD Gothic Neo','Malgun Gothic',system-ui,sans-serif}
main{max-width:1000px;margin:0 auto;padding:40px 24px 80px}
h1{font-size:32px;margin:0 0 16px}
h2{font-size:24px;margin:64px 0 16px}
[lang=en]{color:var(--quiet);font-size:15px;display:block;font-weight:400}
svg{width:100%;height:auto;display:block}
svg text{fill:var(--text);font-size:13px}
.axis{stroke:var(--line)}
.more{fill:var(--more)}.less{fill:var(--less)}
.before{fill:none;stroke:var(--less);stroke-width:2;stroke-dasharray:6 4}.after{fill:none;stroke:var(--more);stroke-width:2}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:15px}
th,td{text-align:right;padding:8px;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums}
th:first-child{text-align:left}
footer{margin-top:64px;color:var(--quiet);font-size:15px}
";

fn amount(value: f64) -> String {
    grouped(&format!("{value:.0}"))
}

fn percent(part: f64) -> String {
    format!("{:.2} %", part * 100.0)
}

fn share(part: usize, whole: usize) -> String {
    if whole == 0 { String::new() } else { percent(part as f64 / whole as f64) }
}

/// A decile's number in words; other names as they are.
fn shown(name: &str) -> String {
    match name.strip_prefix('0').unwrap_or(name) {
        decile if name.len() == 2 && decile.parse::<u8>().is_ok() => format!("{decile}분위 (decile {decile})"),
        other => other.to_owned(),
    }
}

/// Bars of the mean change, up and down from nothing, each with its figure.
fn bars(html: &mut String, id: &str, title: (&str, &str), lines: &[Line]) {
    let most = lines.iter().map(|line| line.mean_change.abs()).fold(1e-9, f64::max);
    let height = 34 * lines.len() + 16;
    let _ = write!(
        html,
        "<svg viewBox=\"0 0 960 {height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{} ({})</title><desc id=\"{id}-d\">",
        escape(title.0),
        escape(title.1)
    );
    for line in lines {
        let _ = write!(html, "{}: {}. ", escape(&shown(&line.name)), amount(line.mean_change));
    }
    html.push_str("</desc><line class=\"axis\" x1=\"560\" y1=\"0\" x2=\"560\" y2=\"100%\"/>");
    for (place, line) in lines.iter().enumerate() {
        let y = 34 * place + 8;
        let width = (line.mean_change.abs() / most * 280.0).max(if line.mean_change == 0.0 { 0.0 } else { 1.0 });
        let (x, class, label_x, anchor) = if line.mean_change >= 0.0 {
            (560.0, "more", 568.0 + width, "start")
        } else {
            (560.0 - width, "less", 552.0 - width, "end")
        };
        let _ = write!(
            html,
            "<text x=\"0\" y=\"{}\">{}</text><rect class=\"{class}\" x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"22\"/><text x=\"{label_x:.1}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            y + 16,
            escape(&shown(&line.name)),
            y + 16,
            amount(line.mean_change)
        );
    }
    html.push_str("</svg>\n");
}

fn table(html: &mut String, lines: &[Line]) {
    html.push_str("<div class=\"scroll\"><table><thead><tr><th scope=\"col\"></th><th scope=\"col\">사람 (persons)</th><th scope=\"col\">가구 (households)</th><th scope=\"col\">가구당 평균 변화 (mean change)</th><th scope=\"col\">늘어난 사람 (winners)</th><th scope=\"col\">줄어든 사람 (losers)</th><th scope=\"col\">비용 (cost)</th></tr></thead><tbody>\n");
    for line in lines {
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&shown(&line.name)),
            amount(line.persons as f64),
            amount(line.households as f64),
            amount(line.mean_change),
            share(line.winners, line.persons),
            share(line.losers, line.persons),
            amount(line.cost)
        );
    }
    html.push_str("</tbody></table></div>\n");
}

fn heading(html: &mut String, korean: &str, english: &str) {
    let _ = writeln!(html, "<h2>{}<span lang=\"en\">{}</span></h2>", escape(korean), escape(english));
}

fn path(amounts: &[f64], rates: &[f64], most: f64) -> String {
    let mut path = String::new();
    for (place, rate) in rates.iter().enumerate() {
        let y = 150.0 - rate.clamp(-0.5, 1.5) * 100.0;
        let x = |amount: f64| 60.0 + amount / most * 880.0;
        let (from, to) = (x(amounts[place]), x(amounts[place + 1]));
        let _ = write!(path, "{}{from:.1},{y:.1} L{to:.1},{y:.1} ", if place == 0 { "M" } else { "L" });
    }
    path
}

fn curve(html: &mut String, curve: &Curve) {
    let Some(most) = curve.amounts.last().copied().filter(|most| *most > 0.0) else { return };
    heading(
        html,
        "한 걸음 더 벌 때 줄어드는 몫",
        "Effective marginal rate: what does not stay of each further step of income",
    );
    let (before, after) = (curve.marginal(false), curve.marginal(true));
    html.push_str("<svg viewBox=\"0 0 960 240\" role=\"img\" aria-labelledby=\"c-t c-d\"><title id=\"c-t\">한계실효율 (effective marginal rate)</title><desc id=\"c-d\">점선은 지금의 규칙, 실선은 개정안입니다. 값은 아래 표에 있습니다. (Dashed: the rules in force; solid: the reform. The figures are in the table below.)</desc>");
    for (rate, name) in [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")] {
        let y = 150.0 - rate * 100.0;
        let _ = write!(
            html,
            "<line class=\"axis\" x1=\"60\" x2=\"940\" y1=\"{y}\" y2=\"{y}\"/><text x=\"0\" y=\"{}\">{name}</text>",
            y + 4.0
        );
    }
    let _ = writeln!(
        html,
        "<path class=\"before\" d=\"{}\"/><path class=\"after\" d=\"{}\"/><text x=\"940\" y=\"225\" text-anchor=\"end\">{}</text></svg>",
        path(&curve.amounts, &before, most),
        path(&curve.amounts, &after, most),
        amount(most)
    );
    html.push_str("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">소득 (income)</th><th scope=\"col\">지금 (in force)</th><th scope=\"col\">개정안 (reform)</th><th scope=\"col\">지금의 율 (rate)</th><th scope=\"col\">개정안의 율 (rate, reform)</th></tr></thead><tbody>\n");
    for place in 0..curve.amounts.len() {
        let rate = |rates: &[f64]| rates.get(place).map_or_else(String::new, |rate| percent(*rate));
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            amount(curve.amounts[place]),
            amount(curve.before[place]),
            amount(curve.after[place]),
            rate(&before),
            rate(&after)
        );
    }
    html.push_str("</tbody></table></div>\n");
}

/// What is paid out, variable by variable, and who was calculated.
fn benefits(html: &mut String, study: &Study) {
    let _ = writeln!(
        html,
        "<p>계산한 표본은 {0}가구 {1}명이고 한 가구가 {2:.1}가구를 대표합니다. 법이 정한 값을 확인하지 못해 어느 급여를 0원으로 센 가구는 {3}입니다.<span lang=\"en\">Calculated: {1} persons in {0} households, each standing for {2:.1}. For {3} households the law leaves some amount open: it counts as nothing for them.</span></p>",
        amount(study.sample.1 as f64),
        amount(study.sample.0 as f64),
        study.weight,
        amount(study.open.1 as f64)
    );
    if study.benefits.is_empty() {
        return;
    }
    heading(html, "급여별 지급액", "What is paid, by benefit");
    html.push_str("<div class=\"scroll\"><table><thead><tr><th scope=\"col\"></th><th scope=\"col\">지금 (in force)</th><th scope=\"col\">개정안 (reform)</th><th scope=\"col\">차이 (difference)</th><th scope=\"col\">지금 받는 수 (takers)</th><th scope=\"col\">개정안에서 받는 수 (takers, reform)</th><th scope=\"col\">알 수 없음 (not known)</th></tr></thead><tbody>\n");
    for one in &study.benefits {
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&one.name),
            amount(one.paid[0]),
            amount(one.paid[1]),
            amount(one.paid[1] - one.paid[0]),
            amount(one.takers[0] as f64),
            amount(one.takers[1] as f64),
            amount(one.unknown as f64)
        );
    }
    html.push_str("</tbody></table></div>\n");
}

/// The page of a study.
pub fn page(study: &Study, rates: Option<&Curve>, package: &str) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"ko\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{0}</title><style>{STYLE}</style></head><body><main>\n<h1>{0}<span lang=\"en\">{1}, {2} persons in {3} households</span></h1>\n",
        escape(&study.name),
        escape(&study.period),
        amount(study.population.0 as f64),
        amount(study.population.1 as f64)
    );
    let _ = writeln!(
        html,
        "<p>{} 동안 {}이 더 듭니다. {}의 사람은 가구 소득이 늘고 {}은 줄어듭니다.<span lang=\"en\">It costs {} more in {}. The household income of {} of the people rises, that of {} falls.</span></p>",
        escape(&study.period),
        amount(study.total.cost),
        share(study.total.winners, study.total.persons),
        share(study.total.losers, study.total.persons),
        amount(study.total.cost),
        escape(&study.period),
        share(study.total.winners, study.total.persons),
        share(study.total.losers, study.total.persons)
    );
    benefits(&mut html, study);
    heading(&mut html, "소득 분위별 가구 소득의 변화", "Change of household income by decile, the poorest first");
    bars(&mut html, "deciles", ("소득 분위별 평균 변화", "mean change by decile"), &study.deciles);
    table(&mut html, &study.deciles);
    heading(&mut html, "빈곤과 불평등", "Poverty and inequality");
    html.push_str("<div class=\"scroll\"><table><thead><tr><th scope=\"col\"></th><th scope=\"col\">지금 (in force)</th><th scope=\"col\">개정안 (reform)</th></tr></thead><tbody>\n");
    for (name, before, after) in [
        ("지급액 (paid)", amount(study.before.paid), amount(study.after.paid)),
        ("빈곤율 (poverty rate)", percent(study.before.poverty_rate), percent(study.after.poverty_rate)),
        ("빈곤갭 (poverty gap)", percent(study.before.poverty_gap), percent(study.after.poverty_gap)),
        ("지니계수 (Gini)", format!("{:.4}", study.before.gini), format!("{:.4}", study.after.gini)),
    ] {
        let _ = writeln!(html, "<tr><th scope=\"row\">{name}</th><td>{before}</td><td>{after}</td></tr>");
    }
    html.push_str("</tbody></table></div>\n");
    for (place, (name, lines)) in study.groups.iter().enumerate() {
        let korean = match name.as_str() {
            "household size" => "가구원 수",
            "household composition" => "가구 구성",
            other => other,
        };
        heading(&mut html, &format!("{korean}별 변화"), &format!("By {name}"));
        bars(&mut html, &format!("g{place}"), (korean, name), lines);
        table(&mut html, lines);
    }
    if let Some(rates) = rates {
        curve(&mut html, rates);
    }
    let _ = writeln!(
        html,
        "<footer><p>계산 규칙 {}. 사람마다 가구 소득을 가구원 수의 제곱근으로 나누어 견줍니다. 빈곤선은 지금의 중위소득의 절반({})이고 개정안에서도 그대로 둡니다.</p><p lang=\"en\">Rules: {}. Household income over the square root of its members; deciles of persons; the poverty line is half the median under the rules in force ({}) and stays. Behaviour does not change in this calculation.</p></footer></main></body></html>",
        escape(package),
        amount(study.line),
        escape(package),
        amount(study.line)
    );
    html
}
