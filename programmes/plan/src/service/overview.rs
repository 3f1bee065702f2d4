//! The whole plan as anyone may see it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date};
use maru_calendar::seoul;

use super::{Caller, PlanService, ServiceError};
use crate::{
    domain::{Number, Quarter, Recommendation, Refusal, Standing, Status, situation::Situation, standing},
    store::Change,
};

/// A recommendation with where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The recommendation.
    pub recommendation: Recommendation,
    /// Where it stands.
    pub standing: Standing,
}

impl Seen {
    fn of(recommendation: Recommendation, day: Date) -> Option<Self> {
        recommendation.entry.as_ref()?;
        let standing = standing(&recommendation, day);
        Some(Self { recommendation, standing })
    }

    /// Its number; zeros for one that was never entered, which none that is seen is.
    pub fn number(&self) -> Number {
        self.recommendation.entry.as_ref().map_or(Number { task: 0, place: 0 }, |entry| entry.number)
    }
}

/// What is due in one area by the end of one quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// How many deadlines.
    pub due: usize,
    /// How many of them were reported met.
    pub met: usize,
    /// How many passed without that.
    pub missed: usize,
}

/// Which recommendations are asked for. What is not given does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this area.
    pub area: Option<u16>,
    /// With something due by the end of this quarter.
    pub quarter: Option<Quarter>,
    /// That stand so.
    pub status: Option<Status>,
    /// In which this body takes part.
    pub body: Option<String>,
    /// That this body leads.
    pub lead: Option<String>,
    /// Whose words hold these.
    pub words: Option<String>,
}

impl Filter {
    fn holds(&self, seen: &Seen) -> bool {
        let Some(entry) = &seen.recommendation.entry else { return false };
        let has = |words: &String| entry.text.contains(words.as_str()) || entry.task_title.contains(words.as_str());
        self.area.is_none_or(|area| entry.area == area)
            && self.quarter.is_none_or(|quarter| entry.deadlines.iter().any(|deadline| deadline.quarter == quarter))
            && self.status.is_none_or(|status| seen.standing.status == status)
            && self.body.as_ref().is_none_or(|body| entry.involves(body))
            && self.lead.as_ref().is_none_or(|lead| entry.lead == *lead)
            && self.words.as_ref().is_none_or(has)
    }
}

/// The whole plan on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// The day.
    pub day: Date,
    /// Its recommendations, in the order of their numbers.
    pub seen: Vec<Seen>,
}

impl Overview {
    /// How many recommendations stand so.
    pub fn count(&self, status: Status) -> usize {
        self.seen.iter().filter(|seen| seen.standing.status == status).count()
    }

    /// How many tasks there are.
    pub fn tasks(&self) -> usize {
        let mut tasks: Vec<u16> = self.seen.iter().map(|seen| seen.number().task).collect();
        tasks.dedup();
        tasks.len()
    }

    /// Those that the filter holds.
    pub fn filtered(&self, filter: &Filter) -> Vec<&Seen> {
        self.seen.iter().filter(|seen| filter.holds(seen)).collect()
    }

    /// Areas by number, with pillar and title.
    pub fn areas(&self) -> BTreeMap<u16, (&str, &str)> {
        let entries = self.seen.iter().filter_map(|seen| seen.recommendation.entry.as_ref());
        entries.map(|entry| (entry.area, (entry.pillar.as_str(), entry.area_title.as_str()))).collect()
    }

    /// What is due, by area and quarter.
    pub fn cells(&self) -> BTreeMap<(u16, Quarter), Cell> {
        let mut cells: BTreeMap<(u16, Quarter), Cell> = BTreeMap::new();
        for seen in &self.seen {
            let recommendation = &seen.recommendation;
            let Some(entry) = &recommendation.entry else { continue };
            for (place, deadline) in entry.deadlines.iter().enumerate() {
                let cell = cells.entry((entry.area, deadline.quarter)).or_default();
                let met = recommendation.complete || recommendation.done.contains(&place);
                cell.due += 1;
                cell.met += usize::from(met);
                cell.missed += usize::from(!met && deadline.quarter.last_day() < self.day);
            }
        }
        cells
    }

