//! Whole households, read from the files of a segment one chunk after the other.

use crate::error::ColumnsError;
use crate::plan::{Keys, Prepared};
use crate::segment::Segment;
use crate::table::{Cursor, Raw, Table, Values};
use maru_rules::run::{Membership, Population};
use parquet::data_type::ByteArray;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::path::Path;

/// How many persons a chunk holds, about.
const CHUNK: usize = 131_072;

/// Beyond this many persons without a cut, the files are not sorted.
const MOST: usize = 16_777_216;

/// Whole households with what the calculation needs.
pub(crate) struct Chunk {
    pub(crate) population: Population,
    /// By kind of entity: the key columns for the output, in order.
    pub(crate) keys: Vec<Vec<Raw>>,
    /// In the order of the facts wanted.
    pub(crate) facts: Vec<Values>,
}

struct GroupFeed {
    entity: usize,
    /// Who belongs where, read ahead.
    belongs: Cursor,
    ahead: Values,
    /// The group's own file, with identifiers read ahead.
    file: Option<(Cursor, Values)>,
    role: Option<Cursor>,
}

/// Reads a segment.
pub(crate) struct Feed<'run> {
    prepared: &'run Prepared,
    groups: Vec<GroupFeed>,
    person_id: Option<Cursor>,
    facts: Vec<Cursor>,
    person_file: std::path::PathBuf,
}

impl<'run> Feed<'run> {
    pub(crate) fn new(
        prepared: &'run Prepared,
        tables: &[Option<Table>],
        segment: &Segment,
    ) -> Result<Self, ColumnsError> {
        let person = prepared.keys.person;
        let missing = || ColumnsError::content(&prepared.person_file, "this file is not there any more");
        let table = tables.get(person).and_then(Option::as_ref).ok_or_else(missing)?;
        let range = |entity: usize| {
            if entity == person {
                return segment.groups[0].clone();
            }
            let place = prepared.keys.groups.iter().position(|group| group.entity == entity).unwrap_or(0);
            segment.groups[place + 1].clone()
        };
        let cursor = |table: &Table, name: &str, entity: usize| {
            table
                .column(name)
                .map(|column| table.cursor(column, range(entity)))
                .ok_or_else(|| ColumnsError::content(&table.path, format!("there is no column {name}")))
        };
        let mut groups = Vec::new();
        for key in &prepared.keys.groups {
            let mut belongs = cursor(table, &key.identifier, person)?;
            let ahead = belongs.read(0)?;
            let file = match &tables[key.entity] {
                Some(own) => {
                    let mut cursor = cursor(own, &key.identifier, key.entity)?;
                    let ahead = cursor.read(0)?;
                    Some((cursor, ahead))
                }
                None => None,
            };
            let role = key.role.as_deref().map(|name| cursor(table, name, person)).transpose()?;
            groups.push(GroupFeed { entity: key.entity, belongs, ahead, file, role });
        }
        let person_id = table.column("person_id").map(|column| table.cursor(column, range(person)));
        let mut facts = Vec::new();
        for fact in &prepared.facts {
            let own = tables[fact.entity].as_ref().ok_or_else(missing)?;
            facts.push(cursor(own, &fact.column, fact.entity)?);
        }
        Ok(Self { prepared, groups, person_id, facts, person_file: prepared.person_file.clone() })
    }

    /// The next chunk; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Chunk>, ColumnsError> {
        let Some(persons) = self.cut()? else { return Ok(None) };
        let keys = &self.prepared.keys;
        let mut population =
            Population { counts: vec![0; keys.entities], memberships: vec![Membership::default(); keys.entities] };
        let mut out: Vec<Vec<Raw>> = vec![Vec::new(); keys.entities];
        population.counts[keys.person] = persons;
        if let Some(cursor) = &mut self.person_id {
            out[keys.person].push(cursor.read(persons)?.raw);
        }
        let ended = self.groups.iter().all(|group| group.ahead.raw.len() <= persons);
        for (feed, key) in self.groups.iter_mut().zip(&keys.groups) {
            let belongs = feed.ahead.raw.take(persons);
            let (group, own) = place(&belongs, &mut feed.file, ended, &key.identifier, &self.person_file)?;
            population.counts[feed.entity] = own.len();
            let role = if let Some(cursor) = &mut feed.role {
                let raw = cursor.read(persons)?.raw;
                let roles = key.roles_of(&raw, &self.person_file)?;
                out[keys.person].push(belongs);
                out[keys.person].push(raw);
                roles
            } else {
                out[keys.person].push(belongs);
                vec![0; persons]
            };
            population.memberships[feed.entity] = Membership { group, role };
            out[feed.entity].push(own);
        }
        let mut facts = Vec::with_capacity(self.facts.len());
        for (cursor, fact) in self.facts.iter_mut().zip(&self.prepared.facts) {
            let count = population.counts[fact.entity];
            let values = cursor.read(count)?;
            if values.raw.len() != count {
                return Err(ColumnsError::content(&cursor.path, format!("column {} ends too early", fact.column)));
            }
            facts.push(values);
        }
        Ok(Some(Chunk { population, keys: out, facts }))
    }

    /// How many persons the next chunk holds: up to where every group ends.
    fn cut(&mut self) -> Result<Option<usize>, ColumnsError> {
        let mut wanted = CHUNK;
        loop {
            let mut ended = false;
            for feed in &mut self.groups {
                let lacking = (wanted + 1).saturating_sub(feed.ahead.raw.len());
                let read = feed.belongs.read_into(&mut feed.ahead, lacking)?;
                if feed.ahead.missing.contains(&true) {
                    return Err(ColumnsError::content(
                        &feed.belongs.path,
                        format!("column {} has empty cells: everybody belongs somewhere", feed.belongs.column.name),
                    ));
                }
                ended |= read < lacking;
            }
            let available = self.groups.iter().map(|feed| feed.ahead.raw.len()).min().unwrap_or(0);
            if ended {
                return Ok((available > 0).then_some(available));
            }
            let clean = |row: &usize| self.groups.iter().all(|feed| feed.ahead.raw.changes(*row));
            if let Some(row) = (1..=wanted.min(available.saturating_sub(1))).rev().find(clean) {
                return Ok(Some(row));
            }
            if wanted >= MOST {
                return Err(ColumnsError::content(
                    &self.person_file,
                    "no household ends within sixteen million rows: sort the file so that members stand together",
                ));
            }
            wanted *= 2;
        }
    }
}

