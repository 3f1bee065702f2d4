//! What the targets share: a package written as one text, so that libFuzzer may cut, join and change it anywhere, and the questions that
//! every package is asked. How to run them: `README.md` beside this.

#[path = "../../tests/fuzz/chance.rs"]
mod chance;
#[path = "../../tests/fuzz/nation.rs"]
mod nation;

use chance::Chance;
use maru_rules::system::Package;
use std::path::{Path, PathBuf};

/// What stands before the path of each file of a package that is one text.
const MARK: &str = "#### ";
/// Of so many packages one is also calculated for a nation, in every way: it takes as long as compiling dozens.
const NATIONS: u64 = 16;

/// The small nation that has every part of the language.
pub fn nation_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/language/nation")
}

/// Writes the files that a text holds into a folder, each after a line with its path: `#### variables/tax.py`.
pub fn write_files(text: &str, folder: &Path) {
    for part in text.split(MARK).skip(1) {
        let (path, content) = part.split_once('\n').unwrap_or((part, ""));
        let is_inside = !path.is_empty()
            && path.len() < 200
            && path.split('/').all(|name| !name.is_empty() && name.trim_matches('.') != "" && !name.contains('\0'));
        let path = folder.join(path);
        if is_inside && path.parent().is_some_and(|parent| std::fs::create_dir_all(parent).is_ok()) {
            // A file where another one needs a folder is left out.
            let _ = std::fs::write(path, content);
        }
    }
}

/// Reads the package in a folder and asks it everything; where it is no package, that is an answer too.
pub fn ask_everything(root: &Path, input: &[u8]) {
    let Ok(package) = Package::load(root) else { return };
    let mut chance = Chance(number_of(input));
    nation::ask_a_few(&package, &mut chance);
    if chance.next().is_multiple_of(NATIONS) {
        nation::agree(&package, &mut chance, false, &|_| false);
    }
}

/// A number that is the same for the same input, so that a finding can be seen again (FNV-1a).
fn number_of(input: &[u8]) -> u64 {
    input.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
