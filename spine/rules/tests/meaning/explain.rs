//! Why, what would change it, and the certificate.

use crate::unknown::korea;
use maru_rules::explain::certificate::{CertificateError, certificate, verify};
use maru_rules::explain::change::{What, changes};
use maru_rules::explain::{Source, explain, page};
use maru_rules::period::Period;
use serde_json::{Value as Json, json};

fn pensioner() -> Json {
    json!({
        "persons": {
            "영희": { "birth": { "ETERNITY": "1950-05-01" }, "national_pension_old_age": { "2026-03": 0 },
                      "earned_income": { "2026-03": 500_000 }, "financial_property": { "2026-03": 10_000_000 } },
        },
        "households": { "h": { "head": ["영희"] } },
        "couples": { "c": { "partners": ["영희"] } },
    })
}

#[test]
fn a_pension_is_explained_with_articles_and_proofs() {
    let (package, period) = (korea(), Period::parse("2026-03").unwrap());
    let account = explain(&package, &pensioner(), "basic_pension", period, Some("영희")).unwrap();
    let korean = account.to_text(true);
    let english = account.to_text(false);
    println!("{korean}\n{english}");
    assert!(korean.starts_with("영희의 2026년 3월"), "{korean}");
    assert!(korean.contains("기초연금법 제3조"));
    assert!(korean.contains("선정기준액"));
    assert!(english.contains("won"));
    let reason = account.reason.clone().expect("the package gives reasons");
    assert!(reason.text.ko.contains("349,700원") && reason.basis.ko.contains("기초연금법"), "{reason:?}");
    assert!(reason.text.en.ends_with('.') && !reason.text.en.contains('{'), "{reason:?}");
    let earned = account.inputs().into_iter().find(|input| input.variable == "earned_income").unwrap();
    assert_eq!(earned.source, Source::Given);
    assert!(earned.text.ko.contains("증빙"));
    let value = maru_rules::command::calculate(
        &package,
        &{
            let mut asked = pensioner();
            asked["persons"]["영희"]["basic_pension"] = json!({ "2026-03": null });
            asked
        },
        maru_rules::simulation::Options::default(),
    )
    .unwrap();
    assert_eq!(account.value, value["persons"]["영희"]["basic_pension"]["2026-03"]);
    assert!(account.value.as_f64().unwrap() > 0.0);
}

#[test]
fn what_would_end_the_pension_is_exact_to_the_won() {
    let (package, period) = (korea(), Period::parse("2026-03").unwrap());
    let situation = pensioner();
    let found = changes(&package, &situation, "basic_pension", period, Some("영희")).unwrap();
    for change in &found {
        println!("{:?} {} / {}", change.what, change.to_text(true), change.to_text(false));
    }
    let end = found
        .iter()
        .find(|change| change.variable == "earned_income" && change.what == What::Entitlement)
        .expect("earned income ends the pension somewhere");
    let limit = end.value.as_i64().unwrap();
    let paid = |income: i64| {
        let mut situation = pensioner();
        situation["persons"]["영희"]["earned_income"]["2026-03"] = json!(income);
        explain(&package, &situation, "basic_pension", period, None).unwrap().value.as_f64().unwrap()
    };
    assert!(paid(limit - 1) > 0.0 && paid(limit) == 0.0, "{limit}");
    assert!(found.iter().any(|change| change.variable == "birth"));
    assert!(found.iter().any(|change| change.variable == "claims_basic_pension" && change.what == What::Entitlement));
}

#[test]
fn the_page_stands_alone() {
    let (package, period) = (korea(), Period::parse("2026-03").unwrap());
    let account = explain(&package, &pensioner(), "basic_pension", period, None).unwrap();
    let html = page(&account, &[], "openfisca_korea", Some("abc"));
    assert!(html.starts_with("<!doctype html>"));
    assert!(html.contains("<details>") && !html.contains("<script"));
    assert_eq!(html.matches("<details>").count(), html.matches("</details>").count());
    if let Ok(path) = std::env::var("MARU_PAGE") {
        let changes = changes(&package, &pensioner(), "basic_pension", period, None).unwrap();
        std::fs::write(path, maru_rules::explain::page(&account, &changes, "openfisca_korea", Some("abc"))).unwrap();
    }
}

#[test]
fn a_certificate_is_checked_by_calculating() {
    let (package, period) = (korea(), Period::parse("2026-03").unwrap());
    let written = certificate(&package, &pensioner(), "basic_pension", period, None).unwrap();
    let again: Json = serde_json::from_str(&written.to_string()).unwrap();
    assert_eq!(verify(&package, &again).unwrap(), written["sha256"].as_str().unwrap());
    let mut forged = again;
    forged["result"] = json!(1.0);
    assert!(matches!(verify(&package, &forged), Err(CertificateError::Changed { .. })));
}
