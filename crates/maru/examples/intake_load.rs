//! Loads a running server with inquiries over HTTP and says how many a second were acknowledged, and how long each took.
//!
//! `cargo run --release -p maru --example intake_load -- http://127.0.0.1:8420 --connections 64 --seconds 20 --rate 2000`
//!
//! Every acknowledgement is one durable receipt: the server answers after its commit. Start the server with
//! `--no-rate-limits`, since all of this comes from one address.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use clap::Parser;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// Load an inquiry server.
#[derive(Debug, Parser)]
struct Arguments {
    /// Address of the server.
    url: String,
    /// Connections that send one inquiry after the other.
    #[arg(long, default_value_t = 64)]
    connections: u64,
    /// Seconds to measure, after two seconds of warming up.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Inquiries a second that come from outside, whether or not the former ones are answered: each wait is counted from
    /// the moment at which the inquiry should have been sent. Left out, each answer is followed by the next inquiry.
    #[arg(long)]
    rate: Option<u32>,
}

/// What the connections share.
struct Load {
    host: String,
    begun: Instant,
    /// When measuring begins and ends.
    measured: Range<Instant>,
    rate: Option<u32>,
    sent: AtomicU64,
}

impl Load {
    /// When the inquiry of this number is to be sent.
    fn due(&self, serial: u64) -> Instant {
        let Some(rate) = self.rate else { return Instant::now() };
        self.begun + Duration::from_secs_f64(serial as f64 / f64::from(rate))
    }
}

/// How long the server has to become warm.
const WARMING: Duration = Duration::from_secs(2);

const TEXTS: [(&str, &str); 4] = [
    (
        "가로등이 꺼졌습니다",
        "느티나무3길 앞 가로등이 3주 넘게 꺼져 있습니다. 밤에 너무 어두워 아이가 무서워합니다. 언제 고쳐지는지 알려 주세요. 010-0000-2714",
    ),
    (
        "전입신고 문의",
        "이사했는데 인터넷으로 전입신고를 하면 세대주 확인은 어떻게 받나요? 필요한 서류도 알려 주시면 고맙겠습니다.",
    ),
    (
        "불법 주정차 신고",
        "매일 아침 학교 앞 횡단보도에 트럭이 서 있습니다. 단속을 요청합니다. 사진은 앱으로 올렸는데 답이 없었습니다.",
    ),
    (
        "Where do I pay my water bill?",
        "I moved in last month and have not received a bill. Could you tell me how to register and pay online?",
    ),
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let begun = Instant::now();
    let warm = begun + WARMING;
    let load = Arc::new(Load {
        host: arguments.url.trim_start_matches("http://").trim_end_matches('/').to_owned(),
        begun,
        measured: warm..warm + Duration::from_secs(arguments.seconds),
        rate: arguments.rate,
        sent: AtomicU64::new(0),
    });
    let workers: Vec<_> = (0..arguments.connections)
        .map(|number| {
            let load = Arc::clone(&load);
            tokio::spawn(async move { work(number, &load).await })
        })
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.await??);
    }
    report(&mut times, warm.elapsed().as_secs_f64(), &arguments)
}

/// Sends one inquiry after the other over one connection; gives the times (in microseconds) of those within the measurement.
async fn work(number: u64, load: &Load) -> anyhow::Result<Vec<u64>> {
    let host = &load.host;
    let stream = TcpStream::connect(host).await.with_context(|| format!("{host} does not answer"))?;
    stream.set_nodelay(true)?;
    let mut connection = BufReader::new(stream);
    let mut times = Vec::new();
    loop {
        let serial = load.sent.fetch_add(1, Ordering::Relaxed);
        let due = load.due(serial);
        if due >= load.measured.end {
            return Ok(times);
        }
        tokio::time::sleep_until(due.into()).await;
        let (title, text) = TEXTS[usize::try_from(serial % 4)?];
        let body = serde_json::json!({ "title": title, "text": format!("{text} ({number}-{serial})") }).to_string();
        let request = format!(
            "POST /api/v1/inquiries HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\naccept: application/json\r\nidempotency-key: load-{}-{number}-{serial}\r\ncontent-length: {}\r\n\r\n{body}",
            std::process::id(),
            body.len()
        );
        connection.get_mut().write_all(request.as_bytes()).await?;
        read_response(&mut connection).await?;
        if due >= load.measured.start {
            times.push(u64::try_from(due.elapsed().as_micros())?);
        }
    }
}

/// Reads one response to its end; anything but «created» ends the measurement.
async fn read_response(connection: &mut BufReader<TcpStream>) -> anyhow::Result<()> {
    let (mut length, mut line, mut status) = (0_usize, String::new(), String::new());
    loop {
        line.clear();
        if connection.read_line(&mut line).await? == 0 {
            bail!("the server closed the connection");
        }
        if status.is_empty() {
            status = line.trim().to_owned();
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await?;
    if !status.contains(" 201 ") {
        bail!("the server answered {status}: {}", String::from_utf8_lossy(&body));
    }
    Ok(())
}

/// `seconds` from the beginning of the measurement to the last answer.
fn report(times: &mut [u64], seconds: f64, arguments: &Arguments) -> anyhow::Result<()> {
    if times.is_empty() {
        bail!("nothing was acknowledged");
    }
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 1000] as f64 / 1000.0;
    let given = arguments.rate.map_or_else(|| "as fast as it goes".to_owned(), |rate| format!("{rate}/s given"));
    println!(
        "{:.0} receipts/s over {} connections, {given}; milliseconds: p50 {:.1}, p95 {:.1}, p99 {:.1}, most {:.1}; {} receipts in {seconds:.1} s",
        times.len() as f64 / seconds,
        arguments.connections,
        at(500),
        at(950),
        at(990),
        at(1000),
        times.len()
    );
    Ok(())
}
