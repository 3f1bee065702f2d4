//! What is asked, compiled once: which columns of which files are needed, and which variables are written.

use crate::error::ColumnsError;
use crate::facts;
use crate::run::{Question, Source};
use crate::table::{Raw, Table};
use maru_rules::entity::Entity;
use maru_rules::graph::NodeId;
use maru_rules::period::{Period, Unit};
use maru_rules::run::{Column, Membership, Population};
use maru_rules::simulation::{Plan, Simulation};
use maru_rules::system::{Package, System};
use maru_rules::variable::Variable;
use parquet::data_type::ByteArray;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a kind of group is found in the persons' file.
pub(crate) struct GroupKey {
    pub(crate) entity: usize,
    /// `household_id`
    pub(crate) identifier: String,
    /// `role` or `couple_role`, where the file has it.
    pub(crate) role: Option<String>,
    /// The place of each role's name.
    roles: HashMap<Vec<u8>, u8>,
    names: Vec<String>,
}

impl GroupKey {
    fn new(entity: &Entity, index: usize, first: bool, person: &Table) -> Self {
        let mut roles = HashMap::new();
        let mut names = Vec::new();
        for (place, role) in entity.flattened_roles().iter().enumerate() {
            names.push(role.to_string());
            roles.insert(role.as_bytes().to_vec(), place as u8);
        }
        for role in &entity.roles {
            if let Some(plural) = &role.plural {
                roles.entry(plural.as_bytes().to_vec()).or_insert(role.first_flat as u8);
            }
            roles.entry(role.key.as_bytes().to_vec()).or_insert(role.first_flat as u8);
        }
        let own = format!("{}_role", entity.key);
        let role = if person.column(&own).is_some() {
            Some(own)
        } else {
            (first && person.column("role").is_some()).then(|| "role".to_owned())
        };
        Self { entity: index, identifier: format!("{}_id", entity.key), role, roles, names }
    }

    /// The place of each person's role.
    pub(crate) fn roles_of(&self, raw: &Raw, path: &Path) -> Result<Vec<u8>, ColumnsError> {
        let wrong = |value: String| {
            ColumnsError::content(path, format!("'{value}' is no role: write one of {}", self.names.join(", ")))
        };
        match raw {
            Raw::Int(values) => values
                .iter()
                .map(|value| {
                    u8::try_from(*value)
                        .ok()
                        .filter(|place| usize::from(*place) < self.names.len())
                        .ok_or_else(|| wrong(value.to_string()))
                })
                .collect(),
            Raw::Text(values) => {
                // Neighbours often have the role that was found last.
                let mut known: Option<(&ByteArray, u8)> = None;
                values
                    .iter()
                    .map(|value| match known {
                        Some((text, place)) if text.data() == value.data() => Ok(place),
                        _ => {
                            let place = *self
                                .roles
                                .get(value.data())
                                .ok_or_else(|| wrong(String::from_utf8_lossy(value.data()).into_owned()))?;
                            known = Some((value, place));
                            Ok(place)
                        }
                    })
                    .collect()
            }
            _ => Err(wrong(raw.show(0))),
        }
    }
}

/// How persons and groups are tied.
pub(crate) struct Keys {
    pub(crate) person: usize,
    pub(crate) entities: usize,
    pub(crate) groups: Vec<GroupKey>,
}

/// A column of a file that a variable is given by.
#[derive(Clone)]
pub(crate) struct Fact {
    pub(crate) entity: usize,
    pub(crate) column: String,
    pub(crate) decimals: u32,
    pub(crate) variable: Arc<Variable>,
    pub(crate) period: Period,
}

/// A variable that is written.
pub(crate) struct Output {
    pub(crate) variable: Arc<Variable>,
    pub(crate) node: NodeId,
}

/// Everything that chunks have in common.
pub(crate) struct Prepared {
    pub(crate) keys: Keys,
    pub(crate) facts: Vec<Fact>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) person_file: PathBuf,
    /// Columns that are nothing the package knows.
    pub(crate) unknown: Vec<String>,
}

/// Opens each entity's file; the persons' must be there.
pub(crate) fn open(system: &System, folder: &Path) -> Result<Vec<Option<Table>>, ColumnsError> {
    system
        .entities
        .iter()
        .map(|entity| {
            let path = folder.join(format!("{}.parquet", entity.key));
            if path.is_file() || entity.is_person { Table::open(&path).map(Some) } else { Ok(None) }
        })
        .collect()
}

/// The period of a variable's own length that is meant when another is asked for.
fn own_period(variable: &Variable, asked: Period) -> Period {
    let unit = variable.definition_period;
    if unit == Unit::Eternity {
        Period::ETERNITY
    } else if unit.weight() > asked.unit.weight() && asked.unit != Unit::Eternity {
        asked.first(unit)
    } else {
        asked
    }
}

fn keys(system: &System, person: &Table) -> Result<Keys, ColumnsError> {
    let mut groups = Vec::new();
    for (index, entity) in system.entities.iter().enumerate() {
        if entity.is_person {
            continue;
        }
        let key = GroupKey::new(entity, index, groups.is_empty(), person);
        if person.column(&key.identifier).is_none() {
            return Err(ColumnsError::content(
                &person.path,
                format!("there is no column {}: it says which {} each person belongs to", key.identifier, entity.key),
            ));
        }
        groups.push(key);
    }
    Ok(Keys { person: system.person, entities: system.entities.len(), groups })
}

