//! Streams, versions, idempotency, group commit, several servers.

use maru_test_database::on_both_databases;
use std::collections::BTreeSet;

use maru_ledger::{
    Actor, AppendError, CommandContext, ExecuteError, ExpectedVersion, Ledger, NewEvent, NewJob, Personal,
    StreamChange, StreamId,
};
use serde_json::json;

use crate::support::{
    Case, CaseCommand, CaseRefusal, Deployment, append, check_log, context, instant, note, open_case, stream,
};

on_both_databases!(
    a_command_becomes_events_and_state,
    versions_are_checked,
    a_repeated_command_gives_the_same_outcome,
    a_stream_that_is_believed_to_be_new_may_exist,
    many_commands_at_once_keep_the_log_gapless,
    two_servers_write_one_log,
    one_that_fails_does_not_harm_the_others,
    what_cannot_be_recorded_is_refused,
    a_ledger_is_the_same_after_it_was_closed,
    another_key_or_name_is_refused,
    an_idempotency_key_belongs_to_its_actor,
    a_repetition_is_recognised_by_another_server,
    names_that_a_database_would_refuse_harm_nobody,
    an_error_that_is_passed_over_still_counts,
    streams_change_together_or_not_at_all,
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

async fn versions_are_checked(deployment: Deployment) {
    let ledger = deployment.open().await;
    let first = ledger.append(append(1, ExpectedVersion::Exactly(0), "a")).await.unwrap();
    assert_eq!((first.first_position, first.version), (0, 1));
    let conflict = ledger.append(append(1, ExpectedVersion::Exactly(0), "b")).await.unwrap_err();
    assert_eq!(conflict, AppendError::Conflict { stream: stream(1), expected: 0, actual: 1 });
    ledger.append(append(1, ExpectedVersion::Any, "b")).await.unwrap();
    ledger.append(append(1, ExpectedVersion::Exactly(2), "c")).await.unwrap();
    let nothing =
        ledger.append(maru_ledger::Append { events: Vec::new(), ..append(1, ExpectedVersion::Any, "") }).await;
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
    // What a programme puts before the longest key that a caller may choose makes no other key of it, and no error.
    let long = |end: &str| context(0).idempotent(format!("before/{}{end}", "k".repeat(200)), "print");
    assert!(!ledger.execute::<Case>(&stream(5), command(5), long("a")).await.unwrap().repeated);
    assert!(ledger.execute::<Case>(&stream(6), command(6), long("a")).await.unwrap().repeated);
    assert!(!ledger.execute::<Case>(&stream(6), command(6), long("b")).await.unwrap().repeated);
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
    assert_eq!(ledger.forget_idempotency_keys(instant(1)).await.unwrap(), 4);
}

async fn a_stream_that_is_believed_to_be_new_may_exist(deployment: Deployment) {
    let ledger = deployment.open().await;
    let open =
        |title: &str| CaseCommand::Open { title: title.to_owned(), name: Personal::new("person-1", "홍길동") };
    let once = context(0).idempotent("key-1", "print-1");
    let first = ledger.execute_on_new::<Case>(&stream(1), open("여권"), once.clone()).await.unwrap();
    assert_eq!((first.version, first.repeated, first.state.title.as_str()), (1, false, "여권"));
    let again = ledger.execute_on_new::<Case>(&stream(2), open("여권"), once).await.unwrap();
    assert_eq!((again.repeated, again.stream, again.events), (true, stream(1), first.events));
    // What cannot be decided on nothing is decided on what is there.
    let noted = ledger.execute_on_new::<Case>(&stream(1), CaseCommand::Note("a".to_owned()), context(1)).await.unwrap();
    assert_eq!((noted.version, noted.state.notes), (2, vec!["a".to_owned()]));
    ledger.execute::<Case>(&stream(1), CaseCommand::Close, context(2)).await.unwrap();
    // What was decided on nothing conflicts, and is decided anew.
    let refused = ledger.execute_on_new::<Case>(&stream(1), open("전입"), context(3)).await.unwrap_err();
    assert!(matches!(refused, ExecuteError::Refused(CaseRefusal::Closed)), "{refused:?}");
    let other = StreamId::parse("house-1").unwrap();
    ledger.execute_on_new::<Case>(&other, open("집"), context(3)).await.unwrap_err();
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
                append.events[0].kind = String::from(kind);
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
        with("deep", (0..101).fold(json!({}), |inner, _| json!({ "in": inner }))),
    ] {
        let refused = ledger.append(wrong).await.unwrap_err();
        assert!(matches!(refused, AppendError::Event { .. }), "{refused:?}");
    }
    let deep = with("deep", (0..99).fold(json!({}), |inner, _| json!({ "in": inner })));
    ledger.append(deep).await.unwrap();
    assert_eq!(ledger.events(&stream(1)).await.unwrap().len(), 1);
    let forged =
        with("forged", json!({ "name": { "$sealed": { "subject": "person-1", "box": "", "commitment": "" } } }));
    assert!(matches!(ledger.append(forged).await, Err(AppendError::Seal(_))));
    let nul = with("nul", json!({ "text": "a\u{0}b" }));
    ledger.append(nul).await.unwrap();
    assert_eq!(ledger.events(&stream(1)).await.unwrap()[1].payload["text"], "a\u{0}b");
    check_log(&ledger, 2).await;
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
    config.origin = String::from("other.example.go.kr/log");
    let refused = Ledger::open(config, Vec::new()).await.unwrap_err().to_string();
    assert!(refused.contains("under another name"), "{refused}");
    let mut config = deployment.config();
    config.keys = maru_ledger::LedgerKeys::new([9; 32], [2; 32]);
    Ledger::open(config, Vec::new()).await.unwrap_err();
}

