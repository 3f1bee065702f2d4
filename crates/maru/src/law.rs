//! The law that ships within the program, written into the data folder where the rules are read from.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;

mod packed {
    include!(concat!(env!("OUT_DIR"), "/law.rs"));
}

/// The module's name, which is also the folder's.
const MODULE: &str = "openfisca_korea";

/// Writes the law into the data folder, where what stands there is another, and gives its folder.
///
/// # Errors
/// Where the folder cannot be written.
pub(crate) fn unpack(data: &Path) -> anyhow::Result<PathBuf> {
    let folder = data.join("law").join(MODULE);
    if is_there(&folder) {
        return Ok(folder);
    }
    let written = || -> std::io::Result<()> {
        // What a former version had and this one has not must not stay.
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        for (path, text) in packed::FILES {
            let file = folder.join(path);
            if let Some(above) = file.parent() {
                fs::create_dir_all(above)?;
            }
            fs::write(file, text)?;
        }
        Ok(())
    };
    written().with_context(|| format!("the law could not be written to {}", folder.display()))?;
    Ok(folder)
}

fn is_there(folder: &Path) -> bool {
    packed::FILES.iter().all(|(path, text)| fs::read_to_string(folder.join(path)).is_ok_and(|known| known == *text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_is_packed_whole_and_put_right_where_it_was_changed() {
        let data = tempfile::tempdir().unwrap();
        let folder = unpack(data.path()).unwrap();
        assert!(packed::FILES.len() > 50, "{}", packed::FILES.len());
        let entities = folder.join("entities.py");
        fs::write(&entities, "changed").unwrap();
        fs::write(folder.join("left_over.py"), "x = 1").unwrap();
        unpack(data.path()).unwrap();
        assert!(fs::read_to_string(&entities).unwrap().contains("Household"));
        assert!(!folder.join("left_over.py").exists());
    }
}
