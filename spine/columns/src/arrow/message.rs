//! The messages of a stream: a head, and a body with the columns' buffers.

use super::Fault;
use super::flat::Table;
use std::io::{ErrorKind, Read};

/// What stands before each message.
pub(super) const CONTINUES: [u8; 4] = [0xff; 4];
/// What a file begins with; the stream follows.
pub(super) const MAGIC: &[u8] = b"ARROW1";
/// The longest head: some thousands of columns.
const LONGEST_HEAD: u32 = 16 << 20;
/// The longest body of a message.
const LONGEST_BODY: u64 = 4 << 30;

/// A message.
pub(super) struct Message {
    head: Vec<u8>,
    pub(super) body: Vec<u8>,
}

/// What a message is.
pub(super) enum Head<'head> {
    Schema(Table<'head>),
    Dictionary(Table<'head>),
    Batch(Table<'head>),
}

impl Message {
    pub(super) fn head(&self) -> Result<Head<'_>, Fault> {
        let message = Table::root(&self.head)?;
        let content = message.table(2)?.ok_or("a message of it is empty")?;
        match message.byte(1)? {
            1 => Ok(Head::Schema(content)),
            2 => Ok(Head::Dictionary(content)),
            3 => Ok(Head::Batch(content)),
            _ => Err("it holds tensors; send record batches".to_owned()),
        }
    }
}

/// The messages of a stream, one after the other.
pub(super) struct Messages<R> {
    from: R,
    begun: bool,
}

impl<R: Read> Messages<R> {
    pub(super) const fn new(from: R) -> Self {
        Self { from, begun: false }
    }

    /// The next four bytes; none where the stream ends.
    fn four(&mut self) -> Result<Option<[u8; 4]>, Fault> {
        let mut four = [0; 4];
        match self.from.read_exact(&mut four) {
            Ok(()) => Ok(Some(four)),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn bytes(&mut self, count: u64) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        // Memory grows with what arrives, not with what is announced.
        let read = self.from.by_ref().take(count).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if read as u64 == count { Ok(bytes) } else { Err("it breaks off within a message".to_owned()) }
    }

    /// The next message; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Fault> {
        let mut first = self.four()?;
        if !self.begun && first.is_some_and(|first| first == MAGIC[..4]) {
            self.bytes(4)?;
            first = self.four()?;
        }
        self.begun = true;
        let Some(mut first) = first else { return Ok(None) };
        // Streams before version 0.15 begin with the length.
        if first == CONTINUES {
            let Some(length) = self.four()? else { return Ok(None) };
            first = length;
        }
        let length = u32::from_le_bytes(first);
        if length == 0 {
            return Ok(None);
        }
        if length > LONGEST_HEAD {
            return Err("it is no stream of Arrow, or a message of it is damaged".to_owned());
        }
        let head = self.bytes(length.into())?;
        let body = Table::root(&head)?.long(3)?;
        let body = u64::try_from(body).ok().filter(|body| *body <= LONGEST_BODY);
        let body = body.ok_or("a record batch of it is too large: write batches of a million rows at most")?;
        Ok(Some(Message { head, body: self.bytes(body)? }))
    }
}
