//! The weights of a file, by the architecture that it names.

use std::{fs::File, io::BufReader};

use candle_core::{Device, Result, Tensor, quantized::gguf_file::Content};
use candle_transformers::models::{
    quantized_llama::{self, ModelWeights as Llama},
    quantized_phi3::ModelWeights as Phi3,
    quantized_qwen2::ModelWeights as Qwen2,
    quantized_qwen3::ModelWeights as Qwen3,
};

use crate::tokens::{number_of, text_of};

/// The longest context that is given, whatever the file allows: without an accelerator longer ones take minutes and gibibytes.
const MOST_CONTEXT: usize = 8_192;

/// Tokens of what is to be continued that are taken at once. Few sizes: what some architectures keep for each size they never forget.
const PORTIONS: [usize; 3] = [64, 8, 1];

/// The architectures that are understood (`general.architecture`).
const ARCHITECTURES: [&str; 4] = ["llama", "phi3", "qwen2", "qwen3"];

/// A model's weights.
pub(crate) enum Weights {
    Llama(Box<Llama>),
    Phi3(Box<Phi3>),
    Qwen2(Box<Qwen2>),
    Qwen3(Box<Qwen3>),
}

/// The tokens that a file's model can have before it at once.
///
/// # Errors
/// Where the architecture is not understood.
pub(crate) fn context_of(content: &Content) -> std::result::Result<usize, String> {
    let architecture = text_of(content, "general.architecture").unwrap_or_default();
    if !ARCHITECTURES.contains(&architecture.as_str()) {
        let known = ARCHITECTURES.join(", ");
        return Err(format!("the architecture {architecture:?}; understood are {known}"));
    }
    let told = number_of(content, &format!("{architecture}.context_length")).map_or(0, |told| told as usize);
    let computed = if architecture == "llama" { quantized_llama::MAX_SEQ_LEN } else { MOST_CONTEXT };
    Ok(told.min(computed).min(MOST_CONTEXT))
}

impl Weights {
    /// Reads them; `content` is of an architecture that [`context_of`] knows.
    ///
    /// # Errors
    /// Where something is missing in the file, or it is cut off.
    pub(crate) fn read(content: Content, file: &mut BufReader<File>) -> Result<Self> {
        let device = Device::Cpu;
        let architecture = text_of(&content, "general.architecture").unwrap_or_default();
        Ok(match architecture.as_str() {
            "phi3" => Self::Phi3(Box::new(Phi3::from_gguf(false, content, file, &device)?)),
            "qwen2" => Self::Qwen2(Box::new(Qwen2::from_gguf(content, file, &device)?)),
            "qwen3" => Self::Qwen3(Box::new(Qwen3::from_gguf(content, file, &device)?)),
            _ => Self::Llama(Box::new(Llama::from_gguf(content, file, &device)?)),
        })
    }

    /// Runs with a mind that knows of nothing before: most are copied (the weights are shared), so that nothing stays of what they saw.
    pub(crate) fn afresh<T>(&mut self, run: impl FnOnce(&mut Mind<'_>) -> T) -> T {
        match self {
            Self::Llama(weights) => {
                let mut weights = weights.clone();
                run(&mut Mind::new(&mut |tokens, at| weights.forward(tokens, at)))
            }
            Self::Phi3(weights) => {
                let mut weights = weights.clone();
                run(&mut Mind::new(&mut |tokens, at| weights.forward(tokens, at)))
            }
            Self::Qwen3(weights) => {
                let mut weights = weights.clone();
                run(&mut Mind::new(&mut |tokens, at| weights.forward(tokens, at)))
            }
            Self::Qwen2(weights) => {
                weights.clear_kv_cache();
                run(&mut Mind::new(&mut |tokens, at| weights.forward(tokens, at)))
            }
        }
    }
}

/// What a model has before it, and what it would say next.
pub(crate) struct Mind<'a> {
    forward: &'a mut dyn FnMut(&Tensor, usize) -> Result<Tensor>,
    seen: usize,
}

impl<'a> Mind<'a> {
    fn new(forward: &'a mut dyn FnMut(&Tensor, usize) -> Result<Tensor>) -> Self {
        Self { forward, seen: 0 }
    }

    /// Takes tokens in, portion by portion as long as `goes_on`; gives how likely each token is to be next, as logits. Nothing where it did
    /// not go on, or there was no token.
    ///
    /// # Errors
    /// Where computing fails.
    pub(crate) fn take_in(&mut self, tokens: &[u32], mut goes_on: impl FnMut() -> bool) -> Result<Option<Tensor>> {
        let mut logits = None;
        let mut rest = tokens;
        while !rest.is_empty() {
            if !goes_on() {
                return Ok(None);
            }
            let portion = PORTIONS.into_iter().find(|portion| *portion <= rest.len()).unwrap_or(1);
            let (now, later) = rest.split_at(portion);
            let input = Tensor::new(now, &Device::Cpu)?.unsqueeze(0)?;
            logits = Some((self.forward)(&input, self.seen)?.squeeze(0)?);
            self.seen += portion;
            rest = later;
        }
        Ok(logits)
    }
}
