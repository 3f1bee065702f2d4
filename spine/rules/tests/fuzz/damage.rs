//! Packages of the tree with a few of their files damaged at random.

use crate::chance::Chance;
use crate::nation;
use maru_rules::system::Package;
use std::path::{Path, PathBuf};

/// What is put into files beside their own pieces.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ".",
    "=",
    "\"",
    "'",
    "\n",
    "\n    ",
    "    ",
    "#",
    "@",
    "*",
    "**",
    "//",
    "-",
    "~",
    "0",
    "-1",
    "1e308",
    "9223372036854775807",
    "None",
    "True",
    "not ",
    "lambda x: ",
    "yield ",
    "return ",
    "while True:\n",
    "for x in range(1000000):\n",
    "if ",
    "else:",
    "match x:\n",
    "case _:\n",
    "import os\n",
    "class A(A):\n",
    "super().",
    "self",
    "person",
    "period",
    "parameters",
    "period.last_year",
    "period.offset(-1)",
    "ETERNITY",
    "DAY",
    "formula_0000",
    "\u{0}",
    "\u{feff}",
    "가",
    "&a",
    "*a",
    "!!int",
    "- ",
    "2026-01-01",
    "9999-99-99",
    "values:",
    "brackets:",
    "..",
    "|",
];

fn damage(text: &str, chance: &mut Chance) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=chance.below(6) {
        let length = characters.len();
        let place = chance.below(length + 1);
        let until = (place + chance.below(60)).min(length);
        match chance.below(6) {
            0 => drop(characters.drain(place..until)),
            1 => {
                let piece: Vec<char> = characters[place..until].to_vec();
                let target = chance.below(length + 1);
                characters.splice(target..target, piece);
            }
            2 | 3 => {
                let piece = PIECES[chance.below(PIECES.len())];
                characters.splice(place..place, piece.chars());
            }
            4 if place < length => characters[place] = char::from(u8::try_from(chance.below(128)).unwrap()),
            _ => {
                let piece = PIECES[chance.below(PIECES.len())].repeat(1 + chance.below(300));
                characters.splice(place..place, piece.chars());
            }
        }
    }
    characters.into_iter().collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            files(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "py" || ending == "yaml") {
            found.push(entry);
        }
    }
}

/// A copy of a package in the tree with a few of its files damaged, read, tried and asked.
pub(crate) fn one(source: &Path, seed: u64) {
    let mut chance = Chance(seed);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(source.file_name().unwrap());
    let mut all = Vec::new();
    files(source, &mut all);
    // Tests are not read here, and some of the files are left out: a package with holes.
    all.retain(|file| !file.starts_with(source.join("tests")));
    for file in &all {
        let target = root.join(file.strip_prefix(source).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        let text = std::fs::read_to_string(file).unwrap();
        match chance.below(24) {
            0 => {}
            1 | 2 => std::fs::write(target, damage(&text, &mut chance)).unwrap(),
            _ => std::fs::write(target, text).unwrap(),
        }
    }
    let Ok(package) = Package::load(&root) else { return };
    nation::ask_a_few(&package, &mut chance);
    nation::agree(&package, &mut chance, false, &|_| false);
}
