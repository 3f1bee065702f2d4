//! Who grew older so that the law's answer may be another.
//!
//! Which ages count is read off the compiled question itself, not off a table beside it that a change of the law would leave wrong.
//! Whatever the question calculates from the date of birth alone is calculated for every date of birth of more than a century. Two dates
//! between which none of that differs have the same answers, whatever else is known. So whoever was born on a day which, so many months
//! ago, was like it is today, need not be looked at. A household with somebody else is reckoned twice: with its people as old as they are
//! and as old as they were. That way nothing is taken for an age that is a change of the law.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use maru_rules::{
    graph::{Aggregation, Binary, Graph, Kind, NodeId, Operation},
    number::Rational,
    period::{Instant, Unit},
    run::{Column, Membership, Population},
    simulation::Simulation,
    system::Package,
};
use serde_json::Value as Json;

use super::{Assessment, Entitlement, EvaluationError, LawBook, compiled::Compiled, compiled::usual};
use crate::domain::{Household, Month, benefit::Rhythm};

/// The fact that ages are counted from.
pub(crate) const BIRTH: &str = "birth";
/// Years before the month in which people may be born that are looked at; who is older has no age to reach.
const YEARS: i32 = 130;

/// Ages that may have been reached from a month to a later one.
#[derive(Debug, Clone)]
pub struct AgesReached {
    month: Month,
    /// By how many months people grew older.
    months: i32,
    /// By how many years they did in what is reckoned for a year.
    years: i32,
    /// The first day of birth that is looked at, in days since 1970.
    first: i32,
    /// By day of birth: whether an answer may differ.
    counts: Vec<bool>,
}

impl AgesReached {
    /// The month that is reckoned.
    pub fn month(&self) -> Month {
        self.month
    }

    /// Whether the answer may differ for somebody born on a day, in days since 1970.
    pub fn concern(&self, birth: i64) -> bool {
        let place = birth.checked_sub(i64::from(self.first)).and_then(|days| usize::try_from(days).ok());
        place.and_then(|place| self.counts.get(place)).copied().unwrap_or(false)
    }

    /// Whether it may differ for somebody of a household.
    pub fn concern_somebody(&self, household: &Household) -> bool {
        let mut births = household.members.iter().filter_map(|member| day(member.facts.get(BIRTH)?));
        births.any(|birth| self.concern(i64::from(birth.days())))
    }

    /// The share of days of birth that are looked at.
    #[cfg(test)]
    fn share(&self) -> f64 {
        self.counts.iter().filter(|counts| **counts).count() as f64 / self.counts.len() as f64
    }
}

impl LawBook {
    /// Who is to be looked at because they grew older since a month, and the present one is reckoned.
    ///
    /// # Errors
    /// Where the rules do not compile.
    pub fn ages_reached(&self, since: Month, month: Month) -> Result<AgesReached, EvaluationError> {
        let years = i32::from(month.year()) - i32::from(since.year());
        let months = years * 12 + i32::from(month.number()) - i32::from(since.number());
        let (months, years) = (months.max(0), years.max(0));
        let year = i32::from(month.year());
        let first = Instant { year: year - YEARS, month: 1, day: 1 }.days();
        let behind = Instant { year: year + years + 2, month: 1, day: 1 }.days();
        let alike = self.compiled(month)?.alike(self.package(), first..behind)?;
        let of = |days: i32| usize::try_from(days - first).ok().and_then(|place| alike.get(place)).copied();
        let differs = |days: i32, months: i32| {
            let later = Instant::from_days(days).offset(months, Unit::Month).map(Instant::days);
            later.is_none_or(|later| of(later) != of(days))
        };
        // Who is born behind the present year had no age before either.
        let last = Instant { year: year + 1, month: 1, day: 1 }.days();
        let counts = (first..last).map(|days| differs(days, months) || (years > 0 && differs(days, 12 * years)));
        Ok(AgesReached { month, months, years, first, counts: counts.collect() })
    }

