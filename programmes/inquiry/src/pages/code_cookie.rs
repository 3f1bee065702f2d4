//! The code of a case in the browser, after it was given once: bound to the addresses of that case, gone after twelve
//! hours, out of reach of scripts.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::domain::{AccessCode, Receipt};

const NAME: &str = "maru_case";
const SECONDS: u32 = 12 * 60 * 60;

/// The code that the browser sends with an address of its case.
pub(super) fn read(headers: &HeaderMap) -> Option<AccessCode> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).and_then(|(_, value)| AccessCode::parse(value))
}

/// The header that gives the browser the code.
pub(super) fn set(receipt: &Receipt, code: &AccessCode, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!(
        "{NAME}={}; Path=/inquiries/{receipt}; Max-Age={SECONDS}; HttpOnly; SameSite=Strict{secure}",
        code.reveal()
    );
    HeaderValue::from_str(&cookie).ok()
}
