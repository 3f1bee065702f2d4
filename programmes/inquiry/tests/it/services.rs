//! An inquiry from the first word to the served answer, and who may do what on the way.

use maru_identity::Role;
use maru_inquiry::{
    Caller, ServiceError, Settings,
    domain::{AccessCode, Correction, Destination, Kind, Receipt, State},
    service::{Announcement, AnswerRequest, Decision, Submission},
    store::{CitizenAction, OfficialAction, QueueFilter},
};
use maru_test_database::on_both_databases;

use crate::support::{
    Deployment, administrator, at, auditor, citizen, official, principal, service_on, stranger, streetlight, submit,
    supervisor, work,
};

on_both_databases!(
    from_the_first_word_to_the_served_answer,
    a_repeated_submission_gives_the_same_receipt_and_code,
    a_code_opens_one_case_and_no_other,
    strangers_and_wrong_roles_are_turned_away,
    personal_data_are_read_by_right_and_recorded,
    an_announced_holiday_moves_running_clocks_with_notice,
    an_erased_person_is_gone_and_the_proof_stays,
    what_people_put_right_is_learned,
    near_duplicates_are_noted,
    near_duplicates_are_put_right_and_learned_from,
    objections_are_decided_by_a_supervisor,
    what_time_brings_comes_by_itself,
    of_two_approvals_at_once_one_holds,
);

fn request(text: &str) -> AnswerRequest {
    AnswerRequest { text: text.into(), decision: Decision::Answer, confirm_citations: false, at_once: false }
}

fn refused(error: ServiceError) -> &'static str {
    match error {
        ServiceError::Refused(explained) => explained.code,
        other => panic!("{other:?}"),
    }
}

async fn from_the_first_word_to_the_served_answer(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let submitted = submit(&service, &citizen(at("2026-11-02T10:00")), streetlight()).await;
    let receipt = submitted.receipt;
    assert!(work(&service, &ledger, at("2026-11-02T10:01")).await >= 2, "understood, then drafted");

    let mine = service.citizen_case(&citizen(at("2026-11-02T10:02")), &receipt).await.unwrap();
    assert_eq!((mine.state, mine.department.as_str()), (State::Understood, "roads"));
    assert!(mine.text.contains("010-1234-5678"), "own words are shown as they were written");
    assert!(mine.deadline.ko.contains("2026년 11월 10일"), "{}", mine.deadline.ko);
    assert_eq!(mine.can, [CitizenAction::Correct, CitizenAction::Withdraw]);

    let caller = official("roads", at("2026-11-03T10:00"));
    let view = service.official_case(&caller, &receipt).await.unwrap();
    assert!(view.text.contains("[전화번호]") && !view.text.contains("1234"), "{}", view.text);
    // The department has it since the receipt: three working hours to pass it on, if it belongs elsewhere.
    assert_eq!(maru_calendar::seoul(view.pass_on_by.unwrap()).to_string(), "2026-11-02T14:00:00");
    assert!(view.has_personal_data && view.can.contains(&OfficialAction::Approve));
    let understood = view.understood.unwrap();
    assert!(understood.department.certain && !understood.department.grounds.is_empty());

    service.assign(&caller, &receipt, "official-roads").await.unwrap();
    service.edit_draft(&caller, &receipt, "가로등을 고쳤습니다.", Some(0)).await.unwrap();
    service.note(&caller, &receipt, "내일 다시 확인").await.unwrap();
    let approved = service.approve(&caller, &receipt, request("김하늘님, 가로등을 고쳤습니다.")).await.unwrap();
    assert_eq!(approved.state(), State::Approved);
    let seen = service.citizen_case(&citizen(at("2026-11-03T10:00")), &receipt).await.unwrap();
    assert!(seen.answer.is_none() && seen.state == State::Drafted, "nothing shows before it is served");
    service.undo_approval(&caller, &receipt).await.unwrap();
    service.approve(&caller, &receipt, request("김하늘님, 가로등을 새로 달았습니다.")).await.unwrap();
    work(&service, &ledger, at("2026-11-03T10:01")).await;

    let seen = service.citizen_case(&citizen(at("2026-11-03T10:02")), &receipt).await.unwrap();
    let answer = seen.answer.unwrap();
    assert_eq!((seen.state, answer.text.as_str()), (State::Answered, "김하늘님, 가로등을 새로 달았습니다."));
    assert_eq!((answer.by.name.as_str(), answer.by.telephone.as_str()), ("이름 official-roads", "02-0000-1351"));
    assert!(seen.timeline.iter().all(|entry| entry.words.as_deref() != Some("내일 다시 확인")), "notes are internal");
    service.rate(&citizen(at("2026-11-03T11:00")), &receipt, 5, None).await.unwrap();
    let proof = service.proof(&citizen(at("2026-11-03T12:00")), &receipt).await.unwrap();
    let verified = maru_ledger::verify_stream_proof(&proof, Some(&ledger.verifier_key())).unwrap();
    assert!(serde_json::to_string(&verified.events[0].payload).unwrap().contains("010-1234-5678"));
    let sealed = service.proof(&official("roads", at("2026-11-03T12:00")), &receipt).await.unwrap();
    assert!(!sealed.contains("김하늘"), "an official's proof opens nothing");
    let download = service.download(&citizen(at("2026-11-03T12:00")), &receipt).await.unwrap();
    assert_eq!(download["inquiry"]["state"], "answered");
    assert!(ledger.verify().await.unwrap().is_whole());
}

