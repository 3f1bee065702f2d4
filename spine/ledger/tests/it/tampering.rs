//! Whoever changes the database behind the ledger's back is found out, and where.

use maru_ledger::{
    DatabaseError, Ledger, Place, Sql, Value, Verification,
    merkle::tiles::LogPath,
    record::{EventRecord, leaf},
};
use maru_test_database::on_both_databases;
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::support::{Deployment, check_log, note, open_case};

on_both_databases!(
    any_byte_that_was_changed_is_found_and_located,
    events_that_were_removed_or_added_are_found,
    an_event_that_was_replaced_with_its_digest_is_located,
    several_changes_are_all_found,
    a_broken_log_is_not_written_on,
);

const EVENTS: u64 = 280;

async fn fill(ledger: &Ledger) {
    for number in 0..10 {
        open_case(ledger, number).await;
    }
    let notes = (10..EVENTS).map(|number| {
        let ledger = ledger.clone();
        tokio::spawn(async move { note(&ledger, number % 10, &format!("메모 {number}")).await })
    });
    for done in notes.collect::<Vec<_>>() {
        done.await.unwrap();
    }
}

/// A byte in the database.
#[derive(Debug, Clone)]
struct Target {
    table: &'static str,
    column: &'static str,
    row: prop::sample::Index,
    byte: prop::sample::Index,
    bit: u32,
}

const COLUMNS: [(&str, &str); 20] = [
    ("events", "position"),
    ("events", "stream"),
    ("events", "version"),
    ("events", "kind"),
    ("events", "at"),
    ("events", "actor"),
    ("events", "role"),
    ("events", "payload"),
    ("events", "payload"),
    ("events", "salt"),
    ("events", "digest"),
    ("tiles", "level"),
    ("tiles", "number"),
    ("tiles", "hashes"),
    ("tiles", "hashes"),
    ("log_head", "size"),
    ("log_head", "root"),
    ("log_head", "note"),
    ("streams", "stream"),
    ("streams", "version"),
];

fn target() -> impl Strategy<Value = Target> {
    (0..COLUMNS.len(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_u32..8).prop_map(
        |(column, row, byte, bit)| {
            let (table, column) = COLUMNS[column];
            Target { table, column, row, byte, bit }
        },
    )
}

/// By what a row is found again.
fn key_of(table: &str) -> &'static str {
    match table {
        "events" => "position",
        "tiles" => "level * 1000 + number",
        "log_head" => "id",
        _ => "stream",
    }
}

/// Flips the bit; gives the key of the row and the byte's place. Nothing where the database holds no such value.
fn flip(sql: &mut dyn Sql, target: &Target, is_sqlite: bool) -> Result<Option<(Value, usize)>, DatabaseError> {
    let (table, column, key) = (target.table, target.column, key_of(target.table));
    let rows = sql.query(&format!("SELECT {key}, {column} FROM {table} ORDER BY 1"), &[])?;
    let row = &rows[target.row.index(rows.len())];
    let place = row.values()[0].clone();
    let mut cast = "$1";
    let (byte, after) = match &row.values()[1] {
        Value::Integer(number) => {
            let byte = target.byte.index(8);
            (byte, Value::Integer(number ^ (1_i64 << (8 * u32::try_from(byte).unwrap() + target.bit))))
        }
        Value::Bytes(bytes) => {
            let (byte, mut changed) = (target.byte.index(bytes.len()), bytes.clone());
            changed[byte] ^= 1 << target.bit;
            (byte, Value::Bytes(changed))
        }
        Value::Text(text) => {
            let (byte, mut changed) = (target.byte.index(text.len()), text.clone().into_bytes());
            changed[byte] ^= 1 << target.bit;
            match String::from_utf8(changed) {
                Ok(changed) if is_sqlite || !changed.contains('\0') => (byte, Value::Text(changed)),
                Err(changed) if is_sqlite => {
                    cast = "CAST($1 AS TEXT)";
                    (byte, Value::Bytes(changed.into_bytes()))
                }
                _ => return Ok(None),
            }
        }
        Value::Null => return Ok(None),
    };
    let update = format!("UPDATE {table} SET {column} = {cast} WHERE {key} = $2");
    assert_eq!(sql.execute(&update, &[after, place.clone()])?, 1);
    Ok(Some((place, byte)))
}

