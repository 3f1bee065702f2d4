//! From rows to households. What cannot be taken is set aside with its file, line, column and reason: never dropped in
//! silence, never guessed.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use jiff::civil::Date;
use maru_rules::variable::ValueType;
use serde_json::Value as Json;

use super::{
    mapping::{CHANGE, ColumnMapping, Holds, Kind, Mapping, TableMapping},
    pseudonym::PseudonymKey,
    resident_number::{Confidence, ResidentNumber},
    rows::{self, Item},
    shares::{Places, Shares},
};
use crate::{
    domain::{
        CrisisModel, Household, Member, Received, benefit,
        crisis::Present,
        household::{Couple, Facts},
    },
    evaluation::{LawBook, checked},
    payment::{AccountFault, PayTo, file::fault_of},
    tables::TableError,
};

/// A row, or a cell of one, that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The file.
    pub file: String,
    /// The line (CSV) or the number of the row (Parquet).
    pub line: usize,
    /// The column of the file; empty where it is the whole row.
    pub column: String,
    /// Why, and what to do. It never holds a personal number.
    pub reason: String,
}

/// What registers came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    /// Households by pseudonym.
    pub households: BTreeMap<String, Household>,
    /// What was set aside.
    pub aside: Vec<SetAside>,
    /// Rows that were read.
    pub rows: usize,
    /// Resident numbers whose check digit fits, and all of them.
    pub checked_numbers: (usize, usize),
    /// Things that were taken and look odd, by what they are.
    pub doubts: BTreeMap<&'static str, usize>,
}

/// Reads the registers of a mapping; files stand beside `folder`.
///
/// # Errors
/// [`TableError`] where a file cannot be read at all.
pub fn load(mapping: &Mapping, folder: &Path, law: &LawBook, key: &PseudonymKey) -> Result<Loaded, TableError> {
    load_part(mapping, folder, (law, key), &Shares::whole(), 0)
}

/// Reads those households of the registers that belong to one part of them; only these are held. What can be told of no household
/// is told with the first part.
///
/// # Errors
/// [`TableError`] where a file cannot be read at all.
pub fn load_part(
    mapping: &Mapping,
    folder: &Path,
    (law, key): (&LawBook, &PseudonymKey),
    shares: &Shares,
    part: usize,
) -> Result<Loaded, TableError> {
    let crisis = crisis_model(mapping, folder)?;
    let mut loading = Loading { law, key, crisis, loaded: Loaded::default(), home: HashMap::new(), is_feed: false };
    loading.tables(mapping, folder, shares, part)?;
    Ok(loading.loaded)
}

/// Lays the rows of a feed over households as they were known before; gives them as they are now, the empty ones of whom everybody left too.
pub(super) fn lay_over(
    mapping: &Mapping,
    folder: &Path,
    (law, key): (&LawBook, &PseudonymKey),
    households: BTreeMap<String, Household>,
) -> Result<Loaded, TableError> {
    let crisis = crisis_model(mapping, folder)?;
    let at_home = |(id, household): (&String, &Household)| -> Vec<(String, String)> {
        household.members.iter().map(|member| (member.id.clone(), id.clone())).collect()
    };
    let home = households.iter().flat_map(at_home).collect();
    let loaded = Loaded { households, ..Loaded::default() };
    let mut loading = Loading { law, key, crisis, loaded, home, is_feed: true };
    loading.tables(mapping, folder, &Shares::whole(), 0)?;
    Ok(loading.loaded)
}

/// The model that the mapping names, or that which ships.
fn crisis_model(mapping: &Mapping, folder: &Path) -> Result<CrisisModel, TableError> {
    let path = mapping.crisis_model.as_ref().map(|file| folder.join(file));
    let model = match &path {
        Some(path) => {
            let fault = |source| TableError::File { path: path.clone(), source };
            CrisisModel::parse(&std::fs::read_to_string(path).map_err(fault)?)
        }
        None => CrisisModel::shipped(),
    };
    model.map_err(|error| TableError::Content { path: path.unwrap_or_default(), reason: error.to_string() })
}

