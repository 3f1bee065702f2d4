//! Rows that projections insert, gathered and stored many at a time.
//!
//! A projection inserts row by row, since it sees event by event. On a database that is asked over a wire each of these
//! statements is a journey. While nobody looks, single rows can wait and travel together; before any other statement, and
//! at the end, they go.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
};

use crate::{
    courtesy,
    database::{DatabaseError, Row, Sql, Sums, Value},
    schema::{insert_many, portions},
};

/// Forms of statements that are remembered.
const MOST_FORMS: usize = 512;

/// An `INSERT` of a single row whose values are parameters and constants.
struct Template {
    /// Up to and with `VALUES `.
    head: String,
    /// The row, with the numbers of parameters, from 1, after each piece but the last.
    pieces: Vec<(String, Option<usize>)>,
    parameters: usize,
    /// Statements by their number of rows.
    made: HashMap<usize, String>,
}

impl Template {
    /// Nothing if the statement is not of that form.
    fn parse(statement: &str, parameters: usize) -> Option<Self> {
        let mut words = statement.split_ascii_whitespace();
        let mut next_is = |word: &str| words.next().is_some_and(|found| found.eq_ignore_ascii_case(word));
        if !next_is("INSERT") || !next_is("INTO") || parameters == 0 {
            return None;
        }
        let open = statement.find('(')?;
        let values = open + statement.get(open..)?.find(')')? + 1;
        let row = statement.get(values..)?.trim().strip_prefix("VALUES").or_else(|| {
            // Whoever writes in small letters.
            statement.get(values..)?.trim().strip_prefix("values")
        })?;
        let row = row.trim();
        let inner = row.strip_prefix('(')?.strip_suffix(')')?;
        // No calls, no quotes: constants are numbers and words. What is more than one row has parentheses.
        if inner.contains(['(', ')', '\'', '"', '?']) {
            return None;
        }
        let mut pieces = Vec::new();
        let mut rest = row;
        while let Some((before, after)) = rest.split_once('$') {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let number: usize = after.get(..digits)?.parse().ok()?;
            if number == 0 || number > parameters {
                return None;
            }
            pieces.push((before.to_owned(), Some(number)));
            rest = after.get(digits..)?;
        }
        pieces.push((rest.to_owned(), None));
        let head = format!("{} VALUES ", statement.get(..values)?);
        Some(Self { head, pieces, parameters, made: HashMap::new() })
    }

    /// The statement for so many rows, made once.
    fn statement(&mut self, rows: usize) -> &str {
        if !self.made.contains_key(&rows) {
            let statement = self.make(rows);
            self.made.insert(rows, statement);
        }
        self.made.get(&rows).map_or("", String::as_str)
    }

    fn make(&self, rows: usize) -> String {
        let mut statement = self.head.clone();
        for row in 0..rows {
            if row > 0 {
                statement.push_str(", ");
            }
            for (piece, parameter) in &self.pieces {
                statement.push_str(piece);
                if let Some(number) = parameter {
                    let _ = write!(statement, "${}", row * self.parameters + number);
                }
            }
        }
        statement
    }
}

/// Rows of one form that wait.
struct Group {
    template: Template,
    values: Vec<Value>,
}

/// Rows that wait, in groups in the order in which the first of each came; and what waits to be added to sums.
#[derive(Default)]
pub(crate) struct Gathered {
    groups: Vec<Group>,
    /// The group of each statement that was seen; nothing for those that cannot wait.
    known: HashMap<String, Option<usize>>,
    /// Groups with rows, in the order in which the first row of each came.
    waiting: Vec<usize>,
    sums: Vec<(&'static Sums, Added)>,
}

/// What is to be added to rows, by their names.
type Added = BTreeMap<Vec<Value>, Vec<u64>>;

impl Gathered {
    /// Keeps the row; says whether it could.
    fn take(&mut self, statement: &str, parameters: &[Value]) -> bool {
        let known = self.known.get(statement).copied();
        let number = known.unwrap_or_else(|| {
            let template = Template::parse(statement, parameters.len());
            let group = template.map(|template| {
                self.groups.push(Group { template, values: Vec::new() });
                self.groups.len() - 1
            });
            self.known.insert(statement.to_owned(), group);
            group
        });
        let Some((number, group)) = number.and_then(|number| Some((number, self.groups.get_mut(number)?))) else {
            return false;
        };
        if group.template.parameters != parameters.len() {
            return false;
        }
        if group.values.is_empty() {
            self.waiting.push(number);
        }
        group.values.extend_from_slice(parameters);
        true
    }

