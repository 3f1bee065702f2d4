//! Situations as OpenFisca writes them in JSON and YAML: persons, groups with roles, variables by period, axes.

mod axes;
mod cell;

pub(crate) use axes::points;
pub use cell::{evaluate_expression, json_value};

use crate::diagnostic::{Diagnostic, Trouble};
use crate::period::Period;
use crate::run::{Membership, Population};
use crate::simulation::Simulation;
use crate::system::{Package, System};
use crate::variable::Variable;
use cell::{Cell, cell, column};
use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::sync::Arc;

/// What is wrong with a situation, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", path.join("/"))]
pub struct SituationError {
    /// The keys that lead to the place.
    pub path: Vec<String>,
    /// What is wrong, in OpenFisca's words.
    pub message: String,
    /// The HTTP status that OpenFisca answers with.
    pub status: u16,
}

impl SituationError {
    fn new(path: &[&str], message: impl Into<String>) -> Self {
        Self { path: path.iter().map(|part| (*part).to_owned()).collect(), message: message.into(), status: 400 }
    }

    fn of(path: &[&str], fault: &Diagnostic) -> Self {
        Self::new(path, fault.message.clone())
    }

    /// The body that OpenFisca's Web API answers with: the message at the end of its path.
    pub fn to_json(&self) -> Json {
        let message = self.message.trim().replace('\n', " ");
        self.path.iter().rev().fold(Json::String(message), |inner, key| json!({ key: inner }))
    }
}

impl Package {
    /// A simulation of a situation that names its persons and groups.
    pub fn situation(
        &self,
        system: &Arc<System>,
        situation: &Json,
        default_period: Option<Period>,
    ) -> Result<Simulation, SituationError> {
        let Json::Object(entries) = situation else {
            return Err(SituationError::new(&["error"], "Invalid type: must be of type 'Object'."));
        };
        Builder::new(self, system, default_period).entities(entries)
    }

    /// A simulation of any of the forms that a YAML test may have: entities in full, one group in short, or variables alone.
    pub fn test_situation(
        &self,
        system: &Arc<System>,
        input: &Json,
        default_period: Option<Period>,
    ) -> Result<Simulation, SituationError> {
        let empty = Map::new();
        let entries = input.as_object().unwrap_or(&empty);
        let singular = |key: &str| system.entities.iter().find(|entity| &*entity.key == key);
        let builder = Builder::new(self, system, default_period);
        if entries.keys().any(|key| singular(key).is_some()) {
            let mut explicit = Map::new();
            for (key, value) in entries {
                match singular(key) {
                    Some(entity) => explicit.insert(entity.plural.to_string(), json!({ key: value })),
                    None => explicit.insert(key.clone(), value.clone()),
                };
            }
            // Only entities are kept in this form; variables beside them are not read.
            explicit.retain(|key, _| key == "axes" || system.entity_of_plural(key).is_some());
            return builder.entities(&explicit);
        }
        if !entries.is_empty() && entries.keys().all(|key| key == "axes" || system.entity_of_plural(key).is_some()) {
            return builder.entities(entries);
        }
        builder.variables(entries)
    }
}

/// Values of one variable and period, by instance.
type Buffer = IndexMap<(Arc<str>, Period), Vec<Option<Cell>>>;

struct Builder<'package> {
    package: &'package Package,
    system: &'package Arc<System>,
    default_period: Option<Period>,
    buffer: Buffer,
}

impl<'package> Builder<'package> {
    fn new(package: &'package Package, system: &'package Arc<System>, default_period: Option<Period>) -> Self {
        Self { package, system, default_period, buffer: Buffer::new() }
    }

