//! A client that sends at a fixed rate, whatever comes back when, and tells how long answers took from the moment they should have been asked
//! for: what a queue costs is seen.
//!
//! `paced_client --address 127.0.0.1:9902 [--rate 1000] [--connections 64] [--seconds 5] [--stream] [--key maru_sk_bench]`
//!
//! For Linux, whose timers it uses. Prints `calls errors p50 p90 p99 max` in microseconds; with `--stream` until the first event, with the stream read to its end.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, unix::AsyncFd},
    net::TcpStream,
    sync::Notify,
};

fn argument(name: &str, otherwise: &str) -> String {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1).unwrap_or_else(|| otherwise.to_owned())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run())
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let address = argument("--address", "127.0.0.1:9902");
    let rate: f64 = argument("--rate", "1000").parse()?;
    let connections: u32 = argument("--connections", "64").parse()?;
    let seconds: f64 = argument("--seconds", "5").parse()?;
    let streams = std::env::args().any(|argument| argument == "--stream");
    let stream = if streams { r#""stream":true,"# } else { "" };
    let body = format!(
        r#"{{"model":"mock",{stream}"max_tokens":200,"messages":[{{"role":"user","content":"대형폐기물은 어떻게 버리나요?"}}]}}"#
    );
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        argument("--key", "maru_sk_bench"),
        body.len()
    );
    let gap = Duration::from_secs_f64(rate.recip());
    let began = Instant::now() + Duration::from_millis(100);
    let until = began + Duration::from_secs_f64(seconds);
    let (mut tasks, mut ticks) = (Vec::new(), Vec::new());
    for number in 0..connections {
        let (address, request, tick) = (address.clone(), request.clone(), Arc::new(Notify::new()));
        ticks.push(Arc::clone(&tick));
        let (first, interval) = (began + gap * number, gap * connections);
        tasks.push(tokio::spawn(async move { ask(&address, &request, &tick, first, until, interval).await }));
    }
    let time = tokio::spawn(tell_the_time(ticks, began, until, gap));
    let (mut took, mut errors) = (Vec::new(), 0);
    for task in tasks {
        match task.await? {
            Ok(one) => took.extend(one),
            Err(_) => errors += 1,
        }
    }
    time.await??;
    took.sort_unstable();
    let at =
        |share: usize| took.get((took.len() * share / 1_000).min(took.len().saturating_sub(1))).copied().unwrap_or(0);
    println!("{} {errors} {} {} {} {}", took.len(), at(500), at(900), at(990), at(1_000));
    Ok(())
}

/// Wakes one connection after the other, each when it is due. The runtime's own timer knows whole milliseconds: all that is due within one would
/// be sent at once, and its lateness would be counted as the server's. A timer of the system tells how many are due, and costs next to nothing.
async fn tell_the_time(ticks: Vec<Arc<Notify>>, began: Instant, until: Instant, gap: Duration) -> std::io::Result<()> {
    let spec = |duration: Duration| Timespec::try_from(duration).map_err(std::io::Error::other);
    let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK)?;
    let first = began.saturating_duration_since(Instant::now());
    let setting = Itimerspec { it_interval: spec(gap)?, it_value: spec(first)? };
    timerfd_settime(&timer, TimerfdTimerFlags::empty(), &setting)?;
    #[expect(deprecated, reason = "the timer is owned and lives as long as this; what comes after it is not safe code")]
    let timer = AsyncFd::new(timer)?;
    let mut next = ticks.iter().cycle();
    while Instant::now() < until {
        let mut ready = timer.readable().await?;
        let mut count = [0; 8];
        match ready.try_io(|timer| Ok(rustix::io::read(timer, &mut count)?)) {
            Ok(read) => drop(read?),
            Err(_) => continue,
        }
        for _ in 0..u64::from_ne_bytes(count) {
            next.next().inspect(|tick| tick.notify_one());
        }
    }
    // Who is woken by nothing else goes on to see that it is over.
    for tick in &ticks {
        tick.notify_one();
    }
    Ok(())
}

/// One connection: asks when it is time, or at once where the last answer came too late.
async fn ask(
    address: &str,
    request: &str,
    tick: &Notify,
    first: Instant,
    until: Instant,
    interval: Duration,
) -> std::io::Result<Vec<u128>> {
    let mut connection = TcpStream::connect(address).await?;
    connection.set_nodelay(true)?;
    let (mut took, mut due) = (Vec::new(), first);
    while due < until {
        while Instant::now() < due {
            tick.notified().await;
        }
        connection.write_all(request.as_bytes()).await?;
        took.push(answer(&mut connection, due).await?);
        due += interval;
    }
    Ok(took)
}

/// Reads an answer to its end; how long its first piece of the body, or for one with a length its whole, took.
async fn answer(connection: &mut TcpStream, due: Instant) -> std::io::Result<u128> {
    let mut read = Vec::new();
    let mut buffer = vec![0_u8; 16 << 10];
    let mut first = None;
    loop {
        let came = connection.read(&mut buffer).await?;
        if came == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(&buffer[..came]);
        let Some(head) = memchr::memmem::find(&read, b"\r\n\r\n") else { continue };
        if !read.starts_with(b"HTTP/1.1 200") {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        let text = String::from_utf8_lossy(&read[..head]).to_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if let Some(length) = length {
            if read.len() >= head + 4 + length {
                return Ok(due.elapsed().as_micros());
            }
        } else {
            if first.is_none() && read.len() > head + 8 {
                first = Some(due.elapsed().as_micros());
            }
            if read.ends_with(b"0\r\n\r\n") {
                return Ok(first.unwrap_or_default());
            }
        }
    }
}
