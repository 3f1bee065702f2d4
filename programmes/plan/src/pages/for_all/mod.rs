//! AI for all: who is reached in seven fields, problems posed to public laboratories, help given at counters, and the report of a year.

mod audits;
mod fields;
mod help;
mod problems;
mod report;

use axum::Router;
use maru_web::{
    Language, Page, PageKind, Visitor,
    routing::{get, post},
};

use super::{Here, Pages, answer};
use crate::domain::for_all::{Dimension, Field, Need, Stage};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/ai-for-all", get(fields::list))
        .route("/plan/ai-for-all/fields/{field}", get(fields::one).merge(post(fields::enter)))
        .route("/plan/ai-for-all/fields/{field}/{number}", post(fields::decide))
        .route("/plan/ai-for-all/problems", get(problems::list).merge(post(problems::pose)))
        .route("/plan/ai-for-all/problems/{id}/choice", post(problems::choose))
        .route("/plan/ai-for-all/problems/{id}/outcome", post(problems::finish))
        .route("/plan/ai-for-all/labs", post(problems::open_lab))
        .route("/plan/ai-for-all/audits", get(audits::list).merge(post(audits::record)))
        .route("/plan/ai-for-all/audits/new", get(audits::new))
        .route("/plan/ai-for-all/audits/{id}", get(audits::one))
        .route("/plan/ai-for-all/audits/{id}/{criterion}/repair", post(audits::repair))
        .route("/plan/ai-for-all/audits/{id}/{criterion}/look", post(audits::look))
        .route("/plan/ai-for-all/help", get(help::show).merge(post(help::log)))
        .route("/plan/ai-for-all/report", get(report::show))
        .route("/plan/ai-for-all/report.pdf", get(report::file))
}

fn frame(visitor: &Visitor, title: &str, kind: PageKind) -> Page {
    let language = visitor.language;
    Page::new(visitor, title, kind)
        .breadcrumb(language.say("행동계획", "Action plan"), "/plan")
        .breadcrumb(language.say("AI 기본사회", "AI for all"), "/plan/ai-for-all")
}

fn field_name(language: Language, field: &Field) -> &'static str {
    language.say(field.korean, field.english)
}

fn dimension(language: Language, dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Age => language.say("나이", "Age"),
        Dimension::Region => language.say("지역", "Region"),
        Dimension::Disability => language.say("장애", "Disability"),
        Dimension::Income => language.say("소득", "Income"),
        Dimension::Language => language.say("언어", "Language"),
    }
}

fn need(language: Language, need: Need) -> &'static str {
    match need {
        Need::NoDevice => language.say("기기나 인터넷이 없음", "No device or connection"),
        Need::HardToUse => language.say("쓰기 어려움", "Hard to use"),
        Need::Disability => language.say("보조기기로 쓸 수 없음", "Does not work with the person's aids"),
        Need::Language => language.say("쓰는 말이 다름", "Does not speak the person's language"),
        Need::SignIn => language.say("로그인이 안 됨", "Signing in did not work"),
        Need::Broken => language.say("서비스가 안 됨", "The service did not work"),
    }
}

fn stage(language: Language, stage: Stage) -> &'static str {
    match stage {
        Stage::Posed => language.say("고르는 중", "Being looked at"),
        Stage::Working => language.say("푸는 중", "Being worked on"),
        Stage::NotChosen => language.say("고르지 않음", "Not chosen"),
        Stage::Solved => language.say("풀었음", "Solved"),
        Stage::NotSolved => language.say("풀지 못함", "Not solved"),
    }
}
