//! The tests that a package brings in YAML (<https://openfisca.org/doc/coding-the-legislation/writing_yaml_tests.html>).

use crate::diagnostic::Diagnostic;
use crate::number::Rational;
use crate::parameter;
use crate::period::{Instant, Period};
use crate::run::{Column, Mode};
use crate::simulation::{Options, Simulation};
use crate::situation::evaluate_expression;
use crate::system::{Package, System};
use crate::variable::ValueType;
use crate::yaml::{self, Node, Yaml};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Keys that a test may have.
const KEYS: [&str; 14] = [
    "absolute_error_margin",
    "description",
    "extensions",
    "ignore_variables",
    "input",
    "keywords",
    "max_spiral_loops",
    "name",
    "only_variables",
    "output",
    "period",
    "parameters",
    "reforms",
    "relative_error_margin",
];

/// How a test went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything was as expected.
    Passed,
    /// Something was not, and what.
    Failed(String),
    /// It was not run, and why.
    Skipped(String),
}

/// One test of a file.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// The file.
    pub file: PathBuf,
    /// The line at which the test begins.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// How it went.
    pub verdict: Verdict,
}

/// Which tests are run, and how.
#[derive(Clone, Debug, Default)]
pub struct TestOptions {
    /// Exactly, or as Core calculates.
    pub mode: Mode,
    /// Only tests whose file, name or keywords contain this.
    pub name_filter: Option<String>,
    /// Only these variables are compared.
    pub only_variables: Vec<String>,
    /// These variables are not compared.
    pub ignore_variables: Vec<String>,
    /// Reforms applied before those of the test, as paths.
    pub reforms: Vec<String>,
    /// Extensions loaded before those of the test.
    pub extensions: Vec<String>,
}

impl Package {
    /// Runs the tests in files and folders, in order of their names.
    pub fn test(&self, paths: &[PathBuf], options: &TestOptions) -> Vec<TestResult> {
        let mut files = Vec::new();
        for path in paths {
            collect(path, &mut files);
        }
        files.iter().flat_map(|file| self.test_file(file, options)).collect()
    }

    fn test_file(&self, file: &Path, options: &TestOptions) -> Vec<TestResult> {
        let broken = |message: String| {
            vec![TestResult {
                file: file.to_path_buf(),
                line: 1,
                name: String::new(),
                verdict: Verdict::Failed(message),
            }]
        };
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => return broken(format!("{} cannot be read: {error}", file.display())),
        };
        let tests = match yaml::parse(&text, file) {
            Ok(tests) => tests,
            Err(fault) => return broken(fault.to_string()),
        };
        let tests = match &tests.value {
            Yaml::List(tests) => tests.clone(),
            Yaml::Map(_) => vec![tests],
            _ => return Vec::new(),
        };
        tests.iter().filter(|test| wanted(test, file, options)).map(|test| self.test_one(test, file, options)).collect()
    }

    fn test_one(&self, test: &Node, file: &Path, options: &TestOptions) -> TestResult {
        let verdict = match self.run_test(test, options) {
            Ok(()) => Verdict::Passed,
            Err(message) => Verdict::Failed(message),
        };
        TestResult {
            file: file.to_path_buf(),
            line: test.line,
            name: test.get("name").map(|name| name.text.clone()).unwrap_or_default(),
            verdict,
        }
    }

    fn run_test(&self, test: &Node, options: &TestOptions) -> Result<(), String> {
        if let Some((unknown, _)) =
            test.entries().unwrap_or_default().iter().find(|(key, _)| !KEYS.contains(&key.text.as_str()))
        {
            return Err(format!("«{}» is no key of a test; the keys are {}", unknown.text, KEYS.join(", ")));
        }
        let output = test.get("output").ok_or("Missing key 'output'")?;
        let system = self.system_of(test, options).map_err(|fault| fault.to_string())?;
        let period = match test.get("period").filter(|period| !period.is_null()) {
            Some(period) => {
                Some(Period::parse(&period.text).ok_or_else(|| crate::evaluate::period_error(&period.text).message)?)
            }
            None => None,
        };
        let input = test.get("input").map_or(Json::Null, Node::to_json);
        let mut simulation = self
            .test_situation(&system, &input, period)
            .map_err(|error| format!("Could not parse situation described: {error}"))?;
        simulation.options = Options { mode: options.mode, ..Options::default() };
        if let Some(Yaml::Int(loops)) = test.get("max_spiral_loops").map(|loops| &loops.value) {
            simulation.options.max_spiral_loops = usize::try_from(*loops).unwrap_or(1);
        }
        let checks = checks(&simulation, output, period)?;
        let margins =
            Margins { absolute: test.get("absolute_error_margin"), relative: test.get("relative_error_margin") };
        let compared: Vec<Check> = checks
            .into_iter()
            .filter(|check| {
                !options.ignore_variables.contains(&check.variable)
                    && (options.only_variables.is_empty() || options.only_variables.contains(&check.variable))
            })
            .collect();
        compare(&simulation, &compared, &margins)
    }

    fn system_of(&self, test: &Node, options: &TestOptions) -> Result<Arc<System>, Diagnostic> {
        let list = |first: &[String], key: &str| -> Vec<String> {
            let mut all = first.to_vec();
            match test.get(key).map(|node| &node.value) {
                Some(Yaml::Text(one)) => all.push(one.clone()),
                Some(Yaml::List(items)) => all.extend(items.iter().map(|item| item.text.clone())),
                _ => {}
            }
            all
        };
        let system = self.reformed(&list(&options.reforms, "reforms"), &list(&options.extensions, "extensions"))?;
        match test.get("parameters").filter(|parameters| !parameters.is_null()) {
            None => Ok(system),
            Some(parameters) => {
                // The tree is replaced, not merged: a test says all the parameters that it needs.
                let own = parameter::node("", parameters, Path::new("the test's parameters"))?;
                Ok(Arc::new(System { parameters: Arc::new(own), ..(*system).clone() }))
            }
        }
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(path)
            .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
            .unwrap_or_default();
        entries.sort();
        for entry in entries {
            collect(&entry, files);
        }
    } else if matches!(path.extension().and_then(|extension| extension.to_str()), Some("yaml" | "yml")) {
        files.push(path.to_path_buf());
    }
}

