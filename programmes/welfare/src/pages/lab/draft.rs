//! A reform while it is written: what stands in the form, kept from one button to the next.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maru_web::FieldError;

use crate::domain::{
    Design, Month,
    reform::{FigureChange, TakeUp},
};

/// A figure as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DraftFigure {
    pub(super) path: String,
    pub(super) value: String,
    pub(super) from: String,
    pub(super) until: String,
}

/// What stands in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) month: String,
    pub(super) household: String,
    pub(super) search: String,
    /// Other rules, in the language of the package.
    pub(super) formulas: String,
    pub(super) figures: Vec<DraftFigure>,
    /// By benefit: per cent now and under the reform.
    pub(super) take_up: BTreeMap<String, [String; 2]>,
}

/// What the person wants next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// See figures that fit.
    Search,
    /// Change this figure too.
    Add(String),
    /// Leave this one as it is.
    Remove(String),
    /// Calculate.
    Study,
}

impl Draft {
    /// A fresh one for a month.
    pub(super) fn of(month: Month) -> Self {
        Self { month: month.to_string(), household: "single-parent".to_owned(), ..Self::default() }
    }

    /// As it was studied before.
    pub(super) fn again(design: &Design) -> Self {
        let text = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let figures = design.changes.iter().map(|change| DraftFigure {
            path: change.path.clone(),
            value: change.value.clone(),
            from: change.from.to_string(),
            until: text(change.until),
        });
        let shares = design.take_up.iter();
        Self {
            name: design.name.clone(),
            month: design.month.to_string(),
            household: design.household.clone(),
            search: String::new(),
            formulas: design.formulas.clone(),
            figures: figures.collect(),
            take_up: shares
                .map(|one| (one.benefit.clone(), [one.in_force.to_string(), one.reform.to_string()]))
                .collect(),
        }
    }

    /// From the fields of the form, and what was pressed.
    pub(super) fn read(fields: &BTreeMap<String, String>) -> (Self, Wish) {
        let text = |name: &str| fields.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        let mut draft = Self {
            name: text("name"),
            month: text("month"),
            household: text("household"),
            search: text("search"),
            // Where lines begin matters in this language: only the end is trimmed.
            formulas: fields.get("formulas").map(|text| text.trim_end().replace("\r\n", "\n")).unwrap_or_default(),
            ..Self::default()
        };
        for place in 0..crate::domain::reform::MOST_CHANGES {
            let of = |what: &str| text(&format!("figure.{place}.{what}"));
            if !of("path").is_empty() {
                let (value, from, until) = (of("value").replace(',', ""), of("from"), of("until"));
                draft.figures.push(DraftFigure { path: of("path"), value, from, until });
            }
        }
        for (name, value) in fields {
            let Some((benefit, side)) = name.strip_prefix("take-up.").and_then(|rest| rest.rsplit_once('.')) else {
                continue;
            };
            let place = usize::from(side == "reform");
            if let Some(slot) = draft.take_up.entry(benefit.to_owned()).or_default().get_mut(place) {
                value.trim().clone_into(slot);
            }
        }
        let action = text("action");
        let wish = match action.split_once(':') {
            Some(("add", path)) => Wish::Add(path.to_owned()),
            Some(("remove", path)) => Wish::Remove(path.to_owned()),
            _ if action == "study" => Wish::Study,
            _ => Wish::Search,
        };
        (draft, wish)
    }

    /// Puts a figure in, from the first day of the year studied on; the value in force is the beginning.
    pub(super) fn add(&mut self, path: &str, value: Option<String>) {
        if self.figures.iter().all(|figure| figure.path != path) {
            let year = self.month.split('-').next().unwrap_or("2026");
            let from = format!("{year}-01-01");
            let value = value.unwrap_or_default();
            self.figures.push(DraftFigure { path: path.to_owned(), value, from, until: String::new() });
        }
    }

