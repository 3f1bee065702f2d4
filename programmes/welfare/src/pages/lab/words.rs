//! What figures, groups and amounts of a study are called.

use maru_rules::{
    explain::Words,
    reform::{Line, Study},
};
use maru_web::{Html, Language};

use crate::{domain::benefit, pages::words, population::sample::About};

/// The nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "amounts of a nation are far below nine quadrillion won")]
pub(super) fn whole(value: f64) -> i64 {
    value.round() as i64
}

pub(super) fn count(language: Language, count: usize) -> String {
    language.number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// An amount with its sign: what is more begins with a plus.
pub(super) fn signed(language: Language, value: f64) -> String {
    let sign = if value >= 0.5 { "+" } else { "" };
    format!("{sign}{}", language.won(whole(value)))
}

/// A large amount for reading, rounded to what matters: «1조 2,486억 원», «1,248.6 billion won».
pub(super) fn large(language: Language, value: f64) -> String {
    match language {
        Language::Korean if value.abs() >= 1e9 => {
            let hundred_millions = whole(value / 1e8);
            let (trillions, rest) = (hundred_millions / 10_000, hundred_millions.abs() % 10_000);
            match (trillions, rest) {
                (0, _) => format!("{}억 원", language.number(hundred_millions)),
                (trillions, 0) => format!("{}조 원", language.number(trillions)),
                (trillions, rest) => format!("{}조 {}억 원", language.number(trillions), language.number(rest)),
            }
        }
        Language::English if value.abs() >= 1e9 => {
            let tenths = whole(value / 1e8);
            format!("{}.{} billion won", language.number(tenths / 10), tenths.abs() % 10)
        }
        _ => language.won(whole(value)),
    }
}

/// The same with its sign.
pub(super) fn signed_large(language: Language, value: f64) -> String {
    let sign = if value >= 0.5 { "+" } else { "" };
    format!("{sign}{}", large(language, value))
}

/// Per cent with two decimals: poverty moves by little.
pub(super) fn percent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// How many times the period is in a year, where it is made of months.
pub(super) fn times_a_year(study: &Study) -> f64 {
    study.months.filter(|months| *months > 0).map_or(1.0, |months| 12.0 / f64::from(months))
}

/// A unit in words; nothing where it goes without saying.
pub(super) fn unit(language: Language, unit: &str) -> &'static str {
    match unit {
        "currency-KRW/month" => language.say("월 원", "won a month"),
        "currency-KRW/year" => language.say("연 원", "won a year"),
        "currency-KRW" => language.say("원", "won"),
        "year" => language.say("세·년", "years"),
        "month" => language.say("개월", "months"),
        "/1" => language.say("비율, 1이 전부", "share of 1"),
        "person" => language.say("명", "persons"),
        _ => "",
    }
}

/// A value of the law as it is read.
pub(super) fn value(language: Language, value: Option<&str>, unit: &str) -> String {
    let Some(value) = value else { return language.say("확인되지 않음", "not known").to_owned() };
    match (value, value.parse::<i64>(), value.parse::<f64>()) {
        ("true", ..) => language.say("예", "yes").to_owned(),
        ("false", ..) => language.say("아니요", "no").to_owned(),
        (_, Ok(number), _) if unit.starts_with("currency") => language.won(number),
        (_, Ok(number), _) => language.number(number),
        (_, _, Ok(number)) if unit == "/1" => format!("{value} ({})", language.percentage(number)),
        _ => value.to_owned(),
    }
}

/// Where a figure stands, as links.
pub(super) fn reference_links(references: &[(String, String)]) -> Html {
    let mut html = Html::empty();
    for (place, (title, address)) in references.iter().enumerate() {
        if place > 0 {
            html = html.and(Html::trusted(", "));
        }
        let title = if title.is_empty() { address } else { title };
        // Packages may name any address: only those of the web become links.
        html = if address.starts_with("https://") || address.starts_with("http://") {
            html.and(Html::trusted("<a href=\""))
                .and(Html::text(address))
                .and(Html::trusted("\">"))
                .and(Html::text(title))
                .and(Html::trusted("</a>"))
        } else {
            html.and(Html::text(title))
        };
    }
    html
}

/// What a trait is called, by which results are shown.
pub(super) fn trait_name(language: Language, name: &str) -> String {
    match name {
        "household size" => language.say("가구원 수", "Household size").to_owned(),
        "household composition" => language.say("가구 유형", "Household type").to_owned(),
        "province" => language.say("시·도", "Province").to_owned(),
        "age/10" => language.say("가구주의 나이", "Age of the head").to_owned(),
        other => other.to_owned(),
    }
}

