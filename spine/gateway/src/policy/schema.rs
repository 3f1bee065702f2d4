//! Whether an answer keeps to the JSON schema that was asked for: the part of JSON Schema that model servers know how to keep to.

use std::cell::Cell;

use serde_json::Value;

/// How deep answers are looked into.
const DEEPEST: usize = 64;
/// Steps after which a check is given up: a schema that refers to itself in many ways must not cost more than the answer.
const MOST_STEPS: u32 = 100_000;

/// The schema of a request, if it asks for one.
pub(crate) fn asked_for(request: &Value) -> Option<Value> {
    let format = request.get("response_format")?;
    match format.get("type").and_then(Value::as_str)? {
        "json_schema" => Some(format.pointer("/json_schema/schema").cloned().unwrap_or(Value::Bool(true))),
        "json_object" => Some(serde_json::json!({ "type": "object" })),
        _ => None,
    }
}

/// What is wrong with a text that was to keep to `schema`, with the place in it.
pub(crate) fn broken(text: &str, schema: &Value) -> Option<String> {
    match serde_json::from_str::<Value>(text) {
        Err(error) => Some(format!("it is no JSON ({error})")),
        Ok(value) => Check { root: schema, steps: Cell::new(0) }.broken(&value, schema, "$", 0),
    }
}

struct Check<'a> {
    root: &'a Value,
    steps: Cell<u32>,
}

impl Check<'_> {
    fn broken(&self, value: &Value, schema: &Value, at: &str, depth: usize) -> Option<String> {
        self.steps.set(self.steps.get().saturating_add(1));
        if depth > DEEPEST || self.steps.get() > MOST_STEPS {
            return Some(format!("{at}: the schema is too deep to be checked"));
        }
        let Some(rules) = schema.as_object() else {
            return (*schema == Value::Bool(false)).then(|| format!("{at}: nothing may stand here"));
        };
        if let Some(reference) = rules.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
            return target.and_then(|target| self.broken(value, target, at, depth + 1));
        }
        let wrong = |what: &str| Some(format!("{at}: {what}"));
        if let Some(kind) = rules.get("type")
            && !is_of_type(value, kind)
        {
            return wrong(&format!("it is not of type {kind}"));
        }
        if rules.get("const").is_some_and(|wanted| wanted != value)
            || rules.get("enum").and_then(Value::as_array).is_some_and(|wanted| !wanted.contains(value))
        {
            return wrong("it is none of the allowed values");
        }
        if let Some(choices) = rules.get("anyOf").and_then(Value::as_array)
            && choices.iter().all(|choice| self.broken(value, choice, at, depth + 1).is_some())
        {
            return wrong("it fits none of the choices");
        }
        self.members(value, rules, at, depth).or_else(|| bounds(value, rules).and_then(wrong))
    }

    fn members(&self, value: &Value, rules: &serde_json::Map<String, Value>, at: &str, depth: usize) -> Option<String> {
        if let (Some(items), Some(schema)) = (value.as_array(), rules.get("items")) {
            let mut places = items.iter().enumerate();
            return places.find_map(|(place, item)| self.broken(item, schema, &format!("{at}[{place}]"), depth + 1));
        }
        let fields = value.as_object()?;
        for name in rules.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                return Some(format!("{at}: {name} is missing"));
            }
        }
        let known = rules.get("properties").and_then(Value::as_object);
        for (name, member) in fields {
            let schema = known.and_then(|known| known.get(name)).or_else(|| rules.get("additionalProperties"));
            if let Some(schema) = schema
                && let Some(wrong) = self.broken(member, schema, &format!("{at}.{name}"), depth + 1)
            {
                return Some(wrong);
            }
        }
        None
    }
}

fn is_of_type(value: &Value, kind: &Value) -> bool {
    match kind {
        Value::Array(kinds) => kinds.iter().any(|kind| is_of_type(value, kind)),
        Value::String(kind) => match kind.as_str() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "number" => value.is_number(),
            "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            _ => true,
        },
        _ => true,
    }
}

fn bounds(value: &Value, rules: &serde_json::Map<String, Value>) -> Option<&'static str> {
    let bound = |name: &str| rules.get(name).and_then(Value::as_f64);
    let size = match value {
        Value::String(text) => Some(("minLength", "maxLength", text.chars().count())),
        Value::Array(items) => Some(("minItems", "maxItems", items.len())),
        _ => None,
    };
    if let Some((least, most, size)) = size {
        let size = size as f64;
        let is_out = bound(least).is_some_and(|least| size < least) || bound(most).is_some_and(|most| size > most);
        return is_out.then_some("it is too short or too long");
    }
    let number = value.as_f64()?;
    let is_out =
        bound("minimum").is_some_and(|least| number < least) || bound("maximum").is_some_and(|most| number > most);
    is_out.then_some("it is out of bounds")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_breaks_the_schema_is_told_with_its_place() {
        let schema = json!({ "type": "object", "additionalProperties": false, "required": ["kind", "fees"], "properties": {
            "kind": { "enum": ["질의", "건의"] },
            "fees": { "type": "array", "maxItems": 2, "items": { "$ref": "#/$defs/fee" } },
            "note": { "anyOf": [{ "type": "string", "minLength": 2 }, { "type": "null" }] },
        }, "$defs": { "fee": { "type": "integer", "minimum": 0 } } });
        let told = |text: &str| broken(text, &schema);
        assert_eq!(told(r#"{"kind": "질의", "fees": [3000, 0], "note": null}"#), None);
        for (text, place) in [
            ("not json", "no JSON"),
            ("[]", "$:"),
            (r#"{"kind": "질의"}"#, "fees is missing"),
            (r#"{"kind": "고충", "fees": []}"#, "$.kind"),
            (r#"{"kind": "질의", "fees": [1, 2.5]}"#, "$.fees[1]"),
            (r#"{"kind": "질의", "fees": [-1]}"#, "$.fees[0]"),
            (r#"{"kind": "질의", "fees": [1, 2, 3]}"#, "$.fees"),
            (r#"{"kind": "질의", "fees": [], "note": "x"}"#, "$.note"),
            (r#"{"kind": "질의", "fees": [], "more": 1}"#, "$.more"),
        ] {
            let wrong = told(text).unwrap_or_else(|| panic!("{text}"));
            assert!(wrong.contains(place), "{text}: {wrong}");
        }
        let asked = json!({ "response_format": { "type": "json_schema", "json_schema": { "name": "x", "schema": { "type": "null" } } } });
        assert_eq!(asked_for(&asked), Some(json!({ "type": "null" })));
        assert_eq!(asked_for(&json!({ "response_format": { "type": "text" } })), None);
    }

    #[test]
    fn a_schema_that_refers_to_itself_is_given_up() {
        let schema = json!({ "anyOf": [{ "$ref": "#" }, { "$ref": "#" }, { "$ref": "#" }] });
        assert!(broken("{}", &schema).is_some());
    }

    proptest! {
        #[test]
        fn no_schema_makes_it_panic_or_run_for_ever(text in "[\\[\\]{}\",:0-9a-z$#/]{0,60}") {
            let schema = serde_json::from_str(&text).unwrap_or(json!({ "$ref": "#" }));
            let _ = broken("{\"a\": [1]}", &schema);
        }
    }
}