/// Where the change must be found.
fn is_located(found: &Verification, target: &Target, key: &Value, byte: usize) -> bool {
    let number = if let Value::Integer(number) = key { u64::try_from(*number).unwrap() } else { 0 };
    let (level, tile) = (u32::try_from(number / 1_000).unwrap(), number % 1_000);
    found.findings.iter().any(|finding| match (&finding.place, target.table) {
        (Place::Event(position), "events") => *position == number,
        (Place::Tile { path, hash }, "tiles") => {
            let expected = LogPath::tile_of(EVENTS, level, tile).unwrap().to_string();
            *path == expected && (target.column != "hashes" || *hash == byte as u64 / 32)
        }
        (Place::Checkpoint, "log_head") => true,
        (Place::Stream(stream), "streams") => *key == Value::from(stream),
        _ => false,
    })
}

async fn any_byte_that_was_changed_is_found_and_located(deployment: Deployment) {
    let ledger = deployment.open().await;
    fill(&ledger).await;
    let is_sqlite = deployment.path().is_some();
    for table in ["events", "tiles", "log_head", "streams"] {
        deployment.tamper(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"));
    }
    let cases = std::env::var("MARU_TAMPER_CASES").map_or(150, |cases| cases.parse().unwrap());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let mut done = 0;
    while done < cases {
        let target = target().new_tree(&mut runner).unwrap().current();
        let asked = target.clone();
        let flipped = match ledger.write(move |sql| flip(sql, &asked, is_sqlite)).await {
            Ok(Some(flipped)) => flipped,
            // Another row has that key already.
            Ok(None) | Err(DatabaseError::Constraint { .. }) => continue,
            Err(error) => panic!("{target:?}: {error}"),
        };
        done += 1;
        let (key, byte) = flipped;
        let found = ledger.verify().await.unwrap();
        assert!(is_located(&found, &target, &key, byte), "{target:?} at {key:?}, byte {byte}: {:?}", found.findings);
        let places: Vec<&Place> = found.findings.iter().map(|finding| &finding.place).collect();
        let innocent = places.iter().filter(|place| matches!(place, Place::Event(_))).count();
        assert!(innocent <= 2, "{target:?}: others are not suspected: {:?}", found.findings);
        let table = target.table;
        deployment.tamper(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}"));
    }
    check_log(&ledger, EVENTS).await;
}

async fn events_that_were_removed_or_added_are_found(deployment: Deployment) {
    let ledger = deployment.open().await;
    fill(&ledger).await;
    deployment.tamper("CREATE TABLE taken AS SELECT * FROM events");
    for (from, to) in [(0, 1), (100, 101), (100, 130), (279, 280), (0, 280)] {
        deployment.tamper(&format!("DELETE FROM events WHERE position >= {from} AND position < {to}"));
        let found = ledger.verify().await.unwrap();
        assert_eq!(found.size, EVENTS);
        let first = &found.findings[0];
        assert_eq!(first.place, Place::Event(from), "{from} {to} {:?}", found.findings);
        assert!(first.what.contains("missing"));
        let other = found.findings.iter().find(|finding| !matches!(finding.place, Place::Event(_) | Place::Stream(_)));
        assert_eq!(other, None, "the tiles and the checkpoint are whole");
        deployment
            .tamper(&format!("INSERT INTO events SELECT * FROM taken WHERE position >= {from} AND position < {to}"));
    }
    let added = "INSERT INTO events SELECT 280, stream, version + 1000, kind, at, actor, role, payload, salt, digest \
                 FROM taken WHERE position = 5";
    deployment.tamper(added);
    let found = ledger.verify().await.unwrap();
    assert!(found.findings.iter().any(|finding| finding.place == Place::Event(280)), "{:?}", found.findings);
    deployment.tamper("DELETE FROM events WHERE position = 280");
    check_log(&ledger, EVENTS).await;
}

/// What somebody does who knows the ledger well: another payload, with the digest that belongs to it.
fn replace(sql: &mut dyn Sql, position: u64) -> Result<[u8; 32], DatabaseError> {
    let statement = "SELECT stream, version, kind, at, actor, role, payload, salt FROM events WHERE position = $1";
    let row = sql.query(statement, &[position.into()])?.remove(0);
    let record = EventRecord {
        position,
        stream: row.text(0)?,
        version: row.unsigned(1)?,
        kind: row.text(2)?,
        at: row.integer(3)?,
        actor: row.text(4)?,
        role: row.text(5)?,
        payload: r#"{"type":"case-noted","text":"forged"}"#.to_owned(),
        salt: row.bytes(7)?,
    };
    sql.execute(
        "UPDATE events SET payload = $1, digest = $2 WHERE position = $3",
        &[record.payload.as_str().into(), record.digest().into(), position.into()],
    )?;
    Ok(leaf(&record.digest()))
}

async fn an_event_that_was_replaced_with_its_digest_is_located(deployment: Deployment) {
    let ledger = deployment.open().await;
    fill(&ledger).await;
    let forged = ledger.write(|sql| replace(sql, 77)).await.unwrap();
    let found = ledger.verify().await.unwrap();
    assert_eq!(found.findings.len(), 1, "{:?}", found.findings);
    assert_eq!(found.findings[0].place, Place::Event(77));
    // And the hash in the tile with it: the tree above does not fit any more, and the signature holds the true root.
    let with_tile = ledger.write(move |sql| {
        let mut hashes = sql.query("SELECT hashes FROM tiles WHERE level = 0 AND number = 0", &[])?[0].bytes(0)?;
        hashes[77 * 32..78 * 32].copy_from_slice(&forged);
        sql.execute("UPDATE tiles SET hashes = $1 WHERE level = 0 AND number = 0", &[hashes.into()])
    });
    with_tile.await.unwrap();
    let found = ledger.verify().await.unwrap();
    let places: Vec<&Place> = found.findings.iter().map(|finding| &finding.place).collect();
    let above = Place::Tile { path: "tile/1/000.p/1".to_owned(), hash: 0 };
    assert_eq!(places, [&above, &Place::Checkpoint], "{:?}", found.findings);
}

async fn several_changes_are_all_found(deployment: Deployment) {
    let ledger = deployment.open().await;
    fill(&ledger).await;
    deployment.tamper("UPDATE events SET actor = 'somebody' WHERE position IN (3, 200)");
    deployment.tamper("DELETE FROM events WHERE position = 100");
    deployment.tamper("UPDATE streams SET version = version - 1 WHERE stream = 'case-4'");
    deployment.tamper("UPDATE log_head SET size = 100000000");
    let found = ledger.verify().await.unwrap();
    for place in
        [Place::Event(3), Place::Event(200), Place::Event(100), Place::Stream("case-4".to_owned()), Place::Checkpoint]
    {
        assert!(found.findings.iter().any(|finding| finding.place == place), "{place:?} {:?}", found.findings);
    }
    assert!(!found.is_whole() && found.findings.len() < 10, "{:?}", found.findings);
}

async fn a_broken_log_is_not_written_on(deployment: Deployment) {
    let ledger = deployment.open().await;
    fill(&ledger).await;
    ledger.close().await;
    deployment.tamper("DELETE FROM tiles WHERE level = 1");
    let ledger = deployment.open().await;
    let refused = ledger.append(crate::support::append(1, maru_ledger::ExpectedVersion::Any, "x")).await.unwrap_err();
    assert!(refused.to_string().contains("maru ledger verify"), "{refused}");
    ledger.close().await;
    deployment.tamper("UPDATE log_head SET size = size - 1");
    let refused = Ledger::open(deployment.config(), Vec::new()).await.unwrap_err().to_string();
    assert!(refused.contains("maru ledger verify"), "{refused}");
}
