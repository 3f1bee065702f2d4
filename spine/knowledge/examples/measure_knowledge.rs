//! Measures import, retrieval, citations and speed on the data sets of `MARU_SHARED`. See `benches/knowledge/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement may stop at the first surprise"
)]

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::{BufRead, BufReader, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use maru_knowledge::{
    CitationStatus, ImportContent, ImportSource, Knowledge, KnowledgeConfig, Query, SourceKind,
    draft::{DraftRequest, Language, Letter, Remedy, compose},
};
use maru_ledger::{Ledger, LedgerConfig, LedgerKeys};
use serde_json::{Value, json};

type Reader = Box<dyn BufRead + Send>;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let data = PathBuf::from(arguments.next().unwrap_or_else(|| "/tmp/maru-measure".to_owned()));
    let shared = PathBuf::from(std::env::var("MARU_SHARED").unwrap_or_else(|_| "../shared".to_owned())).join("data");
    assert!(shared.join("statutes.jsonl.xz").exists(), "no data at {}; set MARU_SHARED", shared.display());
    let option = arguments.next();
    match what.as_str() {
        "import" => import(&data, &shared).await,
        "answers" => {
            measure_titled(&data, &Titled::read(&shared, "seoul120", "title"), option.as_deref()).await;
        }
        "sections" => {
            measure_titled(&data, &Titled::read(&shared, "easylaw-sections", "question"), option.as_deref()).await;
        }
        "articles" => articles(&data, &shared, option.as_deref()).await,
        "citations" => citations(&data, &shared).await,
        "speed" => speed(&data, &shared).await,
        "drafts" => drafts(&data, &shared).await,
        "letters" => letters(&data).await,
        other => panic!(
            "what to measure? import, answers, sections, articles, citations, speed, drafts or letters, not {other:?}"
        ),
    }
}

async fn open(data: &Path) -> Knowledge {
    std::fs::create_dir_all(data).unwrap();
    let database = format!("sqlite:{}", data.join("maru.db").display());
    let config = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "maru.example/log");
    let ledger = Ledger::open(config, Vec::new()).await.unwrap();
    Knowledge::open(KnowledgeConfig { directory: data.join("knowledge"), ledger }).await.unwrap()
}

fn lines(path: &Path) -> Vec<Value> {
    BufReader::new(File::open(path).unwrap())
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect()
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}

fn statutes(shared: &Path) -> Reader {
    let file = File::open(shared.join("statutes.jsonl.xz")).unwrap();
    Box::new(BufReader::with_capacity(1 << 20, liblzma::read::XzDecoder::new(file)))
}

fn as_reader(rows: &[Value]) -> Reader {
    let text: Vec<u8> = rows.iter().flat_map(|row| format!("{row}\n").into_bytes()).collect();
    Box::new(std::io::Cursor::new(text))
}

/// The largest amount of memory that this process has held.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
}

