//! The articles that policies name exist in the law in force, down to the paragraph.
//!
//! The statutes are looked for in `data/statutes.jsonl.xz` under `MARU_SHARED` (default `../shared`, seen from the root of
//! the project). Without them the test is skipped and says so.

use std::{
    collections::{HashMap, HashSet},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use maru_identity::{BUILT_IN_POLICIES, USE_POLICIES};

/// An article that a policy names: law, article, paragraph.
#[derive(Debug, PartialEq, Eq, Hash, Clone)]
struct Citation {
    law: String,
    article: String,
    paragraph: Option<u32>,
}

/// Reads «법률 제1조제2항, 제3조, 시행령 제4조»: a law holds until another is named, a decree is that of the law before.
fn citations(reason: &str) -> Vec<Citation> {
    let Some((_, cited)) = reason.rsplit_once('(') else { return Vec::new() };
    let cited = cited.trim_end_matches(['.', ')']);
    let mut law = String::new();
    let mut found = Vec::new();
    for part in cited.split(", ") {
        let begins = |(place, _): &(usize, &str)| {
            part[place + '제'.len_utf8()..].starts_with(|letter: char| letter.is_ascii_digit())
        };
        let place = part.match_indices('제').find(begins).unwrap_or_else(|| panic!("{part} names no article")).0;
        match part[..place].trim() {
            "" => {}
            "시행령" => law = format!("{} 시행령", law.trim_end_matches(" 시행령")),
            named => named.clone_into(&mut law),
        }
        assert!(!law.is_empty(), "{part} names no law");
        let numbers = &part[place..];
        let mut end = numbers.find('조').unwrap() + '조'.len_utf8();
        // An article that was put in later: 제18조의2.
        if let Some(branch) = numbers[end..].strip_prefix('의') {
            end += '의'.len_utf8() + branch.bytes().take_while(u8::is_ascii_digit).count();
        }
        let paragraph =
            numbers[end..].split_once('항').map(|(number, _)| number.trim_start_matches('제').parse().unwrap());
        found.push(Citation { law: law.clone(), article: numbers[..end].to_owned(), paragraph });
    }
    found
}

fn cited_by_policies() -> HashSet<Citation> {
    let sources = BUILT_IN_POLICIES.iter().chain([&USE_POLICIES]);
    let reasons = sources.flat_map(|source| source.text.split("@reason_ko(\"").skip(1));
    reasons.flat_map(|rest| citations(rest.split('"').next().unwrap())).collect()
}

#[test]
fn citations_are_read_as_lawyers_write_them() {
    let cited = citations(
        "할 수 있습니다 (민원 처리에 관한 법률 제5조제1항, 제8조 단서, 시행령 제6조제6항, 개인정보 보호법 제15조제1항제3호).",
    );
    let told: Vec<_> = cited.iter().map(|it| (it.law.as_str(), it.article.as_str(), it.paragraph)).collect();
    assert_eq!(
        told,
        [
            ("민원 처리에 관한 법률", "제5조", Some(1)),
            ("민원 처리에 관한 법률", "제8조", None),
            ("민원 처리에 관한 법률 시행령", "제6조", Some(6)),
            ("개인정보 보호법", "제15조", Some(1)),
        ]
    );
    assert!(cited_by_policies().len() > 15);
}

#[test]
fn every_article_that_a_policy_names_is_in_force() {
    let shared = std::env::var_os("MARU_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let path = shared.join("data/statutes.jsonl.xz");
    // The tool is much faster than a library in a build for tests.
    let unpacking = Command::new("xz").arg("-dc").arg(&path).stdout(Stdio::piped()).spawn();
    let Some(mut unpacking) = unpacking.ok().filter(|_| path.exists()) else {
        eprintln!("SKIPPED: no statutes at {}, or no xz to unpack them; set MARU_SHARED", path.display());
        return;
    };
    let cited = cited_by_policies();
    let laws: HashSet<&String> = cited.iter().map(|citation| &citation.law).collect();
    let mut articles: HashMap<(String, String), String> = HashMap::new();
    for line in BufReader::new(unpacking.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        // Only what may be meant is read as JSON: there are two hundred thousand lines.
        let begins =
            |law: &String| line.strip_prefix("{\"law\": \"").is_some_and(|rest| rest.starts_with(law.as_str()));
        if !laws.iter().copied().any(begins) {
            continue;
        }
        let article: serde_json::Value = serde_json::from_str(&line).unwrap();
        let name = |field: &str| article[field].as_str().unwrap().to_owned();
        articles.insert((name("law"), name("article")), name("text"));
    }
    assert!(unpacking.wait().unwrap().success(), "{} cannot be unpacked", path.display());
    for citation in &cited {
        let text = articles.get(&(citation.law.clone(), citation.article.clone()));
        let text = text.unwrap_or_else(|| panic!("{citation:?} is not in force"));
        assert!(!text.trim_start().starts_with("삭제"), "{citation:?} was deleted");
        if let Some(paragraph) = citation.paragraph {
            // Paragraphs are written ①, ②, …
            let sign = char::from_u32(0x2460 + paragraph - 1).unwrap();
            assert!(text.contains(sign), "{citation:?} has no such paragraph");
        }
    }
}
