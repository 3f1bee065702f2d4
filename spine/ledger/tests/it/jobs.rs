//! Jobs and leases.

use maru_test_database::on_both_databases;
use std::collections::BTreeMap;

use jiff::SignedDuration;
use maru_ledger::{Append, AppendError, ExpectedVersion, JobError, JobRequest, JobState, LeasedJob, Ledger, NewJob};
use serde_json::json;

use crate::support::{Deployment, append, check_log, context, instant};

on_both_databases!(
    a_leased_job_is_nobody_elses,
    a_failed_job_comes_back_later_until_it_is_put_aside,
    a_worker_that_disappears_loses_the_job,
    a_keyed_job_takes_the_place_of_waiting_ones,
    a_job_is_completed_together_with_its_events,
    each_job_is_done_by_one_of_several_workers,
    what_is_not_recorded_queues_nothing,
    a_role_has_one_holder,
);

async fn queue(ledger: &Ledger, number: u64, jobs: Vec<NewJob>) {
    ledger.append(Append { jobs, ..append(number, ExpectedVersion::Any, "x") }).await.unwrap();
}

fn request(worker: &str, second: i64) -> JobRequest {
    JobRequest {
        kinds: vec!["notify".to_owned(), "remind".to_owned()],
        worker: worker.to_owned(),
        now: instant(second),
        hold: SignedDuration::from_secs(60),
        limit: 10,
    }
}

async fn lease(ledger: &Ledger, worker: &str, second: i64) -> Vec<LeasedJob> {
    ledger.lease_jobs(request(worker, second)).await.unwrap()
}

async fn a_leased_job_is_nobody_elses(deployment: Deployment) {
    let ledger = deployment.open().await;
    let job = NewJob::new("notify", json!({ "to": "case-1" }));
    let others = NewJob::new("print", json!({}));
    queue(&ledger, 1, vec![job, others, NewJob::new("remind", json!({})).at(instant(500))]).await;
    let mine = lease(&ledger, "a", 10).await;
    assert_eq!(mine.len(), 1, "one is of another kind, one is not due");
    assert_eq!((mine[0].kind.as_str(), mine[0].attempt, mine[0].until), ("notify", 1, instant(70)));
    assert_eq!(mine[0].payload, json!({ "to": "case-1" }));
    assert!(lease(&ledger, "b", 69).await.is_empty());
    let renewed = ledger.renew_job(&mine[0], instant(200)).await.unwrap();
    assert!(lease(&ledger, "b", 199).await.is_empty());
    let theirs = lease(&ledger, "b", 201).await;
    assert_eq!((theirs[0].id, theirs[0].attempt), (mine[0].id, 2));
    assert!(theirs[0].fence > renewed.fence);
    let lost = JobError::LeaseLost { id: mine[0].id };
    assert_eq!(ledger.complete_job(&renewed).await.unwrap_err(), lost);
    assert_eq!(ledger.renew_job(&renewed, instant(900)).await.unwrap_err(), lost);
    assert_eq!(ledger.fail_job(&renewed, "late", instant(202)).await.unwrap_err(), lost);
    ledger.complete_job(&theirs[0]).await.unwrap();
    assert_eq!(ledger.complete_job(&theirs[0]).await.unwrap_err(), lost);
    let counts = ledger.job_counts().await.unwrap();
    assert_eq!((counts.waiting, counts.leased, counts.dead), (2, 0, 0));
    let none = JobRequest { kinds: Vec::new(), ..request("a", 900) };
    assert!(ledger.lease_jobs(none).await.unwrap().is_empty());
}

