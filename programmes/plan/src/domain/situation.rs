//! Situations of life, and the tasks of the plan that reach into them.

use std::sync::LazyLock;

/// A situation of life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// Its name in addresses.
    pub id: &'static str,
    /// What it is called, as the person says it.
    pub korean: &'static str,
    /// The same in English.
    pub english: &'static str,
    /// The tasks, by number.
    pub tasks: Vec<u16>,
}

const DATA: &str = include_str!("../../data/situations.tsv");

static SITUATIONS: LazyLock<Vec<Situation>> = LazyLock::new(|| {
    let lines = DATA.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (id, korean, english, tasks) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            let tasks = tasks.split(',').filter_map(|task| task.parse().ok()).collect();
            Some(Situation { id, korean, english, tasks })
        })
        .collect()
});

/// All situations.
pub fn situations() -> &'static [Situation] {
    &SITUATIONS
}

/// One by its name.
pub fn situation(id: &str) -> Option<&'static Situation> {
    SITUATIONS.iter().find(|situation| situation.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_whole() {
        let lines = DATA.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        for (line, situation) in lines.zip(situations()) {
            let tasks: Vec<&str> = line.split('\t').next_back().unwrap().split(',').collect();
            assert_eq!(situation.tasks.len(), tasks.len(), "{line}");
            assert!(
                situation.tasks.is_sorted() && situation.tasks.iter().all(|task| (1..=99).contains(task)),
                "{line}"
            );
            assert!(!situation.korean.is_empty() && !situation.english.is_empty());
        }
        assert_eq!(situation("parent").map(|one| one.id), Some("parent"));
        assert_eq!(situation("x"), None);
    }
}
