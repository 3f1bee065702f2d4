//! Finds and masks personal data in Korean and English text.
