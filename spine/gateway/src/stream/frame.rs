//! Most events of a stream differ in one short text alone. What stands around it is learned from an event that was parsed; an event of the
//! same frame needs no parser.

/// What stands around the text in the events of a stream.
#[derive(Debug)]
pub(super) struct Frame {
    before: Vec<u8>,
    /// It begins with the quotation mark that ends the text.
    after: Vec<u8>,
    /// The choice that the text belongs to.
    pub(super) choice: u32,
}

impl Frame {
    /// The frame of an event in which `text`, borrowed from it, stands between quotation marks with nothing escaped.
    pub(super) fn around(event: &[u8], text: &str, choice: u32) -> Option<Self> {
        let start = text.as_ptr().addr().checked_sub(event.as_ptr().addr())?;
        let (before, after) = (event.get(..start)?, event.get(start + text.len()..)?);
        let is_quoted = before.last() == Some(&b'"') && after.first() == Some(&b'"');
        is_quoted.then(|| Self { before: before.to_vec(), after: after.to_vec(), choice })
    }

    /// The text of the event that `data` begins with, and the event's length; nothing where it has another frame or is not whole.
    pub(super) fn read<'a>(&self, data: &'a [u8]) -> Option<(&'a str, usize)> {
        let rest = data.strip_prefix(self.before.as_slice())?;
        let end = memchr::memchr2(b'"', b'\\', rest)?;
        if !rest[end..].starts_with(&self.after) {
            return None;
        }
        let text = std::str::from_utf8(&rest[..end]).ok()?;
        // JSON writes control characters escaped: such an event is for the parser, which refuses it.
        let is_plain = text.bytes().all(|byte| byte >= b' ');
        is_plain.then_some((text, self.before.len() + end + self.after.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_same_frame_is_read_and_nothing_else() {
        let event = "data: {\"a\":\"one\",\"b\":1}\n\n";
        let frame = Frame::around(event.as_bytes(), &event[12..15], 3).unwrap();
        assert_eq!(frame.read(event.as_bytes()), Some(("one", event.len())));
        let two = "data: {\"a\":\"둘\",\"b\":1}\n\ndata: more";
        assert_eq!(frame.read(two.as_bytes()), Some(("둘", two.len() - "data: more".len())));
        for other in [
            "data: {\"a\":\"one\",\"b\":2}\n\n",
            "data: {\"a\":\"o\\n\",\"b\":1}\n\n",
            "data: {\"a\":\"o\nn\",\"b\":1}\n\n",
            "data: {\"a\":\"one\",\"b\":1}\n",
            "data: {\"a\":1}\n\n",
        ] {
            assert_eq!(frame.read(other.as_bytes()), None, "{other}");
        }
        assert!(Frame::around(event.as_bytes(), "one", 0).is_none(), "borrowed from elsewhere");
        assert_eq!(frame.read(b"data: {\"a\":\"\xff\",\"b\":1}\n\n"), None);
    }
}
