//! OpenFisca's Web API as a function from request to response; whoever serves HTTP attaches it.
//!
//! Routes, status codes, headers and error bodies are those of `openfisca_web_api` 46: packages' front ends need not change.

use crate::command::{self, CalculationError, parameter_json};
use crate::diagnostic::Trouble;
use crate::graph::Constant;
use crate::parameter::{Item, Parameter, ParameterNode, ParameterScale};
use crate::period::{Period, Unit};
use crate::run::Column;
use crate::simulation::Options;
use crate::situation::json_value;
use crate::system::Package;
use crate::variable::{Formula, ValueType, Variable};
use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};
use std::path::Path;

/// An answer: status, headers, body.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers beside the content type.
    pub headers: Vec<(&'static str, String)>,
    /// JSON, or nothing where OpenFisca answers with a page of HTML (an unknown address).
    pub body: Option<Json>,
}

/// Answers a request. `host` is the address that links begin with, such as `http://localhost:5000/`.
pub fn respond(package: &Package, method: &str, path: &str, body: &[u8], host: &str, options: Options) -> Response {
    let headers = vec![
        ("Country-Package", package.name.to_lowercase().replace('_', "-")),
        ("Country-Package-Version", package.version.clone()),
        ("Access-Control-Allow-Origin", "*".to_owned()),
    ];
    let (status, body) = route(package, method, path, body, host, options);
    Response { status, headers, body }
}

fn route(
    package: &Package,
    method: &str,
    path: &str,
    body: &[u8],
    host: &str,
    options: Options,
) -> (u16, Option<Json>) {
    let found = |json: Option<Json>| json.map_or((404, None), |json| (200, Some(json)));
    let trimmed = path.trim_matches('/');
    match (method, trimmed.split_once('/').unwrap_or((trimmed, ""))) {
        ("GET" | "HEAD", ("", "")) => (
            300,
            Some(json!({
                "welcome": format!(
                    "This is the root of an OpenFisca Web API.\u{a0}To learn how to use it, check the general documentation (https://openfisca.org/doc/) and the OpenAPI specification of this instance ({host}spec)."
                )
            })),
        ),
        ("GET" | "HEAD", ("entities", "")) => (200, Some(entities(package))),
        ("GET" | "HEAD", ("variables", "")) => (200, Some(variables(package, host))),
        ("GET" | "HEAD", ("variable", name)) => {
            found(package.system.variables.get(name).map(|known| variable(package, known)))
        }
        ("GET" | "HEAD", ("parameters", "")) => (200, Some(parameters(package, host))),
        ("GET" | "HEAD", ("parameter", name)) if !name.is_empty() => {
            found(package.system.parameters.find(name).map(|item| parameter(package, &item)))
        }
        ("POST", ("calculate", "")) => {
            post(body, |situation| command::calculate(package, situation, options).map_err(|error| failure(&error)))
        }
        ("POST", ("trace", "")) => {
            post(body, |situation| trace(package, situation, options).map_err(|error| failure(&error)))
        }
        (_, ("entities" | "variables" | "parameters" | "calculate" | "trace" | "", "")) => (405, None),
        _ => (404, None),
    }
}

fn post(body: &[u8], answer: impl Fn(&Json) -> Result<Json, (u16, Json)>) -> (u16, Option<Json>) {
    match serde_json::from_slice::<Json>(body) {
        Err(error) => (400, Some(json!({ "error": format!("Invalid JSON: {error}") }))),
        Ok(situation) => match answer(&situation) {
            Ok(answer) => (200, Some(answer)),
            Err((status, error)) => (status, Some(error)),
        },
    }
}

fn failure(error: &CalculationError) -> (u16, Json) {
    match error {
        CalculationError::Situation(error) => (error.status, error.to_json()),
        CalculationError::Rules(fault) => {
            let mismatch = matches!(&fault.trouble, Trouble::Raised(kind) if kind == "PeriodMismatchError");
            (if mismatch { 400 } else { 500 }, json!({ "error": format!("Internal server error: {}", fault.message) }))
        }
    }
}

fn entities(package: &Package) -> Json {
    let mut all = Map::new();
    for entity in &package.system.entities {
        let mut described = json!({ "plural": &*entity.plural, "description": entity.label, "documentation": entity.documentation.trim() });
        if !entity.is_person {
            let mut roles = Map::new();
            for role in &entity.roles {
                let mut one = json!({ "plural": role.plural.as_deref(), "description": role.documentation });
                if let Some(max) = role.max {
                    one["max"] = max.into();
                }
                roles.insert(role.key.to_string(), one);
            }
            described["roles"] = Json::Object(roles);
        }
        all.insert(entity.key.to_string(), described);
    }
    Json::Object(all)
}