/// Each person's group within the chunk, and the groups' identifiers.
fn place(
    belongs: &Raw,
    file: &mut Option<(Cursor, Values)>,
    ended: bool,
    name: &str,
    person_file: &Path,
) -> Result<(Vec<u32>, Raw), ColumnsError> {
    let Some((cursor, ahead)) = file else {
        let mut own = belongs.clone();
        let repeated = match &mut own {
            Raw::Int(values) => {
                values.dedup();
                !values.is_sorted() && values.iter().collect::<HashSet<_>>().len() < values.len()
            }
            Raw::Text(values) => {
                values.dedup();
                values.iter().map(ByteArray::data).collect::<HashSet<_>>().len() < values.len()
            }
            _ => return Err(wrong_key(person_file, name)),
        };
        if repeated {
            return Err(ColumnsError::content(
                person_file,
                format!("members of one {name} do not stand together: sort the file by it"),
            ));
        }
        let group = found(belongs, &own)
            .map_err(|row| lost(person_file, name, &belongs.show(row)))?
            .ok_or_else(|| wrong_key(person_file, name))?;
        return Ok((group, own));
    };
    loop {
        let group = found(belongs, &ahead.raw);
        match group {
            Ok(None) => return Err(wrong_key(person_file, name)),
            Ok(Some(group)) if !ended => {
                let count = group.iter().max().map_or(0, |highest| *highest as usize + 1);
                return Ok((group, ahead.raw.take(count)));
            }
            // At the end of the segment, groups without members come along.
            Ok(Some(group)) => {
                while cursor.read_into(ahead, CHUNK)? > 0 {}
                let count = ahead.raw.len();
                return Ok((group, ahead.raw.take(count)));
            }
            Err(row) => {
                if cursor.read_into(ahead, CHUNK)? == 0 {
                    return Err(lost(&cursor.path, name, &belongs.show(row)));
                }
            }
        }
    }
}

fn wrong_key(path: &Path, name: &str) -> ColumnsError {
    ColumnsError::content(path, format!("{name} must be a whole number or a text, of the same type in every file"))
}

fn lost(path: &Path, name: &str, value: &str) -> ColumnsError {
    ColumnsError::content(
        path,
        format!(
            "{name} {value} is missing here, or its members do not stand together: every group needs one row; sort all files by household"
        ),
    )
}

/// The place of each person's group; the row whose group is not there; none where the types differ.
fn found(belongs: &Raw, own: &Raw) -> Result<Option<Vec<u32>>, usize> {
    match (belongs, own) {
        (Raw::Int(belongs), Raw::Int(own)) => places(belongs, own).map(Some),
        (Raw::Text(belongs), Raw::Text(own)) => {
            let (belongs, own): (Vec<&[u8]>, Vec<&[u8]>) =
                (belongs.iter().map(ByteArray::data).collect(), own.iter().map(ByteArray::data).collect());
            places(&belongs, &own).map(Some)
        }
        _ => Ok(None),
    }
}

fn places<T: Copy + Eq + Hash>(belongs: &[T], own: &[T]) -> Result<Vec<u32>, usize> {
    let mut groups = Vec::with_capacity(belongs.len());
    let mut place = 0_usize;
    let mut index: Option<HashMap<T, usize>> = None;
    for (row, wanted) in belongs.iter().enumerate() {
        // Nearly always the group of the person before, or the next one.
        if own.get(place) != Some(wanted) {
            if own.get(place + 1) == Some(wanted) {
                place += 1;
            } else {
                let index = index.get_or_insert_with(|| own.iter().enumerate().map(|(at, id)| (*id, at)).collect());
                place = *index.get(wanted).ok_or(row)?;
            }
        }
        groups.push(place as u32);
    }
    Ok(groups)
}

impl Keys {
    /// How many files a segment speaks of.
    pub(crate) fn identifiers(&self) -> Vec<String> {
        self.groups.iter().map(|group| group.identifier.clone()).collect()
    }
}
