//! The contract suite on every backend.

use std::sync::Arc;

use obhut_store::{Store, contract, sqlite::SqliteStore};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_file() {
    let folder = tempfile::tempdir().unwrap();
    let number = std::sync::atomic::AtomicU32::new(0);
    let cases = contract::run(async || {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Arc::new(SqliteStore::open(&folder.path().join(format!("{number}.db"))).unwrap()) as Arc<dyn Store>
    })
    .await;
    println!("{cases} cases");
}

#[tokio::test]
async fn sqlite_file_on_one_thread() {
    let folder = tempfile::tempdir().unwrap();
    let number = std::sync::atomic::AtomicU32::new(0);
    contract::run(async || {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Arc::new(SqliteStore::open(&folder.path().join(format!("{number}.db"))).unwrap()) as Arc<dyn Store>
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_memory() {
    contract::run(async || Arc::new(SqliteStore::in_memory().unwrap()) as Arc<dyn Store>).await;
}
