//! Which questions of citizens would get each other's answers: `cache_alike` reads the sets of questions in `$MARU_SHARED/data` (by default
//! `../shared/data`) and prints, for each set and likeness, how many pairs of different questions would be taken for one another: by the
//! cosine alone, with signs that must be the same (figures, negations, quoted names, Latin words, opposites), and with the same gist, as the
//! gateway asks; then which those are; then how many of the same questions, put otherwise, are found. At the end, what it costs.
//!
//! `SHOW=90` prints pairs too that only signs let pass, from that likeness on.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Instant,
};

use maru_gateway::{embed, gist};
use serde_json::Value;

const DIMENSIONS: usize = 512;
const LEVELS: [u8; 9] = [60, 70, 75, 80, 85, 90, 95, 97, 99];
const SETS: [(&str, &str); 4] = [
    ("seoul120.jsonl", "title"),
    ("easylaw-sections.jsonl", "question"),
    ("petitions.jsonl", "title"),
    ("proposals-answered.jsonl", "title"),
];

struct Question {
    text: String,
    /// What it was answered with; two questions of one answer are one.
    answer: String,
    vector: Vec<f32>,
    signs: BTreeSet<String>,
    gist: Option<String>,
}

impl Question {
    fn new(text: &str, answer: &str) -> Self {
        let vector = embed(text, DIMENSIONS);
        Self { text: text.to_owned(), answer: answer.to_owned(), vector, signs: signs(text), gist: gist(text) }
    }
}

