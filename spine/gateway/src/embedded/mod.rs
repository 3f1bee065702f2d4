//! `maru-extractive`: the model in this program. It writes nothing of its own: it copies sentences from what it was given (or from the
//! deployment's knowledge) that share most with the question, and says so. Embeddings are hashed character n-grams; see [`embed`].

mod answer;
mod vector;

use serde_json::{Value, json};

pub(crate) use answer::{Extracted, extract, rank};
pub use vector::embed;

use crate::{
    error::Refusal,
    policy::DataClass,
    registry::{Backend, Capability, ModelEntry, ModelState, Route, Routing, Zone},
};

/// The name of the model in this program.
pub const EMBEDDED_MODEL: &str = "maru-extractive";
const BACKEND: &str = "embedded";

/// A passage of the deployment's knowledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcePassage {
    /// How it is named among sources: «「민법」 제3조».
    pub reference: String,
    /// Its text.
    pub text: String,
}

/// Where the embedded model looks when a conversation brings no text of its own. The binary supplies it.
pub trait KnowledgeSource: Send + Sync {
    /// Passages that answer a question, best first. May take milliseconds: it is called on a thread for such work.
    fn find(&self, question: &str, limit: usize) -> Vec<SourcePassage>;
}

/// The back end as the registry has it. It stands where this server stands: an agency in another zone registers `embedded` anew.
pub(crate) fn backend() -> Backend {
    Backend {
        id: BACKEND.into(),
        url: "embedded:".into(),
        zone: Zone::Work,
        accelerator: "cpu".into(),
        capacity: 256,
        key_variable: String::new(),
        connect_seconds: 1,
        first_byte_seconds: 10,
        idle_seconds: 10,
        tenant: String::new(),
    }
}

/// The model as the registry has it.
pub(crate) fn entry() -> ModelEntry {
    ModelEntry {
        id: EMBEDDED_MODEL.into(),
        maker: "Maru".into(),
        sovereign: true,
        state: ModelState::Approved,
        highest_class: DataClass::Classified,
        context: 262_144,
        answer_tokens: 2_048,
        capabilities: vec![Capability::Chat, Capability::Embeddings, Capability::Rerank],
        won_per_million_in: 0,
        won_per_million_out: 0,
        high_impact: false,
        supervisor: String::new(),
        facts: Vec::new(),
        routes: vec![Route {
            backend: BACKEND.into(),
            model: String::new(),
            weight: 100,
            version: env!("CARGO_PKG_VERSION").into(),
        }],
        routing: Routing::default(),
    }
}

/// Its unit of text: three bytes, about a Korean syllable; it has no tokenizer.
pub(crate) fn tokens(text: &str) -> u64 {
    (text.len() as u64).div_ceil(3)
}

/// What the embedded model cannot do is refused, never pretended.
pub(crate) fn refuse_what_it_cannot(body: &Value) -> Result<(), Refusal> {
    let format = body.pointer("/response_format/type").and_then(Value::as_str).unwrap_or("text");
    let unable = |what: &str| {
        Err(Refusal::bad(
            "unsupported_by_model",
            format!("{EMBEDDED_MODEL} 모델은 {what} 기능이 없습니다. 다른 모델을 고르세요."),
            format!("The model {EMBEDDED_MODEL} cannot do {what}: it copies sentences. Choose another model."),
        ))
    };
    if format != "text" {
        return unable("response_format").map_err(|refusal: Refusal| refusal.at("response_format"));
    }
    let forced = body.get("tool_choice").is_some_and(|choice| choice.is_object() || choice == "required");
    if forced {
        return unable("tool_choice").map_err(|refusal: Refusal| refusal.at("tool_choice"));
    }
    Ok(())
}

/// A chat completion in OpenAI's form.
pub(crate) fn completion(id: &str, created: i64, extracted: &Extracted) -> Value {
    json!({
        "id": id, "object": "chat.completion", "created": created, "model": EMBEDDED_MODEL,
        "choices": [{ "index": 0, "finish_reason": "stop", "logprobs": null,
            "message": { "role": "assistant", "content": extracted.text, "refusal": null } }],
        "usage": usage(extracted),
    })
}

fn usage(extracted: &Extracted) -> Value {
    json!({ "prompt_tokens": extracted.tokens_in, "completion_tokens": extracted.tokens_out,
        "total_tokens": extracted.tokens_in + extracted.tokens_out })
}

/// The same as a stream: a chunk for each sentence.
pub(crate) fn completion_stream(id: &str, created: i64, extracted: &Extracted) -> Vec<u8> {
    use std::io::Write as _;
    let mut stream = Vec::new();
    let mut chunk = |choices: Value, usage: Value| {
        let chunk = json!({ "id": id, "object": "chat.completion.chunk", "created": created, "model": EMBEDDED_MODEL,
            "choices": choices, "usage": usage });
        let _ = write!(stream, "data: {chunk}\n\n");
    };
    let delta = |delta: Value, finish: Value| json!([{ "index": 0, "delta": delta, "finish_reason": finish }]);
    chunk(delta(json!({ "role": "assistant", "content": "" }), Value::Null), Value::Null);
    for line in extracted.text.split_inclusive('\n') {
        chunk(delta(json!({ "content": line }), Value::Null), Value::Null);
    }
    chunk(delta(json!({}), json!("stop")), Value::Null);
    chunk(json!([]), usage(extracted));
    stream.extend_from_slice(b"data: [DONE]\n\n");
    stream
}
