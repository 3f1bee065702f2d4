//! What is asked again: closed as repeated after two answers, examined by the office of audit where it is a grievance.

use maru_inquiry::{
    Caller, InquiryService, ServiceError, Settings,
    domain::{Kind, Receipt, State},
    service::{AnswerRequest, Decision, Submission},
    store::OfficialAction,
};
use maru_ledger::Ledger;
use maru_test_database::on_both_databases;

use crate::support::{Deployment, at, citizen, official, service_on, stranger, streetlight, submit, work};

on_both_databases!(
    a_third_time_the_same_is_closed_after_two_answers,
    a_grievance_sent_again_goes_to_the_office_of_audit,
    documents_that_were_not_completed_are_sent_back,
);

async fn opened(deployment: &Deployment) -> (InquiryService, Ledger) {
    let ledger = deployment.ledger().await;
    let settings = Settings { grace: jiff::SignedDuration::ZERO };
    (service_on(ledger.clone(), settings).await, ledger)
}

async fn answered(service: &InquiryService, ledger: &Ledger, submission: Submission, at_day: &str) -> Receipt {
    let received = at(&format!("{at_day}T10:00"));
    let receipt = submit(service, &citizen(received), submission).await.receipt;
    work(service, ledger, received).await;
    let request = AnswerRequest {
        text: "이미 고쳤습니다.".into(),
        decision: Decision::Answer,
        confirm_citations: false,
        at_once: true,
    };
    service.approve(&official("roads", at(&format!("{at_day}T11:00"))), &receipt, request).await.unwrap();
    receipt
}

async fn a_third_time_the_same_is_closed_after_two_answers(deployment: Deployment) {
    let (service, ledger) = opened(&deployment).await;
    let first = answered(&service, &ledger, streetlight(), "2026-11-02").await;
    let again = Submission { text: format!("{} 또 꺼졌습니다.", streetlight().text), ..streetlight() };
    let second = answered(&service, &ledger, again.clone(), "2026-11-04").await;
    let third = submit(&service, &citizen(at("2026-11-06T10:00")), again).await.receipt;
    work(&service, &ledger, at("2026-11-06T10:01")).await;
    let caller = official("roads", at("2026-11-06T11:00"));
    let view = service.official_case(&caller, &third).await.unwrap();
    let earlier: Vec<&str> = view.earlier.iter().map(|case| case.receipt.as_str()).collect();
    assert_eq!(earlier, [second.as_str(), first.as_str()], "the newest first");
    assert!(view.can.contains(&OfficialAction::CloseAsRepeated));
    let one = service.close_as_repeated(&caller, &third, std::slice::from_ref(&first), "같은 내용").await;
    assert!(matches!(one, Err(ServiceError::Refused(_))), "one answer is not enough");
    let done = service.close_as_repeated(&caller, &third, &[first, second], "같은 내용입니다").await.unwrap();
    assert_eq!(done.state(), State::Closed);
    let of_nobody = submit(&service, &stranger(at("2026-11-06T10:00")), streetlight()).await.receipt;
    work(&service, &ledger, at("2026-11-06T10:02")).await;
    assert!(service.official_case(&caller, &of_nobody).await.unwrap().earlier.is_empty());
}

async fn a_grievance_sent_again_goes_to_the_office_of_audit(deployment: Deployment) {
    let (service, ledger) = opened(&deployment).await;
    let grievance = Submission { kind: Some(Kind::Grievance), ..streetlight() };
    let first = answered(&service, &ledger, grievance.clone(), "2026-11-02").await;
    let again = Submission { repeats: Some(first.clone()), ..grievance };
    let department = async |caller: Caller, submission: Submission| {
        let receipt = submit(&service, &caller, submission).await.receipt;
        work(&service, &ledger, caller.now).await;
        service.store().case(&receipt).await.unwrap().unwrap().inquiry.department
    };
    let now = at("2026-11-05T10:00");
    assert_eq!(department(citizen(now), again.clone()).await, "audit");
    // Somebody else's answer is not one's own, and a question is no grievance.
    assert_eq!(department(stranger(now), again.clone()).await, "roads");
    let question = Submission { kind: Some(Kind::Question), ..again };
    assert_eq!(department(citizen(now), question).await, "roads");
}

async fn documents_that_were_not_completed_are_sent_back(deployment: Deployment) {
    let (service, ledger) = opened(&deployment).await;
    let submission = Submission { kind: Some(Kind::Application), ..streetlight() };
    let receipt = submit(&service, &citizen(at("2026-11-02T10:00")), submission).await.receipt;
    work(&service, &ledger, at("2026-11-02T10:01")).await;
    let caller = official("roads", at("2026-11-02T11:00"));
    service.request_completion(&caller, &receipt, "도면", 3).await.unwrap();
    service.prolong_completion(&citizen(at("2026-11-03T10:00")), &receipt, 2).await.unwrap();
    work(&service, &ledger, at("2026-11-08T00:00")).await;
    let late = official("roads", at("2026-11-09T10:00"));
    let view = service.official_case(&late, &receipt).await.unwrap();
    assert!(view.can.contains(&OfficialAction::Return), "{:?}", view.can);
    let done = service.send_back(&late, &receipt, "도면을 내지 않았습니다").await.unwrap();
    assert_eq!(done.state(), State::Returned);
}
