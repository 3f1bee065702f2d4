//! From tokens back to text. A token is a few bytes, and a character may take several tokens: it is said once it is whole.

use std::{collections::HashMap, sync::LazyLock};

/// The bytes by the letters that stand for them in byte-level tokens: those that can be printed as they are, the others from U+0100 on.
static BYTES: LazyLock<HashMap<char, u8>> = LazyLock::new(|| {
    let is_printed = |byte: u8| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    let mut others = '\u{100}'..;
    let mut letter = |byte: u8| if is_printed(byte) { Some(char::from(byte)) } else { others.next() };
    (0..=u8::MAX).filter_map(|byte| Some((letter(byte)?, byte))).collect()
});

/// The bytes of a token as the file writes it. What is no letter for a byte is none.
pub(super) fn bytes_of(token: &str) -> impl Iterator<Item = u8> {
    token.chars().filter_map(|letter| BYTES.get(&letter).copied())
}

/// The end of an answer that is not yet a character.
#[derive(Debug, Default)]
pub(super) struct Letters {
    begun: Vec<u8>,
}

impl Letters {
    /// Takes bytes in, and gives the characters that are whole. Bytes that can be none give U+FFFD.
    pub(super) fn push(&mut self, bytes: impl IntoIterator<Item = u8>) -> String {
        self.begun.extend(bytes);
        let mut text = String::new();
        while !self.begun.is_empty() {
            let (whole, wrong) = match std::str::from_utf8(&self.begun) {
                Ok(whole) => (whole.len(), Some(0)),
                Err(error) => (error.valid_up_to(), error.error_len()),
            };
            text.push_str(&String::from_utf8_lossy(&self.begun[..whole]));
            // Nothing more is known where the last bytes are the beginning of a character.
            let Some(wrong) = wrong else {
                self.begun.drain(..whole);
                break;
            };
            if wrong > 0 {
                text.push(char::REPLACEMENT_CHARACTER);
            }
            self.begun.drain(..whole + wrong);
        }
        text
    }

    /// What is left of a character that never became whole.
    pub(super) fn rest(self) -> String {
        String::from_utf8_lossy(&self.begun).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_letter() {
        assert_eq!(BYTES.len(), 256);
        assert_eq!(bytes_of("Ġa").collect::<Vec<_>>(), b" a");
        assert_eq!(bytes_of("ê°Ģ").collect::<Vec<_>>(), "가".as_bytes());
    }

    #[test]
    fn a_character_is_said_once_it_is_whole() {
        let mut letters = Letters::default();
        let mut said = Vec::new();
        for byte in "가a😀".bytes() {
            said.push(letters.push([byte]));
        }
        assert_eq!(said.concat(), "가a😀");
        assert_eq!(said[2], "가");
        assert_eq!(letters.rest(), "");
    }

    #[test]
    fn bytes_that_are_no_characters_hold_nothing_up() {
        let mut letters = Letters::default();
        assert_eq!(letters.push([0x80, b'a', 0xff, 0xea, 0xb0]), "\u{fffd}a\u{fffd}");
        assert_eq!(letters.push([b'b']), "\u{fffd}b");
        assert_eq!(letters.push([0xea]), "");
        assert_eq!(letters.rest(), "\u{fffd}");
    }
}
