//! The rules as SQL: the same graph, written for an engine that holds the nation's tables (Spark, DuckDB).
//!
//! Numbers stay whole numbers over a known denominator, as in exact mode, wherever they fit; a column divided by a column is
//! double precision. Each crossing between persons and groups is a step (`WITH`), within a step later columns use earlier ones.

mod expression;
mod form;
mod steps;

use crate::diagnostic::Diagnostic;
use crate::entity::EntityIndex;
use crate::period::Period;
use crate::run::{Membership, Population};
use crate::simulation::Simulation;
use crate::system::Package;
use crate::unknown::{Inquiry, Known};
use std::collections::HashSet;

/// Whose SQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Spark 3.5 and later, with ANSI mode on: a number too large is an error there too.
    #[default]
    Spark,
    /// DuckDB.
    DuckDb,
}

/// How the SQL is written.
#[derive(Clone, Debug)]
pub struct SqlOptions {
    /// Whose SQL.
    pub dialect: Dialect,
    /// How many decimals inputs have that are not whole numbers.
    pub decimals: u32,
}

impl Default for SqlOptions {
    fn default() -> Self {
        Self { dialect: Dialect::Spark, decimals: 2 }
    }
}

/// One statement, for the variables of one kind of entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Whose variables.
    pub entity: EntityIndex,
    /// The name of the entity's table, its plural.
    pub table: String,
    /// The tables and columns that it reads, as `table.column`.
    pub reads: Vec<String>,
    /// The text.
    pub text: String,
}

/// Writes variables at a period as SQL, one statement for each kind of entity.
///
/// Tables have the entities' plurals as names. Persons have `person_id`, for each group `<group>_id` and `<group>_role`;
/// groups have `<group>_id`. Members of a group stand in the order of `person_id`. Every input is a column, named as the
/// variable, with the period behind it where it is another than the one asked for; dates are `DATE`, members of
/// enumerations are their names.
pub fn sql(
    package: &Package,
    variables: &[String],
    period: Period,
    options: &SqlOptions,
) -> Result<Vec<Statement>, Diagnostic> {
    let system = &package.system;
    let entities = system.entities.len();
    let alone = |index: usize| {
        if index == system.person { Membership::default() } else { Membership { group: vec![0], role: vec![0] } }
    };
    let population = Population { counts: vec![1; entities], memberships: (0..entities).map(alone).collect() };
    let identifiers = vec![vec!["one".to_owned()]; entities];
    let simulation = Simulation::new(package, system, population, identifiers);
    let questions: Vec<(String, Period)> = variables
        .iter()
        .map(|name| Ok((name.clone(), crate::reform::own_period(system.variable(name)?, period))))
        .collect::<Result<_, Diagnostic>>()?;
    let inquiry = Inquiry::new(simulation, Known::new(), &questions, &HashSet::new())?;
    inquiry.plan.divisible(&inquiry.simulation.system)?;
    let mut statements = Vec::new();
    for entity in 0..entities {
        let mut outputs = Vec::new();
        for (name, output) in variables.iter().zip(&inquiry.plan.outputs) {
            let node = output.clone()?;
            if system.variable(name)?.entity == entity {
                outputs.push((name.clone(), node));
            }
        }
        if !outputs.is_empty() {
            statements.push(steps::statement(&inquiry, period, entity, &outputs, options)?);
        }
    }
    Ok(statements)
}

/// The statements as one text, each with the table that it answers for.
pub fn to_text(statements: &[Statement]) -> String {
    statements
        .iter()
        .map(|statement| format!("-- {}: {}\n{};\n", statement.table, statement.reads.join(", "), statement.text))
        .collect::<Vec<_>>()
        .join("\n")
}