    /// The design, or what is wrong with the form.
    pub(super) fn design(&self) -> Result<Design, Vec<FieldError>> {
        let mut errors = Vec::new();
        let month = self.month.parse::<Month>();
        if month.is_err() {
            errors.push(FieldError::new("month", "달을 2026-03처럼 적어 주세요.", "Write the month as 2026-03."));
        }
        if self.name.is_empty() {
            errors.push(FieldError::new("name", "개정안의 이름을 적어 주세요.", "Give the reform a name."));
        }
        let mut changes = Vec::new();
        for (place, figure) in self.figures.iter().enumerate() {
            match figure.change() {
                Ok(change) => changes.push(change),
                Err((field, korean, english)) => {
                    errors.push(FieldError::new(format!("figure.{place}.{field}"), korean, english));
                }
            }
        }
        let mut take_up = Vec::new();
        for (benefit, [in_force, reform]) in &self.take_up {
            match (share(in_force), share(reform)) {
                (Some(100), Some(100)) => {}
                (Some(in_force), Some(reform)) => take_up.push(TakeUp { benefit: benefit.clone(), in_force, reform }),
                (before, _) => {
                    let side = if before.is_none() { "now" } else { "reform" };
                    let (ko, en) = ("0에서 100 사이의 수를 적어 주세요.", "Write a number from 0 to 100.");
                    errors.push(FieldError::new(format!("take-up.{benefit}.{side}"), ko, en));
                }
            }
        }
        match month {
            Ok(month) if errors.is_empty() => {
                let (name, household) = (self.name.clone(), self.household.clone());
                Ok(Design { name, month, changes, take_up, household, formulas: self.formulas.clone() })
            }
            _ => Err(errors),
        }
    }
}

/// Per cent; nothing written means everybody.
fn share(text: &str) -> Option<u8> {
    if text.is_empty() { Some(100) } else { text.parse().ok().filter(|share| *share <= 100) }
}

impl DraftFigure {
    fn change(&self) -> Result<FigureChange, (&'static str, &'static str, &'static str)> {
        if !crate::domain::reform::is_value(&self.value) {
            return Err((
                "value",
                "350000이나 0.35처럼 숫자로 적어 주세요.",
                "Write a number, such as 350000 or 0.35.",
            ));
        }
        let day = |text: &str| text.parse::<Date>().ok();
        let day_words = ("날짜를 2026-01-01처럼 적어 주세요.", "Write the day as 2026-01-01.");
        let from = day(&self.from).ok_or(("from", day_words.0, day_words.1))?;
        let until = match self.until.as_str() {
            "" => None,
            text => Some(day(text).ok_or(("until", day_words.0, day_words.1))?),
        };
        Ok(FigureChange { path: self.path.clone(), value: self.value.clone(), from, until })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(known: &[(&str, &str)]) -> BTreeMap<String, String> {
        known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_form_becomes_a_design_and_comes_back() {
        let (draft, wish) = Draft::read(&fields(&[
            ("action", "study"),
            ("name", "기준연금액 40만 원"),
            ("month", "2026-03"),
            ("household", "worker"),
            ("figure.0.path", "basic_pension.amount.standard"),
            ("figure.0.value", "400,000"),
            ("figure.0.from", "2026-01-01"),
            ("take-up.basic_pension.now", "80"),
            ("take-up.basic_pension.reform", ""),
            ("take-up.rent_support.now", ""),
        ]));
        assert_eq!(wish, Wish::Study);
        let design = draft.design().unwrap();
        assert_eq!(design.changes[0].value, "400000");
        let share = TakeUp { benefit: "basic_pension".to_owned(), in_force: 80, reform: 100 };
        assert_eq!(design.take_up, [share], "everybody is not worth a word");
        assert_eq!(Draft::again(&design).design().unwrap(), design);
    }

    #[test]
    fn every_wrong_field_is_told_where_it_stands() {
        let (draft, _) = Draft::read(&fields(&[
            ("month", "March"),
            ("figure.0.path", "a"),
            ("figure.0.value", "many"),
            ("figure.1.path", "b"),
            ("figure.1.value", "1"),
            ("figure.1.from", "yesterday"),
            ("take-up.basic_pension.reform", "101"),
        ]));
        let errors = draft.design().unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["month", "name", "figure.0.value", "figure.1.from", "take-up.basic_pension.reform"]);
    }

    #[test]
    fn buttons_say_what_they_want() {
        let wish = |action: &str| Draft::read(&fields(&[("action", action)])).1;
        assert_eq!(wish("add:a.b"), Wish::Add("a.b".to_owned()));
        assert_eq!(wish("remove:a.b"), Wish::Remove("a.b".to_owned()));
        assert_eq!(wish(""), Wish::Search);
        let mut draft = Draft::of("2026-03".parse().unwrap());
        draft.add("a.b", Some("7".to_owned()));
        draft.add("a.b", None);
        assert_eq!((draft.figures.len(), draft.figures[0].from.as_str()), (1, "2026-01-01"));
    }
}
