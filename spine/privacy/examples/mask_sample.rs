//! Masks standard input line by line and prints what was found: `cargo run -p maru-privacy --example mask_sample < FILE`.

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let characters: Vec<char> = line.chars().collect();
        for found in maru_privacy::find(&line) {
            let from = found.start.saturating_sub(12);
            let until = (found.end + 8).min(characters.len());
            let text: String = characters[found.start..found.end].iter().collect();
            let around: String = characters[from..until].iter().collect();
            writeln!(output, "{:?}\t{text}\t{around}", found.kind)?;
        }
    }
    Ok(())
}
