//! One part looked at: what is due beside what is received.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
};

use super::{
    NEAR_PER_CENT, PartBefore, ScreeningError,
    outcome::{BenefitCounts, Compared, PartOutcome},
    reasons::{self, Difference, Differs, Then},
};
use crate::{
    domain::{
        BENEFITS, Benefit,
        benefit::{Line, Rhythm, Whose},
    },
    tables::{Column, TableReader, TableWriter},
};

/// The kind of a finding: due, and not received.
pub(crate) const MISSED: &str = "missed";
/// The kind of a finding: missed at the last screening, and now the law cannot say.
pub(crate) const OPEN: &str = "open";

/// By benefit, in their order: won by holder.
type ByHolder = Vec<HashMap<String, i64>>;

fn nobody() -> ByHolder {
    vec![HashMap::new(); BENEFITS.len()]
}

/// The answer of the nation run for a part.
struct Answer {
    person: TableReader,
    household: TableReader,
    couple: Option<TableReader>,
    /// Whose household each person is of, by place; the row of it, and that of their couple.
    homes: Vec<String>,
    home_rows: Vec<Option<usize>>,
    couple_rows: Vec<Option<usize>>,
    persons: Vec<String>,
    households: Vec<String>,
}

impl Answer {
    fn open(folder: &Path) -> Result<Self, ScreeningError> {
        let person = TableReader::open(&folder.join("person.parquet"))?;
        let household = TableReader::open(&folder.join("household.parquet"))?;
        let couple = folder.join("couple.parquet");
        let couple = if couple.is_file() { Some(TableReader::open(&couple)?) } else { None };
        let (homes, persons) = (person.texts("household_id")?, person.texts("person_id")?);
        let households = household.texts("household_id")?;
        let home_rows = rows_in(&homes, &households);
        let couple_rows = match &couple {
            Some(couple) => rows_in(&person.texts("couple_id")?, &couple.texts("couple_id")?),
            None => Vec::new(),
        };
        Ok(Self { person, household, couple, homes, home_rows, couple_rows, persons, households })
    }

    /// Who may hold a benefit: names, and the household of each.
    fn holders(&self, benefit: &Benefit) -> (&[String], &[String]) {
        match benefit.whose {
            Whose::Household => (&self.households, &self.households),
            Whose::Person => (&self.persons, &self.homes),
        }
    }

    /// How much is due to each holder; NaN where the law leaves it open.
    fn due(&self, benefit: &Benefit) -> Result<Vec<f64>, ScreeningError> {
        let table = match benefit.whose {
            Whose::Household => &self.household,
            Whose::Person => &self.person,
        };
        Ok(table.numbers(benefit.id)?)
    }

    /// For each holder whether they are above the line by little.
    fn near(&self, benefit: &Benefit, line: Line) -> Result<Vec<bool>, ScreeningError> {
        let table = match (line.entity, &self.couple) {
            ("couple", Some(couple)) => couple,
            ("couple", None) => return Ok(vec![false; self.holders(benefit).0.len()]),
            _ => &self.household,
        };
        let (measure, limit) = (table.numbers(line.measure)?, table.numbers(line.limit)?);
        let is_close = |measure: f64, limit: f64| measure > limit && measure <= limit * (1.0 + NEAR_PER_CENT / 100.0);
        let close: Vec<bool> = measure.iter().zip(&limit).map(|(measure, limit)| is_close(*measure, *limit)).collect();
        let at = |rows: &[Option<usize>]| -> Vec<bool> {
            rows.iter().map(|row| row.and_then(|row| close.get(row)).is_some_and(|close| *close)).collect()
        };
        let mut found = match (benefit.whose, line.entity) {
            (Whose::Household, "couple") => vec![false; self.households.len()],
            (Whose::Household, _) => close,
            (Whose::Person, "couple") => at(&self.couple_rows),
            (Whose::Person, _) => at(&self.home_rows),
        };
        if let Some(only) = line.only {
            let concerned = match benefit.whose {
                Whose::Household => self.household.numbers(only)?,
                Whose::Person => self.person.numbers(only)?,
            };
            for (near, concerned) in found.iter_mut().zip(concerned) {
                *near &= concerned > 0.0;
            }
        }
        Ok(found)
    }
}

/// Where each name stands among others. Persons come in the order of their households: the next name is mostly the one before, or
/// that which follows, and only where it is neither is it sought.
fn rows_in(names: &[String], among: &[String]) -> Vec<Option<usize>> {
    let mut sought: Option<HashMap<&str, usize>> = None;
    let mut last = 0;
    names
        .iter()
        .map(|name| {
            let is_at = |row: usize| among.get(row) == Some(name);
            let row = [last, last + 1].into_iter().find(|row| is_at(*row));
            let row = row.or_else(|| sought.get_or_insert_with(|| rows_of(among)).get(name.as_str()).copied());
            last = row.unwrap_or(last);
            row
        })
        .collect()
}