/// The facts of all files, and the names of columns that are none.
fn described(
    system: &System,
    tables: &[Option<Table>],
    keys: &Keys,
    asked: Period,
) -> Result<(Vec<Fact>, Vec<String>), ColumnsError> {
    let mut facts = Vec::new();
    let mut unknown = Vec::new();
    let structural: HashSet<String> = keys
        .groups
        .iter()
        .flat_map(|group| [Some(group.identifier.clone()), group.role.clone()])
        .flatten()
        .chain(["person_id".to_owned()])
        .collect();
    for (entity, table) in tables.iter().enumerate() {
        let Some(table) = table else { continue };
        for column in &table.columns {
            if structural.contains(&column.name) {
                continue;
            }
            let (name, period) = match column.name.split_once('@') {
                Some((name, period)) => (
                    name,
                    Some(Period::parse(period).ok_or_else(|| {
                        ColumnsError::content(
                            &table.path,
                            format!("column {}: after the @ stands a period such as 2026-01 or 2026", column.name),
                        )
                    })?),
                ),
                None => (column.name.as_str(), None),
            };
            let Some(variable) = system.variables.get(name) else {
                unknown.push(format!("{}: {}", table.path.display(), column.name));
                continue;
            };
            if variable.entity != entity {
                return Err(ColumnsError::content(
                    &table.path,
                    format!(
                        "{name} is a variable of the {}: it belongs in that file",
                        system.entities[variable.entity].key
                    ),
                ));
            }
            let period = period.unwrap_or_else(|| own_period(variable, asked));
            facts.push(Fact {
                entity,
                column: column.name.clone(),
                decimals: column.decimals,
                variable: Arc::clone(variable),
                period,
            });
        }
    }
    Ok((facts, unknown))
}

/// An empty population, to compile with.
fn nobody(package: &Package, system: &Arc<System>) -> Simulation {
    let entities = system.entities.len();
    let population = Population { counts: vec![0; entities], memberships: vec![Membership::default(); entities] };
    Simulation::new(package, system, population, vec![Vec::new(); entities])
}

/// What a folder gives: facts, and the question's simulation with nobody in it.
pub(crate) struct Given {
    keys: Keys,
    facts: Vec<Fact>,
    /// For each fact, the inputs that it sets.
    sets: Vec<Vec<(Arc<str>, Period)>>,
    unknown: Vec<String>,
    person_file: PathBuf,
    /// Everything that is given, about nobody: to compile with.
    pub(crate) simulation: Simulation,
}

impl Given {
    pub(crate) fn read(
        package: &Package,
        system: &Arc<System>,
        source: &Source,
        tables: &[Option<Table>],
    ) -> Result<Self, ColumnsError> {
        let person_file = source.input.join(format!("{}.parquet", system.entities[system.person].key));
        let person = tables
            .get(system.person)
            .and_then(Option::as_ref)
            .ok_or_else(|| ColumnsError::content(&person_file, "the persons' file is missing"))?;
        let keys = keys(system, person)?;
        let (facts, unknown) = described(system, tables, &keys, source.period)?;
        let mut simulation = nobody(package, system);
        simulation.options = source.options;
        let mut sets = Vec::new();
        for fact in &facts {
            let before: HashSet<_> = simulation.inputs.keys().cloned().collect();
            simulation.set_input(&fact.variable.name, fact.period, facts::none(&fact.variable))?;
            sets.push(simulation.inputs.keys().filter(|key| !before.contains(*key)).cloned().collect::<Vec<_>>());
        }
        Ok(Self { keys, facts, sets, unknown, person_file, simulation })
    }

    /// With a plan: only the facts that it needs are read.
    pub(crate) fn prepared(self, plan: Arc<Plan>, outputs: Vec<Output>) -> Prepared {
        let needed: HashSet<_> = plan.graph.inputs.iter().collect();
        let facts = self
            .facts
            .into_iter()
            .zip(self.sets)
            .filter(|(_, keys)| keys.iter().any(|key| needed.contains(key)))
            .map(|(fact, _)| fact)
            .collect();
        let (keys, person_file, unknown) = (self.keys, self.person_file, self.unknown);
        Prepared { keys, facts, outputs, plan, person_file, unknown }
    }
}

pub(crate) fn prepare(
    package: &Package,
    system: &Arc<System>,
    question: &Question,
    tables: &[Option<Table>],
) -> Result<Prepared, ColumnsError> {
    let given = Given::read(package, system, &question.source(), tables)?;
    let mut questions = Vec::new();
    for name in question.variables {
        let variable = system.variable(name)?;
        questions.push((name.clone(), own_period(variable, question.period)));
    }
    let plan = given.simulation.plan(&questions)?;
    plan.divisible(system)?;
    let mut outputs = Vec::new();
    for ((name, _), node) in questions.iter().zip(&plan.outputs) {
        outputs.push(Output { variable: Arc::clone(system.variable(name)?), node: node.clone()? });
    }
    Ok(given.prepared(plan, outputs))
}

impl Prepared {
    /// The simulation of a chunk.
    pub(crate) fn simulation(
        &self,
        package: &Package,
        system: &Arc<System>,
        population: Population,
        columns: Vec<Column>,
    ) -> Result<Simulation, ColumnsError> {
        let identifiers = vec![Vec::new(); system.entities.len()];
        let mut simulation = Simulation::new(package, system, population, identifiers);
        for (fact, column) in self.facts.iter().zip(columns) {
            simulation.set_input(&fact.variable.name, fact.period, column)?;
        }
        Ok(simulation)
    }
}
