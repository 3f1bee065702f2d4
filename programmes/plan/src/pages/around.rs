//! What is known of a recommendation beside its reports: how likely it is late, what waits for it, what contradicts it, who was
//! there, and what citizens say.

use maru_web::{
    Html, Language, Visitor,
    components::{Button, Choice, DefinitionList, Disclosure, Field, Form, Notice, NoticeKind},
};

use super::{citizen_words, outlook, words};
use crate::{
    domain::{FeltCounts, Number},
    service::{Surveyed, Whole},
    store::Words,
};

/// What contradicts the last report, as a notice; nothing where nothing does.
pub(super) fn contradictions(visitor: &Visitor, whole: &Whole, number: Number) -> Html {
    let language = visitor.language;
    let Some(found) = whole.contradictions.get(&number) else { return Html::empty() };
    let notice = Notice::new(language, NoticeKind::Warning, "")
        .title(language.say("보고와 어긋나는 것이 있습니다", "Something contradicts the report"))
        .markup(outlook::sentences(language, found));
    Html::empty().and(notice)
}

/// Forecast, dependencies and visits, as facts.
pub(super) fn facts(visitor: &Visitor, whole: &Whole, number: Number) -> Html {
    let language = visitor.language;
    let mut list = DefinitionList::new();
    let mut known = false;
    let next =
        whole.outlook.chances.iter().filter(|chance| chance.number == number).min_by_key(|chance| chance.quarter);
    if let Some(chance) = next {
        let because = chance.because.iter().take(3);
        let because: Vec<&str> = because.map(|(one, weight)| outlook::feature(language, *one, *weight > 0.0)).collect();
        let text = language.pick(
            format!("{} ({}): {}", language.percentage(chance.of_delay), chance.quarter.korean(), because.join(", ")),
            format!("{} ({}): {}", language.percentage(chance.of_delay), chance.quarter.english(), because.join(", ")),
        );
        list = list.text(language.say("늦을 가능성 (모형이 가늠)", "Chance of delay (a model's estimate)"), &text);
        known = true;
    }
    let before: Vec<Number> = whole.graph.prerequisites(number).collect();
    if !before.is_empty() {
        list = list.markup(language.say("먼저 끝나야 할 권고", "Waits for"), links(language, before.into_iter()));
        known = true;
    }
    let affected = whole.graph.affected(number);
    if !affected.is_empty() {
        let label = language.say("늦으면 함께 늦는 권고", "A delay reaches");
        list = list.markup(label, links(language, affected.iter().map(|one| one.number)));
        known = true;
    }
    let recorded = whole.visits_of(number).filter(|named| !named.state.records.is_empty());
    for named in recorded {
        let Some(planned) = &named.state.planned else { continue };
        let label = format!("{} · {}", language.date(planned.on), planned.place);
        list = list.markup(
            language.say("현장점검", "Field visit"),
            words::link(&format!("/plan/visits/{}", named.id), &label),
        );
        known = true;
    }
    if known { Html::empty().and(list) } else { Html::empty() }
}

fn links(language: Language, numbers: impl Iterator<Item = Number>) -> Html {
    let mut html = Html::empty();
    for (at, number) in numbers.enumerate() {
        if at > 0 {
            html = html.and(Html::text(", "));
        }
        html = html.and(words::number_link(language, number));
    }
    html
}