async fn an_idempotency_key_belongs_to_its_actor(deployment: Deployment) {
    let ledger = deployment.open().await;
    let by = |actor: &str, number: u64| {
        let mut append = append(number, ExpectedVersion::Exactly(0), "x");
        append.context = CommandContext::new(Actor::new(actor, "citizen"), instant(1)).idempotent("key", "print");
        append
    };
    assert!(!ledger.append(by("account-1", 1)).await.unwrap().repeated);
    assert!(!ledger.append(by("account-2", 2)).await.unwrap().repeated);
    assert_eq!(ledger.append(by("account-2", 3)).await.unwrap().stream, stream(2));
    // What came to nothing is not remembered: the key can be used for the corrected command.
    let mut wrong = by("account-3", 1);
    wrong.context.idempotency_key = Some("again".to_owned());
    let mut right = by("account-3", 4);
    right.context.idempotency_key = Some("again".to_owned());
    assert!(matches!(ledger.append(wrong).await, Err(AppendError::Conflict { .. })));
    assert!(!ledger.append(right).await.unwrap().repeated);
    check_log(&ledger, 3).await;
}

async fn a_repetition_is_recognised_by_another_server(deployment: Deployment) {
    let servers = [deployment.open().await, deployment.open().await];
    let attempts: Vec<_> = (0..40_usize)
        .map(|attempt| {
            let ledger = servers[attempt % 2].clone();
            let mut append = append(attempt as u64, ExpectedVersion::Any, "x");
            append.context = context(1).idempotent(format!("key-{}", attempt % 4), "print");
            tokio::spawn(async move { ledger.append(append).await.unwrap() })
        })
        .collect();
    let mut first = 0;
    for attempt in attempts {
        first += u32::from(!attempt.await.unwrap().repeated);
    }
    assert_eq!(first, 4);
    let [one, other] = servers;
    one.close().await;
    other.close().await;
    let reopened = deployment.open().await;
    let mut again = append(1_000, ExpectedVersion::Any, "x");
    again.context = context(2).idempotent("key-3", "print");
    assert!(reopened.append(again).await.unwrap().repeated);
    check_log(&reopened, 4).await;
}

