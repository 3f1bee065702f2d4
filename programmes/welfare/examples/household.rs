//! Measures one household: how long it takes to assess and to explain it. `household LAW`

use std::time::Instant;

use maru_welfare::{
    domain::{Household, Month, benefit},
    evaluation::LawBook,
};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "laws/korea/openfisca_korea".to_owned());
    let begin = Instant::now();
    let law = LawBook::load(std::path::Path::new(&folder))?;
    println!("law read: {:?} ({})", begin.elapsed(), law.rules());
    let household: Household = serde_json::from_value(json!({
        "members": [
            {"id": "p1", "role": "head", "facts": {"birth": "1955-05-05", "national_pension_old_age": 400_000}},
            {"id": "p2", "role": "spouse", "facts": {"birth": "1958-05-05"}}
        ],
        "couples": [{"partners": ["p1", "p2"]}],
        "facts": {"province": "jeonbuk", "municipality_kind": "county", "monthly_rent": 250_000}
    }))?;
    let month: Month = "2026-03".parse()?;
    for round in ["first", "second"] {
        let begin = Instant::now();
        let assessment = law.assess(&household, month)?;
        println!("assessed, {round}: {:?}", begin.elapsed());
        for one in assessment.due() {
            println!("  {} {:?} {:?}", one.benefit.en, one.member, one.amount);
        }
    }
    let begin = Instant::now();
    for _ in 0..1_000 {
        law.assess(&household, month)?;
    }
    println!("assessed 1,000 times: {:?} each", begin.elapsed() / 1_000);
    let pension = benefit("basic_pension").ok_or("no such benefit")?;
    let begin = Instant::now();
    let grounds = law.explain(&household, month, pension, Some("p1"))?;
    println!("explained: {:?}\n  {}\n  {}", begin.elapsed(), grounds.ko, grounds.article_ko);
    let begin = Instant::now();
    println!("open facts: {:?} {:?}", law.open_facts(&household, month, pension, Some("p1"))?, begin.elapsed());
    let begin = Instant::now();
    println!("changes: {} {:?}", law.changes(&household, month, pension, Some("p1"))?.len(), begin.elapsed());
    Ok(())
}