    /// How many recommendations each body leads and takes part in, and how many of those that it leads are late.
    pub fn bodies(&self) -> BTreeMap<&str, (usize, usize, usize)> {
        let mut bodies: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
        for seen in &self.seen {
            let Some(entry) = &seen.recommendation.entry else { continue };
            let lead = bodies.entry(entry.lead.as_str()).or_default();
            lead.0 += 1;
            lead.2 += usize::from(seen.standing.status == Status::Late);
            for other in entry.responsible.iter().chain(&entry.cooperating).filter(|id| **id != entry.lead) {
                bodies.entry(other.as_str()).or_default().1 += 1;
            }
        }
        bodies
    }

    /// Of what each body leads, how many stand where.
    pub fn standings_of_bodies(&self) -> BTreeMap<&str, BTreeMap<Status, usize>> {
        let mut bodies: BTreeMap<&str, BTreeMap<Status, usize>> = BTreeMap::new();
        for seen in &self.seen {
            let Some(entry) = &seen.recommendation.entry else { continue };
            *bodies.entry(entry.lead.as_str()).or_default().entry(seen.standing.status).or_default() += 1;
        }
        bodies
    }

    /// Where everything stands, to be frozen.
    pub fn standings(&self) -> BTreeMap<Number, Status> {
        self.seen.iter().map(|seen| (seen.number(), seen.standing.status)).collect()
    }
}

/// The instants in which the `days` days that end with `day` begin and end.
fn days_until(day: Date, days: i64) -> (Timestamp, Timestamp) {
    let end = day.saturating_add(jiff::Span::new().days(1)).to_datetime(jiff::civil::Time::midnight());
    let until = maru_calendar::instant(end);
    (until.saturating_sub(SignedDuration::from_hours(24 * days)).unwrap_or(until), until)
}

impl PlanService {
    /// The whole plan as it stands on the caller's day.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn overview(&self, caller: &Caller) -> Result<Overview, ServiceError> {
        let day = caller.today();
        let recommendations = self.inner.store.recommendations().await?;
        let seen = recommendations.into_iter().filter_map(|recommendation| Seen::of(recommendation, day));
        Ok(Overview { day, seen: seen.collect() })
    }

    /// One recommendation.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none.
    pub async fn recommendation(&self, caller: &Caller, number: Number) -> Result<Seen, ServiceError> {
        let found = self.inner.store.recommendation(number).await?;
        found.and_then(|found| Seen::of(found, caller.today())).ok_or(ServiceError::NotFound)
    }

    /// One recommendation of the plan as it stands, to do something with it.
    pub(super) async fn in_plan(&self, number: Number) -> Result<Recommendation, ServiceError> {
        let known = self.inner.store.recommendation(number).await?.ok_or(ServiceError::NotFound)?;
        match known.left_out {
            Some(left_out) => Err(Refusal::LeftOut { version: left_out.version }.into()),
            None => Ok(known),
        }
    }

    /// The next recommendation after `number` of which no person checked the reading; from the beginning again where none comes
    /// later.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn next_unchecked(&self, number: Number) -> Result<Option<Number>, ServiceError> {
        let known = self.inner.store.recommendations().await?;
        let open = known.iter().filter_map(|one| one.entry.as_ref()).filter(|entry| !entry.checked);
        Ok(open.map(|entry| entry.number).min_by_key(|other| (*other <= number, *other)))
    }

    /// The recommendations of a task that a version left out.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn left_out_of(&self, task: u16) -> Result<Vec<Recommendation>, ServiceError> {
        let mut known = self.inner.store.recommendations_ever().await?;
        known.retain(|one| one.left_out.is_some() && one.entry.as_ref().is_some_and(|entry| entry.number.task == task));
        Ok(known)
    }

    /// What changed in the seven days that end with `day`, the newest first, at most `limit`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn changes_of_week(&self, day: Date, limit: u32) -> Result<Vec<Change>, ServiceError> {
        let (from, until) = days_until(day, 7);
        Ok(self.inner.store.changes(from, until, limit).await?)
    }

    /// What changed for somebody in a situation of life in the `days` days that end with `day`, the newest first, at most `limit`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn changes_in_situation(
        &self,
        situation: &Situation,
        (day, days): (Date, i64),
        limit: u32,
    ) -> Result<Vec<Change>, ServiceError> {
        Ok(self.inner.store.changes_of_tasks(&situation.tasks, days_until(day, days), limit).await?)
    }

    /// The day in Korea on which something happened.
    pub fn day_of(at: Timestamp) -> Date {
        seoul(at).date()
    }
}
