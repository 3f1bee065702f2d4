//! Reports, confirmations, changes, recommendations to agencies, frozen quarters.

use jiff::{SignedDuration, civil::date};
use maru_holidays::{Announcement, Holidays};
use maru_ledger::{Actor, JobRequest, ManualClock};
use maru_plan::{
    PlanService,
    domain::{
        Basis, Evidence, Quarter, Reading, Report, Status,
        advice::{Given, RECKON_JOB},
        frozen::moved,
    },
};

use crate::support::{Deployment, PLAN, at, code, committee, import_plan, official, postgres, sqlite, stranger};

fn report(quarter: &str, done: &[usize], evidence: bool) -> Report {
    let evidence = evidence
        .then(|| Evidence { title: "결과".to_owned(), address: "https://example.go.kr/1".to_owned() })
        .into_iter()
        .collect();
    Report {
        quarter: quarter.parse().unwrap(),
        summary: "방안을 마련했습니다.".to_owned(),
        done: done.iter().copied().collect(),
        complete: false,
        obstacle: String::new(),
        evidence,
        files: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recommendation_goes_from_not_started_to_confirmed() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        live(deployment).await;
    }
}

async fn live(deployment: Deployment) {
    let service = &deployment.service;
    let number = "1-1".parse().unwrap();
    let status = async |day: &str| service.recommendation(&stranger(day), number).await.unwrap().standing.status;
    assert_eq!(status("2026-06-30T12:00").await, Status::NotStarted);
    assert_eq!(status("2026-07-01T12:00").await, Status::Late, "the quarter has ended");
    let error = service.report(&stranger("2026-06-20T10:00"), number, report("26Q2", &[0], true)).await.unwrap_err();
    assert_eq!(code(&error), "sign-in");
    let error =
        service.report(&official("moe", "2026-06-20T10:00"), number, report("26Q2", &[0], true)).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");
    let msit = official("msit", "2026-06-20T10:00");
    let error = service.report(&msit, number, report("26Q2", &[0], false)).await.unwrap_err();
    assert_eq!(code(&error), "no-evidence");
    let error = service.report(&msit, number, report("26Q3", &[], false)).await.unwrap_err();
    assert_eq!(code(&error), "future-quarter");
    let error = service.report(&msit, number, report("26Q2", &[2], true)).await.unwrap_err();
    assert_eq!(code(&error), "no-such-deadline");
    service.report(&msit, number, report("26Q2", &[0], true)).await.unwrap();
    assert_eq!(status("2026-07-01T12:00").await, Status::OnCourse);
    let error = service.confirm(&committee("2026-07-01T12:00"), number, "보았습니다.".to_owned()).await.unwrap_err();
    assert_eq!(code(&error), "not-reported-done");
    // A body with which co-operation is ordered may report too.
    service.report(&official("motir", "2026-12-01T10:00"), number, report("26Q4", &[0, 1], true)).await.unwrap();
    assert_eq!(status("2027-03-01T12:00").await, Status::DoneReported);
    service.send_back(&committee("2026-12-02T12:00"), number, "증빙이 다릅니다.".to_owned()).await.unwrap();
    assert_eq!(status("2026-12-03T12:00").await, Status::OnCourse, "what an earlier report showed stays");
    assert_eq!(status("2027-01-01T12:00").await, Status::Late, "what the refused report said does not count");
    service.report(&official("msit", "2026-12-10T10:00"), number, report("26Q4", &[0, 1], true)).await.unwrap();
    let error = service.confirm(&official("msit", "2026-12-11T12:00"), number, "스스로".to_owned()).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");
    service.confirm(&committee("2026-12-11T12:00"), number, "결과물을 보았습니다.".to_owned()).await.unwrap();
    assert_eq!(status("2027-03-01T12:00").await, Status::Confirmed);
    let kinds: Vec<String> =
        service.store().history(number).await.unwrap().into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, ["entered", "reported", "reported", "sent-back", "reported", "confirmed"]);
    let week = service.changes_of_week(date(2026, 12, 11), 100).await.unwrap();
    assert_eq!(week.iter().map(|change| change.what.as_str()).collect::<Vec<_>>(), ["confirmed", "reported"]);
    // What is asked for is found however much else happened.
    let year = (at("2026-01-01T00:00"), at("2027-01-01T00:00"));
    let of_tasks = service.store().changes_of_tasks(&[1, 3], year, 1).await.unwrap();
    assert_eq!(of_tasks.iter().map(|one| one.what.as_str()).collect::<Vec<_>>(), ["confirmed"]);
    assert_eq!(service.store().changes_of_tasks(&[2, 11], year, 9).await.unwrap(), []);
    assert_eq!(service.store().changes_called("reported", year.0, year.1).await.unwrap().len(), 3);
    for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
        assert!(rebuilt.is_identical(), "{rebuilt:?}");
    }
}