async fn names_that_a_database_would_refuse_harm_nobody(deployment: Deployment) {
    let ledger = deployment.open().await;
    let long = "k".repeat(5_000);
    let wrong = ["a\0b", long.as_str(), ""].into_iter().flat_map(|name| {
        let mut by_key = append(1, ExpectedVersion::Any, "x");
        by_key.context = context(1).idempotent("key", "print");
        by_key.context.idempotency_key = Some(name.to_owned());
        let mut by_print = append(1, ExpectedVersion::Any, "x");
        by_print.context = context(1).idempotent("key", format!("{name}\n"));
        let mut by_job = append(1, ExpectedVersion::Any, "x");
        by_job.jobs = vec![NewJob::new(name, json!({}))];
        let mut by_job_key = append(1, ExpectedVersion::Any, "x");
        by_job_key.jobs = vec![NewJob::new("remind", json!({})).keyed(name)];
        [by_key, by_print, by_job, by_job_key]
    });
    let mut attempts = Vec::new();
    for (number, wrong) in (10..).zip(wrong) {
        let (ledger, right) = (ledger.clone(), append(number, ExpectedVersion::Exactly(0), "x"));
        attempts.push(tokio::spawn(async move { tokio::join!(ledger.append(wrong), ledger.append(right)) }));
    }
    let count = attempts.len() as u64;
    for attempt in attempts {
        let (wrong, right) = attempt.await.unwrap();
        assert!(matches!(wrong, Err(AppendError::Event { .. })), "{wrong:?}");
        right.unwrap();
    }
    check_log(&ledger, count).await;
}

async fn an_error_that_is_passed_over_still_counts(deployment: Deployment) {
    let ledger = deployment.open().await;
    ledger.define("test", &["CREATE TABLE words (word TEXT PRIMARY KEY)"]).await.unwrap();
    let insert = "INSERT INTO words (word) VALUES ($1)";
    let careless = ledger.write(move |sql| {
        sql.execute(insert, &["a".into()])?;
        // On PostgreSQL the transaction is lost here, whatever the work makes of it.
        let _ = sql.execute(insert, &["a".into()]);
        Ok("done")
    });
    careless.await.unwrap_err();
    let appends = (0..20).map(|number| {
        let ledger = ledger.clone();
        tokio::spawn(async move {
            let careless = ledger.write(move |sql| {
                let _ = sql.query("SELECT nothing FROM nowhere", &[]);
                Ok(())
            });
            tokio::join!(careless, ledger.append(append(number, ExpectedVersion::Exactly(0), "x")))
        })
    });
    for attempt in appends.collect::<Vec<_>>() {
        let (careless, appended) = attempt.await.unwrap();
        careless.unwrap_err();
        appended.unwrap();
    }
    assert!(ledger.read(|sql| sql.query("SELECT word FROM words", &[])).await.unwrap().is_empty());
    check_log(&ledger, 20).await;
}

async fn streams_change_together_or_not_at_all(deployment: Deployment) {
    let ledger = deployment.open().await;
    let opened = |number: u64, version: u64| {
        let name = Personal::new(format!("person-{number}"), "홍길동");
        let command = CaseCommand::Open { title: "여권".to_owned(), name };
        StreamChange::decide(stream(number), (&mut Case::default(), version), command, instant(0)).unwrap().unwrap()
    };
    let once = || context(0).idempotent("key-1", "print-1");
    let done = ledger.append_together(vec![opened(1, 0), opened(2, 0)], once()).await.unwrap();
    assert_eq!(done.iter().map(|one| (one.first_position, one.version)).collect::<Vec<_>>(), [(0, 1), (1, 1)]);
    let again = ledger.append_together(vec![opened(1, 0), opened(2, 0)], once()).await.unwrap();
    assert_eq!((again.len(), again[0].repeated, again[0].first_position), (1, true, 0));
    // The second of them was changed by somebody else: the first does not happen either, whoever comes at the same moment.
    let both = tokio::join!(
        ledger.append_together(vec![opened(3, 0), opened(2, 0)], context(1)),
        ledger.append_together(vec![opened(4, 0), opened(5, 0), opened(6, 0)], context(1)),
    );
    assert_eq!(both.0.unwrap_err(), AppendError::Conflict { stream: stream(2), expected: 0, actual: 1 });
    assert_eq!(both.1.unwrap().len(), 3);
    assert!(ledger.state::<Case>(&stream(3)).await.unwrap().is_none());
    let twice = ledger.append_together(vec![opened(7, 0), opened(7, 0)], context(2)).await;
    assert!(matches!(twice, Err(AppendError::Database(_))));
    assert!(ledger.append_together(Vec::new(), context(2)).await.unwrap().is_empty());
    let (mut known, version) = ledger.state::<Case>(&stream(1)).await.unwrap().unwrap();
    let nothing = StreamChange::decide(stream(1), (&mut known, version), CaseCommand::Nothing, instant(0));
    assert!(nothing.unwrap().is_none());
    check_log(&ledger, 5).await;
}
