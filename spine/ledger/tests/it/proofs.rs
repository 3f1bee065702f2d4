//! What the public can check: paths, bytes, proofs.

use maru_ledger::{
    Depth, ExpectedVersion, Ledger, ProofError, audit,
    audit::AuditError,
    merkle::{
        Hash,
        checkpoint::{Checkpoint, NoteVerifier},
        leaf_hash,
        proofs::{verify_consistency, verify_inclusion},
        tiles::{TILE_WIDTH, unbundle},
    },
    verify_stream_proof,
};
use maru_test_database::on_both_databases;

use crate::support::{Case, CaseCommand, Deployment, append, context, instant, note, official, open_case, stream};

on_both_databases!(
    every_leaf_leads_to_the_signed_root,
    every_checkpoint_is_the_beginning_of_the_next,
    paths_are_those_of_tlog_tiles,
    the_proof_of_a_case_holds_without_the_database,
    a_changed_proof_proves_nothing_else,
    an_auditor_sees_history_rewritten,
);

async fn fill(ledger: &Ledger, events: std::ops::Range<u64>) {
    let appends: Vec<_> = events
        .map(|number| {
            let ledger = ledger.clone();
            tokio::spawn(async move { ledger.append(append(number, ExpectedVersion::Any, "x")).await.unwrap() })
        })
        .collect();
    for done in appends {
        done.await.unwrap();
    }
}

async fn bytes(ledger: &Ledger, path: &str) -> Vec<u8> {
    ledger.log_resource(path).await.unwrap().unwrap_or_else(|| panic!("{path} is missing")).bytes
}

async fn signed(ledger: &Ledger) -> Checkpoint {
    let verifier = NoteVerifier::parse(&ledger.verifier_key()).unwrap();
    Checkpoint::verify(&ledger.checkpoint().await.unwrap(), &verifier).unwrap()
}

async fn every_leaf_leads_to_the_signed_root(deployment: Deployment) {
    let ledger = deployment.open().await;
    fill(&ledger, 0..300).await;
    let checkpoint = signed(&ledger).await;
    let mut leaves: Vec<Hash> = Vec::new();
    for path in ["tile/entries/000", "tile/entries/001.p/44"] {
        let bundle = bytes(&ledger, path).await;
        leaves.extend(unbundle(&bundle).unwrap().iter().map(|entry| leaf_hash(entry)));
    }
    for (index, leaf) in (0..).zip(&leaves) {
        let path = ledger.inclusion_proof(index, 300).await.unwrap().unwrap();
        assert!(verify_inclusion(leaf, index, 300, &path, &checkpoint.root), "{index}");
    }
    // The hashes in the tiles are those of the leaves.
    let tiles = [bytes(&ledger, "tile/0/000").await, bytes(&ledger, "tile/0/001.p/44").await].concat();
    assert_eq!(tiles, leaves.concat());
    assert_eq!(ledger.inclusion_proof(300, 300).await.unwrap(), None);
    assert_eq!(ledger.inclusion_proof(5, 301).await.unwrap(), None);
}

async fn every_checkpoint_is_the_beginning_of_the_next(deployment: Deployment) {
    let ledger = deployment.open().await;
    let mut seen = vec![signed(&ledger).await];
    for (from, to) in [(0, 1), (1, 2), (2, 7), (7, 255), (255, 256), (256, 257), (257, 600)] {
        fill(&ledger, from..to).await;
        seen.push(signed(&ledger).await);
    }
    for (index, old) in seen.iter().enumerate() {
        for new in &seen[index..] {
            let proof = ledger.consistency_proof(old.size, new.size).await.unwrap().unwrap();
            assert!(verify_consistency(old.size, &old.root, new.size, &new.root, &proof), "{} {}", old.size, new.size);
            if old.size > 0 && old.size < new.size {
                assert!(!verify_consistency(old.size, &new.root, new.size, &new.root, &proof));
            }
        }
    }
    assert_eq!(ledger.consistency_proof(5, 601).await.unwrap(), None);
    assert_eq!(ledger.consistency_proof(6, 5).await.unwrap(), None);
}

