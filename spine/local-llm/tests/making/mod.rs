//! Makes model files of a hundred kibibytes with random weights: they say nothing that makes sense, in the way that large ones do.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, helpers of tests included")]

use std::path::Path;

use candle_core::{
    DType, Device, Tensor,
    quantized::{
        GgmlDType, QTensor,
        gguf_file::{self, Value},
    },
};

const WIDTH: usize = 32;
const INNER: usize = 64;
const LAYERS: usize = 2;
const HEADS: usize = 4;
const SHARED_HEADS: usize = 2;
const OF_HEAD: usize = WIDTH / HEADS;
const TOKENS: usize = 258;
/// Tokens that the model takes with the answer's.
const CONTEXT: u32 = 512;
const TEMPLATE: &str = "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

/// What a file says of itself, before it is written.
pub(crate) type Metadata = Vec<(String, Value)>;

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

fn ones(length: usize) -> QTensor {
    let ones = Tensor::ones(length, DType::F32, &Device::Cpu).unwrap();
    QTensor::quantize(&ones, GgmlDType::F32).unwrap()
}

/// The 256 bytes as byte-level tokens write them: those that can be printed as they are, the others from U+0100 on.
fn bytes() -> Vec<String> {
    let is_printed = |byte: u32| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    let mut others = 0x100..;
    let letter = |byte: u32| if is_printed(byte) { byte } else { others.next().unwrap() };
    (0..256).map(letter).map(|letter| char::from_u32(letter).unwrap().to_string()).collect()
}

fn number(number: usize) -> Value {
    Value::U32(u32::try_from(number).unwrap())
}

/// What a file of an `architecture` says whose tokens are single bytes and the two marks of turns, and whose texts are `cut` so.
pub(crate) fn metadata(architecture: &str, cut: &str) -> Metadata {
    let mut tokens = bytes();
    tokens.extend(["<|im_start|>", "<|im_end|>"].map(str::to_owned));
    let kinds = (0..TOKENS).map(|place| Value::I32(if place < 256 { 1 } else { 3 })).collect();
    let texts = |texts: Vec<String>| Value::Array(texts.into_iter().map(Value::String).collect());
    let of = |name: &str| format!("{architecture}.{name}");
    vec![
        ("general.architecture".into(), Value::String(architecture.into())),
        (of("context_length"), Value::U32(CONTEXT)),
        (of("embedding_length"), number(WIDTH)),
        (of("feed_forward_length"), number(INNER)),
        (of("block_count"), number(LAYERS)),
        (of("attention.head_count"), number(HEADS)),
        (of("attention.head_count_kv"), number(SHARED_HEADS)),
        (of("attention.key_length"), number(OF_HEAD)),
        (of("rope.dimension_count"), number(OF_HEAD)),
        (of("rope.freq_base"), Value::F32(10_000.0)),
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

/// The weights of a layer by their names and sizes; a size alone is a vector of ones.
fn layer(architecture: &str) -> Vec<(&'static str, usize, Option<usize>)> {
    let shared = SHARED_HEADS * OF_HEAD;
    let mut layer = vec![
        ("attn_output.weight", WIDTH, Some(WIDTH)),
        ("ffn_down.weight", WIDTH, Some(INNER)),
        ("attn_norm.weight", WIDTH, None),
        ("ffn_norm.weight", WIDTH, None),
    ];
    if architecture == "phi3" {
        layer.extend([("attn_qkv.weight", WIDTH + 2 * shared, Some(WIDTH)), ("ffn_up.weight", 2 * INNER, Some(WIDTH))]);
        return layer;
    }
    layer.extend([
        ("attn_q.weight", WIDTH, Some(WIDTH)),
        ("attn_k.weight", shared, Some(WIDTH)),
        ("attn_v.weight", shared, Some(WIDTH)),
        ("ffn_gate.weight", INNER, Some(WIDTH)),
        ("ffn_up.weight", INNER, Some(WIDTH)),
    ]);
    if architecture == "qwen2" {
        layer.extend([("attn_q.bias", WIDTH, None), ("attn_k.bias", shared, None), ("attn_v.bias", shared, None)]);
    }
    if architecture == "qwen3" {
        layer.extend([("attn_q_norm.weight", OF_HEAD, None), ("attn_k_norm.weight", OF_HEAD, None)]);
    }
    layer
}

/// Writes a model file with the weights of an `architecture`, whatever `metadata` says.
pub(crate) fn write(path: &Path, architecture: &str, metadata: &Metadata) {
    let mut chance = Chance(7);
    let mut tensors = vec![
        ("token_embd.weight".to_owned(), chance.weights(TOKENS, WIDTH)),
        ("output_norm.weight".to_owned(), ones(WIDTH)),
        ("output.weight".to_owned(), chance.weights(TOKENS, WIDTH)),
    ];
    for place in 0..LAYERS {
        for (name, rows, columns) in layer(architecture) {
            let weights = columns.map_or_else(|| ones(rows), |columns| chance.weights(rows, columns));
            tensors.push((format!("blk.{place}.{name}"), weights));
        }
    }
    let metadata: Vec<(&str, &Value)> = metadata.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    gguf_file::write(&mut std::fs::File::create(path).unwrap(), &metadata, &tensors).unwrap();
}
