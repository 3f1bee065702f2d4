//! What is written into the forms of a key, and the key that it makes.

use jiff::{Timestamp, civil::Date};
use maru_gateway::{BudgetLimit, DataClass, KeyScope, LEAST_ALIKE, Period, Priority, Registry, Unit, end_of_day};
use maru_web::{FieldError, in_korea};
use serde::Deserialize;

use crate::pages::{parts, proposal::whole};

/// Days for which a key that was replaced holds beside its successor, where nobody says otherwise, and at most.
pub(super) const USUAL_DAYS: i64 = 14;
const MOST_DAYS: i64 = 90;

/// What was written into the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    pub(super) id: String,
    pub(super) agency: String,
    pub(super) system: String,
    pub(super) purpose: String,
    pub(super) models: String,
    pub(super) default_model: String,
    pub(super) class: String,
    pub(super) highest_class: String,
    pub(super) restore: String,
    pub(super) expires: String,
    pub(super) per_second: String,
    pub(super) tokens_day: String,
    pub(super) tokens_month: String,
    pub(super) won_day: String,
    pub(super) won_month: String,
    pub(super) priority: String,
    pub(super) cache: String,
    pub(super) alike: String,
    pub(super) reason: String,
}

/// What was written into the form that replaces a key.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Replacement {
    pub(super) days: String,
    pub(super) why_replaced: String,
}

pub(super) const BUDGETS: [(&str, Unit, Period); 4] = [
    ("tokens_day", Unit::Tokens, Period::Day),
    ("tokens_month", Unit::Tokens, Period::Month),
    ("won_day", Unit::Won, Period::Day),
    ("won_month", Unit::Won, Period::Month),
];

impl Written {
    pub(super) fn empty() -> Self {
        Self { class: "O".into(), highest_class: "S".into(), restore: "yes".into(), ..Self::default() }
    }

    pub(super) fn of(key: &KeyScope) -> Self {
        let budget = |unit: Unit, period: Period| {
            let limit = key.budgets.iter().find(|limit| limit.unit == unit && limit.period == period);
            limit.map(|limit| limit.limit.to_string()).unwrap_or_default()
        };
        let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        Self {
            id: key.id.clone(),
            agency: key.agency.clone(),
            system: key.system.clone(),
            purpose: key.purpose.clone(),
            models: key.models.join("\n"),
            default_model: key.default_model.clone(),
            class: key.class.letter().to_owned(),
            highest_class: key.highest_class.letter().to_owned(),
            restore: if key.restore { "yes".into() } else { String::new() },
            expires: key.expires.map(|end| last_day(end).to_string()).unwrap_or_default(),
            per_second: number(key.calls_per_second),
            tokens_day: budget(Unit::Tokens, Period::Day),
            tokens_month: budget(Unit::Tokens, Period::Month),
            won_day: budget(Unit::Won, Period::Day),
            won_month: budget(Unit::Won, Period::Month),
            priority: priority_name(key.priority).to_owned(),
            cache: number(key.cache_seconds),
            alike: number(key.cache_alike.map(u32::from)),
            ..Self::default()
        }
    }

    pub(super) fn budget(&self, name: &str) -> &str {
        match name {
            "tokens_day" => &self.tokens_day,
            "tokens_month" => &self.tokens_month,
            "won_day" => &self.won_day,
            _ => &self.won_month,
        }
    }

