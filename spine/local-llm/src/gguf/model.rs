//! A GGUF file, opened, and the answers that it writes.

use std::{
    fs::File,
    io::{self, BufReader, Read as _, Seek as _},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use candle_transformers::generation::{LogitsProcessor, Sampling};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::{
    header::{Header, Refused},
    layout::Layout,
    letters::Letters,
    reason,
    stops::Stops,
    tokens::{Tokens, text_of},
    weights::{Mind, Weights},
};
use crate::{Finish, LocalError, LocalModel, LocalPrompt, LocalRequest, Written};

/// Below this temperature the likeliest token is taken: dividing by less overflows.
const COLDEST: f64 = 1e-4;

/// Why a file cannot be used.
#[derive(Debug, Error)]
pub enum OpenError {
    /// It cannot be read.
    #[error("the model file {} could not be read: name one that is there and that this program may read", path.display())]
    Unreadable {
        /// Where it lies.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is no GGUF file, or damaged.
    #[error("{} is no GGUF file that can be used ({reason}); fetch it again", path.display())]
    Damaged {
        /// Where it lies.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It is a model of a kind that is not understood.
    #[error("the model file {} has {what}: choose another model, or run this one with a model server", path.display())]
    Unknown {
        /// Where it lies.
        path: PathBuf,
        /// What is not understood, and what would be.
        what: String,
    },
}

/// A model from a GGUF file. It answers one call at a time, with all processors.
pub struct GgufModel {
    weights: Mutex<Weights>,
    tokens: Tokens,
    /// Nothing where the file carries no template: then it continues texts only.
    layout: Option<Layout>,
    /// Tokens that it can have before it at once, the answer's included.
    context: usize,
    fingerprint: String,
}

impl std::fmt::Debug for GgufModel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { context, fingerprint, .. } = self;
        formatter
            .debug_struct("GgufModel")
            .field("context", context)
            .field("fingerprint", fingerprint)
            .finish_non_exhaustive()
    }
}

impl GgufModel {
    /// Reads a file into memory: takes about its size, and seconds for each gibibyte.
    ///
    /// # Errors
    /// [`OpenError`] names the file and what to do.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        // What is known to make candle stop is looked for before; for what is not known, nobody's program ends.
        let opened = catch_unwind(AssertUnwindSafe(|| Self::read(path)));
        let opened = opened.unwrap_or_else(|_| Err(Refused::Damaged("reading it failed".to_owned())));
        opened.map_err(|refused| match refused {
            Refused::Unreadable(source) => OpenError::Unreadable { path: path.to_owned(), source },
            Refused::Damaged(reason) => OpenError::Damaged { path: path.to_owned(), reason },
            Refused::Unknown(what) => OpenError::Unknown { path: path.to_owned(), what },
        })
    }

    fn read(path: &Path) -> Result<Self, Refused> {
        let mut file = File::open(path).map_err(Refused::Unreadable)?;
        let mut header = Header::read(&mut file)?;
        let tokens = Tokens::read(&mut header.content).map_err(Refused::Unknown)?;
        let layout = text_of(&header.content, "tokenizer.chat_template")
            .map(|template| Layout::new(template, tokens.begin.clone(), tokens.end.clone(), tokens.marks.clone()))
            .transpose()
            .map_err(|reason| {
                Refused::Unknown(format!("a template of conversations that cannot be read ({reason})"))
            })?;
        if header.content.tensor_infos.keys().any(|name| name.starts_with("rope_")) {
            tracing::warn!(path = %path.display(), "the scaling of positions in this file (rope_…) is not applied: answers may be worse than with a model server");
        }
        let mut file = BufReader::new(file);
        let context = header.context;
        let weights = Weights::read(header, &mut file)?;
        let fingerprint = fingerprint(file.into_inner()).map_err(Refused::Unreadable)?;
        Ok(Self { weights: Mutex::new(weights), tokens, layout, context, fingerprint })
    }

    /// The numbers of what is to be continued.
    fn prompt(&self, prompt: &LocalPrompt) -> Result<Vec<u32>, LocalError> {
        let numbers = match prompt {
            LocalPrompt::Text(text) => self.tokens.of(text, false),
            LocalPrompt::Turns(turns) => {
                let layout = self.layout.as_ref().ok_or_else(|| {
                    LocalError::Unable("its file carries no template of conversations; ask it for completions".into())
                })?;
                self.tokens.of(&layout.lay_out(turns).map_err(LocalError::Unable)?, true)
            }
        };
        numbers.map_err(LocalError::Failed)
    }
}

