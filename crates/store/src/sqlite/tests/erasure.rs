//! What is left of an erased person: in the tables, in the files, in copies.

use std::{fs, path::Path, sync::Arc};

use obhut_core::change::{Change, Record};
use rusqlite::{Connection, params};

use super::super::SqliteStore;
use crate::{
    Store,
    contract_cases::{World, contents, world::shopper},
};

/// Stands in for a sealed value.
const MARKER: &[u8] = b"MARKER-OF-AN-ERASED-PERSON";

fn open(path: &Path) -> (Arc<SqliteStore>, World) {
    let store = Arc::new(SqliteStore::open(path).unwrap());
    let world = World::new(Arc::clone(&store) as Arc<dyn Store>);
    (store, world)
}

fn markers(path: &Path) -> usize {
    let bytes = fs::read(path).unwrap_or_default();
    bytes.windows(MARKER.len()).filter(|window| *window == MARKER).count()
}

#[tokio::test]
async fn no_table_has_a_row_of_a_dropped_person() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let (store, world) = open(&path);
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    world.commit(tenant, world.everything_about(subject).1).await;

    let conn = Connection::open(&path).unwrap();
    let tables: Vec<String> = conn
        .prepare("SELECT s.name FROM sqlite_schema AS s, pragma_table_info(s.name) AS c WHERE c.name = 'subject'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .filter(|table: &String| !["receipt", "audit"].contains(&table.as_str()))
        .collect();
    assert!(tables.len() >= 9, "{tables:?}");
    let rows = |table: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM {table} WHERE subject = ?1");
        conn.query_row(&sql, params![subject.bytes()], |row| row.get(0)).unwrap()
    };
    for table in &tables {
        assert!(rows(table) > 0, "the case says nothing about {table}");
    }
    store.commit(world.batch(tenant, [Change::DropSubject(subject)])).await.unwrap();
    for table in &tables {
        assert_eq!(rows(table), 0, "{table}");
    }
}

#[tokio::test]
async fn a_copy_is_complete_and_opens_as_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let (store, world) = open(&folder.path().join("a.db"));
    for _ in 0..3 {
        let tenant = world.tenant().await;
        let subject = world.person(tenant).await;
        world.commit(tenant, world.everything_about(subject).1).await;
        world.commit(tenant, [Change::DropSubject(world.person(tenant).await)]).await;
    }
    let copy = folder.path().join("file:copy.db?mode=memory");
    store.copy_to(&copy).await.unwrap();
    let whole = contents(&*store, &[shopper()]).await;
    assert!(whole.0.len() > 20);
    let (copied, _) = open(&copy);
    copied.verify().await.unwrap();
    assert_eq!(contents(&*copied, &[shopper()]).await, whole);
    // A copy of its own: what happens to the one does not happen to the other.
    world.tenant().await;
    assert_eq!(contents(&*copied, &[shopper()]).await, whole);

    let memory = Arc::new(SqliteStore::in_memory().unwrap());
    let world = World::new(Arc::clone(&memory) as Arc<dyn Store>);
    world.person(world.tenant().await).await;
    memory.copy_to(&folder.path().join("b.db")).await.unwrap();
    let (copied, _) = open(&folder.path().join("b.db"));
    assert_eq!(contents(&*copied, &[shopper()]).await, contents(&*memory, &[shopper()]).await);
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let (store, world) = open(&path);
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    world.commit(tenant, world.everything_about(subject).1).await;
    let before = contents(&*store, &[shopper()]).await;
    drop((store, world));
    let (store, _) = open(&path);
    assert_eq!(contents(&*store, &[shopper()]).await, before);
}

#[tokio::test]
async fn no_remnant_stays_in_a_copy_or_after_compaction() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let (store, world) = open(&path);
    let tenant = world.tenant().await;
    let mut people = Vec::new();
    for index in 0..200 {
        let subject = world.person(tenant).await;
        let value = if index % 2 == 0 { MARKER.repeat(index % 7 + 1) } else { vec![1; index * 3] };
        let record = Record { sealed: vec![("email".into(), value)], ..world.new_record(subject) };
        world.commit(tenant, [Change::PutRecord(record)]).await;
        people.push(subject);
    }
    let log = folder.path().join("a.db-wal");
    assert!(markers(&path) + markers(&log) > 0);
    for subject in people.iter().step_by(2) {
        world.commit(tenant, [Change::DropSubject(*subject)]).await;
    }
    assert!(markers(&log) > 0, "the log still has what was written; this test would prove nothing otherwise");
    let copy = folder.path().join("copy.db");
    store.copy_to(&copy).await.unwrap();
    assert_eq!(markers(&copy), 0);
    store.compact().await.unwrap();
    assert_eq!(markers(&path) + markers(&log), 0);
    assert_eq!(store.count_subjects(tenant, &shopper()).await.unwrap(), 100);
}

#[tokio::test]
async fn the_log_is_cleared_when_keys_are_destroyed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let (store, world) = open(&path);
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let record = Record { sealed: vec![("email".into(), MARKER.to_vec())], ..world.new_record(subject) };
    world.commit(tenant, [Change::PutRecord(record)]).await;
    world.commit(tenant, [Change::DropSubject(subject)]).await;
    let log = folder.path().join("a.db-wal");
    assert!(markers(&log) > 0);
    let keys = store.doomed_keys(9).await.unwrap().into_iter().map(|(_, slot)| slot).collect();
    world.commit(tenant, [Change::KeysDestroyed(keys)]).await;
    // It is cleared after the answer; the next answer comes after that.
    world.commit(tenant, []).await;
    assert_eq!(markers(&log), 0);
}
