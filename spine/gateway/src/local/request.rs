//! A request of OpenAI's API as a model in this program understands it. What such a model cannot do is refused, never left out.

use maru_local_llm::{LocalPrompt, LocalRequest, Speaker};
use serde_json::Value;

use crate::error::Refusal;

/// Texts at which an answer stops, at most: as OpenAI has it.
const MOST_STOPS: usize = 4;

/// What was asked, and how the answer is to look.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) request: LocalRequest,
    pub(super) model: String,
    pub(super) shape: Shape,
    pub(super) stream: bool,
}

/// The two forms in which a model is asked to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Chat,
    Completion,
}

/// Reads what is posted to `path`; `chance` is the seed where the caller names none.
pub(super) fn read(path: &str, bytes: &[u8], chance: u64) -> Result<Asked, Refusal> {
    let shape = match path {
        "/chat/completions" => Shape::Chat,
        "/completions" => Shape::Completion,
        other => return Err(unable(other.trim_start_matches('/'))),
    };
    let body: Value = serde_json::from_slice(bytes).map_err(|error| {
        Refusal::bad(
            "invalid_json",
            "요청이 올바른 JSON이 아닙니다. 고쳐서 다시 보내세요.",
            format!("The request is no valid JSON ({error}). Correct it and send it again."),
        )
    })?;
    refuse_what_none_can(&body)?;
    let prompt = if shape == Shape::Chat { turns(&body)? } else { text(&body)? };
    let limit = whole(&body, "max_completion_tokens")?.or(whole(&body, "max_tokens")?);
    let request = LocalRequest {
        prompt,
        max_tokens: limit.map(|limit| u32::try_from(limit).unwrap_or(u32::MAX)),
        temperature: number(&body, "temperature", 0.0..=2.0)?.unwrap_or(1.0),
        top_p: number(&body, "top_p", 0.0..=1.0)?.unwrap_or(1.0),
        seed: body.get("seed").and_then(Value::as_i64).map_or(chance, i64::cast_unsigned),
        stop: stops(&body)?,
    };
    let model = body["model"].as_str().unwrap_or_default().to_owned();
    Ok(Asked { request, model, shape, stream: body["stream"] == true })
}

fn unable(what: &str) -> Refusal {
    Refusal::bad(
        "unsupported_by_model",
        format!("프로그램 안에서 도는 이 모델은 {what} 기능이 없습니다. 다른 모델을 고르세요."),
        format!("This model, which runs in the program, cannot do {what}. Choose another model."),
    )
}

fn refuse_what_none_can(body: &Value) -> Result<(), Refusal> {
    let is_set = |name: &str| match body.get(name) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Object(fields)) => !fields.is_empty(),
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(_) => true,
    };
    let one_of_many = |name: &str| body.get(name).and_then(Value::as_u64).is_some_and(|number| number > 1);
    let format = body.pointer("/response_format/type").and_then(Value::as_str).unwrap_or("text");
    let forced = body.get("tool_choice").is_some_and(|choice| choice.is_object() || choice == "required");
    let refused = ["logprobs", "logit_bias", "frequency_penalty", "presence_penalty", "echo", "suffix"];
    let wanted = refused
        .into_iter()
        .find(|name| is_set(name))
        .or_else(|| ["n", "best_of"].into_iter().find(|name| one_of_many(name)))
        .or((format != "text").then_some("response_format"))
        .or(forced.then_some("tool_choice"));
    wanted.map_or(Ok(()), |name| Err(unable(name).at(name)))
}

fn turns(body: &Value) -> Result<LocalPrompt, Refusal> {
    let messages = body.get("messages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let turns = messages.iter().map(|message| {
        let speaker = match message.get("role").and_then(Value::as_str) {
            Some("system" | "developer") => Speaker::System,
            Some("user") => Speaker::User,
            Some("assistant") => Speaker::Assistant,
            _ => return Err(unable("role: tool").at("messages")),
        };
        Ok((speaker, plain(message.get("content").unwrap_or(&Value::Null))?))
    });
    Ok(LocalPrompt::Turns(turns.collect::<Result<_, _>>()?))
}

/// The text of a message. Pictures and sound are refused.
fn plain(content: &Value) -> Result<String, Refusal> {
    match content {
        Value::String(text) => Ok(text.clone()),
        Value::Null => Ok(String::new()),
        Value::Array(parts) => {
            let of_part = |part: &Value| part.get("text").and_then(Value::as_str).map(str::to_owned);
            let texts = parts.iter().map(|part| of_part(part).ok_or_else(|| unable("image input").at("messages")));
            Ok(texts.collect::<Result<Vec<_>, _>>()?.join("\n"))
        }
        _ => Err(unable("content").at("messages")),
    }
}

