//! The desk of officials: what each may do is offered and leads somewhere, and nothing that was written is lost.

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use jiff::Timestamp;
use maru_identity::Role;
use maru_inquiry::{
    Caller, InquiryService, ServiceError, Settings,
    domain::{Channel, Kind, Receipt, State, TextLanguage, Urgency},
    pages::Pages,
    service::Submission,
    store::{OfficialAction, QueueFilter},
};
use maru_ledger::Ledger;
use maru_test_database::on_both_databases;
use maru_web::{Language, Problem, Visitor};
use tower::ServiceExt as _;

use crate::support::{
    Deployment, administrator, at, auditor, citizen, official, principal, service_on, stranger, streetlight, submit,
    supervisor, work,
};

on_both_databases!(
    a_case_is_taken_and_given_to_a_colleague,
    time_that_does_not_count_moves_the_due_time,
    each_is_offered_what_they_may_do,
    officials_register_what_was_said_at_the_counter,
    a_draft_is_written_again,
);

async fn on_the_desk(deployment: &Deployment) -> (InquiryService, Ledger, Receipt) {
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let receipt = submit(&service, &citizen(at("2026-11-02T10:00")), streetlight()).await.receipt;
    work(&service, &ledger, at("2026-11-02T10:01")).await;
    (service, ledger, receipt)
}

async fn a_case_is_taken_and_given_to_a_colleague(deployment: Deployment) {
    let (service, _ledger, receipt) = on_the_desk(&deployment).await;
    let now = at("2026-11-02T11:00");
    let caller = official("roads", now);
    let view = service.official_case(&caller, &receipt).await.unwrap();
    let colleagues: Vec<&str> = view.colleagues.iter().map(|one| one.account.as_str()).collect();
    assert_eq!((colleagues, view.official), (vec!["official-roads", "supervisor-roads"], None));
    for elsewhere in ["official-water", "kim", "nobody", ""] {
        let refused = service.assign(&caller, &receipt, elsewhere).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{elsewhere}: {refused:?}");
    }
    service.assign(&caller, &receipt, "official-roads").await.unwrap();
    let mine = QueueFilter { official: Some("official-roads".into()), ..QueueFilter::default() };
    assert_eq!(service.queue(&caller, mine).await.unwrap().page.rows.len(), 1);
    service.assign(&caller, &receipt, "supervisor-roads").await.unwrap();
    let view = service.official_case(&caller, &receipt).await.unwrap();
    assert_eq!(view.official_name.as_deref(), Some("이름 supervisor-roads"));
    let given = view.timeline.iter().filter(|entry| entry.kind == "assigned").filter_map(|entry| entry.by.clone());
    assert_eq!(given.collect::<Vec<_>>(), ["이름 official-roads", "이름 supervisor-roads"]);
}

async fn time_that_does_not_count_moves_the_due_time(deployment: Deployment) {
    let (service, _ledger, receipt) = on_the_desk(&deployment).await;
    let caller = official("roads", at("2026-11-05T10:00"));
    let due = |view: &maru_inquiry::store::OfficialView| maru_calendar::seoul(view.deadline.due.unwrap()).to_string();
    let before = due(&service.official_case(&caller, &receipt).await.unwrap());
    let outage = maru_calendar::ExclusionReason::Outage;
    let stretch = (at("2026-11-03T09:00"), at("2026-11-04T18:00"));
    service.exclude_time(&caller, &receipt, outage, stretch).await.unwrap();
    let after = due(&service.official_case(&caller, &receipt).await.unwrap());
    assert_eq!((before.as_str(), after.as_str()), ("2026-11-10T18:00:00", "2026-11-12T18:00:00"));
    let survey = maru_calendar::ExclusionReason::FieldSurvey;
    let refused = service.exclude_time(&caller, &receipt, survey, stretch).await;
    assert!(matches!(refused, Err(ServiceError::Refused(_))), "only a grievance has one");
    let seen = service.citizen_case(&citizen(at("2026-11-05T11:00")), &receipt).await.unwrap();
    assert!(seen.timeline.iter().any(|entry| entry.kind == "time-excluded"), "the petitioner is told");
}

