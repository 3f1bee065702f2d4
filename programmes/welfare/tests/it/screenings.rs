//! Screening as a job: resumed after a restart, compared with the month before, its findings made into proposals.

use std::path::Path;

use axum::http::StatusCode;
use maru_test_database::TestDatabase;
use maru_web::Language;
use maru_welfare::{
    Stop, WelfareService,
    domain::{Status, screening_run::Batch},
    registers::nation,
    screening::{Difference, Screening, screen},
    store::Wanted,
};

use crate::{
    laboratory::{Standing, ask, families, lease, router, settings},
    support::{code, law, official, open_with, person, supervisor},
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

#[tokio::test]
async fn a_rule_opens_proposals_for_everybody_and_a_statute_needs_none() {
    for database in [Some(TestDatabase::sqlite()), TestDatabase::postgres()].into_iter().flatten() {
        let folder = tempfile::tempdir().unwrap();
        let population = folder.path().join("nation");
        write(&population, 0);
        let (ledger, service) = open_with(database.address(), settings(&population, &folder.path().join("work"))).await;
        let who = official(NOW);
        let roads = person("roads", maru_identity::Role::Official, Some("roads"), NOW);
        let set = |caller: &maru_welfare::Caller, benefit: &str, least| {
            let (service, caller, benefit) = (service.clone(), caller.clone(), benefit.to_owned());
            async move { service.set_proposal_rule(&caller, benefit, least).await }
        };
        assert_eq!(code(&set(&roads, "child_allowance", 0).await.unwrap_err()), "forbidden");
        assert_eq!(code(&set(&who, "nothing", 0).await.unwrap_err()), "unknown-benefit");
        assert_eq!(code(&set(&who, "child_allowance", -1).await.unwrap_err()), "amount");
        // Nobody misses so much of it; a statute makes the livelihood benefit automatic.
        set(&who, "child_allowance", 10_000_000).await.unwrap();
        let article = "국민기초생활 보장법 제99조".to_owned();
        let day = jiff::civil::date(2026, 3, 1);
        service.make_automatic(&supervisor(NOW), "livelihood_benefit", day, None, article).await.unwrap();
        service.request_screening(&who, "2026-03".parse().unwrap()).await.unwrap();
        work(&ledger, &service).await;
        work(&ledger, &service).await;
        work(&ledger, &service).await;
        assert!(lease(&ledger, who.now).await.is_none(), "one job for each benefit");
        let runs = service.screenings(&who).await.unwrap();
        let batches = runs[0].state.batches.iter();
        let opened: Vec<_> =
            batches.map(|batch| (batch.benefit.as_str(), batch.done.map(|(homes, _)| homes), batch.by_rule)).collect();
        assert_eq!(opened, [("livelihood_benefit", Some(2), true), ("child_allowance", Some(0), true)]);
        // With a lower amount the next screening opens the rest; lifted, it opens nothing more.
        set(&who, "child_allowance", 0).await.unwrap();
        service.request_screening(&who, "2026-04".parse().unwrap()).await.unwrap();
        for _ in 0..3 {
            work(&ledger, &service).await;
        }
        let wanted = Wanted { benefit: Some("child_allowance".to_owned()), ..Wanted::default() };
        assert_eq!(service.queue(&who, &wanted).await.unwrap().len(), 6);
        service.lift_proposal_rule(&who, "child_allowance".to_owned()).await.unwrap();
        assert!(service.proposal_rules(&who).await.unwrap().rules.is_empty());
        let page =
            ask(router(&service, who.principal.clone(), Language::Korean), "GET", "/welfare/work/screenings", "");
        let (status, text, _) = page.await;
        assert!(status == StatusCode::OK && text.contains("국민기초생활 보장법 제99조"), "{text}");
        let form = "benefit=rent_support&least=many";
        let address = "/welfare/work/screenings/rules";
        let wrong = ask(router(&service, who.principal.clone(), Language::Korean), "POST", address, form).await;
        assert!(wrong.1.contains("숫자로"), "{}", wrong.1);
        let form = "benefit=rent_support&least=10%2C000";
        let right = ask(router(&service, who.principal.clone(), Language::Korean), "POST", address, form).await;
        assert_eq!(right.0, StatusCode::SEE_OTHER);
        assert_eq!(service.proposal_rules(&who).await.unwrap().rules["rent_support"].least, 10_000);
        ledger.close().await;
    }
}

#[tokio::test]
async fn of_several_facts_those_are_told_that_decided() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("march"), folder.path().join("april"));
    write(&first, 0);
    // Earnings rise, which decides, and a little money comes to the bank, which does not.
    let mut homes = families(6);
    for home in homes.values_mut().take(2) {
        home.members[0].facts.insert("earned_income".to_owned(), 9_000_000.into());
        home.members[1].facts.insert("earned_income".to_owned(), 0.into());
        home.members[0].facts.insert("financial_property".to_owned(), 10_000.into());
    }
    nation::write(&homes, &law(), &second).unwrap();
    let month = |text: &str| text.parse().unwrap();
    let (march, april) = (folder.path().join("out-march"), folder.path().join("out-april"));
    let screened = |population: &Path, output: &Path, month, previous| {
        let screening = Screening { population, output, month, previous, threads: 1 };
        screen(&law(), &screening, |_, _, _| true).unwrap()
    };
    screened(&first, &march, month("2026-03"), None);
    let summary = screened(&second, &april, month("2026-04"), Some(march.as_path()));
    let why = &summary.reasons["livelihood_benefit"][&Difference::NoLongerDue];
    let told: Vec<(&str, u64)> = why.iter().map(|(fact, count)| (fact.as_str(), *count)).collect();
    assert_eq!(told, [("earned_income", 2)], "the money in the bank changed too, and decided nothing");
}
