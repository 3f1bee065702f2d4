//! Groups of comments: their quality against categories that people gave, and how long a hundred thousand take.
//! Usage: cargo run --release -p maru-plan --example grouping -- topics petitions.jsonl 17     (a number for each text)
//!        cargo run --release -p maru-plan --example grouping -- placed petitions.jsonl 17     (four of five grouped, the rest put to them)
//!        cargo run --release -p maru-plan --example grouping -- many petitions.jsonl 100000   (time and figures)

use std::time::Instant;

use maru_plan::grouping;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, file, number] = arguments.as_slice() else {
        return Err("give topics, placed or many, a file and a number".into());
    };
    let (number, texts) = (number.parse::<usize>()?, texts(file)?);
    match what.as_str() {
        "topics" => {
            let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
            for topic in grouping::topics(&borrowed, number) {
                println!("{topic}");
            }
        }
        "placed" => placed(&texts, number),
        "many" => many(&texts, number),
        other => return Err(format!("{other} is none of topics, placed and many").into()),
    }
    Ok(())
}

fn texts(file: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(file)?;
    let lines = text.lines().map(serde_json::from_str::<serde_json::Value>);
    let words = |line: &serde_json::Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    Ok(lines
        .map(|line| line.map(|line| format!("{}\n{}", words(&line, "title"), words(&line, "text"))))
        .collect::<Result<_, _>>()?)
}

/// The group of each text, where the last fifth came after the others were grouped.
fn placed(texts: &[String], topics: usize) {
    let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (early, late) = borrowed.split_at(borrowed.len() * 4 / 5);
    let mut grouping = grouping::group(early, topics);
    grouping.place(early.len(), late);
    let mut of = vec![0; borrowed.len()];
    for (at, group) in grouping.groups.iter().enumerate() {
        group.members.iter().for_each(|member| of[*member] = at);
    }
    of.iter().for_each(|group| println!("{group}"));
}

/// Comments of two to five sentences of one petition each, and two campaigns of copies: a twentieth of all.
fn many(petitions: &[String], count: usize) {
    let mut state = 6_u64;
    let mut draw = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % most.max(1)
    };
    let sentences: Vec<Vec<&str>> = petitions.iter().map(|petition| maru_korean::sentences(petition)).collect();
    let copied = count / 40;
    let mut comments: Vec<String> = Vec::with_capacity(count);
    while comments.len() < count.saturating_sub(copied * 2) {
        let petition = &sentences[draw(sentences.len())];
        let chosen: Vec<&str> = (0..2 + draw(4)).filter_map(|_| petition.get(draw(petition.len()))).copied().collect();
        comments.push(chosen.join(" "));
    }
    for campaign in [
        "창작자의 동의 없는 학습을 반대합니다. 먼저 정당한 대가를 정해 주십시오.",
        "우리 동네에 AI 교육장을 지어 주세요. 아이들이 갈 곳이 없습니다.",
    ] {
        comments.extend((0..copied).map(|signature| format!("{campaign} 서명 {signature}")));
    }
    let borrowed: Vec<&str> = comments.iter().map(String::as_str).collect();
    let began = Instant::now();
    let grouping = grouping::group(&borrowed, grouping::topics_for(borrowed.len()));
    let seconds = began.elapsed().as_secs_f64();
    let all: usize = grouping.groups.iter().map(|group| group.members.len()).sum();
    println!(
        "{} comments in {} groups, every one in exactly one: {}",
        comments.len(),
        grouping.groups.len(),
        all == comments.len()
    );
    let campaigns = grouping.groups.iter().filter(|group| group.campaign && group.members.len() >= copied * 9 / 10);
    println!("campaigns of {copied} copies found: {} of 2", campaigns.count());
    println!("seconds: {seconds:.1}");
    let later: Vec<&str> = borrowed.iter().take(count / 5).copied().collect();
    let mut grown = grouping;
    let began = Instant::now();
    grown.place(borrowed.len(), &later);
    println!("seconds to place {} more: {:.1}", later.len(), began.elapsed().as_secs_f64());
}
