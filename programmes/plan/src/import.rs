//! Reads a plan from a table with tabs: one recommendation a line, names of columns in the first line.
//!
//! | column | holds |
//! |---|---|
//! | `task_no`, `title` | number and title of the task |
//! | `axis`, `area_no`, `area` | pillar; number and title of the area |
//! | `rec_seq` | place of the recommendation in its task, from 1 |
//! | `ministry` | the body that the plan names as responsible |
//! | `content` | the text, or a short title |
//! | `deadlines`, `responsible`, `cooperating` | optional: in place of what the program finds in the text (`by26Q4 from27Q1`; names parted by spaces) |
//! | `checked` | optional: `yes` where a person checked bodies and deadlines |

use std::{collections::BTreeMap, collections::HashMap, sync::LazyLock};

use regex::Regex;

use crate::domain::{
    Bound, Deadline, Entry, Number, Precision, Quarter, body_called,
    extract::{deadlines, involved},
};

/// A line that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadLine {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub reason: String,
}

/// A plan as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadPlan {
    /// Its recommendations, in the order of their numbers.
    pub entries: Vec<Entry>,
    /// Lines that could not be taken.
    pub bad: Vec<BadLine>,
}

const NEEDED: [&str; 8] = ["task_no", "axis", "area_no", "area", "title", "rec_seq", "ministry", "content"];

/// Reads the table. What is wrong with a line is in [`ReadPlan::bad`]; the others are taken.
pub fn read(table: &str) -> ReadPlan {
    let mut plan = ReadPlan::default();
    let mut lines = table.trim_start_matches('\u{feff}').lines().enumerate();
    let Some((_, head)) = lines.next() else {
        plan.bad
            .push(BadLine { line: 1, reason: "the table is empty; give a table with a line of column names".into() });
        return plan;
    };
    let columns: HashMap<&str, usize> = head.split('\t').enumerate().map(|(at, name)| (name.trim(), at)).collect();
    let missing: Vec<&str> = NEEDED.into_iter().filter(|name| !columns.contains_key(name)).collect();
    if !missing.is_empty() {
        let reason = format!(
            "the columns {} are missing; parted by tabs, their names stand in the first line",
            missing.join(", ")
        );
        plan.bad.push(BadLine { line: 1, reason });
        return plan;
    }
    let mut entries: BTreeMap<Number, Entry> = BTreeMap::new();
    for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let row = Row { columns: &columns, cells };
        let taken = row.entry().and_then(|entry| match entries.get(&entry.number) {
            Some(_) => {
                Err(format!("the number {} stands twice in the table; only its first line was taken", entry.number))
            }
            None => Ok(entry),
        });
        match taken {
            Ok(entry) => drop(entries.insert(entry.number, entry)),
            Err(reason) => plan.bad.push(BadLine { line: at + 1, reason }),
        }
    }
    plan.entries = entries.into_values().collect();
    plan
}

struct Row<'t> {
    columns: &'t HashMap<&'t str, usize>,
    cells: Vec<&'t str>,
}

impl Row<'_> {
    fn cell(&self, name: &str) -> &str {
        self.columns.get(name).and_then(|at| self.cells.get(*at)).map_or("", |cell| cell.trim())
    }

    fn words(&self, name: &str) -> Result<String, String> {
        let cell = self.cell(name);
        if cell.is_empty() { Err(format!("the column {name} is empty")) } else { Ok(cell.to_owned()) }
    }

    fn number(&self, name: &str) -> Result<u16, String> {
        let cell = self.cell(name);
        let number = cell.parse().ok().filter(|number| *number > 0);
        number.ok_or_else(|| format!("{name} is {cell:?}; write a number from 1"))
    }

    fn entry(&self) -> Result<Entry, String> {
        let number = Number { task: self.number("task_no")?, place: self.number("rec_seq")? };
        let ministry = self.cell("ministry");
        let lead = body_called(ministry).ok_or_else(|| {
            format!("no public body is called {ministry:?}; correct the name, or add the body to programmes/plan/data/bodies.tsv")
        })?;
        let text = self.words("content")?;
        let found = involved(&text, Some(lead));
        let given = [self.bodies("responsible")?, self.bodies("cooperating")?];
        let given_deadlines = self.deadlines()?;
        let owned = |ids: Vec<&'static str>| ids.into_iter().map(str::to_owned).collect();
        let [responsible, cooperating] = given;
        Ok(Entry {
            number,
            pillar: self.words("axis")?,
            area: self.number("area_no")?,
            area_title: self.words("area")?,
            task_title: self.words("title")?,
            lead: lead.id.to_owned(),
            responsible: responsible.unwrap_or_else(|| owned(found.responsible)),
            cooperating: cooperating.unwrap_or_else(|| owned(found.cooperating)),
            deadlines: given_deadlines.unwrap_or_else(|| deadlines(&text)),
            laws: laws(&text),
            text,
            checked: self.cell("checked") == "yes",
        })
    }

    fn bodies(&self, column: &str) -> Result<Option<Vec<String>>, String> {
        if !self.columns.contains_key(column) {
            return Ok(None);
        }
        let names = self.cell(column).split_whitespace();
        let ids = names.map(|name| {
            let body = body_called(name).ok_or_else(|| format!("{column}: no public body is called {name:?}"))?;
            Ok(body.id.to_owned())
        });
        ids.collect::<Result<Vec<_>, String>>().map(Some)
    }

    fn deadlines(&self) -> Result<Option<Vec<Deadline>>, String> {
        if !self.columns.contains_key("deadlines") {
            return Ok(None);
        }
        self.cell("deadlines").split_whitespace().map(given_deadline).collect::<Result<Vec<_>, _>>().map(Some)
    }
}

