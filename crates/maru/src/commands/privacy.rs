//! `maru privacy …`

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;
use maru_privacy::Found;
use serde::{Deserialize, Serialize};

use crate::{bulk, files};

/// Find and mask personal data.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Replace personal data in every line of a file.
    #[command(after_help = "\
Input, one JSON object a line:   {\"id\": 1, \"text\": \"연락처는 010-1234-5678입니다.\"}
Output, in the same order:       {\"id\": 1, \"masked\": \"연락처는 [전화번호]입니다.\",
                                  \"found\": [{\"kind\": \"phone\", \"start\": 5, \"end\": 18}]}
Places are counted in characters of the original text.

Examples:
  maru privacy mask --input inquiries.jsonl --output masked.jsonl
  zcat inquiries.jsonl.gz | maru privacy mask --input - --output - | head

Exit code 2: some lines could not be read (they are named on standard error), the rest was done.")]
    Mask {
        /// Lines to mask; `.xz`, `.zst` and `.gz` are read as they are; `-` is standard input.
        #[arg(long)]
        input: PathBuf,
        /// Where to write; `-` is standard output.
        #[arg(long)]
        output: PathBuf,
        /// Taken by all bulk commands; masking needs no data.
        #[arg(long, hide = true)]
        data: Option<PathBuf>,
    },
}

#[derive(Deserialize)]
struct Line {
    id: serde_json::Value,
    text: String,
}

#[derive(Serialize)]
struct MaskedLine {
    id: serde_json::Value,
    masked: String,
    found: Vec<Found>,
}

/// Runs the command.
///
/// # Errors
/// Where a file cannot be read or written.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    let Command::Mask { input, output, data: _ } = command;
    let bar = files::bytes_bar("masking");
    let mut out = files::Output::create(&output)?;
    let tally = bulk::map_lines(files::open(&input, &bar)?, &mut out, |line: Line| {
        let masked = maru_privacy::mask(&line.text);
        Ok(MaskedLine { id: line.id, masked: masked.masked, found: masked.found })
    })?;
    out.finish()?;
    bar.finish_and_clear();
    Ok(tally.exit_code())
}
