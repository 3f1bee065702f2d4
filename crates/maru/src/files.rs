//! Files that commands read and write: compressed input is read as it is, output appears whole.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

const BUFFER: usize = 1 << 18;

/// Opens a file for reading lines; `-` is standard input. What is compressed with xz, Zstandard or gzip is recognised by its
/// first bytes, whatever its name.
///
/// # Errors
/// Where the file cannot be opened; the message names it.
pub(crate) fn open(path: &Path, progress: &ProgressBar) -> anyhow::Result<Box<dyn BufRead + Send>> {
    let raw: Box<dyn Read + Send> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = File::open(path).with_context(|| format!("{} could not be opened", path.display()))?;
        progress.inc_length(file.metadata().map_or(0, |metadata| metadata.len()));
        Box::new(progress.wrap_read(file))
    };
    let mut raw = BufReader::with_capacity(BUFFER, raw);
    let magic = raw.fill_buf().with_context(|| format!("{} could not be read", path.display()))?;
    let plain: Box<dyn Read + Send> = match magic {
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Box::new(liblzma::read::XzDecoder::new_multi_decoder(raw)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(zstd::stream::read::Decoder::with_buffer(raw)?),
        [0x1f, 0x8b, ..] => Box::new(flate2::bufread::MultiGzDecoder::new(raw)),
        _ => return Ok(Box::new(raw)),
    };
    Ok(Box::new(BufReader::with_capacity(BUFFER, plain)))
}

/// A file that is being written: it takes its name only when everything is in it. `-` is standard output.
pub(crate) struct Output {
    writer: Box<dyn Write + Send>,
    unfinished: Option<(PathBuf, PathBuf)>,
}

impl Output {
    /// Begins to write.
    ///
    /// # Errors
    /// Where the file cannot be created; the message names it.
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self { writer: Box::new(BufWriter::new(io::stdout())), unfinished: None });
        }
        let mut name = path.file_name().context("the output needs a file name")?.to_owned();
        name.push(".part");
        let unfinished = path.with_file_name(name);
        let file = File::create(&unfinished).with_context(|| format!("{} could not be written", path.display()))?;
        let writer = Box::new(BufWriter::with_capacity(BUFFER, file));
        Ok(Self { writer, unfinished: Some((unfinished, path.to_owned())) })
    }

    /// Everything is written: the file takes its name.
    ///
    /// # Errors
    /// Where the last bytes could not be written.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        self.writer.flush().context("the output could not be written")?;
        if let Some((unfinished, path)) = &self.unfinished {
            std::fs::rename(unfinished, path).with_context(|| format!("{} could not be written", path.display()))?;
        }
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A bar over the bytes of the input, on standard error and only where somebody looks.
pub(crate) fn bytes_bar(what: &'static str) -> ProgressBar {
    bar(what, "{msg} {wide_bar} {bytes}/{total_bytes} {eta}")
}

/// A bar over things that are counted.
pub(crate) fn counting_bar(what: &'static str) -> ProgressBar {
    bar(what, "{msg} {wide_bar} {human_pos}/{human_len} {eta}")
}

fn bar(what: &'static str, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(0).with_message(what);
    // The templates are constants; a wrong one would leave the plain bar.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_files_are_read_by_what_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let text = "한 줄\n두 줄\n".repeat(1_000);
        let mut xz = Vec::new();
        liblzma::read::XzEncoder::new(text.as_bytes(), 1).read_to_end(&mut xz).unwrap();
        let mut gz = Vec::new();
        flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::fast()).read_to_end(&mut gz).unwrap();
        let zst = zstd::encode_all(text.as_bytes(), 1).unwrap();
        for bytes in [xz, gz, zst, text.clone().into_bytes()] {
            let path = folder.path().join("any-name");
            std::fs::write(&path, bytes).unwrap();
            let mut read = String::new();
            open(&path, &ProgressBar::hidden()).unwrap().read_to_string(&mut read).unwrap();
            assert_eq!(read, text);
        }
    }

    #[test]
    fn output_that_is_not_finished_does_not_take_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl");
        let mut output = Output::create(&path).unwrap();
        output.write_all(b"half").unwrap();
        assert!(!path.exists());
        output.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"half");
    }
}
