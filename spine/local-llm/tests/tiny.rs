//! A model that the test makes itself: a Llama of a few thousand random weights, with the 256 bytes and two marks as its tokens. It says
//! nothing that anybody would read, but it says it in the way that large ones do.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, helpers of tests included"
)]

use std::{path::Path, sync::Arc};

use axum::{body::Body, http::Request};
use candle_core::{
    Device, Tensor,
    quantized::{
        GgmlDType, QTensor,
        gguf_file::{self, Value},
    },
};
use http_body_util::BodyExt as _;
use maru_gateway::{
    Finish, Gateway, GatewayOptions, LocalError, LocalModel, LocalPrompt, LocalRequest, Registry, Role, Written,
    hash_key, projections,
};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys};
use maru_local_llm::{GgufModel, OpenError};

const WIDTH: usize = 32;
const INNER: usize = 64;
const LAYERS: usize = 2;
const CONTEXT: u32 = 512;
const TEMPLATE: &str = "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

/// Random numbers that are the same everywhere (a linear congruence), between -0.5 and 0.5.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f32::from(u16::try_from(self.0 >> 48).unwrap()) / 65_536.0 - 0.5
    }

    fn weights(&mut self, rows: usize, columns: usize) -> QTensor {
        let values: Vec<f32> = (0..rows * columns).map(|_| self.next()).collect();
        let tensor = Tensor::from_vec(values, (rows, columns), &Device::Cpu).unwrap();
        QTensor::quantize(&tensor, GgmlDType::Q8_0).unwrap()
    }
}

fn ones() -> QTensor {
    QTensor::quantize(&Tensor::ones(WIDTH, candle_core::DType::F32, &Device::Cpu).unwrap(), GgmlDType::F32).unwrap()
}

/// The 256 bytes as byte-level tokens write them: those that can be printed as they are, the others from U+0100 on.
fn bytes() -> Vec<String> {
    let is_printed = |byte: u32| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    let mut others = 0x100..;
    let letter = |byte: u32| if is_printed(byte) { byte } else { others.next().unwrap() };
    (0..256).map(letter).map(|letter| char::from_u32(letter).unwrap().to_string()).collect()
}

fn metadata(architecture: &str, cut: &str) -> Vec<(String, Value)> {
    let mut tokens = bytes();
    tokens.extend(["<|im_start|>", "<|im_end|>"].map(str::to_owned));
    let kinds = (0..tokens.len()).map(|place| Value::I32(if place < 256 { 1 } else { 3 })).collect();
    let texts = |texts: Vec<String>| Value::Array(texts.into_iter().map(Value::String).collect());
    let of = |name: &str| format!("{architecture}.{name}");
    vec![
        ("general.architecture".into(), Value::String(architecture.into())),
        (of("context_length"), Value::U32(CONTEXT)),
        (of("embedding_length"), Value::U32(u32::try_from(WIDTH).unwrap())),
        (of("feed_forward_length"), Value::U32(u32::try_from(INNER).unwrap())),
        (of("block_count"), Value::U32(u32::try_from(LAYERS).unwrap())),
        (of("attention.head_count"), Value::U32(4)),
        (of("attention.head_count_kv"), Value::U32(2)),
        (of("rope.dimension_count"), Value::U32(8)),
        (of("attention.layer_norm_rms_epsilon"), Value::F32(1e-5)),
        ("tokenizer.ggml.model".into(), Value::String("gpt2".into())),
        ("tokenizer.ggml.pre".into(), Value::String(cut.into())),
        ("tokenizer.ggml.tokens".into(), texts(tokens)),
        ("tokenizer.ggml.token_type".into(), Value::Array(kinds)),
        ("tokenizer.ggml.merges".into(), texts(Vec::new())),
        ("tokenizer.ggml.eos_token_id".into(), Value::U32(257)),
        ("tokenizer.chat_template".into(), Value::String(TEMPLATE.into())),
    ]
}

/// Writes a model file.
fn make(path: &Path, metadata: &[(String, Value)]) {
    let mut chance = Chance(7);
    let mut tensors = vec![
        ("token_embd.weight".to_owned(), chance.weights(258, WIDTH)),
        ("output_norm.weight".to_owned(), ones()),
        ("output.weight".to_owned(), chance.weights(258, WIDTH)),
    ];
    for layer in 0..LAYERS {
        for (name, rows, columns) in [
            ("attn_q", WIDTH, WIDTH),
            ("attn_k", WIDTH / 2, WIDTH),
            ("attn_v", WIDTH / 2, WIDTH),
            ("attn_output", WIDTH, WIDTH),
            ("ffn_gate", INNER, WIDTH),
            ("ffn_up", INNER, WIDTH),
            ("ffn_down", WIDTH, INNER),
        ] {
            tensors.push((format!("blk.{layer}.{name}.weight"), chance.weights(rows, columns)));
        }
        tensors.push((format!("blk.{layer}.attn_norm.weight"), ones()));
        tensors.push((format!("blk.{layer}.ffn_norm.weight"), ones()));
    }
    let metadata: Vec<(&str, &Value)> = metadata.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    gguf_file::write(&mut std::fs::File::create(path).unwrap(), &metadata, &tensors).unwrap();
}

