//! Portable SQL means the same on both databases.

use maru_ledger::{DatabaseError, Value};
use maru_test_database::on_both_databases;

use crate::support::Deployment;

on_both_databases!(
    values_come_back_as_they_went,
    wrong_kinds_are_refused,
    texts_compare_by_byte,
    a_failed_write_leaves_nothing,
    sums_and_truth_are_integers,
    readers_cannot_write,
    definitions_only_grow,
);

async fn values_come_back_as_they_went(deployment: Deployment) {
    let ledger = deployment.open().await;
    ledger.define("test", &["CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, body BYTES)"]).await.unwrap();
    let rows = vec![
        [Value::from(1_i64), "가나다 '$1' \"x\"".into(), vec![0_u8, 255].into()],
        [Value::from(i64::MIN), Value::Null, Value::Null],
        [Value::from(i64::MAX), "".into(), Vec::<u8>::new().into()],
    ];
    let given = rows.clone();
    ledger
        .write(move |sql| {
            for row in &given {
                assert_eq!(sql.execute("INSERT INTO things (id, name, body) VALUES ($1, $2, $3)", row)?, 1);
            }
            Ok(())
        })
        .await
        .unwrap();
    let found = ledger.read(|sql| sql.query("SELECT id, name, body FROM things ORDER BY id", &[])).await.unwrap();
    assert_eq!(found[0].columns(), ["id", "name", "body"]);
    let found: Vec<Vec<Value>> = found.into_iter().map(maru_ledger::Row::into_values).collect();
    assert_eq!(found, [rows[1].to_vec(), rows[0].to_vec(), rows[2].to_vec()]);
}

async fn wrong_kinds_are_refused(deployment: Deployment) {
    let ledger = deployment.open().await;
    ledger.define("test", &["CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, body BYTES)"]).await.unwrap();
    for row in [["text".into(), Value::Null, Value::Null], [1_i64.into(), Value::Null, "text".into()]] {
        let refused =
            ledger.write(move |sql| sql.execute("INSERT INTO things (id, name, body) VALUES ($1, $2, $3)", &row));
        refused.await.unwrap_err();
    }
    let nul = ledger.write(|sql| sql.execute("INSERT INTO things (id, name) VALUES (1, $1)", &["a\0b".into()]));
    nul.await.unwrap_err();
    let statement = ledger.read(|sql| sql.query("SELECT nothing FROM nowhere", &[])).await.unwrap_err();
    assert!(matches!(statement, DatabaseError::Statement { .. }), "{statement:?}");
    assert!(ledger.read(|sql| sql.query("SELECT id FROM things", &[])).await.unwrap().is_empty());
}

async fn texts_compare_by_byte(deployment: Deployment) {
    let ledger = deployment.open().await;
    ledger.define("test", &["CREATE TABLE words (word TEXT PRIMARY KEY)"]).await.unwrap();
    ledger
        .write(|sql| {
            for word in ["나", "가", "b", "B", "a", "Z", "_"] {
                sql.execute("INSERT INTO words (word) VALUES ($1)", &[word.into()])?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let found = ledger.read(|sql| sql.query("SELECT word FROM words ORDER BY word", &[])).await.unwrap();
    let words: Vec<String> = found.iter().map(|row| row.text(0).unwrap()).collect();
    assert_eq!(words, ["B", "Z", "_", "a", "b", "가", "나"]);
    let found = ledger.read(|sql| sql.query("SELECT word FROM words WHERE word LIKE $1", &["b%".into()])).await;
    assert_eq!(found.unwrap().len(), 1, "LIKE tells b from B");
}

async fn a_failed_write_leaves_nothing(deployment: Deployment) {
    let ledger = deployment.open().await;
    ledger.define("test", &["CREATE TABLE words (word TEXT PRIMARY KEY)"]).await.unwrap();
    let twice = ledger.write(|sql| {
        sql.execute("INSERT INTO words (word) VALUES ($1)", &["a".into()])?;
        sql.execute("INSERT INTO words (word) VALUES ($1)", &["a".into()])
    });
    let refused = twice.await.unwrap_err();
    assert!(matches!(refused, DatabaseError::Constraint { .. }), "{refused:?}");
    let panicking = ledger.write::<(), _>(|sql| {
        sql.execute("INSERT INTO words (word) VALUES ($1)", &["b".into()])?;
        panic!("a defect")
    });
    assert!(matches!(panicking.await, Err(DatabaseError::Work { .. })));
    // Many at once: those that fail do not harm those that do not.
    let writes = (0..40).map(|number| {
        let ledger = ledger.clone();
        tokio::spawn(async move {
            let word = format!("w{}", number / 2);
            let insert = "INSERT INTO words (word) VALUES ($1)";
            ledger.write(move |sql| sql.execute(insert, &[word.into()])).await.is_ok()
        })
    });
    let mut stored = 0;
    for write in writes.collect::<Vec<_>>() {
        stored += i64::from(write.await.unwrap());
    }
    assert_eq!(stored, 20);
    let count = ledger.read(|sql| sql.query("SELECT COUNT(*) FROM words", &[])).await.unwrap();
    assert_eq!(count[0].integer(0).unwrap(), 20);
}

async fn sums_and_truth_are_integers(deployment: Deployment) {
    let ledger = deployment.open().await;
    ledger.define("test", &["CREATE TABLE numbers (number BIGINT PRIMARY KEY)"]).await.unwrap();
    ledger
        .write(|sql| {
            for number in [-5_i64, 100_000, 3_000_000_000_000] {
                sql.execute("INSERT INTO numbers (number) VALUES ($1)", &[number.into()])?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let statement = "SELECT SUM(number), MIN(number), COUNT(*), MAX(number) > 7 FROM numbers";
    let found = ledger.read(move |sql| sql.query(statement, &[])).await.unwrap();
    let expected: [Value; 4] = [3_000_000_099_995_i64.into(), (-5_i64).into(), 3_i64.into(), 1_i64.into()];
    assert_eq!(found[0].values(), expected);
}

async fn readers_cannot_write(deployment: Deployment) {
    let ledger = deployment.open().await;
    ledger.read(|sql| sql.execute("DELETE FROM streams", &[])).await.unwrap_err();
    // And they go on reading.
    ledger.read(|sql| sql.query("SELECT stream FROM streams", &[])).await.unwrap();
}

async fn definitions_only_grow(deployment: Deployment) {
    let ledger = deployment.open().await;
    let first = "CREATE TABLE a (id BIGINT PRIMARY KEY)";
    ledger.define("test", &[first]).await.unwrap();
    ledger.define("test", &[first, "ALTER TABLE a ADD COLUMN body BYTES"]).await.unwrap();
    ledger.write(|sql| sql.execute("INSERT INTO a (id, body) VALUES (1, $1)", &[vec![1_u8].into()])).await.unwrap();
    let shorter = ledger.define("test", &[first]).await.unwrap_err().to_string();
    assert!(shorter.contains("newer version"), "{shorter}");
    let other = ledger.define("test", &["CREATE TABLE b (id BIGINT)", ""]).await.unwrap_err().to_string();
    assert!(other.contains("differs"), "{other}");
    ledger.define("ledger", &[]).await.unwrap_err();
}
