//! The tree as one page that needs nothing else: it unfolds without a script, prints, and reads in both languages.

use super::change::Change;
use super::{Account, Figure, Source, Words};
use std::fmt::Write;

const STYLE: &str = "
:root{--text:#1e2124;--quiet:#58616a;--line:#cdd1d5;--ground:#fff;--card:#f4f5f6;--link:#0b50d0;--main:#256ef4;--good:#267337;--open:#8a5c00}
@media (prefers-color-scheme:dark){:root{--text:#f4f5f6;--quiet:#b1b8be;--line:#464c53;--ground:#131416;--card:#1e2124;--link:#86aff9;--main:#4c87f6;--good:#a9dab4;--open:#ffc95c}}
*{box-sizing:border-box}
body{margin:0;word-break:keep-all;overflow-wrap:anywhere;background:var(--ground);color:var(--text);font:17px/1.5 'Pretendard GOV',Pretendard,'Noto Sans KR','Apple SD Gothic Neo','Malgun Gothic',system-ui,sans-serif}
main{max-width:860px;margin:0 auto;padding:40px 24px 80px}
h1{font-size:32px;line-height:1.4;margin:0 0 4px}
h1 [lang=en],h2 [lang=en]{font-weight:400}
.whose{color:var(--quiet);margin:0 0 24px}
.result{border:1px solid var(--line);border-top:4px solid var(--main);border-radius:12px;padding:24px}
.result p:last-child{margin:0}
.result .figure{font-size:40px;font-weight:700;line-height:1.3;margin:0 0 12px;font-variant-numeric:tabular-nums}
.result .basis{color:var(--quiet);font-size:15px}
h2{font-size:24px;margin:64px 0 16px}
p{margin:0 0 16px;max-width:40em}
[lang=en]{color:var(--quiet);font-size:15px;display:block}
summary{min-height:44px;padding:8px 4px;cursor:pointer;border-radius:6px}
summary:focus-visible,a:focus-visible{outline:3px solid var(--main);outline-offset:2px}
details{border-left:2px solid var(--line);padding-left:16px;margin:4px 0}
details[open]>summary{font-weight:600}
.leaf{border-left:2px solid var(--line);padding:8px 4px 8px 16px;margin:4px 0}
.value{font-variant-numeric:tabular-nums;font-weight:700;white-space:nowrap}
.note{color:var(--open)}
.law{background:var(--card);border-radius:8px;padding:16px;margin:8px 0}
.law p{margin:0 0 8px}
table{border-collapse:collapse;width:100%;font-size:15px}
caption{text-align:left;font-weight:600;padding:8px 0}
th,td{text-align:left;vertical-align:top;padding:8px;border-bottom:1px solid var(--line)}
td.value{text-align:right}
a{color:var(--link)}
.scroll{overflow-x:auto}
.scroll:focus-visible{outline:3px solid var(--main);outline-offset:2px}
@media (max-width:640px){h1{font-size:28px}.result{padding:16px}.result .figure{font-size:32px}details,.leaf{padding-left:10px}}
footer{margin-top:64px;border-top:1px solid var(--line);padding-top:16px;color:var(--quiet);font-size:15px}
@media print{details>*{display:block}summary{list-style:none}}
";

/// Text made safe for a page.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Korean, and English below it where it differs.
fn both(words: &Words) -> String {
    if words.ko == words.en {
        return escape(&words.ko);
    }
    format!("{}<span lang=\"en\">{}</span>", escape(&words.ko), escape(&words.en))
}

/// Korean and English in one line, for names.
fn inline(words: &Words) -> String {
    if words.ko == words.en { escape(&words.ko) } else { format!("{} ({})", escape(&words.ko), escape(&words.en)) }
}

/// The page: the result first, then what it rests on, what would change it, and the facts with their proofs.
pub fn page(account: &Account, changes: &[Change], package: &str, hash: Option<&str>) -> String {
    let sentence = account.sentence();
    let period = super::words::period_words(account.period);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"ko\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{}</title><style>{STYLE}</style></head><body><main>\n<h1>{}</h1>\n<p class=\"whose\">{} · {} ({})</p>\n<div class=\"result\"><p class=\"figure\">{}</p>",
        escape(&sentence.ko),
        both(&account.label),
        escape(&account.instance),
        escape(&period.ko),
        escape(&period.en),
        both(&account.shown),
    );
    if let Some(reason) = &account.reason {
        let _ = write!(html, "<p>{}</p><p class=\"basis\">{}</p>", both(&reason.text), both(&reason.basis));
    }
    html.push_str("</div>\n");
    html.push_str("<h2>이 결과가 나온 까닭<span lang=\"en\">Why this is the result</span></h2>\n");
    if !account.text.ko.is_empty() {
        let _ = writeln!(html, "<p>{}</p>", both(&account.text));
    }
    law(&mut html, account);
    for child in &account.children {
        branch(&mut html, child);
    }
    changed(&mut html, changes);
    facts(&mut html, account);
    let _ = writeln!(
        html,
        "<footer><p>계산 규칙: {}{}</p><p lang=\"en\">Rules: {}. Calculated from the package named here; the person who decides answers for the decision.</p></footer></main></body></html>",
        escape(package),
        hash.map_or_else(String::new, |hash| format!(" · 확인 번호 (certificate) {}", escape(hash))),
        escape(package)
    );
    html
}

fn law(html: &mut String, account: &Account) {
    if account.figures.is_empty() && account.references.is_empty() && account.formula.is_none() {
        return;
    }
    html.push_str("<div class=\"law\">");
    for figure in &account.figures {
        figure_line(html, figure);
    }
    for reference in &account.references {
        let _ = write!(html, "<p>{}</p>", link(reference, Some(reference)));
    }
    if let Some(formula) = &account.formula {
        let _ = write!(html, "<p><code>{}</code></p>", escape(formula));
    }
    html.push_str("</div>\n");
}

fn link(title: &str, href: Option<&str>) -> String {
    match href.filter(|href| href.starts_with("https://") || href.starts_with("http://")) {
        Some(href) => format!("<a href=\"{}\">{}</a>", escape(href), escape(title)),
        None => escape(title),
    }
}

fn figure_line(html: &mut String, figure: &Figure) {
    let titles: Vec<String> = figure.references.iter().map(|(title, href)| link(title, href.as_deref())).collect();
    let since = figure.since.as_deref().map_or_else(String::new, |since| format!(" · {}부터 (since)", escape(since)));
    let mark = match figure.mark.as_deref() {
        Some("U") => " <span class=\"note\">확인되지 않음 (not verified)</span>",
        Some("P" | "S") => " <span class=\"note\">공식 원문이 아닌 자료 (not the official text)</span>",
        _ => "",
    };
    let _ = write!(
        html,
        "<p>{} <span class=\"value\">{}</span>{since}{mark}<br>{}</p>",
        inline(&figure.description),
        inline(&figure.shown),
        titles.join(" · ")
    );
}

fn branch(html: &mut String, account: &Account) {
    let period = super::words::period_words(account.period);
    let head = format!(
        "{} · {} <span class=\"value\">{}</span>{}<span lang=\"en\">{} · {}, {}</span>",
        escape(&account.instance),
        escape(&account.label.ko),
        escape(&account.shown.ko),
        match account.source {
            Source::Usual => " <span class=\"note\">입력 없음: 기본값 (not given: the usual value)</span>",
            Source::NotInForce => " <span class=\"note\">이 시기에 적용하지 않음 (not in force then)</span>",
            Source::SwitchedOff => " <span class=\"note\">적용 제외 (switched off)</span>",
            Source::Given | Source::Formula => "",
        },
        escape(&account.label.en),
        escape(&period.en),
        escape(&account.shown.en),
    );
    if account.elsewhere {
        let _ = writeln!(
            html,
            "<div class=\"leaf\">{head}<span class=\"note\">다른 곳에 설명함 (explained elsewhere)</span></div>"
        );
        return;
    }
    let _ = write!(html, "<details><summary>{head}</summary>");
    if !account.text.ko.is_empty() {
        let _ = write!(html, "<p>{}</p>", both(&account.text));
    }
    law(html, account);
    for child in &account.children {
        branch(html, child);
    }
    html.push_str("</details>\n");
}

fn changed(html: &mut String, changes: &[Change]) {
    if changes.is_empty() {
        return;
    }
    html.push_str("<h2>무엇이 달라지면 결과가 달라지는지<span lang=\"en\">What would change it</span></h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"무엇이 달라지면 결과가 달라지는지\"><table><caption>한 가지만 달라질 때 (one fact at a time)</caption><thead><tr><th scope=\"col\">사실 (fact)</th><th scope=\"col\">지금 (now)</th><th scope=\"col\">달라지면 (if it were)</th><th scope=\"col\">결과 (result)</th></tr></thead><tbody>\n");
    for change in changes {
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{} · {}</th><td class=\"value\">{}</td><td class=\"value\">{}</td><td class=\"value\">{}</td></tr>",
            escape(&change.instance),
            inline(&change.label),
            inline(&change.now),
            inline(&change.then),
            inline(&change.result),
        );
    }
    html.push_str("</tbody></table></div>\n");
}

fn facts(html: &mut String, account: &Account) {
    let inputs = account.inputs();
    if inputs.is_empty() {
        return;
    }
    html.push_str("<h2>확인한 사실과 증빙<span lang=\"en\">Facts and what proves them</span></h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"확인한 사실과 증빙\"><table><thead><tr><th scope=\"col\">누구 (who)</th><th scope=\"col\">사실 (fact)</th><th scope=\"col\">값 (value)</th><th scope=\"col\">증빙 (proof)</th></tr></thead><tbody>\n");
    for input in inputs {
        let usual = if input.source == Source::Usual {
            " <span class=\"note\">입력 없음: 기본값 (not given)</span>"
        } else {
            ""
        };
        let _ = writeln!(
            html,
            "<tr><td>{}</td><th scope=\"row\">{}</th><td class=\"value\">{}{usual}</td><td>{}</td></tr>",
            escape(&input.instance),
            inline(&input.label),
            inline(&input.shown),
            both(&input.text),
        );
    }
    html.push_str("</tbody></table></div>\n");
}