impl LocalModel for GgufModel {
    fn write(&self, request: &LocalRequest, say: &mut dyn FnMut(&str) -> bool) -> Result<Written, LocalError> {
        let prompt = self.prompt(&request.prompt)?;
        if prompt.is_empty() {
            return Err(LocalError::Unable("there is nothing to continue".into()));
        }
        let room = self.context.saturating_sub(prompt.len());
        if room == 0 {
            return Err(LocalError::TooLong { tokens: prompt.len(), context: self.context });
        }
        let most = request.max_tokens.map_or(room, |most| room.min(most as usize));
        // A panic of a call before left nothing behind that the next would see: each begins afresh.
        let mut weights = self.weights.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = Answer { tokens: &self.tokens, request, most };
        let written = weights.afresh(|mind| answer.write(mind, &prompt, say));
        written.map_err(|error| LocalError::Failed(reason(&error)))
    }

    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// An answer that is being written.
struct Answer<'a> {
    tokens: &'a Tokens,
    request: &'a LocalRequest,
    /// Its tokens at most.
    most: usize,
}

impl Answer<'_> {
    fn write(
        &self,
        mind: &mut Mind<'_>,
        prompt: &[u32],
        say: &mut dyn FnMut(&str) -> bool,
    ) -> candle_core::Result<Written> {
        let mut written = Written { tokens_in: prompt.len() as u64, tokens_out: 0, finish: Finish::Length };
        if self.most == 0 {
            return Ok(written);
        }
        let mut choice = LogitsProcessor::from_sampling(self.request.seed, self.sampling());
        let mut letters = Letters::default();
        let mut stops = Stops::new(&self.request.stop);
        // An empty piece asks whether anybody still listens.
        let mut logits = mind.take_in(prompt, || say(""))?;
        while let Some(next) = logits {
            let token = choice.sample(&next)?;
            if self.tokens.ends.contains(&token) {
                written.finish = Finish::Stop;
                break;
            }
            written.tokens_out += 1;
            let free = stops.push(&letters.push(self.tokens.said_by(token)));
            let is_heard = say(&free.text);
            if free.ended || !is_heard {
                written.finish = Finish::Stop;
                return Ok(written);
            }
            if written.tokens_out >= self.most as u64 {
                break;
            }
            logits = mind.take_in(&[token], || true)?;
        }
        let free = stops.push(&letters.rest());
        if free.ended {
            written.finish = Finish::Stop;
        }
        let rest = if free.ended { free.text } else { free.text + &stops.rest() };
        if !rest.is_empty() {
            say(&rest);
        }
        Ok(written)
    }

    fn sampling(&self) -> Sampling {
        let LocalRequest { temperature, top_p, .. } = *self.request;
        if temperature < COLDEST {
            Sampling::ArgMax
        } else if top_p < 1.0 {
            // Of the likeliest at least one is left.
            Sampling::TopP { p: top_p.max(f64::EPSILON), temperature }
        } else {
            Sampling::All { temperature }
        }
    }
}

/// The name of these weights: of the SHA-256 of their file the first 16 figures.
fn fingerprint(mut file: File) -> io::Result<String> {
    file.rewind()?;
    let mut digest = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            read => digest.update(&piece[..read]),
        }
    }
    let digest = digest.finalize();
    let first = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    Ok(format!("gguf-{first:016x}"))
}
