//! The OpenAPI document of the Web API (`/spec`): names and shapes as OpenFisca's clients expect them.

use crate::command;
use crate::entity::Entity;
use crate::simulation::Options;
use crate::system::{Package, System};
use crate::variable::{ValueType, Variable};
use serde_json::{Map, Value as Json, json};

/// How versions of packages are written (semver.org).
const VERSION: &str = "^[0-9]+\\.[0-9]+\\.[0-9]+([-+][0-9A-Za-z.+-]*)?$";

/// The document, for a server at `host` (with a slash at its end).
pub(super) fn document(package: &Package, host: &str, options: Options) -> Json {
    let system = &package.system;
    let title = title_case(&package.published);
    let mut schemas = shapes();
    for entity in &system.entities {
        schemas.insert(title_case(&entity.key), entity_schema(system, entity));
    }
    let situation = situation_schema(system);
    schemas.insert("SituationInput".to_owned(), situation.clone());
    schemas.insert("SituationOutput".to_owned(), situation);
    examples(package, &mut schemas, options);
    let tags =
        ["Parameters", "Variables", "Entities", "Calculations", "Documentation"].map(|name| json!({ "name": name }));
    json!({
        "openapi": "3.0.0",
        "info": {
            "title": format!("{title} Web API"),
            "description": format!("The rules of {title}: what they are, and what they come to for a situation."),
            "version": package.version,
            "license": { "name": "AGPL", "url": "https://www.gnu.org/licenses/agpl-3.0" },
        },
        "servers": [{ "url": host.trim_end_matches('/') }],
        "tags": tags,
        "paths": paths(),
        "components": {
            "schemas": schemas,
            "headers": {
                "Country-Package": { "description": "The package that is served.", "schema": { "type": "string" } },
                "Country-Package-Version": {
                    "description": "Its version.",
                    "schema": { "type": "string", "pattern": VERSION },
                },
            },
        },
    })
}

/// As Python's `str.title`: each word with a capital.
fn title_case(text: &str) -> String {
    let mut result = String::new();
    let mut begins = true;
    for character in text.chars() {
        if begins {
            result.extend(character.to_uppercase());
        } else {
            result.extend(character.to_lowercase());
        }
        begins = !character.is_alphabetic();
    }
    result
}

fn variable_schema(variable: &Variable) -> Json {
    let mut value = json!({ "type": variable.value_type.json_name() });
    if let ValueType::Enum(enumeration) = &variable.value_type {
        value["enum"] = enumeration.members.iter().map(|(name, _)| name.to_string()).collect();
    }
    json!({ "type": "object", "additionalProperties": value })
}

fn entity_schema(system: &System, entity: &Entity) -> Json {
    let roles = entity.roles.iter().map(|role| (role.situation_key().to_owned(), texts()));
    let variables = system
        .variables
        .values()
        .filter(|variable| system.entities[variable.entity].key == entity.key)
        .map(|variable| (variable.name.to_string(), variable_schema(variable)));
    let properties: Map<String, Json> = roles.chain(variables).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn situation_schema(system: &System) -> Json {
    let properties: Map<String, Json> = system
        .entities
        .iter()
        .map(|entity| {
            let one = reference("schemas", &title_case(&entity.key));
            (entity.plural.to_string(), json!({ "type": "object", "additionalProperties": one }))
        })
        .collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

/// The examples that the package names in its `open_api_config`; else the first of each.
fn examples(package: &Package, schemas: &mut Map<String, Json>, options: Options) {
    let system = &package.system;
    let named = |key: &str| system.open_api.get(key).and_then(Json::as_str);
    let parameter = named("parameter_example")
        .and_then(|name| system.parameters.find(name))
        .or_else(|| system.parameters.descendants().into_iter().next());
    if let Some(parameter) = parameter {
        schemas["Parameter"]["example"] = super::parameter(package, &parameter);
    }
    let variable = named("variable_example")
        .and_then(|name| system.variables.get(name))
        .or_else(|| system.variables.values().next());
    if let Some(variable) = variable {
        schemas["Variable"]["example"] = super::variable(package, variable);
    }
    let entities = system.entities.iter().map(|entity| (entity.plural.to_string(), texts())).collect();
    schemas["Trace"]["properties"]["entitiesDescription"]["properties"] = Json::Object(entities);
    let none = || {
        Json::from(
            "This package has no example of a situation: set simulation_example in the open_api_config of its tax and benefit system.",
        )
    };
    let situation = system.open_api.get("simulation_example").filter(|example| example.is_object());
    schemas["SituationInput"]["example"] = situation.cloned().unwrap_or_else(none);
    schemas["SituationOutput"]["example"] =
        situation.and_then(|situation| command::calculate(package, situation, options).ok()).unwrap_or_else(none);
    schemas["Trace"]["example"] =
        situation.and_then(|situation| super::trace(package, situation, options).ok()).unwrap_or_else(none);
}

fn reference(section: &str, name: &str) -> Json {
    json!({ "$ref": format!("#/components/{section}/{name}") })
}

fn texts() -> Json {
    json!({ "type": "array", "items": { "type": "string" } })
}

fn object(properties: &[(&str, Json)]) -> Json {
    let properties: Map<String, Json> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "properties": properties })
}