async fn each_is_offered_what_they_may_do(deployment: Deployment) {
    use OfficialAction as Action;
    let (service, _ledger, receipt) = on_the_desk(&deployment).await;
    let now = at("2026-11-03T10:00");
    let can = async |caller: &Caller| service.official_case(caller, &receipt).await.unwrap().can;
    let mine = can(&official("roads", now)).await;
    for action in [Action::Assign, Action::Edit, Action::Approve, Action::Pass, Action::Note, Action::ReadPersonal] {
        assert!(mine.contains(&action), "{action:?} of {mine:?}");
    }
    assert!(!mine.contains(&Action::CloseAsRepeated), "nothing was asked before");
    assert_eq!(can(&auditor(now)).await, [Action::ReadPersonal, Action::DownloadProof], "who looks changes nothing");
    let extend = maru_inquiry::domain::GivenGround::FactCheck;
    service.extend(&official("roads", now), &receipt, extend, "현장 확인", false).await.unwrap();
    assert!(!can(&official("roads", now)).await.contains(&Action::Extend), "a second time is for the supervisor");
    assert!(can(&supervisor("roads", now)).await.contains(&Action::Extend));
    let text = maru_inquiry::service::AnswerRequest {
        text: "고쳤습니다.".into(),
        decision: maru_inquiry::service::Decision::Answer,
        confirm_citations: false,
        at_once: false,
    };
    service.approve(&official("roads", now), &receipt, text).await.unwrap();
    assert!(can(&official("roads", now)).await.contains(&Action::UndoApproval));
    assert!(!can(&supervisor("roads", now)).await.contains(&Action::UndoApproval), "who approved takes it back");
}

async fn officials_register_what_was_said_at_the_counter(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let now = at("2026-11-02T10:00");
    for caller in [citizen(now), auditor(now), administrator(now)] {
        assert!(matches!(service.may_register(&caller), Err(ServiceError::Forbidden(_))), "{caller:?}");
    }
    assert!(matches!(service.may_register(&stranger(now)), Err(ServiceError::SignInRequired)));
    service.may_register(&official("civil", now)).unwrap();
    let said = Submission { kind: Some(Kind::Immediate), ..streetlight() };
    let registered = submit(&service, &official("civil", now), said).await;
    let case = service.store().case(&registered.receipt).await.unwrap().unwrap();
    let filing = case.inquiry.filing.unwrap();
    assert_eq!((filing.channel, filing.account), (Channel::Counter, None));
    let holder = stranger(now).with_code(Some(registered.code));
    assert!(service.citizen_case(&holder, &registered.receipt).await.is_ok(), "the petitioner follows it by the code");
}

async fn a_draft_is_written_again(deployment: Deployment) {
    let (service, _ledger, receipt) = on_the_desk(&deployment).await;
    let caller = official("roads", at("2026-11-02T11:00"));
    let done = service.draft_again(&caller, &receipt).await.unwrap();
    let case = service.store().case(&receipt).await.unwrap().unwrap();
    let drafts = case.events.iter().filter(|event| matches!(event.kind.as_str(), "drafted" | "draft-absent")).count();
    assert_eq!((drafts, done.version), (2, case.version), "one of the machine alone, one asked for");
}

// ── Pages ────────────────────────────────────────────────────────────

struct Desk<'a> {
    service: &'a InquiryService,
    caller: Caller,
    language: Language,
}

impl Desk<'_> {
    async fn ask(&self, method: &str, path: &str, body: &str) -> (StatusCode, String, String) {
        let Caller { principal, now, .. } = self.caller.clone();
        let visitor = Visitor { principal, now, ..maru_web::testing::visitor(self.language) };
        let router: Router = Pages::new(self.service.clone(), false).router().layer(Extension(visitor));
        let request = Request::builder().method(method).uri(path);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response = router.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let problem = response.extensions().get::<Problem>().cloned();
        let status = problem.map_or(response.status(), |problem| problem.status);
        let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap(), location.unwrap_or_default())
    }
}

fn desk(service: &InquiryService, caller: Caller) -> Desk<'_> {
    Desk { service, caller, language: Language::Korean }
}

