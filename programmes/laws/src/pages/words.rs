//! What things are called on the pages of laws.

use maru_rules::{period::Unit, variable::ValueType};
use maru_web::{
    Html, Language,
    components::{Icon, Tag, Tone},
};

/// How often a variable has a value.
pub(super) fn every(language: Language, unit: Unit) -> &'static str {
    match unit {
        Unit::Weekday => language.say("요일마다", "each weekday"),
        Unit::Week => language.say("주마다", "each week"),
        Unit::Day => language.say("날마다", "each day"),
        Unit::Month => language.say("달마다", "each month"),
        Unit::Year => language.say("해마다", "each year"),
        Unit::Eternity => language.say("늘 같음", "always the same"),
    }
}

/// What values a variable has.
pub(super) fn kind(language: Language, value_type: &ValueType) -> &'static str {
    match value_type {
        ValueType::Bool => language.say("예 또는 아니요", "yes or no"),
        ValueType::Int => language.say("정수", "whole number"),
        ValueType::Float => language.say("수", "number"),
        ValueType::Text => language.say("글", "text"),
        ValueType::Date => language.say("날짜", "date"),
        ValueType::Enum(_) => language.say("여럿 중 하나", "one of several"),
    }
}

/// How certain a figure is: L official text, P press or public body, S secondary, U not verified.
pub(super) fn certainty(language: Language, mark: Option<&str>) -> Option<Tag> {
    let tag = match mark? {
        "L" => Tag::new(Tone::Good, language.say("공식 원문", "official text")).icon(Icon::Check),
        "P" => Tag::new(Tone::Neutral, language.say("공공기관 안내", "public body")),
        "S" => Tag::new(Tone::Attention, language.say("2차 자료", "secondary source")).icon(Icon::Warning),
        "U" => unknown(language),
        _ => return None,
    };
    Some(tag)
}

/// The mark of a figure that the sources leave open.
pub(super) fn unknown(language: Language) -> Tag {
    Tag::new(Tone::Bad, language.say("확인되지 않음", "not verified")).icon(Icon::Warning)
}

/// A link where the text is an address of the web, else the text.
pub(super) fn link(title: &str, href: Option<&str>) -> Html {
    let is_address = |href: &&str| href.starts_with("https://") || href.starts_with("http://");
    match href.filter(is_address) {
        Some(href) => Html::trusted("<a href=\"")
            .and(Html::text(href))
            .and(Html::trusted("\" rel=\"external\">"))
            .and(Html::text(&readable(title)))
            .and(Html::trusted("</a>")),
        None => Html::text(title),
    }
}

/// An address as people read it: its `%` sequences as letters, without the scheme.
fn readable(title: &str) -> String {
    title.trim_start_matches("https://").trim_start_matches("http://").to_owned()
}

/// A heading of the second level.
pub(super) fn heading(text: &str) -> Html {
    Html::trusted("<h2>").and(Html::text(text)).and(Html::trusted("</h2>"))
}