fn map_of(values: &Json) -> Json {
    json!({ "type": "object", "additionalProperties": values })
}

/// The shapes that do not depend on the package.
fn shapes() -> Map<String, Json> {
    let text = || json!({ "type": "string" });
    let number = || json!({ "type": "number", "format": "float" });
    let one_of = |names: &[&str]| json!({ "type": "string", "enum": names });
    let listed = || map_of(&object(&[("description", text()), ("href", text())]));
    let trace_step = object(&[
        ("value", json!({ "type": "array", "items": {} })),
        ("dependencies", texts()),
        ("parameters", json!({ "type": "object" })),
    ]);
    let shapes = [
        (
            "Parameter",
            object(&[
                ("id", text()),
                ("description", text()),
                ("documentation", text()),
                ("metadata", json!({ "type": "object" })),
                ("source", text()),
                ("values", reference("schemas", "Values")),
                ("brackets", map_of(&reference("schemas", "Brackets"))),
                ("subparams", map_of(&object(&[("description", text())]))),
            ]),
        ),
        ("Parameters", listed()),
        (
            "Variable",
            object(&[
                ("id", text()),
                ("description", text()),
                ("documentation", text()),
                ("entity", text()),
                ("valueType", one_of(&["Int", "Float", "Boolean", "Date", "String"])),
                ("defaultValue", json!({})),
                ("definitionPeriod", one_of(&["DAY", "WEEKDAY", "WEEK", "MONTH", "YEAR", "ETERNITY"])),
                ("references", texts()),
                ("source", text()),
                ("formulas", map_of(&reference("schemas", "Formula"))),
                ("possibleValues", map_of(&text())),
            ]),
        ),
        ("Variables", listed()),
        ("Formula", object(&[("content", text()), ("documentation", text()), ("source", text())])),
        ("Brackets", map_of(&number())),
        ("Values", map_of(&reference("schemas", "Value"))),
        (
            "Value",
            json!({ "oneOf": [
                { "type": "boolean" },
                number(),
                { "type": "array", "items": { "oneOf": [text(), { "type": "number" }] } },
            ] }),
        ),
        (
            "Entities",
            map_of(&object(&[
                ("description", text()),
                ("documentation", text()),
                ("plural", text()),
                ("roles", map_of(&reference("schemas", "Roles"))),
            ])),
        ),
        ("Roles", object(&[("description", text()), ("max", json!({ "type": "integer" })), ("plural", text())])),
        (
            "Trace",
            object(&[
                ("requestedCalculations", texts()),
                ("entitiesDescription", json!({ "type": "object", "additionalProperties": false })),
                ("trace", map_of(&trace_step)),
            ]),
        ),
    ];
    shapes.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn paths() -> Json {
    let headers = || {
        json!({
            "Country-Package": reference("headers", "Country-Package"),
            "Country-Package-Version": reference("headers", "Country-Package-Version"),
        })
    };
    let content = |schema: &str| json!({ "application/json": { "schema": reference("schemas", schema) } });
    let answer =
        |schema: &str| json!({ "description": "The answer.", "content": content(schema), "headers": headers() });
    let refusal = |why: &str| json!({ "description": why, "headers": headers() });
    let list = |tag: &str, operation: &str, summary: &str, schema: &str| json!({ "get": { "tags": [tag], "operationId": operation, "summary": summary, "responses": { "200": answer(schema) } } });
    let one = |tag: &str, operation: &str, summary: &str, schema: &str, identifier: &str| {
        json!({ "get": {
            "tags": [tag],
            "operationId": operation,
            "summary": summary,
            "parameters": [{ "name": identifier, "in": "path", "required": true, "schema": { "type": "string" } }],
            "responses": { "200": answer(schema), "404": refusal("There is nothing of this name.") },
        } })
    };
    let asked = |operation: &str, summary: &str, schema: &str| {
        json!({ "post": {
            "tags": ["Calculations"],
            "operationId": operation,
            "summary": summary,
            "requestBody": {
                "description": "Persons and groups with what is known of them; what is asked for is null.",
                "required": true,
                "content": content("SituationInput"),
            },
            "responses": {
                "200": answer(schema),
                "400": refusal("The situation is wrong; the body says where and why."),
                "404": refusal("There is no variable of a name that the situation uses; the body says which."),
            },
        } })
    };
    json!({
        "/calculate": asked("calculate", "Calculate what a situation asks for.", "SituationOutput"),
        "/trace": asked("trace", "Calculate, and show every step.", "Trace"),
        "/parameters": list("Parameters", "getParameters", "All parameters.", "Parameters"),
        "/parameter/{parameterID}": one("Parameters", "getParameter", "One parameter.", "Parameter", "parameterID"),
        "/variables": list("Variables", "getVariables", "All variables.", "Variables"),
        "/variable/{variableID}": one("Variables", "getVariable", "One variable.", "Variable", "variableID"),
        "/entities": list("Entities", "getEntities", "All kinds of entities.", "Entities"),
        "/spec": { "get": {
            "tags": ["Documentation"],
            "operationId": "spec",
            "summary": "This document.",
            "responses": { "200": refusal("The document.") },
        } },
    })
}