async fn import(data: &Path, shared: &Path) {
    let _ = std::fs::remove_dir_all(data);
    let knowledge = open(data).await;
    let begin = Instant::now();
    let source = ImportSource::new("statutes.jsonl.xz", ImportContent::StatuteLines(statutes(shared)));
    let report = knowledge.import(vec![source], None).await.unwrap();
    println!(
        "import: {:.1} s, {} articles, {} acts, {} bad lines",
        begin.elapsed().as_secs_f64(),
        report.read,
        report.added,
        report.bad.len()
    );
    println!("memory: {} at most", peak_memory());
    let size = |path: &Path| {
        std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    println!("disk: database {} MB, index {} MB", size(data) >> 20, size(&data.join("knowledge/index-3")) >> 20);
    let begin = Instant::now();
    let source = ImportSource::new("statutes.jsonl.xz", ImportContent::StatuteLines(statutes(shared)));
    let report = knowledge.import(vec![source], None).await.unwrap();
    println!(
        "import again: {:.1} s, {} unchanged, {} changed",
        begin.elapsed().as_secs_f64(),
        report.unchanged,
        report.changed
    );
    let begin = Instant::now();
    drop(knowledge);
    let knowledge = open(data).await;
    println!("open: {:.2} s, {:?}", begin.elapsed().as_secs_f64(), knowledge.counts());
}

/// Ranks as reciprocal, found among ten, found first.
#[derive(Default)]
struct Ranks {
    reciprocal: f64,
    ten: u32,
    first: u32,
    count: u32,
}

impl Ranks {
    fn add(&mut self, rank: Option<usize>) {
        self.count += 1;
        let Some(rank) = rank.filter(|rank| *rank < 10) else { return };
        self.reciprocal += 1.0 / (rank + 1) as f64;
        self.ten += 1;
        self.first += u32::from(rank == 0);
    }

    fn print(&self, name: &str) {
        let count = f64::from(self.count);
        println!(
            "{name:<44} MRR@10 {:.3}  hit@10 {:.3}  hit@1 {:.3}  (n = {})",
            self.reciprocal / count,
            f64::from(self.ten) / count,
            f64::from(self.first) / count,
            self.count
        );
    }
}

/// BM25 over pairs of characters within words: what the figures are compared with.
struct Bigrams {
    postings: HashMap<String, Vec<(u32, f32)>>,
    lengths: Vec<f32>,
    average: f32,
}

impl Bigrams {
    fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut bigrams = Self { postings: HashMap::new(), lengths: Vec::new(), average: 0.0 };
        for (number, text) in (0..).zip(texts) {
            let mut counts: HashMap<&str, f32> = HashMap::new();
            for gram in maru_korean::words(text).flat_map(maru_korean::bigrams) {
                *counts.entry(gram).or_default() += 1.0;
            }
            bigrams.lengths.push(counts.values().sum());
            for (gram, count) in counts {
                match bigrams.postings.get_mut(gram) {
                    Some(postings) => postings.push((number, count)),
                    None => drop(bigrams.postings.insert(gram.to_owned(), vec![(number, count)])),
                }
            }
        }
        bigrams.average = bigrams.lengths.iter().sum::<f32>() / bigrams.lengths.len() as f32;
        bigrams
    }

    /// The ten best.
    fn search(&self, question: &str) -> Vec<usize> {
        let mut scores = vec![0.0_f32; self.lengths.len()];
        let grams: HashSet<&str> = maru_korean::words(question).flat_map(maru_korean::bigrams).collect();
        for gram in grams {
            let Some(postings) = self.postings.get(gram) else { continue };
            let (all, with) = (self.lengths.len() as f32, postings.len() as f32);
            let rarity = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
            for (document, count) in postings {
                let norm = 1.2 * (0.25 + 0.75 * self.lengths[*document as usize] / self.average);
                scores[*document as usize] += rarity * count * 2.2 / (count + norm);
            }
        }
        let mut order: Vec<usize> = (0..scores.len()).filter(|place| scores[*place] > 0.0).collect();
        let kept = order.len().min(10);
        if kept > 0 {
            order.select_nth_unstable_by(kept - 1, |one, other| scores[*other].total_cmp(&scores[*one]));
        }
        order.truncate(kept);
        order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]));
        order
    }
}

/// Title → text: titles are the questions, texts are what is searched.
struct Titled {
    name: &'static str,
    ids: Vec<String>,
    titles: Vec<String>,
    texts: Vec<String>,
}

impl Titled {
    fn read(shared: &Path, name: &'static str, title: &str) -> Self {
        let rows = lines(&shared.join(format!("{name}.jsonl")));
        let all = |field: &str| rows.iter().map(|row| text(row, field).to_owned()).collect();
        let id = |row: &Value| row["id"].to_string().trim_matches('"').to_owned();
        Self { name, ids: rows.iter().map(id).collect(), titles: all(title), texts: all("text") }
    }

    /// One of five parts, drawn by the seed.
    fn part(row: usize, seed: u64) -> u64 {
        let mixed = (row as u64 + 1_000_003 * seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33) % 5
    }

