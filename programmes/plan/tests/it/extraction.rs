//! The real plan: its structure, and what is found in its texts against what a person read.

use std::{collections::HashMap, path::PathBuf};

use maru_plan::{domain::body, import};

fn plan() -> Option<String> {
    let shared = std::env::var("MARU_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    // Tests run in the folder of their crate; the path is given from that of the workspace.
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = std::fs::read_to_string(root.join(&shared).join("data/action-plan.tsv"));
    if read.is_err() {
        eprintln!("SKIPPED: {shared}/data/action-plan.tsv is not there; set MARU_SHARED");
    }
    read.ok()
}

#[test]
fn the_real_plan_is_read_whole() {
    let Some(table) = plan() else { return };
    let read = import::read(&table);
    assert_eq!(read.bad, []);
    assert_eq!(read.entries.len(), 326);
    let mut tasks: Vec<u16> = read.entries.iter().map(|entry| entry.number.task).collect();
    tasks.dedup();
    assert_eq!(tasks.len(), 99);
    let areas: std::collections::BTreeSet<u16> = read.entries.iter().map(|entry| entry.area).collect();
    assert_eq!(areas.len(), 12);
}

#[test]
fn sixty_rows_are_understood_as_a_person_does() {
    let Some(table) = plan() else { return };
    let entries: HashMap<String, _> =
        import::read(&table).entries.into_iter().map(|entry| (entry.number.to_string(), entry)).collect();
    let (mut right, mut wanted_all, mut found_all) = (0_usize, 0_usize, 0_usize);
    for line in include_str!("../data/annotated.tsv").lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [number, responsible, cooperating, _] = cells.as_slice() else { panic!("{line}") };
        let entry = &entries[*number];
        let found: Vec<&str> =
            entry.responsible.iter().chain(&entry.cooperating).map(|id| body(id).unwrap().name).collect();
        let wanted: Vec<&str> = responsible.split_whitespace().chain(cooperating.split_whitespace()).collect();
        right += wanted.iter().filter(|name| found.contains(name)).count();
        (wanted_all, found_all) = (wanted_all + wanted.len(), found_all + found.len());
    }
    assert!(right * 100 >= wanted_all * 98, "recall {right}/{wanted_all}");
    assert!(right * 100 >= found_all * 98, "precision {right}/{found_all}");
}