    /// What a household is entitled to that is another amount with its people as old as they are than it was with them as old as they
    /// were, all else being the same.
    ///
    /// # Errors
    /// As [`LawBook::assess`].
    pub fn reached(&self, household: &Household, ages: &AgesReached) -> Result<Vec<Entitlement>, EvaluationError> {
        let now = self.assess(household, ages.month)?;
        let before = |months: i32| self.assess(&younger(household, months), ages.month);
        let (monthly, yearly) = (before(ages.months)?, (ages.years > 0).then(|| before(12 * ages.years)).transpose()?);
        let amount = |assessment: &Assessment, one: &Entitlement| {
            assessment.of(one.benefit.id, one.member.as_deref()).and_then(|one| one.amount)
        };
        let is_other = |one: &Entitlement| match (one.benefit.rhythm, &yearly) {
            // What is reckoned for a year is the same in all its months.
            (Rhythm::Yearly, None) => false,
            (Rhythm::Yearly, Some(yearly)) => one.amount != amount(yearly, one),
            _ => one.amount != amount(&monthly, one),
        };
        Ok(now.entitlements.iter().filter(|one| is_other(one)).cloned().collect())
    }
}

fn day(birth: &Json) -> Option<Instant> {
    Instant::parse(birth.as_str()?).map(|(instant, _)| instant)
}

/// The household with its people younger by so many months: born as much later. The month's first day has then the ages that the earlier
/// month's first day had.
fn younger(household: &Household, months: i32) -> Household {
    let mut younger = household.clone();
    for member in &mut younger.members {
        let Some(birth) = member.facts.get_mut(BIRTH) else { continue };
        if let Some(later) = day(birth).and_then(|born| born.offset(months, Unit::Month)) {
            *birth = Json::from(later.to_string());
        }
    }
    younger
}

impl Compiled {
    /// For days of birth, numbers that are the same where nothing that the question calculates from the date of birth differs.
    fn alike(&self, package: &Package, days: std::ops::Range<i32>) -> Result<Vec<u32>, EvaluationError> {
        let uses = uses_of_birth(&self.plan.graph, &self.nodes);
        let nodes: Vec<NodeId> = uses.keys().copied().collect();
        let births: Vec<i64> = days.map(i64::from).collect();
        let columns = self.of_births(package, &births, &nodes)?;
        let mut known: HashMap<Vec<Mark>, u32> = HashMap::new();
        let mut alike = Vec::with_capacity(births.len());
        for row in 0..births.len() {
            let mut marks = Vec::new();
            for (used, column) in uses.values().zip(&columns) {
                used.mark(column, row, &mut marks);
            }
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            alike.push(*known.entry(marks).or_insert(next));
        }
        Ok(alike)
    }

    /// Calculates nodes for people who are born on these days and live alone.
    fn of_births(&self, package: &Package, births: &[i64], nodes: &[NodeId]) -> Result<Vec<Column>, EvaluationError> {
        if nodes.is_empty() {
            return Ok(Vec::new());
        }
        let (count, kinds) = (births.len(), package.system.entities.len());
        let alone = Membership { group: (0..u32::try_from(count).unwrap_or(u32::MAX)).collect(), role: vec![0; count] };
        let person = package.system.person;
        let memberships = (0..kinds).map(|kind| if kind == person { Membership::default() } else { alone.clone() });
        let population = Population { counts: vec![count; kinds], memberships: memberships.collect() };
        let mut simulation = Simulation::new(package, &package.system, population, Vec::new());
        for input in self.inputs() {
            let is_birth = &*input.variable.name == BIRTH;
            let column = if is_birth { Column::Int(births.to_vec()) } else { usual(&input.variable, count) };
            simulation.inputs.insert((Arc::clone(&input.variable.name), input.period), column);
        }
        Ok(simulation.run(&self.plan, nodes)?)
    }
}

/// What tells values of a node apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Mark {
    /// The value itself.
    Value(Option<Rational>),
    /// On which side of a limit it lies.
    Side(Option<Ordering>),
}

/// How a value that comes from the date of birth alone is used.
#[derive(Debug, Default)]
struct Used {
    /// Whatever it is.
    whole: bool,
    /// Only on which side of these limits it lies.
    limits: BTreeMap<(i128, i128), Rational>,
}

impl Used {
    fn mark(&self, column: &Column, row: usize, marks: &mut Vec<Mark>) {
        let value = column.exact(row).or_else(|| column.float(row).and_then(Rational::from_float));
        if self.whole {
            marks.push(Mark::Value(value));
            return;
        }
        marks.extend(self.limits.values().map(|limit| Mark::Side(value.and_then(|value| value.compare(*limit)))));
    }
}

/// What a node's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Nothing: it is the same for all.
    Nothing,
    /// The person's date of birth alone.
    Birth,
    /// That of somebody of the household alone: the node's value stands somewhere else.
    Birthday(NodeId),
    /// Something else too.
    More,
}

