//! Trains the table of injection screening (`spine/gateway/data/injection.bin`) and says how it does on what it has not seen.
//!
//! `train_screening SETS.jsonl [--write FILE]`, each line `{"set": "…", "kin": "…", "attack": true, "learn": true, "text": "…"}`. Every family (`kin`)
//! is held out in turn: a model trained on all others is asked about it. Texts with `learn: false` are never learned from. Then a model
//! trained on everything that may be learned from is written. Set `SHOW` to see what is judged wrongly.
//!
//! `--mistakes N`: of a thousand harmless texts, held out from training, so many may be stopped by mistake (20). `--table FILE` trains nothing and
//! measures that table beside the rules; `--move-by X` moves its threshold before.

use std::{collections::BTreeMap, io::BufRead as _};

use maru_gateway::{Action, LEARNED_RULE, screen, screening_form};
use maru_learning::{ScreenedExample, Screener};

/// Of a thousand harmless texts, held out from training, so many may be stopped by mistake: the threshold follows from it.
const MISTAKES: usize = 20;
const SEED: u64 = 20_261_126;

struct Text {
    set: String,
    kin: String,
    is_attack: bool,
    learn: bool,
    words: String,
    form: String,
}

fn read(path: &str) -> Result<Vec<Text>, Box<dyn std::error::Error>> {
    let mut texts = Vec::new();
    for line in std::io::BufReader::new(std::fs::File::open(path)?).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let name = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
        let text = name("text");
        texts.push(Text {
            set: name("set"),
            kin: name("kin"),
            is_attack: line["attack"] == true,
            learn: line["learn"] == true,
            form: screening_form(&text),
            words: text,
        });
    }
    Ok(texts)
}

/// Every set counts alike, whatever its size, within limits.
fn examples<'a>(texts: &[&'a Text]) -> Vec<ScreenedExample<'a>> {
    let mut sizes: BTreeMap<&str, f32> = BTreeMap::new();
    for text in texts {
        *sizes.entry(&text.set).or_default() += 1.0;
    }
    let weight = |text: &Text| (100.0 / sizes[text.set.as_str()]).clamp(0.4, 3.0);
    texts
        .iter()
        .map(|text| ScreenedExample { text: &text.form, is_wanted: text.is_attack, weight: weight(text) })
        .collect()
}

/// Parts into which texts are divided to see how harmless ones score that were not learned from.
const PARTS: u32 = 3;

fn part_of(text: &Text) -> u32 {
    text.form.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % PARTS
}

fn argument(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

fn train(texts: &[&Text]) -> Result<Screener, Box<dyn std::error::Error>> {
    let mut scores = Vec::new();
    for part in 0..PARTS {
        let (out, rest): (Vec<&Text>, Vec<&Text>) = texts.iter().copied().partition(|text| part_of(text) == part);
        let screener = Screener::train(&examples(&rest), SEED)?;
        scores.extend(out.iter().filter(|text| !text.is_attack).map(|text| screener.score(&text.form)));
    }
    scores.sort_by(|one, other| other.total_cmp(one));
    let mistakes = argument("--mistakes").and_then(|number| number.parse().ok()).unwrap_or(MISTAKES);
    let threshold = scores.get(scores.len() * mistakes / 1_000).copied().unwrap_or_default();
    let mut screener = Screener::train(&examples(texts), SEED)?;
    screener.move_by(-threshold - 0.01);
    Ok(screener)
}

fn by_rules(text: &str) -> bool {
    screen(text).iter().any(|fired| fired.action == Action::Block && fired.rule != LEARNED_RULE)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let texts = read(&std::env::args().nth(1).ok_or("name the file of sets")?)?;
    let learnable: Vec<&Text> = texts.iter().filter(|text| text.learn).collect();
    if let Some(file) = argument("--table") {
        let mut table = Screener::from_bytes(&std::fs::read(file)?)?;
        table.move_by(argument("--move-by").and_then(|by| by.parse().ok()).unwrap_or_default());
        measure(&texts, &BTreeMap::new(), &table);
        return Ok(());
    }
    let whole = train(&learnable)?;
    let mut without: BTreeMap<&str, Screener> = BTreeMap::new();
    for text in &learnable {
        if !without.contains_key(text.kin.as_str()) {
            let rest: Vec<&Text> = learnable.iter().copied().filter(|other| other.kin != text.kin).collect();
            without.insert(&text.kin, train(&rest)?);
        }
    }
    measure(&texts, &without, &whole);
    if let Some(file) = argument("--write") {
        std::fs::write(file, whole.to_bytes())?;
    }
    Ok(())
}

/// Prints the share of each set that is stopped: by the rules, by the table that was trained without the text's family (the whole one where
/// there is none), by both, and by the whole table.
fn measure(texts: &[Text], without: &BTreeMap<&str, Screener>, whole: &Screener) {
    let mut sets: BTreeMap<(bool, &str), Vec<&Text>> = BTreeMap::new();
    for text in texts {
        sets.entry((!text.is_attack, &text.set)).or_default().push(text);
    }
    println!(
        "| set | texts | rules | table, family held out | both, family held out | table as shipped |\n|---|---|---|---|---|---|"
    );
    for ((is_harmless, name), members) in &sets {
        let unseen = |text: &Text| without.get(text.kin.as_str()).unwrap_or(whole).score(&text.form) > 0.0;
        let share = |stopped: &dyn Fn(&Text) -> bool| {
            members.iter().filter(|text| stopped(text)).count() as f64 / members.len() as f64
        };
        println!(
            "| {name} | {} {} | {:.3} | {:.3} | {:.3} | {:.3} |",
            members.len(),
            if *is_harmless { "harmless" } else { "attacks" },
            share(&|text| by_rules(&text.words)),
            share(&unseen),
            share(&|text| by_rules(&text.words) || unseen(text)),
            share(&|text| whole.score(&text.form) > 0.0),
        );
        if std::env::var_os("SHOW").is_some() {
            let is_wrong = |text: &&&Text| (by_rules(&text.words) || unseen(text)) != text.is_attack;
            for text in members.iter().filter(is_wrong).take(12) {
                println!("    {}", text.form.chars().take(140).collect::<String>().replace('\n', " "));
            }
        }
    }
}
