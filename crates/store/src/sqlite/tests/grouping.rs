//! Batches that share a commit do not share their fate.

use std::sync::Arc;

use obhut_core::change::{Batch, Change, Record};
use rusqlite::Connection;

use super::{
    super::{SqliteStore, group},
    catalogue::fresh,
};
use crate::{CommitError, contract_cases::World};

/// Batches on a tenant with one person, beside the connection they are for.
async fn scene(sizes: &[usize]) -> (Connection, Vec<Batch>) {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let world = World::new(store.clone());
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let batches = sizes
        .iter()
        .map(|size| {
            let record = Record { sealed: vec![("email".into(), vec![0; *size])], ..world.new_record(subject) };
            world.batch(tenant, [Change::PutRecord(record)])
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    crate::Store::copy_to(&*store, &copy).await.unwrap();
    let mut conn = fresh();
    conn.execute("ATTACH ?1 AS copy", [copy.to_str().unwrap()]).unwrap();
    let tx = conn.transaction().unwrap();
    for table in ["tenant", "subject", "audit"] {
        tx.execute_batch(&format!("INSERT INTO main.{table} SELECT * FROM copy.{table}")).unwrap();
    }
    tx.commit().unwrap();
    conn.execute("DETACH copy", []).unwrap();
    (conn, batches)
}

fn records(conn: &Connection) -> i64 {
    conn.query_row("SELECT count(*) FROM record", [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn one_that_the_disk_has_no_room_for_leaves_the_others_alone() {
    let (conn, batches) = scene(&[10, 10_000_000, 10, 10]).await;
    conn.pragma_update(None, "max_page_count", 200).unwrap();
    let answers = group::commit(&conn, &batches);
    let done: Vec<bool> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(done, [true, false, true, true], "{answers:?}");
    let Err(CommitError::Store(error)) = &answers[1] else { panic!("{answers:?}") };
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert_eq!(records(&conn), 3);
    assert!(conn.is_autocommit());
}

#[tokio::test]
async fn without_a_transaction_everybody_is_told() {
    let (conn, batches) = scene(&[10, 10]).await;
    // Somebody else's open transaction: BEGIN fails.
    conn.execute_batch("BEGIN; PRAGMA query_only = ON").unwrap();
    let answers = group::commit(&conn, &batches);
    assert!(answers.iter().all(|answer| matches!(answer, Err(CommitError::Store(_)))), "{answers:?}");
    assert_eq!(answers.len(), 2);
}

#[tokio::test]
async fn what_failed_can_be_repeated() {
    let (conn, batches) = scene(&[10, 10]).await;
    conn.pragma_update(None, "query_only", true).unwrap();
    let answers = group::commit(&conn, &batches);
    assert!(answers.iter().all(Result::is_err), "{answers:?}");
    conn.pragma_update(None, "query_only", false).unwrap();
    assert_eq!(records(&conn), 0);
    assert!(group::commit(&conn, &batches).iter().all(Result::is_ok));
    assert!(group::commit(&conn, &batches).iter().all(Result::is_ok));
    assert_eq!(records(&conn), 2);
}
