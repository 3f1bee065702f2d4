//! The projection: lists, counts, figures, the same rows when derived again.

use maru_inquiry::{
    domain::{Correction, GivenGround, Kind, State},
    service::{AnswerRequest, Decision, Submission},
    store::{Cursor, QueueFilter},
};
use maru_test_database::on_both_databases;

use crate::support::{Deployment, at, auditor, citizen, official, stranger, streetlight, submit, work};

on_both_databases!(
    pages_follow_one_another_by_due_time,
    rows_are_the_same_when_derived_again,
    words_are_found_and_signs_taken_literally,
    figures_count_what_came_in,
);

fn answer(text: &str) -> AnswerRequest {
    AnswerRequest { text: text.into(), decision: Decision::Answer, confirm_citations: false, at_once: true }
}

async fn pages_follow_one_another_by_due_time(deployment: Deployment) {
    let service = deployment.service().await;
    let mut due = Vec::new();
    for (number, kind) in
        [Kind::Suggestion, Kind::Immediate, Kind::Question, Kind::Question, Kind::LegalQuestion].iter().enumerate()
    {
        let submission = Submission { kind: Some(*kind), title: format!("민원 {number}"), ..streetlight() };
        let submitted = submit(&service, &stranger(at("2026-11-02T10:00")), submission).await;
        due.push((submitted.deadline.due.unwrap(), submitted.receipt));
    }
    due.sort();
    let caller = official("civil", at("2026-11-02T11:00"));
    let mut seen = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let queue = service.queue(&caller, QueueFilter { after, limit: 2, ..QueueFilter::default() }).await.unwrap();
        assert!(queue.page.rows.len() <= 2);
        assert_eq!(queue.counts.open, 5);
        seen.extend(queue.page.rows.into_iter().map(|row| (row.due_at.unwrap(), row.receipt)));
        after = queue.page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, due);
    let overdue = QueueFilter { overdue_at: Some(at("2026-11-02T15:00")), ..QueueFilter::default() };
    let queue = service.queue(&official("civil", at("2026-11-02T15:00")), overdue).await.unwrap();
    assert_eq!((queue.page.rows.len(), queue.counts.overdue, queue.page.rows[0].kind), (1, 1, Kind::Immediate));
}

async fn words_are_found_and_signs_taken_literally(deployment: Deployment) {
    let service = deployment.service().await;
    for title in ["100% 환급", "가로등 고장", "Street LIGHT"] {
        let submission = Submission { title: title.into(), text: "내용입니다".into(), ..Submission::default() };
        submit(&service, &stranger(at("2026-11-02T10:00")), submission).await;
    }
    for (search, count) in
        [("100%", 1), ("%", 1), ("_", 0), ("가로", 1), ("street light", 1), ("없는 말", 0), ("\0", 3)]
    {
        let filter = QueueFilter { search: Some(search.into()), ..QueueFilter::default() };
        let queue = service.queue(&auditor(at("2026-11-02T11:00")), filter).await.unwrap();
        assert_eq!(queue.page.rows.len(), count, "{search}");
    }
}

async fn rows_are_the_same_when_derived_again(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = crate::support::service_on(ledger.clone(), maru_inquiry::Settings::default()).await;
    let now = at("2026-11-02T10:00");
    let mut receipts = Vec::new();
    for _ in 0..4 {
        receipts.push(submit(&service, &citizen(now), streetlight()).await.receipt);
    }
    work(&service, &ledger, now).await;
    let caller = official("roads", at("2026-11-03T10:00"));
    let correction = Correction { category: Some("roads".into()), ..Correction::default() };
    service.correct(&caller, &receipts[0], correction).await.unwrap();
    service.extend(&caller, &receipts[1], GivenGround::FactCheck, "현장 확인", false).await.unwrap();
    service.request_completion(&caller, &receipts[2], "사진", 7).await.unwrap();
    service.supply_completion(&citizen(at("2026-11-04T10:00")), &receipts[2], "보냈습니다").await.unwrap();
    let caller = official("roads", at("2026-11-04T11:00"));
    service.approve(&caller, &receipts[3], answer("고쳤습니다.")).await.unwrap();
    service.rate(&citizen(at("2026-11-05T10:00")), &receipts[3], 5, Some("고맙습니다")).await.unwrap();
    service.withdraw(&citizen(at("2026-11-05T10:00")), &receipts[1], Some("해결됐어요")).await.unwrap();
    service.erase(&citizen(at("2026-11-05T11:00")), &receipts[1]).await.unwrap();
    service.judge_pair(&official("roads", at("2026-11-05T11:30")), &receipts[3], &receipts[0], false).await.unwrap();
    service.judge_pair(&official("roads", at("2026-11-05T11:31")), &receipts[0], &receipts[3], true).await.unwrap();
    for rebuilt in ledger.rebuild(None).await.unwrap() {
        let rows = match rebuilt.projection.as_str() {
            "inquiry-cases" => rebuilt.rows.1 == 4,
            "inquiry-pairs" => rebuilt.rows.1 == 1,
            _ => true,
        };
        assert!(rebuilt.is_identical() && rows, "{rebuilt:?}");
    }
    let page = service.my_cases(&citizen(at("2026-11-05T12:00")), QueueFilter::default()).await.unwrap();
    let states: Vec<State> = page.rows.iter().map(|row| row.state).collect();
    assert_eq!(states.len(), 3, "an erased case is nobody's any more");
    let verified = ledger.verify().await.unwrap();
    assert!(verified.is_whole());
}

async fn figures_count_what_came_in(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = crate::support::service_on(ledger.clone(), maru_inquiry::Settings::default()).await;
    let now = at("2026-11-02T10:00");
    let mut receipts = Vec::new();
    for _ in 0..3 {
        receipts.push(submit(&service, &citizen(now), streetlight()).await.receipt);
    }
    work(&service, &ledger, now).await;
    service.approve(&official("roads", at("2026-11-03T10:00")), &receipts[0], answer("고쳤습니다.")).await.unwrap();
    service.approve(&official("roads", at("2026-11-20T10:00")), &receipts[1], answer("늦었습니다.")).await.unwrap();
    let caller = auditor(at("2026-11-20T11:00"));
    let (first, last) = ("2026-11-01".parse().unwrap(), "2026-11-30".parse().unwrap());
    let rows = service.statistics(&caller, first, last).await.unwrap();
    assert_eq!(rows.len(), 1);
    let figures = rows[0].figures;
    assert_eq!((figures.received, figures.served, figures.in_time, figures.open, figures.overdue), (3, 2, 1, 1, 1));
    assert_eq!(figures.hours, 24 + 18 * 24);
    let (first, last) = ("2026-11-03".parse().unwrap(), "2026-11-30".parse().unwrap());
    assert!(service.statistics(&caller, first, last).await.unwrap().is_empty());
}
