//! What waits for what, as far as the texts of a plan say it.
//! Usage: cargo run -p maru-plan --example dependencies -- action-plan.tsv

use maru_plan::{domain::links::propose, import};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("give the plan's table")?;
    let read = import::read(&std::fs::read_to_string(file)?);
    for one in propose(&read.entries) {
        println!("{}\t{}\t{}", one.dependent, one.prerequisite, one.words);
    }
    Ok(())
}
