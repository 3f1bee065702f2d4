//! Reading sources: what is new is packed and handed on in batches.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use tokio::sync::mpsc;

use super::{
    lines::{Line, read_lines},
    notes::{AnswerLine, ServiceLine, answer_from_markdown, read_table},
    statutes::{StatuteLine, act_from_markdown},
    types::{BadLine, ImportContent, ImportListener, ImportProgress, ImportReport, ImportSource, ImportStage},
};
use crate::{
    error::KnowledgeError,
    store::{self, Act, Digest, Note, SourceKey, SourceRow},
};

/// Packed bytes of a batch: a transaction of some tens of milliseconds, so that others can write in between.
const BATCH_BYTES: usize = 1 << 20;
/// Rows of a batch.
const BATCH_ROWS: usize = 512;
/// Passages between two words of progress.
const STEP: u64 = 2_000;
/// Bad lines that are kept in the report with their reason; more would be a wrong file.
const BAD_LINES: usize = 1_000;

/// What reading came to.
pub(super) struct Read {
    pub(super) report: ImportReport,
    pub(super) found: HashMap<SourceKey, Digest>,
    pub(super) stored: HashMap<SourceKey, Digest>,
}

/// Takes in sources.
pub(super) struct Intake {
    stored: HashMap<SourceKey, Digest>,
    ready: HashSet<(SourceKey, Digest)>,
    found: HashMap<SourceKey, Digest>,
    /// Acts of this run, packed: a file may come back to one.
    acts: HashMap<SourceKey, Vec<u8>>,
    batch: Vec<SourceRow>,
    batch_bytes: usize,
    sender: mpsc::Sender<Vec<SourceRow>>,
    /// Nobody takes batches any more.
    stopped: bool,
    listener: Option<ImportListener>,
    source: String,
    report: ImportReport,
}

impl Intake {
    pub(super) fn new(
        ready: HashSet<(SourceKey, Digest)>,
        stored: HashMap<SourceKey, Digest>,
        sender: mpsc::Sender<Vec<SourceRow>>,
        listener: Option<ImportListener>,
    ) -> Self {
        Self {
            stored,
            ready,
            found: HashMap::new(),
            acts: HashMap::new(),
            batch: Vec::new(),
            batch_bytes: 0,
            sender,
            stopped: false,
            listener,
            source: String::new(),
            report: ImportReport::default(),
        }
    }

    pub(super) fn read_all(mut self, sources: Vec<ImportSource>) -> Result<Read, KnowledgeError> {
        for source in sources {
            self.source = source.name;
            self.read(source.content)?;
            self.tell();
        }
        self.send();
        Ok(Read { report: self.report, found: self.found, stored: self.stored })
    }

    fn read(&mut self, content: ImportContent) -> Result<(), KnowledgeError> {
        match content {
            ImportContent::StatuteLines(reader) => self.read_statutes(reader),
            ImportContent::StatuteFolder(folder) => self.read_folder(&folder, |intake, path, text| {
                let act = act_from_markdown(path, text)?;
                intake.report.read += act.articles.len() as u64;
                intake.take_act(act);
                Ok(())
            }),
            ImportContent::AnswerLines(reader) => {
                let read = read_lines(reader, |line: Line<AnswerLine>| {
                    self.take_line(store::ANSWER, line, AnswerLine::into_note)
                });
                read.map_err(|error| self.unreadable(&error))
            }
            ImportContent::ServiceLines(reader) => {
                let read = read_lines(reader, |line: Line<ServiceLine>| {
                    self.take_line(store::SERVICE, line, ServiceLine::into_note)
                });
                read.map_err(|error| self.unreadable(&error))
            }
            ImportContent::AnswerTable(reader) => {
                let read = read_table(reader, |line, note| {
                    self.take_note(store::ANSWER, line, note);
                    !self.stopped
                });
                read.map_err(|error| self.unreadable(&error))
            }
            ImportContent::AnswerFolder(folder) => self.read_folder(&folder, |intake, path, text| {
                let note = answer_from_markdown(path, text)?;
                intake.take_note(store::ANSWER, 0, Ok(note));
                Ok(())
            }),
        }
    }

    fn unreadable(&self, error: &std::io::Error) -> KnowledgeError {
        KnowledgeError::Unreadable { name: self.source.clone(), reason: error.to_string() }
    }