fn model() -> (tempfile::TempDir, GgufModel) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    make(&path, &metadata("llama", "llama-bpe"));
    let model = GgufModel::open(&path).unwrap();
    (folder, model)
}

fn asked(prompt: LocalPrompt) -> LocalRequest {
    LocalRequest { prompt, max_tokens: Some(24), temperature: 0.0, top_p: 1.0, seed: 1, stop: Vec::new() }
}

fn text(text: &str) -> LocalRequest {
    asked(LocalPrompt::Text(text.to_owned()))
}

fn written(model: &GgufModel, request: &LocalRequest) -> (String, Written) {
    let mut answer = String::new();
    let written = model.write(request, &mut |piece| {
        answer.push_str(piece);
        true
    });
    (answer, written.unwrap())
}

#[test]
fn the_same_file_request_and_seed_give_the_same_answer() {
    let (_folder, model) = model();
    let (_other_folder, other) = self::model();
    assert_eq!(model.fingerprint(), other.fingerprint());
    assert!(model.fingerprint().starts_with("gguf-") && model.fingerprint().len() == 21);
    let question = text("대형폐기물은");
    let (first, counted) = written(&model, &question);
    assert!(!first.is_empty() && (1..=24).contains(&counted.tokens_out), "{first:?} {counted:?}");
    assert_eq!(counted.tokens_in, 18, "six syllables of three bytes");
    // Another answer between leaves nothing behind.
    written(&model, &text("something else"));
    assert_eq!(written(&model, &question).0, first);
    assert_eq!(written(&other, &question).0, first);
    let by_chance = |seed| written(&model, &LocalRequest { temperature: 1.5, seed, ..question.clone() }).0;
    assert_eq!(by_chance(5), by_chance(5));
    assert_ne!(by_chance(5), by_chance(6));
    // Of all tokens only the likeliest: no chance is left.
    let likeliest = LocalRequest { temperature: 1.0, top_p: 0.0, seed: 9, ..question };
    assert_eq!(written(&model, &likeliest).0, first);
}

#[test]
fn a_long_prompt_taken_in_portions_leads_on_as_one_taken_token_by_token() {
    let (_folder, model) = model();
    // 64 + 8 + 5: the last token of the answer to one is asked for after the other, one token longer.
    let long = "가나다라마바사아자차카타파하거너더러머버서어저처커터".chars().take(25).collect::<String>() + "ab";
    let (answer, counted) = written(&model, &text(&long));
    assert_eq!(counted.tokens_in, 77);
    let ascii: Vec<char> = answer.chars().take_while(char::is_ascii).collect();
    let start: String = ascii.iter().collect();
    if let Some(first) = ascii.first() {
        let (later, _) = written(&model, &text(&format!("{long}{first}")));
        assert!(later.starts_with(&start[1..]), "{answer:?} {later:?}");
    }
}

#[test]
fn an_answer_ends_where_it_is_told_to() {
    let (_folder, model) = model();
    let question = text("a b");
    let (whole, counted) = written(&model, &question);
    let three = LocalRequest { max_tokens: Some(3), ..question.clone() };
    let (short, few) = written(&model, &three);
    assert!(whole.starts_with(short.trim_end_matches('\u{fffd}')), "{whole:?} {short:?}");
    assert_eq!((few.tokens_out, few.finish), (3, Finish::Length));
    let none = written(&model, &LocalRequest { max_tokens: Some(0), ..question.clone() });
    assert_eq!((none.0.as_str(), none.1.tokens_out), ("", 0));
    let middle = whole.chars().nth(whole.chars().count() / 2).unwrap();
    let stopped = LocalRequest { stop: vec![middle.to_string()], ..question.clone() };
    let (before, ended) = written(&model, &stopped);
    assert_eq!(before, whole.split(middle).next().unwrap());
    assert!(ended.finish == Finish::Stop && ended.tokens_out <= counted.tokens_out);
    // Nobody listens any more.
    let mut heard = 0;
    let left = model.write(&question, &mut |piece| {
        heard += usize::from(!piece.is_empty());
        heard < 2
    });
    assert!(left.unwrap().tokens_out <= counted.tokens_out && heard == 2);
}

#[test]
fn the_context_has_an_end() {
    let (_folder, model) = model();
    let until_the_end = LocalRequest { max_tokens: None, temperature: 1.0, ..text(&"a".repeat(500)) };
    let (_, counted) = written(&model, &until_the_end);
    assert!(counted.tokens_out <= 12, "{counted:?}");
    let too_long = model.write(&text(&"a".repeat(600)), &mut |_| true).unwrap_err();
    assert_eq!(too_long, LocalError::TooLong { tokens: 600, context: 512 });
    assert!(matches!(model.write(&text(""), &mut |_| true), Err(LocalError::Unable(_))));
}

