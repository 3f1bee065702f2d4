//! Bytes as hexadecimal text.

use std::fmt::Write as _;

/// Small letters, two for each byte.
pub(crate) fn write(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The bytes that [`write`] wrote; nothing if it is something else.
pub(crate) fn read(text: &str) -> Option<Vec<u8>> {
    let figure = |letter: char| letter.to_digit(16).and_then(|figure| u8::try_from(figure).ok());
    let figures: Vec<u8> = text.chars().map(figure).collect::<Option<_>>()?;
    let pairs = figures.chunks_exact(2);
    pairs.remainder().is_empty().then(|| pairs.map(|pair| pair[0] * 16 + pair[1]).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_return() {
        let bytes = vec![0, 1, 127, 128, 255];
        assert_eq!(super::read(&super::write(&bytes)), Some(bytes));
        assert_eq!(super::read("0"), None);
        assert_eq!(super::read("zz"), None);
    }
}