fn variables(package: &Package, host: &str) -> Json {
    let one = |variable: &Variable| json!({ "description": variable.label, "href": format!("{host}variable/{}", variable.name) });
    Json::Object(package.system.variables.values().map(|variable| (variable.name.to_string(), one(variable))).collect())
}

/// Where a file can be read: its path from the folder that holds the package.
fn place(package: &Package, file: &Path, lines: Option<(usize, usize)>) -> String {
    let above = package.root.parent().unwrap_or(&package.root);
    let relative = file.strip_prefix(above).unwrap_or(file);
    let lines = lines.map(|(first, last)| format!("#L{first}-L{last}")).unwrap_or_default();
    format!("{}/blob/{}/{}{lines}", package.repository, package.version, relative.display())
}

fn default_value(variable: &Variable) -> Json {
    match (&variable.value_type, &variable.default) {
        (_, Constant::Text(text)) => text.to_string().into(),
        (value_type, default) => {
            let number = default.number().and_then(|number| number.exact).unwrap_or(crate::number::Rational::ZERO);
            match value_type {
                // Core's own default is a whole zero; one that the author wrote is a float.
                ValueType::Float if number == crate::number::Rational::ZERO => json!(0),
                ValueType::Float => json!(number.to_float()),
                _ => json_value(variable, &Column::from_exact(vec![number]), 0),
            }
        }
    }
}

fn variable(package: &Package, variable: &Variable) -> Json {
    let mut described = json!({
        "id": &*variable.name,
        "description": variable.label,
        "valueType": variable.value_type.web_name(),
        "defaultValue": default_value(variable),
        "definitionPeriod": variable.definition_period.name().to_uppercase(),
        "entity": &*package.system.entities[variable.entity].key,
    });
    if let Some((file, line, text)) = &variable.source
        && !text.is_empty()
    {
        described["source"] = place(package, file, Some((*line, line + text.lines().count().saturating_sub(1)))).into();
    }
    if let Some(documentation) = &variable.documentation {
        described["documentation"] = documentation.trim().into();
    }
    if !variable.references.is_empty() {
        described["references"] = json!(variable.references);
    }
    if !variable.formulas.is_empty() {
        let mut formulas: IndexMap<String, Json> =
            variable.formulas.iter().map(|(date, one)| (date.clone(), formula(package, one))).collect();
        if let Some(next) = variable.end.and_then(|end| end.offset(1, Unit::Day)) {
            formulas.insert(next.to_string(), Json::Null);
        }
        described["formulas"] = Json::Object(formulas.into_iter().collect());
    }
    if let ValueType::Enum(enumeration) = &variable.value_type {
        described["possibleValues"] = Json::Object(
            enumeration.members.iter().map(|(name, value)| (name.to_string(), value.clone().into())).collect(),
        );
    }
    described
}

fn formula(package: &Package, formula: &Formula) -> Json {
    let (file, line) = formula.place();
    let source = crate::evaluate::dedent(&format!("    {}\n", formula.source()));
    let mut described = json!({ "source": place(package, &file, Some((line, line + source.lines().count().saturating_sub(1)))), "content": source });
    if let Some(documentation) = formula.documentation() {
        described["documentation"] = crate::evaluate::dedent(documentation).into();
    }
    described
}

fn parameters(package: &Package, host: &str) -> Json {
    let mut all = Map::new();
    for item in package.system.parameters.descendants() {
        if !matches!(item, Item::Node(_)) {
            let about = item.about();
            let path = about.name.replace('.', "/");
            all.insert(
                about.name.clone(),
                json!({ "description": about.description, "href": format!("{host}parameter/{path}") }),
            );
        }
    }
    Json::Object(all)
}

fn history(parameter: &Parameter) -> Json {
    Json::Object(parameter.values.iter().map(|dated| (dated.instant.clone(), parameter_json(&dated.value))).collect())
}