fn role(language: Language, role: &str) -> String {
    match role {
        "head" => language.say("가구주", "head").to_owned(),
        "spouse" => language.say("배우자", "spouse").to_owned(),
        "child" => language.say("자녀", "children").to_owned(),
        "parent" => language.say("부모", "parents").to_owned(),
        "other" => language.say("그 밖의 가구원", "others").to_owned(),
        unknown => unknown.to_owned(),
    }
}

/// What a line of a table is called: a decile, a size, a type, a province, a band of ages.
pub(super) fn line_name(language: Language, of: &str, line: &Line) -> String {
    let name = line.name.as_str();
    match of {
        "deciles" => {
            let number = name.trim_start_matches('0');
            language.pick(format!("{number}분위"), format!("Decile {number}"))
        }
        "household size" => {
            let number = name.trim_end_matches('+');
            let more = name.ends_with('+');
            language.pick(
                format!("{number}명{}", if more { " 이상" } else { "" }),
                format!(
                    "{number}{} {}",
                    if more { " or more" } else { "" },
                    if name == "1" { "person" } else { "persons" }
                ),
            )
        }
        "household composition" => match name {
            "head" => language.say("혼자 사는 사람", "one person alone").to_owned(),
            "head + spouse" => language.say("부부", "a couple").to_owned(),
            "head + child" => language.say("한부모와 자녀", "one parent with children").to_owned(),
            "head + spouse + child" => language.say("부부와 자녀", "a couple with children").to_owned(),
            roles => roles.split(" + ").map(|one| role(language, one)).collect::<Vec<_>>().join(", "),
        },
        "age/10" => language.pick(format!("{}세", name.replace('–', "~")), name.to_owned()),
        _ => Words::of_label(name).in_language(language == Language::Korean).to_owned(),
    }
}

/// What a benefit of a study is called.
pub(super) fn benefit_name(language: Language, id: &str) -> String {
    benefit::benefit(id).map_or_else(|| id.to_owned(), |benefit| words::benefit(language, benefit).to_owned())
}

/// Who is calculated, said before anything is.
pub(super) fn population_note(language: Language, about: Option<&About>) -> Html {
    Html::trusted("<p class=\"lab-note\">")
        .and(Html::text(&population_words(language, about)))
        .and(Html::trusted("</p>"))
}

fn population_words(language: Language, about: Option<&About>) -> String {
    let Some(about) = about else {
        return language
            .say(
                "인구 자료가 아직 없으면 첫 계산 때 작은 합성 표본을 만듭니다. 그 안의 누구도 실제 사람이 아닙니다.",
                "Where there is no population yet, a small synthetic sample is made at the first calculation. Nobody in it is real.",
            )
            .to_owned();
    };
    let number = |count: u64| language.number(i64::try_from(count).unwrap_or(i64::MAX));
    let (persons, homes, all) = (number(about.persons), number(about.households), number(about.represents));
    let weight = about.represents as f64 / (about.persons as f64).max(1.0);
    let kind = if about.synthetic {
        language.say("합성 표본(실제 사람이 아님)", "A synthetic sample (nobody in it is real)")
    } else {
        language.say("등록 자료의 표본", "A sample of the registers")
    };
    language.pick(
        format!("계산하는 인구: {kind}, {homes}가구 {persons}명. 한 사람이 {weight:.1}명을 대표해 {all}명에 맞춥니다."),
        format!(
            "Calculated: {kind}, {persons} persons in {homes} households. Each stands for {weight:.1}, {all} in all."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_carry_their_sign_and_are_rounded_for_reading() {
        assert_eq!(signed(Language::Korean, 1_234.4), "+1,234원");
        assert_eq!(signed(Language::English, -5.0), "−5 won");
        assert_eq!(signed(Language::Korean, 0.2), "0원");
        assert_eq!(signed_large(Language::Korean, 341_234_567_890.0), "+3,412억 원");
        assert_eq!(large(Language::Korean, -1_248_634_567_890.0), "−1조 2,486억 원");
        assert_eq!(large(Language::English, 1_248_634_567_890.0), "1,248.6 billion won");
        assert_eq!(large(Language::English, 341_234_567.0), "341,234,567 won");
    }

    #[test]
    fn figures_are_read_in_their_units() {
        assert_eq!(value(Language::Korean, Some("349700"), "currency-KRW/month"), "349,700원");
        assert_eq!(value(Language::English, Some("0.5"), "/1"), "0.5 (50%)");
        assert_eq!(value(Language::Korean, None, "/1"), "확인되지 않음");
    }
}
