//! How much of what is personal is found, and how much of what is found is personal: `measure_privacy FILE…` reads texts with marks
//! (`⟦kind:datum⟧`, one text a line, a line break as `\n`) and prints, by kind and by file, the share of data of which every figure and letter is masked,
//! and the share of findings that are data; then the same for structured numbers in disguise. `--missed` prints what went wrong.

use std::collections::BTreeMap;

use maru_privacy::{Found, Kind, find};

/// A text, and what is personal in it.
struct Text {
    line: String,
    letters: Vec<char>,
    data: Vec<Found>,
}

impl Text {
    fn read(line: &str) -> Result<Self, String> {
        let wrong = || format!("marks that are not ⟦kind:datum⟧: {line}");
        let (mut text, mut data, mut rest) = (Vec::new(), Vec::new(), line);
        while let Some((before, marked)) = rest.split_once('⟦') {
            text.extend(before.chars());
            let (inside, after) = marked.split_once('⟧').ok_or_else(wrong)?;
            let (name, datum) = inside.split_once(':').ok_or_else(wrong)?;
            let kind = serde_json::from_value(name.into()).map_err(|_| format!("no kind {name}: {line}"))?;
            let start = text.len();
            text.extend(datum.chars());
            data.push(Found { kind, start, end: text.len() });
            rest = after;
        }
        text.extend(rest.chars());
        Ok(Self { line: line.to_owned(), letters: text, data })
    }

    fn of(&self, found: &Found) -> String {
        self.letters[found.start..found.end].iter().collect()
    }

    /// The same text with one datum written otherwise.
    fn with(&self, datum: &Found, written: &str) -> (String, Found) {
        let (before, after) = (&self.letters[..datum.start], &self.letters[datum.end..]);
        let text = before.iter().collect::<String>() + written + &after.iter().collect::<String>();
        (text, Found { kind: datum.kind, start: datum.start, end: datum.start + written.chars().count() })
    }
}

/// Whether every figure and letter of a datum is masked.
fn is_masked(text: &[char], datum: &Found, found: &[Found]) -> bool {
    let is_covered = |place: usize| found.iter().any(|found| (found.start..found.end).contains(&place));
    (datum.start..datum.end).all(|place| !text[place].is_alphanumeric() || is_covered(place))
}

/// Whether what was found is for the most part what is marked.
fn is_right(text: &[char], found: &Found, data: &[Found]) -> bool {
    let counts = |place: &usize| text[*place].is_alphanumeric();
    let all = (found.start..found.end).filter(counts).count();
    let is_marked = |place: &usize| data.iter().any(|datum| (datum.start..datum.end).contains(place));
    2 * (found.start..found.end).filter(counts).filter(is_marked).count() >= all.max(1)
}

#[derive(Default, Clone, Copy)]
struct Count {
    data: usize,
    masked: usize,
    of_its_kind: usize,
    found: usize,
    right: usize,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.data += other.data;
        self.masked += other.masked;
        self.of_its_kind += other.of_its_kind;
        self.found += other.found;
        self.right += other.right;
    }

    fn row(&self, name: &str) {
        println!(
            "| {name} | {} | {} | {} | {} | {} |",
            self.data,
            share(self.masked, self.data),
            share(self.of_its_kind, self.data),
            self.found,
            share(self.right, self.found)
        );
    }
}

#[expect(clippy::cast_precision_loss, reason = "thousands")]
fn share(part: usize, all: usize) -> String {
    if all == 0 { "–".to_owned() } else { format!("{:.4}", part as f64 / all as f64) }
}

fn measure(texts: &[Text], shows: bool) -> (Count, BTreeMap<Kind, Count>) {
    let mut by_kind: BTreeMap<Kind, Count> = BTreeMap::new();
    for text in texts {
        let found = find(&text.letters.iter().collect::<String>());
        for datum in &text.data {
            let count = by_kind.entry(datum.kind).or_default();
            let is_masked = is_masked(&text.letters, datum, &found);
            let has_kind = found
                .iter()
                .any(|found| found.kind == datum.kind && found.start < datum.end && datum.start < found.end);
            count.data += 1;
            count.masked += usize::from(is_masked);
            count.of_its_kind += usize::from(is_masked && has_kind);
            if shows && !is_masked {
                println!("missed {:?} «{}»: {}", datum.kind, text.of(datum), text.line);
            }
        }
        for one in &found {
            let is_right = is_right(&text.letters, one, &text.data);
            let count = by_kind.entry(one.kind).or_default();
            count.found += 1;
            count.right += usize::from(is_right);
            if shows && !is_right {
                println!("wrong {:?} «{}»: {}", one.kind, text.of(one), text.line);
            }
        }
    }
    let mut all = Count::default();
    for count in by_kind.values() {
        all.add(*count);
    }
    (all, by_kind)
}

