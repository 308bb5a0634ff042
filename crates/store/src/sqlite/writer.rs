//! The one writer: a thread with the only connection that changes anything.

use std::thread::{Builder, JoinHandle};

use obhut_core::change::{Batch, Change};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{
    connection::truncate_log,
    fault::{failed, refused},
    group,
};
use crate::{CommitError, StoreError};

/// How many batches wait at most, and how many share one commit at most. Who comes later waits outside.
const GROUP: usize = 256;

/// What the thread is asked to do, and whom it answers.
#[expect(clippy::large_enum_variant, reason = "nearly every order is the large one")]
enum Order {
    Commit(Batch, oneshot::Sender<Result<(), CommitError>>),
    Compact(oneshot::Sender<Result<(), StoreError>>),
}

/// The handle of the thread. Dropping it finishes what was ordered and waits for the thread.
#[derive(Debug)]
pub(super) struct Writer {
    orders: Option<mpsc::Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(conn: Connection) -> Result<Self, StoreError> {
        let (orders, queue) = mpsc::channel(GROUP);
        let thread = Builder::new()
            .name("obhut-store-writer".into())
            .spawn(move || work(&conn, queue))
            .map_err(|error| failed("starting the writer", error))?;
        Ok(Self { orders: Some(orders), thread: Some(thread) })
    }

    /// Commits a batch; returns when it is on the disk.
    pub(super) async fn commit(&self, batch: Batch) -> Result<(), CommitError> {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Commit(batch, answer)).await?;
        answered.await.map_err(|_| stopped())?
    }

    /// Gives the space of deleted rows back and removes their remnants.
    pub(super) async fn compact(&self) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Compact(answer)).await?;
        answered.await.map_err(|_| stopped())?
    }

    async fn order(&self, order: Order) -> Result<(), StoreError> {
        let orders = self.orders.as_ref().ok_or_else(stopped)?;
        orders.send(order).await.map_err(|_| stopped())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn stopped() -> StoreError {
    refused("the writer has stopped")
}

/// The life of the thread: takes whatever waits, commits it at once, and ends when nobody can order any more.
fn work(conn: &Connection, mut queue: mpsc::Receiver<Order>) {
    let mut orders = Vec::with_capacity(GROUP);
    while queue.blocking_recv_many(&mut orders, GROUP) > 0 {
        let mut group = Group::default();
        for order in orders.drain(..) {
            match order {
                Order::Commit(batch, answer) => group.add(batch, answer),
                Order::Compact(answer) => {
                    std::mem::take(&mut group).commit(conn);
                    let _ = answer.send(compact(conn));
                }
            }
        }
        group.commit(conn);
    }
    // A log that was moved into the database needs no recovery at the next start.
    let _ = truncate_log(conn, false);
}

/// Batches that are committed together.
#[derive(Default)]
struct Group {
    batches: Vec<Batch>,
    callers: Vec<oneshot::Sender<Result<(), CommitError>>>,
}

impl Group {
    fn add(&mut self, batch: Batch, caller: oneshot::Sender<Result<(), CommitError>>) {
        self.batches.push(batch);
        self.callers.push(caller);
    }

    fn commit(self, conn: &Connection) {
        if self.batches.is_empty() {
            return;
        }
        let answers = group::commit(conn, &self.batches);
        for (caller, answer) in self.callers.into_iter().zip(answers) {
            // Who does not wait any more is not told.
            let _ = caller.send(answer);
        }
        // An erasure is over: its ciphertext leaves the log as well. If a reader needs the log, the next one does it.
        let erased = |change: &Change| matches!(change, Change::KeysDestroyed(_));
        if self.batches.iter().any(|batch| batch.changes.iter().any(erased)) {
            let _ = truncate_log(conn, false);
        }
    }
}

/// Rewrites the database without gaps: even overwritten rows leave remnants in pages that were split or merged.
fn compact(conn: &Connection) -> Result<(), StoreError> {
    let doing = "compacting the database";
    let run = || {
        truncate_log(conn, true)?;
        conn.execute_batch("VACUUM")?;
        truncate_log(conn, true)
    };
    match run() {
        Ok(true) => Ok(()),
        Ok(false) => Err(refused("compacting the database: a reader kept the log from being cleared; try again")),
        Err(error) => Err(failed(doing, error)),
    }
}