async fn paths_are_those_of_tlog_tiles(deployment: Deployment) {
    let ledger = deployment.open().await;
    let empty = ledger.checkpoint().await.unwrap();
    assert!(
        empty.starts_with("maru.example.go.kr/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u{2014} "),
        "{empty}"
    );
    assert_eq!(ledger.log_resource("tile/0/000").await.unwrap(), None);
    fill(&ledger, 0..TILE_WIDTH + 10).await;
    let checkpoint = ledger.log_resource("checkpoint").await.unwrap().unwrap();
    assert!(!checkpoint.immutable && checkpoint.content_type.starts_with("text/plain"));
    let full = ledger.log_resource("tile/0/000").await.unwrap().unwrap();
    assert!(full.immutable && full.content_type == "application/octet-stream");
    assert_eq!(full.bytes.len(), 256 * 32);
    for (path, length) in [
        ("tile/0/001.p/10", Some(320)),
        // Narrower tiles of before stay where they were, as long as somebody may ask for them.
        ("tile/0/001.p/3", Some(96)),
        ("tile/0/000.p/200", Some(6_400)),
        ("tile/1/000.p/1", Some(32)),
        ("tile/entries/001.p/10", Some(480)),
        ("tile/0/001.p/11", None),
        ("tile/0/001", None),
        ("tile/1/000", None),
        ("tile/2/000.p/1", None),
        ("tile/entries/001", None),
        ("tile/entries/x001/000", None),
        ("tile/entries/x999/x999/x999/x999/x999/999", None),
        ("tile/63/000.p/1", None),
        ("events", None),
        ("", None),
    ] {
        let found = ledger.log_resource(path).await.unwrap().map(|resource| resource.bytes.len());
        assert_eq!(found, length, "{path}");
    }
}

async fn the_proof_of_a_case_holds_without_the_database(deployment: Deployment) {
    let ledger = deployment.open().await;
    fill(&ledger, 100..350).await;
    open_case(&ledger, 1).await;
    note(&ledger, 1, "between").await;
    fill(&ledger, 400..450).await;
    ledger.execute::<Case>(&stream(1), CaseCommand::Close, context(9)).await.unwrap();
    let key = ledger.verifier_key();
    let open = ledger.stream_proof(&stream(1), &["person-1".to_owned()]).await.unwrap().unwrap();
    let closed = ledger.stream_proof(&stream(1), &[]).await.unwrap().unwrap();
    let events = ledger.events(&stream(1)).await.unwrap();
    assert_eq!(ledger.stream_proof(&stream(999), &[]).await.unwrap(), None);
    assert!(open.contains("홍길동 1") && !closed.contains("홍길동"));
    // After erasure the paper that the person holds still proves what it says.
    assert!(ledger.erase_subject("person-1", official(), instant(10)).await.unwrap());
    let erased = ledger.stream_proof(&stream(1), &["person-1".to_owned()]).await.unwrap().unwrap();
    ledger.close().await;
    drop(deployment);
    let verified = verify_stream_proof(&open, Some(&key)).unwrap();
    assert_eq!(verified.events, events);
    assert_eq!((verified.stream, verified.checkpoint.size), (stream(1), 304));
    for (document, size) in [(&closed, 304), (&erased, 305)] {
        let verified = verify_stream_proof(document, Some(&key)).unwrap();
        assert_eq!((verified.events.len(), verified.checkpoint.size), (4, size));
        assert_eq!(verified.events[0].payload["name"]["$personal"]["value"], serde_json::Value::Null);
        assert_eq!(verified.events[1..], events[1..]);
    }
}

