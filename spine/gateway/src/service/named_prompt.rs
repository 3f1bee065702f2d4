//! A prompt of the library that a call names: its text stands before the conversation, with the caller's variables in it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Draft, Kind};
use crate::{error::Refusal, gateway::Inner, policy::Inspection, prompts};

/// A prompt that was found.
pub(super) struct NamedPrompt {
    /// Its name and version, as the record has them.
    name: String,
    text: String,
    /// What the caller put into it.
    variables: Vec<String>,
}

fn at(code: &'static str, korean: impl Into<String>, english: impl Into<String>) -> Refusal {
    Refusal::bad(code, korean, english).at("prompt")
}

fn unknown(id: &str) -> Refusal {
    Refusal::not_found(
        "prompt_not_found",
        format!("prompt: 보관함에 「{id}」 프롬프트나 그 판이 없거나 쓰지 않기로 했습니다."),
        format!("prompt: the library has no prompt {id:?} in use, or no such version of it."),
    )
    .at("prompt")
}

impl NamedPrompt {
    /// Takes the name of a prompt out of a request and looks it up. A server that works for one agency alone has a library of its own.
    pub(super) async fn take_from(inner: &Inner, kind: Kind, body: &mut Value) -> Result<Option<Self>, Refusal> {
        if !matches!(kind, Kind::Chat | Kind::Responses) {
            return Ok(None);
        }
        let named = body.as_object_mut().and_then(|fields| fields.shift_remove("prompt"));
        let Some(named) = named.filter(|named| !named.is_null()) else { return Ok(None) };
        let id = named["id"].as_str().ok_or_else(|| {
            at(
                "invalid_value",
                "prompt: id가 있는 객체여야 합니다.",
                "prompt: it must be an object with an id, and a version and variables where they are wanted.",
            )
        })?;
        let library = prompts::library(&inner.ledger).await.map_err(|error| {
            tracing::error!(%error, "the library of prompts could not be read");
            Refusal::unavailable(
                "prompts_unavailable",
                "프롬프트 보관함을 지금 읽을 수 없습니다. 잠시 뒤 다시 보내세요.",
                "The library of prompts cannot be read now. Try again in a moment.",
            )
        })?;
        let prompt = library.prompts.get(id).filter(|prompt| !prompt.is_withdrawn).ok_or_else(|| unknown(id))?;
        let number = match &named["version"] {
            Value::Null => prompt.versions.len(),
            Value::String(version) => version.trim_start_matches('v').parse().map_err(|_| unknown(id))?,
            version => version.as_u64().and_then(|version| usize::try_from(version).ok()).ok_or_else(|| unknown(id))?,
        };
        let version = number.checked_sub(1).and_then(|place| prompt.versions.get(place)).ok_or_else(|| unknown(id))?;
        let variables = variables_of(&named)?;
        let text = filled(&version.text, &variables)?;
        Ok(Some(Self { name: format!("{id}@{number}"), text, variables: variables.into_values().collect() }))
    }

    /// Puts it before the conversation. It was written by the deployment; what the caller put into it was not, and is screened.
    pub(super) fn put_into(self, body: &mut Value, inspection: &mut Inspection<'_>, draft: &mut Draft) {
        for value in &self.variables {
            inspection.look_at(value, true);
        }
        draft.record.prompt = self.name;
        if let Some(messages) = body["messages"].as_array_mut() {
            messages.insert(0, json!({ "role": "system", "content": self.text }));
        }
    }
}

fn variables_of(named: &Value) -> Result<BTreeMap<String, String>, Refusal> {
    let given = named.get("variables").filter(|variables| !variables.is_null());
    let Some(given) = given else { return Ok(BTreeMap::new()) };
    let texts = given.as_object().and_then(|fields| {
        fields.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
    });
    texts.ok_or_else(|| {
        at("invalid_value", "prompt: variables는 이름마다 글이어야 합니다.", "prompt: variables must be texts by name.")
    })
}

/// The text with the variables in place of `{{name}}`.
fn filled(text: &str, variables: &BTreeMap<String, String>) -> Result<String, Refusal> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, after)) = behind.split_once("}}") else {
            filled.push_str("{{");
            rest = behind;
            continue;
        };
        let value = variables.get(name.trim()).ok_or_else(|| {
            at(
                "prompt_variable_missing",
                format!("prompt: 변수 「{}」의 값이 필요합니다.", name.trim()),
                format!("prompt: the variable {:?} needs a value.", name.trim()),
            )
        })?;
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_stand_where_the_prompt_wants_them() {
        let variables = BTreeMap::from([("이름".to_owned(), "{{b}}".to_owned()), ("b".to_owned(), "x".to_owned())]);
        assert_eq!(filled("{{이름}}와 {{ b }} {{", &variables).unwrap(), "{{b}}와 x {{");
        assert_eq!(filled("{{c}}", &variables).unwrap_err().code, "prompt_variable_missing");
        assert!(variables_of(&json!({ "variables": { "a": 1 } })).is_err());
    }
}
