//! A whole package: its Python, its parameters, and what is left out or in the wrong place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use maru_rules_fuzz::{ask_everything, write_files};

fuzz_target!(|input: &[u8]| {
    let Ok(folder) = tempfile::tempdir() else { return };
    let root = folder.path().join("nation");
    write_files(&String::from_utf8_lossy(input), &root);
    ask_everything(&root, input);
});
