//! JSON Schema for people: a type in words, a table of members, a sample.

use serde_json::{Map, Value, json};

use super::{code, list, text};
use crate::{components::Table, html::Html, language::Language};

/// How deep a sample goes: schemas may contain themselves.
const DEEPEST: usize = 6;

/// A named schema.
pub(super) struct SchemaView {
    pub(super) name: String,
    pub(super) description: Html,
    pub(super) kind: String,
    pub(super) members: Option<Table>,
}

/// The JSON, indented.
pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

/// A type in words: `Inquiry`, `array of string`, `string (date-time) or null`, `one of "a", "b"`.
pub(super) fn type_words(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return name.to_owned();
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let values: Vec<String> = values.iter().map(Value::to_string).collect();
        return values.join(" | ");
    }
    for (member, word) in [("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")] {
        let parts: Vec<String> = list(schema, member).iter().map(type_words).collect();
        if !parts.is_empty() {
            return parts.join(word);
        }
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => return if schema.is_null() { String::new() } else { "any".to_owned() },
    };
    let words = types.into_iter().map(|kind| match kind {
        "array" => format!("array of {}", schema.get("items").map(type_words).unwrap_or_default()),
        other => match text(schema, "format") {
            "" => other.to_owned(),
            format if other != "null" => format!("{other} ({format})"),
            _ => other.to_owned(),
        },
    });
    words.collect::<Vec<_>>().join(" | ")
}

/// The named schemas of the document.
pub(super) fn schema_views(language: Language, document: &Value) -> Vec<SchemaView> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    let views = schemas.into_iter().flatten().map(|(name, schema)| SchemaView {
        name: name.clone(),
        description: Html::paragraphs(text(schema, "description")),
        kind: if schema.get("properties").is_some() { String::new() } else { type_words(schema) },
        members: members(language, name, schema),
    });
    views.collect()
}

fn members(language: Language, name: &str, schema: &Value) -> Option<Table> {
    let properties = schema.get("properties")?.as_object()?;
    let required = list(schema, "required");
    let table = Table::new(language.pick(format!("{name}의 항목"), format!("Members of {name}")))
        .hidden_caption()
        .column(language.say("이름", "Name"))
        .column(language.say("형식", "Type"))
        .column(language.say("설명", "Description"));
    let table = properties.iter().fold(table, |table, (member, schema)| {
        let is_required = required.iter().any(|name| name == member);
        let mark = if is_required { language.say("필수. ", "Required. ") } else { "" };
        let description = format!("{mark}{}", text(schema, "description"));
        table.row([code(member), Html::text(&type_words(schema)), Html::text(&description)])
    });
    Some(table)
}

/// A value that the schema allows: its own example, or one made of its parts.
pub(super) fn sample(document: &Value, schema: &Value, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let given = schema.get("example").or_else(|| list(schema, "examples").first()).or_else(|| schema.get("default"));
    if let Some(given) = given {
        return Some(given.clone());
    }
    if let Some(name) = reference(schema) {
        let schema = document.get("components")?.get("schemas")?.get(name)?;
        return sample(document, schema, depth + 1);
    }
    if let Some(value) = list(schema, "enum").first() {
        return Some(value.clone());
    }
    if let Some(part) = list(schema, "oneOf").first().or_else(|| list(schema, "anyOf").first()) {
        return sample(document, part, depth + 1);
    }
    let whole = list(schema, "allOf");
    if !whole.is_empty() {
        let parts = whole.iter().filter_map(|part| sample(document, part, depth + 1));
        let members = parts.filter_map(|part| part.as_object().cloned()).flatten();
        return Some(Value::Object(members.collect()));
    }
    sample_of_type(document, schema, depth)
}

fn sample_of_type(document: &Value, schema: &Value, depth: usize) -> Option<Value> {
    let kind = match schema.get("type") {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        Some(kind) => kind.as_str(),
        None => None,
    };
    match kind? {
        "object" => {
            let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
            let members =
                properties.filter_map(|(name, schema)| Some((name.clone(), sample(document, schema, depth + 1)?)));
            Some(Value::Object(members.collect::<Map<_, _>>()))
        }
        "array" => Some(Value::Array(sample(document, schema.get("items")?, depth + 1).into_iter().collect())),
        "string" => Some(Value::from(match text(schema, "format") {
            "date-time" => "2026-02-13T16:30:00+09:00",
            "date" => "2026-02-13",
            "uuid" => "00000000-0000-4000-8000-000000000000",
            "uri" => "https://maru-city.example",
            _ => "string",
        })),
        "integer" => Some(json!(1)),
        "number" => Some(json!(0.5)),
        "boolean" => Some(json!(true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_in_words() {
        assert_eq!(type_words(&json!({ "$ref": "#/components/schemas/Inquiry" })), "Inquiry");
        assert_eq!(type_words(&json!({ "type": "array", "items": { "type": "string" } })), "array of string");
        let date = json!({ "type": ["string", "null"], "format": "date-time" });
        assert_eq!(type_words(&date), "string (date-time) | null");
        assert_eq!(type_words(&json!({ "enum": ["a", "b"] })), r#""a" | "b""#);
        assert_eq!(type_words(&Value::Null), "");
    }

    #[test]
    fn a_schema_that_contains_itself_has_a_finite_sample() {
        let document = json!({ "components": { "schemas": { "Node": {
            "type": "object",
            "properties": { "name": { "type": "string" }, "child": { "$ref": "#/components/schemas/Node" } },
        } } } });
        let sample = sample(&document, &json!({ "$ref": "#/components/schemas/Node" }), 0).unwrap();
        assert_eq!(sample["name"], "string");
        assert_eq!(sample["child"]["name"], "string");
    }
}
