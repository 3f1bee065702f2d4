//! Receipt numbers and the codes that open a case without an account.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::hexadecimal;

/// Letters and figures that are not mistaken for one another when read aloud or written by hand (no I, L, O, U).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The number of a case: year, seven random letters and one that checks them, as in `2026-7KQ4-M2XD`. It is shown on
/// paper and in proofs, says nothing about the person or about how many cases there are, and is not secret: what opens a
/// case is its [`AccessCode`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "2026-7KQ4-M2XD")]
pub struct Receipt(String);

/// A text that is not a receipt number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a receipt number: it looks like 2026-7KQ4-M2XD; check each letter against your receipt")]
pub struct ReceiptError;

impl Receipt {
    /// The receipt number of `year` that random bytes give.
    pub fn draw(year: i16, random: [u8; 7]) -> Self {
        let letters: Vec<u8> = random.iter().map(|byte| byte & 31).collect();
        let check = check_letter(year, &letters);
        let text: String = letters.iter().chain([&check]).map(|value| letter(*value)).collect();
        let (front, back) = text.split_at(4);
        Self(format!("{:04}-{front}-{back}", year.clamp(0, 9999)))
    }

    /// Reads a receipt number as people write it: small letters, missing dashes, O for 0 and I or L for 1 are understood.
    ///
    /// # Errors
    /// [`ReceiptError`] where it cannot be one, for example because a letter is wrong.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let letters = values_of(text).ok_or(ReceiptError)?;
        let (year, rest) = letters.split_at_checked(4).ok_or(ReceiptError)?;
        if year.iter().any(|figure| *figure > 9) {
            return Err(ReceiptError);
        }
        let year = year.iter().fold(0_i16, |year, figure| year * 10 + i16::from(*figure));
        let random: [u8; 8] = rest.try_into().map_err(|_| ReceiptError)?;
        let [letters @ .., check] = random;
        if check_letter(year, &letters) != check {
            return Err(ReceiptError);
        }
        Ok(Self::draw(year, letters))
    }

    /// The number as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Receipt {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// What opens one case without an account: sixteen letters (80 bits) in groups of four. The log keeps only its digest.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessCode(String);

impl AccessCode {
    /// The code of a case, derived from a secret of the deployment: a repeated submission gives the same code again
    /// although nobody stored it.
    pub fn derive(secret: &[u8; 32], receipt: &Receipt) -> Self {
        // HMAC pads a short key with zeros to its block of 64 bytes.
        let mut block = [0_u8; 64];
        block[..32].copy_from_slice(secret);
        let mut mac = <Hmac<Sha256>>::new(&block.into());
        mac.update(b"maru-inquiry-code-v1\n");
        mac.update(receipt.as_str().as_bytes());
        let letters: String = mac.finalize().into_bytes().iter().take(16).map(|byte| letter(*byte & 31)).collect();
        Self(grouped(&letters))
    }

    /// Reads a code as people write it; nothing if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let values = values_of(text).filter(|values| values.len() == 16)?;
        Some(Self(grouped(&values.into_iter().map(letter).collect::<String>())))
    }

    /// The code as the citizen is told, `XXXX-XXXX-XXXX-XXXX`.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the log keeps.
    pub fn digest(&self, receipt: &Receipt) -> String {
        let mut digest = Sha256::new();
        for part in ["maru-inquiry-code-v1", receipt.as_str(), &self.0] {
            digest.update(part.as_bytes());
            digest.update(b"\n");
        }
        hexadecimal::write(&digest.finalize())
    }
}

impl fmt::Debug for AccessCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessCode(not shown)")
    }
}

fn letter(value: u8) -> char {
    ALPHABET.get(usize::from(value)).map_or('0', |byte| char::from(*byte))
}

fn grouped(letters: &str) -> String {
    let mut grouped = String::with_capacity(letters.len() + letters.len() / 4);
    for (place, letter) in letters.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            grouped.push('-');
        }
        grouped.push(letter);
    }
    grouped
}

fn values_of(text: &str) -> Option<Vec<u8>> {
    if text.len() > 64 {
        return None;
    }
    let letters = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    letters
        .map(|letter| {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            ALPHABET.iter().position(|known| char::from(*known) == letter).and_then(|place| u8::try_from(place).ok())
        })
        .collect()
}

/// Luhn's check over 32 letters: one wrong letter is always found, two neighbours exchanged nearly always.
fn check_letter(year: i16, letters: &[u8]) -> u8 {
    let figures = [year / 1000, year / 100 % 10, year / 10 % 10, year % 10];
    let figures = figures.iter().map(|figure| u8::try_from(*figure).unwrap_or_default());
    let sum: u32 = figures
        .chain(letters.iter().copied())
        .rev_numbered()
        .map(|(place, value)| {
            let value = u32::from(value);
            if place % 2 == 1 {
                return value;
            }
            let doubled = value * 2;
            doubled / 32 + doubled % 32
        })
        .sum();
    u8::try_from((32 - sum % 32) % 32).unwrap_or_default()
}

/// Numbers the items from the end.
trait FromTheEnd: Iterator<Item = u8> + Sized {
    fn rev_numbered(self) -> impl Iterator<Item = (usize, u8)> {
        let mut items: Vec<u8> = self.collect();
        items.reverse();
        items.into_iter().enumerate()
    }
}

impl<I: Iterator<Item = u8>> FromTheEnd for I {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_number_is_read_as_people_write_it() {
        let receipt = Receipt::draw(2026, [7, 19, 255, 4, 1, 0, 30]);
        assert_eq!(Receipt::parse(receipt.as_str()), Ok(receipt.clone()));
        let sloppy = receipt.as_str().to_lowercase().replace('-', " ").replace('1', "l").replace('0', "o");
        assert_eq!(Receipt::parse(&sloppy), Ok(receipt));
    }

    #[test]
    fn one_wrong_letter_is_always_found() {
        let receipt = Receipt::draw(2026, [7, 19, 25, 4, 1, 0, 30]);
        let text = receipt.as_str();
        for place in 0..text.len() {
            for other in ALPHABET {
                let mut bytes = text.as_bytes().to_vec();
                if bytes[place] == b'-' || bytes[place] == *other {
                    continue;
                }
                bytes[place] = *other;
                let changed = String::from_utf8(bytes).unwrap();
                assert_eq!(Receipt::parse(&changed), Err(ReceiptError), "{changed}");
            }
        }
        for text in ["", "2026", "2026-7KQ4-M2X", "가나다라-7KQ4-M2XD", &"9".repeat(1000)] {
            assert_eq!(Receipt::parse(text), Err(ReceiptError), "{text}");
        }
    }

    #[test]
    fn a_code_is_the_same_for_the_same_case_only_and_never_shows() {
        let (one, other) = (Receipt::draw(2026, [1; 7]), Receipt::draw(2026, [2; 7]));
        let code = AccessCode::derive(&[9; 32], &one);
        assert_eq!(code, AccessCode::derive(&[9; 32], &one));
        assert_ne!(code, AccessCode::derive(&[9; 32], &other));
        assert_ne!(code, AccessCode::derive(&[8; 32], &one));
        assert_ne!(code.digest(&one), code.digest(&other));
        assert_eq!(AccessCode::parse(&code.reveal().to_lowercase().replace('-', "")), Some(code.clone()));
        assert_eq!(AccessCode::parse("short"), None);
        assert!(!format!("{code:?}").contains(code.reveal()));
    }
}
