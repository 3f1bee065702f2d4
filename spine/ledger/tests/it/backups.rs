//! Backups: while running, into either kind of database, never half.

use maru_test_database::on_both_databases;
use std::{io::Cursor, sync::Arc};

use maru_ledger::{
    BackupError, ExpectedVersion, Ledger, LedgerConfig, LedgerKeys, NewJob,
    merkle::{
        checkpoint::{Checkpoint, NoteVerifier},
        proofs::verify_consistency,
    },
    restore,
};
use serde_json::json;

use crate::support::{Case, Cases, Deployment, append, check_log, note, open_case, stream};

on_both_databases!(
    a_backup_restores_into_either_kind_of_database,
    a_backup_is_of_one_moment_while_writes_go_on,
    a_damaged_backup_restores_nothing,
    a_backup_restores_only_where_it_belongs,
);

async fn fill(ledger: &Ledger) {
    let tables = [
        "CREATE TABLE sessions (token BYTES PRIMARY KEY, at BIGINT)",
        "CREATE INDEX by_at ON sessions (at)",
        "CREATE TABLE given_up (id BIGINT PRIMARY KEY)",
        "UPDATE sessions SET at = 0",
        "DROP TABLE given_up",
    ];
    ledger.define("identity", &tables).await.unwrap();
    let insert = "INSERT INTO sessions (token, at) VALUES ($1, $2)";
    ledger.write(move |sql| sql.execute(insert, &[vec![0_u8, 255, 10].into(), (-5_i64).into()])).await.unwrap();
    for number in 0..8 {
        open_case(ledger, number).await;
        for text in 0..number * 6 {
            note(ledger, number, &format!("note {text} \"'\n가")).await;
        }
    }
    let mut queued = append(50, ExpectedVersion::Any, "x");
    queued.jobs = vec![NewJob::new("notify", json!({ "to": "case-50" })).keyed("key")];
    queued.context = queued.context.idempotent("key", "print");
    ledger.append(queued).await.unwrap();
}

async fn taken(ledger: &Ledger) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    ledger.backup(file.reopen().unwrap()).await.unwrap();
    std::fs::read(file.path()).unwrap()
}

fn config_for(deployment: &Deployment) -> LedgerConfig {
    deployment.config()
}

async fn a_backup_restores_into_either_kind_of_database(deployment: Deployment) {
    let ledger = deployment.open().await;
    fill(&ledger).await;
    let backup = taken(&ledger).await;
    let checkpoint = ledger.checkpoint().await.unwrap();
    let events = ledger.events_from(0, 10_000).await.unwrap();
    for target in [Some(Deployment::sqlite()), Deployment::postgres()].into_iter().flatten() {
        let (summary, verification) = restore(&config_for(&target), Cursor::new(backup.clone())).await.unwrap();
        assert_eq!((summary.events, verification.size), (177, 177));
        assert!(verification.is_whole());
        let restored = target.open().await;
        assert_eq!(restored.checkpoint().await.unwrap(), checkpoint);
        assert_eq!(restored.events_from(0, 10_000).await.unwrap(), events);
        assert!(restored.rebuild(None).await.unwrap()[0].is_identical());
        let sessions = restored.read(|sql| sql.query("SELECT token, at FROM sessions", &[])).await.unwrap();
        assert_eq!((sessions[0].bytes(0).unwrap(), sessions[0].integer(1).unwrap()), (vec![0, 255, 10], -5));
        assert_eq!(restored.job_counts().await.unwrap().waiting, 1);
        let mut again = append(60, ExpectedVersion::Any, "x");
        again.context = again.context.idempotent("key", "print");
        assert!(restored.append(again).await.unwrap().repeated, "idempotency keys are restored");
        // What a backup of the restored one holds is the same, to the byte of its digest where the order is the same.
        note(&restored, 3, "life goes on").await;
        check_log(&restored, 178).await;
    }
}

