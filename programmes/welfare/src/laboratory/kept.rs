//! What a study has calculated so far, part by part, on the machine that calculates it.
//!
//! A part counts only for the same reform, rules and files: its name holds a digest of all three. Where it cannot be written
//! or read, the part is calculated again: nothing rests on it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use maru_rules::reform::Homes;

use crate::payment::digest;

/// Where a study keeps its parts.
#[derive(Debug, Clone)]
pub struct Kept {
    folder: PathBuf,
    /// The reform, the rules and the month, as text.
    question: String,
}

impl Kept {
    /// In a folder, for this question.
    pub fn new(folder: PathBuf, question: String) -> Self {
        Self { folder, question }
    }

    fn file(&self, place: usize, part: &Path) -> PathBuf {
        let mut text = self.question.clone();
        for name in ["person", "household", "couple"] {
            let path = part.join(format!("{name}.parquet"));
            let Ok(metadata) = fs::metadata(&path) else { continue };
            let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            text = format!("{text}\n{} {} {:?}", path.display(), metadata.len(), changed);
        }
        let name: String = digest(text.as_bytes()).chars().take(24).collect();
        self.folder.join(format!("part-{place:05}-{name}.homes"))
    }

    /// The part as it was calculated before; nothing where it was not.
    pub(super) fn read(&self, place: usize, part: &Path) -> Option<Homes> {
        Homes::from_bytes(&fs::read(self.file(place, part)).ok()?)
    }

    /// Keeps a part. It is written under another name first, so that what is there is whole.
    pub(super) fn write(&self, place: usize, part: &Path, homes: &Homes) {
        let file = self.file(place, part);
        let unfinished = file.with_extension("unfinished");
        let written = fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(&unfinished, homes.to_bytes()))
            .and_then(|()| fs::rename(&unfinished, &file));
        if let Err(error) = written {
            tracing::warn!(%error, "a part of a study could not be kept: after a restart it is calculated again");
        }
    }

    /// The study is done: its parts are not needed any more.
    pub fn forget(&self) {
        if let Err(error) = fs::remove_dir_all(&self.folder)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "the parts of a finished study could not be taken away");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_counts_for_the_same_question_and_files_only() {
        let folder = tempfile::tempdir().unwrap();
        let part = folder.path().join("part-00000");
        fs::create_dir_all(&part).unwrap();
        fs::write(part.join("person.parquet"), "one").unwrap();
        let kept = |question: &str| Kept::new(folder.path().join("kept"), question.to_owned());
        assert!(kept("a").read(0, &part).is_none());
        kept("a").write(0, &part, &Homes::default());
        assert!(kept("a").read(0, &part).is_some());
        assert!(kept("b").read(0, &part).is_none(), "another question");
        assert!(kept("a").read(1, &part).is_none(), "another place");
        fs::write(part.join("person.parquet"), "other").unwrap();
        assert!(kept("a").read(0, &part).is_none(), "other files");
        kept("a").forget();
        assert!(!folder.path().join("kept").exists());
        kept("a").forget();
    }
}