#[tokio::test]
async fn every_form_of_the_desk_leads_somewhere() {
    let deployment = Deployment::sqlite();
    let (service, _ledger, receipt) = on_the_desk(&deployment).await;
    let now = at("2026-11-05T10:00");
    let desk = desk(&service, official("roads", now));
    let case = format!("/work/{receipt}");
    for (step, body) in [
        ("assignment", "official=official-roads"),
        ("note", "note=%EB%82%B4%EC%9D%BC"),
        ("excluded-time", "excluded_reason=outage&excluded_from=2026-11-03T09:00&excluded_until=2026-11-03T12:00"),
        ("correction", "kind=application&period_days=30&category=roads&urgency=soon&text_language=ko"),
        ("draft-again", ""),
        ("draft", "answer=%EA%B3%A0%EC%B3%A4%EC%8A%B5%EB%8B%88%EB%8B%A4&seen=0"),
        ("extension", "ground=fact-check&extension_reason=%ED%98%84%EC%9E%A5"),
        ("completion", "missing=%EC%82%AC%EC%A7%84&days=5"),
    ] {
        let (status, page, location) = desk.ask("POST", &format!("{case}/{step}"), body).await;
        assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, case.as_str()), "{step}: {page}");
    }
    let known = service.store().case(&receipt).await.unwrap().unwrap().inquiry;
    assert_eq!(known.period, Some(maru_calendar::Period::Days(30)));
    assert_eq!((known.kind, known.urgency), (Some(Kind::Application), Some(Urgency::Soon)));
    assert_eq!((known.state, known.language), (State::CompletionRequested, Some(TextLanguage::Korean)));
}

#[tokio::test]
async fn what_was_refused_stands_there_again() {
    let deployment = Deployment::sqlite();
    let (service, _ledger, receipt) = on_the_desk(&deployment).await;
    let desk = desk(&service, official("roads", at("2026-11-05T10:00")));
    for (step, body, kept) in [
        ("extension", "ground=workload&extension_reason=WRITTEN-1", "WRITTEN-1"),
        ("completion", "missing=WRITTEN-2&days=900", "WRITTEN-2"),
        ("transfer", "department=&agency=&transfer_reason=WRITTEN-3", "WRITTEN-3"),
        ("refusal", "refusal_text=WRITTEN-4&refusal_reason=&article=&remedy=", "WRITTEN-4"),
        ("excluded-time", "excluded_reason=outage&excluded_from=2026-11-04T09:00&excluded_until=", "2026-11-04T09:00"),
        ("correction", "kind=application&period_days=999", "999"),
        ("pair", "other=WRITTEN-5&same=yes", "WRITTEN-5"),
    ] {
        let (status, page, _) = desk.ask("POST", &format!("/work/{receipt}/{step}"), body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{step}: {page}");
        assert!(page.contains(kept) && page.contains("<details class=\"disclosure\" open"), "{step}: {page}");
    }
}

#[tokio::test]
async fn pages_of_the_desk_render_in_both_languages() {
    let deployment = Deployment::sqlite();
    let (service, _ledger, receipt) = on_the_desk(&deployment).await;
    let now: Timestamp = at("2026-11-03T10:00");
    for language in [Language::Korean, Language::English] {
        for path in ["/work", "/work/new", &format!("/work/{receipt}")] {
            let desk = Desk { service: &service, caller: official("roads", now), language };
            let (status, page, _) = desk.ask("GET", path, "").await;
            assert_eq!(status, StatusCode::OK, "{path}: {page}");
        }
    }
    let desk_of = |caller| desk(&service, caller);
    let (_, page, _) = desk_of(official("roads", now)).ask("GET", &format!("/work/{receipt}"), "").await;
    for shown in ["내가 맡기", "동료에게 맡기기", "까지 이송", "처리기간에 넣지 않는 시간", "초안 다시 쓰기"]
    {
        assert!(page.contains(shown), "{shown}");
    }
    let (_, page, _) = desk_of(auditor(now)).ask("GET", &format!("/work/{receipt}"), "").await;
    for hidden in ["/assignment", "승인하고 보내기", "동료에게 남길 메모"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    // Whoever may have the proof finds it: in charge, or looking over the shoulder.
    for caller in [official("roads", now), auditor(now)] {
        let proof = format!("/inquiries/{receipt}/proof");
        let (_, page, _) = desk_of(caller.clone()).ask("GET", &format!("/work/{receipt}"), "").await;
        assert!(page.contains(&format!("href=\"{proof}\"")), "{page}");
        let (status, document, _) = desk_of(caller).ask("GET", &proof, "").await;
        assert_eq!(status, StatusCode::OK);
        assert!(document.contains("maru-stream-proof-v1") && !document.contains("010-1234-5678"));
    }
    let neighbour = Caller::new(Some(principal("lee", Role::Citizen, None)), now);
    assert_eq!(desk_of(neighbour).ask("GET", "/work/new", "").await.0, StatusCode::FORBIDDEN);
    let body = "text=%EB%8F%84%EB%A1%9C%EA%B0%80+%ED%8C%8C%EC%98%80%EC%96%B4%EC%9A%94&kind=application&period_days=20";
    let (status, page, _) = desk_of(official("civil", now)).ask("POST", "/work/new", body).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("접수증") && page.contains("확인코드"), "{page}");
    let (status, page, _) = desk_of(official("civil", now)).ask("POST", "/work/new", "text=&name=WRITTEN").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("WRITTEN"), "{page}");
}

