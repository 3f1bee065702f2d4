//! Keys and passwords in texts.

use std::{ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use regex::Regex;

/// What one of the patterns begins with or contains; texts without any are done with in one pass.
const CUES: [&str; 18] = [
    "sk-",
    "maru_sk_",
    "akia",
    "asia",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "xox",
    "aiza",
    "eyj",
    "-----begin",
    "password",
    "passwd",
    "비밀번호",
    "secret",
    "api_key",
    "apikey",
];

const PATTERN: &str = concat!(
    r"(?s)-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.{16,8192}?-----END [A-Z ]{0,30}PRIVATE KEY-----",
    r"|\b(?:sk-[A-Za-z0-9_\-]{20,200}|maru_sk_[A-Za-z0-9_\-]{20,100}|(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pos]_[A-Za-z0-9]{30,100})\b",
    r"|\bgithub_pat_[A-Za-z0-9_]{40,120}\b|\bxox[abprs]-[A-Za-z0-9\-]{10,200}\b|\bAIza[A-Za-z0-9_\-]{35}\b",
    r"|\beyJ[A-Za-z0-9_\-]{10,2000}\.eyJ[A-Za-z0-9_\-]{10,4000}\.[A-Za-z0-9_\-]{10,2000}",
    r#"|(?i:\b(?:password|passwd|pwd|secret|api_?key|access_?token)|비밀번호)["']? ?[:=] ?["']?([^\s"',;]{6,100})"#,
);

/// Where keys and passwords stand, as ranges of bytes, in order.
pub(crate) fn find_secrets(text: &str) -> Vec<Range<usize>> {
    static FINDER: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasickBuilder::new().ascii_case_insensitive(true).build(CUES).ok());
    static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PATTERN).ok());
    let (Some(finder), Some(secret)) = (&*FINDER, &*SECRET) else { return Vec::new() };
    if !finder.is_match(text) {
        return Vec::new();
    }
    let of_value =
        |captures: regex::Captures<'_>| captures.get(1).or_else(|| captures.get(0)).map(|found| found.range());
    secret.captures_iter(text).filter_map(of_value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_and_words_are_not() {
        let found = |text: &str| find_secrets(text).into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>();
        assert_eq!(found("key sk-abcdefghijklmnopqrstuvwx ok"), ["sk-abcdefghijklmnopqrstuvwx"]);
        assert_eq!(found("password: hunter2hunter"), ["hunter2hunter"]);
        assert_eq!(found("비밀번호=아무도모르는말"), ["아무도모르는말"]);
        assert_eq!(found("AKIAABCDEFGHIJKLMNOP"), ["AKIAABCDEFGHIJKLMNOP"]);
        let pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----";
        assert_eq!(found(&format!("see {pem} end")), [pem]);
        assert!(found("비밀번호를 잊었어요. How do I reset my password?").is_empty());
    }
}