async fn a_repeated_submission_gives_the_same_receipt_and_code(deployment: Deployment) {
    let service = deployment.service().await;
    let caller = stranger(at("2026-11-02T10:00")).idempotent(Some("key-1".into()));
    let first = submit(&service, &caller, streetlight()).await;
    let again = submit(&service, &caller, streetlight()).await;
    assert!(again.repeated && !first.repeated);
    assert_eq!((first.receipt, first.code), (again.receipt, again.code));
    let other = Submission { text: "다른 글입니다".into(), ..streetlight() };
    assert!(matches!(service.submit(&caller, other).await, Err(ServiceError::KeyReused)));
}

async fn a_code_opens_one_case_and_no_other(deployment: Deployment) {
    let service = deployment.service().await;
    let now = at("2026-11-02T10:00");
    let one = submit(&service, &stranger(now), streetlight()).await;
    let other = submit(&service, &stranger(now), streetlight()).await;
    let holder = stranger(now).with_code(AccessCode::parse(one.code.reveal()));
    assert!(service.citizen_case(&holder, &one.receipt).await.is_ok());
    assert!(matches!(service.citizen_case(&holder, &other.receipt).await, Err(ServiceError::NotFound)));
    let unknown = Receipt::draw(2026, [31; 7]);
    assert!(matches!(service.citizen_case(&holder, &unknown).await, Err(ServiceError::NotFound)));
    assert!(matches!(service.citizen_case(&stranger(now), &one.receipt).await, Err(ServiceError::SignInRequired)));
    service.withdraw(&holder, &one.receipt, None).await.unwrap();
    assert!(service.opens(&other.receipt, &one.code).await.is_err());
}

async fn strangers_and_wrong_roles_are_turned_away(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let now = at("2026-11-02T10:00");
    let receipt = submit(&service, &citizen(now), streetlight()).await.receipt;
    work(&service, &ledger, now).await;
    let neighbour = Caller::new(Some(principal("lee", Role::Citizen, None)), now);
    let elsewhere = official("water", now);
    for caller in [stranger(now), neighbour.clone(), elsewhere.clone(), administrator(now), auditor(now), citizen(now)]
    {
        let who = format!("{:?}", caller.principal);
        assert!(service.approve(&caller, &receipt, request("답변")).await.is_err(), "{who}");
        assert!(service.edit_draft(&caller, &receipt, "글", None).await.is_err(), "{who}");
        assert!(
            service
                .extend(&caller, &receipt, maru_inquiry::domain::GivenGround::FactCheck, "사유", true)
                .await
                .is_err(),
            "{who}"
        );
        let to = Destination::Department { department: "water".into() };
        assert!(service.pass_on(&caller, &receipt, to, "사유").await.is_err(), "{who}");
        assert!(service.decide_objection(&caller, &receipt, true, "결정").await.is_err(), "{who}");
    }
    for caller in [stranger(now), neighbour.clone()] {
        assert!(service.citizen_case(&caller, &receipt).await.is_err());
        assert!(service.withdraw(&caller, &receipt, None).await.is_err());
        assert!(service.proof(&caller, &receipt).await.is_err());
    }
    for caller in [stranger(now), neighbour, citizen(now), elsewhere, administrator(now)] {
        assert!(service.official_case(&caller, &receipt).await.is_err());
        assert!(service.read_personal_data(&caller, &receipt, "사유").await.is_err());
    }
    let theirs = QueueFilter { department: Some("roads".into()), ..QueueFilter::default() };
    assert!(matches!(service.queue(&official("water", now), theirs).await, Err(ServiceError::Forbidden { .. })));
    assert!(matches!(service.queue(&stranger(now), QueueFilter::default()).await, Err(ServiceError::SignInRequired)));
    assert!(service.queue(&auditor(now), QueueFilter::default()).await.is_ok());
    let case = service.store().case(&receipt).await.unwrap().unwrap();
    assert_eq!(case.inquiry.state, State::Understood, "nothing happened");
}

