//! Models whose weights this program holds itself: OpenAI's API around what `maru-local-llm` says that such a model does, so that to the rest of
//! the gateway it is a back end like any other. Which ones there are is the binary's business: here is no weight and no tokenizer.

mod request;
mod server;

pub(crate) use server::{LocalServer, Pieces};
