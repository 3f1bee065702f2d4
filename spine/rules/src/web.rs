//! OpenFisca's Web API as a function from request to response; whoever serves HTTP attaches it.
//!
//! Routes, status codes, headers and error bodies are those of `openfisca_web_api` 46: packages' front ends need not change.

mod spec;

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

/// A request, as far as the rules care.
#[derive(Clone, Copy, Debug)]
pub struct Request<'request> {
    /// `GET`, `POST` …
    pub method: &'request str,
    /// The path, without what follows a question mark.
    pub path: &'request str,
    /// The header `Content-Type`.
    pub content_type: Option<&'request str>,
    /// The header `Origin`: the site whose page asks.
    pub origin: Option<&'request str>,
    /// The header `Access-Control-Request-Headers`.
    pub wanted_headers: Option<&'request str>,
    /// The address that links begin with, such as `http://localhost:5000/`.
    pub host: &'request str,
    /// A greeting instead of OpenFisca's.
    pub welcome: Option<&'request str>,
    /// The body.
    pub body: &'request [u8],
}

/// What an answer holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// JSON.
    Json(Json),
    /// A page, where OpenFisca answers with one: an unknown address, a wrong method.
    Html(String),
}

/// An answer: status, headers, body.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers beside the content type, in small letters.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
}

impl Response {
    fn json(status: u16, body: Json) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(body) }
    }

    fn page(status: u16, title: &str, text: &str) -> Self {
        let page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n"
        );
        Self { status, headers: Vec::new(), body: Body::Html(page) }
    }

    fn not_found() -> Self {
        Self::page(404, "Not Found", "There is nothing at this address. /spec names all addresses.")
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Answers a request.
pub fn respond(package: &Package, request: &Request<'_>, options: Options) -> Response {
    dressed(package, request, route(package, request, options))
}

/// With the headers that every answer has.
fn dressed(package: &Package, request: &Request<'_>, response: Response) -> Response {
    let response = response
        .with("country-package", package.published.clone())
        .with("country-package-version", package.version.clone())
        .with("access-control-allow-origin", request.origin.unwrap_or("*"));
    if request.origin.is_some() { response.with("vary", "Origin") } else { response }
}

/// Whether the body is said to be JSON.
fn says_json(request: &Request<'_>) -> bool {
    let kind = request.content_type.map(|kind| kind.split(';').next().unwrap_or_default().trim().to_lowercase());
    kind.is_some_and(|kind| kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json")))
}

fn route(package: &Package, request: &Request<'_>, options: Options) -> Response {
    let Some(path) = decoded(request.path) else { return Response::not_found() };
    let Some(path) = path.strip_prefix('/') else { return Response::not_found() };
    if path.ends_with('/') {
        let target = request.path.strip_suffix('/').unwrap_or_default();
        return Response::page(302, "Redirecting...", target).with("location", target);
    }
    let (head, rest) = path.split_once('/').unwrap_or((path, ""));
    let is_list = matches!(head, "" | "entities" | "variables" | "parameters" | "spec" | "calculate" | "trace");
    let is_one = matches!(head, "variable" | "parameter");
    if is_list != rest.is_empty() || !(is_list || is_one) {
        return Response::not_found();
    }
    let asks = matches!(head, "calculate" | "trace");
    match (request.method, asks) {
        ("OPTIONS", _) => preflight(request, asks),
        ("GET" | "HEAD", false) => read(package, head, rest, request, options),
        ("POST", true) => ask(package, head, request, options),
        _ => Response::page(405, "Method Not Allowed", "This address is asked in another way; /spec says how.")
            .with("allow", if asks { "OPTIONS, POST" } else { "GET, HEAD, OPTIONS" }),
    }
}

/// A path with its `%` sequences read; none where they are no UTF-8.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push(high * 16 + low);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// What a browser asks before a page of another site may ask.
fn preflight(request: &Request<'_>, asks: bool) -> Response {
    Response::page(200, "OK", "")
        .with("allow", if asks { "OPTIONS, POST" } else { "GET, HEAD, OPTIONS" })
        .with("access-control-allow-methods", "GET, HEAD, OPTIONS, POST")
        .with("access-control-allow-headers", request.wanted_headers.unwrap_or("content-type"))
}

fn read(package: &Package, head: &str, rest: &str, request: &Request<'_>, options: Options) -> Response {
    let host = request.host;
    let found = |json: Option<Json>| json.map_or_else(Response::not_found, |json| Response::json(200, json));
    match head {
        "" => {
            let welcome = request.welcome.map_or_else(
                || {
                    format!(
                        "This is the root of an OpenFisca Web API. To learn how to use it, check the general documentation (https://openfisca.org/doc/) and the OpenAPI specification of this instance ({host}spec)."
                    )
                },
                str::to_owned,
            );
            Response::json(300, json!({ "welcome": welcome }))
        }
        "entities" => Response::json(200, entities(package)),
        "variables" => Response::json(200, variables(package, host)),
        "variable" => found(package.system.variables.get(rest).map(|known| variable(package, known))),
        "parameters" => Response::json(200, parameters(package, host)),
        "parameter" => found(package.system.parameters.find(rest).map(|item| parameter(package, &item))),
        "spec" => Response::json(200, spec::document(package, host, options)),
        _ => Response::not_found(),
    }
}

fn ask(package: &Package, head: &str, request: &Request<'_>, options: Options) -> Response {
    if !says_json(request) {
        return Response::page(415, "Unsupported Media Type", "Send the situation as application/json.");
    }
    let situation: Json = match serde_json::from_slice(request.body) {
        Ok(situation) => situation,
        Err(error) => return Response::json(400, json!({ "error": format!("Invalid JSON: {error}") })),
    };
    let answer = if head == "trace" {
        trace(package, &situation, options)
    } else {
        command::calculate(package, &situation, options)
    };
    match answer {
        Ok(answer) => Response::json(200, answer),
        Err(error) => {
            let (status, body) = failure(&error);
            Response::json(status, body)
        }
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
