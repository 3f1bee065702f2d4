//! How well bodies and deadlines are found: against the columns of the plan's table and against what a person read.
//! Usage: cargo run -p maru-plan --example measure_plan -- action-plan.tsv programmes/plan/tests/data/annotated.tsv

use std::collections::{BTreeMap, HashMap};

use maru_plan::{
    domain::{Bound, Deadline, Entry, Precision, body},
    import,
};

#[derive(Default)]
struct Score {
    right: usize,
    found: usize,
    wanted: usize,
}

impl Score {
    /// Compares two lists as multisets; says what differs.
    fn compare(&mut self, found: &[String], wanted: &[String]) -> Option<String> {
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for one in found {
            counts.entry(one).or_default().0 += 1;
        }
        for one in wanted {
            counts.entry(one).or_default().1 += 1;
        }
        self.right += counts.values().map(|(one, other)| one.min(other)).sum::<usize>();
        self.found += found.len();
        self.wanted += wanted.len();
        let differs = counts.values().any(|(one, other)| one != other);
        differs.then(|| format!("found {found:?}, wanted {wanted:?}"))
    }

    fn print(&self, name: &str) {
        let share = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        let (recall, precision) = (share(self.right, self.wanted), share(self.right, self.found));
        println!(
            "{name:<44} recall {:>6.2} % ({}/{})   precision {:>6.2} % ({}/{})",
            recall * 100.0,
            self.right,
            self.wanted,
            precision * 100.0,
            self.right,
            self.found
        );
    }
}

fn names(ids: &[String]) -> Vec<String> {
    ids.iter().map(|id| body(id).map_or(id.clone(), |body| body.name.to_owned())).collect()
}

fn written(deadline: &Deadline) -> String {
    let bound = match deadline.bound {
        Bound::By => "by",
        Bound::In => "in",
        Bound::From => "from",
    };
    let (year, quarter) = (deadline.quarter.year() - 2000, deadline.quarter.number());
    match deadline.precision {
        Precision::Quarter => format!("{bound}{year}Q{quarter}"),
        Precision::Half => format!("{bound}{year}H{}", (quarter + 1) / 2),
        Precision::Month => format!("{bound}{year}M{quarter}"),
        Precision::Year => format!("{bound}{year}"),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(plan), Some(annotated)) = (arguments.next(), arguments.next()) else {
        return Err("give the plan's table and the annotated rows".into());
    };
    let table = std::fs::read_to_string(plan)?;
    let read = import::read(&table);
    println!("{} recommendations, {} bad lines", read.entries.len(), read.bad.len());
    let entries: HashMap<String, &Entry> = read.entries.iter().map(|entry| (entry.number.to_string(), entry)).collect();
    against_columns(&table, &entries);
    against_reader(&std::fs::read_to_string(annotated)?, &entries);
    Ok(())
}

/// The column holds one quarter for each recommendation: the last that the text names, by its own reading.
fn against_columns(table: &str, entries: &HashMap<String, &Entry>) {
    let mut quarters = Score::default();
    let mut leads = Score::default();
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [task, _, _, _, _, place, ministry, quarter, _] = cells.as_slice() else { continue };
        let number = format!("{task}-{place}");
        let Some(entry) = entries.get(&number) else { continue };
        drop(leads.compare(&names(std::slice::from_ref(&entry.lead)), &[(*ministry).to_owned()]));
        let last = entry.deadlines.iter().filter(|one| counts_for_the_column(entry, one)).map(|one| one.quarter).max();
        let found: Vec<String> = last.iter().map(ToString::to_string).collect();
        let wanted: Vec<String> =
            Some(*quarter).filter(|quarter| !quarter.is_empty()).map(str::to_owned).into_iter().collect();
        if let Some(difference) = quarters.compare(&found, &wanted) {
            println!("  column, {number}: {difference}");
        }
    }
    leads.print("lead ministry against its column");
    quarters.print("last quarter against its column");
}

/// The column passes over «’30년까지», a year alone.
fn counts_for_the_column(entry: &Entry, deadline: &Deadline) -> bool {
    let words: String = entry.text.chars().take(deadline.end).skip(deadline.start).collect();
    deadline.precision != Precision::Year || !words.ends_with("까지")
}

fn against_reader(annotated: &str, entries: &HashMap<String, &Entry>) {
    let mut scores = [Score::default(), Score::default(), Score::default(), Score::default()];
    for line in annotated.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<Vec<String>> =
            line.split('\t').map(|cell| cell.split_whitespace().map(str::to_owned).collect()).collect();
        let [number, responsible, cooperating, deadlines] = cells.as_slice() else { continue };
        let Some(entry) = number.first().and_then(|number| entries.get(number)) else { continue };
        let found_deadlines: Vec<String> = entry.deadlines.iter().map(written).collect();
        let both = |one: &[String], other: &[String]| [one, other].concat();
        let compared = [
            scores[0].compare(&names(&entry.responsible), responsible),
            scores[1].compare(&names(&entry.cooperating), cooperating),
            scores[2].compare(&names(&both(&entry.responsible, &entry.cooperating)), &both(responsible, cooperating)),
            scores[3].compare(&found_deadlines, deadlines),
        ];
        for (what, difference) in ["responsible", "co-operating", "", "deadlines"].iter().zip(compared) {
            if let Some(difference) = difference.filter(|_| !what.is_empty()) {
                println!("  reader, {} {what}: {difference}", entry.number);
            }
        }
    }
    let what = ["responsible bodies", "co-operating bodies", "every body", "every deadline with its manner"];
    for (score, what) in scores.iter().zip(what) {
        score.print(&format!("60 rows read by a person: {what}"));
    }
}