    /// The key that is proposed; of one that is there the hashes stay.
    pub(super) fn key(&self, before: Option<&KeyScope>, registry: &Registry) -> Result<KeyScope, Vec<FieldError>> {
        let mut errors = Vec::new();
        let id = before.map_or_else(|| self.id.trim(), |key| key.id.as_str());
        if before.is_none() {
            parts::check_name(id, registry.keys.iter().any(|known| known.id == id), &mut errors);
        }
        for (name, text, korean, english) in [
            ("agency", &self.agency, "이 키를 책임지는 기관을 써 주세요.", "Write the agency that answers for it."),
            ("system", &self.system, "이 키를 쓰는 시스템을 써 주세요.", "Write the system that holds it."),
            ("purpose", &self.purpose, "무엇에 쓰는지 써 주세요.", "Write what it is for."),
        ] {
            if text.trim().is_empty() {
                errors.push(FieldError::new(name, korean, english));
            }
        }
        parts::check_reason("reason", &self.reason, &mut errors);
        let mut key = before.cloned().unwrap_or_else(|| KeyScope::new(id, "", ""));
        self.agency.trim().clone_into(&mut key.agency);
        self.system.trim().clone_into(&mut key.system);
        self.purpose.trim().clone_into(&mut key.purpose);
        key.models = parts::lines(&self.models);
        self.default_model.trim().clone_into(&mut key.default_model);
        key.class = DataClass::from_letter(&self.class).unwrap_or_default();
        key.highest_class = DataClass::from_letter(&self.highest_class).unwrap_or(DataClass::Sensitive);
        key.restore = self.restore == "yes";
        key.expires = self.read_expiry(&mut errors);
        key.priority = priority_of(&self.priority);
        key.calls_per_second = some_number("per_second", &self.per_second, &mut errors);
        key.cache_seconds = some_number("cache", &self.cache, &mut errors);
        key.cache_alike = self.read_likeness(&mut errors);
        key.budgets = BUDGETS
            .iter()
            .filter(|(name, ..)| !self.budget(name).trim().is_empty())
            .map(|(name, unit, period)| {
                let limit = whole(name, self.budget(name), &mut errors);
                BudgetLimit { unit: *unit, period: *period, limit }
            })
            .collect();
        if errors.is_empty() { Ok(key) } else { Err(errors) }
    }

    /// From what likeness on a question gets the answer to another, in hundredths.
    fn read_likeness(&self, errors: &mut Vec<FieldError>) -> Option<u8> {
        let text = self.alike.trim().trim_end_matches('%').trim_end();
        if text.is_empty() {
            return None;
        }
        let alike = text.parse().ok().filter(|alike| (LEAST_ALIKE..=100).contains(alike));
        if alike.is_none() {
            let korean = format!("{LEAST_ALIKE}부터 100까지의 정수를 써 주세요.");
            let english = format!("Write a whole number from {LEAST_ALIKE} to 100.");
            errors.push(FieldError::new("alike", korean, english));
        } else if self.cache.trim().is_empty() || self.cache.trim() == "0" {
            let korean = "앞의 답을 다시 주는 시간(초)도 함께 써 주세요.";
            errors.push(FieldError::new("alike", korean, "Write the seconds for which answers are given again too."));
        }
        alike
    }

    fn read_expiry(&self, errors: &mut Vec<FieldError>) -> Option<Timestamp> {
        let text = self.expires.trim();
        if text.is_empty() {
            return None;
        }
        let end = text.parse::<Date>().ok().and_then(end_of_day);
        if end.is_none() {
            let korean = "날짜는 2027-03-31처럼 써 주세요.";
            errors.push(FieldError::new("expires", korean, "Write a date such as 2027-03-31."));
        }
        end
    }
}

impl Replacement {
    /// For how many days the key that is replaced holds on.
    pub(super) fn days(&self) -> Result<i64, Vec<FieldError>> {
        let mut errors = Vec::new();
        let text = self.days.trim();
        let days = if text.is_empty() { Some(USUAL_DAYS) } else { text.parse().ok() };
        let days = days.filter(|days| (0..=MOST_DAYS).contains(days));
        if days.is_none() {
            let korean = format!("0부터 {MOST_DAYS}까지의 날수를 써 주세요.");
            errors.push(FieldError::new("days", korean, format!("Write a number of days from 0 to {MOST_DAYS}.")));
        }
        parts::check_reason("why_replaced", &self.why_replaced, &mut errors);
        days.filter(|_| errors.is_empty()).ok_or(errors)
    }
}

/// The last day in Korea on which something holds until `end`.
pub(super) fn last_day(end: Timestamp) -> Date {
    let before = end.checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap_or(end);
    in_korea(before).date()
}

fn some_number(name: &str, text: &str, errors: &mut Vec<FieldError>) -> Option<u32> {
    (!text.trim().is_empty()).then(|| whole(name, text, errors))
}

fn priority_of(text: &str) -> Priority {
    match text {
        "high" => Priority::High,
        "low" => Priority::Low,
        _ => Priority::Normal,
    }
}

fn priority_name(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "high",
        Priority::Normal => "normal",
        Priority::Low => "low",
    }
}