struct Loading<'a> {
    law: &'a LawBook,
    key: &'a PseudonymKey,
    crisis: CrisisModel,
    loaded: Loaded,
    /// The household of each person.
    home: HashMap<String, String>,
    /// Whether rows are changes of what is known already.
    is_feed: bool,
}

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Happened {
    /// It is so now.
    Holds,
    /// It is so no longer.
    Ended,
}

/// Why a cell was not taken.
struct Fault {
    column: String,
    reason: String,
}

struct Row<'a> {
    cells: &'a [String],
    places: &'a Places,
    table: &'a TableMapping,
}

impl Row<'_> {
    fn mapped(&self, name: &str) -> Option<(&ColumnMapping, String)> {
        let mapping = self.table.columns.get(name)?;
        let cell = self.places.cell(mapping, self.cells).to_owned();
        Some((mapping, cell))
    }

    fn fault(&self, name: &str, reason: impl Into<String>) -> Fault {
        let column = self.table.columns.get(name).map(|mapping| mapping.from.clone()).unwrap_or_default();
        Fault { column, reason: reason.into() }
    }
}

impl Loading<'_> {
    fn tables(&mut self, mapping: &Mapping, folder: &Path, shares: &Shares, part: usize) -> Result<(), TableError> {
        // Who belongs where is read first, whatever the order of the tables.
        let founding = mapping.table.iter().filter(|table| table.is_founding());
        let others = mapping.table.iter().filter(|table| !table.is_founding());
        for table in founding.chain(others) {
            self.table(table, &folder.join(&table.file), shares, part)?;
        }
        self.look_for_doubts();
        Ok(())
    }

    /// What happened to a row; what has ended does not stand among all rows.
    fn happened(&self, row: &Row<'_>) -> Result<Happened, Fault> {
        let Some((mapping, cell)) = row.mapped(CHANGE) else { return Ok(Happened::Holds) };
        match translated(mapping, &cell).map_err(|reason| row.fault(CHANGE, reason))?.as_str() {
            "added" | "changed" => Ok(Happened::Holds),
            "ended" if self.is_feed => Ok(Happened::Ended),
            "ended" => Err(row.fault(CHANGE, "what has ended does not stand in a load of all rows: load it as a feed")),
            _ => Err(row.fault(CHANGE, "write added, changed or ended, or map the file's words to them")),
        }
    }

    fn table(&mut self, table: &TableMapping, path: &Path, shares: &Shares, part: usize) -> Result<(), TableError> {
        let file = table.file.display().to_string();
        let aside = |line: usize, column: &str, reason: String| SetAside {
            file: file.clone(),
            line,
            column: column.to_owned(),
            reason,
        };
        let mut places = Places::default();
        rows::each(path, &mut |item| match item {
            Item::Columns(columns) => {
                places = Places::of(&columns);
                let missing = table.columns.values().filter(|mapping| part == 0 && !places.has(mapping));
                let reason = "the file has no such column: correct the mapping";
                self.loaded.aside.extend(missing.map(|mapping| aside(1, &mapping.from, reason.to_owned())));
            }
            Item::Broken(line, reason) if part == 0 => self.loaded.aside.push(aside(line, "", reason)),
            Item::Broken(..) => {}
            Item::Row(line, cells) => {
                if shares.part_of(table, &places, &cells) != part {
                    return;
                }
                self.loaded.rows += 1;
                let row = Row { cells: &cells, places: &places, table };
                let faults = self.row(&row).unwrap_or_else(|fault| vec![fault]);
                self.loaded.aside.extend(faults.into_iter().map(|fault| aside(line, &fault.column, fault.reason)));
            }
        })
    }

    fn row(&mut self, row: &Row<'_>) -> Result<Vec<Fault>, Fault> {
        let happened = self.happened(row)?;
        match row.table.holds {
            Holds::Person => self.person(row, happened),
            Holds::Household => self.household(row, happened),
            Holds::Couple => self.couple(row, happened).map(|()| Vec::new()),
            Holds::Received => self.received(row, happened).map(|()| Vec::new()),
            Holds::Signal => self.signal(row, happened).map(|()| Vec::new()),
            Holds::Account => self.account(row, happened).map(|()| Vec::new()),
        }
    }

    /// A key of the row: personal numbers become pseudonyms here, at the door.
    fn key_of(&mut self, row: &Row<'_>, name: &str, kind: &str) -> Result<String, Fault> {
        let Some((mapping, cell)) = row.mapped(name) else { return Err(row.fault(name, "the column is not mapped")) };
        if cell.is_empty() {
            return Err(row.fault(name, "the cell is empty: nobody can be found by it"));
        }
        match mapping.kind {
            Kind::ResidentNumber => {
                let number = ResidentNumber::parse(&cell).map_err(|error| row.fault(name, error.to_string()))?;
                self.loaded.checked_numbers.1 += 1;
                self.loaded.checked_numbers.0 += usize::from(number.confidence == Confidence::Checked);
                Ok(self.key.of(kind, &number.plain()))
            }
            _ => Ok(self.key.of(kind, &cell)),
        }
    }

    fn person(&mut self, row: &Row<'_>, happened: Happened) -> Result<Vec<Fault>, Fault> {
        let person = self.key_of(row, "person", "person")?;
        let mut faults = Vec::new();
        if row.table.is_founding() {
            let household = self.key_of(row, "household", "household")?;
            if happened == Happened::Ended {
                return self.leave(row, &person, &household).map(|()| faults);
            }
            self.join(row, &person, household)?;
        }
        let Some(household) = self.home.get(&person).cloned() else {
            return Err(row.fault("person", "no register says to which household this person belongs"));
        };
        let mut facts = Facts::new();
        self.facts(row, &mut facts, &mut faults);
        check_birth(row, &facts, &mut faults);
        let members = self.loaded.households.get_mut(&household).map(|household| &mut household.members);
        if let Some(member) = members.and_then(|members| members.iter_mut().find(|member| member.id == person)) {
            lay_on(&mut member.facts, facts, row, happened);
        }
        Ok(faults)
    }

    /// Somebody is not in a household any more.
    fn leave(&mut self, row: &Row<'_>, person: &str, household: &str) -> Result<(), Fault> {
        let Some(known) = self.loaded.households.get_mut(household) else {
            return Err(row.fault("household", "no person belongs to this household"));
        };
        if known.member(person).is_none() {
            return Err(row.fault("person", "this person does not belong to the household"));
        }
        *known = std::mem::take(known).left_by(person);
        if self.home.get(person).is_some_and(|home| home == household) {
            self.home.remove(person);
        }
        Ok(())
    }

    fn join(&mut self, row: &Row<'_>, person: &str, household: String) -> Result<(), Fault> {
        if self.is_feed {
            return self.come(row, person, household);
        }
        if let Some(known) = self.home.get(person) {
            let reason = if *known == household {
                "this person stands twice in the register: the first row was taken"
            } else {
                "this person stands in two households: the first was taken"
            };
            return Err(row.fault("person", reason));
        }
        let role = role_of(row)?;
        let home = self.loaded.households.entry(household.clone()).or_default();
        if matches!(role.as_str(), "head" | "spouse") && home.members.iter().any(|member| member.role == role) {
            return Err(row.fault("role", format!("the household has a {role} already")));
        }
        let name = row.mapped("name").map(|(_, cell)| cell).unwrap_or_default();
        home.members.push(Member { id: person.to_owned(), role, name, facts: Facts::new() });
        self.home.insert(person.to_owned(), household);
        Ok(())
    }

    /// Somebody of a feed: known where they are, moved from elsewhere, or new.
    fn come(&mut self, row: &Row<'_>, person: &str, household: String) -> Result<(), Fault> {
        let role = role_of(row)?;
        let name = row.mapped("name").map(|(_, cell)| cell).unwrap_or_default();
        let others = self.loaded.households.get(&household).map(|home| home.members.as_slice()).unwrap_or_default();
        let is_taken = matches!(role.as_str(), "head" | "spouse")
            && others.iter().any(|member| member.role == role && member.id != person);
        if is_taken {
            return Err(row.fault("role", format!("the household has a {role} already")));
        }
        let facts = match self.home.get(person).cloned() {
            Some(known) if known == household => {
                let member = self
                    .loaded
                    .households
                    .get_mut(&household)
                    .and_then(|home| home.members.iter_mut().find(|member| member.id == person));
                if let Some(member) = member {
                    member.role = role;
                    if !name.is_empty() {
                        member.name = name;
                    }
                }
                return Ok(());
            }
            Some(known) => {
                let facts = self.loaded.households.get(&known).and_then(|home| home.member(person));
                let facts = facts.map(|member| member.facts.clone()).unwrap_or_default();
                self.leave(row, person, &known)?;
                facts
            }
            None => Facts::new(),
        };
        let home = self.loaded.households.entry(household.clone()).or_default();
        home.members.push(Member { id: person.to_owned(), role, name, facts });
        self.home.insert(person.to_owned(), household);
        Ok(())
    }

    fn household(&mut self, row: &Row<'_>, happened: Happened) -> Result<Vec<Fault>, Fault> {
        let household = self.key_of(row, "household", "household")?;
        let (mut facts, mut faults) = (Facts::new(), Vec::new());
        self.facts(row, &mut facts, &mut faults);
        match self.loaded.households.get_mut(&household) {
            Some(known) => lay_on(&mut known.facts, facts, row, happened),
            None => return Err(row.fault("household", "no person belongs to this household")),
        }
        Ok(faults)
    }

    fn couple(&mut self, row: &Row<'_>, happened: Happened) -> Result<(), Fault> {
        let (one, other) = (self.key_of(row, "person", "person")?, self.key_of(row, "partner", "person")?);
        let homes = (self.home.get(&one), self.home.get(&other));
        let (Some(home), Some(same)) = homes else {
            return Err(row.fault("partner", "one of the couple stands in no household"));
        };
        if home != same {
            return Err(row.fault("partner", "the couple stands in two households: the law reckons them together"));
        }
        let is_feed = self.is_feed;
        if let Some(household) = self.loaded.households.get_mut(home) {
            let is_known = |couple: &Couple| couple.partners.contains(&one) && couple.partners.contains(&other);
            match happened {
                Happened::Ended => household.couples.retain(|couple| !is_known(couple)),
                Happened::Holds if is_feed && household.couples.iter().any(is_known) => {}
                Happened::Holds => {
                    household.couples.push(Couple { partners: vec![one, other], facts: Facts::new() });
                }
            }
        }
        Ok(())
    }

    fn received(&mut self, row: &Row<'_>, happened: Happened) -> Result<(), Fault> {
        let household = self.key_of(row, "household", "household")?;
        let Some((mapping, cell)) = row.mapped("benefit") else { return Ok(()) };
        let id = translated(mapping, &cell).map_err(|reason| row.fault("benefit", reason))?;
        if benefit(&id).is_none() {
            return Err(row.fault("benefit", format!("{id:?} is no benefit: map the file's names to those of the law")));
        }
        let (_, amount) = row.mapped("amount").unwrap_or((mapping, String::new()));
        // What has ended needs no amount.
        let amount = match happened {
            Happened::Holds => won(&amount).map_err(|reason| row.fault("amount", reason))?,
            Happened::Ended => 0,
        };
        let member = match row.mapped("person") {
            Some((_, cell)) if !cell.is_empty() => Some(self.key_of(row, "person", "person")?),
            _ => None,
        };
        let agency = row.mapped("agency").map(|(_, cell)| cell).unwrap_or_default();
        let Some(known) = self.loaded.households.get_mut(&household) else {
            return Err(row.fault("household", "no person belongs to this household"));
        };
        if member.as_deref().is_some_and(|member| known.member(member).is_none()) {
            return Err(row.fault("person", "this person does not belong to the household"));
        }
        let is_same = |one: &Received| one.benefit == id && one.member == member;
        if self.is_feed {
            known.received.retain(|one| !is_same(one));
            if happened == Happened::Ended {
                return Ok(());
            }
        }
        if known.received.iter().any(is_same) {
            return Err(row.fault("benefit", "the same benefit of the same person stands twice: the first was taken"));
        }
        known.received.push(Received { benefit: id, member, amount, agency });
        Ok(())
    }

    /// A signal of a crisis, of a household or of the household of a person.
    fn signal(&mut self, row: &Row<'_>, happened: Happened) -> Result<(), Fault> {
        let Some((mapping, cell)) = row.mapped("signal") else { return Ok(()) };
        let signal = translated(mapping, &cell).map_err(|reason| row.fault("signal", reason))?;
        if !self.crisis.knows(&signal) {
            let reason = format!("{signal:?} is no signal of the model: map the file's names to those of the model");
            return Err(row.fault("signal", reason));
        }
        let since = day(row, "since")?.ok_or_else(|| row.fault("since", "write the day since when it is so"))?;
        let until = day(row, "until")?;
        if until.is_some_and(|until| until < since) {
            return Err(row.fault("until", "the signal ends before it begins"));
        }
        let household = self.somebodys(row)?;
        let agency = row.mapped("agency").map(|(_, cell)| cell).unwrap_or_default();
        let Some(known) = self.loaded.households.get_mut(&household) else {
            return Err(row.fault("household", "no person belongs to this household"));
        };
        let is_same = |one: &Present| one.signal == signal && one.since == since;
        if self.is_feed {
            known.signals.retain(|one| !is_same(one));
            if happened == Happened::Ended {
                return Ok(());
            }
        }
        if known.signals.iter().any(is_same) {
            return Err(row.fault("signal", "the same signal stands twice: the first was taken"));
        }
        known.signals.push(Present { signal, since, until, agency });
        Ok(())
    }

    /// The household of a row that names it, or one of its people.
    fn somebodys(&mut self, row: &Row<'_>) -> Result<String, Fault> {
        if row.mapped("household").is_some_and(|(_, cell)| !cell.is_empty()) {
            return self.key_of(row, "household", "household");
        }
        let person = self.key_of(row, "person", "person")?;
        let home = self.home.get(&person).cloned();
        home.ok_or_else(|| row.fault("person", "no register says to which household this person belongs"))
    }

    /// Where the money of a household goes.
    fn account(&mut self, row: &Row<'_>, happened: Happened) -> Result<(), Fault> {
        if happened == Happened::Ended {
            return Err(row.fault(CHANGE, "tell the account that takes its place: money must go somewhere"));
        }
        let household = self.somebodys(row)?;
        let mapped = |name: &str| match row.mapped(name) {
            Some((mapping, cell)) => translated(mapping, &cell).map_err(|reason| row.fault(name, reason)),
            None => Ok(String::new()),
        };
        let to = PayTo { bank: mapped("bank")?, number: mapped("number")?, holder: mapped("holder")? };
        if let Some(fault) = fault_of(&to) {
            let column = match fault {
                AccountFault::Number => "number",
                AccountFault::Holder => "holder",
                AccountFault::Bank | AccountFault::Missing => "bank",
            };
            // The number itself is not told: it is personal.
            return Err(row.fault(column, format!("no money can go there: {}", fault.words().1)));
        }
        let Some(known) = self.loaded.households.get_mut(&household) else {
            return Err(row.fault("household", "no person belongs to this household"));
        };
        if known.pay_to.is_some() && !self.is_feed {
            return Err(row.fault("number", "the household has an account already: the first was taken"));
        }
        known.pay_to = Some(to);
        Ok(())
    }

    /// Every fact of the row that can be read; the others are told.
    fn facts(&self, row: &Row<'_>, facts: &mut Facts, faults: &mut Vec<Fault>) {
        for (name, mapping) in &row.table.columns {
            let Some(variable) = self.law.fact(name) else { continue };
            let cell = row.places.cell(mapping, row.cells);
            if cell.is_empty() {
                continue;
            }
            let value = translated(mapping, cell).and_then(|text| value(&variable.value_type, mapping, &text));
            match value.and_then(|value| checked(variable, &value).map(|()| value)) {
                Ok(value) => drop(facts.insert(name.clone(), value)),
                Err(reason) => faults.push(row.fault(name, reason)),
            }
        }
    }

    fn look_for_doubts(&mut self) {
        let doubts = &mut self.loaded.doubts;
        for household in self.loaded.households.values() {
            if !household.members.iter().any(|member| member.role == "head") {
                *doubts.entry("households without a head").or_default() += 1;
            }
            let unborn = household.members.iter().filter(|member| !member.facts.contains_key("birth")).count();
            if unborn > 0 {
                *doubts.entry("persons without a date of birth").or_default() += unborn;
            }
        }
    }
}