    fn entities(mut self, entries: &Map<String, Json>) -> Result<Simulation, SituationError> {
        let system = Arc::clone(self.system);
        if let Some(unexpected) = entries.keys().find(|key| *key != "axes" && system.entity_of_plural(key).is_none()) {
            let plurals: Vec<&str> = system.entities.iter().map(|entity| &*entity.plural).collect();
            return Err(SituationError::new(
                &[unexpected],
                format!(
                    "Some entities in the situation are not defined in the loaded tax and benefit system. These entities are not found: {unexpected}. The defined entities are: {}.",
                    plurals.join(", ")
                ),
            ));
        }
        let axes = match entries.get("axes").filter(|axes| !axes.is_null()) {
            Some(written) => Some(axes::Axes::read(&system, written, self.default_period)?),
            None => None,
        };
        let person = &system.entities[system.person];
        let persons = entries
            .get(&*person.plural)
            .filter(|persons| !persons.is_null() && persons.as_object().is_none_or(|map| !map.is_empty()));
        let Some(persons) = persons else {
            return Err(SituationError::new(
                &[&person.plural],
                format!("No {0} found. At least one {0} must be defined to run a simulation.", person.key),
            ));
        };
        let persons = object(persons, &[&person.plural])?;
        let mut identifiers: Vec<Vec<String>> = vec![Vec::new(); system.entities.len()];
        identifiers[system.person] = persons.keys().cloned().collect();
        for (place, (name, values)) in persons.iter().enumerate() {
            let values = object(values, &[&person.plural, name])?;
            self.values(system.person, name, place, persons.len(), values.iter())?;
        }
        let mut memberships = vec![Membership::default(); system.entities.len()];
        for (index, entity) in system.entities.iter().enumerate() {
            if entity.is_person {
                continue;
            }
            let names = identifiers[system.person].clone();
            if let Some(groups) = entries.get(&*entity.plural).filter(|groups| !groups.is_null()) {
                let (names, membership) = self.groups(index, groups, &names)?;
                identifiers[index] = names;
                memberships[index] = membership;
            } else {
                memberships[index] =
                    Membership { group: (0..names.len() as u32).collect(), role: vec![0; names.len()] };
                identifiers[index] = names;
            }
        }
        let counts: Vec<usize> = identifiers.iter().map(Vec::len).collect();
        let population = Population { counts, memberships };
        let Some(axes) = axes else { return self.finish(population, identifiers) };
        let (wide, identifiers) = axes.spread(&population, &identifiers)?;
        axes.fill(&system, &population, &mut self.buffer)?;
        self.finish(wide, identifiers)
    }

    fn groups(
        &mut self,
        index: usize,
        groups: &Json,
        persons: &[String],
    ) -> Result<(Vec<String>, Membership), SituationError> {
        let system = Arc::clone(self.system);
        let entity = &system.entities[index];
        let groups = object(groups, &[&entity.plural])?;
        let mut names: Vec<String> = groups.keys().cloned().collect();
        let mut belongs: Vec<Option<(u32, u8)>> = vec![None; persons.len()];
        let person_plural = &system.entities[system.person].plural;
        let count = groups.len() + persons.len();
        for (place, (name, group)) in groups.iter().enumerate() {
            let group = object(group, &[&entity.plural, name])?;
            for role in &entity.roles {
                let key = role.situation_key();
                let Some(listed) = group.get(key) else { continue };
                let listed: Vec<String> = match listed {
                    Json::String(text) => vec![text.clone()],
                    Json::Number(number) => vec![number.to_string()],
                    Json::Array(items) => {
                        let mut members = Vec::new();
                        for (position, item) in items.iter().enumerate() {
                            members.push(match item {
                                Json::String(text) => text.clone(),
                                Json::Number(number) if number.is_i64() => number.to_string(),
                                _ => {
                                    return Err(SituationError::new(
                                        &[&entity.plural, name, key, &position.to_string()],
                                        "Invalid type: must be of type 'String'.",
                                    ));
                                }
                            });
                        }
                        members
                    }
                    _ => {
                        return Err(SituationError::new(
                            &[&entity.plural, name, key],
                            "Invalid type: must be of type 'Array'.",
                        ));
                    }
                };
                if role.max.is_some_and(|max| listed.len() > max) {
                    return Err(SituationError::new(
                        &[&entity.plural, name, key],
                        format!(
                            "There can be at most {} {key} in a {}. {} were declared in '{name}'.",
                            role.max.unwrap_or(0),
                            entity.key,
                            listed.len()
                        ),
                    ));
                }
                for (position, member) in listed.iter().enumerate() {
                    let Some(row) = persons.iter().position(|person| person == member) else {
                        return Err(SituationError::new(
                            &[&entity.plural, name, key],
                            format!(
                                "Unexpected value: {member}. {member} has been declared in {name} {key}, but has not been declared in {person_plural}."
                            ),
                        ));
                    };
                    if belongs[row].is_some() {
                        return Err(SituationError::new(
                            &[&entity.plural, name, key],
                            format!("{member} has been declared more than once in {}", entity.plural),
                        ));
                    }
                    let flat = role.first_flat + if role.subroles.is_empty() { 0 } else { position };
                    belongs[row] = Some((place as u32, flat as u8));
                }
            }
            let values =
                group.iter().filter(|(key, _)| !entity.roles.iter().any(|role| role.situation_key() == key.as_str()));
            self.values(index, name, place, count, values)?;
        }
        // Who is in no group is alone in a group of the same name.
        let mut membership = Membership::default();
        for (row, belonging) in belongs.into_iter().enumerate() {
            let (group, role) = belonging.unwrap_or_else(|| {
                names.push(persons[row].clone());
                (names.len() as u32 - 1, 0)
            });
            membership.group.push(group);
            membership.role.push(role);
        }
        if groups.len() == 1 {
            self.share(index, names.len());
        }
        Ok((names, membership))
    }