async fn a_failed_job_comes_back_later_until_it_is_put_aside(deployment: Deployment) {
    let ledger = deployment.open().await;
    let job = NewJob { max_attempts: 3, ..NewJob::new("notify", json!({})) };
    queue(&ledger, 1, vec![job]).await;
    let mut second = 10;
    for (attempt, wait) in [(1, 10), (2, 20)] {
        let leased = lease(&ledger, "a", second).await.remove(0);
        assert_eq!(leased.attempt, attempt);
        ledger.fail_job(&leased, "the mail server is away", instant(second)).await.unwrap();
        let waiting = ledger.jobs_in(JobState::Waiting, 10).await.unwrap().remove(0);
        assert_eq!(waiting.last_error.as_deref(), Some("the mail server is away"));
        let due = waiting.run_at.as_second() - instant(second).as_second();
        assert!((wait..=wait + wait / 4 + 1).contains(&due), "attempt {attempt}: {due} s");
        assert!(lease(&ledger, "a", second + due - 1).await.is_empty());
        second += due + 1;
    }
    let last = lease(&ledger, "a", second).await.remove(0);
    ledger.fail_job(&last, &"가".repeat(5_000), instant(second)).await.unwrap();
    assert!(lease(&ledger, "a", second + 100_000).await.is_empty());
    let dead = ledger.dead_jobs(10).await.unwrap().remove(0);
    assert_eq!((dead.id, dead.attempts, dead.state), (last.id, 3, JobState::Dead));
    assert_eq!(dead.last_error.unwrap().chars().count(), 2_000);
    ledger.revive_job(dead.id, instant(second)).await.unwrap();
    assert_eq!(ledger.revive_job(dead.id, instant(second)).await.unwrap_err(), JobError::NotDead { id: dead.id });
    assert_eq!(ledger.discard_job(dead.id).await.unwrap_err(), JobError::NotDead { id: dead.id });
    let revived = lease(&ledger, "a", second).await.remove(0);
    assert_eq!((revived.id, revived.attempt), (dead.id, 1));
    for next in 0..3 {
        let job = if next == 0 { revived.clone() } else { lease(&ledger, "a", second + 100 * next).await.remove(0) };
        ledger.fail_job(&job, "again", instant(second + 100 * next)).await.unwrap();
    }
    ledger.discard_job(dead.id).await.unwrap();
    assert_eq!(ledger.job_counts().await.unwrap(), maru_ledger::JobCounts::default());
}

async fn a_worker_that_disappears_loses_the_job(deployment: Deployment) {
    let ledger = deployment.open().await;
    queue(&ledger, 1, vec![NewJob { max_attempts: 2, ..NewJob::new("notify", json!({})) }]).await;
    assert_eq!(lease(&ledger, "a", 10).await[0].attempt, 1);
    assert_eq!(lease(&ledger, "b", 80).await[0].attempt, 2);
    assert!(lease(&ledger, "c", 150).await.is_empty());
    let dead = ledger.dead_jobs(10).await.unwrap();
    assert_eq!(dead[0].last_error.as_deref(), Some("the worker disappeared in the last attempt"));
}

async fn a_keyed_job_takes_the_place_of_waiting_ones(deployment: Deployment) {
    let ledger = deployment.open().await;
    let reminder = |at: i64| NewJob::new("remind", json!({ "at": at })).at(instant(at)).keyed("case-1/due");
    let other = NewJob::new("remind", json!({})).at(instant(100)).keyed("case-2/due");
    queue(&ledger, 1, vec![reminder(100), other]).await;
    queue(&ledger, 1, vec![reminder(300), reminder(200)]).await;
    let waiting = ledger.jobs_in(JobState::Waiting, 10).await.unwrap();
    assert_eq!(waiting.iter().map(|job| job.run_at).collect::<Vec<_>>(), [instant(100), instant(200)]);
    // One that a worker has is not replaced.
    let leased = lease(&ledger, "a", 250).await;
    assert_eq!(leased.len(), 2);
    queue(&ledger, 1, vec![reminder(400)]).await;
    for job in &leased {
        ledger.complete_job(job).await.unwrap();
    }
    assert_eq!(ledger.jobs_in(JobState::Waiting, 10).await.unwrap()[0].run_at, instant(400));
    // At the same moment, in one transaction: one stays.
    let queued = (0..50).map(|number| {
        let (ledger, jobs) = (ledger.clone(), vec![reminder(1_000 + number), NewJob::new("notify", json!({}))]);
        tokio::spawn(async move { queue(&ledger, 7, jobs).await })
    });
    for queued in queued.collect::<Vec<_>>() {
        queued.await.unwrap();
    }
    assert_eq!(ledger.job_counts().await.unwrap().waiting, 51);
}

