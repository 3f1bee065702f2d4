//! What a file says of itself. Nothing of it is believed before it is held against the length of the file: candle makes room for as many
//! layers, and for tables as long, as it is told.

use std::{
    fs::File,
    io::{self, Cursor, Read as _},
};

use candle_core::quantized::gguf_file::{Content, TensorInfo, Value};

use super::{
    reason,
    tokens::{number_of, text_of},
};

/// What stands before the weights is no longer than that, in bytes: the tokens of the models known take a tenth of it. Read, it takes up to
/// thirty times as much memory.
const MOST_HEADER: u64 = 64 << 20;

/// The longest context that is given, whatever the file allows: without an accelerator longer ones take minutes and gibibytes.
const MOST_CONTEXT: u32 = 8_192;

/// And of Llama: candle's table of its positions ends there (`quantized_llama::MAX_SEQ_LEN`).
const MOST_CONTEXT_OF_LLAMA: u32 = 4_096;

/// Numbers of one head of attention, at most; the models known have up to 256.
const MOST_OF_HEAD: u32 = 1_024;

/// Numbers that all layers together keep of a token, at most; a model of 13 billion weights without shared heads has 204,800. candle makes room
/// for thousands of tokens at once.
const MOST_KEPT: u64 = 1 << 18;

/// The first bytes of every such file.
const MAGIC: &[u8] = b"GGUF";

/// Why a file's head is not used.
pub(super) enum Refused {
    /// It could not be read.
    Unreadable(io::Error),
    /// It is wrong: what about it.
    Damaged(String),
    /// It is of a kind that is not understood: which one.
    Unknown(String),
}

impl From<candle_core::Error> for Refused {
    fn from(error: candle_core::Error) -> Self {
        Self::Damaged(reason(&error))
    }
}

/// The architectures that are understood (`general.architecture`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Architecture {
    Llama,
    Phi3,
    Qwen2,
    Qwen3,
}

impl Architecture {
    const ALL: [Self; 4] = [Self::Llama, Self::Phi3, Self::Qwen2, Self::Qwen3];

    /// Its name in files, with which its numbers begin too.
    fn name(self) -> &'static str {
        match self {
            Self::Llama => "llama",
            Self::Phi3 => "phi3",
            Self::Qwen2 => "qwen2",
            Self::Qwen3 => "qwen3",
        }
    }

    fn most_context(self) -> u32 {
        if self == Self::Llama { MOST_CONTEXT_OF_LLAMA } else { MOST_CONTEXT }
    }

    fn of(content: &Content) -> Result<Self, Refused> {
        let name = text_of(content, "general.architecture").unwrap_or_default();
        Self::ALL.into_iter().find(|known| known.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            Refused::Unknown(format!("the architecture {name:?}; understood are {known}"))
        })
    }
}

/// The head of a file whose numbers are possible.
pub(super) struct Header {
    pub(super) content: Content,
    pub(super) architecture: Architecture,
    /// Tokens that the model can have before it at once.
    pub(super) context: usize,
}

impl Header {
    /// Reads it from the beginning of a file.
    pub(super) fn read(file: &mut File) -> Result<Self, Refused> {
        let length = file.metadata().map_err(Refused::Unreadable)?.len();
        let mut bytes = Vec::new();
        file.take(MOST_HEADER).read_to_end(&mut bytes).map_err(Refused::Unreadable)?;
        if !bytes.starts_with(MAGIC) {
            return Err(Refused::Damaged("it does not begin as one".to_owned()));
        }
        let mut content = Content::read(&mut Cursor::new(bytes))?;
        let architecture = Architecture::of(&content)?;
        check_weights(&content, length).map_err(Refused::Damaged)?;
        Sizes { content: &content, architecture }.check()?;
        let told = Sizes { content: &content, architecture }.number("context_length")?;
        let longest = told.min(architecture.most_context());
        // candle's tables become as long as the file says.
        content.metadata.insert(format!("{}.context_length", architecture.name()), Value::U32(longest));
        // Without this candle counts positions of Qwen 3 in halves of a float, which know no odd number above 2,048.
        content.metadata.insert("general.dtype".to_owned(), Value::U32(0));
        Ok(Self { content, architecture, context: longest as usize })
    }
}

