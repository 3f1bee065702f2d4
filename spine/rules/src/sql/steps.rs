//! The steps of a statement: which column is calculated where, so that persons and groups only meet between steps.

use super::Dialect;
use super::expression::Writer;
use super::form::Form;
use super::{SqlOptions, Statement};
use crate::diagnostic::Diagnostic;
use crate::entity::EntityIndex;
use crate::graph::{Aggregation, Graph, NodeId, Operation, Shape};
use crate::period::Period;
use crate::unknown::Inquiry;
use crate::variable::ValueType;
use std::collections::HashMap;
use std::fmt::Write as _;

struct Steps<'sql> {
    inquiry: &'sql Inquiry,
    period: Period,
    writer: Writer<'sql>,
    order: Vec<NodeId>,
    level: Vec<usize>,
    /// Nodes that are columns, not parts of another's expression.
    column: Vec<bool>,
    person: EntityIndex,
}

/// How an operation meets other entities' rows.
fn crosses(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Project(_)
            | Operation::Aggregate(..)
            | Operation::Nth(..)
            | Operation::OfRole(..)
            | Operation::Rank(..)
            | Operation::Members
    )
}

fn is_scalar(graph: &Graph, id: NodeId) -> bool {
    graph.shape(id) == Shape::Scalar || graph.constant(id).is_some()
}

pub(super) fn statement(
    inquiry: &Inquiry,
    period: Period,
    entity: EntityIndex,
    outputs: &[(String, NodeId)],
    options: &SqlOptions,
) -> Result<Statement, Diagnostic> {
    let graph = &inquiry.plan.graph;
    let nodes: Vec<NodeId> = outputs.iter().map(|(_, node)| *node).collect();
    let order = graph.needed(&nodes);
    let mut steps = Steps {
        inquiry,
        period,
        writer: Writer { graph, options, forms: vec![Form::Bool; graph.nodes.len()] },
        level: vec![0; graph.nodes.len()],
        column: vec![false; graph.nodes.len()],
        person: inquiry.simulation.system.person,
        order,
    };
    steps.plan(&nodes)?;
    steps.write(entity, outputs)
}