async fn a_job_is_completed_together_with_its_events(deployment: Deployment) {
    let ledger = deployment.open().await;
    queue(&ledger, 1, vec![NewJob::new("notify", json!({})), NewJob::new("remind", json!({}))]).await;
    let leased = lease(&ledger, "a", 10).await;
    let completing = |job: &LeasedJob, expected| Append {
        context: context(20).completing(job.clone()),
        ..append(2, expected, "done")
    };
    // The events cannot be recorded: the job stays.
    let conflict = ledger.append(completing(&leased[0], ExpectedVersion::Exactly(9))).await;
    assert!(matches!(conflict, Err(AppendError::Conflict { .. })));
    ledger.append(completing(&leased[0], ExpectedVersion::Exactly(0))).await.unwrap();
    let again = ledger.append(completing(&leased[0], ExpectedVersion::Any)).await.unwrap_err();
    assert_eq!(again, AppendError::LeaseLost { id: leased[0].id });
    // The lease ended and another has it: nothing is recorded.
    let theirs = lease(&ledger, "b", 100).await;
    let late = ledger.append(completing(&leased[1], ExpectedVersion::Any)).await.unwrap_err();
    assert_eq!(late, AppendError::LeaseLost { id: leased[1].id });
    // A job may also come to nothing.
    let nothing = Append { events: Vec::new(), ..completing(&theirs[0], ExpectedVersion::Any) };
    assert_eq!(ledger.append(nothing).await.unwrap().count, 0);
    assert_eq!(ledger.job_counts().await.unwrap(), maru_ledger::JobCounts::default());
    check_log(&ledger, 2).await;
}

async fn each_job_is_done_by_one_of_several_workers(deployment: Deployment) {
    let servers = [deployment.open().await, deployment.open().await];
    for number in 0..10 {
        queue(&servers[0], number, vec![NewJob::new("notify", json!({})); 12]).await;
    }
    let workers: Vec<_> = (0..8_usize)
        .map(|worker| {
            let ledger = servers[worker % 2].clone();
            tokio::spawn(async move {
                let mut done = Vec::new();
                loop {
                    let some = JobRequest { limit: 3, ..request(&format!("worker-{worker}"), 10) };
                    let leased = ledger.lease_jobs(some).await.unwrap();
                    if leased.is_empty() {
                        return done;
                    }
                    for job in leased {
                        ledger.complete_job(&job).await.unwrap();
                        done.push(job.id);
                    }
                }
            })
        })
        .collect();
    let mut times = BTreeMap::new();
    for worker in workers {
        for id in worker.await.unwrap() {
            *times.entry(id).or_insert(0) += 1;
        }
    }
    assert_eq!(times.len(), 120);
    assert!(times.values().all(|times| *times == 1), "{times:?}");
}

async fn what_is_not_recorded_queues_nothing(deployment: Deployment) {
    let ledger = deployment.open().await;
    let refused =
        Append { jobs: vec![NewJob::new("notify", json!({}))], ..append(1, ExpectedVersion::Exactly(5), "x") };
    ledger.append(refused).await.unwrap_err();
    assert_eq!(ledger.job_counts().await.unwrap().waiting, 0);
}

async fn a_role_has_one_holder(deployment: Deployment) {
    let servers = [deployment.open().await, deployment.open().await];
    let hold = SignedDuration::from_secs(30);
    let first = servers[0].acquire_lease("timers", "a", instant(0), hold).await.unwrap().unwrap();
    assert_eq!((first.term, first.until), (1, instant(30)));
    assert_eq!(servers[1].acquire_lease("timers", "b", instant(29), hold).await.unwrap(), None);
    let renewed = servers[0].acquire_lease("timers", "a", instant(20), hold).await.unwrap().unwrap();
    assert_eq!((renewed.term, renewed.until), (1, instant(50)));
    let second = servers[1].acquire_lease("timers", "b", instant(51), hold).await.unwrap().unwrap();
    assert_eq!(second.term, 2);
    // Who lost the role cannot give it back for the other.
    servers[0].release_lease(&renewed).await.unwrap();
    assert_eq!(servers[0].acquire_lease("timers", "a", instant(60), hold).await.unwrap(), None);
    servers[1].release_lease(&second).await.unwrap();
    assert_eq!(servers[0].acquire_lease("timers", "a", instant(60), hold).await.unwrap().unwrap().term, 3);
    assert!(servers[1].acquire_lease("mail", "b", instant(60), hold).await.unwrap().is_some());
}
