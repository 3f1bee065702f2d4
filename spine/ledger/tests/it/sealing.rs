//! Personal facts: sealed at rest, gone when the person is erased.

use maru_test_database::on_both_databases;
use std::{sync::Arc, time::Duration};

use maru_ledger::{
    AppendError, ExpectedVersion, Ledger, LedgerKeys, NewEvent, Personal, SealError, Value, verify_stream_proof,
};
use serde_json::json;

use crate::support::{Case, Cases, Deployment, append, check_log, context, instant, note, official, open_case, stream};

on_both_databases!(
    personal_facts_stand_nowhere_in_the_clear,
    an_erased_person_is_gone_everywhere,
    the_master_key_is_turned_over,
    another_master_key_is_refused,
    a_sealed_value_that_was_changed_is_noticed,
    one_damaged_key_harms_nobody_else,
    facts_beside_events_are_sealed_alike,
);

const TABLES: [&str; 9] =
    ["events", "streams", "jobs", "idempotency", "subject_keys", "cases", "notes", "tiles", "log_head"];

async fn all_bytes(ledger: &Ledger, deployment: &Deployment) -> Vec<u8> {
    let rows = ledger.read(|sql| {
        let mut all = Vec::new();
        for table in TABLES {
            for row in sql.query(&format!("SELECT * FROM {table}"), &[])? {
                for value in row.into_values() {
                    match value {
                        Value::Text(text) => all.extend_from_slice(text.as_bytes()),
                        Value::Bytes(bytes) => all.extend_from_slice(&bytes),
                        Value::Integer(_) | Value::Null => {}
                    }
                    all.push(0);
                }
            }
        }
        Ok(all)
    });
    let mut all = rows.await.unwrap();
    if let Some(path) = deployment.path() {
        for file in [path.clone(), path.with_extension("db-wal")] {
            all.extend(std::fs::read(file).unwrap_or_default());
        }
    }
    all
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

async fn sealed_name(ledger: &Ledger, number: u64) -> String {
    let statement = "SELECT name FROM cases WHERE stream = $1";
    let parameter = [stream(number).as_str().into()];
    ledger.read(move |sql| sql.query(statement, &parameter)).await.unwrap()[0].text(0).unwrap()
}

async fn personal_facts_stand_nowhere_in_the_clear(deployment: Deployment) {
    let ledger = deployment.open().await;
    open_case(&ledger, 1).await;
    let all = all_bytes(&ledger, &deployment).await;
    assert!(contains(&all, "여권 1".as_bytes()), "the title is not personal");
    assert!(!contains(&all, "홍길동".as_bytes()));
    let file = tempfile::NamedTempFile::new().unwrap();
    ledger.backup(file.reopen().unwrap()).await.unwrap();
    let backup = zstd::decode_all(file.reopen().unwrap()).unwrap();
    assert!(contains(&backup, "여권 1".as_bytes()) && !contains(&backup, "홍길동".as_bytes()));
    let sealed = sealed_name(&ledger, 1).await;
    assert_eq!(ledger.unseal(&sealed).unwrap(), Personal::new("person-1", "홍길동 1"));
    assert!(!format!("{:?}", ledger.events(&stream(1)).await.unwrap()[0].actor).contains("홍길동"));
}

async fn an_erased_person_is_gone_everywhere(deployment: Deployment) {
    let (ledger, other) = (deployment.open().await, deployment.open().await);
    open_case(&ledger, 1).await;
    open_case(&ledger, 2).await;
    let sealed = sealed_name(&ledger, 1).await;
    assert_eq!(other.unseal(&sealed).unwrap().value.as_deref(), Some("홍길동 1"));
    let statement = "SELECT wrapped FROM subject_keys WHERE subject = 'person-1'";
    let wrapped = ledger.read(move |sql| sql.query(statement, &[])).await.unwrap()[0].bytes(0).unwrap();
    let paper = ledger.stream_proof(&stream(1), &["person-1".to_owned()]).await.unwrap().unwrap();
    assert!(ledger.erase_subject("person-1", official(), instant(5)).await.unwrap());
    assert!(!ledger.erase_subject("person-1", official(), instant(6)).await.unwrap(), "there is nothing left");
    assert!(ledger.unseal(&sealed).unwrap().is_erased());
    assert!(!contains(&all_bytes(&ledger, &deployment).await, &wrapped), "the key is overwritten");
    let (state, _) = ledger.state::<Case>(&stream(1)).await.unwrap().unwrap();
    assert_eq!(state.name, Some(Personal { subject: "person-1".to_owned(), value: None }));
    assert_eq!(ledger.state::<Case>(&stream(2)).await.unwrap().unwrap().0.name.unwrap().value_or(""), "홍길동 2");
    let proof = ledger.stream_proof(&stream(1), &["person-1".to_owned()]).await.unwrap().unwrap();
    assert!(!proof.contains("홍길동"));
    for document in [&paper, &proof] {
        verify_stream_proof(document, Some(&ledger.verifier_key())).unwrap();
    }
    assert!(ledger.rebuild(None).await.unwrap()[0].is_identical());
    check_log(&ledger, 3).await;
    // Nothing more can be said about them, also if they never had a key.
    assert!(ledger.erase_subject("person-never-seen", official(), instant(7)).await.unwrap());
    for subject in ["person-1", "person-never-seen"] {
        let mut about = append(7, ExpectedVersion::Any, "x");
        about.events[0].payload = json!({ "name": Personal::new(subject, "다시") });
        let refused = ledger.append(about).await.unwrap_err();
        assert_eq!(refused, AppendError::Seal(SealError::Erased { subject: subject.to_owned() }));
        let refused = ledger.seal(&Personal::new(subject, "다시"), instant(8)).await.unwrap_err();
        assert_eq!(refused, SealError::Erased { subject: subject.to_owned() });
    }
    // The case itself goes on.
    note(&ledger, 1, "after").await;
    // Another server hears of it within two seconds.
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert!(other.unseal(&sealed).unwrap().is_erased());
}

async fn the_master_key_is_turned_over(deployment: Deployment) {
    let ledger = deployment.open().await;
    for number in 0..30 {
        open_case(&ledger, number).await;
    }
    ledger.erase_subject("person-3", official(), instant(1)).await.unwrap();
    ledger.close().await;
    let mut config = deployment.config();
    config.keys = config.keys.with_new_master([7; 32]);
    let turning = Ledger::open(config, vec![Arc::new(Cases)]).await.unwrap();
    open_case(&turning, 100).await;
    assert_eq!(turning.rewrap_subject_keys().await.unwrap(), 29);
    assert_eq!(turning.rewrap_subject_keys().await.unwrap(), 0);
    turning.close().await;
    let mut config = deployment.config();
    config.keys = LedgerKeys::new([1; 32], [7; 32]);
    let after = Ledger::open(config, vec![Arc::new(Cases)]).await.unwrap();
    for number in (0..30).chain([100]) {
        let name = after.state::<Case>(&stream(number)).await.unwrap().unwrap().0.name.unwrap();
        assert_eq!(name.value.is_none(), number == 3);
        assert_eq!(after.unseal(&sealed_name(&after, number).await).unwrap(), name);
    }
    check_log(&after, 32).await;
    after.close().await;
    let former = Ledger::open(deployment.config(), vec![Arc::new(Cases)]).await.unwrap_err().to_string();
    assert!(former.contains("which is not configured"), "{former}");
}

async fn another_master_key_is_refused(deployment: Deployment) {
    let ledger = deployment.open().await;
    open_case(&ledger, 1).await;
    ledger.close().await;
    let mut config = deployment.config();
    config.keys = LedgerKeys::new([1; 32], [3; 32]);
    let refused = Ledger::open(config, vec![Arc::new(Cases)]).await.unwrap_err().to_string();
    assert!(refused.contains("add it as a previous master key"), "{refused}");
}

async fn a_sealed_value_that_was_changed_is_noticed(deployment: Deployment) {
    let ledger = deployment.open().await;
    open_case(&ledger, 1).await;
    open_case(&ledger, 2).await;
    let sealed = sealed_name(&ledger, 1).await;
    for index in 0..sealed.len() {
        let mut changed = sealed.clone().into_bytes();
        changed[index] ^= 1;
        let changed = String::from_utf8(changed).unwrap();
        assert!(ledger.unseal(&changed).is_err(), "byte {index} of {sealed}");
    }
    let moved = sealed.replace("person-1", "person-2");
    assert!(matches!(ledger.unseal(&moved), Err(SealError::Damaged { .. })));
    let unknown = sealed.replace("person-1", "person-9");
    assert_eq!(ledger.unseal(&unknown), Err(SealError::KeyMissing { subject: "person-9".to_owned() }));
    for nonsense in ["", "{}", "[]", "{\"$sealed\": 3}", "\u{0}"] {
        assert!(ledger.unseal(nonsense).is_err(), "{nonsense}");
    }
}

async fn one_damaged_key_harms_nobody_else(deployment: Deployment) {
    let ledger = deployment.open().await;
    open_case(&ledger, 1).await;
    open_case(&ledger, 2).await;
    let damage = "UPDATE subject_keys SET wrapped = (SELECT wrapped FROM subject_keys WHERE subject = 'person-2') \
                  WHERE subject = 'person-1'";
    deployment.tamper(damage);
    let about = |number: u64, subject: &str| {
        let mut append = append(number, ExpectedVersion::Exactly(0), "x");
        let payload = json!({ "name": Personal::new(subject, "홍길동") });
        append.events = vec![NewEvent { kind: "seen".to_owned(), payload }];
        append
    };
    let attempts = (0..20).map(|number| {
        let (ledger, append) =
            (ledger.clone(), about(100 + number, if number % 2 == 0 { "person-1" } else { "person-2" }));
        tokio::spawn(async move { (number, ledger.append(append).await) })
    });
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            (number, Err(AppendError::Seal(SealError::Damaged { .. }))) => assert_eq!(number % 2, 0),
            (number, Ok(_)) => assert_eq!(number % 2, 1),
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(ledger.state::<Case>(&stream(1)).await, Err(maru_ledger::LedgerError::Seal(_))));
    ledger.state::<Case>(&stream(2)).await.unwrap();
    check_log(&ledger, 12).await;
}