impl Steps<'_> {
    fn entity_of(&self, id: NodeId) -> Option<EntityIndex> {
        match self.writer.graph.shape(id) {
            Shape::Entity(entity) => Some(entity),
            Shape::Scalar => None,
        }
    }

    fn plan(&mut self, outputs: &[NodeId]) -> Result<(), Diagnostic> {
        let graph = self.writer.graph;
        let mut uses = vec![0_usize; graph.nodes.len()];
        for id in self.order.clone() {
            let node = graph.node(id);
            self.writer.forms[id as usize] = self.writer.form(id)?;
            let above =
                node.operation.arguments().iter().map(|argument| self.level[*argument as usize]).max().unwrap_or(0);
            self.level[id as usize] = above + usize::from(crosses(&node.operation));
            let repeats = self.writer.repeats(&node.operation);
            for argument in node.operation.arguments() {
                uses[argument as usize] += 1;
                if repeats || crosses(&node.operation) {
                    self.column[argument as usize] = true;
                }
            }
        }
        for id in &self.order {
            let node = graph.node(*id);
            for argument in node.operation.arguments() {
                if self.level[argument as usize] != self.level[*id as usize] {
                    self.column[argument as usize] = true;
                }
            }
            let is_source = crosses(&node.operation)
                || matches!(node.operation, Operation::Input(_) | Operation::Position(_) | Operation::HasRole(..));
            if uses[*id as usize] > 1 || is_source || outputs.contains(id) {
                self.column[*id as usize] = true;
            }
        }
        for id in &self.order {
            // What is the same in every row is written where it is used.
            if is_scalar(graph, *id) {
                self.column[*id as usize] = false;
            }
        }
        Ok(())
    }

    /// The expression of a node, in the words of its own step.
    fn text(&self, id: NodeId) -> Result<String, Diagnostic> {
        let fault = std::cell::RefCell::new(None);
        let of = |argument: NodeId| {
            if self.column[argument as usize] {
                return format!("n{argument}");
            }
            self.text(argument).unwrap_or_else(|trouble| {
                *fault.borrow_mut() = Some(trouble);
                String::new()
            })
        };
        let text = self.writer.expression(id, &of)?;
        match fault.into_inner() {
            Some(trouble) => Err(trouble),
            None => Ok(text),
        }
    }

    fn key(&self, entity: EntityIndex) -> &str {
        &self.inquiry.simulation.system.entities[entity].key
    }

    fn roles(&self, group: EntityIndex, mask: u64) -> String {
        let roles = self.inquiry.simulation.system.entities[group].flattened_roles();
        let named: Vec<String> = roles
            .iter()
            .enumerate()
            .filter(|(place, _)| mask >> place & 1 == 1)
            .map(|(_, role)| self.writer.quoted(role))
            .collect();
        format!("{}_role IN ({})", self.key(group), named.join(", "))
    }

    /// The name of an input's column.
    fn input_name(&self, place: u32) -> Result<(String, ValueType), Diagnostic> {
        let (name, period) = self
            .writer
            .graph
            .inputs
            .get(place as usize)
            .ok_or_else(|| Diagnostic::limit("an input has no name", "report this with the package"))?;
        let variable = self.inquiry.simulation.system.variable(name)?;
        let own = crate::reform::own_period(variable, self.period);
        let text = if own == *period {
            name.to_string()
        } else {
            format!("{name}_{}", period.to_string().replace(['-', ':'], "_"))
        };
        Ok((text, variable.value_type.clone()))
    }

    /// An input in the form in which it is calculated with.
    fn input(&self, id: NodeId, place: u32) -> Result<String, Diagnostic> {
        let (name, value_type) = self.input_name(place)?;
        let name = format!("b.{name}");
        Ok(match (&value_type, self.writer.forms[id as usize]) {
            (ValueType::Date, _) => self.writer.days(&name),
            (ValueType::Enum(enumeration), _) => {
                let cases: String = enumeration
                    .members
                    .iter()
                    .enumerate()
                    .map(|(index, (member, _))| {
                        format!(" WHEN {} THEN CAST({index} AS BIGINT)", self.writer.quoted(member))
                    })
                    .collect::<Vec<_>>()
                    .concat();
                format!("(CASE {name}{cases} END)")
            }
            (ValueType::Float, Form::Scaled(denominator)) => {
                format!("CAST(round(CAST({name} AS DOUBLE) * {denominator}) AS BIGINT)")
            }
            (ValueType::Float, _) => format!("CAST({name} AS DOUBLE)"),
            (ValueType::Int, _) => format!("CAST({name} AS BIGINT)"),
            _ => name,
        })
    }

    fn aggregated(&self, id: NodeId) -> Option<(String, String)> {
        let node = self.writer.graph.node(id);
        let group = self.entity_of(id)?;
        let form = self.writer.forms[id as usize];
        let value = |a: NodeId, form: Form| {
            let own = self.writer.forms[a as usize];
            let text = if self.column[a as usize] { format!("n{a}") } else { self.text(a).unwrap_or_default() };
            Writer::reform(&text, own, form)
        };
        let of_role = |text: String, mask: Option<u64>| match mask {
            Some(mask) => format!("CASE WHEN {} THEN {text} END", self.roles(group, mask)),
            None => text,
        };
        let number = |a: NodeId| match self.writer.forms[a as usize] {
            Form::Bool => Form::Scaled(1),
            other => other,
        };
        Some(match &node.operation {
            Operation::Members => ("COUNT(*)".to_owned(), "COALESCE(@, CAST(0 AS BIGINT))".to_owned()),
            Operation::Aggregate(aggregation, a, mask) => match aggregation {
                Aggregation::Sum => {
                    let cast = if form == Form::Float { "DOUBLE" } else { "BIGINT" };
                    (
                        format!("CAST(SUM({}) AS {cast})", of_role(value(*a, form), *mask)),
                        format!("COALESCE(@, CAST(0 AS {cast}))"),
                    )
                }
                Aggregation::Any => {
                    (format!("SUM({})", of_role(value(*a, number(*a)), *mask)), "(COALESCE(@, 0) > 0)".to_owned())
                }
                Aggregation::All => (
                    format!(
                        "MIN({})",
                        of_role(format!("CASE WHEN {} THEN 1 ELSE 0 END", value(*a, Form::Bool)), *mask)
                    ),
                    "(COALESCE(@, 1) = 1)".to_owned(),
                ),
                Aggregation::Largest | Aggregation::Smallest => {
                    let (name, empty) =
                        if *aggregation == Aggregation::Largest { ("MAX", "-Infinity") } else { ("MIN", "Infinity") };
                    let outer = if form == Form::Float {
                        format!("COALESCE(@, CAST('{empty}' AS DOUBLE))")
                    } else {
                        "@".to_owned()
                    };
                    let column = of_role(value(*a, form), *mask);
                    // To databases what is not a number is greater than all: the smallest of a group that has one is not a number either.
                    let extreme = match (aggregation, form) {
                        (Aggregation::Smallest, Form::Float) => {
                            format!("CASE WHEN isnan(MAX({column})) THEN CAST('NaN' AS DOUBLE) ELSE MIN({column}) END")
                        }
                        _ => format!("{name}({column})"),
                    };
                    (extreme, outer)
                }
            },
            Operation::Nth(n, a, default) => (
                format!("MAX(CASE WHEN {}_position = {n} THEN {} END)", self.key(group), value(*a, form)),
                format!("COALESCE(@, {})", self.writer.constant_as(default, form)),
            ),
            Operation::OfRole(mask, a, default) => (
                format!("MAX({})", of_role(value(*a, form), Some(*mask))),
                format!("COALESCE(@, {})", self.writer.constant_as(default, form)),
            ),
            _ => return None,
        })
    }

    fn write(&self, entity: EntityIndex, outputs: &[(String, NodeId)]) -> Result<Statement, Diagnostic> {
        let system = &self.inquiry.simulation.system;
        let mut with: Vec<String> = Vec::new();
        let mut latest: HashMap<EntityIndex, String> = HashMap::new();
        let mut reads = Vec::new();
        let used: Vec<EntityIndex> = {
            let mut used: Vec<EntityIndex> = self.order.iter().filter_map(|id| self.entity_of(*id)).collect();
            used.push(entity);
            used.push(self.person);
            used.sort_unstable();
            used.dedup();
            used
        };
        for index in &used {
            let name = format!("{}_base", self.key(*index));
            let mut extra = String::new();
            if *index == self.person {
                for group in used.iter().filter(|group| **group != self.person) {
                    let key = self.key(*group);
                    let _ = write!(
                        extra,
                        ", CAST(ROW_NUMBER() OVER (PARTITION BY {key}_id ORDER BY {0}_id) - 1 AS BIGINT) AS {key}_position",
                        self.key(self.person)
                    );
                }
            }
            with.push(format!("{name} AS (SELECT *{extra} FROM {})", system.entities[*index].plural));
            latest.insert(*index, name);
        }
        let deepest = self.order.iter().map(|id| self.level[*id as usize]).max().unwrap_or(0);
        for level in 0..=deepest {
            let before = latest.clone();
            for index in &used {
                if let Some(text) = self.step(*index, level, &before, &mut reads)? {
                    let name = format!("{}_{level}", self.key(*index));
                    with.push(format!("{name} AS ({text})"));
                    latest.insert(*index, name);
                }
            }
        }
        let mut columns = vec![format!("{}_id", self.key(entity))];
        for (name, node) in outputs {
            let text = if self.column[*node as usize] { format!("n{node}") } else { self.text(*node)? };
            columns.push(format!("{} AS {name}", self.output(*node, name, &text)?));
        }
        reads.sort();
        reads.dedup();
        Ok(Statement {
            entity,
            table: system.entities[entity].plural.to_string(),
            reads,
            text: format!(
                "WITH {}\nSELECT {}\nFROM {}",
                with.join(",\n"),
                columns.join(", "),
                latest.get(&entity).cloned().unwrap_or_default()
            ),
        })
    }

    /// A result as a reader of the table expects it.
    fn output(&self, id: NodeId, name: &str, text: &str) -> Result<String, Diagnostic> {
        let variable = self.inquiry.simulation.system.variable(name)?;
        Ok(match (&variable.value_type, self.writer.forms[id as usize]) {
            (ValueType::Enum(enumeration), _) => {
                let cases: String = enumeration
                    .members
                    .iter()
                    .enumerate()
                    .map(|(index, (member, _))| format!(" WHEN {index} THEN {}", self.writer.quoted(member)))
                    .collect::<Vec<_>>()
                    .concat();
                format!("(CASE {text}{cases} END)")
            }
            (ValueType::Date, _) => self.writer.date(text),
            (ValueType::Float, own) => Writer::reform(text, own, Form::Float),
            (ValueType::Bool, own) => Writer::reform(text, own, Form::Bool),
            (ValueType::Int, own) => Writer::reform(text, own, Form::Scaled(1)),
            (ValueType::Text, _) => text.to_owned(),
        })
    }

    /// One step of an entity: its new columns beside all before; none where there is nothing new.
    fn step(
        &self,
        entity: EntityIndex,
        level: usize,
        before: &HashMap<EntityIndex, String>,
        reads: &mut Vec<String>,
    ) -> Result<Option<String>, Diagnostic> {
        let graph = self.writer.graph;
        let table = |index: EntityIndex| before.get(&index).cloned().unwrap_or_default();
        let mut layers: Vec<Vec<String>> = Vec::new();
        let mut depths: HashMap<NodeId, usize> = HashMap::new();
        let mut inner: Vec<String> = Vec::new();
        let mut joins: Vec<EntityIndex> = Vec::new();
        for id in &self.order {
            if !self.column[*id as usize] || self.level[*id as usize] != level || self.entity_of(*id) != Some(entity) {
                continue;
            }
            let text = match &graph.node(*id).operation {
                Operation::Input(place) => {
                    let (name, _) = self.input_name(*place)?;
                    reads.push(format!("{}.{name}", self.inquiry.simulation.system.entities[entity].plural));
                    self.input(*id, *place)?
                }
                Operation::HasRole(group, mask) => format!("(b.{})", self.roles(*group, *mask)),
                Operation::Position(group) => format!("b.{}_position", self.key(*group)),
                Operation::Project(a) => match self.entity_of(*a) {
                    Some(group) if !is_scalar(graph, *a) => {
                        if !joins.contains(&group) {
                            joins.push(group);
                        }
                        format!("g{group}.n{a}")
                    }
                    _ => self.text(*a)?,
                },
                Operation::Rank(group, criteria, condition) => {
                    let column =
                        |id: NodeId| if self.column[id as usize] { Ok(format!("b.n{id}")) } else { self.text(id) };
                    let (criteria, condition) = (
                        column(*criteria)?,
                        Writer::reform(&column(*condition)?, self.writer.forms[*condition as usize], Form::Bool),
                    );
                    let key = self.key(*group);
                    format!(
                        "(CASE WHEN {condition} THEN CAST(ROW_NUMBER() OVER (PARTITION BY b.{key}_id, {condition} ORDER BY {criteria}, b.{key}_position) - 1 AS BIGINT) ELSE CAST(-1 AS BIGINT) END)"
                    )
                }
                operation if crosses(operation) => {
                    let (gathered, shown) = self.aggregated(*id).ok_or_else(|| {
                        Diagnostic::limit("a step of the SQL is missing", "report this with the package")
                    })?;
                    inner.push(format!("{gathered} AS a{id}"));
                    shown.replace('@', &format!("m.a{id}"))
                }
                _ => self.text(*id)?,
            };
            let depth = self.depth(*id, &depths);
            depths.insert(*id, depth);
            layers.resize_with(layers.len().max(depth + 1), Vec::new);
            layers[depth].push(format!("{text} AS n{id}"));
        }
        let Some((first, further)) = layers.split_first() else { return Ok(None) };
        let key = self.key(entity);
        let mut from = format!("{} b", table(entity));
        for group in joins {
            let key = self.key(group);
            let _ = write!(from, " LEFT JOIN {} g{group} ON g{group}.{key}_id = b.{key}_id", table(group));
        }
        if !inner.is_empty() {
            let _ = write!(
                from,
                " LEFT JOIN (SELECT {key}_id, {} FROM {} GROUP BY {key}_id) m ON m.{key}_id = b.{key}_id",
                inner.join(", "),
                table(self.person)
            );
        }
        let mut text = format!("SELECT b.*, {} FROM {from}", first.join(", "));
        for columns in further {
            text = format!("SELECT b.*, {} FROM ({text}) b", columns.join(", "));
        }
        Ok(Some(text))
    }

    /// In which layer of its step a column stands: Spark looks for columns of the same layer so long that none names another there.
    fn depth(&self, id: NodeId, depths: &HashMap<NodeId, usize>) -> usize {
        if self.writer.options.dialect == Dialect::DuckDb || crosses(&self.writer.graph.node(id).operation) {
            return 0;
        }
        let of_argument = |argument: &NodeId| match depths.get(argument) {
            Some(depth) => depth + 1,
            None if self.column[*argument as usize] => 0,
            None => self.depth(*argument, depths),
        };
        self.writer.graph.node(id).operation.arguments().iter().map(of_argument).max().unwrap_or(0)
    }
}
