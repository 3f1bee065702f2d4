//! A simulated year of reporting: how well delays are forecast, against the base rate.
//! Usage: cargo run --release -p maru-plan --example forecast -- crates/maru/world/plan.tsv crates/maru/world/plan-dependencies.tsv
//!
//! The deadlines are those of the plan; everything that happens is drawn by chance. In the first world bodies differ, work that
//! needs a law or waits for something late takes longer, and reports betray some of it. In the second nothing of this holds:
//! every deadline is missed with the same chance, and there is nothing to be learned. Neither shows how ministries behave; they
//! show that the model learns what can be seen, and does little harm where nothing can.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use maru_ledger::Aggregate as _;
use maru_plan::{
    domain::{
        Basis, Evidence, Graph, Number, Quarter, Recommendation, Report,
        forecast::outlook,
        links::{Link, LinkState},
        recommendation::{Actor, Event, Order},
    },
    import,
};

/// Repeatable chance.
struct Chance(u64);

impl Chance {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal: the sum of twelve shares.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}

/// What differs between bodies and between recommendations, and is not seen by the model.
struct World {
    slowness: BTreeMap<String, f64>,
    difficulty: BTreeMap<Number, f64>,
    structured: bool,
}

impl World {
    /// How likely a deadline is missed; the constant is chosen so that about a quarter is, in both worlds.
    fn of_delay(&self, one: &Recommendation, waits_for_late: bool, missed_before: bool) -> f64 {
        let Some(entry) = one.entry.as_ref() else { return 0.0 };
        if !self.structured {
            return 0.25;
        }
        let flag = |holds: bool| f64::from(u8::from(holds));
        let bodies = (entry.responsible.len() + entry.cooperating.len()) as f64;
        let sum = -1.9
            + 0.9 * self.slowness.get(&entry.lead).copied().unwrap_or_default()
            + 0.6 * self.difficulty.get(&entry.number).copied().unwrap_or_default()
            + 0.5 * flag(!entry.laws.is_empty())
            + 0.1 * (bodies - 1.0)
            + 0.9 * flag(waits_for_late)
            + 0.6 * flag(missed_before);
        1.0 / (1.0 + (-sum).exp())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(plan), Some(dependencies)) = (arguments.next(), arguments.next()) else {
        return Err("give the plan's table and its dependencies".into());
    };
    let read = import::read(&std::fs::read_to_string(plan)?);
    let graph = graph(&std::fs::read_to_string(dependencies)?)?;
    let quarters: Vec<Quarter> = ["26Q2", "26Q3", "26Q4"].iter().map(|one| one.parse()).collect::<Result<_, _>>()?;
    for (name, structured) in [("bodies and tasks differ", true), ("pure chance", false)] {
        println!("{name}: Brier score of the forecast and of the base rate, mean of 30 worlds");
        let mut scores: BTreeMap<Quarter, Vec<(f64, f64, usize)>> = BTreeMap::new();
        for seed in 0..30 {
            let known = year(&read.entries, &graph, structured, seed)?;
            for quarter in &quarters {
                if let Some(check) = outlook(&known, &graph, quarter.next()).check {
                    scores.entry(*quarter).or_default().push((check.brier, check.brier_of_base, check.deadlines));
                }
            }
        }
        for (quarter, scores) in scores {
            let count = scores.len() as f64;
            let mean = |part: fn(&(f64, f64, usize)) -> f64| scores.iter().map(part).sum::<f64>() / count;
            let (ours, base) = (mean(|one| one.0), mean(|one| one.1));
            let better = scores.iter().filter(|one| one.0 < one.1).count();
            let deadlines = scores.first().map_or(0, |one| one.2);
            println!(
                "  {quarter}  {deadlines} deadlines   forecast {ours:.4}   base rate {base:.4}   better by {:>5.1} %   in {better} of {} worlds",
                (1.0 - ours / base) * 100.0,
                scores.len(),
            );
        }
    }
    Ok(())
}