    /// A deployment with all texts; answers bear their titles where `bears` says so.
    async fn deployment(&self, data: &Path, bears: impl Fn(usize) -> bool) -> Knowledge {
        let data = data.join(self.name);
        let _ = std::fs::remove_dir_all(&data);
        let knowledge = open(&data).await;
        let title = |row: usize| if bears(row) { self.titles[row].as_str() } else { "" };
        let rows: Vec<Value> = (0..self.ids.len())
            .map(|row| json!({"id": self.ids[row], "title": title(row), "text": self.texts[row]}))
            .collect();
        let source = ImportSource::new(self.name, ImportContent::AnswerLines(as_reader(&rows)));
        knowledge.import(vec![source], None).await.unwrap();
        knowledge
    }

    /// Asks for the texts of these rows by their titles.
    fn ask(&self, knowledge: &Knowledge, rows: impl Iterator<Item = usize>, counts: &mut Counts) {
        for row in rows {
            let id = format!("answer:{}", self.ids[row]);
            let query = Query { by_text_alone: true, ..Query::new(&self.titles[row], 10) };
            let hits = knowledge.search(&query).unwrap();
            counts.ranks.add(hits.iter().position(|hit| hit.passage.id == id));
            counts.weighed.notes(knowledge, &self.ids[row], &query, &HashSet::from([id]));
        }
    }
}

struct Counts {
    ranks: Ranks,
    weighed: Dump,
}

impl Counts {
    fn new(name: &str) -> Self {
        Self { ranks: Ranks::default(), weighed: Dump::new(name) }
    }
}

/// Title → text, without and with what titles of other answers teach; see `benches/knowledge/README.md` for what is asked of whom.
async fn measure_titled(data: &Path, titled: &Titled, seed: Option<&str>) {
    let seed = seed.and_then(|seed| seed.parse().ok()).unwrap_or(0);
    let all = titled.ids.len();
    println!("{}, title → text", titled.name);
    let baseline = Bigrams::new(titled.texts.iter().map(String::as_str));
    let mut ranks = Ranks::default();
    for (row, title) in titled.titles.iter().enumerate() {
        ranks.add(baseline.search(title).iter().position(|found| *found == row));
    }
    ranks.print("BM25 on character bigrams");
    let mut untitled = Counts::new(&format!("{}-untitled", titled.name));
    let knowledge = titled.deployment(data, |_| false).await;
    titled.ask(&knowledge, 0..all, &mut untitled);
    untitled.ranks.print("maru, no answer bears a title");
    drop(knowledge);
    let mut others = Counts::new(&format!("{}-titles", titled.name));
    for part in 0..5 {
        let is_asked = |row: &usize| Titled::part(*row, seed) == part;
        let knowledge = titled.deployment(data, |row| !is_asked(&row)).await;
        titled.ask(&knowledge, (0..all).filter(is_asked), &mut others);
    }
    others.ranks.print("maru, the other four fifths bear titles");
}

/// What the search weighs, one candidate a line, for `learn.py`; written where `MARU_WEIGHED` names a folder.
struct Dump {
    file: Option<File>,
}

impl Dump {
    fn new(name: &str) -> Self {
        let folder = std::env::var("MARU_WEIGHED").ok();
        Self { file: folder.map(|folder| File::create(Path::new(&folder).join(format!("{name}.tsv"))).unwrap()) }
    }

    fn notes(&mut self, knowledge: &Knowledge, question: &str, query: &Query, right: &HashSet<String>) {
        if self.file.is_some() {
            let weighed = knowledge.weighed(query).unwrap();
            self.write("note", question, &weighed.notes, right);
        }
    }

    fn all(&mut self, knowledge: &Knowledge, question: &str, query: &Query, right: &HashSet<String>) {
        if self.file.is_some() {
            let weighed = knowledge.weighed(query).unwrap();
            self.write("article", question, &weighed.articles, right);
            self.write("note", question, &weighed.notes, right);
        }
    }

    fn write(&mut self, kind: &str, question: &str, candidates: &[(String, Vec<f32>)], right: &HashSet<String>) {
        let Some(file) = &mut self.file else { return };
        for (id, features) in candidates {
            let features: Vec<String> = features.iter().map(f32::to_string).collect();
            let is_right = u8::from(right.contains(id));
            writeln!(file, "{kind}\t{question}\t{is_right}\t{}", features.join("\t")).unwrap();
        }
    }
}