async fn a_backup_is_of_one_moment_while_writes_go_on(deployment: Deployment) {
    let ledger = deployment.open().await;
    fill(&ledger).await;
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let writers: Vec<_> = (0..8_u64)
        .map(|writer| {
            let (ledger, stop) = (ledger.clone(), stop.clone());
            tokio::spawn(async move {
                let mut written = 0;
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    note(&ledger, writer, &format!("meanwhile {written}")).await;
                    written += 1;
                }
                written
            })
        })
        .collect();
    let mut backups = Vec::new();
    for _ in 0..3 {
        backups.push(taken(&ledger).await);
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let mut written = 0;
    for writer in writers {
        written += writer.await.unwrap();
    }
    assert!(written > 0);
    check_log(&ledger, 177 + written).await;
    let verifier = NoteVerifier::parse(&ledger.verifier_key()).unwrap();
    let signed = |note: String| Checkpoint::verify(&note, &verifier).unwrap();
    let now = signed(ledger.checkpoint().await.unwrap());
    for backup in backups {
        let target = Deployment::sqlite();
        restore(&config_for(&target), Cursor::new(backup)).await.unwrap();
        let restored = target.open().await;
        let then = signed(restored.checkpoint().await.unwrap());
        assert!((177..=now.size).contains(&then.size));
        let proof = ledger.consistency_proof(then.size, now.size).await.unwrap().unwrap();
        assert!(verify_consistency(then.size, &then.root, now.size, &now.root, &proof));
        assert!(restored.rebuild(None).await.unwrap()[0].is_identical(), "projections are of the same moment");
    }
}

async fn a_damaged_backup_restores_nothing(deployment: Deployment) {
    let source = Deployment::sqlite();
    let ledger = source.open().await;
    fill(&ledger).await;
    let backup = taken(&ledger).await;
    let plain = zstd::decode_all(backup.as_slice()).unwrap();
    let packed = |plain: &[u8]| zstd::encode_all(plain, 1).unwrap();
    let mut damaged = vec![Vec::new(), backup[..backup.len() / 2].to_vec(), b"no backup".to_vec(), packed(b"{}\n")];
    for part in 1..12 {
        let mut flipped = backup.clone();
        flipped[part * backup.len() / 12] ^= 4;
        damaged.push(flipped);
        // Somebody who unpacks and packs again.
        let mut flipped = plain.clone();
        flipped[part * plain.len() / 12] ^= 1;
        damaged.push(packed(&flipped));
        damaged.push(packed(&plain[..part * plain.len() / 12]));
    }
    let text = String::from_utf8(plain.clone()).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.remove(40);
    damaged.push(packed(format!("{}\n", lines.join("\n")).as_bytes()));
    let smuggled = text.replacen("{\"table\":\"definitions\"", "{\"table\":\"sqlite_master\"", 1);
    damaged.push(packed(smuggled.as_bytes()));
    for (number, bytes) in damaged.into_iter().enumerate() {
        let refused = restore(&config_for(&deployment), Cursor::new(bytes)).await;
        assert!(refused.is_err(), "damage {number}");
    }
    // Nothing was left behind: the whole one goes in.
    restore(&config_for(&deployment), Cursor::new(backup)).await.unwrap();
    assert_eq!(deployment.open().await.state::<Case>(&stream(3)).await.unwrap().unwrap().1, 19);
}

async fn a_backup_restores_only_where_it_belongs(deployment: Deployment) {
    let source = Deployment::sqlite();
    let ledger = source.open().await;
    fill(&ledger).await;
    let backup = taken(&ledger).await;
    let mut config = config_for(&deployment);
    config.keys = LedgerKeys::new([9; 32], [2; 32]);
    let other_keys = restore(&config, Cursor::new(backup.clone())).await.unwrap_err();
    assert!(matches!(other_keys, BackupError::Log(_)), "{other_keys:?}");
    assert!(other_keys.to_string().contains("nothing was restored"), "{other_keys}");
    // Into a ledger that was opened and never used: yes. Into one with events: no.
    Ledger::open(config_for(&deployment), Vec::new()).await.unwrap().close().await;
    restore(&config_for(&deployment), Cursor::new(backup.clone())).await.unwrap();
    let again = restore(&config_for(&deployment), Cursor::new(backup)).await.unwrap_err();
    assert!(matches!(again, BackupError::NotEmpty { events: 177 }), "{again:?}");
    let restored = Ledger::open(config_for(&deployment), vec![Arc::new(Cases)]).await.unwrap();
    check_log(&restored, 177).await;
}
