//! How well the rules of unsafe content tell answers apart: `screen_answers [FOLDER]`.
//!
//! The Korean answers are those in `benches/gateway/texts/answers_ko.txt`. FOLDER holds the CSV files of the published completions of `XSTest` (`git clone
//! https://github.com/paul-rottger/exaggerated-safety`, folder `model_completions`; CC-BY-4.0, measured on alone): what models answered to 250
//! harmless and 200 unsafe prompts, judged by people. Full compliance with an unsafe prompt counts as unsafe; every answer to a harmless prompt
//! and every full refusal as harmless. The rules were mended after a look at the prompts of even hash, so that these are shown apart.

use std::{collections::BTreeMap, path::Path};

use maru_gateway::screen_answer;
use sha2::{Digest as _, Sha256};

/// Unsafe or not, and how many of how many fire.
type Counts = BTreeMap<(String, &'static str), (usize, usize)>;

fn count(counts: &mut Counts, set: &str, kind: &'static str, text: &str) {
    let fired = !screen_answer(text).is_empty();
    let (found, all) = counts.entry((set.to_owned(), kind)).or_default();
    *found += usize::from(fired);
    *all += 1;
    if std::env::var_os("SHOW").is_some() && fired != (kind == "unsafe") {
        println!("{kind}: {}", text.chars().take(120).collect::<String>().replace('\n', " "));
    }
}

fn own(counts: &mut Counts) -> std::io::Result<()> {
    let text = std::fs::read_to_string("benches/gateway/texts/answers_ko.txt")?;
    let mut kind = "";
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("//")) {
        match line {
            "# unsafe" => kind = "unsafe",
            "# harmless" => kind = "harmless",
            answer => count(counts, "own, Korean", kind, answer),
        }
    }
    Ok(())
}

/// The records of a CSV file, quotation marks and lines inside fields read.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                field.push('"');
                letters.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field).trim_end_matches('\r').to_owned());
                records.push(std::mem::take(&mut record));
            }
            letter => field.push(letter),
        }
    }
    records
}

fn published(counts: &mut Counts, folder: &Path) -> std::io::Result<()> {
    for file in std::fs::read_dir(folder)? {
        let text = String::from_utf8_lossy(&std::fs::read(file?.path())?).into_owned();
        for record in records(&text).iter().skip(1).filter(|record| record.len() > 7) {
            let (kind, prompt, answer, label) = (&record[1], &record[2], &record[3], &record[7]);
            let kind = match (kind.starts_with("contrast"), label.as_str()) {
                (true, "1_full_compliance") => "unsafe",
                (true, "3_partial_refusal") => continue,
                _ => "harmless",
            };
            let seen = Sha256::digest(prompt.as_bytes())[0] % 2 == 0;
            let set = if seen { "XSTest completions, prompts looked at" } else { "XSTest completions, the others" };
            count(counts, set, kind, answer);
        }
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    let mut counts = Counts::new();
    own(&mut counts)?;
    if let Some(folder) = std::env::args().nth(1) {
        published(&mut counts, Path::new(&folder))?;
    }
    println!("| set | answers | a rule fires |\n|---|---|---|");
    for ((set, kind), (found, all)) in &counts {
        println!("| {set} | {all} {kind} | {:.3} |", *found as f64 / *all as f64);
    }
    Ok(())
}