#[tokio::test]
async fn importing_again_changes_nothing_and_changes_need_a_ground() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let again = import_plan(service, PLAN, "2026-02-25").await;
    assert_eq!((again.entered, again.amended, again.unchanged), (0, 0, 4));
    assert_eq!(service.store().book().await.unwrap().versions.len(), 1);
    // Another quarter is a minor change; another aim is not.
    let later = import_plan(service, &PLAN.replace("’26년 3분기까지", "’26년 4분기까지"), "2026-11").await;
    assert_eq!((later.amended, later.refused.len()), (0, 1), "the text says it, so the text differs too");
    let number = "2-1".parse().unwrap();
    let seen = service.recommendation(&stranger("2026-11-01T10:00"), number).await.unwrap();
    let mut entry = seen.recommendation.entry.unwrap();
    entry.deadlines[0].quarter = "26Q4".parse().unwrap();
    let caller = committee("2026-11-01T10:00");
    service.amend(&caller, entry.clone(), Basis::Arrangement, "국회 일정".to_owned()).await.unwrap();
    entry.text = "다른 일을 한다.".to_owned();
    let error = service.amend(&caller, entry.clone(), Basis::Arrangement, "바꿈".to_owned()).await.unwrap_err();
    assert_eq!(code(&error), "needs-vote");
    let vote = |reference: &str| Basis::Resolution { reference: reference.to_owned() };
    let error = service.amend(&caller, entry.clone(), vote(" "), "바꿈".to_owned()).await.unwrap_err();
    assert_eq!(code(&error), "no-resolution");
    service.amend(&caller, entry, vote("제8차 2호"), "바꿈".to_owned()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_checks_what_was_read_and_that_reading_stands() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let service = &deployment.service;
        let number = "1-1".parse().unwrap();
        let there = committee("2026-03-02T10:00");
        let entry = async || {
            let seen = service.recommendation(&stranger("2026-03-03T10:00"), number).await.unwrap();
            seen.recommendation.entry.unwrap()
        };
        let found = entry().await;
        let as_found = || Reading {
            responsible: found.responsible.clone(),
            cooperating: found.cooperating.clone(),
            deadlines: found.deadlines.clone(),
        };
        let error = service.read_again(&official("msit", "2026-03-02T10:00"), number, as_found(), String::new()).await;
        assert_eq!(code(&error.unwrap_err()), "forbidden");
        service.read_again(&there, number, as_found(), String::new()).await.unwrap();
        assert!(entry().await.checked);
        assert_eq!(service.next_unchecked(number).await.unwrap(), Some("1-2".parse().unwrap()));
        assert_eq!(service.next_unchecked("3-1".parse().unwrap()).await.unwrap(), Some("1-2".parse().unwrap()));

        // What is read otherwise says why; it is no change of the plan.
        service.report(&official("msit", "2026-04-01T10:00"), number, report("26Q1", &[0], true)).await.unwrap();
        let other = Reading { deadlines: found.deadlines[..1].to_vec(), ..as_found() };
        let error = service.read_again(&there, number, other.clone(), String::new()).await.unwrap_err();
        assert_eq!(code(&error), "empty");
        let read = service.read_again(&there, number, other, "두 번째 기한은 이름입니다.".to_owned()).await.unwrap();
        assert_eq!((read.amended, read.moved, read.done.len()), (0, 0, 1), "what was met stays met");
        let kinds: Vec<String> =
            service.store().history(number).await.unwrap().into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, ["entered", "checked", "reported", "reading-corrected"]);
        let told = service.changes_of_week(date(2026, 3, 2), 100).await.unwrap();
        assert_eq!(told.iter().filter(|change| change.what == "checked").count(), 0, "no news");
        assert_eq!(told.iter().filter(|change| change.what == "reading-corrected").count(), 1);

        // The same table read in again brings the program's reading back to nobody.
        let again = import_plan(service, PLAN, "2026-02-25").await;
        assert_eq!((again.entered, again.amended, again.unchanged), (0, 0, 4));
        assert_eq!(entry().await.deadlines.len(), 1);
        assert_eq!(service.compare(0, None).await.unwrap().differing, [], "the version says what a person reads in it");
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

