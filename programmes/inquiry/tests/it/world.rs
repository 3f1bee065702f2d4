//! How well the demonstration city's inquiries are understood before anything was learned.

use std::path::PathBuf;

use maru_inquiry::{
    Agency,
    domain::{Kind, Urgency},
    store::{ModelKind, PairExample},
    understanding::{Example, Models, Understanding},
};
use maru_learning::TrainingOptions;
use serde_json::Value as Json;

pub(crate) fn world(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../crates/maru/world").join(name);
    std::fs::read_to_string(path).unwrap()
}

pub(crate) fn lines(name: &str) -> Vec<Json> {
    world(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn agency() -> Agency {
    let world: toml::Value = toml::from_str(&world("agency.toml")).unwrap();
    let mut agency = world["agency"].as_table().unwrap().clone();
    for part in ["departments", "categories"] {
        agency.insert(part.to_owned(), world[part].clone());
    }
    toml::Value::Table(agency).try_into().unwrap()
}

pub(crate) fn masked(inquiry: &Json) -> (String, String) {
    let part = |name: &str| maru_privacy::mask(inquiry[name].as_str().unwrap()).masked;
    (part("title"), part("body"))
}

pub(crate) fn examples() -> Vec<Example> {
    lines("training.jsonl")
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            Example {
                title: text("title"),
                text: text("text"),
                category: Some(text("category")),
                department: Some(text("department")),
                ..Example::default()
            }
        })
        .collect()
}

#[test]
fn kinds_are_mostly_right_by_turns_of_phrase_alone() {
    let inquiries = lines("inquiries.jsonl");
    let (mut right, mut sure, mut right_of_sure) = (0, 0, 0);
    for inquiry in &inquiries {
        let (title, text) = masked(inquiry);
        let judged = Understanding::quick_look(&title, &text).kind;
        let expected = Kind::from_identifier(inquiry["kind"].as_str().unwrap()).unwrap();
        right += usize::from(judged.value == expected);
        if judged.certain {
            sure += 1;
            right_of_sure += usize::from(judged.value == expected);
        }
        if judged.value != expected {
            println!("{:?} {:.2} instead of {expected:?}: {title}", judged.value, judged.confidence);
        }
    }
    println!("{right} of {} right; {right_of_sure} of {sure} sure ones", inquiries.len());
    assert!(right * 100 >= inquiries.len() * 65, "{right} of {}", inquiries.len());
    assert!(right_of_sure * 100 >= sure * 85, "{right_of_sure} of {sure}");
}

#[test]
fn departments_are_found_by_duties_and_by_what_was_learned() {
    let agency = agency();
    let learned = Models::learn((&examples(), &[]), &agency, &TrainingOptions::default()).unwrap();
    let trained = Models::read(1, &learned, &agency);
    let on = "2026-11-02".parse().unwrap();
    for (models, least) in [(Models::untrained(&agency), 45), (trained, 65)] {
        let understanding = Understanding::new(std::sync::Arc::new(agency.clone()), None, models);
        let inquiries = lines("inquiries.jsonl");
        let (mut right, mut fallback, mut wrong) = (0, 0, 0);
        for inquiry in &inquiries {
            let (title, text) = masked(inquiry);
            let judged = understanding.understand(&title, &text, on, Vec::new()).department;
            if judged.value == inquiry["department"].as_str().unwrap() {
                right += 1;
            } else if judged.certain {
                wrong += 1;
                println!("{} {:.2} instead of {}: {title}", judged.value, judged.confidence, inquiry["department"]);
            } else {
                fallback += 1;
            }
        }
        println!("{right} right, {fallback} to the reception, {wrong} wrong, of {}", inquiries.len());
        assert!(right * 100 >= inquiries.len() * least, "{right}");
        assert!(wrong * 100 <= inquiries.len() * 25, "{wrong}");
    }
}

#[test]
fn judged_pairs_draw_the_boundary_of_near_duplicates() {
    let text = |number: usize| format!("느티나무{number}길 앞 가로등이 3주째 꺼져 있어 밤에 아이들이 무서워합니다.");
    let pair = |number: usize, same: bool| {
        let ending = if same { "" } else { " 골목 끝 하수구 뚜껑도 깨져 있어요." };
        PairExample { one: text(number), other: format!("{}{ending}", text(number)), same }
    };
    let pairs: Vec<PairExample> = (0..12).flat_map(|number| [pair(number, true), pair(number, false)]).collect();
    let agency = agency();
    let learned = Models::learn((&[], &pairs), &agency, &TrainingOptions::default()).unwrap();
    assert_eq!(
        learned.iter().map(|model| (model.kind, model.examples)).collect::<Vec<_>>(),
        [(ModelKind::Boundary, 24)]
    );
    let (before, after) = (Models::untrained(&agency), Models::read(1, &learned, &agency));
    assert!(after.near_duplicate() > before.near_duplicate(), "a further matter makes another case of it");
    assert!(Models::learn((&[], &pairs[..4]), &agency, &TrainingOptions::default()).is_err());
}

#[test]
fn the_urgent_ones_are_seen() {
    let inquiries = lines("inquiries.jsonl");
    let urgent: Vec<&Json> = inquiries.iter().filter(|inquiry| inquiry["urgent"] == true).collect();
    assert!(!urgent.is_empty());
    let agency = std::sync::Arc::new(agency());
    let understanding = Understanding::new(agency, None, Models::default());
    for inquiry in urgent {
        let (title, text) = masked(inquiry);
        let judged = understanding.understand(&title, &text, "2026-11-02".parse().unwrap(), Vec::new());
        assert_ne!(judged.urgency.value, Urgency::Normal, "{title}");
    }
}