/// The row of each name.
fn rows_of(names: &[String]) -> HashMap<&str, usize> {
    names.iter().enumerate().map(|(row, name)| (name.as_str(), row)).collect()
}

/// What is received, by benefit and row of its holder, in won; nothing by row where nobody receives a benefit. Looked up by the
/// few that receive something, not by all that might.
fn received(part: &Path, answer: &Answer) -> Result<Vec<Vec<i64>>, ScreeningError> {
    let path = part.join("received.parquet");
    let mut found = vec![Vec::new(); BENEFITS.len()];
    if !path.is_file() {
        return Ok(found);
    }
    let table = TableReader::open(&path)?;
    let (homes, persons) = (table.texts("household_id")?, table.texts("person_id")?);
    let (benefits, amounts) = (table.texts("benefit")?, table.whole("amount")?);
    let (of_persons, of_households) = (rows_of(&answer.persons), rows_of(&answer.households));
    for (((home, person), id), amount) in homes.into_iter().zip(persons).zip(benefits).zip(amounts) {
        let Some(place) = BENEFITS.iter().position(|benefit| benefit.id == id) else { continue };
        let row = match BENEFITS.get(place).map(|benefit| benefit.whose) {
            Some(Whose::Person) => of_persons.get(person.as_str()),
            _ => of_households.get(home.as_str()),
        };
        let Some((of, benefit)) = found.get_mut(place).zip(BENEFITS.get(place)) else { continue };
        if of.is_empty() {
            of.resize(answer.holders(benefit).0.len(), 0);
        }
        if let Some(amounts) = row.and_then(|row| of.get_mut(*row)) {
            *amounts += amount;
        }
    }
    Ok(found)
}

/// What was missed when the law could say so last, by benefit and holder.
fn missed_before(folder: &Path) -> Result<Option<ByHolder>, ScreeningError> {
    let path = folder.join("findings.parquet");
    if !path.is_file() {
        return Ok(None);
    }
    let table = TableReader::open(&path)?;
    let (holders, benefits) = (table.texts("holder")?, table.texts("benefit")?);
    let (kinds, due) = (table.texts("kind")?, table.whole("due")?);
    let mut found = nobody();
    for (((holder, id), kind), due) in holders.into_iter().zip(benefits).zip(kinds).zip(due) {
        let place = BENEFITS.iter().position(|benefit| benefit.id == id).filter(|_| kind == MISSED || kind == OPEN);
        if let Some(place) = place
            && let Some(of) = found.get_mut(place)
        {
            of.insert(holder, due);
        }
    }
    Ok(Some(found))
}

/// What was found, column by column.
#[derive(Default)]
struct Findings {
    household: Vec<String>,
    holder: Vec<String>,
    benefit: Vec<String>,
    kind: Vec<String>,
    due: Vec<i64>,
    received: Vec<i64>,
}

impl Findings {
    fn push(&mut self, (household, holder): (&str, &str), benefit: &Benefit, kind: &str, (due, received): (i64, i64)) {
        self.household.push(household.to_owned());
        self.holder.push(holder.to_owned());
        self.benefit.push(benefit.id.to_owned());
        self.kind.push(kind.to_owned());
        self.due.push(due);
        self.received.push(received);
    }

    fn write(self, path: &Path) -> Result<(), ScreeningError> {
        let mut writer = TableWriter::new(path);
        writer.write(&[
            Column::texts("household_id", self.household),
            Column::texts("holder", self.holder),
            Column::texts("benefit", self.benefit),
            Column::texts("kind", self.kind),
            Column::whole("due", self.due),
            Column::whole("received", self.received),
        ])?;
        Ok(writer.close()?)
    }
}

