//! The file: who may read it, what it survives, what is refused.

use std::{fs, path::Path};

use rusqlite::Connection;
use tempfile::TempDir;

use super::super::{SqliteStore, connection, connection::Purpose, schema};
use crate::Store;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn refusal(path: &Path) -> String {
    SqliteStore::open(path).map(drop).unwrap_err().to_string()
}

#[test]
fn the_settings_are_those_that_were_decided() {
    let folder = folder();
    let path = connection::prepare_file(&folder.path().join("a.db")).unwrap();
    let number =
        |conn: &Connection, name: &str| -> i64 { conn.pragma_query_value(None, name, |row| row.get(0)).unwrap() };

    let writer = connection::open(&path).unwrap();
    connection::configure(&writer, Purpose::Write).unwrap();
    let mode: String = writer.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    assert_eq!(number(&writer, "synchronous"), 2, "FULL: acknowledged is on the disk");
    assert_eq!(number(&writer, "secure_delete"), 1);

    let reader = connection::open(&path).unwrap();
    connection::configure(&reader, Purpose::Read).unwrap();
    assert_eq!(number(&reader, "query_only"), 1);
    for conn in [&writer, &reader] {
        assert_eq!(number(conn, "foreign_keys"), 1);
        assert_eq!(number(conn, "trusted_schema"), 0);
        assert_eq!(number(conn, "cell_size_check"), 1);
        assert_eq!(number(conn, "temp_store"), 2);
        assert!(conn.db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG).unwrap());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder();
    let path = folder.path().join("a.db");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let store = SqliteStore::open(&path).unwrap();
    store.next_due().await.unwrap();
    store.copy_to(&folder.path().join("copy.db")).await.unwrap();
    let mut files = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
        files += 1;
    }
    assert_eq!(files, 4, "the database, its log, the log's index, the copy");
}

#[test]
fn a_closed_store_is_one_file() {
    let folder = folder();
    drop(SqliteStore::open(&folder.path().join("a.db")).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_copy_never_replaces_a_file() {
    let folder = folder();
    let store = SqliteStore::open(&folder.path().join("a.db")).unwrap();
    let target = folder.path().join("there");
    fs::write(&target, "precious").unwrap();
    store.copy_to(&target).await.unwrap_err();
    assert_eq!(fs::read(&target).unwrap(), b"precious");
    assert!(store.copy_to(&folder.path().join("no/such/folder")).await.is_err());
}

#[test]
fn what_is_not_ours_is_refused_and_left_alone() {
    let folder = folder();
    let text = folder.path().join("text");
    fs::write(&text, "a".repeat(5000)).unwrap();
    assert!(refusal(&text).contains("not an SQLite database"), "{}", refusal(&text));

    let theirs = folder.path().join("theirs.db");
    Connection::open(&theirs).unwrap().execute_batch("CREATE TABLE a (b)").unwrap();
    let before = fs::read(&theirs).unwrap();
    assert!(refusal(&theirs).contains("not one of Obhut"), "{}", refusal(&theirs));
    assert_eq!(fs::read(&theirs).unwrap(), before);

    assert!(refusal(&folder.path().join("no/such/folder")).contains("opening the database"));
    assert!(refusal(folder.path()).contains("opening the database"));
}

#[test]
fn a_newer_database_is_refused() {
    let folder = folder();
    let path = folder.path().join("a.db");
    drop(SqliteStore::open(&path).unwrap());
    let conn = Connection::open(&path).unwrap();
    conn.execute("INSERT INTO schema_migration VALUES (99, '0099_future', '')", []).unwrap();
    drop(conn);
    assert!(refusal(&path).contains("use a newer program"), "{}", refusal(&path));
}

/// Any damage is an error or has no effect; nothing panics and nothing is taken for empty.
#[tokio::test]
async fn a_damaged_file_is_an_error() {
    let folder = folder();
    let path = folder.path().join("a.db");
    drop(SqliteStore::open(&path).unwrap());
    let sound = fs::read(&path).unwrap();
    let page = 4096;
    let mut found = 0;
    for at in (0..sound.len() / page).map(|index| index * page) {
        let mut damaged = sound.clone();
        damaged[at..at + page].fill(0xa5);
        fs::write(&path, &damaged).unwrap();
        let verdict = match SqliteStore::open(&path) {
            Ok(store) => store.verify().await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        found += usize::from(verdict.is_err_and(|error| error.contains("database")));
        let _ = fs::remove_file(folder.path().join("a.db-wal"));
        let _ = fs::remove_file(folder.path().join("a.db-shm"));
    }
    assert_eq!(found, sound.len() / page);

    fs::write(&path, &sound[..sound.len() / 2]).unwrap();
    let verdict = match SqliteStore::open(&path) {
        Ok(store) => store.verify().await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    assert!(verdict.is_err());
}

#[test]
fn two_processes_may_open_a_new_file_at_once() {
    let folder = folder();
    let path = folder.path().join("a.db");
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || SqliteStore::open(&path).map(drop))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
    let conn = Connection::open(&path).unwrap();
    assert!(!schema::identify(&conn).unwrap());
}
