//! Streams, versions, idempotency, group commit, several servers.

use std::collections::BTreeSet;

use maru_ledger::{
    Append, AppendError, Depth, ExecuteError, ExpectedVersion, Ledger, NewEvent, Personal, StreamId, audit,
};
use serde_json::json;

use crate::support::{Case, CaseCommand, CaseRefusal, Deployment, context, instant, note, open_case, stream};

on_both_databases!(
    a_command_becomes_events_and_state,
    versions_are_checked,
    a_repeated_command_gives_the_same_outcome,
    many_commands_at_once_keep_the_log_gapless,
    two_servers_write_one_log,
    one_that_fails_does_not_harm_the_others,
    what_cannot_be_recorded_is_refused,
    a_ledger_is_the_same_after_it_was_closed,
    another_key_or_name_is_refused,
);

async fn a_command_becomes_events_and_state(deployment: Deployment) {
    let ledger = deployment.open().await;
    assert!(ledger.state::<Case>(&stream(1)).await.unwrap().is_none());
    open_case(&ledger, 1).await;
    let done = ledger.execute::<Case>(&stream(1), CaseCommand::Close, context(5)).await.unwrap();
    assert_eq!((done.version, done.events.len(), done.repeated), (3, 2, false));
    let (state, version) = ledger.state::<Case>(&stream(1)).await.unwrap().unwrap();
    assert_eq!(version, 3);
    assert_eq!(state, done.state);
    assert_eq!(state.name, Some(Personal::new("person-1", "홍길동 1")));
    let events = ledger.events(&stream(1)).await.unwrap();
    assert_eq!(events[1..], done.events);
    assert_eq!(events.iter().map(|event| event.position).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!((events[0].kind.as_str(), events[0].at), ("case-opened", instant(0)));
    assert_eq!(ledger.events_from(1, 1).await.unwrap(), events[1..2]);
    let refused = ledger.execute::<Case>(&stream(1), CaseCommand::Close, context(6)).await.unwrap_err();
    assert!(matches!(refused, ExecuteError::Refused(CaseRefusal::Closed)));
    open_case(&ledger, 2).await;
    let nothing = ledger.execute::<Case>(&stream(2), CaseCommand::Nothing, context(7)).await.unwrap();
    assert!(nothing.events.is_empty() && nothing.version == 1);
    assert_eq!(ledger.job_counts().await.unwrap().waiting, 1, "closing queued a job");
    let other = StreamId::parse("house-1").unwrap();
    ledger.execute::<Case>(&other, CaseCommand::Close, context(6)).await.unwrap_err();
}

fn append(number: u64, expected: ExpectedVersion, text: &str) -> Append {
    Append {
        stream: stream(number),
        expected,
        events: vec![NewEvent { kind: "seen".to_owned(), payload: json!({ "type": "seen", "text": text }) }],
        jobs: Vec::new(),
        context: context(1),
    }
}

async fn versions_are_checked(deployment: Deployment) {
    let ledger = deployment.open().await;
    let first = ledger.append(append(1, ExpectedVersion::Exactly(0), "a")).await.unwrap();
    assert_eq!((first.first_position, first.version), (0, 1));
    let conflict = ledger.append(append(1, ExpectedVersion::Exactly(0), "b")).await.unwrap_err();
    assert_eq!(conflict, AppendError::Conflict { stream: stream(1), expected: 0, actual: 1 });
    ledger.append(append(1, ExpectedVersion::Any, "b")).await.unwrap();
    ledger.append(append(1, ExpectedVersion::Exactly(2), "c")).await.unwrap();
    let nothing = ledger.append(Append { events: Vec::new(), ..append(1, ExpectedVersion::Any, "") }).await;
    assert!(matches!(nothing, Err(AppendError::Nothing { .. })));
}

async fn a_repeated_command_gives_the_same_outcome(deployment: Deployment) {
    let ledger = deployment.open().await;
    let command = |number: u64| CaseCommand::Open {
        title: "여권".to_owned(),
        name: Personal::new(format!("person-{number}"), "홍길동"),
    };
    let once = context(0).idempotent("key-1", "print-1");
    let first = ledger.execute::<Case>(&stream(1), command(1), once.clone()).await.unwrap();
    note(&ledger, 1, "between").await;
    // The client tries again; the server has already chosen a new stream for it.
    let again = ledger.execute::<Case>(&stream(2), command(2), once.clone()).await.unwrap();
    assert!(again.repeated);
    assert_eq!((again.stream, again.version), (stream(1), 1));
    assert_eq!(again.events, first.events);
    assert!(ledger.state::<Case>(&stream(2)).await.unwrap().is_none());
    let other = context(0).idempotent("key-1", "print-2");
    let refused = ledger.execute::<Case>(&stream(3), command(3), other).await.unwrap_err();
    assert!(matches!(refused, ExecuteError::Append(AppendError::KeyReused { .. })), "{refused:?}");
    // At the same moment, in one transaction.
    let attempts: Vec<_> = (10..30)
        .map(|number| {
            let (ledger, once) = (ledger.clone(), context(0).idempotent("key-2", "print"));
            tokio::spawn(async move { ledger.execute::<Case>(&stream(number), command(number), once).await.unwrap() })
        })
        .collect();
    let mut streams = BTreeSet::new();
    let mut repeated = 0;
    for attempt in attempts {
        let done = attempt.await.unwrap();
        repeated += u32::from(done.repeated);
        streams.insert(done.stream.to_string());
    }
    assert_eq!((streams.len(), repeated), (1, 19));
    assert_eq!(ledger.forget_idempotency_keys(instant(1)).await.unwrap(), 2);
}

async fn check_log(ledger: &Ledger, events: u64) {
    let verification = ledger.verify().await.unwrap();
    assert_eq!(verification.findings, []);
    assert_eq!(verification.size, events);
    let handle = tokio::runtime::Handle::current();
    let (asked, key) = (ledger.clone(), ledger.verifier_key());
    let audited = tokio::task::spawn_blocking(move || {
        let mut fetch = |path: &str| match handle.block_on(asked.log_resource(path)) {
            Ok(Some(resource)) => Ok(resource.bytes),
            other => Err(format!("{other:?}")),
        };
        audit(&mut fetch, &key, None, Depth::Everything)
    });
    assert_eq!(audited.await.unwrap().unwrap().checkpoint.size, events);
}

async fn many_commands_at_once_keep_the_log_gapless(deployment: Deployment) {
    let ledger = deployment.open().await;
    for number in 0..10 {
        open_case(&ledger, number).await;
    }
    let tasks: Vec<_> = (0..300_u64)
        .map(|task| {
            let ledger = ledger.clone();
            // Thirty notes on each of ten streams: conflicts are certain, and are decided anew.
            tokio::spawn(async move { note(&ledger, task % 10, &format!("note {task}")).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    for number in 0..10 {
        let (state, version) = ledger.state::<Case>(&stream(number)).await.unwrap().unwrap();
        assert_eq!((version, state.notes.len()), (31, 30));
    }
    check_log(&ledger, 310).await;
}

async fn two_servers_write_one_log(deployment: Deployment) {
    let (first, second) = (deployment.open().await, deployment.open().await);
    let tasks: Vec<_> = (0..200_u64)
        .map(|task| {
            let ledger = if task % 2 == 0 { first.clone() } else { second.clone() };
            tokio::spawn(async move {
                ledger.append(append(task % 7, ExpectedVersion::Any, "x")).await.unwrap().first_position
            })
        })
        .collect();
    let mut positions = BTreeSet::new();
    for task in tasks {
        positions.insert(task.await.unwrap());
    }
    assert_eq!(positions, (0..200).collect());
    check_log(&second, 200).await;
    // What one wrote the other sees at once.
    open_case(&first, 99).await;
    assert_eq!(second.state::<Case>(&stream(99)).await.unwrap().unwrap().1, 1);
}

async fn one_that_fails_does_not_harm_the_others(deployment: Deployment) {
    let ledger = deployment.open().await;
    open_case(&ledger, 1).await;
    let tasks: Vec<_> = (0..60_u64)
        .map(|task| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                let kind = if task % 3 == 0 { "case-noted" } else { "seen" };
                // The projection cannot take the first kind in where the row exists, and panics at the second text.
                let text = if task % 6 == 0 { "panic" } else { "fine" };
                let mut append = append(100 + task, ExpectedVersion::Exactly(0), text);
                append.events[0].kind = kind.to_owned();
                if task % 5 == 0 {
                    append.expected = ExpectedVersion::Exactly(7);
                }
                (task, ledger.append(append).await)
            })
        })
        .collect();
    let mut stored = 0;
    for task in tasks {
        let (task, outcome) = task.await.unwrap();
        match outcome {
            Ok(_) => stored += 1,
            Err(AppendError::Conflict { .. }) => assert_eq!(task % 5, 0),
            Err(AppendError::Projection { projection, .. }) => {
                assert_eq!((projection.as_str(), task % 6), ("cases", 0));
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(stored, 60 - 12 - 8);
    check_log(&ledger, 1 + stored).await;
    let notes = ledger.read(|sql| sql.query("SELECT text FROM notes", &[])).await.unwrap();
    assert!(notes.iter().all(|row| row.text(0).unwrap() == "fine"));
}

async fn what_cannot_be_recorded_is_refused(deployment: Deployment) {
    let ledger = deployment.open().await;
    let with = |kind: &str, payload| {
        let mut append = append(1, ExpectedVersion::Any, "");
        append.events = vec![NewEvent { kind: kind.to_owned(), payload }];
        append
    };
    for wrong in [
        with("", json!({})),
        with("a\nb", json!({})),
        with("list", json!([1])),
        with("long", json!({ "x": "x".repeat(5_000_000) })),
    ] {
        let refused = ledger.append(wrong).await.unwrap_err();
        assert!(matches!(refused, AppendError::Event { .. }), "{refused:?}");
    }
    let forged =
        with("forged", json!({ "name": { "$sealed": { "subject": "person-1", "box": "", "commitment": "" } } }));
    assert!(matches!(ledger.append(forged).await, Err(AppendError::Seal(_))));
    let nul = with("nul", json!({ "text": "a\u{0}b" }));
    ledger.append(nul).await.unwrap();
    assert_eq!(ledger.events(&stream(1)).await.unwrap()[0].payload["text"], "a\u{0}b");
    check_log(&ledger, 1).await;
}

async fn a_ledger_is_the_same_after_it_was_closed(deployment: Deployment) {
    let ledger = deployment.open().await;
    for number in 0..300 {
        ledger.append(append(number, ExpectedVersion::Any, "x")).await.unwrap();
    }
    let before = ledger.checkpoint().await.unwrap();
    ledger.clone().close().await;
    assert!(matches!(ledger.append(append(1, ExpectedVersion::Any, "x")).await, Err(AppendError::Database(_))));
    let ledger = deployment.open().await;
    assert_eq!(ledger.checkpoint().await.unwrap(), before);
    ledger.append(append(1, ExpectedVersion::Exactly(1), "x")).await.unwrap();
    check_log(&ledger, 301).await;
}

async fn another_key_or_name_is_refused(deployment: Deployment) {
    deployment.open().await.close().await;
    let mut config = deployment.config();
    config.origin = "other.example.go.kr/log".to_owned();
    let refused = Ledger::open(config, Vec::new()).await.unwrap_err().to_string();
    assert!(refused.contains("under another name"), "{refused}");
    let mut config = deployment.config();
    config.keys = maru_ledger::LedgerKeys::new([9; 32], [2; 32]);
    Ledger::open(config, Vec::new()).await.unwrap_err();
}