async fn personal_data_are_read_by_right_and_recorded(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let now = at("2026-11-02T10:00");
    let receipt = submit(&service, &citizen(now), streetlight()).await.receipt;
    work(&service, &ledger, now).await;
    let caller = official("roads", at("2026-11-02T11:00"));
    assert_eq!(refused(service.read_personal_data(&caller, &receipt, " ").await.unwrap_err()), "empty");
    let data = service.read_personal_data(&caller, &receipt, "현장 확인 전화").await.unwrap();
    assert_eq!(data.name.as_deref(), Some("김하늘"));
    assert!(data.text.contains("010-1234-5678") && !data.found.is_empty());
    assert!(matches!(
        service.read_personal_data(&auditor(now), &receipt, "").await,
        Err(ServiceError::Forbidden { .. })
    ));
    let seen = service.citizen_case(&citizen(at("2026-11-02T12:00")), &receipt).await.unwrap();
    let entry = seen.timeline.iter().find(|entry| entry.kind == "personal-data-read").unwrap();
    assert_eq!((entry.words.as_deref(), entry.by.as_deref()), (Some("현장 확인 전화"), Some("이름 official-roads")));
}

async fn an_announced_holiday_moves_running_clocks_with_notice(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let now = at("2026-11-02T10:00");
    let moved = submit(&service, &citizen(now), streetlight()).await.receipt;
    let immediate = Submission { kind: Some(Kind::Immediate), ..streetlight() };
    let stays = submit(&service, &citizen(now), immediate).await.receipt;
    let day = Announcement {
        date: "2026-11-06".parse().unwrap(),
        name_ko: "임시공휴일".into(),
        name_en: "Special holiday".into(),
        reference: "국무회의 2026-11-02".into(),
    };
    assert!(matches!(
        service.announce_holiday(&official("civil", now), day.clone()).await,
        Err(ServiceError::Forbidden { .. })
    ));
    service.announce_holiday(&administrator(now), day.clone()).await.unwrap();
    assert!(service.announce_holiday(&administrator(now), day).await.is_err(), "once is enough");
    work(&service, &ledger, at("2026-11-02T10:05")).await;
    let seen = service.citizen_case(&citizen(at("2026-11-02T10:06")), &moved).await.unwrap();
    assert_eq!(maru_calendar::seoul(seen.deadline.due.unwrap()).to_string(), "2026-11-11T18:00:00");
    assert!(seen.timeline.iter().any(|entry| entry.kind == "deadline-moved"), "the petitioner is told");
    let seen = service.citizen_case(&citizen(at("2026-11-02T10:06")), &stays).await.unwrap();
    assert!(seen.timeline.iter().all(|entry| entry.kind != "deadline-moved"), "nothing moved, nothing is told");
    assert!(service.store().reckoned_before(1, 10).await.unwrap().is_empty());
    let later = submit(&service, &citizen(at("2026-11-02T10:00")), streetlight()).await;
    assert_eq!(maru_calendar::seoul(later.deadline.due.unwrap()).to_string(), "2026-11-11T18:00:00");
}

