//! Applications with their periods, who makes them for whom, and the application without consent.

use jiff::civil::date;
use maru_welfare::{
    Caller,
    domain::{
        Ground, Status,
        proposal::{Basis, Incapacity, Means},
        representation::Power,
    },
    service::{Confirming, Representing},
    store::Wanted,
};

use crate::support::{
    Deployment, at, both, citizen, code, family, official, sqlite, stranger, supervisor, with_pensioner,
};

const PENSION: &str = "home-1.basic_pension.p1";
const LIVELIHOOD: &str = "home-1.livelihood_benefit.all";

fn looked() -> Confirming {
    Confirming { note: "소득 자료를 확인했습니다.".to_owned(), means: Means::Message }
}

fn guardian(ground: Ground) -> Representing {
    Representing {
        member: "p1".to_owned(),
        name: "김보호".to_owned(),
        ground,
        evidence: "후견등기사항증명서 2026-101".to_owned(),
        from: date(2026, 1, 1),
        until: None,
        powers: Vec::new(),
    }
}

#[tokio::test]
async fn an_application_is_decided_within_its_period() {
    for deployment in both().await {
        let service = &deployment.service;
        with_pensioner(&deployment, "2026-02-27T09:00").await;
        let park = citizen("park", "2026-02-27T10:00");
        let applied = service.apply(&park, PENSION).await.unwrap();
        let application = applied.application.clone().unwrap();
        // 27 February + 30 days is Sunday, 29 March: Monday (민법 제161조).
        assert_eq!((application.on, application.due), (date(2026, 2, 27), date(2026, 3, 30)));
        assert_eq!((applied.due(), applied.waits_for_official()), (Some(date(2026, 3, 30)), true));
        assert_eq!(code(&service.apply(&park, PENSION).await.unwrap_err()), "applied-already");
        let queue = service.queue(&official("2026-03-02T09:00"), &Wanted { waiting: true, ..Wanted::default() }).await;
        assert_eq!(queue.unwrap()[0].id, PENSION, "what is due first stands first");
        let who = official("2026-03-20T09:00");
        let refused = service.extend_application(&who, PENSION, String::new()).await.unwrap_err();
        assert_eq!(code(&refused), "empty");
        let longer = service.extend_application(&who, PENSION, "금융정보 조회".to_owned()).await.unwrap();
        // 27 February + 60 days is Tuesday, 28 April.
        assert_eq!(longer.application.unwrap().due, date(2026, 4, 28));
        let again = service.extend_application(&who, PENSION, "또".to_owned()).await.unwrap_err();
        assert_eq!(code(&again), "application-extended");
        let none = service.extend_application(&who, LIVELIHOOD, "x".to_owned()).await.unwrap_err();
        assert_eq!(code(&none), "no-application");
        // Confirmed in another month: given from that of the application on, without a further question.
        let given = service.confirm(&official("2026-04-10T09:00"), PENSION, &looked()).await.unwrap();
        assert_eq!(given.status, Status::Awarded);
        let award = given.award.unwrap();
        assert_eq!((award.from.to_string(), award.basis), ("2026-02".to_owned(), Basis::Application));
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

#[tokio::test]
async fn who_acts_is_written_down_and_shown() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    with_pensioner(&deployment, "2026-03-02T09:00").await;
    let who = official("2026-03-03T09:00");
    let park = citizen("park", "2026-03-03T10:00");
    let without = Representing { evidence: " ".to_owned(), ..guardian(Ground::AdultGuardian) };
    assert_eq!(code(&service.represent(&who, "home-1", without).await.unwrap_err()), "empty");
    let nobody = Representing { member: "p9".to_owned(), ..guardian(Ground::AdultGuardian) };
    assert_eq!(code(&service.represent(&who, "home-1", nobody).await.unwrap_err()), "member-name");
    let backwards = Representing { until: Some(date(2025, 1, 1)), ..guardian(Ground::AdultGuardian) };
    assert_eq!(code(&service.represent(&who, "home-1", backwards).await.unwrap_err()), "backwards");
    assert_eq!(code(&service.represent(&park, "home-1", guardian(Ground::Relative)).await.unwrap_err()), "forbidden");
    service.represent(&who, "home-1", guardian(Ground::Relative)).await.unwrap();
    service.represent(&who, "home-1", guardian(Ground::AdultGuardian)).await.unwrap();
    let shown = service.representatives(&park, "home-1").await.unwrap();
    assert_eq!((shown.len(), shown[1].name.value_or(""), shown[1].ground), (2, "김보호", Ground::AdultGuardian));
    let stranger = citizen("kim", "2026-03-03T10:00");
    assert_eq!(code(&service.representatives(&stranger, "home-1").await.unwrap_err()), "not-found");

    // A relative applies; that is no consent.
    let applied = service.take_down_application(&who, LIVELIHOOD, Some(0)).await.unwrap();
    assert_eq!(applied.application.unwrap().for_whom.unwrap().ground, Ground::Relative);
    service.confirm(&who, PENSION, &looked()).await.unwrap();
    let relative = service.take_down_consent_of(&who, PENSION, Means::Counter, Some(0)).await.unwrap_err();
    assert_eq!(code(&relative), "not-representing");
    service.end_representation(&who, "home-1", 1, date(2026, 3, 2)).await.unwrap();
    let ended = service.take_down_consent_of(&who, PENSION, Means::Counter, Some(1)).await.unwrap_err();
    assert_eq!(code(&ended), "not-representing");
    service.end_representation(&who, "home-1", 1, date(2026, 12, 31)).await.unwrap();
    let given = service.take_down_consent_of(&who, PENSION, Means::Counter, Some(1)).await.unwrap();
    let consent = given.consent.unwrap();
    assert_eq!(consent.for_whom.unwrap().ground, Ground::AdultGuardian);
    assert_eq!(given.status, Status::Awarded);
}

#[tokio::test]
async fn who_cannot_consent_is_applied_for_and_a_supervisor_hears_of_it() {
    for deployment in both().await {
        let service = &deployment.service;
        with_pensioner(&deployment, "2026-03-02T09:00").await;
        let who = official("2026-03-03T09:00");
        let early = service.apply_ex_officio(&who, PENSION, Incapacity::Unable, "의사 소견").await.unwrap_err();
        assert_eq!(code(&early), "not-now");
        service.confirm(&who, PENSION, &looked()).await.unwrap();
        let empty = service.apply_ex_officio(&who, PENSION, Incapacity::Unable, " ").await.unwrap_err();
        assert_eq!(code(&empty), "empty");
        let given = service.apply_ex_officio(&who, PENSION, Incapacity::Unable, "의사 소견").await.unwrap();
        assert_eq!(given.status, Status::Awarded);
        assert_eq!(given.award.as_ref().unwrap().basis, Basis::ExOfficio { incapacity: Incapacity::Unable });
        assert_eq!((given.waits_for_official(), given.due()), (true, Some(date(2026, 3, 3))), "reported at once");
        assert_eq!(code(&service.see_ex_officio(&who, PENSION).await.unwrap_err()), "forbidden");
        let head = supervisor("2026-03-03T11:00");
        let seen = service.see_ex_officio(&head, PENSION).await.unwrap();
        assert!(!seen.waits_for_official());
        assert_eq!(code(&service.see_ex_officio(&head, PENSION).await.unwrap_err()), "no-report");
        let known = service.store().proposal(PENSION).await.unwrap().unwrap();
        assert_eq!(known.state.ex_officio.unwrap().evidence.value_or("sealed"), "sealed");
    }
}

/// The family of two parents and a child, as `home-2` of the account `lee`.
async fn with_family(deployment: &Deployment) {
    let caller = Caller::system(at("2026-03-02T09:00"));
    let account = Some("lee".to_owned());
    deployment.service.register(&caller, "home-2", family(), account, "registers").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guardian_sees_and_acts_by_an_account_within_powers_and_time() {
    for deployment in both().await {
        acts_for(&deployment).await;
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

async fn acts_for(deployment: &Deployment) {
    let service = &deployment.service;
    with_pensioner(deployment, "2026-03-02T09:00").await;
    let who = official("2026-03-03T09:00");
    let kim = citizen("kim", "2026-03-03T10:00");
    // A limited guardian has what the court gave, written down one by one.
    let limited = Representing { powers: Vec::new(), ..guardian(Ground::LimitedGuardian) };
    assert_eq!(code(&service.represent(&who, "home-1", limited).await.unwrap_err()), "empty");
    let limited = Representing {
        powers: vec![Power::See, Power::Consent],
        until: Some(date(2026, 6, 30)),
        ..guardian(Ground::LimitedGuardian)
    };
    service.represent(&who, "home-1", limited).await.unwrap();
    service.represent(&who, "home-1", guardian(Ground::Relative)).await.unwrap();
    assert_eq!(
        code(&service.invite_representative(&who, "home-1", 1).await.unwrap_err()),
        "not-representing",
        "who may only apply sees nothing"
    );
    assert_eq!(code(&service.invite_representative(&kim, "home-1", 0).await.unwrap_err()), "not-found");
    let given = service.invite_representative(&who, "home-1", 0).await.unwrap();
    assert_eq!(service.acting_for(&kim).await.unwrap(), []);
    assert_eq!(code(&service.represented(&kim, "home-1", 0).await.unwrap_err()), "not-found");
    assert_eq!(code(&service.accept_representation(&kim, "0000-0000").await.unwrap_err()), "not-representing");
    let late = citizen("kim", "2026-03-18T10:00");
    assert_eq!(code(&service.accept_representation(&late, &given).await.unwrap_err()), "not-representing");
    let nobody = service.accept_representation(&stranger("2026-03-03T10:00"), &given).await.unwrap_err();
    assert_eq!(code(&nobody), "sign-in");
    service.accept_representation(&kim, &given.to_lowercase()).await.unwrap();
    let other = citizen("choi", "2026-03-03T10:00");
    assert_eq!(code(&service.accept_representation(&other, &given).await.unwrap_err()), "not-representing", "once");

    let all = service.acting_for(&kim).await.unwrap();
    assert_eq!((all.len(), all[0].representative.name.value_or("")), (1, "김보호"));
    let seen = service.represented(&kim, "home-1", 0).await.unwrap();
    assert!(
        seen.proposals.iter().any(|one| one.id == PENSION) && seen.proposals.iter().any(|one| one.id == LIVELIHOOD)
    );
    assert_eq!(code(&service.represented(&other, "home-1", 0).await.unwrap_err()), "not-found");
    let looks = service.looks(&citizen("park", "2026-03-03T11:00")).await.unwrap();
    assert_eq!(looks[0].reader, "한정후견인 (대신하는 사람 1)", "the person sees who looked");

    // To agree is among the powers; to apply and to object are not.
    let at = ("home-1", 0);
    assert_eq!(code(&service.apply_for(&kim, at, LIVELIHOOD).await.unwrap_err()), "not-representing");
    service.confirm(&who, PENSION, &looked()).await.unwrap();
    let agreed = service.consent_for(&kim, at, PENSION).await.unwrap();
    assert_eq!(agreed.status, Status::Awarded);
    assert_eq!(agreed.consent.unwrap().for_whom.unwrap().ground, Ground::LimitedGuardian);
    assert_eq!(code(&service.object_for(&kim, at, PENSION, "적습니다.").await.unwrap_err()), "not-representing");
    // What is no proposal of the person stays closed, and so does everything after the last day.
    assert_eq!(
        code(&service.decline_for(&kim, at, "home-9.basic_pension.p1", String::new()).await.unwrap_err()),
        "not-found"
    );
    let over = citizen("kim", "2026-07-01T10:00");
    assert_eq!(code(&service.represented(&over, "home-1", 0).await.unwrap_err()), "not-representing");
    assert_eq!(service.acting_for(&over).await.unwrap(), []);
}

#[tokio::test]
async fn who_acts_for_one_of_a_family_sees_nothing_of_the_others() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    with_family(&deployment).await;
    let who = official("2026-03-03T09:00");
    let parent = Representing { member: "c1".to_owned(), ..guardian(Ground::MinorGuardian) };
    service.represent(&who, "home-2", parent).await.unwrap();
    let given = service.invite_representative(&who, "home-2", 0).await.unwrap();
    let kim = citizen("kim", "2026-03-03T10:00");
    service.accept_representation(&kim, &given).await.unwrap();
    let seen = service.represented(&kim, "home-2", 0).await.unwrap();
    let members: Vec<&str> = seen.household.members.iter().map(|member| member.id.as_str()).collect();
    assert_eq!(members, ["c1"]);
    assert!(!seen.entitlements.is_empty() && seen.entitlements.iter().all(|one| one.member.as_deref() == Some("c1")));
    assert!(seen.proposals.iter().all(|one| one.state.finding.as_ref().unwrap().member.as_deref() == Some("c1")));
    let child = &seen.proposals[0].id;
    let asked = service.ask_review_for(&kim, ("home-2", 0), child, "왜 이 금액인가요?").await.unwrap();
    assert_eq!(asked.review.unwrap().due, date(2026, 4, 2));
    let history = service.store().history(child).await.unwrap();
    assert_eq!(history.last().unwrap().payload["for_whom"]["ground"], "minor-guardian");
}
