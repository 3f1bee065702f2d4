//! Words in two languages: packages write labels as «한국어 (English)» and formulas' texts as a paragraph of each.

use crate::number::Rational;
use crate::period::{Instant, Period, Unit};
use crate::unknown::Possible;
use crate::variable::{ValueType, Variable};

/// A text in Korean and in English; a package that has one language only has the same in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Words {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

impl Words {
    /// The text in one of them.
    pub fn in_language(&self, korean: bool) -> &str {
        if korean { &self.ko } else { &self.en }
    }

    fn both(ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ko: ko.into(), en: en.into() }
    }

    /// A label such as «기초연금 (basic pension)», or one language alone.
    pub fn of_label(text: &str) -> Self {
        let text = text.trim();
        if let Some(inner) = text.strip_suffix(')')
            && let Some(open) = opening(inner)
        {
            let (first, second) = (inner[..open].trim(), inner[open + 1..].trim());
            if has_korean(first) && !has_korean(second) && !second.is_empty() {
                return Self::both(first, second);
            }
            // An English text may cite a Korean letter of an article.
            if has_korean(first) && second.chars().filter(|letter| is_korean(*letter)).count() <= 2 && second.len() > 8
            {
                return Self::both(first, second);
            }
        }
        Self::both(text, text)
    }

    /// A formula's text: paragraphs with Korean letters, and the others.
    pub fn of_text(text: &str) -> Self {
        let mut korean: Vec<String> = Vec::new();
        let mut english: Vec<String> = Vec::new();
        for paragraph in text.split("\n\n") {
            let joined = joined(paragraph);
            if joined.is_empty() {
                continue;
            }
            if is_mostly_korean(&joined) { korean.push(joined) } else { english.push(joined) }
        }
        match (korean.is_empty(), english.is_empty()) {
            (false, false) => Self::both(korean.join(" "), english.join(" ")),
            (false, true) => Self::of_label(&korean.join(" ")),
            _ => Self::both(english.join(" "), english.join(" ")),
        }
    }
}

/// Whether a paragraph is Korean: an English one may name «제4조제1항제4호나목» with its Korean letter.
fn is_mostly_korean(paragraph: &str) -> bool {
    let latin = paragraph.chars().filter(char::is_ascii_alphabetic).count();
    let korean = paragraph.chars().filter(|letter| is_korean(*letter)).count();
    korean > latin
}

/// Lines made one; what proves a fact, who holds it and where the law says so stand apart.
fn joined(paragraph: &str) -> String {
    const PARTS: [&str; 6] = ["증빙:", "기관:", "근거:", "Proof:", "Held by:", "Basis:"];
    let mut text = String::new();
    for line in paragraph.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push_str(if PARTS.iter().any(|part| line.starts_with(part)) { " · " } else { " " });
        }
        text.push_str(&line);
    }
    text
}

/// Where the bracket opens that a text ends in.
fn opening(inner: &str) -> Option<usize> {
    let mut depth = 1;
    for (place, letter) in inner.char_indices().rev() {
        match letter {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(place);
        }
    }
    None
}

fn is_korean(letter: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&letter)
}

fn has_korean(text: &str) -> bool {
    text.chars().any(is_korean)
}

/// A number with marks between thousands.
pub(crate) fn grouped(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut result = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            result.push(',');
        }
        result.push(digit);
    }
    let fraction: String = fraction.chars().take(4).collect();
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{result}") } else { format!("{sign}{result}.{fraction}") }
}

/// A period as people say it.
pub(crate) fn period_words(period: Period) -> Words {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let start = period.start;
    let month = MONTHS.get(usize::from(start.month).saturating_sub(1)).copied().unwrap_or("");
    match (period.unit, period.size) {
        (Unit::Eternity, _) => Words::both("때와 관계없음", "at any time"),
        (Unit::Year, 1) if start.month == 1 && start.day == 1 => {
            Words::both(format!("{}년", start.year), start.year.to_string())
        }
        (Unit::Month, 1) => {
            Words::both(format!("{}년 {}월", start.year, start.month), format!("{month} {}", start.year))
        }
        (Unit::Day, 1) => date_words(start),
        _ => Words::both(period.to_string(), period.to_string()),
    }
}