/// A deadline as it is written in tables and forms: `by26Q4`, `in26Q4` or `from26Q4`.
///
/// # Errors
/// What is wrong and what to do, in English.
pub fn given_deadline(word: &str) -> Result<Deadline, String> {
    let bounds = [("by", Bound::By), ("in", Bound::In), ("from", Bound::From)];
    let parted = bounds.iter().find_map(|(name, bound)| Some((*bound, word.strip_prefix(name)?)));
    let (bound, quarter) =
        parted.ok_or_else(|| format!("{word:?} is no deadline; write by26Q4, in26Q4 or from26Q4"))?;
    let quarter: Quarter = quarter.parse().map_err(|error| format!("{word:?}: {error}"))?;
    Ok(Deadline { quarter, bound, precision: Precision::Quarter, start: 0, end: 0 })
}

static LAW: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[｢「]([^｣」]{2,60}(?:법|법률|시행령|시행규칙|조례|특별법))[｣」]").ok());

/// The laws that a text names between law marks, each once.
fn laws(text: &str) -> Vec<String> {
    let Some(law) = LAW.as_ref() else { return Vec::new() };
    let mut found: Vec<String> = Vec::new();
    for name in law.captures_iter(text).filter_map(|captures| captures.get(1)) {
        if !found.iter().any(|known| known == name.as_str()) {
            found.push(name.as_str().to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "task_no\taxis\tarea_no\tarea\ttitle\trec_seq\tministry\tdeadline_parsed\tcontent\n";

    #[test]
    fn a_table_is_read_and_bad_lines_are_named() {
        let table = format!(
            "{HEAD}1\t축\t1\t영역\t과제\t1\t과기정통부\t26Q4\t과기정통부는 ｢전기사업법｣ 개정안을 ’26년 4분기까지 낸다.\n\
             1\t축\t1\t영역\t과제\t2\t없는부\t\t글\n1\t축\t1\t영역\t과제\t1\t교육부\t\t두 번\n\n2\t축\t영\t영역\t과제\t1\t교육부\t\t글\n"
        );
        let plan = read(&table);
        assert_eq!(plan.entries.len(), 1);
        let entry = plan.entries.first().unwrap();
        assert_eq!(entry.quarters(), ["26Q4".parse().unwrap()]);
        assert_eq!(entry.laws, ["전기사업법"]);
        let lines: Vec<usize> = plan.bad.iter().map(|bad| bad.line).collect();
        assert_eq!(lines, [3, 4, 6]);
        assert!(plan.bad.first().unwrap().reason.contains("없는부"));
        assert_eq!(read("").bad.len(), 1);
        assert!(read("a\tb\n").bad.first().unwrap().reason.contains("task_no"));
    }

    #[test]
    fn what_a_person_checked_stands_above_what_is_found() {
        let head = HEAD.trim_end().to_owned() + "\tdeadlines\tcooperating\tchecked\n";
        let plan = read(&format!("{head}1\t축\t1\t영역\t과제\t1\t교육부\t\t짧은 제목\tby26Q4 from27Q1\t행안부\tyes\n"));
        let entry = plan.entries.first().unwrap();
        assert_eq!(entry.deadlines.len(), 2);
        assert_eq!(entry.cooperating, ["mois"]);
        assert!(entry.checked);
        let wrong = read(&format!("{head}1\t축\t1\t영역\t과제\t1\t교육부\t\t제목\tuntil26Q4\t\n"));
        assert!(wrong.bad.first().unwrap().reason.contains("by26Q4"));
    }
}
