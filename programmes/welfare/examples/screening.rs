//! Measures a screening: `screening DIR PERSONS THREADS` makes a synthetic nation, draws who receives what, and screens it twice
//! (the second time there is nothing left to do); `screening factors` finds the factors of the nation anew.
//! As `maru welfare population generate`, `receipts` and `screen` do.

use std::{path::Path, time::Instant};

use maru_welfare::{
    domain::Month,
    evaluation::LawBook,
    population::{Nation, find_factors, generate},
    screening::{Screening, parts, receipts, screen},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "factors") {
        let (earnings, property) = find_factors(400_000, 1);
        println!("earnings {earnings:.4}, property of the elderly {property:.4}");
        return Ok(());
    }
    let [folder, persons, threads] = &arguments[..] else { return Err("name a folder, persons and threads".into()) };
    let (folder, persons, threads) = (Path::new(folder), persons.parse()?, threads.parse()?);
    let law = LawBook::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../laws/korea/openfisca_korea"))?;
    let (nation, screened) = (folder.join("nation"), folder.join("screened"));
    let month: Month = "2026-03".parse()?;
    let begin = Instant::now();
    let report = generate(&Nation { persons, seed: 1, output: &nation, threads }, |_, _| {})?;
    println!("made: {:?}\n{}", begin.elapsed(), report.to_text());
    let begin = Instant::now();
    let mut drawn = 0;
    for part in parts(&nation)? {
        drawn += receipts::draw_part(&law, &part, month, 1, threads)?;
    }
    println!("{drawn} receipts drawn: {:?}", begin.elapsed());
    for round in ["screened", "screened again, nothing left to do"] {
        let begin = Instant::now();
        let question = Screening { population: &nation, output: &screened, month, previous: None, threads };
        let summary = screen(&law, &question, |_, _, _| true)?;
        println!("{round}: {:?}", begin.elapsed());
        if round == "screened" {
            println!("{}", summary.to_text());
        }
    }
    Ok(())
}
