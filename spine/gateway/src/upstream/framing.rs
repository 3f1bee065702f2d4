//! How an HTTP/1.1 answer is laid out on the wire: its head, and where its body ends. No input or output of its own.

use axum::http::StatusCode;
use bytes::{Buf as _, BytesMut};

/// The largest head of an answer, in bytes.
pub(super) const LARGEST_HEAD: usize = 64 << 10;
/// The longest line with the length of a chunk, extensions included.
const LONGEST_CHUNK_LINE: usize = 1 << 10;
const MOST_HEADERS: usize = 96;

/// An answer that breaks the rules of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no HTTP/1.1: {0}")]
pub(super) struct Malformed(pub(super) &'static str);

/// The head of an answer, as far as it matters here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) content_type: String,
    pub(super) session: String,
    pub(super) framing: Framing,
    /// The connection can be used again after the body.
    pub(super) keeps: bool,
}

/// Where a body ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// With a chunk of no length.
    Chunked(Chunk),
    /// With the connection.
    Close,
}

/// Where in a chunked body the reader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunk {
    /// Before the line with a length.
    Line,
    /// So many bytes of data are still to come.
    Data(u64),
    /// Before the line break that ends a chunk's data.
    DataEnd,
    /// After the last chunk, before the empty line.
    Trailers,
    /// At the end.
    Done,
}

/// Takes the head of a final answer off the front of what has been read; `None` where it is not complete yet.
pub(super) fn take_head(read: &mut BytesMut) -> Result<Option<Head>, Malformed> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut answer = httparse::Response::new(&mut headers);
        let length = match answer.parse(read) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if read.len() > LARGEST_HEAD => {
                return Err(Malformed("its head is too large"));
            }
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(_) => return Err(Malformed("its head cannot be read")),
        };
        let head = head_of(&answer)?;
        read.advance(length);
        // 100 and 103 announce; the answer is still to come.
        if !head.status.is_informational() {
            return Ok(Some(head));
        }
        if head.status == StatusCode::SWITCHING_PROTOCOLS {
            return Err(Malformed("it changes the protocol"));
        }
    }
}

fn head_of(answer: &httparse::Response<'_, '_>) -> Result<Head, Malformed> {
    let status = answer.code.and_then(|code| StatusCode::from_u16(code).ok()).ok_or(Malformed("it has no status"))?;
    let mut keeps = answer.version == Some(1);
    let (mut length, mut chunked) = (None, false);
    let (mut content_type, mut session) = (String::new(), String::new());
    for header in answer.headers.iter() {
        let value = std::str::from_utf8(header.value).unwrap_or_default().trim();
        if header.name.eq_ignore_ascii_case("content-type") {
            value.clone_into(&mut content_type);
        } else if header.name.eq_ignore_ascii_case("mcp-session-id") {
            value.clone_into(&mut session);
        } else if header.name.eq_ignore_ascii_case("content-length") {
            let said = value.parse::<u64>().map_err(|_| Malformed("its length is no number"))?;
            if length.is_some_and(|other| other != said) {
                return Err(Malformed("it has two lengths"));
            }
            length = Some(said);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            if !value.eq_ignore_ascii_case("chunked") {
                return Err(Malformed("its encoding was not asked for"));
            }
            chunked = true;
        } else if header.name.eq_ignore_ascii_case("connection") {
            let mut options = value.split(',').map(str::trim);
            if options.clone().any(|option| option.eq_ignore_ascii_case("close")) {
                keeps = false;
            } else if options.any(|option| option.eq_ignore_ascii_case("keep-alive")) {
                keeps = true;
            }
        }
    }
    if chunked && length.is_some() {
        return Err(Malformed("it has a length and chunks"));
    }
    let is_empty = status.is_informational() || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let framing = match (chunked, length) {
        _ if is_empty => Framing::Length(0),
        (true, _) => Framing::Chunked(Chunk::Line),
        (false, Some(length)) => Framing::Length(length),
        (false, None) => Framing::Close,
    };
    keeps &= framing != Framing::Close;
    Ok(Head { status, content_type, session, framing, keeps })
}

impl Framing {
    /// The body has come to its end.
    pub(super) fn is_done(&self) -> bool {
        matches!(self, Self::Length(0) | Self::Chunked(Chunk::Done))
    }

    /// The connection ended: whether the body may end so.
    pub(super) fn may_end_with_connection(&self) -> bool {
        matches!(self, Self::Close) || self.is_done()
    }

    /// Moves what belongs to the body from what was read.
    pub(super) fn decode(&mut self, read: &mut BytesMut, body: &mut BytesMut) -> Result<(), Malformed> {
        match self {
            Self::Close => {
                body.unsplit(read.split());
                Ok(())
            }
            Self::Length(left) => {
                let mut rest: &[u8] = read;
                move_bytes(left, &mut rest, body);
                let done = read.len() - rest.len();
                read.advance(done);
                Ok(())
            }
            Self::Chunked(state) => {
                let mut rest: &[u8] = read;
                while *state != Chunk::Done && !rest.is_empty() {
                    let Some(next) = state.step(&mut rest, body)? else { break };
                    *state = next;
                }
                let done = read.len() - rest.len();
                read.advance(done);
                Ok(())
            }
        }
    }
}

