//! The Responses API as a server speaks it that works for one agency alone: nothing is translated. Where texts stand in it, so that every one
//! of them passes policy. What is no text is listed; whatever is not listed is looked at.

use serde_json::Value;

use super::shape::{look_at, wrong};
use crate::{error::Refusal, policy::Inspection};

/// Fields that hold names, kinds or bytes, no text.
const NO_TEXT: &[&str] = &[
    "id",
    "type",
    "role",
    "status",
    "object",
    "model",
    "call_id",
    "item_id",
    "name",
    "phase",
    "detail",
    "file_id",
    "container_id",
    "image_url",
    "file_data",
    "encrypted_content",
    "response_id",
    "previous_response_id",
    "service_tier",
    "truncation",
    "tools",
    "first_id",
    "last_id",
    "effort",
];

/// How images begin in base64: PNG, JPEG, WebP, GIF, and the boxes of AVIF and HEIC.
const IMAGES: [&str; 6] = ["iVBORw0KGgo", "/9j/", "UklGR", "R0lGOD", "AAAAHGZ0eX", "AAAAIGZ0eX"];
/// A shorter text is no image.
const SMALLEST_IMAGE: usize = 64;

/// Whether a text is an image in base64. It is passed on as it is, byte by byte: what an image says of its origin (C2PA) is signed. It holds no instructions, since it has no spaces.
pub(super) fn is_image(text: &str) -> bool {
    text.len() >= SMALLEST_IMAGE
        && IMAGES.iter().any(|beginning| text.starts_with(beginning))
        && text.trim_end_matches('=').bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

/// Every text in a value, with the name of its field.
pub(crate) fn for_each_text(value: &mut Value, look: &mut dyn FnMut(&str, &mut String)) {
    each(value, "", look);
}

fn each(value: &mut Value, name: &str, look: &mut dyn FnMut(&str, &mut String)) {
    match value {
        Value::String(text) if is_image(text) => {}
        Value::String(text) => look(name, text),
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, name, look)),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut().filter(|(name, _)| !NO_TEXT.contains(&name.as_str())) {
                each(value, name, look);
            }
        }
        _ => {}
    }
}

/// Takes out what lists a text token by token (`logprobs`), wherever it stands in a value: where something was taken out of the text, its
/// tokens would still tell it.
pub(crate) fn forget_tokens(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget_tokens),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match (name.as_str(), &*value) {
                    ("logprobs", Value::Array(_)) => *value = Value::Array(Vec::new()),
                    ("logprobs", _) => *value = Value::Null,
                    _ => forget_tokens(value),
                }
            }
        }
        _ => {}
    }
}

/// Looks at every text of a value that a caller wrote, names of fields left out.
pub(super) fn inspect_all(value: &mut Value, inspection: &mut Inspection<'_>) {
    for_each_text(value, &mut |_, text| {
        if let Some(masked) = inspection.look_at(text, true) {
            *text = masked;
        }
    });
}

/// Looks at every text of a request and puts masked ones in place.
pub(super) fn inspect(body: &mut Value, inspection: &mut Inspection<'_>) -> Result<(), Refusal> {
    if let Some(instructions) = body.get_mut("instructions") {
        look_at(instructions, false, inspection);
    }
    match body.get_mut("input") {
        Some(text @ Value::String(_)) => look_at(text, true, inspection),
        Some(Value::Array(items)) => {
            for item in items {
                // What the deployment itself says is instructions; what everybody else says must not be.
                let by_deployment = matches!(item["role"].as_str(), Some("system" | "developer"));
                for_each_text(item, &mut |_, text| {
                    if let Some(masked) = inspection.look_at(text, !by_deployment) {
                        *text = masked;
                    }
                });
            }
        }
        None | Some(Value::Null) => {}
        Some(_) => {
            return Err(wrong("input", "글이나 항목의 목록이어야 합니다.", "it must be text or a list of items."));
        }
    }
    if let Some(variables) = body.pointer_mut("/prompt/variables") {
        inspect_all(variables, inspection);
    }
    Ok(())
}

/// What a response says, all its texts together.
pub(super) fn text_of(response: &Value) -> String {
    let items = response["output"].as_array().into_iter().flatten();
    let parts = items.flat_map(|item| item["content"].as_array().into_iter().flatten());
    parts.filter_map(|part| part["text"].as_str()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::policy::{DataClass, PolicySettings};

    #[test]
    fn every_text_is_looked_at_wherever_it_stands() {
        let settings = PolicySettings::default();
        let mut inspection = Inspection::new(&settings, DataClass::Open);
        let phone = "010-1234-5678로 전화";
        let mut body = json!({ "model": "m", "instructions": phone, "prompt": { "id": "p", "variables": { "a": phone } },
            "input": [{ "role": "user", "content": [{ "type": "input_text", "text": phone }] },
                { "type": "function_call_output", "call_id": "1", "output": phone }, { "type": "odd", "unknown": [phone] }] });
        inspect(&mut body, &mut inspection).unwrap();
        assert!(!body.to_string().contains("1234-5678"), "{body}");
        assert_eq!(body["input"][1]["call_id"], "1");
        assert!(inspect(&mut json!({ "input": 3 }), &mut inspection).is_err());
    }

    #[test]
    fn an_image_is_told_from_words_that_begin_like_one() {
        let image = format!("iVBORw0KGgo{}==", "AKIAIOSFODNN7EXAMPLE".repeat(4));
        assert!(is_image(&image));
        for words in [
            "iVBORw0KGgo",
            &image.replace("AKIA", "AKIA "),
            &image.replacen("iVBOR", "", 1),
            &format!("{image} 010-1234-5678"),
        ] {
            assert!(!is_image(words), "{words}");
        }
    }

    #[test]
    fn what_a_response_says_is_put_together() {
        let response =
            json!({ "output": [{ "type": "reasoning" }, { "content": [{ "text": "a" }, { "text": "b" }] }] });
        assert_eq!(text_of(&response), "ab");
    }
}
