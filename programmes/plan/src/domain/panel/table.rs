//! Who may be drawn, and how many of whom: two tables with tabs.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use maru_korean::{Josa, with_josa};
use serde::{Deserialize, Serialize};

use crate::digest::sha256;

/// Most people in a pool.
const MOST_CANDIDATES: usize = 20_000;
/// Most quotas.
const MOST_QUOTAS: usize = 60;

/// Somebody who said that they would take part, under a code that only they and the secretariat know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The code.
    pub code: String,
    /// Traits and their values: age, region, sex.
    pub traits: BTreeMap<String, String>,
}

/// How many of those with a value of a trait are drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PanelQuota)]
pub struct Quota {
    /// The trait.
    #[schema(example = "age")]
    pub name: String,
    /// The value.
    #[schema(example = "60+")]
    pub value: String,
    /// At least so many.
    pub least: usize,
    /// At most so many.
    pub most: usize,
}

/// What is wrong with a table: the line, from 1, and what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct TableError {
    /// The line.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: String,
    /// The same in Korean.
    pub what_ko: String,
}

fn wrong<T>(line: usize, korean: impl Into<String>, english: impl Into<String>) -> Result<T, TableError> {
    Err(TableError { line, what: english.into(), what_ko: korean.into() })
}

fn lines(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines.map(|(at, line)| (at, line.split('\t').map(str::trim).collect()))
}

/// Reads a pool: the first line names the columns, the first column is the code.
///
/// # Errors
/// For a line with another number of cells, and for a code that comes twice.
pub fn read_pool(text: &str) -> Result<Vec<Candidate>, TableError> {
    let mut lines = lines(text);
    let Some((_, names)) = lines.next().filter(|(_, names)| names.len() >= 2) else {
        return wrong(
            1,
            "첫 줄에 code와 특성 이름을 탭으로 나누어 적으십시오.",
            "name the columns: code and the traits, with tabs",
        );
    };
    let (mut pool, mut codes) = (Vec::new(), BTreeSet::new());
    for (at, cells) in lines {
        if cells.len() != names.len() || cells.iter().any(|cell| cell.is_empty()) {
            return wrong(
                at,
                format!("칸이 {}개여야 하고 비어 있으면 안 됩니다.", names.len()),
                format!("it needs {} cells, none of them empty", names.len()),
            );
        }
        let code = cells.first().copied().unwrap_or_default();
        if !codes.insert(code) {
            return wrong(
                at,
                format!("코드 {} 두 번 나옵니다.", with_josa(code, Josa::Subject)),
                format!("the code {code} comes twice"),
            );
        }
        let traits = names.iter().zip(&cells).skip(1).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        pool.push(Candidate { code: code.to_owned(), traits: traits.collect() });
        if pool.len() > MOST_CANDIDATES {
            return wrong(
                at,
                format!("{MOST_CANDIDATES}명까지 넣을 수 있습니다."),
                format!("at most {MOST_CANDIDATES} people"),
            );
        }
    }
    Ok(pool)
}

/// Reads quotas: trait, value, at least, at most.
///
/// # Errors
/// For a line that is none.
pub fn read_quotas(text: &str) -> Result<Vec<Quota>, TableError> {
    let mut quotas: Vec<Quota> = Vec::new();
    for (at, cells) in lines(text) {
        let read = match cells.as_slice() {
            [name, value, least, most] => match (least.parse(), most.parse()) {
                (Ok(least), Ok(most)) => {
                    Some(Quota { name: (*name).to_owned(), value: (*value).to_owned(), least, most })
                }
                // The first line may name the columns.
                _ if at == 1 => continue,
                _ => None,
            },
            _ => None,
        };
        let Some(quota) = read.filter(|quota| quota.least <= quota.most) else {
            return wrong(
                at,
                "특성, 값, 적어도, 많아도를 탭으로 나누어 적으십시오.",
                "write trait, value, at least, at most, with tabs",
            );
        };
        if quotas.iter().any(|known| known.name == quota.name && known.value == quota.value) {
            return wrong(at, "같은 특성과 값이 두 번 나옵니다.", "the same trait and value come twice");
        }
        quotas.push(quota);
        if quotas.len() > MOST_QUOTAS {
            return wrong(at, format!("{MOST_QUOTAS}줄까지 넣을 수 있습니다."), format!("at most {MOST_QUOTAS} lines"));
        }
    }
    Ok(quotas)
}

/// A pool as it is published: sorted by code, so that the order in which people were entered says nothing and changes nothing.
pub fn write_pool(pool: &[Candidate]) -> String {
    let names: BTreeSet<&String> = pool.iter().flat_map(|one| one.traits.keys()).collect();
    let mut text = String::from("code");
    for name in &names {
        let _ = write!(text, "\t{name}");
    }
    text.push('\n');
    let mut sorted: Vec<&Candidate> = pool.iter().collect();
    sorted.sort_by(|one, other| one.code.cmp(&other.code));
    for one in sorted {
        text.push_str(&one.code);
        for name in &names {
            let _ = write!(text, "\t{}", one.traits.get(*name).map_or("", String::as_str));
        }
        text.push('\n');
    }
    text
}

/// Quotas as they are published.
pub fn write_quotas(quotas: &[Quota]) -> String {
    quotas.iter().fold(String::from("trait\tvalue\tleast\tmost\n"), |mut text, one| {
        let _ = writeln!(text, "{}\t{}\t{}\t{}", one.name, one.value, one.least, one.most);
        text
    })
}

/// SHA-256 of a text, in hexadecimal.
pub fn digest(text: &str) -> String {
    sha256(text.as_bytes())
}
