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

impl PayTo {
    /// The account as pages show it: its last four digits.
    pub fn shown(&self) -> String {
        let digits: Vec<char> = self.number.chars().filter(char::is_ascii_digit).collect();
        let last: String = digits.iter().skip(digits.len().saturating_sub(4)).collect();
        format!("••••{last}")
    }
}

/// Why money cannot go somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountFault {
    /// No account is known.
    Missing,
    /// The bank is no BIC.
    Bank,
    /// The account is no number.
    Number,
    /// The holder's name is missing or too long.
    Holder,
}

impl AccountFault {
    /// In Korean and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Missing => ("받을 계좌를 모릅니다", "no account is known"),
            Self::Bank => ("은행 코드(BIC)가 맞지 않습니다", "the bank's code (BIC) is none"),
            Self::Number => ("계좌번호가 맞지 않습니다", "the account is no number"),
            Self::Holder => ("예금주가 없습니다", "the holder's name is missing"),
        }
    }
}

/// A bank to which people are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bank {
    /// Its code (BIC, ISO 9362).
    pub bic: &'static str,
    /// Its name in Korean.
    pub ko: &'static str,
    /// Its name in English.
    pub en: &'static str,
}

/// Banks that people choose by name; any other is written by its code. The codes were not held against SWIFT's own directory: a
/// deployment checks them with its bank before the first run.
pub const BANKS: [Bank; 14] = [
    Bank { bic: "CZNBKRSE", ko: "국민은행", en: "KB Kookmin Bank" },
    Bank { bic: "SHBKKRSE", ko: "신한은행", en: "Shinhan Bank" },
    Bank { bic: "HVBKKRSE", ko: "우리은행", en: "Woori Bank" },
    Bank { bic: "KOEXKRSE", ko: "하나은행", en: "Hana Bank" },
    Bank { bic: "NACFKRSE", ko: "농협은행", en: "NongHyup Bank" },
    Bank { bic: "IBKOKRSE", ko: "기업은행", en: "Industrial Bank of Korea" },
    Bank { bic: "SCBLKRSE", ko: "SC제일은행", en: "Standard Chartered Bank Korea" },
    Bank { bic: "KODBKRSE", ko: "산업은행", en: "Korea Development Bank" },
    Bank { bic: "NFFCKRSE", ko: "수협은행", en: "Suhyup Bank" },
    Bank { bic: "DAEBKR22", ko: "iM뱅크", en: "iM Bank" },
    Bank { bic: "PUSBKR2P", ko: "부산은행", en: "Busan Bank" },
    Bank { bic: "JEONKRSE", ko: "전북은행", en: "Jeonbuk Bank" },
    Bank { bic: "JJBKKR22", ko: "제주은행", en: "Jeju Bank" },
    Bank { bic: "KAKOKR22", ko: "카카오뱅크", en: "KakaoBank" },
];

/// The reference by which a payment is known from end to end: the same for the same award, month and attempt.
pub fn end_to_end(award: &str, month: Month, attempt: u32) -> String {
    let digest = Sha256::digest(format!("{award}\n{month}\n{attempt}").as_bytes());
    hexadecimal(&digest).chars().take(32).collect()
}

/// SHA-256 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}
