//! Streamed answers on their way back: checked, restored, counted, without waiting for the end.

mod channel;
mod chunk;
mod events;
mod filter;
mod frame;
mod relay;

pub(crate) use filter::{Filter, FilterOptions};
pub(crate) use relay::{Relay, Source};