fn date_words(date: Instant) -> Words {
    Words::both(format!("{}년 {}월 {}일", date.year, date.month, date.day), date.to_string())
}

/// A share, whose unit is written `/1`, in per cent.
fn percent(number: &str, unit: &str) -> Option<String> {
    let is_share = unit == "/1" || unit.starts_with("/1/");
    let hundred = Rational::parse(number).filter(|_| is_share)?.multiply(Rational::integer(100))?;
    Some(format!("{}%", grouped(&hundred.to_string())))
}

/// A unit of a number in words.
pub(crate) fn with_unit(number: &str, unit: Option<&str>) -> Words {
    let unit = unit.unwrap_or_default();
    if let Some(share) = percent(number, unit) {
        return Words::both(share.clone(), share);
    }
    let number = grouped(number);
    let base = unit.split('/').next().unwrap_or_default();
    match base {
        "currency-KRW" => Words::both(format!("{number}원"), format!("{number} won")),
        "currency" | "" => Words::both(number.clone(), number),
        "year" => Words::both(format!("{number}년"), format!("{number} years")),
        "month" => Words::both(format!("{number}개월"), format!("{number} months")),
        "person" => Words::both(format!("{number}명"), format!("{number} persons")),
        "times" => Words::both(format!("{number}배"), format!("{number} times")),
        other => match other.strip_prefix("currency-") {
            Some(currency) => Words::both(format!("{number} {currency}"), format!("{number} {currency}")),
            None => Words::both(number.clone(), number),
        },
    }
}

/// A value as people say it.
pub(crate) fn value_words(variable: &Variable, value: &Possible) -> Words {
    if let Possible::Text(Some(text)) = value {
        return Words::both(&**text, &**text);
    }
    let Some(number) = value.known_number() else { return Words::both("알 수 없음", "not known") };
    match &variable.value_type {
        ValueType::Bool if number.numerator() == 0 => Words::both("아니요", "no"),
        ValueType::Bool => Words::both("예", "yes"),
        ValueType::Date => i32::try_from(number.truncate())
            .map_or_else(|_| Words::default(), |days| date_words(Instant::from_days(days))),
        ValueType::Enum(enumeration) => {
            let index = usize::try_from(number.truncate()).unwrap_or(usize::MAX);
            enumeration.members.get(index).map_or_else(Words::default, |(_, label)| Words::of_label(label))
        }
        _ => with_unit(&number.to_string(), variable.unit.as_deref()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_hold_two_languages() {
        assert_eq!(Words::of_label("근로소득 (earned income)"), Words::both("근로소득", "earned income"));
        assert_eq!(Words::of_label("Salary (gross)"), Words::both("Salary (gross)", "Salary (gross)"));
        assert_eq!(Words::of_label("사업소득(농업)"), Words::both("사업소득(농업)", "사업소득(농업)"));
        let text = Words::of_text("65세부터 봅니다. (기초연금법 제3조)\n\n    From 65. (Act, art. 3)\n    ");
        assert_eq!(text, Words::both("65세부터 봅니다. (기초연금법 제3조)", "From 65. (Act, art. 3)"));
    }

    #[test]
    fn an_english_paragraph_may_hold_a_korean_letter() {
        let text = Words::of_text("승용차입니다. (시행규칙 제4조제1항제4호나목)\n\nA car. (Rule, art. 4(1) no. 4 나)");
        assert_eq!(
            text,
            Words::both("승용차입니다. (시행규칙 제4조제1항제4호나목)", "A car. (Rule, art. 4(1) no. 4 나)")
        );
        assert_eq!(Words::of_text("65세 (OECD)").ko, "65세 (OECD)");
    }

    #[test]
    fn numbers_are_written_for_reading() {
        assert_eq!(grouped("-1234567.50"), "-1,234,567.5");
        assert_eq!(with_unit("349700", Some("currency-KRW/month")).ko, "349,700원");
        assert_eq!(with_unit("0.0417", Some("/1/month")).ko, "4.17%");
        assert_eq!(period_words(Period::parse("2026-03").unwrap_or(Period::ETERNITY)).en, "March 2026");
    }
}