fn text(body: &Value) -> Result<LocalPrompt, Refusal> {
    let prompt = match body.get("prompt") {
        Some(Value::String(text)) => Some(text),
        Some(Value::Array(texts)) if texts.len() == 1 => match &texts[0] {
            Value::String(text) => Some(text),
            _ => None,
        },
        _ => None,
    };
    prompt.map(|text| LocalPrompt::Text(text.clone())).ok_or_else(|| unable("prompt: [ … ]").at("prompt"))
}

fn whole(body: &Value, name: &str) -> Result<Option<u64>, Refusal> {
    let Some(value) = body.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
    value.as_u64().map(Some).ok_or_else(|| {
        let korean = format!("{name}: 0 이상의 정수여야 합니다.");
        Refusal::bad("invalid_value", korean, format!("{name}: it must be a whole number of at least 0.")).at(name)
    })
}

fn number(body: &Value, name: &str, range: std::ops::RangeInclusive<f64>) -> Result<Option<f64>, Refusal> {
    let Some(value) = body.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
    value.as_f64().filter(|number| range.contains(number)).map(Some).ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        let korean = format!("{name}: {least}부터 {most}까지의 수여야 합니다.");
        Refusal::bad("invalid_value", korean, format!("{name}: it must be a number from {least} to {most}.")).at(name)
    })
}

fn stops(body: &Value) -> Result<Vec<String>, Refusal> {
    let wrong = || {
        let korean = format!("stop: 비지 않은 글 {MOST_STOPS}개까지 받습니다.");
        Refusal::bad("invalid_value", korean, format!("stop: at most {MOST_STOPS} texts that are not empty are taken."))
            .at("stop")
    };
    let stops = match body.get("stop") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(stops)) => stops.as_slice(),
        Some(stop) => std::slice::from_ref(stop),
    };
    let stops = stops.iter().map(|stop| stop.as_str().filter(|stop| !stop.is_empty()).map(str::to_owned));
    let stops: Option<Vec<String>> = stops.collect();
    stops.filter(|stops| stops.len() <= MOST_STOPS).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn chat(more: &Value) -> Result<Asked, Refusal> {
        let mut body = json!({ "model": "m", "messages": [
            { "role": "developer", "content": "be brief" },
            { "role": "user", "content": [{ "type": "text", "text": "여권?" }, { "type": "text", "text": "비용?" }] },
        ] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        read("/chat/completions", body.to_string().as_bytes(), 7)
    }

    #[test]
    fn a_conversation_is_read_with_what_steers_it() {
        let asked =
            chat(&json!({ "max_tokens": 9, "temperature": 0, "stop": "끝", "seed": -1, "stream": true })).unwrap();
        assert!(asked.stream && asked.model == "m" && asked.shape == Shape::Chat);
        let turns = vec![(Speaker::System, "be brief".to_owned()), (Speaker::User, "여권?\n비용?".to_owned())];
        let expected = LocalRequest {
            prompt: LocalPrompt::Turns(turns),
            max_tokens: Some(9),
            temperature: 0.0,
            top_p: 1.0,
            seed: u64::MAX,
            stop: vec!["끝".to_owned()],
        };
        assert_eq!(asked.request, expected);
        let usual = chat(&json!({})).unwrap().request;
        assert_eq!((usual.temperature, usual.seed, usual.max_tokens), (1.0, 7, None));
    }

    #[test]
    fn what_it_cannot_do_is_refused_and_named() {
        for (more, parameter) in [
            (json!({ "n": 2 }), "n"),
            (json!({ "logprobs": true }), "logprobs"),
            (json!({ "presence_penalty": 0.5 }), "presence_penalty"),
            (json!({ "logit_bias": { "1": 3 } }), "logit_bias"),
            (json!({ "response_format": { "type": "json_object" } }), "response_format"),
            (json!({ "tool_choice": "required" }), "tool_choice"),
            (json!({ "temperature": 3 }), "temperature"),
            (json!({ "stop": [""] }), "stop"),
            (json!({ "max_tokens": -1 }), "max_tokens"),
            (json!({ "messages": [{ "role": "user", "content": [{ "type": "image_url" }] }] }), "messages"),
            (json!({ "messages": [{ "role": "tool", "content": "1" }] }), "messages"),
        ] {
            assert_eq!(chat(&more).unwrap_err().parameter.as_deref(), Some(parameter), "{more}");
        }
        for harmless in [json!({ "n": 1, "presence_penalty": 0 }), json!({ "logprobs": false, "logit_bias": {} })] {
            assert!(chat(&harmless).is_ok(), "{harmless}");
        }
        assert_eq!(read("/embeddings", b"{}", 0).unwrap_err().code, "unsupported_by_model");
    }

    #[test]
    fn a_text_is_continued_as_it_stands() {
        let asked = read("/completions", br#"{"model":"m","prompt":["a"]}"#, 0).unwrap();
        assert_eq!(asked.request.prompt, LocalPrompt::Text("a".into()));
        assert!(read("/completions", br#"{"prompt":[1,2]}"#, 0).is_err());
    }
}
