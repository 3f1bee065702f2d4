//! Streamed answers on their way back: checked, restored, counted, without waiting for the end.

mod channel;
mod chunk;
mod events;
mod filter;
mod frame;
mod native;
mod relay;
mod watch;

use bytes::{Bytes, BytesMut};

pub(crate) use chunk::Usage;
pub(crate) use events::{Payload, end_of_event, payload_of};
pub(crate) use filter::{Filter, FilterOptions};
pub(crate) use native::NativeFilter;
pub(crate) use relay::{Relay, Source};

use crate::policy::Screened;

/// Where a stream stands.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct State {
    /// Tokens as the back end counted them.
    pub(crate) usage: Option<Usage>,
    /// Pieces of text: an estimate of tokens where the back end counts none.
    pub(crate) pieces: u64,
    /// A choice has come to its end.
    pub(crate) finished: bool,
    /// The end was marked.
    pub(crate) done: bool,
    /// The back end sent what is no such stream.
    pub(crate) broken: Option<&'static str>,
}

/// What looks at a stream: bytes in, bytes out. No input or output of its own.
pub(crate) trait Sieve: Send {
    /// Takes in bytes as they come; puts out what may go.
    fn feed(&mut self, data: Bytes, out: &mut BytesMut);

    /// The stream has ended, in order or not: what is held goes out.
    fn end(&mut self, out: &mut BytesMut);

    /// Whether anything is held back.
    fn holds(&self) -> bool;

    /// What is held has waited long enough: what of it cannot go on to be something goes out.
    fn late(&mut self, out: &mut BytesMut);

    /// Where the stream stands.
    fn state(&self) -> State;

    /// The rule that ends the stream; what came last is not put out.
    fn stopped(&self) -> Option<&str>;

    /// The answer as it goes on the record, with the rules that fired on it; what has gone out cannot be held back any more.
    fn take_answer(&mut self) -> (String, Vec<Screened>);

    /// The end of the stream is to wait for the record.
    fn records_first(&self) -> bool;

    /// How long anything may be held back.
    fn patience(&self) -> std::time::Duration;
}
