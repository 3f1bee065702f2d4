//! Words and marks that several pages share.

use jiff::Timestamp;
use maru_web::{
    Html, Language,
    components::{ClockBadge, Icon, Tag, Tone},
};

use crate::{
    agency::Agency,
    domain::{Kind, State, TextLanguage, Urgency},
    store::{DeadlineView, QueueRow},
};

pub(super) fn kind(language: Language, kind: Kind) -> &'static str {
    language.say(kind.korean(), kind.english())
}

/// What a citizen calls the kind, with the legal term in brackets after it.
pub(super) fn kind_for_citizens(language: Language, kind: Kind) -> &'static str {
    match kind {
        Kind::Immediate => language.say("간단한 신고나 불편 (기타민원)", "Simple report (other petition)"),
        Kind::LegalQuestion => {
            language.say("법령 뜻을 묻는 질문 (질의민원)", "Question about a statute (inquiry on law)")
        }
        Kind::Question => language.say("제도나 절차를 묻는 질문 (질의민원)", "Question about a procedure (inquiry)"),
        Kind::Suggestion => language.say("고쳐 달라는 제안 (건의민원)", "Suggestion for improvement (suggestion)"),
        Kind::Grievance => language
            .say("잘못이나 피해를 바로잡아 달라는 요청 (고충민원)", "Complaint about a wrong or a loss (grievance)"),
        Kind::Application => language.say("허가·발급 등의 신청 (법정민원)", "Application (statutory petition)"),
    }
}

pub(super) fn state(language: Language, state: State) -> &'static str {
    language.say(state.korean(), state.english())
}

pub(super) fn text_language(language: Language, text: TextLanguage) -> &'static str {
    language.say(text.korean(), text.english())
}

pub(super) fn department(language: Language, agency: &Agency, id: &str) -> String {
    let (ko, en) = agency.department_names(id);
    language.pick(ko, en)
}

pub(super) fn category(language: Language, agency: &Agency, id: Option<&str>) -> String {
    let Some(id) = id else { return language.say("정하지 않음", "Not decided").to_owned() };
    let (ko, en) = agency.category_names(id);
    language.pick(ko, en)
}

pub(super) fn state_tag(language: Language, of: State) -> Tag {
    let tone = match of {
        State::Understood | State::Drafted | State::Approved => Tone::Active,
        State::CompletionRequested | State::Objected => Tone::Attention,
        State::Answered => Tone::Good,
        State::Refused | State::Returned => Tone::Bad,
        State::Received | State::Transferred | State::Closed | State::Withdrawn => Tone::Neutral,
    };
    let tag = Tag::new(tone, state(language, of));
    if matches!(of, State::Transferred | State::Closed | State::Withdrawn) { tag.icon(Icon::Closed) } else { tag }
}

/// What a citizen calls the urgency.
pub(super) fn urgency_for_citizens(language: Language, urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Normal => language.say("정해진 기간 안이면 돼요", "Within the period is fine"),
        Urgency::Soon => language.say("곧 지나는 기한이 있어요", "I have a time limit that ends soon"),
        Urgency::Danger => language.say("생명·건강·안전이 위험해요", "Life, health or safety is in danger"),
    }
}

/// Shown only where somebody should look sooner.
pub(super) fn urgency_tag(language: Language, urgency: Urgency) -> Html {
    let label = language.say(urgency.korean(), urgency.english());
    match urgency {
        Urgency::Normal => Html::empty(),
        Urgency::Soon => Html::empty().and(Tag::new(Tone::Attention, label)),
        Urgency::Danger => Html::empty().and(Tag::new(Tone::Bad, label)),
    }
}

/// The clock of a case in a list.
pub(super) fn row_clock(language: Language, row: &QueueRow, now: Timestamp) -> ClockBadge {
    if row.state.is_open() {
        return match row.due_at {
            Some(due) => ClockBadge::counting(language, now, due),
            None => ClockBadge::paused(language, language.say("기한 멈춤", "Clock stopped")),
        };
    }
    let label = match row.in_time {
        Some(true) => language.say("기한 안에 처리", "Done in time"),
        Some(false) => language.say("기한 뒤 처리", "Done late"),
        None => state(language, row.state),
    };
    ClockBadge::stopped(language, label)
}

/// The clock of the case that is open: working time, as the law counts it.
pub(super) fn case_clock(language: Language, state_of: State, deadline: &DeadlineView, now: Timestamp) -> ClockBadge {
    if !state_of.is_open() {
        return ClockBadge::stopped(language, state(language, state_of));
    }
    let Some(due) = deadline.due else {
        return ClockBadge::paused(
            language,
            language.say("보완을 기다리는 동안 멈춤", "Stopped while waiting for documents"),
        );
    };
    ClockBadge::counting(language, now, due)
}

/// A confidence in a word and a figure: people read «probably», machines 0.83.
pub(super) fn confidence(language: Language, confidence: f64, certain: bool) -> String {
    let share = language.percentage(confidence);
    if certain {
        language.pick(format!("확신 {share}"), format!("{share} sure"))
    } else {
        language.pick(format!("확실하지 않음 {share}"), format!("unsure, {share}"))
    }
}