/// A date of birth that the resident number contradicts is told: one of the two is wrong.
fn check_birth(row: &Row<'_>, facts: &Facts, faults: &mut Vec<Fault>) {
    let Some((mapping, cell)) = row.mapped("person") else { return };
    if mapping.kind != Kind::ResidentNumber {
        return;
    }
    let (Ok(number), Some(Json::String(birth))) = (ResidentNumber::parse(&cell), facts.get("birth")) else {
        return;
    };
    if *birth != number.birth.to_string() {
        faults.push(
            row.fault("birth", "the date of birth differs from the resident number: the row was taken, look at it"),
        );
    }
}

/// The role of a person in their household.
fn role_of(row: &Row<'_>) -> Result<String, Fault> {
    let role = row.mapped("role").map(|(mapping, cell)| translated(mapping, &cell));
    match role {
        None => Ok("other".to_owned()),
        Some(Ok(role)) if matches!(role.as_str(), "head" | "spouse" | "child" | "parent" | "other") => Ok(role),
        Some(Ok(role)) => {
            let reason = format!("{role:?} is no role: map it to head, spouse, child, parent or other");
            Err(row.fault("role", reason))
        }
        Some(Err(reason)) => Err(row.fault("role", reason)),
    }
}

/// Facts of a row laid over what is known; where the row has ended, nothing is known of its facts any more.
fn lay_on(known: &mut Facts, facts: Facts, row: &Row<'_>, happened: Happened) {
    match happened {
        Happened::Holds => known.extend(facts),
        Happened::Ended => known.retain(|name, _| !row.table.columns.contains_key(name)),
    }
}