fn parameter(package: &Package, item: &Item) -> Json {
    let about = item.about();
    let mut described = json!({ "description": about.description, "id": about.name, "metadata": about.metadata });
    if let Some(file) = &about.file {
        described["source"] = place(package, file, None).into();
    }
    if let (Some(documentation), false) = (&about.documentation, matches!(item, Item::Scale(_))) {
        described["documentation"] = documentation.trim().into();
    }
    match item {
        Item::Parameter(parameter) => described["values"] = history(parameter),
        Item::Scale(scale) => described["brackets"] = brackets(scale),
        Item::Node(node) => {
            let children = node
                .children
                .iter()
                .map(|(name, child)| (name.clone(), json!({ "description": child.about().description })));
            described["subparams"] = Json::Object(children.collect());
        }
    }
    described
}

/// A scale by date: threshold and what belongs to it.
fn brackets(scale: &ParameterScale) -> Json {
    let key = ["rate", "amount", "average_rate"]
        .into_iter()
        .find(|key| scale.brackets.iter().any(|bracket| bracket.children.contains_key(*key)))
        .unwrap_or("rate");
    let of = |bracket: &ParameterNode, name: &str| match bracket.children.get(name) {
        Some(Item::Parameter(parameter)) => Some(std::sync::Arc::clone(parameter)),
        _ => None,
    };
    let mut dates: Vec<String> = Vec::new();
    for bracket in &scale.brackets {
        for part in ["threshold", key] {
            dates.extend(
                of(bracket, part).into_iter().flat_map(|parameter| {
                    parameter.values.iter().map(|dated| dated.instant.clone()).collect::<Vec<_>>()
                }),
            );
        }
    }
    dates.sort();
    dates.dedup();
    let mut all = Map::new();
    for date in dates {
        let mut at = Map::new();
        for bracket in &scale.brackets {
            let value = |name: &str| {
                of(bracket, name).and_then(|parameter| parameter.at(&date).map(|dated| parameter_json(&dated.value)))
            };
            if let Some(threshold) = value("threshold") {
                at.insert(threshold.to_string(), value(key).unwrap_or(Json::Null));
            }
        }
        all.insert(date, if at.is_empty() { Json::Null } else { Json::Object(at) });
    }
    Json::Object(all)
}

/// Every calculation of a situation with its dependencies, parameters and values.
fn trace(package: &Package, situation: &Json, options: Options) -> Result<Json, CalculationError> {
    let mut simulation = package.situation(&package.system, situation, None)?;
    simulation.options = options;
    let mut asked: Vec<(String, Period)> = Vec::new();
    let mut requested = Vec::new();
    for instances in situation
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| package.system.entity_of_plural(key).is_some())
        .map(|(_, value)| value)
    {
        for values in instances.as_object().into_iter().flatten().map(|(_, values)| values) {
            for (variable, dated) in values.as_object().into_iter().flatten() {
                for (period, _) in dated.as_object().into_iter().flatten().filter(|(_, value)| value.is_null()) {
                    requested.push(format!("{variable}<{period}>"));
                    asked.push((
                        variable.clone(),
                        Period::parse(period).ok_or_else(|| crate::evaluate::period_error(period))?,
                    ));
                }
            }
        }
    }
    let plan = simulation.plan(&asked)?;
    for output in &plan.outputs {
        output.clone()?;
    }
    let nodes: Vec<u32> = plan.calculations.iter().map(|calculation| calculation.node).collect();
    let columns = simulation.run(&plan, &nodes)?;
    let key = |place: usize| format!("{}<{}>", plan.calculations[place].variable, plan.calculations[place].period);
    let mut steps = Map::new();
    for (place, (calculation, column)) in plan.calculations.iter().zip(&columns).enumerate() {
        let variable = simulation.system.variable(&calculation.variable)?;
        let values: Vec<Json> = (0..column.len()).map(|row| json_value(variable, column, row)).collect();
        let parameters: Map<String, Json> = calculation
            .parameters
            .iter()
            .map(|read| {
                (format!("{}<{}>", read.name, read.instant), read.value.as_ref().map_or(Json::Null, parameter_json))
            })
            .collect();
        let dependencies: Vec<String> = calculation.children.iter().map(|child| key(*child)).collect();
        steps.insert(key(place), json!({ "dependencies": dependencies, "parameters": parameters, "value": values }));
    }
    let described: Map<String, Json> = simulation
        .system
        .entities
        .iter()
        .zip(&simulation.identifiers)
        .map(|(entity, names)| (entity.plural.to_string(), json!(names)))
        .collect();
    Ok(json!({ "trace": steps, "entitiesDescription": described, "requestedCalculations": requested }))
}