async fn an_erased_person_is_gone_and_the_proof_stays(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let now = at("2026-11-02T10:00");
    let submitted = submit(&service, &stranger(now), streetlight()).await;
    let holder = stranger(now).with_code(Some(submitted.code));
    assert_eq!(refused(service.erase(&holder, &submitted.receipt).await.unwrap_err()), "still-open");
    service.withdraw(&holder, &submitted.receipt, Some("제 번호는 010-9999-8888")).await.unwrap();
    service.erase(&holder, &submitted.receipt).await.unwrap();
    work(&service, &ledger, at("2026-11-02T10:05")).await;
    let seen = service.citizen_case(&holder, &submitted.receipt).await.unwrap();
    assert!(seen.erased && seen.can.is_empty());
    assert!(!seen.text.contains("1234"), "{}", seen.text);
    let proof = service.proof(&holder, &submitted.receipt).await.unwrap();
    maru_ledger::verify_stream_proof(&proof, None).unwrap();
    assert!(!proof.contains("김하늘"));
    assert!(ledger.verify().await.unwrap().is_whole());
}

async fn what_people_put_right_is_learned(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let now = at("2026-11-02T10:00");
    assert!(
        matches!(service.retrain(&administrator(now)).await, Err(ServiceError::Invalid(_))),
        "nothing to learn from yet"
    );
    for (category, text) in [
        ("water", "수돗물에서 녹물이 나오고 요금이 많이 나왔어요"),
        ("roads", "도로에 포트홀이 생겨 위험해요 가로등도 꺼졌어요"),
    ] {
        for number in 0..6 {
            let submission = Submission { text: format!("{text} {number}"), ..Submission::default() };
            let receipt = submit(&service, &citizen(now), submission).await.receipt;
            let correction = Correction { category: Some(category.into()), ..Correction::default() };
            service.correct(&citizen(now), &receipt, correction).await.unwrap();
        }
    }
    let report = service.retrain(&administrator(now)).await.unwrap();
    assert_eq!((report.examples, report.revision), (12, 1));
    let preview = service
        .preview(&stranger(now), Submission { text: "녹물이 나와요 수돗물".into(), ..Submission::default() })
        .await
        .unwrap();
    let category = preview.understood.category.unwrap();
    assert_eq!((category.value.as_str(), preview.understood.model), ("water", 1));
    assert!(matches!(service.retrain(&official("civil", now)).await, Err(ServiceError::Forbidden { .. })));
    // Another server takes the models up when it opens.
    let other = service_on(ledger, Settings::default()).await;
    assert_eq!(other.understanding().models().revision, 1);
}

async fn near_duplicates_are_noted(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let first = submit(&service, &stranger(at("2026-11-02T10:00")), streetlight()).await.receipt;
    let again = Submission { text: format!("{} 빨리요", streetlight().text), ..streetlight() };
    let second = submit(&service, &stranger(at("2026-11-02T10:01")), again).await.receipt;
    let other =
        Submission {
            title: "등본".into(), text: "주민등록등본은 어디에서 떼나요?".into(), ..Submission::default()
        };
    let third = submit(&service, &stranger(at("2026-11-02T10:02")), other).await.receipt;
    work(&service, &ledger, at("2026-11-02T10:03")).await;
    let near = async |receipt: &Receipt| {
        let case = service.store().case(receipt).await.unwrap().unwrap();
        case.inquiry.understood.unwrap().near_duplicates.into_iter().map(|near| near.id).collect::<Vec<_>>()
    };
    assert!(near(&first).await.is_empty(), "the first repeats nobody");
    assert_eq!(near(&second).await, [first.to_string()]);
    assert!(near(&third).await.is_empty());
    let view = service.official_case(&official("roads", at("2026-11-02T10:04")), &first).await.unwrap();
    assert_eq!(view.similar.iter().map(|case| case.receipt.clone()).collect::<Vec<_>>(), [second.to_string()]);
}

