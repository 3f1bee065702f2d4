//! Screening as a job: resumed after a restart, compared with the month before, its findings made into proposals.

use std::path::Path;

use axum::http::StatusCode;
use maru_test_database::TestDatabase;
use maru_web::Language;
use maru_welfare::{
    Stop, WelfareService,
    domain::{Status, screening_run::Batch},
    registers::nation,
    screening::Difference,
    store::Wanted,
};

use crate::{
    laboratory::{Standing, ask, families, lease, router, settings},
    support::{code, law, official, open_with, person},
};

const NOW: &str = "2026-03-05T10:00";

fn write(folder: &Path, earned: i64) {
    let mut homes = families(6);
    for home in homes.values_mut().take(2) {
        home.members[0].facts.insert("earned_income".to_owned(), earned.into());
        home.members[1].facts.insert("earned_income".to_owned(), 0.into());
    }
    nation::write(&homes, &law(), folder).unwrap();
}

async fn work(ledger: &maru_ledger::Ledger, service: &WelfareService) {
    let now = official(NOW).now;
    let job = lease(ledger, now).await.expect("a job waits");
    service.handle(&job, &Standing(now), &Stop::default()).await.unwrap();
}

#[tokio::test]
async fn a_screening_runs_as_a_job_and_its_findings_become_proposals() {
    for database in [Some(TestDatabase::sqlite()), TestDatabase::postgres()].into_iter().flatten() {
        let folder = tempfile::tempdir().unwrap();
        let population = folder.path().join("nation");
        write(&population, 0);
        let (ledger, service) = open_with(database.address(), settings(&population, &folder.path().join("work"))).await;
        let who = official(NOW);
        let roads = person("roads", maru_identity::Role::Official, Some("roads"), NOW);
        let march = "2026-03".parse().unwrap();
        assert_eq!(code(&service.request_screening(&roads, march).await.unwrap_err()), "forbidden");
        let id = service.request_screening(&who, march).await.unwrap();
        assert_eq!(code(&service.request_screening(&who, march).await.unwrap_err()), "running");
        assert_eq!(
            code(&service.propose_findings(&who, &id, "child_allowance".to_owned(), 5).await.unwrap_err()),
            "not-done"
        );
        // Told to stop before it began, it is given back and done by the next.
        let job = lease(&ledger, who.now).await.unwrap();
        let stop = Stop::default();
        stop.stop();
        service.handle(&job, &Standing(who.now), &stop).await.unwrap();
        assert!(service.screening(&who, &id).await.unwrap().run.state.is_open());
        work(&ledger, &service).await;
        let summary = service.screening(&who, &id).await.unwrap().run.state.summary.unwrap();
        assert_eq!((summary.households, summary.benefits["child_allowance"].missed), (6, 6));
        // Two families without earnings miss the livelihood benefit too.
        assert_eq!(summary.benefits["livelihood_benefit"].missed, 2);

        service.propose_findings(&who, &id, "child_allowance".to_owned(), 4).await.unwrap();
        work(&ledger, &service).await;
        let batches = |run: &maru_welfare::domain::ScreeningRun| {
            run.batches.iter().filter_map(|batch: &Batch| batch.done).map(|(homes, _)| homes).collect::<Vec<_>>()
        };
        assert_eq!(batches(&service.screening(&who, &id).await.unwrap().run.state), [4]);
        service.propose_findings(&who, &id, "child_allowance".to_owned(), 4).await.unwrap();
        work(&ledger, &service).await;
        let run = service.screening(&who, &id).await.unwrap().run.state;
        assert_eq!(batches(&run), [4, 2], "who has a proposal is passed over");
        let wanted = Wanted { benefit: Some("child_allowance".to_owned()), ..Wanted::default() };
        let found = service.queue(&who, &wanted).await.unwrap();
        assert_eq!(found.len(), 6);
        assert!(found.iter().all(|one| one.state.status == Status::Found));
        assert!(found.iter().all(|one| one.state.finding.as_ref().unwrap().origin == "screening"));
        assert_eq!(service.store().households().await.unwrap(), 6);
        ledger.close().await;
    }
}

#[tokio::test]
async fn the_next_month_names_the_fact_that_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("march"), folder.path().join("april"));
    write(&first, 0);
    write(&second, 9_000_000);
    let work_folder = folder.path().join("work");
    let database = TestDatabase::sqlite();
    let (ledger, service) = open_with(database.address(), settings(&first, &work_folder)).await;
    let march = service.request_screening(&official(NOW), "2026-03".parse().unwrap()).await.unwrap();
    work(&ledger, &service).await;
    ledger.close().await;
    // The registers of the next month stand in another folder.
    let (ledger, service) = open_with(database.address(), settings(&second, &work_folder)).await;
    let april = service.request_screening(&official(NOW), "2026-04".parse().unwrap()).await.unwrap();
    work(&ledger, &service).await;
    let state = service.screening(&official(NOW), &april).await.unwrap().run.state;
    assert_eq!(state.previous.as_deref(), Some(march.as_str()));
    let summary = state.summary.unwrap();
    assert_eq!(summary.compared["livelihood_benefit"].no_longer_due, 2);
    let why = &summary.reasons["livelihood_benefit"][&Difference::NoLongerDue];
    assert_eq!(why.get("earned_income"), Some(&2), "{why:?}");
    for (language, told) in
        [(Language::Korean, "해당 없음: 근로소득 2"), (Language::English, "not due: earned income 2")]
    {
        let at = |who| router(&service, who, language);
        let (status, text, _) = ask(at(official(NOW).principal), "GET", "/welfare/work/screenings", "").await;
        assert!(status == StatusCode::OK && text.contains("<h1"), "{text}");
        let address = format!("/welfare/work/screenings/{april}");
        let (status, text, _) = ask(at(official(NOW).principal), "GET", &address, "").await;
        assert!(status == StatusCode::OK && text.contains(told), "{text}");
        assert_eq!(ask(at(None), "GET", &address, "").await.0, StatusCode::UNAUTHORIZED);
        // The livelihood benefit is missed by a third in March and by nobody in April: nothing rises.
        let (status, text, _) = ask(at(official(NOW).principal), "GET", "/welfare/work/watch", "").await;
        assert!(status == StatusCode::OK && text.contains("100%"), "{text}");
    }
    let wrong =
        ask(router(&service, official(NOW).principal, Language::Korean), "POST", "/welfare/work/screenings", "month=x");
    assert_eq!(wrong.await.0, StatusCode::UNPROCESSABLE_ENTITY);
    ledger.close().await;
}
