//! What the plan says of one recommendation.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    extract::{Bound, Deadline},
    quarter::Quarter,
};

/// The number of a recommendation: task and place in it, «58-3».
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number {
    /// The task.
    pub task: u16,
    /// Its place in the task, from 1.
    pub place: u16,
}

/// A text that is no number of a recommendation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not the number of a recommendation; write the task, a dash and the place in it, such as 58-3")]
pub struct NumberError {
    /// The text.
    pub text: String,
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.task, self.place)
    }
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let error = || NumberError { text: text.chars().take(40).collect() };
        let part = |text: &str| -> Result<u16, NumberError> {
            let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
            text.parse().ok().filter(|_| canonical).ok_or_else(error)
        };
        let (task, place) = text.split_once('-').ok_or_else(error)?;
        Ok(Self { task: part(task)?, place: part(place)? })
    }
}

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What the plan says of one recommendation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number.
    pub number: Number,
    /// The pillar, as the plan names it.
    pub pillar: String,
    /// The number of the area.
    pub area: u16,
    /// The area, as the plan names it.
    pub area_title: String,
    /// The title of the task.
    pub task_title: String,
    /// The body that the plan names first.
    pub lead: String,
    /// All bodies that are ordered to do something, the lead first.
    pub responsible: Vec<String>,
    /// Those with which co-operation is ordered.
    pub cooperating: Vec<String>,
    /// The text, or its short title where the text is not kept here.
    pub text: String,
    /// The deadlines.
    pub deadlines: Vec<Deadline>,
    /// The laws that the text names.
    pub laws: Vec<String>,
    /// Whether a person checked bodies and deadlines, rather than the program alone.
    pub checked: bool,
}

impl Entry {
    /// The quarters at whose ends something is due, in order, each once.
    pub fn quarters(&self) -> Vec<Quarter> {
        let mut quarters: Vec<_> = self.deadlines.iter().map(|deadline| deadline.quarter).collect();
        quarters.sort_unstable();
        quarters.dedup();
        quarters
    }

    /// Whether the body takes part in any role.
    pub fn involves(&self, body: &str) -> bool {
        self.responsible.iter().chain(&self.cooperating).any(|other| other == body)
    }

    /// The same with another text and other deadlines; an empty text and no deadlines leave what is there.
    #[must_use]
    pub fn rewritten(&self, text: &str, deadlines: &[Deadline]) -> Self {
        let mut entry = self.clone();
        if !deadlines.is_empty() {
            entry.deadlines = deadlines.to_vec();
        }
        if !text.trim().is_empty() {
            text.trim().clone_into(&mut entry.text);
            // The places of the words are those of the text before.
            for deadline in &mut entry.deadlines {
                (deadline.start, deadline.end) = (0, 0);
            }
        }
        entry
    }

    /// What differs from `other`, as names of fields.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut note = |differs: bool, difference| {
            if differs {
                found.push(difference);
            }
        };
        note(self.text != other.text, Difference::Text);
        let place = (self.area, &self.pillar, &self.area_title, &self.task_title);
        note(place != (other.area, &other.pillar, &other.area_title, &other.task_title), Difference::Place);
        note(self.lead != other.lead || self.responsible != other.responsible, Difference::Responsible);
        note(self.cooperating != other.cooperating, Difference::Cooperating);
        let due = |entry: &Self| entry.deadlines.iter().map(|one| (one.quarter, one.bound)).collect::<Vec<_>>();
        note(due(self) != due(other), Difference::Schedule);
        found
    }
}

/// Something of a recommendation that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// What is to be done.
    Text,
    /// Pillar, area or the task's title.
    Place,
    /// Who is ordered to do it (주관기관).
    Responsible,
    /// With whom (관계 기관).
    Cooperating,
    /// Until when (추진일정).
    Schedule,
}

impl Difference {
    /// Whether the decree calls a change of it minor as such (시행령 제3조①1호: 추진체계, 추진일정, 주관기관, 관계 기관).
    pub fn is_minor(self) -> bool {
        matches!(self, Self::Responsible | Self::Cooperating | Self::Schedule)
    }
}

/// Something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Due {
    /// Its place among the deadlines of the recommendation, from 0.
    pub place: usize,
    /// The quarter.
    #[schema(value_type = String, example = "26Q4")]
    pub quarter: Quarter,
    /// How it is meant.
    pub bound: Bound,
}

impl Due {
    /// Whether its time has passed on `day`.
    pub fn is_over(self, day: Date) -> bool {
        self.quarter.last_day() < day
    }
}
