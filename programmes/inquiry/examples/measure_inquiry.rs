//! What taking an inquiry in costs without HTTP, and how fast inquiries are understood: see `benches/inquiry/README.md`.

use std::{
    error::Error,
    io::Write as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use maru_holidays::Holidays;
use maru_identity::Policies;
use maru_inquiry::{
    Agency, Caller, Dependencies, InquiryService, Settings,
    service::Submission,
    triage::{TriageInput, TriageRun, triage},
    understanding::{Models, Understanding},
};
use maru_knowledge::{Knowledge, KnowledgeConfig};
use maru_ledger::{Clock as _, Ledger, LedgerConfig, LedgerKeys, SystemClock, SystemEntropy};

const TEXTS: [&str; 3] = [
    "느티나무3길 앞 가로등이 3주 넘게 꺼져 있습니다. 밤에 너무 어두워 아이가 무서워합니다. 언제 고쳐지는지 알려 주세요. 010-0000-2714",
    "이사했는데 인터넷으로 전입신고를 하면 세대주 확인은 어떻게 받나요? 필요한 서류도 알려 주시면 고맙겠습니다.",
    "I moved in last month and have not received a water bill. Could you tell me how to register and pay online?",
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["intake", database, tasks, seconds] => {
            let (tasks, seconds) = (tasks.parse()?, seconds.parse()?);
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(intake(database, tasks, Duration::from_secs(seconds)))
        }
        ["understand", file] => understand(file),
        ["triage", folder, file, output] => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(bulk(folder, file, output))
        }
        _ => Err("usage: measure intake DATABASE TASKS SECONDS | measure understand FILE.jsonl | measure triage FOLDER FILE.jsonl \
                  OUTPUT.jsonl"
            .into()),
    }
}

async fn intake(database: &str, tasks: usize, length: Duration) -> Result<(), Box<dyn Error>> {
    let config = LedgerConfig::new(database, LedgerKeys::new([1; 32], [2; 32]), "measure.example/log");
    let ledger = Ledger::open(config, maru_inquiry::projections()).await?;
    let dependencies = Dependencies {
        holidays: Holidays::new(ledger.clone(), &[])?,
        ledger,
        knowledge: None,
        policies: Arc::new(Policies::built_in()?),
        identity: None,
        agency: Agency::default(),
        model: None,
        entropy: Arc::new(SystemEntropy),
        settings: Settings::default(),
    };
    let service = InquiryService::open(dependencies, SystemClock.now()).await?;
    let number = Arc::new(AtomicU64::new(0));
    let begin = Instant::now();
    let workers: Vec<_> =
        (0..tasks).map(|_| tokio::spawn(submit_until(service.clone(), Arc::clone(&number), begin + length))).collect();
    let mut waits = Vec::new();
    for worker in workers {
        waits.extend(worker.await?);
    }
    waits.sort_unstable();
    let quantile = |share: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
        let place = (waits.len() as f64 * share) as usize;
        waits.get(place.min(waits.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    let rate = waits.len() as f64 / begin.elapsed().as_secs_f64();
    println!("{} receipts, {rate:.0} a second; p50 {:?}, p99 {:?}", waits.len(), quantile(0.5), quantile(0.99));
    Ok(())
}

async fn submit_until(service: InquiryService, number: Arc<AtomicU64>, end: Instant) -> Vec<Duration> {
    let mut waits = Vec::new();
    while Instant::now() < end {
        let number = number.fetch_add(1, Ordering::Relaxed);
        let text = TEXTS.get(usize::try_from(number % 3).unwrap_or_default()).copied().unwrap_or_default();
        let submission = Submission { text: format!("{text} ({number})"), ..Submission::default() };
        let caller = Caller::new(None, SystemClock.now()).idempotent(Some(format!("measure-{number}")));
        let begin = Instant::now();
        match service.submit(&caller, submission).await {
            Ok(_) => waits.push(begin.elapsed()),
            Err(error) => eprintln!("refused: {error}"),
        }
    }
    waits
}

/// An inquiry in a file, whatever else stands there.
#[derive(serde::Deserialize)]
struct Line {
    #[serde(default)]
    title: String,
    text: String,
}

fn inputs(file: &str) -> Result<Vec<TriageInput>, Box<dyn Error>> {
    let mut inputs = Vec::new();
    for line in std::fs::read_to_string(file)?.lines() {
        let Line { title, text } = serde_json::from_str(line)?;
        inputs.push(TriageInput { id: inputs.len().to_string(), title, text });
    }
    Ok(inputs)
}

fn understand(file: &str) -> Result<(), Box<dyn Error>> {
    let agency = Arc::new(Agency::default());
    let models = Models::untrained(&agency);
    let understanding = Understanding::new(agency, None, models);
    let inputs = inputs(file)?;
    let on = maru_calendar::seoul(SystemClock.now()).date();
    let begin = Instant::now();
    let certain = inputs.iter().filter(|input| triage(&understanding, input, on).confidence > 0.0).count();
    let rate = inputs.len() as f64 / begin.elapsed().as_secs_f64();
    println!("{} inquiries on one core, {rate:.0} a second; {certain} with a department", inputs.len());
    Ok(())
}

/// Lines that are handed to a run at a time, as `maru inquiry triage` does.
const BATCH: usize = 512;

/// What `maru inquiry triage` does with a file, over what `measure_knowledge` imported into a folder; opening is not counted.
async fn bulk(folder: &str, file: &str, output: &str) -> Result<(), Box<dyn Error>> {
    let config =
        LedgerConfig::new(format!("sqlite:{folder}/maru.db"), LedgerKeys::new([1; 32], [2; 32]), "maru.example/log");
    let ledger = Ledger::open(config, Vec::new()).await?;
    let knowledge = Knowledge::open(KnowledgeConfig { directory: Path::new(folder).join("knowledge"), ledger }).await?;
    println!("{:?}", knowledge.counts());
    let agency = Arc::new(Agency::default());
    let models = Models::untrained(&agency);
    let understanding = Understanding::new(agency, Some(knowledge), models);
    let on = maru_calendar::seoul(SystemClock.now()).date();
    let mut run = TriageRun::new(understanding, on, std::thread::available_parallelism()?);
    let inputs = inputs(file)?;
    let mut written = std::io::BufWriter::new(std::fs::File::create(output)?);
    let mut drafts = 0;
    let begin = Instant::now();
    for batch in inputs.chunks(BATCH) {
        for line in run.batch(batch) {
            drafts += usize::from(line.draft.is_some());
            serde_json::to_writer(&mut written, &line)?;
            writeln!(written)?;
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!("{} lines, {:.0} a second ({seconds:.1} s), {drafts} drafts", inputs.len(), inputs.len() as f64 / seconds);
    Ok(())
}
