//! Which questions of citizens would get each other's answers: `cache_alike` reads the sets of questions in `$MARU_SHARED/data` (by default
//! `../shared/data`) and prints, for each set and likeness, how many pairs of different questions would be taken for one another: by the
//! cosine alone, with signs that must be the same (figures, negations, quoted names, Latin words, opposites), and with the same gist, as the
//! gateway asks; then which those are; then how many of the same questions, put otherwise, are found. At the end, what it costs.
//!
//! Before that, how many pairs of `texts/alike_blind_ko.tsv` are taken for one another, by somebody else's hand; `cache_alike blind` stops there.
//!
//! `SHOW=90` prints pairs too that only signs let pass, from that likeness on; `SAME=1` what was made another question and keeps the gist;
//! `MISSED=1` some that are not found again.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Instant,
};

use maru_gateway::{Gist, embed};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const DIMENSIONS: usize = 512;
const LEVELS: [u8; 9] = [50, 60, 70, 80, 90, 93, 95, 97, 99];
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
    gist: Option<Gist>,
}

impl Question {
    fn new(text: &str, answer: &str) -> Self {
        let vector = embed(text, DIMENSIONS);
        Self { text: text.to_owned(), answer: answer.to_owned(), vector, signs: signs(text), gist: Gist::of(text) }
    }
}