/// What citizens say, and a form to say it; officials see no form.
pub(super) fn felt(visitor: &Visitor, whole: &Whole, number: Number, said: &[Words]) -> Html {
    let language = visitor.language;
    let counts = whole.felt.get(&number).copied().unwrap_or_default();
    let done =
        whole.seen(number).is_some_and(|seen| !seen.recommendation.done.is_empty() || seen.recommendation.complete);
    let surveyed = whole.surveyed.get(&number);
    if !done && counts.all() == 0 && surveyed.is_none() {
        return Html::empty();
    }
    let mut html = Html::trusted(format!("<h3>{}</h3>", language.say("국민에게 닿았나요?", "Did it reach citizens?")));
    if let Some(surveyed) = surveyed {
        html = html.and(of_survey(language, surveyed));
    }
    html = html.and(Html::paragraphs(&summary(language, counts)));
    if !said.is_empty() {
        let look = language.say("이 글 보기", "This one");
        let items = said.iter().map(|one| {
            let text = citizen_words::shown_or_in_place(language, one);
            format!("<li>{text} {}</li>", words::link(&citizen_words::path(one), look))
        });
        let title =
            language.pick(format!("국민이 한 말 {}건", said.len()), format!("What {} citizens wrote", said.len()));
        html = html.and(Disclosure::new(title, Html::trusted(format!("<ul>{}</ul>", items.collect::<String>()))));
    }
    if visitor.is_staff() {
        return html;
    }
    let choices = [
        Choice::new("yes", language.say("네, 달라졌어요", "Yes, something changed")),
        Choice::new("partly", language.say("일부만 달라졌어요", "In part")),
        Choice::new("no", language.say("아니요, 달라진 것이 없어요", "No, nothing changed")),
    ];
    // Several of these forms stand on a page: fields are told apart by the number.
    let fields = Html::empty()
        .and(Field::radios(
            language,
            format!("verdict-{number}"),
            language.say("달라진 것을 느끼셨나요?", "Do you feel a change?"),
            choices,
        ))
        .and(
            Field::area(language, format!("text-{number}"), language.say("어떤 점이 그런가요?", "In which way?"))
                .hint(
                    language
                        .say("공개됩니다. 개인정보는 자동으로 가립니다.", "It is public; personal data are masked."),
                )
                .rows(3)
                .optional(),
        )
        .and(Button::secondary(language.say("보내기", "Send")));
    let form = Form::post(visitor, format!("/plan/tasks/{}/felt", number.task))
        .hidden("number", number.to_string())
        .body(fields);
    html.and(Disclosure::new(language.say("내 생각 말하기", "Say what you think"), Html::empty().and(form)))
}

/// What a survey with a sample says, with how sure it is and how many answered.
fn of_survey(language: Language, surveyed: &Surveyed) -> Html {
    let [yes, partly, no] = surveyed.shares.map(|one| language.percentage(one.share));
    let [sure, ..] = surveyed.shares;
    let (low, high) = (language.percentage(sure.low), language.percentage(sure.high));
    let text = language.pick(
        format!(
            "표본조사: 그렇다 {yes} (95% 신뢰구간 {low}~{high}), 일부 {partly}, 아니다 {no}. {}명을 초대해 {}명이 답했습니다. ",
            surveyed.invited, surveyed.answered
        ),
        format!(
            "Survey with a sample: {yes} yes (95% interval {low} to {high}), {partly} in part, {no} no. {} were invited, {} answered. ",
            surveyed.invited, surveyed.answered
        ),
    );
    let link = words::link(&format!("/plan/surveys/{}", surveyed.id), language.say("조사 보기", "The survey"));
    Html::trusted("<p>").and(Html::text(&text)).and(link).and(Html::trusted("</p>"))
}

fn summary(language: Language, counts: FeltCounts) -> String {
    if counts.all() == 0 {
        return language.say("아직 말한 사람이 없습니다.", "Nobody has said anything yet.").to_owned();
    }
    let signed = counts.signed_in.all();
    language.pick(
        format!(
            "그렇다 {}명, 일부 {}명, 아니다 {}명. 그 가운데 {signed}명은 로그인해 한 번씩 말했습니다. 로그인하지 않으면 여러 번 말할 수 있어 따로 셉니다. 표본조사가 아닙니다.",
            counts.yes, counts.partly, counts.no
        ),
        format!(
            "{} yes, {} in part, {} no. Of these {signed} signed in and said it once each; who did not can say it again, and is counted apart. It is no survey.",
            counts.yes, counts.partly, counts.no
        ),
    )
}
