//! The demonstration city: an invented agency that works with real laws. Its texts lie in `world/` beside this crate's sources.

pub(crate) mod models;
pub(crate) mod plan;
mod plan_briefings;
mod plan_for_all;
mod plan_people;
mod plan_surveys;
mod plan_work;
mod seed;
pub(crate) mod welfare;

use anyhow::Context;
use jiff::{Timestamp, ToSpan, civil::Time};
use serde::{Deserialize, de::DeserializeOwned};

pub(crate) use seed::seed;

/// Who the city is.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct World {
    /// The agency.
    pub(crate) agency: Agency,
    /// Its departments.
    pub(crate) departments: Vec<Department>,
    /// The categories of inquiries.
    pub(crate) categories: Vec<Category>,
    /// The people who work there.
    pub(crate) officials: Vec<Official>,
    /// The people who live there.
    pub(crate) citizens: Vec<Citizen>,
}

/// The agency itself.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Agency {
    /// Name in Korean.
    pub(crate) name: String,
    /// Name in English.
    pub(crate) name_en: String,
    /// Postal address.
    pub(crate) address: String,
    /// The same in English.
    pub(crate) address_en: String,
    /// Switchboard.
    pub(crate) telephone: String,
    /// The department that gets what belongs to no other.
    pub(crate) reception_department: String,
    /// The department that examines grievances sent again (시행령 제17조제2항).
    pub(crate) audit_department: String,
}

/// A department.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Department {
    /// Identifier.
    pub(crate) id: String,
    /// Name in Korean.
    pub(crate) name: String,
    /// Name in English.
    pub(crate) name_en: String,
    /// Telephone.
    pub(crate) telephone: String,
    /// What it deals with, in words that citizens use.
    pub(crate) duties: Vec<String>,
    /// The acts it works with.
    pub(crate) laws: Vec<String>,
}

/// A category of inquiries.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Category {
    /// Identifier.
    pub(crate) id: String,
    /// Name in Korean.
    pub(crate) name: String,
    /// Name in English.
    pub(crate) name_en: String,
    /// The department that mostly deals with it.
    pub(crate) department: String,
}

/// An official, supervisor, administrator or auditor.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Official {
    /// Identifier of the account.
    pub(crate) id: String,
    /// Name in Korean.
    pub(crate) name: String,
    /// Name in English.
    pub(crate) name_en: String,
    /// Identifier of the department.
    pub(crate) department: String,
    /// `official`, `supervisor`, `administrator` or `auditor`.
    pub(crate) role: String,
}

/// A citizen with an account.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Citizen {
    /// Identifier of the account.
    pub(crate) id: String,
    /// Name in Korean.
    pub(crate) name: String,
    /// Name in English.
    pub(crate) name_en: String,
}

/// An inquiry with what has happened to it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Story {
    /// Identifier within the world.
    pub(crate) id: String,
    /// Account of the petitioner; none for inquiries without an account.
    pub(crate) citizen: Option<String>,
    /// Title as it was written.
    pub(crate) title: String,
    /// Text as it was written.
    pub(crate) body: String,
    /// Kind of petition.
    pub(crate) kind: String,
    /// What happened, in order.
    pub(crate) history: Vec<Happening>,
}

/// Something that happened to an inquiry.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Happening {
    /// When: `-3d 08:50` is 08:50 Korean time three days before the demonstration starts.
    pub(crate) at: String,
    /// What: `received`, `answered`, ….
    pub(crate) event: String,
    /// The official who did it.
    pub(crate) by: String,
    /// What was written.
    pub(crate) text: String,
    /// Why.
    pub(crate) reason: String,
    /// The remedy that a refusal names.
    pub(crate) remedy: String,
    /// The articles that it rests on.
    pub(crate) cites: Vec<String>,
    /// Ground of an extension.
    pub(crate) ground: String,
    /// Days that are given.
    pub(crate) days: u16,
    /// Stars of a rating.
    pub(crate) stars: u8,
    /// What was added to a rating.
    pub(crate) comment: String,
    /// Corrected category.
    pub(crate) category: String,
    /// Corrected department.
    pub(crate) department: String,
    /// Department that it was passed to.
    pub(crate) to: String,
    /// Agency that it was passed to.
    pub(crate) to_agency: String,
    /// The inquiry that an official said is the same matter.
    pub(crate) same_as: String,
}

/// A labelled inquiry to learn from.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Labelled {
    /// Title.
    pub(crate) title: String,
    /// Text.
    pub(crate) text: String,
    /// Its category.
    pub(crate) category: String,
    /// The department that answered.
    #[serde(default)]
    pub(crate) department: String,
}

/// The statutes that the city works with, one article a line.
pub(crate) const STATUTES: &str = include_str!("../../world/statutes.jsonl");
/// The city's published answers.
pub(crate) const ANSWERS: &str = include_str!("../../world/answers.jsonl");
/// The city's services.
pub(crate) const SERVICES: &str = include_str!("../../world/services.jsonl");

/// Who the city is.
///
/// # Errors
/// Where the file of this crate is damaged; a test reads it.
pub(crate) fn world() -> anyhow::Result<World> {
    toml::from_str(include_str!("../../world/agency.toml")).context("world/agency.toml")
}

/// The inquiries of the city.
///
/// # Errors
/// As [`world`].
pub(crate) fn stories() -> anyhow::Result<Vec<Story>> {
    lines(include_str!("../../world/inquiries.jsonl")).context("world/inquiries.jsonl")
}

/// Labelled inquiries of the years before.
///
/// # Errors
/// As [`world`].
pub(crate) fn training() -> anyhow::Result<Vec<Labelled>> {
    lines(include_str!("../../world/training.jsonl")).context("world/training.jsonl")
}

fn lines<T: DeserializeOwned>(text: &str) -> anyhow::Result<Vec<T>> {
    text.lines()
        .enumerate()
        .map(|(number, line)| serde_json::from_str(line).with_context(|| format!("line {}", number + 1)))
        .collect()
}

/// The instant of `-3d 08:50`, counted from the day of `now` in Korea; never after `now`.
fn moment(at: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let wrong = || format!("{at:?} is not a moment such as -3d 08:50");
    let (days, time) = at.strip_prefix('-').and_then(|rest| rest.split_once("d ")).with_context(wrong)?;
    let days: i64 = days.parse().with_context(wrong)?;
    let time: Time = format!("{time}:00").parse().with_context(wrong)?;
    let date = maru_calendar::seoul(now).date().checked_sub(days.days())?;
    Ok(maru_calendar::instant(date.to_datetime(time)).min(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_can_be_read() {
        let world = world().unwrap();
        assert!(world.departments.iter().any(|department| department.id == world.agency.reception_department));
        assert!(world.categories.iter().all(|one| world.departments.iter().any(|other| other.id == one.department)));
        assert!(stories().unwrap().len() >= 50);
        assert!(training().unwrap().len() >= 300);
    }

    #[test]
    fn moments_are_counted_from_the_day_of_the_start() {
        let now: Timestamp = "2026-11-24T03:00:00Z".parse().unwrap();
        assert_eq!(moment("-3d 08:50", now).unwrap(), "2026-11-20T23:50:00Z".parse().unwrap());
        assert_eq!(moment("-0d 23:00", now).unwrap(), now);
        assert!(moment("yesterday", now).is_err());
    }
}