async fn a_changed_proof_proves_nothing_else(deployment: Deployment) {
    let ledger = deployment.open().await;
    open_case(&ledger, 1).await;
    open_case(&ledger, 2).await;
    note(&ledger, 1, "between").await;
    let key = ledger.verifier_key();
    let document = ledger.stream_proof(&stream(1), &["person-1".to_owned()]).await.unwrap().unwrap();
    let original = verify_stream_proof(&document, Some(&key)).unwrap();
    let mut refused = 0;
    for index in (0..document.len()).step_by(2) {
        let mut changed = document.clone().into_bytes();
        changed[index] ^= 1;
        let Ok(changed) = String::from_utf8(changed) else { continue };
        match verify_stream_proof(&changed, Some(&key)) {
            // White space, the advice, the order of openings: what is proved stays the same.
            Ok(verified) => assert_eq!(verified, original, "byte {index}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > document.len() / 4, "{refused} of {}", document.len());
    let with = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut json: serde_json::Value = serde_json::from_str(&document).unwrap();
        change(&mut json);
        verify_stream_proof(&json.to_string(), Some(&key)).unwrap_err()
    };
    let gap = with(&|json| drop(json["records"].as_array_mut().unwrap().remove(0)));
    assert_eq!(gap, ProofError::Gap { missing: 1 });
    let other = with(&|json| json["records"][0]["openings"][0]["value"] = "김철수".into());
    assert_eq!(other, ProofError::Opening { position: 0 });
    let moved = with(&|json| json["records"][1]["position"] = 1.into());
    assert_eq!(moved, ProofError::Record { position: 1 });
    let stolen = with(&|json| json["stream"] = "case-2".into());
    assert_eq!(stolen, ProofError::Record { position: 0 });
    let unsigned = Checkpoint { size: 3, ..original.checkpoint.clone() }.body();
    assert!(matches!(with(&|json| json["checkpoint"] = unsigned.clone().into()), ProofError::Checkpoint(_)));
    assert!(matches!(verify_stream_proof(&document, Some("x+00000000+AA==")), Err(ProofError::Checkpoint(_))));
    assert!(matches!(verify_stream_proof("{}", None), Err(ProofError::Form { .. })));
}

/// Audits a log from outside; `change` stands between the log and the auditor.
async fn audited(
    ledger: &Ledger,
    saved: Option<String>,
    depth: Depth,
    change: fn(&str, &mut Vec<u8>),
) -> Result<maru_ledger::Audit, AuditError> {
    let (ledger, handle) = (ledger.clone(), tokio::runtime::Handle::current());
    let audited = tokio::task::spawn_blocking(move || {
        let mut fetch = |path: &str| {
            let found = handle.block_on(ledger.log_resource(path)).map_err(|error| error.to_string())?;
            let mut bytes = found.ok_or_else(|| "there is no such path".to_owned())?.bytes;
            change(path, &mut bytes);
            Ok(bytes)
        };
        audit(&mut fetch, &ledger.verifier_key(), saved.as_deref(), depth)
    });
    audited.await.unwrap()
}

async fn an_auditor_sees_history_rewritten(deployment: Deployment) {
    let ledger = deployment.open().await;
    fill(&ledger, 0..400).await;
    let saved = ledger.checkpoint().await.unwrap();
    fill(&ledger, 400..1_000).await;
    for depth in [Depth::Consistency, Depth::Everything] {
        let honest = audited(&ledger, Some(saved.clone()), depth, |_, _| {}).await.unwrap();
        assert_eq!((honest.checkpoint.size, honest.grown_from), (1_000, Some(400)));
        // The same keys, another history.
        let other = Deployment::sqlite();
        let forked = other.open().await;
        fill(&forked, 1..1_000).await;
        let found = audited(&forked, Some(saved.clone()), depth, |_, _| {}).await.unwrap_err();
        assert_eq!(found, AuditError::Rewritten { before: 400 });
        let other = Deployment::sqlite();
        let shorter = other.open().await;
        fill(&shorter, 0..300).await;
        let found = audited(&shorter, Some(saved.clone()), depth, |_, _| {}).await.unwrap_err();
        assert_eq!(found, AuditError::Shrunk { now: 300, before: 400 });
    }
    let entry = |path: &str, bytes: &mut Vec<u8>| {
        if path == "tile/entries/002" {
            bytes[2_000] ^= 1;
        }
    };
    let found = audited(&ledger, None, Depth::Everything, entry).await.unwrap_err();
    assert!(matches!(&found, AuditError::Resource { path, .. } if path == "tile/0/002"), "{found:?}");
    let tile = |path: &str, bytes: &mut Vec<u8>| {
        if path.starts_with("tile/1/") {
            bytes[40] ^= 1;
        }
    };
    let found = audited(&ledger, None, Depth::Everything, tile).await.unwrap_err();
    let expected = "tile/1/000.p/3 does not fit the checkpoint: hash 1 is not what the entries give";
    assert_eq!(found.to_string(), expected);
    let note = |path: &str, bytes: &mut Vec<u8>| {
        if path == "checkpoint" {
            let last = bytes.len() - 10;
            bytes[last] ^= 1;
        }
    };
    assert!(matches!(audited(&ledger, None, Depth::Consistency, note).await, Err(AuditError::Checkpoint(_))));
}
