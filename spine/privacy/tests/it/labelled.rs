//! A table of sentences that people write, with what is personal in them marked by hand.
//!
//! `labelled.txt`: one sentence a line; `⟦kind:text⟧` marks a personal datum. Everything else must stay.

use maru_privacy::{Found, Kind, find};

fn kind(name: &str) -> Kind {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).unwrap_or_else(|_| panic!("no kind {name}"))
}

/// The sentence without marks, and what they mark.
fn read(line: &str) -> (String, Vec<Found>) {
    let (mut text, mut found, mut rest) = (String::new(), Vec::new(), line);
    while let Some((before, marked)) = rest.split_once('⟦') {
        text.push_str(before);
        let (inside, after) = marked.split_once('⟧').expect("a mark that is closed");
        let (name, datum) = inside.split_once(':').expect("⟦kind:text⟧");
        let start = text.chars().count();
        text.push_str(datum);
        found.push(Found { kind: kind(name), start, end: text.chars().count() });
        rest = after;
    }
    text.push_str(rest);
    (text, found)
}

#[test]
fn every_sentence_of_the_table_is_read_as_marked() {
    let mut wrong = Vec::new();
    let lines = include_str!("labelled.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut count = 0;
    for line in lines {
        count += 1;
        let (text, expected) = read(line);
        let found = find(&text);
        if found != expected {
            wrong.push(format!("{line}\n    found {found:?}\n    expected {expected:?}"));
        }
    }
    assert!(count >= 120, "the table has {count} sentences");
    assert!(wrong.is_empty(), "{} of {count} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