fn graph(table: &str) -> Result<Graph, Box<dyn std::error::Error>> {
    let mut links = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [dependent, prerequisite, decided] = cells.as_slice() else { return Err(line.into()) };
        if *decided == "yes" {
            let (dependent, prerequisite) = (dependent.parse()?, prerequisite.parse()?);
            links.push(Link { dependent, prerequisite, words: String::new(), state: LinkState::Accepted });
        }
    }
    Ok(Graph::of(links.iter()))
}

/// The plan after a year in which every deadline was met or missed by chance.
fn year(
    entries: &[maru_plan::domain::Entry],
    graph: &Graph,
    structured: bool,
    seed: u64,
) -> Result<Vec<Recommendation>, Box<dyn std::error::Error>> {
    let mut chance = Chance(seed.wrapping_mul(977).wrapping_add(13));
    let began: Timestamp = "2026-02-25T05:00:00Z".parse()?;
    let mut known: BTreeMap<Number, Recommendation> = BTreeMap::new();
    let mut world = World { slowness: BTreeMap::new(), difficulty: BTreeMap::new(), structured };
    for entry in entries {
        world.slowness.entry(entry.lead.clone()).or_insert_with(|| chance.normal());
        world.difficulty.insert(entry.number, chance.normal());
        let order = Order::Enter {
            entry: Box::new(entry.clone()),
            version: "1".to_owned(),
            basis: Basis::Arrangement,
            reason: String::new(),
        };
        let mut one = Recommendation::default();
        for event in one.decide(order, began)? {
            one.evolve(&event);
        }
        known.insert(entry.number, one);
    }
    let mut late: BTreeSet<Number> = BTreeSet::new();
    let mut quarter: Quarter = "26Q1".parse()?;
    for _ in 0..4 {
        let late_before = late.clone();
        for (number, one) in &mut known {
            let waits = graph.prerequisites(*number).any(|before| late_before.contains(&before));
            report(one, quarter, &world, &mut chance, (waits, &mut late));
        }
        quarter = quarter.next();
    }
    Ok(known.into_values().collect())
}

/// Draws what becomes of the deadlines of a quarter, and what the report of it says.
fn report(
    one: &mut Recommendation,
    quarter: Quarter,
    world: &World,
    chance: &mut Chance,
    (waits, late): (bool, &mut BTreeSet<Number>),
) {
    let Some(entry) = one.entry.clone() else { return };
    let of_delay = world.of_delay(one, waits, late.contains(&entry.number));
    let mut done = BTreeSet::new();
    let mut missed = false;
    for due in one.open_deadlines().into_iter().filter(|due| due.quarter <= quarter) {
        // What was missed before is made up for in two of three quarters.
        let met = if due.quarter < quarter { chance.share() < 0.66 } else { chance.share() >= of_delay };
        if met {
            done.insert(due.place);
        } else {
            missed = true;
        }
    }
    if missed {
        late.insert(entry.number);
    } else {
        late.remove(&entry.number);
    }
    let betrays = if world.structured { of_delay } else { 0.25 };
    let silent = done.is_empty() && chance.share() < 0.15 + 0.5 * betrays;
    let obstacle = chance.share() < 0.05 + 0.6 * betrays;
    if silent {
        return;
    }
    let shown = Evidence { title: "가".to_owned(), address: format!("https://a.example/{}", entry.number) };
    let report = Report {
        quarter,
        summary: "지어낸 실적".to_owned(),
        evidence: if done.is_empty() { Vec::new() } else { vec![shown] },
        complete: !entry.deadlines.is_empty() && one.done.len() + done.len() == entry.deadlines.len(),
        done,
        obstacle: if obstacle { "지어낸 어려움".to_owned() } else { String::new() },
        files: Vec::new(),
    };
    let by = Actor { account: "a".to_owned(), body: entry.lead };
    one.evolve(&Event::Reported { report, by });
}
