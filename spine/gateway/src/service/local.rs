//! The embedded model at each route.

use std::sync::Arc;

use base64::Engine as _;
use serde_json::{Value, json};

use super::Kind;
use crate::{
    embedded::{self, EMBEDDED_MODEL, Extracted},
    error::Refusal,
    gateway::Inner,
};

/// Numbers of a vector where the caller names none.
const DIMENSIONS: usize = 512;
const MOST_DIMENSIONS: u64 = 4_096;
/// Texts of one call.
const MOST_TEXTS: usize = 2_048;

/// What came out: the answer's bytes (JSON, or events of a stream), text for the record, tokens in and out.
pub(super) struct Local {
    pub(super) bytes: Vec<u8>,
    pub(super) tokens: (u64, u64),
}

pub(super) async fn compute(
    inner: &Arc<Inner>,
    kind: Kind,
    id: &str,
    body: Value,
    stream: bool,
) -> Result<Local, Refusal> {
    let inner = Arc::clone(inner);
    let id = id.to_owned();
    // It computes for milliseconds: not on a thread that others wait for.
    let computed = tokio::task::spawn_blocking(move || match kind {
        Kind::Chat | Kind::Responses | Kind::Native(_) => chat(&inner, &id, &body, stream),
        Kind::Completions => Ok(completions(&inner, &id, &body, stream)),
        Kind::Embeddings => embeddings(&body),
        Kind::Rerank => rerank(&body),
    });
    computed.await.unwrap_or_else(|_| {
        Err(Refusal::unavailable(
            "embedded_model_failed",
            "내장 모델이 답하지 못했습니다.",
            "The embedded model could not answer.",
        ))
    })
}

fn chat(inner: &Inner, id: &str, body: &Value, stream: bool) -> Result<Local, Refusal> {
    embedded::refuse_what_it_cannot(body)?;
    let extracted = embedded::extract(body, inner.knowledge.as_deref());
    let created = inner.clock.now().as_second();
    let bytes = if stream {
        embedded::completion_stream(id, created, &extracted)
    } else {
        embedded::completion(id, created, &extracted).to_string().into_bytes()
    };
    Ok(Local { bytes, tokens: (extracted.tokens_in, extracted.tokens_out) })
}

fn completions(inner: &Inner, id: &str, body: &Value, stream: bool) -> Local {
    let extracted = embedded::extract(body, inner.knowledge.as_deref());
    let Extracted { text, tokens_in, tokens_out } = &extracted;
    let usage =
        json!({ "prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out });
    let created = inner.clock.now().as_second();
    let answer = json!({ "id": id, "object": "text_completion", "created": created, "model": EMBEDDED_MODEL,
        "choices": [{ "index": 0, "text": text, "logprobs": null, "finish_reason": "stop" }], "usage": usage });
    let bytes = if stream { format!("data: {answer}\n\ndata: [DONE]\n\n") } else { answer.to_string() };
    Local { bytes: bytes.into_bytes(), tokens: (*tokens_in, *tokens_out) }
}

/// The texts in a field: one, or a list of texts or of objects with `text`.
fn texts(body: &Value, name: &str) -> Result<Vec<String>, Refusal> {
    let unreadable = || {
        Refusal::bad(
            "unsupported_by_model",
            format!("{name}: {EMBEDDED_MODEL} 모델은 글만 받습니다(토큰 번호는 받지 않습니다)."),
            format!("{name}: the model {EMBEDDED_MODEL} takes texts only, no token numbers."),
        )
        .at(name)
    };
    let of_item =
        |item: &Value| item.as_str().or_else(|| item.get("text")?.as_str()).map(str::to_owned).ok_or_else(unreadable);
    let texts = match body.get(name) {
        Some(Value::Array(items)) => items.iter().map(of_item).collect::<Result<Vec<_>, _>>()?,
        Some(item) => vec![of_item(item)?],
        None => return Err(unreadable()),
    };
    if texts.len() > MOST_TEXTS {
        return Err(Refusal::bad(
            "too_many_inputs",
            format!("{name}: 한 번에 {MOST_TEXTS}개까지 보낼 수 있습니다."),
            format!("{name}: at most {MOST_TEXTS} texts are taken at once."),
        ));
    }
    Ok(texts)
}

fn embeddings(body: &Value) -> Result<Local, Refusal> {
    let texts = texts(body, "input")?;
    let dimensions = match body.get("dimensions") {
        None | Some(Value::Null) => DIMENSIONS,
        Some(value) => value
            .as_u64()
            .filter(|number| (1..=MOST_DIMENSIONS).contains(number))
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| {
                Refusal::bad(
                    "invalid_value",
                    "dimensions: 1부터 4096까지의 정수여야 합니다.",
                    "dimensions: it must be a whole number from 1 to 4096.",
                )
                .at("dimensions")
            })?,
    };
    let in_base64 = body.get("encoding_format").and_then(Value::as_str) == Some("base64");
    let tokens: u64 = texts.iter().map(|text| embedded::tokens(text)).sum();
    let data: Vec<Value> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let vector = embedded::embed(text, dimensions);
            let embedding = if in_base64 {
                let bytes: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
                json!(base64::engine::general_purpose::STANDARD.encode(bytes))
            } else {
                json!(vector)
            };
            json!({ "object": "embedding", "index": index, "embedding": embedding })
        })
        .collect();
    let answer = json!({ "object": "list", "model": EMBEDDED_MODEL, "data": data,
        "usage": { "prompt_tokens": tokens, "total_tokens": tokens } });
    Ok(Local { bytes: answer.to_string().into_bytes(), tokens: (tokens, 0) })
}

/// The form of Jina and Cohere, as vLLM speaks it too.
fn rerank(body: &Value) -> Result<Local, Refusal> {
    let query = texts(body, "query")?.concat();
    let documents = texts(body, "documents")?;
    let scores = embedded::rank(&query, &documents);
    let mut order: Vec<usize> = (0..documents.len()).collect();
    order.sort_by(|left, right| scores[*right].total_cmp(&scores[*left]));
    let top =
        body.get("top_n").and_then(Value::as_u64).and_then(|top| usize::try_from(top).ok()).unwrap_or(order.len());
    order.truncate(top);
    let with_documents = body.get("return_documents").and_then(Value::as_bool).unwrap_or(true);
    let result = |place: &usize| {
        let mut result = json!({ "index": place, "relevance_score": scores[*place] });
        if with_documents {
            result["document"] = json!({ "text": documents[*place] });
        }
        result
    };
    let tokens: u64 = documents.iter().map(|text| embedded::tokens(text)).sum::<u64>() + embedded::tokens(&query);
    let answer = json!({ "id": "rerank", "model": EMBEDDED_MODEL, "results": order.iter().map(result).collect::<Vec<_>>(),
        "usage": { "prompt_tokens": tokens, "total_tokens": tokens } });
    Ok(Local { bytes: answer.to_string().into_bytes(), tokens: (tokens, 0) })
}