#[tokio::test]
async fn an_agency_reports_within_three_months() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let given = Given {
        body: "mois".to_owned(),
        title: "제도 개선".to_owned(),
        text: "개선할 것".to_owned(),
        meeting: "제8차".to_owned(),
        received: date(2026, 11, 26),
    };
    let error = service.advise(&official("mois", "2026-11-26T10:00"), given.clone()).await.unwrap_err();
    assert_eq!(code(&error), "forbidden");
    let (id, advice) = service.advise(&committee("2026-11-26T10:00"), given).await.unwrap();
    assert_eq!(advice.due, Some(date(2027, 2, 26)), "the day of receipt is not counted");
    let mois = official("mois", "2027-02-20T10:00");
    let error = service.ask_extension(&mois, &id, date(2027, 2, 26), "사유".to_owned()).await.unwrap_err();
    assert_eq!(code(&error), "not-later");
    service.ask_extension(&mois, &id, date(2027, 4, 30), "법령 협의".to_owned()).await.unwrap();
    let advice = service.decide_extension(&committee("2027-02-22T10:00"), &id, true).await.unwrap();
    assert_eq!((advice.due, advice.extensions), (Some(date(2027, 4, 30)), 1));
    let late = official("mois", "2027-05-01T10:00");
    let error = service.ask_extension(&late, &id, date(2027, 6, 30), "사유".to_owned()).await.unwrap_err();
    assert_eq!(code(&error), "period-passed");
    let advice = service.answer_advice(&late, &id, "개선".to_owned(), "실천".to_owned()).await.unwrap();
    assert!(!advice.answer.unwrap().in_time);
}

/// The jobs that are due, done.
async fn work(deployment: &Deployment, now: &str) -> usize {
    let request = JobRequest {
        kinds: PlanService::job_kinds(),
        worker: "test".to_owned(),
        now: at(now),
        hold: SignedDuration::from_secs(30),
        limit: 10,
    };
    let jobs = deployment.ledger.lease_jobs(request).await.unwrap();
    for job in &jobs {
        deployment.service.handle(job, &ManualClock::new(at(now))).await.unwrap();
    }
    jobs.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announced_holiday_moves_the_three_months_with_notice() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let service = &deployment.service;
        let given = |title: &str| Given {
            body: "mois".to_owned(),
            title: title.to_owned(),
            text: "개선할 것".to_owned(),
            meeting: "제8차".to_owned(),
            received: date(2026, 11, 26),
        };
        let there = committee("2026-11-26T10:00");
        let (moves, _) = service.advise(&there, given("움직임")).await.unwrap();
        let (answered, _) = service.advise(&there, given("이미 답함")).await.unwrap();
        let (extended, _) = service.advise(&there, given("연장됨")).await.unwrap();
        let mois = official("mois", "2026-12-01T10:00");
        service.answer_advice(&mois, &answered, "개선".to_owned(), "실천".to_owned()).await.unwrap();
        // A Saturday: it ends on the Monday after it.
        service.ask_extension(&mois, &extended, date(2027, 4, 24), "법령 협의".to_owned()).await.unwrap();
        let granted = service.decide_extension(&there, &extended, true).await.unwrap();
        assert_eq!(granted.due, Some(date(2027, 4, 26)));

        let holidays = Holidays::new(deployment.ledger.clone(), &[RECKON_JOB]).unwrap();
        for (day, now) in [(date(2027, 2, 26), "2027-01-04T10:00"), (date(2027, 4, 26), "2027-01-04T10:01")] {
            let day = Announcement {
                date: day,
                name_ko: "임시공휴일".to_owned(),
                name_en: "Special holiday".to_owned(),
                reference: "국무회의 2027-01-04".to_owned(),
            };
            holidays.announce(Actor::system(), day, at(now)).await.unwrap();
        }
        assert_eq!(work(&deployment, "2027-01-04T10:05").await, 4, "at once, and a minute later");
        let state = async |id: &str| service.store().advice(id).await.unwrap().unwrap().state;
        let postponed = state(&moves).await;
        assert_eq!(
            (postponed.due, postponed.moved_from),
            (Some(date(2027, 3, 2)), Some(date(2027, 2, 26))),
            "1 March is a holiday"
        );
        assert_eq!(state(&extended).await.due, Some(date(2027, 4, 27)));
        assert_eq!(state(&answered).await.moved_from, None, "what was answered stays");
        let told = service.changes_of_week(date(2027, 1, 4), 100).await.unwrap();
        assert_eq!(told.iter().filter(|change| change.what == "advice-due-moved").count(), 2, "each once");

        // What is recommended from now on is counted with it.
        let (_, later) = service.advise(&committee("2027-01-04T11:00"), given("나중")).await.unwrap();
        assert_eq!((later.due, later.moved_from), (Some(date(2027, 3, 2)), None));
        let in_time = service
            .answer_advice(&official("mois", "2027-03-02T17:00"), &moves, "개선".to_owned(), "실천".to_owned())
            .await
            .unwrap();
        assert!(in_time.answer.unwrap().in_time);
        for rebuilt in deployment.ledger.rebuild(None).await.unwrap() {
            assert!(rebuilt.is_identical(), "{rebuilt:?}");
        }
    }
}

