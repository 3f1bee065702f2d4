//! Which other cases are the same matter: an official says so beside what the program found, or by number.

use maru_web::{
    Html, Visitor,
    components::{Button, Disclosure, Field, Form},
};

use super::case::{OnDesk, case_link, opens};
use crate::{
    pages::words,
    store::{OfficialAction, PairView},
};

/// Two buttons beside a case that the program found; only one where the other was said already.
pub(super) fn choice(visitor: &Visitor, case: &OnDesk<'_>, other: &str, is_same: bool) -> Html {
    if !case.can(OfficialAction::JudgePairs) {
        return Html::empty();
    }
    let mut buttons = Html::trusted("<div class=\"buttons\">");
    if !is_same {
        let same = visitor.say("같은 사안입니다", "It is the same matter");
        buttons = buttons.and(Button::secondary(same).small().named("same", "yes"));
    }
    let different = visitor.say("같은 사안이 아닙니다", "It is not the same matter");
    let buttons = buttons.and(Button::tertiary(different).small().named("same", "no")).and(Html::trusted("</div>"));
    Html::empty().and(Form::post(visitor, case.to("pair")).hidden("other", other).body(buttons))
}

/// What was said, by whom, with the way to say otherwise.
pub(super) fn judged(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let pairs = &case.view.pairs;
    if pairs.is_empty() {
        return Html::empty();
    }
    let items: Html = pairs.iter().map(|pair| item(visitor, case, pair)).collect();
    let list = Html::trusted("<ul class=\"notes\">").and(items).and(Html::trusted("</ul>"));
    let title = visitor.language.pick(
        format!("같은 사안인지 적은 문의 {}", pairs.len()),
        format!("Said to be the same matter, or not: {}", pairs.len()),
    );
    Html::empty().and(Disclosure::new(title, list))
}

fn item(visitor: &Visitor, case: &OnDesk<'_>, pair: &PairView) -> Html {
    let language = visitor.language;
    let said = if pair.same {
        language.say("같은 사안", "The same matter")
    } else {
        language.say("같은 사안 아님", "Not the same matter")
    };
    let place = if opens(case, &pair.department) {
        case_link(case, &pair.receipt)
    } else {
        let department = words::department(language, case.desk.agency, &pair.department);
        Html::paragraphs(&format!("{} · {department}", pair.receipt))
    };
    let who = pair.name.as_ref().unwrap_or(&pair.official);
    let turned = if pair.same {
        language.say("같은 사안이 아님으로 고치기", "Change to: not the same")
    } else {
        language.say("같은 사안으로 고치기", "Change to: the same matter")
    };
    let button = Button::tertiary(turned).small().named("same", if pair.same { "no" } else { "yes" });
    let form = Form::post(visitor, case.to("pair")).hidden("other", &pair.receipt).body(Html::empty().and(button));
    let form = if case.can(OfficialAction::JudgePairs) { Html::empty().and(form) } else { Html::empty() };
    Html::trusted("<li>")
        .and(Html::paragraphs(&format!("{said}: {}", pair.title)))
        .and(place)
        .and(Html::trusted("<p class=\"why\">"))
        .and(Html::text(&format!("{who} · {}", language.date_time(pair.at))))
        .and(Html::trusted("</p>"))
        .and(form)
        .and(Html::trusted("</li>"))
}

/// A case that the program did not find is named by its number.
pub(super) fn by_number(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if !case.can(OfficialAction::JudgePairs) {
        return Html::empty();
    }
    let language = visitor.language;
    let field = Field::text(
        language,
        "other",
        language.say("같은 사안인 문의의 접수번호", "Receipt number of the same matter"),
    )
    .hint(language.say("예: 2026-7KQ4-M2XD", "For example: 2026-7KQ4-M2XD"))
    .longest(20)
    .value(&case.sent.other)
    .errors(case.errors);
    let button = Button::secondary(language.say("같은 사안으로 적기", "Note as the same matter")).small();
    let form = Form::post(visitor, case.to("pair")).hidden("same", "yes").body(Html::empty().and(field).and(button));
    let title = language.say("같은 사안을 접수번호로 적기", "Name the same matter by its number");
    let disclosure = Disclosure::new(title, Html::empty().and(form));
    Html::empty().and(if case.step == "pair" { disclosure.open() } else { disclosure })
}