/// Moves at most so many bytes and counts them down.
fn move_bytes(left: &mut u64, read: &mut &[u8], body: &mut BytesMut) {
    let count = usize::try_from(*left).unwrap_or(usize::MAX).min(read.len());
    let (now, later) = read.split_at(count);
    body.extend_from_slice(now);
    *read = later;
    *left -= count as u64;
}

impl Chunk {
    /// One step; `None` where more must be read first.
    fn step(self, read: &mut &[u8], body: &mut BytesMut) -> Result<Option<Self>, Malformed> {
        match self {
            Self::Line => {
                let Some(line) = take_line(read)? else { return Ok(None) };
                let length = length_of(line)?;
                Ok(Some(if length == 0 { Self::Trailers } else { Self::Data(length) }))
            }
            Self::Data(mut left) => {
                move_bytes(&mut left, read, body);
                Ok(Some(if left == 0 { Self::DataEnd } else { Self::Data(left) }))
            }
            Self::DataEnd => {
                let Some(line) = take_line(read)? else { return Ok(None) };
                if line.is_empty() { Ok(Some(Self::Line)) } else { Err(Malformed("a chunk is longer than it says")) }
            }
            Self::Trailers => {
                let Some(line) = take_line(read)? else { return Ok(None) };
                Ok(Some(if line.is_empty() { Self::Done } else { Self::Trailers }))
            }
            Self::Done => Ok(None),
        }
    }
}

/// A line without its break.
fn take_line<'a>(read: &mut &'a [u8]) -> Result<Option<&'a [u8]>, Malformed> {
    let Some(end) = memchr::memchr(b'\n', read) else {
        return if read.len() > LONGEST_CHUNK_LINE {
            Err(Malformed("a line between chunks is too long"))
        } else {
            Ok(None)
        };
    };
    let (line, rest) = read.split_at(end);
    *read = &rest[1..];
    Ok(Some(line.strip_suffix(b"\r").unwrap_or(line)))
}

/// The length of a chunk: hexadecimal, before extensions.
fn length_of(line: &[u8]) -> Result<u64, Malformed> {
    let wrong = Malformed("the length of a chunk is no number");
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
    let digits = std::str::from_utf8(digits).map_err(|_| wrong)?.trim();
    if digits.is_empty() || digits.len() > 15 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(wrong);
    }
    u64::from_str_radix(digits, 16).map_err(|_| wrong)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn head(text: &str) -> Result<Option<Head>, Malformed> {
        take_head(&mut BytesMut::from(text))
    }

    #[test]
    fn heads_say_where_the_body_ends() {
        let told = |text: &str| head(text).unwrap().map(|head| (head.status.as_u16(), head.framing, head.keeps));
        assert_eq!(told("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"), Some((200, Framing::Length(5), true)));
        assert_eq!(
            told("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            Some((200, Framing::Chunked(Chunk::Line), true))
        );
        assert_eq!(told("HTTP/1.1 200 OK\r\n\r\n"), Some((200, Framing::Close, false)));
        assert_eq!(told("HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\n"), Some((200, Framing::Length(5), false)));
        assert_eq!(told("HTTP/1.1 204 -\r\nconnection: close\r\n\r\n"), Some((204, Framing::Length(0), false)));
        let announced = "HTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 500 -\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(told(announced), Some((500, Framing::Length(0), true)));
        assert_eq!(told("HTTP/1.1 200 OK\r\ncontent-"), None);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for wrong in [
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n",
            "HTTP/1.1 101 Switching\r\n\r\n",
            "SSH-2.0-OpenSSH\r\n\r\n",
        ] {
            assert!(head(wrong).is_err(), "{wrong}");
        }
        for wrong in ["zz\r\n", "5\r\nhelloX\r\n", "-1\r\n", "ffffffffffffffffff\r\n", "\r\n"] {
            let mut framing = Framing::Chunked(Chunk::Line);
            assert!(framing.decode(&mut BytesMut::from(wrong), &mut BytesMut::new()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn chunks_come_out_whole_however_they_arrive(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..8),
            cuts in prop::collection::vec(1_usize..50, 0..60),
        ) {
            let mut wire = Vec::new();
            for chunk in &chunks {
                let mut line = String::new();
                let _ = write!(line, "{:X};ext=1\r\n", chunk.len());
                wire.extend_from_slice(line.as_bytes());
                wire.extend_from_slice(chunk);
                wire.extend_from_slice(b"\r\n");
            }
            wire.extend_from_slice(b"0\r\nx-trailer: 1\r\n\r\nHTTP");
            let mut framing = Framing::Chunked(Chunk::Line);
            let (mut read, mut body, mut rest) = (BytesMut::new(), BytesMut::new(), wire.as_slice());
            for cut in cuts.into_iter().chain([usize::MAX]) {
                let (now, later) = rest.split_at(cut.min(rest.len()));
                read.extend_from_slice(now);
                framing.decode(&mut read, &mut body).unwrap();
                rest = later;
            }
            prop_assert!(framing.is_done());
            prop_assert_eq!(&body[..], chunks.concat());
            prop_assert_eq!(&read[..], b"HTTP", "what follows is not the body's");
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), numbers in "[0-9a-fA-F]{0,18}\r\n.{0,20}") {
            let _ = take_head(&mut BytesMut::from(&bytes[..]));
            for input in [&bytes[..], numbers.as_bytes()] {
                let mut framing = Framing::Chunked(Chunk::Line);
                let _ = framing.decode(&mut BytesMut::from(input), &mut BytesMut::new());
            }
        }
    }
}
