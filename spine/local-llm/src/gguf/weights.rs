//! The weights of a file, by the architecture that it names.

use std::{fs::File, io::BufReader};

use candle_core::{Device, Result, Tensor};
use candle_transformers::models::{
    quantized_llama::ModelWeights as Llama, quantized_phi3::ModelWeights as Phi3,
    quantized_qwen2::ModelWeights as Qwen2, quantized_qwen3::ModelWeights as Qwen3,
};

use super::header::{Architecture, Header};

/// Tokens of what is to be continued that are taken at once, the largest portions first: Qwen 3 has a memory of its own for single tokens, and
/// looks into no other after the first of them. Few sizes: what some architectures keep for each size they never forget.
const PORTIONS: [usize; 3] = [64, 8, 1];

/// A model's weights.
pub(super) enum Weights {
    Llama(Box<Llama>),
    Phi3(Box<Phi3>),
    Qwen2(Box<Qwen2>),
    Qwen3(Box<Qwen3>),
}

impl Weights {
    /// Reads them.
    ///
    /// # Errors
    /// Where something is missing in the file, or it is cut off.
    pub(super) fn read(header: Header, file: &mut BufReader<File>) -> Result<Self> {
        let (device, content) = (Device::Cpu, header.content);
        Ok(match header.architecture {
            Architecture::Llama => Self::Llama(Box::new(Llama::from_gguf(content, file, &device)?)),
            Architecture::Phi3 => Self::Phi3(Box::new(Phi3::from_gguf(false, content, file, &device)?)),
            Architecture::Qwen2 => Self::Qwen2(Box::new(Qwen2::from_gguf(content, file, &device)?)),
            Architecture::Qwen3 => Self::Qwen3(Box::new(Qwen3::from_gguf(content, file, &device)?)),
        })
    }

    /// Runs with a mind that knows of nothing before: it is copied (the weights are shared), or what it kept is let go.
    pub(super) fn afresh<T>(&mut self, run: impl FnOnce(&mut Mind<'_>) -> T) -> T {
        match self {
            Self::Llama(weights) => {
                let mut weights = weights.clone();
                run(&mut Mind::new(&mut |tokens, at| weights.forward(tokens, at)))
            }
            Self::Phi3(weights) => {
                let mut weights = weights.clone();
                run(&mut Mind::new(&mut |tokens, at| weights.forward(tokens, at)))
            }
            // What these keep is made for thousands of tokens: to copy it would take longer than to answer.
            Self::Qwen3(weights) => {
                weights.clear_kv_cache();
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
pub(super) struct Mind<'a> {
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
    pub(super) fn take_in(&mut self, tokens: &[u32], mut goes_on: impl FnMut() -> bool) -> Result<Option<Tensor>> {
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
