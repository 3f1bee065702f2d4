//! Field visits: records and photos are taken once, findings are followed until they are closed, contradictions are found.

use jiff::civil::{date, datetime};
use maru_plan::{
    PlanService, ServiceError,
    domain::{
        Contradiction, Evidence, Report,
        felt::Said,
        visit::{Answer, NewFinding, QUESTIONS, Record, RiskReason, Verdict},
    },
    service::{NewPhoto, NewVisit},
};
use sha2::{Digest as _, Sha256};

use crate::support::{Deployment, code, committee, official, postgres, sqlite, stranger};

fn refused<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> String {
    code(&result.unwrap_err()).to_owned()
}

async fn planned(service: &PlanService) -> String {
    let new = NewVisit {
        recommendation: "1-1".parse().unwrap(),
        body: String::new(),
        place: "현장".to_owned(),
        on: date(2026, 8, 20),
    };
    service.plan_visit(&committee("2026-08-10T10:00"), new).await.unwrap()
}

fn record(id: &str, used: Verdict) -> Record {
    let answer = |name: &str| {
        let verdict = if name == "used" { used } else { Verdict::Yes };
        (name.to_owned(), Answer { verdict, note: "담당자 010-1234-5678".to_owned() })
    };
    Record {
        id: id.to_owned(),
        at: datetime(2026, 8, 20, 15, 0, 0, 0),
        answers: QUESTIONS.iter().map(|(name, ..)| answer(name)).collect(),
        summary: "결과물은 있으나 쓰이지 않습니다.".to_owned(),
        findings: vec![NewFinding { text: "안내할 것".to_owned(), due: date(2026, 9, 30) }],
    }
}

async fn reported_done(service: &PlanService) {
    let report = Report {
        quarter: "26Q2".parse().unwrap(),
        summary: "모두 마쳤습니다.".to_owned(),
        done: [0, 1].into(),
        complete: true,
        obstacle: String::new(),
        evidence: vec![Evidence { title: "결과".to_owned(), address: "https://example.go.kr/1".to_owned() }],
        files: Vec::new(),
    };
    service.report(&official("msit", "2026-07-05T10:00"), "1-1".parse().unwrap(), report).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_is_recorded_once_and_followed_until_it_is_closed() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        live(deployment).await;
    }
}

async fn live(deployment: Deployment) {
    let service = &deployment.service;
    reported_done(service).await;
    let id = planned(service).await;
    let there = committee("2026-08-20T16:00");
    assert_eq!(refused(service.visit(&stranger("2026-08-20T09:00"), &id).await), "not-found", "not told beforehand");
    let error =
        service.record_visit(&official("msit", "2026-08-20T16:00"), &id, record("phone-0001", Verdict::No)).await;
    assert_eq!(refused(error), "forbidden");
    let mut partly = record("phone-0001", Verdict::No);
    partly.answers.remove("used");
    assert_eq!(refused(service.record_visit(&there, &id, partly).await), "answer-missing");
    let mut ahead = record("phone-0001", Verdict::No);
    ahead.at = datetime(2026, 8, 21, 9, 0, 0, 0);
    assert_eq!(refused(service.record_visit(&there, &id, ahead).await), "future-record");

    for _ in 0..3 {
        service.record_visit(&there, &id, record("phone-0001", Verdict::No)).await.unwrap();
    }
    let visit = service.visit(&stranger("2026-08-21T09:00"), &id).await.unwrap().state;
    assert_eq!((visit.records.len(), visit.findings.len()), (1, 1), "sent three times, taken once");
    assert!(!serde_json::to_string(&visit).unwrap().contains("1234-5678"), "masked");
    service.record_visit(&there, &id, record("phone-0002", Verdict::No)).await.unwrap();

    let whole = service.whole(&stranger("2026-08-21T09:00")).await.unwrap();
    let found = &whole.contradictions[&"1-1".parse().unwrap()];
    assert!(found.iter().any(|one| matches!(one, Contradiction::Visit { question, .. } if question == "used")));
    assert!(found.iter().any(|one| matches!(one, Contradiction::Finding { finding: 2, .. })));

    let close = service.close_finding(&there, &id, 1, "보았습니다.".to_owned()).await;
    assert_eq!(refused(close), "nothing-done");
    let msit = official("msit", "2026-09-01T10:00");
    let other = official("moe", "2026-09-01T10:00");
    assert_eq!(refused(service.follow_finding(&other, &id, 1, "함".to_owned(), Vec::new()).await), "forbidden");
    service.follow_finding(&msit, &id, 1, "안내했습니다.".to_owned(), Vec::new()).await.unwrap();
    service.send_back_finding(&there, &id, 1, "증빙이 없습니다.".to_owned()).await.unwrap();
    assert_eq!(refused(service.close_finding(&there, &id, 1, "보았습니다.".to_owned()).await), "nothing-done");
    service.follow_finding(&msit, &id, 1, "증빙을 냅니다.".to_owned(), Vec::new()).await.unwrap();
    service.close_finding(&there, &id, 1, "보았습니다.".to_owned()).await.unwrap();
    let error = service.follow_finding(&msit, &id, 1, "더".to_owned(), Vec::new()).await;
    assert_eq!(refused(error), "finding-closed");
    let visit = service.visit(&stranger("2026-09-21T09:00"), &id).await.unwrap().state;
    assert_eq!(visit.open_findings().map(|(number, _)| number).collect::<Vec<_>>(), [2]);
    for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
    }
}