#[tokio::test]
async fn a_quarter_is_frozen_once_and_only_after_its_end() {
    let deployment = sqlite().await;
    let service = &deployment.service;
    let quarter: Quarter = "26Q3".parse().unwrap();
    let error = service.freeze(&committee("2026-09-30T10:00"), quarter).await.unwrap_err();
    assert_eq!(code(&error), "future-quarter");
    let book = service.freeze(&committee("2026-10-05T10:00"), quarter).await.unwrap();
    let frozen = &book.frozen[&quarter];
    assert_eq!(frozen[&"2-1".parse().unwrap()], Status::Late);
    assert_eq!(frozen[&"3-1".parse().unwrap()], Status::NotStarted);
    assert_eq!(code(&service.freeze(&committee("2026-10-06T10:00"), quarter).await.unwrap_err()), "exists");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frozen_quarters_stay_and_are_proved_without_the_server() {
    for deployment in [Some(sqlite().await), postgres().await].into_iter().flatten() {
        let service = &deployment.service;
        let (second, third): (Quarter, Quarter) = ("26Q2".parse().unwrap(), "26Q3".parse().unwrap());
        // They stand in the order of quarters, whichever was frozen first.
        service.freeze(&committee("2026-10-05T10:00"), third).await.unwrap();
        service
            .report(&official("msit", "2026-10-06T10:00"), "1-1".parse().unwrap(), report("26Q2", &[0], true))
            .await
            .unwrap();
        service.freeze(&committee("2026-10-07T10:00"), second).await.unwrap();
        let frozen = service.frozen_quarters().await.unwrap();
        assert_eq!(frozen.iter().map(|one| one.quarter).collect::<Vec<_>>(), [second, third]);
        let (read, before) = service.frozen_quarter(third).await.unwrap();
        assert_eq!(read.standing[&"1-1".parse().unwrap()], Status::Late, "a later report does not change it");
        let before = before.unwrap();
        assert_eq!(before.standing[&"1-1".parse().unwrap()], Status::OnCourse);
        assert_eq!(before.at, at("2026-10-07T10:00"));
        let fell: Vec<String> = moved(&before.standing, &read.standing)
            .into_iter()
            .filter(|one| one.fell_behind())
            .map(|one| one.number.to_string())
            .collect();
        assert_eq!(fell, ["1-1", "2-1"]);
        assert_eq!(service.frozen_quarter(second).await.unwrap().1, None);
        assert!(service.frozen_quarter("26Q1".parse().unwrap()).await.is_err());

        let key = deployment.ledger.verifier_key();
        let plan = maru_ledger::verify_stream_proof(&service.proof_of_plan().await.unwrap(), Some(&key)).unwrap();
        let of: Vec<(u64, &str)> = plan.events.iter().map(|event| (event.position, event.kind.as_str())).collect();
        assert!(of.contains(&(read.position, "quarter-frozen")), "{of:?}");
        let document = service.proof_of_recommendation("1-1".parse().unwrap()).await.unwrap();
        let one = maru_ledger::verify_stream_proof(&document, Some(&key)).unwrap();
        assert_eq!(one.events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["entered", "reported"]);
        let changed = document.replacen("entered", "amended", 1);
        assert!(maru_ledger::verify_stream_proof(&changed, Some(&key)).is_err(), "what was changed is not proved");
    }
}
