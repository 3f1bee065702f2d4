//! Writes the short facts of a plan, for the demonstration: number, short title, bodies, quarters, and no text.
//! Usage: cargo run -p maru-plan --example short_facts -- action-plan.tsv > crates/maru/world/plan.tsv

use std::fmt::Write as _;

use maru_plan::{
    domain::{Bound, Entry, body},
    import,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("give the plan's table")?;
    let read = import::read(&std::fs::read_to_string(file)?);
    let mut text =
        "task_no\taxis\tarea_no\tarea\ttitle\trec_seq\tministry\tcontent\tresponsible\tcooperating\tdeadlines\n"
            .to_owned();
    for entry in &read.entries {
        let names =
            |ids: &[String]| ids.iter().filter_map(|id| body(id)).map(|body| body.name).collect::<Vec<_>>().join(" ");
        let deadlines = entry.deadlines.iter().map(|deadline| {
            let bound = match deadline.bound {
                Bound::By => "by",
                Bound::In => "in",
                Bound::From => "from",
            };
            format!("{bound}{}", deadline.quarter)
        });
        writeln!(
            text,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            entry.number.task,
            entry.pillar,
            entry.area,
            entry.area_title,
            entry.task_title,
            entry.number.place,
            names(std::slice::from_ref(&entry.lead)),
            short_title(entry),
            names(&entry.responsible),
            names(&entry.cooperating),
            deadlines.collect::<Vec<_>>().join(" ")
        )?;
    }
    print!("{text}");
    Ok(())
}

/// The name of the plan, platform or strategy that the text speaks of first; else the place in the task.
fn short_title(entry: &Entry) -> String {
    let pairs = [('｢', '｣'), ('「', '」'), ('‘', '’')];
    let mut found: Vec<(usize, String)> = Vec::new();
    for (open, close) in pairs {
        for (start, _) in entry.text.match_indices(open) {
            let rest = entry.text.get(start + open.len_utf8()..).unwrap_or_default();
            let Some(end) = rest.find(close) else { continue };
            let name = rest.get(..end).unwrap_or_default().trim().trim_start_matches('‘');
            // «계획3)»: the mark of a footnote.
            let name =
                name.strip_suffix(')').map_or(name, |name| name.trim_end_matches(|last: char| last.is_ascii_digit()));
            let length = name.chars().count();
            let is_law = name.ends_with('법') || name.ends_with("법률") || name.ends_with("시행령");
            // «’26년 1분기까지 ‘…’» has quotation marks that are apostrophes of years.
            let is_year = name.starts_with(|first: char| first.is_ascii_digit());
            if (4..=34).contains(&length) && !is_law && !is_year && !name.contains('’') && !name.contains("분기") {
                found.push((start, name.to_owned()));
            }
        }
    }
    found.sort();
    found.into_iter().next().map_or_else(|| format!("권고 {}", entry.number.place), |(_, name)| name)
}
