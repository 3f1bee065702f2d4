//! Addresses of mail, as usual and in words.

use regex::Captures;

use super::Accepted;
use crate::{Kind, context::View};

/// The whole match, without a full stop or dash that ends the sentence.
pub(super) fn email(_: &View, captures: &Captures<'_>) -> Accepted {
    let whole = captures.get(0)?;
    let mut text = whole.as_str().trim_end_matches(['.', '-']);
    let (user, host) = text.split_once('@')?;
    let is_domain = |top: &str| top.starts_with(|one: char| one.is_ascii_alphabetic()) && top.len() >= 2;
    let mut host = host;
    // «a@example.org.-b» ends before the last full stop; «react@18.2.0» is a version, «admin@10.0.0.1» a machine.
    while !is_domain(host.rsplit('.').next()?) {
        (host, _) = host.rsplit_once('.')?;
        text = &text[..user.len() + 1 + host.len()];
    }
    // «git@github.com:…» is a service, «logo@2x.png» a file.
    let top = host.rsplit('.').next()?;
    let is_file = ["png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts"].contains(&top);
    if user == "git" || is_file || !host.contains('.') {
        return None;
    }
    Some((Kind::Email, whole.start(), whole.start() + text.len()))
}

/// «hong (at) example.com», «hong 골뱅이 네이버 점 컴», «홍길동@네이버.com»: what stands before the sign is the user.
pub(super) fn email_in_words(view: &View, captures: &Captures<'_>) -> Accepted {
    let whole = captures.get(0)?;
    let is_joined = whole.as_str().starts_with('@');
    let is_part = |one: &char| {
        one.is_ascii_alphanumeric()
            || matches!(one, '.' | '_' | '%' | '+' | '-')
            || (is_joined && maru_korean::is_syllable(*one))
    };
    let before = view.text[..whole.start()].chars().rev().take(LONGEST_USER).take_while(is_part);
    let length: usize = before.map(char::len_utf8).sum();
    let start = whole.start() - length;
    let user = &view.text[start..whole.start()];
    let user = user.trim_start_matches(['.', '_', '%', '+', '-']);
    (!user.is_empty() && user != "git").then_some((Kind::Email, whole.start() - user.len(), whole.end()))
}

/// So long may a user's name be.
const LONGEST_USER: usize = 64;