async fn near_duplicates_are_put_right_and_learned_from(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let now = at("2026-11-02T10:00");
    let first = submit(&service, &stranger(now), streetlight()).await.receipt;
    let again = Submission { text: format!("{} 빨리요", streetlight().text), ..streetlight() };
    let second = submit(&service, &stranger(now), again).await.receipt;
    let words = "밤길이 어두워 넘어질 뻔했어요. 가로등 좀 봐 주세요.".to_owned();
    let third = submit(&service, &stranger(now), Submission { text: words, ..Submission::default() }).await.receipt;
    let tap = "수도 요금이 두 배로 나왔어요. 누수인지 봐 주세요.".to_owned();
    let elsewhere = submit(&service, &stranger(now), Submission { text: tap, ..Submission::default() }).await.receipt;
    assert_eq!(
        refused(service.judge_pair(&official("civil", now), &second, &first, true).await.unwrap_err()),
        "wrong-state",
        "nothing was understood yet"
    );
    work(&service, &ledger, at("2026-11-02T10:01")).await;
    let caller = official("roads", at("2026-11-03T10:00"));
    let seen = async |receipt: &Receipt| service.official_case(&caller, receipt).await.unwrap();
    let similar = async |receipt: &Receipt| {
        seen(receipt).await.similar.into_iter().map(|case| (case.receipt, case.same_matter)).collect::<Vec<_>>()
    };
    let counted = async |receipt: &Receipt| {
        let queue = service.queue(&caller, QueueFilter::default()).await.unwrap();
        queue.page.rows.into_iter().find(|row| row.receipt == *receipt).unwrap().duplicates
    };
    assert_eq!((similar(&second).await, counted(&second).await), (vec![(first.to_string(), false)], 1));

    // Not the same: not proposed again, from neither side, and counted no more.
    service.judge_pair(&caller, &second, &first, false).await.unwrap();
    assert_eq!((similar(&second).await, similar(&first).await, counted(&second).await), (vec![], vec![], 0));
    let pairs = seen(&first).await.pairs;
    assert_eq!(pairs.len(), 1);
    assert_eq!((pairs[0].receipt.as_str(), pairs[0].same), (second.as_str(), false));
    assert_eq!(pairs[0].name.as_deref(), Some("이름 official-roads"));
    let version = service.judge_pair(&caller, &second, &first, false).await.unwrap().version;
    assert_eq!(version, seen(&second).await.version, "said twice, it happened once");

    // The same after all, said from the other side; and one that no likeness of texts would find.
    service.judge_pair(&caller, &first, &second, true).await.unwrap();
    service.judge_pair(&caller, &second, &third, true).await.unwrap();
    assert_eq!(similar(&second).await, [(third.to_string(), true), (first.to_string(), true)]);
    assert_eq!((counted(&second).await, counted(&first).await), (1, 1));
    let entry = seen(&second).await.timeline.into_iter().rfind(|entry| entry.kind == "pair-judged").unwrap();
    assert_eq!((entry.by.as_deref(), entry.ko.contains(third.as_str())), (Some("이름 official-roads"), true));
    let mine = service.citizen_case(&stranger(now), &second).await;
    assert!(matches!(mine, Err(ServiceError::SignInRequired)));

    // Only what may be read can be named; whether anything else exists is not told.
    for (receipt, other) in [(&second, &elsewhere), (&second, &Receipt::draw(2026, [9; 7]))] {
        let said = service.judge_pair(&caller, receipt, other, true).await;
        assert!(matches!(said, Err(ServiceError::Invalid(_))), "{other}: {said:?}");
    }
    assert_eq!(refused(service.judge_pair(&caller, &second, &second, true).await.unwrap_err()), "own-number");
    for caller in [stranger(now), citizen(now), auditor(now), administrator(now), official("water", now)] {
        let who = format!("{:?}", caller.principal);
        assert!(service.judge_pair(&caller, &second, &first, true).await.is_err(), "{who}");
    }

    // Each word is an example to learn from, the newest on each pair.
    let (examples, _) = service.store().pair_examples(-1, 10).await.unwrap();
    assert_eq!(examples.iter().map(|pair| pair.same).collect::<Vec<_>>(), [true, true]);
    assert!(examples.iter().all(|pair| !pair.one.contains("1234") && !pair.other.contains("1234")), "masked");
    let lessons = service.learned(&administrator(now)).await.unwrap();
    assert_eq!(lessons.pairs, 2);
    assert!(ledger.verify().await.unwrap().is_whole());
}