/// Topic → cited article on the plain-law guide. Needs `import` before. The guide's sections are the deployment's answers (`id, title, text`);
/// a section's own text never helps itself.
async fn articles(data: &Path, shared: &Path, part: Option<&str>) {
    let rows = lines(&shared.join("easylaw-sections.jsonl"));
    let every: usize = part.and_then(|part| part.parse().ok()).unwrap_or(1);
    let knowledge = open(data).await;
    if knowledge.counts().answers == 0 {
        measure_articles(&knowledge, &rows, "maru without answers", every, |_| Vec::new());
        let imported: Vec<Value> = rows
            .iter()
            .map(|row| json!({"id": row["id"].to_string(), "title": row["question"], "text": row["text"]}))
            .collect();
        let begin = Instant::now();
        let source = ImportSource::new("easylaw", ImportContent::AnswerLines(as_reader(&imported)));
        knowledge.import(vec![source], None).await.unwrap();
        println!("answers imported in {:.1} s", begin.elapsed().as_secs_f64());
    }
    let id = |row: &Value| format!("answer:{}", row["id"]);
    measure_articles(&knowledge, &rows, "maru, leaving one out", every, |row| vec![id(&rows[row])]);
    let fold = |row: usize| row.wrapping_mul(2_654_435_761) / 7 % 5;
    let folds: Vec<Vec<String>> = (0..5)
        .map(|number| (0..rows.len()).filter(|row| fold(*row) == number).map(|row| id(&rows[row])).collect())
        .collect();
    measure_articles(&knowledge, &rows, "maru, a fifth of the sections left out", every, |row| {
        folds[fold(row)].clone()
    });
    if std::env::var("MARU_BASELINE").is_ok() {
        baseline_articles(&knowledge, shared, &rows, every);
    }
}

fn right_articles(knowledge: &Knowledge, row: &Value) -> HashSet<String> {
    let day = jiff::civil::date(2026, 6, 8);
    let cites = row["cites"].as_array().unwrap().iter();
    let resolved =
        cites.flat_map(|cite| knowledge.resolve(&format!("「{}」 {}", text(cite, "law"), text(cite, "article")), day));
    resolved
        .filter(|citation| citation.status == CitationStatus::InForce)
        .filter_map(|citation| citation.target)
        .collect()
}

fn measure_articles(
    knowledge: &Knowledge,
    rows: &[Value],
    name: &str,
    every: usize,
    without: impl Fn(usize) -> Vec<String>,
) {
    let mut ranks = Ranks::default();
    let mut mixed = Ranks::default();
    let mut answer = Ranks::default();
    let mut dump = Dump::new(&name.replace([' ', ','], "-"));
    for (number, row) in rows.iter().enumerate().step_by(every) {
        let right = right_articles(knowledge, row);
        let mut query = Query::new(text(row, "question"), 10).of(&[SourceKind::Statute]);
        query.without = without(number);
        let hits = knowledge.search(&query).unwrap();
        ranks.add(hits.iter().position(|hit| right.contains(&hit.passage.id)));
        query.kinds.clear();
        let hits = knowledge.search(&query).unwrap();
        mixed.add(hits.iter().position(|hit| right.contains(&hit.passage.id)));
        let own = format!("answer:{}", row["id"]);
        let by_text = Query { by_text_alone: true, ..Query::new(text(row, "question"), 10) };
        let hits = knowledge.search(&by_text).unwrap();
        answer.add(hits.iter().position(|hit| hit.passage.id == own));
        dump.all(knowledge, &row["id"].to_string(), &query, &right);
    }
    ranks.print(name);
    mixed.print(&format!("{name}; answers among them"));
    answer.print("its section among everything, by its text alone");
}

fn baseline_articles(knowledge: &Knowledge, shared: &Path, rows: &[Value], every: usize) {
    let mut ids = Vec::new();
    let mut texts = Vec::new();
    for line in statutes(shared).lines() {
        let row: Value = serde_json::from_str(&line.unwrap()).unwrap();
        ids.push(format!("statute:{}/{}", text(&row, "law"), text(&row, "article")));
        texts.push(format!("{} {} {}", text(&row, "law"), text(&row, "heading"), text(&row, "text")));
    }
    let baseline = Bigrams::new(texts.iter().map(String::as_str));
    let mut ranks = Ranks::default();
    for row in rows.iter().step_by(every) {
        let right = right_articles(knowledge, row);
        ranks.add(baseline.search(text(row, "question")).iter().position(|found| right.contains(&ids[*found])));
    }
    ranks.print("BM25 on character bigrams");
}

