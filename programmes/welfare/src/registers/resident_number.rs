//! The resident registration number (주민등록번호): a birth date, a digit for century and sex, and six digits more.
//!
//! Numbers given out until October 2020 end in a check digit; since then the last six digits are drawn at random
//! (주민등록법 시행규칙 제2조, as amended in 2020). So a check digit that fits raises confidence, and one that does not proves
//! nothing: no number is refused for it.

use jiff::civil::Date;

/// How far a number can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Well formed; the check digit does not fit, as is usual for numbers given out since October 2020.
    WellFormed,
    /// Well formed, and the check digit fits.
    Checked,
}

/// What a number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResidentNumber {
    digits: [u8; 13],
    /// The date of birth.
    pub birth: Date,
    /// How far it can be trusted.
    pub confidence: Confidence,
}

/// Why something is no resident number. The number itself is not in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResidentNumberError {
    /// Not thirteen digits.
    #[error("a resident number has thirteen digits, with or without a dash after the sixth")]
    Length,
    /// The seventh digit stands for no century.
    #[error("the seventh digit of the resident number stands for no century")]
    Century,
    /// The first six digits are no day.
    #[error("the first six digits of the resident number are no day of the calendar")]
    Birth,
}

const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

impl ResidentNumber {
    /// Reads a number, with or without a dash.
    ///
    /// # Errors
    /// [`ResidentNumberError`].
    pub fn parse(text: &str) -> Result<Self, ResidentNumberError> {
        let plain: Vec<u8> = text.trim().bytes().filter(|byte| !matches!(byte, b'-' | b' ')).collect();
        let digits: [u8; 13] = plain.try_into().map_err(|_| ResidentNumberError::Length)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(ResidentNumberError::Length);
        }
        let digits = digits.map(|digit| digit - b'0');
        let [y1, y2, m1, m2, d1, d2, century, ..] = digits;
        let century: i16 = match century {
            1 | 2 | 5 | 6 => 1900,
            3 | 4 | 7 | 8 => 2000,
            0 | 9 => 1800,
            _ => return Err(ResidentNumberError::Century),
        };
        let two = |tens: u8, ones: u8| i16::from(tens) * 10 + i16::from(ones);
        let part = |tens: u8, ones: u8| i8::try_from(two(tens, ones)).unwrap_or(0);
        let birth = Date::new(century + two(y1, y2), part(m1, m2), part(d1, d2));
        let birth = birth.map_err(|_| ResidentNumberError::Birth)?;
        let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(*digit) * weight).sum();
        let fits = (11 - sum % 11) % 10 == u32::from(digits[12]);
        let confidence = if fits { Confidence::Checked } else { Confidence::WellFormed };
        Ok(Self { digits, birth, confidence })
    }

    /// The thirteen digits, for the pseudonym alone.
    pub(super) fn plain(&self) -> String {
        self.digits.iter().map(|digit| char::from(b'0' + digit)).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// A number with the check digit that belongs to its first twelve digits.
    fn with_check_digit(twelve: &str) -> String {
        let digits: Vec<u32> = twelve.chars().filter_map(|digit| digit.to_digit(10)).collect();
        let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
        format!("{twelve}{}", (11 - sum % 11) % 10)
    }

    #[test]
    fn a_check_digit_raises_confidence_and_never_refuses() {
        // Invented: no person is meant.
        let old = with_check_digit("000101100000");
        let number = ResidentNumber::parse(&old).unwrap();
        assert_eq!((number.birth, number.confidence), (date(1900, 1, 1), Confidence::Checked));
        let last = old.chars().last().unwrap().to_digit(10).unwrap();
        let other = format!("{}{}", &old[..12], (last + 1) % 10);
        assert_eq!(ResidentNumber::parse(&other).unwrap().confidence, Confidence::WellFormed);
        let dashed = format!("{}-{}", &old[..6], &old[6..]);
        assert_eq!(ResidentNumber::parse(&dashed).unwrap().plain(), old);
    }

    #[test]
    fn centuries_and_impossible_days() {
        let birth = |text: &str| ResidentNumber::parse(text).map(|number| number.birth);
        assert_eq!(birth("0001013000000"), Ok(date(2000, 1, 1)));
        assert_eq!(birth("0001017000000"), Ok(date(2000, 1, 1)));
        assert_eq!(birth("0001019000000"), Ok(date(1800, 1, 1)));
        assert_eq!(birth("0002303000000"), Err(ResidentNumberError::Birth));
        for wrong in ["", "123", "00010130000001", "00010a3000000"] {
            assert_eq!(birth(wrong), Err(ResidentNumberError::Length), "{wrong}");
        }
    }
}