#[test]
fn what_is_not_understood_is_refused_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.gguf");
    let refused = |architecture: &str, cut: &str| {
        make(&path, &metadata(architecture, cut));
        GgufModel::open(&path).unwrap_err().to_string()
    };
    let architecture = refused("exaone4", "gpt-2");
    assert!(architecture.contains("exaone4") && architecture.contains("qwen3"), "{architecture}");
    let cut = refused("llama", "exaone");
    assert!(cut.contains("exaone") && cut.contains("llama-bpe"), "{cut}");
    let whole = std::fs::read(&path).unwrap();
    make(&path, &metadata("llama", "gpt-2"));
    assert!(GgufModel::open(&path).is_ok());
    for length in [0, 3, 40, 1_000, whole.len() / 2, whole.len() - 100] {
        std::fs::write(&path, &std::fs::read(&path).unwrap()[..length]).unwrap();
        let error = GgufModel::open(&path).unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. } | OpenError::Unknown { .. }), "{length}: {error}");
        make(&path, &metadata("llama", "gpt-2"));
    }
    assert!(matches!(GgufModel::open(Path::new("/nowhere")), Err(OpenError::Unreadable { .. })));
}

#[test]
fn a_file_without_template_continues_texts_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.gguf");
    let without: Vec<_> =
        metadata("llama", "qwen2").into_iter().filter(|(name, _)| !name.contains("template")).collect();
    make(&path, &without);
    let model = GgufModel::open(&path).unwrap();
    let turns = asked(LocalPrompt::Turns(vec![(Role::User, "a".to_owned())]));
    assert!(matches!(model.write(&turns, &mut |_| true), Err(LocalError::Unable(_))));
    assert!(!written(&model, &text("a")).0.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_the_gateway_it_is_a_model_like_any_other() {
    let (folder, model) = model();
    let fingerprint = model.fingerprint().to_owned();
    let config = LedgerConfig::new(
        format!("sqlite:{}", folder.path().join("maru.db").display()),
        LedgerKeys::new([1; 32], [2; 32]),
        "test.example/log",
    );
    let ledger = Ledger::open(config, projections()).await.unwrap();
    let registry = format!(
        "[[backends]]\nid = \"here\"\nurl = \"local:tiny\"\nzone = \"secret\"\ncapacity = 1\n[[models]]\nid = \"tiny\"\nmaker = \"-\"\nstate = \"approved\"\nroutes = [{{ backend = \"here\" }}]\n[[keys]]\nid = \"k\"\nhash = \"{}\"\nagency = \"a\"\nsystem = \"s\"\npurpose = \"p\"\n",
        hash_key("key")
    );
    let mut options = GatewayOptions::new(ledger, Registry::from_toml(&registry).unwrap());
    options.local_models.insert("tiny".into(), Arc::new(model));
    let gateway = Gateway::open(options).await.unwrap();
    let ask = async |stream: bool| {
        let mut body = serde_json::json!({ "model": "tiny", "stream": stream, "temperature": 0, "max_tokens": 12,
            "messages": [{ "role": "user", "content": "여권" }] });
        if stream {
            body["stream_options"] = serde_json::json!({ "include_usage": true });
        }
        let request = Request::post("/v1/chat/completions").header("authorization", "Bearer key");
        let answer = gateway.answer(request.body(Body::from(body.to_string())).unwrap()).await;
        assert_eq!(answer.status(), 200);
        String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    };
    let whole: serde_json::Value = serde_json::from_str(&ask(false).await).unwrap();
    assert_eq!(whole["system_fingerprint"], fingerprint.as_str());
    assert_eq!(whole["maru"]["ai_generated"], true);
    // The mark, «user» and a line; two syllables, the mark and a line; the mark, «assistant» and a line.
    assert_eq!(whole["usage"]["prompt_tokens"], (1 + 4 + 1) + (6 + 1 + 1) + (1 + 9 + 1), "{whole}");
    let said = whole["choices"][0]["message"]["content"].as_str().unwrap();
    let streamed = ask(true).await;
    let events = streamed.split("\n\n").filter_map(|event| event.strip_prefix("data: "));
    let events: Vec<serde_json::Value> =
        events.filter(|event| *event != "[DONE]").map(|event| serde_json::from_str(event).unwrap()).collect();
    let delta = |event: &serde_json::Value| {
        event.pointer("/choices/0/delta/content").and_then(|text| text.as_str().map(str::to_owned))
    };
    assert_eq!(events.iter().filter_map(delta).collect::<String>(), said);
    let usage: Vec<_> = events.iter().map(|event| &event["usage"]).filter(|usage| !usage.is_null()).collect();
    assert_eq!(usage, [&whole["usage"]], "the same answer has the same usage");
    // Both stand on the record, with what they took.
    gateway.flush().await;
    let calls = gateway.recorded_since(jiff::Timestamp::UNIX_EPOCH, 10).await.unwrap();
    let counted: Vec<_> =
        calls.iter().map(|call| (call.record.stream, call.record.tokens_in, call.record.tokens_out)).collect();
    let (tokens_in, tokens_out) =
        (whole["usage"]["prompt_tokens"].as_u64().unwrap(), whole["usage"]["completion_tokens"].as_u64().unwrap());
    assert!((1..=12).contains(&tokens_out), "{whole}");
    assert_eq!(counted, [(false, tokens_in, tokens_out), (true, tokens_in, tokens_out)]);
}