/// Looks at a part, writes its findings into `folder`, and compares them with those in `previous`.
pub(super) fn part(
    part: &Path,
    answer: &Path,
    folder: &Path,
    previous: Option<&PartBefore<'_>>,
) -> Result<PartOutcome, ScreeningError> {
    let answer = Answer::open(answer)?;
    let received = received(part, &answer)?;
    let mut before = previous.map(|previous| missed_before(&previous.outcome)).transpose()?.flatten();
    let mut differing: Vec<Differs> = Vec::new();
    let households = u64::try_from(answer.households.len()).unwrap_or(u64::MAX);
    let mut outcome = PartOutcome { households, ..PartOutcome::default() };
    let mut findings = Findings::default();
    let mut missing: HashSet<String> = HashSet::new();
    for (place, benefit) in BENEFITS.iter().enumerate() {
        let (holders, homes) = answer.holders(benefit);
        let due = answer.due(benefit)?;
        let near = benefit.line.map(|line| answer.near(benefit, line)).transpose()?;
        let (mut counts, mut compared) = (BenefitCounts::default(), Compared::default());
        for (row, ((holder, home), due)) in holders.iter().zip(homes).zip(due).enumerate() {
            let has = received.get(place).and_then(|of| of.get(row)).copied().unwrap_or(0);
            let earlier = before.as_mut().and_then(|before| before.get_mut(place)?.remove(holder));
            if due.is_nan() {
                counts.open += 1;
                if let Some(earlier) = earlier {
                    findings.push((home, holder), benefit, OPEN, (earlier, has));
                }
                continue;
            }
            #[expect(clippy::cast_possible_truncation, reason = "amounts of one benefit are far below 2^53 won")]
            let due = due.floor() as i64;
            let kind = count(&mut counts, benefit, due, has);
            let difference = compare(&mut compared, earlier, (kind == MISSED).then_some(due), has);
            if let Some(difference) = difference.filter(|_| before.is_some()) {
                differing.push(Differs { benefit: place, household: home.clone(), difference });
            }
            let is_near = due <= 0 && has == 0 && near.as_ref().is_some_and(|near| near.get(row) == Some(&true));
            if is_near {
                counts.near += 1;
                findings.push((home, holder), benefit, "near", (due, has));
            }
            if !kind.is_empty() {
                findings.push((home, holder), benefit, kind, (due, has));
            }
            if kind == MISSED && !missing.contains(home.as_str()) {
                missing.insert(home.clone());
            }
        }
        outcome.benefits.insert(benefit.id.to_owned(), counts);
        if before.is_some() {
            outcome.compared.insert(benefit.id.to_owned(), compared);
        }
    }
    count_gone(&mut outcome.compared, &before.unwrap_or_default());
    if let Some((population, before)) = previous.and_then(|previous| Some((previous.population?, previous))) {
        let then = Then { part: population, depends: before.depends, law: before.law, month: before.month };
        outcome.reasons = reasons::count(part, &then, &differing)?;
    }
    outcome.missing_households = u64::try_from(missing.len()).unwrap_or(u64::MAX);
    findings.write(&folder.join("findings.parquet"))?;
    Ok(outcome)
}

/// Counts a holder; says what was found, nothing where all is as it should be.
fn count(counts: &mut BenefitCounts, benefit: &Benefit, due: i64, has: i64) -> &'static str {
    if due > 0 {
        counts.entitled += 1;
        counts.entitled_won += due;
    }
    if has > 0 {
        counts.received += 1;
        counts.received_won += has;
    }
    if due > 0 && has == 0 {
        counts.missed += 1;
        counts.missed_won += due;
        return MISSED;
    }
    // What comes once, or once a year, was due in another month: that it is not due now does not make it too much.
    if has > due.max(0) && (due > 0 || benefit.rhythm == Rhythm::Monthly) {
        counts.over += 1;
        counts.over_won += has - due.max(0);
        return "over";
    }
    if has < due {
        counts.under += 1;
        counts.under_won += due - has;
        return "under";
    }
    ""
}

/// Counts how a holder differs from the last screening, and says so where the reason may be a fact.
fn compare(compared: &mut Compared, before: Option<i64>, now: Option<i64>, has: i64) -> Option<Difference> {
    match (before, now) {
        (None, Some(_)) => {
            compared.new += 1;
            Some(Difference::New)
        }
        (Some(before), Some(now)) if before == now => {
            compared.same += 1;
            None
        }
        (Some(_), Some(_)) => {
            compared.other_amount += 1;
            Some(Difference::OtherAmount)
        }
        (Some(_), None) if has > 0 => {
            compared.now_received += 1;
            None
        }
        (Some(_), None) => {
            compared.no_longer_due += 1;
            Some(Difference::NoLongerDue)
        }
        (None, None) => None,
    }
}

fn count_gone(compared: &mut BTreeMap<String, Compared>, left: &ByHolder) {
    for (benefit, left) in BENEFITS.iter().zip(left).filter(|(_, left)| !left.is_empty()) {
        let gone = u64::try_from(left.len()).unwrap_or(u64::MAX);
        compared.entry(benefit.id.to_owned()).or_default().gone += gone;
    }
}