fn cosine(left: &Question, right: &Question) -> f32 {
    left.vector.iter().zip(&right.vector).map(|(left, right)| left * right).sum()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and 100")]
fn hundredths(cosine: f32) -> u8 {
    (cosine.clamp(0.0, 1.0) * 100.0 + 0.01) as u8
}

/// What n-grams hardly see, as one would first think of it.
fn signs(text: &str) -> BTreeSet<String> {
    let text = text.to_lowercase();
    let mut signs = BTreeSet::new();
    for kind in [char::is_ascii_digit, char::is_ascii_lowercase] {
        let runs = text.split(|letter| !kind(&letter)).filter(|run| !run.is_empty());
        signs.extend(runs.map(str::to_owned));
    }
    for word in text.split_whitespace() {
        for (sign, forms) in [
            ("not", ["안", "못", "불"].as_slice()),
            ("none", &["없", "않", "아니", "아닌", "말고", "제외", "불가", "미신청"]),
            ("begin", &["신청", "등록", "가입", "설치", "개설"]),
            ("end", &["취소", "해지", "철회", "탈퇴", "말소", "폐업", "철거"]),
            ("able", &["가능"]),
            ("more", &["인상", "증가", "찬성", "허용", "합법"]),
            ("less", &["인하", "감소", "반대", "금지", "불법"]),
        ] {
            let is_there = |form: &&str| if sign == "not" { word == **form } else { word.contains(**form) };
            if forms.iter().any(|form| is_there(&form)) {
                signs.insert(sign.to_owned());
            }
        }
    }
    let mut quoted = text.split(['「', '」', '『', '』', '"', '“', '”', '‘', '’', '\'']);
    quoted.next();
    signs.extend(quoted.step_by(2).map(|name| format!("«{}»", name.trim())));
    signs
}

fn read(file: &str, field: &str) -> std::io::Result<Vec<Question>> {
    let shared = std::env::var("MARU_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let text = std::fs::read_to_string(PathBuf::from(shared).join("data").join(file))?;
    let mut seen = BTreeSet::new();
    let mut questions = Vec::new();
    for line in text.lines() {
        let Ok(row) = serde_json::from_str::<Value>(line) else { continue };
        let said = |name: &str| row[name].as_str().unwrap_or_default().trim().to_owned();
        let question = said(field);
        if seen.insert(question.clone()) {
            questions.push(Question::new(&question, &said("text")));
        }
    }
    Ok(questions)
}

/// Pairs of a set from the lowest level on: how much alike, and whether signs and gists are the same.
fn pairs(questions: &[Question]) -> Vec<(u8, bool, bool, usize, usize)> {
    let mut found = Vec::new();
    for (one, left) in questions.iter().enumerate() {
        for (other, right) in questions.iter().enumerate().skip(one + 1) {
            let likeness = hundredths(cosine(left, right));
            let same_gist = left.gist.is_some() && left.gist == right.gist;
            if likeness >= LEVELS[0] || same_gist {
                found.push((likeness, left.signs == right.signs, same_gist, one, other));
            }
        }
    }
    found.sort_unstable_by_key(|pair| std::cmp::Reverse(pair.0));
    found
}

fn false_hits(file: &str, questions: &[Question]) {
    let found = pairs(questions);
    let all = questions.len() * questions.len().saturating_sub(1) / 2;
    println!("\n{file}: {} questions, {all} pairs\n\n| likeness | cosine alone | with signs | with the gist |", questions.len());
    println!("|---|---|---|---|");
    for level in LEVELS {
        let at = || found.iter().filter(|pair| pair.0 >= level);
        let (signs, gists) = (at().filter(|pair| pair.1).count(), at().filter(|pair| pair.2).count());
        println!("| {level} | {} | {signs} | {gists} |", at().count());
    }
    println!("\nOf one gist:");
    let show = std::env::var("SHOW").ok().and_then(|level| level.parse::<u8>().ok()).unwrap_or(101);
    for (likeness, same_signs, same_gist, one, other) in &found {
        if *same_gist || (*same_signs && *likeness >= show) {
            let (left, right) = (&questions[*one], &questions[*other]);
            let same = if left.answer == right.answer { ", one answer" } else { "" };
            let by = if *same_gist { "" } else { " (signs alone)" };
            println!("- {likeness}{same}{by}: {} ‖ {}", left.text, right.text);
        }
    }
}

/// The same question put otherwise, each by one habit of those who write; nothing where the habit has no place in it.
const HABITS: [(&str, fn(&str) -> Option<String>); 9] = [
    ("a greeting before it", |text| Some(format!("안녕하세요. {text}"))),
    ("thanks behind it", |text| Some(format!("{text} 답변 부탁드립니다. 감사합니다."))),
    ("its mark left out", |text| text.strip_suffix(['?', '.', '!']).map(|text| text.trim_end().to_owned())),
    ("나요 for 습니까 and back", |text| {
        swapped(text, &[("있나요", "있습니까"), ("하나요", "합니까"), ("되나요", "됩니까"), ("인가요", "입니까"), ("없나요", "없습니까")])
    }),
    ("«… 알려 주세요»", |text| {
        let asked = [("무엇인가요?", "무엇인지 알려 주세요."), ("어떻게 되나요?", "어떻게 되는지 알려 주세요."), ("하나요?", "하는지 알려 주세요."), ("있나요?", "있는지 알려 주세요.")];
        asked.iter().find_map(|(from, to)| Some(format!("{}{to}", text.strip_suffix(from)?)))
    }),
    ("은/는 for 이/가", |text| particle(text, &[("은 ", "이 "), ("는 ", "가 ")])),
    ("을/를 left out", |text| particle(text, &[("을 ", " "), ("를 ", " ")])),
    ("a space left out", |text| text.contains(' ').then(|| text.replacen(' ', "", 1))),
    ("방법 for 어떻게", |text| {
        let noun = text.strip_suffix(" 어떻게 하나요?").or(text.strip_suffix(" 어떻게 합니까?"))?;
        Some(format!("{} 방법은 무엇인가요?", noun.trim_end_matches(['은', '는', '을', '를'])))
    }),
];

fn swapped(text: &str, ways: &[(&str, &str)]) -> Option<String> {
    ways.iter().find_map(|(one, other)| {
        let forth = text.contains(one).then(|| text.replacen(one, other, 1));
        forth.or_else(|| text.contains(other).then(|| text.replacen(other, one, 1)))
    })
}

/// A particle behind a word of two letters or more, put otherwise once.
fn particle(text: &str, ways: &[(&str, &str)]) -> Option<String> {
    ways.iter().find_map(|(from, to)| {
        let place = text.find(from)?;
        let word = text[..place].rsplit(' ').next().unwrap_or_default();
        (word.chars().count() >= 2).then(|| format!("{}{to}{}", &text[..place], &text[place + from.len()..]))
    })
}

fn found_again(file: &str, questions: &[Question]) {
    println!("\n{file}, the same question put otherwise: share found\n");
    let names: Vec<String> = LEVELS.iter().map(|level| format!(" {level} |")).collect();
    println!("| habit | questions | same gist |{}", names.concat());
    println!("|---|---|---|{}", "---|".repeat(LEVELS.len()));
    let mut together: BTreeMap<&str, (usize, usize, Vec<usize>)> = BTreeMap::new();
    for (habit, put) in HABITS {
        let (mut all, mut same, mut found) = (0_usize, 0_usize, vec![0_usize; LEVELS.len()]);
        for question in questions {
            let Some(text) = put(&question.text) else { continue };
            let other = Question::new(&text, "");
            all += 1;
            if other.gist.is_none() || other.gist != question.gist {
                if std::env::var_os("MISSED").is_some() && all.is_multiple_of(40) {
                    println!("missed: {text} ‖ {:?} ‖ {:?}", question.gist, other.gist);
                }
                continue;
            }
            same += 1;
            let likeness = hundredths(cosine(question, &other));
            found.iter_mut().zip(LEVELS).for_each(|(found, level)| *found += usize::from(likeness >= level));
        }
        row(habit, (all, same, &found));
        let sums = together.entry("all").or_insert_with(|| (0, 0, vec![0; LEVELS.len()]));
        (sums.0, sums.1) = (sums.0 + all, sums.1 + same);
        sums.2.iter_mut().zip(&found).for_each(|(sum, found)| *sum += found);
    }
    for (name, (all, same, found)) in &together {
        row(name, (*all, *same, found));
    }
}

#[expect(clippy::cast_precision_loss, reason = "thousands")]
fn row(name: &str, (all, same, found): (usize, usize, &[usize])) {
    let share = |count: usize| format!(" {:.3} |", count as f64 / all.max(1) as f64);
    let shares: Vec<String> = found.iter().map(|count| share(*count)).collect();
    println!("| {name} | {all} |{}{}", share(same), shares.concat());
}

fn cost(questions: &[Question]) {
    let mut times: Vec<(u128, u128)> = questions
        .iter()
        .map(|question| {
            let began = Instant::now();
            std::hint::black_box(gist(&question.text));
            let of_gist = began.elapsed().as_nanos();
            std::hint::black_box(embed(&question.text, DIMENSIONS));
            (of_gist, began.elapsed().as_nanos())
        })
        .collect();
    times.sort_unstable_by_key(|(_, both)| *both);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    let (median, high) = (at(50), at(99));
    println!("\nOne question: gist {} ns, with its vector {} ns (median); {} ns with 99 of 100.", median.0, median.1, high.1);
}

fn main() -> std::io::Result<()> {
    for (file, field) in SETS {
        let questions = read(file, field)?;
        false_hits(file, &questions);
        if file == SETS[0].0 {
            found_again(file, &questions);
            cost(&questions);
        }
    }
    Ok(())
}