    fn bad(&mut self, line: u64, reason: String) {
        if self.report.bad.len() < BAD_LINES {
            self.report.bad.push(BadLine { source: self.source.clone(), line, reason });
        }
    }

    /// Articles of an act stand together; the act is packed when the next begins.
    fn read_statutes(&mut self, reader: super::types::Reader) -> Result<(), KnowledgeError> {
        let mut current: Option<Act> = None;
        let read = read_lines(reader, |line: Line<StatuteLine>| {
            let (number, act) = match line {
                Line::Good { number, value } => (number, value.into_act()),
                Line::Bad { number, reason } => (number, Err(reason)),
            };
            match act {
                Err(reason) => self.bad(number, reason),
                Ok(mut act) => {
                    self.count();
                    match &mut current {
                        Some(open) if open.law == act.law && open.effective == act.effective => {
                            open.articles.append(&mut act.articles);
                        }
                        _ => {
                            if let Some(done) = current.replace(act) {
                                self.take_act(done);
                            }
                        }
                    }
                }
            }
            !self.stopped
        });
        read.map_err(|error| self.unreadable(&error))?;
        if let Some(done) = current {
            self.take_act(done);
        }
        Ok(())
    }

    fn take_act(&mut self, mut act: Act) {
        let row = SourceRow::of_act(&act);
        let row = match self.acts.get(&row.key) {
            None => row,
            // The file comes back to an act: what came before belongs to it too.
            Some(before) => {
                let Ok(mut whole) = store::unpack::<Act>(store::ACT, &row.key.name, before) else { return };
                whole.articles.append(&mut act.articles);
                SourceRow::of_act(&whole)
            }
        };
        self.acts.insert(row.key.clone(), row.body.clone());
        self.take(row);
    }

    fn take_line<T>(&mut self, kind: &str, line: Line<T>, convert: fn(T) -> Result<Note, String>) -> bool {
        match line {
            Line::Good { number, value } => self.take_note(kind, number, convert(value)),
            Line::Bad { number, reason } => self.bad(number, reason),
        }
        !self.stopped
    }

    fn take_note(&mut self, kind: &str, line: u64, note: Result<Note, String>) {
        match note {
            Ok(note) => {
                self.count();
                self.take(SourceRow::of_note(kind, &note));
            }
            Err(reason) => self.bad(line, reason),
        }
    }

    fn take(&mut self, row: SourceRow) {
        self.found.insert(row.key.clone(), row.digest);
        let is_stored = self.stored.get(&row.key) == Some(&row.digest);
        let known = (row.key.clone(), row.digest);
        if is_stored || !self.ready.insert(known) {
            return;
        }
        self.batch_bytes += row.body.len();
        self.batch.push(row);
        if self.batch_bytes >= BATCH_BYTES || self.batch.len() >= BATCH_ROWS {
            self.send();
        }
    }

    fn send(&mut self) {
        self.batch_bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        if !batch.is_empty() && self.sender.blocking_send(batch).is_err() {
            self.stopped = true;
        }
    }

    fn count(&mut self) {
        self.report.read += 1;
        if self.report.read.is_multiple_of(STEP) {
            self.tell();
        }
    }

    fn tell(&self) {
        if let Some(listener) = &self.listener {
            listener(&ImportProgress {
                stage: ImportStage::Reading,
                source: self.source.clone(),
                done: self.report.read,
                total: None,
            });
        }
    }

    fn read_folder(
        &mut self,
        folder: &Path,
        mut take: impl FnMut(&mut Self, &Path, &str) -> Result<(), String>,
    ) -> Result<(), KnowledgeError> {
        let name = std::mem::replace(&mut self.source, folder.display().to_string());
        let files = markdown_files(folder).map_err(|error| self.unreadable(&error))?;
        for path in files {
            self.source = path.display().to_string();
            let text = std::fs::read(&path).map_err(|error| self.unreadable(&error))?;
            let taken = match String::from_utf8(text) {
                Ok(text) => take(self, &path, &text),
                Err(_) => Err("it is not UTF-8".to_owned()),
            };
            if let Err(reason) = taken {
                self.bad(0, reason);
            }
            if self.stopped {
                break;
            }
        }
        self.source = name;
        Ok(())
    }
}

/// Markdown files below a folder, in order. What stands in hidden folders and files called README is about the folder.
fn markdown_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let kind = entry.file_type()?;
            if name.starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() && name.to_lowercase().ends_with(".md") && !name.eq_ignore_ascii_case("readme.md")
            {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
