//! Every page renders in both languages; a certificate is recorded by officials alone, and holds when it is checked.

use std::{fmt::Write as _, sync::Arc};

use axum::http::StatusCode;
use maru_identity::Role;
use maru_laws::Question;
use maru_web::Language;
use serde_json::{Value as Json, json};

use crate::support::{Deployment, ask, deployment, person, shelf};

const PUBLIC: [&str; 11] = [
    "/laws",
    "/laws/korea",
    "/laws/korea/figures",
    "/laws/korea/figures?on=2027-01-01",
    "/laws/korea/results/basic_pension",
    "/laws/korea/results/earned_income",
    "/laws/korea/calculation?variable=basic_pension",
    "/laws/korea/examples/elderly_couple",
    "/laws/korea/examples/single_parent",
    "/laws/certificates",
    "/api/v1/laws",
];

#[tokio::test]
async fn everybody_reads_the_law_in_both_languages() {
    let deployment = deployment().await;
    for language in [Language::Korean, Language::English] {
        for path in PUBLIC {
            let (status, text) = ask(&deployment, None, language, ("GET", path, "")).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(text.len() > 100, "{path}");
        }
    }
    for missing in
        ["/laws/france", "/laws/korea/results/nothing", "/laws/korea/examples/nobody", "/laws/certificates/abc"]
    {
        let (status, _) = ask(&deployment, None, Language::Korean, ("GET", missing, "")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{missing}");
    }
}

#[tokio::test]
async fn an_example_shows_the_result_its_picture_and_why() {
    let deployment = deployment().await;
    let path = "/laws/korea/examples/elderly_couple";
    let (_, korean) = ask(&deployment, None, Language::Korean, ("GET", path, "")).await;
    for part in ["남편 · 2026년 3월", "law-figure", "class=\"curve\"", "law-tree", "이 결과가 나온 까닭", "입력 없음"]
    {
        assert!(korean.contains(part), "{part}");
    }
    let (_, english) = ask(&deployment, None, Language::English, ("GET", path, "")).await;
    assert!(english.contains("husband · March 2026") && english.contains("Why this is the result"));
    let along = format!("{path}?variable=basic_pension&period=2026-03&of=남편&along=national_pension_old_age%40남편");
    let along = along.replace("남편", "%EB%82%A8%ED%8E%B8");
    let (status, text) = ask(&deployment, None, Language::Korean, ("GET", &along, "")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("지금 "), "where things stand is marked");
}

#[tokio::test]
async fn an_answer_about_an_example_is_remembered_and_another_question_is_not_mistaken_for_it() {
    let deployment = deployment().await;
    let law = deployment.service.law("korea").unwrap();
    let example = law.example("elderly_couple").unwrap();
    let (variable, period, of) = example.question(true).unwrap();
    let question = Question { situation: example.situation(true).clone(), variable, period, of };
    let ask = |fact: Option<(String, String)>| deployment.service.answer_for_all(law.clone(), question.clone(), fact);
    let first = ask(None).await.unwrap();
    assert!(Arc::ptr_eq(&first, &ask(None).await.unwrap()));
    let along_a_pension = ask(Some(("national_pension_old_age".to_owned(), "남편".to_owned()))).await.unwrap();
    assert_eq!(along_a_pension.along.as_ref().unwrap().fact.variable, "national_pension_old_age");
    assert!(!Arc::ptr_eq(&first, &along_a_pension));
}

/// A form's body.
fn form(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| {
        text.bytes().fold(String::new(), |mut encoded, byte| {
            let _ = write!(encoded, "%{byte:02X}");
            encoded
        })
    };
    fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

fn situation() -> String {
    shelf().law("korea").unwrap().example("elderly_couple").unwrap().situation(false).to_string()
}

#[tokio::test]
async fn what_is_wrong_with_a_situation_is_said_in_the_form() {
    let deployment = deployment().await;
    let post = async |situation: &str| {
        let fields =
            [("situation", situation), ("variable", "basic_pension"), ("period", "2026-03"), ("of", "husband")];
        let body = form(&fields);
        ask(&deployment, None, Language::English, ("POST", "/laws/korea/calculation", &body)).await
    };
    assert_eq!(post(&situation()).await.0, StatusCode::OK);
    for (wrong, word) in [
        ("{", "This is not JSON"),
        ("{\"persons\": {\"a\": {\"x\": {\"2026-03\": 1}}}}", "&#39;x&#39;"),
        ("[]", "Object"),
    ] {
        let (status, text) = post(wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(text.contains(word) || text.contains(&word.replace("&#39;", "'")), "{wrong}: {text:.4000}");
    }
}

async fn record(deployment: &Deployment, who: Option<Role>) -> (StatusCode, String) {
    let question = json!({
        "situation": serde_json::from_str::<Json>(&situation()).unwrap(),
        "variable": "basic_pension", "period": "2026-03", "of": "husband",
    });
    let who = who.map(person);
    ask(deployment, who, Language::English, ("POST", "/api/v1/laws/korea/certificates", &question.to_string())).await
}

#[tokio::test]
async fn officials_alone_put_a_certificate_on_the_log() {
    let deployment = deployment().await;
    assert_eq!(record(&deployment, None).await.0, StatusCode::UNAUTHORIZED);
    for role in [Role::Citizen, Role::Auditor, Role::Administrator] {
        assert_eq!(record(&deployment, Some(role)).await.0, StatusCode::FORBIDDEN, "{role:?}");
    }
    let (status, text) = record(&deployment, Some(Role::Official)).await;
    assert_eq!(status, StatusCode::CREATED, "{text}");
    let first: Json = serde_json::from_str(&text).unwrap();
    let sha256 = first["sha256"].as_str().unwrap();
    assert_eq!(first["certificate"]["sha256"], first["sha256"]);

    // The same again is the same entry, and what the log keeps says nothing of the person.
    let again: Json = serde_json::from_str(&record(&deployment, Some(Role::Supervisor)).await.1).unwrap();
    assert_eq!(again["position"], first["position"]);
    let events = deployment.ledger.events_from(0, 100).await.unwrap();
    let kept: Vec<String> = events.iter().map(|event| event.payload.to_string()).collect();
    assert!(!kept.concat().contains("husband") && kept.iter().any(|payload| payload.contains("korea")), "{kept:?}");

    let path = format!("/laws/certificates/{sha256}");
    let (status, page) = ask(&deployment, None, Language::Korean, ("GET", &path, "")).await;
    assert!(status == StatusCode::OK && page.contains(sha256));

    let check = async |certificate: &str| {
        let body = form(&[("certificate", certificate)]);
        ask(&deployment, None, Language::English, ("POST", "/laws/certificates", &body)).await.1
    };
    let holds = check(&first["certificate"].to_string()).await;
    assert!(holds.contains("The certificate holds") && holds.contains(sha256));
    let changed = first["certificate"].to_string().replace("400000", "400001");
    assert!(check(&changed).await.contains("does not hold"));
    assert!(check(&"0".repeat(64)).await.contains("not on the log"));
}