fn wanted(test: &Node, file: &Path, options: &TestOptions) -> bool {
    let Some(filter) = &options.name_filter else { return true };
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let keywords = test.get("keywords").and_then(Node::items).unwrap_or_default();
    stem.contains(filter.as_str())
        || test.get("name").is_some_and(|name| name.text.contains(filter.as_str()))
        || keywords.iter().any(|keyword| keyword.text == *filter)
}

/// One comparison.
struct Check {
    variable: String,
    period: Period,
    /// The person or group; all where none.
    row: Option<usize>,
    expected: Node,
}

fn checks(simulation: &Simulation, output: &Node, period: Option<Period>) -> Result<Vec<Check>, String> {
    let system = &simulation.system;
    let mut checks = Vec::new();
    for (key, expected) in output.entries().ok_or("'output' must be a mapping")? {
        if system.variables.contains_key(key.text.as_str()) {
            dated(&mut checks, &key.text, expected, period, None)?;
        } else if system.entities.iter().any(|entity| *entity.key == key.text) {
            for (variable, expected) in expected.entries().unwrap_or_default() {
                dated(&mut checks, &variable.text, expected, period, None)?;
            }
        } else if let Some(entity) = system.entity_of_plural(&key.text) {
            for (instance, variables) in expected.entries().unwrap_or_default() {
                let row = simulation.identifiers[entity]
                    .iter()
                    .position(|name| *name == instance.text)
                    .ok_or_else(|| format!("'{}' is not in list", instance.text))?;
                for (variable, expected) in variables.entries().unwrap_or_default() {
                    dated(&mut checks, &variable.text, expected, period, Some(row))?;
                }
            }
        } else {
            return Err(format!(
                "You tried to calculate or to set a value for variable '{}', but it was not found in the loaded tax and benefit system.",
                key.text
            ));
        }
    }
    Ok(checks)
}

fn dated(
    checks: &mut Vec<Check>,
    variable: &str,
    expected: &Node,
    period: Option<Period>,
    row: Option<usize>,
) -> Result<(), String> {
    if let Some(entries) = expected.entries() {
        for (at, expected) in entries {
            let period = Period::parse(&at.text).ok_or_else(|| crate::evaluate::period_error(&at.text).message)?;
            dated(checks, variable, expected, Some(period), row)?;
        }
        return Ok(());
    }
    let period = period.ok_or("the test has no period, and its output names none")?;
    checks.push(Check { variable: variable.to_owned(), period, row, expected: expected.clone() });
    Ok(())
}

struct Margins<'test> {
    absolute: Option<&'test Node>,
    relative: Option<&'test Node>,
}