/// A day of a column; nothing where the cell is empty.
fn day(row: &Row<'_>, name: &str) -> Result<Option<Date>, Fault> {
    let Some((mapping, cell)) = row.mapped(name).filter(|(_, cell)| !cell.is_empty()) else { return Ok(None) };
    let format = mapping.format.as_deref().unwrap_or("%Y-%m-%d");
    Date::strptime(format, &cell).map(Some).map_err(|_| row.fault(name, format!("write a day as {format}")))
}

fn translated(mapping: &ColumnMapping, cell: &str) -> Result<String, String> {
    if mapping.values.is_empty() {
        return Ok(cell.to_owned());
    }
    mapping.values.get(cell).cloned().ok_or_else(|| format!("{cell:?} is not named in the mapping's values"))
}

fn won(text: &str) -> Result<i64, String> {
    let plain: String = text.chars().filter(|letter| !matches!(letter, ',' | ' ' | '원')).collect();
    let amount = plain.parse::<i64>().map_err(|_| "write an amount in won, in figures".to_owned())?;
    if (0..=100_000_000_000_000).contains(&amount) {
        Ok(amount)
    } else {
        Err("no amount is so large, or negative".into())
    }
}

fn value(of: &ValueType, mapping: &ColumnMapping, text: &str) -> Result<Json, String> {
    if mapping.kind == Kind::Won {
        return won(text).map(Json::from);
    }
    match of {
        ValueType::Bool => match text {
            "1" | "Y" | "y" | "true" | "예" => Ok(true.into()),
            "0" | "N" | "n" | "false" | "아니요" => Ok(false.into()),
            _ => Err("write 1 or 0, Y or N, true or false".to_owned()),
        },
        ValueType::Int => {
            let whole = text.strip_suffix(".0").unwrap_or(text);
            whole.parse::<i64>().map(Json::from).map_err(|_| "write a whole number".to_owned())
        }
        ValueType::Float => text.parse::<f64>().map(Json::from).map_err(|_| "write a number".to_owned()),
        ValueType::Date => {
            let format = mapping.format.as_deref().unwrap_or("%Y-%m-%d");
            Date::strptime(format, text)
                .map(|day| day.to_string().into())
                .map_err(|_| format!("write a day as {format}"))
        }
        ValueType::Text | ValueType::Enum(_) => Ok(text.to_owned().into()),
    }
}