async fn facts_beside_events_are_sealed_alike(deployment: Deployment) {
    let ledger = deployment.open().await;
    let telephone = Personal::new("person-1", "010-1234-5678");
    let sealed = ledger.seal(&telephone, instant(0)).await.unwrap();
    assert!(!sealed.contains("5678"));
    assert_eq!(ledger.unseal(&sealed).unwrap(), telephone);
    // The same key as for the events of the same person, made at the same moment.
    let attempts = (10..40).map(|number| {
        let ledger = ledger.clone();
        tokio::spawn(async move {
            let personal = Personal::new(format!("person-{}", number / 2), "홍길동");
            let mut about = append(number, ExpectedVersion::Any, "x");
            about.events[0].payload = json!({ "name": personal.clone() });
            about.context = context(1);
            let (sealed, appended) = tokio::join!(ledger.seal(&personal, instant(1)), ledger.append(about));
            appended.unwrap();
            assert_eq!(ledger.unseal(&sealed.unwrap()).unwrap(), personal);
        })
    });
    for attempt in attempts.collect::<Vec<_>>() {
        attempt.await.unwrap();
    }
    for wrong in ["", "a\nb", &"p".repeat(201)] {
        assert_eq!(ledger.seal(&Personal::new(wrong, "x"), instant(1)).await, Err(SealError::Subject));
        let mut about = append(1, ExpectedVersion::Any, "x");
        about.events[0].payload = json!({ "name": Personal::new(wrong, "x") });
        assert_eq!(ledger.append(about).await.unwrap_err(), AppendError::Seal(SealError::Subject));
    }
    ledger.erase_subject("person-1", official(), instant(2)).await.unwrap();
    assert!(ledger.unseal(&sealed).unwrap().is_erased());
}
