//! The demonstration city with all that it knows: what is understood, drafted and cited.

use std::{io::Cursor, num::NonZero};

use axum::http::StatusCode;
use maru_inquiry::{
    InquiryService, ServiceError, Settings,
    domain::Kind,
    service::{AnswerRequest, Decision, Submission},
    triage::{TriageInput, TriageRun},
};
use maru_knowledge::{ImportContent, ImportSource, Knowledge, KnowledgeConfig};
use maru_ledger::Ledger;

use crate::{
    interface,
    support::{Deployment, at, citizen, official, service_with, submit, work},
    world::{agency, examples, lines, world},
};

struct City {
    _deployment: Deployment,
    _index: tempfile::TempDir,
    ledger: Ledger,
    service: InquiryService,
}

async fn city() -> City {
    let deployment = Deployment::sqlite();
    let ledger = deployment.ledger().await;
    let index = tempfile::tempdir().unwrap();
    let config = KnowledgeConfig { directory: index.path().to_owned(), ledger: ledger.clone() };
    let knowledge = Knowledge::open(config).await.unwrap();
    let text = |name: &str| Box::new(Cursor::new(world(name).into_bytes()));
    let sources = vec![
        ImportSource::new("statutes", ImportContent::StatuteLines(text("statutes.jsonl"))),
        ImportSource::new("answers", ImportContent::AnswerLines(text("answers.jsonl"))),
        ImportSource::new("services", ImportContent::ServiceLines(text("services.jsonl"))),
    ];
    knowledge.import(sources, None).await.unwrap();
    let service = service_with(ledger.clone(), Settings::default(), Some(knowledge), agency()).await;
    service.train(examples(), at("2026-11-02T09:00")).await.unwrap();
    City { _deployment: deployment, _index: index, ledger, service }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn most_inquiries_of_the_city_reach_their_department_with_a_draft() {
    let City { service, .. } = &city().await;
    let inquiries = lines("inquiries.jsonl");
    let inputs: Vec<TriageInput> = inquiries
        .iter()
        .map(|inquiry| {
            let text = |name: &str| inquiry[name].as_str().unwrap().to_owned();
            TriageInput { id: text("id"), title: text("title"), text: text("body") }
        })
        .collect();
    let on = "2026-11-02".parse().unwrap();
    let mut run = TriageRun::new(service.understanding().clone(), on, NonZero::new(2).unwrap());
    let triaged = run.batch(&inputs);
    assert_eq!(triaged.len(), inquiries.len());
    let (mut departments, mut categories, mut drafts, mut duplicates) = (0, 0, 0, 0);
    for (line, inquiry) in triaged.iter().zip(&inquiries) {
        assert_eq!(line.id, inquiry["id"]);
        departments += usize::from(line.department == inquiry["department"]);
        categories += usize::from(line.category.as_deref() == inquiry["category"].as_str());
        drafts += usize::from(line.draft.is_some());
        duplicates += line.duplicates_of.len();
        if line.department != inquiry["department"] {
            println!("{} instead of {}: {}", line.department, inquiry["department"], inquiry["title"]);
        }
    }
    println!(
        "departments {departments}, categories {categories}, drafts {drafts}, duplicates {duplicates} of {}",
        inquiries.len()
    );
    assert!(departments * 100 >= inquiries.len() * 70, "{departments}");
    assert!(drafts * 100 >= inquiries.len() * 30, "{drafts}");
    let again = run.batch(&inputs[..3]);
    assert!(
        again
            .iter()
            .zip(&inputs)
            .all(|(line, input)| line.duplicates_of.is_empty() || line.duplicates_of[0] != input.id)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_rests_on_sources_and_doubtful_citations_are_refused() {
    let City { service, ledger, .. } = &city().await;
    let now = at("2026-11-02T10:00");
    let submission = Submission {
        title: "전입신고 늦었는데 과태료 나오나요".into(),
        text: "9월 말에 이사왔는데 아직 전입신고를 못했어요. 과태료 얼마나 나오나요?".into(),
        kind: Some(Kind::Question),
        ..Submission::default()
    };
    let receipt = submit(service, &citizen(now), submission).await.receipt;
    work(service, ledger, now).await;
    let caller = official("civil", at("2026-11-02T11:00"));
    let view = service.official_case(&caller, &receipt).await.unwrap();
    let understood = view.understood.unwrap();
    assert_eq!((view.department.as_str(), understood.department.certain), ("civil", true));
    assert!(!understood.articles.is_empty(), "retrieval found articles");
    let draft = view.draft.expect("the city knows the answer");
    assert!(!draft.sources.is_empty() && draft.composer == "extractive", "{draft:?}");
    assert!(draft.text.contains("인공지능"), "it says who drafted it: {}", draft.text);

    let request = |text: &str, confirm_citations| AnswerRequest {
        text: text.into(),
        decision: Decision::Answer,
        confirm_citations,
        at_once: true,
    };
    let invented = "「주민등록법」 제999조에 따라 과태료가 없습니다.";
    match service.approve(&caller, &receipt, request(invented, false)).await {
        Err(ServiceError::Refused(refused)) => {
            assert_eq!(refused.code, "doubtful-citations");
            let doubtful = &refused.findings[0].data;
            assert_eq!((doubtful["law"].as_str(), doubtful["article"].as_str()), (Some("주민등록법"), Some("제999조")));
        }
        other => panic!("{other:?}"),
    }
    let sound = "전입신고는 14일 안에 하셔야 합니다(「주민등록법」 제16조).";
    service.approve(&caller, &receipt, request(sound, false)).await.unwrap();
    let seen = service.citizen_case(&citizen(at("2026-11-02T12:00")), &receipt).await.unwrap();
    let answer = seen.answer.unwrap();
    assert!(answer.drafted_by_machine);
    assert!(
        answer.sources.iter().any(|source| source.law == "주민등록법" && source.article == "제16조"),
        "{:?}",
        answer.sources
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anybody_searches_reads_and_checks_citations_over_the_interface() {
    let City { service, .. } = &city().await;
    let now = at("2026-11-02T10:00");
    let ask = async |method: &str, path: &str, body: Option<serde_json::Value>| {
        interface::ask(interface::interface(service, None, now), method, path, body, &[]).await
    };
    let found = ask("GET", "/api/v1/knowledge/search?q=%EA%B0%80%EB%A1%9C%EB%93%B1&limit=3", None).await;
    assert_eq!(found.status, StatusCode::OK);
    let hits = found.body.as_array().unwrap();
    assert!((1..=3).contains(&hits.len()) && hits[0]["score"].as_f64().is_some(), "{}", found.body);
    let statutes = ask("GET", "/api/v1/knowledge/search?q=%EB%8F%84%EB%A1%9C&kind=statute&on=2026-11-02", None).await;
    let hits = statutes.body.as_array().unwrap();
    assert!(!hits.is_empty() && hits.iter().all(|hit| hit["source"] == "statute"), "{}", statutes.body);
    let ministry = hits[0]["ministry"][0].as_str().unwrap();
    let path = format!("/api/v1/knowledge/search?q=%EB%8F%84%EB%A1%9C&kind=statute&ministry={}", encoded(ministry));
    let of_ministry = ask("GET", &path, None).await;
    let hits = of_ministry.body.as_array().unwrap();
    let in_charge = |hit: &serde_json::Value| hit["ministry"].as_array().unwrap().iter().any(|one| one == ministry);
    assert!(!hits.is_empty() && hits.iter().all(in_charge), "{}", of_ministry.body);
    let nobody = ask("GET", "/api/v1/knowledge/search?q=%EB%8F%84%EB%A1%9C&kind=statute&ministry=nobody", None).await;
    assert_eq!(nobody.body, serde_json::json!([]));

    let id = hits[0]["id"].as_str().unwrap();
    let passage = ask("GET", &format!("/api/v1/knowledge/passage?id={}", encoded(id)), None).await;
    assert_eq!((passage.status, passage.body["id"].as_str()), (StatusCode::OK, Some(id)));
    assert_eq!(ask("GET", "/api/v1/knowledge/passage?id=answer:none", None).await.status, StatusCode::NOT_FOUND);

    let text = serde_json::json!({ "text": "「주민등록법」 제16조와 「주민등록법」 제999조" });
    let cited = ask("POST", "/api/v1/knowledge/citations", Some(text)).await;
    let of = |place: usize| (cited.body[place]["article"].as_str(), cited.body[place]["status"].as_str());
    assert_eq!(of(0), (Some("제16조"), Some("in-force")), "{}", cited.body);
    assert_eq!(of(1).0, Some("제999조"));
    assert_ne!(of(1).1, Some("in-force"));
    for (path, body) in [
        ("/api/v1/knowledge/search?q=", None),
        ("/api/v1/knowledge/search?q=a&limit=0", None),
        ("/api/v1/knowledge/citations", Some(serde_json::json!({ "text": " " }))),
    ] {
        let method = if body.is_some() { "POST" } else { "GET" };
        assert_eq!(ask(method, path, body).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
}

fn encoded(text: &str) -> String {
    text.bytes().flat_map(|byte| format!("%{byte:02X}").into_bytes()).map(char::from).collect()
}
