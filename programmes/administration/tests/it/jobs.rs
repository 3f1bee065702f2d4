//! What failed too often waits for a person, and who decided is on record.

use jiff::SignedDuration;
use maru_ledger::{Actor, Append, CommandContext, ExpectedVersion, JobRequest, NewEvent, NewJob, StreamId};
use maru_test_database::{TestDatabase, on_both_databases};
use maru_web::ServiceError;
use serde_json::json;

use crate::support::{Deployment, at, caller, open};

on_both_databases!(a_job_that_was_put_aside_is_tried_again_or_given_up);

/// Queues a job that may fail once, and fails it.
async fn put_aside(deployment: &Deployment, kind: &str, second: i64) {
    let job = NewJob { max_attempts: 1, ..NewJob::new(kind, json!({ "receipt": "2026-7KQ4-M2XD" })) };
    let append = Append {
        stream: StreamId::new("test", kind).unwrap(),
        expected: ExpectedVersion::Any,
        events: vec![NewEvent { kind: "queued".into(), payload: json!({}) }],
        jobs: vec![job],
        context: CommandContext::new(Actor::system(), at(second)),
    };
    deployment.ledger.append(append).await.unwrap();
    let request = JobRequest {
        kinds: vec![kind.to_owned()],
        worker: "test".into(),
        now: at(second),
        hold: SignedDuration::from_secs(60),
        limit: 1,
    };
    let leased = deployment.ledger.lease_jobs(request).await.unwrap();
    deployment.ledger.fail_job(&leased[0], "the mail gateway is away", at(second)).await.unwrap();
}

async fn a_job_that_was_put_aside_is_tried_again_or_given_up(database: TestDatabase) {
    let deployment = open(database).await;
    put_aside(&deployment, "serve", 1).await;
    put_aside(&deployment, "reckon", 2).await;
    let service = &deployment.service;
    let administrator = caller("seo-jiho", 10);
    let work = service.work(&administrator).await.unwrap();
    assert_eq!((work.counts.dead, work.put_aside.len()), (2, 2));
    let [serve, reckon] = &work.put_aside[..] else { panic!("{work:?}") };
    assert_eq!(serve.last_error.as_deref(), Some("the mail gateway is away"));
    for account in ["gil-dong", "oh-minjae", "han-seoyun", "bae-taemin"] {
        assert!(matches!(service.try_again(&caller(account, 10), serve.id).await, Err(ServiceError::Forbidden(_))));
        assert!(matches!(service.give_up(&caller(account, 10), serve.id).await, Err(ServiceError::Forbidden(_))));
    }
    service.try_again(&administrator, serve.id).await.unwrap();
    service.give_up(&administrator, reckon.id).await.unwrap();
    assert!(matches!(service.give_up(&administrator, reckon.id).await, Err(ServiceError::NotFound)));
    let work = service.work(&administrator).await.unwrap();
    assert_eq!((work.counts.dead, work.counts.waiting), (0, 1));
    let decided = deployment.ledger.events(&StreamId::new("system", "jobs").unwrap()).await.unwrap();
    let decided: Vec<(&str, &str)> =
        decided.iter().map(|event| (event.kind.as_str(), event.payload["job_kind"].as_str().unwrap())).collect();
    assert_eq!(decided, [("job-revived", "serve"), ("job-discarded", "reckon")]);
}