async fn objections_are_decided_by_a_supervisor(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let settings = Settings { grace: jiff::SignedDuration::ZERO };
    let service = service_on(ledger.clone(), settings).await;
    let submission = Submission { kind: Some(Kind::Application), ..streetlight() };
    let receipt = submit(&service, &citizen(at("2026-11-02T10:00")), submission).await.receipt;
    work(&service, &ledger, at("2026-11-02T10:00")).await;
    let decision = Decision::Refusal {
        reason: "기준 미달".into(),
        article: "도로법 제61조".into(),
        remedy: "60일 안에 이의신청".into(),
    };
    let refusal = AnswerRequest { decision, ..request("허가하지 않습니다.") };
    let done = service.approve(&official("roads", at("2026-11-03T10:00")), &receipt, refusal).await.unwrap();
    assert_eq!(done.state(), State::Refused, "without a grace it is served at once");
    let seen = service.citizen_case(&citizen(at("2026-11-04T10:00")), &receipt).await.unwrap();
    assert!(seen.can.contains(&CitizenAction::Object));
    service.object(&citizen(at("2026-11-04T10:00")), &receipt, "다시 봐 주세요").await.unwrap();
    let later = at("2026-11-05T10:00");
    assert!(matches!(
        service.decide_objection(&official("roads", later), &receipt, true, "인용").await,
        Err(ServiceError::Forbidden { .. })
    ));
    let done = service.decide_objection(&supervisor("roads", later), &receipt, true, "받아들입니다").await.unwrap();
    assert_eq!(done.state(), State::Answered);
}

async fn what_time_brings_comes_by_itself(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let submission =
        Submission { kind: Some(Kind::Application), period: Some(maru_calendar::Period::Days(60)), ..streetlight() };
    let receipt = submit(&service, &citizen(at("2026-11-02T10:00")), submission).await.receipt;
    let question = submit(&service, &citizen(at("2026-11-02T10:00")), streetlight()).await.receipt;
    work(&service, &ledger, at("2026-11-02T10:01")).await;
    let kinds = async |receipt: &Receipt| {
        let case = service.store().case(receipt).await.unwrap().unwrap();
        case.events.into_iter().map(|event| event.kind).collect::<Vec<_>>()
    };
    let happened =
        async |receipt: &Receipt, kind: &str| kinds(receipt).await.iter().filter(|known| *known == kind).count();
    work(&service, &ledger, at("2026-11-09T08:59")).await;
    assert_eq!(happened(&question, "due-soon-warned").await, 0);
    work(&service, &ledger, at("2026-11-09T09:00")).await;
    assert_eq!(happened(&question, "due-soon-warned").await, 1, "the morning of the working day before");

    service.request_completion(&official("roads", at("2026-11-10T10:00")), &receipt, "도면", 5).await.unwrap();
    work(&service, &ledger, at("2026-11-15T23:59")).await;
    assert_eq!(happened(&receipt, "completion-lapsed").await, 0);
    work(&service, &ledger, at("2026-11-16T00:00")).await;
    assert_eq!(happened(&receipt, "completion-lapsed").await, 1);
    work(&service, &ledger, at("2026-12-02T09:00")).await;
    work(&service, &ledger, at("2027-01-01T09:00")).await;
    assert_eq!(happened(&receipt, "progress-noticed").await, 2, "every thirty days");
    assert_eq!(ledger.dead_jobs(10).await.unwrap(), []);
}

async fn of_two_approvals_at_once_one_holds(deployment: Deployment) {
    let ledger = deployment.ledger().await;
    let service = service_on(ledger.clone(), Settings::default()).await;
    let receipt = submit(&service, &citizen(at("2026-11-02T10:00")), streetlight()).await.receipt;
    work(&service, &ledger, at("2026-11-02T10:01")).await;
    let now = at("2026-11-03T10:00");
    let (one, other) = (official("roads", now), supervisor("roads", now));
    let (first, second) = tokio::join!(
        service.approve(&one, &receipt, request("첫 답변")),
        service.approve(&other, &receipt, request("둘째 답변"))
    );
    let refused_one = match (first, second) {
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => refused(error),
        (first, second) => panic!("{first:?} {second:?}"),
    };
    assert_eq!(refused_one, "wrong-state");
    let case = service.store().case(&receipt).await.unwrap().unwrap();
    assert_eq!(case.events.iter().filter(|event| event.kind == "approved").count(), 1);
}