/// All weights together are no larger than what is left of the file: no two lie in one place, and none is larger than it says.
fn check_weights(content: &Content, length: u64) -> Result<(), String> {
    let mut left = length.saturating_sub(content.tensor_data_offset);
    for (name, info) in &content.tensor_infos {
        let size = bytes_of(info).filter(|size| *size <= left);
        let size = size.ok_or_else(|| format!("{name} says that it is larger than what is left of the file"))?;
        left -= size;
    }
    Ok(())
}

/// Bytes of a tensor; nothing where they are more than can be counted.
fn bytes_of(info: &TensorInfo) -> Option<u64> {
    let numbers = info.shape.dims().iter().try_fold(1_usize, |product, side| product.checked_mul(*side))?;
    let blocks = numbers.div_ceil(info.ggml_dtype.block_size());
    u64::try_from(blocks.checked_mul(info.ggml_dtype.type_size())?).ok()
}

/// The numbers of a file from which candle makes room.
struct Sizes<'a> {
    content: &'a Content,
    architecture: Architecture,
}

impl Sizes<'_> {
    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.architecture.name())
    }

    fn number(&self, name: &str) -> Result<u32, Refused> {
        let key = self.key(name);
        let number = number_of(self.content, &key).filter(|number| *number > 0);
        number.ok_or_else(|| Refused::Damaged(format!("it does not say {key}, or not as a whole number above 0")))
    }

    fn at_most(&self, name: &str, most: u32) -> Result<u32, Refused> {
        let number = self.number(name)?;
        if number > most {
            return Err(Refused::Damaged(format!("{} is {number}, and can be {most} at most", self.key(name))));
        }
        Ok(number)
    }

    fn check(&self) -> Result<(), Refused> {
        if number_of(self.content, &self.key("expert_count")).is_some_and(|experts| experts > 1) {
            return Err(Refused::Unknown("experts among its layers, which are not understood".to_owned()));
        }
        let tensors = u32::try_from(self.content.tensor_infos.len()).unwrap_or(u32::MAX);
        let layers = self.at_most("block_count", tensors)?;
        let width = self.at_most("embedding_length", self.widest())?;
        let heads = self.at_most("attention.head_count", width)?;
        let shared = self.at_most("attention.head_count_kv", heads)?;
        let of_head = match self.architecture {
            Architecture::Qwen3 => self.at_most("attention.key_length", MOST_OF_HEAD)?,
            _ => width / heads,
        };
        let turned = match self.architecture {
            Architecture::Llama | Architecture::Phi3 => self.at_most("rope.dimension_count", of_head)?,
            Architecture::Qwen2 | Architecture::Qwen3 => of_head,
        };
        let goes_into = heads % shared == 0 && (width % heads == 0 || self.architecture == Architecture::Qwen3);
        if of_head > MOST_OF_HEAD || turned % 2 != 0 || !goes_into {
            return Err(Refused::Damaged(format!(
                "{width} numbers of a token, {heads} and {shared} heads of attention of {of_head} numbers do not fit together"
            )));
        }
        let kept = [layers, shared, of_head].into_iter().map(u64::from).fold(1, u64::saturating_mul);
        if kept > MOST_KEPT {
            return Err(Refused::Unknown(format!(
                "{kept} numbers to keep of each token; {MOST_KEPT} are taken at most"
            )));
        }
        Ok(())
    }

    /// Numbers of a token: a token stands in the table of all of them.
    fn widest(&self) -> u32 {
        let table = self.content.tensor_infos.get("token_embd.weight").map(|info| info.shape.dims());
        let width = table.and_then(<[usize]>::last).copied().unwrap_or(0);
        u32::try_from(width).unwrap_or(u32::MAX)
    }
}
