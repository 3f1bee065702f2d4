//! What things are called.

use maru_web::{
    Html, Language,
    components::{Tag, Tone},
};

use crate::{
    domain::{
        Benefit, Household, LifeEvent, Month, Status,
        benefit::{Form, Rhythm},
        payment::RunStatus,
        proposal::PaymentState,
    },
    evaluation::LawBook,
};

pub(super) fn status(language: Language, status: Status) -> &'static str {
    match status {
        Status::Found => language.say("확인할 것", "To be confirmed"),
        Status::Asked => language.say("답을 기다림", "Facts asked for"),
        Status::Confirmed => language.say("동의를 기다림", "Waits for consent"),
        Status::Awarded => language.say("받는 중", "Awarded"),
        Status::Declined => language.say("받지 않음", "Declined"),
        Status::Denied => language.say("거부", "Refused"),
        Status::Withdrawn => language.say("해당 없음", "No longer due"),
        Status::Ended => language.say("끝남", "Ended"),
    }
}

pub(super) fn status_tag(language: Language, of: Status) -> Html {
    let tone = match of {
        Status::Found | Status::Confirmed => Tone::Active,
        Status::Asked => Tone::Attention,
        Status::Awarded => Tone::Good,
        Status::Denied => Tone::Bad,
        Status::Declined | Status::Withdrawn | Status::Ended => Tone::Neutral,
    };
    Html::empty().and(Tag::new(tone, status(language, of)))
}

/// The name of a benefit.
pub(super) fn benefit(language: Language, benefit: &Benefit) -> &'static str {
    language.say(benefit.ko, benefit.en)
}

/// How much, in its rhythm: «월 349,700원».
pub(super) fn amount(language: Language, benefit: &Benefit, amount: i64) -> String {
    if benefit.form == Form::Status {
        return language.say("자격", "entitled").to_owned();
    }
    let won = language.won(amount);
    match benefit.rhythm {
        Rhythm::Monthly => language.pick(format!("월 {won}"), format!("{won} a month")),
        Rhythm::Yearly => language.pick(format!("한 해 {won}"), format!("{won} a year")),
        Rhythm::Once => language.pick(format!("한 번 {won}"), format!("{won} once")),
    }
}

/// How something was found, from the word that the log keeps.
pub(super) fn origin(language: Language, origin: &str) -> String {
    let life = LifeEvent::from_origin(origin).map(LifeEvent::words);
    match (origin, life) {
        ("registers", _) => language.say("등록 자료", "the registers").to_owned(),
        (crate::service::GONE, _) => language
            .say("등록 자료에 가구가 더 이상 없음", "the registers do not hold the household any more")
            .to_owned(),
        (crate::service::ORIGIN, _) => language.say("모든 가구 점검", "the screening of all households").to_owned(),
        (_, Some((ko, en))) => {
            language.pick(format!("가구의 변동: {ko}"), format!("a life event: {}", en.to_lowercase()))
        }
        (other, None) => other.to_owned(),
    }
}

/// A month.
pub(super) fn month(language: Language, month: Month) -> String {
    language.month(month.first_day())
}

/// What a member is called: by name, else by place in the household.
pub(super) fn member(language: Language, household: &Household, id: &str) -> String {
    let Some(member) = household.member(id) else { return id.to_owned() };
    if !member.name.is_empty() {
        return member.name.clone();
    }
    let role = match member.role.as_str() {
        "head" => language.say("가구주", "Head"),
        "spouse" => language.say("배우자", "Spouse"),
        "child" => language.say("자녀", "Child"),
        "parent" => language.say("부모", "Parent"),
        _ => language.say("가구원", "Member"),
    };
    let alike: Vec<&str> =
        household.members.iter().filter(|other| other.role == member.role).map(|other| other.id.as_str()).collect();
    match alike.iter().position(|other| *other == id) {
        Some(place) if alike.len() > 1 => format!("{role} {}", place + 1),
        _ => role.to_owned(),
    }
}

/// Whose something is: a member's, or the household's.
pub(super) fn whose(language: Language, household: &Household, id: Option<&str>) -> String {
    id.map_or_else(|| language.say("가구", "Household").to_owned(), |id| member(language, household, id))
}

/// A fact's value as people read it.
pub(super) fn fact(language: Language, law: &LawBook, id: &str, value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Bool(true) => language.say("예", "yes").to_owned(),
        serde_json::Value::Bool(false) => language.say("아니요", "no").to_owned(),
        serde_json::Value::Number(number) => {
            let unit = law.fact(id).and_then(|variable| variable.unit.as_deref()).unwrap_or_default();
            let whole = number.as_i64();
            match whole {
                Some(whole) if unit.starts_with("currency") => language.won(whole),
                Some(whole) => language.number(whole),
                None => number.to_string(),
            }
        }
        serde_json::Value::String(text) => {
            let named = law.choices(id).into_iter().find(|(name, _)| name == text);
            let day = || text.parse().map_or_else(|_| text.clone(), |day| language.date(day));
            named.map_or_else(day, |(_, words)| words.in_language(language == Language::Korean).to_owned())
        }
        other => other.to_string(),
    }
}

pub(super) fn run_status(language: Language, status: RunStatus) -> &'static str {
    match status {
        RunStatus::Collecting => language.say("만드는 중", "Being filled"),
        RunStatus::Closed => language.say("승인을 기다림", "Waits for release"),
        RunStatus::Released => language.say("승인됨", "Released"),
        RunStatus::Transmitted => language.say("은행에 보냄", "Handed to the bank"),
        RunStatus::Cancelled => language.say("취소", "Cancelled"),
    }
}

pub(super) fn payment_state(language: Language, state: PaymentState) -> Html {
    let (tone, label) = match state {
        PaymentState::Instructed => (Tone::Active, language.say("보내는 중", "On its way")),
        PaymentState::Booked => (Tone::Good, language.say("입금됨", "Paid")),
        PaymentState::Returned => (Tone::Attention, language.say("되돌아옴", "Came back")),
    };
    Html::empty().and(Tag::new(tone, label))
}

/// What names a row of a table, and in smaller letters what is said more of it.
pub(super) fn with_more(name: &str, more: &str) -> Html {
    Html::trusted("<span>")
        .and(Html::text(name))
        .and(Html::trusted("<span class=\"why\">"))
        .and(Html::text(more))
        .and(Html::trusted("</span></span>"))
}

/// A date or a figure, which stays on one line.
pub(super) fn unbroken(text: &str) -> Html {
    Html::trusted("<span class=\"number\">").and(Html::text(text)).and(Html::trusted("</span>"))
}

/// A list of lines.
pub(super) fn list(lines: impl IntoIterator<Item = Html>) -> Html {
    let html = lines.into_iter().fold(Html::trusted("<ul>"), |html, line| {
        html.and(Html::trusted("<li>")).and(line).and(Html::trusted("</li>"))
    });
    html.and(Html::trusted("</ul>"))
}

/// A heading of the second level.
pub(super) fn heading(text: &str) -> Html {
    Html::trusted("<h2>").and(Html::text(text)).and(Html::trusted("</h2>"))
}