#[tokio::test]
async fn photos_lose_their_place_and_are_seen_by_few() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let id = planned(service).await;
    let there = committee("2026-08-20T16:00");
    let exif = b"\xff\xd8\xff\xe1\x00\x0bExif\0\0GPS\xff\xda\x00\x02pixels\xff\xd9".to_vec();
    let digest: String = Sha256::digest(&exif).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let photo = NewPhoto { digest: digest.clone(), caption: "창구".to_owned(), file: exif };
    for _ in 0..2 {
        service.add_photo(&there, &id, photo.clone()).await.unwrap();
    }
    assert_eq!(service.store().photos(&id).await.unwrap().len(), 1, "sent twice, taken once");
    let kept = service.photo(&there, &id, &digest).await.unwrap();
    assert_eq!(kept, b"\xff\xd8\xff\xda\x00\x02pixels\xff\xd9", "without what the camera wrote");
    let wrong = NewPhoto { digest: "0".repeat(64), ..photo.clone() };
    assert_eq!(refused(service.add_photo(&there, &id, wrong).await), "not-a-photo");
    service.record_visit(&there, &id, record("phone-0001", Verdict::Yes)).await.unwrap();
    assert!(service.photo(&official("msit", "2026-08-22T10:00"), &id, &digest).await.is_ok(), "the visited body");
    for who in [stranger("2026-08-22T10:00"), official("moe", "2026-08-22T10:00")] {
        assert_eq!(refused(service.photo(&who, &id, &digest).await), "not-found");
    }
    let state = service.store().photos(&id).await.unwrap().remove(0).state;
    assert!(state.taken.unwrap().picture.is_erased(), "the projection holds no picture");
}

#[tokio::test]
async fn the_rule_says_where_to_look_and_citizens_count() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    reported_done(service).await;
    let number = "1-1".parse().unwrap();
    let day = stranger("2026-08-10T10:00");
    let whole = service.whole(&day).await.unwrap();
    let points = whole.risk_of(whole.seen(number).unwrap());
    let reasons: Vec<RiskReason> = points.iter().map(|point| point.reason).collect();
    assert_eq!(reasons, [RiskReason::ReportedDone, RiskReason::NeverVisited]);
    assert!(whole.contradictions.is_empty());
    let say = |verdict| Said { recommendation: number, verdict, text: "전화 010-1234-5678".to_owned() };
    for _ in 0..5 {
        service.say_felt(&day, say(Verdict::No)).await.unwrap();
    }
    let citizen = maru_identity::Principal {
        account: "citizen-1".to_owned(),
        name: String::new(),
        role: maru_identity::Role::Citizen,
        department: None,
    };
    let citizen = maru_plan::Caller::new(Some(citizen), day.now);
    service.say_felt(&citizen, say(Verdict::No)).await.unwrap();
    service.say_felt(&citizen, say(Verdict::Yes)).await.unwrap();
    assert_eq!(refused(service.say_felt(&official("msit", "2026-08-10T10:00"), say(Verdict::Yes)).await), "forbidden");
    let whole = service.whole(&day).await.unwrap();
    let counts = whole.felt[&number];
    assert_eq!((counts.yes, counts.no), (1, 5), "who signed in says it once");
    assert_eq!((counts.signed_in.yes, counts.signed_in.no), (1, 0), "and is counted apart");
    assert!(whole.contradictions.is_empty(), "whoever can say it again and again contradicts nobody");
    for person in 2..8 {
        let caller = crate::support::citizen(&format!("citizen-{person}"), "2026-08-10T10:00");
        service.say_felt(&caller, say(Verdict::No)).await.unwrap();
    }
    let whole = service.whole(&day).await.unwrap();
    assert!(matches!(whole.contradictions[&number].as_slice(), [Contradiction::Citizens { .. }]));
    let words = service.store().words_of_citizens(number).await.unwrap();
    assert!(words.iter().all(|said| !said.text.contains("1234")));
    let first = whole.by_risk().remove(0);
    assert_eq!(first.0.number(), number, "what is contradicted comes first");
}