    /// What is known of the only group that was described holds for the groups of persons who are in none, too: so it is in OpenFisca.
    fn share(&mut self, index: usize, count: usize) {
        for ((name, _), cells) in &mut self.buffer {
            let is_of_group = self.system.variables.get(name).is_some_and(|variable| variable.entity == index);
            if is_of_group && let Some(first) = cells.first().cloned() {
                *cells = vec![first; count];
            }
        }
    }

    /// The variables of one person or group.
    fn values<'json>(
        &mut self,
        index: usize,
        name: &str,
        place: usize,
        count: usize,
        values: impl Iterator<Item = (&'json String, &'json Json)>,
    ) -> Result<(), SituationError> {
        let system = Arc::clone(self.system);
        let entity = &system.entities[index];
        for (key, value) in values {
            let path = [&*entity.plural, name, key.as_str()];
            let Some(variable) = system.variables.get(key.as_str()) else {
                let message = format!(
                    "You tried to calculate or to set a value for variable '{key}', but it was not found in the loaded tax and benefit system ({}@{}).",
                    self.package.name, self.package.version
                );
                return Err(SituationError { status: 404, ..SituationError::new(&path, message) });
            };
            if variable.entity != index {
                return Err(SituationError::new(
                    &path,
                    format!(
                        "You tried to compute the variable '{key}' for the entity '{}'; however the variable '{key}' is defined for '{}'. Learn more about entities in our documentation: <https://openfisca.org/doc/coding-the-legislation/50_entities.html>.",
                        entity.plural, system.entities[variable.entity].plural
                    ),
                ));
            }
            match value {
                Json::Object(dated) => {
                    for (period, value) in dated {
                        let parsed = Period::parse(period)
                            .ok_or_else(|| SituationError::of(&path, &crate::evaluate::period_error(period)))?;
                        self.value(variable, (entity.plural.as_ref(), name, period), parsed, place, count, value)?;
                    }
                }
                value => {
                    let Some(period) = self.default_period else {
                        return Err(SituationError::new(
                            &path,
                            "Can't deal with type: expected object. Input variables should be set for specific periods. For instance: {'salary': {'2017-01': 2000, '2017-02': 2500}}, or {'birth_date': {'ETERNITY': '1980-01-01'}}.",
                        ));
                    };
                    self.value(
                        variable,
                        (entity.plural.as_ref(), name, &period.to_string()),
                        period,
                        place,
                        count,
                        value,
                    )?;
                }
            }
        }
        Ok(())
    }

    fn value(
        &mut self,
        variable: &Arc<Variable>,
        at: (&str, &str, &str),
        period: Period,
        place: usize,
        count: usize,
        value: &Json,
    ) -> Result<(), SituationError> {
        if value.is_null() {
            return Ok(());
        }
        let cell = cell(variable, value)
            .map_err(|message| SituationError::new(&[at.0, at.1, &variable.name, at.2], message))?;
        let cells = self.buffer.entry((Arc::clone(&variable.name), period)).or_insert_with(|| vec![None; count]);
        if let Some(slot) = cells.get_mut(place) {
            *slot = Some(cell);
        }
        Ok(())
    }

    /// Variables alone: as many persons as values, each alone in every group.
    fn variables(mut self, entries: &Map<String, Json>) -> Result<Simulation, SituationError> {
        let system = Arc::clone(self.system);
        let first = entries.values().next().map(|value| match value {
            Json::Object(dated) => dated.values().next().unwrap_or(&Json::Null),
            other => other,
        });
        let count = match first {
            Some(Json::Array(items)) => items.len(),
            _ => 1,
        };
        let names: Vec<String> = (0..count).map(|index| index.to_string()).collect();
        let membership = Membership { group: (0..count as u32).collect(), role: vec![0; count] };
        let population = Population {
            counts: vec![count; system.entities.len()],
            memberships: vec![membership; system.entities.len()],
        };
        let mut given: Vec<(Arc<Variable>, String, Period, Json)> = Vec::new();
        for dated in [true, false] {
            for (key, value) in entries {
                if value.is_object() != dated {
                    continue;
                }
                let variable = system.variables.get(key.as_str()).ok_or_else(|| SituationError { status: 404, ..SituationError::new(&[key], format!(
                    "You tried to calculate or to set a value for variable '{key}', but it was not found in the loaded tax and benefit system ({}@{}).", self.package.name, self.package.version
                )) })?;
                match value {
                    Json::Object(periods) => {
                        for (period, value) in periods {
                            let parsed = Period::parse(period)
                                .ok_or_else(|| SituationError::of(&[key], &crate::evaluate::period_error(period)))?;
                            given.push((Arc::clone(variable), period.clone(), parsed, value.clone()));
                        }
                    }
                    value => {
                        let period = self.default_period.ok_or_else(|| SituationError::new(&[key], "Can't deal with type: expected object. Input variables should be set for specific periods."))?;
                        given.push((Arc::clone(variable), period.to_string(), period, value.clone()));
                    }
                }
            }
        }
        let mut simulation = Simulation::new(self.package, self.system, population, vec![names; system.entities.len()]);
        for (variable, written, period, value) in given {
            let values = match &value {
                Json::Array(items) => items.clone(),
                single => vec![single.clone()],
            };
            self.buffer.clear();
            let cells = values
                .iter()
                .map(|value| if value.is_null() { Ok(None) } else { cell(&variable, value).map(Some) })
                .collect::<Result<Vec<_>, _>>()
                .map_err(|message| SituationError::new(&[&variable.name, &written], message))?;
            let column = column(&variable, &cells);
            simulation
                .set_input(&variable.name, period, column)
                .map_err(|fault| SituationError::of(&[&variable.name, &written], &fault))?;
        }
        Ok(simulation)
    }

    /// Sets what was collected, persons first, shorter periods before longer ones.
    fn finish(self, population: Population, identifiers: Vec<Vec<String>>) -> Result<Simulation, SituationError> {
        let system = self.system;
        let mut simulation = Simulation::new(self.package, system, population, identifiers);
        let mut first = HashMap::new();
        let mut given = Vec::with_capacity(self.buffer.len());
        for (place, ((name, period), cells)) in self.buffer.into_iter().enumerate() {
            let Some(variable) = system.variables.get(&name) else { continue };
            let place = *first.entry(name).or_insert(place);
            given.push(((variable.entity != system.person, variable.entity, place), period, variable, cells));
        }
        // OpenFisca sorts a variable's periods by a text, sizes of two digits before those of one.
        let size = |period: Period| if period == Period::ETERNITY { "-1".to_owned() } else { period.size.to_string() };
        given.sort_by(|(a, from, ..), (b, to, ..)| {
            let by_unit = a.cmp(b).then_with(|| from.unit.weight().cmp(&to.unit.weight()));
            by_unit.then_with(|| size(*from).cmp(&size(*to)))
        });
        for ((_, entity, _), period, variable, mut cells) in given {
            cells.resize(simulation.population.counts[entity], None);
            simulation
                .set_input(&variable.name, period, column(variable, &cells))
                .map_err(|fault| refused(&simulation, variable, period, &cells, fault))?;
        }
        Ok(simulation)
    }
}

/// What is wrong with an input, and whose it is.
fn refused(
    simulation: &Simulation,
    variable: &Variable,
    period: Period,
    cells: &[Option<Cell>],
    fault: Diagnostic,
) -> SituationError {
    let plural = &*simulation.system.entities[variable.entity].plural;
    let mismatch = matches!(&fault.trouble, Trouble::Raised(kind) if kind == "PeriodMismatchError");
    let owner = cells.iter().position(Option::is_some);
    let owner = owner.and_then(|place| simulation_name(simulation, variable.entity, place));
    match (mismatch, owner) {
        (true, Some(owner)) => {
            SituationError::new(&[plural, &owner, &variable.name, &period.to_string()], fault.message)
        }
        _ => SituationError::of(&[plural], &fault),
    }
}

fn simulation_name(simulation: &Simulation, entity: usize, place: usize) -> Option<String> {
    simulation.identifiers.get(entity)?.get(place).cloned()
}

fn object<'json>(value: &'json Json, path: &[&str]) -> Result<&'json Map<String, Json>, SituationError> {
    value.as_object().ok_or_else(|| SituationError::new(path, "Invalid type: must be of type 'Object'."))
}
