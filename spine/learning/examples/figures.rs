//! Prints the figures of the models on labelled files: `figures category FILE FOLDS` and
//! `figures department FILE`.
//!
//! `FOLDS` is a file with the number of the fold of each line, so that a referee can measure on the same folds. Results are
//! lines of JSON.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measuring tool may stop at the first surprise")]

use maru_learning::{Classifier, Document, LabelDescription, RankedExample, Ranker, TrainingOptions};
use serde_json::{Value, json};
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[1..] {
        ["category", file, folds] => category(&lines(file), folds),
        ["department", file] => department(&lines(file)),
        _ => eprintln!("figures category FILE FOLDS | figures department FILE"),
    }
}

fn lines(file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(file).expect("the file of cases");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap_or("")
}

fn document(case: &Value) -> Document<'_> {
    Document { title: text(case, "title"), text: text(case, "text") }
}

fn category(cases: &[Value], folds: &str) {
    let folds: Vec<usize> =
        std::fs::read_to_string(folds).expect("the folds").lines().map(|line| line.parse().expect("a fold")).collect();
    let folds = folds.as_slice();
    let (mut training, mut asking, mut size) = (0.0_f64, 0.0_f64, 0);
    let mut said = vec![(String::new(), 0.0, false); cases.len()];
    for fold in 0..=*folds.iter().max().expect("a fold") {
        let of = |inside: bool| (0..cases.len()).filter(move |place| (folds[*place] == fold) == inside);
        let examples: Vec<_> =
            of(false).map(|place| (document(&cases[place]), text(&cases[place], "category"))).collect();
        let start = Instant::now();
        let model = Classifier::train(&examples, &TrainingOptions::default()).expect("a model");
        training += start.elapsed().as_secs_f64();
        size = size.max(model.to_bytes().len());
        let start = Instant::now();
        for place in of(true) {
            let found = model.classify(document(&cases[place]));
            said[place] = (found.ranked[0].label.clone(), found.ranked[0].confidence, found.abstains);
        }
        asking += start.elapsed().as_secs_f64();
    }
    for (label, confidence, abstains) in &said {
        println!("{}", json!({ "label": label, "confidence": confidence, "abstains": abstains }));
    }
    let milliseconds = asking * 1e3 / cases.len() as f64;
    println!("{}", json!({ "training_seconds": training, "milliseconds_each": milliseconds, "bytes": size }));
}

fn department(cases: &[Value]) {
    let mut labels: Vec<&str> = cases.iter().map(|case| text(case, "department")).collect();
    labels.sort_unstable();
    labels.dedup();
    let described: Vec<LabelDescription<'_>> =
        labels.iter().map(|label| LabelDescription { label, name: label, duties: "" }).collect();
    for (place, case) in cases.iter().enumerate() {
        let others = cases.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, other)| other);
        let examples: Vec<_> = others
            .map(|other| RankedExample {
                document: document(other),
                label: text(other, "department"),
                answer: text(other, "answer"),
            })
            .collect();
        let model = Ranker::train(&examples, &described, &TrainingOptions::default()).expect("a model");
        let found = model.rank(document(case), 5);
        let ranked: Vec<&str> = found.ranked.iter().map(|candidate| candidate.label.as_str()).collect();
        println!("{}", json!({ "ranked": ranked, "confidence": found.ranked[0].confidence }));
    }
}