/// Kinds whose data are numbers of a fixed form.
const STRUCTURED: [Kind; 8] = [
    Kind::ResidentNumber,
    Kind::ForeignerNumber,
    Kind::Passport,
    Kind::DrivingLicence,
    Kind::BusinessNumber,
    Kind::Card,
    Kind::BankAccount,
    Kind::Phone,
];

type Disguise = fn(&str) -> String;

/// Ways to hide a number from whoever compares letters.
const DISGUISES: [(&str, Disguise); 9] = [
    ("full-width figures", |datum| datum.chars().map(wide).collect()),
    ("every other figure full-width", |datum| {
        datum.chars().enumerate().map(|(place, letter)| if place % 2 == 0 { wide(letter) } else { letter }).collect()
    }),
    ("a space behind each figure", |datum| apart(datum, " ")),
    ("a dot behind each figure", |datum| apart(datum, ".")),
    ("a dash behind each figure", |datum| apart(datum, "-")),
    ("zero-width spaces between", |datum| datum.chars().flat_map(|letter| [letter, '\u{200b}']).collect()),
    ("words for figures (공일이삼)", |datum| spoken(datum, "")),
    ("words for figures, a space behind each", |datum| spoken(datum, " ")),
    ("no separators", |datum| datum.chars().filter(|letter| letter.is_alphanumeric() || *letter == '*').collect()),
];

fn wide(letter: char) -> char {
    if letter.is_ascii_digit() { char::from_u32(u32::from(letter) + 0xFEE0).unwrap_or(letter) } else { letter }
}

fn apart(datum: &str, by: &str) -> String {
    let figures: Vec<String> =
        datum.chars().filter(|letter| letter.is_alphanumeric() || *letter == '*').map(String::from).collect();
    figures.join(by)
}

fn spoken(datum: &str, by: &str) -> String {
    let words = ["공", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"];
    let said = datum.chars().map(|letter| match letter.to_digit(10) {
        Some(figure) => words[figure as usize].to_owned() + by,
        None => letter.to_string(),
    });
    said.collect::<String>().trim_end().to_owned()
}

fn disguised(texts: &[Text], shows: bool) {
    println!("\n| disguise | {} | all |", STRUCTURED.map(|kind| format!("{kind:?}")).join(" | "));
    println!("|---|{}---|", "---|".repeat(STRUCTURED.len()));
    let (mut every, mut every_masked) = (0, 0);
    for (name, disguise) in DISGUISES {
        let mut counts = [(0, 0); STRUCTURED.len()];
        for text in texts {
            for datum in &text.data {
                let plain: String = text.of(datum);
                let is_plain = plain.is_ascii();
                let Some(place) = STRUCTURED.iter().position(|kind| *kind == datum.kind).filter(|_| is_plain) else {
                    continue;
                };
                let (written, hidden) = text.with(datum, &disguise(&plain));
                let is_masked = is_masked(&written.chars().collect::<Vec<_>>(), &hidden, &find(&written));
                counts[place].0 += 1;
                counts[place].1 += usize::from(is_masked);
                if shows && !is_masked {
                    println!("missed, {name}, {:?}: {written}", datum.kind);
                }
            }
        }
        let (all, masked) = counts.iter().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        let cells: Vec<String> = counts.iter().map(|(all, masked)| share(*masked, *all)).collect();
        println!("| {name} | {} | {} of {all} |", cells.join(" | "), share(masked, all));
        (every, every_masked) = (every + all, every_masked + masked);
    }
    println!("\nIn disguise: {} of {every} masked.", share(every_masked, every));
}

fn main() -> Result<(), String> {
    let (flags, files): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let shows = flags.iter().any(|flag| flag == "--missed");
    let head = |what: &str| {
        println!(
            "\n| {what} | data | wholly masked | and of its kind | findings | that are data |\n|---|---|---|---|---|---|"
        );
    };
    let (mut texts, mut rows) = (Vec::new(), Vec::new());
    for file in &files {
        let read = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        let lines = read.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("//"));
        let of_file: Vec<Text> = lines.map(|line| Text::read(&line.replace("\\n", "\n"))).collect::<Result<_, _>>()?;
        rows.push((file.rsplit('/').next().unwrap_or(file).to_owned(), of_file.len(), measure(&of_file, shows).0));
        texts.extend(of_file);
    }
    let (all, by_kind) = measure(&texts, false);
    head("file");
    for (name, lines, count) in &rows {
        count.row(&format!("{name}, {lines} texts"));
    }
    head("kind");
    for (kind, count) in &by_kind {
        count.row(&format!("{kind:?}"));
    }
    all.row(&format!("all {} texts", texts.len()));
    disguised(&texts, flags.iter().any(|flag| flag == "--hidden"));
    Ok(())
}
