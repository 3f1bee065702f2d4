//! Packs the law that ships within the program: every file of `laws/korea/openfisca_korea` that the rules are read from.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

const PACKAGE: &str = "../../laws/korea/openfisca_korea";

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if name != "__pycache__" && name != "tests" {
                collect(&path, found)?;
            }
        } else if matches!(path.extension().and_then(|ending| ending.to_str()), Some("py" | "yaml" | "json")) {
            found.push(path);
        }
    }
    Ok(())
}

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={PACKAGE}");
    let root = fs::canonicalize(PACKAGE)?;
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut source = String::from(
        "/// Every file of the law: its path within the package, and its text.\npub(super) const FILES: &[(&str, &str)] = &[\n",
    );
    for file in files {
        let within = file.strip_prefix(&root).map_err(io::Error::other)?.display().to_string();
        let _ = writeln!(source, "    ({within:?}, include_str!({:?})),", file.display().to_string());
    }
    source.push_str("];\n");
    let output = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo names no folder for what is made"))?;
    fs::write(Path::new(&output).join("law.rs"), source)
}
