//! The tokens of a file: how a text becomes numbers, and which of them end an answer.

use std::collections::BTreeSet;

use candle_core::quantized::{
    gguf_file::{Content, Value},
    tokenizer::TokenizerFromGguf as _,
};
use tokenizers::{Tokenizer, pre_tokenizers::byte_level::ByteLevel};

use super::{letters::bytes_of, reason};

/// How a text is cut before bytes are paired (`tokenizer.ggml.pre`), under all names that llama.cpp has for one and the same way.
const LIKE_LLAMA_3: [&str; 6] = ["llama3", "llama-v3", "llama-bpe", "falcon3", "midm-2.0", "lfm2"];
const LIKE_QWEN_2: [&str; 2] = ["qwen2", "deepseek-r1-qwen"];
const LIKE_GPT_2: [&str; 4] = ["gpt-2", "gpt2", "phi-2", "a.x-4.0"];

/// Marks that end a turn, by the names that makers of models give them, where the file does not say so itself.
const ENDS: [&str; 6] = ["<|im_end|>", "<|eot_id|>", "<|end|>", "<|endofturn|>", "<|endoftext|>", "<|end_of_text|>"];

/// Kinds of tokens (`tokenizer.ggml.token_type`): marks that steer the model and are never said, and what its maker wants said as it stands.
const CONTROL: u32 = 3;
const DEFINED: u32 = 4;
/// Not known, not used.
const NOTHING: [u32; 2] = [2, 5];

/// What a file says of its tokens.
#[derive(Debug)]
pub(super) struct Tokens {
    tokenizer: Tokenizer,
    kinds: Vec<u32>,
    /// Tokens that end an answer.
    pub(super) ends: BTreeSet<u32>,
    /// The marks of a text's beginning and end.
    pub(super) begin: String,
    pub(super) end: String,
    /// All marks.
    pub(super) marks: Vec<String>,
}

impl Tokens {
    /// Reads them.
    ///
    /// # Errors
    /// What of it is not understood.
    pub(super) fn read(content: &mut Content) -> Result<Self, String> {
        let kind = text_of(content, "tokenizer.ggml.model").unwrap_or_default();
        if kind != "gpt2" {
            return Err(format!("tokens of the kind {kind:?}; only byte-level pairs (\"gpt2\") are understood"));
        }
        let cut = text_of(content, "tokenizer.ggml.pre").unwrap_or_else(|| "gpt-2".to_owned());
        let is_like = |names: &[&str]| names.contains(&cut.as_str());
        let known = if is_like(&LIKE_LLAMA_3) {
            content.metadata.insert("tokenizer.ggml.ignore_merges".to_owned(), Value::Bool(true));
            "llama3"
        } else if is_like(&LIKE_QWEN_2) {
            "qwen2"
        } else if is_like(&LIKE_GPT_2) {
            "gpt2"
        } else {
            let known = [&LIKE_LLAMA_3[..], &LIKE_QWEN_2, &LIKE_GPT_2].concat().join(", ");
            return Err(format!("text that is cut as {cut:?} has it; understood are {known}"));
        };
        content.metadata.insert("tokenizer.ggml.pre".to_owned(), Value::String(known.to_owned()));
        let mut tokenizer = Tokenizer::from_gguf(content).map_err(|error| reason(&error))?;
        if known == "gpt2" {
            // candle puts a space before every text; these models were taught without.
            tokenizer.with_pre_tokenizer(Some(ByteLevel::new(false, true, true)));
        }
        let all = texts_of(content, "tokenizer.ggml.tokens");
        let named = |key: &str| number_of(content, key).and_then(|id| all.get(id as usize).cloned());
        let kinds = numbers_of(content, "tokenizer.ggml.token_type");
        let marks = all.iter().zip(&kinds).filter(|(_, kind)| matches!(**kind, CONTROL | DEFINED));
        let marks: Vec<String> = marks.map(|(name, _)| name.clone()).collect();
        let ends = ENDS.iter().filter(|end| marks.iter().any(|mark| mark == *end));
        let mut ends: BTreeSet<u32> = ends.filter_map(|end| tokenizer.token_to_id(end)).collect();
        ends.extend(
            ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"]
                .iter()
                .filter_map(|key| number_of(content, key)),
        );
        let begin = named("tokenizer.ggml.bos_token_id").unwrap_or_default();
        let end = named("tokenizer.ggml.eos_token_id").unwrap_or_default();
        Ok(Self { tokenizer, kinds, ends, begin, end, marks })
    }

    /// The numbers of a text; `is_laid_out` where the marks stand in it already.
    ///
    /// # Errors
    /// Where it cannot be cut.
    pub(super) fn of(&self, text: &str, is_laid_out: bool) -> Result<Vec<u32>, String> {
        let encoded = self.tokenizer.encode(text, !is_laid_out).map_err(|error| error.to_string())?;
        Ok(encoded.get_ids().to_vec())
    }

    /// What a token says, in bytes; marks say nothing.
    pub(super) fn said_by(&self, token: u32) -> Vec<u8> {
        let kind = self.kinds.get(token as usize).copied().unwrap_or(1);
        let Some(name) = self.tokenizer.id_to_token(token) else { return Vec::new() };
        match kind {
            CONTROL => Vec::new(),
            DEFINED => name.into_bytes(),
            kind if NOTHING.contains(&kind) => Vec::new(),
            _ => bytes_of(&name).collect(),
        }
    }
}

pub(super) fn text_of(content: &Content, key: &str) -> Option<String> {
    content.metadata.get(key)?.to_string().ok().cloned()
}

pub(super) fn number_of(content: &Content, key: &str) -> Option<u32> {
    whole(content.metadata.get(key)?)
}

fn whole(value: &Value) -> Option<u32> {
    match value {
        Value::I32(number) => u32::try_from(*number).ok(),
        Value::I64(number) => u32::try_from(*number).ok(),
        value => value.to_u64().ok().and_then(|number| u32::try_from(number).ok()),
    }
}

fn list_of<'a>(content: &'a Content, key: &str) -> &'a [Value] {
    content.metadata.get(key).and_then(|value| value.to_vec().ok()).map(Vec::as_slice).unwrap_or_default()
}

fn texts_of(content: &Content, key: &str) -> Vec<String> {
    list_of(content, key).iter().map(|value| value.to_string().cloned().unwrap_or_default()).collect()
}

fn numbers_of(content: &Content, key: &str) -> Vec<u32> {
    list_of(content, key).iter().map(|value| whole(value).unwrap_or_default()).collect()
}