/// How many of the guide's citations resolve.
async fn citations(data: &Path, shared: &Path) {
    let knowledge = open(data).await;
    let day = jiff::civil::date(2026, 6, 8);
    let mut counts: HashMap<&str, u32> = HashMap::new();
    let mut by_law: HashMap<(String, &str), u32> = HashMap::new();
    let (mut acts, mut acts_resolved, mut all, mut missing, mut in_text) = (0, 0, 0, 0, 0);
    let begin = Instant::now();
    let mut bytes = 0;
    for row in lines(&shared.join("easylaw-sections.jsonl")) {
        bytes += text(&row, "text").len();
        let found = knowledge.resolve(text(&row, "text"), day);
        in_text += found.len();
        let pairs: HashSet<(String, String)> =
            found.into_iter().map(|citation| (plain(&citation.law), citation.article)).collect();
        for cite in row["cites"].as_array().unwrap() {
            let (law, article) = (text(cite, "law"), text(cite, "article"));
            let citations = knowledge.resolve(&format!("「{law}」 {article}"), day);
            let last = citations.iter().rev().find(|citation| citation.article == article);
            let status = last.map_or("not found", |citation| citation.status.as_str());
            let exists = last.is_some_and(|citation| citation.target.is_some());
            *counts.entry(status).or_default() += 1;
            *counts.entry(if exists { "points at an article" } else { "points nowhere" }).or_default() += 1;
            all += 1;
            let is_act = ["법", "법률", "시행령", "시행규칙"].iter().any(|ending| law.ends_with(ending));
            if is_act || exists {
                acts += 1;
                acts_resolved += u32::from(exists);
            }
            if !exists {
                *by_law.entry((law.to_owned(), status)).or_default() += 1;
            }
            if exists && last.is_some_and(|citation| !pairs.contains(&(plain(&citation.law), citation.article.clone())))
            {
                missing += 1;
            }
        }
    }
    println!("cites[]: {all}; {counts:?}");
    println!(
        "of all: {:.4}; of those that name an act, decree or rule: {:.4} ({acts})",
        f64::from(counts["points at an article"]) / f64::from(all),
        f64::from(acts_resolved) / f64::from(acts)
    );
    println!(
        "found in texts: {in_text} references; cites[] that the text's scan does not give (texts are cut): {missing}"
    );
    println!("{bytes} bytes in {:.2} s", begin.elapsed().as_secs_f64());
    let mut by_law: Vec<_> = by_law.into_iter().collect();
    by_law.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for ((law, status), count) in by_law.iter().take(40) {
        println!("{count:>5} {status:<10} {}", law.chars().take(60).collect::<String>());
    }
}

fn plain(title: &str) -> String {
    title.chars().filter(|character| !" ·ㆍ".contains(*character)).collect()
}

fn print_times(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |thousandth: usize| times[(times.len() - 1) * thousandth / 1_000].as_secs_f64() * 1000.0;
    let mean = times.iter().sum::<Duration>().as_secs_f64() * 1000.0 / times.len() as f64;
    println!(
        "{name:<44} mean {mean:.2} ms  p50 {:.2}  p99 {:.2}  max {:.2}  (n = {})",
        at(500),
        at(990),
        at(1_000),
        times.len()
    );
}