impl Margins<'_> {
    fn of(node: Option<&Node>, variable: &str) -> Option<f32> {
        let node = node.filter(|node| !node.is_null())?;
        let node = if node.entries().is_some() { node.get(variable).or_else(|| node.get("default"))? } else { node };
        match &node.value {
            Yaml::Int(value) => Some(*value as f32),
            Yaml::Float(number) => Some(number.float as f32),
            Yaml::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

fn compare(simulation: &Simulation, checks: &[Check], margins: &Margins) -> Result<(), String> {
    let questions: Vec<(String, Period)> = checks.iter().map(|check| (check.variable.clone(), check.period)).collect();
    let plan = simulation.plan(&questions).map_err(|fault| fault.to_string())?;
    let mut nodes = Vec::new();
    for output in &plan.outputs {
        nodes.push(output.clone().map_err(|fault| fault.to_string())?);
    }
    let columns = simulation.run(&plan, &nodes).map_err(|fault| fault.to_string())?;
    let mut wrong = Vec::new();
    for (check, column) in checks.iter().zip(&columns) {
        if let Err(message) = compare_one(simulation, check, column, margins) {
            wrong.push(message);
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn compare_one(simulation: &Simulation, check: &Check, column: &Column, margins: &Margins) -> Result<(), String> {
    let variable = simulation.system.variable(&check.variable).map_err(|fault| fault.to_string())?;
    let rows: Vec<usize> = check.row.map_or_else(|| (0..column.len()).collect(), |row| vec![row]);
    let expected: Vec<&Node> = match &check.expected.value {
        Yaml::List(items) => items.iter().collect(),
        _ => vec![&check.expected],
    };
    if expected.len() != 1 && rows.len() != 1 && expected.len() != rows.len() {
        return Err(format!(
            "{}@{}: {} values are expected, there are {}",
            check.variable,
            check.period,
            expected.len(),
            rows.len()
        ));
    }
    let absolute = Margins::of(margins.absolute, &check.variable);
    let relative = Margins::of(margins.relative, &check.variable);
    for place in 0..rows.len().max(expected.len()) {
        let row = if rows.len() == 1 { rows[0] } else { rows[place] };
        let expected = if expected.len() == 1 { expected[0] } else { expected[place] };
        let is_met = match (&variable.value_type, &expected.value) {
            // Of an instance that is named Core compares the member's place.
            (ValueType::Enum(_), Yaml::Int(place)) if check.row.is_some() => {
                column.exact(row) == Some(Rational::integer(i128::from(*place)))
            }
            (value_type, _) => matches(value_type, column, row, expected, absolute, relative),
        };
        if !is_met {
            let actual = crate::situation::json_value(variable, column, row);
            return Err(format!("{}@{}: {actual} differs from {}", check.variable, check.period, expected.text));
        }
    }
    Ok(())
}

fn matches(
    value_type: &ValueType,
    column: &Column,
    row: usize,
    expected: &Node,
    absolute: Option<f32>,
    relative: Option<f32>,
) -> bool {
    match (value_type, column) {
        (ValueType::Enum(enumeration), column) => {
            let name = column
                .exact(row)
                .and_then(|value| usize::try_from(value.truncate()).ok())
                .and_then(|index| enumeration.members.get(index));
            return name.is_some_and(|(name, _)| **name == *expected.text);
        }
        (ValueType::Date, column) => {
            let days = column.exact(row).and_then(|value| i32::try_from(value.truncate()).ok());
            return days.is_some() && days == Instant::parse(&expected.text).map(|(instant, _)| instant.days());
        }
        (_, Column::Text(values)) => return values.get(row).is_some_and(|text| **text == *expected.text),
        _ => {}
    }
    let target = match &expected.value {
        Yaml::Bool(value) => Some(Rational::integer(i128::from(*value))),
        Yaml::Int(value) => Some(Rational::integer(i128::from(*value))),
        Yaml::Float(number) => number.exact,
        Yaml::Text(text) => evaluate_expression(text),
        _ => None,
    };
    let Some(target) = target else { return false };
    // An exact agreement needs no margin; else both sides are compared as Core compares them, in single precision.
    if column.exact(row) == Some(target) {
        return true;
    }
    let Some(actual) = column.float(row) else { return false };
    let (actual, target) = (actual as f32, target.to_float() as f32);
    let difference = (target - actual).abs();
    let absolute = if absolute.is_none() && relative.is_none() { Some(0.0) } else { absolute };
    absolute.is_none_or(|margin| difference <= margin)
        && relative.is_none_or(|margin| difference <= (margin * target).abs())
}
