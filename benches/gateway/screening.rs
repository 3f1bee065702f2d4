//! How the rules of injection screening do on a labelled file: `screening FILE.jsonl`, each line `{"attack": true, "set": "…", "text": "…"}`.

use std::{collections::BTreeMap, io::BufRead as _};

use maru_gateway::{Action, screen};

#[derive(Default)]
struct Counted {
    texts: u32,
    stopped: u32,
    attack: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a file of JSON lines with attack, set and text")?;
    let mut sets: BTreeMap<String, Counted> = BTreeMap::new();
    for line in std::io::BufReader::new(std::fs::File::open(path)?).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let text = line["text"].as_str().ok_or("a line without text")?;
        let stopped = screen(text).iter().any(|fired| fired.action == Action::Block);
        let counted = sets.entry(line["set"].as_str().unwrap_or("-").to_owned()).or_default();
        counted.attack = line["attack"].as_bool().unwrap_or(false);
        counted.texts += 1;
        counted.stopped += u32::from(stopped);
        if std::env::var_os("SHOW").is_some() && stopped != counted.attack {
            println!(
                "{}: {}",
                if counted.attack { "missed" } else { "stopped" },
                text.chars().take(160).collect::<String>().replace('\n', " ")
            );
        }
    }
    for (name, counted) in sets {
        let share = f64::from(counted.stopped) / f64::from(counted.texts);
        let what = if counted.attack { "recall" } else { "false positives" };
        println!("{name}: {} texts, {what} {share:.3}", counted.texts);
    }
    Ok(())
}