/// The nodes that come from the date of birth alone and are used by something that does not, and how.
fn uses_of_birth(graph: &Graph, outputs: &[NodeId]) -> BTreeMap<NodeId, Used> {
    let mut from: Vec<Origin> = Vec::with_capacity(graph.nodes.len());
    for (place, node) in graph.nodes.iter().enumerate() {
        from.push(from_of(graph, &from, place, &node.operation));
    }
    let source = |id: NodeId| match from.get(id as usize) {
        Some(Origin::Birth) => Some(id),
        Some(Origin::Birthday(source)) => Some(*source),
        _ => None,
    };
    let mut found: BTreeMap<NodeId, Used> = BTreeMap::new();
    for id in outputs.iter().filter_map(|id| source(*id)) {
        found.entry(id).or_default().whole = true;
    }
    for id in graph.needed(outputs) {
        if from.get(id as usize) != Some(&Origin::More) {
            continue;
        }
        let operation = &graph.node(id).operation;
        for operand in operation.arguments() {
            let Some(source) = source(operand) else { continue };
            let used = found.entry(source).or_default();
            match limits(graph, operation, operand) {
                Some(limits) => used.limits.extend(limits),
                None => used.whole = true,
            }
        }
    }
    found
}

fn from_of(graph: &Graph, from: &[Origin], place: usize, operation: &Operation) -> Origin {
    let of = |id: NodeId| from.get(id as usize).copied().unwrap_or(Origin::More);
    let moved = |id: NodeId| match of(id) {
        Origin::Birth => Origin::Birthday(id),
        other => other,
    };
    match operation {
        Operation::Input(input) => {
            let name = graph.inputs.get(*input as usize).map(|(name, _)| &**name);
            if name == Some(BIRTH) { Origin::Birth } else { Origin::More }
        }
        Operation::Constant(_) | Operation::Fill(_) => Origin::Nothing,
        // The same value for somebody else.
        Operation::Project(value)
        | Operation::Nth(_, value, _)
        | Operation::OfRole(_, value, _)
        | Operation::Aggregate(Aggregation::Largest | Aggregation::Smallest, value, _) => moved(*value),
        // The same number in another type.
        Operation::Convert(value) if matches!(of(*value), Origin::Birthday(_)) => {
            let becomes_number = graph.nodes.get(place).is_some_and(|node| is_number(node.kind));
            if becomes_number && is_whole(graph.kind(*value)) { of(*value) } else { Origin::More }
        }
        Operation::Unary(..)
        | Operation::Binary(..)
        | Operation::Choose(..)
        | Operation::Convert(_)
        | Operation::Test(..)
        | Operation::Scale { .. }
        | Operation::Lookup(..)
        | Operation::MemberName(..) => {
            let all = operation.arguments().into_iter().map(of);
            all.fold(Origin::Nothing, |known, one| match (known, one) {
                (Origin::Nothing, Origin::Nothing) => Origin::Nothing,
                (Origin::Nothing | Origin::Birth, Origin::Nothing | Origin::Birth) => Origin::Birth,
                _ => Origin::More,
            })
        }
        Operation::Aggregate(..)
        | Operation::Everybody(..)
        | Operation::Members
        | Operation::HasRole(..)
        | Operation::Position(_)
        | Operation::Rank(..) => Origin::More,
    }
}

fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Int32 | Kind::Int64 | Kind::Float32 | Kind::Float64)
}

fn is_whole(kind: Kind) -> bool {
    matches!(kind, Kind::Int32 | Kind::Int64)
}

/// The limits that a value is compared with; nothing where it is used in another way, or the limit may be anything.
fn limits(graph: &Graph, operation: &Operation, operand: NodeId) -> Option<BTreeMap<(i128, i128), Rational>> {
    let Operation::Binary(Binary::Less | Binary::LessOrEqual | Binary::Equal | Binary::NotEqual, one, other) =
        operation
    else {
        return None;
    };
    if one == other || !is_number(graph.kind(operand)) {
        return None;
    }
    let mut found = BTreeMap::new();
    values(graph, if *one == operand { *other } else { *one }, &mut found)?;
    Some(found)
}

