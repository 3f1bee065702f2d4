//! Money: the day on which it leaves, the file that the bank gets, what the bank answers.
//!
//! | module | holds |
//! |---|---|
//! | [`schedule`] | pay days and cut-off times by the calendar of holidays |
//! | [`file`] | the credit transfer initiation, ISO 20022 `pain.001.001.09` |
//! | [`answers`] | the bank's status report (`pain.002`) and its notifications (`camt.054`) |

pub mod answers;
pub mod file;
pub mod schedule;

use maru_ledger::hexadecimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use answers::{BankDocumentError, Outcome, Result as BankResult};

use crate::domain::Month;

/// Where money goes: sealed wherever it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayTo {
    /// The bank, by its BIC (ISO 9362).
    pub bank: String,
    /// The account.
    pub number: String,
    /// Whose it is.
    pub holder: String,
}

/// The reference by which a payment is known from end to end: the same for the same award, month and attempt.
pub fn end_to_end(award: &str, month: Month, attempt: u32) -> String {
    let digest = Sha256::digest(format!("{award}\n{month}\n{attempt}").as_bytes());
    hexadecimal(&digest).chars().take(32).collect()
}

/// SHA-256 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}
