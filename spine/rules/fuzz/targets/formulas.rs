//! One file of variables in a package that is otherwise whole: smaller inputs, deeper into the compiler.
#![no_main]

use libfuzzer_sys::fuzz_target;
use maru_rules_fuzz::{ask_everything, nation_folder};
use std::path::Path;
use std::sync::LazyLock;

/// The package, without its variables.
static GROUND: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for the package");
    for file in ["__init__.py", "entities.py", "parameters/rates.yaml", "parameters/scales.yaml"] {
        let target = folder.path().join("nation").join(file);
        std::fs::create_dir_all(target.parent().unwrap_or(Path::new("/"))).expect("its folders");
        std::fs::copy(nation_folder().join(file), target).expect("its files");
    }
    std::fs::create_dir_all(folder.path().join("nation/variables")).expect("its folders");
    folder
});

fuzz_target!(|input: &[u8]| {
    let root = GROUND.path().join("nation");
    if std::fs::write(root.join("variables/all.py"), input).is_ok() {
        ask_everything(&root, input);
    }
});