/// Whether the gateway would take two questions for one where they are like enough.
fn same_gist(left: &Question, right: &Question) -> bool {
    left.gist.as_ref().zip(right.gist.as_ref()).is_some_and(|(left, right)| left.fits(right))
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
            let is_there = |form: &str| if sign == "not" { word == form } else { word.contains(form) };
            if forms.iter().any(|form| is_there(form)) {
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
            let same_gist = same_gist(left, right);
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
    println!(
        "\n{file}: {} questions, {all} pairs\n\n| likeness | cosine alone | with signs | with the gist |",
        questions.len()
    );
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

type Habit = fn(&str) -> Option<String>;
type Change = fn(&[Question], usize) -> Option<String>;

/// The same question put otherwise, each by one habit of those who write; nothing where the habit has no place in it.
const HABITS: [(&str, Habit); 10] = [
    ("a greeting before it", |text| Some(format!("안녕하세요. {text}"))),
    ("thanks behind it", |text| Some(format!("{text} 답변 부탁드립니다. 감사합니다."))),
    ("its mark left out", |text| text.strip_suffix(['?', '.', '!']).map(|text| text.trim_end().to_owned())),
    ("나요 for 습니까 and back", |text| {
        swapped(
            text,
            &[
                ("있나요", "있습니까"),
                ("하나요", "합니까"),
                ("되나요", "됩니까"),
                ("인가요", "입니까"),
                ("없나요", "없습니까"),
            ],
        )
    }),
    ("«… 알려 주세요»", |text| {
        let asked = [
            ("무엇인가요?", "무엇인지 알려 주세요."),
            ("어떻게 되나요?", "어떻게 되는지 알려 주세요."),
            ("하나요?", "하는지 알려 주세요."),
            ("있나요?", "있는지 알려 주세요."),
        ];
        asked.iter().find_map(|(from, to)| Some(format!("{}{to}", text.strip_suffix(from)?)))
    }),
    ("은/는 for 이/가", |text| particle(text, &[("은 ", "이 "), ("는 ", "가 ")])),
    ("을/를 left out", |text| particle(text, &[("을 ", " "), ("를 ", " ")])),
    ("a space left out", |text| text.contains(' ').then(|| text.replacen(' ', "", 1))),
    ("방법 for 어떻게", |text| {
        let noun = text.strip_suffix(" 어떻게 하나요?").or(text.strip_suffix(" 어떻게 합니까?"))?;
        Some(format!("{} 방법은 무엇인가요?", noun.trim_end_matches(['은', '는', '을', '를'])))
    }),
    ("several of these at once", |text| {
        let text =
            swapped(text, &[("있나요", "있습니까"), ("하나요", "합니까"), ("되나요", "됩니까"), ("인가요", "입니까")])?;
        let text = particle(&text, &[("을 ", " "), ("를 ", " "), ("은 ", "이 "), ("는 ", "가 ")]).unwrap_or(text);
        Some(format!("안녕하세요. {} 감사합니다.", text.trim_end_matches('?')))
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
            if !same_gist(question, &other) {
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

/// A question made another one by a word.
const CHANGES: [(&str, Change); 10] = [
    ("a word of another question in its place", |all, place| {
        let other: Vec<&str> = all[(place + 1) % all.len()].text.split_whitespace().collect();
        let mut words: Vec<&str> = all[place].text.split_whitespace().collect();
        let middle = words.len() / 2;
        (words.len() > 1 && !other.contains(&words[middle])).then(|| words[middle] = other[other.len() / 2])?;
        Some(words.join(" "))
    }),
    ("its longest word left out", |all, place| {
        let words: Vec<&str> = all[place].text.split_whitespace().collect();
        let longest = words.iter().max_by_key(|word| word.len()).copied()?;
        (words.len() > 1).then(|| words.into_iter().filter(|word| *word != longest).collect::<Vec<_>>().join(" "))
    }),
    ("a space moved (서울 대공원, 서울대 공원)", |all, place| {
        let mut letters: Vec<char> = all[place].text.chars().collect();
        let space = letters.iter().position(|letter| *letter == ' ')?;
        (space + 3 < letters.len() && letters[space + 1..space + 4].iter().all(|letter| *letter != ' '))
            .then(|| letters.swap(space, space + 1))?;
        Some(letters.into_iter().collect())
    }),
    ("another figure", |all, place| {
        let figure = all[place].text.find(|letter: char| letter.is_ascii_digit())?;
        let (before, rest) = all[place].text.split_at(figure);
        Some(format!("{before}{}{}", if rest.starts_with('7') { '3' } else { '7' }, &rest[1..]))
            .filter(|text| *text != all[place].text)
    }),
    ("another district", |all, place| {
        let there = DISTRICTS.iter().position(|name| all[place].text.contains(name))?;
        Some(all[place].text.replace(DISTRICTS[there], DISTRICTS[(there + 1) % DISTRICTS.len()]))
    }),
    ("있 for 없", |all, place| {
        changed(&all[place].text, &[("있나요", "없나요"), ("있습니까", "없습니까"), ("있는", "없는")])
    }),
    ("안 되나요", |all, place| {
        changed(&all[place].text, &[(" 되나요", " 안 되나요"), ("가능한", "불가능한"), ("가능합", "불가능합")])
    }),
    ("may for must", |all, place| {
        changed(
            &all[place].text,
            &[("해야 하나요", "해도 되나요"), ("해야하나요", "해도되나요"), ("해야 합니까", "해도 됩니까")],
        )
    }),
    ("the opposite deed", |all, place| {
        changed(
            &all[place].text,
            &[
                ("신청", "취소"),
                ("등록", "말소"),
                ("설치", "철거"),
                ("가입", "탈퇴"),
                ("허가", "불허가"),
                ("신고", "미신고"),
            ],
        )
    }),
    ("who and whom changed over", |all, place| {
        let words: Vec<&str> = all[place].text.split_whitespace().collect();
        let subject = words.iter().find_map(|word| word.strip_suffix('이').filter(|word| word.chars().count() > 1))?;
        let object = words.iter().find_map(|word| word.strip_suffix('을').filter(|word| word.chars().count() > 1))?;
        let (from, to) = (format!("{subject}이"), format!("{object}을"));
        Some(
            all[place]
                .text
                .replace(&to, "\u{1}")
                .replace(&from, &format!("{subject}을"))
                .replace('\u{1}', &format!("{object}이")),
        )
    }),
];

const DISTRICTS: [&str; 12] =
    ["강남", "강동", "서초", "송파", "노원", "중랑", "은평", "마포", "종로", "서대문", "동대문", "영등포"];

fn changed(text: &str, ways: &[(&str, &str)]) -> Option<String> {
    ways.iter().find_map(|(from, to)| text.contains(from).then(|| text.replacen(from, to, 1)))
}

fn made_others(file: &str, questions: &[Question]) {
    const SHOWN: [u8; 5] = [60, 70, 80, 90, 97];
    println!("\n{file}, a question made another: how many get the first one's answer by cosine / signs / gist\n");
    let names: Vec<String> = SHOWN.iter().map(|level| format!(" {level} |")).collect();
    println!("| change | questions |{}\n|---|---|{}", names.concat(), "---|".repeat(SHOWN.len()));
    for (change, make) in CHANGES {
        let (mut all, mut found) = (0_usize, [[0_usize; 3]; SHOWN.len()]);
        for (place, question) in questions.iter().enumerate() {
            let Some(text) = make(questions, place) else { continue };
            let other = Question::new(&text, "");
            all += 1;
            let likeness = hundredths(cosine(question, &other));
            let same = [true, question.signs == other.signs, same_gist(question, &other)];
            if same[2] && std::env::var_os("SAME").is_some() {
                println!("of one gist: {} ‖ {text}", question.text);
            }
            for (found, _) in found.iter_mut().zip(SHOWN).filter(|(_, level)| likeness >= *level) {
                found.iter_mut().zip(same).for_each(|(found, same)| *found += usize::from(same));
            }
        }
        let cells = found.map(|[cosine, signs, gist]| format!(" {cosine} / {signs} / {gist} |"));
        println!("| {change} | {all} |{}", cells.concat());
    }
}

#[expect(clippy::cast_precision_loss, reason = "thousands")]
fn row(name: &str, (all, same, found): (usize, usize, &[usize])) {
    let share = |count: usize| format!(" {:.3} |", count as f64 / all.max(1) as f64);
    let shares: Vec<String> = found.iter().map(|count| share(*count)).collect();
    println!("| {name} | {all} |{}{}", share(same), shares.concat());
}

fn cost(questions: &[Question]) {
    let body = json!({ "model": "m", "temperature": 0, "max_tokens": 200, "messages": [
        { "role": "system", "content": "너는 시청 민원 안내를 돕는다. 짧고 정중하게 답한다." }, { "role": "user", "content": "" }] });
    let mut times: Vec<(u128, u128)> = questions
        .iter()
        .map(|question| {
            let began = Instant::now();
            std::hint::black_box(Gist::of(&question.text));
            let of_gist = began.elapsed().as_nanos();
            std::hint::black_box(embed(&question.text, DIMENSIONS));
            // As the gateway finds what must be the same.
            std::hint::black_box(Sha256::digest(body.to_string().as_bytes()));
            (of_gist, began.elapsed().as_nanos())
        })
        .collect();
    times.sort_unstable_by_key(|(_, both)| *both);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    let (median, high) = (at(50), at(99));
    println!(
        "\nOne question: gist {} ns, with its vector and the hash of the rest {} ns (median); {} ns with 99 of 100.",
        median.0, median.1, high.1
    );
    let (began, first) = (Instant::now(), &questions[0]);
    std::hint::black_box(questions.iter().map(|question| cosine(first, question)).fold(0.0, f32::max));
    println!("One comparison: {} ns.", began.elapsed().as_nanos() / questions.len() as u128);
}

/// Pairs of questions by somebody who did not know how gists are made: the same, and nearly the same.
fn blind() -> std::io::Result<()> {
    let file = "benches/gateway/texts/alike_blind_ko.tsv";
    let text = std::fs::read_to_string(file)?;
    let mut found: BTreeMap<&str, Vec<(u8, bool, bool)>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with("//")) {
        let [kind, one, other] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
        let (one, other) = (Question::new(one, ""), Question::new(other, ""));
        let likeness = hundredths(cosine(&one, &other));
        found.entry(kind).or_default().push((likeness, one.signs == other.signs, same_gist(&one, &other)));
        if kind == "other" && same_gist(&one, &other) {
            println!("of one gist: {} ‖ {}", one.text, other.text);
        }
    }
    println!(
        "\n{file}: taken for one another\n\n| likeness | pairs | cosine alone | with signs | with the gist |\n|---|---|---|---|---|"
    );
    for (kind, pairs) in &found {
        for level in [60, 70, 80, 90, 97] {
            let at = || pairs.iter().filter(|pair| pair.0 >= level);
            let (signs, gists) = (at().filter(|pair| pair.1).count(), at().filter(|pair| pair.2).count());
            println!("| {level} | {} {kind} | {} | {signs} | {gists} |", pairs.len(), at().count());
        }
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    blind()?;
    if std::env::args().any(|argument| argument == "blind") {
        return Ok(());
    }
    for (file, field) in SETS {
        let questions = read(file, field)?;
        false_hits(file, &questions);
        if file == SETS[0].0 {
            made_others(file, &questions);
            found_again(file, &questions);
            cost(&questions);
        }
    }
    Ok(())
}