/// Time of a search over everything.
async fn speed(data: &Path, shared: &Path) {
    let knowledge = open(data).await;
    println!("{:?}", knowledge.counts());
    let topics = lines(&shared.join("easylaw-sections.jsonl"));
    let petitions = lines(&shared.join("petitions.jsonl"));
    let letter = |row: &Value| format!("{}\n{}", text(row, "title"), text(row, "text"));
    let sets: [(&str, Vec<String>); 2] = [
        ("topics", topics.iter().step_by(2).map(|row| text(row, "question").to_owned()).collect()),
        ("petitions, title and text", petitions.iter().step_by(5).map(letter).collect()),
    ];
    for (name, questions) in &sets {
        let timed = |questions: &[String]| {
            questions
                .iter()
                .map(|question| {
                    let begin = Instant::now();
                    knowledge.search(&Query::new(question, 10)).unwrap();
                    begin.elapsed()
                })
                .collect::<Vec<_>>()
        };
        timed(&questions[..100]);
        print_times(name, timed(questions));
        let begin = Instant::now();
        let half = questions.len() / 2;
        std::thread::scope(|scope| {
            scope.spawn(|| timed(&questions[..half]));
            scope.spawn(|| timed(&questions[half..]));
        });
        println!("{name}, two threads: {:.0} a second", questions.len() as f64 / begin.elapsed().as_secs_f64());
    }
}

/// Time of a search with a draft.
async fn drafts(data: &Path, shared: &Path) {
    let knowledge = open(data).await;
    println!("{:?}", knowledge.counts());
    let petitions = lines(&shared.join("petitions.jsonl"));
    let mut drafted = 0;
    let mut times = Vec::new();
    for row in petitions.iter().step_by(5) {
        let request = draft_request(row, "text", Language::Korean, Vec::new());
        let begin = Instant::now();
        let draft = compose(&knowledge, &request).unwrap();
        times.push(begin.elapsed());
        drafted += usize::from(draft.is_some());
    }
    println!("drafted: {drafted} of {}", times.len());
    print_times("search and draft, petitions", times);
}

fn draft_request(row: &Value, field: &str, language: Language, departments: Vec<String>) -> DraftRequest {
    DraftRequest {
        question_title: text(row, "title").to_owned(),
        question: text(row, field).to_owned(),
        language,
        on: jiff::civil::date(2026, 11, 24),
        letter: Letter {
            agency: language.say("마루시", "Maru City").to_owned(),
            department: language.say("민원봉사과", "Civil Services Division").to_owned(),
            telephone: "02-0000-1101".to_owned(),
            ..Letter::default()
        },
        remedy: Remedy::Question,
        departments,
        without: Vec::new(),
    }
}

/// The drafts of the demonstration city, to be read; and how often the answer belongs to the inquiry's department when nobody says which.
async fn letters(data: &Path) {
    let world = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/maru/world");
    let data = data.join("letters");
    let _ = std::fs::remove_dir_all(&data);
    let knowledge = open(&data).await;
    let file = |name: &str| -> Reader { Box::new(BufReader::new(File::open(world.join(name)).unwrap())) };
    let sources = vec![
        ImportSource::new("statutes", ImportContent::StatuteLines(file("statutes.jsonl"))),
        ImportSource::new("answers", ImportContent::AnswerLines(file("answers.jsonl"))),
        ImportSource::new("services", ImportContent::ServiceLines(file("services.jsonl"))),
    ];
    knowledge.import(sources, None).await.unwrap();
    let (mut drafted, mut right, mut all) = (0, 0, 0);
    let mut times = Vec::new();
    for row in lines(&world.join("inquiries.jsonl")) {
        let language = if text(&row, "language") == "en" { Language::English } else { Language::Korean };
        let department = text(&row, "department").to_owned();
        let alone = compose(&knowledge, &draft_request(&row, "body", language, Vec::new())).unwrap();
        all += 1;
        drafted += u32::from(alone.is_some());
        right += u32::from(alone.as_ref().is_some_and(|draft| draft.sources[0].department == department));
        let told =
            alone.as_ref().map_or("-".to_owned(), |draft| format!("{} {}", draft.sources[0].id, draft.confidence));
        let begin = Instant::now();
        let draft = compose(&knowledge, &draft_request(&row, "body", language, vec![department.clone()])).unwrap();
        times.push(begin.elapsed());
        println!(
            "=== {} [{department}] {} | without department: {told}",
            text(&row, "id"),
            text(&row, "body").replace('\n', " ")
        );
        match draft {
            Some(draft) => println!("--- {} {}\n{}\n", draft.sources[0].id, draft.confidence, draft.text()),
            None => println!("--- no draft\n"),
        }
    }
    println!("without department: {drafted} of {all} drafted, {right} from the right department");
    print_times("search and draft", times);
}
