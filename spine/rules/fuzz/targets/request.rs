//! A request of the Web API as a stranger may send it: `POST /calculate`, then a line's end, then the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use maru_rules::{
    simulation::Options,
    system::Package,
    web::{self, Body, Request},
};
use maru_rules_fuzz::nation_folder;
use std::sync::LazyLock;

static NATION: LazyLock<Package> = LazyLock::new(|| Package::load(&nation_folder()).expect("the nation"));

fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (line, body) = (&input[..end], input.get(end + 1..).unwrap_or_default());
    let Ok(line) = std::str::from_utf8(line) else { return };
    let (method, path) = line.split_once(' ').unwrap_or(("GET", line));
    let request = Request {
        method,
        path,
        content_type: Some("application/json"),
        origin: None,
        wanted_headers: None,
        host: "http://localhost/",
        welcome: None,
        body,
    };
    let options = Options::default();
    let answered = web::respond(&NATION, &request, options);
    assert!((200..600).contains(&answered.status), "{}", answered.status);
    // What is answered at once is what the long way answers.
    if let Some(at_once) = web::respond_at_once(&NATION, &request, options) {
        assert_eq!(at_once, answered);
    }
    if let Body::Json(body) = answered.body {
        assert!(!body.to_string().contains("report this"), "{body}");
    }
});