#[tokio::test]
async fn what_is_the_same_matter_is_said_on_the_desk() {
    let deployment = Deployment::sqlite();
    let (service, ledger, first) = on_the_desk(&deployment).await;
    let again = Submission { text: format!("{} 빨리요", streetlight().text), ..streetlight() };
    let second = submit(&service, &citizen(at("2026-11-02T10:05")), again).await.receipt;
    work(&service, &ledger, at("2026-11-02T10:06")).await;
    let now = at("2026-11-03T10:00");
    let desk = desk(&service, official("roads", now));
    let case = format!("/work/{second}");
    let page = async || desk.ask("GET", &case, "").await.1;
    let say = async |same: &str| {
        let (status, page, location) =
            desk.ask("POST", &format!("{case}/pair"), &format!("other={first}&same={same}")).await;
        assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, case.as_str()), "{page}");
    };
    let before = page().await;
    assert!(before.contains("거의 같은 글") && before.contains("같은 사안이 아닙니다"), "{before}");
    assert!(!before.contains("같은 사안인지 적은 문의"));
    say("no").await;
    let after = page().await;
    assert!(!after.contains("거의 같은 글") && after.contains("비슷한 문의가 없습니다."), "{after}");
    assert!(after.contains("같은 사안 아님: ") && after.contains("이름 official-roads · "), "{after}");
    say("yes").await;
    let turned = page().await;
    assert!(turned.contains("(같은 사안, ") && turned.contains("같은 사안이 아님으로 고치기"), "{turned}");
    for language in [Language::Korean, Language::English] {
        let looking = Desk { service: &service, caller: auditor(now), language };
        let (status, page, _) = looking.ask("GET", &case, "").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains(first.as_str()) && !page.contains("/pair"), "who looks is offered no button: {page}");
    }
}

#[tokio::test]
async fn an_administrator_sees_what_was_learned_and_has_it_learned_anew() {
    let deployment = Deployment::sqlite();
    let (service, _ledger, receipt) = on_the_desk(&deployment).await;
    let now = at("2026-11-03T10:00");
    let page = async |language| {
        let desk = Desk { service: &service, caller: administrator(now), language };
        let (status, page, _) = desk.ask("GET", "/work/learning", "").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page
    };
    assert!(page(Language::English).await.contains("Nothing was learned yet"));
    let learn = async || desk(&service, administrator(now)).ask("POST", "/work/learning", "").await.0;
    assert_eq!(learn().await, StatusCode::UNPROCESSABLE_ENTITY, "from nothing nothing is learned");
    let correction = maru_inquiry::domain::Correction { category: Some("roads".into()), ..Default::default() };
    service.correct(&citizen(now), &receipt, correction).await.unwrap();
    assert_eq!(learn().await, StatusCode::SEE_OTHER);
    assert!(page(Language::Korean).await.contains("배운 것"));
    let refused = desk(&service, official("roads", now)).ask("GET", "/work/learning", "").await;
    assert_eq!(refused.0, StatusCode::FORBIDDEN);
}
