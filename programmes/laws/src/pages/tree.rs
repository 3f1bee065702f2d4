//! What a result rests on, as a tree that unfolds without a script.

use maru_rules::explain::{Account, Figure, Source};
use maru_web::{
    Html, Language,
    components::{Icon, Tag, Tone},
};

use super::{answer, say, words};

/// The law and the figures of the result itself, then what it was calculated from.
pub(super) fn tree(language: Language, account: &Account) -> Html {
    let html = Html::trusted("<div class=\"law-why\">").and(law(language, account));
    html.and(children(language, account)).and(Html::trusted("</div>"))
}

fn children(language: Language, account: &Account) -> Html {
    if account.children.is_empty() {
        return Html::empty();
    }
    let list = account
        .children
        .iter()
        .fold(Html::trusted("<ul class=\"law-tree\">"), |list, child| list.and(branch(language, child)));
    list.and(Html::trusted("</ul>"))
}

fn branch(language: Language, account: &Account) -> Html {
    let folds = !account.elsewhere && (!account.children.is_empty() || has_law(account));
    if !folds {
        let note = account
            .elsewhere
            .then(|| Tag::new(Tone::Neutral, language.say("다른 줄에 설명함", "explained in another line")));
        let row = row(language, account, note);
        return Html::trusted("<li class=\"law-leaf\">").and(row).and(Html::trusted("</li>"));
    }
    Html::trusted("<li><details class=\"law-branch\"><summary>")
        .and(Icon::Forward)
        .and(row(language, account, None))
        .and(Html::trusted("</summary><div class=\"law-inner\">"))
        .and(law(language, account))
        .and(children(language, account))
        .and(Html::trusted("</div></details></li>"))
}

/// Whose, what, when, and how much.
fn row(language: Language, account: &Account, note: Option<Tag>) -> Html {
    let period = maru_rules::explain::period_in_words(account.period);
    let html = Html::trusted("<span class=\"law-row\"><span class=\"law-name\">")
        .and(Html::text(say(language, &account.label)))
        .and(Html::trusted(" <span class=\"law-whose\">"))
        .and(Html::text(&format!("{} · {}", account.instance, say(language, &period))))
        .and(Html::trusted("</span></span><span class=\"law-value\">"))
        .and(Html::text(say(language, &account.shown)))
        .and(Html::trusted("</span>"));
    let html = match account.source {
        Source::Usual => html.and(answer::not_given(language)),
        Source::NotInForce => {
            html.and(Tag::new(Tone::Neutral, language.say("이때 적용하지 않음", "not in force then")))
        }
        Source::SwitchedOff => html.and(Tag::new(Tone::Neutral, language.say("적용 제외", "switched off"))),
        Source::Given | Source::Formula => html,
    };
    let html = match note {
        Some(note) => html.and(note),
        None => html,
    };
    html.and(Html::trusted("</span>"))
}

fn has_law(account: &Account) -> bool {
    !say(Language::Korean, &account.text).is_empty() || !account.figures.is_empty()
}

/// What the law says here: the rule in words, and the figures that were read.
fn law(language: Language, account: &Account) -> Html {
    if !has_law(account) {
        return Html::empty();
    }
    let mut html = Html::trusted("<div class=\"law-rule\">");
    let text = say(language, &account.text);
    if !text.is_empty() {
        html = html.and(Html::trusted("<p>")).and(Html::text(text)).and(Html::trusted("</p>"));
    }
    if !account.figures.is_empty() {
        html = html.and(Html::trusted("<ul class=\"law-figures\">"));
        for figure in &account.figures {
            html = html.and(figure_line(language, figure));
        }
        html = html.and(Html::trusted("</ul>"));
    }
    html.and(Html::trusted("</div>"))
}

fn figure_line(language: Language, figure: &Figure) -> Html {
    let mut html = Html::trusted("<li>")
        .and(Html::text(say(language, &figure.description)))
        .and(Html::trusted(" <strong class=\"law-value\">"))
        .and(Html::text(say(language, &figure.shown)))
        .and(Html::trusted("</strong>"));
    if let Some(since) = &figure.since {
        let since = language.pick(format!("{since}부터"), format!("since {since}"));
        html = html
            .and(Html::trusted(" <span class=\"law-whose\">"))
            .and(Html::text(&since))
            .and(Html::trusted("</span>"));
    }
    for (title, href) in &figure.references {
        html = html.and(Html::trusted(" · ")).and(words::link(title, href.as_deref()));
    }
    // That a text is official goes without saying; that it is not is said.
    match figure.mark.as_deref() {
        Some("L") | None => html.and(Html::trusted("</li>")),
        mark => {
            let html = html.and(Html::trusted(" "));
            let html = match words::certainty(language, mark) {
                Some(tag) => html.and(tag),
                None => html,
            };
            html.and(Html::trusted("</li>"))
        }
    }
}