    /// Keeps what is to be added to a row of sums.
    fn add(&mut self, sums: &'static Sums, names: Vec<Value>, figures: &[u64]) {
        let place = self.sums.iter().position(|(known, _)| *known == sums).unwrap_or_else(|| {
            self.sums.push((sums, Added::new()));
            self.sums.len() - 1
        });
        let row = self.sums[place].1.entry(names).or_insert_with(|| vec![0; figures.len()]);
        for (sum, figure) in row.iter_mut().zip(figures) {
            *sum = sum.saturating_add(*figure);
        }
    }

    /// Stores what waits.
    pub(crate) fn store(&mut self, sql: &mut dyn Sql) -> Result<(), DatabaseError> {
        for number in self.waiting.drain(..) {
            let Some(Group { template, values }) = self.groups.get_mut(number) else { continue };
            for rows in portions(values.len() / template.parameters) {
                let (start, end) = (rows.start * template.parameters, rows.end * template.parameters);
                sql.execute(template.statement(rows.len()), &values[start..end])?;
            }
            values.clear();
        }
        for (sums, added) in self.sums.drain(..) {
            let values = |(names, figures): (Vec<Value>, Vec<u64>)| {
                names.into_iter().chain(figures.into_iter().map(Value::from))
            };
            let values: Vec<Value> = added.into_iter().flat_map(values).collect();
            insert_many(sql, sums.table, &sums.columns(), &values, &sums.ending())?;
        }
        Ok(())
    }

    /// Drops what waits, and keeps the forms of statements for the next transaction.
    pub(crate) fn emptied(mut self) -> Self {
        if self.known.len() > MOST_FORMS {
            return Self::default();
        }
        for group in &mut self.groups {
            group.values.clear();
        }
        self.waiting.clear();
        self.sums.clear();
        self
    }
}

/// Statements of projections, of which some wait.
pub(crate) struct Gathering<'a> {
    pub(crate) sql: &'a mut dyn Sql,
    pub(crate) gathered: &'a mut Gathered,
}

impl Sql for Gathering<'_> {
    fn execute(&mut self, statement: &str, parameters: &[Value]) -> Result<u64, DatabaseError> {
        courtesy::after_you();
        if self.gathered.take(statement, parameters) {
            return Ok(1);
        }
        self.gathered.store(self.sql)?;
        self.sql.execute(statement, parameters)
    }

    fn query(&mut self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        self.gathered.store(self.sql)?;
        self.sql.query(statement, parameters)
    }

    fn add(&mut self, sums: &'static Sums, names: Vec<Value>, figures: &[u64]) -> Result<(), DatabaseError> {
        courtesy::after_you();
        self.gathered.add(sums, names, figures);
        Ok(())
    }

    fn query_each(
        &mut self,
        statement: &str,
        parameters: &[Value],
        each: &mut dyn FnMut(Row) -> Result<(), DatabaseError>,
    ) -> Result<(), DatabaseError> {
        self.gathered.store(self.sql)?;
        self.sql.query_each(statement, parameters, each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_rows_of_parameters_and_constants_can_wait() {
        let insert = "INSERT INTO cases (stream, title, notes, closed_at) VALUES ($1, $2, 0, NULL)";
        let mut template = Template::parse(insert, 2).unwrap();
        assert_eq!(template.statement(1), insert);
        assert_eq!(
            template.statement(2),
            "INSERT INTO cases (stream, title, notes, closed_at) VALUES ($1, $2, 0, NULL), ($3, $4, 0, NULL)"
        );
        let mut twice = Template::parse("insert into t (a, b, c) values ($2, $1, $2)", 2).unwrap();
        assert!(twice.statement(2).ends_with("($2, $1, $2), ($4, $3, $4)"));
        for other in [
            "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO NOTHING",
            "INSERT INTO t (a) VALUES ($1) RETURNING a",
            "INSERT INTO t (a) VALUES ($1), ($1)",
            "INSERT INTO t (a) VALUES (lower($1))",
            "INSERT INTO t (a, b) VALUES ($1, '$1')",
            "INSERT INTO t (a) VALUES ($3)",
            "INSERT INTO t (a) SELECT b FROM s WHERE c = $1",
            "INSERT INTO t VALUES ($1)",
            "UPDATE t SET a = $1",
            "(",
            "",
        ] {
            assert!(Template::parse(other, 1).is_none(), "{other}");
        }
    }
}