/// All values that a node can have, where they can be told; nothing where not. What is no number is no limit: nothing lies on a side of it.
fn values(graph: &Graph, id: NodeId, found: &mut BTreeMap<(i128, i128), Rational>) -> Option<()> {
    match &graph.node(id).operation {
        Operation::Constant(_) | Operation::Fill(_) => {
            let value = graph.constant(id)?.number()?.exact?;
            if value.is_finite() {
                found.insert((value.numerator(), value.denominator()), value);
            }
            Some(())
        }
        Operation::Choose(_, then, otherwise) => {
            values(graph, *then, found)?;
            values(graph, *otherwise, found)
        }
        Operation::Convert(value) if is_number(graph.kind(id)) && is_whole(graph.kind(*value)) => {
            values(graph, *value, found)
        }
        Operation::Project(value) => values(graph, *value, found),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::json;

    use super::*;

    fn law() -> LawBook {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../laws/korea/openfisca_korea");
        LawBook::load(&folder).unwrap()
    }

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn born(text: &str) -> i64 {
        i64::from(Instant::parse(text).unwrap().0.days())
    }

    #[test]
    fn the_months_in_which_a_birth_counts_are_those_of_the_law() {
        let law = law();
        let in_month = |text: &str| law.ages_reached(month(text).plus(-1), month(text)).unwrap();
        let (may, june, july) = (in_month("2026-05"), in_month("2026-06"), in_month("2026-07"));
        // The basic pension counts the month of the birthday, the groups of the livelihood benefit the first day of a month.
        assert!(june.concern(born("1961-06-15")) && july.concern(born("1961-06-15")));
        assert!(!may.concern(born("1961-06-15")));
        assert!(june.concern(born("1961-06-01")) && !july.concern(born("1961-06-01")), "65 on the first itself");
        // At 41 nothing begins or ends.
        assert!(![&may, &june, &july].iter().any(|ages| ages.concern(born("1985-06-15"))));
        assert!(june.share() < 0.05, "{}", june.share());
        // Born on a leap day: 18 on 1 March of a common year (민법 제160조제3항); what counts months counts from February as for others.
        let (february, march) = (in_month("2026-02"), in_month("2026-03"));
        assert!(march.concern(born("2008-02-29")) && march.concern(born("2008-02-28")));
        assert!(february.concern(born("2008-02-29")), "18 in the month of the birthday");
        assert!(!february.concern(born("2008-04-02")), "nothing is reckoned in February for who is 18 in April");
        // Nobody is looked at who is older than anybody, or not born.
        assert!(!june.concern(born("1800-01-01")) && !june.concern(born("2027-01-01")) && !june.concern(i64::MAX));
    }

    #[test]
    fn what_is_missed_is_made_up_for_and_a_year_begins_for_all_its_months() {
        let law = law();
        let missed = law.ages_reached(month("2026-02"), month("2026-07")).unwrap();
        for reached in ["1961-03-20", "1961-05-02", "1961-07-31"] {
            assert!(missed.concern(born(reached)), "{reached}");
        }
        assert!(!missed.concern(born("1961-09-01")) && !missed.concern(born("1985-06-15")));
        // The tax credits of a year look at its December: who will be 70 then counts from January on.
        let january = law.ages_reached(month("2026-12"), month("2027-01")).unwrap();
        assert!(january.concern(born("1957-11-11")));
        assert!(law.ages_reached(month("2026-06"), month("2026-06")).unwrap().share() < f64::EPSILON);
    }

    #[test]
    fn a_change_of_the_law_is_no_age() {
        let law = law();
        let household: Household = serde_json::from_value(json!({
            "members": [
                {"id": "p1", "role": "head", "facts": {"birth": "1961-06-15", "national_pension_old_age": 300_000}},
                {"id": "p2", "role": "spouse", "facts": {"birth": "1985-06-15"}}
            ],
            "couples": [{"partners": ["p1", "p2"]}],
            "facts": {"province": "gyeonggi", "municipality_kind": "city", "tenure": "tenant"}
        }))
        .unwrap();
        let reached = |since: &str, until: &str| {
            let ages = law.ages_reached(month(since), month(until)).unwrap();
            let found = law.reached(&household, &ages).unwrap();
            found.into_iter().map(|one| (one.benefit.id, one.member)).collect::<Vec<_>>()
        };
        let pension = ("basic_pension", Some("p1".to_owned()));
        assert!(reached("2026-05", "2026-06").contains(&pension));
        assert!(!reached("2026-06", "2026-07").contains(&pension), "it was due in June");
        assert!(!reached("2026-04", "2026-05").contains(&pension));
        assert!(reached("2026-02", "2026-09").contains(&pension));
        assert_eq!(reached("2026-12", "2027-01"), [], "the year begins with other amounts, not with an age");
    }
}
